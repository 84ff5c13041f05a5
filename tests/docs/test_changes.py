"""Each change since the last release is one file, of a kind that the changelog has, and all of them are rendered."""

from __future__ import annotations

import dataclasses
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path

from lydite.kit.law import Law
from lydite.kit.laws import LAWS
from lydite.kit.version import FIRST, is_newer

ROOT = Path(__file__).parents[2]
KINDS = [
    kind["directory"]
    for kind in tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["towncrier"]["type"]
]
FRAGMENTS = [path for path in (ROOT / "changes").iterdir() if path.name != "README.md"]


def test_a_fragment_is_named_for_its_kind_and_holds_sentences() -> None:
    for path in FRAGMENTS:
        assert re.fullmatch(rf"(\+[\w-]+|\d+)\.({'|'.join(KINDS)})\.md", path.name), path.name
        assert re.fullmatch(r"(?!- )\S.*[.)]\n", path.read_text("utf-8"), re.DOTALL), path.name


def test_the_changelog_of_the_next_release_is_rendered() -> None:
    command = [sys.executable, "-m", "towncrier", "build", "--draft", "--version", "9.9.9", "--date", "2020-02-02"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "## [9.9.9] - 2020-02-02" in done.stdout
    told = " ".join(done.stdout.split())
    for path in FRAGMENTS:
        assert " ".join(path.read_text("utf-8").split()) in told


def unnamed(laws: Iterable[Law]) -> list[str]:
    """The laws that are newer than the first version, and that no changelog says may turn a library red."""
    fragments = [path.read_text("utf-8") for path in FRAGMENTS if path.name.endswith(".laws.md")]
    told = "".join([(ROOT / "CHANGELOG.md").read_text("utf-8"), *fragments])
    return [law.name for law in laws if is_newer(law.since, FIRST) and law.name not in told]


def test_a_law_that_may_turn_a_library_red_is_named_in_the_changelog() -> None:
    assert not unnamed(LAWS.values())
    name = "softmax_cross_entropy.softmax_is_exact"
    assert unnamed([dataclasses.replace(LAWS[name], since="0.2")]) == [name]
