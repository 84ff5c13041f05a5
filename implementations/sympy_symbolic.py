"""SymPy behind the contract: models as expressions over exact rationals, every derivative by `diff`. Slow."""

from __future__ import annotations

from typing import Any

import numpy as np
from sympy import Expr, Poly, Rational, Symbol, symbols

UVZ = symbols("u v z")


def exact(a: Any) -> list[Rational]:
    """The numbers in `a` as rationals."""
    return [Rational(*float(v).as_integer_ratio()) for v in np.ravel(a)]


def rounded(a: Any) -> Any:
    return np.array(a, dtype=np.float64)


# -- Q4 --


def _polynomial(c: Any) -> Poly:
    exponents = np.ndindex(np.shape(c))
    return Poly(dict(zip(exponents, exact(c), strict=True)), *UVZ, domain="QQ")


def trivariate_value(c: Any, point: Any) -> Any:
    return float(_polynomial(c)(*exact(point)))


def trivariate_gradient(c: Any, point: Any) -> Any:
    y = _polynomial(c)
    return rounded([y.diff(s)(*exact(point)) for s in UVZ])


def trivariate_hessian(c: Any, point: Any) -> Any:
    y = _polynomial(c)
    return rounded([[y.diff(s).diff(t)(*exact(point)) for t in UVZ] for s in UVZ])


# -- Q5 --


def _weights(w: Any) -> list[Symbol]:
    return [Symbol(f"w{k}") for k in range(len(w))]


def _dropout_loss(weights: list[Symbol], x: Any, target: Any, delta: Any) -> Expr:
    terms = (d * w * xk for d, w, xk in zip(exact(delta), weights, exact(x), strict=True))
    return (exact(target)[0] - sum(terms)) ** 2 / 2


def _penalty(weights: list[Symbol], x: Any, sigma: Any) -> Expr:
    return exact(sigma)[0] ** 2 * sum((w * xk) ** 2 for w, xk in zip(weights, exact(x), strict=True)) / 2


def _expected_loss(weights: list[Symbol], x: Any, target: Any, sigma: Any) -> Expr:
    return _dropout_loss(weights, x, target, np.ones(len(x))) + _penalty(weights, x, sigma)


def _value(expression: Expr, weights: list[Symbol], w: Any) -> float:
    return float(expression.xreplace(dict(zip(weights, exact(w), strict=True))))


def _gradient(expression: Expr, weights: list[Symbol], w: Any) -> Any:
    at = dict(zip(weights, exact(w), strict=True))
    return rounded([expression.diff(s).xreplace(at) for s in weights])


def gaussian_dropout_loss(w: Any, x: Any, target: Any, delta: Any) -> Any:
    weights = _weights(w)
    return _value(_dropout_loss(weights, x, target, delta), weights, w)


def gaussian_dropout_gradient(w: Any, x: Any, target: Any, delta: Any) -> Any:
    weights = _weights(w)
    return _gradient(_dropout_loss(weights, x, target, delta), weights, w)


def gaussian_dropout_expected_loss(w: Any, x: Any, target: Any, sigma: Any) -> Any:
    weights = _weights(w)
    return _value(_expected_loss(weights, x, target, sigma), weights, w)


def gaussian_dropout_expected_gradient(w: Any, x: Any, target: Any, sigma: Any) -> Any:
    weights = _weights(w)
    return _gradient(_expected_loss(weights, x, target, sigma), weights, w)


def gaussian_dropout_penalty(w: Any, x: Any, sigma: Any) -> Any:
    weights = _weights(w)
    return _value(_penalty(weights, x, sigma), weights, w)
