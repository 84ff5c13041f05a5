"""Correct code in several styles stays below half of each bound, and comes within reach of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from lydite.kit.balls import Truth
from lydite.kit.cases import Cases
from lydite.kit.regime import Regime
from lydite.kit.source import TEXTURES
from properties.strategies.logistic import few_features, samples, steps
from spec.bounds import logistic as bounds
from spec.definitions.logistic import Descent, Samples

Numbers = Any
"""Arrays of either precision."""
PRECISIONS = ("float64", "float32")
REGIMES = (Regime.CORE, Regime.STABILITY, Regime.SCALE)
SEEDS = range(12, 24)

# -- Correct code, in three styles: vectorised, loops with compensated sums, another order and other identities --
# Those that end in `printed` are the textbook's, which is admitted where no margin is large.


def margins(w: Numbers, b: Any, X: Numbers) -> Numbers:
    return X @ w + X.dtype.type(b)


def margins_looped(w: Numbers, b: Any, X: Numbers) -> Numbers:
    t = []
    for x in X:
        total = X.dtype.type(0)
        for xj, wj in zip(x, w, strict=True):
            total += xj * wj
        t.append(total + X.dtype.type(b))
    return np.array(t, X.dtype)


def margins_reversed(w: Numbers, b: Any, X: Numbers) -> Numbers:
    return X.dtype.type(b) + np.einsum("nd,d->n", X[:, ::-1], w[::-1])


def sigmoid(t: Numbers) -> Numbers:
    e = np.exp(-np.abs(t))
    return np.where(t < 0, e, 1) / (1 + e)


def sigmoid_printed(t: Numbers) -> Numbers:
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-t))


def sigmoid_by_logarithms(t: Numbers) -> Numbers:
    return np.exp(-np.logaddexp(0, -t))


def sigmoid_by_tanh(t: Numbers) -> Numbers:
    return (1 + np.tanh(t / 2)) / 2


MODELS: tuple[tuple[Any, Any], ...] = (
    (margins, sigmoid),
    (margins_looped, sigmoid_printed),
    (margins_reversed, sigmoid_by_logarithms),
)
ABSOLUTE = (*MODELS, (margins, sigmoid_by_tanh))


def loss(t: Numbers, y: Numbers) -> Any:
    return np.sum(y * np.logaddexp(0, -t) + (1 - y) * np.logaddexp(0, t))


def loss_looped(t: Numbers, y: Numbers) -> Any:
    each = [max(tn, 0) - tn * yn + np.log1p(np.exp(-abs(tn))) for tn, yn in zip(t, y, strict=True)]
    return t.dtype.type(math.fsum(map(float, each)))


def loss_running(t: Numbers, y: Numbers) -> Any:
    total = t.dtype.type(0)
    for tn, yn in zip(t[::-1], y[::-1], strict=True):
        total += np.logaddexp(t.dtype.type(0), tn) - yn * tn
    return total


def loss_printed(t: Numbers, y: Numbers) -> Any:
    p = sigmoid_printed(t)
    return -np.sum(y * np.log(p) + (1 - y) * np.log(1 - p))


def gradient(X: Numbers, residual: Numbers) -> Numbers:
    return np.append(X.T @ residual, residual.sum())


def gradient_running(X: Numbers, residual: Numbers) -> Numbers:
    total = np.zeros(X.shape[1] + 1, X.dtype)
    for x, r in zip(X, residual, strict=True):
        total += r * np.append(x, X.dtype.type(1))
    return total


def gradient_summed(X: Numbers, residual: Numbers) -> Numbers:
    terms = np.column_stack([X, np.ones_like(residual)]) * residual[:, None]
    return np.array([math.fsum(map(float, column)) for column in terms.T]).astype(X.dtype)


GRADIENTS = (gradient, gradient_running, gradient_summed)


def hessian(X: Numbers, p: Numbers, q: Numbers) -> Numbers:
    root = np.sqrt(p * q)[:, None] * rows(X)
    return root.T @ root


def hessian_running(X: Numbers, p: Numbers, q: Numbers) -> Numbers:
    total = np.zeros((X.shape[1] + 1,) * 2, X.dtype)
    for x, weight in zip(rows(X), p * q, strict=True):
        total += weight * np.outer(x, x)
    return total


def hessian_contracted(X: Numbers, p: Numbers, q: Numbers) -> Numbers:
    return np.einsum("n,ni,nj->ij", p * q, rows(X), rows(X))


HESSIANS = (hessian, hessian_running, hessian_contracted)


def rows(X: Numbers) -> Numbers:
    return np.column_stack([X, np.ones(len(X), X.dtype)])


# -- The comparison --


def drawn(cases: Cases[Any], regime: Regime, precision: str) -> Iterator[Any]:
    """The edges and some batches, labels in the precision."""
    yield from cases.explicit(regime, precision)
    for seed in SEEDS:
        yield from cases.batch(regime, precision, 200 if regime is Regime.SCALE else 6, len(TEXTURES) - 1, seed)


def worst(answers: list[Any], truth: Truth, bound: Any) -> float:
    """The largest error of any answer as a share of the bound; where nothing is allowed, it has to be exact."""
    shares = []
    for answer in answers:
        error = np.abs(np.asarray(answer, dtype=float) - truth.within(bound))
        shares.append(np.divide(error, bound, out=np.where(error > 0, np.inf, 0.0), where=np.asarray(bound) > 0))
    return float(np.max(shares))


def worst_over(cases: Cases[Any], regime: Regime, precision: str, share: Callable[[Any], float]) -> float:
    with np.errstate(all="ignore"):
        return max(map(share, drawn(cases, regime, precision)))


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("regime", REGIMES)
class TestBound:
    """Each bound against the code that it has to admit.

    How close the worst case comes depends on what each bound adds up: a fixed number of roundoffs is reached by a third
    (floor 0.1), a sum over samples or features in which signs alternate by the root of their number (floor 0.03).
    """

    def test_prediction(self, regime: Regime, precision: str) -> None:
        def share(c: Samples) -> float:
            styles = ABSOLUTE if c.forgiving else MODELS
            answers = [p(t(*c.unlabelled)) for t, p in styles]
            return worst(answers, c.predictions, bounds.prediction(*c.unlabelled, c.u, c.forgiving))

        assert 0.1 < worst_over(samples, regime, precision, share) < 0.5

    def test_loss(self, regime: Regime, precision: str) -> None:
        def share(c: Samples) -> float:
            styles = (loss, loss_looped, loss_running) + ((loss_printed,) if c.forgiving else ())
            answers = [e(t(*c.unlabelled), c.y) for t, _ in MODELS for e in styles]
            return worst(answers, c.loss, bounds.loss(*c.arguments, c.u, c.forgiving))

        assert 0.1 < worst_over(samples, regime, precision, share) < 0.5

    def test_gradient(self, regime: Regime, precision: str) -> None:
        def share(c: Samples) -> float:
            answers = [g(c.X, p(t(*c.unlabelled)) - c.y) for t, p in ABSOLUTE for g in GRADIENTS]
            return worst(answers, c.gradient, bounds.gradient(*c.arguments, c.u))

        assert 0.1 < worst_over(samples, regime, precision, share) < 0.5

    def test_hessian(self, regime: Regime, precision: str) -> None:
        def share(c: Samples) -> float:
            models = [(p(t(*c.unlabelled)), p(-t(*c.unlabelled))) for t, p in ABSOLUTE]
            pairs = [*models, *((p, 1 - p) for p, _ in models)]
            answers = [h(c.X, p, q) for p, q in pairs for h in HESSIANS]
            return worst(answers, c.hessian, bounds.hessian(*c.unlabelled, c.u))

        assert 0.03 < worst_over(few_features, regime, precision, share) < 0.5

    def test_step(self, regime: Regime, precision: str) -> None:
        def share(c: Descent) -> float:
            rate, theta = c.X.dtype.type(c.learning_rate), np.append(c.w, c.w.dtype.type(c.b))
            residuals = [p(t(*c.unlabelled)) - c.y for t, p in ABSOLUTE]
            answers = [theta - rate * g(c.X, r) for r in residuals for g in GRADIENTS]
            looped = []
            for r in residuals:  # a sample at a time, all residuals from the old parameters
                moving = theta.copy()
                for x, rn in zip(rows(c.X), r, strict=True):
                    moving -= rate * rn * x
                looped.append(moving)
            allowed = bounds.step(*c.arguments, c.learning_rate, c.u)
            # Each of the n subtractions may be at its worst, which few samples attain: n of the (n + 2) u |theta|.
            attained = len(c.X) / (len(c.X) + 2)
            return max(worst(answers, c.step, allowed), worst(looped, c.step, allowed) / attained / 2)

        assert 0.1 < worst_over(steps, regime, precision, share) < 0.5


@pytest.mark.parametrize("precision", PRECISIONS)
class TestTail:
    """Relative bounds, which the textbook's formulas do not meet."""

    def test_prediction(self, precision: str) -> None:
        def share(c: Samples) -> float:
            allowed = bounds.prediction_tail(*c.unlabelled, c.predictions.roughly(), c.u)
            return worst([p(t(*c.unlabelled)) for t, p in MODELS], c.predictions, allowed)

        assert 0.02 < worst_over(samples, Regime.TAILS, precision, share) < 0.5

    def test_loss(self, precision: str) -> None:
        def share(c: Samples) -> float:
            answers = [e(t(*c.unlabelled), c.y) for t, _ in MODELS for e in (loss, loss_looped)]
            return worst(answers, c.loss, bounds.loss_tail(*c.arguments, c.u))

        assert 0.02 < worst_over(samples, Regime.TAILS, precision, share) < 0.5

    def test_gradient(self, precision: str) -> None:
        """The document's formula is among the styles."""

        def share(c: Samples) -> float:
            residuals = [p(t(*c.unlabelled)) - c.y for t, p in MODELS]
            answers = [g(c.X, r) for r in residuals for g in GRADIENTS]
            return worst(answers, c.gradient, bounds.gradient_tail(*c.arguments, c.u))

        assert 0.02 < worst_over(samples, Regime.TAILS, precision, share) < 0.5

    def test_hessian(self, precision: str) -> None:
        def share(c: Samples) -> float:
            models = [(p(t(*c.unlabelled)), p(-t(*c.unlabelled))) for t, p in MODELS]
            answers = [h(c.X, p, q) for p, q in models for h in HESSIANS]
            return worst(answers, c.hessian, bounds.hessian_tail(*c.unlabelled, c.u))

        assert 0.02 < worst_over(few_features, Regime.TAILS, precision, share) < 0.5
