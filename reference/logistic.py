"""Q1: a logistic neuron under binary cross-entropy. `t = X w + b` are the margins, `p = sigma(t)` the predictions."""

from __future__ import annotations

import numpy as np

from lydite.kit import Array, Floats
from reference.arguments import product, reals, scaled, within


@np.errstate(over="ignore")
def logistic_predict(w: Floats, b: float, X: Floats) -> Floats:
    """`(d),(),(n,d) -> (n)`. `1 / (1 + exp(-(X w + b)))`.

    Claims Q1.1, Q1.5, Q1.9, Q1.14.
    """
    X, w, b = reals("(n,d),(d),()", X=X, w=w, b=b)
    return _sigmoid(product(X, w) + b)


@np.errstate(over="ignore")
def logistic_loss(w: Floats, b: float, X: Floats, y: Array) -> float:
    """`(d),(),(n,d),(n) -> ()`. `-sum_n [y ln p + (1 - y) ln(1 - p)]`; labels outside [0, 1] are refused.

    Claims Q1.2, Q1.12, Q1.17, Q1.22.
    """
    X, w, b, y = reals("(n,d),(d),(),(n)", X=X, w=w, b=b, y=y)
    within(0, 1, y=y)
    t = product(X, w) + b
    return float(np.sum(y * _softplus(-t) + (1 - y) * _softplus(t)))


@np.errstate(over="ignore")
def logistic_gradient(w: Floats, b: float, X: Floats, y: Array) -> tuple[Floats, float]:
    """`(d),(),(n,d),(n) -> (d),()`. `sum_n (p - y) x` and `sum_n (p - y)`; labels outside [0, 1] are refused.

    Claims Q1.6, Q1.15, Q1.19.
    """
    X, w, b, y = reals("(n,d),(d),(),(n)", X=X, w=w, b=b, y=y)
    within(0, 1, y=y)
    t = product(X, w) + b
    residual = (1 - y) * _sigmoid(t) - y * _sigmoid(-t)  # p - y, without its cancellation
    return product(X.T, residual), float(residual.sum())


@np.errstate(over="ignore")
def logistic_hessian(w: Floats, b: float, X: Floats) -> Floats:
    """`(d),(),(n,d) -> (d+1,d+1)`. `sum_n sigma(t) sigma(-t) (x, 1)(x, 1)'`, in the order `(w, b)`.

    It is a Gram matrix, hence symmetric and positive semidefinite. Claims Q1.7, Q1.8, Q1.11, Q1.16, Q1.18.
    """
    X, w, b = reals("(n,d),(d),()", X=X, w=w, b=b)
    t = product(X, w) + b
    # sigma(-t) is 1 - sigma(t) without its cancellation.
    root, e = scaled(np.sqrt(_sigmoid(t) * _sigmoid(-t))[:, None] * np.column_stack([X, np.ones_like(t)]))
    hessian: Floats = np.ldexp(root.T @ root, 2 * e)
    return hessian


@np.errstate(over="ignore")
def logistic_step(w: Floats, b: float, X: Floats, y: Array, learning_rate: float) -> tuple[Floats, float]:
    """`(d),(),(n,d),(n),() -> (d),()`. `w - learning_rate dw` and `b - learning_rate db`, both from the old `(w, b)`.

    Refuses what `logistic_gradient` refuses. Claims Q1.3, Q1.20, Q1.21.
    """
    dw, db = logistic_gradient(w, b, X, y)
    w, b, learning_rate = reals("(d),(),()", w=w, b=b, learning_rate=learning_rate)
    return w - learning_rate * dw, b - learning_rate * db


def _sigmoid(t: Floats) -> Floats:
    """`1 / (1 + exp(-t))`; for `t < 0` as `exp(t) / (1 + exp(t))`, so that the exponential never overflows."""
    e = np.exp(-np.abs(t))
    p: Floats = np.where(t < 0, e, 1) / (1 + e)
    return p


def _softplus(t: Floats) -> Floats:
    """`ln(1 + exp(t))`, which is `-ln sigma(-t)`; the largest number where `t` is none, so that 0 times it is 0."""
    return np.minimum(np.logaddexp(0, t), np.finfo(t.dtype).max)
