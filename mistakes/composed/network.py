"""Composes the calls of a two-layer network of its activation, its output and its loss."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from lydite.kit.asked import Composed
from mistakes.composed.softmax_cross_entropy import loss_of

Upstream = Callable[..., Any]
"""The derivative of the loss by the logits, of an implementation, the logits, the labels and all arguments."""


def _logits(f: Any, W1: Any, b1: Any, W2: Any, b2: Any, x: Any, mask: Any, alpha: Any) -> Any:
    return W2 @ (mask * f.leaky_relu(W1 @ x + b1, alpha)) + b2


def _predict(f: Any, *inputs: Any) -> Any:
    return f.softmax(_logits(f, *inputs))


def _loss(f: Any, W1: Any, b1: Any, W2: Any, b2: Any, x: Any, y: Any, mask: Any, alpha: Any) -> Any:
    return f.cross_entropy(_logits(f, W1, b1, W2, b2, x, mask, alpha), y)


def _loss_of_output(f: Any, W1: Any, b1: Any, W2: Any, b2: Any, x: Any, y: Any, mask: Any, alpha: Any) -> Any:
    return loss_of(f.network_predict(W1, b1, W2, b2, x, mask, alpha), y)


def _gradient(upstream: Upstream) -> Callable[..., Any]:
    def gradient(f: Any, W1: Any, b1: Any, W2: Any, b2: Any, x: Any, y: Any, mask: Any, alpha: Any) -> Any:
        z1 = W1 @ x + b1
        dz2 = upstream(f, y, (W1, b1, W2, b2, x, mask, alpha))
        dz1 = (W2.T @ dz2) * mask * f.leaky_relu_derivative(z1, alpha)
        return np.outer(dz1, x), dz1, np.outer(dz2, mask * f.leaky_relu(z1, alpha)), dz2

    return gradient


COMPOSED: Composed = {
    "network_predict": (_predict,),
    "network_loss": (_loss, _loss_of_output),
    "network_gradient": (
        _gradient(lambda f, y, inputs: f.cross_entropy_gradient(_logits(f, *inputs), y)),
        _gradient(lambda f, y, inputs: f.softmax(_logits(f, *inputs)) - y),
        _gradient(lambda f, y, inputs: f.network_predict(*inputs) - y),
    ),
}
