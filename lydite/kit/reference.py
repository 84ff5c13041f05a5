"""Loads the reference of the suite."""

from importlib import import_module
from types import ModuleType

from lydite import suite

with suite.loading():
    reference: ModuleType = import_module(suite.REFERENCE)
