"""Q6: Newton's method for a root of `f`, and for a stationary point of `g`, which is a root of its derivative."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from lydite.kit import Floats
from reference.arguments import integers, reals, within


def newton_root(f: Callable[[float], float], fprime: Callable[[float], float], x0: float, steps: int) -> Floats:
    """`(steps+1)` iterates, `x0` first: `x_{k+1} = x_k - f(x_k) / fprime(x_k)`, which stay at a root once they hit it.

    Refuses `steps < 0` and what is not an integer. Raises ZeroDivisionError where `fprime` vanishes and `f` does not.
    Claims Q6.3, Q6.8 to Q6.11, Q6.15, Q6.16.
    """
    [x] = reals("()", x0=x0)
    [steps] = integers(steps=steps)
    within(0, math.inf, steps=steps)
    iterates = [x]
    for _ in range(steps):
        if value := float(f(x)):
            x -= value / float(fprime(x))
        iterates.append(x)
    return np.array(iterates)


def newton_minimize(
    gprime: Callable[[float], float], gsecond: Callable[[float], float], x0: float, steps: int
) -> Floats:
    """`(steps+1)` iterates of `newton_root` for `gprime`, towards a stationary point of `g`: not always a minimum.

    Claims Q6.13, Q6.14.
    """
    return newton_root(gprime, gsecond, x0, steps)
