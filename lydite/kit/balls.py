"""Ball arithmetic: numbers that carry a rigorous bound on their own error (Arb, through python-flint)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from operator import add
from typing import Any

import numpy as np
from flint import arb, arb_mat, arb_series, ctx
from numpy.typing import ArrayLike, NDArray

from lydite.kit.answers import exact_sum

Balls = Sequence[arb]
Series = Sequence[arb_series]
Model = Callable[[Sequence[Any]], Any]
"""A scalar function of a vector, written once for balls and for power series."""

Numbers = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Midpoints and radii."""

BITS = 128
MOST_BITS = 1 << 15
SHARE = 1 / 16
"""A truth may use up this much of a tolerance."""
ROUGHLY = 2.0**-20
SMALLEST = 2.0**-1074
"""The smallest number above zero: no size below it matters."""


class Truth:
    """Certified numbers of one shape: `evaluate` returns their balls, at whatever precision is in force.

    The balls are evaluated at 128 bits on first use, and again with twice the bits whenever they are too wide for
    the accuracy required. A width alone proves nothing: at a logit gap of 700, 128 bits answer -3e-36 for 9.9e-305.
    """

    def __init__(self, evaluate: Callable[[], Iterable[arb]], shape: tuple[int, ...] = ()) -> None:
        self._evaluate = evaluate
        self._shape = shape
        self._bits = 0
        self._numbers: Numbers | None = None

    def within(self, atol: ArrayLike) -> NDArray[np.float64]:
        """Returns the numbers, each off by no more than a sixteenth of `atol` and its own rounding to float64.

        Raises ArithmeticError where 32768 bits do not decide.
        """
        return self._until(lambda _: SHARE * np.asarray(atol))

    def roughly(self) -> NDArray[np.float64]:
        """Returns the numbers to six digits, however small: for the sizes in an error bound, never for a verdict."""
        return self._until(lambda values: np.maximum(ROUGHLY * np.abs(values), SMALLEST))

    def nearest(self) -> Numbers:
        """Returns the numbers rounded to float64, and by how much each may be off: an ulp, and a sixteenth of one."""
        values = self._until(lambda v: np.maximum(SHARE * np.spacing(np.abs(v)), SMALLEST))
        return values, np.spacing(np.abs(values)) + self.evaluated(self._bits)[1]

    def shown(self) -> NDArray[np.float64]:
        """Returns the numbers as a reader is shown them: rounded to float64, and 0 where nothing tells them from it."""
        values, radii = self.nearest()[0], self.evaluated(self._bits)[1]
        return np.where(np.abs(values) <= radii, 0.0, values)

    def _until(self, allowed: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> NDArray[np.float64]:
        bits = BITS
        while True:
            values, radii = self.evaluated(bits)
            enough = allowed(values)
            # No precision meets a tolerance that is NaN: whoever compares under it has to say so.
            if (radii <= enough).all() or np.isnan(enough).any():
                return values
            bits *= 2
            if bits > MOST_BITS:
                raise ArithmeticError(f"{MOST_BITS} bits leave a radius of {radii.max()}")

    def evaluated(self, bits: int) -> Numbers:
        """Returns the numbers and their radii at `bits` or more, evaluated once."""
        if self._numbers is None or self._bits < bits:
            self._numbers, self._bits = self._at(bits), bits
        return self._numbers

    def __getitem__(self, at: Any) -> Truth:
        """Returns the entries at an index, as of an array of this shape; evaluated with all the others, once."""
        return _Entries(self, at)

    def _at(self, bits: int) -> Numbers:
        with ctx.workprec(bits):
            balls = list(self._evaluate())
        values = np.array([float(b.mid()) for b in balls]).reshape(self._shape)
        radii = np.array([float(b.rad()) for b in balls]).reshape(self._shape)
        values.flags.writeable = radii.flags.writeable = False
        return values, radii


class _Entries(Truth):
    """Some of the numbers of another truth."""

    def __init__(self, whole: Truth, at: Any) -> None:
        super().__init__(tuple)
        self._whole = whole
        self._index = at

    def _at(self, bits: int) -> Numbers:
        values, radii = self._whole.evaluated(bits)
        return values[self._index], radii[self._index]


class Stacked(Truth):
    """Truths of one shape, one after the other along a new first axis."""

    def __init__(self, parts: Sequence[Truth]) -> None:
        super().__init__(tuple)
        self._parts = parts

    def _at(self, bits: int) -> Numbers:
        values, radii = zip(*(part.evaluated(bits) for part in self._parts), strict=True)
        return np.stack(values), np.stack(radii)


class Summed(Stacked):
    """The sum of truths of one shape, `times` over; each is rounded to float64 before."""

    def __init__(self, parts: Sequence[Truth], times: int = 1) -> None:
        super().__init__(parts)
        self._times = times

    def _at(self, bits: int) -> Numbers:
        values, radii = super()._at(bits)
        return self._times * exact_sum(values), self._times * radii.sum(axis=0)


def balls(numbers: ArrayLike) -> list[arb]:
    """Returns the entries of `numbers`, in C order, as exact balls; integers and booleans too."""
    return [arb(x) for x in np.asarray(numbers, dtype=float).ravel().tolist()]


def matrix(numbers: ArrayLike) -> arb_mat:
    """Returns a matrix of exact balls; a vector becomes a column."""
    a = np.asarray(numbers, dtype=float)
    rows, columns = a.shape if a.ndim == 2 else (a.size, 1)
    return arb_mat(rows, columns, balls(a))


def total(terms: Iterable[Any]) -> Any:
    """Returns the sum of at least one ball or series."""
    return reduce(add, terms)


def dot(a: Sequence[Any], b: Sequence[Any]) -> Any:
    """`sum_i a_i b_i` for balls, series or floats in any mixture that holds at least one ball or series a term."""
    return total(x * y for x, y in zip(a, b, strict=True))


def line(x: ArrayLike, v: ArrayLike) -> list[arb_series]:
    """Returns the power series `x_i + t v_i`."""
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
    """Returns the first derivatives of `model` at `x`, a coordinate at a time."""
    return [taylor(model, x, e, 1)[1] for e in np.eye(np.size(x))]


def hessian(model: Model, x: ArrayLike) -> list[arb]:
    """Returns the second derivatives of `model` at `x`, row by row; mixed ones by polarisation.

    `2 H[i, j] = D(e_i + e_j) - D(e_i) - D(e_j)`, `D(v)` the second derivative along `v`.
    """
    axes = np.eye(np.size(x))
    along = [taylor(model, x, e, 2)[2] for e in axes]
    return [
        along[i] if i == j else (taylor(model, x, axes[i] + axes[j], 2)[2] - along[i] - along[j]) / 2
        for i in range(len(axes))
        for j in range(len(axes))
    ]
