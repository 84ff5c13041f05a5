"""An input that refutes: as plain data for the report, and told for a person."""

from __future__ import annotations

from typing import Any

import numpy as np

from spec.case import Case
from spec.evidence import Broken
from spec.law import Law

LIMIT = 4096
MOST_ENTRIES = 4096


def counterexample(law: Law, regime: str, failure: Exception) -> dict[str, Any] | None:
    """The frozen fields of a counterexample, for whatever went wrong; None where no input was reached."""
    if isinstance(failure, Broken):
        e = failure.evidence
        seen = {"got": data(e.got), "due": data(e.due), "error": number(e.error), "tolerance": number(e.tolerance)}
        return {"inputs": inputs(e.case), **seen, "law": law.name, "relation": e.relation, "reproduce": ""}
    case = getattr(failure, "case", None)
    if case is None:
        return None
    seen = {"got": str(failure)[:LIMIT], "due": law.says, "error": None, "tolerance": None}
    return {"inputs": inputs(case), **seen, "law": law.name, "relation": "equal to", "reproduce": ""}


def inputs(case: Case) -> dict[str, Any]:
    """The inputs of `case` by name."""
    return {name: data(value) for name, value in case.inputs().items()}


def data(value: Any) -> Any:
    """`value` as JSON can carry it. An array that is not plain keeps its type and layout in a table of its own."""
    if isinstance(value, tuple | list):
        return [data(v) for v in value]
    if isinstance(value, np.ndarray):
        return _array(value)
    if isinstance(value, np.generic):
        return {"dtype": str(value.dtype), "values": number(value.item())}
    if isinstance(value, bool | int | float | str) or value is None:
        return number(value) if isinstance(value, float) else value
    return str(value)[:LIMIT]


def _array(a: np.ndarray[Any, Any]) -> Any:
    if a.size > MOST_ENTRIES:
        return f"array of shape {a.shape}"
    values = _nested(a.tolist())
    order = "C" if a.flags.c_contiguous else "F" if a.flags.f_contiguous else "strided"
    if a.dtype == np.float64 and order == "C" and a.ndim:
        return values
    return {"dtype": str(a.dtype), "order": order, "values": values}


def _nested(values: Any) -> Any:
    return [_nested(v) for v in values] if isinstance(values, list) else number(values)


def number(x: Any) -> Any:
    """`x`, or its name where JSON has no number for it."""
    return x if not isinstance(x, float) or np.isfinite(x) else str(x)


def told(law: Law, claims: list[str], regime: str, failure: Exception) -> str:
    """The failure for a person: the claim, the law, the input, what came out and what is due."""
    rows = [("law", f"{law.says}   {', '.join(claims)}, {regime}")]
    example = counterexample(law, regime, failure)
    if example is not None:
        rows.append(("input", "  ".join(f"{name}={value}" for name, value in example["inputs"].items())))
        rows.append(("got", str(example["got"])))
        rows.append(("due", f"{example['relation']} {example['due']}"))
        if example["error"] is not None:
            rows.append(("off by", f"{float(example['error']):.2g}, allowed {float(example['tolerance']):.2g}"))
    else:
        rows.append(("got", str(failure)))
    return "\n".join(f"{name:<7} {text}" for name, text in rows)
