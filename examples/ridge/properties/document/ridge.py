"""R: what needs no implementation, in exact rational arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flint import fmpq, fmpq_mat
from hypothesis import strategies as st

from lydite.kit import judge
from lydite.kit.draws import positive, vector
from lydite.kit.relations import at_most, equal, true

Rows = Sequence[Sequence[Any]]


def penalized(X: fmpq_mat, lam: Any) -> fmpq_mat:
    """`X'X + lam I`."""
    A = X.transpose() * X
    for i in range(A.nrows()):
        A[i, i] += lam
    return A


def solution(X: Rows, y: Sequence[Any], lam: Any) -> list[fmpq]:
    """`(X'X + lam I)^-1 X'y`."""
    rows = fmpq_mat([list(row) for row in X])
    column = fmpq_mat([[yi] for yi in y])
    return list(penalized(rows, lam).solve(rows.transpose() * column).entries())


def dual(X: Rows, y: Sequence[Any], lam: Any) -> list[fmpq]:
    """`X' (X X' + lam I)^-1 y`."""
    rows = fmpq_mat([list(row) for row in X])
    column = fmpq_mat([[yi] for yi in y])
    return list((rows.transpose() * penalized(rows.transpose(), lam).solve(column)).entries())


def norm(w: Sequence[Any]) -> list[Any]:
    """`|w|^2`, which shrinks where the norm does."""
    return [sum(wi * wi for wi in w)]


def each(w: Sequence[Any]) -> list[Any]:
    """The size of each entry."""
    return [abs(wi) for wi in w]


def matrices(n: int, d: int) -> st.SearchStrategy[Any]:
    """`n` rows of `d` rationals."""
    return st.lists(vector(d), min_size=n, max_size=n).map(tuple)


PROBLEMS = st.tuples(st.integers(1, 3), st.integers(1, 3)).flatmap(
    lambda sizes: st.tuples(matrices(*sizes), vector(sizes[0]), positive())
)


@judge(
    "R.10",
    form=norm,
    printed=each,
    witnesses=[(((1, 1), (1, 0)), (1, 0), fmpq(1, 4), fmpq(3, 4))],
    cases=st.tuples(PROBLEMS, positive()).map(lambda drawn: (*drawn[0], drawn[1])),
)
def coefficients_shrink(form: Callable[..., Any], X: Rows, y: Sequence[Any], lam: Any, more: Any) -> None:
    """Holds `form` of `w*` not to grow with the penalty: `|w*|` does not, and an entry of `w*` may.

    By `lam` the first entry is `lam / (lam^2 + 3 lam + 1)` for the witness, which grows up to `lam = 1`. In the basis
    of singular vectors each entry of `w*` is `s_i (u_i.y) / (s_i^2 + lam)`: those shrink, and with them the norm.
    """
    for larger, smaller in zip(form(solution(X, y, lam + more)), form(solution(X, y, lam)), strict=True):
        at_most(larger, smaller)


@judge(
    "R.11",
    form=dual,
    wrong={
        "without the samples in front": lambda X, y, lam: solution(X, y, 2 * lam),
        "the penalty squared": lambda X, y, lam: dual(X, y, lam * lam),
    },
    cases=PROBLEMS,
    edges=[(((1, 2),), (3,), fmpq(2)), (((1,), (2,)), (3, 4), fmpq(1, 2))],
)
def dual_is_the_solution(form: Callable[..., Any], X: Rows, y: Sequence[Any], lam: Any) -> None:
    """`X' (X X' + lam I)^-1 y = (X'X + lam I)^-1 X'y`, since `X' (X X' + lam I) = (X'X + lam I) X'`."""
    equal(form(X, y, lam), solution(X, y, lam))


@judge(
    "R.12",
    form=lambda lam: lam,
    wrong={"without a penalty": lambda _: fmpq(0)},
    cases=PROBLEMS.map(lambda drawn: (drawn[0], drawn[2])),
    edges=[(((1, 1), (1, 1)), fmpq(1)), (((0,),), fmpq(1, 4))],
)
def penalized_matrix_is_invertible(form: Callable[..., Any], X: Rows, lam: Any) -> None:
    """`det(X'X + lam I) > 0` for `lam > 0`, whatever `X`: every eigenvalue is at least `lam`."""
    det = penalized(fmpq_mat([list(row) for row in X]), form(lam)).det()
    true(det > 0, f"det = {det} > 0")
