"""Holds the code under test: stands alone, and knows nothing of properties, reference, seeds or points."""
