"""Draws for judges: small rationals that shrink to short ones, and vectors and labels made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from flint import fmpq
from hypothesis import strategies as st

Draw = st.SearchStrategy[Any]


@cache  # Hypothesis validates a strategy once, and much of a judge's time went into new ones
def rationals(most: int = 4, parts: int = 4) -> Draw:
    """Draws multiples of `1 / parts` from `-most` to `most`, one choice each, the plainest first: 0, 1, -1, 2, ..."""
    return st.sampled_from(_plainest_first(fmpq(k, parts) for k in range(-most * parts, most * parts + 1)))


@cache
def positive(most: int = 4, parts: int = 4) -> Draw:
    """Draws the same above 0."""
    return st.sampled_from(_plainest_first(fmpq(k, parts) for k in range(1, most * parts + 1)))


def _plainest_first(numbers: Iterable[fmpq]) -> list[fmpq]:
    return sorted(numbers, key=lambda x: (x.q, abs(x), x < 0))


@cache
def vectors(least: int = 1, most: int = 4, entries: Draw | None = None) -> Draw:
    """Draws vectors of `least` to `most` rationals."""
    return st.lists(rationals() if entries is None else entries, min_size=least, max_size=most).map(tuple)


def vector(n: int, entries: Draw | None = None) -> Draw:
    """Draws vectors of `n` rationals."""
    return vectors(n, n, entries)


def sized(*parts: str, least: int = 1, most: int = 4) -> Draw:
    """Draws cases whose parts share a size `n`, a letter each.

    "v" a vector, "+" a positive one, "1" a one-hot label, "b" labels 0 and 1, "p" weights that sum to one, "i" an
    index, "q" a rational, "0" a positive rational.
    """
    makers: dict[str, Callable[[int], Draw]] = {
        "v": vector,
        "+": lambda n: vector(n, positive()),
        "1": one_hot,
        "b": lambda n: vector(n, st.integers(0, 1)),
        "p": weights,
        "i": lambda n: st.integers(0, n - 1),
        "q": lambda _: rationals(),
        "0": lambda _: positive(),
    }
    of_size = {n: st.tuples(*(makers[part](n) for part in parts)) for n in range(least, most + 1)}
    return st.integers(least, most).flatmap(lambda n: of_size[n])


@cache
def one_hot(n: int) -> Draw:
    """Draws labels of `n` classes."""
    return st.integers(0, n - 1).map(lambda k: tuple(int(i == k) for i in range(n)))


@cache
def weights(n: int) -> Draw:
    """`n` positive rationals that sum to one."""
    return st.lists(st.integers(1, 6), min_size=n, max_size=n).map(lambda c: tuple(fmpq(x, sum(c)) for x in c))
