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
FOLDERS = ("benchmarks", "docs", "examples", "experiments", "implementations", "time_machine")
PARTS = sorted(path for path in (ROOT / "lydite").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists())
PARTS += [ROOT / name for name in (*FOLDERS, "spec", "properties", "reference", "mistakes")]
TESTS = sorted(path for path in (ROOT / "tests").rglob("*.py") if path != Path(__file__))
RENDERED = {"claims.md", "findings.md", "judges.md", "scoreboard.md", "time_machine.md"}
"""Pages that quote the document, the judges and others' reports of faults."""
PAGES = sorted(path for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")) if path.name not in RENDERED)
PAGES += sorted((ROOT / "lydite" / "templates").glob("*.html"))
PAGES.remove(ROOT / "CHANGELOG.md")  # releases stay as they were written

RULES = {
    r"\bmend": "fix",
    r"\btold\b": "reported, given, shown",
    r"\basked\b": "called, requested",
    r"(?<!there )\b(?:is|are) no\b(?! (?:longer|more|one)\b)": "is not a",
}
"""The words that the rules rule out, and the plainer ones."""
NOT_PROSE = re.compile(r"(?ms)^```.*?^```$|{%.*?%}|<style>.*?</style>|\*[a-z]+\*|\".*?\"")
"""Code, markup, and words that are spoken of."""
SUBJECT = {r"\AWhat\b": "a verb (Returns, Renders), or the thing by its name"}
"""The same, at the beginning of a docstring."""
BEGINS = re.compile(r"[A-Z][a-z]*s\b|[`(]|See ")
"""How the docstring of a function begins: with a verb, a formula, or the place where that is said."""


def prose(path: Path) -> list[str]:
    """Returns each place where a test breaks a rule in a docstring or a comment: its other texts are data."""
    found: list[str] = []
    for line, text, documents in texts(path.read_text("utf-8")):
        if documents or text.startswith("#"):
            found += broken(line, text, RULES | SUBJECT if documents else RULES)
    return found


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
        found += broken(line, text, RULES | SUBJECT if documents else RULES)
    return found


def broken(line: int, text: str, rules: dict[str, str]) -> list[str]:
    """Each place where the `text` in that line breaks one of `rules`."""
    prose = re.sub(r"`[^`]*`", "``", text)
    return [
        f"{line}: {match[0]!r} (better: {better})"
        for pattern, better in rules.items()
        for match in re.finditer(pattern, prose)
    ]


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_the_rules_are_kept(part: Path) -> None:
    files = sorted(part.rglob("*.py")) or [part]
    found = {str(file.relative_to(ROOT)): breaches(file.read_text("utf-8")) for file in files}
    assert not {file: lines for file, lines in found.items() if lines}


@pytest.mark.parametrize(
    "part", [part for part in PARTS if part.is_relative_to(ROOT / "lydite")], ids=lambda part: part.name
)
def test_the_docstring_of_a_function_begins_with_a_verb(part: Path) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{function.lineno}: {text.splitlines()[0]}"
        for path in sorted(part.rglob("*.py")) or [part]
        for function in functions(ast.parse(path.read_text("utf-8")))
        if (text := ast.get_docstring(function)) and not BEGINS.match(text)
    ]
    assert found == []


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    """Yields the functions of a module but for properties, which may be noun phrases, and the whole command line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            decorators = " ".join(map(ast.unparse, node.decorator_list))
            if "property" not in decorators and "click.group" not in decorators:
                yield node


@pytest.mark.parametrize("path", TESTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_tests_keep_the_rules(path: Path) -> None:
    assert not prose(path)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_pages_keep_the_rules(page: Path) -> None:
    text = NOT_PROSE.sub(blank, page.read_text("utf-8"))
    assert not [breach for line, prose in enumerate(text.splitlines(), 1) for breach in broken(line, prose, RULES)]


def blank(match: re.Match[str]) -> str:
    """Returns as many lines as `match` has."""
    return "\n" * match[0].count("\n")


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
