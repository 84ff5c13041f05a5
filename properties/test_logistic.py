"""Q1. A sigmoid neuron under binary cross-entropy."""

from lydite.kit import FEWER, forall
from properties.strategies.logistic import (
    chords,
    cycles,
    descents,
    few_features,
    few_samples,
    gentle_descents,
    refused_gradients,
    refused_hessians,
    refused_losses,
    refused_predictions,
    refused_steps,
    samples,
    separated_descents,
    separated_samples,
    single_samples,
    stationary_samples,
    steps,
)
from spec.laws import logistic as laws

prediction_is_exact = forall(samples, laws.prediction_is_exact)
prediction_keeps_its_tails = forall(samples, laws.prediction_keeps_its_tails)
prediction_is_a_probability = forall(samples, laws.prediction_is_a_probability)
predictions_at_opposite_margins_sum_to_one = forall(samples, laws.predictions_at_opposite_margins_sum_to_one)

slope_of_prediction_in_w_is_exact = forall(samples, laws.slope_of_prediction_in_w_is_exact)
slope_of_prediction_in_b_is_exact = forall(samples, laws.slope_of_prediction_in_b_is_exact)
slope_of_prediction_in_w_is_difference_quotient = forall(
    samples, laws.slope_of_prediction_in_w_is_difference_quotient, stride=FEWER
)
slope_of_prediction_in_b_is_difference_quotient = forall(
    samples, laws.slope_of_prediction_in_b_is_difference_quotient, stride=FEWER
)

weight_is_at_most_a_quarter = forall(samples, laws.weight_is_at_most_a_quarter)
weight_is_positive = forall(samples, laws.weight_is_positive)

loss_is_exact = forall(samples, laws.loss_is_exact)
loss_keeps_its_tails = forall(samples, laws.loss_keeps_its_tails)
loss_is_not_negative = forall(samples, laws.loss_is_not_negative)
loss_at_the_origin_is_that_of_a_coin = forall(samples, laws.loss_at_the_origin_is_that_of_a_coin)
loss_is_that_of_the_opposite_neuron = forall(samples, laws.loss_is_that_of_the_opposite_neuron)
loss_is_blind_to_order = forall(samples, laws.loss_is_blind_to_order)

loss_adds_up = forall(samples, laws.loss_adds_up)
loss_of_samples_twice_is_double = forall(samples, laws.loss_of_samples_twice_is_double)

loss_is_convex_in_w = forall(chords, laws.loss_is_convex_in_w)
loss_is_strictly_convex_in_b = forall(chords, laws.loss_is_strictly_convex_in_b)
loss_is_convex = forall(chords, laws.loss_is_convex)
loss_lies_above_its_tangents_in_w = forall(chords, laws.loss_lies_above_its_tangents_in_w)
loss_lies_above_its_tangents_in_b = forall(chords, laws.loss_lies_above_its_tangents_in_b)
loss_lies_above_its_tangents = forall(chords, laws.loss_lies_above_its_tangents)
gradient_is_monotone = forall(chords, laws.gradient_is_monotone)

gradient_in_w_is_exact = forall(samples, laws.gradient_in_w_is_exact)
gradient_in_b_is_exact = forall(samples, laws.gradient_in_b_is_exact)
gradient_keeps_its_tails = forall(samples, laws.gradient_keeps_its_tails)
gradient_is_residual_times_sample = forall(samples, laws.gradient_is_residual_times_sample)
gradient_is_slope = forall(samples, laws.gradient_is_slope)
gradient_in_w_is_difference_quotient = forall(samples, laws.gradient_in_w_is_difference_quotient, stride=FEWER)
gradient_in_b_is_difference_quotient = forall(samples, laws.gradient_in_b_is_difference_quotient, stride=FEWER)
gradient_in_b_is_at_most_the_number_of_samples = forall(samples, laws.gradient_in_b_is_at_most_the_number_of_samples)

gradient_of_samples_twice_is_double = forall(samples, laws.gradient_of_samples_twice_is_double)

gradient_vanishes_at_a_minimiser = forall(stationary_samples, laws.gradient_vanishes_at_a_minimiser)
loss_is_flat_at_a_minimiser = forall(stationary_samples, laws.loss_is_flat_at_a_minimiser, stride=FEWER)
nothing_lies_below_a_stationary_point = forall(stationary_samples, laws.nothing_lies_below_a_stationary_point)
gradient_never_vanishes_without_a_minimum = forall(separated_samples, laws.gradient_never_vanishes_without_a_minimum)

hessian_in_w_of_one_sample_is_exact = forall(single_samples, laws.hessian_in_w_of_one_sample_is_exact)
hessian_in_w_of_one_sample_has_rank_one = forall(single_samples, laws.hessian_in_w_of_one_sample_has_rank_one)

hessian_in_w_is_exact = forall(few_features, laws.hessian_in_w_is_exact)
hessian_in_b_is_exact = forall(few_features, laws.hessian_in_b_is_exact)
hessian_in_b_is_at_most_a_quarter_a_sample = forall(few_features, laws.hessian_in_b_is_at_most_a_quarter_a_sample)
hessian_is_exact = forall(few_features, laws.hessian_is_exact)
hessian_keeps_its_tails = forall(few_features, laws.hessian_keeps_its_tails)
hessian_is_weighted_gram_matrix = forall(few_features, laws.hessian_is_weighted_gram_matrix)
quadratic_form_is_curvature = forall(few_features, laws.quadratic_form_is_curvature)
hessian_is_difference_quotient = forall(few_features, laws.hessian_is_difference_quotient, stride=FEWER)

hessian_is_symmetric = forall(few_features, laws.hessian_is_symmetric)
hessian_in_w_has_no_negative_eigenvalue = forall(few_features, laws.hessian_in_w_has_no_negative_eigenvalue)
quadratic_form_in_w_is_not_negative = forall(few_features, laws.quadratic_form_in_w_is_not_negative)
quadratic_form_in_w_is_second_difference = forall(
    few_features, laws.quadratic_form_in_w_is_second_difference, stride=FEWER
)
hessian_in_w_has_at_most_the_rank_of_the_samples = forall(
    few_samples, laws.hessian_in_w_has_at_most_the_rank_of_the_samples
)
hessian_has_no_negative_eigenvalue = forall(few_features, laws.hessian_has_no_negative_eigenvalue)
quadratic_form_is_not_negative = forall(few_features, laws.quadratic_form_is_not_negative)
hessian_has_at_most_the_rank_of_the_samples = forall(few_features, laws.hessian_has_at_most_the_rank_of_the_samples)

hessian_of_samples_twice_is_double = forall(few_features, laws.hessian_of_samples_twice_is_double)

step_is_exact = forall(steps, laws.step_is_exact)
step_is_along_its_own_gradient = forall(steps, laws.step_is_along_its_own_gradient)
step_is_along_the_quotient_of_the_loss = forall(steps, laws.step_is_along_the_quotient_of_the_loss, stride=FEWER)
step_at_rate_zero_stays = forall(steps, laws.step_at_rate_zero_stays)

step_lowers_the_loss = forall(descents, laws.step_lowers_the_loss)
step_lowers_its_own_loss = forall(descents, laws.step_lowers_its_own_loss, stride=FEWER)
steps_come_near_any_point_at_the_rate = forall(
    gentle_descents, laws.steps_come_near_any_point_at_the_rate, stride=FEWER
)
steps_beyond_twice_the_inverse_curvature_do_not_settle = forall(
    cycles, laws.steps_beyond_twice_the_inverse_curvature_do_not_settle
)
steps_lower_the_loss_without_a_minimum = forall(separated_descents, laws.steps_lower_the_loss_without_a_minimum)
steps_never_rest_without_a_minimum = forall(separated_descents, laws.steps_never_rest_without_a_minimum)

predict_refuses_bad_input = forall(refused_predictions, laws.predict_refuses_bad_input)
loss_refuses_bad_input = forall(refused_losses, laws.loss_refuses_bad_input)
gradient_refuses_bad_input = forall(refused_gradients, laws.gradient_refuses_bad_input)
hessian_refuses_bad_input = forall(refused_hessians, laws.hessian_refuses_bad_input)
step_refuses_bad_input = forall(refused_steps, laws.step_refuses_bad_input)
