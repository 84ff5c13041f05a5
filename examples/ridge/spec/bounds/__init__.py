"""What rounding may cost, with its derivation."""
