"""Makes pages of the code: command line, Python API, forms of reports and replies, conventions, laws and bounds."""

from __future__ import annotations

import inspect
import json
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import click

import lydite
from lydite.adapters.adapter import OPTIONS as CONVENTIONS
from lydite.commands.cli import cli
from lydite.kit.laws import LAWS
from lydite.options import OPTIONS, PREFIX
from lydite.report.model import SCHEMA

ROOT = Path(__file__).resolve().parents[2]
WIRE = ROOT / "lydite" / "target" / "wire.schema.json"


def pages() -> Iterator[tuple[str, str]]:
    """Yields the name and the text of each page."""
    yield "commands.md", "\n".join(commands())
    yield "pytest.md", "\n".join(pytest_options())
    yield "api.md", "\n".join(api())
    yield "conventions.md", "\n".join(conventions())
    yield "report-schema.md", "\n".join(schema("The report", SCHEMA, "A report is one JSON document."))
    yield "wire-schema.md", "\n".join(schema("The wire protocol", WIRE, "A reply of a program is one line of JSON."))
    yield "versions.md", "\n".join(versions())
    topics = sorted({name.partition(".")[0] for name in LAWS})
    yield "laws.md", "\n".join(all_laws(topics))
    for topic in topics:
        yield f"laws/{topic}.md", "\n".join(laws(topic))


# -- The command line and pytest --


def commands() -> Iterator[str]:
    """Yields the help of every command."""
    yield "# The command line\n"
    yield from _command(cli, "lydite")
    for name, command in sorted(cli.commands.items()):
        yield f"\n## lydite {name}\n"
        yield from _command(command, f"lydite {name}")
        if isinstance(command, click.Group):
            for inner, part in sorted(command.commands.items()):
                yield f"\n### lydite {name} {inner}\n"
                yield from _command(part, f"lydite {name} {inner}")


def _command(command: click.Command, name: str) -> Iterator[str]:
    context = click.Context(command, info_name=name, terminal_width=100, max_content_width=100)
    yield f"```text\n{command.get_help(context)}\n```"


def pytest_options() -> Iterator[str]:
    """Yields the options of the plugin, as `pytest --help` lists them."""
    yield "# Options of pytest\n"
    yield "`pytest --impl TARGET` grades `TARGET`; without it, Lydite's plugin does nothing.\n"
    yield "| option | meaning |\n|---|---|"
    listed = [(option.pytest, option.name) for option in OPTIONS.values() if option.pytest]
    for spelled, name in sorted(listed, key=lambda pair: pair[0].place):
        yield f"| `{PREFIX}{name}={spelled.metavar}` | {cell(spelled.help)} |"


# -- Python --


def api() -> Iterator[str]:
    """Yields what `import lydite` offers."""
    yield "# The Python API\n"
    yield "[From Python](../python.md) shows it at work.\n"
    for name in lydite.__all__:
        yield from _documented(f"lydite.{name}", getattr(lydite, name))
    yield "\n## For authors of suites: `lydite.kit`\n"
    yield inspect.cleandoc(import_module("lydite.kit").__doc__ or "")
    for name in sorted(import_module("lydite.kit").__all__):
        yield from _documented(f"lydite.kit.{name}", getattr(import_module("lydite.kit"), name), level=3)


def _documented(name: str, value: Any, level: int = 2) -> Iterator[str]:
    """Yields a heading, the signature and the docstring of what is public, and of a class its methods."""
    yield f"\n{'#' * level} `{name}`\n"
    own = inspect.isclass(value) or inspect.isfunction(value)
    if own or callable(value):
        yield f"```python\n{name}{_signature(value)}\n```\n"
    if own or type(value).__doc__ is None or isinstance(value, ModuleType):
        yield inspect.getdoc(value) or ""
    elif not isinstance(value, tuple | str | int | float):
        yield inspect.cleandoc(type(value).__doc__ or "")
    else:
        yield f"`{value!r}`"
    if inspect.isclass(value):
        for inner, method in sorted(vars(value).items()):
            plain = method.fget if isinstance(method, property) else getattr(method, "__func__", method)
            if isinstance(plain, FunctionType) and not inner.startswith("_") and plain.__doc__:
                call = "" if isinstance(method, property) else _signature(plain)
                yield f"\n`{inner}{call}`\n: {' '.join(inspect.cleandoc(plain.__doc__).split())}\n"


def _signature(value: Any) -> str:
    try:
        return str(inspect.signature(value))
    except (ValueError, TypeError):
        return "(...)"


# -- Adapters --


def conventions() -> Iterator[str]:
    """Yields the conventions that an adapter may declare, and the calls that each can apply to."""
    yield "# Conventions of adapters\n"
    yield "What each means is in [Adapters](../adapters.md#the-file); the first value is the contract's own.\n"
    yield "| key | values | calls |\n|---|---|---|"
    for key, (values, calls) in CONVENTIONS.items():
        yield f"| `{key}` | {listed(values)} | {listed(calls)} |"


# -- JSON Schema --


def schema(title: str, path: Path, first: str) -> Iterator[str]:
    """Yields the objects of a JSON Schema, with their keys."""
    whole = json.loads(path.read_text(encoding="utf-8"))
    yield f"# {title}\n"
    place = path.relative_to(ROOT)
    yield f"{first} Its form is published as JSON Schema, `{place}`; keys may be added in later versions.\n"
    yield from _object("The whole", whole)
    for name, definition in whole.get("$defs", {}).items():
        yield from _object(name, definition)


def _object(name: str, definition: dict[str, Any]) -> Iterator[str]:
    yield f"\n## {name}\n"
    if told := definition.get("description"):
        yield f"{told}\n"
    required = definition.get("required", ())
    if properties := definition.get("properties"):
        yield "| key | form | needed | meaning |\n|---|---|---|---|"
        for key, form in properties.items():
            told, needed = cell(form.get("description", "")), "yes" if key in required else ""
            yield f"| `{key}` | {cell(shape(form))} | {needed} | {told} |"
    else:
        yield f"{shape(definition)}\n"


def shape(form: Any) -> str:
    """Returns the form of a value in words."""
    if not isinstance(form, dict):
        return "anything" if form else "nothing"
    if "$ref" in form:
        return str(form["$ref"]).rpartition("/")[2]
    several = {key: f" {word} " for key, word in (("anyOf", "or"), ("oneOf", "or"), ("allOf", "and")) if key in form}
    if several:
        key, word = next(iter(several.items()))
        return word.join(dict.fromkeys(shape(part) for part in form[key]))
    values = form.get("enum", [form["const"]] if "const" in form else [])
    return ", ".join(f"`{json.dumps(value)}`" for value in values) or _kind(form)


def _kind(form: dict[str, Any]) -> str:
    """Returns the type of a value in words, with that of its parts."""
    kind = form.get("type", "anything")
    if kind == "array":
        return f"list of {shape(form.get('items', True))}"
    if isinstance(of := form.get("additionalProperties"), dict):
        return f"object of {shape(of)}"
    return " or ".join(kind) if isinstance(kind, list) else str(kind)


# -- Versions --


def versions() -> Iterator[str]:
    """Yields what Lydite runs on, as its package declares it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    yield "# Supported versions\n"
    yield f"Lydite {project['version']} runs on CPython {project['requires-python'].replace('>=', '')} and later;"
    yield "its tests run on 3.11 to 3.14.\n"
    yield "| platform | what works |\n|---|---|"
    yield "| Linux | everything; `namespaces` needs bubblewrap, `landlock` a kernel from 5.13 on |"
    yield "| macOS, Windows | [grading what you trust, in your own process](../how-to/platforms.md#without-linux) |"
    yield "\n## What is installed with it\n\n| package | for |\n|---|---|"
    yield from (f"| `{one}` | every install |" for one in project["dependencies"])
    for extra, needed in project["optional-dependencies"].items():
        if extra != "dev":
            yield from (f"| `{one}` | the extra `{extra}` |" for one in needed)
    yield "\n`lydite doctor` lists the extras that are there.\n"
    yield "\n## How to cite\n\n```yaml"
    yield (ROOT / "CITATION.cff").read_text(encoding="utf-8").rstrip()
    yield "```"


# -- Laws --


def all_laws(topics: list[str]) -> Iterator[str]:
    """Yields the page that lists the topics."""
    yield f"# The {len(LAWS)} laws and their bounds\n"
    yield "Each law is an equation or an inequality on one case; its bound is what rounding may cost a correct answer."
    yield "[How tolerances are derived](../explanation/tolerances.md) says why none of them is fitted.\n"
    yield "```{toctree}\n:maxdepth: 1\n"
    yield from (f"laws/{topic}" for topic in topics)
    yield "```"


def laws(topic: str) -> Iterator[str]:
    """Yields the laws of a topic with their formulas, and the bounds of its answers with their derivations."""
    yield f"# Laws: {topic.replace('_', ' ')}\n"
    for law in LAWS.values():
        of, _, name = law.name.partition(".")
        if of == topic:
            yield f"\n`{name}`\n: {cell(law.says)}\n"
            yield f"  *{', '.join(law.claims)}; {', '.join(law.regimes)}*"
    try:
        bounds = import_module(f"spec.bounds.{topic}")
    except ModuleNotFoundError:
        return
    yield f"\n## Bounds\n\n{cell(inspect.getdoc(bounds) or '')}\n"
    for name, bound in vars(bounds).items():
        if isinstance(bound, FunctionType) and bound.__module__ == bounds.__name__ and not name.startswith("_"):
            yield f"\n### `{name}`\n\n{inspect.getdoc(bound) or ''}\n"


def listed(names: Any) -> str:
    """Returns names as code, with commas."""
    return ", ".join(f"`{name}`" for name in names)


def cell(text: str) -> str:
    """Returns a text for the cell of a table, in which nothing is markup by accident."""
    return " ".join(text.split()).replace("|", "∣").replace("<", "&lt;").replace("*", "\\*")
