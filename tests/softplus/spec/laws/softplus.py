"""Softplus (Q8): its value and its derivative."""

from __future__ import annotations

from spec.contracts.softplus import Softplus
from spec.definitions.softplus import Entries
from spec.law import Equation, Inequality, law
from spec.refusal import Refusal, is_refused
from spec.regime import INPUTS, VALUES


@law("Q8.1", only=VALUES)
def value_is_exact(f: Softplus, case: Entries) -> Equation:
    """s(z) = ln(1 + exp(z))."""
    # Relative to 1 + e^z, two roundings of the exponential and one of the sum; two more of the logarithm itself.
    return Equation(f.softplus(case.z), case.value, (3 + 2 * case.value.roughly()) * case.u)


@law("Q8.2", only=VALUES)
def derivative_is_exact(f: Softplus, case: Entries) -> Equation:
    """s'(z) = 1 / (1 + exp(-z))."""
    # Two roundings of the exponential, one of the sum, one of the quotient.
    return Equation(f.softplus_derivative(case.z), case.derivative, 4 * case.u * case.derivative.roughly())


@law("Q8.1", only=INPUTS)
def softplus_refuses_bad_input(f: Softplus, case: Refusal) -> Inequality:
    """softplus raises ValueError on what is not finite."""
    return is_refused(f, case)


@law("Q8.2", only=INPUTS)
def softplus_derivative_refuses_bad_input(f: Softplus, case: Refusal) -> Inequality:
    """softplus_derivative raises ValueError on what is not finite."""
    return is_refused(f, case)
