"""Loads the known mistakes of the suite."""

from lydite import suite
from lydite.kit.mistake import MISTAKES

suite.load("mistakes")

__all__ = ["MISTAKES"]
