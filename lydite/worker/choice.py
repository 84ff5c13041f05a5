"""Finds the file of a folder that offers the calls, by reading all of them and running none; and imports it."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .loading import ENTRIES, NOTEBOOK, Unloadable, entry, from_file
from .notebook import code_of, from_notebook
from .told import Told

MOST = 5
"""How many files are named where several may be meant."""


@dataclass
class Source:
    """A file of Python: the calls that it `defines`, those that it `takes` from others, and which others it imports."""

    path: Path
    defines: set[str] = field(default_factory=set)
    takes: set[str] = field(default_factory=set)
    imports: set[str] = field(default_factory=set)
    stars: set[str] = field(default_factory=set)

    @classmethod
    def read(cls, path: Path, calls: Collection[str], told: Told) -> Source:
        """Reads `path`; of what is not Python, nothing is known."""
        source = cls(path)
        try:
            text = code_of(path) if path.suffix == NOTEBOOK else path.read_bytes()
            source._look(ast.parse(text).body, calls)
        except SyntaxError as error:
            told.note(f"{path.name} is not valid Python (line {error.lineno}: {error.msg})")
        except (Unloadable, OSError, ValueError, RecursionError, MemoryError) as error:
            told.note(f"{path.name} cannot be read: {error}")
        return source

    def _look(self, body: list[ast.stmt], calls: Collection[str]) -> None:
        for statement in _statements(body):
            match statement:
                case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                    self.defines |= {name} & set(calls)
                case ast.Assign() | ast.AnnAssign():
                    stored = [
                        n for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
                    ]
                    self.defines |= {name.id for name in stored} & set(calls)
                case ast.Import(names=names):
                    self.imports |= {alias.name.partition(".")[0] for alias in names}
                case ast.ImportFrom(module=module, names=names):
                    found = {alias.asname or alias.name for alias in names}
                    self.imports |= {module.partition(".")[0]} if module else found
                    self.takes |= found & set(calls)
                    if "*" in found and module:
                        self.stars.add(module.partition(".")[0])


def home(path: Path) -> Path:
    """Returns the folder in which what is at `path` stands: of folders that hold one folder alone, the innermost."""
    if not path.is_dir():
        return path.parent
    while True:
        children = [child for child in path.iterdir() if not child.name.startswith(".")]
        if len(children) != 1 or not children[0].is_dir():
            return path
        path = children[0]


def chosen(path: Path, calls: Collection[str], wanted: str, told: Told) -> Path:
    """Returns the file to import: `wanted`, if that is not empty, else `path` itself or the file that offers calls.

    Raises Unloadable where there is none, or two are as good.
    """
    folder = home(path)
    if wanted:
        if path.is_dir():
            return _wanted(path, folder, wanted)
        if wanted != path.name:
            raise Unloadable(f"{path.name} is not {wanted}, which is to be graded")
    if not path.is_dir():
        return entry(path)
    for pattern in ("*.py", f"*{NOTEBOOK}"):
        sources = [Source.read(file, calls, told) for file in sorted(folder.glob(pattern)) if file.is_file()]
        if found := _best(sources):
            for source in sources:
                if unoffered := source.defines - _offered(found, {one.path.stem: one for one in sources}, set()):
                    names = ", ".join(sorted(unoffered))
                    told.note(f"{source.path.name} defines {names}, which {found.path.name} does not offer")
            return entry(found.path)
    return entry(folder)


def imported(file: Path, kind: str, told: Told) -> Any:
    """Imports `file`, and returns it, or an object of its class `kind` if one is named. Raises Unloadable."""
    module = from_notebook(file, told) if file.suffix == NOTEBOOK else from_file(file)
    if not kind:
        return module
    made = getattr(module, kind, None)
    if not isinstance(made, type):
        raise Unloadable(f"{file.name} has no class {kind}")
    return made()


def _wanted(path: Path, folder: Path, wanted: str) -> Path:
    for place in (path, folder):
        found = place / wanted
        if found.is_file() and found.resolve().is_relative_to(path.resolve()):
            return entry(found)
    raise Unloadable(f"there is no {wanted} in {path.name}")


def _best(sources: list[Source]) -> Source | None:
    """Returns the file that offers the most; None where none offers a call. Raises Unloadable where it is unclear."""
    by_name = {source.path.stem: source for source in sources}
    offers = {source.path: _offered(source, by_name, set()) for source in sources}
    offering = [source for source in sources if offers[source.path]]
    for name in ENTRIES:
        if found := [source for source in offering if source.path.name == name]:
            return found[0]
    every = set().union(*offers.values())
    defining = [source for source in offering if source.defines]
    whole = [source for source in offering if offers[source.path] == every]
    for candidates in (whole, [source for source in whole if source.defines]):
        if len(candidates) == 1:
            return candidates[0]
    imported = {name for source in defining for name in _reached(source, by_name)}
    roots = [source for source in (whole or defining) if source.path.stem not in imported]
    if len(roots) == 1:
        return roots[0]
    if not offering:
        return None
    names = [source.path.name for source in (roots or defining or offering)]
    listed = f"{', '.join(names[:-1])} and {names[-1]}" if len(names) <= MOST else f"{', '.join(names[:MOST])} ..."
    raise Unloadable(f"{listed} define calls: say which is to be graded (--entry {names[0]})")


def _offered(source: Source, by_name: dict[str, Source], seen: set[str]) -> set[str]:
    """Returns the calls that `source` has once it is imported."""
    if source.path.stem in seen:
        return set()
    seen.add(source.path.stem)
    others = [by_name[name] for name in sorted(source.stars) if name in by_name]
    return source.defines.union(source.takes, *(_offered(other, by_name, seen) for other in others))


def _reached(source: Source, by_name: dict[str, Source]) -> set[str]:
    """Returns the files that `source` imports, and those that they import."""
    reached: set[str] = set()
    waiting = [source]
    while waiting:
        for name in waiting.pop().imports - reached - {source.path.stem}:
            if name in by_name:
                reached.add(name)
                waiting.append(by_name[name])
    return reached


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yields what is run when a module is imported, inside `if`, `try` and the like too."""
    for statement in body:
        yield statement
        if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            for child in ast.iter_child_nodes(statement):
                if isinstance(child, ast.stmt):
                    yield from _statements([child])
                elif isinstance(child, ast.ExceptHandler):
                    yield from _statements(child.body)
