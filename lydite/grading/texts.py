"""Reads the texts that options are given as, and refuses those that an option cannot have."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import Field, field
from pathlib import Path
from typing import Any, TypeVar

from lydite import __version__
from lydite.adapters.adapter import Adapter, AdapterError, read_adapter
from lydite.grading.expectation import Budgets, Expectation, ExpectationError, read_budgets, read_expectations
from lydite.isolation import NotOffered, Tier, python_paths
from lydite.kit import reading
from lydite.kit.case import PRECISIONS
from lydite.kit.regime import Regime
from lydite.kit.version import FIRST, VERSION, is_newer
from lydite.options import OPTIONS, YES
from lydite.worker.loading import NOTEBOOK

Value = TypeVar("Value")

AUTO = "auto"
"""The best tier that works here."""
LARGEST_SEED = 2**64
READ = "read"


class BadOption(ValueError):
    """An option has a value that it cannot have."""

    def __init__(self, option: str, why: str) -> None:
        super().__init__(why)
        self.option = option


def option(name: str, read: Callable[[str], Value]) -> Value:
    """Declares the field of a dataclass that holds the option `name`, whose values `read` makes out of texts."""
    return field(default=read(OPTIONS[name].pytest_default), metadata={READ: read})


def read(of: Field[Any], text: str) -> Any:
    """Returns the value of the field `of` that `text` stands for. Raises BadOption."""
    return of.metadata[READ](text)


def written(value: Any) -> str:
    """Returns the text that is read as `value`."""
    match value:
        case None:
            return ""
        case bool():
            return YES if value else ""
        case tuple():
            return ",".join(value)
        case Adapter():
            return str(value.path.absolute())
        case Mapping():
            return json.dumps(reading.written(value))
    return str(value)


def names(text: str) -> tuple[str, ...]:
    """Reads names between commas, each once."""
    return tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))


def regimes(text: str) -> tuple[Regime, ...]:
    """Reads names of regimes, in any order."""
    for name in names(text):
        if name not in list(Regime):
            raise BadOption("regimes", f"{name!r} is none of {', '.join(Regime)}")
    return tuple(regime for regime in Regime if regime in names(text))


def precision(text: str) -> str:
    """Reads the name of a precision; empty where an adapter may say."""
    if text not in {"", *PRECISIONS}:
        raise BadOption("precision", f"{text!r} is none of {', '.join(PRECISIONS)}")
    return text


def seed(text: str) -> int:
    """Reads a seed, or draws one; 0 where none is given."""
    if text == "random":
        return random.SystemRandom().getrandbits(32)
    what = "`random` or a whole number from 0 to 2^64 - 1"
    return int(_number("seed", text or "0", int, what, least=0, below=LARGEST_SEED))


def examples(text: str) -> int:
    """Reads how many batches a law and regime has."""
    return int(_number("examples", text, int, "a whole number of at least 1", least=1))


def call_timeout(text: str) -> float:
    """Reads seconds."""
    return _number("call-timeout", text, float, "a number of seconds, at least 0", least=0)


def memory(text: str) -> int:
    """Reads MiB."""
    return int(_number("memory", text, int, "a whole number of MiB, at least 0", least=0))


def adapter(text: str) -> Adapter | None:
    """Reads the adapter in the file that is named, if one is."""
    try:
        return read_adapter(Path(text)) if text else None
    except AdapterError as error:
        raise BadOption("adapter", str(error)) from error


def expectations(text: str) -> dict[str, Expectation] | None:
    """Reads the expectations in the file that is named, if one is: those of each implementation."""
    try:
        return read_expectations(Path(text)) if text else None
    except ExpectationError as error:
        raise BadOption("expect", str(error)) from error


def budgets(text: str) -> Budgets | None:
    """Reads the budgets of one implementation in one precision, if there are any, as JSON."""
    try:
        return read_budgets(text) if text else None
    except ExpectationError as error:
        raise BadOption("budget", str(error)) from error


def isolation(text: str) -> str:
    """Reads the name of a tier, or `auto`."""
    if text not in {AUTO, *Tier}:
        raise BadOption("isolation", f"{text!r} is none of {', '.join((AUTO, *Tier))}")
    return text


def allowed(text: str) -> tuple[str, ...]:
    """Reads names of distributions that are installed."""
    try:
        if found := names(text):
            python_paths(*found)
    except NotOffered as error:
        raise BadOption("allow", str(error)) from error
    return found


def entry(text: str) -> str:
    """Reads the name of a file in a folder, a class of it after a colon, or one of them."""
    file, _, kind = text.partition(":")
    if Path(file).is_absolute() or ".." in Path(file).parts:
        raise BadOption("entry", f"{file} does not lie in what was submitted")
    if file and Path(file).suffix not in {".py", NOTEBOOK}:
        raise BadOption("entry", f"{file!r} is not a file .py or {NOTEBOOK}")
    if (":" in text or not file) and text and not kind.isidentifier():
        raise BadOption("entry", f"{kind!r} is not the name of a class")
    return text


def version(text: str) -> str:
    """Reads the version whose laws count; empty where all do."""
    if text and not VERSION.fullmatch(text):
        raise BadOption("laws", f"{text!r} is not a version such as {FIRST}")
    if text and is_newer(text, __version__) and is_newer(text, newest := _newest()):
        raise BadOption("laws", f"{text} is too new: this Lydite knows laws up to {newest}")
    return text


def _newest() -> str:
    """Returns the newest version of which there can be laws: that of a law, or of Lydite."""
    from lydite.kit.laws import LAWS  # noqa: PLC0415  (loads every law, which grading leaves to its processes)

    newest = FIRST
    for since in (*(law.since for law in LAWS.values()), __version__):
        newest = since if is_newer(since, newest) else newest
    return newest


def flag(text: str) -> bool:
    """Reads whether a flag is given."""
    return text == YES


def folder(text: str) -> Path | None:
    """Reads the name of a folder, if there is one: as it is from wherever it is used."""
    return Path(text).absolute() if text else None


def _number(
    name: str, text: str, kind: Callable[[str], float], what: str, *, least: float, below: float = float("inf")
) -> float:
    try:
        number = kind(text)
    except ValueError:
        number = float("nan")
    if not least <= number < below:
        raise BadOption(name, f"{text!r} is not {what}")
    return number
