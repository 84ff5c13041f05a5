"""Correct batch normalisation in several styles stays below half of each bound, and comes within reach of it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from lydite.kit.balls import Truth
from lydite.kit.cases import Cases
from lydite.kit.regime import Regime
from lydite.kit.source import TEXTURES
from properties.strategies.batch_norm import (
    batches_at_eps_zero,
    centered_batches,
    normalised_batches,
    pairs_at_eps_zero,
    running_batches,
)
from spec.bounds import batch_norm as bounds
from spec.definitions.batch_norm import CenteredBatch, NormalisedBatch, RunningBatch

Numbers = NDArray[Any]
Gradients = tuple[Numbers, Numbers, Numbers]
PRECISIONS = ("float64", "float32")
REGIMES = (Regime.CORE, Regime.STABILITY, Regime.SCALE)
SEEDS = range(10)
LEAST = {Regime.CORE: 0.05, Regime.STABILITY: 0.05, Regime.SCALE: 0.02}
"""How near a bound some correct code has to come: the errors of a sum of n terms rather grow like the root of n."""

# -- Sums in other orders: pairwise by NumPy, correctly rounded, one after the other --


def summed_exactly(a: Numbers) -> Any:
    return np.array([math.fsum(column) for column in a.T.astype(float).tolist()]).astype(a.dtype)


def summed_in_turn(a: Numbers) -> Any:
    return np.cumsum(a, axis=0)[-1]


SUMS = (lambda a: a.sum(axis=0), summed_exactly, summed_in_turn)

# -- By the mean alone --


def centered_forward(c: CenteredBatch) -> Iterator[Numbers]:
    for total in SUMS:
        yield c.gamma * (c.x - total(c.x) / c.x.dtype.type(c.n)) + c.beta
    yield c.gamma * c.x + (c.beta - c.gamma * c.x.mean(axis=0))
    yield c.gamma * (centering(c.n, c.x.dtype) @ c.x) + c.beta


def centered_backward(c: CenteredBatch) -> Iterator[Numbers]:
    for total in SUMS:
        yield c.gamma * (c.dy - total(c.dy) / c.dy.dtype.type(c.n))
    yield c.gamma * c.dy - (c.gamma * c.dy).mean(axis=0)
    yield centering(c.n, c.dy.dtype) @ (c.gamma * c.dy)


def centering(n: int, dtype: np.dtype[Any]) -> Any:
    return (np.eye(n) - np.full((n, n), 1 / n)).astype(dtype)


# -- In full --


def forward(c: NormalisedBatch) -> Iterator[Numbers]:
    for total in SUMS:
        n = c.x.dtype.type(c.n)
        deviation = c.x - total(c.x) / n
        yield c.gamma * (deviation / np.sqrt(total(deviation * deviation) / n + c.x.dtype.type(c.eps))) + c.beta
    scale = c.gamma / np.sqrt(c.x.var(axis=0) + c.x.dtype.type(c.eps))
    yield c.x * scale + (c.beta - c.x.mean(axis=0) * scale)
    yield scale * (c.x - c.x.mean(axis=0)) + c.beta


def one_pass(c: NormalisedBatch) -> Any:
    mean = c.x.mean(axis=0)
    variance = (c.x * c.x).mean(axis=0) - mean * mean
    return c.gamma * (c.x - mean) / np.sqrt(variance + c.x.dtype.type(c.eps)) + c.beta


def backward(c: NormalisedBatch) -> Iterator[Gradients]:
    for total in SUMS:
        yield compact(c, total)
    yield by_chain_rule(c)
    yield by_cubed_reciprocal(c)
    yield by_jacobian(c)
    yield multiplied_by_n(c)


def compact(c: NormalisedBatch, total: Any) -> Gradients:
    n = c.x.dtype.type(c.n)
    deviation = c.x - total(c.x) / n
    s = np.sqrt(total(deviation * deviation) / n + c.x.dtype.type(c.eps))
    x_hat = deviation / s
    dgamma, dbeta = total(c.dy * x_hat), total(c.dy)
    return c.gamma / s * (c.dy - dbeta / n - x_hat * (dgamma / n)), dgamma, dbeta


def by_chain_rule(c: NormalisedBatch) -> Gradients:
    n = c.x.dtype.type(c.n)
    deviation = c.x - c.x.mean(axis=0)
    variance = (deviation**2).mean(axis=0) + c.x.dtype.type(c.eps)
    by_value = c.dy * c.gamma
    by_variance = (by_value * deviation * c.x.dtype.type(-0.5) * variance ** c.x.dtype.type(-1.5)).sum(axis=0)
    by_mean = (-by_value / np.sqrt(variance)).sum(axis=0) + by_variance * (-2 * deviation).mean(axis=0)
    dx = by_value / np.sqrt(variance) + by_variance * 2 * deviation / n + by_mean / n
    return dx, (c.dy * deviation / np.sqrt(variance)).sum(axis=0), c.dy.sum(axis=0)


def by_cubed_reciprocal(c: NormalisedBatch) -> Gradients:
    n = c.x.dtype.type(c.n)
    deviation = c.x - c.x.mean(axis=0)
    i = 1 / np.sqrt((deviation**2).mean(axis=0) + c.x.dtype.type(c.eps))
    by_variance = c.x.dtype.type(-0.5) * c.gamma * i**3 * (c.dy * deviation).sum(axis=0)
    by_mean = -c.gamma * i * c.dy.sum(axis=0) + by_variance * (-2 * deviation).mean(axis=0)
    dx = c.dy * c.gamma * i + by_variance * 2 * deviation / n + by_mean / n
    return dx, (c.dy * deviation * i).sum(axis=0), c.dy.sum(axis=0)


def by_jacobian(c: NormalisedBatch) -> Gradients:
    s = np.sqrt(c.x.var(axis=0) + c.x.dtype.type(c.eps))
    x_hat = (c.x - c.x.mean(axis=0)) / s
    outer = np.einsum("ij,kj->jik", x_hat, x_hat) / c.x.dtype.type(c.n)
    jacobian = centering(c.n, c.x.dtype)[None] - outer
    dx = c.gamma / s * np.einsum("jik,kj->ij", jacobian, c.dy)
    return dx, np.einsum("ij,ij->j", c.dy, x_hat), np.einsum("ij->j", c.dy)


def multiplied_by_n(c: NormalisedBatch) -> Gradients:
    n = c.x.dtype.type(c.n)
    reciprocal = 1 / np.sqrt(c.x.var(axis=0) + c.x.dtype.type(c.eps))
    x_hat = (c.x - c.x.mean(axis=0)) * reciprocal
    dgamma, dbeta = (c.dy * x_hat).sum(axis=0), c.dy.sum(axis=0)
    return c.gamma * reciprocal / n * (n * c.dy - dbeta - x_hat * dgamma), dgamma, dbeta


def one_pass_backward(c: NormalisedBatch) -> Gradients:
    mean = c.x.mean(axis=0)
    s = np.sqrt((c.x * c.x).mean(axis=0) - mean * mean + c.x.dtype.type(c.eps))
    x_hat = (c.x - mean) / s
    along = (c.dy * x_hat).mean(axis=0)
    return c.gamma / s * (c.dy - c.dy.mean(axis=0) - x_hat * along), (c.dy * x_hat).sum(axis=0), c.dy.sum(axis=0)


# -- By running statistics --


def inferred(c: RunningBatch) -> Iterator[Numbers]:
    s = np.sqrt(c.variance + c.x.dtype.type(c.eps))
    yield c.gamma * (c.x - c.mean) / s + c.beta
    yield (c.x - c.mean) * (c.gamma * (1 / s)) + c.beta
    yield c.x * (c.gamma / s) + (c.beta - c.mean * (c.gamma / s))


def blended(c: RunningBatch) -> Iterator[tuple[Numbers, Numbers]]:
    m, n = c.x.dtype.type(c.momentum), c.x.dtype.type(len(c.x))
    for total in SUMS:
        mean = total(c.x) / n
        new = mean, total((c.x - mean) ** 2) / n
        yield tuple((1 - m) * old + m * one for old, one in zip((c.mean, c.variance), new, strict=True))
        yield tuple(old + m * (one - old) for old, one in zip((c.mean, c.variance), new, strict=True))
        if c.forgiving:
            yield tuple(by_decay(m, old, one) for old, one in zip((c.mean, c.variance), new, strict=True))


def by_decay(m: Any, old: Numbers, new: Numbers) -> Any:
    d = 1 - m
    return d * old + (1 - d) * new


# -- The comparison --


def drawn(cases: Cases[Any], regime: Regime, precision: str) -> Iterator[Any]:
    yield from cases.explicit(regime, precision)
    for seed in SEEDS:
        yield from cases.batch(regime, precision, 60 if regime is Regime.SCALE else 5, len(TEXTURES) - 1, seed)


def worst(answer: Any, truth: Truth, bound: Any) -> float:
    """The largest error as a share of the bound; where nothing is allowed, there must be none."""
    error = np.abs(np.asarray(answer, dtype=float) - truth.within(bound))
    assert not error[np.asarray(bound) == 0].any()
    return float(np.max(error[bound > 0] / bound[bound > 0], initial=0.0))


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("regime", REGIMES)
class TestBound:
    """Each bound against the code that it has to admit; its constants count the worst case, which sums never meet."""

    def test_inference(self, regime: Regime, precision: str) -> None:
        shares = [
            worst(y, c.output, bounds.inference(c.x, c.layer, c.u))
            for c in drawn(running_batches, regime, precision)
            for y in inferred(c)
        ]
        assert 0.05 < max(shares) < 0.5

    def test_running_statistics(self, regime: Regime, precision: str) -> None:
        shares = [
            max(
                worst(mean, c.next_mean, bounds.next_mean(c.sizes, c.mean, c.momentum, c.u, c.forgiving)),
                worst(
                    variance,
                    c.next_variance,
                    bounds.next_variance(c.sizes, c.variance, c.momentum, c.u, c.forgiving),
                ),
            )
            for c in drawn(running_batches, regime, precision)
            for mean, variance in blended(c)
        ]
        assert 0.05 < max(shares) < 0.5

    def test_centered_batch_norm(self, regime: Regime, precision: str) -> None:
        shares = [
            worst(y, c.output, bounds.centered_batch_norm(c.x, c.gamma, c.beta, c.u))
            for c in drawn(centered_batches, regime, precision)
            for y in centered_forward(c)
        ]
        assert LEAST[regime] < max(shares) < 0.5

    def test_centered_batch_norm_backward(self, regime: Regime, precision: str) -> None:
        shares = [
            worst(dx, c.gradient, bounds.centered_batch_norm_backward(c.dy, c.gamma, c.u))
            for c in drawn(centered_batches, regime, precision)
            for dx in centered_backward(c)
        ]
        assert LEAST[regime] < max(shares) < 0.5

    def test_batch_norm(self, regime: Regime, precision: str) -> None:
        shares = [
            worst(y, c.output, bounds.batch_norm(c.sizes, c.gamma, c.beta, c.u, c.forgiving))
            for c in drawn(normalised_batches, regime, precision)
            for y in (*forward(c), *([one_pass(c)] if c.forgiving else []))
        ]
        assert LEAST[regime] < max(shares) < 0.5

    def test_batch_norm_backward(self, regime: Regime, precision: str) -> None:
        shares: list[list[float]] = [[], [], []]
        for c in drawn(normalised_batches, regime, precision):
            truths = c.input_gradient, c.scale_gradient, c.shift_gradient
            allowed = (
                bounds.input_gradient(c.sizes, c.dy, c.gamma, c.u, c.forgiving),
                bounds.scale_gradient(c.sizes, c.dy, c.u, c.forgiving),
                bounds.shift_gradient(c.dy, c.u),
            )
            for answers in (*backward(c), *([one_pass_backward(c)] if c.forgiving else [])):
                for share, parts in zip(shares, zip(answers, truths, allowed, strict=True), strict=True):
                    share.append(worst(*parts))
        assert all(LEAST[regime] < max(share) < 0.5 for share in shares), [max(share) for share in shares]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("cases", [normalised_batches, batches_at_eps_zero, pairs_at_eps_zero])
def test_the_cube_of_a_deviation_and_its_reciprocal_are_normal_numbers(
    cases: Cases[NormalisedBatch], precision: str
) -> None:
    """With room for gamma and dy, so that the chain through `dvar` holds at the deepest and the highest draws too."""
    limits, deep = np.finfo(precision), {"float64": 2.0**-250, "float32": 2.0**-20}[precision]
    least, most, chained = float(limits.tiny), float(limits.max), 0
    for seed in range(40):
        for c in cases.batch(Regime.STABILITY, precision, 5, len(TEXTURES) - 1, seed):
            s, size = c.sizes.s, max(1.0, float(abs(c.gamma).max())) * max(1.0, float(abs(c.dy).max()))
            assert least < s.min() ** 3 / size
            assert size / s.min() ** 3 < most
            assert s.max() ** 3 * size < most
            assert least < 1 / s.max() ** 3 / size
            if s.min() < deep or s.max() > 1 / deep:
                chained += 1
                allowed = bounds.input_gradient(c.sizes, c.dy, c.gamma, c.u, c.forgiving)
                for gradients in by_chain_rule(c), by_cubed_reciprocal(c):
                    assert worst(gradients[0], c.input_gradient, allowed) < 0.5
    assert chained > 20


def near_one(regime: Regime) -> RunningBatch:
    """A decay so near 1 that its complement has few digits, with nothing kept that would hide it."""
    x, mean, none = np.array([[0.0, 0.0], [0.0, 2.0]]), np.array([0.0, 1.0]), np.zeros(2)
    layer: dict[str, Any] = {"gamma": none, "beta": none, "mean": mean, "variance": none, "eps": 1.0}
    return RunningBatch(x=x, **layer, momentum=1e-4, regime=regime, u=2.0**-53)


@pytest.mark.parametrize("regime", [Regime.CORE, Regime.STABILITY])
def test_a_complement_of_the_decay_leaves_the_bound_in_stability(regime: Regime) -> None:
    c = near_one(regime)
    variance = by_decay(c.momentum, c.variance, c.x.var(axis=0))
    allowed = bounds.next_variance(c.sizes, c.variance, c.momentum, c.u, c.forgiving)
    assert (worst(variance, c.next_variance, allowed) < 1) == c.forgiving


def test_without_momentum_no_form_is_forgiven_a_share_of_the_batch() -> None:
    c = near_one(Regime.CORE)
    assert not bounds.next_variance(c.sizes, c.variance, 0.0, c.u, c.forgiving).any()


@pytest.mark.parametrize("precision", PRECISIONS)
def test_a_difference_of_squares_leaves_the_bound_in_stability(precision: str) -> None:
    with np.errstate(all="ignore"):
        shares = [
            worst(one_pass(c), c.output, bounds.batch_norm(c.sizes, c.gamma, c.beta, c.u, forgiving=False))
            for c in normalised_batches.explicit(Regime.STABILITY, precision)
        ]
    assert not max(shares) < 1
