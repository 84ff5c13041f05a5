"""The bound on a solution of ridge regression: every stable way to find one stays far below it, at any scale."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pytest
from flint import fmpq, fmpq_mat
from numpy.linalg import cholesky, eigh, inv, lstsq, norm, pinv, qr, solve, svd

BOUNDS = runpy.run_path(str(Path(__file__).parents[5] / "examples" / "ridge" / "spec" / "bounds" / "ridge.py"))
UNITS = {"float64": 2.0**-53, "float32": 2.0**-24}
DRAWS = 400
LOOSE = 1000
"""How many times what correct code comes to the bound is at most."""

Problem: TypeAlias = tuple[Any, Any, Any]
Form: TypeAlias = Callable[[Any, Any, Any], Any]


def _eye(size: int, X: Any) -> Any:
    return np.eye(size, dtype=X.dtype)


def _hessian(X: Any, lam: Any) -> Any:
    return X.T @ X + lam * _eye(X.shape[1], X)


def _gram(X: Any, lam: Any) -> Any:
    return X @ X.T + lam * _eye(len(X), X)


def _augmented(X: Any, y: Any, lam: Any) -> tuple[Any, Any]:
    d = X.shape[1]
    return np.vstack([X, np.sqrt(lam) * _eye(d, X)]), np.append(y, np.zeros(d, X.dtype))


def _by_cholesky(X: Any, y: Any, lam: Any) -> Any:
    factor = cholesky(_hessian(X, lam))
    return solve(factor.T, solve(factor, X.T @ y))


def _by_elimination_without_pivots(X: Any, y: Any, lam: Any) -> Any:
    H, w = np.column_stack([_hessian(X, lam), X.T @ y]), np.zeros_like(X[0])
    for k in range(len(w)):
        for i in range(k + 1, len(w)):
            H[i] -= H[i, k] / H[k, k] * H[k]
    for k in reversed(range(len(w))):
        w[k] = (H[k, -1] - H[k, k + 1 : -1] @ w[k + 1 :]) / H[k, k]
    return w


def _by_eigenvectors(X: Any, y: Any, lam: Any) -> Any:
    values, vectors = eigh(X.T @ X)
    return vectors @ ((vectors.T @ (X.T @ y)) / (values + lam))


def _by_singular_vectors(X: Any, y: Any, lam: Any) -> Any:
    left, s, right = svd(X, full_matrices=False)
    return right.T @ (s / (s * s + lam) * (left.T @ y))


def _by_qr(X: Any, y: Any, lam: Any) -> Any:
    A, b = _augmented(X, y, lam)
    q, r = qr(A)
    return solve(r, q.T @ b)


def _by_qr_of_all(X: Any, y: Any, lam: Any) -> Any:
    r: Any = qr(np.column_stack(_augmented(X, y, lam)), mode="r")
    return solve(r[:-1, :-1], r[:-1, -1])


def _by_pseudoinverse(X: Any, y: Any, lam: Any) -> Any:
    A, b = _augmented(X, y, lam)
    return pinv(A) @ b


def _shortest_by_qr(X: Any, y: Any, lam: Any) -> Any:
    q, r = qr(np.vstack([X.T, np.sqrt(lam) * _eye(len(X), X)]))
    return (q @ solve(r.T, y))[: X.shape[1]]


FORMS: dict[str, Form] = {
    "LU": lambda X, y, lam: solve(_hessian(X, lam), X.T @ y),
    "Cholesky": _by_cholesky,
    "elimination without pivots": _by_elimination_without_pivots,
    "inverse": lambda X, y, lam: inv(_hessian(X, lam)) @ X.T @ y,
    "pseudoinverse of H": lambda X, y, lam: pinv(_hessian(X, lam)) @ (X.T @ y),
    "eigenvectors": _by_eigenvectors,
    "singular vectors": _by_singular_vectors,
    "augmented lstsq": lambda X, y, lam: lstsq(*_augmented(X, y, lam), rcond=None)[0],
    "augmented QR": _by_qr,
    "augmented QR of all": _by_qr_of_all,
    "augmented pseudoinverse": _by_pseudoinverse,
    "dual": lambda X, y, lam: X.T @ solve(_gram(X, lam), y),
    "dual inverse": lambda X, y, lam: X.T @ inv(_gram(X, lam)) @ y,
    "shortest by lstsq": lambda X, y, lam: lstsq(np.hstack([X, np.sqrt(lam) * _eye(len(X), X)]), y, rcond=None)[0][
        : X.shape[1]
    ],
    "shortest by QR": _shortest_by_qr,
}


def _rational(rows: int, columns: int, of: Any) -> fmpq_mat:
    return fmpq_mat(rows, columns, [fmpq(*float(x).as_integer_ratio()) for x in np.ravel(of)])


def _exact(X: Any, y: Any, lam: Any) -> fmpq_mat:
    n, d = X.shape
    rows = _rational(n, d, of=X)
    return (rows.transpose() * rows + _rational(d, d, of=float(lam) * np.eye(d))).solve(
        rows.transpose() * _rational(n, 1, of=y)
    )


def _draw(rng: np.random.Generator) -> Problem:
    """Draws columns that are large, small or alike and a penalty, half of them far outside of the suite's scales."""
    n, d = rng.integers(1, 6, 2)
    X = rng.standard_normal((n, d))
    match rng.integers(5):
        case 0:
            X *= np.exp2(rng.integers(-12, 3, (n, d)))
        case 1:
            X *= np.exp2(rng.integers(-12, 3, d))
        case 2:
            X = np.outer(X[:, 0], X[0])
        case 3:
            X = np.round(3 * X)
    wide = rng.random() < 1 / 2
    X *= 10.0 ** rng.uniform(-8, 4) if wide else 1
    lam = 10.0 ** (rng.uniform(-8, 8) if wide else rng.uniform(-1.2, 1.2))
    y = X @ rng.standard_normal(d) if rng.random() < 1 / 3 else rng.standard_normal(n) * 10.0 ** rng.uniform(-6, 6)
    return X, y, lam


@pytest.fixture(scope="module", params=UNITS)
def problems(request: pytest.FixtureRequest) -> tuple[float, list[tuple[Problem, fmpq_mat]]]:
    """The unit roundoff, and problems in that precision on which the suite says something, with what is due."""
    rng, u, kind = np.random.default_rng(5), UNITS[request.param], np.dtype(request.param).type
    drawn = [tuple(kind(part) for part in _draw(rng)) for _ in range(DRAWS)]
    drawn.append((kind([[-0.000465]]), kind([0.00126]), kind(0.9988)))
    said = [(X, y, lam) for X, y, lam in drawn if BOUNDS["decided"](X, float(lam), u)]
    assert len(said) > len(drawn) * 3 / 4
    return u, [(one, _exact(*one)) for one in said]


def _share(form: Form, problem: Problem, due: fmpq_mat, u: float) -> float:
    """Returns the norm of the error, in units of the bound."""
    found = form(*problem)
    X, y, lam = problem
    off = norm([float(due[i, 0] - fmpq(*float(w).as_integer_ratio())) for i, w in enumerate(found)])
    allowed = BOUNDS["solution"](X, y, float(lam), u)
    return float(off / allowed) if off else 0.0


@pytest.mark.parametrize("name", FORMS)
def test_every_stable_form_stays_below_half_of_the_bound(name: str, problems: Any) -> None:
    u, told = problems
    shares = [_share(FORMS[name], problem, due, u) for problem, due in told]
    assert max(shares) < 1 / 2
    assert max(shares) > 1 / LOOSE


def _by_the_wrong_penalty(factor: float, X: Any, y: Any, lam: Any) -> Any:
    return lstsq(_hessian(X, X.dtype.type(factor) * lam), X.T @ y, rcond=None)[0]


def _depends_on_the_penalty(X: Any, y: Any, lam: Any) -> bool:
    return bool(1 / 4 <= norm(X) ** 2 / lam <= 4 and norm(X.T @ y) > norm(X) * norm(y) / 2)


def test_wrong_penalties_are_beyond_the_bound(problems: Any) -> None:
    """They are where the samples neither outweigh the penalty nor vanish beside it."""
    u, told = problems
    plain = [(p, due) for p, due in told if _depends_on_the_penalty(*p)]
    least = 1 + (1e-6 if u == UNITS["float64"] else 1e-1)
    for factor in (least, 2, 0):
        form = partial(_by_the_wrong_penalty, factor)
        shares = [_share(form, problem, due, u) for problem, due in plain]
        assert len(shares) > DRAWS / 100
        assert min(shares) > 1
