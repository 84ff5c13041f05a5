"""Finds which functions of a file an edit may concern, and grades again the claims that call one of them."""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from lydite.grading.grade import Graded
from lydite.verdict.outcome import LawResult

REACHES_FAR = frozenset(
    {
        "globals",
        "locals",
        "vars",
        "eval",
        "exec",
        "getattr",
        "setattr",
        "delattr",
        "open",
        "__import__",
        "seed",
        "seterr",
    }
)
"""Names by which one function may change what another answers, or find it unseen."""
CONSTANT = (
    ast.Constant,
    ast.UnaryOp,
    ast.BinOp,
    ast.Tuple,
    ast.Name,
    ast.Attribute,
    ast.operator,
    ast.unaryop,
    ast.Load,
)
"""Of these are values that nothing changes later."""


@dataclass(frozen=True, slots=True)
class Edit:
    """The functions that an edit may concern, and where each function begins before and after; `why` all are, if so."""

    functions: frozenset[str] = frozenset()
    lines: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    why: str = ""


@dataclass(frozen=True, slots=True)
class _File:
    """A file as it is followed: the names it defines, each as text, what each reads, and where it begins."""

    texts: Mapping[str, str]
    reads: Mapping[str, frozenset[str]]
    lines: Mapping[str, int]
    imports: str


class Unclear(Exception):
    """A file does more than define functions and constants."""


def edit(before: str, after: str) -> Edit:
    """Returns which functions may answer otherwise in the file `after` than in the file `before`.

    That is known of a file of imports, constants and plain functions: those that have changed, and whatever reads them.
    """
    try:
        old, new = _read(before), _read(after)
    except SyntaxError:
        return Edit(why="it could not be read")
    except Unclear as error:
        return Edit(why=str(error))
    if old.imports != new.imports:
        return Edit(why="its imports have changed")
    concerned = {name for name in {*old.texts, *new.texts} if old.texts.get(name) != new.texts.get(name)}
    while more := {name for file in (old, new) for name, reads in file.reads.items() if reads & concerned} - concerned:
        concerned |= more
    lines = {name: (old.lines[name], new.lines[name]) for name in old.lines if name in new.lines}
    return Edit(frozenset(concerned), lines)


def _read(text: str) -> _File:
    """Reads a file. Raises SyntaxError, and Unclear where it does more than define functions and constants."""
    texts: dict[str, str] = {}
    reads: dict[str, frozenset[str]] = {}
    lines: dict[str, int] = {}
    imports = []
    for node in ast.parse(text).body:
        _check(node)
        if isinstance(node, ast.Import | ast.ImportFrom):
            imports.append(ast.dump(node))
        for name in _defined(node):
            if name in texts:
                raise Unclear(f"it defines {name} twice")
            texts[name], lines[name] = ast.dump(node), node.lineno
            reads[name] = frozenset(one.id for one in ast.walk(node) if isinstance(one, ast.Name)) - {name}
    return _File(texts, reads, lines, "\n".join(imports))


def _defined(node: ast.stmt) -> list[str]:
    """Returns the names that a statement at the top of a file defines, besides those that it imports."""
    if isinstance(node, ast.FunctionDef):
        return [node.name]
    if isinstance(node, ast.Assign):
        return [target.id for target in node.targets if isinstance(target, ast.Name)]
    return []


def _check(node: ast.stmt) -> None:
    """Raises Unclear where a statement at the top of a file may make one function depend on another unseen."""
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant()) | ast.FunctionDef(decorator_list=[]):
            pass
        case ast.Assign(targets=targets, value=value) if all(isinstance(one, ast.Name) for one in targets):
            if not all(isinstance(one, CONSTANT) for one in ast.walk(value)):
                raise Unclear(f"line {node.lineno} is more than a constant")
        case _:
            raise Unclear(f"line {node.lineno} is neither an import, a constant nor a plain function")
    for one in ast.walk(node):
        stored = isinstance(one, ast.Attribute) and isinstance(one.ctx, ast.Store | ast.Del)
        named = getattr(one, "id", getattr(one, "attr", "")) in REACHES_FAR
        if stored or named or isinstance(one, ast.Global | ast.Nonlocal):
            raise Unclear(f"line {getattr(one, 'lineno', node.lineno)} may change what other functions answer")


def concerned(before: Graded, functions: Collection[str]) -> tuple[str, ...] | None:
    """Returns the claims in scope of which a law calls one of `functions`; None where that is not known.

    What a law calls is known from `before`, where each was judged.
    """
    known = before.findings
    if known.unloadable or known.killed or known.failed or set(known.planned) - set(known.results):
        return None
    laws = list(known.results.values())
    touched = {c for law in laws if {*law.asked, *law.absent, law.call} & set(functions) for c in law.claims}
    return tuple(claim for claim in before.request.scope.claims if claim in touched)


def merged(one: Graded, before: Graded, edited: Edit) -> Graded:
    """Returns `before` with the results of `one` in the place of those that an edit may concern."""
    new, old = one.findings, before.findings
    again = {k for k, law in new.planned.items() if k not in old.results or law.claims == old.results[k].claims}
    planned = old.planned | {key: new.planned[key] for key in again}
    kept = {key: _moved(result, edited) for key, result in old.results.items() if key not in again}
    judged = {key: result for key, result in new.results.items() if key in again}
    return replace(one, request=before.request, findings=replace(new, planned=planned, results=kept | judged))


def _moved(result: LawResult, edited: Edit) -> LawResult:
    """Returns `result` with the lines at which its functions are now."""
    where = {}
    for call, place in result.where.items():
        then, now = edited.lines.get(call, (0, 0))
        file, _, line = place.rpartition(":")
        where[call] = f"{file}:{now}" if line == str(then) else place
    return replace(result, where=where)
