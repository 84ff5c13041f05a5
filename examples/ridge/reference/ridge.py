"""R: the loss, its gradient and Hessian, and its minimum."""

from __future__ import annotations

from typing import Any

import numpy as np

from lydite.kit import Floats


def ridge_loss(w: Floats, X: Floats, y: Floats, lam: float) -> float:
    """`(d),(n,d),(n),() -> ()`. `|X w - y|^2 / 2 + lam |w|^2 / 2`. Claims R.1, R.5, R.8."""
    w, X, y, lam = _checked(X, lam, w=w, y=y)
    r = X @ w - y
    return float(r @ r + lam * (w @ w)) / 2


def ridge_gradient(w: Floats, X: Floats, y: Floats, lam: float) -> Floats:
    """`(d),(n,d),(n),() -> (d)`. `X' (X w - y) + lam w`. Claim R.2."""
    w, X, y, lam = _checked(X, lam, w=w, y=y)
    gradient: Floats = X.T @ (X @ w - y) + lam * w
    return gradient


def ridge_hessian(X: Floats, lam: float) -> Floats:
    """`(n,d),() -> (d,d)`. `X'X + lam I`. Claims R.3, R.4."""
    X, lam = _checked(X, lam)
    hessian: Floats = X.T @ X + lam * np.eye(X.shape[1])
    return hessian


def ridge_solution(X: Floats, y: Floats, lam: float) -> Floats:
    """`(n,d),(n),() -> (d)`. `(X'X + lam I)^-1 X'y`. Claims R.6 to R.9."""
    X, y, lam = _checked(X, lam, y=y)
    if not lam:
        raise ValueError("lam is 0, where the minimum need not be one point")
    solution: Floats = np.linalg.solve(ridge_hessian(X, lam), X.T @ y)
    return solution


def _checked(X: Any, lam: Any, **vectors: Any) -> list[Any]:
    """The arguments, in the order of the calls. Raises ValueError where one does not fit, or is not finite."""
    X = np.asarray(X, dtype=float)
    if X.ndim != 2 or not X.size:
        raise ValueError(f"X has shape {X.shape}, and has to be a matrix with an entry")
    sizes = {"w": X.shape[1], "y": X.shape[0]}
    given = {name: np.asarray(vector, dtype=float) for name, vector in vectors.items()}
    for name, vector in given.items():
        if vector.shape != (sizes[name],):
            raise ValueError(f"{name} has shape {vector.shape}, and X has shape {X.shape}")
    if np.ndim(lam) or not lam >= 0:
        raise ValueError("lam has to be a number that is not negative")
    for name, value in {**given, "X": X, "lam": np.asarray(lam, dtype=float)}.items():
        if not np.isfinite(value).all():
            raise ValueError(f"{name} is not finite")
    return [*([given["w"]] if "w" in given else []), X, *([given["y"]] if "y" in given else []), float(lam)]
