"""The document on trial in a real browser: it is read without a script, fits narrow windows, and loads nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lydite.document import page as document
from lydite.kit.claim import CLAIMS, Verdict
from tests.support.browsing import CONTRAST, WINDOWS, Watched

pytestmark = pytest.mark.browser

FALSE = {c for c, claim in CLAIMS.items() if claim.verdict is Verdict.FALSE}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    return document.write(tmp_path_factory.mktemp("page")).as_uri()


@pytest.fixture(params=list(WINDOWS.values()), ids=list(WINDOWS))
def watched(request: pytest.FixtureRequest, chromium: Any, address: str) -> Iterator[Watched]:
    watched = Watched(chromium, address, request.param)
    yield watched
    assert not watched.said
    assert [url for url in watched.asked if not url.startswith("data:")] == [address]
    watched.page.context.close()


def test_one_click_shows_which_statements_are_false_and_why(watched: Watched) -> None:
    assert watched.shown() == set(CLAIMS)
    watched.page.get_by_label("False: a number refutes it").check()
    assert watched.shown() == FALSE
    for claim in FALSE:
        article = watched.page.locator(f"#{document.anchor(claim)}")
        assert CLAIMS[claim].witness in article.inner_text()
    assert watched.page.locator("main > section:visible").count() == len({CLAIMS[c].question for c in FALSE})


def test_filters_meet(watched: Watched) -> None:
    watched.page.get_by_label("False: a number refutes it").check()
    watched.page.get_by_label("Q6", exact=True).check()
    assert watched.shown() == {c for c in FALSE if CLAIMS[c].question == "Q6"}
    watched.page.locator("#verdict-all").check()
    assert watched.shown() == {c for c in CLAIMS if CLAIMS[c].question == "Q6"}


def test_filters_work_from_the_keyboard(watched: Watched) -> None:
    watched.page.keyboard.press("Tab")
    assert watched.page.locator(":focus").inner_text() == "Skip to the claims"
    watched.page.locator("#verdict-all").focus()
    watched.page.keyboard.press("ArrowDown")
    assert watched.shown() == FALSE


def test_a_link_leads_to_what_is_filtered_out(watched: Watched, address: str) -> None:
    watched.page.get_by_label("Q7", exact=True).check()
    watched.page.goto(f"{address}#Q1-1")
    assert "Q1.1" in watched.shown()


def test_formulas_have_a_size(watched: Watched) -> None:
    boxes = watched.page.locator("math").evaluate_all(
        "all => all.map(m => m.getBoundingClientRect()).map(b => [b.width, b.height])"
    )
    assert len(boxes) == sum(bool(c.formula) + bool(c.corrected) for c in CLAIMS.values())
    assert all(width > 15 and height > 8 for width, height in boxes)
    fractions = watched.page.locator("mfrac").evaluate_all(
        "all => all.map(f => [...f.children].map(c => c.getBoundingClientRect().top))"
    )
    assert fractions
    assert all(upper < lower for upper, lower in fractions)


def test_pictures_are_decoded(watched: Watched) -> None:
    assert all(watched.page.locator("img").evaluate_all("all => all.map(i => i.complete && i.naturalWidth > 0)"))


def test_nothing_is_wider_than_the_window(watched: Watched) -> None:
    scrolled, seen = watched.page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert scrolled <= seen


def test_text_stands_out(watched: Watched) -> None:
    """WCAG 2 AA: 4.5 to 1, on the nearest background that is not transparent."""
    poor = watched.page.evaluate(CONTRAST)
    assert not poor


def test_it_prints(chromium: Any, address: str, tmp_path: Path) -> None:
    page = Watched(chromium, address, WINDOWS["wide"]).page
    printed = page.pdf(path=str(tmp_path / "page.pdf"), format="A4")
    assert printed.startswith(b"%PDF")
    page.emulate_media(media="print")
    assert not page.locator("form").is_visible()
