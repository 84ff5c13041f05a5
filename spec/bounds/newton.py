"""Bounds what rounding may cost the iterates of Newton's method."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from lydite.kit import FLOAT64, Floats
from lydite.kit.case import tiny
from spec.definitions.newton import (
    Approach,
    Cycle,
    Formula,
    MultipleRoot,
    Rooted,
    ScalarFunction,
    Substitution,
    rounded,
)

LOCAL = 4
"""Unit roundoffs of a step, besides those of `f` and `f'`: twice that of the quotient and that of the difference."""


def evaluation(formula: Formula, x: float, u: float) -> float:
    """The error of a formula at `x`: of its own operations on floats, and of rounding the value where it arrives.

    What arrives below the smallest normal number may be flushed to 0: `x^2 / 4` at 1e-23, in single precision.
    """
    computed = rounded(formula, x)
    return FLOAT64 * computed.error + u * abs(computed.value) + tiny(u)


@lru_cache(maxsize=1 << 15)
def step(function: ScalarFunction, x: float, u: float) -> float:
    """One step from `x`: `4u (|x| + |f / f'|) + (eps_f + |f / f'| eps_f') / (|f'| - eps_f')`.

    The last term is the effect of the errors of `f` and `f'` on their quotient, `evaluation` and, for code that carries
    more digits of `x` than it returns, `u |x f'|` and `u |x f''|`. Where `eps_f'` reaches `|f'|`, nothing is known.
    """
    try:
        value, slope = function.f(x), function.fprime(x)
        error = evaluation(function.f, x, u) + u * abs(x * slope)
        error_prime = evaluation(function.fprime, x, u) + u * abs(x * function.second(x))
        certain = abs(slope) - error_prime
        if not certain > 0:
            return math.inf
        ratio = abs(value / slope)
        return LOCAL * u * (abs(x) + ratio) + (error + ratio * error_prime) / certain
    except (OverflowError, ValueError):
        return math.inf


def steps(function: ScalarFunction, x: Floats, u: float) -> Floats:
    """`step` from each of `x`."""
    return np.array([step(function, xk, u) for xk in x.tolist()])


def resting(x: Floats, u: float, forgiving: bool) -> Floats:
    """A step from a root of the function, which is none; forgiving, `2 u |x|`, for `(x f' - f) / f'` and its like."""
    return 2 * u * np.abs(x) if forgiving else np.zeros(x.shape)


def drift(case: Approach, function: ScalarFunction, x: Floats, start: float = 0.0, unit: float = 1.0) -> Floats:
    """How far the iterates `x`, one by one within `unit step`, may be from the exact ones, `start` away at first.

    `|N'| <= sup |f'| sup |f''| |x - x*| / inf |f'|^2 = 2 M |x - x*| sup |f'| / inf |f'|`, where the iterates lie in
    `case.envelope`.
    """
    flattest, steepest = case.slope_range
    rate, away = 2 * case.constant * steepest / flattest, [start]
    for size, local in zip(case.envelope[:-1].tolist(), steps(function, x[:-1], case.u).tolist(), strict=True):
        away.append(rate * (size + away[-1]) * away[-1] + unit * local)
    return np.array(away)


def excess(case: Approach, x: Floats) -> Floats:
    """By how much rounding may lift `|e_k|` over `case.envelope`: `a <- (2 envelope + a) M a + step`."""
    above = [0.0]
    for size, local in zip(case.envelope[:-1].tolist(), steps(case.function, x[:-1], case.u).tolist(), strict=True):
        above.append(case.constant * (2 * size + above[-1]) * above[-1] + local)
    return np.array(above)


def substituted_drift(case: Substitution, t: Floats) -> Floats:
    """`drift` of `stretch t + shift`: the start is rounded, each step is taken in `t`, and going back rounds twice."""
    start = 2 * case.u * (abs(case.start) + abs(case.shift))
    back = 2 * FLOAT64 * (np.abs(case.stretch * t) + abs(case.shift))
    drifted: Floats = drift(case, case.substituted, t, start, abs(case.stretch)) + back
    return drifted


def repeated(case: Cycle) -> Floats:
    """How far rounding may carry iterates from a cycle: `a <- |N'| a + 2 step`, `N' = f f'' / f'^2`.

    One of the two steps is for the terms of second order in `a`.
    """
    f, away = case.function, [0.0]
    for x in case.due[:-1].tolist():
        rate = abs(f.f(x) * f.second(x)) / f.fprime(x) ** 2
        away.append(rate * away[-1] + 2 * step(f, x, case.u))
    return np.array(away)


def geometric(case: MultipleRoot, x: Floats) -> Floats:
    """How far rounding may carry iterates from `(1 - 1/m)^k e_0`: a step's own error, shrunk by every later step."""
    away = [0.0]
    for local in steps(case.function, x[:-1], case.u).tolist():
        away.append(case.ratio * away[-1] + local)
    return np.array(away)


def final(case: Rooted) -> float:
    """The error at which iterates of a simple root end: `4u |x*| + 2 eps_f / |f'(x*)|`, and `u |e_0|`.

    The last term is for a root at 0, which has no roundoff of its own and is approached for ever.
    """
    root = case.limit.roughly().item()
    noise = evaluation(case.f, root, case.u) / abs(case.fprime(root))
    return LOCAL * case.u * abs(root) + 2 * noise + case.u * case.initial
