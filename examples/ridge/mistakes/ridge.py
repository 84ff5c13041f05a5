"""Wrong versions of the calls of R."""

from __future__ import annotations

import numpy as np

from lydite.kit import Floats, mistake


@mistake("ridge_loss", breaks="R.1")
def penalty_is_not_halved(w: Floats, X: Floats, y: Floats, lam: float, /) -> float:
    """Halves the squares alone, as where the penalty is written `lam |w|^2`."""
    r = X @ w - y
    return float(r @ r) / 2 + float(lam * (w @ w))


@mistake("ridge_loss", breaks="R.1")
def mean_of_the_squares(w: Floats, X: Floats, y: Floats, lam: float, /) -> float:
    """The mean over the samples, as libraries have it, and not the sum."""
    r = X @ w - y
    return float(r @ r) / (2 * len(y)) + float(lam * (w @ w)) / 2


@mistake("ridge_loss", breaks="R.5")
def penalty_is_subtracted(w: Floats, X: Floats, y: Floats, lam: float, /) -> float:
    """The sign of the penalty is wrong, and the loss no longer convex."""
    r = X @ w - y
    return float(r @ r - lam * (w @ w)) / 2


@mistake("ridge_loss", breaks="R.8")
def first_weight_is_not_penalized(w: Floats, X: Floats, y: Floats, lam: float, /) -> float:
    """Takes the first weight for a bias."""
    r = X @ w - y
    return float(r @ r + lam * (w[1:] @ w[1:])) / 2


@mistake("ridge_gradient", breaks="R.2")
def gradient_without_the_penalty(w: Floats, X: Floats, y: Floats, lam: float, /) -> Floats:
    """The gradient of least squares."""
    return X.T @ (X @ w - y)


@mistake("ridge_gradient", breaks="R.2")
def penalty_is_differentiated_twice_over(w: Floats, X: Floats, y: Floats, lam: float, /) -> Floats:
    """`2 lam w`, as of a penalty that is not halved."""
    return X.T @ (X @ w - y) + 2 * lam * w


@mistake("ridge_hessian", breaks="R.3")
def hessian_of_the_samples(X: Floats, lam: float, /) -> Floats:
    """`X'X`: the penalty is forgotten."""
    return X.T @ X


@mistake("ridge_hessian", breaks="R.4")
def penalty_in_every_entry(X: Floats, lam: float, /) -> Floats:
    """A number is added to a matrix, and NumPy adds it everywhere."""
    return X.T @ X + lam


@mistake("ridge_hessian", breaks="R.4")
def upper_triangle_alone(X: Floats, lam: float, /) -> Floats:
    """One half of a symmetric matrix is filled, and the other one is not."""
    return np.triu(X.T @ X + lam * np.eye(X.shape[1]))


@mistake("ridge_solution", breaks="R.6")
def penalty_by_the_number_of_samples(X: Floats, y: Floats, lam: float, /) -> Floats:
    """`n lam`, as of a mean over the samples."""
    return np.linalg.solve(X.T @ X + len(y) * lam * np.eye(X.shape[1]), X.T @ y)


@mistake("ridge_solution", breaks="R.7")
def least_squares(X: Floats, y: Floats, lam: float, /) -> Floats:
    """The penalty is forgotten."""
    return np.linalg.lstsq(X, y, rcond=None)[0]


@mistake("ridge_solution", breaks="R.9")
def penalty_is_inverted(X: Floats, y: Floats, lam: float, /) -> Floats:
    """`C = 1 / lam`, as some libraries call it, is taken for the penalty."""
    return np.linalg.solve(X.T @ X + np.eye(X.shape[1]) / lam, X.T @ y)


@mistake("ridge_solution", breaks="R.6")
def penalty_is_off_by_a_millionth(X: Floats, y: Floats, lam: float, /) -> Floats:
    """A penalty that is nearly right, as one that was written down in few digits."""
    return np.linalg.solve(X.T @ X + lam * (1 + 1e-6) * np.eye(X.shape[1]), X.T @ y)


@mistake("ridge_solution", breaks="R.7")
def penalty_is_not_halved_in_the_minimum(X: Floats, y: Floats, lam: float, /) -> Floats:
    """`2 lam`, as of a penalty `lam |w|^2` beside halved squares."""
    return np.linalg.solve(X.T @ X + 2 * lam * np.eye(X.shape[1]), X.T @ y)
