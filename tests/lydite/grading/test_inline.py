"""The Python API: what this process holds is judged as `lydite grade` would judge it, and a test can show it."""

from __future__ import annotations

import pickle
import re
import warnings
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.internal.conjecture import engine, providers

import lydite
from lydite.isolation import Tier
from lydite.kit.reference import reference
from lydite.report.model import Report
from tests.support import commandline

pytest_plugins = ["pytester"]

QUICK: dict[str, Any] = {"regimes": "core", "examples": 1}


def softmax(z: Any) -> Any:
    if not np.isfinite(z).all():
        raise ValueError("z is not finite")
    e = np.exp(z - np.max(z))
    return e / e.sum()


def normalized(z: Any, offset: float) -> Any:
    return softmax(z + offset)


def unnormalized(z: Any) -> Any:
    return np.exp(z - np.max(z))


class Instances:
    def softmax(self, z: Any) -> Any:
        return softmax(z)


def rows(z: Any) -> Any:
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def mean_loss(logits: Any, classes: Any) -> Any:
    shifted = logits - logits.max(axis=1, keepdims=True)
    return np.mean(np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(classes)), classes])


def test_what_holds_passes() -> None:
    lydite.check(softmax, "softmax", examples=1)


def test_what_does_not_hold_raises_with_the_counterexample() -> None:
    with pytest.raises(lydite.Refuted) as refuted:
        lydite.check(unnormalized, "softmax", **QUICK)
    text = str(refuted.value)
    assert "softmax" in text
    assert "got" in text
    assert "due" in text
    assert refuted.value.report.exit_status() == 1


def test_a_function_named_as_a_call_needs_no_other_name() -> None:
    lydite.check(softmax, **QUICK)


def test_conventions_are_keywords() -> None:
    lydite.check(rows, "softmax", batch="leading", **QUICK)
    lydite.check(mean_loss, "cross_entropy", args="z, y", labels="integer", batch="leading", reduction="mean", **QUICK)
    with pytest.raises(lydite.Refuted):
        lydite.check(rows, "softmax", **QUICK)


@pytest.mark.parametrize(
    "target",
    [
        pytest.param({"softmax": softmax}, id="mapping"),
        pytest.param(SimpleNamespace(softmax=softmax), id="object"),
        pytest.param(Instances(), id="instance"),
        pytest.param(type("Losses", (), {"softmax": staticmethod(softmax)}), id="class"),
        pytest.param(partial(normalized, offset=0.0), id="closure"),
    ],
)
def test_whatever_offers_a_call_is_graded(target: object) -> None:
    lydite.check(target, "softmax", **QUICK)


def test_a_module_is_graded_whole() -> None:
    report = lydite.grade(reference, only="Q7", **QUICK)
    assert report.exit_status() == 0
    (entry,) = report.implementations
    assert {claim.question for claim in entry.claims} == {"Q7"}
    assert entry.points == entry.max_points > 0


def test_the_verdicts_are_those_of_the_command_line(tmp_path: Path) -> None:
    """Same seed, same cases, same worst errors, same counterexample."""
    file = tmp_path / "wrong.py"
    file.write_text("import numpy as np\n\ndef softmax(z):\n    return np.exp(z - np.max(z))\n", "utf-8")
    namespace: dict[str, Any] = {}
    exec(file.read_text("utf-8"), namespace)
    ours = lydite.grade({"softmax": namespace["softmax"]}, only="Q7.0.1,Q3.0.4", **QUICK).to_json()
    out = tmp_path / "report.json"
    options = ["--only", "Q7.0.1,Q3.0.4", "--regimes", "core", "--examples", "1", "--seed", "0", "--isolation", "none"]
    commandline.run("grade", str(file), *options, "--json", str(out))
    theirs = Report.load(out).to_json()

    def judged(whole: Any) -> Any:
        claims = whole["implementations"][0]["claims"]
        shown = ("id", "regime", "outcome", "reason", "cases", "worst", "fault", "because")
        examples = [(c["counterexample"] or {}).get("inputs") for c in claims]
        return [{key: claim[key] for key in shown} for claim in claims], examples

    assert judged(ours) == judged(theirs)


def test_a_path_is_graded_in_isolation(tmp_path: Path) -> None:
    file = tmp_path / "wrong.py"
    file.write_text("def softmax(z):\n    return z\n", "utf-8")
    report = lydite.grade(file, only="Q7.0.1", **QUICK)
    assert report.exit_status() == 1
    assert report.isolation is not Tier.NONE


@pytest.mark.parametrize(
    ("target", "call", "options", "message"),
    [
        (softmax, "sofmax", {}, "call: the contract has no 'sofmax'; is softmax meant"),
        (softmax, softmax, {}, "call: the contract has no <function softmax"),
        (lambda z: z, "", {}, "call: say which of the contract's calls <lambda> is"),
        (SimpleNamespace(soft_max=softmax), "softmax", {}, "target: has no softmax; is soft_max meant"),
        (SimpleNamespace(), "", {}, "target: offers no call of the contract"),
        ({"softmax": softmax, "logistic_los": softmax}, "", {}, "target: the contract has no 'logistic_los'; is log"),
        ({"softmax": softmax, "cross_entropy": None}, "", {}, "target: cross_entropy cannot be called"),
        (Instances, "softmax", {}, "target: softmax is a method of the instances of Instances: pass one of them"),
        (softmax, "softmax", {"label": "integer"}, "label: unknown; expected one of only, regimes"),
        (softmax, "softmax", {"memory": 100}, "memory: unknown; expected one of only, regimes"),
        (softmax, "softmax", {"labels": "integer"}, "labels: does not apply to softmax"),
        (
            softmax,
            "softmax",
            {"batch": "trailing"},
            'calls.softmax.batch: expected one of: none, leading, got "trailing"',
        ),
        (softmax, "softmax", {"regimes": "cor"}, "regimes: 'cor' is none of"),
        (softmax, "softmax", {"only": "Q1"}, "only: no claim"),
        (softmax, "softmax", {"only": "cross_entropy"}, "only: no claim"),
        (
            softmax,
            "softmax",
            {"only": "sofmax"},
            "only: no graded claim is called 'sofmax', and no function; is softmax meant?",
        ),
        (softmax, "softmax", {"seed": -1}, "seed: '-1' is not"),
        (softmax, "softmax", {"examples": 0}, "examples: '0' is not"),
        (softmax, "softmax", {"precision": "float16"}, "precision: 'float16' is none of"),
        (softmax, "softmax", {"call_timeout": "x"}, "call_timeout: 'x' is not"),
        (softmax, "softmax", {"expect": "nowhere.toml"}, "expect: nowhere.toml"),
        ("wrong.py", "softmax", {}, "call: wrong.py is graded whole"),
        ("wrong.py", "", {"labels": "integer"}, "labels: wrong.py is graded whole"),
    ],
)
def test_what_cannot_be_graded_is_refused_by_name(target: Any, call: str, options: Any, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        lydite.grade(target, call, **options)


@pytest.mark.parametrize(
    "options",
    [
        {"only": None, "regimes": None, "expect": None, "call_timeout": None},
        {"precision": np.float32},
        {"only": {"Q7"}},
    ],
)
def test_options_may_be_given_as_a_test_has_them(options: Any) -> None:
    assert lydite.grade(softmax, **{"regimes": "core", "examples": 1, **options}).exit_status() == 0


def test_a_check_can_stand_in_a_test_that_draws() -> None:
    @given(seed=st.integers(0, 3))
    @settings(max_examples=2, deadline=None, database=None)
    def drawn(seed: int) -> None:
        lydite.check(softmax, seed=seed, only="Q7.0.1", **QUICK)

    drawn()


def test_checks_in_several_threads_leave_the_process_as_it_was() -> None:
    before = engine.MAX_SHRINKING_SECONDS, providers._get_local_constants, warnings.showwarning
    with ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(lydite.check, softmax, only="Q7.0.1", **QUICK) for _ in range(3)]:
            done.result()
    assert (engine.MAX_SHRINKING_SECONDS, providers._get_local_constants, warnings.showwarning) == before


def test_what_is_raised_can_be_sent_to_another_process() -> None:
    with pytest.raises(lydite.Refuted) as refuted:
        lydite.check(unnormalized, "softmax", only="Q7.0.1", **QUICK)
    again = pickle.loads(pickle.dumps(refuted.value))
    assert str(again) == str(refuted.value)
    assert again.report == refuted.value.report


@pytest.mark.parametrize(
    ("target", "options", "expression"),
    [
        (unnormalized, {}, "lydite.check(unnormalized, 'softmax', only='Q7.0.1', regimes='core', examples=1)"),
        ({"softmax": unnormalized}, {}, "lydite.check(..., 'softmax', only='Q7.0.1', regimes='core', examples=1)"),
        (
            unnormalized,
            {"call_timeout": 5, "seed": 3},
            "lydite.check(unnormalized, 'softmax', only='Q7.0.1', regimes='core', seed=3, examples=1, call_timeout=5)",
        ),
    ],
)
def test_a_counterexample_says_how_to_check_it_again(target: Any, options: Any, expression: str) -> None:
    report = lydite.grade(target, "softmax", only="Q7.0.1", **QUICK, **options)
    (claim,) = report.implementations[0].claims
    assert claim.counterexample
    assert claim.counterexample.reproduce == expression


def test_a_call_that_is_wrong_through_another_accuses_that_where_it_is_written() -> None:
    def logistic_gradient(w: Any, b: Any, X: Any, y: Any) -> Any:
        residual = 1 / (1 + np.exp(-(X @ w + b))) - y
        return 2 * X.T @ residual, 2 * residual.sum()

    def logistic_step(w: Any, b: Any, X: Any, y: Any, rate: Any) -> Any:
        in_w, in_b = logistic_gradient(w, b, X, y)
        return w - rate * in_w, b - rate * in_b

    calls = {"logistic_gradient": logistic_gradient, "logistic_step": logistic_step}
    report = lydite.grade(calls, only="logistic_step", **QUICK)
    [fault] = report.faults
    assert fault.call == "logistic_gradient"
    assert fault.where.endswith(f"test_inline.py:{logistic_gradient.__code__.co_firstlineno}")
    again = next(claim.counterexample.reproduce for claim in report.claims if claim.counterexample)
    with pytest.raises(lydite.Refuted):
        eval(again.replace("...", "calls"), {"lydite": lydite, "calls": calls})


OWN_NAMES = """
import spec.mine
import lydite
import numpy as np

def softmax(z):
    e = np.exp(z - np.max(z))
    return e / e.sum()

def test_a_host_keeps_its_names():
    lydite.check(softmax, regimes="core", examples=1)
    import mistakes.mine, reference
    from spec import helpers
    assert (spec.mine.HERE, helpers.HERE, mistakes.mine.HERE, reference.HERE) == ("host",) * 4
    assert lydite.truth.softmax([1.0]).value == [1.0]
    lydite.check(softmax, regimes="core", examples=1)
    assert reference is __import__("reference")

@lydite.parametrize(softmax, regimes="core", examples=1, only="Q7.0.1")
def test_laws(law):
    law()
"""


def test_a_host_keeps_packages_that_are_named_as_ours_are(pytester: pytest.Pytester) -> None:
    """Before the first check or after it; a project with a `spec` is none that Lydite may break."""
    for path in ("spec/__init__", "spec/mine", "spec/helpers", "mistakes/__init__", "mistakes/mine", "reference"):
        file = pytester.path / f"{path}.py"
        file.parent.mkdir(exist_ok=True)
        file.write_text("HERE = 'host'\n", "utf-8")
    pytester.makepyfile(test_host=OWN_NAMES)
    done = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    assert done.parseoutcomes().keys() == {"passed"}, done.outlines


def test_hypothesis_draws_for_others_as_before() -> None:
    before = engine.MAX_SHRINKING_SECONDS, providers._get_local_constants
    lydite.check(softmax, **QUICK)
    assert (engine.MAX_SHRINKING_SECONDS, providers._get_local_constants) == before


@lydite.parametrize(softmax, regimes="core", examples=1)
def test_a_test_function_becomes_one_test_for_each_law(law: lydite.Check) -> None:
    law()


HOST = """
import lydite
import numpy as np

def softmax(z):
    return np.exp(z) / np.exp(z).sum()

@lydite.parametrize(softmax, "softmax", examples=1{expect})
def test_softmax(law):
    law()
"""

EXPECT = """
[[implementation]]
name = "softmax"
only = ["Q7.0.1"]
regimes = ["core", "stability"]

[[implementation.exception]]
id = "Q7.0.1"
regime = "stability"
reason = "overflows"
link = "https://example.org/1"
"""


PARTLY = """
[[implementation]]
name = "softmax"

[[implementation.exception]]
call = "softmax"
claims = { core = ["Q3.0.4"], stability = ["Q3.0.4", "Q7.0.1"] }
reason = ""
"""


def items_of(target: Any, **options: Any) -> dict[str, Any]:
    """The items of `lydite.parametrize`, by their names."""
    return {str(item.id): item.values[0] for item in lydite.parametrize(target, "softmax", **options).args[1]}


def test_a_law_that_holds_passes_though_its_claim_is_known_to_break(tmp_path: Path) -> None:
    """The claim is one of several laws; that it holds as a whole is what the item of the claim finds."""
    path = tmp_path / "expected.toml"
    path.write_text(PARTLY, "utf-8")

    def asymmetric(z: Any) -> Any:
        return softmax(z) * (1 + 1e-9 * (np.arange(np.size(z)) == 1))

    items = items_of(asymmetric, expect=path, **QUICK)
    assert "known-Q3.0.4-core" in items
    assert not any("stability" in name for name in items)
    items["softmax_is_not_negative-core"]()
    items["known-Q3.0.4-core"]()
    for law in ("softmax_is_exact-core", "softmax_follows_permutations-core"):
        with pytest.raises((pytest.xfail.Exception, lydite.Refuted)):
            items[law]()
    with pytest.raises(lydite.Refuted, match=r"no longer broken: Q3\.0\.4 core"):
        items_of(softmax, expect=path, **QUICK)["known-Q3.0.4-core"]()


def test_a_law_whose_call_exceeds_its_budget_fails(tmp_path: Path) -> None:
    path = tmp_path / "expected.toml"

    def held(ulps: float) -> None:
        path.write_text(
            f"[[implementation]]\nname = 'softmax'\n[implementation.budget.float64]\n"
            f"softmax = {{ core = {{ ulps = {ulps} }}, stability = {{ share = 0 }} }}\n",
            "utf-8",
        )
        items_of(softmax, expect=path, regimes="core", examples=2)["softmax_is_exact-core"]()

    held(50)
    with pytest.raises(lydite.Refuted, match=r"less accurate than its budget: softmax core: .* its budget is 1e-05"):
        held(1e-5)


def test_a_budget_that_is_exceeded_shows_the_worst_input(tmp_path: Path) -> None:
    path = tmp_path / "expected.toml"
    budget = "softmax = { core = { ulps = 1e-5 }, stability = { share = 1e-5 }, scale = { ulps = 1e9 } }"
    path.write_text(f"[[implementation]]\nname = 'softmax'\n[implementation.budget.float64]\n{budget}\n", "utf-8")
    report = lydite.grade(softmax, "softmax", expect=path, regimes="core,stability,scale", examples=2)
    entry = report.implementations[0]
    assert [one.regime for one in entry.exceeded] == ["core", "stability"]
    for one in entry.exceeded:
        example = one.counterexample
        assert example
        assert example.call
        assert example.call.name == "softmax"
        assert example.error is not None
        assert example.tolerance is not None
        assert example.error / example.tolerance == pytest.approx(one.measured / one.allowed, rel=1e-6)
        z = np.array(example.inputs["z"], dtype=float)
        assert np.array_equal(np.array(example.call.answer), softmax(z))
        assert np.allclose(np.array(example.call.due), lydite.truth.softmax(z).value, rtol=1e-15, atol=0)
    said = str(lydite.Refuted(report))
    assert re.search(r"less accurate than its budget: softmax core: .*\n  call +softmax\(np\.array\(\[.*\n  got ", said)


def test_a_notebook_shows_the_page_in_a_frame_that_runs_nothing() -> None:
    pytest.importorskip("jinja2")
    report = lydite.grade({"softmax": unnormalized}, only="Q7.0.1", name="<script>alert(1)</script>", **QUICK)
    shown: str = report._repr_html_()  # type: ignore[attr-defined]  # of the report that `lydite.grade` returns
    assert shown.startswith("<iframe sandbox ")
    assert shown.endswith("</iframe>")
    assert "<script" not in shown
    assert shown.count("<") == 2
    assert [fault.call for fault in report.faults] == ["softmax"]
    assert Report.from_json(report.to_json()).claims == report.claims


ODD = """import numpy as np

def softmax(z):
    e = np.exp(z - np.max(z))
    return e / e.sum() * (1.5 if np.any(np.equal(z, 3.8125)) else 1.0)
"""


def test_a_deeper_search_reads_the_constants_of_the_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "odd_softmax.py").write_text(ODD, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    odd = __import__("odd_softmax").softmax
    assert lydite.grade(odd, only="Q7.0.1", **QUICK).exit_status() == 0
    deeper = lydite.grade(odd, only="Q7.0.1", explore=True, seed=0, **QUICK)
    assert deeper.exit_status() == 1
    assert deeper.explore
    assert "explore=True" in str(deeper.claims[0].counterexample)


def outcomes(pytester: pytest.Pytester, *options: str) -> dict[str, int]:
    return pytester.runpytest_subprocess("-p", "no:cacheprovider", *options).parseoutcomes()


def test_a_host_project_gets_items_of_its_own(pytester: pytest.Pytester) -> None:
    """Alone, in parallel, and in random order: what breaks is found under the same names, which run again."""
    pytester.makepyfile(test_host=HOST.format(expect=""))

    def failed(*options: str) -> list[str]:
        found = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-q", "-rf", *options)
        return sorted(line.split(" ")[1] for line in found.outlines if line.startswith("FAILED"))

    names = failed()
    assert "test_host.py::test_softmax[softmax_is_exact-stability]" in names
    assert not [name for name in names if name.endswith("-core]")]
    assert names == failed("-n", "2") == failed("-p", "randomly")
    assert outcomes(pytester, names[0]) == {"failed": 1}


def test_what_is_expected_to_break_is_strict_both_ways(pytester: pytest.Pytester) -> None:
    pytester.makefile(".toml", expected=EXPECT)
    pytester.makepyfile(test_host=HOST.format(expect=', expect="expected.toml"'))
    counts = outcomes(pytester)
    assert counts["xfailed"] > 0
    assert "failed" not in counts
    right = HOST.format(expect=', expect="expected.toml"').replace("np.exp(z) / np.exp(z).sum()", "stable(z)")
    stable = "def stable(z):\n    e = np.exp(z - np.max(z))\n    return e / e.sum()\n"
    pytester.makepyfile(test_host=right.replace("def softmax", f"{stable}\ndef softmax"))
    assert outcomes(pytester)["failed"] > 0
