"""Writes numbers and arrays for people: every digit that matters, long arrays cut short."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from itertools import accumulate
from typing import Any

from numpy.typing import NDArray

from lydite.notation.counterexample import value

MOST = {0: 1, 1: 8, 2: 4}
"""How many entries an array of so many dimensions shows along each; of more, half of them at each end."""

MOST_TEXT = 1000
MOST_NAME = 100
"""Bytes that a text from outside, and the name of an exception, may take in a report, which repeats them."""


DOTS = len(json.dumps("…")) - 2


def shown(datum: Any) -> str:
    """Returns what `counterexample.data` wrote, as NumPy would: `[0., 1.5]`; the shortest digits that read back.

    What it cannot have written is shown as it stands.
    """
    try:
        return _shown(datum)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        return plain(cut(str(datum)))


def _shown(datum: Any) -> str:
    if isinstance(datum, list):
        return _whole(value(datum))
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
            kind = [word for word in (dtype, order) if word not in {"float64", "C"}]
            return _whole(value(table)) + (f" ({', '.join(kind)})" if kind else "")
        case {"dtype": dtype, "values": scalar}:
            return f"{dtype}({shown(scalar)})"
    return plain(str(table.get("text", table)))


def number(x: float) -> str:
    """Returns `x` in its shortest digits, with the bare point of NumPy: `1.`, `0.1`, `1e-300`; but `-0.0`."""
    text = repr(x)
    return text[:-1] if text.endswith(".0") and text != "-0.0" else text


def plain(text: str) -> str:
    """Returns `text` from outside with all that Unicode does not call printable spelled out.

    That is what controls a terminal, ends a line, reorders or hides what stands beside it, or is not a character.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def cut(text: str, most: int = MOST_TEXT) -> str:
    """Returns `text`, or as much of its beginning as takes `most` bytes of JSON in ASCII, with dots after it."""
    begins = text[: most + 1]
    sizes = list(accumulate(len(json.dumps(c)) - 2 for c in begins))
    if not sizes or sizes[-1] <= most:
        return begins
    return f"{begins[: sum(size <= most - DOTS for size in sizes)]}…"


def inputs(given: Mapping[str, Any], reads: Collection[str] = ()) -> str:
    """Returns the inputs by name; those in `reads`, if that says anything."""
    return "  ".join(f"{plain(name)}={shown(datum)}" for name, datum in given.items() if name in reads or not reads)


def _row(values: Any, most: int) -> str:
    if not isinstance(values, list):
        return shown(values)
    rows = [_row(v, most) for v in (values if len(values) <= most else values[: most // 2] + values[-(most // 2) :])]
    if len(values) > most:
        rows.insert(most // 2, "...")
    return f"[{', '.join(rows)}]"


def _whole(a: NDArray[Any]) -> str:
    """Returns an array, cut short, with its shape where that cannot be seen."""
    most = MOST.get(a.ndim, 2)
    unseen = max(a.shape, default=0) > most or not a.size
    return _row(a.tolist(), most) + (f" of shape {a.shape}" if unseen else "")
