"""What rounding may cost: `u` is the unit roundoff, bars are sizes, `|X|` the matrix of the sizes of its entries."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lydite.kit import Floats

DECIDED = 1 / 8
"""Where the errors of a solution are a larger share of it than this, their analysis to first order says nothing."""


def _sizes(w: Any, X: Any, y: Any) -> Any:
    """`|X||w| + |y|`: what the roundings of a residual are relative to."""
    return np.abs(X) @ np.abs(w) + np.abs(y)


def loss(w: Any, X: Any, y: Any, lam: float, u: float) -> float:
    """`(2 d + n + 6) u (sum_i s_i^2 + lam |w|^2) / 2`, for `s = |X||w| + |y|`.

    A residual is a dot product of `d` terms less a number: `d + 1` roundings of at most `s_i`, which its square doubles
    and rounds once more. The sum of `n` squares is rounded `n` times, that of the penalty `d + 1` times; halving is
    exact, and adding the two parts the last. The same sizes cover the square multiplied out, `w'X'Xw - 2 y'Xw + y'y`.
    """
    s = _sizes(w, X, y)
    n, d = np.shape(X)
    return float((2 * d + n + 6) * u * (s @ s + lam * (np.abs(w) @ np.abs(w))) / 2)


def gradient(w: Any, X: Any, y: Any, lam: float, u: float) -> Floats:
    """`(n + d + 4) u (|X|' s + lam |w|)`: a residual as above, `n` products and their sum, the penalty, and one sum.

    `X'X w - X'y` has the same sizes and no more roundings.
    """
    n, d = np.shape(X)
    bound: Floats = (n + d + 4) * u * (np.abs(X).T @ _sizes(w, X, y) + lam * np.abs(w))
    return bound


def moved(w: Any, X: Any, y: Any, lam: float, u: float) -> float:
    """What the loss changes by where each entry of `w` is rounded once: `u |w|` times the size of the gradient."""
    return float(u * np.abs(w) @ (np.abs(X).T @ _sizes(w, X, y) + lam * np.abs(w)))


def moved_gradient(w: Any, X: Any, lam: float, u: float) -> Floats:
    """What the gradient changes by there: `u (|X|'|X| + lam I) |w|`."""
    bound: Floats = u * (np.abs(X).T @ (np.abs(X) @ np.abs(w)) + lam * np.abs(w))
    return bound


def hessian(X: Any, lam: float, u: float) -> Floats:
    """`(n + 2) u (|X|'|X| + lam I)`: `n` products and their sum, and the penalty on the diagonal."""
    n, d = np.shape(X)
    bound: Floats = (n + 2) * u * (np.abs(X).T @ np.abs(X) + lam * np.eye(d))
    return bound


def condition(X: Any, lam: float) -> float:
    """`(|X|_F^2 + lam) / lam`: an upper bound on the condition number of `X'X + lam I`, and of `X X' + lam I`.

    Their largest eigenvalue is at most `|X|_2^2 + lam`, and their smallest at least `lam`.
    """
    return float((np.square(X, dtype=float).sum() + lam) / lam)


def solution(X: Any, y: Any, lam: float, u: float) -> float:
    """What each entry of a solution may be off by: `c u kappa |X|_F |y| / lam`, `c = 4 m (3 m + 1) + 2 (n + d) + 4`.

    Let `A = X'X + lam I`, `b = X'y`, `m` the larger of `n` and `d`. The computed `A` and `b` are off by at most
    `(n + 2) u |A|` and `n u |X|_F |y|`. Solving by Cholesky's factors is exact for a matrix that is off by at most
    `4 d (3 d + 1) u |A|` more (Higham, Accuracy and Stability, 10.3 and 10.4; |A| the Frobenius norm). To first order
    the error is `|A^-1|` times what this changes, `|A^-1| <= 1 / lam` and `|w| <= |A^-1| |b|`, hence the condition
    number. Elimination with pivots grows no entry of a positive definite matrix, and an explicit inverse is off by the
    same multiple of `kappa |A^-1|`. The dual form `X' (X X' + lam I)^-1 y` solves in `n` unknowns, and multiplies by
    `X'` afterwards: as many roundings, and the same sizes. 0 and `y = 0` are exact in all of them.
    """
    n, d = np.shape(X)
    m = max(n, d)
    c = 4 * m * (3 * m + 1) + 2 * (n + d) + 4
    size = math.sqrt(np.square(X, dtype=float).sum() * np.square(y, dtype=float).sum())
    return float(c * u * condition(X, lam) * size / lam)


def decided(X: Any, lam: float, u: float) -> bool:
    """Whether a solution can be told from a wrong one: `c u kappa` is small."""
    return solution(X, np.ones(1), lam, u) * lam <= DECIDED * math.sqrt(np.square(X, dtype=float).sum() or 1.0)
