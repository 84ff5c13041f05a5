"""Numbers and arrays as a person reads them: every digit that matters, long arrays cut short."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from numpy.typing import NDArray

from lydite.counterexample import value

MOST = {0: 1, 1: 8, 2: 4}
"""How many entries an array of so many dimensions shows along each; of more, half of them at each end."""

SURROGATES = range(0xD800, 0xE000)
"""Halves of pairs of UTF-16: alone they are no letters, and neither a terminal nor a channel takes them."""
CONTROL = {i: repr(chr(i))[1:-1] for i in (*range(32), *range(127, 160), *SURROGATES)}


def shown(datum: Any) -> str:
    """What `counterexample.data` wrote down, as NumPy would: `[0., 1.5]`; the shortest digits that read back."""
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
    """`x` in its shortest digits, with the bare point of NumPy: `1.`, `0.1`, `1e-300`."""
    text = repr(x)
    return text[:-1] if text.endswith(".0") else text


def plain(text: str) -> str:
    """`text` from outside, with every control character, and what is no character at all, spelled out."""
    return text.translate(CONTROL)


def inputs(given: dict[str, Any], reads: Collection[str] = ()) -> str:
    """The inputs by name; those in `reads`, if that says anything."""
    return "  ".join(f"{plain(name)}={shown(datum)}" for name, datum in given.items() if name in reads or not reads)


def _row(values: Any, most: int) -> str:
    if not isinstance(values, list):
        return shown(values)
    rows = [_row(v, most) for v in (values if len(values) <= most else values[: most // 2] + values[-(most // 2) :])]
    if len(values) > most:
        rows.insert(most // 2, "...")
    return f"[{', '.join(rows)}]"


def _whole(a: NDArray[Any]) -> str:
    """An array, cut short, with its shape where that cannot be seen."""
    most = MOST.get(a.ndim, 2)
    unseen = max(a.shape, default=0) > most or not a.size
    return _row(a.tolist(), most) + (f" of shape {a.shape}" if unseen else "")
