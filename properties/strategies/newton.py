"""Functions with starts, for Q6."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from lydite.kit import Cases, Regime, Source, refusals
from spec.bounds import newton as bounds
from spec.definitions.newton import (
    Approach,
    Cycle,
    Iteration,
    MultipleRoot,
    Rooted,
    ScalarFunction,
    Substitution,
    affine,
    arctangent,
    constant,
    exponential,
    number,
    polynomial,
    power,
    power_times,
    sine,
    square_minus,
)

MOST_STEPS = 6
"""Of most iterations."""
LONG = 100
"""Of some."""
FARTHEST = 64.0
"""No iterate is farther from the start than this many units of `x`: exponentials stay in range, float32 too."""
CLOSE = 0.75
"""The largest `M |e_0|` of a start that is close enough."""
MOST_HALVINGS = 30
"""Steps towards a multiple root."""
ROOM = 8.0
"""An error is above rounding where it is this many times what rounding leaves."""

UNITS = {"float64": (2.0**-27, 2.0**27, 2.0**-200, 2.0**200), "float32": (2.0**-20, 2.0**20)}
OFFSETS = {"float64": (1e8, -1e8), "float32": (4096.0, -4096.0)}
FACTORS = {"float64": (1.0, -(2.0**300), 2.0**-300), "float32": (1.0, -(2.0**30), 2.0**-30)}
"""In the regime of stability: the unit of `x`, or where its origin is moved to, and what multiplies `f`.

Powers of 2 leave the product of two numbers in a formula exact."""
HUGE = {"float64": 2.0**600, "float32": 2.0**70}
"""A factor of `f` whose square is beyond the range of the precision, and as small."""

# -- Numbers of few digits, whose products are exact --


def _short(source: Source) -> float:
    """A multiple of 1/8, from -4 to 4."""
    return float(np.round(8 * np.clip(source.number(), -4, 4)) / 8)


def _short_but_zero(source: Source) -> float:
    return _short(source) or source.choice((1.0, -1.0))


def _positive(source: Source) -> float:
    return abs(_short_but_zero(source))


def _product(*factors: list[float]) -> list[float]:
    """The coefficients of a product of polynomials, constant first."""
    product = np.ones(1)
    for factor in factors:
        product = np.convolve(product, factor)
    return [float(c) for c in product]


# -- Functions --


def _any_polynomial(source: Source) -> ScalarFunction:
    return polynomial([*(_short(source) for _ in range(source.size(1, 4))), _short_but_zero(source)])


def _any_square(source: Source) -> ScalarFunction:
    return square_minus(_short(source))


def _any_power(source: Source) -> ScalarFunction:
    return power(_short(source), source.choice((2, 3, 4)), _short_but_zero(source))


def _rooted_square(source: Source) -> ScalarFunction:
    return square_minus(_positive(source)).times(source.choice((1.0, -1.0, 0.5)))


def _factored_quadratic(source: Source) -> ScalarFunction:
    """A quadratic with two roots."""
    a, r, c = _short_but_zero(source), _short(source), _positive(source)
    return polynomial(_product([a], [-r, 1.0], [-r - c, 1.0]), number(r), number(r + c))


def _factored_cubic(source: Source) -> ScalarFunction:
    """`t^3 + p t^2 + q t` for `t = x - r`."""
    r, p, q = _short(source), _short(source), _short_but_zero(source)
    return polynomial(_product([-r, 1.0], [r * (r - p) + q, p - 2 * r, 1.0]), number(r))


def _affine(source: Source) -> ScalarFunction:
    return affine(_short_but_zero(source), _short(source))


def _exponential(source: Source) -> ScalarFunction:
    return exponential(_positive(source))


def _arctangent(source: Source) -> ScalarFunction:
    return arctangent(_short(source))


def _odd_cubic(source: Source) -> ScalarFunction:
    """`(x - r)^3 + a (x - r)`, with an inflection at its root."""
    r, a = _short(source), _short_but_zero(source)
    return polynomial(_product([-r, 1.0], [r * r + a, -2 * r, 1.0]), number(r))


ANY = (_any_polynomial, _any_polynomial, _any_square, _any_power, _exponential, _arctangent, lambda _: sine(), _affine)
SIMPLE = (_rooted_square, _factored_quadratic, _factored_cubic, _exponential, _arctangent, lambda _: sine(), _affine)
QUADRATIC = (_rooted_square, _factored_quadratic)
INFLECTED = (_arctangent, _odd_cubic, lambda _: sine())

# -- Any iteration --


def regular_steps(function: ScalarFunction, x0: float, steps: int, u: float, unit: float = 1.0) -> int:
    """How many of `steps` any code takes alike: no slope that rounding could bring to zero, nothing out of range.

    `away` is how far rounding may have carried the iterate; where it changes the slope by a sixteenth, a run ends.
    """
    away, x = 0.0, x0
    for k in range(steps):
        value, slope, bend = function.f(x), function.fprime(x), function.second(x)
        if value == 0:
            return steps
        if not abs(slope) > 16 * away * abs(bend) or abs(x - value / slope - x0) > FARTHEST * unit:
            return k
        away = abs(value * bend / slope / slope) * away + bounds.step(function, x, u)
        x -= value / slope
    return steps


def _iteration(source: Source, function: ScalarFunction, x0: float, steps: int) -> Iteration:
    start: Any = source.scalar(x0)
    if source.regime is Regime.PURITY and source.happens(0.5):
        start = source.array(start)  # without axes, and writable by the time a call gets it
    return Iteration(function=function, x0=start, steps=steps, **source.common)


def _draw_iteration(source: Source) -> Iteration:
    function, x0 = source.choice(ANY)(source), float(np.clip(source.number(2.0), -6, 6))
    function, x0, unit = _elsewhere(source, function, x0)
    steps = int(source.rng.integers(1, MOST_STEPS + 1)) if source.happens(0.75) else int(source.log_uniform(1, LONG))
    return _iteration(source, function, x0, regular_steps(function, x0, steps, source.u, unit))


def _elsewhere(source: Source, function: ScalarFunction, x0: float) -> tuple[ScalarFunction, float, float]:
    """The function, the start and the unit of `x`: in the regime of stability another one, or another origin."""
    if source.regime is not Regime.STABILITY:
        return function, x0, 1.0
    unit, offset = 1.0, 0.0
    if source.happens(0.25):
        return function.times(HUGE[source.precision] ** source.choice((1, -1))), x0, unit
    if source.happens(0.5):
        unit = source.choice(UNITS[source.precision])
    else:
        offset = source.choice(OFFSETS[source.precision])
    moved = function.along(1 / unit, -offset / unit).times(source.choice(FACTORS[source.precision]))
    return moved, source.scalar(unit * x0 + offset), unit


def _edge_iterations(source: Source) -> Iterator[Iteration]:
    """No step at all, the classic ones from either side, a cycle, a divergence, a start at a multiple root."""
    root_two, cubic = square_minus(2.0), polynomial([2.0, -2.0, 0.0, 1.0])
    for function, x0, steps in [
        (root_two, 1.0, 0),
        (root_two, 1.0, 1),
        (root_two, 2.0, 6),
        (root_two, -1.0, 6),
        (affine(2.0, 6.0), 1.0, 3),
        (exponential(1.0), 1.0, 6),
        (exponential(1.0), -1.0, 6),
        (exponential(1.0), 62.0, 60),
        (cubic, 0.0, 5),
        (arctangent(), 1.25, 6),
        (arctangent(), 1.5, 4),
        (sine(), 0.5, 3),
        (power(1.0, 2), 2.0, 6),
        (power(0.0, 2), 1e-22, 3),  # whose value is below the smallest normal number of float32
    ]:
        yield _iteration(source, function, x0, steps)


iterations = Cases(_draw_iteration, _edge_iterations)
"""Any function, from anywhere, for no step or a few."""

# -- Where no step is taken --


def _draw_rest(source: Source) -> Iteration:
    """A start at a root, simple or multiple, or one step of a power of two away from it."""
    r = _short(source)
    kind = source.choice(("power", "root", "step"))
    if kind == "step":
        a, x0 = source.choice((1.0, -2.0, 0.5)), _short(source)
        return _iteration(source, polynomial([-a * r, a]), x0, 3)
    if kind == "root":
        a, b = _short_but_zero(source), _short(source)
        return _iteration(source, polynomial(_product([-r, 1.0], [b, a])), r, source.size())
    return _iteration(source, power(r, source.choice((2, 3)), _short_but_zero(source)), r, source.size())


def _edge_rests(source: Source) -> Iterator[Iteration]:
    for function, x0 in [
        (polynomial([0.0, 1.0]), 0.0),
        (square_minus(4.0), 2.0),
        (square_minus(4.0), -2.0),
        (power(0.0, 2), 0.0),
        (power(1.0, 3), 1.0),
        (exponential(1.0), 0.0),
        (sine(), 0.0),
        (arctangent(1.0), 1.0),
        (affine(2.0, 6.0), 1.0),
    ]:
        yield _iteration(source, function, x0, 3)


rests = Cases(_draw_rest, _edge_rests)
"""Starts at a root, or such that a step hits one exactly."""


def _draw_flat(source: Source) -> Iteration:
    """`b ((x - r)^2 + a^2)` from its flat point `r`, or from `r + a`, from where a step leads there."""
    r, a, b = _short(source), _short_but_zero(source), source.choice((1.0, -1.0, 0.5))
    function = square_minus(-a * a).along(1.0, -r).times(b)
    away = source.happens(0.5)
    return _iteration(source, function, r + a if away else r, source.size(1 + away, 5))


def _edge_flats(source: Source) -> Iterator[Iteration]:
    for function, x0, steps in [
        (square_minus(2.0), 0.0, 1),
        (square_minus(-1.0), 0.0, 3),
        (square_minus(-1.0), 1.0, 2),
        (polynomial([7.0, -3.0, 0.0, 1.0]), 2.0, 2),
        (polynomial([5.0]), 1.0, 1),
    ]:
        yield _iteration(source, function, x0, steps)


flats = Cases(_draw_flat, _edge_flats)
"""Iterations that meet a slope of 0 where the function is not 0."""

# -- Close to a simple root --


def _approach(source: Source, function: ScalarFunction, root: str, x0: float) -> Approach:
    """From `x0`, or as much closer to the root as it takes, for as many steps as reach all accuracy there is."""
    target = constant(root)
    away = x0 - float(target)
    while True:
        case = Approach(function=function, root=root, x0=source.scalar(float(target) + away), steps=1, **source.common)
        if 0 < case.contraction <= CLOSE or (case.constant == 0 and away):
            return replace(case, steps=case.steps_to(bounds.final(case)))
        away = away / 2 or 0.5


def _approaches_of(functions: tuple[Callable[[Source], ScalarFunction], ...]) -> Callable[[Source], Approach]:
    def draw(source: Source) -> Approach:
        function = source.choice(functions)(source)
        root = source.choice(function.roots)
        return _approach(source, function, root, float(constant(root)) + np.clip(source.number(), -2, 2))

    return draw


def _edge_approaches(source: Source) -> Iterator[Approach]:
    """From either side of a root; to what is, of a function with that derivative, a minimum or a maximum."""
    yield _approach(source, square_minus(2.0), "sqrt(2)", 2.0)
    yield _approach(source, square_minus(2.0), "sqrt(2)", 1.0)
    yield _approach(source, square_minus(1.0), "-sqrt(1)", -0.5)
    yield _approach(source, exponential(1.0), "log(1)", 0.5)
    yield _approach(source, arctangent(), "0", -0.5)
    yield _approach(source, sine(), "pi", 3.0)
    yield _approach(source, affine(3.0, 1.0), "quotient(1, 3)", 2.0)


def _edge_quadratics(source: Source) -> Iterator[Approach]:
    yield _approach(source, square_minus(2.0), "sqrt(2)", 2.0)
    yield _approach(source, square_minus(2.0), "-sqrt(2)", -1.0)


def _edge_inflections(source: Source) -> Iterator[Approach]:
    yield _approach(source, sine(), "0", 0.5)
    yield _approach(source, arctangent(), "0", 0.5)


approaches = Cases(_approaches_of(SIMPLE), _edge_approaches)
"""Starts close to a simple root, for as many steps as it takes."""

quadratic_approaches = Cases(_approaches_of(QUADRATIC), _edge_quadratics)
"""The same for quadratics."""

inflections = Cases(_approaches_of(INFLECTED), _edge_inflections)
"""The same where the second derivative is 0 at the root."""


def _draw_substitution(source: Source) -> Substitution:
    return _substituted(source, _approaches_of(SIMPLE)(source))


def _substituted(source: Source, case: Approach) -> Substitution:
    factor = source.choice((-1.0, 3.0, -0.125, 100.0))
    stretch, shift = source.choice((-1.0, 2.0, -0.5, 3.0)), _short(source)
    return Substitution(**case.inputs(), **source.common, factor=factor, stretch=stretch, shift=shift)


substitutions = Cases(_draw_substitution)
"""The same with a multiple of the function, and a change of its variable."""


def _draw_quadratic(source: Source) -> Rooted:
    """`g' = a x - b` from any start; in the regime of stability of any size."""
    a, b, x0 = _short_but_zero(source), _short(source), source.number(8.0)
    if source.regime is Regime.STABILITY:
        a, b = (t * source.choice(FACTORS[source.precision]) for t in (a, b))
        x0 *= source.choice((1.0, 1e-8, 1e8))
    return _quadratic(source, a, b, x0)


def _quadratic(source: Source, a: float, b: float, x0: float) -> Rooted:
    function = affine(a, b)
    steps = source.size(1, 3)
    return Rooted(function=function, root=function.roots[0], x0=source.scalar(x0), steps=steps, **source.common)


def _edge_quadratic_functions(source: Source) -> Iterator[Rooted]:
    """`3x^2 - 4x`, and `-x^2`, which has a maximum only."""
    yield _quadratic(source, 6.0, 4.0, 100.0)
    yield _quadratic(source, -2.0, 0.0, 7.0)


quadratics = Cases(_draw_quadratic, _edge_quadratic_functions)
"""Quadratic functions to minimise, from any start."""

# -- Towards a multiple root --


def _multiple(
    source: Source, function: ScalarFunction, root: float, m: int, x0: float, cofactor: float = 0.0
) -> MultipleRoot:
    """For some steps, as long as the error is well above what rounding leaves."""
    x0, most = source.scalar(x0), source.choice((4, 8, MOST_HALVINGS))
    case = MultipleRoot(
        function=function, root=number(root), multiplicity=m, cofactor=cofactor, x0=x0, steps=0, **source.common
    )
    steps, e, away = 0, x0 - root, 0.0
    while steps < most:
        away = case.ratio * away + bounds.step(function, root + e, source.u)
        e *= case.ratio
        if abs(e) < ROOM * away:
            break
        steps += 1
    return replace(case, steps=steps)


def _offset(source: Source) -> float:
    return source.choice((1.0, -1.0)) * (0.25 + min(_positive(source), 2.0))


def _draw_power(source: Source) -> MultipleRoot:
    """`b (x - r)^m`, written so or multiplied out, which costs accuracy."""
    r, m, b = _short(source), source.choice((2, 3)), source.choice((1.0, -2.0, 0.5))
    expanded = polynomial(_product([b], *[[-r, 1.0]] * m))
    return _multiple(source, source.choice((power(r, m, b), expanded)), r, m, r + _offset(source))


def _edge_powers(source: Source) -> Iterator[MultipleRoot]:
    yield _multiple(source, power(1.0, 2), 1.0, 2, 2.0)
    yield _multiple(source, power(1.0, 3), 1.0, 3, 2.0)
    yield _multiple(source, polynomial([1.0, -2.0, 1.0]), 1.0, 2, 2.0)
    yield _multiple(source, polynomial([-1.0, 3.0, -3.0, 1.0]), 1.0, 3, 2.0)


def _draw_multiple(source: Source) -> MultipleRoot:
    """`(x - r)^m (x - c)` from a start that is closer to `r` than to `c` by far; now and then a mere power."""
    if source.happens(0.25):
        return _draw_power(source)
    r, m, gap = _short(source), source.choice((2, 3)), source.choice((2.0, -2.0, 4.0, -4.0))
    distance = source.choice((0.125, 0.25, 0.5)) * source.choice((1.0, -1.0))
    cofactor = 1 / (abs(gap) - abs(distance))
    return _multiple(source, power_times(r, m, r + gap), r, m, r + distance, cofactor)


powers = Cases(_draw_power, _edge_powers, most=40)
"""Powers of `x - r`, down to where rounding ends it."""

multiple_roots = Cases(_draw_multiple, _edge_powers, most=40)
"""Double and triple roots, with other roots besides."""

# -- Where nothing converges --


def _draw_cycle(source: Source) -> Cycle:
    """`b ((x/s)^3 - 2 x/s + 2)` from 0, which goes to `s` and back."""
    s, b = source.choice((1.0, -1.0, 4.0, -0.25)), source.choice((1.0, -1.0, 3.0, 0.5))
    return _cycle(source, polynomial([2.0, -2.0, 0.0, 1.0]).along(1 / s, 0.0).times(b), s)


def _cycle(source: Source, function: ScalarFunction, s: float) -> Cycle:
    points = np.array([0.0, s] if source.happens(0.5) else [s, 0.0])
    return Cycle(function=function, x0=float(points[0]), steps=source.size(2, 6), points=points, **source.common)


def _edge_cycles(source: Source) -> Iterator[Cycle]:
    cubic, points = polynomial([2.0, -2.0, 0.0, 1.0]), np.array([0.0, 1.0])
    yield Cycle(function=cubic, x0=0.0, steps=6, points=points, **source.common)


def _draw_divergence(source: Source) -> Rooted:
    """The arc tangent, from so far that every step doubles back farther."""
    r, away = _short(source), source.choice((1.0, -1.0)) * (1.4 + float(source.rng.random()))
    return _divergence(source, r, source.scalar(r + away), source.size(1, 4))


def _divergence(source: Source, r: float, x0: float, steps: int) -> Rooted:
    return Rooted(function=arctangent(r), root=number(r), x0=x0, steps=steps, **source.common)


def _edge_divergences(source: Source) -> Iterator[Rooted]:
    yield _divergence(source, 0.0, 1.5, 6)
    yield _divergence(source, 0.0, -2.0, 4)


cycles = Cases(_draw_cycle, _edge_cycles)
"""Starts of a cycle of two points."""

divergences = Cases(_draw_divergence, _edge_divergences)
"""Starts from which the iterates leave."""

# -- Bad input --


def _bad_arguments(source: Source) -> Iterator[tuple[str, tuple[Any, ...]]]:
    f, fprime = square_minus(2.0).f, square_minus(2.0).fprime
    yield "x0 is NaN", (f, fprime, math.nan, 3)
    yield "x0 is infinite", (f, fprime, math.inf, 3)
    yield "x0 is minus infinity", (f, fprime, -math.inf, 0)
    yield "x0 has an axis", (f, fprime, source.array([1.0, 2.0]), 3)
    yield "steps is negative", (f, fprime, 1.0, -1)


bad_roots = refusals("newton_root", _bad_arguments)
bad_minima = refusals("newton_minimize", _bad_arguments)
