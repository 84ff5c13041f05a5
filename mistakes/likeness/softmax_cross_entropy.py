"""Formulas that are taken for those of softmax and cross-entropy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from lydite.kit.asked import Asked, Numbers, Terms, Way, Ways, one_hot, reference
from mistakes.likeness.logistic import GUARDS, sigmoid

BLOCKS = (127, 128, 255, 256)
"""Classes that a counter of one byte, or a block, ends with."""


def _p(a: Asked) -> Numbers:
    """The probabilities of the logits."""
    p: Numbers = reference("softmax")(a.given["z"])
    return p


def guarded(probabilities: Callable[[Asked], Numbers]) -> list[Way]:
    """Losses that keep their logarithms from zero."""

    def added(eps: float) -> Callable[[Asked], Any]:
        return lambda a: -(a.reals("y")[0] @ np.log(probabilities(a) + eps))

    def kept(eps: float) -> Callable[[Asked], Any]:
        return lambda a: -(a.reals("y")[0] @ np.log(np.maximum(probabilities(a), eps)))

    ways = [
        [(f"{e:g} added inside the logarithm", added(e)), (f"probabilities kept above {e:g}", kept(e))] for e in GUARDS
    ]
    return [way for pair in ways for way in pair]


def binary(p: Numbers, y: Numbers) -> Any:
    """The cross-entropy of each class for itself, added up."""
    return -(y * np.log(p) + (1 - y) * np.log1p(-p)).sum()


def _one_more(z: Numbers) -> Any:
    return np.exp(z - np.logaddexp.reduce(np.append(z, 0.0)))


def _cushioned(eps: float) -> list[Way]:
    says = f"{eps:g} added to the denominator"
    return [
        (says, lambda a: a.due[0] / (1 + eps / np.exp(a.given["z"]).sum())),
        (f"{says}, the largest logit taken off", lambda a: a.due[0] / (1 + eps * a.due[0].max())),
    ]


def _largest_along_the_diagonal(a: Asked) -> Any:
    top = float(_p(a).max())
    return a.due[0] + np.diag(top * (1 - top) - np.diag(a.due[0]))


def _weight_in_each_factor(a: Asked) -> Any:
    p = np.sum(a.given["y"]) * _p(a)
    return np.diag(p) - np.outer(p, p)


def _outer_product_of_the_gradient(a: Asked) -> Any:
    g = np.sum(a.given["y"]) * _p(a) - a.given["y"]
    return np.outer(g, g)


def _logarithm_cushioned(eps: float) -> Callable[[Asked], Any]:
    return lambda a: np.log(_p(a) + eps)


def _of_the_first(count: int, of: Callable[[Asked, float], Any]) -> Callable[[Asked], Any]:
    """The answer for a sum of the first exponentials alone, from their share of the whole sum."""
    return lambda a: of(a, float(_p(a)[:count].sum()))


SOFTMAX: tuple[Way, ...] = (
    ("1 + sum exp(z) in the denominator", lambda a: _one_more(a.given["z"])),
    ("divided by the largest, not by the sum", lambda a: a.due[0] / a.due[0].max()),
    ("the sigmoid of each entry", lambda a: sigmoid(a.reals("z")[0])),
    ("1 at the largest entry, else 0", lambda a: one_hot(a.given["z"])),
    ("the logarithm of softmax", lambda a: np.log(_p(a))),
    ("as printed: exp(z) overflows", lambda a: np.exp(a.given["z"]) / np.exp(a.given["z"]).sum()),
    *(way for eps in GUARDS for way in _cushioned(eps)),
    *((f"the sum of the first {k} exponentials alone", _of_the_first(k, lambda a, s: a.due[0] / s)) for k in BLOCKS),
)


def _without_the_square(a: Asked) -> Any:
    e = np.exp(a.reals("z")[0])
    return a.due[0] + np.diag(e / e.sum() - e / e.sum() ** 2 - np.diag(a.due[0]))


JACOBIAN: tuple[Way, ...] = (
    ("diag(p) alone", lambda a: np.diag(_p(a))),
    ("-p p', on the diagonal too", lambda a: -np.outer(_p(a), _p(a))),
    ("p_k for p_k (1 - p_k) on the diagonal", lambda a: a.due[0] + np.diag(_p(a) ** 2)),
    ("1 - p_k for p_k (1 - p_k) on the diagonal", lambda a: a.due[0] + np.diag((1 - _p(a)) ** 2)),
    ("p_k (1 - p_k) along the diagonal alone", lambda a: np.diag(_p(a) * (1 - _p(a)))),
    ("2 p_k (1 - p_k) along the diagonal alone", lambda a: np.diag(2 * _p(a) * (1 - _p(a)))),
    ("0 on the diagonal", lambda a: a.due[0] - np.diag(np.diag(a.due[0]))),
    ("p_k (1 - p_k) of the largest entry along the diagonal", _largest_along_the_diagonal),
    ("diag(p) - p * p, entry by entry", lambda a: np.diag(_p(a)) - _p(a) * _p(a)),
    ("exp(z_k) / S - exp(z_k) / S^2 on the diagonal: a square lost", _without_the_square),
    ("J'J: the square of what is due", lambda a: a.due[0] @ a.due[0]),
)


def _logarithm(a: Asked) -> float:
    return float(np.logaddexp.reduce(a.reals("z")[0]))


def _divergence(a: Asked) -> Any:
    y = a.reals("y")[0]
    return a.due[0] + y[y > 0] @ np.log(y[y > 0])


def _largest_once(a: Asked) -> Any:
    z, y = a.reals("z", "y")
    return y @ (z.max() - z + np.log1p(np.exp(z[z < z.max()] - z.max()).sum()))


def _weighed(a: Asked, share: float) -> Any:
    return a.due[0] + np.sum(a.given["y"]) * np.log(share)


def _focal(a: Asked) -> Any:
    return -(a.reals("y")[0] @ ((1 - _p(a)) ** 2 * np.log(_p(a))))


LOSS: tuple[Way, ...] = (
    ("the largest label alone, as 1", lambda a: a.again(y=one_hot(a.given["y"]))),
    ("the squared error of the probabilities, sum (p - y)^2", lambda a: np.sum((_p(a) - a.given["y"]) ** 2)),
    ("half the squared error of the probabilities", lambda a: np.sum((_p(a) - a.given["y"]) ** 2) / 2),
    ("the binary cross-entropy of each class", lambda a: binary(_p(a), a.reals("y")[0])),
    ("the binary cross-entropy of each logit", lambda a: _binary_of_logits(*a.reals("z", "y"))),
    ("1 - p_k, without the logarithm", lambda a: a.reals("y")[0] @ (1 - _p(a))),
    ("-p_k, without the logarithm", lambda a: -(a.reals("y")[0] @ _p(a))),
    ("softmax taken twice", lambda a: a.again(z=_p(a))),
    ("as printed: the logarithm of a probability that is 0", lambda a: -np.sum(a.reals("y")[0] * np.log(_p(a)))),
    ("the logit of the first class for that of the true one", lambda a: _of_class(a, 0)),
    ("the logit of the second class for that of the true one", lambda a: _of_class(a, 1)),
    ("the logit of the last class for that of the true one", lambda a: _of_class(a, -1)),
    ("ln sum exp(z) - y.z, whatever the labels sum to", lambda a: _logarithm(a) - a.reals("y")[0] @ a.given["z"]),
    ("the mean over the classes with a label", lambda a: a.due[0] / (np.count_nonzero(a.given["y"]) or 1)),
    ("less by the entropy of the labels: the divergence from them", _divergence),
    ("of several largest terms one alone in the sum", _largest_once),
    *((f"the sum of the first {k} exponentials alone", _of_the_first(k, _weighed)) for k in BLOCKS),
    ("(1 - p_k)^2 times the loss of each class, the focal loss", _focal),
    *guarded(_p),
)


def _of_class(a: Asked, k: int) -> Any:
    z, y = a.reals("z", "y")
    return y.sum() * (np.logaddexp.reduce(z) - z[k])


def _binary_of_logits(z: Numbers, y: Numbers) -> Any:
    return np.sum(y * np.logaddexp(0, -z) + (1 - y) * np.logaddexp(0, z))


GRADIENT: tuple[Way, ...] = (
    ("softmax(z) - 1 in every entry", lambda a: _p(a) - 1),
    ("softmax(z) alone", _p),
    ("softmax(10 z) - y", lambda a: reference("softmax")(10.0 * a.reals("z")[0]) - a.given["y"]),
    ("the sigmoid of each logit in place of softmax(z)", lambda a: sigmoid(a.reals("z")[0]) - a.given["y"]),
    ("0 off the true class", lambda a: a.due[0] * (np.asarray(a.given["y"]) != 0)),
    ("softmax(z) - y, whatever the labels sum to", lambda a: _p(a) - a.given["y"]),
    ("y - softmax(z), the negative, whatever the labels sum to", lambda a: a.given["y"] - _p(a)),
    ("softmax(z) - y / sum(y)", lambda a: _p(a) - a.given["y"] / (np.sum(a.given["y"]) or 1.0)),
    ("sum(y) (softmax(z) - 1)", lambda a: np.sum(a.given["y"]) * (_p(a) - 1)),
    ("sum(y) softmax(z) - sum(y) in every entry", lambda a: np.sum(a.given["y"]) * _p(a) - np.sum(a.given["y"])),
    ("softmax(z) - sum(y) in every entry", lambda a: _p(a) - np.sum(a.given["y"])),
    ("z / sum exp(z) - y", lambda a: a.given["z"] / np.exp(a.given["z"]).sum() - a.given["y"]),
    (
        "sum(y) z / sum exp(z) - y",
        lambda a: np.sum(a.given["y"]) * a.given["z"] / np.exp(a.given["z"]).sum() - a.given["y"],
    ),
    ("(p - y) p (1 - p), of the squared error", lambda a: (_p(a) - a.given["y"]) * _p(a) * (1 - _p(a))),
)

WEIGHED: tuple[Way, ...] = (
    ("diag(p) - p p', whatever the labels sum to", lambda a: reference("softmax_jacobian")(a.given["z"])),
    ("the mean of the labels for their sum", lambda a: a.due[0] / a.given["z"].size),
    (
        "the sum of the labels on diag(p) alone",
        lambda a: np.sum(a.given["y"]) * np.diag(_p(a)) - np.outer(_p(a), _p(a)),
    ),
    ("w p for p in diag(p) - p p', w the sum of the labels", _weight_in_each_factor),
    ("each label at its own row", lambda a: a.reals("y")[0][:, None] * reference("softmax_jacobian")(a.given["z"])),
    ("g g' of the gradient g", _outer_product_of_the_gradient),
    ("the largest label for their sum", lambda a: a.again(y=np.max(a.given["y"]) * one_hot(a.given["y"]))),
)


def _unshared(a: Asked, share: float) -> Any:
    return a.due[0] - np.log(share)


LOGARITHM: tuple[Way, ...] = (
    ("softmax, without the logarithm", _p),
    ("-ln softmax(z)", lambda a: -a.due[0]),
    ("the logarithm of the sigmoid of each entry", lambda a: -np.logaddexp(0, -a.given["z"])),
    ("the binary logarithm", lambda a: a.due[0] / np.log(2)),
    ("the decimal logarithm", lambda a: a.due[0] / np.log(10)),
    ("the largest logit not added back", lambda a: a.due[0] + a.given["z"].max()),
    ("the mean of the exponentials for their sum", lambda a: a.due[0] + np.log(a.given["z"].size)),
    ("the logarithm of a probability that is 0", lambda a: np.log(_p(a))),
    ("as printed: exp(z) overflows", lambda a: a.given["z"] - np.log(np.exp(a.given["z"]).sum())),
    *((f"{e:g} added inside the logarithm", _logarithm_cushioned(e)) for e in GUARDS),
    *((f"the sum of the first {k} exponentials alone", _of_the_first(k, _unshared)) for k in BLOCKS),
)

_PRODUCTS: dict[str, Callable[[Asked], Any]] = {
    "diag(p)": lambda a: np.diag(_p(a)),
    "-p p'": lambda a: -np.outer(_p(a), _p(a)),
}

WAYS: Ways = {
    "softmax": SOFTMAX,
    "softmax_jacobian": JACOBIAN,
    "cross_entropy": LOSS,
    "cross_entropy_gradient": GRADIENT,
    "cross_entropy_hessian": JACOBIAN,
    "cross_entropy_hessian_with_labels": WEIGHED,
    "log_softmax": LOGARITHM,
}

BESIDE = {"cross_entropy_hessian": lambda a: {"y": np.eye(a.sizes["K"])[0]}}
"""The labels that a Hessian does not depend on."""

TERMS: Terms = {
    "softmax_jacobian": _PRODUCTS,
    "cross_entropy": {
        "sum(y) ln sum exp(z)": lambda a: np.sum(a.given["y"]) * np.logaddexp.reduce(a.given["z"]),
        "-y.z": lambda a: -(a.reals("y")[0] @ a.given["z"]),
    },
    "cross_entropy_gradient": {
        "sum(y) softmax(z)": lambda a: np.sum(a.given["y"]) * _p(a),
        "-y": lambda a: -a.reals("y")[0],
    },
    "cross_entropy_hessian": _PRODUCTS,
}
