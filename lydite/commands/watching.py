"""Grades again when what is graded is saved, until Ctrl-C."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import sleep
from typing import NoReturn

import click

from lydite.grading.edited import Edit, concerned, edit, merged
from lydite.grading.grade import Graded
from lydite.notation.escape import log
from lydite.notation.text import plain
from lydite.target.content import FILE, content, digest
from lydite.target.name import paths
from lydite.worker.loading import Unloadable

PAUSE = 0.5
"""Seconds between two looks at what is graded."""
Order = Callable[[], list[Graded]]
"""Makes ready what is graded of each target."""
Judge = Callable[[list[Graded]], None]
"""Grades all of them."""
FEW = 4
"""Functions of an edit that are named."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A target as it was found: a digest of all of it, and its text where it is one file of Python."""

    digest: str
    text: str = ""


class Watcher:
    """Grades targets, and again after each change: all of them, or the claims that a change may concern; shows all."""

    def __init__(
        self,
        targets: Sequence[str],
        order: Order,
        judge: Judge,
        show: Callable[[list[Graded]], object],
    ) -> None:
        self._targets, self._order, self._judge, self._show = targets, order, judge, show
        self._saved: dict[str, Saved] = {}
        self._graded: dict[str, Graded] = {}

    def run(self) -> NoReturn:
        """Looks and looks again; KeyboardInterrupt alone ends it."""
        while True:
            if self.look():
                _say(f"watching {', '.join(map(plain, self._targets))}: Ctrl-C ends it")
            sleep(PAUSE)

    def look(self) -> bool:
        """Grades what has changed since the last look, and shows all; returns whether anything has."""
        now = {target: saved(target) for target in self._targets}
        changed = {target for target, found in now.items() if found and found != self._saved.get(target)}
        if not changed:
            return False
        for one in self._order():
            found = now[one.target]
            if one.target in changed and found:
                self._graded[one.target] = self._again(one, found)
                self._saved[one.target] = found
        self._show(list(self._graded.values()))
        return True

    def _again(self, one: Graded, found: Saved) -> Graded:
        """Grades `one`, or what of it an edit may concern, and says which."""
        before = self._graded.get(one.target)
        if before is None:
            self._judge([one])
            return one
        edited = _edit(self._saved[one.target], found)
        only = None if edited.why else concerned(before, edited.functions)
        if only is None:
            _say(f"{plain(one.name)} has changed, and all is graded again{': ' * bool(edited.why)}{edited.why}")
            self._judge([one])
            return one
        _say(f"{plain(one.name)} has changed: {_told(edited, only, one)}")
        narrowed = replace(one, request=replace(one.request, only=only)) if only else before
        if only:
            self._judge([narrowed])
        return merged(narrowed, before, edited)


def _say(text: str) -> None:
    click.echo(log(text), err=True)


def saved(target: str) -> Saved | None:
    """Returns what is at `target` now; None where nothing is, as when an editor has not written all of it."""
    try:
        parts = [part for path in paths(target) for part in content(path)]
    except (OSError, Unloadable):
        return None
    single = len(parts) == 1 and parts[0].kind == FILE and Path(target).suffix == ".py"
    return Saved(digest(parts), parts[0].held.decode(errors="replace") if single else "")


def _edit(before: Saved, after: Saved) -> Edit:
    if not (before.text and after.text):
        return Edit(why="it is more than one file of Python")
    return edit(before.text, after.text)


def _told(edited: Edit, only: Sequence[str], one: Graded) -> str:
    """Returns what an edit concerns, in words."""
    names = sorted(edited.functions)
    if not only:
        return f"nothing that is graded calls {' or '.join(names[:FEW]) or 'what is new'}, and nothing is graded again"
    several = f"{', '.join(names[:FEW])}{' ...' * (len(names) > FEW)}"
    every = len(one.request.scope.claims)
    return f"{several}; of {every} claims, the {len(only)} that call it are graded again, the others are as before"
