"""The contract in NumPy as few would write it: other orders, other identities, other containers, and correct."""

from __future__ import annotations

from typing import Any

import numpy as np

# -- Sums from the last term to the first, one by one --


def _sum(a: Any) -> Any:
    """Over the first axis."""
    total = np.zeros_like(a[0]) if len(a) else 0.0
    for term in a[::-1]:
        total = term + total
    return total


def _floats(a: Any, like: Any) -> Any:
    """Labels, masks and coefficients in the type of the numbers that they meet, or double where these are integers."""
    return np.asarray(a).astype(np.result_type(np.asarray(like).dtype, np.float32))


# -- Q1: the sigmoid by its logarithm, the weights by a hyperbolic cosine --


def _margins(w: Any, b: Any, X: Any) -> Any:
    return _sum((X * w).T) + b


def _sigmoid(t: Any) -> Any:
    return np.exp(-_softplus(-t))


def _softplus(t: Any) -> Any:
    return np.maximum(t, 0) + np.log1p(np.exp(-abs(t)))


def logistic_predict(w: Any, b: Any, X: Any) -> Any:
    return list(_sigmoid(_margins(w, b, X)))


def logistic_loss(w: Any, b: Any, X: Any, y: Any) -> Any:
    t = _margins(w, b, X)
    y = _floats(y, t)
    return _sum(y * _softplus(-t) + (1 - y) * _softplus(t))


def logistic_gradient(w: Any, b: Any, X: Any, y: Any) -> Any:
    residual = _sigmoid(_margins(w, b, X)) - _floats(y, w)
    return _sum([r * x for r, x in zip(residual, X, strict=True)])[::-1][::-1], _sum(residual)


def logistic_hessian(w: Any, b: Any, X: Any) -> Any:
    half = 0.5 / np.cosh(0.5 * np.clip(_margins(w, b, X), -700, 700))
    rows = np.hstack([X, np.ones_like(X[:, :1])])
    return np.asfortranarray(_sum([np.outer(h * row, h * row) for h, row in zip(half, rows, strict=True)]))


def logistic_step(w: Any, b: Any, X: Any, y: Any, learning_rate: Any) -> Any:
    dw, db = logistic_gradient(w, b, X, y)
    return [-(learning_rate * dw - w), -(learning_rate * db - b)]


# -- Q2: running means, the scale before the centring --


def _running(x: Any) -> tuple[Any, Any]:
    """Mean and variance, updated by a sample at a time."""
    mean, squares = np.zeros_like(x[0]), np.zeros_like(x[0])
    for n, row in enumerate(x, 1):
        step = row - mean
        mean = mean + step / n
        squares = squares + step * (row - mean)
    return mean, squares / len(x)


def batch_norm(x: Any, gamma: Any, beta: Any, eps: Any) -> Any:
    mean, variance = _running(x)
    return ((x - mean) * (np.sqrt(variance + eps) ** -1) * gamma + beta).tolist()


def batch_norm_backward(dy: Any, x: Any, gamma: Any, eps: Any) -> Any:
    mean, variance = _running(x)
    s = np.sqrt(variance + eps)
    normal = (x - mean) / s
    dgamma, dbeta = _sum(dy * normal), _sum(dy)
    return [(gamma / s) * (dy - dbeta / len(x) - normal * (dgamma / len(x))), dgamma, dbeta]


def centered_batch_norm(x: Any, gamma: Any, beta: Any) -> Any:
    return (x - _running(x)[0]) * gamma + beta


def centered_batch_norm_backward(dy: Any, gamma: Any) -> Any:
    return dy * gamma - _running(dy * gamma)[0]


# -- Q3: the activation as a sum of its halves, the network by columns --


def leaky_relu(z: Any, alpha: Any) -> Any:
    return np.maximum(z, 0) + alpha * np.minimum(z, 0)


def leaky_relu_derivative(z: Any, alpha: Any) -> Any:
    slopes = np.array([alpha, 1.0])[(np.asarray(z) > 0).astype(int)]
    return slopes.tolist()


def dropout_mask(size: Any, p: Any, seed: Any) -> Any:
    return [bool(r >= p) for r in np.random.Generator(np.random.Philox(seed)).random(size)]


def _log_softmax(z: Any) -> Any:
    z = z - z.max()
    return z - np.log(_sum(np.exp(z)))


def softmax(z: Any) -> Any:
    return np.exp(_log_softmax(z))


def softmax_jacobian(z: Any) -> Any:
    p = softmax(z)
    return np.array([[pk * ((k == i) - pi) for i, pi in enumerate(p)] for k, pk in enumerate(p)])


def _hidden(W1: Any, b1: Any, x: Any) -> Any:
    return _sum([column * xi for column, xi in zip(W1.T, x, strict=True)]) + b1


def _output(W1: Any, b1: Any, W2: Any, b2: Any, x: Any, mask: Any, alpha: Any) -> tuple[Any, Any, Any]:
    z1 = _hidden(W1, b1, x)
    a = leaky_relu(z1, alpha) * _floats(mask, x)
    return z1, a, _sum([column * ai for column, ai in zip(W2.T, a, strict=True)]) + b2


def network_predict(W1: Any, b1: Any, W2: Any, b2: Any, x: Any, mask: Any, alpha: Any) -> Any:
    return softmax(_output(W1, b1, W2, b2, x, mask, alpha)[2])


def network_loss(W1: Any, b1: Any, W2: Any, b2: Any, x: Any, y: Any, mask: Any, alpha: Any) -> Any:
    return cross_entropy(_output(W1, b1, W2, b2, x, mask, alpha)[2], y)


def network_gradient(W1: Any, b1: Any, W2: Any, b2: Any, x: Any, y: Any, mask: Any, alpha: Any) -> Any:
    z1, a, z2 = _output(W1, b1, W2, b2, x, mask, alpha)
    d2 = np.array(cross_entropy_gradient(z2, y))
    d1 = (
        _floats(mask, x)
        * _floats(leaky_relu_derivative(z1, alpha), x)
        * _sum([row * d for row, d in zip(W2, d2, strict=True)])
    )
    return [(x * d1[:, None]), d1, (a * d2[:, None]), d2]


# -- Q4: Horner's rule on the coefficients and on those of the derivatives --


def _horner(c: Any, *point: Any) -> Any:
    if not point:
        return c
    value = np.zeros(c.shape[1:])
    for coefficient in c[::-1]:
        value = value * point[0] + coefficient
    return _horner(value, *point[1:])


def _by(c: Any, axis: int) -> Any:
    """The coefficients of the derivative by one variable."""
    c = np.moveaxis(np.asarray(c, dtype=float), axis, 0)
    derived = (c.T * np.arange(len(c))).T[1:] if len(c) > 1 else 0 * c
    return np.moveaxis(derived, 0, axis)


def trivariate_value(c: Any, point: Any) -> Any:
    return _horner(np.asarray(c, dtype=float), *point)


def trivariate_gradient(c: Any, point: Any) -> Any:
    return tuple(_horner(_by(c, axis), *point) for axis in range(3))


def trivariate_hessian(c: Any, point: Any) -> Any:
    return [trivariate_gradient(_by(c, axis), point) for axis in range(3)]


# -- Q5: the moments of the noise as a matrix --


def gaussian_dropout_loss(w: Any, x: Any, target: Any, delta: Any) -> Any:
    return (_sum(x * w * delta) - target) ** 2 / 2


def gaussian_dropout_gradient(w: Any, x: Any, target: Any, delta: Any) -> Any:
    noisy = x * delta
    return (noisy * (_sum(noisy * w) - target))[::-1][::-1]


def gaussian_dropout_expected_loss(w: Any, x: Any, target: Any, sigma: Any) -> Any:
    return (_sum(x * w) - target) ** 2 / 2 + gaussian_dropout_penalty(w, x, sigma)


def gaussian_dropout_expected_gradient(w: Any, x: Any, target: Any, sigma: Any) -> Any:
    return x * ((_sum(x * w) - target) + sigma * (sigma * (x * w)))


def gaussian_dropout_penalty(w: Any, x: Any, sigma: Any) -> Any:
    return _sum((sigma * x * w) * (sigma * x * w)) / 2


# -- Q6: the step as a product --


def newton_root(f: Any, fprime: Any, x0: Any, steps: Any) -> Any:
    iterates = np.full(steps + 1, x0, dtype=float)
    for k in range(steps):
        value = f(float(iterates[k]))
        iterates[k + 1 :] = iterates[k] - value / fprime(float(iterates[k])) if value else iterates[k]
    return iterates


def newton_minimize(gprime: Any, gsecond: Any, x0: Any, steps: Any) -> Any:
    return tuple(newton_root(gprime, gsecond, x0, steps))


# -- Q7: the logarithm first --


def cross_entropy(z: Any, y: Any) -> Any:
    y = _floats(y, z)
    return -_sum(np.where(y > 0, y * _log_softmax(z), 0.0))


def cross_entropy_gradient(z: Any, y: Any) -> Any:
    y = _floats(y, z)
    return (_sum(y) * softmax(z) - y).tolist()


def cross_entropy_hessian(z: Any) -> Any:
    return softmax_jacobian(z).T
