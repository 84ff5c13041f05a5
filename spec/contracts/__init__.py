"""States what an implementation offers, a protocol a question."""
