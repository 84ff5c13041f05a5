"""The questions of the document, from `suite.toml`: the one list of topics that everything else derives from."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from lydite.suite import SUITE


@dataclass(frozen=True, slots=True)
class Question:
    """One question; `points` are what the document awards for it: cross-checks between questions carry none."""

    id: str
    title: str
    points: float
    topic: str


_TABLE = tomllib.loads((SUITE / "suite.toml").read_text(encoding="utf-8"))

QUESTIONS = {row["id"]: Question(**row) for row in _TABLE["question"]}
POINTS = {question.id: question.points for question in QUESTIONS.values()}


def topics(package: str) -> list[ModuleType]:
    """Imports the modules of `package` that have the name of a topic, in the order of the questions."""
    names = [f"{package}.{question.topic}" for question in QUESTIONS.values()]
    return [import_module(name) for name in names if find_spec(name)]
