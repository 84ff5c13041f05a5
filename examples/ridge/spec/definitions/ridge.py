"""A least-squares problem with a penalty, and what is exactly true of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from flint import arb, arb_mat

from lydite.kit import Case, Floats, Truth
from lydite.kit.balls import matrix


def loss(w: arb_mat, X: arb_mat, y: arb_mat, lam: arb) -> arb:
    """`|X w - y|^2 / 2 + lam |w|^2 / 2`."""
    r = X * w - y
    return ((r.transpose() * r)[0, 0] + lam * (w.transpose() * w)[0, 0]) / 2


def gradient(w: arb_mat, X: arb_mat, y: arb_mat, lam: arb) -> arb_mat:
    """`X' (X w - y) + lam w`."""
    return X.transpose() * (X * w - y) + w * lam


def hessian(X: arb_mat, lam: arb) -> arb_mat:
    """`X'X + lam I`."""
    h = X.transpose() * X
    for i in range(h.nrows()):
        h[i, i] += lam
    return h


@dataclass(frozen=True, eq=False, kw_only=True)
class Problem(Case):
    """Samples `X` with targets `y`, a penalty `lam`, weights `w`, and a direction `v` in which they move."""

    w: Floats
    v: Floats
    X: Floats
    y: Floats
    lam: float

    @property
    def penalty(self) -> float:
        """`lam` as a Python float, whatever it came as."""
        return float(self.lam)

    @property
    def direction(self) -> Floats:
        """`v`, in entries of at most 1."""
        v: Floats = self.v / max(1.0, float(np.abs(self.v).max()))
        return v

    @cached_property
    def loss(self) -> Truth:
        """The loss at `w`."""
        return Truth(lambda: [loss(matrix(self.w), matrix(self.X), matrix(self.y), arb(self.penalty))])

    @cached_property
    def gradient(self) -> Truth:
        """The gradient at `w`."""
        return self.gradient_at(self.w)

    def gradient_at(self, w: Any) -> Truth:
        """The gradient at other weights."""
        return Truth(
            lambda: gradient(matrix(w), matrix(self.X), matrix(self.y), arb(self.penalty)).entries(), self.w.shape
        )

    @cached_property
    def hessian(self) -> Truth:
        """The Hessian."""
        return Truth(lambda: hessian(matrix(self.X), arb(self.penalty)).entries(), (self.w.size, self.w.size))

    @cached_property
    def solution(self) -> Truth:
        """`(X'X + lam I)^-1 X'y`."""
        return Truth(
            lambda: (
                hessian(matrix(self.X), arb(self.penalty)).solve(matrix(self.X).transpose() * matrix(self.y)).entries()
            ),
            self.w.shape,
        )

    @cached_property
    def augmented(self) -> tuple[Floats, Floats]:
        """`X` with the unit matrix below it, and `y` with zeros."""
        X, y = np.asarray(self.X, self.dtype), np.asarray(self.y, self.dtype)
        d = self.w.size
        return np.vstack([X, np.eye(d, dtype=self.dtype)]), np.append(y, np.zeros(d, self.dtype))
