"""A linear unit with Gaussian dropout (Q5): its loss and gradient for given noise, and what they are on average."""

from __future__ import annotations

import numpy as np
from scipy.special import chdtr, ndtr  # here, before any code under test: what that imports first is put aside again

from lydite.kit import CORE, INPUTS, VALUES, WIDE, Equation, Floats, Inequality, Raises, Refusal, is_refused, law
from lydite.kit.answers import exact_sum
from lydite.kit.derivatives import is_quotient
from lydite.kit.differences import Line, slope
from spec.bounds import gaussian_dropout as bounds
from spec.bounds.network import of_likeness, of_share
from spec.contracts.gaussian_dropout import GaussianDropout
from spec.definitions.batches import Row
from spec.definitions.gaussian_dropout import Noise, Noises, Unit

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


# -- Noise, an optional call --

TAILS = np.array([-4.0, -3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0, 4.0])
"""Standard deviations from the mean beyond which entries are counted."""
QUARTILE = 0.6744897501960817
"""A standard normal number is beyond it, in size, with probability one half."""


@law("X.13", only=VALUES)
def noise_repeats(f: GaussianDropout, case: Noise) -> Equation:
    """delta(seed) = delta(seed): the seed decides the noise."""
    first = f.gaussian_dropout_noise(*case.arguments)
    f.gaussian_dropout_noise(case.size, case.sigma, case.other)
    return Equation(f.gaussian_dropout_noise(*case.arguments), first, 0.0)


@law("X.13", only=VALUES)
def noise_is_one_without_sigma(f: GaussianDropout, case: Noise) -> Equation:
    """delta = 1 for sigma = 0."""
    return Equation(f.gaussian_dropout_noise(case.size, 0.0, case.seed), np.ones(case.size), 0.0)


@law("X.13", only=VALUES)
def noise_is_normal(f: GaussianDropout, case: Noise) -> Equation:
    """P(delta_k <= 1 + t sigma) = Phi(t) for every t, counted over the entries."""
    t = np.sort(_deviations(f, case))
    due = (np.arange(case.size) + 0.5) / case.size
    return Equation(ndtr(t), due, bounds.of_distribution(case.size), "Phi((delta - 1) / sigma), in order")


@law("X.13", only=VALUES)
def noise_has_mean_one(f: GaussianDropout, case: Noise) -> Equation:
    """E[(delta_k - 1) / sigma] = 0, averaged over the entries."""
    return Equation(_deviations(f, case).mean(), 0.0, bounds.of_mean(case.size))


@law("X.13", only=VALUES)
def noise_has_its_variance(f: GaussianDropout, case: Noise) -> Equation:
    """E[(delta_k - 1)^2 / sigma^2] = 1, averaged over the entries."""
    return Equation((_deviations(f, case) ** 2).mean(), 1.0, bounds.of_mean_square(case.size))


@law("X.13", only=VALUES)
def noise_reaches_its_tails(f: GaussianDropout, case: Noise) -> Equation:
    """P(delta_k > 1 + t sigma) = 1 - Phi(t) for t from -4 to 4, counted over the entries."""
    t, due = _deviations(f, case), ndtr(-TAILS)
    allowed = [of_share(case.size, q, checks=TAILS.size) for q in due.tolist()]
    return Equation((t[:, None] > TAILS).mean(axis=0), due, np.array(allowed))


@law("X.13", only=VALUES)
def noise_is_like_itself_at_no_distance(f: GaussianDropout, case: Noise) -> Equation:
    """sum_i t_i t_(i+k) = 0 for every distance k up to half of the noise, t = (delta - 1) / sigma, up to chance."""
    likeness = _autocorrelation(_deviations(f, case))
    return Equation(likeness, np.zeros(likeness.size), bounds.of_autocorrelation(case.size))


@law("X.13", only=CORE)
def noise_is_like_its_mirror_nowhere(f: GaussianDropout, case: Noise) -> Equation:
    """sum_(i < j, i + j = c) t_i t_j = 0 for every c, t = (delta - 1) / sigma, up to chance."""
    t = _deviations(f, case)
    likeness = np.fft.irfft(np.fft.rfft(t, 2 * case.size) ** 2, 2 * case.size)[: 2 * case.size - 1]
    likeness[::2] -= t**2  # where i = j
    return Equation(likeness / 2, np.zeros(likeness.size), bounds.of_mirrored(case.size))


@law("X.13", only=CORE)
def noise_is_as_large_as_itself_at_no_distance(f: GaussianDropout, case: Noise) -> Equation:
    """sum_i (M_i - 1/2)(M_(i+k) - 1/2) = 0 for every k up to half of the noise, M = [|t| > 0.6745], up to chance."""
    likeness = _autocorrelation((np.abs(_deviations(f, case)) > QUARTILE) - 0.5)
    return Equation(likeness, np.zeros(likeness.size), of_likeness(case.size, 0.5))


@law("X.13", only=VALUES)
def noises_of_two_seeds_are_independent(f: GaussianDropout, case: Noise) -> Equation:
    """sum_i t_i(s) t_j(r) = 0 for seeds s != r, for j = i and j = i + lag, t = (delta - 1) / sigma, up to chance."""
    s, r = (case.standardized(f.gaussian_dropout_noise(case.size, case.sigma, x)) for x in (case.seed, case.other))
    lag = case.lag
    sums = np.array([s @ r, s[lag:] @ r[: case.size - lag], s[: case.size - lag] @ r[lag:]])
    return Equation(sums, np.zeros(3), bounds.of_products(case.size, checks=3))


@law("X.13", only=CORE)
def noise_is_alike_at_every_entry(f: GaussianDropout, case: Noises) -> Equation:
    """E[t_k] = 0 and E[t_k^2] = 1 for each k, t = (delta - 1) / sigma, averaged over seeds."""
    t = _deviations_by_seed(f, case)
    due, checks = np.ones(case.size), 2 * case.size
    allowed = (bounds.of_mean(case.count, checks) * due, bounds.of_mean_square(case.count, checks) * due)
    return Equation((t.mean(axis=0), (t**2).mean(axis=0)), (0 * due, due), allowed)


@law("X.13", only=CORE)
def noise_varies_as_due(f: GaussianDropout, case: Noises) -> Equation:
    """sum_k t_k and sum_k t_k^2 are below their medians, and within the middle half of their laws, as often as due."""
    t = _deviations_by_seed(f, case)
    ranks = np.array([ndtr(t.sum(axis=1) / np.sqrt(case.size)), chdtr(case.size, (t**2).sum(axis=1))])
    shares = np.array([(ranks < 0.5).mean(axis=1), (np.abs(ranks - 0.5) < 0.25).mean(axis=1)])
    return Equation(shares, np.full((2, 2), 0.5), of_share(case.count, 0.5, checks=4))


@law("X.13", only=INPUTS)
def gaussian_dropout_noise_refuses_bad_input(f: GaussianDropout, case: Refusal) -> Raises:
    """gaussian_dropout_noise raises ValueError on an invalid size, sigma or seed."""
    return is_refused(f, case)


# -- In common --


def _deviations(f: GaussianDropout, case: Noise) -> Floats:
    return case.standardized(f.gaussian_dropout_noise(*case.arguments))


def _deviations_by_seed(f: GaussianDropout, case: Noises) -> Floats:
    """(count, size)."""
    return case.standardized(np.array([f.gaussian_dropout_noise(*arguments) for arguments in case.each]))


def _autocorrelation(t: Floats) -> Floats:
    """`sum_i t_i t_(i+k)` for the distances k from 1 to half of its size."""
    power = np.abs(np.fft.rfft(t, 2 * t.size)) ** 2
    sums: Floats = np.fft.irfft(power, 2 * t.size)[1 : t.size // 2 + 1]
    return sums


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
