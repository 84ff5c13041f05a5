"""Raises an error whose text takes for ever.

Must not: hold up the grader when it is reported.
"""

# mypy: ignore-errors

import time

import numpy as np


def leaky_relu(z, alpha):
    return np.where(np.asarray(z) > 0, z, alpha * np.asarray(z))


class Slow(Exception):
    def __str__(self):  # noqa: PLE0307  (it never returns)
        while True:
            try:
                time.sleep(3600)
            except BaseException:  # noqa: BLE001  (that is the trick)
                continue


def softmax(z):
    raise Slow
