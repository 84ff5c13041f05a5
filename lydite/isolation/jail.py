"""Starts programs in jails, and ends them with all that is in there."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from itertools import count
from pathlib import Path
from typing import Any

from lydite.isolation import bubblewrap, landlock, reveal, seccomp, together
from lydite.isolation.environment import environment
from lydite.isolation.interpreter import KERNELS
from lydite.isolation.tier import CONTAINED, Jail, Tier, place
from lydite.isolation.visible import folders, python_paths

LAUNCHER = Path(__file__).resolve().with_name("launcher.py")

ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    **{name: os.environ[name] for name in KERNELS if name in os.environ},  # the same bits in and out of a jail
}
"""All that a program in a jail sees of an environment."""

USERS = range(61184, 65520)
"""Numbers that systemd sets aside for services without a user of their own: they own nothing."""
_turn = count(int.from_bytes(os.urandom(2), "big"))

UNLIMITED = (1 << 63) - 1
"""Bytes, in place of a limit that this process may have itself."""

DYING = 10.0
"""Seconds that the kernel may take to clear up after a kill."""


def start(command: Sequence[str], jail: Jail, reading: int, writing: int) -> subprocess.Popen[bytes]:
    """Starts `command` in `jail`: requests come in on its descriptor 3, which is `reading`, replies go out on 4.

    Nothing can be read on its standard input; what it writes to its standard output and error must be drained. It dies
    with the thread that has started it. Where it cannot be confined, it is not run: its status is then 125 and its
    standard error says why. Raises ValueError where `jail` cannot be had: NotOffered for what it allows.
    """
    placed = dict.fromkeys(map(place, jail.shown))
    given = tuple(path for path in placed if placed.keys().isdisjoint(path.parents))
    shown = tuple(dict.fromkeys([*python_paths(*jail.allow), *given]))
    if jail.tier is Tier.LANDLOCK:
        own = environment(*jail.allow)
        shown = (*shown, own)
        command = [str(own / "bin" / "python") if one == sys.executable else one for one in command]
    inside = {"descriptors": [reading, writing], **_inside(jail)}
    powerless = _powerless(shown, given) if jail.tier in CONTAINED and os.geteuid() == 0 else {}
    with _Plans() as plans:
        if jail.tier is Tier.NAMESPACES:
            settings = ENVIRONMENT | {"TMPDIR": bubblewrap.SCRATCH}
            within = [*plans.launched(inside), *command]
            whole = bubblewrap.wrapped(within, (*shown, LAUNCHER), settings, jail.scratch)
            if powerless:
                whole = [*plans.launched(powerless), *whole]
        else:
            fenced = {"landlock": landlock.rules(shown)} if jail.tier is Tier.LANDLOCK else {}
            whole = [*plans.launched(inside | powerless | fenced), *command]
        process = subprocess.Popen(
            whole,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=[reading, writing, *plans.descriptors],
            # What bubblewrap itself is given can be read in the jail's /proc.
            env={} if jail.tier is Tier.NAMESPACES else ENVIRONMENT,
            cwd="/",
            start_new_session=True,
        )
    if jail.forks and jail.memory and jail.tier is Tier.NAMESPACES:
        together.bound(process, jail.memory)
    return process


def stop(process: subprocess.Popen[bytes]) -> None:
    """Kills a jail and all that is in it, and waits until it is gone."""
    within = _children(process.pid) if process.poll() is None else []
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for child in within:  # killed by the end of bubblewrap, a moment later
        select.select([child], [], [], DYING)
        os.close(child)


def _children(pid: int) -> list[int]:
    """Returns descriptors of the children of `pid`, each of which becomes readable at its end."""
    found = []
    if sys.platform == "linux":
        with suppress(OSError):
            for child in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split():
                with suppress(ProcessLookupError):
                    found.append(os.pidfd_open(int(child)))
    return found


class _Plans(ExitStack):
    """Writes what launchers are to do into files without a name: an argument may be too short for it."""

    def __init__(self) -> None:
        super().__init__()
        self.descriptors: list[int] = []

    def launched(self, plan: dict[str, Any]) -> list[str]:
        """Returns the beginning of a command that carries out `plan` first."""
        file = self.enter_context(tempfile.TemporaryFile())  # noqa: SIM115  (the stack closes it)
        file.write(json.dumps({"parent": os.getpid(), **plan}).encode())
        file.seek(0)
        self.descriptors.append(file.fileno())
        return [sys.executable, "-I", "-S", "-B", str(LAUNCHER), str(file.fileno())]


def _inside(jail: Jail) -> dict[str, Any]:
    """Returns what the launcher does last, just before the program."""
    if jail.tier is Tier.NONE:
        return {}
    limits = {
        "RLIMIT_CPU": jail.cpu,
        "RLIMIT_NOFILE": jail.files,
        "RLIMIT_FSIZE": jail.scratch << 20,
        "RLIMIT_CORE": 0,
        "RLIMIT_AS": jail.memory << 20 if jail.memory else UNLIMITED,
    }
    if jail.tier is Tier.PROCESS:
        return {"limits": limits}
    counted = 0 if jail.tier is Tier.NAMESPACES else _own_threads()
    limits |= {"RLIMIT_NPROC": counted + jail.processes, "RLIMIT_MEMLOCK": 0, "RLIMIT_MSGQUEUE": 0}
    return {"limits": limits, "seccomp": seccomp.program(forks=jail.forks and jail.tier is Tier.NAMESPACES)}


def _powerless(shown: tuple[Path, ...], given: tuple[Path, ...]) -> dict[str, Any]:
    """Returns how root becomes a user that owns nothing, and still sees what is shown."""
    installed = [path for path in [*folders(), *shown, LAUNCHER] if path not in given]
    revealed = reveal.plan(installed, given)
    return {"user": USERS[next(_turn) % len(USERS)], **({"reveal": revealed} if revealed else {})}


def _own_threads() -> int:
    """Returns the threads of this user, which the kernel counts together; none of a user that is made up."""
    if os.geteuid() == 0:
        return 0
    total = 0
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if process.stat().st_uid == os.geteuid():
                total += len(list((process / "task").iterdir()))
    return total
