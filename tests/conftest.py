"""What several tests need: submissions on disk, and a way to grade them on machines that can build no jail."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lydite import request
from lydite.isolation import NoTier, Tier, best

Submit = Callable[..., Path]


@pytest.fixture
def submit(tmp_path: Path) -> Submit:
    """Writes a submission, and returns its path."""

    def write(text: str, name: str = "submission.py") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("import numpy as np\n\n" + textwrap.dedent(text), "utf-8")
        return path

    return write


@pytest.fixture(autouse=True, scope="session")
def _without_a_jail() -> Iterator[None]:
    """Where no jail can be built, a process takes its place: only the tests of isolation itself are skipped then."""
    with pytest.MonkeyPatch.context() as patch:
        try:
            best()
        except NoTier:
            patch.setattr(request, "best", lambda: Tier.PROCESS)
        yield
