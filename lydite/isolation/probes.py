"""Ways out of a jail, each tried when it is named: `python -I -B FILE FACTS NAME...`.

Stands alone, for it runs inside jails. A probe returns what it got hold of, and nothing where it was held; whatever is
raised counts as held. Replies go out on descriptor 4, two lines a probe. What can only be seen from outside, `lydite
doctor` looks at there: so a probe may also return nothing because it does not know.
"""

from __future__ import annotations

import ctypes
import errno
import json
import mmap
import os
import platform
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

Facts = dict[str, Any]
"""The facts that a probe is given: the places, processes and limits outside that it is to reach."""

PROBES: dict[str, Callable[[Facts], object]] = {}
"""By name; the docstring says what is tried."""

LIBC = ctypes.CDLL(None, use_errno=True)
MACHINE = 1 if platform.machine() == "aarch64" else 0
REFUSALS = (errno.EPERM, errno.EACCES, errno.ENOSYS, errno.ESRCH)
SECONDS_OF_A_DAEMON = 8
PR_SET_PDEATHSIG, F_SETSIG, PTRACE_ATTACH, CLONE_NEWUSER = 1, 10, 16, 0x10000000
REPLIES = 4


def probe(tried: Callable[[Facts], object]) -> Callable[[Facts], object]:
    """Registers one."""
    PROBES[tried.__name__] = tried
    return tried


def succeeded(result: int) -> bool:
    """Returns whether a function of the C library did; one that was refused for its arguments' sake was not held."""
    return result >= 0 or ctypes.get_errno() not in REFUSALS


def first(*ways: Callable[[], object]) -> object:
    """Returns what the first of several ways gets hold of."""
    for way in ways:
        with suppress(Exception):
            if got := way():
                return got
    return None


@probe
def compute(_: Facts) -> object:
    """Fails to compute with NumPy, which it should not."""
    try:
        import numpy as np  # noqa: PLC0415  (the other probes need none)

        one = np.eye(3)
        return not ((one @ one) == one).all()
    except Exception as error:  # noqa: BLE001  (whatever the jail does to it)
        return repr(error)


@probe
def read_secret(facts: Facts) -> object:
    """Reads a file outside, and lists its folder."""
    path = Path(facts["secret"])
    return first(path.read_text, lambda: [one.name for one in path.parent.iterdir()])


@probe
def read_lydite(facts: Facts) -> object:
    """Reads or imports the grader and its reference."""
    folder = Path(facts["lydite"])
    # Not `lydite` itself: where it is installed, the folder that holds what runs inside passes for a package.
    return first(
        lambda: __import__("lydite.grading.grade"),
        (folder / "__init__.py").read_text,
        (folder / "commands" / "cli.py").read_text,
    )


@probe
def read_environment(facts: Facts) -> object:
    """Looks for the grader's environment, in its own and in that of others."""
    found = [str(dict(os.environ))]
    for one in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            found.append(one.read_text(errors="replace"))
    return any(facts["token"] in one for one in found)


@probe
def read_memory(facts: Facts) -> object:
    """Reads the memory of another process."""
    place = ctypes.create_string_buffer(8)
    vector = (ctypes.c_size_t * 2)(ctypes.addressof(place), 8)
    maps = Path(f"/proc/{facts['victim']}/maps")
    return first(maps.read_text) or succeeded(LIBC.process_vm_readv(facts["victim"], vector, 1, vector, 1, 0))


@probe
def use_descriptors(_: Facts) -> object:
    """Finds open descriptors that are not its own."""
    open_ones = []
    for number in [0, *range(5, 1024)]:
        with suppress(OSError):
            open_ones.append((number, os.fstat(number)))
    return [number for number, status in open_ones if number or status.st_rdev != os.stat(os.devnull).st_rdev]  # noqa: PTH116


@probe
def write_outside(facts: Facts) -> object:
    """Writes to a folder outside that everybody may write to."""
    return Path(facts["open"], "written").write_text("here")


@probe
def write_shown(facts: Facts) -> object:
    """Changes what it is shown."""
    shown = Path(facts["shown"])
    return first(lambda: (shown / "new").write_text("here"), lambda: next(shown.iterdir()).write_text("here"))


@probe
def change_mode(facts: Facts) -> object:
    """Changes the permissions, the times or the length of a file outside."""
    path = facts["secret"]
    ways = (lambda: os.chmod(path, 0), lambda: os.utime(path, (0, 0)), lambda: os.truncate(path, 0))  # noqa: PTH101
    return first(*(lambda way=way: way() is None for way in ways))


@probe
def fill_disk(facts: Facts) -> object:
    """Writes more than it may."""
    written = 0
    made: list[Path] = []
    for folder in (".", "/tmp", "/var/tmp", "/dev/shm", "/dev", facts["open"]):  # noqa: S108  (that is what is tried)
        for number in range(4):
            path = Path(folder, f"{facts['token']}-{len(made)}-{number}")
            with suppress(OSError), path.open("wb", buffering=0) as file:
                made.append(path)
                while written <= facts["scratch"] << 21:
                    written += file.write(b"x" * 65536)
    for path in made:
        path.unlink()
    return f"{written >> 20} MiB" if written > (facts["scratch"] + 1) << 20 else None


@probe
def connect(facts: Facts) -> object:
    """Connects to a server on this machine."""
    return socket.create_connection(("127.0.0.1", facts["port"]), 2)


@probe
def connect_abstract(facts: Facts) -> object:
    """Connects to a socket that has a name, but no file."""
    with socket.socket(socket.AF_UNIX) as one:
        one.connect("\0" + facts["token"])
        return "connected"


@probe
def send_datagram(facts: Facts) -> object:
    """Sends to a named socket through one of a pair that is connected already."""
    one, _other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    return one.sendto(b"here", facts["datagrams"])


@probe
def read_connections(facts: Facts) -> object:
    """Reads who talks to whom on this machine."""
    places = [Path(f"/proc/{whose}/net/{kind}") for whose in ("self", "thread-self") for kind in ("unix", "tcp")]
    port = f":{facts['port']:04X} "
    return first(*(lambda one=one: {facts["token"], port} & set(_words(one.read_text())) for one in places))


def _words(text: str) -> list[str]:
    """Returns the names of sockets in a table of them, and the ports with a colon in front."""
    return [w for word in text.split() for w in (word.lstrip("@"), f":{word.rpartition(':')[2]} ")]


@probe
def lock_files(_: Facts) -> object:
    """Locks files that all jails see, by which they could talk."""
    import fcntl  # noqa: PLC0415  (the other probes need none)

    with open(os.__file__, "rb") as shared, open(os.devnull, "r+b") as device:  # noqa: PTH123  (as it is)
        with suppress(OSError):
            fcntl.flock(shared, fcntl.LOCK_SH)
            return "flock"
        fcntl.lockf(device, fcntl.LOCK_EX)
        return "lockf"


@probe
def make_socket(_: Facts) -> object:
    """Makes a socket of any kind."""
    kinds = (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX, getattr(socket, "AF_NETLINK", 16), 40, 38)
    for family in kinds:
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET):
            with suppress(OSError):
                return str(socket.socket(family, kind))
    return None


@probe
def send_signal(facts: Facts) -> None:
    """Ends another process by a signal, sent itself or by the kernel on its behalf."""
    import fcntl  # noqa: PLC0415  (not there everywhere)

    with suppress(OSError):
        os.kill(facts["victim"], signal.SIGKILL)
    reading, writing = os.pipe()
    fcntl.fcntl(reading, F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(reading, fcntl.F_SETOWN, facts["victim"])
    fcntl.fcntl(reading, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
    os.write(writing, b"x")


@probe
def limit_others(facts: Facts) -> object:
    """Lowers the limits of another process."""
    import resource  # noqa: PLC0415  (not there everywhere)

    resource.prlimit(facts["victim"], resource.RLIMIT_NOFILE, (3, 3))
    return "lowered"


@probe
def trace(facts: Facts) -> object:
    """Traces another process."""
    return succeeded(LIBC.ptrace(PTRACE_ATTACH, facts["victim"], None, None))


@probe
def fork(_: Facts) -> object:
    """Starts a process."""
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    return "started"


@probe
def start_program(_: Facts) -> object:
    """Starts a shell."""
    return subprocess.run(["/bin/sh", "-c", "echo started"], capture_output=True, check=True).stdout


@probe
def thread_bomb(facts: Facts) -> object:
    """Starts more threads than it may."""
    started, end = 0, threading.Event()
    threading.stack_size(65536)
    with suppress(RuntimeError):
        for _ in range(facts["processes"] + 8):
            threading.Thread(target=end.wait, daemon=True).start()
            started += 1
    end.set()
    return f"{started} threads" if started >= facts["processes"] else None


@probe
def leave_daemon(_: Facts) -> object:
    """Leaves a process behind, which has cut all ties."""
    if os.fork():
        return None
    os.setsid()
    if os.fork():
        os._exit(0)
    for number in range(1, 65):
        with suppress(OSError, ValueError):
            signal.signal(number, signal.SIG_IGN)
    time.sleep(SECONDS_OF_A_DAEMON)
    os._exit(0)


@probe
def refuse_to_die(_: Facts) -> object:
    """Ignores every signal, and hangs."""
    for number in range(1, 65):
        with suppress(OSError, ValueError):
            signal.signal(number, signal.SIG_IGN)
    LIBC.prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0)
    with suppress(OSError):
        os.setsid()
    time.sleep(SECONDS_OF_A_DAEMON)
    return "has outlived its time"


@probe
def make_namespace(_: Facts) -> object:
    """Makes a user namespace, in which it would be root."""
    return LIBC.unshare(CLONE_NEWUSER) == 0


@probe
def mount(_: Facts) -> object:
    """Mounts a file system."""
    return succeeded(LIBC.mount(b"none", b"/", b"none", ctypes.c_ulong(0), None))  # there is none of this name


@probe
def be_root(_: Facts) -> object:
    """Is root, or becomes root."""
    with suppress(OSError):
        os.setuid(0)
    status = Path("/proc/self/status").read_text("ascii")
    able = re.findall(r"Cap(?:Prm|Eff|Amb):\t0*[1-9a-f]+", status)
    gains = "NoNewPrivs:\t1" not in status
    return [f"uid {os.getuid()}"] * (os.getuid() == 0) + able + ["may gain privileges"] * gains


@probe
def use_kernel(_: Facts) -> object:
    """Uses parts of the kernel that had holes: BPF, io_uring, userfaultfd, keys, performance counters, handles."""
    numbers = {
        "bpf": (321, 280),
        "io_uring_setup": (425, 425),
        "userfaultfd": (323, 282),
        "keyctl": (250, 219),
        "perf_event_open": (298, 241),
        "open_by_handle_at": (304, 265),
        "memfd_create": (319, 279),
    }
    return [name for name, number in numbers.items() if succeeded(LIBC.syscall(number[MACHINE], 0, 0, 0, 0, 0))]


@probe
def type_on_terminal(_: Facts) -> object:
    """Types on the grader's terminal."""
    return os.open("/dev/tty", os.O_RDWR)


@probe
def take_memory(facts: Facts) -> object:
    """Takes twice the memory that it may."""
    with mmap.mmap(-1, facts["memory"] << 21) as taken:
        return f"{len(taken) >> 20} MiB"


@probe
def raise_limits(_: Facts) -> object:
    """Raises its own limits."""
    import resource  # noqa: PLC0415  (not there everywhere)

    raised = []
    for name in ("RLIMIT_AS", "RLIMIT_CPU", "RLIMIT_NOFILE", "RLIMIT_FSIZE"):
        which = getattr(resource, name)
        most = resource.getrlimit(which)[1]
        with suppress(OSError, ValueError):
            resource.setrlimit(which, (most + 1, most + 1))
            raised.append(name)
    return raised


@probe
def open_files(facts: Facts) -> object:
    """Opens more files than it may."""
    opened: list[int] = []
    with suppress(OSError):
        while len(opened) <= facts["files"]:
            opened.append(os.open(os.devnull, os.O_RDONLY))
    return f"{len(opened)} files" if len(opened) > facts["files"] else None


@probe
def burn(facts: Facts) -> object:
    """Takes more seconds of CPU than it may."""
    while time.process_time() < facts["cpu"] + 1:
        pass
    return f"{time.process_time():.1f} s"


def main() -> None:
    """Tries what is named, in turn."""
    facts = json.loads(sys.argv[1])
    for name in sys.argv[2:]:
        os.write(REPLIES, f"{name}: tried\n".encode())
        try:
            got = PROBES[name](facts)
        except BaseException as error:  # noqa: BLE001  (whatever holds it)
            sys.stderr.write(f"{name}: {type(error).__name__}: {error}\n")
            got = None
        told = f"LEAKS: {str(got)[:200]!r}" if got else "contained"
        os.write(REPLIES, f"{name}: {told}\n".encode(errors="replace"))


if __name__ == "__main__":
    main()
