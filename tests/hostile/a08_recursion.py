"""Recurses until the stack is gone.

Must not: take the grader or the honest calls with it.
"""

# mypy: ignore-errors

import sys

import numpy as np


def leaky_relu(z, alpha):
    return np.where(np.asarray(z) > 0, z, alpha * np.asarray(z))


def deeper(z):
    return [deeper(z)]


def softmax(z):
    sys.setrecursionlimit(10**9)
    return deeper(z)
