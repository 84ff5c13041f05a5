"""A file with every call of the contract: signatures and meanings, no bodies."""

from __future__ import annotations

import textwrap
from itertools import groupby
from pathlib import Path

from lydite.kit.calls import CALLS
from lydite.kit.contract import Call

NAME = "submission.py"

HEADER = '''\
"""The calls of the contract. Write the bodies, then run `lydite grade {name}`.

Arrays are NumPy arrays of float64, one sample a row; a pair such as (n,d) is a shape, () a float. In the regime
`layout` they come in any memory order, and as integers or in float32 where the numbers allow it. Inputs must stay as
they are, and answers must not share their memory. A function without a body counts as missing and costs nothing but
its own claims.
"""

import numpy as np
'''


OPTIONAL = "# Optional: judged where they have a body, and without points"
"""The heading of the calls that may be left out."""


class Exists(ValueError):
    """There is a file already, which is not overwritten."""


def write(folder: Path) -> Path:
    """Writes the starter file into `folder`. Raises Exists where there is one."""
    path = folder / NAME
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text())
    except FileExistsError as error:
        raise Exists(f"{path} exists") from error
    return path


def text() -> str:
    """Returns the starter file."""
    parts = [HEADER.format(name=NAME)]
    required, optional = ([c for c in CALLS.values() if c.optional is wanted] for wanted in (False, True))
    for question, calls in groupby(required, key=lambda call: call.question):
        parts.append(f"\n# {question}\n")
        parts += map(_stub, calls)
    if optional:
        parts.append(f"\n{OPTIONAL}\n")
        parts += map(_stub, optional)
    return "\n".join(parts)


def _stub(call: Call) -> str:
    one_line = "\n" not in call.doc
    doc = call.doc if one_line else f"{call.doc}\n"
    docstring = textwrap.indent(f'"""{doc}"""', "    ")
    return f"\ndef {call.name}{call.signature}:\n{docstring}\n"
