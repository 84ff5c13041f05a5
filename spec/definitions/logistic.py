"""One sigmoid neuron under binary cross-entropy, and what is exactly true of it at given parameters and samples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from flint import arb, arb_mat
from numpy.typing import NDArray

from lydite.kit import Array, Case, Floats, Peculiar, Truth, Usual, balls
from lydite.kit.balls import Balls

Parameters = tuple[Floats, float]
"""`(w, b)`."""
MARGIN = 15.0
"""The largest margin at which the textbook's `ln(1 - p)` has to hold."""


def softplus(t: Any) -> Any:
    """`ln(1 + e^t)` of a ball or a power series; where `t` is positive as `t + ln(1 + e^-t)`, which never overflows."""
    middle = t.mid() if isinstance(t, arb) else t[0].mid()
    return t + (1 + (-t).exp()).log() if middle > 0 else (1 + t.exp()).log()


def loss(t: Sequence[Any], y: Balls) -> Any:
    """`sum_n [ln(1 + e^t) - y t]` for margins `t`, on balls or power series: `-sum_n [y ln p + (1 - y) ln(1 - p)]`."""
    return balls.total(softplus(tn) - yn * tn for tn, yn in zip(t, y, strict=True))


def sigmoid(t: arb) -> arb:
    """`1 / (1 + e^-t)`."""
    return 1 / (1 + (-t).exp())


def gradient(t: Balls, y: Balls, samples: arb_mat) -> list[arb]:
    """`sum_n (p - y) (x, 1)`, the derivative of `loss` by `(w, b)`; the rows of `samples` are `(x, 1)`."""
    residual = arb_mat(len(t), 1, [sigmoid(tn) - yn for tn, yn in zip(t, y, strict=True)])
    return list((samples.transpose() * residual).entries())


def hessian(t: Balls, samples: arb_mat) -> list[arb]:
    """`sum_n p (1 - p) (x, 1)(x, 1)'`, the second derivative of `loss` by `(w, b)`, row by row."""
    rows = samples.tolist()
    weighted = [[weight(tn) * x for x in row] for tn, row in zip(t, rows, strict=True)]
    return list((samples.transpose() * arb_mat(weighted)).entries())


def weight(t: arb) -> arb:
    """`p (1 - p)`, the derivative of `sigmoid`, as `sigmoid(t) sigmoid(-t)`."""
    return sigmoid(t) * sigmoid(-t)


def augmented(X: Floats) -> NDArray[np.float64]:
    """`[X 1]`: the samples with a last feature that is one, in float64."""
    rows = np.ones((X.shape[0], X.shape[1] + 1))
    rows[:, :-1] = X
    return rows


def joined(w: Floats, b: float) -> NDArray[np.float64]:
    """`(w, b)` as one vector, in float64."""
    theta = np.empty(w.size + 1)
    theta[:-1], theta[-1] = w, b
    return theta


@dataclass(frozen=True, eq=False, kw_only=True)
class Samples(Case):
    """Samples `X` (n, d) with labels `y` (n,), parameters `w` (d,), `b`, and a direction `v` (d,), `c` among them."""

    w: Floats
    b: float
    X: Floats
    y: Array
    v: Floats
    c: float

    discrete: ClassVar[frozenset[str]] = frozenset({"y"})
    usual: ClassVar[Usual] = {"b": (0.0,), "learning_rate": (0.1,)}
    peculiar: ClassVar[tuple[Peculiar, ...]] = (
        Peculiar("where n = 1", ("X",), lambda case: len(case.X) == 1),
        Peculiar("at X = 0", ("X",), lambda case: not case.X.any()),
        Peculiar("at w = 0", ("w",), lambda case: not case.w.any()),
    )

    @cached_property
    def predictions(self) -> Truth:
        """(n,), `sigmoid` of each margin."""
        return Truth(lambda: map(sigmoid, self._margins()), self.y.shape)

    @cached_property
    def weights(self) -> Truth:
        """(n,), the slope `p (1 - p)` of each prediction by its margin."""
        return Truth(lambda: map(weight, self._margins()), self.y.shape)

    @cached_property
    def slopes_in_w(self) -> Truth:
        """(n, d), `p (1 - p) x`: the derivative of each prediction by `w`."""
        return Truth(self._slopes_in_w, self.X.shape)

    @cached_property
    def loss(self) -> Truth:
        """The summed cross-entropy."""
        return Truth(lambda: [loss(self._margins(), self._labels)])

    @cached_property
    def gradient(self) -> Truth:
        """(d + 1,), by `(w, b)`."""
        return Truth(lambda: gradient(self._margins(), self._labels, self._rows), (self.w.size + 1,))

    @cached_property
    def gradient_in_w(self) -> Truth:
        """(d,)."""
        return self.gradient[:-1]

    @cached_property
    def gradient_in_b(self) -> Truth:
        """The last entry of `gradient`."""
        return self.gradient[-1]

    @cached_property
    def hessian(self) -> Truth:
        """(d + 1, d + 1), by `(w, b)`."""
        return Truth(lambda: hessian(self._margins(), self._rows), (self.w.size + 1,) * 2)

    @cached_property
    def hessian_in_w(self) -> Truth:
        """(d, d)."""
        return self.hessian[:-1, :-1]

    @cached_property
    def hessian_in_b(self) -> Truth:
        """The last entry of `hessian`."""
        return self.hessian[-1, -1]

    @cached_property
    def slope(self) -> Truth:
        """The derivative of the loss along `(v, c)`, by its power series."""
        return Truth(lambda: self._taylor(1)[1:])

    @cached_property
    def curvature(self) -> Truth:
        """The second derivative of the loss along `(v, c)`, by its power series."""
        return Truth(lambda: self._taylor(2)[2:])

    @property
    def arguments(self) -> tuple[Floats, float, Floats, Array]:
        """`(w, b, X, y)`."""
        return self.w, self.b, self.X, self.y

    @property
    def unlabelled(self) -> tuple[Floats, float, Floats]:
        """`(w, b, X)`."""
        return self.w, self.b, self.X

    @property
    def mirrored(self) -> tuple[Floats, float, Floats]:
        """`(-w, -b, X)`: every margin negated."""
        return -self.w, -self.b, self.X

    @cached_property
    def rows(self) -> NDArray[np.float64]:
        """(n, d + 1), `[X 1]`."""
        return augmented(self.X)

    @property
    def parameters(self) -> Parameters:
        """`(w, b)`."""
        return self.w, self.b

    @cached_property
    def toward(self) -> NDArray[np.float64]:
        """(d + 1,), `(v, c)`."""
        return joined(self.v, self.c)

    @cached_property
    def direction(self) -> NDArray[np.float64]:
        """(d + 1,), `(v, c)`, shortened until no margin changes faster than 1 along it."""
        return self._shortened(self.toward)

    @cached_property
    def direction_in_w(self) -> NDArray[np.float64]:
        """(d + 1,), `(v, 0)`, shortened in the same way."""
        return self._shortened(joined(self.v, 0.0))

    @cached_property
    def direction_in_b(self) -> NDArray[np.float64]:
        """(d + 1,), `(0, 1)`, along which every margin changes by 1."""
        return joined(np.zeros_like(self.v), 1.0)

    def along(self, t: float, direction: NDArray[np.float64]) -> Parameters:
        """`(w, b) + t direction`, in the precision of `w`."""
        return parted(joined(self.w, self.b) + t * direction, self.dtype)

    @cached_property
    def twice(self) -> tuple[Floats, float, Floats, Array]:
        """`(w, b, [X; X], [y; y])`."""
        return self.w, self.b, np.concatenate([self.X, self.X]), np.concatenate([self.y, self.y])

    def loss_at(self, w: Floats, b: float) -> Truth:
        """The loss of these samples at other parameters."""
        return Truth(lambda: [loss(self._margins_at(w, b), self._labels)])

    def _shortened(self, direction: NDArray[np.float64]) -> NDArray[np.float64]:
        fastest = float(np.abs(self.rows @ direction).max())
        return direction / fastest if fastest > 1 else direction

    @cached_property
    def _rows(self) -> arb_mat:
        return balls.matrix(self.rows)

    @cached_property
    def _labels(self) -> list[arb]:
        return balls.balls(self.y)

    def _margins(self) -> list[arb]:
        return self._margins_at(self.w, self.b)

    def _margins_at(self, w: Floats, b: float) -> list[arb]:
        return list((self._rows * balls.matrix(joined(w, b))).entries())

    def _slopes_in_w(self) -> list[arb]:
        return [weight(t) * x for t, row in zip(self._margins(), self.X, strict=True) for x in balls.balls(row)]

    def _taylor(self, order: int) -> list[arb]:
        """The loss along `(v, c)`: of every sample only its margin moves, and that linearly."""
        speeds = self._margins_at(self.v, self.c)

        def along(line: Sequence[Any]) -> Any:
            t = line[0]
            return loss([m + s * t for m, s in zip(self._margins(), speeds, strict=True)], self._labels)

        return balls.taylor(along, [0.0], [1.0], order)


def parted(theta: Array, dtype: Any) -> Parameters:
    """`theta` as `(w, b)`, in the precision `dtype`."""
    rounded = theta.astype(dtype)
    return rounded[:-1], float(rounded[-1])


@dataclass(frozen=True, eq=False, kw_only=True)
class Chord(Samples):
    """Samples, where `(v, c)` is a second point of parameters, and the share of the first in the point between."""

    share: float

    def between(self, end: Parameters) -> Parameters:
        """`share (w, b) + (1 - share) end`, rounded."""
        return parted(self.share * joined(self.w, self.b) + (1 - self.share) * joined(*end), self.dtype)


@dataclass(frozen=True, eq=False, kw_only=True)
class Descent(Samples):
    """Samples with a learning rate; `(v, c)` is a point to end near, or a direction along which the loss only falls."""

    learning_rate: float

    @cached_property
    def smoothness(self) -> float:
        """A quarter of the largest eigenvalue of `[X 1]'[X 1]`: no curvature of the loss exceeds it anywhere."""
        return float(np.linalg.eigvalsh(self.rows.T @ self.rows)[-1]) / 4

    def at(self, theta: NDArray[np.float64]) -> Descent:
        """The same at other parameters `(w, b)`, in the precision of `w`."""
        w, b = parted(theta, self.dtype)
        return replace(self, w=w, b=b)

    @cached_property
    def step(self) -> Truth:
        """(d + 1,), `(w, b) - learning_rate gradient`."""
        return Truth(self._step, (self.w.size + 1,))

    @cached_property
    def step_in_w(self) -> Truth:
        """(d,)."""
        return self.step[:-1]

    @cached_property
    def step_in_b(self) -> Truth:
        """The last entry of `step`."""
        return self.step[-1]

    def _step(self) -> list[arb]:
        slopes, rate = gradient(self._margins(), self._labels, self._rows), arb(float(self.learning_rate))
        return [theta - rate * slope for theta, slope in zip(balls.balls(joined(self.w, self.b)), slopes, strict=True)]
