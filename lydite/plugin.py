"""The pytest plugin: options, collection of the properties, verdicts. Inert without `--impl` outside this suite."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from lydite.session import Grading

REGISTERED = "lydite-grading"
NOTHING_GRADED = 3


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of `lydite grade`, with the prefix `--lydite-`."""
    group = parser.getgroup("lydite", "grade an implementation by Lydite's properties")
    group.addoption("--impl", metavar="TARGET", help="implementation to grade: a module, file.py, folder or `reference`")
    group.addoption("--lydite-only", metavar="ID,...", default="", help="claims to grade, such as Q1,Q7.a.7")
    group.addoption("--lydite-regimes", metavar="NAME,...", default="", help="regimes to grade in")
    group.addoption("--lydite-precision", metavar="TYPE", default="float64", help="float64 or float32")
    group.addoption("--lydite-seed", metavar="N", default="0", help="a number, or `random`")
    group.addoption("--lydite-examples", metavar="N", default="16", help="batches of cases a property and regime")
    group.addoption("--lydite-json", metavar="FILE", default="", help="where to write the report")


def pytest_configure(config: pytest.Config) -> None:
    """Starts grading where it is asked for; else imports nothing of the suite."""
    config.addinivalue_line("markers", "claim(id): a claim that this property tests")
    if _asked_for(config):
        from lydite.session import Grading  # the suite is imported only where it is used

        config.pluginmanager.register(Grading(config), REGISTERED)


def _asked_for(config: pytest.Config) -> bool:
    from lydite.suite import SUITE

    return config.getoption("--impl") is not None or config.rootpath == SUITE
