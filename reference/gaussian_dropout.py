"""Q5: a linear unit whose inputs are multiplied by noise `delta_k ~ Normal(1, sigma^2)`, under the squared error."""

from __future__ import annotations

import math

import numpy as np

from lydite.kit import Floats
from reference.arguments import integers, ordinary, reals, scaled, within


@np.errstate(over="ignore")
def gaussian_dropout_loss(w: Floats, x: Floats, target: float, delta: Floats) -> float:
    """`(n),(n),(),(n) -> ()`. `(target - sum_k delta_k w_k x_k)^2 / 2`, for the given noise.

    Claims Q5.1, Q5.8, Q5.9.
    """
    w, x, target, delta = reals("(n),(n),(),(n)", w=w, x=x, target=target, delta=delta)
    residual = target - _output(w, x, delta)
    return float(0.5 * residual * residual)


@np.errstate(over="ignore")
def gaussian_dropout_gradient(w: Floats, x: Floats, target: float, delta: Floats) -> Floats:
    """`(n),(n),(),(n) -> (n)`. `-(target - sum_k delta_k w_k x_k) delta_i x_i`, the derivative by `w_i`.

    Claims Q5.1, Q5.8, Q5.9.
    """
    w, x, target, delta = reals("(n),(n),(),(n)", w=w, x=x, target=target, delta=delta)
    residual = target - _output(w, x, delta)
    return -residual * delta * x


@np.errstate(over="ignore")
def gaussian_dropout_expected_loss(w: Floats, x: Floats, target: float, sigma: float) -> float:
    """`(n),(n),(),() -> ()`. `(target - w.x)^2 / 2 + sigma^2 / 2 sum_k w_k^2 x_k^2`; `sigma < 0` is refused.

    Claims Q5.13, X.4.
    """
    return gaussian_dropout_loss(w, x, target, np.ones_like(x)) + gaussian_dropout_penalty(w, x, sigma)


@np.errstate(over="ignore")
def gaussian_dropout_expected_gradient(w: Floats, x: Floats, target: float, sigma: float) -> Floats:
    """`(n),(n),(),() -> (n)`. `-(target - w.x - sigma^2 w_i x_i) x_i`; `sigma < 0` is refused.

    Claims Q5.6, Q5.7, Q5.13.
    """
    w, x, target, sigma = reals("(n),(n),(),()", w=w, x=x, target=target, sigma=sigma)
    within(0, math.inf, sigma=sigma)
    residual = target - _output(w, x, np.ones_like(x))
    return (sigma * w * sigma * x - residual) * x


@np.errstate(over="ignore")
def gaussian_dropout_penalty(w: Floats, x: Floats, sigma: float) -> float:
    """`(n),(n),() -> ()`. `sigma^2 / 2 sum_k w_k^2 x_k^2`, the variance of the output halved; `sigma < 0` is refused.

    Claims Q5.13, X.4.
    """
    w, x, sigma = reals("(n),(n),()", w=w, x=x, sigma=sigma)
    within(0, math.inf, sigma=sigma)
    return float(0.5 * np.sum((sigma * (w * x)) ** 2))


def gaussian_dropout_noise(size: int, sigma: float, seed: int) -> Floats:
    """`(),(),() -> (size)`. Independent numbers of `Normal(1, sigma^2)`; the seed decides which.

    Refuses `size < 1`, `sigma < 0`, a seed outside [0, 2^32), and what is not an integer. Claim X.13.
    """
    size, seed = integers(size=size, seed=seed)
    [sigma] = reals("()", sigma=sigma)
    within(1, math.inf, size=size)
    within(0, math.inf, sigma=sigma)
    within(0, 2**32 - 1, seed=seed)
    return 1 + sigma * np.random.default_rng(seed).standard_normal(size)


def _output(w: Floats, x: Floats, delta: Floats) -> float:
    """`sum_k delta_k w_k x_k`."""
    if ordinary(w, x, delta):
        return float((w * x) @ delta)
    (w, a), (x, b), (delta, c) = map(scaled, (w, x, delta))
    return float(np.ldexp((w * x) @ delta, a + b + c))
