"""Lays out what was submitted in a folder of its own: that is what is graded, whatever becomes of the original."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lydite.content import Part, content, lay_out
from lydite.isolation import place
from lydite.isolation.environment import temporary

PREFIX = "lydite-submissions-"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A copy at `path`, alone in its folder; `notes` say what of the original is not in it."""

    path: Path
    notes: tuple[str, ...]

    @classmethod
    def of(cls, parts: Sequence[Part], name: str) -> Snapshot:
        """Lays `parts` out as `name`, until it is removed or this process ends."""
        folder = _folder() / secrets.token_hex(8)
        folder.mkdir()
        folder.chmod(0o755)
        return cls(folder / name, tuple(lay_out(parts, folder / name)))

    def remove(self) -> None:
        """Deletes the copy."""
        shutil.rmtree(self.path.parent, ignore_errors=True)


def snapshot(target: str, parts: Sequence[Part] | None = None) -> Snapshot:
    """A copy of the file or folder `target`, whose `parts` may be known. Raises Unloadable where it is neither."""
    original = Path(target)
    return Snapshot.of(content(_led(original)) if parts is None else parts, place(original).name)


def _led(path: Path) -> Path:
    """Where `path` leads, if it is a link to its neighbour; links to elsewhere are left for `content` to refuse."""
    leads = path.resolve()
    return leads if path.is_symlink() and leads.parent == path.parent.resolve() else path


@cache
def _folder() -> Path:
    """A folder that others can pass through, as a jail's user has to, and not list: names in it are secrets."""
    folder = temporary(PREFIX)
    folder.chmod(0o711)
    return folder
