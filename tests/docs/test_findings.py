"""Computes each number of docs/findings.md again, and the number due by mpmath."""

from __future__ import annotations

import math
import runpy
import warnings
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lydite.kit.claim import CLAIMS
from lydite.kit.regime import Regime

DOCS = runpy.run_path(str(Path(__file__).parents[2] / "docs" / "findings.py"))
FINDINGS: list[dict[str, Any]] = DOCS["findings"]()
NAMES = [f"{row['library']}: {row['title']}" for row in FINDINGS]
DIGITS = 50
WRONG = 1e-3
"""Each is off by more than this part of what is due."""


def run(code: str, name: str, known: dict[str, Any]) -> float:
    """Returns what `code` leaves under `name`; libraries may warn, of overflow for instance."""
    names = dict(known)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        exec(code, names)
    return float(names[name])


def installed(row: dict[str, Any]) -> None:
    """Skips where the library is not there in the version of the finding."""
    try:
        version = metadata.version(row["library"]).partition("+")[0]
    except metadata.PackageNotFoundError:
        pytest.skip(f"{row['library']} is not installed")
    if version != row["version"]:
        pytest.skip(f"{row['library']} is {version}, the finding is on {row['version']}")


@pytest.mark.parametrize("row", FINDINGS, ids=NAMES)
def test_the_number_due_is_due(row: dict[str, Any]) -> None:
    mpmath = pytest.importorskip("mpmath")
    with mpmath.workdps(DIGITS):
        assert run(row["exact"], "due", vars(mpmath)) == float(row["due"])


@pytest.mark.parametrize("row", FINDINGS, ids=NAMES)
def test_the_library_still_breaks(row: dict[str, Any]) -> None:
    installed(row)
    got, due = run(row["code"], "got", {}), float(row["due"])
    assert got == pytest.approx(float(row["got"]), rel=1e-6, abs=0, nan_ok=True)
    assert not math.isclose(got, due, rel_tol=WRONG)


@pytest.mark.parametrize("row", FINDINGS, ids=NAMES)
def test_a_finding_bears_on_a_graded_claim(row: dict[str, Any]) -> None:
    assert row["claim"] in CLAIMS
    assert Regime(row["regime"]) in CLAIMS[row["claim"]].regimes
    assert row["kind"] in DOCS["HEADINGS"]
    assert row["link"].startswith("https://")


def test_the_page_is_up_to_date() -> None:
    assert DOCS["PAGE"].read_text(encoding="utf-8") == DOCS["page"](), "run: python docs/findings.py"
