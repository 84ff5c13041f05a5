"""Question 2: batch normalisation, by mean and variance (a, b) and by the mean alone (c, d).

The mean-only layer is polynomial and so are proofs about it. The full layer divides by a root: its moments are exact
over the rationals, as the root is squared away, and its derivatives are certified power series. What is said of it in
prose, QUALITATIVE, has a mechanism that can be judged: a reading that claims more is printed, and refuted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any

from flint import arb, fmpq, fmpq_mat
from hypothesis import strategies as st

from lydite.kit import judge
from lydite.kit.algebra import Q, balls, derivative, dot, gradient, hessian, identity, symbols
from lydite.kit.balls import total
from lydite.kit.draws import positive, rationals, sized, vector, vectors
from lydite.kit.relations import Refuted, at_most, equal, less, true
from spec.definitions import batch_norm as model

Row = Sequence[Any]
SIZES = [(n,) for n in range(1, 6)]
"""Sizes of batches for proofs in symbols."""


def batches(least: int = 2, most: int = 5) -> st.SearchStrategy[Row]:
    """Batches that are not constant."""
    return vectors(least, most).filter(lambda x: len(set(map(str, x))) > 1)


def central(x: Row, k: int) -> Any:
    """The `k`-th central moment."""
    return model.mean([c**k for c in model.centered(x)])


def over(a: Any, b: Any) -> Any:
    """`a / b`. Raises Refuted where `b` is 0: there is no such number."""
    if b == 0:
        raise Refuted("the divisor is not 0 is false")
    return a / b


# -- (a) Covariate shift, and normalisation --


@judge(
    "Q2.a.1",
    form=lambda p, given: (1 - p) * given[0] + p * given[1],
    wrong={
        "the input's share ignored": lambda p, given: (given[0] + given[1]) / 2,  # noqa: ARG005
        "the conditionals exchanged": lambda p, given: (1 - p) * given[1] + p * given[0],
    },
    cases=st.tuples(*[st.integers(1, 9).map(lambda k: Q(k, 10))] * 4),
    edges=[(Q(1, 2), Q(9, 10), Q(1, 4), Q(3, 4))],
)
def covariate_shift_leaves_the_conditionals(
    form: Callable[..., Any], before: Any, after: Any, y0: Any, y1: Any
) -> None:
    """`P(x)` may move and `P(y|x)` stay: then `P(y=1) = sum_x P(x) P(y=1|x)` moves, unless both conditionals are one.

    The witness takes it from 1/2 to 7/10.
    """
    moved = []
    for p in (before, after):
        joint = {(x, y): (p if x else 1 - p) * (g if y else 1 - g) for x, g in ((0, y0), (1, y1)) for y in (0, 1)}
        for x, given in ((0, y0), (1, y1)):
            equal(joint[x, 1] / (joint[x, 0] + joint[x, 1]), given)
        equal(joint[0, 1] + joint[1, 1], form(p, (y0, y1)))
        moved.append(joint[0, 1] + joint[1, 1])
    equal(moved[1] - moved[0], (after - before) * (y1 - y0))


@judge(
    "Q2.a.2",
    form=lambda inner, outer: model.centered_batch_norm(inner, *outer),
    wrong={
        "the shift of the first layer kept": lambda inner, outer: model.affine(inner, *outer),
        "the second layer skipped": lambda inner, outer: inner,  # noqa: ARG005
    },
    cases=SIZES[1:],
)
def layers_compose(form: Callable[..., Any], n: int) -> None:
    """The next layer receives what one returns: of two layers one after the other, `g2 g1 (x - mean) + b2` is left."""
    x, g, b = symbols(x=n, g=2, b=2)
    whole = form(model.centered_batch_norm(x, g[0], b[0]), (g[1], b[1]))
    equal(whole, [g[0] * g[1] * c + b[1] for c in model.centered(x)])


@judge(
    "Q2.a.3",
    form=lambda w, stepped: abs(w) != abs(stepped),
    printed=lambda w, stepped: True,  # noqa: ARG005
    witnesses=[(Q(3), Q(1, 10)), (Q(-1), Q(1, 2))],
    cases=st.tuples(rationals(), positive()),
    edges=[(Q(1), Q(1, 10)), (Q(1), Q(1)), (Q(0), Q(1))],
)
def update_need_not_move_the_outputs(form: Callable[..., bool], w: Any, rate: Any) -> None:
    """`h = w x` on (-1, 1) with loss `mean (h - 3x)^2 / 2`: a step moves the outputs unless it keeps `|w|`.

    At `w = 3` the gradient is 0; a step from `w` to `-w` exchanges the outputs, a symmetry of the batch.
    """
    slope = model.mean([(w * x - 3 * x) * x for x in (-1, 1)])
    stepped = w - rate * slope
    true(form(w, stepped) == ({str(w), str(-w)} != {str(stepped), str(-stepped)}), "the outputs move")


FOUR = ((1, 1), (1, -1), (-1, 1), (-1, -1), (2, 0))
"""Samples of two features; the target of each is its first."""


def prediction(w: Row, normalise: bool) -> list[Any]:
    """The hidden unit `w.x`, normalised over the batch or not."""
    h = [dot(w, x) for x in FOUR]
    return normalised(h) if normalise else h


def normalised(h: Row) -> list[Any]:
    """At `eps = 0`, on balls or power series."""
    centred = model.centered(h)
    return [c / model.mean([k * k for k in centred]).sqrt() for c in centred]


def squared_loss(w: Row, normalise: bool) -> Any:
    """The mean squared error of the hidden unit as prediction."""
    return model.mean([(h - x[0]) * (h - x[0]) for h, x in zip(prediction(w, normalise), FOUR, strict=True)])


def shift_measure(w: Row, rate: Any, normalise: bool) -> arb:
    """How far a step in the first layer moves the gradient by the second layer, a factor of the unit, at 1."""

    def second_slope(theta: Row) -> Any:
        h = prediction(theta, normalise)
        return 2 * model.mean([(k - x[0]) * k for k, x in zip(h, FOUR, strict=True)])

    slopes = gradient(lambda t: squared_loss(t, normalise), balls(w))
    stepped = [wi - rate * g for wi, g in zip(balls(w), slopes, strict=True)]
    moved: arb = second_slope(stepped) - second_slope(balls(w))
    return abs(moved)


@judge(
    "Q2.a.4",
    exact=False,
    form=lambda rate, a: rate / (a * a),
    wrong={"the rate as it is": lambda rate, a: rate, "divided once": lambda rate, a: rate / a},  # noqa: ARG005
    cases=st.tuples(vector(2, positive(2)), positive(2).map(lambda q: q / 4), positive(3)),
    edges=[((Q(1), Q(1)), Q(1, 10), Q(1, 20))],
)
def gradient_shift_depends_on_the_size_of_weights(form: Callable[..., Any], w: Row, rate: Any, a: Any) -> None:
    """Behind normalised weights `a W` a step of one rate moves the next gradient as at `W` with the rate `rate / a^2`.

    So the measure of internal shift has whatever size the size of the weights gives it, with batch norm; that it slows
    training is disputed, and no matter of mathematics.
    """
    equal(shift_measure([a * wi for wi in w], rate, True), shift_measure(w, form(rate, a), True))


@judge(
    "Q2.a.4",
    exact=False,
    form=Q(1, 20),
    wrong={"weights of size 20": Q(20)},
    cases=st.tuples(st.integers(500, 2000).map(lambda k: Q(1, k))),
)
def batch_norm_does_not_always_lower_the_shift(size: Any, rate: Any) -> None:
    """At small weights and rates the measure is larger with batch norm than without: it does not always fall."""
    w = [size, size]
    less(shift_measure(w, rate, False), shift_measure(w, rate, True))


@judge(
    "Q2.a.5",
    "Q2.c.2",
    form=model.centered,
    wrong={
        "the mean over one fewer": lambda x: [xi - total(x) / (len(x) - 1) for xi in x],
        "from the first": lambda x: [xi - x[0] for xi in x],
        "normalised by its sum": lambda x: [xi * len(x) - total(x) * xi for xi in x],
    },
    cases=SIZES[1:],
)
def centred_values_sum_to_zero(form: Callable[..., Any], n: int) -> None:
    """`sum (x_i - mean) = 0`, a common shift changes nothing, a common factor passes through: centred, not scaled."""
    x, (c,) = symbols(x=n, c=1)
    equal(total(form(x)), 0)
    equal(form([xi + c for xi in x]), form(x))
    equal(form([2 * xi for xi in x]), [2 * k for k in form(x)])
    equal(form(x)[0] - form(x)[1], x[0] - x[1])


@judge(
    "Q2.a.6",
    form=lambda n: 1,  # noqa: ARG005
    wrong={"less by one sample": lambda n: Q(n - 1, n), "the size of the batch": lambda n: n},
    cases=st.tuples(batches(), st.just(0), st.just(0)),
    edges=[((Q(0), Q(2)), 0, 0)],
    without={1: ((Q(0), Q(2)), 1, 0), 2: ((Q(0), Q(2)), 0, 1)},
)
def normalised_values_have_unit_variance(form: Callable[..., Any], x: Row, eps: Any, lost: int) -> None:
    """`mean((x - mean)^2) / (var + eps) = 1` for `eps = 0` and `var` with denominator `n`."""
    spread = central(x, 2) * len(x) / (len(x) - lost)
    equal(over(central(x, 2), spread + eps), form(len(x)))


PAIRED = (Q(0), Q(0), Q(2), Q(2))
"""Normalised it is (-1, -1, 1, 1): mean 0, variance 1, third moment 0."""


@judge(
    "Q2.a.7",
    "Q2.b.2",
    form=(1, 2),
    printed=(1, 2, 3),
    witnesses=[((Q(0), Q(0), Q(0), Q(4)),)],
    cases=st.tuples(batches()),
)
def only_two_moments_are_fixed(orders: Sequence[int], x: Row) -> None:
    """All batches share the first two moments once normalised at `eps = 0`; a third would be claimed too much.

    Compared are signed squares of the moments, `m_k |m_k| / var^k`, which need no root.
    """
    for k in orders:
        equal(central(x, k) * abs(central(x, k)) / central(x, 2) ** k, central(PAIRED, k) * abs(central(PAIRED, k)))


@judge(
    "Q2.a.7",
    form=lambda r: abs(r) <= 1,
    printed=lambda r: r == 1,
    witnesses=[((Q(0), Q(1), Q(2), Q(5)), (Q(5), Q(1), Q(2), Q(0)))],
    cases=st.tuples(batches(3, 3), batches(3, 3)),
    edges=[((Q(0), Q(1), Q(2), Q(5)), (Q(0), Q(1), Q(2), Q(5)))],
)
def dependence_of_features_stays_free(form: Callable[..., bool], x: Row, y: Row) -> None:
    """Features normalised one by one keep their correlation: anything from -1 to 1, squared to be exact."""
    covariance = model.mean([a * b for a, b in zip(model.centered(x), model.centered(y), strict=True)])
    squared = covariance * abs(covariance) / (central(x, 2) * central(y, 2))
    true(form(squared), f"a correlation whose signed square is {squared}")


@judge(
    "Q2.a.8",
    form=lambda gamma, s2, eps: gamma * gamma * s2 / (s2 + eps),
    wrong={
        "the scale once": lambda gamma, s2, eps: abs(gamma) * s2 / (s2 + eps),
        "without eps": lambda gamma, s2, eps: gamma * gamma,  # noqa: ARG005
    },
    cases=st.tuples(batches(), rationals(), rationals(), positive()),
    edges=[((Q(0), Q(2)), Q(3), Q(5), Q(1)), ((Q(0), Q(2)), Q(0), Q(5), Q(1))],
)
def scale_and_shift_set_mean_and_variance(form: Callable[..., Any], x: Row, gamma: Any, beta: Any, eps: Any) -> None:
    """`y = gamma x_hat + beta` has mean `beta` and variance `gamma^2 s^2 / (s^2 + eps)`."""
    y = model.batch_norm([arb(xi) for xi in x], arb(gamma), arb(beta), arb(eps))
    equal(model.mean(y), arb(beta))
    equal(model.variance(y), arb(form(gamma, central(x, 2), eps)))


@judge(
    "Q2.a.8",
    exact=False,
    form=lambda g: [arb(0), arb(0), g],
    wrong={
        "as without the layer": lambda g: [g, arb(0), g],
        "the scale as the shift": lambda g: [arb(0), g, g],
    },
    cases=st.tuples(rationals(), rationals(), rationals(), rationals(), positive()),
    edges=[(Q(33, 10), Q(2), Q(17, 10), Q(-2, 5), Q(1))],
)
def one_sample_moves_the_shift_alone(form: Callable[..., Any], x: Any, g: Any, gamma: Any, beta: Any, eps: Any) -> None:
    """For a batch of one and `eps > 0`: `dL/dx = 0`, `dL/dgamma = 0`, `dL/dbeta = g`, and the output is `beta`."""

    def layer(t: Row) -> Any:
        return model.batch_norm([t[0]], t[1], t[2], arb(eps))[0]

    theta = balls([x, gamma, beta])
    equal(layer(theta), arb(beta))
    equal(gradient(lambda t: arb(g) * layer(t), theta), form(arb(g)))


@judge(
    "Q2.a.9",
    exact=False,
    form=lambda s2, eps: (s2 + eps).sqrt(),
    wrong={"the variance": lambda s2, eps: s2 + eps, "without eps": lambda s2, eps: s2.sqrt()},  # noqa: ARG005
    cases=st.tuples(batches(), positive()).map(lambda case: (case[0], case[0], case[1])),
    edges=[((Q(0), Q(2)), (Q(0), Q(2)), Q(0)), ((Q(5),), (Q(5),), Q(1))],
    without={1: ((Q(0), Q(2)), (Q(1), Q(5)), Q(0))},
)
def scale_and_shift_undo_the_normalisation(form: Callable[..., Any], matched: Row, x: Row, eps: Any) -> None:
    """`gamma = sqrt(s^2 + eps)` and `beta = mean` give the batch back that they were matched to."""
    gamma = form(arb(central(matched, 2)), arb(eps))
    equal(model.batch_norm(balls(x), gamma, arb(model.mean(matched)), arb(eps)), balls(x))


@judge(
    "Q2.a.10",
    exact=False,
    form=lambda before, after: after - before,
    printed=lambda before, after: Q(0),  # noqa: ARG005
    witnesses=[((Q(0), Q(2)), (Q(1), Q(5)), Q(0), Q(3))],
    cases=st.tuples(batches(), batches(), rationals(), rationals()),
)
def mean_drifts_with_a_learned_shift(form: Callable[..., Any], x: Row, later: Row, before: Any, after: Any) -> None:
    """At `eps = 0` every batch leaves with mean `beta` and variance `gamma^2`: what `beta` learns, the mean follows."""
    first, second = (model.batch_norm(balls(b), arb(1), arb(beta), arb(0)) for b, beta in ((x, before), (later, after)))
    equal(model.mean(second) - model.mean(first), arb(form(before, after)))
    equal(model.variance(second), model.variance(first))


# -- (b) Generalisation: what is exact about it --


@judge(
    "Q2.b.1",
    exact=False,
    form=lambda middle, width: middle * middle + (width - 1) * (width - 1),
    printed=lambda middle, width: Q(0),  # noqa: ARG005
    witnesses=[(Q(10), Q(1))],
    cases=st.tuples(rationals(), positive()),
    edges=[(Q(0), Q(1))],
)
def batch_norm_may_fit_and_not_generalise(form: Callable[..., Any], middle: Any, width: Any) -> None:
    """`y = x` is fitted on (-1, 1) by `w = 1` and by batch norm alike; the two part on (m - r, m + r).

    There the mean squared error of batch norm is `m^2 + (r - 1)^2`, that of `w = 1` is 0.
    """
    x = balls([middle - width, middle + width])
    y = model.batch_norm(x, arb(1), arb(0), arb(0))
    equal(model.mean([(a - b) * (a - b) for a, b in zip(x, y, strict=True)]), arb(form(middle, width)))


POPULATIONS = st.integers(3, 6).flatmap(lambda size: st.tuples(vector(size), st.integers(1, size)))
STORED = (Q(3), Q(0), Q(1), Q(7), Q(8), Q(12))


def means(values: Row, size: int) -> list[Any]:
    """The mean of every batch of `size` that holds the first value."""
    return [model.mean([values[0], *rest]) for rest in combinations(values[1:], size - 1)]


@judge(
    "Q2.b.3",
    form=model.noise_of_batches,
    wrong={
        "drawn with replacement": lambda v, n: model.variance(v[1:]) * (len(v) - 1) / (len(v) - 2) * (n - 1) / Q(n * n),
        "of a mean of n": lambda v, n: model.variance(v) / n,
    },
    cases=POPULATIONS,
    edges=[(STORED, n) for n in range(1, 7)],
)
def batches_add_noise(form: Callable[..., Any], values: Row, n: int) -> None:
    """Over the batches of `n` with `x*`, its centred value has variance `(n - 1)/n^2 S^2 (1 - (n - 1)/(N - 1))`.

    Every batch is counted, none is drawn. It is 0 at `n = 1` and `n = N`.
    """
    equal(model.variance([values[0] - m for m in means(values, n)]), form(values, n))


@judge(
    "Q2.b.3",
    form=lambda values, n: model.variance(means(values, n)),
    wrong={
        "of the value itself": lambda values, n: model.variance(values[:1] * n),
        "its sign reversed": lambda values, n: -model.variance(means(values, n)),
    },
    cases=st.integers(3, 6)
    .flatmap(lambda size: st.tuples(vector(size), st.integers(2, size - 1)))
    .filter(lambda case: len(set(map(str, case[0][1:]))) > 1),
    edges=[(STORED, n) for n in range(2, 6)],
    without={1: (STORED, 6), 2: ((Q(3), Q(1), Q(1), Q(1)), 2)},
)
def statistics_of_batches_vary(form: Callable[..., Any], values: Row, n: int) -> None:
    """The mean of the batches that hold `x*` varies, if `1 < n < N` and the other values differ."""
    less(0, form(values, n))


@judge(
    "Q2.b.4",
    form=lambda w, spread: w * w * spread,
    wrong={"the weight once": lambda w, spread: abs(w) * spread, "no penalty": lambda w, spread: w * spread * 0},
    cases=POPULATIONS.flatmap(lambda p: st.tuples(*map(st.just, p), rationals(), rationals())),
    edges=[(STORED, 3, Q(3, 2), Q(5))],
)
def noise_of_batches_is_a_penalty(form: Callable[..., Any], values: Row, n: int, w: Any, y: Any) -> None:
    """Averaged over the batches, `(y - w (x - mu))^2` is that at the mean of `mu`, and `w^2 Var(mu)`: an L2 penalty."""
    mu = means(values, n)
    x, centre = values[0], model.mean(mu)
    average = model.mean([(y - w * (x - m)) * (y - w * (x - m)) for m in mu])
    equal(average, (y - w * (x - centre)) * (y - w * (x - centre)) + form(w, model.variance(mu)))


WEIGHTS = st.tuples(vector(2, positive(2)), positive())


@judge(
    "Q2.b.5",
    exact=False,
    form=lambda a: 1 / a,
    wrong={"unchanged": lambda a: 1 + 0 * a, "divided twice": lambda a: 1 / (a * a)},
    cases=st.tuples(vector(2, positive(2)), positive(), positive()),
    edges=[((Q(1), Q(2)), Q(1, 1000), Q(10**8))],
)
def normalised_weights_bound_their_own_steps(form: Callable[..., Any], w: Row, a: Any, rate: Any) -> None:
    """`L(aW) = L(W)`, `grad L(aW) = grad L(W) / a`, `W.grad = 0`: a step adds `rate^2 |grad|^2` to `|W|^2`.

    The first is plain; its derivatives by `W` and by `a` are the others.
    """
    theta, larger = balls(w), balls([a * wi for wi in w])
    equal(squared_loss(larger, True), squared_loss(theta, True))
    slopes = gradient(lambda t: squared_loss(t, True), theta)
    equal(gradient(lambda t: squared_loss(t, True), larger), [form(arb(a)) * g for g in slopes])
    equal(dot(theta, slopes), arb(0))
    stepped = [t - arb(rate) * g for t, g in zip(theta, slopes, strict=True)]
    equal(dot(stepped, stepped) - dot(theta, theta), arb(rate) * rate * dot(slopes, slopes))


@judge(
    "Q2.b.5",
    form=lambda c: c > 1,
    printed=lambda c: True,  # noqa: ARG005
    witnesses=[(Q(1, 100),)],
    cases=st.tuples(positive()),
    edges=[(Q(100),), (Q(1),)],
)
def normalising_need_not_allow_larger_rates(form: Callable[..., bool], c: Any) -> None:
    """With one feature `+-c` and loss `mean (wx - t)^2 / 2` the rates below `2/c^2` are stable; normalised, below 2.

    A step multiplies the error of `w` by `1 - rate c^2`, which is -1 at that bound: it rises with `c > 1` alone.
    """
    limit = 2 / model.mean([c * c, c * c])
    equal(1 - limit * c * c, -1)
    true(form(c) == bool(limit < 2), "normalised, larger rates are stable")


def condition(gram: Sequence[Row]) -> arb:
    """The largest eigenvalue of a matrix over its smallest, as roots of the characteristic polynomial."""
    polynomial: Any = fmpq_mat([[fmpq(x) for x in row] for row in gram]).charpoly()
    roots: list[arb] = sorted((root.real for root, _ in polynomial.complex_roots()), key=lambda r: r.mid())
    return roots[-1] / roots[0]


def gram_matrices(rows: Sequence[Row]) -> tuple[list[list[Any]], list[list[Any]]]:
    """`X'X` of the rows and their negatives, and one with the eigenvalues of that after standardising.

    `D^-1/2 G D^-1/2` is similar to `D^-1 G`, which is rational.
    """
    columns = list(zip(*rows, strict=True))
    plain = [[2 * dot(a, b) for b in columns] for a in columns]
    return plain, [[entry / Q(row[i]) for entry in row] for i, row in enumerate(plain)]


WORSE = ((-1, 3, -3), (1, -1, 1), (1, -2, 3))


@judge(
    "Q2.b.6",
    exact=False,
    form=lambda before, d: d * before,
    printed=lambda before, d: before,  # noqa: ARG005
    witnesses=[(WORSE,)],
    cases=st.lists(vector(3, st.integers(-3, 3)), min_size=3, max_size=3)
    .filter(lambda rows: fmpq_mat([list(map(fmpq, row)) for row in rows]).det() != 0)
    .map(lambda rows: (tuple(rows),)),
    edges=[(((1, 0), (0, 100)),)],
)
def standardising_need_not_improve_the_condition(form: Callable[..., Any], rows: Sequence[Row]) -> None:
    """The condition number of `X'X` may rise, though by no more than the factor `d`.

    With ones on its diagonal a matrix is within that factor of the best that any scaling attains (van der Sluis).
    """
    before, after = map(condition, gram_matrices(rows))
    at_most(after, form(before, len(rows[0])))


@judge(
    "Q2.b.7",
    exact=False,
    form=lambda a: a * a,
    wrong={"linear in a": lambda a: a, "the same for every a": lambda a: 1 + 0 * a},
    cases=WEIGHTS,
    edges=[((Q(1), Q(1)), Q(1, 10**8))],
)
def decay_rules_out_no_function(form: Callable[..., Any], w: Row, a: Any) -> None:
    """`L(aW) + 10 |aW|^2 = L(W) + a^2 10 |W|^2` on normalised weights: the penalty goes to 0 with `a`."""
    smaller = balls([a * wi for wi in w])
    penalised = squared_loss(smaller, True) + 10 * dot(smaller, smaller)
    equal(penalised - squared_loss(balls(w), True), form(arb(a)) * 10 * dot(balls(w), balls(w)))


@judge(
    "Q2.b.8",
    exact=False,
    form=lambda gamma: gamma != 0,
    printed=lambda gamma: True,  # noqa: ARG005
    witnesses=[((Q(1), Q(2), Q(9)), Q(0), Q(4))],
    cases=st.tuples(batches(), rationals(), rationals()),
)
def feature_may_be_erased(form: Callable[..., bool], x: Row, gamma: Any, beta: Any) -> None:
    """A feature that varies still varies after the layer if and only if `gamma != 0`; nothing ensures that."""
    y = model.batch_norm(balls(x), arb(gamma), arb(beta), arb(1))
    if form(gamma):
        less(arb(0), model.variance(y))
    else:
        equal(y, [arb(beta)] * len(y))


def input_slopes(x: Row, g: Row, gamma: Any) -> list[arb]:
    """The derivatives of `sum g_i y_i` by `x` at `eps = 0`, by power series."""
    return gradient(lambda t: arb(gamma) * dot(balls(g), normalised(t)), balls(x))


BACKWARD = st.integers(3, 5).flatmap(lambda n: st.tuples(batches(n, n), vector(n), rationals().filter(bool)))


@judge(
    "Q2.b.9",
    exact=False,
    form=lambda g, x: dot(g, g) - (total(g) * total(g) + dot(g, normalised(x)) * dot(g, normalised(x))) / len(g),
    wrong={
        "along the output kept": lambda g, x: dot(g, g) - total(g) * total(g) / len(g),  # noqa: ARG005
        "the mean kept": lambda g, x: dot(g, g) - dot(g, normalised(x)) * dot(g, normalised(x)) / len(g),
    },
    cases=BACKWARD,
)
def backward_pass_removes_two_directions(form: Callable[..., Any], x: Row, g: Row, gamma: Any) -> None:
    """`|dL/dx|^2 = (gamma/s)^2 (|g|^2 - (1.g)^2/n - (x_hat.g)^2/n)`: what lies along 1 and along the output is lost."""
    slopes = input_slopes(x, g, gamma)
    equal(dot(slopes, slopes), arb(gamma) * gamma / central(x, 2) * form(balls(g), balls(x)))


@judge(
    "Q2.b.9",
    exact=False,
    form=lambda gamma, s2: gamma * gamma / s2,
    printed=lambda gamma, s2: Q(1),  # noqa: ARG005
    witnesses=[((Q(-1, 50), Q(-1, 50), Q(1, 50), Q(1, 50)), (Q(1), Q(-1), Q(1), Q(-1)), Q(1))],
    cases=BACKWARD,
)
def backward_pass_need_not_shrink_gradients(form: Callable[..., Any], x: Row, g: Row, gamma: Any) -> None:
    """`|dL/dx| <= |gamma|/s |g|`: no gradient is enlarged if `|gamma| <= s`, and one is otherwise, for `n >= 3`."""
    slopes = input_slopes(x, g, gamma)
    at_most(dot(slopes, slopes), arb(form(gamma, central(x, 2))) * dot(balls(g), balls(g)))


@judge(
    "Q2.b.10",
    "Q2.b.11",
    exact=False,
    form=lambda a: 1 / (a * a),
    printed=lambda a: 1 + 0 * a,
    witnesses=[((Q(1), Q(1, 2)), Q(1, 100))],
    cases=WEIGHTS,
    wrong={"divided once": lambda a: 1 / a},
)
def one_function_has_every_sharpness(form: Callable[..., Any], w: Row, a: Any) -> None:
    """`aW` and `W` predict alike, and `hess L(aW) = hess L(W) / a^2`: flatness tells nothing of the function.

    That flat minima generalise would need one sharpness for one function.
    """
    theta, larger = balls(w), balls([a * wi for wi in w])
    equal(prediction(larger, True), prediction(theta, True))
    there, here = (hessian(lambda t: squared_loss(t, True), at) for at in (larger, theta))
    equal(there, [[form(arb(a)) * h for h in row] for row in here])


# -- (c) The mean-only layer --


@judge(
    "Q2.c.1",
    form=model.mean,
    wrong={
        "divided by one fewer": lambda x: total(x) / max(len(x) - 1, 1),
        "the first and the last": lambda x: (x[0] + x[-1]) / 2,
    },
    cases=[(n,) for n in range(2, 6)],
)
def mean_balances_the_batch(form: Callable[..., Any], n: int) -> None:
    """`mu = 1/n sum x_j` is the number from which the distances `x_i - mu` add up to 0: `n mu = sum x_j`."""
    (x,) = symbols(x=n)
    equal(n * form(x), total(x))
    equal(total(xi - form(x) for xi in x), 0)


@judge(
    "Q2.c.3",
    form=lambda a, b, beta: [p + q - beta for p, q in zip(a, b, strict=True)],
    printed=lambda a, b, beta: [p + q for p, q in zip(a, b, strict=True)],  # noqa: ARG005
    witnesses=[((Q(0), Q(2)), (Q(0), Q(2)), Q(1), Q(1))],
    cases=sized("v", "v", "q", "q"),
)
def output_is_affine(form: Callable[..., Any], x: Row, z: Row, gamma: Any, beta: Any) -> None:
    """`y - beta` is additive in the input; printed as a linear `y`, which holds for `beta = 0` alone."""
    both = model.centered_batch_norm([a + b for a, b in zip(x, z, strict=True)], gamma, beta)
    equal(both, form(*(model.centered_batch_norm(v, gamma, beta) for v in (x, z)), beta))


def jacobian(n: int) -> list[list[Any]]:
    """`d x_hat_i / d x_k`, of the polynomials."""
    (x,) = symbols(x=n)
    return [[derivative(c, xk)(*[0] * n) for xk in x] for c in model.centered(x)]


@judge(
    "Q2.c.4",
    form=lambda n: 1 - Q(1, n),
    wrong={"the mean held fixed": lambda n: Q(1), "through the mean alone": lambda n: -Q(1, n)},  # noqa: ARG005
    cases=SIZES,
)
def own_input_acts_twice(form: Callable[..., Any], n: int) -> None:
    """`d x_hat_i / d x_i = 1 - 1/n`: directly, and through the mean."""
    j = jacobian(n)
    equal([j[i][i] for i in range(n)], [form(n)] * n)


@judge(
    "Q2.c.5",
    form=lambda n: -Q(1, n),
    wrong={"no influence": lambda n: Q(0), "of one fewer": lambda n: -Q(1, n - 1)},  # noqa: ARG005
    cases=SIZES[1:],
)
def other_inputs_act_through_the_mean(form: Callable[..., Any], n: int) -> None:
    """`d x_hat_i / d x_k = -1/n` for `k != i`."""
    j = jacobian(n)
    equal([j[i][k] for i in range(n) for k in range(n) if i != k], [form(n)] * (n * n - n))


def true_input_gradient(g: Row, gamma: Any) -> list[Any]:
    """Of `sum g_i y_i`, which is linear in `x`: its values at the unit vectors."""
    return [dot(g, model.centered_batch_norm([Q(e) for e in row], gamma, 0)) for row in identity(len(g))]


def chain(g: Row, gamma: Any, i: int) -> Any:
    """`sum_k dL/dx_hat_k dx_hat_k/dx_i`."""
    return dot([gamma * gk for gk in g], [int(k == i) - Q(1, len(g)) for k in range(len(g))])


@judge(
    "Q2.c.6",
    form=chain,
    printed=lambda g, gamma, i: gamma * g[i] + chain(g, gamma, i) - Q(1, len(g)),
    witnesses=[((Q(1), Q(0)), Q(1), 0)],
    wrong={"the direct path alone": lambda g, gamma, i: gamma * g[i]},
    cases=sized("v", "q", "i"),
)
def chain_rule_is_the_sum_alone(form: Callable[..., Any], g: Row, gamma: Any, i: int) -> None:
    """`dL/dx_i = sum_k dL/dx_hat_k dx_hat_k/dx_i`; printed with the direct path once more, and a bare `-1/n`."""
    equal(true_input_gradient(g, gamma)[i], form(g, gamma, i))


@judge(
    "Q2.c.7",
    form=lambda g, i, k: g[k],  # noqa: ARG005
    printed=lambda g, i, k: g[i],  # noqa: ARG005
    witnesses=[((Q(1), Q(5)), Q(3), 0, 1)],
    cases=sized("v", "q", "i", "i"),
)
def upstream_gradient_has_the_same_index(form: Callable[..., Any], g: Row, gamma: Any, i: int, k: int) -> None:
    """`dL/dx_hat_k = gamma dL/dy_k`; printed with `y_i`. For `L = sum g_j (gamma x_hat_j + beta)` in symbols."""
    x_hat, (beta,) = symbols(x=len(g), b=1)
    loss = dot(g, model.affine(x_hat, gamma, beta))
    equal(derivative(loss, x_hat[k]), gamma * form(g, i, k))


@judge(
    "Q2.c.8",
    form=lambda g: [gi - model.mean(g) for gi in g],
    wrong={
        "the mean kept": lambda g: g,
        "the mean over one fewer": lambda g: [gi - total(g) / (len(g) - 1) for gi in g],
        "the mean added": lambda g: [gi + model.mean(g) for gi in g],
    },
    cases=SIZES[1:],
)
def input_gradient_is_proved(form: Callable[..., Any], n: int) -> None:
    """`dL/dx_i = gamma (g_i - mean g)` for a quadratic loss `sum a_j y_j + b_j y_j^2`: `g_j = a_j + 2 b_j y_j`.

    A loss enters by its `g` alone; here that depends on `x`, and the polynomials agree.
    """
    x, a, b, (gamma, beta) = symbols(x=n, a=n, b=n, s=2)
    y = model.centered_batch_norm(x, gamma, beta)
    loss = total(ai * yi + bi * yi * yi for ai, bi, yi in zip(a, b, y, strict=True))
    g = [ai + 2 * bi * yi for ai, bi, yi in zip(a, b, y, strict=True)]
    equal([derivative(loss, xi) for xi in x], [gamma * k for k in form(g)])


@judge(
    "Q2.c.9",
    form=model.centered,
    wrong={
        "as without the layer": lambda g: g,
        "halved on the way": lambda g: [c / 2 for c in model.centered(g)],
    },
    cases=SIZES[1:],
)
def input_gradients_cancel(form: Callable[..., Any], n: int) -> None:
    """`sum_i dL/dx_i = 0`, and with `gamma = 1` a second pass changes nothing: `C = I - 11'/n` is idempotent."""
    (g,) = symbols(g=n)
    equal(total(form(g)), 0)
    equal(form(form(g)), form(g))


# -- (d) One sample, and very many --

SAMPLE = st.tuples(rationals(), rationals(), rationals(), rationals())
"""The input, its upstream gradient, scale, shift."""
LARGE = [(fmpq(10) ** 308, Q(2), Q(17, 10), -Q(2, 5)), (Q(33, 10), Q(2), Q(17, 10), -Q(2, 5))]


@judge(
    "Q2.d.1",
    form=lambda x: x,
    wrong={"halved": lambda x: x / 2, "zero": lambda x: 0 * x},
    cases=SAMPLE,
    edges=LARGE,
)
def mean_of_one_sample(form: Callable[..., Any], x: Any, g: Any, gamma: Any, beta: Any) -> None:  # noqa: ARG001
    """At `n = 1` the mean is the sample."""
    equal(model.mean([x]), form(x))


@judge(
    "Q2.d.2",
    form=lambda x: 0 * x,
    wrong={"the sample": lambda x: x, "one": lambda x: 0 * x + 1},
    cases=SAMPLE,
    edges=LARGE,
)
def centred_value_of_one_sample(form: Callable[..., Any], x: Any, g: Any, gamma: Any, beta: Any) -> None:  # noqa: ARG001
    """At `n = 1` nothing is left of it."""
    equal(model.centered([x]), [form(x)])


@judge(
    "Q2.d.3",
    form=lambda x, gamma, beta: beta,  # noqa: ARG005
    wrong={"without the layer": lambda x, gamma, beta: gamma * x + beta, "zero": lambda x, gamma, beta: 0 * beta},  # noqa: ARG005
    cases=SAMPLE,
    edges=LARGE,
)
def output_of_one_sample(form: Callable[..., Any], x: Any, g: Any, gamma: Any, beta: Any) -> None:
    """At `n = 1` the output is `beta`, and so `dL/dx_1 = 0`."""
    equal(model.centered_batch_norm([x], gamma, beta), [form(x, gamma, beta)])
    rise = form(x + 1, gamma, beta) - form(x, gamma, beta)
    equal(true_input_gradient([g], gamma), [g * rise])


@judge(
    "Q2.d.9",
    form=lambda g: g,
    wrong={"no mean": lambda g: 0 * g, "half of it": lambda g: g / 2},
    cases=[(1,)],
)
def formula_for_one_sample(form: Callable[..., Any], n: int) -> None:
    """`gamma (g_1 - g_1/1) = 0` for every `gamma` and `g_1`: the general formula and the special case agree."""
    (g, (gamma,)) = symbols(g=n, s=1)
    equal(gamma * (g[0] - form(g[0])), 0)
    equal(model.centered_batch_norm(g, gamma, 0), [gamma * (g[0] - form(g[0]))])


COUNTS = st.tuples(st.integers(1, 60))


@judge(
    "Q2.d.4",
    form=lambda n: Q(1, n),
    wrong={"constant": lambda n: Q(1), "of one fewer": lambda n: Q(1, max(n - 1, 1))},  # noqa: ARG005
    cases=COUNTS,
    edges=[(10,), (1000,)],
)
def single_sample_hardly_moves_the_mean(form: Callable[..., Any], n: int) -> None:
    """`d mu / d x_i = 1/n`, below any `r > 0` for all `n > 1/r`."""
    equal(model.mean([Q(1), *[Q(0)] * (n - 1)]), form(n))


def constant(n: int) -> list[Any]:
    """All alike."""
    return [Q(1)] * n


@judge(
    "Q2.d.5",
    form=lambda n, i: [int(k == i) - Q(1, n) for k in range(n)],
    printed=lambda n, i: [Q(int(k == i)) for k in range(n)],
    witnesses=[(1000, 0)],
    wrong={"half of the mean": lambda n, i: [int(k == i) - Q(1, 2 * n) for k in range(n)]},
    cases=st.integers(1, 30).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n - 1))),
)
def column_of_centring_sums_to_zero(form: Callable[..., Any], n: int, i: int) -> None:
    """`sum_k d x_hat_k / d x_i = 0` for every `n`; a constant mean gives 1, although it is `1/n` off in each entry.

    The layer is linear, so its values at a unit vector are the derivatives.
    """
    column = form(n, i)
    for claimed, derived in zip(column, model.centered([Q(int(k == i)) for k in range(n)]), strict=True):
        at_most(abs(claimed - derived), Q(1, n))
    equal(total(column), 0)


@judge(
    "Q2.d.6",
    form=lambda gamma, g, mean: gamma * (g - mean),
    printed=lambda gamma, g, mean: gamma * g,  # noqa: ARG005
    witnesses=[((Q(1),), Q(2))],
    wrong={"the mean alone": lambda gamma, g, mean: -gamma * mean},  # noqa: ARG005
    cases=st.tuples(vectors(), rationals()),
)
def limit_keeps_the_mean_of_the_gradients(form: Callable[..., Any], pattern: Row, gamma: Any) -> None:
    """Of upstream gradients that repeat a pattern, `dL/dx_1` is `gamma (g_1 - mean)` however often; so in the limit.

    Printed is `gamma g_1`, off by `gamma mean` for ever.
    """
    for repeats in (1, 2, 5):
        g = list(pattern) * repeats
        equal(true_input_gradient(g, gamma)[0], form(gamma, g[0], model.mean(pattern)))


@judge(
    "Q2.d.7",
    form=lambda g, gamma, i: gamma * (g[i] * (1 - Q(1, len(g))) - (total(g) - g[i]) / len(g)),
    printed=lambda g, gamma, i: gamma * g[i] * (1 - Q(1, len(g))),
    witnesses=[((Q(1), Q(1)), Q(1), 0), (tuple(constant(50)), Q(1), 0)],
    wrong={"without the last factor": lambda g, gamma, i: gamma * g[i]},
    cases=sized("v", "q", "i"),
)
def all_paths_add_up(form: Callable[..., Any], g: Row, gamma: Any, i: int) -> None:
    """`dL/dx_i` sums over the paths through every `x_hat_k`; printed is `k = i` alone, here with its factor in full."""
    equal(true_input_gradient(g, gamma)[i], form(g, gamma, i))


@judge(
    "Q2.d.7",
    form=lambda n: 1 - Q(1, n),
    wrong={"one for every n": lambda n: Q(1)},  # noqa: ARG005
    cases=COUNTS,
    edges=[(2,)],
)
def last_factor_is_one_in_the_limit_only(form: Callable[..., Any], n: int) -> None:
    """`d x_hat_i / d x_i = 1 - 1/n`; printed as 1, without the limit."""
    equal(model.centered([Q(1), *[Q(0)] * (n - 1)])[0], form(n))


@judge(
    "Q2.d.8",
    form=lambda n: Q(1),  # noqa: ARG005
    printed=lambda n: Q(1, n),
    witnesses=[(2,), (50,)],
    cases=COUNTS,
)
def effect_of_normalisation_never_vanishes(form: Callable[..., Any], n: int) -> None:
    """The layer removes `P = 11'/n`: `P 1 = 1` and `|Px|^2 = n mean^2 <= |x|^2`, so its norm is 1 for all `n`.

    Printed is that it vanishes, as its entries `1/n` do.
    """
    ones = [Q(1)] * n
    removed = [x - c for x, c in zip(ones, model.centered(ones), strict=True)]
    equal(dot(removed, removed), form(n) * dot(ones, ones))
    equal(model.centered(ones), [Q(0)] * n)


# -- Running statistics --


@judge(
    "X.10",
    exact=False,
    form=lambda x: central(x, 2),
    wrong={
        "the variance over n - 1": lambda x: central(x, 2) * len(x) / (len(x) - 1),
        "that of a batch of one": lambda x: 0 * x[0],
    },
    cases=st.tuples(batches(), rationals(), rationals(), positive()),
    edges=[((Q(0), Q(2)), Q(1), Q(0), Q(1))],
)
def inference_by_the_batch_is_training(form: Callable[..., Any], x: Row, gamma: Any, beta: Any, eps: Any) -> None:
    """By the statistics of the batch, inference is training; one sample at a time, it is the affine map of each."""
    mu, spread, gamma, beta, eps = (arb(a) for a in (model.mean(x), form(x), gamma, beta, eps))
    inferred = model.inference(balls(x), gamma, beta, mu, spread, eps)
    equal(inferred, model.batch_norm(balls(x), gamma, beta, eps))
    slope = gamma / (spread + eps).sqrt()
    equal(inferred, [slope * xi + (beta - slope * mu) for xi in balls(x)])


@judge(
    "X.11",
    form=lambda momentum: 1 - momentum,
    wrong={"the momentum": lambda momentum: momentum, "nothing": lambda momentum: 0 * momentum},
    cases=st.tuples(batches(), rationals(), st.integers(0, 8).map(lambda k: Q(k, 8)), st.integers(1, 4)),
    edges=[((Q(0), Q(2)), Q(0), Q(1, 4), 1)],
)
def statistics_forget_at_the_rate_of_the_momentum(
    form: Callable[..., Any], x: Row, old: Any, momentum: Any, times: int
) -> None:
    """After `k` equal batches a statistic is that of the batch plus `(1 - momentum)^k` of what it was off by."""
    for of_batch in (model.mean(x), model.variance(x)):
        running = old
        for _ in range(times):
            running = model.blended(running, of_batch, momentum)
        equal(running, of_batch + form(momentum) ** times * (old - of_batch))
