"""The contract in plain Python: loops, lists, `math.fsum`, and no array operation; answers are lists and floats."""

from __future__ import annotations

import random
from math import exp, fsum, log1p, sqrt
from typing import Any


def floats(a: Any) -> Any:
    """`a` as a float or nested lists of floats."""
    values = a.tolist() if hasattr(a, "tolist") else a
    return [floats(v) for v in values] if isinstance(values, list) else float(values)


def dot(u: Any, v: Any) -> float:
    return fsum(a * b for a, b in zip(u, v, strict=True))


def columns(rows: Any) -> list[Any]:
    return [list(column) for column in zip(*rows, strict=True)]


def sigmoid(t: float) -> float:
    return 1 / (1 + exp(-t)) if t >= 0 else exp(t) / (1 + exp(t))


def softplus(t: float) -> float:
    return max(t, 0.0) + log1p(exp(-abs(t)))


# -- Q1 --


def _margins(w: Any, b: Any, X: Any) -> list[float]:
    w, b = floats(w), floats(b)
    return [fsum([*(a * c for a, c in zip(row, w, strict=True)), b]) for row in floats(X)]


def logistic_predict(w: Any, b: Any, X: Any) -> Any:
    return [sigmoid(t) for t in _margins(w, b, X)]


def logistic_loss(w: Any, b: Any, X: Any, y: Any) -> Any:
    # The sum of two terms that are not negative: nothing cancels.
    pairs = zip(_margins(w, b, X), floats(y), strict=True)
    return fsum(yn * softplus(-t) + (1 - yn) * softplus(t) for t, yn in pairs)


def logistic_gradient(w: Any, b: Any, X: Any, y: Any) -> Any:
    residual = [sigmoid(t) - yn for t, yn in zip(_margins(w, b, X), floats(y), strict=True)]
    return [dot(column, residual) for column in columns(floats(X))], fsum(residual)


def logistic_hessian(w: Any, b: Any, X: Any) -> Any:
    weights = [sigmoid(t) * sigmoid(-t) for t in _margins(w, b, X)]
    augmented = columns([[*row, 1.0] for row in floats(X)])
    return [[fsum(h * a * c for h, a, c in zip(weights, u, v, strict=True)) for v in augmented] for u in augmented]


def logistic_step(w: Any, b: Any, X: Any, y: Any, learning_rate: Any) -> Any:
    dw, db = logistic_gradient(w, b, X, y)
    rate = floats(learning_rate)
    return [wi - rate * di for wi, di in zip(floats(w), dw, strict=True)], floats(b) - rate * db


# -- Q2 --


def _centred(column: list[float]) -> list[float]:
    mean = fsum(column) / len(column)
    return [x - mean for x in column]


def _normalised(column: list[float], eps: float) -> tuple[list[float], float]:
    """The normalised column, and what it was divided by."""
    centred = _centred(column)
    s = sqrt(dot(centred, centred) / len(column) + eps)
    return [c / s for c in centred], s


def batch_norm(x: Any, gamma: Any, beta: Any, eps: Any) -> Any:
    each = zip(columns(floats(x)), floats(gamma), floats(beta), strict=True)
    return columns([[g * c + b for c in _normalised(column, floats(eps))[0]] for column, g, b in each])


def batch_norm_backward(dy: Any, x: Any, gamma: Any, eps: Any) -> Any:
    dx, dgamma, dbeta = [], [], []
    for upstream, column, g in zip(columns(floats(dy)), columns(floats(x)), floats(gamma), strict=True):
        normal, s = _normalised(column, floats(eps))
        dgamma.append(dot(upstream, normal))
        dbeta.append(fsum(upstream))
        share = dgamma[-1] / len(column)
        dx.append([g / s * (c - n * share) for c, n in zip(_centred(upstream), normal, strict=True)])
    return columns(dx), dgamma, dbeta


def centered_batch_norm(x: Any, gamma: Any, beta: Any) -> Any:
    each = zip(columns(floats(x)), floats(gamma), floats(beta), strict=True)
    return columns([[g * c + b for c in _centred(column)] for column, g, b in each])


def centered_batch_norm_backward(dy: Any, gamma: Any) -> Any:
    each = zip(columns(floats(dy)), floats(gamma), strict=True)
    return columns([[g * c for c in _centred(column)] for column, g in each])


# -- Q3 --


def _entrywise(function: Any, z: Any) -> Any:
    return [_entrywise(function, entry) for entry in z] if isinstance(z, list) else function(z)


def leaky_relu(z: Any, alpha: Any) -> Any:
    alpha = floats(alpha)
    return _entrywise(lambda x: x if x > 0 else alpha * x, floats(z))


def leaky_relu_derivative(z: Any, alpha: Any) -> Any:
    alpha = floats(alpha)
    return _entrywise(lambda x: 1.0 if x > 0 else alpha, floats(z))


def dropout_mask(size: Any, p: Any, seed: Any) -> Any:
    generator = random.Random(int(seed))
    return [float(generator.random() >= p) for _ in range(size)]


def softmax(z: Any) -> Any:
    z = floats(z)
    top = max(z)
    powers = [exp(x - top) for x in z]
    total = fsum(powers)
    return [e / total for e in powers]


def softmax_jacobian(z: Any) -> Any:
    p = softmax(z)
    return [[a * ((i == j) - b) for j, b in enumerate(p)] for i, a in enumerate(p)]


def _forward(W1: Any, b1: Any, W2: Any, b2: Any, x: Any, mask: Any, alpha: Any) -> tuple[list[float], ...]:
    """`z1`, the masked hidden units, and the logits."""
    x, mask = floats(x), floats(mask)
    z1 = [
        fsum([*(a * c for a, c in zip(row, x, strict=True)), b]) for row, b in zip(floats(W1), floats(b1), strict=True)
    ]
    hidden = [m * a for m, a in zip(mask, leaky_relu(z1, alpha), strict=True)]
    return z1, hidden, [dot(row, hidden) + b for row, b in zip(floats(W2), floats(b2), strict=True)]


def network_predict(W1: Any, b1: Any, W2: Any, b2: Any, x: Any, mask: Any, alpha: Any) -> Any:
    return softmax(_forward(W1, b1, W2, b2, x, mask, alpha)[2])


def network_loss(W1: Any, b1: Any, W2: Any, b2: Any, x: Any, y: Any, mask: Any, alpha: Any) -> Any:
    return cross_entropy(_forward(W1, b1, W2, b2, x, mask, alpha)[2], y)


def network_gradient(W1: Any, b1: Any, W2: Any, b2: Any, x: Any, y: Any, mask: Any, alpha: Any) -> Any:
    z1, hidden, logits = _forward(W1, b1, W2, b2, x, mask, alpha)
    residual = cross_entropy_gradient(logits, y)
    arriving = [dot(column, residual) for column in columns(floats(W2))]
    slopes = [m * s for m, s in zip(floats(mask), leaky_relu_derivative(z1, alpha), strict=True)]
    delta = [a * s for a, s in zip(arriving, slopes, strict=True)]
    return [[d * c for c in floats(x)] for d in delta], delta, [[r * a for a in hidden] for r in residual], residual


# -- Q4 --


def _derivative(coefficients: list[Any]) -> list[Any]:
    """Of a polynomial whose coefficients, constant first, are numbers or nested lists of them."""
    slopes = [_entrywise(lambda c, k=k: k * c, row) for k, row in enumerate(coefficients)][1:]
    return slopes or [_entrywise(lambda c: 0 * c, coefficients[0])]


def _along(axis: int, c: Any) -> Any:
    """`c` differentiated along `axis`."""
    return _derivative(c) if axis == 0 else [_along(axis - 1, row) for row in c]


def _value(c: Any, point: list[float]) -> float:
    """Horner's scheme, the outer axis last."""
    if not point:
        return c
    value = 0.0
    for row in reversed(c):
        value = value * point[0] + _value(row, point[1:])
    return value


def trivariate_value(c: Any, point: Any) -> Any:
    return _value(floats(c), floats(point))


def trivariate_gradient(c: Any, point: Any) -> Any:
    return [_value(_along(axis, floats(c)), floats(point)) for axis in range(3)]


def trivariate_hessian(c: Any, point: Any) -> Any:
    return [[_value(_along(i, _along(j, floats(c))), floats(point)) for j in range(3)] for i in range(3)]


# -- Q5 --


def _residual(target: Any, terms: Any) -> float:
    return fsum([floats(target), *(-term for term in terms)])


def gaussian_dropout_loss(w: Any, x: Any, target: Any, delta: Any) -> Any:
    triples = zip(floats(delta), floats(w), floats(x), strict=True)
    return 0.5 * _residual(target, (a * b * c for a, b, c in triples)) ** 2


def gaussian_dropout_gradient(w: Any, x: Any, target: Any, delta: Any) -> Any:
    scaled = [a * b for a, b in zip(floats(delta), floats(x), strict=True)]
    residual = _residual(target, (a * b for a, b in zip(scaled, floats(w), strict=True)))
    return [-residual * s for s in scaled]


def gaussian_dropout_expected_loss(w: Any, x: Any, target: Any, sigma: Any) -> Any:
    return gaussian_dropout_loss(w, x, target, [1.0] * len(x)) + gaussian_dropout_penalty(w, x, sigma)


def gaussian_dropout_expected_gradient(w: Any, x: Any, target: Any, sigma: Any) -> Any:
    noiseless = gaussian_dropout_gradient(w, x, target, [1.0] * len(x))
    return [g + floats(sigma) ** 2 * b * b * a for g, a, b in zip(noiseless, floats(w), floats(x), strict=True)]


def gaussian_dropout_penalty(w: Any, x: Any, sigma: Any) -> Any:
    return 0.5 * floats(sigma) ** 2 * fsum((a * b) ** 2 for a, b in zip(floats(w), floats(x), strict=True))


# -- Q6 --


def newton_root(f: Any, fprime: Any, x0: Any, steps: Any) -> Any:
    x, iterates = floats(x0), [floats(x0)]
    for _ in range(steps):
        value = f(x)
        x = x - value / fprime(x) if value else x
        iterates.append(x)
    return iterates


def newton_minimize(gprime: Any, gsecond: Any, x0: Any, steps: Any) -> Any:
    return newton_root(gprime, gsecond, x0, steps)


# -- Q7 --


def cross_entropy(z: Any, y: Any) -> Any:
    z = floats(z)
    top = max(z)
    spread = log1p(fsum([*(exp(x - top) for x in z), -1.0]))  # the largest contributes the 1
    return fsum(yk * (spread + (top - x)) for x, yk in zip(z, floats(y), strict=True))


def cross_entropy_gradient(z: Any, y: Any) -> Any:
    y = floats(y)
    total = fsum(y)
    return [total * p - yk for p, yk in zip(softmax(z), y, strict=True)]


def cross_entropy_hessian(z: Any) -> Any:
    return softmax_jacobian(z)
