"""A linear unit with Gaussian dropout (Q5): its loss and gradient for given noise, and what they are on average."""

from __future__ import annotations

import numpy as np

from lydite.kit import CORE, INPUTS, VALUES, WIDE, Equation, Floats, Inequality, Raises, Refusal, is_refused, law
from lydite.kit.answers import exact_sum
from lydite.kit.derivatives import is_quotient
from lydite.kit.differences import Line, slope
from spec.bounds import gaussian_dropout as bounds
from spec.contracts.gaussian_dropout import GaussianDropout
from spec.definitions.batches import Row
from spec.definitions.gaussian_dropout import Unit

STEP = 1.0
"""The largest step of a difference quotient along a direction whose entries are at most 1. Every loss here is a
quadratic in the weights, for which central differences of any step are exact: a long one drowns the rounding."""

# -- For given noise --


@law("Q5.1", only=VALUES)
def loss_is_exact(f: GaussianDropout, case: Unit) -> Equation:
    """J = (target - sum_k delta_k w_k x_k)^2 / 2."""
    inputs = case.w, case.x, case.target, case.delta
    return Equation(f.gaussian_dropout_loss(*inputs), case.loss, bounds.loss(*inputs, case.u, forgiving=case.forgiving))


@law("Q5.1", only=VALUES)
def gradient_is_exact(f: GaussianDropout, case: Unit) -> Equation:
    """dJ/dw_i = (target - sum_k delta_k w_k x_k) (-delta_i x_i)."""
    inputs = case.w, case.x, case.target, case.delta
    return Equation(f.gaussian_dropout_gradient(*inputs), case.gradient, bounds.gradient(*inputs, case.u))


@law("Q5.1", only=CORE, differences=["gaussian_dropout_loss"])
def gradient_is_difference_quotient(f: GaussianDropout, case: Unit) -> Equation:
    """<dJ/dw, v> = d/dt J(w + t v) at t = 0, by finite differences of its own loss."""
    return _is_slope_of_its_loss(f, case, case.delta)


@law("Q5.1", only=WIDE)
def noise_may_act_on_weights_or_inputs(f: GaussianDropout, case: Unit) -> Equation:
    """J(w, x; delta) = J(delta w, x; 1) = J(w, delta x; 1)."""
    w, x, target, ones = case.w, case.x, case.target, case.ones
    on_weights = f.gaussian_dropout_loss(case.delta * w, x, target, ones)
    on_inputs = f.gaussian_dropout_loss(w, case.delta * x, target, ones)
    # The product with delta rounds once outside of the call, as it does inside: one bound for either side.
    allowed = 2 * bounds.loss(w, x, target, case.delta, case.u, forgiving=case.forgiving)
    at_once = f.gaussian_dropout_loss(w, x, target, case.delta)
    return Equation(np.array([on_weights, on_inputs]), np.array([at_once, at_once]), allowed)


# -- Without noise --


@law("Q5.8", only=VALUES)
def noiseless_loss_is_exact(f: GaussianDropout, case: Unit) -> Equation:
    """J = (target - sum_k w_k x_k)^2 / 2 at delta = 1."""
    inputs = case.w, case.x, case.target, case.ones
    return Equation(
        f.gaussian_dropout_loss(*inputs), case.noiseless_loss, bounds.loss(*inputs, case.u, forgiving=case.forgiving)
    )


@law("Q5.8", only=WIDE)
def noiseless_loss_is_expected_without_noise(f: GaussianDropout, case: Unit) -> Equation:
    """E[J] at sigma = 0 is J at delta = 1."""
    inputs = case.w, case.x, case.target
    allowed = 2 * bounds.loss(*inputs, case.ones, case.u, forgiving=case.forgiving)
    return Equation(
        f.gaussian_dropout_expected_loss(*inputs, 0.0), f.gaussian_dropout_loss(*inputs, case.ones), allowed
    )


@law("Q5.9", only=VALUES)
def noiseless_gradient_is_exact(f: GaussianDropout, case: Unit) -> Equation:
    """dJ/dw_i = (-x_i) (target - sum_k w_k x_k) at delta = 1."""
    inputs = case.w, case.x, case.target, case.ones
    return Equation(f.gaussian_dropout_gradient(*inputs), case.noiseless_gradient, bounds.gradient(*inputs, case.u))


@law("Q5.9", only=CORE, differences=["gaussian_dropout_loss"])
def noiseless_gradient_is_difference_quotient(f: GaussianDropout, case: Unit) -> Equation:
    """<dJ/dw, v> = d/dt J(w + t v) at t = 0 and delta = 1, by finite differences of its own loss."""
    return _is_slope_of_its_loss(f, case, case.ones)


@law("Q5.9", only=WIDE)
def noiseless_gradient_is_expected_without_noise(f: GaussianDropout, case: Unit) -> Equation:
    """E[dJ/dw] at sigma = 0 is dJ/dw at delta = 1."""
    inputs = case.w, case.x, case.target
    allowed = bounds.gradient(*inputs, case.ones, case.u) + bounds.expected_gradient(*inputs, 0.0, case.u)
    return Equation(
        f.gaussian_dropout_expected_gradient(*inputs, 0.0), f.gaussian_dropout_gradient(*inputs, case.ones), allowed
    )


# -- The expected gradient --


@law("Q5.6", "Q5.7", only=VALUES)
def expected_gradient_is_exact(f: GaussianDropout, case: Unit) -> Equation:
    """E[dJ/dw_i] = -x_i target + x_i ((1 + sigma^2) w_i x_i + sum_{k != i} w_k x_k)."""
    inputs = case.w, case.x, case.target, case.sigma
    return Equation(
        f.gaussian_dropout_expected_gradient(*inputs), case.expected_gradient, bounds.expected_gradient(*inputs, case.u)
    )


@law("Q5.6", only=CORE)
def expected_gradient_is_mean_of_gradients(f: GaussianDropout, case: Unit) -> Equation:
    """E[dJ/dw] is the mean of its own gradients over delta in {1 - sigma, 1 + sigma}^n."""
    inputs, u = (case.w, case.x, case.target), case.u
    gradients = np.array([f.gaussian_dropout_gradient(*inputs, delta) for delta in case.two_points])
    allowed = np.mean([bounds.gradient(*inputs, delta, u) for delta in case.two_points], axis=0)
    return Equation(
        f.gaussian_dropout_expected_gradient(*inputs, case.sigma),
        exact_sum(gradients) / len(gradients),
        bounds.expected_gradient(*inputs, case.sigma, u) + allowed,
    )


@law("Q5.7", "Q5.13", only=VALUES)
def expected_gradient_is_noiseless_one_and_weight_decay(f: GaussianDropout, case: Unit) -> Equation:
    """E[dJ/dw_i] = dJ/dw_i at delta = 1, plus sigma^2 x_i^2 w_i."""
    w, x, target, sigma, u = case.w, case.x, case.target, float(case.sigma), case.u
    decay = (sigma * x.astype(float)) ** 2 * w
    return Equation(
        f.gaussian_dropout_expected_gradient(w, x, target, case.sigma),
        f.gaussian_dropout_gradient(w, x, target, case.ones) + decay,
        2 * bounds.expected_gradient(w, x, target, sigma, u),  # the second for the sum, its terms, and its rounding
    )


@law("Q5.6", "Q5.7", "Q5.13", only=CORE, differences=["gaussian_dropout_expected_loss"])
def expected_gradient_is_difference_quotient(f: GaussianDropout, case: Unit) -> Equation:
    """<E[dJ/dw], v> = d/dt E[J](w + t v) at t = 0, by finite differences of its own expected loss."""
    fixed, v, u = (case.x, case.target, case.sigma), case.direction, case.u

    def noise(t: float) -> float:
        inputs = case.along(t), *fixed
        return bounds.expected_loss(*inputs, u, forgiving=case.forgiving) + bounds.moved_expected_loss(*inputs, u)

    line = Line(lambda t: (case.along(t), *fixed), noise, STEP)
    own = bounds.expected_gradient(case.w, *fixed, u) @ np.abs(v)
    return is_quotient(f, "gaussian_dropout_expected_gradient", (case.w, *fixed), v, line, own)


# -- The expected loss and its regulariser --


@law("Q5.13", only=VALUES)
def expected_loss_is_exact(f: GaussianDropout, case: Unit) -> Equation:
    """E[J] = (target - sum_k w_k x_k)^2 / 2 + sigma^2 / 2 sum_k w_k^2 x_k^2."""
    inputs = case.w, case.x, case.target, case.sigma
    allowed = bounds.expected_loss(*inputs, case.u, forgiving=case.forgiving)
    return Equation(f.gaussian_dropout_expected_loss(*inputs), case.expected_loss, allowed)


@law("Q5.13", only=CORE)
def expected_loss_is_mean_of_losses(f: GaussianDropout, case: Unit) -> Equation:
    """E[J] is the mean of its own losses over delta in {1 - sigma, 1 + sigma}^n."""
    inputs, points, u = (case.w, case.x, case.target), case.two_points, case.u
    losses = [f.gaussian_dropout_loss(*inputs, delta) for delta in points]
    allowed = sum(bounds.loss(*inputs, delta, u, forgiving=case.forgiving) for delta in points) / len(points)
    return Equation(
        f.gaussian_dropout_expected_loss(*inputs, case.sigma),
        exact_sum(losses) / len(losses),
        bounds.expected_loss(*inputs, case.sigma, u, forgiving=case.forgiving) + allowed,
    )


@law("Q5.13", only=WIDE)
def expected_loss_is_noiseless_loss_and_penalty(f: GaussianDropout, case: Unit) -> Equation:
    """E[J] = J at delta = 1, plus the penalty."""
    inputs, u = (case.w, case.x, case.target), case.u
    return Equation(
        f.gaussian_dropout_expected_loss(*inputs, case.sigma),
        f.gaussian_dropout_loss(*inputs, case.ones) + f.gaussian_dropout_penalty(case.w, case.x, case.sigma),
        2 * bounds.expected_loss(*inputs, case.sigma, u, forgiving=case.forgiving),
    )


@law("Q5.13", only=WIDE)
def expected_loss_is_at_least_noiseless(f: GaussianDropout, case: Unit) -> Inequality:
    """E[J] >= J at delta = 1."""
    inputs, u = (case.w, case.x, case.target), case.u
    slack = 2 * bounds.expected_loss(*inputs, case.sigma, u, forgiving=case.forgiving)
    noiseless = f.gaussian_dropout_loss(*inputs, case.ones)
    return Inequality(
        noiseless, f.gaussian_dropout_expected_loss(*inputs, case.sigma), slack, "J without noise", "E[J]"
    )


@law("Q5.13", only=WIDE)
def expected_loss_grows_with_sigma(f: GaussianDropout, case: Unit) -> Inequality:
    """E[J] at sigma <= E[J] at 2 sigma."""
    inputs, u = (case.w, case.x, case.target), case.u
    slack = 2 * bounds.expected_loss(*inputs, case.twice_sigma, u, forgiving=case.forgiving)
    at_sigma = f.gaussian_dropout_expected_loss(*inputs, case.sigma)
    at_twice = f.gaussian_dropout_expected_loss(*inputs, case.twice_sigma)
    return Inequality(at_sigma, at_twice, slack, "E[J] at sigma", "E[J] at 2 sigma")


@law("Q5.13", only=VALUES)
def penalty_is_exact(f: GaussianDropout, case: Unit) -> Equation:
    """R = sigma^2 / 2 sum_k w_k^2 x_k^2."""
    inputs = case.w, case.x, case.sigma
    return Equation(f.gaussian_dropout_penalty(*inputs), case.penalty, bounds.penalty(*inputs, case.u))


@law("Q5.13", only=CORE, differences=["gaussian_dropout_penalty"])
def penalty_is_integral_of_weight_decay(f: GaussianDropout, case: Unit) -> Equation:
    """<sigma^2 x^2 w, v> = d/dt R(w + t v) at t = 0, by finite differences of its own penalty."""
    w, x, sigma, v, u = case.w, case.x, case.sigma, case.direction, case.u

    def noise(t: float) -> float:
        inputs = case.along(t), x, sigma
        return bounds.penalty(*inputs, u) + bounds.moved_penalty(*inputs, u)

    quotient = slope(f.gaussian_dropout_penalty, Line(lambda t: (case.along(t), x, sigma), noise, STEP))
    decay = (float(sigma) * x.astype(float)) ** 2 * w
    return Equation(decay @ v, quotient.value, (w.size + 5) * u * np.abs(decay) @ np.abs(v) + quotient.error)


@law("Q5.13", only=WIDE)
def penalty_grows_with_the_square_of_sigma(f: GaussianDropout, case: Unit) -> Equation:
    """R at 2 sigma = 4 R at sigma."""
    w, x, sigma = case.w, case.x, case.sigma
    doubled = f.gaussian_dropout_penalty(w, x, case.twice_sigma)
    return Equation(doubled, 4 * f.gaussian_dropout_penalty(w, x, sigma), 8 * bounds.penalty(w, x, sigma, case.u))


@law("Q5.13", only=WIDE)
def penalty_vanishes_without_noise_or_signal(f: GaussianDropout, case: Unit) -> Equation:
    """R = 0 where sigma = 0, and where every w_k x_k = 0."""
    vanishing = f.gaussian_dropout_penalty(case.w, case.x, 0.0), f.gaussian_dropout_penalty(*case.disjoint, case.sigma)
    return Equation(np.array(vanishing), np.zeros(2), 0.0)


@law("Q5.13", only=WIDE)
def penalty_vanishes_nowhere_else(f: GaussianDropout, case: Unit) -> Inequality:
    """R >= sigma^2 / 2 max_k w_k^2 x_k^2."""
    w, x, sigma, u = case.w, case.x, float(case.sigma), case.u
    largest = float(((sigma * w.astype(float) * x) ** 2).max()) / 2
    return Inequality(largest, f.gaussian_dropout_penalty(w, x, sigma), bounds.penalty(w, x, sigma, u), large_is="R")


# -- Bad input --


@law("Q5.1", only=INPUTS)
def gaussian_dropout_loss_refuses_bad_input(f: GaussianDropout, case: Refusal) -> Raises:
    """gaussian_dropout_loss raises ValueError on invalid weights, inputs, targets or noise."""
    return is_refused(f, case)


@law("Q5.1", only=INPUTS)
def gaussian_dropout_gradient_refuses_bad_input(f: GaussianDropout, case: Refusal) -> Raises:
    """gaussian_dropout_gradient raises ValueError on invalid weights, inputs, targets or noise."""
    return is_refused(f, case)


@law("Q5.13", only=INPUTS)
def gaussian_dropout_expected_loss_refuses_bad_input(f: GaussianDropout, case: Refusal) -> Raises:
    """gaussian_dropout_expected_loss raises ValueError on invalid weights, inputs, targets, and sigma < 0."""
    return is_refused(f, case)


@law("Q5.13", only=INPUTS)
def gaussian_dropout_expected_gradient_refuses_bad_input(f: GaussianDropout, case: Refusal) -> Raises:
    """gaussian_dropout_expected_gradient raises ValueError on invalid weights, inputs, targets, and sigma < 0."""
    return is_refused(f, case)


@law("Q5.13", only=INPUTS)
def gaussian_dropout_penalty_refuses_bad_input(f: GaussianDropout, case: Refusal) -> Raises:
    """gaussian_dropout_penalty raises ValueError on invalid weights, inputs, and sigma < 0."""
    return is_refused(f, case)


# -- In common --


def _is_slope_of_its_loss(f: GaussianDropout, case: Unit, delta: Floats) -> Equation:
    fixed, v, u = (case.x, case.target, delta), case.direction, case.u

    def noise(t: float) -> float:
        inputs = case.along(t), *fixed
        return bounds.loss(*inputs, u, forgiving=case.forgiving) + bounds.moved_loss(*inputs, u)

    line = Line(lambda t: (case.along(t), *fixed), noise, STEP)
    own = bounds.gradient(case.w, *fixed, u) @ np.abs(v)
    return is_quotient(f, "gaussian_dropout_gradient", (case.w, *fixed), v, line, own)


# -- Many samples at once --

ROWS = (
    Row(
        "gaussian_dropout_loss",
        ("Q5.1",),
        lambda c: (c.w, c.x, c.target, c.delta),
        lambda c: c.loss,
        lambda c: bounds.loss(c.w, c.x, c.target, c.delta, c.u, forgiving=c.forgiving),
    ),
    Row(
        "gaussian_dropout_gradient",
        ("Q5.1",),
        lambda c: (c.w, c.x, c.target, c.delta),
        lambda c: c.gradient,
        lambda c: bounds.gradient(c.w, c.x, c.target, c.delta, c.u),
    ),
)
"""How the calls that libraries offer for many samples read one of them."""
