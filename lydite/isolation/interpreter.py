"""Says how an interpreter of ours is started: what it sees of the environment, and that it imports what is installed.

The working directory, the folder of a target and whatever else the code under test can write to is on no path of ours.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.machinery import PathFinder
from pathlib import Path

KERNELS = ("OPENBLAS_CORETYPE", "NPY_DISABLE_CPU_FEATURES")
"""Variables by which a machine chooses the kernels of its linear algebra, and with them the last bits of an answer."""
KEPT = (
    *("PATH", "PYTHONPATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"),
    *KERNELS,
)
"""Variables that the judge of a submission sees: those needed to find packages and libraries, and `KERNELS`."""
PACKAGES = ("PYTHONPATH", "PYTHONHOME", "PYTHONUSERBASE", "PYTHONNOUSERSITE", "PYTHONPLATLIBDIR")
"""Python's own variables that say where packages are; the others change how Python, and so the judge, works."""
HARNESS = ("PYTHON", "PYTEST_", "HYPOTHESIS_", "EXECNET_")
"""How variables begin that steer what judges, and not what is judged."""
THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)
SETTINGS = {
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONSAFEPATH": "1",  # for the workers of xdist too, which are started as `python -c`
    **dict.fromkeys(THREADS, "1"),
}
"""Variables of every process that judges, whatever the caller's environment says."""

FOUND = "import sys; from importlib.util import find_spec; sys.exit(not find_spec(sys.argv[1]))"


class NotInstalled(ValueError):
    """A module is found in the current folder and nowhere else, as a submission is."""


def environment(*, submitted: bool) -> dict[str, str]:
    """Returns the environment of a process that judges what is `submitted`, or else what is trusted.

    The latter sees the caller's environment, for a library may be configured by it.
    """
    kept = {name: value for name, value in os.environ.items() if name in KEPT}
    if not submitted:
        others = {name: value for name, value in os.environ.items() if not name.startswith(HARNESS)}
        kept |= others | {name: os.environ[name] for name in PACKAGES if name in os.environ}
    searched = ("PATH", "PYTHONPATH") if submitted else ("PYTHONPATH",)
    return kept | {name: elsewhere(kept[name], below=not submitted) for name in searched if name in kept} | SETTINGS


def elsewhere(paths: str, *, below: bool = False) -> str:
    """Returns the folders of `paths`, a variable such as PATH, without the current one, which an empty entry means too.

    Those `below` it are left out as well unless they are allowed, or this very interpreter is one of them: then the
    current folder is / perhaps, or a project with an environment of its own.
    """
    here = Path.cwd().resolve()
    below = below or Path(sys.prefix).resolve().is_relative_to(here)
    folders = [Path(path).resolve() for path in paths.split(os.pathsep) if path]
    kept = [folder for folder in folders if folder != here and (below or not folder.is_relative_to(here))]
    return os.pathsep.join(map(str, kept))


@contextmanager
def safe_path() -> Iterator[None]:
    """Starts the interpreters that the body starts without the current folder on their path."""
    before = os.environ.get("PYTHONSAFEPATH")
    os.environ["PYTHONSAFEPATH"] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ["PYTHONSAFEPATH"]
        else:
            os.environ["PYTHONSAFEPATH"] = before


def check_installed(module: str, *beside: Path) -> None:
    """Raises NotInstalled where `module` can be imported from the current folder alone, and not from those `beside`.

    Such a module is as likely a submission whose name was given without its ending, and is not to run unconfined.
    """
    top = module.partition(".")[0]
    if any(PathFinder.find_spec(top, [str(folder)]) for folder in beside):
        return
    if PathFinder.find_spec(top, [str(Path.cwd())]) is None or _is_found(top):
        return
    path = Path(*module.split("."))
    named = path.with_name(f"{path.name}.py") if not path.is_dir() else path
    raise NotInstalled(
        f"the module {module} is not installed: it is only found in the current folder, as a submission is. "
        f"To grade it in isolation, name its path: lydite grade {named}; "
        f"to run it unconfined, if it is your own: lydite grade {module} --isolation none"
    )


def _is_found(top: str) -> bool:
    """Returns whether a process that judges can import the module `top`."""
    with tempfile.TemporaryDirectory(prefix="lydite-") as empty:
        command = [sys.executable, "-P", "-c", FOUND, top]
        done = subprocess.run(command, cwd=empty, env=environment(submitted=False), capture_output=True, check=False)
    return done.returncode == 0
