"""Tests that what goes into a message comes out of it, and what is not a message is refused before memory is taken."""

from __future__ import annotations

import json
import os
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from lydite.kit.failure import CallFailed
from lydite.target.program import Answer, Hello, Question, _answer, _hello
from lydite.worker.codec import (
    DTYPES,
    FORMS,
    LARGEST,
    LONGEST,
    MOST_NESTED,
    MOST_VALUES,
    ORDERS,
    Channel,
    Ended,
    Message,
    Packer,
    Room,
    Silent,
    Violation,
    decoded,
    laid_out,
    unpack,
)

SCHEMA = json.loads((Path(__file__).parents[3] / "lydite" / "target" / "wire.schema.json").read_text(encoding="utf-8"))
ARRAY = jsonschema.Draft202012Validator({**SCHEMA, "oneOf": [{"$ref": "#/$defs/array"}]})
NOTHING = memoryview(b"")
ARRAYS = st.sampled_from(sorted(DTYPES)).flatmap(
    lambda name: npst.arrays(np.dtype(name), npst.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4))
)


@pytest.fixture
def pipe() -> Iterator[tuple[Channel, Channel]]:
    """Two channels, each of which reads what the other writes."""
    (a, b), (c, d) = os.pipe(), os.pipe()
    yield Channel(a, d), Channel(c, b)
    for end in (a, b, c, d):
        try:
            os.close(end)
        except OSError:
            continue  # a test has closed it


@settings(deadline=None)
@given(ARRAYS, st.sampled_from(FORMS), st.sampled_from(["C", "F", "strided", "reversed"]))
def test_an_array_survives(a: Any, form: str, order: str) -> None:
    given_ = laid_out(a, order)
    packer = Packer(form)
    datum = json.loads(json.dumps(packer.pack(given_)))
    ARRAY.validate(datum)
    back = unpack(datum, memoryview(b"".join(packer.blob)))
    assert back.dtype == a.dtype
    assert back.shape == a.shape
    assert np.array_equal(back, a, equal_nan=a.dtype.kind == "f")
    assert not back.flags.writeable
    assert (back.flags.c_contiguous, back.flags.f_contiguous) == (
        given_.flags.c_contiguous,
        given_.flags.f_contiguous,
    )


@given(st.floats())
def test_a_float_survives(x: float) -> None:
    back = unpack(json.loads(json.dumps(Packer("numbers").pack(x), allow_nan=False)), NOTHING)
    assert repr(float(back)) == repr(x) or x != x  # noqa: PLR0124  (NaN)


@pytest.mark.parametrize("scalar", [np.float32(0.1), np.float64(2.5), np.int64(3)])
@pytest.mark.parametrize("form", FORMS)
def test_a_scalar_of_numpy_survives(scalar: Any, form: str) -> None:
    packer = Packer(form)
    back = unpack(json.loads(json.dumps(packer.pack(scalar))), memoryview(b"".join(packer.blob)))
    assert type(back) is type(scalar)
    assert back == scalar


def test_functions_are_numbered() -> None:
    packer = Packer("binary")
    assert [packer.pack(abs), packer.pack(max)] == [{"function": 0}, {"function": 1}]
    assert unpack({"function": 1}, NOTHING, packer.functions.__getitem__) is max
    with pytest.raises(Violation):
        unpack({"function": 1}, NOTHING)


@pytest.mark.parametrize(
    ("datum", "reason"),
    [
        ({"shape": [10**6, 10**6], "dtype": "float64", "at": 0}, "larger than"),
        ({"shape": [10**30], "dtype": "bool", "at": 0}, "larger than"),
        ({"shape": [2], "dtype": "float64", "data": [1.0]}, "1 entries are given for 2"),
        ({"shape": [1], "dtype": "float64", "data": ["one"]}, "not a number"),
        ({"shape": [1], "dtype": "float64", "data": [[1.0]]}, "not a number"),
        ({"shape": [1], "dtype": "float64", "data": [10**400]}, "does not fit"),
        ({"shape": [1], "dtype": "uint8", "data": [300]}, "does not fit"),
        ({"shape": [1], "dtype": "float64", "data": "AAAA"}, "3 bytes are not 1 entries"),
        ({"shape": [1], "dtype": "float64", "data": "?"}, "base64"),
        ({"shape": [1], "dtype": "float64", "at": 8}, "neither data nor"),
        ({"shape": [1], "dtype": "float64", "at": -8}, "neither data nor"),
        ({"shape": [1], "dtype": "float64", "at": 4}, "neither data nor"),
        ({"shape": [1], "dtype": "float64"}, "neither data nor"),
        ({"shape": [0, 2**63], "dtype": "float64", "at": 0}, "larger than"),
        ({"shape": [0, 10**4000], "dtype": "float64", "at": 0}, "larger than"),
        ({"shape": [2**62, 0], "dtype": "float64", "at": 0}, "larger than"),
        ({"shape": [2**25, 0, 2**25, 2**25], "dtype": "bool", "at": 0}, "larger than"),
        ({"shape": [0, 2**62], "dtype": "float64", "at": 0, "order": "strided"}, "larger than"),
        ({"shape": [], "dtype": [], "at": 0}, "not a dtype"),
        ({"shape": [], "dtype": {}, "at": 0}, "not a dtype"),
        ({"shape": [], "dtype": None, "at": 0}, "not a dtype"),
        ({"shape": [], "at": 0}, "not a dtype"),
        ({"shape": [], "dtype": "float64", "at": 0, "order": []}, "not an order"),
        ({"shape": [], "dtype": "float64", "at": 0, "order": "K"}, "not an order"),
        ({"shape": [-1], "dtype": "float64", "data": []}, "not a shape"),
        ({"shape": [True], "dtype": "float64", "data": [1.0]}, "not a shape"),
        ({"shape": [1] * 9, "dtype": "float64", "data": [1.0]}, "not a shape"),
        ({"shape": 1, "dtype": "float64", "data": [1.0]}, "not a shape"),
        ({"shape": [1], "dtype": "object", "data": [1.0]}, "not a dtype"),
        ({"shape": [1], "dtype": "O", "data": [1.0]}, "not a dtype"),
        ({"shape": [1], "dtype": "float64", "data": [1.0], "order": "K"}, "not an order"),
        ("one", "not a value"),
        ([1.0], "not a value"),
        (None, "not a value"),
    ],
)
def test_what_is_no_value(datum: Any, reason: str) -> None:
    with pytest.raises(Violation, match=reason):
        unpack(datum, memoryview(bytes(8)))


def test_a_message_and_its_bytes(pipe: tuple[Channel, Channel]) -> None:
    ours, theirs = pipe
    ours.send({"id": 1}, [b"12345678"])
    ours.send({"id": 2})
    message, blob = theirs.receive(5)
    assert message == {"id": 1}
    assert bytes(blob) == b"12345678"
    assert theirs.waiting
    assert theirs.receive(5)[0] == {"id": 2}
    assert not theirs.waiting


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{\n", "not JSON"),
        (b"[]\n", "not a JSON object"),
        (b'"text"\n', "not a JSON object"),
        (b'{"a": NaN}\n', "spelled as a string"),
        (b'{"a": Infinity}\n', "spelled as a string"),
        (b"\xff\xfe\n", "not JSON"),
        (b"[" * 10**5 + b"\n", "not JSON"),
        (b'{"a": ' + b"1" * 5000 + b"}\n", "not JSON"),
        (b'{"a": [' + b"[]," * MOST_NESTED + b"0]}\n", "lists and objects"),
        (b'{"bytes": -1}\n', "announces -1 bytes"),
        (b'{"bytes": "8"}\n', "announces '8' bytes"),
        (b'{"bytes": true}\n', "announces True bytes"),
        (b'{"bytes": 1e99}\n', "announces 1e\\+99 bytes"),
        (b'{"bytes": %d}\n' % (LARGEST + 1), "are taken"),
    ],
)
def test_what_is_no_message(pipe: tuple[Channel, Channel], line: bytes, reason: str) -> None:
    ours, theirs = pipe
    os.set_blocking(ours.writing, False)
    rest = line
    while rest:
        rest = rest[os.write(ours.writing, rest) :]
        if rest:  # more than a pipe holds: the other side takes it in
            theirs._come += os.read(theirs.reading, 1 << 16)
    with pytest.raises(Violation, match=reason):
        theirs.receive(5)


def test_silence_and_the_end(pipe: tuple[Channel, Channel]) -> None:
    ours, theirs = pipe
    with pytest.raises(Silent):
        theirs.receive(0.01)
    os.write(ours.writing, b'{"id": ')
    with pytest.raises(Silent):
        theirs.receive(0.01)
    os.set_blocking(ours.writing, False)
    with pytest.raises(Silent):
        ours.send({"text": "x" * (1 << 21)}, seconds=0.05)
    os.close(ours.writing)
    with pytest.raises((Ended, Violation)):
        theirs.receive(5)


def test_nobody_reads(pipe: tuple[Channel, Channel]) -> None:
    ours, theirs = pipe
    os.close(theirs.reading)
    with pytest.raises(Ended):
        ours.send({"id": 1})


# -- Whatever a program sends is an answer, or its own fault --

EDGES = st.sampled_from([0, 1, 2, 3, 8, 2**26, 2**31, 2**53, 2**62, 2**63, 2**64, 10**4000, -1, -(2**63)])
LEAVES = st.none() | st.booleans() | EDGES | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=6,
)
ARRAY_LIKE = st.fixed_dictionaries(
    {},
    optional={
        "shape": st.lists(EDGES | st.integers(0, 3), max_size=9) | JSON,
        "dtype": st.sampled_from([*DTYPES, "float16", "O", ">f8"]) | JSON,
        "data": st.lists(LEAVES | st.sampled_from(["nan", 1e300]), max_size=4) | st.text("A=/", max_size=12) | JSON,
        "at": EDGES | JSON,
        "order": st.sampled_from(sorted(ORDERS)) | JSON,
        "scalar": st.booleans() | JSON,
        "function": JSON,
    },
)
ANSWER_LIKE = st.fixed_dictionaries(
    {},
    optional={
        "value": ARRAY_LIKE | JSON,
        "values": st.lists(ARRAY_LIKE, max_size=3) | JSON,
        "error": st.fixed_dictionaries({}, optional={"name": JSON, "text": JSON}) | JSON,
        "watched": JSON,
    },
)
HELLO_LIKE = st.fixed_dictionaries(
    {"id": st.just(0) | JSON},
    optional={
        "hello": st.fixed_dictionaries(
            {"protocol": st.just(1) | JSON},
            optional={
                name: JSON | st.lists(st.sampled_from(["numbers", "softmax", "watch"]))
                for name in ("name", "version", "language", "calls", "arrays", "features", "where")
            },
        )
        | JSON
    },
)


@settings(deadline=None, max_examples=250)
@given(ARRAY_LIKE, st.binary(max_size=32))
def test_whatever_stands_for_an_array(datum: Any, blob: bytes) -> None:
    try:
        a = unpack(datum, memoryview(blob))
    except Violation:
        return
    assert isinstance(a, np.ndarray | np.generic)
    assert a.dtype.name == datum["dtype"]
    assert list(a.shape) == datum["shape"]


@settings(deadline=None, max_examples=250)
@given(ANSWER_LIKE | JSON, st.binary(max_size=32))
def test_whatever_stands_for_an_answer(told: Any, blob: bytes) -> None:
    try:
        answer = _answer(told, memoryview(blob), Question("softmax", ()), Room())
    except Violation:
        return
    assert isinstance(answer, Answer | CallFailed)


@settings(deadline=None, max_examples=250)
@given(HELLO_LIKE)
def test_whatever_stands_for_a_hello(message: Message) -> None:
    try:
        hello = _hello(message)
    except Violation:
        return
    assert isinstance(hello, Hello)


@settings(deadline=None, max_examples=250)
@given(st.binary() | JSON.map(lambda told: json.dumps(told).encode()))
def test_whatever_stands_for_a_message(line: bytes) -> None:
    try:
        message = decoded(line)
    except Violation:
        return
    assert type(message) is dict


def test_what_is_nested_deeply_can_be_told() -> None:
    nested: list[Any] = []
    for _ in range(10**4):
        nested = [nested]
    with pytest.raises(Violation, match="not a value"):
        unpack(nested, NOTHING)
    with pytest.raises(Violation, match="not a shape"):
        unpack({"shape": nested, "dtype": "bool", "at": 0}, NOTHING)


LARGE = 1 << 21
WIDE = {"shape": [LARGE], "dtype": "float64", "at": 0, "order": "strided"}


@pytest.mark.parametrize(
    "answers",
    [
        pytest.param([{"values": [WIDE] * MOST_VALUES}], id="in one answer"),
        pytest.param([{"value": WIDE}] * 40, id="in many"),
        pytest.param([{"value": {**WIDE, "order": order}} for order in ("C", "F", "reversed") * 8], id="laid out"),
        pytest.param([{"values": [0.5] * (MOST_VALUES + 1)}], id="as numbers"),
    ],
)
def test_the_arrays_of_a_reply_take_a_bounded_memory_together(answers: list[Message]) -> None:
    """They may all be made of the same few bytes."""
    blob, room = memoryview(bytes(8 * LARGE)), Room()
    kept: list[Any] = []
    tracemalloc.start()
    try:
        with pytest.raises(Violation, match=r"take more than|values; at most"):
            kept.extend(_answer(told, blob, Question("softmax", ()), room) for told in answers)
        assert tracemalloc.get_traced_memory()[1] < 2 * LARGEST
    finally:
        tracemalloc.stop()


def test_an_answer_keeps_nothing_of_its_message() -> None:
    """Else a few numbers of each of many answers could keep as many megabytes."""
    blob = memoryview(bytearray(64))
    answer = unpack({"shape": [1], "dtype": "float64", "at": 8}, blob)
    assert not np.shares_memory(answer, np.frombuffer(blob))


@pytest.mark.parametrize("entry", [b"0.5", b'"ab"'])
def test_a_line_takes_a_bounded_memory(entry: bytes) -> None:
    line = b'{"a":[' + (entry + b",") * (1 << 16) + b"0]}"
    tracemalloc.start()
    try:
        decoded(line)
        assert tracemalloc.get_traced_memory()[1] < 16 * len(line)
    finally:
        tracemalloc.stop()


def test_a_line_is_of_bounded_length() -> None:
    """Wherever it comes from: JSON makes many times as much of it."""
    with pytest.raises(Violation, match="longer than"):
        decoded(b'{"a":"' + b"a" * LONGEST + b'"}')


@pytest.mark.parametrize("entry", [b"[]", b"{}", b'{"a":0}'])
def test_a_line_is_not_nothing_but_lists_and_objects(entry: bytes) -> None:
    """They take thirty times as much as numbers of the same length."""
    decoded(b'{"a":[' + (entry + b",") * (MOST_NESTED - 2) + b"0]}")
    with pytest.raises(Violation, match="lists and objects"):
        decoded(b'{"a":[' + (entry + b",") * (MOST_NESTED - 1) + b"0]}")
