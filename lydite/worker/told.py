"""Collects what is to be said of a submission besides its calls, for people to read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

MOST = 40
"""Notes that are kept."""
LONGEST = 300


@dataclass
class Told:
    """Says in `notes` what was skipped and why; `absent` are the modules that could not be found.

    `harmless` are the notes on what is not missed.
    """

    notes: list[str] = field(default_factory=list)
    harmless: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)

    def note(self, text: str, *, harmless: bool = False) -> None:
        """Adds a note, once; the last that is kept says that there are more."""
        text = text[:LONGEST]
        if text not in self.notes and len(self.notes) < MOST:
            kept = len(self.notes) < MOST - 1
            self.notes.append(text if kept else "more was skipped than is listed here")
            if kept and harmless:
                self.harmless.append(text)

    def failed(self, error: BaseException) -> None:
        """Adds the module that was not found, if that is what `error` says."""
        if type(error) is EOFError:
            self.note("it calls input(), and nobody answers: put that below if __name__ == '__main__'")
        name = error.name if type(error) is ModuleNotFoundError else None
        if type(name) is str and len(self.absent) < MOST:
            self.absent.append(name.partition(".")[0][:LONGEST])

    def message(self) -> dict[str, Any]:
        """Returns it as part of a message."""
        said = {"notes": self.notes, "harmless": self.harmless, "absent": self.absent}
        return {key: value for key, value in said.items() if value}
