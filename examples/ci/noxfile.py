"""Holds the library to the laws: `nox -s laws`."""

import nox


@nox.session
def laws(session: nox.Session) -> None:
    """Grades the library that is installed, or what is named behind `--`."""
    session.install(".", "lydite")
    session.run("lydite", "grade", "--quiet", *(session.posargs or ["mylib.losses"]))
