"""Reads the names that Canvas and Moodle give to what is downloaded from them."""

from __future__ import annotations

import re

DOWNLOADS = (
    re.compile(r"(?P<name>.+?)_(?P<id>\d+)_assignsubmission_[a-z]+_(?P<file>.*)"),
    re.compile(r"(?P<name>[^_]+)_(?:LATE_)?(?P<id>\d+)_\d+_(?P<file>.+)"),
)
"""The student, her number, perhaps that of the file, and how she has called it; Moodle's first."""
ENDING = re.compile(r"(?:-\d+)?\.[A-Za-z][A-Za-z0-9]{0,7}$")
"""The ending of a file; before it Canvas counts how often one of the name was handed in."""
AGAIN = re.compile(r"-\d+(?=\.\w+$)")


def stems(name: str) -> list[str]:
    """Returns the name of a submission as it is, and without its endings: `a.tar.gz`, `a.tar`, `a`."""
    found = [name]
    while len(shorter := ENDING.sub("", found[-1])) < len(found[-1]) and shorter:
        found.append(shorter)
    return found


def own_name(name: str) -> str:
    """Returns how whoever handed it in has called the file `name`."""
    moodle, canvas = (pattern.fullmatch(name) for pattern in DOWNLOADS)
    if moodle:
        return moodle["file"]
    return AGAIN.sub("", canvas["file"]) if canvas else name
