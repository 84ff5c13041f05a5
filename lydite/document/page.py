"""The document on trial: one page with every claim, its verdict and what was found, that needs nothing besides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from lydite.document.experiments import FINDINGS, on, stored
from lydite.document.formulas import mathml
from lydite.document.listing import laws_of
from lydite.document.plots import Plot, effects, effects_height, plots
from lydite.kit.calls import CALLS
from lydite.kit.claim import CLAIMS, READING, RULE, Claim, Verdict
from lydite.kit.law import LAWS, Law
from lydite.kit.question import QUESTIONS
from lydite.notation.text import inputs, plain, shown
from lydite.report.model import Document, NoReport
from lydite.templates import page

MEANINGS = {
    Verdict.FALSE: ("false", "✗", "False: a number refutes it"),
    Verdict.TYPO: ("slip", "≠", "A slip with one obvious repair"),
    Verdict.HOLDS_WITH_HYPOTHESES: ("conditional", "◐", "True under hypotheses that are not stated"),
    Verdict.HOLDS: ("true", "✓", "True as printed"),
    Verdict.QUALITATIVE: ("measured", "~", "A matter of measurement"),
}
"""Of each verdict the name in the page, a sign, and what it says; in the order in which a reader looks for them."""

OUTCOMES = {"broken": "broken", "error": "in error", "missing": "not offered", "not_run": "not run", "holds": "holds"}
"""The worst outcome first."""


@dataclass(frozen=True, slots=True)
class Graded:
    """What became of a claim in an implementation: its regimes by outcome, and the first counterexample."""

    name: str
    regimes: dict[str, list[str]]
    example: Document | None

    @property
    def outcome(self) -> str:
        """The worst."""
        return next(outcome for outcome in OUTCOMES if outcome in self.regimes)

    @property
    def words(self) -> str:
        """`broken in stability; holds in core, scale`."""
        return "; ".join(f"{OUTCOMES[o]} in {', '.join(self.regimes[o])}" for o in OUTCOMES if o in self.regimes)


@dataclass(frozen=True)
class Entry:
    """A claim, the laws that grade it, the experiments on it, and what became of it."""

    claim: Claim
    laws: Sequence[Law]
    experiments: Sequence[Document]
    graded: Sequence[Graded]

    @property
    def verdict(self) -> str:
        """The name of the verdict in the page."""
        return MEANINGS[self.claim.verdict][0]

    @property
    def outcome(self) -> str:
        """The worst in any implementation; empty where there is none."""
        return next((o for o in OUTCOMES if any(g.outcome == o for g in self.graded)), "")


@dataclass(frozen=True)
class Trial:
    """The whole page: the claims in the order of the document, what is drawn and measured, and a report, if any."""

    report: Document | None
    figures: Sequence[Plot]
    rule: str
    experiments: Sequence[Document]

    @cached_property
    def entries(self) -> list[Entry]:
        """One for each claim."""
        graded = {} if self.report is None else _graded(self.report)
        return [Entry(claim, laws_of(claim), on(c), graded.get(c, [])) for c, claim in CLAIMS.items()]

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

    def of(self, question: str) -> list[Entry]:
        """The entries of one question."""
        return [entry for entry in self.entries if entry.claim.question == question]

    def measured(self, question: str) -> list[Document]:
        """The experiments that begin with a claim of one question."""
        return [found for found in self.experiments if CLAIMS[found["claims"][0]].question == question]

    def first(self, question: str, verdict: Verdict) -> str:
        """The id of the first claim of that question with that verdict."""
        return next(c.id for c in CLAIMS.values() if (c.question, c.verdict) == (question, verdict))

    def of_verdict(self, verdict: Verdict) -> int:
        """How many claims have that verdict."""
        return sum(self.counts[question, verdict] for question in QUESTIONS)

    @cached_property
    def outcomes(self) -> Counter[str]:
        """How many claims have each outcome, where a report says so."""
        return Counter(entry.outcome for entry in self.entries if entry.outcome)


def write(folder: Path, report: Document | None = None) -> Path:
    """Writes the page into `folder`, as `index.html`; returns its path. Raises NoEngine, NoReport and OSError."""
    text = html(report)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "index.html"
    path.write_text(text, encoding="utf-8")
    return path


def html(report: Document | None = None) -> str:
    """The page. Raises NoEngine without the extra, and NoReport where `report` cannot be read."""
    trial = Trial(report, list(plots()), stored()["rule"], stored()["experiments"])
    values = {
        "FINDINGS": FINDINGS,
        "MEANINGS": MEANINGS,
        "OUTCOMES": OUTCOMES,
        "QUESTIONS": QUESTIONS,
        "READING": READING,
        "RULE": RULE,
        "CALLS": CALLS,
    }
    return page(
        "document.html",
        {
            "math": mathml,
            "anchor": anchor,
            "inputs": inputs,
            "shown": shown,
            "effects": effects,
            "inches": effects_height,
        },
        trial=trial,
        **values,
    )


def anchor(text: str) -> str:
    """`text` as the id of an element that CSS can select: `Q2.a.4` becomes `Q2-a-4`."""
    return text.replace(".", "-")


def _graded(report: Document) -> dict[str, list[Graded]]:
    try:
        return _by_claim(report["implementations"])
    except (AttributeError, KeyError, TypeError) as error:
        raise NoReport(f"no whole report: {type(error).__name__} {error}") from error


def _by_claim(implementations: Iterable[Document]) -> dict[str, list[Graded]]:
    found: dict[str, list[Graded]] = {}
    for implementation in implementations:
        regimes: dict[str, dict[str, list[str]]] = {}
        examples: dict[str, Document] = {}
        for claim in implementation["claims"]:
            regimes.setdefault(claim["id"], {}).setdefault(claim["outcome"], []).append(plain(claim["regime"]))
            if claim["counterexample"]:
                examples.setdefault(claim["id"], claim["counterexample"])
        for name, outcomes in regimes.items():
            if not outcomes.keys() <= OUTCOMES.keys():
                raise NoReport(f"no claim is {', '.join(outcomes.keys() - OUTCOMES.keys())}")
            found.setdefault(name, []).append(Graded(plain(implementation["name"]), outcomes, examples.get(name)))
    return found
