"""Starts threads without end.

Must not: start more than its limit.
"""

# mypy: ignore-errors

import threading

import numpy as np


def leaky_relu(z, alpha):
    return np.where(np.asarray(z) > 0, z, alpha * np.asarray(z))


def right(z):
    e = np.exp(z - np.max(z))
    return e / e.sum()


WAIT = threading.Event()


def softmax(z):
    threading.stack_size(65536)
    try:
        for _ in range(500):
            threading.Thread(target=WAIT.wait, daemon=True).start()
    except RuntimeError:
        return np.ones(len(z))
    return right(z)
