"""Tests that the events of laws travel between processes: any input, any number, any text arrives."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum, IntEnum, StrEnum
from itertools import islice
from typing import Any

import numpy as np
import pytest

from lydite.kit.case import FLOAT32, FLOAT64, Case
from lydite.kit.every import every
from lydite.kit.evidence import Broken, Evidence
from lydite.kit.forall import Property
from lydite.kit.reading import written
from lydite.kit.regime import Regime
from lydite.notation.text import plain
from lydite.verdict.counterexample import counterexample
from tests.support.sending import sent

PRECISIONS = {"float64": FLOAT64, "float32": FLOAT32}


class Word(StrEnum):
    CORE = "core"


class Number(IntEnum):
    ONE = 1


class Thing(Enum):
    PAIR = (1, "a")


class Said(str):
    """A text that prints as another."""

    __slots__ = ()

    def __str__(self) -> str:
        return "another"


def cases(prop: Property[Any], regime: Regime, precision: str) -> Iterator[Case]:
    yield from prop.cases.batch(regime, precision, 3, 0, 0)[:3]
    yield from islice(prop.cases.explicit(regime, precision), 3)


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("prop", every(), ids=lambda prop: prop.law.name)
def test_every_law_can_be_refuted_in_another_process(prop: Property[Any], precision: str) -> None:
    """Those about batches too, whose input is a case that holds cases."""
    for regime in prop.law.regimes:
        for case in cases(prop, regime, precision):
            evidence = Evidence(prop.law, case, np.ones(2), (1.0, np.zeros((1, 2))), 1.0, 0.0, "equal to")
            example = counterexample(prop.law, Broken(evidence))
            assert example
            assert sent(written(example)) == written(example)


@pytest.mark.parametrize(
    ("datum", "arrives"),
    [
        (Word.CORE, "core"),
        (Number.ONE, 1),
        (Thing.PAIR, [1, "a"]),
        (Said("one"), "one"),
        (np.float64(0.5), 0.5),
        (np.float32(0.5), 0.5),
        (np.int64(-(2**40)), -(2**40)),
        (np.longdouble(0.5), 0.5),
        (np.bool_(True), True),
        (np.str_("a"), "a"),
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
        (np.float64("inf"), "inf"),
        (-(2**70), -(2**70)),
        ((1, [2.0], None), [1, [2.0], None]),
        ({1: Word.CORE}, {"1": "core"}),
        ("half of a pair: \ud800", "half of a pair: \ud800"),
        (1j, "1j"),
    ],
    ids=repr,
)
def test_whatever_is_told_arrives_as_plain_data(datum: Any, arrives: Any) -> None:
    (told,) = sent({"reason": datum}).values()
    assert told == arrives
    assert type(told) is type(arrives)


def test_a_text_from_outside_can_be_printed_and_sent() -> None:
    assert plain("half \ud800 and \udfff\x1b[2J") == "half \\ud800 and \\udfff\\x1b[2J"
    assert plain("größer ∑ 😀") == "größer ∑ 😀"
