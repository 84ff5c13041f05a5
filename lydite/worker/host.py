"""Serves what was submitted: loads it, asks it the calls that come, and sends what it answers as plain numbers."""

from __future__ import annotations

import json
import os
import platform
import random
import shutil
import signal
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from .clock import Clock
from .codec import (
    FORMS,
    NAMES,
    PROTOCOL,
    REPLIES,
    REQUESTS,
    TEXT_LIMIT,
    Channel,
    Ended,
    Message,
    Packer,
    unpack,
)
from .loading import NOTEBOOK, SUBMISSION, Unloadable, entry, from_file
from .notebook import from_notebook
from .offered import is_written, where

SEVERAL = frozenset({"logistic_gradient", "logistic_step", "batch_norm_backward", "network_gradient"})
"""The calls that return a tuple."""

OFTEN = 0.02
"""Seconds after which answers are sent on, so that it is seen that something is going on."""

_ARRAY = np.asarray
_SEEDS = (np.random.seed, random.seed)
_STATES = (np.random.get_state, random.getstate)
"""As they were before anything was imported that may put others in their place."""


class TimedOut(BaseException):
    """A call took too long. No Exception, so that `except Exception` in a submission lets it pass."""


class Unanswered(Exception):
    """What a call returned is no number and no array of numbers."""


def main(order: str) -> None:
    """Serves until the requests end. `order` is JSON: the path to load, the calls, the seconds that one may take."""
    given = json.loads(order)
    Host(Channel(REQUESTS, REPLIES), given["calls"], given["seconds"]).serve(Path(given["target"]))
    os._exit(0)  # nothing that the submission has left behind is waited for


class Host:
    """A submission behind a channel."""

    def __init__(self, channel: Channel, calls: list[str], seconds: float) -> None:
        self.channel = channel
        self.calls = calls
        self.clock = Clock(seconds)
        self.offered: dict[str, Callable[..., Any]] = {}
        self._earlier: dict[str, Any] = {}
        self._warned = 0
        self._talking = self._late = False
        self._timed_out = TimedOut()

    def serve(self, path: Path) -> None:
        """Answers requests until there are no more."""
        signal.signal(signal.SIGALRM, self._on_alarm)
        warnings.simplefilter("always")
        warnings.showwarning = self._warn
        np.seterrcall(self._warn)
        np.seterr(over="call", divide="call", invalid="call", under="ignore")
        try:
            while True:
                message, blob = self.channel.receive()
                if message["ask"] == "hello":
                    self.channel.send({"id": message["id"], **self._hello(path)})
                else:
                    self._answer(message, blob)
        except Ended:
            return

    def _hello(self, path: Path) -> Message:
        try:
            module = load(path)
        except Unloadable as error:
            return {"unloadable": str(error)}
        except BaseException as error:  # noqa: BLE001  (SystemExit and the like of its own making too)
            return {"unloadable": f"importing {path.name} raised {_name(error)}: {_text(error)}"}
        found = {name: self._found(module, name) for name in self.calls}
        self.offered = {name: f for name, f in found.items() if is_written(f)}
        hello = {
            "protocol": PROTOCOL,
            "name": path.name,
            "version": "",
            "language": f"Python {platform.python_version()}",
            "calls": list(self.offered),
            "arrays": list(FORMS),
            "features": ["watch"],
            "where": {name: where(f) for name, f in self.offered.items()},
        }
        return {"hello": hello}

    @staticmethod
    def _found(module: Any, name: str) -> Any:
        try:
            return getattr(module, name, None)
        except BaseException:  # noqa: BLE001  (a module's own __getattr__ is a submission's code)
            return None

    def _answer(self, message: Message, blob: memoryview) -> None:
        """Sends the answers to a batch, in as many messages as it takes time."""
        if message.get("anew"):
            self.clock.forget()
        answers: list[Message] = []
        slow: dict[str, Message] = {}
        packer, began = Packer(message["arrays"]), time.monotonic()
        for asked in message["batch"]:
            answer = slow.get(asked["call"]) or self._one(message["id"], asked, blob, packer)
            if "error" in answer and answer["error"]["name"] == TimedOut.__name__:
                slow[asked["call"]] = answer  # the others of the batch would take as long, and change no verdict
            answers.append(answer)
            if time.monotonic() - began > OFTEN:
                self._send(message, answers, packer)
                answers, packer, began = [], Packer(packer.form), time.monotonic()
        if answers:
            self._send(message, answers, packer)

    def _send(self, message: Message, answers: list[Message], packer: Packer) -> None:
        warned, self._warned = self._warned, 0
        counted = {"warnings": warned} if warned else {}
        self.channel.send({"id": message["id"], "answers": answers, **counted}, packer.blob)

    def _warn(self, *_: Any, **__: Any) -> None:
        self._warned += 1

    def _one(self, request: int, asked: Message, blob: memoryview, packer: Packer) -> Message:
        name = asked["call"]
        try:
            args = [unpack(a, blob, lambda i: self._function(request, i)) for a in asked["args"]]
            if "watch" in asked:
                return self._watched(name, args, asked["watch"], packer)
            with self._alarm(name, args):
                answer = plain(name, self.offered[name](*args))
            return packed(answer, packer)
        except BaseException as error:  # noqa: BLE001  (whatever a call raises is an answer)
            return {"error": {"name": _name(error), "text": _text(error)}}

    def _watched(self, name: str, args: list[Any], seed: int, packer: Packer) -> Message:
        """Asks with writable inputs after seeding the global generators, and sends what is there to be seen afterwards.

        Whether that is a change is judged on the other side: what is compared here would be compared by the submission.
        """
        given = [a.copy() if type(a) is np.ndarray else a for a in args]
        for plant in _SEEDS:
            plant(seed)
        with self._alarm(name, args):
            raw = self.offered[name](*given)
            answer = plain(name, raw)
        told = packed(answer, packer)
        told["watched"] = {
            "args": [packer.pack(a) if type(a) is np.ndarray else None for a in given],
            "state": standing(*(state() for state in _STATES)),
            "earlier": packed(plain(name, self._earlier[name]), packer) if name in self._earlier else None,
        }
        self._earlier[name] = raw
        return told

    def _function(self, request: int, number: int) -> Callable[[float], float]:
        """Function `number` of the batch, evaluated on the other side."""

        def evaluated(x: float) -> float:
            self._talking = True
            try:
                self.channel.send({"id": request, "evaluate": number, "at": Packer("numbers").pack(float(x))})
                reply, blob = self.channel.receive()
            finally:
                self._talking = False
            if self._late:
                raise self._timed_out
            value: float = unpack(reply["value"], blob)
            return float(value)

        return evaluated

    @contextmanager
    def _alarm(self, name: str, args: list[Any]) -> Iterator[None]:
        """Raises TimedOut in its body when that takes too long, again and again where that is caught."""
        self._late, warned = False, self._warned
        self.clock.start([(name, args)])
        self.clock.is_up()  # its first reading, from which time counts
        signal.setitimer(signal.ITIMER_REAL, self.clock.seconds, self.clock.tick)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0.0)
            if self._late:
                self._warned = warned  # how often it warns in its time says how fast the machine is
        if self._late:  # and has caught its end
            raise self._timed_out

    def _on_alarm(self, *_: Any) -> None:
        if self.clock.is_up():
            self._timed_out = TimedOut(f"takes longer than {self.clock.allowed:g} s")
            self._late = True
            if not self._talking:  # half a message must not be left in the pipe
                raise self._timed_out


def load(path: Path) -> Any:
    """Imports what is at `path`, standing in its folder; only that can be imported beside what is installed."""
    _go_home(path)
    found = entry(path)
    if path.is_dir():
        sys.path.insert(0, str(path))
    return from_notebook(found) if found.suffix == NOTEBOOK else from_file(found)


def _go_home(path: Path) -> None:
    """Enters the folder of `path`: a copy of it where there is a place to write to, so that code may write there."""
    home = path if path.is_dir() else path.parent
    sys.argv[:] = [str(path)]
    if scratch := os.environ.get("TMPDIR"):
        _copy(home, Path(scratch, SUBMISSION))
        home = Path(scratch, SUBMISSION)
    os.chdir(home)


def _copy(source: Path, target: Path) -> None:
    """Copies a folder of files and folders, without their modes: a jail sets none."""
    target.mkdir()
    for path in source.iterdir():
        copying = _copy if path.is_dir() else shutil.copyfile
        copying(path, target / path.name)


def plain(name: str, answer: Any) -> Any:
    """`answer` as an array, a float, or a tuple of them where the call returns several. Raises Unanswered."""
    if name in SEVERAL:
        for kind in (tuple, list):  # read past any method of a subclass
            if issubclass(type(answer), kind):
                return tuple(_plain(part) for part in kind.__iter__(answer))
        raise Unanswered(f"returns {type(answer).__name__}, not a tuple")
    return _plain(answer)


def _plain(answer: Any) -> Any:
    kind = type(answer)
    if kind is float:
        return answer
    if kind is not np.ndarray:
        answer = as_array(answer)
    if type(answer) is not np.ndarray or answer.dtype.kind not in "biuf":
        told = f"{answer.dtype} values" if kind is np.ndarray else kind.__name__
        raise Unanswered(f"returns {told}, not real numbers")
    if answer.dtype not in NAMES:  # half and extended precision
        answer = answer.astype(np.float64)
    return answer


def as_array(answer: Any) -> Any:
    """`answer` through `numpy.asarray`; an array of a subclass without any method of it. Raises TypeError if masked."""
    if not issubclass(type(answer), np.ndarray):
        return _ARRAY(answer)
    if issubclass(type(answer), np.ma.MaskedArray) and np.ma.is_masked(answer):
        raise TypeError("returns an array with masked entries, not real numbers")
    return np.ndarray.view(answer, np.ndarray)


def packed(answer: Any, packer: Packer) -> Message:
    """A plain answer as the message says it."""
    if type(answer) is tuple:
        return {"values": [packer.pack(part) for part in answer]}
    return {"value": packer.pack(answer)}


def states() -> tuple[Any, ...]:
    """Where the two global sources of random numbers stand."""
    legacy: Any = np.random.get_state()  # noqa: NPY002  (as above)
    return legacy[1].tobytes(), legacy[2], random.getstate()


def standing(legacy: Any, python: Any) -> str:
    """Returns a digest of the states of NumPy's and Python's global sources of random numbers."""
    return sha256(b"%d %s %s" % (legacy[2], legacy[1].tobytes(), repr(python).encode())).hexdigest()


def _name(error: BaseException) -> str:
    return "TypeError" if type(error) is Unanswered else str(type(error).__name__)[:TEXT_LIMIT]


def _text(error: BaseException) -> str:
    if type(error) is RecursionError:  # Python's own words say where it was noticed, which differs from run to run
        return "maximum recursion depth exceeded"
    try:
        return str(error)[:TEXT_LIMIT]
    except BaseException:  # noqa: BLE001  (an exception's own __str__ is a submission's code as well)
        return "(no text)"
