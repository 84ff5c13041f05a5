"""Shows the calls of a counterexample: each value due is computed once, however often a batch repeats its row."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lydite.verdict import made
from lydite.verdict.made import MOST_ROWS, Noted, accused, due_of


def rows(n: int) -> list[tuple[Any, ...]]:
    return [(np.array([float(i), 0.0]),) for i in range(n)]


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The calls whose value due was computed."""
    found: list[str] = []
    plain = made._at

    def noted(name: str, args: Any) -> Any:
        found.append(name)
        return plain(name, args)

    monkeypatch.setattr(made, "_at", noted)
    return found


def test_a_row_that_is_repeated_is_certified_once(computed: list[str]) -> None:
    few, times = rows(3), 1000
    noted = Noted("softmax", (), plain=np.zeros((3 * times, 2)), rows=few * times)
    due, raises = due_of(noted)
    assert (due.shape, raises) == ((3 * times, 2), "")
    assert np.allclose(due[:3], due[-3:])
    assert len(computed) == len(few)


def test_of_too_many_rows_no_value_is_computed(computed: list[str]) -> None:
    noted = Noted("softmax", (), plain=np.zeros((MOST_ROWS + 1, 2)), rows=rows(MOST_ROWS + 1))
    assert due_of(noted) == (None, "")
    assert not computed


def test_of_each_call_the_first_that_is_wrong_is_accused_and_each_is_computed_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked: list[Noted] = []

    def is_wrong(one: Noted, _: float) -> bool:
        looked.append(one)
        return bool(one.plain == 1)

    monkeypatch.setattr(Noted, "is_wrong", is_wrong)
    right, wrong, other = (
        Noted("softmax", (), plain=0),
        Noted("softmax", (), plain=1),
        Noted("newton_root", (), plain=0),
    )
    assert accused([right, right, other, wrong, wrong], 0.0) == [wrong, other]
    assert len(looked) == 4
