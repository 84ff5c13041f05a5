"""Reaches what is graded: finds it, loads it or runs it in a jail, and guards each call."""
