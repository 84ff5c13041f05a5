"""Sets the prose of claims and laws as HTML: code, indices and powers as such, not as they are typed."""

from __future__ import annotations

import re
from html import escape

CODE = re.compile(r"`([^`]+)`")
LETTER = "[A-Za-z0-9α-ωℓᵢⱼₖ₀-₉]"
"""A letter or digit on the line or below it: a raised one is a power, and never of an index."""
PART = rf"\{{[^{{}}]*\}}|\([^()]*\)|{LETTER}{{1,3}}(?!{LETTER})|\*"
"""An index or a power: in brackets, or a few letters."""
INDEX = re.compile(rf"(?<![^\W_])((?:[d∂]?\d?[^\W\d_]\d?\u0302?|sum|prod|min|max|Σ|∂²E))((?:_(?:{PART}))+)")
"""A letter, a differential or a sum with its indices; a longer word is the name of a call."""
LONE = re.compile(rf"(?<=[\w)])_({LETTER})(?!{LETTER})")
"""An index of one letter, of anything."""
NAME = re.compile(r"(?<![^\W_])[a-z]{3,}(?:_[a-z]+)+")
"""The name of a call."""
POWER = re.compile(rf"(?<=[\w)\]|'′>}}])\^(-?(?:{PART})(?:<sub>[^<]*</sub>)?)")
"""A power, with the index that it has itself."""


def prose(text: str) -> str:
    """Returns `text` as HTML: what stands in backticks as code, `x_i` with a subscript, `e^t` with a superscript."""
    parts = CODE.split(escape(text))
    return "".join(f"<code>{part}</code>" if place % 2 else _scripts(part) for place, part in enumerate(parts))


def _scripts(text: str) -> str:
    text = INDEX.sub(lambda found: found[1] + "".join(map(_below, re.findall(rf"_({PART})", found[2]))), text)
    text = NAME.sub(lambda found: f"<code>{found[0]}</code>", LONE.sub(r"<sub>\1</sub>", text))
    return POWER.sub(lambda found: f"<sup>{_scripts(found[1].strip('{}'))}</sup>", text)


def _below(part: str) -> str:
    return f"<sub>{part.strip('{}')}</sub>"
