"""Replies with arrays that announce more than they hold.

Must not: have the grader take memory for what is announced, or read past it.
"""

# mypy: ignore-errors

import json
import os

import numpy as np


def leaky_relu(z, alpha):
    return np.where(np.asarray(z) > 0, z, alpha * np.asarray(z))


def softmax(z):
    for shape in ([10**12], [-1], [2**63, 2**63], [len(z)] * 40, ["3"], [0]):
        answer = {"value": {"shape": shape, "dtype": "float64", "at": 0}}
        os.write(4, json.dumps({"id": 1, "answers": [answer], "bytes": 0}).encode() + b"\n")
    os.write(4, b'{"id": 1, "bytes": 99999999999999}\n')
    return np.ones(len(z))
