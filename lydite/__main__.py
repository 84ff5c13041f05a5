"""`python -m lydite`, and the command `lydite`: leaves the current folder, and enters the suite, before all else."""

import os
import sys

USAGE = 2
"""The exit status where a request cannot be satisfied."""
BARE = {"-h", "--help", "--version", "--details", "--scale", "--script", "claims --json"}
BARE |= {"--explore", "--quiet", "--watch", "--explain"}
"""The options that take no value, after the command where others have one of that name."""
WITHOUT = {"doctor", "suite"}
"""The commands that do not take the option `--suite`."""


def main() -> None:
    """Runs the command line."""
    leave_folder()
    enter_suite(sys.argv[1:])
    from lydite import suite  # noqa: PLC0415  (not before)

    try:
        with suite.loading():
            from lydite.commands.cli import main as run  # noqa: PLC0415  (imports the suite)
    except suite.NoSuite as error:
        explain(error)
    run()


def explain(error: Exception) -> None:
    """Exits with what is wrong with the suite that was named."""
    sys.stderr.write(f"Error: {error}\n")
    sys.exit(USAGE)


def enter_suite(words: list[str]) -> None:
    """Enters the suite that the command line names, if it names one: what reads the command line imports the suite."""
    from lydite import suite  # noqa: PLC0415  (as above)

    try:
        if name := requested(words):
            suite.enter(suite.find(name), name)
    except (suite.NoSuite, suite.SuiteShadowed) as error:
        explain(error)


def requested(words: list[str]) -> str:
    """Returns the suite that `words` name, by `--suite` or as the argument of `suite check`; empty where they do not.

    It has to be known before click reads them, since the commands import the suite. As for click, the value of another
    option is not an option itself: that may be the name of a submission.
    """
    from lydite.suite import OPTION  # noqa: PLC0415  (as above)

    plain: list[str] = []
    rest = iter(words)
    for word in rest:
        name, equals, value = word.partition("=")
        command = plain[0] if plain else ""
        if word == "--":
            plain += rest
        elif word == "-" or not word.startswith("-"):
            plain.append(word)
        elif name == OPTION and command not in WITHOUT:
            return value if equals else next(rest, "")
        elif not equals and not {name, f"{command} {name}"} & BARE:
            next(rest, "")
    return plain[2] if plain[:2] == ["suite", "check"] and len(plain) > 2 else ""


def leave_folder() -> None:
    """Takes off the path what Python puts first, the folder of the script or the current one, and the latter anywhere.

    `os` is imported at the start of every interpreter: no other module is, until this is done. Where the current folder
    is gone, it becomes another.
    """
    try:
        here = os.path.realpath(".")
    except FileNotFoundError:
        os.chdir("/")
        here = "/"
    if not sys.flags.safe_path:
        del sys.path[0]
    sys.path[:] = [path for path in sys.path if path and os.path.realpath(path) != here]


if __name__ == "__main__":
    main()
