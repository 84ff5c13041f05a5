"""The gate agrees with the grader: for every target `pytest --impl` and `lydite grade` say the same, and end alike."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from lydite.report import model as report
from lydite.report.model import Report
from lydite.suite import OWN
from lydite.target.name import is_submitted
from tests.support import made
from tests.support.commandline import run

pytest_plugins = ["pytester"]

import_module("lydite.grading.session")
for path in (OWN / "properties").glob("test_*.py"):
    import_module(f"properties.{path.stem}")  # here, since a run within this process forgets what it has imported

Project = pytest.Pytester
Document = dict[str, Any]

SOFTMAX = """import numpy as np

def softmax(z):
    e = np.exp(z - z.max())
    return e / e.sum()
"""
WHOLE = f"""{SOFTMAX}
def cross_entropy(z, y):
    largest = z.max()
    return y.sum() * (largest + np.log(np.exp(z - largest).sum())) - y @ z

def cross_entropy_gradient(z, y):
    return y.sum() * softmax(z) - y
"""
ROWS = """import numpy as np

def softmax(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)

def whole_batch(z):
    e = np.exp(z - z.max())
    return e / e.sum()

def loss(z, y):
    largest = z.max(axis=1)
    return np.mean(largest + np.log(np.exp(z - largest[:, None]).sum(axis=1)) - z[np.arange(len(y)), y])
"""
LOSS = 'cross_entropy = { use = "loss", labels = "integer", batch = "leading", reduction = "mean" }'


def raising(what: str) -> str:
    return f"def softmax(z):\n    {what}\n"


FILES = {
    "beside.py": SOFTMAX,
    "whole.py": WHOLE,
    "part.py": SOFTMAX,
    "starter.py": '"""Not written yet."""\n\ndef softmax(z):\n    """Probabilities."""\n',
    "empty.py": "unrelated = 1\n",
    "broken.py": "1 / 0\n",
    "syntax.py": "def softmax(z) return z\n",
    "surrogate.py": 'raise ValueError("half \\ud800")\n',
    "scaled.py": WHOLE.replace("e / e.sum()", "e / e.sum() * (1 + 1e-9)"),
    "raises.py": raising('raise ValueError("half \\ud800")'),
    "exits.py": raising("raise SystemExit(0)"),
    "skips.py": raising('import pytest; pytest.skip("too hard")'),
    "shape.py": raising("return z[:1]"),
    "text.py": raising('return "0.5"'),
    "table.py": raising("return {}"),
    "nan.py": raising("return z * float('nan')"),
    "writes.py": SOFTMAX.replace("    e =", "    z *= 1.5\n    e ="),
    "folder/main.py": WHOLE,
    "library.py": ROWS,
    "offers_part.toml": f'module = "library"\n[calls]\n{LOSS}\n',
    "offers_two.toml": f'module = "library"\n[calls]\n{LOSS}\nsoftmax = {{ use = "softmax", batch = "leading" }}\n',
    "mixed.toml": f'module = "library"\n[calls]\nsoftmax = {{ use = "whole_batch", batch = "leading" }}\n{LOSS}\n',
    "absent.toml": 'module = "library"\n[calls]\nsoftmax = { use = "soft_max", batch = "leading" }\n',
    "single.toml": 'module = "library"\ndtype = "float32"\n[calls]\nsoftmax = { use = "softmax", batch = "leading" }\n',
    "no_module.toml": 'module = "no_such_library"\n[calls]\nsoftmax = { use = "softmax" }\n',
}
EXCEPTION = (
    '[[implementation.exception]]\nid = "{}"\nregime = "core"\nreason = "it scales"\nlink = "https://example.org/1"\n'
)
EXPECTED = "".join(
    f'[[implementation]]\nname = "{name}"\n{"".join(map(EXCEPTION.format, known))}'
    for name, known in {
        "scaled.py": ("Q7.0.1", "Q3.0.4"),
        "part.py": ("Q7.0.1",),
        "nan.py": ("Q7.0.1",),
        "starter.py": ("Q7.0.1", "Q3.0.4"),
    }.items()
)
ONE = ("only=Q7.0.1", "regimes=core")
SEVERAL = ("only=Q7.0.1,Q3.0.4,Q7.0.2,Q7.a.7", "regimes=core")
KNOWN = ("only=Q7.0.1,Q3.0.4", "regimes=core", "expect=expected.toml")
PURE = ("only=Q7.0.1", "regimes=core,purity")


@dataclass(frozen=True)
class Row:
    """A target, the scope that it is graded in, and how both commands end."""

    target: str
    options: tuple[str, ...]
    status: int

    def __str__(self) -> str:
        return f"{self.target} {self.options[-1].partition('=')[0]}"


TABLE = [
    Row("reference", SEVERAL, 0),
    Row("mistakes.softmax_cross_entropy:divided_by_the_largest", SEVERAL, 1),
    Row("scipy.special", ONE, 0),
    Row("beside", (*ONE, "isolation=none"), 0),
    Row("whole.py", SEVERAL, 0),
    Row("folder", SEVERAL, 0),
    Row("part.py", ONE, 0),
    Row("part.py", SEVERAL, 1),
    Row("part.py", KNOWN, 1),
    Row("starter.py", ONE, 3),
    Row("starter.py", KNOWN, 3),
    Row("empty.py", SEVERAL, 3),
    Row("broken.py", SEVERAL, 1),
    *(Row(name, ONE, 1) for name in ("syntax.py", "surrogate.py", "exits.py", "skips.py")),
    *(Row(name, ONE, 1) for name in ("shape.py", "text.py", "table.py", "nan.py")),
    Row("nan.py", KNOWN, 1),
    Row("raises.py", SEVERAL, 1),
    Row("writes.py", PURE, 1),
    Row("scaled.py", SEVERAL, 1),
    Row("scaled.py", KNOWN, 0),
    Row("offers_part.toml", ("regimes=core",), 0),
    Row("offers_two.toml", SEVERAL, 0),
    Row("mixed.toml", SEVERAL, 1),
    Row("absent.toml", ONE, 3),
    Row("single.toml", ONE, 0),
]
EACH = list({row.target: row for row in TABLE}.values())
"""One row of each target: the one with the widest scope."""


def write(folder: Path) -> None:
    for name, text in {**FILES, "expected.toml": EXPECTED}.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[Row, Document]]:
    """Returns what `lydite grade` says of every row: those with the same requests are graded in one run."""
    found: dict[Row, Document] = {}
    together: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in TABLE:
        together[(*row.options, "single" if row.target == "single.toml" else "")].append(row)
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("grader")
        write(folder)
        patch.chdir(folder)
        for rows in together.values():
            options = [f"--{option}" for option in (*rows[0].options, "seed=0", "examples=1", "jobs=1", "json=r.json")]
            done = run("grade", *(row.target for row in rows), *options)
            assert done.exit_code < 2 or len(rows) == 1, done.output
            entries = json.loads((folder / "r.json").read_text(encoding="utf-8"))["implementations"]
            found |= dict(zip(rows, entries, strict=True))
        yield found


@pytest.fixture
def project(pytester: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Somebody's project with all of the targets, graded as they are in a session of their own."""
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    write(pytester.path)
    return pytester


def gated(project: Project, row: Row, *more: str) -> tuple[pytest.RunResult, Document]:
    """Returns what `pytest --impl` says of a row."""
    options = [f"--lydite-{option}" for option in (*row.options, "seed=0", "examples=1", "json=r.json")]
    plugins = ("-p", "no:randomly", "-p", "no:cacheprovider", "-p", "lydite.plugin", "--assert=plain")
    result = project.runpytest_inprocess(*plugins, "--impl", row.target, *options, *more)
    [entry] = json.loads((project.path / "r.json").read_text(encoding="utf-8"))["implementations"]
    return result, entry


def outcomes(entry: Document) -> Document:
    """Returns what became of every claim and what is at fault. A jail gets many calls at once, hence counts others."""
    claims = [
        {key: c[key] for key in ("id", "regime", "outcome", "points", "fault", "because")} for c in entry["claims"]
    ]
    faults = [{key: fault[key] for key in ("call", "claim", "regime", "also", "follows")} for fault in entry["faults"]]
    kept = {key: entry.get(key) for key in ("outcome", "points", "max_points", "missing", "expected")}
    return {**kept, "claims": claims, "faults": faults}


def whole(entry: Document) -> Document:
    """All but times, the isolation, and commands to run again."""
    shown = [
        {**claim["counterexample"], "reproduce": ""} if claim["counterexample"] else None for claim in entry["claims"]
    ]
    claims = [{**c, "counterexample": example} for c, example in zip(entry["claims"], shown, strict=True)]
    return {**entry, "seconds": 0, "isolation": "", "claims": claims}


def assert_same(result: pytest.RunResult, gate: Document, row: Row, grader: Document) -> None:
    assert Report.from_json(made.report(grader)).exit_status() == row.status
    assert result.ret == row.status
    assert outcomes(gate) == outcomes(grader)
    assert is_submitted(row.target) or whole(gate) == whole(grader)
    result.stdout.fnmatch_lines([f"exit {row.status}: *"])


def test_the_table_has_twenty_targets_and_every_exit_status() -> None:
    assert len(EACH) >= 20
    assert {row.status for row in EACH} == {0, 1, 3}


@pytest.mark.parametrize("row", TABLE, ids=str)
def test_the_gate_agrees_with_the_grader(project: Project, graded: dict[Row, Document], row: Row) -> None:
    result, gate = gated(project, row)
    assert_same(result, gate, row, graded[row])


@pytest.mark.parametrize("row", EACH, ids=str)
def test_it_does_so_by_several_processes(project: Project, graded: dict[Row, Document], row: Row) -> None:
    result, gate = gated(project, row, "-n", "2")
    assert_same(result, gate, row, graded[row])


@pytest.mark.parametrize(
    ("target", "options"),
    [
        ("whole.py", ("only=Q99",)),
        ("whole.py", ("adapter=nowhere.toml",)),
        ("whole.py", ("isolation=deep",)),
        ("nowhere.py", ()),
        ("no_such_module", ()),
        ("no_module.toml", ()),
        ("mistakes.softmax_cross_entropy:of_nobody", ()),
        ("exec:no-such-program", ()),
    ],
)
def test_both_end_alike_where_what_is_asked_cannot_be_had(
    project: Project, target: str, options: tuple[str, ...]
) -> None:
    grader = run("grade", target, *(f"--{option}" for option in options))
    asked = ("--impl", target, *(f"--lydite-{option}" for option in options))
    gate = project.runpytest_inprocess("-p", "lydite.plugin", *asked, no_reraise_ctrlc=True)
    assert grader.exit_code == gate.ret == report.USAGE
    gate.stderr.fnmatch_lines(["Exit: --*"])


def test_a_law_without_its_call_is_skipped_and_names_it(project: Project) -> None:
    """An adapter maps one call; laws of its claims that need another were not run."""
    result, _ = gated(project, Row("offers_part.toml", ("regimes=core",), 0), "-rs")
    assert set(result.parseoutcomes()) == {"passed", "skipped"}
    result.stdout.fnmatch_lines(["SKIPPED * softmax is not offered", "SKIPPED * cross_entropy_gradient is not offered"])
