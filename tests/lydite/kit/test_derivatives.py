"""Every claim about a derivative is shown by finite differences of the implementation's own answers, too."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np
import pytest

import reference
from lydite.kit import consistency
from lydite.kit.calls import CALLS, DERIVATIVES
from lydite.kit.claim import CLAIMS
from lydite.kit.every import every
from lydite.kit.law import Law
from lydite.kit.laws import LAWS
from lydite.kit.regime import Regime

LISTED = {
    c.id: [consistency.differences(c, LAWS, of) for of in consistency.differentiated(c, CALLS)]
    for c in CLAIMS.values()
    if any(consistency.differentiated(c, CALLS))
}
"""Each claim about a derivative, and for each of its derivatives the laws that take differences."""


@pytest.mark.parametrize("claim", LISTED)
def test_a_claim_about_a_derivative_has_a_law_of_differences(claim: str) -> None:
    assert all(LISTED[claim])


def test_the_list_is_that_of_the_document() -> None:
    """Gradients, Hessians, backward passes, steps, convexity and stationary points of six questions, and X."""
    assert len(LISTED) >= 60
    assert {CLAIMS[c].question for c in LISTED} == {"Q1", "Q2", "Q3", "Q4", "Q5", "Q6", "Q7", "X"}


@pytest.mark.parametrize("claim", LISTED)
def test_a_claim_without_one_does_not_load(claim: str) -> None:
    silent = {name: replace(law, differences=()) if claim in law.claims else law for name, law in LAWS.items()}
    with pytest.raises(ValueError, match=f"claim {claim} is about a derivative of"):
        consistency.check(CLAIMS, silent, CALLS)


@pytest.mark.parametrize("call", DERIVATIVES)
def test_a_derivative_is_one_of_a_call_by_parameters_of_it(call: str) -> None:
    rule = DERIVATIVES[call]
    assert set(rule.by) <= set(CALLS[rule.of].parameters)
    assert rule.of not in DERIVATIVES


class Noted:
    """The reference; notes the arguments of every call, and of a callable that one is given."""

    def __init__(self) -> None:
        self.asked: dict[str, list[Any]] = defaultdict(list)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*args: Any) -> Any:
            self.asked[name].append(args)
            return getattr(reference, name)(*args)

        return call


@pytest.mark.parametrize("prop", [p for p in every() if p.law.differences], ids=lambda p: p.law.name)
def test_a_law_of_differences_asks_at_several_points(prop: Any) -> None:
    """Of what it says that it differences, the calls; a function that a call is given is not a call."""
    sources = set(prop.law.differences) & set(CALLS)
    assert sources or prop.law.differences in {("f",), ("g",)}
    asked = [_asked(prop.law, case) for case in islice((*prop.cases.explicit(*CORE), *_drawn(prop)), 40)]
    assert all(max(points[source] for points in asked) >= 2 for source in sources)


CORE = Regime.CORE, "float64"


def _asked(law: Law, case: Any) -> Counter[str]:
    """Returns at how many points each call was made."""
    noted = Noted()
    with np.errstate(all="ignore"):
        law(noted, case)
    return Counter({name: len({repr(args) for args in all_args}) for name, all_args in noted.asked.items()})


def _drawn(prop: Any) -> Any:
    return prop.cases.batch(*CORE, 5, 4, 0)
