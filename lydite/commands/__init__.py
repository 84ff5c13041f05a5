"""The command line, a module for each command; importing it enters the suite."""

from lydite import suite

suite.enter()
