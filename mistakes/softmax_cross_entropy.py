"""Softmax and cross-entropy (Q7, and the softmax of Q3), as they go wrong."""

from __future__ import annotations

import numpy as np

from mistakes.mistake import mistake
from reference import cross_entropy, cross_entropy_gradient, cross_entropy_hessian, softmax, softmax_jacobian
from spec.arrays import Array, Floats
from spec.regime import Regime

# -- softmax --


@mistake("softmax", breaks="Q7.0.1", regime=Regime.STABILITY)
def overflows(z: Floats, /) -> Floats:
    """The formula as printed: the exponential of a logit of 710 is infinite."""
    return np.exp(z) / np.exp(z).sum()
