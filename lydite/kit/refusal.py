"""Bad input: a call that must be refused, what says so, and how such calls are drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from lydite.kit.arrays import Array
from lydite.kit.case import Case
from lydite.kit.cases import Cases
from lydite.kit.failure import Excluded, Missing, raised_by
from lydite.kit.law import Raises
from lydite.kit.source import Source

Faults = Callable[[Source], Iterator[tuple[str, tuple[Any, ...]]]]
"""Yields what is wrong, in words, and the arguments."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Refusal(Case):
    """A call with invalid arguments; `fault` says in words what is wrong with them."""

    call: str
    arguments: tuple[Any, ...]
    fault: str


def is_refused(f: object, case: Refusal) -> Raises:
    """States that the call raises ValueError."""
    raised, _ = raised_or_answer(getattr(f, case.call), case.arguments)
    return Raises(ValueError.__name__, raised or "", case.fault)


def raised_or_answer(call: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[str | None, Any]:
    """Returns the name of what `call` raises, and its answer: None and the answer where it gives one.

    The name is empty where it neither raises nor answers with numbers. Raises Missing and Excluded.
    """
    try:
        return None, call(*arguments)
    except (Missing, Excluded):
        raise
    except Exception as error:  # noqa: BLE001  (whatever the implementation raises is looked at by name)
        return raised_by(error), None


def refusals(call: str, faults: Faults) -> Cases[Refusal]:
    """Returns the cases in which `call` must refuse its arguments: every fault as an edge, one of them a draw."""

    def edges(source: Source) -> Iterator[Refusal]:
        for fault, arguments in faults(source):
            yield Refusal(call=call, arguments=arguments, fault=fault, **source.common)

    return Cases(lambda source: source.choice(list(edges(source))), edges)


def blotted(a: Array, value: float) -> Array:
    """`a` with its last entry replaced, read-only."""
    changed = np.array(a)
    changed.flat[-1] = value
    changed.flags.writeable = False
    return changed
