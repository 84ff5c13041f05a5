"""Many samples at once, for the calls that take them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from properties.strategies.cases import Cases
from properties.strategies.gaussian_dropout import units
from properties.strategies.network import samples
from properties.strategies.softmax_cross_entropy import Labels, logits_of, one_hot, summing_to_one
from properties.strategies.source import Source
from spec.definitions.batches import Stack
from spec.definitions.gaussian_dropout import Unit
from spec.definitions.network import Sample
from spec.definitions.softmax_cross_entropy import Logits
from spec.regime import Regime

MANY = 100_000
"""Samples, for the accuracy of a reduction."""
MOST = 6
"""Samples otherwise."""

Start = Callable[[Source, Labels], Any]
Next = Callable[[Source, Labels, Any], Any]
"""How the first sample is drawn, and another one that shares its sizes and parameters."""


def _logits(source: Source, labels: Labels) -> Logits:
    return logits_of(source, source.size(), labels)


def _other_logits(source: Source, labels: Labels, first: Logits) -> Logits:
    return logits_of(source, first.z.size, labels)


def _core(source: Source) -> Source:
    """Networks and units of the core in every regime: stability is a matter of logits here."""
    return source if source.regime is Regime.CORE else replace(source, regime=Regime.CORE)


def _sample(source: Source, labels: Labels) -> Sample:
    first = samples.draw(_core(source))
    return replace(first, y=source.labels(labels(source, first.y.size)))


def _other_sample(source: Source, labels: Labels, first: Sample) -> Sample:
    x = source.rng.permutation(first.x) * source.choice((1.0, -1.0, 0.5))
    mask, y = source.rng.permutation(first.mask), labels(source, first.y.size)
    return replace(first, x=source.array(x), mask=source.array(mask), y=source.labels(y))


def _unit(source: Source, _: Labels) -> Unit:
    return units.draw(_core(source))


def _other_unit(source: Source, _: Labels, first: Unit) -> Unit:
    x, delta = source.rng.permutation(first.x), source.rng.permutation(first.delta)
    target = source.choice((first.target, source.number(), 0.0))
    return replace(first, x=source.array(x * source.choice((1.0, -1.0))), delta=source.array(delta), target=target)


def _rows(source: Source, how: tuple[Start, Next], count: int) -> tuple[Any, ...]:
    """`count` samples in any order; most batches are one-hot throughout, as libraries that take classes ask it."""
    start, other = how
    labels = one_hot if source.happens(0.75) else summing_to_one
    first = start(source, labels)
    rows = [first, *(other(source, labels, first) for _ in range(count - 1))]
    return tuple(rows[i] for i in source.rng.permutation(count))


def _few_rows(*how: Any) -> Cases[Stack]:
    def stack(source: Source, count: int) -> Stack:
        return Stack(rows=_rows(source, how, count), **source.common)

    return Cases(
        lambda source: stack(source, int(source.rng.integers(2, MOST + 1))),
        lambda source: [stack(source, count) for count in (1, 2, 3)],
    )


def _many_rows(*how: Any) -> Cases[Stack]:
    def draw(source: Source) -> Stack:
        rows = _rows(source, how, int(source.rng.integers(1, MOST + 1)))
        return Stack(rows=rows, repeated=MANY // len(rows), **source.common)

    return Cases(draw, lambda source: [draw(source)], most=1)


_KINDS: dict[str, tuple[Start, Next]] = {
    "softmax": (_logits, _other_logits),
    "cross_entropy": (_logits, _other_logits),
    "network": (_sample, _other_sample),
    "gaussian_dropout": (_unit, _other_unit),
}
"""By the first words of a call."""


def stacks(call: str) -> Cases[Stack]:
    """A few samples for `call`, one after the other."""
    return _STACKS[_kind(call)]


def many(call: str) -> Cases[Stack]:
    """A hundred thousand samples for `call`, a few of them over and over."""
    return _MANY[_kind(call)]


def _kind(call: str) -> str:
    return next(kind for kind in _KINDS if call.startswith(kind))


_STACKS = {kind: _few_rows(*how) for kind, how in _KINDS.items()}
_MANY = {kind: _many_rows(*how) for kind, how in _KINDS.items()}
