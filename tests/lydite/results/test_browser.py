"""The pages of results in a real browser: read without a script, narrow or wide, printed, and without a network."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest

from lydite.commands.serve import served_class
from lydite.notation.counterexample import data
from lydite.notation.marks import marks
from lydite.report.count import WORDS
from lydite.results import statistics
from lydite.results.pages import class_page, submission_page
from lydite.results.preview import RUBRIC, Preview
from lydite.results.rubric import Level, Rubric
from lydite.results.scoreboard import Scoreboard
from lydite.results.submission import Submission, submissions
from tests.support.browsing import COLUMNS, CONTRAST, OVERLAPS, WINDOWS, Watched
from tests.support.made import claim, counterexample, fault, hostile, implementation, write

pytest.importorskip("jinja2")

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[3]
WIDE = np.random.default_rng(1).normal(size=(30, 12)) * 1e-200
EXAMPLE = counterexample(
    inputs={"X": data(WIDE), "y": [1.0, 0.0]},
    got=data(WIDE + 1),
    due=data(WIDE),
    reads=["X", "y"],
    says="E = " + "x" * 300,
    wrong=[list(range(WIDE.size))],
)
SOURCE = "def cross_entropy_gradient(z, y):\n    return " + " + ".join(["softmax(z)"] * 10)
FAULT = fault(
    source=SOURCE, agrees="whenever K = 1", confirmed="by finite differences of your own cross_entropy", also=["Q7.a.1"]
)
SUBMISSIONS = (
    implementation(
        "a very long name of a submission/that_nobody_would_give_to_a_file_but_somebody_does.py",
        claim("Q7.a.7", outcome="broken"),
        claim("Q7.a.1", outcome="broken", counterexample=EXAMPLE),
        claim("Q1.1", "stability", outcome="error", reason="logistic_predict: ValueError: " + "no" * 200),
        claim("Q2.a.2", outcome="missing", reason="batch_norm is not offered"),
        faults=[FAULT, {**FAULT, "claim": "Q7.a.1"}],
        missing={"Q2": ["batch_norm"]},
    ),
    hostile(),
    *(implementation(f"{i}.py", claim("Q1.1", outcome="broken")) for i in range(5)),
)


NAMES = ("class", "submission", "hostile", "scoreboard", "rubric")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> list[Submission]:
    """The submissions that the pages are on."""
    path = write(tmp_path_factory.mktemp("report") / "r.json", *SUBMISSIONS)
    return submissions([path], Rubric(), Level.DUE)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory, found: list[Submission]) -> dict[str, str]:
    """The addresses of the pages."""
    folder = tmp_path_factory.mktemp("pages")
    (folder / "class.html").write_text(class_page(found), encoding="utf-8")
    for name, start in (("hostile", "=1"), ("submission", "a very long name")):
        (one,) = (one for one in found if one.name.startswith(start))
        (folder / f"{name}.html").write_text(submission_page(one), encoding="utf-8")
    preview = Preview(write(folder / "r.json", *SUBMISSIONS), Rubric(), "", datetime(2027, 1, 1, tzinfo=UTC))
    (folder / "rubric.html").write_text(preview.contents[RUBRIC].render(), encoding="utf-8")
    board = Scoreboard.of(sorted((ROOT / "docs" / "scoreboard").glob("*.gz")))
    (folder / "scoreboard.html").write_text(board.html(), encoding="utf-8")
    return {name: (folder / f"{name}.html").as_uri() for name in NAMES}


@pytest.fixture(params=[(name, window) for name in NAMES for window in WINDOWS], ids="-".join)
def watched(request: pytest.FixtureRequest, chromium: Any, pages: dict[str, str]) -> Iterator[Watched]:
    """A page in a window, in which scripts would run."""
    name, window = request.param
    watched = Watched(chromium, pages[name], WINDOWS[window], script=True)
    yield watched
    watched.keep(f"{name}-{window}")
    assert not watched.said
    assert [url for url in watched.asked if not url.startswith("data:")] == [pages[name]]
    watched.page.context.close()


def test_nothing_is_wider_than_the_window(watched: Watched) -> None:
    assert watched.overflow() <= 0


def test_nothing_lies_on_anything_else(watched: Watched) -> None:
    assert not watched.page.evaluate(OVERLAPS)


@pytest.mark.parametrize("window", WINDOWS)
def test_each_submission_stands_under_the_heads_of_its_columns(
    chromium: Any, pages: dict[str, str], found: list[Submission], window: str
) -> None:
    rows = Watched(chromium, pages["class"], WINDOWS[window], script=True).page.evaluate(COLUMNS, "submissions")
    assert [row["submission"] for row in rows] == [one.name for one in found]
    for one, row in zip(found, rows, strict=True):
        due = {question: one.count(question, "core").brief for question in one.questions}
        due |= {"submission": one.name, "points": marks(one.points), "to fix": one.trouble or one.to_fix}
        assert row == {head: due[head] for head in row}
        assert row.keys() >= {"submission", "points", "to fix"}


@pytest.mark.parametrize("window", WINDOWS)
def test_each_claim_stands_under_the_heads_of_its_columns(
    chromium: Any, pages: dict[str, str], found: list[Submission], window: str
) -> None:
    rows = Watched(chromium, pages["class"], WINDOWS[window], script=True).page.evaluate(COLUMNS, "claims")
    items = statistics.items(found)
    assert [row["claim"] for row in rows] == [item.id for item in items]
    for item, row in zip(items, rows, strict=True):
        counts = {WORDS[outcome]: str(n) for outcome, n in item.outcomes.items()}
        assert row["holds"] == f"{item.held} of {item.of}"
        assert all(row[head] == counts.get(head, "") for head in WORDS.values() if head in row)


def test_nothing_is_squeezed(watched: Watched) -> None:
    """A cell that holds words is wide enough for one of them."""
    narrow = watched.page.evaluate(
        """() => [...document.querySelectorAll(".figures td:not(.mark), .figures th")]
             .filter(c => c.checkVisibility() && c.innerText.trim().length > 12 && c.getBoundingClientRect().width < 60)
             .map(c => c.innerText)"""
    )
    assert not narrow


def test_text_stands_out(watched: Watched) -> None:
    assert not watched.page.evaluate(CONTRAST)


def test_the_outline_has_one_top_and_skips_no_level(watched: Watched) -> None:
    levels = watched.page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(h => Number(h.tagName[1]))")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_what_scrolls_can_be_reached_from_the_keyboard(watched: Watched) -> None:
    watched.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    unreachable = watched.page.evaluate(
        """() => [...document.querySelectorAll(".scroll")]
             .filter(s => s.scrollWidth > s.clientWidth)
             .filter(s => s.tabIndex !== 0 || !(s.ariaLabel || s.getAttribute("aria-labelledby")))
             .map(s => s.className)"""
    )
    assert not unreachable


def test_every_column_of_figures_has_a_name(watched: Watched) -> None:
    unnamed = watched.page.evaluate(
        """() => [...document.querySelectorAll("table.figures")]
             .filter(t => !t.querySelector("thead th[scope=col]") || !t.querySelector("tbody th[scope=row]"))
             .map(t => t.outerHTML.slice(0, 80))"""
    )
    assert not unnamed


def test_a_matrix_has_its_brackets_around_its_rows(chromium: Any, pages: dict[str, str]) -> None:
    page = Watched(chromium, pages["submission"], WINDOWS["wide"]).page
    boxes = page.locator("article .matrix").evaluate_all(
        "all => all.map(m => [m.rows.length, ...[m, m.rows[0]].map(e => e.getBoundingClientRect().height)])"
    )
    assert {rows for rows, _, _ in boxes} >= {1, 9}
    assert all(whole >= rows * row - 1 and row > 8 for rows, whole, row in boxes)


def test_bars_are_as_long_as_their_numbers(chromium: Any, pages: dict[str, str]) -> None:
    page = Watched(chromium, pages["class"], WINDOWS["wide"]).page
    bars = page.locator(".bars tbody tr").evaluate_all(
        "all => all.map(r => [Number(r.cells[1].innerText), r.querySelector('.bar').getBoundingClientRect().width])"
    )
    most = max(width for _, width in bars)
    assert sum(n for n, _ in bars) == len(SUBMISSIONS)
    top = max(n for n, _ in bars)
    assert all(abs(width / most - n / top) < 0.02 for n, width in bars)


@pytest.mark.parametrize("window", WINDOWS)
def test_each_question_stands_under_the_heads_of_its_columns(
    chromium: Any, pages: dict[str, str], found: list[Submission], window: str
) -> None:
    rows = Watched(chromium, pages["class"], WINDOWS[window], script=True).page.evaluate(COLUMNS, "questions")
    whole = [one.count(row["question"]).got == one.count(row["question"]).due for row in rows for one in found]
    assert [row["question"] for row in rows] == [q for q in found[0].questions if found[0].count(q).due]
    assert sum(int(row["all"]) for row in rows) == sum(whole)
    assert all(sum(int(row[head]) for head in ("none", "some", "all")) == len(found) for row in rows)


def test_the_bars_of_a_question_are_as_high_as_their_numbers(
    chromium: Any, pages: dict[str, str], found: list[Submission]
) -> None:
    page = Watched(chromium, pages["class"], WINDOWS["wide"]).page
    pictures = page.locator(".distribution").evaluate_all(
        "all => all.map(s => [...s.querySelectorAll('rect')].map(r => r.getBoundingClientRect().height))"
    )
    for heights, one in zip(pictures, statistics.distributions(found), strict=True):
        numbers = [part.n for part in one.bins if part.n]
        assert heights == pytest.approx([22 * n / max(numbers) for n in numbers], abs=0.1)


def test_a_counterexample_opens_from_the_keyboard(chromium: Any, pages: dict[str, str]) -> None:
    page = Watched(chromium, pages["submission"], WINDOWS["narrow"]).page
    summary = page.locator("summary").first
    summary.focus()
    assert not page.locator("details dl").first.is_visible()
    page.keyboard.press("Enter")
    assert page.locator("details dl").first.is_visible()


def test_it_prints_with_every_counterexample(chromium: Any, pages: dict[str, str], tmp_path: Path) -> None:
    page = Watched(chromium, pages["submission"], WINDOWS["wide"]).page
    page.emulate_media(media="print")
    heights = page.locator("details dl").evaluate_all("all => all.map(d => d.getBoundingClientRect().height)")
    assert heights
    assert all(height > 10 for height in heights)
    assert page.pdf(path=str(tmp_path / "page.pdf"), format="A4").startswith(b"%PDF")


@pytest.mark.parametrize("window", WINDOWS)
def test_a_class_is_served(chromium: Any, tmp_path: Path, window: str) -> None:
    """From the list to a submission, to what its submitter sees, and back; the script sorts and filters."""
    write(tmp_path / "report.json", *SUBMISSIONS)
    with served(tmp_path) as address:
        watched = Watched(chromium, address, WINDOWS[window], script=True)
        page = watched.page
        watched.keep(f"serve-{window}")
        assert watched.overflow() <= 0
        if window != "print":
            page.get_by_label("filter the rows: submissions").fill("3.py")
            page.get_by_role("button", name="submission", exact=True).click()
        page.get_by_role("link", name="3.py", exact=True).click()
        assert page.locator("h1").inner_text() == "3.py"
        page.goto(f"{address}level/outcome/3.py.html")
        watched.keep(f"serve-level-{window}")
        assert watched.overflow() <= 0
        assert not page.evaluate(OVERLAPS)
        assert not watched.said
        assert all(url.startswith((address, "data:")) for url in watched.asked)
        watched.page.context.close()


@contextmanager
def served(out: Path) -> Iterator[str]:
    """The address at which the class in `out` is served."""
    server = served_class(out, None, 0)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.address
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
