"""The prose of the code keeps the rules of CONTRIBUTING: docstrings, comments, and the texts that users read."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PARTS = sorted(path for path in (ROOT / "lydite").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists())

RULES = {
    r"\bmend": "fix",
    r"\btold\b": "reported, given, shown",
    r"\basked\b": "called, requested",
    r"(?<!there )\b(?:is|are) no\b(?! (?:longer|more|one)\b)": "is not a",
}
"""What the rules rule out, and the plainer words."""
SUBJECT = {r"\AWhat\b": "a verb (Returns, Renders), or the thing by its name"}
"""The same, at the beginning of a docstring."""


def texts(source: str) -> Iterator[tuple[int, str, bool]]:
    """Yields each comment and each string with a space in it: its line, the text, and whether it is a docstring."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string, False
    tree = ast.parse(source)
    documenting = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            yield node.lineno, node.value, id(node) in documenting


def breaches(source: str) -> list[str]:
    """Each place where `source` breaks a rule. Names of the code, in backticks, are not prose."""
    found = []
    for line, text, documents in texts(source):
        prose = re.sub(r"`[^`]*`", "``", text)
        for pattern, better in (RULES | SUBJECT if documents else RULES).items():
            found += [f"{line}: {match[0]!r} (better: {better})" for match in re.finditer(pattern, prose)]
    return found


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_the_rules_are_kept(part: Path) -> None:
    files = sorted(part.rglob("*.py")) or [part]
    found = {str(file.relative_to(ROOT)): breaches(file.read_text("utf-8")) for file in files}
    assert not {file: lines for file, lines in found.items() if lines}


@pytest.mark.parametrize(
    "source",
    [
        '"""What is known of it."""',
        'def f():\n    """What it returns."""',
        "x = 1\n'''What it takes.'''",
        "# told once",
        "raise ValueError(f'{name} is no file')",
        "print('mend it first')",
        "# the calls are asked in batches",
    ],
)
def test_a_breach_is_found(source: str) -> None:
    assert len(breaches(source)) == 1


@pytest.mark.parametrize(
    "source",
    [
        '"""Returns what is known of it."""',
        "# there is no file, is no longer a file",
        '"""Notes what goes into `told`, when `asked`."""',
        "told = asked = 'mended'",
        "raise ValueError('What is it?')",
    ],
)
def test_plain_prose_passes(source: str) -> None:
    assert not breaches(source)
