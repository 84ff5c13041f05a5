"""Question 6: Newton's method on `f = g'`, its error, and whether it converges to what.

Around a root `r` a polynomial `a e + b e^2 + c e^3` in the error `e = x - r` is exact, and so is its intermediate
point: `r + 2e/3`, where `f''` is what the remainder of the expansion needs. Other functions are evaluated in balls.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flint import acb, arb, ctx, fmpq, fmpq_mat, fmpq_poly, fmpz_poly
from hypothesis import strategies as st

from lydite.kit import judge
from lydite.kit.algebra import Q, Ratio, ball, symbols
from lydite.kit.draws import positive, rationals, vectors
from lydite.kit.relations import Refuted, at_most, between, equal, less, true

STEPS = 8

# -- Functions with a root, and two derivatives --


class Function(ABC):
    """A function with a known root; `curvature` is None where there is no second derivative."""

    def root(self) -> Any:
        """`r`, at the precision in force."""
        return arb(0)

    @abstractmethod
    def value(self, x: Any) -> Any:
        """`f(x)`."""

    @abstractmethod
    def slope(self, x: Any) -> Any:
        """`f'(x)`."""

    def curvature(self, x: Any) -> Any:  # noqa: ARG002  (a function without one does not look)
        """`f''(x)`, or None."""
        return None

    def points(self, x: Any) -> Sequence[Any]:
        """Where `f''` may be what the remainder of the expansion at `x` needs: all its values, by one point each."""
        e = x - self.root()
        return [self.root() + 2 * e / 3]

    def constant(self, e: Any) -> arb:
        """`M = sup |f''| / (2 inf |f'|)` over `|x - r| <= |e|`, not finite where `f'` may vanish there."""
        around = arb(self.root()) + arb(0, arb(e).abs_upper())
        flattest = self.slope(around).abs_lower()
        return self.curvature(around).abs_upper() / (2 * flattest) if flattest > 0 else arb("inf")


@dataclass(frozen=True)
class Polynomial(Function):
    """`a e + b e^2 + c e^3` for `e = x - r`."""

    a: Any
    b: Any
    c: Any = 0
    r: Any = 0

    def root(self) -> Any:
        """`r`."""
        return self.r

    def value(self, x: Any) -> Any:
        """By Horner's rule."""
        e = x - self.r
        return e * (self.a + e * (self.b + e * self.c))

    def slope(self, x: Any) -> Any:
        """`a + 2be + 3ce^2`."""
        e = x - self.r
        return self.a + e * (2 * self.b + 3 * e * self.c)

    def curvature(self, x: Any) -> Any:
        """`2b + 6ce`."""
        return 2 * self.b + 6 * self.c * (x - self.r)

    def near(self, share: Any) -> Any:
        """A start with `M |e| < 1/5`, for a share between -1 and 1."""
        size = abs(self.a) + abs(self.b) + abs(self.c)
        return self.r + share * abs(self.a) / (8 * (size + 1))


class SquareMinusTwo(Function):
    """`x^2 - 2`."""

    def root(self) -> arb:
        """`sqrt 2`."""
        return arb(2).sqrt()

    def value(self, x: Any) -> Any:
        """`x^2 - 2`."""
        return x * x - 2

    def slope(self, x: Any) -> Any:
        """`2x`."""
        return 2 * x

    def curvature(self, x: Any) -> Any:
        """2."""
        return 2 + 0 * x


class Exponential(Function):
    """`e^x - 1`."""

    def value(self, x: Any) -> Any:
        """`e^x - 1`."""
        return arb(x).exp() - 1

    def slope(self, x: Any) -> Any:
        """`e^x`."""
        return arb(x).exp()

    def curvature(self, x: Any) -> Any:
        """`e^x`."""
        return arb(x).exp()

    def points(self, x: Any) -> Sequence[Any]:
        """The logarithm of what `f''` has to be."""
        return [(2 * (x * self.slope(x) - self.value(x)) / (x * x)).log()]


class Arctangent(Function):
    """`atan x`: flat far from its root."""

    def value(self, x: Any) -> Any:
        """`atan x`."""
        return arb(x).atan()

    def slope(self, x: Any) -> Any:
        """`1 / (1 + x^2)`."""
        return 1 / (1 + x * x)

    def curvature(self, x: Any) -> Any:
        """`-2x / (1 + x^2)^2`."""
        return -2 * x * self.slope(x) * self.slope(x)


class Cycle(Function):
    """`x^3 - 2x + 2`, for which the iterates from 0 are 1, 0, 1, 0, ..."""

    def root(self) -> arb:
        """The real one."""
        roots: Any = fmpz_poly([2, -2, 0, 1]).complex_roots()
        return acb(roots[0][0]).real

    def value(self, x: Any) -> Any:
        """`x^3 - 2x + 2`."""
        return x * x * x - 2 * x + 2

    def slope(self, x: Any) -> Any:
        """`3x^2 - 2`."""
        return 3 * x * x - 2

    def curvature(self, x: Any) -> Any:
        """`6x`."""
        return 6 * x


class CubeRoot(Function):
    """The cube root, whose slope at its root is infinite: each step takes `x` to `-2x`."""

    def value(self, x: Any) -> Any:
        """With the sign of `x`."""
        size = abs(arb(x)).root(3)
        return size if x > 0 else -size

    def slope(self, x: Any) -> Any:
        """`1/3 |x|^(-2/3)`."""
        return 1 / (3 * abs(arb(x)).root(3) * abs(arb(x)).root(3))

    def curvature(self, x: Any) -> Any:
        """`-2/9 x |x|^(-8/3)`."""
        return -2 * self.slope(x) / (3 * arb(x))


class Bent(Function):
    """`x + |x|^(3/2)`, without a second derivative at its root."""

    def value(self, x: Any) -> Any:
        """`x + |x|^(3/2)`."""
        return x + abs(x) * abs(arb(x)).sqrt()

    def slope(self, x: Any) -> Any:
        """`1 + 3/2 sqrt |x|`, for positive `x`."""
        return 1 + Q(3, 2) * abs(arb(x)).sqrt()

    def curvature(self, x: Any) -> Any:
        """None at 0."""
        return None if x == 0 else Q(3, 4) / arb(x).sqrt()


class Kinked(Function):
    """`x` up to 1/2 and `x + (x - 1/2)^2` beyond: `f''` jumps from 0 to 2."""

    def value(self, x: Any) -> Any:
        """Continuous, and its slope too."""
        return x + max(x - Q(1, 2), Q(0)) ** 2

    def slope(self, x: Any) -> Any:
        """1, then `2x`."""
        return 1 + 2 * max(x - Q(1, 2), Q(0))

    def curvature(self, x: Any) -> Any:
        """None at 1/2."""
        return None if x == Q(1, 2) else Q(2 * int(x > Q(1, 2)))

    def root(self) -> Any:
        """0."""
        return Q(0)

    def points(self, x: Any) -> Sequence[Any]:  # noqa: ARG002  (the same for every start)
        """One on each side, for the two values of `f''`."""
        return [Q(1, 4), Q(3, 4)]


class Oscillating(Function):
    """`x + (1 - x)^2 sin(pi / (1 - x))`, whose slope has no limit at 1, where it is 1: `f''` exists below 1 alone."""

    def value(self, x: Any) -> Any:
        """1 at 1."""
        return x + (1 - x) * (1 - x) * (arb.pi() / (1 - x)).sin() if x != 1 else arb(1)

    def slope(self, x: Any) -> Any:
        """By the quotients at 1: they differ from 1 by at most `1 - x`."""
        w = arb.pi() / (1 - x) if x != 1 else arb(0)
        return 1 - 2 * (1 - x) * w.sin() + arb.pi() * w.cos() if x != 1 else arb(1)

    def curvature(self, x: Any) -> Any:
        """Below 1."""
        w = arb.pi() / (1 - x)
        return (2 - w * w) * w.sin() - 2 * w * w.cos()

    def points(self, x: Any) -> Sequence[Any]:  # noqa: ARG002  (the expansion at 1)
        """Where `f''` is 0, as `f(0) = f(1) - f'(1)`: by bisection."""
        low, high = arb(1) / 3, arb(1) / 2
        for _ in range(3 * ctx.prec // 4):
            middle = (low + high) / 2
            low, high = (middle, high) if self.curvature(middle) > 0 else (low, middle)
        return [low.union(high)]


class Wavering(Function):
    """`x + x^2 + x^4 sin(1/x)`, 0 at 0: there `f''` is 2, and has no limit."""

    def value(self, x: Any) -> Any:
        """At `x != 0`."""
        return x + x * x + x**4 * (1 / arb(x)).sin()

    def slope(self, x: Any) -> Any:
        """`1 + 2x + 4x^3 sin(1/x) - x^2 cos(1/x)`, and 1 at 0."""
        return 1 + 2 * x + 4 * x**3 * (1 / arb(x)).sin() - x * x * (1 / arb(x)).cos() if x != 0 else arb(1)

    def curvature(self, x: Any) -> Any:
        """2 at 0, the limit of the quotients of `f'`; it is not looked at elsewhere."""
        return arb(2) if x == 0 else None


@dataclass(frozen=True)
class MultipleRoot(Function):
    """`x^m (a + b x)`."""

    m: int
    a: Any
    b: Any

    def value(self, x: Any) -> Any:
        """`x^m (a + b x)`."""
        return x**self.m * (self.a + self.b * x)

    def slope(self, x: Any) -> Any:
        """`x^(m-1) (m a + (m+1) b x)`."""
        return x ** (self.m - 1) * (self.m * self.a + (self.m + 1) * self.b * x)


def newton(f: Function, x: Any) -> Any:
    """`x - f(x) / f'(x)`. Raises Refuted where `f'(x) = 0`: there is no next iterate."""
    slope = f.slope(x)
    true(slope != 0 or (isinstance(slope, arb) and not slope.is_exact()), f"f'({x}) is not 0")
    return x - f.value(x) / slope


def at(x: Any) -> Any:
    """A start: rationals as balls, so that iterates do not grow."""
    return ball(x)


NOT_ZERO = rationals().filter(bool)
POLYNOMIALS = st.builds(Polynomial, NOT_ZERO, rationals(), rationals(), rationals())
SHARES = st.sampled_from([Q(1, 2), Q(-1, 2), Q(1), Q(-1)])
STARTED = st.tuples(POLYNOMIALS, SHARES).map(lambda case: (case[0], case[0].near(case[1])))
"""A polynomial, and a start near to its root."""
ARCTAN, CYCLE, EXP, SQUARE, WAVERING = Arctangent(), Cycle(), Exponential(), SquareMinusTwo(), Wavering()

# -- The iteration --


@judge(
    "Q6.2",
    form=lambda x, root: x - root,
    wrong={"the other way round": lambda x, root: root - x, "without its sign": lambda x, root: abs(x - root)},
    cases=st.tuples(rationals(), rationals()),
)
def error_is_what_is_to_be_taken_away(form: Callable[..., Any], x: Any, root: Any) -> None:
    """`e_k = x_k - x*`, so that `x* = x_k - e_k`."""
    equal(x - form(x, root), root)


@judge(
    "Q6.3",
    form=lambda f, x, _start: x - f.value(x) / f.slope(x),
    printed=lambda f, x, start: x - f.value(start) / f.slope(start),
    wrong={"uphill": lambda f, x, _start: x + f.value(x) / f.slope(x)},
    witnesses=[(EXP, 1), (SQUARE, 2)],
    cases=STARTED,
)
def step_ends_where_the_tangent_crosses(form: Callable[..., Any], f: Function, start: Any) -> None:
    """`f(x_k) + f'(x_k)(x_{k+1} - x_k) = 0`; with one fixed ratio, as printed, only in the first step."""
    x = at(start) if f in (EXP, SQUARE) else start
    for _ in range(2):
        after = form(f, x, start)
        equal(f.value(x) + f.slope(x) * (after - x), 0)
        x = after


@judge(
    "Q6.13",
    form=lambda slope, curvature, x: x - slope(x) / curvature(x),
    wrong={
        "uphill": lambda slope, curvature, x: x + slope(x) / curvature(x),
        "half of the step": lambda slope, curvature, x: x - slope(x) / (2 * curvature(x)),
    },
    cases=st.tuples(vectors(3, 5), rationals(), NOT_ZERO, rationals()),
    edges=[((0, -1, 0, Q(1, 3)), Q(-1, 2), Q(2), Q(1))],
)
def newton_on_g_is_newton_on_its_derivative(
    form: Callable[..., Any], coefficients: Sequence[Any], x: Any, factor: Any, shift: Any
) -> None:
    """The step to the stationary point of `g + g' t + g'' t^2 / 2` is Newton's for `f = g'`, and that of `c g + d`."""
    g = fmpq_poly(list(map(fmpq, coefficients)))
    f, point = g.derivative(), fmpq(x)
    if f.derivative()(point) != 0:
        after = form(f, f.derivative(), point)
        equal(f(point) + f.derivative()(point) * (after - point), 0)
        scaled = (fmpq(factor) * g + fmpq(shift)).derivative()
        equal(form(scaled, scaled.derivative(), point), after)


# -- The expansion --


EXPANDED: dict[str, Any] = {
    "cases": STARTED,
    "edges": [(EXP, 1), (EXP, -1), (SQUARE, 2), (Oscillating(), Q(1))],
    "without": {1: (Kinked(), Q(1))},
}
"""Where an expansion is tried. The slope of the oscillating function has no limit at the start.

On the kinked one `f''` would have to be 3/2, and is 0 or 2.
"""


@judge(
    "Q6.4",
    exact=False,
    form=lambda e, curvature: e * e * curvature / 2,
    wrong={
        "without the half": lambda e, curvature: e * e * curvature,
        "of first order": lambda e, curvature: e * curvature / 2,
        "no remainder": lambda e, _curvature: 0 * e,
    },
    **EXPANDED,
)
def expansion_has_a_remainder(form: Callable[..., Any], f: Function, start: Any) -> None:
    """`f(x*) = f(x) - e f'(x) + e^2 f''(s) / 2`, an equality for some `s`; it needs `f''` strictly between alone.

    Let `h(t)` be `f(t)` less its expansion at `x`, with the `K` for `f''(s)` that makes `h(x*) = 0`. As `h(x) = 0` too,
    Rolle gives `h'(c) = 0` between. If `h''` were 0 nowhere between `x` and `c`, it would have one sign (Darboux), and
    `|h'|` would grow towards `x`; but `h'(x) = 0`, and by the mean value theorem `h'` comes near to that close to `x`.
    So `h''(s) = 0` for some `s`, and `f''(s) = K`: whether `f'` is continuous at either end does not matter.
    """
    x, e = _displaced(f, start)
    _some_vanish([f.value(x) - e * f.slope(x) + form(e, f.curvature(s)) - f.value(f.root()) for s in f.points(x)])


@judge(
    "Q6.17",
    exact=False,
    form=lambda value, linear, remainder: value - linear + remainder,
    wrong={
        "the linear term added": lambda value, linear, remainder: value + linear + remainder,
        "the remainder subtracted": lambda value, linear, remainder: value - linear - remainder,
    },
    **EXPANDED,
)
def expansion_of_a_root_is_zero(form: Callable[..., Any], f: Function, start: Any) -> None:
    """`f(x) - e f'(x) + e^2 f''(s) / 2 = 0` for some `s`, as `f(x*) = 0`."""
    x, e = _displaced(f, start)
    _some_vanish([form(f.value(x), e * f.slope(x), e * e * f.curvature(s) / 2) for s in f.points(x)])


def _displaced(f: Function, start: Any) -> tuple[Any, Any]:
    """The point of expansion and its distance from the root: exact, where `f` is rational."""
    x = at(start) if f in (EXP, SQUARE) else start
    return x, x - f.root()


def _some_vanish(left: Sequence[Any]) -> None:
    """Raises Refuted where none is 0."""
    if not any(_vanishes(rest) for rest in left):
        raise Refuted(f"no point makes {left} vanish")


def _vanishes(rest: Any) -> bool:
    try:
        equal(rest, 0)
    except Refuted:
        return False
    return True


def ascending(x: Any, s: Any, root: Any) -> None:
    """`x < s < x*`, as printed."""
    less(x, s)
    less(s, root)


@judge(
    "Q6.5",
    exact=False,
    form=between,
    printed=ascending,
    wrong={"beyond the root": lambda x, s, root: between(x, root, s)},
    witnesses=[(EXP, 1)],
    edges=[(EXP, -1)],
    cases=STARTED,
)
def intermediate_point_lies_between(form: Callable[..., None], f: Function, start: Any) -> None:
    """`s_k` lies strictly between `x_k` and `x*`, in whichever order: `ln 2 > 0` for `e^x - 1` at 1."""
    x = at(start) if f is EXP else start
    form(x, f.points(x)[0], f.root())


def states_nothing(*_: Any) -> None:
    """An expression where an equation is due."""


@judge(
    "Q6.6",
    exact=False,
    form=lambda f, x, e, s: (f.value(x) / f.slope(x) - e + e * e * f.curvature(s) / (2 * f.slope(x)), 0),
    printed=states_nothing,
    wrong={
        "without the remainder": lambda f, x, e, _s: (f.value(x) / f.slope(x) - e, 0),
        "remainder not divided": lambda f, x, e, s: (f.value(x) / f.slope(x) - e + e * e * f.curvature(s) / 2, 0),
    },
    witnesses=[(EXP, 1)],
    cases=STARTED,
)
def divided_expansion_is_zero(form: Callable[..., Any], f: Function, start: Any) -> None:
    """`f/f' - e + e^2 f''(s)/(2f') = 0`, since `f(x*) = 0`; printed without `= 0`, hence no statement."""
    x = at(start) if f is EXP else start
    stated = form(f, x, x - f.root(), f.points(x)[0])
    if stated is None:
        raise Refuted("an expression states nothing")
    equal(*stated)


def remainder(f: Function, x: Any) -> Any:
    """`e^2 f''(s) / (2 f'(x))`: the next error."""
    e = x - f.root()
    return e * e * f.curvature(f.points(x)[0]) / (2 * f.slope(x))


def started(f: Function, start: Any) -> tuple[Any, Any, Any]:
    """Three iterates in balls: before, now, after."""
    before = at(start)
    now = newton(f, before)
    return before, now, newton(f, now)


MOVING = STARTED.filter(lambda case: case[0].b != 0 or case[0].c != 0)
"""Without the affine functions, whose first step ends at the root."""


@judge(
    "Q6.7",
    exact=False,
    form=lambda _before, after: after,
    printed=lambda before, _after: before,
    witnesses=[(EXP, 1), (SQUARE, 2)],
    cases=MOVING,
)
def difference_is_to_the_next_iterate(form: Callable[..., Any], f: Function, start: Any) -> None:
    """`x_k - x_{k+1} - x_k + x* + e_k^2 f''(s)/(2f'(x_k)) = 0`; printed with `x_{k-1}`."""
    before, now, after = started(f, start)
    equal(now - form(before, after) - now + arb(f.root()) + remainder(f, now), 0)


@judge(
    "Q6.8",
    exact=False,
    form=lambda _before, after: after,
    printed=lambda before, _after: before,
    witnesses=[(SQUARE, 2)],
    edges=[(EXP, 1)],
    cases=MOVING,
)
def next_error_is_the_square_of_this_one(form: Callable[..., Any], f: Function, start: Any) -> None:
    """`x_{k+1} - x* = e_k^2 f''(s)/(2f'(x_k))`; printed for `x_{k-1}`, whose error is larger, not smaller."""
    before, now, after = started(f, start)
    equal(form(before, after) - arb(f.root()), remainder(f, now))


@judge(
    "Q6.9",
    exact=False,
    form=lambda _before, after: after,
    printed=lambda before, _after: before,
    witnesses=[(SQUARE, 2)],
    edges=[(EXP, 1)],
    cases=MOVING,
)
def next_error_is_bounded_by_the_square(form: Callable[..., Any], f: Function, start: Any) -> None:
    """`|x_{k+1} - x*| <= e_k^2 |f''(s)|/(2|f'(x_k)|)`, with equality; printed for `x_{k-1}`."""
    before, now, after = started(f, start)
    at_most(abs(form(before, after) - arb(f.root())), abs(remainder(f, now)))
    at_most(abs(after - arb(f.root())), abs(remainder(f, now)))


# -- Convergence --

TINY = Q(1, 10**6)


@judge(
    "Q6.1",
    exact=False,
    form=newton,
    wrong={
        "uphill": lambda f, x: 2 * x - newton(f, x),
        "a tenth of the step": lambda f, x: x + (newton(f, x) - x) / 10,
    },
    cases=STARTED,
    edges=[(EXP, Q(1, 2)), (SQUARE, 2), (ARCTAN, 1), (WAVERING, Q(1, 10))],
)
def iterates_converge_from_near_by(form: Callable[..., Any], f: Function, start: Any) -> None:
    """From a start near to a root with `f' != 0`, 8 steps come within a millionth of it."""
    x = at(start)
    for _ in range(STEPS):
        x = form(f, x)
    less(abs(x - arb(f.root())), TINY)


def contracting(f: Function, start: Any) -> bool:
    """`M |e_0| < 9/10`, certainly."""
    e = abs(at(start) - arb(f.root()))
    return bool(f.constant(e) * e < Q(9, 10))


@judge(
    "Q6.1",
    "Q6.10",
    exact=False,
    form=contracting,
    printed=lambda _f, _start: True,
    wrong={"within a distance of 3/2": lambda f, start: bool(abs(at(start) - arb(f.root())) < Q(8, 5))},
    witnesses=[(ARCTAN, Q(3, 2)), (CYCLE, 0), (SQUARE, 0), (CubeRoot(), 1)],
    edges=[(EXP, Q(1, 4)), (SQUARE, 2), (ARCTAN, Q(1, 4))],
    cases=st.tuples(st.one_of(POLYNOMIALS, st.just(ARCTAN)), rationals()),
)
def iterates_converge_where_they_contract(form: Callable[..., bool], f: Function, start: Any) -> None:
    """`M |e_0| < 1` gives `M |e_k| <= (M |e_0|)^(2^k) -> 0`; printed for any start.

    `atan` from 3/2 diverges, `x^3 - 2x + 2` from 0 cycles, `x^2 - 2` at 0 has no step, the cube root doubles its error.
    """
    if form(f, start):
        x = at(start)
        for _ in range(STEPS):
            x = newton(f, x)
        less(abs(x - arb(f.root())), TINY)


@dataclass(frozen=True)
class Rising(Function):
    """`a x + b (e^x - 1)` with `a >= 0` and `b > 0`: increasing and convex."""

    a: Any
    b: Any

    def value(self, x: Any) -> Any:
        """`a x + b (e^x - 1)`."""
        return self.a * arb(x) + self.b * (arb(x).exp() - 1)

    def slope(self, x: Any) -> Any:
        """`a + b e^x`."""
        return self.a + self.b * arb(x).exp()


@judge(
    "Q6.10",
    exact=False,
    form=newton,
    wrong={
        "half of the step": lambda f, x: (x + newton(f, x)) / 2,
        "twice the step": lambda f, x: 2 * newton(f, x) - x,
    },
    cases=st.tuples(st.builds(Rising, rationals().map(abs), positive()), rationals().filter(bool)),
    edges=[(Rising(Q(0), Q(1)), Q(-4)), (Rising(Q(0), Q(1)), Q(4))],
)
def iterates_descend_where_f_is_convex_and_increasing(form: Callable[..., Any], f: Function, start: Any) -> None:
    """Tangents lie below a convex function: from any start one step ends above the root, and the others descend."""
    x = form(f, at(start))
    for _ in range(3):
        less(arb(f.root()), x)
        x, before = form(f, x), x
        less(x, before)


@judge(
    "Q6.10",
    exact=False,
    form=lambda h: h <= Q(1, 2),
    wrong={"one": lambda h: h <= 1, "six tenths": lambda h: h <= Q(3, 5)},
    cases=st.tuples(NOT_ZERO, rationals(), rationals(), rationals()).filter(lambda c: 2 * c[0] * c[3] + c[1] != 0),
    edges=[(Q(1), Q(0), Q(-2), Q(2)), (Q(1), Q(0), Q(0), Q(1)), (Q(1), Q(0), Q(1, 10), Q(1))],
)
def start_is_close_enough_by_kantorovich(form: Callable[..., bool], a: Any, b: Any, c: Any, x: Any) -> None:
    """`h = |f f''| / f'^2 <= 1/2` at the start of a quadratic: there is a root, and `|e_k| <= (2h)^(2^k) / (2^k L)`.

    `L = |f'' / f'|` at the start. No larger constant guarantees a root: `x^2 + c` from 1 has `h = (1 + c)/2`, and a
    root only for `c <= 0`. Where there is one, far larger `h` converge: see `quadratic_with_a_simple_root_converges`.
    """
    value, slope = (a * x + b) * x + c, 2 * a * x + b
    steepness = abs(2 * a / slope)
    h = steepness * abs(value / slope)
    if form(h):
        squared_distance = b * b - 4 * a * c
        true(squared_distance >= 0, "there is a root")
        roots = [(-b + s * arb(squared_distance).sqrt()) / (2 * a) for s in (-1, 1)]
        root = min(roots, key=lambda r: abs(r - x).mid())
        for k in range(4):
            at_most(abs(x - root), arb((2 * h) ** (2**k)) / (2**k * steepness))
            true(2 * a * x + b != 0, "there is a next iterate")
            x = x - ((a * x + b) * x + c) / (2 * a * x + b)


@judge(
    "Q6.10",
    form=lambda nearness: nearness * nearness,
    wrong={
        "halved": lambda nearness: nearness / 2,
        "the sign kept": lambda nearness: -nearness * nearness,
        "cubed": lambda nearness: nearness * nearness * nearness,
    },
    cases=[()],
)
def quadratic_with_a_simple_root_converges(form: Callable[..., Any]) -> None:
    """A step for `(x - r)(x - s)` squares `(x - r)/(x - s)`: the iterates tend to the nearer root of two.

    For that quotient is below 1 in size nearer to `r`, above it nearer to `s`, and of size 1 only in the middle, where
    `f' = 0`. So `x^2 - 2` from 1/10 reaches `sqrt 2`, although `h = 99.5` there.
    """
    [(r, s, x)] = symbols(x=3)
    after = x - Ratio((x - r) * (x - s), 2 * x - r - s)
    equal((after - r) / (after - s), form(Ratio(x - r, x - s)))


@judge(
    "Q6.11",
    exact=False,
    form=contracting,
    printed=lambda _f, _start: True,
    wrong={"wherever there is a root": lambda f, _start: f.root() is not None},
    witnesses=[(CYCLE, 0), (ARCTAN, Q(3, 2))],
    edges=[(EXP, Q(1, 4)), (SQUARE, 2), (ARCTAN, Q(1, 4))],
    cases=st.tuples(st.one_of(POLYNOMIALS, st.just(ARCTAN)), rationals()),
)
def values_tend_to_zero_where_iterates_converge(form: Callable[..., bool], f: Function, start: Any) -> None:
    """Where `x_k -> x*`, `f(x_k) -> f(x*) = 0` by continuity; on the cycle of `x^3 - 2x + 2` they are 2, 1, 2, 1."""
    if form(f, start):
        x = at(start)
        for _ in range(STEPS):
            x = newton(f, x)
        less(abs(arb(f.value(x))), 100 * TINY)


def small(f: Polynomial) -> Any:
    """A distance at which the linear part outweighs the others: `|b| h + |c| h^2 < |a|`."""
    return abs(f.a) / (2 * (abs(f.a) + abs(f.b) + abs(f.c)))


@judge(
    "Q6.12",
    form=lambda left, right: left * right < 0,
    printed=lambda left, right: left * right > 0,
    witnesses=[(Polynomial(Q(1), Q(0)),)],
    cases=st.tuples(POLYNOMIALS),
)
def root_is_no_optimum(form: Callable[..., bool], f: Polynomial) -> None:
    """`f(x*) = 0` and `f'(x*) != 0`, so `f` changes its sign at `x*`, as at no minimum or maximum."""
    equal(f.value(f.r), 0)
    left, right = f.value(f.r - small(f)), f.value(f.r + small(f))
    true(form(left, right), f"{left} to the left, {right} to the right")


def primitive(f: Polynomial, e: Any) -> Any:
    """`g(r + e) - g(r)` for `g' = f`."""
    return e * e * (f.a / 2 + e * (f.b / 3 + e * f.c / 4))


@judge(
    "Q6.14",
    form=lambda a: a > 0,
    printed=lambda _a: True,
    wrong={"the sign exchanged": lambda a: a < 0},
    witnesses=[(Polynomial(Q(-2), Q(1), Q(0), Q(-1)),), (Polynomial(Q(-2), Q(0)),)],
    cases=st.tuples(POLYNOMIALS),
)
def limit_is_a_minimum_where_g_is_curved_upwards(form: Callable[..., bool], f: Polynomial) -> None:
    """Near a root of `f = g'`, `g` is larger on both sides if `g'' > 0`, smaller if `g'' < 0`; printed: a minimum.

    Stored: `x^3/3 - x` at -1, and `-x^2` at 0, two maxima.
    """
    rises = [primitive(f, e) > 0 for e in (-small(f), small(f))]
    true(all(rises) == form(f.a) and len(set(rises)) == 1, f"a minimum at the root of {f} said to be {form(f.a)}")


def newton_in_the_plane(A: fmpq_mat, x: fmpq_mat) -> fmpq_mat:
    """One step for `1/2 x'Ax`, whose gradient is `Ax`."""
    return x - A.solve(A * x)


@judge(
    "Q6.14",
    form=lambda a, b, c: a > 0 and a * c - b * b > 0,
    printed=lambda _a, _b, _c: True,
    wrong={"curved upwards along the axes": lambda a, _b, c: a > 0 and c > 0},
    witnesses=[(Q(2), Q(0), Q(-2), Q(3), Q(5))],
    edges=[(Q(2), Q(1), Q(2), Q(3), Q(5)), (Q(1), Q(2), Q(1), Q(1), Q(0))],
    cases=st.tuples(*[rationals()] * 5).filter(lambda case: case[0] * case[2] != case[1] * case[1]),
)
def limit_in_the_plane_may_be_a_saddle(form: Callable[..., bool], a: Any, b: Any, c: Any, u: Any, v: Any) -> None:
    """One step for `(a u^2 + 2b uv + c v^2)/2` ends at 0: a minimum of a definite form, a saddle of `u^2 - v^2`.

    At `(-b, a)` the form is `a (ac - b^2)`, so a few directions show whether it is positive.
    """
    A = fmpq_mat(2, 2, list(map(fmpq, (a, b, b, c))))
    equal(newton_in_the_plane(A, fmpq_mat(2, 1, [fmpq(u), fmpq(v)])).entries(), [0, 0])
    directions = ((1, 0), (0, 1), (1, 1), (1, -1), (-b, a), (c, -b))
    rises = [a * s * s + 2 * b * s * t + c * t * t > 0 for s, t in directions if s or t]
    true(all(rises) == form(a, b, c), f"a minimum for [[{a}, {b}], [{b}, {c}]] said to be: {form(a, b, c)}")


@judge(
    "Q6.15",
    form=lambda m: 1 - fmpq(1, m),
    wrong={"quadratic all the same": lambda _m: Q(0), "always a half": lambda _m: Q(1, 2)},
    cases=st.tuples(st.integers(1, 6), NOT_ZERO),
    edges=[(2, Q(1)), (3, Q(1))],
)
def multiple_root_is_approached_linearly(form: Callable[..., Any], m: int, e: Any) -> None:
    """For `(x - r)^m` a step leaves the error `e - e^m / (m e^(m-1)) = (1 - 1/m) e`: a half, two thirds, ..."""
    powers = [fmpq(1)]
    for _ in range(m):
        powers.append(powers[-1] * e)
    equal(e - powers[m] / (m * powers[m - 1]), form(m) * e)


RATIOS = 60


@judge(
    "Q6.15",
    exact=False,
    form=lambda m: 1 - fmpq(1, m),
    wrong={"quadratic all the same": lambda _m: Q(0), "always a half": lambda _m: Q(1, 2)},
    cases=st.tuples(st.builds(MultipleRoot, st.integers(2, 5), NOT_ZERO, rationals()), SHARES).map(
        lambda case: (case[0], case[1] * abs(case[0].a) / (8 * (abs(case[0].a) + abs(case[0].b))))
    ),
    edges=[(MultipleRoot(2, Q(-3), Q(1)), Q(1)), (MultipleRoot(3, Q(1), Q(0)), Q(2))],
    without={1: (MultipleRoot(2, Q(-3), Q(1)), Q(5, 2))},
)
def multiple_root_slows_the_iterates(form: Callable[..., Any], f: MultipleRoot, start: Any) -> None:
    """`e_{k+1} / e_k -> 1 - 1/m`: within a hundredth after sixty steps, where the iterates converge to that root.

    From 5/2 those of `x^2 (x - 3)` tend to 3.
    """
    e = at(start)
    for _ in range(RATIOS):
        e = newton(f, e)
    less(abs(newton(f, e) / e - form(f.m)), Q(1, 100))


@judge(
    "Q6.15",
    exact=False,
    form=lambda f, start: f.slope(start) != 0,
    wrong={"a step everywhere": lambda _f, _start: True},
    cases=[(MultipleRoot(2, Q(-3), Q(1)), Q(2)), (MultipleRoot(2, Q(-3), Q(1)), Q(1))],
)
def step_needs_a_slope(form: Callable[..., bool], f: MultipleRoot, start: Any) -> None:
    """`x^2 (x - 3)` has a step from 1, and none from 2, where its slope is 0."""
    if form(f, start):
        newton(f, start)


def squared(f: Function, e: Any) -> arb:
    """`e_{k+1} / e_k^2` for an error `e` of a function whose root is 0."""
    ratio: arb = arb(newton(f, at(e))) / (at(e) * at(e))
    return ratio


@judge(
    "Q6.16",
    exact=False,
    form=lambda f: f.curvature(Q(0)) is not None,
    wrong={"one derivative is enough": lambda _f: True, "continuously twice": lambda f: f is EXP},
    cases=[(EXP,), (WAVERING,), (Bent(),)],
)
def second_derivative_at_the_root_is_enough(form: Callable[..., bool], f: Function) -> None:
    """`e_{k+1} / e_k^2` settles between errors of 1/100 and 1/10000 if and only if `f''` exists at the root.

    It need not be continuous there: not that of `x + x^2 + x^4 sin(1/x)`. For `x + |x|^(3/2)` the ratio is not bounded.
    """
    change = abs(squared(f, Q(1, 100)) - squared(f, Q(1, 10000)))
    less(change, Q(1, 10)) if form(f) else less(Q(10), change)


@judge(
    "Q6.16",
    exact=False,
    form=lambda slope, curvature: curvature / (2 * slope),
    wrong={
        "without the half": lambda slope, curvature: curvature / slope,
        "the sign wrong": lambda slope, curvature: -curvature / (2 * slope),
    },
    cases=MOVING,
    edges=[(EXP, Q(1, 2)), (SQUARE, 2), (WAVERING, Q(1, 10))],
    without={1: (ARCTAN, Q(3, 2))},
)
def error_is_squared_in_the_limit(form: Callable[..., Any], f: Function, start: Any) -> None:
    """`e_{k+1} / e_k^2 -> f''(x*) / (2 f'(x*))`: within a thousandth after four steps.

    Not where the iterates leave, as those of `atan` from 3/2.
    """
    root = arb(f.root())
    x = at(start)
    for _ in range(4):
        x = newton(f, x)
    e, after = x - root, newton(f, x) - root
    less(abs(after / (e * e) - form(f.slope(root), f.curvature(root))), Q(1, 1000))
