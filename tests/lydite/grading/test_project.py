"""`[tool.lydite]` stands for options that are not given, and nothing that is submitted brings one along."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lydite.grading.project import ProjectError, defaults
from lydite.options import OPTIONS
from lydite.report.model import EXAMPLES
from tests.support.commandline import run

pytest_plugins = ["pytester"]

TRUSTED = ("numpy", "reference", "adapter.toml", "mistakes.newton:x")
SUBMITTED = ("alice.py", "alice/", "alice.zip", "alice.ipynb", "alice.txt", "exec:node main.js")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a repository of its own."""
    folder = tmp_path / "ein Ordner"
    folder.mkdir()
    (folder / ".git").mkdir()
    monkeypatch.chdir(folder)
    for name in ("alice.py", "alice.txt"):
        Path(name).write_text("", encoding="utf-8")


def write(text: str, folder: str = ".") -> None:
    Path(folder, "pyproject.toml").write_text(f"[tool.lydite]\n{text}\n", encoding="utf-8")


def read(text: str) -> dict[str, str]:
    write(text)
    return defaults(["reference"])


def test_values_are_texts_as_on_the_command_line() -> None:
    Path("expected.toml").write_text("[[implementation]]\nname = 'a'\n", encoding="utf-8")
    text = (
        'only = ["Q1", "softmax"]\nregimes = "core,tails"\nexamples = 3\ncall-timeout = 0.5\njobs = 2\ntimeout = 60\n'
    )
    found = read(f'{text}expect = "expected.toml"\nlaws = "0.1"')
    assert found == {
        "only": "Q1,softmax",
        "regimes": "core,tails",
        "examples": "3",
        "call_timeout": "0.5",
        "jobs": "2",
        "timeout": "60",
        "expect": str(Path.cwd() / "expected.toml"),
        "laws": "0.1",
    }


@pytest.mark.parametrize("target", SUBMITTED)
def test_none_is_read_where_anything_submitted_is_graded(target: str) -> None:
    write('only = "Q7"')
    assert defaults([target]) == defaults(["reference", target]) == {}


def test_not_even_where_it_is_malformed() -> None:
    write("]")
    assert defaults(["alice.py"]) == {}
    with pytest.raises(ProjectError, match=r"pyproject\.toml: "):
        defaults(["reference"])


@pytest.mark.parametrize("target", TRUSTED)
def test_it_is_read_for_what_is_trusted(target: str) -> None:
    write('only = "Q7"')
    assert defaults([target]) == {"only": "Q7"}


@pytest.mark.parametrize("name", [*sorted(o.name for o in OPTIONS.values() if o.help and not o.project), "suite"])
def test_what_runs_code_keeps_it_apart_or_writes_is_for_the_caller(name: str) -> None:
    told = "unknown key" if name == "suite" else f"not for a file; give --{name} where you call"
    with pytest.raises(ProjectError, match=rf"tool\.lydite\.{name}: {told}"):
        read(f'{name} = "x"')


def test_the_options_of_the_file_are_these() -> None:
    """Each of them decides what is counted, or how long that takes: none is a path to write, nor code to run."""
    names = "only regimes precision expect laws examples seed jobs timeout call_timeout memory"
    assert {field for field, option in OPTIONS.items() if option.project} == set(names.split())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("exampels = 1", "exampels: unknown key; is examples meant?"),
        ("plugins = 1", "plugins: unknown key; expected one of: "),
        ("snapshot = 'x'", "snapshot: unknown key"),
        ("examples = 0", "examples: '0' is not a whole number of at least 1"),
        ("examples = true", "examples: expected a string, a number, or a list of strings"),
        ("only = [1]", "only: expected a string, a number, or a list of strings"),
        ("regimes = ['cor']", "regimes: 'cor' is none of core"),
        ("jobs = 0", "jobs: expected a whole number of at least 1"),
        ("jobs = 1.5", "jobs: expected a whole number of at least 1"),
        ("timeout = -1", "timeout: expected a number of seconds"),
        ("timeout = nan", "timeout: expected a number of seconds"),
        ("laws = 'new'", "laws: 'new' is not a version such as 0.1"),
        ("laws = 0.2.1", ""),
        ("laws = '7.3'", "laws: 7.3 is too new: this Lydite knows laws up to 0.1"),
        ("expect = 'nowhere.toml'", "nowhere.toml: No such file or directory"),
    ],
)
def test_a_slip_names_the_file_and_the_key(text: str, told: str) -> None:
    with pytest.raises(ProjectError) as error:
        read(text)
    assert str(Path.cwd() / "pyproject.toml") in str(error.value)
    assert told in str(error.value)


def test_it_is_found_above_within_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    write('only = "Q7"')
    Path("src/package").mkdir(parents=True)
    Path("src/pyproject.toml").write_text("[tool.other]\nx = 1\n", encoding="utf-8")
    monkeypatch.chdir("src/package")
    assert defaults(["reference"]) == {"only": "Q7"}


def test_it_is_not_looked_for_above_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    write('only = "Q7"')
    Path("inner/.git").mkdir(parents=True)
    monkeypatch.chdir("inner")
    assert defaults(["reference"]) == {}


def graded(*words: str) -> dict[str, Any]:
    done = run("grade", "reference", "--isolation", "none", "--json", "r.json", *words)
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(Path("r.json").read_text("utf-8"))
    return found


def test_the_command_line_goes_before_the_file() -> None:
    write('only = "Q7.0.1"\nregimes = "core"\nexamples = 1\nseed = 3')
    whole = graded()
    assert (whole["seed"], whole["examples"]) == (3, 1)
    given = graded("--seed", "5", "--examples", "2")
    assert (given["seed"], given["examples"]) == (5, 2)
    assert {claim["id"] for claim in given["implementations"][0]["claims"]} == {"Q7.0.1"}
    usual = graded("--examples", str(EXAMPLES), "--only", "Q7.0.1")  # as the default is, and given all the same
    assert usual["examples"] == EXAMPLES


def test_a_slip_is_an_error_of_usage() -> None:
    write("exampels = 1")
    done = run("grade", "reference", "--isolation", "none")
    assert done.exit_code == 2
    assert "tool.lydite.exampels: unknown key; is examples meant?" in done.output


def test_pytest_reads_it_too_and_its_command_line_goes_first(pytester: pytest.Pytester) -> None:
    write('only = "Q7.0.1"\nregimes = "core"\nexamples = 1\nseed = 3', str(pytester.path))
    plugins = ("-p", "no:randomly", "-p", "no:cacheprovider", "-p", "lydite.plugin")

    def gated(*words: str) -> dict[str, Any]:
        done = pytester.runpytest_inprocess(*plugins, "--impl", "reference", "--lydite-json=r.json", *words)
        assert done.ret == 0
        found: dict[str, Any] = json.loads((pytester.path / "r.json").read_text("utf-8"))
        return found

    whole = gated()
    assert (whole["seed"], whole["examples"]) == (3, 1)
    assert {claim["id"] for claim in whole["implementations"][0]["claims"]} == {"Q7.0.1"}
    assert gated("--lydite-examples", str(EXAMPLES))["examples"] == EXAMPLES
