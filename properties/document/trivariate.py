"""Question 4: the Hessian of a function of `(u, v, z)` as the Jacobian of its gradient, on exact polynomials."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import Any, Protocol

from flint import arb, fmpq_mpoly
from hypothesis import strategies as st

from lydite.kit import judge
from lydite.kit.algebra import Q, derivative, symbols, transposed
from lydite.kit.draws import rationals, vector
from lydite.kit.relations import Refuted, at_most, equal

[VARIABLES] = symbols(t=3)
U, V, Z = VARIABLES
ORDER = (0, 1, 2)
REVERSED = (2, 1, 0)
AXES = range(3)


class Field(Protocol):
    """A scalar function at a point."""

    def second(self, first: int, then: int) -> Any:
        """The derivative by variable `then` of the derivative by variable `first`. Raises Refuted if there is none."""


class Polynomial:
    """A polynomial `f` at a point."""

    def __init__(self, f: fmpq_mpoly, point: Sequence[Any] = (1, 0, 0)) -> None:
        self.f, self.point = f, point

    def __repr__(self) -> str:
        return f"{self.f} at {tuple(map(str, self.point))}"

    def first(self, axis: int) -> Any:
        """The derivative by a variable."""
        return derivative(self.f, VARIABLES[axis])(*self.point)

    def second(self, first: int, then: int) -> Any:
        """As of any function."""
        return derivative(derivative(self.f, VARIABLES[first]), VARIABLES[then])(*self.point)


class Peano:
    """`uv (u^2 - v^2) / (u^2 + v^2)`, 0 where `u = v = 0`, at the origin.

    By `u` it has the derivative `-v` on the line `u = 0`, as the quotient by `u` shows; by `v` it has `u` on `v = 0`.
    """

    def second(self, first: int, then: int) -> Any:
        """As of any function: the slope, along `then`, of the derivative by `first`."""
        if {first, then} != {0, 1}:
            return Q(0)
        slopes = {self._first(first, h) / h for h in (Q(1), Q(1, 2), Q(-3))}
        if len(slopes) != 1:
            raise Refuted("the derivative has a slope is false")
        return slopes.pop()

    def _first(self, axis: int, other: Any) -> Any:
        """The derivative by `u` at `(0, other)`, or by `v` at `(other, 0)`: the quotient where it is continuous."""
        u, v = (Q(0), other) if axis == 0 else (other, Q(0))
        return (v if axis == 0 else u) * (u * u - v * v) / (u * u + v * v)


class Rippled:
    """A polynomial plus `r^4 sin(1/r)`, for `r^2 = u^2 + v^2`, at the origin.

    Its gradient is differentiable there, and its second derivatives have no limit.
    """

    def __init__(self, f: fmpq_mpoly) -> None:
        self.smooth = Polynomial(f, (0, 0, 0))

    def second(self, first: int, then: int) -> Any:
        """That of the polynomial: the ripple has the gradient `(4 r^2 sin(1/r) - r cos(1/r)) (u, v)`, at most `5 r^2`.

        So its quotients by `h` are at most `5 h`, and tend to 0.
        """
        for h in (Q(1, 10), Q(1, 1000)):
            at_most(abs(self._slope(first, then, h) / h), 5 * h)
        return self.smooth.second(first, then)

    def _slope(self, first: int, then: int, h: Any) -> Any:
        """The derivative of the ripple by variable `first`, at `h` along variable `then`."""
        if first != then or first == 2:
            return arb(0)
        return (4 * h * h * arb(1 / h).sin() - h * arb(1 / h).cos()) * h


def jacobian(y: Field, rows: Sequence[int] = ORDER, columns: Sequence[int] = ORDER) -> list[list[Any]]:
    """Of the gradient: row by component, column by variable."""
    return [[y.second(first=a, then=b) for b in columns] for a in rows]


def hessian(y: Field) -> list[list[Any]]:
    """Row `a`, column `b`: the derivative by the `b`-th variable of that by the `a`-th."""
    return jacobian(y)


TERMS = list(product(range(3), repeat=3))
POLYNOMIALS = st.builds(
    lambda coefficients, point: Polynomial(
        sum((c * U**i * V**j * Z**k for (i, j, k), c in zip(TERMS, coefficients, strict=True)), start=0 * U), point
    ),
    st.lists(st.integers(-3, 3), min_size=len(TERMS), max_size=len(TERMS)),
    vector(3, rationals(2, 2)),
)
SQUARE = Polynomial(U * U)
DISTINCT = Polynomial(U * U / 2 + 2 * U * V + 3 * U * Z + 2 * V * V + 5 * V * Z + 3 * Z * Z)
"""All six second derivatives differ: 1, 2, 3, 4, 5, 6."""
RIPPLED = Rippled(DISTINCT.f)


@judge(
    "Q4.1",
    form=lambda j: j,
    wrong={
        "rows in reverse": lambda j: j[::-1],
        "the diagonal alone": lambda j: [[j[a][b] * int(a == b) for b in AXES] for a in AXES],
    },
    cases=st.tuples(POLYNOMIALS, st.booleans()),
    edges=[(y, opposite) for y in (SQUARE, DISTINCT, RIPPLED) for opposite in (False, True)],
    without={1: (Peano(), True)},
)
def hessian_is_the_jacobian_of_the_gradient(form: Callable[..., Any], y: Field, opposite: bool) -> None:
    """`H = J(grad y)`, for a differentiable gradient in either layout.

    In the opposite layout `J` is transposed, and the same; not so that of `Peano`.
    """
    j = jacobian(y)
    equal(form(transposed(j) if opposite else j), hessian(y))


@judge(
    "Q4.2",
    form=ORDER,
    printed=REVERSED,
    witnesses=[(SQUARE,)],
    cases=st.tuples(POLYNOMIALS),
)
def gradient_is_listed_in_the_order_of_the_variables(order: Sequence[int], y: Polynomial) -> None:
    """`grad y = (dy/du, dy/dv, dy/dz)`; printed in reverse, which reverses the rows of the Jacobian."""
    equal([y.first(a) for a in order], [y.first(a) for a in ORDER])
    equal(jacobian(y, order), hessian(y))


@judge(
    "Q4.3",
    form=lambda y: y.second(0, 0),
    printed=lambda y: derivative(derivative(U, U), U)(1, 0, 0),  # noqa: ARG005  (dy/dy = 1)
    witnesses=[(SQUARE,)],
    cases=st.tuples(POLYNOMIALS),
    wrong={"by the last variable": lambda y: y.second(2, 2)},
)
def first_entry_differentiates_by_u(form: Callable[..., Any], y: Field) -> None:
    """The entry in the first row and column is `d2y/du2`; printed `d2y/dy2`, and `y` by `y` is 1 and then 0."""
    equal(form(y), hessian(y)[0][0])


@judge(
    "Q4.4",
    form=lambda y, a, b: y.second(first=b, then=a),
    wrong={
        "by one variable twice": lambda y, a, b: y.second(first=a, then=a),  # noqa: ARG005
        "the sign changed": lambda y, a, b: -y.second(first=b, then=a),
    },
    cases=st.tuples(POLYNOMIALS),
    edges=[(DISTINCT,), (RIPPLED,)],
    without={1: (Peano(),)},
)
def order_of_differentiation_does_not_matter(form: Callable[..., Any], y: Field) -> None:
    """`d/da (dy/db)`, as printed, is the Jacobian's `d/db (dy/da)`: term by term `u^i v^j` gives `ij u^i-1 v^j-1`."""
    j = jacobian(y)
    for a, b in product(AXES, repeat=2):
        if (a, b) != (0, 0):
            equal(form(y, a, b), j[a][b])


@judge(
    "Q4.5",
    form=lambda A: [[(A[a][b] + A[b][a]) / Q(2) for b in AXES] for a in AXES],
    wrong={
        "the matrix itself": lambda A: A,
        "the sum unhalved": lambda A: [[A[a][b] + A[b][a] for b in AXES] for a in AXES],
    },
    cases=st.tuples(st.lists(vector(3), min_size=3, max_size=3).map(tuple), vector(3)),
    edges=[(((1, 2, 3), (4, 5, 6), (7, 8, 10)), (0, 0, 0))],
)
def hessian_of_a_quadratic_form(form: Callable[..., Any], A: Sequence[Any], b: Sequence[Any]) -> None:
    """Of `1/2 x'Ax + b'x` it is `(A + A')/2`, exactly, whether `A` is symmetric or not."""
    y = sum(
        (A[i][j] * VARIABLES[i] * VARIABLES[j] / 2 for i, j in product(AXES, repeat=2)),
        start=sum((bi * x for bi, x in zip(b, VARIABLES, strict=True)), start=0 * U),
    )
    equal(hessian(Polynomial(y)), form(A))


@judge(
    "Q4.6",
    form=lambda h: h,
    wrong={
        "columns in reverse": lambda h: [row[::-1] for row in h],
        "doubled": lambda h: [[2 * x for x in row] for row in h],
    },
    cases=st.tuples(POLYNOMIALS),
    edges=[(DISTINCT,), (RIPPLED,)],
    without={1: (Peano(),)},
)
def two_matrices_coincide(form: Callable[..., Any], y: Field) -> None:
    """The Jacobian of a differentiable gradient, and the matrix of `d/da (d psi/db)` as printed, are one."""
    printed = [[y.second(first=b, then=a) for b in AXES] for a in AXES]
    equal(jacobian(y), form(printed))


@judge(
    "Q4.7",
    form=transposed,
    wrong={
        "its negative": lambda h: [[-x for x in row] for row in transposed(h)],
        "turned about the other diagonal": lambda h: [row[::-1] for row in transposed(h)][::-1],
    },
    cases=st.tuples(POLYNOMIALS),
    edges=[(DISTINCT,), (SQUARE,), (RIPPLED,)],
    without={1: (Peano(),)},
)
def hessian_is_symmetric(form: Callable[..., Any], y: Field) -> None:
    """`H = H'`, where the gradient is differentiable, if not continuously: for `Peano` it is not, with +1 and -1."""
    equal(hessian(y), form(hessian(y)))


# -- Differences of a function that is given --


def _powered(x: Any, y: Any, a: Sequence[Any]) -> Any:
    """`(a_0 + a_1 x + a_2 y)^4 + a_0 x^3`."""
    ridge = a[0] + a[1] * x + a[2] * y
    return ridge**4 + a[0] * x**3


@judge(
    "X.15",
    form=lambda h, third: h * h / 6 * third,
    wrong={"half of the square": lambda h, third: h * h / 2 * third, "the step alone": lambda h, third: h / 6 * third},
    cases=st.tuples(rationals(), vector(3), st.integers(1, 8).map(lambda k: Q(k, 8))),
    edges=[(Q(1), (Q(1), Q(1), Q(0)), Q(1, 10))],
)
def central_difference_is_off_by_a_third_derivative(form: Callable[..., Any], x: Any, a: Sequence[Any], h: Any) -> None:
    """Of a cubic `c(x)`, whose third derivative is `6 a_1`: `(c(x + h) - c(x - h)) / 2h - c'(x) = h^2 / 6 c_xxx`."""

    def cubic(t: Any) -> Any:
        return a[0] * t + a[2] * t * t + a[1] * t**3

    slope = a[0] + 2 * a[2] * x + 3 * a[1] * x * x
    equal((cubic(x + h) - cubic(x - h)) / (2 * h) - slope, form(h, 6 * a[1]))


@judge(
    "X.16",
    form=lambda h, fourth: h * h / 6 * fourth,
    wrong={"a twelfth": lambda h, fourth: h * h / 12 * fourth, "nothing": lambda h, fourth: 0 * h * fourth},
    cases=st.tuples(vector(2), vector(3), st.integers(1, 8).map(lambda k: Q(k, 8))),
    edges=[((Q(0), Q(0)), (Q(0), Q(1), Q(1)), Q(1, 10))],
)
def mixed_difference_is_off_by_fourth_derivatives(
    form: Callable[..., Any], x: Sequence[Any], a: Sequence[Any], h: Any
) -> None:
    """Of a quartic the mixed difference is `f_uv + h^2 / 6 (f_uuuv + f_uvvv)`, and there is nothing beyond."""
    u, v = x
    signs = [(s, t) for s in (1, -1) for t in (1, -1)]
    mixed = sum((s * t * _powered(u + s * h, v + t * h, a) for s, t in signs), start=Q(0)) / (4 * h * h)
    ridge, (_, p, q) = a[0] + a[1] * u + a[2] * v, a
    equal(mixed - 12 * ridge * ridge * p * q, form(h, 24 * p * q * (p * p + q * q)))
