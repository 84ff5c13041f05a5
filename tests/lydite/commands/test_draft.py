"""Drafts of adapters: what they find in a library that was not written for Lydite, and what they do not claim."""

from __future__ import annotations

import difflib
import re
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest

from lydite.adapters.adapter import read_adapter
from tests.support.optional import lacking

ROOT = Path(__file__).parents[3]
TINY = ROOT / "tests" / "tiny"
MAPPED = {
    "logistic_loss",
    "logistic_gradient",
    "leaky_relu",
    "dropout_mask",
    "softmax",
    "cross_entropy",
    "cross_entropy_gradient",
}


def lydite(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "lydite", *arguments]
    environment = {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "random"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def drafted(folder: Path, source: str, *edits: tuple[str, str]) -> Path:
    """Writes a library into `folder` and its draft beside it, each line that holds the first text edited."""
    (folder / "tinylib.py").write_text(source, encoding="utf-8")
    run = lydite("adapt", "tinylib", folder=folder)
    assert run.returncode == 0, run.stderr
    text = run.stdout
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path = folder / "drafted.toml"
    path.write_text(text, encoding="utf-8")
    return path


LIBRARY = (TINY / "tinylib.py").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The draft of the library as it is, beside it."""
    return drafted(tmp_path_factory.mktemp("tiny"), LIBRARY)


def test_a_tiny_library_is_mapped_without_an_edit(tiny: Path) -> None:
    path = tiny
    found, due = read_adapter(path), read_adapter(TINY / "adapter.toml")
    assert set(found.calls) == MAPPED
    assert {call: m.options for call, m in found.calls.items()} == {call: m.options for call, m in due.calls.items()}
    graded = lydite("grade", "drafted.toml", "--examples", "1", folder=path.parent)
    assert graded.returncode == 0, graded.stdout
    assert "no fault found" in graded.stdout


def test_a_draft_is_the_same_twice(tiny: Path, tmp_path: Path) -> None:
    one, two = (path.read_text(encoding="utf-8") for path in (tiny, drafted(tmp_path, LIBRARY)))
    assert not list(difflib.unified_diff(one.splitlines(), two.splitlines()))


def test_a_name_that_tells_nothing_takes_one_edited_line(tmp_path: Path) -> None:
    source = LIBRARY.partition("def xent_grad")[0].replace("probabilities", "f")
    path = drafted(tmp_path, source, ('# softmax = ""', 'softmax = { use = "f", batch = "leading" }'))
    assert set(read_adapter(path).calls) == {"softmax", "cross_entropy"}


FAULTS = {
    "softmax": ("scores - scores.max(axis=1, keepdims=True)", "scores * 1.0000001"),
    "cross_entropy": ("np.mean(lse - scores", "np.mean(lse + scores"),
    "cross_entropy_gradient": ("p[np.arange(len(scores)), targets] -= 1", "p[:, targets] -= 1"),
    "leaky_relu": ("slope * x", "-slope * x"),
    "logistic_gradient": ("-X.T @", "X.T @"),
    "dropout_mask": (">= p)", "< p)"),
}


FOLLOWS = {"softmax": {"cross_entropy_gradient"}}
"""It is made of the softmax there."""


@pytest.mark.parametrize(
    "wrong",
    [("cross_entropy", "cross_entropy_gradient", "leaky_relu"), ("softmax", "logistic_gradient", "dropout_mask")],
    ids=" ".join,
)
def test_what_is_wrong_is_a_guess_and_no_more(tmp_path: Path, wrong: tuple[str, ...]) -> None:
    """Each call is wrong in one draft, and right in the other."""
    source = LIBRARY
    for old, new in map(FAULTS.__getitem__, wrong):
        assert old in source
        source = source.replace(old, new)
    path = drafted(tmp_path, source)
    assert set(read_adapter(path).calls) == MAPPED.difference(wrong, *(FOLLOWS.get(call, set()) for call in wrong))
    for call in wrong:
        assert f"# {call} = " in path.read_text(encoding="utf-8")


def test_compiled_functions_are_found_by_name(tmp_path: Path) -> None:
    run = lydite("adapt", "scipy.special", folder=tmp_path)
    assert 'logistic_predict = { use = "expit", params = "margin" }' in run.stdout
    assert 'softmax = { use = "softmax", args = "z, axis=-1", batch = "leading" }' in run.stdout


def test_derivatives_are_drafted_from_a_framework(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    run = lydite("adapt", "torch.nn.functional", folder=tmp_path)
    for line in (
        'arrays = "torch"',
        'cross_entropy_gradient = { autodiff = "cross_entropy" }',
        'training=True, eps=eps", eps = "positive", samples = "two-or-more" }',
        'batch_norm_backward = { autodiff = "batch_norm" }',
        'logistic_hessian = { autodiff = "logistic_loss" }',
        'leaky_relu = "leaky_relu"',
    ):
        assert line in run.stdout


def test_a_library_that_maps_nothing_still_gets_the_list(tmp_path: Path) -> None:
    run = lydite("adapt", "json", folder=tmp_path)
    assert run.returncode == 0
    assert '# softmax = ""  # z' in run.stdout


def test_a_module_that_is_not_there_is_a_matter_of_usage(tmp_path: Path) -> None:
    run = lydite("adapt", "no_such_library", folder=tmp_path)
    assert run.returncode == 2
    assert "MODULE" in run.stderr
    assert "no_such_library" in run.stderr


def test_a_sum_over_the_wrong_axis_is_not_drafted_as_right(tmp_path: Path) -> None:
    """It holds on one sample, and on rows it takes all for one; the other calls of the library take rows."""
    old = "scores.max(axis=1, keepdims=True))\n    return e / e.sum(axis=1, keepdims=True)"
    assert old in LIBRARY
    source = LIBRARY.partition("def xent_grad")[0]
    path = drafted(tmp_path, source.replace(old, "scores.max())\n    return e / e.sum()"))
    assert "softmax" not in read_adapter(path).calls
    [line] = [line for line in path.read_text("utf-8").splitlines() if line.startswith("# softmax = ")]
    assert "rows get other values: is its axis meant?" in line


CONSTANTS = """
import numpy as np


def softmax(x, axis=None):
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def binary_crossentropy(y_true, y_pred, from_logits=False, reduction="none"):
    if not from_logits:
        y_pred = np.log(y_pred / (1 - y_pred))
    losses = np.logaddexp(0, y_pred) - y_true * y_pred
    return {"none": lambda a: a, "sum": np.sum, "mean": np.mean}[reduction](losses)


def batch_norm(input, running_mean, running_var, weight=None, bias=None, training=False, momentum=0.1, eps=1e-5):
    if not training:
        raise RuntimeError("no statistics are kept")
    return weight * (input - input.mean(0)) / np.sqrt(input.var(0) + eps) + bias
"""


def test_constants_that_are_usual_are_tried(tmp_path: Path) -> None:
    path = drafted(tmp_path, CONSTANTS)
    found = read_adapter(path).calls
    assert {call: (m.spelled, m.options) for call, m in found.items()} == {
        "softmax": ("z, axis=-1", {"batch": "leading"}),
        "logistic_loss": ("y, margin, from_logits=True, reduction='sum'", {"params": "margin"}),
        "batch_norm": (
            "x, running_mean=None, running_var=None, weight=gamma, bias=beta, training=True, eps=eps",
            {},
        ),
    }
    graded = lydite("grade", "drafted.toml", "--examples", "1", "--regimes", "core", folder=tmp_path)
    assert graded.returncode == 0, graded.stdout


STRICT = ROOT / "implementations" / "numpy_strict.py"


def test_what_a_library_refuses_is_declared(tmp_path: Path) -> None:
    found = read_adapter(drafted(tmp_path, STRICT.read_text(encoding="utf-8"))).calls
    due = {call: m.options for call, m in read_adapter(STRICT.with_suffix(".toml")).calls.items()}
    due["logistic_loss"] = {"labels": "integer"}  # zeros and ones hold as such as well, and are tried first
    assert {call: m.options for call, m in found.items()} == due


@dataclass(frozen=True)
class Control:
    """A module that the controls in implementations/ take functions from.

    `calls` are drafted of it at least, and `breaks` says what of its own breaks, by claim and regime.
    """

    module: str
    distribution: str
    calls: frozenset[str] = frozenset()
    breaks: frozenset[tuple[str, str]] = frozenset()

    def __str__(self) -> str:
        return self.module


SOFTMAX = frozenset({"softmax"})
ROWS = frozenset({"softmax", "cross_entropy", "cross_entropy_gradient", "batch_norm", "batch_norm_backward"})
REFUSES_INTEGERS = frozenset({("Q7.0.1", "layout")})
CONTROLS = (
    Control("torch.nn.functional", "torch", ROWS | {"logistic_loss", "logistic_gradient", "leaky_relu"}),
    Control("torch", "torch", ROWS),
    Control("jax.nn", "jax", SOFTMAX | {"leaky_relu", "leaky_relu_derivative"}),
    Control("jax.numpy", "jax"),
    Control("optax", "optax"),
    Control("scipy.special", "scipy", SOFTMAX | {"logistic_predict"}),
    Control("scipy.optimize", "scipy"),
    Control("sklearn._loss", "scikit-learn", SOFTMAX, REFUSES_INTEGERS),
    Control("sklearn.preprocessing", "scikit-learn"),
    Control("sklearn.utils.extmath", "scikit-learn", SOFTMAX, REFUSES_INTEGERS),
    Control("statsmodels.discrete.discrete_model", "statsmodels"),
    Control("autograd.scipy.special", "autograd"),
    Control("mpmath", "mpmath"),
    Control("sympy", "sympy"),
)


@pytest.mark.parametrize("control", CONTROLS, ids=str)
def test_what_is_drafted_of_a_control_is_graded_green_where_it_says_so(tmp_path: Path, control: Control) -> None:
    if find_spec(control.module.partition(".")[0]) is None:
        lacking("controls", f"{control.distribution} is not installed")
    run = lydite("adapt", control.module, folder=tmp_path)
    assert run.returncode == 0, run.stderr
    path = tmp_path / "drafted.toml"
    path.write_text(run.stdout, encoding="utf-8")
    calls = set(read_adapter(path).calls) if "  # held on " in run.stdout else set()
    assert calls >= control.calls
    if not calls:
        return  # functions of other things: nothing is claimed of them
    _, together, *_ = run.stdout.splitlines()
    held, broken = re.findall(r"hold in ([\w, ]+)", together), re.findall(r"break (\S+) in (\w+)", together)
    assert set(broken) == control.breaks
    options = ("--regimes", held[0].replace(" ", ""), "--timeout", "3600", "--call-timeout", "60")
    few = () if read_adapter(path).arrays == "numpy" else ("--examples", "1")  # which takes seconds for each new shape
    graded = lydite("grade", "drafted.toml", *options, *few, folder=tmp_path)
    assert graded.returncode == 0, graded.stdout


def test_numpys_arrays_come_before_those_of_a_framework_that_is_imported(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    softmax = "def softmax(z):\n    e = np.exp(np.asarray(z) - np.max(np.asarray(z)))\n    return e / e.sum()\n"
    path = drafted(tmp_path, f"import numpy as np\nimport torch\n\n\n{softmax}")
    assert (read_adapter(path).arrays, set(read_adapter(path).calls)) == ("numpy", {"softmax"})
