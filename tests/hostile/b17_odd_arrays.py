"""Answers with masked, object, structured and text arrays, and with matrices.

Must not: pass for plain numbers.
"""

# mypy: ignore-errors

import numpy as np


def leaky_relu(z, alpha):
    return np.where(np.asarray(z) > 0, z, alpha * np.asarray(z))


def softmax(z):
    ones = np.ones(len(z))
    odd = (
        lambda: np.ma.masked_array(ones, mask=True),
        lambda: ones.astype(object),
        lambda: ones.astype([("value", float)]),
        lambda: ones.astype(str),
        lambda: np.matrix(ones),
        lambda: ones.astype("M8[s]"),
    )
    return odd[len(z) % len(odd)]()
