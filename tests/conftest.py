"""Holds what several tests need: submissions on disk, a browser, and a way to grade on machines without a jail."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lydite.grading import request
from lydite.isolation import NoTier, Tier, best

for name in ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "GITHUB_ACTIONS"):
    # Outputs are compared, whatever terminal or CI runs the tests; workers of xdist have COLUMNS.
    os.environ.pop(name, None)

collect_ignore = ["softplus"]
"""A topic for a copy of the suite; it has its place there."""

Submit = Callable[..., Path]

QUIET = [
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
"""Options of a Chromium that asks for nothing but the page."""


@pytest.fixture
def submit(tmp_path: Path) -> Submit:
    """Writes a submission, and returns its path."""

    def write(text: str, name: str = "submission.py") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("import numpy as np\n\n" + textwrap.dedent(text), "utf-8")
        return path

    return write


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A headless Chromium."""
    api = pytest.importorskip("playwright.sync_api", exc_type=ImportError)
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not program:
        pytest.skip("no Chromium is installed")
    with api.sync_playwright() as playwright:
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=program, args=[*QUIET, *sandbox])
        yield browser
        browser.close()


@pytest.fixture(autouse=True)
def _forgotten(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Forgets the modules that a test has written and imported: the next test may write another of that name."""
    before = set(sys.modules)
    yield
    written = tmp_path_factory.getbasetemp()
    for name in sys.modules.keys() - before:
        file = getattr(sys.modules[name], "__file__", None)
        if isinstance(file, str) and Path(file).is_relative_to(written):
            del sys.modules[name]


@pytest.fixture(autouse=True, scope="session")
def _without_a_jail() -> Iterator[None]:
    """Where no jail can be built, a process takes its place: only the tests of isolation itself are skipped then."""
    with pytest.MonkeyPatch.context() as patch:
        try:
            best()
        except NoTier:
            patch.setattr(request, "best", lambda: Tier.PROCESS)
        yield
