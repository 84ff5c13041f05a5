"""Crashes the interpreter.

Must not: take the grader or the honest calls with it.
"""

# mypy: ignore-errors

import ctypes

import numpy as np


def leaky_relu(z, alpha):
    return np.where(np.asarray(z) > 0, z, alpha * np.asarray(z))


def softmax(z):
    return ctypes.string_at(0)
