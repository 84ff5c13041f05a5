"""Finds where a file lies in the repository, as code review and code scanning name it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path, PurePath

CHECKOUTS = ("GITHUB_WORKSPACE", "CI_PROJECT_DIR")
"""Variables by which a platform says where the repository is, which may lack `.git` there."""
SOURCES = ("", "src")
"""Folders of a repository that packages lie in, by custom."""


def root() -> Path:
    """Returns the folder of the repository that the current folder belongs to; itself, where it belongs to none."""
    here = Path.cwd().resolve()
    stated = [Path(os.environ[name]).resolve() for name in CHECKOUTS if os.environ.get(name)]
    return next((one for one in (here, *here.parents) if (one / ".git").exists() or one in stated), here)


def located(candidates: Iterable[PurePath]) -> str:
    """Returns the first of `candidates` that is a file of the repository, relative to its root; empty if none is."""
    whole = root()
    for path in candidates:
        found = Path(path).resolve()
        if found.is_file() and found.is_relative_to(whole):
            return found.relative_to(whole).as_posix()
    return ""


def packages(first: str) -> Iterator[Path]:
    """Yields folders that may hold `first`, a package or a module's file: where it is installed, then by custom.

    Nothing is imported: only where a name without dots would be imported from is looked up.
    """
    name = first.removesuffix(".py")
    spec = find_spec(name) if name.isidentifier() and name != "__main__" else None
    for place in (spec.submodule_search_locations or [spec.origin or ""]) if spec else []:
        yield Path(place).parent
    yield from (Path(folder) for folder in SOURCES)
