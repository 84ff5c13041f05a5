"""Q3. Leaky ReLU, dropout, and the two-layer network."""

from lydite.kit import FEWER, forall
from properties.strategies.network import (
    activations,
    activations_off_the_kink,
    bad_dropout_mask,
    bad_inverted_dropout,
    bad_leaky_relu,
    bad_leaky_relu_derivative,
    bad_network_gradient,
    bad_network_loss,
    bad_network_predict,
    dropouts,
    large_masks,
    many_masks,
    masks,
    masks_of_seeds,
    samples,
)
from spec.laws import network as laws

leaky_relu_is_exact = forall(activations, laws.leaky_relu_is_exact)
leaky_relu_is_homogeneous = forall(activations, laws.leaky_relu_is_homogeneous)
leaky_relu_has_two_slopes = forall(activations, laws.leaky_relu_has_two_slopes)
leaky_relu_derivative_is_exact = forall(activations, laws.leaky_relu_derivative_is_exact)
leaky_relu_derivative_is_one_or_alpha = forall(activations, laws.leaky_relu_derivative_is_one_or_alpha)
leaky_relu_is_derivative_times_z = forall(activations, laws.leaky_relu_is_derivative_times_z)
leaky_relu_derivative_is_difference_quotient = forall(
    activations_off_the_kink, laws.leaky_relu_derivative_is_difference_quotient, stride=FEWER
)

mask_is_zeros_and_ones = forall(masks, laws.mask_is_zeros_and_ones)
mask_repeats = forall(masks, laws.mask_repeats)
mask_is_certain_at_the_ends = forall(masks, laws.mask_is_certain_at_the_ends)
mask_keeps_with_its_probability = forall(large_masks, laws.mask_keeps_with_its_probability)
mask_keeps_every_entry_alike = forall(many_masks, laws.mask_keeps_every_entry_alike)
mask_entries_are_independent = forall(masks, laws.mask_entries_are_independent)
mask_triples_are_independent = forall(masks, laws.mask_triples_are_independent)
mask_quadruples_are_independent = forall(masks, laws.mask_quadruples_are_independent)
mask_is_like_itself_at_no_distance = forall(masks, laws.mask_is_like_itself_at_no_distance)
mask_is_like_its_mirror_nowhere = forall(masks, laws.mask_is_like_its_mirror_nowhere)
mask_is_whole_as_often_as_due = forall(many_masks, laws.mask_is_whole_as_often_as_due)
mask_counts_are_binomial = forall(many_masks, laws.mask_counts_are_binomial)
masks_of_two_seeds_are_independent = forall(masks_of_seeds, laws.masks_of_two_seeds_are_independent)

inverted_dropout_is_exact = forall(dropouts, laws.inverted_dropout_is_exact)
inverted_dropout_is_right_on_average = forall(dropouts, laws.inverted_dropout_is_right_on_average)

output_is_exact = forall(samples, laws.output_is_exact)
two_affine_layers_are_one = forall(samples, laws.two_affine_layers_are_one)
hidden_units_have_no_order = forall(samples, laws.hidden_units_have_no_order)
dropout_is_columns_of_zeros = forall(samples, laws.dropout_is_columns_of_zeros)
loss_is_exact = forall(samples, laws.loss_is_exact)
loss_is_minus_log_of_output = forall(samples, laws.loss_is_minus_log_of_output)
loss_is_not_negative = forall(samples, laws.loss_is_not_negative)

gradient_at_the_logits_is_exact = forall(samples, laws.gradient_at_the_logits_is_exact)
gradient_is_exact = forall(samples, laws.gradient_is_exact)
gradient_at_the_logits_is_residual = forall(samples, laws.gradient_at_the_logits_is_residual)
gradient_at_the_logits_sums_to_zero = forall(samples, laws.gradient_at_the_logits_sums_to_zero)
dropped_units_have_no_gradient = forall(samples, laws.dropped_units_have_no_gradient)
dropout_is_columns_of_zeros_on_the_way_back = forall(samples, laws.dropout_is_columns_of_zeros_on_the_way_back)
gradient_is_two_outer_products = forall(samples, laws.gradient_is_two_outer_products)
hidden_units_are_balanced = forall(samples, laws.hidden_units_are_balanced)
gradient_is_slope = forall(samples, laws.gradient_is_slope)
gradient_is_difference_quotient = forall(samples, laws.gradient_is_difference_quotient, stride=FEWER)

leaky_relu_refuses_bad_input = forall(bad_leaky_relu, laws.leaky_relu_refuses_bad_input)
leaky_relu_derivative_refuses_bad_input = forall(
    bad_leaky_relu_derivative, laws.leaky_relu_derivative_refuses_bad_input
)
dropout_mask_refuses_bad_input = forall(bad_dropout_mask, laws.dropout_mask_refuses_bad_input)
network_predict_refuses_bad_input = forall(bad_network_predict, laws.network_predict_refuses_bad_input)
network_loss_refuses_bad_input = forall(bad_network_loss, laws.network_loss_refuses_bad_input)
network_gradient_refuses_bad_input = forall(bad_network_gradient, laws.network_gradient_refuses_bad_input)
inverted_dropout_refuses_bad_input = forall(bad_inverted_dropout, laws.inverted_dropout_refuses_bad_input)
