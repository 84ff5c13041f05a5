"""Certified values of any call: those of the definition, wherever a law states them, and an error where none does."""

from __future__ import annotations

from decimal import Decimal, localcontext
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lydite
from lydite.kit import truth
from lydite.kit.calls import CALLS
from lydite.kit.reference import reference
from lydite.kit.regime import Regime
from lydite.kit.truth import ARGUMENTS, NoTruth, arguments, certified

WITHOUT = {"dropout_mask", "gaussian_dropout_noise", "newton_root", "newton_minimize"}
WITHOUT |= {"function_gradient", "function_hessian"}
"""Two draw at random, and no case holds the functions that the others are given."""
VALID: dict[str, tuple[Any, ...]] = {
    "dropout_mask": (3, 0.5, 0),
    "gaussian_dropout_noise": (3, 0.5, 0),
    "function_gradient": (np.sum, [1.0, 2.0]),
    "function_hessian": (np.sum, [1.0, 2.0]),
    "newton_root": (lambda x: x, lambda _: 1.0, 1.0, 2),
    "newton_minimize": (lambda x: x, lambda _: 1.0, 1.0, 2),
}
STATED = [name for name in CALLS if name not in WITHOUT]


def rows(answer: Any) -> list[Any]:
    return list(answer) if isinstance(answer, tuple) else [answer]


@pytest.mark.parametrize("name", STATED)
@given(data=st.data())
@settings(max_examples=5, deadline=None, database=None)
def test_the_reference_comes_close_to_it(name: str, data: st.DataObject) -> None:
    args = data.draw(arguments(name))
    args = args if len(CALLS[name].parameters) > 1 else (args,)
    value, error = certified(name, *args)
    for got, due, off in zip(rows(getattr(reference, name)(*args)), rows(value), rows(error), strict=True):
        assert np.shape(got) == np.shape(due) == np.shape(off)
        assert np.allclose(got, due, rtol=1e-9, atol=1e-9 * max(1.0, float(np.abs(due).max(initial=0.0))))
        assert (off <= 4 * np.spacing(np.abs(due))).all()


@pytest.mark.parametrize("name", STATED)
@pytest.mark.parametrize("regime", [Regime.CORE, Regime.STABILITY])
def test_all_laws_that_state_an_entry_agree(name: str, regime: Regime, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the cases that a law is made for: else its value would be passed off where it does not hold."""
    laws = truth._value_laws(name)
    for other in laws:
        for case in truth._cases(other).batch(regime, "float64", 3, 4, 1)[:12]:
            inputs = case.inputs()
            if not set(CALLS[name].parameters) <= set(inputs):
                continue
            given = [inputs[p] for p in CALLS[name].parameters]
            parts = []
            for law in laws:
                with monkeypatch.context() as only:
                    only.setattr(truth, "_value_laws", lambda _, law=law: (law,))
                    parts.append(truth._stated(truth._Marked(CALLS[name], named(name, given)), 0.0))
            for row in zip(*parts, strict=True):
                values, errors = (np.stack(column) for column in zip(*row, strict=True))
                known = ~np.isnan(values)
                low = np.max(np.where(known, values - errors, -np.inf), axis=0)
                high = np.min(np.where(known, values + errors, np.inf), axis=0)
                assert (low <= high).all()


def named(name: str, args: list[Any]) -> dict[str, Any]:
    call = CALLS[name]
    return {p: np.asarray(a, float) if call.shapes[p] else a for p, a in zip(call.parameters, args, strict=True)}


def test_a_value_is_the_nearest_number_and_says_how_far_off_it_is() -> None:
    value, error = lydite.truth.softmax([1.0, 2.0, 40.0])
    with localcontext(prec=50):
        exponentials = [Decimal(z).exp() for z in (1, 2, 40)]
        due = [e / sum(exponentials) for e in exponentials]
        assert value.tolist() == [float(d) for d in due]
        assert all(abs(Decimal(v) - d) <= e for v, d, e in zip(value.tolist(), due, map(Decimal, error), strict=True))


def test_arguments_may_be_named() -> None:
    assert lydite.truth.leaky_relu(alpha=0.5, z=-2.0).value == -1.0


def test_a_value_that_is_no_number_of_float64_has_no_truth() -> None:
    with pytest.raises(NoTruth, match="beyond the numbers of float64"):
        lydite.truth.cross_entropy([1e10, 0.0], [1e300, 1e300])


def test_what_underflows_is_off_by_more_than_nothing() -> None:
    value, error = lydite.truth.softmax([0.0, 800.0])
    assert value[0] == 0
    assert error[0] > 0


def test_several_parts_come_as_several() -> None:
    (in_w, in_b), errors = lydite.truth.logistic_gradient([1.0, 2.0], 0.5, [[1.0, 2.0], [3.0, 4.0]], [0.0, 1.0])
    assert in_w.shape == errors[0].shape == (2,)
    assert isinstance(in_b, float)


@pytest.mark.parametrize("name", sorted(WITHOUT))
def test_a_call_that_no_law_gives_the_value_of_has_no_truth(name: str) -> None:
    with pytest.raises(NoTruth, match=name):
        certified(name, *VALID[name])


def test_bad_arguments_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match="z"):
        lydite.truth.softmax([np.inf, 1.0])
    for args, named in [(([1.0], [2.0]), {}), ((), {}), (([1.0],), {"z": [1.0]}), ((), {"x": [1.0]})]:
        with pytest.raises(TypeError, match="softmax takes z; got"):
            lydite.truth.softmax(*args, **named)
    for z in ([10**400, 0], [1j, 0], ["a"]):
        with pytest.raises(ValueError, match="z: "):
            lydite.truth.softmax(z)
    with pytest.raises(ValueError, match="precision: 'float16'"):
        lydite.strategies.softmax(precision="float16")
    with pytest.raises(AttributeError, match="no call 'soft'"):
        lydite.truth.soft  # noqa: B018  (looking it up is the test)


@pytest.mark.parametrize("name", ARGUMENTS)
@given(data=st.data())
@settings(max_examples=5, deadline=None, database=None)
def test_what_the_field_calls_an_argument_is_drawn_by_that_name(name: str, data: st.DataObject) -> None:
    call, place = ARGUMENTS[name]
    drawn = data.draw(getattr(lydite.strategies, name)())
    shape = call.shapes[call.parameters[place]]
    assert shape == ("...",) or np.ndim(drawn) == len(shape)
    assert np.isfinite(drawn).all()


@given(y=lydite.strategies.labels(), t=lydite.strategies.binary_labels(), wide=lydite.strategies.logits("stability"))
@settings(max_examples=50, deadline=None, database=None)
def test_labels_and_logits_are_those_of_the_contract(y: Any, t: Any, wide: Any) -> None:
    assert (y >= 0).all()
    assert ((t >= 0) & (t <= 1)).all()
    assert np.abs(wide).max() <= 2e4


def test_the_strategies_list_calls_and_what_the_field_calls_their_arguments() -> None:
    assert {"softmax", "cross_entropy", "logits", "labels", "weights", "design_matrices"} <= set(dir(lydite.strategies))
    assert "logits" not in dir(lydite.truth)
    with pytest.raises(AttributeError, match="no call or argument 'logit'"):
        lydite.strategies.logit  # noqa: B018  (looking it up is the test)
    with pytest.raises(AttributeError, match="no call 'logits'"):
        lydite.truth.logits  # noqa: B018  (as above)


@given(z=lydite.strategies.softmax(regime="stability"))
@settings(max_examples=20, deadline=None, database=None)
def test_strategies_draw_what_the_laws_draw(z: Any) -> None:
    assert z.ndim == 1
    assert np.isfinite(z).all()
