"""Writes inputs and answers as plain data for the report, and reads them back."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lydite.kit.case import Case
from lydite.worker.codec import Violation, laid_out, order_of

LIMIT = 4096
MOST_ENTRIES = 4096
MOST_BYTES = 1 << 20
KINDS = "biufc"
PLAIN_TYPE = re.compile(r"[<>=|]?[a-z]+\d{0,3}")
"""Types of which an array is kept entry by entry, and how the name of one looks."""
NAMED = {"nan": float("nan"), "inf": float("inf"), "-inf": float("-inf")}
"""Numbers that JSON has no spelling for."""


def side(numbers: Any) -> Any:
    """Returns one side of a law: numbers, arrays, or a tuple of them, whose layout says nothing."""
    if isinstance(numbers, tuple):
        return {"tuple": [side(part) for part in numbers]}
    return data(np.ascontiguousarray(numbers, dtype=np.float64)) if np.ndim(numbers) else number(float(numbers))


def inputs(case: Case) -> dict[str, Any]:
    """Returns the inputs of `case` by name."""
    return {name: data(value) for name, value in case.inputs().items()}


def data(value: Any) -> Any:
    """Returns `value` as JSON can carry it: a plain array of float64 as nested lists, what is less plain as a table.

    A table holds the type and layout of an array, or the name and fields of an object of `spec`.
    """
    if isinstance(value, np.ndarray):
        return _array(value)
    if isinstance(value, np.generic):
        return {"dtype": str(value.dtype), "values": number(value.item())}
    if isinstance(value, tuple | list):
        return {type(value).__name__: [data(v) for v in value]}
    if is_dataclass(value) and not isinstance(value, type):
        kind = type(value)
        parts = {f.name: data(getattr(value, f.name)) for f in fields(value) if f.init}
        return {"object": f"{kind.__module__}:{kind.__qualname__}", "fields": parts}
    if isinstance(value, bool | int | float | str) or value is None:
        return number(value) if isinstance(value, float) else value
    return {"text": str(value)[:LIMIT]}


def _array(a: NDArray[Any]) -> Any:
    order = order_of(a)
    table = {"dtype": str(a.dtype), "order": order, "shape": list(a.shape)}
    if a.nbytes > MOST_BYTES or a.dtype.kind not in KINDS:
        return {"text": f"array of shape {a.shape} of {a.dtype}"}
    if a.size > MOST_ENTRIES:
        return {**table, "base64": b64encode(a.tobytes()).decode("ascii")}
    if a.dtype == np.float64 and order == "C" and a.ndim and a.size:
        return _nested(a.tolist())
    return {**table, "values": _nested(a.tolist())}


def value(datum: Any) -> Any:
    """Returns what `data` wrote down; arrays are read-only.

    Raises ValueError where only a description was kept, or where `data` cannot have written it.
    """
    try:
        return _value(datum)
    except (ArithmeticError, AttributeError, ImportError, LookupError, TypeError) as error:
        raise ValueError(f"the report keeps no value of this input: {error}") from error


def _value(datum: Any) -> Any:
    if isinstance(datum, list):
        return _laid_out(np.array(_floats(datum), dtype=np.float64), "C")
    if isinstance(datum, dict):
        return _from_table(datum)
    return _floats(datum)


def _from_table(table: dict[str, Any]) -> Any:
    match table:
        case {"dtype": dtype, "shape": shape, "order": order}:
            return _laid_out(_entries(table, dtype).reshape(shape), order)
        case {"dtype": dtype, "values": scalar}:
            return _plain_type(dtype).type(_floats(scalar))
        case {"tuple": parts}:
            return tuple(map(value, parts))
        case {"list": parts}:
            return list(map(value, parts))
        case {"object": name, "fields": parts}:
            return _object(name, {k: value(v) for k, v in parts.items()})
    raise ValueError(f"the report keeps no value of this input, only: {table.get('text', table)}")


def _entries(table: dict[str, Any], dtype: Any) -> NDArray[Any]:
    if "base64" in table:
        return np.frombuffer(b64decode(table["base64"]), dtype=_plain_type(dtype))
    return np.array(_floats(table["values"]), dtype=_plain_type(dtype))


def _plain_type(name: Any) -> np.dtype[Any]:
    """Returns the type of numbers called `name`: others may take any amount of memory, or run code."""
    kind = np.dtype(name) if isinstance(name, str) and PLAIN_TYPE.fullmatch(name) else None
    if kind is None or kind.kind not in KINDS:
        raise ValueError(f"{name} is not a type of numbers")
    return kind


def _object(name: str, parts: dict[str, Any]) -> Any:
    module, _, kind = name.partition(":")
    if not module.startswith("spec."):  # a report may come from anywhere, and builds nothing else
        raise ValueError(f"{name} is nothing that a case is made of")
    made: Callable[..., Any] = getattr(import_module(module), kind)
    if not isinstance(made, type) or not is_dataclass(made):
        raise ValueError(f"{name} is nothing that a case is made of")
    return made(**parts)


def _laid_out(a: NDArray[Any], order: str) -> NDArray[Any]:
    try:
        a = laid_out(np.array(a, order="C"), order)
    except Violation as error:
        raise ValueError(str(error)) from error
    a.flags.writeable = False
    return a


def _nested(values: Any) -> Any:
    return [_nested(v) for v in values] if isinstance(values, list) else number(values)


def _floats(values: Any) -> Any:
    if isinstance(values, list):
        return [_floats(v) for v in values]
    return NAMED.get(values, values) if isinstance(values, str) else values


def number(x: Any) -> Any:
    """Returns `x`, or its name where JSON has no number for it."""
    return x if not isinstance(x, float) or np.isfinite(x) else str(x)


def entries(datum: Any) -> int:
    """Returns how many numbers `datum` holds: of two counterexamples, the smaller one is read first."""
    if isinstance(datum, list):
        return sum(map(entries, datum))
    if isinstance(datum, dict):
        return sum(len(one) if key == "base64" and isinstance(one, str) else entries(one) for key, one in datum.items())
    return 1
