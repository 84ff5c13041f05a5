"""Laws across questions: where two of them speak of the same thing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from lydite.kit import CORE, WIDE, Equation, Inequality, law
from lydite.kit.answers import eigenvalues, exact_sum
from lydite.kit.differences import Line, curvature, second_step, slope
from spec.bounds import gaussian_dropout as dropout_bounds
from spec.bounds import logistic as logistic_bounds
from spec.bounds import softmax_cross_entropy as softmax_bounds
from spec.contracts.gaussian_dropout import GaussianDropout
from spec.contracts.logistic import Logistic
from spec.contracts.softmax_cross_entropy import SoftmaxCrossEntropy
from spec.definitions.cross_checks import DroppedUnit, TwoClasses
from spec.definitions.logistic import Chord, Samples, joined
from spec.definitions.softmax_cross_entropy import Logits
from spec.laws import logistic as logistic_laws
from spec.laws import softmax_cross_entropy as softmax_laws

Numbers = NDArray[np.float64]

STEP = 1 / 4
"""How far apart two points are at which gradients are compared: far ones show less, for softmax flattens out."""


class BothLosses(Logistic, SoftmaxCrossEntropy, Protocol):
    """The calls of Q1 and Q7, together."""


# -- The logistic neuron (Q1) is softmax cross-entropy (Q7) with two classes --


@law("X.1", only=WIDE)
def softmax_of_two_is_the_sigmoid(f: BothLosses, case: TwoClasses) -> Equation:
    """softmax(z)_1 = 1 / (1 + exp(-(z_1 - z_2)))."""
    neuron = case.neuron
    allowed = softmax_bounds.softmax(case.z, case.u, case.forgiving)[:1]
    allowed = allowed + logistic_bounds.prediction(*neuron, case.u, case.forgiving)
    return Equation(f.softmax(case.z)[:1], f.logistic_predict(*neuron), allowed)


@law("X.1", only=WIDE)
def cross_entropy_of_two_is_the_logistic_loss(f: BothLosses, case: TwoClasses) -> Equation:
    """L(z, (y, 1 - y)) = -y ln p - (1 - y) ln(1 - p) at the margin z_1 - z_2."""
    labels, neuron, target = case.labels, case.neuron, case.target
    allowed = softmax_bounds.cross_entropy(case.z, labels, case.u)
    allowed += logistic_bounds.loss(*neuron, target, case.u, case.forgiving)
    return Equation(f.cross_entropy(case.z, labels), f.logistic_loss(*neuron, target), allowed)


@law("X.1", only=WIDE)
def gradient_of_two_is_the_logistic_gradient(f: BothLosses, case: TwoClasses) -> Equation:
    """dL/dz = (g, -g), g the derivative of the logistic cost by its margin."""
    labels, neuron, target = case.labels, case.neuron, case.target
    slope = f.logistic_gradient(*neuron, target)[1]
    allowed = softmax_bounds.gradient(case.z, labels, case.u, case.forgiving)
    allowed = allowed + logistic_bounds.gradient(*neuron, target, case.u)[-1]
    return Equation(f.cross_entropy_gradient(case.z, labels), np.array([slope, -slope]), allowed)


@law("X.1", only=CORE, differences=["logistic_loss", "cross_entropy"])
def slopes_of_two_agree(f: BothLosses, case: TwoClasses) -> Equation:
    """d/dt L(z + t (1, 0)) = d/dt E at the margin z_1 - z_2 + t, at t = 0, by finite differences of either own loss."""
    # The derivative of either is a residual: within 1/2 of a number, as that of a neuron's loss always is.
    radius, size, step = logistic_laws.RADIUS, logistic_laws.RADIUS / 2, logistic_laws.STEP
    of_softmax = slope(f.cross_entropy, Line(case.along, lambda t: _softmax_noise(case, t), step, radius, size))
    of_neuron = slope(f.logistic_loss, Line(case.neuron_along, lambda t: _neuron_noise(case, t), step, radius, size))
    return Equation(of_softmax.value, of_neuron.value, of_softmax.error + of_neuron.error)


@law("X.1", only=WIDE)
def hessian_of_two_is_the_logistic_curvature(f: BothLosses, case: TwoClasses) -> Equation:
    """H = h [[1, -1], [-1, 1]], h = p (1 - p) the second derivative of the logistic cost by its margin."""
    neuron = case.neuron
    curvature = f.logistic_hessian(*neuron)[1, 1]
    allowed = softmax_bounds.softmax_product(case.z, case.u, case.forgiving)
    allowed = allowed + logistic_bounds.hessian(*neuron, case.u)[-1, -1]
    return Equation(f.cross_entropy_hessian(case.z), curvature * np.array([[1.0, -1.0], [-1.0, 1.0]]), allowed)


# -- Bernoulli dropout (Q3), its mask divided by 1 - p, and Gaussian dropout (Q5) with sigma^2 = p / (1 - p) --


@law("X.4", only=CORE)
def bernoulli_dropout_has_the_same_expected_loss(f: GaussianDropout, case: DroppedUnit) -> Equation:
    """E[J] = sum over masks m of P(m) J(m / (1 - p)), where sigma^2 = p / (1 - p)."""
    inputs = case.w, case.x, case.target, case.sigma
    allowed = dropout_bounds.expected_loss(*inputs, case.u, forgiving=case.forgiving)
    return Equation(f.gaussian_dropout_expected_loss(*inputs), case.mean_loss, allowed)


@law("X.4", only=CORE)
def bernoulli_dropout_averages_to_the_expected_loss(f: GaussianDropout, case: DroppedUnit) -> Equation:
    """E[J] = sum over masks m of P(m) J(m / (1 - p)), with its own losses J."""
    inputs, u = (case.w, case.x, case.target), case.u
    losses = [(p, f.gaussian_dropout_loss(*inputs, noise)) for p, noise in case.noises]
    due = float(exact_sum([p * loss for p, loss in losses]))
    allowed = sum(p * dropout_bounds.loss(*inputs, noise, u, forgiving=case.forgiving) for p, noise in case.noises)
    return Equation(
        f.gaussian_dropout_expected_loss(*inputs, case.sigma),
        due,
        dropout_bounds.expected_loss(*inputs, case.sigma, u, forgiving=case.forgiving)
        + allowed
        + _averaging(case) * abs(due),
    )


@law("X.4", only=CORE, differences=["gaussian_dropout_expected_loss"])
def bernoulli_dropout_averages_to_the_slope_of_the_expected_loss(f: GaussianDropout, case: DroppedUnit) -> Equation:
    """sum over masks m of P(m) <dJ/dw, v> at m / (1 - p) = d/dt E[J](w + t v) at t = 0, by differences of its own."""
    inputs, v, u = (case.x, case.target), case.direction, case.u

    def noise(t: float) -> float:
        at = case.along(t), *inputs, case.sigma
        off = dropout_bounds.expected_loss(*at, u, forgiving=case.forgiving)
        return off + dropout_bounds.moved_expected_loss(*at, u)

    # The expected loss is a quadratic, for which any step is right: a long one drowns the rounding.
    line = Line(lambda t: (case.along(t), *inputs, case.sigma), noise, 1.0)
    quotient = slope(f.gaussian_dropout_expected_loss, line)
    terms = [p * f.gaussian_dropout_gradient(case.w, *inputs, noise) for p, noise in case.noises]
    allowed = np.sum([p * dropout_bounds.gradient(case.w, *inputs, noise, u) for p, noise in case.noises], axis=0)
    allowed = (allowed + _averaging(case) * np.abs(terms).sum(axis=0)) @ v
    return Equation(exact_sum(terms) @ v, quotient.value, allowed + quotient.error)


@law("X.4", only=CORE)
def bernoulli_dropout_averages_to_the_expected_gradient(f: GaussianDropout, case: DroppedUnit) -> Equation:
    """E[dJ/dw] = sum over masks m of P(m) dJ/dw at m / (1 - p), with its own gradients."""
    inputs, u = (case.w, case.x, case.target), case.u
    terms = np.array([p * f.gaussian_dropout_gradient(*inputs, noise) for p, noise in case.noises])
    allowed = np.sum([p * dropout_bounds.gradient(*inputs, noise, u) for p, noise in case.noises], axis=0)
    return Equation(
        f.gaussian_dropout_expected_gradient(*inputs, case.sigma),
        exact_sum(terms),
        dropout_bounds.expected_gradient(*inputs, case.sigma, u)
        + allowed
        + _averaging(case) * np.abs(terms).sum(axis=0),
    )


def _softmax_noise(case: TwoClasses, t: float) -> float:
    """Bounds what the loss of two classes may be off by at `case.along(t)`, whose logits are rounded."""
    z, labels = case.along(t)
    return softmax_bounds.cross_entropy(z, labels, case.u) + softmax_bounds.moved_by_rounding(z, labels, case.u)


def _neuron_noise(case: TwoClasses, t: float) -> float:
    """The same for the neuron, whose bias alone is moved, by a power of two."""
    return logistic_bounds.loss(*case.neuron_along(t), case.u, case.forgiving)


def _averaging(case: DroppedUnit) -> float:
    """Bounds what rounding the probabilities costs an average, relative to its terms: `(n + 6) u`.

    `p` or `1 - p` is rounded once for each input; two powers, their product, and the product with what is averaged.
    """
    return (case.w.size + 6) * case.u


# -- What bounds the losses of both: p (1 - p) <= 1/4, and Gibbs' inequality --


@law("X.5", only=CORE)
def hessian_is_at_most_a_quarter_of_the_gram_matrix(f: Logistic, case: Samples) -> Inequality:
    """max eig(H - [X 1]'[X 1] / 4) <= 0."""
    # An error of a symmetric matrix moves its eigenvalues by at most the largest row sum. Beside that of H, the sums of
    # n products round, and d + 1 eigenvalues are found, at a size of no more than 1/4 in each weight, twice.
    size = np.abs(case.rows).T @ np.abs(case.rows) / 2
    summing = (len(case.X) + 2 * case.w.size + 4) * case.u
    slack = logistic_bounds.hessian(*case.unlabelled, case.u) + summing * size
    excess = f.logistic_hessian(*case.unlabelled) - case.rows.T @ case.rows / 4
    return Inequality(eigenvalues(excess)[-1], 0.0, slack.sum(axis=1).max(), "the largest eigenvalue of the difference")


@law("X.5", "X.7", only=CORE, differences=["logistic_loss"])
def second_difference_is_at_most_a_quarter_of_the_square(f: Logistic, case: Samples) -> Inequality:
    """d2/dt2 E(w + t v, b + t c) <= |X v + c|^2 / 4 at t = 0, by second differences of its own loss."""
    speeds = case.rows @ case.direction
    quotient = curvature(f.logistic_loss, logistic_laws.loss_line(case, case.direction, second_step(case.u)))
    return Inequality(quotient.value, speeds @ speeds / 4, quotient.error, "the second difference")


@law("X.7", only=CORE, differences=["cross_entropy"])
def second_difference_by_the_logits_is_at_most_half_of_the_square(f: SoftmaxCrossEntropy, case: Logits) -> Inequality:
    """d2/dt2 L(z + t v) <= |v|^2 / 2 at t = 0, for labels that sum to one, by second differences of its own loss."""
    v = case.direction
    quotient = curvature(f.cross_entropy, softmax_laws.loss_line(case, second_step(case.u)))
    most = float(v @ v) / 2
    # The labels' own sum is one up to K roundings.
    return Inequality(
        quotient.value, most, quotient.error + 2 * (case.z.size + 4) * case.u * most, "the second difference"
    )


@law("X.7", only=CORE)
def gradient_of_the_neuron_is_cocoercive(f: Logistic, case: Chord) -> Inequality:
    """|g - h|^2 <= max eig([X 1]'[X 1]) / 4 <g - h, (w, b) - (v, c)> for its gradients g at (w, b) and h at (v, c)."""
    ends = [(*theta, case.X, case.y) for theta in (case.parameters, (case.v, case.c))]
    g, h = (joined(*f.logistic_gradient(*end)) for end in ends)
    summing = (len(case.X) + 2 * case.w.size + 4) * case.u
    off = [logistic_bounds.gradient(*end, case.u) + summing * logistic_bounds.gradient_size(*end) for end in ends]
    rows = np.abs(case.rows)
    most = float(eigenvalues(case.rows.T @ case.rows)[-1] + summing * (rows.T @ rows).sum()) / 4
    return _cocoercive(g - h, joined(*case.parameters) - case.toward, most, off)


@law("X.7", only=CORE)
def gradient_by_the_logits_is_cocoercive(f: SoftmaxCrossEntropy, case: Logits) -> Inequality:
    """|g - h|^2 <= 1/2 <g - h, z - c> for its gradients g at z and h at c near by, and labels that sum to one."""
    ends, u = (case.z, case.along(STEP)), case.u
    g, h = (np.asarray(f.cross_entropy_gradient(z, case.y), dtype=float) for z in ends)
    # The labels' own sum is one up to K roundings, and so are the sums of the law.
    off = [softmax_bounds.gradient(z, case.y, u, case.forgiving) + (z.size + 4) * u for z in ends]
    return _cocoercive(g - h, ends[0].astype(float) - ends[1].astype(float), 0.5, off)


def _cocoercive(change: Numbers, step: Numbers, most: float, errors: Sequence[Numbers]) -> Inequality:
    """`|change|^2 <= most <change, step>`, where no entry of the change is off by more than the errors together."""
    off: Numbers = np.sum(errors, axis=0)
    # |d + e|^2 <= |d|^2 + 2 |e||d| + |e|^2 for the true change d, which is at most that given and e.
    allowed = off @ (2 * np.abs(change) + 3 * off + most * np.abs(step))
    return Inequality(change @ change, most * (change @ step), allowed, "the squared change of the gradient")


@law("X.6", only=CORE)
def cross_entropy_is_at_least_the_entropy(f: SoftmaxCrossEntropy, case: Logits) -> Inequality:
    """-sum_k y_k ln y_k <= L(z, y), for labels that sum to one."""
    labels = np.asarray(case.y, dtype=float)
    labels = labels[labels > 0]
    # Rounded labels have another sum s, and then s ln s is added.
    terms, s = labels * np.log(labels), float(labels.sum())
    summing = (labels.size + 4) * case.u * (1 + float(np.abs(terms).sum()))
    allowed = softmax_bounds.cross_entropy(case.z, case.y, case.u) + summing
    return Inequality(s * np.log(s) - terms.sum(), f.cross_entropy(case.z, case.y), allowed, large_is="L")
