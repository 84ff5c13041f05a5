"""The catalogue of claims: complete, well-formed, and fitted to laws and calls."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from lydite.kit import consistency as catalogue
from lydite.kit.calls import CALLS, OPTIONAL
from lydite.kit.claim import CLAIMS, RULE, Kind, Verdict, load
from lydite.kit.every import every
from lydite.kit.law import Law, law
from lydite.kit.laws import LAWS
from lydite.kit.question import POINTS
from lydite.kit.regime import Regime

SIZES = {
    "Q1": 25,
    "Q2.a": 10,
    "Q2.b": 11,
    "Q2.c": 9,
    "Q2.d": 9,
    "Q3.0": 5,
    "Q3.1": 7,
    "Q3.2": 7,
    "Q3.3": 9,
    "Q4": 7,
    "Q5": 15,
    "Q6": 17,
    "Q7.0": 2,
    "Q7.a": 8,
    "Q7.b": 1,
    "Q7.b.i": 4,
    "Q7.b.ii": 8,
    "Q7.b.iii": 2,
    "X": 16,
}
"""How the ids are made up: each part, and how many are numbered from 1 in it."""

GRADED = {"Q1": 19, "Q2": 20, "Q3": 17, "Q4": 5, "Q5": 6, "Q6": 9, "Q7": 14, "X": 14}
"""How many claims of a question share its points: one more would take from the others."""

ALIKE = (
    "Q1.1 Q1.9 Q3.0.4",
    "Q1.3 Q1.19 Q1.21 Q6.14",
    "Q1.4 Q1.13",
    "Q1.5 Q1.14",
    "Q1.6 Q1.15",
    "Q1.8 Q1.16",
    "Q1.11 Q1.25 Q7.b.1 Q7.b.ii.8",
    "Q1.12 Q1.17 Q1.23 Q7.b.iii.2",
    "Q2.a.7 Q2.a.3",
    "Q2.a.10 Q2.b.1 Q2.b.2",
    "Q2.d.3 Q2.d.9",
    "Q2.d.5 Q2.d.6 Q2.d.7 Q2.d.8 X.3",
    "Q3.0.5 Q3.2.1 Q7.0.2",
    "Q3.1.3 Q3.1.6 Q3.1.7 Q3.2.4 Q7.b.i.2",
    "Q3.1.4 Q7.b.i.3",
    "Q3.2.7 Q3.3.1 Q7.a.1 Q7.a.7",
    "Q3.3.2 Q3.3.6",
    "Q3.3.7 Q3.3.8",
    "Q4.1 Q4.4 Q4.6 Q4.7",
    "Q5.2 Q5.3 Q5.10",
    "Q5.5 Q5.6 Q5.7 Q5.13",
    "Q5.11 Q5.12",
    "Q6.1 Q6.10 Q6.11",
    "Q6.4 Q6.17",
    "Q6.7 Q6.8 Q6.9",
    "Q7.a.2 Q7.a.3",
    "Q7.a.4 Q7.a.6 Q7.b.i.1 X.2",
    "Q7.b.ii.3 Q7.b.ii.7",
)
"""Claims that say nearly the same."""


def test_the_ids_are_those_of_the_document() -> None:
    pinned = [f"{part}.{number}" for part, size in SIZES.items() for number in range(1, size + 1)]
    assert sorted(CLAIMS) == sorted(pinned)


def test_verdicts_are_those_of_the_catalogue() -> None:
    assert Counter(c.verdict for c in CLAIMS.values()) == {
        Verdict.HOLDS: 83,
        Verdict.HOLDS_WITH_HYPOTHESES: 24,
        Verdict.FALSE: 25,
        Verdict.TYPO: 27,
        Verdict.QUALITATIVE: 13,
    }


def test_points_are_shared_by_as_many_claims_as_before() -> None:
    assert Counter(c.question for c in CLAIMS.values() if c.graded) == GRADED


@pytest.mark.parametrize("alike", ALIKE)
def test_claims_that_say_the_same_have_the_same_verdict(alike: str) -> None:
    assert len({CLAIMS[claim].verdict for claim in alike.split()}) == 1


def test_the_rule_decides_every_verdict() -> None:
    assert set(RULE) == set(Verdict)


def test_questions_carry_the_points_of_the_document() -> None:
    assert sum(POINTS.values()) == 300
    assert {c.question for c in CLAIMS.values()} == set(POINTS)


def test_everything_fits() -> None:
    catalogue.check(CLAIMS, LAWS, CALLS)


def test_the_contract_has_its_thirty_calls_in_order() -> None:
    assert len(CALLS.keys() - OPTIONAL) == 30
    assert [c.question for c in CALLS.values()] == sorted(c.question for c in CALLS.values())


def test_claims_on_optional_calls_carry_no_points_and_are_about_these_alone() -> None:
    for claim in CLAIMS.values():
        if not OPTIONAL.isdisjoint(claim.calls):
            assert POINTS[claim.question] == 0
            assert set(claim.calls) <= OPTIONAL


def test_no_claim_on_required_calls_stands_or_falls_with_an_optional_one() -> None:
    for each in LAWS.values():
        about = {call for claim in each.claims for call in CLAIMS[claim].calls}
        assert about <= OPTIONAL or OPTIONAL.isdisjoint(about)


def a_law(*claims: str, only: tuple[Regime, ...]) -> Law:
    return Law("topic.name", "a = b", claims, only, lambda f, case: None, "Case")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda c: replace(c, calls=("soft_max",)), "'soft_max', which is not a call"),
        (lambda c: replace(c, regimes=(*c.regimes, Regime.TAILS)), "no law in regime tails"),
        (lambda c: replace(c, regimes=(Regime.CORE, Regime.INPUTS)), "not by exactly one"),
    ],
)
def test_a_claim_that_dangles_is_an_error(change: object, complaint: str) -> None:
    changed = change(CLAIMS["Q7.b.ii.8"])  # type: ignore[operator]  # one of the functions above
    with pytest.raises(ValueError, match=complaint):
        catalogue.check(CLAIMS | {changed.id: changed}, LAWS, CALLS)


def test_a_law_that_never_runs_is_an_error() -> None:
    idle = a_law("Q7.b.ii.8", only=(Regime.TAILS,))
    with pytest.raises(ValueError, match=r"never runs for claim Q7.b.ii.8"):
        catalogue.check(CLAIMS, LAWS | {idle.name: idle}, CALLS)


def test_every_law_is_quantified_exactly_once() -> None:
    quantified = Counter(prop.law.name for prop in every())
    assert quantified == Counter(LAWS.keys())


def test_a_law_of_an_unknown_or_ungraded_claim_is_an_error() -> None:
    for claim in ("Q7.z", "Q7.a.2"):
        assert claim not in CLAIMS or CLAIMS[claim].kind is Kind.MATH
        with pytest.raises(ValueError, match=re.escape(f"no graded claim is called {claim}")):
            law(claim)(lambda f, case: None)


CLAIM = """
[[claim]]
id = "Q9.1"
title = "t"
part = "p"
statement = "s"
formula = ""
verdict = "HOLDS"
hypotheses = []
correction = ""
corrected = ""
witness = ""
kind = "math"
calls = []
regimes = []
"""
GRADED_CLAIM = (
    CLAIM.replace('"math"', '"impl"')
    .replace("calls = []", 'calls = ["softmax"]\nanchors = ["softmax_cross_entropy.softmax_is_exact"]')
    .replace("regimes = []", 'regimes = ["core"]')
)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (CLAIM + CLAIM, "Q9.1 is stated twice"),
        (
            CLAIM.replace("HOLDS", "PLAUSIBLE"),
            r'claim\[0 "Q9\.1"\]\.verdict: expected one of: HOLDS, .*, got "PLAUSIBLE"',
        ),
        (CLAIM.replace("HOLDS", "FALSE"), r'"Q9\.1"\]\.correction: does not fit'),
        (CLAIM.replace("HOLDS", "HOLDS+HYP"), r'"Q9\.1"\]\.hypotheses: does not fit'),
        (
            CLAIM.replace("HOLDS", "QUALITATIVE").replace('formula = ""', 'formula = "x"'),
            r'"Q9\.1"\]\.formula: does not fit',
        ),
        (CLAIM.replace('"math"', '"impl"'), r'"Q9\.1"\]\.calls: does not fit'),
        (CLAIM.replace("calls = []", 'calls = ["softmax"]'), r'"Q9\.1"\]\.calls: does not fit'),
        (CLAIM.replace("regimes = []", 'regimes = ["core"]'), r'"Q9\.1"\]\.regimes: does not fit'),
        (CLAIM.replace('title = "t"\n', ""), r'"Q9\.1"\]\.title: missing'),
        (CLAIM + 'task = "t"\n', r'"Q9\.1"\]\.task: a graded claim has one'),
        (GRADED_CLAIM, r'"Q9\.1"\]\.task: a graded claim has one'),
        (GRADED_CLAIM + f'task = "{"t" * 71}"\n', r'"Q9\.1"\]\.task: .* at most 70 characters'),
        (GRADED_CLAIM + "task = '$t$'\n", r'"Q9\.1"\]\.task: .* without LaTeX'),
        (
            GRADED_CLAIM + 'task = "t"\n' + GRADED_CLAIM.replace("Q9.1", "Q9.2") + 'task = "t"\n',
            r"claim Q9\.2: task: Q9\.1 has the same",
        ),
    ],
)
def test_an_ill_formed_claim_is_an_error(tmp_path: Path, text: str, complaint: str) -> None:
    (tmp_path / "q9.toml").write_text(text)
    with pytest.raises(ValueError, match=complaint):
        load(tmp_path)
