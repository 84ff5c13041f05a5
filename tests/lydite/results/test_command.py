"""`lydite export`: what it writes where, and what it says to a command line that makes no sense."""

from __future__ import annotations

import csv
import json
import re
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lydite.kit.regime import Regime
from lydite.results.command import FORMATS, TEXTS, export_command
from tests.support.accepted import accepted
from tests.support.made import claim, claims, implementation, write

BROKEN = claim("Q7.a.7", outcome="broken")
DATED = '[show]\nbefore = "outcome"\nafter = "due"\ndate = 2027-02-01T00:00:00Z\n'


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    return write(tmp_path / "r.json", implementation("a.py", BROKEN))


def run(*args: object) -> Result:
    return CliRunner().invoke(export_command, [str(arg) for arg in args])


def rubric(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "rubric.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("form", TEXTS)
def test_a_text_is_printed_or_written(tmp_path: Path, stored: Path, form: str) -> None:
    if form == "class":
        pytest.importorskip("jinja2")
    printed = run(form, stored)
    assert printed.exit_code == 0, printed.output
    written = run(form, stored, "--out", tmp_path / "deep" / "out")
    assert (written.exit_code, written.output) == (0, "")
    assert (tmp_path / "deep" / "out").read_bytes() == printed.stdout_bytes
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["out"]


@pytest.mark.parametrize("form", [form for form in TEXTS if form not in {"annotations", "github"}])
def test_what_is_printed_in_a_job_has_no_command_of_github(
    tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a submission is called, and whatever it says."""
    if form == "class":
        pytest.importorskip("jinja2")
    said = "::error::x\n::add-mask::y ##[error]z"
    path = write(tmp_path / "r.json", implementation(said, BROKEN, notes=[said]))
    plain = run(form, path).stdout
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    shown = run(form, path)
    assert shown.exit_code == 0, shown.output
    assert not any(row.lstrip().startswith("::") or "##[" in row for row in re.split("[\r\n]", shown.stdout))
    assert "add-mask" in shown.stdout or "add-mask" not in plain
    if plain.startswith("{"):
        assert json.loads(shown.stdout) == json.loads(plain)


def test_html_is_a_page_for_each(tmp_path: Path) -> None:
    pytest.importorskip("jinja2")
    names = ("a/b.py", "a:b.py", "../c.py", "A_b.py")
    path = write(tmp_path / "r.json", *(implementation(name) for name in names))
    assert run("html", path, "--out", tmp_path / "pages").exit_code == 0
    pages = sorted((tmp_path / "pages").iterdir())
    assert len({page.name.casefold() for page in pages}) == len(names)
    titles = " ".join(page.read_text("utf-8").partition("<h1>")[2].partition("<")[0] for page in pages)
    assert all(name in titles for name in names)


def test_scores_are_those_of_the_rubric(tmp_path: Path, stored: Path) -> None:
    given = rubric(tmp_path, '[points.core]\n"Q7.a.7" = 30\n[void]\n"Q7.a.1" = "why"')
    results = accepted(run("gradescope-results", stored, "--rubric", given).stdout)
    assert results["score"] == 270


@pytest.mark.parametrize(
    ("at", "seen"), [("2027-01-31T23:59:59+00:00", False), ("2027-02-01T00:00:00+00:00", True), ("2027-02-03", True)]
)
def test_what_is_shown_depends_on_the_date(tmp_path: Path, stored: Path, at: str, seen: bool) -> None:
    out = run("markdown", stored, "--rubric", rubric(tmp_path, DATED), "--at", at).stdout
    assert ("softmax(z) - y" in out) is seen


def test_a_name_chooses(tmp_path: Path) -> None:
    path = write(tmp_path / "r.json", implementation("a.py"), implementation("b.py", BROKEN))
    assert accepted(run("gradescope-results", path, "--name", "b.py").stdout)["score"] == 297.14


def test_resubmissions_count_once(tmp_path: Path) -> None:
    paths = [
        write(tmp_path / "1.json", implementation("a.py")),
        write(tmp_path / "2.json", implementation("a.py", BROKEN)),
    ]
    assert "\na.py,297.14," in run("csv", *paths).stdout
    assert "\na.py,300.00," in run("csv", *paths, "--rubric", rubric(tmp_path, 'count = "best"')).stdout


def test_a_gradebook_is_filled_by_a_roster(tmp_path: Path, stored: Path) -> None:
    (tmp_path / "grades.csv").write_text("Student,ID,H (1)\nPoints Possible,,300\nJane,5,\nRick,6,\n", encoding="utf-8")
    (tmp_path / "roster.csv").write_text("submission,student\na.py,5\n", encoding="utf-8")
    done = run("canvas", stored, "--fill", tmp_path / "grades.csv", "--roster", tmp_path / "roster.csv")
    assert done.stdout == "Student,ID,H (1)\nPoints Possible,,300\nJane,5,297.14\nRick,6,\n"
    assert done.stderr == "nothing for row 4 (Rick)\n"


def test_the_autograder_is_a_zip_with_its_two_scripts_at_the_root(tmp_path: Path) -> None:
    given = rubric(tmp_path, '[points.tails]\nQ7 = 3\n[grade]\nisolation = "process"\nseed = "5"')
    assert run("gradescope", "--out", tmp_path / "a.zip", "--rubric", given).exit_code == 0
    with zipfile.ZipFile(tmp_path / "a.zip") as whole:
        files = {entry.filename: whole.read(entry).decode() for entry in whole.infolist()}
        modes = {entry.filename: entry.external_attr >> 16 & 0o777 for entry in whole.infolist()}
    assert files.keys() == {"setup.sh", "run_autograder", "zeros.json", "rubric.toml", "constraints.txt", "SHA256SUMS"}
    assert {name for name, mode in modes.items() if mode == 0o755} == {"setup.sh", "run_autograder"}
    assert (
        "--seed 5 --isolation process --regimes core,stability,scale,layout,purity,tails\n" in files["run_autograder"]
    )
    assert "--rubric source/rubric.toml" in files["run_autograder"]
    assert "@" not in files["run_autograder"].replace("$@", "")
    assert "install --constraint constraints.txt lydite==0.1.0\n" in files["setup.sh"]
    assert "\nnumpy==" in files["constraints.txt"]
    assert accepted(files["zeros.json"])["score"] == 0
    assert files["rubric.toml"] == given.read_text(encoding="utf-8")


def test_the_same_autograder_is_the_same_archive(tmp_path: Path) -> None:
    for name in ("1.zip", "2.zip"):
        run("gradescope", "--out", tmp_path / name)
    assert (tmp_path / "1.zip").read_bytes() == (tmp_path / "2.zip").read_bytes()


def test_a_lock_is_installed_by_its_hashes(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text("numpy==2.0 --hash=sha256:0\n", encoding="utf-8")
    (tmp_path / "lydite-0.1.0-py3-none-any.whl").write_bytes(b"wheel")
    options = ("--lock", tmp_path / "lock", "--wheel", tmp_path / "lydite-0.1.0-py3-none-any.whl")
    assert run("gradescope", "--out", tmp_path / "a.zip", *options).exit_code == 0
    with zipfile.ZipFile(tmp_path / "a.zip") as whole:
        setup = whole.read("setup.sh").decode()
        assert whole.read("requirements.lock") == b"numpy==2.0 --hash=sha256:0\n"
    assert "install --require-hashes --requirement requirements.lock\n" in setup
    assert "install --no-deps ./lydite-0.1.0-py3-none-any.whl\n" in setup


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["nonsense", "{r}"], "'nonsense' is not one of"),
        (["csv"], "no REPORT is named"),
        (["csv", "{none}"], "none.json' does not exist"),
        (["csv", "{bad}"], "bad.json: not a report of version 1"),
        (["csv", "{r}", "--rubric", "{bad}"], "bad.json: "),
        (["csv", "{r}", "--at", "tomorrow"], "tomorrow is not a date such as 2027-01-31"),
        (["csv", "{r}", "--name", "b.py"], "no submission is called b.py"),
        (["csv", "{r}", "--fill", "{r}"], "--fill is for canvas and moodle, not for csv"),
        (["canvas", "{r}", "--wheel", "{r}"], "--wheel is for gradescope, not for canvas"),
        (["canvas", "{r}"], "canvas fills a gradebook: name the one you have exported with --fill"),
        (["moodle", "{r}", "--fill", "{r}"], "is no"),
        (["html", "{r}"], "html needs --out"),
        (["gradescope"], "gradescope needs --out"),
        (["gradescope", "{r}", "--out", "{none}"], "is gradescope-results meant?"),
        (["gradescope-results", "{two}"], "this format is on one submission; choose from a.py, b.py"),
        (["csv", "{r}", "--out", "{r}/x"], "the file cannot be written"),
    ],
)
def test_what_makes_no_sense_is_told(tmp_path: Path, stored: Path, args: list[str], told: str) -> None:
    paths = {
        "r": stored,
        "none": tmp_path / "none.json",
        "bad": tmp_path / "bad.json",
        "two": write(tmp_path / "two.json", implementation("a.py"), implementation("b.py")),
    }
    paths["bad"].write_text("{}", encoding="utf-8")
    done = run(*(arg.format(**paths) for arg in args))
    assert done.exit_code == 2
    assert told in " ".join(done.stderr.split())


def test_the_help_names_every_format() -> None:
    helped = run("--help").stdout
    assert [form for form in FORMATS if form not in helped] == []


def test_the_documentation_names_every_format() -> None:
    page = (Path(__file__).parents[3] / "docs" / "grading.md").read_text(encoding="utf-8")
    assert [form for form in FORMATS if f"`{form}`" not in page] == []


def test_nothing_is_run(tmp_path: Path) -> None:
    target = tmp_path / "a.py"
    target.write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n", encoding="utf-8")
    path = write(tmp_path / "r.json", implementation("a.py", BROKEN, target=str(target)))
    for form in TEXTS.keys() - {"class"}:
        assert run(form, path).exit_code == 0
    assert not (tmp_path / "ran").exists()


def test_reports_stay_as_they_are(tmp_path: Path, stored: Path) -> None:
    before = stored.read_bytes()
    run("csv", stored, "--rubric", rubric(tmp_path, "[points.core]\nQ1 = 100"))
    assert stored.read_bytes() == before
    assert json.loads(before)["implementations"][0]["max_points"] == 300


def test_a_rubric_that_the_report_cannot_serve_is_an_error(tmp_path: Path) -> None:
    core = implementation("a.py", claims=claims(regimes=(Regime.CORE,)))
    path = write(tmp_path / "r.json", core)
    told = run("csv", path, "--rubric", rubric(tmp_path, "[points.stability]\nQ7 = 20"))
    assert told.exit_code == 2
    assert "--rubric" in told.output
    assert "not graded in stability for a.py" in told.output


def test_the_same_points_are_shown_in_every_format(tmp_path: Path) -> None:
    """Of a claim of Q1, which is worth 40/19: what is shown of the claims adds up to what is shown of the whole."""
    q1 = [c for c in claims(regimes=(Regime.CORE,)) if c["question"] == "Q1"]
    path = write(tmp_path / "r.json", implementation("a.py", claims=q1[:5]))
    [row] = csv.DictReader(run("csv", path).stdout.splitlines())
    gradescope = json.loads(run("gradescope-results", path).stdout)
    shown = {float(row["points"]), float(row["Q1"]), gradescope["score"]}
    shown.add(round(sum(test["score"] for test in gradescope["tests"]), 2))
    shown.add(float(json.loads(run("badge", path).stdout)["message"].split(" / ")[0]))
    shown.add(float(run("markdown", path).stdout.splitlines()[0].rsplit(" / ", 1)[1]))
    folder = tmp_path / "pages"
    assert run("html", path, "--out", folder).exit_code == 0
    shown.add(float(re.search(r'class="points">([\d.]+)', (folder / "a.py.html").read_text("utf-8")).group(1)))  # type: ignore[union-attr]
    assert shown == {10.53}


def test_a_gradebook_of_another_sum_is_filled_when_told_to_scale(tmp_path: Path, stored: Path) -> None:
    sheet = tmp_path / "grades.csv"
    sheet.write_text("Identifier,Full name,Grade,Maximum Grade\nParticipant 1,a,,100\n", encoding="utf-8")
    assert run("moodle", stored, "--fill", sheet).exit_code == 2
    assert run("csv", stored, "--scale").exit_code == 2
    told = run("moodle", stored, "--fill", sheet, "--scale")
    assert "Participant 1,a,99.05,100" in told.stdout
    assert "scaled to the 100 points of the gradebook" in told.stderr
