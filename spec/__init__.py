"""States what the document claims, and what an implementation has to offer to be tested on it."""
