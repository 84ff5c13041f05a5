"""The document on trial in a real browser: it is read without a script, fits narrow windows, and loads nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lydite.document import page as document
from lydite.kit.claim import CLAIMS, Verdict
from tests.support.browsing import CONTRAST, OVERLAPS, WINDOWS, Watched

pytestmark = pytest.mark.browser

MARKUP = r"[`_^{}]"
"""The signs by which code, indices and powers are typed."""
FALSE = {c for c, claim in CLAIMS.items() if claim.verdict is Verdict.FALSE}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    return document.write(tmp_path_factory.mktemp("page")).as_uri()


SCREENS = {name: width for name, width in WINDOWS.items() if name != "print"}


@pytest.fixture(params=SCREENS)
def watched(request: pytest.FixtureRequest, chromium: Any, address: str) -> Iterator[Watched]:
    watched = Watched(chromium, address, WINDOWS[request.param])
    yield watched
    assert not watched.said
    assert [url for url in watched.asked if not url.startswith("data:")] == [address]
    watched.page.context.close()


def test_one_click_shows_which_statements_are_false_and_why(watched: Watched) -> None:
    assert watched.shown() == set(CLAIMS)
    watched.page.get_by_label("FALSE: a number refutes it").check()
    assert watched.shown() == FALSE
    for claim in FALSE:
        article = watched.page.locator(f"#{document.anchor(claim)}")
        assert re.sub(MARKUP, "", CLAIMS[claim].witness) in article.inner_text()
    assert watched.page.locator("main > section:visible").count() == len({CLAIMS[c].question for c in FALSE})


def test_filters_meet(watched: Watched) -> None:
    watched.page.get_by_label("FALSE: a number refutes it").check()
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


@pytest.mark.parametrize("window", WINDOWS)
def test_the_page_fits_its_window_and_its_paper(chromium: Any, address: str, window: str) -> None:
    watched = Watched(chromium, address, WINDOWS[window])
    assert watched.overflow() <= 0
    assert not watched.page.evaluate(OVERLAPS)
    watched.page.context.close()


def test_a_formula_that_is_wider_than_the_page_shows_it(watched: Watched) -> None:
    """It scrolls, from the keyboard as well, and has a shadow where there is more of it."""
    wide = watched.page.evaluate(
        """() => [...document.querySelectorAll(".formula")].filter(f => f.scrollWidth > f.clientWidth).map(f => [
             f.tabIndex, f.getAttribute("aria-label"), getComputedStyle(f).overflowX,
             getComputedStyle(f).backgroundAttachment, getComputedStyle(f).backgroundImage.split("gradient").length])"""
    )
    assert all(tab == 0 and label.split()[-1] in CLAIMS and over == "auto" for tab, label, over, *_ in wide)
    assert all(shadow == ["local, local, scroll, scroll", 5] for *_, attached, n in wide for shadow in [[attached, n]])
    assert wide or watched.page.viewport_size["width"] > WINDOWS["narrow"]


def test_claims_are_searched(chromium: Any, address: str) -> None:
    watched = Watched(chromium, address, WINDOWS["middle"], script=True)
    box = watched.page.get_by_label("search the claims")
    box.fill("SOFTMAX Jacobian")
    found = watched.shown()
    assert "Q3.1.5" in found
    assert found < set(CLAIMS)
    assert watched.page.locator("output").inner_text() == f"{len(found)} of {len(CLAIMS)}"
    watched.page.get_by_label("Q3", exact=True).check()
    assert watched.shown() == {c for c in found if CLAIMS[c].question == "Q3"}
    watched.page.locator("#question-all").check()
    box.fill("")
    assert watched.shown() == set(CLAIMS)
    assert not watched.said
    assert [url for url in watched.asked if not url.startswith("data:")] == [address]
    watched.page.context.close()


def test_a_verdict_has_one_name(watched: Watched) -> None:
    badges = set(watched.page.locator("article h3 .badge").all_inner_texts())
    assert {badge.split()[-1] for badge in badges} == {claim.verdict for claim in CLAIMS.values()}
    labels = watched.page.locator(".verdicts label").all_inner_texts()
    assert [label.split(":")[0].split()[-1] for label in labels[1:]] == list(document.MEANINGS)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_and_badges_stand_out(chromium: Any, address: str, scheme: str) -> None:
    """WCAG 2 AA: 4.5 to 1, on the nearest background that is not transparent."""
    page = Watched(chromium, address, WINDOWS["middle"], scheme=scheme).page
    assert not page.evaluate(CONTRAST)
    light = page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert light == (scheme == "light")
    page.context.close()


def test_it_prints(chromium: Any, address: str, tmp_path: Path) -> None:
    page = Watched(chromium, address, WINDOWS["wide"]).page
    printed = page.pdf(path=str(tmp_path / "page.pdf"), format="A4")
    assert printed.startswith(b"%PDF")
    page.emulate_media(media="print")
    assert not page.locator("form").is_visible()
