"""The named regions of inputs in which a claim has an outcome."""

from __future__ import annotations

from enum import StrEnum


class Regime(StrEnum):
    """A region of inputs, and what is due there."""

    CORE = "core"
    """Logits, pre-activations and margins within 15: the document's formulas, typed in as printed, hold."""
    STABILITY = "stability"
    """Any valid input with a meaningful bound (logits to 1e4, saturation, offsets): a stable evaluation holds."""
    SCALE = "scale"
    """Many samples, features, classes: narrow counters and dropped blocks show."""
    LAYOUT = "layout"
    """Core numbers as integers, booleans, Fortran-ordered, strided, read-only or 0-d arrays."""
    PURITY = "purity"
    """Core numbers, writable: inputs stay as they were, answers repeat, no global random state."""
    TAILS = "tails"
    """Large gaps and margins: relative accuracy, for the calls that can have it."""
    INPUTS = "inputs"
    """Invalid inputs: `ValueError`."""


DEFAULT = (Regime.CORE, Regime.STABILITY, Regime.SCALE, Regime.LAYOUT, Regime.PURITY)
"""The regimes of a run that asks for none by name."""

FORGIVING = frozenset({Regime.CORE, Regime.SCALE, Regime.LAYOUT, Regime.PURITY})
"""The regimes whose bounds admit the textbook formula."""

CORE = (Regime.CORE,)
TAILS = (Regime.TAILS,)
INPUTS = (Regime.INPUTS,)
WIDE = (Regime.CORE, Regime.STABILITY, Regime.SCALE)
VALUES = DEFAULT
"""The limits of laws: identities to the first three regimes, statements about a value to the default ones."""
