"""A counterexample runs again on its own: here, and as a file that needs only NumPy."""

from __future__ import annotations

import ast
import dataclasses
import json
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from lydite.adapters.adapter import read_adapter
from lydite.commands.cli import cli
from lydite.commands.replay import NotFound, Replayed, Stored, replay, stored
from lydite.commands.script import script
from lydite.grading.child import grade
from lydite.grading.record import Findings
from lydite.grading.request import Request
from lydite.isolation import Tier
from lydite.kit.calls import CALLS
from lydite.kit.layout import LAYOUTS
from lydite.kit.regime import Regime
from lydite.notation.literal import literal
from lydite.report.model import Report
from mistakes.memory import misread
from spec.definitions.newton import Formula

Submit = Callable[..., Path]

RIGHT = """
    def softmax(z):
        e = np.exp(z - z.max())
        return e / e.sum()

    def cross_entropy(z, y):
        top = z.max()
        return float(y @ (top - z) + y.sum() * np.log(np.exp(z - top).sum()))

    def cross_entropy_gradient(z, y):
        return softmax(z) * y.sum() - y
"""
WRONG = RIGHT.replace("y.sum() - y", "y.sum() + y")
CLAIM = "Q7.a.7"


def graded(*targets: Path, **settings: Any) -> Report:
    """A report on `targets`, made in this process."""
    request = Request(examples=2, **{"only": (CLAIM,), "regimes": (Regime.CORE, Regime.LAYOUT), **settings})
    entries = []
    for target in targets:
        findings = Findings()
        grade(str(target), request.options(), 1, findings.note)
        entries.append(findings.implementation(target.name, str(target), request, 0.0))
    return Report.of(request, Tier.NONE, entries, "r.json")


def lydite(*args: object) -> tuple[int, str]:
    """The exit status and the output of a command."""
    result = CliRunner().invoke(cli, [str(a) for a in args])
    return result.exit_code, result.output


@pytest.fixture
def wrong(submit: Submit) -> Path:
    return submit(WRONG, "wrong.py")


def test_a_broken_claim_is_broken_again_and_holds_once_mended(wrong: Path, submit: Submit) -> None:
    report = graded(wrong)
    path = wrong.with_name("r.json")
    report.write(path)
    for options in ((), ("--regime", "layout"), ("--name", "wrong.py")):
        status, told = lydite("replay", path, CLAIM, *options)
        assert status == 1, told
        assert told.splitlines()[-1] == "still broken"
        assert "got " in told
        assert "due " in told
    wrong.write_text(submit(RIGHT, "right.py").read_text("utf-8"))
    status, told = lydite("replay", path, CLAIM)
    assert status == 0, told
    assert told.splitlines()[-1] == "holds now"


def test_replay_finds_what_the_report_found(wrong: Path) -> None:
    found = stored(Report.from_json(json.loads(json.dumps(graded(wrong).to_json()))), CLAIM)
    done = replay(found, found.target)
    assert done.example is not None
    assert (done.example.inputs, done.example.got) == (found.example.inputs, found.example.got)
    assert (done.example.due, done.example.error) == (found.example.due, found.example.error)


def test_an_error_and_a_wrong_shape_are_replayed_too(submit: Submit) -> None:
    for name, body in (("raises.py", "raise ValueError(z)"), ("shape.py", "return z[:, None]"), ("none.py", "return")):
        target = submit(RIGHT + f"\n    def cross_entropy_gradient(z, y):\n        z = z + 0\n        {body}\n", name)
        found = stored(graded(target), CLAIM)
        assert replay(found, str(target)).failure is not None


def test_what_a_call_remembers_is_replayed_between_other_cases(submit: Submit) -> None:
    remembering = (
        RIGHT
        + """
    BUFFERS = {}

    def cross_entropy_gradient(z, y):
        g = BUFFERS.setdefault(z.size, np.empty(z.size))
        g[:] = softmax(z) * y.sum() - y
        return g
    """
    )
    target = submit(remembering)
    found = stored(graded(target, regimes=(Regime.PURITY,)), CLAIM)
    assert found.example.got == "overwrites the answer that it gave before, or has returned an argument"
    assert str(replay(found, str(target)).failure) == f"cross_entropy_gradient {found.example.got}"
    target.write_text(submit(RIGHT, "right.py").read_text("utf-8"))
    assert replay(found, str(target)).failure is None


@pytest.mark.parametrize(
    ("target", "claim"),
    [("mistakes.network:counts_its_calls", "Q3.3.4"), ("mistakes.batch_norm:statistics_of_the_first_batch", "Q2.a.5")],
)
def test_what_depends_on_earlier_calls_is_replayed_in_every_regime(target: str, claim: str) -> None:
    found = stored(graded(Path(target), only=(claim,), regimes=(Regime.CORE,)), claim)
    assert replay(found, target).failure is not None


def test_what_is_wrong_at_other_inputs_alone_is_not_held_against_this_one(wrong: Path, submit: Submit) -> None:
    found = stored(graded(wrong), CLAIM)
    assert len(found.example.inputs["z"]) < 4
    elsewhere = """
    def cross_entropy_gradient(z, y):
        g = softmax(z) * y.sum() - y
        return g if z.size < 4 else g[:, None]
    """
    assert replay(found, str(submit(RIGHT + elsewhere, "elsewhere.py"))).failure is None


def test_float32_is_replayed_in_float32(submit: Submit) -> None:
    found = stored(graded(submit(WRONG), precision="float32"), CLAIM)
    done = replay(found, found.target)
    assert done.case.z.dtype == np.float32
    assert done.failure is not None


def test_it_has_the_time_and_memory_that_the_report_was_made_with(submit: Submit, tmp_path: Path) -> None:
    slow = RIGHT.replace("        e =", "        for _ in range(10**8):\n            z = z + 0\n        e =", 1)
    large = RIGHT.replace("        e =", "        np.empty(1 << 27)\n        e =", 1)
    for body, limit, why in (
        (slow, ("--call-timeout", "0.05"), "takes longer than 0.25 s"),
        (large, ("--memory", "768"), "MemoryError"),
    ):
        target, path = submit(body, "limited.py"), tmp_path / "r.json"
        scope = ("--only", "Q7.0.1", "--regimes", "core", "--examples", "1", "--jobs", "1", "--isolation", "process")
        assert lydite("grade", target, *scope, *limit, "--json", path)[0] == 1
        status, told = lydite("replay", path, "Q7.0.1", "--isolation", "process")
        assert status == 1
        assert why in told
    assert lydite("replay", path, "Q7.0.1", "--isolation", "none")[0] == 0
    assert lydite("replay", path, "Q7.0.1", "--isolation", "process", "--memory", "0")[0] == 0


def test_what_is_not_there_is_named(wrong: Path, submit: Submit) -> None:
    report = graded(wrong, submit(RIGHT, "right.py"), submit(WRONG, "other.py"))
    path = wrong.with_name("r.json")
    report.write(path)
    for args, option, why in (
        (("Q7.b",), "CLAIM", "the report has no claim Q7.b"),
        (("Q7.a",), "CLAIM", "the report has no claim Q7.a; it has Q7.a.7"),
        ((CLAIM,), "--name", "is refuted for wrong.py, other.py: say which"),
        ((CLAIM, "--name", "third.py"), "--name", "the report is on wrong.py, right.py, other.py, not on third.py"),
        ((CLAIM, "--name", "right.py"), "CLAIM", "no counterexample to Q7.a.7 is kept: holds in core"),
        ((CLAIM, "--name", "wrong.py", "--regime", "tails"), "--regime", "no counterexample to Q7.a.7 is kept"),
    ):
        status, told = lydite("replay", path, *args)
        assert status == 2
        assert f"Invalid value for {option}: " in told
        assert why in told
    assert lydite("replay", wrong, CLAIM)[0] == 2
    assert lydite("replay", path, CLAIM, "--name", "wrong.py", "--target", "no_such.py")[0] == 2


def test_a_law_that_is_gone_is_told(wrong: Path) -> None:
    found = stored(graded(wrong), CLAIM)
    for law in ("no_topic.law", "softmax_cross_entropy.no_law"):
        with pytest.raises(ValueError, match="there is no law"):
            replay(
                Stored(found.target, CLAIM, "core", "float64", dataclasses.replace(found.example, law=law)),
                found.target,
            )


def test_of_two_names_none_is_guessed(wrong: Path, submit: Submit) -> None:
    with pytest.raises(NotFound):
        stored(graded(wrong, submit(WRONG, "other.py")), CLAIM)


# -- As a file --


@pytest.mark.parametrize("regime", ["core", "layout"])
def test_the_file_shows_the_same_without_us(wrong: Path, regime: str) -> None:
    path = wrong.with_name("r.json")
    graded(wrong).write(path)
    status, text = lydite("replay", path, CLAIM, "--regime", regime, "--script")
    assert status == 1
    code = text.replace(str(path.parent), "")  # which may lie in a folder of any name
    assert not any(name in code for name in ("lydite", "hypothesis", "from spec"))
    file = wrong.with_name("again.py")
    file.write_text(text, "utf-8")
    done = subprocess.run([sys.executable, "-I", file], capture_output=True, text=True, check=False, cwd="/")
    assert done.returncode == 1
    assert not done.stderr
    assert [line.split()[0] for line in done.stdout.splitlines()][:3] == ["got", "due", "law"]
    fixed = wrong.with_name("fixed.py")
    fixed.write_text(f"import numpy as np\n{textwrap.dedent(RIGHT)}", "utf-8")
    assert subprocess.run([sys.executable, "-I", file, fixed], capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize(
    "value",
    [
        np.array([1.0, np.nan, -np.inf]),
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.zeros((2, 6))[:, ::2],
        np.array([0.1], dtype=np.float32),
        np.array(2.0),
        np.zeros((0, 2)),
        np.array([True]),
        np.int8(3),
        np.float32(0.1),
        1,
        0.1,
        float("inf"),
        "text",
        None,
        (1, 2.0),
        [np.float64(1.0)],
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_literal_reads_back(value: Any) -> None:
    again = eval(literal(value), {"np": np, "nan": np.nan, "inf": np.inf})
    assert type(again) is type(value)
    np.testing.assert_array_equal(again, value, strict=isinstance(value, np.ndarray))
    if isinstance(value, np.ndarray):
        assert again.flags.f_contiguous == value.flags.f_contiguous
        assert again.flags.c_contiguous == value.flags.c_contiguous


def test_a_formula_is_a_lambda() -> None:
    assert eval(literal(Formula("x**2 - 2")))(3.0) == 7.0


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("given", [np.arange(1.0, 7.0).reshape(2, 3), np.array([2, 0], dtype=np.int8)], ids=str)
def test_a_literal_lies_in_memory_as_its_array(layout: Any, given: Any) -> None:
    laid = layout(given)
    np.testing.assert_array_equal(misread(eval(literal(laid), {"np": np})), misread(laid), strict=True)


def test_what_has_no_literal_is_refused() -> None:
    with pytest.raises(ValueError, match="object has no literal"):
        literal(object())


def test_newton_goes_into_a_file(submit: Submit, monkeypatch: pytest.MonkeyPatch) -> None:
    text = """
        def newton_root(f, fprime, x0, steps):
            x = [x0]
            for _ in range(steps):
                x.append(x[-1] - f(x[-1]))
            return x
    """
    target = submit(text)
    request = Request(only=("Q6.3",), regimes=(Regime.CORE,), examples=2)
    findings = Findings()
    grade(str(target), request.options(), 1, findings.note)
    entry = findings.implementation("submission.py", str(target), request, 0.0)
    found = stored(Report.of(request, Tier.NONE, [entry], "r.json"), "Q6.3")
    code = script(found, replay(found, str(target)), str(target))
    assert "lambda x: " in code
    monkeypatch.setattr(sys, "argv", ["again.py"])
    with pytest.raises(SystemExit) as ended:
        exec(compile(code, "again.py", "exec"), {})
    assert ended.value.code


@pytest.mark.parametrize(
    ("call", "claim", "answer"),
    [
        ("softmax", "Q7.0.1", "np.full(len(z), 0.5 + 0j)"),
        ("softmax", "Q7.0.1", "[[1.0], [1.0, 2.0]]"),
        ("softmax", "Q7.0.1", "'half'"),
        ("logistic_gradient", "Q1.6", "(X[0] * 0,)"),
        ("logistic_gradient", "Q1.6", "0.0"),
    ],
)
def test_an_answer_that_is_not_the_numbers_due_is_at_fault_in_a_file(
    call: str,
    claim: str,
    answer: str,
    submit: Submit,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    target = submit(f"def {call}({', '.join(CALLS[call].parameters)}):\n    return {answer}\n")
    found = stored(graded(target, only=(claim,)), claim)
    code = script(found, replay(found, str(target)), str(target))
    monkeypatch.setattr(sys, "argv", ["again.py"])
    with pytest.raises(SystemExit) as ended:
        exec(compile(code, "again.py", "exec"), {})
    assert ended.value.code is True
    assert "due " in capsys.readouterr().out


def test_the_file_of_a_folder_that_a_script_runs_is_the_one_at_fault(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("from parts import softmax\n", encoding="utf-8")
    (tmp_path / "parts.py").write_text("def softmax(z):\n    return z\n", encoding="utf-8")
    request = Request(only=("Q7.0.1",), regimes=(Regime.CORE,), examples=1)
    findings = Findings()
    grade(str(tmp_path), request.options(), 1, findings.note)
    entry = findings.implementation("hw", str(tmp_path), request, 0.0)
    found = stored(Report.of(request, Tier.NONE, [entry], "r.json"), "Q7.0.1")
    assert f"{str(tmp_path / 'parts.py')!r}" in script(found, replay(found, str(tmp_path)), str(tmp_path))
    with pytest.raises(ValueError, match=r"hw\.zip is an archive"):
        script(found, replay(found, str(tmp_path)), str(tmp_path / "hw.zip"))


@pytest.mark.parametrize("name", ['q""" + str(__import__("os").getcwd()) + """.py', "q\nimport this\n#.py", "q\\.py"])
def test_text_from_outside_stands_in_a_file_as_literals(
    wrong: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Replayed, "example", None)  # as of a fault that is not there now: what the report says counts

    def parts(path: Path, says: str) -> list[str]:
        found = stored(report, CLAIM)
        found = dataclasses.replace(found, example=dataclasses.replace(found.example, says=says))
        tree = ast.parse(script(found, replay(found, str(path)), str(path)))
        return [type(node).__name__ for node in ast.walk(tree)]

    report = graded(wrong)
    odd = wrong.with_name(name)
    odd.write_bytes(wrong.read_bytes())
    assert parts(odd, f"law {name}") == parts(wrong, "law")


def test_a_file_says_that_it_runs_without_a_jail(wrong: Path) -> None:
    found = stored(graded(wrong), CLAIM)
    said = ast.get_docstring(ast.parse(script(found, replay(found, str(wrong)), str(wrong))))
    assert "This runs that code without a jail" in (said or "")


def test_a_file_calls_through_an_adapter_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "halved_losses.py").write_text("import numpy as np\ndef soft(z): return np.exp(z) / 2\n", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    adapter = tmp_path / "halved.toml"
    adapter.write_text('module = "halved_losses"\n[calls]\nsoftmax = { use = "soft" }\n', "utf-8")
    request = Request(only=("Q7.0.1",), regimes=(Regime.CORE,), examples=2, adapter=read_adapter(adapter))
    findings = Findings()
    grade("halved_losses", request.options(), 1, findings.note)
    entry = findings.implementation("halved", "halved_losses", request, 0.0)
    found = stored(Report.of(request, Tier.NONE, [entry], "r.json"), "Q7.0.1")
    code = script(found, replay(found, "halved_losses"), "halved_losses")
    monkeypatch.setattr(sys, "argv", ["again.py"])
    with pytest.raises(SystemExit) as ended:
        exec(compile(code, "again.py", "exec"), {})
    assert ended.value.code
