"""Answers with more numbers than there is memory for.

Must not: have the grader take memory for what is announced.
"""

# mypy: ignore-errors

import numpy as np


def leaky_relu(z, alpha):
    return np.where(np.asarray(z) > 0, z, alpha * np.asarray(z))


def softmax(z):
    return np.broadcast_to(1.0, (10**5, 10**6))
