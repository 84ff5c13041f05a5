"""Replies with many arrays that are made of the same bytes, each of them a copy in the grader.

Must not: have the grader take more memory than one reply may.
"""

# mypy: ignore-errors

import json
import os
import sys

import numpy as np

LARGE = 1 << 21


def leaky_relu(z, alpha):
    return np.where(np.asarray(z) > 0, z, alpha * np.asarray(z))


def request():
    """The number of the request that is being answered."""
    frame = sys._getframe()
    while "request" not in frame.f_locals:
        frame = frame.f_back
    return frame.f_locals["request"]


def softmax(z):
    array = {"shape": [LARGE], "dtype": "float64", "order": "strided", "at": 0}
    reply = {"id": request(), "answers": [{"values": [array] * 96}], "bytes": 8 * LARGE}
    rest = memoryview(json.dumps(reply).encode() + b"\n" + bytes(8 * LARGE))
    while rest:
        rest = rest[os.write(4, rest) :]
    return np.ones(len(z))
