"""Runs code that is not trusted where it can do no harm."""

from lydite.isolation.jail import start, stop
from lydite.isolation.tier import CONTAINED, Jail, NoTier, Tier, place
from lydite.isolation.together import cpu
from lydite.isolation.trial import best, proven
from lydite.isolation.visible import NotOffered, is_secret, python_paths

__all__ = [
    "CONTAINED",
    "Jail",
    "NoTier",
    "NotOffered",
    "Tier",
    "best",
    "cpu",
    "is_secret",
    "place",
    "proven",
    "python_paths",
    "start",
    "stop",
]
