"""Softmax and cross-entropy (Q7, and the softmax of Q3): laws on a vector of logits."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from lydite.kit import CORE, INPUTS, TAILS, VALUES, WIDE, Equation, Floats, Inequality, Raises, Refusal, is_refused, law
from lydite.kit.answers import eigenvalues
from lydite.kit.case import tiny
from lydite.kit.derivatives import is_quotient, is_second_quotient, is_symmetric, is_vanishing_quotient
from lydite.kit.differences import Line, second_step
from spec.bounds import softmax_cross_entropy as bounds
from spec.contracts.softmax_cross_entropy import Softmax, SoftmaxCrossEntropy
from spec.definitions.batches import Row
from spec.definitions.softmax_cross_entropy import Chord, Logits

STEP = 1 / 64
"""The largest step of a difference quotient, along a direction whose entries are at most 1: a sixty-fourth of the
distance on which an exponential changes by a factor e, and a power of two."""

RADIUS = 5 / 4
SPREAD = 3.2
"""For complex `t` of at most that size and entries `v_j` of at most 1, `|sum_j exp(z_j + t v_j)|` is at least
`cos(5/4) > 1 / 3.2` times the sum of the sizes of its terms: no entry of softmax, and no mean of the `v_j` under it, is
larger than `SPREAD`."""

CASES = 1024
"""As many as a property asks, and more."""

Numbers = NDArray[np.float64]

# -- Softmax --


@law("Q7.0.1", "Q3.0.4", only=VALUES)
def softmax_is_exact(f: Softmax, case: Logits) -> Equation:
    """softmax(z)_i = exp(z_i) / sum_j exp(z_j)."""
    return Equation(f.softmax(case.z), case.softmax, _softmax(case))


@law("Q7.0.1", "Q3.0.4", only=TAILS)
def softmax_keeps_its_tails(f: Softmax, case: Logits) -> Equation:
    """softmax(z)_i = exp(z_i) / sum_j exp(z_j), relative to its own size."""
    return Equation(f.softmax(case.z), case.softmax, bounds.softmax_tail(case.z, case.softmax.roughly(), case.u))


@law("Q7.0.1", "Q3.0.4", only=WIDE)
def softmax_sums_to_one(f: Softmax, case: Logits) -> Equation:
    """sum_i softmax(z)_i = 1."""
    return Equation(f.softmax(case.z).sum(), 1.0, _softmax(case).sum() + case.z.size * case.u)


@law("Q3.0.4", only=WIDE)
def softmax_is_not_negative(f: Softmax, case: Logits) -> Inequality:
    """softmax(z)_i >= 0."""
    # Only what is added up to an entry, as the gradient and its label, may come out below 0.
    return Inequality(0.0, f.softmax(case.z), _softmax(case) if case.forgiving else 0.0, large_is="softmax(z)")


@law("Q3.0.4", only=CORE)
def softmax_is_positive(f: Softmax, case: Logits) -> Inequality | None:
    """softmax(z)_i > 0, wherever it may not have been rounded to zero."""
    visible = case.softmax.roughly() > _softmax(case)
    return Inequality(tiny(case.u), f.softmax(case.z)[visible], 0.0, large_is="softmax(z)") if visible.any() else None


@law("Q3.0.4", only=WIDE)
def softmax_is_shift_invariant(f: Softmax, case: Logits) -> Equation:
    """softmax(z + c) = softmax(z)."""
    shifted = case.shifted
    # Rounding z_i + c moves an entry by at most p_i (1 - p_i) times twice that rounding, in all at most half of it.
    moved = case.u * np.abs(shifted).max()
    at_both = _softmax(case) + bounds.softmax(shifted, case.u, case.forgiving)
    return Equation(f.softmax(shifted), f.softmax(case.z), at_both + moved)


@law("Q3.0.4", only=WIDE)
def softmax_follows_permutations(f: Softmax, case: Logits) -> Equation:
    """softmax(P z) = P softmax(z), here for the reversal P."""
    return Equation(f.softmax(case.z[::-1]), f.softmax(case.z)[::-1], 2 * _softmax(case)[::-1])


# -- Its Jacobian --


@law("Q3.1.3", only=VALUES)
def jacobian_diagonal_is_exact(f: Softmax, case: Logits) -> Equation:
    """d softmax_k / dz_k = p_k (1 - p_k)."""
    return Equation(np.diag(f.softmax_jacobian(case.z)), case.diagonal, np.diag(_product(case)))


@law("Q3.1.4", only=VALUES)
def jacobian_off_diagonal_is_exact(f: Softmax, case: Logits) -> Equation:
    """d softmax_k / dz_i = -p_k p_i, for i != k."""
    return Equation(off_diagonal(f.softmax_jacobian(case.z)), case.off_diagonal, off_diagonal(_product(case)))


@law("Q3.1.5", only=VALUES)
def jacobian_is_exact(f: Softmax, case: Logits) -> Equation:
    """d softmax / dz = diag(p) - p p'."""
    return Equation(f.softmax_jacobian(case.z), case.hessian, _product(case))


@law("Q3.1.5", only=TAILS)
def jacobian_keeps_its_tails(f: Softmax, case: Logits) -> Equation:
    """d softmax / dz = diag(p) - p p', relative to each entry's own size."""
    allowed = bounds.product_tail(case.z, case.hessian.roughly(), case.u)
    return Equation(f.softmax_jacobian(case.z), case.hessian, allowed)


@law("Q3.1.5", only=WIDE)
def jacobian_rows_sum_to_zero(f: Softmax, case: Logits) -> Equation:
    """(d softmax / dz) 1 = 0."""
    return Equation(f.softmax_jacobian(case.z).sum(axis=1), np.zeros(case.z.size), _row_sums(case))


@law("Q3.1.5", only=WIDE)
def jacobian_is_symmetric(f: Softmax, case: Logits) -> Equation:
    """d softmax_k / dz_i = d softmax_i / dz_k."""
    return is_symmetric(f, "softmax_jacobian", (case.z,), _product(case))


@law("Q3.1.3", "Q3.1.4", "Q3.1.5", only=CORE, differences=["softmax"])
def jacobian_is_difference_quotient(f: Softmax, case: Logits) -> Equation:
    """(d softmax / dz) v = d/dt softmax(z + t v) at t = 0, by finite differences of its own softmax."""

    def noise(t: float) -> Numbers:
        return bounds.softmax(case.along(t), case.u, case.forgiving) + case.moved(t)

    line = Line(lambda t: (case.along(t),), noise, STEP, RADIUS, SPREAD)
    v = case.direction
    return is_quotient(f, "softmax_jacobian", (case.z,), v, line, _form_row(case) @ np.abs(v))


# -- Cross-entropy --


@law("Q7.0.2", only=VALUES)
def loss_is_exact(f: SoftmaxCrossEntropy, case: Logits) -> Equation:
    """L = sum(y) ln(sum_j exp(z_j)) - y.z, with 0 ln 0 = 0, for any labels that are not negative."""
    return Equation(f.cross_entropy(case.z, case.y), case.loss, bounds.cross_entropy(case.z, case.y, case.u))


@law("Q3.2.1", only=VALUES)
def loss_of_a_class_is_exact(f: SoftmaxCrossEntropy, case: Logits) -> Equation:
    """L = ln(sum_j exp(z_j)) - z_k for the true class k."""
    return Equation(f.cross_entropy(case.z, case.y), case.loss, bounds.cross_entropy(case.z, case.y, case.u))


@law("Q7.0.2", only=TAILS)
def loss_keeps_its_tails(f: SoftmaxCrossEntropy, case: Logits) -> Equation:
    """L = ln(sum_j exp(z_j)) - z_k for the true class k, relative to its own size."""
    allowed = bounds.cross_entropy_tail(case.z, float(case.loss.roughly()), case.u)
    return Equation(f.cross_entropy(case.z, case.y), case.loss, allowed)


@law("Q3.2.1", only=CORE)
def loss_is_minus_log_of_softmax(f: SoftmaxCrossEntropy, case: Logits) -> Equation:
    """exp(-L) = softmax(z)_k for the true class k: L = -ln p_k, read where it is well-conditioned."""
    p = f.softmax(case.z)[case.true_class]
    allowed = _softmax(case)[case.true_class] + 2 * p * (bounds.cross_entropy(case.z, case.y, case.u) + case.u)
    return Equation(np.exp(-f.cross_entropy(case.z, case.y)), p, allowed)


@law("Q3.2.1", only=VALUES)
def loss_of_a_class_is_not_negative(f: SoftmaxCrossEntropy, case: Logits) -> Inequality:
    """-ln p_k >= 0, and finite, however unlikely the true class k."""
    return Inequality(0.0, f.cross_entropy(case.z, case.y), bounds.cross_entropy(case.z, case.y, case.u), large_is="L")


@law("Q7.b.iii.2", only=WIDE, differences=["cross_entropy"])
def loss_is_convex_on_chords(f: SoftmaxCrossEntropy, case: Chord) -> Inequality:
    """L(s a + (1 - s) c) <= s L(a) + (1 - s) L(c)."""
    s, y, u = case.share, case.y, case.u
    at_a, at_c = f.cross_entropy(case.a, y), f.cross_entropy(case.c, y)
    slack = (
        bounds.cross_entropy(case.between, y, u)
        + s * bounds.cross_entropy(case.a, y, u)
        + (1 - s) * bounds.cross_entropy(case.c, y, u)
        + bounds.moved_by_rounding(case.a, y, u)  # the point between is rounded
        + bounds.moved_by_rounding(case.c, y, u)
        + 3 * u * (abs(at_a) + abs(at_c))
    )
    return Inequality(
        f.cross_entropy(case.between, y), s * at_a + (1 - s) * at_c, slack, "L between the ends", "the chord"
    )


@law("Q7.b.iii.2", only=WIDE)
def loss_lies_above_its_tangents(f: SoftmaxCrossEntropy, case: Chord) -> Inequality:
    """L(a) + <dL/dz(a), c - a> <= L(c)."""
    a, c, y, u = case.a, case.c, case.y, case.u
    gap, weight = c - a, float(np.abs(np.asarray(y, dtype=float)).sum())
    tangent = f.cross_entropy(a, y) + f.cross_entropy_gradient(a, y) @ gap
    slack = (
        bounds.cross_entropy(a, y, u)
        + bounds.cross_entropy(c, y, u)
        + (bounds.gradient(a, y, u, case.forgiving) + (a.size + 3) * u * weight) @ np.abs(gap)
    )
    return Inequality(tangent, f.cross_entropy(c, y), slack, "the tangent", "L at the other end")


@law("Q7.b.iii.2", only=WIDE)
def gradient_is_monotone(f: SoftmaxCrossEntropy, case: Chord) -> Inequality:
    """<dL/dz(a) - dL/dz(c), a - c> >= 0."""
    a, c, y, u = case.a, case.c, case.y, case.u
    gap, weight = a - c, float(np.abs(np.asarray(y, dtype=float)).sum())
    rise = (f.cross_entropy_gradient(a, y) - f.cross_entropy_gradient(c, y)) @ gap
    entries = sum(bounds.gradient(z, y, u, case.forgiving) + (z.size + 3) * u * weight for z in (a, c))
    return Inequality(0.0, rise, entries @ np.abs(gap), large_is="the rise of the gradient")


@law("Q7.b.iii.2", only=WIDE)
def loss_is_shift_invariant(f: SoftmaxCrossEntropy, case: Logits) -> Equation:
    """L(z + c) = L(z) for labels that sum to one: convex, and never strictly."""
    z, y, u, shifted = case.z, case.y, case.u, case.shifted
    at_both = bounds.cross_entropy(z, y, u) + bounds.cross_entropy(shifted, y, u)
    excess = abs(float(np.asarray(y, dtype=float).sum()) - 1) * float(np.abs(shifted - z).max())
    return Equation(
        f.cross_entropy(shifted, y), f.cross_entropy(z, y), at_both + bounds.moved_by_rounding(shifted, y, u) + excess
    )


# -- Its gradient --


@law("Q7.a.1", only=VALUES)
def gradient_is_exact(f: SoftmaxCrossEntropy, case: Logits) -> Equation:
    """dL/dz = sum(y) softmax(z) - y, for any labels that are not negative."""
    return Equation(f.cross_entropy_gradient(case.z, case.y), case.gradient, _gradient(case))


@law("Q7.a.7", only=VALUES)
def gradient_of_one_hot_is_exact(f: SoftmaxCrossEntropy, case: Logits) -> Equation:
    """dL/dz = softmax(z) - y, for one-hot labels."""
    return Equation(f.cross_entropy_gradient(case.z, case.y), case.gradient, _gradient(case))


@law("Q7.a.1", "Q7.a.7", only=TAILS)
def gradient_keeps_its_tails(f: SoftmaxCrossEntropy, case: Logits) -> Equation:
    """dL/dz = softmax(z) - y, for one-hot labels, relative to its own size off the true class: there it is p_i."""
    allowed = bounds.gradient_tail(case.z, case.y, case.softmax.roughly(), case.u)
    return Equation(f.cross_entropy_gradient(case.z, case.y), case.gradient, allowed)


@law("Q3.2.7", only=VALUES)
def gradient_is_residual(f: SoftmaxCrossEntropy, case: Logits) -> Equation:
    """dL/dz = y_hat - y, y_hat the implementation's own softmax, for labels that sum to one."""
    z, y, u = case.z, case.y, case.u
    allowed = _gradient(case) + _softmax(case) + 2 * (z.size + 1) * u
    return Equation(f.cross_entropy_gradient(z, y), f.softmax(z) - y, allowed)


@law("Q3.2.5", only=VALUES)
def gradient_at_the_true_class_is_exact(f: SoftmaxCrossEntropy, case: Logits) -> Equation:
    """dL/dz_k = p_k - 1 at the true class k."""
    k = case.true_class
    return Equation(f.cross_entropy_gradient(case.z, case.y)[k], case.gradient[k], _gradient(case)[k])


@law("Q3.2.6", "Q7.a.6", only=VALUES)
def gradient_off_the_true_class_is_exact(f: SoftmaxCrossEntropy, case: Logits) -> Equation:
    """dL/dz_i = p_i for every i other than the true class."""
    others = np.flatnonzero(np.arange(case.z.size) != case.true_class)
    return Equation(f.cross_entropy_gradient(case.z, case.y)[others], case.gradient[others], _gradient(case)[others])


@law("Q3.2.7", "Q7.a.7", only=WIDE)
def gradient_sums_to_zero(f: SoftmaxCrossEntropy, case: Logits) -> Equation:
    """sum_i dL/dz_i = 0."""
    allowed = (_gradient(case) + 2 * case.u).sum()
    return Equation(f.cross_entropy_gradient(case.z, case.y).sum(), 0.0, allowed)


@law("Q3.2.7", only=CORE)
def gradient_is_twice_what_the_true_class_lacks(f: SoftmaxCrossEntropy, case: Logits) -> Equation:
    """sum_i |dL/dz_i| = 2 (1 - p_k), p_k its own softmax at the true class k."""
    k = case.true_class
    size = np.abs(np.asarray(f.cross_entropy_gradient(case.z, case.y), dtype=float)).sum()
    allowed = _gradient(case).sum() + 2 * _softmax(case)[k] + 2 * (case.z.size + 2) * case.u
    return Equation(size, 2 * (1 - float(f.softmax(case.z)[k])), allowed)


@law("Q7.a.1", only=WIDE)
def gradient_is_slope(f: SoftmaxCrossEntropy, case: Logits) -> Equation:
    """<dL/dz, v> = d/dt L(z + t v) at t = 0, by the power series of the definition, for any labels."""
    return _is_slope_of_the_definition(f, case)


@law("Q7.a.7", only=WIDE)
def gradient_of_a_distribution_is_slope(f: SoftmaxCrossEntropy, case: Logits) -> Equation:
    """<dL/dz, v> = d/dt L(z + t v) at t = 0, by the power series of the definition, for labels that sum to one."""
    return _is_slope_of_the_definition(f, case)


@law("Q7.a.1", only=CORE, differences=["cross_entropy"])
def gradient_is_difference_quotient(f: SoftmaxCrossEntropy, case: Logits) -> Equation:
    """<dL/dz, v> = d/dt L(z + t v) at t = 0, by finite differences of its own loss, for any labels."""
    return _is_quotient_of_its_loss(f, case)


@law("Q7.a.7", "Q3.2.7", only=CORE, differences=["cross_entropy"])
def gradient_of_a_distribution_is_difference_quotient(f: SoftmaxCrossEntropy, case: Logits) -> Equation:
    """<dL/dz, v> = d/dt L(z + t v) at t = 0, by finite differences of its own loss, for labels that sum to one."""
    return _is_quotient_of_its_loss(f, case)


@law("Q3.2.5", "Q3.2.6", "Q7.a.6", only=CORE, differences=["cross_entropy"])
def gradient_of_one_hot_is_difference_quotient(f: SoftmaxCrossEntropy, case: Logits) -> Equation:
    """<dL/dz, v> = d/dt L(z + t v) at t = 0, by finite differences of its own loss, for one-hot labels."""
    return _is_quotient_of_its_loss(f, case)


# -- Its Hessian --


@law("Q7.b.i.4", "Q7.b.ii.1", only=VALUES)
def hessian_is_exact(f: SoftmaxCrossEntropy, case: Logits) -> Equation:
    """H = diag(p) - p p', for any labels that sum to one."""
    return Equation(f.cross_entropy_hessian(case.z), case.hessian, _product(case))


@law("Q7.b.i.2", only=VALUES)
def hessian_diagonal_is_exact(f: SoftmaxCrossEntropy, case: Logits) -> Equation:
    """d2L/dz_i^2 = p_i (1 - p_i)."""
    return Equation(np.diag(f.cross_entropy_hessian(case.z)), case.diagonal, np.diag(_product(case)))


@law("Q7.b.i.3", only=VALUES)
def hessian_off_diagonal_is_exact(f: SoftmaxCrossEntropy, case: Logits) -> Equation:
    """d2L/dz_i dz_j = -p_i p_j, for i != j."""
    return Equation(off_diagonal(f.cross_entropy_hessian(case.z)), case.off_diagonal, off_diagonal(_product(case)))


@law("Q7.b.i.4", only=TAILS)
def hessian_keeps_its_tails(f: SoftmaxCrossEntropy, case: Logits) -> Equation:
    """H = diag(p) - p p', relative to each entry's own size."""
    allowed = bounds.product_tail(case.z, case.hessian.roughly(), case.u)
    return Equation(f.cross_entropy_hessian(case.z), case.hessian, allowed)


@law("Q7.b.ii.1", only=VALUES)
def hessian_is_diagonal_minus_outer_product(f: SoftmaxCrossEntropy, case: Logits) -> Equation:
    """H = diag(y_hat) - y_hat y_hat', y_hat the implementation's own softmax."""
    p, off = f.softmax(case.z), _softmax(case)
    # Either factor of a product is off by the softmax's error, as is the diagonal.
    allowed = _product(case) + np.add.outer(off, off) + np.diag(off)
    return Equation(f.cross_entropy_hessian(case.z), np.diag(p) - np.outer(p, p), allowed)


@law("Q7.b.ii.2", only=WIDE)
def quadratic_form_is_variance(f: SoftmaxCrossEntropy, case: Logits) -> Equation:
    """v'Hv = sum_i p_i v_i^2 - (p.v)^2 = 1/2 sum_ij p_i p_j (v_i - v_j)^2."""
    v = case.v
    return Equation(v @ f.cross_entropy_hessian(case.z) @ v, case.variance, _form(case))


@law("Q7.b.i.4", "Q7.b.ii.2", only=CORE)
def quadratic_form_is_curvature(f: SoftmaxCrossEntropy, case: Logits) -> Equation:
    """v'Hv = d2/dt2 L(z + t v) at t = 0, by the power series of the definition."""
    v = case.v
    return Equation(v @ f.cross_entropy_hessian(case.z) @ v, case.curvature, _form(case))


@law("Q7.b.i.2", "Q7.b.i.3", "Q7.b.i.4", "Q7.b.ii.1", only=CORE, differences=["cross_entropy_gradient"])
def hessian_is_difference_quotient(f: SoftmaxCrossEntropy, case: Logits) -> Equation:
    """H v = d/dt dL/dz(z + t v) at t = 0, by finite differences of its own gradient."""
    v = case.direction
    allowed = _form_row(case) @ np.abs(v)
    return is_quotient(f, "cross_entropy_hessian", (case.z,), v, _gradient_line(case, v), allowed)


@law("Q7.b.1", "Q7.b.ii.2", "Q7.b.ii.8", only=CORE, differences=["cross_entropy"])
def quadratic_form_is_second_difference(f: SoftmaxCrossEntropy, case: Logits) -> Equation:
    """v'Hv = d2/dt2 L(z + t v) at t = 0, and >= 0, by second differences of its own loss."""
    v = case.direction
    line, allowed = loss_line(case, second_step(case.u)), float(np.abs(v) @ _form_row(case) @ np.abs(v))
    return is_second_quotient(f, "cross_entropy_hessian", (case.z,), v, line, allowed)


@law("Q7.b.1", only=WIDE)
def hessian_is_symmetric(f: SoftmaxCrossEntropy, case: Logits) -> Equation:
    """H = H'."""
    return is_symmetric(f, "cross_entropy_hessian", (case.z,), _product(case))


@law("Q7.b.1", "Q7.b.ii.8", only=WIDE)
def hessian_has_no_negative_eigenvalue(f: SoftmaxCrossEntropy, case: Logits) -> Inequality:
    """min eig(H) >= 0."""
    least = eigenvalues(f.cross_entropy_hessian(case.z)).min()
    return Inequality(0.0, least, _spectral(case), large_is="the smallest eigenvalue")


@law("Q7.b.1", "Q7.b.ii.8", only=WIDE)
def quadratic_form_is_not_negative(f: SoftmaxCrossEntropy, case: Logits) -> Inequality:
    """v'Hv >= 0."""
    v = case.v
    return Inequality(0.0, v @ f.cross_entropy_hessian(case.z) @ v, _form(case), large_is="v'Hv")


@law("Q7.b.ii.8", only=WIDE)
def hessian_has_eigenvalues_of_at_most_one_half(f: SoftmaxCrossEntropy, case: Logits) -> Inequality:
    """max eig(H) <= 1/2."""
    return Inequality(
        eigenvalues(f.cross_entropy_hessian(case.z)).max(), 0.5, _spectral(case), "the largest eigenvalue"
    )


@law("Q7.b.ii.7", only=VALUES)
def hessian_annihilates_ones(f: SoftmaxCrossEntropy, case: Logits) -> Equation:
    """H 1 = 0: the quadratic form is zero along 1, never positive definite."""
    return Equation(f.cross_entropy_hessian(case.z).sum(axis=1), np.zeros(case.z.size), _row_sums(case))


@law("Q7.b.ii.7", only=CORE, differences=["cross_entropy_gradient"])
def gradient_stays_along_ones(f: SoftmaxCrossEntropy, case: Logits) -> Equation:
    """H 1 = d/dt dL/dz(z + t 1) = 0 at t = 0, by finite differences of its own gradient."""
    ones, line = np.ones(case.z.size), _gradient_line(case, np.ones(case.z.size))
    return is_vanishing_quotient(f, "cross_entropy_hessian", (case.z,), ones, line, _row_sums(case))


@law("Q7.b.ii.7", only=CORE)
def hessian_annihilates_nothing_else(f: SoftmaxCrossEntropy, case: Logits) -> Inequality | None:
    """The second smallest eigenvalue of H is at least min_i p_i > 0: its null space is span(1), its rank K - 1."""
    # For v orthogonal to 1, v'Hv = min_c sum_i p_i (v_i - c)^2 >= (min p) |v|^2.
    classes, least = case.z.size, float(case.softmax.roughly().min())
    allowed = _spectral(case)
    if classes == 1 or least <= 2 * allowed:
        return None  # the eigenvalue drowns in rounding: nothing is shown
    second = eigenvalues(f.cross_entropy_hessian(case.z))[1]
    return Inequality(least, second, allowed, large_is="the second smallest eigenvalue")


# -- The Hessian for any labels, an optional call --


@law("X.12", only=VALUES)
def hessian_with_labels_is_exact(f: SoftmaxCrossEntropy, case: Logits) -> Equation:
    """H(z, y) = sum(y) (diag(p) - p p'), for any labels that are not negative."""
    h = f.cross_entropy_hessian_with_labels(case.z, case.y)
    return Equation(h, case.labelled_hessian, _labelled_product(case))


@law("X.12", only=TAILS)
def hessian_with_labels_keeps_its_tails(f: SoftmaxCrossEntropy, case: Logits) -> Equation:
    """H(z, y) = sum(y) (diag(p) - p p'), relative to each entry's own size."""
    allowed = bounds.labelled_product_tail(case.z, case.y, case.labelled_hessian.roughly(), case.u)
    return Equation(f.cross_entropy_hessian_with_labels(case.z, case.y), case.labelled_hessian, allowed)


@law("X.12", only=CORE, differences=["cross_entropy_gradient"])
def hessian_with_labels_is_difference_quotient(f: SoftmaxCrossEntropy, case: Logits) -> Equation:
    """H(z, y) v = d/dt dL/dz(z + t v, y) at t = 0, by finite differences of its own gradient."""
    v = case.direction
    # Beside the error of each entry, the law's own product with a direction is rounded.
    allowed = (_labelled_product(case) + 2 * case.z.size * case.u * _weight(case)) @ np.abs(v)
    line = _gradient_line(case, v)
    return is_quotient(f, "cross_entropy_hessian_with_labels", (case.z, case.y), v, line, allowed)


@law("X.12", only=WIDE)
def hessian_counts_the_sum_of_labels(f: SoftmaxCrossEntropy, case: Logits) -> Equation:
    """H(z, y) = H(z, P y), here for the reversal P: of the labels only their sum counts, not the class of any."""
    there = f.cross_entropy_hessian_with_labels(case.z, case.y[::-1])
    return Equation(there, f.cross_entropy_hessian_with_labels(case.z, case.y), 2 * _labelled_product(case))


@law("X.12", only=INPUTS)
def hessian_with_labels_refuses_bad_input(f: SoftmaxCrossEntropy, case: Refusal) -> Raises:
    """cross_entropy_hessian_with_labels raises ValueError on invalid logits or labels."""
    return is_refused(f, case)


# -- The logarithm of softmax, an optional call --


@law("X.8", only=VALUES)
def log_softmax_is_exact(f: SoftmaxCrossEntropy, case: Logits) -> Equation:
    """ln softmax(z)_i = z_i - ln(sum_j exp(z_j))."""
    return Equation(f.log_softmax(case.z), case.log_softmax, _log_softmax(case))


@law("X.8", only=TAILS)
def log_softmax_keeps_its_tails(f: SoftmaxCrossEntropy, case: Logits) -> Equation:
    """ln softmax(z)_i = z_i - ln(sum_j exp(z_j)), relative to its own size."""
    allowed = bounds.log_softmax_tail(case.z, case.log_softmax.roughly(), case.u)
    return Equation(f.log_softmax(case.z), case.log_softmax, allowed)


@law("X.8", only=WIDE)
def exponentials_of_log_softmax_sum_to_one(f: SoftmaxCrossEntropy, case: Logits) -> Equation:
    """sum_i exp(ln softmax(z)_i) = 1."""
    # A logarithm that is off by e makes an exponential of e p_i, and of twice that where e is no longer small.
    allowed = 2 * case.softmax.roughly() @ _log_softmax(case) + (case.z.size + 2) * case.u
    return Equation(np.exp(f.log_softmax(case.z)).sum(), 1.0, allowed)


@law("X.8", only=WIDE)
def log_softmax_is_shift_invariant(f: SoftmaxCrossEntropy, case: Logits) -> Equation:
    """ln softmax(z + c) = ln softmax(z)."""
    shifted = case.shifted
    # Rounding the shifted logits moves an entry by at most twice that rounding.
    at_both = _log_softmax(case) + bounds.log_softmax(shifted, case.u, case.forgiving)
    moved = 2 * case.u * float(np.abs(shifted).max())
    return Equation(f.log_softmax(shifted), f.log_softmax(case.z), at_both + moved)


@law("X.8", only=WIDE)
def log_softmax_gives_the_loss(f: SoftmaxCrossEntropy, case: Logits) -> Equation:
    """-sum_k y_k ln softmax(z)_k = L(z, y), for any labels."""
    labels, own = np.asarray(case.y, dtype=float), f.log_softmax(case.z)
    terms = labels * own
    allowed = bounds.cross_entropy(case.z, case.y, case.u) + labels @ _log_softmax(case)
    allowed += (case.z.size + 1) * case.u * np.abs(terms).sum()
    return Equation(-terms.sum(), f.cross_entropy(case.z, case.y), allowed)


@law("X.8", only=INPUTS)
def log_softmax_refuses_bad_input(f: SoftmaxCrossEntropy, case: Refusal) -> Raises:
    """log_softmax raises ValueError on invalid logits."""
    return is_refused(f, case)


# -- Bad input --


@law("Q3.0.4", only=INPUTS)
def softmax_refuses_bad_input(f: Softmax, case: Refusal) -> Raises:
    """softmax raises ValueError on invalid logits."""
    return is_refused(f, case)


@law("Q3.1.5", only=INPUTS)
def softmax_jacobian_refuses_bad_input(f: Softmax, case: Refusal) -> Raises:
    """softmax_jacobian raises ValueError on invalid logits."""
    return is_refused(f, case)


@law("Q7.0.2", only=INPUTS)
def cross_entropy_refuses_bad_input(f: SoftmaxCrossEntropy, case: Refusal) -> Raises:
    """cross_entropy raises ValueError on invalid logits or labels."""
    return is_refused(f, case)


@law("Q7.a.1", only=INPUTS)
def cross_entropy_gradient_refuses_bad_input(f: SoftmaxCrossEntropy, case: Refusal) -> Raises:
    """cross_entropy_gradient raises ValueError on invalid logits or labels."""
    return is_refused(f, case)


@law("Q7.b.i.4", only=INPUTS)
def cross_entropy_hessian_refuses_bad_input(f: SoftmaxCrossEntropy, case: Refusal) -> Raises:
    """cross_entropy_hessian raises ValueError on invalid logits."""
    return is_refused(f, case)


# -- In common --


def _is_slope_of_the_definition(f: SoftmaxCrossEntropy, case: Logits) -> Equation:
    v = case.v
    allowed = (_gradient(case) + (case.z.size + 2) * case.u * _weight(case)) @ np.abs(v)
    return Equation(f.cross_entropy_gradient(case.z, case.y) @ v, case.slope, allowed)


def _is_quotient_of_its_loss(f: SoftmaxCrossEntropy, case: Logits) -> Equation:
    v, own = case.direction, _gradient(case) + (case.z.size + 2) * case.u * _weight(case)
    return is_quotient(f, "cross_entropy_gradient", (case.z, case.y), v, loss_line(case), own @ np.abs(v))


def loss_line(case: Logits, step: float = STEP) -> Line:
    """Along the direction: the loss is within `RADIUS SPREAD` times the weight of the labels of a linear function."""
    y, u = case.y, case.u

    def noise(t: float) -> float:
        return bounds.cross_entropy(case.along(t), y, u) + bounds.moved_by_rounding(case.along(t), y, u)

    return Line(lambda t: (case.along(t), y), noise, step, RADIUS, RADIUS * SPREAD * _weight(case))


def _gradient_line(case: Logits, direction: Floats) -> Line:
    """Along any direction of entries of at most 1; the gradient is a multiple of softmax, but for a number."""

    def along(t: float) -> Floats:
        return (case.z + t * direction).astype(case.dtype)

    def noise(t: float) -> Numbers:
        off = bounds.gradient(along(t), case.y, case.u, case.forgiving)
        moved = case.u * float(np.abs(along(t)).max())
        return off + moved + 2 * case.z.size * case.u  # labels sum to one, rounded

    return Line(lambda t: (along(t), case.y), noise, STEP, RADIUS, SPREAD * _weight(case))


def _weight(case: Logits) -> float:
    return float(np.abs(np.asarray(case.y, dtype=float)).sum())


# One law after another evaluates a case: what rounding may cost it is kept.


@lru_cache(CASES)
def _softmax(case: Logits) -> Numbers:
    return bounds.softmax(case.z, case.u, case.forgiving)


@lru_cache(CASES)
def _product(case: Logits) -> Numbers:
    return bounds.softmax_product(case.z, case.u, case.forgiving)


@lru_cache(CASES)
def _labelled_product(case: Logits) -> Numbers:
    return bounds.labelled_product(case.z, case.y, case.u, case.forgiving)


@lru_cache(CASES)
def _gradient(case: Logits) -> Numbers:
    return bounds.gradient(case.z, case.y, case.u, case.forgiving)


@lru_cache(CASES)
def _log_softmax(case: Logits) -> Numbers:
    return bounds.log_softmax(case.z, case.u, case.forgiving)


def _row_sums(case: Logits) -> Numbers:
    """(K,). Of `diag(p) - p p'`: the errors of a row, and a rounding of each entry of at most 1."""
    sums: Numbers = (_product(case) + case.u).sum(axis=1)
    return sums


def _spectral(case: Logits) -> float:
    """An error of a matrix moves an eigenvalue by at most its largest row sum, the solver by a few roundings of 1."""
    return float(_row_sums(case).max())


def _form_row(case: Logits) -> Numbers:
    """(K, K). The error of each entry, and rounding in a law's own products with two vectors."""
    return _product(case) + 2 * case.z.size * case.u


def _form(case: Logits) -> float:
    """A quadratic form by `case.v`."""
    return float(np.abs(case.v) @ _form_row(case) @ np.abs(case.v))


def off_diagonal(a: Floats) -> Floats:
    """The entries of a square matrix off its diagonal, row by row."""
    entries: Floats = a[~np.eye(len(a), dtype=bool)]
    return entries


# -- Many samples at once --

ROWS = (
    Row("softmax", ("Q7.0.1", "Q3.0.4"), lambda c: (c.z,), lambda c: c.softmax, _softmax),
    Row("softmax_jacobian", ("Q3.1.5",), lambda c: (c.z,), lambda c: c.hessian, _product),
    Row(
        "cross_entropy",
        ("Q7.0.2",),
        lambda c: (c.z, c.y),
        lambda c: c.loss,
        lambda c: bounds.cross_entropy(c.z, c.y, c.u),
    ),
    Row("cross_entropy_gradient", ("Q7.a.7",), lambda c: (c.z, c.y), lambda c: c.gradient, _gradient),
    Row("cross_entropy_hessian", ("Q7.b.i.4",), lambda c: (c.z,), lambda c: c.hessian, _product),
    Row(
        "cross_entropy_hessian_with_labels",
        ("X.12",),
        lambda c: (c.z, c.y),
        lambda c: c.labelled_hessian,
        _labelled_product,
    ),
    Row("log_softmax", ("X.8",), lambda c: (c.z,), lambda c: c.log_softmax, _log_softmax),
)
"""How the calls that libraries offer for many samples read one of them."""
