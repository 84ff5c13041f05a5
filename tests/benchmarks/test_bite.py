"""The published figures are those of the last whole run of `benchmarks.bite`; what judges and counts is right."""

from __future__ import annotations

import re
import tomllib
from collections import Counter, defaultdict
from pathlib import Path
from types import SimpleNamespace

import pytest

import reference
from benchmarks import kept
from benchmarks.laws import redundant
from lydite.grading.catch import MISTAKES, catches, earned_by_stubs, is_caught
from lydite.kit.calls import CALLS
from lydite.kit.claim import CLAIMS
from lydite.kit.every import every
from lydite.kit.forall import Plan
from lydite.kit.law import LAWS
from lydite.kit.mistake import Mistake
from lydite.kit.regime import Regime
from lydite.kit.stubs import stubbed

ROOT = Path(__file__).parents[2]
STORED = (ROOT / "benchmarks" / "bite.txt").read_text("utf-8").strip()
SURVIVORS = tomllib.loads((ROOT / "benchmarks" / "survivors.toml").read_text("utf-8"))["survivor"]
LEAST_SHARE = 0.98
"""Of the mutants, to be caught."""


def figures() -> list[int]:
    """Mistakes caught and all, mutants caught and all, survivors, and claims earned by stubs, as stored."""
    mutants = r"(\d+)/(\d+) mutants, (\d+) survivors explained"
    said = re.fullmatch(rf"caught (\d+)/(\d+) mistakes, {mutants}, (\d+) claims earned by stubs", STORED)
    assert said
    return [int(n) for n in said.groups()]


def test_the_readme_says_what_is_stored() -> None:
    for page in ("README.md", "docs/explanation/sharpness.md"):
        assert STORED in (ROOT / page).read_text("utf-8")


def test_every_mistake_of_the_register_was_caught() -> None:
    caught, mistakes, *_ = figures()
    assert caught == mistakes == len(MISTAKES)


def test_nearly_every_mutant_was_caught_and_the_others_are_explained() -> None:
    *_, caught, mutants, survivors, _ = figures()
    assert caught / mutants >= LEAST_SHARE
    assert survivors == mutants - caught >= len(SURVIVORS)


def test_no_claim_was_earned_by_a_stub() -> None:
    assert figures()[-1] == 0


def test_what_survived_is_still_in_the_reference() -> None:
    for row in SURVIVORS:
        lines = (ROOT / "reference" / f"{row['module']}.py").read_text("utf-8").splitlines()
        assert row["before"] in {line.strip() for line in lines}
        assert row["after"] != row["before"]
        assert row["reason"]
    assert max(Counter((row["module"], row["after"]) for row in SURVIVORS).values()) == 1


# -- What judges --


def right(call: str, breaks: str) -> Mistake:
    return Mistake(call, breaks, Regime.CORE, getattr(reference, call), {})


def test_what_is_right_is_not_caught() -> None:
    assert not is_caught(right("softmax", "Q7.0.1"))


def test_what_is_wrong_along_is_asked_too() -> None:
    pair = Mistake("softmax", "Q3.1.5", Regime.CORE, reference.softmax, {"softmax_jacobian": lambda z, /: z})
    assert is_caught(pair)


def test_a_law_catches_nothing_beyond_its_regimes() -> None:
    [prop] = [p for p in every() if p.law.name == "softmax_cross_entropy.jacobian_keeps_its_tails"]
    plan = Plan(examples=1, shrink=False)
    assert catches(prop, SimpleNamespace(softmax_jacobian=lambda z, /: 0 * z), Regime.TAILS, plan)
    assert not catches(prop, SimpleNamespace(softmax_jacobian=lambda z, /: 0 * z), Regime.CORE, plan)


# -- Stubs --

BY_IDENTITIES_ALONE = {"Q1.12": "zeros", "Q2.d.9": "zeros", "Q7.b.1": "zeros", "Q2.d.1": "zeros"}
"""Claims with the stub that all of their own laws let pass in core."""


@pytest.mark.parametrize(("claim", "stub"), BY_IDENTITIES_ALONE.items())
def test_a_stub_keeps_identities_and_fails_the_anchor(claim: str, stub: str) -> None:
    offered, plan = stubbed(stub, *CALLS), Plan(examples=1, shrink=False)
    judges = [p for p in every() if claim in p.law.judged_in(Regime.CORE) and not p.law.batched]
    failing = {p.law.name for p in judges if catches(p, offered, Regime.CORE, plan)}
    assert failing
    assert failing <= set(CLAIMS[claim].anchors)


@pytest.mark.parametrize("claim", ["Q1.11", "Q2.d.3", "Q3.3.4", "Q6.8", "X.1"])
def test_a_claim_is_not_earned_by_a_stub(claim: str) -> None:
    assert earned_by_stubs(claim) == []


# -- What is redundant --


def test_a_law_is_redundant_where_others_of_each_of_its_claims_catch_all_that_it_catches() -> None:
    exact, shift = (
        LAWS[f"softmax_cross_entropy.{name}"] for name in ("softmax_is_exact", "softmax_is_shift_invariant")
    )
    assert set(shift.claims) <= set(exact.claims)
    caught: dict[str, set[str]] = defaultdict(set, {exact.name: {"a", "b"}, shift.name: {"a"}})
    assert shift in redundant(caught)
    assert exact not in redundant(caught)
    caught[shift.name] = {"a", "c"}
    assert shift not in redundant(caught)


# -- What is kept --


def test_a_run_that_is_cut_off_goes_on_from_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "BUILD", tmp_path / "build")
    assert kept.found("some.jsonl", len, {"a": "xx"}, 1) == {"a": 2}
    # `str` would find something else for "a" than what is kept.
    assert kept.found("some.jsonl", str, {"b": 3, "a": "xx"}, 1) == {"b": "3", "a": 2}


# -- Mutants, where the tool that makes them is installed --


def test_mutants_are_refuted() -> None:
    mutants = pytest.importorskip("benchmarks.mutants", exc_type=ImportError)
    module = mutants.mutants("newton")
    assert len({mutant.key for mutant in module}) == len(module) > 1
    assert mutants.caught(module[0])
