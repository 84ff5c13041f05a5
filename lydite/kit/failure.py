"""The ways in which a law can fail to hold for an implementation."""

from __future__ import annotations

from typing import Any


class Missing(Exception):
    """The implementation does not offer `call`."""

    def __init__(self, call: str) -> None:
        super().__init__(f"{call} is not offered")
        self.call = call


class Excluded(Exception):
    """A convention that is declared of `call` leaves an input out: there is nothing to call it with."""

    def __init__(self, call: str, convention: str) -> None:
        super().__init__(f"declared: {convention}")
        self.call = call
        self.convention = convention


class CallFailed(Exception):
    """`call` raised, ran out of time, or returned a value that is neither a number nor an array of numbers.

    Then nothing was `raised`, which is empty. `given` are the arguments of the call, where they are known.
    """

    given: tuple[Any, ...] | None = None

    def __init__(self, call: str, raised: str, text: str) -> None:
        super().__init__(f"{call}: {raised}: {text}" if raised else f"{call} {text}")
        self.call = call
        self.raised = raised
        self.text = text


class Misbehaved(AssertionError):
    """`call` answered with numbers, but in a way that no law needs to look at: a wrong shape, a changed input.

    It is `impure` where the answer depends on more than the arguments, or the call changes more than its answer.
    """

    def __init__(self, call: str, fault: str, *, impure: bool = False) -> None:
        super().__init__(f"{call} {fault}")
        self.call = call
        self.fault = fault
        self.impure = impure


def raised_by(error: BaseException) -> str:
    """Returns the name of what a call raised, through a guard or straight from it; empty where it raised nothing."""
    if isinstance(error, Misbehaved):
        return ""
    return error.raised if isinstance(error, CallFailed) else type(error).__name__
