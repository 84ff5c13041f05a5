"""Q4. The Hessian as the Jacobian of the gradient."""

from lydite.kit import FEWER, forall
from properties.strategies.trivariate import (
    bad_function_gradient,
    bad_function_hessian,
    bad_gradient,
    bad_hessian,
    bad_value,
    functions,
    low_polynomials,
    polynomials,
    quadratic_forms,
    substitutions,
)
from spec.laws import trivariate as laws

value_is_exact = forall(polynomials, laws.value_is_exact)
gradient_is_exact = forall(polynomials, laws.gradient_is_exact)
gradient_is_value_of_derivatives = forall(polynomials, laws.gradient_is_value_of_derivatives)
gradient_is_difference_quotient = forall(low_polynomials, laws.gradient_is_difference_quotient, stride=FEWER)
gradient_obeys_the_chain_rule = forall(substitutions, laws.gradient_obeys_the_chain_rule)

hessian_is_exact = forall(polynomials, laws.hessian_is_exact)
hessian_is_jacobian_of_gradient = forall(polynomials, laws.hessian_is_jacobian_of_gradient)
hessian_is_difference_quotient = forall(low_polynomials, laws.hessian_is_difference_quotient, stride=FEWER)
hessian_is_difference_quotient_in_either_order = forall(
    low_polynomials, laws.hessian_is_difference_quotient_in_either_order, stride=FEWER
)
hessian_is_mixed_difference = forall(low_polynomials, laws.hessian_is_mixed_difference, stride=FEWER)
hessian_of_a_quadratic_form_is_its_symmetric_part = forall(
    quadratic_forms, laws.hessian_of_a_quadratic_form_is_its_symmetric_part
)
hessian_obeys_the_chain_rule = forall(substitutions, laws.hessian_obeys_the_chain_rule)
hessian_is_symmetric = forall(polynomials, laws.hessian_is_symmetric)

function_gradient_is_exact = forall(functions, laws.function_gradient_is_exact)
function_gradient_is_difference_quotient = forall(
    functions, laws.function_gradient_is_difference_quotient, stride=FEWER
)
function_hessian_is_exact = forall(functions, laws.function_hessian_is_exact)
function_hessian_is_second_difference = forall(functions, laws.function_hessian_is_second_difference, stride=FEWER)
function_hessian_is_symmetric = forall(functions, laws.function_hessian_is_symmetric)

function_gradient_refuses_bad_input = forall(bad_function_gradient, laws.function_gradient_refuses_bad_input)
function_hessian_refuses_bad_input = forall(bad_function_hessian, laws.function_hessian_refuses_bad_input)
trivariate_value_refuses_bad_input = forall(bad_value, laws.trivariate_value_refuses_bad_input)
trivariate_gradient_refuses_bad_input = forall(bad_gradient, laws.trivariate_gradient_refuses_bad_input)
trivariate_hessian_refuses_bad_input = forall(bad_hessian, laws.trivariate_hessian_refuses_bad_input)
