"""A second document: `examples/ridge` is graded, shown and checked as the one that Lydite brings is."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from lydite import suite
from lydite.__main__ import enter_suite, requested
from lydite.commands.cli import cli
from lydite.isolation import NoTier, best

RIDGE = Path(__file__).resolve().parents[2] / "examples" / "ridge"
CLAIMS = [f"R.{n}" for n in range(1, 10)]

RIGHT = """
import numpy as np

def _checked(X, lam, **vectors):
    X = np.asarray(X, float)
    if X.ndim != 2 or not X.size or not np.isfinite(X).all():
        raise ValueError("X")
    if np.ndim(lam) or not 0 <= lam < np.inf:
        raise ValueError("lam")
    for name, a in vectors.items():
        a = np.asarray(a, float)
        if a.shape != (X.shape[1 if name == "w" else 0],) or not np.isfinite(a).all():
            raise ValueError(name)
    return X

def ridge_loss(w, X, y, lam):
    X = _checked(X, lam, w=w, y=y)
    r = X @ w - y
    return 0.5 * np.sum(r**2) + 0.5 * lam * np.sum(np.square(w, dtype=float))

def ridge_gradient(w, X, y, lam):
    X = _checked(X, lam, w=w, y=y)
    return X.T @ X @ w - X.T @ y + lam * np.asarray(w, float)

def ridge_hessian(X, lam):
    X = _checked(X, lam)
    return X.T @ X + lam * np.eye(X.shape[1])

def ridge_solution(X, y, lam):
    X = _checked(X, lam, y=y)
    if lam <= 0:
        raise ValueError("lam")
    return X.T @ np.linalg.inv(X @ X.T + lam * np.eye(len(X))) @ y
"""
SOLVED = "X.T @ np.linalg.inv(X @ X.T + lam * np.eye(len(X))) @ y"
ROWS = "np.vstack([X, np.sqrt(lam) * np.eye(X.shape[1])])"
TARGETS = "np.append(y, np.zeros(X.shape[1]))"
RIGHT_TOO = {
    "lstsq.py": f"np.linalg.lstsq({ROWS}, {TARGETS}, rcond=None)[0]",
    "qr.py": f"(lambda qr: np.linalg.solve(qr[1], qr[0].T @ {TARGETS}))(np.linalg.qr({ROWS}))",
    "cholesky.py": "(lambda c: np.linalg.solve(c.T, np.linalg.solve(c, X.T @ y)))"
    "(np.linalg.cholesky(ridge_hessian(X, lam)))",
}
"""Files whose solution is found in other ways, as stable as that of `RIGHT`."""
WRONG = {
    "loss.py": (("0.5 * lam", "lam"), {"R.1", "R.2", "R.3", "R.4", "R.5", "R.8"}),  # with what follows by differences
    "hessian.py": (("lam * np.eye(X.shape[1])", "lam"), {"R.3", "R.4"}),
    "solution.py": (("X @ X.T + lam", "X @ X.T + len(X) * lam"), {"R.6", "R.7", "R.8", "R.9"}),
}
"""Files with one fault each, and the claims that it breaks."""


def tier() -> tuple[str, ...]:
    """Options by which code that is not trusted is graded here."""
    try:
        best()
    except NoTier:
        return ("--isolation", "process")
    return ()


def lydite(*words: str | Path, cwd: Path, exits: int, **variables: str) -> str:
    command = [sys.executable, "-m", "lydite", *map(str, words)]
    environment = os.environ | variables
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == exits, done.stdout + done.stderr
    return done.stdout + done.stderr


def broken(graded: Any) -> set[str]:
    assert {claim["id"] for claim in graded["claims"]} == set(CLAIMS)
    return {claim["id"] for claim in graded["claims"] if claim["outcome"] != "holds"}


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ridge")
    (folder / "class").mkdir()
    (folder / "class" / "right.py").write_text(RIGHT, "utf-8")
    changes = {name: (SOLVED, solved) for name, solved in RIGHT_TOO.items()}
    for name, (before, after) in (changes | {name: change for name, (change, _) in WRONG.items()}).items():
        assert RIGHT.count(before) == 1
        (folder / "class" / name).write_text(RIGHT.replace(before, after), "utf-8")
    return folder


@pytest.fixture(scope="module")
def graded(handed_in: Path) -> Path:
    """The folder of a class that has been graded by the suite, in a jail where there is one."""
    quick: tuple[str | Path, ...] = ("--examples", "1", "--seed", "0", "--suite", RIDGE)
    lydite("grade", "--each", "class", "--out", "out", *tier(), *quick, cwd=handed_in, exits=1)
    return handed_in / "out"


def test_the_reference_holds(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    words = ("--suite", RIDGE, "--examples", "3", "--regimes", "core,layout,purity,inputs", "--json", report)
    told = lydite("grade", "reference", *words, cwd=tmp_path, exits=0)
    assert "100 / 100" in told
    whole = json.loads(report.read_text("utf-8"))
    assert broken(whole["implementations"][0]) == set()
    assert whole["suite"]["title"] == "Ridge regression"
    assert whole["suite"]["path"] == str(RIDGE)


def test_a_class_is_graded_and_each_wrong_file_is_caught(graded: Path) -> None:
    implementations = json.loads((graded / "report.json").read_text("utf-8"))["implementations"]
    found = {one["name"]: broken(one) for one in implementations}
    right: dict[str, set[str]] = {name: set() for name in ("right.py", *RIGHT_TOO)}
    assert found == right | {name: claims for name, (_, claims) in WRONG.items()}
    assert (graded / "grades.csv").read_text("utf-8").count("\n") > len(WRONG)


def test_what_is_kept_is_not_graded_again_unless_the_suite_changes(tmp_path: Path) -> None:
    copy = tmp_path / "suite"
    shutil.copytree(RIDGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "right.py").write_text(RIGHT, "utf-8")
    report, words = tmp_path / "out" / "reports" / "right.py.json", ["--each", "class", "--out", "out", *tier()]

    def key() -> str:
        lydite("grade", *words, "--examples", "1", "--only", "R.1", "--suite", copy, cwd=tmp_path, exits=0)
        return str(json.loads(report.read_text("utf-8"))["implementations"][0]["key"])

    first, written = key(), report.stat().st_mtime_ns
    assert (key(), report.stat().st_mtime_ns) == (first, written)
    bounds = copy / "spec" / "bounds" / "ridge.py"
    bounds.write_text(bounds.read_text("utf-8") + "\n# The same, read otherwise.\n", "utf-8")
    assert key() != first
    assert report.stat().st_mtime_ns != written


def test_reports_on_a_class_are_not_kept_in_the_suite(started: Path) -> None:
    (started / "class").mkdir()
    words = ("--each", "class", "--out", "out", "--suite", ".")
    assert "not for the folder of the suite" in " ".join(lydite("grade", *words, cwd=started, exits=2).split())
    assert not (started / "out").exists()


def test_a_cluster_does_not_have_the_folder_of_a_suite(handed_in: Path, tmp_path: Path) -> None:
    words = ("--each", handed_in, "--out", tmp_path / "out", "--dask", "tcp://127.0.0.1:1", "--suite", RIDGE)
    told = lydite("grade", *words, cwd=tmp_path, exits=2)
    assert "--suite is not for --dask: the workers of the cluster do not have its folder" in " ".join(told.split())
    assert not (tmp_path / "out").exists()


def test_every_file_of_a_suite_tells_it_from_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Laws may read data, and import what lies beside the packages. A report in it changes nothing."""
    monkeypatch.setattr(suite, "folder", lambda: tmp_path)

    def written(file: str, text: str) -> str:
        path = tmp_path / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        suite._digest.cache_clear()
        return suite.identity()

    known = [written("suite.toml", "")]
    for file in ("spec/data/table.csv", "helper.py", "data/weights.bin", "mistakes/more/deep.txt", "properties/x.PY"):
        known += [written(file, "1"), written(file, "2")]
    assert len(set(known)) == len(known)
    report = '{\n "format": "lydite-report",\n'
    for file in (".git/HEAD", "spec/__pycache__/a.pyc", ".hypothesis/lydite/a", "spec/.a.swp", "out/report.json"):
        assert written(file, report if file == "out/report.json" else "1") == known[-1]
    written("venv/lib/a.py", "1")
    assert written("venv/pyvenv.cfg", "") == known[-1]


def test_a_large_suite_is_known_by_the_sizes_and_times_of_its_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suite, "folder", lambda: tmp_path)
    monkeypatch.setattr(suite, "MOST", 8)
    known = []
    for large, changed_at in ((b"0" * 100, 1), (b"0" * 100, 2), (b"0" * 101, 2)):
        (tmp_path / "large").write_bytes(large)
        os.utime(tmp_path / "large", (changed_at, changed_at))
        suite._digest.cache_clear()
        known.append(suite.identity())
    assert len(set(known)) == len(known)


def test_a_counterexample_is_run_again_by_the_same_suite(graded: Path, handed_in: Path) -> None:
    report = json.loads((graded / "report.json").read_text("utf-8"))
    claims = [claim for one in report["implementations"] if one["name"] == "loss.py" for claim in one["claims"]]
    command = next(claim["counterexample"]["reproduce"] for claim in claims if claim["counterexample"])
    assert shlex.join(["--suite", str(RIDGE)]) in command
    told = lydite(*shlex.split(command)[1:], *tier(), cwd=handed_in, exits=1)
    assert "still broken" in told


def test_a_report_on_another_document_is_refused(graded: Path, tmp_path: Path) -> None:
    told = lydite("export", "csv", graded / "report.json", cwd=tmp_path, exits=2)
    assert "on another document: name its suite by --suite" in " ".join(told.split())
    assert str(RIDGE) not in told
    told = lydite("export", "csv", graded / "report.json", "--suite", RIDGE, cwd=tmp_path, exits=0)
    assert "right.py" in told


def test_the_page_is_on_its_document(graded: Path, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    words = ("--suite", RIDGE, "--report", graded / "report.json")
    lydite("document", "--out", tmp_path / "page", *words, cwd=tmp_path, exits=0)
    page = (tmp_path / "page" / "index.html").read_text("utf-8")
    assert "<h1>Ridge regression on trial</h1>" in page
    assert "1 question on ridge regression makes 12 claims" in page
    assert "R.10" in page
    assert "Q7" not in page


def test_claims_and_starter_are_those_of_the_suite(tmp_path: Path) -> None:
    assert "12 claims: 11 HOLDS, 1 FALSE" in lydite("claims", f"--suite={RIDGE}", cwd=tmp_path, exits=0)
    lydite("--suite", RIDGE, "new", tmp_path / "work", cwd=tmp_path, exits=0)
    assert "def ridge_loss(w, X, y, lam):" in (tmp_path / "work" / "submission.py").read_text("utf-8")


def graded_by_pytest(*words: str | Path, cwd: Path, exits: int) -> str:
    quick = ("--lydite-examples", "1", "--lydite-only", "R.1", "--lydite-regimes", "core", "-p", "no:cacheprovider")
    command = [sys.executable, "-m", "pytest", "--impl", *map(str, words), *quick]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == exits, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_pytest_grades_by_the_suite_of_an_option(handed_in: Path, tmp_path: Path) -> None:
    told = graded_by_pytest(handed_in / "class" / "loss.py", "--lydite-suite", RIDGE, "-n", "2", cwd=tmp_path, exits=1)
    assert "FAULT 1  ridge_loss" in told
    assert "properties/test_ridge.py::loss_is_exact[core]" in told


def test_pytest_grades_by_the_suite_of_the_ini_file(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text(f"[pytest]\nlydite_suite = {os.path.relpath(RIDGE, tmp_path)}\n", "utf-8")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "right.py").write_text(RIGHT, "utf-8")
    assert "no fault found" in graded_by_pytest("right.py", cwd=tmp_path / "sub", exits=0)


@pytest.mark.parametrize(
    "line",
    ["lydite_suite = .", "addopts = --lydite-suite {0}", "addopts = --lydite-suite={0}", "addopts = '@{0}/words'"],
)
def test_an_ini_file_of_a_submission_chooses_no_suite(tmp_path: Path, line: str) -> None:
    """pytest reads it where it stands beside what is graded; a suite would run with the verdicts."""
    shutil.copytree(RIDGE, tmp_path / "alice", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "alice" / "spec" / "__init__.py").write_text("raise RuntimeError('a suite of hers')", "utf-8")
    (tmp_path / "alice" / "words").write_text(f"--lydite-suite={tmp_path / 'alice'}\n", "utf-8")
    (tmp_path / "alice" / "pytest.ini").write_text(f"[pytest]\n{line.format(tmp_path / 'alice')}\n", "utf-8")
    told = graded_by_pytest("alice", "--lydite-isolation", "process", cwd=tmp_path, exits=4)
    assert "is not the ini-file of the current folder" in told
    assert "a suite of hers" not in told


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--suite", "nowhere"], "no suite that is called nowhere is installed"),
        (["--suite", "./nowhere"], "nowhere is not a folder"),
        (["--suite", "here"], "no suite that is called here is installed; for the folder, say ./here"),
        (["--suite", "."], "it has no suite.toml, spec/, reference/, properties/, mistakes/"),
    ],
)
def test_what_is_not_a_suite_is_refused(tmp_path: Path, words: list[str], why: str) -> None:
    (tmp_path / "here").mkdir()
    assert why in lydite("claims", *words, cwd=tmp_path, exits=2)


def test_a_suite_that_is_installed_has_a_name(tmp_path: Path) -> None:
    """Its package is found and not imported: `spec` and the others are imported as of any suite."""
    site, here = tmp_path / "site", tmp_path / "here"
    shutil.copytree(RIDGE, site / "lydite_ridge", ignore=shutil.ignore_patterns("__pycache__"))
    (site / "lydite_ridge" / "__init__.py").write_text("raise RuntimeError('imported')", "utf-8")
    (site / "lydite_ridge-1.dist-info").mkdir()
    (site / "lydite_ridge-1.dist-info" / "METADATA").write_text("Name: lydite-ridge\nVersion: 1\n", "utf-8")
    entry = "[lydite.suites]\nridge = lydite_ridge\n"
    (site / "lydite_ridge-1.dist-info" / "entry_points.txt").write_text(entry, "utf-8")
    (here / "ridge").mkdir(parents=True)  # a folder of that name does not stand in its way
    shutil.copytree(RIDGE, here / "lydite_ridge", ignore=shutil.ignore_patterns("__pycache__"))  # nor a stray package
    (here / "lydite_ridge" / "spec" / "claims" / "ridge.toml").unlink()
    path = os.pathsep.join(map(str, (here, site, suite.HERE.parent)))
    told = lydite("claims", "R.10", "--suite", "ridge", cwd=here, exits=0, PYTHONPATH=path)
    assert "every coefficient shrinks" in told


def installed(site: Path, value: str) -> Path:
    """A folder of packages with a suite in it, by the name `ridge`."""
    shutil.copytree(RIDGE, site / "course" / "ridge", ignore=shutil.ignore_patterns("__pycache__"))
    for package in (site / "course", site / "course" / "ridge"):
        (package / "__init__.py").write_text("raise RuntimeError('imported')", "utf-8")
    information = site / "course-1.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Name: course\nVersion: 1\n", "utf-8")
    (information / "entry_points.txt").write_text(f"[lydite.suites]\nridge = {value}\n", "utf-8")
    return site


@pytest.mark.parametrize("value", ["no_package", "course.none", "course:ridge", "course.ridge.suite", "os", "__main__"])
def test_an_entry_point_that_leads_nowhere_is_an_error_of_usage(tmp_path: Path, value: str) -> None:
    path = os.pathsep.join(map(str, (installed(tmp_path / "site", value), suite.HERE.parent)))
    told = lydite("claims", "--suite", "ridge", cwd=tmp_path / "site" / "course", exits=2, PYTHONPATH=path)
    assert f"ridge is installed as {value}, which is not a package in a folder" in told


def test_a_suite_below_the_current_folder_is_installed_where_the_interpreter_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A project with its environment in it; anything else there may be a stray."""
    monkeypatch.syspath_prepend(installed(tmp_path / "venv" / "lib", "course.ridge"))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(suite.NoSuite, match="would be found in the current folder: name the suite by its path"):
        suite.find("ridge")
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "venv"))
    assert suite.find("ridge") == tmp_path / "venv" / "lib" / "course" / "ridge"


def test_no_variable_of_the_environment_chooses_a_suite(tmp_path: Path) -> None:
    names = ("LYDITE_SUITE", "LYDITE_SUITES", "SUITE", "PYTEST_SUITE")
    told = lydite("claims", "R.10", cwd=tmp_path, exits=2, **dict.fromkeys(names, str(RIDGE)))
    assert "no claim is called 'R.10'" in told


@pytest.mark.skipif(bool(tier()), reason="neither bubblewrap nor Landlock works here")
@pytest.mark.parametrize(("isolation", "seen"), [("auto", set()), ("process", {"R.2"})])
def test_a_submission_in_a_jail_does_not_see_the_suite(tmp_path: Path, isolation: str, seen: set[str]) -> None:
    """Its gradient is wrong where it can read the suite, as a mere process can."""
    look = f"""
try:
    open({str(RIDGE / "suite.toml")!r}).close()
except OSError:
    pass
else:
    ridge_gradient = lambda *_: 0.0
"""
    (tmp_path / "curious.py").write_text(RIGHT + look, "utf-8")
    words = ("--suite", RIDGE, "--only", "R.2", "--regimes", "core", "--examples", "1", "--json", "report.json")
    lydite("grade", "curious.py", "--isolation", isolation, *words, cwd=tmp_path, exits=len(seen))
    [one] = json.loads((tmp_path / "report.json").read_text("utf-8"))["implementations"]
    assert {claim["id"] for claim in one["claims"] if claim["outcome"] != "holds"} == seen


@pytest.mark.skipif(bool(tier()), reason="neither bubblewrap nor Landlock works here")
def test_a_program_beside_the_suite_is_refused(tmp_path: Path) -> None:
    """It would be shown the folder of its file, and find the reference there."""
    copy = tmp_path / "suite"
    shutil.copytree(RIDGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    words = ("--suite", copy, "--only", "R.2", "--regimes", "core", "--examples", "1")
    for place in (copy, tmp_path, copy / "reference"):
        (place / "main.py").touch()
        told = lydite("grade", f"exec:{shlex.quote(sys.executable)} main.py", *words, cwd=place, exits=1)
        assert f"its folder {place.name} holds the suite that grades it" in " ".join(told.split())


def test_a_process_enters_one_suite_and_reads_nothing_of_it_before() -> None:
    with pytest.raises(suite.NoSuite, match="cannot change to"):
        suite.enter(RIDGE)
    with pytest.raises(SystemExit, match="2"):
        enter_suite(["grade", f"--suite={RIDGE}"])
    assert suite.is_own()


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["grade", "a.py", "--suite", "there"], "there"),
        (["--suite=there", "grade"], "there"),
        (["grade", "--", "--suite", "there"], ""),
        (["grade", "--suite"], ""),
        (["grade", "--suites", "there"], ""),
        (["grade", "-", "--suite", "there"], "there"),
        (["replay", "r.json", "R.1", "--name", "--suite=alice", "--suite", "there"], "there"),
        (["replay", "r.json", "R.1", "--name", "--", "--suite", "there"], "there"),
        (["suite", "check", "there"], "there"),
        (["suite", "check", "--", "there"], "there"),
        (["suite", "new", "there"], ""),
    ],
)
def test_the_suite_is_read_off_the_command_line(words: list[str], named: str) -> None:
    assert requested(words) == named


def commands(command: click.Command, *path: str) -> Iterator[tuple[list[str], click.Command]]:
    yield [*path], command
    for name, child in getattr(command, "commands", {}).items():
        yield from commands(child, *path, name)


@pytest.mark.parametrize(("path", "command"), [pytest.param(*one, id=" ".join(one[0])) for one in commands(cli)])
def test_the_value_of_another_option_names_no_suite(path: list[str], command: click.Command) -> None:
    """As click has it: which options take a value is known before click is."""
    options = [one for one in command.get_params(click.Context(command)) if isinstance(one, click.Option)]
    named = "there" if any("--suite" in one.opts for one in options) else ""
    assert requested([*path, "--suite=there"]) == named
    for option in options:
        for word in {*option.opts, *option.secondary_opts} - {"--suite"}:
            bare = option.is_flag or option.count
            assert requested([*path, word, "--suite=there"]) == (named if bare else ""), word
            assert requested([*path, f"{word}=value", "--suite=there"]) == named


def test_a_submission_may_be_called_like_an_option(handed_in: Path, tmp_path: Path) -> None:
    alice = tmp_path / "alice"
    shutil.copytree(RIDGE, alice, ignore=shutil.ignore_patterns("__pycache__"))
    (alice / "spec" / "__init__.py").write_text("raise RuntimeError('a suite of hers')", "utf-8")
    for name in ("--suite=alice", "bob"):
        (tmp_path / "class" / name).mkdir(parents=True)
        shutil.copy(handed_in / "class" / "loss.py", tmp_path / "class" / name)
    quick = ("--only", "R.1", "--regimes", "core", "--examples", "1", "--seed", "0", "--suite", RIDGE)
    lydite("grade", "--each", "class", "--out", "out", *tier(), *quick, cwd=tmp_path, exits=1)
    report = json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))
    claims = {one["name"]: one["claims"][0] for one in report["implementations"]}
    command = shlex.split(claims["--suite=alice"]["counterexample"]["reproduce"])
    assert "--name=--suite=alice" in command
    named = [part for word in command[1:] for part in (word.split("=", 1) if word.startswith("--name=") else [word])]
    for words in (command[1:], named):
        told = lydite(*words, *tier(), cwd=tmp_path, exits=1)
        assert "still broken" in told
        assert "a suite of hers" not in told


def test_a_target_may_be_called_like_an_option(handed_in: Path, tmp_path: Path) -> None:
    shutil.copy(handed_in / "class" / "loss.py", tmp_path / "--suite=alice.py")
    quick = ("--only", "R.1", "--regimes", "core", "--examples", "1", "--seed", "0", "--suite", RIDGE)
    for isolation in ("none", "process"):
        told = lydite("grade", *quick, "--isolation", isolation, "--", "--suite=alice.py", cwd=tmp_path, exits=1)
        [again] = [line.split("again", 1)[1] for line in told.splitlines() if line.strip().startswith("again")]
        assert again.endswith("-- --suite=alice.py")
        assert "FAULT 1" in lydite(*shlex.split(again)[1:], cwd=tmp_path, exits=1)


# -- Checking a suite, and starting one --


@pytest.fixture
def started(tmp_path: Path) -> Path:
    lydite("suite", "new", "squares", cwd=tmp_path, exits=0)
    return tmp_path / "squares"


def changed(folder: Path, file: str, before: str, after: str) -> None:
    text = (folder / file).read_text("utf-8")
    assert before in text
    (folder / file).write_text(text.replace(before, after), "utf-8")


def test_what_is_started_is_sound_and_grades(started: Path) -> None:
    told = lydite("suite", "check", "./squares", cwd=started.parent, exits=0)
    assert "wrong" not in told
    assert "Squares: sound" in told
    mistake = ("mistakes.squares:doubled", "--suite", "./squares", "--examples", "1", "--regimes", "core")
    assert "FAULT 1  square" in lydite("grade", *mistake, cwd=started.parent, exits=1)


def test_a_report_by_a_suite_that_has_changed_says_so(started: Path) -> None:
    here = started.parent
    grade = ("grade", "mistakes.squares:doubled", "--suite", "./squares", "--regimes", "core", "--json", "report.json")
    lydite(*grade, "--examples", "1", cwd=here, exits=1)
    replay = ("replay", "report.json", "Q1.1", "--suite")
    assert "has changed since" not in lydite(*replay, "./squares", cwd=here, exits=1)
    shutil.copytree(started, here / "moved")
    assert "has changed since" not in lydite(*replay, "./moved", cwd=here, exits=1)
    for name in ("squares", "moved"):
        changed(here / name, "suite.toml", "points = 10.0", "points = 20.0")
    document = ("document", "--out", "page", "--report", "report.json", "--suite")
    told = lydite(*replay, "./squares", cwd=here, exits=1)
    assert "has changed since the report was made" in told
    assert "still broken" in told
    assert "has changed since the report was made" in lydite(*document, "./squares", cwd=here, exits=0)
    for command in (replay, document):
        assert "graded by another suite than" in " ".join(lydite(*command, "./moved", cwd=here, exits=2).split())


def test_nothing_is_overwritten(started: Path) -> None:
    assert "is not empty" in lydite("suite", "new", "squares", cwd=started.parent, exits=2)
    assert "not a name of a module" in lydite("suite", "new", "2nd", cwd=started.parent, exits=2)


@pytest.mark.parametrize(
    ("file", "before", "after", "told"),
    [
        ("spec/claims/squares.toml", "squares.derivative_is_exact", "squares.no_law", "has the anchor squares.no_law"),
        ("spec/laws/squares.py", "1.0, line, allowed)", "1.0, line, allowed", "SyntaxError"),
        (
            "properties/test_squares.py",
            "derivative_is_exact =",
            "again = forall(numbers, laws.square_is_exact)\nderivative_is_exact =",
            "law squares.square_is_exact is quantified 2 times",
        ),
        ("properties/test_squares.py", "square_is_exact = forall(numbers, laws.square_is_exact)\n", "", "0 times"),
        ("properties/document/squares.py", "+ 2 * a * b", "", "its form does not hold"),
        ("properties/document/squares.py", '    "Q1.3",', '    "Q1.1",', "Q1.3 has neither calls nor a judge"),
        ("reference/squares.py", "return 2 *", "return 3 *", "squares.derivative_is_exact [core]: Broken"),
        ("reference/__init__.py", '"square", ', "", "reference.__all__ does not list every call"),
        ("mistakes/squares.py", 'breaks="Q1.2"', 'breaks="Q1.1"', "no mistake breaks Q1.2"),
        (
            "mistakes/squares.py",
            "np.multiply(1.0, x)",
            "np.multiply(2.0, x)",
            "power_is_forgotten is not caught",
        ),
        (
            "spec/laws/squares.py",
            "case.derivative, case.u * np.abs(case.derivative.roughly())",
            "case.derivative, np.inf * np.ones(case.x.shape)",
            "claim Q1.2 is earned by",
        ),
        (
            "suite.toml",
            'topic = "squares"',
            "topic = 'squares'\n[names.calls]\ncube = 'cub'",
            "'cube' is called in libraries, and no call begins so",
        ),
        (
            "spec/contracts/squares.py",
            '@contract("Q1")',
            '@contract("Q1", x="square")',
            "an argument is called 'square', as a call is",
        ),
    ],
)
def test_what_is_wrong_with_a_suite_is_told(started: Path, file: str, before: str, after: str, told: str) -> None:
    changed(started, file, before, after)
    assert told in lydite("suite", "check", "./squares", cwd=started.parent, exits=1)


TWICE = '[[question]]\nid = "Q1"\ntitle = "More"\npoints = 1.0\ntopic = "squares"\n\n[[question]]'


@pytest.mark.parametrize(
    ("file", "before", "after", "told"),
    [
        ("suite.toml", 'id = "Q1"', "", "suite.toml: question[0].id: missing"),
        ("suite.toml", 'id = "Q1"', 'id = "RR"', 'suite.toml: question[0 "RR"].id: expected a string like'),
        ("suite.toml", "points = 10.0", 'points = "ten"', 'suite.toml: question[0 "Q1"].points: expected a number'),
        (
            "suite.toml",
            'topic = "squares"',
            "topic = 'squares'\n[names.calls]\nsquare = '(sq'",
            "suite.toml: names.calls.square: '(sq' is not a regular expression",
        ),
        (
            "spec/claims/squares.toml",
            'id = "Q1.3"',
            'id = "QQ.3"',
            'squares.toml: claim[2 "QQ.3"].id: expected a string',
        ),
        ("suite.toml", "[[question]]", "[[question", "cannot be read"),
        ("suite.toml", "[[question]]", TWICE, "suite.toml: question Q1 is listed twice"),
        ("suite.toml", 'topic = "squares"', 'topic = "sqares"', "suite.toml has no question with the topic 'squares'"),
        ("spec/claims/squares.toml", 'kind = "math"', 'kind = "maths"', 'claim[2 "Q1.3"].kind: expected one of: impl'),
        ("spec/contracts/squares.py", '@contract("Q1")', '@contract("Q2")', "spec/contracts/squares.py:"),
    ],
)
def test_a_suite_that_cannot_be_read_is_an_error_of_usage(
    started: Path, file: str, before: str, after: str, told: str
) -> None:
    changed(started, file, before, after)
    assert told in lydite("claims", "--suite", "./squares", cwd=started.parent, exits=2)


def test_it_is_so_for_the_command_that_checks_it_too(started: Path) -> None:
    changed(started, "suite.toml", "[[question]]", "[[question")
    assert "cannot be read" in lydite("suite", "check", "./squares", cwd=started.parent, exits=2)


LEAVES = "import sys\nsys.exit(0)\n"


@pytest.mark.parametrize(
    ("file", "added", "told", "isolation"),
    [
        ("reference/squares.py", "def f(", "reference/squares.py:", "process"),
        ("reference/__init__.py", LEAVES, "reference/__init__.py:", "process"),
        ("spec/laws/squares.py", "def f(", "spec/laws/squares.py:51: SyntaxError", "none"),
        ("spec/laws/squares.py", LEAVES, "spec/laws/squares.py:52: SystemExit", "process"),
        ("spec/contracts/squares.py", LEAVES, "spec/contracts/squares.py:", "process"),
        ("properties/test_squares.py", LEAVES, "properties/test_squares.py:", "process"),
        ("properties/test_squares.py", LEAVES, "properties/test_squares.py:", "none"),
    ],
)
def test_a_suite_that_cannot_be_imported_grades_nothing(
    started: Path, file: str, added: str, told: str, isolation: str
) -> None:
    path = started / file
    path.write_text(path.read_text("utf-8") + added, "utf-8")
    quick = ("--suite", started, "--examples", "1", "--regimes", "core", "--isolation", isolation)
    said = lydite("grade", "reference", *quick, cwd=started.parent, exits=2)
    assert f"the suite in {started} cannot be loaded: {told}" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("words", [("claims", "--suite"), ("document", "--out", "page", "--suite"), ("suite", "check")])
def test_a_suite_that_leaves_has_not_done_its_work(started: Path, words: tuple[str, ...]) -> None:
    path = started / "spec" / "laws" / "squares.py"
    path.write_text(path.read_text("utf-8") + LEAVES, "utf-8")
    said = lydite(*words, started, cwd=started.parent, exits=1 if words[0] == "suite" else 2)
    assert "spec/laws/squares.py:52: SystemExit: 0" in said


def test_no_autograder_is_made_of_another_suite(tmp_path: Path) -> None:
    told = lydite("export", "gradescope", "--suite", RIDGE, "--out", "autograder.zip", cwd=tmp_path, exits=2)
    assert "installs Lydite alone, and not Ridge regression" in " ".join(told.split())
    assert not (tmp_path / "autograder.zip").exists()


def test_the_example_is_sound(tmp_path: Path) -> None:
    assert "Ridge regression: sound" in lydite("suite", "check", RIDGE, cwd=tmp_path, exits=0)
