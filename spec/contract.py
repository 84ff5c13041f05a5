"""The calls that an implementation offers: the shape of what each returns, and whose derivative it is."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

Method = TypeVar("Method", bound=Callable[..., Any])
Shape = tuple[int, ...]
Shapes = Shape | list[Shape]
"""The shape of an array, or a list of them where a call returns a tuple."""


def returns(shape_of: Callable[..., Shapes]) -> Callable[[Method], Method]:
    """Says of a method of a contract what shape its answer has: `shape_of` gets the arguments of the call."""

    def attach(method: Method) -> Method:
        method.__returns__ = shape_of  # type: ignore[attr-defined]  # a mark on the function, read by `calls_of`
        return method

    return attach


Kind = Literal["gradient", "hessian", "jacobian", "elementwise", "pullback"]
"""`elementwise` is the diagonal of a Jacobian, `pullback` the product of an upstream `dy` with one."""


@dataclass(frozen=True, slots=True)
class Derivative:
    """Whose derivative a call is, and `by` which parameters of that one."""

    of: str
    kind: Kind
    by: tuple[str, ...]


def derivative_of(of: str, kind: Kind, by: tuple[str, ...]) -> Callable[[Method], Method]:
    """Says of a method of a contract whose derivative it is."""

    def attach(method: Method) -> Method:
        method.__derivative__ = Derivative(of, kind, by)  # type: ignore[attr-defined]  # read by `calls_of`
        return method

    return attach


@dataclass(frozen=True, slots=True)
class Call:
    """One function of the contract."""

    name: str
    question: str
    shape_of: Callable[..., Shapes]
    parameters: tuple[str, ...]
    signature: str
    doc: str
    derivative: Derivative | None = None


def calls_of(protocol: type, question: str) -> list[Call]:
    """The calls that `protocol` itself declares, in order."""
    return [
        Call(
            name,
            question,
            method.__returns__,
            *_signature(method),
            inspect.getdoc(method) or "",
            getattr(method, "__derivative__", None),
        )
        for name, method in vars(protocol).items()
        if hasattr(method, "__returns__")
    ]


def _signature(method: Callable[..., Any]) -> tuple[tuple[str, ...], str]:
    names = tuple(p for p in inspect.signature(method).parameters if p != "self")
    return names, f"({', '.join(names)})"


def differenced(derivative: Derivative, calls: Mapping[str, Call]) -> tuple[str, ...]:
    """The calls of whose answers differences show it: what it is a derivative of; a Hessian's gradient before that."""
    gradient = Derivative(derivative.of, "gradient", derivative.by)
    between = [c.name for c in calls.values() if derivative.kind == "hessian" and c.derivative == gradient]
    return (*between, derivative.of)
