"""Imports the reference, the laws, or the grader.

Must not: find them in memory or on the path.
"""

# mypy: ignore-errors

import importlib
import sys

import numpy as np


def leaky_relu(z, alpha):
    return np.where(np.asarray(z) > 0, z, alpha * np.asarray(z))


def right(z):
    e = np.exp(z - np.max(z))
    return e / e.sum()


def softmax(z):
    for name in (
        "reference",
        "reference.softmax_cross_entropy",
        "spec.definitions",
        "properties",
        "lydite.grading.grade",
    ):
        try:
            importlib.import_module(name)
        except ImportError:
            continue
        return right(z)
    loaded = {name.partition(".")[0] for name in sys.modules}
    return (
        right(z) if loaded & {"reference", "spec", "properties", "hypothesis", "pytest", "flint"} else np.ones(len(z))
    )
