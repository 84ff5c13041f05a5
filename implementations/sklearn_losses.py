"""scikit-learn behind the contract: the losses of its linear models and of its boosting, and its scalers."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn._loss import HalfBinomialLoss, HalfMultinomialLoss
from sklearn.linear_model._linear_loss import LinearModelLoss
from sklearn.preprocessing import scale
from sklearn.utils.extmath import softmax as softmax_of_rows

LOGISTIC = LinearModelLoss(HalfBinomialLoss(), fit_intercept=True)
"""The mean over samples, of parameters `(w, b)`."""


def floats(*given: Any) -> list[Any]:
    """`given`, copied, in the type of the floating-point arrays among them; in float64 if there is none."""
    types = [a.dtype for a in given if isinstance(a, np.ndarray | np.generic) and a.dtype.kind == "f"]
    dtype = np.result_type(*types) if types else np.dtype(np.float64)
    return [np.array(a, dtype=dtype, order="C") for a in given]


# -- Q1 --


def logistic_predict(w: Any, b: Any, X: Any) -> Any:
    w, b, X = floats(w, b, X)
    return HalfBinomialLoss().predict_proba(X @ w + b)[:, 1]


def logistic_loss(w: Any, b: Any, X: Any, y: Any) -> Any:
    w, b, X, y = floats(w, b, X, y)
    return HalfBinomialLoss().loss(y, X @ w + b).sum()


def logistic_gradient(w: Any, b: Any, X: Any, y: Any) -> Any:
    w, b, X, y = floats(w, b, X, y)
    gradient = LOGISTIC.gradient(np.append(w, b), X, y) * len(X)
    return gradient[:-1], gradient[-1]


def logistic_hessian(w: Any, b: Any, X: Any) -> Any:
    w, b, X = floats(w, b, X)
    blank = np.zeros((w.size + 1, w.size + 1), X.dtype)  # what it leaves where most weights have underflowed
    _, hessian, _ = LOGISTIC.gradient_hessian(np.append(w, b), X, np.zeros(len(X), X.dtype), hessian_out=blank)
    return hessian * len(X)


# -- Q2 --


def centered_batch_norm(x: Any, gamma: Any, beta: Any) -> Any:
    x, gamma, beta = floats(x, gamma, beta)
    return gamma * scale(x, with_std=False) + beta


def centered_batch_norm_backward(dy: Any, gamma: Any) -> Any:
    dy, gamma = floats(dy, gamma)
    return gamma * scale(dy, with_std=False)


# -- Q3 --


def softmax(z: Any) -> Any:
    [z] = floats(z)
    return softmax_of_rows(z[None])[0]


# -- Q7 --


def _each_class(z: Any) -> tuple[HalfMultinomialLoss, Any, Any]:
    """The loss, and for each class as the true one its number and the logits: labels are numbers, not vectors."""
    return HalfMultinomialLoss(n_classes=z.size), np.arange(z.size, dtype=z.dtype), np.tile(z, (z.size, 1))


def cross_entropy(z: Any, y: Any) -> Any:
    z, y = floats(z, y)
    if z.size == 1:
        return 0.0  # the loss asks for two classes at least
    loss, classes, logits = _each_class(z)
    return y @ loss.loss(classes, logits)


def cross_entropy_gradient(z: Any, y: Any) -> Any:
    z, y = floats(z, y)
    if z.size == 1:
        return np.zeros(1)
    loss, classes, logits = _each_class(z)
    return y @ loss.gradient(classes, logits)


def cross_entropy_hessian(z: Any) -> Any:
    [z] = floats(z)
    if z.size == 1:
        return np.zeros((1, 1))
    loss = LinearModelLoss(HalfMultinomialLoss(n_classes=z.size), fit_intercept=False)
    _, hessian, _ = loss.gradient_hessian(z, np.ones((1, 1), z.dtype), np.zeros(1, z.dtype))
    return hessian
