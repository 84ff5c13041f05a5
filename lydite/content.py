"""What was submitted, as bytes: to see whether it has changed, and to send it elsewhere. Opens plain files only."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from lydite.worker.loading import LARGEST_FILE, Unloadable

MOST_PARTS = 10_000
MOST_BYTES = 64 << 20
"""Files of one submission, and what they may hold together, those that are too large to be loaded left out."""

FILE, FOLDER, LINK, LARGE, OTHER = "file", "folder", "link", "large", "other"


@dataclass(frozen=True, slots=True)
class Part:
    """One file at `path` in a submission, which is empty for the whole of it.

    `held` is what a file holds, where a link leads, or how large a file is that is too large, and when it was written.
    """

    path: str
    kind: str
    held: bytes = b""


def content(path: Path) -> tuple[Part, ...]:
    """All that is at `path`, in the order of names. Raises Unloadable where that is no file, no folder, or too much."""
    parts, size = [], 0
    for part in _parts(path):
        parts.append(part)
        size += len(part.held)
        if len(parts) > MOST_PARTS or size > MOST_BYTES:
            raise Unloadable(f"{path.name} holds more than {MOST_PARTS} files or {MOST_BYTES >> 20} MiB")
    refused = {
        LINK: "is a link",  # which may lead to what somebody else has submitted
        LARGE: f"is larger than {LARGEST_FILE >> 20} MiB",
        OTHER: "is no plain file and no folder",
    }
    if parts[0].kind in refused:
        raise Unloadable(f"{path.name} {refused[parts[0].kind]}")
    return tuple(parts)


def digest(parts: Sequence[Part]) -> str:
    """A name for exactly this content."""
    known = sha256()
    for part in parts:
        for field in (os.fsencode(part.path), part.kind.encode(), part.held):
            known.update(len(field).to_bytes(8))
            known.update(field)
    return known.hexdigest()


def lay_out(parts: Sequence[Part], root: Path) -> None:
    """Writes `parts` at `root`, where nothing is yet; in place of what is not to be opened, what cannot be either."""
    for part in parts:
        place = root / part.path
        match part.kind:
            case "file":
                place.write_bytes(part.held)
            case "folder":
                place.mkdir()
            case "link":
                place.symlink_to(os.fsdecode(part.held))
            case "large":
                place.touch()
                os.truncate(place, int(part.held.split()[0]))
            case _:
                os.mkfifo(place)


def _parts(root: Path) -> Iterator[Part]:
    waiting = [""]
    while waiting:
        path = waiting.pop()
        try:
            part = _part(root / path, path)
            names = sorted(os.listdir(root / path), key=os.fsencode, reverse=True) if part.kind == FOLDER else []  # noqa: PTH208  (names)
        except OSError:
            part, names = Part(path, OTHER), []
        yield part
        waiting += [f"{path}/{name}" if path else name for name in names]


def _part(place: Path, path: str) -> Part:
    """Raises OSError where it cannot be read."""
    mode = place.lstat().st_mode
    if stat.S_ISLNK(mode):
        return Part(path, LINK, os.fsencode(place.readlink()))
    if stat.S_ISDIR(mode):
        return Part(path, FOLDER)
    if not stat.S_ISREG(mode):
        return Part(path, OTHER)
    opened = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)  # whatever it has become in the meantime
    with os.fdopen(opened, "rb") as file:
        found = os.fstat(opened)
        if not stat.S_ISREG(found.st_mode):
            return Part(path, OTHER)
        if found.st_size > LARGEST_FILE:
            return Part(path, LARGE, b"%d %d" % (found.st_size, found.st_mtime_ns))
        return Part(path, FILE, file.read(LARGEST_FILE))
