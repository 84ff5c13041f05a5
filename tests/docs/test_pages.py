"""Who follows a tutorial or a guide line by line gets what it shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.shown import Session

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PLAYED = sorted(
    [*(DOCS / "tutorials").glob("*.md"), *(DOCS / "how-to").glob("*.md"), *(DOCS / "explanation").glob("*.md")]
)


@pytest.mark.parametrize("page", PLAYED, ids=lambda page: f"{page.parent.name}/{page.stem}")
def test_a_page_is_what_happens(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "110")
    Session(tmp_path).play(page)
