"""Programs that keep the protocol and programs that do not: what each costs, and that no other call pays for it."""

from __future__ import annotations

import json
import math
import os
import shlex
import subprocess
import sys
import sysconfig
import threading
import venv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lydite import isolation
from lydite.isolation import Tier
from lydite.isolation.tier import CONTAINED
from lydite.kit.calls import CALLS
from lydite.kit.failure import CallFailed
from lydite.target import program as programs
from lydite.target.name import COMMAND
from lydite.target.program import Answer, Program, Question
from lydite.target.smoke import check, faults, sample, strict
from lydite.target.watch import Unasked
from lydite.worker.loading import Unloadable
from spec.definitions.trivariate import Field, Ridge
from tests.support.optional import needed

ROOT = Path(__file__).resolve().parents[3]
PRELUDE = """
import json, os, signal, sys, time
requests, replies = os.fdopen(3, "rb"), os.fdopen(4, "wb", 0)
def say(**message): replies.write(json.dumps(message).encode() + b"\\n")
def hear():
    line = requests.readline()
    if not line: sys.exit()
    return json.loads(line)
def hello(*calls, **more):
    hear()
    say(id=0, hello={"protocol": 1, "name": "p", "version": "1", "language": "Python", "calls": list(calls),
                     "arrays": ["numbers"], **more})
def value(x): return {"value": x}
"""
HONEST = """
while True:
    asked = hear()
    say(id=asked["id"], answers=[answer(call) for call in asked["batch"]])
"""
LOSS, SOFTMAX = Question("cross_entropy", (np.zeros(2), np.ones(2))), Question("softmax", (np.zeros(2),))

Start = Callable[..., Program]


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Start]:
    """Starts a program of these lines, which begins with the prelude; all are ended afterwards."""
    running: list[Program] = []

    def start(text: str, seconds: float = 5.0, **more: Any) -> Program:
        path = tmp_path / f"program{len(running)}.py"
        path.write_text(PRELUDE + text, encoding="utf-8")
        running.append(Program(COMMAND + shlex.join([sys.executable, str(path)]), Tier.PROCESS, seconds, 0, **more))
        return running[-1]

    yield start
    for one in running:
        one.stop()


def failed(told: Answer | CallFailed, kind: str, text: str) -> bool:
    return isinstance(told, CallFailed) and told.raised == kind and text in told.text


def test_an_honest_program(started: Start) -> None:
    program = started(
        "hello('softmax', 'cross_entropy', 'no such call')\ndef answer(call): return value(len(call['args']))\n"
        + HONEST
    )
    assert program.running().hello.calls == {"softmax", "cross_entropy"}
    answers = program.answers([LOSS, SOFTMAX, LOSS])
    assert [a.value for a in answers if isinstance(a, Answer)] == [2.0, 1.0, 2.0]


@pytest.mark.parametrize(
    ("answer", "due"),
    [
        ("{'value': 1}", 1.0),
        ("{'value': True}", 1.0),
        ("{'value': 'inf'}", np.inf),
        ("{'value': 10**400}", np.inf),
        ("{'value': {'shape': [2], 'dtype': 'int8', 'data': [1, 2]}}", [1, 2]),
        ("{'values': [1, {'shape': [1], 'dtype': 'float32', 'data': ['-inf']}]}", (1.0, [-np.inf])),
        ("{'value': {'shape': [], 'dtype': 'float64', 'data': [2.5], 'scalar': True}}", 2.5),
    ],
)
def test_answers_are_numbers(started: Start, answer: str, due: Any) -> None:
    program = started(f"hello('softmax')\ndef answer(call): return {answer}\n" + HONEST)
    (told,) = program.answers([SOFTMAX])
    assert isinstance(told, Answer)
    if isinstance(due, tuple):
        assert all(np.array_equal(a, b) for a, b in zip(told.value, due, strict=True))
    else:
        assert np.array_equal(told.value, due)


@pytest.mark.parametrize("tier", [*CONTAINED, Tier.PROCESS])
def test_a_command_survives_any_path(tmp_path: Path, tier: Tier) -> None:
    """Of the interpreter, of the program, and of an argument."""
    folder = tmp_path / """a folder's "name" ü $HOME ;*"""
    folder.mkdir()
    interpreter, path, data = (folder / name for name in ("an interpreter", "a program", "data é"))
    interpreter.write_text('#!/bin/sh\nexec "$@"\n', "utf-8")
    interpreter.chmod(0o755)
    data.write_text("softmax", "utf-8")
    path.write_text(PRELUDE + "hello(open(sys.argv[1]).read())\n", "utf-8")
    command = [str(interpreter), sys.executable, "-I", str(path), str(data)]
    program = Program(COMMAND + shlex.join(command), needed(tier), 5.0, 0)
    assert program.running().hello.calls == {"softmax"}
    program.stop()


@pytest.mark.parametrize("tier", [*CONTAINED, Tier.PROCESS])
def test_python_has_the_packages_of_its_virtual_environment(tmp_path: Path, tier: Tier) -> None:
    """And none of one that Lydite lies in, its own or another."""
    path = tmp_path / "program.py"
    found = "[name for name in ('only_there', 'lydite') if importlib.util.find_spec(name)]"
    path.write_text(f"{PRELUDE}import importlib.util\nhello(absent={found})\n", encoding="utf-8")
    interpreters = [(made_environment(tmp_path / "venv", "only_there.py"), ["only_there"]), (Path(sys.executable), [])]
    if tier in CONTAINED:
        interpreters.append((made_environment(tmp_path / "other", "only_there.py", "lydite.py"), []))
    for interpreter, due in interpreters:
        program = Program(COMMAND + shlex.join([str(interpreter), "-I", str(path)]), needed(tier), 5.0, 0)
        assert program.running().said["absent"] == due
        program.stop()


def made_environment(home: Path, *modules: str) -> Path:
    """Makes a virtual environment with empty `modules`, and returns its Python."""
    venv.create(home, symlinks=True)
    packages = sysconfig.get_path("purelib", "venv", {"base": str(home)})
    for module in modules:
        Path(packages, module).touch()
    return home / "bin" / "python"


@pytest.mark.parametrize("tier", CONTAINED)
def test_a_program_in_a_folder_of_an_environment_sees_its_own_folder(tmp_path: Path, tier: Tier) -> None:
    made_environment(tmp_path)
    (tmp_path / "solution.txt").write_text("secret", encoding="utf-8")
    mine = tmp_path / "mine"
    mine.mkdir()
    script = mine / "script.py"
    reads = f"try: said = [open({str(tmp_path / 'solution.txt')!r}).read()]\nexcept OSError: said = []\n"
    script.write_text(f"{PRELUDE}{reads}hello(absent=said)\n", encoding="utf-8")
    program = mine / "program"
    program.symlink_to(Path(sys.executable).resolve())
    for python in (program, tmp_path / "bin" / "python"):
        command = [str(python), "-I", str(script)]
        running = Program(COMMAND + shlex.join(command), needed(tier), 5.0, 0)
        assert running.running().said["absent"] == []
        running.stop()


def test_an_error_is_an_answer(started: Start) -> None:
    program = started(
        "hello('softmax')\ndef answer(call): return {'error': {'name': 'ValueError', 'text': 'z' * 9999}}\n" + HONEST
    )
    (told,) = program.answers([SOFTMAX])
    assert isinstance(told, CallFailed)
    assert told.raised == "ValueError"
    assert told.text.endswith("z…")
    assert 900 < len(json.dumps(told.text)) <= 1002


def test_functions_are_evaluated_here(started: Start) -> None:
    program = started("""
hello("newton_root")
asked = hear()
f, fprime = (a["function"] for a in asked["batch"][0]["args"][:2])
say(id=asked["id"], evaluate=fprime, at=3.0)
slope = hear()
say(id=asked["id"], evaluate=f, at=3)
say(id=asked["id"], answers=[value(hear()["value"] * 100 + slope["value"])])
hear()
""")
    (told,) = program.answers([Question("newton_root", (lambda x: x + 1, lambda x: -x, 3.0, 1))])
    assert isinstance(told, Answer)
    assert told.value == 397.0


def test_a_function_of_an_array_is_evaluated_here_and_has_no_value_at_another_shape(started: Start) -> None:
    program = started("""
hello("function_gradient")
asked = hear()
def at(shape, data):
    say(id=asked["id"], evaluate=0, at={"shape": shape, "dtype": "float64", "data": data})
    return hear()["value"]
found = [at([2], [3.0, 0.5]), at([1], [3.0]), at([1, 2], [3.0, 0.5]), at([0], [])]
say(id=asked["id"], evaluate=0, at=1.5)
found.append(hear()["value"])
say(id=asked["id"], answers=[value({"shape": [5], "dtype": "float64", "data": found})])
hear()
""")
    field = Field((Ridge(2.0, "square", (1.0, -2.0), 0.5),))
    (told,) = program.answers([Question("function_gradient", (field, np.array([1.0, 2.0])))])
    assert isinstance(told, Answer)
    assert told.value[0] == 12.5
    assert np.isnan(told.value[1:]).all()


@pytest.mark.parametrize(
    ("text", "raised"), [("no such axis", "(no name)"), ("returns None, not real numbers", ""), ("", "(no name)")]
)
def test_an_error_without_a_name_was_raised(started: Start, text: str, raised: str) -> None:
    error = {"error": {"name": "", "text": text}}
    program = started(f"""
hello("softmax")
asked = hear()
say(id=asked["id"], answers=[{error}])
hear()
""")
    (told,) = program.answers([Question("softmax", (np.ones(2),))])
    assert isinstance(told, CallFailed)
    assert (told.raised, told.text) == (raised, text)


def test_what_is_beyond_floats_is_answered(started: Start) -> None:
    program = started("""
hello("newton_root")
asked = hear()
say(id=asked["id"], evaluate=0, at=10**400)
first = hear()["value"]
say(id=asked["id"], evaluate=1, at="inf")
say(id=asked["id"], answers=[value({"shape": [2], "dtype": "float64", "data": [first, hear()["value"]]})])
hear()
""")
    (told,) = program.answers([Question("newton_root", (lambda x: x**2, lambda x: 2 * x, 3.0, 1))])
    assert isinstance(told, Answer)
    assert np.isnan(told.value[0])
    assert told.value[1] == np.inf


def test_a_function_has_an_answer_where_it_has_no_value(started: Start) -> None:
    program = started("""
hello("newton_root")
asked = hear()
say(id=asked["id"], evaluate=0, at="inf")
say(id=asked["id"], answers=[value(hear()["value"])])
hear()
""")
    (told,) = program.answers([Question("newton_root", (math.sin, math.cos, 3.0, 1))])
    assert isinstance(told, Answer)
    assert np.isnan(told.value)


def test_a_function_that_is_evaluated_for_ever_is_no_answer(started: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "SLACK", 0.2)
    program = started(
        """
hello("newton_root")
asked = hear()
while True:
    say(id=asked["id"], evaluate=0, at=1.0)
    hear()
""",
        seconds=0.1,
    )
    (told,) = program.answers([Question("newton_root", (abs, abs, 3.0, 1))])
    assert failed(told, "TimedOut", "takes longer than")


WRONG = {
    "too few": ("say(id=asked['id'], answers=[])", "0 answers come where 1 are due"),
    "too many": ("say(id=asked['id'], answers=[value(1)] * 2)", "2 answers come where 1 are due"),
    "twice": (
        # In one go: what comes a moment later is found out by the number of the request that it answers.
        'replies.write(b\'{"id": 1, "answers": [{"value": 1}]}\\n\' * 2)',
        "more comes than was",
    ),
    "of another request": ("say(id=99, answers=[value(1)])", "a reply to request 99, and not to 1"),
    "of no request": ("say(answers=[value(1)])", "a reply to request None"),
    "no answers": ("say(id=asked['id'], hello={})", "no answers come"),
    "no value": ("say(id=asked['id'], answers=[{}])", "neither value, values nor error"),
    "a text": ("say(id=asked['id'], answers=[value('one')])", "'one' is not a value"),
    "a dimension beyond all": (
        "say(id=asked['id'], answers=[value({'shape': [0, 2**63], 'dtype': 'bool', 'at': 0})])",
        "larger than",
    ),
    "a type that is a list": (
        "say(id=asked['id'], answers=[value({'shape': [], 'dtype': [], 'at': 0})])",
        "not a dtype",
    ),
    "many values": ("say(id=asked['id'], answers=[{'values': [1.0] * 17}])", "17 values"),
    "a function": ("say(id=asked['id'], answers=[value({'function': 0})])", "not a shape"),
    "a large array": (
        "say(id=asked['id'], answers=[value({'shape': [10**9], 'dtype': 'bool', 'at': 0})])",
        "larger than",
    ),
    "no JSON": ("replies.write(b'softmax\\n')", "not JSON"),
    "NaN bare": ('replies.write(b\'{"id": 1, "answers": [{"value": NaN}]}\\n\')', "spelled as a string"),
    "a function unknown": ("say(id=asked['id'], evaluate=0, at=1.0)", "not handed out"),
    "a long line": ("replies.write(b'x' * (17 << 20))", "longer than"),
    "at a huge number": ("say(id=asked['id'], evaluate=0, at=10**400)", "not handed out"),
    "a deep one": ("replies.write(b'[' * 10**5 + b'\\n')", "not JSON"),
    "many bytes": ("say(id=asked['id'], answers=[value(1)], bytes=10**12)", "announces 1000000000000 bytes"),
}


@pytest.mark.parametrize("how", WRONG)
def test_breaking_the_protocol_is_no_answer(started: Start, how: str) -> None:
    body, reason = WRONG[how]
    program = started(f"hello('softmax')\nasked = hear()\n{body}\ntime.sleep(60)")
    (told,) = program.answers([SOFTMAX])
    assert failed(told, "Violation", reason), told


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("sys.exit(3)", r"ends the process \(exit status 3\) before it said"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", r"ends the process \(SIGSEGV\)"),
        ("time.sleep(60)", "takes longer than 1 s before it said what it offers"),
        ("say(id=0, hello=[])", "the first reply does not say hello"),
        ("hello('softmax', protocol=2)", "it speaks protocol 2, and not 1"),
        ("hello('softmax', calls='softmax')", "does not list calls and arrays by name"),
        ("say(id=0, unloadable='no numpy here')", "no numpy here"),
        ("say(id=7)", "does not say hello"),
    ],
)
def test_no_hello_is_unloadable(started: Start, body: str, reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if "sleep" in body:
        monkeypatch.setattr(programs, "LEAST_LOADING", 1.0)
    with pytest.raises(Unloadable, match=reason):
        started(body, seconds=0.1).running()


def test_what_cannot_be_started() -> None:
    for target, reason in (
        ("exec:no-such-program", "there is no program no-such-program$"),
        ("exec:my programs/main", r"there is no program my \(a path that has spaces needs quotes\)"),
        ("exec:", "there is no program"),
        ("exec:'", "No closing quotation"),
        ("no/such/file.py", "there is no file"),
    ):
        with pytest.raises(Unloadable, match=reason):
            Program(target, Tier.PROCESS, 5.0, 0).running()


@pytest.mark.parametrize("tier", CONTAINED)
def test_a_command_in_the_folder_of_the_suite_is_refused(tier: Tier, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or above it, or in a part of it: the folder of a file that a command names is shown to the program."""
    monkeypatch.chdir(ROOT)
    for place in (ROOT, ROOT.parent, ROOT / "spec", ROOT / "reference", ROOT / "lydite" / "worker"):
        file = next(path for path in (place / "__init__.py", place / "conftest.py", place) if path.exists())
        for word in (str(file), os.path.relpath(file), f"implementations/{os.path.relpath(file, 'implementations')}"):
            with pytest.raises(Unloadable, match="holds the suite that grades it, or lies in that"):
                Program(COMMAND + shlex.join([sys.executable, word]), tier, 5.0, 0).running()


@pytest.mark.parametrize("tier", CONTAINED)
def test_a_command_beside_the_suite_sees_its_own_folder_alone(tier: Tier, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    for place in ("suite.toml", "reference/__init__.py"):
        reads = f"try: said = [open({str(ROOT / place)!r}).read(9)]\nexcept OSError: said = []\n"
        command = [
            sys.executable,
            "-I",
            "-c",
            f"{PRELUDE}{reads}hello(absent=said)\n",
            "implementations/javascript/main.js",
        ]
        program = Program(COMMAND + shlex.join(command), needed(tier), 5.0, 0)
        assert program.running().said["absent"] == []
        program.stop()


def test_a_call_that_ends_the_process_costs_itself_alone(started: Start) -> None:
    program = started(
        """
hello("softmax", "cross_entropy")
def answer(call):
    if call["call"] == "softmax": os._exit(0)
    return value(1.0)
"""
        + HONEST
    )
    told = program.answers([LOSS, SOFTMAX, LOSS, SOFTMAX, LOSS])
    assert [isinstance(a, Answer) for a in told] == [True, False, True, False, True]
    assert failed(told[1], "Ended", "ends the process (exit status 0)")
    assert failed(told[3], "Ended", "ends the process (exit status 0)")
    assert isinstance(told[3], Unasked)  # not called again in the same batch


def test_a_call_that_hangs_costs_itself_alone(started: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "SLACK", 0.1)
    program = started(
        """
hello("softmax", "cross_entropy")
signal.signal(signal.SIGTERM, signal.SIG_IGN)
def answer(call):
    while call["call"] == "softmax": pass
    return value(1.0)
"""
        + HONEST,
        seconds=0.1,
    )
    told = program.answers([LOSS, SOFTMAX, SOFTMAX, LOSS])
    assert [isinstance(a, Answer) for a in told] == [True, False, False, True]
    assert failed(told[1], "TimedOut", "takes longer than 0.5 s")


def test_answers_that_came_before_the_end_count(started: Start) -> None:
    program = started("""
hello("softmax", "cross_entropy")
while True:
    asked = hear()
    for call in asked["batch"]:
        if call["call"] == "softmax": os.kill(os.getpid(), signal.SIGKILL)
        say(id=asked["id"], answers=[value(2.0)])
""")
    told = program.answers([LOSS, LOSS, SOFTMAX, LOSS])
    assert [a.value for a in told if isinstance(a, Answer)] == [2.0] * 3
    assert failed(told[2], "Ended", "SIGKILL")


@pytest.mark.parametrize("held", [False, True])
def test_what_is_lost_with_a_process_changes_no_answer(started: Start, held: bool) -> None:
    """How many answers come before the end is up to the clock: a worker sends those that were quick together."""
    program = started(f"""
hello("softmax", "cross_entropy")
while True:
    asked, answers = hear(), []
    for call in asked["batch"]:
        if call["args"][0]["shape"] == [3]: os._exit(0)
        answers.append(value(call["args"][0]["shape"][0]))
        if not {held}: say(id=asked["id"], answers=[answers.pop()], warnings=1)
    if answers: say(id=asked["id"], answers=answers, warnings=len(answers))
""")
    softmax, loss = (
        [Question(call, tuple(np.zeros(n) for _ in CALLS[call].parameters)) for n in (1, 2, 3)]
        for call in ("softmax", "cross_entropy")
    )
    assert isinstance(program.answers(softmax)[2], CallFailed)
    told = program.answers([softmax[0], loss[0], softmax[1], loss[2], softmax[1], loss[0]])
    assert [one.value if isinstance(one, Answer) else one.call for one in told] == [
        *(1.0, 1.0, 2.0),
        *("cross_entropy", 2.0, "cross_entropy"),
    ]
    assert program.warnings == 2 + 4


def test_a_program_that_always_ends_is_given_up(started: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "MOST_STARTS", 3)
    program = started("hello('softmax')\nhear()")
    assert all(failed(told, "Ended", "exit status 0") for _ in range(3) for told in program.answers([SOFTMAX]))
    with pytest.raises(Unloadable, match="has ended 3 times"):
        program.answers([SOFTMAX])


def test_what_is_printed_is_kept_and_never_read_as_an_answer(started: Start) -> None:
    program = started(
        """
hello("softmax")
def answer(call):
    print(json.dumps({"id": 1, "answers": [value(666.0)]}), flush=True)
    sys.stderr.write("x" * (3 << 20))
    return value(1.0)
"""
        + HONEST
    )
    (told,) = program.answers([SOFTMAX])
    assert isinstance(told, Answer)
    assert told.value == 1.0
    program.stop()
    said = program.said()
    assert "666" in said["stdout"]
    assert len(said["stderr"]) == 4096
    assert len(program._output["stderr"]) == programs.KEPT_OUTPUT


def test_all_that_is_printed_before_the_end_is_kept(started: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """However late it is read."""
    ended, drain, stop = threading.Event(), programs.drain, isolation.stop

    def stopped(process: subprocess.Popen[bytes]) -> None:
        stop(process)
        ended.set()

    monkeypatch.setattr(programs, "drain", lambda *pipe: ended.wait() and drain(*pipe))
    monkeypatch.setattr(isolation, "stop", stopped)
    program = started("print('at the end', flush=True)\nhello('softmax')\nhear()")
    program.running()
    program.stop()
    assert program.said() == {"stdout": "at the end\n"}


def test_the_smoke_stage_tells_the_adapter_from_the_mathematics(started: Start) -> None:
    shapes = started(
        "hello('softmax', 'cross_entropy', 'leaky_relu')\n"
        "def answer(call): return value(call['args'][0] if call['call'] == 'softmax' else 0.5)\n" + HONEST
    )
    assert dict(faults(shapes)) == {
        "leaky_relu": "returns shape (), due is (4,)",
        "softmax": "",  # wrong numbers, and no fault of the adapter
        "cross_entropy": "",
    }
    check(shapes)
    broken = started("hello('softmax')\ndef answer(call): return value(None)\n" + HONEST)
    with pytest.raises(Unloadable, match="softmax breaks the protocol: None is not a value; see lydite check-adapter"):
        check(broken)


def test_messages_are_held_to_the_schema_on_request(started: Start) -> None:
    text = "hello('softmax')\ndef answer(call): return {**value(1.0), 'colour': 'red'}\n" + HONEST
    (told,) = started(text).answers([SOFTMAX])
    assert isinstance(told, Answer)
    (told,) = started(text, channel=strict()).answers([SOFTMAX])
    assert failed(told, "Violation", "colour")


@pytest.mark.parametrize("call", CALLS)
def test_every_call_has_a_plain_input(call: str) -> None:
    import reference  # noqa: PLC0415  (what is due at it)

    args = sample(call)
    answer = getattr(reference, call)(*args)
    due = CALLS[call].shape_of(*args)
    assert [np.shape(a) for a in answer] == due if isinstance(due, list) else np.shape(answer) == due


# -- Where a call is written --


@pytest.mark.parametrize(
    ("place", "kept"),
    [
        ("submission.py:2", True),
        ("helper.py:1", True),
        ("part/inner.py:1", True),
        ("inner.py:1", False),
        ("submission.py:0", False),
        ("submission.py:1e3", False),
        ("submission.py", False),
        ("../submission.py:2", False),
        ("/etc/passwd:1", False),
        ("other.py:1", False),
        ("\u202esubmission.py:2", False),
        ("x" * 5000 + ":1", False),
    ],
)
def test_a_place_is_a_line_of_what_was_submitted(tmp_path: Path, place: str, kept: bool) -> None:
    """It can say any: here it says hello while the worker imports it."""
    forging = f"""
import json, os
hello = {{"protocol": 1, "name": "x", "version": "", "language": "x", "calls": ["softmax"], "arrays": ["numbers"]}}
hello["where"] = {{"softmax": {place!r}}}
os.write(4, json.dumps({{"id": 0, "hello": hello}}).encode() + b"\\n")
os.read(3, 1)
"""
    folder = tmp_path / "folder"
    folder.mkdir()
    folder.joinpath("submission.py").write_text(forging, "utf-8")
    folder.joinpath("helper.py").write_text("", "utf-8")
    folder.joinpath("part").mkdir()
    folder.joinpath("part", "inner.py").write_text("", "utf-8")
    program = Program(str(folder), Tier.PROCESS, 5.0, 0)
    try:
        assert program.running().hello.where == ({"softmax": place} if kept else {})
    finally:
        program.stop()


def test_a_place_of_a_program_is_a_file_that_it_is_shown(started: Start) -> None:
    text = "hello('softmax', 'cross_entropy', where={'softmax': NAME + ':3', 'cross_entropy': 'other.py:3'})\nhear()"
    program = started("NAME = os.path.basename(sys.argv[0])\n" + text)
    assert list(program.running().hello.where) == ["softmax"]


def test_what_a_program_says_of_itself_is_bounded(started: Start) -> None:
    """Whatever it says, and however much."""
    text = (
        "hello('softmax', notes=['n' * 9999, 5, None] * 99, names=['x' * 9999] * 999, absent={'not': 'a list'})\nhear()"
    )
    program = started(text)
    program.running()
    assert set(program.told) == {"notes", "names"}
    assert 0 < len(program.told["notes"]) <= 40
    assert len(program.told["names"]) == 300
    assert max(map(len, program.told["notes"])) <= 1000
    assert max(map(len, program.told["names"])) <= 100
