"""Networks with a sample, activations and dropout masks, for Q3."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from lydite.kit import Array, Cases, Floats, Regime, Source, blotted, refusals
from lydite.kit.source import SWEEP
from properties.strategies.softmax_cross_entropy import GAPS, Labels, gap_of, one_hot, summing_to_one
from spec.definitions.network import STEP, Activation, Dropout, Mask, Masks, Sample

SLOPES = (0.01, 0.01, 0.0, 1.0, 0.25, 0.5)
MAGNITUDES = {"float64": (1e-280, 1e280), "float32": (1e-24, 1e30)}
"""Of pre-activations in the regime `stability`: a slope times one of them is a normal number."""
LIMIT = {Regime.SCALE: 7.0}
CORE_LIMIT = 15.0
"""The largest sum of the sizes of what a pre-activation or a logit is added up from."""
MOST_PRODUCT = 4000
"""The largest product of the three sizes of a network in `scale`: its truth takes a few milliseconds."""

# -- Activations --


def _draw_activation(source: Source) -> Activation:
    shape = tuple(source.size() for _ in range(source.choice((1, 1, 0, 2, 3))))
    if source.regime is Regime.SCALE:
        shape = source.choice((shape[:1], (*shape[:1], 2)))
    size = source.log_uniform(*MAGNITUDES[source.precision]) if source.regime is Regime.STABILITY else 1.0
    z = source.numbers(*shape, scale=size)
    return Activation(z=z, alpha=_slope(source), factor=source.choice((2.0, 0.5, 4.0)), **source.common)


def _draw_off_the_kink(source: Source) -> Activation:
    activation = _draw_activation(source)
    far = np.where(np.abs(activation.z) > 2 * STEP, activation.z, 1)
    return replace(activation, z=source.array(far))


def _activation_edges(source: Source) -> Iterator[Activation]:
    for alpha in (0.01, 0.0, 1.0):
        for z in (0.0, [1.0], [-1.0], [[0.0, 1.0], [-1.0, -3.0]], [-0.0, 3.0, -3.0]):
            yield Activation(z=source.array(z), alpha=source.scalar(alpha), **source.common)


def _slope(source: Source) -> float:
    return source.scalar(source.choice((*SLOPES, float(source.rng.uniform(0.01, 1)), source.log_uniform(1e-9, 1))))


activations = Cases(_draw_activation, _activation_edges)
"""Arrays of no to three dimensions, with zeros among their entries."""

activations_off_the_kink = Cases(_draw_off_the_kink, _activation_edges)
"""As `activations`, no entry within two steps of a difference quotient of zero, but for the edges."""

# -- Networks --


def _sizes(source: Source) -> tuple[int, int, int]:
    """Hidden units, features, classes: all different, all the same, as many units as classes, or as it comes."""
    a, b, c = (source.size() for _ in range(3))
    if source.regime is Regime.SCALE:
        h, d, K = source.sizes(*3 * (source.largest,), entries=MOST_PRODUCT)
        return h, d, K
    different = source.rng.permutation(np.arange(1, max(3, source.largest) + 1))[:3].tolist()
    return source.choice(((a, b, c), (different[0], different[1], different[2]), (a, b, a), (a, a, a)))


def _sample(source: Source, h: int, d: int, K: int, labels: Labels, **given: Any) -> Sample:
    """A sample of core size: `given` replaces what would be drawn, before the sizes are tamed."""
    drawn: dict[str, Any] = {
        "W1": source.numbers(h, d),
        "b1": source.numbers(h),
        "W2": source.numbers(K, h),
        "b2": source.numbers(K),
        "x": source.numbers(d),
        "y": labels(source, K),
        "mask": _mask(source, h),
        "alpha": _slope(source),
        "V1": source.numbers(h, d),
        "c1": source.numbers(h),
        "V2": source.numbers(K, h),
        "c2": source.numbers(K),
    }
    made = {name: np.array(value) if name != "alpha" else value for name, value in (drawn | given).items()}
    _tame(source, made["W1"], made["b1"], np.abs(made["x"]))
    _tame(source, made["W2"], made["b2"], np.abs(made["W1"] @ made["x"] + made["b1"]))
    return _case(source, made)


def _tame(source: Source, W: Floats, b: Floats, x: Floats) -> None:
    """Halves `W` and `b` until nothing that they add up is larger than the regime has it: the digits stay."""
    terms = float((np.abs(W) @ x + np.abs(b)).max())
    limit = LIMIT.get(source.regime, CORE_LIMIT)
    if terms > limit:
        halvings = np.ceil(np.log2(terms / limit))
        W *= 0.5**halvings
        b *= 0.5**halvings


def _case(source: Source, made: dict[str, Any]) -> Sample:
    arrays: dict[str, Any] = {name: source.array(value) for name, value in made.items() if name != "alpha"}
    return Sample(**arrays, alpha=source.scalar(made["alpha"]), **source.common)


def _mask(source: Source, size: int) -> Array:
    """(h,). Half of the units, a share of any size, all of them, none, one, or all but one."""
    match source.choice(("half", "half", "any", "ones", "zeros", "one", "all but one")):
        case "any":
            return (source.rng.random(size) < source.log_uniform(1 / size, 1)).astype(float)
        case "ones":
            return np.ones(size)
        case "zeros":
            return np.zeros(size)
        case "one":
            return one_hot(source, size)
        case "all but one":
            return 1 - one_hot(source, size)
    return source.rng.integers(0, 2, size).astype(float)


def _samples_with(labels: Labels) -> Callable[[Source], Sample]:
    def draw(source: Source) -> Sample:
        h, d, K = _sizes(source)
        given: dict[str, Any] = {}
        if source.happens(1 / 16):
            given["x"] = np.zeros(d)
        sample = _sample(source, h, d, K, labels, **given)
        if source.happens(1 / 8):
            sample = _with_a_kink(source, sample, int(source.rng.integers(h)))
        return _saturated(source, sample) if source.regime is Regime.STABILITY else sample

    return draw


def _with_a_kink(source: Source, sample: Sample, unit: int) -> Sample:
    """One unit exactly at its kink, whatever the input."""
    W1, b1 = np.array(sample.W1), np.array(sample.b1)
    W1[unit], b1[unit] = 0, 0
    return replace(sample, W1=source.array(W1), b1=source.array(b1))


def _saturated(source: Source, sample: Sample) -> Sample:
    """Logits far apart, or far from zero, or both; nothing that is added up cancels."""
    gap = gap_of(source)
    match source.choice(("bias", "shift", "weights", "input")):
        case "bias":
            return _with_bias(source, sample, gap * source.rng.choice((-1.0, 0.0, 1.0), sample.b2.size))
        case "shift":
            return _with_bias(source, sample, source.choice((1e4, -1e4)) * np.ones(sample.b2.size))
        case "weights":
            return _with_large_logits(source, sample, gap)
    features = np.where(sample.x == 0, 0, np.sign(sample.x))
    W1 = np.abs(sample.W1) * features * source.rng.choice((-1.0, 1.0), (sample.b1.size, 1))
    b1 = np.abs(sample.b1) * np.where((W1 @ features) < 0, -1, 1)
    far = replace(sample, W1=source.array(W1), b1=source.array(b1), x=source.array(gap * np.array(sample.x)))
    return _with_large_logits(source, far, gap)


def _with_bias(source: Source, sample: Sample, offset: Array) -> Sample:
    return replace(sample, b2=source.array(np.asarray(sample.b2, dtype=float) + offset))


def _with_large_logits(source: Source, sample: Sample, gap: float) -> Sample:
    """Each logit a sum of terms of one sign, the largest about `gap`."""
    signs = source.rng.choice((-1.0, 1.0), (sample.b2.size, 1))
    z1 = sample.rounding.z1
    W2 = signs * np.where(z1 < 0, -1, 1) * np.abs(sample.W2)
    largest = float((np.abs(W2) @ np.abs(z1)).max())
    if largest > 0:
        W2 = W2 * (gap / largest)
    return replace(sample, W2=source.array(W2), b2=source.array(signs[:, 0] * np.abs(sample.b2)))


def _edges_with(labels: Labels) -> Callable[[Source], Iterator[Sample]]:
    def edges(source: Source) -> Iterator[Sample]:
        if source.regime is Regime.SCALE:
            for sizes in ((300, 2, 3), (2, 300, 3), (2, 3, 300), (3, 130, 130), (130, 2, 130), (18, 17, 16)):
                yield _sample(source, *sizes, labels)
            for size in SWEEP:
                for sizes in ((size, 2, 3), (2, size, 3), (2, 3, size)):
                    yield _sample(source, *sizes, labels)
            return
        yield _case(source, SMALLEST)
        yield _case(source, SQUARE)
        for mask in ([1.0, 0.0], [0.0, 0.0]):
            yield _case(source, SQUARE | {"mask": mask})
        yield _case(source, SQUARE | {"x": [0.0, 0.0]})
        yield _case(source, SQUARE | {"x": [-1.0, -1.0]})
        yield _case(source, SQUARE | {"x": [-1.0, -1.0], "alpha": 0.0})
        yield _case(source, AT_THE_KINK)
        for sizes in ((1, 1, 1), (4, 2, 3), (3, 4, 2), (2, 3, 4), (1, 3, 1), (3, 3, 3)):
            yield _sample(source, *sizes, labels, mask=np.ones(sizes[0]))
            yield _sample(source, *sizes, labels, x=np.zeros(sizes[1]))
        if source.regime is Regime.STABILITY:
            yield from _saturated_edges(source)

    return edges


def _saturated_edges(source: Source) -> Iterator[Sample]:
    for gap in GAPS:
        for true in range(2):
            for b2 in ([gap, 0.0], [-gap, 0.0]):
                yield _case(source, SQUARE | {"b2": b2, "y": np.eye(2)[true]})
            yield _case(source, SQUARE | {"W2": [[gap, gap], [-gap, -gap]], "y": np.eye(2)[true]})
        yield _case(source, SQUARE | {"b2": [gap, gap], "y": [0.5, 0.5]})
        yield _case(source, SMALLEST | {"b2": [gap]})


_DIRECTION = {"V1": [[1.0, 0.0], [0.0, 1.0]], "c1": [1.0, 0.0], "V2": [[0.0, 1.0], [1.0, 0.0]], "c2": [0.0, 1.0]}

SMALLEST: dict[str, Any] = {
    "W1": [[1.0]],
    "b1": [0.0],
    "W2": [[1.0]],
    "b2": [0.0],
    "x": [1.0],
    "y": [1.0],
    "mask": [1.0],
    "V1": [[1.0]],
    "c1": [1.0],
    "V2": [[1.0]],
    "c2": [1.0],
    "alpha": 0.01,
}
"""One of everything: a loss of zero."""

SQUARE: dict[str, Any] = {
    "W1": [[1.0, 0.0], [0.0, 1.0]],
    "b1": [0.0, 0.0],
    "W2": [[1.0, 2.0], [3.0, 4.0]],
    "b2": [0.0, 0.0],
    "x": [1.0, 1.0],
    "y": [0.0, 1.0],
    "mask": [1.0, 1.0],
    "alpha": 0.01,
    **_DIRECTION,
}
"""As many units as classes and features, and second weights that are not symmetric: transposing them goes unnoticed."""

AT_THE_KINK = SQUARE | {"W1": [[1.0, -1.0], [1.0, 1.0]], "y": [1.0, 0.0]}
"""The first unit adds up to exactly zero."""

samples = Cases(_samples_with(summing_to_one), _edges_with(summing_to_one))
"""Networks with a sample whose labels are one-hot or soft."""

# -- Dropout masks --

RATES = (0.2, 0.5, 0.9, 0.1, 0.25, 0.75)
LAGS = (1, 2, 3, 4, 7, 8, 16, 31, 32, 64, 100, 128, 256, 512, 624, 1000, 1024)
"""Distances at which generators and hand-made patterns repeat themselves."""
ENOUGH = 1 << 16
"""Entries that tell a rate of 0.2 from one of 0.22, or a pair of like entries from two."""
PLENTY = 1 << 20
"""Entries that tell rates apart by 1/512."""
SEEDS = 256
"""Masks that are drawn to count over seeds."""
SEED_BITS = 32


def _rate(source: Source) -> float:
    near_an_end = source.log_uniform(1e-6, 0.5)
    drawn = source.choice((*RATES, float(source.rng.random()), near_an_end, 1 - near_an_end))
    return source.scalar(source.or_constant(drawn, 0.0, 1.0))


def seed_of(source: Source, most: int = 2**SEED_BITS - 1) -> int:
    """Draws a seed: a small one, any, or a number of the code under test."""
    drawn = int(source.choice((source.rng.integers(10), source.rng.integers(most + 1))))
    return int(source.or_constant(drawn, 0, most))


def _draw_mask(source: Source) -> Mask:
    return _mask_of(source, source.size(), _rate(source), seed_of(source))


def _mask_of(source: Source, size: int, p: float, seed: int) -> Mask:
    other = source.choice((seed ^ 1, seed ^ (1 << int(source.rng.integers(SEED_BITS)))))
    lag = int(source.choice((1, 1, source.choice(LAGS), max(1, size // 2))))
    room = size - 2 * lag  # so that a pair is left
    first = int(source.rng.integers(min(lag, max(room, 0) + 1)))
    return Mask(size=size, p=p, seed=seed, other=other, lag=lag, first=min(first, size), **source.common)


def _mask_edges(source: Source) -> Iterator[Mask]:
    for p in (0.0, 1.0):
        yield _mask_of(source, 1, p, 0)
        yield _mask_of(source, 1000, p, 2**32 - 1)
    if source.regime is not Regime.PURITY:
        for i, p in enumerate(RATES):
            yield replace(_mask_of(source, ENOUGH, source.scalar(p), i), lag=1 + i // 2, first=i % 2)
            yield _mask_of(source, ENOUGH, source.scalar(p), seed_of(source))
    if source.regime is Regime.SCALE:  # more entries than two bytes count
        for p in (1.0, 0.5):
            yield _mask_of(source, 4 * ENOUGH, p, 0)


def _seed_edges(source: Source) -> Iterator[Mask]:
    """In the core, seeds that differ in any one bit."""
    yield from _mask_edges(source)
    if source.regime is Regime.CORE:
        for bit in range(SEED_BITS):
            yield replace(_mask_of(source, 512, 0.5, 0), other=1 << bit)


def _large_edges(source: Source) -> Iterator[Mask]:
    """In the core, masks that tell a rate from one that is rounded to a byte, or that only some seeds get."""
    yield from _mask_edges(source)
    if source.regime is Regime.CORE:
        for i, p in enumerate((0.5, 0.5, 0.9, 0.9, 1.5 / 256, 1 - 1.5 / 256)):
            yield _mask_of(source, PLENTY, source.scalar(p), i)


masks = Cases(_draw_mask, _mask_edges, largest=ENOUGH, largest_scale=4 * ENOUGH, most=10)
"""Masks from one entry to many."""

masks_of_seeds = Cases(_draw_mask, _seed_edges, largest=ENOUGH, largest_scale=4 * ENOUGH, most=10)
"""As `masks`, with edges for each bit of a seed."""

large_masks = Cases(_draw_mask, _large_edges, largest=ENOUGH, largest_scale=4 * ENOUGH, most=10)
"""As `masks`, with edges of very many entries."""


OF_MANY_SEEDS = ((1, 0.5), (1, 0.9), (5, 0.9), (50, 0.2), (100, 0.5), (200, 0.5), (64, 0.99), (64, 0.01), (1000, 0.5))
"""Sizes and rates of masks of many seeds."""


def _draw_masks(source: Source) -> Masks:
    size = int(source.rng.integers(1, 1 + source.choice((4, 64, 200))))
    # Rates of any kind, or such that every second mask drops all, or nothing.
    p = source.choice(
        (_rate(source), _rate(source), source.scalar(0.5 ** (1 / size)), source.scalar(1 - 0.5 ** (1 / size)))
    )
    return Masks(size=size, p=p, seed=seed_of(source, 2**32 - SEEDS), count=SEEDS, **source.common)


def _masks_edges(source: Source) -> Iterator[Masks]:
    for size, p in OF_MANY_SEEDS:
        yield Masks(size=size, p=source.scalar(p), seed=0, count=SEEDS, **source.common)


many_masks = Cases(_draw_masks, _masks_edges, most=1)
"""Small masks of many seeds."""

# -- Inverted dropout --

MOST_RATE = 0.999
"""Beyond which `1 / (1 - p)` says little of how it was computed."""


def _draw_dropout(source: Source) -> Dropout:
    x, p = _draw_activation(source).z, _rate(source)
    # What is not changed may be handed back as it is, which `purity` would take for memory that is shared.
    training = 1 if source.regime is Regime.PURITY else int(source.rng.integers(2))
    return _dropout(source, x, _mask(source, x.size).reshape(x.shape), min(p, MOST_RATE), training)


def _dropout(source: Source, x: Any, mask: Any, p: float, training: int) -> Dropout:
    p = source.scalar(p)
    return Dropout(x=source.array(x), mask=source.array(mask), p=p, training=training, **source.common)


def _dropout_edges(source: Source) -> Iterator[Dropout]:
    for p in (0.0, 0.5, 0.2, 0.9):
        for training in (1,) if source.regime is Regime.PURITY else (1, 0):
            for x, mask in (
                (1.0, 1.0),
                ([1.0, 2.0], [1.0, 0.0]),
                ([[1.0, -3.0], [0.0, 2.0]], [[0.0, 1.0], [1.0, 0.0]]),
            ):
                yield _dropout(source, x, mask, p, training)


dropouts = Cases(_draw_dropout, _dropout_edges)
"""Values of no to three dimensions with a mask, in training and at evaluation."""

# -- Bad input --

Faults = Iterator[tuple[str, tuple[Any, ...]]]


def _bad_activation(source: Source) -> Faults:
    z = source.numbers(source.size(least=2))
    yield "z holds NaN", (blotted(z, np.nan), 0.01)
    yield "z holds infinity", (blotted(z, np.inf), 0.01)
    yield "z is empty", (z[:0], 0.01)
    for alpha in (-0.01, 1.01, np.nan):
        yield f"alpha is {alpha}", (z, alpha)


def _bad_dropout(source: Source) -> Faults:
    x = source.numbers(source.size(least=2))
    ones = np.ones_like(x)
    yield "x holds NaN", (blotted(x, np.nan), ones, 0.5, 1)
    yield "x holds infinity", (blotted(x, np.inf), ones, 0.5, 0)
    yield "x is empty", (x[:0], ones[:0], 0.5, 1)
    yield "the mask is shorter than x", (x, ones[:-1], 0.5, 1)
    yield "the mask holds a half", (x, blotted(ones, 0.5), 0.5, 1)
    yield "the mask is a column", (x, ones[:, None], 0.5, 1)
    for p in (-0.01, 1.0, 1.01, np.nan):
        yield f"p is {p}", (x, ones, p, 1)


def _bad_mask(source: Source) -> Faults:
    yield "size is 0", (0, 0.2, 1)
    yield "size is -1", (-1, 0.2, 1)
    for p in (-0.01, 1.01, np.nan, np.inf):
        yield f"p is {p}", (source.size(), p, 1)
    for seed in (-1, 2**32):
        yield f"seed is {seed}", (source.size(), 0.2, seed)


def _bad_sample(source: Source) -> Iterator[tuple[str, Sample]]:
    """Samples with one fault each, other than in their labels."""
    good = _sample(source, 2, 3, 4, one_hot)
    for name in ("W1", "b1", "W2", "b2", "x", "mask"):
        value = getattr(good, name)
        faults: dict[str, Any] = {
            f"{name} holds NaN": blotted(value, np.nan),
            f"{name} holds infinity": blotted(value, np.inf),
            f"the last axis of {name} is too short": value[..., :-1],
        }
        for fault, bad in faults.items():
            changed: dict[str, Any] = {name: bad}
            yield fault, replace(good, **changed)
    yield "W1 is transposed", replace(good, W1=good.W1.T)
    yield "W2 is transposed", replace(good, W2=good.W2.T)
    yield "x is a column", replace(good, x=good.x[:, None])
    yield "mask is a row", replace(good, mask=good.mask[None, :])
    yield "there is no class", replace(good, W2=good.W2[:0], b2=good.b2[:0], y=good.y[:0])
    yield (
        "there is no hidden unit",
        replace(good, W1=good.W1[:0], b1=good.b1[:0], W2=good.W2[:, :0], mask=good.mask[:0]),
    )
    yield "there is no feature", replace(good, W1=good.W1[:, :0], x=good.x[:0])
    for alpha in (-0.01, 1.01, np.nan):
        yield f"alpha is {alpha}", replace(good, alpha=alpha)


def _bad_unlabelled(source: Source) -> Faults:
    for fault, sample in _bad_sample(source):
        yield fault, sample.unlabelled


def _bad_labelled(source: Source) -> Faults:
    for fault, sample in _bad_sample(source):
        yield fault, sample.labelled
    good = _sample(source, 2, 3, 4, one_hot)
    yield "y holds NaN", replace(good, y=blotted(good.y, np.nan)).labelled
    yield "y is negative", replace(good, y=blotted(good.y, -1.0)).labelled
    yield "y is beyond 1", replace(good, y=blotted(good.y, 2.0)).labelled
    yield "y is shorter than b2", replace(good, y=good.y[:-1]).labelled
    yield "y is a column", replace(good, y=good.y[:, None]).labelled


bad_leaky_relu = refusals("leaky_relu", _bad_activation)
bad_leaky_relu_derivative = refusals("leaky_relu_derivative", _bad_activation)
bad_inverted_dropout = refusals("inverted_dropout", _bad_dropout)
bad_dropout_mask = refusals("dropout_mask", _bad_mask)
bad_network_predict = refusals("network_predict", _bad_unlabelled)
bad_network_loss = refusals("network_loss", _bad_labelled)
bad_network_gradient = refusals("network_gradient", _bad_labelled)


# -- Many samples at once --


def one_of_many(source: Source, labels: Labels) -> Sample:
    """The first one."""
    first = samples.draw(source.in_core)
    return replace(first, y=source.labels(labels(source, first.y.size)))


def another(source: Source, labels: Labels, first: Sample) -> Sample:
    """Another one for the same weights."""
    x = source.rng.permutation(first.x) * source.choice((1.0, -1.0, 0.5))
    mask, y = source.rng.permutation(first.mask), labels(source, first.y.size)
    return replace(first, x=source.array(x), mask=source.array(mask), y=source.labels(y))
