"""Decides what the laws' results mean: the outcome of each claim, and what is at fault."""
