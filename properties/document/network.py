"""Question 3: a two-layer classifier with leaky ReLU, dropout and softmax, and the way back through it.

What is linear is judged exactly, over the rationals; what passes through softmax, by rational functions of the
exponentials (see `softmax_cross_entropy`) or by certified power series of the whole network.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

from flint import arb
from hypothesis import strategies as st

from lydite.kit import judge
from lydite.kit.algebra import (
    Log,
    Number,
    Q,
    Ratio,
    balls,
    derivative,
    dot,
    gradient,
    identity,
    outer,
    symbols,
    times,
    transposed,
)
from lydite.kit.balls import total
from lydite.kit.draws import one_hot, rationals, sized, vector
from lydite.kit.relations import Refuted, at_most, equal, less
from properties.document.softmax_cross_entropy import SIZES, Field, slopes, softmax
from spec.definitions import network as model
from spec.definitions import softmax_cross_entropy as classes

Row = Sequence[Any]
Matrix = Sequence[Row]
ALPHA = Q(1, 100)
SQUARE = ((Q(1), Q(2)), (Q(3), Q(4)))


def matrices(rows: int, columns: int) -> st.SearchStrategy[Any]:
    """Of rationals."""
    return st.lists(vector(columns), min_size=rows, max_size=rows).map(tuple)


def leaky(z: Any, alpha: Any = ALPHA) -> Any:
    """`z` where positive, else `alpha z`."""
    return z if z > 0 else alpha * z


# -- The forward pass --


@judge(
    "Q3.0.1",
    form=model.affine,
    wrong={
        "transposed": lambda W, b, x: model.affine(transposed(W), b, x),
        "without the bias": lambda W, b, x: times(W, x),  # noqa: ARG005
    },
    cases=st.tuples(matrices(2, 2), vector(2), vector(2)),
    edges=[(SQUARE, (Q(0), Q(1)), (Q(1), Q(-1)))],
)
def layers_are_affine(form: Callable[..., Any], W: Matrix, b: Row, x: Row) -> None:
    """`z = W x + b`: at `x = 0` it is `b`, the `j`-th input adds the `j`-th column, and inputs add up."""
    zero = [Q(0)] * len(x)
    equal(form(W, b, zero), b)
    columns = [[p - q for p, q in zip(form(W, b, e), b, strict=True)] for e in identity(len(x))]
    equal(columns, transposed(W))
    equal(form(W, b, x), [bi + dot(x, row) for bi, row in zip(b, transposed(columns), strict=True)])


@judge(
    "Q3.0.2",
    form=leaky,
    wrong={
        "cut off": lambda z, alpha: max(z, 0 * alpha),
        "the sides exchanged": lambda z, alpha: alpha * z if z > 0 else z,
        "of the size": lambda z, alpha: leaky(abs(z), alpha),
    },
    cases=st.tuples(rationals(), st.integers(0, 4).map(lambda k: Q(k, 4))),
    edges=[(Q(3), ALPHA), (Q(-3), ALPHA), (Q(0), ALPHA)],
)
def leaky_relu_is_the_larger_of_two_lines(form: Callable[..., Any], z: Any, alpha: Any) -> None:
    """`f(z) = max(z, alpha z)` for `alpha <= 1`; so `f(z) - f(-z) = (1 + alpha) z`, and `f(2z) = 2 f(z)`."""
    equal(form(z, alpha), max(z, alpha * z))
    equal(form(z, alpha) - form(-z, alpha), (1 + alpha) * z)
    equal(form(2 * z, alpha), 2 * form(z, alpha))


@judge(
    "Q3.0.2",
    form=leaky,
    wrong={
        "cut off": lambda z, alpha: max(z, 0 * alpha),
        "the sides exchanged": lambda z, alpha: alpha * z if z > 0 else z / alpha,
        "with a jump": lambda z, alpha: z + 1 if z > 0 else alpha * z,
    },
    cases=st.tuples(rationals(), rationals(), st.integers(1, 4).map(lambda k: Q(k, 4))),
    edges=[(Q(-3), Q(3), ALPHA), (Q(-3), Q(-1), ALPHA), (Q(0), Q(0), ALPHA)],
)
def leaky_relu_rises_at_most_as_fast_as_its_input(form: Callable[..., Any], a: Any, b: Any, alpha: Any) -> None:
    """`alpha (v - u) <= f(v) - f(u) <= v - u` for `u <= v` and `0 < alpha <= 1`: increasing, and 1-Lipschitz."""
    u, v = min(a, b), max(a, b)
    rise = form(v, alpha) - form(u, alpha)
    at_most(alpha * (v - u), rise)
    at_most(rise, v - u)


PROBABILITIES = st.integers(0, 9).map(lambda k: Q(k, 10))


@judge(
    "Q3.0.3",
    form=lambda p: 1 - p,
    wrong={"the probability to drop": lambda p: p, "unchanged": lambda p: 0 * p + 1},
    cases=st.tuples(PROBABILITIES, st.just("plain")),
    edges=[(Q(1, 5), "plain")],
    without={1: (Q(1, 5), "divided")},
)
def mean_output_of_dropout(form: Callable[..., Any], p: Any, scaling: str) -> None:
    """Activation 1 gives `1 - p` on average, if survivors stay as they are."""
    survivor = 1 if scaling == "plain" else 1 / (1 - p)
    equal((1 - p) * survivor + p * 0, form(p))


@judge(
    "Q3.0.3",
    form=lambda p, divided: Q(1) if divided else 1 - p,
    wrong={
        "nothing for plain dropout": lambda p, divided: Q(1),  # noqa: ARG005
        "the factor twice": lambda p, divided: 1 - p,  # noqa: ARG005
    },
    cases=st.tuples(matrices(2, 3), vector(2), vector(3), PROBABILITIES, st.booleans()),
    edges=[(SQUARE, (Q(0), Q(1)), (Q(1), Q(-1)), Q(1, 5), divided) for divided in (False, True)],
)
def evaluation_takes_the_mean_of_dropout(
    form: Callable[..., Any], W: Matrix, b: Row, a: Row, p: Any, divided: bool
) -> None:
    """At evaluation plain dropout multiplies by `1 - p`, divided dropout by 1: the mean logits over all masks."""
    kept = 1 / (1 - p) if divided else Q(1)
    mean = [Q(0)] * len(b)
    for mask in product((0, 1), repeat=len(a)):
        probability = math.prod((1 - p if m else p for m in mask), start=Q(1))
        logits = model.affine(W, b, [kept * m * x for m, x in zip(mask, a, strict=True)])
        mean = [m + probability * z for m, z in zip(mean, logits, strict=True)]
    equal(mean, model.affine(W, b, [form(p, divided) * x for x in a]))


@judge(
    "Q3.0.5",
    exact=False,
    form=lambda y, p: -dot(y, [pi.log() for pi in p]),
    wrong={
        "the mean": lambda y, p: -dot(y, [pi.log() for pi in p]) / len(p),
        "the sign forgotten": lambda y, p: dot(y, [pi.log() for pi in p]),
    },
    cases=sized("v", "i"),
    edges=[((1000, 0), 0), ((1000, 0), 1), ((3,), 0), ((0, Log(Q(3))), 0)],
)
def loss_is_cross_entropy(form: Callable[..., Any], z: Sequence[Number], k: int) -> None:
    """`-sum y_i log p_i = -log p_k >= 0` for a one-hot label: no `p_i` is 0, so every logarithm has a value."""
    p = softmax(z)
    value = form(balls(identity(len(z))[k]), p)
    equal(value, -p[k].log())
    at_most(arb(0), value)


# -- 1. The derivative of softmax --


def output_slopes(z: Sequence[Number], k: int) -> list[arb]:
    """The derivatives of `p_k` by the logits, by its power series."""
    return gradient(lambda s: s[k].exp() / total(si.exp() for si in s), balls(z))


@judge(
    "Q3.1.1",
    exact=False,
    form=lambda p, k: p[k],
    printed=lambda p, k: p,  # noqa: ARG005
    witnesses=[((0, Log(Q(3))), 1)],
    cases=sized("v", "i", least=2),
)
def quotient_is_one_entry(form: Callable[..., Any], z: Sequence[Number], k: int) -> None:
    """`e^z_k / S` is `p_k`; printed as the whole vector."""
    t = balls(z)
    equal(form(softmax(z), k), t[k].exp() / total(ti.exp() for ti in t))


@judge(
    "Q3.1.2",
    exact=False,
    form=lambda e, s: e * s / (s * s) - e * e / (s * s),
    printed=lambda e, s: e * s / (s * s) - e / (s * s),
    witnesses=[((1, 0), 0)],
    cases=sized("v", "i"),
)
def quotient_rule(form: Callable[..., Any], z: Sequence[Number], k: int) -> None:
    """`dp_k/dz_k = (e^z_k S - e^2z_k) / S^2`; printed with `e^z_k` subtracted, its square forgotten."""
    t = balls(z)
    equal(form(t[k].exp(), total(ti.exp() for ti in t)), output_slopes(z, k)[k])


@judge(
    "Q3.1.3",
    form=lambda p: p * (1 - p),
    wrong={"squared": lambda p: p * p, "as of tanh": lambda p: 1 - p * p},
    cases=SIZES,
)
def diagonal_of_the_jacobian(form: Callable[..., Any], K: int) -> None:
    """`dp_k/dz_k = p_k (1 - p_k)`, as rational functions."""
    f = Field(K)
    equal([f.d(f.p[k], k) for k in range(K)], [form(p) for p in f.p])


@judge(
    "Q3.1.4",
    exact=False,
    form=lambda p, k, j: -p[k] * p[j] if j != k else None,
    printed=lambda p, k, j: -p[k] * p[j],
    witnesses=[((0, 0), 0, 0)],
    wrong={"the sign forgotten": lambda p, k, j: p[k] * p[j] if j != k else None},
    cases=sized("v", "i", "i"),
    edges=[((0, 0), 0, 1)],
)
def off_diagonal_of_the_jacobian(form: Callable[..., Any], z: Sequence[Number], k: int, j: int) -> None:
    """`dp_k/dz_j = -p_k p_j` for `j != k`; the printed condition is on `i`, and lets `j = k` through."""
    claimed = form(softmax(z), k, j)
    if claimed is not None:
        equal(output_slopes(z, k)[j], claimed)


@judge(
    "Q3.1.5",
    "Q3.2.4",
    form=lambda p, i, j: p[i] * (int(i == j) - p[j]),
    wrong={
        "plus the outer square": lambda p, i, j: p[i] * (int(i == j) + p[j]),
        "without the diagonal": lambda p, i, j: -p[i] * p[j],
    },
    cases=SIZES,
)
def jacobian_of_softmax(form: Callable[..., Any], K: int) -> None:
    """`dp_i/dz_j` is `p_i (1 - p_i)` for `i = j` and `-p_i p_j` else: `diag(p) - p p'`, its rows sum to 0."""
    f = Field(K)
    j = [[f.d(p, i) for i in range(K)] for p in f.p]
    equal(j, [[form(f.p, a, b) for b in range(K)] for a in range(K)])
    equal([total(row) for row in j], [0] * K)
    equal(j, transposed(j))


@judge(
    "Q3.1.6",
    form=lambda e, s: Ratio(s - e, s),
    wrong={
        "the exponential added": lambda e, s: Ratio(s + e, s),
        "the square subtracted": lambda e, s: Ratio(s - e * e, s),
    },
    cases=SIZES,
)
def diagonal_derivative_factored(form: Callable[..., Any], K: int) -> None:
    """`e_k/S (S - e_k)/S = p_k (1 - p_k)`, and that is `dp_k/dz_k`, as rational functions."""
    f = Field(K)
    for k in range(K):
        factored = f.p[k] * form(f.e[k], f.total)
        equal(factored, f.p[k] * (1 - f.p[k]))
        equal(factored, f.d(f.p[k], k))


@judge(
    "Q3.1.7",
    form=lambda ek, ej, s: Ratio(-ek * ej, s * s),
    wrong={
        "the sign forgotten": lambda ek, ej, s: Ratio(ek * ej, s * s),
        "the sum once": lambda ek, ej, s: Ratio(-ek * ej, s),
    },
    cases=SIZES[1:],
)
def off_diagonal_derivative_factored(form: Callable[..., Any], K: int) -> None:
    """`-e_k e_j / S^2 = -(e_j/S)(e_k/S) = -p_k p_j`, and that is `dp_k/dz_j` for `j != k`, as rational functions."""
    f = Field(K)
    for k, j in ((k, j) for k in range(K) for j in range(K) if j != k):
        quotient = form(f.e[k], f.e[j], f.total)
        equal(quotient, -f.p[j] * f.p[k])
        equal(quotient, f.d(f.p[k], j))


# -- 2. The gradient by the logits --


@judge(
    "Q3.2.2",
    exact=False,
    form=lambda outer, inner, k, i: outer[k] * inner[k][i],
    printed=lambda outer, inner, k, i: outer[i] * inner[i][i],  # noqa: ARG005
    witnesses=[((0, 0), 1, 0)],
    cases=sized("v", "i", "i"),
)
def chain_rule_goes_through_the_true_class(form: Callable[..., Any], z: Sequence[Number], k: int, i: int) -> None:
    """`dL/dz_i = sum_j dL/dp_j dp_j/dz_i = dL/dp_k dp_k/dz_i`; printed with `p_i`, hence 0 off the true class."""
    p = softmax(z)
    by_output = [-1 / p[k] if j == k else arb(0) for j in range(len(z))]
    by_logit = [output_slopes(z, j) for j in range(len(z))]
    slope = slopes(z, identity(len(z))[k])[i]
    equal(slope, dot(by_output, [row[i] for row in by_logit]))
    equal(slope, form(by_output, by_logit, k, i))


@judge(
    "Q3.2.3",
    exact=False,
    form=lambda p, k: [-1 / p[k] if i == k else arb(0) for i in range(len(p))],
    wrong={
        "at every class": lambda p, k: [-1 / pi for pi in p],  # noqa: ARG005
        "the output itself": lambda p, k: [-p[k] if i == k else arb(0) for i in range(len(p))],
    },
    cases=sized("p", "i"),
    edges=[((Q(1, 4), Q(3, 4)), 0)],
)
def derivative_by_the_outputs(form: Callable[..., Any], p: Row, k: int) -> None:
    """`L = -log p_k` with the outputs as free variables: `dL/dp` is `-1/p_k` at `k`, and 0 elsewhere."""
    outputs = balls(p)
    equal(gradient(lambda q: -q[k].log(), outputs), form(outputs, k))


@judge(
    "Q3.2.5",
    exact=False,
    form=lambda p: p - 1,
    wrong={"the output": lambda p: p, "the other way round": lambda p: 1 - p},
    cases=sized("v", "i"),
    edges=[((0, Log(Q(3))), 0)],
)
def derivative_at_the_true_class(form: Callable[..., Any], z: Sequence[Number], k: int) -> None:
    """`dL/dz_k = p_k - 1`, between -1 and 0."""
    slope = slopes(z, identity(len(z))[k])[k]
    equal(slope, form(softmax(z)[k]))
    less(arb(-1), slope)
    at_most(slope, arb(0))


@judge(
    "Q3.2.6",
    exact=False,
    form=lambda p: p,
    wrong={"one less": lambda p: p - 1, "nothing": lambda p: 0 * p},
    cases=sized("v", "i", "i", least=2).filter(lambda case: case[1] != case[2]),
    edges=[((0, Log(Q(3))), 0, 1)],
)
def derivative_at_the_other_classes(form: Callable[..., Any], z: Sequence[Number], k: int, i: int) -> None:
    """`dL/dz_i = p_i` for `i != k`: `(-1/p_k)(-p_i p_k)`."""
    equal(slopes(z, identity(len(z))[k])[i], form(softmax(z)[i]))


@judge(
    "Q3.2.7",
    exact=False,
    form=lambda p: 2 * (1 - p),
    wrong={"once": lambda p: 1 - p, "of the output": lambda p: 2 * p},
    cases=sized("v", "i"),
    edges=[((0, Log(Q(3))), 0)],
)
def size_of_the_gradient(form: Callable[..., Any], z: Sequence[Number], k: int) -> None:
    """The entries of `p - y` sum to 0, their sizes to `2 (1 - p_k)`."""
    g = slopes(z, identity(len(z))[k])
    equal(total(g), arb(0))
    equal(total(abs(gi) for gi in g), form(softmax(z)[k]))


# -- 3. The way back through the network --


@judge(
    "Q3.3.2",
    form=transposed,
    wrong={"the matrix itself": lambda W: W, "its negative": lambda W: [[-w for w in row] for row in transposed(W)]},
    cases=st.tuples(matrices(2, 3), st.just("gradient")),
    edges=[(SQUARE, "gradient")],
    without={1: (SQUARE, "jacobian")},
)
def logits_by_the_hidden_activation(form: Callable[..., Any], W: Matrix, layout: str) -> None:
    """`d(W a + b)/da = W'`, with a row for each input: so multiplied on from the left, `dL/da = W' dL/dz`."""
    a, r = symbols(a=len(W[0]), r=len(W))
    z = times(W, a)
    by_input = [[derivative(zk, ai) for zk in z] for ai in a]
    equal(form(W), by_input if layout == "gradient" else transposed(by_input))
    equal(times(form(W), r), [derivative(dot(r, z), ai) for ai in a])


@judge(
    "Q3.3.3",
    form=lambda mask: mask,
    wrong={"the dropped units": lambda mask: [1 - m for m in mask], "no mask": lambda mask: [1 for _ in mask]},
    cases=st.lists(st.integers(0, 1), min_size=1, max_size=4).map(lambda m: (tuple(m), tuple(m), Q(1, 5), False)),
    edges=[((1, 0), (1, 0), Q(1, 5), False)],
    without={1: ((1, 0), (1, 0), Q(1, 5), True), 2: ((1, 0), (0, 1), Q(1, 5), False)},
)
def dropout_goes_back_by_its_mask(form: Callable[..., Any], forward: Row, backward: Row, p: Any, divided: bool) -> None:
    """`da/da_hat = M`, elementwise, for survivors that are not divided and the mask that went forward."""
    (a,) = symbols(a=len(forward))
    kept = [m * x / (1 - p) if divided else m * x for m, x in zip(forward, a, strict=True)]
    equal([derivative(k, x) for k, x in zip(kept, a, strict=True)], form(backward))


@judge(
    "Q3.3.4",
    form=lambda p: 1 - p,
    wrong={"the probability to drop": lambda p: p, "even": lambda p: 0 * p + Q(1, 2)},
    cases=st.tuples(PROBABILITIES, st.integers(1, 4)),
    edges=[(Q(1, 5), 2), (Q(0), 2), (Q(1), 2)],
)
def law_of_the_mask(form: Callable[..., Any], p: Any, n: int) -> None:
    """Zero with probability `p`, else one: all `2^n` masks of independent entries, each with its probability.

    They have probability 1 together, mean `1 - p`, variance `p (1 - p)`, and keep two units with `(1 - p)^2`.
    """
    kept = form(p)
    law = []
    for mask in product((0, 1), repeat=n):
        probability = Q(1)
        for m in mask:
            probability *= kept if m else 1 - kept
        law.append((probability, mask))
    equal(total(q for q, _ in law), 1)
    equal(total(q for q, mask in law if mask[0] == 0), p)
    mean = total(q * mask[0] for q, mask in law)
    equal(total(q * (mask[0] - mean) * (mask[0] - mean) for q, mask in law), p * (1 - p))
    equal(total(q * mask[0] * mask[-1] for q, mask in law), (1 - p) * (1 - p) if n > 1 else 1 - p)


@judge(
    "Q3.3.5",
    form=lambda z, alpha: Q(1) if z > 0 else alpha,
    wrong={"always one": lambda z, alpha: Q(1), "the sides exchanged": lambda z, alpha: alpha if z > 0 else Q(1)},  # noqa: ARG005
    cases=st.tuples(rationals().filter(bool), st.just(ALPHA)),
    edges=[(Q(3), ALPHA), (Q(-3), ALPHA)],
    without={1: (Q(0), ALPHA)},
)
def slope_of_leaky_relu(form: Callable[..., Any], z: Any, alpha: Any) -> None:
    """1 for `z > 0`, `alpha` for `z < 0`: both one-sided quotients over a step that meets no kink. At 0 they differ."""
    step = abs(z) / 2 if z else Q(1)
    for h in (step, -step):
        equal((leaky(z + h, alpha) - leaky(z, alpha)) / h, form(z, alpha))


@judge(
    "Q3.3.9",
    form=lambda slopes, i: [slope if j == i else Q(0) for j, slope in enumerate(slopes)],
    printed=lambda slopes, i: slopes,  # noqa: ARG005
    witnesses=[((Q(1), Q(-1)), 0)],
    wrong={"one everywhere": lambda slopes, i: [Q(1) for _ in slopes]},  # noqa: ARG005
    cases=st.integers(1, 4).flatmap(lambda n: st.tuples(vector(n, rationals().filter(bool)), st.integers(0, n - 1))),
)
def entry_depends_on_its_own_pre_activation(form: Callable[..., Any], z: Row, i: int) -> None:
    """`d a_hat_i / d z_i = A_i`, and no other entry moves with `z_i`; printed is the whole vector `A`."""
    h = abs(z[i]) / 2
    moved = [zj + h if j == i else zj for j, zj in enumerate(z)]
    quotients = [(leaky(b) - leaky(a)) / h for a, b in zip(z, moved, strict=True)]
    equal(quotients, form([Q(1) if zj > 0 else ALPHA for zj in z], i))


@judge(
    "Q3.3.6",
    form=lambda x, delta: outer(delta, x),
    wrong={
        "the other way round": outer,
        "without the error": lambda x, delta: [list(x)] * len(delta),
    },
    cases=st.tuples(vector(3), vector(2), st.just("contracted")),
    without={1: ((Q(1), Q(2), Q(3)), (Q(1), Q(1)), "itself")},
)
def weights_receive_an_outer_product(form: Callable[..., Any], x: Row, delta: Row, reading: str) -> None:
    """`dz_i/dW_jl = x_l` for `i = j`, else 0, has three indices; it turns an error `delta` into `delta x'`.

    Without that reading `x'` is not a derivative: it has `d` entries, not `h h d`.
    """
    h, d = len(delta), len(x)
    (flat,) = symbols(w=h * d)
    W = [flat[i * d : (i + 1) * d] for i in range(h)]
    whole = [[[derivative(zi, w) for w in row] for row in W] for zi in times(W, x)]
    if reading == "itself":
        equal(whole, [list(x)])
    contracted = [[dot(delta, [zi[j][k] for zi in whole]) for k in range(d)] for j in range(h)]
    equal(contracted, form(x, delta))


def product_of(a: Matrix, b: Matrix) -> list[list[Any]]:
    """`A B`. Raises Refuted where the shapes do not conform."""
    if len(a[0]) != len(b):
        raise Refuted(f"({len(a)}x{len(a[0])})({len(b)}x{len(b[0])}) conforms is false")
    return [times(transposed(b), row) for row in a]


def column(v: Row) -> list[list[Any]]:
    """A vector as a matrix of one column."""
    return [[x] for x in v]


RESIDUALS = st.tuples(st.integers(1, 4), st.integers(1, 3)).flatmap(
    lambda sizes: st.tuples(matrices(sizes[1], sizes[0]), vector(sizes[1]))
)
WIDE = (tuple((Q(k), Q(1), Q(2), Q(3)) for k in range(3)), (Q(1, 2), Q(-1, 4), Q(-1, 4)))
"""Three classes, four hidden units."""


@judge(
    "Q3.3.7",
    form=lambda W, r: product_of(transposed(W), r),
    printed=lambda W, r: product_of(r, transposed(W)),
    witnesses=[WIDE],
    wrong={"as a row": lambda W, r: transposed(product_of(transposed(r), transposed(W)))},
    cases=RESIDUALS,
)
def factors_multiply_from_the_left(form: Callable[..., Any], W: Matrix, r: Row) -> None:
    """`dL/da = W' r` for a column `r = dL/dz`; printed `r W'`, which does not conform."""
    (a,) = symbols(a=len(W[0]))
    equal(form(W, column(r)), column([derivative(dot(r, times(W, a)), ai) for ai in a]))


@judge(
    "Q3.3.8",
    form=lambda W, r: times(transposed(W), r),
    printed=lambda W, r: product_of([r], transposed(W))[0],
    witnesses=[(SQUARE, (Q(1, 2), Q(-1, 2)), (1, 1), (Q(1),)), (*WIDE, (1, 1, 0, 1), (Q(1), Q(2)))],
    cases=RESIDUALS.flatmap(
        lambda case: st.tuples(
            *map(st.just, case),
            vector(len(case[0][0]), st.sampled_from([Q(0), ALPHA, Q(1)])),
            vector(2),
        )
    ),
)
def gradient_by_the_first_weights(form: Callable[..., Any], W2: Matrix, r: Row, gates: Row, x: Row) -> None:
    """`dL/dW1 = [(W2' r) * M * A] x'` with `r = p - y` and `gates = M * A`; printed `r W2'`.

    By the first weights `L` moves with `r . W2 (gates * W1 x)`, a polynomial that is linear in them.
    """
    h, d = len(gates), len(x)
    (flat,) = symbols(w=h * d)
    W1 = [flat[i * d : (i + 1) * d] for i in range(h)]
    hidden = [g * z for g, z in zip(gates, times(W1, x), strict=True)]
    moved = dot(r, times(W2, hidden))
    back = [g * b for g, b in zip(gates, form(W2, r), strict=True)]
    equal([[derivative(moved, w) for w in row] for row in W1], outer(back, x))


NETWORKS = st.tuples(st.integers(1, 2), st.integers(1, 3), st.integers(1, 3)).flatmap(
    lambda s: st.tuples(
        matrices(s[1], s[0]),
        vector(s[1]),
        matrices(s[2], s[1]),
        vector(s[2]),
        vector(s[0]),
        one_hot(s[2]),
        vector(s[1], st.integers(0, 1)),
    )
)


@judge(
    "Q3.3.1",
    "Q3.3.8",
    exact=False,
    form=model.backward,
    wrong={
        "the slopes forgotten": lambda W2, x, a, gates, r: model.backward(W2, x, a, [arb(1) for _ in gates], r),
        "the residual turned": lambda W2, x, a, gates, r: model.backward(W2, x, a, gates, [-ri for ri in r]),
    },
    cases=NETWORKS,
)
def gradients_of_the_whole_network(
    form: Callable[..., Any], W1: Matrix, b1: Row, W2: Matrix, b2: Row, x: Row, y: Row, mask: Row
) -> None:
    """From `r = p - y` at the logits: `dW1 = (W2' r * M * A) x'`, `db1 = W2' r * M * A`, `dW2 = r a'`, `db2 = r`.

    Held against power series of the loss in every weight. A unit at its kink is given the slope `alpha` of the left.
    """
    h, d, K = len(W1), len(x), len(W2)
    slope = [Q(1) if z > 0 else ALPHA for z in model.affine(W1, b1, x)]
    theta = balls([*(w for row in W1 for w in row), *b1, *(w for row in W2 for w in row), *b2])

    def network_loss(t: Row) -> Any:
        w1, c1, w2, c2 = t[: h * d], t[h * d : h * d + h], t[h * d + h : -K], t[-K:]
        z1 = model.affine([w1[i * d : (i + 1) * d] for i in range(h)], c1, balls(x))
        a = model.activation(z1, balls(mask), balls(slope))
        return classes.cross_entropy(model.affine([w2[k * h : (k + 1) * h] for k in range(K)], c2, a), balls(y))

    hidden = [m * s * z for m, s, z in zip(mask, slope, model.affine(W1, b1, x), strict=True)]
    p = softmax(model.affine(W2, b2, hidden))
    gates = [m * s for m, s in zip(mask, slope, strict=True)]
    residual = [pk - yk for pk, yk in zip(p, y, strict=True)]
    rows = [balls(row) for row in W2]
    equal(gradient(network_loss, theta), form(rows, balls(x), balls(hidden), balls(gates), residual))
