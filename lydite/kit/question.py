"""Reads the questions of the document from `suite.toml`: the one list of topics that everything else derives from."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
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
class _Table:
    """The content of `suite.toml`; `title` and `subject` are those of the document."""

    question: tuple[Question, ...]
    title: str = ""
    subject: str = ""


def _questions() -> dict[str, Question]:
    table = suite.folder() / suite.TABLE
    try:
        listed = read(_Table, suite.table()).question
    except Malformed as error:
        raise suite.NoSuite(f"{table}: {error}") from error
    questions = {question.id: question for question in listed}
    if twice := [identifier for identifier, n in Counter(question.id for question in listed).items() if n > 1]:
        raise suite.NoSuite(f"{table}: question {twice[0]} is listed twice")
    topics = {question.topic for question in questions.values()}
    for path in sorted(suite.folder().glob(CONTRACTS)):
        if path.stem not in topics:
            file = path.relative_to(suite.folder())
            raise suite.NoSuite(f"{table} has no question with the topic {path.stem!r}, which {file} is on")
    return questions


QUESTIONS = _questions()
POINTS = {question.id: question.points for question in QUESTIONS.values()}


def topics(package: str) -> list[ModuleType]:
    """Imports the modules of `package` that have the name of a topic, in the order of the questions."""
    if not suite.folder().joinpath(*package.split(".")).is_dir():
        return []
    names = [f"{package}.{question.topic}" for question in QUESTIONS.values()]
    with suite.loading():
        return [import_module(name) for name in names if find_spec(name)]
