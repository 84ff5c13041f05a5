"""Between questions: where two of them speak of the same thing."""

from properties.forall import forall
from properties.strategies.cross_checks import dropped_units
from spec.laws import cross_checks as laws

bernoulli_dropout_has_the_same_expected_loss = forall(dropped_units, laws.bernoulli_dropout_has_the_same_expected_loss)
bernoulli_dropout_averages_to_the_expected_loss = forall(
    dropped_units, laws.bernoulli_dropout_averages_to_the_expected_loss
)
bernoulli_dropout_averages_to_the_expected_gradient = forall(
    dropped_units, laws.bernoulli_dropout_averages_to_the_expected_gradient
)
