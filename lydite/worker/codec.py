"""How messages travel between grader and worker: a line of JSON, and after it the bytes of arrays. Used by both."""

from __future__ import annotations

import json
import math
import os
import reprlib
import select
import time
from base64 import b64decode
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import numpy as np

PROTOCOL = 1
REQUESTS, REPLIES = 3, 4
"""The descriptors of the worker."""

LONGEST = 16 << 20
LARGEST = 64 << 20
"""The most bytes of a line, of which JSON makes many times as much, and of the arrays after it."""
MOST_NESTED = 1 << 17
"""The most lists and objects of a line: an empty one takes thirty times as many bytes as it has characters."""
MOST_AXES = 8
MOST_VALUES = 16
"""More than any call returns."""
TEXT_LIMIT = 4096
DTYPES = {
    name: np.dtype(name).newbyteorder("<")
    for name in (
        *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
        *("float32", "float64"),
    )
}
NAMES = {np.dtype(name): name for name in DTYPES}
NAMED = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}
FORMS = ("numbers", "base64", "binary")
"""How arrays can travel, the best last."""

Message = dict[str, Any]
Patience = Callable[[], float]
"""How many seconds may pass before it is to be called again; raises Silent where it is at an end."""


class Violation(Exception):
    """The other side breaks the protocol; the text says how."""


class Ended(Exception):
    """The other side has closed its end."""


class Silent(Exception):
    """Nothing came, or nothing could be sent, within the time allowed."""


class Channel:
    """A pair of descriptors, one message a line. Not to be used by two threads at once."""

    def __init__(self, reading: int, writing: int) -> None:
        self.reading = reading
        self.writing = writing
        self._come = bytearray()
        self._readable, self._writable = select.poll(), select.poll()
        self._readable.register(reading, select.POLLIN)
        self._writable.register(writing, select.POLLOUT)

    def send(self, message: Message, blob: Sequence[bytes] = (), seconds: float | Patience | None = None) -> None:
        """Sends `message` and the bytes that it points into. Raises Ended, or Silent where nobody reads it in time."""
        size = sum(map(len, blob))
        if size:
            message = {**message, "bytes": size}
        rest = memoryview(b"".join((encoded(message), *blob)))
        patience = _patience(seconds)
        while rest:
            if patience:
                _await(self._writable, patience)
            try:
                rest = rest[os.write(self.writing, rest[: 1 << 16] if patience else rest) :]
            except BrokenPipeError:
                raise Ended from None

    def receive(self, seconds: float | Patience | None = None) -> tuple[Message, memoryview]:
        """Returns the next message, and the bytes after it. Raises Ended, Silent, Violation."""
        patience = _patience(seconds)
        line = bytes(self._take(self._line_end(patience)))
        message = decoded(line)
        size = message.pop("bytes", 0)
        if type(size) is not int or not 0 <= size <= LARGEST:
            raise Violation(f"a message announces {shown(size)} bytes; at most {LARGEST} are taken")
        while len(self._come) < size:
            self._read(patience)
        return message, self._take(size)

    @property
    def waiting(self) -> bool:
        """Whether something has come that nobody has taken yet."""
        return bool(self._come) or bool(select.select([self.reading], [], [], 0)[0])

    def _line_end(self, patience: Patience | None) -> int:
        seen = 0
        while (end := self._come.find(b"\n", seen)) < 0:
            seen = len(self._come)
            if seen > LONGEST:
                raise Violation(f"a line is longer than {LONGEST} bytes")
            self._read(patience)
        return end + 1

    def _take(self, size: int) -> memoryview:
        taken = memoryview(bytes(self._come[:size]))
        del self._come[:size]
        return taken

    def _read(self, patience: Patience | None) -> None:
        if patience:
            _await(self._readable, patience)
        chunk = os.read(self.reading, 1 << 18)
        if not chunk:
            raise Ended
        self._come += chunk


def _patience(seconds: float | Patience | None) -> Patience | None:
    """Returns the patience of so many seconds on the wall; None, if that is not bounded."""
    if not isinstance(seconds, float | int):
        return seconds
    deadline = time.monotonic() + seconds

    def left() -> float:
        if (rest := deadline - time.monotonic()) <= 0:
            raise Silent
        return rest

    return left


def _await(event: select.poll, patience: Patience) -> None:
    while not event.poll(patience() * 1000):
        pass


def encoded(message: Message) -> bytes:
    """Returns `message` as a line."""
    return _ENCODER.encode(message).encode() + b"\n"


def decoded(line: bytes) -> Message:
    """Returns the message on a line. Raises Violation where it is not a JSON object, or has numbers unknown to JSON."""
    if len(line) > LONGEST:
        raise Violation(f"a line is longer than {LONGEST} bytes")
    if line.count(b"[") + line.count(b"{") > MOST_NESTED:
        raise Violation(f"a line has more than {MOST_NESTED} lists and objects")
    try:
        message = _DECODER.decode(line.decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError) as error:
        raise Violation(f"a line is not JSON: {str(error)[:200]}") from None
    if type(message) is not dict:
        raise Violation("a line is not a JSON object")
    return message


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is spelled as a string")


_ENCODER = json.JSONEncoder(separators=(",", ":"), allow_nan=False)
_DECODER = json.JSONDecoder(parse_constant=_no_constant)
"""Made once: there are messages of a few numbers, and many of them."""


def shown(value: Any) -> str:
    """Returns the beginning of `value`, however deep it is nested."""
    return reprlib.repr(value)[:80]


# -- Values --


class Packer:
    """Turns values into data of one message: numbers as they are, arrays in `form`, functions by number."""

    def __init__(self, form: str) -> None:
        self.form = form
        self.blob: list[bytes] = []
        self.functions: list[Callable[..., Any]] = []
        self._size = 0

    def pack(self, value: Any) -> Any:
        """Returns the datum that stands for `value`."""
        if type(value) is float:
            return number(value)
        if type(value) is np.ndarray:
            return self._array(value)
        if isinstance(value, np.generic):
            return {**self._array(np.asarray(value)), "scalar": True}
        if callable(value):
            self.functions.append(value)
            return {"function": len(self.functions) - 1}
        return value

    def _array(self, a: np.ndarray[Any, Any]) -> Message:
        name = NAMES[a.dtype]
        datum: Message = {"shape": a.shape, "dtype": name}
        order = order_of(a)
        if order != "C":
            datum["order"] = order
        if self.form == "numbers":
            datum["data"] = [number(x) for x in a.ravel().tolist()]
            return datum
        raw = a.astype(DTYPES[name], order="C", copy=False).tobytes()
        if self.form == "base64":
            from base64 import b64encode  # noqa: PLC0415  (a form that few use)

            datum["data"] = b64encode(raw).decode("ascii")
            return datum
        datum["at"] = self._size
        raw += bytes(-len(raw) % 8)
        self.blob.append(raw)
        self._size += len(raw)
        return datum


class Room:
    """How many bytes the arrays of a reply may still take, all together."""

    def __init__(self) -> None:
        self._left = LARGEST

    def take(self, size: int) -> None:
        """Sets `size` bytes aside. Raises Violation where so many are not left."""
        self._left -= size
        if self._left < 0:
            raise Violation(f"the arrays of a reply take more than {LARGEST} bytes")


def unpack(datum: Any, blob: memoryview, function: Callable[[int], Any] | None = None, room: Room | None = None) -> Any:
    """Returns what `datum` stands for: a float, whole number, read-only array, or `function` of its number.

    An array is a copy, which keeps nothing of `blob` alive, and takes its bytes from `room`. Raises Violation where
    `datum` stands for nothing, before memory is taken.
    """
    kind = type(datum)
    if kind is dict:
        if "function" in datum and function is not None:
            return function(datum["function"])
        return _unpacked(datum, blob, room or Room())
    if kind is float or kind is int or kind is bool:
        return datum
    if kind is str and datum in NAMED:
        return NAMED[datum]
    raise Violation(f"{shown(datum)} is not a value")


def _unpacked(datum: Message, blob: memoryview, room: Room) -> Any:
    shape, name, order = datum.get("shape"), datum.get("dtype"), datum.get("order", "C")
    if type(shape) is not list or len(shape) > MOST_AXES or any(type(n) is not int or n < 0 for n in shape):
        raise Violation(f"{shown(shape)} is not a shape")
    if type(name) is not str or name not in DTYPES:
        raise Violation(f"{shown(name)} is not a dtype of the protocol")
    if type(order) is not str or order not in ORDERS:
        raise Violation(f"{shown(order)} is not an order of entries")
    dtype = DTYPES[name]
    if math.prod(max(n, 1) for n in shape) * dtype.itemsize > LARGEST:  # an empty array has no endless axis either
        raise Violation(f"an array of shape {shown(shape)} is larger than {LARGEST} bytes")
    count = math.prod(shape)
    room.take(count * dtype.itemsize * (2 if order == "strided" else 1))
    a = _entries(datum, dtype, count, blob).reshape(shape)
    if datum.get("scalar") is True and not shape:
        return a[()]
    a = laid_out(a, order)
    a.flags.writeable = False
    return a


def _entries(datum: Message, dtype: np.dtype[Any], count: int, blob: memoryview) -> np.ndarray[Any, Any]:
    data, at = datum.get("data"), datum.get("at")
    if type(data) is list:
        return _listed(data, dtype, count)
    if type(data) is str:
        try:
            raw = b64decode(data, validate=True)
        except ValueError as error:
            raise Violation(f"base64: {error}") from None
        if len(raw) != count * dtype.itemsize:
            raise Violation(f"{len(raw)} bytes are not {count} entries of {dtype.name}")
        return np.frombuffer(raw, dtype)
    if type(at) is not int or at < 0 or at % 8 or at + count * dtype.itemsize > len(blob):
        raise Violation(f"an array has neither data nor {count} entries of {dtype.name} at {shown(at)}")
    return np.frombuffer(blob, dtype, count, at).copy()


def _listed(data: list[Any], dtype: np.dtype[Any], count: int) -> np.ndarray[Any, Any]:
    if len(data) != count:
        raise Violation(f"{len(data)} entries are given for {count}")
    numbers = [NAMED.get(x, x) if type(x) is str else x for x in data]
    if any(type(x) not in {float, int, bool} for x in numbers):
        raise Violation("an entry of an array is not a number")
    try:
        with np.errstate(all="ignore"):
            return np.array(numbers, dtype)
    except (ValueError, OverflowError) as error:
        raise Violation(f"an entry does not fit {dtype.name}: {error}") from None


ORDERS = frozenset({"C", "F", "reversed", "strided"})


def as_real(value: Any) -> Any:
    """Returns `value`, whole numbers and booleans as a float, infinite where a float cannot hold them."""
    if isinstance(value, np.generic):
        return np.asarray(value)
    if type(value) in {int, bool}:
        try:
            return float(value)
        except OverflowError:
            return math.inf if value > 0 else -math.inf
    return value


BETWEEN = 99
"""The numbers between the entries of a strided array, for code that reads it to be seen."""


def order_of(a: np.ndarray[Any, Any]) -> str:
    """Returns how the entries of `a` lie in memory."""
    if a.flags.c_contiguous:
        return "C"
    if a.flags.f_contiguous:
        return "F"
    return "reversed" if a.strides[0] < 0 else "strided"


def laid_out(a: np.ndarray[Any, Any], order: str) -> np.ndarray[Any, Any]:
    """Returns the numbers of `a` in memory order `order`. Raises Violation where there is no such order."""
    if order == "C" or not a.ndim:
        return a.view()
    if order == "F":
        return np.asfortranarray(a)
    if order == "reversed":
        return a[::-1].copy()[::-1]
    if order == "strided":
        wide = np.full((*a.shape[:-1], 2 * a.shape[-1]), BETWEEN, dtype=a.dtype)
        wide[..., ::2] = a
        return wide[..., ::2]
    raise Violation(f"{shown(order)} is not an order of entries")


def number(x: Any) -> Any:
    """`x`, or its name where JSON has no number for it."""
    return x if type(x) is not float or math.isfinite(x) else repr(x)
