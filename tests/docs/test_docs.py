"""Tests that what the documentation shows is what happens."""

from __future__ import annotations

import doctest
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, settings

from lydite.commands.cli import cli
from lydite.kit.calls import CALLS, OPTIONAL
from lydite.kit.claim import CLAIMS
from lydite.kit.every import every
from lydite.kit.regime import Regime
from lydite.options import OPTIONS, PREFIX

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def test_generated_parts_are_up_to_date() -> None:
    run = subprocess.run(
        [sys.executable, ROOT / "docs" / "build.py", "--check"], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr


def test_figures_of_the_readme() -> None:
    assert f"makes {len(CLAIMS)} claims" in README
    assert f"its {len(CALLS) - len(OPTIONAL)}\nfunctions, and of {len(OPTIONAL)} optional" in README


def test_the_law_that_is_shown_is_a_law() -> None:
    page = (ROOT / "docs" / "explanation" / "sharpness.md").read_text(encoding="utf-8")
    [block] = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert block in (ROOT / "spec" / "laws" / "softmax_cross_entropy.py").read_text(encoding="utf-8")
    line = "gradient_is_residual = forall(normalised_logits, laws.gradient_is_residual)"
    assert line in page
    assert line in (ROOT / "properties" / "test_softmax_cross_entropy.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_make_targets_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"(?:^|`)make ([a-z-]+)", page.read_text(encoding="utf-8"), re.MULTILINE)) <= targets


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\((?!https://)([^)#]+)\)", page.read_text(encoding="utf-8")):
        assert (page.parent / link).exists(), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_and_options_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for command in set(re.findall(r"^lydite ([\w-]+)", text, re.MULTILINE)):
        assert command in cli.commands
    helped = "".join(CliRunner().invoke(cli, [name, "--help"]).output for name in cli.commands)
    plugin = {f"{PREFIX}{option.name}" for option in OPTIONS.values() if option.pytest}
    for option in set(re.findall(r"`(--[a-z-]+)", text)):
        assert option in helped or option == "--impl" or option in plugin, option


def test_the_glossary_names_every_folder_and_each_term_once() -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    terms = re.findall(r"^\| ([a-z -]+) \|(?! meaning)", glossary, re.MULTILINE)
    assert terms == sorted(set(terms), key=lambda term: term.replace("-", ""))
    named = set(re.findall(r"`([a-z_/]+)/`", glossary))
    whole = ("reference", "mistakes", "implementations", "experiments", "time_machine", "benchmarks")
    parts = {f"{top}/{one.name}" for top in ("lydite", "spec", "properties") for one in folders(ROOT / top)}
    assert {*whole, *parts} <= named
    assert all((ROOT / folder).is_dir() for folder in named)


def folders(parent: Path) -> list[Path]:
    return [one for one in parent.iterdir() if one.is_dir() and not one.name.startswith("__")]


def test_the_citation_is_of_the_project_and_version_that_is_packaged() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = (ROOT / "CITATION.cff").read_text(encoding="utf-8").splitlines()
    assert f"version: {project['version']}" in lines
    assert f"license: {project['license']}" in lines
    assert [line for line in lines if "name:" in line] == [f"  - name: {one['name']}" for one in project["authors"]]


def test_claims_named_in_the_pages_are_graded_or_listed() -> None:
    for page in PAGES:
        for name in re.findall(r"\b(Q\d(?:\.\w+)+)\b", page.read_text(encoding="utf-8")):
            assert name in CLAIMS or any(c.startswith(f"{name}.") for c in CLAIMS), name


def test_regimes_of_the_guide_are_the_regimes() -> None:
    guide = (ROOT / "docs" / "guide.md").read_text(encoding="utf-8")
    assert [r for r in Regime if f"| `{r}` |" in guide] == list(Regime)


def test_every_law_says_its_equation_in_one_line() -> None:
    assert all(p.law.says.endswith(".") for p in every())


def test_what_a_law_says_of_finite_differences_is_its_oracle() -> None:
    """Others take them too, as convexity on a chord, and do not say so."""
    saying = [p.law for p in every() if "finite differences" in p.law.says]
    assert saying
    assert all(set(law.differences) & CALLS.keys() for law in saying)


def test_no_recipe_hides_an_exit_status() -> None:
    pages = [*PAGES, *(ROOT / "lydite" / "templates").rglob("*")]
    assert not [
        page.name
        for page in pages
        if page.is_file() and page.suffix != ".pyc" and "|| true" in page.read_text(encoding="utf-8")
    ]


@pytest.mark.parametrize("page", ["python.md"])
def test_what_a_page_types_into_python_comes_out_as_it_shows(page: str) -> None:
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    before = settings.get_current_profile_name()
    settings.register_profile("page", deadline=None, suppress_health_check=[HealthCheck.too_slow])  # of a busy machine
    settings.load_profile("page")
    found = doctest.testfile(str(ROOT / "docs" / page), module_relative=False, optionflags=flags, encoding="utf-8")
    settings.load_profile(before)
    assert found.attempted > 0
    assert not found.failed


def test_the_chapter_on_suites_runs_line_by_line(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "suites.md").read_text(encoding="utf-8")
    [block] = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    for line in block.splitlines():
        command, _, comment = line.partition("#")
        words = [sys.executable, "-m", *command.split()]
        words += ["--examples", "1"] * ("grade" in words)
        run = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert run.returncode == int("exits with 1" in comment), run.stdout + run.stderr


def test_the_law_of_the_chapter_on_suites_is_a_law() -> None:
    [block] = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "suites.md").read_text("utf-8"), re.DOTALL)
    assert block in (ROOT / "examples" / "ridge" / "spec" / "laws" / "ridge.py").read_text("utf-8")
