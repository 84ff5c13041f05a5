"""Code under test is held in each tier, does its work there all the same, and each defence is needed."""

from __future__ import annotations

import os
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from lydite.commands.doctor import ALLOWED, LASTING, Outside
from lydite.isolation import (
    Jail,
    NoTier,
    NotOffered,
    Tier,
    best,
    bubblewrap,
    jail,
    landlock,
    launcher,
    place,
    proven,
    python_paths,
    reveal,
    seccomp,
    start,
    stop,
    together,
    trial,
    visible,
)
from lydite.isolation.environment import environment
from lydite.isolation.probes import PROBES as EVERY
from lydite.isolation.seccomp import ALLOW, ERROR, KILL
from lydite.isolation.tier import CONTAINED
from lydite.isolation.trial import PROBES, probing, run
from tests.conftest import Submit
from tests.support.optional import needed
from tests.test_layering import imports

ROOT = Path(__file__).resolve().parents[3]
SECONDS = 30.0
"""Probes that end their process, or hang."""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="isolation is made of what Linux offers")
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, and shows what it gives up")


@pytest.fixture(params=CONTAINED)
def tier(request: pytest.FixtureRequest) -> Tier:
    """Each tier for untrusted code, where it works here."""
    return needed(request.param)


def python(code: str) -> list[str]:
    return [sys.executable, "-I", "-B", "-c", textwrap.dedent(code)]


def printed(code: str, jailed: Jail) -> str:
    """Returns what `code` prints in a jail, where nothing goes wrong."""
    said = run(python(code), jailed, SECONDS)
    assert said.status == 0, said.errors()
    return said.text["output"].decode().strip()


@contextmanager
def running(command: list[str], jailed: Jail, due: str) -> Iterator[subprocess.Popen[bytes]]:
    """A program in a jail that has replied what is `due`; in the end it is stopped, and nothing of it is left."""
    (reading, ours), (replies, writing) = os.pipe(), os.pipe()
    with start(command, jailed, reading, writing) as process:
        for one in (reading, writing, ours):
            os.close(one)
        told = b""
        while len(told) < len(due) and select.select([replies], [], [], SECONDS)[0]:
            told += os.read(replies, len(due) - len(told))
        try:
            assert told.decode() == due
            yield process
        finally:
            stop(process)
        assert select.select([replies], [], [], SECONDS)[0]
        assert os.read(replies, 1) == b""  # whatever had a hold on it is gone
    os.close(replies)


def escaped(tier: Tier, *names: str) -> dict[str, str]:
    """Returns what the probes `names` got hold of in one jail of `tier`, and what they did to the world outside."""
    with Outside() as outside:
        jailed = replace(ALLOWED, tier=tier, shown=(PROBES, outside.shown))
        said = run(probing(names, outside.facts()), jailed, SECONDS)
        damage = outside.damage()
    ended = dict(line.split(": ", 1) for line in said.replies().splitlines() if not line.endswith(": tried"))
    assert set(ended) == set(names), said.errors()
    return {name: text for name, text in ended.items() if text != "contained"} | ({"damage": damage} if damage else {})


# What is held


def test_nothing_gets_out(tier: Tier) -> None:
    assert not escaped(tier, *(name for name in EVERY if name not in LASTING))


def test_a_daemon_does_not_outlive_its_jail(tier: Tier) -> None:
    said = run(probing(["leave_daemon"], {}), Jail(tier, (PROBES,)), SECONDS)
    assert said.replies().startswith("leave_daemon: tried\n")
    assert not said.lingers


def test_what_ignores_every_signal_is_stopped(tier: Tier) -> None:
    with running(probing(["refuse_to_die"], {}), Jail(tier, (PROBES,)), "refuse_to_die: tried\n") as process:
        time.sleep(0.5)  # until it is deaf
        assert process.poll() is None


def test_seconds_of_cpu_are_limited(tier: Tier) -> None:
    said = run(probing(["burn"], {"cpu": 1}), Jail(tier, (PROBES,), cpu=1), SECONDS)
    assert said.replies() == "burn: tried\n"
    assert said.status in {-signal.SIGKILL, 128 + signal.SIGKILL}


def test_a_jail_ends_with_its_grader(tier: Tier) -> None:
    """The reply pipe is closed everywhere only once the jailed program is gone too."""
    grader = f"""
        import os, sys
        sys.path.insert(0, {str(ROOT)!r})
        from lydite.isolation import Jail, Tier, start
        reading, _ = os.pipe()
        process = start([sys.executable, "-I", "-c", "import os, time; os.write(4, b'up'); time.sleep(60)"],
                        Jail(Tier({str(tier)!r})), reading, int(sys.argv[1]))
        process.wait()
    """
    replies, writing = os.pipe()
    with subprocess.Popen([*python(grader), str(writing)], pass_fds=[writing]) as killed:
        os.close(writing)
        assert os.read(replies, 2) == b"up"
        killed.kill()
    assert select.select([replies], [], [], SECONDS)[0]
    assert os.read(replies, 1) == b""
    os.close(replies)


def test_a_jail_that_forks_ends_whole() -> None:
    code = """
        import os, time
        for _ in range(3):
            if not os.fork():
                os.setsid()
        os.write(4, b"here.")
        time.sleep(60)
    """
    with running(python(code), Jail(needed(Tier.NAMESPACES), forks=True), "here." * 8) as process:
        assert process.poll() is None


def test_processes_are_counted_where_they_are_allowed() -> None:
    code = """
        import os, time
        started = 0
        try:
            for _ in range(40):
                if not os.fork():
                    time.sleep(60)
                started += 1
        except OSError:
            print(started)
    """
    assert int(printed(code, Jail(needed(Tier.NAMESPACES), processes=12, forks=True))) == 11


TAKING = """
    import os, threading, time
    def take():
        if not os.fork():
            taken = bytearray(b"x") * (100 << 20)
            os.write(4, b"took.")
            time.sleep(60)
        time.sleep(60)
    for _ in range(9):
        threading.Thread(target=take).start()
"""


def test_memory_is_counted_together() -> None:
    said = run(python(TAKING), Jail(needed(Tier.NAMESPACES), memory=700, forks=True), SECONDS)
    assert said.status in {-signal.SIGKILL, 128 + signal.SIGKILL}
    assert not said.lingers


def test_memory_below_the_limit_is_left_alone() -> None:
    with running(python(TAKING), Jail(needed(Tier.NAMESPACES), memory=2000, forks=True), "took." * 9) as process:
        time.sleep(2 * together.GLANCE)
        assert process.poll() is None


# What is possible all the same


def test_requests_and_replies(tier: Tier) -> None:
    (reading, ours), (replies, writing) = os.pipe(), os.pipe()
    process = start(
        python("import os, sys; os.write(4, os.read(3, 9)[::-1]); print('out'); print('err', file=sys.stderr)"),
        Jail(tier),
        reading,
        writing,
    )
    os.close(reading)
    os.close(writing)
    os.write(ours, b"abc")
    os.close(ours)
    output, errors = process.communicate(timeout=SECONDS)
    assert (os.read(replies, 9), output, errors, process.returncode) == (b"cba", b"out\n", b"err\n", 0)
    os.close(replies)
    stop(process)


def test_numpy_and_scipy_compute(tier: Tier) -> None:
    code = "import numpy as np, scipy.special as s; print(s.expit(np.zeros(2)) @ np.ones(2))"
    assert printed(code, Jail(tier)) == "1.0"


def test_what_is_not_allowed_is_not_there(tier: Tier) -> None:
    code = """
        import importlib
        for name in ("numpy", "hypothesis", "flint", "lydite", "spec", "reference", "pytest"):
            try:
                importlib.import_module(name)
                print(name)
            except ModuleNotFoundError:
                pass
    """
    assert printed(code, Jail(tier)) == "numpy"


def test_what_is_allowed_is_there_with_what_it_requires(tier: Tier) -> None:
    assert printed("import hypothesis, sortedcontainers; print('both')", Jail(tier, allow=("hypothesis",))) == "both"


def test_the_environment_is_a_given_one(tier: Tier, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/of/the/grader")
    monkeypatch.setenv("SECRET", "of the grader")
    names = printed("import os; print(*sorted(os.environ))", Jail(tier)).split()
    assert {"LANG", "OMP_NUM_THREADS", "PATH"} <= set(names) <= {*jail.ENVIRONMENT, "TMPDIR", "PWD", "LC_CTYPE"}


def test_a_submission_is_seen_at_its_place(tier: Tier, submit: Submit) -> None:
    path = submit("answer = 42", "folder/submission.py")
    path.with_name("secret.py").write_text("answer = 43", "utf-8")
    code = f"""
        import pathlib
        print("42" in pathlib.Path({str(path)!r}).read_text())
        try:
            print("43" in pathlib.Path({str(path.with_name("secret.py"))!r}).read_text())
        except OSError:
            print("hidden")
    """
    assert printed(code, Jail(tier, (path,))) == "True\nhidden"


def test_a_place_has_no_detours(tmp_path: Path) -> None:
    folder = tmp_path.resolve() / "folder"
    folder.mkdir()
    (tmp_path / "detour").symlink_to(folder)
    (folder / "link.py").symlink_to("elsewhere.py")
    assert place(tmp_path / "detour" / ".." / "folder" / "link.py") == folder / "link.py"
    assert place(folder / "..") == folder.parent


def test_a_folder_is_seen_whole(tier: Tier, submit: Submit) -> None:
    path = submit("answer = 42", "folder/inner/submission.py")
    code = f"import pathlib; print(*pathlib.Path({str(path.parents[1])!r}).rglob('*.py'))"
    assert printed(code, Jail(tier, (path.parents[1],))) == str(path)


def test_a_link_leads_nowhere(tier: Tier, submit: Submit) -> None:
    path = submit("", "folder/submission.py")
    path.with_name("link").symlink_to(ROOT / "pyproject.toml")
    code = f"""
        try:
            print(open({str(path.with_name("link"))!r}).read())
        except OSError:
            print("nowhere")
    """
    assert printed(code, Jail(tier, (path.parent,))) == "nowhere"


@as_root
def test_a_submission_that_only_root_can_read_is_shown(tier: Tier, submit: Submit) -> None:
    path = submit("answer = 42", "folder/submission.py")
    path.chmod(0o600)
    path.parent.chmod(0o700)
    for shown in (path, path.parent):
        assert "42" in printed(f"print(open({str(path)!r}).read())", Jail(tier, (shown,)))
    assert path.stat().st_mode & 0o777 == 0o600


@as_root
def test_a_link_to_what_only_root_can_read_is_refused(tier: Tier, submit: Submit) -> None:
    path = submit("secret = 1", "secret.py")
    path.chmod(0o600)
    link = path.with_name("submission.py")
    link.symlink_to(path)
    with pytest.raises(ValueError, match="is a link to what others cannot read"):
        run(python(""), Jail(tier, (link,)), SECONDS)


def test_scratch_is_written_in_namespaces() -> None:
    code = """
        import tempfile
        with tempfile.TemporaryFile() as file:
            print(file.write(b"x" * 1000))
    """
    assert printed(code, Jail(needed(Tier.NAMESPACES))) == "1000"


def test_threads_run(tier: Tier) -> None:
    code = """
        from concurrent.futures import ThreadPoolExecutor
        with ThreadPoolExecutor(4) as pool:
            print(sum(pool.map(abs, range(-9, 1))))
    """
    assert printed(code, Jail(tier)) == "45"


@pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed")
def test_node_runs(tier: Tier, submit: Submit) -> None:
    path = submit("", "submission.js")
    path.write_text("console.log([1, 2].map(Math.exp).length)", "utf-8")
    said = run([shutil.which("node") or "", str(path)], Jail(tier, (path,), memory=0), SECONDS)
    assert (said.text["output"].decode(), said.status) == ("2\n", 0), said.errors()


@pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler is installed")
def test_a_compiled_program_runs(tier: Tier, tmp_path: Path) -> None:
    source, binary = tmp_path / "answer.c", tmp_path / "answer"
    source.write_text('#include <unistd.h>\nint main(void) { return write(4, "42", 2) != 2; }', "utf-8")
    subprocess.run(["cc", "-o", str(binary), str(source)], check=True)
    said = run([str(binary)], Jail(tier, (binary,)), SECONDS)
    assert (said.replies(), said.status) == ("42", 0), said.errors()


def test_a_program_that_is_not_there(tier: Tier) -> None:
    said = run(["/usr/bin/there-is-no-such-program"], Jail(tier), SECONDS)
    assert said.status == launcher.FAILED
    assert "lydite: cannot start /usr/bin/there-is-no-such-program confined: " in said.errors()


def test_stopping_twice(tier: Tier) -> None:
    with running(python("import os, time; os.write(4, b'up'); time.sleep(60)"), Jail(tier), "up") as process:
        stop(process)
        assert process.poll() is not None


@pytest.mark.parametrize("plain", [Tier.PROCESS, Tier.NONE])
def test_the_other_tiers_run_what_is_trusted(plain: Tier) -> None:
    assert printed("import numpy; print(numpy.ones(2).sum())", Jail(plain)) == "2.0"


# That each defence is needed: a probe that is held gets out where the defence is switched off


def let_all_calls_through(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(seccomp, "program", lambda **_: [(seccomp.RETURN, 0, 0, ALLOW)])


def share(patch: pytest.MonkeyPatch, *namespaces: str) -> None:
    """Namespaces without those named, which only shows where system calls are not held back too."""
    let_all_calls_through(patch)
    kept = {"user", "pid", "net", "ipc", "uts", "cgroup"} - set(namespaces)
    options = [one for one in bubblewrap.OWN if one not in {"--unshare-all", "--unshare-user", "--as-pid-1"}]
    if "pid" not in namespaces:
        options.append("--as-pid-1")
    patch.setattr(bubblewrap, "OWN", (*(f"--unshare-{name}" for name in sorted(kept)), *options))


def stay_root(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(jail, "_powerless", lambda *_: {})


def bind_writable(patch: pytest.MonkeyPatch) -> None:
    wrapped = bubblewrap.wrapped
    patch.setattr(bubblewrap, "wrapped", lambda *a: ["--bind" if part == "--ro-bind" else part for part in wrapped(*a)])


def see_everything(patch: pytest.MonkeyPatch) -> None:
    rules = landlock.rules
    patch.setattr(
        landlock, "rules", lambda shown: {**(all_rules := rules(shown)), "paths": [["/", all_rules["handled"][0]]]}
    )


def fence_nothing(patch: pytest.MonkeyPatch) -> None:
    see_everything(patch)
    rules = landlock.rules
    patch.setattr(landlock, "rules", lambda shown: (found := rules(shown)) | {"handled": [found["handled"][0], 0, 0]})
    let_all_calls_through(patch)


def unlimited(patch: pytest.MonkeyPatch) -> None:
    inside = jail._inside
    patch.setattr(jail, "_inside", lambda jailed: {**inside(jailed), "limits": {}})


def give_much_scratch(patch: pytest.MonkeyPatch) -> None:
    unlimited(patch)
    wrapped = bubblewrap.wrapped
    patch.setattr(bubblewrap, "wrapped", lambda command, shown, settings, _: wrapped(command, shown, settings, 1 << 10))


def nest_namespaces(patch: pytest.MonkeyPatch) -> None:
    let_all_calls_through(patch)
    patch.setattr(bubblewrap, "OWN", tuple(one for one in bubblewrap.OWN if one != "--disable-userns"))


SWITCHED_OFF: list[tuple[Tier, Callable[[pytest.MonkeyPatch], None], tuple[str, ...]]] = [
    (Tier.NAMESPACES, let_all_calls_through, ("make_socket", "fork", "start_program", "use_kernel", "lock_files")),
    (Tier.NAMESPACES, lambda patch: share(patch, "net"), ("connect", "connect_abstract", "read_connections")),
    (Tier.NAMESPACES, nest_namespaces, ("make_namespace",)),
    (Tier.NAMESPACES, bind_writable, ("write_shown",)),
    (Tier.NAMESPACES, unlimited, ("take_memory", "open_files", "thread_bomb")),
    (Tier.NAMESPACES, give_much_scratch, ("fill_disk",)),
    (Tier.LANDLOCK, see_everything, ("read_secret", "read_lydite", "read_connections", "write_outside")),
    (Tier.LANDLOCK, see_everything, ("fill_disk", "write_shown")),
    (
        Tier.LANDLOCK,
        let_all_calls_through,
        ("fork", "start_program", "make_socket", "use_kernel", "send_datagram", "lock_files"),
    ),
    (Tier.LANDLOCK, fence_nothing, ("connect", "connect_abstract", "send_datagram")),
    (Tier.LANDLOCK, unlimited, ("take_memory", "open_files", "thread_bomb")),
]


@pytest.mark.parametrize(("tier", "off", "names"), SWITCHED_OFF)
def test_each_defence_is_needed(
    tier: Tier,
    off: Callable[[pytest.MonkeyPatch], None],
    names: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    needed(tier)
    off(monkeypatch)
    assert set(escaped(tier, *names)) - {"damage"} == set(names)


HELD_TWICE = {
    Tier.NAMESPACES: (
        *("read_secret", "read_lydite", "read_environment", "read_memory", "write_outside"),
        *("write_shown", "change_mode", "connect", "connect_abstract", "send_datagram", "send_signal"),
        *("limit_others", "trace", "make_namespace", "mount", "be_root", "thread_bomb", "leave_daemon"),
    ),
    Tier.LANDLOCK: (
        *("read_secret", "read_lydite", "read_environment", "read_memory", "write_outside"),
        *("write_shown", "trace", "mount", "be_root", "thread_bomb"),
    ),
}
"""Probes that do not get out even where all system calls are let through."""


def test_what_is_held_twice(tier: Tier, monkeypatch: pytest.MonkeyPatch) -> None:
    let_all_calls_through(monkeypatch)
    assert not escaped(tier, *(name for name in HELD_TWICE[tier] if name not in LASTING))
    if "leave_daemon" in HELD_TWICE[tier]:
        assert not run(probing(["leave_daemon"], {}), Jail(tier, (PROBES,)), SECONDS).lingers


@as_root
def test_root_is_given_up(tier: Tier, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not escaped(tier, "be_root")
    code = "import os; print(os.getuid(), os.stat('/proc/self').st_uid)"
    assert "0" not in printed(code, Jail(tier)).split()
    stay_root(monkeypatch)
    if tier is Tier.LANDLOCK:
        assert "uid 0" in escaped(tier, "be_root")["be_root"]


@as_root
def test_each_jail_has_a_user_of_its_own() -> None:
    code = "import os; print(os.getuid())"
    users = {printed(code, Jail(needed(Tier.LANDLOCK))) for _ in range(3)}
    assert len(users) == 3
    assert all(int(user) in jail.USERS for user in users)


def test_the_environment_of_bubblewrap_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the first process of its namespace would show it, were it there."""
    told = []
    monkeypatch.setattr(subprocess, "Popen", lambda *_, env, **__: told.append(env))
    start(python(""), Jail(Tier.NAMESPACES), 0, 1)
    assert told == [{}]


@pytest.mark.parametrize("path", [jail.LAUNCHER, PROBES], ids=lambda path: path.name)
def test_what_runs_inside_stands_alone(path: Path) -> None:
    imported = {name.partition(".")[0] for name in imports(path.read_text("utf-8"), "")}
    assert imported
    assert imported <= sys.stdlib_module_names | {"numpy"}


ABANDONED = f"""
    import os, sys
    sys.path.insert(0, {str(ROOT)!r})
    from lydite.isolation.environment import environment
    print(environment(), flush=True)
    os.kill(os.getpid(), 9)
"""


def test_what_a_killed_grader_leaves_is_swept_up(tmp_path: Path) -> None:
    def made(code: str) -> Path:
        told = subprocess.run(python(code), env={"TMPDIR": str(tmp_path)}, capture_output=True, check=False, text=True)
        return Path(told.stdout.strip())

    left = made(ABANDONED)
    assert (left / "bin" / "python").is_symlink()
    mine = environment()
    assert made(ABANDONED.replace("9)", "0)")) != left
    assert list(tmp_path.iterdir()) == []
    assert (mine / "bin" / "python").is_symlink()


# Which tier works


def test_the_best_tier_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    why = {Tier.NAMESPACES: "", Tier.LANDLOCK: ""}
    monkeypatch.setattr(trial, "proven", why.get)
    assert best() is Tier.NAMESPACES
    why[Tier.NAMESPACES] = "not here"
    assert best() is Tier.LANDLOCK
    why[Tier.LANDLOCK] = "nor there"
    with pytest.raises(NoTier) as raised:
        best()
    for part in ("namespaces: not here", "landlock: nor there", "lydite grade FILE --isolation process"):
        assert part in str(raised.value)


@pytest.mark.parametrize(
    ("tier", "patched", "name", "value", "why"),
    [
        (Tier.NAMESPACES, bubblewrap, "found", lambda: None, "bubblewrap is not installed"),
        (Tier.NAMESPACES, bubblewrap, "found", lambda: "/bin/false", "the trial ended with status 1"),
        pytest.param(
            *(Tier.NAMESPACES, bubblewrap, "OWN", ("--no-such-option",), "bwrap: Unknown option --no-such-option"),
            marks=pytest.mark.skipif(bubblewrap.found() is None, reason="bubblewrap is not installed"),
        ),
        (Tier.LANDLOCK, landlock, "version", lambda: 0, "the kernel has no Landlock"),
        (Tier.LANDLOCK, seccomp, "supported", lambda: False, "the system calls of "),
        (Tier.NAMESPACES, sys, "platform", "darwin", "needs Linux"),
    ],
)
def test_a_tier_that_does_not_work_says_why(
    tier: Tier, patched: object, name: str, value: object, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patched, name, value)
    assert proven.__wrapped__(tier).startswith(why)


@pytest.mark.parametrize("off", [see_everything, let_all_calls_through])
def test_a_tier_that_leaks_is_not_proven(
    off: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    needed(Tier.LANDLOCK)
    off(monkeypatch)
    assert "LEAKS" in proven.__wrapped__(Tier.LANDLOCK)


@pytest.mark.parametrize(("abi", "user", "why"), [(1, 0, ""), (2, 1000, "before version 3"), (3, 1000, "")])
def test_an_old_landlock_is_for_root_only(abi: int, user: int, why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landlock, "version", lambda: abi)
    monkeypatch.setattr(os, "geteuid", lambda: user)
    assert landlock.lacking().startswith(why)
    assert bool(landlock.lacking()) == bool(why)


@pytest.mark.parametrize(("abi", "size"), [(1, 8), (3, 8), (4, 16), (5, 16), (6, 24), (9, 24)])
def test_rules_fit_the_kernel(abi: int, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landlock, "version", lambda: abi)
    rules = landlock.rules(())
    handled = rules["handled"][0]
    assert rules["size"] == size
    assert all(access and access | handled == handled for _, access in rules["paths"])
    assert not any(access & landlock.WRITE_FILE for path, access in rules["paths"] if path != os.devnull)


# System calls


def verdict(machine: str, number: int, *arguments: int, forks: bool = False, architecture: int | None = None) -> int:
    """Returns what the filter says of a call: a small interpreter of its instructions."""
    program = seccomp.program(forks=forks, machine=machine)
    data = {seccomp.NUMBER: number, seccomp.ARCHITECTURE: architecture or seccomp.MACHINES[machine][0]}
    data |= {seccomp.ARGUMENTS + 8 * index: value for index, value in enumerate((*arguments, *[0] * 6)[:6])}
    at, held = 0, 0
    while True:
        code, if_true, if_false, operand = program[at]
        value = 4711 if operand == seccomp.PID else int(operand)
        at += 1
        match code:
            case seccomp.LOAD:
                held = data[value] & 0xFFFFFFFF
            case seccomp.AND:
                held &= value
            case seccomp.EQUAL:
                at += if_true if held == value else if_false
            case seccomp.AT_LEAST:
                at += if_true if held >= value else if_false
            case seccomp.RETURN:
                return value


EPERM, ENOSYS = ERROR | 1, ERROR | 38
THREAD = 0x3D0F00
"""The flags that glibc passes to `clone` for a thread."""


@pytest.mark.parametrize(
    ("call", "numbers", "arguments", "due"),
    [
        ("read", (0, 63), (), ALLOW),
        ("ptrace", (101, 117), (), EPERM),
        ("socket", (41, 198), (), EPERM),
        ("mount", (165, 40), (), EPERM),
        ("unshare", (272, 97), (), EPERM),
        ("setns", (308, 268), (), EPERM),
        ("bpf", (321, 280), (), EPERM),
        ("process_vm_writev", (311, 271), (), EPERM),
        ("clone3", (435, 435), (), ENOSYS),
        ("what is not known yet", (600, 600), (), ENOSYS),
        ("clone: a thread", (56, 220), (THREAD,), ALLOW),
        ("clone: a process", (56, 220), (17,), EPERM),
        ("clone: a namespace", (56, 220), (THREAD | 0x10000000,), EPERM),
        ("kill: itself", (62, 129), (4711,), ALLOW),
        ("kill: another", (62, 129), (4712,), EPERM),
        ("kill: all", (62, 129), (0xFFFFFFFF,), EPERM),
        ("fcntl: flags", (72, 25), (3, 3), ALLOW),
        ("flock", (73, 32), (), EPERM),
        ("fcntl: lock", (72, 25), (3, 6), EPERM),
        ("fcntl: lock of an open file", (72, 25), (3, 37), EPERM),
        ("fcntl: owner", (72, 25), (3, 8), EPERM),
        ("fcntl: signal", (72, 25), (3, 10), EPERM),
        ("ioctl: size of a terminal", (16, 29), (0, 0x5413), ALLOW),
        ("ioctl: typing", (16, 29), (0, 0x5412), EPERM),
        ("socketpair: streams", (53, 199), (1, 1 | 0x80000), ALLOW),
        ("socketpair: datagrams", (53, 199), (1, 2), EPERM),
        ("socketpair: internet", (53, 199), (2, 1), EPERM),
        ("prctl: name", (157, 167), (15,), ALLOW),
        ("prctl: signal at the parent's death", (157, 167), (1,), EPERM),
        ("prlimit: itself", (302, 261), (0,), ALLOW),
        ("prlimit: another", (302, 261), (1,), EPERM),
    ],
)
def test_calls_that_are_let_through(call: str, numbers: tuple[int, int], arguments: tuple[int, ...], due: int) -> None:
    for machine, (_, column) in seccomp.MACHINES.items():
        assert verdict(machine, numbers[column], *arguments) == due, f"{call} on {machine}"


def test_where_processes_are_allowed_namespaces_are_not() -> None:
    assert verdict("x86_64", 57, forks=True) == ALLOW
    assert verdict("x86_64", 57) == EPERM
    assert verdict("aarch64", 220, 17, forks=True) == ALLOW
    assert verdict("aarch64", 220, 17 | 0x10000000, forks=True) == EPERM


def test_calls_of_another_architecture_kill() -> None:
    assert verdict("x86_64", 0, architecture=0x40000003) == KILL
    assert verdict("x86_64", 0x40000000) == ENOSYS  # x32, which shares the architecture's name


HEADERS = {"x86_64": "/usr/include/x86_64-linux-gnu/asm/unistd_64.h", "aarch64": "/usr/include/asm-generic/unistd.h"}


@pytest.mark.parametrize("machine", HEADERS)
def test_numbers_are_the_kernels(machine: str) -> None:
    header = Path(HEADERS[machine])
    if not header.is_file():
        pytest.skip("needs the kernel's headers")
    found = re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", header.read_text("utf-8"))
    due = {name: int(number) for name, number in found}
    column = seccomp.MACHINES[machine][1]
    due["newfstatat"] = {"x86_64": 262, "aarch64": 79}[machine]
    numbers = {**seccomp.NUMBERS, **{name: rule[:2] for name, rule in (seccomp.GUARDED | seccomp.FORKING).items()}}
    assert len(numbers) > 150
    for name, pair in numbers.items():
        if (number := pair[column]) is not None:
            assert due[name] == number, name


# What is seen


def test_folders_are_shown_without_what_is_hidden(tmp_path: Path) -> None:
    for name in ("a/x", "a/y/deep", "a/y/other", "b"):
        (tmp_path / name).mkdir(parents=True)
    hidden = [(tmp_path / "a" / "y" / "deep").resolve()]
    shown = list(visible.without(tmp_path, hidden))
    assert shown == [tmp_path / "a" / "x", tmp_path / "a" / "y" / "other", tmp_path / "b"]
    assert list(visible.without(tmp_path, [])) == [tmp_path]
    assert list(visible.without(hidden[0], hidden)) == []


def test_packages_of_the_base_are_hidden() -> None:
    assert any(part.name.endswith("-packages") for part in visible.hidden())


def test_python_is_shown_with_two_packages_only() -> None:
    tops = {path.name.partition("-")[0].partition(".")[0] for path in python_paths() if "-packages" in path.parent.name}
    assert tops == {"numpy", "scipy"}


@pytest.mark.parametrize(("name", "why"), [("no-such-thing", "is not installed"), ("Lydite", "is not seen")])
def test_what_cannot_be_allowed(name: str, why: str) -> None:
    with pytest.raises(NotOffered, match=why):
        python_paths(name)


@pytest.fixture
def closed() -> Iterator[Path]:
    """A folder that others cannot enter, in one that they can: neither TMPDIR nor pytest's folders need be that."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        inner = Path(folder, "closed")
        inner.mkdir(mode=0o700)
        (inner / "python").mkdir(mode=0o755)
        yield inner


def test_what_lies_in_a_closed_folder_is_revealed(closed: Path) -> None:
    neighbour = closed.parent / "neighbour"
    neighbour.touch(0o644)
    assert reveal.plan([closed / "python", neighbour], []) == {
        "covered": [str(closed)],
        "bound": [str(closed / "python")],
        "copied": [],
    }
    assert reveal.plan([neighbour], []) == {}


def test_what_nobody_else_can_read_is_copied(closed: Path) -> None:
    neighbour, submission = closed.parent / "neighbour", closed.parent / "submission.py"
    neighbour.touch(0o644)
    submission.touch(0o600)
    assert reveal.plan([neighbour], [submission]) == {
        "covered": [str(closed.parent)],
        "bound": [str(neighbour)],
        "copied": [str(submission)],
    }
