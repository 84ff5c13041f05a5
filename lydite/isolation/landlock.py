"""Landlock: which files a program may see, as rules for the launcher. For where user namespaces are not to be had."""

from __future__ import annotations

import ctypes
import os
import sys
import sysconfig
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from lydite.isolation.visible import folders, hidden, without

CREATE_RULESET = 444

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR, TRUNCATE = 1, 2, 4, 8, 1 << 14
FILE_RIGHTS = EXECUTE | READ_FILE
FOLDER_RIGHTS = FILE_RIGHTS | READ_DIR

NETWORK, SCOPES = 3, 3
"""No connections; no signals and no abstract sockets to anybody outside."""

DEVICES = {
    "/dev/null": READ_FILE | WRITE_FILE | TRUNCATE,
    "/dev/zero": READ_FILE,
    "/dev/random": READ_FILE,
    "/dev/urandom": READ_FILE,
    "/proc/self/fd": READ_DIR,
    **{
        f"/proc/self/{name}": READ_FILE
        for name in ("auxv", "cgroup", "cmdline", "limits", "maps", "stat", "statm", "status")
    },
    "/proc/cpuinfo": READ_FILE,
    "/proc/meminfo": READ_FILE,
}
"""Other files that may be used; `/proc/self` is the program itself, but its `net` has all sockets there are."""


@cache
def version() -> int:
    """Returns the version of the kernel's interface; 0 where there is none."""
    if sys.platform != "linux":
        return 0
    return max(0, int(ctypes.CDLL(None).syscall(CREATE_RULESET, None, 0, 1)))


def lacking() -> str:
    """Returns why the kernel's Landlock is not enough; empty where it is."""
    if not version():
        return "the kernel has no Landlock"
    if version() < 3 and os.geteuid() != 0:
        return "before version 3 of Landlock (Linux 6.2) one's own files could be truncated; root's could not"
    return ""


def rules(shown: tuple[Path, ...]) -> dict[str, Any]:
    """Returns the launcher's plan for a program that sees the system, Python, and `shown`, and writes nowhere."""
    abi = version()
    handled = (1 << {1: 13, 2: 14, 3: 15, 4: 15}.get(abi, 16)) - 1
    devices = [(path, access & handled) for path, access in DEVICES.items() if Path(path).exists()]
    return {
        "handled": [handled, NETWORK if abi >= 4 else 0, SCOPES if abi >= 6 else 0],
        "size": 8 if abi < 4 else 16 if abi < 6 else 24,
        "paths": [*_installed(), *_readable(shown), *devices],
    }


@cache
def _installed() -> list[tuple[str, int]]:
    """Returns the system and Python; the standard library can be listed, for that is how modules are found."""
    visible = [path for folder in folders() for path in without(folder, hidden())]
    searched = {path.parent for path in visible} & {Path(sysconfig.get_path("stdlib"))}
    return [*_readable(visible), *((str(path), READ_DIR) for path in searched)]


def _readable(paths: Iterable[Path]) -> list[tuple[str, int]]:
    return [(str(path), FOLDER_RIGHTS if path.is_dir() else FILE_RIGHTS) for path in paths]
