"""Q3: a two-layer classifier with leaky ReLU, dropout, softmax and cross-entropy, for one sample.

`z1 = W1 x + b1`, `a = mask * leaky_relu(z1)`, `z2 = W2 a + b2`, `p = softmax(z2)`, `L = -sum_k y_k ln p_k`.
"""

from __future__ import annotations

import numpy as np

from lydite.kit import Array, Floats
from reference.arguments import distribution, integers, product, reals, within, zeros_and_ones
from reference.softmax_cross_entropy import cross_entropy, cross_entropy_gradient, softmax


@np.errstate(over="ignore")
def leaky_relu(z: Floats, alpha: float) -> Floats:
    """`(...),() -> (...)`. `z` where positive, else `alpha z`; `alpha` outside [0, 1] is refused.

    Claims Q3.0.2, Q3.3.5.
    """
    z, alpha = reals("(...),()", z=z, alpha=alpha)
    within(0, 1, alpha=alpha)
    return np.where(z > 0, z, alpha * z)


def leaky_relu_derivative(z: Floats, alpha: float) -> Floats:
    """`(...),() -> (...)`. 1 where `z` is positive, else `alpha`; `alpha` outside [0, 1] is refused.

    Claims Q3.0.2, Q3.3.5.
    """
    z, alpha = reals("(...),()", z=z, alpha=alpha)
    within(0, 1, alpha=alpha)
    return np.where(z > 0, z.dtype.type(1), alpha)


def dropout_mask(size: int, p: float, seed: int) -> Floats:
    """`(),(),() -> (size)`. Independent zeros with probability `p`, ones otherwise; the seed decides which.

    Refuses `size < 1`, `p` outside [0, 1], a seed outside [0, 2^32), and what is not an integer. Claim Q3.3.4.
    """
    size, seed = integers(size=size, seed=seed)
    [p] = reals("()", p=p)
    within(1, np.inf, size=size)
    within(0, 1, p=p)
    within(0, 2**32 - 1, seed=seed)
    return (np.random.default_rng(seed).random(size) >= p).astype(np.float64)


@np.errstate(over="ignore")
def inverted_dropout(x: Floats, mask: Array, p: float, training: int) -> Floats:
    """`(...),(...),(),() -> (...)`. `mask x / (1 - p)` in training, and `x` where `training` is 0.

    Refuses a mask of another shape than `x`, or of other numbers than 0 and 1, and `p` outside [0, 1). Claim X.9.
    """
    x, mask, p = reals("(...),(...),()", x=x, mask=mask, p=p)
    [training] = integers(training=training)
    within(0, 1, p=p)
    if p == 1:
        raise ValueError("p must be below 1")
    zeros_and_ones(mask=mask)
    if mask.shape != x.shape:
        raise ValueError(f"mask has shape {mask.shape}, and x has {x.shape}")
    y: Floats = x * mask.astype(x.dtype) / (1 - p) if training else x.copy()
    return y


@np.errstate(over="ignore")
def network_predict(W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, mask: Array, alpha: float) -> Floats:
    """`(h,d),(h),(K,h),(K),(d),(h),() -> (K)`. `p`.

    Refuses `alpha` outside [0, 1], and a mask of other than zeros and ones. Claims Q3.0.1, Q3.0.3, Q3.0.5.
    """
    _, _, z2 = _forward(W1, b1, W2, b2, x, mask, alpha)
    return softmax(z2)


@np.errstate(over="ignore")
def network_loss(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, y: Array, mask: Array, alpha: float
) -> float:
    """`(h,d),(h),(K,h),(K),(d),(K),(h),() -> ()`. `L`.

    Refuses labels that are not a distribution, and what `network_predict` refuses. Claims Q3.0.1, Q3.0.3, Q3.0.5.
    """
    _, _, z2 = _forward(W1, b1, W2, b2, x, mask, alpha)
    [y] = reals("(K)", y=y)
    distribution(y=y)
    return cross_entropy(z2, y)


@np.errstate(over="ignore")
def network_gradient(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, y: Array, mask: Array, alpha: float
) -> tuple[Floats, Floats, Floats, Floats]:
    """`(h,d),(h),(K,h),(K),(d),(K),(h),() -> (h,d),(h),(K,h),(K)`. `dW1, db1, dW2, db2`.

    `dz2 = p - y`, `dz1 = (W2' dz2) * mask * leaky_relu'(z1)`; then `dW2 = dz2 a'`, `db2 = dz2`, `dW1 = dz1 x'`,
    `db1 = dz1`. Refuses what `network_loss` refuses. Claims Q3.3.1, Q3.3.3, Q3.3.8.
    """
    z1, a, z2 = _forward(W1, b1, W2, b2, x, mask, alpha)
    [y] = reals("(K)", y=y)
    distribution(y=y)
    dz2 = cross_entropy_gradient(z2, y)
    dz1 = product(np.asarray(W2).T, dz2) * mask * leaky_relu_derivative(z1, alpha)
    return np.outer(dz1, x), dz1, np.outer(dz2, a), dz2


def _forward(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, mask: Array, alpha: float
) -> tuple[Floats, Floats, Floats]:
    """`z1`, `a` and `z2`."""
    W1, b1, W2, b2, x, mask = reals("(h,d),(h),(K,h),(K),(d),(h)", W1=W1, b1=b1, W2=W2, b2=b2, x=x, mask=mask)
    zeros_and_ones(mask=mask)
    z1 = product(W1, x) + b1
    if not np.isfinite(z1).all():
        raise ValueError("W1, b1 and x are so large that W1 x + b1 is not finite")
    a = mask * leaky_relu(z1, alpha)
    z2 = product(W2, a) + b2
    if not np.isfinite(z2).all():
        raise ValueError("W1, b1, x, W2 and b2 are so large that a logit is not finite")
    return z1, a, z2
