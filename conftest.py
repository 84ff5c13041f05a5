"""Registers Lydite's pytest plugin in a bare checkout; an installed Lydite registers it by its entry point."""

from __future__ import annotations

import sys

if "lydite.plugin" not in sys.modules:
    pytest_plugins = ["lydite.plugin"]
