"""Points: to the hundredth, and what is shown adds up to what is shown."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lydite.notation.marks import hundredths, marks, total


@given(st.lists(st.floats(0, 50), max_size=40))
def test_hundredths_add_up(amounts: list[float]) -> None:
    rounded = hundredths(amounts)
    assert all(r >= 0 and abs(r - a) < 0.0101 for r, a in zip(rounded, amounts, strict=True))
    assert all(round(r, 2) == r for r in rounded)
    assert math.isclose(math.fsum(rounded), round(sum(amounts), 2), abs_tol=0.0051)


@given(st.lists(st.integers(0, 5000), max_size=40))
def test_what_is_in_hundredths_stays(cents: list[int]) -> None:
    amounts = [c / 100 for c in cents]
    assert hundredths(amounts) == amounts


@given(st.lists(st.floats(0, 50), max_size=40))
def test_a_larger_amount_never_gets_less(amounts: list[float]) -> None:
    pairs = pairwise(sorted(zip(amounts, hundredths(amounts), strict=True)))
    assert all(one <= other for (a, one), (b, other) in pairs if b > a + 1e-6)


def test_of_equal_amounts_the_first_get_more() -> None:
    assert hundredths([40 / 19] * 19) == [2.11] * 10 + [2.10] * 9


@given(st.lists(st.integers(0, 5000), max_size=40))
def test_what_is_shown_adds_up(cents: list[int]) -> None:
    amounts = [c / 100 for c in cents]
    shown = [float(marks(amount)) for amount in amounts]
    assert shown == amounts
    assert float(marks(total(shown))) == round(sum(cents) / 100, 2)


@pytest.mark.parametrize(
    ("points", "shown"), [(0.0, "0"), (300.0, "300"), (2.1, "2.10"), (2.857, "2.86"), (0.5, "0.50")]
)
def test_points_have_two_decimals_or_none(points: float, shown: str) -> None:
    assert marks(points) == shown
