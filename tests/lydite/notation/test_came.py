"""Answers as they came: what is nested without end is only described."""

from __future__ import annotations

from typing import Any

import pytest

from lydite.notation.literal import came, typed


def in_itself() -> list[Any]:
    answer: list[Any] = []
    answer.append(answer)
    return answer


def nested(part: Any, most: int, deep: int) -> Any:
    for _ in range(deep):
        part = [part] * most
    return part


@pytest.mark.parametrize("answer", [in_itself(), nested(1.0, 64, 5), nested(1.0, 64, 64), nested(1.0, 1, 5000)])
def test_what_is_nested_without_end_is_described(answer: Any) -> None:
    assert typed(came(answer)) == f"a list of {len(answer)}, nested"


def test_a_matrix_of_lists_is_kept() -> None:
    matrix = [[1.0, 2.0], [3.0, 4.0]]
    assert typed(came(matrix)) == "[[1., 2.], [3., 4.]]"
    assert typed(came(nested(0.5, 2, 4))) == repr(nested(0.5, 2, 4))
    assert typed(came((matrix, 1.5))) == "([[1., 2.], [3., 4.]], 1.5)"
    assert typed(came([0.0] * 65)) == "a list of 65"
