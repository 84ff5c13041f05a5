"""Ridge regression in ball arithmetic."""
