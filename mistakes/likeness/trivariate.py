"""Formulas that are taken for the derivatives of a polynomial."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lydite.kit.asked import Asked, Terms, Way, Ways

Powers = Callable[[NDArray[Any], float], Any]
"""Returns what the powers of one variable become, from their exponents and its value."""


def _plain(i: NDArray[Any], t: float) -> Any:
    return np.power(t, i)


def _lowered(i: NDArray[Any], t: float) -> Any:
    return i * np.power(t, np.maximum(i - 1, 0))


def _sum(a: Asked, rules: tuple[Powers, ...]) -> Any:
    """The polynomial with the powers of each variable by its own rule."""
    c, point = a.reals("c", "point")
    return np.einsum(
        "ijk,i,j,k", c, *(f(np.arange(m), float(t)) for f, m, t in zip(rules, c.shape, point, strict=True))
    )


def _value(rule: Powers) -> Callable[[Asked], Any]:
    return lambda a: _sum(a, (rule, rule, rule))


def _gradient(rule: Powers) -> Callable[[Asked], Any]:
    """The gradient by another rule for `d u^i / du`."""
    return lambda a: np.array([_sum(a, tuple(rule if k == axis else _plain for k in range(3))) for axis in range(3)])


def _hessian(twice: Powers, once: Powers = _lowered) -> Callable[[Asked], Any]:
    """The Hessian by other rules for a second derivative, or for two first ones."""

    def entry(a: Asked, row: int, column: int) -> Any:
        rules = [twice if row == column else once if k in {row, column} else _plain for k in range(3)]
        rules = [rule if k in {row, column} else _plain for k, rule in enumerate(rules)]
        return _sum(a, tuple(rules))

    return lambda a: np.array([[entry(a, i, j) for j in range(3)] for i in range(3)])


def _cut(*upper: int | None) -> Callable[[Asked], Any]:
    return lambda a: a.again(c=a.given["c"][tuple(slice(k) for k in upper)])


def _without_the_last(a: Asked) -> Any:
    """Without the highest degree of u, where there is a lower one."""
    return a.again(c=a.given["c"][: max(1, len(a.given["c"]) - 1)])


def _alike(a: Asked) -> Any:
    degree = a.given["c"].shape[0]
    return a.again(c=a.given["c"][:, :degree, :degree])


def _unmixed(a: Asked) -> Any:
    c = a.reals("c")[0]
    return a.again(c=c * ((np.indices(c.shape) > 0).sum(axis=0) < 2))


def _in_order(*order: int) -> Callable[[Asked], Any]:
    return lambda a: a.again(point=a.reals("point")[0][list(order)])


def _rearranged(*order: int) -> Callable[[Asked], Any]:
    return lambda a: a.due[0][list(order)]


VALUE: tuple[Way, ...] = (
    ("every degree one higher", lambda a: a.due[0] * np.prod(a.given["point"])),
    ("the coefficients in reverse order along every axis", lambda a: a.again(c=a.given["c"][::-1, ::-1, ::-1])),
    ("the axes of c taken for z, v, u", _in_order(2, 1, 0)),
    ("the axes of c taken for v, u, z", _in_order(1, 0, 2)),
    ("the axes of c taken for u, z, v", _in_order(0, 2, 1)),
    ("without the highest degree of each variable", _cut(-1, -1, -1)),
    ("without the highest degree of u", _without_the_last),
    ("0 for every power of 0, the zeroth too", _value(lambda i, t: np.power(t, i) * (t != 0))),
    ("exp(i ln u), which is NaN where u is not positive", _value(lambda i, t: np.exp(i * np.log(np.float64(t))))),
    ("without the mixed terms", _unmixed),
    ("as many degrees of v and z as of u", _alike),
    ("|u| for u", lambda a: a.again(point=np.abs(a.given["point"]))),
)

GRADIENT: tuple[Way, ...] = (
    ("in the order z, v, u", _rearranged(2, 1, 0)),
    ("the derivatives by u and v exchanged", _rearranged(1, 0, 2)),
    ("the factor i left out: u^(i-1)", _gradient(lambda i, t: (i > 0) * np.power(t, np.maximum(i - 1, 0)))),
    ("the exponent not lowered: i u^i", _gradient(lambda i, t: i * np.power(t, i))),
    ("i u^i / u, which is NaN at 0", _gradient(lambda i, t: i * np.power(t, i) / np.float64(t))),
    ("the highest power not differentiated", _gradient(lambda i, t: (i < len(i) - 1) * _lowered(i, t))),
    ("without the coefficients of degree 8", _cut(8, 8, 8)),
    ("without the highest degree of u", _without_the_last),
    ("as many degrees of v and z as of u", _alike),
    ("of length one", lambda a: a.due[0] / np.linalg.norm(a.due[0])),
)

HESSIAN: tuple[Way, ...] = (
    ("grad y (grad y)'", lambda a: np.outer(a.other("trivariate_gradient"), a.other("trivariate_gradient"))),
    ("the second derivatives at the origin", lambda a: a.again(point=np.zeros(3))),
    ("rows in the order z, v, u", _rearranged(2, 1, 0)),
    ("i^2 u^(i-2) for i (i - 1) u^(i-2)", _hessian(lambda i, t: (i > 1) * i**2 * np.power(t, np.maximum(i - 2, 0)))),
    ("i (i - 1) u^(i-1) for i (i - 1) u^(i-2)", _hessian(lambda i, t: i * (i - 1) * np.power(t, np.maximum(i - 1, 0)))),
    (
        "i (i - 1) u^i / u^2, which is NaN at 0",
        _hessian(lambda i, t: i * (i - 1) * np.power(t, i) / np.float64(t) ** 2),
    ),
    ("without the coefficients of degree 8", _cut(8, 8, 8)),
)

WAYS: Ways = {"trivariate_value": VALUE, "trivariate_gradient": GRADIENT, "trivariate_hessian": HESSIAN}

TERMS: Terms = {"trivariate_value": {"c[0, 0, 0]": lambda a: a.reals("c")[0][0, 0, 0]}}
