"""Who follows a tutorial or a guide line by line gets what it shows."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from lydite.commands.cli import cli
from tests.support.shown import Session, blocks, parse

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PLAYED = sorted(
    [*(DOCS / "tutorials").glob("*.md"), *(DOCS / "how-to").glob("*.md"), *(DOCS / "explanation").glob("*.md")]
)

PAGES = [*ROOT.glob("*.md"), *sorted(DOCS.rglob("*.md")), ROOT / "examples" / "ridge" / "README.md"]


@pytest.mark.parametrize("page", PLAYED, ids=lambda page: f"{page.parent.name}/{page.stem}")
def test_a_page_is_what_happens(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "110")
    Session(tmp_path).play(page)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_block_is_of_its_language_and_a_command_has_its_options(page: Path) -> None:
    """Holds what is played elsewhere, or takes too long to be played, to be well-formed."""
    for block in blocks(page):
        if ">>>" not in block.text and block.value != "submissions/cyd.py":
            parse(block.language, block.text)
        if block.language in {"sh", "console"}:
            for words in called(block.text):
                understood(cli, words)


def called(text: str) -> Iterator[list[str]]:
    """The words behind `lydite` of each line that calls it."""
    for line in text.splitlines():
        words = shlex.split(line.removeprefix("$ ").partition(" #")[0].partition(" |")[0], comments=True)
        if words[:1] == ["lydite"]:
            stop = next((at for at, word in enumerate(words) if word in {">", ">>", "2>"}), len(words))
            yield words[1:stop]


def understood(command: click.Command, words: list[str]) -> None:
    """Raises UsageError where a command has no such option, or there is no such command."""
    context = click.Context(command)
    if isinstance(command, click.Group):
        _, rest, _ = command.make_parser(context).parse_args(list(words))
        if rest:
            inner = command.get_command(context, rest[0])
            assert inner is not None, rest[0]
            understood(inner, words[words.index(rest[0]) + 1 :])
    else:
        command.make_parser(context).parse_args(list(words))


def test_an_option_that_does_not_exist_is_found() -> None:
    with pytest.raises(click.UsageError):
        understood(cli, ["grade", "a.py", "--no-such-option"])
