"""Text from outside does no harm in any format."""

from __future__ import annotations

import html
import json
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lydite.notation import escape
from lydite.notation.text import cut, plain
from tests.support.made import HOSTILE

texts = st.text(st.characters(), max_size=50) | st.sampled_from([HOSTILE, "=1", "\t=1", "::stop-commands::x", "..", ""])


@given(texts)
def test_a_line_is_one_visible_line_of_unicode(text: str) -> None:
    shown = escape.line(text)
    assert shown.splitlines() in ([shown], [])
    assert not {unicodedata.category(c) for c in shown} & {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}
    assert shown.encode("utf-8").decode("utf-8") == shown


@pytest.mark.parametrize("text", ["\u202egnp.x", "a\u00adb", "\U000e0041", "\u2066", "\x9b2J", "\ue000"])
def test_a_terminal_gets_what_a_line_gets(text: str) -> None:
    """Nothing that reorders, hides or is not a character reaches it."""
    assert plain(text).isprintable()
    assert plain(text) == escape.line(text)


@given(st.text(st.characters(), max_size=400), st.integers(10, 300))
def test_a_text_is_kept_as_far_as_its_bytes_go(text: str, most: int) -> None:
    kept = cut(text, most)
    assert len(json.dumps(kept)) <= most + 2
    assert kept == text or (kept.endswith("…") and text.startswith(kept[:-1]))
    if len(json.dumps(text)) <= most + 2:
        assert kept == text


def test_visible_text_stays() -> None:
    assert escape.line("Žluťoučký 漢字 🦊 a<b") == "Žluťoučký 漢字 🦊 a<b"


def test_what_is_spelled_out_can_be_read() -> None:
    assert escape.line("a\x1b[31m\n\u202eb\ud800") == "a\\x1b[31m\\n\\u202eb\\ud800"


@given(texts, st.integers(2, 20))
def test_a_line_is_cut(text: str, most: int) -> None:
    assert len(escape.line(text, most)) <= most
    assert escape.line("x" * 50, most).endswith("x…")


def test_markdown_starts_nothing() -> None:
    assert escape.markdown("a|b <b> *c* `d` [e](f) &lt; @g #h") == (
        r"a\|b \<b\> \*c\* \`d\` \[e\]\(f\) &amp;lt; \@g \#h"
    )


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "|cmd", "%x"])
def test_a_cell_is_no_formula(text: str) -> None:
    assert escape.cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["a.py", "1=1", "", "user@host"])
def test_other_cells_stay(text: str) -> None:
    assert escape.cell(text) == text


def test_a_message_of_a_command_is_one_line() -> None:
    assert escape.message("100%\r\n::error::x") == "100%25%0D%0A::error::x"
    assert escape.attribute("a:b,c%") == "a%3Ab%2Cc%25"


@given(texts)
def test_a_file_name_leads_nowhere_else(text: str) -> None:
    name = escape.filename(text)
    assert name
    assert name.isascii()
    assert not set(name) & set('/\\:*?"<>|\0\n')
    assert name not in {".", ".."}
    assert not name.startswith(".")


@given(
    texts, st.sampled_from(["::error::", "  ::stop-commands::x", "##[error]", "a ##[add-mask]", "a\n\t::x::", "##[["])
)
def test_a_log_has_no_command_of_github(text: str, command: str) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("GITHUB_ACTIONS", "true")
        shown = escape.log(f"{command}\n{text}\r{command}")
        assert not any(row.lstrip().startswith("::") or "##[" in row for row in re.split("[\r\n]", shown))
        patched.delenv("GITHUB_ACTIONS")
        assert escape.log(command) == command


@given(texts, st.sampled_from(["::error::", "##[error]", "a\n  ::x::", "##[["]))
def test_an_export_to_the_log_has_no_command_of_github_and_means_the_same(text: str, command: str) -> None:
    whole = json.dumps([f"{command}{text}"])
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("GITHUB_ACTIONS", "true")
        assert "##[" not in escape.in_json(whole)
        assert json.loads(escape.in_json(whole)) == json.loads(whole)
        shown = escape.in_markup(f"<p>\n{html.escape(command)}</p>")
        assert not any(row.lstrip().startswith("::") or "##[" in row for row in shown.splitlines())
        assert html.unescape(shown) == f"<p>\n{command}</p>"
        patched.delenv("GITHUB_ACTIONS")
        assert escape.in_json(whole) == whole
        assert escape.in_markup("::x") == "::x"
