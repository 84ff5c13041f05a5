"""The system calls that code under test may make, as a program of the Berkeley packet filter.

An allow-list, since a list of what is forbidden is out of date with each kernel. It holds what glibc, CPython, NumPy,
SciPy, PyTorch, JAX and Node.js need to compute: no sockets, no namespaces, no tracing, no keys, no new processes.
"""

from __future__ import annotations

import errno
import platform
from dataclasses import dataclass

PID = "pid"
"""Stands for the process that the launcher confines, whose number it knows."""

Instruction = tuple[int, int, int, int | str]
"""Code, jump if true, jump if false, operand."""

LOAD, EQUAL, AT_LEAST, AND, RETURN = 0x20, 0x15, 0x35, 0x54, 0x06
NUMBER, ARCHITECTURE, ARGUMENTS = 0, 4, 16
"""Where in `struct seccomp_data`."""

ALLOW, ERROR, KILL = 0x7FFF0000, 0x00050000, 0x80000000
ABSENT = 451
"""From here on a call counts as unknown to the kernel, so that libraries fall back to an older one."""

MACHINES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
"""The kernel's name of a machine, and its column in `NUMBERS`."""

NUMBERS: dict[str, tuple[int | None, int | None]] = {
    # Files: opening, reading, writing, folders, links; no owners, modes, times, attributes or devices; no locks, by
    # which jails that see the same file could talk to one another.
    "read": (0, 63),
    "write": (1, 64),
    "readv": (19, 65),
    "writev": (20, 66),
    "pread64": (17, 67),
    "pwrite64": (18, 68),
    "preadv": (295, 69),
    "pwritev": (296, 70),
    "preadv2": (327, 286),
    "pwritev2": (328, 287),
    "open": (2, None),
    "openat": (257, 56),
    "creat": (85, None),
    "close": (3, 57),
    "close_range": (436, 436),
    "lseek": (8, 62),
    "stat": (4, None),
    "fstat": (5, 80),
    "lstat": (6, None),
    "newfstatat": (262, 79),
    "statx": (332, 291),
    "access": (21, None),
    "faccessat": (269, 48),
    "faccessat2": (439, 439),
    "readlink": (89, None),
    "readlinkat": (267, 78),
    "getdents": (78, None),
    "getdents64": (217, 61),
    "getcwd": (79, 17),
    "chdir": (80, 49),
    "fchdir": (81, 50),
    "dup": (32, 23),
    "dup2": (33, None),
    "dup3": (292, 24),
    "pipe": (22, None),
    "pipe2": (293, 59),
    "fsync": (74, 82),
    "fdatasync": (75, 83),
    "ftruncate": (77, 46),
    "fallocate": (285, 47),
    "sendfile": (40, 71),
    "copy_file_range": (326, 285),
    "fadvise64": (221, 223),
    "readahead": (187, 213),
    "statfs": (137, 43),
    "fstatfs": (138, 44),
    "umask": (95, 166),
    "mkdir": (83, None),
    "mkdirat": (258, 34),
    "rmdir": (84, None),
    "unlink": (87, None),
    "unlinkat": (263, 35),
    "rename": (82, None),
    "renameat": (264, 38),
    "renameat2": (316, 276),
    "link": (86, None),
    "linkat": (265, 37),
    "symlink": (88, None),
    "symlinkat": (266, 36),
    # Memory of its own.
    "brk": (12, 214),
    "mmap": (9, 222),
    "munmap": (11, 215),
    "mremap": (25, 216),
    "mprotect": (10, 226),
    "madvise": (28, 233),
    "msync": (26, 227),
    "mincore": (27, 232),
    "membarrier": (324, 283),
    "pkey_alloc": (330, 289),
    "pkey_free": (331, 290),
    "pkey_mprotect": (329, 288),
    "get_mempolicy": (239, 236),
    # This process and its threads.
    "execve": (59, 221),
    "exit": (60, 93),
    "exit_group": (231, 94),
    "wait4": (61, 260),
    "waitid": (247, 95),
    "getpid": (39, 172),
    "getppid": (110, 173),
    "gettid": (186, 178),
    "getuid": (102, 174),
    "geteuid": (107, 175),
    "getgid": (104, 176),
    "getegid": (108, 177),
    "getresuid": (118, 148),
    "getresgid": (120, 150),
    "getgroups": (115, 158),
    "getpgrp": (111, None),
    "getpgid": (121, 155),
    "getsid": (124, 156),
    "capget": (125, 90),
    "uname": (63, 160),
    "sysinfo": (99, 179),
    "times": (100, 153),
    "getrusage": (98, 165),
    "getcpu": (309, 168),
    "getrlimit": (97, 163),
    "setrlimit": (160, 164),
    "getpriority": (140, 141),
    "sched_yield": (24, 124),
    "sched_getaffinity": (204, 123),
    "sched_getparam": (143, 121),
    "sched_getscheduler": (145, 120),
    "sched_get_priority_max": (146, 125),
    "sched_get_priority_min": (147, 126),
    "set_tid_address": (218, 96),
    "set_robust_list": (273, 99),
    "get_robust_list": (274, 100),
    "rseq": (334, 293),
    "arch_prctl": (158, None),
    "futex": (202, 98),
    "futex_waitv": (449, 449),
    "restart_syscall": (219, 128),
    # Signals, received.
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "rt_sigsuspend": (130, 133),
    "rt_sigpending": (127, 136),
    "rt_sigtimedwait": (128, 137),
    "sigaltstack": (131, 132),
    "pause": (34, None),
    "signalfd": (282, None),
    "signalfd4": (289, 74),
    # Time.
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "clock_nanosleep": (230, 115),
    "nanosleep": (35, 101),
    "gettimeofday": (96, 169),
    "time": (201, None),
    "alarm": (37, None),
    "getitimer": (36, 102),
    "setitimer": (38, 103),
    "timer_create": (222, 107),
    "timer_settime": (223, 110),
    "timer_gettime": (224, 108),
    "timer_getoverrun": (225, 109),
    "timer_delete": (226, 111),
    "timerfd_create": (283, 85),
    "timerfd_settime": (286, 86),
    "timerfd_gettime": (287, 87),
    # Waiting, and talking through what is open already.
    "poll": (7, None),
    "ppoll": (271, 73),
    "select": (23, None),
    "pselect6": (270, 72),
    "epoll_create": (213, None),
    "epoll_create1": (291, 20),
    "epoll_ctl": (233, 21),
    "epoll_wait": (232, None),
    "epoll_pwait": (281, 22),
    "epoll_pwait2": (441, 441),
    "eventfd": (284, None),
    "eventfd2": (290, 19),
    "sendto": (44, 206),
    "recvfrom": (45, 207),
    "sendmsg": (46, 211),
    "recvmsg": (47, 212),
    "shutdown": (48, 210),
    "getsockname": (51, 204),
    "getpeername": (52, 205),
    "getsockopt": (55, 209),
    "setsockopt": (54, 208),
    # Randomness.
    "getrandom": (318, 278),
}
"""Calls that are allowed with any arguments: the numbers on x86_64 and aarch64."""


@dataclass(frozen=True, slots=True)
class Where:
    """A condition: argument `index`, reduced to the bits of `mask`, is one of `values`."""

    index: int
    values: tuple[int | str, ...]
    mask: int = 0xFFFFFFFF


CLONE_THREAD = 0x10000
NAMESPACES = 0x7E020000
"""Every flag of `clone` that makes a namespace."""
AF_UNIX, SOCK_STREAM, SOCK_TYPE = 1, 1, 0xF

GUARDED: dict[str, tuple[int, int, tuple[Where, ...]]] = {
    # Threads, no processes.
    "clone": (56, 220, (Where(0, (CLONE_THREAD,), CLONE_THREAD | NAMESPACES),)),
    # Signals to itself, as abort() sends them.
    "kill": (62, 129, (Where(0, (PID,)),)),
    "tgkill": (234, 131, (Where(0, (PID,)),)),
    # Other processes of the same user have limits too.
    "prlimit64": (302, 261, (Where(0, (0, PID)),)),
    "sched_setaffinity": (203, 122, (Where(0, (0, PID)),)),
    # A pair of streams is a pipe; one of datagrams could write to any named socket.
    "socketpair": (53, 199, (Where(0, (AF_UNIX,)), Where(1, (SOCK_STREAM,), SOCK_TYPE))),
    # Duplicates, flags, sizes of pipes; no locks, and no F_SETOWN, which has the kernel send signals to others.
    "fcntl": (72, 25, (Where(1, (*range(5), 9, 1030, 1031, 1032)),)),
    # TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX; no TIOCSTI, which types on a terminal.
    "ioctl": (16, 29, (Where(1, (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)),)),
    # Names of threads and of memory, whether core is dumped; not the signal that comes when the parent dies.
    "prctl": (157, 167, (Where(0, (3, 15, 16, 0x53564D41)),)),
}
"""Calls that are allowed where their arguments meet all conditions."""

FORKING: dict[str, tuple[int | None, int | None, tuple[Where, ...]]] = {
    "clone": (56, 220, (Where(0, (0,), NAMESPACES),)),
    "fork": (57, None, ()),
    "vfork": (58, None, ()),
    "kill": (62, 129, ()),
    "tgkill": (234, 131, ()),
    "setsid": (112, 157, ()),
    "setpgid": (109, 154, ()),
}
"""Guarded calls that take the place of those above where new processes are allowed: in a namespace of their own."""

CLONE3 = 435
"""Its flags lie in memory, out of a filter's sight; where it is absent, glibc takes `clone`."""


def supported() -> bool:
    """Returns whether the numbers of this machine are known."""
    return platform.machine() in MACHINES


def program(*, forks: bool, machine: str = "") -> list[Instruction]:
    """Returns the filter for `machine`, by default this one. Raises KeyError where its numbers are not known."""
    architecture, column = MACHINES[machine or platform.machine()]
    guarded = GUARDED | FORKING if forks else GUARDED
    built: list[Instruction] = [
        (LOAD, 0, 0, ARCHITECTURE),
        (EQUAL, 1, 0, architecture),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, NUMBER),
    ]
    for numbers in NUMBERS.values():
        if (number := numbers[column]) is not None:
            built += [(EQUAL, 0, 1, number), (RETURN, 0, 0, ALLOW)]
    for *found, conditions in guarded.values():
        if (number := found[column]) is not None:
            body = _body(conditions)
            built += [(EQUAL, 0, len(body), number), *body]
    absent = (RETURN, 0, 0, ERROR | errno.ENOSYS)
    built += [(EQUAL, 0, 1, CLONE3), absent, (AT_LEAST, 0, 1, ABSENT), absent, (RETURN, 0, 0, ERROR | errno.EPERM)]
    return built


def _body(conditions: tuple[Where, ...]) -> list[Instruction]:
    """Allows where all conditions are met, else refuses."""
    body: list[Instruction] = []
    for one in conditions:
        # The lower half of an argument, where both machines keep it; the calls above look at no more.
        body += [(LOAD, 0, 0, ARGUMENTS + 8 * one.index), (AND, 0, 0, one.mask)]
        for left, value in zip(range(len(one.values) - 1, -1, -1), one.values, strict=True):
            body.append((EQUAL, left + 1, 0, value))
        body.append((RETURN, 0, 0, ERROR | errno.EPERM))
    return [*body, (RETURN, 0, 0, ALLOW)]
