"""Answers with an object that turns into another array each time it is read.

Must not: be read more than once.
"""

# mypy: ignore-errors

import numpy as np


def leaky_relu(z, alpha):
    return np.where(np.asarray(z) > 0, z, alpha * np.asarray(z))


class Turning:
    reads = 0

    def __init__(self, size):
        self.size = size

    def __array__(self, *_, **__):
        Turning.reads += 1
        return np.full(self.size, float(Turning.reads))


def softmax(z):
    return Turning(len(z))
