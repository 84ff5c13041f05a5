"""Correct code in other hands: the textbook's formulas hold in core, and break in stability where they must."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.hunt import PRECISIONS, held_to_all
from lydite.adapters.adapter import read_adapter
from lydite.grading.expectation import read_expectations
from lydite.kit.calls import OPTIONAL
from lydite.kit.claim import CLAIMS
from lydite.kit.evidence import Tally
from lydite.kit.failure import CallFailed, Misbehaved
from lydite.kit.forall import Plan, Property
from lydite.kit.holds import holds
from lydite.kit.regime import Regime
from lydite.kit.source import TEXTURES
from lydite.target.implementation import Implementation
from lydite.target.load import load

ROOT = Path(__file__).parents[2]
TOPICS = [path.stem for path in sorted((ROOT / "properties").glob("test_*.py"))]
TEXTBOOK = Implementation(load(str(ROOT / "implementations" / "textbook_numpy.py")))


def properties(topic: str, regime: Regime) -> list[Property[Any]]:
    """Those of the calls that every implementation has to offer."""
    values = vars(import_module(f"properties.{topic}")).values()
    held = [p for p in values if isinstance(p, Property) and regime in p.law.regimes and not p.law.batched]
    return [p for p in held if not any(OPTIONAL & set(CLAIMS[claim].calls) for claim in p.law.claims)]


@pytest.mark.parametrize("precision", ["float64", "float32"])
@pytest.mark.parametrize("topic", TOPICS)
def test_the_textbook_holds_in_core(topic: str, precision: str) -> None:
    for prop in properties(topic, Regime.CORE):
        drawn = prop.cases.batch(Regime.CORE, precision, largest=5, texture=len(TEXTURES) - 1, seed=1)
        with np.errstate(all="ignore"):
            for case in (*prop.cases.explicit(Regime.CORE, precision), *drawn):
                holds(prop.law, TEXTBOOK, case, Tally())


BREAKS = {
    "test_batch_norm": set(),
    "test_logistic": {"loss_is_exact"},
    "test_network": {"output_is_exact"},
    "test_softmax_cross_entropy": {"softmax_is_exact", "loss_is_exact", "gradient_is_exact", "hessian_is_exact"},
}
"""Where the printed formulas lose what a stable evaluation keeps: overflow, the logarithm of what underflowed."""


@pytest.mark.parametrize("topic", BREAKS)
def test_the_textbook_breaks_in_stability(topic: str) -> None:
    broken = set()
    for prop in properties(topic, Regime.STABILITY):
        try:
            prop.check(TEXTBOOK, Regime.STABILITY, Plan(examples=2, shrink=False), Tally())
        except (AssertionError, CallFailed, Misbehaved):
            broken.add(prop.law.name.partition(".")[2])
    assert BREAKS[topic] <= broken
    assert bool(BREAKS[topic]) == bool(broken)


STYLES = ("dual_numbers.py", "numpy_complex_step.py", "numpy_log_sum_exp.py", "numpy_multiplied_out.py")
"""Correct code as it is written elsewhere."""


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("style", STYLES)
def test_correct_code_in_another_style_is_accused_of_nothing(style: str, precision: str, seed: int) -> None:
    held = held_to_all((style, precision, seed, 1))
    assert held["cases"] > 0
    assert held["accusations"] == []


FOLDER = ROOT / "implementations"
EXPECTED = read_expectations(FOLDER / "expected.toml")
FAULTY = {"with_faults.py"}
"""Graded by `make grade`, which shows its faults."""


def test_every_implementation_is_expected_somewhere() -> None:
    adapters = {path.name: read_adapter(path) for path in FOLDER.glob("*.toml") if path.name != "expected.toml"}
    behind = {f"{adapter.module}.py" for adapter in adapters.values()}
    behind |= {f"{m.python.partition(':')[0]}.py" for adapter in adapters.values() for m in adapter.calls.values()}
    alone = {path.name for path in FOLDER.glob("*.py")} - behind - FAULTY
    assert set(EXPECTED) == alone | set(adapters)


def test_exceptions_are_in_scope() -> None:
    for expectation in EXPECTED.values():
        for known in expectation.exception:
            assert {regime for _, regime in known.pairs} <= set(expectation.regimes), f"{expectation.name}: {known.id}"
            assert known.link, f"{expectation.name}: {known.id}"
            assert set(known.precisions) <= set(expectation.precisions)
