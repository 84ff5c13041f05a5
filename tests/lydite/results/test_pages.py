"""The pages for submitters and for the staff: whole, harmless, sufficient to themselves, and no wider than allowed."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from lydite.kit.claim import CLAIMS
from lydite.kit.question import POINTS
from lydite.notation.counterexample import data
from lydite.results import statistics
from lydite.results.matrix import GAP, MOST, Matrix, matrices
from lydite.results.pages import SCRIPT, class_page, submission_page, submission_pages
from lydite.results.rubric import Level, Rubric
from lydite.results.submission import Submission, submissions
from lydite.templates import script
from tests.support.made import HOSTILE, claim, counterexample, fault, hostile, implementation, write

pytest.importorskip("jinja2")

BROKEN = claim("Q7.a.7", outcome="broken")
FAULT = fault()
VOID_TAGS = {"meta", "link", "br", "wbr"}


class Page(HTMLParser):
    """Parses a page; refuses one that is not well nested."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.scripts: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID_TAGS:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, text: str) -> None:
        if self.open[-1:] == ["script"]:
            self.scripts.append(text)
        elif self.open[-1:] != ["style"]:
            self.text += f"{text} "


def read(tmp_path: Path, *implementations: dict[str, Any], level: Level = Level.DUE) -> list[Submission]:
    return submissions([write(tmp_path / "r.json", *implementations)], Rubric(), level)


def pages(tmp_path: Path, *implementations: dict[str, Any]) -> list[Page]:
    found = read(tmp_path, *implementations)
    return [Page(class_page(found)), *(Page(submission_page(one)) for one in found)]


def test_pages_need_nothing_besides_themselves(tmp_path: Path) -> None:
    for page in pages(tmp_path, implementation("a.py", BROKEN, faults=[FAULT]), hostile("b.py")):
        assert not {tag for tag, _ in page.elements} & {"img", "iframe", "object", "embed", "form"}
        targets = [value or "" for _, attributes in page.elements for key, value in attributes.items() if key == "href"]
        assert all(target.startswith("#") or target == "data:," for target in targets)
        policy = [attributes.get("content") for tag, attributes in page.elements if tag == "meta"]
        scripts = page.scripts
        allowed = "".join(f"; script-src '{hashed(text)}'" for text in scripts)
        assert f"default-src 'none'; style-src 'unsafe-inline'; img-src data:{allowed}" in policy
        assert scripts in ([], [script(SCRIPT)["script"]])


def hashed(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def cells(row: str) -> list[str]:
    """The classes of the cells of a row by which a window hides them."""
    return [" ".join(re.findall(r"\baside\b|\bbarred\b", one)) for one in re.findall(r"<t[hd]([^>]*)>", row)]


def test_each_column_is_shown_or_hidden_as_a_whole(tmp_path: Path) -> None:
    found = read(tmp_path, *(implementation(f"{i}.py", BROKEN, faults=[FAULT]) for i in range(6)), hostile())
    for text in (class_page(found), submission_page(found[0])):
        tables = re.findall(r'<table class="figures[^>]*>(.*?)</table>', text, re.DOTALL)
        assert len(tables) >= 3
        for table in tables:
            head, *rows = (row for row in re.findall(r"<tr[^>]*>(.*?)</tr>", table, re.DOTALL) if "colspan" not in row)
            for row in rows:
                hidden = [[place for place, one in enumerate(cells(which)) if "aside" in one] for which in (head, row)]
                assert hidden[0] == hidden[1]
                assert len(cells(row)) == len(cells(head))
                assert cells(row).count("aside barred") == cells(head).count("aside barred")


def test_a_class_leads_to_its_parts_and_its_submissions(tmp_path: Path) -> None:
    found = read(
        tmp_path, implementation("a/b c.py", BROKEN), implementation("a_b c.py", outcome="killed", reason="slow")
    )
    page = Page(class_page(found, "pages"))
    targets = [attributes["href"] or "" for tag, attributes in page.elements if tag == "a"]
    ids = {attributes.get("id") for _, attributes in page.elements}
    assert {target[1:] for target in targets if target.startswith("#")} <= ids
    assert {"#attention", "#submissions", "#items"} <= set(targets)
    assert {unquote(target) for target in targets if not target.startswith("#")} == {
        f"pages/{name}" for name, _ in submission_pages(found)
    }
    assert [name for name, _ in submission_pages(found)] == ["a_b c.py.html", "a_b c.py-1.html"]


def test_claims_are_in_the_order_of_the_document(tmp_path: Path) -> None:
    wrong = [claim(name, outcome="broken") for name in ("Q1.15", "Q1.2", "Q1.9")]
    found = read(tmp_path, implementation("a.py", *wrong), implementation("b.py"))
    assert [item.id for item in statistics.items(found)] == ["Q1.2", "Q1.9", "Q1.15"]


def test_what_is_raised_by_many_calls_is_one_mistake(tmp_path: Path) -> None:
    raised = "NameError: name 'np' is not defined"
    lost = [
        claim(name, outcome="error", reason=f"{call}: {raised}", fault=call, counterexample=None)
        for name, call in (("Q7.0.1", "softmax"), ("Q7.0.2", "cross_entropy"))
    ]
    blamed = [fault(call=one["fault"], claim=one["id"], looks_like=[]) for one in lost]
    found = read(tmp_path, *(implementation(f"{i}.py", *lost, faults=blamed) for i in range(2)))
    assert statistics.common(found) == [
        statistics.Common(("softmax", "cross_entropy"), raised, ("0.py", "1.py")),
    ]


def test_the_functions_come_first_and_lead_to_their_faults(tmp_path: Path) -> None:
    [one] = read(tmp_path, implementation("a.py", BROKEN, faults=[FAULT], missing={"Q6": ["newton_root"]}))
    text = submission_page(one)
    page = Page(text)
    headings = [attributes["id"] for tag, attributes in page.elements if tag == "h2"]
    assert headings[:2] == ["functions", "questions"]
    plain = text.replace("<wbr>", "")
    rows = dict(re.findall(r'<tr><th scope="row" class="call"><code>(\w+)</code></th>(.*?)</tr>', plain))
    assert set(rows) == {call for view in one.claims for call in view.result.calls}
    assert 'class="mark broken"' in rows["cross_entropy_gradient"]
    assert '6 of 7</td><td class="name"><a href="#fault-1">fault 1</a>, a.py:7</td>' in rows["cross_entropy_gradient"]
    assert 'class="mark missing"' in rows["newton_root"]
    assert "not offered" in rows["newton_root"]
    assert 'class="mark holds"' in rows["softmax"]


def test_links_and_labels_lead_to_something(tmp_path: Path) -> None:
    for page in pages(tmp_path, implementation("a.py", BROKEN), hostile("b.py")):
        ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
        assert len(set(ids)) == len(ids)
        for _, attributes in page.elements:
            named = (attributes.get("href") or "#")[1:] or attributes.get("aria-labelledby") or ids[0]
            assert named in [*ids, "ata:,"]


def test_hostile_text_is_text(tmp_path: Path) -> None:
    for page in pages(tmp_path, hostile()):
        assert page.scripts in ([], [script(SCRIPT)["script"]])
        assert "<script>alert(1)</script>" in page.text
        assert not set(page.text) & set("\x1b\x00\u202e")
        assert HOSTILE not in page.text


@pytest.mark.parametrize("level", [Level.OUTCOME, Level.INPUT])
def test_a_page_shows_no_more_than_it_may(tmp_path: Path, level: Level) -> None:
    one = implementation("a.py", BROKEN, faults=[FAULT])
    secrets = ["0.75", "softmax(z) - y", "1e-15", "lydite grade", "the sign"]
    secrets += ["z =", "-0.25"] if level is Level.OUTCOME else []
    whole, less = (submission_page(read(tmp_path, one, level=seen)[0]) for seen in (Level.DUE, level))
    text = [Page(page).text for page in (whole, less)]
    assert [s for s in secrets if s not in text[0]] == []
    assert [s for s in secrets if s in text[1]] == []
    assert "Q7.a.7" in text[1]
    # Nor which entry is off.
    assert "<mark>" in whole
    assert "<mark>" not in less


def test_the_entry_that_is_off_is_marked(tmp_path: Path) -> None:
    (one,) = read(tmp_path, implementation("a.py", BROKEN))
    assert re.findall(r"<mark>(.*?)</mark>", submission_page(one)) == ["-0.25"] * 2


def test_the_fault_comes_before_the_claims(tmp_path: Path) -> None:
    (one,) = read(tmp_path, implementation("a.py", BROKEN, faults=[FAULT], missing={"Q2": ["batch_norm"]}))
    text = Page(submission_page(one)).text
    order = [
        text.index(part)
        for part in ("297.14", "Questions", "To fix: 1 fault", "the sign", "Not offered", "Every claim")
    ]
    assert order == sorted(order)


def test_the_page_shows_at_which_peculiar_inputs_the_law_fails_as_well(tmp_path: Path) -> None:
    also = counterexample(also=["where n = 1", "at z = 0"])
    made = {"name": "cross_entropy_gradient", "arguments": {}, "answer": 1.0, "did": "", "due": 2.0}
    called = counterexample(also=["where n = 1", "at z = 0"], call={**made, "raises": "", "whole": True})
    for example in (also, called):
        (one,) = read(tmp_path, implementation("a.py", claim("Q7.a.7", outcome="broken", counterexample=example)))
        assert "<dt>also</dt><dd>where n = 1, at z = 0</dd>" in submission_page(one)


def test_trouble_is_told_at_the_top(tmp_path: Path) -> None:
    (one,) = read(tmp_path, implementation("a.py", outcome="killed", reason="the time limit of 60 s was reached"))
    assert 'role="alert">killed: the time limit of 60 s was reached<' in submission_page(one)


def test_the_class_page_counts(tmp_path: Path) -> None:
    found = read(tmp_path, *(implementation(f"{i}.py", *[BROKEN][: i % 2]) for i in range(6)))
    text = " ".join(Page(class_page(found)).text.split())
    assert "6 submissions, median 298.57 of 300 points" in text
    assert "270 to 300 6" in text
    assert "Q7.a.7 gradient p - y for labels that sum to 1 core 3 of 6" in text


def test_a_class_of_nothing_is_a_page(tmp_path: Path) -> None:
    unloadable = implementation("a.py", outcome="unloadable", reason="no", claims=[claim("Q7.a.7", outcome="error")])
    assert "unloadable: no" in Page(class_page(read(tmp_path, unloadable))).text


# -- matrices --


def rows(matrix: Matrix) -> list[list[str]]:
    return [[entry.text for entry in row] for row in matrix.rows]


def test_arrays_are_rows() -> None:
    (vector,), (matrix,) = matrices([1.0, 0.5]), matrices([[1.0, 0.0], [0.25, "nan"]])
    assert rows(vector) == [["1.", "0.5"]]
    assert rows(matrix) == [["1.", "0."], ["0.25", "nan"]]


def test_a_tuple_is_several() -> None:
    assert [rows(m) for m in matrices({"tuple": [[1.0], 2.0]})] == [[["1."]], [["2."]]]


@pytest.mark.parametrize("datum", ["raises ValueError", None, {"text": "array of shape (9,)"}, [[[1.0]]]])
def test_what_is_no_matrix_is_text(datum: Any) -> None:
    (one,) = matrices(datum)
    assert one.plain
    assert len(rows(one)) == 1


def test_long_arrays_are_cut_in_the_middle() -> None:
    (one,) = matrices(data(np.arange(200.0).reshape(20, 10)))
    assert len(one.rows) == MOST + 1
    assert rows(one)[0] == ["0.", "1.", "2.", "3.", GAP, "6.", "7.", "8.", "9."]
    assert rows(one)[4] == ["⋮"]
    assert rows(one)[-1][-1] == "199."
    assert one.note == "of shape (20, 10)"


def test_the_kind_of_an_array_is_told() -> None:
    assert matrices(data(np.ones((2, 2), dtype=np.float32)))[0].note == "float32"
    assert matrices(data(np.arange(6.0).reshape(3, 2).T))[0].note == "F"


arrays = npst.arrays(np.float64, npst.array_shapes(min_dims=1, max_dims=2, min_side=0, max_side=12))


@given(arrays, st.data())
def test_exactly_the_entries_that_are_wrong_are_marked(got: np.ndarray, draw: st.DataObject) -> None:
    wrong = draw.draw(st.sets(st.integers(0, got.size - 1))) if got.size else set()
    (one,) = matrices(data(got), [sorted(wrong)])
    marked = [entry.off for row in one.rows for entry in row]
    if max(got.shape) <= MOST:
        assert marked == [place in wrong for place in range(got.size)]
    else:
        assert sum(marked) <= len(wrong)


def test_each_part_of_an_answer_has_its_own_marks() -> None:
    parts = matrices({"tuple": [[1.0, 2.0], [3.0, 4.0]]}, [[], [0]])
    assert [[entry.off for entry in part.rows[0]] for part in parts] == [[False, False], [True, False]]


@pytest.mark.parametrize("wrong", [[[7]], [[0], [0]], [[-1]]])
def test_marks_that_fit_no_entry_are_not_shown(wrong: list[list[int]]) -> None:
    """A report may come from elsewhere."""
    assert not any(entry.off for row in matrices([1.0, 2.0], wrong)[0].rows for entry in row)


def test_the_source_stands_beside_the_fault(tmp_path: Path) -> None:
    source = "def cross_entropy_gradient(z, y):\n    return '<b>\x1b[2J\u202e'"
    one = implementation("a.py", BROKEN, faults=[{**FAULT, "source": source}])
    page = submission_page(read(tmp_path, one)[0])
    lines = re.findall(r'<span class="number">(\d+)</span><code>(.*?)</code>', page)
    assert [number for number, _ in lines] == ["7", "8"]
    assert lines[0][1] == "def cross_entropy_gradient(z, y):"
    assert lines[1][1] == "    return &#39;&lt;b&gt;\\x1b[2J\\u202e&#39;"
    assert "def cross_entropy_gradient" not in submission_page(read(tmp_path, one, level=Level.OUTCOME)[0])


# -- statistics --


def test_the_points_of_each_question_are_distributed(tmp_path: Path) -> None:
    none = [claim(c.id, outcome="broken") for c in CLAIMS.values() if c.graded and c.question == "Q4"]
    found = read(
        tmp_path, implementation("a.py"), implementation("b.py", BROKEN), implementation("c.py", *none, faults=[])
    )
    by = {one.question: one for one in statistics.distributions(found)}
    assert list(by) == sorted(q for q, points in POINTS.items() if points)
    assert (by["Q4"].none, by["Q4"].some, by["Q4"].whole, by["Q4"].most) == (1, 0, 2, POINTS["Q4"])
    assert (by["Q7"].none, by["Q7"].some, by["Q7"].whole) == (0, 1, 2)
    assert [one.n for one in by["Q4"].bins] == [1, *[0] * (statistics.BINS - 2), 2]
    assert "4 points: 1, " in by["Q4"].text
    assert by["Q4"].text in class_page(found)


def test_a_claim_that_only_good_submissions_have_tells_them_apart(tmp_path: Path) -> None:
    weak = [claim(c, outcome="broken") for c in ("Q7.a.7", "Q1.1", "Q1.2")]
    others = [claim(c, outcome="broken") for c in ("Q1.1",)]
    found = read(
        tmp_path,
        *(implementation(f"weak{i}.py", *weak) for i in range(3)),
        *(implementation(f"good{i}.py", *(others if i == 0 else [])) for i in range(3)),
    )
    by_id = {item.id: item for item in statistics.items(found)}
    assert set(by_id) == {"Q7.a.7", "Q1.1", "Q1.2"}
    assert (by_id["Q1.1"].held, by_id["Q1.1"].of) == (2, 6)
    assert by_id["Q7.a.7"].outcomes == {"holds": 3, "broken": 3}
    assert by_id["Q7.a.7"].discrimination == pytest.approx(
        np.corrcoef([0, 0, 0, 1, 1, 1], [-2, -2, -2, -1, 0, 0])[0, 1], abs=0.02
    )


def test_a_claim_that_good_submissions_miss_is_below_0(tmp_path: Path) -> None:
    weak = [claim(c, outcome="broken") for c in ("Q1.1", "Q1.2")]
    found = read(
        tmp_path,
        *(implementation(f"weak{i}.py", *weak) for i in range(3)),
        *(implementation(f"good{i}.py", BROKEN) for i in range(3)),
    )
    by_id = {item.id: item for item in statistics.items(found)}
    assert by_id["Q7.a.7"].discrimination == pytest.approx(-1)


def test_a_few_submissions_say_nothing_of_that(tmp_path: Path) -> None:
    found = read(tmp_path, implementation("a.py"), implementation("b.py", BROKEN))
    assert [item.discrimination for item in statistics.items(found)] == [None]


def test_where_all_else_is_equal_nothing_is_told(tmp_path: Path) -> None:
    # 300 less the points of Q1.2 and of Q7.a.7 is another float than the sum of what is left.
    both = claim("Q1.2", outcome="broken")
    found = read(tmp_path, *(implementation(f"{i}.py", both, *[BROKEN][: i % 2]) for i in range(8)))
    by_id = {item.id: item.discrimination for item in statistics.items(found)}
    assert by_id == {"Q1.2": None, "Q7.a.7": None}


def test_what_was_not_loaded_says_nothing_of_a_claim(tmp_path: Path) -> None:
    lost = implementation("b.py", claim("Q1.1", outcome="error"), outcome="unloadable", reason="no")
    assert [item.id for item in statistics.items(read(tmp_path, implementation("a.py", BROKEN), lost))] == ["Q7.a.7"]


def test_mistakes_that_look_alike_are_counted_together(tmp_path: Path) -> None:
    found = read(
        tmp_path, *(implementation(f"{i}.py", BROKEN, faults=[FAULT]) for i in range(3)), implementation("d.py")
    )
    assert statistics.common(found) == [
        statistics.Common(("cross_entropy_gradient",), "the sign: due = -got", ("0.py", "1.py", "2.py"))
    ]


def test_calls_that_are_left_out_are_counted(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        implementation("a.py", missing={"Q7": ["softmax"]}),
        implementation("b.py", missing={"Q1": ["logistic_loss"], "Q7": ["softmax"]}),
    )
    assert [(*one.calls, one.names) for one in statistics.absent(found)] == [
        ("softmax", ("a.py", "b.py")),
        ("logistic_loss", ("b.py",)),
    ]


def test_every_submission_is_in_a_bin(tmp_path: Path) -> None:
    nothing = implementation("c.py", claims=[claim("Q7.a.7", outcome="missing")])
    found = read(tmp_path, implementation("a.py"), implementation("b.py", BROKEN), nothing)
    bins = statistics.histogram(found)
    assert [one.n for one in bins] == [1, *[0] * 8, 2]
    assert (bins[0].low, bins[-1].high, bins[0].text) == (0, 300, "0 to 30")
