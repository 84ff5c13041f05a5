"""Renders docs/findings.md from docs/findings.toml: `python docs/findings.py` writes it."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parent
PAGE = DOCS / "findings.md"

HEADINGS = {
    "fault": "Faults",
    "limit": "Declared limits",
    "accuracy": "Digits lost",
}
MEANINGS = {
    "fault": "What comes out is wrong, and nothing in the documentation says so.",
    "limit": "What comes out is wrong, and the documentation, the source or the maintainers say so.",
    "accuracy": "Right to rounding in absolute terms, and no more is promised; in relative terms digits are lost.",
}

INTRODUCTION = """# What breaks in released libraries

Generated from `docs/findings.toml` by `python docs/findings.py`. Lydite drew the inputs, or led to them;
`tests/docs/test_findings.py` confirms each without Lydite: it calls the library's own function, computes the number due
with mpmath at 50 digits, and compares both with what stands here. Double precision on a CPU where nothing else is said.

```sh
.venv/bin/python -m pip install -r requirements/controls.txt -r requirements/frameworks.txt
.venv/bin/python -m pytest tests/docs/test_findings.py
```
"""


def findings() -> list[dict[str, Any]]:
    """The findings in the order of the file."""
    rows: list[dict[str, Any]] = tomllib.loads((DOCS / "findings.toml").read_text(encoding="utf-8"))["finding"]
    return rows


def page() -> str:
    """The whole page."""
    return "".join(_page())


def _page() -> Iterator[str]:
    rows = findings()
    yield INTRODUCTION
    yield "\n| library | what | got | due | kind |\n|---|---|---|---|---|\n"
    for row in rows:
        yield f"| {row['library']} {row['version']} | {row['title']} | {row['got']} | {row['due']} | {row['kind']} |\n"
    for kind, heading in HEADINGS.items():
        yield f"\n## {heading}\n\n{MEANINGS[kind]}\n"
        for row in rows:
            if row["kind"] == kind:
                yield from _entry(row)


def _entry(row: dict[str, Any]) -> Iterator[str]:
    yield f"\n### {row['library']} {row['version']}: {_lowered(row['title'])}\n\n"
    yield f"Input: {row['input']}. Got {row['got']}, due {row['due']}{_off(float(row['got']), float(row['due']))}\n"
    yield f"{row['why']} [Source]({row['link']}). Bears on {row['claim']}, {row['regime']}.\n\n"
    yield f"```python\n{row['code'].strip()}\n```\n"
    if "grade" in row:
        yield f"\n`{row['grade']}`\n"


def _lowered(title: str) -> str:
    """`title` as it goes on after a colon."""
    return title[0].lower() + title[1:]


def _off(got: float, due: float) -> str:
    """The error, absolute and relative, as far as there is one."""
    if math.isnan(got):
        return ": not a number."
    absolute = abs(got - due)
    return f": off by {absolute:.2g}, relative {absolute / abs(due) if due else math.inf:.2g}."


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
