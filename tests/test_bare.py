"""The gate `make bare` lets no test be skipped but for want of what is optional."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import bare

TORCH = "SKIPPED [8] tests/docs/test_findings.py:40: torch is not installed"
SLOW = "SKIPPED [1] tests/docs/test_findings.py:9: too slow"


@pytest.mark.parametrize(
    ("printed", "ended", "status"),
    [
        ("3 passed", 0, 0),
        (TORCH, 0, 0),
        (f"{TORCH}\n{SLOW}", 0, 1),
        (TORCH, 2, 2),
        (SLOW, 2, 2),
    ],
)
def test_a_skip_names_what_is_absent(printed: str, ended: int, status: int, capfd: pytest.CaptureFixture[str]) -> None:
    assert bare.run([sys.executable, "-c", f"print({printed!r}); raise SystemExit({ended})"]) == status
    shown = capfd.readouterr().out
    assert shown.startswith(printed)
    assert ("names nothing that is optional: too slow" in shown) == (SLOW in printed)


@pytest.mark.parametrize(
    ("reason", "named"),
    [
        ("namespaces: bubblewrap is not installed", True),
        ("could not import 'benchmarks.mutants': No module named 'cosmic_ray'", True),
        ("g++ is not installed", True),
        ("needs root, and shows what it gives up", True),
        ("not written yet", False),
        ("/root/secret is not there", False),
        ("a rootless machine", False),
    ],
)
def test_only_what_is_optional_counts_as_a_name(reason: str, named: bool) -> None:
    assert bare.names_what_is_absent(reason) is named


def test_make_lists_its_commands_with_coreutils_alone(tmp_path: Path) -> None:
    bare.link(tmp_path)
    done = subprocess.run(
        ["make"], cwd=bare.ROOT, env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=True
    )
    assert "make bare         make test and make grade from a fresh clone" in done.stdout
    assert not done.stderr


def test_an_interpreter_is_one_that_everybody_can_run() -> None:
    assert bare.interpreter({})
    with pytest.raises(SystemExit, match="for every user"):
        bare.interpreter({"executable": shutil.which("false")})


def test_nothing_is_left_in_the_working_tree(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    assert not bare.left_behind({"cwd": tmp_path})
    (tmp_path / "~").mkdir()
    (tmp_path / "~" / "cache").touch()
    assert bare.left_behind({"cwd": tmp_path})
