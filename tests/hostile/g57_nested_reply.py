"""Replies with JSON nested deeper than a parser can follow.

Must not: crash the grader.
"""

# mypy: ignore-errors

import os

import numpy as np


def leaky_relu(z, alpha):
    return np.where(np.asarray(z) > 0, z, alpha * np.asarray(z))


def softmax(z):
    os.write(4, b"[" * 10**6 + b"]" * 10**6 + b"\n")
    return np.ones(len(z))
