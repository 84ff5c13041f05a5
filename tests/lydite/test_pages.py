"""Pages from templates: escaped, strict, and honest about the extra that they need."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from lydite import templates

ROOT = Path(__file__).parents[2]


def test_markup_is_escaped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(templates, "TEMPLATES", tmp_path)
    (tmp_path / "a.html").write_text("{{ text | twice }}", encoding="utf-8")
    assert templates.page("a.html", {"twice": lambda text: text * 2}, text="<b>") == "&lt;b&gt;&lt;b&gt;"


def test_without_the_engine_the_command_says_what_to_install() -> None:
    stored = next((ROOT / "docs" / "scoreboard").glob("*.json.gz"))
    hidden = (
        f"import sys; sys.modules['jinja2'] = None; sys.argv = ['lydite', 'scoreboard', {str(stored)!r}, '--html', 'x']"
    )
    told = subprocess.run(
        [sys.executable, "-c", f"{hidden}; from lydite.commands.cli import main; main()"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert told.returncode == 2
    assert "install 'lydite[pages]'" in told.stderr
