"""The contract in mpmath at 50 digits, rounded once at the end: transcendental calls, batch normalisation, Newton."""

from __future__ import annotations

from typing import Any

import numpy as np
from mpmath import mp, mpf

mp.dps = 50


def entrywise(function: Any) -> Any:
    """`function` of one number, applied to every entry."""
    return np.vectorize(function, otypes=[object])


exact = entrywise(lambda v: mpf(float(v)))
"""Numbers as mpmath's, in an array of objects."""
exponential = entrywise(mp.exp)
logarithm_of_one_plus = entrywise(mp.log1p)
root = entrywise(mp.sqrt)


def rounded(a: Any) -> Any:
    return np.asarray(a, dtype=np.float64)


# -- Q1 --


def _sigmoid(t: Any) -> Any:
    return 1 / (1 + exponential(-t))


def _softplus(t: Any) -> Any:
    return np.maximum(t, 0) + logarithm_of_one_plus(exponential(-abs(t)))


def _margins(w: Any, b: Any, X: Any) -> Any:
    return exact(X) @ exact(w) + exact(b)


def logistic_predict(w: Any, b: Any, X: Any) -> Any:
    return rounded(_sigmoid(_margins(w, b, X)))


def logistic_loss(w: Any, b: Any, X: Any, y: Any) -> Any:
    t, y = _margins(w, b, X), exact(y)
    return rounded((y * _softplus(-t) + (1 - y) * _softplus(t)).sum())


def _logistic_gradient(w: Any, b: Any, X: Any, y: Any) -> Any:
    residual = _sigmoid(_margins(w, b, X)) - exact(y)
    return exact(X).T @ residual, residual.sum()


def logistic_gradient(w: Any, b: Any, X: Any, y: Any) -> Any:
    dw, db = _logistic_gradient(w, b, X, y)
    return rounded(dw), rounded(db)


def logistic_hessian(w: Any, b: Any, X: Any) -> Any:
    t = _margins(w, b, X)
    rows = np.column_stack([exact(X), 0 * t + 1])
    return rounded((rows.T * (_sigmoid(t) * _sigmoid(-t))) @ rows)


def logistic_step(w: Any, b: Any, X: Any, y: Any, learning_rate: Any) -> Any:
    dw, db = _logistic_gradient(w, b, X, y)
    rate = exact(learning_rate)
    return rounded(exact(w) - rate * dw), rounded(exact(b) - rate * db)


# -- Q2 --


def _normalised(x: Any, eps: Any) -> tuple[Any, Any]:
    """The normalised columns, and what each was divided by."""
    centred = x - x.sum(axis=0) / len(x)
    s = root((centred**2).sum(axis=0) / len(x) + exact(eps))
    return centred / s, s


def batch_norm(x: Any, gamma: Any, beta: Any, eps: Any) -> Any:
    return rounded(exact(gamma) * _normalised(exact(x), eps)[0] + exact(beta))


def batch_norm_backward(dy: Any, x: Any, gamma: Any, eps: Any) -> Any:
    dy, gamma, (normal, s) = exact(dy), exact(gamma), _normalised(exact(x), eps)
    dgamma, dbeta = (dy * normal).sum(axis=0), dy.sum(axis=0)
    dx = gamma / s * (dy - dbeta / len(dy) - normal * dgamma / len(dy))
    return rounded(dx), rounded(dgamma), rounded(dbeta)


# -- Q3 --


def _softmax(z: Any) -> Any:
    powers = exponential(z - z.max())
    return powers / powers.sum()


def _jacobian(z: Any) -> Any:
    p = _softmax(z)
    return np.diag(p) - np.outer(p, p)


def softmax(z: Any) -> Any:
    return rounded(_softmax(exact(z)))


def softmax_jacobian(z: Any) -> Any:
    return rounded(_jacobian(exact(z)))


def _logits(W1: Any, b1: Any, W2: Any, b2: Any, x: Any, mask: Any, alpha: Any) -> tuple[Any, Any, Any]:
    """The masked slopes, the masked hidden units, and the logits."""
    z1, mask = exact(W1) @ exact(x) + exact(b1), exact(mask)
    slopes = mask * np.where(z1 > 0, mpf(1), exact(alpha))
    return slopes, slopes * z1, exact(W2) @ (slopes * z1) + exact(b2)


def network_predict(W1: Any, b1: Any, W2: Any, b2: Any, x: Any, mask: Any, alpha: Any) -> Any:
    return rounded(_softmax(_logits(W1, b1, W2, b2, x, mask, alpha)[2]))


def network_loss(W1: Any, b1: Any, W2: Any, b2: Any, x: Any, y: Any, mask: Any, alpha: Any) -> Any:
    return rounded(_cross_entropy(_logits(W1, b1, W2, b2, x, mask, alpha)[2], exact(y)))


def network_gradient(W1: Any, b1: Any, W2: Any, b2: Any, x: Any, y: Any, mask: Any, alpha: Any) -> Any:
    slopes, hidden, logits = _logits(W1, b1, W2, b2, x, mask, alpha)
    y = exact(y)
    residual = y.sum() * _softmax(logits) - y
    delta = slopes * (exact(W2).T @ residual)
    return tuple(map(rounded, (np.outer(delta, exact(x)), delta, np.outer(residual, hidden), residual)))


# -- Q6 --


def newton_root(f: Any, fprime: Any, x0: Any, steps: Any) -> Any:
    iterates = [float(x0)]
    for _ in range(steps):
        x, value = mpf(iterates[-1]), mpf(f(iterates[-1]))
        iterates.append(float(x - value / mpf(fprime(iterates[-1])) if value else x))
    return iterates


def newton_minimize(gprime: Any, gsecond: Any, x0: Any, steps: Any) -> Any:
    return newton_root(gprime, gsecond, x0, steps)


# -- Q7 --


def _cross_entropy(z: Any, y: Any) -> Any:
    """`sum_k y_k ln(1 + sum_{j != k} exp(z_j - z_k))`: the 1 is not cancelled."""
    others = [exponential(np.delete(z, k) - z[k]).sum() if z.size > 1 else mpf(0) for k in range(z.size)]
    return (y * logarithm_of_one_plus(others)).sum()


def cross_entropy(z: Any, y: Any) -> Any:
    return rounded(_cross_entropy(exact(z), exact(y)))


def cross_entropy_gradient(z: Any, y: Any) -> Any:
    y = exact(y)
    return rounded(y.sum() * _softmax(exact(z)) - y)


def cross_entropy_hessian(z: Any) -> Any:
    return softmax_jacobian(z)
