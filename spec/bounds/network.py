"""Bounds what rounding may cost the two-layer network at one sample, and how far chance may carry a dropout mask."""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr  # here, before any code under test: what that imports first is put aside again

from lydite.kit import Floats
from spec.bounds import softmax_cross_entropy as classes

Flags = NDArray[np.bool_]

# -- Leaky ReLU --


def leaky_relu(z: Floats, alpha: float, u: float, forgiving: bool) -> Floats:
    """An entry `f` of leaky ReLU: `2 u |f|`, one for the product with the slope, one for writing it in another form.

    Forgiving: `4 u |z|` more, for `(1 + alpha)/2 z + (1 - alpha)/2 |z|`. Each of the two rounds twice, its factor
    included, at `(1 + alpha)/2 |z|` and at `(1 - alpha)/2 |z|`, which comes to `2 u |z|`; twice that is allowed, since
    so few roundings may all fall one way.
    """
    size: Floats = np.abs(np.where(z > 0, 1.0, float(alpha)) * z)
    return 2 * u * (size + 2 * np.abs(z) if forgiving else size)


def leaky_relu_derivative(u: float, forgiving: bool) -> float:
    """A slope of leaky ReLU, which is exact; forgiving, `2 u`, for `(1 + alpha)/2 + (1 - alpha)/2 sign(z)`."""
    return 2 * u if forgiving else 0.0


def inverted_dropout(value: Floats, u: float) -> Floats:
    """An entry `y` of inverted dropout: `4 u |y|`, for `1 - p`, its reciprocal, a product, and `p` in its own type."""
    return 4 * u * np.abs(value)


# -- The network --

GRID = 2.0**6
LARGEST_ON_GRID = 2.0**23
"""Sums of products of multiples of 1/64 are exact in either precision, in any order, while they count no more than
this many times 1/4096."""


@dataclass(frozen=True, eq=False)
class Rounding:
    """A network at one sample, in plain float64, and what each of its stages may be off by.

    The arrays are those of the contract. Sizes carry no bound of their own: to first order in `u` it does not matter.
    """

    W1: Floats
    b1: Floats
    W2: Floats
    b2: Floats
    x: Floats
    y: Floats
    mask: Floats
    alpha: float
    u: float
    forgiving: bool = False

    # Sizes

    @cached_property
    def z1(self) -> Floats:
        """(h,)."""
        return self.W1 @ self.x + self.b1

    @cached_property
    def z1_terms(self) -> Floats:
        """(h,). The sum of the sizes of all that is added up in `z1`."""
        return np.abs(self.W1) @ np.abs(self.x) + np.abs(self.b1)

    @cached_property
    def slopes(self) -> Floats:
        """(h,). The derivative of leaky ReLU."""
        return np.where(self.z1 > 0, 1.0, self.alpha)

    @cached_property
    def a(self) -> Floats:
        """(h,). The hidden activation after dropout."""
        return self.mask * self.slopes * self.z1

    @cached_property
    def z2(self) -> Floats:
        """(K,)."""
        return self.W2 @ self.a + self.b2

    @cached_property
    def z2_terms(self) -> Floats:
        """(K,). The sum of the sizes of all that is added up in `z2`."""
        return np.abs(self.W2) @ np.abs(self.a) + np.abs(self.b2)

    @cached_property
    def p(self) -> Floats:
        """(K,)."""
        e = np.exp(self.z2 - self.z2.max())
        return np.asarray(e / e.sum())

    # Forward

    @cached_property
    def z1_error(self) -> Floats:
        """(h,). `(d + 2) u sum_j |W1_ij x_j| + |b1_i|`: d products, d additions, in any order."""
        return (self.x.size + 2) * self.u * self.z1_terms

    @cached_property
    def a_error(self) -> Floats:
        """(h,). That of `z1`, which no slope enlarges, and `leaky_relu`'s own, where not dropped."""
        return self.mask * (self.z1_error + leaky_relu(self.z1, self.alpha, self.u, self.forgiving))

    @cached_property
    def z2_error(self) -> Floats:
        """(K,). That of `a` through `W2`, and h products and additions."""
        return np.abs(self.W2) @ self.a_error + (self.a.size + 2) * self.u * self.z2_terms

    @cached_property
    def output(self) -> Floats:
        """(K,). `p`: that of softmax, and `2 s e` for logits that are off by `e`, `s` the steepest slope of an entry.

        `p_i` moves by `p_i |dz_i - p.dz| <= 2 p_i (1 - p_i) e`. Within `e` of the logits `p_i (1 - p_i)` changes by no
        more than a factor `exp(2 e)`, and is at most 1/4.
        """
        error = float(self.z2_error.max())
        steepest = np.minimum(1 / 4, self.p * (1 - self.p) * math.exp(min(2 * error, 1000)))
        return np.asarray(classes.softmax(self.z2, self.u, self.forgiving) + 2 * error * steepest)

    @cached_property
    def loss(self) -> float:
        """`L = lse(z2) - y.z2`: cross-entropy's own; `lse` moves by at most `max z2_error`, `y.z2` by `y.z2_error`."""
        return classes.cross_entropy(self.z2, self.y, self.u) + self._through_loss(self.z2_error)

    @cached_property
    def moved(self) -> float:
        """Bounds what rounding every weight once moves the loss by: `u z1_terms` through `W2`, and `u z2_terms`."""
        return self._through_loss(self.u * (np.abs(self.W2) @ (self.mask * self.z1_terms) + self.z2_terms))

    def _through_loss(self, z2_error: Floats) -> float:
        return float(z2_error.max() + self.y @ z2_error)

    # Backward

    @cached_property
    def residual(self) -> Floats:
        """(K,). `p - y`: that of `p`, and of the difference, as for the cross-entropy."""
        return np.asarray(self.output + classes.difference(self.z2, self.y, self.u, self.forgiving))

    @property
    def db2(self) -> Floats:
        """(K,)."""
        return self.residual

    @cached_property
    def dW2(self) -> Floats:
        """(K,h). `(p - y) a'`: the errors of both factors, and a product."""
        residual = np.abs(self.p - self.y)
        a_error = self.a_error + 2 * self.u * np.abs(self.a)
        return np.outer(residual + self.residual, a_error) + np.outer(self.residual, np.abs(self.a))

    @cached_property
    def db1(self) -> Floats:
        """(h,). `mask_i sum_k |W2_ki| (slope_i (e_k + (K + 4) u r_k) + s r_k)` for a residual `r` that is off by `e`.

        K products and additions, the slope, and the product with `x` that may follow; `s` is the error of a slope.
        """
        residual = np.abs(self.p - self.y)
        slope_error = leaky_relu_derivative(self.u, self.forgiving)
        of_residual = (self.residual + (self.y.size + 4) * self.u * residual) @ np.abs(self.W2)
        return self.mask * (self.slopes * of_residual + slope_error * ((residual + self.residual) @ np.abs(self.W2)))

    @cached_property
    def dW1(self) -> Floats:
        """(h,d). That of `db1`, times `|x|`."""
        return np.outer(self.db1, np.abs(self.x))

    @property
    def gradient(self) -> tuple[Floats, Floats, Floats, Floats]:
        """All four, in the order of the call."""
        return self.dW1, self.db1, self.dW2, self.db2

    @cached_property
    def gradient_terms(self) -> tuple[Floats, Floats, Floats, Floats]:
        """The sizes that each entry of the gradient is added up from, and what it may be off by."""
        residual = np.abs(self.p - self.y)
        db1 = self.mask * self.slopes * (residual @ np.abs(self.W2))
        terms = np.outer(db1, np.abs(self.x)), db1, np.outer(residual, np.abs(self.a)), residual
        dW1, db1, dW2, db2 = (size + error for size, error in zip(terms, self.gradient, strict=True))
        return dW1, db1, dW2, db2

    # Kinks

    @cached_property
    def decided(self) -> bool:
        """Whether every unit that matters is on the same side of its kink in any correct evaluation."""
        return bool((self._clear | (self.mask == 0) | (self.alpha == 1)).all())

    @property
    def _clear(self) -> Flags:
        # Either number may be off by the error: the one in hand and the implementation's.
        return np.asarray((np.abs(self.z1) > 2 * self.z1_error) | (self.z1_terms == 0) | self._on_grid)

    @property
    def _on_grid(self) -> Flags:
        """(h,). Where any evaluation of `z1` is exact, so that a zero is one."""
        whole = _whole(GRID * self.W1).all(axis=1) & _whole(GRID * self.x).all() & _whole(GRID**2 * self.b1)
        return np.asarray(whole & (GRID**2 * self.z1_terms <= LARGEST_ON_GRID))


def _whole(a: Floats) -> Flags:
    return np.asarray(a == np.round(a))


# -- Dropout masks --

FALSE_ALARM = 1e-16
"""The probability at most that one check accuses a correct mask. A run makes fewer than ten thousand checks of a law
about chance, so a law accuses a correct implementation with a probability of at most 1e-12."""


def of_share(trials: int, q: float, checks: int = 1) -> float:
    """How far from `q` the share of successes in independent trials may be, any distance where there are none.

    By the exact binomial tails; `checks` of them share one false alarm. A generator whose uniform numbers have 24 bits
    moves `q` by at most 6e-8, which is nothing here. Where one share alone is due, it may be off by half of the way to
    the next: the same verdict, and the one that is due is not shown at its bound.
    """
    if trials == 0:
        return math.inf
    least, most = _successes(trials, q, FALSE_ALARM / checks)
    if least == most and 0 < q < 1:
        return 0.5 / trials
    return max(q - least / trials, most / trials - q)


def of_likeness(size: int, q: float) -> float:
    """How far from 0 `sum_i (M_i - q)(M_(i+k) - q)` may be, at each of the distances k up to half of the `size`.

    At one distance the products fall into two sets, taken by turns in blocks of k, whose members share no entry and
    are independent: of mean 0, variance `(p q)^2`, and size at most `b = max(p, q)^2`. By Bernstein's inequality the
    sum of n of them is at most `b l / 3 + sqrt((b l / 3)^2 + 2 n (p q)^2 l)`, but for a chance of `2 e^-l`. All sets
    share one false alarm. The transforms round by less than `u log2(size)` times the sum of the squares, which is
    nothing here.
    """
    return 2 * _of_products(size / 2, q, checks=2 * max(1.0, size / 2))


def of_mirrored_likeness(size: int, q: float) -> float:
    """How far from 0 `sum_(i < j, i + j = c) (M_i - q)(M_j - q)` may be, at each of the `2 size - 1` centers c.

    As in `of_likeness`, where no two products share an entry to begin with.
    """
    return _of_products(size / 2, q, checks=2 * size)


def _of_products(most: float, q: float, checks: float) -> float:
    p, log = 1 - q, math.log(2 * checks / FALSE_ALARM)
    largest = max(p, q) ** 2 * log / 3
    return largest + math.sqrt(largest**2 + 2 * most * (p * q) ** 2 * log)


@lru_cache(maxsize=4096)
def _successes(trials: int, q: float, alarm: float) -> tuple[float, float]:
    """Returns the least and most successes that raise no alarm: fewer and more are each less likely than half of it."""
    # The upper tail as the lower one of the failures: near 1 a float cannot tell such probabilities apart.
    return _quantile(alarm / 2, trials, q), trials - _quantile(alarm / 2, trials, 1 - q)


@lru_cache(maxsize=1024)
def middle(trials: int, q: float) -> tuple[float, float, float]:
    """The least and the most of the middle half of a binomial distribution, and its exact probability."""
    least, most = _quantile(0.25, trials, q), _quantile(0.75, trials, q)
    return least, most, _at_most(most, trials, q) - (_at_most(least - 1, trials, q) if least else 0.0)


def _quantile(probability: float, trials: int, q: float) -> int:
    """The least number of successes that is not exceeded with at least `probability`."""
    return bisect_left(range(trials), probability, key=lambda k: _at_most(k, trials, q))


def _at_most(successes: int, trials: int, q: float) -> float:
    """Returns the probability of at most so many successes."""
    return float(bdtr(successes, trials, q))
