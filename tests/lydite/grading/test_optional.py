"""Optional calls: whoever leaves them out loses nothing, and whoever offers one is judged on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy import special

import lydite
from lydite.adapters.adapted import Library, adapted
from lydite.adapters.adapter import Adapter, adapter_of
from lydite.commands import starter
from lydite.grading.judging import Judging, in_scope
from lydite.grading.record import Findings
from lydite.grading.request import Settings
from lydite.kit.calls import CALLS, OPTIONAL
from lydite.kit.claim import CLAIMS
from lydite.kit.every import every
from lydite.kit.evidence import Tally
from lydite.kit.reference import reference
from lydite.kit.regime import Regime
from lydite.report.model import BROKEN, NOTHING_GRADED, Entry, Outcome, Report
from lydite.report.terminal import render
from lydite.results.rubric import RubricError, read_rubric
from lydite.target.implementation import Implementation
from lydite.target.watch import Watch
from lydite.verdict.outcome import SHARES, is_optional

SCOPE = "X,Q7.0.1"
REQUIRED = [name for name in CALLS if name not in OPTIONAL]
CLAIMED = [c for c in CLAIMS if is_optional(c)]


def without(*left_out: str) -> dict[str, Any]:
    return {name: getattr(reference, name) for name in CALLS if name not in left_out}


def graded(calls: Mapping[str, Any], only: str = SCOPE, adapter: Adapter | None = None) -> Report:
    """The report on a submission that offers `calls`: it says nothing beforehand of what it offers."""
    request = Settings.read(only=only, regimes="core", examples="1", seed="0").settled("it", adapter)
    watch, findings = Watch(), Findings()
    impl = Implementation(Library(**calls) if adapter else SimpleNamespace(**calls), watch=watch)
    for prop in every():
        if Regime.CORE in prop.law.regimes and in_scope(prop.law, Regime.CORE, request):
            judging, tally = Judging(prop, Regime.CORE, request, watch), Tally()
            judging.begin("")
            with watch.attending():
                result = judging.result(impl, tally, *judging.failure(impl, tally))
            findings.results[result.law, result.regime] = result
    return Report.of(request, request.tier, [findings.implementation("it", "it", request, 0.0)], "")


def entry(report: Report) -> Entry:
    (one,) = report.implementations
    return one


@pytest.fixture(scope="module")
def plain() -> Report:
    """The report on an implementation of the required calls alone."""
    return graded(without(*OPTIONAL))


def test_who_leaves_them_out_is_reported_on_as_if_there_were_none(plain: Report) -> None:
    others = ",".join(c for c in CLAIMS if c.startswith("X.") and CLAIMS[c].graded and not is_optional(c))
    assert plain.to_json() == graded(without(*OPTIONAL), f"{others},Q7.0.1").to_json()
    assert plain.exit_status() == 0
    assert not any(call in render(plain, 0) for call in OPTIONAL)


def test_no_optional_call_is_missing(plain: Report) -> None:
    assert entry(plain).missing == {}
    assert entry(plain).looked_up == {}


def test_who_offers_them_right_is_judged_on_them_and_gets_no_points_more(plain: Report) -> None:
    whole = graded(without())
    judged = {c.id for c in entry(whole).claims if c.holds} - {c.id for c in entry(plain).claims}
    assert judged == set(CLAIMED)
    assert (entry(whole).points, entry(whole).max_points) == (entry(plain).points, entry(plain).max_points)
    assert whole.exit_status() == 0


@pytest.mark.parametrize("call", sorted(OPTIONAL))
def test_one_that_is_offered_and_wrong_is_a_fault(call: str) -> None:
    def wrong(*args: Any) -> Any:
        due = getattr(reference, call)(*args)
        return tuple(part + 1 for part in due) if isinstance(due, tuple) else due + 1

    report = graded(without(*OPTIONAL) | {call: wrong})
    assert report.exit_status() == BROKEN
    (fault,) = entry(report).faults or ()
    assert fault.call == call
    assert {c.id for c in entry(report).claims if c.failed} == {c for c in CLAIMED if call in CLAIMS[c].calls}
    assert call in render(report, BROKEN)


@pytest.mark.parametrize("call", sorted(OPTIONAL))
def test_one_that_raises_is_a_fault(call: str) -> None:
    def raising(*_: Any) -> Any:
        raise RuntimeError

    report = graded(without(*OPTIONAL) | {call: raising})
    assert report.exit_status() == BROKEN
    assert {c.outcome for c in entry(report).claims if call in c.calls} == {Outcome.ERROR}


@pytest.mark.parametrize("claim", CLAIMED)
def test_a_claim_that_is_requested_by_name_is_not_graded_where_its_call_is_absent(claim: str) -> None:
    report = graded(without(*OPTIONAL), claim)
    assert report.exit_status() == NOTHING_GRADED
    assert entry(report).trouble == "nothing was judged: no call in scope is offered"


@pytest.mark.parametrize("event", ["unloadable", "killed", "failed"])
def test_what_was_never_judged_is_in_error_in_no_claim_on_them(event: str) -> None:
    request = Settings.read(only=SCOPE, regimes="core").settled("it", None)
    findings = Findings()
    findings.note({"event": event, "reason": "why"})
    claims = findings.implementation("it", "it", request, 0.0).claims
    assert claims
    assert not any(is_optional(c.id) for c in claims)


def test_the_points_are_those_of_the_required_calls() -> None:
    assert all(SHARES[claim] == 0 for claim in CLAIMED)


@pytest.mark.parametrize("claim", CLAIMED)
@pytest.mark.parametrize("table", ['points.core."{}" = 5', 'void."{}" = "why"'])
def test_a_rubric_cannot_count_them(tmp_path: Path, claim: str, table: str) -> None:
    path = tmp_path / "rubric.toml"
    path.write_text(table.replace("{}", claim))
    with pytest.raises(RubricError, match="is optional: whoever leaves it out loses nothing"):
        read_rubric(path)


def test_a_rubric_shares_the_points_of_a_question_among_the_others(tmp_path: Path) -> None:
    path = tmp_path / "rubric.toml"
    path.write_text('points.core."X" = 12')
    shares = read_rubric(path).points
    assert shares
    assert sum(points for (claim, _), points in shares.items() if claim.startswith("X.")) == pytest.approx(12)
    assert not any(is_optional(claim) for claim, _ in shares)


def test_the_starter_file_has_them_apart_at_the_end() -> None:
    required, optional = starter.text().split(starter.OPTIONAL)
    assert all(f"def {call}(" in required for call in REQUIRED)
    assert all(f"def {call}(" in optional for call in OPTIONAL)
    assert not any(f"def {call}(" in required for call in OPTIONAL)


def test_one_that_an_adapter_maps_in_vain_is_missing() -> None:
    """Who writes it down means to offer it."""
    calls = {"softmax": "softmax", "log_softmax": "logarithm_of_softmax"}
    adapter = adapter_of(Path("adapter.toml"), {"module": "scipy.special", "calls": calls})
    report = graded(vars(adapted(adapter, "float64", special)), "X.8,Q7.0.1", adapter)
    assert entry(report).missing == {"Q7": ("log_softmax",)}
    assert "logarithm_of_softmax" in entry(report).looked_up["log_softmax"]
    assert report.exit_status() == BROKEN


# -- Correct code in other styles --


def log_softmax_shifted(z: Any) -> Any:
    shifted = z - z.max()
    return shifted - np.log(np.exp(shifted).sum())


def log_softmax_by_log_sum_exp(z: Any) -> Any:
    top = z.max()
    return z - (top + np.log(np.exp(z - top).sum()))


def log_softmax_a_term_at_a_time(z: Any) -> Any:
    return z - np.logaddexp.reduce(z)


def dropout_by_a_scaled_mask(x: Any, mask: Any, p: float, training: int) -> Any:
    return x * (mask / (1 - p)) if training else +x


def dropout_by_selection(x: Any, mask: Any, p: float, training: int) -> Any:
    return np.where(np.asarray(mask, dtype=bool), x * (1 / (1 - p)), 0) if training else np.array(x)


def inference_folded(x: Any, gamma: Any, beta: Any, mean: Any, variance: Any, eps: float) -> Any:
    scale = gamma / np.sqrt(variance + eps)
    return x * scale + (beta - mean * scale)


def inference_by_the_reciprocal(x: Any, gamma: Any, beta: Any, mean: Any, variance: Any, eps: float) -> Any:
    return (x - mean) * (gamma * (1 / np.sqrt(variance + eps))) + beta


def running_by_the_difference(x: Any, mean: Any, variance: Any, momentum: float) -> Any:
    return mean + momentum * (x.mean(axis=0) - mean), variance + momentum * (x.var(axis=0) - variance)


def running_in_loops(x: Any, mean: Any, variance: Any, momentum: float) -> Any:
    total = sum(x[1:], start=x[0]) / len(x)
    squares = sum(((row - total) ** 2 for row in x[1:]), start=(x[0] - total) ** 2) / len(x)
    return (1 - momentum) * mean + momentum * total, (1 - momentum) * variance + momentum * squares


def hessian_of_weighed_probabilities(z: Any, y: Any) -> Any:
    e = np.exp(z - z.max())
    p, weight = e / e.sum(), np.sum(y)
    return np.diag(weight * p) - np.outer(weight * p, p)


def hessian_label_by_label(z: Any, y: Any) -> Any:
    e = np.exp(z - z.max())
    one = np.diag(e / e.sum()) - np.outer(e, e) / e.sum() ** 2
    return sum((label * one for label in y[1:]), start=y[0] * one)


def noise_of_numpy(size: int, sigma: float, seed: int) -> Any:
    return np.random.default_rng(seed).normal(1, sigma, size)


def noise_by_the_inverse(size: int, sigma: float, seed: int) -> Any:
    return 1 + sigma * special.ndtri(np.random.default_rng(seed).random(size))


def noise_by_the_polar_form(size: int, sigma: float, seed: int) -> Any:
    u, v = np.random.default_rng(seed).random((2, size))
    return 1 + sigma * np.sqrt(-2 * np.log1p(-u)) * np.cos(2 * np.pi * v)


def gradient_by_a_fixed_step(f: Callable[[Any], float], point: Any) -> Any:
    x = np.array(point, dtype=float)
    return np.array([(f(x + h) - f(x - h)) / 2e-5 for h in 1e-5 * np.eye(x.size)])


def gradient_extrapolated(f: Callable[[Any], float], point: Any) -> Any:
    x = np.array(point, dtype=float)

    def central(step: float) -> Any:
        return np.array([(f(x + h) - f(x - h)) / (2 * step) for h in step * np.eye(x.size)])

    return (4 * central(1e-4) - central(2e-4)) / 3


def hessian_by_a_fixed_step(f: Callable[[Any], float], point: Any) -> Any:
    x, rows = np.array(point, dtype=float), 1e-4 * np.eye(len(point))
    return np.array([[(f(x + h + k) - f(x + h - k) - f(x - h + k) + f(x - h - k)) / 4e-8 for k in rows] for h in rows])


def hessian_by_polarisation(f: Callable[[Any], float], point: Any) -> Any:
    x, rows = np.array(point, dtype=float), 2.0**-12 * np.eye(len(point))

    def along(h: Any) -> float:
        return (f(x + h) - 2 * f(x) + f(x - h)) * 2.0**24

    own = [along(h) for h in rows]
    return np.array(
        [
            [own[i] if i == j else (along(rows[i] + rows[j]) - own[i] - own[j]) / 2 for j in range(x.size)]
            for i in range(x.size)
        ]
    )


RIGHT: dict[str, list[Callable[..., Any]]] = {
    "inverted_dropout": [dropout_by_a_scaled_mask, dropout_by_selection],
    "gaussian_dropout_noise": [noise_of_numpy, noise_by_the_inverse, noise_by_the_polar_form],
    "function_gradient": [gradient_by_a_fixed_step, gradient_extrapolated],
    "function_hessian": [hessian_by_a_fixed_step, hessian_by_polarisation],
    "batch_norm_inference": [inference_folded, inference_by_the_reciprocal],
    "running_statistics": [running_by_the_difference, running_in_loops],
    "cross_entropy_hessian_with_labels": [hessian_of_weighed_probabilities, hessian_label_by_label],
    "log_softmax": [log_softmax_shifted, log_softmax_by_log_sum_exp, log_softmax_a_term_at_a_time],
}
STYLES = [(call, style) for call, styles in RIGHT.items() for style in styles]


@pytest.mark.parametrize("precision", ["float64", "float32"])
@pytest.mark.parametrize(("call", "style"), STYLES, ids=lambda value: getattr(value, "__name__", value))
def test_right_code_is_not_accused(call: str, style: Callable[..., Any], precision: str) -> None:
    claims = ",".join(c for c in CLAIMED if call in CLAIMS[c].calls)
    report = lydite.grade(style, call, only=claims, precision=precision, examples=1)
    assert report.exit_status() == 0, render(report, report.exit_status())


def test_every_optional_call_is_written_in_other_styles() -> None:
    assert set(RIGHT) == OPTIONAL
    assert all(len(styles) > 1 for styles in RIGHT.values())


# -- What right libraries differ in --


def running_as_in_keras(x: Any, mean: Any, variance: Any, momentum: float) -> Any:
    return mean * momentum + x.mean(axis=0) * (1 - momentum), variance * momentum + x.var(axis=0) * (1 - momentum)


def running_as_in_pytorch(x: Any, mean: Any, variance: Any, momentum: float) -> Any:
    batch = x.mean(axis=0), x.var(axis=0, ddof=1)
    return tuple((1 - momentum) * old + momentum * new for old, new in zip((mean, variance), batch, strict=True))


KERAS, PYTORCH = {"momentum": "running"}, {"running_variance": "unbiased"}


@pytest.mark.parametrize("precision", ["float64", "float32"])
@pytest.mark.parametrize(("function", "declared"), [(running_as_in_keras, KERAS), (running_as_in_pytorch, PYTORCH)])
def test_a_convention_of_running_statistics_is_declared(
    function: Callable[..., Any], declared: dict[str, str], precision: str
) -> None:
    report = lydite.grade(function, "running_statistics", precision=precision, examples=3, **declared)
    assert report.exit_status() == 0, render(report, report.exit_status())
    (core,) = (c for c in entry(report).claims if c.regime is Regime.CORE)
    assert core.holds
    assert core.cases > 50


@pytest.mark.parametrize(
    ("function", "declared"),
    [
        (running_as_in_keras, {}),
        (running_as_in_keras, PYTORCH),
        (running_as_in_pytorch, {}),
        (running_as_in_pytorch, KERAS),
        (running_as_in_pytorch, {**KERAS, **PYTORCH}),
        (reference.running_statistics, KERAS),
        (reference.running_statistics, PYTORCH),
    ],
)
@pytest.mark.filterwarnings("ignore:Degrees of freedom:RuntimeWarning")
def test_what_is_declared_falsely_is_a_fault(function: Callable[..., Any], declared: dict[str, str]) -> None:
    report = lydite.grade(function, "running_statistics", regimes="core", examples=1, **declared)
    assert report.exit_status() == BROKEN
