"""Fully connected ReLU networks with and without batch norm, their loss and its gradient."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_softmax

from reference.batch_norm import batch_norm, batch_norm_backward

EPS = 1e-5

Floats = NDArray[np.floating[Any]]
Labels = NDArray[np.int64]
Parameters = list[Floats]
"""Weights, scale and shift of each layer in turn; the last layer, and every one without batch norm, has no use for its
scale.
"""


def initial(sizes: Sequence[int], random: np.random.Generator) -> Parameters:
    """Weights of variance 2/fan-in, scales 1, shifts 0, for layers of these sizes, the inputs first."""
    layers = [[random.standard_normal((a, b)) * np.sqrt(2 / a), np.ones(b), np.zeros(b)] for a, b in pairwise(sizes)]
    return [parameter for layer in layers for parameter in layer]


def loss(theta: Parameters, x: Floats, labels: Labels, normalised: bool) -> float:
    """The mean cross-entropy; batch norm takes its statistics from `x`."""
    chances = log_softmax(_forward(theta, x, normalised)[0], axis=1)
    return float(-chances[np.arange(len(labels)), labels].mean())


def accuracy(theta: Parameters, x: Floats, labels: Labels, normalised: bool) -> float:
    """The share of samples whose largest output is that of their label."""
    return float((_forward(theta, x, normalised)[0].argmax(axis=1) == labels).mean())


def gradient(theta: Parameters, x: Floats, labels: Labels, normalised: bool, rows: Any = slice(None)) -> Parameters:
    """The derivatives of the mean loss over `rows`; batch norm takes its statistics from all of `x`."""
    logits, inputs, sums = _forward(theta, x, normalised)
    chances = np.exp(log_softmax(logits[rows], axis=1))
    chances[np.arange(len(chances)), labels[rows]] -= 1
    dz = np.zeros_like(logits)
    dz[rows] = chances / len(chances)
    found: list[Floats] = []
    for layer in reversed(range(len(inputs))):
        weights, scale = theta[3 * layer], theta[3 * layer + 1]
        dshift, dscale = dz.sum(axis=0), np.zeros_like(scale)
        if normalised and layer < len(inputs) - 1:
            dz, dscale, dshift = batch_norm_backward(dz, sums[layer], scale, EPS)
        found = [inputs[layer].T @ dz, dscale, dshift, *found]
        dz = (dz @ weights.T) * (inputs[layer] > 0)
    return found


def folded(theta: Parameters, x: Floats) -> Parameters:
    """A network without batch norm that does what one with it does whose statistics are those of `x` ever after."""
    _, _, sums = _forward(theta, x, normalised=True)
    found: Parameters = []
    for layer, z in enumerate(sums):
        weights, scale, shift = theta[3 * layer : 3 * layer + 3]
        if layer < len(sums) - 1:
            factor = scale / np.sqrt(z.var(axis=0) + EPS)
            weights, shift = weights * factor, shift - z.mean(axis=0) * factor
        found += [weights, scale, shift]
    return found


def moved(theta: Parameters, by: Parameters, rate: float) -> Parameters:
    """A step of size `rate` against `by`."""
    return [p - rate * d for p, d in zip(theta, by, strict=True)]


def norm(parameters: Parameters) -> float:
    """The Euclidean norm of all of them together."""
    return float(np.sqrt(sum(float(np.vdot(p, p)) for p in parameters)))


def less(a: Parameters, b: Parameters) -> Parameters:
    """`a - b`."""
    return [p - q for p, q in zip(a, b, strict=True)]


def _forward(theta: Parameters, x: Floats, normalised: bool) -> tuple[Floats, list[Floats], list[Floats]]:
    """The outputs, and of each layer its inputs and their weighted sums."""
    inputs: list[Floats] = [x]
    sums: list[Floats] = []
    for layer in range(len(theta) // 3):
        weights, scale, shift = theta[3 * layer : 3 * layer + 3]
        sums.append(inputs[-1] @ weights)
        last = layer == len(theta) // 3 - 1
        z = batch_norm(sums[-1], scale, shift, EPS) if normalised and not last else sums[-1] + shift
        inputs.append(np.maximum(z, 0))
    return z, inputs[:-1], sums
