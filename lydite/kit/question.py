"""Reads the questions of the document from `suite.toml`: the one list of topics that everything else derives from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from lydite import suite
from lydite.kit.ids import QuestionId
from lydite.kit.reading import Malformed, read


@dataclass(frozen=True, slots=True)
class Question:
    """One question; `points` are what the document awards for it: cross-checks between questions carry none."""

    id: QuestionId
    title: str
    points: float
    topic: str


CONTRACTS = "spec/contracts/[!_]*.py"


@dataclass(frozen=True, slots=True)
class Names:
    """How functions and arguments are called in the code of others, as regular expressions.

    Those of `calls` are kept by the first words of a call, those of `arguments` by the name of an argument, those of
    `conventions` by the name of one that an adapter makes of several.
    """

    calls: dict[str, str] = field(default_factory=dict)
    arguments: dict[str, str] = field(default_factory=dict)
    conventions: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raises Malformed where an expression is not one."""
        for key in ("calls", "arguments", "conventions"):
            for name, expression in getattr(self, key).items():
                try:
                    re.compile(expression)
                except re.error as error:
                    raise Malformed(f"{expression!r} is not a regular expression: {error}", key, name) from None


@dataclass(frozen=True, slots=True)
class _Table:
    """The content of `suite.toml`; `title` and `subject` are those of the document."""

    question: tuple[Question, ...]
    title: str = ""
    subject: str = ""
    names: Names = Names()


def _table() -> _Table:
    try:
        return read(_Table, suite.table())
    except Malformed as error:
        raise suite.NoSuite(f"{suite.folder() / suite.TABLE}: {error}") from error


def _questions(listed: Sequence[Question]) -> dict[str, Question]:
    table = suite.folder() / suite.TABLE
    questions = {question.id: question for question in listed}
    if twice := [identifier for identifier, n in Counter(question.id for question in listed).items() if n > 1]:
        raise suite.NoSuite(f"{table}: question {twice[0]} is listed twice")
    topics = {question.topic for question in questions.values()}
    for path in sorted(suite.folder().glob(CONTRACTS)):
        if path.stem not in topics:
            file = path.relative_to(suite.folder())
            raise suite.NoSuite(f"{table} has no question with the topic {path.stem!r}, which {file} is on")
    return questions


_TABLE = _table()
QUESTIONS = _questions(_TABLE.question)
NAMES = _TABLE.names
POINTS = {question.id: question.points for question in QUESTIONS.values()}


def topics(package: str) -> list[ModuleType]:
    """Imports the modules of `package` that have the name of a topic, in the order of the questions."""
    if not suite.folder().joinpath(*package.split(".")).is_dir():
        return []
    names = [f"{package}.{question.topic}" for question in QUESTIONS.values()]
    with suite.loading():
        return [import_module(name) for name in names if find_spec(name)]
