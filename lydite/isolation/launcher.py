"""Confines itself, then becomes the program that it is to start: `python -I -S -B FILE DESCRIPTOR PROGRAM ARGUMENT...`.

Stands alone, for it runs inside jails, where nothing else of Lydite is visible. From the descriptor comes the plan, in
JSON: what it names is carried out, in the order of `confine`.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import struct
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

FAILED = 125
"""Exit status where the program could not be confined, and so was not started."""

SYS_LANDLOCK = 444, 445, 446
"""create_ruleset, add_rule, restrict_self: the same numbers on every machine."""
CLONE_NEWNS = 0x20000
MS_NOSUID_NODEV = 2 | 4
MS_BIND_REC = 4096 | 16384
MS_PRIVATE_REC = (1 << 18) | 16384
PR_SET_PDEATHSIG, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 1, 22, 38
SECCOMP_MODE_FILTER = 2
LANDLOCK_RULE_PATH_BENEATH = 1

LIBC = ctypes.CDLL(None, use_errno=True)


def checked(result: int, told: str) -> int:
    """Returns `result`, where it is not a failure of the C library. Raises OSError."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{told}: {os.strerror(number)}")
    return result


def prctl(option: int, *arguments: Any) -> None:
    """Makes the system call, which takes unsigned longs."""
    given = [a if isinstance(a, ctypes.Array | ctypes.c_void_p) else ctypes.c_ulong(a) for a in arguments]
    checked(LIBC.prctl(option, *given, *[ctypes.c_ulong(0)] * (4 - len(given))), f"prctl {option}")


def reveal(plan: dict[str, list[str]]) -> None:
    """Shows paths that lie in folders closed to others, such as a Python below /root, to the user that comes next.

    Only in a mount namespace of this process: each closed folder is covered by an empty one, in which the paths alone
    appear again; those whose own permissions are too narrow, as copies.
    """
    from pathlib import Path  # noqa: PLC0415  (takes as long as Python to start, and is needed here only)

    closed = ", ".join(plan["covered"])
    checked(LIBC.unshare(CLONE_NEWNS), f"what lies in {closed} is closed to others, and cannot be shown to them here")
    mount("none", "/", None, MS_PRIVATE_REC)
    sources = {path: Path(f"/proc/self/fd/{os.open(path, os.O_PATH)}") for path in plan["bound"] + plan["copied"]}
    for folder in plan["covered"]:
        mount("tmpfs", folder, "tmpfs", MS_NOSUID_NODEV, "mode=755,size=1g")
    for path, source in sources.items():
        place = Path(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        if path in plan["copied"]:
            copy(source, place)
            continue
        if source.is_dir():
            place.mkdir(exist_ok=True)
        else:
            place.touch()
        mount(str(source), path, None, MS_BIND_REC)


def copy(source: Path, target: Path) -> None:
    """Copies a file or a folder so that everybody can read it; links stay links."""
    import shutil  # noqa: PLC0415  (seldom needed)

    if source.is_dir():
        shutil.copytree(f"{source}/", target, symlinks=True)
    else:
        shutil.copyfile(source, target)
    for path in (target, *target.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.stat().st_mode & 0o111 else 0o644)


def mount(source: str, target: str, kind: str | None, flags: int, options: str | None = None) -> None:
    """Makes the system call."""
    texts = [None if text is None else os.fsencode(text) for text in (source, target, kind, options)]
    checked(LIBC.mount(*texts[:3], ctypes.c_ulong(flags), texts[3]), f"mount {target}")


def limit(limits: dict[str, int]) -> None:
    """Bounds what this process, and each that comes of it, may take; for good. Never above what is allowed already."""
    for name, most in limits.items():
        which = getattr(resource, name)
        _, hard = resource.getrlimit(which)
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(which, (bound, bound))


def become(user: int) -> None:
    """Gives up root, its groups and its capabilities."""
    try:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    except OSError as error:
        raise OSError(error.errno, f"root cannot become user {user} here: {error.strerror}") from None


def fence(rules: dict[str, Any]) -> Iterator[None]:
    """Shuts all of the file system by Landlock but what the rules name. Opens the paths; resumed, closes the gate."""
    create, add, restrict = SYS_LANDLOCK
    attributes = struct.pack("QQQ", *rules["handled"])[: rules["size"]]
    ruleset = checked(LIBC.syscall(create, attributes, len(attributes), 0), "landlock_create_ruleset")
    for path, access in rules["paths"]:
        beneath = os.open(path, os.O_PATH)
        rule = struct.pack("=Qi", access, beneath)
        told = f"landlock_add_rule {path}"
        checked(LIBC.syscall(add, ruleset, LANDLOCK_RULE_PATH_BENEATH, rule, 0), told)
        os.close(beneath)
    yield
    checked(LIBC.syscall(restrict, ruleset, 0), "landlock_restrict_self")


def sieve(program: list[tuple[int, int, int, int | str]]) -> None:
    """Lets the kernel run `program` before each system call (seccomp). `pid` in it stands for this process."""
    code = b"".join(struct.pack("HBBI", a, b, c, os.getpid() if k == "pid" else k) for a, b, c, k in program)
    held = ctypes.create_string_buffer(code, len(code))
    head = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(program), ctypes.addressof(held)))
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, head)


def settle(reading: int, writing: int) -> None:
    """Makes the descriptors 3 and 4 of the two, and closes all others but the standard ones."""
    import fcntl  # noqa: PLC0415  (only inside)

    safe = [fcntl.fcntl(one, fcntl.F_DUPFD, 10) for one in (reading, writing)]
    for number, one in enumerate(safe, 3):
        os.dup2(one, number)
    os.closerange(5, resource.getrlimit(resource.RLIMIT_NOFILE)[1] if sys.platform != "linux" else 1 << 20)


def confine(plan: dict[str, Any]) -> None:
    """Carries out `plan`, in the one order in which each step still has the rights that it needs."""
    if "descriptors" in plan:
        settle(*plan["descriptors"])
    if "reveal" in plan:
        reveal(plan["reveal"])
    fenced = fence(plan["landlock"]) if "landlock" in plan else iter([None])
    next(fenced)  # while closed folders can still be opened
    limit(plan.get("limits", {}))
    if "user" in plan:
        become(plan["user"])
    # After that, for the kernel forgets the signal when the user changes. Landlock and seccomp need the promise that no
    # program started from here gains rights, unless root sets them up.
    if sys.platform == "linux":
        _die_with_parent(plan["parent"])
        prctl(PR_SET_NO_NEW_PRIVS, 1)
    list(fenced)  # from here on no file is opened but those of the rules
    for number in (signal.SIGPIPE, signal.SIGXFSZ):  # which Python ignores, and programs do not expect to be
        signal.signal(number, signal.SIG_DFL)
    if "seccomp" in plan:
        sieve(plan["seccomp"])  # last, since it forbids most of what was called above


def _die_with_parent(parent: int) -> None:
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() not in (parent, 0):  # it has died before this; 0: it is outside of our namespace
        os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    """Confines and starts, or says why it did not."""
    with os.fdopen(int(sys.argv[1]), "rb") as file:
        plan = json.load(file)
    try:
        confine(plan)
        os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606  (what it was started for)
    except Exception as error:  # noqa: BLE001  (whatever goes wrong, the program must not start)
        os.write(2, f"lydite: cannot start {sys.argv[2]} confined: {error}\n".encode(errors="replace"))
        os._exit(FAILED)


if __name__ == "__main__":
    main()
