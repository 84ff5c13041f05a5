"""Q7. Softmax cross-entropy, and the softmax of Q3."""

from lydite.kit import FEWER, forall
from properties.strategies.softmax_cross_entropy import (
    bad_cross_entropy,
    bad_cross_entropy_gradient,
    bad_cross_entropy_hessian,
    bad_cross_entropy_hessian_with_labels,
    bad_log_softmax,
    bad_softmax,
    bad_softmax_jacobian,
    chords,
    classified_logits,
    few_labelled_logits,
    few_logits,
    labelled_logits,
    normalised_chords,
    normalised_logits,
    several_classes,
)
from spec.laws import softmax_cross_entropy as laws

softmax_is_exact = forall(normalised_logits, laws.softmax_is_exact)
softmax_keeps_its_tails = forall(normalised_logits, laws.softmax_keeps_its_tails)
softmax_sums_to_one = forall(normalised_logits, laws.softmax_sums_to_one)
softmax_is_not_negative = forall(normalised_logits, laws.softmax_is_not_negative)
softmax_is_positive = forall(normalised_logits, laws.softmax_is_positive)
softmax_is_shift_invariant = forall(normalised_logits, laws.softmax_is_shift_invariant)
softmax_follows_permutations = forall(normalised_logits, laws.softmax_follows_permutations)

jacobian_diagonal_is_exact = forall(few_logits, laws.jacobian_diagonal_is_exact)
jacobian_off_diagonal_is_exact = forall(few_logits, laws.jacobian_off_diagonal_is_exact)
jacobian_is_exact = forall(few_logits, laws.jacobian_is_exact)
jacobian_keeps_its_tails = forall(few_logits, laws.jacobian_keeps_its_tails)
jacobian_rows_sum_to_zero = forall(few_logits, laws.jacobian_rows_sum_to_zero)
jacobian_is_symmetric = forall(few_logits, laws.jacobian_is_symmetric)
jacobian_is_difference_quotient = forall(few_logits, laws.jacobian_is_difference_quotient, stride=FEWER)

loss_is_exact = forall(labelled_logits, laws.loss_is_exact)
loss_of_a_class_is_exact = forall(classified_logits, laws.loss_of_a_class_is_exact)
loss_keeps_its_tails = forall(classified_logits, laws.loss_keeps_its_tails)
loss_is_minus_log_of_softmax = forall(classified_logits, laws.loss_is_minus_log_of_softmax)
loss_of_a_class_is_not_negative = forall(classified_logits, laws.loss_of_a_class_is_not_negative)
loss_is_convex_on_chords = forall(chords, laws.loss_is_convex_on_chords)
loss_lies_above_its_tangents = forall(normalised_chords, laws.loss_lies_above_its_tangents)
gradient_is_monotone = forall(normalised_chords, laws.gradient_is_monotone)
loss_is_shift_invariant = forall(normalised_logits, laws.loss_is_shift_invariant)

gradient_is_exact = forall(labelled_logits, laws.gradient_is_exact)
gradient_of_one_hot_is_exact = forall(classified_logits, laws.gradient_of_one_hot_is_exact)
gradient_keeps_its_tails = forall(classified_logits, laws.gradient_keeps_its_tails)
gradient_is_residual = forall(normalised_logits, laws.gradient_is_residual)
gradient_at_the_true_class_is_exact = forall(classified_logits, laws.gradient_at_the_true_class_is_exact)
gradient_off_the_true_class_is_exact = forall(classified_logits, laws.gradient_off_the_true_class_is_exact)
gradient_sums_to_zero = forall(normalised_logits, laws.gradient_sums_to_zero)
gradient_is_twice_what_the_true_class_lacks = forall(
    classified_logits, laws.gradient_is_twice_what_the_true_class_lacks
)
gradient_is_slope = forall(labelled_logits, laws.gradient_is_slope)
gradient_of_a_distribution_is_slope = forall(normalised_logits, laws.gradient_of_a_distribution_is_slope)
gradient_is_difference_quotient = forall(labelled_logits, laws.gradient_is_difference_quotient, stride=FEWER)
gradient_of_a_distribution_is_difference_quotient = forall(
    normalised_logits, laws.gradient_of_a_distribution_is_difference_quotient, stride=FEWER
)
gradient_of_one_hot_is_difference_quotient = forall(
    classified_logits, laws.gradient_of_one_hot_is_difference_quotient, stride=FEWER
)

hessian_is_exact = forall(few_logits, laws.hessian_is_exact)
hessian_diagonal_is_exact = forall(few_logits, laws.hessian_diagonal_is_exact)
hessian_off_diagonal_is_exact = forall(few_logits, laws.hessian_off_diagonal_is_exact)
hessian_keeps_its_tails = forall(few_logits, laws.hessian_keeps_its_tails)
hessian_is_diagonal_minus_outer_product = forall(few_logits, laws.hessian_is_diagonal_minus_outer_product)
quadratic_form_is_variance = forall(few_logits, laws.quadratic_form_is_variance)
quadratic_form_is_curvature = forall(few_logits, laws.quadratic_form_is_curvature)
hessian_is_difference_quotient = forall(few_logits, laws.hessian_is_difference_quotient, stride=FEWER)
quadratic_form_is_second_difference = forall(few_logits, laws.quadratic_form_is_second_difference, stride=FEWER)
hessian_is_symmetric = forall(few_logits, laws.hessian_is_symmetric)
hessian_has_no_negative_eigenvalue = forall(few_logits, laws.hessian_has_no_negative_eigenvalue)
quadratic_form_is_not_negative = forall(few_logits, laws.quadratic_form_is_not_negative)
hessian_has_eigenvalues_of_at_most_one_half = forall(few_logits, laws.hessian_has_eigenvalues_of_at_most_one_half)
hessian_annihilates_ones = forall(few_logits, laws.hessian_annihilates_ones)
gradient_stays_along_ones = forall(few_logits, laws.gradient_stays_along_ones, stride=FEWER)
hessian_annihilates_nothing_else = forall(several_classes, laws.hessian_annihilates_nothing_else)

hessian_with_labels_is_exact = forall(few_labelled_logits, laws.hessian_with_labels_is_exact)
hessian_with_labels_keeps_its_tails = forall(few_labelled_logits, laws.hessian_with_labels_keeps_its_tails)
hessian_with_labels_is_difference_quotient = forall(
    few_labelled_logits, laws.hessian_with_labels_is_difference_quotient, stride=FEWER
)
hessian_counts_the_sum_of_labels = forall(few_labelled_logits, laws.hessian_counts_the_sum_of_labels)

log_softmax_is_exact = forall(normalised_logits, laws.log_softmax_is_exact)
log_softmax_keeps_its_tails = forall(normalised_logits, laws.log_softmax_keeps_its_tails)
exponentials_of_log_softmax_sum_to_one = forall(normalised_logits, laws.exponentials_of_log_softmax_sum_to_one)
log_softmax_is_shift_invariant = forall(normalised_logits, laws.log_softmax_is_shift_invariant)
log_softmax_gives_the_loss = forall(labelled_logits, laws.log_softmax_gives_the_loss)

softmax_refuses_bad_input = forall(bad_softmax, laws.softmax_refuses_bad_input)
softmax_jacobian_refuses_bad_input = forall(bad_softmax_jacobian, laws.softmax_jacobian_refuses_bad_input)
cross_entropy_refuses_bad_input = forall(bad_cross_entropy, laws.cross_entropy_refuses_bad_input)
cross_entropy_gradient_refuses_bad_input = forall(
    bad_cross_entropy_gradient, laws.cross_entropy_gradient_refuses_bad_input
)
cross_entropy_hessian_refuses_bad_input = forall(
    bad_cross_entropy_hessian, laws.cross_entropy_hessian_refuses_bad_input
)
hessian_with_labels_refuses_bad_input = forall(
    bad_cross_entropy_hessian_with_labels, laws.hessian_with_labels_refuses_bad_input
)
log_softmax_refuses_bad_input = forall(bad_log_softmax, laws.log_softmax_refuses_bad_input)
