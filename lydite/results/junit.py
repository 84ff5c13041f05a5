"""Renders submissions as JUnit XML: a test suite each, and a test case for each claim in each regime."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from lydite.report.model import Outcome
from lydite.results.markdown import told
from lydite.results.submission import BudgetView, ClaimView, Submission

KINDS = {
    Outcome.BROKEN: "failure",
    Outcome.ERROR: "error",
    Outcome.MISSING: "failure",
    Outcome.NOT_RUN: "skipped",
}
"""The names of outcomes in JUnit; of a claim that holds, nothing."""
ATTRIBUTES = {"failure": "failures", "error": "errors", "skipped": "skipped"}


def render(submissions: Sequence[Submission]) -> str:
    """Returns the document, as one text."""
    root = Element("testsuites", name="lydite")
    for submission in submissions:
        root.append(_suite(submission))
    _count(root, root.findall("testsuite/testcase"), sum(submission.seconds for submission in submissions))
    indent(root)
    text: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return f"{text.decode()}\n"


def _suite(submission: Submission) -> Element:
    suite = Element("testsuite", name=submission.name)
    for claim in submission.claims:
        suite.append(_case(claim, submission))
    suite.extend(_exceeded(budget, submission) for budget in submission.exceeded)
    cases = suite.findall("testcase")
    if submission.trouble and not any(case.find(kind) is not None for case in cases for kind in ("failure", "error")):
        cases.append(_unjudged(submission))  # else all that was skipped would pass
        suite.append(cases[-1])
    _count(suite, cases, submission.seconds)
    return suite


def _exceeded(budget: BudgetView, submission: Submission) -> Element:
    name = f"{budget.says.partition(':')[0]} keeps its budget"
    case = Element("testcase", classname=f"{submission.name}.accuracy", name=name, time="0")
    SubElement(case, "failure", type="less accurate", message=budget.says).text = "\n".join(told(budget.rows()))
    return case


def _unjudged(submission: Submission) -> Element:
    case = Element("testcase", classname=submission.name, name="all is judged", time="0")
    SubElement(case, "error", type="not judged", message=submission.trouble)
    return case


def _case(claim: ClaimView, submission: Submission) -> Element:
    name = f"{claim.result.id} [{claim.result.regime}] {claim.title}".strip()
    case = Element("testcase", classname=f"{submission.name}.{claim.result.question}", name=name, time="0")
    if not claim.holds or claim.stale:
        kind, outcome, message = _said(claim)
        found = SubElement(case, kind, type=outcome, message=message)
        found.text = "\n".join(told(claim.rows()))
    if claim.otherwise:
        SubElement(case, "system-out").text = f"checked: {claim.otherwise}"
    return case


def _said(claim: ClaimView) -> tuple[str, str, str]:
    """Returns what JUnit calls the outcome of a claim, its type, and the message: as it was expected, or not."""
    outcome = claim.result.outcome
    if claim.stale:
        return "failure", "stale", f"no longer broken: {claim.known}"
    if claim.known and outcome is not Outcome.NOT_RUN:
        return "skipped", outcome, f"known: {claim.known}"
    return KINDS[outcome], outcome, claim.result.reason or outcome


def _count(suite: Element, cases: Sequence[Element], seconds: float) -> None:
    suite.set("tests", str(len(cases)))
    for kind, attribute in ATTRIBUTES.items():
        suite.set(attribute, str(sum(case.find(kind) is not None for case in cases)))
    suite.set("time", f"{seconds:.3f}")
