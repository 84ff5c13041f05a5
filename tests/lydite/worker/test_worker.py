"""Tests that what was submitted is found, imported, and cleared of what only a notebook needs; nothing else is run."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest

from lydite.isolation import Tier
from lydite.target.program import WORKER, Program
from lydite.target.remote import Remote
from lydite.worker.codec import FORMS
from lydite.worker.loading import LARGEST_FILE, Unloadable, entry
from lydite.worker.notebook import plain
from lydite.worker.told import Told
from tests.support.optional import needed

SOFTMAX = "import numpy as np\ndef softmax(z):\n    return np.exp(z) / np.exp(z).sum()\n"


@pytest.fixture
def program() -> Iterator[Any]:
    """Serves what is at a path; all are ended afterwards."""
    running = []

    def start(path: Path) -> Program:
        running.append(Program(str(path), Tier.PROCESS, 5.0, 0))
        return running[-1]

    yield start
    for one in running:
        one.stop()


def notebook(path: Path, *cells: str) -> Path:
    made: Any = nbformat.v4
    whole = made.new_notebook(cells=[made.new_markdown_cell("# Work"), *map(made.new_code_cell, cells)])
    path.write_text(nbformat.writes(whole), encoding="utf-8")  # type: ignore[no-untyped-call]  # nbformat has no types
    return path


def offered(program: Program) -> list[str]:
    return sorted(program.running().hello.calls)


def test_the_worker_stands_alone(tmp_path: Path) -> None:
    """It imports nothing of Lydite, and none of the libraries that Lydite needs, NumPy apart."""
    code = "import sys; sys.argv = ['x', '']; sys.path.insert(0, {!r}); import worker.host; print(*sys.modules)"
    told = subprocess.run(
        [sys.executable, "-I", "-B", "-c", code.format(str(WORKER.parent))], capture_output=True, text=True, check=True
    )
    loaded = {name.partition(".")[0] for name in told.stdout.split()}
    assert "numpy" in loaded
    assert not loaded & {"lydite", "spec", "reference", "properties", "pytest", "hypothesis", "flint", "greenlet"}


# -- Finding --


@pytest.mark.parametrize(
    ("files", "found"),
    [
        (["one.py"], "one.py"),
        (["one.py", "submission.py"], "submission.py"),
        (["one.py", "submission.py", "__init__.py"], "__init__.py"),
        (["work.ipynb"], "work.ipynb"),
        (["one.py", "work.ipynb"], "one.py"),
        (["one.py", "notes.txt", "data.csv"], "one.py"),
    ],
)
def test_the_entry_of_a_folder(tmp_path: Path, files: list[str], found: str) -> None:
    for name in files:
        (tmp_path / name).write_text("")
    assert entry(tmp_path) == tmp_path / found


HELPER = "import numpy as np\ndef sigmoid(t):\n    return 1 / (1 + np.exp(-t))\n"
LOGISTIC = "def logistic_predict(w, b, X):\n    return X @ w + b\n"


@pytest.mark.parametrize(
    ("files", "offers"),
    [
        ({"main.py": "from utils import *\n" + SOFTMAX, "utils.py": HELPER}, ["softmax"]),
        ({"hw.py": SOFTMAX, "utils.py": HELPER, "run.py": "import hw\n"}, ["softmax"]),
        ({"main.py": "from a import softmax\n" + LOGISTIC, "a.py": SOFTMAX}, ["logistic_predict", "softmax"]),
        (
            {"main.py": "from a import *\nfrom b import *\n", "a.py": SOFTMAX, "b.py": LOGISTIC},
            ["logistic_predict", "softmax"],
        ),
        ({"main.py": "import a\n" + LOGISTIC, "a.py": SOFTMAX}, ["logistic_predict"]),
        ({"hw.py": SOFTMAX, "test_hw.py": "from hw import softmax\n"}, ["softmax"]),
        ({"hw.py": "if True:\n    softmax = lambda z: z\n", "broken.py": "def f(:\n"}, ["softmax"]),
        ({"submission.py": "raise SystemExit\n", "hw.py": SOFTMAX}, ["softmax"]),
        ({"submission.py": SOFTMAX, "old.py": SOFTMAX + LOGISTIC}, ["softmax"]),
        ({"helper.py": HELPER, "hw3/hw3/work.py": SOFTMAX}, None),
        ({"hw3/src/work.py": SOFTMAX, "hw3/src/utils.py": HELPER}, ["softmax"]),
    ],
)
def test_the_entry_is_the_file_that_offers_the_calls(
    program: Any, tmp_path: Path, files: dict[str, str], offers: list[str] | None
) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert offered(program(tmp_path)) == (offers or [])


def test_a_notebook_beside_modules_without_calls_is_the_entry(program: Any, tmp_path: Path) -> None:
    (tmp_path / "utils.py").write_text(SOFTMAX.replace("softmax", "smooth"), encoding="utf-8")
    notebook(tmp_path / "work.ipynb", "%%time\nfrom utils import smooth", "softmax = smooth", "no python here")
    assert offered(program(tmp_path)) == ["softmax"]


def test_where_two_files_define_calls_both_are_named(tmp_path: Path) -> None:
    (tmp_path / "hw1.py").write_text(SOFTMAX, encoding="utf-8")
    (tmp_path / "hw2.py").write_text(LOGISTIC, encoding="utf-8")
    (tmp_path / "work.py").write_text(SOFTMAX.replace("softmax", "Work.x"), encoding="utf-8")
    for wanted, due in (("hw1.py", ["softmax"]), ("hw2.py", ["logistic_predict"])):
        running = Program(str(tmp_path), Tier.PROCESS, 5.0, 0, entry=wanted)
        assert offered(running) == due
        running.stop()
    for wanted, reason in (
        ("", r"hw1\.py and hw2\.py define calls: say which is to be graded \(--entry hw1\.py\)"),
        ("hw3.py", r"there is no hw3\.py in "),
    ):
        with pytest.raises(Unloadable, match=reason):
            Program(str(tmp_path), Tier.PROCESS, 5.0, 0, entry=wanted).running()


METHODS = """
class Answers:
    def softmax(self, z):
        return z * 0 + 7
class Needs:
    def __init__(self, x):
        self.x = x
"""


@pytest.mark.parametrize("wanted", [":Answers", "own.py:Answers"])
def test_the_methods_of_a_class_are_the_calls_where_that_is_said(tmp_path: Path, wanted: str) -> None:
    path = tmp_path / "own.py"
    path.write_text(METHODS, encoding="utf-8")
    running = Program(str(path), Tier.PROCESS, 5.0, 0, entry=wanted)
    try:
        assert Remote(running).softmax(np.zeros(2)).tolist() == [7.0, 7.0]
    finally:
        running.stop()


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [(":No", "has no class No"), (":Needs", "raised TypeError"), ("other.py:Answers", "own.py is not other.py")],
)
def test_a_class_that_cannot_be_made(tmp_path: Path, wanted: str, reason: str) -> None:
    path = tmp_path / "own.py"
    path.write_text(METHODS, encoding="utf-8")
    with pytest.raises(Unloadable, match=reason):
        Program(str(path), Tier.PROCESS, 5.0, 0, entry=wanted).running()


@pytest.mark.parametrize("files", [[], ["one.py", "two.py"], ["notes.txt"], ["a.ipynb", "b.ipynb"]])
def test_a_folder_without_an_entry(tmp_path: Path, files: list[str]) -> None:
    for name in files:
        (tmp_path / name).write_text("")
    with pytest.raises(
        Unloadable, match=r"holds neither __init__\.py nor submission\.py nor exactly one module or notebook"
    ):
        entry(tmp_path)


def test_what_is_no_plain_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    with pytest.raises(Unloadable, match="not a plain file"):
        entry(tmp_path / "pipe.py")
    with (tmp_path / "large.py").open("wb") as file:
        file.truncate(LARGEST_FILE + 1)
    with pytest.raises(Unloadable, match="larger than 16 MiB"):
        entry(tmp_path / "large.py")
    with pytest.raises(Unloadable, match=r"there is no file none\.py"):
        entry(tmp_path / "none.py")


@pytest.mark.parametrize("name", ["numpy", "codec", "worker", "host", "spec", "reference", "json"])
def test_no_name_of_a_submission_is_met_by_another(program: Any, tmp_path: Path, name: str) -> None:
    path = tmp_path / f"{name}.py"
    path.write_text("def softmax(z):\n    return z * 0 + 7\n", encoding="utf-8")
    impl = Remote(program(path))
    assert impl.softmax(np.zeros(2)).tolist() == [7.0, 7.0]


def test_a_folder_imports_its_own_modules(program: Any, tmp_path: Path) -> None:
    (tmp_path / "submission.py").write_text("from reference import softmax\n", encoding="utf-8")
    (tmp_path / "reference.py").write_text("def softmax(z):\n    return z * 0 + 7\n", encoding="utf-8")
    assert Remote(program(tmp_path)).softmax(np.zeros(2)).tolist() == [7.0, 7.0]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"def softmax(z:\n", "SyntaxError"),
        (b"x = '\xe9'\n", "SyntaxError"),
        (SOFTMAX.encode("utf-16"), "null bytes|SyntaxError|ValueError"),
        (b"import no_such_module\n", "ModuleNotFoundError"),
        (b"import sys; sys.exit(0)\n", "SystemExit"),
        (b"raise KeyboardInterrupt\n", "KeyboardInterrupt"),
        (b"import os; os._exit(0)\n", r"ends the process \(exit status 0\)"),
        (b"raise type('E', (Exception,), {'__str__': lambda s: 1 / 0})\n", "no text"),
    ],
)
def test_what_cannot_be_imported(program: Any, tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "bad.py"
    path.write_bytes(content)
    with pytest.raises(Unloadable, match=reason):
        program(path).running()


def test_links_that_lead_elsewhere_are_not_followed(program: Any, tmp_path: Path) -> None:
    """A link to a neighbour is one's own choice of a name."""
    folder = tmp_path / "own"
    folder.mkdir()
    secret = tmp_path / "secret.py"
    secret.write_text(SOFTMAX, encoding="utf-8")
    link = folder / "link.py"
    for target, reason in ((secret, "is a link"), (Path("/dev/zero"), "is a link"), (folder / "no", "no file no")):
        link.unlink(missing_ok=True)
        link.symlink_to(target)
        with pytest.raises(Unloadable, match=reason):
            program(link).running()
    link.unlink()
    (folder / "own.py").write_text(SOFTMAX, encoding="utf-8")
    link.symlink_to("own.py")
    assert offered(program(link)) == ["softmax"]


# -- Notebooks --


def test_a_notebook_offers_what_its_cells_define(program: Any, tmp_path: Path) -> None:
    path = notebook(
        tmp_path / "work.ipynb",
        "%matplotlib inline\n!pip install torch\nimport numpy as np",
        "import matplotlib.pyplot as plt\nimport seaborn as sns",
        "%%time\nthis is no Python",
        "def softmax(z):\n    e = np.exp(z - z.max())\n    return e / e.sum()",
        "fig, (a, b) = plt.subplots(1, 2)\na.plot(softmax(np.arange(3.0)))",
        "with plt.style.context('x'):\n    plt.show()\nsoftmax?",
        "raise RuntimeError('a cell that fails')",
        "x = 7 \\\n  % 4\ndef leaky_relu(z, alpha):\n    return np.where(z > 0, z, alpha * z)",
        "display(softmax(np.zeros(2)))\nget_ipython().run_line_magic('time', '')",
    )
    running = program(path)
    assert offered(running) == ["leaky_relu", "softmax"]
    assert Remote(running).softmax(np.zeros(2)).tolist() == [0.5, 0.5]
    running.stop()
    assert "a cell that fails" in running.said()["stderr"]


@pytest.mark.parametrize(
    ("cells", "notes"),
    [
        (["%%time\n" + SOFTMAX], ["cell 1, line 1 is skipped, and the rest of the cell is run: %%time"]),
        (
            ["import no_such_thing as n, numpy as np", SOFTMAX.partition("\n")[2]],
            ["cell 1, line 1 is skipped: it raised ModuleNotFoundError: No module named 'no_such_thing'"],
        ),
        (
            ["import no_such_thing\nfrom numpy import nothing, exp\nimport numpy as np", SOFTMAX.partition("\n")[2]],
            [
                "cell 1, line 1 is skipped: it raised ModuleNotFoundError: No module named 'no_such_thing'",
                "cell 1: 1 more statements are skipped, which raised as well",
            ],
        ),
        ([SOFTMAX, "def f(\n  return"], ["cell 2 is skipped: it is not valid Python (line 1: '(' was never closed)"]),
        (
            ["%matplotlib inline\n" + SOFTMAX, "%%bash\nls"],
            [
                "cell 1, line 1 is skipped, which is not Python: %matplotlib inline",
                "cell 2, line 1 is skipped with its cell: %%bash does not run it as Python",
            ],
        ),
        (
            ["%magic\n" * 5 + SOFTMAX],
            [
                *(f"cell 1, line {i} is skipped, which is not Python: %magic" for i in (1, 2, 3)),
                "cell 1: 2 more lines are skipped, which is not Python",
            ],
        ),
        (["from __future__ import annotations", SOFTMAX.replace("(z)", "(z: NoSuchType)", 1)], []),
        ([SOFTMAX + "raise SystemExit(0)\ndef leaky_relu(z, alpha):\n    return z\n"], ["cell 1, line 4 is skipped"]),
    ],
)
def test_what_a_notebook_skips_is_said_and_costs_nothing_else(
    program: Any, tmp_path: Path, cells: list[str], notes: list[str]
) -> None:
    running = program(notebook(tmp_path / "work.ipynb", *cells))
    assert Remote(running).softmax(np.zeros(2)).tolist() == [0.5, 0.5]
    assert len(running.told["notes"]) == len(notes)
    assert all(said.startswith(due) for said, due in zip(running.told["notes"], notes, strict=True))


def test_where_more_is_skipped_than_is_listed_that_is_said() -> None:
    told = Told()
    for i in range(100):
        told.note(f"cell {i}")
    assert len(told.notes) == 40
    assert told.notes[-2:] == ["cell 38", "more was skipped than is listed here"]


@pytest.mark.parametrize("tier", [Tier.NAMESPACES, Tier.LANDLOCK])
def test_a_notebook_is_read_in_a_jail(tmp_path: Path, tier: Tier) -> None:
    needed(tier)
    folder = tmp_path / "folder"
    folder.mkdir()
    for path in (notebook(tmp_path / "work.ipynb", SOFTMAX), notebook(folder / "work.ipynb", SOFTMAX).parent):
        running = Program(str(path), tier, 20.0, 2048)
        assert offered(running) == ["softmax"]
        running.stop()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "is not a notebook"),
        ("{}", "is not a notebook"),
        ('{"cells": [1], "nbformat": 4, "nbformat_minor": 5, "metadata": {}}', "is not a notebook"),
        ("[" * 9999, "is not a notebook"),
    ],
)
def test_what_is_no_notebook(program: Any, tmp_path: Path, content: str, reason: str) -> None:
    path = tmp_path / "work.ipynb"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(Unloadable, match=reason):
        program(path).running()


def test_a_notebook_of_which_no_cell_runs(program: Any, tmp_path: Path) -> None:
    with pytest.raises(
        Unloadable, match=r"no cell of work\.ipynb can be run: cell 1, line 1 is skipped: it raised NameError"
    ):
        program(notebook(tmp_path / "work.ipynb", "undefined", "undefined + 1")).running()


@pytest.mark.parametrize(
    ("cell", "left"),
    [
        ("x = 1", "x = 1"),
        ("%time x = 1\ny = 2", "x = 1\ny = 2"),
        ("if True:\n    !ls\n    y = 2", "if True:\n    pass\n    y = 2"),
        ("!pip install a \\\n  b\ny = 2", "pass\n\ny = 2"),
        ("files = !ls\ny = 2", "pass\ny = 2"),
        ("%%bash\nls", ""),
        ("%%html\n<p>", ""),
        ("%%writefile x.py\nx = 1", ""),
        ("%%time\nx = 1", "\nx = 1"),
        ("\n%%capture out\n%%timeit -n 1\nx = 1", "\n\n\nx = 1"),
        ("x = (7\n  % 4)", "x = (7\n  % 4)"),
        ('"""\n%time\n!ls\n"""\n!ls', '"""\n%time\n!ls\n"""\npass'),
        ("?print\nprint?\nnp.exp??\nx = 1", "pass\npass\npass\nx = 1"),
        ("def f(\n!ls", "def f(\n!ls"),
        ("%time n = 3", "n = 3"),
        ("if True:\n    %timeit f(1)", "if True:\n    f(1)"),
        ("%timeit -n 10 f(1)", "pass"),
        ("%time", "pass"),
    ],
)
def test_magics_are_dropped_one_by_one(cell: str, left: str) -> None:
    text, skipped = plain(cell)
    assert text == left
    assert bool(skipped) == (text != cell)


def test_forms_are_those_of_the_protocol() -> None:
    assert FORMS == ("numbers", "base64", "binary")
