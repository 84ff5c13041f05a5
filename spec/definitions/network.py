"""The two-layer network of Q3 at one sample, its activation and its mask, and what is exactly true of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from flint import arb

from lydite.kit import Array, Case, Floats, Peculiar, Truth, Usual, balls
from lydite.kit.balls import Balls
from spec.bounds.network import Rounding
from spec.definitions import softmax_cross_entropy as classes

Row = Sequence[Any]
Weights = tuple[Floats, Floats, Floats, Floats]
"""`W1` (h,d), `b1` (h,), `W2` (K,h), `b2` (K,)."""

STEP = 1 / 64
"""The largest step of a difference quotient where nothing asks for a smaller one."""
ROOM = 1 / 32
"""Units nearer to their kink than this are left where they are when weights are moved."""

# -- The model, on balls or power series --


def slope(z: arb, alpha: arb) -> arb:
    """1 where `z` is positive, else `alpha`; the hull of both where the ball does not tell."""
    if z > 0:
        return arb(1)
    return alpha if z <= 0 else alpha.union(arb(1))


def affine(W: Sequence[Row], b: Row, x: Row) -> list[Any]:
    """`W x + b`."""
    return [balls.dot(row, x) + bias for row, bias in zip(W, b, strict=True)]


def activation(z1: Row, mask: Balls, slopes: Balls) -> list[Any]:
    """`mask * leaky_relu(z1)`, for units of known slopes."""
    return [m * s * z for m, s, z in zip(mask, slopes, z1, strict=True)]


def backward(W2: Sequence[Balls], x: Balls, a: Balls, gates: Balls, dz2: Balls) -> list[arb]:
    """`dW1`, `db1`, `dW2`, `db2` in one row, for `dz2 = dL/dz2` and `gates`, mask times slope of each unit."""
    dz1 = [gate * balls.dot(column, dz2) for gate, column in zip(gates, zip(*W2, strict=True), strict=True)]
    return [*_outer(dz1, x), *dz1, *_outer(dz2, a), *dz2]


def _outer(a: Balls, b: Balls) -> list[arb]:
    return [ai * bj for ai in a for bj in b]


def _rows(entries: Row, width: int) -> list[Row]:
    return [entries[i : i + width] for i in range(0, len(entries), width)]


# -- Cases --


@dataclass(frozen=True, eq=False, kw_only=True)
class Activation(Case):
    """Pre-activations `z` of any shape, a slope `alpha`, a power of two `factor`."""

    z: Floats
    alpha: float
    factor: float = 2.0

    usual: ClassVar[Usual] = {"alpha": (0.01,)}
    peculiar: ClassVar[tuple[Peculiar, ...]] = (Peculiar("at z = 0", ("z",), lambda case: (case.z == 0).any()),)

    @cached_property
    def value(self) -> Truth:
        """Like `z`."""
        return Truth(self._value, self.z.shape)

    def _value(self) -> list[arb]:
        alpha = arb(float(self.alpha))
        return [slope(z, alpha) * z for z in balls.balls(self.z)]


@dataclass(frozen=True, eq=False, kw_only=True)
class Sample(Case):
    """A network, a labelled sample with its mask, and a direction `V1, c1, V2, c2` in the weights.

    Shapes are those of the contract. The labels sum to one.
    """

    W1: Floats
    b1: Floats
    W2: Floats
    b2: Floats
    x: Floats
    y: Array
    mask: Array
    alpha: float
    V1: Floats
    c1: Floats
    V2: Floats
    c2: Floats

    discrete: ClassVar[frozenset[str]] = frozenset({"y", "mask"})
    usual: ClassVar[Usual] = {"b1": (0.0,), "b2": (0.0,), "mask": (1.0,), "alpha": (0.01,)}
    peculiar: ClassVar[tuple[Peculiar, ...]] = (
        Peculiar("where K = 1", ("b2",), lambda case: case.b2.size == 1),
        Peculiar("at x = 0", ("x",), lambda case: not case.x.any()),
        Peculiar("where no unit is kept", ("mask",), lambda case: not np.any(case.mask)),
        Peculiar("at a kink", ("W1", "b1", "x"), lambda case: (case.W1 @ case.x + case.b1 == 0).any()),
    )

    @property
    def weights(self) -> Weights:
        """In the order of the calls."""
        return self.W1, self.b1, self.W2, self.b2

    @property
    def unlabelled(self) -> tuple[Any, ...]:
        """The arguments of `network_predict`."""
        return (*self.weights, self.x, self.mask, self.alpha)

    @property
    def labelled(self) -> tuple[Any, ...]:
        """The arguments of `network_loss` and `network_gradient`."""
        return (*self.weights, self.x, self.y, self.mask, self.alpha)

    @cached_property
    def rounding(self) -> Rounding:
        """Bounds what every stage may be off by."""
        W1, b1, W2, b2, x, y, mask = (np.asarray(a, float) for a in (*self.weights, self.x, self.y, self.mask))
        return Rounding(W1, b1, W2, b2, x, y, mask, float(self.alpha), self.u, self.forgiving)

    # What is true

    @cached_property
    def output(self) -> Truth:
        """(K,)."""
        return Truth(lambda: classes.softmax(self._logits(self._parameters)), self.b2.shape)

    @cached_property
    def loss(self) -> Truth:
        """The value of the loss."""
        return Truth(lambda: [self.loss_of(self._parameters)])

    @cached_property
    def gradient(self) -> tuple[Truth, ...]:
        """By `W1, b1, W2, b2`, for labels that sum to one: shapes as theirs."""
        sizes = [w.size for w in self.weights]
        every = Truth(self._gradient, (sum(sizes),))
        parts = np.split(np.arange(sum(sizes)), np.cumsum(sizes)[:-1])
        return tuple(every[part.reshape(w.shape)] for part, w in zip(parts, self.weights, strict=True))

    @cached_property
    def slope(self) -> Truth:
        """The derivative of the loss along the direction, by its power series; a unit at its kink has slope `alpha`."""
        direction = np.concatenate([np.ravel(v) for v in self.direction])
        return Truth(lambda: balls.taylor(self.loss_of, self.parameters, direction, 1)[1:])

    @cached_property
    def parameters(self) -> Floats:
        """All weights in one row."""
        return np.concatenate([np.ravel(w) for w in self.weights])

    def loss_of(self, parameters: Row) -> Any:
        """The loss as a function of all weights in one row, each unit on the side of its kink where it is here."""
        return classes.cross_entropy(self._logits(parameters), balls.balls(self.y))

    @property
    def _parameters(self) -> list[arb]:
        return balls.balls(self.parameters)

    def _layers(self, parameters: Row) -> tuple[list[Row], Row, list[Row], Row]:
        ends = np.cumsum([w.size for w in self.weights]).tolist()
        W1, b1, W2, b2 = (parameters[end - w.size : end] for end, w in zip(ends, self.weights, strict=True))
        return _rows(W1, self.x.size), b1, _rows(W2, self.b1.size), b2

    def _slopes(self) -> list[arb]:
        W1, b1, _, _ = self._layers(self._parameters)
        alpha = arb(float(self.alpha))
        return [slope(z, alpha) for z in affine(W1, b1, balls.balls(self.x))]

    def _logits(self, parameters: Row) -> list[Any]:
        W1, b1, W2, b2 = self._layers(parameters)
        a = activation(affine(W1, b1, balls.balls(self.x)), balls.balls(self.mask), self._slopes())
        return affine(W2, b2, a)

    def _gradient(self) -> list[arb]:
        W1, b1, W2, b2 = self._layers(self._parameters)
        x, mask, slopes = balls.balls(self.x), balls.balls(self.mask), self._slopes()
        a = activation(affine(W1, b1, x), mask, slopes)
        dz2 = classes.gradient(affine(W2, b2, a), balls.balls(self.y))
        return backward(W2, x, a, [m * s for m, s in zip(mask, slopes, strict=True)], dz2)

    # The same function, written otherwise

    @property
    def without_dropout(self) -> Sample:
        """A mask of ones, and `W2` with a column of zeros for every dropped unit."""
        kept = np.asarray(self.mask, dtype=self.dtype)
        return replace(self, W2=self.W2 * kept, mask=np.ones_like(kept))

    @property
    def reversed(self) -> Sample:
        """The hidden units in reverse order."""
        return replace(self, W1=self.W1[::-1], b1=self.b1[::-1], W2=self.W2[:, ::-1], mask=self.mask[::-1])

    @cached_property
    def linear(self) -> Sample:
        """`alpha = 1`, nothing dropped: two affine layers."""
        return replace(self, alpha=1.0, mask=np.ones_like(self.b1))

    @cached_property
    def collapsed(self) -> Sample:
        """The two layers of `linear` multiplied out into the second one, behind an identity."""
        size, dtype = self.x.size, self.dtype
        W1, b1, W2, b2 = (np.asarray(w, dtype=float) for w in self.weights)
        product, bias = (W2 @ W1).astype(dtype), (W2 @ b1 + b2).astype(dtype)
        ones, zeros = np.ones(size, dtype=dtype), np.zeros(size, dtype=dtype)
        return replace(self, W1=np.diag(ones), b1=zeros, W2=product, b2=bias, mask=ones, alpha=1.0)

    # Along the direction

    @property
    def direction(self) -> Weights:
        """`V1, c1, V2, c2`."""
        return self.V1, self.c1, self.V2, self.c2

    @cached_property
    def steady(self) -> Weights:
        """The direction with no entry beyond 1 in size, and without the units that are near to their kink."""
        most = max(1.0, *(float(np.abs(v).max()) for v in self.direction))
        moves = (np.abs(self.rounding.z1) > ROOM).astype(float)
        V1, c1, V2, c2 = (v / most for v in self.direction)
        return moves[:, None] * V1, moves * c1, V2, c2

    @cached_property
    def step(self) -> float:
        """A power of two of `steady`: half of the way to the nearest kink at most, no logit moved by more than 1/64."""
        r, (V1, c1, V2, c2) = self.rounding, (np.abs(v) for v in self.steady)
        z1_speed = V1 @ np.abs(r.x) + c1
        z2_speed = np.abs(r.W2) @ (r.mask * z1_speed) + V2 @ np.abs(r.a) + c2
        bent = np.sqrt(V2 @ (r.mask * z1_speed))  # the logits are quadratic in the step
        to_kink = np.abs(r.z1[z1_speed > 0]) / (2 * z1_speed[z1_speed > 0])
        largest = min(STEP / max(1.0, float((z2_speed + bent).max())), float(to_kink.min(initial=np.inf)))
        return float(2.0 ** np.floor(np.log2(largest)))

    def along(self, t: float) -> Sample:
        """The weights moved by `t steady`, in their own precision."""
        W1, b1, W2, b2 = ((w + t * v).astype(self.dtype) for w, v in zip(self.weights, self.steady, strict=True))
        return replace(self, W1=W1, b1=b1, W2=W2, b2=b2)


@dataclass(frozen=True, eq=False, kw_only=True)
class Dropout(Case):
    """Values `x` and a `mask` of any one shape, the rate `p`, and whether it is `training`: 1 or 0."""

    x: Floats
    mask: Array
    p: float
    training: int

    discrete: ClassVar[frozenset[str]] = frozenset({"mask"})

    @cached_property
    def value(self) -> Truth:
        """Like `x`."""
        return Truth(self._value, self.x.shape)

    def _value(self) -> list[arb]:
        if not self.training:
            return balls.balls(self.x)
        kept = 1 - arb(float(self.p))
        return [m * x / kept for m, x in zip(balls.balls(self.mask), balls.balls(self.x), strict=True)]


@dataclass(frozen=True, eq=False, kw_only=True)
class Mask(Case):
    """A mask to be drawn, another seed, and where to look for pairs of entries: `lag` apart, from `first` on."""

    size: int
    p: float
    seed: int
    other: int = 1
    lag: int = 1
    first: int = 0

    usual: ClassVar[Usual] = {"p": (0.5,), "seed": (0.0,), "other": (1.0,), "lag": (1.0,), "first": (0.0,)}
    peculiar: ClassVar[tuple[Peculiar, ...]] = (Peculiar("where p is 0 or 1", ("p",), lambda case: case.p in {0, 1}),)

    @property
    def q(self) -> float:
        """The probability of keeping an entry."""
        return 1 - self.p

    def pairs(self, mask: Floats) -> tuple[Floats, ...]:
        """Pairs of entries of `mask`, `lag` apart, none of them in two pairs."""
        return self._tuples(mask, 2, self.first)

    def groups(self, mask: Floats, count: int, phase: int) -> tuple[Floats, ...]:
        """Groups of `count` entries of `mask`, each `lag` from the next, none of them in two; the first at `phase`."""
        return self._tuples(mask, count, phase * self.lag)

    def _tuples(self, mask: Floats, count: int, first: int) -> tuple[Floats, ...]:
        whole = max(0, self.size - first) // (count * self.lag) * count * self.lag
        blocks = mask[first : first + whole].reshape(-1, count, self.lag)
        return tuple(blocks[:, i].ravel() for i in range(count))


@dataclass(frozen=True, eq=False, kw_only=True)
class Masks(Case):
    """Masks to be drawn, for `count` seeds from `seed` on."""

    size: int
    p: float
    seed: int
    count: int

    usual: ClassVar[Usual] = {"p": (0.5,), "seed": (0.0,)}

    @property
    def q(self) -> float:
        """The probability of keeping an entry."""
        return 1 - self.p

    @property
    def seeds(self) -> range:
        """Consecutive ones."""
        return range(self.seed, self.seed + self.count)
