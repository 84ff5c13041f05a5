"""Loads the reference of the suite."""

from importlib import import_module
from types import ModuleType

from lydite import suite

reference: ModuleType = import_module(suite.REFERENCE)
