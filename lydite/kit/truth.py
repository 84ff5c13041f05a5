"""Certifies the value of any call at any input, from the laws that state it.

`certified("softmax", z)` returns the value due of `softmax(z)` in float64, and by how much it may be off the real
number; `drawn("softmax")` draws inputs as the laws do, and `drawn("logits")` one of them. `lydite.truth` and
`lydite.strategies` offer both by these names, for tests of one's own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import fields
from functools import cache
from itertools import chain
from operator import itemgetter
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from lydite import suite
from lydite.kit.balls import Truth
from lydite.kit.calls import CALLS
from lydite.kit.case import PRECISIONS, Case
from lydite.kit.cases import Cases
from lydite.kit.claim import CLAIMS
from lydite.kit.contract import Call
from lydite.kit.every import every
from lydite.kit.law import Equation, Law
from lydite.kit.laws import LAWS
from lydite.kit.reference import reference
from lydite.kit.regime import Regime

T = TypeVar("T")
Numbers = NDArray[np.float64]

FIRST, STEP = 2.0**20, np.pi
"""How the entries of an answer are marked: no sum, product or difference of two marks is a third."""


ARGUMENTS = {
    plural: (call, call.parameters.index(argument))
    for call in reversed(CALLS.values())
    for argument, plural in call.means.items()
}
"""Of what the field calls an argument, the first call that takes it, and the place of it there."""


class NoTruth(LookupError):
    """No law states the whole value of a call, as of one that draws at random."""


class Certified(NamedTuple):
    """Numbers next to the true ones, and how far off each may be; a tuple of each where a call returns several."""

    value: Any
    error: Any


def certified(name: str, *args: Any, **named: Any) -> Certified:
    """Returns the value that the call `name` is due to return for its arguments, given by place or by name.

    Raises NoTruth where no law states it, or it is beyond the numbers of float64; TypeError where the arguments are not
    those of the contract; ValueError, as the reference does, where one is not valid.
    """
    call = _called(name)
    given = _bound(call, args, named)
    getattr(reference, name)(*given.values())  # refuses, by name, what the contract does not admit
    marked = _Marked(call, given)
    parts, others = (_stated(marked, filler) for filler in (0.0, 1.0))
    if not all(np.array_equal(part[0], other[0]) for part, other in zip(parts, others, strict=True)):  # nor is NaN
        raise NoTruth(f"no law of the suite states the whole value of {name} at this input")
    if not all(np.isfinite(part).all() for part in parts):
        raise NoTruth(f"the value of {name} at this input is beyond the numbers of float64")
    values, errors = ([_plain(a) for a in column] for column in zip(*parts, strict=True))
    return Certified(values[0], errors[0]) if len(parts) == 1 else Certified(tuple(values), tuple(errors))


def _bound(call: Call, args: Sequence[Any], named: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the arguments by name, in their order; arrays as those of float64. Raises TypeError, ValueError."""
    by_place = dict(zip(call.parameters, args, strict=False))
    given = {**by_place, **named}
    if len(args) > len(call.parameters) or len(given) < len(args) + len(named) or set(given) != set(call.parameters):
        got = ", ".join([*map(str, range(1, len(args) + 1)), *named]) or "none"
        raise TypeError(f"{call.name} takes {', '.join(call.parameters)}; got the arguments {got}")
    for parameter, shape in call.shapes.items():
        if shape:
            try:
                given[parameter] = np.asarray(given[parameter], dtype=np.float64)
            except (TypeError, ValueError, OverflowError) as error:
                raise ValueError(f"{parameter}: {error}") from None
    return {parameter: given[parameter] for parameter in call.parameters}


def arguments(name: str, regime: str = Regime.CORE, precision: str = "float64") -> st.SearchStrategy[Any]:
    """Creates a strategy of arguments of the call `name`, as its laws draw them: tuples, or the only argument.

    Raises NoTruth where no law is about all of its arguments, ValueError for an unknown regime or precision.
    """
    if precision not in PRECISIONS:
        raise ValueError(f"precision: {precision!r} is none of {', '.join(PRECISIONS)}")
    parameters = _called(name).parameters
    for law in _value_laws(name):
        if set(parameters) <= {f.name for f in fields(law.case)}:
            cases = _cases(law).batches(Regime(regime), precision).flatmap(st.sampled_from)
            return cases.map(lambda case: _only([getattr(case, parameter) for parameter in parameters]))
    raise NoTruth(f"no law of the suite is about all arguments of {name}")


def drawn(name: str, regime: str = Regime.CORE, precision: str = "float64") -> st.SearchStrategy[Any]:
    """Creates a strategy of arguments of the call `name`, or of those that the field calls `name`.

    Raises what `arguments` raises.
    """
    if name in CALLS:
        return arguments(name, regime, precision)
    call, place = ARGUMENTS[name]
    whole = arguments(call.name, regime, precision)
    return whole if len(call.parameters) == 1 else whole.map(itemgetter(place))


class _Marked:
    """An implementation of one call at one input, each entry of whose answer is a number that says which it is."""

    widening = 1.0

    def __init__(self, call: Call, given: Mapping[str, Any]) -> None:
        self.call = call
        self.given = given
        shapes = call.shape_of(*given.values())
        sizes = shapes if isinstance(shapes, list) else [shapes]
        marks: Numbers = FIRST + STEP * np.arange(sum(map(math.prod, sizes)), dtype=np.float64)
        starts = np.cumsum([0, *map(math.prod, sizes)])
        self.parts: list[Numbers] = [
            marks[at : at + math.prod(size)].reshape(size) for at, size in zip(starts, sizes, strict=False)
        ]

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name != self.call.name:
            raise NoTruth(name)
        return self._answer

    def _answer(self, *args: Any) -> Any:
        if not all(map(np.array_equal, args, self.given.values())):
            raise NoTruth(f"{self.call.name} at another input")
        return _only([_plain(part) for part in self.parts])


class _Absent:
    """An input that the value of a call does not depend on; no truth comes of reading it."""

    def __getattr__(self, name: str) -> Any:
        raise NoTruth(name)


def _stated(marked: _Marked, filler: float) -> list[tuple[Numbers, Numbers]]:
    """Returns the value of each part of the answer, and how far off it may be, as far as laws state it: else NaN.

    `filler` stands for inputs of a case that are none of the call: the value must not depend on it.
    """
    parts = [(np.full(marks.shape, np.nan), np.full(marks.shape, np.inf)) for marks in marked.parts]
    for law in _value_laws(marked.call.name):
        for side, due in _sides(law, marked, filler):
            for marks, part in zip(marked.parts, parts, strict=True):
                _fill(marks, part, side, due)
    return parts


def _sides(law: Law, marked: _Marked, filler: float) -> Iterator[tuple[Any, Any]]:
    """Yields the sides of what `law` states at the input; nothing where it states no equation of the call alone."""
    inputs = {f.name for f in fields(law.case)} - {f.name for f in fields(Case)}
    if not inputs >= set(marked.given):
        return
    whole = {name: marked.given[name] if name in marked.given else _filled(name, marked, filler) for name in inputs}
    for regime in (Regime.CORE, Regime.STABILITY):
        try:
            with np.errstate(all="ignore"):
                stated = law(marked, law.case(regime=regime, **whole))
        except (NoTruth, TypeError):  # arithmetic with what is absent
            return
        if isinstance(stated, Equation):
            yield from _parts(stated.lhs, stated.rhs)
            return


def _parts(lhs: Any, rhs: Any) -> Iterator[tuple[Any, Any]]:
    return zip(lhs, rhs, strict=True) if isinstance(rhs, tuple) else iter([(lhs, rhs)])


def _filled(name: str, marked: _Marked, filler: float) -> Any:
    """Returns an input of a case that is none of the call: `filler` in the shape that other calls give it, if any."""
    given = marked.call.shapes
    sizes = {
        letter: n for p, shape in given.items() for letter, n in zip(shape, np.shape(marked.given[p]), strict=False)
    }
    for call in CALLS.values():
        shape = call.shapes.get(name, ())
        if call.topic == marked.call.topic and shape and set(shape) <= set(sizes):
            return np.full([sizes[letter] for letter in shape], filler)
    return _Absent()


def _fill(marks: Numbers, part: tuple[Numbers, Numbers], side: Any, due: Any) -> None:
    """Enters what is `due` into `part` wherever `side` holds the mark of an entry."""
    where = np.isin(marks, side)
    if not where.any():
        return
    value, error = due.nearest() if isinstance(due, Truth) else (np.asarray(due), np.zeros(np.shape(due)))
    order = {mark: place for place, mark in enumerate(np.ravel(side).tolist())}
    places = [order[mark] for mark in marks[where].tolist()]
    part[0][where], part[1][where] = np.ravel(value)[places], np.ravel(error)[places]


@cache
def _value_laws(name: str) -> tuple[Law, ...]:
    """Returns the laws that give the value of the call `name`, as the anchors of the claims about it."""
    about = [claim.anchors for claim in CLAIMS.values() if name in claim.calls]
    return tuple(LAWS[law] for law in dict.fromkeys(chain.from_iterable(about)))


@cache
def _cases(law: Law) -> Cases[Any]:
    return next(prop.cases for prop in every() if prop.law is law)


def _called(name: str) -> Call:
    if name not in CALLS:
        raise AttributeError(f"the contract has no call {name!r}")
    return CALLS[name]


def _only(parts: Sequence[Any]) -> Any:
    return parts[0] if len(parts) == 1 else tuple(parts)


def _plain(a: NDArray[Any]) -> Any:
    return a if a.ndim else float(a)


class ByName(Generic[T]):
    """Offers what `of` makes of each of `names`, as a function of that name."""

    def __init__(self, of: Callable[..., T], names: Collection[str], kind: str) -> None:
        self._of = of
        self._names = names
        self._kind = kind

    def __getattr__(self, name: str) -> Callable[..., T]:
        if name not in self._names:
            raise AttributeError(f"the contract has no {self._kind} {name!r}")

        def made(*args: Any, **named: Any) -> T:
            with suite.visiting():
                return self._of(name, *args, **named)

        return made

    def __dir__(self) -> list[str]:
        return list(self._names)


truth: ByName[Certified] = ByName(certified, CALLS, "call")
strategies: ByName[st.SearchStrategy[Any]] = ByName(drawn, [*CALLS, *ARGUMENTS], "call or argument")
