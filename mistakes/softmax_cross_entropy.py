"""Softmax and cross-entropy (Q7, and the softmax of Q3), as they go wrong."""

from __future__ import annotations

from typing import Any

import numpy as np

from lydite.kit import Array, Floats, Regime, mistake
from mistakes.memory import misread
from reference.softmax_cross_entropy import (
    cross_entropy,
    cross_entropy_gradient,
    cross_entropy_hessian,
    cross_entropy_hessian_with_labels,
    log_softmax,
    softmax,
    softmax_jacobian,
)

# -- softmax --


@mistake("softmax", breaks="Q7.0.1", regime=Regime.STABILITY)
def exponential_overflows(z: Floats, /) -> Any:
    """The formula as printed: the exponential of a logit of 710 is infinite."""
    return np.exp(z) / np.exp(z).sum()


@mistake("softmax", breaks="Q7.0.1")
def one_more_class_in_the_sum(z: Floats, /) -> Any:
    """The reject option of other softmaxes, `1 + sum exp(z)`, left in."""
    return np.exp(z - z.max()) / (np.exp(-z.max()) + np.exp(z - z.max()).sum())


@mistake("softmax", breaks="Q3.0.4")
def divided_by_the_largest(z: Floats, /) -> Any:
    """Scaled so that the largest entry is one."""
    return np.exp(z - z.max())


@mistake("softmax", breaks="Q7.0.1")
def a_small_constant_in_the_denominator(z: Floats, /) -> Any:
    """`+ 1e-8` against a division by zero that cannot happen."""
    e = np.exp(z - z.max())
    return e / (e.sum() + 1e-8)


@mistake("softmax", breaks="Q7.0.1")
def single_precision_inside(z: Floats, /) -> Any:
    """Computed in float32 for speed and handed back as float64."""
    return softmax(z.astype(np.float32)).astype(np.float64)


@mistake("softmax", breaks="Q3.0.4")
def column_of_probabilities(z: Floats, /) -> Any:
    """(K, 1), from code that is written for columns."""
    return softmax(z)[:, None]


@mistake("softmax", breaks="Q7.0.1", regime=Regime.PURITY)
def shifts_its_input(z: Floats, /) -> Any:
    """`z -= z.max()` saves a copy and ruins the caller's logits."""
    z -= z.max()
    return np.exp(z) / np.exp(z).sum()


@mistake("softmax", breaks="Q7.0.1", regime=Regime.SCALE)
def sums_the_first_128_classes(z: Floats, /) -> Any:
    """A blocked sum whose rest is dropped."""
    e = np.exp(z - z.max())
    return e / e[:128].sum()


@mistake("softmax", breaks="Q7.0.1", regime=Regime.TAILS)
def small_probabilities_cut_to_zero(z: Floats, /) -> Any:
    """Entries below 1e-30 treated as impossible."""
    p = softmax(z)
    return np.where(p < 1e-30, 0.0, p)


@mistake("softmax", breaks="Q7.0.1", regime=Regime.STABILITY)
def shifted_by_the_mean(z: Floats, /) -> Any:
    """Subtracts the mean logit where the largest is due: one that stands out still overflows."""
    e = np.exp(z - z.mean())
    return e / e.sum()


@mistake("softmax", breaks="Q3.0.4", regime=Regime.STABILITY)
def logits_kept_within_fifty(z: Floats, /) -> Any:
    """Clipped against overflow: beyond 50, classes can no longer be distinguished."""
    return softmax(np.clip(z, -50, 50))


@mistake("softmax", breaks="Q7.0.1")
def powers_of_two(z: Floats, /) -> Any:
    """`exp2` for its speed, and the factor ln 2 forgotten."""
    return softmax(np.log(2) * z)


@mistake("softmax", breaks="Q7.0.1")
def last_logit_taken_for_zero(z: Floats, /) -> Any:
    """The last class as reference, as in multinomial regression with K - 1 logits: right where its logit is 0."""
    return softmax(np.append(z[:-1], 0.0))


@mistake("softmax", breaks="Q3.0.4")
def sigmoid_of_each(z: Floats, /) -> Any:
    """Probabilities of K separate questions: they need not sum to one."""
    return 1 / (1 + np.exp(-z))


@mistake("softmax", breaks="Q3.0.4")
def complex_without_imaginary_part(z: Floats, /) -> Any:
    """The remainder of a complex step: the type."""
    return softmax(z).astype(complex)


@mistake("softmax", breaks="Q3.0.4", regime=Regime.INPUTS)
def softmax_of_anything(z: Floats, /) -> Any:
    """The formula and nothing else: a NaN comes out as it went in."""
    e = np.exp(z - np.max(z))
    return e / e.sum()


@mistake("softmax", breaks="Q7.0.1")
def remembered_by_the_first_logit(z: Floats, /) -> Any:
    """A cache whose key is too short: logits that begin alike get the answer of those before."""
    return ANSWERS.setdefault((z.size, float(z[0])), softmax(z))


ANSWERS: dict[tuple[int, float], Floats] = {}


@mistake("softmax", breaks="Q7.0.1")
def rounded_to_twelve_digits(z: Floats, /) -> Any:
    """`np.round`, for the look of it."""
    return np.round(softmax(z), 12)


@mistake("softmax", breaks="Q7.0.1", regime=Regime.SCALE)
def rounded_to_fifteen_decimals(z: Floats, /) -> Any:
    """Rounded for display, which an entry of a few hundred is too small for."""
    return np.round(softmax(z), 15)


# -- softmax_jacobian --


@mistake("softmax_jacobian", breaks="Q3.1.4")
def label_i_at_the_letter_j(z: Floats, /) -> Any:
    """The document's off-diagonal case applied at every pair, the diagonal included."""
    p = softmax(z)
    return -np.outer(p, p)


@mistake("softmax_jacobian", breaks="Q3.1.3")
def quotient_rule_without_the_square(z: Floats, /) -> Any:
    """The document's middle expression: the second numerator is e^z where it is (e^z)^2."""
    jacobian = np.array(softmax_jacobian(z))
    e = np.exp(z)
    np.fill_diagonal(jacobian, e / e.sum() - e / e.sum() ** 2)
    return jacobian


@mistake("softmax_jacobian", breaks="Q3.1.4")
def diagonal_only(z: Floats, /) -> Any:
    """The derivative of a sigmoid, entry by entry."""
    p = softmax(z)
    return np.diag(p * (1 - p))


@mistake("softmax_jacobian", breaks="Q3.1.4")
def complement_on_the_diagonal(z: Floats, /) -> Any:
    """`1 - p` for `p (1 - p)`: the factor in front is lost on the diagonal alone."""
    p = softmax(z)
    return np.where(np.eye(z.size), 1 - p, -np.outer(p, p))


@mistake("softmax_jacobian", breaks="Q3.1.5")
def jacobian_by_coarse_forward_differences(z: Floats, /) -> Any:
    """A step of 1e-3 in place of the formula, and one side only."""
    return np.array([(softmax(z + e) - softmax(z)) / 1e-3 for e in 1e-3 * np.eye(z.size)]).T


@mistake("softmax_jacobian", breaks="Q3.1.5")
def positive_off_the_diagonal(z: Floats, /) -> Any:
    """A sign lost: diag(p) + p p'."""
    p = softmax(z)
    return np.diag(p) + np.outer(p, p)


@mistake("softmax_jacobian", breaks="Q3.1.3")
def variance_of_the_largest_only(z: Floats, /) -> Any:
    """The variance p (1 - p) of the predicted class, written along the whole diagonal."""
    jacobian, p = np.array(softmax_jacobian(z)), softmax(z).max()
    np.fill_diagonal(jacobian, p * (1 - p))
    return jacobian


@mistake("softmax_jacobian", breaks="Q3.1.5", regime=Regime.TAILS)
def one_minus_p_on_the_diagonal(z: Floats, /) -> Any:
    """Computes p (1 - p) as printed: zero at a gap of 40, where it is 4e-18."""
    p = softmax(z)
    return np.diag(p) - np.outer(p, p)


@mistake("softmax_jacobian", breaks="Q3.1.5", regime=Regime.SCALE)
def narrow_row_counter(z: Floats, /) -> Any:
    """Rows beyond the 127th left empty by a counter of one byte."""
    jacobian = np.array(softmax_jacobian(z))
    jacobian[127:] = 0
    return jacobian


@mistake("softmax_jacobian", breaks="Q3.1.5")
def product_entry_by_entry(z: Floats, /) -> Any:
    """`np.diag(p) - p * p`: the product of a vector with itself is taken for a matrix, and spread over the rows."""
    p = softmax(z)
    return np.diag(p) - p * p


@mistake("softmax_jacobian", breaks="Q3.1.5")
def jacobian_by_central_differences(z: Floats, /) -> Any:
    """A step of 1e-6 in place of the formula."""
    steps = 1e-6 * np.eye(z.size)
    return np.array([(softmax(z + e) - softmax(z - e)) / 2e-6 for e in steps]).T


@mistake("softmax_jacobian", breaks="Q3.1.4", regime=Regime.STABILITY)
def jacobian_of_an_overflowing_softmax(z: Floats, /) -> Any:
    """NaN as soon as one exponential overflows."""
    p = np.exp(z) / np.exp(z).sum()
    return np.diag(p) - np.outer(p, p)


@mistake("softmax_jacobian", breaks="Q3.1.5", regime=Regime.LAYOUT)
def logits_as_they_lie_in_memory(z: Floats, /) -> Any:
    """Hands out the address of the first logit, and its stride not."""
    return softmax_jacobian(misread(z))


@mistake("softmax_jacobian", breaks="Q3.1.3", regime=Regime.PURITY)
def jacobian_in_one_buffer(z: Floats, /) -> Any:
    """The same array handed out for every number of classes."""
    buffer = JACOBIANS.setdefault(z.size, np.empty((z.size, z.size)))
    buffer[:] = softmax_jacobian(z)
    return buffer


JACOBIANS: dict[int, Floats] = {}


@mistake("softmax_jacobian", breaks="Q3.1.5", regime=Regime.INPUTS)
def jacobian_of_anything(z: Floats, /) -> Any:
    """The formula and nothing else: a NaN comes out as it went in."""
    e = np.exp(z - np.max(z))
    p = e / e.sum()
    return np.diag(p) - np.outer(p, p)


# -- cross_entropy --


@mistake("cross_entropy", breaks="Q7.0.2")
def sign_of_the_likelihood(z: Floats, y: Array, /) -> Any:
    """The log-likelihood, to be maximised, instead of its negative."""
    return -cross_entropy(z, y)


@mistake("cross_entropy", breaks="X.6")
def divergence_from_the_labels(z: Floats, y: Array, /) -> Any:
    """The Kullback-Leibler divergence: the same for hard labels, and less by their entropy for soft ones."""
    known = y[y > 0]
    return cross_entropy(z, y) + known @ np.log(known)


@mistake("cross_entropy", breaks="Q7.0.2")
def mean_over_classes(z: Floats, y: Array, /) -> Any:
    """`np.mean` where the sum is meant."""
    return cross_entropy(z, y) / z.size


@mistake("cross_entropy", breaks="Q7.0.2")
def binary_logarithm(z: Floats, y: Array, /) -> Any:
    """Bits instead of nats."""
    return cross_entropy(z, y) / np.log(2)


@mistake("cross_entropy", breaks="Q7.0.2")
def logit_of_the_wrong_index(z: Floats, y: Array, /) -> Any:
    """The document's first line of the proof: z_i inside a sum over k, here with i = 1."""
    return np.asarray(y, dtype=float).sum() * (cross_entropy(z, np.eye(z.size)[0]))


@mistake("cross_entropy", breaks="Q7.0.2", regime=Regime.STABILITY)
def logarithm_of_zero(z: Floats, y: Array, /) -> Any:
    """The formula as printed, on a stable softmax: the probability has underflowed before its logarithm is taken."""
    return -(y * np.log(softmax(z))).sum()


@mistake("cross_entropy", breaks="Q7.0.2", regime=Regime.STABILITY)
def clipped_probabilities(z: Floats, y: Array, /) -> Any:
    """Probabilities kept above 1e-15, so that no loss exceeds 34.5."""
    return -(y * np.log(np.clip(softmax(z), 1e-15, 1))).sum()


@mistake("cross_entropy", breaks="Q7.0.2")
def epsilon_in_the_logarithm(z: Floats, y: Array, /) -> Any:
    """`log(p + 1e-12)`."""
    return -(y * np.log(softmax(z) + 1e-12)).sum()


@mistake("cross_entropy", breaks="Q7.0.2")
def hardens_soft_labels(z: Floats, y: Array, /) -> Any:
    """Takes the class of the largest label and forgets the others."""
    return cross_entropy(z, np.eye(z.size)[np.argmax(y)])


@mistake("cross_entropy", breaks="Q7.0.2", regime=Regime.LAYOUT)
def integer_labels_as_indices(z: Floats, y: Array, /) -> Any:
    """Integer labels are taken for class numbers."""
    if y.dtype.kind in "iu":
        return cross_entropy(z, np.eye(z.size)[y[0]])
    return cross_entropy(z, y)


@mistake("cross_entropy", breaks="Q7.0.2", regime=Regime.TAILS)
def log_of_one_plus_small(z: Floats, y: Array, /) -> Any:
    """`log(1 + x)` where `log1p` keeps the digits: a confident prediction costs exactly nothing."""
    top = z.max()
    return y.sum() * np.log(1 + np.exp(z - top).sum() - 1) + y @ (top - z)


@mistake("cross_entropy", breaks="Q7.b.iii.2")
def squared_error_of_the_probabilities(z: Floats, y: Array, /) -> Any:
    """Brier's score: smooth, zero at the truth, and not convex in the logits."""
    return ((softmax(z) - y) ** 2).sum()


@mistake("cross_entropy", breaks="X.1")
def binary_cross_entropy_of_every_class(z: Floats, y: Array, /) -> Any:
    """Each class is taken for a yes or no of its own: with two classes the loss is twice what it should be."""
    p, labels = softmax(z), np.asarray(y, dtype=float)
    return -(labels * np.log(p) + (1 - labels) * np.log(1 - p)).sum()


@mistake("cross_entropy", breaks="Q3.2.1")
def probability_of_being_wrong(z: Floats, y: Array, /) -> Any:
    """The loss 1 - p_k of a classifier that guesses by its own probabilities, without the logarithm."""
    return np.asarray(y, dtype=float).sum() - y @ softmax(z)


@mistake("cross_entropy", breaks="Q7.0.2")
def every_largest_term_left_out(z: Floats, y: Array, /) -> Any:
    """`log1p` of the terms below the largest: where several are largest, all but one of them are lost."""
    top, labels = z.max(), np.asarray(y, dtype=float)
    others = np.exp(z[z < top] - top).sum()
    return labels @ (top - z + np.log1p(others))


@mistake("cross_entropy", breaks="Q7.0.2")
def partition_counted_once(z: Floats, y: Array, /) -> Any:
    """`ln sum exp(z) - y.z`, for labels that sum to one; others weigh the logarithm as well."""
    return np.log(np.exp(z).sum()) - y @ z


@mistake("cross_entropy", breaks="Q7.0.2")
def labels_smoothed_by_a_tenth(z: Floats, y: Array, /) -> Any:
    """Label smoothing left on."""
    labels = np.asarray(y, dtype=float)
    return cross_entropy(z, 0.9 * labels + 0.1 * labels.sum() / z.size)


@mistake("cross_entropy", breaks="Q7.0.2")
def mean_over_the_classes_with_a_label(z: Floats, y: Array, /) -> Any:
    """Divided by the number of labels that are not 0: right for one-hot labels."""
    return cross_entropy(z, y) / (np.count_nonzero(y) or 1)


@mistake("cross_entropy", breaks="Q7.0.2")
def complex_logarithm(z: Floats, y: Array, /) -> Any:
    """`np.log` of complex numbers, so that nothing can fail: the answer is complex."""
    return -(y * np.log(softmax(z) + 0j)).sum()


@mistake("cross_entropy", breaks="Q7.0.2", regime=Regime.SCALE)
def partition_of_the_first_128_classes(z: Floats, y: Array, /) -> Any:
    """A blocked sum whose rest is dropped."""
    top, labels = z.max(), np.asarray(y, dtype=float)
    return labels @ (top - z + np.log(np.exp(z - top)[:128].sum()))


@mistake("cross_entropy", breaks="Q7.0.2", regime=Regime.PURITY)
def shifts_the_callers_logits(z: Floats, y: Array, /) -> Any:
    """`z -= z.max()`, which changes no loss and all logits."""
    z -= z.max()
    return cross_entropy(z, y)


@mistake("cross_entropy", breaks="Q7.0.2", regime=Regime.INPUTS)
def negative_labels_let_in(z: Floats, y: Array, /) -> Any:
    """The formula and nothing else: it has a value for labels below 0 too."""
    top = z.max()
    return y @ (top - z + np.log(np.exp(z - top).sum()))


@mistake("cross_entropy", breaks="Q7.0.2")
def constant_of_seven_digits(z: Floats, y: Array, /) -> Any:
    """A decimal logarithm, times 2.302585."""
    return cross_entropy(z, y) / np.log(10) * 2.302585


@mistake("cross_entropy", breaks="Q7.b.iii.2", regime=Regime.SCALE)
def classes_counted_in_a_byte(z: Floats, y: Array, /) -> Any:
    """The mean, times a number of classes that wraps around at 128 and turns the loss over."""
    return cross_entropy(z, y) / z.size * int(np.array(z.size).astype(np.int8))


# -- cross_entropy_gradient --


@mistake("cross_entropy_gradient", breaks="X.7")
def is_taken_at_a_tenth_of_the_temperature(z: Floats, y: Array, /) -> Any:
    """`softmax(10 z) - y`, a temperature left over from contrastive learning: it changes ten times as fast."""
    return softmax(10 * z) - y


@mistake("cross_entropy_gradient", breaks="Q7.a.6")
def subtracts_one_everywhere(z: Floats, y: Array, /) -> Any:
    """The document's middle line, y_hat_i - 1: forgets that only the true class has a label of one."""
    return softmax(z) - 1


@mistake("cross_entropy_gradient", breaks="Q3.2.6")
def zero_off_the_true_class(z: Floats, y: Array, /) -> Any:
    """The document's chain rule without the sum over outputs: only the true class gets a gradient."""
    return np.where(np.asarray(y) > 0, cross_entropy_gradient(z, y), 0.0)


@mistake("cross_entropy_gradient", breaks="Q3.2.5")
def label_forgotten_at_the_true_class(z: Floats, y: Array, /) -> Any:
    """The formula for the other classes, written at every class: nothing is subtracted at the true one."""
    return np.asarray(y, dtype=float).sum() * softmax(z)


@mistake("cross_entropy_gradient", breaks="Q7.a.7")
def linear_part_differentiated_to_the_sum_of_labels(z: Floats, y: Array, /) -> Any:
    """The document's derivative of the linear part, minus the sum of the labels in every entry."""
    weight = np.asarray(y, dtype=float).sum()
    return weight * softmax(z) - weight


@mistake("cross_entropy_gradient", breaks="Q7.a.7")
def logit_over_the_partition(z: Floats, y: Array, /) -> Any:
    """The document's derivative of the logarithm, z_i over the sum of exponentials."""
    return z / np.exp(z).sum() - y


@mistake("cross_entropy_gradient", breaks="Q7.a.1")
def labels_taken_to_sum_to_one(z: Floats, y: Array, /) -> Any:
    """y_hat - y for any labels."""
    return softmax(z) - y


@mistake("cross_entropy_gradient", breaks="Q7.a.7")
def has_the_sign_of_ascent(z: Floats, y: Array, /) -> Any:
    """The residual y - y_hat, as the delta rule has it."""
    return -cross_entropy_gradient(z, y)


@mistake("cross_entropy_gradient", breaks="Q7.a.7")
def is_off_by_one_in_a_billion(z: Floats, y: Array, /) -> Any:
    """A small constant added somewhere, invisible to most tolerances."""
    return cross_entropy_gradient(z, y) + 1e-9


@mistake("cross_entropy_gradient", breaks="Q3.2.7")
def forward_difference(z: Floats, y: Array, /) -> Any:
    """The loss differenced with a step of 1e-7 in place of the formula."""
    steps = 1e-7 * np.eye(z.size)
    return np.array([(cross_entropy(z + e, y) - cross_entropy(z, y)) / 1e-7 for e in steps])


@mistake("cross_entropy_gradient", breaks="Q7.a.7", regime=Regime.LAYOUT)
def wraps_around_in_bytes(z: Floats, y: Array, /) -> Any:
    """The residual is written into an array like the labels, whatever their type."""
    residual = np.empty_like(y)
    residual[...] = cross_entropy_gradient(z, y).astype(y.dtype)
    return residual


@mistake("cross_entropy_gradient", breaks="Q7.a.7", regime=Regime.LAYOUT)
def boolean_labels_subtracted_as_booleans(z: Floats, y: Array, /) -> Any:
    """Refuses boolean labels, as NumPy's minus does."""
    return softmax(z).astype(y.dtype) - y if y.dtype == np.bool_ else cross_entropy_gradient(z, y)


@mistake("cross_entropy_gradient", breaks="Q7.a.7")
def wrong_for_a_single_class(z: Floats, y: Array, /) -> Any:
    """With one class falls back to the sigmoid of the only logit."""
    return 1 / (1 + np.exp(-z)) - y if z.size == 1 else cross_entropy_gradient(z, y)


@mistake("cross_entropy_gradient", breaks="Q7.a.7", regime=Regime.PURITY)
def writes_the_result_into_the_labels(z: Floats, y: Array, /) -> Any:
    """`y -= ...` with the caller's array."""
    if y.dtype.kind == "f":
        np.subtract(softmax(z), y, out=y)
        return y
    return softmax(z) - y


@mistake("cross_entropy_gradient", breaks="Q7.a.7")
def one_subtracted_at_the_largest_label(z: Floats, y: Array, /) -> Any:
    """`p[argmax(y)] -= 1`, for class numbers: soft labels are made hard."""
    p = np.array(softmax(z))
    p[np.argmax(y)] -= 1
    return p


@mistake("cross_entropy_gradient", breaks="Q7.a.1")
def labels_normalised_first(z: Floats, y: Array, /) -> Any:
    """Makes a distribution of the labels, and forgets what they summed to."""
    labels = np.asarray(y, dtype=float)
    return softmax(z) - labels / (labels.sum() or 1.0)


@mistake("cross_entropy_gradient", breaks="Q7.a.7", regime=Regime.STABILITY)
def jacobian_times_the_slope_of_the_logarithm(z: Floats, y: Array, /) -> Any:
    """The chain multiplied out, `J (-y / p)`: 0/0 where a probability underflows."""
    return softmax_jacobian(z) @ (-(np.asarray(y, dtype=float) / softmax(z)))


@mistake("cross_entropy_gradient", breaks="Q7.a.6", regime=Regime.STABILITY)
def gradient_of_an_overflowing_softmax(z: Floats, y: Array, /) -> Any:
    """NaN as soon as one exponential overflows."""
    labels = np.asarray(y, dtype=float)
    return labels.sum() * np.exp(z) / np.exp(z).sum() - labels


@mistake("cross_entropy_gradient", breaks="Q7.a.7", regime=Regime.SCALE)
def classes_beyond_a_byte_without_gradient(z: Floats, y: Array, /) -> Any:
    """A counter of one byte over the classes."""
    gradient = cross_entropy_gradient(z, y)
    gradient[255:] = 0
    return gradient


@mistake("cross_entropy_gradient", breaks="Q7.a.1", regime=Regime.INPUTS)
def gradient_for_any_labels(z: Floats, y: Array, /) -> Any:
    """The formula and nothing else: it has a value for labels below 0 too."""
    return y.sum() * softmax(z) - y


@mistake("cross_entropy_gradient", breaks="Q7.a.1", regime=Regime.TAILS)
def residuals_below_a_rounding_dropped(z: Floats, y: Array, /) -> Any:
    """Converged, says whoever sees a residual below a rounding of 1, and sets it to 0."""
    g = cross_entropy_gradient(z, y)
    return np.where(np.abs(g) < np.finfo(g.dtype).eps, 0, g)


@mistake("cross_entropy_gradient", breaks="Q7.a.7", regime=Regime.TAILS)
def gradient_by_the_other_classes(z: Floats, y: Array, /) -> Any:
    """Each probability as 1 less the sum of all others."""
    p = softmax(z)
    return np.array([1 - np.delete(p, i).sum() for i in range(z.size)]) - y


# -- cross_entropy_hessian --


@mistake("cross_entropy_hessian", breaks="Q7.b.i.2")
def product_formula_on_the_diagonal_too(z: Floats, /) -> Any:
    """The document's mixed formula without its condition i != j."""
    p = softmax(z)
    return -np.outer(p, p)


@mistake("cross_entropy_hessian", breaks="Q7.b.i.3")
def diagonal_of_the_hessian_only(z: Floats, /) -> Any:
    """The approximation that quasi-Newton codes start from."""
    return np.diag(np.diag(cross_entropy_hessian(z)))


@mistake("cross_entropy_hessian", breaks="Q7.b.i.3")
def twice_the_variances_alone(z: Floats, /) -> Any:
    """`diag(2 p (1 - p))`, the bound that boosted trees divide by."""
    p = softmax(z)
    return np.diag(2 * p * (1 - p))


@mistake("cross_entropy_hessian", breaks="Q7.b.i.3")
def complement_on_the_diagonal_of_the_hessian(z: Floats, /) -> Any:
    """`1 - p` for `p (1 - p)`: the factor in front is lost on the diagonal alone."""
    p = softmax(z)
    return np.where(np.eye(z.size), 1 - p, -np.outer(p, p))


@mistake("cross_entropy_hessian", breaks="Q7.b.ii.7")
def damped_to_be_invertible(z: Floats, /) -> Any:
    """A ridge of 1e-8, so that somebody can invert what has no inverse."""
    return cross_entropy_hessian(z) + 1e-8 * np.eye(z.size)


@mistake("cross_entropy_hessian", breaks="Q7.b.ii.8")
def negated(z: Floats, /) -> Any:
    """That of the log-likelihood."""
    return -cross_entropy_hessian(z)


@mistake("cross_entropy_hessian", breaks="Q7.b.1")
def lower_triangle_left_empty(z: Floats, /) -> Any:
    """Only the upper triangle is filled, as some LAPACK routines do."""
    return np.triu(cross_entropy_hessian(z))


@mistake("cross_entropy_hessian", breaks="Q7.b.i.4")
def scaled_by_the_number_of_classes(z: Floats, /) -> Any:
    """The mean over classes instead of the sum."""
    return cross_entropy_hessian(z) / z.size


@mistake("cross_entropy_hessian", breaks="Q7.b.ii.1")
def gauss_newton_of_the_squared_error(z: Floats, /) -> Any:
    """J'J of the softmax, the curvature of another loss."""
    return softmax_jacobian(z).T @ softmax_jacobian(z)


@mistake("cross_entropy_hessian", breaks="Q7.b.ii.2")
def mean_not_subtracted(z: Floats, /) -> Any:
    """diag(p): the second moment where the variance is meant."""
    return np.diag(softmax(z))


@mistake("cross_entropy_hessian", breaks="Q7.b.i.4", regime=Regime.STABILITY)
def hessian_of_an_overflowing_softmax(z: Floats, /) -> Any:
    """NaN as soon as one exponential overflows."""
    p = np.exp(z) / np.exp(z).sum()
    return np.diag(p) - np.outer(p, p)


@mistake("cross_entropy_hessian", breaks="Q7.b.i.2")
def hessian_by_differences_of_the_gradient(z: Floats, /) -> Any:
    """A step of 1e-6 in place of the formula."""
    y, steps = np.eye(z.size)[0], 1e-6 * np.eye(z.size)
    slope = cross_entropy_gradient
    return np.array([(slope(z + e, y) - slope(z - e, y)) / 2e-6 for e in steps])


@mistake("cross_entropy_hessian", breaks="Q7.b.ii.7")
def last_class_left_out(z: Floats, /) -> Any:
    """Its row and column are empty, since K - 1 logits determine the rest: what is left has an inverse."""
    h = np.array(cross_entropy_hessian(z))
    h[-1] = h[:, -1] = 0
    return h


@mistake("cross_entropy_hessian", breaks="Q7.b.i.4", regime=Regime.TAILS)
def square_subtracted_on_the_diagonal(z: Floats, /) -> Any:
    """`p - p^2`, which cancels where a class is certain."""
    p = softmax(z)
    return np.diag(p) - np.outer(p, p)


@mistake("cross_entropy_hessian", breaks="Q7.b.i.3", regime=Regime.SCALE)
def curvature_of_the_first_128_classes(z: Floats, /) -> Any:
    """A block of a fixed size, the rest left empty."""
    h = np.array(cross_entropy_hessian(z))
    h[128:], h[:, 128:] = 0, 0
    return h


@mistake("cross_entropy_hessian", breaks="Q7.b.i.4", regime=Regime.LAYOUT)
def hessian_of_what_lies_in_memory(z: Floats, /) -> Any:
    """Hands out the address of the first logit, and its stride not."""
    return cross_entropy_hessian(misread(z))


@mistake("cross_entropy_hessian", breaks="Q7.b.i.4", regime=Regime.PURITY)
def exponentials_in_the_callers_logits(z: Floats, /) -> Any:
    """`np.exp(z, out=z)` saves an array, the caller's."""
    np.exp(z - z.max(), out=z)
    z /= z.sum()
    return np.diag(z) - np.outer(z, z)


@mistake("cross_entropy_hessian", breaks="Q7.b.i.4", regime=Regime.INPUTS)
def hessian_of_a_matrix_of_logits(z: Floats, /) -> Any:
    """Flattens whatever arrives."""
    return cross_entropy_hessian(np.ravel(z))


@mistake("cross_entropy_hessian", breaks="Q7.b.1", regime=Regime.SCALE)
def rows_beyond_a_byte_negated(z: Floats, /) -> Any:
    """A signed byte for the row: from the 128th on its sign is lost."""
    h = np.array(cross_entropy_hessian(z))
    h[128:] *= -1
    return h


@mistake("cross_entropy_hessian", breaks="Q7.b.ii.8", regime=Regime.SCALE)
def diagonal_beyond_a_byte_forgotten(z: Floats, /) -> Any:
    """The diagonal is added to the first 256 rows: what is left of the others is negative."""
    p = softmax(z)
    return np.diag(np.where(np.arange(z.size) < 256, p, 0.0)) - np.outer(p, p)


@mistake("cross_entropy_hessian", breaks="Q7.b.ii.7", regime=Regime.LAYOUT)
def one_block_of_memory_required(z: Floats, /) -> Any:
    """Reads a buffer, and raises where the logits do not lie in one."""
    return cross_entropy_hessian(np.frombuffer(z, dtype=z.dtype))


# -- cross_entropy_hessian_with_labels --


@mistake("cross_entropy_hessian_with_labels", breaks="X.12")
def labels_not_used(z: Floats, y: Array, /) -> Any:
    """`diag(p) - p p'`, which is right for labels that sum to one."""
    return cross_entropy_hessian(z)


@mistake("cross_entropy_hessian_with_labels", breaks="X.12")
def mean_of_the_labels(z: Floats, y: Array, /) -> Any:
    """`y.mean()` for `y.sum()`."""
    return np.mean(y) * cross_entropy_hessian(z)


@mistake("cross_entropy_hessian_with_labels", breaks="X.12")
def sum_of_labels_on_the_diagonal_alone(z: Floats, y: Array, /) -> Any:
    """`sum(y) diag(p) - p p'`: the second term is left as it is for one label."""
    p = softmax(z)
    return np.sum(y) * np.diag(p) - np.outer(p, p)


@mistake("cross_entropy_hessian_with_labels", breaks="X.12")
def sum_of_labels_squared(z: Floats, y: Array, /) -> Any:
    """`w p` taken for the softmax in the outer product."""
    p = np.sum(y) * softmax(z)
    return np.diag(p) - np.outer(p, p)


@mistake("cross_entropy_hessian_with_labels", breaks="X.12")
def each_label_at_its_own_row(z: Floats, y: Array, /) -> Any:
    """`y[:, None] * H` for `sum(y) H`: no longer symmetric."""
    return np.asarray(y)[:, None] * cross_entropy_hessian(z)


@mistake("cross_entropy_hessian_with_labels", breaks="X.12")
def outer_product_of_residuals(z: Floats, y: Array, /) -> Any:
    """`g g'`, the empirical Fisher information, which has the same mean and is another matrix."""
    g = cross_entropy_gradient(z, y)
    return np.outer(g, g)


@mistake("cross_entropy_hessian_with_labels", breaks="X.12")
def curvature_of_the_true_class_alone(z: Floats, y: Array, /) -> Any:
    """The entry of the largest label, as for an index of a class."""
    return np.max(y) * cross_entropy_hessian(z)


@mistake("cross_entropy_hessian_with_labels", breaks="X.12")
def difference_of_labels_differentiated(z: Floats, y: Array, /) -> Any:
    """The gradient taken for `p - y`, which is right for labels that sum to one, and the labels for its mean."""
    p = softmax(z)
    return np.diag(p) - np.outer(p, y)


@mistake("cross_entropy_hessian_with_labels", breaks="X.12")
def labels_rounded_to_whole_ones(z: Floats, y: Array, /) -> Any:
    """`y.astype(int)`: what is below one is nothing."""
    return cross_entropy_hessian_with_labels(z, np.asarray(y).astype(int))


@mistake("cross_entropy_hessian_with_labels", breaks="X.12")
def labelled_hessian_in_single_precision(z: Floats, y: Array, /) -> Any:
    """Computed in float32 for speed and handed back as float64."""
    return cross_entropy_hessian_with_labels(z.astype(np.float32), y.astype(np.float32)).astype(np.float64)


@mistake("cross_entropy_hessian_with_labels", breaks="X.12", regime=Regime.STABILITY)
def labelled_hessian_of_an_overflowing_softmax(z: Floats, y: Array, /) -> Any:
    """NaN as soon as one exponential overflows."""
    p = np.exp(z) / np.exp(z).sum()
    return np.sum(y) * (np.diag(p) - np.outer(p, p))


@mistake("cross_entropy_hessian_with_labels", breaks="X.12", regime=Regime.SCALE)
def labels_of_the_first_32_classes(z: Floats, y: Array, /) -> Any:
    """A block of a fixed size, the rest of the sum dropped."""
    return np.sum(y[:32]) * cross_entropy_hessian(z)


@mistake("cross_entropy_hessian_with_labels", breaks="X.12", regime=Regime.LAYOUT)
def whole_labels_counted_as_one(z: Floats, y: Array, /) -> Any:
    """`any` for the sum, where labels arrive as integers or booleans, and are taken for one-hot."""
    weight = y.sum() if y.dtype.kind == "f" else np.any(y)
    return weight * cross_entropy_hessian(z)


@mistake("cross_entropy_hessian_with_labels", breaks="X.12", regime=Regime.PURITY)
def labels_divided_in_place(z: Floats, y: Array, /) -> Any:
    """Normalizes the caller's labels, for whoever calls next."""
    weight = y.sum()
    y /= weight or 1
    return weight * cross_entropy_hessian(z)


@mistake("cross_entropy_hessian_with_labels", breaks="X.12", regime=Regime.TAILS)
def labelled_square_subtracted_on_the_diagonal(z: Floats, y: Array, /) -> Any:
    """`p - p^2`, which cancels where a class is certain."""
    p = softmax(z)
    return np.sum(y) * (np.diag(p) - np.outer(p, p))


@mistake("cross_entropy_hessian_with_labels", breaks="X.12", regime=Regime.INPUTS)
def negative_labels_weighed(z: Floats, y: Array, /) -> Any:
    """The formula and nothing else."""
    return np.sum(y) * cross_entropy_hessian(z)


# -- log_softmax --


@mistake("log_softmax", breaks="X.8", regime=Regime.STABILITY)
def logarithm_of_an_underflowed_softmax(z: Floats, /) -> Any:
    """`np.log(softmax(z))`: minus infinity for a class whose probability underflows."""
    return np.log(softmax(z))


@mistake("log_softmax", breaks="X.8", regime=Regime.STABILITY)
def partition_sum_overflows(z: Floats, /) -> Any:
    """The formula as printed: the exponential of a logit of 710 is infinite."""
    return z - np.log(np.exp(z).sum())


@mistake("log_softmax", breaks="X.8")
def logarithm_cushioned(z: Floats, /) -> Any:
    """`np.log(p + 1e-12)`, so that it stays finite."""
    return np.log(softmax(z) + 1e-12)


@mistake("log_softmax", breaks="X.8", regime=Regime.STABILITY)
def logarithms_kept_above_minus_a_hundred(z: Floats, /) -> Any:
    """The clamp of PyTorch's binary cross-entropy, taken over."""
    return np.maximum(log_softmax(z), -100)


@mistake("log_softmax", breaks="X.8")
def largest_logit_not_added_back(z: Floats, /) -> Any:
    """Shifted inside the exponentials, and not outside of the logarithm."""
    return z - np.log(np.exp(z - z.max()).sum())


@mistake("log_softmax", breaks="X.8")
def logarithm_of_the_mean_exponential(z: Floats, /) -> Any:
    """The mean where the sum is due."""
    return z - z.max() - np.log(np.exp(z - z.max()).mean())


@mistake("log_softmax", breaks="X.8")
def logarithm_of_the_sigmoid(z: Floats, /) -> Any:
    """Each class for itself, as `logsigmoid` has it."""
    return -np.logaddexp(0, -z)


@mistake("log_softmax", breaks="X.8")
def binary_logarithm_of_softmax(z: Floats, /) -> Any:
    """`np.log2`."""
    return log_softmax(z) / np.log(2)


@mistake("log_softmax", breaks="X.8")
def logarithm_in_single_precision(z: Floats, /) -> Any:
    """Computed in float32 for speed and handed back as float64."""
    return log_softmax(z.astype(np.float32)).astype(np.float64)


@mistake("log_softmax", breaks="X.8")
def row_of_logarithms(z: Floats, /) -> Any:
    """(1, K), from code that is written for batches and gives one back."""
    return log_softmax(z)[None, :]


@mistake("log_softmax", breaks="X.8", regime=Regime.PURITY)
def largest_logit_subtracted_in_place(z: Floats, /) -> Any:
    """`z -= z.max()` on the caller's array."""
    z -= z.max()
    return z - np.log(np.exp(z).sum())


@mistake("log_softmax", breaks="X.8", regime=Regime.SCALE)
def logarithms_of_the_first_256_classes(z: Floats, /) -> Any:
    """A counter of one byte over the classes: what comes after is left out of the sum."""
    return z - z.max() - np.log(np.exp(z[:256] - z.max()).sum())


@mistake("log_softmax", breaks="X.8", regime=Regime.LAYOUT)
def logarithms_of_what_lies_in_memory(z: Floats, /) -> Any:
    """Hands out the address of the first logit, and its stride not."""
    return log_softmax(misread(z))


@mistake("log_softmax", breaks="X.8", regime=Regime.TAILS)
def logarithm_of_nearly_one(z: Floats, /) -> Any:
    """`log(1 + tiny)` of a certain class: the sum has rounded to 1."""
    return z - z.max() - np.log(np.exp(z - z.max()).sum())


@mistake("log_softmax", breaks="X.8", regime=Regime.INPUTS)
def logarithms_of_a_matrix_of_logits(z: Floats, /) -> Any:
    """Flattens whatever arrives."""
    return log_softmax(np.ravel(z))


# -- Calls that are wrong together, and agree --


def _smoothed(y: Array) -> Array:
    labels = np.asarray(y, dtype=float)
    smoothed: Array = 0.9 * labels + 0.1 * labels.mean()
    return smoothed


def _gradient_of_smoothed_labels(z: Floats, y: Array, /) -> Any:
    return cross_entropy_gradient(z, _smoothed(y))


@mistake("cross_entropy", breaks="Q7.0.2", along={"cross_entropy_gradient": _gradient_of_smoothed_labels})
def smoothing_differentiated_as_well(z: Floats, y: Array, /) -> Any:
    """Label smoothing left on in the loss and in its gradient."""
    return cross_entropy(z, _smoothed(y))


def _loss_in_bits(z: Floats, y: Array, /) -> Any:
    return cross_entropy(z, y) / np.log(2)


@mistake("cross_entropy_gradient", breaks="Q7.a.7", along={"cross_entropy": _loss_in_bits})
def gradient_in_bits(z: Floats, y: Array, /) -> Any:
    """A binary logarithm, and its derivative."""
    return cross_entropy_gradient(z, y) / np.log(2)


def _gradient_at_half_the_logits(z: Floats, y: Array, /) -> Any:
    return cross_entropy_gradient(z / 2, y) / 2


@mistake("cross_entropy_hessian", breaks="Q7.b.i.4", along={"cross_entropy_gradient": _gradient_at_half_the_logits})
def temperature_of_two(z: Floats, /) -> Any:
    """A temperature left over from distillation, differentiated correctly, twice."""
    return cross_entropy_hessian(z / 2) / 4


def _sharper_softmax(z: Floats, /) -> Any:
    return softmax(2 * z)


@mistake("softmax_jacobian", breaks="Q3.1.5", along={"softmax": _sharper_softmax})
def inverse_temperature_of_two(z: Floats, /) -> Any:
    """A softmax that is sharper than it should be, and its Jacobian."""
    return 2 * softmax_jacobian(2 * z)


@mistake("cross_entropy_gradient", breaks="Q7.a.1", regime=Regime.SCALE)
def last_of_full_vectors_lost(z: Floats, y: Array, /) -> Any:
    """An off-by-one in the tail loop, which a number of classes that fills its vectors of 32 never enters."""
    g = cross_entropy_gradient(z, y)
    if len(g) % 32 == 0:
        g[-1] = 0
    return g


@mistake("softmax", breaks="Q7.0.1", regime=Regime.SCALE)
def wrong_at_nineteen(z: Floats, /) -> Any:
    """A case of an unrolled switch that nobody tried: 19 classes."""
    p = softmax(z)
    return p[::-1] if len(p) == 19 else p


@mistake("cross_entropy", breaks="Q7.0.2")
def labels_renormalized_when_close(z: Floats, y: Array, /) -> Any:
    """Takes a sum of labels of nearly one for a rounding error, and divides by it."""
    total = np.sum(y)
    return cross_entropy(z, y / total if np.isclose(total, 1, rtol=1e-3) else y)
