"""Renders what is generated in the documentation: `python docs/build.py` writes it, with `--check` compares.

In a page, the block behind `<!-- output of: COMMAND -->` is what the command prints, and that behind
`<!-- contents of: FILE -->` the file; `docs/claims.md` is the catalogue, and `docs/architecture.md` has the drawing.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from docs.drawing import drawing
from lydite.isolation import NoTier, best
from lydite.kit.claim import CLAIMS, READING, RULE, Claim
from lydite.kit.laws import LAWS
from properties.document.__main__ import page as judges

ROOT = Path(__file__).resolve().parents[1]
PAGES = (
    ROOT / "README.md",
    *(ROOT / "docs" / name for name in ("guide.md", "adapters.md", "implementing.md", "suites.md", "how-to/ci.md")),
)
BLOCK = re.compile(r"(<!-- output of: (?P<command>.+?) -->\n```text\n)(?P<output>.*?)(```\n)", re.DOTALL)
FILE = re.compile(r"(<!-- contents of: (?P<file>.+?) -->\n```\w+\n)(?P<contents>.*?)(```\n)", re.DOTALL)
DRAWING = re.compile(r"(```mermaid\n)(?P<drawing>.*?)(```\n)", re.DOTALL)
VARIES = re.compile(r"· \d+(\.\d+)? s\b|· (namespaces|landlock|process: [^·]*) ·")
"""The parts that differ between runs or machines: the time, and the isolation."""


def built() -> Iterator[tuple[Path, str]]:
    """Each page with a generated part, and what it should hold."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        text = BLOCK.sub(lambda m: m[1] + output(m["command"]) + m[4], text)
        yield page, FILE.sub(lambda m: m[1] + contents(m["file"]) + m[4], text)
    yield ROOT / "docs" / "claims.md", "".join(catalogue())
    yield ROOT / "docs" / "judges.md", judges()
    page = ROOT / "docs" / "architecture.md"
    yield page, DRAWING.sub(lambda m: m[1] + drawing() + m[3], page.read_text(encoding="utf-8"))


def output(command: str) -> str:
    """Returns what `command` prints in the checkout, on a terminal of 110 columns without colours."""
    words = shlex.split(command)
    if words[0] == "lydite":
        words[:1] = [sys.executable, "-m", "lydite"]
        if words[3] == "grade" and not contained():
            words += ["--isolation", "process"]
    environment = os.environ | {"COLUMNS": "110", "NO_COLOR": "1", "PYTHONPATH": str(ROOT)}
    run = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    return "\n".join(line.rstrip() for line in run.stdout.splitlines()) + "\n"


@cache
def contained() -> bool:
    """Whether code that is not trusted can be graded here."""
    try:
        best()
    except NoTier:
        return False
    return True


def contents(file: str) -> str:
    """Returns what a file of the checkout holds."""
    return (ROOT / file).read_text(encoding="utf-8").rstrip() + "\n"


def catalogue() -> Iterator[str]:
    """The page of the rule behind the verdicts, and of every claim, with its verdict and what grades it."""
    yield f"# The {len(CLAIMS)} claims\n\n"
    yield "Generated from `spec/` by `make docs`. `lydite claims ID` shows all about one.\n"
    yield "\n## How a verdict is found\n\nA statement of the document is read so:\n\n"
    yield from (f"- {text}\n" for text in READING)
    yield "\nIts verdict is the first of these that applies:\n\n| verdict | where |\n|---|---|\n"
    yield from (f"| {verdict} | {text} |\n" for verdict, text in RULE.items())
    question = ""
    for claim in CLAIMS.values():
        if claim.question != question:
            question = claim.question
            yield f"\n## {question}\n\n| id | claim | verdict | graded on | laws |\n|---|---|---|---|---|\n"
        yield row(claim)


def row(claim: Claim) -> str:
    """One line of the table."""
    laws = sum(claim.id in law.claims for law in LAWS.values())
    calls = ", ".join(f"`{call}`" for call in claim.calls) or "mathematics"
    return f"| {claim.id} | {claim.title.replace('|', '∣')} | {claim.verdict} | {calls} | {laws or ''} |\n"


def stale(page: Path, text: str) -> bool:
    """Whether `page` holds something else than `text`, what varies apart."""
    there = page.read_text(encoding="utf-8") if page.exists() else ""
    return VARIES.sub("", there) != VARIES.sub("", text)


def main() -> None:
    """Writes the pages; with `--check`, says which are stale and exits with 1."""
    old = [(page, text) for page, text in built() if stale(page, text)]
    for page, text in old:
        if "--check" in sys.argv:
            sys.stderr.write(f"{page.relative_to(ROOT)} is stale: make docs\n")
        else:
            page.write_text(text, encoding="utf-8")
    sys.exit(1 if old and "--check" in sys.argv else 0)


if __name__ == "__main__":
    main()
