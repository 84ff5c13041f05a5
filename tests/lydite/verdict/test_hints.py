"""Tests that a report first says what was skipped, what is absent, and what may be meant."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import nbformat
import pytest

from lydite.report import model as report
from lydite.results import gradescope, markdown, submission
from lydite.results.rubric import Level, Rubric
from lydite.verdict.hints import Said, hints, writing
from tests.support import commandline, made

SCOPE = ("--only", "Q7.0.1,Q1.6", "--regimes", "core", "--examples", "1", "--call-timeout", "1")
SOFTMAX = "import numpy as np\ndef softmax(z):\n    e = np.exp(z - np.max(z))\n    return e / e.sum()\n"


def said(**known: list[str]) -> Said:
    found = Said()
    found.take(known)
    return found


def test_what_several_processes_say_is_said_once() -> None:
    found = said(notes=["a", "b"])
    found.take({"event": "said", "notes": ["b", "c"], "absent": ["x"]})
    assert (found.notes, found.absent) == (["a", "b", "c"], ["x"])


@pytest.mark.parametrize(
    ("names", "missing", "due"),
    [
        (["soft_max"], ["softmax"], ["softmax is not offered; is soft_max meant?"]),
        (["Softmax"], ["softmax"], ["softmax is not offered; is Softmax meant?"]),
        (["logisticPredict"], ["logistic_predict"], ["logistic_predict is not offered; is logisticPredict meant?"]),
        (["CrossEntropy"], ["softmax", "cross_entropy"], ["cross_entropy is not offered; is CrossEntropy meant?"]),
        (["unrelated"], ["softmax"], []),
        (["soft_max"], [], []),
        (
            ["Net", "Net.softmax", "Net.other"],
            ["softmax"],
            ["softmax of Net: calls have to be functions of the module, or those of a class (--entry :Net)"],
        ),
        (["Net", "Net.softmax"], ["cross_entropy"], []),
    ],
)
def test_near_names_and_methods(names: list[str], missing: list[str], due: list[str]) -> None:
    assert hints(said(names=names), missing, "own.py", alone=True) == due


@pytest.mark.parametrize(
    ("absent", "due"),
    [
        ("flint", ["flint is installed here and not shown: --allow python-flint"]),
        ("no_such_module", []),
        ("lydite", []),
        ("", []),
        ("a b", []),
        ("src/utils", []),
        ("__main__", []),
        ("numpy.", []),
    ],
)
def test_a_package_that_is_installed_and_not_shown(absent: str, due: list[str]) -> None:
    assert hints(said(absent=[absent]), [], "own.py", alone=True) == due


def test_a_neighbour_is_the_same_authors_only_outside_of_a_class(tmp_path: Path) -> None:
    for name in ("own.py", "utils.py"):
        (tmp_path / name).touch()
    found, target = said(absent=["utils"]), str(tmp_path / "own.py")
    assert hints(found, [], target, alone=True) == ["utils.py is beside it: submit the folder"]
    assert hints(found, [], target, alone=False) == []


def test_what_is_written_into_is_said_once_for_each_call() -> None:
    assert list(writing([{"softmax": []}, {"softmax": ["z"]}, {}, {"leaky_relu": []}])) == [
        "leaky_relu writes into its inputs, which purity forbids; its values are judged on copies",
        "softmax writes into z, which purity forbids; its values are judged on copies",
    ]


def notebook(path: Path) -> None:
    made: Any = nbformat.v4
    cells = ["import no_such_thing\nimport numpy as np", SOFTMAX.partition("\n")[2], "def cross_entropy(z, y)\n  pass"]
    whole = made.new_notebook(cells=[made.new_code_cell(cell) for cell in cells])
    path.write_text(nbformat.writes(whole), encoding="utf-8")  # type: ignore[no-untyped-call]  # nbformat has no types


CASES: dict[str, tuple[str, list[str]]] = {
    "absent.py": (
        "import flint\n" + SOFTMAX,
        ["flint is installed here and not shown: --allow python-flint"],
    ),
    "asking.py": (
        SOFTMAX + "n = int(input())\n",
        ["it calls input(), and nobody answers: put that below if __name__ == '__main__'"],
    ),
    "looping.py": (
        SOFTMAX + "while True:\n    pass\n",
        ["it does not come to its end when it is imported: a loop at the end of the file?"],
    ),
    "beside.py": ("import asking\n", ["asking.py is beside it: submit the folder"]),
    "named.py": (SOFTMAX.replace("softmax", "soft_max"), ["softmax is not offered; is soft_max meant?"]),
    "writing.py": (
        "def softmax(z):\n    z -= z.max()\n    z[:] = 2.718281828459045 ** z\n    z /= z.sum()\n    return z\n",
        ["softmax writes into z, which purity forbids; its values are judged on copies"],
    ),
    "plain.py": (SOFTMAX, []),
    "work.ipynb": (
        "",
        [
            "cell 1, line 1 is skipped: it raised ModuleNotFoundError: No module named 'no_such_thing'",
            "cell 3 is skipped: it is not valid Python (line 1: expected ':')",
        ],
    ),
}


SOFTMAX_FAILS = made.claim("Q7.0.1", outcome="error", reason="softmax: Ended: ends the process", fatal=True)
MISSING = made.claim("Q7.0.1", outcome="missing", reason="softmax is not offered")


@pytest.mark.parametrize(
    ("claims", "rest", "due"),
    [
        ([], {}, []),
        ([], {"notes": ["cell 1 is skipped: it is not valid Python"]}, []),
        ([], {"outcome": "unloadable", "reason": "why"}, ["unloadable: why"]),
        ([], {"outcome": "killed", "reason": "why", "notes": ["x"]}, ["killed: why", "x"]),
        ([], {"failed": "Lydite failed"}, ["Lydite failed"]),
        ([made.claim("Q7.0.1", outcome="broken")], {}, []),
        ([MISSING], {"notes": ["is soft_max meant?"]}, ["is soft_max meant?"]),
        (
            [MISSING],
            {"notes": ["softmax is renamed", "a magic is skipped"], "harmless": ["a magic is skipped"]},
            ["softmax is renamed"],
        ),
        (
            [SOFTMAX_FAILS, {**SOFTMAX_FAILS, "regime": "scale", "reason": "softmax: TimedOut: takes too long"}],
            {},
            ["softmax: Ended: ends the process"],
        ),
        ([{**SOFTMAX_FAILS, "fatal": False}], {}, []),
    ],
)
def test_what_needs_a_person(claims: list[dict[str, Any]], rest: dict[str, Any], due: list[str]) -> None:
    assert made.entry("a.py", *claims, **rest).attention == due


def test_where_no_call_is_offered_that_is_said() -> None:
    assert made.entry(claims=[MISSING]).attention == ["nothing was judged: no call in scope is offered"]


def test_a_batch_ends_with_what_needs_a_person(tmp_path: Path) -> None:
    """On the terminal, and on the page of the class."""
    folder = tmp_path / "class"
    folder.mkdir()
    (folder / "two").mkdir()
    (folder / "two" / "hw1.py").write_text(SOFTMAX, encoding="utf-8")
    (folder / "two" / "hw2.py").write_text(SOFTMAX, encoding="utf-8")
    (folder / "fine.py").write_text(SOFTMAX, encoding="utf-8")
    (folder / "near.py").write_text("import fine\n" + SOFTMAX.replace("softmax", "soft_max"), encoding="utf-8")
    scope = ("--only", "Q7.0.1", "--regimes", "core", "--examples", "1")
    done = commandline.run("grade", "--each", folder, "--out", tmp_path / "out", *scope)
    told = done.stdout[done.stdout.index("for a person") :].splitlines()
    assert told[:-2] == [
        "for a person to look at: 2 of 3",
        "  near.py  unloadable: importing near.py raised ModuleNotFoundError: No module named 'fine'",
        "  two      unloadable: hw1.py and hw2.py define calls: say which is to be graded (--entry hw1.py)",
    ]
    page = (tmp_path / "out" / "class.html").read_text("utf-8")
    assert "For a person to look at: 2" in page
    assert page.index("say which is to be graded") < page.index('id="submissions"')


@pytest.mark.parametrize("tier", ["auto", "none"])
def test_the_report_says_it_first(tmp_path: Path, tier: str) -> None:
    for name, (text, _) in CASES.items():
        if name.endswith(".ipynb"):
            notebook(tmp_path / name)
        else:
            (tmp_path / name).write_text(text, encoding="utf-8")
    jailed = {"looping.py", "absent.py"}  # without a jail nothing is hidden, and an import takes as long as it likes
    cases = {name: notes for name, (_, notes) in CASES.items() if tier == "auto" or name not in jailed}
    if tier == "none":
        cases["beside.py"] = []  # what it imports is there
    out = tmp_path / "report.json"
    done = commandline.run("grade", *(tmp_path / name for name in cases), *SCOPE, "--isolation", tier, "--json", out)
    whole = report.Report.load(out).to_json()
    jsonschema.validate(whole, json.loads(report.SCHEMA.read_text("utf-8")))
    assert {one["name"]: one.get("notes", []) for one in whole["implementations"]} == cases
    sections = done.stdout.split("\n\n")
    for name, notes in cases.items():
        section = next(section for section in sections if section.startswith(f"{name} · "))
        assert section.splitlines()[1 : len(notes) + 1] == [f"note        {note}" for note in notes]
    for found in submission.submissions([out], Rubric(), Level.OUTCOME):
        assert list(found.notes) == cases[found.name]
        assert json.loads(gradescope.render(found))["output"].splitlines()[: len(found.notes)] == list(found.notes)
        shown = markdown.render([found]).splitlines()
        assert [line.startswith("- ") for line in shown[2 : len(found.notes) + 2]] == [True] * len(found.notes)


def test_a_batch_takes_the_entry_of_folders_and_files_as_they_are(tmp_path: Path) -> None:
    course = tmp_path / "course"
    for path in ("alice.py", "bob/hw1.py", "bob/hw2.py"):
        (course / path).parent.mkdir(parents=True, exist_ok=True)
        (course / path).write_text("import numpy as np\n" + SOFTMAX, encoding="utf-8")
    options = ("--only", "Q7.0.1", "--regimes", "core", "--examples", "1", "--seed", "0", "--jobs", "1")
    result = commandline.run("grade", "--each", course, "--out", tmp_path / "out", "--entry", "hw1.py", *options)
    assert result.exit_code == 0, result.output


def test_what_was_allowed_is_allowed_again(tmp_path: Path) -> None:
    path, kept = tmp_path / "wrong.py", tmp_path / "r.json"
    path.write_text("import flint\ndef softmax(z):\n    return 2 * z\n", encoding="utf-8")
    options = ("--only", "Q7.0.1", "--regimes", "core", "--examples", "1", "--seed", "0", "--allow", "python-flint")
    assert commandline.run("grade", path, *options).output.count("--allow python-flint") == 1
    commandline.run("grade", path, *options, "--json", kept)
    replayed = commandline.run("replay", kept, "Q7.0.1")
    assert replayed.exit_code == 1
    assert "flint" not in replayed.output


def test_the_name_of_a_module_that_is_absent_is_only_a_text(tmp_path: Path) -> None:
    """That of a file, or of one in a folder."""
    paths = [tmp_path / f"{place}" / "own.py" for place in range(5)]
    for path, name in zip(paths, ("a/b", "__main__", "..", "no_such_module", "\0"), strict=True):
        path.parent.mkdir()
        path.write_text(f"raise ModuleNotFoundError('x', name={name!r})\n", encoding="utf-8")
    targets = [*paths, *(path.parent for path in paths)]
    result = commandline.run("grade", *targets, *SCOPE, "--seed", "0", "--json", tmp_path / "r.json")
    assert result.exit_code == 1
    implementations = report.Report.load(tmp_path / "r.json").implementations
    assert [one.outcome for one in implementations] == ["unloadable"] * len(targets)
