"""Formulas that are taken for those of a linear unit with Gaussian dropout."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from lydite.kit.asked import Asked, Numbers, Terms, Way, Ways


def _noiseless(a: Asked, call: str) -> Any:
    return a.other(call, delta=np.ones_like(a.reals("x")[0]))


def _delta_rule(outer: Callable[[Numbers], Any], inner: Callable[[Numbers], Any]) -> Callable[[Asked], Any]:
    """The gradient with other noise in its outer factor, and in its residual."""

    def way(a: Asked) -> Any:
        w, x, target, delta = a.reals("w", "x", "target", "delta")
        return -(target - w @ (inner(delta) * x)) * outer(delta) * x

    return way


def _own(noise: Callable[[Numbers], Any]) -> Callable[[Asked], Any]:
    return lambda a: a.again(delta=noise(a.reals("delta")[0]))


def _per_input(a: Asked) -> Any:
    w, x, target, delta = a.reals("w", "x", "target", "delta")
    return 0.5 * ((target - delta * w * x) ** 2).sum()


def _product_of_sums(a: Asked) -> Any:
    w, x, target, delta = a.reals("w", "x", "target", "delta")
    return 0.5 * (target - (delta * w).sum() * x.sum()) ** 2


def _additive(a: Asked) -> Any:
    w, delta = a.reals("w", "delta")
    return a.again(w=w + delta - 1, delta=np.ones_like(delta))


ADDITIVE: Way = ("the noise added to the weights: w + delta - 1", _additive)

LOSS: tuple[Way, ...] = (
    ("without the noise", _own(np.ones_like)),
    ADDITIVE,
    ("the first input without noise", _own(lambda delta: np.append(1.0, delta[1:]))),
    ("the noise squared", _own(np.square)),
    ("the noise divided by its mean", _own(lambda delta: delta / (delta.mean() or 1.0))),
    ("the noise on the target too", lambda a: a.again(target=a.number("target") * float(a.given["delta"][0]))),
    ("the sum of the squares, not the square of the sum", _per_input),
    ("the mean over the inputs for their sum", lambda a: a.again(w=a.reals("w")[0] / a.sizes["n"])),
    ("the sum of the weights times the sum of the inputs", _product_of_sums),
)

GRADIENT: tuple[Way, ...] = (
    ("no noise in the outer factor", _delta_rule(np.ones_like, lambda delta: delta)),
    ("no noise in the residual", _delta_rule(lambda delta: delta, np.ones_like)),
    ("no noise at all", _delta_rule(np.ones_like, np.ones_like)),
    (
        "the noise of the neighbour in the outer factor",
        _delta_rule(lambda delta: np.roll(delta, 1), lambda delta: delta),
    ),
    ("0 where the weight is 0", lambda a: np.where(a.reals("w")[0] == 0, 0.0, a.due[0])),
    ADDITIVE,
)

# -- In expectation --


def _penalty(of: Callable[[Numbers, Numbers], Any]) -> Callable[[Asked], Any]:
    """`sigma^2 / 2` times another measure of weights and inputs."""
    return lambda a: 0.5 * a.number("sigma") ** 2 * of(*a.reals("w", "x"))


def _with_penalty(of: Callable[[Numbers, Numbers], Any]) -> Callable[[Asked], Any]:
    return lambda a: _noiseless(a, "gaussian_dropout_loss") + _penalty(of)(a)


def _with_decay(of: Callable[[Numbers, Numbers, float], Any]) -> Callable[[Asked], Any]:
    """The noiseless gradient, and another decay from `w`, `x` and `sigma`."""

    def way(a: Asked) -> Any:
        w, x = a.reals("w", "x")
        return _noiseless(a, "gaussian_dropout_gradient") + of(w, x, a.number("sigma"))

    return way


def _moments(second: Callable[[float], float], pairs: Callable[[float], float]) -> Callable[[Asked], Any]:
    """The expected gradient with other moments for `E[delta_i^2]` and for `E[delta_i delta_k]`."""

    def way(a: Asked) -> Any:
        w, x = a.reals("w", "x")
        s, own = a.number("sigma"), w * x
        return a.due[0] + x * ((second(s) - 1 - s**2) * own + (pairs(s) - 1) * (own.sum() - own))

    return way


def _variance(of: Callable[[float], float]) -> Callable[[Asked], Any]:
    return lambda a: a.again(sigma=float(np.sqrt(of(a.number("sigma") ** 2))))


MEASURES: dict[str, Callable[[Numbers, Numbers], Any]] = {
    "sigma^2/2 (w.x)^2: one noise for all inputs": lambda w, x: (w @ x) ** 2,
    "sigma^2/2 sum x^2: blind to the weights": lambda _, x: x @ x,
    "sigma^2/2 sum w^2: blind to the inputs": lambda w, _: w @ w,
    "sigma^2/2 sum |w x|: absolute values for squares": lambda w, x: np.abs(w * x).sum(),
}


def _penalty_of_the_first(count: int) -> Callable[[Asked], Any]:
    return _with_penalty(lambda w, x: ((w * x)[:count] ** 2).sum())


VARIANCES: tuple[Way, ...] = (
    ("sigma for sigma^2", _variance(np.sqrt)),
    ("2 sigma^2 for sigma^2", _variance(lambda v: 2 * v)),
    ("p (1 - p) for sigma^2, with p = sigma^2 / (1 + sigma^2)", _variance(lambda v: v / (1 + v) ** 2)),
)

EXPECTED_LOSS: tuple[Way, ...] = (
    *VARIANCES,
    *((f"the penalty {says}", _with_penalty(of)) for says, of in MEASURES.items()),
    *((f"the penalty of the first {k} inputs alone", _penalty_of_the_first(k)) for k in (127, 128, 255, 256)),
    ("w divided by 1 + sigma^2", lambda a: a.again(w=a.reals("w")[0] / (1 + a.number("sigma") ** 2))),
)

EXPECTED_GRADIENT: tuple[Way, ...] = (
    *VARIANCES,
    ("the decay sigma^2 w x: a factor x forgotten", _with_decay(lambda w, x, s: s**2 * w * x)),
    ("the decay -sigma^2 w x", _with_decay(lambda w, x, s: -(s**2) * w * x)),
    ("the decay sigma^2 w: blind to the inputs", _with_decay(lambda w, _, s: s**2 * w)),
    ("(1 + sigma)^2 for 1 + sigma^2", _moments(lambda s: (1 + s) ** 2, lambda _: 1.0)),
    ("1 + sigma^2 on the whole sum", _moments(lambda s: 1 + s**2, lambda s: 1 + s**2)),
    ("sigma^2 for 1 + sigma^2", _moments(lambda s: s**2, lambda _: 1.0)),
    ("1 + sigma for the other inputs", _moments(lambda s: 1 + s**2, lambda s: 1 + s)),
    ("2 + sigma^2 for 1 + sigma^2: the own term twice", _moments(lambda s: 2 + s**2, lambda _: 1.0)),
    ("0 where sigma is 0", lambda a: a.due[0] * (a.number("sigma") > 0)),
)

PENALTY: tuple[Way, ...] = (*VARIANCES[:1], *((says, _penalty(of)) for says, of in MEASURES.items()))

WAYS: Ways = {
    "gaussian_dropout_loss": LOSS,
    "gaussian_dropout_gradient": GRADIENT,
    "gaussian_dropout_expected_loss": EXPECTED_LOSS,
    "gaussian_dropout_expected_gradient": EXPECTED_GRADIENT,
    "gaussian_dropout_penalty": PENALTY,
}

NEUTRAL = ("delta", "sigma")
"""Arguments that change nothing where they are 1."""

TERMS: Terms = {
    "gaussian_dropout_gradient": {
        "delta_i^2 x_i^2 w_i": lambda a: (a.given["delta"] * a.given["x"]) ** 2 * a.given["w"],
        "-target delta x": lambda a: -a.number("target") * a.given["delta"] * a.given["x"],
    },
    "gaussian_dropout_expected_loss": {
        "sigma^2/2 sum w^2 x^2": lambda a: a.other("gaussian_dropout_penalty"),
        "(target - w.x)^2 / 2": lambda a: _noiseless(a, "gaussian_dropout_loss"),
    },
    "gaussian_dropout_expected_gradient": {
        "sigma^2 x^2 w": lambda a: (a.number("sigma") * a.given["x"]) ** 2 * a.given["w"],
        "-target x": lambda a: -a.number("target") * a.given["x"],
        "x_i^2 w_i": lambda a: a.given["x"] ** 2 * a.given["w"],
    },
}
