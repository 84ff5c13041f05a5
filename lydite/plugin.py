"""The pytest plugin: options, collection of the properties, verdicts. Inert without `--impl` outside this suite."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from lydite.suite import SUITE, own

OPTIONS = ("--impl", "--lydite-")
"""How our own options begin."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of `lydite grade`, with the prefix `--lydite-`."""
    group = parser.getgroup("lydite", "grade an implementation by Lydite's properties")
    group.addoption("--impl", metavar="TARGET", help="what to grade: a module, file.py, folder/ or `reference`")
    for name, metavar, default, text in (
        ("only", "ID,...", "", "claims to grade, or beginnings of their ids, such as Q1,Q7.a.7"),
        ("regimes", "NAME,...", "", "regimes to grade in"),
        ("precision", "TYPE", "", "float64 or float32; float64, unless an adapter declares another"),
        ("adapter", "FILE", "", "how the functions of a library differ from the contract's calls"),
        ("expect", "FILE", "", "where the implementation is expected to hold, and the exceptions"),
        ("seed", "N", "", "a number, or `random`, which it is for what is kept apart; else 0"),
        ("examples", "N", "10", "batches of cases for each property and regime"),
        ("call-timeout", "SECONDS", "2", "CPU time that one call may take; 0: as long as it likes"),
        (
            "isolation",
            "TIER",
            "none",
            "how far a file, folder, notebook or command is kept apart, as for lydite grade",
        ),
        ("memory", "MB", "4096", "what a target in isolation may take; 0: as much as it likes"),
        ("allow", "NAME,...", "", "installed distributions that a target in isolation sees besides NumPy and SciPy"),
        ("entry", "FILE[:CLASS]", "", "the file of a folder that offers the calls, or a class whose methods are they"),
        ("json", "FILE", "", "where to write the report"),
        ("snapshot", "PATH", "", "a copy of the target that is graded in its place"),
    ):
        group.addoption(
            f"--lydite-{name}", metavar=metavar, default=default, help=f"{text} (default: {default or '-'})"
        )


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config, args: list[str]) -> None:
    """Leaves the `addopts` and the conftest.py files of the host project out of a run that collects nothing of it.

    They may stop it at the first failure, skip, deselect, or ask for options that grading has no use for.
    """
    known = early_config.known_args_namespace
    if known.impl is None or not all(map(own, known.file_or_dir)):
        return
    known.noconftest = True
    addopts = early_config.getini("addopts")
    if args[: len(addopts)] == addopts:  # pytest puts them before the rest, and in a worker of xdist leaves them out
        args[: len(addopts)] = _ours(addopts)


def _ours(words: Sequence[str]) -> Iterator[str]:
    """Yields the words that are options of ours, and the values that follow them."""
    for before, word in zip(["", *words], words, strict=False):
        if word.startswith(OPTIONS) or (before.startswith(OPTIONS) and "=" not in before):
            yield word


def pytest_configure(config: pytest.Config) -> None:
    """Starts grading where it is asked for; else imports nothing of the suite."""
    config.addinivalue_line("markers", "claim(id): a claim that this property tests")
    if config.getoption("--impl") is not None or config.rootpath == SUITE:
        from lydite.grading.session import REGISTERED, Grading  # the suite is imported only where it is used

        config.pluginmanager.register(Grading(config), REGISTERED)
