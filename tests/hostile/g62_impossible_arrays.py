"""Replies, in the name of the worker, with arrays that cannot be: empty and endless, or of a type that is a list.

Must not: have the grader fail where it makes an array of them.
"""

# mypy: ignore-errors

import json
import os
import sys

import numpy as np

SHAPES = ([0, 2**63], [0, 10**4000], [2**62, 0], [0, 2**62], [2**31] * 8, [])
TYPES = ("float64", [], {}, None)


def leaky_relu(z, alpha):
    return np.where(np.asarray(z) > 0, z, alpha * np.asarray(z))


def request():
    """The number of the request that is being answered."""
    frame = sys._getframe()
    while "request" not in frame.f_locals:
        frame = frame.f_back
    return frame.f_locals["request"]


def softmax(z):
    number = int(1e6 * abs(z[0]))
    array = {"shape": SHAPES[number % 6], "dtype": TYPES[number % 4], "at": 0}
    array["order"] = "strided" if number % 2 else "C"
    sys.set_int_max_str_digits(0)
    reply = {"id": request(), "answers": [{"value": array}]}
    os.write(4, json.dumps(reply).encode() + b"\n")
    return np.ones(len(z))
