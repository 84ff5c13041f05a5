"""A linear unit under the squared error, its inputs multiplied by noise of mean 1 and variance sigma^2 (Q5)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from lydite.kit import Case, Floats, Peculiar, Truth, Usual, balls

Numbers = Sequence[Any]
"""Balls, rationals or power series."""

# -- The model, for given noise --


def output(w: Numbers, x: Numbers, delta: Numbers) -> Any:
    """`sum_k delta_k w_k x_k`."""
    return balls.total(d * wk * xk for d, wk, xk in zip(delta, w, x, strict=True))


def loss(w: Numbers, x: Numbers, target: Any, delta: Numbers) -> Any:
    """`(target - sum_k delta_k w_k x_k)^2 / 2`."""
    residual = target - output(w, x, delta)
    return residual * residual / 2


def gradient(w: Numbers, x: Numbers, target: Any, delta: Numbers) -> list[Any]:
    """The derivatives of `loss` by `w`: `-(target - sum_k delta_k w_k x_k) delta_i x_i`."""
    residual = target - output(w, x, delta)
    return [-residual * d * xk for d, xk in zip(delta, x, strict=True)]


# -- Its expectations, for noise of mean 1 and variance sigma^2, uncorrelated --


def penalty(w: Numbers, x: Numbers, sigma: Any) -> Any:
    """`sigma^2 / 2 sum_k w_k^2 x_k^2`."""
    return sigma * sigma / 2 * balls.total((wk * xk) * (wk * xk) for wk, xk in zip(w, x, strict=True))


def expected_loss(w: Numbers, x: Numbers, target: Any, sigma: Any) -> Any:
    """The loss without noise, and the penalty."""
    return loss(w, x, target, [1] * len(w)) + penalty(w, x, sigma)


def expected_gradient(w: Numbers, x: Numbers, target: Any, sigma: Any) -> list[Any]:
    """`-x_i target + x_i ((1 + sigma^2) w_i x_i + sum_{k != i} w_k x_k)`."""
    noiseless = output(w, x, [1] * len(w))
    return [-xi * target + xi * (noiseless + sigma * sigma * wi * xi) for wi, xi in zip(w, x, strict=True)]


def two_points(n: int, sigma: Any) -> Iterator[tuple[Any, ...]]:
    """The `2^n` vectors of factors `1 - sigma` and `1 + sigma`: equally likely, they have the moments of the noise."""
    return product((1 - sigma, 1 + sigma), repeat=n)


# -- Cases --


@dataclass(frozen=True, eq=False, kw_only=True)
class Unit(Case):
    """Weights `w`, inputs `x`, noise `delta` and a direction `v`, all (n,); a target, and `sigma >= 0`."""

    w: Floats
    x: Floats
    target: float
    delta: Floats
    sigma: float
    v: Floats

    usual: ClassVar[Usual] = {"sigma": (1.0, 0.5)}
    peculiar: ClassVar[tuple[Peculiar, ...]] = (
        Peculiar("where n = 1", ("w",), lambda case: case.w.size == 1),
        Peculiar("at w = 0", ("w",), lambda case: not case.w.any()),
        Peculiar("at x = 0", ("x",), lambda case: not case.x.any()),
        Peculiar("at delta = 0", ("delta",), lambda case: not case.delta.any()),
        Peculiar("at sigma = 0", ("sigma",), lambda case: case.sigma == 0),
    )

    @cached_property
    def loss(self) -> Truth:
        """For the given noise."""
        return Truth(lambda: [loss(*self._exactly(self.w, self.x, self.target, self.delta))])

    @cached_property
    def gradient(self) -> Truth:
        """(n,). For the given noise."""
        return Truth(lambda: gradient(*self._exactly(self.w, self.x, self.target, self.delta)), self.w.shape)

    @cached_property
    def noiseless_loss(self) -> Truth:
        """For factors that are all 1."""
        return Truth(lambda: [loss(*self._exactly(self.w, self.x, self.target, self.ones))])

    @cached_property
    def noiseless_gradient(self) -> Truth:
        """(n,). For factors that are all 1."""
        return Truth(lambda: gradient(*self._exactly(self.w, self.x, self.target, self.ones)), self.w.shape)

    @cached_property
    def expected_loss(self) -> Truth:
        """Over the noise."""
        return Truth(lambda: [expected_loss(*self._exactly(self.w, self.x, self.target, self.sigma))])

    @cached_property
    def expected_gradient(self) -> Truth:
        """(n,). Over the noise."""
        return Truth(lambda: expected_gradient(*self._exactly(self.w, self.x, self.target, self.sigma)), self.w.shape)

    @cached_property
    def penalty(self) -> Truth:
        """Returns what the noise adds to the noiseless loss on average."""
        return Truth(lambda: [penalty(*self._exactly(self.w, self.x, self.sigma))])

    @cached_property
    def ones(self) -> Floats:
        """(n,). The noise that is none."""
        return _frozen(np.ones_like(self.w))

    @cached_property
    def two_points(self) -> list[Floats]:
        """The `2^n` vectors of factors `1 - sigma` and `1 + sigma`; exact where `sigma` has few digits."""
        return [_frozen(np.array(d, dtype=self.dtype)) for d in two_points(self.w.size, float(self.sigma))]

    @property
    def twice_sigma(self) -> float:
        """`2 sigma`."""
        return 2 * float(self.sigma)

    @cached_property
    def disjoint(self) -> tuple[Floats, Floats]:
        """`w` without its odd entries and `x` without its even ones, so that every `w_k x_k` is zero."""
        even = np.arange(self.w.size) % 2 == 0
        return _frozen(np.where(even, self.w, 0)), _frozen(np.where(even, 0, self.x))

    @property
    def direction(self) -> Floats:
        """`v`, no entry beyond 1 in size: for steps along it."""
        size = np.abs(self.v).max()
        return self.v / size if size > 1 else self.v

    def along(self, t: float) -> Floats:
        """`w + t direction`, in the precision of `w`."""
        return _frozen((self.w + t * self.direction).astype(self.dtype))

    def _exactly(self, *inputs: Floats | float) -> tuple[Any, ...]:
        return tuple(balls.balls(a) if np.ndim(a) else balls.balls(a)[0] for a in inputs)


@dataclass(frozen=True, eq=False, kw_only=True)
class Noise(Case):
    """Noise to be drawn, another seed, and how far two streams may be shifted against each other."""

    size: int
    sigma: float
    seed: int
    other: int = 1
    lag: int = 1

    usual: ClassVar[Usual] = {"sigma": (1.0,), "seed": (0.0,), "other": (1.0,), "lag": (1.0,)}

    @property
    def arguments(self) -> tuple[int, float, int]:
        """The arguments of `gaussian_dropout_noise`."""
        return self.size, self.sigma, self.seed

    def standardized(self, delta: Floats) -> Floats:
        """`(delta - 1) / sigma`, which is standard normal."""
        return (delta.astype(float) - 1) / float(self.sigma)


@dataclass(frozen=True, eq=False, kw_only=True)
class Noises(Noise):
    """Noise to be drawn, for `count` seeds from `seed` on."""

    count: int

    @property
    def each(self) -> list[tuple[int, float, int]]:
        """The arguments of `gaussian_dropout_noise`, a seed at a time."""
        return [(self.size, self.sigma, seed) for seed in range(self.seed, self.seed + self.count)]


def _frozen(a: NDArray[Any]) -> Floats:
    a.flags.writeable = False
    return a
