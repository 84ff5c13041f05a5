"""Derivatives by finite differences, with a bound on their own error that no answer can widen."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

STEPS = (1.0, 0.5, 0.25)
WEIGHTS = (1 / 45, -20 / 45, 64 / 45)
"""Central differences of three steps, extrapolated twice (Richardson): of a power `2 k` of the step they leave
`c_k = (1 - 20 / 4^k + 64 / 16^k) / 45`, which is 1 for `k = 0`, 0 for `k = 1, 2`, and at most 1/45 from then on."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line through an input of a call: the arguments `at` each distance `t` along it.

    `noise(t)` is what an answer may be off by there, the rounding of the arguments included. The exact answer is an
    analytic function of `t` for `|t| <= radius`, and differs there by at most `size` from a polynomial of degree 6;
    `radius` and `size` come from the definition, never from an answer.
    """

    at: Callable[[float], tuple[Any, ...]]
    noise: Callable[[float], Any]
    step: float
    radius: float = math.inf
    size: Any = 0.0

    @property
    def truncation(self) -> Any:
        """`size / (45 radius) q^6 / (1 - q^2)` for `q = step / radius`: what the extrapolation leaves of a slope.

        The coefficient of `t^j` is at most `size / radius^j` by Cauchy's estimate, from `j = 7` on, where a polynomial
        of degree 6 has none. A central difference is the sum of those of odd `j = 2 k + 1`, times `step^2k`.
        """
        q = self.step / self.radius
        return self.size * (q**6 / (1 - q * q) / 45 / self.radius)


@dataclass(frozen=True, slots=True)
class Quotient:
    """A difference quotient, and how far from the derivative it may be."""

    value: Numbers
    error: Numbers


def slope(call: Callable[..., Any], line: Line) -> Quotient:
    """Returns the derivative of `call` along `line`, at its middle.

    The error is the truncation of the exact function, and the noise at all six points as the weights amplify it.
    """
    value, error = np.float64(0.0), np.asarray(line.truncation)
    for share, weight in zip(STEPS, WEIGHTS, strict=True):
        h = share * line.step
        ahead, behind = (np.asarray(call(*line.at(t)), dtype=float) for t in (h, -h))
        value = value + weight * (ahead - behind) / (2 * h)
        error = error + abs(weight) * (np.asarray(line.noise(h)) + line.noise(-h)) / (2 * h)
    return Quotient(np.asarray(value), error)


def curvature(call: Callable[..., Any], line: Line) -> Quotient:
    """Returns the second derivative of `call` along `line`, at its middle.

    A second difference is twice the sum of the coefficients of even `j = 2 k + 2`, times `step^2k`: its truncation is
    that of a slope, times `2 / radius`.
    """
    middle, noise = np.asarray(call(*line.at(0.0)), dtype=float), np.asarray(line.noise(0.0))
    value, error = np.float64(0.0), np.asarray(2 * line.truncation / line.radius)
    for share, weight in zip(STEPS, WEIGHTS, strict=True):
        h = share * line.step
        ahead, behind = (np.asarray(call(*line.at(t)), dtype=float) for t in (h, -h))
        value = value + weight * (ahead - 2 * middle + behind) / (h * h)
        error = error + abs(weight) * (np.asarray(line.noise(h)) + 2 * noise + line.noise(-h)) / (h * h)
    return Quotient(np.asarray(value), error)


def second_step(u: float) -> float:
    """`4 u^(1/8)` as a power of two: what it loses to rounding, `u / h^2`, and to truncation, `h^6`, is about alike."""
    return float(2.0 ** round(math.log2(4 * u**0.125)))
