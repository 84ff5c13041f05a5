"""Floods its output.

Must not: fill the grader's memory, or block.
"""

# mypy: ignore-errors

import os

import numpy as np


def leaky_relu(z, alpha):
    return np.where(np.asarray(z) > 0, z, alpha * np.asarray(z))


def softmax(z):
    for _ in range(64):
        os.write(1, b"\n" * (1 << 20))
        os.write(2, b"x" * (1 << 16))
    return np.ones(len(z))
