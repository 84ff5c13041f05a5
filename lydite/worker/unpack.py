"""Unpacks an archive: sends each plain file in it as a line of JSON and its bytes, or why there is nothing to send."""

from __future__ import annotations

import lzma
import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .codec import encoded
from .loading import LARGEST_FILE, Unloadable

CHUNK = 1 << 16
FAULTS = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError),
    *(NotImplementedError, RuntimeError, EOFError, OSError, ValueError),
)
"""Exceptions that zipfile raises of an archive that it cannot read."""


def send(archive: Path, order: dict[str, Any], writing: int) -> None:
    """Sends the files of `archive` to the descriptor `writing`, within the limits of `order`."""
    try:
        for path, content in files(archive, order["parts"], order["bytes"]):
            _write(writing, encoded({"path": path, "bytes": len(content)}) + content)
        _write(writing, encoded({"end": True}))
    except Unloadable as error:
        _write(writing, encoded({"unloadable": str(error)}))
    except FAULTS as error:
        _write(writing, encoded({"unloadable": f"{archive.name} cannot be unpacked: {error}"}))


def files(archive: Path, most_parts: int, most_bytes: int) -> Iterator[tuple[str, bytes]]:
    """Yields the path and the content of each file in `archive`; of what is too large, one byte too many.

    Raises Unloadable where it holds too much, or what is not a plain file inside of it.
    """
    seen: set[str] = set()
    size = 0
    with zipfile.ZipFile(archive) as opened:
        entries = opened.infolist()
        if len(entries) > most_parts:
            raise Unloadable(f"{archive.name} holds more than {most_parts} files")
        for entry in entries:
            path = _path(entry, archive.name)
            if path in seen:
                raise Unloadable(f"{archive.name} holds {path} twice")
            if entry.is_dir() or _is_left_behind(path):
                continue
            seen.add(path)
            if entry.flag_bits & 1:
                raise Unloadable(f"{archive.name} is encrypted")
            with opened.open(entry) as file:
                content = file.read(LARGEST_FILE + 1)
            size += len(content)
            if size > most_bytes:
                raise Unloadable(f"{archive.name} holds more than {most_bytes >> 20} MiB")
            yield path, content


def _path(entry: zipfile.ZipInfo, archive: str) -> str:
    """Returns where `entry` lies in the archive. Raises Unloadable where that is elsewhere, or it is a link."""
    name = entry.filename.replace("\\", "/")  # as Windows writes them
    parts = [part for part in name.split("/") if part not in {"", "."}]
    if name.startswith("/") or ".." in parts or ":" in parts[:1]:
        raise Unloadable(f"{archive} holds {name[:200]}, which lies outside of it")
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise Unloadable(f"{archive} holds {name[:200]}, which is a link or no plain file")
    return "/".join(parts)


def _is_left_behind(path: str) -> bool:
    """Returns whether a system has left it there, or it is hidden."""
    return any(part.startswith(".") or part in {"__MACOSX", "__pycache__"} for part in path.split("/"))


def _write(writing: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(writing, rest[:CHUNK]) :]
