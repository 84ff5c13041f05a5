"""Makes calls of the contract out of a library's functions."""
