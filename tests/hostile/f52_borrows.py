"""Borrows the answers of a library that it may not use.

Must not: find a library that is not allowed.
"""

# mypy: ignore-errors

import importlib

import numpy as np


def leaky_relu(z, alpha):
    return np.where(np.asarray(z) > 0, z, alpha * np.asarray(z))


def right(z):
    e = np.exp(z - np.max(z))
    return e / e.sum()


def softmax(z):
    for name in ("flint", "mpmath", "sympy", "autograd", "jax", "torch", "sklearn", "statsmodels"):
        try:
            importlib.import_module(name)
        except ImportError:
            continue
        return right(z)
    return np.ones(len(z))
