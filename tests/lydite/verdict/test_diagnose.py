"""Experiments on planted faults: which call is guilty, what its answers look like, and when they are right."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from itertools import chain
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import mistakes
import reference
from lydite.grading import child
from lydite.grading.record import Findings
from lydite.grading.request import Request
from lydite.kit.asked import LEAST, Asked
from lydite.kit.calls import CALLS
from lydite.kit.case import FLOAT64
from lydite.kit.claim import CLAIMS
from lydite.kit.every import every
from lydite.kit.evidence import Broken, Tally
from lydite.kit.failure import CallFailed, Misbehaved
from lydite.kit.forall import Plan, Property
from lydite.kit.mistake import Mistake
from lydite.kit.mistakes import MISTAKES
from lydite.kit.regime import Regime
from lydite.kit.source import TEXTURES
from lydite.kit.stubs import filled
from lydite.likeness.search import Answers, looks_like
from lydite.target.implementation import Implementation
from lydite.target.watch import Watch
from lydite.verdict.diagnose import COMPOSED, MOST, Diagnosis, Mixed, diagnosis
from reference.batch_norm import batch_norm

for module in sorted(Path(mistakes.__file__).parent.glob("*.py")):
    import_module(f"mistakes.{module.stem}")

PROPERTIES: dict[str, Property[Any]] = {p.law.name: p for p in every()}


def planted(law: str, **wrong: Callable[..., Any]) -> Diagnosis:
    """Returns what is shown of `law`, failed by the reference with some calls `wrong`."""
    impl = Implementation(SimpleNamespace(**{name: getattr(reference, name) for name in reference.__all__} | wrong))
    prop = PROPERTIES[law]
    with pytest.raises((AssertionError, CallFailed)) as caught:
        prop.check(impl, Regime.CORE, Plan(examples=2), Tally())
    return diagnosis(prop.law, impl, caught.value, prop.cases.diverse(Regime.CORE, "float64"))


def told(shown: Diagnosis) -> list[str]:
    return [f"{one['says']}, {one['where']}".rstrip(", ") for one in shown.looks_like]


# -- Which call --

QUOTIENT = "softmax_cross_entropy.gradient_is_difference_quotient"
"""Asks for the gradient, and for the loss many times."""


def twice(call: str) -> Callable[..., Any]:
    return lambda *args: 2 * getattr(reference, call)(*args)


@pytest.mark.parametrize("call", ["cross_entropy", "cross_entropy_gradient"])
def test_the_guilty_call_is_the_one_that_is_wrong(call: str) -> None:
    assert planted(QUOTIENT, **{call: twice(call)}).guilty == [call]


def test_two_calls_that_are_wrong_otherwise_are_both_guilty() -> None:
    both = planted(QUOTIENT, cross_entropy=twice("cross_entropy"), cross_entropy_gradient=lambda z, y: y - z)
    assert set(both.guilty) == {"cross_entropy", "cross_entropy_gradient"}
    assert both.looks_like == []


def test_a_call_that_raises_is_guilty_wherever_it_is_asked() -> None:
    def fails(z: Any, y: Any) -> Any:
        raise RuntimeError

    assert planted(QUOTIENT, cross_entropy=fails) == Diagnosis(["cross_entropy"])


def test_a_call_that_raises_does_not_hide_what_is_asked_after_it() -> None:
    def fails(*_: Any) -> Any:
        raise RuntimeError

    both = {"cross_entropy", "cross_entropy_gradient"}
    assert set(planted(QUOTIENT, cross_entropy=fails, cross_entropy_gradient=fails).guilty) == both
    assert set(planted(QUOTIENT, cross_entropy=fails, cross_entropy_gradient=gradient_off).guilty) == both


def gradient_off(z: Any, y: Any) -> Any:
    return reference.cross_entropy_gradient(z, y) + 1


def test_a_law_is_asked_a_bounded_number_of_times() -> None:
    watch = Watch()
    impl = Implementation(SimpleNamespace(softmax=twice("softmax")), False, watch)
    prop = PROPERTIES["softmax_cross_entropy.softmax_is_exact"]
    with pytest.raises(AssertionError) as caught:
        prop.check(impl, Regime.CORE, Plan(examples=1, shrink=False), Tally())
    asked = watch.asked["softmax"]
    diagnosis(prop.law, impl, caught.value, prop.cases.diverse(Regime.CORE, "float64"))
    assert 0 < watch.asked["softmax"] - asked <= MOST + 1


# -- What it looks like --


def mean_gradient(w: Any, b: Any, X: Any, y: Any) -> Any:
    return tuple(part / len(X) for part in reference.logistic_gradient(w, b, X, y))


def test_a_mean_is_told_from_a_sum_and_agrees_for_one_sample() -> None:
    shown = planted("logistic.gradient_is_residual_times_sample", logistic_gradient=mean_gradient)
    assert told(shown)[0] == "the mean instead of the sum: due = n * got"
    assert shown.looks_like[0]["matched"] == shown.looks_like[0]["of"] >= 32
    assert max(shown.agrees, key=lambda says: shown.agrees[says]) == "n = 1"


def test_the_part_that_is_wrong_is_named() -> None:
    def flat(w: Any, b: Any, X: Any, y: Any) -> Any:
        return reference.logistic_gradient(w, b, X, y)[0], 0.0

    assert told(planted("logistic.gradient_is_residual_times_sample", logistic_gradient=flat))[:1] == [
        "db: nothing: got = 0"
    ]


@pytest.mark.parametrize(
    ("law", "call", "wrong", "says"),
    [
        (
            "softmax_cross_entropy.softmax_is_exact",
            "softmax",
            lambda z: -reference.softmax(z),
            "the negative: got = -due",
        ),
        (
            "softmax_cross_entropy.gradient_is_exact",
            "cross_entropy_gradient",
            lambda z, y: y - reference.softmax(z),
            "y - softmax(z), the negative, whatever the labels sum to",
        ),
        (
            "softmax_cross_entropy.loss_is_exact",
            "cross_entropy",
            lambda z, y: reference.cross_entropy(z, y) / np.log(2),
            "bits for nats: due = ln 2 * got",
        ),
        (
            "trivariate.hessian_is_exact",
            "trivariate_hessian",
            lambda c, point: np.triu(reference.trivariate_hessian(c, point)),
            "the upper triangle alone",
        ),
        (
            "gaussian_dropout.gradient_is_exact",
            "gaussian_dropout_gradient",
            lambda w, x, target, delta: reference.gaussian_dropout_gradient(x, w, target, delta),
            "w and x exchanged",
        ),
        (
            "batch_norm.output_is_exact",
            "batch_norm",
            lambda x, gamma, beta, eps: batch_norm(x, gamma, 0 * beta, eps),
            "the answer for 0 in place of beta",
        ),
        (
            "batch_norm.centered_output_is_exact",
            "centered_batch_norm",
            lambda x, gamma, beta: reference.centered_batch_norm(x, gamma, beta) + 1e-3,
            "a constant added: got = due + 0.001",
        ),
        (
            "softmax_cross_entropy.hessian_is_exact",
            "cross_entropy_hessian",
            lambda z: reference.cross_entropy_hessian(z).astype(np.float32),
            "rounded to single precision (float32)",
        ),
    ],
)
def test_a_way_to_go_wrong_is_recognised(law: str, call: str, wrong: Callable[..., Any], says: str) -> None:
    assert told(planted(law, **{call: wrong}))[:1] == [says]


KINDS = {
    "complement_on_the_diagonal": "1 - p_k for p_k (1 - p_k) on the diagonal",
    "twice_the_variances_alone": "2 p_k (1 - p_k) along the diagonal alone",
    "slope_on_both_sides": "alpha z on both sides",
    "slope_on_the_positive_side": "the slope on the positive side",
    "branches_of_the_derivative_exchanged": "the branches exchanged: alpha above zero, 1 below",
    "eps_as_a_floor": "max(var, eps) in place of var + eps",
    "puts_the_new_weights_into_the_bias": "b: the bias steps with the new weights",
    "noise_added_to_the_weights": "the noise added to the weights: w + delta - 1",
    "divided_by_the_rate_of_dropping": "divided by p",
    "wraps_around_in_bytes": "what is due, cut to the type of y",
    "jacobian_by_coarse_forward_differences": "a forward difference quotient, with a step of 1e-3",
    "hessian_by_differences_of_the_gradient": "a central difference quotient, with a step of 1e-6",
    "activation_in_half_precision": "rounded to half precision (float16)",
    "batch_in_half_precision": "the answer for arguments rounded to half precision (float16)",
    "normalises_over_the_samples": "a softmax over the samples",
    "saturates_at_six": "never above 6",
    "decay_of_the_first_byte": "without the term sigma^2 x^2 w from entry or row 255 on",
    "samples_beyond_a_byte_as_they_came": "x itself from entry or row 256 on",
    "prediction_beyond_one": "got = 1.1 * due + -0.05",
    "batch_read_from_memory_at_inference": "the answer for x without its strides in place of x",
}
"""Common faults, by a mistake of the register."""


def likenesses(mistake: Mistake) -> Iterator[tuple[Property[Any], Diagnosis]]:
    """Yields what is shown of each law of the claim that `mistake` breaks."""
    impl = Implementation(mistake.implementation())
    for prop in PROPERTIES.values():
        law = prop.law
        if mistake.breaks in law.claims_in(mistake.regime) and mistake.regime in law.regimes and not law.batched:
            try:
                prop.check(impl, mistake.regime, Plan(shrink=False), Tally())
            except Broken as failure:
                yield prop, diagnosis(law, impl, failure, prop.cases.diverse(mistake.regime, "float64"))
            except (CallFailed, Misbehaved):  # of which nothing is said
                continue


@pytest.mark.parametrize(("name", "says"), KINDS.items())
def test_a_common_fault_is_told_for_what_it_is(name: str, says: str) -> None:
    (mistake,) = (m for m in MISTAKES if m.name == name)
    assert says in [one for _, shown in likenesses(mistake) for one in told(shown)[:1]]


def test_what_is_right_at_the_input_of_a_failure_is_not_contradicted() -> None:
    mistake = next(m for m in MISTAKES if m.name == "scaled_in_training_and_at_evaluation")
    said = {one for _, shown in likenesses(mistake) for one in told(shown)}
    assert "scaled by 1 - p at evaluation, too" in said
    assert "scaled by 1 - p at evaluation, not in training" not in said


def test_arrays_of_any_shape_are_looked_at_as_arrays() -> None:
    def capped(z: Any, alpha: Any) -> Any:
        return np.minimum(reference.leaky_relu(z, alpha), 6)

    assert planted("network.leaky_relu_is_homogeneous", leaky_relu=capped).guilty == ["leaky_relu"]


def test_where_it_applies_is_told_if_not_everywhere() -> None:
    def alone(x: Any, gamma: Any, beta: Any) -> Any:
        right = reference.centered_batch_norm(x, gamma, beta)
        return -right if len(x) == 1 else right

    shown = told(planted("batch_norm.centered_output_is_exact", centered_batch_norm=alone))
    assert shown[:1] == ["the negative: got = -due, where n = 1"]


def test_what_no_way_explains_is_passed_over_in_silence() -> None:
    noise = np.random.default_rng(0)
    shown = planted(
        "softmax_cross_entropy.softmax_is_exact", softmax=lambda z: reference.softmax(z) + noise.random(z.size)
    )
    assert told(shown) == [""]


@pytest.mark.parametrize(("kind", "steps", "so"), [(np.float16, 0, True), (float, 1, False), (float, 256, False)])
def test_few_digits_are_not_taken_for_half_precision(kind: type[Any], steps: int, so: bool) -> None:
    """Whole numbers and multiples of 1/256 are exact in half precision, and nothing of it."""
    wrong = []
    for k in range(12):
        z = np.array([4.5 + k / 7, 0.3, 1.1]) if steps == 1 else np.sin(np.arange(5.0) + k)
        due = reference.softmax(z)
        got = np.round(due * steps) / steps if steps else due.astype(kind).astype(float)
        asked = Asked.of("softmax", (z,), got)
        assert asked is not None
        wrong.append(asked)
    says = {like["says"] for like in looks_like(Answers(wrong, (), FLOAT64))}
    assert ("rounded to half precision (float16)" in says) == so


def test_nan_is_not_explained_by_a_formula_that_is_nan_by_accident() -> None:
    def lost(z: Any, y: Any) -> Any:
        loss = reference.cross_entropy(z, y)
        return loss if z.size < 3 else float("nan")

    shown = told(planted("softmax_cross_entropy.loss_is_exact", cross_entropy=lost))
    assert shown == [""]


def _some(mask: Any) -> Any:
    return mask if mask.any() else np.ones(mask.size)


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("survivors_are_rescaled", "survivors are 1 / (1 - p), not 1"),
        ("gaussian_factors", "entries other than 0 and 1"),
        ("p_is_the_probability_of_keeping", "p taken for the probability of keeping"),
    ],
)
def test_a_fault_in_masks_is_told_by_all_laws_that_they_break(target: str, says: str) -> None:
    findings, request = Findings(), Request(only=("Q3.3.4",), regimes=(Regime.CORE,), examples=1)
    child.grade(f"mistakes.network:{target}", request.options(), 1, findings.note)
    entry = findings.implementation(target, target, request, 0.0)
    (fault,) = entry.faults or ()
    assert fault.looks_like[0].says == says


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda size, p, seed: 1 - reference.dropout_mask(size, p, seed), "p taken for the probability of keeping"),
        (lambda size, p, seed: reference.dropout_mask(size, p, 0), "the same mask for every seed"),
        (lambda size, p, _: np.ones(size), "nothing is dropped"),
        (
            lambda size, p, seed: _some(reference.dropout_mask(size, p, seed)),
            "nothing is dropped, wherever it is wrong",
        ),
    ],
)
def test_masks_are_told_by_their_pattern(wrong: Callable[..., Any], says: str) -> None:
    laws = [name for name, p in PROPERTIES.items() if name.startswith("network.mask") and Regime.CORE in p.law.regimes]
    impl = Implementation(SimpleNamespace(dropout_mask=wrong))
    seen: set[str] = set()
    for name in laws:
        prop = PROPERTIES[name]
        try:
            prop.check(impl, Regime.CORE, Plan(examples=1, shrink=False), Tally())
        except AssertionError as failure:
            seen |= set(told(diagnosis(prop.law, impl, failure, prop.cases.diverse(Regime.CORE, "float64"))))
    assert says in seen


# -- The catalogue --

UNSEEN = range(1000, 1003)
"""Seeds of batches that no run draws."""
SAMPLE = [m for m in MISTAKES if not m.along and m.regime is Regime.CORE][::30]


@pytest.mark.parametrize("mistake", SAMPLE, ids=lambda m: f"{m.call}-{m.name}")
def test_the_call_of_a_mistake_is_guilty_of_every_law_that_it_breaks(mistake: Mistake) -> None:
    impl = Implementation(mistake.implementation())
    failures = 0
    for prop in (p for p in PROPERTIES.values() if mistake.breaks in p.law.claims_in(mistake.regime)):
        if prop.law.batched or mistake.regime not in prop.law.regimes:
            continue
        try:
            prop.check(impl, mistake.regime, Plan(shrink=False), Tally())
        except (AssertionError, CallFailed) as failure:
            failures += 1
            shown = diagnosis(prop.law, impl, failure, prop.cases.diverse(mistake.regime, "float64"))
            assert shown.guilty == [mistake.call]
            assert all(one["matched"] == one["of"] for one in shown.looks_like)
    assert failures


@pytest.mark.parametrize("mistake", SAMPLE, ids=lambda m: f"{m.call}-{m.name}")
def test_what_wrong_answers_look_like_is_true_of_those_to_other_inputs(mistake: Mistake) -> None:
    for prop, shown in () if CALLS[mistake.call].random else likenesses(mistake):
        cases = prop.cases
        others = (
            cases.batch(mistake.regime, "float64", cases.top(mistake.regime), len(TEXTURES) - 1, k) for k in UNSEEN
        )
        with pytest.raises((AssertionError, CallFailed)) as caught:
            prop.check(Implementation(mistake.implementation()), mistake.regime, Plan(shrink=False), Tally())
        again = diagnosis(prop.law, Implementation(mistake.implementation()), caught.value, chain(*others))
        said = [one for one in shown.looks_like[:1] if one["different"] >= LEAST and not one["where"]]
        assert {one["says"] for one in said} <= {one["says"] for one in again.looks_like}


# -- Calls that call others --


def through(outer: str, way: int, inner: str, wrong: Callable[..., Any]) -> Implementation:
    """The reference with a wrong `inner`, and with `outer` composed of the calls of all that."""
    calls = {name: getattr(reference, name) for name in reference.__all__} | {inner: wrong}
    calls[outer] = partial(COMPOSED[outer][way], SimpleNamespace(**calls))
    return Implementation(SimpleNamespace(**calls))


def accused(call: str, impl: Implementation) -> list[str]:
    """The calls that are accused where the first law of the value of `call` fails."""
    anchors = (name for claim in CLAIMS.values() if call in claim.calls for name in claim.anchors)
    for prop in (PROPERTIES[name] for name in dict.fromkeys(anchors)):
        watch = Mixed(impl)
        try:
            prop.check(impl, Regime.CORE, Plan(examples=2), Tally())
        except Broken as failure:
            with np.errstate(all="ignore"):
                prop.law(watch, failure.evidence.case)
            if call in {name for name, _, _ in watch.asked}:
                return diagnosis(prop.law, impl, failure, prop.cases.diverse(Regime.CORE, "float64")).guilty
    raise AssertionError(f"no law of {call} fails")


PAIRS = [
    ("logistic_loss", 0, "logistic_predict", "takes_the_hard_sigmoid"),
    ("logistic_gradient", 0, "logistic_predict", "takes_the_hard_sigmoid"),
    ("logistic_hessian", 0, "logistic_predict", "takes_the_hard_sigmoid"),
    ("logistic_step", 0, "logistic_gradient", "has_the_residual_of_the_hyperbolic_tangent"),
    ("logistic_step", 1, "logistic_predict", "takes_the_hard_sigmoid"),
    ("batch_norm", 0, "centered_batch_norm", "median_for_the_mean"),
    ("batch_norm_backward", 0, "batch_norm", "scale_counted_from_one"),
    ("network_predict", 0, "leaky_relu", "negative_part_cut_off"),
    ("network_predict", 0, "softmax", "powers_of_two"),
    ("network_loss", 0, "cross_entropy", "mean_over_classes"),
    ("network_loss", 1, "network_predict", "second_bias_forgotten"),
    ("network_gradient", 0, "cross_entropy_gradient", "zero_off_the_true_class"),
    ("network_gradient", 1, "softmax", "powers_of_two"),
    ("network_gradient", 2, "leaky_relu_derivative", "no_slope_below_zero"),
    ("gaussian_dropout_expected_loss", 0, "gaussian_dropout_penalty", "blind_to_the_weights"),
    ("gaussian_dropout_expected_gradient", 0, "gaussian_dropout_gradient", "own_term_twice"),
    ("newton_minimize", 0, "newton_root", "takes_the_slope_of_the_iterate_before"),
    ("softmax_jacobian", 0, "softmax", "powers_of_two"),
    ("cross_entropy", 0, "softmax", "powers_of_two"),
    ("cross_entropy", 1, "softmax", "powers_of_two"),
    ("cross_entropy_gradient", 0, "softmax", "powers_of_two"),
    ("cross_entropy_gradient", 1, "softmax", "powers_of_two"),
    ("cross_entropy_hessian", 0, "softmax_jacobian", "product_entry_by_entry"),
    ("cross_entropy_hessian", 1, "softmax", "powers_of_two"),
    ("cross_entropy_hessian_with_labels", 0, "cross_entropy_hessian", "diagonal_of_the_hessian_only"),
    ("cross_entropy_hessian_with_labels", 1, "softmax_jacobian", "product_entry_by_entry"),
    ("cross_entropy_hessian_with_labels", 2, "softmax", "powers_of_two"),
]
"""A call, which of its compositions, the call of it that is wrong, and how."""


@pytest.mark.parametrize(("outer", "way", "inner", "name"), PAIRS)
def test_a_call_that_calls_a_wrong_one_is_not_accused(outer: str, way: int, inner: str, name: str) -> None:
    wrong = next(m.wrong for m in MISTAKES if m.call == inner and m.name == name)
    assert accused(outer, through(outer, way, inner, wrong)) == [inner]


def test_every_composition_is_looked_at() -> None:
    ways = {(call, way) for call, ways in COMPOSED.items() for way in range(len(ways))}
    assert {(outer, way) for outer, way, *_ in PAIRS} == ways


@pytest.mark.parametrize(("call", "number"), [*((call, 0.0) for call in COMPOSED), ("softmax_jacobian", np.nan)])
def test_what_computes_nothing_is_no_excuse_for_another(call: str, number: float) -> None:
    stub = filled(lambda _: number)
    impl = Implementation(SimpleNamespace(**{name: stub(known) for name, known in CALLS.items()}))
    assert accused(call, impl) == [call]


def test_a_call_that_is_wrong_on_its_own_is_accused_beside_another() -> None:
    calls = {name: getattr(reference, name) for name in reference.__all__}
    calls["softmax"] = lambda z: reference.softmax(2 * z)
    calls["cross_entropy_gradient"] = lambda z, y: calls["softmax"](z) + y
    impl = Implementation(SimpleNamespace(**calls))
    assert accused("cross_entropy_gradient", impl) == ["cross_entropy_gradient"]
