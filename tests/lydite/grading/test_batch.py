"""Batches: every submission is graded once, whatever it is, whatever it is called, and whenever the run is cut off."""

from __future__ import annotations

import errno
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st
from rich.console import Console

from lydite.grading import cluster
from lydite.grading.batch import (
    Batch,
    BatchError,
    Keep,
    Result,
    Task,
    Work,
    _stored,
    alone,
    here,
    keep_seed,
    submissions,
)
from lydite.grading.grade import Graded, Grader, Limits
from lydite.grading.progress import batch_progress
from lydite.grading.record import Findings
from lydite.grading.request import Settings
from lydite.isolation import NoTier
from lydite.report import model as report
from lydite.suite import OWN
from lydite.target.content import FILE, FOLDER, LARGE, LINK, MOST_DEPTH, OTHER, Part, content, digest, lay_out
from lydite.worker.loading import LARGEST_FILE, Unloadable
from tests.support import classroom, commandline
from tests.support.classroom import SHORT, timeless
from tests.support.made import entry

SCOPE = ("--only", "Q7.0.1,Q1.1", "--regimes", "core", "--examples", "1")
"""A claim on softmax, and one on logistic_predict."""

linux = pytest.mark.skipif(sys.platform != "linux", reason="isolation is made of what Linux offers")


def document(out: Path) -> dict[str, Any]:
    return report.Report.load(out / "report.json").to_json()


def outcomes(out: Path) -> dict[str, str]:
    return {i["name"]: i["outcome"] for i in document(out)["implementations"]}


# -- what is submitted --


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    """A folder that holds one of everything."""
    folder = tmp_path / "odd"
    (folder / "b" / "empty").mkdir(parents=True)
    (folder / "b" / "x.py").write_bytes(b"x = 1")
    (folder / "a.py").write_bytes(b"")
    (folder / "away").symlink_to("/etc")
    os.mkfifo(folder / "pipe")
    (folder / "vast").touch()
    os.truncate(folder / "vast", LARGEST_FILE + 1)
    return folder


def test_content_opens_plain_files_only(odd: Path) -> None:
    kinds = {part.path: part.kind for part in content(odd)}
    assert kinds == {
        "": FOLDER,
        "a.py": FILE,
        "away": LINK,
        "b": FOLDER,
        "b/empty": FOLDER,
        "b/x.py": FILE,
        "pipe": OTHER,
        "vast": LARGE,
    }


def test_files_and_folders_are_laid_out_elsewhere_and_what_is_left_out_is_said(odd: Path, tmp_path: Path) -> None:
    left_out = lay_out(content(odd), tmp_path / "there")
    assert content(tmp_path / "there") == tuple(p for p in content(odd) if p.kind in {FILE, FOLDER})
    assert [note.partition(",")[0] for note in left_out] == [
        "away is a link",
        "pipe is neither a plain file nor a folder",
        "vast is larger than 16 MiB",
    ]


def test_what_systems_and_tools_leave_behind_is_no_part(tmp_path: Path) -> None:
    for name in (".git", "__pycache__", "__MACOSX"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.py").touch()
    (tmp_path / ".env").touch()
    assert [part.path for part in content(tmp_path)] == [""]


def test_content_refuses_folders_that_lie_too_deep(tmp_path: Path) -> None:
    deepest = tmp_path.joinpath(*"d" * MOST_DEPTH)
    deepest.mkdir(parents=True)
    assert len(content(tmp_path)) == MOST_DEPTH + 1
    (deepest / "d").mkdir()
    with pytest.raises(Unloadable, match=f"more than {MOST_DEPTH} folders lie in one another"):
        content(tmp_path)


def test_a_folder_that_is_exchanged_for_a_link_is_not_followed(
    odd: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it is being read: what was opened stays what it is, and what was not is not opened elsewhere."""
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "x.py").write_bytes(b"the staff's")
    listed = os.listdir

    def listing(opened: Any) -> list[str]:
        names = listed(opened)
        if "x.py" in names:
            (odd / "b").rename(tmp_path / "aside")
            (odd / "b").symlink_to(secret)
        return names

    monkeypatch.setattr(os, "listdir", listing)
    assert {part.path: part.held for part in content(odd)}["b/x.py"] == b"x = 1"


def test_a_file_that_is_exchanged_for_a_link_is_not_followed(odd: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opening = os.open

    def late(path: Any, *args: Any, **kwargs: Any) -> int:
        if path == "x.py":
            (odd / "b" / "x.py").unlink()
            (odd / "b" / "x.py").symlink_to("/etc/passwd")
        return opening(path, *args, **kwargs)

    monkeypatch.setattr(os, "open", late)
    assert {part.path: part.kind for part in content(odd)}["b/x.py"] == OTHER


@pytest.mark.parametrize(
    ("name", "reason"),
    [("away", "a link"), ("pipe", "neither a plain file nor a folder"), ("vast", "larger than 16 MiB"), ("no", "file")],
)
def test_content_refuses_what_cannot_be_a_submission(odd: Path, name: str, reason: str) -> None:
    with pytest.raises(Unloadable, match=reason):
        content(odd / name)


def test_content_refuses_too_many_files(odd: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lydite.target.content.MOST_PARTS", 7)
    with pytest.raises(Unloadable, match="holds more than 7 files"):
        content(odd)


def test_a_digest_names_one_content() -> None:
    contents = [
        [Part("a", FILE, b"bc")],
        [Part("ab", FILE, b"c")],
        [Part("a", LINK, b"bc")],
        [Part("a", FILE, b"b"), Part("c", FILE)],
        [Part("a", FILE, b"b")],
    ]
    assert len({digest(parts) for parts in contents}) == len(contents)
    assert digest([Part("a", FILE, b"b")]) == digest(contents[-1])


# -- what submissions are called --


def named(folder: Path, *names: str | bytes) -> list[Any]:
    for name in names:
        (folder / os.fsdecode(name)).touch()
    return submissions(folder, folder.parent / "out")


def test_children_are_submissions_in_the_order_of_their_names(tmp_path: Path) -> None:
    folder = tmp_path / "class"
    folder.mkdir()
    found = named(folder, "b.py", "a.py", ".hidden.py", "Z.ipynb")
    assert [s.name for s in found] == ["Z.ipynb", "a.py", "b.py"]
    assert [s.report.name for s in found] == ["Z.ipynb.json", "a.py.json", "b.py.json"]


def test_no_two_reports_have_one_name_and_none_leads_elsewhere(tmp_path: Path) -> None:
    folder = tmp_path / "class"
    folder.mkdir()
    odd = [
        b"a\n.py",
        b"a\r.py",
        b"a\xff.py",
        "a\u202e.py".encode(),
        b"A.py",
        b"a.py",
        b"a..py",
        b"..a",
        b"\x1b[2J",
        b"a_.py",
    ]
    first = named(folder, *odd)
    chosen = [s.report.stem for s in first]  # names that somebody could hand in to meet the report of another
    found = named(folder, *chosen)
    assert len(found) > len(first) > 5
    reports = [s.report for s in found]
    assert len({r.name.casefold() for r in reports}) == len(found)
    assert {r.parent for r in reports} == {tmp_path / "out" / "reports"}
    assert all(r.name.isascii() and r.name.isprintable() and not r.name.startswith(".") for r in reports)
    assert all(s.name.isprintable() for s in found)
    assert len({s.name for s in found}) == len(found)


def test_shown_names_that_look_alike_are_told_apart(tmp_path: Path) -> None:
    folder = tmp_path / "class"
    folder.mkdir()
    found = named(folder, "a\n.py", "a\\n.py")
    assert len({s.name for s in found}) == 2
    found = named(folder, found[0].name)  # a name that somebody could choose to be taken for another
    assert len({s.name for s in found}) == len(found) == 3


@pytest.mark.parametrize("out", ["class", "class/out", "class/.out"])
def test_reports_are_not_kept_among_the_submissions(tmp_path: Path, out: str) -> None:
    folder = tmp_path / "class"
    folder.mkdir()
    (folder / "a.py").touch()
    with pytest.raises(BatchError, match="lies in the folder of the submissions"):
        submissions(folder, tmp_path / out)


def test_a_folder_without_submissions_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / ".git").mkdir()
    with pytest.raises(BatchError, match="holds no submission"):
        submissions(tmp_path / "class", tmp_path / "out")


def test_a_batch_keeps_its_seed(tmp_path: Path) -> None:
    drawn = keep_seed(tmp_path / "a", None)
    assert keep_seed(tmp_path / "a", None) == drawn
    assert keep_seed(tmp_path / "b", None) != drawn
    assert keep_seed(tmp_path / "a", 7) == 7 == keep_seed(tmp_path / "a", None)


# -- what is graded, and what is not graded again --


class Silent:
    """A board that counts."""

    def __init__(self) -> None:
        self.earlier = 0

    def listen(self, name: str, findings: Findings) -> None:
        pass

    def done(self, entry: report.Entry, *, earlier: bool) -> None:
        self.earlier += earlier


class Pretended:
    """Grades nothing, and says that all is well; notes what it was given, and stops after so many."""

    def __init__(self, most: int = 1000, failed: str = "") -> None:
        self.names: list[str] = []
        self.refused: dict[str, str] = {}
        self._most = most
        self._failed = failed

    def __call__(self, todo: Iterable[Work], keep: Keep) -> None:
        for work in todo:
            if len(self.names) == self._most:
                raise KeyboardInterrupt
            self.names.append(work.task.name)
            self.refused[work.task.name] = work.task.refused
            failed = {"failed": self._failed} if self._failed else {}
            keep(work, Result(entry(work.task.name, isolation="namespaces", **failed), self._failed))


def settings(**changed: str) -> Settings:
    asked = {"only": "", "regimes": "", "precision": "", "seed": "3", "examples": "1", "call_timeout": "2"}
    return Settings.read(**{**asked, **changed})


@pytest.fixture
def course(tmp_path: Path) -> Path:
    for name in ("a.py", "b.py", "c.py"):
        (tmp_path / "class" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "class" / name).write_text(f"# {name}")
    return tmp_path


def pretend(
    course: Path, spread: Pretended, timeout: float = 120.0, asked: Settings | None = None
) -> tuple[report.Report, Batch]:
    batch = Batch(course / "out", asked or settings(), timeout)
    return batch.run(submissions(course / "class", course / "out"), spread, Silent()), batch


def test_what_was_graded_is_not_graded_again(course: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        pretend(course, Pretended(most=2))
    assert sorted(p.name for p in (course / "out" / "reports").iterdir()) == ["a.py.json", "b.py.json"]
    second, third = Pretended(), Pretended()
    whole, _ = pretend(course, second)
    assert second.names == ["c.py"]
    assert [one.name for one in whole.implementations] == ["a.py", "b.py", "c.py"]
    again, _ = pretend(course, third)
    assert third.names == []
    assert again == whole


def test_what_has_changed_is_graded_again(course: Path) -> None:
    pretend(course, Pretended())
    (course / "class" / "b.py").write_text("# better")
    (course / "out" / "reports" / "c.py.json").write_text('{"half of')
    spread = Pretended()
    pretend(course, spread)
    assert spread.names == ["b.py", "c.py"]


@pytest.mark.parametrize("changed", [{"seed": "4"}, {"only": "Q7"}, {"examples": "2"}, {"memory": "512"}])
def test_other_settings_grade_all_again(course: Path, changed: dict[str, str]) -> None:
    pretend(course, Pretended())
    spread = Pretended()
    pretend(course, spread, asked=settings(**changed))
    assert spread.names == ["a.py", "b.py", "c.py"]


def test_another_time_limit_grades_all_again(course: Path) -> None:
    pretend(course, Pretended())
    spread = Pretended()
    pretend(course, spread, timeout=60.0)
    assert len(spread.names) == 3


def test_where_we_fail_it_is_graded_again(course: Path) -> None:
    whole, batch = pretend(course, Pretended(failed="a bug"))
    assert batch.failures == dict.fromkeys(("a.py", "b.py", "c.py"), "a bug")
    assert whole.exit_status() == report.FAILED
    kept = report.Report.load(course / "out" / "reports" / "a.py.json")
    assert [one.failed for one in kept.implementations] == ["a bug"]
    spread = Pretended()
    pretend(course, spread)
    assert len(spread.names) == 3


@pytest.mark.parametrize(
    ("key", "how"),
    [
        ("points", "many"),
        ("points", float("nan")),
        ("claims", {}),
        ("claims", [{}]),
        ("isolation", "best"),
        ("name", 1),
    ],
)
def test_a_stored_report_that_is_none_is_graded_again(course: Path, key: str, how: Any) -> None:
    pretend(course, Pretended())
    path = course / "out" / "reports" / "a.py.json"
    stored = json.loads(path.read_text("utf-8"))
    stored["implementations"][0][key] = how
    path.write_text(json.dumps(stored), "utf-8")
    spread = Pretended()
    whole, _ = pretend(course, spread)
    assert spread.names == ["a.py"]
    assert len(whole.implementations) == 3


@settings_of_hypothesis(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_whatever_lies_where_a_report_is_kept(tmp_path_factory: pytest.TempPathFactory, text: bytes) -> None:
    path = tmp_path_factory.mktemp("kept") / "a.py.json"
    path.write_bytes(text)
    assert _stored(path, "key") is None


def test_a_full_disk_is_told(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("lydite.report.model.write_json", full)
    with pytest.raises(BatchError, match=r"a\.py\.json cannot be written: no space left"):
        pretend(course, Pretended())


def test_an_adapter_that_is_handed_in_is_never_opened(course: Path) -> None:
    (course / "class" / "d.toml").write_text('module = "antigravity"')
    spread = Pretended()
    pretend(course, spread)
    assert "is an adapter, which only the staff may write" in spread.refused["d.toml"]
    assert not any(spread.refused[name] for name in ("a.py", "b.py", "c.py"))


# -- the command line --


@pytest.mark.parametrize(
    ("args", "told"),
    [
        ((), "name a TARGET, or a folder"),
        (("a.py", "--each", "CLASS", "--out", "OUT"), "either TARGETs or --each"),
        (("--each", "CLASS"), "--each needs --out"),
        (("--each", "CLASS", "--out", "CLASS/out"), "lies in the folder"),
        (("--each", "CLASS", "--out", "OUT", "--expect", "e.toml"), "--expect is for named TARGETs"),
        (("--each", "CLASS", "--out", "OUT", "--seed", "x"), "--seed"),
        (("reference", "--dask", "tcp://127.0.0.1:1"), "--dask is for --each"),
    ],
)
def test_what_does_not_go_together_is_a_usage_error(course: Path, args: tuple[str, ...], told: str) -> None:
    places = {"CLASS": str(course / "class"), "OUT": str(course / "out"), "CLASS/out": str(course / "class" / "out")}
    result = commandline.run("grade", *(places.get(a, a) for a in args))
    assert result.exit_code == report.USAGE
    assert told in result.output
    assert not (course / "out").exists()


def test_two_runs_do_not_share_a_folder(course: Path) -> None:
    out = course / "out"
    with alone(out):
        result = commandline.run("grade", "--each", course / "class", "--out", out, *SCOPE)
    assert result.exit_code == report.USAGE
    assert f"another run is grading into {out}" in " ".join(result.output.split())
    assert not list(out.iterdir())
    with alone(out):  # it is given back
        pass


def test_a_file_system_without_locks_is_graded_into(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, "no locks available")

    monkeypatch.setattr("fcntl.flock", refuse)
    with alone(tmp_path / "out"):
        assert (tmp_path / "out").is_dir()


FEW = ("right", "empty", "no-python", "encoding", "folder", "link", "named")


@linux
def test_a_run_that_is_killed_goes_on_to_the_same_result(tmp_path: Path) -> None:
    kinds = classroom.hand_in(tmp_path / "class", len(FEW), FEW)
    assert set(kinds.values()) == set(FEW)
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    result = commandline.run(
        "grade", "--each", tmp_path / "class", "--out", whole, *SCOPE, "--seed", "5", "--jobs", "2"
    )
    assert result.exit_code == report.BROKEN
    command = ["grade", "--each", str(tmp_path / "class"), "--out", str(cut), *SCOPE, "--seed", "5", "--jobs", "1"]
    with subprocess.Popen([sys.executable, "-m", "lydite", *command], cwd=OWN, stderr=subprocess.DEVNULL) as process:
        try:
            while not (cut / "reports" / "s0000-right.py.json").exists() and process.poll() is None:
                time.sleep(0.01)
        finally:
            process.send_signal(signal.SIGKILL)
    kept = {path.name: path.stat().st_mtime_ns for path in (cut / "reports").glob("*.json")}
    assert 0 < len(kept) < len(FEW)
    assert not (cut / "report.json").exists()
    commandline.run(*command)
    assert kept == {name: (cut / "reports" / name).stat().st_mtime_ns for name in kept}
    assert timeless(document(cut), cut) == timeless(document(whole), whole)
    assert len(outcomes(cut)) == len(FEW)
    assert outcomes(cut)["s0000-right.py"] == "graded"
    assert (cut / "grades.csv").read_text("utf-8").count("\n") == len(FEW) + 1


def gone(process: int) -> bool:
    """Whether it ends, and its end is noticed by whoever has to, within a while."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


ALONE = ("--call-timeout", "0", "--isolation", "process", "--jobs", "1")


@pytest.fixture
def hanging(tmp_path: Path) -> Path:
    """A class of two, the first of which hangs when a prediction is requested, and then says where: in `started`."""
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "a.py").write_text(
        f"import os, pathlib, time\n{SHORT}\n\ndef logistic_predict(w, b, X):\n"
        f"    pathlib.Path({str(tmp_path / 'started')!r}).write_text(str(os.getpid()))\n    time.sleep(600)\n"
    )
    (tmp_path / "class" / "b.py").write_text(SHORT)
    return tmp_path


def test_a_submission_that_hangs_costs_its_own_time_and_nothing_is_left(hanging: Path) -> None:
    out = hanging / "out"
    commandline.run("grade", "--each", hanging / "class", "--out", out, *SCOPE, *ALONE, "--timeout", "4")
    assert outcomes(out) == {"a.py": "killed", "b.py": "graded"}
    claims = {i["name"]: {c["id"]: c["outcome"] for c in i["claims"]} for i in document(out)["implementations"]}
    assert claims["b.py"] == {"Q7.0.1": "holds", "Q1.1": "missing"}
    assert claims["a.py"]["Q1.1"] == "error"
    assert gone(int((hanging / "started").read_text()))


def test_neighbours_outlive_what_ends_the_process_that_grades(tmp_path: Path) -> None:
    folder, out = tmp_path / "class", tmp_path / "out"
    folder.mkdir()
    (folder / "a.py").write_text(f"import os, signal\n{SHORT}\nos.kill(os.getppid(), signal.SIGKILL)\n")
    (folder / "b.py").write_text(f"import os\n{SHORT}\n\ndef logistic_predict(w, b, X):\n    os._exit(0)\n")
    (folder / "c.py").write_text(SHORT)
    commandline.run("grade", "--each", folder, "--out", out, *SCOPE, "--isolation", "none", "--jobs", "1")
    assert outcomes(out) == {"a.py": "graded", "b.py": "killed", "c.py": "graded"}
    reasons = {i["name"]: i["reason"] for i in document(out)["implementations"]}
    assert reasons["b.py"].startswith("the process ended by itself (exit status 0) in logistic.prediction")


@linux
def test_nothing_is_left_of_a_run_that_is_killed(hanging: Path) -> None:
    command = ["grade", "--each", str(hanging / "class"), "--out", str(hanging / "out"), *SCOPE, *ALONE]
    started = hanging / "started"
    with subprocess.Popen([sys.executable, "-m", "lydite", *command], cwd=OWN, stderr=subprocess.DEVNULL) as process:
        try:
            while not (started.exists() and started.read_text()) and process.poll() is None:
                time.sleep(0.01)
        finally:
            process.send_signal(signal.SIGKILL)
    assert gone(int(started.read_text()))


@linux
def test_a_cluster_reaches_the_same_verdicts(tmp_path: Path) -> None:
    distributed: Any = pytest.importorskip("distributed")
    classroom.hand_in(tmp_path / "class", 3, ("folder", "link", "right"))
    here, there = tmp_path / "here", tmp_path / "there"
    common = ("grade", "--each", tmp_path / "class", *SCOPE, "--seed", "5")
    commandline.run(*common, "--out", here, "--jobs", "1")
    with distributed.LocalCluster(1, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0") as local:
        result = commandline.run(*common, "--out", there, "--dask", local.scheduler_address)
    assert result.exit_code == report.BROKEN, result.output
    assert "graded" in outcomes(there).values()
    assert timeless(document(there), there) == timeless(document(here), here)


def test_a_cluster_without_its_library_is_told(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    options = ("--each", course / "class", "--out", course / "out", "--dask", "tcp://127.0.0.1:9")
    result = commandline.run("grade", *options)
    assert result.exit_code == report.USAGE
    assert "lydite[dask]" in result.output


@pytest.mark.parametrize("error", [RecursionError("too deep"), OSError("gone"), UnicodeError("no text")])
def test_whatever_goes_wrong_with_one_is_its_own_entry(
    course: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def grades(_self: object, one: Graded, *_: object) -> None:
        if one.name == "b.py":
            raise error
        one.findings.note({"event": "end"})

    monkeypatch.setattr(Grader, "__call__", grades)
    batch = Batch(course / "out", settings(), 120.0)
    found = submissions(course / "class", course / "out")
    whole = batch.run(found, here(1, lambda *_: None), Silent())
    assert [one.name for one in whole.implementations] == ["a.py", "b.py", "c.py"]
    assert list(batch.failures) == ["b.py"]
    assert str(error) in whole.implementations[1].failed


@pytest.mark.parametrize("error", [RuntimeError("cannot be pickled"), TimeoutError(), KeyError("lost")])
def test_whatever_a_cluster_makes_of_one_is_its_own_entry(course: Path, error: Exception) -> None:
    def result() -> Result:
        raise error

    [first, *_] = submissions(course / "class", course / "out")
    task = Task(first.name, str(first.path), "", settings(), Limits())
    done = cluster.result_of(SimpleNamespace(result=result), task)
    assert type(error).__name__ in done.failed
    assert done.entry.points == 0


def test_what_is_asked_for_and_cannot_be_had_is_told_once(course: Path) -> None:
    def result() -> Result:
        raise NoTier("no isolation works there")

    [first, *_] = submissions(course / "class", course / "out")
    with pytest.raises(NoTier):
        cluster.result_of(SimpleNamespace(result=result), Task(first.name, "a.py", "", settings(), Limits()))


def test_what_no_worker_survives_is_our_failure_and_its_neighbours_are_graded(course: Path) -> None:
    distributed: Any = pytest.importorskip("distributed")

    class Lost:
        """The future that the client gives out for a task whose workers have died."""

        def result(self) -> Result:
            raise distributed.KilledWorker("grade-1", SimpleNamespace(address="tcp://127.0.0.1:9"), 3)

    def spread(todo: Iterable[Work], keep: Keep) -> None:
        for work in todo:
            fine = Result(entry(work.task.name, isolation="namespaces"), "")
            keep(work, cluster.result_of(Lost(), work.task) if work.task.name == "b.py" else fine)

    batch = Batch(course / "out", settings(), 120.0)
    whole = batch.run(submissions(course / "class", course / "out"), spread, Silent())
    assert list(batch.failures) == ["b.py"]
    assert len(whole.implementations) == 3
    [lost] = report.Report.load(course / "out" / "reports" / "b.py.json").implementations
    assert lost.failed.startswith("Lydite itself failed: ")
    assert lost.points == 0


def test_a_cluster_that_is_not_there_is_told(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr("lydite.grading.cluster.PATIENCE", "1 s")
    options = ("--each", course / "class", "--out", course / "out", "--dask", "tcp://127.0.0.1:9")
    result = commandline.run("grade", *options)
    assert result.exit_code == report.USAGE
    assert "no scheduler answers at tcp://127.0.0.1:9" in result.output


# -- what is seen of it --


def seen(monkeypatch: pytest.MonkeyPatch, term: str, *, terminal: bool = True) -> str:
    """All that is shown of a batch."""
    monkeypatch.setenv("TERM", term)
    text = io.StringIO()
    with batch_progress(Console(file=text, force_terminal=terminal, width=100), 3) as board:
        findings = Findings()
        findings.note({"event": "started", "law": "softmax.is_exact", "regime": "core"})
        board.listen("a\x1b.py", findings)
        board.done(entry("a\x1b.py"), earlier=False)
        board.done(entry("b.py", outcome="killed", reason="slow"), earlier=True)
    return text.getvalue()


@pytest.mark.parametrize(("term", "terminal"), [("xterm", False), ("dumb", True)])
def test_where_nothing_can_be_redrawn_each_submission_has_a_line(
    term: str, terminal: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = seen(monkeypatch, term, terminal=terminal).splitlines()
    assert first.startswith("1/3  a\\x1b.py  300/300")
    assert "killed: slow  graded earlier" in second


def test_a_terminal_shows_what_is_running_and_how_fast(monkeypatch: pytest.MonkeyPatch) -> None:
    told = seen(monkeypatch, "xterm")
    assert "a\\x1b.py" in told
    assert "2/3" in told
    assert "/min" in told


def test_a_folder_for_reports_that_is_a_link_loop_is_an_error_of_usage(course: Path, tmp_path: Path) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    with pytest.raises(BatchError, match="loop cannot be written"), alone(loop):
        submissions(course, loop)
    with pytest.raises(BatchError, match="loop cannot be written"):
        submissions(course, loop)
