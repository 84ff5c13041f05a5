"""Tests what an edit of a file may concern: what changed and what reads it, or all where that is unclear."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from lydite.grading.edited import concerned, edit, merged
from lydite.grading.grade import Graded
from lydite.grading.record import Findings
from lydite.grading.request import Request
from lydite.kit.regime import Regime
from lydite.report.model import Outcome
from lydite.verdict.outcome import LawResult

FILE = """
import numpy as np

EPS = 1e-12

def shifted(z):
    return z - z.max()

def softmax(z):
    e = np.exp(shifted(z))
    return e / e.sum()

def cross_entropy(z, y):
    return -(y * np.log(softmax(z) + EPS)).sum()

def logistic_loss(w, b, X, y):
    return 0.0
"""


@pytest.mark.parametrize(
    ("old", "new", "functions"),
    [
        ("0.0", "1.0", {"logistic_loss"}),
        ("e / e.sum()", "e", {"softmax", "cross_entropy"}),
        ("z - z.max()", "z", {"shifted", "softmax", "cross_entropy"}),
        ("1e-12", "0", {"EPS", "cross_entropy"}),
        ("def logistic_loss", "def logistic_cost", {"logistic_loss", "logistic_cost"}),
        ("def logistic_loss", "\n\n# a remark\ndef logistic_loss", set()),
        ("    return 0.0\n", "    return 0.0\n\ndef more():\n    return softmax(0)\n", {"more"}),
    ],
)
def test_an_edit_concerns_what_changed_and_what_reads_it(old: str, new: str, functions: set[str]) -> None:
    found = edit(FILE, FILE.replace(old, new))
    assert (set(found.functions), found.why) == (functions, "")


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ("def f(:", "it could not be read"),
        ("import math", "its imports have changed"),
        ("CACHE = {}", "line 18 is more than a constant"),
        ("RNG = np.random.default_rng(0)", "line 18 is more than a constant"),
        ("for i in range(3): pass", "line 18 is neither an import, a constant nor a plain function"),
        ("class A: pass", "line 18 is neither an import, a constant nor a plain function"),
        ("@np.vectorize\ndef f(x): return x", "line 19 is neither an import, a constant nor a plain function"),
        ("def f():\n    global EPS\n    EPS = 1", "line 19 may change what other functions answer"),
        ("def f():\n    np.exp = abs", "line 19 may change what other functions answer"),
        ("def f():\n    return globals()['softmax']", "line 19 may change what other functions answer"),
        ("def f():\n    np.random.seed(1)", "line 19 may change what other functions answer"),
        ("def softmax(z): return z", "it defines softmax twice"),
    ],
)
def test_where_it_is_unclear_all_is_concerned(more: str, why: str) -> None:
    assert edit(FILE, f"{FILE}{more}\n").why == why
    assert edit(f"{FILE}{more}\n", FILE).why == why


def law(name: str, claims: list[str], asked: list[str], outcome: str = "holds", **more: Any) -> LawResult:
    return replace(LawResult(name, "core", claims, Outcome(outcome), "", "", asked), **more)


def graded(*laws: LawResult, **events: str) -> Graded:
    request = Request(only=("Q7.0.1", "Q7.0.2", "Q7.a.7"), regimes=(Regime.CORE,))
    findings = Findings(planned={(one.law, "core"): one for one in laws}, ended=True)
    findings.results = dict(findings.planned)
    for key, text in events.items():
        setattr(findings, key, text)
    return Graded("a.py", "a.py", request, findings)


BEFORE = graded(
    law("topic.softmax", ["Q7.0.1"], ["softmax"], where={"softmax": "a.py:9"}),
    law("topic.loss", ["Q7.0.2"], ["cross_entropy"], where={"cross_entropy": "a.py:13"}),
    law("topic.joint", ["Q7.0.2", "Q7.a.7"], ["cross_entropy_gradient", "softmax"]),
    law("topic.gone", ["Q7.a.7"], [], "missing", call="cross_entropy_gradient", absent=["cross_entropy_gradient"]),
)


def test_claims_are_concerned_by_what_their_laws_called() -> None:
    assert concerned(BEFORE, {"softmax"}) == ("Q7.0.1", "Q7.0.2", "Q7.a.7")
    assert concerned(BEFORE, {"cross_entropy"}) == ("Q7.0.2",)
    assert concerned(BEFORE, {"cross_entropy_gradient"}) == ("Q7.0.2", "Q7.a.7")
    assert concerned(BEFORE, {"newton_root"}) == ()


@pytest.mark.parametrize("event", ["unloadable", "killed", "failed"])
def test_after_a_run_that_was_cut_off_nothing_is_known(event: str) -> None:
    assert concerned(graded(*BEFORE.findings.results.values(), **{event: "x"}), {"softmax"}) is None


def test_results_are_merged_and_lines_move() -> None:
    after = FILE.replace("import numpy as np", "import numpy as np\n\n").replace("EPS)).sum()", "0)).sum()")
    found = edit(FILE, after)
    only = concerned(BEFORE, found.functions)
    assert only == ("Q7.0.2",)
    again = graded(
        law("topic.loss", ["Q7.0.2"], ["cross_entropy"], "broken"),
        law("topic.joint", ["Q7.0.2"], ["cross_entropy_gradient", "softmax"]),
    )
    whole = merged(replace(again, request=replace(again.request, only=only)), BEFORE, found)
    results = whole.findings.results
    assert whole.request == BEFORE.request
    assert set(results) == set(BEFORE.findings.results)
    assert results["topic.loss", "core"].outcome is Outcome.BROKEN
    assert results["topic.softmax", "core"].where == {"softmax": "a.py:11"}
    assert results["topic.joint", "core"].claims == ["Q7.0.2", "Q7.a.7"]
    assert whole.entry().claims[0].holds
