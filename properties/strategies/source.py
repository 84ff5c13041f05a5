"""A seeded source of numbers, from which one case is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
from numpy.random import Generator

from spec.arrays import Array, Floats
from spec.case import FLOAT32, FLOAT64
from spec.regime import Regime

T = TypeVar("T")

TEXTURES = ("unit", "integer", "half", "normal", "wide")
"""What numbers look like, the roundest first: -1, 0 and 1; small integers; halves; any; any, far apart.

Tenths besides: round to a reader, and not to a narrower type.
"""


@dataclass(frozen=True)
class Source:
    """A reproducible source of the numbers of one case, in one texture, for one regime and precision.

    Everything comes from `rng`, so that a case is a function of its seed; arrays are read-only.
    """

    rng: Generator
    regime: Regime
    precision: str = "float64"
    largest: int = 5
    texture: str = "normal"
    frozen: bool = field(default=True, repr=False)

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of every array of numbers."""
        return np.dtype(self.precision)

    @property
    def u(self) -> float:
        """The unit roundoff of the precision."""
        return FLOAT32 if self.precision == "float32" else FLOAT64

    @property
    def common(self) -> dict[str, Any]:
        """What every case is made with: `Logits(z=..., **source.common)`."""
        return {"regime": self.regime, "u": self.u}

    def size(self, least: int = 1, most: int | None = None) -> int:
        """A size from `least` to the largest size of this case (or `most`)."""
        top = self.largest if most is None else min(self.largest, most)
        return int(self.rng.integers(least, max(least, top) + 1))

    def numbers(self, *shape: int, scale: float = 1.0) -> Floats:
        """Numbers of size about `scale` in the texture of this case."""
        a = self.rng.standard_normal(shape)
        match self.texture:
            case "unit":
                a = np.sign(np.round(a))
            case "integer":
                a = np.round(3 * a)
            case "half":
                a = np.round(4 * a) / 2
            case "tenth":
                a = np.round(10 * a) / 10
            case "wide":
                a = a * np.exp2(self.rng.integers(-12, 3, shape))
        return self.array(scale * a)

    def array(self, values: Any) -> Floats:
        """`values`, rounded to the precision, read-only."""
        a = np.array(values, dtype=self.dtype)
        a.flags.writeable = False
        return a

    def labels(self, values: Any) -> Array:
        """`values` in the precision, read-only: labels, masks, coefficients."""
        return self.array(values)

    def scalar(self, value: float) -> float:
        """`value`, rounded to the precision, as a Python float."""
        return float(self.dtype.type(value))

    def number(self, scale: float = 1.0) -> float:
        """One number of size about `scale`, as a Python float."""
        return self.scalar(float(self.numbers(scale=scale)))

    def choice(self, options: Sequence[T]) -> T:
        """One of `options`."""
        return options[int(self.rng.integers(len(options)))]

    def happens(self, probability: float) -> bool:
        """True with `probability`."""
        return bool(self.rng.random() < probability)
