"""Correct code in several styles stays below half of each bound, and comes within reach of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from lydite.kit.balls import Truth
from lydite.kit.cases import Cases
from lydite.kit.regime import Regime
from lydite.kit.source import TEXTURES
from properties.strategies.softmax_cross_entropy import (
    classified_logits,
    few_labelled_logits,
    few_logits,
    labelled_logits,
    normalised_logits,
)
from spec.bounds import softmax_cross_entropy as bounds
from spec.definitions.softmax_cross_entropy import Logits

Numbers = NDArray[Any]
PRECISIONS = ("float64", "float32")
SEEDS = range(12)

# -- Correct code, in three styles: vectorised, loops with compensated sums, and the printed formula --


def softmax(z: Numbers) -> Any:
    e = np.exp(z - z.max())
    return e / e.sum()


def softmax_looped(z: Numbers) -> Any:
    top, one = z.max(), z.dtype.type
    e = [np.exp(zi - top) for zi in z]
    return np.array([ei / one(math.fsum(map(float, e))) for ei in e], dtype=z.dtype)


def softmax_running(z: Numbers) -> Any:
    e, total = np.exp(z - z.max()), z.dtype.type(0)
    for ei in e:
        total += ei
    return e / total


def softmax_by_logarithms(z: Numbers) -> Any:
    return np.exp(z - z.max() - np.log(np.exp(z - z.max()).sum()))


def softmax_by_log_sum_exp(z: Numbers) -> Any:
    return np.exp(z - (z.max() + np.log(np.exp(z - z.max()).sum())))


def softmax_a_term_at_a_time(z: Numbers) -> Any:
    return np.exp(z - np.logaddexp.reduce(z))


def softmax_printed(z: Numbers) -> Any:
    return np.exp(z) / np.exp(z).sum()


def loss(z: Numbers, y: Numbers) -> Any:
    gaps = z - z.max()
    return -(y * (gaps - np.log(np.exp(gaps).sum()))).sum()


def loss_by_log_sum_exp(z: Numbers, y: Numbers) -> Any:
    return y.sum() * (z.max() + np.log(np.exp(z - z.max()).sum())) - y @ z


def loss_looped(z: Numbers, y: Numbers) -> Any:
    total, top = z.dtype.type(0), z.max()
    partition = np.log(z.dtype.type(math.fsum(float(np.exp(zi - top)) for zi in z)))
    for zi, yi in zip(z, y, strict=True):
        total += yi * (partition + (top - zi))
    return total


def loss_printed(z: Numbers, y: Numbers) -> Any:
    return -(y * np.log(softmax_printed(z))).sum()


def gradient_with(p: Callable[[Numbers], Numbers]) -> Callable[[Numbers, Numbers], Numbers]:
    return lambda z, y: y.sum() * p(z) - y


def hessian_with(p: Callable[[Numbers], Numbers]) -> Callable[[Numbers], Numbers]:
    return lambda z: np.diag(p(z)) - np.outer(p(z), p(z))


def log_softmax(z: Numbers) -> Any:
    return z - z.max() - np.log(np.exp(z - z.max()).sum())


def log_softmax_by_log_sum_exp(z: Numbers) -> Any:
    return z - (z.max() + np.log(np.exp(z - z.max()).sum()))


def log_softmax_looped(z: Numbers) -> Any:
    one = z.dtype.type
    partition = one(math.log(math.fsum(math.exp(float(zi - z.max())) for zi in z)))
    return np.array([zi - z.max() - partition for zi in z], dtype=z.dtype)


def labelled_with(p: Callable[[Numbers], Numbers]) -> Iterator[Callable[[Numbers, Numbers], Numbers]]:
    yield lambda z, y: y.sum() * hessian_with(p)(z)
    yield lambda z, y: np.diag(y.sum() * p(z)) - np.outer(y.sum() * p(z), p(z))
    yield lambda z, y: np.asarray(sum(label * hessian_with(p)(z) for label in y))


LOGARITHMS = (log_softmax, log_softmax_by_log_sum_exp, log_softmax_looped)
STABLE = (softmax, softmax_looped, softmax_running, softmax_by_logarithms, softmax_by_log_sum_exp)
PRINTED = (softmax_printed, softmax_a_term_at_a_time)

# -- The comparison --


def drawn(cases: Cases[Logits], regime: Regime, precision: str) -> Iterator[Logits]:
    yield from cases.explicit(regime, precision)
    for seed in SEEDS:
        yield from cases.batch(regime, precision, 6, len(TEXTURES) - 1, seed)


def worst(case: Logits, answer: Any, truth: Truth, bound: Any) -> float:
    """The largest error as a share of the bound."""
    error = np.abs(np.asarray(answer, dtype=float) - truth.within(bound))
    return float(np.max(error / bound, initial=0.0))


def styles(regime: Regime, stable: tuple[Any, ...], printed: tuple[Any, ...]) -> tuple[Any, ...]:
    return stable + printed if regime is Regime.CORE else stable


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("regime", [Regime.CORE, Regime.STABILITY])
class TestBound:
    """Each bound against the code that it has to admit."""

    def test_softmax(self, regime: Regime, precision: str) -> None:
        shares = [
            worst(c, p(c.z), c.softmax, bounds.softmax(c.z, c.u, c.forgiving))
            for c in drawn(normalised_logits, regime, precision)
            for p in styles(regime, STABLE, PRINTED)
        ]
        assert 0.03 < max(shares) < 0.5

    def test_cross_entropy(self, regime: Regime, precision: str) -> None:
        shares = [
            worst(c, f(c.z, np.asarray(c.y)), c.loss, bounds.cross_entropy(c.z, c.y, c.u))
            for c in drawn(labelled_logits, regime, precision)
            for f in styles(regime, (loss, loss_by_log_sum_exp, loss_looped), (loss_printed,))
            if np.any(c.y)
        ]
        assert 0.05 < max(shares) < 0.5

    def test_log_softmax(self, regime: Regime, precision: str) -> None:
        shares = [
            worst(c, f(c.z), c.log_softmax, bounds.log_softmax(c.z, c.u, c.forgiving))
            for c in drawn(normalised_logits, regime, precision)
            for f in styles(regime, LOGARITHMS, (lambda z: z - np.logaddexp.reduce(z), lambda z: np.log(softmax(z))))
        ]
        assert 0.05 < max(shares) < 0.5

    def test_gradient(self, regime: Regime, precision: str) -> None:
        shares = [
            worst(c, gradient_with(p)(c.z, np.asarray(c.y)), c.gradient, bounds.gradient(c.z, c.y, c.u, c.forgiving))
            for c in drawn(labelled_logits, regime, precision)
            for p in styles(regime, STABLE, PRINTED)
            if np.any(c.y)
        ]
        assert 0.02 < max(shares) < 0.5

    def test_hessian(self, regime: Regime, precision: str) -> None:
        shares = [
            worst(c, hessian_with(p)(c.z), c.hessian, bounds.softmax_product(c.z, c.u, c.forgiving))
            for c in drawn(few_logits, regime, precision)
            for p in styles(regime, STABLE, PRINTED)
        ]
        assert 0.01 < max(shares) < 0.5

    def test_labelled_hessian(self, regime: Regime, precision: str) -> None:
        shares = [
            worst(
                c,
                f(c.z, np.asarray(c.y, dtype=c.dtype)),
                c.labelled_hessian,
                bounds.labelled_product(c.z, c.y, c.u, c.forgiving),
            )
            for c in drawn(few_labelled_logits, regime, precision)
            for p in styles(regime, STABLE, PRINTED)
            for f in labelled_with(p)
        ]
        assert 0.01 < max(shares) < 0.5


@pytest.mark.parametrize("precision", PRECISIONS)
def test_gradient_in_the_tails(precision: str) -> None:
    """By the document's `p - y`, whose true class is as accurate as a number close to 1."""
    shares = [
        worst(
            c,
            gradient_with(p)(c.z, np.asarray(c.y)),
            c.gradient,
            bounds.gradient_tail(c.z, c.y, c.softmax.roughly(), c.u),
        )
        for c in drawn(classified_logits, Regime.TAILS, precision)
        for p in STABLE
    ]
    assert 0.01 < max(shares) < 0.5


@pytest.mark.parametrize("precision", PRECISIONS)
class TestManyClasses:
    """Bounds that count the classes are close where there are hundreds of them, too, and most entries are small."""

    def test_softmax(self, precision: str) -> None:
        shares = [
            worst(c, p(c.z), c.softmax, bounds.softmax(c.z, c.u, c.forgiving))
            for c in of_many_classes(normalised_logits, precision)
            for p in STABLE
        ]
        assert 0.0005 < np.median(shares) <= max(shares) < 0.5

    def test_cross_entropy(self, precision: str) -> None:
        shares = [
            worst(c, f(c.z, np.asarray(c.y)), c.loss, bounds.cross_entropy(c.z, c.y, c.u))
            for c in of_many_classes(labelled_logits, precision, Regime.STABILITY)
            for f in (loss, loss_by_log_sum_exp, loss_looped)
            if np.count_nonzero(c.y) == 1
        ]
        assert 0.02 < max(shares) < 0.5

    def test_gradient(self, precision: str) -> None:
        shares = [
            worst(c, gradient_with(p)(c.z, np.asarray(c.y)), c.gradient, bounds.gradient(c.z, c.y, c.u, c.forgiving))
            for c in of_many_classes(labelled_logits, precision)
            for p in STABLE
            if np.any(c.y)
        ]
        assert 0.0005 < np.median(shares) <= max(shares) < 0.5


def of_many_classes(cases: Cases[Logits], precision: str, regime: Regime = Regime.SCALE) -> Iterator[Logits]:
    for seed in SEEDS:
        drawn = cases.batch(regime, precision, 300, len(TEXTURES) - 1, seed)
        yield from (case for case in drawn if case.z.size >= 150)
