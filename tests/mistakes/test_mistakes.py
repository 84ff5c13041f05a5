"""Every mistake is caught, by the claim that it names, in the regime that it names; what shows it can be sent on."""

from __future__ import annotations

from collections import Counter

import pytest

from lydite.grading.catch import MISTAKES, caught
from lydite.kit.calls import CALLS
from lydite.kit.claim import CLAIMS
from lydite.kit.mistake import Mistake
from lydite.kit.reading import written
from lydite.verdict.counterexample import counterexample
from tests.support.sending import sent

LEAST = 300
LEAST_A_CALL = 7


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda m: f"{m.call}-{m.name}")
def test_mistake_is_caught(mistake: Mistake) -> None:
    found = caught(mistake)
    assert found, f"{mistake.breaks} lets it pass"
    example = counterexample(*found)
    assert example
    assert sent(written(example)) == written(example)


def test_there_are_enough_mistakes() -> None:
    assert len(MISTAKES) >= LEAST


@pytest.mark.parametrize("call", CALLS)
def test_every_call_has_mistakes(call: str) -> None:
    assert Counter(m.call for m in MISTAKES)[call] >= LEAST_A_CALL


@pytest.mark.parametrize("claim", [c.id for c in CLAIMS.values() if c.graded])
def test_every_graded_claim_catches_a_mistake_of_its_own(claim: str) -> None:
    """Each of them is caught, or the first test fails."""
    assert any(m.breaks == claim for m in MISTAKES)


def test_no_mistake_is_registered_twice() -> None:
    names = Counter((m.module, m.name) for m in MISTAKES)
    assert [name for name, times in names.items() if times > 1] == []


def test_a_call_that_is_wrong_along_is_one_of_the_others() -> None:
    pairs = [m for m in MISTAKES if m.along]
    assert pairs
    assert all(m.along.keys() <= CALLS.keys() - {m.call} for m in pairs)
