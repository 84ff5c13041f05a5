"""Answers with an object that says it is an array.

Must not: be believed.
"""

# mypy: ignore-errors

import numpy as np


def leaky_relu(z, alpha):
    return np.where(np.asarray(z) > 0, z, alpha * np.asarray(z))


class Liar:
    __class__ = np.ndarray
    dtype = np.dtype(np.float64)
    flags = np.ones(1).flags

    def __init__(self, size):
        self.shape = (size,)

    def tobytes(self, *_):
        return b""

    def ravel(self):
        return self

    def tolist(self):
        return []


def softmax(z):
    return Liar(len(z))
