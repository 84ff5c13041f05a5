"""Formulas that are taken for those of a logistic neuron."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from lydite.kit.asked import Answer, Asked, Numbers, Terms, Way, Ways, reference

MOST = 4096
"""Samples of which every pair can be looked at."""

GUARDS = (1e-20, 1e-16, 1e-15, 1e-12, 1e-10, 1e-9, 1e-8, 1e-7, 1e-6)
"""The number that is added to the argument of a logarithm, or what probabilities are kept away from 0 and 1 by."""


def sigmoid(t: Numbers) -> Numbers:
    """`1 / (1 + exp(-t))`."""
    p: Numbers = np.exp(-np.logaddexp(0, -t))
    return p


def _margins(a: Asked) -> Numbers:
    w, b, X = a.reals("w", "b", "X")
    t: Numbers = X @ w + b
    return t


def _fitted(a: Asked) -> tuple[Numbers, Numbers, Numbers]:
    """The samples, their predictions and their labels."""
    X, y = a.reals("X", "y")
    return X, sigmoid(_margins(a)), y


def _predicted(a: Asked) -> Numbers:
    """The predictions as they are rounded."""
    p: Numbers = a.other("logistic_predict")
    return p


# -- The prediction --


def _hard(slope: float) -> Callable[[Asked], Any]:
    return lambda a: np.clip(slope * _margins(a) + 0.5, 0, 1)


def _rational(a: Asked) -> Any:
    t = np.clip(_margins(a) / 2, -3, 3)
    return (1 + t * (27 + t * t) / (27 + 9 * t * t)) / 2


PREDICT: tuple[Way, ...] = (
    ("1 / (1 + exp(t)), the probability of the other class", lambda a: sigmoid(-_margins(a))),
    ("the decision, p > 1/2", lambda a: (a.due[0] > 0.5) * 1.0),
    ("(1 + tanh t) / 2: the half of the margin is forgotten", lambda a: sigmoid(2 * _margins(a))),
    ("the hard sigmoid, clip(t / 4 + 1/2, 0, 1)", _hard(1 / 4)),
    ("the hard sigmoid, clip(t / 5 + 1/2, 0, 1)", _hard(1 / 5)),
    ("the hard sigmoid, clip(t / 6 + 1/2, 0, 1)", _hard(1 / 6)),
    ("a softmax over the samples", lambda a: reference("softmax")(_margins(a))),
    ("exp(t) / (1 + exp(t)), which overflows", lambda a: np.exp(_margins(a)) / (1 + np.exp(_margins(a)))),
    ("exp(-|t|) / (1 + exp(-|t|)), which is 1 - p where t is positive", lambda a: sigmoid(-np.abs(_margins(a)))),
    ("the tangent at 0, 1/2 + t / 4", lambda a: 0.5 + _margins(a) / 4),
    ("a rational function for tanh, clipped: four digits", _rational),
    ("1/2 for samples of zeros", lambda a: np.where(a.reals("X")[0].any(axis=1), a.due[0], 0.5)),
)

# -- The loss --


def _loss(of: Callable[[Numbers, Numbers], Any]) -> Callable[[Asked], Any]:
    return lambda a: of(_predicted(a), a.reals("y")[0])


def _entropy(p: Numbers, y: Numbers, eps: float = 0.0) -> Any:
    return -np.sum(y * np.log(p + eps) + (1 - y) * np.log(1 - p + eps))


def _by_logarithms(
    a: Asked, logarithm: Callable[[Numbers], Any], eps: float = 0.0, label: Callable[[Numbers], Any] = np.positive
) -> Any:
    """The loss by another logarithm, and of other labels, where neither probability cancels."""
    t, y = _margins(a), label(a.reals("y")[0])
    return -np.sum(y * logarithm(sigmoid(t) + eps) + (1 - y) * logarithm(sigmoid(-t) + eps))


def _of_each(a: Asked) -> Numbers:
    """The loss of each sample."""
    t, y = _margins(a), a.reals("y")[0]
    losses: Numbers = y * np.logaddexp(0, -t) + (1 - y) * np.logaddexp(0, t)
    return losses


def _guarded(eps: float) -> list[Way]:
    return [
        (f"{eps:g} added inside the logarithms", _loss(lambda p, y: _entropy(p, y, eps))),
        (f"{eps:g} added inside the logarithms of p and of 1 / (1 + exp(t))", lambda a: _by_logarithms(a, np.log, eps)),
        (
            f"{eps:g} added inside the logarithm, a soft label taken for 1",
            lambda a: _by_logarithms(a, np.log, eps, np.ceil),
        ),
        (f"probabilities kept {eps:g} away from 0 and 1", _loss(lambda p, y: _entropy(np.clip(p, eps, 1 - eps), y))),
    ]


LOSS: tuple[Way, ...] = (
    ("the squared error, sum (p - y)^2", _loss(lambda p, y: np.sum((p - y) ** 2))),
    ("half the squared error, sum (p - y)^2 / 2", _loss(lambda p, y: np.sum((p - y) ** 2) / 2)),
    ("the mean squared error, mean (p - y)^2", _loss(lambda p, y: np.mean((p - y) ** 2))),
    ("the number of errors", _loss(lambda p, y: np.sum((p > 0.5) != (y > 0.5)))),
    ("the number of errors, a soft label taken for 1", _loss(lambda p, y: np.sum((p > 0.5) != (y > 0)))),
    ("ln(1 + exp(-s t)) with s = 2 y - 1", lambda a: np.sum(np.logaddexp(0, (1 - 2 * a.reals("y")[0]) * _margins(a)))),
    ("as printed: ln(1 - p) where p is rounded to 1", lambda a: _entropy(_predicted(a), a.reals("y")[0])),
    (
        "softplus(t) - y t, which cancels",
        lambda a: np.sum(np.logaddexp(0, _margins(a)) - a.reals("y")[0] * _margins(a)),
    ),
    *(way for eps in GUARDS for way in _guarded(eps)),
    ("logarithms of at least -100", lambda a: _by_logarithms(a, lambda p: np.maximum(np.log(p), -100))),
    ("1 - exp(-loss) of each sample, which saturates", lambda a: np.sum(-np.expm1(-_of_each(a)))),
    ("labels of 0.05 and 0.95 for 0 and 1", lambda a: a.again(y=0.05 + 0.9 * a.reals("y")[0])),
    ("margins doubled", lambda a: a.again(w=2 * a.reals("w")[0], b=2 * a.number("b"))),
)

# -- The gradient --


def _along(a: Asked, residual: Numbers) -> Answer:
    """The residuals times the samples, and their sum."""
    return a.pick(a.reals("X")[0].T @ residual, residual.sum())


def _residuals(of: Callable[[Numbers, Numbers], Numbers]) -> Callable[[Asked], Answer]:
    return lambda a: _along(a, of(*_fitted(a)[1:]))


def _kept_away(eps: float) -> Callable[[Asked], Answer]:
    return lambda a: _along(a, np.clip(_predicted(a), eps, 1 - eps) - a.reals("y")[0])


def _cut_off(margin: float) -> Callable[[Asked], Answer]:
    def way(a: Asked) -> Answer:
        t = _margins(a)
        return _along(a, np.where(np.abs(t) > margin, t > 0, sigmoid(t)) - a.reals("y")[0])

    return way


def _broadcast(a: Asked) -> Answer:
    X, p, y = _fitted(a)
    if len(y) > MOST:
        raise MemoryError
    residual = p[:, None] - y
    return a.pick((X.T @ residual).sum(axis=1), residual.sum())


def _reshaped(a: Asked) -> Answer:
    X, p, y = _fitted(a)
    return a.pick(X.reshape(X.shape[::-1]) @ (p - y), (p - y).sum())


def _summed(a: Asked) -> Answer:
    X, p, y = _fitted(a)
    return a.pick(X.T @ (p - y), (X.T @ (p - y)).sum())


def _cut_to_labels(a: Asked) -> Answer:
    return _along(a, (_predicted(a) - a.given["y"]).astype(np.asarray(a.given["y"]).dtype).astype(float))


def _balanced(p: Numbers, y: Numbers) -> Numbers:
    weighed: Numbers = (p - y) * np.where(y > 0, 0.5 / y.mean(), 0.5 / (1 - y.mean()))
    return weighed


def _last_of_equals(a: Asked) -> Any:
    X, y = a.reals("X", "y")
    last = list({x.tobytes(): n for n, x in enumerate(X)}.values())
    return a.again(X=X[last], y=y[last])


GRADIENT: tuple[Way, ...] = (
    ("the residual (p - y) p (1 - p), of the squared error", _residuals(lambda p, y: (p - y) * p * (1 - p))),
    ("the residual 2 (p - y) p (1 - p), of the squared error", _residuals(lambda p, y: 2 * (p - y) * p * (1 - p))),
    ("the residual tanh(t) - y", lambda a: _along(a, np.tanh(_margins(a)) - a.reals("y")[0])),
    ("residuals cut to the type of the labels", _cut_to_labels),
    ("residuals divided by twice the share of their class", _residuals(_balanced)),
    ("of equal samples the last one alone", _last_of_equals),
    ("the residual of decisions, [p > 1/2] - y", _residuals(lambda p, y: (p > 0.5) - y)),
    *((f"predictions kept {eps:g} away from 0 and 1", _kept_away(eps)) for eps in GUARDS),
    ("margins beyond 18 taken for infinite", _cut_off(18)),
    ("(n, n) residuals, of a column and a row", _broadcast),
    ("X reshaped to (d, n), not transposed", _reshaped),
    ("the sum of the derivatives by w for that by b", _summed),
)

# -- The Hessian --


def _gram(weights: Callable[[Numbers], Any]) -> Callable[[Asked], Any]:
    """`[X 1]' diag(weights(p)) [X 1]`."""
    return lambda a: _weighted(a, weights(sigmoid(_margins(a))))


def _weighted(a: Asked, weights: Any) -> Any:
    X = a.reals("X")[0]
    rows = np.column_stack([X, np.ones(len(X))])
    return rows.T @ (np.broadcast_to(weights, len(X))[:, None] * rows)


def _centred(a: Asked) -> Any:
    X, w, b = a.reals("X", "w", "b")
    return a.again(X=X - X.mean(axis=0), b=float(b + X.mean(axis=0) @ w))


def _inner(a: Asked) -> Any:
    X, p = a.reals("X")[0], sigmoid(_margins(a))
    h = a.due[0].copy()
    h[:-1, :-1] = (p * (1 - p)) @ (X * X).sum(axis=1)
    return h


HESSIAN: tuple[Way, ...] = (
    ("the weights p in place of p (1 - p)", _gram(lambda p: p)),
    ("the weight of the first sample for all", _gram(lambda p: p[0] * (1 - p[0]))),
    ("the weight of the mean prediction for all", _gram(lambda p: p.mean() * (1 - p.mean()))),
    ("the weight 1/4 for all", _gram(lambda _: 0.25)),
    ("the weight 1 for all", _gram(lambda _: 1.0)),
    ("the weights 1 - p^2, of the hyperbolic tangent", _gram(lambda p: 1 - p**2)),
    ("the weights (p (1 - p))^2", _gram(lambda p: (p * (1 - p)) ** 2)),
    ("weights of at least 1e-5", _gram(lambda p: np.maximum(p * (1 - p), 1e-5))),
    ("p (1 - p), where 1 - p cancels", lambda a: _weighted(a, _predicted(a) * (1 - _predicted(a)))),
    ("the samples centred first", _centred),
    ("x'x in place of x x'", _inner),
)

# -- The step --


def _step(a: Asked, dw: Any, db: Any) -> Answer:
    w, b = a.reals("w", "b")
    rate = a.number("learning_rate")
    return a.pick(w - rate * dw, b - rate * db)


def _slopes(change: Callable[[Any], Any]) -> Callable[[Asked], Answer]:
    return lambda a: _step(a, *map(change, a.other("logistic_gradient")))


def _bias_after_weights(a: Asked) -> Answer:
    w, _ = a.other("logistic_step")
    return a.pick(w, a.other("logistic_step", w=w)[1])


def _weights_after_bias(a: Asked) -> Answer:
    _, b = a.other("logistic_step")
    return a.pick(a.other("logistic_step", b=float(b))[0], b)


def _sample_by_sample(a: Asked) -> Answer:
    w, b = a.given["w"], a.given["b"]
    for i in range(a.sizes["n"]):
        w, b = a.other("logistic_step", w=w, b=b, X=a.given["X"][i : i + 1], y=a.given["y"][i : i + 1])
    return a.pick(w, b)


def _normed(a: Asked) -> Answer:
    dw, db = a.other("logistic_gradient")
    length = float(np.hypot(np.linalg.norm(dw), db)) or 1.0
    return _step(a, dw / length, db / length)


def _newton(a: Asked) -> Answer:
    w, b = a.reals("w", "b")
    move = np.linalg.solve(a.other("logistic_hessian"), np.append(*a.other("logistic_gradient")))
    return a.pick(w - move[:-1], b - move[-1])


def _rate(of: Callable[[float, int], float]) -> Callable[[Asked], Any]:
    return lambda a: a.again(learning_rate=of(a.number("learning_rate"), a.sizes["n"]))


def _move(a: Asked) -> Answer:
    dw, db = a.other("logistic_gradient")
    rate = a.number("learning_rate")
    return a.pick(-rate * dw, -rate * db)


def _decayed(a: Asked) -> Answer:
    w, b = a.other("logistic_step")
    return a.pick(w - 1e-4 * a.reals("w")[0], b)


STEP: tuple[Way, ...] = (
    ("the rate divided by n: a step along the mean gradient", _rate(lambda rate, n: rate / n)),
    ("a step up: plus the gradient", _rate(lambda rate, _: -rate)),
    ("the old value, not moved", lambda a: a.pick(a.given["w"], a.given["b"])),
    ("the change alone, without what it starts from", lambda a: a.again(w=0 * a.reals("w")[0], b=0.0)),
    ("the step alone: -learning_rate times the gradient", _move),
    ("a rate of 1", _rate(lambda _, __: 1.0)),
    ("the bias steps with the new weights", _bias_after_weights),
    ("the weights step with the new bias", _weights_after_bias),
    ("a step for each sample in turn", _sample_by_sample),
    ("the derivatives clipped to [-1, 1]", _slopes(lambda slope: np.clip(slope, -1, 1))),
    ("a step of the length of the rate", _normed),
    ("Newton's step", _newton),
    ("n counted in int8, for a mean", _rate(lambda rate, n: rate / n * int(np.array(n).astype(np.int8)))),
    ("n counted in uint8, for a mean", _rate(lambda rate, n: rate / n * int(np.array(n).astype(np.uint8)))),
    ("clipped to [-20, 20]", lambda a: tuple(np.clip(due, -20, 20) for due in a.due)),
    ("0.0001 w subtracted from w", _decayed),
)


WAYS: Ways = {
    "logistic_predict": PREDICT,
    "logistic_loss": LOSS,
    "logistic_gradient": GRADIENT,
    "logistic_hessian": HESSIAN,
    "logistic_step": STEP,
}

NEUTRAL = ("learning_rate",)
"""Arguments that change nothing where they are 1."""

BESIDE = {"logistic_hessian": lambda a: {"y": np.zeros(a.sizes["n"])}}
"""The labels that a Hessian does not depend on."""

TERMS: Terms = {
    "logistic_loss": {
        "-y ln p": lambda a: np.sum(a.reals("y")[0] * np.logaddexp(0, -_margins(a))),
        "-(1 - y) ln(1 - p)": lambda a: np.sum((1 - a.reals("y")[0]) * np.logaddexp(0, _margins(a))),
    },
}
