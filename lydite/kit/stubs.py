"""Calls that compute nothing: answers of the right shape, which many an identity lets pass. None may earn a claim."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np

from lydite.kit.arrays import Array
from lydite.kit.calls import CALLS
from lydite.kit.contract import Call
from lydite.kit.reference import reference

Function = Callable[..., Any]
Stub = Callable[[Call], Function]

NOISE = 1e-3


def filled(number: Callable[[tuple[int, ...]], Any]) -> Stub:
    """Returns the stub whose every answer is `number` of its shape, spread out over it."""

    def stub(call: Call) -> Function:
        return lambda *args: _of_shape(call, args, lambda shape: np.broadcast_to(number(shape), shape).copy())

    return stub


def echo(which: int) -> Stub:
    """Returns the stub whose every answer is one of the arguments, cut or repeated to its shape."""

    def stub(call: Call) -> Function:
        def answer(*args: Any) -> Any:
            numbers = [a for a in args if not callable(a)]
            return _of_shape(call, args, lambda shape: np.resize(np.asarray(numbers[which], dtype=float), shape))

        return answer

    return stub


def of_other_sizes(call: Call) -> Function:
    """Returns a function whose every answer is that to smaller arguments, cut or repeated to its shape."""

    def answer(*args: Any) -> Any:
        smaller = [_smaller(call, name, a) for name, a in zip(call.parameters, args, strict=True)]
        return _resized(call, args, _answered(call, smaller))

    return answer


def the_first_for_ever(call: Call) -> Function:
    """Returns a function whose every answer is the first that it gave, cut or repeated to its shape."""
    first: list[Any] = []

    def answer(*args: Any) -> Any:
        if not first:
            first.append(_answered(call, args))
        return _resized(call, args, first[0])

    return answer


STUBS: dict[str, Stub] = {
    "zeros": filled(lambda _: 0.0),
    "ones": filled(lambda _: 1.0),
    "halves": filled(lambda _: 0.5),
    "equal shares": filled(lambda shape: 1 / max(1, shape[0] if shape else 1)),
    "unit matrix": filled(lambda shape: np.eye(*shape) if len(shape) == 2 else 1.0),
    "noise": filled(lambda shape: NOISE * np.random.default_rng(0).standard_normal(shape)),
    "first argument": echo(0),
    "last argument": echo(-1),
    "answer for other sizes": of_other_sizes,
    "first answer for ever": the_first_for_ever,
}
"""Each by its name."""


def stubbed(stub: str, *calls: str) -> SimpleNamespace:
    """Returns an implementation whose `calls` compute nothing, and whose others are right."""
    right = {name: getattr(reference, name) for name in CALLS}
    return SimpleNamespace(**right | {name: STUBS[stub](CALLS[name]) for name in calls})


def _of_shape(call: Call, args: tuple[Any, ...], make: Callable[[tuple[int, ...]], Any]) -> Any:
    shapes = call.shape_of(*args)
    return tuple(map(make, shapes)) if isinstance(shapes, list) else make(shapes)


def _resized(call: Call, args: tuple[Any, ...], found: Any) -> Any:
    parts = iter(found if isinstance(found, tuple) else [found] * len(CALLS))
    return _of_shape(call, args, lambda shape: np.resize(np.asarray(next(parts), dtype=float), shape))


def _answered(call: Call, args: Sequence[Any]) -> Any:
    """Returns the right answer, or 0 where there is none."""
    try:
        return getattr(reference, call.name)(*args)
    except (ValueError, ZeroDivisionError):
        return 0.0


def _smaller(call: Call, name: str, argument: Any) -> Any:
    """Returns an argument without the last entry along each axis, where one is left; a point stays in its space."""
    if name in call.sizes:
        return max(1, argument // 2)
    if not isinstance(argument, np.ndarray) or any(map(str.isdigit, call.shapes[name])):
        return argument
    smaller: Array = argument[tuple(slice(0, max(1, size - 1)) for size in argument.shape)]
    return smaller
