"""Implementations in other languages: each keeps to the wire protocol and holds what it is graded on."""

from __future__ import annotations

import fcntl
import json
import math
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from jsonschema import Draft202012Validator

import reference
from lydite.isolation import Tier
from lydite.kit.calls import CALLS, OPTIONAL
from lydite.kit.failure import CallFailed
from lydite.target.name import COMMAND
from lydite.target.program import Answer, Program, Question
from lydite.target.smoke import SCHEMA
from lydite.worker.codec import DTYPES, Channel, Message, Patience
from tests.support.commandline import run
from tests.support.optional import lacking

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "implementations"
LANGUAGES = {"javascript": ("numbers", "base64", "binary"), "cpp": ("numbers", "binary")}
"""The forms of arrays that each understands."""

MESSAGES = Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
PLAIN = ("--examples", 1, "--isolation", Tier.PROCESS, "--call-timeout", 30, "--timeout", 900)


class Held(Channel):
    """A channel that holds both sides to the schema."""

    def send(self, message: Message, blob: Sequence[bytes] = (), seconds: float | Patience | None = None) -> None:
        MESSAGES.validate(json.loads(json.dumps(message)))
        super().send(message, blob, seconds)

    def receive(self, seconds: float | Patience | None = None) -> tuple[Message, memoryview]:
        message, blob = super().receive(seconds)
        MESSAGES.validate(message)
        return message, blob


# -- Programs --


@cache
def built(program: str) -> str:
    """The command that starts a C++ program, which is built where its source is newer."""
    if shutil.which("g++") is None:
        lacking("languages", "g++ is not installed")
    preprocess = ["g++", "-E", "-x", "c++", "-"]
    if subprocess.run(preprocess, input=b"#include <nlohmann/json.hpp>", capture_output=True, check=False).returncode:
        lacking("languages", "nlohmann-json is not installed")
    folder = ROOT / "build" / "cpp"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:  # several workers need it at once
        fcntl.flock(lock, fcntl.LOCK_EX)
        command = ["make", "-C", str(FOLDER / "cpp"), "CXX=g++", "BUILD=../../build/cpp", f"../../build/cpp/{program}"]
        made = subprocess.run(command, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    assert "warning" not in made.stderr
    return shlex.quote(str(folder / program))


def command(language: str, program: str) -> str:
    if language == "cpp":
        return built(program)
    if shutil.which("node") is None:
        lacking("languages", "Node.js is not installed")
    return shlex.join(["node", str(FOLDER / language / f"{program}.js")])


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def started() -> Iterator[Callable[[str], Program]]:
    """Starts the program in a language; it is ended afterwards."""
    programs = []

    def start(language: str) -> Program:
        programs.append(Program(COMMAND + command(language, "main"), Tier.PROCESS, 30, 0, channel=Held))
        return programs[-1]

    yield start
    for one in programs:
        one.stop()


@pytest.fixture
def program(language: str, started: Callable[[str], Program]) -> Program:
    return started(language)


@pytest.fixture(params=[(language, form) for language, forms in LANGUAGES.items() for form in forms], ids="-".join)
def formed(request: pytest.FixtureRequest, started: Callable[[str], Program]) -> Program:
    """The program in each language, called in each of the forms that it understands."""
    language, form = request.param
    program = started(language)
    program.running().hello.form = form
    return program


def ask(program: Program, call: str, *args: Any) -> Any:
    """The value that a call returns; raises what it raises, as CallFailed."""
    [answer] = program.answers([Question(call, args)])
    if isinstance(answer, CallFailed):
        raise answer
    return answer.value


# -- The mathematics; `make languages` holds both programs to every claim in every regime --


def test_the_skeleton_holds_what_it_offers(language: str) -> None:
    target = COMMAND + command(language, "skeleton")
    result = run("grade", target, "--only", "Q3.0.4,Q7.0.1", "--regimes", "core,stability,tails,inputs", *PLAIN)
    assert result.exit_code == 0, result.output
    assert "· 1/1 calls ·" in result.output


def test_skeletons_are_short() -> None:
    skeletons = sorted(FOLDER.glob("*/skeleton.*"))
    assert len(skeletons) == len(LANGUAGES)
    assert all(len(path.read_text(encoding="utf-8").splitlines()) <= 120 for path in skeletons)


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
"""A call and arguments of which the one of this name is at fault."""


def test_bad_arguments_are_named(program: Program) -> None:
    answers = program.answers([Question(call, tuple(args)) for call, *args in BAD.values()])
    for name, answer in zip(BAD, answers, strict=True):
        assert isinstance(answer, CallFailed), name
        assert (answer.raised, answer.text.partition(" ")[0]) == ("ValueError", name)


# -- The protocol --


def test_the_messages_of_the_page_keep_the_schema() -> None:
    page = (ROOT / "docs" / "implementing.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```json\n(\{\"id\".*?)```", page, re.DOTALL)
    messages = [json.loads(text) for block in blocks for text in re.split(r"\n(?=\{\"id)", block)]
    assert len(messages) >= 6
    for message in messages:
        MESSAGES.validate(message)


def test_every_call_is_offered(language: str, program: Program) -> None:
    assert program.running().hello.calls == CALLS.keys() - OPTIONAL
    assert program.running().hello.form == LANGUAGES[language][-1]


def test_several_values_keep_their_shapes(formed: Program) -> None:
    rng = np.random.default_rng(1)
    shapes = ((3, 2), (3,), (4, 3), (4,), (2,))
    args: tuple[Any, ...] = (
        *map(rng.standard_normal, shapes),
        np.array([0.0, 0.0, 1.0, 0.0]),
        np.array([1.0, 0.0, 1.0]),
        0.1,
    )
    due = reference.network_gradient(*args)
    for got, expected in zip(ask(formed, "network_gradient", *args), due, strict=True):
        np.testing.assert_allclose(got, expected, rtol=1e-12, strict=True)
    dw, db = ask(formed, "logistic_gradient", np.zeros(1), 0.0, np.ones((2, 1)), np.zeros(2))
    np.testing.assert_array_equal(dw, [1.0], strict=True)
    assert db == 1.0


@pytest.mark.parametrize("dtype", DTYPES)
def test_every_type_of_entry_is_understood(formed: Program, dtype: str) -> None:
    z, y = np.array([0, 1, 1], dtype), np.array([0, 1, 0], dtype)
    got = ask(formed, "cross_entropy_gradient", z, y)
    np.testing.assert_allclose(got, reference.cross_entropy_gradient(z.astype(float), y.astype(float)), rtol=1e-12)


def test_numbers_and_arrays_without_axes_are_alike(formed: Program) -> None:
    for alpha in (0.25, np.float32(0.25), np.array(0.25)):
        assert ask(formed, "leaky_relu", np.array(-2.0), alpha) == -0.5
    assert ask(formed, "leaky_relu", np.array(-2.0), True) == -2.0
    mask = ask(formed, "dropout_mask", np.array(3), 0.0, np.int64(2**32 - 1))
    np.testing.assert_array_equal(mask, np.ones(3), strict=True)


def test_numbers_survive(formed: Program) -> None:
    limits = np.finfo(np.float64)
    z = np.array([limits.max, -limits.max, limits.smallest_subnormal, 0.1, math.pi, 2.0**53 + 2, 1e20])
    np.testing.assert_array_equal(ask(formed, "leaky_relu", z, 1.0), z)


def test_what_is_not_finite_is_spelled_both_ways(formed: Program) -> None:
    def f(x: float) -> float:
        return {1.0: -math.inf, math.inf: math.nan}[x]

    np.testing.assert_array_equal(ask(formed, "newton_root", f, lambda _: 1.0, 1.0, 2), [1.0, math.inf, math.nan])


def test_long_messages_arrive_whole(formed: Program) -> None:
    dy = np.random.default_rng(1).standard_normal((5_000, 2))  # more than a pipe holds
    got = ask(formed, "centered_batch_norm_backward", dy, np.ones(2))
    np.testing.assert_allclose(got, reference.centered_batch_norm_backward(dy, np.ones(2)), rtol=1e-12, atol=1e-12)


def test_a_batch_is_answered_in_its_order(formed: Program) -> None:
    answers = formed.answers(
        [
            Question("newton_root", (lambda x: x - 1, lambda _: 1.0, 3.0, 2)),
            Question("softmax", (np.array([math.nan]),)),
            Question("newton_minimize", (lambda x: 2 * x, lambda _: 2.0, 5.0, 1)),
            Question("softmax", (np.zeros(2),)),
        ]
    )
    values = [answer.value.tolist() if isinstance(answer, Answer) else answer.raised for answer in answers]
    assert values == [[3.0, 1.0, 1.0], "ValueError", [5.0, 0.0], [0.5, 0.5]]


def test_functions_are_asked_no_more_than_needed(program: Program) -> None:
    asked: list[tuple[str, float]] = []

    def noting(name: str, value: float) -> Callable[[float], float]:
        def constant(x: float) -> float:
            asked.append((name, x))
            return value

        return constant

    ask(program, "newton_root", noting("f", 0.0), noting("fprime", 0.0), 2.0, 3)
    assert {name for name, _ in asked} == {"f"}
    asked.clear()
    with pytest.raises(CallFailed, match=r"ZeroDivisionError: fprime"):
        ask(program, "newton_root", noting("f", 1.0), noting("fprime", 0.0), 2.0, 3)
    assert asked == [("f", 2.0), ("fprime", 2.0)]


def test_a_call_that_is_not_offered_is_an_error(program: Program) -> None:
    with pytest.raises(CallFailed, match="Error"):
        ask(program, "toString")
    np.testing.assert_array_equal(ask(program, "softmax", np.zeros(1)), [1.0])


@pytest.mark.parametrize("program_name", ["main", "skeleton"])
def test_a_program_ends_with_the_requests(language: str, program_name: str) -> None:
    hello = '{"id": 0, "ask": "hello", "protocol": 1}\n'
    shell = f"exec {command(language, program_name)} 3<&0 4>&1"
    ended = subprocess.run(["bash", "-c", shell], input=hello, capture_output=True, text=True, check=False, timeout=60)
    assert (ended.returncode, ended.stderr) == (0, "")
    message = json.loads(ended.stdout)
    MESSAGES.validate(message)
    assert message["hello"]["arrays"][0] == "numbers"
