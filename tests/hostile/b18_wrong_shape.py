"""Answers with shapes that would broadcast, or hold nothing to compare.

Must not: be compared before its shape is.
"""

# mypy: ignore-errors

import numpy as np


def leaky_relu(z, alpha):
    return np.where(np.asarray(z) > 0, z, alpha * np.asarray(z))


def softmax(z):
    odd = (np.float64(1.0), np.ones((len(z), 1)), np.ones((1, len(z))), np.ones(0), np.ones((0, len(z))))
    return odd[len(z) % len(odd)]
