"""Serves what was submitted: loads it, makes the calls that come, and sends the answers as plain numbers."""

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
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from types import CoroutineType
from typing import Any

import numpy as np

from .choice import chosen, home, imported
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
from .loading import SUBMISSION, Unloadable
from .offered import is_written, names, where
from .told import Told
from .unpack import send

OFTEN = 0.02
"""Seconds after which answers are sent on, so that it is seen that something is going on."""

NAMELESS = "(no name)"
"""The name of an exception that has none: it was raised all the same."""
RETURNS = "returns "
"""How the text of an error begins where nothing was raised, and the answer is not made of numbers."""
MOST_LISTED = 4096
"""Entries of a list that is shown as one."""
_ARRAY = np.asarray
_SEEDS = (np.random.seed, random.seed)
_STATES = (np.random.get_state, random.getstate)
"""As they were before anything was imported that may put others in their place."""


class TimedOut(BaseException):
    """A call took too long. No Exception, so that `except Exception` in a submission lets it pass."""


class Unanswered(Exception):
    """A call returned neither a number nor an array of numbers."""


def main(order: str) -> None:
    """Serves until the requests end. `order` is JSON: the path to load, the calls, the seconds of each, the entry.

    Of each call it says how many values that returns. Or `order` is the path of an archive to unpack, and its limits.
    """
    given = json.loads(order)
    if "unpack" in given:
        send(Path(given["unpack"]), given, REPLIES)
        return
    Host(Channel(REQUESTS, REPLIES), given["calls"], given["seconds"], given["entry"]).serve(Path(given["target"]))
    os._exit(0)  # nothing that the submission has left behind is waited for


class Host:
    """A submission behind a channel."""

    def __init__(self, channel: Channel, calls: dict[str, int], seconds: float, wanted: str = "") -> None:
        self.channel = channel
        self.calls = calls
        self.wanted = wanted
        self.clock = Clock(seconds)
        self.offered: dict[str, Callable[..., Any]] = {}
        self._earlier: dict[str, Any] = {}
        self._arrays: dict[str, dict[tuple[Any, ...], Any]] = {}
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
        told = Told()
        try:
            module = load(path, self.calls, self.wanted, told)
        except Unloadable as error:
            return {"unloadable": str(error), **told.message()}
        except BaseException as error:  # noqa: BLE001  (SystemExit and the like of its own making too)
            told.failed(error)
            return {"unloadable": f"importing {path.name} raised {_name(error)}: {_text(error)}", **told.message()}
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
            "where": {name: where(f, path if path.is_dir() else path.parent) for name, f in self.offered.items()},
            "names": names(module),
            **told.message(),
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
                answer, seen = self._called(name, args)
            return {**packed(answer, packer), **seen}
        except BaseException as error:  # noqa: BLE001  (whatever a call raises is an answer)
            return {"error": {"name": _name(error), "text": _text(error)}}

    def _called(self, name: str, args: list[Any]) -> tuple[Any, Message]:
        """Calls, with copies where the call writes into its inputs; the answer, and what is to be said besides."""
        try:
            return self._seen(name, self.offered[name](*args))
        except Exception as error:
            if not is_refusal(_name(error), _text(error)):
                raise
        given = copies(args)
        answer, seen = self._seen(name, self.offered[name](*given))
        return answer, {**seen, "wrote": written(args, given)}

    def _seen(self, name: str, raw: Any) -> tuple[Any, Message]:
        """Returns an answer made plain, and which of its parts were lists."""
        answer = plain(self.calls[name], raw)
        several = type(answer) is tuple
        pairs = zip(raw, answer, strict=True) if several and type(raw) in {tuple, list} else [(raw, answer)]
        lists = [i for i, (part, array) in enumerate(pairs) if is_listed(part, array)]
        return answer, {"lists": lists} if lists else {}

    def _watched(self, name: str, args: list[Any], seed: int, packer: Packer) -> Message:
        """Asks with writable inputs after seeding the global generators, and sends what is there to be seen afterwards.

        Whether that is a change is judged on the other side: what is compared here would be compared by the submission.
        """
        arrays = self._arrays.setdefault(name, {})
        given = [refilled(arrays, i, a) if type(a) is np.ndarray else a for i, a in enumerate(args)]
        for plant in _SEEDS:
            plant(seed)
        with self._alarm(name, args):
            raw = self.offered[name](*given)
            answer, seen = self._seen(name, raw)
        told = {**packed(answer, packer), **seen}
        told["watched"] = {
            "args": [packer.pack(a) if type(a) is np.ndarray else None for a in given],
            "state": standing(*(state() for state in _STATES)),
            "earlier": packed(plain(self.calls[name], self._earlier[name]), packer) if name in self._earlier else None,
        }
        self._earlier[name] = raw
        return told

    def _function(self, request: int, number: int) -> Callable[[Any], float]:
        """Returns function `number` of the batch, of a float or an array, which is evaluated on the other side."""

        def evaluated(x: Any) -> float:
            at = np.array(x, dtype=np.float64) if np.ndim(x) else float(x)
            self._talking = True
            try:
                self.channel.send({"id": request, "evaluate": number, "at": Packer("numbers").pack(at)})
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
        signal.setitimer(signal.ITIMER_REAL, self.clock.tick if self.clock.seconds else 0.0, self.clock.tick)  # 0: off
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


def load(path: Path, calls: Collection[str], wanted: str, told: Told) -> Any:
    """Imports what is at `path`, standing in its folder; only that can be imported beside what is installed.

    `wanted` is the file to import, or a class of it after a colon; empty, where it is to be found out.
    """
    file, _, kind = wanted.partition(":")
    _enter(home(path))
    found = chosen(path, calls, file, told)
    sys.argv[:] = [str(found)]
    if path.is_dir():
        sys.path[:0] = dict.fromkeys(map(str, (found.parent, home(path))))
    return imported(found, kind, told)


def _enter(folder: Path) -> None:
    """Enters `folder`: a copy of it where there is a place to write to, so that code may write beside itself."""
    if scratch := os.environ.get("TMPDIR"):
        _copy(folder, Path(scratch, SUBMISSION))
        folder = Path(scratch, SUBMISSION)
    os.chdir(folder)


def _copy(source: Path, target: Path) -> None:
    """Copies a folder of files and folders, without their modes: a jail sets none."""
    target.mkdir()
    for path in source.iterdir():
        copying = _copy if path.is_dir() else shutil.copyfile
        copying(path, target / path.name)


def plain(values: int, answer: Any) -> Any:
    """`answer` as an array, a float, or a tuple of them where the call returns several `values`. Raises Unanswered."""
    if values > 1:
        for kind in (tuple, list):  # read past any method of a subclass
            if issubclass(type(answer), kind):
                return tuple(_plain(part) for part in kind.__iter__(answer))
        raise Unanswered(f"{RETURNS}{kind_of(answer)}, not a tuple")
    return _plain(answer)


def _plain(answer: Any) -> Any:
    kind, given = type(answer), answer
    if kind is float:
        return answer
    if kind is not np.ndarray:
        answer = as_array(answer)
    if type(answer) is not np.ndarray or answer.dtype.kind not in "biuf":
        told = f"{answer.dtype} values" if kind is np.ndarray else kind_of(given)
        raise Unanswered(f"{RETURNS}{told}, not real numbers")
    if answer.dtype not in NAMES:  # half and extended precision
        answer = answer.astype(np.float64)
    return answer


def is_listed(raw: Any, array: Any) -> bool:
    """Returns whether `raw` is the list that the entries of `array` make, type for type: it is shown as such then."""
    if type(raw) is not list or array.size > MOST_LISTED:
        return False
    return repr(array.tolist()) == repr(raw)


def as_array(answer: Any) -> Any:
    """Returns `answer` as an array of no subclass, read past its methods. Raises Unanswered where it is masked."""
    if not issubclass(type(answer), np.ndarray):
        return _ARRAY(answer)
    if issubclass(type(answer), np.ma.MaskedArray) and np.ma.is_masked(answer):
        raise Unanswered(f"{RETURNS}an array with masked entries, not real numbers")
    return np.ndarray.view(answer, np.ndarray)


def kind_of(answer: Any) -> str:
    """Returns the kind of `answer` in words: `a dict`."""
    kind = type(answer)
    if kind is CoroutineType:
        answer.close()  # it would warn that nobody has awaited it
        return "a coroutine (an async function is not awaited)"
    if answer is None:
        return "None"
    if kind is np.ndarray:
        return "an array"
    return f"a{'n' * (kind.__name__[:1].lower() in set('aeiou'))} {kind.__name__}"


def copies(args: Sequence[Any]) -> list[Any]:
    """Returns `args` with arrays that can be written into."""
    return [arg.copy(order="K") if type(arg) is np.ndarray else arg for arg in args]


def refilled(arrays: dict[tuple[Any, ...], Any], place: int, a: Any) -> Any:
    """Returns a writable array with the numbers of `a`: the one of `arrays` that this place had for its shape before.

    So a call that knows its arguments by their identity, or hands one of them back, is seen when other numbers come.
    """
    array = arrays.setdefault((place, a.shape, a.dtype.str), np.empty(a.shape, a.dtype))
    array[...] = a
    return array


def written(args: Sequence[Any], given: Sequence[Any]) -> list[int]:
    """Returns which of `given`, copies of `args`, have been written into."""
    pairs = enumerate(zip(args, given, strict=True))
    return [i for i, (mine, theirs) in pairs if type(mine) is np.ndarray and mine.tobytes() != theirs.tobytes()]


def is_refusal(raised: str, text: str) -> bool:
    """Returns whether an exception says that an input cannot be written into."""
    return raised in {"ValueError", "TypeError", "BufferError"} and ("read-only" in text or "WRITEABLE" in text)


def packed(answer: Any, packer: Packer) -> Message:
    """Returns a plain answer as the message says it."""
    if type(answer) is tuple:
        return {"values": [packer.pack(part) for part in answer]}
    return {"value": packer.pack(answer)}


def states() -> tuple[Any, ...]:
    """Returns where the two global sources of random numbers stand."""
    legacy: Any = np.random.get_state()  # noqa: NPY002  (as above)
    return legacy[1].tobytes(), legacy[2], random.getstate()


def standing(legacy: Any, python: Any) -> str:
    """Returns a digest of the states of NumPy's and Python's global sources of random numbers."""
    return sha256(b"%d %s %s" % (legacy[2], legacy[1].tobytes(), repr(python).encode())).hexdigest()


def name_of(error: BaseException) -> str:
    """Returns the name of an exception, as it was defined: its class may say something else, and may have none."""
    return type.__dict__["__name__"].__get__(type(error)) or NAMELESS


def _name(error: BaseException) -> str:
    return "" if type(error) is Unanswered else name_of(error)[:TEXT_LIMIT]


def _text(error: BaseException) -> str:
    if type(error) is RecursionError:  # Python's own words say where it was noticed, which differs from run to run
        return "maximum recursion depth exceeded"
    try:
        return str(error)[:TEXT_LIMIT]
    except BaseException:  # noqa: BLE001  (an exception's own __str__ is a submission's code as well)
        return "(no text)"
