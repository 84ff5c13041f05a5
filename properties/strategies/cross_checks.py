"""Inputs for the laws across questions."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lydite.kit import Cases, Regime, Source
from properties.strategies.gaussian_dropout import FEW, few_inputs
from spec.definitions.cross_checks import DroppedUnit, TwoClasses

# -- Two classes --

GAPS = {Regime.CORE: (), Regime.STABILITY: (30.0, 710.0, 1e4)}


def _two_classes(source: Source, z: object, y: float) -> TwoClasses:
    return TwoClasses(z=source.array(z), y=source.scalar(y), **source.common)


def _draw_two_classes(source: Source) -> TwoClasses:
    # Multiples of 1/64, so that the difference is exact and both sides see the same margin.
    spread = source.choice((1.0, *GAPS[source.regime]))
    z = np.clip(np.round(64 * source.numbers(2, scale=spread)) / 64, -1e4, 1e4)
    if source.regime is Regime.CORE:
        z = np.clip(z, -7, 7)
    return _two_classes(source, z, source.choice((0.0, 1.0, 0.5, 0.25)))


def _edges_of_two_classes(source: Source) -> Iterator[TwoClasses]:
    """A tie under each label; in stability each gap with the true class up and down."""
    for y in (0.0, 1.0, 0.5):
        yield _two_classes(source, [0.0, 0.0], y)
    for gap in GAPS[source.regime]:
        for y in (0.0, 1.0):
            yield _two_classes(source, [gap, 0.0], y)


two_classes = Cases(_draw_two_classes, _edges_of_two_classes)
"""Two logits and a label."""

# -- Dropout --


def _draw_dropped_unit(source: Source) -> DroppedUnit:
    unit = few_inputs.draw(source)
    return DroppedUnit(w=unit.w, x=unit.x, target=unit.target, sigma=unit.sigma, **source.common)


def _dropped_edges(source: Source) -> Iterator[DroppedUnit]:
    """One input, dropped one time in five; nothing dropped; every second input dropped."""
    one = source.array([1.0])
    yield DroppedUnit(w=one, x=one, target=0.0, sigma=0.5, **source.common)
    yield DroppedUnit(w=one, x=one, target=1.0, sigma=0.0, **source.common)
    w, x = source.array([2.0, -1.0, 3.0]), source.array([3.0, 0.5, -2.0])
    yield DroppedUnit(w=w, x=x, target=5.0, sigma=1.0, **source.common)


dropped_units = Cases(_draw_dropped_unit, _dropped_edges, largest=FEW)
"""Linear units of at most 6 inputs, so that all masks can be tried."""
