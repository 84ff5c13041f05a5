"""Q7, and the softmax of Q3: softmax, cross-entropy, and their derivatives. `z` are logits, `p = softmax(z)`."""

from __future__ import annotations

import math

import numpy as np

from lydite.kit import Array, Floats
from reference.arguments import reals, within


@np.errstate(over="ignore")
def softmax(z: Floats) -> Floats:
    """`(K) -> (K)`. `exp(z_i) / sum_j exp(z_j)`.

    Claims Q3.0.4, Q7.0.1.
    """
    [z] = reals("(K)", z=z)
    e = np.exp(z - z.max())
    p: Floats = e / e.sum()
    return p


@np.errstate(over="ignore")
def softmax_jacobian(z: Floats) -> Floats:
    """`(K) -> (K,K)`. `diag(p) - p p'`: entry `[k, i]` is the derivative of `p_k` by `z_i`.

    Every row sums to zero, which gives the diagonal without the cancellation of `p_k - p_k^2`. Claims Q3.1.3 to Q3.1.5.
    """
    p = softmax(z)
    products = np.outer(p, p)
    np.fill_diagonal(products, 0)
    return np.diag(products.sum(axis=1)) - products


@np.errstate(over="ignore")
def cross_entropy(z: Floats, y: Array) -> float:
    """`(K),(K) -> ()`. `-sum_k y_k ln p_k`, for any labels that are not negative.

    `-ln p_k` is the gap `max z - z_k` plus `ln(sum_j exp(z_j - max z))`, whose largest term is 1: hence `log1p`.
    Claims Q3.0.5, Q3.2.1, Q7.0.2, Q7.b.iii.2, X.1.
    """
    z, y = reals("(K),(K)", z=z, y=y)
    within(0, math.inf, y=y)
    gap = z.max() - z
    others = np.exp(-gap)
    others[z.argmax()] = 0
    seen = y.nonzero()  # where it is 0, a gap that overflows must not count
    return float(y[seen] @ (gap[seen] + np.log1p(others.sum())))


@np.errstate(over="ignore")
def cross_entropy_gradient(z: Floats, y: Array) -> Floats:
    """`(K),(K) -> (K)`. `sum(y) p - y`, for any labels that are not negative.

    Entry `i` is `p_i sum_{k != i} y_k - y_i sum_{k != i} p_k`: nothing cancels where the true class is all but certain.
    Claims Q3.2.5 to Q3.2.7, Q7.a.1, Q7.a.6, Q7.a.7.
    """
    z, y = reals("(K),(K)", z=z, y=y)
    within(0, math.inf, y=y)
    p, top = softmax(z), z.argmax()
    others = 1 - p
    others[top] = p[:top].sum() + p[top + 1 :].sum()
    gradient: Floats = (y.sum() - y) * p - y * others
    return gradient


@np.errstate(over="ignore")
def cross_entropy_hessian(z: Floats) -> Floats:
    """`(K) -> (K,K)`. `diag(p) - p p'`, for any labels that sum to one: their gradient is `p` minus a constant.

    Claims Q7.b.1, Q7.b.i.2 to Q7.b.ii.2, Q7.b.ii.7, Q7.b.ii.8.
    """
    return softmax_jacobian(z)


@np.errstate(over="ignore")
def cross_entropy_hessian_with_labels(z: Floats, y: Array) -> Floats:
    """`(K),(K) -> (K,K)`. `sum(y) (diag(p) - p p')`, for any labels that are not negative.

    Their gradient is `sum(y) p - y`, in which `p` alone depends on `z`. Claim X.12.
    """
    z, y = reals("(K),(K)", z=z, y=y)
    within(0, math.inf, y=y)
    hessian: Floats = y.sum() * softmax_jacobian(z)
    return hessian


@np.errstate(over="ignore")
def log_softmax(z: Floats) -> Floats:
    """`(K) -> (K)`. `ln p_i`: minus the gap `max z - z_i`, and minus the logarithm that `cross_entropy` takes.

    Claim X.8.
    """
    [z] = reals("(K)", z=z)
    others = np.exp(z - z.max())
    others[z.argmax()] = 0
    logarithms: Floats = z - z.max() - np.log1p(others.sum())
    return logarithms
