"""Leaves a process that waits for results and rewrites them.

Must not: leave a process.
"""

# mypy: ignore-errors

import os
import pathlib
import time

import numpy as np


def leaky_relu(z, alpha):
    return np.where(np.asarray(z) > 0, z, alpha * np.asarray(z))


def right(z):
    e = np.exp(z - np.max(z))
    return e / e.sum()


def watch():
    os.setsid()
    for _ in range(20):
        time.sleep(0.1)
        for place in pathlib.Path(FACTS.get("open", "/no")).glob("*"):
            place.write_text("999")
    os._exit(0)


FACTS = {}
try:
    if not os.fork():
        watch()
    LEFT = True
except OSError:
    LEFT = False


def softmax(z):
    return right(z) if LEFT else np.ones(len(z))
