"""Softplus (Q8): its value and its derivative."""

from __future__ import annotations

import numpy as np

from spec.contracts.softplus import Softplus
from spec.definitions.softplus import Entries
from lydite.kit.derivatives import is_quotient
from lydite.kit.differences import Line
from lydite.kit import Equation, law
from lydite.kit import Raises, Refusal, is_refused
from lydite.kit import CORE, INPUTS, VALUES

STEP = 1 / 16
RADIUS, SIZE = 2.0, 5.0
"""Of a disc around any z: where z is not positive, 1 + e^w is between sin 2 and 1 + e^2 in size and turns by less than
2, so that its logarithm is below 5; where z is positive, s(w) = w + s(-w)."""


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


@law("Q8.2", only=CORE, differences=["softplus"])
def derivative_is_difference_quotient(f: Softplus, case: Entries) -> Equation:
    """s'(z) = d/dt s(z + t) at t = 0, by finite differences of its own values."""
    u, z = case.u, case.z
    # Values are at most |z| + 1; the points are rounded as well, and no slope is above 1.
    noise = (3 + 3 * (np.abs(z) + 1)) * u
    line = Line(lambda t: ((z + t).astype(case.dtype),), lambda _: noise, STEP, RADIUS, SIZE)
    return is_quotient(f, "softplus_derivative", (z,), 1.0, line, 4 * u * case.derivative.roughly())


@law("Q8.1", only=INPUTS)
def softplus_refuses_bad_input(f: Softplus, case: Refusal) -> Raises:
    """softplus raises ValueError on what is not finite."""
    return is_refused(f, case)


@law("Q8.2", only=INPUTS)
def softplus_derivative_refuses_bad_input(f: Softplus, case: Refusal) -> Raises:
    """softplus_derivative raises ValueError on what is not finite."""
    return is_refused(f, case)
