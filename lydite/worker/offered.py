"""What a function tells about itself without being asked: whether it is written at all, and where."""

from __future__ import annotations

import dis
from pathlib import Path
from types import CodeType
from typing import Any

IDLE = {"NOP", "LOAD_CONST", "RETURN_VALUE", "RETURN_CONST"}
SHORT = 16
"""Instructions of a function that has no body, and the most bytes that they take."""


def is_written(function: Any) -> bool:
    """Whether `function` can be called and can do more than return None: a signature and a docstring cannot."""
    if not callable(function):
        return False
    code = getattr(function, "__code__", None)
    if type(code) is not CodeType or len(code.co_code) > SHORT:
        return True
    body = [i for i in dis.get_instructions(code) if i.opname != "RESUME"]
    return not all(i.opname in IDLE and i.argval is None for i in body)


def where(function: Any) -> str:
    """The file and line at which `function` is written, as far as Python knows it."""
    code = getattr(function, "__code__", None)
    return f"{Path(code.co_filename).name}:{code.co_firstlineno}" if type(code) is CodeType else ""
