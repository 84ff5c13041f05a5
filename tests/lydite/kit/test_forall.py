"""Quantification: seeds, sharing, edges first, shrinking."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from lydite.commands.cli import cli
from lydite.grading.request import Request
from lydite.kit.evidence import Broken, Tally
from lydite.kit.forall import Plan, Property, forall
from lydite.kit.law import Equation, Law, Statement
from lydite.kit.regime import Regime
from lydite.target.implementation import Implementation
from properties.strategies.softmax_cross_entropy import labelled_logits, normalised_logits
from spec.definitions.softmax_cross_entropy import Logits
from spec.laws import softmax_cross_entropy as laws


def recording(seen: list[Logits]) -> Property[Logits]:
    def states(f: object, case: Logits) -> Statement:
        seen.append(case)
        return Equation(0.0, 0.0, 0.0)

    return forall(labelled_logits, Law("topic.name", "0 = 0.", ("Q7.a.7",), tuple(Regime), states, "Logits"))


def drawn(plan: Plan, regime: Regime = Regime.CORE) -> list[Logits]:
    seen: list[Logits] = []
    recording(seen).check(Implementation(None), regime, plan, Tally())
    return seen


def test_one_seed_draws_one_run() -> None:
    first, second = drawn(Plan(seed=3)), drawn(Plan(seed=3))
    assert [c.z.tolist() for c in first] == [c.z.tolist() for c in second]


def test_two_seeds_draw_differently() -> None:
    first, second = drawn(Plan(seed=3)), drawn(Plan(seed=4))
    edges = len(labelled_logits.explicit(Regime.CORE, "float64"))
    assert [c.z.tolist() for c in first[edges:]] != [c.z.tolist() for c in second[edges:]]


def test_laws_over_the_same_cases_share_them() -> None:
    first, second = drawn(Plan(seed=3)), drawn(Plan(seed=3))
    assert all(a is b for a, b in zip(first, second, strict=True))


def test_the_edges_come_first() -> None:
    edges = labelled_logits.explicit(Regime.CORE, "float64")
    assert tuple(drawn(Plan())[: len(edges)]) == tuple(edges)


def test_a_law_meets_at_least_four_hundred_cases_in_core() -> None:
    assert len(drawn(Plan())) >= 400


def test_a_first_case_that_a_law_cannot_take_is_left() -> None:
    seen: list[Logits] = []
    good, bad = labelled_logits.explicit(Regime.CORE, "float64")[:2]

    def states(f: object, case: Logits) -> Statement:
        if case is bad:
            raise ZeroDivisionError
        seen.append(case)
        return Equation(0.0, 0.0, 0.0)

    law = Law("topic.name", "0 = 0.", ("Q7.a.7",), tuple(Regime), states, "Logits")
    other = forall(normalised_logits, law)
    other.check(Implementation(None), Regime.CORE, Plan(first=(bad, good)), Tally())
    assert seen[0] is good


def test_precision_is_that_of_the_arrays() -> None:
    assert {c.z.dtype for c in drawn(Plan(precision="float32"))} == {np.dtype(np.float32)}


def test_arrays_are_read_only() -> None:
    assert not any(c.z.flags.writeable or c.y.flags.writeable for c in drawn(Plan()))


def test_layouts_vary_and_the_numbers_stay() -> None:
    cases = drawn(Plan(), Regime.LAYOUT)
    types = {c.y.dtype.kind for c in cases}
    assert {"f", "i", "b"} <= types
    assert any(not c.z.flags.c_contiguous for c in cases)
    assert all(np.isfinite(c.z).all() and (c.z == np.ascontiguousarray(c.z)).all() for c in cases)


def counterexample(softmax: Any) -> Logits:
    prop = forall(normalised_logits, laws.softmax_is_exact)
    with pytest.raises(Broken) as caught:
        prop.check(Implementation(SimpleNamespace(softmax=softmax)), Regime.CORE, Plan(), Tally())
    case = caught.value.evidence.case
    assert isinstance(case, Logits)
    return case


def right(z: Any) -> Any:
    e = np.exp(z - z.max())
    return e / e.sum()


def test_a_fault_everywhere_is_shown_at_the_smallest_plain_input() -> None:
    assert sorted(counterexample(lambda z: right(z) + 1).z.tolist()) == [0.0, 1.0]


@pytest.mark.parametrize("least", [2, 4])
def test_a_fault_from_some_size_on_is_shown_at_that_size_with_round_numbers(least: int) -> None:
    z = counterexample(lambda z: right(z) + (z.size >= least)).z
    assert z.size == least
    assert set(z.tolist()) <= {-2.0, 0.0, 2.0, 1.0}


def test_a_fault_of_rare_numbers_is_found() -> None:
    z = counterexample(lambda z: right(z) + (z.max() > 3)).z
    assert z.max() > 3


def test_the_default_number_of_batches_is_one_number(pytestconfig: pytest.Config) -> None:
    [grade] = [o.default for o in cli.commands["grade"].params if o.name == "examples"]
    gate = pytestconfig.getoption("--lydite-examples")
    assert {str(Request().examples), str(grade), gate} == {str(Plan().examples)}
