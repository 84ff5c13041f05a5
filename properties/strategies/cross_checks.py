"""Inputs for the laws across questions."""

from __future__ import annotations

from collections.abc import Iterator

from properties.strategies.cases import Cases
from properties.strategies.gaussian_dropout import FEW, few_inputs
from properties.strategies.source import Source
from spec.definitions.cross_checks import DroppedUnit

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
