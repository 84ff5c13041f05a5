"""The contract: the shapes that a docstring gives, and what follows from them."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import pytest

import reference
from lydite.kit.arrays import Floats
from lydite.kit.calls import CALLS
from lydite.kit.contract import contract
from lydite.target.smoke import sample


def shapes(answer: Any) -> Any:
    return [np.shape(part) for part in answer] if isinstance(answer, tuple) else np.shape(answer)


@pytest.mark.parametrize("name", CALLS)
def test_the_reference_answers_in_the_shapes_of_the_contract(name: str) -> None:
    args = sample(name)
    assert CALLS[name].shape_of(*args) == shapes(getattr(reference, name)(*args))


@pytest.mark.parametrize("name", CALLS)
def test_parts_have_names_where_there_are_several(name: str) -> None:
    answers, returns = CALLS[name].answers, CALLS[name].returns
    assert len(returns) == len(answers) * (len(answers) > 1)


@pytest.mark.parametrize("name", CALLS)
def test_facts_name_what_the_call_has(name: str) -> None:
    made = CALLS[name]
    assert set(made.rows) <= set(made.parameters)
    assert made.factor in {"", *made.scalars}
    assert made.sums in {"", "rows", *(letter for shape in made.shapes.values() for letter in shape)}
    assert made.sums != "rows" or made.rows


def test_an_argument_of_fewer_axes_than_due_has_an_answer_of_some_shape() -> None:
    assert CALLS["softmax_jacobian"].shape_of(np.float64(1.0)) == (0, 0)


def test_an_answer_of_any_shape_has_that_of_its_argument() -> None:
    assert CALLS["leaky_relu"].shape_of(np.zeros((2, 3, 4)), 0.5) == (2, 3, 4)
    assert CALLS["leaky_relu"].shape_of(np.float64(1.0), 0.5) == ()


def test_a_call_without_shapes_is_an_error() -> None:
    with pytest.raises(ValueError, match="begin with its shapes"):

        @contract("Q1")
        class Bare(Protocol):
            def bare(self, x: Floats, /) -> Floats:
                """Says nothing of shapes."""
                ...


def test_shapes_that_do_not_fit_the_arguments_are_an_error() -> None:
    with pytest.raises(ValueError, match="1 shapes are given for x, y"):

        @contract("Q1")
        class Short(Protocol):
            def short(self, x: Floats, y: Floats, /) -> Floats:
                """(n) -> (n). `x + y`."""
                ...


def test_a_name_for_an_argument_that_no_call_takes_is_an_error() -> None:
    with pytest.raises(ValueError, match="no call of Named takes y"):

        @contract("Q1", x="inputs", y="labels")
        class Named(Protocol):
            def named(self, x: Floats, /) -> Floats:
                """(n) -> (n). `x`."""
                ...


def test_a_contract_of_no_question_is_an_error() -> None:
    with pytest.raises(ValueError, match="no question is called Q99"):
        contract("Q99")
