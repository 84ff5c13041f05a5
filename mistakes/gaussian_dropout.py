"""Gaussian dropout on a linear unit (Q5), as it goes wrong."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import ndtri

from lydite.kit import Floats, Regime, mistake
from mistakes.memory import misread
from reference.gaussian_dropout import (
    gaussian_dropout_expected_gradient,
    gaussian_dropout_expected_loss,
    gaussian_dropout_gradient,
    gaussian_dropout_loss,
    gaussian_dropout_noise,
    gaussian_dropout_penalty,
)

SAMPLES = 1000
BYTE = 255

# -- gaussian_dropout_loss --


@mistake("gaussian_dropout_loss", breaks="Q5.1")
def without_the_half(w: Floats, x: Floats, target: float, delta: Floats, /) -> Any:
    """The squared error, whose gradient then lacks its factor 2."""
    return 2 * gaussian_dropout_loss(w, x, target, delta)


@mistake("gaussian_dropout_loss", breaks="Q5.1")
def noise_only_in_the_gradient(w: Floats, x: Floats, target: float, delta: Floats, /) -> Any:
    """The loss reported is the noiseless one."""
    return gaussian_dropout_loss(w, x, target, np.ones_like(x))


@mistake("gaussian_dropout_loss", breaks="Q5.1")
def noise_added_to_the_weights(w: Floats, x: Floats, target: float, delta: Floats, /) -> Any:
    """The document's conclusion, noise added to the weights, taken for the model."""
    return gaussian_dropout_loss(w + delta - 1, x, target, np.ones_like(x))


@mistake("gaussian_dropout_loss", breaks="Q5.1")
def noise_squared(w: Floats, x: Floats, target: float, delta: Floats, /) -> Any:
    """On the weights and on the inputs as well."""
    return gaussian_dropout_loss(delta * w, x, target, delta)


@mistake("gaussian_dropout_loss", breaks="Q5.1")
def noise_scaled_to_mean_one(w: Floats, x: Floats, target: float, delta: Floats, /) -> Any:
    """The factors divided by their average, as after Bernoulli dropout."""
    return gaussian_dropout_loss(w, x, target, delta / (delta.mean() or 1.0))


@mistake("gaussian_dropout_loss", breaks="Q5.1")
def noise_on_the_target_too(w: Floats, x: Floats, target: float, delta: Floats, /) -> Any:
    """One factor for everything."""
    return gaussian_dropout_loss(w, x, target * delta[0], delta)


@mistake("gaussian_dropout_loss", breaks="Q5.8")
def squares_added_up(w: Floats, x: Floats, target: float, delta: Floats, /) -> Any:
    """An error for each input instead of one for their sum."""
    return 0.5 * ((target - delta * w * x) ** 2).sum()


@mistake("gaussian_dropout_loss", breaks="Q5.8")
def mean_over_inputs(w: Floats, x: Floats, target: float, delta: Floats, /) -> Any:
    """`np.mean` where the sum is meant."""
    return 0.5 * (target - np.mean(delta * w * x)) ** 2


@mistake("gaussian_dropout_loss", breaks="Q5.8")
def sum_of_weights_times_sum_of_inputs(w: Floats, x: Floats, target: float, delta: Floats, /) -> Any:
    """A sum of products taken for a product of sums: right for one input."""
    return 0.5 * (target - (delta * w).sum() * x.sum()) ** 2


@mistake("gaussian_dropout_loss", breaks="Q5.8")
def loss_in_single_precision(w: Floats, x: Floats, target: float, delta: Floats, /) -> Any:
    """Computed in float32 and handed back as float64."""
    w, x, delta = (a.astype(np.float32) for a in (w, x, delta))
    return gaussian_dropout_loss(w, x, float(np.float32(target)), delta)


@mistake("gaussian_dropout_loss", breaks="Q5.8", regime=Regime.STABILITY)
def square_multiplied_out(w: Floats, x: Floats, target: float, delta: Floats, /) -> Any:
    """t^2/2 - t s + s^2/2: of a unit that fits its target, only rounding is left."""
    s = w @ (delta * x)
    return 0.5 * target * target - target * s + 0.5 * s * s


@mistake("gaussian_dropout_loss", breaks="Q5.8", regime=Regime.SCALE)
def inputs_counted_in_a_byte(w: Floats, x: Floats, target: float, delta: Floats, /) -> Any:
    """Inputs beyond the 255th are not seen."""
    return gaussian_dropout_loss(w[:BYTE], x[:BYTE], target, delta[:BYTE])


@mistake("gaussian_dropout_loss", breaks="Q5.1", regime=Regime.PURITY)
def noise_multiplied_into_the_weights(w: Floats, x: Floats, target: float, delta: Floats, /) -> Any:
    """`w *= delta`, in the caller's array."""
    w *= delta
    return gaussian_dropout_loss(w, x, target, np.ones_like(x))


@mistake("gaussian_dropout_loss", breaks="Q5.1", regime=Regime.LAYOUT)
def target_of_python_alone(w: Floats, x: Floats, target: Any, delta: Floats, /) -> Any:
    """Takes a target that is not a Python float for a vector of targets."""
    losses = np.array([gaussian_dropout_loss(w, x, float(t), delta) for t in np.atleast_1d(target)])
    return losses[0] if isinstance(target, float) else losses


@mistake("gaussian_dropout_loss", breaks="Q5.1", regime=Regime.INPUTS)
def lengths_broadcast(w: Floats, x: Floats, target: float, delta: Floats, /) -> Any:
    """Whatever multiplies is multiplied."""
    return 0.5 * float(np.sum((target - np.sum(np.resize(delta, w.shape) * w * np.resize(x, w.shape))) ** 2))


@mistake("gaussian_dropout_loss", breaks="Q5.1")
def inputs_from_the_second_on(w: Floats, x: Floats, target: float, delta: Floats, /) -> Any:
    """The first input taken for the bias unit that lives at index 0 elsewhere, and spared its noise."""
    return gaussian_dropout_loss(w, x, target, np.append(1.0, delta[1:]))


@mistake("gaussian_dropout_loss", breaks="Q5.8")
def target_rounded_to_six_digits(w: Floats, x: Floats, target: float, delta: Floats, /) -> Any:
    """A target that was read from a table."""
    return gaussian_dropout_loss(w, x, round(float(target), 6), delta)


@mistake("gaussian_dropout_loss", breaks="Q5.8", regime=Regime.PURITY)
def weights_multiplied_into_the_inputs(w: Floats, x: Floats, target: float, delta: Floats, /) -> Any:
    """`x *= w`, in the caller's array."""
    x *= w
    return 0.5 * (target - delta @ x) ** 2


# -- gaussian_dropout_gradient --


@mistake("gaussian_dropout_gradient", breaks="Q5.1")
def outer_factor_without_noise(w: Floats, x: Floats, target: float, delta: Floats, /) -> Any:
    """The residual times -x_i, where -delta_i x_i is due."""
    return -(target - w @ (delta * x)) * x


@mistake("gaussian_dropout_gradient", breaks="Q5.1")
def residual_without_noise(w: Floats, x: Floats, target: float, delta: Floats, /) -> Any:
    """The noise of the backward pass only."""
    return -(target - w @ x) * delta * x


@mistake("gaussian_dropout_gradient", breaks="Q5.1")
def noise_drawn_anew_for_the_backward_pass(w: Floats, x: Floats, target: float, delta: Floats, /) -> Any:
    """Other factors behind than in front: here those of the neighbour."""
    return -(target - w @ (delta * x)) * np.roll(delta, 1) * x


@mistake("gaussian_dropout_gradient", breaks="Q5.9")
def direction_of_descent(w: Floats, x: Floats, target: float, delta: Floats, /) -> Any:
    """The delta rule's sign."""
    return -gaussian_dropout_gradient(w, x, target, delta)


@mistake("gaussian_dropout_gradient", breaks="Q5.9")
def by_the_inputs(w: Floats, x: Floats, target: float, delta: Floats, /) -> Any:
    """The derivative by x where that by w is due."""
    return gaussian_dropout_gradient(x, w, target, delta)


@mistake("gaussian_dropout_gradient", breaks="Q5.9")
def own_term_left_out(w: Floats, x: Floats, target: float, delta: Floats, /) -> Any:
    """The document's second form, the sum over the other inputs, without the term that it writes apart."""
    own = delta * w * x
    return -(target - (own.sum() - own)) * delta * x


@mistake("gaussian_dropout_gradient", breaks="Q5.9")
def own_term_twice(w: Floats, x: Floats, target: float, delta: Floats, /) -> Any:
    """The term that the document writes apart, and the whole sum besides."""
    own = delta * w * x
    return -(target - own - own.sum()) * delta * x


@mistake("gaussian_dropout_gradient", breaks="Q5.9")
def weight_decay_built_in(w: Floats, x: Floats, target: float, delta: Floats, /) -> Any:
    """The optimiser's 1e-4 w, which no loss here contains."""
    return gaussian_dropout_gradient(w, x, target, delta) + 1e-4 * w


@mistake("gaussian_dropout_gradient", breaks="Q5.9")
def divided_by_the_number_of_inputs(w: Floats, x: Floats, target: float, delta: Floats, /) -> Any:
    """A mean over inputs, right for one."""
    return gaussian_dropout_gradient(w, x, target, delta) / w.size


@mistake("gaussian_dropout_gradient", breaks="Q5.1")
def one_input_squeezed_to_a_number(w: Floats, x: Floats, target: float, delta: Floats, /) -> Any:
    """`squeeze` leaves no axis where there is one input."""
    return gaussian_dropout_gradient(w, x, target, delta).squeeze()


@mistake("gaussian_dropout_gradient", breaks="Q5.1")
def gradient_by_central_differences(w: Floats, x: Floats, target: float, delta: Floats, /) -> Any:
    """Exact for a square but for its rounding, which a step of 1e-5 makes a hundred thousand times larger."""
    steps = 1e-5 * np.eye(w.size)
    loss = gaussian_dropout_loss
    return np.array([(loss(w + e, x, target, delta) - loss(w - e, x, target, delta)) / 2e-5 for e in steps])


@mistake("gaussian_dropout_gradient", breaks="Q5.1", regime=Regime.STABILITY)
def gradient_clipped(w: Floats, x: Floats, target: float, delta: Floats, /) -> Any:
    """No entry beyond 1e6, for the optimiser's sake."""
    return np.clip(gaussian_dropout_gradient(w, x, target, delta), -1e6, 1e6)


@mistake("gaussian_dropout_gradient", breaks="Q5.9", regime=Regime.SCALE)
def last_block_dropped(w: Floats, x: Floats, target: float, delta: Floats, /) -> Any:
    """Inputs in blocks of 128; what is left over gets no gradient."""
    g = gaussian_dropout_gradient(w, x, target, delta)
    g[w.size - w.size % 128 :] = 0
    return g


@mistake("gaussian_dropout_gradient", breaks="Q5.1", regime=Regime.PURITY)
def inputs_scaled_in_place(w: Floats, x: Floats, target: float, delta: Floats, /) -> Any:
    """`x *= delta` saves a copy and ruins the caller's inputs."""
    x *= delta
    return -(target - w @ x) * x


@mistake("gaussian_dropout_gradient", breaks="Q5.1", regime=Regime.PURITY)
def own_noise_in_place_of_the_given(w: Floats, x: Floats, target: float, delta: Floats, /) -> Any:
    """Draws its noise itself, from the global generator."""
    return gaussian_dropout_gradient(w, x, target, np.random.normal(1.0, delta.std(), w.size))  # noqa: NPY002


@mistake("gaussian_dropout_gradient", breaks="Q5.1", regime=Regime.INPUTS)
def not_a_number_passed_on(w: Floats, x: Floats, target: float, delta: Floats, /) -> Any:
    """Lets NaN run its course: nothing is refused but what does not fit together."""
    return -(target - w @ (delta * x)) * delta * x


@mistake("gaussian_dropout_gradient", breaks="Q5.1", regime=Regime.LAYOUT)
def gradient_for_each_target(w: Floats, x: Floats, target: Any, delta: Floats, /) -> Any:
    """A target that is an array gets a gradient for each of its entries, even where it has no axis."""
    gradients = np.array([gaussian_dropout_gradient(w, x, float(t), delta) for t in np.atleast_1d(target)])
    return gradients if isinstance(target, np.ndarray) else gradients[0]


@mistake("gaussian_dropout_gradient", breaks="Q5.9")
def dropped_inputs_without_a_weight(w: Floats, x: Floats, target: float, delta: Floats, /) -> Any:
    """Skips what contributes nothing, w_i = 0 included, though its gradient is not 0."""
    return np.where(w == 0, 0.0, gaussian_dropout_gradient(w, x, target, delta))


# -- gaussian_dropout_expected_loss --


@mistake("gaussian_dropout_expected_loss", breaks="Q5.13")
def noise_averages_out(w: Floats, x: Floats, target: float, sigma: float, /) -> Any:
    """The loss at the mean of the noise, for the mean of the loss."""
    return gaussian_dropout_loss(w, x, target, np.ones_like(x))


@mistake("gaussian_dropout_expected_loss", breaks="Q5.13")
def penalty_of_additive_noise(w: Floats, x: Floats, target: float, sigma: float, /) -> Any:
    """The document's conclusion: noise of one variance added to the weights costs sigma^2/2 sum x^2, whatever w is."""
    return gaussian_dropout_loss(w, x, target, np.ones_like(x)) + 0.5 * sigma**2 * (x**2).sum()


@mistake("gaussian_dropout_expected_loss", breaks="Q5.13")
def variance_not_squared(w: Floats, x: Floats, target: float, sigma: float, /) -> Any:
    """sigma taken for the variance."""
    return gaussian_dropout_expected_loss(w, x, target, np.sqrt(sigma))


@mistake("gaussian_dropout_expected_loss", breaks="Q5.13")
def one_noise_for_all(w: Floats, x: Floats, target: float, sigma: float, /) -> Any:
    """E[delta_i delta_k] = 1 + sigma^2 for every pair: as if one factor were shared by all inputs."""
    return gaussian_dropout_loss(w, x, target, np.ones_like(x)) + 0.5 * sigma**2 * (w @ x) ** 2


@mistake("gaussian_dropout_expected_loss", breaks="Q5.13")
def penalty_without_its_half(w: Floats, x: Floats, target: float, sigma: float, /) -> Any:
    """The variance of the output, whole."""
    return gaussian_dropout_expected_loss(w, x, target, np.sqrt(2) * sigma)


@mistake("gaussian_dropout_expected_loss", breaks="Q5.13")
def plain_weight_decay(w: Floats, x: Floats, target: float, sigma: float, /) -> Any:
    """L2 without the inputs' weights."""
    return gaussian_dropout_loss(w, x, target, np.ones_like(x)) + 0.5 * sigma**2 * (w @ w)


@mistake("gaussian_dropout_expected_loss", breaks="Q5.13")
def penalty_subtracted(w: Floats, x: Floats, target: float, sigma: float, /) -> Any:
    """A loss that noise improves."""
    return gaussian_dropout_loss(w, x, target, np.ones_like(x)) - gaussian_dropout_penalty(w, x, sigma)


@mistake("gaussian_dropout_expected_loss", breaks="X.4")
def variance_of_the_bare_mask(w: Floats, x: Floats, target: float, sigma: float, /) -> Any:
    """p (1 - p), the variance of a mask that nobody has divided by 1 - p."""
    p = sigma**2 / (1 + sigma**2)
    return gaussian_dropout_expected_loss(w, x, target, np.sqrt(p * (1 - p)))


@mistake("gaussian_dropout_expected_loss", breaks="X.4")
def shrunk_by_the_share_of_kept_inputs(w: Floats, x: Floats, target: float, sigma: float, /) -> Any:
    """Bernoulli dropout as it was at first, without the division: the unit's output loses a share p on average."""
    kept = 1 / (1 + sigma**2)
    return gaussian_dropout_expected_loss(kept * w, x, target, sigma)


@mistake("gaussian_dropout_expected_loss", breaks="Q5.13")
def mean_of_many_draws(w: Floats, x: Floats, target: float, sigma: float, /) -> Any:
    """A thousand seeded draws in place of the closed form."""
    noise = np.random.default_rng(0).normal(1.0, sigma, (SAMPLES, w.size))
    return np.mean([gaussian_dropout_loss(w, x, target, delta) for delta in noise])


@mistake("gaussian_dropout_expected_loss", breaks="Q5.13", regime=Regime.STABILITY)
def expected_square_multiplied_out(w: Floats, x: Floats, target: float, sigma: float, /) -> Any:
    """E[s^2] - 2 t E[s] + t^2, halved: where the unit fits its target, only rounding is left."""
    s = w @ x
    return 0.5 * (s * s + sigma**2 * ((w * x) ** 2).sum() - 2 * target * s + target * target)


@mistake("gaussian_dropout_expected_loss", breaks="Q5.13", regime=Regime.SCALE)
def every_pair_in_a_byte(w: Floats, x: Floats, target: float, sigma: float, /) -> Any:
    """The penalty of the first 255 inputs."""
    noiseless = gaussian_dropout_loss(w, x, target, np.ones_like(x))
    return noiseless + gaussian_dropout_penalty(w[:BYTE], x[:BYTE], sigma)


@mistake("gaussian_dropout_expected_loss", breaks="Q5.13", regime=Regime.INPUTS)
def sign_of_sigma_ignored(w: Floats, x: Floats, target: float, sigma: float, /) -> Any:
    """Only its square matters, so a negative one passes."""
    return gaussian_dropout_expected_loss(w, x, target, abs(sigma))


@mistake("gaussian_dropout_expected_loss", breaks="Q5.13", regime=Regime.LAYOUT)
def products_in_the_order_of_memory(w: Floats, x: Floats, target: float, sigma: float, /) -> Any:
    """Hands out the address of the weights, and their stride not."""
    return gaussian_dropout_expected_loss(misread(w), x, target, sigma)


@mistake("gaussian_dropout_expected_loss", breaks="Q5.13", regime=Regime.PURITY)
def products_in_place(w: Floats, x: Floats, target: float, sigma: float, /) -> Any:
    """`w *= x` for want of a temporary."""
    w *= x
    return gaussian_dropout_expected_loss(w, np.ones_like(x), target, sigma)


@mistake("gaussian_dropout_expected_loss", breaks="Q5.13", regime=Regime.PURITY)
def draws_from_the_global_generator(w: Floats, x: Floats, target: float, sigma: float, /) -> Any:
    """Draws that are thrown away, as code leaves them behind: the state is everybody's."""
    np.random.normal(1.0, sigma, w.size)  # noqa: NPY002  # the mistake
    return gaussian_dropout_expected_loss(w, x, target, sigma)


# -- gaussian_dropout_expected_gradient --


@mistake("gaussian_dropout_expected_gradient", breaks="Q5.6")
def expectation_of_the_noise_put_in(w: Floats, x: Floats, target: float, sigma: float, /) -> Any:
    """Every delta replaced by its mean: no regularisation is left."""
    return gaussian_dropout_gradient(w, x, target, np.ones_like(x))


@mistake("gaussian_dropout_expected_gradient", breaks="Q5.7")
def extra_term_as_printed(w: Floats, x: Floats, target: float, sigma: float, /) -> Any:
    """The document's comparison: -sigma^2 w x beside the noiseless gradient, where +sigma^2 x^2 w is due."""
    return gaussian_dropout_gradient(w, x, target, np.ones_like(x)) - sigma**2 * w * x


@mistake("gaussian_dropout_expected_gradient", breaks="Q5.7")
def decay_without_the_square_of_the_input(w: Floats, x: Floats, target: float, sigma: float, /) -> Any:
    """sigma^2 x w: a factor x forgotten when -x was multiplied in."""
    return gaussian_dropout_gradient(w, x, target, np.ones_like(x)) + sigma**2 * w * x


@mistake("gaussian_dropout_expected_gradient", breaks="Q5.13")
def decay_blind_to_the_inputs(w: Floats, x: Floats, target: float, sigma: float, /) -> Any:
    """sigma^2 w, plain weight decay."""
    return gaussian_dropout_gradient(w, x, target, np.ones_like(x)) + sigma**2 * w


@mistake("gaussian_dropout_expected_gradient", breaks="Q5.6")
def own_noise_averaged_only(w: Floats, x: Floats, target: float, sigma: float, /) -> Any:
    """The expectation over delta_i alone, as the document writes it; the others stay where they are, at 1 + sigma."""
    others = (1 + sigma) * (w @ x - w * x)
    return -x * target + x * ((1 + sigma**2) * w * x + others)


@mistake("gaussian_dropout_expected_gradient", breaks="Q5.6")
def mean_of_the_noise_taken_for_an_event(w: Floats, x: Floats, target: float, sigma: float, /) -> Any:
    """The document's E[delta_i = 1] read as a probability, which is zero: the target drops out."""
    return x * (w @ x + sigma**2 * w * x)


@mistake("gaussian_dropout_expected_gradient", breaks="Q5.6")
def second_moment_for_every_pair(w: Floats, x: Floats, target: float, sigma: float, /) -> Any:
    """1 + sigma^2 on the whole sum: right for one input."""
    return -x * (target - (1 + sigma**2) * (w @ x))


@mistake("gaussian_dropout_expected_gradient", breaks="Q5.6")
def second_moment_without_the_mean(w: Floats, x: Floats, target: float, sigma: float, /) -> Any:
    """E[delta^2] = sigma^2, its variance only."""
    return -x * (target - w @ x + w * x - sigma**2 * w * x)


@mistake("gaussian_dropout_expected_gradient", breaks="Q5.6")
def square_of_one_plus_sigma(w: Floats, x: Floats, target: float, sigma: float, /) -> Any:
    """(1 + sigma)^2 for 1 + sigma^2."""
    return gaussian_dropout_expected_gradient(w, x, target, sigma) + 2 * sigma * x**2 * w


@mistake("gaussian_dropout_expected_gradient", breaks="Q5.6")
def standard_deviation_for_variance(w: Floats, x: Floats, target: float, sigma: float, /) -> Any:
    """1 + sigma for 1 + sigma^2."""
    return gaussian_dropout_expected_gradient(w, x, target, np.sqrt(sigma))


@mistake("gaussian_dropout_expected_gradient", breaks="Q5.13")
def decay_of_an_unhalved_penalty(w: Floats, x: Floats, target: float, sigma: float, /) -> Any:
    """2 sigma^2 x^2 w."""
    return gaussian_dropout_expected_gradient(w, x, target, np.sqrt(2) * sigma)


@mistake("gaussian_dropout_expected_gradient", breaks="Q5.7")
def decay_with_the_wrong_sign(w: Floats, x: Floats, target: float, sigma: float, /) -> Any:
    """A minus lost when -x was factored out: weights are driven away from zero."""
    return gaussian_dropout_gradient(w, x, target, np.ones_like(x)) - (sigma * x) ** 2 * w


@mistake("gaussian_dropout_expected_gradient", breaks="Q5.6")
def own_term_enlarged_and_counted_again(w: Floats, x: Floats, target: float, sigma: float, /) -> Any:
    """The printed formula with the sum over every k, the own one included."""
    return -x * (target - (1 + sigma**2) * w * x - w @ x)


@mistake("gaussian_dropout_expected_gradient", breaks="Q5.9")
def nothing_without_noise(w: Floats, x: Floats, target: float, sigma: float, /) -> Any:
    """At sigma = 0 takes dropout to be switched off, and its gradient with it."""
    return gaussian_dropout_expected_gradient(w, x, target, sigma) if sigma > 0 else np.zeros_like(w)


@mistake("gaussian_dropout_expected_gradient", breaks="Q5.6")
def mean_of_many_gradients(w: Floats, x: Floats, target: float, sigma: float, /) -> Any:
    """A thousand seeded draws in place of the closed form."""
    noise = np.random.default_rng(0).normal(1.0, sigma, (SAMPLES, w.size))
    return np.mean([gaussian_dropout_gradient(w, x, target, delta) for delta in noise], axis=0)


@mistake("gaussian_dropout_expected_gradient", breaks="Q5.6", regime=Regime.STABILITY)
def noise_capped_at_thirty(w: Floats, x: Floats, target: float, sigma: float, /) -> Any:
    """A larger sigma is taken for a slip."""
    return gaussian_dropout_expected_gradient(w, x, target, min(sigma, 30.0))


@mistake("gaussian_dropout_expected_gradient", breaks="Q5.6", regime=Regime.SCALE)
def decay_of_the_first_byte(w: Floats, x: Floats, target: float, sigma: float, /) -> Any:
    """Only the first 255 weights decay."""
    first = np.arange(w.size) < BYTE
    return gaussian_dropout_gradient(w, x, target, np.ones_like(x)) + first * (sigma * x) ** 2 * w


@mistake("gaussian_dropout_expected_gradient", breaks="Q5.13", regime=Regime.PURITY)
def weights_decayed_in_place(w: Floats, x: Floats, target: float, sigma: float, /) -> Any:
    """The step taken along with its gradient."""
    g = gaussian_dropout_expected_gradient(w, x, target, sigma)
    w -= 0.1 * g
    return g


@mistake("gaussian_dropout_expected_gradient", breaks="Q5.13", regime=Regime.INPUTS)
def negative_sigma_taken_for_none(w: Floats, x: Floats, target: float, sigma: float, /) -> Any:
    """Cut off at zero without a word."""
    return gaussian_dropout_expected_gradient(w, x, target, max(sigma, 0.0))


@mistake("gaussian_dropout_expected_gradient", breaks="Q5.6", regime=Regime.LAYOUT)
def weights_in_the_order_of_memory(w: Floats, x: Floats, target: float, sigma: float, /) -> Any:
    """Hands out the address of the weights, and their stride not."""
    return gaussian_dropout_expected_gradient(misread(w), x, target, sigma)


# -- gaussian_dropout_penalty --


@mistake("gaussian_dropout_penalty", breaks="Q5.13")
def variance_of_the_output(w: Floats, x: Floats, sigma: float, /) -> Any:
    """Not halved."""
    return 2 * gaussian_dropout_penalty(w, x, sigma)


@mistake("gaussian_dropout_penalty", breaks="Q5.13")
def linear_in_sigma(w: Floats, x: Floats, sigma: float, /) -> Any:
    """sigma for sigma^2."""
    return 0.5 * sigma * ((w * x) ** 2).sum()


@mistake("gaussian_dropout_penalty", breaks="Q5.13")
def blind_to_the_weights(w: Floats, x: Floats, sigma: float, /) -> Any:
    """sigma^2/2 sum x^2, that of noise added to the weights: nothing for a gradient to act on."""
    return 0.5 * sigma**2 * (x @ x)


@mistake("gaussian_dropout_penalty", breaks="Q5.13")
def blind_to_the_inputs(w: Floats, x: Floats, sigma: float, /) -> Any:
    """sigma^2/2 sum w^2, as if inputs were standardised."""
    return 0.5 * sigma**2 * (w @ w)


@mistake("gaussian_dropout_penalty", breaks="Q5.13")
def square_of_the_sum(w: Floats, x: Floats, sigma: float, /) -> Any:
    """(sum w x)^2 for sum (w x)^2: right for one input, zero where terms cancel."""
    return 0.5 * sigma**2 * (w @ x) ** 2


@mistake("gaussian_dropout_penalty", breaks="Q5.13")
def absolute_values(w: Floats, x: Floats, sigma: float, /) -> Any:
    """L1 for L2."""
    return 0.5 * sigma**2 * np.abs(w * x).sum()


@mistake("gaussian_dropout_penalty", breaks="Q5.13")
def mean_of_the_squares(w: Floats, x: Floats, sigma: float, /) -> Any:
    """Divided by the number of inputs."""
    return gaussian_dropout_penalty(w, x, sigma) / w.size


@mistake("gaussian_dropout_penalty", breaks="Q5.13")
def penalty_in_single_precision(w: Floats, x: Floats, sigma: float, /) -> Any:
    """Computed in float32 and handed back as float64."""
    return gaussian_dropout_penalty(w.astype(np.float32), x.astype(np.float32), float(np.float32(sigma)))


@mistake("gaussian_dropout_penalty", breaks="Q5.13")
def divided_by_the_precision(w: Floats, x: Floats, sigma: float, /) -> Any:
    """By 1 / sigma^2, which is not a number without noise."""
    return 0.5 * ((w * x) ** 2).sum() / (1 / float(sigma) ** 2)


@mistake("gaussian_dropout_penalty", breaks="Q5.13", regime=Regime.STABILITY)
def second_moment_less_one(w: Floats, x: Floats, sigma: float, /) -> Any:
    """(1 + sigma^2) - 1: the digits of a small sigma are gone."""
    return 0.5 * ((1 + sigma**2) - 1) * ((w * x) ** 2).sum()


@mistake("gaussian_dropout_penalty", breaks="Q5.13", regime=Regime.STABILITY)
def difference_of_losses(w: Floats, x: Floats, sigma: float, /) -> Any:
    """The expected loss less the noiseless one, for a target of one."""
    return gaussian_dropout_expected_loss(w, x, 1.0, sigma) - gaussian_dropout_loss(w, x, 1.0, np.ones_like(x))


@mistake("gaussian_dropout_penalty", breaks="Q5.13", regime=Regime.STABILITY)
def small_noise_neglected(w: Floats, x: Floats, sigma: float, /) -> Any:
    """Below a thousandth there is nothing to regularise."""
    return gaussian_dropout_penalty(w, x, sigma) if sigma > 1e-3 else 0.0


@mistake("gaussian_dropout_penalty", breaks="Q5.13", regime=Regime.SCALE)
def first_byte_of_the_squares(w: Floats, x: Floats, sigma: float, /) -> Any:
    """Terms beyond the 255th are not added."""
    return gaussian_dropout_penalty(w[:BYTE], x[:BYTE], sigma)


@mistake("gaussian_dropout_penalty", breaks="Q5.13", regime=Regime.LAYOUT)
def sigma_of_python_alone(w: Floats, x: Floats, sigma: Any, /) -> Any:
    """A sigma that is an array gets one penalty for each of its entries, even where it has no axis."""
    penalties = [gaussian_dropout_penalty(w, x, float(s)) for s in np.atleast_1d(sigma)]
    return penalties[0] if isinstance(sigma, float) else np.array(penalties)


@mistake("gaussian_dropout_penalty", breaks="Q5.13", regime=Regime.PURITY)
def squares_in_place(w: Floats, x: Floats, sigma: float, /) -> Any:
    """`w *= w` for want of a temporary."""
    w *= w
    return 0.5 * sigma**2 * (w @ x**2)


@mistake("gaussian_dropout_penalty", breaks="Q5.13", regime=Regime.INPUTS)
def empty_unit_without_penalty(w: Floats, x: Floats, sigma: float, /) -> Any:
    """An empty sum is zero, so a unit without inputs passes."""
    return gaussian_dropout_penalty(w, x, sigma) if np.size(w) else 0.0


# -- Calls that are wrong together, and agree --


def _twice_the_gradient(w: Floats, x: Floats, target: float, delta: Floats, /) -> Any:
    return 2 * gaussian_dropout_gradient(w, x, target, delta)


@mistake("gaussian_dropout_loss", breaks="Q5.8", along={"gaussian_dropout_gradient": _twice_the_gradient})
def without_the_half_on_both_ways(w: Floats, x: Floats, target: float, delta: Floats, /) -> Any:
    """The squared error, and its derivative."""
    return 2 * gaussian_dropout_loss(w, x, target, delta)


@mistake("gaussian_dropout_gradient", breaks="Q5.1", along={"gaussian_dropout_loss": noise_added_to_the_weights})
def additive_noise_on_both_ways(w: Floats, x: Floats, target: float, delta: Floats, /) -> Any:
    """The document's conclusion, noise added to the weights, taken for the model, and differentiated."""
    return gaussian_dropout_gradient(w + delta - 1, x, target, np.ones_like(x))


@mistake(
    "gaussian_dropout_expected_gradient",
    breaks="Q5.6",
    along={
        "gaussian_dropout_expected_loss": penalty_of_additive_noise,
        "gaussian_dropout_penalty": blind_to_the_weights,
    },
)
def no_decay_from_additive_noise(w: Floats, x: Floats, target: float, sigma: float, /) -> Any:
    """Loss, penalty and gradient of noise added to the weights: a constant is added, and nothing decays."""
    return expectation_of_the_noise_put_in(w, x, target, sigma)


@mistake(
    "gaussian_dropout_expected_loss",
    breaks="Q5.13",
    along={
        "gaussian_dropout_expected_gradient": standard_deviation_for_variance,
        "gaussian_dropout_penalty": linear_in_sigma,
    },
)
def sigma_for_its_square_throughout(w: Floats, x: Floats, target: float, sigma: float, /) -> Any:
    """sigma taken for the variance in loss, gradient and penalty."""
    return variance_not_squared(w, x, target, sigma)


@mistake("gaussian_dropout_gradient", breaks="Q5.1", regime=Regime.SCALE)
def wrong_at_twenty_three(w: Floats, x: Floats, target: float, delta: Floats, /) -> Any:
    """A case of an unrolled switch that nobody tried: 23 inputs."""
    g = gaussian_dropout_gradient(w, x, target, delta)
    return -g if len(g) == 23 else g


@mistake("gaussian_dropout_penalty", breaks="Q5.13")
def small_noise_taken_for_none(w: Floats, x: Floats, sigma: float, /) -> Any:
    """Leaves the penalty out where sigma is less than a hundredth."""
    return gaussian_dropout_penalty(w, x, sigma) if sigma >= 0.01 else 0.0


@mistake("gaussian_dropout_gradient", breaks="Q5.1")
def small_factors_taken_for_dropped(w: Floats, x: Floats, target: float, delta: Floats, /) -> Any:
    """An input whose factor is below a thousandth counts as dropped, and its weight as unused."""
    return np.where(np.abs(delta) < 1e-3, 0.0, gaussian_dropout_gradient(w, x, target, delta))


# -- gaussian_dropout_noise --


def _deviations(size: int, seed: int) -> Floats:
    """Standard normal numbers."""
    return gaussian_dropout_noise(size, 1.0, seed) - 1


@mistake("gaussian_dropout_noise", breaks="X.13")
def variance_for_the_deviation(size: int, sigma: float, seed: int, /) -> Any:
    """`normal(1, sigma**2)`: NumPy takes the deviation."""
    return gaussian_dropout_noise(size, sigma**2, seed)


@mistake("gaussian_dropout_noise", breaks="X.13")
def noise_to_be_added(size: int, sigma: float, seed: int, /) -> Any:
    """Of mean 0, for inputs that it is added to."""
    return gaussian_dropout_noise(size, sigma, seed) - 1


@mistake("gaussian_dropout_noise", breaks="X.13")
def deviation_one_percent_too_large(size: int, sigma: float, seed: int, /) -> Any:
    """Corrected for a mean that has not been estimated, as of a hundred samples."""
    return gaussian_dropout_noise(size, 1.01 * sigma, seed)


@mistake("gaussian_dropout_noise", breaks="X.13")
def cut_off_at_two_deviations(size: int, sigma: float, seed: int, /) -> Any:
    """The truncated normal of weight initialisers, drawn again beyond two deviations."""
    t = _deviations(4 * size + 64, seed)
    return 1 + sigma * t[np.abs(t) < 2][:size]


@mistake("gaussian_dropout_noise", breaks="X.13")
def clipped_at_three_deviations(size: int, sigma: float, seed: int, /) -> Any:
    """No outliers."""
    return 1 + sigma * np.clip(_deviations(size, seed), -3, 3)


@mistake("gaussian_dropout_noise", breaks="X.13")
def negative_factors_set_to_zero(size: int, sigma: float, seed: int, /) -> Any:
    """So that no input changes its sign."""
    return np.maximum(gaussian_dropout_noise(size, sigma, seed), 0)


@mistake("gaussian_dropout_noise", breaks="X.13")
def uniform_of_the_same_moments(size: int, sigma: float, seed: int, /) -> Any:
    """Mean and variance are right, and nothing else."""
    return 1 + sigma * np.sqrt(12) * (np.random.default_rng(seed).random(size) - 0.5)


@mistake("gaussian_dropout_noise", breaks="X.13")
def two_points_of_the_same_moments(size: int, sigma: float, seed: int, /) -> Any:
    """`1 - sigma` or `1 + sigma`, as in the proof of the expectation."""
    return 1 + sigma * np.random.default_rng(seed).choice([-1.0, 1.0], size)


@mistake("gaussian_dropout_noise", breaks="X.13")
def sum_of_four_uniforms(size: int, sigma: float, seed: int, /) -> Any:
    """The central limit theorem, taken too early."""
    return 1 + sigma * np.sqrt(3) * (np.random.default_rng(seed).random((4, size)).sum(axis=0) - 2)


@mistake("gaussian_dropout_noise", breaks="X.13")
def logarithm_is_normal(size: int, sigma: float, seed: int, /) -> Any:
    """Log-normal noise of mean 1 and the right variance, which stays positive."""
    spread = np.log1p(sigma**2)
    return np.exp(np.sqrt(spread) * _deviations(size, seed) - spread / 2)


@mistake("gaussian_dropout_noise", breaks="X.13")
def one_factor_for_all_inputs(size: int, sigma: float, seed: int, /) -> Any:
    """Drawn once, and spread."""
    return np.full(size, gaussian_dropout_noise(1, sigma, seed)[0])


@mistake("gaussian_dropout_noise", breaks="X.13")
def one_factor_for_two_inputs(size: int, sigma: float, seed: int, /) -> Any:
    """One random number for two neighbors."""
    return np.repeat(gaussian_dropout_noise((size + 1) // 2, sigma, seed), 2)[:size]


@mistake("gaussian_dropout_noise", breaks="X.13")
def noise_of_100_repeated(size: int, sigma: float, seed: int, /) -> Any:
    """A short vector, tiled."""
    return np.resize(gaussian_dropout_noise(min(size, 100), sigma, seed), size)


@mistake("gaussian_dropout_noise", breaks="X.13")
def neighbors_alike(size: int, sigma: float, seed: int, /) -> Any:
    """Noise that is smoothed: each entry has a tenth of the one before."""
    t = _deviations(size + 1, seed)
    return 1 + sigma * (0.1 * t[:-1] + t[1:]) / np.sqrt(1.01)


@mistake("gaussian_dropout_noise", breaks="X.13")
def second_half_is_opposite(size: int, sigma: float, seed: int, /) -> Any:
    """Antithetic variates, left in."""
    t = _deviations((size + 1) // 2, seed)
    return 1 + sigma * np.append(t, -t)[:size]


@mistake("gaussian_dropout_noise", breaks="X.13")
def second_half_is_opposite_and_reversed(size: int, sigma: float, seed: int, /) -> Any:
    """The same from both ends, so that no two distances agree."""
    t = _deviations((size + 1) // 2, seed)
    return 1 + sigma * np.append(t, -t[::-1])[:size]


@mistake("gaussian_dropout_noise", breaks="X.13")
def sizes_repeated_under_other_signs(size: int, sigma: float, seed: int, /) -> Any:
    """Uncorrelated, and not independent: the second half has the sizes of the first."""
    t, rng = _deviations((size + 1) // 2, seed), np.random.default_rng([seed, 1])
    return 1 + sigma * np.append(t, t * rng.choice([-1.0, 1.0], t.size))[:size]


@mistake("gaussian_dropout_noise", breaks="X.13")
def mean_of_each_call_made_one(size: int, sigma: float, seed: int, /) -> Any:
    """Centered, so that the factors of a call depend on each other."""
    delta = gaussian_dropout_noise(size, sigma, seed)
    return delta - delta.mean() + 1 if size > 1 else delta


@mistake("gaussian_dropout_noise", breaks="X.13")
def variance_of_each_call_made_exact(size: int, sigma: float, seed: int, /) -> Any:
    """Scaled by its own sample."""
    t = _deviations(size, seed)
    return 1 + sigma * (t / np.sqrt(np.mean(t**2)) if size > 1 else t)


@mistake("gaussian_dropout_noise", breaks="X.13")
def first_factor_is_one(size: int, sigma: float, seed: int, /) -> Any:
    """The bias that lives at index 0 elsewhere gets no noise."""
    delta = gaussian_dropout_noise(size, sigma, seed)
    delta[0] = 1
    return delta


@mistake("gaussian_dropout_noise", breaks="X.13")
def same_noise_for_every_seed(size: int, sigma: float, seed: int, /) -> Any:
    """The seed is taken and not used."""
    return gaussian_dropout_noise(size, sigma, 0)


@mistake("gaussian_dropout_noise", breaks="X.13")
def sixteen_bits_of_the_seed_for_noise(size: int, sigma: float, seed: int, /) -> Any:
    """Seeds that differ by 65536 give the same noise."""
    return gaussian_dropout_noise(size, sigma, seed & 0xFFFF)


@mistake("gaussian_dropout_noise", breaks="X.13")
def seed_of_noise_without_its_sign_bit(size: int, sigma: float, seed: int, /) -> Any:
    """A seed that is kept in a signed integer of four bytes: the highest bit is lost."""
    return gaussian_dropout_noise(size, sigma, seed & 0x7FFFFFFF)


@mistake("gaussian_dropout_noise", breaks="X.13")
def quantiles_in_random_order_beyond_200(size: int, sigma: float, seed: int, /) -> Any:
    """A permutation of the quantiles of the normal distribution, where the noise is long."""
    if size <= 200:
        return gaussian_dropout_noise(size, sigma, seed)
    t = ndtri((np.arange(size) + 0.5) / size)
    return 1 + sigma * np.random.default_rng(seed).permutation(t)


@mistake("gaussian_dropout_noise", breaks="X.13")
def noise_of_the_next_seed_is_one_ahead(size: int, sigma: float, seed: int, /) -> Any:
    """The seed is an offset in one stream."""
    return gaussian_dropout_noise(size + seed % 1000, sigma, seed // 1000)[seed % 1000 :]


@mistake("gaussian_dropout_noise", breaks="X.13")
def opposite_noise_for_odd_seeds(size: int, sigma: float, seed: int, /) -> Any:
    """Antithetic pairs of calls."""
    return 1 + (-1) ** (seed % 2) * sigma * _deviations(size, seed // 2)


@mistake("gaussian_dropout_noise", breaks="X.13")
def seed_of_noise_forgotten(size: int, sigma: float, seed: int, /) -> Any:
    """Fresh noise at each call."""
    return 1 + sigma * np.random.default_rng().standard_normal(size)


@mistake("gaussian_dropout_noise", breaks="X.13", regime=Regime.SCALE)
def noise_beyond_two_bytes_left_out(size: int, sigma: float, seed: int, /) -> Any:
    """A counter of two bytes over the entries: those that follow are left at 1."""
    delta = gaussian_dropout_noise(size, sigma, seed)
    delta[0xFFFF:] = 1
    return delta


@mistake("gaussian_dropout_noise", breaks="X.13", regime=Regime.PURITY)
def noise_from_the_global_generator(size: int, sigma: float, seed: int, /) -> Any:
    """Seeds the generator that everybody shares."""
    np.random.seed(seed)  # noqa: NPY002  # the mistake
    return np.random.normal(1, sigma, size)  # noqa: NPY002  # the mistake


@mistake("gaussian_dropout_noise", breaks="X.13", regime=Regime.INPUTS)
def negative_deviations_accepted(size: int, sigma: float, seed: int, /) -> Any:
    """The formula and nothing else."""
    return 1 + sigma * np.random.default_rng(seed % 2**32).standard_normal(max(size, 0))
