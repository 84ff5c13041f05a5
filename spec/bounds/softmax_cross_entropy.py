"""What rounding may cost softmax and cross-entropy, for logits `z` (K,) and labels `y` (K,)."""

from __future__ import annotations

import math

import numpy as np

from spec.arrays import Array, Floats

TAIL = 64
"""Unit roundoffs of relative error that the regime `tails` allows, besides what rounding the gap costs."""


def softmax(classes: int, u: float) -> float:
    """An entry of softmax: `(1.5 K + 12) u`, absolute.

    Rounding `z_i - max z` to `r` moves `exp` by `|r| u exp(-|r|) <= u / e`; the exponential, K - 1 additions and the
    division cost the rest, each relative to an entry of at most 1.
    """
    return (1.5 * classes + 12) * u


def softmax_product(classes: int, u: float) -> float:
    """An entry of `diag(p) - p p'`: twice that of `softmax`, since both factors are at most 1."""
    return 2 * softmax(classes, u)


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
    of the gaps.
    """
    labels, classes, top = np.asarray(y, dtype=float), z.size, float(np.max(z))
    partition = (classes + 8) * (1 + math.log(classes)) + (classes + 4) * float(np.abs(z).max())
    return float(u * (labels.sum() * partition + 3 * (labels * (top - z)).sum()))


def cross_entropy_tail(z: Floats, loss: float, u: float) -> float:
    """Cross-entropy, relative: `TAIL` roundoffs and twice that of the largest gap, which an exponential amplifies."""
    gap = float(np.max(z) - np.min(z))
    return float(_relative(np.asarray(loss), np.asarray(gap), u))


def gradient(z: Floats, y: Array, u: float) -> float:
    """An entry of `sum(y) p - y`: the softmax's error times `|y|_1`, and two roundings at the size of a label."""
    labels = np.asarray(y, dtype=float)
    return float(labels.sum() * softmax(z.size, u) + 2 * u * labels.max())


def moved_by_rounding(z: Floats, y: Array, u: float) -> float:
    """What rounding the logits themselves changes the loss by: `|dL/dz|_1 <= 2 |y|_1` times `u max|z|`, twice."""
    labels = np.asarray(y, dtype=float)
    return float(4 * u * labels.sum() * np.abs(z).max())


def _relative(value: Floats, gap: Floats, u: float) -> Floats:
    smallest = np.finfo(np.float32 if u > np.finfo(np.float64).eps else np.float64).tiny
    return (TAIL + 2 * gap) * u * np.maximum(np.abs(value), smallest)
