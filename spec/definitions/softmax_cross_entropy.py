"""Softmax cross-entropy of one sample, and what is exactly true of it at given logits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from flint import arb

from lydite.kit import Array, Case, Floats, Peculiar, Truth, balls
from lydite.kit.balls import Balls


def cross_entropy(z: Sequence[Any], y: Balls) -> Any:
    """`sum(y) ln(sum_j exp(z_j)) - y.z`, on balls or power series."""
    return balls.total(y) * balls.total(zj.exp() for zj in z).log() - balls.dot(y, z)


def softmax(z: Balls) -> list[arb]:
    """`exp(z_i) / sum_j exp(z_j)`."""
    exponentials = [zj.exp() for zj in z]
    partition = balls.total(exponentials)
    return [e / partition for e in exponentials]


def log_softmax(z: Balls) -> list[arb]:
    """`z_i - ln(sum_j exp(z_j))`."""
    partition = balls.total(zj.exp() for zj in z).log()
    return [zi - partition for zi in z]


def gradient(z: Balls, y: Balls) -> list[arb]:
    """`sum(y) softmax(z) - y`, the derivative of `cross_entropy` by `z`."""
    weight = balls.total(y)
    return [weight * p - yk for p, yk in zip(softmax(z), y, strict=True)]


def hessian(z: Balls) -> list[arb]:
    """`diag(p) - p p'` for `p = softmax(z)`, row by row; each diagonal entry as `p_i` times the sum of the others."""
    p = softmax(z)
    return [
        pi * balls.total([arb(0), *p[:i], *p[i + 1 :]]) if i == j else -pi * pj
        for i, pi in enumerate(p)
        for j, pj in enumerate(p)
    ]


def variance(z: Balls, v: Balls) -> arb:
    """The variance of `v` under `softmax(z)`, as half of the mean squared difference."""
    p = softmax(z)
    weighted = list(zip(p, v, strict=True))
    squares: arb = balls.total(pi * pj * (vi - vj) * (vi - vj) for pi, vi in weighted for pj, vj in weighted)
    return squares / 2


@dataclass(frozen=True, eq=False, kw_only=True)
class Logits(Case):
    """Logits `z` (K,), labels `y` (K,) that are not negative, a direction `v` (K,)."""

    z: Floats
    y: Array
    v: Floats

    discrete: ClassVar[frozenset[str]] = frozenset({"y"})
    peculiar: ClassVar[tuple[Peculiar, ...]] = (
        Peculiar("where K = 1", ("z",), lambda case: case.z.size == 1),
        Peculiar("at z = 0", ("z",), lambda case: not case.z.any()),
        Peculiar("at y = 0", ("y",), lambda case: not np.any(case.y)),
    )

    @cached_property
    def loss(self) -> Truth:
        """The value of `cross_entropy`."""
        return Truth(lambda: [cross_entropy(balls.balls(self.z), balls.balls(self.y))])

    @cached_property
    def softmax(self) -> Truth:
        """(K,)."""
        return Truth(lambda: softmax(balls.balls(self.z)), self.z.shape)

    @cached_property
    def log_softmax(self) -> Truth:
        """(K,)."""
        return Truth(lambda: log_softmax(balls.balls(self.z)), self.z.shape)

    @cached_property
    def gradient(self) -> Truth:
        """(K,)."""
        return Truth(lambda: gradient(balls.balls(self.z), balls.balls(self.y)), self.z.shape)

    @cached_property
    def hessian(self) -> Truth:
        """(K, K), for labels that sum to one."""
        return Truth(lambda: hessian(balls.balls(self.z)), self.z.shape * 2)

    @cached_property
    def labelled_hessian(self) -> Truth:
        """(K, K), for any labels: each entry as many times as these sum to."""
        return Truth(self._labelled_hessian, self.z.shape * 2)

    @cached_property
    def slope(self) -> Truth:
        """The derivative of the loss along `v`, by its power series."""
        return Truth(lambda: balls.taylor(self._loss, self.z, self.v, 1)[1:])

    @cached_property
    def curvature(self) -> Truth:
        """The second derivative of the loss along `v`, by its power series, for labels that sum to one."""
        return Truth(lambda: [balls.taylor(self._loss, self.z, self.v, 2)[2] / balls.total(balls.balls(self.y))])

    @cached_property
    def variance(self) -> Truth:
        """`1/2 sum_ij p_i p_j (v_i - v_j)^2`, which cancels nothing."""
        return Truth(lambda: [variance(balls.balls(self.z), balls.balls(self.v))])

    @cached_property
    def diagonal(self) -> Truth:
        """(K,), that of `hessian`."""
        return self.hessian[np.diag_indices(self.z.size)]

    @cached_property
    def off_diagonal(self) -> Truth:
        """The other entries of `hessian`, row by row."""
        return self.hessian[~np.eye(self.z.size, dtype=bool)]

    @property
    def true_class(self) -> int:
        """Where a one-hot `y` is one."""
        return int(np.argmax(self.y))

    @property
    def shifted(self) -> Floats:
        """`z + 3`."""
        return np.asarray(self.z + self.dtype.type(3))

    @property
    def direction(self) -> Floats:
        """`v`, no entry beyond 1 in size: for steps along it."""
        size = np.abs(self.v).max()
        return self.v / size if size > 1 else self.v

    def along(self, t: float) -> Floats:
        """`z + t direction`, in the precision of `z`."""
        return (self.z + t * self.direction).astype(self.dtype)

    def moved(self, t: float) -> float:
        """Bounds what rounding `along(t)` may move an entry of softmax by: at most half of it, twice `p (1 - p)`."""
        return self.u * float(np.abs(self.along(t)).max())

    def _labelled_hessian(self) -> list[arb]:
        weight = balls.total(balls.balls(self.y))
        return [weight * entry for entry in hessian(balls.balls(self.z))]

    def _loss(self, z: Sequence[Any]) -> Any:
        return cross_entropy(z, balls.balls(self.y))


@dataclass(frozen=True, eq=False, kw_only=True)
class Chord(Case):
    """Two logit vectors `a`, `c` (K,), labels `y` (K,) for both, and the share of `a` in the point between."""

    a: Floats
    c: Floats
    y: Array
    share: float

    discrete: ClassVar[frozenset[str]] = frozenset({"y"})
    peculiar: ClassVar[tuple[Peculiar, ...]] = (Peculiar("where K = 1", ("a",), lambda case: case.a.size == 1),)

    @cached_property
    def between(self) -> Floats:
        """`share a + (1 - share) c`, rounded."""
        point = self.share * self.a + (1 - self.share) * self.c
        return point.astype(self.dtype)
