"""Batch normalisation, in full and by the mean alone, and what is exactly true of it at a given batch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any, ClassVar

import numpy as np
from flint import arb
from numpy.typing import NDArray

from lydite.kit import Case, Floats, Peculiar, Truth, Usual, balls
from lydite.kit.balls import Balls

Numbers = NDArray[np.float64]

# -- The models of one feature, on balls, power series or rationals --


def mean(x: Sequence[Any]) -> Any:
    """`1/n sum_j x_j`."""
    return balls.total(x) / len(x)


def centered(x: Sequence[Any]) -> list[Any]:
    """`x_i - mean(x)`."""
    mu = mean(x)
    return [xi - mu for xi in x]


def variance(x: Sequence[Any]) -> Any:
    """`1/n sum_i (x_i - mean(x))^2`."""
    return mean([c * c for c in centered(x)])


def deviation(x: Sequence[Any], eps: Any) -> Any:
    """`sqrt(var + eps)`."""
    return (variance(x) + eps).sqrt()


def normalised(x: Sequence[Any], eps: Any) -> list[Any]:
    """`(x_i - mean) / sqrt(var + eps)`."""
    s = deviation(x, eps)
    return [c / s for c in centered(x)]


def affine(x: Sequence[Any], gamma: Any, beta: Any) -> list[Any]:
    """`gamma x_i + beta`."""
    return [gamma * xi + beta for xi in x]


def centered_batch_norm(x: Sequence[Any], gamma: Any, beta: Any) -> list[Any]:
    """`gamma (x_i - mean) + beta`."""
    return affine(centered(x), gamma, beta)


def batch_norm(x: Sequence[Any], gamma: Any, beta: Any, eps: Any) -> list[Any]:
    """`gamma (x_i - mean) / sqrt(var + eps) + beta`."""
    return affine(normalised(x, eps), gamma, beta)


def input_gradient(dy: Sequence[Any], x: Sequence[Any], gamma: Any, eps: Any) -> list[Any]:
    """`gamma / s (dy_i - mean(dy) - x_hat_i mean(dy x_hat))`, `s = sqrt(var + eps)`."""
    s, x_hat = deviation(x, eps), normalised(x, eps)
    along = balls.dot(dy, x_hat) / len(x)
    return [gamma / s * (g - xi * along) for g, xi in zip(centered(dy), x_hat, strict=True)]


def squared_gradient(dy: Sequence[Any], x: Sequence[Any], gamma: Any) -> Any:
    """`(gamma / s)^2 (|dy|^2 - (1.dy)^2 / n - (x_hat.dy)^2 / n)` at `eps = 0`."""
    # Products, not powers: Arb's power of a ball that holds 0 is NaN.
    across, along = balls.total(dy), balls.dot(dy, normalised(x, 0))
    kept = balls.dot(dy, dy) - (across * across + along * along) / len(x)
    return gamma * gamma / variance(x) * kept


def noise_of_batches(values: Sequence[Any], size: int) -> Any:
    """`(n - 1)/n^2 S^2 (1 - (n - 1)/(N - 1))`, for batches of `n = size` that hold the first of `N` values.

    `S^2` is the variance of the others with denominator `N - 2`, so `N` is at least 3.
    """
    others = values[1:]
    spread = variance(others) * len(others) / (len(others) - 1)
    return spread * (size - 1) * (len(others) - size + 1) / (size * size * len(others))


def inference(x: Sequence[Any], gamma: Any, beta: Any, mu: Any, spread: Any, eps: Any) -> list[Any]:
    """`gamma (x_i - mu) / sqrt(spread + eps) + beta`, for running statistics."""
    s = (spread + eps).sqrt()
    return affine([(xi - mu) / s for xi in x], gamma, beta)


def blended(old: Any, new: Any, momentum: Any) -> Any:
    """`(1 - momentum) old + momentum new`."""
    return (1 - momentum) * old + momentum * new


# -- Sizes --


def added(a: Floats) -> Numbers:
    """(n, d) -> (d). The sum over the samples."""
    sums: Numbers = np.add.reduce(a)
    return sums


def average(a: Floats) -> Numbers:
    """(n, d) -> (d). The mean over the samples, at a third of the cost of `np.mean`."""
    return added(a) / len(a)


class Sizes:
    """How large the columns of a batch are, in float64: for error bounds and steps, never for a verdict."""

    def __init__(self, x: Floats, eps: float) -> None:
        numbers: Numbers = np.asarray(x, dtype=float)
        self.n = len(numbers)
        self.x = abs(numbers)
        self.mean = average(self.x)
        self.largest: Numbers = self.x.max(axis=0)
        self.centered = numbers - average(numbers)
        self.s: Numbers = np.sqrt(average(self.centered * self.centered) + float(eps))

    @cached_property
    def square(self) -> Numbers:
        """(d,). `mean(x^2)`."""
        return average(self.x * self.x)

    @cached_property
    def x_hat(self) -> Numbers:
        """(n, d). The normalised values, without their sign."""
        return abs(self.centered) / self.s


# -- Cases --


@dataclass(frozen=True, eq=False, kw_only=True)
class MiniBatch(Case):
    """A batch `x` (n, d), scale `gamma`, shift `beta` (d,), upstream gradient `dy` (n, d), a direction `v` (n, d)."""

    x: Floats
    gamma: Floats
    beta: Floats
    dy: Floats
    v: Floats

    usual: ClassVar[Usual] = {"gamma": (1.0,), "beta": (0.0,), "eps": (1e-5,)}
    peculiar: ClassVar[tuple[Peculiar, ...]] = (
        Peculiar("where n = 1", ("x",), lambda case: len(case.x) == 1),
        Peculiar("where n = 1", ("dy",), lambda case: len(case.dy) == 1),
        Peculiar(
            "where all samples are alike", ("x",), lambda case: len(case.x) > 1 and not np.ptp(case.x, axis=0).any()
        ),
        Peculiar("at dy = 0", ("dy",), lambda case: not case.dy.any()),
    )

    @property
    def n(self) -> int:
        """How many samples."""
        return len(self.x)

    @cached_property
    def ones(self) -> Floats:
        """(d,). The scale that changes nothing."""
        return np.ones(self.x.shape[1], dtype=self.dtype)

    @cached_property
    def zeros(self) -> Floats:
        """(d,). The shift that changes nothing."""
        return np.zeros(self.x.shape[1], dtype=self.dtype)

    @cached_property
    def constant(self) -> Floats:
        """(n, d). An upstream gradient that is the same for every sample, that of the first."""
        return np.repeat(self.dy[:1], self.n, axis=0)

    def _entries(self, column: Callable[[int], Sequence[arb]]) -> Truth:
        """(n, d), from each of its columns."""
        return Truth(lambda: _rows(map(column, range(self.x.shape[1]))), self.x.shape)

    def _features(self, feature: Callable[[int], arb]) -> Truth:
        """(d,), feature by feature."""
        d = self.x.shape[1]
        return Truth(lambda: map(feature, range(d)), (d,))


@dataclass(frozen=True, eq=False, kw_only=True)
class CenteredBatch(MiniBatch):
    """A batch for the form that only takes away the mean."""

    @cached_property
    def mean(self) -> Truth:
        """(n, d). The mean of each column, as often as there are samples."""
        return self._entries(lambda j: [mean(_column(self.x, j))] * self.n)

    @cached_property
    def output(self) -> Truth:
        """(n, d)."""
        return self._entries(
            lambda j: centered_batch_norm(_column(self.x, j), _ball(self.gamma[j]), _ball(self.beta[j]))
        )

    @cached_property
    def tangent(self) -> Truth:
        """(n, d). How the output moves as `x` moves along `direction`: `gamma (v - mean(v))`."""
        return self._entries(lambda j: centered_batch_norm(_column(self.direction, j), _ball(self.gamma[j]), arb(0)))

    @cached_property
    def gradient(self) -> Truth:
        """(n, d). `gamma (dy - mean(dy))`."""
        return self._entries(lambda j: centered_batch_norm(_column(self.dy, j), _ball(self.gamma[j]), arb(0)))

    @cached_property
    def taken(self) -> Truth:
        """(n, d). What the mean takes from the gradient, `-gamma mean(dy)`, as often as there are samples."""
        return self._entries(lambda j: [-_ball(self.gamma[j]) * mean(_column(self.dy, j))] * self.n)

    @cached_property
    def slope(self) -> Truth:
        """(d,). The derivative of `sum_i dy_i y_i` along `v`, by its power series, feature by feature."""
        return self._features(self._slope)

    @cached_property
    def shifted(self) -> Floats:
        """`x` with each feature moved by its largest entry."""
        moved: Floats = self.x + abs(self.x).max(axis=0)
        return moved

    @cached_property
    def direction(self) -> Floats:
        """`v`, no entry beyond 1 in size."""
        return _at_most_one(self.v)

    def along(self, t: float) -> Floats:
        """`x + t direction`, in the precision of `x`."""
        return (self.x + t * self.direction).astype(self.dtype)

    def _slope(self, j: int) -> arb:
        dy, gamma, beta = _column(self.dy, j), _ball(self.gamma[j]), _ball(self.beta[j])
        return balls.taylor(
            lambda x: balls.dot(dy, centered_batch_norm(x, gamma, beta)), self.x[:, j], self.v[:, j], 1
        )[1]


@dataclass(frozen=True, eq=False, kw_only=True)
class NormalisedBatch(MiniBatch):
    """A batch for the full form; `eps` is not 0 where a column is constant."""

    eps: float

    @cached_property
    def sizes(self) -> Sizes:
        """Those of `x`."""
        return Sizes(self.x, self.eps)

    @cached_property
    def mean(self) -> Truth:
        """(d,)."""
        return self._features(lambda j: mean(_column(self.x, j)))

    @cached_property
    def deviation(self) -> Truth:
        """(d,). `sqrt(var + eps)`."""
        return self._features(lambda j: deviation(_column(self.x, j), self._eps))

    @cached_property
    def output(self) -> Truth:
        """(n, d)."""
        return self._entries(
            lambda j: batch_norm(_column(self.x, j), _ball(self.gamma[j]), _ball(self.beta[j]), self._eps)
        )

    @cached_property
    def unit_variance(self) -> Truth:
        """(d,). The variance of the normalised values: `var / (var + eps)`."""
        return self._features(self._unit_variance)

    @cached_property
    def output_variance(self) -> Truth:
        """(d,). `gamma^2 var / (var + eps)`."""
        return self._features(lambda j: _ball(self.gamma[j]) * _ball(self.gamma[j]) * self._unit_variance(j))

    @cached_property
    def input_gradient(self) -> Truth:
        """(n, d)."""
        return self._entries(
            lambda j: input_gradient(_column(self.dy, j), _column(self.x, j), _ball(self.gamma[j]), self._eps)
        )

    @cached_property
    def scale_gradient(self) -> Truth:
        """(d,). `sum_i dy_i x_hat_i`."""
        return self._features(lambda j: balls.dot(_column(self.dy, j), normalised(_column(self.x, j), self._eps)))

    @cached_property
    def shift_gradient(self) -> Truth:
        """(d,). `sum_i dy_i`."""
        return self._features(lambda j: balls.total(_column(self.dy, j)))

    @cached_property
    def squared_gradient(self) -> Truth:
        """(d,). The sum of squares of the input gradient at `eps = 0`, by what it removes from `dy`."""
        return self._features(lambda j: squared_gradient(_column(self.dy, j), _column(self.x, j), _ball(self.gamma[j])))

    @cached_property
    def slope(self) -> Truth:
        """(d,). The derivative of `sum_i dy_i y_i` along `v`, by its power series, feature by feature."""
        return self._features(self._slope)

    @cached_property
    def shifted(self) -> Floats:
        """`x` with each feature moved by about three deviations."""
        return np.asarray(self.x + (3 * self.sizes.s).astype(self.dtype))

    @cached_property
    def direction(self) -> Floats:
        """`v`, no entry beyond 1 in size, times the deviation of each feature."""
        return np.asarray(_at_most_one(self.v) * self.sizes.s.astype(self.dtype))

    def along(self, t: float) -> Floats:
        """`x + t direction`, in the precision of `x`."""
        return (self.x + t * self.direction).astype(self.dtype)

    @property
    def _eps(self) -> arb:
        return _ball(self.eps)

    def _unit_variance(self, j: int) -> arb:
        spread: arb = variance(_column(self.x, j))
        return spread / (spread + self._eps)

    def _slope(self, j: int) -> arb:
        dy, gamma, beta = _column(self.dy, j), _ball(self.gamma[j]), _ball(self.beta[j])
        return balls.taylor(
            lambda x: balls.dot(dy, batch_norm(x, gamma, beta, self._eps)), self.x[:, j], self.v[:, j], 1
        )[1]


@dataclass(frozen=True, eq=False, kw_only=True)
class RunningBatch(Case):
    """A batch `x` (n, d), a layer of `gamma` and `beta` (d,), its running `mean` and `variance` (d,), and a momentum.

    `eps` is not 0 where a variance is.
    """

    x: Floats
    gamma: Floats
    beta: Floats
    mean: Floats
    variance: Floats
    eps: float
    momentum: float

    @property
    def layer(self) -> tuple[Floats, Floats, Floats, Floats, float]:
        """The arguments of `batch_norm_inference` besides a batch."""
        return self.gamma, self.beta, self.mean, self.variance, self.eps

    @cached_property
    def sizes(self) -> Sizes:
        """Those of `x`, without eps."""
        return Sizes(self.x, 0.0)

    @cached_property
    def output(self) -> Truth:
        """(n, d). At inference."""
        return Truth(lambda: _rows(map(self._output, range(self.x.shape[1]))), self.x.shape)

    @cached_property
    def next_mean(self) -> Truth:
        """(d,). The running mean after this batch."""
        return self._next(self.mean, mean)

    @cached_property
    def next_variance(self) -> Truth:
        """(d,). The running variance after this batch."""
        return self._next(self.variance, variance)

    def _output(self, j: int) -> list[arb]:
        gamma, beta, mu, spread = (_ball(each[j]) for each in (self.gamma, self.beta, self.mean, self.variance))
        return inference(_column(self.x, j), gamma, beta, mu, spread, _ball(self.eps))

    def _next(self, old: Floats, of: Callable[[Sequence[Any]], Any]) -> Truth:
        momentum = _ball(self.momentum)
        features = range(self.x.shape[1])
        return Truth(lambda: [blended(_ball(old[j]), of(_column(self.x, j)), momentum) for j in features], old.shape)


@dataclass(frozen=True, eq=False, kw_only=True)
class TwoLayers(Case):
    """A batch `x` (n, d), and the parameters of two layers that it passes one after the other."""

    x: Floats
    gamma1: Floats
    beta1: Floats
    eps1: float
    gamma2: Floats
    beta2: Floats
    eps2: float

    @cached_property
    def hidden(self) -> Floats:
        """(n, d). What the first layer returns, in float64: for its size."""
        sizes = Sizes(self.x, self.eps1)
        between: Floats = self.gamma1 * sizes.centered / sizes.s + self.beta1
        return between

    @cached_property
    def output(self) -> Truth:
        """(n, d)."""
        return Truth(lambda: _rows(map(self._column, range(self.x.shape[1]))), self.x.shape)

    def _column(self, j: int) -> list[arb]:
        hidden = batch_norm(_column(self.x, j), _ball(self.gamma1[j]), _ball(self.beta1[j]), _ball(self.eps1))
        return batch_norm(hidden, _ball(self.gamma2[j]), _ball(self.beta2[j]), _ball(self.eps2))


@dataclass(frozen=True, eq=False, kw_only=True)
class TwoBatches(Case):
    """Batches `a` (n, d) and `c` (m, d) without a constant column, for one layer: `gamma` and `beta` (d,)."""

    a: Floats
    c: Floats
    gamma: Floats
    beta: Floats


@dataclass(frozen=True, eq=False, kw_only=True)
class Population(Case):
    """At least three values (N,), and the size of the batches that are drawn from them around the first."""

    values: Floats
    size: int

    @cached_property
    def batches(self) -> Floats:
        """(size, number of batches). Every batch that holds the first value, a batch a column."""
        others = combinations(self.values[1:].tolist(), self.size - 1)
        return np.array([[self.values[0], *rest] for rest in others], dtype=self.dtype).T

    @cached_property
    def noise(self) -> Truth:
        """The variance of the first value's centred value over all batches."""
        return Truth(lambda: [noise_of_batches(balls.balls(self.values), self.size)])


def _column(a: Floats, j: int) -> list[arb]:
    return balls.balls(a[:, j])


def _ball(number: float) -> arb:
    return arb(float(number))


def _rows(columns: Iterable[Balls]) -> Iterator[arb]:
    """The entries of a matrix in C order, from its columns."""
    return (entry for row in zip(*columns, strict=True) for entry in row)


def _at_most_one(v: Floats) -> Floats:
    size = abs(v).max()
    return v / size if size > 1 else v
