"""The formulas multiplied out, fused or put together as kernels, old libraries and blackboards have them."""

from __future__ import annotations

from typing import Any

import numpy as np

# -- Q1: the hyperbolic tangent, sums over samples apart --


def _sigmoid(t: Any) -> Any:
    return 0.5 + 0.5 * np.tanh(0.5 * t)


def logistic_predict(w: Any, b: Any, X: Any) -> Any:
    theta = np.append(w, b).astype(np.result_type(w, X, np.float32))
    return _sigmoid(np.append(X, np.ones_like(X[:, :1]), axis=1) @ theta)


def logistic_loss(w: Any, b: Any, X: Any, y: Any) -> Any:
    t = X @ w + b
    return np.log(1 + np.exp(t)).sum() - np.dot(y, t)


def logistic_gradient(w: Any, b: Any, X: Any, y: Any) -> Any:
    p = _sigmoid(X @ w + b)
    return X.T @ p - X.T @ np.asarray(y, dtype=p.dtype), p.sum() - np.sum(y, dtype=p.dtype)


def logistic_hessian(w: Any, b: Any, X: Any) -> Any:
    t = X @ w + b
    rows = np.vstack([X.T, np.ones_like(t)])
    return (rows * (np.exp(-t) / (1 + np.exp(-t)) ** 2)) @ rows.T


def logistic_step(w: Any, b: Any, X: Any, y: Any, learning_rate: Any) -> Any:
    dw, db = logistic_gradient(w, b, X, y)
    return w - dw * learning_rate, b - db * learning_rate


# -- Q2: a multiply-add for each entry; the variance by the mean of the squares --


def batch_norm(x: Any, gamma: Any, beta: Any, eps: Any) -> Any:
    mean = np.mean(x, axis=0)
    scale = gamma / np.sqrt(np.mean(x * x, axis=0) - mean * mean + eps)
    return x * scale + (beta - mean * scale)


def batch_norm_backward(dy: Any, x: Any, gamma: Any, eps: Any) -> Any:
    n, mean = len(x), x.mean(axis=0)
    inverse = (x.var(axis=0) + eps) ** -0.5
    dbeta = dy.sum(axis=0)
    dgamma = ((dy * x).sum(axis=0) - mean * dbeta) * inverse
    by_dy = gamma * inverse
    by_x = -by_dy * inverse * dgamma / n
    return dy * by_dy + x * by_x - (by_dy * dbeta / n + by_x * mean), dgamma, dbeta


def centered_batch_norm(x: Any, gamma: Any, beta: Any) -> Any:
    return gamma * x + (beta - gamma * x.mean(axis=0))


def centered_batch_norm_backward(dy: Any, gamma: Any) -> Any:
    scaled = gamma * dy
    return scaled - scaled.sum(axis=0) / len(dy)


# -- Q3: the activation by halves, the Jacobian of softmax over a common denominator --


def leaky_relu(z: Any, alpha: Any) -> Any:
    return 0.5 * (1 + alpha) * z + 0.5 * (1 - alpha) * abs(z)


def leaky_relu_derivative(z: Any, alpha: Any) -> Any:
    return 0.5 * (1 + alpha) + 0.5 * (1 - alpha) * np.where(z > 0, 1.0, -1.0)


def softmax(z: Any) -> Any:
    e = np.exp(z)
    return e * (1 / e.sum())


def softmax_jacobian(z: Any) -> Any:
    e = np.exp(z)
    total = e.sum()
    return (np.diag(e) * total - np.outer(e, e)) / (total * total)


def _layers(W1: Any, b1: Any, W2: Any, b2: Any, x: Any, mask: Any, alpha: Any) -> tuple[Any, Any, Any]:
    z1 = W1 @ x + b1
    hidden = leaky_relu(z1, alpha) * mask
    return z1, hidden, W2 @ hidden + b2


def network_predict(W1: Any, b1: Any, W2: Any, b2: Any, x: Any, mask: Any, alpha: Any) -> Any:
    return softmax(_layers(W1, b1, W2, b2, x, mask, alpha)[2])


def network_loss(W1: Any, b1: Any, W2: Any, b2: Any, x: Any, y: Any, mask: Any, alpha: Any) -> Any:
    return cross_entropy(_layers(W1, b1, W2, b2, x, mask, alpha)[2], y)


def network_gradient(W1: Any, b1: Any, W2: Any, b2: Any, x: Any, y: Any, mask: Any, alpha: Any) -> Any:
    z1, hidden, z2 = _layers(W1, b1, W2, b2, x, mask, alpha)
    d2 = softmax(z2) - y
    d1 = (W2.T @ d2) * (mask * leaky_relu_derivative(z1, alpha))
    return d1[:, None] @ x[None, :], d1, d2[:, None] @ hidden[None, :], d2


# -- Q4: all monomials at once --


def _monomials(x: Any, degree: int, order: int) -> Any:
    """The derivatives of `x^i`, by what is left of its factors."""
    i = np.arange(degree)
    factor = np.prod([i - k for k in range(order)], axis=0) if order else np.ones(degree)
    return factor * float(x) ** np.maximum(i - order, 0)


def _derived(c: Any, point: Any, *orders: int) -> Any:
    u, v, z = (_monomials(x, n, k) for x, n, k in zip(point, c.shape, orders, strict=True))
    return np.einsum("ijk,i,j,k->", c, u, v, z)


def trivariate_value(c: Any, point: Any) -> Any:
    return _derived(c, point, 0, 0, 0)


def trivariate_gradient(c: Any, point: Any) -> Any:
    return [_derived(c, point, *orders) for orders in np.eye(3, dtype=int)]


def trivariate_hessian(c: Any, point: Any) -> Any:
    axes = np.eye(3, dtype=int)
    return [[_derived(c, point, *(a + b)) for b in axes] for a in axes]


# -- Q5: quadratic forms --


def gaussian_dropout_loss(w: Any, x: Any, target: Any, delta: Any) -> Any:
    inputs = delta * x
    return 0.5 * (target * target - 2 * target * (inputs @ w) + w @ np.outer(inputs, inputs) @ w)


def gaussian_dropout_gradient(w: Any, x: Any, target: Any, delta: Any) -> Any:
    inputs = delta * x
    return np.outer(inputs, inputs) @ w - target * inputs


def gaussian_dropout_expected_loss(w: Any, x: Any, target: Any, sigma: Any) -> Any:
    second = np.outer(x, x) + sigma**2 * np.diag(x * x)
    return (target**2) / 2 - target * (x @ w) + (w @ second @ w) / 2


def gaussian_dropout_expected_gradient(w: Any, x: Any, target: Any, sigma: Any) -> Any:
    return (np.outer(x, x) + sigma**2 * np.diag(x * x)) @ w - target * x


def gaussian_dropout_penalty(w: Any, x: Any, sigma: Any) -> Any:
    return 0.5 * (w @ np.diag((sigma * x) ** 2) @ w)


# -- Q6: the step over a common denominator --


def newton_root(f: Any, fprime: Any, x0: Any, steps: Any) -> Any:
    iterates = [float(x0)]
    for _ in range(steps):
        x = iterates[-1]
        value = f(x)
        slope = fprime(x) if value else 1.0
        iterates.append((x * slope - value) / slope)
    return iterates


def newton_minimize(gprime: Any, gsecond: Any, x0: Any, steps: Any) -> Any:
    return newton_root(gprime, gsecond, x0, steps)


# -- Q7: as printed, and derivatives by the chain rule through softmax --


def cross_entropy(z: Any, y: Any) -> Any:
    partition = np.logaddexp.reduce(z)
    return np.sum(y, dtype=partition.dtype) * partition - np.dot(y, z)


def cross_entropy_gradient(z: Any, y: Any) -> Any:
    return -(softmax_jacobian(z) @ (y / softmax(z)))


def cross_entropy_hessian(z: Any) -> Any:
    p = np.exp(z - np.logaddexp.reduce(z))
    return np.diag(p) - np.outer(p, p)
