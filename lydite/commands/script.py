"""A counterexample as a Python file that needs nothing but NumPy and the code that it refutes."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lydite.commands.replay import Replayed, Stored
from lydite.notation.text import plain, shown
from lydite.target.name import is_path
from lydite.target.unpack import ARCHIVE
from lydite.worker.codec import BETWEEN, order_of
from lydite.worker.loading import entry

HEADER = '''\
"""{claim}, {regime}: {says}

The first argument is the code to run; {target} if none is given.
"""

import sys
from importlib import import_module, util
{mathematics}
import numpy as np

target = sys.argv[1] if len(sys.argv) > 1 else {target!r}
'''

FILE = """\
spec = util.spec_from_file_location("submission", target)
impl = util.module_from_spec(spec)
sys.modules["submission"] = impl
spec.loader.exec_module(impl)
"""

MODULE = """\
impl = import_module(target)
"""


def _file(target: Path, found: Stored) -> Path:
    """Returns the file of `target` in which the call at fault is written. Raises ValueError, Unloadable."""
    if target.suffix == ARCHIVE:
        raise ValueError(f"{target.name} is an archive, which a file of its own cannot import: unpack it, or replay it")
    written = target / found.example.where.rpartition(":")[0]
    return written if target.is_dir() and written.is_file() else entry(target)


def script(found: Stored, done: Replayed, target: str) -> str:
    """The text of the file. Raises ValueError where an input has no literal, or the code needs an adapter."""
    if found.adapter:
        raise ValueError(f"{target} is called through {found.adapter}, which a file of its own cannot do: replay it")
    path = str(_file(Path(target), found)) if is_path(target) else target
    passed = {id(argument) for _, arguments in done.calls for argument in arguments}
    names = {id(value): name for name, value in done.case.inputs().items() if id(value) in passed}
    lines = [f"{names[id(v)]} = {literal(v)}" for v in done.case.inputs().values() if id(v) in names]
    for call, arguments in done.calls:
        given = ", ".join(names.get(id(a)) or literal(a) for a in arguments)
        lines.append(f'print("got ", impl.{call}({given}))')
    example = done.example or replace(found.example, got=done.got, due=done.due)
    if len(done.calls) > 1:
        lines.append(f"print({_text('law ', plain(done.law.says))})")
        lines.append(f"print({_text('left', shown(example.got))})")
    lines.append(f"print({_text('due ', shown(example.due))})")
    heading = HEADER.format(
        claim=found.claim, regime=found.regime, says=plain(done.law.says), target=path, mathematics=_imported(lines)
    )
    return "\n".join([heading + (FILE if is_path(target) else MODULE), *lines, ""])


def _imported(lines: list[str]) -> str:
    """The names that literals use and Python lacks."""
    used = set(re.findall(r"[a-z]+", " ".join(line for line in lines if '"due "' not in line)))
    names = [name for name in ("atan", "cos", "exp", "inf", "nan", "sin") if name in used]
    return f"from math import {', '.join(names)}\n" if names else ""


def _text(name: str, text: str) -> str:
    return f'"{name}", {text!r}'


def literal(value: Any) -> str:
    """`value` as Python. Raises ValueError where it has no literal."""
    if isinstance(value, np.ndarray):
        return _array(value)
    if isinstance(value, np.generic):
        return f"np.{value.dtype}({value.item()!r})"
    if isinstance(value, bool | int | float | str) or value is None:
        return repr(value)
    if isinstance(value, tuple | list):
        return f"{type(value).__name__}([{', '.join(map(literal, value))}])"
    if callable(value) and hasattr(value, "text"):  # a formula
        return f"lambda x: {value.text}"
    raise ValueError(f"{type(value).__name__} has no literal")


def _array(a: NDArray[Any]) -> str:
    dtype = "" if a.dtype == np.float64 else f", dtype=np.{a.dtype}"
    values = f"np.array({a.tolist()!r}{dtype})"
    if not a.size:
        return f"{values}.reshape({a.shape!r})"
    match order_of(a):
        case "F":
            return f"np.asfortranarray({values})"
        case "strided":
            gaps = list(range(1, a.shape[-1] + 1))
            return f"np.insert({values}, {gaps}, {BETWEEN}, axis=-1)[..., ::2]"
        case "reversed":
            return f"{values}[::-1].copy()[::-1]"
    return values
