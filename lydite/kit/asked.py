"""Holds a call that was made, what it answered, and what the reference answers to the same or to other arguments."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lydite.kit.calls import CALLS
from lydite.kit.case import FLOAT32, FLOAT64
from lydite.kit.reference import reference as correct

Numbers = NDArray[np.float64]
Answer = tuple[Numbers, ...]

CLOSE = 1e-6
"""A way to go wrong explains an answer if it leaves over this share of the error, at most."""
ROUNDED = 2.0**8
WRONG = 2.0**12
"""In units of the largest entry's rounding: what may be left over as well, and from when on an answer is wrong."""
LEAST = 4
"""Different answers that a way to go wrong has to explain, or a condition to tell apart."""

WHEREVER = "wherever it is wrong"
"""Where a way applies of which no more can be said."""

REFUSALS = (ArithmeticError, IndexError, KeyError, MemoryError, TypeError, ValueError)
"""The exceptions that arguments raise which do not fit."""


@dataclass(frozen=True)
class Asked:
    """The arguments by name, what the call answered, what is due, and which parts of the whole answer these are.

    `u` is the rounding of the least accurate argument.
    """

    call: str
    given: Mapping[str, Any]
    got: Answer
    due: Answer
    parts: tuple[int, ...]
    u: float = FLOAT64

    @classmethod
    def of(cls, call: str, args: Sequence[Any], answer: Any) -> Asked | None:
        """Returns it in double precision; None where the reference has no answer of this shape."""
        arrays = CALLS[call].with_arrays(tuple(args))
        given = {name: doubled(a) for name, a in zip(CALLS[call].parameters, arrays, strict=True)}
        due, got = answered(call, given), as_answer(answer)
        if due is None or [a.shape for a in got] != [a.shape for a in due]:
            return None
        single = any(isinstance(a, np.ndarray | np.generic) and a.dtype == np.float32 for a in args)
        return cls(call, given, got, due, tuple(range(len(due))), FLOAT32 if single else FLOAT64)

    def again(self, **changed: Any) -> Answer | None:
        """Returns the answer of the reference where some arguments are `changed`; None where it refuses."""
        answer = answered(self.call, {**self.given, **changed})
        return answer and self.pick(*answer)

    def pick(self, *whole: Any) -> Answer:
        """Returns those parts of an answer that are looked at here."""
        return tuple(np.asarray(whole[i], dtype=np.float64) for i in self.parts)

    def other(self, call: str, **changed: Any) -> Any:
        """Returns the answer of the reference to another call, as far as that takes the same arguments."""
        given = {**self.given, **changed}
        return reference(call)(*(given[p] for p in CALLS[call].parameters))

    def reals(self, *names: str) -> list[Any]:
        """Returns some of the arguments as arrays of double precision."""
        return [np.asarray(self.given[name], dtype=np.float64) for name in names]

    def number(self, name: str) -> float:
        """Returns an argument that is a number."""
        return float(self.given[name])

    def only(self, parts: Sequence[int]) -> Asked:
        """Returns the same, cut to these parts of the answer."""
        return replace(
            self,
            got=tuple(self.got[i] for i in parts),
            due=tuple(self.due[i] for i in parts),
            parts=tuple(self.parts[i] for i in parts),
        )

    def error(self) -> float:
        """Returns the largest error, relative to the largest entry; infinite where the answer alone is not finite."""
        pairs = list(zip(self.got, self.due, strict=True))
        if any((np.isfinite(d) & ~np.isfinite(g)).any() for g, d in pairs):
            return np.inf
        scale = size(*self.due, *self.got)
        return max(error(g, d) for g, d in pairs) / scale if scale else 0.0

    def wrong(self, u: float) -> list[bool]:
        """Returns which parts of the answer differ from what is due by more than rounding."""
        rounding = WRONG * max(u, self.u) * size(*self.due, *self.got)
        return [not _near(g, d, rounding) for g, d in zip(self.got, self.due, strict=True)]

    def explained(self, by: Answer | None, u: float) -> bool:
        """Returns whether the answer is `by`, but for rounding and a small share of the error."""
        if by is None or [a.shape for a in by] != [g.shape for g in self.got]:
            return False
        rounding = ROUNDED * max(u, self.u) * size(*self.due, *self.got)
        return all(
            _near(g, b, max(CLOSE * error(g, d), rounding)) for g, d, b in zip(self.got, self.due, by, strict=True)
        )

    def near(self, by: Answer | None) -> bool:
        """Returns whether `by` is what is due, but for a small share of it."""
        if by is None or [a.shape for a in by] != [d.shape for d in self.due]:
            return False
        return all(_near(d, b, CLOSE * size(*self.due)) for d, b in zip(self.due, by, strict=True))

    @cached_property
    def sizes(self) -> dict[str, int]:
        """The sizes of matrices and vectors among the arguments, by their letters in the contract.

        The degrees of a polynomial are left out: nobody takes a mean over them.
        """
        found: dict[str, int] = {}
        for shape, name in sorted(((s, n) for n, s in CALLS[self.call].shapes.items()), key=lambda s: -len(s[0])):
            if len(shape) <= 2:
                found = dict(zip(shape, np.shape(self.given[name]), strict=False)) | found
        return {letter: size for letter, size in found.items() if letter.isalpha()}


Way = tuple[str, Callable[[Asked], Any]]
"""A way to go wrong, in words, and the answer that comes of it: None where none does."""

Ways = dict[str, Sequence[Way]]
Terms = dict[str, dict[str, Callable[[Asked], Any]]]
"""By call."""

Composed = dict[str, Sequence[Callable[..., Any]]]
"""By call, how it may be made of others: functions of an implementation and the arguments."""


def reference(call: str) -> Callable[..., Any]:
    """Returns the reference's function."""
    function: Callable[..., Any] = getattr(correct, call)
    return function


def answered(call: str, given: Mapping[str, Any]) -> Answer | None:
    """Returns the answer of the reference; None where it refuses."""
    try:
        with np.errstate(all="ignore"):
            return as_answer(reference(call)(*given.values()))
    except REFUSALS:
        return None


def as_answer(answer: Any) -> Answer:
    """`answer` as a tuple of arrays."""
    parts = answer if isinstance(answer, tuple) else (answer,)
    return tuple(np.asarray(part, dtype=np.float64) for part in parts)


def one_hot(v: NDArray[Any]) -> Numbers:
    """Returns 1 at the largest entry of a vector, else 0."""
    hot = np.zeros(v.shape)
    hot[int(np.argmax(v))] = 1
    return hot


def doubled(value: Any) -> Any:
    """`value` in double precision, whatever precision it came in; how it lies in memory stays."""
    if isinstance(value, np.ndarray) and value.dtype == np.float32:
        held: Any = value if value.base is None else value.base
        if not isinstance(held, np.ndarray) or held.dtype != value.dtype:
            return value.astype(np.float64)
        first, strides = 2 * (value.ctypes.data - held.ctypes.data), [2 * stride for stride in value.strides]
        return np.ndarray(value.shape, np.float64, held.ravel(order="K").astype(np.float64), first, strides)
    return float(value) if isinstance(value, np.floating) else value


def _near(a: Numbers, b: Numbers, by: float) -> bool:
    """Returns whether `a` and `b` differ by at most `by` in every entry; what is not finite has to be the same."""
    with np.errstate(all="ignore"):
        return bool(((np.abs(a - b) <= by) | (a == b) | (np.isnan(a) & np.isnan(b))).all())


def size(*arrays: Numbers) -> float:
    """Returns the largest finite entry in size."""
    return max((float(np.abs(a[np.isfinite(a)]).max(initial=0.0)) for a in arrays), default=0.0)


def error(got: Numbers, due: Numbers) -> float:
    """Returns the largest finite difference."""
    with np.errstate(all="ignore"):
        return size(np.asarray(got - due))
