"""Keeps inputs that broke a law, in a database of Hypothesis, so that the next run begins with them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypothesis.database import DirectoryBasedExampleDatabase

from lydite.kit.case import FLOAT32, FLOAT64, Case
from lydite.kit.law import Law
from lydite.kit.regime import Regime
from lydite.notation.counterexample import inputs
from lydite.verdict.counterexample import case_of

MOST = 16
"""Inputs that are kept of a law in a regime."""
UNITS = {"float64": FLOAT64, "float32": FLOAT32}
LARGEST = 1 << 20
"""Bytes of an input that is kept."""


class Corpus:
    """The inputs at which the target `name` was wrong in `precision`, in the database at `path`."""

    def __init__(self, path: Path, name: str, precision: str) -> None:
        self._database = DirectoryBasedExampleDatabase(path)
        self._name = name
        self._precision = precision

    def cases(self, law: Law, regime: Regime) -> list[Case]:
        """Returns the inputs at which `law` did not hold in `regime`, the shortest first."""
        return list(self._cases(law, regime))

    def keep(self, law: Law, regime: Regime, case: Case) -> None:
        """Keeps `case`, unless there are many already, or it is too large."""
        if case.u != UNITS[self._precision]:  # as in `layout` some are, which would be judged too strictly
            return
        key = self._key(law, regime)
        text = json.dumps(inputs(case), sort_keys=True).encode()
        if len(text) <= LARGEST and len(list(self._database.fetch(key))) < MOST:
            self._database.save(key, text)

    def _cases(self, law: Law, regime: Regime) -> Iterator[Case]:
        for text in sorted(self._database.fetch(self._key(law, regime)), key=lambda text: (len(text), text))[:MOST]:
            try:
                given: dict[str, Any] = json.loads(text)
                yield case_of(law, given, regime, self._precision)
            except (ValueError, TypeError, AttributeError, RecursionError):
                continue  # of another version, or not kept in full

    def _key(self, law: Law, regime: Regime) -> bytes:
        return f"{self._name}\n{law.name}\n{regime}\n{self._precision}".encode()
