"""What was submitted is found, imported, and cleared of what only a notebook needs; nothing else is run."""

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
from lydite.program import WORKER, Program
from lydite.remote import Remote
from lydite.worker.codec import FORMS
from lydite.worker.host import SEVERAL
from lydite.worker.loading import LARGEST_FILE, Unloadable, entry
from lydite.worker.notebook import plain
from spec.contracts import CALLS
from tests.optional import needed

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


def test_the_calls_that_return_several_values_are_known() -> None:
    """The worker stands alone, and has to know this much of the contract."""
    zeros = {"Q1": (np.ones(1), 0.0, np.ones((1, 1)), np.ones(1), 0.1)}
    for name, call in CALLS.items():
        args = zeros["Q1"][: len(call.parameters)] if call.question == "Q1" else _args(call.parameters)
        assert isinstance(call.shape_of(*args), list) is (name in SEVERAL), name


def _args(parameters: tuple[str, ...]) -> list[Any]:
    from lydite.smoke import _sample  # noqa: PLC0415  (of this test alone)

    question = next(c.question for c in CALLS.values() if c.parameters == parameters)
    return [_sample(question, name) for name in parameters]


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
    with pytest.raises(Unloadable, match="no plain file"):
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
        ("", "is no notebook"),
        ("{}", "is no notebook"),
        ('{"cells": [1], "nbformat": 4, "nbformat_minor": 5, "metadata": {}}', "is no notebook"),
        ("[" * 9999, "is no notebook"),
    ],
)
def test_what_is_no_notebook(program: Any, tmp_path: Path, content: str, reason: str) -> None:
    path = tmp_path / "work.ipynb"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(Unloadable, match=reason):
        program(path).running()


def test_a_notebook_of_which_no_cell_runs(program: Any, tmp_path: Path) -> None:
    with pytest.raises(Unloadable, match=r"no cell of work\.ipynb can be run: cell 1 raised NameError"):
        program(notebook(tmp_path / "work.ipynb", "undefined", "undefined + 1")).running()


@pytest.mark.parametrize(
    ("cell", "left"),
    [
        ("x = 1", "x = 1"),
        ("%time x = 1\ny = 2", "pass\ny = 2"),
        ("if True:\n    !ls\n    y = 2", "if True:\npass\n    y = 2"),
        ("%%bash\nls", ""),
        ("x = (7\n  % 4)", "x = (7\n  % 4)"),
        ("?print\nprint?\nx = 1", "pass\npass\nx = 1"),
    ],
)
def test_magics_are_dropped(cell: str, left: str) -> None:
    assert plain(cell) == left


def test_forms_are_those_of_the_protocol() -> None:
    assert FORMS == ("numbers", "base64", "binary")
