"""Says first what a person has to know of a submission: what was skipped, what is absent, what may be meant."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

from lydite.adapters.naming import alike, meant


@dataclass(slots=True)
class Said:
    """The notes of a submission on itself: `notes` for people, its `names`, and modules that were `absent`.

    `harmless` are those of the notes that cost it nothing.
    """

    notes: list[str] = field(default_factory=list)
    harmless: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)

    def take(self, event: dict[str, Any]) -> None:
        """Takes in an event, each text once: processes that grade together say the same."""
        for key in ("notes", "harmless", "names", "absent"):
            kept = getattr(self, key)
            kept.extend(dict.fromkeys(text for text in event.get(key, ()) if text not in kept))


def hints(said: Said, missing: Collection[str], target: str, *, alone: bool) -> list[str]:
    """Returns the notes that come first in the report.

    `missing` are the calls in scope that are not offered, where anything was loaded; `alone`, whether what lies beside
    `target` is its author's too, and not somebody else's submission.
    """
    functions = [name for name in said.names if "." not in name]
    methods = [name for name in said.names if "." in name]
    return [
        *said.notes,
        *(hint for name in said.absent if (hint := _absent(name, target, alone=alone))),
        *(f"{call} is not offered{told}" for call in missing if (told := meant(call, functions))),
        *_methods(missing, methods),
    ]


def writing(every: Iterable[Mapping[str, Collection[str]]]) -> Iterator[str]:
    """Yields, for each call that writes into its inputs, into which: `every` has them call by call."""
    inputs: dict[str, set[str]] = {}
    for wrote in every:
        for call, names in wrote.items():
            inputs.setdefault(call, set()).update(names)
    for call in sorted(inputs):
        names = ", ".join(sorted(inputs[call])) or "its inputs"
        yield f"{call} writes into {names}, which purity forbids; its values are judged on copies"


def _absent(name: str, target: str, *, alone: bool) -> str:
    """Returns what can be done for a module that was not found, if anything can."""
    if not name.isidentifier() or name == "lydite":  # whatever a submission has put there
        return ""
    path = Path(target).absolute()
    if alone and path.is_file() and (path.parent / f"{name}.py").is_file():
        return f"{name}.py is beside it: submit the folder"
    distributions = packages_distributions().get(name, [])
    return f"{name} is installed here and not shown: --allow {distributions[0]}" if distributions else ""


def _methods(missing: Collection[str], methods: Sequence[str]) -> Iterator[str]:
    """Yields the methods that may be meant by what is missing, by class."""
    classes: dict[str, list[str]] = {}
    for method in methods:
        kind, _, name = method.partition(".")
        if any(alike(name, call) for call in missing):
            classes.setdefault(kind, []).append(name)
    for kind, names in classes.items():
        yield (
            f"{', '.join(names[:3])}{' ...' * (len(names) > 3)} of {kind}: calls have to be functions of the module, "
            f"or those of a class (--entry :{kind})"
        )
