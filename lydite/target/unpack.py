"""Unpacks an archive that was submitted in a jail, which sends its files: nothing here reads what is packed."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from lydite.isolation import Jail, Tier, place
from lydite.isolation.trial import run
from lydite.notation.text import cut
from lydite.suite import HERE
from lydite.target.content import FILE, FOLDER, LARGE, LONGEST_PATH, MOST_BYTES, MOST_DEPTH, MOST_PARTS, Part, is_kept
from lydite.worker.codec import Message, Violation, decoded
from lydite.worker.loading import LARGEST_FILE, Unloadable

ARCHIVE = ".zip"
WORKER = HERE / "worker"
PATIENCE = 300.0
"""Seconds on the wall for an archive, on a machine that is busy."""
CPU = 60
MEMORY = 1024
NAMES = 16 << 20
"""Bytes that the names in an archive may take, besides what it holds."""
LONGEST_NAME = 255


def archived(parts: Sequence[Part], name: str) -> Part | None:
    """Returns the archive that was submitted as `name`, itself or alone in a folder, if it is one."""
    files = [part for part in parts if part.kind != FOLDER]
    if len(files) != 1 or files[0].kind != FILE:
        return None
    return files[0] if (files[0].path or name).lower().endswith(ARCHIVE) else None


def unpacked(archive: Path, tier: Tier) -> tuple[Part, ...]:
    """Returns what lies in `archive`, as the parts of a folder. Raises Unloadable."""
    order = json.dumps({"unpack": str(archive), "parts": MOST_PARTS, "bytes": MOST_BYTES})
    command = [sys.executable, "-I", "-B", str(place(WORKER)), order]
    inside = Tier.PROCESS if tier is Tier.NONE else tier
    jail = Jail(inside, shown=(WORKER, archive.parent), memory=MEMORY, cpu=CPU)
    said = run(command, jail, PATIENCE, MOST_BYTES + NAMES)
    try:
        return _parts(list(_files(bytes(said.text["replies"]), archive.name)))
    except Violation as fault:
        raise Unloadable(f"{archive.name} cannot be unpacked: {fault}") from None


def _files(said: bytes, name: str) -> Iterator[tuple[str, bytes]]:
    """Yields the files that were sent, to the last. Raises Unloadable, and Violation where it is not as agreed."""
    at = 0
    while (end := said.find(b"\n", at)) >= 0:
        message, at = decoded(said[at:end]), end + 1
        if "unloadable" in message:
            raise Unloadable(cut(str(message["unloadable"])))
        if message.get("end") is True:
            return
        path, size = _path(message), message.get("bytes")
        if type(size) is not int or not 0 <= size <= len(said) - at:
            raise Violation(f"{path} is cut off")
        yield path, said[at : at + size]
        at += size
    raise Violation(f"{name} takes too much memory or time")


def _path(message: Message) -> str:
    """Returns the path of a file that is sent. Raises Violation where it may not be laid out."""
    path = message.get("path")
    if type(path) is not str:
        raise Violation("a file has no path")
    names = path.split("/")
    try:
        too_long = len(os.fsencode(path)) > LONGEST_PATH or any(len(os.fsencode(n)) > LONGEST_NAME for n in names)
    except UnicodeEncodeError:
        raise Violation("the name of a file is not text") from None
    if too_long or len(names) > MOST_DEPTH or "\0" in path or not all(map(is_kept, names)) or "" in names:
        raise Violation(f"{cut(path)} cannot be laid out")
    return path


def _parts(files: Sequence[tuple[str, bytes]]) -> tuple[Part, ...]:
    """Returns `files` with the folders that they lie in. Raises Violation where they do not fit together."""
    parts = {"": Part("", FOLDER)}
    for path, content in files:
        names = path.split("/")
        for depth in range(1, len(names)):
            folder = "/".join(names[:depth])
            if parts.setdefault(folder, Part(folder, FOLDER)).kind != FOLDER:
                raise Violation(f"{cut(folder)} is a file and a folder")
        if path in parts:
            raise Violation(f"{cut(path)} is sent twice")
        is_large = len(content) > LARGEST_FILE
        parts[path] = Part(path, LARGE) if is_large else Part(path, FILE, content)
    if len(parts) > MOST_PARTS or sum(len(part.held) for part in parts.values()) > MOST_BYTES:
        raise Violation(f"it holds more than {MOST_PARTS} files or {MOST_BYTES >> 20} MiB")
    if len(parts) == 1:
        raise Violation("it holds no file")
    return tuple(parts.values())
