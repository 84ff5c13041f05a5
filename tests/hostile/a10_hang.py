"""Hangs, and catches whatever is raised to end that.

Must not: take longer than the limit for a call, or cost the honest call its credit.
"""

# mypy: ignore-errors

import numpy as np


def leaky_relu(z, alpha):
    return np.where(np.asarray(z) > 0, z, alpha * np.asarray(z))


def softmax(z):
    while True:
        try:
            while True:
                pass
        except BaseException:  # noqa: BLE001  (that is the trick)
            continue
