"""Checks what a report shows of an implementation: that it is what happens, what is due, and plain to read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from warnings import catch_warnings

import numpy as np

from lydite.kit.truth import NoTruth, certified
from lydite.notation.counterexample import value
from lydite.notation.literal import came, typed
from lydite.report.model import Counterexample, Made
from lydite.verdict.counterexample import PURE

INTERNAL = re.compile(r"\b[A-Z][A-Za-z]+\([a-z_0-9]+=|regime=|roots=|object at 0x|<class|\bspec\.")
"""How the names of objects that only Lydite knows look in a text."""
FOLDER = re.compile(r"(?<![\w.])/(?:[\w.-]+/)+")
NAMES = {"np": np, **{name: getattr(np, name) for name in ("exp", "sin", "cos")}, "atan": np.arctan}
"""The names that a call may use where it is typed."""
FINE = 2.0**-30
"""The share of its size by which what is due may differ from a certified value that has no tolerance of its own."""


def slips(example: Counterexample, calls: Any) -> Iterator[str]:
    """Yields what is untrue or unclear in what is shown of `example`; the call that it shows is one of `calls`."""
    for name, text in example.rows():
        if name in {"where", "again"}:
            continue
        if found := INTERNAL.search(text):
            yield f"{name} says {found.group()}"
        if found := FOLDER.search(text):
            yield f"{name} names {found.group()}"
    if example.call is None:
        yield "no call is shown"
        return
    yield from _due(example.call)
    if example.says != PURE:  # of what is not pure, another call shows another answer
        yield from _again(example.call, calls)


def _again(made: Made, calls: Any) -> Iterator[str]:
    """Yields how the shown call, typed and made again, differs from what is shown of it."""
    text = made.typed
    whole = "of shape" not in text and "..." not in text
    try:
        given = [eval(text.removeprefix(made.name), dict(NAMES))] if whole else []
    except Exception as error:  # noqa: BLE001  (whatever a text makes of itself)
        yield f"{text} cannot be typed: {error}"
        return
    if not whole:
        return
    (arguments,) = given
    arguments = arguments if len(made.arguments) > 1 else (arguments,)
    with np.errstate(all="ignore"), catch_warnings(action="ignore"):
        try:
            answer = getattr(calls, made.name)(*arguments)
        except Exception as error:  # noqa: BLE001  (the code's own)
            if not made.did.startswith(f"raised {type(error).__name__}"):
                yield f"{text} raises {type(error).__name__}, not {made.came}"
            return
    if not made.did and typed(came(answer)) != typed(made.answer):
        yield f"{text} answers {typed(came(answer))}, not {made.came}"
    if made.did.startswith("raised "):
        yield f"{text} answers, and is said to have {made.did}"


def _due(made: Made) -> Iterator[str]:
    """Yields how what is said to be due differs from the certified value."""
    if made.due is None:
        return
    try:
        arguments, due = [value(datum) for datum in made.arguments.values()], value(made.due)
        true = certified(made.name, *arguments)
    except (NoTruth, ValueError, TypeError):  # nothing certified, or too long to be kept
        return
    pairs = zip(*((a if isinstance(a, tuple) else (a,)) for a in (due, true.value, true.error)), strict=True)
    for mine, theirs, error in pairs:
        if np.shape(mine) != np.shape(theirs):
            yield f"{made.typed}: what is due has shape {np.shape(mine)}"
        elif not (np.abs(np.subtract(mine, theirs)) <= error + FINE * np.abs(theirs)).all():
            yield f"{made.typed}: {typed(made.due)} is not what is due"
        elif ((np.asarray(theirs) == 0) & (np.asarray(mine) != 0)).any():
            yield f"{made.typed}: noise stands for 0 in {typed(made.due)}"
