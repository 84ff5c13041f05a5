"""Probabilities as exponentials of their logarithms: what automatic differentiation makes of log-sum-exp."""

from __future__ import annotations

from typing import Any

import numpy as np

# -- Log-sum-exp, and its derivatives --


def _log_sum_exp(z: Any) -> Any:
    top = np.max(z)
    return top + np.log(np.sum(np.exp(z - top)))


def softmax(z: Any) -> Any:
    return np.exp(z - _log_sum_exp(z))


def softmax_jacobian(z: Any) -> Any:
    p = softmax(z)
    return np.diag(p) - p[:, None] * p


def cross_entropy(z: Any, y: Any) -> Any:
    partition = _log_sum_exp(z)
    return np.sum(y, dtype=partition.dtype) * partition - z @ y


def cross_entropy_gradient(z: Any, y: Any) -> Any:
    p = softmax(z)
    return np.sum(y, dtype=p.dtype) * p - y


def cross_entropy_hessian(z: Any) -> Any:
    p = np.exp(z - _log_sum_exp(z))
    return p * (np.eye(len(p), dtype=p.dtype) - p[:, None])


# -- The same for two classes, one of whose logits is 0 --


def _softplus(t: Any) -> Any:
    return np.logaddexp(0, t).astype(t.dtype)


def _sigmoid(t: Any) -> Any:
    return np.exp(t - _softplus(t))


def logistic_predict(w: Any, b: Any, X: Any) -> Any:
    return _sigmoid(np.einsum("nd,d->n", X, w) + b)


def logistic_loss(w: Any, b: Any, X: Any, y: Any) -> Any:
    t = np.einsum("nd,d->n", X, w) + b
    return np.add.reduce(_softplus(t) - t * y)


def logistic_gradient(w: Any, b: Any, X: Any, y: Any) -> Any:
    residual = logistic_predict(w, b, X) - y
    return np.einsum("n,nd->d", residual, X), np.add.reduce(residual)


def logistic_hessian(w: Any, b: Any, X: Any) -> Any:
    p = logistic_predict(w, b, X)
    rows = np.column_stack([X, np.ones_like(p)])
    return np.einsum("n,ni,nj->ij", p * (1 - p), rows, rows)


def logistic_step(w: Any, b: Any, X: Any, y: Any, learning_rate: Any) -> Any:
    dw, db = logistic_gradient(w, b, X, y)
    return np.add(w, np.negative(learning_rate) * dw), b + np.negative(learning_rate) * db


# -- A network on top of it, the mask on the columns of the second layer --


def _layers(W1: Any, b1: Any, W2: Any, b2: Any, x: Any, mask: Any, alpha: Any) -> tuple[Any, Any, Any]:
    z1 = np.dot(W1, x) + b1
    hidden = np.where(z1 > 0, z1, z1 * alpha) * np.asarray(mask, dtype=z1.dtype)
    return z1, hidden, np.dot(W2, hidden) + b2


def network_predict(W1: Any, b1: Any, W2: Any, b2: Any, x: Any, mask: Any, alpha: Any) -> Any:
    return softmax(_layers(W1, b1, W2, b2, x, mask, alpha)[2])


def network_loss(W1: Any, b1: Any, W2: Any, b2: Any, x: Any, y: Any, mask: Any, alpha: Any) -> Any:
    return cross_entropy(_layers(W1, b1, W2, b2, x, mask, alpha)[2], y)


def network_gradient(W1: Any, b1: Any, W2: Any, b2: Any, x: Any, y: Any, mask: Any, alpha: Any) -> Any:
    z1, hidden, z2 = _layers(W1, b1, W2, b2, x, mask, alpha)
    d2 = cross_entropy_gradient(z2, y)
    d1 = np.dot(d2, W2) * np.where(z1 > 0, 1, alpha) * mask
    return np.multiply.outer(d1, x), d1, np.multiply.outer(d2, hidden), d2
