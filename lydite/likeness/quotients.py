"""Recognizes a derivative that is made of differences, whatever the call."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from lydite.kit.asked import Answer, Asked, Numbers, Way, as_answer, error, reference, size
from lydite.kit.calls import CALLS
from lydite.kit.contract import Derivative, differenced
from lydite.kit.question import topics

BESIDE = {call: more for topic in topics("mistakes.likeness") for call, more in getattr(topic, "BESIDE", {}).items()}
"""By call, the arguments of what it is a derivative of that it does not take itself."""

STEPS = ("1e-2", "1e-3", "1e-4", "1e-5", "1e-6", "1e-7", "1e-8")
MOST = 64
"""Entries by which is differentiated: each costs two calls."""
SLACK = 8 * float(np.finfo(np.float64).eps)
"""Roundings of two values, and of where they are taken, at most: a quotient divides them by its step."""
CLEAR = 64
"""A quotient whose error is so many times its rounding is distinguished from another."""


def quotients(one: Asked) -> Iterator[Way]:
    """Yields the difference quotients of what a call is the derivative of."""
    if rule := CALLS[one.call].derivative:
        for step in STEPS:
            yield f"a forward difference quotient, with a step of {step}", _quotient(rule, float(step), 0)
            yield f"a central difference quotient, with a step of {step}", _quotient(rule, float(step), 1)


def _quotient(rule: Derivative, step: float, back: int) -> Callable[[Asked], Answer | None]:
    """Returns the difference between a step ahead and `back` steps back, divided by the way between.

    Other code rounds its values otherwise, and a quotient divides that by its step: an answer is one where it is as
    near to ours as that, and the error of ours is clearly larger.
    """

    def way(a: Asked) -> Answer | None:
        given = {**a.given, **BESIDE.get(a.call, lambda _: {})(a)}
        if sum(np.size(given[name]) for name in rule.by) > MOST:
            return None
        jacobian, height = _jacobian(rule, given, step, back)
        quotient = _shaped(a, rule, jacobian)
        rounding = SLACK * height / step
        near = all(error(g, q) <= rounding for g, q in zip(a.got, quotient, strict=True))
        clear = all(error(q, d) >= CLEAR * rounding for q, d in zip(quotient, a.due, strict=True))
        return a.got if near and clear else quotient

    return way


def _jacobian(rule: Derivative, given: dict[str, Any], step: float, back: int) -> tuple[Numbers, float]:
    """Returns the quotients, a column for each entry that is differentiated by, and the largest rounded number."""
    source = CALLS[differenced(rule, CALLS)[0]]
    upstream = np.ravel(next(iter(given.values()))) if rule.kind == "pullback" else None
    columns, height = [], 0.0
    for name in rule.by:
        value = np.asarray(given[name], dtype=np.float64)
        for place in np.ndindex(value.shape):
            ends = []
            for moves in (1, -back):
                moved = value.copy()
                moved[place] += moves * step
                arguments = given | {name: moved if moved.ndim else float(moved)}
                answer = as_answer(reference(source.name)(*(arguments[p] for p in source.parameters)))
                ends.append(np.concatenate([part.ravel() for part in answer]))
            height = max(height, size(value, *ends, *([upstream] if upstream is not None else [])))
            change = ends[0] - ends[1]
            columns.append((change if upstream is None else np.array([upstream @ change])) / ((1 + back) * step))
    return np.stack(columns, axis=1), height


def _shaped(a: Asked, rule: Derivative, jacobian: Numbers) -> Answer:
    """Returns the quotients in the shape of the answer."""
    if rule.kind in {"jacobian", "hessian"}:
        return a.pick(jacobian.T if rule.kind == "hessian" else jacobian)  # a row for each step, as one writes it
    row = np.diag(jacobian) if rule.kind == "elementwise" else jacobian[0]
    shapes = [np.shape(a.given[name]) for name in rule.by]
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes])
    return a.pick(*(part.reshape(shape) for part, shape in zip(np.split(row, ends[:-1]), shapes, strict=True)))
