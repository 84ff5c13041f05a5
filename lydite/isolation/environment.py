"""A virtual environment of nothing but what may be imported, for Landlock: it hides what files hold, not their names.

In the environment that Lydite itself runs in, a package that may not be read would be found all the same, and
`try: import it` would raise PermissionError instead of ImportError.
"""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import sysconfig
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path

from lydite.isolation.visible import python_paths

PREFIX = "lydite-environment-"
LOCK = "lock"
"""A file of each environment, locked for as long as the process lives that has made it, however that ends."""


@cache
def environment(*allow: str) -> Path:
    """Returns an environment of links to the packages of `python_paths`, for as long as this process lives."""
    folder = temporary(PREFIX)
    folder.chmod(0o755)
    python = Path(sys.executable).resolve()
    own = packages(folder)
    for one in (folder / "bin", own):
        one.mkdir(parents=True)
    folder.joinpath("bin", "python").symlink_to(python)
    folder.joinpath("pyvenv.cfg").write_text(f"home = {python.parent}\ninclude-system-site-packages = false\n", "utf-8")
    for path in python_paths(*allow):
        if path.parent.name.endswith("-packages"):
            own.joinpath(path.name).symlink_to(path)
    return folder


def packages(folder: Path) -> Path:
    """Returns the folder of the packages in the environment at `folder`."""
    return Path(sysconfig.get_path("purelib", "venv", {"base": str(folder)}))


def temporary(prefix: str) -> Path:
    """Makes a folder for as long as this process lives, and removes those of processes that were killed."""
    _sweep(prefix)
    folder = Path(tempfile.mkdtemp(prefix=prefix)).resolve()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    _lock(folder)
    return folder


def _lock(folder: Path) -> None:
    import fcntl  # noqa: PLC0415  (not there on every system on which this module is imported)

    unnamed = folder / "unnamed"
    held = os.open(unnamed, os.O_CREAT | os.O_RDWR, 0o600)  # and never closed
    fcntl.flock(held, fcntl.LOCK_EX)
    unnamed.rename(folder / LOCK)  # so that nobody finds it unlocked


def _sweep(prefix: str) -> None:
    """Removes what processes have left behind that were killed."""
    import fcntl  # noqa: PLC0415  (as above)

    for folder in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
        with suppress(OSError):
            if folder.lstat().st_uid != os.geteuid():
                continue
            lock = os.open(folder / LOCK, os.O_RDWR | os.O_NOFOLLOW)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder)
            finally:
                os.close(lock)
