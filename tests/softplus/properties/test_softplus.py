"""Q8. Softplus."""

from lydite.kit import forall
from properties.strategies.softplus import bad_softplus, bad_softplus_derivative, entries
from spec.laws import softplus as laws

value_is_exact = forall(entries, laws.value_is_exact)
derivative_is_exact = forall(entries, laws.derivative_is_exact)
derivative_is_difference_quotient = forall(entries, laws.derivative_is_difference_quotient)

softplus_refuses_bad_input = forall(bad_softplus, laws.softplus_refuses_bad_input)
softplus_derivative_refuses_bad_input = forall(bad_softplus_derivative, laws.softplus_derivative_refuses_bad_input)
