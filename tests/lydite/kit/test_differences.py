"""Finite differences: as good as they say, whatever is answered."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import reference
from lydite.kit.differences import Line, curvature, second_step, slope
from lydite.kit.evidence import Broken, Tally
from lydite.kit.holds import holds
from lydite.target.implementation import Implementation
from spec.bounds import softmax_cross_entropy as bounds
from spec.definitions.softmax_cross_entropy import Logits
from spec.laws import batch_norm, logistic, softmax_cross_entropy

U = 2.0**-53


def line(at: float, step: float, noise: float = 4 * U, radius: float = np.inf, size: float = 0.0) -> Line:
    return Line(lambda t: (at + t,), lambda t: noise, step, radius, size)


@pytest.mark.parametrize("at", [-2.0, 0.0, 0.3, 1.5])
@pytest.mark.parametrize(
    ("function", "first", "second", "size"),
    [
        (np.exp, np.exp, np.exp, np.exp(2.5)),
        (np.sin, np.cos, lambda x: -np.sin(x), np.cosh(1)),
        (np.cosh, np.sinh, np.cosh, np.cosh(2.5)),
        (lambda x: x**6, lambda x: 6 * x**5, lambda x: 30 * x**4, 0.0),
    ],
)
def test_the_error_is_within_its_bound(
    function: Callable[..., Any], first: Callable[..., Any], second: Callable[..., Any], size: float, at: float
) -> None:
    """On the disc of radius 1 about `at` no function is larger than `size`, but for the polynomial."""
    radius = 1.0 if size else np.inf
    noise = 8 * U * (1 + abs(function(at + 1)) + abs(function(at)) + abs(function(at - 1)))
    one = slope(function, line(at, 1 / 16, noise, radius, size))
    two = curvature(function, line(at, second_step(U), noise, radius, size))
    assert abs(one.value - first(at)) <= one.error
    assert abs(two.value - second(at)) <= two.error
    assert one.error < 1e-8 * (1 + noise / U)
    assert two.error < 1e-6 * (1 + noise / U)


def test_truncation_is_no_looser_than_it_has_to_be() -> None:
    """`1 / (1 - t)` has the coefficients of Cauchy's estimate itself, but for the factor that its size costs."""
    radius, step = 1 / 2, 1 / 64
    found = slope(lambda t: 1 / (1 - t), line(0.0, step, 0.0, radius, 1.0))  # it is at most 1 away from its value 1
    assert abs(found.value - 1) <= found.error <= 500 * abs(found.value - 1)


def test_vectors_are_differenced_entry_by_entry() -> None:
    found = slope(lambda t: np.array([t, t * t, 1.0]), line(0.0, 1 / 64))
    assert (np.abs(found.value - [1, 0, 0]) <= found.error).all()


# -- No answer widens what it is allowed --

CASE = Logits(z=np.array([0.5, -1.0, 2.0]), y=np.array([0.0, 1.0, 0.0]), v=np.array([1.0, -0.5, 0.25]))
LAW = softmax_cross_entropy.gradient_of_one_hot_is_difference_quotient


def noisy(amplitude: Callable[[float], float]) -> Implementation:
    """The reference, its loss off by so many times what it is allowed at a distance `t` along the direction."""

    def loss(z: Any, y: Any) -> float:
        t = float((z - CASE.z) @ CASE.direction / (CASE.direction @ CASE.direction))
        allowed = bounds.cross_entropy(z, y, CASE.u) + bounds.moved_by_rounding(z, y, CASE.u)
        return float(reference.cross_entropy(z, y) + amplitude(t) * allowed)

    return Implementation(SimpleNamespace(cross_entropy=loss, cross_entropy_gradient=reference.cross_entropy_gradient))


def worst(t: float) -> float:
    """Of every point the sign by which it does most harm: the middle one of three quotients is taken away."""
    middle = np.isclose(abs(t), softmax_cross_entropy.STEP / 2)
    return float(np.sign(t)) * (-1 if middle else 1)


def outermost(t: float) -> float:
    """At the longest step alone, whose quotient counts for 1/45: an extrapolation's own change is as large."""
    return float(np.sign(t)) if np.isclose(abs(t), softmax_cross_entropy.STEP) else 0.0


def test_noise_within_its_bound_holds_wherever_it_falls() -> None:
    for amplitude in (worst, outermost):
        holds(LAW, noisy(lambda t: 0.99 * amplitude(t)), CASE, Tally())  # noqa: B023  (called at once)


@pytest.mark.parametrize("times", [400.0, 1e4, 1e8])
def test_noise_beyond_its_bound_does_not_excuse_itself(times: float) -> None:
    with pytest.raises(Broken):
        holds(LAW, noisy(lambda t: times * outermost(t)), CASE, Tally())


def test_noise_slightly_beyond_its_bound_is_told_at_its_worst() -> None:
    """The truncation and the gradient's own rounding, which are allowed besides, come to a seventh of it."""
    with pytest.raises(Broken):
        holds(LAW, noisy(lambda t: 1.15 * worst(t)), CASE, Tally())


# -- Radius and size of the lines, on their circle: analytic functions are largest on the rim --

ANGLES = np.exp(2j * np.pi * np.arange(64) / 64)


@pytest.mark.parametrize("seed", range(20))
def test_softmax_is_no_larger_than_its_spread(seed: int) -> None:
    rng = np.random.default_rng(seed)
    z, v = 5 * rng.standard_normal(6), np.clip(2 * rng.standard_normal(6), -1, 1)
    for t in softmax_cross_entropy.RADIUS * ANGLES:
        e = np.exp(z + t * v)
        assert np.abs(e / e.sum()).max() <= softmax_cross_entropy.SPREAD
        assert abs((e * v).sum() / e.sum()) <= softmax_cross_entropy.SPREAD


@pytest.mark.parametrize("margin", [-15.0, -1.0, 0.0, 0.5, 15.0])
def test_the_sigmoid_is_near_a_half(margin: float) -> None:
    assert (np.abs(1 / (1 + np.exp(-(margin + logistic.RADIUS * ANGLES))) - 0.5) <= 0.5).all()


@pytest.mark.parametrize("eps", [0.0, 1e-3, 1.0])
@pytest.mark.parametrize("seed", range(20))
def test_normalised_values_are_no_larger_than_said(seed: int, eps: float) -> None:
    rng, radius = np.random.default_rng(seed), batch_norm.RADIUS
    x, v = rng.standard_normal(5), np.clip(2 * rng.standard_normal(5), -1, 1)
    v = -np.sign(x - x.mean()) if seed == 0 else v
    s = np.sqrt(x.var() + eps)
    for t in radius * ANGLES:
        moved = x + t * s * v
        centered = moved - moved.mean()
        x_hat = np.abs(centered / np.sqrt((centered**2).mean() + eps))
        assert (x_hat <= (np.abs(x - x.mean()) / s + 2 * radius) / (1 - radius)).all()
