"""Problems for R: tall and wide ones, collinear columns, small and large penalties."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from spec.definitions.ridge import Problem

from lydite.kit import Cases, Floats, Source, blotted, refusals

LEAST, MOST = 1 / 16, 16.0
"""The penalties, so that float32 tells a solution from a wrong one."""
KINDS = ("any", "any", "collinear", "constant", "orthogonal")
"""Kinds of columns."""


def _samples(source: Source) -> Floats:
    """(n,d), both sizes of their own."""
    X = np.clip(source.numbers(source.size(), source.size()), -4, 4)
    match source.choice(KINDS):
        case "collinear":
            X = np.outer(X[:, 0], X[0])
        case "constant":
            X = np.ones_like(X) * X[0]
        case "orthogonal":
            X = np.eye(*X.shape) * X[0]
    return source.array(X)


def _draw(source: Source) -> Problem:
    X = _samples(source)
    n, d = X.shape
    lam = source.choice((1.0, 1.0, 0.5, 2.0, source.scalar(source.log_uniform(LEAST, MOST))))
    return Problem(
        w=source.numbers(d), v=source.numbers(d), X=X, y=source.numbers(n), lam=source.scalar(lam), **source.common
    )


def _problem(source: Source, w: Any, X: Any, y: Any, lam: float) -> Problem:
    v = np.arange(1, len(w) + 1) / len(w)
    return Problem(
        w=source.array(w), v=source.array(v), X=source.array(X), y=source.array(y), lam=float(lam), **source.common
    )


def _edges(source: Source) -> Iterator[Problem]:
    """Nothing at all, one number, more weights than samples, and columns that are alike, nearly alike and far apart."""
    yield _problem(source, [0.0], [[0.0]], [0.0], 1)
    yield _problem(source, [2.0], [[3.0]], [5.0], 1)
    yield _problem(source, [1.0, 2.0], [[1.0, 2.0], [3.0, 5.0], [7.0, 11.0]], [1.0, -2.0, 4.0], 0.5)
    yield _problem(source, [1.0, -2.0, 3.0], [[1.0, 2.0, 3.0]], [4.0], 2)
    yield _problem(source, [1.0, 1.0], [[1.0, 1.0], [2.0, 2.0]], [1.0, 3.0], 1)
    yield _problem(source, [1.0, 0.0], [[1.0, 1.0], [1.0, 0.0]], [1.0, 0.0], 0.25)
    yield _problem(source, [1.0, -1.0], [[1.0, 1.0], [1.0, 1.0625]], [1.0, -1.0], LEAST)
    yield _problem(source, [1.0, -1.0], [[4.0, 0.0], [0.0, 1 / 64]], [1.0, 1.0], MOST)


problems = Cases(_draw, _edges)

# -- Bad input --


def _bad_samples(source: Source) -> Iterator[tuple[str, Floats]]:
    X = source.numbers(3, 2)
    yield "X holds NaN", blotted(X, np.nan)
    yield "X holds infinity", blotted(X, np.inf)
    yield "X has no row", X[:0]
    yield "X has no column", X[:, :0]
    yield "X is a vector", X[0]


def _bad_problems(source: Source) -> Iterator[tuple[str, tuple[Any, ...]]]:
    w, X, y = source.numbers(2), source.numbers(3, 2), source.numbers(3)
    for fault, samples in _bad_samples(source):
        yield fault, (w, samples, y, 1.0)
    yield "w holds NaN", (blotted(w, np.nan), X, y, 1.0)
    yield "w is too long", (np.append(w, w), X, y, 1.0)
    yield "y holds infinity", (w, X, blotted(y, np.inf), 1.0)
    yield "y is too short", (w, X, y[1:], 1.0)
    yield "y is a column", (w, X, y[:, None], 1.0)
    for lam in (-1.0, np.nan, np.inf):
        yield f"lam is {lam}", (w, X, y, lam)


def _bad_hessians(source: Source) -> Iterator[tuple[str, tuple[Any, ...]]]:
    for fault, samples in _bad_samples(source):
        yield fault, (samples, 1.0)
    yield "lam is negative", (source.numbers(3, 2), -1.0)


def _bad_solutions(source: Source) -> Iterator[tuple[str, tuple[Any, ...]]]:
    for fault, arguments in _bad_problems(source):
        if not fault.startswith("w "):
            yield fault, arguments[1:]
    yield "lam is 0", (source.numbers(3, 2), source.numbers(3), 0.0)


bad_loss = refusals("ridge_loss", _bad_problems)
bad_gradient = refusals("ridge_gradient", _bad_problems)
bad_hessian = refusals("ridge_hessian", _bad_hessians)
bad_solution = refusals("ridge_solution", _bad_solutions)
