"""Ball arithmetic: numbers that carry a rigorous bound on their own error (Arb, through python-flint)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from operator import add
from typing import Any

import numpy as np
from flint import arb, arb_mat, arb_series, ctx
from numpy.typing import ArrayLike, NDArray

Balls = Sequence[arb]
Series = Sequence[arb_series]
Model = Callable[[Sequence[Any]], Any]
"""A scalar function of a vector, written once for balls and for power series."""

BITS = 128
MOST_BITS = 1 << 15
SHARE = 1 / 16
"""A truth may use up this much of a tolerance."""


class Truth:
    """Certified numbers of one shape: `evaluate` returns their balls, at whatever precision is in force.

    The balls are evaluated at 128 bits on first use, and again with twice the bits whenever they are too wide for
    the accuracy asked for. A width alone proves nothing: at a logit gap of 700, 128 bits answer -3e-36 for 9.9e-305.
    """

    def __init__(self, evaluate: Callable[[], Iterable[arb]], shape: tuple[int, ...] = ()) -> None:
        self._evaluate = evaluate
        self._shape = shape
        self._bits = BITS
        self._values: NDArray[np.float64] | None = None
        self._radii: NDArray[np.float64] | None = None

    def within(self, atol: ArrayLike) -> NDArray[np.float64]:
        """The numbers, each off by no more than a sixteenth of `atol` and its own rounding to float64.

        Raises ArithmeticError where 32768 bits do not decide.
        """
        if self._radii is None or self._values is None:
            self._values, self._radii = self._at(self._bits)
        while not (self._radii <= SHARE * np.asarray(atol)).all():
            if not self._radii.any():
                return self._values
            self._bits *= 2
            if self._bits > MOST_BITS:
                raise ArithmeticError(f"{MOST_BITS} bits leave a radius of {self._radii.max()}")
            self._values, self._radii = self._at(self._bits)
        return self._values

    def roughly(self) -> NDArray[np.float64]:
        """The numbers as far as 128 bits give them: for sizes in an error bound, never for a verdict."""
        if self._values is None:
            self._values, self._radii = self._at(self._bits)
        return self._values

    def __getitem__(self, at: Any) -> Truth:
        """The entries at an index, as of an array of this shape."""
        chosen = np.arange(math.prod(self._shape)).reshape(self._shape)[at]

        def evaluate() -> list[arb]:
            every = list(self._evaluate())
            return [every[i] for i in np.ravel(chosen).tolist()]

        return Truth(evaluate, np.shape(chosen))

    def _at(self, bits: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        with ctx.workprec(bits):
            balls = list(self._evaluate())
        values = np.array([float(b.mid()) for b in balls]).reshape(self._shape)
        radii = np.array([float(b.rad()) for b in balls]).reshape(self._shape)
        values.flags.writeable = radii.flags.writeable = False
        return values, radii


def balls(numbers: ArrayLike) -> list[arb]:
    """The entries of `numbers`, in C order, as exact balls; integers and booleans too."""
    return [arb(x) for x in np.asarray(numbers, dtype=float).ravel().tolist()]


def matrix(numbers: ArrayLike) -> arb_mat:
    """A matrix of exact balls; a vector becomes a column."""
    a = np.asarray(numbers, dtype=float)
    rows, columns = a.shape if a.ndim == 2 else (a.size, 1)
    return arb_mat(rows, columns, balls(a))


def total(terms: Iterable[Any]) -> Any:
    """The sum of at least one ball or series."""
    return reduce(add, terms)


def dot(a: Sequence[Any], b: Sequence[Any]) -> Any:
    """`sum_i a_i b_i` for balls, series or floats in any mixture that holds at least one ball or series a term."""
    return total(x * y for x, y in zip(a, b, strict=True))


def line(x: ArrayLike, v: ArrayLike) -> list[arb_series]:
    """The power series `x_i + t v_i`."""
    return [arb_series([a, b]) for a, b in zip(balls(x), balls(v), strict=True)]


def taylor(model: Model, x: ArrayLike, v: ArrayLike, order: int) -> list[arb]:
    """`model(x + t v)` and its first `order` derivatives by `t` at `t = 0`."""
    cap, ctx.cap = ctx.cap, order + 1
    try:
        series = model(line(x, v))
        derivatives, factorial = [], 1
        for k in range(order + 1):
            factorial *= max(k, 1)
            derivatives.append(series[k] * factorial)
        return derivatives
    finally:
        ctx.cap = cap


def gradient(model: Model, x: ArrayLike) -> list[arb]:
    """The first derivatives of `model` at `x`, a coordinate at a time."""
    return [taylor(model, x, e, 1)[1] for e in np.eye(np.size(x))]


def hessian(model: Model, x: ArrayLike) -> list[arb]:
    """The second derivatives of `model` at `x`, row by row; mixed ones by polarisation.

    `2 H[i, j] = D(e_i + e_j) - D(e_i) - D(e_j)`, `D(v)` the second derivative along `v`.
    """
    axes = np.eye(np.size(x))
    along = [taylor(model, x, e, 2)[2] for e in axes]
    return [
        along[i] if i == j else (taylor(model, x, axes[i] + axes[j], 2)[2] - along[i] - along[j]) / 2
        for i in range(len(axes))
        for j in range(len(axes))
    ]
