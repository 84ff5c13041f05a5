"""What several tests need: submissions on disk."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

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
