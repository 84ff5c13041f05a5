"""bubblewrap: the command line that gives a program namespaces of its own, and shows it no more than it needs."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from lydite.isolation.interpreter import elsewhere
from lydite.isolation.visible import LINKS, folders, hidden

NOBODY = "65534"
SCRATCH = "/scratch"
DEVICES = ("null", "zero", "full", "random", "urandom")

OWN = (
    "--unshare-all",
    "--unshare-user",
    "--disable-userns",
    "--die-with-parent",
    # No other process within reach of what is graded, whose memory it could write to through /proc.
    "--as-pid-1",
    *("--cap-drop", "ALL", "--uid", NOBODY, "--gid", NOBODY, "--hostname", "lydite"),
)


def found() -> str | None:
    """Returns the program, where it is installed; one that lies in the current folder would be no jail, but in it."""
    return shutil.which("bwrap", path=elsewhere(os.environ.get("PATH", os.defpath)))


def wrapped(command: Sequence[str], shown: tuple[Path, ...], environment: dict[str, str], scratch: int) -> list[str]:
    """Returns `command` in namespaces of its own, with `scratch` MiB to write to. All else is read-only."""
    options = [
        *OWN,
        *_system(),
        *("--proc", "/proc"),
        *(part for name in DEVICES for part in ("--dev-bind", f"/dev/{name}", f"/dev/{name}")),
        *("--symlink", "/proc/self/fd", "/dev/fd"),
        *("--size", str(max(scratch << 20, 4096)), "--tmpfs", SCRATCH),
        *("--symlink", SCRATCH, "/dev/shm"),  # noqa: S108  (one place to write to, and one bound on it)
        *(part for path in shown for part in ("--ro-bind", str(path), str(path))),
        *(part for path in hidden() for part in ("--remount-ro", str(path))),
        *("--remount-ro", "/", "--chdir", SCRATCH),
    ]
    settings = [part for name, value in environment.items() for part in ("--setenv", name, value)]
    return [found() or "bwrap", *options, *settings, "--", *command]


def _system() -> Iterator[str]:
    for path in folders():
        if str(path) in LINKS and path.is_symlink():
            yield from ("--symlink", str(path.readlink()), str(path))
        else:
            yield from ("--ro-bind", str(path), str(path))
    for path in hidden():
        yield from ("--tmpfs", str(path))
