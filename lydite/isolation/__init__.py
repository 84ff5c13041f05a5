"""Runs code that is not trusted where it can do no harm."""

from lydite.isolation.jail import start, stop
from lydite.isolation.tier import Jail, NoTier, Tier, place
from lydite.isolation.together import cpu
from lydite.isolation.trial import best, proven
from lydite.isolation.visible import NotOffered, python_paths

__all__ = ["Jail", "NoTier", "NotOffered", "Tier", "best", "cpu", "place", "proven", "python_paths", "start", "stop"]
