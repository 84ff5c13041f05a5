"""Derivatives by finite differences, with an estimate of their own error."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

LEVELS = (1.0, 0.5, 0.25)


@dataclass(frozen=True, slots=True)
class Quotient:
    """A difference quotient, and how far from the derivative it may be."""

    value: NDArray[np.float64]
    error: NDArray[np.float64]


def slope(along: Callable[[float], Any], noise: Callable[[float], Any], step: float) -> Quotient:
    """The derivative of `along` at 0: central differences of three steps, extrapolated twice (Richardson).

    `noise(t)` is what `along(t)` is itself allowed to be off. The error is the last extrapolation's own change, which
    bounds its truncation as long as the terms of the expansion fall, plus the noise at all six points as the weights
    of the formula amplify it. Choose `step` small against the distance to any kink.
    """
    first, noise_first = _central(along, noise, step * LEVELS[0])
    second, noise_second = _central(along, noise, step * LEVELS[1])
    third, noise_third = _central(along, noise, step * LEVELS[2])
    coarse = (4 * second - first) / 3
    fine = (4 * third - second) / 3
    best = (16 * fine - coarse) / 15
    truncation = np.abs(best - fine)
    # The weights of the three quotients in `best`: 1/45, -20/45, 64/45.
    rounding = (noise_first + 20 * noise_second + 64 * noise_third) / 45
    return Quotient(best, truncation + rounding)


def _central(
    along: Callable[[float], Any], noise: Callable[[float], Any], h: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    quotient = (np.asarray(along(h), dtype=float) - np.asarray(along(-h), dtype=float)) / (2 * h)
    return quotient, (np.asarray(noise(h), dtype=float) + np.asarray(noise(-h), dtype=float)) / (2 * h)
