"""Replies with a line that never ends.

Must not: fill the grader's memory.
"""

# mypy: ignore-errors

import os

import numpy as np


def leaky_relu(z, alpha):
    return np.where(np.asarray(z) > 0, z, alpha * np.asarray(z))


def softmax(z):
    while True:
        os.write(4, b"x" * (1 << 20))
