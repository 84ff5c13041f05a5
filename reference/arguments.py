"""Refuses bad arguments: turns them into arrays and numbers, or raises ValueError and names the one at fault."""

from __future__ import annotations

import math
import operator
from functools import cache
from typing import Any

import numpy as np

from lydite.kit import Array, Floats


def reals(signature: str, /, **arguments: Any) -> list[Any]:
    """The arguments as arrays of finite floats, of shapes such as `(n,d),(d),()`; `()` gives a Python float.

    A letter stands for the same size throughout, at least one; `(...)` for any shape without a size of zero.
    """
    sizes = {"3": 3}  # the only size that a signature states as a number
    values: list[Any] = []
    for (name, value), letters in zip(arguments.items(), _shapes(signature), strict=True):
        if type(value) is float and not letters and math.isfinite(value):  # the usual scalar, for speed
            values.append(value)
            continue
        x = _finite(name, value)
        if not _fits(x.shape, letters, sizes):
            raise ValueError(f"{name} has shape {x.shape}, but {', '.join(arguments)} must have shapes {signature}")
        values.append(x if letters else float(x))
    return values


def integers(**arguments: int) -> list[int]:
    """The arguments as Python integers."""
    values = []
    for name, value in arguments.items():
        try:
            values.append(operator.index(value))
        except TypeError:
            raise ValueError(f"{name} must be an integer, not {value!r}") from None
    return values


def within(low: float, high: float, /, **arguments: float | Floats) -> None:
    """Refuses numbers, and arrays with an entry, below `low` or above `high`."""
    for name, x in arguments.items():
        least, most = (x.min(), x.max()) if isinstance(x, np.ndarray) else (x, x)
        if least < low or most > high:
            raise ValueError(f"{name} must lie within [{low}, {high}]")


def zeros_and_ones(**arguments: Floats) -> None:
    """Refuses arrays with any other entry."""
    for name, x in arguments.items():
        if (x * x != x).any():
            raise ValueError(f"{name} must hold zeros and ones")


def distribution(**arguments: Floats) -> None:
    """Refuses arrays that are not probabilities with sum one, up to a rounding of each entry and of each addition."""
    within(0, 1, **arguments)
    for name, x in arguments.items():
        if abs(x.sum() - 1) > x.size * np.finfo(x.dtype).eps:
            raise ValueError(f"{name} must sum to one")


def scaled(x: Floats, axis: int | None = None) -> tuple[Floats, Any]:
    """`x` over a power of two that is just above its size, along `axis`, and the exponent of that power.

    Products and sums of such numbers neither overflow nor underflow; `numpy.ldexp` puts the exponents back.
    """
    exponent = np.frexp(abs(x).max(axis=axis))[1]
    return np.ldexp(x, -exponent), exponent


def product(A: Floats, x: Floats) -> Floats:
    """`A @ x`, infinite only where that is not a float."""
    if ordinary(A, x):
        return A @ x
    (A, a), (x, b) = scaled(A), scaled(x)
    due: Floats = np.ldexp(A @ x, a + b)
    return due


def ordinary(*arrays: Floats) -> bool:
    """Whether all are of a size at which a product of up to three of them needs no scaling in either precision."""
    return all(1e-12 < float(np.vdot(x, x)) < 1e12 for x in arrays)


@cache
def _shapes(signature: str) -> list[list[str]]:
    return [[letter for letter in shape.split(",") if letter] for shape in signature[1:-1].split("),(")]


def _finite(name: str, value: Any) -> Array:
    x = np.asarray(value)
    if x.dtype.kind in "biu":
        return x.astype(np.float64)
    if x.dtype.kind != "f":
        raise ValueError(f"{name} must hold real numbers, not {x.dtype}")
    # The sum of squares is the cheaper test, and fails finite entries only where a square overflows.
    if not (math.isfinite(np.vdot(x, x)) or np.isfinite(x).all()):
        raise ValueError(f"{name} must be finite")
    return x


def _fits(shape: tuple[int, ...], letters: list[str], sizes: dict[str, int]) -> bool:
    if letters == ["..."]:
        return 0 not in shape
    if len(shape) != len(letters):
        return False
    return all(n > 0 and n == sizes.setdefault(letter, n) for n, letter in zip(shape, letters, strict=True))
