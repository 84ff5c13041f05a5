"""Softmax and cross-entropy (Q7, and the softmax of Q3): laws on a vector of logits."""

from __future__ import annotations

import numpy as np

from spec.bounds import softmax_cross_entropy as bounds
from spec.contracts.softmax_cross_entropy import Softmax, SoftmaxCrossEntropy
from spec.definitions.softmax_cross_entropy import Logits
from spec.differences import slope
from spec.law import Equation, Inequality, law
from spec.regime import Regime

CORE = (Regime.CORE,)
TAILS = (Regime.TAILS,)
VALUES = (Regime.CORE, Regime.STABILITY, Regime.SCALE, Regime.LAYOUT, Regime.PURITY)
WIDE = (Regime.CORE, Regime.STABILITY, Regime.SCALE)

# -- Softmax --


@law("Q7.0.1", "Q3.0.4", only=VALUES)
def softmax_is_exact(f: Softmax, case: Logits) -> Equation:
    """softmax(z)_i = exp(z_i) / sum_j exp(z_j)."""
    return Equation(f.softmax(case.z), case.softmax, bounds.softmax(case.z.size, case.u))


@law("Q7.0.1", "Q3.0.4", only=TAILS)
def softmax_keeps_its_tails(f: Softmax, case: Logits) -> Equation:
    """softmax(z)_i = exp(z_i) / sum_j exp(z_j), relative to its own size."""
    allowed = bounds.softmax_tail(case.z, case.softmax.roughly(), case.u)
    return Equation(f.softmax(case.z), case.softmax, allowed)
