"""Writes until nothing more can be written.

Must not: write more than its scratch.
"""

# mypy: ignore-errors

import contextlib
import os
import pathlib

import numpy as np


def leaky_relu(z, alpha):
    return np.where(np.asarray(z) > 0, z, alpha * np.asarray(z))


def right(z):
    e = np.exp(z - np.max(z))
    return e / e.sum()


def softmax(z):
    written = 0
    for folder in (".", "/tmp", "/var/tmp", "/dev/shm", FACTS.get("open", "/no")):
        path = pathlib.Path(folder, f"full-{os.getpid()}")
        with contextlib.suppress(OSError), path.open("wb", buffering=0) as file:
            while written < 200 << 20:
                written += file.write(bytes(1 << 20))
        if folder != ".":
            with contextlib.suppress(OSError):
                path.unlink()
    return right(z) if written >= 200 << 20 else np.ones(len(z))


FACTS = {}
