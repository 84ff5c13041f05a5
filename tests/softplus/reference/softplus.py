"""Q8: softplus and its derivative."""

from __future__ import annotations

import numpy as np

from reference.arguments import reals
from lydite.kit import Floats


def softplus(z: Floats) -> Floats:
    """`(...) -> (...)`. `ln(1 + exp(z))`. Claim Q8.1."""
    (z,) = reals("(...)", z=z)
    return np.logaddexp(0, z)


def softplus_derivative(z: Floats) -> Floats:
    """`(...) -> (...)`. `1 / (1 + exp(-z))`. Claim Q8.2."""
    (z,) = reals("(...)", z=z)
    return 1 / (1 + np.exp(-z))
