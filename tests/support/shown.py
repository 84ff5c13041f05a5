"""Reads the pages of the documentation as sessions: files that are written, commands that are run, what comes out.

A block behind `<!-- file: NAME -->` is a file, one behind `<!-- not run: REASON -->` is left alone, and from one behind
`<!-- needs: MODULE -->` on, a page is skipped where that is not installed. In a block `console`, a line behind `$` is a
command and what follows is what it prints, where `...` stands for anything. Of `sh`, each line is a command that
succeeds, but for what its comment says: `exits with 1`. Python with prompts is typed in, any other has to compile; data
has to parse.
"""

from __future__ import annotations

import configparser
import doctest
import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.commandline import run
from tests.support.platform import yaml

BLOCK = re.compile(
    r"(?:<!-- (?P<said>file|not run|needs|contents of): (?P<value>.+?) -->\n)?"
    r"^(?P<fence>```+)(?P<language>[\w-]*)\n(?P<text>.*?)^(?P=fence)$",
    re.DOTALL | re.MULTILINE,
)
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
HERE = ("--isolation", "none", "--jobs", "1")
"""In this process: what a page grades, it has written itself."""
COLUMNS = "110"


@dataclass(frozen=True)
class Block:
    """A block of code of a page, and what is `said` of it."""

    language: str
    text: str
    said: str
    value: str


def blocks(page: Path) -> list[Block]:
    """Every block of code of a page."""
    found = BLOCK.finditer(page.read_text(encoding="utf-8"))
    return [Block(one["language"], one["text"], one["said"] or "", one["value"] or "") for one in found]


class Session:
    """Plays a page in `folder`, which is the current one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.status = 0
        self.names: dict[str, object] = {}

    def play(self, page: Path) -> None:
        """Does what the blocks say, one after the other. Raises AssertionError where something else comes out."""
        for block in blocks(page):
            if block.said == "file":
                path = self.folder / block.value
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(block.text, encoding="utf-8")
            if block.said == "needs":
                pytest.importorskip(block.value)
            if block.said in {"file", "not run"}:
                continue
            match block.language:
                case "console":
                    self._console(block.text)
                case "sh":
                    self._lines(block.text)
                case "python" if ">>>" in block.text:
                    self._typed(page, block.text)
                case language:
                    parse(language, block.text)

    def _console(self, text: str) -> None:
        for command, due in commands(text):
            got = self.run(command)
            shown = "\n".join(line.rstrip() for line in got.splitlines()) + "\n" * bool(got)
            right = doctest.OutputChecker().check_output(due, shown, FLAGS)
            assert right, f"$ {command}\nshould print\n{due}\nand prints\n{shown}"

    def _lines(self, text: str) -> None:
        for line in text.splitlines():
            command, _, comment = line.partition(" #")
            if command.strip():
                got = self.run(command)
                due = re.search(r"exits with (\d)", comment)
                assert self.status == (int(due[1]) if due else 0), f"$ {command}\n{got}"

    def _typed(self, page: Path, text: str) -> None:
        example = doctest.DocTestParser().get_doctest(text, self.names, page.name, str(page), 0)
        said: list[str] = []
        runner = doctest.DocTestRunner(optionflags=FLAGS)
        runner.run(example, out=said.append, clear_globs=False)
        self.names.update(example.globs)
        assert not runner.failures, "".join(said)

    def run(self, command: str) -> str:
        """Returns what a command prints; Lydite's own are called in this process, where that makes no difference."""
        if command == "echo $?":
            return f"{self.status}\n"
        words = shlex.split(command)
        if words[0] == "lydite" and not {">", "|", ">>", "suite", "--suite"} & set(words):
            quick = ("--examples", "1", *(("--isolation", "process") if "--each" in words else HERE))
            result = run(*words[1:], *(quick if words[1] == "grade" else ()))
            self.status = result.exit_code
            return result.output.replace(" ".join(["", *HERE[:2]]), "")
        command = re.sub(r"(^|\| |&& )(lydite|pytest)\b", rf"\1{shlex.quote(sys.executable)} -m \2", command)
        environment = {**os.environ, "COLUMNS": COLUMNS, "NO_COLOR": "1", "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(
            ["sh", "-c", command],
            cwd=self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        self.status = done.returncode
        return done.stdout


def commands(text: str) -> Iterator[tuple[str, str]]:
    """Yields the commands of a block `console`, each with what it prints."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, due = part.partition("\n")
        yield command, due


def parse(language: str, text: str) -> None:
    """Raises where a block is not of the language that it names."""
    match language:
        case "python":
            compile(text, "a block", "exec")
        case "json":  # one value after the other, as the messages of a program are
            rest = text.strip()
            while rest:
                _, end = json.JSONDecoder().raw_decode(rest)
                rest = rest[end:].lstrip()
        case "toml":
            tomllib.loads(text)
        case "ini":
            configparser.ConfigParser().read_string(text)
        case "yaml":
            list(yaml.safe_load_all(text))
