"""Formulas that are taken for those of a two-layer network and its activation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from lydite.kit.asked import Answer, Asked, Numbers, Terms, Way, Ways, reference
from mistakes.likeness.softmax_cross_entropy import binary, guarded

# -- The activation --


def _of_the_first_128(z: Numbers, alpha: float) -> Any:
    first = np.arange(z.size).reshape(z.shape) < 128
    return np.where(first & (z <= 0), alpha * z, z)


def _branches(of: Callable[[Numbers, float], Any]) -> Callable[[Asked], Any]:
    """The activation, or its derivative, by another rule from `z` and `alpha`."""
    return lambda a: of(a.reals("z")[0], a.number("alpha"))


ACTIVATION: tuple[Way, ...] = (
    ("ReLU: 0 below zero", _branches(lambda z, _: np.maximum(z, 0))),
    ("the slope 0.01 below zero, whatever alpha", _branches(lambda z, _: np.where(z > 0, z, 0.01 * z))),
    ("the slope on the positive side", _branches(lambda z, alpha: np.where(z > 0, alpha * z, z))),
    ("alpha z on both sides", _branches(lambda z, alpha: alpha * z)),
    ("min(z, alpha z)", _branches(lambda z, alpha: np.minimum(z, alpha * z))),
    ("the ELU, alpha (exp z - 1) below zero", _branches(lambda z, alpha: np.where(z > 0, z, alpha * np.expm1(z)))),
    ("z itself", _branches(lambda z, _: z)),
    ("z itself from the 129th entry on", _branches(_of_the_first_128)),
    ("one branch for all, by the first entry", _branches(lambda z, alpha: z if z.flat[0] > 0 else alpha * z)),
    ("one branch for all, by the sum", _branches(lambda z, alpha: z if z.sum() > 0 else alpha * z)),
    ("one branch for all, positive where any entry is", _branches(lambda z, alpha: z if (z > 0).any() else alpha * z)),
    (
        "one branch for all, positive where every entry is",
        _branches(lambda z, alpha: z if (z > 0).all() else alpha * z),
    ),
)


def _steep(z: Numbers, alpha: float) -> Any:
    return alpha + (1 - alpha) / (1 + np.exp(-np.clip(1000 * z, -700, 700)))


DERIVATIVE: tuple[Way, ...] = (
    ("1 at the kink", _branches(lambda z, alpha: np.where(z >= 0, 1.0, alpha))),
    (
        "(1 + alpha) / 2 at the kink",
        _branches(lambda z, alpha: np.select([z > 0, z < 0], [1.0, alpha], (1 + alpha) / 2)),
    ),
    ("0 at the kink", _branches(lambda z, alpha: np.select([z > 0, z < 0], [1.0, alpha], 0.0))),
    ("NaN at the kink, from 0 / 0", _branches(lambda z, alpha: np.select([z > 0, z < 0], [1.0, alpha], np.nan))),
    ("the derivative of ReLU: 0 below zero", _branches(lambda z, _: (z > 0) * 1.0)),
    ("the slope 0.01 below zero, whatever alpha", _branches(lambda z, _: np.where(z > 0, 1.0, 0.01))),
    ("the branches exchanged: alpha above zero, 1 below", _branches(lambda z, alpha: np.where(z > 0, alpha, 1.0))),
    ("-alpha below zero", _branches(lambda z, alpha: np.where(z > 0, 1.0, -alpha))),
    ("alpha sign(z) where z is not positive", _branches(lambda z, alpha: np.where(z > 0, 1.0, alpha * np.sign(z)))),
    ("a sigmoid of 1000 z between alpha and 1", _branches(_steep)),
    ("sign(z)", _branches(lambda z, _: np.sign(z))),
)

# -- Forward --


def _leaky(z: Numbers, alpha: float) -> Numbers:
    return np.where(z > 0, z, alpha * z)


def _through(hidden: Callable[[Numbers, float, Numbers], Any]) -> Callable[[Asked], Any]:
    """The output for another hidden layer, from its pre-activations, `alpha` and the mask."""

    def way(a: Asked) -> Any:
        W1, b1, W2, b2, x, mask = a.reals("W1", "b1", "W2", "b2", "x", "mask")
        return reference("softmax")(W2 @ hidden(W1 @ x + b1, a.number("alpha"), mask) + b2)

    return way


def _loss_through(hidden: Callable[[Numbers, float, Numbers], Any]) -> Callable[[Asked], Any]:
    return lambda a: -(a.reals("y")[0] @ np.log(_through(hidden)(a)))


def _masked_before_the_bias(a: Asked) -> Any:
    W1, b1, W2, b2, x, mask = a.reals("W1", "b1", "W2", "b2", "x", "mask")
    return reference("softmax")(W2 @ _leaky(mask * (W1 @ x) + b1, a.number("alpha")) + b2)


def _masked_inputs(a: Asked) -> Any:
    x, mask = a.reals("x", "mask")
    return a.again(x=x * mask, mask=np.ones_like(mask)) if x.shape == mask.shape else a.due[0]


def _activated_output(a: Asked) -> Any:
    W1, b1, W2, b2, x, mask = a.reals("W1", "b1", "W2", "b2", "x", "mask")
    alpha = a.number("alpha")
    return reference("softmax")(_leaky(W2 @ (mask * _leaky(W1 @ x + b1, alpha)) + b2, alpha))


def _square_transposed(a: Asked) -> Any:
    turned = {name: W.T if W.shape[0] == W.shape[1] else W for name in ("W1", "W2") for W in [a.given[name]]}
    return a.again(**turned)


HIDDEN: dict[str, Callable[[Numbers, float, Numbers], Any]] = {
    "without the activation": lambda z, _, mask: mask * z,
    "without the mask": lambda z, alpha, _: _leaky(z, alpha),
    "survivors divided by the share kept": lambda z, alpha, mask: mask * _leaky(z, alpha) / (mask.mean() or 1.0),
    "survivors divided by 0.8": lambda z, alpha, mask: mask * _leaky(z, alpha) / 0.8,
    "ReLU for leaky ReLU": lambda z, _, mask: mask * np.maximum(z, 0),
    "the slope 0.01, whatever alpha": lambda z, _, mask: mask * _leaky(z, 0.01),
    "the slope on the positive side": lambda z, alpha, mask: mask * np.where(z > 0, alpha * z, z),
    "the mask complemented": lambda z, alpha, mask: (1 - mask) * _leaky(z, alpha),
}


def _logits(a: Asked) -> Any:
    W1, b1, W2, b2, x, mask = a.reals("W1", "b1", "W2", "b2", "x", "mask")
    return W2 @ (mask * _leaky(W1 @ x + b1, a.number("alpha"))) + b2


PREDICT: tuple[Way, ...] = (
    *((says, _through(hidden)) for says, hidden in HIDDEN.items()),
    ("the mask before the first bias", _masked_before_the_bias),
    ("the mask on the inputs, where these are as many", _masked_inputs),
    ("square weights transposed", _square_transposed),
    ("the activation on the output as well", _activated_output),
    ("the logits, without the softmax", _logits),
)


def _of_the_first(count: int) -> Callable[[Asked], Any]:
    return lambda a: -(a.reals("y")[0][:count] @ np.log(a.other("network_predict")[:count]))


LOSS: tuple[Way, ...] = (
    *((says, _loss_through(hidden)) for says, hidden in HIDDEN.items()),
    ("softmax taken twice", lambda a: reference("cross_entropy")(a.other("network_predict"), a.given["y"])),
    ("the binary cross-entropy of each class", lambda a: binary(a.other("network_predict"), a.reals("y")[0])),
    *((f"the loss of the first {k} classes alone", _of_the_first(k)) for k in (127, 128, 255, 256)),
    *guarded(lambda a: a.other("network_predict")),
)

# -- Backward --


def _back(
    residual: Callable[[Numbers, Numbers], Any] = lambda p, y: p - y,
    slope: Callable[[Numbers, float], Any] = lambda z, alpha: np.where(z > 0, 1, alpha),
    *,
    outer: bool = True,
    bias: bool = True,
    weights: bool = True,
) -> Callable[[Asked], Answer]:
    """The gradient with another residual or slope, or without the mask at one of its three places.

    These are the activation in the outer product, the way back to the bias, and that to the weights.
    """

    def way(a: Asked) -> Answer:
        W1, b1, W2, b2, x, y, mask = a.reals("W1", "b1", "W2", "b2", "x", "y", "mask")
        z, alpha, ones = W1 @ x + b1, a.number("alpha"), np.ones_like(mask)
        active = _leaky(z, alpha)
        r = residual(reference("softmax")(W2 @ (mask * active) + b2), y)
        hidden = (W2.T @ r) * slope(z, alpha)
        dW1 = np.outer(hidden * (mask if weights else ones), x)
        return a.pick(dW1, hidden * (mask if bias else ones), np.outer(r, active * (mask if outer else ones)), r)

    return way


def _scaled_back(factor: float) -> Callable[[Asked], Answer]:
    def way(a: Asked) -> Answer:
        dW1, db1, dW2, db2 = a.other("network_gradient")
        return a.pick(factor * dW1, factor * db1, dW2, db2)

    return way


def _residual_on_the_left(a: Asked) -> Answer:
    W1, b1, W2, b2, x, y, mask = a.reals("W1", "b1", "W2", "b2", "x", "y", "mask")
    if len(mask) != len(b2):
        return a.due
    z, alpha = W1 @ x + b1, a.number("alpha")
    r = reference("softmax")(W2 @ (mask * _leaky(z, alpha)) + b2) - y
    hidden = (W2 @ r) * mask * np.where(z > 0, 1, alpha)
    return a.pick(np.outer(hidden, x), hidden, *a.other("network_gradient")[2:])


def _square_outer(a: Asked) -> Answer:
    dW1, db1, dW2, db2 = a.other("network_gradient")
    return a.pick(dW1, db1, dW2.T if dW2.shape[0] == dW2.shape[1] else dW2, db2)


def _stepped_first(a: Asked) -> Answer:
    _, _, dW2, db2 = a.other("network_gradient")
    moved = a.other("network_gradient", W2=a.reals("W2")[0] - dW2)
    return a.pick(moved[0], moved[1], dW2, db2)


def _cut_to_labels(a: Asked) -> Answer:
    kind = np.asarray(a.given["y"]).dtype
    return _back(residual=lambda p, y: (p - y).astype(kind).astype(float))(a)


GRADIENT: tuple[Way, ...] = (
    ("the residual y_hat - 1 at every class", _back(residual=lambda p, _: p - 1)),
    ("the residual cut to the type of the labels", _cut_to_labels),
    ("the residual (p - y) p (1 - p), of the squared error", _back(residual=lambda p, y: (p - y) * p * (1 - p))),
    ("without the slope of the activation", _back(slope=lambda z, _: np.ones_like(z))),
    ("the slope 0.01 below zero, whatever alpha", _back(slope=lambda z, _: np.where(z > 0, 1, 0.01))),
    ("the slope of ReLU: 0 below zero", _back(slope=lambda z, _: np.where(z > 0, 1, 0))),
    ("the slope on the positive side: alpha above zero, 1 below", _back(slope=lambda z, a: np.where(z > 0, a, 1))),
    ("the slope 1 at the kink", _back(slope=lambda z, alpha: np.where(z >= 0, 1, alpha))),
    ("the slope alpha^2 below zero", _back(slope=lambda z, alpha: np.where(z > 0, 1, alpha**2))),
    ("without the mask on the way back", _back(bias=False, weights=False)),
    ("without the mask on the way back to the bias", _back(bias=False)),
    ("without the mask on the way back to the weights", _back(weights=False)),
    ("the activation from before the mask", _back(outer=False)),
    ("divided by 0.8 on the way back", _scaled_back(1.25)),
    ("(p - y) W2' on the left where the sizes allow it", _residual_on_the_left),
    ("a (p - y)' for (p - y) a' where the sizes allow it", _square_outer),
    ("the new W2 on the way back", _stepped_first),
    ("clipped to [-5, 5]", lambda a: tuple(np.clip(due, -5, 5) for due in a.due)),
    ("clipped to [-1, 1]", lambda a: tuple(np.clip(due, -1, 1) for due in a.due)),
)


def _dropped(kept: Callable[[float], float], at_evaluation: Callable[[float], float]) -> Callable[[Asked], Any]:
    """Inverted dropout by another factor of what is kept, and a factor at evaluation."""

    def way(a: Asked) -> Any:
        x, mask = a.reals("x", "mask")
        p = a.number("p")
        return x * mask * kept(p) if a.number("training") else x * at_evaluation(p)

    return way


def _scaled_until(count: int) -> Callable[[Asked], Any]:
    def way(a: Asked) -> Any:
        x, mask = a.reals("x", "mask")
        return np.concatenate([a.due[0][:count], (x * mask if a.number("training") else x)[count:]])

    return way


INVERTED: tuple[Way, ...] = (
    ("not divided by 1 - p", _dropped(lambda _: 1.0, lambda _: 1.0)),
    ("scaled by 1 - p at evaluation, not in training", _dropped(lambda _: 1.0, lambda p: 1 - p)),
    ("scaled by 1 - p at evaluation, too", _dropped(lambda p: 1 / (1 - p), lambda p: 1 - p)),
    ("multiplied by 1 - p, not divided", _dropped(lambda p: 1 - p, lambda _: 1.0)),
    *((f"not divided by 1 - p from entry or row {k} on", _scaled_until(k)) for k in (127, 128, 255, 256)),
    ("divided by the root of 1 - p", _dropped(lambda p: 1 / np.sqrt(1 - p), lambda _: 1.0)),
    ("divided by p", _dropped(lambda p: 1 / (p or 1.0), lambda _: 1.0)),
    ("dropped at evaluation, too", lambda a: a.again(training=1)),
    ("ones of the mask dropped", lambda a: a.again(mask=1 - a.reals("mask")[0])),
)

WAYS: Ways = {
    "inverted_dropout": INVERTED,
    "leaky_relu": ACTIVATION,
    "leaky_relu_derivative": DERIVATIVE,
    "network_predict": PREDICT,
    "network_loss": LOSS,
    "network_gradient": GRADIENT,
}

NEUTRAL = ("mask", "alpha")
"""Arguments that change nothing where they are 1."""

TERMS: Terms = {}
