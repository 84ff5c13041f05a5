"""Q2: batch normalisation in full, and the simplified form that only centres. A batch is `(n,d)`, a sample a row."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lydite.kit import Floats
from reference.arguments import reals, scaled, within


@np.errstate(over="ignore")
def batch_norm(x: Floats, gamma: Floats, beta: Floats, eps: float) -> Floats:
    """`(n,d),(d),(d),() -> (n,d)`. `gamma (x - mean) / sqrt(var + eps) + beta`, `var` divided by `n`, not `n - 1`.

    Refuses `eps < 0`, and `eps = 0` if a column is constant. Claims Q2.a.2, Q2.a.5 to Q2.a.9, Q2.b.3.
    """
    x, gamma, beta, eps = reals("(n,d),(d),(d),()", x=x, gamma=gamma, beta=beta, eps=eps)
    within(0, math.inf, eps=eps)
    x_hat, *_ = _normalised(x, eps)
    y: Floats = gamma * x_hat + beta
    return y


@np.errstate(over="ignore")
def batch_norm_backward(dy: Floats, x: Floats, gamma: Floats, eps: float) -> tuple[Floats, Floats, Floats]:
    """`(n,d),(n,d),(d),() -> (n,d),(d),(d)`. `dx`, `dgamma`, `dbeta` from the upstream gradient `dy`.

    `dx = gamma / sqrt(var + eps) (dy - mean(dy) - x_hat mean(dy x_hat))`, `dgamma = sum(dy x_hat)`, `dbeta = sum(dy)`.
    Refuses what `batch_norm` refuses. Claims Q2.a.6, Q2.a.8, Q2.b.5, Q2.b.9.
    """
    x, dy, gamma, eps = reals("(n,d),(n,d),(d),()", x=x, dy=dy, gamma=gamma, eps=eps)
    within(0, math.inf, eps=eps)
    x_hat, deviation, a = _normalised(x, eps)
    dy, b = scaled(dy, axis=0)
    along = _mean(dy * x_hat)
    dx = gamma * np.ldexp((_centered(dy) - x_hat * along) / deviation, b - a)
    return dx, np.ldexp(len(x) * along, b), np.ldexp(len(x) * _mean(dy), b)


@np.errstate(over="ignore")
def centered_batch_norm(x: Floats, gamma: Floats, beta: Floats) -> Floats:
    """`(n,d),(d),(d) -> (n,d)`. `gamma (x - mean) + beta`; for one sample `beta`, exactly.

    Claims Q2.c.1 to Q2.c.5, Q2.d.1 to Q2.d.3.
    """
    x, gamma, beta = reals("(n,d),(d),(d)", x=x, gamma=gamma, beta=beta)
    x, e = scaled(x, axis=0)
    y: Floats = np.ldexp(gamma * _centered(x), e) + beta
    return y


@np.errstate(over="ignore")
def centered_batch_norm_backward(dy: Floats, gamma: Floats) -> Floats:
    """`(n,d),(d) -> (n,d)`. `dx = gamma (dy - mean(dy))`; for one sample 0, exactly.

    Claims Q2.c.8, Q2.c.9, Q2.d.3, Q2.d.9.
    """
    dy, gamma = reals("(n,d),(d)", dy=dy, gamma=gamma)
    dy, e = scaled(dy, axis=0)
    dx: Floats = np.ldexp(gamma * _centered(dy), e)
    return dx


@np.errstate(over="ignore")
def batch_norm_inference(x: Floats, gamma: Floats, beta: Floats, mean: Floats, variance: Floats, eps: float) -> Floats:
    """`(n,d),(d),(d),(d),(d),() -> (n,d)`. `gamma (x - mean) / sqrt(variance + eps) + beta`, sample by sample.

    Refuses a negative variance, `eps < 0`, and `eps = 0` where a variance is 0. Claim X.10.
    """
    x, gamma, beta, mean, variance, eps = reals(
        "(n,d),(d),(d),(d),(d),()", x=x, gamma=gamma, beta=beta, mean=mean, variance=variance, eps=eps
    )
    within(0, math.inf, variance=variance, eps=eps)
    deviation = np.hypot(np.sqrt(variance), math.sqrt(eps))
    if not deviation.all():
        raise ValueError("eps must be positive where a variance is 0")
    e = np.frexp(np.maximum(abs(x), abs(mean)))[1]  # the difference itself may overflow
    c = np.ldexp(x, -e) - np.ldexp(mean, -e)
    scale, k = np.frexp(gamma)
    y: Floats = np.ldexp(scale * (c / deviation), e + k) + beta
    return y


@np.errstate(over="ignore")
def running_statistics(x: Floats, mean: Floats, variance: Floats, momentum: float) -> tuple[Floats, Floats]:
    """`(n,d),(d),(d),() -> (d),(d)`. Each statistic `1 - momentum` times, and `momentum` times that of the batch.

    The variance of the batch is divided by `n`. Refuses a negative variance, and `momentum` outside [0, 1]. Claim X.11.
    """
    x, mean, variance, momentum = reals("(n,d),(d),(d),()", x=x, mean=mean, variance=variance, momentum=momentum)
    within(0, math.inf, variance=variance)
    within(0, 1, momentum=momentum)
    x, e = scaled(x, axis=0)
    centered = _centered(x)
    weight, k = math.frexp(momentum)  # before the variance of the batch overflows
    new = [np.ldexp(weight * _mean(x), e + k), np.ldexp(weight * _mean(centered * centered), 2 * e + k)]
    kept: Floats = (1 - momentum) * np.stack([mean, variance]) + np.stack(new)
    return kept[0], kept[1]


def _mean(x: Floats) -> Floats:
    """The mean over the samples, which NumPy adds up pairwise along a row."""
    mean: Floats = np.add.reduce(np.ascontiguousarray(x.T), axis=1) / len(x)
    return mean


def _centered(x: Floats) -> Floats:
    """`x - mean(x)`; the second pass takes away what rounding left of the mean, which lies between the ends."""
    x = x - np.maximum(np.minimum(_mean(x), x.max(axis=0)), x.min(axis=0))
    centered: Floats = x - _mean(x)
    return centered


def _normalised(x: Floats, eps: float) -> tuple[Floats, Floats, Any]:
    """`(x - mean) / deviation`, and `deviation = sqrt(var + eps)` over a power of two, with the exponent of that."""
    x, e = scaled(x, axis=0)
    x = np.ldexp(_centered(x), e - 2)  # a quarter of it, which is a float even where it is not one itself
    root = np.full_like(x[:1], math.sqrt(eps) / 4)
    x, e = scaled(np.concatenate([x, root]), axis=0)
    x, root = x[:-1], x[-1]
    deviation = np.sqrt(_mean(x * x) + root * root)
    if not deviation.all():
        raise ValueError("eps must be positive where a column of x is constant")
    return x / deviation, deviation, e + 2
