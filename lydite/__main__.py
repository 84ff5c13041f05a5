"""`python -m lydite`, and the command `lydite`: leaves the current folder before anything is imported."""

import os
import sys


def main() -> None:
    """Runs the command line."""
    leave_folder()
    from lydite.commands.cli import main as run  # noqa: PLC0415  (not before)

    run()


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
