"""Exact algebra: polynomials and rational functions in symbols, their derivatives, and power series over balls."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flint import Ordering, arb, arb_series, ctx, fmpq, fmpq_mpoly, fmpq_mpoly_ctx

from lydite.kit.balls import total

Matrix = Sequence[Sequence[Any]]


def Q(p: int, q: int = 1) -> fmpq:
    """`p / q`, exactly."""
    return fmpq(p, q)


@dataclass(frozen=True, slots=True)
class Log:
    """The logarithm of a rational, kept exactly: a logit or margin whose exponential is rational."""

    of: fmpq


Number = int | fmpq | Log


def ball(x: Number) -> arb:
    """`x` at the precision in force."""
    return arb(x.of).log() if isinstance(x, Log) else arb(x)


def balls(x: Sequence[Number]) -> list[arb]:
    """Returns each entry as a ball."""
    return [ball(xi) for xi in x]


# -- Matrices --


def transposed(a: Matrix) -> list[list[Any]]:
    """Returns columns for rows."""
    return [list(column) for column in zip(*a, strict=True)]


def outer(a: Sequence[Any], b: Sequence[Any]) -> list[list[Any]]:
    """`a b'`."""
    return [[ai * bj for bj in b] for ai in a]


def identity(n: int) -> list[list[int]]:
    """Returns ones on the diagonal."""
    return [[int(i == j) for j in range(n)] for i in range(n)]


def dot(a: Sequence[Any], b: Sequence[Any]) -> Any:
    """`sum_i a_i b_i`, 0 for no terms."""
    return sum((x * y for x, y in zip(a, b, strict=True)), start=0)


def times(a: Matrix, v: Sequence[Any]) -> list[Any]:
    """Returns the product `A v`."""
    return [dot(row, v) for row in a]


# -- Symbols: an identity between them is a proof --


def symbols(**counts: int) -> list[list[fmpq_mpoly]]:
    """Returns as many symbols of each name as are requested; all in one ring, so that they can be in one polynomial."""
    names = [f"{name}{i}" for name, n in counts.items() for i in range(n)]
    generators = iter(fmpq_mpoly_ctx.get(names, Ordering.lex).gens())
    return [[next(generators) for _ in range(n)] for n in counts.values()]


def derivative(f: fmpq_mpoly, symbol: fmpq_mpoly) -> fmpq_mpoly:
    """`df / dsymbol`."""
    return f.derivative(str(symbol))


@dataclass(frozen=True, eq=False, slots=True)
class Ratio:
    """A rational function in lowest terms: equal to another where the cross products are equal polynomials."""

    top: Any
    bottom: Any = 1

    def __post_init__(self) -> None:
        if isinstance(self.top, fmpq_mpoly) and isinstance(self.bottom, fmpq_mpoly):
            common = self.top.gcd(self.bottom)
            object.__setattr__(self, "top", self.top / common)
            object.__setattr__(self, "bottom", self.bottom / common)

    def __add__(self, other: Any) -> Ratio:
        b = ratio(other)
        return Ratio(self.top * b.bottom + b.top * self.bottom, self.bottom * b.bottom)

    def __mul__(self, other: Any) -> Ratio:
        b = ratio(other)
        return Ratio(self.top * b.top, self.bottom * b.bottom)

    def __truediv__(self, other: Any) -> Ratio:
        b = ratio(other)
        return Ratio(self.top * b.bottom, self.bottom * b.top)

    def __rtruediv__(self, other: Any) -> Ratio:
        return ratio(other) / self

    def __neg__(self) -> Ratio:
        return Ratio(-self.top, self.bottom)

    def __sub__(self, other: Any) -> Ratio:
        return self + -ratio(other)

    def __rsub__(self, other: Any) -> Ratio:
        return ratio(other) + -self

    __radd__ = __add__
    __rmul__ = __mul__

    def __eq__(self, other: object) -> bool:
        b = ratio(other)
        return bool(self.top * b.bottom == b.top * self.bottom)

    __hash__ = None  # type: ignore[assignment]  # one function has many representations


def ratio(f: Any) -> Ratio:
    """`f` over 1, where it is not a ratio yet."""
    return f if isinstance(f, Ratio) else Ratio(f)


Derivation = Mapping[str, Any]
"""The derivative of each symbol that moves: `{"e1": e1}` differentiates by `z1` where `e1` stands for `exp(z1)`."""


def derive(f: Any, d: Derivation) -> Any:
    """Returns the derivative of a polynomial or a rational function, by the chain rule and the quotient rule."""
    if isinstance(f, Ratio):
        top, bottom = derive(f.top, d), derive(f.bottom, d)
        return Ratio(top * f.bottom - f.top * bottom, f.bottom * f.bottom)
    if not isinstance(f, fmpq_mpoly):
        return 0
    moving = set(map(str, f.context().gens())) & set(d)
    return total([f - f, *(f.derivative(name) * d[name] for name in moving)])


# -- Power series over balls --


def taylor(f: Callable[[Sequence[Any]], Any], x: Sequence[arb], v: Sequence[Any], order: int) -> list[arb]:
    """`f(x + t v)` and its first `order` derivatives by `t` at `t = 0`, for balls `x`."""
    cap, ctx.cap = ctx.cap, order + 1
    try:
        series = f([arb_series([xi, vi]) for xi, vi in zip(x, v, strict=True)])
        return [series[k] * arb.fac_ui(k) for k in range(order + 1)]
    finally:
        ctx.cap = cap


def gradient(f: Callable[[Sequence[Any]], Any], x: Sequence[arb]) -> list[arb]:
    """Returns the first derivatives of `f` at `x`."""
    return [taylor(f, x, e, 1)[1] for e in identity(len(x))]


def hessian(f: Callable[[Sequence[Any]], Any], x: Sequence[arb]) -> list[list[arb]]:
    """Returns the second derivatives of `f` at `x`, mixed ones by polarisation."""
    axes = identity(len(x))
    along = [taylor(f, x, e, 2)[2] for e in axes]

    def entry(i: int, j: int) -> arb:
        both = [a + b for a, b in zip(axes[i], axes[j], strict=True)]
        return along[i] if i == j else (taylor(f, x, both, 2)[2] - along[i] - along[j]) / 2

    return [[entry(i, j) for j in range(len(x))] for i in range(len(x))]
