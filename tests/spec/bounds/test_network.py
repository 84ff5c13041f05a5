"""Correct code in several styles stays below half of each bound of the network, and comes within reach of it."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from lydite.kit.regime import FORGIVING, Regime
from lydite.kit.source import TEXTURES
from properties.strategies.network import activations, dropouts, samples
from spec.bounds import network as bounds
from spec.definitions.network import Sample

Numbers = NDArray[Any]
PRECISIONS = ("float64", "float32")
REGIMES = (Regime.CORE, Regime.STABILITY, Regime.SCALE)
SEEDS = range(8)
FLOOR = {Regime.SCALE: 0.005}
LEAST = 0.02
"""The share of a bound that somebody reaches. Bounds add up sizes, errors add up as their squares do: a fiftieth is
what a few terms come to, and less where there are hundreds."""

# -- Correct code: vectorised, in loops with compensated sums, in loops from the last term on, and as printed --


@dataclass(frozen=True)
class Style:
    """How sums, softmax and loss are written."""

    affine: Callable[[Numbers, Numbers, Numbers], Numbers]
    softmax: Callable[[Numbers], Numbers]
    loss: Callable[[Numbers, Numbers], Any]


def affine(W: Numbers, b: Numbers, x: Numbers) -> Numbers:
    return np.asarray(W @ x + b)


def affine_compensated(W: Numbers, b: Numbers, x: Numbers) -> Numbers:
    rows = [math.fsum([*(row * x).tolist(), bias]) for row, bias in zip(W, b, strict=True)]
    return np.array(rows, dtype=W.dtype)


def affine_backwards(W: Numbers, b: Numbers, x: Numbers) -> Numbers:
    total = np.array(b)
    for j in reversed(range(x.size)):
        total = total + W[:, j] * x[j]
    return total


def softmax(z: Numbers) -> Numbers:
    return np.asarray(np.exp(z - z.max()) / np.exp(z - z.max()).sum())


def softmax_by_logarithms(z: Numbers) -> Numbers:
    return np.asarray(np.exp(z - z.max() - np.log(np.exp(z - z.max()).sum())))


def softmax_printed(z: Numbers) -> Numbers:
    return np.asarray(np.exp(z) / np.exp(z).sum())


def loss(z: Numbers, y: Numbers) -> Any:
    return (y * (np.log(np.exp(z - z.max()).sum()) - (z - z.max()))).sum()


def loss_by_log_sum_exp(z: Numbers, y: Numbers) -> Any:
    return y.sum() * (z.max() + np.log(np.exp(z - z.max()).sum())) - y @ z


def loss_compensated(z: Numbers, y: Numbers) -> Any:
    partition = z.dtype.type(math.log(math.fsum(np.exp(z - z.max()).tolist())))
    return z.dtype.type(math.fsum((y * (partition + (z.max() - z))).tolist()))


def loss_printed(z: Numbers, y: Numbers) -> Any:
    return -(y * np.log(softmax_printed(z))).sum()


STABLE = (
    Style(affine, softmax, loss),
    Style(affine_compensated, softmax_by_logarithms, loss_compensated),
    Style(affine_backwards, softmax, loss_by_log_sum_exp),
)
PRINTED = (Style(affine, softmax_printed, loss_printed),)


def answers(style: Style, c: Sample) -> tuple[Any, Any, tuple[Numbers, ...]]:
    """Output, loss and gradient."""
    y, mask, alpha = (np.asarray(a, dtype=c.W1.dtype) for a in (c.y, c.mask, c.alpha))
    z1 = style.affine(c.W1, c.b1, c.x)
    a = mask * np.maximum(z1, alpha * z1)
    z2 = style.affine(c.W2, c.b2, a)
    p = style.softmax(z2)
    db1 = style.affine(c.W2.T, np.zeros_like(a), p - y) * (mask * np.where(z1 > 0, c.W1.dtype.type(1), alpha))
    return p, style.loss(z2, y), (np.outer(db1, c.x), db1, np.outer(p - y, a), p - y)


# -- The comparison --


def drawn(regime: Regime, precision: str) -> Iterator[Sample]:
    yield from samples.explicit(regime, precision)
    for seed in SEEDS:
        yield from samples.batch(regime, precision, 300 if regime is Regime.SCALE else 6, len(TEXTURES) - 1, seed)


def share(answer: Any, truth: Any, bound: Any) -> float:
    """The largest error as a share of the bound; what is allowed no error must have none."""
    error = np.abs(np.asarray(answer, dtype=float) - truth.within(bound))
    assert not error[np.broadcast_to(bound, error.shape) == 0].any()
    return float(np.divide(error, bound, out=np.zeros(error.shape), where=np.asarray(bound) > 0).max(initial=0.0))


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("regime", REGIMES)
def test_correct_code_keeps_within_half_of_the_bounds(regime: Regime, precision: str) -> None:
    worst: dict[str, float] = defaultdict(float)
    for case in drawn(regime, precision):
        r = case.rounding
        assert r.decided
        for style in (*STABLE, *PRINTED) if regime is Regime.CORE else STABLE:
            p, value, gradient = answers(style, case)
            shares = {"output": share(p, case.output, r.output), "loss": share(value, case.loss, r.loss)}
            for name, got, due, bound in zip(
                ("dW1", "db1", "dW2", "db2"), gradient, case.gradient, r.gradient, strict=True
            ):
                shares[name] = share(got, due, bound)
            for name, reached in shares.items():
                worst[name] = max(worst[name], reached)
    assert all(FLOOR.get(regime, LEAST) < reached < 0.5 for reached in worst.values()), dict(worst)


@pytest.mark.parametrize("regime", REGIMES)
def test_rounding_the_weights_moves_the_loss_by_no_more_than_its_bound(regime: Regime) -> None:
    rng = np.random.default_rng(0)
    for case in drawn(regime, "float32"):  # evaluated in float64, whose own rounding does not count here
        r = case.rounding
        W1, b1, W2, b2 = (w * (1 + case.u * rng.choice((-1.0, 1.0), w.shape)) for w in (r.W1, r.b1, r.W2, r.b2))
        change = abs(replace(r, W1=W1, b1=b1, W2=W2, b2=b2).z2 - r.z2)
        assert change.max() + r.y @ change <= 1.01 * r.moved


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("regime", REGIMES)
def test_leaky_relu_keeps_within_half_of_its_bound(regime: Regime, precision: str) -> None:
    forms: list[Callable[[Numbers, Any], Numbers]] = [
        lambda z, alpha: np.where(z > 0, z, alpha * z),
        lambda z, alpha: np.maximum(z, 0) + alpha * np.minimum(z, 0),
        lambda z, alpha: z * np.where(z > 0, z.dtype.type(1), alpha),
    ]
    if regime in FORGIVING:
        forms.append(lambda z, alpha: z * ((1 + alpha) / 2) + abs(z) * ((1 - alpha) / 2))
    for seed in SEEDS:
        for case in activations.batch(regime, precision, 5, len(TEXTURES) - 1, seed):
            bound = bounds.leaky_relu(case.z, case.alpha, case.u, case.forgiving)
            assert all(share(f(case.z, case.z.dtype.type(case.alpha)), case.value, bound) <= 0.5 for f in forms)


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("regime", REGIMES)
def test_inverted_dropout_keeps_within_its_bound_and_comes_near(regime: Regime, precision: str) -> None:
    forms: list[Callable[[Numbers, Numbers, Any], Numbers]] = [
        lambda x, mask, p: x * mask / (1 - p),
        lambda x, mask, p: x * (mask / (1 - p)),
        lambda x, mask, p: (1 / (1 - p)) * (x * mask),
    ]
    shares = [0.0]
    for seed in SEEDS:
        for case in dropouts.batch(regime, precision, 5, len(TEXTURES) - 1, seed):
            if case.training:
                bound = bounds.inverted_dropout(case.value.roughly(), case.u)
                p = case.x.dtype.type(case.p)
                shares += [share(f(case.x, case.mask.astype(case.x.dtype), p), case.value, bound) for f in forms]
    assert 0.1 < max(shares) < 0.75


# -- Kinks --


def rounding(W1: Any, b1: Any, x: Any, **given: Any) -> bounds.Rounding:
    W1, b1, x = (np.array(a, dtype=float) for a in (W1, b1, x))
    ones = np.ones(1)
    r = bounds.Rounding(W1, b1, np.ones((1, b1.size)), ones, x, ones, np.ones(b1.size), 0.01, 2.0**-53)
    return replace(r, **given)


@pytest.mark.parametrize(
    ("decided", "r"),
    [
        (True, rounding([[0.1, 0.2]], [1.0], [1.0, 1.0])),
        (True, rounding([[1.0, -1.0]], [0.0], [1.0, 1.0])),  # zero without any rounding
        (True, rounding([[0.1, 0.2]], [0.0], [0.0, 0.0])),
        (False, rounding([[0.1, 0.2]], [-0.3], [1.0, 1.0])),  # 5.6e-17 in this order, 0 in another
        (False, rounding([[0.1, -0.1]], [0.0], [0.1, 0.1])),
        (True, rounding([[0.1, 0.2]], [-0.3], [1.0, 1.0], mask=np.zeros(1))),
        (True, rounding([[0.1, 0.2]], [-0.3], [1.0, 1.0], alpha=1.0)),
    ],
)
def test_a_kink_is_decided_where_every_evaluation_agrees(decided: bool, r: bounds.Rounding) -> None:
    assert r.decided is decided


# -- Chance --


def tail(trials: int, q: float, below: float) -> Fraction:
    """The exact probability of fewer than `below` successes."""
    kept = Fraction(q)
    terms = (math.comb(trials, k) * kept**k * (1 - kept) ** (trials - k) for k in range(int(below)))
    return sum(terms, Fraction(0))


@pytest.mark.parametrize("q", [0.5, 0.8, 0.1, 0.64])
@pytest.mark.parametrize("trials", [1, 60, 200])
@pytest.mark.parametrize("checks", [1, 200])
def test_false_alarms_are_as_rare_as_stated_and_no_rarer_than_need_be(q: float, trials: int, checks: int) -> None:
    alarm = bounds.FALSE_ALARM / checks
    least, most = bounds._successes(trials, q, alarm)
    low, high = tail(trials, q, least), tail(trials, 1 - q, trials - most)
    assert max(low, high) <= alarm / 2 * (1 + 1e-6)
    assert min(tail(trials, q, least + 1), tail(trials, 1 - q, trials - most + 1)) >= alarm / 2 * (1 - 1e-6)


@pytest.mark.parametrize("q", [0.0, 1.0])
def test_certain_entries_may_not_vary(q: float) -> None:
    assert bounds.of_share(1000, q) == 0


@pytest.mark.parametrize("trials", [1, 256])
def test_the_one_share_that_is_due_is_not_at_its_bound(trials: int) -> None:
    off = sorted(abs(k / trials - 1e-30) / bounds.of_share(trials, 1e-30) for k in range(trials + 1))
    assert off[0] < 0.01
    assert off[1] > 1.9


@pytest.mark.parametrize(("trials", "q"), [(1, 0.5), (50, 0.8), (200, 0.3)])
def test_the_middle_half_has_its_probability(trials: int, q: float) -> None:
    least, most, probability = bounds.middle(trials, q)
    exact = tail(trials, q, most + 1) - tail(trials, q, least)
    assert abs(probability - exact) < 1e-12
    assert probability >= 0.5
