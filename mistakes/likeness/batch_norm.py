"""Formulas that are taken for those of batch normalisation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from lydite.kit.asked import Answer, Asked, Numbers, Terms, Way, Ways

Spread = Callable[[Numbers, float], Any]
"""Returns what centred samples are divided by, from these and eps."""


def _deviation(c: Numbers, eps: float) -> Any:
    return np.sqrt((c**2).mean(axis=0) + eps)


def _unbiased(c: Numbers, eps: float) -> Any:
    return np.sqrt((c**2).sum(axis=0) / (len(c) - 1) + eps)


def _unbiased_but_for_one(c: Numbers, eps: float) -> Any:
    return np.sqrt((c**2).sum(axis=0) / max(1, len(c) - 1) + eps)


def _wrapped(kind: type[np.integer[Any]]) -> Spread:
    return lambda c, eps: np.sqrt((c**2).sum(axis=0) / int(np.array(len(c)).astype(kind)) + eps)


SPREADS: dict[str, Spread] = {
    "the variance divided by n - 1": _unbiased,
    "the variance divided by n - 1, where n is not 1": _unbiased_but_for_one,
    "eps outside the root: sqrt(var) + eps": lambda c, eps: np.sqrt((c**2).mean(axis=0)) + eps,
    "eps left out": lambda c, _: np.sqrt((c**2).mean(axis=0)),
    "divided by var + eps, not by its root": lambda c, eps: (c**2).mean(axis=0) + eps,
    "one variance for all features": lambda c, eps: np.sqrt((c**2).mean() + eps),
    "the mean of |x - mean| in place of the deviation": lambda c, eps: np.sqrt(np.abs(c).mean(axis=0) ** 2 + eps),
    "max(var, eps) in place of var + eps": lambda c, eps: np.sqrt(np.maximum((c**2).mean(axis=0), eps)),
    "not divided by the deviation": lambda _, __: 1.0,
    "n counted in int8, in the variance": _wrapped(np.int8),
    "n counted in uint8, in the variance": _wrapped(np.uint8),
}


def _normalised(spread: Spread) -> Callable[[Asked], Any]:
    def way(a: Asked) -> Any:
        x, gamma, beta = a.reals("x", "gamma", "beta")
        c = x - x.mean(axis=0)
        return gamma * c / spread(c, a.number("eps")) + beta

    return way


def _by_statistics(mean: Callable[[Numbers], Any], about: Callable[[Numbers], Any]) -> Callable[[Asked], Any]:
    """Normalised by `mean(x)` and the deviation of `about(x)` from its mean."""

    def way(a: Asked) -> Any:
        x, gamma, beta = a.reals("x", "gamma", "beta")
        return gamma * (x - mean(x)) / np.sqrt(about(x) + a.number("eps")) + beta

    return way


def _row_mean(x: Numbers) -> Numbers:
    mean: Numbers = x.mean(axis=1, keepdims=True)
    return mean


def _along_the_longer_side(a: Asked) -> Any:
    x = a.reals("x")[0]
    return a.due[0] if len(x) >= x.shape[1] else OVER_FEATURES(a)


def _in_one_pass(x: Numbers) -> Any:
    return (x * x).mean(axis=0) - x.mean(axis=0) * x.mean(axis=0)


def _by_running(divisor: Callable[[Numbers, float], Any]) -> Callable[[Asked], Any]:
    """At inference, divided by what `divisor` makes of the running variance and eps."""

    def way(a: Asked) -> Any:
        x, gamma, beta, mean, variance = a.reals("x", "gamma", "beta", "mean", "variance")
        return gamma * (x - mean) / divisor(variance, a.number("eps")) + beta

    return way


def _by_the_variance_of_the_batch(about: Callable[[Numbers, Numbers], Any]) -> Callable[[Asked], Any]:
    """At inference, about what is made of the batch and of the mean that was kept."""

    def way(a: Asked) -> Any:
        x, gamma, beta, mean = a.reals("x", "gamma", "beta", "mean")
        return gamma * (x - about(x, mean)) / np.sqrt(x.var(axis=0) + a.number("eps")) + beta

    return way


def _corrected(a: Asked) -> Any:
    n = a.sizes["n"]
    return a.again(variance=a.reals("variance")[0] * n / max(1, n - 1))


def _folded_without_scale(a: Asked) -> Any:
    x, gamma, beta, mean, variance = a.reals("x", "gamma", "beta", "mean", "variance")
    return x * gamma / np.sqrt(variance + a.number("eps")) + (beta - mean)


INFERENCE: tuple[Way, ...] = (
    ("the statistics of the batch, as in training", _by_the_variance_of_the_batch(lambda x, _: x.mean(axis=0))),
    ("the mean that was kept, and the variance of the batch", _by_the_variance_of_the_batch(lambda _, mean: mean)),
    ("the variance that was kept, times n / (n - 1)", _corrected),
    ("beta - mean added, of which the mean is not scaled", _folded_without_scale),
    ("max(variance, eps) in place of variance + eps", _by_running(lambda v, eps: np.sqrt(np.maximum(v, eps)))),
    ("eps outside the root: sqrt(variance) + eps", _by_running(lambda v, eps: np.sqrt(v) + eps)),
    ("eps left out", _by_running(lambda v, _: np.sqrt(v))),
    ("divided by variance + eps, not by its root", _by_running(lambda v, eps: v + eps)),
    ("not divided by the deviation", _by_running(lambda _, __: 1.0)),
)


def _blended(weight: Callable[[float], float], spread: Callable[[Numbers], Any]) -> Callable[[Asked], Any]:
    def way(a: Asked) -> Any:
        x, mean, variance = a.reals("x", "mean", "variance")
        new = weight(a.number("momentum"))
        return a.pick((1 - new) * mean + new * x.mean(axis=0), (1 - new) * variance + new * spread(x))

    return way


def _unbiased_of(x: Numbers) -> Any:
    return x.var(axis=0) * len(x) / max(1, len(x) - 1)


def _added(a: Asked) -> Any:
    x, mean, variance = a.reals("x", "mean", "variance")
    momentum = a.number("momentum")
    return a.pick(mean + momentum * x.mean(axis=0), variance + momentum * x.var(axis=0))


RUNNING: tuple[Way, ...] = (
    ("momentum as the weight of what was", _blended(lambda m: 1 - m, lambda x: x.var(axis=0))),
    ("the variance of the batch divided by n - 1", _blended(lambda m: m, _unbiased_of)),
    (
        "momentum as the weight of what was, and the variance of the batch divided by n - 1",
        _blended(lambda m: 1 - m, _unbiased_of),
    ),
    ("the deviation in place of the variance", _blended(lambda m: m, lambda x: x.std(axis=0))),
    ("the statistics of the batch alone", _blended(lambda _: 1.0, lambda x: x.var(axis=0))),
    ("momentum times the statistics of the batch, added to all of what was", _added),
)

OVER_FEATURES = _by_statistics(_row_mean, lambda x: x.var(axis=1, keepdims=True))


def _folded(a: Asked) -> Any:
    x, gamma, beta = a.reals("x", "gamma", "beta")
    return gamma / np.sqrt(x.var(axis=0) + a.number("eps")) * x + beta - gamma * x.mean(axis=0)


FORWARD: tuple[Way, ...] = (
    *((says, _normalised(spread)) for says, spread in SPREADS.items()),
    ("mean and variance over the features (the wrong axis)", OVER_FEATURES),
    ("mean and variance over the features where these are more than the samples", _along_the_longer_side),
    ("one mean for all features", _by_statistics(np.mean, lambda x: ((x - x.mean()) ** 2).mean(axis=0))),
    ("one mean and one variance for all features", _by_statistics(np.mean, np.var)),
    ("one mean for all features, their own variances", _by_statistics(np.mean, lambda x: x.var(axis=0))),
    (
        "mean and variance of the first 128 samples",
        _by_statistics(lambda x: x[:128].mean(axis=0), lambda x: x[:128].var(axis=0)),
    ),
    (
        "max(0, mean(x^2) - mean(x)^2) for the variance, which cancels",
        _by_statistics(lambda x: x.mean(axis=0), lambda x: np.maximum(_in_one_pass(x), 0)),
    ),
    ("mean(x^2) - mean(x)^2 for the variance, which cancels", _by_statistics(lambda x: x.mean(axis=0), _in_one_pass)),
    ("gamma x + beta: nothing is normalised", lambda a: a.given["gamma"] * a.given["x"] + a.given["beta"]),
    ("1 + gamma for gamma", lambda a: a.again(gamma=1 + a.reals("gamma")[0])),
    ("gamma (x_hat + beta): a bracket too many", lambda a: a.again(beta=a.given["gamma"] * a.given["beta"])),
    ("beta alone, less gamma mean(x) of the unscaled batch", _folded),
)


# -- Backward --


def _paths(a: Asked) -> dict[str, Numbers]:
    """The three summands of the gradient by the input."""
    dy, x, gamma = a.reals("dy", "x", "gamma")
    c = x - x.mean(axis=0)
    s = _deviation(c, a.number("eps"))
    x_hat = c / s
    return {
        "direct": gamma / s * dy,
        "mean": -gamma / s * dy.mean(axis=0) + 0 * dy,
        "variance": -gamma / s * x_hat * (dy * x_hat).mean(axis=0),
    }


def _input(direct: float = 1, mean: float = 1, variance: float = 1) -> Callable[[Asked], Answer]:
    """The gradient by the input with other shares of its summands."""

    def way(a: Asked) -> Answer:
        p = _paths(a)
        return a.pick(direct * p["direct"] + mean * p["mean"] + variance * p["variance"], np.nan, np.nan)

    return way


def _backward(spread: Spread) -> Callable[[Asked], Answer]:
    def way(a: Asked) -> Answer:
        dy, x, gamma = a.reals("dy", "x", "gamma")
        c = x - x.mean(axis=0)
        s = spread(c, a.number("eps"))
        x_hat = c / s
        dgamma = (dy * x_hat).sum(axis=0)
        return a.pick(gamma / s * (dy - dy.mean(axis=0) - x_hat * dgamma / len(x)), dgamma, dy.sum(axis=0))

    return way


def _scaled(power: float, *, variance_alone: bool) -> Callable[[Asked], Answer]:
    """The gradient by the input, it or its path through the variance times a power of the variance."""

    def way(a: Asked) -> Answer:
        p = _paths(a)
        v = (a.reals("x")[0].var(axis=0) + a.number("eps")) ** power
        rest = p["direct"] + p["mean"]
        return a.pick((rest if variance_alone else v * rest) + v * p["variance"], np.nan, np.nan)

    return way


def _parameter(of: Callable[[Numbers, Numbers, Numbers], Any]) -> Callable[[Asked], Answer]:
    """One gradient of a parameter from `dy`, `x` and `gamma`; it is tried in the place of either."""

    def way(a: Asked) -> Answer:
        gradient = of(*a.reals("dy", "x", "gamma"))
        return a.pick(np.nan, gradient, gradient)

    return way


BACKWARD: tuple[Way, ...] = (
    ("without the path through the mean", _input(mean=0)),
    ("without the path through the variance", _input(variance=0)),
    ("mean and variance held constant: gamma / s dy", _input(mean=0, variance=0)),
    ("the sign of the path through the variance is wrong", _input(variance=-1)),
    ("the sign of the path through the mean is wrong", _input(mean=-1)),
    ("x_hat sum(dy x_hat) where its mean is due", lambda a: _input(variance=a.sizes["n"])(a)),
    ("gamma / s sum(dy) where its mean is due", lambda a: _input(mean=a.sizes["n"])(a)),
    *((says, _backward(spread)) for says, spread in SPREADS.items()),
    ("divided by var + eps once more", _scaled(-1, variance_alone=False)),
    ("-1/2 for the power -3/2 of the variance", _scaled(1, variance_alone=True)),
    ("gamma left out", lambda a: a.again(gamma=np.ones_like(a.given["gamma"]))),
    ("the upstream gradient itself", lambda a: a.pick(a.given["dy"], np.nan, np.nan)),
    ("sum dy x, where x_hat is due for x", _parameter(lambda dy, x, _: (dy * x).sum(axis=0))),
    ("times gamma", lambda a: tuple(due * a.given["gamma"] for due in a.due)),
    (
        "gamma dy - gamma mean(dy), as without the division",
        lambda a: a.pick(a.given["gamma"] * (a.given["dy"] - a.given["dy"].mean(axis=0)), np.nan, np.nan),
    ),
)

# -- The form that centres --


def _centred(mean: Callable[[Numbers], Any]) -> Callable[[Asked], Any]:
    def way(a: Asked) -> Any:
        x, gamma, beta = a.reals("x", "gamma", "beta")
        return gamma * (x - mean(x)) + beta

    return way


def _passing(mean: Callable[[Numbers], Any]) -> Callable[[Asked], Any]:
    def way(a: Asked) -> Any:
        dy, gamma = a.reals("dy", "gamma")
        return gamma * (dy - mean(dy))

    return way


def _chain_rule(a: Asked) -> Any:
    return a.due[0] + a.given["gamma"] * a.given["dy"] - 1 / a.sizes["n"]


def _settled_by_the_last(a: Asked) -> Any:
    dy, gamma = a.reals("dy", "gamma")
    dx = gamma * dy
    dx[-1] -= dx.sum(axis=0)
    return dx


MEANS: dict[str, Callable[[Numbers], Any]] = {
    "the mean over the features (the wrong axis)": _row_mean,
    "the sum divided by n - 1 for the mean": lambda x: x.sum(axis=0) / (len(x) - 1),
    "the sum divided by n - 1 for the mean, where n is not 1": lambda x: x.sum(axis=0) / max(1, len(x) - 1),
    "the sum for the mean": lambda x: x.sum(axis=0),
    "the median for the mean": lambda x: np.median(x, axis=0),
    "one mean for all features": np.mean,
    "the mean of the other samples": lambda x: (x.sum(axis=0) - x) / (len(x) - 1),
    "the mean of the samples so far": lambda x: np.cumsum(x, axis=0) / np.arange(1, len(x) + 1)[:, None],
    "the mean of the first and the last sample": lambda x: (x[0] + x[-1]) / 2,
    "the mean of the first 128 samples": lambda x: x[:128].mean(axis=0),
    "no mean taken off": lambda _: 0.0,
    "no mean taken off a batch of one": lambda x: x.mean(axis=0) * (len(x) > 1),
    "the mean of different samples": lambda x: np.unique(x, axis=0).mean(axis=0),
    "a tenth of the mean, and nine of the first sample": lambda x: 0.9 * x[0] + 0.1 * x.mean(axis=0),
    "nine tenths of the mean": lambda x: 0.9 * x.mean(axis=0),
    "half of the mean": lambda x: x.mean(axis=0) / 2,
}


def _alone(a: Asked) -> Any:
    x, gamma, beta = a.reals("x", "gamma", "beta")
    return gamma * x + beta if len(x) == 1 else a.due[0]


CENTRED: tuple[Way, ...] = (
    *((says, _centred(mean)) for says, mean in MEANS.items()),
    ("gamma (x - mean + beta): a bracket too many", lambda a: a.again(beta=a.given["gamma"] * a.given["beta"])),
    ("divided by the deviation as well, with an eps of 1e-5", lambda a: _fully(a, 1e-5)),
    ("divided by the deviation as well", lambda a: _fully(a, 0.0)),
    ("gamma x + beta for a batch of one", _alone),
)


def _fully(a: Asked, eps: float) -> Any:
    x, gamma, beta = a.reals("x", "gamma", "beta")
    c = x - x.mean(axis=0)
    return gamma * c / _deviation(c, eps) + beta


WAYS: Ways = {
    "batch_norm": FORWARD,
    "batch_norm_inference": INFERENCE,
    "running_statistics": RUNNING,
    "batch_norm_backward": BACKWARD,
    "centered_batch_norm": CENTRED,
    "centered_batch_norm_backward": (
        *((says, _passing(mean)) for says, mean in MEANS.items()),
        (
            "gamma dy (1 - 1/n): without the other samples",
            lambda a: a.given["gamma"] * a.given["dy"] * (1 - 1 / a.sizes["n"]),
        ),
        (
            "gamma dy - mean(dy): a bracket lost",
            lambda a: a.given["gamma"] * a.given["dy"] - a.given["dy"].mean(axis=0),
        ),
        ("the direct term twice, less a bare 1/n", _chain_rule),
        ("gamma dy - 1/n: a factor lost", lambda a: a.given["gamma"] * a.given["dy"] - 1 / a.sizes["n"]),
        ("all of the sum taken off the last sample", _settled_by_the_last),
    ),
}

NEUTRAL = ("gamma",)
"""Arguments that change nothing where they are 1."""

TERMS: Terms = {
    "batch_norm": {"beta": lambda a: a.given["beta"] + 0 * a.due[0]},
    "batch_norm_backward": {
        "gamma / s dy": lambda a: _paths(a)["direct"],
        "-gamma / s mean(dy)": lambda a: _paths(a)["mean"],
        "-gamma / s x_hat mean(dy x_hat)": lambda a: _paths(a)["variance"],
    },
    "centered_batch_norm": {
        "beta": lambda a: a.given["beta"] + 0 * a.due[0],
        "-gamma mean(x)": lambda a: -a.given["gamma"] * a.given["x"].mean(axis=0) + 0 * a.due[0],
    },
    "centered_batch_norm_backward": {
        "gamma dy": lambda a: a.given["gamma"] * a.given["dy"],
        "-gamma mean(dy)": lambda a: -a.given["gamma"] * a.given["dy"].mean(axis=0) + 0 * a.due[0],
    },
}
