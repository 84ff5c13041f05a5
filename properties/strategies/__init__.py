"""Inputs: how to draw the cases of each topic, and the edges that must always be tried."""
