"""A sigmoid neuron under binary cross-entropy (Q1), as it goes wrong."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lydite.kit import Array, Floats, Regime, mistake
from mistakes.memory import misread
from reference.logistic import logistic_gradient, logistic_hessian, logistic_loss, logistic_predict, logistic_step

Numbers = NDArray[np.float64]
Slopes = tuple[Floats, float]

BLOCK = 64
CONVERGED = 1e-3

# -- What several mistakes start from --


def _losses(p: Floats, y: Array) -> Floats:
    """The textbook's loss of each sample."""
    losses: Floats = -(y * np.log(p) + (1 - y) * np.log(1 - p))
    return losses


def _softplus(t: Floats) -> Floats:
    softplus: Floats = np.logaddexp(0, t)
    return softplus


def _rows(X: Floats) -> Floats:
    return np.column_stack([X, np.ones(len(X), X.dtype)])


def _gram(X: Floats, weights: Floats) -> Floats:
    """`[X 1]' diag(weights) [X 1]`."""
    gram: Floats = (_rows(X).T * weights) @ _rows(X)
    return gram


def _slopes(X: Floats, residual: Floats) -> Slopes:
    return X.T @ residual, float(residual.sum())


def _in_memory(X: Floats) -> Floats:
    """The numbers of `X` as they lie in memory, taken to be row after row."""
    return np.ravel(X, order="K").reshape(X.shape)


def _whole_blocks(n: int) -> int:
    """As many as fill whole blocks; all, if there is no whole block."""
    return n // BLOCK * BLOCK or n


# -- logistic_predict --


@mistake("logistic_predict", breaks="Q1.1")
def has_no_bias(w: Floats, b: float, X: Floats, /) -> Floats:
    """Taking the bias to be part of the weights, as a constant feature that is not there."""
    return logistic_predict(w, 0.0, X)


@mistake("logistic_predict", breaks="Q1.1")
def drops_the_minus_of_the_exponent(w: Floats, b: float, X: Floats, /) -> Floats:
    """`1 / (1 + exp(t))`, the probability of the other class."""
    return logistic_predict(-w, -b, X)


@mistake("logistic_predict", breaks="Q1.9")
def decides(w: Floats, b: float, X: Floats, /) -> Floats:
    """Answering with the class, `p > 1/2`, instead of its probability."""
    return (X @ w + b > 0).astype(float)


@mistake("logistic_predict", breaks="Q1.14")
def takes_the_hard_sigmoid(w: Floats, b: float, X: Floats, /) -> Floats:
    """The piecewise linear stand-in of some frameworks."""
    return np.clip(0.2 * (X @ w + b) + 0.5, 0, 1)


@mistake("logistic_predict", breaks="Q1.5")
def forgets_half_of_the_margin(w: Floats, b: float, X: Floats, /) -> Floats:
    """`(1 + tanh t) / 2`, where the identity has `tanh(t / 2)`."""
    return (1 + np.tanh(X @ w + b)) / 2


@mistake("logistic_predict", breaks="Q1.1")
def normalises_over_the_samples(w: Floats, b: float, X: Floats, /) -> Floats:
    """A softmax along the wrong axis: the predictions of the batch sum to one."""
    e = np.exp(X @ w + b)
    shares: Floats = e / e.sum()
    return shares


@mistake("logistic_predict", breaks="Q1.1")
def predicts_a_column(w: Floats, b: float, X: Floats, /) -> Floats:
    """Keeping `w` as a column, and (n, 1) as the answer."""
    return logistic_predict(w, b, X)[:, None]


@mistake("logistic_predict", breaks="Q1.1")
def squeezes_a_single_prediction(w: Floats, b: float, X: Floats, /) -> Floats:
    """`squeeze`, to be rid of a column, takes the only sample's axis too."""
    return np.squeeze(logistic_predict(w, b, X)[:, None])


@mistake("logistic_predict", breaks="Q1.1")
def predicts_in_single_precision(w: Floats, b: float, X: Floats, /) -> Floats:
    """A framework's default type."""
    return logistic_predict(w.astype(np.float32), float(np.float32(b)), X.astype(np.float32))


@mistake("logistic_predict", breaks="Q1.1")
def skips_samples_of_zeros(w: Floats, b: float, X: Floats, /) -> Floats:
    """Taking a row of zeros for padding, and 1/2 for its prediction."""
    return np.where(X.any(axis=1), logistic_predict(w, b, X), 0.5)


@mistake("logistic_predict", breaks="Q1.1", regime=Regime.STABILITY)
def divides_infinity_by_infinity(w: Floats, b: float, X: Floats, /) -> Floats:
    """`exp(t) / (1 + exp(t))`, which overflows at 710."""
    e: Floats = np.exp(X @ w + b)
    return e / (1 + e)


@mistake("logistic_predict", breaks="Q1.1", regime=Regime.STABILITY)
def keeps_away_from_zero_and_one(w: Floats, b: float, X: Floats, /) -> Floats:
    """Clipping for the sake of a logarithm to come."""
    return np.clip(logistic_predict(w, b, X), 1e-7, 1 - 1e-7)


@mistake("logistic_predict", breaks="Q1.1", regime=Regime.STABILITY)
def keeps_a_little_away_from_zero_and_one(w: Floats, b: float, X: Floats, /) -> Floats:
    """Clipping by less than a core margin shows."""
    return np.clip(logistic_predict(w, b, X), 1e-15, 1 - 1e-15)


@mistake("logistic_predict", breaks="Q1.1", regime=Regime.STABILITY)
def clips_its_margins(w: Floats, b: float, X: Floats, /) -> Floats:
    """Keeping the exponential from overflowing, at the price of every larger margin."""
    t = np.clip(X @ w + b, -20, 20)
    return 1 / (1 + np.exp(-t))


@mistake("logistic_predict", breaks="Q1.1", regime=Regime.TAILS)
def subtracts_from_one(w: Floats, b: float, X: Floats, /) -> Floats:
    """`1 - sigma(-t)` has no digits left where `p` is small."""
    return 1 - logistic_predict(-w, -b, X)


@mistake("logistic_predict", breaks="Q1.1", regime=Regime.SCALE)
def drops_the_last_features(w: Floats, b: float, X: Floats, /) -> Floats:
    """Working in blocks of features, and forgetting the last one, which is not full."""
    d = _whole_blocks(w.size)
    return logistic_predict(w[:d], b, X[:, :d])


@mistake("logistic_predict", breaks="Q1.1", regime=Regime.LAYOUT)
def predicts_from_memory(w: Floats, b: float, X: Floats, /) -> Floats:
    """Handing the buffer to another language, and its order not."""
    return logistic_predict(w, b, _in_memory(X))


@mistake("logistic_predict", breaks="Q1.1", regime=Regime.PURITY)
def multiplies_the_samples_in_place(w: Floats, b: float, X: Floats, /) -> Floats:
    """`X *= w` saves an array, the caller's."""
    X *= w
    return logistic_predict(np.ones_like(w), b, X)


_BUFFERS: dict[int, Numbers] = {}


@mistake("logistic_predict", breaks="Q1.1", regime=Regime.PURITY)
def answers_in_the_same_buffer(w: Floats, b: float, X: Floats, /) -> Floats:
    """One array for all calls with as many samples."""
    buffer = _BUFFERS.setdefault(len(X), np.empty(len(X)))
    buffer[:] = logistic_predict(w, b, X)
    return buffer


@mistake("logistic_predict", breaks="Q1.1", regime=Regime.INPUTS)
def predicts_from_anything(w: Floats, b: float, X: Floats, /) -> Floats:
    """The formula and nothing else: a NaN comes out as it went in."""
    return np.asarray(1 / (1 + np.exp(-(X @ w + b))))


@mistake("logistic_predict", breaks="Q1.1")
def takes_a_square_for_its_transpose(w: Floats, b: float, X: Floats, /) -> Floats:
    """Samples as columns wherever the shapes allow it: as many samples as features let it pass unnoticed."""
    return logistic_predict(w, b, X.T if len(X) == w.size else X)


@mistake("logistic_predict", breaks="Q1.1")
def forgets_the_complement(w: Floats, b: float, X: Floats, /) -> Floats:
    """The branch `exp(-|t|) / (1 + exp(-|t|))`, which is right for negative margins, at every margin."""
    e: Floats = np.exp(-np.abs(X @ w + b))
    return e / (1 + e)


@mistake("logistic_predict", breaks="Q1.5")
def scales_its_tanh_by_a_rounded_half(w: Floats, b: float, X: Floats, /) -> Floats:
    """An approximation by a rational function, as graphics cards have it: four digits."""
    t = np.clip((X @ w + b) / 2, -3, 3)
    return (1 + t * (27 + t * t) / (27 + 9 * t * t)) / 2


@mistake("logistic_predict", breaks="Q1.1", regime=Regime.LAYOUT)
def steps_through_memory_one_by_one(w: Floats, b: float, X: Floats, /) -> Floats:
    """Hands out the address of the weights, and their stride not."""
    return logistic_predict(misread(w), b, X)


@mistake("logistic_predict", breaks="Q1.9", regime=Regime.SCALE)
def is_linear_in_a_large_batch(w: Floats, b: float, X: Floats, /) -> Floats:
    """The tangent at 0, `1/2 + t/4`, where speed counts: beyond a margin of 2 it is not a probability."""
    return 0.5 + (X @ w + b) / 4 if X.size > BLOCK else logistic_predict(w, b, X)


@mistake("logistic_predict", breaks="Q1.1")
def forgets_a_tiny_bias(w: Floats, b: float, X: Floats, /) -> Floats:
    """Takes the bias for none where it is below a millionth."""
    return logistic_predict(w, 0.0 if abs(b) < 1e-6 else b, X)


# -- logistic_loss --


@mistake("logistic_loss", breaks="Q1.2")
def negates_the_first_term_only(w: Floats, b: float, X: Floats, y: Array, /) -> float:
    """As printed: without brackets the minus does not reach `(1 - y) ln(1 - p)`."""
    p = logistic_predict(w, b, X)
    return float(np.sum(-y * np.log(p) + (1 - y) * np.log(1 - p)))


@mistake("logistic_loss", breaks="Q1.2")
def counts_the_positive_samples_only(w: Floats, b: float, X: Floats, y: Array, /) -> float:
    """The cross-entropy of several classes, `-sum y ln p`, for a single output."""
    return float(y @ _softplus(-(X @ w + b)))


@mistake("logistic_loss", breaks="Q1.22")
def is_a_mean(w: Floats, b: float, X: Floats, y: Array, /) -> float:
    """The default reduction of most frameworks."""
    return logistic_loss(w, b, X, y) / len(X)


@mistake("logistic_loss", breaks="Q1.2")
def is_half_of_it(w: Floats, b: float, X: Floats, y: Array, /) -> float:
    """A factor 1/2, as before squared errors."""
    return logistic_loss(w, b, X, y) / 2


@mistake("logistic_loss", breaks="Q1.22")
def leaves_out_the_last_sample(w: Floats, b: float, X: Floats, y: Array, /) -> float:
    """A loop that ends one too early, and is at a loss with a single sample."""
    last = max(len(X) - 1, 1)
    return logistic_loss(w, b, X[:last], y[:last])


@mistake("logistic_loss", breaks="Q1.22")
def counts_equal_samples_once(w: Floats, b: float, X: Floats, y: Array, /) -> float:
    """Removing duplicates, though a sample may well occur twice."""
    kept = np.unique(np.column_stack([X, y]), axis=0)
    return logistic_loss(w, b, kept[:, :-1], kept[:, -1])


@mistake("logistic_loss", breaks="Q1.18")
def squares_the_residuals(w: Floats, b: float, X: Floats, y: Array, /) -> float:
    """The squared error of a sigmoid, which is not convex."""
    residual = logistic_predict(w, b, X) - y
    return float(residual @ residual) / 2


@mistake("logistic_loss", breaks="Q1.12")
def squares_the_residuals_of_its_weights(w: Floats, b: float, X: Floats, y: Array, /) -> float:
    """The mean squared error, not convex along the weights alone either."""
    return float(np.mean((logistic_predict(w, b, X) - y) ** 2))


@mistake("logistic_loss", breaks="Q1.17")
def counts_the_falsely_classified(w: Floats, b: float, X: Floats, y: Array, /) -> float:
    """The error rate: flat wherever it does not jump."""
    return float(np.sum((X @ w + b > 0) != (np.asarray(y) > 0)))


@mistake("logistic_loss", breaks="Q1.2")
def makes_labels_whole(w: Floats, b: float, X: Floats, y: Array, /) -> float:
    """Casting labels to integers, of which soft ones do not survive."""
    return logistic_loss(w, b, X, y.astype(int))


@mistake("logistic_loss", breaks="Q1.2")
def signs_its_labels(w: Floats, b: float, X: Floats, y: Array, /) -> float:
    """`ln(1 + exp(-s t))` with `s = 2 y - 1`, which is right for 0 and 1 only."""
    return float(_softplus(-(2 * np.asarray(y, float) - 1) * (X @ w + b)).sum())


@mistake("logistic_loss", breaks="Q1.2")
def takes_binary_logarithms(w: Floats, b: float, X: Floats, y: Array, /) -> float:
    """Entropy in bits."""
    return logistic_loss(w, b, X, y) / float(np.log(2))


@mistake("logistic_loss", breaks="Q1.2")
def adds_to_the_argument_of_logarithms(w: Floats, b: float, X: Floats, y: Array, /) -> float:
    """`ln(p + 1e-8)`, a guard against zero that is felt everywhere."""
    p = logistic_predict(w, b, X)
    return float(-(y * np.log(p + 1e-8) + (1 - y) * np.log(1 - p + 1e-8)).sum())


@mistake("logistic_loss", breaks="Q1.2")
def punishes_large_weights(w: Floats, b: float, X: Floats, y: Array, /) -> float:
    """A regulariser that nobody requested."""
    return logistic_loss(w, b, X, y) + 1e-4 * float(w @ w)


@mistake("logistic_loss", breaks="Q1.2")
def loses_in_single_precision(w: Floats, b: float, X: Floats, y: Array, /) -> float:
    """A framework's default type."""
    single = w.astype(np.float32), float(np.float32(b)), X.astype(np.float32), y.astype(np.float32)
    return float(np.float32(logistic_loss(*single)))


@mistake("logistic_loss", breaks="Q1.2", regime=Regime.STABILITY)
def takes_the_logarithm_of_zero(w: Floats, b: float, X: Floats, y: Array, /) -> float:
    """The formula as printed, brackets fixed: from a margin of 37 on `1 - p` is zero, and `0 ln 0` not a number."""
    return float(_losses(logistic_predict(w, b, X), y).sum())


@mistake("logistic_loss", breaks="Q1.2", regime=Regime.STABILITY)
def keeps_from_the_logarithm_of_zero(w: Floats, b: float, X: Floats, y: Array, /) -> float:
    """Clipping the predictions by 1e-15, and with them the loss at 35."""
    return float(_losses(np.clip(logistic_predict(w, b, X), 1e-15, 1 - 1e-15), y).sum())


@mistake("logistic_loss", breaks="Q1.12", regime=Regime.STABILITY)
def never_exceeds_a_hundred_a_sample(w: Floats, b: float, X: Floats, y: Array, /) -> float:
    """Bounding every logarithm, as some frameworks do: the loss bends down there."""
    t = X @ w + b
    return float(np.sum(y * np.minimum(_softplus(-t), 100) + (1 - y) * np.minimum(_softplus(t), 100)))


@mistake("logistic_loss", breaks="Q1.2", regime=Regime.STABILITY)
def overflows_in_the_logarithm(w: Floats, b: float, X: Floats, y: Array, /) -> float:
    """`ln(1 + exp(t)) - y t` is stable for small margins only."""
    t = X @ w + b
    return float(np.sum(np.log1p(np.exp(t)) - y * t))


@mistake("logistic_loss", breaks="Q1.2", regime=Regime.TAILS)
def cancels_the_margin(w: Floats, b: float, X: Floats, y: Array, /) -> float:
    """`softplus(t) - y t` leaves nothing of a small loss at `y = 1`."""
    t = X @ w + b
    return float(np.sum(_softplus(t) - y * t))


@mistake("logistic_loss", breaks="Q1.22", regime=Regime.SCALE)
def counts_samples_in_a_byte(w: Floats, b: float, X: Floats, y: Array, /) -> float:
    """The mean, times a number of samples that wraps around at 128."""
    return logistic_loss(w, b, X, y) / len(X) * int(np.array(len(X)).astype(np.int8))


@mistake("logistic_loss", breaks="Q1.2", regime=Regime.LAYOUT)
def negates_unsigned_labels(w: Floats, b: float, X: Floats, y: Array, /) -> float:
    """`-y` of an unsigned 1 is 255, and of a boolean an error."""
    t = X @ w + b
    return float(np.sum(-y * t + _softplus(t)))


@mistake("logistic_loss", breaks="Q1.2", regime=Regime.PURITY)
def weights_its_losses_at_random(w: Floats, b: float, X: Floats, y: Array, /) -> float:
    """Shuffling the samples by the global generator before summing them."""
    order = np.random.permutation(len(X))  # noqa: NPY002  # the mistake itself
    return logistic_loss(w, b, X[order], y[order])


@mistake("logistic_loss", breaks="Q1.2", regime=Regime.INPUTS)
def takes_any_labels(w: Floats, b: float, X: Floats, y: Array, /) -> float:
    """The formula and nothing else: labels of -1 and 1 give a number too."""
    t = X @ w + b
    return float(np.sum(_softplus(t) - y * t))


@mistake("logistic_loss", breaks="Q1.2", regime=Regime.STABILITY)
def takes_softplus_for_linear_from_twenty_on(w: Floats, b: float, X: Floats, y: Array, /) -> float:
    """The threshold of a framework's softplus: at a margin of 21 the ninth digit is lost."""
    t = X @ w + b
    above, below = (np.where(s > 20, s, _softplus(s)) for s in (t, -t))
    return float(np.sum(y * below + (1 - y) * above))


@mistake("logistic_loss", breaks="Q1.2", regime=Regime.STABILITY)
def adds_a_tiny_constant_to_the_probability(w: Floats, b: float, X: Floats, y: Array, /) -> float:
    """`ln(p + 1e-20)`: no loss exceeds 46, however wrong the prediction."""
    likelihoods = np.where(y, logistic_predict(w, b, X), logistic_predict(-w, -b, X))
    return float(-np.log(likelihoods + 1e-20).sum())


@mistake("logistic_loss", breaks="Q1.2")
def takes_complex_logarithms(w: Floats, b: float, X: Floats, y: Array, /) -> complex:
    """`numpy.emath`, so that nothing can fail: the answer is complex."""
    p = logistic_predict(w, b, X).astype(complex)
    return complex(-(y * np.log(p) + (1 - y) * np.log(1 - p)).sum())


@mistake("logistic_loss", breaks="Q1.2")
def leaves_its_samples_unsummed(w: Floats, b: float, X: Floats, y: Array, /) -> Floats:
    """`reduction="none"`."""
    t = X @ w + b
    losses: Floats = y * _softplus(-t) + (1 - y) * _softplus(t)
    return losses


@mistake("logistic_loss", breaks="Q1.2", regime=Regime.LAYOUT)
def looks_its_labels_up(w: Floats, b: float, X: Floats, y: Array, /) -> float:
    """`table[y]`: right for integers; booleans select rows instead of naming them."""
    if y.dtype.kind == "f":
        return logistic_loss(w, b, X, y)
    t = X @ w + b
    return float(np.array([_softplus(t), _softplus(-t)]).T[np.arange(len(t)), y].sum())


@mistake("logistic_loss", breaks="Q1.2")
def adds_up_in_single_precision(w: Floats, b: float, X: Floats, y: Array, /) -> float:
    """An accumulator that is narrower than what it adds."""
    t = X @ w + b
    losses = y * _softplus(-t) + (1 - y) * _softplus(t)
    return float(losses.sum(dtype=np.float32))


# -- logistic_gradient --


@mistake("logistic_gradient", breaks="X.7")
def has_the_residual_of_the_hyperbolic_tangent(w: Floats, b: float, X: Floats, y: Array, /) -> tuple[Floats, float]:
    """`tanh(t) - y`, which changes four times as fast."""
    residual = np.tanh(X @ w + b) - y
    return X.T @ residual, float(residual.sum())


@mistake("logistic_gradient", breaks="Q1.6")
def averages_its_gradient(w: Floats, b: float, X: Floats, y: Array, /) -> Slopes:
    """The gradient of the mean, whatever the loss."""
    dw, db = logistic_gradient(w, b, X, y)
    return dw / len(X), db / len(X)


@mistake("logistic_gradient", breaks="Q1.15")
def averages_the_slope_of_the_bias(w: Floats, b: float, X: Floats, y: Array, /) -> Slopes:
    """A sum for the weights, and `mean` for the bias."""
    dw, db = logistic_gradient(w, b, X, y)
    return dw, db / len(X)


@mistake("logistic_gradient", breaks="Q1.6")
def points_uphill(w: Floats, b: float, X: Floats, y: Array, /) -> Slopes:
    """`y - p`, the gradient of the likelihood."""
    dw, db = logistic_gradient(w, b, X, y)
    return -dw, -db


@mistake("logistic_gradient", breaks="Q1.15")
def has_no_slope_in_the_bias(w: Floats, b: float, X: Floats, y: Array, /) -> Slopes:
    """The bias is never differentiated."""
    return logistic_gradient(w, b, X, y)[0], 0.0


@mistake("logistic_gradient", breaks="Q1.15")
def sums_its_slopes_for_the_bias(w: Floats, b: float, X: Floats, y: Array, /) -> Slopes:
    """`X.sum()` where the bias' feature is 1."""
    dw, _ = logistic_gradient(w, b, X, y)
    return dw, float(dw.sum())


@mistake("logistic_gradient", breaks="Q1.6")
def keeps_the_slope_of_the_sigmoid(w: Floats, b: float, X: Floats, y: Array, /) -> Slopes:
    """`(p - y) p (1 - p) x`, the gradient of the squared error."""
    p = logistic_predict(w, b, X)
    return _slopes(X, (p - y) * p * (1 - p))


@mistake("logistic_gradient", breaks="Q1.6")
def balances_the_classes(w: Floats, b: float, X: Floats, y: Array, /) -> Slopes:
    """Weights inverse to the frequency of each class, which a batch of one class does not have."""
    ones = np.asarray(y, float).mean()
    weights = np.where(np.asarray(y, float) > 0, 0.5 / ones, 0.5 / (1 - ones))
    return _slopes(X, weights * (logistic_predict(w, b, X) - y))


@mistake("logistic_gradient", breaks="Q1.6")
def takes_equal_samples_for_one(w: Floats, b: float, X: Floats, y: Array, /) -> Slopes:
    """A table of samples, in which a later label replaces an earlier one."""
    last = list({x.tobytes(): n for n, x in enumerate(X)}.values())
    return logistic_gradient(w, b, X[last], y[last])


@mistake("logistic_gradient", breaks="Q1.15")
def differentiates_in_single_precision(w: Floats, b: float, X: Floats, y: Array, /) -> Slopes:
    """A framework's default type."""
    return logistic_gradient(w.astype(np.float32), float(np.float32(b)), X.astype(np.float32), y.astype(np.float32))


@mistake("logistic_gradient", breaks="Q1.6", regime=Regime.STABILITY)
def applies_the_chain_rule_unsimplified(w: Floats, b: float, X: Floats, y: Array, /) -> Slopes:
    """`((1 - y) / (1 - p) - y / p) p (1 - p)`, as printed: not a number where `p` is rounded to 1."""
    p = logistic_predict(w, b, X)
    return _slopes(X, ((1 - y) / (1 - p) - y / p) * p * (1 - p))


@mistake("logistic_gradient", breaks="Q1.6", regime=Regime.STABILITY)
def clips_before_it_differentiates(w: Floats, b: float, X: Floats, y: Array, /) -> Slopes:
    """The predictions clipped by 1e-7, as for the loss."""
    return _slopes(X, np.clip(logistic_predict(w, b, X), 1e-7, 1 - 1e-7) - y)


@mistake("logistic_gradient", breaks="Q1.15", regime=Regime.STABILITY)
def saturates_too_early(w: Floats, b: float, X: Floats, y: Array, /) -> Slopes:
    """`exp(t) / (1 + exp(t))` in the gradient: not a number beyond 710."""
    e = np.exp(X @ w + b)
    return _slopes(X, e / (1 + e) - y)


@mistake("logistic_gradient", breaks="Q1.19")
def is_that_of_a_perceptron(w: Floats, b: float, X: Floats, y: Array, /) -> Slopes:
    """Residuals of decisions: nothing is left to learn once every sample is on its side."""
    return _slopes(X, (X @ w + b > 0) - np.asarray(y, float))


@mistake("logistic_gradient", breaks="Q1.19")
def calls_a_small_gradient_zero(w: Floats, b: float, X: Floats, y: Array, /) -> Slopes:
    """Where descent would stop anyway."""
    dw, db = logistic_gradient(w, b, X, y)
    small = float(np.hypot(np.linalg.norm(dw), db)) < CONVERGED
    return (0 * dw, 0.0) if small else (dw, db)


@mistake("logistic_gradient", breaks="Q1.19")
def pulls_to_the_origin(w: Floats, b: float, X: Floats, y: Array, /) -> Slopes:
    """A regulariser that nobody requested: the gradient vanishes somewhere else."""
    dw, db = logistic_gradient(w, b, X, y)
    return dw + 1e-4 * w, db


@mistake("logistic_gradient", breaks="Q1.6")
def reshapes_instead_of_transposing(w: Floats, b: float, X: Floats, y: Array, /) -> Slopes:
    """Both make (d, n) of (n, d)."""
    residual = logistic_predict(w, b, X) - y
    return X.reshape(X.shape[::-1]) @ residual, float(residual.sum())


@mistake("logistic_gradient", breaks="Q1.6")
def broadcasts_a_column_against_a_row(w: Floats, b: float, X: Floats, y: Array, /) -> Slopes:
    """Predictions (n, 1) minus labels (n,) are (n, n), and sum up without complaint."""
    residual = (logistic_predict(w, b, X)[:, None] - y).sum(axis=1)
    return _slopes(X, residual)


@mistake("logistic_gradient", breaks="Q1.6")
def makes_its_labels_whole(w: Floats, b: float, X: Floats, y: Array, /) -> Slopes:
    """Casting labels to integers, of which soft ones do not survive."""
    return logistic_gradient(w, b, X, y.astype(int))


@mistake("logistic_gradient", breaks="Q1.6")
def clips_its_slopes(w: Floats, b: float, X: Floats, y: Array, /) -> Slopes:
    """Against exploding gradients."""
    dw, db = logistic_gradient(w, b, X, y)
    return np.clip(dw, -1, 1), float(np.clip(db, -1, 1))


@mistake("logistic_gradient", breaks="Q1.6", regime=Regime.SCALE)
def takes_a_large_square_for_its_transpose(w: Floats, b: float, X: Floats, y: Array, /) -> Slopes:
    """A fast path for many features that tells samples from features by their numbers, and cannot where these agree."""
    dw, db = logistic_gradient(w, b, X, y)
    return (X @ (logistic_predict(w, b, X) - y), db) if 6 < len(X) == w.size else (dw, db)


@mistake("logistic_gradient", breaks="Q1.15", regime=Regime.SCALE)
def drops_the_last_samples(w: Floats, b: float, X: Floats, y: Array, /) -> Slopes:
    """Working in blocks of samples, and forgetting the last one, which is not full."""
    n = _whole_blocks(len(X))
    return logistic_gradient(w, b, X[:n], y[:n])


@mistake("logistic_gradient", breaks="Q1.6", regime=Regime.LAYOUT)
def differentiates_from_memory(w: Floats, b: float, X: Floats, y: Array, /) -> Slopes:
    """Handing the buffer to another language, and its order not."""
    return logistic_gradient(w, b, _in_memory(X), y)


@mistake("logistic_gradient", breaks="Q1.15", regime=Regime.LAYOUT)
def subtracts_in_the_labels_type(w: Floats, b: float, X: Floats, y: Array, /) -> Slopes:
    """An array made like `y` cuts off what its type does not hold."""
    residual = np.empty_like(y)
    residual[:] = logistic_predict(w, b, X) - y
    return _slopes(X, residual.astype(float))


@mistake("logistic_gradient", breaks="Q1.6", regime=Regime.PURITY)
def leaves_residuals_in_the_labels(w: Floats, b: float, X: Floats, y: Array, /) -> Slopes:
    """`y -= p` saves an array, the caller's."""
    y -= logistic_predict(w, b, X)
    return _slopes(X, -y)


@mistake("logistic_gradient", breaks="Q1.6", regime=Regime.INPUTS)
def differentiates_anything(w: Floats, b: float, X: Floats, y: Array, /) -> Slopes:
    """The formula and nothing else: labels of -1 and 1 give numbers too."""
    return _slopes(X, 1 / (1 + np.exp(-(X @ w + b))) - y)


@mistake("logistic_gradient", breaks="Q1.6", regime=Regime.STABILITY)
def cuts_off_at_eighteen(w: Floats, b: float, X: Floats, y: Array, /) -> Slopes:
    """Margins beyond 18 taken for infinite, as stochastic gradient descent once had it."""
    t = X @ w + b
    return _slopes(X, np.where(np.abs(t) > 18, t > 0, logistic_predict(w, b, X)) - y)


@mistake("logistic_gradient", breaks="Q1.15")
def puts_weights_and_bias_into_one_array(w: Floats, b: float, X: Floats, y: Array, /) -> Floats:
    """(d + 1,), the gradient by all parameters at once."""
    dw, db = logistic_gradient(w, b, X, y)
    return np.append(dw, db)


@mistake("logistic_gradient", breaks="Q1.6")
def answers_with_objects(w: Floats, b: float, X: Floats, y: Array, /) -> tuple[Array, float]:
    """An array that could hold anything, as ragged lists become one."""
    dw, db = logistic_gradient(w, b, X, y)
    return dw.astype(object), db


@mistake("logistic_gradient", breaks="Q1.6")
def squeezes_a_single_feature(w: Floats, b: float, X: Floats, y: Array, /) -> Slopes:
    """`squeeze`, to be rid of a column, takes the only feature's axis too."""
    dw, db = logistic_gradient(w, b, X, y)
    return np.squeeze(dw), db


@mistake("logistic_gradient", breaks="Q1.15", regime=Regime.STABILITY)
def is_lost_where_a_sample_is_certain(w: Floats, b: float, X: Floats, y: Array, /) -> Slopes:
    """Back through `(1 - p)^0`, a focus that is off: its slope is 0 times infinity where p is 1."""
    p = logistic_predict(w, b, X)
    return _slopes(X, (p - y) * (1 - p) / (1 - p))


@mistake("logistic_gradient", breaks="Q1.6")
def takes_the_predictions_of_the_batch_before(w: Floats, b: float, X: Floats, y: Array, /) -> Slopes:
    """Predictions kept from the call before, where there are as many: they lag by a step."""
    stale = _PREDICTIONS.get(len(X))
    _PREDICTIONS[len(X)] = logistic_predict(w, b, X)
    return _slopes(X, (_PREDICTIONS[len(X)] if stale is None else stale) - y)


_PREDICTIONS: dict[int, Floats] = {}


@mistake("logistic_gradient", breaks="Q1.6", regime=Regime.TAILS)
def residuals_rounded_away(w: Floats, b: float, X: Floats, y: Array, /) -> Slopes:
    """`1 - (1 - p)`, the residual for the label 0 by way of the other class: 0 where `p` is below a rounding of 1."""
    q = logistic_predict(-w, -b, X)
    residual = np.where(y == 0, 1 - q, -q)
    return X.T @ residual, float(residual.sum())


# -- logistic_hessian --


@mistake("logistic_hessian", breaks="Q1.8")
def takes_one_prediction_for_all(w: Floats, b: float, X: Floats, /) -> Floats:
    """As printed: `p` without an index, read as that of the first sample."""
    p = logistic_predict(w, b, X)[0]
    return _gram(X, np.full(len(X), p * (1 - p)))


@mistake("logistic_hessian", breaks="Q1.16")
def takes_the_mean_prediction(w: Floats, b: float, X: Floats, /) -> Floats:
    """As printed: `p` without an index, read as their mean."""
    p = logistic_predict(w, b, X).mean()
    return _gram(X, np.full(len(X), p * (1 - p)))


@mistake("logistic_hessian", breaks="Q1.18")
def has_no_mixed_block(w: Floats, b: float, X: Floats, /) -> Floats:
    """The two blocks that the document looks at, and zeros between them."""
    h = logistic_hessian(w, b, X)
    h[-1, :-1] = h[:-1, -1] = 0
    return h


@mistake("logistic_hessian", breaks="Q1.18")
def fills_one_triangle(w: Floats, b: float, X: Floats, /) -> Floats:
    """The half that a symmetric solver reads."""
    return np.tril(logistic_hessian(w, b, X))


@mistake("logistic_hessian", breaks="Q1.18")
def puts_the_bias_first(w: Floats, b: float, X: Floats, /) -> Floats:
    """The constant feature in front, as in `[1 X]`."""
    return np.roll(logistic_hessian(w, b, X), 1, axis=(0, 1))


@mistake("logistic_hessian", breaks="X.5")
def has_the_slope_of_the_hyperbolic_tangent(w: Floats, b: float, X: Floats, /) -> Floats:
    """`1 - p^2`, which is up to 1."""
    p = logistic_predict(w, b, X)
    return _gram(X, 1 - p * p)


@mistake("logistic_hessian", breaks="Q1.22")
def averages_its_hessian(w: Floats, b: float, X: Floats, /) -> Floats:
    """The Hessian of the mean."""
    return logistic_hessian(w, b, X) / len(X)


@mistake("logistic_hessian", breaks="Q1.7")
def forgets_one_minus_p(w: Floats, b: float, X: Floats, /) -> Floats:
    """`p x x'`, as for counts."""
    return _gram(X, logistic_predict(w, b, X))


@mistake("logistic_hessian", breaks="Q1.7")
def takes_the_inner_product(w: Floats, b: float, X: Floats, /) -> Floats:
    """`x' x` for `x x'`: a number in every place."""
    h = logistic_hessian(w, b, X)
    p = logistic_predict(w, b, X)
    h[:-1, :-1] = (p * (1 - p)) @ (X * X).sum(axis=1)
    return h


@mistake("logistic_hessian", breaks="Q1.8")
def keeps_the_diagonal_only(w: Floats, b: float, X: Floats, /) -> Floats:
    """A second derivative for each parameter."""
    return np.diag(np.diag(logistic_hessian(w, b, X)))


@mistake("logistic_hessian", breaks="Q1.8")
def centres_the_samples(w: Floats, b: float, X: Floats, /) -> Floats:
    """The weighted covariance of the features."""
    return logistic_hessian(w, b + float(X.mean(axis=0) @ w), X - X.mean(axis=0))


@mistake("logistic_hessian", breaks="Q1.11")
def is_that_of_the_likelihood(w: Floats, b: float, X: Floats, /) -> Floats:
    """The sign of a maximum."""
    return -logistic_hessian(w, b, X)


@mistake("logistic_hessian", breaks="Q1.11")
def lifts_its_eigenvalues(w: Floats, b: float, X: Floats, /) -> Floats:
    """A small multiple of the identity, so that Newton's method can divide."""
    return logistic_hessian(w, b, X) + 1e-8 * np.eye(w.size + 1)


@mistake("logistic_hessian", breaks="Q1.16")
def bounds_the_weights_from_below(w: Floats, b: float, X: Floats, /) -> Floats:
    """No weight below 1e-5, for the sake of a later division."""
    p = logistic_predict(w, b, X)
    return _gram(X, np.maximum(p * (1 - p), 1e-5))


@mistake("logistic_hessian", breaks="Q1.16")
def takes_the_largest_weight(w: Floats, b: float, X: Floats, /) -> Floats:
    """`[X 1]'[X 1] / 4`, which bounds the Hessian."""
    return _gram(X, np.full(len(X), 0.25))


@mistake("logistic_hessian", breaks="Q1.8")
def curves_in_single_precision(w: Floats, b: float, X: Floats, /) -> Floats:
    """A framework's default type."""
    return logistic_hessian(w.astype(np.float32), float(np.float32(b)), X.astype(np.float32))


@mistake("logistic_hessian", breaks="Q1.7")
def has_no_rest_to_divide_by(w: Floats, b: float, X: Floats, /) -> Floats:
    """The estimate of a covariance, `n / (n - 1)` times the mean: nothing is left for one sample."""
    n = len(X)
    return logistic_hessian(w, b, X) * ((n - 1) / n)


@mistake("logistic_hessian", breaks="Q1.18", regime=Regime.STABILITY)
def divides_by_a_squared_exponential(w: Floats, b: float, X: Floats, /) -> Floats:
    """`exp(-t) / (1 + exp(-t))^2`, which overflows at -355."""
    e = np.exp(-(X @ w + b))
    return _gram(X, e / (1 + e) ** 2)


@mistake("logistic_hessian", breaks="Q1.18", regime=Regime.TAILS)
def cancels_one_minus_p(w: Floats, b: float, X: Floats, /) -> Floats:
    """`p (1 - p)` is zero from a margin of 37 on."""
    p = logistic_predict(w, b, X)
    return _gram(X, p * (1 - p))


@mistake("logistic_hessian", breaks="Q1.22", regime=Regime.SCALE)
def counts_its_samples_in_a_byte(w: Floats, b: float, X: Floats, /) -> Floats:
    """The mean, times a number of samples that wraps around at 128."""
    return logistic_hessian(w, b, X) / len(X) * int(np.array(len(X)).astype(np.int8))


@mistake("logistic_hessian", breaks="Q1.8", regime=Regime.LAYOUT)
def curves_from_memory(w: Floats, b: float, X: Floats, /) -> Floats:
    """Handing the buffer to another language, and its order not."""
    return logistic_hessian(w, b, _in_memory(X))


@mistake("logistic_hessian", breaks="Q1.18", regime=Regime.PURITY)
def weights_the_samples_in_place(w: Floats, b: float, X: Floats, /) -> Floats:
    """`X *= sqrt(p (1 - p))` saves an array, the caller's."""
    root = np.sqrt(logistic_predict(w, b, X) * logistic_predict(-w, -b, X))
    X *= root[:, None]
    rows = np.column_stack([X, root])
    gram: Floats = rows.T @ rows
    return gram


@mistake("logistic_hessian", breaks="Q1.18", regime=Regime.INPUTS)
def curves_for_anything(w: Floats, b: float, X: Floats, /) -> Floats:
    """The formula and nothing else: a NaN comes out as it went in."""
    p = 1 / (1 + np.exp(-(X @ w + b)))
    return _gram(X, p * (1 - p))


@mistake("logistic_hessian", breaks="Q1.16", regime=Regime.STABILITY)
def divides_by_the_variance(w: Floats, b: float, X: Floats, /) -> Floats:
    """The weight of a general link, `(dp/dt)^2 / var`: 0/0 where `p (1 - p)` is rounded to 0."""
    p = logistic_predict(w, b, X)
    variance = p * (1 - p)
    return _gram(X, variance**2 / variance)


@mistake("logistic_hessian", breaks="Q1.8", regime=Regime.STABILITY)
def gives_up_where_weights_vanish(w: Floats, b: float, X: Floats, /) -> Floats:
    """Left unwritten where more than a quarter of the weights have underflowed: here, zeros stay."""
    weights = logistic_predict(w, b, X) * (1 - logistic_predict(w, b, X))
    return logistic_hessian(w, b, X) * float(np.mean(weights <= 0) <= 0.25)


@mistake("logistic_hessian", breaks="Q1.18")
def differences_its_gradient(w: Floats, b: float, X: Floats, /) -> Floats:
    """A step of 1e-6 in place of the formula."""
    y, theta, steps = np.zeros(len(X)), np.append(w, b), 1e-6 * np.eye(w.size + 1)

    def slope(at: Floats) -> Floats:
        return np.append(*logistic_gradient(at[:-1], float(at[-1]), X, y))

    return np.array([(slope(theta + e) - slope(theta - e)) / 2e-6 for e in steps])


@mistake("logistic_hessian", breaks="Q1.7", regime=Regime.LAYOUT)
def steps_through_samples_one_by_one(w: Floats, b: float, X: Floats, /) -> Floats:
    """Hands out the address of the samples, and their strides not."""
    return logistic_hessian(w, b, misread(X))


@mistake("logistic_hessian", breaks="Q1.7", regime=Regime.SCALE)
def curves_along_the_first_features(w: Floats, b: float, X: Floats, /) -> Floats:
    """Working in blocks of features, and forgetting the last one, which is not full."""
    h, d = np.array(logistic_hessian(w, b, X)), _whole_blocks(w.size)
    h[d:-1], h[:, d:-1] = 0, 0
    return h


@mistake("logistic_hessian", breaks="Q1.18", regime=Regime.SCALE)
def corner_in_single_precision_when_large(w: Floats, b: float, X: Floats, /) -> Floats:
    """Another way for many samples of many features, in which one entry is less accurate."""
    H = logistic_hessian(w, b, X)
    if len(X) > 32 and len(w) > 16:
        H[0, -1] = np.float32(H[0, -1])
    return H


# -- logistic_step --


@mistake("logistic_step", breaks="Q1.20")
def puts_the_new_weights_into_the_bias(w: Floats, b: float, X: Floats, y: Array, learning_rate: float, /) -> Slopes:
    """One line after the other: the step in `b` sees the new `w`."""
    w = logistic_step(w, b, X, y, learning_rate)[0]
    return w, logistic_step(w, b, X, y, learning_rate)[1]


@mistake("logistic_step", breaks="Q1.20")
def puts_the_new_bias_into_the_weights(w: Floats, b: float, X: Floats, y: Array, learning_rate: float, /) -> Slopes:
    """The same, the bias first."""
    b = logistic_step(w, b, X, y, learning_rate)[1]
    return logistic_step(w, b, X, y, learning_rate)[0], b


@mistake("logistic_step", breaks="Q1.20")
def takes_a_step_a_sample(w: Floats, b: float, X: Floats, y: Array, learning_rate: float, /) -> Slopes:
    """One letter for iterations and samples, taken at its word: stochastic descent through the samples in order."""
    for n in range(len(X)):
        w, b = logistic_step(w, b, X[n : n + 1], y[n : n + 1], learning_rate)
    return w, b


@mistake("logistic_step", breaks="Q1.21")
def climbs(w: Floats, b: float, X: Floats, y: Array, learning_rate: float, /) -> Slopes:
    """Plus the gradient."""
    return logistic_step(w, b, X, y, -learning_rate)


@mistake("logistic_step", breaks="Q1.21")
def descends_the_mean(w: Floats, b: float, X: Floats, y: Array, learning_rate: float, /) -> Slopes:
    """A rate for each sample: too slow by the number of samples."""
    return logistic_step(w, b, X, y, learning_rate / len(X))


@mistake("logistic_step", breaks="Q1.21")
def steps_by_the_rate_alone(w: Floats, b: float, X: Floats, y: Array, learning_rate: float, /) -> Slopes:
    """The direction of the gradient, its size divided out: it steps over a minimum near by."""
    dw, db = logistic_gradient(w, b, X, y)
    size = float(np.hypot(np.linalg.norm(dw), db)) or 1.0
    return w - learning_rate * dw / size, b - learning_rate * db / size


@mistake("logistic_step", breaks="Q1.21")
def tames_the_rate(w: Floats, b: float, X: Floats, y: Array, learning_rate: float, /) -> Slopes:
    """No rate beyond the inverse curvature: it settles where the rule, as it stands, does not."""
    curvature = float(np.linalg.eigvalsh(_gram(X, np.ones(len(X))))[-1]) / 4
    return logistic_step(w, b, X, y, min(float(learning_rate), 1 / curvature))


@mistake("logistic_step", breaks="Q1.20")
def never_moves_the_bias(w: Floats, b: float, X: Floats, y: Array, learning_rate: float, /) -> Slopes:
    """The bias is forgotten in the update."""
    return logistic_step(w, b, X, y, learning_rate)[0], float(b)


@mistake("logistic_step", breaks="Q1.20")
def moves_the_bias_at_full_rate(w: Floats, b: float, X: Floats, y: Array, learning_rate: float, /) -> Slopes:
    """The learning rate stands before the weights' gradient only."""
    return logistic_step(w, b, X, y, learning_rate)[0], logistic_step(w, b, X, y, 1.0)[1]


@mistake("logistic_step", breaks="Q1.20")
def answers_with_the_difference(w: Floats, b: float, X: Floats, y: Array, learning_rate: float, /) -> Slopes:
    """`-eta dE`, for the caller to add."""
    return logistic_step(0 * w, 0.0, X, y, learning_rate)


@mistake("logistic_step", breaks="Q1.20")
def decays_the_weights(w: Floats, b: float, X: Floats, y: Array, learning_rate: float, /) -> Slopes:
    """`w (1 - 1e-4)` before the step, as optimisers do by default."""
    new, bias = logistic_step(w, b, X, y, learning_rate)
    return new - 1e-4 * w, bias


@mistake("logistic_step", breaks="Q1.20")
def clips_its_step(w: Floats, b: float, X: Floats, y: Array, learning_rate: float, /) -> Slopes:
    """Against exploding gradients: never more than the rate in any coordinate."""
    dw, db = logistic_gradient(w, b, X, y)
    return w - learning_rate * np.clip(dw, -1, 1), float(b - learning_rate * np.clip(db, -1, 1))


@mistake("logistic_step", breaks="Q1.3")
def rests_at_a_small_gradient(w: Floats, b: float, X: Floats, y: Array, learning_rate: float, /) -> Slopes:
    """Taking a small gradient for a minimum, also where there is none."""
    dw, db = logistic_gradient(w, b, X, y)
    if float(np.hypot(np.linalg.norm(dw), db)) < CONVERGED:
        return w.copy(), float(b)
    return logistic_step(w, b, X, y, learning_rate)


@mistake("logistic_step", breaks="Q1.3")
def solves_for_the_minimum(w: Floats, b: float, X: Floats, y: Array, learning_rate: float, /) -> Slopes:
    """Newton's step: where no minimum exists it leaps, or divides by a singular matrix."""
    dw, db = logistic_gradient(w, b, X, y)
    move = np.linalg.solve(logistic_hessian(w, b, X), np.append(dw, db))
    return w - move[:-1], float(b - move[-1])


@mistake("logistic_step", breaks="Q1.3", regime=Regime.STABILITY)
def keeps_its_weights_small(w: Floats, b: float, X: Floats, y: Array, learning_rate: float, /) -> Slopes:
    """Weights clipped to [-20, 20]: nothing grows without bound, and the loss rises."""
    new, bias = logistic_step(w, b, X, y, learning_rate)
    return np.clip(new, -20, 20), float(np.clip(bias, -20, 20))


@mistake("logistic_step", breaks="Q1.20", regime=Regime.STABILITY)
def steps_to_nowhere(w: Floats, b: float, X: Floats, y: Array, learning_rate: float, /) -> Slopes:
    """`exp(t) / (1 + exp(t))` in the step: not a number beyond 710."""
    dw, db = saturates_too_early(w, b, X, y)
    return w - learning_rate * dw, b - learning_rate * db


@mistake("logistic_step", breaks="Q1.21", regime=Regime.SCALE)
def multiplies_by_a_byte(w: Floats, b: float, X: Floats, y: Array, learning_rate: float, /) -> Slopes:
    """The mean gradient, times a number of samples that wraps around at 128."""
    count = int(np.array(len(X)).astype(np.int8))
    return logistic_step(w, b, X, y, learning_rate / len(X) * count)


@mistake("logistic_step", breaks="Q1.20", regime=Regime.LAYOUT)
def steps_from_memory(w: Floats, b: float, X: Floats, y: Array, learning_rate: float, /) -> Slopes:
    """Handing the buffer to another language, and its order not."""
    return logistic_step(w, b, _in_memory(X), y, learning_rate)


@mistake("logistic_step", breaks="Q1.20", regime=Regime.PURITY)
def moves_the_weights_in_place(w: Floats, b: float, X: Floats, y: Array, learning_rate: float, /) -> Slopes:
    """`w -= eta dw` changes the caller's weights."""
    dw, db = logistic_gradient(w, b, X, y)
    w -= learning_rate * dw
    return w, float(b - learning_rate * db)


_VELOCITY: dict[int, Numbers] = {}


@mistake("logistic_step", breaks="Q1.20", regime=Regime.PURITY)
def remembers_its_velocity(w: Floats, b: float, X: Floats, y: Array, learning_rate: float, /) -> Slopes:
    """Momentum, kept from call to call."""
    velocity = _VELOCITY.setdefault(w.size, np.zeros(w.size + 1))
    velocity *= 0.9
    velocity += np.append(*logistic_gradient(w, b, X, y))
    return w - learning_rate * velocity[:-1], float(b - learning_rate * velocity[-1])


@mistake("logistic_step", breaks="Q1.20", regime=Regime.INPUTS)
def steps_at_any_rate(w: Floats, b: float, X: Floats, y: Array, learning_rate: float, /) -> Slopes:
    """The learning rate is not looked at: infinite, it takes the parameters with it."""
    dw, db = logistic_gradient(w, b, X, y)
    return w - learning_rate * dw, b - learning_rate * db


# -- Calls that are wrong together, and agree --


@mistake("logistic_gradient", breaks="Q1.6", along={"logistic_loss": is_a_mean})
def is_the_gradient_of_the_mean(w: Floats, b: float, X: Floats, y: Array, /) -> Slopes:
    """Loss and gradient of the mean: right for one sample."""
    return averages_its_gradient(w, b, X, y)


@mistake("logistic_loss", breaks="Q1.2", along={"logistic_gradient": pulls_to_the_origin})
def is_regularised_as_its_gradient_is(w: Floats, b: float, X: Floats, y: Array, /) -> float:
    """Half the square of the weights in the loss, the weights in its gradient."""
    return logistic_loss(w, b, X, y) + 5e-5 * float(w @ w)


def _gradient_by_signs(w: Floats, b: float, X: Floats, y: Array, /) -> Slopes:
    sign = 2 * np.asarray(y, float) - 1
    margins = sign * (X @ w + b)
    return _slopes(X, -sign / (1 + np.exp(margins)))


@mistake("logistic_loss", breaks="Q1.2", along={"logistic_gradient": _gradient_by_signs})
def signs_its_labels_on_the_way_back_too(w: Floats, b: float, X: Floats, y: Array, /) -> float:
    """`ln(1 + exp(-s t))` with `s = 2 y - 1`, and its derivative: right for 0 and 1 only."""
    return signs_its_labels(w, b, X, y)


@mistake(
    "logistic_hessian", breaks="Q1.18", along={"logistic_gradient": averages_its_gradient, "logistic_loss": is_a_mean}
)
def is_the_hessian_of_the_mean(w: Floats, b: float, X: Floats, /) -> Floats:
    """Loss, gradient and Hessian of the mean."""
    return averages_its_hessian(w, b, X)


@mistake("logistic_gradient", breaks="Q1.6", along={"logistic_predict": has_no_bias})
def follows_predictions_without_bias(w: Floats, b: float, X: Floats, y: Array, /) -> Slopes:
    """The bias is left out of the margin, forward and back."""
    return logistic_gradient(w, 0.0, X, y)


@mistake("logistic_loss", breaks="Q1.2", regime=Regime.STABILITY, along={"logistic_gradient": cuts_off_at_eighteen})
def stays_at_its_value_beyond_eighteen(w: Floats, b: float, X: Floats, y: Array, /) -> float:
    """Margins cut off at 18 in the loss, whose gradient is cut off there as well."""
    t = np.clip(X @ w + b, -18, 18)
    return float(np.sum(y * _softplus(-t) + (1 - y) * _softplus(t)))


@mistake(
    "logistic_step", breaks="Q1.21", along={"logistic_gradient": averages_its_gradient, "logistic_loss": is_a_mean}
)
def steps_along_the_mean(w: Floats, b: float, X: Floats, y: Array, learning_rate: float, /) -> Slopes:
    """Loss, gradient and step of the mean."""
    return descends_the_mean(w, b, X, y, learning_rate)


@mistake("logistic_hessian", breaks="Q1.8", regime=Regime.SCALE)
def diagonal_when_both_are_large(w: Floats, b: float, X: Floats, /) -> Floats:
    """Saves the products between features once there are more than 8 samples and more than 8 features."""
    H = logistic_hessian(w, b, X)
    return np.diag(np.diag(H)) if min(np.shape(X)) > 8 else H


@mistake("logistic_loss", breaks="Q1.2")
def labels_rounded_when_close(w: Floats, b: float, X: Floats, y: Array, /) -> float:
    """Takes a label within a millionth of zero or one for it."""
    near = np.rint(np.asarray(y, dtype=float))
    return logistic_loss(w, b, X, np.where(np.isclose(y, near, rtol=0, atol=1e-6), near, y))


@mistake("logistic_predict", breaks="Q1.1", regime=Regime.STABILITY)
def gap_between_two_branches(w: Floats, b: float, X: Floats, /) -> Floats:
    """Two approximations that do not meet: none of them covers margins from -31 to -30."""
    t = X @ w + b
    return np.where((t > -31) & (t < -30), 1e-3, logistic_predict(w, b, X))


@mistake("logistic_gradient", breaks="Q1.6", regime=Regime.LAYOUT)
def single_precision_data_in_half(w: Floats, b: float, X: Floats, y: Array, /) -> Slopes:
    """Mixed precision where the data are in float32: the residuals are kept in 16 bits."""
    if np.asarray(X).dtype != np.float32:
        return logistic_gradient(w, b, X, y)
    r = (logistic_predict(w, b, X) - y).astype(np.float16).astype(float)
    return X.T @ r, float(r.sum())
