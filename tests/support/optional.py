"""Lists what need not be installed: a test that needs it is skipped, or fails where LYDITE_REQUIRE names its kind."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest

from lydite.isolation import Tier, proven


def lacking(kind: str, what: str) -> NoReturn:
    """Leaves the test out, because `what` is absent; fails it where LYDITE_REQUIRE names `kind`."""
    if kind in os.environ.get("LYDITE_REQUIRE", "").split(","):
        pytest.fail(f"LYDITE_REQUIRE={kind}, and {what}")
    pytest.skip(what)


def needed(tier: Tier) -> Tier:
    """Returns `tier` where it works here; else leaves the test out."""
    if why := proven(tier):
        lacking("isolation", f"{tier}: {why}")
    return tier
