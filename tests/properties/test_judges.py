"""Every claim of the document is judged by something that can fail, apart from the grading of implementations."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flint import arb, fmpq
from hypothesis import strategies as st

from lydite.kit.claim import CLAIMS, Verdict
from lydite.kit.judge import Judge, NoSuchExample, Role
from lydite.kit.judges import bench, by_claim
from lydite.kit.relations import Refuted, at_most, equal
from properties.document.__main__ import page

ROOT = Path(__file__).resolve().parents[2]
JUDGED = by_claim()


def ids(*verdicts: Verdict) -> list[str]:
    return [claim.id for claim in CLAIMS.values() if claim.verdict in verdicts]


def test_judges_are_for_the_claims_of_the_document() -> None:
    assert list(JUDGED) == list(CLAIMS)


@pytest.mark.parametrize("claim", CLAIMS)
def test_claim_has_a_judge(claim: str) -> None:
    assert JUDGED[claim]


@pytest.mark.parametrize("claim", ids(Verdict.FALSE, Verdict.TYPO))
def test_misprint_is_refuted_and_its_correction_upheld_by_one_judge(claim: str) -> None:
    assert any({Role.REFUTES, Role.CORRECTED} <= judge.roles for judge in JUDGED[claim])


@pytest.mark.parametrize("claim", ids(Verdict.HOLDS_WITH_HYPOTHESES))
def test_each_hypothesis_has_a_case_without_it(claim: str) -> None:
    numbered = {n for judge in JUDGED[claim] for n in judge.without}
    assert numbered == set(range(1, len(CLAIMS[claim].hypotheses) + 1))


@pytest.mark.parametrize("claim", CLAIMS)
def test_verdict_is_one_that_the_judges_show(claim: str) -> None:
    roles = frozenset[Role]().union(*(judge.roles for judge in JUDGED[claim]))
    if Role.REFUTES in roles:
        shown = {Verdict.FALSE, Verdict.TYPO, Verdict.QUALITATIVE}
    elif Role.HYPOTHESES in roles:
        shown = {Verdict.HOLDS_WITH_HYPOTHESES}
    else:
        shown = {Verdict.HOLDS, Verdict.QUALITATIVE}
    assert CLAIMS[claim].verdict in shown


@pytest.mark.parametrize("judge", bench(), ids=lambda judge: f"{'+'.join(judge.claims)}-{judge.name}")
def test_judge_can_fail(judge: Judge) -> None:
    wrong = [*judge.wrong.values(), *([judge.printed] if judge.printed is not None else [])]
    assert wrong
    for form in wrong:
        assert judge.refutes(form, judge.rejection(form))


def test_hypotheses_are_numbered_for_one_claim_only() -> None:
    assert not [judge.name for judge in bench() if judge.without and len(judge.claims) > 1]


def test_names_and_docstrings_tell_judges_apart() -> None:
    names = [judge.name for judge in bench()]
    assert len(names) == len(set(names))
    assert all(judge.says for judge in bench())


def test_page_of_judges_is_up_to_date() -> None:
    assert (ROOT / "docs" / "judges.md").read_text("utf-8") == page(), "python -m properties.document > docs/judges.md"


# -- A judge of one's own --


def doubled(form: Callable[[Any], Any], x: Any) -> None:
    equal(form(x), x + x)


def seated(states: Callable[..., None], **rest: Any) -> Judge:
    rational = st.tuples(st.integers(-9, 9).map(fmpq))
    return Judge(**{"claims": ("Q1.1",), "states": states, "form": lambda x: 2 * x, "cases": rational, **rest})


def test_judge_without_a_wrong_form_is_refused() -> None:
    with pytest.raises(ValueError, match="never shown a wrong form"):
        seated(doubled)


def test_printed_form_without_witness_is_refused() -> None:
    with pytest.raises(ValueError, match="go together"):
        seated(doubled, printed=lambda x: x)


def test_judge_that_cannot_fail_rejects_nothing() -> None:
    wrong = lambda x: 3 * x  # noqa: E731
    vacuous = seated(lambda form, x: equal(form(x), form(x)), wrong={"thrice": wrong})
    vacuous.holds()
    with pytest.raises(NoSuchExample):
        vacuous.rejection(wrong)


def test_wrong_form_called_true_is_refuted_at_the_simplest_case() -> None:
    with pytest.raises(Refuted, match="3 = 2 is false"):
        seated(doubled, form=lambda x: 3 * x, wrong={"once": lambda x: x}).holds()


def test_search_finds_a_witness_that_is_not_stored() -> None:
    judge = seated(doubled, printed=lambda x: x if x > 0 else 2 * x, witnesses=[(fmpq(7),)])
    assert judge.found()[0] > 0


def test_search_finds_no_witness_against_what_is_true() -> None:
    with pytest.raises(NoSuchExample):
        seated(doubled, printed=lambda x: 2 * x, witnesses=[(fmpq(7),)]).found()


def test_witness_against_the_corrected_form_is_found_out() -> None:
    judge = seated(doubled, printed=lambda x: x, witnesses=[(fmpq(0),)])
    assert not judge.refutes(judge.printed, judge.witnesses[0])


def test_what_no_precision_decides_is_an_error_and_no_verdict() -> None:
    judge = seated(lambda form, x: at_most(form(x), 0), form=lambda x: arb(0, 1), wrong={"one": lambda x: arb(1)})
    with pytest.raises(ArithmeticError, match="8192 bits"):
        judge.holds()


# -- Apart from grading --


def collected(*options: str) -> str:
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout


def test_judges_are_collected_by_their_marker() -> None:
    lines = collected("properties", "-m", "document").splitlines()
    assert any("::test_holds[" in line for line in lines)
    assert all("properties/document/" in line for line in lines if "::" in line)


@pytest.mark.parametrize("where", [[], ["properties"], ["properties/document"]])
def test_judges_are_never_collected_for_an_implementation(where: list[str]) -> None:
    assert "document" not in "".join(
        line for line in collected("--impl", "reference", *where).splitlines() if "::" in line
    )
