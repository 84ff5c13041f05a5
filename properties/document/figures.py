"""Figures of the document on trial: each one function, drawn from the definitions."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from flint import arb, ctx

from lydite.kit import balls
from lydite.kit.figure import COLOURS, MARKERS, figure, line, points
from spec.definitions import batch_norm, gaussian_dropout, logistic, newton, softmax_cross_entropy

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# -- Question 1 --


@figure("Q1", "Q1.3", "Q1.19")
def cost_of_one_weight(axes: Axes) -> str:
    """The cost of one weight without bias.

    Where a line separates the classes it falls for ever and has no minimum; where the classes overlap it has one.
    """
    data = {
        "separable: x = (−1, 1), y = (0, 1)": ([-1, 1], [0, 1]),
        "overlapping: x = (−1, −1, 1, 1), y = (0, 1, 0, 1)": ([-1, -1, 1, 1], [0, 1, 0, 1]),
    }
    weights = np.linspace(-2, 8, 201)
    lowest = []
    for place, (label, (x, y)) in enumerate(data.items()):
        costs = [float(logistic.loss([arb(w) * xn for xn in x], balls.balls(y))) for w in weights]
        axes.plot(weights, costs, **line(place), label=label)
        lowest.append((float(weights[int(np.argmin(costs))]), min(costs)))
    axes.set(xlabel="weight w", ylabel="cost E(w, 0)", ylim=(0, 12))
    axes.legend(loc="upper left")
    (_, last), (least, bottom) = lowest
    return (
        f"Two curves over the weight. The separable one falls all the way to {last:.1e} at the right edge; "
        f"the overlapping one is lowest at w = {least:.2g}, where it is {bottom:.3f}, and rises on both sides."
    )


# -- Question 2 --


@figure("Q2", "Q2.d.6", "Q2.d.8", "Q2.c.8")
def gradient_against_batch_size(axes: Axes) -> str:
    """The gradient that mean-only batch norm passes back to the first sample, against the batch size; γ = ∂L/∂y₁ = 1.

    The document's limit is the dotted line; where all upstream gradients are alike it is never approached.
    """
    upstream: dict[str, Callable[[int], list[int]]] = {
        "alike: g = (1, 1, …)": lambda n: [1] * n,
        "one: g = (1, 0, 0, …)": lambda n: [1] + [0] * (n - 1),
        "alternating: g = (1, −1, …)": lambda n: [(-1) ** i for i in range(n)],
    }
    sizes = [2**k for k in range(1, 11)]
    ends = []
    for place, (label, make) in enumerate(upstream.items()):
        first = [float(batch_norm.centered([Fraction(g) for g in make(n)])[0]) for n in sizes]
        axes.plot(sizes, first, **points(place), label=label)
        ends.append(f"{label.partition(':')[0]} {first[-1]:.4g}")
    axes.axhline(1, color=COLOURS[3], linestyle=":", label="the printed limit, γ ∂L/∂y₁")
    axes.set_xscale("log", base=2)
    axes.set(xlabel="batch size n", ylabel="∂L/∂x₁", ylim=(-0.08, 1.5))
    axes.legend(loc="upper right", ncols=2)
    return f"Three rows of points against the batch size; at n = {sizes[-1]} they are: {', '.join(ends)}. Printed: 1."


# -- Question 5 --


@figure("Q5", "Q5.10", "Q5.12", "Q5.13")
def penalty_by_simulation(axes: Axes) -> str:
    """The mean loss with noise less the loss without, simulated (with 95 % intervals) and by formula.

    Noise that multiplies the weights adds a penalty on them; noise added to the weights adds what no weight changes.
    """
    w, x, target, draws = [2.0, -1.0, 3.0], [1.0, 0.5, -1.0], 5.0, 20_000
    random, sigmas, smooth = np.random.default_rng(5), np.linspace(0, 1, 9), np.linspace(0, 1, 101)
    plain = gaussian_dropout.loss(w, x, target, [1, 1, 1])
    furthest = 0.0
    # Noise ε added to a weight w multiplies it by 1 + ε/w.
    for place, (label, relative) in enumerate({"multiplied: δₖWₖ": w, "added: Wₖ + εₖ": [1.0] * 3}.items()):
        size = [r / wk for r, wk in zip(relative, w, strict=True)]
        noises = [[1 + sigma * s * random.standard_normal(draws) for s in size] for sigma in sigmas]
        lost = [gaussian_dropout.loss(w, x, target, noise) - plain for noise in noises]
        means, errors = np.array([a.mean() for a in lost]), np.array([1.96 * a.std() / math.sqrt(draws) for a in lost])
        due = np.array([gaussian_dropout.penalty(relative, x, sigma) for sigma in sigmas])
        axes.errorbar(sigmas, means, errors, **points(place), capsize=3, label=f"{label}, simulated")
        formula = [gaussian_dropout.penalty(relative, x, sigma) for sigma in smooth]
        axes.plot(smooth, formula, **line(place), label=f"{label}, by formula")
        away = np.abs(means - due)[1:] / errors[1:]
        furthest = max(furthest, float(away.max()))
    axes.set(xlabel="standard deviation σ of the noise", ylabel="mean loss added")
    axes.legend(loc="upper left")
    return (
        "Two parabolas in the standard deviation, each with simulated points on it: none is further from its formula "
        f"than {furthest:.1f} times its 95 % half-width. The one of multiplied noise is the higher."
    )


# -- Question 6 --

DIGITS = 4000
"""Bits in which iterates are followed, so that an error can be squared many times."""


def errors_of(function: newton.ScalarFunction, x0: float, steps: int) -> list[float]:
    """The distances of Newton's iterates from the first known root, while they are floats."""
    before, ctx.prec = ctx.prec, DIGITS
    try:
        root, x, errors = newton.constant(function.roots[0]), arb(x0), []
        for _ in range(steps):
            errors.append(float(abs(x - root).mid()))
            x = function.successor(arb(x.mid()))
        return [e for e in errors if e > 1e-250]
    finally:
        ctx.prec = before


@figure("Q6", "Q6.9", "Q6.16", "Q6.15", "Q6.10")
def orders_of_newton(axes: Axes) -> str:
    """Newton’s next error against the present one.

    On these scales the order is the slope: 1 at a double root, 2 at a simple one, 3 where moreover f″ vanishes at the
    root.
    """
    runs = {
        "double root, (x − 1)²(x + 2) from 2": (newton.power_times(1.0, 2, -2.0), 2.0, 60),
        "simple root, x² − 2 from 2": (newton.square_minus(2.0), 2.0, 8),
        "f″ = 0 at the root, sin x from 1": (newton.sine(), 1.0, 6),
    }
    slopes = []
    for place, (label, (function, x0, steps)) in enumerate(runs.items()):
        errors = np.array([e for e in errors_of(function, x0, steps) if e > 1e-60])
        now, then = errors[:-1], errors[1:]
        axes.loglog(now, then, **points(place), label=label)
        constant = then[-1] / now[-1] ** (place + 1)
        guide = np.array([now[-1], 1.0])
        axes.loglog(guide, constant * guide ** (place + 1), **line(place) | {"linewidth": 1.2})
        slopes.append(float(np.log(then[-1] / then[-2]) / np.log(now[-1] / now[-2])))
    axes.set(xlabel="present error |eₖ|", ylabel="next error |eₖ₊₁|", xlim=(1e-24, 3), ylim=(1e-50, 3))
    axes.legend(loc="lower right")
    return (
        "Three rows of points on logarithmic scales, each along a straight line; the slopes between the last two "
        f"points are {slopes[0]:.3f}, {slopes[1]:.3f} and {slopes[2]:.3f}."
    )


def edge_of_arctangent() -> float:
    """The start from which Newton's method on arctan goes to its opposite and back: the successor of `x` is `-x`."""
    function, low, high = newton.arctangent(), 1.0, 2.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if function.successor(arb(middle)) + middle > 0 else (low, middle)
    return low


@figure("Q6", "Q6.10", "Q6.1")
def basin_of_arctangent(axes: Axes) -> str:
    """Newton’s method on arctan.

    Within the shaded basin the iterates go to the root; at its edge they hop between two points for ever; beyond they
    run away, although f(0) = 0 and f′(0) = 1.
    """
    function, edge = newton.arctangent(), edge_of_arctangent()
    xs = np.linspace(-2, 2, 201)
    axes.axvspan(-edge, edge, color="#cfe2f0", label=f"basin, |x| < {edge:.4f}")
    axes.plot(xs, [float(function.successor(arb(x))) for x in xs], **line(0), label="next iterate")
    axes.plot(xs, xs, color="#606060", linewidth=1)
    axes.text(1.62, 1.78, "y = x", color="#404040", fontsize=9, ha="right")
    corners = [(edge, -edge), (-edge, -edge), (-edge, edge), (edge, edge), (edge, -edge)]
    axes.plot(*zip(*corners, strict=True), **line(1), label="the cycle of two")
    axes.set(xlabel="present iterate", ylabel="next iterate", ylim=(-3.6, 3.6))
    axes.legend(loc="upper center", fontsize=9)
    return (
        "The next iterate against the present one: an odd curve that crosses the opposite of the diagonal at "
        f"{edge:.6f} and its negative, where a square marks a cycle of two; between them the basin is shaded."
    )


# -- Question 7 --


def _shares(z: Any) -> Any:
    """The softmax in floats."""
    e = np.exp(z - z.max())
    return e / e.sum()


def _cost(z: Any, y: Any) -> float:
    """The cross-entropy in floats, from the gaps to the largest logit."""
    gap = z.max() - z
    others = np.exp(-gap)
    others[z.argmax()] = 0
    return float(y @ (gap + np.log1p(others.sum())))


@figure("Q7", "Q7.a.1", "Q7.a.7")
def differences_against_derivative(axes: Axes) -> str:
    """How far difference quotients of the cross-entropy in float64 are from its certified derivative, against the step.

    Long steps suffer from curvature, short ones from rounding: at best a half or two thirds of the digits are left.
    """
    z, y, axis = np.array([1.0, -0.5, 2.0]), np.array([0.0, 1.0, 0.0]), np.array([1.0, 0.0, 0.0])
    due = softmax_cross_entropy.gradient(balls.balls(z), balls.balls(y))[0]
    steps = 10.0 ** np.arange(-15, 0.1, 0.25)
    best = []
    for place, (label, back) in enumerate({"forward": 0.0, "central": 1.0}.items()):
        ends = [(_cost(z + h * axis, y), _cost(z - back * h * axis, y)) for h in steps]
        errors = [float(abs((a - b) / ((1 + back) * h) - due)) for (a, b), h in zip(ends, steps, strict=True)]
        axes.loglog(steps, errors, **line(place) | {"marker": MARKERS[place], "markersize": 4}, label=label)
        best.append(f"{label} {min(errors):.0e} at a step of {steps[int(np.argmin(errors))]:.0e}")
    exact = _shares(z)[0] - y[0]
    off = max(float(abs(arb(float(exact)) - due)), 1e-17)
    axes.axhline(off, **line(2), label="ŷ − y in float64")
    axes.set(xlabel="step h", ylabel="error of the derivative")
    axes.legend(loc="upper center", ncols=3)
    return (
        f"Two V-shaped curves on logarithmic scales; the smallest errors: {', '.join(best)}. ŷ − y is off by {off:.0e}."
    )


@figure("Q7", "Q7.b.ii.7", "Q7.b.iii.1", panels=2)
def null_direction(left: Axes, right: Axes) -> str:
    """The cross-entropy of two classes, left, is constant along (1, 1), and so the curvature, right, is 0 there.

    So the Hessian is positive semi-definite, not definite.
    """
    grid = np.linspace(-3, 3, 41)
    y = balls.balls([1, 0])
    costs = [[float(softmax_cross_entropy.cross_entropy([arb(a), arb(b)], y)) for a in grid] for b in grid]
    drawn_lines = left.contour(
        grid, grid, costs, levels=[0.02, 0.1, 0.3, 0.7, 1.5, 2.5, 3.5, 4.5], colors=COLOURS[0], linewidths=1.2
    )
    left.clabel(drawn_lines, fontsize=8)
    left.plot([-2.5, 2.5], [-2.5, 2.5], **line(1))
    left.text(0.2, -0.9, "(1, 1)", color=COLOURS[1])
    left.set(xlabel="z₁", ylabel="z₂", title="cost", aspect="equal")
    h = softmax_cross_entropy.hessian(balls.balls([1.0, 0.0]))
    angles = np.linspace(0, 180, 181)
    ways = [(arb(math.cos(t)), arb(math.sin(t))) for t in np.radians(angles)]
    forms = [float(h[0] * a * a + (h[1] + h[2]) * a * b + h[3] * b * b) for a, b in ways]
    right.plot(angles, forms, **line(0))
    least = float(angles[int(np.argmin(forms))])
    right.axvline(45, **line(1) | {"linewidth": 1.2})
    right.text(50, max(forms) * 0.9, "(1, 1)", color=COLOURS[1])
    right.set(xlabel="direction, degrees", ylabel="vᵀHv at z = (1, 0)", title="curvature", xticks=range(0, 181, 45))
    return (
        "Left, level lines of the cost, all parallel to the direction (1, 1). Right, the curvature against the "
        f"direction: from {max(forms):.3f} at its highest it falls to {min(forms):.1g} at {least:.0f} degrees."
    )
