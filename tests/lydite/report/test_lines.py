"""Lines on a terminal: as wide as that, hanging, in colors where there are some, with odd words explained once."""

from __future__ import annotations

import io
import re
import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from lydite.kit.regime import Regime
from lydite.report.lines import HANG, UNBOUND, fitted, show, width_of, wrapped
from lydite.report.terminal import lines
from lydite.report.terms import TERMS, explained, glossary
from tests.support.made import claim, counterexample, fault, implementation, read

WORD = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=90)


@given(name=st.text("abc ", max_size=12), words=st.lists(WORD, max_size=30), width=st.integers(60, 120))
def test_no_row_is_wider_than_the_terminal_and_no_word_is_lost(name: str, words: list[str], width: int) -> None:
    rows = wrapped(f"{name}{HANG}{' '.join(words)}", width)
    assert all(cell_len(row) <= width for row in rows)
    assert "".join("".join(rows).split()) == "".join(f"{name}{''.join(words)}".split())


def test_a_line_continues_below_its_text() -> None:
    assert wrapped(f"  law         {HANG}{'word ' * 12}".rstrip(), 60) == [
        "  law         word word word word word word word word word",
        "              word word word",
    ]
    assert wrapped(f"  {'word ' * 12}".rstrip(), 60)[1].startswith("    word")


def test_what_is_not_a_terminal_gets_each_line_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    assert width_of(Console(file=io.StringIO())) == UNBOUND
    monkeypatch.setenv("COLUMNS", "77")
    assert width_of(Console(file=io.StringIO())) == 77


@pytest.mark.parametrize("width", [60, 80])
def test_a_command_that_is_wrapped_can_be_copied(width: int) -> None:
    command = shlex.join(["lydite", "grade", "my file.py", *["--only", "Q7.b.ii.7"] * 6, f"--corpus={'x' * 90}"])
    rows = wrapped(f"  again       {HANG}{command}", width)
    assert len(rows) > 2
    assert all(row.endswith(" \\") for row in rows[:-1])
    assert all(len(row) <= width or "xxx" in row for row in rows)
    joined = "\n".join(rows).removeprefix("  again").replace("\\\n", "")
    assert shlex.split(joined) == shlex.split(command)
    assert not any(row.endswith("--only \\") for row in rows)


def printed(report_lines: list[str], **environment: str) -> str:
    file = io.StringIO()
    show(report_lines, Console(file=file, _environ={"TERM": "xterm", **environment}))
    return file.getvalue()


def test_colors_are_for_terminals_and_as_the_environment_says() -> None:
    fails = ["FAULT 1  softmax", "exit 1: fix softmax first"]
    assert printed(fails) == "FAULT 1  softmax\nexit 1: fix softmax first\n"
    assert printed(fails, FORCE_COLOR="1") == (
        "\x1b[1;31mFAULT 1  softmax\x1b[0m\n\x1b[1;31mexit 1: fix softmax first\x1b[0m\n"
    )
    assert "\x1b[1m" in printed(fails, FORCE_COLOR="1", NO_COLOR="1")
    assert "31" not in printed(fails, FORCE_COLOR="1", NO_COLOR="1")


def test_full_points_never_end_in_red() -> None:
    beyond = claim("Q7.a.7", "stability", "broken")
    whole = read(implementation("a.py", beyond, faults=[fault(regime="stability", points=0)]))
    told = list(lines(whole))
    assert told[-1].replace(HANG, "") == "exit 1: full points; fix cross_entropy_gradient first"
    assert "31m" not in printed(told[-1:], FORCE_COLOR="1")
    less = read(implementation("a.py", claim("Q7.a.7", outcome="broken"), faults=[fault()]))
    assert "31m" in printed([*lines(less)][-1:], FORCE_COLOR="1")
    assert "32m" in printed([*lines(read(implementation()))][-1:], FORCE_COLOR="1")


def test_odd_terms_are_explained_where_they_first_occur() -> None:
    layout = claim("Q7.a.7", "layout", "broken")
    one = implementation("a.py", layout, faults=[fault(regime="layout", points=0, follows=["Q7.a.1"])])
    told = list(lines(read(one, {**one, "name": "b.py"})))
    for term, where in {
        "follows": "  follows",
        "ulp": "closest",
        "closest to its bound": "closest",
        "layout": "FAULT",
    }.items():
        places = [place for place, line in enumerate(told) if line.lstrip().startswith(f"({term}: ")]
        assert len(places) == 1, term
        first = next(place for place, line in enumerate(told) if line.startswith(where))
        assert 0 < places[0] - first <= 2, term


def test_a_text_from_outside_explains_nothing() -> None:
    foreign = f"note        {HANG}closest to its bound, 3 ulp, follows, FAULT 1 in layout, "
    assert list(explained([foreign])) == [foreign]


def test_every_term_is_explained_at_the_end_where_that_is_requested() -> None:
    known = implementation("a.py", claim("Q7.a.7", outcome="broken"), faults=[fault(also=["Q7.a.1"])])
    text = fitted(lines(read(known), explain=True), 80)
    below = text.partition("\nterms\n")[2]
    for term in ("FAULT", "law", "got", "due", "looks like", "also broken", "again", "ulp", "core", "seed", "tails"):
        assert re.search(rf"^  {term} ", below, re.MULTILINE), term
    assert "(ulp:" not in text
    assert "namespaces" not in below
    assert max(map(len, text.splitlines())) <= 80


def test_what_a_counterexample_is_beside_and_what_was_not_run_are_explained_at_the_end() -> None:
    example = {"answer": 1.0, "did": "", "due": 2.0, "raises": "", "whole": False, "arguments": {}}
    call = {"name": "cross_entropy_gradient", **example}
    wrong = claim("Q7.a.7", outcome="broken", counterexample=counterexample(call=call, also=["where n = 1"]))
    text = fitted(
        lines(read(implementation("a.py", claims=[wrong], notes=["why"], faults=[fault()])), explain=True), 80
    )
    below = text.partition("\nterms\n")[2]
    for term in ("also", "there", "note", "layout"):
        assert len(re.findall(rf"^  {term}  ", below, re.MULTILINE)) == 1, term
    assert "also  " not in "".join(glossary(["  also broken Q7.a.1"])).partition("terms")[2]


def test_every_regime_is_explained() -> None:
    assert set(Regime) <= {term.name for term in TERMS}
    assert len(list(glossary(["nothing"]))) == 3
