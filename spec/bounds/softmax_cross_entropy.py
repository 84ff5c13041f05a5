"""What rounding may cost softmax and cross-entropy, for logits `z` (K,) and labels `y` (K,)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from spec.arrays import Array, Floats

Numbers = NDArray[np.float64]

TAIL = 64
"""Unit roundoffs of relative error that the regime `tails` allows, besides what rounding the gap costs."""


def softmax(z: Floats, u: float, forgiving: bool) -> Numbers:
    """(K,). `(1.5 K + 12) u`, absolute, plus `_moved_by_logarithm` and `_moved_by_logits`.

    The first term admits `exp(z_i - max z) / sum_j exp(z_j - max z)`: rounding `z_i - max z` to `r` moves `exp` by
    `|r| u exp(-|r|) <= u / e`; the exponential, K - 1 additions and the division cost the rest, each relative to an
    entry of at most 1. The second admits `exp(z_i - lse(z))`, which softmax is by way of its logarithm, and which
    automatic differentiation makes of `lse(z) - z_k`. The third is what no backward-stable evaluation is held to.
    """
    p = _probabilities(z)
    return (1.5 * z.size + 12) * u + _moved_by_logarithm(z, p, u, forgiving) + _moved_by_logits(z, p, u)


def softmax_product(z: Floats, u: float, forgiving: bool) -> Numbers:
    """(K, K). `diag(p) - p p'`: twice the first term of `softmax`, and `c_i p_k + p_i c_k` for its other terms `c`.

    Both factors of an entry are at most 1. On the diagonal the last two are `2 c_i`: `p_i - p_i^2` moves by
    `|1 - 2 p_i| c_i`, and `p_i sum_{k != i} p_k` by `p_i (1 - p_i)` times what either factor moves by, relative to
    itself.
    """
    p = _probabilities(z)
    c = _moved_by_logarithm(z, p, u, forgiving) + _moved_by_logits(z, p, u)
    moved = np.outer(c, p) + np.outer(p, c)
    np.fill_diagonal(moved, 2 * c)
    return 2 * (1.5 * z.size + 12) * u + moved


def softmax_tail(z: Floats, p: Floats, u: float) -> Floats:
    """A softmax entry, relative: `TAIL` roundoffs, and twice that of the gap `max z - z_i` for the exponential.

    Below the smallest normal number nothing relative is asked.
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


def cross_entropy(z: Floats, y: Array, u: float) -> float:
    """`u [ |y|_1 ((K + 8)(1 + ln K) + (K + 4) max|z|) + 3 sum_k y_k (max z - z_k) ]`.

    The terms are those of log-sum-exp, of adding the maximum back (which the common `sum(y) lse(z) - y.z` does), and
    of the gaps. Labels that are all 0 leave `u^2`.
    """
    labels, classes, top = np.asarray(y, dtype=float), z.size, float(np.max(z))
    partition = (classes + 8) * (1 + math.log(classes)) + (classes + 4) * float(np.abs(z).max())
    return float(u * (labels.sum() * partition + 3 * (labels * (top - z)).sum() + u))


def cross_entropy_tail(z: Floats, loss: float, u: float) -> float:
    """Cross-entropy, relative: `TAIL` roundoffs and twice that of the largest gap, which an exponential amplifies."""
    gap = float(np.max(z) - np.min(z))
    return float(_relative(np.asarray(loss), np.asarray(gap), u))


def gradient(z: Floats, y: Array, u: float, forgiving: bool) -> Numbers:
    """(K,). `sum(y) p - y`: the softmax's error times `|y|_1`, and two roundings at the size of a label.

    For labels that are all 0 that leaves `u^2`, as `cross_entropy` does: a complex step is off by the square of itself.
    """
    labels = np.asarray(y, dtype=float)
    entries: Numbers = labels.sum() * softmax(z, u, forgiving) + 2 * u * labels.max() + u * u
    return entries


def gradient_tail(z: Floats, y: Array, p: Floats, u: float) -> Floats:
    """(K,). For one-hot labels: `softmax_tail`, and what `p` near 1 is off by at the true class, where `p - 1` cancels.

    That is `(K + 3) u` for the sum, the quotient and the difference, and `_moved_by_logarithm`.
    """
    cancelled = (z.size + 3) * u + _moved_by_logarithm(z, _probabilities(z), u, forgiving=False)
    entries: Floats = softmax_tail(z, p, u) + np.asarray(y, dtype=float) * cancelled
    return entries


def moved_by_rounding(z: Floats, y: Array, u: float) -> float:
    """What rounding the logits themselves changes the loss by: `|dL/dz|_1 <= 2 |y|_1` times `u max|z|`, twice."""
    labels = np.asarray(y, dtype=float)
    return float(4 * u * labels.sum() * np.abs(z).max())


def tiny(u: float) -> float:
    """The smallest normal number: below it nothing relative is asked."""
    return float(np.finfo(np.float32 if u > np.finfo(np.float64).eps else np.float64).tiny)


def _probabilities(z: Floats) -> Numbers:
    e = np.exp(z.astype(float) - float(np.max(z)))
    p: Numbers = e / e.sum()
    return p


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
    return (TAIL + 2 * gap) * u * np.maximum(np.abs(value), tiny(u))
