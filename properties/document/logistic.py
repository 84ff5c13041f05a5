"""Question 1: one sigmoid neuron under binary cross-entropy.

Proofs run in the field of rational functions of `e = exp(t)`, where `t = w.x + b`: there `d/dw_j` maps `e` to `x_j e`
and `d/db` maps it to itself. Certified checks evaluate the cost, or its power series, in balls.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flint import arb, fmpq, fmpq_mat
from hypothesis import strategies as st

from lydite.kit import judge
from lydite.kit.algebra import Log, Number, Q, Ratio, ball, balls, derive, dot, gradient, hessian, symbols, taylor
from lydite.kit.balls import total
from lydite.kit.draws import positive, rationals, sized, vector
from lydite.kit.relations import Undecided, at_most, equal, less, true
from spec.definitions import logistic as model

SIZES = [(d,) for d in range(1, 4)]
X = Sequence[Number]
Labels = Sequence[int]
Line = tuple[Any, Any]


class Neuron:
    """Symbols: `e = exp(w.x + b)`, a label `y`, a sample `x` with a last feature that is one, the output `p`."""

    def __init__(self, d: int) -> None:
        (self.e,), (self.y,), x = symbols(e=1, y=1, x=d)
        self.x = [*x, 1 + 0 * self.e]
        self.p = Ratio(self.e, 1 + self.e)

    def d(self, f: Any, j: int) -> Any:
        """The derivative by the j-th parameter, the bias last."""
        return derive(f, {str(self.e): self.x[j] * self.e})

    def slope(self, j: int) -> Any:
        """That of the cost `-y ln p - (1 - y) ln(1 - p)`: the derivative of `ln f` is that of `f` over `f`."""
        rest = 1 - self.p
        return -(self.d(self.p, j) / self.p * self.y + self.d(rest, j) / rest * (1 - self.y))


def margins(x: Sequence[Any], w: Any, b: Any) -> list[Any]:
    """`w x_n + b`, for samples of one feature."""
    return [w * xn + b for xn in x]


def cost(x: Sequence[Any], y: Labels, w: Any, b: Any) -> Any:
    """`sum_n [ln(1 + e^t) - y t]`, for samples of one feature."""
    return model.loss(margins(x, w, b), balls(y))


# -- The output --


MARGINS = [(t,) for t in (0, 30, -30, 710, -710)]


def sigmoid(t: arb) -> arb:
    """`1 / (1 + e^-t)`, as it is written."""
    return 1 / (1 + (-t).exp())


@judge(
    "Q1.1",
    exact=False,
    form=sigmoid,
    wrong={"the hyperbolic tangent": lambda t: 1 - 2 / (1 + (2 * t).exp()), "the exponential": lambda t: t.exp()},
    cases=st.tuples(rationals()),
    edges=MARGINS,
)
def output_lies_between_zero_and_one(form: Callable[..., Any], t: Number) -> None:
    """`0 < sigma(t) < 1` and `sigma(t) + sigma(-t) = 1`, for every real margin."""
    p, q = form(ball(t)), form(-ball(t))
    less(0, p)
    less(p, 1)
    equal(p + q, 1)


@judge(
    "Q1.9",
    exact=False,
    form=lambda p: p * (1 - p),
    wrong={"the square": lambda p: p * p, "the sign wrong": lambda p: p * (p - 1)},
    cases=st.tuples(rationals()),
    edges=MARGINS,
)
def weight_is_positive(form: Callable[..., Any], t: Number) -> None:
    """`0 < p (1 - p) <= 1/4`: a product of two numbers above 0 with sum 1."""
    weight = form(sigmoid(ball(t)))
    less(0, weight)
    at_most(weight, Q(1, 4))


@judge(
    "Q1.5",
    "Q1.14",
    form=lambda p: p * (1 - p),
    wrong={"of the hyperbolic tangent": lambda p: 1 - p * p, "the output alone": lambda p: p},
    cases=SIZES,
)
def output_is_differentiated(form: Callable[..., Any], d: int) -> None:
    """`dp/dw_j = p (1 - p) x_j` and `dp/db = p (1 - p)`, by the quotient rule on `e / (1 + e)`."""
    f = Neuron(d)
    equal([f.d(f.p, j) for j in range(d + 1)], [form(f.p) * xj for xj in f.x])


# -- The cost --


@judge(
    "Q1.2",
    exact=False,
    form=lambda y, p, q: -total(yn * a.log() + (1 - yn) * b.log() for yn, a, b in zip(y, p, q, strict=True)),
    printed=lambda y, p, q: -dot(y, [a.log() for a in p]) + (1 - y[-1]) * q[-1].log(),
    wrong={"both signs forgotten": lambda y, p, _q: total(yn * a.log() for yn, a in zip(y, p, strict=True))},
    witnesses=[((0,), (0,)), ((100,), (0,))],
    cases=sized("v", "b"),
)
def sum_and_its_sign_reach_both_terms(form: Callable[..., Any], t: X, y: Labels) -> None:
    """`E = -sum [y ln p + (1 - y) ln(1 - p)] = sum [ln(1 + e^t) - y t] >= 0`.

    Printed without brackets the sum ends before the second term, whose index is free: here it means the last sample.
    """
    m = balls(t)
    value = form(y, [model.sigmoid(tn) for tn in m], [model.sigmoid(-tn) for tn in m])
    equal(value, model.loss(m, balls(y)))
    at_most(0, value)


@judge(
    "Q1.4",
    "Q1.13",
    form=lambda p, y: (1 - y) / (1 - p) - y / p,
    wrong={
        "the sign reversed": lambda p, y: y / p - (1 - y) / (1 - p),
        "the classes exchanged": lambda p, y: y / (1 - p) - (1 - y) / p,
    },
    cases=SIZES,
)
def cost_is_differentiated_by_the_chain_rule(form: Callable[..., Any], d: int) -> None:
    """`dE_n/dw = ((1 - y)/(1 - p) - y/p) dp/dw`, and so by `b`: both sides as rational functions."""
    f = Neuron(d)
    factor = form(f.p, Ratio(f.y))
    equal([f.slope(j) for j in range(d + 1)], [factor * f.d(f.p, j) for j in range(d + 1)])


@judge(
    "Q1.6",
    "Q1.15",
    form=lambda p, y: p - y,
    wrong={"the other way round": lambda p, y: y - p, "of the squared error": lambda p, y: (p - y) * p * (1 - p)},
    cases=SIZES,
)
def gradient_is_residual_times_sample(form: Callable[..., Any], d: int) -> None:
    """`dE_n/dw_j = (p - y) x_j` and `dE_n/db = p - y`, for any label: it is linear in `y`."""
    f = Neuron(d)
    equal([f.slope(j) for j in range(d + 1)], [form(f.p, f.y) * xj for xj in f.x])


@judge(
    "Q1.7",
    "Q1.18",
    "Q1.23",
    form=lambda p, x: [[p * (1 - p) * xi * xj for xj in x] for xi in x],
    wrong={
        "without the mixed block": lambda p, x: [
            [p * (1 - p) * xi * xj * int((i < len(x) - 1) == (j < len(x) - 1)) for j, xj in enumerate(x)]
            for i, xi in enumerate(x)
        ],
        "the residual squared": lambda p, x: [[p * p * xi * xj for xj in x] for xi in x],
    },
    cases=SIZES,
)
def hessian_is_weighted_outer_square(form: Callable[..., Any], d: int) -> None:
    """The Hessian by `(w, b)` is `p (1 - p) (x, 1)(x, 1)'`: rank one, the mixed block `p (1 - p) x` included.

    So `v'Hv = p (1 - p) (v.(x, 1))^2`, and `E` is convex in `(w, b)` jointly.
    """
    f = Neuron(d)
    equal([[f.d(f.slope(i), j) for j in range(d + 1)] for i in range(d + 1)], form(f.p, f.x))


@judge(
    "Q1.8",
    exact=False,
    form=lambda p, x: total(pn * (1 - pn) * xn * xn for pn, xn in zip(p, x, strict=True)),
    printed=lambda p, x: total(p[0] * (1 - p[0]) * xn * xn for xn in x),
    witnesses=[((0, Log(Q(3))), 1, 0)],
    cases=sized("v", "q", "q"),
)
def each_sample_has_its_own_weight(form: Callable[..., Any], x: X, w: Number, b: Number) -> None:
    """`d2E/dw2 = sum_n p_n (1 - p_n) x_n^2`; printed with one `p` for all samples, here that of the first."""
    xs, y = balls(x), [0] * len(x)
    curvature = hessian(lambda v: cost(xs, y, v[0], ball(b)), [ball(w)])
    equal(curvature[0][0], form([model.sigmoid(t) for t in margins(xs, ball(w), ball(b))], xs))


@judge(
    "Q1.16",
    exact=False,
    form=lambda p: total(pn * (1 - pn) for pn in p),
    printed=lambda p: len(p) * p[0] * (1 - p[0]),
    witnesses=[((0, Log(Q(3))), 1, 0)],
    cases=sized("v", "q", "q"),
)
def curvature_in_the_bias_sums_the_weights(form: Callable[..., Any], x: X, w: Number, b: Number) -> None:
    """`d2E/db2 = sum_n p_n (1 - p_n)`, above 0 and at most `N/4`; printed with one `p`, and with `d2b` for `db2`."""
    xs, y = balls(x), [0] * len(x)
    value = form([model.sigmoid(t) for t in margins(xs, ball(w), ball(b))])
    equal(hessian(lambda v: cost(xs, y, ball(w), v[0]), [ball(b)])[0][0], value)
    less(0, value)
    at_most(value, Q(len(x), 4))


@judge(
    "Q1.24",
    exact=False,
    form=lambda first, _second: first * first,
    printed=lambda _first, second: second,
    witnesses=[(0, 1, 1)],
    cases=st.tuples(rationals(), st.integers(0, 1), rationals().filter(bool)),
    wrong={"the square forgotten": lambda first, _second: 2 * first},
)
def curvature_divides_by_a_square(form: Callable[..., Any], t: Number, y: int, pace: Number) -> None:
    """With `b` moving as `b + pace s`, `d2E/ds2` over `(db/ds)^2` is `p (1 - p)`; printed `d2b`, and `d2b/ds2 = 0`."""
    _, first, second = taylor(lambda v: v[0], [ball(t)], [pace], 2)
    along = taylor(lambda v: model.loss(v, [arb(y)]), [ball(t)], [pace], 2)[2]
    divisor = form(first, second)
    true(divisor != 0, "the divisor is not 0")
    equal(along / divisor, model.weight(ball(t)))


@judge(
    "Q1.25",
    form=total,
    wrong={
        "the last subtracted": lambda q: total(q) - 2 * q[-1],
        "less a quarter each": lambda q: total(q) - len(q) / 4,
    },
    cases=sized("v"),
    edges=[((0,),), ((30, -30),)],
    exact=False,
)
def hessian_by_the_bias_is_not_negative(form: Callable[..., Any], t: X) -> None:
    """For one variable the Hessian is a number, `v'Hv = v^2 H`: as a sum of positive weights it is positive."""
    value = form([model.weight(tn) for tn in balls(t)])
    less(0, value)
    equal(hessian(lambda b: cost(balls(t), [0] * len(t), arb(1), b[0]), [arb(0)])[0][0], value)


@judge(
    "Q1.10",
    form=lambda x, v: dot(x, v) * dot(x, v),
    wrong={"without the square": dot, "the squares apart": lambda x, v: dot([a * a for a in x], [b * b for b in v])},
    cases=[(d,) for d in range(2, 5)],
)
def outer_square_is_not_negative(form: Callable[..., Any], d: int) -> None:
    """`v'(xx')v = (x.v)^2`, as polynomials."""
    x, v = symbols(x=d, v=d)
    equal(
        total(vi * xi * xj * vj for vi, xi in zip(v, x, strict=True) for vj, xj in zip(v, x, strict=True)), form(x, v)
    )


def combined(c: Sequence[Any], rows: Sequence[Sequence[Any]]) -> fmpq_mat:
    """`sum_n c_n x_n x_n'`."""
    d = len(rows[0])
    return fmpq_mat(
        d, d, [total(cn * r[i] * r[j] for cn, r in zip(c, rows, strict=True)) for i in range(d) for j in range(d)]
    )


@judge(
    "Q1.11",
    form=combined,
    wrong={
        "weights of either sign": lambda c, rows: combined([-c[0], *c[1:]], rows),
        "a ridge added": lambda c, rows: combined(c, rows) + fmpq_mat(3, 3, [fmpq(int(k % 4 == 0)) for k in range(9)]),
    },
    cases=st.integers(1, 4).flatmap(
        lambda n: st.tuples(vector(n, positive()), st.lists(vector(3), min_size=n, max_size=n).map(tuple), vector(3))
    ),
    edges=[
        ((Q(1, 4),), ((Q(1), Q(2), Q(0)),), (Q(1), Q(0), Q(0))),
        ((Q(1, 4),) * 3, ((Q(1), Q(0), Q(0)), (Q(2), Q(0), Q(0)), (Q(3), Q(0), Q(0))), (Q(1), Q(0), Q(0))),
    ],
)
def weighted_outer_squares_are_not_negative(
    form: Callable[..., fmpq_mat], c: Sequence[Any], rows: Sequence[Sequence[Any]], v: Sequence[Any]
) -> None:
    """`v'Hv = sum c_n (x_n.v)^2 >= 0` for weights `c > 0`, and `det H = 0` exactly where the samples do not span."""
    h = form(c, rows)
    at_most(0, total(v[i] * h[i, j] * v[j] for i in range(3) for j in range(3)))
    equal(h.det() == 0, fmpq_mat([[fmpq(x) for x in row] for row in rows]).rank() < 3)


def squared_error(t: Sequence[Any], y: Sequence[Any]) -> Any:
    """`sum (sigma(t) - y)^2`, which is not convex."""
    return total((model.sigmoid(tn) - yn) * (model.sigmoid(tn) - yn) for tn, yn in zip(t, y, strict=True))


NOT_CONVEX = {"the squared error": squared_error, "the sign wrong": lambda t, y: -model.loss(t, y)}


@judge(
    "Q1.12",
    exact=False,
    form=model.loss,
    wrong=NOT_CONVEX,
    cases=sized("v", "b", "q", "q", "q"),
    edges=[((1,), (0,), 2, 6, 0)],
)
def cost_is_convex_in_the_weight(form: Callable[..., Any], x: X, y: Labels, a: Number, c: Number, b: Number) -> None:
    """`E((a + c)/2, b) <= (E(a, b) + E(c, b))/2`."""
    xs = balls(x)
    at, ends = (ball(a) + ball(c)) / 2, (ball(a), ball(c))
    left, right = (form(margins(xs, w, ball(b)), balls(y)) for w in ends)
    at_most(form(margins(xs, at, ball(b)), balls(y)), (left + right) / 2)


@judge(
    "Q1.17",
    exact=False,
    form=model.loss,
    wrong={**NOT_CONVEX, "affine": lambda t, y: total(tn - yn for tn, yn in zip(t, y, strict=True))},
    cases=sized("v", "b", "q", "q", "q"),
    edges=[((0,), (0,), 0, 2, 6)],
)
def cost_is_strictly_convex_in_the_bias(
    form: Callable[..., Any], x: X, y: Labels, w: Number, a: Number, c: Number
) -> None:
    """`E(w, (a + c)/2) < (E(w, a) + E(w, c))/2` for `a != c`, since the second derivative is positive."""
    xs = balls(x)
    middle, left, right = (form(margins(xs, ball(w), b), balls(y)) for b in ((ball(a) + ball(c)) / 2, ball(a), ball(c)))
    (less if a != c else at_most)(middle, (left + right) / 2)


@judge(
    "Q1.23",
    exact=False,
    form=model.loss,
    wrong={
        **NOT_CONVEX,
        "the output itself": lambda t, y: total(model.sigmoid(tn) for tn, _ in zip(t, y, strict=True)),
    },
    cases=sized("v", "b", "q", "q", "q", "q"),
    edges=[((1,), (1,), 0, 0, 5, -5), ((1, 2), (0, 1), 3, -3, -1, 2), ((0,), (0,), 0, 2, 0, 6)],
)
def cost_is_convex_jointly(
    form: Callable[..., Any], x: X, y: Labels, w: Number, b: Number, v: Number, c: Number
) -> None:
    """`E((w + v)/2, (b + c)/2) <= (E(w, b) + E(v, c))/2`: margins are linear in `(w, b)`, and the cost convex in them.

    The joint Hessian is a sum of squares: see `hessian_is_weighted_outer_square`.
    """
    xs = balls(x)
    ends = [(ball(w), ball(b)), (ball(v), ball(c))]
    left, right = (form(margins(xs, *end), balls(y)) for end in ends)
    middle = form(margins(xs, *((p + q) / 2 for p, q in zip(*ends, strict=True))), balls(y))
    at_most(middle, (left + right) / 2)


def along(x: X, y: Labels, theta: Sequence[Any], v: Sequence[Any], order: int) -> arb:
    """A derivative of the cost along `v`, at `theta = (w, b)`."""
    return taylor(lambda t: cost(balls(x), y, t[0], t[1]), balls(theta), v, order)[order]


@judge(
    "Q1.23",
    "X.5",
    exact=False,
    form=Q(1, 4),
    wrong={"a fifth": Q(1, 5), "an eighth": Q(1, 8)},
    cases=sized("v", "b", "q", "q", "q", "q"),
    edges=[((1, 2), (0, 1), 0, 0, 1, 1), ((0,), (1,), 0, 0, 0, 1)],
)
def hessian_is_at_most_a_quarter_of_the_gram_matrix(
    most: Any, x: X, y: Labels, w: Number, b: Number, v: Number, c: Number
) -> None:
    """`v'Hv = sum p_n (1 - p_n) (x_n.v)^2 <= 1/4 v'X'Xv` for rows `(x_n, 1)`, with equality at the origin."""
    squares = dot(margins(balls(x), ball(v), ball(c)), margins(balls(x), ball(v), ball(c)))
    at_most(along(x, y, (w, b), (v, c), 2), most * squares)


@judge(
    "Q1.3",
    exact=False,
    form=lambda rows: (
        fmpq_mat([[dot(p, q) for q in zip(*rows, strict=True)] for p in zip(*rows, strict=True)]).det() != 0
    ),
    wrong={"always": lambda _rows: True, "as many samples as parameters": lambda rows: len(rows) >= len(rows[0])},
    cases=st.lists(st.tuples(st.integers(-2, 2), st.just(1)), min_size=1, max_size=3).map(lambda rows: (tuple(rows),)),
    edges=[(((1, 1), (1, 1)),), (((0, 1), (1, 1)),), (((2, 1),),)],
)
def minimiser_is_unique_where_the_samples_span(form: Callable[..., bool], rows: Sequence[Sequence[int]]) -> None:
    """`E` is curved along every direction, so has one minimiser at most, if and only if `[X 1]` has rank `d + 1`.

    It is flat along `v` exactly where `(x_n, 1).v = 0` for all samples; for one feature, `v` is at right angles to one.
    """
    x = [xn for xn, _ in rows]
    curvatures = [along(x, [0] * len(x), (0, 0), (c, -a), 2) for a, c in rows]
    flat = any(_vanishes(k) for k in curvatures)
    true(form(rows) != flat, f"one minimiser at most for {rows} said to be {form(rows)}")


def _vanishes(x: arb) -> bool:
    """Whether a sum of squares with positive weights is 0. Raises Undecided where that is not clear."""
    if x.contains(0) and not x.is_zero():
        raise Undecided(f"{x} = 0")
    return bool(x.is_zero())


@judge(
    "Q1.22",
    exact=False,
    form=model.loss,
    wrong={"the mean": lambda t, y: model.loss(t, y) / len(t), "the root": lambda t, y: model.loss(t, y).sqrt()},
    cases=sized("v", "b"),
)
def cost_adds_up_over_the_samples(form: Callable[..., Any], t: X, y: Labels) -> None:
    """A data set stacked upon itself doubles the cost, and what is derived from it: `E(D + D) = 2 E(D)`."""
    m, labels = balls(t), balls(y)
    equal(form(m + m, labels + labels), 2 * form(m, labels))


# -- Minima --


def overlapping(x: Sequence[int], y: Labels) -> bool:
    """Whether no threshold separates the two classes, not even with points of both upon it."""
    zeros, ones = ([xn for xn, yn in zip(x, y, strict=True) if yn == k] for k in (0, 1))
    if not (zeros and ones):
        return False
    return len(set(x)) == 1 or (max(zeros) > min(ones) and max(ones) > min(zeros))


def not_strictly_separable(x: Sequence[int], y: Labels) -> bool:
    """The criterion that forgets points upon the threshold."""
    zeros, ones = ([xn for xn, yn in zip(x, y, strict=True) if yn == k] for k in (0, 1))
    return bool(zeros and ones) and max(zeros) >= min(ones) and max(ones) >= min(zeros)


@judge(
    "Q1.3",
    exact=False,
    form=overlapping,
    printed=lambda _x, _y: True,
    wrong={"only strict separation": not_strictly_separable},
    witnesses=[((-1, 1), (0, 1)), ((-1, 0, 0, 1), (0, 0, 1, 1)), ((0, 1), (1, 1)), ((3,), (0,))],
    edges=[((-1, -1, 1, 1), (0, 1, 0, 1)), ((-1, 0, 1), (1, 0, 1)), ((2, 2), (0, 1))],
    cases=st.integers(1, 5).flatmap(
        lambda n: st.tuples(
            st.lists(st.integers(-3, 3), min_size=n, max_size=n).map(tuple),
            st.lists(st.integers(0, 1), min_size=n, max_size=n).map(tuple),
        )
    ),
)
def minimum_exists_where_classes_overlap(form: Callable[..., bool], x: Sequence[int], y: Labels) -> None:
    """`E` has a minimum exactly where no direction lets it fall for ever; then the classes are not separable.

    It falls for ever along `(v, c)` where `s_n (v x_n + c) >= 0` for all samples, `> 0` for one. A cone in the plane
    with such a direction has one at a right angle to a sample, or along one: these are tried, on the cost itself.
    """
    rows = [(xn, 1) for xn in x]
    rays = [(s * a, s * b) for v, c in rows for a, b in ((v, c), (c, -v)) for s in (1, -1)]
    falls = any(_falls(x, y, ray) for ray in rays if any(margins(x, *ray)))
    true(form(x, y) != falls, f"a minimum of x = {x}, y = {y} said to exist: {form(x, y)}")


def _falls(x: Sequence[int], y: Labels, ray: tuple[int, int]) -> bool:
    """Whether `E` is smaller at 16 times `ray` than at 8 times: any sample upon the wrong side outweighs the others."""
    v, c = ray
    far, near = (cost(balls(x), y, ball(k * v), ball(k * c)) for k in (16, 8))
    if far.overlaps(near):
        raise Undecided(f"{far} < {near}")
    return bool(far < near)


def definite(a: Any, b: Any, c: Any) -> bool:
    """Both blocks and the determinant are not negative."""
    return bool(a >= 0 and c >= 0 and a * c - b * b >= 0)


@judge(
    "Q1.18",
    form=definite,
    printed=lambda a, _b, c: bool(a >= 0 and c >= 0),
    wrong={"the determinant alone": lambda a, b, c: bool(a * c - b * b >= 0)},
    witnesses=[(2, 4, 2)],
    edges=[(-1, 0, -1), (2, 1, 2), (0, 0, 0)],
    cases=st.tuples(rationals(), rationals(), rationals()),
)
def blocks_do_not_make_a_function_convex(form: Callable[..., bool], a: Any, b: Any, c: Any) -> None:
    """`a w^2 + 2b wb + c b^2` is convex where it is never negative; printed: where `a` and `c` are not.

    Its value at `(-b, a)` is `a (ac - b^2)`, so a few directions decide.
    """
    directions = ((1, 0), (0, 1), (1, 1), (1, -1), (-b, a), (c, -b))
    convex = all(a * u * u + 2 * b * u * v + c * v * v >= 0 for u, v in directions)
    true(form(a, b, c) == convex, f"[[{a}, {b}], [{b}, {c}]] said to be convex: {form(a, b, c)}")


@dataclass(frozen=True)
class Convex:
    """`a t^2 + b t + c e^-t` with `a, c >= 0`, a convex function."""

    a: Any
    b: Any
    c: int

    def value(self, t: Any) -> arb:
        """At `t`."""
        s = arb(t)
        value: arb = self.a * s * s + self.b * s + self.c * (-s).exp()
        return value

    def slope(self, t: Any) -> arb:
        """Its derivative."""
        slope: arb = 2 * self.a * arb(t) + self.b - self.c * (-arb(t)).exp()
        return slope


@judge(
    "Q1.19",
    exact=False,
    form=lambda f, s, t: bool(f.value(t) >= f.value(s)) or not f.slope(s).contains(0),
    printed=lambda f, _s, _t: not f.slope(-1000) > 0 and not f.slope(1000) < 0,
    wrong={"any point is a minimiser": lambda f, s, t: bool(f.value(t) >= f.value(s))},
    witnesses=[(Convex(Q(0), Q(0), 1), Q(0), Q(1))],
    edges=[(Convex(Q(1), Q(-2), 0), Q(1), Q(3)), (Convex(Q(0), Q(1), 1), Q(0), Q(2))],
    cases=st.tuples(
        st.builds(Convex, st.one_of(st.just(Q(0)), positive()), rationals(), st.integers(0, 1)),
        rationals(),
        rationals(),
    ),
)
def stationary_points_of_convex_functions_are_minimisers(form: Callable[..., bool], f: Convex, s: Any, t: Any) -> None:
    """Convex, `f(t) >= f(s) + f'(s)(t - s)`: where `f'(s) = 0`, `s` is a minimiser. Printed: there is such an `s`."""
    at_most(f.value(s) + f.slope(s) * (arb(t) - arb(s)), f.value(t))
    true(form(f, s, t), f"what is said of {f} at {s} and {t}")


# -- The iteration --


def simultaneous(x: Sequence[arb], y: Labels, w: arb, b: arb, eta: arb) -> Line:
    """Both updates from the old parameters."""
    r = [model.sigmoid(t) - yn for t, yn in zip(margins(x, w, b), y, strict=True)]
    return w - eta * dot(r, x), b - eta * total(r)


def sequential(x: Sequence[arb], y: Labels, w: arb, b: arb, eta: arb) -> Line:
    """The bias updated by the new weight."""
    new = simultaneous(x, y, w, b, eta)[0]
    return new, simultaneous(x, y, new, b, eta)[1]


def uphill(x: Sequence[arb], y: Labels, w: arb, b: arb, eta: arb) -> Line:
    """The sign of the step reversed."""
    return simultaneous(x, y, w, b, -eta)


@judge(
    "Q1.20",
    exact=False,
    form=simultaneous,
    printed=sequential,
    wrong={"uphill": uphill},
    witnesses=[((1, 2), (0, 1), 0, 0, 1)],
    cases=sized("v", "b", "q", "q", "0", most=3),
)
def step_leaves_from_the_old_parameters(
    form: Callable[..., Line], x: X, y: Labels, w: Number, b: Number, eta: Number
) -> None:
    """`(w, b) - eta grad E(w, b)`; as printed, `b` may as well be updated by the `w` that has just been found."""
    xs, here, rate = balls(x), [ball(w), ball(b)], ball(eta)
    slopes = gradient(lambda v: cost(xs, y, v[0], v[1]), here)
    equal(list(form(xs, y, *here, rate)), [p - rate * g for p, g in zip(here, slopes, strict=True)])


OVERLAP = ((-1, -1, 1, 1), (0, 1, 0, 1))
SEPARABLE = ((-1, 1), (0, 1))


def curvature(x: Sequence[int]) -> arb:
    """A quarter of the largest eigenvalue of `X'X = ((s, t), (t, n))`, where `X` has a column of ones."""
    s, t, n = sum(xn * xn for xn in x), sum(x), len(x)
    largest: arb = (s + n + arb((s - n) * (s - n) + 4 * t * t).sqrt()) / 8
    return largest


SAMPLES = st.one_of(
    st.sampled_from([OVERLAP, SEPARABLE, ((-2, 2), (1, 0)), ((1, 2), (0, 1)), ((0, 1, 5), (1, 0, 1))]),
    sized("v", "b", most=3).map(lambda case: (tuple(int(4 * xn) for xn in case[0]), case[1])),
)
"""Data sets of one feature, balanced and not."""


def stable(x: Sequence[int], y: Labels, eta: Any) -> bool:
    """A minimum exists, and the rate is below twice the inverse of the largest curvature."""
    return overlapping(x, y) and bool(eta * curvature(x) < 2)


@judge(
    "Q1.21",
    exact=False,
    form=stable,
    printed=lambda _x, _y, _eta: True,
    wrong={
        "without the minimum": lambda x, _y, eta: bool(eta * curvature(x) < 2),
        "without the rate": lambda x, y, _eta: overlapping(x, y),
        "rates twice as large": lambda x, y, eta: stable(x, y, eta / 2),
    },
    witnesses=[(*OVERLAP, Q(2, 5), Q(1, 10), Q(3)), (*SEPARABLE, Q(0), Q(0), Q(1))],
    edges=[(*OVERLAP, Q(2, 5), Q(1, 10), Q(1)), (*OVERLAP, Q(2, 5), Q(1, 10), Q(5, 2))],
    cases=st.tuples(
        st.sampled_from([OVERLAP, SEPARABLE]), rationals(2), rationals(2), st.integers(2, 12).map(lambda k: Q(k, 4))
    )
    .filter(lambda case: case[3] < Q(7, 4) or case[3] > Q(9, 4))
    .map(lambda case: (*case[0], *case[1:])),
)
def iterates_reach_the_minimum(
    form: Callable[..., bool], x: Sequence[int], y: Labels, w: Number, b: Number, eta: Any
) -> None:
    """Where `form` says so the gradient is below a millionth after 96 steps; printed: for any data and any rate.

    With a rate of 3 the iterates jump to and fro for ever, and without a minimum they leave.
    """
    if form(x, y, eta):
        xs, here = balls(x), (ball(w), ball(b))
        for _ in range(96):
            here = simultaneous(xs, y, *here, ball(eta))
        for slope in gradient(lambda v: cost(xs, y, v[0], v[1]), list(here)):
            less(abs(slope), Q(1, 10**6))


@judge(
    "Q1.21",
    "Q1.23",
    "X.7",
    exact=False,
    form=lambda most: 1 / most,
    wrong={"a tenth more": lambda most: Q(11, 10) / most, "the curvature itself": lambda most: most},
    cases=st.tuples(
        SAMPLES,
        st.tuples(*[rationals(2)] * 2),
        st.tuples(*[rationals(2)] * 2),
    ).map(lambda case: (*case[0], *case[1:])),
    edges=[(*OVERLAP, (Q(0), Q(0)), (Q(1, 100), Q(0))), (*((-2, 2), (1, 0)), (Q(0), Q(0)), (Q(1, 100), Q(0)))],
)
def gradient_is_cocoercive(
    form: Callable[..., Any], x: Sequence[int], y: Labels, a: Sequence[Any], c: Sequence[Any]
) -> None:
    """`|g - h|^2 / Lambda <= (g - h).(a - c)` for the gradients `g` at `a` and `h` at `c`.

    By Cauchy and Schwarz the gradient is Lipschitz with `Lambda`, the largest eigenvalue of `X'X / 4`.
    """
    there, here = (gradient(lambda v: cost(balls(x), y, v[0], v[1]), balls(theta)) for theta in (a, c))
    change, step = ([p - q for p, q in zip(u, v, strict=True)] for u, v in ((there, here), (balls(a), balls(c))))
    at_most(form(curvature(x)) * dot(change, change), dot(change, step))
    at_most(dot(change, change), curvature(x) * curvature(x) * dot(step, step))


@judge(
    "Q1.21",
    exact=False,
    form=lambda eta, most: eta * (1 - eta * most / 2),
    wrong={
        "the whole rate": lambda eta, _most: eta,
        "half the curvature": lambda eta, most: eta * (1 - eta * most / 4),
    },
    cases=st.tuples(SAMPLES, *[rationals(2)] * 2, positive(3)).map(lambda case: (*case[0], *case[1:])),
    edges=[(*OVERLAP, Q(1, 100), Q(0), Q(1))],
)
def step_descends(form: Callable[..., Any], x: Sequence[int], y: Labels, w: Number, b: Number, eta: Any) -> None:
    """The descent lemma: `E(theta - eta grad E) <= E(theta) - eta (1 - eta Lambda/2) |grad E|^2`, at any rate."""
    xs, here = balls(x), (ball(w), ball(b))
    slopes = gradient(lambda v: cost(xs, y, v[0], v[1]), list(here))
    after = simultaneous(xs, y, *here, ball(eta))
    at_most(cost(xs, y, *after), cost(xs, y, *here) - form(eta, curvature(x)) * dot(slopes, slopes))


# -- Separable samples --

Plane = Sequence[Any]


def towards(samples: Sequence[Plane]) -> Plane:
    """The point of the samples' hull that is nearest to 0, which the hull does not hold: it has the largest margin."""
    pairs = [(a, b) for a in samples for b in samples if a != b]
    feet = [foot for a, b in pairs for foot in _foot(a, b)]
    return min([*samples, *feet], key=lambda q: dot(q, q))


def _foot(a: Plane, b: Plane) -> list[Plane]:
    """The point nearest to 0 on the line through `a` and `b`, where it lies between the two."""
    along = [q - p for p, q in zip(a, b, strict=True)]
    share = -dot(a, along) / dot(along, along)
    return [[p + share * v for p, v in zip(a, along, strict=True)]] if 0 < share < 1 else []


def middle(samples: Sequence[Plane]) -> Plane:
    """The mean of the samples."""
    return [total(coordinates) / len(samples) for coordinates in zip(*samples, strict=True)]


def shortest(samples: Sequence[Plane]) -> Plane:
    """The sample nearest to 0."""
    return min(samples, key=lambda a: dot(a, a))


def _least(samples: Sequence[Plane], u: Plane) -> Any:
    """The square of the margin of the samples along `u`, with its sign."""
    least = min(dot(a, u) for a in samples)
    return least * abs(least) / dot(u, u)


def _cost_of(samples: Sequence[Plane], u: Plane, norm: arb) -> Any:
    """`sum_n ln(1 + e^-t)` for the weights of that norm along `u`; samples of label 0 have the other sign here."""
    scale = norm / arb(dot(u, u)).sqrt()
    return total((-scale * arb(dot(a, u))).exp().log1p() for a in samples)


OTHERS = {"the mean of the samples": middle, "the sample nearest to 0": shortest}
AHEAD = st.tuples(positive(), rationals())
"""Samples with a positive margin along the first axis."""


@judge(
    "X.14",
    exact=False,
    form=towards,
    wrong=OTHERS,
    cases=st.tuples(st.lists(AHEAD, min_size=1, max_size=4), AHEAD),
    edges=[([(Q(1), Q(3)), (Q(1), Q(1))], (Q(1), Q(0))), ([(Q(4), Q(0)), (Q(1), Q(1))], (Q(1), Q(2)))],
)
def least_cost_of_a_norm_turns_to_the_largest_margin(
    form: Callable[..., Plane], samples: Sequence[Plane], other: Plane
) -> None:
    """Along the direction of the largest margin weights cost less than along any other, once their norm is large.

    At norm R and margins `g > h`, these cost `n e^(-R g)` at most and `ln(1 + e^(-R h))` at least, which is more where
    `R g` and `R (g - h)` exceed `ln(2 n)`.
    """
    d = form(samples)
    for u in (other, towards(samples), middle(samples), *samples):
        squares = _least(samples, d), _least(samples, u)
        if squares[0] == squares[1] or max(squares) <= 0:
            continue
        here, there = (arb(g).sqrt() if g > 0 else -arb(-g).sqrt() for g in squares)
        larger, apart = here if squares[0] > squares[1] else there, abs(here - there)
        norm = 2 * arb(2 * len(samples)).log() * (1 / larger + 1 / apart)
        less(_cost_of(samples, d, norm), _cost_of(samples, u, norm))


@judge(
    "X.14",
    exact=False,
    form=towards,
    wrong=OTHERS,
    cases=st.tuples(positive(), positive()),
    edges=[(Q(1), Q(2)), (Q(3), Q(3))],
)
def descent_turns_to_the_largest_margin(form: Callable[..., Plane], a: Any, b: Any) -> None:
    """Gradient flow from 0 on samples `(a, 0)`, `(0, b)`: after the time `e^T` it is within `c / T` of the direction.

    A margin s obeys `s' = a^2 / (1 + e^s)`, hence `e^s + s = a^2 t + 1` and `ln(m - ln m) <= s <= ln m` for
    `m = a^2 t + 1`: all margins grow like `ln t`, and their quotients tend to 1, those of the largest margin.
    """
    d, log_time = form([(a, Q(0)), (Q(0), b)]), arb(10) ** 6
    grown = [arb(x * x) * log_time.exp() + 1 for x in (a, b)]
    flowed = [_margin(m) / arb(x) for m, x in zip(grown, (a, b), strict=True)]
    sine = (flowed[0] * arb(d[1]) - flowed[1] * arb(d[0])) / (dot(flowed, flowed) * arb(dot(d, d))).sqrt()
    at_most(abs(sine), 64 / log_time)


def _margin(m: arb) -> arb:
    """The `s` of `e^s + s = m`, enclosed."""
    return (m - m.log()).log().union(m.log())
