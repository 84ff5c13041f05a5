"""Bounds what rounding costs a logistic neuron, for parameters `w` (d,), `b`, samples `X` (n, d) and labels `y` (n,).

`t = X w + b` are the margins, `T = |X| |w| + |b|` their sizes before cancellation, `p` the predictions, `r = p - y`
the residuals, `x` a sample and its last feature 1. Each of the d products and d additions of a margin rounds once, so
a margin is off by at most its `drift`, `(d + 2) u T`. Between `t - drift` and `t + drift` neither the slope `p (1 - p)`
of a prediction nor its own slope exceeds `exp(drift - |t|)`, besides 1/4 for the one and 1/10 for the other.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lydite.kit import Array, Floats
from lydite.kit.case import tiny

Numbers = NDArray[np.float64]

TAIL = 64
"""Unit roundoffs of relative error that the regime `tails` allows, besides what rounding the margins costs."""


def margins(w: Floats, b: float, X: Floats) -> Numbers:
    """(n,). `X w + b` in float64, for sizes in a bound only."""
    t: Numbers = X.astype(float) @ w.astype(float) + b
    return t


def sizes(w: Floats, b: float, X: Floats) -> Numbers:
    """(n,). `|X| |w| + |b|`: the size of each margin before cancellation."""
    T: Numbers = np.abs(X.astype(float)) @ np.abs(w.astype(float)) + abs(b)
    return T


def drift(w: Floats, b: float, X: Floats, u: float) -> Numbers:
    """(n,). Each margin: `(d + 2) u T`."""
    return (w.size + 2) * u * sizes(w, b, X)


def prediction(w: Floats, b: float, X: Floats, u: float, forgiving: bool) -> Numbers:
    """(n,). `8 u p`, the drift times the steepest slope within it, `by_logarithm`, and the smallest normal number.

    The exponential costs two roundoffs, the addition one, the division one. Where `forgiving`, `8 u` absolute: a
    formula that loses the smaller tail, such as `(1 + tanh(t / 2)) / 2`, is as good.
    """
    t, off = margins(w, b, X), drift(w, b, X, u)
    p = sigmoid(t)
    size = 1.0 if forgiving else p
    return 8 * u * size + off * _steepest(t, off, 1 / 4) + p * by_logarithm(t, u) + tiny(u)


def by_logarithm(t: Numbers, u: float) -> Numbers:
    """(n,). `2 min(u |t|, ln(1 + exp(-|t|)))`: the larger of `p` and `1 - p` as `exp(t - ln(1 + exp(t)))`, relative.

    Automatic differentiation makes this of `ln(1 + exp(t))`. The logarithm is rounded at `|t|`, and so is the
    difference; `|t|` itself is a number that it may be rounded to, hence neither exceeds the distance from it.
    """
    size = np.abs(t)
    moved: Numbers = 2 * np.minimum(u * size, np.log1p(np.exp(-size)))
    return moved


def prediction_tail(w: Floats, b: float, X: Floats, p: Numbers, u: float) -> Numbers:
    """(n,). A prediction or a weight, relative: `TAIL` roundoffs and the drift, which an exponential passes on.

    As in all bounds of `tails`, what is below the smallest normal number may be flushed to 0.
    """
    return (TAIL * u + drift(w, b, X, u)) * p + tiny(u)


def loss(w: Floats, b: float, X: Floats, y: Array, u: float, forgiving: bool) -> float:
    """`sum_n [drift + 6 u (1 + l) + 2 u |t|] + n u sum_n l` for the losses `l` of the samples.

    A loss changes no faster than its margin. Its exponential and logarithms cost a few roundoffs of at most `1 + l`,
    `y t` and its subtraction two of `|t|`, the sum over samples n of their sum. Where `forgiving`, `3 u exp(|t|)` more
    a sample: the textbook's `1 - p` has lost so much of itself when `p` was rounded; and `n u |t|`: `sum_n y t` and
    `sum_n ln(1 + exp(t))` may be added up apart, each of at most `|t| + l`.
    """
    t = margins(w, b, X)
    losses = np.logaddexp(0, t) - np.asarray(y, dtype=float) * t
    each = drift(w, b, X, u) + 6 * u * (1 + losses) + 2 * u * np.abs(t) + y.size * u * losses
    if forgiving:
        each += 3 * u * np.exp(np.abs(t)) + y.size * u * np.abs(t)
    return float(each.sum())


def loss_size(w: Floats, b: float, X: Floats, y: Array) -> float:
    """`sum_n l`, the loss itself as far as float64 gives it."""
    t = margins(w, b, X)
    return float((np.logaddexp(0, t) - np.asarray(y, dtype=float) * t).sum())


def loss_tail(w: Floats, b: float, X: Floats, y: Array, u: float) -> float:
    """The loss for labels 0 and 1, relative: of each sample `TAIL` roundoffs and the drift, which it passes on.

    For `l = ln(1 + e^t)` the slope is at most `l` itself.
    """
    t = margins(w, b, X)
    losses = np.logaddexp(0, np.where(np.asarray(y, dtype=float) > 0, -t, t))
    return float(((TAIL * u + drift(w, b, X, u)) * losses + tiny(u)).sum())


def gradient(w: Floats, b: float, X: Floats, y: Array, u: float) -> Numbers:
    """(d + 1,). `sum_n |x| [drift * steepest slope + by_logarithm + 7 u + (n + 1) u |r|]`.

    A prediction is off by the first three, the residual's own rounding included; the product with `x` and n additions
    round the terms.
    """
    t, off = margins(w, b, X), drift(w, b, X, u)
    residual = np.abs(sigmoid(t) - np.asarray(y, dtype=float))
    of_prediction = off * _steepest(t, off, 1 / 4) + by_logarithm(t, u) + 7 * u
    return _weighted(X, of_prediction + (y.size + 1) * u * residual)


def gradient_size(w: Floats, b: float, X: Floats, y: Array) -> Numbers:
    """(d + 1,). `sum_n |x| |r|`: the size of each entry before cancellation."""
    return _weighted(X, np.abs(sigmoid(margins(w, b, X)) - np.asarray(y, dtype=float)))


def gradient_tail(w: Floats, b: float, X: Floats, y: Array, u: float) -> Numbers:
    """(d + 1,). For labels 0 and 1, each term relative: `TAIL` roundoffs and the drift, which a residual passes on.

    The document's `p - y` has the tail of `p` for the label 0. For the label 1 it subtracts from 1, which costs `4 u`
    and `by_logarithm` more: the exponential, the sum and the quotient that make up `p`, and the difference.
    """
    t, labels = margins(w, b, X), np.asarray(y, dtype=float)
    residuals = np.where(labels > 0, sigmoid(-t), sigmoid(t))
    cancelled = labels * (4 * u + by_logarithm(t, u))
    terms = _weighted(X, (TAIL * u + drift(w, b, X, u)) * residuals + cancelled + tiny(u))
    return terms + len(X) * tiny(u)  # a small sample's products may fall below the smallest normal number


def hessian(w: Floats, b: float, X: Floats, u: float) -> Numbers:
    """(d + 1, d + 1). `sum_n |x_i x_j| [drift * steepest change of a weight + by_logarithm + 10 u + (n + 1) u / 4]`.

    A weight is at most 1/4 and costs at most ten roundoffs, `1 - p` included, where `p` is off by no more than they
    and `by_logarithm`; two products and n - 1 additions follow.
    """
    t, off = margins(w, b, X), drift(w, b, X, u)
    return _gram(X, off * _steepest(t, off, 1 / 10) + by_logarithm(t, u) + 10 * u + (len(X) + 1) * u / 4)


def hessian_size(w: Floats, b: float, X: Floats) -> Numbers:
    """(d + 1, d + 1). `sum_n |x_i x_j| p (1 - p)`: the size of each entry before cancellation."""
    return _gram(X, weight(margins(w, b, X)))


def hessian_tail(w: Floats, b: float, X: Floats, u: float) -> Numbers:
    """(d + 1, d + 1). Each term relative: `TAIL` roundoffs and the drift, which a weight passes on."""
    terms = _gram(X, (TAIL * u + drift(w, b, X, u)) * weight(margins(w, b, X)) + tiny(u))
    return terms + len(X) * tiny(u)  # a small sample's products may fall below the smallest normal number


def step(w: Floats, b: float, X: Floats, y: Array, learning_rate: float, u: float) -> Numbers:
    """(d + 1,). `|eta| (gradient + 2 u sum_n |x| |r|) + (n + 2) u |theta|`.

    The learning rate's product and the subtraction round once each; code that subtracts a sample at a time rounds the
    parameter n times, each time grown by what was subtracted before.
    """
    rate, theta = abs(float(learning_rate)), np.abs(np.append(w.astype(float), float(b)))
    moved = gradient(w, b, X, y, u) + 2 * u * gradient_size(w, b, X, y)
    bound: Numbers = rate * moved + (len(X) + 2) * u * theta
    return bound


def moved_by_rounding(w: Floats, b: float, X: Floats, u: float) -> Numbers:
    """(n,). What rounding the parameters themselves changes each margin by: `u T`."""
    return u * sizes(w, b, X)


def sigmoid(t: Numbers) -> Numbers:
    """`p`, both tails accurate."""
    e = np.exp(-np.abs(t))
    p: Numbers = np.where(t < 0, e, 1.0) / (1 + e)
    return p


def weight(t: Numbers) -> Numbers:
    """`p (1 - p)`, both tails accurate."""
    e = np.exp(-np.abs(t))
    slope: Numbers = e / (1 + e) ** 2
    return slope


def _steepest(t: Numbers, off: Numbers, most: float) -> Numbers:
    steepest: Numbers = np.minimum(most, np.exp(np.minimum(off - np.abs(t), 0.0)))
    return steepest


def _weighted(X: Floats, of_sample: Numbers) -> Numbers:
    return of_sample @ _magnitudes(X)


def _gram(X: Floats, of_sample: Numbers) -> Numbers:
    rows = _magnitudes(X)
    gram: Numbers = (rows.T * of_sample) @ rows
    return gram


def _magnitudes(X: Floats) -> Numbers:
    rows = np.ones((X.shape[0], X.shape[1] + 1))
    np.abs(X, out=rows[:, :-1])
    return rows
