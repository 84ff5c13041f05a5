"""Between questions: where two of them speak of the same thing."""

from lydite.kit import FEWER, forall
from properties.strategies.cross_checks import dropped_units, two_classes
from properties.strategies.logistic import chords, few_features
from properties.strategies.softmax_cross_entropy import normalised_logits
from spec.laws import cross_checks as laws

softmax_of_two_is_the_sigmoid = forall(two_classes, laws.softmax_of_two_is_the_sigmoid)
cross_entropy_of_two_is_the_logistic_loss = forall(two_classes, laws.cross_entropy_of_two_is_the_logistic_loss)
gradient_of_two_is_the_logistic_gradient = forall(two_classes, laws.gradient_of_two_is_the_logistic_gradient)
slopes_of_two_agree = forall(two_classes, laws.slopes_of_two_agree, stride=FEWER)
hessian_of_two_is_the_logistic_curvature = forall(two_classes, laws.hessian_of_two_is_the_logistic_curvature)

bernoulli_dropout_has_the_same_expected_loss = forall(dropped_units, laws.bernoulli_dropout_has_the_same_expected_loss)
bernoulli_dropout_averages_to_the_expected_loss = forall(
    dropped_units, laws.bernoulli_dropout_averages_to_the_expected_loss
)
bernoulli_dropout_averages_to_the_slope_of_the_expected_loss = forall(
    dropped_units, laws.bernoulli_dropout_averages_to_the_slope_of_the_expected_loss, stride=FEWER
)
bernoulli_dropout_averages_to_the_expected_gradient = forall(
    dropped_units, laws.bernoulli_dropout_averages_to_the_expected_gradient
)

hessian_is_at_most_a_quarter_of_the_gram_matrix = forall(
    few_features, laws.hessian_is_at_most_a_quarter_of_the_gram_matrix
)
second_difference_is_at_most_a_quarter_of_the_square = forall(
    few_features, laws.second_difference_is_at_most_a_quarter_of_the_square, stride=FEWER
)
cross_entropy_is_at_least_the_entropy = forall(normalised_logits, laws.cross_entropy_is_at_least_the_entropy)
gradient_of_the_neuron_is_cocoercive = forall(chords, laws.gradient_of_the_neuron_is_cocoercive)
gradient_by_the_logits_is_cocoercive = forall(normalised_logits, laws.gradient_by_the_logits_is_cocoercive)
second_difference_by_the_logits_is_at_most_half_of_the_square = forall(
    normalised_logits, laws.second_difference_by_the_logits_is_at_most_half_of_the_square, stride=FEWER
)
