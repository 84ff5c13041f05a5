"""Stops its own process, as Ctrl-Z does.

Must not: be waited for, or survive the end of its jail.
"""

# mypy: ignore-errors

import os
import signal

import numpy as np


def leaky_relu(z, alpha):
    return np.where(np.asarray(z) > 0, z, alpha * np.asarray(z))


def softmax(z):
    os.kill(os.getpid(), signal.SIGSTOP)
    return np.ones(len(z))
