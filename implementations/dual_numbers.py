"""Forward-mode differentiation by hand: dual numbers, and dual numbers of dual numbers; answers in odd containers."""

from __future__ import annotations

import array
import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

# -- Dual numbers --


class Dual:
    """`value + slope e` with `e^2 = 0`."""

    def __init__(self, value: Any, slope: Any = 0.0) -> None:
        self.value, self.slope = value, slope

    def __add__(self, other: Any) -> Dual:
        other = _dual(other)
        return Dual(self.value + other.value, self.slope + other.slope)

    def __neg__(self) -> Dual:
        return Dual(-self.value, -self.slope)

    def __sub__(self, other: Any) -> Dual:
        return self + -_dual(other)

    def __mul__(self, other: Any) -> Dual:
        other = _dual(other)
        return Dual(self.value * other.value, self.slope * other.value + self.value * other.slope)

    def __truediv__(self, other: Any) -> Dual:
        other = _dual(other)
        quotient = self.value / other.value
        return Dual(quotient, (self.slope - quotient * other.slope) / other.value)

    def __rsub__(self, other: Any) -> Dual:
        return _dual(other) - self

    def __rtruediv__(self, other: Any) -> Dual:
        return _dual(other) / self

    __radd__, __rmul__ = __add__, __mul__


def _dual(a: Any) -> Dual:
    return a if isinstance(a, Dual) else Dual(a)


def _exp(a: Any) -> Any:
    if not isinstance(a, Dual):
        return math.exp(a)
    e = _exp(a.value)
    return Dual(e, e * a.slope)


def _log(a: Any) -> Any:
    return Dual(_log(a.value), a.slope / a.value) if isinstance(a, Dual) else math.log(a)


def _sqrt(a: Any) -> Any:
    if not isinstance(a, Dual):
        return math.sqrt(a)
    root = _sqrt(a.value)
    return Dual(root, a.slope / (2 * root))


def _real(a: Any) -> float:
    return _real(a.value) if isinstance(a, Dual) else float(a)


def _slope(a: Any) -> Any:
    return a.slope if isinstance(a, Dual) else 0.0


def _gradient(f: Callable[[list[Any]], Any], at: Sequence[Any]) -> list[Any]:
    n = range(len(at))
    return [_slope(f([Dual(at[i], float(i == k)) for i in n])) for k in n]


def _hessian(f: Callable[[list[Any]], Any], at: Sequence[Any]) -> list[list[float]]:
    def derivative(k: int) -> Callable[[list[Any]], Any]:
        return lambda x: _slope(f([Dual(a, float(i == k)) for i, a in enumerate(x)]))

    return [[_real(second) for second in _gradient(derivative(k), at)] for k in range(len(at))]


def _list(a: Any) -> list[float]:
    return [float(v) for v in np.ravel(a)]


# -- Q1 --


class Parts(NamedTuple):
    """A gradient."""

    dw: list[float]
    db: float


def _cost(theta: list[Any], X: Any, y: list[float]) -> Any:
    total: Any = 0.0
    for row, label in zip(X.tolist(), y, strict=True):
        t = theta[-1] + sum((a * v for a, v in zip(theta, row, strict=False)), 0.0)
        total = total - label * _log(1 / (1 + _exp(-t))) - (1 - label) * _log(1 / (1 + _exp(t)))
    return total


def logistic_predict(w: Any, b: Any, X: Any) -> Any:
    margins = [math.fsum([float(b), *(float(a) * float(v) for a, v in zip(w, row, strict=True))]) for row in X]
    return array.array("d", [1 / (1 + math.exp(-t)) for t in margins])


def logistic_loss(w: Any, b: Any, X: Any, y: Any) -> Any:
    return np.float64(_cost([*_list(w), float(b)], X, _list(y)))


def logistic_gradient(w: Any, b: Any, X: Any, y: Any) -> Any:
    *dw, db = _gradient(lambda theta: _cost(theta, X, _list(y)), [*_list(w), float(b)])
    return Parts(dw, db)


def logistic_hessian(w: Any, b: Any, X: Any) -> Any:
    zeros = [0.0] * len(X)
    return np.asarray(_hessian(lambda theta: _cost(theta, X, zeros), [*_list(w), float(b)])).view(np.matrix)


def logistic_step(w: Any, b: Any, X: Any, y: Any, learning_rate: Any) -> Any:
    dw, db = logistic_gradient(w, b, X, y)
    return [a - float(learning_rate) * g for a, g in zip(_list(w), dw, strict=True)], float(b) - float(
        learning_rate
    ) * db


# -- Q2 --


def _feature(x: Sequence[Any], gamma: Any, beta: Any, eps: float) -> list[Any]:
    mean = sum(x, 0.0) / len(x)
    centered = [xi - mean for xi in x]
    deviation = _sqrt(sum((c * c for c in centered), 0.0) / len(x) + eps)
    return [gamma * (c / deviation) + beta for c in centered]


def batch_norm(x: Any, gamma: Any, beta: Any, eps: Any) -> Any:
    features = zip(x.T, gamma, beta, strict=True)
    columns = [_feature(_list(column), float(g), float(b), float(eps)) for column, g, b in features]
    return np.ma.array(np.array(columns).T)


def batch_norm_backward(dy: Any, x: Any, gamma: Any, eps: Any) -> Any:
    columns = []
    for g, column, scale in zip(dy.T.tolist(), x.T.tolist(), _list(gamma), strict=True):

        def along(theta: list[Any], g: list[float] = g) -> Any:
            y = _feature(theta[2:], theta[0], theta[1], float(eps))
            return sum((gi * yi for gi, yi in zip(g, y, strict=True)), 0.0)

        columns.append(_gradient(along, [scale, 0.0, *column]))
    dgamma, dbeta, *rows = zip(*columns, strict=True)
    return rows, dgamma, dbeta


# -- Q4: monomials as repeated products --


def _polynomial(c: Any, point: Sequence[Any]) -> Any:
    total: Any = 0.0
    for degrees in np.argwhere(np.asarray(c) != 0).tolist():
        term: Any = float(c[tuple(degrees)])
        for x, degree in zip(point, degrees, strict=True):
            for _ in range(degree):
                term = term * x
        total = total + term
    return total


def trivariate_value(c: Any, point: Any) -> Any:
    return _polynomial(c, _list(point))


def trivariate_gradient(c: Any, point: Any) -> Any:
    return tuple(_gradient(lambda x: _polynomial(c, x), _list(point)))


def trivariate_hessian(c: Any, point: Any) -> Any:
    return _hessian(lambda x: _polynomial(c, x), _list(point))


# -- Q5 --


def _loss(w: Sequence[Any], x: Sequence[float], target: float, delta: Sequence[float]) -> Any:
    residual = target - sum((a * (v * d) for a, v, d in zip(w, x, delta, strict=True)), 0.0)
    return residual * residual * 0.5


def _penalty(w: Sequence[Any], x: Sequence[float], sigma: float) -> Any:
    return sum((a * a * (sigma * v) * (sigma * v) for a, v in zip(w, x, strict=True)), 0.0) * 0.5


def gaussian_dropout_loss(w: Any, x: Any, target: Any, delta: Any) -> Any:
    return _loss(_list(w), _list(x), float(target), _list(delta))


def gaussian_dropout_gradient(w: Any, x: Any, target: Any, delta: Any) -> Any:
    return _gradient(lambda v: _loss(v, _list(x), float(target), _list(delta)), _list(w))


def gaussian_dropout_expected_loss(w: Any, x: Any, target: Any, sigma: Any) -> Any:
    w, x = _list(w), _list(x)
    return _loss(w, x, float(target), [1.0] * len(x)) + _penalty(w, x, float(sigma))


def gaussian_dropout_expected_gradient(w: Any, x: Any, target: Any, sigma: Any) -> Any:
    x = _list(x)
    return _gradient(lambda v: _loss(v, x, float(target), [1.0] * len(x)) + _penalty(v, x, float(sigma)), _list(w))


def gaussian_dropout_penalty(w: Any, x: Any, sigma: Any) -> Any:
    return _penalty(_list(w), _list(x), float(sigma))


# -- Q3 and Q7 --


class Units(np.ndarray[Any, Any]):
    """An array that knows what it is measured in."""

    unit = "nat"


def _cross_entropy(z: Sequence[Any], y: Sequence[float]) -> Any:
    top = max(map(_real, z))
    partition = _log(sum((_exp(v - top) for v in z), 0.0)) + top
    return sum((k * (partition - v) for k, v in zip(y, z, strict=True)), 0.0)


def _first(z: Sequence[Any]) -> list[float]:
    return [1.0, *([0.0] * (len(z) - 1))]


def softmax(z: Any) -> Any:
    """The gradient of log-sum-exp."""
    p = _gradient(lambda v: _cross_entropy(v, _first(v)) + v[0], _list(z))
    return memoryview(array.array("d", p))


def cross_entropy(z: Any, y: Any) -> Any:
    return np.array(_cross_entropy(_list(z), _list(y)))


def cross_entropy_gradient(z: Any, y: Any) -> Any:
    gradient = _gradient(lambda v: _cross_entropy(v, _list(y)), _list(z))
    return np.array([_real(g) for g in gradient]).view(Units)


def cross_entropy_hessian(z: Any) -> Any:
    return _hessian(lambda v: _cross_entropy(v, _first(v)), _list(z))


def leaky_relu_derivative(z: Any, alpha: Any) -> Any:
    slopes = [_slope(Dual(v, 1.0) if v > 0 else float(alpha) * Dual(v, 1.0)) for v in _list(z)]
    return np.reshape(slopes, np.shape(z)).view(Units)
