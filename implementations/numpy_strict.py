"""NumPy that refuses what many libraries refuse: eps = 0, a batch of one sample, labels that are not a distribution."""

from __future__ import annotations

from typing import Any

import numpy as np

# -- Batches of two samples or more, eps positive --


def _checked(x: Any, eps: Any = 1.0) -> Any:
    if len(x) < 2:
        raise ValueError("expected more than one sample while training")
    if not eps > 0:
        raise ValueError(f"eps has to be positive, got {eps}")
    return x


def batch_norm(x: Any, gamma: Any, beta: Any, eps: Any) -> Any:
    centered = _checked(x, eps) - np.mean(x, axis=0)
    return gamma * (centered / np.sqrt(np.mean(centered**2, axis=0) + eps)) + beta


def batch_norm_backward(dy: Any, x: Any, gamma: Any, eps: Any) -> Any:
    centered = _checked(x, eps) - np.mean(x, axis=0)
    s = np.sqrt(np.mean(centered**2, axis=0) + eps)
    x_hat = centered / s
    dgamma, dbeta = np.sum(dy * x_hat, axis=0), np.sum(dy, axis=0)
    return gamma / s * (dy - dbeta / len(x) - x_hat * (dgamma / len(x))), dgamma, dbeta


def centered_batch_norm(x: Any, gamma: Any, beta: Any) -> Any:
    return gamma * (_checked(x) - np.mean(x, axis=0)) + beta


def centered_batch_norm_backward(dy: Any, gamma: Any) -> Any:
    return gamma * (_checked(dy) - np.mean(dy, axis=0))


# -- Labels that are a distribution, as TensorFlow takes them for granted --


def _log_sum_exp(z: Any) -> Any:
    return np.max(z) + np.log(np.sum(np.exp(z - np.max(z))))


def softmax(z: Any) -> Any:
    e = np.exp(z - np.max(z))
    return e / np.sum(e)


def _distribution(y: Any) -> Any:
    if not np.isclose(np.sum(y), 1):
        raise ValueError("the labels do not sum to one")
    return y


def cross_entropy(z: Any, y: Any) -> Any:
    return _log_sum_exp(z) - _distribution(y) @ z


def cross_entropy_gradient(z: Any, y: Any) -> Any:
    return softmax(z) - _distribution(y)


# -- One-hot labels only --


def _hard(y: Any) -> Any:
    if not np.isin(y, (0, 1)).all():
        raise ValueError("the labels are neither 0 nor 1")
    return y == 1


def logistic_loss(w: Any, b: Any, X: Any, y: Any) -> Any:
    t = X @ w + b
    return np.logaddexp(0, np.where(_hard(y), -t, t)).sum()


def network_loss(W1: Any, b1: Any, W2: Any, b2: Any, x: Any, y: Any, mask: Any, alpha: Any) -> Any:
    z1 = W1 @ x + b1
    z2 = W2 @ (mask * np.where(z1 > 0, z1, alpha * z1)) + b2
    (true_class,) = np.flatnonzero(_hard(y))
    return _log_sum_exp(z2) - z2[true_class]
