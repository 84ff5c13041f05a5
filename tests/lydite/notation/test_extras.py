"""A hint is a command that works for how Lydite was installed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from lydite.notation import extras


@pytest.fixture
def prefix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environment with a Python and pip in a folder with a space."""
    home = tmp_path / "an environment"
    (home / "bin").mkdir(parents=True)
    for name in ("python", "pip"):
        (home / "bin" / name).touch(mode=0o755)
    monkeypatch.setattr(sys, "prefix", str(home))
    monkeypatch.setattr(sys, "executable", str(home / "bin" / "python"))
    monkeypatch.setenv("PATH", str(home / "bin"))
    return home


def test_pip_is_named_where_it_is_that_of_the_environment(prefix: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert extras.command("pages") == "pip install 'lydite[pages]'"
    monkeypatch.setenv("PATH", "")
    assert extras.command("pages") == f"'{prefix / 'bin' / 'python'}' -m pip install 'lydite[pages]'"


@pytest.mark.parametrize(
    ("receipt", "command"),
    [
        ("pipx_metadata.json", "pipx install --force 'lydite[dask]'"),
        ("uv-receipt.toml", "uv tool install --force 'lydite[dask]'"),
    ],
)
def test_who_has_made_the_environment_installs_the_extra(prefix: Path, receipt: str, command: str) -> None:
    (prefix / receipt).touch()
    assert extras.command("dask") == command


def test_an_environment_without_pip_is_not_told_to_use_it(prefix: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda _: None)
    assert extras.command("pages") == f"uv pip install --python '{prefix / 'bin' / 'python'}' 'lydite[pages]'"
