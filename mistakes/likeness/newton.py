"""Formulas that are taken for Newton's method."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from lydite.kit.asked import REFUSALS, Asked, Numbers, Terms, Way, Ways

Function = Callable[[float], float]
Rule = Callable[[Function, Function, list[float]], float]
"""The next iterate, from the function whose root is sought, its derivative, and the iterates so far."""

FUNCTIONS = {"newton_root": ("f", "fprime"), "newton_minimize": ("gprime", "gsecond")}


def _iterated(rule: Rule) -> Callable[[Asked], Any]:
    """The iterates by another rule; they rest at a root."""

    def way(a: Asked) -> Any:
        f, slope = (a.given[name] for name in FUNCTIONS[a.call])
        x = [a.number("x0")]
        for _ in range(int(a.given["steps"])):
            x.append(x[-1] if f(x[-1]) == 0 else rule(f, slope, x))
        return np.array(x)

    return way


def _step(f: Function, slope: Function, x: float) -> float:
    return f(x) / slope(x)


def _with_slope(of: Callable[[float], float]) -> Callable[[Asked], Any]:
    return _iterated(lambda f, slope, x: x[-1] - f(x[-1]) / of(slope(x[-1])))


def _with_step(of: Callable[[float], float]) -> Callable[[Asked], Any]:
    return _iterated(lambda f, slope, x: x[-1] - of(_step(f, slope, x[-1])))


def _lagging(f: Function, slope: Function, x: list[float]) -> float:
    return x[-1] - f(x[-1]) / slope(x[max(0, len(x) - 2)])


def _every_second(f: Function, slope: Function, x: list[float]) -> float:
    return x[-1] - f(x[-1]) / slope(x[(len(x) - 1) // 2 * 2])


def _secant(f: Function, slope: Function, x: list[float]) -> float:
    if len(x) < 2 or x[-1] == x[-2] or f(x[-1]) == f(x[-2]):
        return x[-1] - _step(f, slope, x[-1])
    return x[-1] - f(x[-1]) * (x[-1] - x[-2]) / (f(x[-1]) - f(x[-2]))


def _resting(f: Function, slope: Function, x: list[float]) -> float:
    return x[-1] - _step(f, slope, x[-1]) if slope(x[-1]) else x[-1]


def _unless_concave(otherwise: Callable[[float], float]) -> Rule:
    """Newton's step where the second derivative is positive."""
    return lambda f, slope, x: x[-1] - (_step(f, slope, x[-1]) if slope(x[-1]) > 0 else otherwise(f(x[-1])))


def _shortened(f: Function, slope: Function, x: list[float]) -> float:
    step = _step(f, slope, x[-1])
    while step and abs(f(x[-1] - step)) > abs(f(x[-1])):
        step /= 2
    return x[-1] - step


def _straight(a: Asked) -> Numbers:
    f, slope = (a.given[name] for name in FUNCTIONS[a.call])
    x0 = a.number("x0")
    ratio = _step(f, slope, x0) if f(x0) else 0.0
    return np.array([x0 - k * ratio for k in range(int(a.given["steps"]) + 1)])


def _more_steps(a: Asked, more: int) -> Numbers:
    iterates: Numbers = a.other(a.call, steps=int(a.given["steps"]) + more)
    return iterates


def _stopping(eps: float) -> Callable[[Asked], Any]:
    """The iterates that rest as soon as `f` is small."""
    return _iterated(lambda f, slope, x: x[-1] if abs(f(x[-1])) < eps else x[-1] - _step(f, slope, x[-1]))


def _descending(rate: float) -> Callable[[Asked], Any]:
    return _iterated(lambda f, _, x: x[-1] - rate * f(x[-1]))


def _damped(factor: float) -> Callable[[Asked], Any]:
    return _with_step(lambda step: factor * step)


def _cushioned(eps: float) -> Callable[[Asked], Any]:
    return _with_slope(lambda slope: slope + eps)


def _exchanged(a: Asked) -> Any:
    f, slope = FUNCTIONS[a.call]
    return a.again(**{f: a.given[slope], slope: a.given[f]})


def _flat(a: Asked) -> Any:
    """Returns what division gives where it is not refused."""
    f, slope = (a.given[name] for name in FUNCTIONS[a.call])
    x = [np.float64(a.number("x0"))]
    for _ in range(int(a.given["steps"])):
        try:
            x.append(x[-1] - np.float64(f(float(x[-1]))) / np.float64(slope(float(x[-1]))))
        except REFUSALS:
            return None
    return np.array(x)


SIZES = (1e-6, 1e-8, 1e-10, 1e-12, 1e-15, 1e-16, 1e-3)
RATES = (1.0, 0.1, 0.01, 0.001)
FACTORS = (0.5, 0.9, 0.95, 0.99, 0.999, 2.0, 0.1, 1.5)

STEPS: tuple[Way, ...] = (
    ("the ratio is added, not subtracted", _with_step(lambda step: -step)),
    ("the slope at the start, for every step", _iterated(lambda f, slope, x: x[-1] - f(x[-1]) / slope(x[0]))),
    ("the whole ratio at the start, for every step", _iterated(lambda f, slope, x: x[-1] - _step(f, slope, x[0]))),
    ("the start, less so many times the ratio there", _straight),
    ("steps halved until |f| falls", _iterated(_shortened)),
    ("the slope of the iterate before", _iterated(_lagging)),
    ("a new slope at every second step", _iterated(_every_second)),
    ("secants in place of tangents", _iterated(_secant)),
    ("it rests where the slope is 0", _iterated(_resting)),
    ("the ratio turned over", _iterated(lambda f, slope, x: x[-1] - slope(x[-1]) / f(x[-1]))),
    ("the two functions exchanged", _exchanged),
    ("|slope| for the slope", _with_slope(abs)),
    ("no step longer than one", _with_step(lambda step: float(np.clip(step, -1, 1)))),
    ("no step where the second derivative is not positive", _iterated(_unless_concave(lambda _: 0.0))),
    ("a step along the gradient where the second derivative is not positive", _iterated(_unless_concave(lambda g: g))),
    *((f"a step along f itself, times {rate:g}", _descending(rate)) for rate in RATES),
    *((f"{factor:g} times the step", _damped(factor)) for factor in FACTORS),
    *((f"{eps:g} added to the slope", _cushioned(eps)) for eps in SIZES),
    *((f"it rests where |f| is below {eps:g}", _stopping(eps)) for eps in SIZES),
)

ITERATES: tuple[Way, ...] = (
    ("the start not listed, and one step more", lambda a: _more_steps(a, 1)[1:]),
    ("the start twice, and one step too few", lambda a: np.append(a.due[0][:1], a.due[0][:-1])),
    ("the last iterate first", lambda a: a.due[0][::-1]),
    ("the start, then the steps", lambda a: np.append(a.due[0][:1], -np.diff(a.due[0]))),
    ("the start, then the changes", lambda a: np.append(a.due[0][:1], np.diff(a.due[0]))),
    ("two steps at a time", lambda a: _more_steps(a, int(a.given["steps"]))[::2]),
    ("it never leaves its start", lambda a: a.due[0][0] + 0 * a.due[0]),
    ("the last iterate in every place", lambda a: a.due[0][-1] + 0 * a.due[0]),
    ("infinite or NaN where the slope is 0", _flat),
)

WAYS: Ways = dict.fromkeys(FUNCTIONS, (*ITERATES, *STEPS))

TERMS: Terms = {}
