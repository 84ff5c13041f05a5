"""Answers with an object that runs code where it is unpickled.

Must not: be unpickled anywhere.
"""

# mypy: ignore-errors

import os

import numpy as np


def leaky_relu(z, alpha):
    return np.where(np.asarray(z) > 0, z, alpha * np.asarray(z))


class Payload:
    def __reduce__(self):
        return os.system, (f"touch {FACTS.get('open')}/unpickled",)


def softmax(z):
    return np.array([Payload()] * len(z), dtype=object)


FACTS = {}
