"""Which tiers work here, by trial."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from lydite.isolation import bubblewrap, landlock, seccomp
from lydite.isolation.jail import start, stop
from lydite.isolation.tier import CONTAINED, Jail, NoTier, Tier

PROBES = Path(__file__).resolve().with_name("probes.py")
FIRST = ("compute", "read_secret", "make_socket", "make_namespace", "fork")
"""The probes that a tier must withstand to be offered."""

PATIENCE = 30.0
"""Seconds for a trial of a tier."""
LINGERING = 3.0
"""Seconds in which a jail that was stopped must have let go of everything."""
GLANCE = 0.05
MOST = 1 << 20


@dataclass(slots=True)
class Said:
    """Holds what a program wrote in its jail, and how it ended: `status` is None where it had to be stopped.

    `lingers` where something has outlived its jail, and still holds a descriptor of it.
    """

    text: dict[str, bytearray] = field(default_factory=dict)
    status: int | None = None
    lingers: bool = False

    def replies(self) -> str:
        """Returns what came on descriptor 4."""
        return self.text["replies"].decode(errors="replace")

    def errors(self) -> str:
        """Returns what came on its standard error."""
        return self.text["errors"].decode(errors="replace")


def run(command: Sequence[str], jail: Jail, seconds: float, most: int = MOST) -> Said:
    """Runs `command` in `jail`, for at most `seconds`, without any requests; keeps `most` bytes of what it says."""
    (reading, ours), (replies, writing) = os.pipe(), os.pipe()
    try:
        process = start(command, jail, reading, writing)
    except BaseException:
        os.close(replies)
        raise
    finally:
        for one in (reading, ours, writing):
            os.close(one)
    said = Said()
    if process.stdout is None or process.stderr is None:
        raise RuntimeError("the program was started without pipes")
    with selectors.DefaultSelector() as open_ones, os.fdopen(replies, "rb"), process.stdout, process.stderr:
        ends = {"replies": replies, "output": process.stdout.fileno(), "errors": process.stderr.fileno()}
        for name, end in ends.items():
            open_ones.register(end, selectors.EVENT_READ, name)
            said.text[name] = bytearray()
        deadline = time.monotonic() + seconds
        while process.poll() is None and time.monotonic() < deadline:
            _take(open_ones, said, most)
            with suppress(subprocess.TimeoutExpired):
                process.wait(0 if open_ones.get_map() else GLANCE)
        said.status = process.poll()
        stop(process)
        deadline = time.monotonic() + LINGERING
        while open_ones.get_map() and time.monotonic() < deadline:
            _take(open_ones, said, most)
        said.lingers = bool(open_ones.get_map())
    return said


def _take(open_ones: selectors.BaseSelector, said: Said, most: int) -> None:
    """Takes in what comes within a moment; keeps the beginning."""
    for key, _ in open_ones.select(GLANCE) if open_ones.get_map() else ():
        chunk = os.read(key.fd, 1 << 16)
        kept = said.text[key.data]
        kept += chunk[: most - len(kept)]
        if not chunk:
            open_ones.unregister(key.fileobj)


def best() -> Tier:
    """Returns the best tier for untrusted code that works here, by trial. Raises NoTier where there is none."""
    for tier in CONTAINED:
        if not proven(tier):
            return tier
    reasons = "\n".join(f"  {tier}: {proven(tier)}" for tier in CONTAINED)
    raise NoTier(
        f"no isolation for untrusted code works here:\n{reasons}\n`lydite doctor` tells more. "
        "A file of your own can be graded without: lydite grade FILE --isolation process"
    )


@cache
def proven(tier: Tier) -> str:
    """Returns why `tier` does not work here, by trial; empty where it does."""
    return _lacking(tier) or _tried(tier)


def _lacking(tier: Tier) -> str:
    """Returns what is missing at first sight."""
    if tier not in CONTAINED:
        return "" if os.name == "posix" else "needs a POSIX system"
    if sys.platform != "linux":
        return "needs Linux"
    if not seccomp.supported():
        return f"the system calls of {os.uname().machine} are not known"
    if tier is Tier.NAMESPACES:
        return "" if bubblewrap.found() else "bubblewrap is not installed"
    return landlock.lacking()


def _tried(tier: Tier) -> str:
    """Runs a program that computes, and that tries the plainest ways out."""
    names = FIRST if tier in CONTAINED else FIRST[:1]
    with tempfile.TemporaryDirectory() as folder:
        secret = Path(folder, "secret")
        secret.write_text("secret", "ascii")
        secret.parent.chmod(0o755)
        said = run(probing(names, {"secret": str(secret)}), Jail(tier, (PROBES,)), PATIENCE)
    told = said.replies()
    if told == "".join(f"{name}: tried\n{name}: contained\n" for name in names):
        return ""
    leaks = "; ".join(line for line in told.splitlines() if "LEAKS" in line)
    return (leaks or said.errors().strip() or f"the trial ended with status {said.status}")[:1000]


def probing(names: Sequence[str], facts: dict[str, str | int]) -> list[str]:
    """Returns the command that runs the probes `names`, which are given `facts`."""
    return [sys.executable, "-I", "-B", str(PROBES), json.dumps(facts), *names]
