"""No process of ours imports what lies where the code under test can write: strays in every such place stay unread."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path
from typing import Any

import pytest

from lydite.commands.strays import NAMES, QUICK, SUBMISSION, imported, plant
from lydite.isolation import NoTier, Tier, best, bubblewrap, interpreter
from lydite.isolation.interpreter import NotInstalled, check_installed, elsewhere, environment
from lydite.target.name import is_submitted
from tests.support import commandline, made
from tests.support.optional import needed

SCRIPTS = Path(sysconfig.get_path("scripts"))
ADAPTER = 'module = "library"\n[calls]\nsoftmax = "softmax"\n'
REST = tuple(name for name in NAMES if name not in {"lydite", "conftest"})
"""Of the strays, those that `python -m lydite` and pytest would not take up by themselves, whatever Lydite does."""


UNUSED = "plistlib"
"""A module of the standard library that nothing of ours imports, and the library of the adapter does."""


class Desk:
    """A working directory with strays in it, beside a submission, an adapter, and in a class."""

    def __init__(self, folder: Path, names: tuple[str, ...] = NAMES) -> None:
        self.folder, self.marker = folder / "desk", folder / "marker"
        for place in (".", "homework", "adapters", "class"):
            (self.folder / place).mkdir(parents=True, exist_ok=True)
        for place, name in {"homework": "work.py", "adapters": "library.py", "class": "alice.py"}.items():
            (self.folder / place / name).write_text(f"{SUBMISSION}\nimport {UNUSED}\n", "utf-8")
        (self.folder / "adapters" / "library.toml").write_text(ADAPTER, "utf-8")
        broken = made.claim(
            "Q7.0.1",
            outcome="broken",
            counterexample=made.counterexample(
                law="softmax_cross_entropy.softmax_is_exact", inputs={"z": [0.0, 1.0], "y": [1.0, 0.0], "v": [0.5, 0.5]}
            ),
        )
        self.report = made.write(
            self.folder / "report.json", made.implementation("work.py", broken, target="homework/work.py")
        )
        for place in (".", "homework", "adapters", "class"):
            plant(self.folder / place, self.marker, (*names, UNUSED))

    def run(self, *command: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
        """Returns what becomes of `command` in this folder."""
        return subprocess.run(
            command, cwd=self.folder, env=os.environ | more, capture_output=True, text=True, check=False
        )

    def lydite(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """Returns what becomes of the command `lydite`."""
        return self.run(SCRIPTS / "lydite", *arguments)

    def imported(self) -> list[str]:
        """The strays that something of ours has imported."""
        return self.marker.read_text("utf-8").splitlines() if self.marker.exists() else []


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def tier() -> str:
    """The best isolation here, and a process where there is none: what is looked for is on this side of it."""
    try:
        return str(best())
    except NoTier:
        return "process"


def contained(*options: str) -> tuple[str, ...]:
    return (*options, *QUICK, "--isolation", tier())


COMMANDS: dict[str, tuple[tuple[str, ...], int]] = {
    "grade": (("grade", "homework/work.py", "--jobs", "1", "CONTAINED"), 0),
    "grade with two jobs": (("grade", "homework/work.py", "--jobs", "2", "CONTAINED"), 0),
    "grade an adapter": (("grade", "adapters/library.toml", "--jobs", "2", *QUICK), 0),
    "grade each": (("grade", "--each", ".", "--out", "../out", "--jobs", "2", "CONTAINED"), 1),
    "replay": (("replay", "report.json", "Q7.0.1", "--isolation", "TIER"), 0),
    "adapt": (("adapt", "adapters/library.py"), 0),
    "check-adapter": (("check-adapter", "homework/work.py", "--isolation", "TIER"), 0),
    "scoreboard": (("scoreboard", "report.json"), 0),
    "export": (("export", "html", "report.json", "--out", "pages"), 0),
    "document": (("document", "--out", "page"), 0),
}
NEEDED = {"document": ("jinja2", "matplotlib", "math_core"), "check-adapter": ("jsonschema",), "export": ("jinja2",)}
"""Extras that a command needs."""


@pytest.mark.parametrize("name", COMMANDS)
def test_no_command_imports_a_stray(name: str, desk: Desk) -> None:
    for extra in NEEDED.get(name, ()):
        pytest.importorskip(extra)
    words, status = COMMANDS[name]
    spelled: dict[str, tuple[str, ...]] = {"CONTAINED": contained(), "TIER": (tier(),)}
    done = desk.lydite(*(part for word in words for part in spelled.get(word, (word,))))
    assert desk.imported() == []
    assert done.returncode == status, done.stdout + done.stderr


def test_a_class_on_a_cluster_imports_no_stray(desk: Desk) -> None:
    distributed: Any = pytest.importorskip("distributed")
    (desk.folder / "homework" / "conftest.py").unlink()
    with distributed.LocalCluster(1, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0") as local:
        done = desk.lydite(
            *("grade", "--each", "class", "--out", "../out", "--dask", local.scheduler_address, *contained())
        )
    assert desk.imported() == []
    assert done.returncode == 1, done.stdout + done.stderr
    assert outcomes(desk.folder.parent / "out" / "report.json")["alice.py"] == "graded"


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_the_autograder_imports_no_stray(desk: Desk) -> None:
    """As the zip has it, but for Lydite itself, which is the one of this test."""
    home = desk.folder
    shutil.copytree(home / "homework", home / "submission")
    rubric = home / "rubric.toml"
    rubric.write_text(f'[grade]\nonly = "Q7.0.1"\nexamples = 1\nisolation = "{tier()}"\n', "utf-8")
    exported = desk.lydite("export", "gradescope", "--rubric", rubric, "--out", "autograder.zip")
    assert exported.returncode == 0, exported.stderr
    with zipfile.ZipFile(home / "autograder.zip") as whole:
        whole.extractall(home / "source")
    bin_of_it = home / "source" / "venv" / "bin"
    bin_of_it.mkdir(parents=True)
    (bin_of_it / "lydite").symlink_to(SCRIPTS / "lydite")
    (home / "submission" / "__init__.py").write_text(SUBMISSION, "utf-8")
    done = desk.run("bash", home / "source" / "run_autograder")
    assert desk.imported() == []
    assert json.loads((home / "results" / "results.json").read_text("utf-8"))["score"] > 0, done.stderr


@pytest.mark.parametrize("processes", [(), ("-n", "2")], ids=["one process", "two"])
def test_a_stray_beside_the_host_project_breaks_nothing(processes: tuple[str, ...], tmp_path: Path) -> None:
    desk = Desk(tmp_path, REST)
    (desk.folder / "mylosses.py").write_text(f"{SUBMISSION}\nimport {UNUSED}\n", "utf-8")
    only = ("--lydite-only", "Q7.0.1", "--lydite-regimes", "core", "--lydite-examples", "1")
    done = desk.run(SCRIPTS / "pytest", "-p", "no:cacheprovider", "--impl", "mylosses", *only, *processes)
    assert desk.imported() == []
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout


def test_python_m_lydite_imports_no_stray(tmp_path: Path) -> None:
    desk = Desk(tmp_path, REST)
    done = desk.run(sys.executable, "-m", "lydite", "grade", "homework/work.py", "--jobs", "2", *contained())
    assert desk.imported() == []
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_folder_that_is_gone_stops_nobody(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    command = ["sh", "-c", 'rmdir "$1" && exec "$0" --version', str(SCRIPTS / "lydite"), str(gone)]
    assert subprocess.run(command, cwd=gone, capture_output=True, check=False).returncode == 0


def test_the_doctor_tries_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert imported() == ""
    monkeypatch.setattr("lydite.commands.strays.SAFE", ())
    assert imported().startswith("imports ")


def outcomes(path: Path) -> dict[str, str]:
    return {i["name"]: i["outcome"] for i in json.loads(path.read_text("utf-8"))["implementations"]}


# -- What is on a path --


def test_the_current_folder_is_on_no_path_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    below, away = tmp_path / "bin", tmp_path.parent / "away"
    paths = os.pathsep.join(["", ".", "bin", str(tmp_path), str(below), str(away)])
    assert elsewhere(paths) == str(away)
    assert elsewhere(paths, below=True) == os.pathsep.join(map(str, [below, below, away]))
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "venv"))
    assert elsewhere(paths) == os.pathsep.join(map(str, [below, below, away]))


def test_a_jail_is_not_made_by_a_program_of_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for place in (tmp_path, tmp_path / "bin"):
        place.mkdir(exist_ok=True)
        (place / "bwrap").write_text("#!/bin/sh\n", "utf-8")
        (place / "bwrap").chmod(0o755)
    monkeypatch.chdir(tmp_path)
    for path in ("", ".", "bin", str(tmp_path), str(tmp_path / "bin")):
        monkeypatch.setenv("PATH", path)
        assert bubblewrap.found() is None
    monkeypatch.chdir("/")
    assert bubblewrap.found() == str(tmp_path / "bin" / "bwrap")


# -- What is installed, and what is submitted --


@pytest.mark.parametrize("name", ["alice.pyw", "alice.PY", "alice"])
def test_a_file_by_any_ending_is_submitted(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_text("raise RuntimeError('it ran')", "utf-8")
    assert is_submitted(name)


def test_a_module_that_is_only_in_the_current_folder_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    evil = desk.folder / "evil.py"
    evil.write_text(f"open({str(desk.marker)!r}, 'a').write('it ran')\n{SUBMISSION}", "utf-8")
    monkeypatch.chdir(desk.folder)
    result = commandline.run("grade", "evil", *QUICK)
    assert result.exit_code == 2
    assert "lydite grade evil.py" in result.output
    assert "lydite grade evil --isolation none" in result.output
    assert not desk.marker.exists()
    assert commandline.run("replay", "report.json", "Q7.0.1", "--target", "evil").exit_code == 2
    assert not desk.marker.exists()
    assert commandline.run("grade", "evil", *QUICK, "--isolation", "none").exit_code == 0
    assert desk.marker.exists()


@pytest.mark.parametrize(
    "text",
    ['module = "evil"\n[calls]\nsoftmax = "softmax"\n', '[python]\nsoftmax = "evil:softmax"\n'],
    ids=["module", "python"],
)
def test_nor_does_an_adapter_from_elsewhere_reach_it(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    (here / "evil.py").write_text(SUBMISSION, "utf-8")
    (tmp_path / "adapter.toml").write_text(text, "utf-8")
    monkeypatch.chdir(here)
    assert commandline.run("grade", "../adapter.toml", *QUICK).exit_code == 2
    shutil.copy(tmp_path / "adapter.toml", here / "adapter.toml")
    assert commandline.run("grade", "adapter.toml", *QUICK, "--jobs", "1").exit_code == 0


def test_what_is_installed_is_trusted_wherever_one_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a path entry, as editable installs have it, though it is the current folder; and what is absent elsewhere."""
    (tmp_path / "mine.py").write_text(SUBMISSION, "utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NotInstalled, match=r"lydite grade mine\.py"):
        check_installed("mine")
    check_installed("mine", tmp_path)
    check_installed("no.such.module")
    for name in ("numpy", "click"):
        (tmp_path / f"{name}.py").write_text(SUBMISSION, "utf-8")
        check_installed(name)
    monkeypatch.setattr(interpreter, "FOUND", f"import sys; sys.path.append({str(tmp_path)!r}); {interpreter.FOUND}")
    check_installed("mine")


# -- The environment --


def test_only_what_is_trusted_sees_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KERAS_BACKEND", "PYTEST_ADDOPTS", "PYTHONOPTIMIZE", "HYPOTHESIS_PROFILE", "PYTHONUSERBASE"):
        monkeypatch.setenv(name, "numpy")
    monkeypatch.setenv("OMP_NUM_THREADS", "8")
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Haswell")
    trusted, submitted = environment(submitted=False), environment(submitted=True)
    assert trusted["KERAS_BACKEND"] == trusted["PYTHONUSERBASE"] == "numpy"
    assert not trusted.keys() & {"PYTEST_ADDOPTS", "PYTHONOPTIMIZE", "HYPOTHESIS_PROFILE"}
    assert set(submitted) <= {*interpreter.KEPT, *interpreter.SETTINGS}
    assert trusted["OMP_NUM_THREADS"] == submitted["OMP_NUM_THREADS"] == "1"
    assert trusted["OPENBLAS_CORETYPE"] == submitted["OPENBLAS_CORETYPE"] == "Haswell"


SEES = SUBMISSION + "\nimport os\nassert os.environ.get('KERAS_BACKEND') == 'numpy'\n"


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_library_sees_the_variables_that_configure_it(jobs: str, desk: Desk) -> None:
    (desk.folder / "adapters" / "library.py").write_text(SEES, "utf-8")
    command = ("grade", "adapters/library.toml", "--jobs", jobs, *QUICK)
    done = desk.run(SCRIPTS / "lydite", *command, KERAS_BACKEND="numpy")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("isolation", list(Tier)[:3])
def test_a_submission_does_not(isolation: Tier, desk: Desk) -> None:
    needed(isolation)
    (desk.folder / "homework" / "work.py").write_text(SEES.replace("==", "!="), "utf-8")
    command = ("grade", "homework/work.py", *QUICK, "--isolation", isolation)
    done = desk.run(SCRIPTS / "lydite", *command, KERAS_BACKEND="numpy")
    assert done.returncode == 0, done.stdout + done.stderr


# -- A worker that cannot start --


def test_a_worker_that_cannot_start_is_our_failure(desk: Desk, tmp_path: Path) -> None:
    """One of two: it ends before it has collected anything."""
    site = tmp_path / "site"
    site.mkdir()
    text = "import os, sys\nif 'exec(eval' in str(sys.orig_argv): sys.modules['pytest'] = None\n"
    (site / "sitecustomize.py").write_text(text, "utf-8")
    done = desk.run(SCRIPTS / "lydite", "grade", "adapters/library.toml", "--jobs", "2", *QUICK, PYTHONPATH=str(site))
    assert done.returncode == 4, done.stdout + done.stderr
    assert "a parallel worker ended before it could judge anything" in done.stderr
    assert "pytest" in done.stderr
