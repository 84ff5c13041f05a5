"""The hooks for pre-commit are accepted by it, and grade what the arguments name."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.platform import read

pytest.importorskip("pre_commit")

ROOT = Path(__file__).parents[2]
HOOKS = ROOT / ".pre-commit-hooks.yaml"
IDENTITY = ("-c", "user.name=n", "-c", "user.email=e@example.org", "-c", "commit.gpgsign=false")


def committed(folder: Path, **files: str) -> str:
    """Commits files of these names and contents, and returns the commit."""
    subprocess.run(["git", "init", "-q", folder], check=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    git = ["git", "-C", str(folder), *IDENTITY]
    subprocess.run([*git, "add", "--all"], check=True)
    subprocess.run([*git, "commit", "-q", "--no-verify", "-m", "m"], check=True)
    return subprocess.run([*git, "rev-parse", "HEAD"], capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.skipif(shutil.which("sed") is None, reason="sed is not installed, which git needs for submodules")
def test_the_hook_grades_what_its_arguments_name(tmp_path: Path) -> None:
    hooks, project, tools = (tmp_path / name for name in ("hooks", "my project", "tools"))
    tools.mkdir()
    stub = tools / "lydite"
    stub.write_text(f'#!{shutil.which("sh")}\nprintf "%s|" "$@"; exit 1\n')
    stub.chmod(0o755)
    commit = committed(hooks, **{HOOKS.name: HOOKS.read_text(encoding="utf-8")})
    config = f"""
repos:
  - repo: {hooks}
    rev: {commit}
    hooks:
      - id: lydite-installed
        args: [mylib.losses, --only, Q7]
"""
    committed(project, **{".pre-commit-config.yaml": config, "losses.py": "", "notes.md": ""})
    environment = {
        **os.environ,
        "PRE_COMMIT_HOME": str(tmp_path / "cache"),
        "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
    }

    def run(file: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "pre_commit", "run", "--files", file]
        return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)

    graded = run("losses.py")
    assert graded.returncode == 1, graded.stdout + graded.stderr
    assert "grade|--quiet|--profile|ci|mylib.losses|--only|Q7|" in graded.stdout
    assert run("notes.md").returncode == 0


def test_both_hooks_run_the_same_command() -> None:
    one, other = read(HOOKS)
    differ = {key for key in one.keys() | other.keys() if one.get(key) != other.get(key)}
    assert differ == {"id", "description", "language"}
