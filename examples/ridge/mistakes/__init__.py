"""Wrong versions, each of which must be caught."""
