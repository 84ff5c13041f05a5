"""Says what a target is (a command, a path, submitted code), what it is called, and what it is from any folder."""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Sequence
from pathlib import Path

from lydite.target.unpack import ARCHIVE
from lydite.worker.loading import NOTEBOOK

COMMAND = "exec:"
"""How a target begins that is a program in any language."""
ADAPTED = ".toml"
"""How the name of a target ends that is an adapter."""


def is_program(target: str) -> bool:
    """Returns whether `target` is a command to start."""
    return target.startswith(COMMAND)


def is_path(target: str) -> bool:
    """Returns whether `target` names a file or folder rather than a module."""
    return (
        target.endswith((".py", NOTEBOOK, ADAPTED, ARCHIVE))
        or "/" in target
        or "\\" in target
        or (os.path.lexists(target) and target != "reference")  # `alice.pyw`, and what has no ending at all
    )


def is_submitted(target: str) -> bool:
    """Returns whether `target` was submitted: a file, folder, notebook or command, and nothing that is installed."""
    return is_program(target) or (is_path(target) and not target.endswith(ADAPTED))


def paths(target: str) -> list[Path]:
    """Returns the files and folders that `target`, code of somebody's, names: those among the words of a command."""
    if not is_program(target):
        return [Path(target)]
    try:
        words = shlex.split(target.removeprefix(COMMAND))
    except ValueError:
        return []  # which is refused where it is started
    return [Path(word) for word in words if os.path.lexists(word)]


def absolute(target: str) -> str:
    """Returns `target` as it can be graded from any folder."""
    if is_program(target):
        return _absolute_command(target)
    return str(Path(target).absolute()) if is_path(target) else target


def _absolute_command(target: str) -> str:
    """Returns the command `target` with its program and files by absolute paths."""
    try:
        first, *rest = shlex.split(target.removeprefix(COMMAND))
    except ValueError:
        return target  # which is refused where it is started
    found = shutil.which(first)
    words = [str(Path(word).absolute()) if os.path.exists(word) else word for word in rest]  # noqa: PTH110  (any word)
    return COMMAND + shlex.join([str(Path(found).absolute()) if found else first, *words])


def names(targets: Sequence[str]) -> list[str]:
    """Names each target: by its last part if that is unique. Raises ValueError where one is given twice."""
    twice = {t for t in targets if targets.count(t) > 1}
    if twice:
        raise ValueError(f"{min(twice)} is given twice")
    short = [_short(target) for target in targets]
    return [s if short.count(s) == 1 else t for s, t in zip(short, targets, strict=True)]


def _short(target: str) -> str:
    if is_program(target):
        return target.removeprefix(COMMAND)
    return Path(target).name or target if is_path(target) else target


def named(target: str) -> str:
    """Returns `target` as it is shown: without the folders that its files lie in, which are nobody else's business."""
    if not is_program(target):
        return Path(target).name
    try:
        words = shlex.split(target.removeprefix(COMMAND))
    except ValueError:
        return target
    return COMMAND + shlex.join(Path(word).name if Path(word).is_absolute() else word for word in words)
