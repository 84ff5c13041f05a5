"""Tests that code scanning and review get the path of the repository, whatever was graded and from where."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from lydite.results import github, sarif
from lydite.results.rubric import Level, Rubric
from lydite.results.submission import Submission, submissions
from lydite.worker.offered import where
from tests.support.made import claim, counterexample, implementation, write


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("GITHUB_WORKSPACE", "CI_PROJECT_DIR"):
        monkeypatch.delenv(name, raising=False)
    root = tmp_path / "a repository, with ä"
    for name in (
        "src/mylib/nn/losses.py",
        "src/mylib/nn/__init__.py",
        "losses.py",
        "work/alice/losses.py",
        "b c.ipynb",
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    (root / ".git").mkdir()
    monkeypatch.chdir(root)
    return root


def graded(folder: Path, target: str, where: str) -> Submission:
    wrong = claim("Q7.a.7", outcome="broken", counterexample=counterexample(where=where))
    [one] = submissions([write(folder / "r.json", implementation("a", wrong, target=target))], Rubric(), Level.DUE)
    return one


def locations(one: Submission) -> list[tuple[str, int]]:
    [run] = json.loads(sarif.render([one]))["runs"]
    found = [place["physicalLocation"] for result in run["results"] for place in result.get("locations", [])]
    assert all(place["artifactLocation"]["uriBaseId"] == "%SRCROOT%" for place in found)
    return [(unquote(place["artifactLocation"]["uri"]), place["region"]["startLine"]) for place in found]


@pytest.mark.parametrize(
    ("target", "where", "path", "line"),
    [
        ("losses.py", "losses.py:7", "losses.py", 7),
        ("work/alice/losses.py", "losses.py:7", "work/alice/losses.py", 7),
        ("work/alice", "losses.py:7", "work/alice/losses.py", 7),
        ("work", "alice/losses.py:7", "work/alice/losses.py", 7),
        ("src/mylib", "nn/__init__.py:3", "src/mylib/nn/__init__.py", 3),
        ("mylib.nn", "mylib/nn/losses.py:12", "src/mylib/nn/losses.py", 12),
        ("work/mylib.toml", "mylib/nn/losses.py:12", "src/mylib/nn/losses.py", 12),
        ("b c.ipynb", "cell 3:2", "b c.ipynb", 1),
    ],
)
def test_a_fault_is_on_the_line_of_the_path(repository: Path, target: str, where: str, path: str, line: int) -> None:
    one = graded(repository, target, where)
    assert locations(one) == [(path, line)]
    assert github.annotated([one]).startswith(f"::error file={path},line={line},title=")


def test_a_path_is_that_of_the_repository_from_a_folder_below(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository / "work")
    assert locations(graded(repository, "alice/losses.py", "losses.py:7")) == [("work/alice/losses.py", 7)]


@pytest.mark.parametrize("name", ["GITHUB_WORKSPACE", "CI_PROJECT_DIR"])
def test_a_checkout_without_git_is_the_one_that_the_platform_states(
    repository: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (repository / ".git").rmdir()
    monkeypatch.setenv(name, str(repository))
    monkeypatch.chdir(repository / "work")
    assert locations(graded(repository, "alice/losses.py", "losses.py:7")) == [("work/alice/losses.py", 7)]


def test_a_package_lies_where_it_is_installed_from(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = repository / "packages" / "one" / "lib" / "otherlib"
    deep.mkdir(parents=True)
    (deep / "__init__.py").write_text("raise SystemExit('imported')", encoding="utf-8")
    monkeypatch.syspath_prepend(str(deep.parent))
    found = graded(repository, "otherlib", "otherlib/__init__.py:7")
    assert locations(found) == [("packages/one/lib/otherlib/__init__.py", 7)]


@pytest.mark.parametrize(
    ("target", "where"),
    [
        ("numpy.linalg", "numpy/linalg/_linalg.py:7"),
        ("losses.py", "../secret.py:7"),
        ("losses.py", "/etc/passwd:7"),
        ("exec:node main.js", "main.js:7"),
        ("x.zip", "losses/losses.py:7"),
        ("\x00", "\x00:1"),
        ("mylib", "__main__:3"),
        ("losses.py", ""),
        ("losses.py", "losses.py:x"),
    ],
)
def test_what_is_not_in_the_repository_has_no_place(repository: Path, target: str, where: str) -> None:
    (repository.parent / "secret.py").touch()
    one = graded(repository, target, where)
    assert locations(one) == []
    assert github.annotated([one]).startswith("::error title=")


def test_a_function_is_written_in_a_file_of_its_package_or_home(tmp_path: Path) -> None:
    inner = tmp_path / "pkg" / "inner"
    inner.mkdir(parents=True)
    for name, module in {"pkg/inner/x.py": "pkg.inner.x", "pkg/inner/__init__.py": "pkg.inner", "x.py": "x"}.items():
        made = written(tmp_path / name, module)
        assert where(made) == f"{name}:1"
        assert where(made, tmp_path) == f"{name}:1"
        assert where(made, inner) == f"{Path(name).name}:1"
    assert where(written(tmp_path / "x.py", "__main__")) == "x.py:1"
    assert where(written(tmp_path / "__init__.py", "__init__")) == "__init__.py:1"
    assert where(len) == ""


def written(path: Path, module: str) -> Any:
    names: dict[str, Any] = {"__name__": module}
    exec(compile("def f(): pass", str(path), "exec"), names)
    return names["f"]
