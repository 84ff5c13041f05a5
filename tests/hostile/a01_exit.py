"""Leaves with success instead of an answer.

Must not: count as passed: an answer that did not come is an error.
"""

# mypy: ignore-errors

import sys

import numpy as np


def leaky_relu(z, alpha):
    return np.where(np.asarray(z) > 0, z, alpha * np.asarray(z))


def softmax(z):
    sys.exit(0)
