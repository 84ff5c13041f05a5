"""Tests that what a program has seen of a call is compared here, and anything else is the program's fault."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lydite.target.implementation import same
from lydite.target.observed import changes, fingerprint, judged_there
from lydite.worker.codec import Room, Violation
from lydite.worker.host import standing
from tests.lydite.worker.test_codec import ANSWER_LIKE, ARRAY_LIKE, JSON

NOTHING = memoryview(b"")
SEED = 2
ARGS = (np.array([1.0, np.nan]), 0.5)


def state(seed: int = SEED) -> str:
    return standing(np.random.RandomState(seed).get_state(), random.Random(seed).getstate())


def seen(z: list[Any], **rest: Any) -> dict[str, Any]:
    array = {"shape": [len(z)], "dtype": "float64", "data": z}
    return {"args": [array, None], "state": state(), "earlier": None, **rest}


def compared(told: dict[str, Any], earlier: Any = None) -> dict[str, Any]:
    return changes(told, NOTHING, ARGS, SEED, None if earlier is None else fingerprint(earlier), Room())


def test_what_nobody_has_changed() -> None:
    assert compared(seen([1.0, "nan"])) == {"changed": [], "drew": False, "overwrote": False}
    again = seen([1.0, "nan"], earlier={"values": [2.0, "inf"]})
    assert compared(again, (2.0, np.inf)) == {"changed": [], "drew": False, "overwrote": False}


@pytest.mark.parametrize(
    ("told", "earlier", "what"),
    [
        (seen([1.0, 0.0]), None, {"changed": [0]}),
        (seen([1.0]), None, {"changed": [0]}),
        (seen([1.0, "nan"], args=[None, None]), None, {"changed": [0]}),
        (seen([1.0, "nan"], args=[3.0, None]), None, {"changed": [0]}),
        (seen([1.0, "nan"], state=state(3)), None, {"drew": True}),
        (seen([1.0, "nan"], earlier={"value": 2.0}), 3.0, {"overwrote": True}),
        (seen([1.0, "nan"], earlier={"value": 2.0}), (2.0, 2.0), {"overwrote": True}),
        (seen([1.0, "nan"], earlier={"values": [2.0]}), (2.0, 2.0), {"overwrote": True}),
        (seen([1.0, "nan"], earlier={"value": 2.0}), np.ones(2), {"overwrote": True}),
    ],
)
def test_what_is_changed(told: dict[str, Any], earlier: Any, what: dict[str, Any]) -> None:
    assert compared(told, earlier) == {"changed": [], "drew": False, "overwrote": False, **what}


@pytest.mark.parametrize(
    ("told", "earlier"),
    [
        (seen([1.0], args=[]), None),
        (seen([1.0], args="z"), None),
        (seen([1.0], state=None), None),
        (seen([1.0]), 2.0),
        (seen([1.0], earlier={"value": 1.0}), None),
        (seen([1.0], earlier=[]), 2.0),
    ],
)
def test_what_does_not_say_enough(told: dict[str, Any], earlier: Any) -> None:
    with pytest.raises(Violation, match="does not say what"):
        compared(told, earlier)


VALUES = st.sampled_from([0.0, -0.0, 1.0, np.nan, -np.nan, np.inf])
SHAPES = st.sampled_from([(), (2,), (1, 2), (0,)])
PLAIN = SHAPES.flatmap(lambda shape: arrays(st.sampled_from([np.float64, np.float32]), shape, elements=VALUES))


@given(PLAIN, PLAIN)
def test_a_fingerprint_is_that_of_the_same_numbers(a: Any, b: Any) -> None:
    assert (fingerprint(a) == fingerprint(b)) is (a.shape == b.shape and same(a, b))
    assert (fingerprint((a, a)) == fingerprint((a, b))) is (fingerprint(a) == fingerprint(b))
    assert fingerprint(a) != fingerprint((a,))


@settings(deadline=None, max_examples=200)
@given(
    st.fixed_dictionaries(
        {"args": st.lists(ARRAY_LIKE | JSON, min_size=2, max_size=2) | JSON},
        optional={"state": st.just(state()) | JSON, "earlier": ANSWER_LIKE | JSON},
    ),
    st.sampled_from([None, 0.5, (0.5, np.ones(2))]),
)
def test_whatever_is_said_of_a_call(told: dict[str, Any], earlier: Any) -> None:
    try:
        found = compared(told, earlier)
    except Violation:
        return
    assert set(found) == {"changed", "drew", "overwrote"}


@pytest.mark.parametrize("value", [10**30, -(10**400), True, 3])
def test_whole_numbers_of_any_size_are_numbers(value: int) -> None:
    seen = {"args": [], "state": "", "earlier": {"value": value}}
    assert changes(seen, memoryview(b""), [], 1, fingerprint(1.5), Room())["overwrote"] is True


@pytest.mark.parametrize(
    ("seen", "left"),
    [
        (None, None),
        (["changed"], None),
        ({"changed": [0], "drew": True, "overwrote": False}, {"changed": [0], "drew": True, "overwrote": False}),
        ({"changed": ["a" * 1000], "drew": 1, "overwrote": "no", "more": [0] * 1000}, {}),
        ({"changed": [0] * 1000, "drew": False}, {"drew": False}),
    ],
)
def test_of_what_a_program_says_itself_only_that_is_kept(seen: Any, left: Any) -> None:
    assert judged_there(seen, 2) == left
