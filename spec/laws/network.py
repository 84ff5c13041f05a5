"""The two-layer network (Q3): laws on its activation, its dropout mask, and on one sample that passes through it."""

from __future__ import annotations

import numpy as np

from lydite.kit import CORE, INPUTS, VALUES, WIDE, Equation, Floats, Inequality, Raises, Refusal, is_refused, law
from lydite.kit.derivatives import in_a_row, is_quotient
from lydite.kit.differences import Line
from spec.bounds import network as bounds
from spec.contracts.network import Network
from spec.definitions.batches import Row
from spec.definitions.network import STEP, Activation, Dropout, Mask, Masks, Sample, Weights

# -- Leaky ReLU --


@law("Q3.0.2", only=VALUES)
def leaky_relu_is_exact(f: Network, case: Activation) -> Equation:
    """leaky_relu(z) = z where z > 0, else alpha z."""
    return Equation(f.leaky_relu(case.z, case.alpha), case.value, _leaky_relu(case, case.z))


@law("Q3.0.2", only=WIDE)
def leaky_relu_is_homogeneous(f: Network, case: Activation) -> Equation:
    """leaky_relu(c z) = c leaky_relu(z), for c > 0."""
    c = case.dtype.type(case.factor)
    due = case.factor * f.leaky_relu(case.z, case.alpha)
    allowed = 2 * case.factor * _leaky_relu(case, case.z)
    return Equation(f.leaky_relu(c * case.z, case.alpha), due, allowed)


@law("Q3.0.2", only=WIDE)
def leaky_relu_has_two_slopes(f: Network, case: Activation) -> Equation:
    """leaky_relu(z) - leaky_relu(-z) = (1 + alpha) z."""
    due = (1 + float(case.alpha)) * case.z.astype(float)
    # Both values by their bound; the difference, the sum and the product are rounded.
    allowed = _leaky_relu(case, case.z) + _leaky_relu(case, -case.z) + 3 * case.u * np.abs(due)
    return Equation(f.leaky_relu(case.z, case.alpha) - f.leaky_relu(-case.z, case.alpha), due, allowed)


@law("Q3.3.5", only=VALUES)
def leaky_relu_derivative_is_exact(f: Network, case: Activation) -> Equation:
    """leaky_relu'(z) = 1 where z > 0, else alpha: alpha at 0 too."""
    due = np.where(case.z > 0, 1.0, float(case.alpha))
    return Equation(f.leaky_relu_derivative(case.z, case.alpha), due, _slope(case))


@law("Q3.3.5", only=WIDE)
def leaky_relu_derivative_is_one_or_alpha(f: Network, case: Activation) -> Equation:
    """(leaky_relu'(z) - 1) (leaky_relu'(z) - alpha) = 0: no third slope, not even at the kink."""
    slopes = f.leaky_relu_derivative(case.z, case.alpha)
    return Equation((slopes - 1) * (slopes - float(case.alpha)), np.zeros(case.z.shape), 2 * _slope(case))


@law("Q3.3.5", only=WIDE)
def leaky_relu_is_derivative_times_z(f: Network, case: Activation) -> Equation:
    """leaky_relu(z) = leaky_relu'(z) z."""
    allowed = _leaky_relu(case, case.z) + (_slope(case) + case.u) * np.abs(case.z)
    due = f.leaky_relu_derivative(case.z, case.alpha) * case.z
    return Equation(f.leaky_relu(case.z, case.alpha), due, allowed)


@law("Q3.3.5", only=CORE, differences=["leaky_relu"])
def leaky_relu_derivative_is_difference_quotient(f: Network, case: Activation) -> Equation | None:
    """leaky_relu'(z) = d/dt leaky_relu(z + t) at t = 0, by finite differences of its own values, away from the kink."""
    far = np.abs(case.z) > 2 * STEP
    if not far.any():
        return None
    z = case.z[far]

    def along(t: float) -> Floats:
        return (z + t).astype(case.dtype)

    line = Line(
        lambda t: (along(t), case.alpha),
        lambda t: _leaky_relu(case, along(t)) + case.u * np.abs(along(t)),  # the points are rounded as well
        STEP,
    )
    return is_quotient(f, "leaky_relu_derivative", (z, case.alpha), 1.0, line, _slope(case))


# -- Dropout masks --


@law("Q3.3.4", only=VALUES)
def mask_is_zeros_and_ones(f: Network, case: Mask) -> Equation:
    """M_i (1 - M_i) = 0."""
    mask = f.dropout_mask(case.size, case.p, case.seed)
    return Equation(mask * (1 - mask), np.zeros(case.size), 0.0)


@law("Q3.3.4", only=VALUES)
def mask_repeats(f: Network, case: Mask) -> Equation:
    """M(seed) = M(seed): the seed decides the mask."""
    first = f.dropout_mask(case.size, case.p, case.seed)
    f.dropout_mask(case.size, case.p, case.other)
    return Equation(f.dropout_mask(case.size, case.p, case.seed), first, 0.0)


@law("Q3.3.4", only=VALUES)
def mask_is_certain_at_the_ends(f: Network, case: Mask) -> Equation:
    """M = 1 for p = 0, M = 0 for p = 1."""
    kept, dropped = (f.dropout_mask(case.size, p, case.seed) for p in (0.0, 1.0))
    return Equation((kept, dropped), (np.ones(case.size), np.zeros(case.size)), (0.0, 0.0))


@law("Q3.3.4", only=VALUES)
def mask_keeps_with_its_probability(f: Network, case: Mask) -> Equation | None:
    """P(M_i = 1) = 1 - p, counted over the entries of a mask."""
    allowed = bounds.of_share(case.size, case.q)
    if _says_nothing(allowed, case.q):
        return None
    return Equation(f.dropout_mask(case.size, case.p, case.seed).mean(), case.q, allowed)


@law("Q3.3.4", only=CORE)
def mask_keeps_every_entry_alike(f: Network, case: Masks) -> Equation:
    """P(M_i = 1) = 1 - p for each i, counted over seeds."""
    kept = np.mean([f.dropout_mask(case.size, case.p, seed) for seed in case.seeds], axis=0)
    return Equation(kept, np.full(case.size, case.q), bounds.of_share(case.count, case.q, checks=case.size))


@law("Q3.3.4", only=VALUES)
def mask_entries_are_independent(f: Network, case: Mask) -> Equation | None:
    """P(M_i = M_j = 1) = (1 - p)^2, counted over pairs of entries at one distance."""
    a, b = case.pairs(f.dropout_mask(case.size, case.p, case.seed))
    allowed = bounds.of_share(a.size, case.q**2)
    if _says_nothing(allowed, case.q**2):
        return None
    return Equation((a * b).mean(), case.q**2, allowed)


@law("Q3.3.4", only=VALUES)
def mask_triples_are_independent(f: Network, case: Mask) -> Equation | None:
    """P(M_i = M_j = M_k = 1) = (1 - p)^3, counted over triples of entries, each at one distance from the next."""
    return _groups_are_independent(f, case, 3)


@law("Q3.3.4", only=CORE)
def mask_quadruples_are_independent(f: Network, case: Mask) -> Equation | None:
    """P(M_i = M_j = M_k = M_l = 1) = (1 - p)^4, counted over four entries, each at one distance from the next."""
    return _groups_are_independent(f, case, 4)


@law("Q3.3.4", only=CORE)
def mask_is_like_itself_at_no_distance(f: Network, case: Mask) -> Equation:
    """sum_i (M_i - q)(M_(i+k) - q) = 0 for every distance k up to half of the mask, q = 1 - p, up to chance."""
    deviation = f.dropout_mask(case.size, case.p, case.seed) - case.q
    power = np.abs(np.fft.rfft(deviation, 2 * case.size)) ** 2
    likeness = np.fft.irfft(power, 2 * case.size)[1 : case.size // 2 + 1]
    return Equation(likeness, np.zeros(likeness.size), bounds.of_likeness(case.size, case.q))


@law("Q3.3.4", only=CORE)
def mask_is_like_its_mirror_nowhere(f: Network, case: Mask) -> Equation:
    """sum_(i < j, i + j = c) (M_i - q)(M_j - q) = 0 for every c, q = 1 - p, up to chance."""
    deviation = f.dropout_mask(case.size, case.p, case.seed) - case.q
    likeness = np.fft.irfft(np.fft.rfft(deviation, 2 * case.size) ** 2, 2 * case.size)[: 2 * case.size - 1]
    likeness[::2] -= deviation**2  # where i = j
    return Equation(likeness / 2, np.zeros(likeness.size), bounds.of_mirrored_likeness(case.size, case.q))


@law("Q3.3.4", only=CORE)
def mask_is_whole_as_often_as_due(f: Network, case: Masks) -> Equation:
    """P(M = 0) = p^n and P(M = 1) = (1 - p)^n for a mask of n entries, counted over seeds."""
    kept = np.array([f.dropout_mask(case.size, case.p, seed).sum() for seed in case.seeds])
    due = np.array([case.p**case.size, case.q**case.size])
    allowed = np.array([bounds.of_share(case.count, share, checks=2) for share in due])
    return Equation(np.array([(kept == 0).mean(), (kept == case.size).mean()]), due, allowed)


@law("Q3.3.4", only=CORE)
def mask_counts_are_binomial(f: Network, case: Masks) -> Equation:
    """sum_i M_i is within the middle half of its binomial distribution as often as due, counted over seeds."""
    least, most, probability = bounds.middle(case.size, case.q)
    counts = np.array([f.dropout_mask(case.size, case.p, seed).sum() for seed in case.seeds])
    within = ((least <= counts) & (counts <= most)).mean()
    return Equation(within, probability, bounds.of_share(case.count, probability))


@law("Q3.3.4", only=VALUES)
def masks_of_two_seeds_are_independent(f: Network, case: Mask) -> Equation | None:
    """P(M_i(s) = M_j(t) = 1) = (1 - p)^2 for seeds s != t, counted over the entries, for j = i and for j = i + lag."""
    lag, q = case.lag, case.q**2
    allowed = [bounds.of_share(max(0, case.size - shift), q, checks=3) for shift in (0, lag, lag)]
    if _says_nothing(allowed[-1], q):
        return None
    a, b = (f.dropout_mask(case.size, case.p, seed) for seed in (case.seed, case.other))
    both = np.array([(a * b).mean(), (a[lag:] * b[:-lag]).mean(), (a[:-lag] * b[lag:]).mean()])
    return Equation(both, np.full(3, q), np.array(allowed))


# -- Inverted dropout, an optional call --


@law("X.9", only=VALUES)
def inverted_dropout_is_exact(f: Network, case: Dropout) -> Equation:
    """y = M x / (1 - p) in training, and x at evaluation."""
    y = f.inverted_dropout(case.x, case.mask, case.p, case.training)
    return Equation(y, case.value, bounds.inverted_dropout(case.value.roughly(), case.u))


@law("X.9", only=WIDE)
def inverted_dropout_is_right_on_average(f: Network, case: Dropout) -> Equation:
    """(1 - p) y(1) + p y(0) = y at evaluation, y(M) that of the mask M in training."""
    kept, dropped = (f.inverted_dropout(case.x, np.full_like(case.x, m), case.p, 1) for m in (1.0, 0.0))
    mean = (1 - case.p) * kept + case.p * dropped
    size = np.abs(case.x.astype(float))
    # Beside what either is allowed of it, the difference, the products and the sum are rounded here.
    return Equation(mean, f.inverted_dropout(case.x, case.mask, case.p, 0), 12 * case.u * size)


@law("X.9", only=INPUTS)
def inverted_dropout_refuses_bad_input(f: Network, case: Refusal) -> Raises:
    """inverted_dropout raises ValueError on invalid values, masks or rates."""
    return is_refused(f, case)


# -- The network forward --


@law("Q3.0.1", "Q3.0.3", only=VALUES)
def output_is_exact(f: Network, case: Sample) -> Equation:
    """p = softmax(W2 (M * leaky_relu(W1 x + b1)) + b2)."""
    return Equation(f.network_predict(*case.unlabelled), case.output, case.rounding.output)


@law("Q3.0.1", only=WIDE)
def two_affine_layers_are_one(f: Network, case: Sample) -> Equation:
    """p(W1, b1, W2, b2) = p(I, 0, W2 W1, W2 b1 + b2), for alpha = 1 and nothing dropped."""
    linear, collapsed = case.linear, case.collapsed
    r = linear.rounding
    # An entry of W2 W1 or W2 b1 + b2 is off by h + 1 roundoffs of its terms, and one to be stored.
    moved = (r.a.size + 2) * case.u * (np.abs(r.W2) @ r.z1_terms + np.abs(r.b2)).max() / 2
    return Equation(
        f.network_predict(*linear.unlabelled),
        f.network_predict(*collapsed.unlabelled),
        r.output + collapsed.rounding.output + moved,
    )


@law("Q3.0.1", only=WIDE)
def hidden_units_have_no_order(f: Network, case: Sample) -> Equation:
    """p(P W1, P b1, W2 P', b2; P M) = p(W1, b1, W2, b2; M), here for the reversal P."""
    return Equation(
        f.network_predict(*case.reversed.unlabelled), f.network_predict(*case.unlabelled), 2 * case.rounding.output
    )


@law("Q3.0.3", only=WIDE)
def dropout_is_columns_of_zeros(f: Network, case: Sample) -> Equation:
    """p(W2; M) = p(W2 diag(M); 1): dropping takes a unit away and rescales no other."""
    due = f.network_predict(*case.without_dropout.unlabelled)
    return Equation(f.network_predict(*case.unlabelled), due, 2 * case.rounding.output)


@law("Q3.0.5", only=VALUES)
def loss_is_exact(f: Network, case: Sample) -> Equation:
    """L = -sum_k y_k ln p_k, with 0 ln 0 = 0."""
    return Equation(f.network_loss(*case.labelled), case.loss, case.rounding.loss)


@law("Q3.0.5", only=CORE)
def loss_is_minus_log_of_output(f: Network, case: Sample) -> Equation:
    """exp(-L) = prod_k p_k^y_k, p its own output: L = -sum_k y_k ln p_k, read where it is well-conditioned."""
    y, r = np.asarray(case.y, dtype=float), case.rounding
    p = f.network_predict(*case.unlabelled)
    least, most = (np.prod(np.maximum(p + error, 0) ** y) for error in (-r.output, r.output))
    # The likelihood moves by its share of the loss's error, and by two roundings for each power and product.
    allowed = most - least + 2 * most * (r.loss + (y.size + 1) * case.u)
    return Equation(np.exp(-f.network_loss(*case.labelled)), np.prod(p**y), allowed)


@law("Q3.0.5", only=VALUES)
def loss_is_not_negative(f: Network, case: Sample) -> Inequality:
    """L >= 0, and finite, however unlikely the true class."""
    return Inequality(0.0, f.network_loss(*case.labelled), case.rounding.loss, large_is="L")


# -- Its gradient --


@law("Q3.3.1", only=VALUES)
def gradient_at_the_logits_is_exact(f: Network, case: Sample) -> Equation:
    """dL/db2 = dL/dz2 = p - y, for labels that sum to one."""
    return Equation(f.network_gradient(*case.labelled)[3], case.gradient[3], case.rounding.db2)


@law("Q3.3.8", only=VALUES)
def gradient_is_exact(f: Network, case: Sample) -> Equation | None:
    """dL/dW1 = (W2'(p - y) * M * A) x', dL/db1 = W2'(p - y) * M * A, dL/dW2 = (p - y) a', dL/db2 = p - y."""
    if not case.rounding.decided:
        return None
    return Equation(f.network_gradient(*case.labelled), case.gradient, case.rounding.gradient)


@law("Q3.3.1", only=WIDE)
def gradient_at_the_logits_is_residual(f: Network, case: Sample) -> Equation:
    """dL/db2 = p - y, p its own output."""
    due = f.network_predict(*case.unlabelled) - case.y
    return Equation(f.network_gradient(*case.labelled)[3], due, case.rounding.db2 + case.rounding.output)


@law("Q3.3.1", only=WIDE)
def gradient_at_the_logits_sums_to_zero(f: Network, case: Sample) -> Equation:
    """sum_k dL/db2_k = 0."""
    allowed = (case.rounding.db2 + 2 * case.u).sum()
    return Equation(f.network_gradient(*case.labelled)[3].sum(), 0.0, allowed)


@law("Q3.3.3", only=VALUES)
def dropped_units_have_no_gradient(f: Network, case: Sample) -> Equation | None:
    """dL/dW1_il = dL/db1_i = dL/dW2_ki = 0 where M_i = 0."""
    dropped = np.asarray(case.mask) == 0
    if not dropped.any():
        return None
    dW1, db1, dW2, _ = f.network_gradient(*case.labelled)
    rows = np.column_stack([dW1, db1, dW2.T])[dropped]
    return Equation(rows, np.zeros(rows.shape), 0.0)


@law("Q3.3.3", only=VALUES)
def dropout_is_columns_of_zeros_on_the_way_back(f: Network, case: Sample) -> Equation | None:
    """dL/dW1, dL/db1, dL/db2 at (W2; M) are those at (W2 diag(M); 1): the derivative of dropout is its mask."""
    if not (case.rounding.decided and case.without_dropout.rounding.decided):
        return None
    dW1, db1, _, db2 = f.network_gradient(*case.labelled)
    due = f.network_gradient(*case.without_dropout.labelled)
    r = case.rounding
    return Equation((dW1, db1, db2), (due[0], due[1], due[3]), (2 * r.dW1, 2 * r.db1, 2 * r.db2))


@law("Q3.3.8", only=WIDE)
def gradient_is_two_outer_products(f: Network, case: Sample) -> Equation | None:
    """dL/dW1 = dL/db1 x' and dL/dW2 = dL/db2 a'."""
    if not case.rounding.decided:
        return None
    r = case.rounding
    dW1, db1, dW2, db2 = f.network_gradient(*case.labelled)
    return Equation((dW1, dW2), (np.outer(db1, r.x), np.outer(db2, r.a)), (2 * r.dW1, 2 * r.dW2))


@law("Q3.3.8", only=WIDE)
def hidden_units_are_balanced(f: Network, case: Sample) -> Equation | None:
    """sum_l W1_il dL/dW1_il + b1_i dL/db1_i = sum_k W2_ki dL/dW2_ki.

    Multiplying what comes into a unit by c > 0 and dividing what goes out of it by c leaves the network as it is.
    """
    if not case.rounding.decided:
        return None
    r = case.rounding
    dW1, db1, dW2, _ = f.network_gradient(*case.labelled)
    into, out = (r.W1 * dW1).sum(axis=1) + r.b1 * db1, (r.W2 * dW2).sum(axis=0)
    rounded = (r.x.size + r.y.size + 2) * case.u
    first, bias, second, _ = (
        error + rounded * terms for error, terms in zip(r.gradient, r.gradient_terms, strict=True)
    )
    allowed = (np.abs(r.W1) * first).sum(axis=1) + np.abs(r.b1) * bias + (np.abs(r.W2) * second).sum(axis=0)
    return Equation(into, out, allowed)


@law("Q3.3.1", "Q3.3.3", "Q3.3.8", only=WIDE)
def gradient_is_slope(f: Network, case: Sample) -> Equation | None:
    """<dL, V> = d/dt L(weights + t V) at t = 0, by the power series of the definition."""
    if not case.rounding.decided:
        return None
    gradient = f.network_gradient(*case.labelled)
    return Equation(_inner(gradient, case.direction), case.slope, _inner_error(case, case.direction))


@law("Q3.3.1", "Q3.3.3", "Q3.3.8", only=CORE, differences=["network_loss"])
def gradient_is_difference_quotient(f: Network, case: Sample) -> Equation | None:
    """<dL, V> = d/dt L(weights + t V) at t = 0, by finite differences of its own loss; no unit crosses its kink."""
    if not case.rounding.decided:
        return None

    def noise(t: float) -> float:
        moved = case.along(t).rounding
        return moved.loss + moved.moved

    # By the choice of the step no logit is moved by more than 1 for complex t of at most this size. Log-sum-exp then is
    # moved by the logarithm of a mean of exponentials, of sizes from cos(1) / e to e and phases of at most 1: by less
    # than 2. What else the loss adds up is a quadratic.
    radius, size = case.step / STEP, 2.0 * float(np.sum(case.y))
    line = Line(lambda t: case.along(t).labelled, noise, case.step, radius, size)
    direction = in_a_row(case.steady)
    return is_quotient(f, "network_gradient", case.labelled, direction, line, _inner_error(case, case.steady))


# -- Bad input --


@law("Q3.0.2", only=INPUTS)
def leaky_relu_refuses_bad_input(f: Network, case: Refusal) -> Raises:
    """leaky_relu raises ValueError on an invalid slope or pre-activation."""
    return is_refused(f, case)


@law("Q3.3.5", only=INPUTS)
def leaky_relu_derivative_refuses_bad_input(f: Network, case: Refusal) -> Raises:
    """leaky_relu_derivative raises ValueError on an invalid slope or pre-activation."""
    return is_refused(f, case)


@law("Q3.3.4", only=INPUTS)
def dropout_mask_refuses_bad_input(f: Network, case: Refusal) -> Raises:
    """dropout_mask raises ValueError on an invalid size, probability or seed."""
    return is_refused(f, case)


@law("Q3.0.1", only=INPUTS)
def network_predict_refuses_bad_input(f: Network, case: Refusal) -> Raises:
    """network_predict raises ValueError on invalid weights, inputs, masks or slopes."""
    return is_refused(f, case)


@law("Q3.0.5", only=INPUTS)
def network_loss_refuses_bad_input(f: Network, case: Refusal) -> Raises:
    """network_loss raises ValueError on what network_predict refuses, and on invalid labels."""
    return is_refused(f, case)


@law("Q3.3.8", only=INPUTS)
def network_gradient_refuses_bad_input(f: Network, case: Refusal) -> Raises:
    """network_gradient raises ValueError on what network_loss refuses."""
    return is_refused(f, case)


# -- In common --


def _leaky_relu(case: Activation, z: Floats) -> Floats:
    return bounds.leaky_relu(z, case.alpha, case.u, case.forgiving)


def _slope(case: Activation) -> float:
    return bounds.leaky_relu_derivative(case.u, case.forgiving)


def _groups_are_independent(f: Network, case: Mask, count: int) -> Equation | None:
    """So many entries are ones as often as due, whichever of them a group begins with."""
    mask, q = f.dropout_mask(case.size, case.p, case.seed), case.q**count
    groups = [case.groups(mask, count, phase) for phase in range(count)]
    allowed = [bounds.of_share(group[0].size, q, checks=count) for group in groups]
    if _says_nothing(max(allowed), q):
        return None
    shares = [np.multiply.reduce(group).mean() for group in groups]
    return Equation(np.array(shares), np.full(count, q), np.array(allowed))


def _says_nothing(allowed: float, q: float) -> bool:
    """Whether so few trials may come out in any way."""
    return allowed >= max(q, 1 - q)


def _inner(gradient: Weights, direction: Weights) -> float:
    return float(sum(np.vdot(g, v) for g, v in zip(gradient, direction, strict=True)))


def _inner_error(case: Sample, direction: Weights) -> float:
    """Each entry's bound, and the roundings of a sum of that many products."""
    r, rounded = case.rounding, (case.parameters.size + 2) * case.u
    entries = zip(r.gradient, r.gradient_terms, direction, strict=True)
    return float(sum(np.vdot(error + rounded * terms, np.abs(v)) for error, terms, v in entries))


# -- Many samples at once --

ROWS = (
    Row("network_predict", ("Q3.0.3",), lambda c: c.unlabelled, lambda c: c.output, lambda c: c.rounding.output),
    Row("network_loss", ("Q3.0.5",), lambda c: c.labelled, lambda c: c.loss, lambda c: c.rounding.loss),
    Row(
        "network_gradient",
        ("Q3.3.8",),
        lambda c: c.labelled,
        lambda c: c.gradient,
        lambda c: c.rounding.gradient,
        lambda c: bool(c.rounding.decided),
    ),
)
"""How the calls that libraries offer for many samples read one of them."""
