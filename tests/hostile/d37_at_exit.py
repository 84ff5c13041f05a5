"""Acts after its verdict: at exit, in a finaliser, in a thread.

Must not: act after its verdict: it is ended with its jail.
"""

# mypy: ignore-errors

import atexit
import pathlib
import threading
import time
import weakref

import numpy as np


def leaky_relu(z, alpha):
    return np.where(np.asarray(z) > 0, z, alpha * np.asarray(z))


class Last:
    def __del__(self):
        act()


def act():
    try:
        pathlib.Path(FACTS.get("open", "/no"), "late").write_text("late")
    except OSError:
        return


def later():
    time.sleep(0.5)
    act()


FACTS = {}
kept = Last()
atexit.register(act)
weakref.finalize(kept, act)
threading.Thread(target=later, daemon=True).start()


def softmax(z):
    return np.ones(len(z))
