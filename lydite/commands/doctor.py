"""Reports what is installed, and which isolation works here: proved by trying to break out."""

from __future__ import annotations

import os
import platform
import re
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from types import TracebackType
from typing import Self

import click

from lydite.commands import strays
from lydite.isolation import trial
from lydite.isolation.probes import PROBES
from lydite.isolation.tier import CONTAINED, Jail, NoTier, Tier
from lydite.isolation.trial import best, probing, proven
from lydite.notation import extras
from lydite.suite import HERE

NEEDED = ("lydite", "numpy", "scipy", "hypothesis", "pytest", "pytest-xdist", "python-flint", "click", "rich")
TRIED = (*CONTAINED, Tier.PROCESS)
ALLOWED = Jail(Tier.NONE, memory=512, cpu=1, processes=16, files=64, scratch=4)
ABSENT = "is not installed"
LASTING = ("leave_daemon", "refuse_to_die", "burn")
"""Probes that do not end by themselves, or end the others with them."""
LONGEST_FOLDER = 80
"""Bytes, where the name of a socket may have 107, and what is made in the folder takes up to 22 of these."""
SECONDS = {"refuse_to_die": 6.0}
"""Seconds for a probe that hangs: fewer than it would hang for. All others end by themselves."""


@dataclass(frozen=True, slots=True)
class Check:
    """One probe in one tier: what it tried, and what it got hold of; `got` is empty where it was contained."""

    tier: Tier
    name: str
    tried: str
    got: str


class Outside:
    """Holds what a probe could get hold of or damage: a secret, open folders, a process and servers of this user."""

    def __enter__(self) -> Self:
        self._open = ExitStack()
        self.token = secrets.token_hex(8)
        self.folder = Path(self._open.enter_context(tempfile.TemporaryDirectory(dir=_short())))
        self.folder.chmod(0o755)
        self.secret = self.folder / "secrets" / "secret"
        self.secret.parent.mkdir()
        self.secret.write_text(self.token, "ascii")
        self.open, self.shown = self.folder / "open", self.folder / "to" / "be" / "shown"
        for folder in (self.open, self.shown):
            folder.mkdir(parents=True)
            folder.chmod(0o777)
        self.shown.joinpath("file").touch()
        self.shown.joinpath("file").chmod(0o666)
        self.server = self._open.enter_context(socket.create_server(("127.0.0.1", 0)))
        self.named = self._open.enter_context(socket.socket(socket.AF_UNIX))
        self.named.bind(f"\0{self.token}")
        self.named.listen()
        self.datagrams = self._open.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
        self.datagrams.bind(str(self.folder / "datagrams"))
        self.folder.joinpath("datagrams").chmod(0o777)
        for one in (self.server, self.named, self.datagrams):
            one.setblocking(False)
        self.victim = self._open.enter_context(subprocess.Popen(["/bin/sleep", "60"], env={"TOKEN": self.token}))
        self._open.callback(self.victim.kill)
        self.before = self._state()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def facts(self) -> dict[str, str | int]:
        """Returns the facts that a probe is given."""
        return {
            "secret": str(self.secret),
            "token": self.token,
            "lydite": str(HERE),
            "open": str(self.open),
            "shown": str(self.shown),
            "victim": self.victim.pid,
            "port": self.server.getsockname()[1],
            "datagrams": str(self.folder / "datagrams"),
            **{name: getattr(ALLOWED, name) for name in ("memory", "cpu", "processes", "files", "scratch")},
        }

    def damage(self) -> str:
        """Returns what has been done to it since; empty where nothing was."""
        return "; ".join(name for name, state in self._state().items() if state != self.before[name])

    def _state(self) -> dict[str, object]:
        status = self.secret.stat()
        return {
            "the secret was changed": (status.st_size, status.st_mode, status.st_mtime),
            "a file was written": sorted(
                (str(path), path.stat().st_size) for path in self.folder.rglob("*") if path != self.secret
            ),
            **self._victim(),
            "a server was reached": [_is_reached(one) for one in (self.server, self.named)],
            "a message was sent": _is_reached(self.datagrams),
        }

    def _victim(self) -> dict[str, object]:
        import resource  # noqa: PLC0415  (not there on every system on which this module is imported)

        status, stopped, limits = self._settled(), [], None
        ended = self.victim.poll()
        if ended is None:
            stopped = re.findall(r"TracerPid:\t[1-9]|State:\t[Tt]", status)
            limits = resource.prlimit(self.victim.pid, resource.RLIMIT_NOFILE)
        return {"a process was ended": ended, "one was stopped or traced": stopped, "one was limited": limits}

    def _settled(self) -> str:
        """Returns the status of the victim when it has done what signals have it do: it sleeps, has stopped or ended.

        A signal that was sent acts only when the kernel next runs the victim, which may be after the probe has ended.
        """
        status = ""
        while self.victim.poll() is None:
            status = Path(f"/proc/{self.victim.pid}/status").read_text("ascii")
            if re.search(r"State:\t[Tt]", status) or (
                re.search(r"State:\tS", status) and not re.search(r"(SigPnd|ShdPnd):\t0*[1-9a-f]", status)
            ):
                break
            time.sleep(0.001)
        return status


def _short() -> str | None:
    """Returns the folder for temporary files, or the usual one where a socket in it had too long a name."""
    return "/tmp" if len(os.fsencode(tempfile.gettempdir())) > LONGEST_FOLDER else None  # noqa: S108  (of a random name)


def _is_reached(one: socket.socket) -> bool:
    try:
        if one.type == socket.SOCK_DGRAM:
            one.recv(16)
        else:
            one.accept()[0].close()
    except BlockingIOError:
        return False
    return True


def run_probe(name: str, tier: Tier) -> Check:
    """Tries one probe in a jail of its own, and looks at what it has done outside."""
    with Outside() as outside:
        jail = replace(ALLOWED, tier=tier, shown=(trial.PROBES, outside.shown))
        said = trial.run(probing([name], outside.facts()), jail, SECONDS.get(name, trial.PATIENCE))
        damage = outside.damage()
    told = said.replies()
    got = (
        told.partition("LEAKS: ")[2].strip(),
        damage,
        "outlives its jail" if said.lingers else "",
        "" if told.startswith(f"{name}: tried\n") else f"could not be tried: {said.errors().strip()}",
    )
    return _check(name, tier, "; ".join(filter(None, got)))


def run(tier: Tier) -> list[Check]:
    """Returns what became of every probe in `tier`, where that works; of none where there is no Linux to hold them.

    Those that end by themselves share a jail. What is not contained there, or does something outside, is tried alone.
    """
    if sys.platform != "linux" or proven(tier):
        return []
    names = [name for name in PROBES if name != trial.FIRST[0]]
    held = _held_together([name for name in names if name not in LASTING], tier)
    return [_check(name, tier, "") if name in held else run_probe(name, tier) for name in names]


def _held_together(names: Sequence[str], tier: Tier) -> frozenset[str]:
    """Returns which of the probes `names` are contained in a jail that they share, if nothing outside was harmed."""
    with Outside() as outside:
        jail = replace(ALLOWED, tier=tier, shown=(trial.PROBES, outside.shown))
        said = trial.run(probing(names, outside.facts()), jail, trial.PATIENCE)
        if outside.damage() or said.lingers:
            return frozenset()
    lines = set(said.replies().splitlines())
    return frozenset(name for name in names if f"{name}: contained" in lines)


def _check(name: str, tier: Tier, got: str) -> Check:
    tried = (PROBES[name].__doc__ or name).rstrip(".")
    return Check(tier, name, tried[0].lower() + tried[1:], got)


@click.command("doctor")
@click.option("-v", "--details", is_flag=True, help="Every way out that is tried, in the tier `process` too.")
def doctor_command(details: bool) -> None:
    """Tells what is installed, and which isolation works here, by trying to break out of it.

    Exit status: 1 if something escapes from a tier that `--isolation auto` may take, or if grading imports a module
    from the folder in which it is started.
    """
    click.echo(f"Python {platform.python_version()} on {platform.system()} {platform.release()} {platform.machine()}")
    click.echo("  " + ", ".join(f"{name} {_version(name)}" for name in NEEDED))
    for name, lacking in _extras().items():
        told = f"lacks {', '.join(lacking)}: {extras.command(name)}" if lacking else "is installed"
        click.echo(f"  extra {name} {told}")
    leaks = 0
    tiers = TRIED if details else CONTAINED
    with ThreadPoolExecutor() as side_by_side:  # each waits, most of the time
        found = list(side_by_side.map(run, tiers))
    for tier, checks in zip(tiers, found, strict=True):
        click.echo("\n".join(_told(tier, checks, details)))
        leaks += sum(bool(check.got) for check in checks) if tier in CONTAINED else 0
    stray = strays.imported()
    click.echo(f"grading {stray or 'imports nothing from the folder in which it is started'}")
    leaks += bool(stray)
    click.echo(_summary(leaks))
    sys.exit(bool(leaks))


def _told(tier: Tier, checks: Sequence[Check], details: bool) -> Iterator[str]:
    """Yields a tier, line by line: whether it works, and what gets out of it."""
    held = sum(not check.got for check in checks)
    trusted = "" if tier in CONTAINED else ", and is not meant to hold what is hostile"
    yield f"{tier}: {proven(tier) or f'works here, contains {held} of {len(checks)} ways out'}{trusted}"
    for check in checks:
        if details or check.got:
            yield f"  {'NOT contained' if check.got else 'contained':14}{check.tried}{check.got and f': {check.got}'}"


def _summary(leaks: int) -> str:
    """Returns what follows for `lydite grade`."""
    try:
        taken = f"`--isolation auto` takes {best()}"
    except NoTier as error:
        return str(error)
    return f"NOT well, {leaks} found: grade nothing hostile here ({taken})" if leaks else f"all well: {taken}"


def _extras() -> dict[str, list[str]]:
    """Returns the extras for users, and what each of them lacks here."""
    lacking: dict[str, list[str]] = {}
    for needed in requires("lydite") or ():
        if extra := re.search(r"extra == ['\"]([\w-]+)", needed):
            name = re.split(r"[^\w.-]", needed, maxsplit=1)[0]
            lacking.setdefault(extra[1], []).extend([name] if _version(name) == ABSENT else [])
    return {name: lacks for name, lacks in lacking.items() if name != "dev"}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ABSENT
