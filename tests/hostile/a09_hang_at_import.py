"""Hangs while it is imported.

Must not: take longer than the limit for an import, or delay its neighbours.
"""

# mypy: ignore-errors

import numpy as np


def leaky_relu(z, alpha):
    return np.where(np.asarray(z) > 0, z, alpha * np.asarray(z))


while True:
    pass
