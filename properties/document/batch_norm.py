"""Question 2: batch normalisation, in full (parts a and b) and by the mean alone (parts c and d).

What is said of training in general has no proof; what is judged of it are the exact mechanisms behind the words, and how
far they reach. Proofs are identities of polynomials or rationals; with a square root, of balls.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from flint import acb, arb, fmpq, fmpq_mat
from hypothesis import strategies as st

from properties.document.algebra import (
    Q,
    ball,
    balls,
    derivative,
    dot,
    gradient,
    hessian,
    symbols,
    times,
)
from properties.document.draws import positive, rationals, sized, vector, vectors
from properties.document.judge import judge
from properties.document.relations import at_most, equal, less, true
from spec.balls import total
from spec.definitions import batch_norm as model

Row = Sequence[Any]
SIZES = [(n,) for n in range(1, 6)]
BATCHES = sized("v", least=2, most=5).filter(lambda case: len(set(map(str, case[0]))) > 1)
"""Batches that are not constant, so that they can be normalised at `eps = 0`."""
BATCH = BATCHES.map(lambda case: case[0])
NOT_ZERO = rationals().filter(bool)


def squares(x: Row) -> Any:
    """`|x|^2`."""
    return dot(x, x)


def varied(x: Row) -> bool:
    """Whether a batch is not constant."""
    return len(set(map(str, x))) > 1


# -- (a) Covariate shift, and what normalisation fixes --


@judge(
    "Q2.a.1",
    form=lambda p, rule: p * rule[1] + (1 - p) * rule[0],
    wrong={
        "labels keep their distribution": lambda _p, rule: rule[1],
        "the rule weighted evenly": lambda _p, rule: (rule[0] + rule[1]) / 2,
    },
    cases=st.tuples(*[st.sampled_from([Q(k, 10) for k in range(1, 10)])] * 4),
    edges=[(Q(1, 2), Q(9, 10), Q(1, 4), Q(3, 4))],
)
def covariate_shift_keeps_the_rule(form: Callable[..., Any], p: Any, q: Any, rule0: Any, rule1: Any) -> None:
    """A shift of `P(x)` from `p` to `q` moves `P(y)` by `(q - p)(P(y|1) - P(y|0))`, the rule `P(y|x)` untouched."""
    rule = (rule0, rule1)
    equal(form(q, rule) - form(p, rule), (q - p) * (rule1 - rule0))
    equal(form(Q(1), rule), rule1)
    equal(form(Q(0), rule), rule0)


@judge(
    "Q2.a.2",
    form=lambda first, second, x: second(first(x)),
    wrong={
        "layers in reverse order": lambda first, second, x: first(second(x)),
        "layers side by side": lambda first, second, x: [a + b for a, b in zip(first(x), second(x), strict=True)],
    },
    cases=st.integers(1, 3).flatmap(lambda n: st.tuples(*[vector(n * n)] * 2, vector(n))),
    edges=[((1, 2, 3, 4), (0, 1, 0, 0), (1, 1)), ((2,), (3,), (1,))],
)
def network_composes_its_layers(form: Callable[..., Row], a: Row, b: Row, x: Row) -> None:
    """The second layer on what the first returns is the network: for `Ax` and `Bx + 1`, it is `(BA)x + 1`."""
    n = len(x)
    A, B = fmpq_mat(n, n, list(map(fmpq, a))), fmpq_mat(n, n, list(map(fmpq, b)))
    got = form(lambda v: times(A.tolist(), v), lambda v: [t + 1 for t in times(B.tolist(), v)], x)
    equal(got, [t + 1 for t in times((B * A).tolist(), x)])


@judge(
    "Q2.a.3",
    form=lambda w, u, mean, var: [(u - w) * mean, (u * u - w * w) * var],
    wrong={
        "nothing moves": lambda _w, _u, _mean, _var: [0, 0],
        "the spread in proportion": lambda w, u, mean, var: [(u - w) * mean, (u - w) * var],
        "the mean alone": lambda w, u, mean, _var: [(u - w) * mean, 0],
    },
    cases=sized("v", "q", "q"),
    edges=[((0, 2), 1, 1), ((-1, 1), 1, -1), ((1, 3), 1, 2)],
)
def update_moves_the_inputs_of_the_next_layer(form: Callable[..., Row], x: Row, w: Any, u: Any) -> None:
    """A weight that goes from `w` to `u` moves mean and variance of `wx` by `(u - w) mean`, `(u^2 - w^2) var`.

    So nothing moves under a zero update, nor under `w -> -w` where the mean is 0: "whenever" is too strong.
    """
    old, new = [w * xi for xi in x], [u * xi for xi in x]
    moved = [model.mean(new) - model.mean(old), model.variance(new) - model.variance(old)]
    equal(moved, form(w, u, model.mean(x), model.variance(x)))


SAMPLES = ((Q(1), Q(0)), (Q(0), Q(2)), (Q(-1), Q(1)), (Q(2), Q(-1)))
TARGETS = (Q(1), Q(-1), Q(2), Q(0))


class Net:
    """`v h(Xw)` under the mean squared error, at `v = 1`; `h` normalises the batch, or leaves it as it is."""

    def __init__(self, rows: Sequence[Row], targets: Row, normalise: bool) -> None:
        self.rows, self.targets, self.normalise = rows, targets, normalise

    def hidden(self, w: Row) -> list[Any]:
        """(n). `h(Xw)`."""
        z = times(self.rows, w)
        return model.normalised(z, 0) if self.normalise else z

    def loss(self, w: Row) -> Any:
        """`1/n sum (h - t)^2`."""
        return model.mean([(h - t) * (h - t) for h, t in zip(self.hidden(w), self.targets, strict=True)])

    def slope(self, w: Row) -> Any:
        """The derivative of the loss by `v`: what the next layer is taught."""
        return 2 * model.mean([(h - t) * h for h, t in zip(self.hidden(w), self.targets, strict=True)])

    def step(self, w: Row, eta: Any) -> list[arb]:
        """One step of gradient descent."""
        return [wi - eta * g for wi, g in zip(w, gradient(self.loss, w), strict=True)]

    def shift(self, w: Row, eta: Any) -> arb:
        """By how much one step in `w` moves the gradient of the next layer."""
        moved: arb = abs(self.slope(self.step(w, eta)) - self.slope(w))
        return moved


def net(normalise: bool = True) -> Net:
    """That of the samples above."""
    return Net([balls(r) for r in SAMPLES], balls(TARGETS), normalise)


@judge(
    "Q2.a.4",
    exact=False,
    form=lambda scale: scale < 1,
    wrong={"normalisation always steadies": lambda _: False, "it never does": lambda _: True},
    cases=[(Q(1, 20),), (Q(1, 10),), (Q(3),), (Q(5),)],
)
def normalisation_may_enlarge_the_shift(form: Callable[..., bool], scale: Any) -> None:
    """By how much a step moves the next layer's gradient: normalisation enlarges it at small weights, not at large.

    Both happen in one net, so the shift that is to be cured is not smaller as such; that it slows training is disputed.
    """
    w, eta = balls([scale, scale / 2]), Q(1, 10)
    with_it, without = net().shift(w, eta), net(normalise=False).shift(w, eta)
    if form(scale):
        less(without, with_it)
    else:
        less(with_it, without)


@judge(
    "Q2.a.5",
    exact=False,
    form=model.normalised,
    wrong={
        "not centred": lambda x, eps: [xi / model.deviation(x, eps) for xi in x],
        "the first sample taken away": lambda x, eps: [(xi - x[0]) / model.deviation(x, eps) for xi in x],
    },
    cases=sized("v", "0", "q"),
    edges=[((3, 3, 3), Q(1), Q(1)), ((0, 2), Q(0), Q(5))],
)
def normalised_values_have_mean_zero(form: Callable[..., Row], x: Row, eps: Any, shift: Any) -> None:
    """`sum x_hat = 0`; a common shift changes nothing, and the order of the samples is followed."""
    b, e = balls(x), ball(eps)
    x_hat = form(b, e)
    equal(total(x_hat), arb(0))
    equal(form([xi + ball(shift) for xi in b], e), x_hat)
    equal(form(b[::-1], e), x_hat[::-1])


@judge(
    "Q2.a.6",
    form=lambda c, s2: c * c / s2,
    wrong={"divided by the variance": lambda c, s2: c * c / (s2 * s2), "not divided": lambda c, _s2: c * c},
    cases=BATCHES.map(lambda case: (case[0], 0, False)),
    edges=[((0, 4), 0, False)],
    without={1: ((0, 2), 1, False), 2: ((3, 3, 3), 0, False), 3: ((0, 2), 0, True)},
)
def normalised_values_have_variance_one(form: Callable[..., Any], x: Row, eps: Any, unbiased: bool) -> None:
    """`1/n sum x_hat^2 = 1`: where `eps = 0`, the batch is not constant, and the variance divides by `n`.

    In general it is `var / (var + eps)`; with `n - 1` it is `(n - 1)/n`; a constant batch leaves `0/0`.
    """
    spread = squares(model.centered(balls_or_rationals(x))) / (len(x) - int(unbiased)) + eps
    true(spread != 0, f"the variance of {x} can be divided by")
    equal(model.mean([form(c, spread) for c in model.centered(balls_or_rationals(x))]), 1)


def balls_or_rationals(x: Row) -> list[Any]:
    """Integers as rationals, so that a division by `n` stays exact."""
    return [fmpq(xi) if isinstance(xi, int) else xi for xi in x]


@judge(
    "Q2.a.6",
    exact=False,
    form=lambda dy, x: model.input_gradient(dy, x, arb(1), 0),
    wrong={
        "the mean alone taken away": lambda dy, x: [g / model.deviation(x, 0) for g in model.centered(dy)],
        "nothing taken away": lambda dy, x: [g / model.deviation(x, 0) for g in dy],
    },
    cases=st.tuples(vector(2), vector(2)).filter(lambda case: varied(case[1])),
)
def two_samples_leave_no_gradient(form: Callable[..., Row], dy: Row, x: Row) -> None:
    """Two samples at `eps = 0` become -1 and 1 whatever they are: the input gradient is 0."""
    equal(form(balls(dy), balls(x)), [arb(0), arb(0)])


def moment(x: Row, k: int) -> arb:
    """`1/n sum x_hat^k`."""
    powers = [arb(1)] * len(x)
    x_hat = model.normalised(balls(x), 0)
    for _ in range(k):
        powers = [p * xi for p, xi in zip(powers, x_hat, strict=True)]
    value: arb = model.mean(powers)
    return value


@judge(
    "Q2.a.7",
    exact=False,
    form=(1, 2),
    wrong={"the third moment too": (1, 2, 3), "the fourth": (4,)},
    cases=st.tuples(BATCH, BATCH),
    edges=[((0, 0, 0, 4), (0, 0, 2, 2))],
)
def two_moments_are_kept_and_no_more(orders: Sequence[int], a: Row, c: Row) -> None:
    """All normalised batches share mean and variance; (0, 0, 0, 4) and (0, 0, 2, 2) keep third moments 2/sqrt(3), 0."""
    for k in orders:
        equal(moment(a, k), moment(c, k))


@judge(
    "Q2.a.8",
    exact=False,
    form=lambda gamma, beta, var, eps: [beta, gamma * gamma * var / (var + eps)],
    wrong={
        "eps forgotten": lambda gamma, beta, _var, _eps: [beta, gamma * gamma],
        "the shift scaled too": lambda gamma, beta, var, eps: [gamma * beta, gamma * gamma * var / (var + eps)],
        "gamma not squared": lambda gamma, beta, var, eps: [beta, gamma * var / (var + eps)],
    },
    cases=sized("v", "q", "q", "0"),
    edges=[((0, 2), 0, 3, Q(1)), ((0, 2), 2, 3, Q(1)), ((3, 3), 2, 3, Q(1))],
)
def scale_and_shift_set_the_moments(form: Callable[..., Row], x: Row, gamma: Any, beta: Any, eps: Any) -> None:
    """`gamma x_hat + beta` has mean `beta` and variance `gamma^2 var / (var + eps)`; `gamma = 0` leaves a constant."""
    b, g, s, e = balls(x), ball(gamma), ball(beta), ball(eps)
    y = model.batch_norm(b, g, s, e)
    equal([model.mean(y), model.variance(y)], form(g, s, model.variance(b), e))


@judge(
    "Q2.a.9",
    exact=False,
    form=lambda mean, s: (s, mean),
    wrong={"the variance for the deviation": lambda mean, s: (s * s, mean), "exchanged": lambda mean, s: (mean, s)},
    cases=sized("v", "0").map(lambda case: (case[0], case[0], case[1])),
    edges=[((0, 4), (0, 4), Q(0))],
    without={1: ((3, 3), (3, 3), Q(0)), 2: ((0, 2), (1, 5), Q(0))},
)
def scale_and_shift_can_undo(form: Callable[..., Any], matched: Row, x: Row, eps: Any) -> None:
    """`gamma = sqrt(var + eps)`, `beta = mean` give the batch back: the very one that they are matched to."""
    m, b, e = balls(matched), balls(x), ball(eps)
    true(varied(x) or eps != 0, f"{x} can be normalised")
    equal(model.batch_norm(b, *form(model.mean(m), model.deviation(m, e)), e), b)


@judge(
    "Q2.a.10",
    exact=False,
    form=lambda gamma, beta: [beta, gamma * gamma],
    wrong={
        "standard for ever": lambda _gamma, _beta: [0, 1],
        "the shift frozen": lambda gamma, _beta: [0, gamma * gamma],
    },
    cases=st.tuples(BATCH, NOT_ZERO, rationals(), rationals(), rationals()),
    edges=[((0, 2), 1, 0, 1, 3)],
)
def moments_follow_scale_and_shift_alone(
    form: Callable[..., Row], x: Row, a: Any, c: Any, gamma: Any, beta: Any
) -> None:
    """However the inputs drift, `x -> ax + c`, two moments stay as they are; they move as soon as `beta` is learned."""
    drifted = [ball(a) * xi + ball(c) for xi in balls(x)]
    y = model.batch_norm(drifted, ball(gamma), ball(beta), 0)
    equal([model.mean(y), model.variance(y)], [arb(t) for t in form(gamma, beta)])


# -- (b) The five reasons: their mechanisms --


@judge(
    "Q2.b.1",
    exact=False,
    form=lambda mean, s: mean * mean + (s - 1) * (s - 1),
    wrong={
        "no error on unseen data": lambda mean, _s: 0 * mean,
        "the mean alone": lambda mean, _s: mean * mean,
    },
    cases=st.tuples(BATCH),
    edges=[((-1, 1),), ((9, 11),), ((-2, 2),)],
)
def generalisation_is_not_implied(form: Callable[..., Any], x: Row) -> None:
    """For the target `y = x`, which `w = 1` fits everywhere, normalised inputs have the error `mean^2 + (s - 1)^2`.

    That is 0 on (-1, 1), where both fit, and 100 on the new batch (9, 11).
    """
    b = balls(x)
    errors = [(xi - h) * (xi - h) for xi, h in zip(b, model.normalised(b, 0), strict=True)]
    equal(model.mean(errors), form(model.mean(b), model.deviation(b, 0)))


@judge(
    "Q2.b.2",
    exact=False,
    form=lambda a: 1 if a > 0 else -1,
    wrong={"the factor kept": lambda a: a, "the sign lost": lambda _a: 1},
    cases=st.tuples(BATCH, NOT_ZERO, rationals()),
    edges=[((0, 2), Q(-2), Q(1))],
)
def drift_in_scale_and_place_is_invisible(form: Callable[..., Any], x: Row, a: Any, c: Any) -> None:
    """Inputs that drift as `ax + c` look the same behind the layer, up to the sign of `a`: so far it stabilises."""
    b = balls(x)
    drifted = model.normalised([ball(a) * xi + ball(c) for xi in b], 0)
    equal(drifted, [form(a) * h for h in model.normalised(b, 0)])


def batches_around(values: Row, n: int) -> list[Row]:
    """Every batch of `n` that holds the first value."""
    return [[values[0], *rest] for rest in combinations(values[1:], n - 1)]


POPULATIONS = st.tuples(vectors(3, 6), st.integers(1, 6)).filter(lambda case: case[1] <= len(case[0]))


@judge(
    "Q2.b.3",
    form=lambda spread, n, N: spread * fmpq(n - 1, n * n) * (1 - fmpq(n - 1, N - 1)),
    wrong={
        "as if drawn with replacement": lambda spread, n, _N: spread * fmpq(n - 1, n * n),
        "as 1/n": lambda spread, n, _N: spread / n,
    },
    cases=POPULATIONS,
    edges=[((0, 1, 3, 7, 8, 12), n) for n in range(1, 7)],
)
def batches_add_noise(form: Callable[..., Any], values: Row, n: int) -> None:
    """The variance of one sample's centred value over all batches of `n` among `N`, enumerated.

    It is `(n - 1)/n^2 S^2 (1 - (n - 1)/(N - 1))`: none at `n = 1`, nor at `n = N`.
    """
    x = balls_or_rationals(values)
    others = x[1:]
    spread = model.variance(others) * len(others) / (len(others) - 1)
    centred = [x[0] - model.mean(batch) for batch in batches_around(x, n)]
    equal(model.variance(centred), form(spread, n, len(x)))


@judge(
    "Q2.b.4",
    form=lambda w, var: w * w * var,
    wrong={
        "no penalty": lambda _w, _var: 0,
        "linear in the weight": lambda w, var: w * var,
        "without the noise": lambda w, _var: w * w,
    },
    cases=st.tuples(POPULATIONS, rationals(), rationals()),
    edges=[(((0, 1, 3, 7, 8, 12), 3), Q(3, 2), Q(5))],
)
def noise_of_batches_is_a_penalty(form: Callable[..., Any], drawn: tuple[Row, int], w: Any, y: Any) -> None:
    """Over all batches `E (y - w (x - mu))^2 = (y - w (x - E mu))^2 + w^2 Var(mu)`: a penalty on `w`, exactly."""
    values, n = balls_or_rationals(drawn[0]), drawn[1]
    means = [model.mean(batch) for batch in batches_around(values, n)]
    errors = [y - w * (values[0] - mu) for mu in means]
    middle = y - w * (values[0] - model.mean(means))
    equal(model.mean([e * e for e in errors]), middle * middle + form(w, model.variance(means)))


WEIGHTS = st.sampled_from([(Q(1), Q(1, 2)), (Q(2), Q(-1)), (Q(-1, 3), Q(2)), (Q(0), Q(1))])
FACTORS = st.sampled_from([Q(1, 100), Q(1, 3), Q(2), Q(7)])


@judge(
    "Q2.b.5",
    exact=False,
    form=lambda g, a: [gi / a for gi in g],
    wrong={"the gradient unchanged": lambda g, _a: g, "the gradient grown": lambda g, a: [gi * a for gi in g]},
    cases=st.tuples(WEIGHTS, FACTORS, positive()),
)
def normalised_weights_cannot_run_away(form: Callable[..., Row], w: Row, a: Any, eta: Any) -> None:
    """`L(aw) = L(w)`, `grad L(aw) = grad L(w) / a`, `w.grad L = 0`, so `|w - eta g|^2 = |w|^2 + eta^2 |g|^2`."""
    here, there = balls(w), balls([a * wi for wi in w])
    g = gradient(net().loss, here)
    equal(net().loss(there), net().loss(here))
    equal(gradient(net().loss, there), form(g, ball(a)))
    equal(dot(here, g), arb(0))
    equal(squares(net().step(here, ball(eta))), squares(here) + ball(eta) * ball(eta) * squares(g))


@judge(
    "Q2.b.5",
    form=lambda curvature: 2 / curvature,
    wrong={"whatever the scale": lambda _: Q(2), "the smaller, the smaller": lambda curvature: 2 * curvature},
    cases=st.tuples(BATCH, positive()),
    edges=[((Q(-1, 100), Q(1, 100)), Q(1)), ((-100, 100), Q(1))],
)
def largest_rate_depends_on_the_scale(form: Callable[..., Any], x: Row, e: Any) -> None:
    """Least squares in one centred feature: a step multiplies the error by `1 - eta var`, so `eta < 2 / var` is stable.

    Normalisation makes that 2. Whether it is larger or smaller than before depends on the features.
    """
    var = model.variance(balls_or_rationals(x))
    rate = form(var)
    less(abs(1 - rate * Q(99, 100) * var) * e, e)
    less(e, abs(1 - rate * Q(101, 100) * var) * e)


def condition(gram: fmpq_mat) -> arb:
    """The largest eigenvalue over the smallest, for a matrix with positive ones; repeated ones are counted once."""
    roots = [acb(root).real for root, _ in gram.charpoly().numer().complex_roots()]
    return max(roots, key=lambda r: r.mid()) / min(roots, key=lambda r: r.mid())


def gram(columns: Sequence[Row]) -> fmpq_mat:
    """The products of the columns."""
    d = len(columns)
    return fmpq_mat(d, d, [fmpq(dot(a, b)) for a in columns for b in columns])


def standardised(g: fmpq_mat) -> fmpq_mat:
    """`D^-1 G`, `D` the diagonal of `G`: similar to the Gram matrix of columns of length one."""
    d = g.nrows()
    return fmpq_mat(d, d, [g[i, j] / g[i, i] for i in range(d) for j in range(d)])


def orthogonal(columns: Sequence[Row]) -> bool:
    """Whether every two columns are."""
    return all(dot(a, b) == 0 for a, b in combinations(columns, 2))


def mirrored(*rows: Row) -> tuple[Row, ...]:
    """Columns of the data set that holds each row and its negative, hence centred."""
    return tuple(tuple([*column, *(-c for c in column)]) for column in zip(*rows, strict=True))


AXES_APART = mirrored((1, 0), (0, 100))
MADE_WORSE = mirrored((-1, 3, -3), (1, -1, 1), (1, -2, 3))


@judge(
    "Q2.b.6",
    exact=False,
    form=orthogonal,
    wrong={"for any features": lambda _: True},
    cases=st.tuples(positive(), positive()).map(lambda s: (mirrored((s[0], 0), (0, s[1])),)),
    edges=[(AXES_APART,), (MADE_WORSE,)],
)
def standardising_helps_orthogonal_features(form: Callable[..., bool], columns: Sequence[Row]) -> None:
    """For orthogonal features standardising brings the condition number of least squares down to 1, from 10^4 here.

    In general it may raise it: from 115.7 to 152.3 in the second data set.
    """
    g = gram(columns)
    if form(columns):
        at_most(condition(standardised(g)), condition(g))
        equal(condition(standardised(g)), arb(1))


@judge(
    "Q2.b.7",
    exact=False,
    form=lambda size, a, strength: strength * a * a * size,
    wrong={
        "the penalty felt at any scale": lambda size, _a, strength: strength * size,
        "the penalty gone": lambda size, _a, _strength: 0 * size,
    },
    cases=st.tuples(WEIGHTS, FACTORS, positive()),
)
def penalty_on_normalised_weights_vanishes(form: Callable[..., Any], w: Row, a: Any, strength: Any) -> None:
    """`L(aw) + c |aw|^2 = L(w) + c a^2 |w|^2`: as `a -> 0` the penalty goes and the function stays."""
    scaled = balls([a * wi for wi in w])
    penalised = net().loss(scaled) + ball(strength) * squares(scaled)
    equal(penalised - net().loss(balls(w)), form(squares(balls(w)), ball(a), ball(strength)))


@judge(
    "Q2.b.8",
    exact=False,
    form=lambda gamma: gamma != 0,
    wrong={"features are always kept": lambda _: True, "only large ones are": lambda gamma: abs(gamma) > 1},
    cases=st.tuples(BATCH, rationals(), rationals()),
    edges=[((1, 2, 9), Q(0), Q(3)), ((1, 2, 9), Q(1, 2), Q(0))],
)
def feature_is_kept_unless_its_scale_is_zero(form: Callable[..., bool], x: Row, gamma: Any, beta: Any) -> None:
    """`gamma = 0` erases a feature, any other keeps its samples apart: so nothing says that features are retained."""
    y = model.batch_norm(balls(x), ball(gamma), ball(beta), 0)
    kept = bool(model.variance(y) > 0)
    true(kept == form(gamma), f"{x} kept under gamma = {gamma}")


@judge(
    "Q2.b.9",
    exact=False,
    form=model.squared_gradient,
    wrong={
        "only the mean taken away": lambda dy, x, gamma: (
            gamma * gamma / model.variance(x) * squares(model.centered(dy))
        ),
        "gamma alone": lambda dy, x, gamma: model.squared_gradient(dy, x, gamma) * model.variance(x),
    },
    cases=st.integers(2, 5)
    .flatmap(lambda n: st.tuples(vector(n), vector(n), rationals()))
    .filter(lambda c: varied(c[1])),
    edges=[((1, 0, 0), (0, 1, 5), Q(2))],
)
def input_gradient_loses_two_components(form: Callable[..., Any], dy: Row, x: Row, gamma: Any) -> None:
    """`|dL/dx|^2 = (gamma/s)^2 (|g|^2 - (1.g)^2/n - (x_hat.g)^2/n)`, against the power series of the layer."""
    g, b, c = balls(dy), balls(x), ball(gamma)
    slopes = gradient(lambda v: dot(g, model.batch_norm(v, c, arb(0), 0)), b)
    equal(slopes, model.input_gradient(g, b, c, 0))
    equal(squares(slopes), form(g, b, c))


@judge(
    "Q2.b.9",
    exact=False,
    form=lambda gamma, var: gamma * gamma <= var,
    wrong={
        "the loss is always smoother": lambda _gamma, _var: True,
        "where gamma is 1": lambda gamma, _var: gamma == 1,
    },
    cases=st.integers(3, 5)
    .flatmap(lambda n: st.tuples(vector(n), vector(n), rationals()))
    .filter(lambda c: varied(c[1])),
    edges=[((1, -2, 1), (Q(0), Q(1, 50), Q(1, 25)), Q(1))],
)
def gradient_shrinks_where_gamma_is_at_most_the_deviation(
    form: Callable[..., bool], dy: Row, x: Row, gamma: Any
) -> None:
    """`|dL/dx| <= |g|` is certain where `|gamma| <= s`; with `s = 1/60` and `gamma = 1` the gradient grows 60-fold."""
    if form(gamma, model.variance(balls_or_rationals(x))):
        at_most(squares(model.input_gradient(balls(dy), balls(x), ball(gamma), 0)), arb(squares(dy)))


@judge(
    "Q2.b.10",
    exact=False,
    form=lambda h, a: h / (a * a),
    wrong={"as flat as before": lambda h, _a: h, "as the gradient": lambda h, a: h / a},
    cases=st.tuples(WEIGHTS, FACTORS),
)
def sharpness_is_a_matter_of_scale(form: Callable[..., Any], w: Row, a: Any) -> None:
    """`hess L(aw) = hess L(w) / a^2`: the same function, as sharp as one likes."""
    here = hessian(net().loss, balls(w))
    there = hessian(net().loss, balls([a * wi for wi in w]))
    equal(there, [[form(entry, ball(a)) for entry in row] for row in here])


@judge(
    "Q2.b.11",
    exact=False,
    form=lambda w, a: [a * wi for wi in w],
    wrong={"one weight alone": lambda w, a: [a * w[0], w[1]], "shifted": lambda w, a: [wi + a for wi in w]},
    cases=st.tuples(WEIGHTS.filter(lambda w: w[0] != 0), FACTORS, st.tuples(*[vector(2)] * 3)).filter(
        lambda case: varied(times(case[2], case[0]))
    ),
    edges=[((Q(1), Q(1, 2)), Q(2), ((Q(1), Q(0)), (Q(0), Q(1)), (Q(3), Q(1))))],
)
def equal_predictions_differ_in_sharpness(form: Callable[..., Row], w: Row, a: Any, unseen: Sequence[Row]) -> None:
    """`w` and `aw` predict the same on any new batch, while the curvature differs by `a^2`: it decides no error."""
    other = Net([balls(r) for r in unseen], [], normalise=True)
    moved = balls(form(w, a))
    equal(other.hidden(moved), other.hidden(balls(w)))
    sharp, flat = (squares(total(hessian(net().loss, v))) for v in (moved, balls(w)))
    equal(sharp * ball(a) * ball(a) * ball(a) * ball(a), flat)


# -- (c) The mean alone --


@judge(
    "Q2.c.1",
    form=model.mean,
    wrong={
        "divided by n - 1": lambda x: total(x) / max(len(x) - 1, 1),
        "half of the range": lambda x: (min(x) + max(x)) / 2,
    },
    cases=st.tuples(vectors(1, 5)),
    edges=[((1, 2, 6),), ((4,),), ((2, 2, 2, 2),)],
)
def mean_balances_the_batch(form: Callable[..., Any], x: Row) -> None:
    """`sum (x_j - mu) = 0` defines the mean: `mu = 1/n sum x_j`."""
    b = balls_or_rationals(x)
    equal(total(xj - form(b) for xj in b), 0)


@judge(
    "Q2.c.2",
    form=model.centered,
    wrong={
        "the first sample taken away": lambda x: [xi - x[0] for xi in x],
        "half of the mean": lambda x: [xi - model.mean(x) / 2 for xi in x],
        "scaled as well": lambda x: [2 * c for c in model.centered(x)],
    },
    cases=sized("v", "q"),
)
def centred_values_are_distances_from_the_mean(form: Callable[..., Row], x: Row, shift: Any) -> None:
    """`x_hat` sums to 0 and keeps all differences, which determines it; a common shift is lost."""
    b = balls_or_rationals(x)
    c = form(b)
    equal(total(c), 0)
    equal([ci - c[0] for ci in c], [xi - b[0] for xi in b])
    equal(form([xi + shift for xi in b]), c)


@judge(
    "Q2.c.3",
    form=lambda a, b, beta: a + b - beta,
    printed=lambda a, b, _beta: a + b,
    wrong={"the shift twice": lambda a, b, beta: a + b - 2 * beta},
    witnesses=[((0, 2), (0, 2), 1, 1)],
    cases=sized("v", "v", "q", "q"),
)
def layer_is_affine(form: Callable[..., Any], a: Row, c: Row, gamma: Any, beta: Any) -> None:
    """`y(x + x') = y(x) + y(x') - beta`; linear, as printed, only for `beta = 0`."""
    x, z = balls_or_rationals(a), balls_or_rationals(c)
    y, s, both = (model.centered_batch_norm(v, gamma, beta) for v in (x, z, [p + q for p, q in zip(x, z, strict=True)]))
    equal(both, [form(p, q, beta) for p, q in zip(y, s, strict=True)])


@judge(
    "Q2.c.4",
    form=lambda n: 1 - fmpq(1, n),
    wrong={"the mean held fixed": lambda _: 1, "the mean alone": lambda n: -fmpq(1, n)},
    cases=SIZES,
)
def sample_acts_on_its_own_centred_value(form: Callable[..., Any], n: int) -> None:
    """`d x_hat_i / d x_i = 1 - 1/n`, as polynomials."""
    (x,) = symbols(x=n)
    equal([derivative(c, xi) for c, xi in zip(model.centered(x), x, strict=True)], [form(n)] * n)


@judge(
    "Q2.c.5",
    form=lambda n: -fmpq(1, n),
    wrong={"no effect": lambda _: 0, "the sign wrong": lambda n: fmpq(1, n), "for n - 1": lambda n: -fmpq(1, n - 1)},
    cases=SIZES[1:],
)
def sample_acts_on_the_others_through_the_mean(form: Callable[..., Any], n: int) -> None:
    """`d x_hat_i / d x_k = -1/n` for `k != i`, as polynomials."""
    (x,) = symbols(x=n)
    c = model.centered(x)
    others = [derivative(c[i], x[k]) for i in range(n) for k in range(n) if i != k]
    equal(others, [form(n)] * len(others))


def centring(n: int) -> list[Row]:
    """`I - 11'/n`."""
    return [[int(i == j) - fmpq(1, n) for j in range(n)] for i in range(n)]


@judge(
    "Q2.c.6",
    form=lambda g, row, _i: dot(g, row),
    printed=lambda g, row, i: g[i] * 1 + dot(g, row) - fmpq(1, len(g)),
    wrong={"the direct path counted twice": lambda g, row, i: g[i] + dot(g, row)},
    witnesses=[((1, 0), 0)],
    cases=sized("v", "i"),
)
def chain_rule_sums_over_the_centred_values(form: Callable[..., Any], g: Row, i: int) -> None:
    """`dL/dx_i = sum_k dL/dx_hat_k (d x_hat_k / d x_i)`, the direct path within; printed beside it, and a bare `-1/n`."""
    (x,) = symbols(x=len(g))
    loss = dot(balls_or_rationals(g), model.centered(x))
    equal(derivative(loss, x[i]), form(g, centring(len(g))[i], i))


@judge(
    "Q2.c.7",
    form=lambda g, gamma, _i, k: gamma * g[k],
    printed=lambda g, gamma, i, _k: gamma * g[i],
    witnesses=[((1, 5), 3, 0, 1)],
    cases=sized("v", "q", "i", "i"),
)
def upstream_index_is_that_of_the_variable(form: Callable[..., Any], g: Row, gamma: Any, i: int, k: int) -> None:
    """`dL/dx_hat_k = gamma dL/dy_k`; printed with `y_i`."""
    (x_hat,) = symbols(x=len(g))
    loss = dot(balls_or_rationals(g), model.affine(x_hat, fmpq(gamma), fmpq(1)))
    equal(derivative(loss, x_hat[k]), form(g, gamma, i, k))


@judge(
    "Q2.c.8",
    form=lambda g, gamma: [gamma * c for c in model.centered(g)],
    wrong={
        "the mean forgotten": lambda g, gamma: [gamma * gi for gi in g],
        "gamma forgotten": lambda g, _gamma: model.centered(g),
        "the mean over n - 1": lambda g, gamma: [gamma * (gi - total(g) / max(len(g) - 1, 1)) for gi in g],
    },
    cases=[(n,) for n in range(2, 5)],
)
def input_gradient_is_centred(form: Callable[..., Row], n: int) -> None:
    """`dL/dx_i = gamma (g_i - mean(g))`, as polynomials, for the nonlinear loss `sum_i (i + 1) y_i^3`."""
    x, (gamma, beta) = symbols(x=n, c=2)
    y = model.centered_batch_norm(x, gamma, beta)
    loss = total((i + 1) * yi * yi * yi for i, yi in enumerate(y))
    upstream = [3 * (i + 1) * yi * yi for i, yi in enumerate(y)]
    equal([derivative(loss, xi) for xi in x], form(upstream, gamma))


@judge(
    "Q2.c.9",
    form=model.centered,
    wrong={
        "nothing taken away": lambda g: g,
        "half of the mean": lambda g: [gi - model.mean(g) / 2 for gi in g],
        "doubled": lambda g: [2 * c for c in model.centered(g)],
    },
    cases=SIZES,
)
def input_gradients_sum_to_zero(form: Callable[..., Row], n: int) -> None:
    """`sum_i dL/dx_i = 0` for every batch size; centring twice is centring once, and a constant leaves nothing."""
    (g,) = symbols(g=n)
    c = form(g)
    equal(total(c), 0)
    equal(form(c), c)
    equal(form([g[0]] * n), [0] * n)


# -- (d) One sample, and very many --


@judge(
    "Q2.d.1",
    "Q2.d.2",
    "Q2.d.3",
    "Q2.d.9",
    form=model.mean,
    wrong={"a mean held back": lambda x: total(x) / (len(x) + 1), "no mean": lambda x: 0 * x[0]},
    cases=[(1,)],
)
def one_sample_is_its_own_mean(form: Callable[..., Any], n: int) -> None:
    """`n = 1`: `mu = x_1`, `x_hat = 0`, `y = beta` whatever `x` is, and the gradient `gamma (g - mean(g))` is 0."""
    x, g, (gamma, beta) = symbols(x=n, g=n, c=2)
    y = gamma * (x[0] - form(x)) + beta
    equal(form(x), x[0])
    equal(x[0] - form(x), 0)
    equal(y, beta)
    equal(derivative(y, x[0]), 0)
    equal(gamma * (g[0] - form(g)), 0)


@judge(
    "Q2.d.4",
    form=lambda n: fmpq(1, n),
    wrong={"of the sum": lambda _: 1, "a limit that stays": lambda n: fmpq(n + 1, 2 * n)},
    cases=[(n,) for n in (1, 2, 3, 10, 50)],
)
def one_sample_moves_the_mean_less_and_less(form: Callable[..., Any], n: int) -> None:
    """`d mu / d x_i = 1/n`, which tends to 0: below `1/m` from `n = m + 1` on."""
    (x,) = symbols(x=n)
    equal(derivative(model.mean(x), x[-1]), form(n))
    less(form(n + 1), fmpq(1, n))


@dataclass(frozen=True)
class Upstream:
    """`g_j = level + swing (-1)^j + first [j = 0]`: its mean tends to `level`."""

    level: Any
    swing: Any = 0
    first: Any = 0

    def at(self, j: int) -> Any:
        """`g_j`."""
        return self.level + (-1) ** j * self.swing + (self.first if j == 0 else 0)

    def taken(self, n: int) -> Any:
        """The mean of the first `n`, an even number."""
        return self.level + fmpq(1, n) * self.first


MANY = 1 << 12
UPSTREAM = st.builds(Upstream, rationals(), rationals(), rationals())


@judge(
    "Q2.d.5",
    form=lambda g, gamma: gamma * g,
    wrong={"half of it": lambda g, gamma: gamma * g / 2, "the sign wrong": lambda g, gamma: -gamma * g},
    cases=st.tuples(st.builds(Upstream, st.just(Q(0)), rationals(), rationals()), rationals()),
    edges=[(Upstream(Q(0), Q(1)), Q(1)), (Upstream(Q(0), Q(0), Q(1)), Q(2))],
    without={1: (Upstream(Q(1)), Q(1))},
)
def mean_may_be_held_fixed_in_large_batches(form: Callable[..., Any], g: Upstream, gamma: Any) -> None:
    """With `mu` taken for a constant the gradient is `gamma g_i`: off by `gamma mean(g)`, so right if that tends to 0.

    The `n - 1` entries `-1/n` of a row of the Jacobian add up to `1/n - 1`, which does not vanish by itself.
    """
    error = form(g.at(0), gamma) - gamma * (g.at(0) - g.taken(MANY))
    at_most(abs(error), Q(1, 100))
    equal(total(centring(50)[0][1:]), fmpq(1, 50) - 1)


@judge(
    "Q2.d.6",
    form=lambda g, level, gamma: gamma * (g - level),
    printed=lambda g, _level, gamma: gamma * g,
    witnesses=[(Upstream(Q(1)), Q(1)), (Upstream(Q(1)), Q(2))],
    edges=[(Upstream(Q(0), Q(1)), Q(1)), (Upstream(Q(0), Q(0), Q(1)), Q(1))],
    cases=st.tuples(UPSTREAM, rationals()),
)
def limit_keeps_the_mean_of_the_gradients(form: Callable[..., Any], g: Upstream, gamma: Any) -> None:
    """`dL/dx_i -> gamma (g_i - lim mean(g))`: within `|gamma first| / n` here. Printed: `gamma g_i`."""
    due = gamma * (g.at(0) - g.taken(MANY))
    at_most(abs(form(g.at(0), g.level, gamma) - due), Q(1, 100))


@judge(
    "Q2.d.7",
    form=lambda n: 1 - fmpq(1, n),
    printed=lambda _: 1,
    witnesses=[(2,), (1,)],
    cases=SIZES,
)
def last_factor_is_one_in_the_limit_only(form: Callable[..., Any], n: int) -> None:
    """The factor that the "thus" line drops is `d x_hat_i / d x_i = 1 - 1/n`: 1/2 for two samples, 1 for none."""
    (x,) = symbols(x=n)
    equal(derivative(model.centered(x)[0], x[0]), form(n))


@judge(
    "Q2.d.8",
    form=lambda g: len(g) * model.mean(g) * model.mean(g),
    printed=lambda _: 0,
    witnesses=[((Q(1),) * n,) for n in (1, 2, 50, 300)],
    cases=st.tuples(vectors(1, 5)),
)
def normalisation_never_loses_its_effect(form: Callable[..., Any], g: Row) -> None:
    """What centring takes from `g` has squared length `n mean(g)^2`: all of it for a constant `g`, however large `n` is."""
    b = balls_or_rationals(g)
    removed = [gi - ci for gi, ci in zip(b, model.centered(b), strict=True)]
    equal(squares(removed), form(b))
