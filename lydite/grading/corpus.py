"""Keeps inputs that broke a law in a folder, so that the next run begins with them."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from lydite.kit.case import FLOAT32, FLOAT64, Case
from lydite.kit.evidence import Tally
from lydite.kit.holds import holds
from lydite.kit.law import Law
from lydite.kit.reference import reference
from lydite.kit.regime import Regime
from lydite.notation.counterexample import inputs
from lydite.target.implementation import Implementation
from lydite.verdict.counterexample import case_of

MOST = 16
"""Inputs that are kept of a law in a regime, and files that are read."""
UNITS = {"float64": FLOAT64, "float32": FLOAT32}
LARGEST = 1 << 20
"""Bytes of an input that is kept or read."""
OPENED = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)


class Corpus:
    """The inputs at which the target `name` was wrong in `precision`, in the folder at `path`."""

    def __init__(self, path: Path, name: str, precision: str) -> None:
        self._path = path
        self._name = name
        self._precision = precision

    def cases(self, law: Law, regime: Regime) -> list[Case]:
        """Returns the inputs at which `law` did not hold in `regime`, the shortest first.

        Only those at which it does not fail for the reference: an older suite may have kept the others, and a corpus
        may come from anywhere.
        """
        return [case for case in self._cases(law, regime) if _is_met(law, case)]

    def keep(self, law: Law, regime: Regime, case: Case) -> None:
        """Keeps `case`, unless there are many already, it is too large, or every run begins with it."""
        if regime is Regime.INPUTS:  # of which every fault is an edge
            return
        if case.u != UNITS[self._precision]:  # as in `layout` some are, which would be judged too strictly
            return
        folder = self.folder(law, regime)
        text = json.dumps(inputs(case), sort_keys=True).encode()
        if len(text) <= LARGEST and len(list(_files(folder))) < MOST:
            with suppress(OSError):  # then it is found by another search
                folder.mkdir(parents=True, exist_ok=True)
                partial = folder / f".{os.getpid()}.partial"
                partial.write_bytes(text)
                partial.replace(folder / f"{sha256(text).hexdigest()[:16]}.json")

    def folder(self, law: Law, regime: Regime) -> Path:
        """Returns where the inputs of `law` in `regime` are kept."""
        key = f"{self._name}\n{law.name}\n{regime}\n{self._precision}"
        return self._path / sha256(key.encode()).hexdigest()[:16]

    def _cases(self, law: Law, regime: Regime) -> Iterator[Case]:
        if regime is Regime.INPUTS:
            return
        texts = filter(None, map(_text, _files(self.folder(law, regime))))
        for text in sorted(texts, key=lambda text: (len(text), text)):
            try:
                given: dict[str, Any] = json.loads(text)
                yield case_of(law, given, regime, self._precision)
            except (ValueError, TypeError, AttributeError, RecursionError):
                continue  # of another version, or not kept in full


def _files(folder: Path) -> Iterator[Path]:
    """Yields the files of inputs in `folder`, a bounded number of them."""
    try:
        with os.scandir(folder) as found:
            yield from (Path(one.path) for one in islice(found, MOST) if one.name.endswith(".json"))
    except OSError:
        return


def _text(path: Path) -> bytes:
    """Returns what a plain file holds that is not too large; of anything else, nothing."""
    try:
        file = os.open(path, OPENED)
    except OSError:
        return b""
    try:
        kept = os.fstat(file)
        return os.read(file, LARGEST) if stat.S_ISREG(kept.st_mode) and kept.st_size <= LARGEST else b""
    finally:
        os.close(file)


def _is_met(law: Law, case: Case) -> bool:
    """Returns whether the reference takes `case`, and `law` does not fail for it there."""
    try:
        with np.errstate(all="ignore"):
            holds(law, Implementation(reference), case, Tally())
    except Exception:  # noqa: BLE001  (whatever it is that does not fit, it says nothing of the code under test)
        return False
    return True
