"""The document on trial as a page: whole, linked both ways, the same every time, and shut against markup."""

from __future__ import annotations

import math
import re
import subprocess
import sys
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner

from lydite.commands.cli import cli
from lydite.document import formulas, plots
from lydite.document import page as document
from lydite.document.prose import prose
from lydite.kit.claim import CLAIMS, READING, RULE, Verdict
from lydite.kit.law import LAWS
from lydite.report.model import Report
from lydite.templates import script
from properties.document import figures
from tests.support import made

pytest.importorskip("math_core")
pytest.importorskip("matplotlib")

VOID = {"meta", "link", "input", "img", "br", "wbr"}


class Page(HTMLParser):
    """Elements by tag, ids, and links within; fails where tags do not nest."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: Counter[str] = Counter()
        self.tags: Counter[str] = Counter()
        self.links: set[str] = set()
        self.loaded: set[str] = set()
        self.images: list[dict[str, str | None]] = []
        self._open: list[str] = []
        self.feed(text)
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags[tag] += 1
        if given.get("id"):
            self.ids[str(given["id"])] += 1
        if tag == "a":
            self.links.add(str(given["href"]))
        if tag in {"img", "link", "iframe"} or (tag == "script" and given):
            self.loaded.add(str(given.get("src") or given.get("href")))
        if tag == "img":
            self.images.append(given)
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag


@pytest.fixture(scope="module")
def text() -> str:
    return document.html()


@pytest.fixture(scope="module")
def page(text: str) -> Page:
    return Page(text)


def test_every_claim_is_there_with_its_verdict(text: str, page: Page) -> None:
    found = dict(re.findall(r'<article id="([^"]+)" class="(\w+)"', text))
    names = {verdict: name for verdict, (name, _, _) in document.MEANINGS.items()}
    assert found == {document.anchor(c): names[claim.verdict] for c, claim in CLAIMS.items()}
    assert set(names) == set(Verdict)


def test_the_rule_and_what_is_added_are_shown(text: str) -> None:
    told = [*READING, *RULE.values(), *(claim.addition for claim in CLAIMS.values())]
    assert all(prose(words) in text for words in told)


def test_every_formula_is_rendered(text: str, page: Page) -> None:
    claims = CLAIMS.values()
    assert page.tags["math"] == sum(bool(c.formula) + bool(c.corrected) for c in claims)
    assert "<merror" not in text
    assert not re.search(
        r"\\[a-z]", re.sub(r"<code>.*?</code>", "", text.split("<body>")[1].split("<script>", maxsplit=1)[0])
    )


def test_links_lead_somewhere_and_both_ways(page: Page) -> None:
    inner = {link[1:] for link in page.links if link.startswith("#")}
    assert inner <= set(page.ids)
    assert all(document.anchor(c) in inner for law in LAWS.values() for c in law.claims)
    assert all(f"law-{document.anchor(law)}" in inner for law in LAWS)
    assert max(page.ids.values()) == 1
    assert all(link.startswith(("#", "https://arxiv.org/abs/")) for link in page.links)


def test_nothing_is_loaded_and_the_policy_runs_the_one_script(text: str, page: Page) -> None:
    assert all(source.startswith("data:") for source in page.loaded)
    assert page.tags["script"] == 1
    known = script("document.js")
    assert f"<script>{known['script']}</script>" in text
    assert f"script-src '{known['script_hash']}'" in text


def test_every_figure_has_words(page: Page) -> None:
    assert len(page.images) >= len(list(plots.plots())) > 0
    assert all(len(str(image["alt"])) > 40 for image in page.images)


def test_it_is_the_same_every_time(text: str) -> None:
    assert document.html() == text


def test_an_ill_formula_is_refused() -> None:
    with pytest.raises(ValueError, match="not a formula"):
        formulas.mathml(r"\frac{1}{")


# -- Beside a report --


def write(path: Path, outcome: str = "broken") -> Path:
    example = made.counterexample(says="a < b", inputs={"z": [1.0, 2.0]}, reads=["z"])
    claims = [made.claim("Q7.0.1"), made.claim("Q7.0.1", "stability", outcome, counterexample=example)]
    return made.write(path, made.implementation("<b>mine</b>", claims=claims))


def test_outcomes_stand_beside_the_verdict(tmp_path: Path) -> None:
    text = document.html(Report.load(write(tmp_path / "r.json")))
    [article] = re.findall(r'<article id="Q7-0-1".*?</article>', text, re.DOTALL)
    assert 'data-outcome="broken"' in article
    assert "broken in stability; holds in core" in article
    assert "z=[1., 2.]" in article
    assert "a &lt; b" in article
    assert "&lt;b&gt;mine" in article
    assert "<b>" not in text
    assert 'id="outcome-broken"' in text
    Page(text)


def test_the_command_writes_the_page(tmp_path: Path) -> None:
    write(tmp_path / "r.json")
    told = CliRunner().invoke(cli, ["document", "--out", str(tmp_path / "a"), "--report", str(tmp_path / "r.json")])
    assert told.exit_code == 0, told.output
    assert "broken in stability" in (tmp_path / "a" / "index.html").read_text(encoding="utf-8")
    write(tmp_path / "r.json", outcome="splendid")
    told = CliRunner().invoke(cli, ["document", "--out", str(tmp_path), "--report", str(tmp_path / "r.json")])
    assert told.exit_code == 2
    assert 'claims[1 "Q7.0.1"].outcome: expected one of' in told.output
    (tmp_path / "file").touch()
    assert CliRunner().invoke(cli, ["document", "--out", str(tmp_path / "file" / "in")]).exit_code == 2


@pytest.mark.parametrize("engine", ["jinja2", "math_core", "matplotlib"])
def test_without_an_engine_the_command_says_what_to_install(engine: str, tmp_path: Path) -> None:
    hidden = (
        f"import sys; sys.modules[{engine!r}] = None; sys.argv = ['lydite', 'document', '--out', {str(tmp_path)!r}]"
    )
    told = subprocess.run(
        [sys.executable, "-c", f"{hidden}; from lydite.commands.cli import main; main()"],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[3],
    )
    assert told.returncode == 2
    assert "install 'lydite[" in told.stderr


# -- What the figures show --


def test_orders_and_cycle_are_what_the_figures_say() -> None:
    said = {plot.name: plot.alt for plot in plots.plots()}
    assert "1.000, 2.000 and 3.000" in said["orders_of_newton"]
    edge = figures.edge_of_arctangent()
    assert abs(2 * edge - (1 + edge**2) * math.atan(edge)) < 1e-12
    assert "alike 0," in said["gradient_against_batch_size"]
    assert "0 at 45 degrees" in said["null_direction"]
