"""Logits with labels, for Q7 and the softmax of Q3."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from properties.strategies.cases import Cases
from properties.strategies.source import Source
from spec.arrays import Array, Floats
from spec.definitions.softmax_cross_entropy import Logits
from spec.regime import Regime

GAPS = (30.0, 710.0, 1e4)
TAIL_GAPS = {"float64": (1.0, 30.0, 200.0, 600.0), "float32": (1.0, 10.0, 40.0, 80.0)}


def one_hot(classes: int, k: int) -> Floats:
    """(K,). One at `k`."""
    return np.eye(classes)[k]


def _draw(source: Source) -> Logits:
    classes = source.size()
    return _case(source, _logits(source, classes), _labels(source, classes))


def _case(source: Source, z: object, y: object) -> Logits:
    z = source.array(z)
    return Logits(z=z, y=source.labels(y), v=source.numbers(z.size), **source.common)


def _logits(source: Source, classes: int) -> Array:
    match source.regime:
        case Regime.STABILITY:
            spread = source.choice((1.0, *GAPS))
            shift = source.choice((0.0, 1e4, -1e4))
            return np.clip(source.numbers(classes, scale=spread), -1e4, 1e4) + shift
        case Regime.TAILS:
            z = source.numbers(classes)
            z[...] = np.clip(z, -4, 4)
            return z
    return np.clip(source.numbers(classes, scale=2.0), -15, 15)


def _labels(source: Source, classes: int) -> Array:
    return one_hot(classes, int(source.rng.integers(classes)))


labelled_logits = Cases(_draw)
"""Logits with labels of every kind."""
