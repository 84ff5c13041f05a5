"""The document on trial in a real browser: it is read without a script, fits narrow windows, and loads nothing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lydite import document
from spec.claim import CLAIMS, Verdict

api = pytest.importorskip("playwright.sync_api", exc_type=ImportError)

pytestmark = pytest.mark.browser

WINDOWS = {"narrow": 400, "wide": 1400}
QUIET = [
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
FALSE = {c for c, claim in CLAIMS.items() if claim.verdict is Verdict.FALSE}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not program:
        pytest.skip("no Chromium is installed")
    with api.sync_playwright() as playwright:
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=program, args=[*QUIET, *sandbox])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    return document.write(tmp_path_factory.mktemp("page")).as_uri()


class Watched:
    """A page without scripts, with what it said and asked for."""

    def __init__(self, chromium: Any, address: str, width: int, script: bool = False) -> None:
        context = chromium.new_context(viewport={"width": width, "height": 900}, java_script_enabled=script)
        self.page = context.new_page()
        self.said: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(address)

    def shown(self) -> set[str]:
        """The ids of the claims that can be seen."""
        ids = self.page.locator("article").evaluate_all(
            "all => all.filter(a => a.checkVisibility()).map(a => a.id.replaceAll('-', '.'))"
        )
        return set(ids)


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


CONTRAST = """() => {
  const parse = c => c.match(/[\\d.]+/g).map(Number)
  const channel = v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b)
  const behind = e => {
    for (; e; e = e.parentElement) {
      const c = parse(getComputedStyle(e).backgroundColor)
      if (c.length < 4 || c[3] > 0) return c
    }
    return [255, 255, 255]
  }
  const poor = new Set()
  for (const e of document.querySelectorAll("body *")) {
    if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue
    const [a, b] = [light(parse(getComputedStyle(e).color)), light(behind(e))].sort((x, y) => y - x)
    if ((a + 0.05) / (b + 0.05) < 4.5) poor.add(`${e.tagName}.${e.className}`)
  }
  return [...poor]
}"""


def test_it_prints(chromium: Any, address: str, tmp_path: Path) -> None:
    page = Watched(chromium, address, WINDOWS["wide"]).page
    printed = page.pdf(path=str(tmp_path / "page.pdf"), format="A4")
    assert printed.startswith(b"%PDF")
    page.emulate_media(media="print")
    assert not page.locator("form").is_visible()
