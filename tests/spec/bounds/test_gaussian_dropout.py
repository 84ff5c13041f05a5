"""Correct code in several styles stays below each bound, and comes within reach of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import ndtr

from lydite.kit.regime import Regime
from lydite.kit.source import TEXTURES
from properties.strategies.gaussian_dropout import MANY, units
from spec.bounds import gaussian_dropout as bounds
from spec.bounds.network import FALSE_ALARM
from spec.definitions.gaussian_dropout import Unit

Numbers = NDArray[Any]
Style = Callable[..., Any]
LARGEST = {Regime.CORE: 6, Regime.STABILITY: 6, Regime.SCALE: MANY}
SEEDS = range(12)

# -- Correct code: as printed, vectorised, and in loops with compensated sums --


def total(terms: Numbers) -> Any:
    """One after the other, in the precision of the terms."""
    return np.add.accumulate(terms)[-1]


def fsum(terms: Numbers) -> Any:
    return terms.dtype.type(math.fsum(map(float, terms)))


def loss_printed(w: Numbers, x: Numbers, target: Any, delta: Numbers) -> Any:
    return 0.5 * (target - total(delta * w * x)) ** 2


def loss_vectorised(w: Numbers, x: Numbers, target: Any, delta: Numbers) -> Any:
    return np.square(np.einsum("i,i,i", x, delta, w) - target) / 2


def loss_summed_well(w: Numbers, x: Numbers, target: Any, delta: Numbers) -> Any:
    residual = fsum(np.append(-(w * (delta * x)), target))
    return residual * (0.5 * residual)


def loss_multiplied_out(w: Numbers, x: Numbers, target: Any, delta: Numbers) -> Any:
    output = (delta * x) @ w
    return target * target / 2 - target * output + output * output / 2


def gradient_printed(w: Numbers, x: Numbers, target: Any, delta: Numbers) -> Any:
    return (target - total(delta * w * x)) * (-delta * x)


def gradient_multiplied_out(w: Numbers, x: Numbers, target: Any, delta: Numbers) -> Any:
    return -(delta * x) * target + (delta * x) * (w @ (delta * x))


def gradient_summed_well(w: Numbers, x: Numbers, target: Any, delta: Numbers) -> Any:
    residual = fsum(np.append(-(w * delta) * x, target))
    return -delta * (residual * x)


def expected_gradient_printed(w: Numbers, x: Numbers, target: Any, sigma: Any) -> Any:
    others = [total(np.append(w.dtype.type(0), np.delete(w * x, i))) for i in range(w.size)]
    return -x * target + x * ((1 + sigma**2) * w * x + np.array(others))


def expected_gradient_factored(w: Numbers, x: Numbers, target: Any, sigma: Any) -> Any:
    return -x * (target - (1 + sigma**2) * w * x - (w @ x - w * x))


def expected_gradient_split(w: Numbers, x: Numbers, target: Any, sigma: Any) -> Any:
    return -x * fsum(np.append(-w * x, target)) + (sigma * x) ** 2 * w


def penalty_printed(w: Numbers, x: Numbers, sigma: Any) -> Any:
    return sigma**2 / 2 * total(w**2 * x**2)


def penalty_vectorised(w: Numbers, x: Numbers, sigma: Any) -> Any:
    return np.sum((sigma * w * x) ** 2) / 2


def penalty_summed_well(w: Numbers, x: Numbers, sigma: Any) -> Any:
    return 0.5 * (sigma * sigma) * fsum((w * x) * (w * x))


def expected_loss_with(loss: Style, penalty: Style) -> Style:
    return lambda w, x, target, sigma: loss(w, x, target, np.ones_like(w)) + penalty(w, x, sigma)


LOSSES = (loss_printed, loss_vectorised, loss_summed_well)
PENALTIES = (penalty_printed, penalty_vectorised, penalty_summed_well)

# -- The comparison --


def drawn(regime: Regime, precision: str) -> Iterator[Unit]:
    yield from units.explicit(regime, precision)
    for seed in SEEDS:
        yield from units.batch(regime, precision, LARGEST[regime], len(TEXTURES) - 1, seed)


def greatest(regime: Regime, precision: str, styles: tuple[Style, ...], inputs: str, due: str, bound: Any) -> float:
    """The largest error as a share of the bound; where nothing is allowed, nothing may be off."""
    found = 0.0
    for case in drawn(regime, precision):
        given = [getattr(case, name) for name in inputs.split()]
        given = [case.w.dtype.type(a) if isinstance(a, float) else a for a in given]
        allowed = np.asarray(bound(*given, case.u, *([] if due not in FORGIVING else [case.forgiving])))
        truth = getattr(case, due).within(allowed)
        for style in styles:
            error = np.abs(np.asarray(style(*given), dtype=float) - truth)
            assert not error[allowed == 0].any()
            found = max(found, float(np.max(error[allowed > 0] / allowed[allowed > 0], initial=0.0)))
    return found


FORGIVING = {"loss", "expected_loss"}
"""The calls with a bound of their own for the square multiplied out."""


@pytest.mark.parametrize("precision", ["float64", "float32"])
@pytest.mark.parametrize("regime", [Regime.CORE, Regime.STABILITY, Regime.SCALE])
class TestBound:
    """Each bound against the code that it has to admit.

    A bound counts roundings. With hundreds of inputs they cancel: the floor is then the one rounding of the result,
    half a unit. With one input there are five of them, which can all fall one way: the gradients' bounds
    have some to spare.
    """

    def test_loss(self, regime: Regime, precision: str) -> None:
        styles = LOSSES if regime is Regime.STABILITY else (*LOSSES, loss_multiplied_out)
        bound = lambda *given: bounds.loss(*given[:-1], forgiving=given[-1])  # noqa: E731
        assert floor(regime) < greatest(regime, precision, styles, "w x target delta", "loss", bound) < 0.5

    def test_gradient(self, regime: Regime, precision: str) -> None:
        styles = (gradient_printed, gradient_multiplied_out, gradient_summed_well)
        share = greatest(regime, precision, styles, "w x target delta", "gradient", bounds.gradient)
        assert floor(regime) < share < 0.5

    def test_expected_loss(self, regime: Regime, precision: str) -> None:
        losses = LOSSES if regime is Regime.STABILITY else (*LOSSES, loss_multiplied_out)
        styles = tuple(expected_loss_with(loss, penalty) for loss in losses for penalty in PENALTIES)
        bound = lambda *given: bounds.expected_loss(*given[:-1], forgiving=given[-1])  # noqa: E731
        assert floor(regime) < greatest(regime, precision, styles, "w x target sigma", "expected_loss", bound) < 0.5

    def test_expected_gradient(self, regime: Regime, precision: str) -> None:
        styles = (expected_gradient_printed, expected_gradient_factored, expected_gradient_split)
        share = greatest(regime, precision, styles, "w x target sigma", "expected_gradient", bounds.expected_gradient)
        assert floor(regime) < share < 0.5

    def test_penalty(self, regime: Regime, precision: str) -> None:
        share = greatest(regime, precision, PENALTIES, "w x sigma", "penalty", bounds.penalty)
        assert floor(regime) < share < 0.5


def floor(regime: Regime) -> float:
    return 1 / (2 * MANY) if regime is Regime.SCALE else 0.1


# -- Chance --


def autocorrelations(t: Numbers) -> Numbers:
    return np.array([t[:-k] @ t[k:] for k in range(1, t.size // 2 + 1)])


def mirrored(t: Numbers) -> Numbers:
    return np.array(
        [sum(t[i] * t[c - i] for i in range(max(0, c - t.size + 1), (c + 1) // 2)) for c in range(2 * t.size - 1)]
    )


def distances(t: Numbers) -> Numbers:
    ranks, below = ndtr(np.sort(t)), np.arange(t.size) / t.size
    return np.concatenate([np.abs(ranks - below), np.abs(ranks - below - 1 / t.size)])


@pytest.mark.parametrize(
    ("statistic", "bound", "rarest"),
    [
        (lambda t: t.mean(), bounds.of_mean, 0.001),
        (lambda t: (t**2).mean() - 1, bounds.of_mean_square, 0.001),
        (distances, bounds.of_distribution, 0.05),
        (lambda t: 2 * (t[::2] @ t[1::2]), lambda n: 2 * bounds.of_products(n / 2), 0.001),
        (autocorrelations, bounds.of_autocorrelation, 0.0),
        (mirrored, bounds.of_mirrored, 0.0),
    ],
)
def test_chance_seldom_goes_beyond_its_bounds(
    statistic: Callable[[Numbers], Any],
    bound: Callable[[int], float],
    rarest: float,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """At an alarm that is seen: of one sample in ten, or fewer where a union of events is bounded by their sum."""
    monkeypatch.setattr(bounds, "FALSE_ALARM", 0.1)
    rng, n = np.random.default_rng(0), 40
    alarms = np.mean([np.abs(statistic(rng.standard_normal(n))).max() > bound(n) for _ in range(1000)])
    assert rarest <= alarms <= 0.1


def test_more_checks_share_one_false_alarm() -> None:
    assert bounds.of_mean(100, checks=10) > bounds.of_mean(100)
    tail = ndtr(-bounds.of_mean(100, checks=10) * math.sqrt(100))
    assert FALSE_ALARM / 1000 < tail < FALSE_ALARM / 20
