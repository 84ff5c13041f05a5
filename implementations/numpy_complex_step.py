"""Derivatives by the complex step `Im f(x + ih) / h`, in which nothing cancels; values by formulas that take it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

H = 1e-100


def _partials(f: Callable[[Any], Any], x: Any) -> Any:
    """The derivatives of `f` by the entries of `x`, a row each."""
    x = np.asarray(x, dtype=float)
    return np.array([np.imag(f(x + 1j * H * unit)) / H for unit in np.eye(x.size)])


def _double(*arrays: Any) -> tuple[Any, ...]:
    return tuple(np.asarray(a, dtype=float) for a in arrays)


# -- Q1 --


def _sigmoid(t: Any) -> Any:
    return 1 / (1 + np.exp(-t))


def logistic_predict(w: Any, b: Any, X: Any) -> Any:
    w, X = _double(w, X)
    return _sigmoid(X @ w + float(b))


def _cost(theta: Any, X: Any, y: Any) -> Any:
    t = X @ theta[:-1] + theta[-1]
    return np.sum(y * np.log(1 + np.exp(-t)) + (1 - y) * np.log(1 + np.exp(t)))


def logistic_loss(w: Any, b: Any, X: Any, y: Any) -> Any:
    w, X, y = _double(w, X, y)
    return _cost(np.append(w, b), X, y)


def logistic_gradient(w: Any, b: Any, X: Any, y: Any) -> Any:
    w, X, y = _double(w, X, y)
    by = _partials(lambda theta: _cost(theta, X, y), np.append(w, b))
    return by[:-1], by[-1]


def logistic_hessian(w: Any, b: Any, X: Any) -> Any:
    w, X = _double(w, X)
    rows = np.column_stack([X, np.ones(len(X))])
    return _partials(lambda theta: rows.T @ _sigmoid(rows @ theta), np.append(w, b))


def logistic_step(w: Any, b: Any, X: Any, y: Any, learning_rate: Any) -> Any:
    dw, db = logistic_gradient(w, b, X, y)
    return w - learning_rate * dw, b - learning_rate * db


# -- Q2 --


def _batch_norm(x: Any, gamma: Any, beta: Any, eps: Any) -> Any:
    centered = x - x.mean(axis=0)
    return gamma * centered / np.sqrt((centered * centered).mean(axis=0) + float(eps)) + beta


def batch_norm(x: Any, gamma: Any, beta: Any, eps: Any) -> Any:
    return _batch_norm(*_double(x, gamma, beta), eps)


def batch_norm_backward(dy: Any, x: Any, gamma: Any, eps: Any) -> Any:
    dy, x, gamma = _double(dy, x, gamma)
    zero = np.zeros_like(gamma)
    dx = _partials(lambda v: np.sum(dy * _batch_norm(v.reshape(x.shape), gamma, zero, eps)), x.ravel())
    dgamma = _partials(lambda g: np.sum(dy * _batch_norm(x, g, zero, eps)), gamma)
    dbeta = _partials(lambda b: np.sum(dy * _batch_norm(x, gamma, b, eps)), zero)
    return dx.reshape(x.shape), dgamma, dbeta


def centered_batch_norm(x: Any, gamma: Any, beta: Any) -> Any:
    x, gamma, beta = _double(x, gamma, beta)
    return gamma * (x - x.mean(axis=0)) + beta


def centered_batch_norm_backward(dy: Any, gamma: Any) -> Any:
    dy, gamma = _double(dy, gamma)

    def output(v: Any) -> Any:
        x = v.reshape(dy.shape)
        return np.sum(dy * gamma * (x - x.mean(axis=0)))

    return _partials(output, np.zeros(dy.size)).reshape(dy.shape)


# -- Q3 and Q7 --


def _softmax(z: Any) -> Any:
    e = np.exp(z - np.max(np.real(z)))
    return e / np.sum(e)


def softmax(z: Any) -> Any:
    return _softmax(*_double(z))


def softmax_jacobian(z: Any) -> Any:
    return _partials(_softmax, z).T


def _cross_entropy(z: Any, y: Any) -> Any:
    z = z - np.max(np.real(z))
    return np.sum(y * (np.log(np.sum(np.exp(z))) - z))


def cross_entropy(z: Any, y: Any) -> Any:
    return _cross_entropy(*_double(z, y))


def cross_entropy_gradient(z: Any, y: Any) -> Any:
    z, y = _double(z, y)
    return _partials(lambda v: _cross_entropy(v, y), z)


def cross_entropy_hessian(z: Any) -> Any:
    return _partials(_softmax, z)


def _leaky_relu(z: Any, alpha: Any) -> Any:
    return np.where(np.real(z) > 0, z, alpha * z)


def leaky_relu(z: Any, alpha: Any) -> Any:
    return _leaky_relu(*_double(z), float(alpha))


def leaky_relu_derivative(z: Any, alpha: Any) -> Any:
    [z] = _double(z)
    return np.imag(_leaky_relu(z + 1j * H, float(alpha))) / H


def _logits(weights: list[Any], x: Any, mask: Any, alpha: Any) -> Any:
    W1, b1, W2, b2 = weights
    return W2 @ (mask * _leaky_relu(W1 @ x + b1, float(alpha))) + b2


def network_predict(W1: Any, b1: Any, W2: Any, b2: Any, x: Any, mask: Any, alpha: Any) -> Any:
    return _softmax(_logits(list(_double(W1, b1, W2, b2)), *_double(x, mask), alpha))


def network_loss(W1: Any, b1: Any, W2: Any, b2: Any, x: Any, y: Any, mask: Any, alpha: Any) -> Any:
    x, y, mask = _double(x, y, mask)
    return _cross_entropy(_logits(list(_double(W1, b1, W2, b2)), x, mask, alpha), y)


def network_gradient(W1: Any, b1: Any, W2: Any, b2: Any, x: Any, y: Any, mask: Any, alpha: Any) -> Any:
    x, y, mask = _double(x, y, mask)
    weights = list(_double(W1, b1, W2, b2))

    def by(k: int) -> Any:
        def loss(v: Any) -> Any:
            moved = [v.reshape(w.shape) if i == k else w for i, w in enumerate(weights)]
            return _cross_entropy(_logits(moved, x, mask, alpha), y)

        return _partials(loss, weights[k].ravel()).reshape(weights[k].shape)

    return tuple(by(k) for k in range(4))


# -- Q4 --


def _value(c: Any, point: Any) -> Any:
    u, v, z = (np.array([x**i for i in range(n)]) for x, n in zip(point, c.shape, strict=True))
    return np.einsum("ijk,i,j,k->", c, u, v, z)


def trivariate_value(c: Any, point: Any) -> Any:
    return _value(*_double(c, point))


def trivariate_gradient(c: Any, point: Any) -> Any:
    [c] = _double(c)
    return _partials(lambda x: _value(c, x), point)


def trivariate_hessian(c: Any, point: Any) -> Any:
    [c] = _double(c)
    derived = [np.moveaxis(np.moveaxis(c, a, -1) * np.arange(c.shape[a]), -1, a) for a in range(3)]
    lower = [np.roll(d, -1, axis=a) for a, d in enumerate(derived)]  # what is rolled to the end is 0
    return [_partials(lambda x, d=d: _value(d, x), point) for d in lower]  # type: ignore[misc]


# -- Q5 --


def _loss(w: Any, x: Any, target: Any, delta: Any) -> Any:
    return (float(target) - np.sum(delta * w * x)) ** 2 / 2


def _penalty(w: Any, x: Any, sigma: Any) -> Any:
    return np.sum((float(sigma) * w * x) ** 2) / 2


def gaussian_dropout_loss(w: Any, x: Any, target: Any, delta: Any) -> Any:
    w, x, delta = _double(w, x, delta)
    return _loss(w, x, target, delta)


def gaussian_dropout_gradient(w: Any, x: Any, target: Any, delta: Any) -> Any:
    x, delta = _double(x, delta)
    return _partials(lambda v: _loss(v, x, target, delta), w)


def gaussian_dropout_expected_loss(w: Any, x: Any, target: Any, sigma: Any) -> Any:
    w, x = _double(w, x)
    return _loss(w, x, target, 1.0) + _penalty(w, x, sigma)


def gaussian_dropout_expected_gradient(w: Any, x: Any, target: Any, sigma: Any) -> Any:
    [x] = _double(x)
    return _partials(lambda v: _loss(v, x, target, 1.0) + _penalty(v, x, sigma), w)


def gaussian_dropout_penalty(w: Any, x: Any, sigma: Any) -> Any:
    return _penalty(*_double(w, x), sigma)
