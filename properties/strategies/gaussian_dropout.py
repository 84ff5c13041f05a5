"""Linear units with noise, for Q5."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from lydite.kit import Array, Cases, Floats, Regime, Source, blotted, refusals
from lydite.kit.source import SWEEP
from properties.strategies.network import ENOUGH, LAGS, PLENTY, SEED_BITS, SEEDS, seed_of
from properties.strategies.softmax_cross_entropy import Labels
from spec.definitions.gaussian_dropout import Noise, Noises, Unit

FEW = 6
"""Inputs of a unit whose `2^n` two-point factors are all tried."""
MANY = 300
"""Inputs of the edge in `scale`."""
LEAST = 2.0**-12
"""A number is zero or at least this share of its scale, so that `(sigma w x)^2` is a normal float32."""
SCALES = {"float64": (1.0, 2.0**-20, 2.0**20), "float32": (1.0, 2.0**-8, 2.0**8)}
"""Of weights and inputs, in the regime `stability`: about a millionth and a million."""
SIGMAS = (0.0, LEAST, 0.5, 30.0, 1000.0)
"""Of the noise, there; otherwise a number of size 1, or none."""

# -- Parts --


def _numbers(source: Source, n: int) -> Floats:
    """(n,). Of one scale, with a zero now and then."""
    scale = source.choice(SCALES[source.precision]) if source.regime is Regime.STABILITY else 1.0
    a = source.numbers(n, scale=scale)
    return source.array(np.where((np.abs(a) < LEAST * scale) | (source.rng.random(n) < 1 / 16), 0, a))


def _target(source: Source, w: Floats, x: Floats) -> float:
    """Any number of the size of the output, the output itself (as far as it is rounded), or one close to it."""
    output, size = float(w @ x), float(np.abs(w) @ np.abs(x))
    return source.choice((0.0, output, output * (1 + LEAST), source.number(scale=size), source.number(scale=size)))


def _sigma(source: Source) -> float:
    if source.regime is Regime.STABILITY:
        drawn = source.choice(SIGMAS) * source.choice((1.0, 1 + source.rng.random()))
        return source.or_constant(drawn, LEAST, SIGMAS[-1])
    return source.choice((0.0, abs(source.number()), source.log_uniform(LEAST, 4.0)))


def _few_digits(source: Source) -> float:
    """A multiple of 1/64 up to 4, so that `1 - sigma` and `1 + sigma` are exact."""
    return float(source.rng.integers(0, 257)) / 64


def _noise(source: Source, n: int, sigma: float) -> Array:
    """(n,). Drawn from its law, ones and zeros, or of any magnitude below 1, as its law seldom gives."""
    if source.happens(1 / 8):
        return source.rng.integers(0, 2, n).astype(float)
    if source.happens(1 / 8):
        sizes: Array = LEAST ** source.rng.random(n)
        return np.where(source.rng.random(n) < 0.5, sizes, -sizes)
    return 1 + sigma * source.rng.standard_normal(n)


# -- Cases --


def _units(sigma: Callable[[Source], float]) -> Callable[[Source], Unit]:
    def draw(source: Source) -> Unit:
        n = source.size()
        w, x, s = _numbers(source, n), _numbers(source, n), sigma(source)
        return _unit(source, w, x, _target(source, w, x), s, _noise(source, n, s))

    return draw


def _unit(source: Source, w: Any, x: Any, target: float, sigma: float, delta: Any) -> Unit:
    w, x, delta = source.array(w), source.array(x), source.array(delta)
    target, sigma = source.scalar(target), source.scalar(sigma)
    return Unit(w=w, x=x, target=target, delta=delta, sigma=sigma, v=source.numbers(len(w)), **source.common)


def _edges(source: Source) -> Iterator[Unit]:
    """One input; no weight, no input, no noise, much noise; equal weights; the witness of the claims."""
    if source.regime is Regime.SCALE:
        yield _unit(source, np.ones(MANY), np.ones(MANY), 0.0, 0.5, np.ones(MANY))
        for n in SWEEP:
            w, x = _numbers(source, n), _numbers(source, n)
            yield _unit(source, w, x, _target(source, w, x), 0.5, _noise(source, n, 0.5))
        return
    yield _unit(source, [2.0], [3.0], 0.0, 1.0, [1.0])
    yield _unit(source, [2.0], [3.0], 1.0, 0.0, [2.0])
    yield _unit(source, [0.0], [3.0], 1.0, 2.0, [-1.0])
    yield _unit(source, [2.0], [0.0], 1.0, 2.0, [0.0])
    yield _unit(source, [0.0, 1.0], [1.0, 0.0], 1.0, 1.0, [2.0, 3.0])
    yield _unit(source, [1.0, 1.0, 1.0], [1.0, 2.0, 3.0], 6.0, 0.5, [0.5, 1.5, 1.0])
    yield _unit(source, [2.0, -1.0, 3.0], [3.0, 0.5, -2.0], 5.0, 0.5, [1.5, 0.25, -1.0])
    yield _unit(source, [1.0, -1.0], [1.0, 1.0], 1.0, 64.0, [65.0, -63.0])
    if source.regime is Regime.STABILITY:
        large = SCALES[source.precision][2]
        yield _unit(source, [large, large], [1.0, 1.0], 2 * large + 1, LEAST, [1.0, 1.0])
        yield _unit(source, [0.1 * large, 0.7 * large], [1.0, 3.0], 2.2 * large + 0.3, LEAST, [1.0, 1.0])
        yield _unit(source, [large, -large], [large, large], 1.0, 1000.0, [1001.0, -999.0])
        yield _unit(source, [1 / large], [1 / large], 1 / large, 1000.0, [-999.0])


units = Cases(_units(_sigma), _edges)
"""Units of any weights and inputs, fitted to their target or not."""

few_inputs = Cases(_units(_few_digits), _edges, largest=FEW)
"""Units of at most 6 inputs, with a sigma of few digits."""

# -- Noise --

LEAST_SIGMA = {"float64": 2.0**-30, "float32": 2.0**-8}
"""Below which little of the noise is left beside the 1 that it is added to."""
MOST_SIGMA = 1000.0
NOISE_SIGMAS = (1.0, 0.5, 0.25, 2.0, 1 / 3)


def _noise_sigma(source: Source) -> float:
    least = LEAST_SIGMA[source.precision]
    drawn = source.choice((*NOISE_SIGMAS, source.log_uniform(least, MOST_SIGMA)))
    return source.scalar(source.or_constant(drawn, least, MOST_SIGMA))


def _draw_noise(source: Source) -> Noise:
    return _noise_of(source, source.size(), _noise_sigma(source), seed_of(source))


def _noise_of(source: Source, size: int, sigma: float, seed: int) -> Noise:
    other = source.choice((seed ^ 1, seed ^ (1 << int(source.rng.integers(SEED_BITS)))))
    lag = int(source.choice((1, source.choice(LAGS), max(1, size // 2))))
    return Noise(size=size, sigma=sigma, seed=seed, other=other, lag=min(lag, size - 1), **source.common)


def _noise_edges(source: Source) -> Iterator[Noise]:
    yield _noise_of(source, 1, source.scalar(0.5), 0)
    yield _noise_of(source, 1000, source.scalar(1.0), 2**32 - 1)
    if source.regime is not Regime.PURITY:
        for i, sigma in enumerate(NOISE_SIGMAS):
            yield _noise_of(source, ENOUGH + i % 2, source.scalar(sigma), i)
            yield _noise_of(source, ENOUGH, _noise_sigma(source), seed_of(source))
    if source.regime is Regime.SCALE:  # more entries than two bytes count
        yield _noise_of(source, 4 * ENOUGH, source.scalar(1.0), 0)


def _noise_seed_edges(source: Source) -> Iterator[Noise]:
    """In the core, seeds that differ in any one bit."""
    yield from _noise_edges(source)
    if source.regime is Regime.CORE:
        for bit in range(SEED_BITS):
            yield replace(_noise_of(source, 512, 1.0, 0), other=1 << bit)


def _large_noise_edges(source: Source) -> Iterator[Noise]:
    """In the core, noise that tells a deviation from one that is a percent larger, or that ends at some distance."""
    yield from _noise_edges(source)
    if source.regime is Regime.CORE:
        for i, sigma in enumerate((1.0, 0.5)):
            yield _noise_of(source, PLENTY, source.scalar(sigma), i)


noises = Cases(_draw_noise, _noise_edges, largest=ENOUGH, largest_scale=4 * ENOUGH, most=10)
"""Noise from one entry to many."""

noises_of_seeds = Cases(_draw_noise, _noise_seed_edges, largest=ENOUGH, largest_scale=4 * ENOUGH, most=10)
"""As `noises`, with edges for each bit of a seed."""

large_noises = Cases(_draw_noise, _large_noise_edges, largest=ENOUGH, largest_scale=4 * ENOUGH, most=10)
"""As `noises`, with edges of very many entries."""


def _draw_noises(source: Source) -> Noises:
    size = int(source.rng.integers(1, 1 + source.choice((4, 64, 200))))
    return _noises_of(source, size, _noise_sigma(source), seed_of(source, 2**32 - SEEDS))


def _noises_of(source: Source, size: int, sigma: float, seed: int) -> Noises:
    return Noises(size=size, sigma=sigma, seed=seed, count=SEEDS, **source.common)


def _noises_edges(source: Source) -> Iterator[Noises]:
    for size, sigma in ((1, 1.0), (2, 0.5), (5, 0.5), (64, 1.0), (200, 0.25), (1000, 1.0)):
        yield _noises_of(source, size, source.scalar(sigma), 0)


many_noises = Cases(_draw_noises, _noises_edges, most=1)
"""Little noise, of many seeds."""

# -- Bad input --


def _bad_units(source: Source) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Yields what can be wrong with `w`, `x` and the target, by which every call but the penalty begins."""
    w, x = source.numbers(3), source.numbers(3)
    yield "w holds NaN", (blotted(w, np.nan), x, 1.0)
    yield "x holds infinity", (w, blotted(x, np.inf), 1.0)
    yield "target is NaN", (w, x, float("nan"))
    yield "w and x are empty", (w[:0], x[:0], 1.0)
    yield "x is shorter than w", (w, x[:-1], 1.0)
    yield "w is a column", (w[:, None], x, 1.0)
    yield "target is an array", (w, x, w)


def _bad_noises(source: Source) -> Iterator[tuple[str, tuple[Any, ...]]]:
    for fault, arguments in _bad_units(source):
        yield fault, (*arguments, np.ones(len(arguments[0])))
    w, x, delta = source.numbers(3), source.numbers(3), source.array([1, 1, 1])
    yield "delta holds NaN", (w, x, 1.0, blotted(delta, np.nan))
    yield "delta is longer than w", (w, x, 1.0, np.ones(4))
    yield "delta is a row", (w, x, 1.0, delta[None])


def _bad_sigmas(source: Source) -> Iterator[tuple[str, tuple[Any, ...]]]:
    w, x = source.numbers(3), source.numbers(3)
    for fault, arguments in _bad_units(source):
        yield fault, (*arguments, 0.5)
    yield "sigma is negative", (w, x, 1.0, -0.5)
    yield "sigma is infinite", (w, x, 1.0, float("inf"))
    yield "sigma is NaN", (w, x, 1.0, float("nan"))


def _bad_penalties(source: Source) -> Iterator[tuple[str, tuple[Any, ...]]]:
    for fault, (w, x, _, sigma) in _bad_sigmas(source):
        if not fault.startswith("target"):
            yield fault, (w, x, sigma)


def _bad_noise(source: Source) -> Iterator[tuple[str, tuple[Any, ...]]]:
    yield "size is 0", (0, 0.5, 1)
    yield "size is -1", (-1, 0.5, 1)
    for sigma in (-0.5, float("nan"), float("inf")):
        yield f"sigma is {sigma}", (source.size(), sigma, 1)
    for seed in (-1, 2**32):
        yield f"seed is {seed}", (source.size(), 0.5, seed)


bad_noise = refusals("gaussian_dropout_noise", _bad_noise)
bad_loss = refusals("gaussian_dropout_loss", _bad_noises)
bad_gradient = refusals("gaussian_dropout_gradient", _bad_noises)
bad_expected_loss = refusals("gaussian_dropout_expected_loss", _bad_sigmas)
bad_expected_gradient = refusals("gaussian_dropout_expected_gradient", _bad_sigmas)
bad_penalty = refusals("gaussian_dropout_penalty", _bad_penalties)


# -- Many samples at once --


def one_of_many(source: Source, _: Labels) -> Unit:
    """The first one."""
    return units.draw(source.in_core)


def another(source: Source, _: Labels, first: Unit) -> Unit:
    """Another one for the same weights."""
    x, delta = source.rng.permutation(first.x), source.rng.permutation(first.delta)
    target = source.choice((first.target, source.number(), 0.0))
    return replace(first, x=source.array(x * source.choice((1.0, -1.0))), delta=source.array(delta), target=target)
