"""The scoreboard: what stored reports say, side by side, and nothing else."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from itertools import groupby
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner
from rich.console import Console

from lydite.commands.cli import cli
from lydite.kit.reading import read
from lydite.notation.escape import markdown
from lydite.report import model as report
from lydite.report.count import Count
from lydite.report.model import MANY, ClaimResult, NoReport
from lydite.report.terminal import FEW
from lydite.results.scoreboard import Scoreboard, figure

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "scoreboard.md"
STORED = sorted((ROOT / "docs" / "scoreboard").glob("*.json.gz"))
SCHEMA = jsonschema.Draft202012Validator(json.loads(report.SCHEMA.read_text("utf-8")))
DECLARED = {
    "module": "some.losses",
    "dtype": "float32",
    "calls": {"cross_entropy": {"use": "xent", "reduction": "mean"}},
}
HOSTILE = "a|b<script>alert(1)</script>*c*\x1b[2J[red]d"

Write = Callable[..., Path]


def claim(name: str = "Q7.0.1", regime: str = "core", outcome: str = "holds", **rest: Any) -> dict[str, Any]:
    """A claim as a report has it; `error` and `tolerance` make a counterexample."""
    example = None
    if "error" in rest:
        example = {"inputs": {}, "got": 1.0, "due": 0.0, "reproduce": "lydite grade a.py"}
        example |= {key: rest.pop(key) for key in ("error", "tolerance")}
    return {
        "id": name,
        "question": name.partition(".")[0],
        "regime": regime,
        "calls": ["softmax"],
        "outcome": outcome,
        "reason": "" if outcome == "holds" else "why",
        "points": 2.0 if outcome == "holds" and regime == "core" else 0.0,
        "max_points": 2.0 if regime == "core" else 0.0,
        "cases": 10,
        "worst": 0.25,
        "ulps": 2.0,
        "because": [],
        "counterexample": example,
        **rest,
    }


def implementation(name: str = "a.py", *claims: dict[str, Any], **rest: Any) -> dict[str, Any]:
    """An implementation as a report has it."""
    head = {"name": name, "target": name, "outcome": "graded", "reason": "", "seconds": 3.2, "cases": 12345}
    points = {key: sum(c[key] for c in claims) for key in ("points", "max_points")}
    return {**head, **points, "claims": list(claims) or [claim()], **rest}


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a report on implementations, and returns its path."""

    def written(path: str, *implementations: dict[str, Any], precision: str = "float64", **rest: Any) -> Path:
        head = {"format": "lydite-report", "version": 1, "lydite": "0.1.0", "seed": 0, "isolation": "process"}
        whole = {**head, "precision": precision, "implementations": list(implementations), **rest}
        text = json.dumps(whole).encode()
        (tmp_path / path).write_bytes(gzip.compress(text) if path.endswith(".gz") else text)
        return tmp_path / path

    return written


def count(*claims: dict[str, Any]) -> Count:
    return Count([read(ClaimResult, c) for c in claims])


def shown(board: Scoreboard) -> list[str]:
    """The lines of the text, without colours."""
    console = Console(no_color=True, force_terminal=False)
    with console.capture() as capture:
        board.print(console)
    return [line.rstrip() for line in capture.get().splitlines()]


# -- what is counted --


@pytest.mark.parametrize(
    ("outcomes", "brief", "words"),
    [
        ([], "·", "no claim"),
        (["holds"] * 14, "✓14", "14 holding"),
        (["holds", "broken", "broken"], "✗2/3", "2 broken of 3"),
        (["missing", "missing"], "○2/2", "2 missing of 2"),
        (["holds", "not_run"], "?1/2", "1 not run of 2"),
        (
            ["not_run", "holds", "missing", "error", "broken"],
            "✗1!1○1?1/5",
            "1 broken, 1 in error, 1 missing, 1 not run of 5",
        ),
    ],
)
def test_outcomes_are_counted_the_worst_first(outcomes: list[str], brief: str, words: str) -> None:
    counted = count(*(claim(outcome=outcome) for outcome in outcomes))
    assert (counted.brief, counted.words) == (brief, words)
    assert counted.sign == brief[0]


def test_the_share_is_the_worst_of_what_holds() -> None:
    assert count(claim(worst=0.25), claim(worst=0.75), claim(worst=0.5)).share == 0.75
    assert count().share is None


def test_what_is_broken_counts_by_its_counterexample() -> None:
    # Its `worst` is that of the cases on which it held.
    assert count(claim(), claim(outcome="broken", worst=0.9, error=6.0, tolerance=2.0)).share == 3.0


@pytest.mark.parametrize(("error", "tolerance"), [("nan", 1.0), ("inf", 1.0), (1.0, 0.0)])
def test_an_error_without_measure_is_infinite(error: Any, tolerance: float) -> None:
    assert count(claim(), claim(outcome="broken", error=error, tolerance=tolerance)).share == float("inf")


@pytest.mark.parametrize("outcome", ["broken", "error", "missing", "not_run"])
def test_what_was_not_measured_has_no_share(outcome: str) -> None:
    assert count(claim(outcome=outcome, worst=0.5)).share is None
    assert count(claim(outcome=outcome, error=None, tolerance=None)).share is None


def test_half_of_the_claims_stay_within_the_ulps() -> None:
    exact = claim(ulps=0.0)
    assert count(claim(ulps=3.0), claim(ulps=1.0), claim(ulps=1e300), exact, exact).ulps == 3.0
    assert count(claim(ulps=1.0), claim(ulps=3.0), claim(outcome="broken", ulps=2.0)).ulps == 1.0


def test_ulps_that_say_nothing_are_hidden() -> None:
    assert count(claim(ulps=MANY)).ulps is None
    assert count(claim(ulps=0.0)).ulps is None


def test_points_are_summed() -> None:
    assert count(claim(), claim(outcome="broken"), claim(regime="scale")).points == "2/4"
    assert count(claim(points=1.23456, max_points=300 / 7)).points == "1.23/42.86"
    assert not count(claim(regime="scale")).points


@pytest.mark.parametrize(
    ("x", "text"),
    [
        (None, ""),
        (0.0, "0"),
        (0.0012, "<0.01"),
        (0.314, "0.31"),
        (99.4, "99"),
        (99.6, "100"),
        (999.6, "1e3"),
        (12345.0, "1.2e4"),
        (3e14, "3e14"),
        (2.5e123, "2.5e123"),
        (float("inf"), "∞"),
    ],
)
def test_figures_are_short(x: float | None, text: str) -> None:
    assert figure(x) == text


# -- which reports --


def test_names_stand_in_order_and_the_wider_precision_first(write: Write) -> None:
    paths = [
        write("1.json", implementation("b.py"), implementation("A.py"), precision="float32"),
        write("2.json.gz", implementation("A.py")),
        write("3.json", implementation("b.py")),
    ]
    board = Scoreboard.of(paths)
    order = [("A.py", "float64"), ("A.py", "float32"), ("b.py", "float64"), ("b.py", "float32")]
    assert [(entry.name, entry.precision) for entry in board.standings] == order
    assert {name: len(entries) for name, entries in board.by_name.items()} == {"A.py": 2, "b.py": 2}


def test_the_order_of_the_reports_changes_nothing(write: Write) -> None:
    paths = [write("1.json", implementation("b.py")), write("2.json", implementation("a.py"))]
    one, other = Scoreboard.of(paths), Scoreboard.of(paths[::-1])
    assert (one.markdown(), one.html(), shown(one)) == (other.markdown(), other.html(), shown(other))


def test_an_implementation_that_comes_twice_is_refused(write: Write) -> None:
    one, other = write("1.json", implementation()), write("2.json", implementation())
    with pytest.raises(NoReport, match=r"a\.py comes twice in float64: in .*1\.json and in .*2\.json"):
        Scoreboard.of([one, other])
    Scoreboard.of([one, write("3.json", implementation(), precision="float32")])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x80",
        b"[]",
        b'{"format": "lydite-report", "version": 2, "implementations": []}',
        b'{"format": "lydite-report", "version": 1}',
        b'{"format": "lydite-report", "version": 1, "implementations": [{"name": "a.py"}]}',
    ],
)
@pytest.mark.parametrize("compressed", [False, True], ids=["json", "gzip"])
def test_what_is_no_report_is_refused_by_name(tmp_path: Path, content: bytes, compressed: bool) -> None:
    path = tmp_path / ("r.json.gz" if compressed else "r.json")
    path.write_bytes(gzip.compress(content) if compressed else content)
    with pytest.raises(NoReport, match=re.escape(path.name)):
        Scoreboard.of([path])


@pytest.mark.parametrize("rest", [{"outcome": "excellent"}, {"regime": "elsewhere"}, {"worst": "much"}, {"ulps": None}])
def test_a_claim_that_is_none_is_refused(write: Write, rest: dict[str, Any]) -> None:
    with pytest.raises(NoReport, match=r"r\.json: .*\.claims\[0 .Q7\.0\.1.\]\.\w+: expected "):
        Scoreboard.of([write("r.json", implementation("a.py", {**claim(), **rest}))])


def test_damaged_gzip_is_refused(write: Write) -> None:
    path = write("r.json.gz", implementation())
    for damaged in (path.read_bytes()[:-9], b"plain"):
        path.write_bytes(damaged)
        with pytest.raises(NoReport, match=r"r\.json\.gz"):
            Scoreboard.of([path])


# -- as text --


def test_text_tells_each_entry_and_a_line_for_each(write: Write) -> None:
    claims = claim("Q3.0.4"), claim("Q7.0.1", outcome="broken", error=6.0, tolerance=2.0), claim("Q3.0.4", "scale")
    lines = shown(Scoreboard.of([write("r.json", implementation("a.py", *claims, declared=DECLARED))]))
    assert lines[0] == "a.py · float64 · 2/4 · 12,345 cases · seed 0 · lydite 0.1.0 · 3 s"
    assert lines[1:3] == [
        "declared for all calls: module some.losses, dtype float32",
        "declared for cross_entropy: use xent, reduction mean",
    ]
    assert [line.split() for line in lines[3:9]] == [
        ["Q3", "Q7", "share", "ulps"],
        ["core", "✓1", "✗1/1", "3", "2"],
        ["scale", "✓1", "·", "0.25", "2"],
        ["share", "0.25", "3"],
        ["ulps", "2"],
        ["points", "2/2", "0/2"],
    ]
    assert lines[10].split() == ["Q3", "Q7", "points", "share", "ulps", "cases", "s"]
    assert lines[11].split() == ["a.py", "float64", "✓✓", "✗·", "2/4", "3", "2", "12,345", "3"]


def test_many_entries_are_told_in_a_table_only(write: Write) -> None:
    paths = [write(f"{i}.json", implementation(f"{i}.py")) for i in range(FEW + 1)]
    assert sum("12,345 cases" in line for line in shown(Scoreboard.of(paths[:-1]))) == FEW
    lines = shown(Scoreboard.of(paths))
    assert [line.split()[0] for line in lines[1 : FEW + 2]] == [f"{i}.py" for i in range(FEW + 1)]
    assert len(lines) < 2 * FEW


def test_text_says_why_a_target_was_not_graded(write: Write) -> None:
    gone = implementation("a.py", claim(outcome="error"), outcome="unloadable", reason="no module\n\x1b[2J")
    text = "\n".join(shown(Scoreboard.of([write("r.json", gone)])))
    assert text.count("unloadable: no module\\n\\x1b[2J") == 2
    assert "\x1b" not in text


def test_text_takes_no_orders_from_a_name(write: Write) -> None:
    text = "\n".join(shown(Scoreboard.of([write("r.json", implementation(HOSTILE))])))
    assert "\x1b" not in text
    assert text.count("[red]d") == 2


# -- as Markdown --


def tables(text: str) -> Iterator[list[list[str]]]:
    """The tables of a page: rows of cells."""
    for is_table, lines in groupby(text.splitlines(), key=lambda line: line.startswith("|")):
        if is_table:
            yield [re.split(r"(?<!\\)\|", line)[1:-1] for line in lines]


def test_tables_of_markdown_are_whole(write: Write) -> None:
    claims = claim("Q3.0.4"), claim("Q7.0.1", "scale", outcome="broken"), claim("X.1", outcome="missing")
    both = implementation(HOSTILE, *claims, declared=DECLARED), implementation("a.py", *claims)
    page = Scoreboard.of([write("1.json", *both), write("2.json", *both, precision="float32")]).markdown()
    found = list(tables(page))
    assert len(found) == 1 + 1 + 4 + 2
    for table in found:
        assert len({len(row) for row in table}) == 1
        assert set("".join(table[1])) <= {"-", ":"}
    assert page.count("- scale: Q7.0.1\n") == 4
    assert page.endswith("\n")
    assert not page.endswith("\n\n")


def test_markdown_takes_no_orders_from_a_name(write: Write) -> None:
    page = Scoreboard.of([write("r.json", implementation(HOSTILE))]).markdown()
    assert "\x1b" not in page
    assert markdown("<b>_a|b_&lt;") == r"\<b\>\_a\|b\_&amp;lt;"
    assert not re.search(r"(?<!\\)<script", page)


def exception(name: str, reason: str, link: str, *, occurred: bool = True) -> dict[str, Any]:
    """An exception that an expectation knows, as a report has it."""
    return {"id": name, "regime": "scale", "reason": reason, "link": link, "occurred": occurred}


def test_known_exceptions_are_told_by_reason(write: Write) -> None:
    known = [
        exception("Q1.2", "it is *naive*", "https://example.org/a"),
        exception("Q1.3", "it is *naive*", "https://example.org/a"),
        exception("Q1.4", "it is gone", "https://example.org/a", occurred=False),
        exception("Q1.5", "it is sly", "javascript:alert(1)"),
    ]
    board = Scoreboard.of([write("r.json", implementation(expected=known))])
    told = [line for line in board.markdown().splitlines() if line.startswith("- Q1")]
    assert told == [
        r"- Q1.2 scale, Q1.3 scale: it is \*naive\* ([source](https://example.org/a))",
        "- Q1.5 scale: it is sly",
    ]
    page = Page(board.html())
    assert "Known, Q1.2 scale, Q1.3 scale: it is *naive* (source)" in page.text
    assert "Known, Q1.5 scale: it is sly\n" in page.text
    assert [a["href"] for tag, a in page.tags if tag == "a"] == ["#i1", "https://example.org/a"]


def test_markdown_knows_no_clock(write: Write) -> None:
    pages = {Scoreboard.of([write("r.json", implementation(seconds=seconds))]).markdown() for seconds in (1.0, 2.0)}
    assert len(pages) == 1


# -- as a page --


class Page(HTMLParser):
    """Which tags open and close, with their attributes, and the text outside of the style sheet."""

    VOID = frozenset({"meta", "link", "br", "wbr"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data if self.open[-1:] != ["style"] else ""


@pytest.fixture
def html(write: Write) -> str:
    claims = claim("Q3.0.4"), claim("Q7.0.1", "scale", outcome="broken", error=6.0, tolerance=2.0)
    gone = implementation("gone.py", claim(outcome="error"), outcome="unloadable", reason="no <module>")
    both = implementation(HOSTILE, *claims, declared=DECLARED), gone
    return Scoreboard.of([write("1.json", *both), write("2.json", *both, precision="float32")]).html()


def test_the_page_is_well_formed(html: str) -> None:
    page = Page(html)
    assert page.open == []
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(set(ids)) == len(ids) == 2
    assert {attributes["href"] for tag, attributes in page.tags if tag == "a"} == {f"#{i}" for i in ids}
    assert {attributes["aria-labelledby"] for tag, attributes in page.tags if tag == "section"} == set(ids)
    assert page.tags[0] == ("html", {"lang": "en"})


def test_the_page_needs_nothing_besides_itself(html: str) -> None:
    page = Page(html)
    assert not {tag for tag, _ in page.tags} & {"script", "img", "iframe", "object", "base", "form", "svg"}
    assert [attributes["href"] for tag, attributes in page.tags if tag == "link"] == ["data:,"]
    assert not {name for _, attributes in page.tags for name in attributes if name == "src" or name.startswith("on")}
    assert not re.search(r"url\(|@import|https?:", html)
    assert "default-src 'none'" in html


def test_the_page_takes_no_orders_from_a_name(html: str) -> None:
    assert "\x1b" not in html
    assert Page(html).text.count("a|b<script>alert(1)</script>*c*\\x1b[2J[red]d") == 2
    assert Page(html).text.count("unloadable: no <module>") == 2


def test_the_page_tells_outcomes_in_words_too(html: str) -> None:
    text = Page(html).text
    assert "core: no claim; scale: 1 broken of 1" in text
    assert "Broken or in error, scale: Q7.0.1" in text
    assert "use xent, reduction mean" in text
    scopes = [attributes.get("scope") for tag, attributes in Page(html).tags if tag == "th"]
    assert None not in scopes


def widths(table: str) -> Iterator[int]:
    """How many columns each row of a table of HTML fills, with the cells that reach down into it."""
    reaching: list[int] = []
    for row in re.findall(r"<tr.*?</tr>", table, re.DOTALL):
        cells = re.findall(r"<t[dh]\b([^>]*)>", row)
        spans = [{name: int(n) for name, n in re.findall(r'(\w+)span="(\d+)"', cell)} for cell in cells]
        yield len(reaching) + sum(span.get("col", 1) for span in spans)
        reaching = [n - 1 for n in [*reaching, *(span.get("row", 1) for span in spans)] if n > 1]


def test_columns_of_the_page_agree(html: str) -> None:
    found = re.findall(r"<table.*?</table>", html, re.DOTALL)
    assert len(found) == 1 + 4 + 2
    for table in found:
        assert len(set(widths(table))) == 1


def luminance(colour: str) -> float:
    """Of a colour `#rrggbb`, as WCAG 2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_colours_of_the_page_can_be_read(html: str) -> None:
    inks = dict(re.findall(r"--(holds|wrong|open): (#\w{6})", html))
    assert set(inks) == {"holds", "wrong", "open"}
    [tint] = re.findall(r"td\.broken.*background: (#\w{6})", html)
    for name, ground in [(name, "#ffffff") for name in inks] + [("wrong", tint)]:
        assert (luminance(ground) + 0.05) / (luminance(inks[name]) + 0.05) >= 4.5


# -- the command --


def test_the_command_prints_text_or_writes_pages(write: Write, tmp_path: Path) -> None:
    path = write("r.json", implementation())
    result = CliRunner().invoke(cli, ["scoreboard", str(path)])
    assert result.exit_code == 0
    assert "a.py" in result.output
    pages = tmp_path / "s.md", tmp_path / "s.html"
    result = CliRunner().invoke(cli, ["scoreboard", str(path), "--markdown", str(pages[0]), "--html", str(pages[1])])
    assert (result.exit_code, result.output) == (0, "")
    board = Scoreboard.of([path])
    assert [page.read_text("utf-8") for page in pages] == [board.markdown(), board.html()]


@pytest.mark.parametrize("content", ["{}", None])
def test_what_is_no_report_is_a_slip_of_usage(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "r.json"
    if content is not None:
        path.write_text(content, "utf-8")
    result = CliRunner().invoke(cli, ["scoreboard", str(path)])
    assert result.exit_code == report.USAGE
    assert "r.json" in result.output


def test_a_page_that_cannot_be_written_is_a_slip_of_usage(write: Write, tmp_path: Path) -> None:
    result = CliRunner().invoke(
        cli, ["scoreboard", str(write("r.json", implementation())), "--html", str(tmp_path / "nowhere" / "s.html")]
    )
    assert result.exit_code == report.USAGE
    assert "cannot be written" in result.output


def test_grading_needs_no_templates() -> None:
    found = "import sys, lydite.commands.cli; print(sorted({'jinja2', 'matplotlib'} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", found], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"


# -- the documentation's own --


def test_the_page_of_the_documentation_is_up_to_date() -> None:
    assert PAGE.read_text("utf-8") == Scoreboard.of(STORED).markdown(), "render it again"


def test_stored_reports_are_whole_and_small() -> None:
    assert STORED
    assert sum(path.stat().st_size for path in STORED) < 1 << 20
    for path in STORED:
        text = gzip.decompress(path.read_bytes()).decode()
        SCHEMA.validate(json.loads(text))
        assert not re.search(r"""["' =](/|[A-Z]:\\)\w""", text), f"{path.name} names a place of some machine"


def test_stored_reports_are_of_what_could_be_graded() -> None:
    entries = Scoreboard.of(STORED).standings
    assert len(entries) >= len(STORED) > 0
    assert not [entry.trouble for entry in entries if entry.trouble]
