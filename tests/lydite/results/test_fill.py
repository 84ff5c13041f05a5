"""Gradebooks of Canvas and Moodle: one column is filled, and every other byte stays."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lydite.results.fill import canvas, moodle, roster_of
from lydite.results.rubric import Level, Rubric
from lydite.results.sheet import Sheet, SheetError
from lydite.results.submission import Submission, submissions
from tests.support.made import claim, implementation, write

BROKEN = claim("Q7.a.7", outcome="broken")

CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Homework 1 (501),Gradients (502),Current Score\r\n"
    "    Points Possible,,,,,10.00,300.00,(read only)\r\n"
    '"Doe, Jane",17,s17,jane,"A ""1""",9,,90\r\n'
    '"Roe, Rick",18,s18,rick,A,8,"12.5",80\r\n'
    '"Student, Test",99,,tester,A,,,\r\n'
)
MOODLE = (
    "\ufeffIdentifier,Full name,Email address,Status,Grade,Maximum grade,Grade can be changed,Feedback comments\r\n"
    'Participant 4711,Jane Doe,jane@uni.example,"Submitted for grading",,"300,00",Yes,"<p>well,\r\n done</p>"\r\n'
    'Participant 4712,Rick Roe,rick@uni.example,Submitted,"3,00","300,00",Yes,\r\n'
    'Participant 4713,Lee Low,lee@uni.example,Submitted,,"300,00",No,\r\n'
)


@pytest.fixture
def found(tmp_path: Path) -> list[Submission]:
    return made(tmp_path, "jane.py", "rick.py")


def made(tmp_path: Path, *names: str) -> list[Submission]:
    """Submissions of those names; the first is broken in one claim."""
    first, *others = names
    path = write(tmp_path / "r.json", implementation(first, BROKEN), *map(implementation, others))
    return sorted(submissions([path], Rubric(), Level.DUE), key=lambda one: names.index(one.name))


def file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "grades.csv"
    path.write_bytes(text.encode("utf-8"))
    return path


# -- the sheet --

# Python's writer leaves a bare carriage return without quotes, and its reader then takes it for the end of a line.
cells = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=6)
tables = st.lists(st.lists(cells, min_size=2, max_size=4), min_size=1, max_size=5)


@given(
    tables,
    st.sampled_from(",;\t"),
    st.sampled_from(["\r\n", "\n"]),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
)
def test_a_sheet_is_what_it_was(
    tmp_path_factory: pytest.TempPathFactory, table: list[list[str]], delimiter: str, end: str, quoting: int
) -> None:
    out = io.StringIO()
    table[0] = ["a", "b", "c", "d"]
    csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(table)  # type: ignore[arg-type]
    path = file(tmp_path_factory.mktemp("sheet"), out.getvalue())
    sheet = Sheet(path)
    assert sheet.content() == path.read_bytes()
    assert [sheet.row(i) for i in range(len(sheet))] == table


@given(tables, st.data())
def test_only_the_cell_that_is_put_changes(
    tmp_path_factory: pytest.TempPathFactory, table: list[list[str]], data: st.DataObject
) -> None:
    out = io.StringIO()
    table[0] = ["a", "b", "c", "d"]
    csv.writer(out).writerows(table)
    sheet = Sheet(file(tmp_path_factory.mktemp("sheet"), out.getvalue()))
    i = data.draw(st.integers(0, len(table) - 1))
    j = data.draw(st.integers(0, len(table[i]) - 1))
    sheet.put(i, j, '1,5"')
    table[i][j] = '1,5"'
    assert list(csv.reader(io.StringIO(sheet.content().decode(), newline=""))) == table


@pytest.mark.parametrize("text", ['a,b\r\n"x,y\r\n', 'a,b\r\n"x"y,z\r\n', ""])
def test_a_quote_astray_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(SheetError, match="is not CSV"):
        Sheet(file(tmp_path, text))


def test_a_quote_within_a_cell_is_kept(tmp_path: Path) -> None:
    sheet = Sheet(file(tmp_path, 'a,b\r\nx"y,z'))
    sheet.put(1, 1, "1")
    assert sheet.content() == b'a,b\r\nx"y,1'


def test_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "grades.csv"
    path.write_bytes("Müller".encode("latin-1"))
    with pytest.raises(SheetError, match=r"grades\.csv: .*utf-8"):
        Sheet(path)


# -- Canvas --


def test_canvas_is_filled_and_nothing_else(tmp_path: Path, found: list[Submission]) -> None:
    filled = canvas(found, file(tmp_path, CANVAS), "Gradients", {})
    expected = CANVAS.replace('"A ""1""",9,,90', '"A ""1""",9,297.14,90').replace('"12.5"', '"300"')
    assert filled.content.decode() == expected
    assert filled.left == ("nothing for row 5 (Student, Test)",)


def test_the_only_assignment_need_not_be_named(tmp_path: Path, found: list[Submission]) -> None:
    text = CANVAS.replace("Homework 1 (501)", "Homework 1")
    assert b"297.14" in canvas(found, file(tmp_path, text), "", {}).content


def test_canvas_asks_which_column(tmp_path: Path, found: list[Submission]) -> None:
    with pytest.raises(SheetError, match=r"which column .* Homework 1 \(501\), Gradients \(502\)"):
        canvas(found, file(tmp_path, CANVAS), "", {})
    with pytest.raises(SheetError, match=r"which column .* Gradient: none"):
        canvas(found, file(tmp_path, CANVAS), "Gradient", {})


def test_a_column_that_canvas_computes_is_left(tmp_path: Path, found: list[Submission]) -> None:
    with pytest.raises(SheetError, match=r"which column .* Gradients: none"):
        canvas(found, file(tmp_path, CANVAS.replace(",300.00,", ",(read only),")), "Gradients", {})


def test_other_points_than_canvas_expects_are_refused(tmp_path: Path, found: list[Submission]) -> None:
    with pytest.raises(SheetError, match=r"has 10 points possible, the report on jane\.py 300: let a rubric"):
        canvas(found, file(tmp_path, CANVAS), "Homework 1", {})


@pytest.mark.parametrize(
    "name",
    [
        *("jane", "JANE.py", "17", "s17", "Doe, Jane", "doejane_17_90001_hw.py", "doejane_LATE_17_90001_hw.py"),
        *("jane.pdf", "s17.tar.gz", "jane-2.ipynb", "doejane_17_90001_hw-2.py", "doejane_17_90001_my_hw.final.pdf"),
        *("doejane_17_18_hw.py", "doejane_LATE_17_99_99.py", "jane.zip"),
    ],
)
def test_a_row_is_found_by_whatever_names_it(tmp_path: Path, name: str) -> None:
    filled = canvas(made(tmp_path, name), file(tmp_path, CANVAS), "Gradients", {})
    assert b",9,297.14,90\r\n" in filled.content


def test_a_roster_says_whose_each_is(tmp_path: Path) -> None:
    (tmp_path / "roster.csv").write_text("submission,student\nteam-a.py,rick\nteam-b,jane\n", encoding="utf-8")
    roster = roster_of(tmp_path / "roster.csv")
    filled = canvas(made(tmp_path, "team-a.py", "team-b.py"), file(tmp_path, CANVAS), "Gradients", roster)
    assert b'A,8,"297.14",80' in filled.content
    assert b",9,300,90" in filled.content


def test_a_group_gets_the_points_of_its_submission(tmp_path: Path) -> None:
    (tmp_path / "roster.csv").write_text("submission,student\nteam.zip,rick\nteam.zip,jane\nteam.zip,ann\n", "utf-8")
    filled = canvas(made(tmp_path, "team.zip"), file(tmp_path, CANVAS), "gradients", roster_of(tmp_path / "roster.csv"))
    assert b'A,8,"297.14",80' in filled.content
    assert b",9,297.14,90" in filled.content
    assert filled.left == ("no row for team.zip of ann", "nothing for row 5 (Student, Test)")


@pytest.mark.parametrize(("possible", "points"), [("100.00", "99.05"), ('"100,00"', '"99,05"'), ("30", "29.71")])
def test_points_are_scaled_to_what_the_gradebook_expects(tmp_path: Path, possible: str, points: str) -> None:
    text = CANVAS.replace(",300.00,", f",{possible},").replace('"12.5"', "")
    filled = canvas(made(tmp_path, "jane.py"), file(tmp_path, text), "Gradients", {}, scale=True)
    assert f",9,{points},90\r\n" in filled.content.decode()
    assert filled.left[0].startswith("scaled to the ")


def test_points_that_nothing_is_checked_against_are_told(tmp_path: Path) -> None:
    text = CANVAS.replace(",300.00,", ",,")
    filled = canvas(made(tmp_path, "jane.py"), file(tmp_path, text), "Gradients", {})
    assert "does not say how many points are possible" in filled.left[0]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("Points Possible", "Mögliche Punkte", "no row Points Possible; was it exported in English"),
        ("Student,", "Name,", "no column Student, but Name, ID, SIS User ID"),
    ],
)
def test_what_a_gradebook_lacks_is_named(tmp_path: Path, old: str, new: str, told: str) -> None:
    with pytest.raises(SheetError, match=told):
        canvas(made(tmp_path, "jane.py"), file(tmp_path, CANVAS.replace(old, new, 1)), "Gradients", {})


def test_whom_nobody_knows_is_told(tmp_path: Path) -> None:
    filled = canvas(made(tmp_path, "jane.py", "nobody.py"), file(tmp_path, CANVAS), "Gradients", {})
    assert filled.left[0] == "no row for nobody.py"


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["nobody.py"], "no submission fits a row; a roster says whose each is"),
        (["jane.py", "17.py"], r"jane\.py and 17\.py both fit row 3"),
        (["x_17_y_18.py"], r"x_17_y_18\.py fits several rows, 3, 4"),
    ],
)
def test_nobody_gets_the_points_of_another(tmp_path: Path, names: list[str], told: str) -> None:
    with pytest.raises(SheetError, match=told):
        canvas(made(tmp_path, *names), file(tmp_path, CANVAS), "Gradients", {})


def test_something_else_is_no_gradebook_of_canvas(tmp_path: Path, found: list[Submission]) -> None:
    with pytest.raises(SheetError, match="is not a gradebook of Canvas"):
        canvas(found, file(tmp_path, MOODLE), "", {})


# -- Moodle --


def test_moodle_is_filled_and_nothing_else(tmp_path: Path, found: list[Submission]) -> None:
    filled = moodle(found, file(tmp_path, MOODLE), "", {})
    expected = MOODLE.replace('"Submitted for grading",,', '"Submitted for grading","297,14",')
    expected = expected.replace('Submitted,"3,00",', 'Submitted,"300,00",')
    assert filled.content.decode() == expected
    assert filled.left == ()


def test_moodle_with_points_and_semicolons(tmp_path: Path) -> None:
    text = MOODLE.replace(",", ";").replace("300;00", "300.00").replace("3;00", "3.00")
    filled = moodle(made(tmp_path, "Jane Doe_4711_assignsubmission_file_.py"), file(tmp_path, text), "", {})
    assert b'"Submitted for grading";297.14;"300.00"' in filled.content


def test_a_locked_grade_stays(tmp_path: Path) -> None:
    with pytest.raises(SheetError, match=r"no submission fits a row.*row 4 \(Lee Low\) cannot be changed"):
        moodle(made(tmp_path, "lee.py"), file(tmp_path, MOODLE), "", {})
    filled = moodle(made(tmp_path, "jane.py", "lee.py"), file(tmp_path, MOODLE), "", {})
    assert filled.left == ("row 4 (Lee Low) cannot be changed: nothing for lee.py", "nothing for row 3 (Rick Roe)")


@pytest.mark.parametrize("heading", ["Maximum Grade", "maximum grade", "Max grade", " Maximum grade "])
def test_every_heading_of_the_maximum_is_known(tmp_path: Path, heading: str) -> None:
    text = MOODLE.replace("Maximum grade", heading).replace("300,00", "100,00").replace('"3,00"', "")
    with pytest.raises(SheetError, match=r"has 100 points possible.*--scale"):
        moodle(made(tmp_path, "jane.py"), file(tmp_path, text), "", {})
    filled = moodle(made(tmp_path, "jane.py"), file(tmp_path, text), "", {}, scale=True)
    assert '"Submitted for grading","99,05","100,00"' in filled.content.decode()


def test_a_comma_is_seen_in_the_grades_alone(tmp_path: Path) -> None:
    text = MOODLE.replace("Maximum grade", "Höchstpunktzahl")
    filled = moodle(made(tmp_path, "jane.py"), file(tmp_path, text), "", {})
    assert b'"Submitted for grading","297,14"' in filled.content
    assert "does not say how many points are possible" in filled.left[0]


@pytest.mark.parametrize(
    "name",
    [
        *("Jane Doe_4711_assignsubmission_file_", "Jane Doe_4711_assignsubmission_file_hw 1.py", "Jane Doe.pdf"),
        *("Group A-Jane Doe_4711_assignsubmission_file_a_4712.py", "Jane Doe_4711_assignsubmission_onlinetext_.html"),
    ],
)
def test_a_row_of_moodle_is_found_by_what_downloads_are_called(tmp_path: Path, name: str) -> None:
    filled = moodle(made(tmp_path, name), file(tmp_path, MOODLE), "", {})
    assert b'"Submitted for grading","297,14"' in filled.content


def test_a_worksheet_in_another_language_is_filled_where_its_number_is_known(tmp_path: Path) -> None:
    text = MOODLE.replace("Full name", "Vollständiger Name").replace("Participant ", "Teilnehmer/in")
    text = text.replace("Grade,", "Bewertung,", 1)
    with pytest.raises(SheetError, match=r"which column is to be filled.*Bewertung"):
        moodle(made(tmp_path, "Jane Doe_4711_assignsubmission_file_"), file(tmp_path, text), "", {})
    filled = moodle(made(tmp_path, "Jane Doe_4711_assignsubmission_file_"), file(tmp_path, text), "Bewertung", {})
    assert b'"Submitted for grading","297,14"' in filled.content


def test_the_export_of_moodles_gradebook_is_filled_too(tmp_path: Path) -> None:
    text = (
        "First name,Surname,ID number,Email address,Assignment: Gradients (Real),Course total (Real)\n"
        "Jane,Doe,s17,jane@uni.example,-,-\nRick,Roe,s18,rick@uni.example,-,-\n"
    )
    with pytest.raises(SheetError, match=r"which column.*Assignment: Gradients \(Real\), Course total \(Real\)"):
        moodle(made(tmp_path, "Jane Doe.py"), file(tmp_path, text), "", {})
    filled = moodle(made(tmp_path, "Jane Doe.py"), file(tmp_path, text), "Assignment: Gradients", {})
    assert b"jane@uni.example,297.14,-" in filled.content
    assert filled.left[1:] == ("nothing for row 3 (rick@uni.example)",)


def test_other_points_than_moodle_expects_are_refused(tmp_path: Path, found: list[Submission]) -> None:
    with pytest.raises(SheetError, match="has 100 points possible"):
        moodle(found, file(tmp_path, MOODLE.replace("300,00", "100,00")), "", {})


def test_something_else_is_no_worksheet_of_moodle(tmp_path: Path, found: list[Submission]) -> None:
    with pytest.raises(SheetError, match="is not a grading worksheet of Moodle"):
        moodle(found, file(tmp_path, CANVAS), "", {})


# -- rosters --


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a,b\n", "needs the columns submission and student, and has a, b"),
        ("submission,student\na.py,x\nb.py,\n", r"row 3: b\.py has no student"),
    ],
)
def test_a_roster_that_says_nothing_is_refused(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(SheetError, match=told):
        roster_of(file(tmp_path, text))
