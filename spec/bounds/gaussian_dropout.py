"""Bounds what rounding may cost a linear unit with dropout, for `w`, `x`, `delta` (n,), a target and `sigma`.

Where nothing is added up, a complex step in a weight still leaves the square of itself: sizes count one `u` more.
"""

from __future__ import annotations

import math

import numpy as np

from lydite.kit import Floats
from spec.bounds.network import FALSE_ALARM


def size(w: Floats, x: Floats, target: float, delta: Floats, u: float) -> float:
    """`|target| + sum_k |delta_k x_k| (|w_k| + u)`: no residual is larger, and no partial sum of one."""
    return float(abs(float(target)) + np.abs(_double(delta) * _double(x)) @ (np.abs(_double(w)) + u))


def residual(w: Floats, x: Floats, target: float, delta: Floats, u: float) -> float:
    """`target - sum_k delta_k w_k x_k`: `(n + 2) u size`, two products a term and n additions in any order."""
    return (w.size + 2) * u * size(w, x, target, delta, u)


def gradient(w: Floats, x: Floats, target: float, delta: Floats, u: float) -> Floats:
    """(n,). `(n + 6) u |delta_i x_i| size`: that of the residual, two products more, and two roundings to spare.

    At n = 1 there are five roundings, few enough for all of them to fall one way.
    """
    factor: Floats = np.abs(_double(delta) * _double(x))
    return (w.size + 6) * u * factor * size(w, x, target, delta, u)


def loss(w: Floats, x: Floats, target: float, delta: Floats, u: float, *, forgiving: bool) -> float:
    """`|r| e + e^2 / 2 + 2 u r^2` for a residual `r` that is off by `e`.

    `r` itself is known here as float64 gives it, off by `e` at most, which makes `|r| e + 2 e^2`. Forgiving: `r` is
    as large as its terms, which admits the square multiplied out, where they cancel only in the end.
    """
    error, largest = residual(w, x, target, delta, u), size(w, x, target, delta, u)
    if forgiving:
        return largest * error + 2 * u * largest**2
    r = abs(float(target) - float((_double(delta) * _double(w) * _double(x)).sum()))
    return r * error + 2 * error**2 + 2 * u * r**2


def penalty(w: Floats, x: Floats, sigma: float, u: float) -> float:
    """`sigma^2 / 2 sum_k w_k^2 x_k^2`, relative: `(n + 8) u`.

    Nothing cancels: n - 1 additions and one to the loss, two products, three squares of two roundings each by `pow`.
    """
    return float((w.size + 8) * u * _squares(w, x, sigma).sum() / 2)


def expected_loss(w: Floats, x: Floats, target: float, sigma: float, u: float, *, forgiving: bool) -> float:
    """That of the noiseless loss and of the penalty, each with a rounding to spare for their sum."""
    ones = np.ones(w.size)
    return loss(w, x, target, ones, u, forgiving=forgiving) + penalty(w, x, sigma, u)


def expected_gradient(w: Floats, x: Floats, target: float, sigma: float, u: float) -> Floats:
    """(n,). `(n + 9) u |x_i| (|target| + sum_k |w_k x_k| + sigma^2 |w_i x_i|)`.

    As printed, an own term passes `1 + sigma^2` with three roundings (the square by `pow`), n additions, and three
    products; the other terms less, even where their sum is the whole one without the own term. Three are to spare, as
    for the gradient.
    """
    sizes = size(w, x, target, np.ones(w.size), u) + float(sigma) ** 2 * np.abs(_double(w) * _double(x))
    entries: Floats = (w.size + 9) * u * np.abs(_double(x)) * sizes
    return entries


def moved_loss(w: Floats, x: Floats, target: float, delta: Floats, u: float) -> float:
    """Bounds what rounding the weights themselves changes the loss by: `sum_i |dJ/dw_i| u |w_i| <= u size^2`."""
    return u * size(w, x, target, delta, u) ** 2


def moved_penalty(w: Floats, x: Floats, sigma: float, u: float) -> float:
    """The same for the penalty: each term moves by twice as much as its weight, relative to itself."""
    return float(u * _squares(w, x, sigma).sum())


def moved_expected_loss(w: Floats, x: Floats, target: float, sigma: float, u: float) -> float:
    """The same for the expected loss."""
    return moved_loss(w, x, target, np.ones(w.size), u) + moved_penalty(w, x, sigma, u)


# -- Noise --
#
# How far chance may carry n independent standard normal numbers t, but for one false alarm that `checks` of them share:
# `l = ln(2 checks / FALSE_ALARM)`, so that either side has a chance of at most `e^-l`. Noise that is rounded moves t by
# at most `u (1 / sigma + |t|)`, a sixteen-thousandth at the least sigma that is drawn: nothing beside these.


def of_mean(count: int, checks: int = 1) -> float:
    """How far from 0 the mean may be: `sqrt(2 l / n)`, by Chernoff's bound."""
    return math.sqrt(2 * _log(checks) / count)


def of_mean_square(count: int, checks: int = 1) -> float:
    """How far from 1 the mean of the squares may be: `2 sqrt(l / n) + 2 l / n`, by Laurent's and Massart's bounds."""
    return 2 * math.sqrt(_log(checks) / count) + 2 * _log(checks) / count


def of_distribution(count: int) -> float:
    """How far the share of numbers up to t may be from that due, at any t: `sqrt(l / 2 n)`, by Massart's bound."""
    return math.sqrt(_log(1) / (2 * count))


def of_products(count: float, checks: int = 1) -> float:
    """How far from 0 the sum of n products of two numbers may be, no number in two of them: `sqrt(2 n l) + l`.

    A product is half of the difference of two squares of standard normal numbers, so the logarithm of the sum's moment
    generating function is `-n/2 ln(1 - a^2) <= n a^2 / (2 (1 - a))` at `a` in [0, 1), from which the bound follows.
    """
    return math.sqrt(2 * count * _log(checks)) + _log(checks)


def of_autocorrelation(size: int) -> float:
    """How far from 0 `sum_i t_i t_(i+k)` may be, at each of the distances k up to half of the `size`.

    At one distance the products fall into two sets of at most `size / 2`, taken by turns in blocks of k, whose members
    share no number.
    """
    return 2 * of_products(size / 2, checks=2 * size)


def of_mirrored(size: int) -> float:
    """How far from 0 `sum_(i < j, i + j = c) t_i t_j` may be, at each of the `2 size - 1` centers c."""
    return of_products(size / 2, checks=2 * size)


def _log(checks: int) -> float:
    return math.log(2 * checks / FALSE_ALARM)


def _squares(w: Floats, x: Floats, sigma: float) -> Floats:
    squares: Floats = (float(sigma) * _double(w) * _double(x)) ** 2
    return squares


def _double(a: Floats) -> Floats:
    return np.asarray(a, dtype=float)
