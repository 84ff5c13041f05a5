"""Newton's method: scalar functions that are written once, the exact step, and what is known near a root."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from types import CodeType, FunctionType
from typing import Any, ClassVar

import numpy as np
from flint import acb, arb, arb_series, ctx
from numpy.typing import NDArray

from lydite.kit import FLOAT64, Case, Floats, Peculiar, Truth, Usual
from lydite.kit.balls import BITS
from lydite.kit.rounded import Rounded

# -- Formulas: one text, any arithmetic --


def _exp(x: float) -> float:
    try:
        return math.exp(x)
    except OverflowError:
        return math.inf


METHODS: dict[str, Any] = {
    "exp": lambda x: x.exp(),
    "sin": lambda x: x.sin(),
    "cos": lambda x: x.cos(),
    "atan": lambda x: x.atan(),
}
"""The functions of a formula over power series of balls and over floats that carry their rounding error."""

FLOATS: dict[str, Any] = {"exp": _exp, "sin": math.sin, "cos": math.cos, "atan": math.atan}
"""The same over floats."""


@lru_cache(maxsize=1 << 12)
def _code(text: str, names: frozenset[str]) -> CodeType:
    try:
        outer = compile(f"lambda x: {text}", text, "eval")
    except SyntaxError as error:
        raise ValueError(f"{text!r} is not a formula") from error
    inner = [c for c in outer.co_consts if isinstance(c, CodeType)]
    if len(inner) != 1 or outer.co_names or not _plain(inner[0], names):
        raise ValueError(f"{text!r} holds more than x, numbers, arithmetic and {', '.join(sorted(names))}")
    return inner[0]


def _plain(code: CodeType, names: frozenset[str]) -> bool:
    """Whether a function has the one variable `x`, none within, and no functions but those of `names`."""
    inner = any(isinstance(c, CodeType) for c in code.co_consts)
    return code.co_varnames == ("x",) and set(code.co_names) <= names and not inner


@lru_cache(maxsize=1 << 12)
def _over_floats(text: str) -> FunctionType:
    return FunctionType(_code(text, frozenset(FLOATS)), FLOATS)


@lru_cache(maxsize=1 << 12)
def _over_methods(text: str) -> FunctionType:
    return FunctionType(_code(text, frozenset(METHODS)), METHODS)


@dataclass(frozen=True, slots=True)
class Formula:
    """A callable from float to float, written as Python: `x**3 - 2*x + 2`.

    It answers any float, with NaN where the value leaves the range of floats. Raises ValueError where `text` holds
    anything but `x`, numbers, arithmetic and the functions of `FLOATS`.
    """

    text: str

    def __post_init__(self) -> None:
        _over_floats(self.text)

    def __call__(self, x: float) -> float:
        """The value at `x`."""
        try:
            return float(_over_floats(self.text)(float(x)))
        except (OverflowError, ValueError):
            return math.nan

    def __str__(self) -> str:
        return self.text


def rounded(formula: Formula, x: float) -> Rounded:
    """Returns what `formula` answers at the float `x`, and how far rounding may have put it from the exact value."""
    computed: Rounded = Rounded(0.0) + _over_methods(formula.text)(Rounded(x))
    return computed


def expansion(formula: Formula, x: arb, order: int) -> list[arb]:
    """The coefficients of the power series of `formula` at `x`, up to `order`: enclosures, where `x` is an interval.

    All of them are NaN where a divisor may be 0 or is not known: for an interval that is too wide, for NaN.
    """
    # A series cut to its constant would be raised to a power by way of its logarithm.
    cap, ctx.cap = ctx.cap, max(order, 1) + 1
    try:
        series = _over_methods(formula.text)(arb_series([x, 1])) + arb_series([0])
        return [series[k] for k in range(order + 1)]
    except ValueError:  # what a series raises that divides so
        return [arb("nan")] * (order + 1)
    finally:
        ctx.cap = cap


def constant(text: str) -> arb:
    """A number such as `2*pi`, `sqrt(2)`, `-log(3)` or `quotient(1, 3)`, at the precision in force."""
    functions = {
        "sqrt": lambda a: arb(a).sqrt(),
        "log": lambda a: arb(a).log(),
        "quotient": lambda a, b: arb(a) / arb(b),
        "pi": arb.pi(),
    }
    value: arb = arb(0) + FunctionType(_code(text, frozenset(functions)), functions)(None)
    return value


# -- Functions with their derivative --


@dataclass(frozen=True, slots=True)
class ScalarFunction:
    """A function of one variable, its derivative, and those of its roots that are known, as texts of `constant`."""

    f: Formula
    fprime: Formula
    roots: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"f(x) = {self.f}, f'(x) = {self.fprime}"

    def second(self, x: float) -> float:
        """`f''(x)`, to the accuracy of a float."""
        return float(self.curvature(arb(x)))

    def value(self, x: arb) -> arb:
        """`f(x)`."""
        return expansion(self.f, x, 0)[0]

    def slope(self, x: arb) -> arb:
        """`f'(x)`."""
        return expansion(self.fprime, x, 0)[0]

    def curvature(self, x: arb) -> arb:
        """`f''(x)`."""
        return expansion(self.fprime, x, 1)[1]

    def successor(self, x: arb) -> arb:
        """`x - f(x) / f'(x)`."""
        return x - self.value(x) / self.slope(x)

    def integral(self, a: arb, b: arb) -> arb:
        """`g(b) - g(a)` for `g' = f`: the integral of `f`, which is analytic about the interval."""
        enclosed: acb = acb.integral(lambda x, _: acb(0) + _over_methods(self.f.text)(x), a, b)
        return enclosed.real

    def times(self, factor: float) -> ScalarFunction:
        """`factor f`."""
        if factor == 1:
            return self
        f, fprime = (Formula(f"{number(factor)}*({t})") for t in (self.f, self.fprime))
        return ScalarFunction(f, fprime, self.roots)

    def along(self, stretch: float, shift: float) -> ScalarFunction:
        """`f(stretch x + shift)`, without roots; its derivative by the chain rule."""
        inner = f"({number(stretch)}*x{_signed(shift)})" if stretch != 1 else difference(-shift)
        f, fprime = (Formula(re.sub(r"\bx\b", inner, t.text)) for t in (self.f, self.fprime))
        return ScalarFunction(f, Formula(f"{number(stretch)}*({fprime})") if stretch != 1 else fprime)


def number(x: float) -> str:
    """`x` as Python writes it, exactly; whole numbers without a point, negative ones in brackets."""
    text = str(int(x)) if float(x).is_integer() and abs(x) < 2**53 else repr(float(x))
    return f"({text})" if x < 0 else text


def polynomial(coefficients: Sequence[float], *roots: str) -> ScalarFunction:
    """`sum_j c_j x^j`, constant first. The products `j c_j` must be exact."""
    derivative = [j * c for j, c in enumerate(coefficients)][1:]
    return ScalarFunction(Formula(_sum_of_powers(coefficients)), Formula(_sum_of_powers(derivative)), roots)


def _sum_of_powers(coefficients: Sequence[float]) -> str:
    """`sum_j c_j x^j`, highest power first."""
    text = ""
    for j, c in reversed(list(enumerate(coefficients))):
        if c:
            power = ["", "x", f"x**{j}"][min(j, 2)]
            size = "*".join(part for part in (number(abs(c)) if abs(c) != 1 or not j else "", power) if part)
            text += (f" {'-' if c < 0 else '+'} " if text else "-" if c < 0 else "") + size
    return text or "0"


def power(root: float, multiplicity: int, factor: float = 1.0) -> ScalarFunction:
    """`factor (x - root)^multiplicity`, not multiplied out."""
    base, scale = difference(root), f"{number(factor)}*" if factor != 1 else ""
    slope = f"{number(multiplicity * factor)}*{base}" + (f"**{multiplicity - 1}" if multiplicity > 2 else "")
    return ScalarFunction(Formula(f"{scale}{base}**{multiplicity}"), Formula(slope), (number(root),))


def power_times(root: float, multiplicity: int, other: float) -> ScalarFunction:
    """`(x - root)^multiplicity (x - other)`."""
    base, rest = difference(root), difference(other)
    slope = f"{multiplicity}*{base}**{multiplicity - 1}*{rest} + {base}**{multiplicity}"
    return ScalarFunction(Formula(f"{base}**{multiplicity}*{rest}"), Formula(slope), (number(root), number(other)))


def difference(root: float) -> str:
    """`x - root`, bracketed where it has two terms."""
    return f"(x{_signed(-root)})" if root else "x"


def _signed(x: float) -> str:
    """`x` as a further term of a sum, nothing where it is 0."""
    return f" {'-' if x < 0 else '+'} {number(abs(x))}" if x else ""


def affine(a: float, b: float) -> ScalarFunction:
    """`a x - b`."""
    return polynomial([-b, a], f"quotient({number(b)}, {number(a)})")


def square_minus(a: float) -> ScalarFunction:
    """`x^2 - a`."""
    return polynomial([-a, 0.0, 1.0], *((f"sqrt({number(a)})", f"-sqrt({number(a)})") if a > 0 else ()))


def exponential(c: float) -> ScalarFunction:
    """`exp(x) - c`, `c > 0`."""
    return ScalarFunction(Formula(f"exp(x){_signed(-c)}"), Formula("exp(x)"), (f"log({number(c)})",))


def sine() -> ScalarFunction:
    """`sin(x)`."""
    return ScalarFunction(Formula("sin(x)"), Formula("cos(x)"), ("0", "pi", "-pi", "2*pi"))


def arctangent(root: float = 0.0) -> ScalarFunction:
    """`atan(x - root)`."""
    return ScalarFunction(
        Formula(f"atan({difference(root)})"), Formula(f"1/({difference(root)}**2 + 1)"), (number(root),)
    )


# -- Cases --


@dataclass(frozen=True, eq=False, kw_only=True)
class Iteration(Case):
    """A function, a start, a number of steps."""

    function: ScalarFunction
    x0: float
    steps: int

    usual: ClassVar[Usual] = {"steps": (1,)}
    peculiar: ClassVar[tuple[Peculiar, ...]] = (
        Peculiar("where steps = 0", ("steps",), lambda case: case.steps == 0),
        Peculiar("from a root", ("function", "x0"), lambda case: case.f(case.start) == 0),
    )

    @property
    def f(self) -> Formula:
        """The function, for a call."""
        return self.function.f

    @property
    def fprime(self) -> Formula:
        """Its derivative, for a call."""
        return self.function.fprime

    @property
    def start(self) -> float:
        """`x0`, which may arrive as a scalar of NumPy or as an array without axes."""
        return float(self.x0)

    def stays(self, x: Floats) -> NDArray[np.bool_]:
        """Whether `f` is 0 at each of `x`, as the callable evaluates it."""
        return np.array([self.f(xk) == 0 for xk in x.tolist()], dtype=bool)

    def flat(self, x: Floats) -> NDArray[np.bool_]:
        """Whether `f'` is 0 and `f` is not at each of `x`, as the callables evaluate them."""
        return np.array([self.fprime(xk) == 0 and self.f(xk) != 0 for xk in x.tolist()], dtype=bool)

    def values(self, x: Floats) -> Floats:
        """`f` at each of `x`, rounded once."""
        with ctx.workprec(BITS):
            return np.array([float(self.function.value(arb(xk))) for xk in x.tolist()])

    def slopes(self, x: Floats) -> Floats:
        """`f'` at each of `x`, rounded once."""
        with ctx.workprec(BITS):
            return np.array([float(self.function.slope(arb(xk))) for xk in x.tolist()])

    def judged(self, x: Floats) -> Floats:
        """The iterates up to the first that is not finite, or from which no step is defined."""
        last = np.flatnonzero(~np.isfinite(x) | self.flat(x))
        return x[: last[0] + 1] if last.size else x

    def successors(self, x: Floats) -> Truth:
        """Returns what the iteration makes of each of `x`: the Newton step, or `x` itself where `f` is 0."""
        exact = self.function.successor
        return Truth(lambda: [exact(arb(xk)) if self.f(xk) else arb(xk) for xk in x.tolist()], x.shape)


@dataclass(frozen=True, eq=False, kw_only=True)
class Rooted(Iteration):
    """An iteration with a root `x*` of its function, as a text of `constant`."""

    root: str

    @cached_property
    def limit(self) -> Truth:
        """(1,). `x*`."""
        return Truth(lambda: [constant(self.root)], (1,))

    @cached_property
    def initial(self) -> float:
        """`|e_0|`."""
        return abs(float(self.errors(np.array([self.start]))[0]))

    def errors(self, x: Floats) -> Floats:
        """`x - x*`, rounded once: twice the usual bits are enough for all that a float can come near."""
        with ctx.workprec(2 * BITS):
            root = constant(self.root)
            return np.array([float(arb(xk) - root) for xk in x.tolist()])


@dataclass(frozen=True, eq=False, kw_only=True)
class Approach(Rooted):
    """A start from which the iterates tend to the simple root `x*`: `M |e_0| < 1`.

    `M = sup |f''| / (2 inf |f'|)` over the ball `|x - x*| <= |e_0|`.
    """

    @cached_property
    def ball(self) -> arb:
        """The ball `|x - x*| <= |e_0|`."""
        with ctx.workprec(BITS):
            return constant(self.root) + arb(0, self.initial)

    @cached_property
    def slope_range(self) -> tuple[float, float]:
        """`inf |f'|` and `sup |f'|` over the ball."""
        with ctx.workprec(BITS):
            slope = self.function.slope(self.ball)
            if slope.is_nan():  # the ball is too wide for a quotient in f'
                return 0.0, math.inf
            return float(slope.abs_lower()), float(slope.abs_upper())

    @cached_property
    def constant(self) -> float:
        """`M`; infinite where `f'` may vanish in the ball."""
        flattest = self.slope_range[0]
        if not flattest:
            return math.inf
        with ctx.workprec(BITS):
            return float(self.function.curvature(self.ball).abs_upper()) / (2 * flattest)

    @property
    def contraction(self) -> float:
        """`M |e_0|`."""
        return self.constant * self.initial

    @cached_property
    def envelope(self) -> Floats:
        """(steps+1). `(M |e_0|)^(2^k) / M`, which bounds `|e_k|`."""
        sizes = [self.initial]
        for _ in range(self.steps):
            sizes.append(self.constant * sizes[-1] ** 2)
        return np.array(sizes)

    def steps_to(self, accuracy: float) -> int:
        """`ceil(log2(ln(M accuracy) / ln(M |e_0|))) + 1`: after so many steps the error is below `accuracy`.

        The last one makes good what rounding far from the root may have cost the others: hence two where `M = 0`.
        """
        if accuracy >= self.initial:
            return 1
        if self.constant == 0:
            return 2
        doublings = math.log(self.constant * accuracy) / math.log(self.contraction)
        return max(math.ceil(math.log2(doublings)), 0) + 1

    def rises(self, x: float, h: float) -> Truth:
        """(2,). `g(x - h) - g(x)` and `g(x + h) - g(x)`, for `g' = f`."""
        return Truth(lambda: [self.function.integral(arb(x), arb(x) + step) for step in (-arb(h), arb(h))], (2,))

    def next_errors(self, x: Floats) -> Truth:
        """`(x - x*)^2 f'' / (2 f'(x))` at each of `x`, `f''` being the same everywhere."""

        def evaluate() -> list[arb]:
            root, f = constant(self.root), self.function
            return [(arb(xk) - root) ** 2 * f.curvature(root) / (2 * f.slope(arb(xk))) for xk in x.tolist()]

        return Truth(evaluate, x.shape)

    def curvatures(self, x: Floats) -> tuple[Floats, Floats]:
        """The least and the largest `f''` between each of `x` and the root; NaN where that is not known."""
        with ctx.workprec(BITS):
            root = constant(self.root)
            between = [self.function.curvature(root.union(arb(xk))) for xk in x.tolist()]
            return np.array([float(c.lower()) for c in between]), np.array([float(c.upper()) for c in between])

    def leading(self, order: int) -> tuple[float, float]:
        """The coefficient `c` of `e_{k+1} = c e_k^order + ...` at the root, and `sup |N^(order+1)| / (order+1)!`.

        `N(x) = x - f(x) / f'(x)`, the supremum over the ball: what multiplies `|e_k|^(order+1)` in the remainder.
        """
        with ctx.workprec(BITS):
            at_root = self._step_series(constant(self.root), order)[order]
            beyond = self._step_series(self.ball, order + 1)[order + 1]
        return float(at_root), float(beyond.abs_upper())

    def _step_series(self, x: arb, order: int) -> list[arb]:
        """The power series of `N` at `x`."""
        cap, ctx.cap = ctx.cap, order + 1
        try:
            f, fprime = (arb_series(expansion(t, x, order)) for t in (self.f, self.fprime))
            ctx.cap = order + 1
            series = arb_series([x, 1]) - f / fprime
            return [series[k] for k in range(order + 1)]
        finally:
            ctx.cap = cap


@dataclass(frozen=True, eq=False, kw_only=True)
class Substitution(Approach):
    """Beside `g`, with `g' = f`, the function `t -> factor g(stretch t + shift)`."""

    factor: float
    stretch: float
    shift: float

    @property
    def t0(self) -> float:
        """`(x0 - shift) / stretch`, in the precision of the case."""
        t0 = (self.start - self.shift) / self.stretch
        return t0 if self.u == FLOAT64 else float(np.float32(t0))

    @property
    def scaled(self) -> ScalarFunction:
        """The derivative of `factor g`."""
        return self.function.times(self.factor)

    @property
    def substituted(self) -> ScalarFunction:
        """The derivative of `t -> g(stretch t + shift)`."""
        return self.function.along(self.stretch, self.shift).times(self.stretch)


@dataclass(frozen=True, eq=False, kw_only=True)
class MultipleRoot(Rooted):
    """An iteration towards a root of `(x - x*)^multiplicity h(x)`, with `|h'/h| <= cofactor` between `x*` and `x0`."""

    multiplicity: int
    cofactor: float = 0.0

    @property
    def ratio(self) -> float:
        """`1 - 1 / multiplicity`, the factor of the error in the limit."""
        return 1 - 1 / self.multiplicity

    @property
    def remainder(self) -> float:
        """`C` of `|e_{k+1} - ratio e_k| <= C e_k^2`.

        With `t = e h'/h` the step leaves `(m - 1 + t) / (m + t)` of the error, and that differs from the ratio by
        `t / (m (m + t))`.
        """
        m = self.multiplicity
        return self.cofactor / (m * (m - self.cofactor * self.initial))


@dataclass(frozen=True, eq=False, kw_only=True)
class Cycle(Iteration):
    """A start from which the iterates come back to it for ever: `points`, again and again."""

    points: Floats

    @property
    def due(self) -> Floats:
        """(steps+1)."""
        return np.resize(self.points, self.steps + 1).astype(float)
