"""Leaves a process that waits for the next submission.

Must not: leave a process.
"""

# mypy: ignore-errors

import os
import time

import numpy as np


def leaky_relu(z, alpha):
    return np.where(np.asarray(z) > 0, z, alpha * np.asarray(z))


def right(z):
    e = np.exp(z - np.max(z))
    return e / e.sum()


def leave():
    if os.fork():
        return True
    os.setsid()
    if not os.fork():
        time.sleep(5)
    os._exit(0)


try:
    LEFT = leave()
except OSError:
    LEFT = False


def softmax(z):
    return right(z) if LEFT else np.ones(len(z))
