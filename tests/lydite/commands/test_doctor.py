"""The doctor tells what is installed and what gets out, and its probes do get out where nothing holds them."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from lydite.commands import doctor
from lydite.commands.doctor import Check, run_probe
from lydite.isolation import NoTier, Tier
from lydite.isolation.probes import PROBES
from lydite.notation import extras

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="isolation is made of what Linux offers")

BITING = {
    "read_secret": "'",
    "read_lydite": "lydite",
    "read_environment": "True",
    "read_memory": "sleep",
    "write_outside": "a file was written",
    "write_shown": "a file was written",
    "change_mode": "the secret was changed",
    "connect": "a server was reached",
    "connect_abstract": "a server was reached",
    "send_datagram": "a message was sent",
    "read_connections": "'",
    "lock_files": "flock",
    "make_socket": "socket",
    "send_signal": "a process was ended",
    "limit_others": "one was limited",
    "fork": "started",
    "start_program": "started",
    "thread_bomb": "24 threads",
    "leave_daemon": "outlives its jail",
    "use_kernel": "memfd_create",
    "take_memory": "1024 MiB",
    "open_files": "65 files",
    "fill_disk": "8 MiB",
}
"""Probes that get out of no jail at all on any Linux, whoever runs them, and what is seen then."""


@pytest.mark.parametrize("name", BITING)
def test_probes_get_out_where_nothing_holds_them(name: str) -> None:
    assert BITING[name] in run_probe(name, Tier.NONE).got


def test_a_signal_counts_that_has_not_acted_yet() -> None:
    for _ in range(5):
        with doctor.Outside() as outside:
            os.kill(outside.victim.pid, signal.SIGKILL)
            assert outside.damage().startswith("a process was ended")


def test_the_doctor_works_however_long_the_name_of_the_temporary_folder_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / ("a long name " * 9)
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    assert "a message was sent" in run_probe("send_datagram", Tier.NONE).got


def test_a_probe_that_could_not_be_tried_is_not_contained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "probing", lambda *_: ["/usr/bin/false"])
    assert "could not be tried" in run_probe("read_secret", Tier.NONE).got


Leaks = Callable[[Tier], bool]


def told(
    monkeypatch: pytest.MonkeyPatch,
    leaks: Leaks,
    works: Leaks = lambda _: True,
    options: tuple[str, ...] = (),
    stray: str = "",
) -> tuple[int, str]:
    """Returns what the command prints where some tiers leak, and its exit status."""
    monkeypatch.setattr(doctor, "_held_together", lambda *_: frozenset())
    monkeypatch.setattr("lydite.commands.strays.imported", lambda: stray)
    monkeypatch.setattr(doctor, "PROBES", {"fork": PROBES["fork"]})
    monkeypatch.setattr(
        doctor, "run_probe", lambda name, tier: Check(tier, name, "starts a process", "it" if leaks(tier) else "")
    )
    monkeypatch.setattr(doctor, "proven", lambda tier: "" if works(tier) else "no reason")
    done = CliRunner().invoke(doctor.doctor_command, options)
    return done.exit_code, done.output


def test_nothing_leaks_but_what_is_known_to(monkeypatch: pytest.MonkeyPatch) -> None:
    status, text = told(monkeypatch, lambda tier: tier is Tier.PROCESS, options=("--details",))
    assert status == 0
    assert text.splitlines()[-1].startswith("all well: `--isolation auto` takes ")
    assert [line.strip() for line in text.splitlines() if "contained" in line] == [
        "contained     starts a process",
        "contained     starts a process",
        "NOT contained starts a process: it",
    ]
    for name in ("Python ", "numpy ", "hypothesis ", "python-flint "):
        assert name in text


@pytest.mark.parametrize("leaking", [Tier.NAMESPACES, Tier.LANDLOCK])
def test_a_leak_fails(leaking: Tier, monkeypatch: pytest.MonkeyPatch) -> None:
    status, text = told(monkeypatch, lambda tier: tier is leaking)
    assert status == 1
    assert "NOT contained starts a process: it" in text
    assert text.splitlines()[-1].startswith("NOT well, 1 found")


def test_it_is_brief_where_all_is_well(monkeypatch: pytest.MonkeyPatch) -> None:
    status, text = told(monkeypatch, lambda _: False)
    assert status == 0
    assert "namespaces: works here, contains 1 of 1 ways out" in text
    assert "starts a process" not in text
    assert "process:" not in text


def test_extras_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    needed = ["numpy>=2", "no-such>=1; extra == 'dask'", "click; extra == 'x'"]
    monkeypatch.setattr(doctor, "requires", lambda _: needed)
    _, text = told(monkeypatch, lambda _: False)
    assert f"extra dask lacks no-such: {extras.command('dask')}" in text
    assert "extra x is installed" in text


def test_what_gets_out_of_a_shared_jail_is_tried_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a tier that holds nothing of this kind the same probes are found to get out."""
    names = ("compute", "read_secret", "make_socket", "raise_limits")
    monkeypatch.setattr(doctor, "PROBES", {name: PROBES[name] for name in names})
    checks = {check.name: check.got for check in doctor.run(Tier.PROCESS)}
    assert list(checks) == list(names[1:])
    assert checks["read_secret"]
    assert checks["make_socket"]
    assert not checks["raise_limits"]


def test_a_stray_that_is_imported_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    status, text = told(monkeypatch, lambda _: False, stray="imports random from the folder in which it is started")
    assert status == 1
    assert "grading imports random from the folder in which it is started" in text


def test_a_tier_that_does_not_work_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> Tier:
        raise NoTier("nothing works")

    monkeypatch.setattr(doctor, "best", none)
    status, text = told(monkeypatch, lambda _: False, lambda tier: tier is Tier.PROCESS)
    assert status == 0
    assert "namespaces: no reason" in text
    assert "nothing works" in text
