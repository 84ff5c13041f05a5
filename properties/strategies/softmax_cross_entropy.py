"""Logits with labels, for Q7 and the softmax of Q3."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from lydite.kit import Array, Cases, Floats, Regime, Source, blotted, refusals
from lydite.kit.source import SWEEP
from spec.definitions.softmax_cross_entropy import Chord, Logits

GAPS = (30.0, 710.0, 1e4)
"""Logits so far apart lose the smaller entry's digits, overflow a naive exponential, leave the range of any."""
TAIL_GAPS = {"float64": (1.0, 30.0, 200.0, 600.0), "float32": (1.0, 10.0, 40.0, 80.0)}
"""Gaps at which `exp(-gap)` is a normal number of the precision."""

MANY = 260
"""Classes beyond what one byte counts."""
MANY_SQUARED = 65
"""Classes in the sweep of laws that cost the square of their number."""

Labels = Callable[[Source, int], Array]

# -- Logits --


def gap_of(source: Source) -> float:
    """Draws how far apart the logits of the regime `stability` are: a notable distance or any."""
    return source.choice((1.0, *GAPS)) if source.happens(0.5) else source.log_uniform(1.0, GAPS[-1])


def tail_gap_of(source: Source) -> float:
    """Draws the gap of the regime `tails`: a notable one or any."""
    gaps = TAIL_GAPS[source.precision]
    return source.choice(gaps) if source.happens(0.5) else source.log_uniform(gaps[0], gaps[-1])


def _logits(source: Source, classes: int) -> Array:
    match source.regime:
        case Regime.STABILITY:
            spread, shift = gap_of(source), source.choice((0.0, 1e4, -1e4))
            return np.clip(source.numbers(classes, scale=spread), -1e4, 1e4) + shift
        case Regime.TAILS:
            z = np.clip(source.numbers(classes), -4, 4)
            z[source.rng.integers(classes)] += tail_gap_of(source)
            return z
        case Regime.SCALE:
            return np.clip(source.numbers(classes), -7, 7)
    return np.clip(source.numbers(classes, scale=2.0), -15, 15)


# -- Labels --


def one_hot(source: Source, classes: int) -> Array:
    """(K,). One at a random class, the last one as often as any."""
    return np.asarray(np.eye(classes)[source.rng.integers(classes)])


def soft(source: Source, classes: int) -> Array:
    """(K,). Shares of one, some of them zero."""
    shares = source.rng.integers(0, 5, classes).astype(float)
    shares[source.rng.integers(classes)] += 1
    return np.asarray(shares / shares.sum())


def summing_to_one(source: Source, classes: int) -> Array:
    """(K,). One-hot, smoothed, or soft."""
    return source.choice((one_hot, soft, smoothed))(source, classes)


def smoothed(source: Source, classes: int) -> Array:
    """(K,). One-hot, but for a share of any magnitude that all classes have alike."""
    share = source.log_uniform(1e-12, 0.5)
    y = (1 - share) * one_hot(source, classes) + share / classes
    return np.asarray(y / y.sum())


def nearly_summing_to_one(source: Source, classes: int) -> Array:
    """(K,). Labels whose sum is off one by any magnitude."""
    return summing_to_one(source, classes) * (1 + source.choice((1.0, -1.0)) * source.log_uniform(1e-9, 0.1))


def not_negative(source: Source, classes: int) -> Array:
    """(K,). One-hot, soft, nearly so, several ones, or any numbers from 0 to 100."""
    return source.choice((one_hot, summing_to_one, nearly_summing_to_one, several, weights))(source, classes)


def several(source: Source, classes: int) -> Array:
    """(K,). Any number of ones, none of them now and then."""
    return source.rng.integers(0, 2, classes).astype(float)


def weights(source: Source, classes: int) -> Array:
    """(K,). Numbers from 0 to 100."""
    return np.asarray(source.rng.integers(0, 5, classes) * source.choice((0.25, 1.0, 25.0)))


# -- Cases --


def _logits_with(labels: Labels, least: int = 1) -> Callable[[Source], Logits]:
    def draw(source: Source) -> Logits:
        return logits_of(source, source.size(least), labels)

    return draw


def logits_of(source: Source, classes: int, labels: Labels) -> Logits:
    """So many logits of the regime, with labels."""
    return _case(source, _logits(source, classes), labels(source, classes))


def _case(source: Source, z: Array, y: Array) -> Logits:
    return Logits(z=source.array(z), y=source.labels(y), v=source.numbers(len(z)), **source.common)


def _chord_with(labels: Labels) -> Callable[[Source], Chord]:
    def draw(source: Source) -> Chord:
        classes = source.size()
        a, c = (source.array(_logits(source, classes)) for _ in range(2))
        y, share = source.labels(labels(source, classes)), source.choice((0.5, 0.25, 0.75))
        return Chord(a=a, c=c, y=y, share=share, **source.common)

    return draw


def _edges(labelled: bool, largest: int = SWEEP[-1]) -> Callable[[Source], Iterator[Logits]]:
    """One class, two tied, all tied; in the regimes of large numbers, every gap with the true class up and down.

    In `scale` each size of the sweep up to the `largest`.
    """

    def edges(source: Source) -> Iterator[Logits]:
        if source.regime in {Regime.SCALE, Regime.PURITY}:
            many = MANY if source.regime is Regime.SCALE else min(MANY, largest)
            yield _case(source, _logits(source, many), np.eye(many)[many - 1])
        if source.regime is Regime.SCALE:
            for classes in SWEEP:
                if classes <= largest:
                    yield _case(source, _logits(source, classes), one_hot(source, classes))
            return
        for z in _notable(source):
            for k in sorted({0, len(z) - 1}):
                yield _case(source, z, np.eye(len(z))[k])
        if labelled and source.regime is not Regime.TAILS:
            yield _case(source, np.array([0.0, 0.0]), np.array([0.5, 0.5]))
            yield _case(source, np.array([1.0, 0.0, 0.0]), np.array([1.0, 0.0, 1.0]))
            yield _case(source, np.array([0.0, 1.0]), np.array([0.0, 0.0]))

    return edges


def _notable(source: Source) -> Iterator[Floats]:
    yield np.zeros(1)
    yield np.zeros(2)
    yield np.zeros(3)
    yield np.array([1.0, 0.0])
    gaps = {Regime.STABILITY: GAPS, Regime.TAILS: TAIL_GAPS[source.precision]}.get(source.regime, ())
    for gap in gaps:
        yield np.array([gap, 0.0])
        yield np.array([0.0, gap, 0.0])
    if source.regime is Regime.STABILITY:
        yield np.array([1e4, 1e4])
        yield np.array([-1e4, -1e4, -1e4 + 1])
        yield np.array([1e4])


labelled_logits = Cases(_logits_with(not_negative), _edges(labelled=True))
"""Logits with labels that are not negative."""

normalised_logits = Cases(_logits_with(summing_to_one), _edges(labelled=False))
"""Logits with labels that sum to one."""

classified_logits = Cases(_logits_with(one_hot), _edges(labelled=False))
"""Logits with one-hot labels."""

few_logits = Cases(_logits_with(summing_to_one), _edges(labelled=False, largest=MANY_SQUARED), largest_scale=130)
"""As `normalised_logits`, for laws that cost the square of the number of classes."""

few_labelled_logits = Cases(_logits_with(not_negative), _edges(labelled=True, largest=MANY_SQUARED), largest_scale=130)
"""As `labelled_logits`, for laws that cost the square of the number of classes."""

several_classes = Cases(_logits_with(summing_to_one, least=2), _edges(labelled=False))
"""As `normalised_logits`, with two classes at least but for the edges."""

chords = Cases(_chord_with(not_negative))
"""Two logit vectors with labels that are not negative."""

normalised_chords = Cases(_chord_with(summing_to_one))
"""As `chords`, with labels that sum to one."""

# -- Bad input --


def _bad_logits(source: Source) -> Iterator[tuple[str, tuple[Any, ...]]]:
    z = source.numbers(source.size(least=2))
    yield "z holds NaN", (blotted(z, np.nan),)
    yield "z holds infinity", (blotted(z, np.inf),)
    yield "z has no class", (z[:0],)
    yield "z is a matrix", (z[None, :],)


def _bad_labelled_logits(source: Source) -> Iterator[tuple[str, tuple[Any, ...]]]:
    z = source.numbers(source.size(least=2))
    y = np.eye(len(z), dtype=z.dtype)[0]
    for fault, (logits,) in _bad_logits(source):
        yield fault, (logits, np.ones(logits.shape))
    yield "y holds NaN", (z, blotted(y, np.nan))
    yield "y is negative", (z, blotted(y, -1.0))
    yield "y is shorter than z", (z, y[:-1])
    yield "y is a column", (z, y[:, None])


bad_softmax = refusals("softmax", _bad_logits)
bad_softmax_jacobian = refusals("softmax_jacobian", _bad_logits)
bad_cross_entropy = refusals("cross_entropy", _bad_labelled_logits)
bad_cross_entropy_gradient = refusals("cross_entropy_gradient", _bad_labelled_logits)
bad_cross_entropy_hessian = refusals("cross_entropy_hessian", _bad_logits)
bad_cross_entropy_hessian_with_labels = refusals("cross_entropy_hessian_with_labels", _bad_labelled_logits)
bad_log_softmax = refusals("log_softmax", _bad_logits)


# -- Many samples at once --


def one_of_many(source: Source, labels: Labels) -> Logits:
    """The first one."""
    return logits_of(source, source.size(), labels)


def another(source: Source, labels: Labels, first: Logits) -> Logits:
    """Another one of as many classes."""
    return logits_of(source, first.z.size, labels)
