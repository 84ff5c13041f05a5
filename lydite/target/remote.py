"""An implementation in a process of its own, behind the same guard as one in this process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from lydite.kit.calls import CALLS
from lydite.kit.contract import Call
from lydite.kit.failure import CallFailed, Misbehaved
from lydite.target.gather import Gather
from lydite.target.implementation import OVERWRITTEN, Guarded, Implementation, same
from lydite.target.program import FATAL, Answer, Program, Question
from lydite.target.watch import Unasked, Watch


class Remote(Implementation):
    """Calls `program`. Each process that grades has one program, which it starts with the first call."""

    def __init__(self, program: Program, watched: bool = False, watch: Watch | None = None) -> None:
        super().__init__(None, watched, watch)
        self._program = program
        self._gather = Gather(self._answers)

    def together(self, functions: Sequence[Callable[[], None]]) -> None:
        """Runs `functions`, which make calls, and sends the calls of all of them at once."""
        self._gather.together(functions)

    def offers(self, call: str) -> bool:
        """Returns whether `call` is there, as the program says. Raises Unloadable."""
        return call in self._program.running().hello.calls

    def where(self, call: str) -> str:
        """Returns the file and line at which `call` is written, as the program says."""
        return self._program.running().hello.where.get(call, "")

    def source(self, call: str) -> str:
        """Returns the first lines of `call` in what was submitted; empty where they are not found."""
        return self._program.source(self.where(call))

    def batched(self, call: str, rows: Sequence[Sequence[Any]], repeated: int = 1) -> Any:  # noqa: ARG002  (as the guard has it)
        """Raises TypeError: the contract has no batches, and an adapter stands in front of trusted code only."""
        raise TypeError(f"{call} takes no batch")

    def _guard(self, call: str) -> Guarded:
        if not self._watched:
            return _Asked(CALLS[call], self._gather.ask, self._watch)
        watches = self._program.running().hello.watches
        return _Watched(CALLS[call], self._gather.ask, self._watch, watches)

    def _answers(self, questions: Sequence[Question]) -> list[Answer | CallFailed]:
        """Returns answers, and refusals to call again what has cost its time too often."""
        refused = {question.call: self._refusal(question.call) for question in questions}
        warned = self._program.warnings
        asked = [q for q in questions if refused[q.call] is None]
        answers = iter(self._program.answers(asked, self._watch.stage))
        self._watch.warnings += self._program.warnings - warned
        told = [refused[q.call] or next(answers) for q in questions]
        for one in reversed(
            told
        ):  # the first last: a worker answers alike for the calls of a batch after the one it made
            if isinstance(one, CallFailed) and one.raised in FATAL and not isinstance(one, Unasked):
                self._watch.given_up(one)
        return told

    def _refusal(self, call: str) -> CallFailed | None:
        try:
            self._watch.check_asked(call)
        except Unasked as refusal:
            return refusal
        return None


class _Asked(Guarded):
    """One call of the program: its answer comes as plain numbers, and its shape is judged here."""

    def __init__(self, call: Call, ask: Callable[[Question], Answer], watch: Watch) -> None:
        super().__init__(call, None, watch)
        self._ask = ask

    def asked(self, args: tuple[Any, ...]) -> Any:
        return self.ask(None, args)  # which calls with copies itself, where that is needed

    def ask(self, _function: Any, args: tuple[Any, ...], _given: Any = None) -> Any:
        answer = self.answer(args)
        if answer.wrote is not None:
            self.note_written(answer.wrote)
        return answer.value

    def answer(self, args: tuple[Any, ...], seed: int | None = None) -> Answer:
        """Returns what comes back; `seed` where the program is to report what the call changes. Raises CallFailed."""
        name, watch = self.call.name, self.watch
        watch.asked[name] = watch.asked.get(name, 0) + 1
        try:
            answer = self._ask(Question(name, args, seed))
        except CallFailed as failure:
            failure.given = args
            raise
        watch.answered = _typed(answer)
        return answer

    def _converted(self, answer: Any) -> Any:
        if type(answer) is not float:
            raise Misbehaved(self.call.name, f"returns {len(answer)} values, not one")
        return np.asarray(answer)


def _typed(answer: Answer) -> Any:
    """Returns an answer as it was typed most likely: one number of NumPy travels as an array without axes."""
    several = isinstance(answer.value, tuple)
    parts = [_part(part, i in answer.lists) for i, part in enumerate(answer.value if several else (answer.value,))]
    return tuple(parts) if several else parts[0]


def _part(value: Any, listed: bool) -> Any:
    if not isinstance(value, np.ndarray):
        return value
    return value.tolist() if listed and value.ndim else value[()] if not value.ndim else value


class _Watched(_Asked):
    """One call, made twice with writable inputs under two states of the global generators.

    A program that is not in Python `watches` nothing: it cannot change what is ours, and each call is made twice.
    """

    def __init__(self, call: Call, ask: Callable[[Question], Answer], watch: Watch, watches: bool) -> None:
        super().__init__(call, ask, watch)
        self._watches = watches

    def __call__(self, *args: Any) -> Any:
        first, second = (self._answered(args, seed) for seed in (1, 2))
        if not same(first, second):
            raise Misbehaved(self.call.name, "does not give the same answer twice", impure=True)
        return first

    def _answered(self, args: tuple[Any, ...], seed: int) -> Any:
        told = self.answer(args, seed if self._watches else None)
        value = self.plain(told.value, self.call.shape_of(*args))
        match told.watched:
            case {"changed": [int(which), *_]} if 0 <= which < len(args):
                raise Misbehaved(self.call.name, f"changes its input {self.call.parameters[which]}", impure=True)
            case {"drew": True}:
                raise Misbehaved(self.call.name, "draws from the global random state", impure=True)
            case {"overwrote": True}:
                raise Misbehaved(self.call.name, OVERWRITTEN, impure=True)
            case {"changed": [], "drew": False, "overwrote": False}:
                return value
        if not self._watches:
            return value
        raise CallFailed(self.call.name, "Violation", "breaks the protocol: it does not say what the call changes")
