"""Bounds what rounding may cost, with its derivation."""
