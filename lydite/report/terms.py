"""Explains the terms of a report, each where it first occurs or all at the end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lydite.isolation.tier import Tier
from lydite.kit.regime import Regime
from lydite.report.lines import HANG


@dataclass(frozen=True, slots=True)
class Term:
    """A term, its meaning, and the lines that it occurs in; `here` says that it is explained in place."""

    name: str
    meaning: str
    occurs: re.Pattern[str]
    here: bool = False


def _named(name: str, meaning: str, *, here: bool = False) -> Term:
    """Returns the term that names a line, at its beginning."""
    return Term(name, meaning, re.compile(rf" *{re.escape(name)}\b"), here)


def _regime(regime: Regime, meaning: str, *, here: bool = False) -> Term:
    elsewhere = "" if here else rf"|not run:.*\b{regime}\b"
    return Term(regime, meaning, re.compile(rf"FAULT.* {regime}, |closest.* {regime}${elsewhere}"), here)


LAYOUT = "the numbers of core, as integers or booleans, in columns, with gaps, read-only: the answer stays the same"

TERMS = (
    _named(
        "closest to its bound",
        "the right answer that comes nearest to what rounding may cost; all up to 1 of allowed is right",
        here=True,
    ),
    Term(
        "ulp",
        "a unit in the last place: the gap between a number and the next one that the precision has",
        re.compile(r"(closest|  ).* ulp\b"),
        here=True,
    ),
    _named(
        "follows", "claims about other functions that break because this one does, and cost nothing more", here=True
    ),
    _regime(Regime.CORE, "inputs of ordinary size, for which the document's formulas hold as they are printed"),
    _regime(Regime.STABILITY, "any valid input, also very large or very small: the formula has to be a stable one"),
    _regime(Regime.SCALE, "many samples, features or classes"),
    _regime(Regime.LAYOUT, LAYOUT, here=True),
    Term(Regime.LAYOUT, LAYOUT, re.compile(r"not run:.*\blayout\b")),
    _regime(Regime.PURITY, "the inputs stay as they were, and the same inputs have the same answer"),
    _regime(Regime.TAILS, "very small answers, accurate relative to their own size"),
    _regime(Regime.INPUTS, "invalid inputs, for which ValueError is due"),
    Term("claim", "a statement of the document, by its id: lydite claims ID", re.compile(r".*\bclaims?\b")),
    Term("cases", "inputs that were tried, with the answers to them", re.compile(r".* cases ·")),
    Term("seed", "what the inputs are drawn from: the same seed draws the same inputs", re.compile(r".*· seed ")),
    _named("FAULT", "one function to fix, shown by one claim and one input"),
    Term("also", "peculiar inputs at which the law does not hold either", re.compile(r" *also (?!broken)")),
    _named("there", "the law at this input: what it makes of the answers, and what that is to be"),
    _named("note", "what has to be known to read the report or the fault"),
    _named("law", "the equation or inequality that does not hold for this input"),
    _named("call", "the call as it can be typed, which shows the fault"),
    _named("got", "what the function returned, or what was made of it by the law"),
    _named("due", "what the law requires there, and by how much the answer may be off"),
    _named("looks like", "a known mistake that gives the same wrong answers in so many of the cases"),
    _named("agrees", "where the answers are right"),
    _named("confirmed", "what shows the fault besides the value that is due"),
    _named("also broken", "the other claims about the same function that do not hold"),
    _named("again", "the command that shows this input again"),
    _named("missing", "functions that are not offered; they cost their own claims alone"),
    _named("known", "claims that are expected not to hold, by a file of expectations"),
    _named("no longer broken", "claims that hold though they are expected not to: the expectation has to go"),
    _named("in error", "claims that could not be judged, for a reason that is not a wrong answer"),
    _named("not run", "claims or kinds of inputs that were not looked at"),
    _named("explored", "what the deeper search tried, and the inputs with the largest errors that still hold"),
    _named("declared", "what the adapter says of the library"),
    Term(Tier.NAMESPACES, "the code ran in a jail, with neither network nor files of yours", re.compile(r".*· namesp")),
    Term(Tier.LANDLOCK, "the code ran with neither network nor files of yours", re.compile(r".*· landlock")),
)
"""In the order in which all are explained; each is known by a line of ours that it occurs in."""


def explained(lines: Iterable[str]) -> Iterator[str]:
    """Yields `lines`, and behind the first one with a term that is explained in place its meaning."""
    known: set[str] = set()
    for line in lines:
        yield line
        new = [term for term in TERMS if term.here and term.name not in known and term.occurs.match(line)]
        known |= {term.name for term in new}
        indent = " " * (len(line) - len(line.lstrip()))
        yield from (f"{indent}  ({term.name}: {term.meaning})" for term in new)


def glossary(lines: Iterable[str]) -> Iterator[str]:
    """Yields `lines`, and below them every term that occurs in them with its meaning."""
    lines = list(lines)
    yield from lines
    found = {term.name: term.meaning for term in TERMS if any(term.occurs.match(line) for line in lines)}
    width = max(map(len, found), default=0)
    yield from ("", "terms")
    yield from (f"  {name:<{width}}  {HANG}{meaning}" for name, meaning in found.items())
