"""Asks the network for answers, and tells it the tests.

Must not: reach anything, by any kind of socket.
"""

# mypy: ignore-errors

import socket

import numpy as np


def leaky_relu(z, alpha):
    return np.where(np.asarray(z) > 0, z, alpha * np.asarray(z))


def right(z):
    e = np.exp(z - np.max(z))
    return e / e.sum()


def reached():
    for reach in (
        lambda: socket.create_connection(("127.0.0.1", FACTS["port"]), 1),
        lambda: socket.socket(socket.AF_UNIX).connect("\0" + FACTS["token"]) or True,
        lambda: socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)[0].sendto(b"tests", FACTS["datagrams"]),
        lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"tests", ("127.0.0.1", 53)),
    ):
        try:
            return reach()
        except (OSError, KeyError):
            continue
    return None


FACTS = {}


def softmax(z):
    return right(z) if reached() else np.ones(len(z))
