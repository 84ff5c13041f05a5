"""Batch normalisation (Q2), as it goes wrong."""

from __future__ import annotations

from typing import Any

import numpy as np

from lydite.kit import Array, Floats, Regime, mistake
from mistakes.memory import misread
from reference.batch_norm import (
    batch_norm,
    batch_norm_backward,
    batch_norm_inference,
    centered_batch_norm,
    centered_batch_norm_backward,
    running_statistics,
)

# -- batch_norm --


@mistake("batch_norm", breaks="Q2.a.6")
def variance_with_n_minus_one(x: Floats, gamma: Floats, beta: Floats, eps: float, /) -> Any:
    """The estimator of statistics, `ddof=1`: 0/0 in a batch of one."""
    return gamma * (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0, ddof=1) + eps) + beta


@mistake("batch_norm", breaks="Q2.a.5")
def statistics_over_the_features(x: Floats, gamma: Floats, beta: Floats, eps: float, /) -> Any:
    """Layer normalisation: the other axis."""
    centered = x - x.mean(axis=1, keepdims=True)
    return gamma * centered / np.sqrt(x.var(axis=1, keepdims=True) + eps) + beta


@mistake("batch_norm", breaks="Q2.a.5")
def one_mean_for_all_features(x: Floats, gamma: Floats, beta: Floats, eps: float, /) -> Any:
    """`x.mean()` without an axis."""
    return gamma * (x - x.mean()) / np.sqrt(x.var() + eps) + beta


@mistake("batch_norm", breaks="Q2.a.6")
def one_variance_for_all_features(x: Floats, gamma: Floats, beta: Floats, eps: float, /) -> Any:
    """Centres each feature, then forgets the axis."""
    centered = x - x.mean(axis=0)
    return gamma * centered / np.sqrt((centered**2).mean() + eps) + beta


@mistake("batch_norm", breaks="Q2.a.6")
def eps_outside_the_root(x: Floats, gamma: Floats, beta: Floats, eps: float, /) -> Any:
    """`std + eps`, against a division by zero only."""
    return gamma * (x - x.mean(axis=0)) / (x.std(axis=0) + eps) + beta


@mistake("batch_norm", breaks="Q2.a.6")
def eps_as_a_floor(x: Floats, gamma: Floats, beta: Floats, eps: float, /) -> Any:
    """`max(var, eps)` for `var + eps`: nothing is divided by zero either."""
    return gamma * (x - x.mean(axis=0)) / np.sqrt(np.maximum(x.var(axis=0), eps)) + beta


@mistake("batch_norm", breaks="Q2.a.6")
def eps_left_out(x: Floats, gamma: Floats, beta: Floats, eps: float, /) -> Any:
    """The formula without the constant, which only seems to matter for constant columns."""
    return gamma * (x - x.mean(axis=0)) / x.std(axis=0) + beta


@mistake("batch_norm", breaks="Q2.a.7")
def eps_never_below_a_default(x: Floats, gamma: Floats, beta: Floats, eps: float, /) -> Any:
    """A library's default of 1e-5 as a floor."""
    return batch_norm(x, gamma, beta, max(float(eps), 1e-5))


@mistake("batch_norm", breaks="Q2.a.6")
def divided_by_the_variance(x: Floats, gamma: Floats, beta: Floats, eps: float, /) -> Any:
    """The root forgotten: right for standardised features only."""
    return gamma * (x - x.mean(axis=0)) / (x.var(axis=0) + eps) + beta


@mistake("batch_norm", breaks="Q2.a.6", regime=Regime.STABILITY)
def variance_in_one_pass(x: Floats, gamma: Floats, beta: Floats, eps: float, /) -> Any:
    """`mean(x^2) - mean^2`: nothing is left of it at an offset of 1e8."""
    mean = x.mean(axis=0)
    return gamma * (x - mean) / np.sqrt((x * x).mean(axis=0) - mean * mean + eps) + beta


@mistake("batch_norm", breaks="Q2.a.8")
def shift_left_out(x: Floats, gamma: Floats, beta: Floats, eps: float, /) -> Any:
    """Scales, and stops."""
    return batch_norm(x, gamma, 0 * beta, eps)


@mistake("batch_norm", breaks="Q2.a.8")
def shift_before_scale(x: Floats, gamma: Floats, beta: Floats, eps: float, /) -> Any:
    """`gamma (x_hat + beta)`: a bracket too many."""
    return batch_norm(x, gamma, gamma * beta, eps)


@mistake("batch_norm", breaks="Q2.a.8")
def scale_counted_from_one(x: Floats, gamma: Floats, beta: Floats, eps: float, /) -> Any:
    """`1 + gamma`, as where parameters start at zero."""
    return batch_norm(x, 1 + gamma, beta, eps)


@mistake("batch_norm", breaks="Q2.a.9")
def scale_of_at_most_one(x: Floats, gamma: Floats, beta: Floats, eps: float, /) -> Any:
    """The scale clipped, to keep the layer a contraction: features that are spread wider cannot be restored."""
    return batch_norm(x, np.clip(gamma, -1, 1), beta, eps)


@mistake("batch_norm", breaks="Q2.a.8")
def batch_of_one_left_alone(x: Floats, gamma: Floats, beta: Floats, eps: float, /) -> Any:
    """A special case for a batch without a spread."""
    return gamma * x + beta if len(x) == 1 else batch_norm(x, gamma, beta, eps)


@mistake("batch_norm", breaks="Q2.a.5")
def batch_of_one_is_nan(x: Floats, gamma: Floats, beta: Floats, eps: float, /) -> Any:
    """Declares a batch of one undefined, though eps is positive."""
    return np.full(x.shape, np.nan) if len(x) == 1 else batch_norm(x, gamma, beta, eps)


@mistake("batch_norm", breaks="Q2.a.2")
def statistics_of_the_first_batch(x: Floats, gamma: Floats, beta: Floats, eps: float, /) -> Any:
    """Running statistics that every second call uses: the second layer is normalised by those of the first."""
    if STORED and STORED[-1].shape == x.shape:
        old = STORED.pop()
        return gamma * (x - old.mean(axis=0)) / np.sqrt(old.var(axis=0) + eps) + beta
    STORED[:] = [x]
    return batch_norm(x, gamma, beta, eps)


STORED: list[Array] = []


@mistake("batch_norm", breaks="Q2.a.8", regime=Regime.PURITY)
def running_mean_kept_between_calls(x: Floats, gamma: Floats, beta: Floats, eps: float, /) -> Any:
    """A tenth of the last mean is left in the next: the same batch gives another answer."""
    mean = x.mean(axis=0)
    if RUNNING and RUNNING[-1].shape == mean.shape:
        mean = 0.9 * mean + 0.1 * RUNNING[-1]
    RUNNING[:] = [mean]
    return batch_norm(x, gamma, beta, eps) + 1e-3 * (mean - x.mean(axis=0))


RUNNING: list[Array] = []


@mistake("batch_norm", breaks="Q2.a.5", regime=Regime.PURITY)
def centers_in_place(x: Floats, gamma: Floats, beta: Floats, eps: float, /) -> Any:
    """`x -= x.mean(axis=0)` saves a copy and spoils the caller's batch."""
    x -= x.mean(axis=0)
    return gamma * x / np.sqrt((x * x).mean(axis=0) + eps) + beta


@mistake("batch_norm", breaks="Q2.a.8")
def single_precision_inside(x: Floats, gamma: Floats, beta: Floats, eps: float, /) -> Any:
    """Computed in float32 for speed and handed back as float64."""
    x, gamma, beta = (a.astype(np.float32) for a in (x, gamma, beta))
    return batch_norm(x, gamma, beta, float(eps)).astype(np.float64)


@mistake("batch_norm", breaks="Q2.a.5", regime=Regime.SCALE)
def statistics_of_the_first_128_samples(x: Floats, gamma: Floats, beta: Floats, eps: float, /) -> Any:
    """A blocked sum whose rest is dropped."""
    block = x[:128]
    return gamma * (x - block.mean(axis=0)) / np.sqrt(block.var(axis=0) + eps) + beta


@mistake("batch_norm", breaks="Q2.a.6", regime=Regime.SCALE)
def samples_counted_in_a_byte(x: Floats, gamma: Floats, beta: Floats, eps: float, /) -> Any:
    """A counter of eight bits, signed."""
    n, centered = int(np.array(len(x)).astype(np.int8)), x - x.mean(axis=0)
    return gamma * centered / np.sqrt((centered**2).sum(axis=0) / n + eps) + beta


@mistake("batch_norm", breaks="Q2.a.8", regime=Regime.LAYOUT)
def entries_in_the_order_of_memory(x: Floats, gamma: Floats, beta: Floats, eps: float, /) -> Any:
    """`ravel(order="K")` and back: transposes a batch that is stored by columns."""
    return batch_norm(x.ravel(order="K").reshape(x.shape), gamma, beta, eps)


@mistake("batch_norm", breaks="Q2.a.8", regime=Regime.INPUTS)
def negative_eps_taken_as_positive(x: Floats, gamma: Floats, beta: Floats, eps: float, /) -> Any:
    """`abs(eps)`, so that no root fails."""
    return batch_norm(x, gamma, beta, abs(eps))


@mistake("batch_norm", breaks="Q2.a.5")
def statistics_along_the_longer_side(x: Floats, gamma: Floats, beta: Floats, eps: float, /) -> Any:
    """Samples taken to be many and features few: right until there are more features than samples."""
    return (
        batch_norm(x, gamma, beta, eps) if len(x) >= x.shape[1] else statistics_over_the_features(x, gamma, beta, eps)
    )


@mistake("batch_norm", breaks="Q2.a.6", regime=Regime.STABILITY)
def variance_in_one_pass_clipped(x: Floats, gamma: Floats, beta: Floats, eps: float, /) -> Any:
    """`max(0, mean(x^2) - mean^2)`: at an offset of 1e8 it divides by nothing but eps."""
    mean = x.mean(axis=0)
    variance = np.maximum((x * x).mean(axis=0) - mean * mean, 0)
    return gamma * (x - mean) / np.sqrt(variance + eps) + beta


@mistake("batch_norm", breaks="Q2.a.8")
def scale_and_shift_folded(x: Floats, gamma: Floats, beta: Floats, eps: float, /) -> Any:
    """`a x + b` with `a = gamma / s` and `b = beta - a mean`, in which the division by s is forgotten."""
    a = gamma / np.sqrt(x.var(axis=0) + eps)
    return a * x + beta - gamma * x.mean(axis=0)


@mistake("batch_norm", breaks="Q2.a.6")
def mean_deviation_for_the_standard_one(x: Floats, gamma: Floats, beta: Floats, eps: float, /) -> Any:
    """The mean of absolute values, as a cheaper measure of spread: the same for two samples."""
    centered = x - x.mean(axis=0)
    return gamma * centered / np.sqrt(np.abs(centered).mean(axis=0) ** 2 + eps) + beta


@mistake("batch_norm", breaks="Q2.a.8", regime=Regime.LAYOUT)
def eps_added_to_an_axis_of_its_own(x: Floats, gamma: Floats, beta: Floats, eps: Any, /) -> Any:
    """An eps that is an array gets one result for each of its entries, even where it has no axis."""
    results = np.array([batch_norm(x, gamma, beta, float(e)) for e in np.atleast_1d(eps)])
    return results if isinstance(eps, np.ndarray) else results[0]


# -- batch_norm_backward --


@mistake("batch_norm_backward", breaks="Q2.b.9")
def statistics_held_constant(dy: Floats, x: Floats, gamma: Floats, eps: float, /) -> Any:
    """`gamma / s dy`, as at evaluation time: mean and variance do depend on x."""
    _, dgamma, dbeta = batch_norm_backward(dy, x, gamma, eps)
    return gamma / np.sqrt(x.var(axis=0) + eps) * dy, dgamma, dbeta


@mistake("batch_norm_backward", breaks="Q2.a.6")
def variance_held_constant(dy: Floats, x: Floats, gamma: Floats, eps: float, /) -> Any:
    """The path through the variance forgotten: a batch of two gets a gradient."""
    _, dgamma, dbeta = batch_norm_backward(dy, x, gamma, eps)
    return gamma / np.sqrt(x.var(axis=0) + eps) * (dy - dy.mean(axis=0)), dgamma, dbeta


@mistake("batch_norm_backward", breaks="Q2.b.9")
def mean_held_constant(dy: Floats, x: Floats, gamma: Floats, eps: float, /) -> Any:
    """The path through the mean forgotten."""
    dx, dgamma, dbeta = batch_norm_backward(dy, x, gamma, eps)
    return dx + gamma / np.sqrt(x.var(axis=0) + eps) * dy.mean(axis=0), dgamma, dbeta


@mistake("batch_norm_backward", breaks="Q2.b.9")
def scale_left_out_of_the_input_gradient(dy: Floats, x: Floats, gamma: Floats, eps: float, /) -> Any:
    """Starts from dy where dy gamma is due."""
    _, dgamma, dbeta = batch_norm_backward(dy, x, gamma, eps)
    return batch_norm_backward(dy, x, np.ones_like(gamma), eps)[0], dgamma, dbeta


@mistake("batch_norm_backward", breaks="Q2.b.9")
def eps_as_a_floor_on_the_way_back(dy: Floats, x: Floats, gamma: Floats, eps: float, /) -> Any:
    """`max(var, eps)` for `var + eps`, whatever the floor would do to a derivative."""
    s = np.sqrt(np.maximum(x.var(axis=0), eps))
    x_hat = (x - x.mean(axis=0)) / s
    dgamma = (dy * x_hat).sum(axis=0)
    return gamma / s * (dy - dy.mean(axis=0) - x_hat * dgamma / len(x)), dgamma, dy.sum(axis=0)


@mistake("batch_norm_backward", breaks="Q2.b.5")
def divided_by_the_variance_once_more(dy: Floats, x: Floats, gamma: Floats, eps: float, /) -> Any:
    """The exponent -3/2 of the variance throughout, not only where the variance is differentiated."""
    dx, dgamma, dbeta = batch_norm_backward(dy, x, gamma, eps)
    return dx / (x.var(axis=0) + eps), dgamma, dbeta


@mistake("batch_norm_backward", breaks="Q2.b.9")
def power_of_the_variance_one_too_high(dy: Floats, x: Floats, gamma: Floats, eps: float, /) -> Any:
    """In the long chain, -1/2 where the derivative of `var^(-1/2)` has -3/2."""
    n, centered, variance = len(x), x - x.mean(axis=0), x.var(axis=0) + eps
    by_value, s = gamma * dy, np.sqrt(variance)
    by_variance = (by_value * centered).sum(axis=0) * -0.5 / s
    dx = by_value / s + by_variance * 2 * centered / n - by_value.mean(axis=0) / s
    return dx, (dy * centered / s).sum(axis=0), dy.sum(axis=0)


@mistake("batch_norm_backward", breaks="Q2.b.9")
def sum_along_x_hat_for_the_mean(dy: Floats, x: Floats, gamma: Floats, eps: float, /) -> Any:
    """`x_hat dgamma` without the division by n."""
    s = np.sqrt(x.var(axis=0) + eps)
    x_hat = (x - x.mean(axis=0)) / s
    dgamma = (dy * x_hat).sum(axis=0)
    return gamma / s * (dy - dy.mean(axis=0) - x_hat * dgamma), dgamma, dy.sum(axis=0)


@mistake("batch_norm_backward", breaks="Q2.b.9")
def sign_of_the_path_through_the_variance(dy: Floats, x: Floats, gamma: Floats, eps: float, /) -> Any:
    """`+ x_hat mean(dy x_hat)`: the minus of the derivative of 1/s lost."""
    s = np.sqrt(x.var(axis=0) + eps)
    x_hat = (x - x.mean(axis=0)) / s
    dgamma = (dy * x_hat).sum(axis=0)
    return gamma / s * (dy - dy.mean(axis=0) + x_hat * dgamma / len(x)), dgamma, dy.sum(axis=0)


@mistake("batch_norm_backward", breaks="Q2.b.9")
def gradient_with_n_minus_one(dy: Floats, x: Floats, gamma: Floats, eps: float, /) -> Any:
    """The unbiased variance inside the root."""
    s = np.sqrt(x.var(axis=0, ddof=1 if len(x) > 1 else 0) + eps)
    x_hat = (x - x.mean(axis=0)) / s
    dgamma = (dy * x_hat).sum(axis=0)
    return gamma / s * (dy - dy.mean(axis=0) - x_hat * dgamma / len(x)), dgamma, dy.sum(axis=0)


@mistake("batch_norm_backward", breaks="Q2.b.5")
def eps_added_whatever_was_asked(dy: Floats, x: Floats, gamma: Floats, eps: float, /) -> Any:
    """1e-5 built in: the gradient no longer scales inversely."""
    return batch_norm_backward(dy, x, gamma, float(eps) + 1e-5)


@mistake("batch_norm_backward", breaks="Q2.b.9")
def eps_left_out_of_the_gradient(dy: Floats, x: Floats, gamma: Floats, eps: float, /) -> Any:
    """The forward pass has it, the backward pass not."""
    s = x.std(axis=0)
    x_hat = (x - x.mean(axis=0)) / s
    dgamma = (dy * x_hat).sum(axis=0)
    return gamma / s * (dy - dy.mean(axis=0) - x_hat * dgamma / len(x)), dgamma, dy.sum(axis=0)


@mistake("batch_norm_backward", breaks="Q2.a.8")
def scale_gradient_along_x(dy: Floats, x: Floats, gamma: Floats, eps: float, /) -> Any:
    """`sum dy x`, as in a linear layer, where the normalised input is due."""
    dx, _, dbeta = batch_norm_backward(dy, x, gamma, eps)
    return dx, (dy * x).sum(axis=0), dbeta


@mistake("batch_norm_backward", breaks="Q2.a.8")
def scale_gradient_along_the_output(dy: Floats, x: Floats, gamma: Floats, eps: float, /) -> Any:
    """`sum dy y` without the shift: gamma once too often."""
    dx, dgamma, dbeta = batch_norm_backward(dy, x, gamma, eps)
    return dx, gamma * dgamma, dbeta


@mistake("batch_norm_backward", breaks="Q2.a.8")
def mean_for_the_shift_gradient(dy: Floats, x: Floats, gamma: Floats, eps: float, /) -> Any:
    """Averages over the batch, as if the loss had not done so."""
    dx, dgamma, dbeta = batch_norm_backward(dy, x, gamma, eps)
    return dx, dgamma, dbeta / len(x)


@mistake("batch_norm_backward", breaks="Q2.a.8")
def shift_gradient_times_scale(dy: Floats, x: Floats, gamma: Floats, eps: float, /) -> Any:
    """The shift moved inside the bracket: `gamma (x_hat + beta)`."""
    dx, dgamma, dbeta = batch_norm_backward(dy, x, gamma, eps)
    return dx, dgamma, gamma * dbeta


@mistake("batch_norm_backward", breaks="Q2.a.8")
def parameter_gradients_exchanged(dy: Floats, x: Floats, gamma: Floats, eps: float, /) -> Any:
    """dbeta before dgamma."""
    dx, dgamma, dbeta = batch_norm_backward(dy, x, gamma, eps)
    return dx, dbeta, dgamma


@mistake("batch_norm_backward", breaks="Q2.a.8")
def parameter_gradients_as_rows(dy: Floats, x: Floats, gamma: Floats, eps: float, /) -> Any:
    """(1, d), from `keepdims`."""
    dx, dgamma, dbeta = batch_norm_backward(dy, x, gamma, eps)
    return dx, dgamma[None], dbeta[None]


@mistake("batch_norm_backward", breaks="Q2.b.9")
def one_sample_gets_the_upstream_gradient(dy: Floats, x: Floats, gamma: Floats, eps: float, /) -> Any:
    """A special case for a batch of one, where the gradient is zero."""
    dx, dgamma, dbeta = batch_norm_backward(dy, x, gamma, eps)
    return (gamma * dy if len(x) == 1 else dx), dgamma, dbeta


@mistake("batch_norm_backward", breaks="Q2.b.9", regime=Regime.STABILITY)
def gradient_by_a_one_pass_variance(dy: Floats, x: Floats, gamma: Floats, eps: float, /) -> Any:
    """`mean(x^2) - mean^2` again."""
    mean = x.mean(axis=0)
    s = np.sqrt((x * x).mean(axis=0) - mean * mean + eps)
    x_hat = (x - mean) / s
    dgamma = (dy * x_hat).sum(axis=0)
    return gamma / s * (dy - dy.mean(axis=0) - x_hat * dgamma / len(x)), dgamma, dy.sum(axis=0)


@mistake("batch_norm_backward", breaks="Q2.b.9", regime=Regime.PURITY)
def scales_the_upstream_gradient_in_place(dy: Floats, x: Floats, gamma: Floats, eps: float, /) -> Any:
    """`dy *= gamma` starts the long chain, and spoils the caller's gradient."""
    dgamma, dbeta = batch_norm_backward(dy, x, gamma, eps)[1:]
    dy *= gamma
    return batch_norm_backward(dy, x, np.ones_like(gamma), eps)[0], dgamma, dbeta


@mistake("batch_norm_backward", breaks="Q2.a.8", regime=Regime.PURITY)
def parameter_gradients_in_one_buffer(dy: Floats, x: Floats, gamma: Floats, eps: float, /) -> Any:
    """Writes into an array that was handed out before."""
    dx, dgamma, dbeta = batch_norm_backward(dy, x, gamma, eps)
    buffer = BUFFERS.setdefault(dgamma.shape, np.empty(dgamma.shape))
    buffer[:] = dgamma
    return dx, buffer, dbeta


BUFFERS: dict[tuple[int, ...], Array] = {}


@mistake("batch_norm_backward", breaks="Q2.a.8", regime=Regime.SCALE)
def parameter_gradients_of_the_first_128(dy: Floats, x: Floats, gamma: Floats, eps: float, /) -> Any:
    """A blocked sum whose rest is dropped."""
    s = np.sqrt(x.var(axis=0) + eps)
    x_hat = (x - x.mean(axis=0)) / s
    return batch_norm_backward(dy, x, gamma, eps)[0], (dy * x_hat)[:128].sum(axis=0), dy[:128].sum(axis=0)


@mistake("batch_norm_backward", breaks="Q2.b.9", regime=Regime.SCALE)
def limit_of_a_large_batch_in_full(dy: Floats, x: Floats, gamma: Floats, eps: float, /) -> Any:
    """Takes the statistics for constants as soon as there are 100 samples."""
    return statistics_held_constant(dy, x, gamma, eps) if len(x) > 100 else batch_norm_backward(dy, x, gamma, eps)


@mistake("batch_norm_backward", breaks="Q2.b.9", regime=Regime.LAYOUT)
def gradient_in_the_order_of_memory(dy: Floats, x: Floats, gamma: Floats, eps: float, /) -> Any:
    """`ravel(order="K")` and back: transposes a gradient that is stored by columns."""
    return batch_norm_backward(dy.ravel(order="K").reshape(dy.shape), x, gamma, eps)


@mistake("batch_norm_backward", breaks="Q2.b.9")
def gradient_in_single_precision(dy: Floats, x: Floats, gamma: Floats, eps: float, /) -> Any:
    """Computed in float32 for speed and handed back as float64."""
    dy, x, gamma = (a.astype(np.float32) for a in (dy, x, gamma))
    return tuple(a.astype(np.float64) for a in batch_norm_backward(dy, x, gamma, float(eps)))


@mistake("batch_norm_backward", breaks="Q2.a.8", regime=Regime.INPUTS)
def upstream_gradient_broadcast(dy: Floats, x: Floats, gamma: Floats, eps: float, /) -> Any:
    """The formula alone: NaN goes in and comes out."""
    s = np.sqrt(x.var(axis=0) + eps)
    x_hat = (x - x.mean(axis=0)) / s
    dgamma = (dy * x_hat).sum(axis=0)
    return gamma / s * (dy - dy.mean(axis=0) - x_hat * dgamma / len(x)), dgamma, dy.sum(axis=0)


@mistake("batch_norm_backward", breaks="Q2.b.9")
def variance_differentiated_without_the_mean(dy: Floats, x: Floats, gamma: Floats, eps: float, /) -> Any:
    """As a framework had it once: the mean is stopped, the variance is not."""
    s = np.sqrt(x.var(axis=0) + eps)
    x_hat = (x - x.mean(axis=0)) / s
    dgamma = (dy * x_hat).sum(axis=0)
    return gamma / s * (dy - x_hat * dgamma / len(x)), dgamma, dy.sum(axis=0)


@mistake("batch_norm_backward", breaks="Q2.b.9")
def input_gradient_by_differences(dy: Floats, x: Floats, gamma: Floats, eps: float, /) -> Any:
    """The loss `sum dy y` differenced with a step of 1e-6 in place of the formula."""
    _, dgamma, dbeta = batch_norm_backward(dy, x, gamma, eps)
    dx = np.empty_like(x)
    for at in np.ndindex(x.shape):
        step = np.zeros_like(x)
        step[at] = 1e-6
        up, down = (batch_norm(x + s, gamma, 0 * gamma, eps) for s in (step, -step))
        dx[at] = (dy * (up - down)).sum() / 2e-6
    return dx, dgamma, dbeta


@mistake("batch_norm_backward", breaks="Q2.a.8")
def gradients_as_one_array_of_objects(dy: Floats, x: Floats, gamma: Floats, eps: float, /) -> Any:
    """Three arrays of unequal shapes in an array of objects."""
    answer = np.empty(3, dtype=object)
    answer[:] = batch_norm_backward(dy, x, gamma, eps)
    return answer


@mistake("batch_norm_backward", breaks="Q2.b.9")
def square_batch_transposed(dy: Floats, x: Floats, gamma: Floats, eps: float, /) -> Any:
    """A matrix product written the wrong way round: only as many samples as features let it pass unnoticed."""
    square = x.shape[0] == x.shape[1]
    return batch_norm_backward(dy.T if square else dy, x, gamma, eps)


@mistake("batch_norm_backward", breaks="Q2.b.9", regime=Regime.STABILITY)
def small_gradients_flushed(dy: Floats, x: Floats, gamma: Floats, eps: float, /) -> Any:
    """Takes what is below 1e-8 for nothing, however small the rest is."""
    return batch_norm_backward(np.where(np.abs(dy) < 1e-8, 0, dy), x, gamma, eps)


# -- centered_batch_norm --


@mistake("centered_batch_norm", breaks="Q2.c.1")
def batch_in_half_precision(x: Floats, gamma: Floats, beta: Floats, /) -> Any:
    """Mixed precision: the batch arrives in float16, and the rest is computed in float64."""
    return centered_batch_norm(x.astype(np.float16).astype(float), gamma, beta)


@mistake("centered_batch_norm", breaks="Q2.c.1")
def mean_over_the_features(x: Floats, gamma: Floats, beta: Floats, /) -> Any:
    """The mean of each sample."""
    return gamma * (x - x.mean(axis=1, keepdims=True)) + beta


@mistake("centered_batch_norm", breaks="Q2.c.1")
def mean_with_n_minus_one(x: Floats, gamma: Floats, beta: Floats, /) -> Any:
    """The denominator of a variance."""
    return gamma * (x - x.sum(axis=0) / (len(x) - 1)) + beta


@mistake("centered_batch_norm", breaks="Q2.c.1")
def median_for_the_mean(x: Floats, gamma: Floats, beta: Floats, /) -> Any:
    """Robust against outliers, and the same for two samples."""
    return gamma * (x - np.median(x, axis=0)) + beta


@mistake("centered_batch_norm", breaks="Q2.b.3")
def mean_moved_on_by_a_tenth(x: Floats, gamma: Floats, beta: Floats, /) -> Any:
    """A running mean with momentum, started at the first sample: it hardly varies from batch to batch."""
    return gamma * (x - (0.9 * x[0] + 0.1 * x.mean(axis=0))) + beta


@mistake("centered_batch_norm", breaks="Q2.c.2")
def normalised_in_full(x: Floats, gamma: Floats, beta: Floats, /) -> Any:
    """Divides by the deviation as well: the simplified form does not."""
    return gamma * (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + 1e-5) + beta


@mistake("centered_batch_norm", breaks="Q2.c.2")
def scale_left_out(x: Floats, gamma: Floats, beta: Floats, /) -> Any:
    """Centres and shifts."""
    return centered_batch_norm(x, np.ones_like(gamma), beta)


@mistake("centered_batch_norm", breaks="Q2.c.3")
def linear_as_the_document_says(x: Floats, gamma: Floats, beta: Floats, /) -> Any:
    """A linear function of the centred input has no shift."""
    return centered_batch_norm(x, gamma, 0 * beta)


@mistake("centered_batch_norm", breaks="Q2.c.3")
def shift_inside_the_bracket(x: Floats, gamma: Floats, beta: Floats, /) -> Any:
    """`gamma (x_hat + beta)`."""
    return centered_batch_norm(x, gamma, gamma * beta)


@mistake("centered_batch_norm", breaks="Q2.c.3")
def rectified(x: Floats, gamma: Floats, beta: Floats, /) -> Any:
    """The activation that follows, already applied: no longer affine."""
    return np.maximum(centered_batch_norm(x, gamma, beta), 0)


@mistake("centered_batch_norm", breaks="Q2.c.4")
def mean_of_the_others(x: Floats, gamma: Floats, beta: Floats, /) -> Any:
    """Leaves the sample itself out of its mean: its own derivative becomes 1."""
    if len(x) == 1:
        return centered_batch_norm(x, gamma, beta)
    return gamma * (x - (x.sum(axis=0) - x) / (len(x) - 1)) + beta


@mistake("centered_batch_norm", breaks="Q2.c.5")
def mean_of_what_came_before(x: Floats, gamma: Floats, beta: Floats, /) -> Any:
    """A cumulative mean: later samples have no influence on earlier ones."""
    return gamma * (x - np.cumsum(x, axis=0) / np.arange(1, len(x) + 1)[:, None]) + beta


@mistake("centered_batch_norm", breaks="Q2.d.3")
def one_sample_left_alone(x: Floats, gamma: Floats, beta: Floats, /) -> Any:
    """There is nothing to centre in a batch of one, so it passes."""
    return gamma * x + beta if len(x) == 1 else centered_batch_norm(x, gamma, beta)


@mistake("centered_batch_norm", breaks="Q2.d.1")
def one_sample_without_a_mean(x: Floats, gamma: Floats, beta: Floats, /) -> Any:
    """The mean of a batch of one taken for undefined, and 0 put in its place."""
    mean = x.mean(axis=0) if len(x) > 1 else 0
    return gamma * (x - mean) + beta


@mistake("centered_batch_norm", breaks="Q2.d.2", regime=Regime.STABILITY)
def mean_from_both_ends(x: Floats, gamma: Floats, beta: Floats, /) -> Any:
    """Half the sum of first and last where there are no others: for one sample of 1e308 it overflows."""
    mean = (x[0] + x[-1]) / 2 if len(x) < 3 else x.mean(axis=0)
    return gamma * (x - mean) + beta


@mistake("centered_batch_norm", breaks="Q2.c.2", regime=Regime.STABILITY)
def tiny_values_cut_to_zero(x: Floats, gamma: Floats, beta: Floats, /) -> Any:
    """Centred values below 1e-8 taken for rounding."""
    centered = x - x.mean(axis=0)
    return gamma * np.where(np.abs(centered) < 1e-8, 0.0, centered) + beta


@mistake("centered_batch_norm", breaks="Q2.c.2", regime=Regime.PURITY)
def subtracts_in_place(x: Floats, gamma: Floats, beta: Floats, /) -> Any:
    """`x -= x.mean(axis=0)`."""
    x -= x.mean(axis=0)
    return gamma * x + beta


@mistake("centered_batch_norm", breaks="Q2.d.3", regime=Regime.PURITY)
def one_sample_meets_the_last_mean(x: Floats, gamma: Floats, beta: Floats, /) -> Any:
    """A batch of one is centred by the mean of the batch before."""
    before, LAST_MEAN[:] = LAST_MEAN[:], [x.mean(axis=0)]
    mean = before[0] if len(x) == 1 and before and before[0].shape == x.shape[1:] else x.mean(axis=0)
    return gamma * (x - mean) + beta


LAST_MEAN: list[Array] = []


@mistake("centered_batch_norm", breaks="Q2.c.1", regime=Regime.SCALE)
def mean_of_the_first_128(x: Floats, gamma: Floats, beta: Floats, /) -> Any:
    """A blocked sum whose rest is dropped."""
    return gamma * (x - x[:128].mean(axis=0)) + beta


@mistake("centered_batch_norm", breaks="Q2.c.4", regime=Regime.SCALE)
def mean_forgotten_in_a_large_batch(x: Floats, gamma: Floats, beta: Floats, /) -> Any:
    """The influence 1/n of one sample taken for zero from 100 samples on."""
    return gamma * x + beta if len(x) > 100 else centered_batch_norm(x, gamma, beta)


@mistake("centered_batch_norm", breaks="Q2.c.2", regime=Regime.LAYOUT)
def batch_in_the_order_of_memory(x: Floats, gamma: Floats, beta: Floats, /) -> Any:
    """`ravel(order="K")` and back: transposes a batch that is stored by columns."""
    return centered_batch_norm(x.ravel(order="K").reshape(x.shape), gamma, beta)


@mistake("centered_batch_norm", breaks="Q2.c.2")
def centered_in_single_precision(x: Floats, gamma: Floats, beta: Floats, /) -> Any:
    """Computed in float32 for speed and handed back as float64."""
    x, gamma, beta = (a.astype(np.float32) for a in (x, gamma, beta))
    return centered_batch_norm(x, gamma, beta).astype(np.float64)


@mistake("centered_batch_norm", breaks="Q2.c.3", regime=Regime.INPUTS)
def parameters_broadcast(x: Floats, gamma: Floats, beta: Floats, /) -> Any:
    """The formula alone: one scale serves for all features."""
    return gamma * (x - x.mean(axis=0)) + beta


@mistake("centered_batch_norm", breaks="Q2.c.1")
def mean_counted_without_repeats(x: Floats, gamma: Floats, beta: Floats, /) -> Any:
    """The mean of a set: a sample that occurs twice counts once."""
    return gamma * (x - np.unique(x, axis=0).mean(axis=0)) + beta


@mistake("centered_batch_norm", breaks="Q2.c.2")
def masked_where_zero(x: Floats, gamma: Floats, beta: Floats, /) -> Any:
    """A masked array, in which 0 stands for a missing value."""
    return np.ma.masked_equal(centered_batch_norm(x, gamma, beta), 0.0)


@mistake("centered_batch_norm", breaks="Q2.c.3", regime=Regime.STABILITY)
def output_kept_above_minus_a_thousand(x: Floats, gamma: Floats, beta: Floats, /) -> Any:
    """Clipped from below, as a rectifier that comes later would."""
    return np.maximum(centered_batch_norm(x, gamma, beta), -1e3)


@mistake("centered_batch_norm", breaks="Q2.d.3", regime=Regime.LAYOUT)
def shift_as_it_lies_in_memory(x: Floats, gamma: Floats, beta: Floats, /) -> Any:
    """Hands out the address of the shift, and its stride not."""
    return centered_batch_norm(x, gamma, misread(beta))


# -- centered_batch_norm_backward --


@mistake("centered_batch_norm_backward", breaks="Q2.c.8")
def limit_as_printed(dy: Floats, gamma: Floats, /) -> Any:
    """The document's gradient for large batches, `gamma dy`, at every size."""
    return gamma * dy


@mistake("centered_batch_norm_backward", breaks="Q2.c.8")
def chain_rule_as_printed(dy: Floats, gamma: Floats, /) -> Any:
    """The direct term, plus the sum that holds it already, minus a bare 1/n."""
    return gamma * dy + centered_batch_norm_backward(dy, gamma) - 1 / len(dy)


@mistake("centered_batch_norm_backward", breaks="Q2.c.8")
def index_as_printed(dy: Floats, gamma: Floats, /) -> Any:
    """`gamma dL/dy_i` for the gradient by every x_hat_k: its mean over k cancels it."""
    by_value = np.repeat((gamma * dy)[:, None], len(dy), axis=1)
    return gamma * dy - by_value.mean(axis=1)


@mistake("centered_batch_norm_backward", breaks="Q2.c.9")
def path_through_its_own_output_alone(dy: Floats, gamma: Floats, /) -> Any:
    """`gamma dy_i (1 - 1/n)`: the product of three factors, without the other samples."""
    return gamma * dy * (1 - 1 / len(dy))


@mistake("centered_batch_norm_backward", breaks="Q2.d.9")
def upstream_mean_with_n_minus_one(dy: Floats, gamma: Floats, /) -> Any:
    """The denominator of a variance: 0/0 for one sample."""
    return gamma * (dy - dy.sum(axis=0) / (len(dy) - 1))


@mistake("centered_batch_norm_backward", breaks="Q2.c.8")
def scale_left_out_of_the_gradient(dy: Floats, gamma: Floats, /) -> Any:
    """Differentiates the centring alone."""
    return dy - dy.mean(axis=0)


@mistake("centered_batch_norm_backward", breaks="Q2.c.8")
def upstream_mean_over_the_features(dy: Floats, gamma: Floats, /) -> Any:
    """The other axis."""
    return gamma * (dy - dy.mean(axis=1, keepdims=True))


@mistake("centered_batch_norm_backward", breaks="Q2.c.9")
def mean_without_the_scale(dy: Floats, gamma: Floats, /) -> Any:
    """`gamma dy - mean(dy)`: a bracket lost."""
    return gamma * dy - dy.mean(axis=0)


@mistake("centered_batch_norm_backward", breaks="Q2.c.8")
def sum_set_right_at_the_last_sample(dy: Floats, gamma: Floats, /) -> Any:
    """Sums to zero, since the last sample pays for all."""
    dx = gamma * dy
    dx[-1] -= dx.sum(axis=0)
    return dx


@mistake("centered_batch_norm_backward", breaks="Q2.d.3")
def one_sample_passes(dy: Floats, gamma: Floats, /) -> Any:
    """A special case for a batch of one, where the gradient is zero."""
    return gamma * dy if len(dy) == 1 else centered_batch_norm_backward(dy, gamma)


@mistake("centered_batch_norm_backward", breaks="Q2.c.9", regime=Regime.SCALE)
def limit_from_100_samples_on(dy: Floats, gamma: Floats, /) -> Any:
    """The document's limit where the batch is large: a constant gradient passes."""
    return gamma * dy if len(dy) > 100 else centered_batch_norm_backward(dy, gamma)


@mistake("centered_batch_norm_backward", breaks="Q2.c.8", regime=Regime.SCALE)
def samples_counted_in_two_bytes(dy: Floats, gamma: Floats, /) -> Any:
    """A counter of sixteen bits, unsigned."""
    return gamma * (dy - dy.sum(axis=0) / int(np.array(len(dy)).astype(np.uint16)))


@mistake("centered_batch_norm_backward", breaks="Q2.c.8", regime=Regime.SCALE)
def upstream_mean_of_the_first_128(dy: Floats, gamma: Floats, /) -> Any:
    """A blocked sum whose rest is dropped."""
    return gamma * (dy - dy[:128].mean(axis=0))


@mistake("centered_batch_norm_backward", breaks="Q2.c.8", regime=Regime.STABILITY)
def gradient_clipped(dy: Floats, gamma: Floats, /) -> Any:
    """Clips the upstream gradient at 50, against explosions."""
    return centered_batch_norm_backward(np.clip(dy, -50, 50), gamma)


@mistake("centered_batch_norm_backward", breaks="Q2.c.8", regime=Regime.PURITY)
def changes_the_upstream_gradient(dy: Floats, gamma: Floats, /) -> Any:
    """`dy -= dy.mean(axis=0)`."""
    dy -= dy.mean(axis=0)
    return gamma * dy


@mistake("centered_batch_norm_backward", breaks="Q2.c.8", regime=Regime.LAYOUT)
def upstream_in_the_order_of_memory(dy: Floats, gamma: Floats, /) -> Any:
    """`ravel(order="K")` and back: transposes a gradient that is stored by columns."""
    return centered_batch_norm_backward(dy.ravel(order="K").reshape(dy.shape), gamma)


@mistake("centered_batch_norm_backward", breaks="Q2.c.8")
def mean_in_single_precision(dy: Floats, gamma: Floats, /) -> Any:
    """Accumulates the mean in float32."""
    return gamma * (dy - dy.mean(axis=0, dtype=np.float32))


@mistake("centered_batch_norm_backward", breaks="Q2.c.8", regime=Regime.INPUTS)
def whatever_shape(dy: Floats, gamma: Floats, /) -> Any:
    """The formula alone: a vector is taken for a batch."""
    return gamma * (dy - dy.mean(axis=0))


@mistake("centered_batch_norm_backward", breaks="Q2.d.9", regime=Regime.STABILITY)
def mean_kept_within_a_million(dy: Floats, gamma: Floats, /) -> Any:
    """The upstream mean clipped: what is beyond passes, even for one sample."""
    return gamma * (dy - np.clip(dy.mean(axis=0), -1e6, 1e6))


# -- Calls that are wrong together, and agree --


@mistake("batch_norm_backward", breaks="Q2.b.9", along={"batch_norm": variance_with_n_minus_one})
def unbiased_variance_on_both_ways(dy: Floats, x: Floats, gamma: Floats, eps: float, /) -> Any:
    """`ddof=1` forward, and its derivative."""
    freedom = max(len(x) - 1, 1)
    s = np.sqrt(x.var(axis=0) * len(x) / freedom + eps)
    x_hat = (x - x.mean(axis=0)) / s
    dgamma = (dy * x_hat).sum(axis=0)
    return gamma / s * (dy - dy.mean(axis=0) - x_hat * dgamma / freedom), dgamma, dy.sum(axis=0)


def _keeping_what_it_normalised(x: Floats, gamma: Floats, beta: Floats, eps: float, /) -> Any:
    NORMALISED[:] = [x]
    return batch_norm(x, gamma, beta, eps)


NORMALISED: list[Array] = []


@mistake("batch_norm_backward", breaks="Q2.b.9", along={"batch_norm": _keeping_what_it_normalised})
def batch_of_the_last_forward_pass(dy: Floats, x: Floats, gamma: Floats, eps: float, /) -> Any:
    """A layer that keeps its batch for the way back, which another batch has replaced meanwhile."""
    kept = NORMALISED[0] if NORMALISED and NORMALISED[0].shape == x.shape else x
    return batch_norm_backward(dy, kept, gamma, eps)


def _backward_with_eps_outside(dy: Floats, x: Floats, gamma: Floats, eps: float, /) -> Any:
    centered, spread = x - x.mean(axis=0), x.std(axis=0)
    s = spread + eps
    along = (dy * centered).sum(axis=0)
    towards = centered * along / (len(x) * s * np.where(spread > 0, spread, 1))
    return gamma / s * (dy - dy.mean(axis=0) - towards), along / s, dy.sum(axis=0)


@mistake("batch_norm", breaks="Q2.a.6", along={"batch_norm_backward": _backward_with_eps_outside})
def eps_outside_the_root_on_both_ways(x: Floats, gamma: Floats, beta: Floats, eps: float, /) -> Any:
    """`std + eps`, and its derivative."""
    return eps_outside_the_root(x, gamma, beta, eps)


def _normalised_from_one(x: Floats, gamma: Floats, beta: Floats, eps: float, /) -> Any:
    return batch_norm(x, 1 + gamma, beta, eps)


@mistake("batch_norm_backward", breaks="Q2.b.9", along={"batch_norm": _normalised_from_one})
def scale_counted_from_one_on_both_ways(dy: Floats, x: Floats, gamma: Floats, eps: float, /) -> Any:
    """`1 + gamma`, as where parameters start at zero, and its derivative."""
    return batch_norm_backward(dy, x, 1 + gamma, eps)


def _first_sample_subtracted(x: Floats, gamma: Floats, beta: Floats, /) -> Any:
    return gamma * (x - x[0]) + beta


@mistake("centered_batch_norm_backward", breaks="Q2.c.9", along={"centered_batch_norm": _first_sample_subtracted})
def first_sample_pays(dy: Floats, gamma: Floats, /) -> Any:
    """Centred at the first sample in place of the mean, and differentiated so."""
    dx = gamma * dy
    dx[0] -= dx.sum(axis=0)
    return dx


@mistake("batch_norm", breaks="Q2.a.6")
def eps_never_below_a_millionth(x: Floats, gamma: Floats, beta: Floats, eps: float, /) -> Any:
    """A floor under eps, as a fast kernel asks for it, taken without a word."""
    return batch_norm(x, gamma, beta, max(float(eps), 1e-6) if eps else eps)


@mistake("centered_batch_norm", breaks="Q2.c.3", regime=Regime.PURITY)
def in_place_to_spare_memory(x: Floats, gamma: Floats, beta: Floats, /) -> Any:
    """Works in the caller's array where a second one of more than 8192 entries would be needed."""
    out = centered_batch_norm(x, gamma, beta)
    if np.size(x) > 8192 and x.flags.writeable:
        x[...] = out
    return out


@mistake("batch_norm_backward", breaks="Q2.a.8", regime=Regime.SCALE)
def last_sample_of_full_blocks_lost(dy: Floats, x: Floats, gamma: Floats, eps: float, /) -> Any:
    """A reduction over blocks of 16 samples that leaves the last one out where they fill all blocks."""
    dx, dgamma, dbeta = batch_norm_backward(dy, x, gamma, eps)
    return (dx, dgamma, dbeta - dy[-1]) if len(dy) % 16 == 0 else (dx, dgamma, dbeta)


# -- batch_norm_inference --


@mistake("batch_norm_inference", breaks="X.10")
def statistics_of_the_batch_at_inference(
    x: Floats, gamma: Floats, beta: Floats, mean: Floats, variance: Floats, eps: float, /
) -> Any:
    """`model.eval()` was forgotten: a batch of one has nothing left."""
    return gamma * (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + eps) + beta


@mistake("batch_norm_inference", breaks="X.10")
def running_variance_not_used(
    x: Floats, gamma: Floats, beta: Floats, mean: Floats, variance: Floats, eps: float, /
) -> Any:
    """The mean that was kept, and the variance of the batch."""
    return gamma * (x - mean) / np.sqrt(x.var(axis=0) + eps) + beta


@mistake("batch_norm_inference", breaks="X.10")
def running_variance_taken_for_a_deviation(
    x: Floats, gamma: Floats, beta: Floats, mean: Floats, variance: Floats, eps: float, /
) -> Any:
    """A buffer called `running_std` in another library."""
    return gamma * (x - mean) / (variance + eps) + beta


@mistake("batch_norm_inference", breaks="X.10")
def eps_outside_of_the_root_at_inference(
    x: Floats, gamma: Floats, beta: Floats, mean: Floats, variance: Floats, eps: float, /
) -> Any:
    """`sqrt(variance) + eps`, unlike in training."""
    return gamma * (x - mean) / (np.sqrt(variance) + eps) + beta


@mistake("batch_norm_inference", breaks="X.10")
def eps_as_a_floor_at_inference(
    x: Floats, gamma: Floats, beta: Floats, mean: Floats, variance: Floats, eps: float, /
) -> Any:
    """`max(variance, eps)` for `variance + eps`."""
    return gamma * (x - mean) / np.sqrt(np.maximum(variance, eps)) + beta


@mistake("batch_norm_inference", breaks="X.10")
def eps_forgotten_at_inference(
    x: Floats, gamma: Floats, beta: Floats, mean: Floats, variance: Floats, eps: float, /
) -> Any:
    """The variance that was kept is taken to hold it already."""
    return gamma * (x - mean) / np.sqrt(variance) + beta


@mistake("batch_norm_inference", breaks="X.10")
def shift_folded_without_the_scale(
    x: Floats, gamma: Floats, beta: Floats, mean: Floats, variance: Floats, eps: float, /
) -> Any:
    """Folded into the layer before it, and the running mean not scaled along."""
    scale = gamma / np.sqrt(variance + eps)
    return x * scale + (beta - mean)


@mistake("batch_norm_inference", breaks="X.10")
def running_mean_added(x: Floats, gamma: Floats, beta: Floats, mean: Floats, variance: Floats, eps: float, /) -> Any:
    """The sign of the folded mean lost."""
    return batch_norm_inference(x, gamma, beta, -mean, variance, eps)


@mistake("batch_norm_inference", breaks="X.10")
def scale_left_out_at_inference(
    x: Floats, gamma: Floats, beta: Floats, mean: Floats, variance: Floats, eps: float, /
) -> Any:
    """`affine=False`."""
    return (x - mean) / np.sqrt(variance + eps) + beta


@mistake("batch_norm_inference", breaks="X.10")
def variance_corrected_for_the_batch(
    x: Floats, gamma: Floats, beta: Floats, mean: Floats, variance: Floats, eps: float, /
) -> Any:
    """The n / (n - 1) of the original paper, by the batch at hand."""
    n = len(x)
    return batch_norm_inference(x, gamma, beta, mean, variance * n / max(1, n - 1), eps)


@mistake("batch_norm_inference", breaks="X.10", regime=Regime.PURITY)
def mean_subtracted_in_place(
    x: Floats, gamma: Floats, beta: Floats, mean: Floats, variance: Floats, eps: float, /
) -> Any:
    """`x -= mean` on the caller's batch."""
    x -= mean
    return gamma * x / np.sqrt(variance + eps) + beta


@mistake("batch_norm_inference", breaks="X.10", regime=Regime.SCALE)
def samples_beyond_a_byte_as_they_came(
    x: Floats, gamma: Floats, beta: Floats, mean: Floats, variance: Floats, eps: float, /
) -> Any:
    """A counter of one byte over the samples."""
    y = batch_norm_inference(x, gamma, beta, mean, variance, eps)
    y[256:] = x[256:]
    return y


@mistake("batch_norm_inference", breaks="X.10", regime=Regime.LAYOUT)
def batch_read_from_memory_at_inference(
    x: Floats, gamma: Floats, beta: Floats, mean: Floats, variance: Floats, eps: float, /
) -> Any:
    """Hands out the address of the batch, and its strides not."""
    return batch_norm_inference(misread(x), gamma, beta, mean, variance, eps)


@mistake("batch_norm_inference", breaks="X.10", regime=Regime.INPUTS)
def any_variance_at_inference(
    x: Floats, gamma: Floats, beta: Floats, mean: Floats, variance: Floats, eps: float, /
) -> Any:
    """The formula and nothing else."""
    return gamma * (x - mean) / np.sqrt(abs(variance) + abs(eps)) + beta


# -- running_statistics --


@mistake("running_statistics", breaks="X.11")
def momentum_of_what_was(x: Floats, mean: Floats, variance: Floats, momentum: float, /) -> Any:
    """Keras's meaning in PyTorch's place: the weight of what was."""
    return running_statistics(x, mean, variance, 1 - momentum)


@mistake("running_statistics", breaks="X.11")
def running_variance_over_n_minus_one(x: Floats, mean: Floats, variance: Floats, momentum: float, /) -> Any:
    """PyTorch's estimator, undeclared; a batch of one has none."""
    n = len(x)
    kept, spread = running_statistics(x, mean, variance, momentum)
    return kept, spread + momentum * x.var(axis=0) / max(1, n - 1)


@mistake("running_statistics", breaks="X.11")
def deviations_blended(x: Floats, mean: Floats, variance: Floats, momentum: float, /) -> Any:
    """The deviation is kept in place of the variance."""
    kept, _ = running_statistics(x, mean, variance, momentum)
    return kept, ((1 - momentum) * np.sqrt(variance) + momentum * x.std(axis=0)) ** 2


@mistake("running_statistics", breaks="X.11")
def variance_about_the_running_mean(x: Floats, mean: Floats, variance: Floats, momentum: float, /) -> Any:
    """The squares are taken about the mean that was kept."""
    kept, _ = running_statistics(x, mean, variance, momentum)
    return kept, (1 - momentum) * variance + momentum * ((x - mean) ** 2).mean(axis=0)


@mistake("running_statistics", breaks="X.11")
def variance_about_the_new_running_mean(x: Floats, mean: Floats, variance: Floats, momentum: float, /) -> Any:
    """The mean is updated first, and the squares are taken about it."""
    kept, _ = running_statistics(x, mean, variance, momentum)
    return kept, (1 - momentum) * variance + momentum * ((x - kept) ** 2).mean(axis=0)


@mistake("running_statistics", breaks="X.11")
def statistics_of_the_batch_added(x: Floats, mean: Floats, variance: Floats, momentum: float, /) -> Any:
    """`+= momentum * ...`, and what was is not made smaller."""
    return mean + momentum * x.mean(axis=0), variance + momentum * x.var(axis=0)


@mistake("running_statistics", breaks="X.11")
def statistics_of_the_batch_kept(x: Floats, mean: Floats, variance: Floats, momentum: float, /) -> Any:
    """The last batch replaces what was."""
    return x.mean(axis=0), x.var(axis=0)


@mistake("running_statistics", breaks="X.11")
def variance_never_updated(x: Floats, mean: Floats, variance: Floats, momentum: float, /) -> Any:
    """One line of two was copied."""
    return running_statistics(x, mean, variance, momentum)[0], +variance


@mistake("running_statistics", breaks="X.11")
def one_running_mean_for_all_features(x: Floats, mean: Floats, variance: Floats, momentum: float, /) -> Any:
    """`x.mean()` without an axis."""
    _, spread = running_statistics(x, mean, variance, momentum)
    return (1 - momentum) * mean + momentum * x.mean(), spread


@mistake("running_statistics", breaks="X.11", regime=Regime.STABILITY)
def running_variance_in_one_pass(x: Floats, mean: Floats, variance: Floats, momentum: float, /) -> Any:
    """`mean(x^2) - mean^2`, which cancels far from 0."""
    kept, _ = running_statistics(x, mean, variance, momentum)
    spread = (x * x).mean(axis=0) - x.mean(axis=0) ** 2
    return kept, (1 - momentum) * variance + momentum * spread


@mistake("running_statistics", breaks="X.11", regime=Regime.PURITY)
def buffers_updated_in_place(x: Floats, mean: Floats, variance: Floats, momentum: float, /) -> Any:
    """`mean *= 1 - momentum`, as a layer does it with buffers of its own."""
    mean *= 1 - momentum
    mean += momentum * x.mean(axis=0)
    return mean, (1 - momentum) * variance + momentum * x.var(axis=0)


@mistake("running_statistics", breaks="X.11", regime=Regime.SCALE)
def samples_counted_in_a_byte_for_the_mean(x: Floats, mean: Floats, variance: Floats, momentum: float, /) -> Any:
    """The sum is divided by n modulo 256."""
    n = len(x) % 256 or 256
    _, spread = running_statistics(x, mean, variance, momentum)
    return (1 - momentum) * mean + momentum * x.sum(axis=0) / n, spread


@mistake("running_statistics", breaks="X.11", regime=Regime.LAYOUT)
def batch_read_from_memory_for_its_statistics(x: Floats, mean: Floats, variance: Floats, momentum: float, /) -> Any:
    """Hands out the address of the batch, and its strides not."""
    return running_statistics(misread(x), mean, variance, momentum)


@mistake("running_statistics", breaks="X.11", regime=Regime.INPUTS)
def any_momentum_blended(x: Floats, mean: Floats, variance: Floats, momentum: float, /) -> Any:
    """The formula and nothing else."""
    blended = zip((mean, variance), (x.mean(axis=0), x.var(axis=0)), strict=True)
    return tuple((1 - momentum) * old + momentum * new for old, new in blended)
