"""Compares versions of a suite: each law has the one that brought it, or last sharpened it."""

from __future__ import annotations

import re

FIRST = "0.1"
"""The version of the suite that brought every law which does not say otherwise."""
VERSION = re.compile(r"\d{1,9}(\.\d{1,9}){0,3}", re.ASCII)


def is_newer(version: str, other: str) -> bool:
    """Returns whether `version` is newer than `other`; 0.2 and 0.2.0 are one version."""
    ours, theirs = ([int(part) for part in text.split(".")] for text in (version, other))
    length = max(len(ours), len(theirs))
    return ours + [0] * (length - len(ours)) > theirs + [0] * (length - len(theirs))
