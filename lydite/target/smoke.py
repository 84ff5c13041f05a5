"""Tells a wrong adapter from wrong mathematics: each call once at a plain input, each message held to the schema."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from lydite.kit.calls import CALLS
from lydite.kit.contract import Call
from lydite.kit.failure import CallFailed, Misbehaved
from lydite.notation import extras
from lydite.target.program import Answer, Program, Question
from lydite.target.remote import Remote
from lydite.worker.codec import Channel, Message, Patience, Violation
from lydite.worker.loading import Unloadable

SCHEMA = Path(__file__).with_name("wire.schema.json")
SIZES = {"n": 2, "d": 3, "K": 4, "h": 5, "...": 4}
"""Samples, features, classes, hidden units, and an array of any shape: no two of a call are alike, so that a transposed
answer has another shape."""
OTHERS = 6
"""The size of the first other letter of a call."""
NUMBER = 0.5
WHOLE = 2
FUNCTIONS: tuple[Callable[[Any], float], ...] = (lambda x: 2 * float(np.sum(x)) - 2, lambda _: 2.0)
"""One, of a number or of an array, and its derivative."""


class NoSchemas(Exception):
    """jsonschema is not installed; the text says how to get it."""


def sample(name: str) -> tuple[Any, ...]:
    """Returns arguments for the call `name` at which nothing is special."""
    call = CALLS[name]
    letters = dict.fromkeys(letter for shape in call.shapes.values() for letter in shape)
    sizes = {letter: SIZES.get(letter, OTHERS + i) for i, letter in enumerate(letters)}
    sizes |= {letter: int(letter) for letter in letters if letter.isdigit()}
    functions = iter(FUNCTIONS)
    return tuple(
        next(functions) if p in call.functions else _sample(call, p, [sizes[letter] for letter in call.shapes[p]])
        for p in call.parameters
    )


def _sample(call: Call, name: str, shape: list[int]) -> Any:
    if name in call.scalars:
        return WHOLE if name in call.whole else NUMBER
    a = np.ones(shape) if name in call.discrete else np.arange(1.0, 1.0 + np.prod(shape)).reshape(shape) / 4
    if name in call.shares:
        a[1:] = 0.0
    a.flags.writeable = False
    return a


def faults(program: Program) -> Iterator[tuple[str, str]]:
    """Yields each call that `program` offers, and what is wrong with how it answers; nothing where all is well.

    Raises Unloadable.
    """
    guard = Remote(program)
    for call in CALLS:
        if guard.offers(call):
            yield call, _fault(program, call)


def _fault(program: Program, call: str) -> str:
    (answer,) = program.answers([Question(call, sample(call))])
    if isinstance(answer, CallFailed):
        return f"{answer.raised}: {answer.text}" if answer.raised not in {"", "Violation"} else answer.text
    return _misshapen(answer, call)


def _misshapen(answer: Answer, call: str) -> str:
    given = _Given(answer)
    try:
        getattr(given, call)(*sample(call))
    except (Misbehaved, CallFailed) as fault:
        return str(fault).removeprefix(f"{call} ")
    return ""


class _Given(Remote):
    """The guard in front of an answer that is known."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(None)  # type: ignore[arg-type]  # nothing is sent any more
        self._answer = answer

    def offers(self, call: str) -> bool:
        return call in CALLS

    def _answers(self, questions: Any) -> list[Any]:
        return [self._answer for _ in questions]


def strict() -> type[Channel]:
    """Returns a channel on which each message that comes has to keep the schema. Raises NoSchemas."""
    try:
        from jsonschema import Draft202012Validator  # noqa: PLC0415  (of an extra)
        from jsonschema.exceptions import best_match  # noqa: PLC0415
    except ImportError:
        raise NoSchemas(
            f"messages are checked by jsonschema, which is not installed: {extras.command('grading')}"
        ) from None
    whole = json.loads(SCHEMA.read_text(encoding="utf-8"))
    reply = Draft202012Validator({**whole, "oneOf": [{"$ref": "#/$defs/reply"}]})

    class Strict(Channel):
        def receive(self, seconds: float | Patience | None = None) -> tuple[Message, memoryview]:
            message, blob = super().receive(seconds)
            if (error := best_match(reply.iter_errors(message))) is not None:
                place = "/".join(map(str, error.absolute_path))
                raise Violation(f"{error.message[:300]}" + (f" (at {place})" if place else ""))
            return message, blob

    return Strict


def check(program: Program) -> None:
    """Asks each call once, all in one batch. Raises Unloadable where an answer breaks the protocol."""
    offered = [call for call in CALLS if call in program.running().hello.calls]
    if not offered:
        return
    for answer in program.answers([Question(call, sample(call)) for call in offered]):
        if isinstance(answer, CallFailed) and answer.raised == "Violation":
            raise Unloadable(f"{answer.call} {answer.text}; see lydite check-adapter")
