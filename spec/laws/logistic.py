"""A sigmoid neuron under binary cross-entropy (Q1): laws on its prediction, cost, derivatives and descent."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from lydite.kit import (
    CORE,
    INPUTS,
    TAILS,
    VALUES,
    WIDE,
    Equation,
    Floats,
    Inequality,
    Raises,
    Refusal,
    Regime,
    is_refused,
    law,
)
from lydite.kit.answers import eigenvalues
from lydite.kit.case import tiny
from lydite.kit.derivatives import is_quotient, is_second_quotient, is_symmetric, is_vanishing_quotient
from lydite.kit.differences import Line, Quotient, second_step, slope
from spec.bounds import logistic as bounds
from spec.contracts.logistic import Logistic
from spec.definitions.logistic import MARGIN, Chord, Descent, Parameters, Samples, joined

Numbers = NDArray[np.float64]

STEP = 1 / 64
"""The largest step of a difference quotient, along a direction in which margins change by at most 1: a sixty-fourth of
the distance on which an exponential changes by a factor e, and a power of two."""

RADIUS = 3 / 2
"""Margins that move no faster than `t` have an imaginary part of less than `pi / 2` for complex `t` of at most this
size: there `|sigma - 1/2| = |tanh(margin / 2)| / 2 <= 1/2`, and so near to a number is the slope of its loss."""

STEPS_WITHOUT_A_MINIMUM = 2
STEPS_AT_THE_RATE = 16
STEPS_OF_A_CYCLE = 8
"""How far descent is followed."""

CORE_AND_SCALE = (Regime.CORE, Regime.SCALE)

CASES = 1024
"""As many as a property asks, and more."""

# -- The prediction --


@law("Q1.1", only=VALUES)
def prediction_is_exact(f: Logistic, case: Samples) -> Equation:
    """p = 1 / (1 + exp(-(X w + b)))."""
    return Equation(f.logistic_predict(*case.unlabelled), case.predictions, _prediction_bound(case))


@law("Q1.1", only=TAILS)
def prediction_keeps_its_tails(f: Logistic, case: Samples) -> Equation:
    """p = 1 / (1 + exp(-(X w + b))), relative to its own size."""
    allowed = bounds.prediction_tail(*case.unlabelled, case.predictions.roughly(), case.u)
    return Equation(f.logistic_predict(*case.unlabelled), case.predictions, allowed)


@law("Q1.1", only=WIDE)
def prediction_is_a_probability(f: Logistic, case: Samples) -> Inequality:
    """0 <= p <= 1, as |p - 1/2| <= 1/2."""
    return Inequality(np.abs(f.logistic_predict(*case.unlabelled) - 0.5), 0.5, _beyond_one(case), "|p - 1/2|")


@law("Q1.1", only=WIDE)
def predictions_at_opposite_margins_sum_to_one(f: Logistic, case: Samples) -> Equation:
    """sigma(t) + sigma(-t) = 1."""
    both = f.logistic_predict(*case.unlabelled) + f.logistic_predict(*case.mirrored)
    allowed = _prediction_bound(case) + _prediction_bound(case, mirrored=True) + 2 * case.u
    return Equation(both, np.ones_like(both), allowed)


@law("Q1.5", only=WIDE)
def slope_of_prediction_in_w_is_exact(f: Logistic, case: Samples) -> Equation:
    """dp/dw = p (1 - p) x, 1 - p being its own prediction at the opposite margin."""
    weights, allowed = _own_weights(f, case)
    return Equation(weights[:, None] * case.X, case.slopes_in_w, allowed[:, None] * np.abs(case.X))


@law("Q1.14", only=WIDE)
def slope_of_prediction_in_b_is_exact(f: Logistic, case: Samples) -> Equation:
    """dp/db = p (1 - p), 1 - p being its own prediction at the opposite margin."""
    weights, allowed = _own_weights(f, case)
    return Equation(weights, case.weights, allowed)


@law("Q1.5", only=CORE, differences=["logistic_predict"])
def slope_of_prediction_in_w_is_difference_quotient(f: Logistic, case: Samples) -> Equation:
    """p (1 - p) x.v = d/dt p(w + t v) at t = 0, by finite differences of its own predictions."""
    weights, allowed = _own_weights(f, case)
    speed, quotient = case.rows @ case.direction_in_w, _prediction_along(f, case, case.direction_in_w)
    return Equation(weights * speed, quotient.value, allowed * np.abs(speed) + quotient.error)


@law("Q1.14", only=CORE, differences=["logistic_predict"])
def slope_of_prediction_in_b_is_difference_quotient(f: Logistic, case: Samples) -> Equation:
    """p (1 - p) = d/dt p(b + t) at t = 0, by finite differences of its own predictions."""
    weights, allowed = _own_weights(f, case)
    quotient = _prediction_along(f, case, case.direction_in_b)
    return Equation(weights, quotient.value, allowed + quotient.error)


@law("Q1.9", only=WIDE)
def weight_is_at_most_a_quarter(f: Logistic, case: Samples) -> Inequality:
    """0 <= p (1 - p) <= 1/4, as |p (1 - p) - 1/8| <= 1/8, 1 - p being its own prediction at the opposite margin.

    Of one number p the upper bound would say nothing: p (1 - p) is at most 1/4 for every real p.
    """
    weights, allowed = _own_weights(f, case)
    return Inequality(np.abs(weights - 0.125), 0.125, allowed, "|p (1 - p) - 1/8|")


@law("Q1.9", only=CORE)
def weight_is_positive(f: Logistic, case: Samples) -> Inequality | None:
    """p (1 - p) > 0, wherever neither p nor 1 - p may have been rounded to zero."""
    t = bounds.margins(*case.unlabelled)
    least = bounds.sigmoid(-np.abs(t))
    visible = least > _prediction_bound(case)
    if not visible.any():
        return None
    p = f.logistic_predict(*case.unlabelled)[visible]
    return Inequality(tiny(case.u), p * (1 - p), 0.0, large_is="p (1 - p)")


# -- The cost --


@law("Q1.2", only=VALUES)
def loss_is_exact(f: Logistic, case: Samples) -> Equation:
    """E = -sum_n [y ln p + (1 - y) ln(1 - p)] = sum_n [ln(1 + e^t) - y t]."""
    return Equation(f.logistic_loss(*case.arguments), case.loss, _own_loss_bound(case))


@law("Q1.2", only=TAILS)
def loss_keeps_its_tails(f: Logistic, case: Samples) -> Equation:
    """E = sum_n ln(1 + e^t) for y = 0, ln(1 + e^-t) for y = 1, relative to its own size."""
    return Equation(f.logistic_loss(*case.arguments), case.loss, bounds.loss_tail(*case.arguments, case.u))


@law("Q1.2", only=WIDE)
def loss_is_not_negative(f: Logistic, case: Samples) -> Inequality:
    """E >= 0, and finite, however wrong the labels."""
    return Inequality(0.0, f.logistic_loss(*case.arguments), _own_loss_bound(case), large_is="E")


@law("Q1.2", only=WIDE)
def loss_at_the_origin_is_that_of_a_coin(f: Logistic, case: Samples) -> Equation:
    """E(0, 0) = n ln 2, whatever the samples and labels."""
    origin = np.zeros_like(case.w), 0.0
    allowed = _loss_bound(case, origin) + case.u * len(case.X)
    return Equation(f.logistic_loss(*origin, case.X, case.y), len(case.X) * np.log(2), allowed)


@law("Q1.2", only=WIDE)
def loss_is_that_of_the_opposite_neuron(f: Logistic, case: Samples) -> Equation:
    """E(w, b; X, y) = E(-w, -b; X, 1 - y)."""
    opposite = (1 - np.asarray(case.y, dtype=case.dtype)).astype(case.dtype)
    mirrored = bounds.loss(*case.mirrored, opposite, case.u, case.forgiving)
    rounded = case.u * np.abs(bounds.margins(*case.unlabelled)).sum()  # 1 - y is rounded
    allowed = _own_loss_bound(case) + mirrored + rounded
    return Equation(f.logistic_loss(*case.arguments), f.logistic_loss(*case.mirrored, opposite), allowed)


@law("Q1.2", only=WIDE)
def loss_is_blind_to_order(f: Logistic, case: Samples) -> Equation:
    """E is the same for samples and features in another order, here the opposite one."""
    w, X, y = (np.flip(a).copy() for a in (case.w, case.X, case.y))
    return Equation(f.logistic_loss(w, case.b, X, y), f.logistic_loss(*case.arguments), 2 * _own_loss_bound(case))


@law("Q1.22", only=WIDE)
def loss_adds_up(f: Logistic, case: Samples) -> Equation:
    """E = sum_n E_n, E_n that of sample n alone."""
    w, b, X, y = case.arguments
    alone = [(w, b, X[n : n + 1], y[n : n + 1]) for n in range(len(X))]
    allowed = _own_loss_bound(case) + sum(bounds.loss(*a, case.u, case.forgiving) for a in alone)
    each = [f.logistic_loss(*a) for a in alone]
    summed = len(X) * case.u * bounds.loss_size(*case.arguments)
    return Equation(f.logistic_loss(*case.arguments), sum(each), allowed + summed)


@law("Q1.22", only=WIDE)
def loss_of_samples_twice_is_double(f: Logistic, case: Samples) -> Equation:
    """E(w, b; [X; X], [y; y]) = 2 E(w, b; X, y)."""
    twice = case.twice
    allowed = bounds.loss(*twice, case.u, case.forgiving) + 2 * _own_loss_bound(case)
    return Equation(f.logistic_loss(*twice), 2 * f.logistic_loss(*case.arguments), allowed)


@law("Q1.12", only=WIDE, differences=["logistic_loss"])
def loss_is_convex_in_w(f: Logistic, case: Chord) -> Inequality:
    """E(s w + (1 - s) v, b) <= s E(w, b) + (1 - s) E(v, b)."""
    return _lies_below_its_chord(f, case, (case.v, case.b))


@law("Q1.17", only=WIDE, differences=["logistic_loss"])
def loss_is_strictly_convex_in_b(f: Logistic, case: Chord) -> Inequality:
    """E(w, s b + (1 - s) c) + 1/2 s (1 - s) m (b - c)^2 <= s E(w, b) + (1 - s) E(w, c), m > 0 its least curvature.

    Between the ends no weight is below that of the larger margin, drift included.
    """
    start, end = case.parameters, (case.w, case.c)
    farthest = np.maximum(
        np.abs(bounds.margins(*start, case.X)) + bounds.drift(*start, case.X, case.u),
        np.abs(bounds.margins(*end, case.X)) + bounds.drift(*end, case.X, case.u),
    )
    curvature = float(bounds.weight(farthest).sum())
    bend = case.share * (1 - case.share) / 2 * curvature * (float(case.b) - float(case.c)) ** 2
    return _lies_below_its_chord(f, case, end, bend)


@law("Q1.18", only=WIDE, differences=["logistic_loss"])
def loss_is_convex(f: Logistic, case: Chord) -> Inequality:
    """E(s (w, b) + (1 - s) (v, c)) <= s E(w, b) + (1 - s) E(v, c), w and b moving together."""
    return _lies_below_its_chord(f, case, (case.v, case.c))


@law("Q1.12", only=CORE)
def loss_lies_above_its_tangents_in_w(f: Logistic, case: Chord) -> Inequality:
    """E(w, b) + <dE/dw, v - w> <= E(v, b)."""
    return _lies_above_its_tangent(f, case, (case.v, case.b))


@law("Q1.17", only=CORE)
def loss_lies_above_its_tangents_in_b(f: Logistic, case: Chord) -> Inequality:
    """E(w, b) + dE/db (c - b) <= E(w, c)."""
    return _lies_above_its_tangent(f, case, (case.w, case.c))


@law("Q1.18", only=WIDE)
def loss_lies_above_its_tangents(f: Logistic, case: Chord) -> Inequality:
    """E(w, b) + <dE/d(w, b), (v, c) - (w, b)> <= E(v, c)."""
    return _lies_above_its_tangent(f, case, (case.v, case.c))


@law("Q1.18", only=WIDE)
def gradient_is_monotone(f: Logistic, case: Chord) -> Inequality:
    """<dE(w, b) - dE(v, c), (w, b) - (v, c)> >= 0."""
    X, y, gap = case.X, case.y, joined(*case.parameters) - case.toward
    ends = [(*case.parameters, X, y), (case.v, case.c, X, y)]
    here, there = (_gradient(f, *end) for end in ends)
    allowed = sum(bounds.gradient(*end, case.u) + _summing(case) * bounds.gradient_size(*end) for end in ends)
    return Inequality(
        0.0, (here - there) @ gap, allowed @ np.abs(gap), large_is="the rise of the gradient along the way"
    )


# -- Its gradient --


@law("Q1.6", only=VALUES)
def gradient_in_w_is_exact(f: Logistic, case: Samples) -> Equation:
    """dE/dw = sum_n (p - y) x."""
    return Equation(f.logistic_gradient(*case.arguments)[0], case.gradient_in_w, _gradient_bound(case)[:-1])


@law("Q1.15", only=VALUES)
def gradient_in_b_is_exact(f: Logistic, case: Samples) -> Equation:
    """dE/db = sum_n (p - y)."""
    return Equation(f.logistic_gradient(*case.arguments)[1], case.gradient_in_b, _gradient_bound(case)[-1])


@law("Q1.6", "Q1.15", only=TAILS)
def gradient_keeps_its_tails(f: Logistic, case: Samples) -> Equation:
    """dE/d(w, b) = sum_n (p - y) (x, 1), relative to the size of its terms where the label is 0: there p - y is p."""
    return Equation(_gradient(f, *case.arguments), case.gradient, bounds.gradient_tail(*case.arguments, case.u))


@law("Q1.6", "Q1.15", only=WIDE)
def gradient_is_residual_times_sample(f: Logistic, case: Samples) -> Equation:
    """dE/d(w, b) = sum_n (p - y) (x, 1), p its own prediction."""
    due = case.rows.T @ (f.logistic_predict(*case.unlabelled) - case.y)
    allowed = _gradient_bound(case) + np.abs(case.rows).T @ (_prediction_bound(case) + case.u)
    summed = (len(case.X) + 2) * case.u * bounds.gradient_size(*case.arguments)
    return Equation(_gradient(f, *case.arguments), due, allowed + summed)


@law("Q1.6", "Q1.15", only=CORE)
def gradient_is_slope(f: Logistic, case: Samples) -> Equation:
    """<dE/d(w, b), (v, c)> = d/dt E(w + t v, b + t c) at t = 0, by the power series of the definition."""
    return Equation(_gradient(f, *case.arguments) @ case.toward, case.slope, _slope_bound(case, case.toward))


@law("Q1.6", only=CORE, differences=["logistic_loss"])
def gradient_in_w_is_difference_quotient(f: Logistic, case: Samples) -> Equation:
    """<dE/dw, v> = d/dt E(w + t v, b) at t = 0, by finite differences of its own loss."""
    return _is_quotient_of_the_loss(f, case, case.direction_in_w)


@law("Q1.15", only=CORE, differences=["logistic_loss"])
def gradient_in_b_is_difference_quotient(f: Logistic, case: Samples) -> Equation:
    """dE/db = d/dt E(w, b + t) at t = 0, by finite differences of its own loss."""
    return _is_quotient_of_the_loss(f, case, case.direction_in_b)


@law("Q1.15", only=WIDE)
def gradient_in_b_is_at_most_the_number_of_samples(f: Logistic, case: Samples) -> Inequality:
    """|dE/db| <= n, since |p - y| <= 1."""
    return Inequality(abs(f.logistic_gradient(*case.arguments)[1]), len(case.X), _gradient_bound(case)[-1], "|dE/db|")


@law("Q1.22", only=CORE_AND_SCALE)
def gradient_of_samples_twice_is_double(f: Logistic, case: Samples) -> Equation:
    """dE(w, b; [X; X], [y; y]) = 2 dE(w, b; X, y)."""
    allowed = bounds.gradient(*case.twice, case.u) + 2 * _gradient_bound(case)
    return Equation(_gradient(f, *case.twice), 2 * _gradient(f, *case.arguments), allowed)


@law("Q1.19", only=CORE)
def gradient_vanishes_at_a_minimiser(f: Logistic, case: Samples) -> Equation:
    """dE/d(w, b) = 0 where the labels are the predictions themselves, or cancel in pairs."""
    # Labels are rounded: what that leaves is part of the truth, and of what is allowed.
    allowed = _gradient_bound(case) + np.abs(case.gradient.roughly())
    return Equation(_gradient(f, *case.arguments), np.zeros(case.w.size + 1), allowed)


@law("Q1.19", only=CORE, differences=["logistic_loss"])
def loss_is_flat_at_a_minimiser(f: Logistic, case: Samples) -> Equation:
    """<dE/d(w, b), (v, c)> = d/dt E(w + t v, b + t c) = 0 at a minimiser, by finite differences of its own loss."""
    v = case.direction
    # What the rounding of the labels leaves of the slope, as above.
    residue = float(np.abs(case.gradient.roughly()) @ np.abs(v))
    return is_vanishing_quotient(
        f, "logistic_gradient", case.arguments, v, loss_line(case, v), _slope_bound(case, v), residue=residue
    )


@law("Q1.19", only=CORE)
def nothing_lies_below_a_stationary_point(f: Logistic, case: Samples) -> Inequality:
    """dE(w, b) = 0 implies E(w, b) <= E(v, c) for every (v, c)."""
    gap = case.toward - joined(*case.parameters)
    allowed = (
        _own_loss_bound(case) + _loss_bound(case, (case.v, case.c)) + np.abs(case.gradient.roughly()) @ np.abs(gap)
    )
    here, there = f.logistic_loss(*case.arguments), f.logistic_loss(case.v, case.c, case.X, case.y)
    return Inequality(here, there, allowed, "E(w, b)", "E(v, c)")


@law("Q1.19", only=CORE)
def gradient_never_vanishes_without_a_minimum(f: Logistic, case: Samples) -> Inequality | None:
    """-<dE/d(w, b), (v, c)> >= sum_n |p - y| |x.v + c| > 0 where (v, c) separates the labels."""
    fall, allowed = -float(case.slope.roughly()), _slope_bound(case, case.toward)
    if fall <= 2 * allowed:
        return None  # the slope drowns in rounding: nothing is shown
    return Inequality(fall, -(_gradient(f, *case.arguments) @ case.toward), allowed, large_is="-<dE/d(w, b), (v, c)>")


# -- Its Hessian --


@law("Q1.7", only=VALUES)
def hessian_in_w_of_one_sample_is_exact(f: Logistic, case: Samples) -> Equation:
    """d2E_n/dw dw' = p (1 - p) x x'."""
    allowed = _hessian_bound(case)[:-1, :-1]
    return Equation(f.logistic_hessian(*case.unlabelled)[:-1, :-1], case.hessian_in_w, allowed)


@law("Q1.7", only=WIDE)
def hessian_in_w_of_one_sample_has_rank_one(f: Logistic, case: Samples) -> Equation | None:
    """Every eigenvalue of d2E_n/dw dw' but the largest is 0."""
    return _has_null_space(f, case, case.w.size, rank=1)


@law("Q1.8", only=VALUES)
def hessian_in_w_is_exact(f: Logistic, case: Samples) -> Equation:
    """d2E/dw dw' = sum_n p_n (1 - p_n) x_n x_n', each sample with its own p_n."""
    allowed = _hessian_bound(case)[:-1, :-1]
    return Equation(f.logistic_hessian(*case.unlabelled)[:-1, :-1], case.hessian_in_w, allowed)


@law("Q1.16", only=VALUES)
def hessian_in_b_is_exact(f: Logistic, case: Samples) -> Equation:
    """d2E/db2 = sum_n p_n (1 - p_n), each sample with its own p_n."""
    allowed = _hessian_bound(case)[-1, -1]
    return Equation(f.logistic_hessian(*case.unlabelled)[-1, -1], case.hessian_in_b, allowed)


@law("Q1.16", only=WIDE)
def hessian_in_b_is_at_most_a_quarter_a_sample(f: Logistic, case: Samples) -> Inequality:
    """0 <= d2E/db2 <= n / 4, as |d2E/db2 - n / 8| <= n / 8."""
    middle, allowed = len(case.X) / 8, _hessian_bound(case)[-1, -1]
    return Inequality(abs(f.logistic_hessian(*case.unlabelled)[-1, -1] - middle), middle, allowed, "|d2E/db2 - n/8|")


@law("Q1.18", only=VALUES)
def hessian_is_exact(f: Logistic, case: Samples) -> Equation:
    """d2E/d(w, b)2 = sum_n p_n (1 - p_n) (x_n, 1)(x_n, 1)', its mixed block included."""
    return Equation(f.logistic_hessian(*case.unlabelled), case.hessian, _hessian_bound(case))


@law("Q1.18", only=TAILS)
def hessian_keeps_its_tails(f: Logistic, case: Samples) -> Equation:
    """d2E/d(w, b)2 = sum_n sigma(t) sigma(-t) (x_n, 1)(x_n, 1)', relative to the size of its terms."""
    return Equation(f.logistic_hessian(*case.unlabelled), case.hessian, bounds.hessian_tail(*case.unlabelled, case.u))


@law("Q1.8", "Q1.16", "Q1.18", only=CORE)
def hessian_is_weighted_gram_matrix(f: Logistic, case: Samples) -> Equation:
    """d2E/d(w, b)2 = [X 1]' diag(p (1 - p)) [X 1], p and 1 - p its own predictions at opposite margins."""
    weights, off = _own_weights(f, case)
    size = np.abs(case.rows)
    allowed = _hessian_slack(case) + (size.T * off) @ size
    return Equation(f.logistic_hessian(*case.unlabelled), (case.rows.T * weights) @ case.rows, allowed)


@law("Q1.8", "Q1.18", only=CORE)
def quadratic_form_is_curvature(f: Logistic, case: Samples) -> Equation:
    """(v, c)' H (v, c) = d2/dt2 E(w + t v, b + t c) at t = 0, by the power series of the definition."""
    return Equation(_form(f.logistic_hessian(*case.unlabelled), case.toward), case.curvature, _form_bound(case))


@law("Q1.7", "Q1.8", "Q1.16", "Q1.18", only=CORE, differences=["logistic_gradient"])
def hessian_is_difference_quotient(f: Logistic, case: Samples) -> Equation:
    """H (v, c) = d/dt dE(w + t v, b + t c) at t = 0, by finite differences of its own gradient."""
    v = case.direction
    allowed = _hessian_slack(case) @ np.abs(v)
    return is_quotient(f, "logistic_hessian", case.unlabelled, v, _gradient_line(case, v), allowed)


@law("Q1.18", only=WIDE)
def hessian_is_symmetric(f: Logistic, case: Samples) -> Equation:
    """H = H'."""
    return is_symmetric(f, "logistic_hessian", case.unlabelled, _hessian_bound(case))


@law("Q1.11", only=WIDE)
def hessian_in_w_has_no_negative_eigenvalue(f: Logistic, case: Samples) -> Inequality:
    """min eig(d2E/dw dw') >= 0."""
    return _has_no_negative_eigenvalue(f, case, case.w.size)


@law("Q1.11", only=CORE)
def quadratic_form_in_w_is_not_negative(f: Logistic, case: Samples) -> Inequality:
    """(v, 0)' H (v, 0) >= 0."""
    v, h = case.toward[:-1], f.logistic_hessian(*case.unlabelled)[:-1, :-1]
    return Inequality(0.0, _form(h, v), _form(_hessian_slack(case)[:-1, :-1], np.abs(v)), large_is="v'Hv")


@law("Q1.11", only=CORE, differences=["logistic_loss"])
def quadratic_form_in_w_is_second_difference(f: Logistic, case: Samples) -> Equation:
    """(v, 0)' H (v, 0) = d2/dt2 E(w + t v, b) at t = 0, and >= 0, by second differences of its own loss."""
    v = case.direction_in_w
    line, allowed = loss_line(case, v, second_step(case.u)), _form(_hessian_slack(case), np.abs(v))
    return is_second_quotient(f, "logistic_hessian", case.unlabelled, v, line, allowed)


@law("Q1.11", only=WIDE)
def hessian_in_w_has_at_most_the_rank_of_the_samples(f: Logistic, case: Samples) -> Equation | None:
    """At least d - n eigenvalues of d2E/dw dw' are 0."""
    return _has_null_space(f, case, case.w.size, len(case.X))


@law("Q1.18", only=WIDE)
def hessian_has_no_negative_eigenvalue(f: Logistic, case: Samples) -> Inequality:
    """min eig(H) >= 0."""
    return _has_no_negative_eigenvalue(f, case, case.w.size + 1)


@law("Q1.18", only=CORE)
def quadratic_form_is_not_negative(f: Logistic, case: Samples) -> Inequality:
    """(v, c)' H (v, c) >= 0."""
    form = _form(f.logistic_hessian(*case.unlabelled), case.toward)
    return Inequality(0.0, form, _form_bound(case), large_is="(v, c)' H (v, c)")


@law("Q1.18", only=WIDE)
def hessian_has_at_most_the_rank_of_the_samples(f: Logistic, case: Samples) -> Equation | None:
    """At least d + 1 - n eigenvalues of H are 0."""
    return _has_null_space(f, case, case.w.size + 1, len(case.X))


@law("Q1.22", only=CORE_AND_SCALE)
def hessian_of_samples_twice_is_double(f: Logistic, case: Samples) -> Equation:
    """H(w, b; [X; X]) = 2 H(w, b; X)."""
    w, b, X, _ = case.twice
    allowed = bounds.hessian(w, b, X, case.u) + 2 * _hessian_bound(case)
    return Equation(f.logistic_hessian(w, b, X), 2 * f.logistic_hessian(*case.unlabelled), allowed)


# -- Gradient descent --


@law("Q1.20", only=VALUES)
def step_is_exact(f: Logistic, case: Descent) -> Equation:
    """(w, b) - eta sum_n (p - y) (x, 1), both from the old (w, b)."""
    allowed = _step_bound(case)
    due = case.step_in_w, case.step_in_b
    return Equation(f.logistic_step(*case.arguments, case.learning_rate), due, (allowed[:-1], allowed[-1]))


@law("Q1.20", only=WIDE)
def step_is_along_its_own_gradient(f: Logistic, case: Descent) -> Equation:
    """(w, b) - eta dE/d(w, b), the gradient its own at the old (w, b)."""
    rate = float(case.learning_rate)
    due = joined(*case.parameters) - rate * _gradient(f, *case.arguments)
    allowed = _step_bound(case) + abs(rate) * _gradient_bound(case)
    return Equation(joined(*f.logistic_step(*case.arguments, case.learning_rate)), due, allowed)


@law("Q1.20", only=CORE, differences=["logistic_loss"])
def step_is_along_the_quotient_of_the_loss(f: Logistic, case: Descent) -> Equation:
    """<(w, b) - (w', b'), (v, c)> = eta d/dt E(w + t v, b + t c) at t = 0, by finite differences of its own loss."""
    v, rate, start = case.direction, float(case.learning_rate), joined(*case.parameters)
    quotient = slope(f.logistic_loss, loss_line(case, v))
    summed = _summing(case) * (2 * np.abs(start) + abs(rate) * _gradient_size(case)) @ np.abs(v)
    allowed = _step_bound(case) @ np.abs(v) + summed + abs(rate) * quotient.error
    return Equation((start - _step(f, case)) @ v, rate * quotient.value, allowed)


@law("Q1.20", only=WIDE)
def step_at_rate_zero_stays(f: Logistic, case: Descent) -> Equation:
    """(w, b) for eta = 0."""
    return Equation(f.logistic_step(*case.arguments, 0.0), (case.w, case.b), (0.0, 0.0))


@law("Q1.21", only=WIDE)
def step_lowers_the_loss(f: Logistic, case: Descent) -> Inequality:
    """E(w', b') <= E(w, b) - eta (1 - eta L / 2) |dE|^2 for eta < 2 / L, L = max eig([X 1]'[X 1]) / 4."""
    after, before, slack, _ = _descended(f, case)
    return Inequality(after, before, slack, "E after the step")


@law("Q1.21", only=CORE, differences=["logistic_loss"])
def step_lowers_its_own_loss(f: Logistic, case: Descent) -> Inequality | None:
    """(E(w', b') - E(w, b)) / eta <= -(1 - eta L / 2) |dE|^2 for eta < 2 / L, with its own losses and gradient."""
    rate, g, theta = float(case.learning_rate), _gradient(f, *case.arguments), _step(f, case)
    if not np.isfinite(theta).all():
        return DIVERGED
    if np.abs(case.rows @ case.step.roughly()).max() > MARGIN:
        return None  # the textbook's own loss need not be finite where the step ends
    share = 1 - rate * case.smoothness / 2
    off = _gradient_bound(case) + _summing(case) * _gradient_size(case)
    # Its own gradient and both losses by their bounds; no loss changes faster than its margin.
    slack = share * (2 * _gradient_size(case) + off) @ off
    ends = _own_loss_bound(case) + _loss_bound(case, case.at(theta).parameters)
    slack += (ends + float((np.abs(case.rows) @ _step_bound(case)).sum())) / rate
    after, before = f.logistic_loss(*case.at(theta).arguments), f.logistic_loss(*case.arguments)
    return Inequality((after - before) / rate, -share * float(g @ g), slack, "(E after the step - E before) / eta")


@law("Q1.21", only=CORE)
def steps_come_near_any_point_at_the_rate(f: Logistic, case: Descent) -> Inequality:
    """E(w_k, b_k) - E(v, c) <= |(w_0, b_0) - (v, c)|^2 / (2 eta k) for eta <= 1 / L, a minimiser or not."""
    gap, rate = joined(*case.parameters) - case.toward, float(case.learning_rate)
    # A step with eta <= 1 / L brings no two points apart: what each rounds off adds up, and no more.
    at, due_at, strayed = case, case, 0.0
    for _ in range(STEPS_AT_THE_RATE):
        theta, due = _step(f, at), due_at.step.roughly()
        if not np.isfinite(theta).all():
            return DIVERGED
        strayed += float(np.linalg.norm(_step_bound(due_at) + 2 * case.u * np.abs(due)))
        at, due_at = at.at(theta), due_at.at(due)
    most = float(gap @ gap) / (2 * rate * STEPS_AT_THE_RATE)
    slack = strayed * float(np.linalg.norm(case.rows, axis=1).sum()) + (case.w.size + 8) * case.u * most
    there = float(case.loss_at(case.v, case.c).within(slack))
    return Inequality(float(at.loss.within(slack)), there + most, slack + 4 * case.u * there, "E after the steps")


@law("Q1.21", only=CORE)
def steps_beyond_twice_the_inverse_curvature_do_not_settle(f: Logistic, case: Descent) -> Inequality:
    """|(w_k, b_k)| > 2 for eta = 3 / L, where the minimiser (0, 0) is reached for eta = 1 / L."""
    theta = joined(*case.parameters)
    for _ in range(STEPS_OF_A_CYCLE):
        theta = _step(f, case.at(theta))
    return Inequality(2.0, float(np.linalg.norm(theta)), 0.0, large_is="|(w, b)| after the steps")


@law("Q1.3", only=(Regime.CORE, Regime.STABILITY))
def steps_lower_the_loss_without_a_minimum(f: Logistic, case: Descent) -> Inequality:
    """E(w_{k+1}, b_{k+1}) <= E(w_k, b_k) - eta / 2 |dE|^2 for eta <= 1 / L, where no minimum is attained."""
    fallen, at = [], case
    for _ in range(STEPS_WITHOUT_A_MINIMUM):
        after, before, slack, theta = _descended(f, at)
        fallen.append((after, before, slack))
        if not np.isfinite(theta).all():
            break
        at = at.at(theta)
    return Inequality(*np.array(fallen).T)


@law("Q1.3", only=CORE)
def steps_never_rest_without_a_minimum(f: Logistic, case: Descent) -> Inequality | None:
    """<(w', b') - (w, b), (v, c)> >= eta sum_n |p - y| |x.v + c| > 0 where (v, c) separates the labels."""
    rate, toward = float(case.learning_rate), np.abs(case.toward)
    rise = -rate * float(case.slope.roughly())
    allowed = _step_bound(case) @ toward + _summing(case) * (np.abs(joined(*case.parameters)) @ toward + rise)
    if rise <= 2 * allowed:
        return None  # the step drowns in rounding: nothing is shown
    return Inequality(
        rise, (_step(f, case) - joined(*case.parameters)) @ case.toward, allowed, large_is="the step along (v, c)"
    )


# -- Bad input --


@law("Q1.1", only=INPUTS)
def predict_refuses_bad_input(f: Logistic, case: Refusal) -> Raises:
    """logistic_predict raises ValueError where shapes disagree, nothing is there, or a number is not finite."""
    return is_refused(f, case)


@law("Q1.2", only=INPUTS)
def loss_refuses_bad_input(f: Logistic, case: Refusal) -> Raises:
    """logistic_loss raises ValueError on bad input, labels outside [0, 1] among it."""
    return is_refused(f, case)


@law("Q1.6", only=INPUTS)
def gradient_refuses_bad_input(f: Logistic, case: Refusal) -> Raises:
    """logistic_gradient raises ValueError on bad input, labels outside [0, 1] among it."""
    return is_refused(f, case)


@law("Q1.18", only=INPUTS)
def hessian_refuses_bad_input(f: Logistic, case: Refusal) -> Raises:
    """logistic_hessian raises ValueError where shapes disagree, nothing is there, or a number is not finite."""
    return is_refused(f, case)


@law("Q1.20", only=INPUTS)
def step_refuses_bad_input(f: Logistic, case: Refusal) -> Raises:
    """logistic_step raises ValueError on bad input, a learning rate that is not finite among it."""
    return is_refused(f, case)


# -- What several laws ask --

DIVERGED = Inequality(np.inf, 0.0, 0.0)
"""No parameters that are not finite are followed any further."""


def _lies_below_its_chord(f: Logistic, case: Chord, end: Parameters, bend: float = 0.0) -> Inequality:
    """At the point between, the loss and `bend` are at most the mean of the losses at the ends."""
    s, u, start, between = case.share, case.u, case.parameters, case.between(end)
    at_start, at_end = (f.logistic_loss(*theta, case.X, case.y) for theta in (start, end))
    # The point between rounds twice at the size of either end, and no loss changes faster than its margin.
    moved = 2 * sum(float(bounds.moved_by_rounding(*theta, case.X, u).sum()) for theta in (start, end))
    losses = _loss_bound(case, between) + s * _loss_bound(case, start) + (1 - s) * _loss_bound(case, end)
    size = sum(bounds.loss_size(*theta, case.X, case.y) for theta in (start, end))
    slack = losses + moved + 4 * u * size + 8 * u * bend
    middle, chord = f.logistic_loss(*between, case.X, case.y) + bend, s * at_start + (1 - s) * at_end
    return Inequality(middle, chord, slack, "E between the ends", "the chord")


def _lies_above_its_tangent(f: Logistic, case: Chord, end: Parameters) -> Inequality:
    """The tangent at `(w, b)`, of its own loss and gradient, is nowhere above the loss at `end`."""
    gap = joined(*end) - joined(*case.parameters)
    tangent = f.logistic_loss(*case.arguments) + _gradient(f, *case.arguments) @ gap
    slack = _own_loss_bound(case) + _loss_bound(case, end) + _slope_bound(case, gap)
    return Inequality(tangent, f.logistic_loss(*end, case.X, case.y), slack, "the tangent", "E at the other end")


def _is_quotient_of_the_loss(f: Logistic, case: Samples, direction: Numbers) -> Equation:
    """The slope along `direction` is the difference quotient of the loss."""
    line, allowed = loss_line(case, direction), _slope_bound(case, direction)
    return is_quotient(f, "logistic_gradient", case.arguments, direction, line, allowed)


def loss_line(case: Samples, direction: Numbers, step: float = STEP) -> Line:
    """Along `direction`: the loss of a sample, whose slope is within 1/2 of a number, is within `t / 2` of a line."""

    def noise(t: float) -> float:
        theta = case.along(t, direction)
        return _loss_bound(case, theta) + float(bounds.moved_by_rounding(*theta, case.X, case.u).sum())

    return Line(lambda t: (*case.along(t, direction), case.X, case.y), noise, step, RADIUS, RADIUS / 2 * len(case.X))


def _gradient_line(case: Samples, direction: Numbers) -> Line:
    """The same for the gradient: every residual is within 1/2 of a number."""

    def noise(t: float) -> Numbers:
        theta = case.along(t, direction)
        # A residual's slope is at most 1/4.
        moved = np.abs(case.rows).T @ bounds.moved_by_rounding(*theta, case.X, case.u) / 4
        return bounds.gradient(*theta, case.X, case.y, case.u) + moved

    size = np.abs(case.rows).sum(axis=0) / 2
    return Line(lambda t: (*case.along(t, direction), case.X, case.y), noise, STEP, RADIUS, size)


def _prediction_along(f: Logistic, case: Samples, direction: Numbers) -> Quotient:
    """The difference quotient of the predictions along `direction`."""

    def noise(t: float) -> Numbers:
        at = (*case.along(t, direction), case.X)
        # A prediction's slope is at most 1/4.
        return bounds.prediction(*at, case.u, case.forgiving) + bounds.moved_by_rounding(*at, case.u) / 4

    return slope(f.logistic_predict, Line(lambda t: (*case.along(t, direction), case.X), noise, STEP, RADIUS, 1 / 2))


def _own_weights(f: Logistic, case: Samples) -> tuple[Numbers, Numbers]:
    """`sigma(t) sigma(-t)` of its own predictions, and how far off it may be."""
    here, there = f.logistic_predict(*case.unlabelled), f.logistic_predict(*case.mirrored)
    t = bounds.margins(*case.unlabelled)
    off_here, off_there = _prediction_bound(case), _prediction_bound(case, mirrored=True)
    allowed = off_here * bounds.sigmoid(-t) + off_there * bounds.sigmoid(t) + off_here * off_there
    return here * there, allowed + 4 * case.u * bounds.weight(t)


def _beyond_one(case: Samples) -> Numbers | float:
    """By how much a prediction may exceed 1: `exp(t - ln(1 + exp(t)))` does where the logarithm comes out below `t`."""
    return _prediction_bound(case) if case.forgiving else 0.0


def _has_no_negative_eigenvalue(f: Logistic, case: Samples, size: int) -> Inequality:
    """The leading block of `size` rows of the Hessian is positive semi-definite."""
    block = f.logistic_hessian(*case.unlabelled)[:size, :size]
    return Inequality(
        0.0, eigenvalues(block)[0], _spectral(_hessian_slack(case)[:size, :size]), large_is="the smallest eigenvalue"
    )


def _has_null_space(f: Logistic, case: Samples, size: int, rank: int) -> Equation | None:
    """All eigenvalues but `rank` of that block are zero; nothing is said where that leaves none."""
    if rank >= size:
        return None
    null = eigenvalues(f.logistic_hessian(*case.unlabelled)[:size, :size])[: size - rank]
    return Equation(null, np.zeros_like(null), _spectral(_hessian_slack(case)[:size, :size]))


def _spectral(slack: Numbers) -> float:
    """An error of a symmetric matrix moves its eigenvalues by at most the largest row sum."""
    return float(slack.sum(axis=1).max())


def _descended(f: Logistic, case: Descent) -> tuple[float, float, float, Numbers]:
    """The loss after a step, the most that it may be, what rounding may add, and the point reached."""
    theta, rate, g = _step(f, case), float(case.learning_rate), case.gradient.roughly()
    # No loss changes faster than its margin.
    slack = float((np.abs(case.rows) @ _step_bound(case)).sum())
    drop = rate * (1 - rate * case.smoothness / 2) * float(g @ g)
    slack += (len(case.X) + case.w.size + 8) * case.u * rate * float(g @ g)
    before = float(case.loss.within(slack))
    slack += 4 * case.u * before
    after = float(case.loss_at(theta[:-1], theta[-1]).within(slack)) if np.isfinite(theta).all() else np.inf
    return after, before - drop, slack, theta


def _step(f: Logistic, case: Descent) -> Numbers:
    return joined(*f.logistic_step(*case.arguments, case.learning_rate))


def _gradient(f: Logistic, *arguments: object) -> Numbers:
    """(d + 1,), by `(w, b)`."""
    return joined(*f.logistic_gradient(*arguments))  # type: ignore[arg-type]  # those of the call


def _form(h: Floats, v: Floats) -> float:
    return float(v @ h @ v)


# One law after another evaluates a case: what rounding may cost it is kept.


@lru_cache(CASES)
def _prediction_bound(case: Samples, mirrored: bool = False) -> Numbers:
    return bounds.prediction(*(case.mirrored if mirrored else case.unlabelled), case.u, case.forgiving)


def _loss_bound(case: Samples, theta: Parameters) -> float:
    return bounds.loss(*theta, case.X, case.y, case.u, case.forgiving)


@lru_cache(CASES)
def _own_loss_bound(case: Samples) -> float:
    return _loss_bound(case, case.parameters)


@lru_cache(CASES)
def _gradient_bound(case: Samples) -> Numbers:
    return bounds.gradient(*case.arguments, case.u)


@lru_cache(CASES)
def _hessian_bound(case: Samples) -> Numbers:
    return bounds.hessian(*case.unlabelled, case.u)


def _step_bound(case: Descent) -> Numbers:
    return bounds.step(*case.arguments, case.learning_rate, case.u)


def _summing(case: Samples) -> float:
    """Relative to the sizes of its terms, what a law's own product with a direction may round off."""
    return (case.w.size + 4) * case.u


@lru_cache(CASES)
def _gradient_size(case: Samples) -> Numbers:
    return bounds.gradient_size(*case.arguments)


def _slope_bound(case: Samples, direction: Numbers) -> float:
    """A slope along `direction`: the gradient's error, and rounding in the law's own product."""
    entries = _gradient_bound(case) + _summing(case) * _gradient_size(case)
    return float(entries @ np.abs(direction))


@lru_cache(CASES)
def _hessian_slack(case: Samples) -> Numbers:
    """The Hessian's error, and rounding in what a law itself does with it."""
    summing = (len(case.X) + 2 * case.w.size + 4) * case.u
    return _hessian_bound(case) + summing * bounds.hessian_size(*case.unlabelled)


def _form_bound(case: Samples) -> float:
    return _form(_hessian_slack(case), np.abs(case.toward))
