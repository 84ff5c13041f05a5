"""Finds and imports what was submitted: a file, a folder, a notebook."""

from __future__ import annotations

import stat
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

ENTRIES = ("__init__.py", "submission.py")
NOTEBOOK = ".ipynb"
SUBMISSION = "submission"
"""The folder in which a submission runs where it can write."""
LARGEST_FILE = 16 << 20


class Unloadable(Exception):
    """A target cannot be loaded; the text says why."""


def entry(path: Path) -> Path:
    """Returns the file to import: `path`, or of a folder `__init__.py`, `submission.py`, its only module or notebook.

    Raises Unloadable where there is none, or it is not a plain file of a size that a person writes.
    """
    if path.is_dir():
        path = _entry_of(path)
    try:
        found = path.stat()
    except OSError:
        raise Unloadable(f"there is no file {path.name}") from None
    if not stat.S_ISREG(found.st_mode):
        raise Unloadable(f"{path.name} is not a plain file")
    if found.st_size > LARGEST_FILE:
        raise Unloadable(f"{path.name} is larger than {LARGEST_FILE >> 20} MiB")
    return path


def _entry_of(folder: Path) -> Path:
    modules = sorted(folder.glob("*.py"))
    for name in ENTRIES:
        if folder / name in modules:
            return folder / name
    for found in (modules, sorted(folder.glob(f"*{NOTEBOOK}"))):
        if len(found) == 1:
            return found[0]
    told = f"neither {' nor '.join(ENTRIES)} nor exactly one module or notebook"
    raise Unloadable(f"folder {folder.name} holds {told}: say which file is meant (--entry FILE)")


def from_file(path: Path) -> ModuleType:
    """Imports `path` under its own name, or that of its folder for `__init__.py`."""
    name = path.parent.name if path.name == "__init__.py" else path.stem
    spec = spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise Unloadable(f"{path.name} is not a Python file")
    module = module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
