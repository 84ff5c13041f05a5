"""Opens what a target names: loads it into this process, or runs it in a jail."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from lydite.adapters.adapter import Adapter
from lydite.isolation import Tier, place
from lydite.target.implementation import Implementation
from lydite.target.literals import literals
from lydite.target.load import load
from lydite.target.name import is_program, is_submitted
from lydite.target.program import Program
from lydite.target.remote import Remote
from lydite.target.smoke import check
from lydite.target.snapshot import Snapshot
from lydite.target.snapshot import snapshot as taken
from lydite.target.unpack import ARCHIVE
from lydite.target.watch import Watch
from lydite.worker.offered import names
from lydite.worker.told import Told


def _home(target: str) -> Path | None:
    """Returns the folder in which the file or folder `target` runs, where it is one."""
    if not is_submitted(target) or is_program(target):
        return None
    path = place(Path(target))
    return path if path.is_dir() else path.parent


class Opened:
    """A target; `tier` and `memory` (MiB) are for what is submitted, all else runs in this process.

    A command is a process of its own in any tier. `snapshot` is what is graded in place of a file or folder, where it
    has been taken already. Raises NotOffered where `allow` names what cannot be shown, Unloadable for a bad archive.
    """

    def __init__(
        self,
        target: str,
        adapter: Adapter | None,
        precision: str,
        watch: Watch,
        tier: Tier = Tier.NONE,
        memory: int = 0,
        allow: tuple[str, ...] = (),
        snapshot: Path | None = None,
        entry: str = "",
    ) -> None:
        self._unpacked: Snapshot | None = None
        if snapshot is None and tier is Tier.NONE and target.lower().endswith(ARCHIVE) and is_submitted(target):
            self._unpacked = taken(target)
            snapshot = self._unpacked.path
        home = _home(str(snapshot or target))
        self._target = str(place(snapshot or Path(target))) if home else target
        self._adapter = adapter and replace(adapter, path=adapter.path.absolute())
        self._precision = precision
        self._watch = watch
        self._entry = entry
        self._told = Told()
        self._loaded: object | None = None
        self._program: Program | None = None
        self._implementations: dict[bool, Implementation] = {}
        if is_submitted(target) and (tier is not Tier.NONE or is_program(target)):
            jail = Tier.PROCESS if tier is Tier.NONE else tier
            self._program = Program(target, jail, watch.seconds, memory, allow, snapshot=snapshot, entry=entry)
        else:
            watch.home = home

    def implementation(self, watched: bool) -> Implementation:
        """Returns the implementation behind its guard, which looks for side effects if `watched`. Raises Unloadable."""
        if watched not in self._implementations:
            self._implementations[watched] = self._guarded(watched)
        return self._implementations[watched]

    def _guarded(self, watched: bool) -> Implementation:
        if self._program is not None:
            if is_program(self._target) and not self._implementations:
                check(self._program)
            self._program.running()  # what cannot be loaded is so once, and not once for each case
            return Remote(self._program, watched, self._watch)
        if self._loaded is None:
            self._loaded = load(self._target, self._adapter, self._precision, self._entry, self._told)
        return Implementation(self._loaded, watched, self._watch)

    def told(self) -> dict[str, list[str]]:
        """Returns what it says besides its calls: `notes` for people, names, and modules that were `absent`."""
        if self._program is not None:
            return self._program.told
        found = {"names": names(self._loaded)} if self._loaded is not None and is_submitted(self._target) else {}
        return {**self._told.message(), **found}

    def literals(self) -> tuple[float, ...]:
        """Returns the numbers in what was submitted, or in the files of a library's calls; a command has none."""
        if is_program(self._target):
            return ()
        if is_submitted(self._target):
            return literals([Path(self._target)])
        return literals(self.implementation(watched=False).files())

    def output(self) -> dict[str, str]:
        """Returns what a program has written to its standard output and error by now, as far as it is kept."""
        return self._program.said() if self._program else {}

    def close(self) -> None:
        """Ends what runs."""
        if self._program is not None:
            self._program.stop()
        if self._unpacked is not None:
            self._unpacked.remove()
