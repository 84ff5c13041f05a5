"""Implementations in other languages: each keeps to the wire protocol and holds every law."""

from __future__ import annotations

import base64
import fcntl
import json
import math
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from importlib import resources
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self

import numpy as np
import pytest
from jsonschema import Draft202012Validator

import reference
from lydite.implementation import Implementation
from properties.every import every
from properties.forall import Plan
from spec.contracts import CALLS
from spec.evidence import Tally
from spec.regime import Regime

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "implementations"
SCHEMA = json.loads(resources.files("lydite").joinpath("wire.schema.json").read_text("utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
LANGUAGES = ("javascript", "cpp")
ERRORS = {error.__name__: error for error in (ValueError, ZeroDivisionError)}
SPELLED = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}

# -- Programs --


def lacking(what: str) -> None:
    """Leaves the test out; fails where the languages are required."""
    if "languages" in os.environ.get("LYDITE_REQUIRE", ""):
        pytest.fail(f"required here and not installed: {what}")
    pytest.skip(f"not installed: {what}")


def built(folder: Path, program: str) -> list[str]:
    """The command of a C++ program, which is built where its source is newer."""
    if shutil.which("make") is None or shutil.which("g++") is None:
        lacking("make and g++")
    preprocess = ["g++", "-E", "-x", "c++", "-"]
    if subprocess.run(preprocess, input=b"#include <nlohmann/json.hpp>", capture_output=True, check=False).returncode:
        lacking("nlohmann-json")
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:  # several workers need it at once
        fcntl.flock(lock, fcntl.LOCK_EX)
        command = ["make", "-C", str(FOLDER / "cpp"), "CXX=g++", f"BUILD={folder}", str(folder / program)]
        made = subprocess.run(command, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    assert "warning" not in made.stderr
    return [str(folder / program)]


def command(language: str, program: str) -> list[str]:
    if language == "cpp":
        return built(ROOT / "build" / "cpp", program)
    if shutil.which("node") is None:
        lacking("node")
    return ["node", str(FOLDER / language / f"{program}.js")]


@pytest.fixture(params=LANGUAGES)
def program(request: pytest.FixtureRequest) -> Iterator[Program]:
    with Program(command(request.param, "main")) as running:
        yield running


@pytest.fixture(params=LANGUAGES)
def skeleton(request: pytest.FixtureRequest) -> Iterator[Program]:
    with Program(command(request.param, "skeleton")) as running:
        yield running


class Program:
    """A program that answers over the wire; each message, to it and from it, is held to the schema."""

    def __init__(self, command: Sequence[str]) -> None:
        pipes = [os.pipe(), os.pipe()]
        # Beyond 9, so that neither end is in the way of descriptors 3 and 4.
        requests, replies = (fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in (pipes[0][0], pipes[1][1]))
        shell = ["bash", "-c", f'exec "$@" 3<&{requests} 4>&{replies}', "bash", *command]
        self.process = subprocess.Popen(shell, pass_fds=(requests, replies))
        for end in (pipes[0][0], pipes[1][1], requests, replies):
            os.close(end)
        self.requests = os.fdopen(pipes[0][1], "wb")
        self.replies = os.fdopen(pipes[1][0], "rb")
        self.form = "numbers"
        self.id = 0
        self.hello = self.exchange({"ask": "hello", "protocol": 1})[0]["hello"]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.requests.close()
        self.process.kill()
        self.process.wait()
        self.replies.close()

    def send(self, message: dict[str, Any], payload: bytes = b"") -> None:
        VALIDATOR.validate(message)
        self.requests.write(json.dumps(message, allow_nan=False).encode() + b"\n" + payload)
        self.requests.flush()

    def receive(self) -> tuple[dict[str, Any], bytes]:
        message = json.loads(self.replies.readline())
        VALIDATOR.validate(message)
        assert message["id"] == self.id
        return message, self.replies.read(message.get("bytes", 0))

    def exchange(self, message: dict[str, Any], payload: bytes = b"") -> tuple[dict[str, Any], bytes]:
        self.id += 1
        self.send({"id": self.id} | message, payload)
        return self.receive()

    def together(self, *calls: tuple[str, Sequence[Any]]) -> list[Any]:
        """The answers to a batch: values, tuples of values, exceptions."""
        payload, functions = bytearray(), list[Callable[[float], float]]()
        batch = [
            {"call": call, "args": [encode(arg, self.form, payload, functions) for arg in args]} for call, args in calls
        ]
        request = {"ask": "call", "arrays": self.form, "batch": batch}
        sizes = {"bytes": len(payload)} if payload else {}
        message, received = self.exchange(request | sizes, bytes(payload))
        answers: list[Any] = []
        while True:
            if "evaluate" in message:
                value = functions[message["evaluate"]](number(message["at"]))
                self.send({"id": self.id, "value": spelled(value)})
            else:
                answers += [decode_answer(answer, received) for answer in message["answers"]]
            assert len(answers) <= len(calls)
            if len(answers) == len(calls):
                return answers
            message, received = self.receive()

    def ask(self, call: str, *args: Any) -> Any:
        """The answer to one call, raised if it is an exception."""
        [answer] = self.together((call, args))
        if isinstance(answer, Exception):
            raise answer
        return answer

    def offered(self) -> SimpleNamespace:
        """The program as an implementation."""
        return SimpleNamespace(**{call: self._call(call) for call in self.hello["calls"]})

    def _call(self, name: str) -> Callable[..., Any]:
        return lambda *args: self.ask(name, *args)


def spelled(value: float) -> float | str:
    return value if math.isfinite(value) else str(value)


def number(value: float | str) -> float:
    return SPELLED[value] if isinstance(value, str) else float(value)


def encode(arg: Any, form: str, payload: bytearray, functions: list[Callable[[float], float]]) -> Any:
    if callable(arg):
        functions.append(arg)
        return {"function": len(functions) - 1}
    if not isinstance(arg, np.ndarray | np.generic):
        return spelled(arg) if isinstance(arg, float) else arg
    array: dict[str, Any] = {"shape": list(arg.shape), "dtype": arg.dtype.name}
    raw = np.ascontiguousarray(arg).tobytes()
    match form:
        case "binary":
            array["at"] = len(payload)
            payload += raw + bytes(-len(raw) % 8)
        case "base64":
            array["data"] = base64.b64encode(raw).decode()
        case _:
            array["data"] = [x if isinstance(x, bool | int) else spelled(x) for x in arg.ravel().tolist()]
    return array


def decode_answer(answer: dict[str, Any], received: bytes) -> Any:
    if "error" in answer:
        return ERRORS.get(answer["error"]["name"], RuntimeError)(answer["error"]["text"])
    if "values" in answer:
        return tuple(decode(value, received) for value in answer["values"])
    return decode(answer["value"], received)


def decode(value: Any, received: bytes) -> Any:
    if not isinstance(value, dict):
        return number(value)
    size = math.prod(value["shape"])
    if "at" in value:
        flat = np.frombuffer(received, value["dtype"], size, value["at"])
    elif isinstance(value["data"], str):
        flat = np.frombuffer(base64.b64decode(value["data"], validate=True), value["dtype"])
    else:
        flat = np.array([number(entry) for entry in value["data"]])
    return flat.reshape(value["shape"])


# -- The laws --

HELD = (Regime.CORE, Regime.STABILITY, Regime.TAILS, Regime.LAYOUT, Regime.INPUTS)
"""Not `scale`, which is a matter of the loops alone and slow to write as numbers; `purity` watches Python."""


@pytest.mark.parametrize("precision", ["float64", "float32"])
@pytest.mark.parametrize("regime", HELD)
def test_every_law_holds(program: Program, regime: Regime, precision: str) -> None:
    program.form = "binary"
    impl, tally = Implementation(program.offered()), Tally()
    for prop in every():
        if regime in prop.law.regimes and not prop.law.batched:
            prop.check(impl, regime, Plan(precision=precision, examples=1), tally)
    assert tally.cases > 100


def test_every_call_is_offered(program: Program) -> None:
    assert sorted(program.hello["calls"]) == sorted(CALLS)


BAD: dict[str, tuple[Any, ...]] = {
    "X": ("logistic_predict", np.ones(2), 0.0, np.ones(2)),
    "b": ("logistic_predict", np.ones(2), np.ones(2), np.ones((3, 2))),
    "y": ("logistic_loss", np.ones(2), 0.0, np.ones((3, 2)), np.array([0.0, 1.0, 1.5])),
    "learning_rate": ("logistic_step", np.ones(2), 0.0, np.ones((3, 2)), np.ones(3), math.nan),
    "gamma": ("batch_norm", np.ones((3, 2)), np.ones(3), np.ones(2), 1.0),
    "eps": ("batch_norm", np.ones((3, 2)), np.ones(2), np.ones(2), 0.0),
    "dy": ("centered_batch_norm_backward", np.ones((0, 2)), np.ones(2)),
    "alpha": ("leaky_relu", np.ones(2), -0.5),
    "seed": ("dropout_mask", 4, 0.5, 1.5),
    "size": ("dropout_mask", 0, 0.5, 1),
    "p": ("dropout_mask", 4, 2.0, 1),
    "mask": ("network_predict", np.eye(1), np.ones(1), np.eye(1), np.ones(1), np.ones(1), np.full(1, 2), 0.1),
    "point": ("trivariate_value", np.ones((2, 2, 2)), np.ones(2)),
    "delta": ("gaussian_dropout_loss", np.ones(2), np.ones(2), 1.0, np.array([1.0, math.inf])),
    "target": ("gaussian_dropout_loss", np.ones(2), np.ones(2), np.ones(2), np.ones(2)),
    "sigma": ("gaussian_dropout_penalty", np.ones(2), np.ones(2), -1.0),
    "steps": ("newton_root", float, float, 1.0, -1),
    "x0": ("newton_root", float, float, math.inf, 1),
    "z": ("softmax", np.ones((2, 2))),
}


def test_bad_arguments_are_named(program: Program) -> None:
    for name, (call, *args) in BAD.items():
        with pytest.raises(ValueError, match=rf"^{name} "):
            program.ask(call, *args)


# -- The protocol --

W1, W2, X = np.array([[1.0, -2.0], [0.5, 0.25], [3.0, 0.1]]), np.array([[1.0, 2.0, -1.0], [0.0, 0.3, 1.0]]), np.ones(2)
NETWORK = (W1, np.zeros(3), W2, np.zeros(2), X, np.array([0.0, 1.0]), np.array([1.0, 0.0, 1.0]), 0.1)


def test_answers_agree_in_every_form(program: Program) -> None:
    answers = {}
    for form in program.hello["arrays"]:
        program.form = form
        answers[form] = program.ask("network_gradient", *NETWORK)
    assert len(answers) >= 2
    for other in answers.values():
        for one, two in zip(answers["numbers"], other, strict=True):
            np.testing.assert_array_equal(one, two, strict=True)


@pytest.mark.parametrize("dtype", SCHEMA["$defs"]["array"]["properties"]["dtype"]["enum"])
def test_every_type_of_entry_is_understood(program: Program, dtype: str) -> None:
    z, y = np.array([0, 1, 1]).astype(dtype), np.array([False, True, False]).astype(dtype)
    due = reference.cross_entropy_gradient(z, y)
    for form in program.hello["arrays"]:
        program.form = form
        np.testing.assert_allclose(program.ask("cross_entropy_gradient", z, y), due, rtol=1e-6)


def test_numbers_and_arrays_without_axes_are_alike(program: Program) -> None:
    for form in program.hello["arrays"]:
        program.form = form
        for alpha in (0.25, np.float32(0.25), np.array(0.25)):
            assert program.ask("leaky_relu", np.array(-2.0), alpha) == -0.5
        assert program.ask("leaky_relu", np.array(-2.0), True) == -2.0
        mask = program.ask("dropout_mask", np.array(3), 0.0, np.int64(2**32 - 1))
        np.testing.assert_array_equal(mask, np.ones(3), strict=True)


def test_the_largest_and_smallest_numbers_survive(program: Program) -> None:
    limits = np.finfo(np.float64)
    z = np.array([limits.max, -limits.max, limits.smallest_subnormal, 0.1, math.pi])
    for form in program.hello["arrays"]:
        program.form = form
        np.testing.assert_array_equal(program.ask("leaky_relu", z, 1.0), z)


def test_batches_are_answered_in_order(program: Program) -> None:
    answers = program.together(
        ("newton_root", (lambda x: x - 1, lambda x: 1.0, 3.0, 2)),
        ("softmax", (np.array([math.nan]),)),
        ("newton_minimize", (lambda x: 2 * x, lambda x: 2.0, 5.0, 1)),
        ("logistic_gradient", (np.zeros(1), 0.0, np.ones((2, 1)), np.zeros(2))),
    )
    np.testing.assert_array_equal(answers[0], [3.0, 1.0, 1.0])
    assert isinstance(answers[1], ValueError)
    np.testing.assert_array_equal(answers[2], [5.0, 0.0])
    assert answers[3] == (np.ones(1), 1.0)


def test_functions_are_asked_no_more_than_needed(program: Program) -> None:
    asked: list[tuple[str, float]] = []

    def note(name: str, value: float) -> Callable[[float], float]:
        def constant(x: float) -> float:
            asked.append((name, x))
            return value

        return constant

    program.ask("newton_root", note("f", 0.0), note("fprime", 0.0), 2.0, 3)
    assert {name for name, _ in asked} == {"f"}
    with pytest.raises(ZeroDivisionError):
        program.ask("newton_root", note("f", 1.0), note("fprime", 0.0), 2.0, 3)
    assert asked[-2:] == [("f", 2.0), ("fprime", 2.0)]


def test_what_is_not_finite_is_spelled_both_ways(program: Program) -> None:
    def climb(x: float) -> float:
        return {1.0: -math.inf, math.inf: math.nan}[x]

    for form in program.hello["arrays"]:
        program.form = form
        iterates = program.ask("newton_root", climb, lambda x: 1.0, 1.0, 2)
        np.testing.assert_array_equal(iterates, [1.0, math.inf, math.nan])


def test_long_messages_arrive_whole(program: Program) -> None:
    dy = np.random.default_rng(1).standard_normal((30_000, 3))
    due = reference.centered_batch_norm_backward(dy, np.ones(3))
    for form in program.hello["arrays"]:
        program.form = form
        answer = program.ask("centered_batch_norm_backward", dy, np.ones(3))
        np.testing.assert_allclose(answer, due, rtol=1e-12, atol=1e-12)


def test_a_call_that_is_not_offered_is_an_error(program: Program) -> None:
    answers = program.together(("toString", ()), ("softmax", (np.zeros(1),)))
    assert type(answers[0]) is RuntimeError
    np.testing.assert_array_equal(answers[1], [1.0])


def test_the_program_ends_with_the_requests(program: Program) -> None:
    program.requests.close()
    assert program.process.wait(60) == 0
    assert program.replies.read() == b""


# -- The skeletons --


def test_the_skeleton_answers_softmax(skeleton: Program) -> None:
    assert skeleton.hello["calls"] == ["softmax"]
    impl, tally = Implementation(skeleton.offered()), Tally()
    for prop in every():
        if prop.law.name == "softmax_cross_entropy.softmax_is_exact":
            for regime in (Regime.CORE, Regime.STABILITY, Regime.TAILS):
                prop.check(impl, regime, Plan(examples=1), tally)
    assert tally.cases > 100
    with pytest.raises(ValueError, match=r"^z "):
        skeleton.ask("softmax", np.array([1.0, math.nan]))
    skeleton.requests.close()
    assert skeleton.process.wait(60) == 0


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*/skeleton.*")), ids=lambda path: path.parent.name)
def test_skeletons_are_short(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 120
