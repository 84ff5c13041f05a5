"""Replies one byte at a time, each just before patience ends.

Must not: take longer than the limit for a call.
"""

# mypy: ignore-errors

import os
import time

import numpy as np


def leaky_relu(z, alpha):
    return np.where(np.asarray(z) > 0, z, alpha * np.asarray(z))


def softmax(z):
    while True:
        os.write(4, b" ")
        time.sleep(0.5)
