"""Adapters: what the file may say, what a library is given through one, and what a false declaration costs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

import reference
from benchmarks.hunt import PRECISIONS, held_to_all
from lydite.adapters.adapter import AdapterError, read_adapter
from lydite.commands.cli import cli
from lydite.grading.request import Request
from lydite.kit.balls import Truth
from lydite.kit.case import FLOAT64
from lydite.kit.claim import CLAIMS
from lydite.kit.conventions import REDUCED
from lydite.kit.every import every
from lydite.kit.evidence import Tally
from lydite.kit.failure import CallFailed, Excluded, Misbehaved, Missing
from lydite.kit.forall import Plan
from lydite.kit.law import Equation
from lydite.kit.refusal import Refusal, is_refused
from lydite.kit.regime import Regime
from lydite.report import model as report
from lydite.target.implementation import Implementation
from lydite.target.load import load
from lydite.target.watch import Watch
from lydite.worker.loading import Unloadable

ROOT = Path(__file__).parents[3]
SCHEMA = Draft202012Validator(json.loads(report.SCHEMA.read_text()))

TINY = ROOT / "tests" / "tiny"
LIBRARY = (TINY / "tinylib.py").read_text(encoding="utf-8")
ADAPTER = (TINY / "adapter.toml").read_text(encoding="utf-8")
STRICT = (ROOT / "implementations" / "numpy_strict.py").read_text(encoding="utf-8")
STRICTLY = (ROOT / "implementations" / "numpy_strict.toml").read_text(encoding="utf-8")
"""A library that refuses inputs of the contract, and its adapter, which declares them."""

Library = Callable[..., Path]


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    """Writes the library and its adapter, changed in places."""
    return _written(LIBRARY, ADAPTER, tmp_path / "tinylib.py", monkeypatch)


@pytest.fixture
def strict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    """Writes the strict library and its adapter, changed in places."""
    return _written(STRICT, STRICTLY, tmp_path / "numpy_strict.py", monkeypatch)


def _written(library: str, adapter: str, place: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    def write(*changes: tuple[str, str]) -> Path:
        texts = library, adapter
        for change, to in changes:
            assert any(change in text for text in texts), change
            texts = texts[0].replace(change, to), texts[1].replace(change, to)
        place.write_text(texts[0])
        place.with_name("adapter.toml").write_text(texts[1])
        return place.with_name("adapter.toml")

    monkeypatch.chdir(place.parent)
    monkeypatch.setattr(sys, "modules", {k: m for k, m in sys.modules.items() if k != place.stem})
    return write


PROPERTIES = every()


def broken(path: Path, precision: str = "float64", examples: int = 2) -> set[str]:
    """The laws of the claims in scope that the library behind the adapter breaks in core."""
    adapter = read_adapter(path)
    impl = Implementation(load(str(path), adapter, precision), watch=Watch())
    scope = Request(adapter=adapter).scope
    names = set()
    for prop in PROPERTIES:
        claims = prop.law.claims_in(Regime.CORE)
        about_batches = prop.law.batched and not adapter.batches(prop.law.batched)
        if about_batches or not any((c, Regime.CORE) in scope for c in claims) or Regime.CORE not in prop.law.regimes:
            continue
        try:
            impl._watch.asked.clear()
            prop.check(impl, Regime.CORE, Plan(precision=precision, examples=examples, shrink=False), Tally())
        except (AssertionError, CallFailed, Misbehaved):
            names.add(prop.law.name)
        except Missing:
            continue
    return names


# -- What a library is given, and what its answers are held against --


@pytest.mark.parametrize("precision", ["float64", "float32"])
def test_a_library_holds_behind_its_adapter(library: Library, precision: str) -> None:
    assert not broken(library(), precision)


VARIANTS = {
    "sums": [("np.mean(", "np.sum("), (" / len(scores)\n", "\n"), (" / len(X)\n", "\n"), ('"mean"', '"sum"')],
    "no reduction": [
        ("np.mean(lse - scores[np.arange(len(scores)), targets])", "lse - scores[np.arange(len(scores)), targets]"),
        ("np.mean(np.logaddexp(0, -signs * (X @ theta)))", "np.logaddexp(0, -signs * (X @ theta))"),
        (" / len(scores)\n", "\n"),
        ("-X.T @ (signs / (1 + np.exp(t))) / len(X)", "-X * (signs / (1 + np.exp(t)))[:, None]"),
        ('"mean"', '"none"'),
    ],
    "bias first": [('"bias-last"', '"bias-first"')],
    "single precision": [('module = "tinylib"', 'module = "tinylib"\ndtype = "float32"')],
}
"""Other libraries, each declared as what it is."""


@pytest.mark.parametrize("variant", VARIANTS)
def test_each_convention_holds_where_it_is_true(library: Library, variant: str) -> None:
    precision = "float32" if variant == "single precision" else "float64"
    assert not broken(library(*VARIANTS[variant]), precision)


FAULTS = {
    "the maximum of the whole batch": ("scores.max(axis=1, keepdims=True)", "scores.max()  # fine, until rows differ"),
    "softmax along the batch": ("e.sum(axis=1, keepdims=True)", "e.sum(axis=0, keepdims=True)"),
    "the loss of the first row alone": ("np.mean(lse - scores", "np.mean((lse - scores"),
    "the last row is dropped": ("top + np.log(np.exp(scores - top[:, None]).sum(axis=1))", "DROPPED"),
    "a gradient of the sum": ("return p / len(scores)", "return p"),
    "a gradient without the labels": ("p[np.arange(len(scores)), targets] -= 1", "pass"),
    "the slope on both sides": ("np.where(x > 0, x, slope * x)", "slope * x"),
    "the sign of the margin": ("np.logaddexp(0, -signs", "np.logaddexp(0, signs"),
    "the mean over features": ("/ len(X)", "/ X.shape[1]"),
    "the rate of keeping": (">= p)", "< p)"),
    "rounded to single precision": ("return p / len(scores)", "return (p / len(scores)).astype(np.float32)"),
    "NaN spreads": ("e = np.exp(scores", "e = np.exp(0 * scores.sum() + scores"),
}
"""Wrong versions of the library."""

REPLACED = {
    "the maximum of the whole batch": [("e / e.sum(axis=1, keepdims=True)", "e / e.sum() * len(e)")],
    "the loss of the first row alone": [
        ("np.mean(lse - scores[np.arange(len(scores)), targets])", "(lse - scores[np.arange(len(scores)), targets])[0]")
    ],
    "the last row is dropped": [
        (
            "np.mean(lse - scores[np.arange(len(scores)), targets])",
            "np.mean((lse - scores[np.arange(len(scores)), targets])[: max(1, len(scores) - 1)])",
        )
    ],
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_behind_an_adapter_is_caught(library: Library, fault: str) -> None:
    assert broken(library(*REPLACED.get(fault, [FAULTS[fault]])))


FALSELY = {
    "a mean is declared a sum": [('"mean"', '"sum"')],
    "a mean is declared no reduction": [('"mean"', '"none"')],
    "a sum is declared a mean": [("np.mean(", "np.sum(")],
    "a gradient is of the sum": [(" / len(scores)\n", "\n")],
    "classes by number are declared one-hot": [('"integer"', '"one-hot"')],
    "signs are declared zeros and ones": [('labels = "plus-minus-one"\n', "")],
    "signs are declared numbers": [('"plus-minus-one"', '"integer"')],
    "a batch is declared a sample": [('batch = "leading" }', 'batch = "none" }')],
    "the bias is declared first": [
        ("X @ theta", "X[:, :-1] @ theta[:-1] + theta[-1] * X[:, -1] ** 3"),
        ('"bias-last"', '"bias-first"'),
    ],
    "a scaled mask is declared plain": [(', dropout_scale = "inverted"', "")],
    "a plain mask is declared scaled": [(" / (1 - p) if p < 1 else np.zeros(size)", " * 1")],
    "arguments are declared the other way round": [('"alpha, z"', '"z, alpha"')],
    "single precision is declared double": [
        ("e / e.sum(axis=1, keepdims=True)", "(e / e.sum(axis=1, keepdims=True)).astype(np.float32)")
    ],
}
"""Declarations that are not true of the library."""


@pytest.mark.parametrize("declaration", FALSELY)
def test_a_false_declaration_is_caught(library: Library, declaration: str) -> None:
    assert broken(library(*FALSELY[declaration]))


DERIVATIVE = """
module = "tinylib"
[calls]
leaky_relu_derivative = {{ use = "slope", args = "z, alpha", at_zero = "{}" }}
"""


@pytest.mark.parametrize(("declared", "written"), [("one", "1.0"), ("half", "(1 + a) / 2"), ("alpha", "a")])
def test_the_derivative_at_zero_is_what_is_declared(library: Library, declared: str, written: str) -> None:
    path = library()
    text = f"import numpy as np\ndef slope(z, a): return np.where(z > 0, 1, np.where(z == 0, {written}, a))\n"
    path.with_name("tinylib.py").write_text(text)
    for value in ("one", "half", "alpha"):
        path.write_text(DERIVATIVE.format(value))
        assert bool(broken(path)) == (value != declared)


def test_a_convention_rules_out_what_it_cannot_say(library: Library) -> None:
    path = library()
    adapter = read_adapter(path)
    impl = Implementation(load(str(path), adapter))
    with pytest.raises(Excluded, match="declared: labels = integer"):
        impl.cross_entropy(np.zeros(2), np.array([0.5, 0.5]))
    with pytest.raises(Excluded, match="declared: labels = plus-minus-one"):
        impl.logistic_loss(np.zeros(1), 0.0, np.ones((1, 1)), np.array([0.5]))


# -- Conventions that admit fewer inputs than the contract --


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("precision", PRECISIONS)
def test_what_refuses_other_inputs_holds_where_it_declares_so(precision: str, seed: int) -> None:
    held = held_to_all(("numpy_strict.toml", precision, seed, 1))
    assert held["cases"] > 0
    assert held["accusations"] == []


DECLARED = {
    'batch_norm", eps = "positive"': 'batch_norm"',
    'batch_norm_backward", eps = "positive"': 'batch_norm_backward"',
    'eps = "positive", samples = "two-or-more"': 'eps = "positive"',
    'centered_batch_norm", samples = "two-or-more"': 'centered_batch_norm"',
    'centered_batch_norm_backward", samples = "two-or-more"': 'centered_batch_norm_backward"',
    'logistic_loss", labels = "one-hot-only"': 'logistic_loss"',
    'network_loss", labels = "one-hot-only"': 'network_loss"',
    'cross_entropy", labels = "distribution"': 'cross_entropy"',
    'cross_entropy_gradient", labels = "distribution"': 'cross_entropy_gradient"',
}


@pytest.mark.parametrize("declaration", DECLARED)
def test_what_refuses_inputs_and_does_not_say_so_is_judged_as_before(strict: Library, declaration: str) -> None:
    assert broken(strict((declaration, DECLARED[declaration])))


WITHIN = {
    "eps is never below 1e-5": ("axis=0) + eps)", "axis=0) + np.maximum(eps, 1e-5))"),
    "a small eps is taken for none": ("eps > 0", "eps > 1e-9"),
    "eps is added to the deviation": ("np.mean(centered**2, axis=0) + eps)", "np.mean(centered**2, axis=0)) + eps"),
    "the variance has n - 1 for a denominator": (
        "np.mean(centered**2, axis=0)",
        "np.sum(centered**2, axis=0) / (len(x) - 1)",
    ),
    "two samples are too few as well": ("len(x) < 2", "len(x) <= 2"),
    "two samples leave as they came": ("return gamma * (_checked(x) -", "return gamma * (_checked(x) - (len(x) > 2) *"),
    "the loss of the likeliest label alone": ("_distribution(y) @ z", "z[np.argmax(_distribution(y))]"),
    "the gradient of the likeliest label alone": ("- _distribution(y)", "- (_distribution(y) == np.max(y))"),
    "soft labels are refused": ("np.isclose(np.sum(y), 1)", "np.isin(y, (0, 1)).all()"),
    "the other class of two": ("np.where(_hard(y), -t, t)", "np.where(_hard(y), t, -t)"),
    "the class before": ("z2[true_class]", "z2[true_class - 1]"),
}
"""Wrong versions, for inputs that the adapter admits."""


@pytest.mark.parametrize("fault", WITHIN)
def test_a_fault_within_a_convention_is_caught(strict: Library, fault: str) -> None:
    assert broken(strict(WITHIN[fault]))


@pytest.mark.parametrize(
    ("labels", "y", "admitted"),
    [
        ("distribution", np.full(3, 1 / 3), True),
        ("distribution", np.full(7, 1 / 7, dtype=np.float32), True),
        ("distribution", np.full(1000, 1e-3, dtype=np.float32), True),
        ("distribution", np.full(1000, 1.00003e-3, dtype=np.float32), False),
        ("distribution", np.array([True, False]), True),
        ("distribution", np.array([0.5, 0.5 + 1e-9]), False),
        ("distribution", np.array([1, 1]), False),
        ("distribution", np.zeros(2), False),
        ("one-hot-only", np.array([0.0, 1.0]), True),
        ("one-hot-only", np.array([0.5, 0.5]), False),
        ("one-hot-only", np.array([1.0, 1.0]), False),
        ("one-hot-only", np.zeros(2), False),
    ],
)
def test_labels_that_are_not_declared_are_left_out(strict: Library, labels: str, y: Any, admitted: bool) -> None:
    path = strict(('labels = "distribution"', f'labels = "{labels}"'))
    impl = Implementation(load(str(path), read_adapter(path)))
    if admitted:
        assert impl.cross_entropy(np.zeros(len(y)), y) == pytest.approx(np.log(len(y)))
    else:
        with pytest.raises(Excluded, match=f"declared: labels = {labels}"):
            impl.cross_entropy(np.zeros(len(y)), y)
        bad = Refusal(call="cross_entropy", arguments=(np.zeros(len(y)), y), fault="")
        with pytest.raises(Excluded):  # it is not for the library to refuse it
            is_refused(impl, bad)


def test_a_positive_eps_that_the_variance_swallows_stands_for_none(strict: Library) -> None:
    path = strict()
    impl = Implementation(load(str(path), read_adapter(path)))
    x, ones, zeros = np.array([[1.0], [5.0], [6.0]]), np.ones(1), np.zeros(1)
    assert impl.batch_norm(x, ones, zeros, 0.0).tolist() == reference.batch_norm(x, ones, zeros, 0.0).tolist()
    with pytest.raises(Excluded, match="declared: eps = positive"):
        impl.batch_norm(x * 1e-150, ones, zeros, 0.0)
    with pytest.raises(Excluded, match="declared: samples = two-or-more"):
        impl.batch_norm(x[:1], ones, zeros, 1.0)


def test_what_a_declaration_leaves_nothing_of_earns_nothing(strict: Library) -> None:
    path = strict()
    _, entry, told = graded(path, str(path), "--only", "Q2,Q3,Q7")
    unjudged = {"Q2.d.1", "Q2.d.2", "Q2.d.3", "Q2.d.9"}
    reasons = {c["id"]: c["reason"] for c in entry["claims"] if c["outcome"] != "holds"}
    assert reasons == dict.fromkeys(unjudged, "declared: samples = two-or-more")
    assert entry["points"] == entry["max_points"] - 4 * 2.5
    assert "Q2.d.1, Q2.d.2, Q2.d.3, Q2.d.9 (declared: samples = two-or-more)" in told


def test_who_declares_too_much_keeps_what_can_still_be_shown(strict: Library) -> None:
    path = strict(('labels = "distribution"', 'labels = "one-hot-only"'))
    path.with_name("numpy_strict.py").write_text((ROOT / "implementations" / "pure_python.py").read_text("utf-8"))
    _, entry, _ = graded(path, str(path), "--only", "Q2,Q7.a")
    assert {c["id"] for c in entry["claims"] if c["outcome"] != "holds"} == {"Q2.d.1", "Q2.d.2", "Q2.d.3", "Q2.d.9"}


def test_a_function_of_ones_own_takes_the_contracts_arguments(library: Library) -> None:
    path = library()
    path.with_name("glue.py").write_text("def root(f, fprime, x0, steps): return [x0] * (steps + 1)\n")
    path.write_text('[python]\nnewton_root = "glue:root"\n')
    impl = Implementation(load(str(path), read_adapter(path)))
    assert impl.newton_root(float, float, 2.0, 1).tolist() == [2.0, 2.0]


def test_an_answer_is_held_to_the_shape_that_is_declared(library: Library) -> None:
    path = library((" / len(scores)\n", " / len(scores)[0]\n"), ("return p / len(scores)[0]", "return p[0]"))
    impl = Implementation(load(str(path), read_adapter(path)))
    with pytest.raises(Misbehaved, match=re.escape("returns shape (2,), due is (1, 2)")):
        impl.cross_entropy_gradient(np.zeros(2), np.array([0.0, 1.0]))


@pytest.mark.parametrize("call", sorted(REDUCED - {"logistic_step"}))
def test_no_bound_of_a_scaled_call_is_below_four_roundings(call: str) -> None:
    """Returns what the widening of a tolerance rests on; of a step the rate is scaled, and not the answer."""
    exact = [p for p in PROPERTIES if p.law.name.endswith("is_exact") and call in CLAIMS[p.law.claims[0]].calls]
    assert exact
    impl = Implementation(reference)
    for prop in exact:
        for case in prop.cases.batch(Regime.CORE, "float64", largest=5, texture=4, seed=1):
            statement = prop.law(impl, case)
            if not isinstance(statement, Equation):
                continue
            sides = zip(*map(_parts, (statement.rhs, statement.atol)), strict=True)
            for due, allowed in sides:
                size = np.abs(due.roughly() if isinstance(due, Truth) else due)
                assert (np.asarray(allowed) * (1 + 1e-6) >= 4 * FLOAT64 * size).all(), prop.law.name


def _parts(side: Any) -> tuple[Any, ...]:
    return side if isinstance(side, tuple) else (side,)


# -- On the command line --


def graded(path: Path, *options: str) -> tuple[int, dict[str, Any], str]:
    """Exit status, the entry of the report, and what was printed."""
    report = path.with_name("report.json")
    settings = ["--jobs", "1", "--isolation", "none", "--examples", "1", "--regimes", "core", "--only", "Q7,Q3,Q1.2"]
    result = CliRunner().invoke(cli, ["grade", *settings, *options, "--json", str(report)], standalone_mode=False)
    assert result.exit_code in {0, 1}, result.output
    whole = json.loads(report.read_text())
    SCHEMA.validate(whole)
    return result.exit_code, whole["implementations"][0], result.stdout


def test_an_adapter_is_a_target_and_tells_what_it_declares(library: Library) -> None:
    path = library()
    status, entry, told = graded(path, str(path))
    assert (status, entry["points"]) == (0, entry["max_points"])
    assert entry["declared"]["calls"]["cross_entropy"]["reduction"] == "mean"
    assert "cross_entropy: xent, labels integer, batch leading, reduction mean" in told
    outside = {call for claim in entry["claims"] for call in claim["calls"]} - set(read_adapter(path).calls)
    assert not outside


def test_an_adapter_is_found_in_the_current_folder(library: Library) -> None:
    path = library()
    status, entry, _ = graded(path, path.name)
    assert (status, entry["points"]) == (0, entry["max_points"])


def test_an_adapter_can_be_put_in_front_of_another_module(library: Library) -> None:
    path = library()
    path.with_name("other.py").write_text(path.with_name("tinylib.py").read_text().replace("np.mean(", "np.sum("))
    status, entry, _ = graded(path, str(path.with_name("other.py")), "--adapter", str(path))
    assert (status, entry["adapter"]) == (1, str(path))
    faults = {claim["fault"] for claim in entry["claims"] if claim["outcome"] == "broken"}
    assert faults == {"cross_entropy", "logistic_loss"}


def test_a_mapped_call_that_is_not_there_is_missing(library: Library) -> None:
    path = library(('use = "xent"\n', 'use = "xnt"\n'))
    status, entry, _ = graded(path, str(path))
    assert (status, entry["missing"]) == (1, {"Q7": ["cross_entropy"]})
    assert entry["looked_up"] == {"cross_entropy": "tinylib has no xnt; is xent meant?"}
    assert "cross_entropy is not offered: tinylib has no xnt; is xent meant?" in {c["reason"] for c in entry["claims"]}


def test_the_gate_takes_an_adapter(library: Library) -> None:
    path = library()
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--impl", str(path)]
    options = ["--lydite-regimes", "core", "--lydite-examples", "1", "--lydite-only", "Q7.0,Q7.a"]
    told = subprocess.run([*command, *options], cwd=path.parent, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout
    assert "passed" in told.stdout


# -- The environment --

BACKEND = (
    ("import numpy as np\n", "import os\n\nimport numpy as np\n\nassert os.environ['KERAS_BACKEND'] == 'numpy'\n"),
    ('module = "tinylib"', 'module = "tinylib"\nenv = { KERAS_BACKEND = "numpy" }'),
)


@pytest.mark.parametrize("more", [(), ("--isolation", "auto"), ("--isolation", "auto", "--jobs", "2")])
def test_variables_are_set_before_the_library_is_imported(
    library: Library, more: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")
    path = library(*BACKEND)
    status, entry, told = graded(path, str(path), *more)
    assert status == 0
    assert entry["declared"]["env"] == {"KERAS_BACKEND": "numpy"}
    assert "env KERAS_BACKEND=numpy" in told


@pytest.mark.parametrize("processes", [(), ("-n", "2")], ids=["one process", "two"])
def test_variables_are_set_under_pytest_too(library: Library, processes: tuple[str, ...]) -> None:
    path = library(*BACKEND)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--impl", str(path), *processes]
    options = ["--lydite-regimes", "core", "--lydite-examples", "1", "--lydite-only", "Q7.0.1"]
    told = subprocess.run([*command, *options], cwd=path.parent, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr


def test_variables_that_come_too_late_are_told(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    path = library(*BACKEND)
    monkeypatch.setenv("KERAS_BACKEND", "numpy")
    load(str(path), read_adapter(path))
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")
    with pytest.raises(Unloadable, match="tinylib is imported already, before KERAS_BACKEND could be set"):
        load(str(path), read_adapter(path))


# -- What the file may say --

HEAD = 'module = "m"\n[calls]\n'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("module =", "Invalid value"),
        ('moduel = "m"', "moduel: unknown key; expected one of: module, arrays, dtype, env, calls, python"),
        ('module = "m"', "calls: no call is mapped"),
        ('[calls]\nsoftmax = "s"', "module: missing"),
        ("module = 1\n[calls]\nsoftmax = 's'", "module: expected a string, got 1"),
        ('module = ""\n[calls]\nsoftmax = "s"', 'module: expected a string that is not empty, got ""'),
        ('arrays = "cupy"\n' + HEAD + 'softmax = "s"', 'arrays: expected one of: numpy, torch, jax, got "cupy"'),
        ('dtype = "float16"\n' + HEAD + 'softmax = "s"', 'dtype: expected one of: float64, float32, got "float16"'),
        (HEAD + 'soft_max = "s"', "calls.soft_max: the contract has no call 'soft_max'"),
        (HEAD + "softmax = 3", "calls.softmax: expected a string or a table, got 3"),
        (
            HEAD + 'softmax = { function = "s" }',
            "calls.softmax.function: unknown key; expected one of: use, args, ",
        ),
        (HEAD + "softmax = {}", "calls.softmax: needs either use or autodiff, and not both"),
        (HEAD + 'softmax = { use = "s", labels = "integer" }', "calls.softmax.labels: says nothing of softmax"),
        (
            HEAD + 'cross_entropy = { use = "s", labels = "onehot" }',
            "labels: expected one of: one-hot, integer, ",
        ),
        (HEAD + 'cross_entropy = { use = "s", eps = "positive" }', "calls.cross_entropy.eps: says nothing of cross_e"),
        (HEAD + 'softmax = { use = "s", samples = "two-or-more" }', "calls.softmax.samples: says nothing of softmax"),
        (HEAD + 'cross_entropy = { use = "s", reduction = "mean" }', "nothing to reduce without batch = 'leading'"),
        (HEAD + 'cross_entropy = { use = "s", batch = "leading" }', "calls.cross_entropy.reduction: missing"),
        (HEAD + 'cross_entropy = { use = "s", args = "z" }', "calls.cross_entropy.args: leaves out y"),
        (HEAD + 'cross_entropy = { use = "s", args = "z, t" }', "args: t is neither one of z, y nor a literal"),
        (HEAD + 'cross_entropy = { use = "s", args = "z, y, *q" }', "args: *q is neither one of z, y nor a literal"),
        (HEAD + 'cross_entropy = { use = "s", args = "z; y" }', "is not written as the arguments of a call"),
        (HEAD + 'softmax_jacobian = { autodiff = "softmax" }', "NumPy differentiates nothing"),
        ('arrays = "jax"\n' + HEAD + 'softmax = { autodiff = "z" }', "softmax is the derivative of no other call"),
        (
            'arrays = "jax"\n' + HEAD + 'softmax = "s"\nsoftmax_jacobian = { autodiff = "s" }',
            "softmax_jacobian is a derivative of softmax, not of 's'",
        ),
        (
            'arrays = "jax"\n' + HEAD + 'softmax_jacobian = { autodiff = "softmax" }',
            "calls.softmax_jacobian.autodiff: softmax has to be mapped by use",
        ),
        (
            'arrays = "jax"\n' + HEAD + 'softmax = "s"\nsoftmax_jacobian = { autodiff = "softmax", args = "z" }',
            "calls.softmax_jacobian.args: belongs to the call that is differentiated",
        ),
        (HEAD + 'logistic_gradient = { use = "s", params = "margin" }', "margins alone do not determine logistic_gr"),
        (HEAD + 'logistic_step = { use = "s", reduction = "none" }', "a step follows a sum or a mean"),
        ('[python]\nnewton_root = "glue"', "python.newton_root: 'glue' is not of the form 'module:function'"),
        (HEAD + 'softmax = "s"\n[python]\nsoftmax = "a:b"', "softmax stands in calls and in python"),
        ("calls = 1", "calls: expected a table, got 1"),
        ("env = 1\n" + HEAD + 'softmax = "s"', "env: expected a table, got 1"),
        ("env = { A = 1 }\n" + HEAD + 'softmax = "s"', "env.A: expected a string, got 1"),
        ('env = { A = "\\u0000" }\n' + HEAD + 'softmax = "s"', "env.A: a variable cannot hold '\\x00'"),
        ('env = { "A=B" = "" }\n' + HEAD + 'softmax = "s"', "env.\"A=B\": 'A=B' is not the name of a variable"),
        ('env = { OMP_NUM_THREADS = "8" }\n' + HEAD + 'softmax = "s"', "env.OMP_NUM_THREADS: is read before"),
        ('env = { PYTEST_ADDOPTS = "-x" }\n' + HEAD + 'softmax = "s"', "env.PYTEST_ADDOPTS: is read before"),
    ],
)
def test_a_slip_in_the_file_is_told(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "adapter.toml"
    path.write_text(text)
    with pytest.raises(AdapterError, match=f"adapter.toml: .*{re.escape(told)}"):
        read_adapter(path)


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["nothing.toml"], "TARGET: there is no file or folder nothing.toml"),
        (["adapter.toml", "--adapter", "adapter2.toml"], "adapter.toml is an adapter itself"),
        (["adapter.toml", "--precision", "float64"], "adapter.toml declares float32"),
        (["adapter.toml", "reference"], "a report has one precision"),
        (["adapter.toml", "--only", "Q6"], "no claim of Q6 about"),
    ],
)
def test_an_adapter_that_does_not_fit_is_a_matter_of_usage(
    library: Library, args: list[str], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = library(*VARIANTS["single precision"])
    path.with_name("adapter2.toml").write_text(path.read_text())
    result = CliRunner().invoke(cli, ["grade", *args])
    assert result.exit_code == 2, result.output
    assert told in " ".join(result.output.replace("│", " ").split())
