"""Functions that their right derivatives are not the derivatives of: what finite differences alone show of a claim."""

from __future__ import annotations

from typing import Any

import numpy as np

from lydite.kit import Array, Floats, Regime, mistake
from reference import (
    cross_entropy,
    cross_entropy_gradient,
    gaussian_dropout_expected_loss,
    logistic_loss,
    logistic_predict,
    newton_minimize,
    softmax,
    trivariate_gradient,
    trivariate_value,
)
from reference.batch_norm import batch_norm, centered_batch_norm, centered_batch_norm_backward

# -- Q1 --


@mistake("logistic_loss", breaks="Q1.11")
def loss_capped_for_outliers(w: Floats, b: float, X: Floats, y: Array, /) -> Any:
    """A robust loss: that of a sample saturates, so it is concave where the prediction is badly off."""
    return sum(1 - np.exp(-logistic_loss(w, b, X[n : n + 1], y[n : n + 1])) for n in range(len(X)))


@mistake("logistic_loss", breaks="Q1.19")
def loss_of_smoothed_labels(w: Floats, b: float, X: Floats, y: Array, /) -> Any:
    """Labels of 0.05 and 0.95, in the loss alone: its minimum is no longer where the gradient is zero."""
    return logistic_loss(w, b, X, 0.05 + 0.9 * np.asarray(y))


@mistake("logistic_loss", breaks="Q1.20")
def loss_reported_as_a_mean(w: Floats, b: float, X: Floats, y: Array, /) -> Any:
    """Divided by the number of samples, as it is shown, where the step goes along the sum."""
    return logistic_loss(w, b, X, y) / len(X)


@mistake("logistic_loss", breaks="Q1.21")
def log_likelihood_for_the_loss(w: Floats, b: float, X: Floats, y: Array, /) -> Any:
    """Without the minus: it rises with every step of the descent."""
    return -logistic_loss(w, b, X, y)


@mistake("logistic_loss", breaks="X.1")
def loss_in_bits(w: Floats, b: float, X: Floats, y: Array, /) -> Any:
    """By the logarithm to base 2."""
    return logistic_loss(w, b, X, y) / np.log(2)


@mistake("logistic_loss", breaks="X.5")
def loss_of_doubled_margins(w: Floats, b: float, X: Floats, y: Array, /) -> Any:
    """A temperature of one half in the loss alone: four times as curved."""
    return logistic_loss(2 * w, 2 * float(b), X, y)


@mistake("logistic_predict", breaks="Q1.9")
def prediction_beyond_one(w: Floats, b: float, X: Floats, /) -> Any:
    """Stretched by a tenth about a half, to saturate earlier: p (1 - p) turns negative."""
    return 0.5 + 1.1 * (logistic_predict(w, b, X) - 0.5)


# -- Q2 --


@mistake("centered_batch_norm", breaks="Q2.d.9")
def batch_of_one_keeps_its_value(x: Floats, gamma: Floats, beta: Floats, /) -> Any:
    """A special case for a batch without a spread, which the backward pass has not."""
    return gamma * x + beta if len(x) == 1 else centered_batch_norm(x, gamma, beta)


@mistake("centered_batch_norm", breaks="Q2.d.3")
def batch_of_one_against_zero(x: Floats, gamma: Floats, beta: Floats, /) -> Any:
    """The mean shrunk towards 0, as by one sample of zeros more."""
    return gamma * (x - x.sum(axis=0) / (len(x) + 1)) + beta


@mistake("centered_batch_norm", breaks="Q2.c.9")
def mean_at_nine_tenths(x: Floats, gamma: Floats, beta: Floats, /) -> Any:
    """A running mean that starts at 0, after its first update: a common shift of the batch is not undone."""
    return gamma * (x - 0.9 * x.mean(axis=0)) + beta


@mistake("batch_norm", breaks="Q2.b.5")
def variance_for_the_deviation(x: Floats, gamma: Floats, beta: Floats, eps: float, /) -> Any:
    """Divides by the variance: the output shrinks as the batch grows."""
    return gamma * (x - x.mean(axis=0)) / (x.var(axis=0) + eps) + beta


@mistake("batch_norm", breaks="Q2.a.6")
def a_thousandth_in_the_root(x: Floats, gamma: Floats, beta: Floats, eps: float, /) -> Any:
    """A constant of its own in the place of `eps = 0`: two samples are not quite -1 and 1, but move."""
    return batch_norm(x, gamma, beta, float(eps) or 1e-3)


@mistake("centered_batch_norm_backward", breaks="X.3", regime=Regime.SCALE)
def limit_of_large_batches(dy: Floats, gamma: Floats, /) -> Any:
    """From 1000 samples on the mean of the upstream gradient is left out, as the limit of question 2 (d) has it."""
    return gamma * dy if len(dy) >= 1000 else centered_batch_norm_backward(dy, gamma)


# -- Q4 --


@mistake("trivariate_value", breaks="Q4.5")
def value_of_swapped_variables(c: Array, point: Floats, /) -> Any:
    """`(u, z, v)` for `(u, v, z)`, in the value alone."""
    return trivariate_value(c, point[[0, 2, 1]])


@mistake("trivariate_gradient", breaks="Q4.7")
def gradient_with_a_swirl(c: Array, point: Floats, /) -> Any:
    """A term that is the gradient of nothing: its Jacobian is not symmetric."""
    return trivariate_gradient(c, point) + np.array([-point[1], point[0], 0])


# -- Q5 --


@mistake("gaussian_dropout_expected_loss", breaks="Q5.6")
def penalty_without_a_half(w: Floats, x: Floats, target: float, sigma: float, /) -> Any:
    """`sigma^2 sum w^2 x^2`: the gradient's decay would be twice as strong."""
    decay = float(sigma) ** 2 * ((w * x) ** 2).sum() / 2
    return gaussian_dropout_expected_loss(w, x, target, sigma) + decay


@mistake("gaussian_dropout_expected_loss", breaks="X.4")
def variance_for_the_second_moment(w: Floats, x: Floats, target: float, sigma: float, /) -> Any:
    """Only the variance of the output, without the residual of its mean."""
    return float(sigma) ** 2 * ((w * x) ** 2).sum() / 2


# -- Q6 --


@mistake("newton_minimize", breaks="Q6.14")
def stops_before_it_is_there(gprime: Any, gsecond: Any, x0: float, steps: int, /) -> Any:
    """Half of every step, to be careful: where it ends, `g` falls to one side and rises to the other."""
    x = [float(x0)]
    for _ in range(steps):
        slope = gprime(x[-1])
        x.append(x[-1] - slope / gsecond(x[-1]) / 2 if slope else x[-1])
    return np.array(x)


@mistake("newton_minimize", breaks="Q6.13")
def last_iterate_is_the_start(gprime: Any, gsecond: Any, x0: float, steps: int, /) -> Any:
    """In the opposite order, the newest first."""
    return newton_minimize(gprime, gsecond, x0, steps)[::-1]


# -- Q7 and the softmax of Q3 --


@mistake("cross_entropy", breaks="X.7")
def loss_of_doubled_logits(z: Floats, y: Array, /) -> Any:
    """A temperature of one half in the loss alone: its gradient changes twice as fast as that of one."""
    return cross_entropy(2 * z, y)


@mistake("cross_entropy", breaks="Q7.b.1")
def squared_error_of_softmax(z: Floats, y: Array, /) -> Any:
    """Brier's score, which is not a convex function of the logits."""
    return float(((softmax(z) - y) ** 2).sum())


@mistake("cross_entropy", breaks="Q7.b.ii.8")
def generalised_cross_entropy(z: Floats, y: Array, /) -> Any:
    """`sum y (1 - p)`, robust against wrong labels: it is concave where the true class is unlikely."""
    return float((y * (1 - softmax(z))).sum())


@mistake("cross_entropy", breaks="Q7.b.ii.2")
def focal_loss(z: Floats, y: Array, /) -> Any:
    """`(1 - p_k)^2` times the loss of a class, as for detectors: flatter where the class is likely."""
    return float(sum((1 - softmax(z)[k]) ** 2 * cross_entropy(z, np.eye(z.size)[k]) * y[k] for k in range(z.size)))


@mistake("cross_entropy_gradient", breaks="Q7.b.ii.7")
def gradient_of_independent_classes(z: Floats, y: Array, /) -> Any:
    """A sigmoid a class, for several labels at once: a common shift of the logits changes every residual."""
    return 1 / (1 + np.exp(-z)) - y


@mistake("cross_entropy_gradient", breaks="Q7.b.ii.1")
def gradient_of_sharpened_classes(z: Floats, y: Array, /) -> Any:
    """A temperature of one half, left from a distillation."""
    return cross_entropy_gradient(2 * z, y)


@mistake("softmax", breaks="Q3.0.4")
def small_probabilities_cut_off(z: Floats, /) -> Any:
    """Sparse: what is below one in ten thousand becomes 0."""
    p = softmax(z)
    return np.where(p < 1e-4, 0, p)
