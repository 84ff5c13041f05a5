"""Whether a document keeps a JSON Schema, as far as that of the report goes: the core install has no library for it."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

Schema = dict[str, Any]


def _same(a: Any, b: Any) -> bool:
    """Whether two are the same in JSON, where 1 is not true."""
    return isinstance(a, bool) is isinstance(b, bool) and bool(a == b)


KINDS: dict[str, Callable[[Any], bool]] = {
    "object": lambda x: isinstance(x, dict),
    "array": lambda x: isinstance(x, list),
    "string": lambda x: isinstance(x, str),
    "boolean": lambda x: isinstance(x, bool),
    "null": lambda x: x is None,
    "integer": lambda x: isinstance(x, int) and not isinstance(x, bool),
    "number": lambda x: isinstance(x, int | float) and not isinstance(x, bool) and math.isfinite(x),
}
PLAIN: dict[str, Callable[[Any, Any], bool]] = {
    "type": lambda x, kinds: any(KINDS[kind](x) for kind in ([kinds] if isinstance(kinds, str) else kinds)),
    "const": _same,
    "enum": lambda x, due: any(_same(x, one) for one in due),
    "minimum": lambda x, least: not KINDS["number"](x) or x >= least,
    "minLength": lambda x, least: not isinstance(x, str) or len(x) >= least,
    "pattern": lambda x, pattern: not isinstance(x, str) or re.search(pattern, x) is not None,
    "minItems": lambda x, least: not isinstance(x, list) or len(x) >= least,
    "maxItems": lambda x, most: not isinstance(x, list) or len(x) <= most,
    "minProperties": lambda x, least: not isinstance(x, dict) or len(x) >= least,
    "required": lambda x, names: not isinstance(x, dict) or all(name in x for name in names),
}
"""What each keyword asks of a datum by itself."""

NESTED = frozenset({"$ref", "oneOf", "if", "properties", "additionalProperties", "propertyNames", "items"})
SILENT = frozenset({"$schema", "$defs", "title", "description", "then", "else"})
"""Keywords that lead to other schemas, and those that ask nothing."""


@cache
def schema_of(path: Path) -> Schema:
    """Returns the schema that `path` holds."""
    schema: Schema = json.loads(path.read_text(encoding="utf-8"))
    return schema


def fault(datum: Any, schema: Schema, root: Schema, at: str = "") -> str:
    """Returns the first place in `datum` that does not keep `schema`, a part of `root`; nothing where all does."""
    for keyword, asked in schema.items():
        if keyword in PLAIN and not PLAIN[keyword](datum, asked):
            return f"{at or 'the whole'} does not keep {keyword}"
    return next(filter(None, _nested(datum, schema, root, at)), "")


def _nested(datum: Any, schema: Schema, root: Schema, at: str) -> Iterator[str]:
    if "$ref" in schema:
        yield fault(datum, root["$defs"][schema["$ref"].removeprefix("#/$defs/")], root, at)
    if "oneOf" in schema and sum(not fault(datum, one, root) for one in schema["oneOf"]) != 1:
        yield f"{at} is none of the forms that it may have"
    if "if" in schema:
        branch = "else" if fault(datum, schema["if"], root) else "then"
        yield fault(datum, schema.get(branch, {}), root, at)
    if isinstance(datum, list) and "items" in schema:
        yield from (fault(one, schema["items"], root, f"{at}/{i}") for i, one in enumerate(datum))
    if isinstance(datum, dict):
        yield from _members(datum, schema, root, at)


def _members(datum: dict[str, Any], schema: Schema, root: Schema, at: str) -> Iterator[str]:
    known, others = schema.get("properties", {}), schema.get("additionalProperties", {})
    for name, one in datum.items():
        yield fault(name, schema.get("propertyNames", {}), root, f"{at}/{name}")
        if name not in known and others is False:
            yield f"{at}/{name} is not known"
        else:
            yield fault(one, known.get(name) or others or {}, root, f"{at}/{name}")
