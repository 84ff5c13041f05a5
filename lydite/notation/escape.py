"""Makes text from outside harmless for each format that shows it."""

from __future__ import annotations

import os
import re

from lydite.notation.text import plain

MOST = 1000
"""Characters that one text may have where it is shown."""

MARKUP = re.compile(r"[\\`*_{}\[\]<>()#+\-!|~=:@$^]")
FORMULA = re.compile(r"^\s*[=+\-@|%]")
"""How a cell begins that a spreadsheet would compute; what it skips before that is skipped here."""

COMMAND = re.compile(r"((?:^|(?<=[\r\n]))\s*)(?=::)|(?<=#)(?=#\[)")
"""Where GitHub's runner begins to read a command: before `::` at the start of a line, and within `##[` anywhere."""


def line(text: object, most: int = MOST) -> str:
    """Returns `text` on one line, invisible characters spelled out, cut where it is longer than `most`.

    All that is shown of a report goes through here once; the other functions then do what their format needs.
    """
    seen = plain(str(text)[: most + 1])
    return seen if len(seen) <= most else f"{seen[: most - 1]}…"


def markdown(text: str) -> str:
    """Returns a line for Markdown, in a table too: it reads as it is, and starts nothing."""
    return MARKUP.sub(r"\\\g<0>", text.replace("&", "&amp;"))


def cell(text: str) -> str:
    """Returns a line for a CSV file that a spreadsheet opens: none becomes a formula."""
    return f"'{text}" if FORMULA.match(text) else text


def log(text: str) -> str:
    """Returns text for a terminal: in a job of GitHub Actions, none of its lines is a workflow command."""
    return COMMAND.sub(r"\g<0>\\", text) if os.environ.get("GITHUB_ACTIONS") else text


def in_json(text: str) -> str:
    """Returns JSON for standard output, which is the log of a job of GitHub Actions: none of it is a command."""
    return text.replace("##[", "#\\u0023[") if os.environ.get("GITHUB_ACTIONS") else text


def in_markup(text: str) -> str:
    """Returns XML or HTML for standard output, likewise."""
    if not os.environ.get("GITHUB_ACTIONS"):
        return text
    return re.sub(r"^(\s*)::", r"\1:&#58;", text.replace("##[", "#&#35;["), flags=re.MULTILINE)


def message(text: str) -> str:
    """Returns text for the message of a workflow command of GitHub Actions, which may have several lines."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def attribute(text: str) -> str:
    """Returns a line for a property of such a command."""
    return message(text).replace(":", "%3A").replace(",", "%2C")


def filename(name: str) -> str:
    """Returns a name for a file, of letters that every system takes and that leads nowhere else."""
    safe = re.sub(r"[^\w.\- ]", "_", name, flags=re.ASCII).strip(". ")
    return safe[:100] or "unnamed"
