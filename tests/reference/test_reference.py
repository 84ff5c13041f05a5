"""The reference refuses bad arguments by name, and is accurate where the formulas of the textbook are not."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from flint import arb, ctx

import reference as r

UNIT_ROUNDOFF = 2.0**-53
TAIL = 64
"""Unit roundoffs of relative error that the contract grants in the tails; the margins and gaps below are exact."""

TWO, THREE = np.array([-1.0, 2.0]), np.array([0.25, -1.0, 3.0])
X = np.array([[1.0, 2.0], [-1.0, 0.5], [0.0, 3.0]])
GOOD: dict[str, dict[str, Any]] = {
    "": {"w": TWO, "b": 0.5, "X": X, "y": np.array([0.0, 1.0, 0.25]), "learning_rate": 0.1}
    | {"x": X, "dy": X, "gamma": TWO, "beta": TWO, "eps": 1e-5}
    | {"mean": TWO, "variance": np.array([2.0, 0.25]), "momentum": 0.25}
    | {"z": THREE, "alpha": 0.01, "size": 5, "p": 0.2, "seed": 0}
    | {"c": np.ones((2, 3, 4)), "point": THREE}
    | {"f": float, "fprime": float, "gprime": float, "gsecond": float, "x0": 1.0, "steps": 3},
    "network": {"W1": X, "b1": THREE, "W2": X.T, "b2": TWO, "x": TWO}
    | {"y": np.array([0.75, 0.25]), "mask": np.array([1, 0, 1])},
    "inverted": {"x": THREE, "mask": np.array([1, 0, 1]), "training": 1},
    "function": {"f": lambda x: float(x[0] - x[-1])},
    "gaussian": {"x": TWO, "target": 1.0, "delta": TWO, "sigma": 0.5},
}
"""A good value of every argument; calls that begin with the word override the first row."""

BAD: dict[str, list[Any]] = {
    "alpha": [-0.1, 1.1],
    "p": [-0.1, 1.1],
    "eps": [-1e-9],
    "sigma": [-0.5],
    "variance": [np.array([1.0, -0.5])],
    "momentum": [-0.1, 1.1],
    "mask": [np.array([1.0, 0.5, 0.0])],
    "size": [0, -1, 2.0],
    "seed": [-1, 2**32, 0.5],
    "steps": [-1, 3.0],
}
"""Values out of range, whatever the call."""

BAD_LABELS = {
    "logistic": [np.array([0.0, 1.0, 1.1]), np.array([0.0, 1.0, -0.1])],
    "network": [np.array([1.1, -0.1]), np.array([0.5, 0.6])],
    "cross": [np.array([2.0, 0.0, -0.1])],
}

ANY_SIZE = {
    "softmax",
    "softmax_jacobian",
    "cross_entropy_hessian",
    "log_softmax",
    "function_gradient",
    "function_hessian",
    "leaky_relu",
    "leaky_relu_derivative",
}
"""Calls with one array, of any size."""


def good_arguments(call: str) -> dict[str, Any]:
    good = GOOD[""] | GOOD.get(call.partition("_")[0], {})
    return {name: good[name] for name in inspect.signature(getattr(r, call)).parameters}


def bad_values(call: str, name: str, good: Any) -> Iterator[Any]:
    yield from BAD_LABELS[call.partition("_")[0]] if name == "y" else BAD.get(name, [])
    yield None
    if isinstance(good, int):
        return
    array = np.asarray(good, dtype=float)
    for blot in np.nan, np.inf, 1j:
        yield np.where(np.arange(array.size).reshape(array.shape) == array.size - 1, blot, array)[()]
    if not call.startswith("leaky"):
        yield array[None]
    if array.ndim:
        yield array[:0]
        yield array[..., :0]
        if call not in ANY_SIZE and name != "c":
            yield np.concatenate([array, array], axis=-1)


def refusal(call: str, arguments: dict[str, Any]) -> str:
    """The message of the ValueError, empty if there is none."""
    try:
        getattr(r, call)(**arguments)
    except ValueError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("call", "name"),
    [(call, name) for call in r.__all__ for name, good in good_arguments(call).items() if not callable(good)],
)
def test_a_bad_argument_is_refused_by_name(call: str, name: str) -> None:
    good = good_arguments(call)
    assert not refusal(call, good)
    for bad in bad_values(call, name, good[name]):
        assert re.search(rf"\b{name}\b", refusal(call, good | {name: bad})), f"{name} = {bad!r}"


@pytest.mark.parametrize("column", [[1.0, 1.0], [0.1, 0.1, 0.1], [1e8]])
def test_a_constant_column_needs_eps(column: list[float]) -> None:
    x, one = np.array(column)[:, None], np.ones(1)
    with pytest.raises(ValueError, match=r"\beps\b"):
        r.batch_norm(x, one, one, 0.0)
    with pytest.raises(ValueError, match=r"\beps\b"):
        r.batch_norm_backward(x, x, one, 0.0)
    assert (r.batch_norm(x, one, one, 1e-5) == 1).all()


def roundoffs(got: float, exact: Callable[[], arb]) -> float:
    """The relative error of `got` in unit roundoffs, rounded up."""
    with ctx.workprec(2048):
        due = exact()
        return float(((arb(got) - due) / due).abs_upper()) / UNIT_ROUNDOFF


def sigma(t: float) -> arb:
    return 1 / (1 + (-arb(t)).exp())


def softplus(t: float) -> arb:
    return arb(t).exp().log1p()


@pytest.mark.parametrize("t", [-700.0, -40.0, -1e-9, 0.0, 30.0, 40.0, 700.0])
def test_a_logistic_neuron_is_accurate_in_both_tails(t: float) -> None:
    w, x = np.array([t]), np.ones((1, 1))
    assert roundoffs(r.logistic_predict(w, 0.0, x)[0], lambda: sigma(t)) <= TAIL
    assert roundoffs(r.logistic_hessian(w, 0.0, x)[1, 1], lambda: sigma(t) * sigma(-t)) <= TAIL
    assert roundoffs(r.logistic_loss(w, 0.0, x, np.zeros(1)), lambda: softplus(t)) <= TAIL
    assert roundoffs(r.logistic_loss(w, 0.0, x, np.ones(1)), lambda: softplus(-t)) <= TAIL


@pytest.mark.parametrize("t", [800.0, 1e4])
def test_a_saturated_neuron_is_exact(t: float) -> None:
    w, x, one, zero = np.array([t]), np.array([[1.0], [-1.0]]), np.array([1, 0]), np.array([0, 1])
    assert r.logistic_predict(w, 0.0, x).tolist() == [1, 0]
    assert r.logistic_loss(w, 0.0, x, one) == 0
    assert r.logistic_loss(w, 0.0, x, zero) == 2 * t
    assert r.logistic_gradient(w, 0.0, x, zero)[0] == 2
    assert not r.logistic_hessian(w, 0.0, x).any()


@pytest.mark.parametrize("gap", [1e-9, 1.0, 40.0, 256.0, 700.0])
def test_softmax_and_cross_entropy_are_accurate_at_both_classes(gap: float) -> None:
    z = np.array([gap, 0.0])
    assert roundoffs(r.softmax(z)[1], lambda: sigma(-gap)) <= TAIL
    for entry in r.softmax_jacobian(z).ravel() * [1, -1, -1, 1]:
        assert roundoffs(entry, lambda: sigma(gap) * sigma(-gap)) <= TAIL
    assert roundoffs(r.cross_entropy(z, np.array([1, 0])), lambda: softplus(-gap)) <= TAIL
    assert roundoffs(r.cross_entropy(z, np.array([0, 1])), lambda: softplus(gap)) <= TAIL


@pytest.mark.parametrize("gap", [800.0, 1e4, 1e300])
def test_a_wide_gap_is_exact(gap: float) -> None:
    z = np.array([0.0, -gap])
    assert r.cross_entropy(z, np.array([3, 0])) == 0
    assert r.cross_entropy(z, np.array([0, 3])) == 3 * gap
    assert r.cross_entropy_gradient(z, np.array([0, 3])).tolist() == [3, -3]
    assert not r.cross_entropy_hessian(z).any()


def test_a_label_of_zero_hides_a_gap_that_overflows() -> None:
    z = np.array([1e308, -1e308])
    with np.errstate(over="ignore"):
        assert r.cross_entropy(z, np.array([3, 0])) == 0


@pytest.mark.parametrize("eps", [0.0, 1e-5])
@pytest.mark.parametrize(("scale", "offset"), [(1.0, 1e8), (2.0**-600, 0.0), (2.0**600, 0.0)])
def test_batch_norm_survives_an_offset_and_extreme_scales(scale: float, offset: float, eps: float) -> None:
    x, one = scale * np.array([[0.0], [1.0], [2.0]]) + offset, np.ones(1)
    low, middle, high = r.batch_norm(x, one, 0 * one, eps)[:, 0]
    assert low == -high
    assert middle == 0
    assert roundoffs(high, lambda: arb(scale) / (2 * arb(scale) ** 2 / 3 + arb(eps)).sqrt()) <= TAIL


@pytest.mark.parametrize("x", [1e308, 0.1, 5e-324])
def test_a_batch_of_one_comes_out_as_beta(x: float) -> None:
    batch, gamma, beta = np.array([[x]]), np.array([-3.0]), np.array([0.1])
    assert r.centered_batch_norm(batch, gamma, beta) == beta
    assert r.centered_batch_norm_backward(batch, gamma) == 0
    assert r.batch_norm(batch, gamma, beta, 1e-5) == beta
    assert r.batch_norm_backward(batch, batch, gamma, 1e-5)[0] == 0


def test_a_mask_is_a_function_of_its_seed() -> None:
    assert r.dropout_mask(1000, 0.0, 7).all()
    assert not r.dropout_mask(1000, 1.0, 7).any()
    assert (r.dropout_mask(1000, 0.5, 7) == r.dropout_mask(1000, 0.5, 7)).all()
    assert (r.dropout_mask(1000, 0.5, 7) != r.dropout_mask(1000, 0.5, 8)).any()


def test_a_polynomial_is_differentiated_exactly_at_the_origin() -> None:
    c = np.arange(27).reshape(3, 3, 3)
    origin = np.zeros(3)
    assert r.trivariate_value(c, origin) == c[0, 0, 0]
    assert r.trivariate_gradient(c, origin).tolist() == [c[1, 0, 0], c[0, 1, 0], c[0, 0, 1]]
    assert r.trivariate_hessian(c, origin).tolist() == [
        [2 * c[2, 0, 0], c[1, 1, 0], c[1, 0, 1]],
        [c[1, 1, 0], 2 * c[0, 2, 0], c[0, 1, 1]],
        [c[1, 0, 1], c[0, 1, 1], 2 * c[0, 0, 2]],
    ]


def test_gaussian_dropout_adds_half_the_variance() -> None:
    w, x = np.array([2.0, -1.0, 3.0]), np.array([3.0, 0.5, -2.0])
    assert r.gaussian_dropout_penalty(w, x, 0.5) == 0.125 * (36 + 0.25 + 36)
    assert r.gaussian_dropout_expected_loss(w, x, 5.0, 0.5) == 0.5 * 5.5**2 + 0.125 * 72.25
    assert r.gaussian_dropout_expected_gradient(w, x, 5.0, 0.5).tolist() == [-12.0, -2.8125, 14.0]


def test_newton_stays_at_a_root_and_refuses_a_flat_slope() -> None:
    assert r.newton_root(lambda x: x, lambda x: 1 / x if x else 1 / 0, 0.0, 2).tolist() == [0, 0, 0]
    assert r.newton_minimize(lambda x: 2 * x - 6, lambda _: 2.0, 1.0, 2).tolist() == [1, 3, 3]
    with pytest.raises(ZeroDivisionError):
        r.newton_root(lambda x: x * x + 1, lambda x: 2 * x, 0.0, 1)


# -- Extremes --

PRECISIONS = ("float64", "float32")
RANGES: dict[str, tuple[float, float]] = {"alpha": (0, 1), "p": (0, 1), "eps": (0, np.inf), "sigma": (0, np.inf)}
RANGES |= {"variance": (0, np.inf), "momentum": (0, 1)}
"""The domain of each argument; labels besides."""


def in_precision(value: Any, dtype: Any) -> Any:
    """`value`, each number of it rounded to `dtype`."""
    if isinstance(value, np.ndarray):
        return value.astype(dtype)
    return float(dtype(value)) if type(value) is float else value


def extremes(call: str, name: str, good: Any, dtype: Any) -> Iterator[Any]:
    """`good` with its entries replaced by 0, by the smallest and by the largest numbers, and as integers."""
    if callable(good) or type(good) is int or name == "mask":
        return
    limits, array = np.finfo(dtype), np.asarray(good, dtype=dtype)
    low, high = (0, 1) if name == "y" else RANGES.get(name, (-np.inf, np.inf))
    signs = np.where(np.arange(array.size).reshape(array.shape) % 2, -1, 1)
    largest = limits.max ** (1 / 9) if call.startswith("trivariate") else limits.max  # powers of it are floats
    for size in (0, limits.smallest_subnormal, limits.tiny, largest / 4, largest):
        for values in (np.full_like(array, size), signs * np.full_like(array, size), np.where(signs > 0, size, array)):
            x = np.clip(values, low, high).astype(dtype)
            if not (name == "y" and call.startswith("network")):
                yield x if array.ndim else float(x)
    if array.ndim and name != "y":
        yield np.arange(array.size).reshape(array.shape)


def parts(answer: Any) -> list[Any]:
    return list(answer) if isinstance(answer, tuple) else [answer]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("call", r.__all__)
def test_extremes_are_answered_or_refused_and_warn_of_nothing(call: str, precision: str) -> None:
    dtype = np.dtype(precision).type
    good = {name: in_precision(value, dtype) for name, value in good_arguments(call).items()}
    for name, value in good.items():
        for extreme in extremes(call, name, value, dtype):
            refused = refusal(call, good | {name: extreme})
            assert not refused or re.search(rf"\b{name}\b", refused), f"{name} = {extreme!r}: {refused}"
            if refused:
                continue
            answer = getattr(r, call)(**good | {name: extreme})
            assert not any(np.isnan(part).any() for part in parts(answer)), f"{name} = {extreme!r}: {answer}"
            mixed = np.asarray(extreme).dtype.kind == "i"
            assert mixed or len({part.dtype for part in parts(answer) if isinstance(part, np.ndarray)}) <= 1


@pytest.mark.filterwarnings("error")
def test_what_overflows_on_the_way_does_not_overflow_the_answer() -> None:
    huge, one = np.array([1e200]), np.ones(1)
    assert r.logistic_loss(huge, 0.0, huge[None], one) == 0
    assert r.trivariate_value(np.array([[[1, 0, 0]]]), np.array([0, 0, 1e200])) == 1
    assert r.trivariate_gradient(np.array([0, 1, 0])[None, None], np.array([0, 0, 1e200])).tolist() == [0, 0, 1]
    column = np.full((2, 1), 1e308)
    assert (r.batch_norm(column, 3 * one, 0.1 * one, 1e-5) == 0.1).all()
    assert (r.centered_batch_norm(column, 3 * one, 0.1 * one) == 0.1).all()
    assert not r.centered_batch_norm_backward(column, 3 * one).any()
    assert r.gaussian_dropout_expected_gradient(np.array([1e-300]), np.array([1e160]), 0.0, 1.0)[0] == pytest.approx(
        2e20
    )
    with pytest.raises(ValueError, match=r"\bW1\b.*\bx\b"):
        r.network_predict(huge[None], one, one[None], one, huge, one, 0.1)


@pytest.mark.filterwarnings("error")
def test_running_statistics_survive_a_variance_that_overflows() -> None:
    x, zero, one = np.array([[-1e200], [1e200]]), np.zeros(1), np.ones(1)
    assert r.running_statistics(x, zero, one, 0.0) == (0, 1)
    mean, variance = r.running_statistics(x, zero, one, 1e-150)
    assert mean == 0
    assert roundoffs(variance[0], lambda: arb(1e200) ** 2 * arb(1e-150) + 1) <= 4
    assert r.running_statistics(x, zero, one, 1.0) == (0, np.inf)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("x", "mean", "variance", "gamma"),
    [
        (1e308, -1e308, 1e308, 1.0),
        (1e308, 0.0, 1e-10, 1e-300),
        (1e-300, 0.0, 5e-324, 1e308),
        (5e-324, -1e-323, 1e-320, 1.0),
    ],
)
def test_inference_overflows_only_where_the_answer_does(x: float, mean: float, variance: float, gamma: float) -> None:
    beside = np.array([[x], [1e308], [5e-324]])  # each sample by itself
    y = r.batch_norm_inference(beside, np.array([gamma]), np.zeros(1), np.array([mean]), np.array([variance]), 0.0)
    assert roundoffs(y[0, 0], lambda: arb(gamma) * (arb(x) - arb(mean)) / arb(variance).sqrt()) <= 8


@pytest.mark.parametrize("label", [0, 1])
def test_a_gradient_is_accurate_where_the_true_class_is_certain(label: int) -> None:
    t = 40.0 if label else -40.0
    sign = -1 if label else 1
    gradient = r.logistic_gradient(np.array([t]), 0.0, np.ones((1, 1)), np.array([label]))[1]
    assert roundoffs(gradient, lambda: sign * sigma(-40.0)) <= TAIL
    entries = r.cross_entropy_gradient(np.array([40.0, 0.0]), np.array([1, 0]))
    assert roundoffs(entries[0], lambda: -sigma(-40.0)) <= TAIL
    assert roundoffs(entries[1], lambda: sigma(-40.0)) <= TAIL


@pytest.mark.parametrize("features", [1, 2])
def test_a_million_samples_lose_nothing_to_adding_one_by_one(features: int) -> None:
    x = np.random.default_rng(0).standard_normal((10**6, features)).astype(np.float32)
    one = np.ones(features, dtype=np.float32)
    due = r.batch_norm(x.astype(float), one.astype(float), one.astype(float), 1e-5)
    assert np.abs(r.batch_norm(x, one, one, 1e-5) - due).max() < 16 * np.finfo(np.float32).eps
    constant = np.full((10**5, features), 0.1, dtype=np.float32)
    with pytest.raises(ValueError, match=r"\beps\b"):
        r.batch_norm(constant, one, one, 0.0)
