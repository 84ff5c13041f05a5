"""Wrong versions of softplus and its derivative (Q8)."""

from __future__ import annotations

import numpy as np

from lydite.kit import mistake
from lydite.kit import Floats


@mistake("softplus", breaks="Q8.1")
def positive_part(z: Floats, /) -> Floats:
    """The kinked function that softplus makes smooth."""
    return np.maximum(z, 0.0)


@mistake("softplus_derivative", breaks="Q8.2")
def derivative_of_the_positive_part(z: Floats, /) -> Floats:
    """The slope of the kinked function."""
    return np.where(np.asarray(z) > 0, 1.0, 0.0)
