"""A seeded source of numbers, from which one case is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import numpy as np
from numpy.random import Generator

from lydite.kit.arrays import Array, Floats
from lydite.kit.case import FLOAT32, FLOAT64
from lydite.kit.regime import Regime
from lydite.kit.tape import Tape

T = TypeVar("T")

TEXTURES = ("unit", "integer", "half", "normal", "wide")
"""Kinds of numbers, the roundest first: -1, 0 and 1; small integers; halves; any; any, far apart.

Tenths besides: round to a reader, and not to a narrower type.
"""

SWEEP = (*range(6, 34), *(size for k in range(6, 11) for size in (2**k - 1, 2**k, 2**k + 1)), 48, 96, 100, 1000)
"""Sizes in `scale` that are tried under every seed: code may go wrong at a single one, or from one on."""
FEW_SIZES = 8
"""Sizes up to here are few enough to be drawn alike."""
OFTEN = 0.75
"""The probability with which a constant to try is taken for a number that it may stand for."""
REACH = 16.0
"""Times its scale a number may be: as far as the wildest texture goes."""
DEEP = {"float64": -40, "float32": -24}
"""Binary orders of magnitude down to which the numbers of some arrays go: a threshold may lie anywhere."""
SPREAD = {"float64": 40, "float32": 12}
"""The same by which an array as a whole, or a column of it, may differ from the usual."""
LEAST_SHARE = 2.0**-20
"""Of its scale a number is, at least, if it is not zero."""


@dataclass(frozen=True)
class Source:
    """A reproducible source of the numbers of one case, in one texture, for one regime and precision.

    Everything comes from `rng`, so that a case is a function of its seed; arrays are read-only. A `constant` is tried
    as a size or a value wherever a draw could have come out so.
    """

    rng: Generator | Tape
    regime: Regime
    precision: str = "float64"
    largest: int = 5
    texture: str = "normal"
    frozen: bool = field(default=True, repr=False)
    constant: float | None = None
    plain: bool = False

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
        """The fields of every case: `Logits(z=..., **source.common)`."""
        return {"regime": self.regime, "u": self.u}

    @property
    def in_core(self) -> Source:
        """The same source in `core`, for samples whose stability is a matter of their logits."""
        return self if self.regime is Regime.CORE else replace(self, regime=Regime.CORE)

    def size(self, least: int = 1, most: int | None = None) -> int:
        """Draws a size from `least` to the largest size of this case (or `most`).

        Few sizes are drawn alike. Of many, half are log-uniform and half powers of two or their neighbors: that is
        where blocks, unrolled loops, and narrow counters end.
        """
        top = max(least, self.largest if most is None else min(self.largest, most))
        if self.constant is not None and self._is_tried(least, top) and self.constant.is_integer():
            return int(self.constant)
        if top <= FEW_SIZES:
            return int(self.rng.integers(least, top + 1))
        if self.happens(0.5):
            return int(self.log_uniform(least, top + 1))
        near = (1 << int(self.rng.integers(top.bit_length()))) + int(self.rng.integers(-1, 2))
        return min(max(near, least), top)

    def sizes(self, *most: int, entries: int) -> tuple[int, ...]:
        """Draws one size up to each of `most`, all of them together; their product is at most `entries`.

        Now and then they are all alike: code that tells axes apart by their sizes cannot then.
        """
        if self.happens(1 / 8):
            return len(most) * (self.size(most=min(*most, int(entries ** (1 / len(most))))),)
        drawn = [self.size(most=m) for m in most]
        while np.prod(drawn) > entries:
            large = [i for i, size in enumerate(drawn) if size > 1]
            i = self.choice(large)
            drawn[i] = max(1, min(drawn[i] // 2, entries * drawn[i] // int(np.prod(drawn))))
        return tuple(drawn)

    def log_uniform(self, low: float, high: float) -> float:
        """Draws a positive number between `low` and `high`, each order of magnitude as often as any other.

        It has one digit where it is to be `plain`.
        """
        drawn = float(np.exp(self.rng.uniform(np.log(low), np.log(high))))
        short = float(f"{drawn:.0e}")
        return self.or_constant(short if self.plain and low <= short <= high else drawn, low, high)

    def or_constant(self, drawn: float, low: float, high: float) -> float:
        """Returns `drawn`, or the constant to try where it lies between `low` and `high`."""
        return self.constant if self.constant is not None and self._is_tried(low, high) else drawn

    def _is_tried(self, low: float, high: float) -> bool:
        return self.constant is not None and low <= self.constant <= high and self.happens(OFTEN)

    def numbers(self, *shape: int, scale: float = 1.0) -> Floats:
        """Draws numbers of size about `scale` in the texture of this case."""
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
                least = -12 if self.choice(range(4)) else DEEP[self.precision]
                a = a * np.exp2(self.rng.integers(least, 3, shape))
        return self.array(scale * a if self.constant is None else self._with_constant(scale * a, scale))

    def _with_constant(self, a: Array, scale: float) -> Array:
        """`a` with the constant to try for one entry, for some, or for none."""
        least, most = LEAST_SHARE * scale, REACH * scale
        if self.constant is None or not a.size or not (least <= abs(self.constant) <= most or self.constant == 0):
            return a
        match self.choice(("none", "one", "one", "some")):
            case "one":
                a = np.where(np.arange(a.size).reshape(a.shape) == self.rng.integers(a.size), self.constant, a)
            case "some":
                a = np.where(self.rng.random(a.shape) < 1 / 2, self.constant, a)
        return np.asarray(a)

    def magnitude(self) -> float:
        """Draws a power of two by which to multiply an array of usual numbers: 1, or any of a range in `stability`."""
        if self.regime is not Regime.STABILITY or self.choice((True, False)):
            return 1.0
        return float(np.exp2(self.rng.integers(-SPREAD[self.precision], SPREAD[self.precision] + 1)))

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
        """Draws one number of size about `scale`, as a Python float."""
        return self.scalar(float(self.numbers(scale=scale)))

    def choice(self, options: Sequence[T]) -> T:
        """Draws one of `options`."""
        return options[int(self.rng.integers(len(options)))]

    def happens(self, probability: float) -> bool:
        """Draws True with `probability`."""
        return bool(self.rng.random() < probability)
