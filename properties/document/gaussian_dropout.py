"""Question 5: a linear unit whose inputs are multiplied by noise of mean 1 and variance `sigma^2`.

Everything is polynomial, of degree two in each noise variable: so averages over the two points `1 - sigma` and
`1 + sigma`, which have the same first two moments, are exact, and an identity between them in symbols is a proof.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

from flint import acb, arb, fmpq, fmpq_mat
from hypothesis import strategies as st

from lydite.kit import judge
from lydite.kit.algebra import Q, balls, derivative, dot, symbols, taylor
from lydite.kit.balls import total
from lydite.kit.draws import positive, rationals, sized, vector
from lydite.kit.relations import at_most, equal, true
from spec.definitions import gaussian_dropout as model

Row = Sequence[Any]
Law = Sequence[tuple[Any, Row]]
"""A joint law of the noise: probabilities, each with its vector of factors."""

SIZES = [(n,) for n in (1, 2, 3)]
W, X, TARGET, SIGMA = (Q(2), Q(-1), Q(3)), (Q(3), Q(1, 2), Q(-2)), Q(5), Q(1, 2)
"""The unit of the stored witnesses."""


def independent(n: int, sigma: Any) -> Law:
    """All `2^n` vectors of factors `1 - sigma` and `1 + sigma`, equally likely."""
    return [(Q(1, 2**n), delta) for delta in model.two_points(n, sigma)]


def shared(n: int, sigma: Any) -> Law:
    """One factor for all units."""
    return [(Q(1, 2), (1 + s * sigma,) * n) for s in (-1, 1)]


def mean(law: Law, f: Callable[[Row], Any]) -> Any:
    """The expectation of `f(delta)`."""
    return total(p * f(delta) for p, delta in law)


def average_gradient(law: Law, w: Row, x: Row, target: Any) -> list[Any]:
    """The expectation of the gradient, entry by entry."""
    gradients = [[p * g for g in model.gradient(w, x, target, delta)] for p, delta in law]
    return [total(entries) for entries in zip(*gradients, strict=True)]


def _moment(law: Law, *factors: int) -> Any:
    """The expectation of a product of factors."""
    return mean(law, lambda delta: math.prod((delta[k] for k in factors), start=Q(1)))


class Unit:
    """`n` inputs as symbols: weights, inputs, noise, target, sigma."""

    def __init__(self, n: int) -> None:
        self.w, self.x, self.delta, (self.target, self.sigma) = symbols(w=n, x=n, d=n, s=2)
        self.ones = [1] * n


def unit(most: int = 3) -> st.SearchStrategy[Any]:
    """Weights, inputs, target, sigma above 0."""
    return st.integers(1, most).flatmap(lambda n: st.tuples(vector(n), vector(n), rationals(), positive(2)))


# -- The gradient for given noise --


@judge(
    "Q5.1",
    form=lambda residual, delta, x: -residual * delta * x,
    wrong={
        "the noise forgotten": lambda residual, delta, x: -residual * x,  # noqa: ARG005
        "the sign forgotten": lambda residual, delta, x: residual * delta * x,
    },
    cases=SIZES,
)
def gradient_for_given_noise(form: Callable[..., Any], n: int) -> None:
    """`d/dW_i (y - sum delta W x)^2 / 2 = -(y - sum delta W x) delta_i x_i`, as polynomials."""
    u = Unit(n)
    loss = model.loss(u.w, u.x, u.target, u.delta)
    residual = u.target - model.output(u.w, u.x, u.delta)
    equal([derivative(loss, wi) for wi in u.w], [form(residual, d, xi) for d, xi in zip(u.delta, u.x, strict=True)])


@judge(
    "Q5.8",
    form=lambda residual: residual * residual / 2,
    wrong={"half forgotten": lambda residual: residual * residual, "not squared": lambda residual: residual / 2},
    cases=SIZES,
)
def loss_without_noise(form: Callable[..., Any], n: int) -> None:
    """`(y - sum W x)^2 / 2` is `J_1` at `delta = 1`, and the expected loss at `sigma = 0`."""
    u = Unit(n)
    value = form(u.target - dot(u.w, u.x))
    equal(value, model.loss(u.w, u.x, u.target, u.ones))
    equal(value, mean(independent(n, u.sigma * 0), lambda delta: model.loss(u.w, u.x, u.target, delta)))


@judge(
    "Q5.9",
    form=lambda x, i, own, others, target: -x[i] * (target - own - others),
    wrong={
        "the own term left out": lambda x, i, own, others, target: -x[i] * (target - others),  # noqa: ARG005
        "the sign forgotten": lambda x, i, own, others, target: x[i] * (target - own - others),
    },
    cases=SIZES,
)
def gradient_without_noise(form: Callable[..., Any], n: int) -> None:
    """`dJ/dW_i = -x_i (y - sum W x) = -x_i (y - W_i x_i - sum_{k != i} W_k x_k)`."""
    u = Unit(n)
    loss = model.loss(u.w, u.x, u.target, u.ones)
    for i in range(n):
        own = u.w[i] * u.x[i]
        equal(derivative(loss, u.w[i]), form(u.x, i, own, dot(u.w, u.x) - own, u.target))
        equal(derivative(loss, u.w[i]), -u.x[i] * (u.target - dot(u.w, u.x)))


# -- Expectations --


@judge(
    "Q5.2",
    form=lambda n, i: range(n),  # noqa: ARG005
    printed=lambda n, i: [i],  # noqa: ARG005
    witnesses=[(W, X, TARGET, SIGMA, 0, (Q(3, 2), Q(1, 3), Q(-1)))],
    cases=sized("v", "v", "q", "0", "i", "v", most=3),
)
def average_runs_over_all_noise(
    form: Callable[..., Any], w: Row, x: Row, target: Any, sigma: Any, i: int, frozen: Row
) -> None:
    """The final formula is the average over all of an uncorrelated `delta`; over `delta_i` alone the others stay."""
    averaged = form(len(w), i)
    law = [
        (p, [delta[k] if k in averaged else frozen[k] for k in range(len(w))])
        for p, delta in independent(len(w), sigma)
    ]
    equal(mean(law, lambda delta: model.gradient(w, x, target, delta)[i]), expected(w, x, target, sigma)[i])


def expected(w: Row, x: Row, target: Any, sigma: Any) -> list[Any]:
    """The formula that the document ends with."""
    return model.expected_gradient(w, x, target, sigma)


def normal(t: Any, sigma: Any) -> Any:
    """The moment generating function of the normal law, `E[e^(t delta)]`, which determines it."""
    return (t + sigma * sigma * t * t / 2).exp()


def two_points(t: Any, sigma: Any) -> Any:
    """That of `1 - sigma` and `1 + sigma`, equally likely."""
    return ((t - sigma * t).exp() + (t + sigma * t).exp()) / 2


def three_points(t: Any, sigma: Any) -> Any:
    """That of 1, with probability 2/3, and `1 +- sqrt(3) sigma`, equally likely: its first five moments are normal."""
    step = arb(3).sqrt() * sigma * t
    return (4 * t.exp() + (t - step).exp() + (t + step).exp()) / 6


def probability_of_one(sigma: Any) -> Any:
    """At most the probability of `|delta - 1| <= 2^-200`, under a normal law."""
    return (arb(2) ** -200 / (sigma * arb(2).sqrt())).erf()


def moments(generating: Callable[..., Any], sigma: Any) -> list[arb]:
    """`E[(delta - 1)^k]` for `k` from 0 to 6: the derivatives of `E[e^(t (delta - 1))]` at 0."""
    return taylor(lambda t: (-t[0]).exp() * generating(t[0], arb(sigma)), [arb(0)], [1], 6)


@judge(
    "Q5.3",
    exact=False,
    form=lambda sigma: 1 + moments(normal, sigma)[1],
    printed=probability_of_one,
    witnesses=[(SIGMA,)],
    cases=st.tuples(positive()),
)
def mean_of_the_noise_is_one(form: Callable[..., Any], sigma: Any) -> None:
    """`E[delta_i] = 1`; printed `E[delta_i = 1]`, the mean of an event: its probability, 0 under a normal law."""
    equal(form(sigma), arb(1))


@judge(
    "Q5.14",
    "Q5.15",
    exact=False,
    form=normal,
    wrong={
        "the two points of the same mean and variance": two_points,
        "three points of the same five moments": three_points,
        "around 0": lambda t, sigma: (sigma * sigma * t * t / 2).exp(),
        "the variance for the deviation": lambda t, sigma: (t + sigma * t * t / 2).exp(),
    },
    cases=st.tuples(positive()),
    edges=[(SIGMA,)],
)
def noise_is_normal_with_mean_one(form: Callable[..., Any], sigma: Any) -> None:
    """Mean 1 and variance `sigma^2`; about 1, `3 sigma^4` and `15 sigma^6`, and no odd moments, as of a normal law."""
    equal(moments(form, sigma), balls([1, 0, sigma**2, 0, 3 * sigma**4, 0, 15 * sigma**6]))


def joint(n: int) -> st.SearchStrategy[Any]:
    """Any joint law of `n` factors, on three points."""
    points = st.lists(vector(n, rationals(2, 2)), min_size=3, max_size=3)
    return points.map(lambda rows: [(Q(1, 2), rows[0]), (Q(1, 3), rows[1]), (Q(1, 6), rows[2])])


@judge(
    "Q5.4",
    form=lambda law, i, k: mean(law, lambda d: d[i] * d[k]),
    wrong={
        "means for the mean of a product": lambda law, i, k: mean(law, lambda d: d[i]) * mean(law, lambda d: d[k]),
        "the second factor forgotten": lambda law, i, k: mean(law, lambda d: d[i]),  # noqa: ARG005
    },
    cases=unit().flatmap(lambda u: st.tuples(*map(st.just, u[:3]), joint(len(u[0])))),
    edges=[(W, X, TARGET, shared(3, SIGMA))],
)
def expectation_is_linear(form: Callable[..., Any], w: Row, x: Row, target: Any, law: Law) -> None:
    """`E[gradient_i] = -E[delta_i] x_i y + x_i sum_k E[delta_i delta_k] W_k x_k`, for any joint law whatever."""
    for i in range(len(w)):
        second = dot([form(law, i, k) for k in range(len(w))], [a * b for a, b in zip(w, x, strict=True)])
        equal(
            average_gradient(law, w, x, target)[i],
            -_moment(law, i) * x[i] * target + x[i] * second,
        )


@judge(
    "Q5.5",
    form=lambda sigma, same: 1 + sigma * sigma if same else 1,
    wrong={
        "the deviation for the variance": lambda sigma, same: 1 + sigma if same else 1,
        "the variance everywhere": lambda sigma, same: 1 + sigma * sigma,  # noqa: ARG005
        "the variance alone": lambda sigma, same: sigma * sigma if same else 1,
    },
    cases=st.tuples(st.just(independent), st.integers(2, 3), positive()),
    without={1: (shared, 2, SIGMA)},
)
def second_moments(form: Callable[..., Any], law: Callable[..., Law], n: int, sigma: Any) -> None:
    """`E[delta_i delta_k]` is `1 + sigma^2` for `i = k` and 1 otherwise, if different factors are uncorrelated."""
    for i, k in product(range(n), repeat=2):
        equal(_moment(law(n, sigma), i, k), form(sigma, i == k))


@judge(
    "Q5.6",
    form=lambda own, others, sigma: (1 + sigma * sigma) * own + others,
    wrong={
        "without the variance": lambda own, others, sigma: own + others,  # noqa: ARG005
        "the variance on all terms": lambda own, others, sigma: (1 + sigma * sigma) * (own + others),
    },
    cases=unit().map(lambda u: (independent, *u)),
    edges=[(independent, W, X, TARGET, SIGMA)],
    without={1: (shared, W, X, TARGET, SIGMA)},
)
def expected_gradient(
    form: Callable[..., Any], law: Callable[..., Law], w: Row, x: Row, target: Any, sigma: Any
) -> None:
    """`E[gradient_i] = -x_i y + x_i ((1 + sigma^2) W_i x_i + sum_{k != i} W_k x_k)`, for uncorrelated noise."""
    for i, average in enumerate(average_gradient(law(len(w), sigma), w, x, target)):
        own = w[i] * x[i]
        equal(average, -x[i] * target + x[i] * form(own, dot(w, x) - own, sigma))


@judge(
    "Q5.6",
    "Q5.7",
    form=lambda x, own, others, target, sigma: -x * (target - (1 + sigma * sigma) * own - others),
    wrong={
        "a sign within": lambda x, own, others, target, sigma: -x * (target + (1 + sigma * sigma) * own - others),
        "the sign outside": lambda x, own, others, target, sigma: x * (target - (1 + sigma * sigma) * own - others),
    },
    cases=SIZES,
)
def expected_gradient_factored(form: Callable[..., Any], n: int) -> None:
    """`-x_i (y - (1 + sigma^2) W_i x_i - sum_{k != i} W_k x_k)`: the average over all noise, in symbols.

    It is the gradient without noise, and `sigma^2 x_i^2 W_i`.
    """
    u = Unit(n)
    noiseless = model.gradient(u.w, u.x, u.target, u.ones)
    for i, average in enumerate(average_gradient(independent(n, u.sigma), u.w, u.x, u.target)):
        own = u.w[i] * u.x[i]
        equal(average, form(u.x[i], own, dot(u.w, u.x) - own, u.target, u.sigma))
        equal(average, noiseless[i] + u.sigma * u.sigma * u.x[i] * own)


@judge(
    "Q5.7",
    form=lambda x, target, own, others, sigma: -x * (target - (1 + sigma * sigma) * own - others),
    wrong={
        "without the variance": lambda x, target, own, others, sigma: -x * (target - own - others),  # noqa: ARG005
        "the variance on all terms": lambda x, target, own, others, sigma: (
            -x * (target - (1 + sigma * sigma) * (own + others))
        ),
    },
    cases=unit().map(lambda u: (independent, *u)),
    edges=[(independent, W, X, TARGET, SIGMA)],
    without={1: (shared, W, X, TARGET, SIGMA)},
)
def expected_residual(
    form: Callable[..., Any], law: Callable[..., Law], w: Row, x: Row, target: Any, sigma: Any
) -> None:
    """`E[gradient_i] = -x_i (y - (1 + sigma^2) W_i x_i - sum_{k != i} W_k x_k)`, for uncorrelated noise.

    With one `delta` shared by all, and the stored unit, the average is -135/8 and the formula says -12.
    """
    for i, average in enumerate(average_gradient(law(len(w), sigma), w, x, target)):
        own = w[i] * x[i]
        equal(average, form(x[i], target, own, dot(w, x) - own, sigma))


# -- What it regularises, and how --


@judge(
    "Q5.10",
    form=lambda w, x, sigma: sigma * sigma * x * x * w,
    printed=lambda w, x, sigma: -sigma * sigma * w * x,
    witnesses=[((Q(2),), (Q(3),), Q(0), Q(1))],
    cases=unit(),
)
def gradients_differ_by_the_penalty(form: Callable[..., Any], w: Row, x: Row, target: Any, sigma: Any) -> None:
    """For uncorrelated noise the gradients differ by `sigma^2 x_i^2 W_i`; printed `-sigma^2 W_i x_i`."""
    noisy = average_gradient(independent(len(w), sigma), w, x, target)
    noiseless = model.gradient(w, x, target, [1] * len(w))
    equal(
        [a - b for a, b in zip(noisy, noiseless, strict=True)], [form(a, b, sigma) for a, b in zip(w, x, strict=True)]
    )


def proportional(w: Any, sigma: Any) -> Any:
    """The deviation of noise that grows with its weight."""
    return w * sigma


def fixed(w: Any, sigma: Any) -> Any:  # noqa: ARG001  (one signature)
    """The deviation of noise that does not."""
    return sigma


@judge(
    "Q5.11",
    form=lambda w, noise: w + noise,
    wrong={"multiplied": lambda w, noise: w * noise, "subtracted twice": lambda w, noise: w - 2 * noise},
    cases=st.tuples(st.just(proportional), rationals(), positive()),
    edges=[(proportional, Q(2), SIGMA), (proportional, Q(0), SIGMA)],
    without={1: (fixed, Q(0), SIGMA)},
)
def noise_is_added_to_the_weight(form: Callable[..., Any], deviation: Any, w: Any, sigma: Any) -> None:
    """`delta W` has the moments of `W` plus noise of mean 0 and variance `sigma^2 W^2`: none on a weight of 0."""
    multiplied = [(1 - sigma) * w, (1 + sigma) * w]
    added = [form(w, s * deviation(w, sigma)) for s in (-1, 1)]
    equal(total(multiplied), total(added))
    equal(dot(multiplied, multiplied), dot(added, added))


def noisy_loss(w: Row, x: Row, target: Any, noise: Callable[[Any, Any], Any]) -> Any:
    """The expected loss with `noise(w_k, +-1)` for each weight, all signs equally likely."""
    variants = [
        [noise(wk, sign) for wk, sign in zip(w, signs, strict=True)] for signs in product((-1, 1), repeat=len(w))
    ]
    return total(model.loss(v, x, target, [1] * len(w)) for v in variants) / len(variants)


@judge(
    "Q5.12",
    form=lambda w, noise: w + noise,
    wrong={
        "multiplied": lambda w, noise: w * noise,
        "half of the noise": lambda w, noise: w + noise / 2,
    },
    cases=unit().map(lambda u: (proportional, *u)),
    edges=[(proportional, W, X, TARGET, SIGMA)],
    without={1: (fixed, W, X, TARGET, SIGMA)},
)
def dropout_is_noise_in_the_weights(
    form: Callable[..., Any], deviation: Callable[..., Any], w: Row, x: Row, target: Any, sigma: Any
) -> None:
    """Noise of mean 0 and variance `sigma^2 W_k^2` added to each weight gives the expected loss of dropout."""
    added = noisy_loss(w, x, target, lambda wk, sign: form(wk, sign * deviation(wk, sigma)))
    equal(added, mean(independent(len(w), sigma), lambda delta: model.loss(w, x, target, delta)))


@judge(
    "Q5.12",
    form=lambda w, x, sigma: sigma * sigma / 2 * dot(x, x),  # noqa: ARG005
    wrong={"the penalty of dropout": model.penalty, "nothing": lambda w, x, sigma: 0 * sigma},  # noqa: ARG005
    cases=unit(),
    edges=[(W, X, TARGET, SIGMA)],
)
def noise_of_one_variance_regularises_nothing(
    form: Callable[..., Any], w: Row, x: Row, target: Any, sigma: Any
) -> None:
    """Noise of variance `sigma^2` on each weight adds `sigma^2/2 sum x^2`, a constant in `W`, to the expected loss."""
    added = noisy_loss(w, x, target, lambda wk, sign: wk + sign * fixed(wk, sigma))
    equal(added, model.loss(w, x, target, [1] * len(w)) + form(w, x, sigma))


@judge(
    "Q5.12",
    form=lambda x, delta: x * delta,
    wrong={
        "added to the inputs": lambda x, delta: x + delta - 1,
        "with half of its deviation": lambda x, delta: x * (1 + delta) / 2,
    },
    cases=unit(),
    edges=[(W, X, TARGET, SIGMA)],
)
def dropout_is_noise_on_the_inputs_as_well(form: Callable[..., Any], w: Row, x: Row, target: Any, sigma: Any) -> None:
    """Noise that multiplies the inputs gives the expected loss of dropout too: it is not noise of the weights alone."""
    ones, law = [1] * len(w), independent(len(w), sigma)
    noisy = mean(law, lambda delta: model.loss(w, list(map(form, x, delta)), target, ones))
    equal(noisy, mean(law, lambda delta: model.loss(w, x, target, delta)))


@judge(
    "Q5.13",
    form=model.penalty,
    wrong={
        "weights alone": lambda w, x, sigma: sigma * sigma / 2 * dot(w, w),  # noqa: ARG005
        "half forgotten": lambda w, x, sigma: 2 * model.penalty(w, x, sigma),
        "additive noise": lambda w, x, sigma: sigma * sigma / 2 * dot(x, x),  # noqa: ARG005
    },
    cases=unit().map(lambda u: (independent, *u)),
    edges=[(independent, W, X, TARGET, SIGMA), (independent, (Q(0), Q(3)), (Q(2), Q(0)), Q(1), Q(1))],
    without={1: (shared, W, X, TARGET, SIGMA)},
)
def dropout_is_a_penalty(
    form: Callable[..., Any], law: Callable[..., Law], w: Row, x: Row, target: Any, sigma: Any
) -> None:
    """`E[J_1] = J + sigma^2/2 sum W^2 x^2`: never below `J`, and equal only where every `W_k x_k` is 0."""
    noiseless = model.loss(w, x, target, [1] * len(w))
    average = mean(law(len(w), sigma), lambda delta: model.loss(w, x, target, delta))
    equal(average, noiseless + form(w, x, sigma))
    at_most(noiseless, average)
    equal(bool(average == noiseless), not any(a * b for a, b in zip(w, x, strict=True)))


def minimiser(rows: Sequence[Row], targets: Row, sigma: Any) -> list[Any] | None:
    """`(X'X + sigma^2 diag(X'X))^-1 X'y`; None where the matrix has no inverse."""
    columns = list(zip(*rows, strict=True))
    a = [[dot(p, q) * (1 + sigma * sigma * int(i == j)) for j, q in enumerate(columns)] for i, p in enumerate(columns)]
    matrix = fmpq_mat([[fmpq(x) for x in row] for row in a])
    if matrix.det() == 0:
        return None
    return list(matrix.solve(fmpq_mat([[fmpq(dot(p, targets))] for p in columns])).entries())


DATA_SETS: dict[str, Any] = {
    "cases": st.tuples(
        st.lists(vector(2, positive()), min_size=2, max_size=3), vector(3), st.one_of(st.just(Q(0)), positive(2))
    ).map(lambda c: (c[0], c[1][: len(c[0])], c[2])),
    "edges": [
        (rows, (Q(3), Q(1)), sigma)
        for rows in (((Q(1), Q(0)), (Q(0), Q(2))), ((Q(1), Q(0)), (Q(2), Q(0))), ((Q(1), Q(1)), (Q(2), Q(2))))
        for sigma in (SIGMA, Q(0))
    ],
}


@judge(
    "Q5.13",
    form=minimiser,
    wrong={
        "an even penalty": lambda rows, targets, sigma: minimiser(
            [*rows, *[[sigma * int(i == j) for j in range(len(rows[0]))] for i in range(len(rows[0]))]],
            [*targets, *[0] * len(rows[0])],
            Q(0),
        ),
        "least squares": lambda rows, targets, sigma: minimiser(rows, targets, Q(0)),  # noqa: ARG005
    },
    **DATA_SETS,
)
def minimiser_over_a_data_set(form: Callable[..., Any], rows: Sequence[Row], targets: Row, sigma: Any) -> None:
    """`(X'X + sigma^2 diag(X'X))^-1 X'y`, where there is an inverse, makes the summed expected gradient 0."""
    w = form(rows, targets, sigma)
    if w is not None:
        gradients = [expected(w, x, y, sigma) for x, y in zip(rows, targets, strict=True)]
        equal([total(g) for g in zip(*gradients, strict=True)], [0] * len(w))


@judge(
    "Q5.13",
    form=lambda rows, sigma: sigma > 0 and all(map(any, zip(*rows, strict=True))),
    wrong={
        "without noise": lambda rows, _sigma: all(map(any, zip(*rows, strict=True))),
        "with an input that is 0": lambda _rows, sigma: sigma > 0,
    },
    **DATA_SETS,
)
def minimiser_is_unique(form: Callable[..., bool], rows: Sequence[Row], targets: Row, sigma: Any) -> None:
    """Noise makes the penalty definite unless an input is 0 throughout, whose weight is free: then one minimiser.

    Without noise `X = ((1, 1), (2, 2))` leaves `w_1 - w_2` free.
    """
    if form(rows, sigma):
        true(minimiser(rows, targets, sigma) is not None, "there is one minimiser")
    elif sigma > 0:
        equal(minimiser(rows, targets, sigma), None)


# -- The noise --


def _density(x: Any, sigma: Any) -> Any:
    """That of `Normal(1, sigma^2)` at `x`."""
    t = (x - 1) / sigma
    return (-t * t / 2).exp() / (sigma * (2 * arb.pi()).sqrt())


@judge(
    "X.13",
    exact=False,
    form=lambda t, sigma: 1 + t * sigma,
    wrong={
        "the variance for the deviation": lambda t, sigma: 1 + t * sigma * sigma,
        "around 0": lambda t, sigma: t * sigma,
    },
    cases=st.tuples(positive(3), positive(4)),
    edges=[(Q(1), Q(1, 2)), (Q(2), Q(1, 2))],
)
def noise_is_a_multiple_of_a_normal_number(form: Callable[..., Any], t: Any, sigma: Any) -> None:
    """The density of `Normal(1, sigma^2)` from 1 to `1 + t sigma` has the integral `Phi(t) - Phi(0)`."""
    end = arb(form(t, sigma))
    share = acb.integral(lambda x, _: acb(0) + _density(x, arb(sigma)), arb(1), end).real
    equal(share, (arb(t) / arb(2).sqrt()).erf() / 2)
