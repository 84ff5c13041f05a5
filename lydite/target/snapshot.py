"""Lays out what was submitted in a folder of its own: that is what is graded, whatever becomes of the original."""

from __future__ import annotations

import errno
import secrets
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path, PurePath

from lydite.isolation import Tier, place
from lydite.isolation.environment import temporary
from lydite.target.content import Part, content, lay_out
from lydite.target.unpack import archived, unpacked
from lydite.worker.loading import Unloadable

PREFIX = "lydite-submissions-"
ITS_OWN = frozenset({errno.EEXIST, errno.EILSEQ, errno.EINVAL, errno.ENAMETOOLONG, errno.ENOTDIR})
"""Errors that come of the names in what was submitted."""


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
        try:
            return cls(folder / name, tuple(lay_out(parts, folder / name)))
        except OSError as error:
            shutil.rmtree(folder, ignore_errors=True)
            if error.errno in ITS_OWN:
                raise Unloadable(f"{name} cannot be laid out: {error.strerror}") from None
            raise OSError(error.errno, error.strerror) from None  # which names no file of this machine

    def remove(self) -> None:
        """Deletes the copy."""
        shutil.rmtree(self.path.parent, ignore_errors=True)


def snapshot(target: str, parts: Sequence[Part] | None = None, tier: Tier = Tier.PROCESS) -> Snapshot:
    """Returns a copy of the file or folder `target`, whose `parts` may be known; an archive is unpacked in a jail.

    Raises Unloadable where it is neither, or holds too much.
    """
    original = Path(target)
    parts, name = content(_led(original)) if parts is None else parts, place(original).name
    archive = archived(parts, name)
    if archive is None:
        return Snapshot.of(parts, name)
    packed = Snapshot.of([replace(archive, path="")], PurePath(archive.path or name).name)
    try:
        return Snapshot.of(unpacked(packed.path, tier), PurePath(name).stem)
    finally:
        packed.remove()


def _led(path: Path) -> Path:
    """Returns where `path` leads, if it links to its neighbour; other links are left for `content` to refuse."""
    leads = path.resolve()
    return leads if path.is_symlink() and leads.parent == path.parent.resolve() else path


@cache
def _folder() -> Path:
    """Returns a folder that others can pass through, as a jail's user has to, and not list: names in it are secrets."""
    folder = temporary(PREFIX)
    folder.chmod(0o711)
    return folder
