"""Question 7: softmax cross-entropy, its gradient, its Hessian, and its convexity.

Proofs run in the field of rational functions of `e_i = exp(z_i)`: there `d/dz_i` maps `e_i` to itself, and the
derivative of `log f` is that of `f` over `f`. Certified checks differentiate the power series of the loss.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flint import arb
from hypothesis import strategies as st

from lydite.kit import judge
from lydite.kit.algebra import (
    Log,
    Number,
    Q,
    Ratio,
    ball,
    balls,
    derivative,
    derive,
    dot,
    gradient,
    hessian,
    identity,
    outer,
    symbols,
)
from lydite.kit.balls import total
from lydite.kit.draws import rationals, sized, vector
from lydite.kit.relations import at_most, equal, less, true
from spec.definitions import softmax_cross_entropy as model

Z = Sequence[Number]
SIZES = [(K,) for K in range(1, 5)]
HALVES = (Q(1, 2), Q(1, 3), Q(1, 6))


def loss(z: Z, y: Sequence[Any]) -> arb:
    """`sum(y) ln sum_j exp(z_j) - y.z`."""
    value: arb = model.cross_entropy(balls(z), balls(y))
    return value


def slopes(z: Z, y: Sequence[Any]) -> list[arb]:
    """The gradient of the loss, by its power series."""
    return gradient(lambda t: model.cross_entropy(t, balls(y)), balls(z))


def softmax(z: Z) -> list[arb]:
    """Of rational logits."""
    return model.softmax(balls(z))


class Field:
    """`K` classes as symbols: exponentials `e`, labels `y` that sum to one, outputs `p`."""

    def __init__(self, K: int) -> None:
        self.e, free, self.x = symbols(e=K, y=K - 1, x=K)
        self.total = total(self.e)
        self.y = [*free, 1 - sum(free, start=0)] if free else [self.e[0] * 0 + 1]
        self.p = [Ratio(e, self.total) for e in self.e]

    def d(self, f: Any, i: int) -> Any:
        """`df / dz_i`."""
        return derive(f, {str(self.e[i]): self.e[i]})

    def slope(self, i: int) -> Any:
        """`dL / dz_i` for `L = sum_k y_k (ln S - z_k)`: `sum(y) S_i / S - y_i`."""
        return total(self.y) * Ratio(self.d(self.total, i), self.total) - self.y[i]

    def curvature(self) -> list[list[Any]]:
        """The second derivatives of `L`."""
        K = len(self.e)
        return [[self.d(self.slope(i), j) for j in range(K)] for i in range(K)]


# -- Softmax and the loss --


@judge(
    "Q7.0.1",
    "Q3.0.4",
    exact=False,
    form=model.softmax,
    wrong={
        "powers of two": lambda z: model.softmax([zi * arb.const_log2() for zi in z]),
        "a sigmoid each": lambda z: [1 / (1 + (-zi).exp()) for zi in z],
        "divided by the largest": lambda z: [(zi - max(z, key=lambda b: b.mid())).exp() for zi in z],
    },
    cases=sized("v", "q"),
    edges=[((1000, 0), Q(0)), ((5, 5, 5), Q(1)), ((10000, -10000), Q(0))],
)
def softmax_is_exponential_and_normalised(form: Callable[..., Any], z: Z, shift: Number) -> None:
    """`p_i > 0`, `sum p = 1` and `p_i e^z_j = p_j e^z_i` define softmax; it ignores a shift and follows an order."""
    t = balls(z)
    p = form(t)
    equal(total(p), 1)
    for i, j in ((i, j) for i in range(len(p)) for j in range(len(p))):
        less(0, p[i])
        equal(p[i], p[j] * (t[i] - t[j]).exp())
    equal(form([ti + ball(shift) for ti in t]), p)
    equal(form(t[::-1]), p[::-1])


@judge(
    "Q7.0.2",
    "Q3.2.1",
    exact=False,
    form=lambda p, y: -dot(y, [pk.log() for pk in p]),
    wrong={
        "the mean over the classes": lambda p, y: -dot(y, [pk.log() for pk in p]) / len(p) ** 2,
        "the sign forgotten": lambda p, y: dot(y, [pk.log() for pk in p]),
        "the squared error": lambda p, y: total((a - b) * (a - b) for a, b in zip(p, y, strict=True)),
    },
    cases=sized("v", "i"),
    edges=[((0, 0, 0, 0), 1), ((0, Log(Q(3))), 0), ((10000, 0), 1)],
)
def one_hot_loss_is_what_the_true_class_lacks(form: Callable[..., Any], z: Z, k: int) -> None:
    """`-sum y log p = -log p_k = ln sum_j e^z_j - z_k >= 0`, and `ln K` where all logits are 0."""
    y, t = identity(len(z))[k], balls(z)
    value = form(model.softmax(t), y)
    equal(value, total(ti.exp() for ti in t).log() - t[k])
    equal(value, -model.softmax(t)[k].log())
    at_most(0, value)


@judge(
    "Q7.0.2",
    "X.6",
    exact=False,
    form=lambda p, y: -dot(y, [pk.log() for pk in p]),
    wrong={
        "the entropy of the output": lambda p, y: -dot(p, [pk.log() for pk in p]),  # noqa: ARG005
        "output and label exchanged": lambda p, y: -dot(p, [yk.log() for yk in y]),
    },
    cases=sized("p", "p"),
    edges=[(HALVES, HALVES), ((Q(1, 4), Q(3, 4)), (Q(1, 3), Q(2, 3)))],
)
def cross_entropy_is_at_least_the_entropy(form: Callable[..., Any], p: Sequence[Any], y: Sequence[Any]) -> None:
    """`-sum y ln p >= -sum y ln y` for soft labels, with equality if and only if `p = y` (Gibbs)."""
    output, label = balls(p), balls(y)
    excess = form(output, label) + dot(label, [yk.log() for yk in label])
    if p == y:
        equal(excess, arb(0))
    else:
        less(0, excess)


# -- The gradient --


@judge(
    "Q7.a.1",
    exact=False,
    form=lambda p, y: [pk - yk for pk, yk in zip(p, y, strict=True)],
    wrong={"the other way round": lambda p, y: [yk - pk for pk, yk in zip(p, y, strict=True)]},
    cases=sized("v", "p"),
    edges=[((0, 0), (0, 1)), ((1, 0), (1, 0))],
)
def gradient_is_output_minus_label(form: Callable[..., Any], z: Z, y: Sequence[Any]) -> None:
    """`dL/dz = p - y` for labels, hard or soft, that sum to one."""
    equal(slopes(z, y), form(softmax(z), balls(y)))


@judge(
    "Q7.a.1",
    exact=False,
    form=lambda p, y: [total(y) * pk - yk for pk, yk in zip(p, y, strict=True)],
    wrong={"as if they summed to one": lambda p, y: [pk - yk for pk, yk in zip(p, y, strict=True)]},
    cases=sized("v", "+"),
    edges=[((0, 0, 0, 0), (1, 0, 1, 0))],
)
def gradient_for_any_labels(form: Callable[..., Any], z: Z, y: Sequence[Any]) -> None:
    """`dL/dz = sum(y) p - y`, whatever the labels sum to."""
    equal(slopes(z, y), form(softmax(z), balls(y)))


@judge(
    "Q7.a.7",
    "Q3.2.7",
    "Q3.3.1",
    form=lambda p, y: [pk - yk for pk, yk in zip(p, y, strict=True)],
    wrong={
        "one subtracted everywhere": lambda p, y: [pk - 1 for pk in p],  # noqa: ARG005
        "the labels added": lambda p, y: [pk + yk for pk, yk in zip(p, y, strict=True)],
    },
    cases=SIZES,
)
def gradient_is_proved(form: Callable[..., Any], K: int) -> None:
    """`d/dz_i [sum(y) ln S - y.z] = sum(y) e_i/S - y_i`, as rational functions; the entries sum to 0."""
    f = Field(K)
    claimed = form(f.p, f.y)
    equal([f.slope(i) for i in range(K)], claimed)
    equal(total(claimed), 0)


@judge(
    "Q7.a.2",
    exact=False,
    form=lambda z, y, i: -dot(y, [pk.log() for pk in model.softmax(z)]),  # noqa: ARG005
    printed=lambda z, y, i: -dot(y, [model.softmax(z)[i].log()] * len(z)),
    witnesses=[((1, 0), (0, 1), 0)],
    cases=sized("v", "1", "i"),
)
def softmax_is_put_into_the_loss(form: Callable[..., Any], z: Z, y: Sequence[int], i: int) -> None:
    """`L = -sum_k y_k log(e^z_k / S)`; printed with `e^z_i`, which belongs to no term of the sum."""
    equal(form(balls(z), y, i), loss(z, y))


@judge(
    "Q7.a.3",
    exact=False,
    form=lambda z, y, i: -dot(y, z),  # noqa: ARG005
    printed=lambda z, y, i: -dot(y, [z[i]] * len(z)),
    witnesses=[((1, 0), (0, 1), 0)],
    cases=sized("v", "1", "i"),
)
def logarithm_is_expanded(form: Callable[..., Any], z: Z, y: Sequence[int], i: int) -> None:
    """`L = linear + sum(y) ln S` with the linear part `-sum_k y_k z_k`; printed `-sum_k y_k z_i`."""
    t = balls(z)
    equal(form(t, y, i) + sum(y) * total(tk.exp() for tk in t).log(), loss(z, y))


@judge(
    "Q7.a.4",
    form=lambda y, i: -y[i],
    printed=lambda y, i: -sum(y),  # noqa: ARG005
    witnesses=[((0, 1), 0)],
    cases=sized("1", "i"),
)
def linear_part_is_differentiated(form: Callable[..., Any], y: Sequence[int], i: int) -> None:
    """`d/dz_i (-sum_k y_k z_k) = -y_i`, as polynomials in `z`; printed `-sum_k y_k`."""
    (z,) = symbols(z=len(y))
    equal(derivative(-dot(y, z), z[i]), form(y, i))


@judge(
    "Q7.a.5",
    exact=False,
    form=lambda z, i: z[i].exp() / total(t.exp() for t in z),
    printed=lambda z, i: z[i] / total(t.exp() for t in z),
    witnesses=[((1, 0), 0)],
    cases=sized("v", "i"),
)
def log_sum_is_differentiated(form: Callable[..., Any], z: Z, i: int) -> None:
    """`d/dz_i ln sum_j e^z_j = e^z_i / S`; printed `z_i / S`."""
    t = balls(z)
    equal(gradient(lambda s: total(sj.exp() for sj in s).log(), t)[i], form(t, i))


@judge(
    "Q7.a.8",
    exact=False,
    form=lambda z, i: z[i].exp() / total(t.exp() for t in z),
    wrong={
        "the slip of the line before": lambda z, i: z[i] / total(t.exp() for t in z),
        "nothing": lambda z, i: 0 * z[i],
    },
    cases=sized("v", "p", "i"),
    edges=[((0, Log(Q(3))), (1, 0), 0)],
)
def parts_add_up_to_output_minus_one(form: Callable[..., Any], z: Z, y: Sequence[Any], i: int) -> None:
    """`-sum y + sum y e^z_i / S = p_i - 1`, the slip of the line before put right: not the derivative of the loss."""
    t = balls(z)
    equal(total(balls(y)) * (form(t, i) - 1), softmax(z)[i] - 1)


@judge(
    "Q7.a.6",
    "Q7.b.i.1",
    exact=False,
    form=lambda p, y, i: p[i] - y[i],
    printed=lambda p, y, i: p[i] - 1,  # noqa: ARG005
    witnesses=[((0, 0), (0, 1), 0)],
    cases=sized("v", "1", "i"),
)
def partial_derivative_subtracts_its_own_label(form: Callable[..., Any], z: Z, y: Sequence[int], i: int) -> None:
    """`dL/dz_i = p_i - y_i`; printed `p_i - 1` for every `i`, right at the true class alone."""
    equal(slopes(z, y)[i], form(softmax(z), y, i))


@judge(
    "Q7.b.i.1",
    form=lambda p, y: p - y,
    wrong={"the label divided away": lambda p, y: p / y, "the label multiplied": lambda p, y: p * y},
    cases=SIZES[1:],
)
def constant_label_does_not_reach_the_hessian(form: Callable[..., Any], K: int) -> None:
    """`p_i - 1` and `p_i - y_i` have the same derivatives: the false recollection leaves the Hessian right."""
    f = Field(K)
    for i, j in ((i, j) for i in range(K) for j in range(K)):
        equal(f.d(form(f.p[i], f.y[i]), j), f.d(f.p[i] - 1, j))


# -- The Hessian --


@judge(
    "Q7.b.i.2",
    form=lambda p: p * (1 - p),
    wrong={"squared": lambda p: p * p, "a sign wrong": lambda p: p * (1 + p)},
    cases=SIZES,
)
def diagonal_of_the_hessian(form: Callable[..., Any], K: int) -> None:
    """`d2L/dz_i2 = p_i (1 - p_i)`, as rational functions."""
    f = Field(K)
    h = f.curvature()
    equal([h[i][i] for i in range(K)], [form(p) for p in f.p])


@judge(
    "Q7.b.i.3",
    exact=False,
    form=lambda p, i, j: -p[i] * p[j] if i != j else None,
    printed=lambda p, i, j: -p[i] * p[j],
    witnesses=[((0, 0), 0, 0)],
    cases=sized("v", "i", "i"),
    edges=[((0, 0), 0, 1)],
    wrong={"the sign forgotten": lambda p, i, j: p[i] * p[j] if i != j else None},
)
def off_diagonal_of_the_hessian(form: Callable[..., Any], z: Z, i: int, j: int) -> None:
    """`d2L/dz_i dz_j = -p_i p_j` for `i != j`; printed without that condition, and false at `i = j`."""
    claimed = form(softmax(z), i, j)
    if claimed is not None:
        equal(hessian(lambda t: model.cross_entropy(t, balls(one(z))), balls(z))[i][j], claimed)


def one(z: Z) -> list[int]:
    """The first class as label: the Hessian is that of any label that sums to one."""
    return identity(len(z))[0]


@judge(
    "Q7.b.i.4",
    "Q7.b.ii.1",
    form=lambda p: [[int(i == j) * p[i] - p[i] * p[j] for j in range(len(p))] for i in range(len(p))],
    wrong={
        "without the diagonal": lambda p: [[-a for a in row] for row in outer(p, p)],
        "the outer square added": lambda p: [
            [int(i == j) * p[i] + p[i] * p[j] for j in range(len(p))] for i in range(len(p))
        ],
    },
    cases=SIZES,
)
def hessian_is_a_diagonal_minus_an_outer_square(form: Callable[..., Any], K: int) -> None:
    """`H = diag(p) - p p'`, whatever labels sum to one: as rational functions. Its rows sum to 0."""
    f = Field(K)
    equal(f.curvature(), form(f.p))
    equal([total(row) for row in form(f.p)], [0] * K)


@judge(
    "Q7.b.1",
    form=lambda p, x: (
        Q(1, 2)
        * total(pi * pj * (a - b) * (a - b) for pi, a in zip(p, x, strict=True) for pj, b in zip(p, x, strict=True))
    ),
    wrong={
        "half forgotten": lambda p, x: total(
            pi * pj * (a - b) * (a - b) for pi, a in zip(p, x, strict=True) for pj, b in zip(p, x, strict=True)
        ),
        "weights once": lambda p, x: (
            Q(1, 2) * total(pi * (a - b) * (a - b) for pi, a in zip(p, x, strict=True) for b in x)
        ),
    },
    cases=SIZES[1:],
)
def hessian_is_symmetric_and_a_sum_of_squares(form: Callable[..., Any], K: int) -> None:
    """`H = H'`, and `x'Hx = 1/2 sum_ij p_i p_j (x_i - x_j)^2`: squares with positive weights, so never negative."""
    f = Field(K)
    h = f.curvature()
    equal(h, [list(column) for column in zip(*h, strict=True)])
    equal(
        total(xi * hij * xj for xi, row in zip(f.x, h, strict=True) for hij, xj in zip(row, f.x, strict=True)),
        form(f.p, f.x),
    )


# -- Positive semi-definite, by Cauchy and Schwarz --


def spread(p: Sequence[Any], x: Sequence[Any]) -> Any:
    """`sum p_i x_i^2 - (p.x)^2`."""
    return dot(p, [xi * xi for xi in x]) - dot(p, x) * dot(p, x)


@judge(
    "Q7.b.ii.2",
    form=lambda p, x: total(p[i] * p[j] * (x[i] - x[j]) * (x[i] - x[j]) for i in range(len(p)) for j in range(i)),
    wrong={
        "each pair twice": lambda p, x: total(
            p[i] * p[j] * (x[i] - x[j]) * (x[i] - x[j]) for i in range(len(p)) for j in range(len(p))
        ),
        "without the mean": lambda p, x: dot(p, [xi * xi for xi in x]),
    },
    cases=SIZES[1:],
)
def quadratic_form_is_a_variance(form: Callable[..., Any], K: int) -> None:
    """`x'(diag(p) - pp')x = sum p x^2 - (p.x)^2 = sum_{i<j} p_i p_j (x_i - x_j)^2` for weights that sum to one."""
    free, x = symbols(p=K - 1, x=K)
    p = [*free, 1 - total(free)]
    quadratic = total(xi * (int(i == j) * p[i] - p[i] * p[j]) * xj for i, xi in enumerate(x) for j, xj in enumerate(x))
    equal(quadratic, spread(p, x))
    equal(quadratic, form(p, x))


@judge(
    "Q7.b.ii.3",
    form=at_most,
    printed=less,
    witnesses=[(HALVES, (7, 7, 7))],
    cases=sized("p", "v"),
)
def inequality_is_not_strict(form: Callable[..., Any], p: Sequence[Any], x: Sequence[Any]) -> None:
    """`(p.x)^2 <= sum p x^2`; printed with `<`, which fails for every constant `x`."""
    form(dot(p, x) * dot(p, x), dot(p, [xi * xi for xi in x]))


@judge(
    "Q7.b.ii.4",
    form=lambda a, b: total(
        [
            a[0] * 0,
            *((a[i] * b[j] - a[j] * b[i]) * (a[i] * b[j] - a[j] * b[i]) for i in range(len(a)) for j in range(i)),
        ]
    ),
    wrong={
        "the products added": lambda a, b: total(
            [
                a[0] * 0,
                *((a[i] * b[j] + a[j] * b[i]) * (a[i] * b[j] + a[j] * b[i]) for i in range(len(a)) for j in range(i)),
            ]
        )
    },
    cases=[(n,) for n in range(1, 6)],
)
def cauchy_schwarz_by_lagrange(form: Callable[..., Any], n: int) -> None:
    """`(a.a)(b.b) - (a.b)^2 = sum_{i<j} (a_i b_j - a_j b_i)^2`: not negative, and 0 for dependent vectors alone."""
    a, b = symbols(a=n, b=n)
    equal(dot(a, a) * dot(b, b) - dot(a, b) * dot(a, b), form(a, b))


@judge(
    "Q7.b.ii.5",
    form=lambda f: total(f.p),
    wrong={"the exponentials themselves": lambda f: f.total, "the outputs squared": lambda f: dot(f.p, f.p)},
    cases=SIZES[1:],
)
def outputs_sum_to_one(form: Callable[..., Any], K: int) -> None:
    """`sum p = 1`, so the factor changes nothing: `(sum p)(sum p x^2) = sum p x^2`, as rational functions."""
    f = Field(K)
    squares = dot(f.p, [x * x for x in f.x])
    equal(form(f) * squares, squares)


@judge(
    "Q7.b.ii.6",
    form=lambda p: p,
    wrong={"weights of either sign": lambda p: [-pk if k % 2 else pk for k, pk in enumerate(p)]},
    cases=sized("p", "v"),
    edges=[((Q(2, 3), Q(1, 3)), (1, 2)), ((Q(1),), (3,))],
)
def cauchy_schwarz_under_weights(form: Callable[..., Any], p: Sequence[Any], x: Sequence[Any]) -> None:
    """`(sum w x)^2 <= (sum w)(sum w x^2)` for weights `w >= 0`: the vectors are `sqrt(w)` and `sqrt(w) x`."""
    w = form(p)
    at_most(dot(w, x) * dot(w, x), total(w) * dot(w, [xi * xi for xi in x]))


@judge(
    "Q7.b.ii.7",
    form=lambda x: len(set(map(str, x))) > 1,
    printed=lambda x: True,  # noqa: ARG005
    witnesses=[(HALVES, (1, 1, 1)), ((Q(1),), (1,))],
    cases=sized("p", "v"),
)
def quadratic_form_vanishes_on_constants(form: Callable[..., Any], p: Sequence[Any], x: Sequence[Any]) -> None:
    """`x'Hx > 0` exactly where `x` is not constant; printed for every `x`. So `H 1 = 0`, and `H` is never definite."""
    if form(x):
        less(0, spread(p, x))
    else:
        equal(spread(p, x), 0)


@judge(
    "Q7.b.ii.8",
    form=(0, Q(1, 2)),
    wrong={"at most a quarter": (0, Q(1, 4)), "at least a hundredth": (Q(1, 100), Q(1, 2))},
    cases=sized("p", "v"),
    edges=[((Q(1, 2), Q(1, 2)), (1, -1)), ((Q(1, 2), Q(1, 2)), (1, 1))],
)
def eigenvalues_lie_between_zero_and_a_half(bounds: Any, p: Sequence[Any], x: Sequence[Any]) -> None:
    """`0 <= x'Hx <= 1/2 x'x`: by Gershgorin no eigenvalue exceeds `2 p_i (1 - p_i)`. Two equal classes attain both."""
    at_most(bounds[0] * dot(x, x), spread(p, x))
    at_most(spread(p, x), bounds[1] * dot(x, x))


@judge(
    "Q7.b.ii.8",
    "X.7",
    exact=False,
    form=Q(1, 2),
    wrong={"a quarter": Q(1, 4), "less by a hundredth": Q(49, 100)},
    cases=st.integers(1, 4).flatmap(lambda n: st.tuples(vector(n), vector(n))),
    edges=[((Q(1, 50), Q(-1, 50)), (0, 0)), ((1000, 0), (0, 0)), ((3,), (1,))],
)
def change_of_the_output_is_cocoercive(most: Any, a: Z, c: Z) -> None:
    """`|p - q|^2 <= 1/2 (p - q).(a - c)` for the outputs `p` at `a` and `q` at `c`; the labels cancel.

    So the gradient `p - y` is Lipschitz with constant 1/2, and co-coercive.
    """
    change = [p - q for p, q in zip(softmax(a), softmax(c), strict=True)]
    step = [p - q for p, q in zip(balls(a), balls(c), strict=True)]
    at_most(dot(change, change), most * dot(change, step))
    at_most(dot(change, change), most * most * dot(step, step))


# -- Convexity --


class Function:
    """A function of one variable, its second derivative, and where to look."""

    def __init__(
        self, name: str, value: Callable[[Any], Any], second: Callable[[Any], Any], looked: Sequence[Any]
    ) -> None:
        self.name, self.value, self.second, self.looked = name, value, second, looked

    def __repr__(self) -> str:
        return self.name

    def chords(self) -> list[tuple[Any, Any, Any]]:
        """Left end, point between, right end."""
        return [(t - h, t, t + h) for t in self.looked for h in (1, Q(1, 2))]


class OffZero(Function):
    """The step on the line without 0: a domain that is not convex."""

    def chords(self) -> list[tuple[Any, Any, Any]]:
        """One that leads across the gap."""
        return [(Q(-1), Q(-1, 2), Q(1))]


class Nowhere(Function):
    """Looked at in one point only."""

    def chords(self) -> list[tuple[Any, Any, Any]]:
        """One that lies elsewhere."""
        return [(Q(-2), Q(-1), Q(0))]


GRID = [Q(k, 2) for k in range(-8, 9)]


def cubic(a: Any, b: Any, c: Any) -> Function:
    """`a t^3 + b t^2 + c t`."""
    return Function(f"{a}t^3+{b}t^2+{c}t", lambda t: ((a * t + b) * t + c) * t, lambda t: 6 * a * t + 2 * b, GRID)


CUBE = Nowhere("t^3", lambda t: t * t * t, lambda t: 6 * t, [Q(1)])


def wavy(a: int) -> Function:
    """`a t^2 + t^4 sin(1/t)`, whose second derivative exists everywhere and has no limit at 0: `2a` alone is due there.

    On [-5/4, 5/4] what is added to `2a` is at most 12 t^2 + 6 |t| + 1 < 28 in size.
    """

    def value(t: Any) -> Any:
        return a * t * t + t**4 * arb(1 / t).sin() if t else t

    def second(t: Any) -> Any:
        return 2 * a + 12 * t * t * arb(1 / t).sin() - 6 * t * arb(1 / t).cos() - arb(1 / t).sin() if t else Q(2 * a)

    return Function(f"{a}t^2+t^4 sin(1/t)", value, second, [Q(k, 16) for k in range(-4, 5)])


STEP = OffZero("1 for t<0", lambda t: Q(int(t < 0)), lambda _: Q(0), [t for t in GRID if t != 0])


@judge(
    "Q7.b.iii.1",
    form=lambda second: second >= 0,
    wrong={
        "the sign reversed": lambda second: second <= 0,
        "strictly positive": lambda second: second > 0,
    },
    cases=st.tuples(st.builds(cubic, rationals(), rationals(), rationals())),
    edges=[
        *[(cubic(Q(0), Q(1), Q(0)),), (cubic(Q(0), Q(0), Q(1)),), (cubic(Q(1), Q(0), Q(0)),)],
        *[(wavy(20),), (wavy(-20),)],
    ],
    without={1: (STEP,), 2: (CUBE,)},
)
def convex_if_and_only_if_curved_upwards(form: Callable[..., Any], f: Function) -> None:
    """`f'' >= 0` everywhere if and only if no chord is undercut; `f''` need not be continuous.

    For a cubic the second difference `f(t+h) - 2f(t) + f(t-h)` is `h^2 f''(t)`, so a grid decides both sides alike.
    """
    curved = all(form(f.second(t)) for t in f.looked)
    convex = all(_above(f, *chord) for chord in f.chords())
    true(curved == convex, f"{f}: curved upwards {curved}, convex {convex}")


def _above(f: Function, a: Any, m: Any, b: Any) -> bool:
    """Whether the chord from `a` to `b` lies above `f` at `m`, or on it."""
    share = (b - m) / (b - a)
    return bool(f.value(m) <= share * f.value(a) + (1 - share) * f.value(b))


@judge(
    "Q7.b.iii.2",
    exact=False,
    form=lambda z: model.cross_entropy(z, [arb(1), *[arb(0)] * (len(z) - 1)]),
    wrong={
        "convex in the weights": lambda w: (1 + (-w[0] * w[1]).exp()).log(),
        "convex in the output": lambda z: model.softmax(z)[0],
    },
    cases=st.integers(2, 4).flatmap(lambda n: st.tuples(vector(n), vector(n))),
    edges=[((2, 2), (-2, -2)), ((1, 0), (3, 2))],
)
def loss_is_convex_in_the_logits(form: Callable[..., Any], a: Sequence[Any], c: Sequence[Any]) -> None:
    """`L((a + c)/2) <= (L(a) + L(c))/2`, strictly unless `a - c` is a constant: `L(z + c 1) = L(z)`."""
    x, y = balls(a), balls(c)
    flat = len({str(Q(0) + p - q) for p, q in zip(a, c, strict=True)}) == 1
    middle = form([(p + q) / 2 for p, q in zip(x, y, strict=True)])
    (at_most if flat else less)(middle, (form(x) + form(y)) / 2)
    equal(form([p + 1 for p in x]), form(x))


# -- Labels of any sum --


@judge(
    "X.12",
    exact=False,
    form=total,
    wrong={"one": lambda _: Q(1), "the largest": max, "the square of the sum": lambda y: total(y) ** 2},
    cases=st.integers(1, 3).flatmap(
        lambda n: st.tuples(vector(n), vector(n, st.integers(0, 8).map(lambda k: Q(k, 4))))
    ),
    edges=[((0, 0), (Q(1), Q(1))), ((0, 0), (Q(0), Q(0))), ((1, 3), (Q(0), Q(2)))],
)
def labels_scale_the_hessian_by_their_sum(form: Callable[..., Any], z: Z, y: Sequence[Any]) -> None:
    """The second derivatives of `sum(y) ln sum_j exp(z_j) - y.z` are `sum(y) (diag(p) - p p')`, one by one."""
    labels = balls(y)
    second = hessian(lambda x: model.cross_entropy(x, labels), balls(z))
    equal([entry for row in second for entry in row], [arb(form(y)) * entry for entry in model.hessian(balls(z))])


# -- Its logarithm --


@judge(
    "X.8",
    exact=False,
    form=lambda z: total(t.exp() for t in z).log(),
    wrong={"the sum without a logarithm": lambda z: total(t.exp() for t in z), "the first logit": lambda z: z[0]},
    cases=sized("v", "p"),
    edges=[((0, -1000), (Q(1, 2), Q(1, 2)))],
)
def logits_less_the_partition_are_logarithms(form: Callable[..., Any], z: Z, y: Sequence[Any]) -> None:
    """`exp(z_i - ln sum_j exp(z_j)) = softmax(z)_i`, and the cross-entropy is minus the mean of these under `y`."""
    logits, labels = balls(z), balls(y)
    logarithms = [t - form(logits) for t in logits]
    equal([t.exp() for t in logarithms], model.softmax(logits))
    equal(model.cross_entropy(logits, labels), -dot(labels, logarithms))
