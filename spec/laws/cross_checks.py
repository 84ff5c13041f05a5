"""Laws across questions: where two of them speak of the same thing."""

from __future__ import annotations

import math

import numpy as np

from spec.bounds import gaussian_dropout as dropout_bounds
from spec.contracts.gaussian_dropout import GaussianDropout
from spec.definitions.cross_checks import DroppedUnit
from spec.law import Equation, law
from spec.regime import CORE

# -- Bernoulli dropout (Q3), its mask divided by 1 - p, and Gaussian dropout (Q5) with sigma^2 = p / (1 - p) --


@law("X.4", only=CORE)
def bernoulli_dropout_has_the_same_expected_loss(f: GaussianDropout, case: DroppedUnit) -> Equation:
    """E[J] = sum over masks m of P(m) J(m / (1 - p)), where sigma^2 = p / (1 - p)."""
    inputs = case.w, case.x, case.target, case.sigma
    allowed = dropout_bounds.expected_loss(*inputs, case.u, forgiving=case.forgiving)
    return Equation(f.gaussian_dropout_expected_loss(*inputs), case.mean_loss, allowed)


@law("X.4", only=CORE)
def bernoulli_dropout_averages_to_the_expected_loss(f: GaussianDropout, case: DroppedUnit) -> Equation:
    """E[J] = sum over masks m of P(m) J(m / (1 - p)), with its own losses J."""
    inputs, u = (case.w, case.x, case.target), case.u
    losses = [(p, f.gaussian_dropout_loss(*inputs, noise)) for p, noise in case.noises]
    due = math.fsum(p * loss for p, loss in losses)
    allowed = sum(p * dropout_bounds.loss(*inputs, noise, u, forgiving=case.forgiving) for p, noise in case.noises)
    return Equation(
        f.gaussian_dropout_expected_loss(*inputs, case.sigma),
        due,
        dropout_bounds.expected_loss(*inputs, case.sigma, u, forgiving=case.forgiving)
        + allowed
        + _averaging(case) * abs(due),
    )


@law("X.4", only=CORE)
def bernoulli_dropout_averages_to_the_expected_gradient(f: GaussianDropout, case: DroppedUnit) -> Equation:
    """E[dJ/dw] = sum over masks m of P(m) dJ/dw at m / (1 - p), with its own gradients."""
    inputs, u = (case.w, case.x, case.target), case.u
    terms = np.array([p * f.gaussian_dropout_gradient(*inputs, noise) for p, noise in case.noises])
    allowed = np.sum([p * dropout_bounds.gradient(*inputs, noise, u) for p, noise in case.noises], axis=0)
    return Equation(
        f.gaussian_dropout_expected_gradient(*inputs, case.sigma),
        np.array([math.fsum(entries) for entries in terms.T]),
        dropout_bounds.expected_gradient(*inputs, case.sigma, u)
        + allowed
        + _averaging(case) * np.abs(terms).sum(axis=0),
    )


def _averaging(case: DroppedUnit) -> float:
    """What rounding the probabilities costs an average, relative to its terms: `(n + 6) u`.

    `p` or `1 - p` is rounded once for each input; two powers, their product, and the product with what is averaged.
    """
    return (case.w.size + 6) * case.u
