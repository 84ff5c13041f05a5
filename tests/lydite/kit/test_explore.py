"""The deeper search: constants of the code under test, and the directed search for the largest error over allowed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import reference
from lydite.kit.case import Case
from lydite.kit.cases import Cases
from lydite.kit.every import every
from lydite.kit.evidence import Broken, Tally
from lydite.kit.explore import Explorer, neighbors
from lydite.kit.forall import Deeper, Plan, Property, forall
from lydite.kit.holds import holds
from lydite.kit.regime import Regime
from lydite.kit.tape import changed
from lydite.notation.counterexample import inputs
from lydite.target.implementation import Implementation
from properties.strategies.batch_norm import normalised_batches
from properties.strategies.softmax_cross_entropy import normalised_logits
from spec.laws import batch_norm, softmax_cross_entropy

ALL: list[tuple[Cases[Any], Regime]] = list(
    {(p.cases, r): None for p in every() if not p.law.batched for r in p.law.regimes if r is not Regime.INPUTS}
)
"""Every kind of cases, in the regimes in which a law asks for it."""
NASTY = (0.0, 1.0, 777.0, 3.7e5, -4.25, 0.1, 1e-12, 1e-300, 5e-324, 2.0**31, 1e300)
LITTLE = 6
softmax_is_exact = forall(normalised_logits, softmax_cross_entropy.softmax_is_exact)
output_is_exact = forall(normalised_batches, batch_norm.output_is_exact)


def offered(**calls: Callable[..., Any]) -> Implementation:
    return Implementation(SimpleNamespace(**{**vars(reference), **calls}))


def softmax_wrong_where(is_wrong: Callable[[Any], bool]) -> Implementation:
    def softmax(z: Any) -> Any:
        p = reference.softmax(z)
        return p[::-1].copy() if is_wrong(np.asarray(z)) else p

    return offered(softmax=softmax)


def found(prop: Property[Any], impl: Implementation, regime: Regime, *constants: float, seed: int = 0) -> Case:
    """The case at which a fault is found that the default run misses."""
    prop.check(impl, regime, Plan(seed=0), Tally())
    with pytest.raises(Broken) as caught:
        prop.check(impl, regime, Plan(seed=seed, examples=3, deeper=Deeper(constants)), Tally())
    return caught.value.evidence.case


# -- Constants --


def test_a_constant_is_tried_with_its_neighbors() -> None:
    assert set(neighbors([777.0], "float64")) == {
        *(776.0, 777.0, 778.0, -777.0),
        *(np.nextafter(777.0, np.inf), np.nextafter(777.0, 0.0)),
    }
    assert 0.75 in set(neighbors([0.25], "float64"))
    assert not set(neighbors([1e39], "float32"))


@pytest.mark.parametrize("seed", range(3))
def test_a_fault_at_a_single_size_is_found_by_a_constant(seed: int) -> None:
    impl = softmax_wrong_where(lambda z: len(z) == 777)
    case: Any = found(softmax_is_exact, impl, Regime.SCALE, 12.0, 777.0, seed=seed)
    assert len(case.z) == 777


def test_the_constants_that_were_tried_are_known() -> None:
    right = offered()
    deeper = Deeper((777.0, 2.5, 1e15))
    softmax_is_exact.check(right, Regime.SCALE, Plan(examples=1, deeper=deeper), Tally())
    assert deeper.tried == {777.0}
    softmax_is_exact.check(right, Regime.CORE, Plan(examples=1, deeper=deeper), Tally())
    assert deeper.tried == set(deeper.constants)


def test_a_law_that_breaks_before_tries_no_constant() -> None:
    deeper = Deeper((777.0,))
    with pytest.raises(Broken):
        softmax_is_exact.check(softmax_wrong_where(lambda z: len(z) > 1), Regime.CORE, Plan(deeper=deeper), Tally())
    assert not deeper.tried


def test_a_fault_next_to_a_constant_is_found() -> None:
    impl = softmax_wrong_where(lambda z: len(z) == 776)
    assert len(found(softmax_is_exact, impl, Regime.SCALE, 777.0).z) == 776  # type: ignore[attr-defined]


def test_a_fault_at_a_value_is_found_by_a_constant() -> None:
    impl = softmax_wrong_where(lambda z: bool((z == 33.25).any() and len(set(z)) > 1))
    case: Any = found(softmax_is_exact, impl, Regime.STABILITY, 33.25)
    assert 33.25 in case.z


def test_a_fault_just_beyond_a_threshold_is_found() -> None:
    impl = softmax_wrong_where(lambda z: bool(33.25 < z.max() < 33.25 + 1e-9 and z.min() < z.max()))
    case: Any = found(softmax_is_exact, impl, Regime.STABILITY, 33.25)
    assert case.z.max() == np.nextafter(33.25, np.inf)


def test_a_fault_beyond_a_large_value_is_found() -> None:
    """Where the regime has values as large."""

    def forward(x: Any, gamma: Any, beta: Any, eps: float) -> Any:
        y = reference.batch_norm(x, gamma, beta, eps)
        return y + 1 if ((x > 3.7e5) & (x < 3.70001e5)).any() else y

    case: Any = found(output_is_exact, offered(batch_norm=forward), Regime.STABILITY, 3.7e5)
    assert case.x.max() > 3.7e5


@pytest.mark.parametrize("constant", NASTY)
def test_no_constant_breaks_what_draws(constant: float) -> None:
    rng = np.random.default_rng(0)
    for cases, regime in ALL:
        if cases.most > LITTLE:
            for number in list(dict.fromkeys(neighbors([constant], "float64")))[:2]:
                assert cases.sketch(regime, "float64", rng, "normal", constant=number, largest=LITTLE).case


# -- The same case again, a little changed --


@pytest.mark.parametrize("texture", ["integer", "wide"])
def test_a_case_is_drawn_again_from_what_was_drawn(texture: str) -> None:
    assert len(ALL) > 50
    for cases, regime in ALL:
        first = cases.sketch(regime, "float64", np.random.default_rng(1), texture, largest=LITTLE)
        again = cases.sketch(regime, "float64", np.random.default_rng(2), texture, largest=LITTLE, given=first.drawn)
        assert inputs(first.case) == inputs(again.case), cases


def test_a_changed_case_is_another_one_that_can_be_drawn() -> None:
    rng = np.random.default_rng(0)
    others = 0
    for cases, regime in ALL:
        first = cases.sketch(regime, "float32", rng, "normal", largest=LITTLE)
        for _ in range(4):
            given = changed(first.drawn, rng)
            other = cases.sketch(regime, "float32", rng, "normal", largest=LITTLE, given=given)
            others += inputs(other.case) != inputs(first.case)
    assert others > 2 * len(ALL)


# -- The directed search --


def cancelling(z: Any) -> Any:
    """A softmax that loses a bit with each one that the first two logits have in common but for a certain distance."""
    p = reference.softmax(z)
    away = abs(z[0] - z[1] - 2.71828) if len(z) > 1 else 1.0
    return p * (1 - 2.0**-53 * np.log2(np.clip(away, 2.0**-40, 1.0)))


def worst(impl: Implementation, seed: int, generations: int) -> Tally:
    """Returns what the directed search finds in so many generations."""
    tally = Tally()
    explorer = Explorer(normalised_logits, Regime.CORE, "float64", seed, partial(held, impl, tally), 40)
    explorer.ascend(generations)
    return tally


def held(impl: Implementation, tally: Tally, cases: Sequence[Case]) -> list[Tally]:
    tallies = [Tally() for _ in cases]
    for case, one in zip(cases, tallies, strict=True):
        holds(softmax_cross_entropy.softmax_is_exact, impl, case, one)
        tally.add(one)
    return tallies


def random_worst(impl: Implementation, seed: int, batches: int) -> Tally:
    tally = Tally()
    softmax_is_exact.check(impl, Regime.CORE, Plan(seed=seed, examples=batches, edges=False, shrink=False), tally)
    return tally


@pytest.mark.parametrize("seed", range(5))
def test_a_directed_search_finds_larger_errors_than_as_many_random_cases(seed: int) -> None:
    impl = offered(softmax=cancelling)
    directed, drawn = worst(impl, seed, 40), random_worst(impl, seed, 40)
    assert directed.cases == drawn.cases
    assert directed.worst > 1.5 * drawn.worst


def test_a_directed_search_is_the_same_each_time() -> None:
    first, second = (worst(offered(softmax=cancelling), 7, 10) for _ in range(2))
    assert first.at
    assert second.at
    assert (first.worst, inputs(first.at)) == (second.worst, inputs(second.at))
    assert worst(offered(softmax=cancelling), 8, 10).worst != first.worst


def test_a_run_goes_deeper_only_on_request() -> None:
    usual, deeper = Tally(), Tally()
    impl = offered()
    softmax_is_exact.check(impl, Regime.CORE, Plan(examples=1), usual)
    softmax_is_exact.check(impl, Regime.CORE, Plan(examples=1, deeper=Deeper()), deeper)
    edges = len(normalised_logits.explicit(Regime.CORE, "float64"))
    assert usual.cases == edges + 40
    assert deeper.cases >= edges + 10 * 40


def test_a_failure_of_the_deeper_search_is_shown_in_round_numbers() -> None:
    impl = softmax_wrong_where(lambda z: len(z) == 777)
    case: Any = found(softmax_is_exact, impl, Regime.SCALE, 777.0)
    assert set(case.z.tolist()) <= {-1.0, 0.0, 1.0}
