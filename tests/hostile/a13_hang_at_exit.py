"""Leaves a thread behind that keeps the process from ending.

Must not: hold up the grader when the requests end.
"""

# mypy: ignore-errors

import threading
import time

import numpy as np


def leaky_relu(z, alpha):
    return np.where(np.asarray(z) > 0, z, alpha * np.asarray(z))


threading.Thread(target=time.sleep, args=(3600,)).start()


def softmax(z):
    return np.ones(len(z))
