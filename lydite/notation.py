"""Numbers and arrays as a person reads them: every digit that matters, long arrays cut short."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from lydite.counterexample import value

EDGE = 3
MOST = 8
"""A longer row shows this many entries, and `EDGE` of them at each end."""

CONTROL = {i: repr(chr(i))[1:-1] for i in (*range(32), *range(127, 160))}


def shown(datum: Any) -> str:
    """What `counterexample.data` wrote down, as NumPy would: `[0., 1.5]`; the shortest digits that read back."""
    if isinstance(datum, list):
        return _row(datum) + _shape(value(datum))
    if isinstance(datum, dict):
        return _table(datum)
    return number(datum) if isinstance(datum, float) else plain(str(datum))


def _table(table: dict[str, Any]) -> str:
    match table:
        case {"tuple": parts} | {"list": parts}:
            left, right = "()" if "tuple" in table else "[]"
            return f"{left}{', '.join(map(shown, parts))}{right}"
        case {"object": _, "fields": {"text": text}}:
            return plain(text)
        case {"object": name, "fields": fields}:
            return f"{name.rpartition(':')[2]}({inputs(fields)})"
        case {"dtype": dtype, "order": order}:
            a = value(table)
            kind = [word for word in (dtype, order) if word not in {"float64", "C"}]
            return f"{_row(a.tolist())}{_shape(a)}" + (f" ({', '.join(kind)})" if kind else "")
        case {"dtype": dtype, "values": scalar}:
            return f"{dtype}({shown(scalar)})"
    return plain(str(table.get("text", table)))


def number(x: float) -> str:
    """`x` in its shortest digits, with the bare point of NumPy: `1.`, `0.1`, `1e-300`."""
    text = repr(x)
    return text[:-1] if text.endswith(".0") else text


def plain(text: str) -> str:
    """`text` from outside, with every control character spelled out."""
    return text.translate(CONTROL)


def inputs(given: dict[str, Any], reads: Collection[str] = ()) -> str:
    """The inputs by name; those in `reads`, if that says anything."""
    return "  ".join(f"{plain(name)}={shown(datum)}" for name, datum in given.items() if name in reads or not reads)


def _row(values: Any) -> str:
    if not isinstance(values, list):
        return shown(values)
    if len(values) > MOST:
        return f"[{', '.join(map(_row, values[:EDGE]))}, ..., {', '.join(map(_row, values[-EDGE:]))}]"
    return f"[{', '.join(map(_row, values))}]"


def _shape(a: Any) -> str:
    return f" of shape {a.shape}" if max(a.shape, default=0) > MOST or not a.size else ""
