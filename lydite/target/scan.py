"""Prints the numbers that are written in a file of Python or a notebook, which it reads and never runs.

Started on its own, in an interpreter that sees nothing of ours and may take little time and memory: what it parses is
hostile. The source comes in by standard input, one line of JSON goes out.
"""

from __future__ import annotations

import ast
import json
import math
import operator
import re
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any

MOST = 200
"""Numbers that are printed: those that are compared first, then those that are sliced or counted with."""
LARGEST = 2.0**64
SECONDS = 5
MEBIBYTES = 512
FOLDED = 4
"""How deep a number may be computed from others, as in `2**10 - 1`."""
MAGIC = re.compile(r"^\s*[%!?]|\?{1,2}\s*$")
COMPARED, COUNTED, WRITTEN = range(3)
"""The use of a number in the code: the less, the more is decided by it."""
RANKS: dict[type[ast.AST], int] = {ast.Compare: COMPARED, ast.Subscript: COUNTED, ast.Slice: COUNTED}
OPERATIONS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: math.pow,
    ast.LShift: lambda left, right: math.ldexp(left, int(right)),
}
COUNTS = ("range", "arange", "linspace", "clip", "minimum", "maximum", "min", "max")
"""Functions whose arguments are sizes and limits."""


def numbers(tree: ast.AST) -> Iterator[tuple[int, float]]:
    """Yields each number that is written in `tree`, in its order, and what it does there."""
    todo: list[tuple[ast.AST, int]] = [(tree, WRITTEN)]
    while todo:
        node, rank = todo.pop()
        value = _value(node, FOLDED)
        if value is not None:
            yield rank, value
        rank = min(rank, RANKS.get(type(node), WRITTEN))
        if isinstance(node, ast.Call) and _name(node.func) in COUNTS:
            rank = min(rank, COUNTED)
        todo += [(child, rank) for child in reversed([*ast.iter_child_nodes(node)])]


def _name(function: ast.expr) -> str:
    return str(getattr(function, "attr", getattr(function, "id", "")))


def _value(node: ast.AST, depth: int) -> float | None:
    """Returns the number that `node` stands for, if it is one that could be an input."""
    value: Any = None
    match node:
        case ast.Constant(value=int() | float() as written) if not isinstance(written, bool):
            value = written
        case ast.UnaryOp(op=ast.USub(), operand=operand) if depth:
            inner = _value(operand, depth - 1)
            value = None if inner is None else -inner
        case ast.BinOp(left=left, op=op, right=right) if depth:
            value = _computed(_value(left, depth - 1), op, _value(right, depth - 1))
    if value is None or not abs(value) < LARGEST:
        return None
    return float(value)


def _computed(left: float | None, op: ast.operator, right: float | None) -> float | None:
    if left is None or right is None:
        return None
    try:
        return OPERATIONS[type(op)](left, right)
    except (ArithmeticError, ValueError, KeyError):
        return None


def sources(held: bytes, notebook: bool) -> Iterator[str | bytes]:
    """Yields the Python of a file: all of it, or cell by cell, without what only a notebook understands."""
    if not notebook:
        yield held
        return
    whole = json.loads(held)
    sheets = whole.get("worksheets") or [whole]
    for cell in (cell for sheet in sheets for cell in sheet["cells"]):
        if cell.get("cell_type") == "code":
            text = cell.get("source", cell.get("input", ""))
            lines = (text if isinstance(text, str) else "".join(text)).splitlines()
            yield "\n".join("" if MAGIC.search(line) else line for line in lines)


def distinct(held: bytes, notebook: bool) -> list[float]:
    """Returns the numbers in a file, each once, those that decide something first.

    Of too many that do the same, those that are kept are spread evenly over the file.
    """
    ranks: dict[float, int] = {}
    for source in sources(held, notebook):
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError, LookupError, RecursionError, MemoryError):
            continue
        for rank, number in numbers(tree):
            ranks[number] = min(rank, ranks.get(number, rank))
    found: list[float] = []
    for rank in (COMPARED, COUNTED, WRITTEN):
        found += _spread([number for number in ranks if ranks[number] == rank], MOST - len(found))
    return found


def _spread(found: Sequence[float], most: int) -> list[float]:
    """Returns all that were `found`, or `most` of them at equal distances."""
    return [found[place * len(found) // most] for place in range(most)] if len(found) > most else list(found)


def main() -> None:
    """Reads the source of a file, or after the argument `notebook` that of its cells."""
    import resource  # noqa: PLC0415  (POSIX only)

    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEBIBYTES << 20, MEBIBYTES << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    warnings.simplefilter("ignore")
    try:
        written = distinct(sys.stdin.buffer.read(), "notebook" in sys.argv[1:])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, MemoryError):
        written = []
    sys.stdout.write(json.dumps(written))


if __name__ == "__main__":
    main()
