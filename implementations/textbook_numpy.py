"""The document's formulas, typed in as printed and corrected where they are wrong: right in core, not stable."""

from __future__ import annotations

from typing import Any

import numpy as np

# -- Q1 --


def logistic_predict(w: Any, b: Any, X: Any) -> Any:
    return 1 / (1 + np.exp(-(X @ w + b)))


def logistic_loss(w: Any, b: Any, X: Any, y: Any) -> Any:
    p = logistic_predict(w, b, X)
    y = np.asarray(y, dtype=p.dtype)
    return -(y * np.log(p) + (1 - y) * np.log(1 - p)).sum()


def logistic_gradient(w: Any, b: Any, X: Any, y: Any) -> Any:
    residual = logistic_predict(w, b, X) - y
    return X.T @ residual, residual.sum()


def logistic_hessian(w: Any, b: Any, X: Any) -> Any:
    p = logistic_predict(w, b, X)
    rows = np.column_stack([X, np.ones(len(X), dtype=p.dtype)])
    return sum(pn * (1 - pn) * np.outer(row, row) for pn, row in zip(p, rows, strict=True))


def logistic_step(w: Any, b: Any, X: Any, y: Any, learning_rate: Any) -> Any:
    dw, db = logistic_gradient(w, b, X, y)
    return w - learning_rate * dw, b - learning_rate * db


# -- Q2 --


def batch_norm(x: Any, gamma: Any, beta: Any, eps: Any) -> Any:
    mean = x.mean(axis=0)
    variance = ((x - mean) ** 2).mean(axis=0)
    return gamma * (x - mean) / np.sqrt(variance + eps) + beta


def batch_norm_backward(dy: Any, x: Any, gamma: Any, eps: Any) -> Any:
    s = np.sqrt(((x - x.mean(axis=0)) ** 2).mean(axis=0) + eps)
    normal = (x - x.mean(axis=0)) / s
    dx = gamma / s * (dy - dy.mean(axis=0) - normal * (dy * normal).mean(axis=0))
    return dx, (dy * normal).sum(axis=0), dy.sum(axis=0)


def centered_batch_norm(x: Any, gamma: Any, beta: Any) -> Any:
    return gamma * (x - x.mean(axis=0)) + beta


def centered_batch_norm_backward(dy: Any, gamma: Any) -> Any:
    return gamma * (dy - dy.mean(axis=0))


# -- Q3 --


def leaky_relu(z: Any, alpha: Any) -> Any:
    return np.where(z > 0, z, alpha * z)


def leaky_relu_derivative(z: Any, alpha: Any) -> Any:
    return np.where(z > 0, 1.0, alpha)


def dropout_mask(size: Any, p: Any, seed: Any) -> Any:
    return (np.random.default_rng(seed).random(size) >= p).astype(float)


def softmax(z: Any) -> Any:
    return np.exp(z) / np.exp(z).sum()


def softmax_jacobian(z: Any) -> Any:
    p = softmax(z)
    return np.diag(p) - np.outer(p, p)


def network_predict(W1: Any, b1: Any, W2: Any, b2: Any, x: Any, mask: Any, alpha: Any) -> Any:
    return softmax(W2 @ (mask * leaky_relu(W1 @ x + b1, alpha)) + b2)


def network_loss(W1: Any, b1: Any, W2: Any, b2: Any, x: Any, y: Any, mask: Any, alpha: Any) -> Any:
    return -(y * np.log(network_predict(W1, b1, W2, b2, x, mask, alpha))).sum()


def network_gradient(W1: Any, b1: Any, W2: Any, b2: Any, x: Any, y: Any, mask: Any, alpha: Any) -> Any:
    z1 = W1 @ x + b1
    residual = network_predict(W1, b1, W2, b2, x, mask, alpha) - y
    delta = (W2.T @ residual) * mask * leaky_relu_derivative(z1, alpha)
    return np.outer(delta, x), delta, np.outer(residual, mask * leaky_relu(z1, alpha)), residual


# -- Q4 --


def _powers(x: Any, size: int, derivative: int = 0) -> Any:
    """`d^m/dx^m x^k` for k = 0, 1, ..., size - 1."""
    exponents = np.arange(size)
    factor = np.prod([exponents - m for m in range(derivative)], axis=0) if derivative else np.ones(size)
    return factor * x ** np.maximum(exponents - derivative, 0.0)


def _partial(c: Any, point: Any, orders: Any) -> Any:
    u, v, z = (_powers(x, size, m) for x, size, m in zip(point, c.shape, orders, strict=True))
    return np.einsum("ijk,i,j,k->", c, u, v, z)


def trivariate_value(c: Any, point: Any) -> Any:
    return _partial(c, point, (0, 0, 0))


def trivariate_gradient(c: Any, point: Any) -> Any:
    return [_partial(c, point, row) for row in np.eye(3, dtype=int)]


def trivariate_hessian(c: Any, point: Any) -> Any:
    axes = np.eye(3, dtype=int)
    return [[_partial(c, point, a + b) for b in axes] for a in axes]


# -- Q5 --


def gaussian_dropout_loss(w: Any, x: Any, target: Any, delta: Any) -> Any:
    return 0.5 * (target - (delta * w * x).sum()) ** 2


def gaussian_dropout_gradient(w: Any, x: Any, target: Any, delta: Any) -> Any:
    return (target - (delta * w * x).sum()) * (-delta * x)


def gaussian_dropout_expected_loss(w: Any, x: Any, target: Any, sigma: Any) -> Any:
    return 0.5 * (target - (w * x).sum()) ** 2 + gaussian_dropout_penalty(w, x, sigma)


def gaussian_dropout_expected_gradient(w: Any, x: Any, target: Any, sigma: Any) -> Any:
    return -x * (target - (w * x).sum()) + sigma**2 * x**2 * w


def gaussian_dropout_penalty(w: Any, x: Any, sigma: Any) -> Any:
    return 0.5 * sigma**2 * ((w * x) ** 2).sum()


# -- Q6 --


def newton_root(f: Any, fprime: Any, x0: Any, steps: Any) -> Any:
    iterates = [float(x0)]
    for _ in range(steps):
        x = iterates[-1]
        iterates.append(x if f(x) == 0 else x - f(x) / fprime(x))
    return iterates


def newton_minimize(gprime: Any, gsecond: Any, x0: Any, steps: Any) -> Any:
    return newton_root(gprime, gsecond, x0, steps)


# -- Q7 --


def cross_entropy(z: Any, y: Any) -> Any:
    return -(y * np.log(softmax(z))).sum()


def cross_entropy_gradient(z: Any, y: Any) -> Any:
    return np.sum(y, dtype=float) * softmax(z) - y


def cross_entropy_hessian(z: Any) -> Any:
    return softmax_jacobian(z)
