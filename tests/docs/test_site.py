"""The site has every page, its reference is made of the code, and no link or anchor is dead."""

from __future__ import annotations

import re
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest

import lydite
from docs.site import build, reference
from lydite.adapters.adapter import OPTIONS as CONVENTIONS
from lydite.commands.cli import cli
from lydite.kit.laws import LAWS
from lydite.options import OPTIONS, PREFIX
from tests.support.browsing import WINDOWS, Watched

ROOT = Path(__file__).parents[2]
GENERATED = dict(reference.pages())
GENERATOR = pytest.mark.skipif(find_spec("sphinx") is None, reason="sphinx is not installed: make site")


def test_every_page_has_its_place(tmp_path: Path) -> None:
    """Sphinx says so too, where it is installed."""
    build.assemble(tmp_path)
    there = {path.relative_to(tmp_path).with_suffix("").as_posix() for path in tmp_path.rglob("*.md")}
    placed = {"index"}
    for page in there:
        text = (tmp_path / f"{page}.md").read_text(encoding="utf-8")
        for tree in re.findall(r"```\{toctree\}\n(?::.*\n)*\n(.*?)```", text, re.DOTALL):
            placed |= {(Path("/", page).parent / name).as_posix().removeprefix("/") for name in tree.split()}
    assert placed == there


def test_the_reference_has_every_law_command_option_and_name() -> None:
    laws = "".join(text for name, text in GENERATED.items() if name.startswith("laws/"))
    assert [law.name for law in LAWS.values() if f"`{law.name.partition('.')[2]}`" not in laws] == []
    assert [name for name in cli.commands if f"## lydite {name}\n" not in GENERATED["commands.md"]] == []
    assert [name for name in lydite.__all__ if f"## `lydite.{name}`\n" not in GENERATED["api.md"]] == []
    spelled = [f"`{PREFIX}{option.name}=" for option in OPTIONS.values() if option.pytest]
    assert [option for option in spelled if option not in GENERATED["pytest.md"]] == []
    assert [key for key in CONVENTIONS if f"| `{key}` |" not in GENERATED["conventions.md"]] == []


def test_the_versions_are_those_of_the_package() -> None:
    assert f"Lydite {lydite.__version__} runs on CPython 3.11" in GENERATED["versions.md"]
    assert "hypothesis>=" in GENERATED["versions.md"]


@GENERATOR
@pytest.mark.parametrize("link", ["nowhere.md", "index.md#no-such-heading"])
def test_a_dead_link_fails(tmp_path: Path, link: str) -> None:
    (tmp_path / "conf.py").write_text('extensions = ["myst_parser"]\nmyst_heading_anchors = 4\n', encoding="utf-8")
    (tmp_path / "index.md").write_text(f"# Title\n\n[a link]({link})\n", encoding="utf-8")
    run = subprocess.run([*build.SPHINX, tmp_path, tmp_path / "out"], capture_output=True, text=True, check=False)
    assert run.returncode != 0
    assert "xref_missing" in run.stderr


@pytest.mark.browser
@pytest.mark.parametrize("width", WINDOWS.values(), ids=WINDOWS)
@pytest.mark.parametrize(
    "page", ["index", "docs/tutorials/library", "docs/reference/laws/newton", "docs/reference/api", "docs/scoreboard"]
)
def test_a_page_fits_and_needs_no_network(chromium: object, page: str, width: int) -> None:
    html = ROOT / "build" / "site" / "html" / f"{page}.html"
    watched = Watched(chromium, html.as_uri(), width, script=True)
    assert watched.page.evaluate("document.documentElement.scrollWidth") <= width
    assert [address for address in watched.asked if not address.startswith("file:")] == []
    watched.page.context.close()
