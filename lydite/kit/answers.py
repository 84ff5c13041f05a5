"""Arithmetic on answers, which may be anything that an implementation has put into them."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lydite.kit.arrays import Floats


def exact_sum(terms: ArrayLike) -> NDArray[np.float64]:
    """`(m,...) -> (...)`. The sum along the first axis; infinite or NaN where terms are, or where it overflows."""
    values = np.asarray(terms, dtype=np.float64)
    columns = values.reshape(len(values), math.prod(values.shape[1:])).T
    return np.array([_sum(column) for column in columns.tolist()]).reshape(values.shape[1:])


def _sum(terms: Iterable[float]) -> float:
    try:
        return math.fsum(terms)
    except (OverflowError, ValueError):  # opposite infinities, or too large on the way
        with np.errstate(over="ignore", invalid="ignore"):
            return float(np.sum(list(terms)))


def eigenvalues(symmetric: Floats) -> Floats:
    """`(n,n) -> (n)`. In rising order, of the lower triangle; all NaN where the routine finds none."""
    try:
        found: Floats = np.linalg.eigvalsh(symmetric)
    except np.linalg.LinAlgError:  # it does not converge on what is not finite
        return np.full(len(symmetric), np.nan)
    return found
