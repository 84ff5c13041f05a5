"""The contract by `einsum` in the widest floats that NumPy has; answers keep their width, scalars are 0-d arrays."""

from __future__ import annotations

from typing import Any

import numpy as np


def wide(*given: Any) -> list[Any]:
    """`given` as arrays of long doubles."""
    return [np.asarray(a, dtype=np.longdouble) for a in given]


# -- Q1 --


def _margins(w: Any, b: Any, X: Any) -> Any:
    return np.einsum("nd,d->n", X, w) + b


def _sigmoid(t: Any) -> Any:
    return np.exp(-np.logaddexp(0, -t))


def logistic_predict(w: Any, b: Any, X: Any) -> Any:
    return _sigmoid(_margins(*wide(w, b, X)))


def logistic_loss(w: Any, b: Any, X: Any, y: Any) -> Any:
    w, b, X, y = wide(w, b, X, y)
    t = _margins(w, b, X)
    return np.array(np.einsum("n->", y * np.logaddexp(0, -t) + (1 - y) * np.logaddexp(0, t)))


def logistic_gradient(w: Any, b: Any, X: Any, y: Any) -> Any:
    w, b, X, y = wide(w, b, X, y)
    residual = _sigmoid(_margins(w, b, X)) - y
    return np.einsum("nd,n->d", X, residual), np.array(residual.sum())


def logistic_hessian(w: Any, b: Any, X: Any) -> Any:
    w, b, X = wide(w, b, X)
    t = _margins(w, b, X)
    rows = np.column_stack([X, np.ones_like(t)])
    return np.einsum("n,ni,nj->ij", _sigmoid(t) * _sigmoid(-t), rows, rows)


def logistic_step(w: Any, b: Any, X: Any, y: Any, learning_rate: Any) -> Any:
    dw, db = logistic_gradient(w, b, X, y)
    w, b, rate = wide(w, b, learning_rate)
    return w - rate * dw, np.array(b - rate * db)


# -- Q2 --


def _normalised(x: Any, eps: Any) -> tuple[Any, Any]:
    """The normalised columns, and what each was divided by."""
    centred = x - x.mean(axis=0)
    s = np.sqrt(np.einsum("nd,nd->d", centred, centred) / len(x) + eps)
    return centred / s, s


def batch_norm(x: Any, gamma: Any, beta: Any, eps: Any) -> Any:
    x, gamma, beta, eps = wide(x, gamma, beta, eps)
    return gamma * _normalised(x, eps)[0] + beta


def batch_norm_backward(dy: Any, x: Any, gamma: Any, eps: Any) -> Any:
    dy, x, gamma, eps = wide(dy, x, gamma, eps)
    normal, s = _normalised(x, eps)
    dgamma = np.einsum("nd,nd->d", dy, normal)
    return gamma / s * (dy - dy.mean(axis=0) - normal * dgamma / len(x)), dgamma, dy.sum(axis=0)


def centered_batch_norm(x: Any, gamma: Any, beta: Any) -> Any:
    x, gamma, beta = wide(x, gamma, beta)
    return gamma * (x - x.mean(axis=0)) + beta


def centered_batch_norm_backward(dy: Any, gamma: Any) -> Any:
    dy, gamma = wide(dy, gamma)
    return gamma * (dy - dy.mean(axis=0))


# -- Q3 --


def leaky_relu(z: Any, alpha: Any) -> Any:
    z, alpha = wide(z, alpha)
    return np.maximum(z, 0) + alpha * np.minimum(z, 0)


def leaky_relu_derivative(z: Any, alpha: Any) -> Any:
    z, alpha = wide(z, alpha)
    return np.where(z > 0, 1, alpha)


def dropout_mask(size: Any, p: Any, seed: Any) -> Any:
    return np.random.Generator(np.random.Philox(int(seed))).random(size) >= p


def softmax(z: Any) -> Any:
    [z] = wide(z)
    e = np.exp(z - z.max())
    return e / e.sum()


def softmax_jacobian(z: Any) -> Any:
    p = softmax(z)
    return np.einsum("ij,j->ij", np.eye(p.size) - p[:, None], p)


def _forward(W1: Any, b1: Any, W2: Any, b2: Any, x: Any, mask: Any, alpha: Any) -> tuple[Any, Any, Any]:
    """The masked slopes, the masked hidden units, and the logits."""
    W1, b1, W2, b2, x, mask = wide(W1, b1, W2, b2, x, mask)
    z1 = np.einsum("hd,d->h", W1, x) + b1
    hidden = mask * leaky_relu(z1, alpha)
    return mask * leaky_relu_derivative(z1, alpha), hidden, np.einsum("kh,h->k", W2, hidden) + b2


def network_predict(W1: Any, b1: Any, W2: Any, b2: Any, x: Any, mask: Any, alpha: Any) -> Any:
    return softmax(_forward(W1, b1, W2, b2, x, mask, alpha)[2])


def network_loss(W1: Any, b1: Any, W2: Any, b2: Any, x: Any, y: Any, mask: Any, alpha: Any) -> Any:
    return cross_entropy(_forward(W1, b1, W2, b2, x, mask, alpha)[2], y)


def network_gradient(W1: Any, b1: Any, W2: Any, b2: Any, x: Any, y: Any, mask: Any, alpha: Any) -> Any:
    slopes, hidden, logits = _forward(W1, b1, W2, b2, x, mask, alpha)
    residual = cross_entropy_gradient(logits, y)
    delta = np.einsum("kh,k,h->h", *wide(W2, residual, slopes))
    return np.einsum("h,d->hd", delta, *wide(x)), delta, np.einsum("k,h->kh", residual, hidden), residual


# -- Q4 --


def _partial(c: Any, point: Any, orders: Any) -> Any:
    values, point = wide(c, point)
    for x, order in zip(point, orders, strict=True):
        k = np.arange(len(values))
        factors = np.prod([k - m for m in range(order)], axis=0, initial=1)
        values = np.einsum("k...,k->...", values, factors * x ** np.maximum(k - order, 0))
    return values


AXES = np.eye(3, dtype=int)


def trivariate_value(c: Any, point: Any) -> Any:
    return np.array(_partial(c, point, (0, 0, 0)))


def trivariate_gradient(c: Any, point: Any) -> Any:
    return np.array([_partial(c, point, a) for a in AXES])


def trivariate_hessian(c: Any, point: Any) -> Any:
    return np.array([[_partial(c, point, a + b) for b in AXES] for a in AXES])


# -- Q5 --


def _residual(w: Any, x: Any, target: Any, delta: Any) -> Any:
    w, x, target, delta = wide(w, x, target, delta)
    return target - np.einsum("n,n,n->", delta, w, x)


def gaussian_dropout_loss(w: Any, x: Any, target: Any, delta: Any) -> Any:
    return np.array(_residual(w, x, target, delta) ** 2 / 2)


def gaussian_dropout_gradient(w: Any, x: Any, target: Any, delta: Any) -> Any:
    return -_residual(w, x, target, delta) * np.multiply(*wide(delta, x))


def gaussian_dropout_expected_loss(w: Any, x: Any, target: Any, sigma: Any) -> Any:
    return gaussian_dropout_loss(w, x, target, np.ones(len(x))) + gaussian_dropout_penalty(w, x, sigma)


def gaussian_dropout_expected_gradient(w: Any, x: Any, target: Any, sigma: Any) -> Any:
    w, x, target, sigma = wide(w, x, target, sigma)
    return sigma**2 * x**2 * w - _residual(w, x, target, np.ones(len(x))) * x


def gaussian_dropout_penalty(w: Any, x: Any, sigma: Any) -> Any:
    w, x, sigma = wide(w, x, sigma)
    return np.array(np.einsum("n,n->", w * x, w * x) * sigma**2 / 2)


# -- Q6 --


def newton_root(f: Any, fprime: Any, x0: Any, steps: Any) -> Any:
    iterates = np.full(steps + 1, float(x0))
    for k in range(steps):
        x = float(iterates[k])
        value = f(x)
        iterates[k + 1] = x if value == 0 else x - value / fprime(x)
    return iterates


def newton_minimize(gprime: Any, gsecond: Any, x0: Any, steps: Any) -> Any:
    return newton_root(gprime, gsecond, x0, steps)


# -- Q7 --


def cross_entropy(z: Any, y: Any) -> Any:
    z, y = wide(z, y)
    return np.array(np.einsum("k,k->", y, np.logaddexp.reduce(z) - z))


def cross_entropy_gradient(z: Any, y: Any) -> Any:
    z, y = wide(z, y)
    return np.einsum("j,k->k", y, softmax(z)) - y


def cross_entropy_hessian(z: Any) -> Any:
    return softmax_jacobian(z)
