"""Runs the code of a notebook: magics and shell lines dropped, plots without effect, what fails passed over."""

from __future__ import annotations
import __future__

import ast
import os
import re
import sys
import traceback
from collections.abc import Iterator
from contextlib import suppress
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

from .loading import Unloadable
from .told import Told

CELL_MAGIC = re.compile(r"%%(\S*)")
RUNS_THE_CELL = ("time", "timeit", "capture", "prun", "memit", "mprun", "lprun", "debug", "snakeviz", "scalene", "heat")
MAGIC = re.compile(r"^\s*[%!?]|^\s*[\w.]+\?{1,2}\s*$|^\s*[\w., ]+=\s*[%!]")
MOST_LINES = 3
"""Lines that are skipped of one cell and reported one by one."""
LIBRARIES = ("matplotlib", "seaborn", "IPython", "ipywidgets", "plotly")
"""Packages that notebooks show things with, and no formula needs."""


class _Harmless(ModuleType):
    """A module, and anything in it, that takes everything and does nothing."""

    __path__: list[str] = []  # noqa: RUF012  (what makes a module a package)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Harmless(f"{self.__name__}.{name}")

    def __call__(self, *_: Any, **__: Any) -> Any:
        return self

    def __iter__(self) -> Any:
        return iter((self, self))

    def __getitem__(self, _: Any) -> Any:
        return self

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        return None


class _Finder(Loader):
    """Finds the libraries that are not installed, and everything below them."""

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> ModuleSpec | None:
        return ModuleSpec(name, self, is_package=True) if name.partition(".")[0] in LIBRARIES else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _Harmless(spec.name)

    def exec_module(self, _module: ModuleType) -> None:
        return None


def from_notebook(path: Path, told: Told) -> ModuleType:
    """Runs the cells of `path`, and returns the names that they define; what is skipped goes into `told`.

    Raises Unloadable where it is not a notebook or nothing in it can be run.
    """
    os.environ["MPLBACKEND"] = "Agg"
    if any(find_spec(name) is None for name in LIBRARIES):
        sys.meta_path.append(_Finder())
    module = ModuleType(path.stem)
    module.__dict__["get_ipython"] = lambda: _Harmless("ipython")
    module.__dict__["display"] = lambda *_: None
    sys.modules[path.stem] = module
    cells = [Cell(place, source, told) for place, source in enumerate(_cells(path), start=1)]
    features = 0
    for cell in cells:
        features |= cell.features()
    done = [cell.run(module, features) for cell in cells]
    for note, harmless in (note for cell in cells for note in cell.notes):
        told.note(note, harmless=harmless)
    if cells and not any(done):
        raise Unloadable(f"no cell of {path.name} can be run: {told.notes[0]}")
    return module


class Cell:
    """One cell of code: its Python, run statement by statement, so that one that fails costs no other."""

    def __init__(self, place: int, source: str, told: Told) -> None:
        self._name = f"cell {place}"
        self._told = told
        self._failed = 0
        text, skipped = plain(source)
        self.notes = [(f"{self._name}, {note}", harmless) for note, harmless in skipped[:MOST_LINES]]
        if more := skipped[MOST_LINES:]:
            note = f"{self._name}: {len(more)} more lines are skipped, which is not Python"
            self.notes.append((note, all(harmless for _, harmless in more)))
        self._statements = self._parsed(text)

    def _note(self, text: str) -> None:
        self.notes.append((text, False))

    def _parsed(self, text: str) -> list[ast.stmt]:
        try:
            body = ast.parse(text).body
        except SyntaxError as error:
            self._note(f"{self._name} is skipped: it is not valid Python (line {error.lineno}: {error.msg})")
            return []
        except (ValueError, RecursionError, MemoryError) as error:
            self._note(f"{self._name} is skipped: it cannot be read: {error}")
            return []
        return [part for statement in body for part in _apart(statement)]

    def features(self) -> int:
        """Returns the features of a later Python that it asks for, as flags of the compiler."""
        asked = [s for s in self._statements if isinstance(s, ast.ImportFrom) and s.module == "__future__"]
        flags = 0
        for name in (s.names[0].name for s in asked):
            flags |= getattr(getattr(__future__, name, None), "compiler_flag", 0)
        return flags

    def run(self, module: ModuleType, features: int) -> bool:
        """Runs it in `module`; returns whether something of it could be run."""
        done = [self._do(statement, module, features) for statement in self._statements]
        if self._failed > 1:
            self._note(f"{self._name}: {self._failed - 1} more statements are skipped, which raised as well")
        return any(done)

    def _do(self, statement: ast.stmt, module: ModuleType, features: int) -> bool:
        try:
            whole = ast.Module([statement], [])
            exec(compile(whole, self._name, "exec", features, dont_inherit=True), module.__dict__)  # noqa: S102  (what a notebook is for)
        except BaseException as error:  # noqa: BLE001  (SystemExit and the like end a statement, not the notebook)
            traceback.print_exc()
            self._told.failed(error)
            self._failed += 1
            if self._failed == 1:
                raised = f"{type(error).__name__}: {_text(error)}"
                self._note(f"{self._name}, line {statement.lineno} is skipped: it raised {raised}")
            return False
        return True


def _text(error: BaseException) -> str:
    try:
        return str(error)[:200]
    except BaseException:  # noqa: BLE001  (an exception's own __str__ is a submission's code as well)
        return "(no text)"


def _apart(statement: ast.stmt) -> Iterator[ast.stmt]:
    """Yields each of the names that a statement imports on its own: one that is absent costs no other."""
    if not isinstance(statement, ast.Import | ast.ImportFrom):
        yield statement
        return
    for alias in statement.names:
        one: ast.stmt = ast.Import([alias])
        if isinstance(statement, ast.ImportFrom):
            one = ast.ImportFrom(statement.module, [alias], statement.level)
        yield ast.copy_location(one, statement)


def _cells(path: Path) -> list[str]:
    try:
        import nbformat  # noqa: PLC0415  (for notebooks alone)
    except ImportError:
        raise Unloadable("a notebook is read with nbformat, which is not installed here: lydite[grading]") from None
    try:
        read: Any = nbformat.read
        whole = read(path, as_version=4)
    except Exception as error:  # noqa: BLE001  (whatever its validation comes upon)
        raise Unloadable(f"{path.name} is not a notebook: {type(error).__name__}: {str(error)[:200]}") from None
    return [cell.source for cell in whole.cells if cell.cell_type == "code" and cell.source.strip()]


def code_of(path: Path) -> str:
    """Returns the Python of all cells that are Python. Raises Unloadable where `path` is not a notebook."""
    kept = []
    for source in _cells(path):
        text, _ = plain(source)
        with suppress(SyntaxError, ValueError, RecursionError, MemoryError):
            ast.parse(text)
            kept.append(text)
    return "\n".join(kept)


def plain(cell: str) -> tuple[str, list[tuple[str, bool]]]:
    """Returns the Python of a cell, what of it is skipped and why, and whether that is harmless.

    Of a magic that runs the cell the body is left, of others nothing; magics, shell commands and questions within a
    cell are dropped one by one.
    """
    lines = cell.split("\n")
    skipped: list[tuple[str, bool]] = []
    for place, line in enumerate(lines):
        if not line.strip():
            continue
        name = CELL_MAGIC.match(line)
        if name is None:
            break
        lines[place] = ""
        if name[1] not in RUNS_THE_CELL:
            return "", [(f"line {place + 1} is skipped with its cell: %%{name[1]} does not run it as Python", False)]
        skipped.append((f"line {place + 1} is skipped, and the rest of the cell is run: {line.strip()}", True))
    while (wrong := _wrong_line(lines)) is not None:
        place, line = wrong, lines[wrong]
        if not MAGIC.search(line):
            break
        if statement := _measured(line):
            lines[place] = statement
            magic = line.strip().split()[0]
            skipped.append((f"line {place + 1}: {magic} is skipped, and the rest of the line is run", False))
            continue
        skipped.append((f"line {place + 1} is skipped, which is not Python: {line.strip()}", True))
        lines[place] = line[: len(line) - len(line.lstrip())] + "pass"
        while line.rstrip().endswith("\\") and place + 1 < len(lines):  # a command that goes on
            place += 1
            line, lines[place] = lines[place], ""
    return "\n".join(lines), skipped


def _measured(line: str) -> str:
    """Returns the statement that a magic runs and measures, in its place on the line; empty where there is none."""
    magic = re.match(r"(\s*)%(\w+)\s+(?=[^-])", line)
    if magic is None or magic[2] not in RUNS_THE_CELL:
        return ""
    try:
        ast.parse(line[magic.end() :])
    except (SyntaxError, ValueError):
        return ""
    return magic[1] + line[magic.end() :]


def _wrong_line(lines: list[str]) -> int | None:
    """Returns the first line that is not Python, counted from 0; None where all is, or it is unknown."""
    try:
        ast.parse("\n".join(lines))
    except SyntaxError as error:
        return error.lineno - 1 if error.lineno and error.lineno <= len(lines) else None
    except (ValueError, RecursionError, MemoryError):
        return None
    return None
