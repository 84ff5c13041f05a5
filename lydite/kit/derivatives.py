"""A derivative is the difference quotient of what it is a derivative of: one law for every call that is one.

Whose derivative a call is stands in the contract. A gradient, a Jacobian, an elementwise derivative are quotients of
their function along a line, a Hessian those of the gradient of its function, a pullback those of `<dy, y>`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from lydite.kit.calls import CALLS, DERIVATIVES
from lydite.kit.contract import differenced
from lydite.kit.differences import Line, Numbers, Quotient, curvature, slope
from lydite.kit.law import Equation


def measured(
    f: Any, call: str, arguments: tuple[Any, ...], direction: Any, line: Line, part: int | None = None
) -> tuple[Numbers, Quotient]:
    """Returns the answer of `call` along `direction`, and the difference quotient along `line` that it has to be.

    Of a pullback, whose first argument is the upstream gradient, `part` of the answer is taken, if it has several.
    """
    rule = DERIVATIVES[call]
    source: Callable[..., Any] = getattr(f, differenced(rule, CALLS)[0])
    answer = getattr(f, call)(*arguments)
    if rule.kind == "pullback":
        own = answer if part is None else answer[part]
        upstream = arguments[0]
        return _down(own * direction), slope(lambda *at: np.add.reduce(upstream * source(*at)), line)
    along = answer * direction if rule.kind == "elementwise" else in_a_row(answer) @ direction
    return along, slope(lambda *at: in_a_row(source(*at)), line)


def is_quotient(
    f: Any, call: str, arguments: tuple[Any, ...], direction: Any, line: Line, allowed: Any, part: int | None = None
) -> Equation:
    """`call` along `direction` is the difference quotient along `line`, `allowed` being what the one may be off by."""
    along, quotient = measured(f, call, arguments, direction, line, part)
    return Equation(along, quotient.value, allowed + quotient.error)


def is_vanishing_quotient(
    f: Any,
    call: str,
    arguments: tuple[Any, ...],
    direction: Any,
    line: Line,
    allowed: Any,
    *,
    part: int | None = None,
    residue: Any = 0.0,
) -> Equation:
    """States the same where both are zero; `residue` is by how much the exact slope may differ from that."""
    along, quotient = measured(f, call, arguments, direction, line, part)
    own, zero = allowed + quotient.error, np.zeros(quotient.value.shape)
    return Equation((along, quotient.value), (quotient.value, zero), (own, quotient.error + residue))


def is_second_quotient(
    f: Any, call: str, arguments: tuple[Any, ...], direction: Any, line: Line, allowed: float
) -> Equation:
    """`v'Hv` by the Hessian `call` is the second difference of its function along `line`, and neither is negative."""
    quotient = curvature(getattr(f, DERIVATIVES[call].of), line)
    form = direction @ getattr(f, call)(*arguments) @ direction
    return Equation(
        (form, min(float(quotient.value), 0.0)), (quotient.value, 0.0), (allowed + quotient.error, quotient.error)
    )


def is_symmetric(f: Any, call: str, arguments: tuple[Any, ...], allowed: Any) -> Equation:
    """States that a Hessian, or a Jacobian that is one, is symmetric; each entry may be off by what is `allowed`."""
    h = getattr(f, call)(*arguments)
    return Equation(h, h.T, 2 * allowed)


def in_a_row(answer: Any) -> Any:
    """Returns the parts of a gradient one after the other; of a single array nothing changes."""
    return np.concatenate([np.ravel(part) for part in answer]) if isinstance(answer, tuple) else answer


def _down(product: Any) -> Any:
    """Sums over the samples; a parameter has none."""
    return np.add.reduce(product) if product.ndim == 2 else product
