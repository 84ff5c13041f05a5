"""Raises what stops a test run by hand.

Must not: end the grading of anything else.
"""

# mypy: ignore-errors

import numpy as np


def leaky_relu(z, alpha):
    return np.where(np.asarray(z) > 0, z, alpha * np.asarray(z))


class Own(BaseException):
    pass


KINDS = (KeyboardInterrupt, GeneratorExit, StopIteration, Own)


def softmax(z):
    raise KINDS[len(z) % 4]
