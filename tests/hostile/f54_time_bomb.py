"""Changes its mind: the second answer to the same question differs from the first.

Must not: be called once only.
"""

# mypy: ignore-errors

import numpy as np


def leaky_relu(z, alpha):
    return np.where(np.asarray(z) > 0, z, alpha * np.asarray(z))


def right(z):
    e = np.exp(z - np.max(z))
    return e / e.sum()


SEEN = {}


def softmax(z):
    key = np.asarray(z, float).tobytes()
    SEEN[key] = SEEN.get(key, 0) + 1
    return right(z) if SEEN[key] % 2 else np.ones(len(z))
