"""Measures what batch norm does to the training of small networks on scikit-learn's handwritten digits."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from importlib import import_module
from math import inf, isfinite, log, log2

import numpy as np

from experiments.experiment import Experiment
from experiments.network import Floats, Labels, Parameters, accuracy, folded, gradient, initial, less, loss, moved, norm

KINDS = {"plain": False, "normalised": True}
DIGITS = (
    "scikit-learn’s 8×8 digits, standardised; ReLU layers of 48; both networks of a pair start from the same "
    "weights, and on new samples batch norm keeps the statistics of the training set"
)


@lru_cache
def digits() -> tuple[Floats, Labels]:
    """1,797 images of 64 pixels, each of mean 0 and variance 1 (constant ones 0), and their labels."""
    x, labels = import_module("sklearn.datasets").load_digits(return_X_y=True)
    spread = x.std(axis=0)
    return (x - x.mean(axis=0)) / np.where(spread > 0, spread, 1), labels


def parted(random: np.random.Generator, *sizes: int) -> list[tuple[Floats, Labels]]:
    """Disjoint sets of so many digits, drawn at random."""
    x, labels = digits()
    order, ends = random.permutation(len(x)), np.cumsum(sizes)
    return [(x[order[end - n : end]], labels[order[end - n : end]]) for n, end in zip(sizes, ends, strict=True)]


def descended(
    theta: Parameters, x: Floats, labels: Labels, normalised: bool, rate: float, steps: int, decay: float = 0.0
) -> Parameters:
    """After so many steps of gradient descent on all of `x`; `decay` times the weights is added to their gradient."""
    for _ in range(steps):
        by = gradient(theta, x, labels, normalised)
        by = [d + decay * p if p.ndim == 2 else d for p, d in zip(theta, by, strict=True)]
        theta = moved(theta, by, rate)
        if not all(np.isfinite(p).all() and np.abs(p).max() < 1e100 for p in theta):
            break
    return theta


def _geometric(values: list[float]) -> float:
    return float(np.mean(np.log(np.maximum(values, 1e-300))))


# -- Covariate shift (a) --


def covariate_shift(seed: int) -> dict[str, float]:
    """How much less, in logarithms, the gradient of a layer changes when the layers below it take their step."""
    effects = {}
    for rate in (0.03, 0.3):
        changes = {}
        for kind, normalised in KINDS.items():
            random = np.random.default_rng(seed)
            [(x, labels)] = parted(random, 512)
            theta, found = initial((64, 48, 48, 10), random), []
            for _ in range(60):
                by = gradient(theta, x, labels, normalised)
                below = [p - rate * d if i < 3 else p for i, (p, d) in enumerate(zip(theta, by, strict=True))]
                after = gradient(below, x, labels, normalised)
                found.append(norm([after[3] - by[3]]) / norm([by[3]]))
                theta = moved(theta, by, rate)
            changes[kind] = _geometric(found)
        effects[f"rate {rate}"] = changes["plain"] - changes["normalised"]
    return effects


# -- Noise as a regulariser (b) --


def batch_noise(seed: int) -> dict[str, float]:
    """How much smaller over-fitting and loss are where statistics come from mini-batches, not from all samples."""
    effects = {}
    for size in (8, 32):
        ended = {}
        for noisy in (True, False):
            random = np.random.default_rng(seed)
            (x, labels), (fresh, truth) = parted(random, 256, 1000)
            theta = initial((64, 48, 48, 10), random)
            for _ in range(320 // size * 8):
                rows = random.choice(len(x), size, replace=False)
                batch = (x[rows], labels[rows], True) if noisy else (x, labels, True, rows)
                theta = moved(theta, gradient(theta, *batch), 0.1)
            settled = folded(theta, x)
            ended[noisy] = loss(settled, x, labels, False), loss(settled, fresh, truth, False)
        (fit, test), (quiet_fit, quiet_test) = ended[True], ended[False]
        effects[f"batches of {size}: test loss less training loss"] = (quiet_test - quiet_fit) - (test - fit)
        effects[f"batches of {size}: test loss"] = quiet_test - test
    return effects


# -- Learning rates, and speed (c) --

RATES = tuple(4.0**k for k in range(-7, 5))


@lru_cache(maxsize=1 << 10)
def _after(seed: int, normalised: bool, scale: float, rate: float) -> float:
    """The training loss after 30 steps from a start that `seed` fixes, of inputs that are `scale` times as large."""
    random = np.random.default_rng(seed)
    [(x, labels)] = parted(random, 256)
    with np.errstate(over="ignore", invalid="ignore"):
        theta = descended(initial((64, 48, 48, 10), random), scale * x, labels, normalised, rate, 30)
        ended = loss(theta, scale * x, labels, normalised) if np.isfinite(norm(theta)) else inf
    return ended if isfinite(ended) else inf


def _works(seed: int, normalised: bool, scale: float, rate: float) -> bool:
    return _after(seed, normalised, scale, rate) < log(10) / 2


def bisected(works: Callable[[float], bool], low: float, high: float) -> float:
    """Of two rates, of which the lower works, the lower after four halvings of their ratio's logarithm."""
    for _ in range(4):
        middle = (low * high) ** 0.5
        low, high = (middle, high) if works(middle) else (low, middle)
    return low


def learning_rate(seed: int) -> dict[str, float]:
    """How many doublings the largest rate is higher with which 30 steps end below half of the loss of a guess."""
    effects = {}
    for scale in (0.1, 1.0, 10.0):
        largest = {}
        for kind, normalised in KINDS.items():
            works = partial(_works, seed, normalised, scale)
            low = next(filter(works, reversed(RATES)), RATES[0] / 4)
            largest[kind] = bisected(works, low, 4 * low)
        effects[f"inputs times {scale:g}"] = log2(largest["normalised"] / largest["plain"])
    return effects


def speed(seed: int) -> dict[str, float]:
    """How much lower, in logarithms, the training loss is after 30 steps, each kind at its own best rate."""
    effects = {}
    for scale in (0.1, 1.0, 10.0):
        best = {kind: min(_after(seed, normalised, scale, r) for r in RATES) for kind, normalised in KINDS.items()}
        effects[f"inputs times {scale:g}"] = log(max(best["plain"], 1e-12) / max(best["normalised"], 1e-12))
    return effects


# -- Less regularisation (d), and generalisation --

DECAYS = (0.0, 0.003, 0.01, 0.03)


def _regularised(seed: int, normalised: bool) -> tuple[float, float, float]:
    """Test loss without decay, and with the decay that is best on a validation set; the accuracy with it."""
    random = np.random.default_rng(seed)
    (x, labels), held, (fresh, truth) = parted(random, 256, 256, 1000)
    start, ended = initial((64, 48, 48, 10), random), {}
    for decay in DECAYS:
        theta = descended(start, x, labels, normalised, 0.2, 150, decay)
        settled = folded(theta, x) if normalised else theta
        ended[decay] = loss(settled, *held, False), settled
    best = min(ended.values(), key=lambda pair: pair[0])[1]
    without = ended[0.0][1]
    return loss(without, fresh, truth, False), loss(best, fresh, truth, False), accuracy(best, fresh, truth, False)


def regularisation(seed: int) -> dict[str, float]:
    """How much less the test loss owes to weight decay."""
    (plain, plain_best, _), (normed, normed_best, _) = (_regularised(seed, n) for n in KINDS.values())
    return {"gain by decay, in test loss": (plain - plain_best) - (normed - normed_best)}


def generalisation(seed: int) -> dict[str, float]:
    """How much lower the test loss and the test error are, each kind at its own best weight decay."""
    (_, plain, plain_share), (_, normed, normed_share) = (_regularised(seed, n) for n in KINDS.values())
    return {"test loss": plain - normed, "test error, in points": 100 * (normed_share - plain_share)}


# -- A smoother landscape (e) --


def smoothness(seed: int) -> dict[str, float]:
    """How much less, in logarithms, the gradient changes, relative to its size, over a step along itself."""
    effects = {}
    for depth in (2, 6):
        changes = {}
        for kind, normalised in KINDS.items():
            random = np.random.default_rng(seed)
            [(x, labels)] = parted(random, 512)
            theta, found = initial((64, *[48] * depth, 10), random), []
            for _ in range(40):
                by = gradient(theta, x, labels, normalised)
                ahead = moved(theta, by, 0.1)
                found.append(norm(less(gradient(ahead, x, labels, normalised), by)) / norm(by))
                theta = ahead
            changes[kind] = _geometric(found)
        effects[f"{depth} hidden layers"] = changes["plain"] - changes["normalised"]
    return effects


def depth(seed: int) -> dict[str, float]:
    """How much slower, in logarithms a layer, the gradient grows from the last layers to the first at the start."""
    growth = {}
    for kind, normalised in KINDS.items():
        random = np.random.default_rng(seed)
        [(x, labels)] = parted(random, 256)
        by = gradient(initial((64, *[48] * 24, 10), random), x, labels, normalised)
        growth[kind] = log(norm([by[3]]) / norm([by[-6]])) / 22
    return {"24 hidden layers": growth["plain"] - growth["normalised"]}


def _stated(
    run: Callable[[int], dict[str, float]],
    seeds: int,
    title: str,
    claims: str,
    literature: str,
    papers: str = "",
    *,
    disputed: bool = False,
) -> Experiment:
    return Experiment(
        run.__name__,
        title,
        tuple(claims.split()),
        (run.__doc__ or "").strip(),
        DIGITS,
        literature,
        tuple(papers.split()),
        disputed,
        seeds,
        run,
    )


EXPERIMENTS = [
    _stated(
        covariate_shift,
        10,
        "Does batch norm make a layer’s gradient change less when the layers below it move?",
        "Q2.a.4 Q2.a.10 Q2.b.2",
        "By this measure shift was found no smaller with batch norm, and training just as fast with noise "
        "that drifts put behind it.",
        "1805.11604",
        disputed=True,
    ),
    _stated(
        batch_noise,
        16,
        "Does the noise of mini-batch statistics reduce over-fitting?",
        "Q2.b.3 Q2.b.4",
        "An analysis of batch norm as a regulariser finds a penalty that the batch size governs.",
        "1809.00846",
    ),
    _stated(
        learning_rate,
        6,
        "Does batch norm allow higher learning rates?",
        "Q2.b.5",
        "Large rates were found to be what batch norm makes possible; the scale of the weights then sets the rate "
        "that counts.",
        "1806.02375 1812.03981",
    ),
    _stated(speed, 6, "Does batch norm make training faster?", "Q2.b.6", ""),
    _stated(
        regularisation,
        12,
        "Does a network with batch norm need less weight decay?",
        "Q2.b.7",
        "The reason is disputed: on weights that are normalised decay changes only the rate that counts; together "
        "with dropout batch norm can do harm.",
        "1706.05350 1801.05134",
        disputed=True,
    ),
    _stated(generalisation, 12, "Does batch norm generalise better?", "Q2.b.1", ""),
    _stated(
        smoothness,
        10,
        "Does batch norm make the gradient more predictable along a step?",
        "Q2.b.9",
        "Reported to be so for the networks of one study.",
        "1805.11604",
    ),
    _stated(
        depth,
        16,
        "Does batch norm keep the gradients of deep networks from growing at the start?",
        "Q2.b.9",
        "At random weights the gradients of deep networks with batch norm alone were found to explode with depth.",
        "1902.08129",
        disputed=True,
    ),
]
"""Every experiment. An effect above 0 is what the document says."""
