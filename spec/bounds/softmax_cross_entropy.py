"""Bounds what rounding may cost softmax and cross-entropy, for logits `z` (K,) and labels `y` (K,)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from lydite.kit import Array, Floats
from lydite.kit.case import tiny

Numbers = NDArray[np.float64]

TAIL = 64
"""Unit roundoffs of relative error that the regime `tails` allows, besides what rounding the gap costs."""


def softmax(z: Floats, u: float, forgiving: bool) -> Numbers:
    """(K,). `p_i (1.5 K + 11 + 4 g_i) u + u`, `g_i = max z - z_i` the gap of an entry, and two terms for other forms.

    The first term admits `exp(z_i - max z) / sum_j exp(z_j - max z)`. Relative to the entry, rounding the gap costs
    `g_i u`, which the exponential passes on (`3 g_i u` where it is `2^(g / ln 2)`, for the product and its constant),
    the exponential 2 u, the K - 1 additions (K - 1) u and the division u. The sum brings the mean of its entries' own
    errors; their mean gap is at most ln K, since it and `ln sum_j exp(-g_j)` add up to the entropy of p. That is at
    most `(K + 4 + 3 ln K + 3 g_i) u`.
    `_moved_by_logarithm` admits `exp(z_i - lse(z))`, which softmax is by way of its logarithm, and which automatic
    differentiation makes of `lse(z) - z_k`. `_moved_by_logits` is what no backward-stable evaluation is held to.
    The last roundoff is absolute: what an entry loses below it is a matter of `tails`, and a softmax that is the
    gradient of the cross-entropy with the label added again loses it, since `p - 1` rounds by `u / 2`.
    """
    p = _probabilities(z)
    return _of_entries(z, p, u) + _moved_by_logarithm(z, p, u, forgiving) + _moved_by_logits(z, p, u) + u


def softmax_product(z: Floats, u: float, forgiving: bool) -> Numbers:
    """(K, K). `diag(p) - p p'`: `c_i p_k + p_i c_k + 4 u p_i p_k + u^2` for a softmax that is off by `c`.

    On the diagonal, `2 c_i + 4 u p_i`: `p_i - p_i^2` moves by `|1 - 2 p_i| c_i`, and `p_i sum_{k != i} p_k` by
    `p_i (1 - p_i)` times what either factor moves by, relative to itself; the roundings of the square, of the
    difference and of a product that precedes a division are of at most `p_i` each. Two entries that are lost below a
    roundoff lose `u^2`. Forgiving: `4 u max(p_i, p_k)` more, and `4 u` on the diagonal, for the printed `-y.ln p`
    differentiated twice, whose terms `([i = l] - p_i) ([k = l] - p_k)` of the true class l cancel at that size.
    """
    p, c = _probabilities(z), softmax(z, u, forgiving)
    moved = np.outer(c, p) + np.outer(p, c) + 4 * u * np.outer(p, p)
    np.fill_diagonal(moved, 2 * c + 4 * u * p)
    if forgiving:
        cancelled = 4 * u * np.maximum.outer(p, p)
        np.fill_diagonal(cancelled, 4 * u)
        moved += cancelled
    bound: Numbers = moved + u * u
    return bound


def labelled_product(z: Floats, y: Array, u: float, forgiving: bool) -> Numbers:
    """(K, K). `w (diag(p) - p p')`, w the sum of the labels: `w` times `softmax_product`, and `(m + 3) u w` of a term.

    The sum of m labels that are not 0 rounds m - 1 times, as does a sum of as many Hessians, one a label; the product
    rounds once, that of a label or of the sum with an entry, with a factor of one, or with both terms of the diagonal,
    which are of at most `p_i`. Two are to spare. Labels that are all 0 leave `u^2`.
    """
    p, labels = _probabilities(z), np.asarray(y, dtype=float)
    terms = np.outer(p, p)
    np.fill_diagonal(terms, p)
    weighed = (np.count_nonzero(labels) + 3) * u * terms
    entries: Numbers = labels.sum() * (softmax_product(z, u, forgiving) + weighed) + u * u
    return entries


def softmax_tail(z: Floats, p: Floats, u: float) -> Floats:
    """A softmax entry, relative: `TAIL` roundoffs, and twice that of the gap `max z - z_i` for the exponential.

    What is below the smallest normal number may be flushed to 0.
    """
    return _relative(p, np.max(z) - z, u)


def product_tail(z: Floats, h: Floats, u: float) -> Floats:
    """An entry of `diag(p) - p p'`, relative: as `softmax_tail`, with the gaps of both factors.

    The second factor of a diagonal entry is the sum of the other classes, whose gaps go up to the largest.
    """
    gap = np.max(z) - z
    gaps = gap[:, None] + gap[None, :]
    np.fill_diagonal(gaps, gap + gap.max())
    return _relative(h, gaps, u)


def labelled_product_tail(z: Floats, y: Array, h: Floats, u: float) -> Floats:
    """An entry of `w (diag(p) - p p')`, relative: as `product_tail`, and the roundings of the labels' sum."""
    rounded: Floats = np.count_nonzero(np.asarray(y)) * u * np.abs(h)
    return product_tail(z, h, u) + rounded


def cross_entropy(z: Floats, y: Array, u: float) -> float:
    """`u [ |y|_1 (K + 8 + (m + 4) ln K + (2 m + 3) max|z|) + 3 sum_k y_k (max z - z_k) ]`, m labels not 0.

    The K terms of a log-sum-exp are positive: what they and their sum lose relative to it is lost of its logarithm in
    absolute terms. That logarithm rounds at ln K, the maximum added back (which the common `sum(y) lse(z) - y.z` does)
    at max|z|, and so do both sums over the labels, in which only those that are not 0 count; the partial sums of gaps,
    of up to `2 max|z|`, are half of the whole on average. Labels that are all 0 leave `u^2`.
    """
    labels, classes, top = np.asarray(y, dtype=float), z.size, float(np.max(z))
    terms = np.count_nonzero(labels)
    partition = classes + 8 + (terms + 4) * math.log(classes) + (2 * terms + 3) * float(np.abs(z).max())
    return float(u * (labels.sum() * partition + 3 * (labels * (top - z)).sum() + u))


def cross_entropy_tail(z: Floats, loss: float, u: float) -> float:
    """Cross-entropy, relative: `TAIL` roundoffs and twice that of the largest gap, which an exponential amplifies."""
    gap = float(np.max(z) - np.min(z))
    return float(_relative(np.asarray(loss), np.asarray(gap), u))


def log_softmax(z: Floats, u: float, forgiving: bool) -> Numbers:
    """(K,). `u [ K + 8 + 5 ln K + 5 max|z| + 3 g_i + u ]`, `g_i = max z - z_i`: `cross_entropy` of the true class i.

    It admits what is admitted there: the gaps from the largest logit less the logarithm of their sum, `z_i - lse(z)`.
    Forgiving: `K u (max|z| + ln K)` more, for log-sum-exp a term at a time, each of whose logarithms is at most as
    large as the last; and what a printed softmax is off by relative to itself, which is absolute of its logarithm.
    """
    classes, size, gap = z.size, float(np.abs(z).max()), float(np.max(z)) - z.astype(float)
    entries = classes + 8 + 5 * math.log(classes) + 5 * size + 3 * gap + u
    if forgiving:
        entries = entries + classes * (size + math.log(classes)) + 0.5 * classes + 3 + gap
    bound: Numbers = u * entries
    return bound


def log_softmax_tail(z: Floats, logarithm: Floats, u: float) -> Floats:
    """(K,). An entry, relative: as `cross_entropy_tail`, whose loss it is for the class i."""
    return _relative(logarithm, np.asarray(np.max(z) - np.min(z)), u)


def gradient(z: Floats, y: Array, u: float, forgiving: bool) -> Numbers:
    """(K,). `sum(y) p - y`: `|y|_1` times the softmax's, and `difference`; labels that are all 0 leave `u^2`.

    So they do in `cross_entropy`: a complex step is off by the square of itself.
    """
    labels = np.asarray(y, dtype=float)
    entries: Numbers = labels.sum() * softmax(z, u, forgiving) + difference(z, labels, u, forgiving) + u * u
    return entries


def difference(z: Floats, labels: Floats, u: float, forgiving: bool) -> Floats:
    """(K,). `w p - y` for a given `p`, `w` the sum of the labels: `(m + 3) u max(w p_i, y_i)`, m labels not 0.

    The sum of the labels rounds m - 1 times, as do partial sums of `sum_k y_k (p_i - [i = k])`, which are not larger;
    the product and the difference once each, and two are to spare. `y_i (sum_{k != i} c_k + K u (1 - p_i))` more, for a
    softmax that is off by `c`: without cancellation the same is `p_i sum_{k != i} y_k - y_i sum_{k != i} p_k`, whose
    last sum is off by what its entries are, and by its roundings. Forgiving: `4 u y_i` more, for the chain through
    `-y / p` and the softmax's own quotient, which rounds eight times at the size of a label.
    """
    p, c = _probabilities(z), softmax(z, u, forgiving)
    entries = np.asarray((np.count_nonzero(labels) + 3) * u * np.maximum(labels.sum() * p, labels))
    entries += labels * (c.sum() - c + z.size * u * (1 - p))
    return entries + 4 * u * labels if forgiving else entries


def gradient_tail(z: Floats, y: Array, p: Floats, u: float) -> Floats:
    """(K,). For one-hot labels: `softmax_tail`, and what `p` near 1 is off by at the true class, where `p - 1` cancels.

    That is `(K + 5) u` for the sum, the quotient, the difference and a chain through `-y / p`, `_moved_by_logarithm`,
    and the tail of `1 - p`.
    """
    labels = np.asarray(y, dtype=float)
    cancelled = (z.size + 5) * u + _moved_by_logarithm(z, _probabilities(z), u, forgiving=False)
    entries: Floats = np.where(labels > 0, softmax_tail(z, 1 - p, u), softmax_tail(z, p, u)) + labels * cancelled
    return entries


def moved_by_rounding(z: Floats, y: Array, u: float) -> float:
    """Bounds what rounding the logits changes the loss by: `|dL/dz|_1 <= 2 |y|_1` times `u max|z|`, twice."""
    labels = np.asarray(y, dtype=float)
    return float(4 * u * labels.sum() * np.abs(z).max())


def _probabilities(z: Floats) -> Numbers:
    e = np.exp(z.astype(float) - float(np.max(z)))
    p: Numbers = e / e.sum()
    return p


def _of_entries(z: Floats, p: Numbers, u: float) -> Numbers:
    gaps = np.minimum(float(np.max(z)) - z.astype(float), 1000)  # at which an exponential has long been 0
    entries: Numbers = (1.5 * z.size + 11 + 4 * gaps) * u * p
    return entries


def _moved_by_logarithm(z: Floats, p: Numbers, u: float, forgiving: bool) -> Numbers:
    """(K,). `2 p_i min(u L, lse(z) - max z)`, with `L = max|z| + ln K` at least `|lse(z)|`.

    `max z + ln(sum_j exp(z_j - max z))` is rounded once at `L`, and so is its difference from `z_i`; an error of a
    logarithm is a relative one of its exponential. The largest logit is a number that the sum may be rounded to, hence
    no rounding exceeds the distance from it. Forgiving: `p_i min(K u L, 2 (lse(z) - max z))` more, for log-sum-exp a
    term at a time, as `ln(exp(a) + exp(b))` of two.
    """
    size, apart = float(np.abs(z).max()) + math.log(z.size), -math.log(p.max())
    moved = 2 * min(u * size, apart)
    one_by_one = min(z.size * u * size, 2 * apart) if forgiving else 0.0
    of_entry: Numbers = (moved + one_by_one) * p
    return of_entry


def _moved_by_logits(z: Floats, p: Numbers, u: float) -> Numbers:
    """(K,). `2 u max|z| p_i (1 - p_i)`: what rounding the logits themselves moves an entry by, at most."""
    moved: Numbers = 2 * u * np.abs(z).max() * p * (1 - p)
    return moved


def _relative(value: Floats, gap: Floats, u: float) -> Floats:
    return (TAIL + 2 * gap) * u * np.abs(value) + tiny(u)
