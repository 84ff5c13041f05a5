"""Bad input for one call."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from properties.strategies.cases import Cases
from properties.strategies.source import Source
from spec.arrays import Array
from spec.refusal import Refusal

Faults = Callable[[Source], Iterator[tuple[str, tuple[Any, ...]]]]
"""Yields what is wrong, in words, and the arguments."""


def refusals(call: str, faults: Faults) -> Cases[Refusal]:
    """The cases in which `call` must refuse its arguments: every fault as an edge, one of them a draw."""

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
