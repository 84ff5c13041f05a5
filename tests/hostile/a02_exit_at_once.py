"""Ends the process with success, past every handler.

Must not: count as passed, or take the honest calls with it.
"""

# mypy: ignore-errors

import os

import numpy as np


def leaky_relu(z, alpha):
    return np.where(np.asarray(z) > 0, z, alpha * np.asarray(z))


def softmax(z):
    os._exit(0)
