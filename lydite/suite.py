"""Finds the suite and enters it: a folder with `suite.toml` and the packages of a document, one for each process."""

from __future__ import annotations

import os
import site
import sys
import tomllib
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from hashlib import sha256
from importlib import import_module
from importlib.machinery import PathFinder
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from threading import RLock
from types import ModuleType
from typing import Any

HERE = Path(__file__).resolve().parent
OWN = HERE / "suite" if (HERE / "suite").is_dir() else HERE.parent
"""The suite that Lydite brings: inside a wheel, else the checkout."""

REFERENCE, PROPERTIES = "reference", "properties"
PACKAGES = ("spec", REFERENCE, PROPERTIES, "mistakes")
TABLE = "suite.toml"
GROUP = "lydite.suites"
"""Entry points that name suites, each the package whose folder is one; it is not imported."""
OPTION = "--suite"
CACHES = {"__pycache__", "node_modules"}
MOST = 1 << 28
"""Bytes of a suite that are read to know it again."""
REPORT = b'{\n "format": "lydite-report"'
"""How a report begins: one that is kept in the suite does not change it."""

_entered: list[Path] = []
_named: list[str] = []
"""The name by which it was chosen: what a person types."""
_put_away: dict[str, ModuleType] = {}
"""The modules of the suite between two visits to it."""
_visit = RLock()


class NoSuite(ValueError):
    """A suite does not exist, or this process has entered another one."""


class BrokenSuite(NoSuite):
    """The code of a suite fails while it is imported."""


class SuiteShadowed(RuntimeError):
    """A package of the suite would be imported from somewhere else."""


def folder() -> Path:
    """Returns the folder of the suite that this process has entered, or else would enter: Lydite's own."""
    return _entered[0] if _entered else OWN


def is_own() -> bool:
    """Returns whether the suite is the one that Lydite brings."""
    return folder() == OWN


def find(name: str, place: Path = Path()) -> Path:
    """Returns the folder of the suite `name`: a path from `place`, or a bare name of an entry point. Raises NoSuite.

    A bare name is not a path: what a person means by it does not depend on the folders that happen to lie there.
    """
    if Path(name).name != name or name == "..":
        return _checked(place / name)
    values = {one.value for one in entry_points(group=GROUP) if one.name == name}
    if not values:
        meant = f"; for the folder, say ./{name}" if (place / name).is_dir() else ""
        raise NoSuite(f"no suite that is called {name} is installed{meant}")
    if len(values) > 1:
        raise NoSuite(f"{name} names several installed suites: {', '.join(sorted(values))}")
    [value] = values
    found = _installed(value)
    if found is None:
        raise NoSuite(f"{name} is installed as {value}, which is not a package in a folder")
    where, homes = found.resolve(), (sys.prefix, sys.base_prefix, site.getusersitepackages())
    if where.is_relative_to(Path.cwd()) and not any(where.is_relative_to(Path(home).resolve()) for home in homes):
        raise NoSuite(f"{name} would be found in the current folder: name the suite by its path, {found}")
    return _checked(found)


def _installed(package: str) -> Path | None:
    """Returns the folder of an installed `package`, perhaps a package in another one, and imports neither."""
    top, *rest = package.split(".")
    try:
        found = find_spec(top)
    except (ImportError, ValueError):
        return None
    places = list(found.submodule_search_locations or ()) if found else []
    whole = Path(places[0], *rest) if len(places) == 1 else None
    return whole if whole and whole.is_dir() else None


def _checked(path: Path) -> Path:
    """Returns `path` in full. Raises NoSuite where something of a suite is not there."""
    whole = path.resolve()
    if not whole.is_dir():
        raise NoSuite(f"{path} is not a folder")
    absent = [TABLE] * (not (whole / TABLE).is_file()) + [f"{p}/" for p in PACKAGES if not (whole / p).is_dir()]
    if absent:
        raise NoSuite(f"{path} is not a suite: it has no {', '.join(absent)}")
    return whole


def enter(path: Path | None = None, typed: str = "") -> None:
    """Puts the suite in `path` first on this process's path, once; without one, the suite that is entered, or our own.

    `typed` is how a person names it, if that is not its path.
    Raises NoSuite where another one has been entered, and SuiteShadowed where `spec` or another package of the suite is
    found, or already imported, elsewhere: a stray `spec.py` in the current folder must not run.
    """
    suite = folder() if path is None else path.resolve()
    if sys.modules.keys().isdisjoint(PACKAGES):
        sys.modules.update(_put_away)
    if suite != folder() and (_entered or _reading()):
        raise NoSuite(f"this process grades by the suite in {folder()}, and cannot change to {suite}")
    if sys.path[:1] != [str(suite)]:
        sys.path.insert(0, str(suite))
    for name in PACKAGES:
        module = sys.modules.get(name)
        spec = PathFinder.find_spec(name) if module is None else module.__spec__
        if spec and spec.origin and Path(spec.origin).resolve().parent.parent != suite:
            whose = "Lydite's own" if suite == OWN else "that of the suite"
            raise SuiteShadowed(f"{name!r} is taken by {spec.origin}: {whose} lies in {suite}")
    _entered[:] = [suite]
    _named[:] = [typed or (_named[0] if _named else str(suite))]


@contextmanager
def visiting() -> Iterator[None]:
    """Lets the body use the suite in a process that is not Lydite's, and takes it away again.

    A host may have a `spec` or a `reference` of its own, imported before or after: under these names it finds its own.
    One visit at a time, whatever threads there are. In a process that has entered the suite nothing changes.
    """
    with _visit:
        if _entered:
            yield
            return
        theirs = _taken_out()
        try:
            enter()
            yield
        finally:
            with suppress(ValueError):
                sys.path.remove(str(folder()))
            _entered.clear()
            _named.clear()
            _put_away.update(_taken_out())
            sys.modules.update(theirs)


def _taken_out() -> dict[str, ModuleType]:
    """Takes the modules with the names of the suite's packages out of the imported ones, and returns them."""
    names = [name for name in sys.modules if name.partition(".")[0] in PACKAGES]
    return {name: sys.modules.pop(name) for name in names}


def _reading() -> bool:
    """Returns whether something has been read of the suite already, without entering it."""
    return "lydite.kit.question" in sys.modules


@cache
def table() -> dict[str, Any]:
    """Reads `suite.toml`. Raises NoSuite."""
    try:
        return tomllib.loads((folder() / TABLE).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise NoSuite(f"{folder() / TABLE} cannot be read: {error}") from error


def title() -> str:
    """Returns what the suite calls its document."""
    return str(table().get("title", folder().name))


def identity() -> str:
    """Returns a digest of the content of another suite than ours; empty for ours, which our version names."""
    return "" if is_own() else _digest(folder())


@cache
def _digest(whole: Path) -> str:
    """Returns the digest of every file: laws may read data, or import what lies beside the packages.

    Past the first MOST bytes, a file is known by its size and time.
    """
    digest, rest = sha256(), MOST
    for path in _files(whole):
        facts = path.stat()
        rest -= facts.st_size
        content = path.read_bytes() if rest >= 0 else f"{facts.st_size} {facts.st_mtime_ns}".encode()
        if not content.startswith(REPORT):
            digest.update(os.fsencode(path.relative_to(whole)) + b"\0" + sha256(content).digest())
    return digest.hexdigest()[:16]


def _files(whole: Path) -> list[Path]:
    """Returns the files in the folder `whole`, but what is hidden, as version control is, caches and environments."""
    found: list[Path] = []
    for folder, folders, names in os.walk(whole):
        inside = [name for name in folders if not name.startswith(".") and name not in CACHES]
        folders[:] = [name for name in inside if not Path(folder, name, "pyvenv.cfg").exists()]
        found += [Path(folder, name) for name in names if not name.startswith(".")]
    return sorted(path for path in found if path.is_file())


def options(option: str) -> list[str]:
    """Returns the words, with this `option`, that name to another process the suite entered here; none for our own."""
    return [] if is_own() else [f"{option}={folder()}"]


def shown() -> list[str]:
    """Returns such words for a command that is shown, as they were typed."""
    return [] if is_own() else [OPTION, *_named]


def load(package: str, pattern: str = "[!_]*.py") -> list[ModuleType]:
    """Imports the modules of `package`, one of the suite's, whose files match `pattern`, by name."""
    place = folder().joinpath(*package.split("."))
    with loading():
        return [import_module(f"{package}.{path.stem}") for path in sorted(place.glob(pattern))]


@contextmanager
def loading() -> Iterator[None]:
    """Turns what another suite than ours raises while the body imports it, an exit too, into BrokenSuite."""
    try:
        yield
    except NoSuite:
        raise
    except (Exception, SystemExit) as error:
        if is_own():
            raise
        raise BrokenSuite(f"the suite in {folder()} cannot be loaded: {raised(error)}") from error


def own(argument: str) -> str | None:
    """Returns the path or node id `argument` in full where it names properties of the suite; None where it does not.

    Wherever pytest runs, it prints the node id of a property as `properties/test_x.py::name[regime]`, perhaps with
    `../` before it, though the file lies here: that has to be good for the next run.
    """
    ours = folder() / PROPERTIES
    named, colons, name = argument.partition("::")
    path = Path(named)
    printed = path.parent.name == PROPERTIES and not path.exists()
    found = ours / path.name if printed else path.resolve()
    return f"{found}{colons}{name}" if found.exists() and found.is_relative_to(ours) else None


def raised(error: BaseException) -> str:
    """Returns what an error of the suite says, and the last line of the suite that it has come through."""
    if isinstance(error, NoSuite):
        return str(error)
    passed = [(frame.filename, frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    if isinstance(error, SyntaxError) and error.filename:
        passed.append((error.filename, error.lineno))
    ours = [(Path(file), number) for file, number in passed if Path(file).is_relative_to(folder())]
    place = f"{ours[-1][0].relative_to(folder())}:{ours[-1][1]}: " if ours else ""
    return f"{place}{type(error).__name__}: {error}"


def secret() -> tuple[Path, ...]:
    """Returns the folders that no code under test may see: that of Lydite, of its own suite and of the one entered."""
    suites = dict.fromkeys([OWN, folder()])
    return (HERE, *suites, *(suite / name for suite in suites for name in PACKAGES))
