"""Q5. Gaussian dropout on a linear unit."""

from lydite.kit import FEWER, forall
from properties.strategies.gaussian_dropout import (
    bad_expected_gradient,
    bad_expected_loss,
    bad_gradient,
    bad_loss,
    bad_noise,
    bad_penalty,
    few_inputs,
    large_noises,
    many_noises,
    noises,
    noises_of_seeds,
    units,
)
from spec.laws import gaussian_dropout as laws

loss_is_exact = forall(units, laws.loss_is_exact)
gradient_is_exact = forall(units, laws.gradient_is_exact)
gradient_is_difference_quotient = forall(units, laws.gradient_is_difference_quotient, stride=FEWER)
noise_may_act_on_weights_or_inputs = forall(units, laws.noise_may_act_on_weights_or_inputs)

noiseless_loss_is_exact = forall(units, laws.noiseless_loss_is_exact)
noiseless_loss_is_expected_without_noise = forall(units, laws.noiseless_loss_is_expected_without_noise)
noiseless_gradient_is_exact = forall(units, laws.noiseless_gradient_is_exact)
noiseless_gradient_is_difference_quotient = forall(units, laws.noiseless_gradient_is_difference_quotient, stride=FEWER)
noiseless_gradient_is_expected_without_noise = forall(units, laws.noiseless_gradient_is_expected_without_noise)

expected_gradient_is_exact = forall(units, laws.expected_gradient_is_exact)
expected_gradient_is_mean_of_gradients = forall(few_inputs, laws.expected_gradient_is_mean_of_gradients)
expected_gradient_is_noiseless_one_and_weight_decay = forall(
    units, laws.expected_gradient_is_noiseless_one_and_weight_decay
)
expected_gradient_is_difference_quotient = forall(units, laws.expected_gradient_is_difference_quotient, stride=FEWER)

expected_loss_is_exact = forall(units, laws.expected_loss_is_exact)
expected_loss_is_mean_of_losses = forall(few_inputs, laws.expected_loss_is_mean_of_losses)
expected_loss_is_noiseless_loss_and_penalty = forall(units, laws.expected_loss_is_noiseless_loss_and_penalty)
expected_loss_is_at_least_noiseless = forall(units, laws.expected_loss_is_at_least_noiseless)
expected_loss_grows_with_sigma = forall(units, laws.expected_loss_grows_with_sigma)

penalty_is_exact = forall(units, laws.penalty_is_exact)
penalty_is_integral_of_weight_decay = forall(units, laws.penalty_is_integral_of_weight_decay, stride=FEWER)
penalty_grows_with_the_square_of_sigma = forall(units, laws.penalty_grows_with_the_square_of_sigma)
penalty_vanishes_without_noise_or_signal = forall(units, laws.penalty_vanishes_without_noise_or_signal)
penalty_vanishes_nowhere_else = forall(units, laws.penalty_vanishes_nowhere_else)

noise_repeats = forall(noises, laws.noise_repeats)
noise_is_one_without_sigma = forall(noises, laws.noise_is_one_without_sigma)
noise_is_normal = forall(noises, laws.noise_is_normal)
noise_has_mean_one = forall(large_noises, laws.noise_has_mean_one)
noise_has_its_variance = forall(large_noises, laws.noise_has_its_variance)
noise_reaches_its_tails = forall(large_noises, laws.noise_reaches_its_tails)
noise_is_like_itself_at_no_distance = forall(noises, laws.noise_is_like_itself_at_no_distance)
noise_is_like_its_mirror_nowhere = forall(noises, laws.noise_is_like_its_mirror_nowhere)
noise_is_as_large_as_itself_at_no_distance = forall(noises, laws.noise_is_as_large_as_itself_at_no_distance)
noises_of_two_seeds_are_independent = forall(noises_of_seeds, laws.noises_of_two_seeds_are_independent)
noise_is_alike_at_every_entry = forall(many_noises, laws.noise_is_alike_at_every_entry)
noise_varies_as_due = forall(many_noises, laws.noise_varies_as_due)
gaussian_dropout_noise_refuses_bad_input = forall(bad_noise, laws.gaussian_dropout_noise_refuses_bad_input)

gaussian_dropout_loss_refuses_bad_input = forall(bad_loss, laws.gaussian_dropout_loss_refuses_bad_input)
gaussian_dropout_gradient_refuses_bad_input = forall(bad_gradient, laws.gaussian_dropout_gradient_refuses_bad_input)
gaussian_dropout_expected_loss_refuses_bad_input = forall(
    bad_expected_loss, laws.gaussian_dropout_expected_loss_refuses_bad_input
)
gaussian_dropout_expected_gradient_refuses_bad_input = forall(
    bad_expected_gradient, laws.gaussian_dropout_expected_gradient_refuses_bad_input
)
gaussian_dropout_penalty_refuses_bad_input = forall(bad_penalty, laws.gaussian_dropout_penalty_refuses_bad_input)
