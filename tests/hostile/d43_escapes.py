"""Raises texts with escapes for terminals, pages, CI systems and spreadsheets.

Must not: reach a report unescaped, or at full length.
"""

# mypy: ignore-errors

import numpy as np


def leaky_relu(z, alpha):
    return np.where(np.asarray(z) > 0, z, alpha * np.asarray(z))


TEXT = "\x1b]0;owned\x07\x1b[2J<script>alert(1)</script>\n::error::owned\n=cmd|' /C calc'!A0\x00\ud800" + "x" * 10**6


class Odd(Exception):
    pass


Odd.__name__ = Odd.__qualname__ = TEXT.replace("\x00", "").replace("\ud800", "")


def softmax(z):
    raise Odd(TEXT)
