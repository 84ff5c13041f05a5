"""Mini-batches, for Q2."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from lydite.kit import Array, Cases, Floats, Regime, Source, refusals
from lydite.kit.regime import FORGIVING
from lydite.kit.source import REACH, SPREAD, SWEEP
from spec.bounds.batch_norm import well_posed
from spec.definitions.batch_norm import (
    CenteredBatch,
    NormalisedBatch,
    Population,
    RunningBatch,
    Sizes,
    TwoBatches,
    TwoLayers,
)

EPS = (1e-5, 0.0, 1e-3, 1.0)
"""The values that libraries take, and none."""
EPS_RANGE = (1e-12, 10.0)
MOMENTA = (0.1, 0.01, 0.5, 0.25, 0.0, 1.0, 0.9)
"""Weights of a batch in the running statistics: what libraries take, by either meaning, and the ends."""
OFFSETS = {"float64": (1e3, 1e6, 1e8), "float32": (1e2, 1e3, 1e4)}
"""Means that cost half of the digits of values about them, and all of those of a difference of squares."""
BOTH = ((100, 20), (40, 50), (15, 130))
"""Many samples of many features: code may take another way there."""
SCALES = {"float64": (2.0**-300, 2.0**300), "float32": (2.0**-24, 2.0**24)}
"""The factors that make deviations tiny or huge whose cubes are normal numbers (`_has_room`)."""
MOST_ENTRIES = 2000
"""In a batch: its truth takes a few milliseconds."""
MANY_FEATURES = 129
"""Of the sweep."""
BEYOND_SHORT = 70_000
"""More samples than two bytes count."""
BEYOND_BUFFERS = (128, 80)
"""A batch so large that code may think it worthwhile to work in place."""

# -- Batches --


def _shape(source: Source, least: int = 1) -> tuple[int, int]:
    """Draws the numbers of samples, `least` or more, and of features; in `scale` many of either or both."""
    n, d = source.sizes(source.largest, source.largest, entries=MOST_ENTRIES)
    return max(n, least), d


def _values(source: Source, n: int, d: int) -> Array:
    """(n, d). Any, with repeated samples, or with a constant feature; in `stability` far from 0, tiny or huge."""
    x = source.numbers(n, d).astype(float)
    match source.choice(("any", "any", "repeated", "constant")):
        case "repeated":
            x = x[source.rng.integers(n, size=n)]
        case "constant":
            x[:, source.rng.integers(d)] = source.choice((0.0, 0.1, 3.0))
    if source.regime is not Regime.STABILITY:
        return x + source.choice((0.0, 0.0, 1.0, -2.0))
    match source.choice(("far", "far", "scaled", "of all scales")):
        case "far":
            return x + _offset(source) * source.rng.choice((-1, 1), d)
        case "of all scales":
            most = SPREAD[source.precision]
            return np.asarray(x * np.exp2(source.rng.integers(-most, most + 1, d)))
    return x * source.choice((1.0, *SCALES[source.precision]))


def _upstream(source: Source, n: int, d: int) -> Array:
    """(n, d). Any, the same for every sample, of one sample alone, or with mean zero.

    In `stability` far from 0 or of any magnitude.
    """
    g: Array
    match source.choice(("any", "any", "constant", "one_hot", "mean_zero")):
        case "constant":
            g = np.ones((n, 1)) * source.numbers(d)
        case "one_hot":
            g = _one_hot(n, int(source.rng.integers(n))) * source.numbers(d)
        case "mean_zero":
            g = _alternating(n) * source.numbers(d)
        case _:
            g = source.numbers(n, d)
    far = source.regime is Regime.STABILITY and source.happens(0.5)
    return g + _offset(source) if far else g * source.magnitude()


def _offset(source: Source) -> float:
    """A notable mean far from 0, as far as any constant to try."""
    offsets = OFFSETS[source.precision]
    return source.or_constant(source.choice(offsets), offsets[0], offsets[-1])


def _one_hot(n: int, i: int) -> Array:
    hot: Array = np.arange(n)[:, None] == i
    return hot.astype(float)


def _alternating(n: int) -> Array:
    """(n, 1). 1, -1, 1, -1 and so on, with a 0 at the end where that makes the sum zero."""
    g = 1.0 - 2.0 * (np.arange(n)[:, None] % 2)
    g[n - n % 2 :] = 0
    return g


def _well_posed(source: Source, x: Floats, eps: float) -> bool:
    sizes = Sizes(x, eps)
    return well_posed(sizes, source.u, source.regime in FORGIVING) and _has_room(source, sizes.s)


def _has_room(source: Source, s: Floats) -> bool:
    """Whether `s^3` and its reciprocal are normal numbers, times any gamma and any dy.

    The chain through `dvar` takes the power -3/2 of the variance: where that overflows, a right formula fails.
    """
    room = (REACH * 2.0 ** SPREAD[source.precision]) ** 2
    cube, least = s**3, float(np.finfo(source.dtype).tiny) * room
    return bool(((cube >= least) & (cube * least <= 1)).all())


def _eps_for(source: Source, x: Floats) -> float:
    """Any, as far as rounding leaves something of the normalised values; else 1, or the largest square."""
    drawn = source.choice(EPS) if source.happens(0.5) else source.log_uniform(*EPS_RANGE)
    largest = float(abs(x).max())
    chosen = next(eps for eps in (drawn, 1.0, largest**2) if _well_posed(source, x, source.scalar(eps)))
    return source.scalar(chosen)


def _live_values(source: Source, n: int, d: int) -> Floats:
    """(n, d), n at least 2. As `_values`, but 0, 1, 2 and so on in a column that `eps = 0` cannot normalise."""
    x = np.array(source.array(_values(source, n, d)))
    for column in x.T:
        if not _well_posed(source, column[:, None], 0.0):
            column[:] = np.arange(n)
    return source.array(x)


# -- Cases --


def _centered(source: Source, x: Array, dy: Array, **chosen: Array) -> CenteredBatch:
    return CenteredBatch(**_batch(source, x, dy, chosen), **source.common)


def _normalised(source: Source, x: Array, dy: Array, eps: float, **chosen: Array) -> NormalisedBatch:
    return NormalisedBatch(eps=source.scalar(eps), **_batch(source, x, dy, chosen), **source.common)


def _batch(source: Source, x: Array, dy: Array, chosen: dict[str, Array]) -> dict[str, Any]:
    n, d = np.shape(x)
    drawn = {name: source.numbers(d) * source.magnitude() for name in ("gamma", "beta")} | chosen
    return {name: source.array(a) for name, a in (drawn | {"x": x, "dy": dy}).items()} | {"v": source.numbers(n, d)}


def _draw_centered(source: Source) -> CenteredBatch:
    n, d = _shape(source)
    return _centered(source, _values(source, n, d), _upstream(source, n, d))


def _draw_normalised(source: Source) -> NormalisedBatch:
    n, d = _shape(source)
    x = source.array(_values(source, n, d))
    return _normalised(source, x, _upstream(source, n, d), _eps_for(source, x))


def _draw_at_eps_zero(source: Source) -> NormalisedBatch:
    n, d = _shape(source, least=2)
    return _normalised(source, _live_values(source, n, d), _upstream(source, n, d), 0.0)


def _draw_pair(source: Source) -> NormalisedBatch:
    d = source.size()
    return _normalised(source, _live_values(source, 2, d), _upstream(source, 2, d), 0.0)


def _draw_units(source: Source) -> CenteredBatch:
    n = source.size()
    return _centered(source, np.eye(n), np.eye(n), gamma=np.ones(n), beta=np.zeros(n))


def _draw_one_sample(source: Source) -> CenteredBatch:
    d = source.size()
    x, dy = source.numbers(1, d), source.numbers(1, d)
    if source.regime is Regime.STABILITY:
        x, dy = (a * source.choice((1.0, *SCALES[source.precision])) for a in (x, dy))
    return _centered(source, x, dy)


def _draw_running(source: Source) -> RunningBatch:
    n, d = _shape(source)
    return _running(source, _values(source, n, d))


def _running(source: Source, x: Array, momentum: float | None = None) -> RunningBatch:
    """A layer that has seen batches like `x`: near them, and about as far spread, or of a variance of 0."""
    x, d = source.array(x), np.shape(x)[1]
    about, spread = x.mean(axis=0, dtype=float), x.var(axis=0, dtype=float)
    variance = np.where(source.rng.random(d) < 1 / 8, 0.0, (spread + (spread == 0)) * (0.25 + 4 * source.rng.random(d)))
    mean = about + np.sqrt(variance) * source.numbers(d)
    eps = source.choice(EPS) if source.happens(0.5) else source.log_uniform(*EPS_RANGE)
    eps = source.scalar(eps if eps or source.array(variance).all() else EPS[0])
    drawn = _momentum(source) if momentum is None else momentum
    parameters: dict[str, Any] = {"gamma": source.numbers(d), "beta": source.numbers(d)}
    statistics: dict[str, Any] = {"mean": source.array(mean), "variance": source.array(variance)}
    return RunningBatch(x=x, **parameters, **statistics, eps=eps, momentum=source.scalar(drawn), **source.common)


def _momentum(source: Source) -> float:
    """Any; half of the time one of which `1 - momentum` is a number of either precision, as in practice none is."""
    drawn = source.choice((*MOMENTA, float(source.rng.random()), source.log_uniform(1e-4, 1.0)))
    return round(drawn * 2**20) / 2**20 if source.happens(0.5) else drawn


def _running_edges(source: Source) -> Iterator[RunningBatch]:
    for x in _notable(source):
        for momentum in (0.25, 0.0, 1.0) if source.regime is not Regime.SCALE else (0.25,):
            yield _running(source, x, momentum)


def _draw_layers(source: Source) -> TwoLayers:
    n, d = _shape(source)
    return _layers(source, source.array(_values(source, n, d)))


def _layers(source: Source, x: Floats) -> TwoLayers:
    d = x.shape[1]
    # A second eps that suits any output of the first layer, a constant one included.
    first, second = _eps_for(source, x), source.choice((1.0, 0.25))
    parameters: dict[str, Any] = {name: source.numbers(d) for name in ("gamma1", "beta1", "gamma2", "beta2")}
    return TwoLayers(x=x, eps1=first, eps2=second, **parameters, **source.common)


def _draw_two_batches(source: Source) -> TwoBatches:
    d = source.size()
    a, c = (_live_values(source, source.size(2), d) for _ in range(2))
    return TwoBatches(a=a, c=c, gamma=source.numbers(d), beta=source.numbers(d), **source.common)


def _draw_population(source: Source) -> Population:
    values = source.numbers(3 + source.size(most=4))
    return Population(values=values, size=int(source.rng.integers(1, len(values) + 1)), **source.common)


# -- Edges --


def _notable(source: Source) -> Iterator[Array]:
    """Batches of one sample, of two, constant ones, repeated samples, a constant feature beside a live one."""
    if source.regime is Regime.SCALE:
        yield np.arange(300.0)[:, None] % 7
        yield np.arange(600.0).reshape(2, 300) % 5
        for size in SWEEP:
            yield np.array(source.numbers(size, 2))
            if size <= MANY_FEATURES:  # each column stands for itself
                yield np.array(source.numbers(3, size))
        for n, d in BOTH:
            yield np.array(source.numbers(n, d))
        return
    yield np.array([[3.0]])
    yield np.array([[0.0], [2.0]])
    yield np.array([[0.1], [0.1], [0.1]])
    yield np.array([[1.0], [1.0], [2.0], [2.0]])
    yield np.array([[0.0, 3.0], [1.0, 3.0], [5.0, 3.0]])
    if source.regime is Regime.STABILITY:
        far = OFFSETS[source.precision][-1]
        yield far + np.array([[0.0], [1.0], [2.0]])
        yield np.array([[0.0, far], [1.0, far + 2], [2.0, far + 1], [0.0, far + 4]])
        for scale in SCALES[source.precision]:
            yield scale * np.array([[0.0], [1.0], [5.0]])


def _upstreams(source: Source, n: int, d: int) -> Iterator[Array]:
    if source.regime is Regime.SCALE:
        yield source.numbers(n, d)
        return
    yield _one_hot(n, n - 1) * np.ones(d)
    yield np.ones((n, d))
    yield _alternating(n) * np.ones(d)


def _centered_edges(source: Source) -> Iterator[CenteredBatch]:
    for x in _notable(source):
        for dy in _upstreams(source, *x.shape):
            yield _centered(source, x, dy)
    if source.regime is Regime.PURITY:
        yield _centered(source, *(source.numbers(*BEYOND_BUFFERS) for _ in range(2)))
    yield _centered(source, np.array([[0.0], [2.0]]), np.array([[1.0], [5.0]]), gamma=np.zeros(1))


def _large_edges(source: Source) -> Iterator[CenteredBatch]:
    if source.regime is not Regime.SCALE:
        yield from _centered_edges(source)
        return
    for dy in (np.ones((BEYOND_SHORT, 1)), _one_hot(BEYOND_SHORT, 0)):
        yield _centered(source, dy, dy, gamma=np.full(1, 2.0))


def _normalised_edges(source: Source) -> Iterator[NormalisedBatch]:
    for x in _notable(source):
        for eps in (1e-3,) if source.regime is Regime.SCALE else (0.0, 1e-3, 1.0):
            if _well_posed(source, source.array(x), source.scalar(eps)):
                for dy in _upstreams(source, *x.shape):
                    yield _normalised(source, x, dy, eps)
    if source.regime is Regime.PURITY:
        x, dy = source.numbers(*BEYOND_BUFFERS), source.numbers(*BEYOND_BUFFERS)
        yield _normalised(source, x, dy, 1e-3)
    yield _normalised(source, np.array([[0.0], [2.0]]), np.array([[1.0], [5.0]]), 1.0, gamma=np.zeros(1))


def _edges_at_eps_zero(source: Source) -> Iterator[NormalisedBatch]:
    return (case for case in _normalised_edges(source) if case.eps == 0)


def _edge_layers(source: Source) -> Iterator[TwoLayers]:
    return (_layers(source, source.array(x)) for x in _notable(source))


def _edge_pairs(source: Source) -> Iterator[NormalisedBatch]:
    return (case for case in _edges_at_eps_zero(source) if case.n == 2)


def _edge_units(source: Source) -> Iterator[CenteredBatch]:
    for n in (200,) if source.regime is Regime.SCALE else (1, 2):
        yield _centered(source, np.eye(n), np.eye(n), gamma=np.ones(n), beta=np.zeros(n))


def _edges_of_one_sample(source: Source) -> Iterator[CenteredBatch]:
    limits = np.finfo(source.dtype)
    extremes = (limits.max, limits.smallest_subnormal) if source.regime is Regime.STABILITY else ()
    for x in (0.1, 3.3, *extremes):
        # There is room for a product with gamma.
        yield _centered(source, np.array([[x]]), np.array([[x]]), gamma=np.full(1, 0.7), beta=np.full(1, -0.4))


def _edge_populations(source: Source) -> Iterator[Population]:
    for size in range(1, 7):
        yield Population(values=source.array([3.0, 0.0, 1.0, 7.0, 8.0, 12.0]), size=size, **source.common)


# -- Bad input --

Fault = tuple[str, tuple[Any, ...]]


def _of_batches(source: Source) -> Iterator[tuple[str, Array]]:
    """Yields what can be wrong with a batch of shape (3, 2)."""
    yield "is one-dimensional", source.array([1.0, 2.0])
    yield "has no sample", source.array(np.ones((0, 2)))
    yield "has no feature", source.array(np.ones((3, 0)))
    yield "holds NaN", source.array([[1.0, 2.0], [np.nan, 0.0], [3.0, 1.0]])
    yield "holds an infinity", source.array([[1.0, 2.0], [3.0, 0.0], [3.0, -np.inf]])


def _of_parameters(source: Source) -> Iterator[tuple[str, Array]]:
    """Yields what can be wrong with a parameter of shape (2,)."""
    yield "has an entry too many", source.array([1.0, 2.0, 3.0])
    yield "has an entry too few", source.array([1.0])
    yield "is a row of a matrix", source.array([[1.0, 2.0]])
    yield "holds NaN", source.array([1.0, np.nan])


def _of_eps(_: Source) -> Iterator[tuple[str, float]]:
    yield "is negative", -1e-3
    yield "is NaN", float("nan")
    yield "is infinite", float("inf")


def _of_variances(source: Source) -> Iterator[tuple[str, Array]]:
    """Yields what can be wrong with a variance of shape (2,)."""
    yield from _of_parameters(source)
    yield "is negative", source.array([1.0, -1.0])


def _of_momenta(_: Source) -> Iterator[tuple[str, float]]:
    yield "is negative", -1e-3
    yield "is above one", 1.001
    yield "is NaN", float("nan")


FAULTS = {
    "x": _of_batches,
    "dy": _of_batches,
    "gamma": _of_parameters,
    "beta": _of_parameters,
    "mean": _of_parameters,
    "variance": _of_variances,
    "eps": _of_eps,
    "momentum": _of_momenta,
}


def _faults(source: Source, *names: str) -> Iterator[Fault]:
    """Every fault of one argument at a time, the others good."""
    good: dict[str, Any] = {
        "x": source.array([[1.0, 2.0], [0.0, -1.0], [3.0, 1.0]]),
        "dy": source.array([[1.0, 0.0], [2.0, 1.0], [0.0, -1.0]]),
        "gamma": source.array([1.0, 2.0]),
        "beta": source.array([0.0, -1.0]),
        "mean": source.array([0.0, 1.0]),
        "variance": source.array([1.0, 0.0]),
        "momentum": 0.25,
        "eps": 1.0,
    }
    for name in names:
        for fault, bad in FAULTS[name](source):
            yield f"{name} {fault}", tuple(bad if other == name else good[other] for other in names)
    if {"x", "dy"} <= set(names):
        shorter = good | {"dy": good["dy"][:2]}
        yield "dy has a sample too few", tuple(shorter[name] for name in names)


centered_batches = Cases(_draw_centered, _centered_edges)
"""Batches for the form that only takes away the mean."""

large_batches = Cases(_draw_centered, _large_edges)
"""As `centered_batches`, with edges of very many samples."""

unit_batches = Cases(_draw_units, _edge_units, largest_scale=130)
"""Each column a unit vector, scale one and shift zero."""

single_samples = Cases(_draw_one_sample, _edges_of_one_sample)
"""Batches of one sample."""

populations = Cases(_draw_population, _edge_populations)
"""A few values, to draw batches from."""

normalised_batches = Cases(_draw_normalised, _normalised_edges)
"""Batches for the full form."""

batches_at_eps_zero = Cases(_draw_at_eps_zero, _edges_at_eps_zero)
"""Batches for the full form without a constant column, at `eps = 0`."""

pairs_at_eps_zero = Cases(_draw_pair, _edge_pairs)
"""Two different samples, at `eps = 0`."""

running_batches = Cases(_draw_running, _running_edges)
"""A batch for a layer with running statistics, and the momentum of their update."""

two_layers = Cases(_draw_layers, _edge_layers)
"""A batch and the parameters of two layers."""

two_batches = Cases(_draw_two_batches)
"""Two batches without a constant column, for one layer."""

refused_by_batch_norm = refusals("batch_norm", lambda s: _faults(s, "x", "gamma", "beta", "eps"))
refused_by_backward = refusals("batch_norm_backward", lambda s: _faults(s, "dy", "x", "gamma", "eps"))
refused_by_centered = refusals("centered_batch_norm", lambda s: _faults(s, "x", "gamma", "beta"))
refused_by_centered_backward = refusals("centered_batch_norm_backward", lambda s: _faults(s, "dy", "gamma"))
refused_by_inference = refusals(
    "batch_norm_inference", lambda s: _faults(s, "x", "gamma", "beta", "mean", "variance", "eps")
)
refused_by_running = refusals("running_statistics", lambda s: _faults(s, "x", "mean", "variance", "momentum"))
"""Bad input of each call."""
