"""Hangs in one instruction of the interpreter, where no signal is looked at.

Must not: take longer than the limit for a call.
"""

# mypy: ignore-errors

import numpy as np


def leaky_relu(z, alpha):
    return np.where(np.asarray(z) > 0, z, alpha * np.asarray(z))


def softmax(z):
    return 10 ** (10**9) % 7 * np.ones(len(z))
