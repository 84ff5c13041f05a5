"""Softmax cross-entropy of one sample, and what is exactly true of it at given logits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from flint import arb

from spec import balls
from spec.arrays import Array, Floats
from spec.balls import Balls, Truth
from spec.case import Case


def cross_entropy(z: Sequence[Any], y: Balls) -> Any:
    """`sum(y) ln(sum_j exp(z_j)) - y.z`, on balls or power series."""
    return balls.total(y) * balls.total(zj.exp() for zj in z).log() - balls.dot(y, z)


def softmax(z: Balls) -> list[arb]:
    """`exp(z_i) / sum_j exp(z_j)`."""
    exponentials = [zj.exp() for zj in z]
    partition = balls.total(exponentials)
    return [e / partition for e in exponentials]


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


@dataclass(frozen=True, eq=False, kw_only=True)
class Logits(Case):
    """Logits `z` (K,), labels `y` (K,) that are not negative, a direction `v` (K,)."""

    z: Floats
    y: Array
    v: Floats

    discrete: ClassVar[frozenset[str]] = frozenset({"y"})

    @cached_property
    def loss(self) -> Truth:
        """The value of `cross_entropy`."""
        return Truth(lambda: [cross_entropy(balls.balls(self.z), balls.balls(self.y))])

    @cached_property
    def softmax(self) -> Truth:
        """(K,)."""
        return Truth(lambda: softmax(balls.balls(self.z)), self.z.shape)

    @cached_property
    def gradient(self) -> Truth:
        """(K,)."""
        return Truth(lambda: gradient(balls.balls(self.z), balls.balls(self.y)), self.z.shape)

    @cached_property
    def hessian(self) -> Truth:
        """(K, K), for labels that sum to one."""
        return Truth(lambda: hessian(balls.balls(self.z)), self.z.shape * 2)

    @cached_property
    def slope(self) -> Truth:
        """The derivative of the loss along `v`, by its power series."""
        return Truth(lambda: balls.taylor(self._loss, self.z, self.v, 1)[1:])

    @cached_property
    def curvature(self) -> Truth:
        """The second derivative of the loss along `v`, by its power series, for labels that sum to one."""
        return Truth(lambda: [balls.taylor(self._loss, self.z, self.v, 2)[2] / balls.total(balls.balls(self.y))])

    def _loss(self, z: Sequence[Any]) -> Any:
        return cross_entropy(z, balls.balls(self.y))
