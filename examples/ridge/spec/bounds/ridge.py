"""Bounds what rounding may cost: `u` is the unit roundoff, bars are sizes, `|X|` the matrix of those of its entries."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lydite.kit import Floats

DECIDED = 1 / 8
"""Where the error of a solution may be a larger share of its size than this, analysis to first order says nothing."""


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
    """Bounds what the loss changes by where each entry of `w` is rounded: `u |w|` times the size of the gradient."""
    return float(u * np.abs(w) @ (np.abs(X).T @ _sizes(w, X, y) + lam * np.abs(w)))


def moved_gradient(w: Any, X: Any, lam: float, u: float) -> Floats:
    """Bounds what the gradient changes by there: `u (|X|'|X| + lam I) |w|`."""
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


def augmented(X: Any, lam: float) -> float:
    """Returns `|A|_F` for `A = [X; sqrt(lam) I]`, where `I` has the larger of the sizes of `X`."""
    return math.sqrt(np.square(X, dtype=float).sum() + max(np.shape(X)) * lam)


def solution(X: Any, y: Any, lam: float, u: float) -> float:
    """Returns what each entry, and the norm, of a solution may be off by: `u (c kappa |X|_F + c_A |A|_F) |y| / lam`.

    `kappa` is `condition`, `|A|_F` is `augmented`, and `m` the larger of `n` and `d`. The first term is for what solves
    with `H = X'X + lam I`, the second for what solves the least-squares problem `A w = [y; 0]`. Neither covers the
    other: the first vanishes with `X`, and the second does not grow with `kappa`. Norms are 2-norms but where an F is
    written, and errors are to first order in `u`.

    **`c = 4 m (m^2 + m + 2) + 2 (n + d) + 4`.** The computed `H` and `X'y` are off by at most `(n + 2) u M` and
    `n u |X|_F |y|`, where `M = |X|_F^2 + lam` is at least `|H|`. Solving is exact for a matrix that is off by some
    `E` more. With Cholesky's factors `|E| <= 4 d (3 d + 1) u |H|` (Higham, Accuracy and Stability, 10.1). Elimination
    has `|E| <= 3 d u ||L||U||` (9.2). Without pivoting it grows no entry of a positive definite matrix. Partial
    pivoting may (the entries of `H` grow by 1.55 for the rows `(5.0625, -6, -6)`, `(-6, 37.0625, -23)` and
    `(-6, -23, 42.0625)`), but no entry of `L` exceeds 1, nor one of `U` `g |H|` where `g` is the growth: hence
    `||L||U|| <= g d (d + 1) |H| / 2`. Hill climbing over positive definite matrices finds growth of up to 1.9, 2.2
    and 2.4 for 3, 4 and 5 columns; `c` has room for 8/3. So `|E| <= 4 m (m^2 + m + 2) u M` in both. The
    error is at most `|H^-1| (|E| |w| + |error of X'y|)`, `|H^-1| <= 1 / lam` and `|w| <= |X| |y| / lam`, and
    `M / lam = kappa`. An explicit inverse is off by the same multiple of `kappa |H^-1|`, and multiplied by as many
    roundings as `X'y` has. Eigenvectors of `H` and the singular value decomposition of `X` are exact for matrices that
    are off by a multiple of `u M` and `u |X|_F`, the same two sizes. The dual form `X' (X X' + lam I)^-1 y` solves in
    `n` unknowns, and multiplies by `X'` afterwards.

    **`c_A = 5 m (6 (n + d) + 41)`.** Householder's QR of `[A b]`, for `b = [y; 0]`, gives the exact solution for
    `A + E` and `b + f`, where `|E|_F <= (6 (n + d) + 41) d u |A|_F`, and `|f|` is at most the same multiple of `|b|`
    (Lawson & Hanson, Solving Least Squares Problems, 16.1). Twice as much, `g u` in short, covers the reflections from
    the right by which the singular value decomposition begins, the rounding of `sqrt(lam)`, and `Q` written out. By
    perturbation theory (Wedin; Higham 20.1) the solution moves by at most
    `|A^+| (|f| + |E| |w|) + |(A'A)^-1| |E| |r|`, for the residual `r = b - A w`. Zeros below `y` do not keep `f` small
    with `X`: they are mixed with it. `|A^+| <= 1 / sqrt(lam)`, `|(A'A)^-1| <= 1 / lam`, `|r| <= |y|`, and
    `|w| <= |y| / (2 sqrt(lam))`, since `s / (s^2 + lam)` is at most that for every `s`. So the three terms are at most
    1, 1/2 and 1 times `g u |A|_F |y| / lam`, as `sqrt(lam) <= |A|_F`. The dual of it, the shortest `[w; v]` for which
    `X w + sqrt(lam) v = y`, is off by `g u |A|_F |A^+| |[w; v]|` (Higham 21.2), with `n` columns below `X'`: less.

    `y = 0` is exact in all of them.
    """
    n, d = np.shape(X)
    m = max(n, d)
    normal = (4 * m * (m * m + m + 2) + 2 * (n + d) + 4) * condition(X, lam) * float(np.linalg.norm(X))
    orthogonal = 5 * m * (6 * (n + d) + 41) * augmented(X, lam)
    return float(u * (normal + orthogonal) * np.linalg.norm(y) / lam)


def decided(X: Any, lam: float, u: float) -> bool:
    """Returns whether analysis to first order holds: the bound is a small share of `|A|_F |y| / lam`."""
    return solution(X, np.ones(1), lam, u) * lam <= DECIDED * augmented(X, lam)
