"""The pytest plugin: options, collection of the properties, verdicts. Inert without `--impl` outside this suite."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from lydite import suite
from lydite.options import OPTIONS, PREFIX, SUITE, YES, Kind

OURS = ("--impl", PREFIX)
"""How our own options begin."""


class _Given(argparse.Action):
    """Takes an option, and notes that it was given: another stands for what the project's file says."""

    def __call__(self, _: object, namespace: argparse.Namespace, values: Any, __: str | None = None) -> None:
        setattr(namespace, self.dest, values)
        namespace.lydite_given = [*getattr(namespace, "lydite_given", ()), self.dest]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds `--impl`, and the options of grading that pytest takes."""
    group = parser.getgroup("lydite", "grade an implementation by Lydite's properties")
    group.addoption("--impl", metavar="TARGET", help="what to grade: a module, file.py, folder/ or `reference`")
    group.addoption(
        SUITE, metavar="PATH", default="", help="the suite of another document: a folder, or an installed name"
    )
    parser.addini("lydite_suite", f"the suite to grade by, where {SUITE} names none; a folder is beside this file")
    spelled = [(option.pytest, option) for option in OPTIONS.values() if option.pytest]
    for ours, option in sorted(spelled, key=lambda pair: pair[0].place):
        flag = option.kind is Kind.FLAG
        group.addoption(
            f"{PREFIX}{option.name}",
            **({"action": "store_const", "const": YES} if flag else {"action": _Given, "metavar": ours.metavar}),
            default=option.pytest_default,
            help=f"{ours.help} (default: {option.pytest_default or '-'})",
        )


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config, args: list[str]) -> None:
    """Leaves the `addopts` and the conftest.py files of the host project out of a run that collects nothing of it.

    They may stop it at the first failure, skip, deselect, or ask for options that grading has no use for.
    """
    known = early_config.known_args_namespace
    if known.impl is None:
        return
    _enter(early_config, known.lydite_suite)
    if not all(map(suite.own, known.file_or_dir)):
        return
    known.noconftest = True
    addopts = early_config.getini("addopts")
    if args[: len(addopts)] == addopts:  # pytest puts them before the rest, and in a worker of xdist leaves them out
        args[: len(addopts)] = _ours(addopts)


def _enter(config: pytest.Config, name: str) -> None:
    """Enters the suite `name`, or that of the ini-file, or else our own. Raises UsageError where that cannot be had.

    pytest also takes an ini-file that lies beside the argument of `--impl`, which may be a submission: no such file
    chooses a suite, for a suite is trusted.
    """
    here = config.invocation_params.dir
    beside = config.inipath.parent if config.inipath else here
    written = config.getini("lydite_suite")
    added = any(word.startswith((SUITE, "@")) for word in config.getini("addopts"))  # @: words in another file
    if not here.is_relative_to(beside) and (written or added):
        raise pytest.UsageError(f"{config.inipath} names a suite, and is not the ini-file of the current folder")
    try:
        suite.enter(suite.find(name) if name else suite.find(written, beside) if written else None, name)
    except (suite.NoSuite, suite.SuiteShadowed) as error:
        raise pytest.UsageError(f"{SUITE}: {error}") from error


def _ours(words: Sequence[str]) -> Iterator[str]:
    """Yields the words that are our options, and the values that follow them."""
    for before, word in zip(["", *words], words, strict=False):
        if word.startswith(OURS) or (before.startswith(OURS) and "=" not in before):
            yield word


def pytest_configure(config: pytest.Config) -> None:
    """Starts grading where it is requested; else imports nothing of the suite."""
    config.addinivalue_line("markers", "claim(id): a claim that this property tests")
    if config.getoption("--impl") is not None:
        config.option.lydite_suite = (
            "" if suite.is_own() else str(suite.folder())
        )  # for workers of xdist, wherever they start
    if config.getoption("--impl") is not None or config.rootpath == suite.folder():
        from lydite.grading.session import REGISTERED, Grading  # the suite is imported only where it is used

        config.pluginmanager.register(Grading(config), REGISTERED)
