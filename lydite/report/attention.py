"""Finds what needs a person: a submission that was not judged as it was meant, and why."""

from __future__ import annotations

from collections.abc import Iterator

from lydite.report.model import Document, trouble
from lydite.target.program import FATAL
from lydite.verdict.hints import JUDGED_ON_COPIES
from lydite.worker.notebook import NOT_PYTHON, REST_IS_RUN

HARMLESS = (NOT_PYTHON, REST_IS_RUN, JUDGED_ON_COPIES)
"""What notes say that cost nothing."""


def attention(implementation: Document) -> list[str]:
    """Returns why a person should look at `implementation`; nothing where all of its core holds."""
    why = trouble(implementation)
    if not why and all(c["outcome"] == "holds" for c in implementation["claims"] if c["regime"] == "core"):
        return []
    notes = [note for note in implementation.get("notes", ()) if not any(words in note for words in HARMLESS)]
    return list(dict.fromkeys([*([why] if why else []), *notes, *_fatal(implementation)]))


def _fatal(implementation: Document) -> Iterator[str]:
    """Yields how calls did not come to answer, once for each."""
    told: set[str] = set()
    for claim in implementation["claims"]:
        call = claim.get("fault", "")
        if claim["outcome"] == "error" and call not in told and any(f": {kind}: " in claim["reason"] for kind in FATAL):
            told.add(call)
            yield claim["reason"]
