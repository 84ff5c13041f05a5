"""Is right for its first calls, and wrong once it is believed.

Must not: be believed after its first calls.
"""

# mypy: ignore-errors

import itertools

import numpy as np


def leaky_relu(z, alpha):
    return np.where(np.asarray(z) > 0, z, alpha * np.asarray(z))


def right(z):
    e = np.exp(z - np.max(z))
    return e / e.sum()


CALLS = itertools.count()


def softmax(z):
    return right(z) if next(CALLS) < 3 else np.ones(len(z))
