"""Lays out a graded class at addresses: the pages for the staff, and what each submitter sees under a rubric."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from urllib.parse import quote

from lydite.kit.claim import CLAIMS
from lydite.kit.question import POINTS
from lydite.notation.marks import total
from lydite.report.model import Report
from lydite.results import gradebook
from lydite.results.pages import FILTERS, class_page, file_names, submission_page
from lydite.results.rubric import SHOWN, Level, Rubric, Show
from lydite.results.submission import Submission, of_reports
from lydite.templates import page

STAFF = Level.LAW
"""How much the staff sees."""
HTML, CSV = "text/html; charset=utf-8", "text/csv; charset=utf-8"
CLASS, RUBRIC, GRADES = "", "rubric.html", "grades.csv"
"""The addresses of the page of the class, of that on the rubric, and of the gradebook."""


@dataclass(frozen=True, slots=True)
class Content:
    """Holds the type of what stands at an address, and the function that renders it."""

    kind: str
    render: Callable[[], str]


@dataclass(frozen=True)
class Preview:
    """The class that the file `report` was on when `contents` were first needed, under a rubric; `at` is now.

    The rubric was read from the file `name`, if from any.
    """

    report: Path
    rubric: Rubric
    name: str
    at: datetime
    _seen: dict[Level, list[Submission]] = field(default_factory=dict, init=False)

    @cached_property
    def contents(self) -> Mapping[str, Content]:
        """All that there is, by address. Raises NoReport and RubricError."""
        return dict(self._contents())

    def _contents(self) -> Iterator[tuple[str, Content]]:
        staff = self.seen(STAFF)
        views = {RUBRIC: "rubric", GRADES: "gradebook (CSV)"}
        yield CLASS, Content(HTML, partial(class_page, staff, "pages", views))
        yield RUBRIC, Content(HTML, self._rubric_page)
        yield GRADES, Content(CSV, partial(gradebook.render, staff))
        for place, name in enumerate(file_names(staff)):
            yield f"pages/{name}", Content(HTML, partial(self._page, place, name, STAFF, "../"))
            for level in Level:
                yield f"level/{level}/{name}", Content(HTML, partial(self._page, place, name, level, "../../"))

    @cached_property
    def _read(self) -> Mapping[Path, Report]:
        """The report, read once: a class that is graded again meanwhile has its pages at other addresses."""
        return {self.report: Report.load(self.report)}

    def seen(self, level: Level) -> list[Submission]:
        """Returns the submissions as they are seen at `level`."""
        if level not in self._seen:
            self._seen[level] = of_reports(self._read, self.rubric, level)
        return self._seen[level]

    def _page(self, place: int, name: str, level: Level, root: str) -> str:
        """Returns the page of the submission at `place`, whose file is `name`; it lies below `root`."""
        views = {root: "class", f"{root}{RUBRIC}": "rubric", f"{root}pages/{quote(name)}": "all of it"}
        views |= {f"{root}level/{one}/{quote(name)}": f"at level {one}" for one in Level}
        return submission_page(self.seen(level)[place], views)

    def _rubric_page(self) -> str:
        """Returns what the rubric makes of the class."""
        found = self.seen(STAFF)
        unscored = of_reports(self._read, Rubric(count=self.rubric.count), STAFF)
        return page(
            "rubric.html",
            FILTERS,
            views={"./": "class"},
            preview=self,
            levels=self.levels(),
            questions=self.questions(),
            void=[(CLAIMS[claim], reason) for claim, reason in self.rubric.void.items()],
            rows=list(zip(found, unscored, map(quote, file_names(found)), strict=True)),
        )

    def levels(self) -> Sequence[tuple[Level, str, str]]:
        """Returns each level, what it shows, and when a submitter is shown that much; never is empty."""
        show, now = self.rubric.show, self.rubric.level(self.at)
        when = {now: "now"}
        if isinstance(show, Show):
            when = {show.before: f"before {show.date:%Y-%m-%d %H:%M %Z}"}
            when[show.after] = f"from {show.date:%Y-%m-%d %H:%M %Z} on" if show.before != show.after else "always"
            when[now] += ", which is now"
        return [(level, SHOWN[level], when.get(level, "")) for level in Level]

    def questions(self) -> Sequence[tuple[str, float, float]]:
        """Returns each question with its points in the document, and by the rubric."""
        shares = self.rubric.points
        by = {q: total(p for (c, _), p in (shares or {}).items() if CLAIMS[c].question == q) for q in POINTS}
        return [(question, points, by[question] if shares else points) for question, points in POINTS.items()]
