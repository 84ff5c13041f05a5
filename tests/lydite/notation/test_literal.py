"""A call as it is typed does what the call has done."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from lydite.notation.counterexample import data
from lydite.notation.literal import kept, typed
from lydite.report.model import Made
from spec.definitions.newton import Formula


def newton_minimize(gprime: Any, gsecond: Any, x0: float, steps: int) -> Any:
    """Steps in an array, whose entries are numbers of NumPy."""
    x = np.full(steps + 1, x0)
    for k in range(steps):
        x[k + 1] = x[k] - gprime(x[k]) / gsecond(x[k])
    return x


def test_what_has_raised_raises_as_it_is_typed() -> None:
    given: dict[str, Any] = {"gprime": Formula("2*x"), "gsecond": Formula("2*x"), "x0": 0.0, "steps": 1}
    with pytest.raises(ZeroDivisionError) as raised:
        newton_minimize(*given.values())
    arguments = {name: data(one) for name, one in given.items()}
    made = Made(name="newton_minimize", arguments=arguments, did=f"raised ZeroDivisionError: {raised.value}")
    with pytest.raises(ZeroDivisionError):
        eval(made.typed, vars(SimpleNamespace(np=np, newton_minimize=newton_minimize)))
    assert "float(" not in Made(name="newton_minimize", arguments=arguments, answer=0.0).typed


@pytest.mark.parametrize(
    "zero", [-0.0, np.array([-0.0, 1.0]), np.full(9, -0.0), np.full((5, 5), -0.0), np.float32(-0.0)]
)
def test_a_zero_with_a_sign_is_shown_with_it_and_typed_again_exactly(zero: Any) -> None:
    shown = typed(kept(zero))
    assert "-0.0" in shown
    again = eval(shown.partition(" of shape")[0].replace("..., ", ""), {"np": np})
    assert np.signbit(again).all() == np.signbit(zero).all()
    assert typed(kept(np.zeros(9))) == "np.zeros(9)"
