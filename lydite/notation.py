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
    """What `counterexample.data` wrote down, in the manner of NumPy: `[0., 1.5]`; the shortest digits that read back."""
    match datum:
        case {"tuple": parts}:
            return f"({', '.join(map(shown, parts))})"
        case {"list": parts}:
            return f"[{', '.join(map(shown, parts))}]"
        case {"object": name, "fields": fields}:
            return f"{name.rpartition(':')[2]}({', '.join(f'{k}={shown(v)}' for k, v in fields.items())})"
        case {"text": text}:
            return plain(text)
        case {"dtype": dtype, "order": order}:
            layout = "" if order == "C" else f", {order}"
            return f"{_row(value(datum).tolist())}{_shape(value(datum))} ({dtype}{layout})"
        case {"dtype": dtype, "values": scalar}:
            return f"{dtype}({shown(scalar)})"
        case list():
            return _row(datum) + _shape(value(datum))
        case bool() | int():
            return str(datum)
        case float():
            return number(datum)
    return plain(str(datum))


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
