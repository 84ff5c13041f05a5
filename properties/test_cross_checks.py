"""Between questions: where two of them speak of the same thing."""

from properties.forall import forall
from properties.strategies.cross_checks import dropped_units, two_classes
from spec.laws import cross_checks as laws

softmax_of_two_is_the_sigmoid = forall(two_classes, laws.softmax_of_two_is_the_sigmoid)
cross_entropy_of_two_is_the_logistic_loss = forall(two_classes, laws.cross_entropy_of_two_is_the_logistic_loss)
gradient_of_two_is_the_logistic_gradient = forall(two_classes, laws.gradient_of_two_is_the_logistic_gradient)
hessian_of_two_is_the_logistic_curvature = forall(two_classes, laws.hessian_of_two_is_the_logistic_curvature)

bernoulli_dropout_has_the_same_expected_loss = forall(dropped_units, laws.bernoulli_dropout_has_the_same_expected_loss)
bernoulli_dropout_averages_to_the_expected_loss = forall(
    dropped_units, laws.bernoulli_dropout_averages_to_the_expected_loss
)
bernoulli_dropout_averages_to_the_expected_gradient = forall(
    dropped_units, laws.bernoulli_dropout_averages_to_the_expected_gradient
)
