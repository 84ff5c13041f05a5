"""The claims as mathematics, without an implementation."""
