"""Names: which are near one that was not found, and which functions may be which call."""

from __future__ import annotations

from difflib import SequenceMatcher

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lydite.adapters.naming import ALIKE, alike, kind, likeness, meant, near
from lydite.kit.calls import CALLS


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("softmax", "soft_max"),
        ("softmax", "Softmax"),
        ("softmax", "sofmax"),
        ("softmx", "softmax"),
        ("logistic_predict", "logisticPredict"),
        ("logistic_predict", "sigmoid"),
        ("cross_entropy_gradient", "softmax_loss_grad"),
        ("newton_root", "find_root"),
    ],
)
def test_what_may_be_meant_is_near(name: str, other: str) -> None:
    assert near(name, ["helper", other, "main"]) == [other]


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("softmax", "max"),
        ("cross_entropy", "cross_entropy_gradient"),
        ("gaussian_dropout_expected_loss", "gaussian_dropout_loss"),
        ("softmx", "xs"),
        ("f", "g"),
    ],
)
def test_what_is_something_else_is_not(name: str, other: str) -> None:
    assert not near(name, [other])


WORDS = st.text("abs_X", max_size=8) | st.sampled_from(list(CALLS))


@given(WORDS, WORDS)
def test_what_is_alike_matches_for_the_most_part(name: str, other: str) -> None:
    assert alike(name, other) is (likeness(name, other) >= ALIKE)


def test_names_that_share_no_letters_are_told_apart_at_little_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    """A submission may have hundreds of long ones, each of which is held to each call."""
    monkeypatch.setattr(SequenceMatcher, "ratio", None)
    assert not near("softmax", [f"{i}{'abcdefghij' * 9}" for i in range(300)])


def test_the_nearest_comes_first_and_few_are_shown() -> None:
    assert near("softmax", ["soft_maxx", "softmax2", "soft_max", "sofmax", "oftmax"])[0] == "soft_max"
    assert len(near("softmax", [f"softmax{i}" for i in range(9)])) == 3


def test_a_sentence_ends_with_what_may_be_meant() -> None:
    assert meant("softmx", ["softmax"]) == "; is softmax meant?"
    assert meant("softmx", ["loss"]) == ""


@pytest.mark.parametrize("call", CALLS)
def test_every_call_may_be_itself_in_another_case(call: str) -> None:
    camel = "".join(word.title() for word in call.split("_"))
    assert near(call, [camel]) == [camel]
    assert kind(camel) == kind(call)
