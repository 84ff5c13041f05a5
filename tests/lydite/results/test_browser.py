"""The pages of results in a real browser: read without a script, narrow or wide, printed, and without a network."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lydite.notation.counterexample import data
from lydite.results.pages import class_page, submission_page
from lydite.results.rubric import Level, Rubric
from lydite.results.submission import submissions
from tests.support.browsing import CONTRAST, WINDOWS, Watched
from tests.support.made import claim, counterexample, fault, hostile, implementation, write

pytest.importorskip("jinja2")

pytestmark = pytest.mark.browser

SHOTS = os.environ.get("LYDITE_SHOTS")
"""Where pictures of the pages are kept; nowhere, if it is not set."""
WIDE = np.random.default_rng(1).normal(size=(30, 12)) * 1e-200
EXAMPLE = counterexample(
    inputs={"X": data(WIDE), "y": [1.0, 0.0]},
    got=data(WIDE + 1),
    due=data(WIDE),
    reads=["X", "y"],
    says="E = " + "x" * 300,
)
FAULT = fault(agrees="whenever K = 1", confirmed="by finite differences of your own cross_entropy", also=["Q7.a.1"])
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


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The addresses of the pages."""
    folder = tmp_path_factory.mktemp("pages")
    found = submissions([write(folder / "r.json", *SUBMISSIONS)], Rubric(), Level.DUE)
    (folder / "class.html").write_text(class_page(found), encoding="utf-8")
    for name, start in (("hostile", "=1"), ("submission", "a very long name")):
        (one,) = (one for one in found if one.name.startswith(start))
        (folder / f"{name}.html").write_text(submission_page(one), encoding="utf-8")
    return {name: (folder / f"{name}.html").as_uri() for name in ("class", "submission", "hostile")}


@pytest.fixture(
    params=[(name, width) for name in ("class", "submission", "hostile") for width in WINDOWS],
    ids="-".join,
)
def watched(request: pytest.FixtureRequest, chromium: Any, pages: dict[str, str]) -> Iterator[Watched]:
    """A page in a window, in which scripts would run."""
    name, width = request.param
    watched = Watched(chromium, pages[name], WINDOWS[width], script=True)
    yield watched
    if SHOTS:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        watched.page.screenshot(path=Path(SHOTS) / f"{name}-{WINDOWS[width]}.png", full_page=True)
    assert not watched.said
    assert [url for url in watched.asked if not url.startswith("data:")] == [pages[name]]
    watched.page.context.close()


def test_nothing_is_wider_than_the_window(watched: Watched) -> None:
    scrolled, seen = watched.page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert scrolled <= seen


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


def test_a_counterexample_opens_from_the_keyboard(chromium: Any, pages: dict[str, str]) -> None:
    page = Watched(chromium, pages["submission"], WINDOWS["narrow"]).page
    summary = page.locator("summary").first
    summary.focus()
    assert not page.locator("details dl").first.is_visible()
    page.keyboard.press("Enter")
    assert page.locator("details dl").first.is_visible()


@pytest.mark.parametrize("name", ["class", "hostile"])
def test_a_page_of_paper_is_wide_enough(chromium: Any, pages: dict[str, str], name: str) -> None:
    """A4 less two margins of 15 mm is 680 pixels."""
    page = Watched(chromium, pages[name], 680).page
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth") <= 680


def test_it_prints_with_every_counterexample(chromium: Any, pages: dict[str, str], tmp_path: Path) -> None:
    page = Watched(chromium, pages["submission"], WINDOWS["wide"]).page
    page.emulate_media(media="print")
    heights = page.locator("details dl").evaluate_all("all => all.map(d => d.getBoundingClientRect().height)")
    assert heights
    assert all(height > 10 for height in heights)
    assert page.pdf(path=str(tmp_path / "page.pdf"), format="A4").startswith(b"%PDF")
