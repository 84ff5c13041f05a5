"""The scoreboard: stored reports side by side, as text, Markdown or one page; nothing is run again."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from statistics import median_low

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from lydite.notation.escape import markdown
from lydite.notation.marks import marks, total
from lydite.notation.text import plain
from lydite.report.model import Document, NoReport, read, trouble
from lydite.report.terminal import FEW, MANY, REGIMES, WORDS
from lydite.results.points import rescored
from lydite.results.rubric import Rubric
from lydite.templates import page

MARKS = {"error": "!", "broken": "✗", "missing": "○", "not_run": "?", "holds": "✓"}
"""The worst outcome first: the mark of several claims is that of the first that befell one of them."""
STYLES = {"!": "bold magenta", "✗": "bold red", "○": "yellow", "?": "yellow", "✓": "blue"}
NO_CLAIM = "·"
WIDTH = 1 << 12
"""Columns to print in: a table takes what it needs, and a terminal that is narrower breaks lines, not words apart."""

WEB = re.compile(r"https://[^\s<>()|\"\\]+")
"""What may become a link."""


@dataclass(frozen=True, slots=True)
class Scored:
    """What became of one claim in one regime; `share` is its worst error in units of what is allowed, if known."""

    id: str
    question: str
    regime: str
    outcome: str
    points: float
    max_points: float
    share: float | None
    ulps: float

    @classmethod
    def of(cls, claim: Document) -> Scored:
        """From a claim of a report. Raises KeyError, TypeError or ValueError where it is none."""
        if claim["outcome"] not in MARKS or claim["regime"] not in REGIMES:
            raise ValueError(f"no claim is {claim['outcome']} in {claim['regime']}")
        return cls(
            plain(claim["id"]),
            plain(claim["question"]),
            claim["regime"],
            claim["outcome"],
            float(claim["points"]),
            float(claim["max_points"]),
            _share(claim),
            float(claim["ulps"]),
        )


def _share(claim: Document) -> float | None:
    """Of a claim that does not hold, `worst` knows only the cases that did: its counterexample is what counts."""
    if claim["outcome"] == "holds":
        return float(claim["worst"])
    example = claim["counterexample"] or {}
    if example.get("error") is None or example.get("tolerance") is None:
        return None
    error, allowed = float(example["error"]), float(example["tolerance"])
    return error / allowed if allowed and math.isfinite(error) else math.inf


@dataclass(frozen=True)
class Tally:
    """Some claims of one implementation, counted."""

    claims: Sequence[Scored]

    @cached_property
    def counts(self) -> Counter[str]:
        """How many claims have each outcome."""
        return Counter(claim.outcome for claim in self.claims)

    @property
    def faults(self) -> dict[str, int]:
        """How many claims do not hold, by outcome, the worst first."""
        return {outcome: self.counts[outcome] for outcome in MARKS if outcome != "holds" and self.counts[outcome]}

    @property
    def outcome(self) -> str:
        """One word for all of them: the worst; empty where there are none."""
        return next((outcome for outcome in MARKS if self.counts[outcome]), "")

    @property
    def mark(self) -> str:
        """One sign for all of them."""
        return MARKS.get(self.outcome, NO_CLAIM)

    @property
    def brief(self) -> str:
        """`✓14` where all hold; else how many do not, of how many: `✗2○1/14`."""
        faults = "".join(f"{MARKS[outcome]}{n}" for outcome, n in self.faults.items())
        return f"{faults}/{len(self.claims)}" if faults else f"{self.mark}{len(self.claims) or ''}"

    @property
    def words(self) -> str:
        """The same in words: `14 holding`, `2 broken, 1 missing of 14`, `no claim`."""
        faults = ", ".join(f"{n} {WORDS[outcome]}" for outcome, n in self.faults.items())
        whole = f"{len(self.claims)} {WORDS['holds']}" if self.claims else "no claim"
        return f"{faults} of {len(self.claims)}" if faults else whole

    @property
    def share(self) -> float | None:
        """The worst error in units of what is allowed: of what holds, and at the counterexamples to what does not."""
        return max((claim.share for claim in self.claims if claim.share is not None), default=None)

    @property
    def ulps(self) -> float | None:
        """Units in the last place: half of the claims that hold have a worst error of no more, where a value is due.

        The largest says nothing of accuracy: it is reached where the value due is all but 0.
        """
        sizes = [claim.ulps for claim in self.claims if claim.outcome == "holds" and claim.ulps > 0]
        middle = median_low(sizes) if sizes else MANY
        return middle if middle < MANY else None

    @property
    def points(self) -> str:
        """Those it got of those there are; empty where there are none."""
        got, due = total(c.points for c in self.claims), total(c.max_points for c in self.claims)
        return f"{marks(got)}/{marks(due)}" if due else ""

    @property
    def wrong(self) -> list[str]:
        """The ids of the claims that are broken or in error."""
        return [claim.id for claim in self.claims if claim.outcome in {"broken", "error"}]


@dataclass(frozen=True, slots=True)
class Known:
    """Why some claims do not hold, and a page that says so, empty if none can be linked to."""

    reason: str
    link: str
    claims: tuple[str, ...]


@dataclass(frozen=True)
class Entry:
    """One implementation in one precision, as the report at `path` has it.

    `trouble` says why not all was graded, `declared` which conventions an adapter declared: of the whole, then by call.
    `known` are the exceptions that were expected and occurred, by the reason that was given.
    """

    path: Path
    name: str
    precision: str
    lydite: str
    seed: int
    cases: int
    seconds: float
    trouble: str
    declared: tuple[tuple[str, str], ...]
    known: tuple[Known, ...]
    claims: tuple[Scored, ...]

    @classmethod
    def of(cls, path: Path, whole: Document, graded: Document) -> Entry:
        """From a report and one of its implementations. Raises like `Scored.of`."""
        return cls(
            path,
            plain(graded["name"]),
            plain(whole["precision"]),
            plain(whole["lydite"]),
            int(whole["seed"]),
            int(graded["cases"]),
            float(graded["seconds"]),
            plain(trouble(graded)),
            tuple(_conventions(graded.get("declared", {}))),
            tuple(_known(graded.get("expected", ()))),
            tuple(map(Scored.of, graded["claims"])),
        )

    def tally(self, question: str = "", regime: str = "") -> Tally:
        """The claims of `question` in `regime`; of every one, where none is named."""
        return Tally([c for c in self.claims if question in {"", c.question} and regime in {"", c.regime}])

    @property
    def source(self) -> str:
        """Where the figures come from; not how long that took, which no two runs have in common."""
        return f"{self.cases:,} cases · seed {self.seed} · lydite {self.lydite}"


def _conventions(declared: Document) -> Iterator[tuple[str, str]]:
    whole = {key: value for key, value in declared.items() if key not in {"calls", "env"}} | declared.get("env", {})
    if whole:
        yield "all calls", _listed(whole)
    for call, conventions in declared.get("calls", {}).items():
        yield plain(call), _listed(conventions)


def _known(expected: Sequence[Document]) -> Iterator[Known]:
    claims: dict[tuple[str, str], list[str]] = {}
    for exception in expected:
        if exception["occurred"]:
            link = exception.get("link", "")
            of_reason = claims.setdefault((plain(exception["reason"]), link if WEB.fullmatch(link) else ""), [])
            of_reason.append(plain(f"{exception['id']} {exception['regime']}"))
    yield from (Known(reason, link, tuple(ids)) for (reason, link), ids in claims.items())


def _listed(conventions: Document) -> str:
    return ", ".join(plain(f"{key} {value}") for key, value in conventions.items())


@dataclass(frozen=True)
class Scoreboard:
    """Entries by name, the wider precision first: points of targets that offer different calls make no ranking."""

    entries: Sequence[Entry]

    @classmethod
    def of(cls, paths: Sequence[Path]) -> Scoreboard:
        """The scoreboard of the reports at `paths`, JSON or that compressed by gzip.

        Raises NoReport where one cannot be read, and where an implementation comes twice in the same precision: a
        report has no date, so which of the two counts is not for a rule to say.
        """
        entries = sorted((entry for path in paths for entry in _entries(path)), key=_order)
        for one, other in pairwise(entries):
            if _order(one) == _order(other):
                raise NoReport(f"{one.name} comes twice in {one.precision}: in {one.path} and in {other.path}")
        return cls(entries)

    @cached_property
    def by_name(self) -> dict[str, list[Entry]]:
        """The entries of each implementation."""
        names = dict.fromkeys(entry.name for entry in self.entries)
        return {name: [entry for entry in self.entries if entry.name == name] for name in names}

    @cached_property
    def questions(self) -> list[str]:
        """Those with a graded claim."""
        return sorted({claim.question for entry in self.entries for claim in entry.claims})

    @cached_property
    def regimes(self) -> list[str]:
        """Those with a graded claim."""
        used = {claim.regime for entry in self.entries for claim in entry.claims}
        return [regime for regime in REGIMES if regime in used]

    def strip(self, entry: Entry, question: str) -> list[Tally]:
        """What became of `question`, regime by regime."""
        return [entry.tally(question, regime) for regime in self.regimes]

    def row(self, entry: Entry, regime: str = "") -> list[Tally]:
        """What became of each question in `regime`; in every one, if none is named."""
        return [entry.tally(question, regime) for question in self.questions]

    def markdown(self) -> str:
        """As a page of Markdown, the same from the same reports."""
        return self._page("scoreboard.md")

    def html(self) -> str:
        """As a page of HTML that needs nothing besides itself."""
        return self._page("scoreboard.html")

    def _page(self, template: str) -> str:
        filters: dict[str, Callable[..., str]] = {"size": size, "markdown": markdown}
        return page(template, filters, board=self, MARKS=MARKS, WORDS=WORDS, NO_CLAIM=NO_CLAIM)

    def print(self, console: Console) -> None:
        """Prints it, as wide as it is: each entry where they are few, and a line for each."""
        details = [self._details(entry) for entry in self.entries] if len(self.entries) <= FEW else []
        console.width = WIDTH
        console.print(*details, *self._standings(), sep="\n")

    def _details(self, entry: Entry) -> Group:
        table = _table("", *self.questions, "share", "ulps")
        for regime in self.regimes:
            row = entry.tally(regime=regime)
            cells = (_coloured(tally.brief) for tally in self.row(entry, regime))
            table.add_row(regime, *cells, size(row.share), size(row.ulps))
        columns = self.row(entry)
        table.add_row("share", *(size(column.share) for column in columns))
        table.add_row("ulps", *(size(column.ulps) for column in columns))
        table.add_row("points", *(column.points for column in columns))
        head = f"{entry.name} · {entry.precision} · {entry.tally().points} · {entry.source} · {entry.seconds:.0f} s"
        notes = [entry.trouble] if entry.trouble else []
        notes += [f"declared for {call}: {conventions}" for call, conventions in entry.declared]
        return Group(Text(head, "bold"), *map(Text, notes), table, Text())

    def _standings(self) -> Iterator[Table | Text]:
        table = _table("", "", *self.questions, "points", "share", "ulps", "cases", "s")
        for entry in self.entries:
            whole = entry.tally()
            strips = (_coloured("".join(t.mark for t in self.strip(entry, question))) for question in self.questions)
            figures = (whole.points, size(whole.share), size(whole.ulps), f"{entry.cases:,}", f"{entry.seconds:.0f}")
            table.add_row(Text(entry.name), Text(entry.precision), *strips, *figures)
        yield table
        yield from (
            Text(f"{entry.name}, {entry.precision}: {entry.trouble}") for entry in self.entries if entry.trouble
        )
        legend = "  ".join([*(f"{MARKS[o]} {WORDS[o]}" for o in reversed(MARKS)), f"{NO_CLAIM} no claim"])
        yield Text(f"\na mark each for {', '.join(self.regimes)}:  {legend}")
        yield Text("share: the worst error in units of what is allowed; ulps: half of the claims that hold stay within")


def _table(*head: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column, name in enumerate(head):
        figures = name in {"points", "share", "ulps", "cases", "s"}
        table.add_column(name, no_wrap=True, justify="right" if figures else "left", min_width=9 if not column else 5)
    return table


def _coloured(marks: str) -> Text:
    return Text.assemble(*((sign, STYLES.get(sign, "")) for sign in marks))


def size(x: float | None) -> str:
    """A figure of which the size matters, in six characters at most; empty for none."""
    if x is None:
        return ""
    if not math.isfinite(x):
        return "∞"
    if 0 < x < 0.01:
        return "<0.01"
    if x < 99.5:
        return f"{x:.2g}"
    return f"{x:.0f}" if x < 999.5 else f"{x:.1e}".replace(".0e", "e").replace("e+0", "e").replace("e+", "e")


def _order(entry: Entry) -> tuple[str, bool, str]:
    return entry.name.casefold(), entry.precision != "float64", f"{entry.name} {entry.precision}"


def _entries(path: Path) -> list[Entry]:
    whole = read(path)
    try:
        whole = rescored(whole, Rubric())
        return [Entry.of(path, whole, graded) for graded in whole["implementations"]]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise NoReport(f"{path} holds no whole report: {type(error).__name__} {error}") from error
