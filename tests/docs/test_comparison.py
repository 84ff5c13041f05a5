"""Each cell of the comparison with other tools is shown by a test, or cites where it is documented."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as drawn_by_numpy

import lydite
from lydite.report.model import ClaimResult, Report

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parents[2]
TABLE = (ROOT / "docs" / "explanation" / "comparison.md").read_text("utf-8")
SHOWN: set[tuple[str, str]] = set()
"""The feature and the tool of each cell that a test shows."""
QUIET = settings(database=None, deadline=None, max_examples=50)


def shows(feature: str, tool: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Says of a test which cell it shows."""
    SHOWN.add((feature, tool))
    return lambda test: test


def cells() -> dict[tuple[str, str], str]:
    """The cells that are not empty, by feature and tool."""
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in re.findall(r"^\|.*\|$", TABLE, re.MULTILINE)
    ]
    tools = [re.sub(r"\[(.*)\]\(.*\)", r"\1", cell) for cell in rows[0]]
    return {(row[0], tool): cell for row in rows[2:] for tool, cell in zip(tools[1:], row[1:], strict=True) if cell}


def test_every_cell_is_shown_by_a_test_or_cites_its_source() -> None:
    link = {"Lydite": r"\]\((?!https:)[^)]+\)"}
    bare = {key for key, cell in cells().items() if not re.search(link.get(key[1], r"\]\(https://"), cell)}
    assert bare - SHOWN == set()
    assert SHOWN - cells().keys() == set()


# -- Lydite --


def softmax(z: Any) -> Any:
    e = np.exp(z - np.max(z))
    return e / e.sum()


@pytest.fixture(scope="module")
def report() -> Report:
    """The report on two calls that are wrong."""
    calls = {"softmax": lambda z: 1.001 * softmax(z), "cross_entropy_gradient": lambda z, y: y - softmax(z)}
    return lydite.grade(calls, only="Q7.0.1,Q7.a.7", regimes="core", examples=1)


@pytest.fixture
def broken(report: Report) -> list[ClaimResult]:
    """The claims that do not hold."""
    return [claim for claim in report.claims if claim.failed]


@shows("holds to", "Lydite")
def test_laws_of_a_model_are_held(broken: list[ClaimResult]) -> None:
    assert [claim.id for claim in broken] == ["Q7.0.1", "Q7.a.7"]


@shows("tolerance", "Lydite")
def test_a_tolerance_is_of_an_answer(broken: list[ClaimResult]) -> None:
    first, second = (claim.counterexample.tolerance for claim in broken if claim.counterexample)
    assert first != second


@shows("shrinks what it found", "Lydite")
def test_the_simplest_case_is_shown(broken: list[ClaimResult]) -> None:
    assert all(claim.counterexample and claim.counterexample.inputs["z"] == [1.0, 0.0] for claim in broken)


@shows("names the cause", "Lydite")
def test_a_way_to_go_wrong_is_named(report: Report) -> None:
    assert {like.says for fault in report.faults for like in fault.looks_like} == {
        "always 1.001 times what is due",
        "the negative: got = -due",
    }


@shows("inputs", "Lydite")
def test_edges_come_first_under_every_seed() -> None:
    def seen(seed: int) -> list[list[float]]:
        inputs: list[list[float]] = []

        def noting(z: Any) -> Any:
            inputs.append(z.tolist())
            return softmax(z)

        lydite.check(noting, "softmax", only="Q7.0.1", regimes="core", examples=3, seed=seed)
        return inputs

    first, second = seen(1), seen(2)
    assert first[:4] == second[:4]
    assert first != second


@shows("the value due", "Lydite")
def test_the_value_is_certified() -> None:
    value, error = lydite.truth.softmax([0.0, 700.0])
    assert value[0] == pytest.approx(np.exp(-700.0), rel=1e-12)
    assert error[0] <= 4 * np.spacing(value[0])


# -- Hypothesis --


@shows("holds to", "Hypothesis")
@shows("inputs", "Hypothesis")
@shows("tolerance", "Hypothesis")
@shows("shrinks what it found", "Hypothesis")
def test_hypothesis_draws_and_shrinks_what_you_write() -> None:
    found: list[int] = []

    @QUIET
    @given(n=st.integers(0, 10**6))
    def is_small(n: int) -> None:
        found.append(n)
        assert n / 3 <= 100 + 0.5  # a tolerance of one's own

    with pytest.raises(AssertionError):
        is_small()
    assert len(set(found)) > 2
    assert found[-1] == 302


@shows("strategies for tests of your own", "Hypothesis")
def test_hypothesis_draws_arrays_and_knows_no_logits() -> None:
    assert not hasattr(st, "logits")

    @QUIET
    @given(a=drawn_by_numpy.arrays(np.float64, 3))
    def draws(a: Any) -> None:
        assert a.shape == (3,)

    draws()


@shows("one pytest item for each rule", "Hypothesis")
def test_a_test_of_hypothesis_is_one_item(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        "from hypothesis import given, strategies as st\n"
        "@given(st.integers())\ndef test_one(n): pass\n"
        "@given(st.integers())\ndef test_two(n): pass\n"
    )
    items, _ = pytester.inline_genitems("-p", "no:randomly")
    assert [item.name for item in items] == ["test_one", "test_two"]


# -- The others, where they are installed --


@shows("names the cause", "gradcheck")
def test_gradcheck_shows_both_jacobians() -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed: make frameworks")

    class Wrong(torch.autograd.Function):  # type: ignore[misc, name-defined]  # of a module without types here
        @staticmethod
        def forward(context: Any, x: Any) -> Any:
            context.save_for_backward(x)
            return x * x

        @staticmethod
        def backward(context: Any, upstream: Any) -> Any:
            return upstream * context.saved_tensors[0]

    x = torch.ones(2, dtype=torch.float64, requires_grad=True)
    with pytest.raises(RuntimeError, match=r"(?s)numerical:.*analytical:"):
        torch.autograd.gradcheck(Wrong.apply, x)
