"""Reads names: which function may be which call, and which names are near one that was not found."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from lydite.kit.calls import CALLS
from lydite.kit.question import NAMES

KINDS = {
    "hessian": r"hess",
    "jacobian": r"jac",
    "step": r"step|descen|update",
    "gradient": r"grad|back|deriv|prime|slope|diff|vjp",
    "loss": r"loss|cost|nll|xent|entropy|bce|likelihood|penalty|objective|^ce(_|$)",
}
"""Kinds of values that the name of a function may state; nothing, of a prediction, an activation, a mask or a root."""

PLACES = NAMES.conventions | NAMES.arguments
"""How the places of arguments are called: those that a convention makes of several of ours, and ours as they are."""

ALIKE = 0.8
"""How much of two names has to match for one to be a misspelling of the other."""
MOST = 3
"""How many near names are shown."""
MOST_KNOWN = 1024
"""Names of which it is remembered how they read: each is compared with every call."""


def near(name: str, names: Iterable[str]) -> list[str]:
    """Returns those of `names` that may be meant by `name`, the nearest first, three at most.

    They are spelled alike, whatever their capitals and underscores. For a call of the contract they may also be a
    function that tells by its name that it computes the same, and are never another call.
    """
    found = set(names)
    if name in CALLS:
        found = {n for n in found - set(CALLS) if alike(n, name) or may_be(n, name)}
    else:
        found = {n for n in found if alike(n, name)}
    return sorted(found, key=lambda n: (-likeness(n, name), n))[:MOST]


def meant(name: str, names: Iterable[str]) -> str:
    """Returns the end of a sentence that `name` was not found: `; is softmax or soft_max meant?`, or nothing."""
    return question(near(name, names))


def question(found: Sequence[str]) -> str:
    """Returns such an end for the names `found`."""
    return f"; is {' or '.join(found)} meant?" if found else ""


def may_be(name: str, call: str) -> bool:
    """Returns whether a function called `name` may be `call`."""
    begins = next((words for words in NAMES.calls if call.startswith(words)), call)
    of = kind(name)
    fits = of == kind(call) or (not of and kind(call) == "loss")
    return name == call or (fits and bool(re.search(NAMES.calls.get(begins, begins), snake(name))))


def is_argument(name: str, argument: str) -> bool:
    """Returns whether a place called `name` may be for our `argument`."""
    return name == argument or bool(re.search(PLACES.get(argument, "(?!)"), name.lower()))


def alike(name: str, other: str) -> bool:
    """Returns whether one of two names may be a misspelling of the other; most differ in their letters."""
    matcher = _matcher(name, other)
    return all(bound() >= ALIKE for bound in (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio))


def likeness(name: str, other: str) -> float:
    """Returns how much of two names matches, from 0 to 1, whatever their capitals and underscores."""
    return _matcher(name, other).ratio()


@lru_cache(MOST_KNOWN)
def kind(name: str) -> str:
    """Returns what a function called `name` gives, empty if its name does not say so."""
    return next((kind for kind, pattern in KINDS.items() if re.search(pattern, snake(name))), "")


def snake(name: str) -> str:
    """Returns `name` in lower case with its words set apart: `logisticPredict` as `logistic_predict`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _matcher(name: str, other: str) -> SequenceMatcher[str]:
    return SequenceMatcher(a=_bare(name), b=_bare(other))


@lru_cache(MOST_KNOWN)
def _bare(name: str) -> str:
    return snake(name).replace("_", "")
