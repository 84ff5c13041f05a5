"""Runs the command line, a module for each command.

Importing this package enters the suite, before any of its modules imports what the suite holds.
"""

from lydite import suite

suite.enter()
