"""Renders the pages whose templates lie here; the engine is an extra, which grading never needs."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from lydite.notation import extras

TEMPLATES = Path(__file__).parent


class NoEngine(Exception):
    """The extra that renders pages is not installed."""


def page(template: str, filters: Mapping[str, Callable[..., Any]], **values: Any) -> str:
    """Returns the template of that name filled with `values`, which are escaped as HTML. Raises NoEngine."""
    engine = _engine(tuple(filters.items()))
    text: str = engine.get_template(template).render(**values)
    return text


def script(name: str) -> dict[str, str]:
    """Returns the script of that name and its hash, as the templates take them: a page's policy runs exactly this."""
    text = (TEMPLATES / name).read_text("utf-8")
    return {"script": text, "script_hash": f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"}


@cache
def _engine(filters: tuple[tuple[str, Callable[..., Any]], ...]) -> Any:
    try:
        import jinja2  # noqa: PLC0415  (an extra)
    except ImportError as error:
        raise NoEngine(f"pages are rendered by an extra, install it: {extras.command('pages')}") from error
    engine = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=jinja2.select_autoescape(),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    engine.filters |= dict(filters)
    return engine
