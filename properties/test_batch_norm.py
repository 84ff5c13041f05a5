"""Q2. Batch normalisation."""

from lydite.kit import FEWER, forall
from properties.strategies.batch_norm import (
    batches_at_eps_zero,
    centered_batches,
    large_batches,
    normalised_batches,
    pairs_at_eps_zero,
    populations,
    refused_by_backward,
    refused_by_batch_norm,
    refused_by_centered,
    refused_by_centered_backward,
    refused_by_inference,
    refused_by_running,
    running_batches,
    single_samples,
    two_batches,
    two_layers,
    unit_batches,
)
from spec.laws import batch_norm as laws

what_centering_takes_is_the_mean = forall(centered_batches, laws.what_centering_takes_is_the_mean)
centered_output_is_exact = forall(centered_batches, laws.centered_output_is_exact)
centered_values_sum_to_zero = forall(centered_batches, laws.centered_values_sum_to_zero)
centered_output_is_shift_invariant = forall(centered_batches, laws.centered_output_is_shift_invariant)
centered_output_is_additive_but_for_beta = forall(centered_batches, laws.centered_output_is_additive_but_for_beta)
mean_of_centered_output_is_beta = forall(centered_batches, laws.mean_of_centered_output_is_beta)
own_derivative_is_one_minus_share = forall(unit_batches, laws.own_derivative_is_one_minus_share)
derivative_by_another_is_minus_share = forall(unit_batches, laws.derivative_by_another_is_minus_share)
jacobian_is_difference_quotient = forall(centered_batches, laws.jacobian_is_difference_quotient, stride=FEWER)
noise_of_batches_is_exact = forall(populations, laws.noise_of_batches_is_exact)

mean_of_one_sample_is_itself = forall(single_samples, laws.mean_of_one_sample_is_itself)
one_sample_is_centered_to_zero = forall(single_samples, laws.one_sample_is_centered_to_zero)
output_of_one_sample_is_beta = forall(single_samples, laws.output_of_one_sample_is_beta)
gradient_of_one_sample_is_zero = forall(single_samples, laws.gradient_of_one_sample_is_zero)
gradient_of_one_sample_is_difference_quotient = forall(
    single_samples, laws.gradient_of_one_sample_is_difference_quotient, stride=FEWER
)

centered_gradient_is_exact = forall(centered_batches, laws.centered_gradient_is_exact)
centered_gradient_is_slope = forall(centered_batches, laws.centered_gradient_is_slope)
centered_gradient_is_difference_quotient = forall(
    centered_batches, laws.centered_gradient_is_difference_quotient, stride=FEWER
)
centered_gradients_sum_to_the_slope_along_ones = forall(
    centered_batches, laws.centered_gradients_sum_to_the_slope_along_ones, stride=FEWER
)
mean_of_upstream_is_taken_at_every_size = forall(large_batches, laws.mean_of_upstream_is_taken_at_every_size)
centered_gradients_sum_to_zero = forall(centered_batches, laws.centered_gradients_sum_to_zero)
constant_upstream_has_no_gradient = forall(centered_batches, laws.constant_upstream_has_no_gradient)
second_backward_pass_changes_nothing = forall(centered_batches, laws.second_backward_pass_changes_nothing)

output_is_exact = forall(normalised_batches, laws.output_is_exact)
normalised_values_have_mean_zero = forall(normalised_batches, laws.normalised_values_have_mean_zero)
output_is_shift_invariant = forall(normalised_batches, laws.output_is_shift_invariant)
output_follows_permutations = forall(normalised_batches, laws.output_follows_permutations)
features_are_independent = forall(normalised_batches, laws.features_are_independent)
normalised_variance_is_exact = forall(normalised_batches, laws.normalised_variance_is_exact)
batches_share_two_moments = forall(two_batches, laws.batches_share_two_moments)
moments_of_output_are_exact = forall(normalised_batches, laws.moments_of_output_are_exact)
scale_and_shift_undo_normalisation = forall(normalised_batches, laws.scale_and_shift_undo_normalisation)
output_of_one_layer_is_input_of_the_next = forall(two_layers, laws.output_of_one_layer_is_input_of_the_next)

input_gradient_is_exact = forall(normalised_batches, laws.input_gradient_is_exact)
parameter_gradients_are_exact = forall(normalised_batches, laws.parameter_gradients_are_exact)
input_gradient_is_slope = forall(normalised_batches, laws.input_gradient_is_slope)
input_gradient_is_difference_quotient = forall(
    normalised_batches, laws.input_gradient_is_difference_quotient, stride=FEWER
)
parameter_gradients_are_quotients = forall(normalised_batches, laws.parameter_gradients_are_quotients, stride=FEWER)
input_gradients_sum_to_zero = forall(normalised_batches, laws.input_gradients_sum_to_zero)
input_gradient_is_at_most_scaled = forall(normalised_batches, laws.input_gradient_is_at_most_scaled)
squared_input_gradient_is_exact = forall(batches_at_eps_zero, laws.squared_input_gradient_is_exact)
output_is_scale_invariant = forall(batches_at_eps_zero, laws.output_is_scale_invariant)
input_gradient_scales_inversely = forall(batches_at_eps_zero, laws.input_gradient_scales_inversely)
input_gradient_is_orthogonal_to_the_input = forall(batches_at_eps_zero, laws.input_gradient_is_orthogonal_to_the_input)
output_stays_along_the_input = forall(batches_at_eps_zero, laws.output_stays_along_the_input, stride=FEWER)
two_samples_have_no_input_gradient = forall(pairs_at_eps_zero, laws.two_samples_have_no_input_gradient)
output_of_two_samples_stays = forall(pairs_at_eps_zero, laws.output_of_two_samples_stays, stride=FEWER)

inference_is_exact = forall(running_batches, laws.inference_is_exact)
inference_takes_each_sample_alone = forall(running_batches, laws.inference_takes_each_sample_alone)
inference_by_the_statistics_of_the_batch_is_training = forall(
    normalised_batches, laws.inference_by_the_statistics_of_the_batch_is_training
)
running_statistics_are_exact = forall(running_batches, laws.running_statistics_are_exact)
running_statistics_stay_without_momentum = forall(running_batches, laws.running_statistics_stay_without_momentum)
running_statistics_of_no_memory_are_those_of_the_batch = forall(
    running_batches, laws.running_statistics_of_no_memory_are_those_of_the_batch
)

batch_norm_refuses_bad_input = forall(refused_by_batch_norm, laws.batch_norm_refuses_bad_input)
batch_norm_backward_refuses_bad_input = forall(refused_by_backward, laws.batch_norm_backward_refuses_bad_input)
centered_batch_norm_refuses_bad_input = forall(refused_by_centered, laws.centered_batch_norm_refuses_bad_input)
centered_batch_norm_backward_refuses_bad_input = forall(
    refused_by_centered_backward, laws.centered_batch_norm_backward_refuses_bad_input
)
batch_norm_inference_refuses_bad_input = forall(refused_by_inference, laws.batch_norm_inference_refuses_bad_input)
running_statistics_refuses_bad_input = forall(refused_by_running, laws.running_statistics_refuses_bad_input)
