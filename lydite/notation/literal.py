"""Writes values as Python that can be typed, with `numpy` as `np`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lydite.notation.counterexample import MOST_ENTRIES, data, value
from lydite.notation.text import MOST, number, plain
from lydite.worker.codec import BETWEEN, DTYPES, order_of
from lydite.worker.host import kind_of

NAMED = {"nan": "np.nan", "inf": "np.inf", "-inf": "-np.inf"}
FORMULA = re.compile(r"^lambda x: (.*)$")
USUAL = (np.dtype(np.float64), np.dtype(np.int64), np.dtype(bool))
"""Types of which NumPy makes an array of plain numbers."""
BLANK = {0.0: "zeros", 1.0: "ones"}
SCALARS = frozenset(np.dtype(name).type for name in DTYPES)
"""Types of NumPy's numbers."""
MOST_PARTS = 64
"""Entries of a list or tuple that are kept of an answer."""
MOST_DEEP = 4
"""How deep lists and tuples within each other are kept: one may be in itself."""
MOST_KEPT = 4096
"""Parts of all of them together that are kept: of what is deeper or has more, only a description."""


def literal(datum: Any, *, short: bool = False) -> str:
    """Returns `datum`, a value that a case may hold, as Python; long arrays cut, if it is to be `short`.

    Raises ValueError where it has no literal.
    """
    if isinstance(datum, np.ndarray):
        return _array(datum, short=short)
    if isinstance(datum, np.generic):
        return f"np.{datum.dtype.name.replace('bool', 'bool_')}({literal(datum.item())})"
    if isinstance(datum, float):
        return NAMED.get(repr(datum)) or number(datum)  # which says `-0.0` of a zero with a sign
    if isinstance(datum, bool | int | str) or datum is None:
        return repr(datum)
    if isinstance(datum, tuple | list):
        parts = ", ".join(literal(part, short=short) for part in datum)
        return f"[{parts}]" if isinstance(datum, list) else f"({parts}{',' * (len(datum) == 1)})"
    if callable(datum) and hasattr(datum, "text"):  # a formula
        return f"lambda x: {datum.text}"
    raise ValueError(f"{type(datum).__name__} has no literal")


def typed(datum: Any) -> str:
    """Returns what `notation.counterexample` wrote of an argument or an answer as one would type it, long arrays cut.

    What only a description is kept of is described.
    """
    try:
        return literal(value(datum), short=True)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        return plain(str(datum.get("text", datum) if isinstance(datum, Mapping) else datum))


def came(answer: Any) -> Any:
    """Returns what a call answered, as it came: its type and shape say as much as its numbers.

    Of what is neither a number nor an array of numbers, only a description is kept. Nothing of an answer is
    called, which may be code under test.
    """
    return _came(answer) if _is_small(answer) else {"text": f"a {type(answer).__name__} of {len(answer)}, nested"}


def _is_small(answer: Any) -> bool:
    """Returns whether an answer has few parts, and none too deep."""
    level, count = [answer], 0
    for _ in range(MOST_DEEP + 1):
        level = [part for one in level if type(one) in {tuple, list} and len(one) <= MOST_PARTS for part in one]
        count += len(level)
        if not level or count > MOST_KEPT:
            break
    return not level


def _came(answer: Any) -> Any:
    kind = type(answer)
    if kind is np.ndarray:
        plain = answer.dtype.kind in "biuf" and answer.dtype.itemsize <= 8
        return kept(answer) if plain else {"text": f"an array of shape {answer.shape} of {answer.dtype.name}"}
    if kind in SCALARS:
        return data(answer)
    if kind in {tuple, list}:
        few = len(answer) <= MOST_PARTS
        return {kind.__name__: list(map(_came, answer))} if few else {"text": f"a {kind.__name__} of {len(answer)}"}
    if kind is int and abs(answer) >= 1 << 64:
        return {"text": "an integer beyond 64 bits"}
    if kind in {float, int, bool}:
        return data(answer)
    return {"text": kind_of(answer)}


def kept(datum: Any) -> Any:
    """Returns `datum` as `data` does, but of an array of many entries what is shown of it alone."""
    if isinstance(datum, tuple):
        return {"tuple": list(map(kept, datum))}
    large = isinstance(datum, np.ndarray) and datum.size > MOST_ENTRIES
    return {"text": literal(datum, short=True)} if large else data(datum)


def called(name: str, arguments: Sequence[str], *, raised: bool = False) -> str:
    """Returns the call of `name` with these arguments, each written already.

    A function among those of a call that `raised` returns a float of Python, as it did: one of NumPy divides by 0.
    """
    if raised:
        arguments = [FORMULA.sub(r"lambda x: float(\1)", text) for text in arguments]
    return f"{name}({', '.join(arguments)})"


def is_cut(a: NDArray[Any]) -> bool:
    """Returns whether an array is cut where it is to be short."""
    return max(a.shape, default=0) > MOST.get(a.ndim, 2)


def _array(a: NDArray[Any], *, short: bool) -> str:
    kind = "" if a.dtype in USUAL and a.size else f", dtype=np.{a.dtype.name.replace('bool', 'bool_')}"
    if not a.size:
        return f"np.empty({a.shape}{'' if a.dtype == np.float64 else kind})"
    order = order_of(a)
    if short and is_cut(a):
        return _cut(a, kind, order)
    if order == "F":
        return f"np.asfortranarray({_plain(a, kind)})"
    if order == "strided":
        return f"np.insert({_plain(a, kind)}, range(1, {a.shape[-1] + 1}), {BETWEEN}, axis=-1)[..., ::2]"
    return f"{_plain(a[::-1], kind)}[::-1]" if order == "reversed" else _plain(a, kind)


def _cut(a: NDArray[Any], kind: str, order: str) -> str:
    """Returns a long array, whole where all of its entries are 0 or 1, else cut, with its shape."""
    first = a.flat[0]
    if a.dtype.kind == "f" and order == "C" and first in BLANK and (a == first).all() and not np.signbit(a).any():
        return f"np.{BLANK[float(first)]}({a.shape[0] if a.ndim == 1 else a.shape}{kind})"
    laid = "" if order == "C" else f", {order}"
    return f"np.array({_nested(a.tolist(), MOST.get(a.ndim, 2))}{kind}) of shape {a.shape}{laid}"


def _plain(a: NDArray[Any], kind: str) -> str:
    return f"np.array({_nested(a.tolist())}{kind})"


def _nested(values: Any, most: int = 0) -> str:
    """Returns nested lists; of a longer one than `most`, if that is not 0, half as many entries at each end."""
    if not isinstance(values, list):
        return literal(values)
    cut = most and len(values) > most
    kept = values[: most // 2] + values[-(most // 2) :] if cut else values
    parts = [_nested(one, most) for one in kept]
    if cut:
        parts.insert(most // 2, "...")
    return f"[{', '.join(parts)}]"
