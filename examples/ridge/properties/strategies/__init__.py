"""How inputs are drawn, and the edges that are always tried."""
