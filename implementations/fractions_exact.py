"""The polynomial calls in exact rationals, rounded once at the end: Q4, Q5, and the centred form of Q2."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np


def exact(a: Any) -> Any:
    """`a` as an object array of fractions, or one fraction where it is a number."""
    fractions = np.vectorize(lambda v: Fraction(float(v)), otypes=[object])(np.asarray(a))
    return fractions if fractions.shape else fractions.item()


def rounded(a: Any) -> Any:
    """`a` rounded to float64, to the nearest."""
    return np.asarray(a, dtype=np.float64)


# -- Q2 --


def centered_batch_norm(x: Any, gamma: Any, beta: Any) -> Any:
    x = exact(x)
    return rounded(exact(gamma) * (x - x.sum(axis=0) / len(x)) + exact(beta))


def centered_batch_norm_backward(dy: Any, gamma: Any) -> Any:
    dy = exact(dy)
    return rounded(exact(gamma) * (dy - dy.sum(axis=0) / len(dy)))


# -- Q4 --


def _powers(x: Fraction, size: int, order: int) -> Any:
    """The derivatives of that order of 1, x, x^2, and so on."""
    return np.array([_falling(k, order) * x ** max(k - order, 0) for k in range(size)], dtype=object)


def _falling(k: int, order: int) -> int:
    """`k (k - 1) ...` with `order` factors."""
    return math.prod(k - m for m in range(order))


def _partial(c: Any, point: Any, *axes: int) -> Any:
    """The polynomial at `point`, differentiated along each of `axes`."""
    values = exact(c)
    for axis, x in enumerate(exact(point)):
        order = axes.count(axis)  # not one of NumPy's integers, which overflow as exponents
        values = np.tensordot(_powers(x, len(values), order), values, axes=1)
    return values


def trivariate_value(c: Any, point: Any) -> Any:
    return rounded(_partial(c, point))


def trivariate_gradient(c: Any, point: Any) -> Any:
    return rounded([_partial(c, point, a) for a in range(3)])


def trivariate_hessian(c: Any, point: Any) -> Any:
    return rounded([[_partial(c, point, a, b) for b in range(3)] for a in range(3)])


# -- Q5 --


def _residual(w: Any, x: Any, target: Any, delta: Any) -> Any:
    return exact(target) - (exact(delta) * exact(w) * exact(x)).sum()


def gaussian_dropout_loss(w: Any, x: Any, target: Any, delta: Any) -> Any:
    return float(_residual(w, x, target, delta) ** 2 / 2)


def gaussian_dropout_gradient(w: Any, x: Any, target: Any, delta: Any) -> Any:
    return rounded(-_residual(w, x, target, delta) * exact(delta) * exact(x))


def _penalty(w: Any, x: Any, sigma: Any) -> Any:
    return exact(sigma) ** 2 * ((exact(w) * exact(x)) ** 2).sum() / 2


def gaussian_dropout_expected_loss(w: Any, x: Any, target: Any, sigma: Any) -> Any:
    return float(_residual(w, x, target, np.ones(len(x))) ** 2 / 2 + _penalty(w, x, sigma))


def gaussian_dropout_expected_gradient(w: Any, x: Any, target: Any, sigma: Any) -> Any:
    noiseless = -_residual(w, x, target, np.ones(len(x))) * exact(x)
    return rounded(noiseless + exact(sigma) ** 2 * exact(x) ** 2 * exact(w))


def gaussian_dropout_penalty(w: Any, x: Any, sigma: Any) -> Any:
    return float(_penalty(w, x, sigma))
