"""Loads an implementation, runs the properties on it, and reports the claims."""

__version__ = "0.1.0"
