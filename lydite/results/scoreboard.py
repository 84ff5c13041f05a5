"""Sets stored reports side by side, as text, Markdown or one page; nothing is run again."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from lydite.kit.regime import Regime
from lydite.notation.escape import markdown
from lydite.notation.text import plain
from lydite.report.count import NO_CLAIM, SIGNS, WORDS, Count
from lydite.report.model import Declared, Entry, Exempt, NoReport, Outcome, Report, regimes_of
from lydite.report.terminal import FEW
from lydite.results.points import rescored
from lydite.results.rubric import Rubric
from lydite.templates import page

STYLES = {
    SIGNS[Outcome.BROKEN]: "bold red",
    SIGNS[Outcome.ERROR]: "bold magenta",
    SIGNS[Outcome.MISSING]: "yellow",
    SIGNS[Outcome.NOT_RUN]: "yellow",
    SIGNS[Outcome.HOLDS]: "blue",
}
WIDTH = 1 << 12
"""Columns to print in: a table takes what it needs, and a terminal that is narrower breaks lines, not words apart."""

WEB = re.compile(r"https://[^\s<>()|\"\\]+")
"""The beginnings of a text that may become a link."""


@dataclass(frozen=True, slots=True)
class Known:
    """Why some claims do not hold, and a page that says so, empty if none can be linked to."""

    reason: str
    link: str
    claims: tuple[str, ...]


@dataclass(frozen=True)
class Standing:
    """One implementation in one precision, as the report at `path` has it."""

    path: Path
    whole: Report
    entry: Entry

    @property
    def name(self) -> str:
        """The name of the implementation."""
        return plain(self.entry.name)

    @property
    def precision(self) -> str:
        """That of the inputs and answers."""
        return self.whole.precision

    @property
    def trouble(self) -> str:
        """Why not all was graded."""
        return plain(self.entry.trouble)

    @cached_property
    def declared(self) -> list[tuple[str, str]]:
        """Which conventions an adapter declared: of the whole, then by call."""
        return list(_conventions(self.entry.declared)) if self.entry.declared else []

    @cached_property
    def known(self) -> list[Known]:
        """The exceptions that were expected and occurred, by the reason that was given."""
        return list(_known(self.entry.expected or ()))

    def count(self, question: str = "", regime: str = "") -> Count:
        """Returns the claims of `question` in `regime`, counted; of every one, where none is named."""
        return Count.of(self.entry.claims, question, regime)

    @property
    def source(self) -> str:
        """Where the figures come from; not how long that took, which no two runs have in common."""
        return f"{self.entry.cases:,} cases · seed {self.whole.seed} · lydite {plain(self.whole.lydite)}"


def _conventions(declared: Declared) -> Iterator[tuple[str, str]]:
    if whole := {**declared.whole, **declared.env}:
        yield "all calls", _listed(whole)
    for call, conventions in declared.calls.items():
        yield plain(call), _listed(conventions)


def _known(expected: Sequence[Exempt]) -> Iterator[Known]:
    claims: dict[tuple[str, str], list[str]] = {}
    for exempt in expected:
        if exempt.occurred and not exempt.expired:
            link = exempt.link if WEB.fullmatch(exempt.link) else ""
            claims.setdefault((plain(exempt.why), link), []).append(exempt.name)
    yield from (Known(reason, link, tuple(ids)) for (reason, link), ids in claims.items())


def _listed(conventions: Mapping[str, str]) -> str:
    return ", ".join(plain(f"{key} {value}") for key, value in conventions.items())


@dataclass(frozen=True)
class Scoreboard:
    """Standings by name, the wider precision first: points of targets that offer different calls make no ranking."""

    standings: Sequence[Standing]

    @classmethod
    def of(cls, paths: Sequence[Path]) -> Scoreboard:
        """Returns the scoreboard of the reports at `paths`, JSON or that compressed by gzip.

        Raises NoReport where one cannot be read, and where an implementation comes twice in the same precision: a
        report has no date, so which of the two counts is not for a rule to say.
        """
        standings = sorted((one for path in paths for one in _standings(path)), key=_order)
        for one, other in pairwise(standings):
            if _order(one) == _order(other):
                raise NoReport(f"{one.name} comes twice in {one.precision}: in {one.path} and in {other.path}")
        return cls(standings)

    @cached_property
    def by_name(self) -> dict[str, list[Standing]]:
        """The standings of each implementation."""
        names = dict.fromkeys(one.name for one in self.standings)
        return {name: [one for one in self.standings if one.name == name] for name in names}

    @cached_property
    def questions(self) -> list[str]:
        """Those with a graded claim."""
        return sorted({question for one in self.standings for question in one.entry.questions})

    @cached_property
    def regimes(self) -> list[Regime]:
        """Those with a graded claim."""
        return regimes_of([claim for one in self.standings for claim in one.entry.claims])

    def strip(self, one: Standing, question: str) -> list[Count]:
        """Returns what became of `question`, regime by regime."""
        return [one.count(question, regime) for regime in self.regimes]

    def row(self, one: Standing, regime: str = "") -> list[Count]:
        """Returns what became of each question in `regime`; in every one, if none is named."""
        return [one.count(question, regime) for question in self.questions]

    def markdown(self) -> str:
        """Returns it as a page of Markdown, the same from the same reports."""
        return self._page("scoreboard.md")

    def html(self) -> str:
        """Returns it as a page of HTML that needs nothing besides itself."""
        return self._page("scoreboard.html")

    def _page(self, template: str) -> str:
        filters: dict[str, Callable[..., str]] = {"figure": figure, "markdown": markdown}
        return page(template, filters, board=self, SIGNS=SIGNS, WORDS=WORDS, NO_CLAIM=NO_CLAIM)

    def print(self, console: Console) -> None:
        """Prints it, as wide as it is: each standing where they are few, and a line for each."""
        details = [self._details(one) for one in self.standings] if len(self.standings) <= FEW else []
        console.width = WIDTH
        console.print(*details, *self._overview(), sep="\n")

    def _details(self, one: Standing) -> Group:
        table = _table("", *self.questions, "share", "ulps")
        for regime in self.regimes:
            whole = one.count(regime=regime)
            cells = (_coloured(count.brief) for count in self.row(one, regime))
            table.add_row(regime, *cells, figure(whole.share), figure(whole.ulps))
        columns = self.row(one)
        table.add_row("share", *(figure(column.share) for column in columns))
        table.add_row("ulps", *(figure(column.ulps) for column in columns))
        table.add_row("points", *(column.points for column in columns))
        head = f"{one.name} · {one.precision} · {one.count().points} · {one.source} · {one.entry.seconds:.0f} s"
        notes = [one.trouble] if one.trouble else []
        notes += [f"declared for {call}: {conventions}" for call, conventions in one.declared]
        return Group(Text(head, "bold"), *map(Text, notes), table, Text())

    def _overview(self) -> Iterator[Table | Text]:
        table = _table("", "", *self.questions, "points", "share", "ulps", "cases", "s")
        for one in self.standings:
            whole = one.count()
            strips = (_coloured("".join(c.sign for c in self.strip(one, question))) for question in self.questions)
            figures = (whole.points, figure(whole.share), figure(whole.ulps))
            took = (f"{one.entry.cases:,}", f"{one.entry.seconds:.0f}")
            table.add_row(Text(one.name), Text(one.precision), *strips, *figures, *took)
        yield table
        yield from (Text(f"{one.name}, {one.precision}: {one.trouble}") for one in self.standings if one.trouble)
        legend = "  ".join([*(f"{SIGNS[o]} {WORDS[o]}" for o in reversed(Outcome)), f"{NO_CLAIM} no claim"])
        yield Text(f"\na mark each for {', '.join(self.regimes)}:  {legend}")
        yield Text("share: the worst error in units of what is allowed; ulps: half of the claims that hold stay within")


def _table(*head: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column, name in enumerate(head):
        figures = name in {"points", "share", "ulps", "cases", "s"}
        table.add_column(name, no_wrap=True, justify="right" if figures else "left", min_width=9 if not column else 5)
    return table


def _coloured(signs: str) -> Text:
    return Text.assemble(*((sign, STYLES.get(sign, "")) for sign in signs))


def figure(x: float | None) -> str:
    """Returns a figure of which the size matters, in six characters at most; empty for none."""
    if x is None:
        return ""
    if not math.isfinite(x):
        return "∞"
    if 0 < x < 0.01:
        return "<0.01"
    if x < 99.5:
        return f"{x:.2g}"
    return f"{x:.0f}" if x < 999.5 else f"{x:.1e}".replace(".0e", "e").replace("e+0", "e").replace("e+", "e")


def _order(one: Standing) -> tuple[str, bool, str]:
    return one.name.casefold(), one.precision != "float64", f"{one.name} {one.precision}"


def _standings(path: Path) -> list[Standing]:
    whole = rescored(Report.load(path), Rubric())
    return [Standing(path, whole, entry) for entry in whole.implementations]
