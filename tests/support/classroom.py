"""A class: submissions as they come in, right and wrong, hostile and broken, for tests and benchmarks of batches."""

from __future__ import annotations

import builtins
import inspect
import json
import os
import re
from collections.abc import Callable, Collection, Iterator
from functools import cache
from itertools import cycle
from pathlib import Path
from typing import Any

from lydite.grading.catch import MISTAKES
from lydite.kit.mistake import Mistake

ROOT = Path(__file__).resolve().parents[2]
HOSTILE = ROOT / "tests" / "hostile"
OURS = re.compile(r"^from (?:__future__|reference|spec|lydite)\S* import (?:\([^)]*\)|[^\n]*)\n", re.MULTILINE)
"""The modules that a copy of the reference cannot import where it is handed in."""

SLOW = frozenset({"a10_hang", "a11_hang_deaf", "a12_hang_in_c", "a14_hang_in_the_error", "g59_drip", "f54_time_bomb"})
"""Hostile submissions that cost their time limit, whatever that is: a few of them are enough for a class."""

ESCAPES = "\x1b[31mred\n.py"
SHORT = """
import numpy as np

def softmax(z):
    e = np.exp(z - z.max())
    return e / e.sum()
"""

Document = dict[str, Any]
Hand = Callable[[Path, int], None]
"""Writes one submission at a path without suffix; of its kind it is number so and so."""


def hand_in(folder: Path, many: int, only: Collection[str] = ()) -> dict[str, str]:
    """Writes `many` submissions into `folder`, of the kinds `only` (all, if empty); what kind each file is."""
    folder.mkdir(parents=True, exist_ok=True)
    kinds: dict[str, str] = {}
    asked = [(kind, hand) for kind, hand in KINDS if kind in only or not only]
    for number, (kind, hand) in zip(range(many), cycle(asked), strict=False):
        before = set(folder.iterdir())
        hand(folder / f"s{number:04}-{kind}", number // len(asked))
        [name] = set(folder.iterdir()) - before
        kinds[name.name] = kind
    return kinds


def timeless(whole: Document, folder: Path) -> Document:
    """A report without what two runs may differ in: times, and the `folder` in which it is kept."""
    text = json.dumps(whole, sort_keys=True).replace(str(folder), "OUT")
    same: Document = json.loads(text)
    for implementation in same["implementations"]:
        del implementation["seconds"]
    return same


@cache
def right() -> str:
    """The reference as one file that imports nothing of ours."""
    texts = [path.read_text("utf-8") for path in sorted((ROOT / "reference").glob("[!_]*.py"))]
    return "\n".join(["from __future__ import annotations\n", *(OURS.sub("", text) for text in texts)])


@cache
def wrong() -> tuple[str, ...]:
    """Copies of the reference with one call replaced by a known mistake, of those that stand on their own feet."""
    known = set(vars(builtins)) | {"np", "math"} | set(re.findall(r"^def (\w+)", right(), re.MULTILINE))
    return tuple(f"{right()}\n\n{_source(m)}\n\n{m.call} = {m.name}\n" for m in MISTAKES if _alone(m, known))


def _alone(mistake: Mistake, known: set[str]) -> bool:
    code = getattr(mistake.wrong, "__code__", None)
    if code is None or mistake.along or mistake.call in code.co_names or code.co_freevars:
        return False
    read = inspect.getclosurevars(mistake.wrong)
    return set(read.globals) <= known and mistake.wrong.__name__ in _source(mistake)


def _source(mistake: Mistake) -> str:
    """The function without the line that registers it."""
    text = inspect.getsource(mistake.wrong)
    return text[text.index("\ndef ") + 1 :] if "\ndef " in text else text


def hostile() -> Iterator[Path]:
    """The hostile submissions that do not cost all of their time."""
    return (path for path in sorted(HOSTILE.glob("*.py")) if path.stem not in SLOW)


# -- kinds --


def _right(path: Path, _number: int) -> None:
    path.with_suffix(".py").write_text(right(), "utf-8")


def _wrong(path: Path, number: int) -> None:
    path.with_suffix(".py").write_text(wrong()[7 * number % len(wrong())], "utf-8")


def _hostile(path: Path, number: int) -> None:
    texts = [p.read_text("utf-8") for p in hostile()] or [SHORT + "\n    while True: pass\n"]
    path.with_suffix(".py").write_text(texts[number % len(texts)], "utf-8")


def _ends(path: Path, _number: int) -> None:
    path.with_suffix(".py").write_text(
        f"{SHORT}\n\ndef logistic_predict(w, b, X):\n    import os; os._exit(0)\n", "utf-8"
    )


def _hangs(path: Path, number: int) -> None:
    forever = ("import time; time.sleep(600)", "while True: pass")[number % 2]
    path.with_suffix(".py").write_text(f"{SHORT}\n\ndef logistic_predict(w, b, X):\n    {forever}\n", "utf-8")


def _floods(path: Path, _number: int) -> None:
    path.with_suffix(".py").write_text(f"{SHORT}\nprint('x' * (8 << 20))\n", "utf-8")


def _forks(path: Path, _number: int) -> None:
    bomb = "import os\nwhile True:\n    os.fork()\n"
    path.with_suffix(".py").write_text(f"{SHORT}\n\n{bomb}", "utf-8")


def _empty(path: Path, _number: int) -> None:
    path.with_suffix(".py").touch()


def _no_python(path: Path, _number: int) -> None:
    path.with_suffix(".py").write_text("def softmax(z:\n    return z\n", "utf-8")


def _notebook(path: Path, number: int) -> None:
    text = right() if number % 2 else f"{SHORT}\nprint(softmax(np.zeros(2)))"
    cell: dict[str, Any] = {"cell_type": "code", "source": text, "metadata": {}, "outputs": [], "execution_count": None}
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}
    path.with_suffix(".ipynb").write_text(json.dumps(notebook), "utf-8")


def _encoding(path: Path, number: int) -> None:
    content = [
        f"# Lösung\n{SHORT}".encode("latin-1"),
        SHORT.encode("utf-16"),
        SHORT.encode() + b"\0",
        b"\xef\xbb\xbf" + SHORT.encode(),
    ]
    path.with_suffix(".py").write_bytes(content[number % len(content)])


def _folder(path: Path, number: int) -> None:
    path.mkdir()
    (path / "helper.py").write_text(SHORT, "utf-8")
    if number % 3:
        (path / "submission.py").write_text("from helper import softmax\n", "utf-8")
    if number % 3 == 2:
        (path / "data.bin").touch()
        os.truncate(path / "data.bin", 17 << 20)
        (path / "away").symlink_to("/etc")


def _link(path: Path, number: int) -> None:
    path.with_suffix(".py").symlink_to(("/etc/passwd", "s0000-right.py", "nowhere")[number % 3])


def _pipe(path: Path, number: int) -> None:
    if number % 2:
        path.with_suffix(".py").touch()
        os.truncate(path.with_suffix(".py"), 1 << 40)
    else:
        os.mkfifo(path.with_suffix(".py"))


def _named(path: Path, number: int) -> None:
    """Names that are to be escaped, or are not even text, or are those of other things."""
    endings = (ESCAPES.encode(), b"\xff\xfe.py", b".toml", b"; rm -rf ~.py", "\u202eyp.".encode())
    ending = endings[number % len(endings)]
    Path(os.fsdecode(os.fsencode(path) + ending)).write_text(SHORT, "utf-8")


KINDS: tuple[tuple[str, Hand], ...] = (
    ("right", _right),
    ("wrong", _wrong),
    ("hostile", _hostile),
    ("ends", _ends),
    ("empty", _empty),
    ("no-python", _no_python),
    ("notebook", _notebook),
    ("encoding", _encoding),
    ("folder", _folder),
    ("wrong", _wrong),
    ("hostile", _hostile),
    ("link", _link),
    ("pipe", _pipe),
    ("named", _named),
    ("floods", _floods),
    ("forks", _forks),
    ("hangs", _hangs),
)
