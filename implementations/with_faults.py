"""A submission as it comes in, four of its calls wrong: what `make grade` shows under "expected faults"."""

from __future__ import annotations

from typing import Any

import numpy as np


def logistic_predict(w: Any, b: Any, X: Any) -> Any:
    return 1 / (1 + np.exp(-np.clip(X @ w + b, -700, 700)))


def logistic_loss(w: Any, b: Any, X: Any, y: Any) -> Any:
    t = X @ w + b
    return (np.maximum(t, 0) - y * t + np.log1p(np.exp(-np.abs(t)))).sum()


def logistic_gradient(w: Any, b: Any, X: Any, y: Any) -> Any:
    residual = logistic_predict(w, b, X) - y
    return X.T @ residual / len(X), residual.mean()  # the mean, where the cost is a sum


def centered_batch_norm(x: Any, gamma: Any, beta: Any) -> Any:
    return gamma * (x - x.mean(axis=0)) + beta


def centered_batch_norm_backward(dy: Any, gamma: Any) -> Any:
    return gamma * dy  # the document's limit for large batches, which is not one


def softmax(z: Any) -> Any:
    e = np.exp(z - z.max())
    return e / e.sum()


def cross_entropy(z: Any, y: Any) -> Any:
    return -(y * np.log(softmax(z) + 1e-12)).sum()  # a constant against log(0) that costs digits


def cross_entropy_gradient(z: Any, y: Any) -> Any:
    return softmax(z) - 1  # the document's middle line: one is subtracted at every class


def cross_entropy_hessian(z: Any) -> Any:
    p = softmax(z)
    return np.diag(p) - np.outer(p, p)
