"""Every mistake is caught, by the claim that it names, in the regime that it names; what shows it can be sent on."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from benchmarks.evidence import slips
from lydite.grading.catch import MISTAKES, caught
from lydite.kit.calls import CALLS
from lydite.kit.claim import CLAIMS
from lydite.kit.law import Law
from lydite.kit.mistake import Mistake
from lydite.kit.reading import written
from lydite.kit.regime import Regime
from lydite.kit.simplest import case_of
from lydite.report.model import Counterexample
from lydite.target.implementation import Implementation
from lydite.target.watch import Watch
from lydite.verdict.counterexample import counterexample
from lydite.verdict.made import best, remembered, shown
from lydite.verdict.reads import probe
from tests.support.sending import sent

REMEMBERING = {
    "statistics_of_the_first_batch",
    "takes_the_predictions_of_the_batch_before",
    "counts_its_calls",
    "units_of_the_last_forward_pass",
    "seed_of_noise_forgotten",
}
"""Mistakes whose answers depend on the calls before or on chance, and are not the same when one is made again."""

LEAST = 300
LEAST_A_CALL = 7


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda m: f"{m.call}-{m.name}")
def test_mistake_is_caught(mistake: Mistake) -> None:
    found = caught(mistake)
    assert found, f"{mistake.breaks} lets it pass"
    example = seen(mistake, *found)
    assert sent(written(example)) == written(example)
    if mistake.name in REMEMBERING:
        assert mistake.regime is not Regime.PURITY
    else:
        assert list(slips(example, mistake.implementation())) == []


def seen(mistake: Mistake, law: Law, failure: Exception) -> Counterexample:
    """The counterexample as a report has it."""
    case, watch = case_of(failure), Watch()
    assert case
    impl = Implementation(mistake.implementation(), mistake.regime is Regime.PURITY, watch)
    with watch.attending():
        probed = probe(law, impl, case, watch)
    example = counterexample(law, failure)
    assert example
    made = (shown if probed.alone else remembered)(probed.calls, case.u, failure)
    call = best(made, [mistake.call])
    return replace(example, asked=probed.asked, reads=probed.reads, call=call)


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
