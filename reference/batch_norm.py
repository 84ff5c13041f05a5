"""Q2: batch normalisation in full, and the simplified form that only centres. A batch is `(n,d)`, a sample a row."""

from __future__ import annotations

import math

import numpy as np

from reference.arguments import reals, within
from spec.arrays import Floats


def batch_norm(x: Floats, gamma: Floats, beta: Floats, eps: float) -> Floats:
    """`(n,d),(d),(d),() -> (n,d)`. `gamma (x - mean) / sqrt(var + eps) + beta`, `var` divided by `n`, not `n - 1`.

    Refuses `eps < 0`, and `eps = 0` if a column is constant. Claims Q2.a.2, Q2.a.5 to Q2.a.9, Q2.b.3.
    """
    x, gamma, beta, eps = reals("(n,d),(d),(d),()", x=x, gamma=gamma, beta=beta, eps=eps)
    within(0, math.inf, eps=eps)
    x_hat, _ = _normalised(x, eps)
    y: Floats = gamma * x_hat + beta
    return y


def batch_norm_backward(dy: Floats, x: Floats, gamma: Floats, eps: float) -> tuple[Floats, Floats, Floats]:
    """`(n,d),(n,d),(d),() -> (n,d),(d),(d)`. `dx`, `dgamma`, `dbeta` from the upstream gradient `dy`.

    `dx = gamma / sqrt(var + eps) (dy - mean(dy) - x_hat mean(dy x_hat))`, `dgamma = sum(dy x_hat)`, `dbeta = sum(dy)`.
    Refuses what `batch_norm` refuses. Claims Q2.a.6, Q2.a.8, Q2.b.5, Q2.b.9.
    """
    x, dy, gamma, eps = reals("(n,d),(n,d),(d),()", x=x, dy=dy, gamma=gamma, eps=eps)
    within(0, math.inf, eps=eps)
    x_hat, deviation = _normalised(x, eps)
    dgamma = (dy * x_hat).sum(axis=0)
    return gamma / deviation * (_centered(dy) - x_hat * dgamma / len(x)), dgamma, dy.sum(axis=0)


def centered_batch_norm(x: Floats, gamma: Floats, beta: Floats) -> Floats:
    """`(n,d),(d),(d) -> (n,d)`. `gamma (x - mean) + beta`; for one sample `beta`, exactly.

    Claims Q2.c.1 to Q2.c.5, Q2.d.1 to Q2.d.3.
    """
    x, gamma, beta = reals("(n,d),(d),(d)", x=x, gamma=gamma, beta=beta)
    y: Floats = gamma * _centered(x) + beta
    return y


def centered_batch_norm_backward(dy: Floats, gamma: Floats) -> Floats:
    """`(n,d),(d) -> (n,d)`. `dx = gamma (dy - mean(dy))`; for one sample 0, exactly.

    Claims Q2.c.8, Q2.c.9, Q2.d.3, Q2.d.9.
    """
    dy, gamma = reals("(n,d),(d)", dy=dy, gamma=gamma)
    dx: Floats = gamma * _centered(dy)
    return dx


def _centered(x: Floats) -> Floats:
    """`x - mean(x)`, a column at a time; the second pass takes away what rounding left of the mean."""
    x = x - x.mean(axis=0)
    centered: Floats = x - x.mean(axis=0)
    return centered


def _normalised(x: Floats, eps: float) -> tuple[Floats, Floats]:
    """`(x - mean) / deviation`, and `deviation = sqrt(var + eps)`, by `hypot` lest a square overflow or underflow."""
    x = _centered(x)
    deviation = np.hypot(np.hypot.reduce(x, axis=0) / math.sqrt(len(x)), math.sqrt(eps))
    if not deviation.all():
        raise ValueError("eps must be positive where a column of x is constant")
    return x / deviation, deviation
