"""Nobody gains by spoiling a call that another one may be said to rest on."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import lydite
import reference
from lydite.report.credit import earned
from lydite.report.model import Entry
from tests.support import made

Calls = dict[str, Callable[..., Any]]


def garbage_matrix(z: Any) -> Any:
    return np.add.outer(np.cos(3 * z + 1), np.sin(z)) + np.arange(z.size**2).reshape(z.size, z.size)


def stub(z: Any) -> Any:
    return np.outer(z, z) + 1.0


def two_faced(outer: str, inner: str, garbage: Calls, right: Callable[..., Any]) -> Calls:
    """Returns the two calls, of which `inner` is wrong right after `outer` was called alone: in the diagnosis."""
    last = [""]

    def calls_outer(*inputs: Any) -> Any:
        last[0] = outer
        return garbage[outer](*inputs)

    def calls_inner(*inputs: Any) -> Any:
        if last[0] == outer:
            return garbage[inner](*inputs)
        last[0] = inner
        return right(*inputs)

    return {outer: calls_outer, inner: calls_inner}


def off_for_three(z: Any) -> Any:
    return reference.softmax_jacobian(z) + 1e-3 * np.eye(3) if z.size == 3 else reference.softmax_jacobian(z)


MATRICES: Calls = {"cross_entropy_hessian": garbage_matrix, "softmax_jacobian": garbage_matrix}


def graded(calls: Calls, seed: int, only: str) -> Entry:
    whole = {name: getattr(reference, name) for name in reference.__all__}
    options: dict[str, Any] = {"only": only, "regimes": "core", "examples": 1, "seed": seed}
    (entry,) = lydite.grade(whole | calls, **options).implementations
    return entry


@pytest.mark.parametrize("seed", [0, 1])
def test_who_spoils_an_inner_call_gains_nothing(seed: int) -> None:
    outer, inner = MATRICES
    honest = graded({outer: MATRICES[outer]}, seed, "Q7.b.1,Q7.b.i.2,Q3.1.4")
    assert honest.points < honest.max_points
    for right in (reference.softmax_jacobian, off_for_three):
        found = graded(two_faced(outer, inner, MATRICES, right), seed, "Q7.b.1,Q7.b.i.2,Q3.1.4")
        assert found.points <= honest.points
        follows = {claim for fault in found.faults or () for claim in fault.follows}
        assert follows <= {claim.id for claim in found.claims if claim.points}


CAUSES = ["Q3.1.3", "Q3.1.4", "Q3.0.4", "Q7.0.1"]
EXPLAINED = ["Q7.b.1", "Q7.b.i.2", "Q7.a.1", "Q7.a.7", "Q3.1.5"]


@given(
    st.sets(st.sampled_from(CAUSES)),
    st.dictionaries(st.sampled_from(EXPLAINED), st.sets(st.sampled_from(CAUSES), min_size=1)),
    st.sets(st.sampled_from(CAUSES + EXPLAINED)),
)
def test_what_is_credited_is_never_more_than_what_is_lost(
    broken: set[str], because: dict[str, set[str]], void: set[str]
) -> None:
    wrong = [made.claim(name, outcome="broken") for name in broken]
    wrong += [made.claim(name, outcome="broken", because=sorted(why)) for name, why in because.items()]
    report = made.read(made.implementation("a.py", claims=[made.claim("Q1.1"), *wrong]))
    claims = earned(report.claims, void)
    credited = math.fsum(c.points for c in claims if not c.holds and c.id not in void)
    lost = math.fsum(c.max_points for c in claims if c.failed and not c.because and c.id not in void)
    assert credited <= lost + 0.01
    assert all(c.points == c.max_points for c in claims if c.holds or c.id in void)
    assert not any(c.points for c in claims if c.id in broken - void)
    shared = [
        c for c in claims if c.id == "Q3.1.5" and c.id not in void and because.get(c.id, set()) <= set(CAUSES[:2])
    ]
    assert not any(c.points for c in shared if not c.holds)  # a call does not excuse its own claims


def test_a_claim_that_costs_points_is_not_said_to_follow() -> None:
    wrong = [made.claim("Q3.0.4", outcome="broken")]
    wrong += [made.claim(name, outcome="broken", because=["Q3.0.4"]) for name in ("Q7.b.1", "Q7.b.i.2")]
    claims = earned(made.read(made.implementation("a.py", *wrong)).claims)
    assert {c.id: c.excused for c in claims if c.because} == {"Q7.b.1": True, "Q7.b.i.2": False}


def test_what_loses_nothing_is_no_excuse() -> None:
    """A void claim pays nothing, nor does one that holds; then the claim is said to follow from nothing."""
    wrong = [made.claim("Q3.0.4", outcome="broken"), made.claim("Q7.b.1", outcome="broken", because=["Q3.0.4"])]
    report = made.read(made.implementation("a.py", *wrong))
    [paid] = [c for c in earned(report.claims) if c.key == ("Q7.b.1", "core")]
    assert (paid.because, paid.excused) == (("Q3.0.4",), True)
    [unpaid] = [c for c in earned(report.claims, {"Q3.0.4"}) if c.key == ("Q7.b.1", "core")]
    assert (unpaid.because, unpaid.points) == ((), 0.0)


def test_an_excuse_that_is_excused_itself_explains_nothing() -> None:
    wrong = [made.claim("Q3.0.4", outcome="broken")]
    wrong += [made.claim("Q7.b.1", outcome="broken", because=["Q3.0.4"])]
    wrong += [made.claim("Q3.1.3", outcome="broken", because=["Q7.b.1"])]
    whole = earned(made.read(made.implementation("a.py", *wrong)).claims)
    claims = {c.id: c for c in whole if c.regime == "core"}
    assert claims["Q7.b.1"].excused
    assert (claims["Q3.1.3"].because, claims["Q3.1.3"].points) == ((), 0.0)
