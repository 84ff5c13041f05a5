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
from flint import arb
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


# -- A function that is given --

GRADIENT_STEPS = (1 / 8, 32.0)
"""Of central differences, in units of `u^(1/3)`: from 6e-7 to 1.5e-4 in double precision."""
HESSIAN_STEPS = (1 / 8, 16.0)
"""Of second differences, in units of `u^(1/4)`: from 1.3e-5 to 1.6e-3 in double precision."""


def evaluation(field: model.Field, point: Floats, u: float, reach: float) -> float:
    """A value of the function within `reach` of the point, each coordinate: what its own roundings amount to.

    Of a ridge `c g(t)`: n products, n sums and the rounding of the point moved, twice, at the sum of the sizes in `t`,
    passed on by `g'`; four for `g`, twice where it is two functions, the factor, and a sum of K.
    """
    return float(
        sum(
            u * c * ((a.size + 4) * t * g[1] + (len(field.ridges) + 9) * g[0])
            for c, a, t, g in _over(field, point, reach)
        )
    )


def function_gradient(field: model.Field, point: Floats, u: float) -> Floats:
    """(n,). `eps / h + h'^2 / 6 sup|f_iii|` for steps from h to h', and four roundings of the terms.

    A central difference is the mean of the derivative between its points: off by `h^2 / 6` times the third one at most,
    and by both values' own error over `2 h`. What differentiates exactly is off by its roundings alone.
    """
    least, most = (step * u ** (1 / 3) for step in GRADIENT_STEPS)
    terms = [c * (most**2 / 6 * g[3] * a**3 + 4 * u * g[1] * a) for c, a, _, g in _over(field, point, most)]
    entries: Floats = np.sum(terms, axis=0) + evaluation(field, point, u, most) / least
    return entries


def function_hessian(field: model.Field, point: Floats, u: float) -> Floats:
    """(n, n). `6 eps / h^2`, and `h'^2 / 6 sup|g^(4)| |a_i a_j| (|a_i| + |a_j|)^2` of each ridge.

    A difference by j of a difference by i is the mean of `f_ij` over a square: off by `h^2 / 6 (f_iiij + f_ijjj)` and
    `h^2 / 4 f_iijj` at most, by four values over `4 h^2`. By polarisation it is three second differences, of four
    values each, over `2 h^2`.
    """
    least, most = (step * u ** (1 / 4) for step in HESSIAN_STEPS)
    noise = 6 * evaluation(field, point, u, 2 * most) / least**2
    entries: Floats = np.full((point.size, point.size), noise)
    for c, a, _, g in _over(field, point, 2 * most):
        pairs, sums = np.outer(a, a), np.add.outer(a, a)
        entries += c * pairs * (most**2 / 6 * g[4] * sums**2 + 4 * u * g[2])
    return entries


def _over(field: model.Field, point: Floats, reach: float) -> list[tuple[float, Floats, float, list[float]]]:
    """Of each ridge the sizes of its factor, its slopes, the terms of its argument, and its derivatives nearby."""
    x = np.asarray(point, dtype=float)
    found = []
    for r in field.ridges:
        a = np.abs(r.slopes)
        near = arb(float(r.inner(x)), 2 * reach * float(a.max()))
        sizes = [float(d.abs_upper()) for d in model.derivatives(r.kind, near)]
        found.append((abs(r.factor), a, float(a @ (np.abs(x) + reach)) + abs(r.offset), sizes))
    return found


def _truncation(c: Array, point: Floats, u: float) -> float:
    distant = np.abs(np.asarray(point, dtype=float)) + 1
    powers = [x ** np.arange(size) for x, size in zip(distant, c.shape, strict=True)]
    return float(u * u * (np.abs(np.asarray(c, dtype=float)) @ powers[2] @ powers[1] @ powers[0]))


def _sizes(c: Array, point: Floats) -> NDArray[Any]:
    return model.expansion(np.abs(np.asarray(c, dtype=float)), np.abs(np.asarray(point, dtype=float)).tolist())
