"""Renders the reports that are stored for tests as a terminal shows them: `python -m tests.support.golden`.

It writes each file of `tests/lydite/report/golden/` again, to be read and committed. `python -m tests.support.golden
NAME=REPORT.json ...` first takes over reports, such as those of `make grade`, without times, versions and folders.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lydite.report.lines import fitted
from lydite.report.model import Report
from lydite.report.terminal import lines

FOLDER = Path(__file__).resolve().parents[1] / "lydite" / "report" / "golden"
NAMES = ("reference", "with_faults", "class")
WIDTHS = (60, 80, 120)
FOLDERS = re.compile(r"(?<![\w.])/(?:[\w.-]+/)+")


def rendered() -> Iterator[tuple[Path, str]]:
    """Each golden file, and what it should hold."""
    for name in NAMES:
        report = Report.load(FOLDER / f"{name}.json.gz")
        for width in WIDTHS:
            yield FOLDER / f"{name}-{width}.txt", fitted(lines(report), width) + "\n"
    report = Report.load(FOLDER / "with_faults.json.gz")
    yield FOLDER / "explained-80.txt", fitted(lines(report, explain=True), 80) + "\n"


def store(name: str, path: Path) -> None:
    """Takes over the report at `path`."""
    whole = json.loads(FOLDERS.sub("", path.read_text("utf-8")), object_hook=_masked)
    text = json.dumps({**whole, "lydite": "0"}, separators=(",", ":"))
    (FOLDER / f"{name}.json.gz").write_bytes(gzip.compress(text.encode(), mtime=0))


def _masked(table: dict[str, Any]) -> dict[str, Any]:
    return {**table, **({"seconds": 0} if "seconds" in table else {}), **({"key": ""} if "key" in table else {})}


if __name__ == "__main__":
    for given in sys.argv[1:]:
        name, _, path = given.partition("=")
        store(name, Path(path))
    for file, text in rendered():
        file.write_text(text, encoding="utf-8")
