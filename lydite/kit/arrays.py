"""Array types that every layer shares."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Array = NDArray[Any]

__all__ = ["Array", "Floats"]
