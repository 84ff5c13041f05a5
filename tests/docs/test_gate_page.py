"""The chapter on the gate happens as it says: each file is written, and each command run, in a fresh repository."""

from __future__ import annotations

import ast
import importlib
import json
import re
import shlex
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

import pytest

from lydite.suite import OWN
from tests.support import commandline

pytest_plugins = ["pytester"]

import_module("lydite.grading.session")
for path in (OWN / "properties").glob("test_*.py"):
    import_module(f"properties.{path.stem}")  # here, since a run within this process forgets what it has imported

PAGE = Path(__file__).parents[2] / "docs" / "gate.md"
BLOCKS = re.findall(r"```(sh|python|toml)\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
HERE = ("-p", "no:randomly", "-p", "lydite.plugin")
"""Options of a run in this process."""


@dataclass
class Repository:
    """A fresh repository in the current folder, in which the page is followed."""

    pytester: pytest.Pytester
    shown: list[str] = field(default_factory=list)

    def follow(self, language: str, block: str) -> None:
        """Does what one block of the page says."""
        head, _, rest = block.partition("\n")
        if language == "sh":
            for line in block.splitlines():
                self.call(line)
        elif head.startswith("# in "):
            self.replace(Path(head.removeprefix("# in ")), rest)
        else:
            self.write(Path(head.removeprefix("# ")), rest)
        sys.modules.pop("tinylib", None)
        importlib.invalidate_caches()

    def write(self, path: Path, text: str) -> None:
        """Writes a file; one that a command has written is as the page shows it, and gets a reason."""
        if path.exists():
            assert path.read_text(encoding="utf-8").strip() == text.strip()
            text = text.replace('reason = ""', 'reason = "It is for small logits."')
        path.write_text(text, encoding="utf-8")

    def replace(self, path: Path, text: str) -> None:
        """Replaces a function."""
        lines = path.read_text(encoding="utf-8").splitlines()
        [new] = ast.parse(text).body
        assert isinstance(new, ast.FunctionDef)
        [old] = [f for f in ast.parse("\n".join(lines)).body if isinstance(f, ast.FunctionDef) and f.name == new.name]
        lines[old.lineno - 1 : old.end_lineno] = text.splitlines()
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def call(self, line: str) -> None:
        """Runs a command, which exits as its comment says, and says so."""
        command, _, comment = line.partition("  # exits with ")
        status, _, message = comment.partition(": ")
        program, *words = shlex.split(command)
        if program == "pytest":
            done = self.pytester.runpytest_inprocess(*HERE, *words)
            code, output = int(done.ret), done.stdout.str()
        else:
            ran = commandline.run(*words, *(["--isolation", "none"] * (words[0] == "grade")))
            code, output = ran.exit_code, ran.output
        assert code == int(status), output
        assert message in output
        self.shown.append(output)


@pytest.fixture(scope="module")
def _fresh() -> Iterator[None]:
    """No compiled file stands for one that has changed since."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "dont_write_bytecode", True)
        yield


@pytest.mark.usefixtures("_fresh")
def test_the_page_is_followed_in_a_fresh_repository(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Red; green as expected; red once it is fixed; red where accuracy drops; and in a test file of its own."""
    folder = pytester.path / "ein Ordner für sich"
    folder.mkdir()
    monkeypatch.chdir(folder)
    for name in ("PYTEST_ADDOPTS", "PYTEST_DISABLE_PLUGIN_AUTOLOAD"):
        monkeypatch.delenv(name, raising=False)
    repository = Repository(pytester)
    for language, block in BLOCKS:
        repository.follow(language, block)

    first, every = repository.shown[0], "".join(repository.shown)
    assert "FAULT 1  softmax" in first
    assert re.search(r"^  call +softmax\(np\.array\(\[710\., 0\.\]\)\)$", first, re.MULTILINE), first
    assert "without a reason yet: Q3.0.4 stability" in every
    assert "no longer broken: Q7.0.1 stability (It is for small logits.)" in every
    assert re.search(r"logistic_loss core: 1\.2e\+06 ulp, its budget is .*\n  call +logistic_loss\(np\.array\(", every)
    [beyond] = json.loads(Path("after.json").read_text("utf-8"))["implementations"][0]["exceeded"]
    assert beyond["counterexample"]["where"].startswith("tinylib.py:")
    assert "| less accurate |" not in Path("summary.md").read_text(encoding="utf-8")
    assert json.loads(Path("before.json").read_text("utf-8"))["implementations"][0]["accuracy"]["logistic_loss"]

    found = pytester.runpytest_subprocess("-n", "2", "-p", "randomly", "-q", "-rf", str(folder))
    counts = found.parseoutcomes()
    failed = {line.split(" ")[1].rpartition("::")[2] for line in found.outlines if line.startswith("FAILED")}
    assert failed == {"test_tinylib[loss_is_exact-core]"}
    assert counts["passed"] > 10
    again = pytester.runpytest_inprocess(*HERE, "--lf", str(folder))
    assert again.parseoutcomes()["failed"] == 1
    assert "passed" not in again.parseoutcomes()
