"""Raises what test runners take for a skipped or an expectedly failed test.

Must not: be skipped: by whatever name, what a call raises is its error.
"""

# mypy: ignore-errors

import unittest

import numpy as np


def leaky_relu(z, alpha):
    return np.where(np.asarray(z) > 0, z, alpha * np.asarray(z))


class Skipped(BaseException):
    __module__ = "_pytest.outcomes"


class XFailed(Skipped):
    pass


KINDS = (unittest.SkipTest, Skipped, XFailed)


def softmax(z):
    try:
        import pytest  # noqa: PLC0415  (as it would be done)
    except ImportError:
        raise KINDS[len(z) % 3]("not today") from None
    pytest.skip("not today")
