"""Reads what was submitted, as bytes, once: to be named, sent elsewhere and laid out. Opens plain files only."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from lydite.isolation import place
from lydite.worker.loading import LARGEST_FILE, Unloadable

MOST_PARTS = 10_000
MOST_BYTES = 64 << 20
MOST_DEPTH = 64
LONGEST_PATH = 1024
"""Files of one submission, what they may hold together, and how deep folders may lie in one another."""

FILE, FOLDER, LINK, LARGE, OTHER = "file", "folder", "link", "large", "other"
OPENED = os.O_RDONLY
for _flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC"):  # not there on every system on which this module is imported
    OPENED |= getattr(os, _flag, 0)
IGNORED = ("__MACOSX", "__pycache__")
"""Names that systems and tools leave behind, as all names that begin with a dot."""


@dataclass(frozen=True, slots=True)
class Part:
    """One file at `path` in a submission, which is empty for the whole of it.

    `held` is what a file holds, where a link leads, or how large a file is that is too large, and when it was written.
    """

    path: str
    kind: str
    held: bytes = b""


def content(path: Path) -> tuple[Part, ...]:
    """Returns all that is at `path`, by name. Raises Unloadable where that is neither file nor folder, or too much.

    Everything is opened once, from the folder that it lies in, and no link is followed: what is exchanged in the
    meantime is read as it was or as it has become, and never from elsewhere.
    """
    path = place(path)
    parts, size = [], 0
    for part in _whole(path):
        parts.append(part)
        size += len(part.held)
        if len(parts) > MOST_PARTS or size > MOST_BYTES:
            raise Unloadable(f"{path.name} holds more than {MOST_PARTS} files or {MOST_BYTES >> 20} MiB")
    if parts[0].kind in LEFT_OUT:
        raise Unloadable(f"{path.name} {LEFT_OUT[parts[0].kind]}")
    return tuple(parts)


LEFT_OUT = {
    LINK: "is a link",  # which may lead to what somebody else has submitted
    LARGE: f"is larger than {LARGEST_FILE >> 20} MiB",
    OTHER: "is neither a plain file nor a folder",
}
"""Why a part is not laid out."""


def digest(parts: Sequence[Part]) -> str:
    """Returns a name for exactly this content."""
    known = sha256()
    for part in parts:
        for field in (os.fsencode(part.path), part.kind.encode(), part.held):
            known.update(len(field).to_bytes(8))
            known.update(field)
    return known.hexdigest()


def lay_out(parts: Sequence[Part], root: Path) -> list[str]:
    """Writes the files and folders of `parts` at `root`, where nothing is yet; returns what is left out, and why."""
    for part in parts:
        here = root / part.path
        if part.kind == FILE:
            here.write_bytes(part.held)
            here.chmod(0o644)
        elif part.kind == FOLDER:
            here.mkdir()
            here.chmod(0o755)
    return [f"{part.path} {LEFT_OUT[part.kind]}, and is left out" for part in parts if part.kind in LEFT_OUT]


def _whole(path: Path) -> Iterator[Part]:
    try:
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        raise Unloadable(f"there is no file {path.name}") from None
    try:
        yield from _parts(folder, path.name, "", 0)
    finally:
        os.close(folder)


def _parts(folder: int, name: str, path: str, depth: int) -> Iterator[Part]:
    """Yields `name` in the open `folder`, and all that it holds."""
    if depth > MOST_DEPTH:
        raise Unloadable(f"more than {MOST_DEPTH} folders lie in one another")
    if len(os.fsencode(path)) > LONGEST_PATH:
        raise Unloadable(f"a path in it is longer than {LONGEST_PATH} bytes")
    try:
        mode = os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
        if stat.S_ISLNK(mode):
            yield Part(path, LINK, os.fsencode(os.readlink(name, dir_fd=folder)))
            return
        if not stat.S_ISDIR(mode) and not stat.S_ISREG(mode):
            yield Part(path, OTHER)
            return
        opened = os.open(name, OPENED, dir_fd=folder)  # whatever it has become in the meantime
    except FileNotFoundError:
        if not path:
            raise Unloadable(f"there is no file {name}") from None
        return  # gone since its folder was listed
    except OSError:
        yield Part(path, OTHER)
        return
    try:
        found = os.fstat(opened)
        if not stat.S_ISDIR(found.st_mode):
            yield _file(opened, found, path)
            return
        yield Part(path, FOLDER)
        for child in sorted(filter(is_kept, os.listdir(opened)), key=os.fsencode):  # noqa: PTH208  (by descriptor)
            yield from _parts(opened, child, f"{path}/{child}" if path else child, depth + 1)
    finally:
        os.close(opened)


def is_kept(name: str) -> bool:
    """Returns whether a file or folder of this name is part of what was submitted."""
    return not name.startswith(".") and name not in IGNORED


def _file(opened: int, found: os.stat_result, path: str) -> Part:
    if not stat.S_ISREG(found.st_mode):
        return Part(path, OTHER)
    if found.st_size > LARGEST_FILE:
        return Part(path, LARGE, b"%d %d" % (found.st_size, found.st_mtime_ns))
    try:
        with os.fdopen(os.dup(opened), "rb") as file:
            return Part(path, FILE, file.read(LARGEST_FILE))
    except OSError:
        return Part(path, OTHER)
