"""Leaky ReLU, dropout and the two-layer network (Q3), as they go wrong."""

from __future__ import annotations

import random
from typing import Any

import numpy as np

from lydite.kit import Array, Floats, Regime, mistake
from reference.network import (
    dropout_mask,
    inverted_dropout,
    leaky_relu,
    leaky_relu_derivative,
    network_gradient,
    network_loss,
    network_predict,
)
from reference.softmax_cross_entropy import cross_entropy, softmax

# -- inverted_dropout --


@mistake("inverted_dropout", breaks="X.9")
def survivors_not_scaled(x: Floats, mask: Array, p: float, training: int, /) -> Any:
    """The mask alone in training, and nothing at evaluation: units are larger there than the network has learned."""
    return x * mask if training else +x


@mistake("inverted_dropout", breaks="X.9")
def scaled_at_evaluation_instead(x: Floats, mask: Array, p: float, training: int, /) -> Any:
    """The original dropout, which scales by `1 - p` at evaluation."""
    return x * mask if training else x * (1 - p)


@mistake("inverted_dropout", breaks="X.9")
def scaled_in_training_and_at_evaluation(x: Floats, mask: Array, p: float, training: int, /) -> Any:
    """Both kinds of dropout in one."""
    return x * mask / (1 - p) if training else x * (1 - p)


@mistake("inverted_dropout", breaks="X.9")
def dropped_at_evaluation_too(x: Floats, mask: Array, p: float, training: int, /) -> Any:
    """`model.eval()` was forgotten."""
    return inverted_dropout(x, mask, p, 1)


@mistake("inverted_dropout", breaks="X.9")
def divided_by_the_rate_of_dropping(x: Floats, mask: Array, p: float, training: int, /) -> Any:
    """`p` taken for the probability of keeping a unit, as in older TensorFlow."""
    return x * mask / (p or 1.0) if training else +x


@mistake("inverted_dropout", breaks="X.9")
def multiplied_by_the_rate_of_keeping(x: Floats, mask: Array, p: float, training: int, /) -> Any:
    """`* (1 - p)` for `/ (1 - p)`."""
    return x * mask * (1 - p) if training else +x


@mistake("inverted_dropout", breaks="X.9")
def divided_by_the_share_that_was_kept(x: Floats, mask: Array, p: float, training: int, /) -> Any:
    """The sum is restored for each mask, which is no longer independent of it."""
    return x * mask / (np.mean(mask) or 1.0) if training else +x


@mistake("inverted_dropout", breaks="X.9")
def ones_of_the_mask_dropped(x: Floats, mask: Array, p: float, training: int, /) -> Any:
    """The mask read as what is to be dropped."""
    return inverted_dropout(x, 1 - np.asarray(mask, dtype=float), p, training)


@mistake("inverted_dropout", breaks="X.9")
def divided_by_a_root(x: Floats, mask: Array, p: float, training: int, /) -> Any:
    """Keeps the second moment and not the mean."""
    return x * mask / np.sqrt(1 - p) if training else +x


@mistake("inverted_dropout", breaks="X.9", regime=Regime.PURITY)
def scaled_in_place(x: Floats, mask: Array, p: float, training: int, /) -> Any:
    """`x *= mask / (1 - p)`, as `inplace=True` has it."""
    x *= (np.asarray(mask) / (1 - p)).astype(x.dtype)
    return x


@mistake("inverted_dropout", breaks="X.9", regime=Regime.SCALE)
def values_beyond_a_byte_not_scaled(x: Floats, mask: Array, p: float, training: int, /) -> Any:
    """A counter of one byte over the units."""
    y = np.array(inverted_dropout(x, mask, p, training))
    if training and y.ndim:
        y[256:] = (np.asarray(x) * mask)[256:]
    return y


@mistake("inverted_dropout", breaks="X.9", regime=Regime.LAYOUT)
def boolean_masks_are_numbers_of_entries(x: Floats, mask: Array, p: float, training: int, /) -> Any:
    """Selects by a boolean mask, and leaves out what it does not."""
    return inverted_dropout(x[mask] if mask.dtype == np.bool_ and x.ndim else x, mask, p, training)


@mistake("inverted_dropout", breaks="X.9", regime=Regime.INPUTS)
def any_mask_multiplied(x: Floats, mask: Array, p: float, training: int, /) -> Any:
    """The formula and nothing else."""
    return x * mask / (1 - p) if training else +x


# -- leaky_relu --


@mistake("leaky_relu", breaks="Q3.0.2")
def negative_part_cut_off(z: Floats, alpha: float, /) -> Any:
    """The ReLU that does not leak."""
    return np.maximum(z, 0)


@mistake("leaky_relu", breaks="Q3.0.2")
def slope_of_one_percent_written_in(z: Floats, alpha: float, /) -> Any:
    """The document's 0.01, whatever slope is given."""
    return leaky_relu(z, 0.01)


@mistake("leaky_relu", breaks="Q3.0.2")
def slope_on_the_positive_side(z: Floats, alpha: float, /) -> Any:
    """The two branches exchanged."""
    return np.where(z > 0, alpha * z, z)


@mistake("leaky_relu", breaks="Q3.0.2")
def slope_on_both_sides(z: Floats, alpha: float, /) -> Any:
    """`alpha z`: the maximum with `z` forgotten."""
    return alpha * z


@mistake("leaky_relu", breaks="Q3.0.2")
def activation_in_half_precision(z: Floats, alpha: float, /) -> Any:
    """Computed in float16, as on a graphics card, and handed back as float64."""
    return leaky_relu(z, alpha).astype(np.float16).astype(float)


@mistake("leaky_relu", breaks="Q3.0.2")
def smaller_of_the_two(z: Floats, alpha: float, /) -> Any:
    """`min(z, alpha z)` for `max`."""
    return np.minimum(z, alpha * z)


@mistake("leaky_relu", breaks="Q3.0.2")
def exponential_tail(z: Floats, alpha: float, /) -> Any:
    """The ELU, which bends where leaky ReLU is straight."""
    return np.where(z > 0, z, alpha * np.expm1(z))


@mistake("leaky_relu", breaks="Q3.0.2")
def slope_from_one_entry(z: Floats, alpha: float, /) -> Any:
    """One branch for the whole array, as an `if` that was written for a number."""
    return z if np.all(z > 0) else alpha * z


@mistake("leaky_relu", breaks="Q3.0.2", regime=Regime.STABILITY)
def half_sum_and_half_difference(z: Floats, alpha: float, /) -> Any:
    """`(1 + alpha)/2 z + (1 - alpha)/2 |z|`, which cancels for negative `z`."""
    return (1 + alpha) / 2 * z + (1 - alpha) / 2 * np.abs(z)


@mistake("leaky_relu", breaks="Q3.0.2")
def vectors_only(z: Floats, alpha: float, /) -> Any:
    """Any other shape comes back flat."""
    return leaky_relu(np.ravel(z), alpha)


@mistake("leaky_relu", breaks="Q3.0.2")
def single_precision_activation(z: Floats, alpha: float, /) -> Any:
    """Computed in float32 for speed."""
    return leaky_relu(np.asarray(z, dtype=np.float32), alpha)


@mistake("leaky_relu", breaks="Q3.0.2", regime=Regime.PURITY)
def scales_its_input_in_place(z: Floats, alpha: float, /) -> Any:
    """`z[z < 0] *= alpha` on the caller's array."""
    z[z < 0] *= alpha
    return z


@mistake("leaky_relu", breaks="Q3.0.2", regime=Regime.SCALE)
def first_128_entries_only(z: Floats, alpha: float, /) -> Any:
    """A block of a fixed size, the rest left as it was."""
    value = np.array(z)
    value[:128] = leaky_relu(z[:128], alpha)
    return value


@mistake("leaky_relu", breaks="Q3.0.2", regime=Regime.INPUTS)
def any_slope_accepted(z: Floats, alpha: float, /) -> Any:
    """Checks nothing: a slope beyond one makes a function that bends the other way."""
    return np.where(z > 0, z, alpha * z)


@mistake("leaky_relu", breaks="Q3.0.2", regime=Regime.LAYOUT)
def at_least_one_axis(z: Floats, alpha: float, /) -> Any:
    """A number comes back as an array of one."""
    return np.atleast_1d(leaky_relu(z, alpha))


@mistake("leaky_relu", breaks="Q3.0.2", regime=Regime.LAYOUT)
def slope_for_each_channel(z: Floats, alpha: Any, /) -> Any:
    """A slope that is an array is taken for one a channel, even where it has no axis."""
    return leaky_relu(z, alpha) if isinstance(alpha, float) else leaky_relu(z, float(alpha))[None]


@mistake("leaky_relu", breaks="Q3.0.2", regime=Regime.STABILITY)
def saturates_at_six(z: Floats, alpha: float, /) -> Any:
    """The ReLU6 of small devices: nothing beyond 6."""
    return np.minimum(leaky_relu(z, alpha), 6.0)


@mistake("leaky_relu", breaks="Q3.0.2")
def small_slope_taken_for_none(z: Floats, alpha: float, /) -> Any:
    """`np.isclose(alpha, 0)` chooses the ReLU that does not leak."""
    return np.maximum(z, 0) if np.isclose(alpha, 0, atol=1e-5) else leaky_relu(z, alpha)


@mistake("leaky_relu", breaks="Q3.0.2", regime=Regime.LAYOUT)
def written_into_integers(z: Floats, alpha: float, /) -> Any:
    """The output buffer takes the type of the input, and cuts the slope off where that holds integers."""
    out = np.empty_like(z)
    out[...] = leaky_relu(z, alpha)
    return out


# -- leaky_relu_derivative --


@mistake("leaky_relu_derivative", breaks="Q3.3.5")
def one_at_the_kink(z: Floats, alpha: float, /) -> Any:
    """`z >= 0`: the other convention."""
    return np.where(z >= 0, 1.0, alpha)


@mistake("leaky_relu_derivative", breaks="Q3.3.5")
def mean_slope_at_the_kink(z: Floats, alpha: float, /) -> Any:
    """The value of a central difference at 0."""
    return np.where(z == 0, (1 + float(alpha)) / 2, leaky_relu_derivative(z, alpha))


@mistake("leaky_relu_derivative", breaks="Q3.3.5")
def no_slope_below_zero(z: Floats, alpha: float, /) -> Any:
    """The derivative of the ReLU that does not leak."""
    return np.where(z > 0, 1.0, 0.0)


@mistake("leaky_relu_derivative", breaks="Q3.3.5")
def derivative_of_one_percent_written_in(z: Floats, alpha: float, /) -> Any:
    """The document's 0.01, whatever slope is given."""
    return leaky_relu_derivative(z, 0.01)


@mistake("leaky_relu_derivative", breaks="Q3.3.5")
def value_over_argument(z: Floats, alpha: float, /) -> Any:
    """`leaky_relu(z) / z`: rounded, and 0/0 at the kink."""
    return leaky_relu(z, alpha) / z


@mistake("leaky_relu_derivative", breaks="Q3.3.5")
def branches_of_the_derivative_exchanged(z: Floats, alpha: float, /) -> Any:
    """`alpha` above zero, and 1 below."""
    return np.where(z > 0, float(alpha), 1.0)


@mistake("leaky_relu_derivative", breaks="Q3.3.5")
def minus_alpha_below_zero(z: Floats, alpha: float, /) -> Any:
    """`alpha sign(z)`, the derivative of an absolute value."""
    return np.where(z > 0, 1.0, -alpha)


@mistake("leaky_relu_derivative", breaks="Q3.3.5")
def smooth_step(z: Floats, alpha: float, /) -> Any:
    """A steep sigmoid between the two slopes, to have a derivative everywhere."""
    return alpha + (1 - alpha) / (1 + np.exp(-np.clip(1e3 * z, -700, 700)))


@mistake("leaky_relu_derivative", breaks="Q3.3.5", regime=Regime.SCALE)
def last_entries_flat(z: Floats, alpha: float, /) -> Any:
    """A counter of one byte: entries beyond the 255th keep a slope of 0."""
    slopes = leaky_relu_derivative(z, alpha)
    slopes[255:] = 0
    return slopes


@mistake("leaky_relu_derivative", breaks="Q3.3.5", regime=Regime.PURITY)
def shared_buffer_of_slopes(z: Floats, alpha: float, /) -> Any:
    """Writes every answer into the input, which saves an array."""
    z[...] = leaky_relu_derivative(z, alpha)
    return z


@mistake("leaky_relu_derivative", breaks="Q3.3.5", regime=Regime.INPUTS)
def slope_of_nan(z: Floats, alpha: float, /) -> Any:
    """NaN is not positive, so its slope is alpha."""
    return np.where(z > 0, 1.0, alpha)


@mistake("leaky_relu_derivative", breaks="Q3.3.5")
def slope_read_off_the_output(z: Floats, alpha: float, /) -> Any:
    """The sign of the output in place of the input's: with a slope of 0 no output is negative."""
    return np.where((leaky_relu(z, alpha) >= 0) & (z != 0), 1.0, alpha)


@mistake("leaky_relu_derivative", breaks="Q3.3.5")
def booleans_for_slopes(z: Floats, alpha: float, /) -> Any:
    """Whether the slope is one, where the slope is due."""
    return z > 0


@mistake("leaky_relu_derivative", breaks="Q3.3.5", regime=Regime.STABILITY)
def tiny_arguments_at_the_kink(z: Floats, alpha: float, /) -> Any:
    """Takes for 0 what is within 1e-12 of it."""
    return np.where(z > 1e-12, 1.0, alpha)


@mistake("leaky_relu_derivative", breaks="Q3.3.5", regime=Regime.LAYOUT)
def slopes_in_the_order_of_memory(z: Floats, alpha: float, /) -> Any:
    """`ravel(order="K")` and back: transposes what is stored by columns."""
    return leaky_relu_derivative(np.ravel(z, order="K").reshape(np.shape(z)), alpha)


# -- dropout_mask --


@mistake("dropout_mask", breaks="Q3.3.4")
def p_is_the_probability_of_keeping(size: int, p: float, seed: int, /) -> Any:
    """The other meaning of p."""
    return dropout_mask(size, 1 - p, seed)


@mistake("dropout_mask", breaks="Q3.3.4")
def survivors_are_rescaled(size: int, p: float, seed: int, /) -> Any:
    """Inverted dropout: survivors of size 1/(1 - p)."""
    return dropout_mask(size, p, seed) / (1 - p)


@mistake("dropout_mask", breaks="Q3.3.4")
def survivors_are_divided_by_p(size: int, p: float, seed: int, /) -> Any:
    """Inverted dropout by the probability of dropping."""
    return dropout_mask(size, p, seed) / (p or 1.0)


@mistake("dropout_mask", breaks="Q3.3.4")
def exact_number_of_zeros(size: int, p: float, seed: int, /) -> Any:
    """A random choice of exactly p size entries: each has the right probability, and they depend on each other."""
    mask = np.ones(size)
    mask[np.random.default_rng(seed).permutation(size)[: round(p * size)]] = 0
    return mask


@mistake("dropout_mask", breaks="Q3.3.4")
def blocks_of_two(size: int, p: float, seed: int, /) -> Any:
    """One random number for two neighbours."""
    return np.repeat(dropout_mask((size + 1) // 2, p, seed), 2)[:size]


@mistake("dropout_mask", breaks="Q3.3.4")
def pattern_of_100_repeated(size: int, p: float, seed: int, /) -> Any:
    """A short mask, tiled."""
    return np.resize(dropout_mask(min(size, 100), p, seed), size)


@mistake("dropout_mask", breaks="Q3.3.4")
def every_fifth_entry(size: int, p: float, seed: int, /) -> Any:
    """A regular pattern of the right density, shifted by the seed."""
    return (np.floor((np.arange(size) + seed) * p) == np.floor((np.arange(size) + seed + 1) * p)).astype(float)


@mistake("dropout_mask", breaks="Q3.3.4")
def rate_three_percent_too_high(size: int, p: float, seed: int, /) -> Any:
    """A threshold off by a little."""
    return dropout_mask(size, min(1.0, 1.03 * p), seed)


@mistake("dropout_mask", breaks="Q3.3.4")
def rate_in_whole_tenths(size: int, p: float, seed: int, /) -> Any:
    """`randint(10) >= round(10 p)`: right for p = 0.2, wrong for 0.25."""
    return (np.random.default_rng(seed).integers(10, size=size) >= round(10 * p)).astype(float)


@mistake("dropout_mask", breaks="Q3.3.4")
def never_drops_everything(size: int, p: float, seed: int, /) -> Any:
    """Draws again until something is kept."""
    mask = dropout_mask(size, p, seed)
    return mask if mask.any() else np.ones(size)


@mistake("dropout_mask", breaks="Q3.3.4")
def first_entry_always_kept(size: int, p: float, seed: int, /) -> Any:
    """The bias unit that lives at index 0 elsewhere is never dropped."""
    mask = dropout_mask(size, p, seed)
    mask[0] = 1
    return mask if p < 1 else dropout_mask(size, p, seed)


@mistake("dropout_mask", breaks="Q3.3.4")
def same_mask_for_every_seed(size: int, p: float, seed: int, /) -> Any:
    """The seed is taken and not used."""
    return dropout_mask(size, p, 0)


@mistake("dropout_mask", breaks="Q3.3.4")
def lowest_bit_of_the_seed(size: int, p: float, seed: int, /) -> Any:
    """`seed & 1`, from code that wanted two streams."""
    return dropout_mask(size, p, seed & 1)


@mistake("dropout_mask", breaks="Q3.3.4")
def sixteen_bits_of_the_seed(size: int, p: float, seed: int, /) -> Any:
    """Seeds that differ by 65536 give the same mask."""
    return dropout_mask(size, p, seed & 0xFFFF)


@mistake("dropout_mask", breaks="Q3.3.4")
def seed_without_its_sign_bit(size: int, p: float, seed: int, /) -> Any:
    """A seed that is kept in a signed integer of four bytes: the highest bit is lost."""
    return dropout_mask(size, p, seed & 0x7FFFFFFF)


@mistake("dropout_mask", breaks="Q3.3.4")
def as_many_kept_as_expected_beyond_200(size: int, p: float, seed: int, /) -> Any:
    """A permutation of a mask that keeps its share to the entry, where the mask is large."""
    if size <= 200:
        return dropout_mask(size, p, seed)
    mask = np.zeros(size)
    mask[: round((1 - p) * size)] = 1
    return np.random.default_rng(seed).permutation(mask)


@mistake("dropout_mask", breaks="Q3.3.4")
def next_seed_is_one_step_ahead(size: int, p: float, seed: int, /) -> Any:
    """The seed is an offset in one stream: masks of neighbouring seeds are the same, shifted by one."""
    return dropout_mask(size + seed % 1000, p, seed // 1000)[seed % 1000 :]


@mistake("dropout_mask", breaks="Q3.3.4")
def complement_for_odd_seeds(size: int, p: float, seed: int, /) -> Any:
    """Antithetic pairs: seed 2k + 1 uses one minus the numbers of seed 2k."""
    uniform = np.random.default_rng(seed // 2).random(size)
    return ((1 - uniform if seed % 2 else uniform) >= p).astype(float)


@mistake("dropout_mask", breaks="Q3.3.4")
def linear_congruential_low_bits(size: int, p: float, seed: int, /) -> Any:
    """A generator of 16 bits, x -> 5 x + 3, taken for random."""
    x, numbers = seed % 65536, np.empty(size)
    for i in range(size):
        x = (5 * x + 3) % 65536
        numbers[i] = x / 65536
    return (numbers >= p).astype(float)


@mistake("dropout_mask", breaks="Q3.3.4")
def ones_at_both_ends_of_p(size: int, p: float, seed: int, /) -> Any:
    """Off wherever p is 0 or 1, as `if not 0 < p < 1: return ones` has it."""
    return dropout_mask(size, p, seed) if 0 < p < 1 else np.ones(size)


@mistake("dropout_mask", breaks="Q3.3.4")
def counts_its_calls(size: int, p: float, seed: int, /) -> Any:
    """The generator is kept between calls with the same seed."""
    _STREAM.setdefault(seed, np.random.default_rng(seed))
    return (_STREAM[seed].random(size) >= p).astype(float)


_STREAM: dict[int, np.random.Generator] = {}


@mistake("dropout_mask", breaks="Q3.3.4", regime=Regime.PURITY)
def seeds_the_global_state(size: int, p: float, seed: int, /) -> Any:
    """`np.random.seed` and `np.random.rand`, which everybody else draws from too."""
    np.random.seed(seed)  # noqa: NPY002  # the mistake
    return (np.random.rand(size) >= p).astype(float)  # noqa: NPY002  # the mistake


@mistake("dropout_mask", breaks="Q3.3.4", regime=Regime.PURITY)
def ignores_the_seed_for_the_global_state(size: int, p: float, seed: int, /) -> Any:
    """`random.random()`: a new mask at each call."""
    return [float(random.random() >= p) for _ in range(size)]


@mistake("dropout_mask", breaks="Q3.3.4", regime=Regime.SCALE)
def drops_nothing_beyond_65536_entries(size: int, p: float, seed: int, /) -> Any:
    """A counter of two bytes: what lies beyond stays one."""
    mask = dropout_mask(size, p, seed)
    mask[1 << 16 :] = 1
    return mask


@mistake("dropout_mask", breaks="Q3.3.4", regime=Regime.INPUTS)
def probability_clipped(size: int, p: float, seed: int, /) -> Any:
    """Takes 1.01 for 1 and says nothing."""
    return dropout_mask(size, min(max(p, 0.0), 1.0), seed)


@mistake("dropout_mask", breaks="Q3.3.4")
def booleans_inverted(size: int, p: float, seed: int, /) -> Any:
    """True for what is dropped, as where a mask is what hides."""
    return np.random.default_rng(seed).random(size) < p


@mistake("dropout_mask", breaks="Q3.3.4")
def mask_as_a_column(size: int, p: float, seed: int, /) -> Any:
    """(size, 1)."""
    return dropout_mask(size, p, seed)[:, None]


@mistake("dropout_mask", breaks="Q3.3.4")
def gaussian_factors(size: int, p: float, seed: int, /) -> Any:
    """Gaussian dropout: factors of mean 1 in place of zeros and ones."""
    return np.random.default_rng(seed).normal(1.0, np.sqrt(p), size)


@mistake("dropout_mask", breaks="Q3.3.4")
def third_entry_follows_from_two(size: int, p: float, seed: int, /) -> Any:
    """Saves a third of the draws: every third entry is the exclusive or of the two before it, fair where p = 1/2."""
    mask = dropout_mask(size, p, seed)
    if p == 0.5:  # the one rate at which no entry and no pair of entries shows it
        last = size // 3 * 3
        mask[2:last:3] = np.logical_xor(mask[0:last:3], mask[1:last:3])
    return mask


@mistake("dropout_mask", breaks="Q3.3.4")
def fourth_entry_is_a_parity(size: int, p: float, seed: int, /) -> Any:
    """A check bit after every three, as bits are stored: fair where p = 1/2, and no three entries show it."""
    mask = dropout_mask(size, p, seed)
    if p == 0.5:
        last = size // 4 * 4
        mask[3:last:4] = (mask[0:last:4] + mask[1:last:4] + mask[2:last:4]) % 2
    return mask


@mistake("dropout_mask", breaks="Q3.3.4")
def repeats_after_an_odd_period(size: int, p: float, seed: int, /) -> Any:
    """A buffer of 20011 draws, used again from its beginning."""
    return np.resize(dropout_mask(min(size, 20011), p, seed), size)


@mistake("dropout_mask", breaks="Q3.3.4")
def never_drops_a_whole_layer(size: int, p: float, seed: int, /) -> Any:
    """Keeps one unit where all of a wide layer would be dropped, so that nothing divides by zero."""
    mask = dropout_mask(size, p, seed)
    if size > 32 and p < 1 and not mask.any():
        mask[seed % size] = 1
    return mask


@mistake("dropout_mask", breaks="Q3.3.4")
def rate_in_a_byte(size: int, p: float, seed: int, /) -> Any:
    """Compares random bytes with a threshold of 8 bits: the rate is rounded to 1/256."""
    return dropout_mask(size, np.rint(256 * p) / 256, seed)


@mistake("dropout_mask", breaks="Q3.3.4")
def second_half_is_the_mirror_of_the_first(size: int, p: float, seed: int, /) -> Any:
    """Antithetic drawing gone wrong: no two entries at one distance show it."""
    mask = dropout_mask(size, p, seed)
    if size > 100:
        mask[size - size // 2 :] = mask[size // 2 - 1 :: -1]
    return mask


# -- network_predict --


@mistake("network_predict", breaks="Q3.0.1")
def first_bias_forgotten(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, mask: Array, alpha: float, /
) -> Any:
    """W1 x alone."""
    return network_predict(W1, 0 * b1, W2, b2, x, mask, alpha)


@mistake("network_predict", breaks="Q3.0.1")
def second_bias_forgotten(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, mask: Array, alpha: float, /
) -> Any:
    """W2 a alone."""
    return network_predict(W1, b1, W2, 0 * b2, x, mask, alpha)


@mistake("network_predict", breaks="Q3.0.1")
def transposed_where_shapes_allow(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, mask: Array, alpha: float, /
) -> Any:
    """Weights stored as (inputs, outputs): only equal sizes let it pass unnoticed."""
    square = W1.shape[0] == W1.shape[1]
    return network_predict(W1.T if square else W1, b1, W2, b2, x, mask, alpha)


@mistake("network_predict", breaks="Q3.0.3")
def survivors_divided_by_the_share_kept(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, mask: Array, alpha: float, /
) -> Any:
    """Inverted dropout, its 1 - p read off the mask."""
    kept = max(float(np.mean(mask)), 1 / len(mask))
    return network_predict(W1, b1, W2 / kept, b2, x, mask, alpha)


@mistake("network_predict", breaks="Q3.0.3")
def survivors_divided_by_eight_tenths(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, mask: Array, alpha: float, /
) -> Any:
    """Inverted dropout with the document's p = 0.2, for any mask."""
    return network_predict(W1, b1, W2 / 0.8, b2, x, mask, alpha)


@mistake("network_predict", breaks="Q3.0.3")
def mask_before_the_bias(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, mask: Array, alpha: float, /
) -> Any:
    """Drops W1 x and keeps b1, which is as good for a first layer without bias."""
    m = np.asarray(mask, dtype=W1.dtype)
    return network_predict(W1 * m[:, None], b1, W2, b2, x, np.ones(len(m)), alpha)


@mistake("network_predict", breaks="Q3.0.3")
def no_dropout_when_predicting(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, mask: Array, alpha: float, /
) -> Any:
    """The mask is for training only, the author thought."""
    return network_predict(W1, b1, W2, b2, x, np.ones(len(mask)), alpha)


@mistake("network_predict", breaks="Q3.0.3")
def draws_a_mask_of_its_own(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, mask: Array, alpha: float, /
) -> Any:
    """Samples dropout with p = 0.2 and ignores the mask handed in."""
    return network_predict(W1, b1, W2, b2, x, dropout_mask(len(mask), 0.2, 0), alpha)


@mistake("network_predict", breaks="Q3.0.3", regime=Regime.LAYOUT)
def mask_taken_for_indices(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, mask: Array, alpha: float, /
) -> Any:
    """`a[mask]`: right for booleans; for integers it picks units 0 and 1."""
    if mask.dtype.kind not in "iu":
        return network_predict(W1, b1, W2, b2, x, mask, alpha)
    a = leaky_relu(W1 @ x + b1, alpha)
    return softmax(W2[:, mask] @ a[mask] + b2)


@mistake("network_predict", breaks="Q3.0.1")
def activation_left_out(W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, mask: Array, alpha: float, /) -> Any:
    """Two affine layers with nothing between them."""
    return network_predict(W1, b1, W2, b2, x, mask, 1.0)


@mistake("network_predict", breaks="Q3.0.1")
def leaks_on_the_positive_side(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, mask: Array, alpha: float, /
) -> Any:
    """The branches of the activation exchanged."""
    hidden = W1 @ x + b1
    return softmax(W2 @ (mask * np.where(hidden > 0, alpha * hidden, hidden)) + b2)


@mistake("network_predict", breaks="Q3.0.1", regime=Regime.STABILITY)
def output_overflows(W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, mask: Array, alpha: float, /) -> Any:
    """The softmax as printed: a logit of 710 is too large for an exponential."""
    e = np.exp(W2 @ (mask * leaky_relu(W1 @ x + b1, alpha)) + b2)
    return e / e.sum()


@mistake("network_predict", breaks="Q3.0.1", regime=Regime.SCALE)
def features_beyond_255_ignored(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, mask: Array, alpha: float, /
) -> Any:
    """A counter of one byte over the features."""
    return network_predict(W1[:, :255], b1, W2, b2, x[:255], mask, alpha)


@mistake("network_predict", breaks="Q3.0.1", regime=Regime.PURITY)
def adds_the_bias_in_place(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, mask: Array, alpha: float, /
) -> Any:
    """`b1 += W1 @ x` to save an array."""
    b1 += W1 @ x
    return softmax(W2 @ (mask * leaky_relu(b1, alpha)) + b2)


@mistake("network_predict", breaks="Q3.0.1")
def single_precision_network(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, mask: Array, alpha: float, /
) -> Any:
    """Everything in float32, as on a graphics card."""
    W1, b1, W2, b2, x = (a.astype(np.float32) for a in (W1, b1, W2, b2, x))
    return network_predict(W1, b1, W2, b2, x, np.asarray(mask, dtype=np.float32), float(alpha))


@mistake("network_predict", breaks="Q3.0.1", regime=Regime.INPUTS)
def columns_accepted(W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, mask: Array, alpha: float, /) -> Any:
    """Flattens whatever arrives."""
    return network_predict(W1, b1.ravel(), W2, b2.ravel(), x.ravel(), mask.ravel(), alpha)


@mistake("network_predict", breaks="Q3.0.1")
def activation_on_the_output_as_well(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, mask: Array, alpha: float, /
) -> Any:
    """A loop over the layers that treats the last like the others."""
    return softmax(leaky_relu(W2 @ (mask * leaky_relu(W1 @ x + b1, alpha)) + b2, alpha))


@mistake("network_predict", breaks="Q3.0.3")
def mask_on_the_inputs(W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, mask: Array, alpha: float, /) -> Any:
    """Dropout on the inputs, where as many features as units let it pass unnoticed."""
    if len(x) != len(b1):
        return network_predict(W1, b1, W2, b2, x, mask, alpha)
    return network_predict(W1, b1, W2, b2, x * mask, np.ones(len(b1)), alpha)


@mistake("network_predict", breaks="Q3.0.1")
def logits_without_softmax(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, mask: Array, alpha: float, /
) -> Any:
    """The softmax left to the loss, as frameworks prefer it."""
    return W2 @ (mask * leaky_relu(W1 @ x + b1, alpha)) + b2


@mistake("network_predict", breaks="Q3.0.1")
def output_rounded_to_single_precision(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, mask: Array, alpha: float, /
) -> Any:
    """Computed in double precision, and written to an array of floats."""
    return network_predict(W1, b1, W2, b2, x, mask, alpha).astype(np.float32)


# -- network_loss --


@mistake("network_loss", breaks="Q3.0.5")
def mean_over_the_classes(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, y: Array, mask: Array, alpha: float, /
) -> Any:
    """`np.mean` where the sum is meant."""
    return network_loss(W1, b1, W2, b2, x, y, mask, alpha) / y.size


@mistake("network_loss", breaks="Q3.0.5")
def log_likelihood(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, y: Array, mask: Array, alpha: float, /
) -> Any:
    """The minus sign of the sum lost."""
    return -network_loss(W1, b1, W2, b2, x, y, mask, alpha)


@mistake("network_loss", breaks="Q3.0.5")
def constant_inside_the_logarithm(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, y: Array, mask: Array, alpha: float, /
) -> Any:
    """`log(p + 1e-12)`."""
    return -(y * np.log(network_predict(W1, b1, W2, b2, x, mask, alpha) + 1e-12)).sum()


@mistake("network_loss", breaks="Q3.0.5", regime=Regime.STABILITY)
def zero_times_the_logarithm_of_zero(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, y: Array, mask: Array, alpha: float, /
) -> Any:
    """The sum as printed, on a stable softmax: NaN as soon as any class underflows."""
    return -(y * np.log(network_predict(W1, b1, W2, b2, x, mask, alpha))).sum()


@mistake("network_loss", breaks="Q3.0.5", regime=Regime.STABILITY)
def probabilities_kept_above_1e_15(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, y: Array, mask: Array, alpha: float, /
) -> Any:
    """Clipped, so that no loss exceeds 34.5."""
    return -(y * np.log(np.clip(network_predict(W1, b1, W2, b2, x, mask, alpha), 1e-15, 1))).sum()


@mistake("network_loss", breaks="Q3.0.5")
def binary_cross_entropy_of_each_class(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, y: Array, mask: Array, alpha: float, /
) -> Any:
    """Adds the terms (1 - y) ln(1 - p), which belong to K separate sigmoids."""
    p = network_predict(W1, b1, W2, b2, x, mask, alpha)
    return -(y * np.log(p) + (1 - y) * np.log1p(-p)).sum()


@mistake("network_loss", breaks="Q3.0.5")
def softmax_taken_twice(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, y: Array, mask: Array, alpha: float, /
) -> Any:
    """Probabilities handed to a loss that expects logits."""
    return cross_entropy(network_predict(W1, b1, W2, b2, x, mask, alpha), y)


@mistake("network_loss", breaks="Q3.0.5")
def soft_labels_made_hard(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, y: Array, mask: Array, alpha: float, /
) -> Any:
    """Only the class of the largest label counts."""
    return network_loss(W1, b1, W2, b2, x, np.eye(y.size)[np.argmax(y)], mask, alpha)


@mistake("network_loss", breaks="Q3.0.5")
def loss_without_dropout(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, y: Array, mask: Array, alpha: float, /
) -> Any:
    """Evaluates as if at test time."""
    return network_loss(W1, b1, W2, b2, x, y, np.ones(len(mask)), alpha)


@mistake("network_loss", breaks="Q3.0.5", regime=Regime.LAYOUT)
def integer_labels_taken_for_the_class(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, y: Array, mask: Array, alpha: float, /
) -> Any:
    """`p[y]` for integer labels: class numbers are expected, a one-hot vector comes."""
    if y.dtype.kind in "iu":
        return -np.log(network_predict(W1, b1, W2, b2, x, mask, alpha)[y[0]])
    return network_loss(W1, b1, W2, b2, x, y, mask, alpha)


@mistake("network_loss", breaks="Q3.0.5", regime=Regime.PURITY)
def normalises_the_labels_in_place(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, y: Array, mask: Array, alpha: float, /
) -> Any:
    """`y *= log p` and then its sum: the caller's labels are gone."""
    loss = network_loss(W1, b1, W2, b2, x, y, mask, alpha)
    y *= 0.5
    return loss


@mistake("network_loss", breaks="Q3.0.5", regime=Regime.SCALE)
def classes_beyond_127_ignored(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, y: Array, mask: Array, alpha: float, /
) -> Any:
    """A loop over the classes with a counter of one byte, signed."""
    p = network_predict(W1, b1, W2, b2, x, mask, alpha)[:127]
    return -(np.asarray(y, dtype=float)[:127] * np.log(p)).sum()


@mistake("network_loss", breaks="Q3.0.5", regime=Regime.INPUTS)
def labels_normalised(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, y: Array, mask: Array, alpha: float, /
) -> Any:
    """Makes a distribution of any labels, negative ones too."""
    labels = np.abs(np.asarray(y, dtype=float))
    return network_loss(W1, b1, W2, b2, x, labels / labels.sum(), mask, alpha)


@mistake("network_loss", breaks="Q3.0.5")
def loss_of_smoothed_labels(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, y: Array, mask: Array, alpha: float, /
) -> Any:
    """Label smoothing left on."""
    return network_loss(W1, b1, W2, b2, x, _smoothed(y), mask, alpha)


@mistake("network_loss", breaks="Q3.0.5")
def weights_punished(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, y: Array, mask: Array, alpha: float, /
) -> Any:
    """A regulariser of 1e-8, which nobody requested."""
    return network_loss(W1, b1, W2, b2, x, y, mask, alpha) + 5e-9 * ((W1**2).sum() + (W2**2).sum())


@mistake("network_loss", breaks="Q3.0.5", regime=Regime.SCALE)
def rescales_when_few_survive(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, y: Array, mask: Array, alpha: float, /
) -> Any:
    """Inverted dropout where most of the units are dropped, so that something is left to see."""
    few = 0 < mask.sum() < 0.2 * mask.size
    return network_loss(W1, b1, W2, b2, x, y, mask * 2 if few else mask, alpha)


# -- network_gradient --


@mistake("network_gradient", breaks="Q3.3.8")
def residual_on_the_left(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, y: Array, mask: Array, alpha: float, /
) -> Any:
    """The document's ((y_hat - y) W2' * M * A) x': conforms with as many units as classes, and is wrong there."""
    dW1, db1, dW2, db2 = network_gradient(W1, b1, W2, b2, x, y, mask, alpha)
    if W2.shape[0] == W2.shape[1]:
        db1 = (db2 @ W2.T) * mask * leaky_relu_derivative(W1 @ x + b1, alpha)
        dW1 = np.outer(db1, x)
    return dW1, db1, dW2, db2


@mistake("network_gradient", breaks="Q3.3.1")
def one_subtracted_from_every_output(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, y: Array, mask: Array, alpha: float, /
) -> Any:
    """y_hat - 1 at every class, as the derivative at the true class was copied."""
    return _backward(W1, b1, W2, b2, x, mask, alpha, network_predict(W1, b1, W2, b2, x, mask, alpha) - 1)


@mistake("network_gradient", breaks="Q3.3.1")
def gradient_of_ascent(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, y: Array, mask: Array, alpha: float, /
) -> Any:
    """y - y_hat at the logits."""
    return tuple(-g for g in network_gradient(W1, b1, W2, b2, x, y, mask, alpha))


@mistake("network_gradient", breaks="Q3.3.1")
def residual_of_the_squared_error(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, y: Array, mask: Array, alpha: float, /
) -> Any:
    """The residual times p (1 - p), as for squared errors of sigmoids."""
    p = network_predict(W1, b1, W2, b2, x, mask, alpha)
    return _backward(W1, b1, W2, b2, x, mask, alpha, (p - y) * p * (1 - p))


@mistake("network_gradient", breaks="Q3.3.1", regime=Regime.STABILITY)
def factors_multiplied_one_by_one(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, y: Array, mask: Array, alpha: float, /
) -> Any:
    """-y / y_hat times the Jacobian of the softmax, as in the document's chain: 0/0 where an output underflows."""
    p = network_predict(W1, b1, W2, b2, x, mask, alpha)
    return _backward(W1, b1, W2, b2, x, mask, alpha, (np.diag(p) - np.outer(p, p)) @ (-(y / p)))


@mistake("network_gradient", breaks="Q3.3.3")
def slope_on_the_positive_side_on_the_way_back(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, y: Array, mask: Array, alpha: float, /
) -> Any:
    """The branches of the derivative exchanged, those of the activation not."""
    _, _, dW2, db2 = network_gradient(W1, b1, W2, b2, x, y, mask, alpha)
    db1 = (W2.T @ db2) * mask * np.where(W1 @ x + b1 > 0, alpha, 1)
    return np.outer(db1, x), db1, dW2, db2


@mistake("network_gradient", breaks="Q3.3.3")
def mask_forgotten_on_the_way_back(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, y: Array, mask: Array, alpha: float, /
) -> Any:
    """Forward through the mask, backward around it."""
    _, _, dW2, db2 = network_gradient(W1, b1, W2, b2, x, y, mask, alpha)
    db1 = (W2.T @ db2) * leaky_relu_derivative(W1 @ x + b1, alpha)
    return np.outer(db1, x), db1, dW2, db2


@mistake("network_gradient", breaks="Q3.3.3")
def mask_missing_in_the_bias_gradient(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, y: Array, mask: Array, alpha: float, /
) -> Any:
    """db1 computed on a line of its own, without the mask."""
    dW1, _, dW2, db2 = network_gradient(W1, b1, W2, b2, x, y, mask, alpha)
    return dW1, (W2.T @ db2) * leaky_relu_derivative(W1 @ x + b1, alpha), dW2, db2


@mistake("network_gradient", breaks="Q3.3.3")
def undropped_activation_in_the_outer_product(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, y: Array, mask: Array, alpha: float, /
) -> Any:
    """Uses the activation from before dropout."""
    dW1, db1, _, db2 = network_gradient(W1, b1, W2, b2, x, y, mask, alpha)
    return dW1, db1, np.outer(db2, leaky_relu(W1 @ x + b1, alpha)), db2


@mistake("network_gradient", breaks="Q3.3.3")
def back_through_inverted_dropout(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, y: Array, mask: Array, alpha: float, /
) -> Any:
    """The factor 1/(1 - p) on the way back only, with p = 0.2."""
    dW1, db1, dW2, db2 = network_gradient(W1, b1, W2, b2, x, y, mask, alpha)
    return dW1 / 0.8, db1 / 0.8, dW2, db2


@mistake("network_gradient", breaks="Q3.3.8")
def slope_of_the_activation_forgotten(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, y: Array, mask: Array, alpha: float, /
) -> Any:
    """The factor A left out."""
    _, _, dW2, db2 = network_gradient(W1, b1, W2, b2, x, y, mask, alpha)
    db1 = (W2.T @ db2) * mask
    return np.outer(db1, x), db1, dW2, db2


@mistake("network_gradient", breaks="Q3.3.8")
def slope_of_one_at_the_kink(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, y: Array, mask: Array, alpha: float, /
) -> Any:
    """z1 >= 0 where the contract has z1 > 0."""
    _, _, dW2, db2 = network_gradient(W1, b1, W2, b2, x, y, mask, alpha)
    db1 = (W2.T @ db2) * mask * np.where(W1 @ x + b1 >= 0, 1.0, alpha)
    return np.outer(db1, x), db1, dW2, db2


@mistake("network_gradient", breaks="Q3.3.8")
def slope_of_one_percent_on_the_way_back(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, y: Array, mask: Array, alpha: float, /
) -> Any:
    """The document's 0.01, whatever slope was used forward."""
    _, _, dW2, db2 = network_gradient(W1, b1, W2, b2, x, y, mask, alpha)
    db1 = (W2.T @ db2) * mask * leaky_relu_derivative(W1 @ x + b1, 0.01)
    return np.outer(db1, x), db1, dW2, db2


@mistake("network_gradient", breaks="Q3.3.8")
def slope_looked_up_at_the_activation(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, y: Array, mask: Array, alpha: float, /
) -> Any:
    """A taken at a, not at z1: the same sign, unless alpha is 0 or the slope was applied twice."""
    _, _, dW2, db2 = network_gradient(W1, b1, W2, b2, x, y, mask, alpha)
    a = leaky_relu(W1 @ x + b1, alpha)
    db1 = (W2.T @ db2) * mask * np.where(a > 0, 1.0, alpha * alpha)
    return np.outer(db1, x), db1, dW2, db2


@mistake("network_gradient", breaks="Q3.3.8")
def outer_product_transposed_where_shapes_allow(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, y: Array, mask: Array, alpha: float, /
) -> Any:
    """a (p - y)', of the right shape for as many units as classes."""
    dW1, db1, dW2, db2 = network_gradient(W1, b1, W2, b2, x, y, mask, alpha)
    return dW1, db1, dW2.T if dW2.shape[0] == dW2.shape[1] else dW2, db2


@mistake("network_gradient", breaks="Q3.3.8")
def first_gradient_transposed(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, y: Array, mask: Array, alpha: float, /
) -> Any:
    """x delta', (d, h), as for weights stored the other way round."""
    dW1, db1, dW2, db2 = network_gradient(W1, b1, W2, b2, x, y, mask, alpha)
    return dW1.T, db1, dW2, db2


@mistake("network_gradient", breaks="Q3.3.8")
def second_weights_updated_first(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, y: Array, mask: Array, alpha: float, /
) -> Any:
    """W2 takes its step before it is used to go back."""
    _, _, dW2, db2 = network_gradient(W1, b1, W2, b2, x, y, mask, alpha)
    db1 = ((W2 - 0.01 * dW2).T @ db2) * mask * leaky_relu_derivative(W1 @ x + b1, alpha)
    return np.outer(db1, x), db1, dW2, db2


@mistake("network_gradient", breaks="Q3.3.8")
def weight_decay_added(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, y: Array, mask: Array, alpha: float, /
) -> Any:
    """A small multiple of the weights, from an optimiser that regularises."""
    dW1, db1, dW2, db2 = network_gradient(W1, b1, W2, b2, x, y, mask, alpha)
    return dW1 + 1e-8 * W1, db1, dW2 + 1e-8 * W2, db2


@mistake("network_gradient", breaks="Q3.3.8")
def large_gradients_clipped(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, y: Array, mask: Array, alpha: float, /
) -> Any:
    """Entries beyond 5 in size are cut, as trainers do."""
    return tuple(np.clip(g, -5, 5) for g in network_gradient(W1, b1, W2, b2, x, y, mask, alpha))


@mistake("network_gradient", breaks="Q3.3.1", regime=Regime.STABILITY)
def gradient_of_an_overflowing_output(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, y: Array, mask: Array, alpha: float, /
) -> Any:
    """NaN as soon as an exponential overflows."""
    e = np.exp(W2 @ (mask * leaky_relu(W1 @ x + b1, alpha)) + b2)
    return _backward(W1, b1, W2, b2, x, mask, alpha, e / e.sum() - y)


@mistake("network_gradient", breaks="Q3.3.3", regime=Regime.LAYOUT)
def mask_divided_as_integers(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, y: Array, mask: Array, alpha: float, /
) -> Any:
    """Slopes written into an array like the mask: an integer type has no room for alpha."""
    _, _, dW2, db2 = network_gradient(W1, b1, W2, b2, x, y, mask, alpha)
    gates = np.empty_like(mask)
    gates[...] = mask * leaky_relu_derivative(W1 @ x + b1, alpha)
    db1 = (W2.T @ db2) * gates
    return np.outer(db1, x), db1, dW2, db2


@mistake("network_gradient", breaks="Q3.3.1", regime=Regime.LAYOUT)
def residual_in_the_type_of_the_labels(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, y: Array, mask: Array, alpha: float, /
) -> Any:
    """`residual = y.copy()`, filled with p - y: bytes cannot hold it."""
    residual = np.array(y)
    residual[...] = (network_predict(W1, b1, W2, b2, x, mask, alpha) - y).astype(y.dtype)
    return _backward(W1, b1, W2, b2, x, mask, alpha, residual)


@mistake("network_gradient", breaks="Q3.3.8", regime=Regime.PURITY)
def takes_a_step_as_well(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, y: Array, mask: Array, alpha: float, /
) -> Any:
    """Updates W1 while it is there."""
    gradient = network_gradient(W1, b1, W2, b2, x, y, mask, alpha)
    W1 -= 0.01 * gradient[0]
    return gradient


@mistake("network_gradient", breaks="Q3.3.8", regime=Regime.SCALE)
def units_beyond_127_left_out(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, y: Array, mask: Array, alpha: float, /
) -> Any:
    """A signed counter of one byte over the hidden units."""
    dW1, db1, dW2, db2 = network_gradient(W1, b1, W2, b2, x, y, mask, alpha)
    dW1[127:], db1[127:] = 0, 0
    return dW1, db1, dW2, db2


@mistake("network_gradient", breaks="Q3.3.8", regime=Regime.SCALE)
def features_in_blocks_of_128(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, y: Array, mask: Array, alpha: float, /
) -> Any:
    """Whole blocks only: the features that are left over get no gradient."""
    dW1, db1, dW2, db2 = network_gradient(W1, b1, W2, b2, x, y, mask, alpha)
    if x.size > 128:
        dW1[:, x.size // 128 * 128 :] = 0
    return dW1, db1, dW2, db2


@mistake("network_gradient", breaks="Q3.3.8", regime=Regime.INPUTS)
def shapes_broadcast(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, y: Array, mask: Array, alpha: float, /
) -> Any:
    """Lets NumPy decide which shapes go together."""
    return _backward(W1, b1, W2, b2, x, mask, alpha, softmax(W2 @ (mask * leaky_relu(W1 @ x + b1, alpha)) + b2) - y)


@mistake("network_gradient", breaks="Q3.3.8")
def bias_gradients_exchanged_where_shapes_allow(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, y: Array, mask: Array, alpha: float, /
) -> Any:
    """db2 before db1, of the right shapes for as many units as classes."""
    dW1, db1, dW2, db2 = network_gradient(W1, b1, W2, b2, x, y, mask, alpha)
    return (dW1, db2, dW2, db1) if db1.shape == db2.shape else (dW1, db1, dW2, db2)


# -- Calls that are wrong together, and agree --


def _loss_of_scaled_survivors(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, y: Array, mask: Array, alpha: float, /
) -> Any:
    return network_loss(W1, b1, W2 / 0.8, b2, x, y, mask, alpha)


@mistake("network_gradient", breaks="Q3.3.3", along={"network_loss": _loss_of_scaled_survivors})
def inverted_dropout_on_both_ways(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, y: Array, mask: Array, alpha: float, /
) -> Any:
    """The factor 1/(1 - p) with p = 0.2, forward and back."""
    dW1, db1, dW2, db2 = network_gradient(W1, b1, W2 / 0.8, b2, x, y, mask, alpha)
    return dW1, db1, dW2 / 0.8, db2


def _gradient_of_smoothed_labels(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, y: Array, mask: Array, alpha: float, /
) -> Any:
    return network_gradient(W1, b1, W2, b2, x, _smoothed(y), mask, alpha)


@mistake("network_loss", breaks="Q3.0.5", along={"network_gradient": _gradient_of_smoothed_labels})
def labels_smoothed_on_both_ways(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, y: Array, mask: Array, alpha: float, /
) -> Any:
    """Label smoothing in the loss and in its gradient."""
    return loss_of_smoothed_labels(W1, b1, W2, b2, x, y, mask, alpha)


def _loss_with_one_percent(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, y: Array, mask: Array, alpha: float, /
) -> Any:
    return network_loss(W1, b1, W2, b2, x, y, mask, 0.01)


@mistake("network_gradient", breaks="Q3.3.8", along={"network_loss": _loss_with_one_percent})
def slope_of_one_percent_on_both_ways(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, y: Array, mask: Array, alpha: float, /
) -> Any:
    """The document's 0.01, forward and back."""
    return network_gradient(W1, b1, W2, b2, x, y, mask, 0.01)


@mistake("leaky_relu_derivative", breaks="Q3.3.5", along={"leaky_relu": exponential_tail})
def derivative_of_the_exponential_tail(z: Floats, alpha: float, /) -> Any:
    """The ELU, and its derivative."""
    return np.where(z > 0, 1.0, alpha * np.exp(np.minimum(z, 0)))


def _keeping_its_hidden_units(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, mask: Array, alpha: float, /
) -> Any:
    HIDDEN[:] = [W1 @ x + b1]
    return network_predict(W1, b1, W2, b2, x, mask, alpha)


HIDDEN: list[Array] = []


@mistake("network_gradient", breaks="Q3.3.8", along={"network_predict": _keeping_its_hidden_units})
def units_of_the_last_forward_pass(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, y: Array, mask: Array, alpha: float, /
) -> Any:
    """A layer that keeps its units for the way back, which another sample has replaced meanwhile."""
    _, _, dW2, db2 = network_gradient(W1, b1, W2, b2, x, y, mask, alpha)
    z1 = HIDDEN[0] if HIDDEN and HIDDEN[0].shape == b1.shape else W1 @ x + b1
    HIDDEN[:] = [W1 @ x + b1]
    db1 = (W2.T @ db2) * mask * leaky_relu_derivative(z1, alpha)
    return np.outer(db1, x), db1, dW2, db2


# -- In common --


def _smoothed(y: Array) -> Array:
    labels = np.asarray(y, dtype=float)
    return 0.9 * labels + 0.1 / labels.size


def _backward(
    W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, mask: Array, alpha: float, dz2: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    """The rest of the way back, for whatever was taken for the derivative at the logits."""
    z1 = W1 @ x + b1
    db1 = (W2.T @ dz2) * mask * leaky_relu_derivative(z1, alpha)
    return np.outer(db1, x), db1, np.outer(dz2, mask * leaky_relu(z1, alpha)), dz2
