"""Functions that run side by side are called in turn, answered together, and fail in their order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from lydite.target.gather import Gather


class Squares:
    """Answers with squares, an error for negative numbers, and remembers what came together."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []

    def __call__(self, questions: Sequence[int]) -> list[Any]:
        self.batches.append(list(questions))
        return [q * q if q >= 0 else ValueError(f"{q} is negative") for q in questions]


def test_questions_are_answered_together() -> None:
    squares, got = Squares(), []
    gather = Gather(squares)

    def twice(n: int) -> None:
        got.append(gather.ask(gather.ask(n)))

    def once(n: int) -> None:
        got.append(gather.ask(n))

    gather.together([lambda: twice(2), lambda: once(3), lambda: None, lambda: twice(1)])
    assert squares.batches == [[2, 3, 1], [4, 1]]
    assert sorted(got) == [1, 9, 16]


def test_a_question_alone_is_answered_at_once() -> None:
    squares = Squares()
    assert Gather(squares).ask(5) == 25
    with pytest.raises(ValueError, match="-1 is negative"):
        Gather(squares).ask(-1)


def test_the_first_failure_in_order_is_raised_and_all_are_run() -> None:
    squares, done = Squares(), []
    gather = Gather(squares)

    def late() -> None:
        gather.ask(gather.ask(1))
        raise KeyError("late")

    def early() -> None:
        gather.ask(-7)

    with pytest.raises(KeyError, match="late"):
        gather.together([late, early, lambda: done.append(gather.ask(2))])
    assert done == [4]
    gather.together([lambda: done.append(gather.ask(3)), lambda: None])  # and it can be used again
    assert done == [4, 9]


def test_an_answer_that_is_an_error_can_be_caught() -> None:
    gather, got = Gather(Squares()), []

    def careful() -> None:
        try:
            gather.ask(-1)
        except ValueError:
            got.append(gather.ask(6))

    gather.together([careful, careful])
    assert got == [36, 36]


def test_a_function_that_asks_within_another_is_run_in_turn() -> None:
    gather, got = Gather(Squares()), []
    gather.together([lambda: gather.together([lambda: got.append(gather.ask(2))] * 2), lambda: None])
    assert got == [4, 4]


def test_what_numpy_ignores_is_ignored_side_by_side() -> None:
    gather = Gather(Squares())

    def overflows() -> None:
        gather.ask(1)
        np.float64(1e308) * np.float64(10)

    with np.errstate(all="ignore"):
        gather.together([overflows, overflows])
    with np.errstate(all="raise"), pytest.raises(FloatingPointError):
        gather.together([overflows, overflows])


def test_greenlets_that_fail_at_once_leave_the_others_alone() -> None:
    gather, got = Gather(Squares()), []

    def fails() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        gather.together([lambda: got.append(gather.ask(2)), fails])
    assert got == [4]
