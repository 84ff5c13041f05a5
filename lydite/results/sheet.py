"""Changes cells of somebody else's CSV file, and keeps everything else as it is, byte for byte."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

DELIMITERS = ",;\t"


class SheetError(ValueError):
    """A file is not a table that can be filled; the text names the file and says why."""


class Sheet:
    """The file at `path`. Raises SheetError where it is not CSV in UTF-8."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            content = path.read_bytes()
            text = content.removeprefix(codecs.BOM_UTF8).decode("utf-8")
        except OSError as error:
            raise SheetError(f"{path}: {error}") from error
        except UnicodeDecodeError as error:
            raise SheetError(f"{path}: {error}; save it as CSV in UTF-8") from error
        self._start = codecs.BOM_UTF8 if content.startswith(codecs.BOM_UTF8) else b""
        head = text.partition("\n")[0]
        self.delimiter = max(DELIMITERS, key=lambda d: max(map(len, _rows(head, d)), default=0))
        self._rows = _rows(text, self.delimiter)
        if not self._rows:
            raise SheetError(f"{path} is not CSV: it is empty, or a quote in it is not closed or not doubled")

    def __len__(self) -> int:
        """Returns how many rows there are, the header included."""
        return len(self._rows)

    def row(self, i: int) -> list[str]:
        """Returns the cells of a row, as they read."""
        return [_read(raw) for raw in self._rows[i][::2]]

    def get(self, i: int, j: int) -> str:
        """Returns a cell, as it reads; empty where the row is too short."""
        row = self._rows[i][::2]
        return _read(row[j]) if j < len(row) else ""

    def put(self, i: int, j: int, text: str) -> None:
        """Changes a cell, quoted if it was or has to be. Raises SheetError where the row is too short."""
        row = self._rows[i]
        if 2 * j >= len(row):
            raise SheetError(f"{self.path}: row {i + 1} has only {len(row) // 2} cells")
        quoted = row[2 * j].startswith('"') or self.delimiter in text or '"' in text
        row[2 * j] = f'"{text.replace(chr(34), chr(34) * 2)}"' if quoted else text

    def content(self) -> bytes:
        """Returns the file as it is now."""
        return self._start + "".join("".join(row) for row in self._rows).encode("utf-8")

    def column(self, *names: str) -> int | None:
        """Returns the place of the first column of one of `names`, whatever their capitals and surrounding space."""
        known = [name.strip().casefold() for name in names]
        return next((j for j, name in enumerate(self.row(0)) if name.strip().casefold() in known), None)


def _rows(text: str, delimiter: str) -> list[list[str]]:
    """Returns each row as cells and what follows each, delimiter or line end, in turn; none where a quote is astray."""
    pattern = re.compile(rf'("(?:[^"]|"")*"|[^"{delimiter}\r\n][^{delimiter}\r\n]*|)({delimiter}|\r\n|\r|\n|\Z)')
    rows: list[list[str]] = []
    row: list[str] = []
    place, complete = 0, True
    while not (complete and place == len(text)):
        found = pattern.match(text, place)
        if found is None:
            return []
        row += found.groups()
        place, complete = found.end(), found[2] != delimiter
        if complete:
            rows.append(row)
            row = []
    return rows


def _read(raw: str) -> str:
    return raw[1:-1].replace('""', '"') if raw.startswith('"') else raw
