"""Renders the document on trial: one page with every claim and its verdict, sufficient by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from lydite import suite
from lydite.document.experiments import FINDINGS, Experiment, on, stored
from lydite.document.formulas import mathml
from lydite.document.listing import laws_of
from lydite.document.plots import Plot, effects, effects_height, plots
from lydite.document.prose import prose
from lydite.kit.calls import CALLS
from lydite.kit.claim import CLAIMS, READING, RULE, Claim, Verdict
from lydite.kit.law import LAWS, Law
from lydite.kit.question import QUESTIONS
from lydite.notation.text import inputs, plain, shown
from lydite.report.model import ClaimResult, Counterexample, Outcome, Report, ids_of
from lydite.templates import page, script

MEANINGS = {
    Verdict.FALSE: ("false", "✗", "FALSE: a number refutes it"),
    Verdict.TYPO: ("slip", "≠", "TYPO: a slip with one obvious repair"),
    Verdict.HOLDS_WITH_HYPOTHESES: ("conditional", "◐", "HOLDS+HYP: true under hypotheses that are not stated"),
    Verdict.HOLDS: ("true", "✓", "HOLDS: true as printed"),
    Verdict.QUALITATIVE: ("measured", "~", "QUALITATIVE: a matter of measurement"),
}
"""Of each verdict the name in the page, a sign, and what it says; in the order in which a reader looks for them."""

SAID = {
    Outcome.BROKEN: "broken",
    Outcome.ERROR: "in error",
    Outcome.MISSING: "not offered",
    Outcome.NOT_RUN: "not run",
    Outcome.HOLDS: "holds",
}
"""The words of the page for a claim, by outcome."""


@dataclass(frozen=True, slots=True)
class Found:
    """The results of a claim in an implementation, one for each regime."""

    name: str
    results: Sequence[ClaimResult]

    @property
    def outcome(self) -> Outcome:
        """The worst."""
        return min((result.outcome for result in self.results), key=Outcome.precedence)

    @property
    def example(self) -> Counterexample | None:
        """The first counterexample."""
        return next((result.counterexample for result in self.results if result.counterexample), None)

    @property
    def words(self) -> str:
        """`broken in stability; holds in core, scale`."""
        regimes = {o: [result.regime for result in self.results if result.outcome is o] for o in Outcome}
        return "; ".join(f"{SAID[o]} in {', '.join(regimes[o])}" for o in Outcome if regimes[o])


@dataclass(frozen=True)
class OnTrial:
    """A claim, the laws that grade it, the experiments on it, and what became of it."""

    claim: Claim
    laws: Sequence[Law]
    experiments: Sequence[Experiment]
    found: Sequence[Found]

    @property
    def verdict(self) -> str:
        """The name of the verdict in the page."""
        return MEANINGS[self.claim.verdict][0]

    @property
    def outcome(self) -> Outcome | None:
        """The worst in any implementation; None where there is none."""
        return min((one.outcome for one in self.found), key=Outcome.precedence, default=None)


@dataclass(frozen=True)
class Trial:
    """The whole page: the claims in the order of the document, what is drawn and measured, and a report, if any."""

    report: Report | None
    figures: Sequence[Plot]
    rule: str
    experiments: Sequence[Experiment]

    @cached_property
    def entries(self) -> list[OnTrial]:
        """One for each claim."""
        implementations = self.report.implementations if self.report else ()
        found: dict[str, list[Found]] = {}
        for entry in implementations:
            for claim in ids_of(entry.claims):
                results = [result for result in entry.claims if result.id == claim]
                found.setdefault(claim, []).append(Found(plain(entry.name), results))
        return [OnTrial(claim, laws_of(claim), on(c), found.get(c, [])) for c, claim in CLAIMS.items()]

    @cached_property
    def laws(self) -> list[Law]:
        """Every law that grades a claim, by topic."""
        named = {law.name: law for entry in self.entries for law in entry.laws}
        return [law for name, law in LAWS.items() if name in named]

    @cached_property
    def calls(self) -> dict[str, list[Claim]]:
        """The claims that each call is graded on."""
        return {call: [c for c in CLAIMS.values() if call in c.calls] for call in CALLS}

    @cached_property
    def counts(self) -> Counter[tuple[str, Verdict]]:
        """How many claims of each question have each verdict."""
        return Counter((claim.question, claim.verdict) for claim in CLAIMS.values())

    def of(self, question: str) -> list[OnTrial]:
        """Returns the entries of one question."""
        return [entry for entry in self.entries if entry.claim.question == question]

    def measured(self, question: str) -> list[Experiment]:
        """Returns the experiments that begin with a claim of one question."""
        return [found for found in self.experiments if CLAIMS[found["claims"][0]].question == question]

    def first(self, question: str, verdict: Verdict) -> str:
        """Returns the id of the first claim of that question with that verdict."""
        return next(c.id for c in CLAIMS.values() if (c.question, c.verdict) == (question, verdict))

    def of_verdict(self, verdict: Verdict) -> int:
        """Returns how many claims have that verdict."""
        return sum(self.counts[question, verdict] for question in QUESTIONS)

    @cached_property
    def outcomes(self) -> Counter[Outcome]:
        """How many claims have each outcome, where a report says so."""
        return Counter(entry.outcome for entry in self.entries if entry.outcome)


def write(folder: Path, report: Report | None = None) -> Path:
    """Writes the page into `folder`, as `index.html`; returns its path. Raises NoEngine and OSError."""
    text = html(report)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "index.html"
    path.write_text(text, encoding="utf-8")
    return path


def html(report: Report | None = None) -> str:
    """Returns the page. Raises NoEngine without the extra."""
    trial = Trial(report, list(plots()), stored()["rule"], stored()["experiments"])
    values = {
        "FINDINGS": FINDINGS,
        "MEANINGS": MEANINGS,
        "SAID": SAID,
        "QUESTIONS": QUESTIONS,
        "READING": READING,
        "RULE": RULE,
        "CALLS": CALLS,
    }
    return page(
        "document.html",
        {
            "math": mathml,
            "prose": prose,
            "anchor": anchor,
            "inputs": inputs,
            "shown": shown,
            "effects": effects,
            "inches": effects_height,
        },
        trial=trial,
        title=suite.title(),
        subject=suite.table().get("subject", ""),
        **script("document.js"),
        **values,
    )


def anchor(text: str) -> str:
    """Returns `text` as the id of an element that CSS can select: `Q2.a.4` becomes `Q2-a-4`."""
    return text.replace(".", "-")
