"""Grades targets in processes of their own, and records what is known of each; importing it enters the suite."""

from lydite import suite

suite.enter()
