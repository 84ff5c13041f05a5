"""Claims between questions: where two parts of the document say the same, and where they contradict each other."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

from flint import arb
from hypothesis import strategies as st

from lydite.kit import judge
from lydite.kit.algebra import Log, Number, Q, balls, dot, gradient, hessian
from lydite.kit.balls import total
from lydite.kit.draws import one_hot, rationals, sized, vector, vectors
from lydite.kit.relations import equal
from spec.definitions import batch_norm, logistic
from spec.definitions import softmax_cross_entropy as classes

Row = Sequence[Any]


@judge(
    "X.1",
    exact=False,
    form=lambda z: z[0] - z[1],
    wrong={"the other difference": lambda z: z[1] - z[0], "the first logit": lambda z: z[0]},
    cases=st.tuples(vector(2), one_hot(2)),
    edges=[((0, Log(Q(3))), (1, 0))],
)
def logistic_neuron_is_two_class_softmax(form: Callable[..., Any], z: Row, y: Sequence[int]) -> None:
    """At the margin `t = z_1 - z_2`: `softmax(z)_1 = sigmoid(t)`, one loss, the Hessian `p (1 - p) (1, -1)(1, -1)'`."""
    logits, labels = balls(z), balls(y)
    t = form(logits)
    q = logistic.weight(t)
    equal(classes.softmax(logits)[0], logistic.sigmoid(t))
    equal(classes.cross_entropy(logits, labels), logistic.loss([t], [arb(y[0])]))
    equal(hessian(lambda s: classes.cross_entropy(s, labels), logits), [[q, -q], [-q, q]])


@judge(
    "X.2",
    exact=False,
    form=lambda p: p,
    printed=lambda p: p - 1,
    witnesses=[((0, 0), 1, 0)],
    cases=sized("v", "i", "i", least=2).filter(lambda case: case[1] != case[2]),
)
def derivative_off_the_true_class(form: Callable[..., Any], z: Sequence[Number], k: int, i: int) -> None:
    """For `i != k` Question 3.2 says `p_i`, Question 7 (a) `p_i - 1`: the first is the derivative."""
    logits = balls(z)
    label = [arb(int(j == k)) for j in range(len(z))]
    slope = gradient(lambda t: classes.cross_entropy(t, label), logits)[i]
    equal(slope, form(classes.softmax(logits)[i]))


@judge(
    "X.3",
    form=lambda g, gamma: batch_norm.centered_batch_norm(g, gamma, 0),
    printed=lambda g, gamma: [gamma * gi for gi in g],
    witnesses=[((Q(1),) * 10, Q(2))],
    cases=sized("v", "q"),
)
def input_gradients_sum_to_zero(form: Callable[..., Any], g: Row, gamma: Any) -> None:
    """`sum_i dL/dx_i = 0` for every batch: `gamma (g_i - mean)` keeps that, the limit `gamma g_i` does not.

    For the output ignores a common shift `c` of its inputs: here in the derivative by `c` of `sum g_i y_i(x + c)`.
    """
    shifted = [dot(g, batch_norm.centered_batch_norm([xi + c for xi in g], gamma, 0)) for c in (Q(0), Q(1))]
    equal(total(form(g, gamma)), shifted[1] - shifted[0])


def masks(n: int, p: Any, scale: Any) -> list[tuple[Any, Row]]:
    """The law of `n` independent factors: 0 with probability `p`, else `scale`."""
    return [
        (math.prod((1 - p if k else p for k in kept), start=Q(1)), [k * scale for k in kept])
        for kept in product((0, 1), repeat=n)
    ]


@judge(
    "X.4",
    form=lambda p: p / (1 - p),
    wrong={"of the mask undivided": lambda p: p * (1 - p), "the probability": lambda p: p},
    cases=st.tuples(
        sized("v", "v", most=3),
        rationals(),
        st.integers(0, 7).map(lambda k: Q(k, 8)),
        st.just((True, Q(1), 2)),
    ),
    edges=[(((Q(1),), (Q(1),)), Q(0), Q(1, 5), (True, Q(1), 2))],
    without={
        1: (((Q(1),), (Q(1),)), Q(0), Q(1, 5), (False, Q(1), 2)),
        2: (((Q(1),), (Q(1),)), Q(0), Q(1, 5), (True, Q(2), 2)),
        3: (((Q(1),), (Q(1),)), Q(0), Q(1, 5), (True, Q(1), 4)),
    },
)
def two_kinds_of_dropout_agree(
    form: Callable[..., Any], unit: tuple[Row, Row], target: Any, p: Any, how: tuple[bool, Any, int]
) -> None:
    """A mask divided by `1 - p` has the expected loss and gradient of Gaussian noise with `sigma^2 = p/(1 - p)`.

    `how`: whether the mask is divided, what `sigma^2` is multiplied by, and the power of the error. The Gaussian error
    is normal with mean `m` and variance `s`: its square has mean `m^2 + s`, its fourth power `m^4 + 6 m^2 s + 3 s^2`.
    """
    (w, x), (divided, factor, power) = unit, how
    law = masks(len(w), p, 1 / (1 - p) if divided else Q(1))
    errors = [(q, target - total(d * a * b for d, a, b in zip(delta, w, x, strict=True))) for q, delta in law]
    m = target - dot(w, x)
    s = factor * form(p) * total((a * b) * (a * b) for a, b in zip(w, x, strict=True))
    gaussian = m * m + s if power == 2 else m**4 + 6 * m * m * s + 3 * s * s
    equal(total(q * e**power for q, e in errors), gaussian)
    if power == 2:
        slope = [
            total(-q * e * delta[i] * x[i] for (q, e), (_, delta) in zip(errors, law, strict=True))
            for i in range(len(w))
        ]
        variance = factor * form(p)
        equal(slope, [-m * b + variance * b * b * a for a, b in zip(w, x, strict=True)])


@judge(
    "X.9",
    form=lambda p: 1 / (1 - p),
    wrong={"undivided": lambda p: Q(1) + 0 * p, "divided by 1 + p": lambda p: 1 / (1 + p)},
    cases=st.tuples(vectors(1, 3), st.integers(0, 7).map(lambda k: Q(k, 8))),
    edges=[((Q(3),), Q(1, 2))],
)
def inverted_dropout_keeps_the_mean(form: Callable[..., Any], x: Row, p: Any) -> None:
    """The mean over all masks of `mask x / (1 - p)` is `x`, each entry with its probability."""
    law = masks(len(x), p, form(p))
    equal([total(q * delta[i] * x[i] for q, delta in law) for i in range(len(x))], list(x))
