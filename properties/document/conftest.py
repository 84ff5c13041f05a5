"""Keeps the judges of the document out of every session that grades an implementation."""

from __future__ import annotations

from pathlib import Path

import pytest


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:  # noqa: ARG001  (pytest names it)
    """A judge has no implementation to ask: it is never collected beside `--impl`."""
    return True if config.getoption("--impl", None) is not None else None
