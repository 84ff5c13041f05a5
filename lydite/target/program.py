"""Runs a program that answers calls through two pipes: starts it in a jail, sends batches, starts it again."""

from __future__ import annotations

import json
import math
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import sysconfig
import threading
import time
import weakref
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from itertools import takewhile
from pathlib import Path
from typing import Any

import numpy as np

from lydite import isolation
from lydite.isolation import Jail, Tier
from lydite.isolation.bubblewrap import SCRATCH
from lydite.isolation.environment import environment, packages
from lydite.kit.calls import CALLS
from lydite.kit.failure import CallFailed
from lydite.notation.text import MOST_NAME, MOST_TEXT, cut
from lydite.suite import HERE
from lydite.target.excerpt import excerpt
from lydite.target.name import COMMAND, is_program, named
from lydite.target.observed import changes, fingerprint, judged_there
from lydite.target.snapshot import snapshot
from lydite.target.watch import Unasked
from lydite.worker.clock import Clock
from lydite.worker.codec import (
    FORMS,
    LARGEST,
    MOST_VALUES,
    PROTOCOL,
    TEXT_LIMIT,
    Channel,
    Ended,
    Message,
    Packer,
    Patience,
    Room,
    Silent,
    Violation,
    as_real,
    shown,
    unpack,
)
from lydite.worker.host import NAMELESS, RETURNS
from lydite.worker.loading import NOTEBOOK, SUBMISSION, Unloadable

WORKER = HERE / "worker"
LOADING = 10
LEAST_LOADING = 10.0
"""How many times as long as a call the import of a submission may take, and the seconds that it has at least."""

SLACK = 1.0
"""Returns seconds that a program has beyond its own limits before it is ended: its own clock is the first to ring."""

READER = "nbformat"
"""The package that reads notebooks, an extra."""

MOST_STARTS = 200
"""A program that has ended this often is not started again: more often than each call can end it."""

SAID = {"notes": (40, MOST_TEXT), "harmless": (40, MOST_TEXT), "names": (300, MOST_NAME), "absent": (40, MOST_NAME)}
"""Limits of what a program may say of itself: how many texts of each kind, and how long."""
LOOP = "it does not come to its end when it is imported: a loop at the end of the file?"

KEPT_OUTPUT = 1 << 20
LINE = re.compile("[1-9][0-9]{0,6}")
CELL = re.compile("cell [1-9][0-9]{0,6}")
TIMED_OUT, ENDED, VIOLATION = FATAL = "TimedOut", "Ended", "Violation"
"""Names of exceptions for calls that did not come to answer, and cost time or the program."""


@dataclass(frozen=True, slots=True)
class Question:
    """One call to be made; with `watch`, a seed, the program also reports what the call changes."""

    call: str
    args: tuple[Any, ...]
    watch: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer: an array, a float, or a tuple of them; `watched` holds what the call has changed.

    `wrote` are the inputs that it has written into, where that was to be reported, `lists` the parts that were lists.
    """

    value: Any
    watched: Message | None = None
    wrote: tuple[int, ...] | None = None
    lists: tuple[int, ...] = ()


@dataclass(slots=True)
class Hello:
    """Who answers."""

    name: str
    version: str
    language: str
    calls: frozenset[str]
    form: str
    watches: bool
    where: dict[str, str] = field(default_factory=dict)


class Program:
    """Runs what `target` names in a jail of `tier`, from the first call on, and again when it has ended."""

    def __init__(
        self,
        target: str,
        tier: Tier,
        seconds: float,
        memory: int,
        allow: Sequence[str] = (),
        channel: type[Channel] = Channel,
        snapshot: Path | None = None,
        entry: str = "",
    ) -> None:
        self.target = target
        self._entry = entry
        self.told: dict[str, list[str]] = {}
        self._snapshot = snapshot
        self._left_out: Sequence[str] = ()
        self._channel = channel
        self.seconds = seconds
        self._jail = Jail(tier, allow=tuple(allow), memory=memory, forks=is_program(target))
        self._output = {"stdout": bytearray(), "stderr": bytearray()}
        self._running: Running | None = None
        self._fatal: set[str] = set()
        self._stage = ""
        self._starts = 0
        self._hidden: list[str] = []
        self.warnings = 0

    def running(self) -> Running:
        """Returns the program, running and introduced. Raises Unloadable."""
        if self._running is None:
            if self._starts >= MOST_STARTS:
                raise Unloadable(f"{named(self.target)} has ended {MOST_STARTS} times")
            self._starts += 1
            self._running = self._introduced()
        return self._running

    def _introduced(self) -> Running:
        """Starts it, and reads what it offers. Raises Unloadable."""
        command, shown = self._command()
        own = [environment(*self._jail.allow)] if self._jail.tier is Tier.LANDLOCK else []
        self._hidden = _hidden([*shown, *own, *map(packages, own)])
        allow = (*self._jail.allow, *_readers(self._snapshot))
        jail = replace(self._jail, shown=shown, allow=allow, scratch=self._jail.scratch + _mebibytes(self._snapshot))
        running = None
        try:
            running = Running(command, jail, self.seconds, self._output, self._channel)
            running.introduce()
        except (Ended, Silent, Violation, Unloadable) as fault:
            told = str(fault)
            if running is not None:
                self._take(running.said, [LOOP] if isinstance(fault, Silent) else [])
                if not isinstance(fault, Unloadable):
                    told = f"{named(self.target)} {running.told(fault)} before it said what it offers"
                running.stop()
            raise Unloadable(self._neutral(told)) from None
        self._take(running.said)
        running.hello.where = {k: v for k, v in running.hello.where.items() if self._is_own(v, shown)}
        return running

    def _is_own(self, place: str, shown: Sequence[Path]) -> bool:
        """Returns whether `place` is a line of what was submitted: it is linked to, and a program may name any."""
        file, _, line = place.rpartition(":")
        if LINE.fullmatch(line) is None:
            return False
        if self._snapshot is None:
            return any(_holds(path, file) for path in shown)
        home = self._snapshot if self._snapshot.is_dir() else self._snapshot.parent
        return CELL.fullmatch(file) is not None or _holds(home, file)

    def source(self, place: str) -> str:
        """Returns the first lines of the function at `place`, a line of a file that was submitted; else nothing."""
        file, _, line = place.rpartition(":")
        if self._snapshot is None or CELL.fullmatch(file) or not LINE.fullmatch(line):
            return ""
        home = self._snapshot if self._snapshot.is_dir() else self._snapshot.parent
        path = (home / file).resolve()
        return excerpt(path, int(line)) if path.is_relative_to(home.resolve()) else ""

    def _take(self, said: dict[str, list[str]], more: Sequence[str] = ()) -> None:
        """Keeps what it first said of itself, and `more`."""
        if not self.told:
            self.told = {key: [self._neutral(text) for text in texts] for key, texts in said.items()}
            self.told["notes"] = [*self._left_out, *self.told.get("notes", []), *more]

    def _neutral(self, text: str) -> str:
        """`text` without the folders of this machine."""
        for prefix in self._hidden:
            text = text.replace(prefix, "")
        return text

    def _command(self) -> tuple[list[str], tuple[Path, ...]]:
        """Returns how to start it, and what it has to see. Raises Unloadable where there is nothing to start."""
        if is_program(self.target):
            command, shown = _of_command(self.target.removeprefix(COMMAND))
            if self._jail.tier in isolation.CONTAINED:
                self._check_shown(shown)
            return command, shown
        if self._snapshot is None:
            taken = snapshot(self.target, tier=self._jail.tier)
            weakref.finalize(self, taken.remove)
            self._snapshot, self._left_out = taken.path, taken.notes
        calls = {name: len(call.answers) for name, call in CALLS.items()}
        order = json.dumps(
            {"target": str(self._snapshot), "calls": calls, "seconds": self.seconds, "entry": self._entry}
        )
        command = [sys.executable, "-I", "-B", str(isolation.place(WORKER)), order]
        return command, (WORKER, self._snapshot.parent)

    def _check_shown(self, shown: Sequence[Path]) -> None:
        """Raises Unloadable where the suite would be seen, and all that is due could be read there."""
        for path in filter(isolation.is_secret, shown):
            why = f"its folder {path.resolve().name or '/'} holds the suite that grades it, or lies in that"
            raise Unloadable(f"{named(self.target)}: {why}: move the program into a folder of its own")

    def said(self) -> dict[str, str]:
        """Returns the beginning of what it has written to its standard output and error."""
        said = {name: bytes(text[:TEXT_LIMIT]).decode(errors="replace") for name, text in self._output.items() if text}
        return {name: self._neutral(text) for name, text in said.items()}

    def stop(self) -> None:
        """Ends the program and all that it has started. It starts again with the next call."""
        if self._running is not None:
            self._running.stop()
            self._running = None

    def answers(self, batch: Sequence[Question], stage: str = "") -> list[Answer | CallFailed]:
        """Returns the answers to `batch`, in its order. Raises Unloadable where the program cannot be started any more.

        What calls have cost in another `stage` changes nothing.
        """
        if stage != self._stage:
            self._stage = stage
            self._fatal.clear()
        done: list[Answer | CallFailed] = []
        lost: dict[str, CallFailed] = {}
        while len(done) < len(batch):
            rest = batch[len(done) :]
            if failure := lost.get(rest[0].call):
                # It would cost as much again, and the verdict falls with the first: at whose input it is shown.
                done.append(Unasked(failure.call, failure.raised, failure.text))
                continue
            done += self._attempt(rest[:1] if rest[0].call in self._fatal else self._together(rest, lost))
            last = done[-1]
            if isinstance(last, CallFailed) and last.raised in FATAL:
                lost[last.call] = last
        return done

    def _together(self, rest: Sequence[Question], lost: Collection[str]) -> list[Question]:
        """Returns the first of `rest`, as many as travel together: what has ended the program before goes alone.

        Else it depended on how many answers had come by then, and so on the clock, which call is held to have ended it.
        """
        return list(takewhile(lambda question: question.call not in lost and question.call not in self._fatal, rest))

    def _attempt(self, batch: Sequence[Question]) -> list[Answer | CallFailed]:
        """Returns the answers to the first of `batch`, at least one: up to one that ends the program."""
        got: list[Answer | CallFailed] = []
        failure = self._failure(batch, got)
        if failure is None:
            return got
        if len(batch) == 1:
            self._fatal.add(failure.call)
            return [failure]
        # How many answers came before the end depends on the clock, and so does not show which call is at fault.
        for question in batch[len(got) :]:  # which of them it was shows when it goes alone
            if failure := self._failure([question], got):
                self._fatal.add(failure.call)
                return [*got, failure]
        return got

    def _failure(self, batch: Sequence[Question], got: list[Answer | CallFailed]) -> CallFailed | None:
        """Puts the answers to `batch` into `got`; how the first without one has failed, if there is one."""
        running, before, warned = self.running(), len(got), self.running().warnings
        try:
            running.exchange(batch, got, self._stage, self._fatal)
        except (Ended, Silent, Violation) as fault:
            kind = {Silent: TIMED_OUT, Ended: ENDED}.get(type(fault), VIOLATION)
            told = running.told(fault)
            self.stop()
            return CallFailed(batch[min(len(got) - before, len(batch) - 1)].call, kind, told)
        finally:
            got[before:] = [self._told(answer) for answer in got[before:]]
            self.warnings += running.warnings - warned
        return None

    def _told(self, answer: Answer | CallFailed) -> Answer | CallFailed:
        if isinstance(answer, Answer):
            return answer
        return CallFailed(answer.call, answer.raised, self._neutral(answer.text))


class Running:
    """One process of a program, from its start to its end."""

    def __init__(
        self,
        command: Sequence[str],
        jail: Jail,
        seconds: float,
        output: dict[str, bytearray],
        channel: type[Channel] = Channel,
    ) -> None:
        self.said: dict[str, list[str]] = {}
        self.hello = Hello("", "", "", frozenset(), FORMS[0], watches=False)
        self.warnings = 0
        self._seconds = seconds
        self._request = 0
        self._earlier: dict[str, Any] = {}
        self._stage = ""
        self._look = 0.0
        (replies, writing), (reading, requests) = os.pipe(), os.pipe()
        try:
            self._process = isolation.start(command, jail, reading=reading, writing=writing)
        except (OSError, ValueError) as error:  # ValueError: what cannot be shown
            os.close(replies)
            os.close(requests)
            raise Unloadable(f"{command[0]} cannot be started: {error}") from None
        finally:
            os.close(reading)
            os.close(writing)
        self._clock = self._timing(loading(seconds))
        os.set_blocking(requests, False)
        self._channel = channel(replies, requests)
        pipes = [(getattr(self._process, name), said) for name, said in output.items()]
        self._drains = [threading.Thread(target=drain, args=pipe, daemon=True) for pipe in pipes]
        for thread in self._drains:
            thread.start()

    def introduce(self) -> None:
        """Asks who is there, into `hello`. Raises Ended, Silent, Violation, and Unloadable where it says so itself."""
        patience = self._waiting(())
        self._channel.send({"id": 0, "ask": "hello", "protocol": PROTOCOL}, seconds=patience)
        message, _ = self._channel.receive(patience)
        if type(message.get("unloadable")) is str:
            self.said = _said(message)
            raise Unloadable(cut(message["unloadable"]))
        self.hello = _hello(message)
        self.said = _said(message["hello"])
        self._clock = self._timing(self._seconds)

    def stop(self) -> None:
        """Ends it, and all that it has started, and takes in what they have written."""
        os.close(self._channel.reading)
        os.close(self._channel.writing)
        isolation.stop(self._process)
        for thread in self._drains:
            thread.join(SLACK)  # a process that has hidden may hold the pipe

    def exchange(
        self, batch: Sequence[Question], got: list[Answer | CallFailed], stage: str, fatal: Collection[str]
    ) -> None:
        """Sends `batch`, and puts its answers into `got` as they come. Raises Ended, Silent, Violation.

        A call that was `fatal` before has no more time for being slow in this process.
        """
        self._request += 1
        anew = {"anew": True} if stage != self._stage else {}
        if anew:
            self._stage = stage
            self._clock.forget()
        # The process is a new one after each of its ends: for being slow at first, as one that compiles is, a call gets
        # extra time once, and not again with each process that it has ended.
        self._clock.hopeless.update(fatal)
        packer = Packer(self.hello.form)
        asked = [_asked(question, packer) for question in batch]
        waiting, room = list(batch), Room()
        patience = self._waiting(waiting)
        request = {"id": self._request, "ask": "call", "arrays": packer.form, "batch": asked, **anew}
        self._channel.send(request, packer.blob, patience)
        while waiting:
            message, blob = self._channel.receive(patience)
            # One that was written ahead, or left over from an earlier request, must not pass for an answer to this one.
            if message.get("id") != self._request:
                raise Violation(f"a reply to request {shown(message.get('id'))}, and not to {self._request}")
            if "evaluate" in message:
                self._evaluate(message, blob, packer.functions, patience)
                continue
            answers = message.get("answers")
            if type(answers) is not list or not 0 < len(answers) <= len(waiting):
                raise Violation(f"{_count(answers)} come where {len(waiting)} are due")
            self.warnings += _whole(message.get("warnings", 0))
            for told in answers:
                got.append(self._compared(_answer(told, blob, waiting[0], room), waiting[0], blob, room))
                del waiting[0]
            patience = self._waiting(waiting)  # and not for a function, which may be evaluated for ever
        if self._channel.waiting:
            raise Violation("more comes than was requested")

    def _timing(self, seconds: float) -> Clock:
        """Returns a clock that stands outside of the jail: what is in there cannot stop it."""
        return Clock(seconds, lambda: isolation.cpu(self._process), SLACK)

    def _waiting(self, batch: Sequence[Question]) -> Patience | None:
        """Returns the patience for the next answer to `batch`; None where calls take as long as they like."""
        if not self._seconds:
            return None
        self._clock.start([(question.call, question.args) for question in batch])
        self._look = time.monotonic() + self._clock.tick
        return self._patience

    def _patience(self) -> float:
        """Returns the seconds to the next reading of the clock. Raises Silent where the program has had its time."""
        now = time.monotonic()
        if now >= self._look:
            if self._clock.is_up():
                raise Silent
            self._look = now + self._clock.tick
        return self._look - now

    def _compared(
        self, answer: Answer | CallFailed, question: Question, blob: memoryview, room: Room
    ) -> Answer | CallFailed:
        """Returns `answer` with what the call has changed, where the program sends what is to be compared for that."""
        if question.watch is None or isinstance(answer, CallFailed):
            return answer
        seen, earlier = answer.watched, self._earlier.get(question.call)
        self._earlier[question.call] = fingerprint(answer.value)
        if type(seen) is not dict or "args" not in seen:
            return replace(answer, watched=judged_there(seen, len(question.args)))
        return replace(answer, watched=changes(seen, blob, question.args, question.watch, earlier, room))

    def _evaluate(
        self,
        message: Message,
        blob: memoryview,
        functions: Sequence[Callable[[Any], float]],
        patience: Patience | None,
    ) -> None:
        which, at = message["evaluate"], unpack(message.get("at"), blob)
        if type(which) is not int or not 0 <= which < len(functions) or type(at) not in {float, int, np.ndarray}:
            raise Violation(
                "a function is to be evaluated that was not handed out, or at neither a number nor an array"
            )
        try:
            value = float(functions[which](at.tolist() if isinstance(at, np.ndarray) else float(at)))
        except (ArithmeticError, IndexError, TypeError, ValueError):  # beyond the range of floats, or of another shape
            value = math.nan
        self._channel.send({"id": message["id"], "value": Packer(FORMS[0]).pack(value)}, seconds=patience)

    def told(self, fault: Exception) -> str:
        """States what happened, as a sentence about the program."""
        match fault:
            case Silent():
                return f"takes longer than {self._clock.allowed:g} s"
            case Ended():
                return f"ends the process ({self._status()})"
        return f"breaks the protocol: {fault}"

    def _status(self) -> str:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(SLACK)
        status = self._process.returncode
        if status is None:
            return "its pipes are closed"
        if status < 0 or status > 128:  # 128 and more are a shell's way of saying signals, and that of a jail
            with suppress(ValueError):
                return signal.Signals(-status if status < 0 else status - 128).name
        return f"exit status {status}"


def _hidden(shown: Sequence[Path]) -> list[str]:
    """Returns the folders of this machine that a program can come upon, longest first: no path is reported with one."""
    python = [sysconfig.get_path(kind) for kind in ("purelib", "platlib", "stdlib")]
    folders = {*map(str, shown), *python, str(WORKER.parent), sys.prefix, sys.base_prefix, f"{SCRATCH}/{SUBMISSION}"}
    return sorted((f"{folder}/" for folder in folders if folder != "/"), key=len, reverse=True)


def _holds(folder: Path, file: str) -> bool:
    """Returns whether there is a plain `file` in `folder`, and not by a detour."""
    with suppress(OSError, ValueError):
        return ".." not in Path(file).parts and not Path(file).is_absolute() and (folder / file).is_file()
    return False


def loading(seconds: float) -> float:
    """Returns seconds for an import, where a call has `seconds`."""
    return max(LEAST_LOADING, seconds * LOADING)


def _readers(snapshot: Path | None) -> tuple[str, ...]:
    """Returns the distributions that the worker needs to read what lies at `snapshot`, where they are installed."""
    is_read = snapshot is not None and any(snapshot.parent.rglob(f"*{NOTEBOOK}"))
    return (READER,) if is_read and find_spec(READER) is not None else ()


def _mebibytes(snapshot: Path | None) -> int:
    """Returns what a copy of `snapshot` takes, rounded up."""
    files = snapshot.parent.rglob("*") if snapshot else ()
    return math.ceil(sum(path.stat().st_size for path in files) / (1 << 20))


def _of_command(command: str) -> tuple[list[str], tuple[Path, ...]]:
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise Unloadable(f"{COMMAND}{command}: {error}") from None
    program = words and (shutil.which(words[0]) or "")
    if not program:
        hint = " (a path that has spaces needs quotes)" if len(words) > 1 else ""
        raise Unloadable(f"{COMMAND}{command}: there is no program {words[0] if words else ''}{hint}")
    files = {word: Path(word).absolute() for word in words[1:] if os.path.exists(word)}  # noqa: PTH110  (of any length)
    first, beside = _found(Path(program))
    shown = [path if path.is_dir() else path.parent for path in files.values()]
    placed = [str(isolation.place(files[word])) if word in files else word for word in words[1:]]
    return [str(first), *placed], tuple(dict.fromkeys([*shown, *beside]))


def _found(program: Path) -> tuple[Path, list[Path]]:
    """Returns where `program` lies in a jail, and what has to be shown for it besides the system.

    Python finds the packages of a virtual environment by a link in it: that one is kept, and the environment is shown.
    One that holds Lydite is not, since what judges lies in it: its Python comes without packages.
    """
    own, link = program.resolve(), isolation.place(program)
    shown = [] if own.is_relative_to("/usr") else [own.parent]
    home = link.parent.parent
    if link.parent.name == "bin" and link.name.startswith("python") and _is_environment_of_others(home):
        parts = (home / name for name in ("pyvenv.cfg", "bin", "lib", "lib64"))
        return link, [*shown, *(part for part in parts if part.exists())]
    return own, shown


def _is_environment_of_others(home: Path) -> bool:
    """Returns whether `home` is a virtual environment with no Lydite in it, installed or in the making."""
    holds_lydite = home == Path(sys.prefix).resolve() or any(home.glob("lib*/python*/site-packages/*lydite*"))
    return (home / "pyvenv.cfg").is_file() and not holds_lydite


def _hello(message: Message) -> Hello:
    """Raises Violation where `message` does not say what is offered."""
    hello = message.get("hello")
    if type(hello) is not dict or message.get("id") != 0:
        raise Violation("the first reply does not say hello")
    if hello.get("protocol") != PROTOCOL:
        raise Violation(f"it speaks protocol {shown(hello.get('protocol'))}, and not {PROTOCOL}")
    calls, arrays = hello.get("calls"), hello.get("arrays")
    if type(calls) is not list or type(arrays) is not list or any(type(x) is not str for x in [*calls, *arrays]):
        raise Violation("hello does not list calls and arrays by name")
    where = hello.get("where", {})
    features = hello.get("features", [])
    name, version, language = (_text(hello.get(key)) for key in ("name", "version", "language"))
    return Hello(
        name,
        version,
        language,
        calls=frozenset(calls) & set(CALLS),
        form=next((form for form in reversed(FORMS) if form in arrays), FORMS[0]),
        watches=type(features) is list and "watch" in features,
        where={k: _text(v) for k, v in where.items() if k in CALLS} if type(where) is dict else {},
    )


def _text(told: Any) -> str:
    return cut(told) if type(told) is str else ""


def _said(message: Message) -> dict[str, list[str]]:
    """Returns the lists of texts that are for people, as far as they are such."""
    said = {}
    for key, (most, longest) in SAID.items():
        texts = message.get(key)
        if type(texts) is list:
            said[key] = [cut(text, longest) for text in texts[:most] if type(text) is str]
    return said


def _asked(question: Question, packer: Packer) -> Message:
    asked: Message = {"call": question.call, "args": [packer.pack(a) for a in question.args]}
    if question.watch is not None:
        asked["watch"] = question.watch
    return asked


def _answer(told: Any, blob: memoryview, question: Question, room: Room) -> Answer | CallFailed:
    """Raises Violation where `told` is not an answer, or takes more than is left of `room`."""
    match told:
        case {"error": {"name": str(name), "text": str(text)}}:
            raised = name or ("" if text.startswith(RETURNS) else NAMELESS)
            return CallFailed(question.call, cut(raised, MOST_NAME), cut(text))
        case {"values": list(parts)} if len(parts) <= MOST_VALUES:
            value: Any = tuple(as_real(unpack(part, blob, room=room)) for part in parts)
        case {"values": list(parts)}:
            raise Violation(f"an answer has {len(parts)} values; at most {MOST_VALUES} are taken")
        case {"value": datum}:
            value = as_real(unpack(datum, blob, room=room))
        case _:
            raise Violation(f"an answer has neither value, values nor error: {shown(told)}")
    watched = None if question.watch is None else told.get("watched")  # kept only where it was to be reported
    return Answer(value, watched, _places(told, "wrote", len(question.args)), _places(told, "lists", MOST_VALUES) or ())


def _places(told: Message, key: str, end: int) -> tuple[int, ...] | None:
    """Returns the places below `end` that an answer lists under `key`, each once; None where it lists none."""
    places = told.get(key)
    if type(places) is not list or not all(type(i) is int and 0 <= i < end for i in places):
        return None
    return tuple(dict.fromkeys(places))


def _whole(told: Any) -> int:
    """Returns a number of warnings. Raises Violation where it is not one."""
    if type(told) is not int or not 0 <= told <= LARGEST:
        raise Violation(f"{shown(told)} is not a number of warnings")
    return told


def _count(answers: Any) -> str:
    return f"{len(answers)} answers" if type(answers) is list else "no answers"


def drain(pipe: Any, said: bytearray) -> None:
    """Reads all that comes, and keeps the beginning."""
    with pipe:
        while chunk := os.read(pipe.fileno(), 1 << 16):
            said += chunk[: max(0, KEPT_OUTPUT - len(said))]
