"""Samples with labels and the parameters of a neuron, for Q1."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lydite.kit import Array, Cases, Refusal, Regime, Source, blotted, refusals
from lydite.kit.source import SWEEP
from properties.strategies.softmax_cross_entropy import GAPS, TAIL_GAPS, gap_of, tail_gap_of
from spec.definitions.logistic import MARGIN, Chord, Descent, Samples, augmented

MOST_ENTRIES = 2000
"""In a data set of many samples or many features: its truth takes a few milliseconds."""
BOTH = ((100, 20), (66, 34), (40, 40))
"""Many samples of many features: code may take another way there."""
FEW = 6
"""Features beside many samples, and samples beside many features."""

# -- Data sets --


def _sizes(source: Source, most_features: int, entries: int = MOST_ENTRIES) -> tuple[int, int]:
    """Draws the numbers of samples and features; in `scale` many of either or both."""
    if source.regime is not Regime.SCALE:
        return source.size(most=8), source.size(most=min(5, most_features))
    n, d = source.sizes(source.largest, most_features, entries=entries)
    return n, d


def _data(source: Source, n: int, d: int) -> NDArray[Any]:
    """(n, d). Standardised features; now and then one of zeros, two in proportion, or samples more than once."""
    X = np.array(source.numbers(n, d))
    match source.choice(("any", "any", "any", "zero", "collinear", "repeated")):
        case "zero":
            X[:, source.rng.integers(d)] = 0
        case "collinear":
            X[:, -1] = 2 * X[:, 0]
        case "repeated":
            X = X[source.rng.integers(0, n, n)]
    return X


def _labels(source: Source, n: int) -> NDArray[Any]:
    """(n,). Zeros and ones, one class, quarters, any shares, or shares that are nearly zero or one."""
    match source.choice(("hard", "hard", "one class", "quarters", "any", "nearly hard")):
        case "one class":
            return np.full(n, float(source.rng.integers(2)))
        case "quarters":
            return source.rng.integers(0, 5, n) / 4
        case "any":
            return source.rng.random(n)
        case "nearly hard":
            return np.asarray(np.abs(source.rng.integers(0, 2, n) - source.log_uniform(1e-12, 0.1)))
    return source.rng.integers(0, 2, n).astype(float)


# -- Parameters --


def _parameters(source: Source, X: NDArray[Any]) -> NDArray[Any]:
    """(d + 1,). `w` and `b`, margins within those of the regime; the origin now and then."""
    theta = np.array(source.numbers(X.shape[1] + 1, scale=2.0)) * (not source.happens(0.1))
    if source.regime is Regime.STABILITY:
        return theta * _reach(theta, X, gap_of(source))
    return _within(theta, X)


def _within(theta: NDArray[Any], X: NDArray[Any]) -> NDArray[Any]:
    """`theta`, halved until every margin is small."""
    while np.abs(augmented(X) @ theta).max() > MARGIN:
        theta = theta / 2
    return theta


def _reach(theta: NDArray[Any], X: NDArray[Any], gap: float) -> float:
    """The power of two that brings the largest size of a margin, `|X| |w| + |b|`, to `gap` or somewhat less."""
    largest = float((np.abs(augmented(X)) @ np.abs(theta)).max())
    return float(np.exp2(np.floor(np.log2(gap / largest)))) if largest > 0 else 1.0


# -- Cases --


def _arrays(source: Source, theta: Array, X: Array, y: Array, toward: Array) -> dict[str, Any]:
    """The fields of a case."""
    return {
        "w": source.array(theta[:-1]),
        "b": source.scalar(theta[-1]),
        "X": source.array(X),
        "y": source.labels(y),
        "v": source.array(toward[:-1]),
        "c": source.scalar(toward[-1]),
        **source.common,
    }


def _samples_of(
    most_features: int, most_samples: int | None = None, entries: int = MOST_ENTRIES
) -> Callable[[Source], Samples]:
    def draw(source: Source) -> Samples:
        n, d = _sizes(source, most_features, entries)
        return Samples(**_fields(source, min(n, most_samples or n), d))

    return draw


def _draw_few_samples(source: Source) -> Samples:
    n, d = _sizes(source, 20)
    n = min(n, FEW)
    return Samples(**_fields(source, n, max(d, n + 1)))


def _fields(source: Source, n: int, d: int) -> dict[str, Any]:
    if source.regime is Regime.TAILS:
        return _tails(source, n, d)
    X, y = _data(source, n, d), _labels(source, n)
    theta, toward = _parameters(source, X), source.numbers(d + 1)
    if source.regime is Regime.STABILITY and source.happens(0.25):
        # The samples carry the margin instead, and `b` with them.
        scale = _reach(theta, X, 1.0)
        theta, X = theta * scale, X / scale
        theta[-1] /= scale
    return _arrays(source, theta, X, y, toward)


def _tails(source: Source, n: int, d: int) -> dict[str, Any]:
    """Margins without cancellation: no weight is negative, and a sample is of one sign."""
    sign = source.rng.choice((-1.0, 1.0), n)
    X, theta = np.abs(source.numbers(n, d)) * sign[:, None], np.abs(source.numbers(d + 1))
    theta[-1] = 0
    theta = theta * _reach(theta, X, tail_gap_of(source))
    right = (sign > 0).astype(float)
    y = source.choice((right, 1 - right, source.rng.integers(0, 2, n).astype(float)))
    return _arrays(source, theta, X, y, source.numbers(d + 1))


def _draw_chord(source: Source) -> Chord:
    n, d = _sizes(source, FEW)
    X = _data(source, n, d)
    theta, end, share = _parameters(source, X), _parameters(source, X), source.choice((0.5, 0.25, 0.75))
    # What lies between the mixed ends, (v, b) and (w, c), has to stay within the regime's margins too.
    if source.regime is not Regime.STABILITY:
        theta, end = _mixed_within(theta, end, X)
    return Chord(**_arrays(source, theta, X, _labels(source, n), end), share=share)


def _mixed_within(theta: Array, end: Array, X: Array) -> tuple[Array, Array]:
    """Both, halved until every margin of `(v, b)` and `(w, c)` is small too."""
    mixed = [np.append(theta[:-1], end[-1]), np.append(end[:-1], theta[-1])]
    while max(np.abs(augmented(X) @ m).max() for m in mixed) > MARGIN:
        theta, end, mixed = theta / 2, end / 2, [m / 2 for m in mixed]
    return theta, end


def _draw_stationary(source: Source) -> Samples:
    """Labels that are the predictions, or at the origin every sample with both a label and its complement."""
    n, d = _sizes(source, FEW)
    X, y = _data(source, n, d), _labels(source, n)
    theta, other = _parameters(source, X), _parameters(source, X)
    if source.happens(0.5):
        theta, X, y = np.zeros(d + 1), np.concatenate([X, X]), np.concatenate([y, 1 - y])
    else:
        y = 1 / (1 + np.exp(-(augmented(X) @ theta)))
    return Samples(**_arrays(source, theta, X, y, other))


def _separated(source: Source) -> dict[str, Any]:
    """Labels 0 and 1 that `(v, c)` separates, some samples perhaps on its boundary: no minimum is attained.

    Eighths and whole numbers make the sides exact.
    """
    n, d = _sizes(source, FEW)
    X, toward = np.round(8 * _data(source, n, d)) / 8, np.round(source.numbers(d + 1))
    if source.happens(0.2) or not (augmented(X) @ toward).any():
        toward = np.append(np.zeros(d), source.choice((-1.0, 1.0)))  # one class
    side = augmented(X) @ toward
    y = np.where(side == 0, source.rng.integers(0, 2, n), side > 0).astype(float)
    return _arrays(source, _parameters(source, X), X, y, toward)


def _draw_separated(source: Source) -> Samples:
    return Samples(**_separated(source))


def _descent(fields: dict[str, Any], source: Source, share: float) -> Descent:
    """A learning rate of about `share` of the inverse curvature `1 / L`, and no more."""
    case = Descent(**fields, learning_rate=1.0)
    rate = np.exp2(np.floor(np.log2(1 / case.smoothness))) * share
    return Descent(**fields, learning_rate=source.scalar(rate))


def _draw_separated_descent(source: Source) -> Descent:
    return _descent(_separated(source), source, source.choice((1.0, 0.5)))


def _draw_descent(shares: tuple[float, ...]) -> Callable[[Source], Descent]:
    def draw(source: Source) -> Descent:
        n, d = _sizes(source, FEW)
        X = _data(source, n, d)
        theta, end = _parameters(source, X), _parameters(source, X)
        return _descent(_arrays(source, theta, X, _labels(source, n), end), source, source.choice(shares))

    return draw


def _draw_step(source: Source) -> Descent:
    n, d = _sizes(source, source.largest)
    return Descent(**_fields(source, n, d), learning_rate=_learning_rate(source))


def _learning_rate(source: Source) -> float:
    """A usual one, none at all, or one of any magnitude."""
    return source.scalar(source.choice((1.0, 0.5, 0.1, 3.0, 0.0, source.log_uniform(1e-8, 1e3))))


def _draw_cycle(source: Source) -> Descent:
    """Both labels at -1 and at 1, where `L = 1` and the minimiser is the origin; three times `1 / L`."""
    x, y = np.array([-1.0, -1.0, 1.0, 1.0]), np.array([0.0, 1.0, 0.0, 1.0])
    order, signs = source.rng.permutation(4), source.rng.choice((-1.0, 1.0), 2)
    start = signs * np.array([source.rng.integers(3, 9), source.rng.integers(0, 2)]) / 8
    return Descent(**_arrays(source, start, x[order, None], y[order], np.ones(2)), learning_rate=3.0)


# -- Edges --


def _sweep(most_features: int) -> Callable[[Source], Iterator[Samples]]:
    """The edges; in `scale` instead each size of the sweep, of samples and of features, and many of both."""

    def edges(source: Source) -> Iterator[Samples]:
        if source.regime is not Regime.SCALE:
            yield from _edge_samples(source)
            return
        for size in SWEEP:
            yield Samples(**_fields(source, size, 2))
            if size <= most_features:
                yield Samples(**_fields(source, 3, size))
        for n, d in BOTH:
            yield Samples(**_fields(source, n, d))

    return edges


def _edges(source: Source) -> Iterator[dict[str, Any]]:
    """One sample, one class, separable, on the boundary, overlapping, zero and collinear features, soft; saturated."""
    if source.regime is Regime.SCALE:
        return
    for theta, X, y in _saturated(source) if source.regime is Regime.TAILS else _notable(source):
        yield _arrays(source, np.array(theta), np.array(X, dtype=float), np.array(y, dtype=float), np.ones(len(theta)))


def _notable(source: Source) -> Iterator[tuple[Any, Any, Any]]:
    line = [[-1], [0], [0], [1]]
    yield [0, 0], [[1]], [1]
    yield [0, 0], [[1]], [0]
    yield [1, 0.5], [[2]], [0.5]
    yield [0, 0], [[2], [2]], [0, 1]
    yield [1, 0], [[-1], [1]], [0, 1]
    yield [1, 0], [[-1], [1]], [1, 0]
    yield [1, -1], [[1], [2]], [1, 1]
    yield [1, 1], [[1], [2]], [0, 0]
    yield [1, 0], [[0], [1]], [0, 1]
    yield [0.5, 0.25], line, [0, 0, 1, 1]
    yield [0.5, 0.25], [[-1], [-1], [1], [1]], [0, 1, 0, 1]
    yield [1, 3, 0.5], [[1, 0], [-1, 0], [2, 0]], [0, 1, 1]
    yield [1, -1, 0.5], [[1, 2], [2, 4], [3, 6]], [0, 1, 0.25]
    yield [1, -1, 2, 0], [[1, 2, 3]], [0]
    yield [1, 2, 1], [[0, 0]], [1]
    yield [1, 0], [[-MARGIN]], [0]
    yield [10, 5], [[1], [-2]], [0, 1]
    margins = np.arange(-15.0, 15.0, 0.25)
    yield [1, 0], margins[:, None], source.rng.integers(0, 2, margins.size)
    if source.regime is Regime.STABILITY:
        yield from _saturated(source)
        margins = np.arange(-50.0, 50.0, 0.5)
        yield [1, 0], margins[:, None], margins > 0
        yield [1, 1, 0], [[1e4, 0.5], [-1e4, 0.5], [0, 1]], [0, 0, 1]


def _saturated(source: Source) -> Iterator[tuple[Any, Any, Any]]:
    """Each gap on both sides, right and wrong, in a weight and in a sample; both sides together."""
    for gap in GAPS if source.regime is Regime.STABILITY else TAIL_GAPS[source.precision]:
        for sign in (1, -1):
            for y in (0, 1):
                yield [sign * gap, 0], [[1]], [y]
                yield [sign, 0], [[gap]], [y]
        yield [gap, 0], [[1], [-1]], [1, 0]
        yield [gap, 0], [[1], [-1]], [0, 1]


def _edge_samples(source: Source) -> Iterator[Samples]:
    return (Samples(**fields) for fields in _edges(source))


def _edge_steps(source: Source) -> Iterator[Descent]:
    for fields in _edges(source):
        yield Descent(**fields, learning_rate=1.0)
    if source.regime is not Regime.SCALE:
        yield Descent(
            **_arrays(source, np.zeros(2), np.array([[1.0], [2.0]]), np.array([0.0, 1.0]), np.ones(2)),
            learning_rate=1.0,
        )


def _edge_singles(source: Source) -> Iterator[Samples]:
    return (case for case in _edge_samples(source) if len(case.X) == 1)


def _edge_chords(source: Source) -> Iterator[Chord]:
    """The witnesses of convexity that is not strict in w, and is strict in b."""
    if source.regime is Regime.SCALE:
        return
    one = np.ones((1, 2)), np.array([1.0])
    yield Chord(**_arrays(source, np.zeros(3), *one, np.array([5.0, -5.0, 0.0])), share=0.5)
    yield Chord(**_arrays(source, np.array([0.0, -3.0]), np.zeros((1, 1)), one[1], np.array([0.0, 5.0])), share=0.5)


def _edge_separated(source: Source) -> Iterator[Descent]:
    """One sample, one class, two apart, and two of four on the boundary; rightly and falsely labelled."""
    if source.regime is Regime.SCALE:
        return
    gaps = GAPS if source.regime is Regime.STABILITY else (1.0, 15.0)
    for gap in gaps:
        for theta in ([gap, 0.0], [-gap, 0.0]):
            for x, y, toward in (
                ([1], [1], [1, 0]),
                ([1, -1], [1, 1], [0, 1]),
                ([-1, 1], [0, 1], [1, 0]),
                ([-1, 0, 0, 1], [0, 0, 1, 1], [1, 0]),
            ):
                fields = _arrays(source, np.array(theta), np.array(x)[:, None], np.array(y), np.array(toward))
                yield _descent(fields, source, 1.0)


def _edge_separated_samples(source: Source) -> Iterator[Samples]:
    for case in _edge_separated(source):
        yield Samples(
            **{name: value for name, value in case.inputs().items() if name != "learning_rate"}, **source.common
        )


samples = Cases(_samples_of(most_features=MOST_ENTRIES // FEW), _sweep(MOST_ENTRIES // FEW))
"""Samples with labels from 0 to 1."""

few_features = Cases(_samples_of(most_features=40, entries=800), _sweep(33))
"""As `samples`, for laws that cost the square of the number of features."""

few_samples = Cases(_draw_few_samples)
"""Fewer samples than features."""

single_samples = Cases(_samples_of(most_features=130, most_samples=1), _edge_singles, largest_scale=130)
"""One sample."""

chords = Cases(_draw_chord, _edge_chords)
"""Samples, and two points of parameters."""

stationary_samples = Cases(_draw_stationary)
"""Samples whose labels leave no gradient, but for their rounding."""

separated_samples = Cases(_draw_separated, _edge_separated_samples)
"""Samples whose labels 0 and 1 a direction separates."""

steps = Cases(_draw_step, _edge_steps)
"""Samples, with any learning rate."""

descents = Cases(_draw_descent((0.25, 1.0, 1.5, 1.875)))
"""Samples, with a learning rate below twice the inverse curvature."""

gentle_descents = Cases(_draw_descent((0.25, 0.5, 1.0)))
"""Samples, with a learning rate of at most the inverse curvature."""

separated_descents = Cases(_draw_separated_descent, _edge_separated)
"""Samples without a minimum, with a learning rate of at most the inverse curvature."""

cycles = Cases(_draw_cycle)
"""Four samples, with a learning rate beyond twice the inverse curvature."""

# -- Bad input --


def _good(source: Source) -> dict[str, Any]:
    n, d = source.size(least=2), source.size(least=2)
    rate = {"learning_rate": 0.5}
    return {
        "w": source.numbers(d),
        "b": source.number(),
        "X": source.numbers(n, d),
        "y": source.labels(np.arange(n) % 2),
    } | rate


def _faults(good: dict[str, Any], source: Source) -> Iterator[tuple[str, str, Any]]:
    """Yields what is wrong, the argument, and its bad value."""
    for name, value in good.items():
        for blot in (np.nan, np.inf, -np.inf):
            yield f"{blot} in {name}", name, blot if isinstance(value, float) else blotted(value, blot)
    w, X, y = good["w"], good["X"], good["y"]
    yield "a weight too many", "w", source.array(np.append(w, 1.0))
    yield "w is a matrix", "w", source.array(w[None])
    yield "a feature too many", "X", source.array(np.column_stack([X, X[:, 0]]))
    yield "no samples", "X", source.array(X[:0])
    yield "X is a vector", "X", source.array(X[0])
    yield "a label too many", "y", source.array(np.append(y, 1.0))
    yield "y is a column", "y", source.array(y[:, None])
    for label in (1.25, -0.25, 2.0, -1.0):
        yield f"label {label}", "y", source.array([label, *y[1:]])


def _refusals(call: str, *parameters: str) -> Cases[Refusal]:
    def faults(source: Source) -> Iterator[tuple[str, tuple[Any, ...]]]:
        good = _good(source)
        for fault, name, bad in _faults(good, source):
            if name in parameters:
                yield fault, tuple((good | {name: bad})[p] for p in parameters)

    return refusals(call, faults)


refused_predictions = _refusals("logistic_predict", "w", "b", "X")
refused_losses = _refusals("logistic_loss", "w", "b", "X", "y")
refused_gradients = _refusals("logistic_gradient", "w", "b", "X", "y")
refused_hessians = _refusals("logistic_hessian", "w", "b", "X")
refused_steps = _refusals("logistic_step", "w", "b", "X", "y", "learning_rate")
"""Each call with one bad argument."""
