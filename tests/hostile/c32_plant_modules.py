"""Brings modules, in its folder, that shadow NumPy, the standard library, the suite, and files of pytest.

Must not: have any of them imported or read in the grader's place.
"""

# mypy: ignore-errors

import numpy as np


def leaky_relu(z, alpha):
    return np.where(np.asarray(z) > 0, z, alpha * np.asarray(z))


def softmax(z):
    return np.ones(len(z))
