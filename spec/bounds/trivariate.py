"""Bounds what rounding may cost a polynomial and its derivatives, for coefficients `c` (p, q, r) at a point (3,).

A value or derivative is a sum of terms, and each term is off by its own size times the roundings on its way into the
sum. Sizes come from the same expansion with `|c|` at `|point|`, where nothing cancels.

Where all terms are 0, a complex step `i h` still is off by its truncation: `h^2` times a third derivative, which at a
distance of 1 is at most the sum of all terms there. Steps are at most `u`, hence `u^2 sum |c_ijk| (|u| + 1)^i
(|v| + 1)^j (|z| + 1)^k` more in every bound.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lydite.kit import Array, Floats
from spec.definitions import trivariate as model


def roundings(c: Array) -> int:
    """Of one term on its way into the sum: `n + 2 (p + q + r) + 8`, with `n` coefficients that are not zero.

    At most `n - 1` additions, in any order. Powers: a multiplication and an addition a degree by Horner's rule, a
    multiplication a degree by products, two units in the last place each (four roundings, three times) by `pow`, all of
    which `2 (p + q + r) + 3` covers. The rest: two factors from differentiation, and three products.
    """
    return int(np.count_nonzero(c)) + 2 * sum(c.shape) + 8


def value(c: Array, point: Floats, u: float) -> float:
    """`y`: the roundings times the sum of `|c_ijk u^i v^j z^k|`."""
    return float(roundings(c) * u * _sizes(c, point)[0, 0, 0] + _truncation(c, point, u))


def gradient(c: Array, point: Floats, u: float) -> Floats:
    """(3,). As `value`, with the terms of each derivative."""
    return roundings(c) * u * np.array(model.first_derivatives(_sizes(c, point))) + _truncation(c, point, u)


def hessian(c: Array, point: Floats, u: float) -> Floats:
    """(3, 3). As `value`, with the terms of each second derivative."""
    sizes: Floats = np.array(model.second_derivatives(_sizes(c, point))).reshape(3, 3)
    return roundings(c) * u * sizes + _truncation(c, point, u)


def moved_value(c: Array, point: Floats, u: float) -> float:
    """Bounds what rounding the point itself changes `y` by: the size of the gradient times `u |point|`."""
    return float(u * np.array(model.first_derivatives(_sizes(c, point))) @ np.abs(point))


def moved_gradient(c: Array, point: Floats, u: float) -> Floats:
    """(3,). What rounding the point itself changes the gradient by: the size of the Hessian times `u |point|`."""
    sizes: Floats = np.array(model.second_derivatives(_sizes(c, point))).reshape(3, 3)
    return u * sizes @ np.abs(point)


def _truncation(c: Array, point: Floats, u: float) -> float:
    distant = np.abs(np.asarray(point, dtype=float)) + 1
    powers = [x ** np.arange(size) for x, size in zip(distant, c.shape, strict=True)]
    return float(u * u * (np.abs(np.asarray(c, dtype=float)) @ powers[2] @ powers[1] @ powers[0]))


def _sizes(c: Array, point: Floats) -> NDArray[Any]:
    return model.expansion(np.abs(np.asarray(c, dtype=float)), np.abs(np.asarray(point, dtype=float)).tolist())
