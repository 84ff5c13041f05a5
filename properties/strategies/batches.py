"""Many samples at once, for the calls that take them."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

from lydite.kit import Cases, Source
from lydite.kit.calls import CALLS
from properties.strategies.softmax_cross_entropy import one_hot, summing_to_one
from spec.definitions.batches import Stack

MANY = 100_000
"""Samples, for the accuracy of a reduction."""
MOST = 6
"""Samples otherwise."""


def stacks(call: str) -> Cases[Stack]:
    """A few samples for `call`, one after the other."""
    return _few_rows(CALLS[call].topic)


def many(call: str) -> Cases[Stack]:
    """A hundred thousand samples for `call`, a few of them over and over."""
    return _many_rows(CALLS[call].topic)


@cache
def _few_rows(topic: str) -> Cases[Stack]:
    def stack(source: Source, count: int) -> Stack:
        return Stack(rows=_rows(source, topic, count), **source.common)

    return Cases(
        lambda source: stack(source, int(source.rng.integers(2, MOST + 1))),
        lambda source: [stack(source, count) for count in (1, 2, 3)],
    )


@cache
def _many_rows(topic: str) -> Cases[Stack]:
    def draw(source: Source) -> Stack:
        rows = _rows(source, topic, int(source.rng.integers(1, MOST + 1)))
        return Stack(rows=rows, repeated=MANY // len(rows), **source.common)

    return Cases(draw, lambda source: [draw(source)], most=1)


def _rows(source: Source, topic: str, count: int) -> tuple[Any, ...]:
    """`count` samples in any order, as the strategies of `topic` draw the first, and others of the same sizes.

    Most batches are one-hot throughout, as libraries that take classes ask it.
    """
    strategies = import_module(f"properties.strategies.{topic}")
    labels = one_hot if source.happens(0.75) else summing_to_one
    first = strategies.one_of_many(source, labels)
    rows = [first, *(strategies.another(source, labels, first) for _ in range(count - 1))]
    return tuple(rows[i] for i in source.rng.permutation(count))
