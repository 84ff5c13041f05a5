"""A polynomial in three variables, and its derivatives of first and second order."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property, reduce
from typing import Any, ClassVar

import numpy as np
from flint import arb
from numpy.typing import NDArray

from lydite.kit import Array, Case, Floats, Peculiar, Truth, balls

ORDERS = (0, 1, 2)
"""Of the derivatives by one variable."""

# -- The model, on floats, balls, rationals or power series --


def value(c: Any, point: Sequence[Any]) -> Any:
    """`sum_ijk c[i,j,k] u^i v^j z^k`, by Horner's rule in one variable after the other."""
    if not len(point):
        return c
    x, *others = point
    return reduce(lambda higher, part: higher * x + value(part, others), c[::-1], 0)


def expansion(c: NDArray[Any], point: Sequence[Any]) -> NDArray[Any]:
    """(3, 3, 3). The coefficients at `point` of the powers 0, 1, 2 of the distance from it, a variable an axis."""
    for x in reversed(point):
        c = np.moveaxis(c @ _about(x, c.shape[-1]), -1, 0)
    return c


def gradient(c: NDArray[Any], point: Sequence[Any]) -> list[Any]:
    """The derivatives by `u`, `v`, `z`."""
    return first_derivatives(expansion(c, point))


def hessian(c: NDArray[Any], point: Sequence[Any]) -> list[Any]:
    """The second derivatives, row by row."""
    return second_derivatives(expansion(c, point))


def first_derivatives(e: NDArray[Any]) -> list[Any]:
    """The gradient that an expansion implies."""
    return [e[1, 0, 0], e[0, 1, 0], e[0, 0, 1]]


def second_derivatives(e: NDArray[Any]) -> list[Any]:
    """The Hessian that an expansion implies, row by row; a square's coefficient is half of its derivative."""
    uv, uz, vz = e[1, 1, 0], e[1, 0, 1], e[0, 1, 1]
    return [2 * e[2, 0, 0], uv, uz, uv, 2 * e[0, 2, 0], vz, uz, vz, 2 * e[0, 0, 2]]


def partial(c: NDArray[Any], axis: int) -> NDArray[Any]:
    """The coefficients of the derivative by one variable: `i c[i]` moves to `i - 1`."""
    size = c.shape[axis]
    if size == 1:
        return 0 * c
    degrees = np.arange(1, size).reshape([-1 if a == axis else 1 for a in range(c.ndim)])
    coefficients: NDArray[Any] = degrees * np.delete(c, 0, axis)
    return coefficients


def _about(x: Any, size: int) -> NDArray[Any]:
    """(size, 3). What power `i` contributes to power `a` of the distance from `x`: `binomial(i, a) x^(i - a)`."""
    binomials, exponents = _pascal(size)
    powers = np.array([x**i for i in range(size)])
    weights: NDArray[Any] = binomials * powers[exponents]
    return weights


@cache
def _pascal(size: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    binomials = np.array([[math.comb(i, a) for a in ORDERS] for i in range(size)])
    exponents = np.array([[max(i - a, 0) for a in ORDERS] for i in range(size)])
    return binomials, exponents


# -- Functions of several variables --

KINDS = ("square", "cube", "exp", "sin", "cos", "softplus")
"""The functions of one variable that a field is made of."""
WRITTEN = {"square": "({})**2", "cube": "({})**3", "softplus": "log(1 + exp({}))"}


def of_one_variable(kind: str, t: Any) -> Any:
    """A function of `KINDS` at `t`: a float, or whatever has arithmetic and methods such as `exp`.

    It is computed as `WRITTEN` says, to the last bit: a counterexample shows the function so.
    """
    match kind:
        case "square":
            return t**2
        case "cube":
            return t**3
        case "softplus":
            return _function("log", 1 + _function("exp", t))
    return _function(kind, t)


def _function(name: str, t: Any) -> Any:
    return getattr(t, name)() if hasattr(t, name) else getattr(math, name)(t)


def derivatives(kind: str, t: arb) -> list[arb]:
    """The values of a function of `KINDS` and of its first four derivatives at `t`, which may be an interval."""
    match kind:
        case "square":
            return [t * t, 2 * t, arb(2), arb(0), arb(0)]
        case "cube":
            return [t * t * t, 3 * t * t, 6 * t, arb(6), arb(0)]
        case "exp":
            return [t.exp()] * 5
        case "softplus":
            p = 1 / (1 + (-t).exp())
            w = p * (1 - p)
            return [t.exp().log1p(), p, w, w * (1 - 2 * p), w * (1 - 6 * w)]
    sine, cosine = t.sin(), t.cos()
    cycle = [sine, cosine, -sine, -cosine]
    start = 0 if kind == "sin" else 1
    return [cycle[(start + k) % 4] for k in range(5)]


@dataclass(frozen=True, slots=True)
class Ridge:
    """`factor g(slopes.x + offset)`, `g` of `KINDS`."""

    factor: float
    kind: str
    slopes: tuple[float, ...]
    offset: float

    def inner(self, x: Any) -> Any:
        """`slopes.x + offset`."""
        return balls.dot(self.slopes, x) + self.offset

    @property
    def text(self) -> str:
        """As Python writes it."""
        terms = " + ".join(f"{a!r}*x[{i}]" for i, a in enumerate(self.slopes))
        return f"{self.factor!r}*{WRITTEN.get(self.kind, self.kind + '({})').format(f'{terms} + {self.offset!r}')}"


@dataclass(frozen=True, slots=True)
class Field:
    """A sum of ridges: a callable from an array of numbers to a number. NaN where it leaves the range of floats."""

    ridges: tuple[Ridge, ...]

    def __call__(self, x: Any) -> Any:
        """The value at `x`."""
        try:
            return balls.total(r.factor * of_one_variable(r.kind, r.inner(x)) for r in self.ridges)
        except OverflowError:
            return math.nan

    @property
    def text(self) -> str:
        """As Python writes it."""
        return " + ".join(r.text for r in self.ridges)

    def __str__(self) -> str:
        return f"f(x) = {self.text}"

    def gradient(self, x: Sequence[arb]) -> list[arb]:
        """The first derivatives."""
        weights = [r.factor * derivatives(r.kind, r.inner(x))[1] for r in self.ridges]
        return [balls.total(w * r.slopes[i] for w, r in zip(weights, self.ridges, strict=True)) for i in range(len(x))]

    def hessian(self, x: Sequence[arb]) -> list[arb]:
        """The second derivatives, row by row."""
        weights = [r.factor * derivatives(r.kind, r.inner(x))[2] for r in self.ridges]
        pairs = [(i, j) for i in range(len(x)) for j in range(len(x))]
        return [
            balls.total(w * r.slopes[i] * r.slopes[j] for w, r in zip(weights, self.ridges, strict=True))
            for i, j in pairs
        ]


# -- Cases --


@dataclass(frozen=True, eq=False, kw_only=True)
class Polynomial(Case):
    """Coefficients `c` (p, q, r), a point (3,), and a direction `v` (3,)."""

    c: Array
    point: Floats
    v: Floats

    discrete: ClassVar[frozenset[str]] = frozenset({"c"})
    peculiar: ClassVar[tuple[Peculiar, ...]] = (
        Peculiar("where the polynomial is constant", ("c",), lambda case: not case.c.flat[1:].any()),
        Peculiar("at the origin", ("point",), lambda case: not case.point.any()),
    )

    @cached_property
    def value(self) -> Truth:
        """Of the polynomial at the point."""
        return self._derivatives[0]

    @cached_property
    def gradient(self) -> Truth:
        """(3,)."""
        return self._derivatives[1:4]

    @cached_property
    def hessian(self) -> Truth:
        """(3, 3)."""
        return self._derivatives[np.arange(4, 13).reshape(3, 3)]

    @cached_property
    def partials(self) -> list[Floats]:
        """The coefficients of the derivatives by `u`, `v` and `z`, rounded to the precision of the point."""
        c = np.asarray(self.c, dtype=float)
        return [partial(c, axis).astype(self.dtype) for axis in range(3)]

    @property
    def direction(self) -> Floats:
        """`v`, no entry beyond 1 in size: for steps along it."""
        size = np.abs(self.v).max()
        return self.v / size if size > 1 else self.v

    def along(self, t: float) -> Floats:
        """`point + t direction`, in the precision of the point."""
        return (self.point + t * self.direction).astype(self.dtype)

    @cached_property
    def _derivatives(self) -> Truth:
        """(13,). The value, the gradient and the rows of the Hessian."""

        def evaluate() -> list[Any]:
            e = expansion(_exact(self.c), balls.balls(self.point))
            return [e[0, 0, 0], *first_derivatives(e), *second_derivatives(e)]

        return Truth(evaluate, (13,))


@dataclass(frozen=True, eq=False, kw_only=True)
class QuadraticForm(Case):
    """`x'Ax / 2 + b'x` for any `A` (3, 3) of few digits, symmetric or not, and `b` (3,); a point (3,)."""

    A: Floats
    b: Floats
    point: Floats

    @cached_property
    def c(self) -> Floats:
        """(3, 3, 3). The coefficients; those of `A` add up in pairs, exactly since they have few digits."""
        c = np.zeros((3, 3, 3), dtype=self.dtype)
        axes = np.eye(3, dtype=int)
        for i in range(3):
            c[tuple(axes[i])] = self.b[i]
            for j in range(3):
                c[tuple(axes[i] + axes[j])] += self.A[i, j] / 2
        c.flags.writeable = False
        return c

    @property
    def symmetric_part(self) -> Floats:
        """`(A + A') / 2`."""
        return (self.A + self.A.T) / 2


@dataclass(frozen=True, eq=False, kw_only=True)
class Substitution(Case):
    """A polynomial `f` with coefficients `c` in `y = Bx`, where `y_i = scales_i x[order_i]`; a point `x` (3,).

    The scales are powers of two with a sign, so that neither `Bx` nor the coefficients of `f(Bx)` are rounded.
    """

    c: Array
    point: Floats
    order: tuple[int, ...]
    scales: Floats

    @cached_property
    def B(self) -> Floats:
        """(3, 3)."""
        b = np.zeros((3, 3))
        b[[0, 1, 2], self.order] = self.scales
        return b

    @cached_property
    def image(self) -> Floats:
        """`Bx`."""
        y: Floats = self.scales * self.point[list(self.order)]
        y.flags.writeable = False
        return y

    @cached_property
    def composed(self) -> Floats:
        """The coefficients of `f(Bx)` by `x`."""
        c: Floats = self.c
        for axis, scale in enumerate(self.scales):
            powers = scale ** np.arange(c.shape[axis], dtype=self.dtype)
            c = c * powers.reshape([-1 if a == axis else 1 for a in range(3)])
        c = c.transpose(np.argsort(self.order))
        c.flags.writeable = False
        return c


@dataclass(frozen=True, eq=False, kw_only=True)
class Differentiated(Case):
    """A function of several variables, a point and a direction `v` (n,)."""

    field: Field
    point: Floats
    v: Floats

    peculiar: ClassVar[tuple[Peculiar, ...]] = (
        Peculiar("where n = 1", ("point",), lambda case: case.point.size == 1),
        Peculiar("at the origin", ("point",), lambda case: not case.point.any()),
    )

    @cached_property
    def gradient(self) -> Truth:
        """(n,)."""
        return Truth(lambda: self.field.gradient(balls.balls(self.point)), self.point.shape)

    @cached_property
    def hessian(self) -> Truth:
        """(n, n)."""
        return Truth(lambda: self.field.hessian(balls.balls(self.point)), self.point.shape * 2)

    @property
    def direction(self) -> Floats:
        """`v`, no entry beyond 1 in size: for steps along it."""
        return self.v / max(1.0, float(np.abs(self.v).max()))

    def along(self, t: float) -> Floats:
        """`point + t direction`, in double precision: the function is given, and has no precision of its own."""
        moved: Floats = self.point.astype(float) + t * self.direction
        return moved

    @cached_property
    def radius(self) -> float:
        """The distance along the direction at which the argument of some ridge has moved by 1."""
        speed = max(abs(float(np.dot(r.slopes, self.direction))) for r in self.field.ridges)
        return 1 / max(speed, 1 / 16)

    @cached_property
    def spread(self) -> float:
        """How far the function is from a polynomial of degree 6, at most, at complex distances up to `radius`.

        An exponential, a sine and a logarithm of `1 + exp` are of size at most `2 exp(|t| + 1)` within 1 of a real t.
        """
        x = self.point.astype(float).tolist()
        curved = [r for r in self.field.ridges if r.kind not in {"square", "cube"}]
        return math.fsum(2 * abs(r.factor) * math.exp(abs(float(r.inner(x))) + 1) for r in curved)


def _exact(c: Array) -> NDArray[Any]:
    """The coefficients as balls."""
    entries = np.empty(c.size, dtype=object)
    entries[:] = balls.balls(c)
    return entries.reshape(c.shape)
