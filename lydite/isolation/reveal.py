"""Lists what root must show to the powerless user that it becomes: paths that are closed to others."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from stat import S_IROTH, S_IXOTH, S_IXUSR

OPEN_FOLDER = S_IROTH | S_IXOTH


def plan(shown: Iterable[Path], given: Iterable[Path]) -> dict[str, list[str]]:
    """Returns the launcher's plan; empty where all can be read already. Raises ValueError where it cannot be shown.

    Of `given`, what was submitted, every file is looked at and, where needed, the whole is copied; of `shown`, what is
    installed, only the way to it.
    """
    copied = [path for path in given if not _is_open(path)]
    for path in copied:
        if path.is_symlink():
            raise ValueError(f"{path} is a link to what others cannot read")
    bound = [path for path in [*shown, *given] if path not in copied and _closed(path)]
    covered = {folder for path in bound if (folder := _closed(path))}
    covered |= {_closed(path) or path.parent for path in copied}
    if Path("/") in covered:
        raise ValueError("files directly below / must be readable by everybody")
    if not covered:
        return {}
    topmost = {folder for folder in covered if not covered & set(folder.parents)}
    # Whatever lies in a folder that is covered must appear again, even where only its neighbour was closed.
    bound = [path for path in [*shown, *given] if path not in copied and topmost & set(path.parents)]
    return {
        "covered": sorted(map(str, topmost)),
        "bound": [str(path) for path in dict.fromkeys(bound)],
        "copied": [str(path) for path in dict.fromkeys(copied)],
    }


def _closed(path: Path) -> Path | None:
    """Returns the topmost folder on the way to `path` that others cannot enter."""
    return next((folder for folder in reversed(path.parents) if not folder.stat().st_mode & S_IXOTH), None)


def _is_open(path: Path) -> bool:
    """Returns whether others can read `path` and all that it holds."""
    if not path.is_dir():
        return _is_readable(path)
    folders = [(Path(folder), files) for folder, _, files in os.walk(path)]
    files = [folder / name for folder, names in folders for name in names]
    return all(folder.stat().st_mode & OPEN_FOLDER == OPEN_FOLDER for folder, _ in folders) and all(
        _is_readable(file) for file in files if not file.is_symlink()
    )


def _is_readable(file: Path) -> bool:
    mode = file.stat().st_mode
    return bool(mode & S_IROTH) and bool(mode & S_IXOTH or not mode & S_IXUSR)
