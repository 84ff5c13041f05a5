"""The words of isolation: tiers, and what a jail shows and allows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Tier(StrEnum):
    """How far code under test is kept apart, from the best down."""

    NAMESPACES = "namespaces"
    LANDLOCK = "landlock"
    PROCESS = "process"
    NONE = "none"


CONTAINED = (Tier.NAMESPACES, Tier.LANDLOCK)
"""The tiers for code that is not trusted."""


class NoTier(Exception):
    """No tier for untrusted code works here; the text says why, and what can be done all the same."""


@dataclass(frozen=True, slots=True)
class Jail:
    """Describes what the code under test may see and take.

    `shown` are files and folders that are visible, read-only and at their own place, besides the system's programs and
    libraries and Python with NumPy, SciPy and the distributions `allow`. `memory` is MiB of address space (0: any),
    `cpu` seconds, `files` those open at a time; `processes` counts threads too; `scratch` is MiB that can be written:
    to a file system that goes with the jail (namespaces), to nothing at all (landlock), to each file (process). `forks`
    allows processes besides the first, in namespaces only: they take `memory` together, and each may take all of `cpu`.
    """

    tier: Tier
    shown: tuple[Path, ...] = ()
    allow: tuple[str, ...] = ()
    memory: int = 2048
    cpu: int = 600
    processes: int = 64
    files: int = 256
    scratch: int = 64
    forks: bool = False


def place(path: Path) -> Path:
    """Returns where a jail shows `path`: where it lies, without detours."""
    whole = path.absolute()
    return whole.resolve() if whole.name in {"", ".."} else whole.parent.resolve() / whole.name
