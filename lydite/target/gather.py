"""Runs plain functions side by side until each has a question, so that all questions travel together.

The laws of a batch are written as if each call were answered on the spot. Where an answer has to come through a pipe,
each law runs in a greenlet of its own, is left at its first call, and goes on when the answers to all have come: one
message for forty cases.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextvars import copy_context
from dataclasses import dataclass
from typing import Any

from greenlet import greenlet


@dataclass(slots=True)
class _Run:
    """One function, where it has got to, and how it ended."""

    strand: greenlet
    question: Any = None
    failure: BaseException | None = None


class Gather:
    """Hands the questions of functions that run side by side to `answer`, which answers as many as it gets, in order.

    What `answer` gives back for a question is raised where it arose, if it is an exception, and else returned.
    """

    def __init__(self, answer: Callable[[Sequence[Any]], Sequence[Any]]) -> None:
        self._answer = answer
        self._hub: greenlet | None = None

    def ask(self, question: Any) -> Any:
        """Returns the answer to `question`: at once, or together with those of the functions beside this one."""
        (answer,) = self._answer([question]) if self._hub is None else [self._hub.switch(question)]
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def together(self, functions: Sequence[Callable[[], None]]) -> None:
        """Runs all `functions`; raises what the first of them, in their order, has raised."""
        if self._hub is not None or len(functions) == 1:
            # Within a strand already, whose calls gather with those of its neighbors; and one alone has none to gather.
            for function in functions:
                function()
            return
        runs = [_Run(self._strand(function)) for function in functions]
        self._hub = greenlet.getcurrent()
        try:
            for run in runs:
                self._resume(run)
            # Each strand stands at a call now, or has ended. A round trip costs more than most calls, so all of them
            # travel in one message; a function with fewer calls is done in an earlier round.
            while waiting := [run for run in runs if not run.strand.dead]:
                answers = self._answer([run.question for run in waiting])
                for run, answer in zip(waiting, answers, strict=True):
                    self._resume(run, answer)
        finally:
            self._hub = None
        # In the order of the functions, not of time: run one by one, the first that fails would have ended the rest.
        for run in runs:
            if run.failure is not None:
                raise run.failure

    @staticmethod
    def _strand(function: Callable[[], None]) -> greenlet:
        strand = greenlet(function)
        strand.gr_context = copy_context()  # NumPy keeps its error state there
        return strand

    @staticmethod
    def _resume(run: _Run, *answer: Any) -> None:
        try:
            run.question = run.strand.switch(*answer)
        except BaseException as error:  # noqa: BLE001  (raised again when its turn comes)
            run.failure = error
