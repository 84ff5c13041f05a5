"""Virtual environments that hold Lydite and one release of a library.

Three layers, so that little is downloaded twice: Lydite with what it needs, the library's companions, the library. A
layer sees those below it and hides what they hold in another version.
"""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / "build" / "time-machine"
LYDITE = HOME / "lydite"
PIP = ("-m", "pip", "--disable-pip-version-check")
INSTALL = ("install", "--quiet", "--no-warn-conflicts")
PATIENCE = ("--timeout", "600", "--call-timeout", "60", "--memory", "0")
"""The first call of a library that compiles may take long, and its memory is not ours to limit."""
HOW: dict[str, Any] = {"cwd": HOME, "env": os.environ | {"OMP_NUM_THREADS": "1"}, "text": True}
"""How processes are run: where no checkout lies, so that what is imported is what was installed."""


def lydite() -> Path:
    """The lowest layer: the checkout, installed as a user would."""
    if not LYDITE.exists():
        venv.create(LYDITE, with_pip=True)
    run(LYDITE, *PIP, *INSTALL, str(ROOT))
    run(LYDITE, *PIP, *INSTALL, "--force-reinstall", "--no-deps", str(ROOT))
    return LYDITE


def environment(library: str, companions: Sequence[str]) -> Path:
    """An environment with the pinned `library` itself, and with `companions` and whatever those depend on.

    What the library says that it depends on is not installed: old releases name packages that no longer exist. What it
    takes to build one that has no wheel is a companion.
    """
    below = [LYDITE]
    if companions:
        below.insert(0, _layer(" ".join(companions), [LYDITE], companions))
    return _layer(" ".join((library, *companions)), below, ("--no-deps", "--no-build-isolation", library))


def _layer(name: str, below: Sequence[Path], wanted: Sequence[str]) -> Path:
    """The environment called `name` above those `below`; one that could not be finished is made anew."""
    folder = HOME / name.replace("/", "_")
    done = folder / "done"
    if not done.exists():
        venv.create(folder, clear=True)
        lines = "".join(f"{packages(layer)}\n" for layer in below)
        (packages(folder) / "below.pth").write_text(lines, encoding="utf-8")
        run(LYDITE, *PIP, "--python", str(python(folder)), *INSTALL, *wanted)
        done.touch()
    return folder


def packages(folder: Path) -> Path:
    """Where the packages of an environment lie."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return folder / "lib" / version / "site-packages"


def python(folder: Path) -> Path:
    """The interpreter of an environment."""
    return folder / "bin" / "python"


def run(folder: Path, *arguments: str) -> str:
    """Returns what the environment's Python prints. Raises CalledProcessError where it fails; complaints are seen."""
    done = subprocess.run(_command(folder, arguments), check=True, stdout=subprocess.PIPE, **HOW)
    return str(done.stdout)


def grade(folder: Path, target: Path, fault: Mapping[str, Any], report: Path) -> subprocess.CompletedProcess[str]:
    """Grades the target in the environment, and leaves the report."""
    scope = ("--only", ",".join(fault["only"]), "--regimes", ",".join(fault["regimes"]))
    drawn = ("--precision", fault.get("precision", "float64"), "--examples", str(fault.get("examples", 10)))
    how = (*drawn, "--seed", "0", "--jobs", "1", *PATIENCE)
    command = _command(folder, ("-P", "-m", "lydite", "grade", str(target), *scope, *how, "--json", str(report)))
    return subprocess.run(command, check=False, capture_output=True, **HOW)


def _command(folder: Path, arguments: Sequence[str]) -> list[str]:
    return [str(python(folder)), *arguments]
