"""Inputs on which two questions of the document have to agree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np
from flint import arb

from lydite.kit import Case, Floats, Truth, balls
from spec.definitions import gaussian_dropout


def masks(n: int) -> Iterator[tuple[int, ...]]:
    """The `2^n` vectors of zeros (dropped) and ones (kept)."""
    return product((0, 1), repeat=n)


def probability(mask: tuple[int, ...], variance: Any) -> Any:
    """Of one mask, whose entries are dropped with `p = variance / (1 + variance)` and kept with `1 - p`."""
    dropped, one_more = len(mask) - sum(mask), 1 + variance
    return (variance / one_more) ** dropped * (1 / one_more) ** (len(mask) - dropped)


def mean_over_masks(w: list[Any], x: list[Any], target: Any, sigma: Any) -> Any:
    """The expected loss of a linear unit whose inputs are dropped with `p` such that `p / (1 - p) = sigma^2`.

    Kept inputs are divided by `1 - p`, which is to multiply them by `1 + sigma^2`.
    """
    kept = 1 + sigma * sigma
    return balls.total(
        probability(mask, sigma * sigma) * gaussian_dropout.loss(w, x, target, [kept * m for m in mask])
        for mask in masks(len(w))
    )


@dataclass(frozen=True, eq=False, kw_only=True)
class TwoClasses(Case):
    """Logits `z` (2,) whose difference is exact in the precision, and the label `y` in [0, 1] of the first class."""

    z: Floats
    y: float

    @property
    def neuron(self) -> tuple[Floats, float, Floats]:
        """`w`, `b`, `X` of the neuron with margin `z_1 - z_2`."""
        one = np.ones(1, dtype=self.dtype)
        return one, 0.0, (self.z[:1] - self.z[1:])[None, :]

    def along(self, t: float) -> tuple[Floats, Floats]:
        """`z + t (1, 0)` in the precision of `z`, and the labels."""
        return self.z + np.array([t, 0.0], dtype=self.dtype), self.labels

    def neuron_along(self, t: float) -> tuple[Floats, float, Floats, Floats]:
        """The neuron with its bias moved to `t`, and its label."""
        w, _, X = self.neuron
        return w, t, X, self.target

    @property
    def target(self) -> Floats:
        """(1,), `y`."""
        return np.array([self.y], dtype=self.dtype)

    @property
    def labels(self) -> Floats:
        """(2,), `(y, 1 - y)`."""
        return np.array([self.y, 1 - self.y], dtype=self.dtype)


@dataclass(frozen=True, eq=False, kw_only=True)
class DroppedUnit(Case):
    """A linear unit, `w` and `x` (n,) and a target; `sigma` of few digits is that of the Gaussian noise."""

    w: Floats
    x: Floats
    target: float
    sigma: float

    @cached_property
    def mean_loss(self) -> Truth:
        """Over all masks."""

        def evaluate() -> list[arb]:
            w, x = balls.balls(self.w), balls.balls(self.x)
            return [mean_over_masks(w, x, arb(float(self.target)), arb(float(self.sigma)))]

        return Truth(evaluate)

    @property
    def direction(self) -> Floats:
        """(n,). `1, 1/2, 1/3` and so on: no two inputs can change places."""
        return 1 / np.arange(1, self.w.size + 1)

    def along(self, t: float) -> Floats:
        """`w + t direction`, in the precision of `w`."""
        return _frozen((self.w + t * self.direction).astype(self.dtype))

    @cached_property
    def noises(self) -> list[tuple[float, Floats]]:
        """The probability of each mask, rounded, and the mask divided by `1 - p`, exact."""
        variance = float(self.sigma) ** 2
        return [
            (probability(mask, variance), _frozen((1 + variance) * np.array(mask, dtype=self.dtype)))
            for mask in masks(self.w.size)
        ]


def _frozen(a: Floats) -> Floats:
    a.flags.writeable = False
    return a
