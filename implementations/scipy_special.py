"""SciPy behind the contract: `scipy.special` for exponentials and logarithms, `scipy.optimize.newton` for iterates."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from scipy import optimize, special


def floats(*given: Any) -> list[Any]:
    """`given` in the type of the floating-point arrays among them; in float64 if there is none."""
    types = [a.dtype for a in given if isinstance(a, np.ndarray | np.generic) and a.dtype.kind == "f"]
    dtype = np.result_type(*types) if types else np.dtype(np.float64)
    return [np.asarray(a, dtype=dtype) for a in given]


# -- Q1 --


def logistic_predict(w: Any, b: Any, X: Any) -> Any:
    w, b, X = floats(w, b, X)
    return special.expit(X @ w + b)


def logistic_loss(w: Any, b: Any, X: Any, y: Any) -> Any:
    w, b, X, y = floats(w, b, X, y)
    t = X @ w + b
    return -(y * special.log_expit(t) + (1 - y) * special.log_expit(-t)).sum()


def logistic_gradient(w: Any, b: Any, X: Any, y: Any) -> Any:
    w, b, X, y = floats(w, b, X, y)
    residual = special.expit(X @ w + b) - y
    return X.T @ residual, residual.sum()


def logistic_hessian(w: Any, b: Any, X: Any) -> Any:
    w, b, X = floats(w, b, X)
    t = X @ w + b
    rows = np.column_stack([X, np.ones_like(t)])
    return (rows.T * (special.expit(t) * special.expit(-t))) @ rows


# -- Q3 --


def softmax(z: Any) -> Any:
    return special.softmax(*floats(z))


def softmax_jacobian(z: Any) -> Any:
    p = softmax(z)
    return np.diag(p) - np.outer(p, p)


# -- Q6 --


def newton_root(f: Any, fprime: Any, x0: Any, steps: Any) -> Any:
    iterates = [float(x0)]
    for _ in range(steps):
        iterates.append(_newton_step(f, fprime, iterates[-1]))
    return iterates


def _newton_step(f: Any, fprime: Any, x: float) -> float:
    """The only iterate of a run of `scipy.optimize.newton` that is cut off after one."""
    with warnings.catch_warnings(category=RuntimeWarning, action="error"):
        try:
            return float(optimize.newton(f, x, fprime, maxiter=1, disp=False))
        except RuntimeWarning as warning:
            raise ZeroDivisionError(str(warning)) from warning


def newton_minimize(gprime: Any, gsecond: Any, x0: Any, steps: Any) -> Any:
    return newton_root(gprime, gsecond, x0, steps)


# -- Q7 --


def cross_entropy(z: Any, y: Any) -> Any:
    z, y = floats(z, y)
    return -(y * special.log_softmax(z)).sum()


def cross_entropy_gradient(z: Any, y: Any) -> Any:
    z, y = floats(z, y)
    return y.sum() * special.softmax(z) - y


def cross_entropy_hessian(z: Any) -> Any:
    return softmax_jacobian(z)
