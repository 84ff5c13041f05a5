"""Batch normalisation (Q2), in full and by the mean alone: laws on a batch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lydite.kit import CORE, INPUTS, VALUES, WIDE, Equation, Floats, Inequality, Raises, Refusal, is_refused, law
from lydite.kit.derivatives import is_quotient, is_vanishing_quotient
from lydite.kit.differences import Line, slope
from spec.bounds import batch_norm as bounds
from spec.contracts.batch_norm import BatchNorm
from spec.definitions.batch_norm import (
    CenteredBatch,
    NormalisedBatch,
    Population,
    RunningBatch,
    Sizes,
    TwoBatches,
    TwoLayers,
    added,
    average,
)

STEP = 1 / 64
"""The largest step of a difference quotient, a power of two. For the full form it counts deviations of the feature:
the power series of the output converges up to about one."""

RADIUS = 7 / 8
"""`(var(x + t s v) + eps) / s^2` is `1 + 2 r t + q t^2` with `r^2 <= q <= 1`, for entries of `v` of at most 1: no zero
is nearer than 1, and for complex `t` of at most this size the root of it is at least `1 - RADIUS`."""

ALONG_ITSELF = 1 / 2
"""The largest step along the batch itself, or of a pair of samples, where outputs do not change at all."""

FACTOR = 8.0
"""The factors that inputs are scaled by, without rounding."""

# -- The mean alone: forward --


@law("Q2.c.1", only=VALUES)
def what_centering_takes_is_the_mean(f: BatchNorm, case: CenteredBatch) -> Equation:
    """x_i - y_i = 1/n sum_j x_j, for gamma = 1 and beta = 0."""
    taken = case.x - f.centered_batch_norm(case.x, case.ones, case.zeros)
    return Equation(taken, case.mean, bounds.centered(case.x, case.u) + case.u * average(abs(case.x)))


@law("Q2.c.2", only=VALUES)
def centered_output_is_exact(f: BatchNorm, case: CenteredBatch) -> Equation:
    """y_i = gamma (x_i - 1/n sum_j x_j) + beta."""
    y = f.centered_batch_norm(case.x, case.gamma, case.beta)
    return Equation(y, case.output, bounds.centered_batch_norm(case.x, case.gamma, case.beta, case.u))


@law("Q2.c.2", only=WIDE)
def centered_values_sum_to_zero(f: BatchNorm, case: CenteredBatch) -> Equation:
    """sum_i x_hat_i = 0."""
    x_hat = f.centered_batch_norm(case.x, case.ones, case.zeros)
    allowed = 2 * bounds.centered(case.x, case.u)  # once for each value, once for the sum of n of them
    return Equation(added(x_hat), case.zeros, added(allowed))


@law("Q2.c.2", only=WIDE)
def centered_output_is_shift_invariant(f: BatchNorm, case: CenteredBatch) -> Equation:
    """y(x + c) = y(x), c the same for every sample."""
    gamma, beta, u = case.gamma, case.beta, case.u
    allowed = (
        bounds.centered_batch_norm(case.x, gamma, beta, u)
        + bounds.centered_batch_norm(case.shifted, gamma, beta, u)
        + abs(gamma) * bounds.moved_when_centered(u * abs(case.shifted))
    )
    return Equation(
        f.centered_batch_norm(case.shifted, gamma, beta), f.centered_batch_norm(case.x, gamma, beta), allowed
    )


@law("Q2.c.3", only=VALUES)
def centered_output_is_additive_but_for_beta(f: BatchNorm, case: CenteredBatch) -> Equation:
    """(y(x) - beta) + (y(v) - beta) = y(x + v) - beta: affine in x, linear only for beta = 0."""
    gamma, beta, u, both = case.gamma, case.beta, case.u, case.x + case.v
    parts = f.centered_batch_norm(case.x, gamma, beta), f.centered_batch_norm(case.v, gamma, beta)
    whole = f.centered_batch_norm(both, gamma, beta)
    allowed = (
        sum(bounds.centered_batch_norm(x, gamma, beta, u) for x in (case.x, case.v, both))
        + abs(gamma) * bounds.moved_when_centered(u * abs(both))
        + 3 * u * sum(_centered_size(x, gamma) + abs(beta) for x in (case.x, case.v, both))
    )
    return Equation((parts[0] - beta) + (parts[1] - beta), whole - beta, allowed)


@law("Q2.c.3", only=WIDE)
def mean_of_centered_output_is_beta(f: BatchNorm, case: CenteredBatch) -> Equation:
    """1/n sum_i y_i = beta."""
    y = f.centered_batch_norm(case.x, case.gamma, case.beta)
    allowed = bounds.centered_batch_norm(case.x, case.gamma, case.beta, case.u)
    moments = _moments(y, case.beta, _centered_size(case.x, case.gamma), allowed, case.u)
    return Equation(moments.mean, case.beta, moments.mean_slack)


@law("Q2.c.4", only=WIDE)
def own_derivative_is_one_minus_share(f: BatchNorm, case: CenteredBatch) -> Equation:
    """dx_hat_i / dx_i = 1 - 1/n: what becomes of the unit vector e_i at i."""
    own = np.diag(f.centered_batch_norm(case.x, case.gamma, case.beta))
    return Equation(own, np.full(case.n, 1 - 1 / case.n), np.diag(bounds.centered(case.x, case.u)) + case.u)


@law("Q2.c.5", only=WIDE)
def derivative_by_another_is_minus_share(f: BatchNorm, case: CenteredBatch) -> Equation:
    """dx_hat_i / dx_k = -1/n for i != k: what becomes of the unit vector e_k elsewhere."""
    others = ~np.eye(case.n, dtype=bool)
    due = np.full(case.n * (case.n - 1), -1 / case.n)
    x_hat = f.centered_batch_norm(case.x, case.gamma, case.beta)
    return Equation(x_hat[others], due, bounds.centered(case.x, case.u)[others] + case.u / case.n)


@law("Q2.c.4", "Q2.c.5", only=CORE, differences=["centered_batch_norm"])
def jacobian_is_difference_quotient(f: BatchNorm, case: CenteredBatch) -> Equation:
    """(d/dt) y(x + t v) = gamma (v - mean(v)), by finite differences of its own output."""
    gamma, beta = case.gamma, case.beta
    line = Line(lambda t: (case.along(t), gamma, beta), lambda t: _centered_noise(case, case.along(t)), STEP)
    quotient = slope(f.centered_batch_norm, line)
    allowed = bounds.centered_batch_norm_backward(case.direction, gamma, case.u)
    return Equation(quotient.value, case.tangent.within(allowed), allowed + quotient.error)


@law("Q2.b.3", only=CORE)
def noise_of_batches_is_exact(f: BatchNorm, case: Population) -> Equation:
    """Var(x* - mean) = (n - 1)/n^2 S^2 (1 - (n - 1)/(N - 1)), over all batches of n out of N values that hold x*."""
    x, u = case.batches, case.u
    count = x.shape[1]
    centered = f.centered_batch_norm(x, np.ones(count, dtype=x.dtype), np.zeros(count, dtype=x.dtype))[0]
    # Each value is off by at most `error`, as is their mean; both also by the roundings of `np.var` itself.
    spread = float(np.ptp(case.values))
    error = bounds.centered(x, u)[0].max() + (count + 3) * u * spread
    return Equation(float(centered.var()), case.noise, 4 * error * (spread + error) + (count + 3) * u * spread**2)


# -- The mean alone: one sample --


@law("Q2.d.1", only=WIDE)
def mean_of_one_sample_is_itself(f: BatchNorm, case: CenteredBatch) -> Equation:
    """x_1 - y_1 = x_1 for gamma = 1, beta = 0 and n = 1, exactly."""
    return Equation(case.x - f.centered_batch_norm(case.x, case.ones, case.zeros), case.x, 0.0)


@law("Q2.d.2", only=WIDE)
def one_sample_is_centered_to_zero(f: BatchNorm, case: CenteredBatch) -> Equation:
    """x_hat_1 = 0 for n = 1, exactly."""
    return Equation(f.centered_batch_norm(case.x, case.ones, case.zeros), np.zeros(case.x.shape), 0.0)


@law("Q2.d.3", only=VALUES)
def output_of_one_sample_is_beta(f: BatchNorm, case: CenteredBatch) -> Equation:
    """y_1 = beta for n = 1, whatever x_1."""
    y = f.centered_batch_norm(case.x, case.gamma, case.beta)
    return Equation(y, case.beta[None, :], bounds.of_one_sample(case.x, case.gamma, case.beta, case.u))


@law("Q2.d.3", "Q2.d.9", only=VALUES)
def gradient_of_one_sample_is_zero(f: BatchNorm, case: CenteredBatch) -> Equation:
    """dL/dx_1 = 0 for n = 1, exactly, whatever dL/dy_1."""
    return Equation(f.centered_batch_norm_backward(case.dy, case.gamma), np.zeros(case.dy.shape), 0.0)


@law("Q2.d.3", "Q2.d.9", only=CORE, differences=["centered_batch_norm"])
def gradient_of_one_sample_is_difference_quotient(f: BatchNorm, case: CenteredBatch) -> Equation:
    """<dL/dx_1, v> = d/dt dy_1 y_1(x + t v) = 0 at t = 0 for n = 1, by finite differences of its own output."""

    def noise(t: float) -> Floats:
        off = bounds.of_one_sample(case.along(t), case.gamma, case.beta, case.u)
        return _inner_product(abs(case.beta), off, case.dy, case.u)

    line = Line(lambda t: (case.along(t), case.gamma, case.beta), noise, STEP)
    backward = case.dy, case.gamma
    return is_vanishing_quotient(f, "centered_batch_norm_backward", backward, case.direction, line, 0.0)


# -- The mean alone: backward --


@law("Q2.c.8", only=VALUES)
def centered_gradient_is_exact(f: BatchNorm, case: CenteredBatch) -> Equation:
    """dL/dx_i = gamma (dL/dy_i - 1/n sum_k dL/dy_k)."""
    dx = f.centered_batch_norm_backward(case.dy, case.gamma)
    return Equation(dx, case.gradient, bounds.centered_batch_norm_backward(case.dy, case.gamma, case.u))


@law("Q2.c.8", only=WIDE)
def centered_gradient_is_slope(f: BatchNorm, case: CenteredBatch) -> Equation:
    """<dL/dx, v> = d/dt sum_i dy_i y_i(x + t v) at t = 0, by the power series of the definition."""
    dx = f.centered_batch_norm_backward(case.dy, case.gamma)
    return Equation(added(dx * case.v), case.slope, _centered_slope(case, case.v))


@law("Q2.c.8", only=CORE, differences=["centered_batch_norm"])
def centered_gradient_is_difference_quotient(f: BatchNorm, case: CenteredBatch) -> Equation:
    """<dL/dx, v> = d/dt sum_i dy_i y_i(x + t v) at t = 0, by finite differences of its own output."""
    v = case.direction
    own = _centered_slope(case, v)
    return is_quotient(f, "centered_batch_norm_backward", (case.dy, case.gamma), v, _centered_line(case, v), own)


@law("Q2.c.9", "X.3", only=CORE, differences=["centered_batch_norm"])
def centered_gradients_sum_to_the_slope_along_ones(f: BatchNorm, case: CenteredBatch) -> Equation:
    """sum_i dL/dx_i = d/dt sum_i dy_i y_i(x + t 1) = 0 at t = 0, by finite differences of its own output."""
    ones = np.ones(case.x.shape)
    line, own = _centered_line(case, ones), _centered_slope(case, ones)
    return is_vanishing_quotient(f, "centered_batch_norm_backward", (case.dy, case.gamma), ones, line, own)


@law("Q2.c.8", "Q2.c.9", "X.3", only=WIDE)
def mean_of_upstream_is_taken_at_every_size(f: BatchNorm, case: CenteredBatch) -> Equation:
    """dL/dx_i - gamma dL/dy_i = -gamma mean(dL/dy), for every n: as large in a large batch as in a small one."""
    dx = f.centered_batch_norm_backward(case.dy, case.gamma)
    allowed = bounds.centered_batch_norm_backward(case.dy, case.gamma, case.u)
    rounded = 3 * case.u * _centered_size(case.dy, case.gamma)  # of the product and the difference here
    return Equation(dx - case.gamma * case.dy.astype(float), case.taken, allowed + rounded)


@law("Q2.c.9", "X.3", only=WIDE)
def centered_gradients_sum_to_zero(f: BatchNorm, case: CenteredBatch) -> Equation:
    """sum_i dL/dx_i = 0."""
    dx = f.centered_batch_norm_backward(case.dy, case.gamma)
    allowed = 2 * bounds.centered_batch_norm_backward(case.dy, case.gamma, case.u)  # the values, and their sum
    return Equation(added(dx), case.zeros, added(allowed))


@law("Q2.c.9", only=WIDE)
def constant_upstream_has_no_gradient(f: BatchNorm, case: CenteredBatch) -> Equation:
    """dL/dx = 0 where dL/dy is the same for all samples, for every n."""
    dx = f.centered_batch_norm_backward(case.constant, case.gamma)
    return Equation(dx, np.zeros(dx.shape), bounds.centered_batch_norm_backward(case.constant, case.gamma, case.u))


@law("Q2.c.9", only=WIDE)
def second_backward_pass_changes_nothing(f: BatchNorm, case: CenteredBatch) -> Equation:
    """C (C g) = C g for C = I - 11'/n, the backward pass at gamma = 1."""
    once = f.centered_batch_norm_backward(case.dy, case.ones).astype(case.dtype)
    first = bounds.centered(case.dy, case.u) + case.u * abs(once)
    allowed = bounds.centered(once, case.u) + bounds.moved_when_centered(first)
    return Equation(f.centered_batch_norm_backward(once, case.ones), once.astype(float), allowed)


# -- In full: forward --


@law("Q2.a.8", only=VALUES)
def output_is_exact(f: BatchNorm, case: NormalisedBatch) -> Equation:
    """y_i = gamma (x_i - mean) / sqrt(var + eps) + beta, var with denominator n."""
    return Equation(f.batch_norm(case.x, case.gamma, case.beta, case.eps), case.output, _allowed(case))


@law("Q2.a.5", only=VALUES)
def normalised_values_have_mean_zero(f: BatchNorm, case: NormalisedBatch) -> Equation:
    """1/n sum_i x_hat_i = 0, feature by feature."""
    moments = _normalised_moments(f, case)
    return Equation(moments.mean, case.zeros, moments.mean_slack)


@law("Q2.a.5", only=WIDE)
def output_is_shift_invariant(f: BatchNorm, case: NormalisedBatch) -> Equation:
    """y(x + c) = y(x), c the same for every sample."""
    gamma, beta, eps, sizes = case.gamma, case.beta, case.eps, Sizes(case.shifted, case.eps)
    shifted = bounds.batch_norm(sizes, gamma, beta, case.u, case.forgiving)
    moved = bounds.moved(sizes, gamma, case.u * sizes.x)
    return Equation(
        f.batch_norm(case.shifted, gamma, beta, eps),
        f.batch_norm(case.x, gamma, beta, eps),
        _allowed(case) + shifted + moved,
    )


@law("Q2.a.5", only=WIDE)
def output_follows_permutations(f: BatchNorm, case: NormalisedBatch) -> Equation:
    """y(P x) = P y(x), here for the reversal P of the samples."""
    gamma, beta, eps = case.gamma, case.beta, case.eps
    allowed = _allowed(case)
    y = f.batch_norm(case.x, gamma, beta, eps)
    return Equation(f.batch_norm(case.x[::-1], gamma, beta, eps), y[::-1], allowed + allowed[::-1])


@law("Q2.a.5", only=WIDE)
def features_are_independent(f: BatchNorm, case: NormalisedBatch) -> Equation:
    """The first feature of y depends on the first feature of x alone."""
    x, gamma, beta, eps = case.x, case.gamma, case.beta, case.eps
    alone = f.batch_norm(x[:, :1], gamma[:1], beta[:1], eps)
    return Equation(alone, f.batch_norm(x, gamma, beta, eps)[:, :1], 2 * _allowed(case)[:, :1])


@law("Q2.a.6", only=VALUES)
def normalised_variance_is_exact(f: BatchNorm, case: NormalisedBatch) -> Equation:
    """1/n sum_i x_hat_i^2 = var / (var + eps): one at eps = 0, else less."""
    moments = _normalised_moments(f, case)
    return Equation(moments.second, case.unit_variance, moments.second_slack)


@law("Q2.a.7", only=WIDE)
def batches_share_two_moments(f: BatchNorm, case: TwoBatches) -> Equation:
    """Mean and variance of y are the same for all batches, at eps = 0."""
    a, c = (_moments_at(f, x, case) for x in (case.a, case.c))
    slack = (a.mean_slack + c.mean_slack, a.second_slack + c.second_slack)
    return Equation((a.mean, a.second), (c.mean, c.second), slack)


@law("Q2.a.8", only=WIDE)
def moments_of_output_are_exact(f: BatchNorm, case: NormalisedBatch) -> Equation:
    """1/n sum_i y_i = beta, and 1/n sum_i (y_i - beta)^2 = gamma^2 var / (var + eps)."""
    y, size = f.batch_norm(case.x, case.gamma, case.beta, case.eps), abs(case.gamma) * case.sizes.x_hat
    moments = _moments(y, case.beta, size, _allowed(case), case.u)
    slack = (moments.mean_slack, moments.second_slack)
    return Equation((moments.mean, moments.second), (case.beta, case.output_variance), slack)


@law("Q2.a.9", only=WIDE)
def scale_and_shift_undo_normalisation(f: BatchNorm, case: NormalisedBatch) -> Equation:
    """y = x for gamma = sqrt(var + eps) and beta = mean."""
    sizes, u = case.sizes, case.u
    gamma = case.deviation.within(u * sizes.s).astype(case.dtype)
    beta = case.mean.within(u * sizes.mean).astype(case.dtype)
    rounded = 2 * u * (gamma * sizes.x_hat + sizes.mean)  # each parameter is off by less than two roundings
    allowed = bounds.batch_norm(sizes, gamma, beta, u, case.forgiving) + rounded
    return Equation(f.batch_norm(case.x, gamma, beta, case.eps), case.x, allowed)


@law("Q2.a.2", only=CORE)
def output_of_one_layer_is_input_of_the_next(f: BatchNorm, case: TwoLayers) -> Equation:
    """The composition of two layers is what one returns for what the other has returned."""
    u, forgiving = case.u, case.forgiving
    hidden = f.batch_norm(case.x, case.gamma1, case.beta1, case.eps1).astype(case.dtype)
    first = bounds.batch_norm(Sizes(case.x, case.eps1), case.gamma1, case.beta1, u, forgiving)
    sizes = Sizes(case.hidden, case.eps2)
    second = bounds.batch_norm(sizes, case.gamma2, case.beta2, u, forgiving)
    allowed = second + bounds.moved(sizes, case.gamma2, first + u * sizes.x)
    return Equation(f.batch_norm(hidden, case.gamma2, case.beta2, case.eps2), case.output, allowed)


# -- In full: backward --


@law("Q2.b.9", only=VALUES)
def input_gradient_is_exact(f: BatchNorm, case: NormalisedBatch) -> Equation:
    """dL/dx_i = gamma/s (dy_i - mean(dy) - x_hat_i mean(dy x_hat)), s = sqrt(var + eps)."""
    return Equation(_backward(f, case)[0], case.input_gradient, _input_gradient_allowed(case))


@law("Q2.a.8", only=VALUES)
def parameter_gradients_are_exact(f: BatchNorm, case: NormalisedBatch) -> Equation:
    """dL/dgamma = sum_i dy_i x_hat_i, and dL/dbeta = sum_i dy_i."""
    scale = bounds.scale_gradient(case.sizes, case.dy, case.u, case.forgiving)
    shift = bounds.shift_gradient(case.dy, case.u)
    return Equation(_backward(f, case)[1:], (case.scale_gradient, case.shift_gradient), (scale, shift))


@law("Q2.b.9", only=WIDE)
def input_gradient_is_slope(f: BatchNorm, case: NormalisedBatch) -> Equation:
    """<dL/dx, v> = d/dt sum_i dy_i y_i(x + t v) at t = 0, by the power series of the definition."""
    dx = _backward(f, case)[0]
    return Equation(added(dx * case.v), case.slope, _input_slope(case, case.v))


@law("Q2.b.9", only=CORE, differences=["batch_norm"])
def input_gradient_is_difference_quotient(f: BatchNorm, case: NormalisedBatch) -> Equation:
    """<dL/dx, v> = d/dt sum_i dy_i y_i(x + t v) at t = 0, by finite differences of its own output."""
    # Within the radius the numerator of x_hat_i is at most |x_hat_i| + 2 RADIUS.
    largest = abs(case.gamma) * (case.sizes.x_hat + 2 * RADIUS) / (1 - RADIUS)
    line = _line(case, case.direction, STEP, RADIUS, added(abs(case.dy) * largest))
    own = _input_slope(case, case.direction)
    return is_quotient(f, "batch_norm_backward", _backward_arguments(case), case.direction, line, own, part=0)


@law("Q2.a.8", only=CORE, differences=["batch_norm"])
def parameter_gradients_are_quotients(f: BatchNorm, case: NormalisedBatch) -> Equation:
    """dL/dgamma and dL/dbeta = d/dt sum_i dy_i y_i at gamma + t and at beta + t, by finite differences."""
    dy, u = case.dy, case.u
    # At most at every step: each parameter is moved by a step, and rounded.
    gamma, beta = abs(case.gamma) + STEP, abs(case.beta) + STEP
    size = gamma * case.sizes.x_hat + beta
    error = bounds.batch_norm(case.sizes, gamma, beta, u, case.forgiving) + u * size
    noise = _inner_product(size, error, dy, u)

    def weighted(gamma: Floats, beta: Floats) -> Floats:
        return added(dy * f.batch_norm(case.x, gamma, beta, case.eps))

    scale = slope(weighted, Line(lambda t: (_plus(case.gamma, t), case.beta), lambda _: noise, STEP))
    shift = slope(weighted, Line(lambda t: (case.gamma, _plus(case.beta, t)), lambda _: noise, STEP))
    allowed = (
        bounds.scale_gradient(case.sizes, dy, u, case.forgiving) + scale.error,
        bounds.shift_gradient(dy, u) + shift.error,
    )
    return Equation(_backward(f, case)[1:], (scale.value, shift.value), allowed)


@law("Q2.b.9", only=WIDE)
def input_gradients_sum_to_zero(f: BatchNorm, case: NormalisedBatch) -> Equation:
    """sum_i dL/dx_i = 0, for every eps: nothing is left of dy along 1."""
    dx = _backward(f, case)[0]
    allowed = _input_gradient_allowed(case) + case.n * case.u * _input_gradient_size(case)
    return Equation(added(dx), case.zeros, added(allowed))


@law("Q2.b.9", only=WIDE)
def input_gradient_is_at_most_scaled(f: BatchNorm, case: NormalisedBatch) -> Inequality:
    """|dL/dx| <= |gamma|/s |dy|, for every eps."""
    u, n = case.u, case.n
    dx = np.linalg.norm(_backward(f, case)[0], axis=0)
    large = abs(case.gamma) / case.deviation.within(u * case.sizes.s) * np.linalg.norm(case.dy.astype(float), axis=0)
    allowed = np.linalg.norm(_input_gradient_allowed(case), axis=0) + 2 * (n + 4) * u * large
    return Inequality(dx, large, allowed, "|dL/dx|")


@law("Q2.b.9", only=WIDE)
def squared_input_gradient_is_exact(f: BatchNorm, case: NormalisedBatch) -> Equation:
    """|dL/dx|^2 = (gamma/s)^2 (|dy|^2 - (1.dy)^2 / n - (x_hat.dy)^2 / n), at eps = 0."""
    dx, size, error = _backward(f, case)[0], _input_gradient_size(case), _input_gradient_allowed(case)
    allowed = (2 * size + error) * error + (case.n + 1) * case.u * size * size
    return Equation(added(dx * dx), case.squared_gradient, added(allowed))


@law("Q2.b.5", only=WIDE)
def output_is_scale_invariant(f: BatchNorm, case: NormalisedBatch) -> Equation:
    """y(a x) = y(x) for a > 0, at eps = 0: so L(a W) = L(W)."""
    gamma, beta, eps = case.gamma, case.beta, case.eps
    scaled = case.x * case.dtype.type(FACTOR)
    allowed = 2 * _allowed(case)  # a factor without rounding changes no relative error
    return Equation(f.batch_norm(scaled, gamma, beta, eps), f.batch_norm(case.x, gamma, beta, eps), allowed)


@law("Q2.b.5", only=WIDE)
def input_gradient_scales_inversely(f: BatchNorm, case: NormalisedBatch) -> Equation:
    """a dL/dx(a x) = dL/dx(x) for a > 0, at eps = 0."""
    scaled = case.x * case.dtype.type(FACTOR)
    dx = f.batch_norm_backward(case.dy, scaled, case.gamma, case.eps)[0]
    return Equation(FACTOR * dx, _backward(f, case)[0], 2 * _input_gradient_allowed(case))


@law("Q2.b.5", only=WIDE)
def input_gradient_is_orthogonal_to_the_input(f: BatchNorm, case: NormalisedBatch) -> Equation:
    """sum_i x_i dL/dx_i = 0, at eps = 0: a step along the gradient never shrinks |x|."""
    dx = _backward(f, case)[0]
    return Equation(added(case.x * dx), case.zeros, _input_slope(case, case.x))


@law("Q2.b.5", only=CORE, differences=["batch_norm"])
def output_stays_along_the_input(f: BatchNorm, case: NormalisedBatch) -> Equation:
    """sum_i x_i dL/dx_i = d/dt sum_i dy_i y_i(x + t x) = 0 at t = 0 and eps = 0, by differences of its own output."""
    line, own = _line(case, case.x, ALONG_ITSELF), _input_slope(case, case.x)
    return is_vanishing_quotient(f, "batch_norm_backward", _backward_arguments(case), case.x, line, own, part=0)


@law("Q2.a.6", only=CORE, differences=["batch_norm"])
def output_of_two_samples_stays(f: BatchNorm, case: NormalisedBatch) -> Equation:
    """<dL/dx, v> = d/dt sum_i dy_i y_i(x + t v) = 0 at t = 0, n = 2 and eps = 0, by differences of its own output."""
    v = case.direction  # it brings two samples no nearer to each other than half of their distance
    line, own = _line(case, v, ALONG_ITSELF), _input_slope(case, v)
    return is_vanishing_quotient(f, "batch_norm_backward", _backward_arguments(case), v, line, own, part=0)


@law("Q2.a.6", only=WIDE)
def two_samples_have_no_input_gradient(f: BatchNorm, case: NormalisedBatch) -> Equation:
    """dL/dx = 0 for n = 2 and eps = 0, where x_hat is -1 and 1 whatever x."""
    dx = _backward(f, case)[0]
    return Equation(dx, np.zeros(dx.shape), _input_gradient_allowed(case))


# -- By running statistics, optional calls --


@law("X.10", only=VALUES)
def inference_is_exact(f: BatchNorm, case: RunningBatch) -> Equation:
    """y_i = gamma (x_i - mean) / sqrt(variance + eps) + beta, by the statistics that are given."""
    y = f.batch_norm_inference(case.x, *case.layer)
    return Equation(y, case.output, bounds.inference(case.x, case.layer, case.u))


@law("X.10", only=WIDE)
def inference_takes_each_sample_alone(f: BatchNorm, case: RunningBatch) -> Equation:
    """y(x)_1 = y(x_1): what else is in the batch does not matter."""
    alone = f.batch_norm_inference(case.x[:1], *case.layer)
    together = f.batch_norm_inference(case.x, *case.layer)[:1]
    return Equation(together, alone, 2 * bounds.inference(case.x[:1], case.layer, case.u))


@law("X.10", only=CORE)
def inference_by_the_statistics_of_the_batch_is_training(f: BatchNorm, case: NormalisedBatch) -> Equation:
    """y at inference, by mean(x) and var(x), is that in training."""
    x, b, u, scale = case.x.astype(float), case.sizes, case.u, abs(case.gamma)
    layer = case.gamma, case.beta, x.mean(axis=0).astype(case.dtype), x.var(axis=0).astype(case.dtype), case.eps
    allowed = bounds.inference(case.x, layer, u) + bounds.batch_norm(b, case.gamma, case.beta, u, case.forgiving)
    # The statistics that the law gives are rounded as well.
    allowed = allowed + scale * ((b.n + 1) * u * b.mean / b.s + b.x_hat * bounds.deviation(b, u, forgiving=False))
    trained = f.batch_norm(case.x, case.gamma, case.beta, case.eps)
    return Equation(f.batch_norm_inference(case.x, *layer), trained, allowed)


@law("X.11", only=VALUES)
def running_statistics_are_exact(f: BatchNorm, case: RunningBatch) -> Equation:
    """(1 - momentum) mean + momentum mean(x), and (1 - momentum) variance + momentum var(x), var over n."""
    found = f.running_statistics(case.x, case.mean, case.variance, case.momentum)
    return Equation(found, (case.next_mean, case.next_variance), _running(case, case.momentum))


@law("X.11", only=WIDE)
def running_statistics_stay_without_momentum(f: BatchNorm, case: RunningBatch) -> Equation:
    """The statistics are what they were for a momentum of 0."""
    found = f.running_statistics(case.x, case.mean, case.variance, 0.0)
    return Equation(found, (case.mean, case.variance), _running(case, 0.0))


@law("X.11", only=WIDE)
def running_statistics_of_no_memory_are_those_of_the_batch(f: BatchNorm, case: RunningBatch) -> Equation:
    """For a momentum of 1 the statistics do not depend on what they were."""
    zeros = np.zeros_like(case.mean)
    found = f.running_statistics(case.x, case.mean, case.variance, 1.0)
    alone = f.running_statistics(case.x, zeros, zeros, 1.0)
    allowed = [
        of_old + of_none for of_old, of_none in zip(_running(case, 1.0), _running(case, 1.0, zeros), strict=True)
    ]
    return Equation(found, alone, tuple(allowed))


# -- Bad input --


@law("Q2.a.8", only=INPUTS)
def batch_norm_refuses_bad_input(f: BatchNorm, case: Refusal) -> Raises:
    """batch_norm raises ValueError on an invalid batch, scale, shift or eps."""
    return is_refused(f, case)


@law("Q2.a.8", only=INPUTS)
def batch_norm_backward_refuses_bad_input(f: BatchNorm, case: Refusal) -> Raises:
    """batch_norm_backward raises ValueError on an invalid batch, upstream gradient, scale or eps."""
    return is_refused(f, case)


@law("Q2.c.3", only=INPUTS)
def centered_batch_norm_refuses_bad_input(f: BatchNorm, case: Refusal) -> Raises:
    """centered_batch_norm raises ValueError on an invalid batch, scale or shift."""
    return is_refused(f, case)


@law("Q2.c.8", only=INPUTS)
def centered_batch_norm_backward_refuses_bad_input(f: BatchNorm, case: Refusal) -> Raises:
    """centered_batch_norm_backward raises ValueError on an invalid upstream gradient or scale."""
    return is_refused(f, case)


@law("X.10", only=INPUTS)
def batch_norm_inference_refuses_bad_input(f: BatchNorm, case: Refusal) -> Raises:
    """batch_norm_inference raises ValueError on an invalid batch, parameter, statistic or eps."""
    return is_refused(f, case)


@law("X.11", only=INPUTS)
def running_statistics_refuses_bad_input(f: BatchNorm, case: Refusal) -> Raises:
    """running_statistics raises ValueError on an invalid batch, statistic or momentum."""
    return is_refused(f, case)


# -- In common: no tolerance depends on an answer, lest one that is infinite excuse itself --


@dataclass(frozen=True, slots=True)
class Moments:
    """The mean of some outputs, and their mean square about beta, each (d,) and with what rounding allows."""

    mean: Floats
    second: Floats
    mean_slack: Floats
    second_slack: Floats


def _moments(y: Floats, beta: Floats, size: Floats, error: Floats, u: float) -> Moments:
    """Those of `y` (n, d), whose entries are off by at most `error`; due is `y - beta` of at most `size`."""
    n, about, off = len(y), y - beta, error + u * size
    second_slack = average((2 * size + off) * off + (n + 2) * u * size * size)
    mean_slack = average(error + n * u * (size + abs(beta)))
    return Moments(average(y), average(about * about), mean_slack, second_slack)


def _normalised_moments(f: BatchNorm, case: NormalisedBatch) -> Moments:
    x_hat = f.batch_norm(case.x, case.ones, case.zeros, case.eps)
    error = bounds.batch_norm(case.sizes, case.ones, case.zeros, case.u, case.forgiving)
    return _moments(x_hat, case.zeros, case.sizes.x_hat, error, case.u)


def _moments_at(f: BatchNorm, x: Floats, case: TwoBatches) -> Moments:
    y, sizes = f.batch_norm(x, case.gamma, case.beta, 0.0), Sizes(x, 0.0)
    error = bounds.batch_norm(sizes, case.gamma, case.beta, case.u, case.forgiving)
    return _moments(y, case.beta, abs(case.gamma) * sizes.x_hat, error, case.u)


def _allowed(case: NormalisedBatch) -> Floats:
    return bounds.batch_norm(case.sizes, case.gamma, case.beta, case.u, case.forgiving)


def _backward(f: BatchNorm, case: NormalisedBatch) -> tuple[Floats, Floats, Floats]:
    return f.batch_norm_backward(*_backward_arguments(case))


def _backward_arguments(case: NormalisedBatch) -> tuple[Floats, Floats, Floats, float]:
    return case.dy, case.x, case.gamma, case.eps


def _line(case: NormalisedBatch, v: Floats, step: float, radius: float = np.inf, size: Floats | float = 0.0) -> Line:
    """`x + t v`; the noise is that of `sum_i dy_i y_i`, and rounding the batch."""
    gamma, beta, u = case.gamma, case.beta, case.u

    def along(t: float) -> Floats:
        return (case.x + t * v).astype(case.dtype)

    def noise(t: float) -> Floats:
        sizes = Sizes(along(t), case.eps)
        error = bounds.batch_norm(sizes, gamma, beta, u, case.forgiving) + bounds.moved(sizes, gamma, u * sizes.x)
        return _inner_product(abs(gamma) * sizes.x_hat + abs(beta), error, case.dy, u)

    return Line(lambda t: (along(t), gamma, beta, case.eps), noise, step, radius, size)


def _centered_line(case: CenteredBatch, v: Floats) -> Line:
    """The same for the mean alone, whose output is a linear function of `t`."""
    gamma, beta = case.gamma, case.beta

    def along(t: float) -> Floats:
        return (case.x + t * v).astype(case.dtype)

    def noise(t: float) -> Floats:
        x = along(t)
        return _inner_product(_centered_size(x, gamma) + abs(beta), _centered_noise(case, x), case.dy, case.u)

    return Line(lambda t: (along(t), gamma, beta), noise, STEP)


def _centered_noise(case: CenteredBatch, x: Floats) -> Floats:
    """(n, d). What the output at `x` may be off by, `x` itself being rounded."""
    rounded = abs(case.gamma) * bounds.moved_when_centered(case.u * abs(x))
    return bounds.centered_batch_norm(x, case.gamma, case.beta, case.u) + rounded


def _input_slope(case: NormalisedBatch, v: Floats) -> Floats:
    """(d,). What `sum_i dx_i v_i` may be off by."""
    return _inner_product(_input_gradient_size(case), _input_gradient_allowed(case), v, case.u)


def _centered_slope(case: CenteredBatch, v: Floats) -> Floats:
    """(d,). The same for the mean alone."""
    error = bounds.centered_batch_norm_backward(case.dy, case.gamma, case.u)
    return _inner_product(_centered_size(case.dy, case.gamma), error, v, case.u)


def _input_gradient_allowed(case: NormalisedBatch) -> Floats:
    return bounds.input_gradient(case.sizes, case.dy, case.gamma, case.u, case.forgiving)


def _input_gradient_size(case: NormalisedBatch) -> Floats:
    """(n, d). No less than the size of the input gradient, which is a difference of three terms."""
    dy, x_hat = abs(case.dy), case.sizes.x_hat
    return abs(case.gamma) / case.sizes.s * (dy + average(dy) + x_hat * average(dy * x_hat))


def _centered_size(x: Floats, gamma: Floats) -> Floats:
    """(n, d). No less than the size of `gamma (x - mean)`."""
    size = abs(x)
    return abs(gamma) * (size + average(size))


def _inner_product(size: Floats, error: Floats, b: Floats, u: float) -> Floats:
    """(d,). What `sum_i a_i b_i` may be off by, where each `a_i` of at most `size_i` is off by `error_i`."""
    return added(abs(b) * (error + (len(b) + 1) * u * size))


def _plus(parameter: Floats, t: float) -> Floats:
    """`parameter + t`, in its own precision."""
    return (parameter + t).astype(parameter.dtype)


def _running(case: RunningBatch, momentum: float, old: Floats | None = None) -> tuple[Floats, Floats]:
    """Bounds what the two running statistics may be off by, where they were `old` if not those of the case."""
    mean, variance = (case.mean, case.variance) if old is None else (old, old)
    return (
        bounds.next_mean(case.sizes, mean, momentum, case.u, case.forgiving),
        bounds.next_variance(case.sizes, variance, momentum, case.u, case.forgiving),
    )
