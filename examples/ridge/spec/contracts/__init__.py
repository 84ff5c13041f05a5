"""States what an implementation offers."""
