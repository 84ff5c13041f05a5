"""autograd (HIPS) behind the contract: losses in its NumPy and SciPy, every derivative by its tape, all in float64."""

from __future__ import annotations

from typing import Any

import autograd.numpy as np
from autograd import elementwise_grad, grad, hessian, jacobian, make_vjp
from autograd.scipy.special import expit, logsumexp


def floats(*given: Any) -> list[Any]:
    """`given` as float64 arrays."""
    return [np.array(a, dtype=np.float64) for a in given]


# -- Q1 --


def _logistic_loss(p: Any, X: Any, y: Any) -> Any:
    t = np.dot(X, p[:-1]) + p[-1]
    return np.sum(np.logaddexp(0, t) - y * t)


def _joint(w: Any, b: Any) -> Any:
    return np.append(*floats(w, b))


def logistic_predict(w: Any, b: Any, X: Any) -> Any:
    w, b, X = floats(w, b, X)
    return expit(X @ w + b)


def logistic_loss(w: Any, b: Any, X: Any, y: Any) -> Any:
    return _logistic_loss(_joint(w, b), *floats(X, y))


def logistic_gradient(w: Any, b: Any, X: Any, y: Any) -> Any:
    gradient = grad(_logistic_loss)(_joint(w, b), *floats(X, y))
    return gradient[:-1], gradient[-1]


def logistic_hessian(w: Any, b: Any, X: Any) -> Any:
    return hessian(_logistic_loss)(_joint(w, b), *floats(X, np.zeros(len(X))))


def logistic_step(w: Any, b: Any, X: Any, y: Any, learning_rate: Any) -> Any:
    step = _joint(w, b) - float(learning_rate) * grad(_logistic_loss)(_joint(w, b), *floats(X, y))
    return step[:-1], step[-1]


# -- Q2 --


def _batch_norm(parameters: Any, eps: Any) -> Any:
    x, gamma, beta = parameters
    return gamma * (x - np.mean(x, axis=0)) / np.sqrt(np.var(x, axis=0) + eps) + beta


def batch_norm(x: Any, gamma: Any, beta: Any, eps: Any) -> Any:
    return _batch_norm(floats(x, gamma, beta), float(eps))


def batch_norm_backward(dy: Any, x: Any, gamma: Any, eps: Any) -> Any:
    pull_back, _ = make_vjp(_batch_norm)(tuple(floats(x, gamma, np.zeros(np.shape(gamma)))), float(eps))
    return pull_back(*floats(dy))


def centered_batch_norm(x: Any, gamma: Any, beta: Any) -> Any:
    x, gamma, beta = floats(x, gamma, beta)
    return gamma * (x - np.mean(x, axis=0)) + beta


def centered_batch_norm_backward(dy: Any, gamma: Any) -> Any:
    dy, gamma = floats(dy, gamma)
    pull_back, _ = make_vjp(lambda x: gamma * (x - np.mean(x, axis=0)))(dy)  # linear: its slope is everywhere the same
    return pull_back(dy)


# -- Q3 --


def leaky_relu(z: Any, alpha: Any) -> Any:
    [z] = floats(z)
    return np.where(z > 0, z, float(alpha) * z)


def leaky_relu_derivative(z: Any, alpha: Any) -> Any:
    return elementwise_grad(leaky_relu)(*floats(z), float(alpha))


def _log_softmax(z: Any) -> Any:
    z = z - np.max(z)  # for `logsumexp` is rounded at the size of the logits
    return z - logsumexp(z)


def softmax(z: Any) -> Any:
    return np.exp(_log_softmax(*floats(z)))


def softmax_jacobian(z: Any) -> Any:
    return jacobian(lambda z: np.exp(_log_softmax(z)))(*floats(z))


def _logits(parameters: Any, x: Any, mask: Any, alpha: Any) -> Any:
    W1, b1, W2, b2 = parameters
    z1 = np.dot(W1, x) + b1
    return np.dot(W2, mask * np.where(z1 > 0, z1, alpha * z1)) + b2


def network_predict(W1: Any, b1: Any, W2: Any, b2: Any, x: Any, mask: Any, alpha: Any) -> Any:
    return np.exp(_log_softmax(_logits(floats(W1, b1, W2, b2), *floats(x, mask, alpha))))


def _network_loss(parameters: Any, x: Any, y: Any, mask: Any, alpha: Any) -> Any:
    return _cross_entropy(_logits(parameters, x, mask, alpha), y)


def network_loss(W1: Any, b1: Any, W2: Any, b2: Any, x: Any, y: Any, mask: Any, alpha: Any) -> Any:
    return _network_loss(floats(W1, b1, W2, b2), *floats(x, y, mask, alpha))


def network_gradient(W1: Any, b1: Any, W2: Any, b2: Any, x: Any, y: Any, mask: Any, alpha: Any) -> Any:
    return grad(_network_loss)(tuple(floats(W1, b1, W2, b2)), *floats(x, y, mask, alpha))


# -- Q4 --


def _trivariate(point: Any, c: Any) -> Any:
    for i in range(3):  # Horner's scheme, one axis of `c` after the other
        value = 0 * point[i] * c[0]
        for row in c[::-1]:
            value = value * point[i] + row
        c = value
    return c


def trivariate_value(c: Any, point: Any) -> Any:
    return _trivariate(*floats(point, c))


def trivariate_gradient(c: Any, point: Any) -> Any:
    return grad(_trivariate)(*floats(point, c))


def trivariate_hessian(c: Any, point: Any) -> Any:
    return hessian(_trivariate)(*floats(point, c))


# -- Q5 --


def _dropout_loss(w: Any, x: Any, target: Any, delta: Any) -> Any:
    return 0.5 * (target - np.sum(delta * w * x)) ** 2


def _penalty(w: Any, x: Any, sigma: Any) -> Any:
    return 0.5 * sigma**2 * np.sum((w * x) ** 2)


def _expected_loss(w: Any, x: Any, target: Any, sigma: Any) -> Any:
    return _dropout_loss(w, x, target, 1.0) + _penalty(w, x, sigma)


def gaussian_dropout_loss(w: Any, x: Any, target: Any, delta: Any) -> Any:
    return _dropout_loss(*floats(w, x, target, delta))


def gaussian_dropout_gradient(w: Any, x: Any, target: Any, delta: Any) -> Any:
    return grad(_dropout_loss)(*floats(w, x, target, delta))


def gaussian_dropout_expected_loss(w: Any, x: Any, target: Any, sigma: Any) -> Any:
    return _expected_loss(*floats(w, x, target, sigma))


def gaussian_dropout_expected_gradient(w: Any, x: Any, target: Any, sigma: Any) -> Any:
    return grad(_expected_loss)(*floats(w, x, target, sigma))


def gaussian_dropout_penalty(w: Any, x: Any, sigma: Any) -> Any:
    return _penalty(*floats(w, x, sigma))


# -- Q7 --


def _cross_entropy(z: Any, y: Any) -> Any:
    return -np.sum(y * _log_softmax(z))


def cross_entropy(z: Any, y: Any) -> Any:
    return _cross_entropy(*floats(z, y))


def cross_entropy_gradient(z: Any, y: Any) -> Any:
    return grad(_cross_entropy)(*floats(z, y))


def cross_entropy_hessian(z: Any) -> Any:
    [z] = floats(z)
    return hessian(_cross_entropy)(z, np.eye(1, z.size)[0])
