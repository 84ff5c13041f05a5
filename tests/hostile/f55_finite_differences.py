"""Answers with a slope where a formula is due: right to seven digits.

Must not: be right to within rounding.
"""

# mypy: ignore-errors

import numpy as np


def leaky_relu(z, alpha):
    return np.where(np.asarray(z) > 0, z, alpha * np.asarray(z))


def softmax(z):
    z = np.asarray(z, float)
    top = np.max(z)

    def total(shift, k):
        moved = z.copy()
        moved[k] += shift
        return top + np.log(np.exp(moved - top).sum())

    return np.array([(total(1e-6, k) - total(-1e-6, k)) / 2e-6 for k in range(len(z))])
