"""Bounds what rounding may cost batch normalisation: a batch is (n, d), and every sum runs down a column."""

from __future__ import annotations

import numpy as np

from lydite.kit import Floats
from spec.definitions.batch_norm import Numbers, Sizes, added, average

Layer = tuple[Floats, Floats, Floats, Floats, float]
"""`gamma`, `beta`, the running mean and variance, and `eps`."""

ILL_POSED = 1 / 100
"""The largest relative error of a centred value or a variance for which bounds of first order mean anything."""

# -- By the mean alone --


def centered(x: Floats, u: float) -> Numbers:
    """(n, d). `x_i - mean`, and a product with a scale: `(n + 3) u (|x_i| + mean|x|)`.

    The mean takes n - 1 additions and a division, so is off by `n u mean|x|`; then come the difference and the product.
    One more is left for code that multiplies first: `gamma x_i - gamma mean`, or `mean(gamma x)`.
    """
    size: Numbers = abs(np.asarray(x, dtype=float))
    return (len(size) + 3) * u * (size + average(size))


def centered_batch_norm(x: Floats, gamma: Floats, beta: Floats, u: float) -> Numbers:
    """(n, d). `gamma (x_i - mean) + beta`: `|gamma|` times `centered`, plus `2 u (|y_i| + |beta|)`.

    The sum rounds at `|y_i|`; `gamma x_i + (beta - gamma mean)` rounds its second term at `|beta|` as well.
    """
    y = gamma * (x - average(x)) + beta
    return abs(gamma) * centered(x, u) + 2 * u * (abs(y) + abs(beta))


def of_one_sample(x: Floats, gamma: Floats, beta: Floats, u: float) -> Numbers:
    """(1, d). `beta`, for n = 1: `2 u (|gamma x| + |beta|)`.

    With the mean taken away first there is nothing to round. `gamma x + (beta - gamma mean)`, a multiply-add for each
    entry, rounds its second term at `|beta - gamma x|` and the sum at `|beta|`; its product at `|gamma x|` once, where
    the other one is fused and does not round.
    """
    allowed: Numbers = 2 * u * (abs(gamma * np.asarray(x, dtype=float)) + abs(beta))
    return allowed


def centered_batch_norm_backward(dy: Floats, gamma: Floats, u: float) -> Numbers:
    """(n, d). `gamma (dy_i - mean(dy))`: `|gamma|` times `centered` of `dy`."""
    return abs(gamma) * centered(dy, u)


def moved_when_centered(by: Floats) -> Numbers:
    """(n, d). What moving each `x_i` by at most `by_i` does to a centred value: `by_i + mean(by)`."""
    return by + average(by)


# -- In full, `s = sqrt(var + eps)` and `x_hat = (x - mean) / s` --


def well_posed(b: Sizes, u: float, forgiving: bool) -> bool:
    """Whether rounding leaves `s` and `x_hat` any digits: `n u max|x| / s` is small, and `s` is not zero.

    The textbook's `mean(x^2) - mean^2` needs more, namely what it loses of the variance to be small.
    """
    if not b.s.all():
        return False
    lost = b.n * u * b.largest / b.s
    if forgiving:
        lost = np.maximum(lost, 2 * _one_pass(b, u))
    return bool((lost <= ILL_POSED).all())


def deviation(b: Sizes, u: float, forgiving: bool) -> Numbers:
    """(d,). `s`, relative: `2 (n + 3) u max|x| / s + (n + 6) u`.

    A centred value is off by at most `e = 2 (n + 3) u max|x|` (see `centered`), which moves `s` by
    `mean(|c| e) / s <= e`, since `mean|c| <= sqrt(var) <= s`. Half of the relative roundings of the variance (n + 2 for
    squares, sum, division and eps), the root, its reciprocal and a product are fewer than n + 6.
    Where the textbook formula is admitted, `_one_pass` is added.
    """
    relative = 2 * (b.n + 3) * u * b.largest / b.s + (b.n + 6) * u
    return relative + _one_pass(b, u) if forgiving else relative


def normalised(b: Sizes, u: float, forgiving: bool) -> Numbers:
    """(n, d). `x_hat_i`: `centered / s`, and `|x_hat_i|` times the relative error of `s`."""
    return _centered(b, u) / b.s + b.x_hat * deviation(b, u, forgiving)


def batch_norm(b: Sizes, gamma: Floats, beta: Floats, u: float, forgiving: bool) -> Numbers:
    """(n, d). `gamma x_hat_i + beta`: `|gamma|` times `normalised`, plus `2 u (|y_i| + |beta|)` as without `s`."""
    size = abs(gamma) * b.x_hat + abs(beta)  # at least |y_i|
    return abs(gamma) * normalised(b, u, forgiving) + 2 * u * (size + abs(beta))


def moved(b: Sizes, gamma: Floats, by: Floats) -> Numbers:
    """(n, d). What moving each `x_i` by at most `by_i` does to the output, to first order.

    A centred value moves by `by_i + mean(by)`, and so `s` by at most `2 max(by)`.
    """
    moved: Numbers = abs(gamma) / b.s * (by + average(by) + 2 * b.x_hat * by.max(axis=0))
    return moved


def shift_gradient(dy: Floats, u: float) -> Numbers:
    """(d,). `sum dy`: n - 1 additions, each off by at most `u sum|dy|`; three more for n times the mean."""
    return (len(dy) + 2) * u * added(abs(dy))


def scale_gradient(b: Sizes, dy: Floats, u: float, forgiving: bool) -> Numbers:
    """(d,). `sum dy x_hat`: each `|dy_i|` times `normalised`, and n + 2 roundings of `sum|dy x_hat|`.

    They are the products, the sum, and a division by `s` where that comes last.
    """
    size = abs(dy)
    return added(size * normalised(b, u, forgiving) + (b.n + 2) * u * size * b.x_hat)


def input_gradient(b: Sizes, dy: Floats, gamma: Floats, u: float, forgiving: bool) -> Numbers:
    """(n, d). `gamma / s (dy_i - mean(dy) - x_hat_i m)`, with `|m| = |mean(dy x_hat)|` at most `M = mean|dy x_hat|`.

        |gamma|/s [ (r + (n + 6) u)(|dy_i| + mean|dy|)
                    + |x_hat_i| (scale_gradient / n + (2 r + 6 u) M)
                    + M ((n + 3) u (|x_i| + 3 mean|x|) / s + n u) ]

    Here `r` is the relative error of `s`. In the first row, n roundings of the mean, two differences, two products and
    a division; `r` for the factor 1/s. In the second, `m` is off by `scale_gradient / n`, and its product with
    `x_hat_i` carries 1/s twice more: the usual chain through `dvar` takes the -3/2 power of the variance, so `3 r` in
    all, one of which is in `scale_gradient`. In the third, `x_hat_i` is off by the rounding of its centred value; the
    chain through `dmean` adds `M mean(c) / s` with `mean(c) = 0` evaluated from centred values that are off by
    `(n + 3) u 2 mean|x|` on average, in a sum of n terms of size s on average.
    """
    size, r = abs(dy), deviation(b, u, forgiving)
    along = average(size * b.x_hat)
    upstream = (r + (b.n + 6) * u) * (size + average(size))
    product = b.x_hat * (scale_gradient(b, dy, u, forgiving) / b.n + (2 * r + 6 * u) * along)
    values = along * ((b.n + 3) * u * (b.x + 3 * b.mean) / b.s + b.n * u)
    return abs(gamma) / b.s * (upstream + product + values)


# -- By running statistics --


def inference(x: Floats, layer: Layer, u: float) -> Numbers:
    """(n, d). `|gamma| / s (6 |x_i - mean| + 2 |x_i| + 3 |mean|) u + 2 u (|y_i| + |beta|)`, `s^2 = variance + eps`.

    The difference rounds once; the sum, the root, its reciprocal, the quotient and the product come to less than five
    more. `x scale + (beta - mean scale)`, as libraries fold it, rounds its products at `|x| scale` and `|mean| scale`,
    its second term at that and `|beta|`, and the sum at `|y|`.
    """
    numbers, (gamma, beta, mean, variance, eps) = np.asarray(x, dtype=float), layer
    scale = abs(np.asarray(gamma, dtype=float)) / np.sqrt(np.asarray(variance, dtype=float) + float(eps))
    c = abs(numbers - mean)
    return scale * (6 * c + 2 * abs(numbers) + 3 * abs(mean)) * u + 2 * u * (scale * c + 2 * abs(beta))


def next_mean(b: Sizes, old: Floats, momentum: float, u: float, forgiving: bool) -> Numbers:
    """(d,). `m (n + 5) u mean|x| + u [ 4 (1 - m) + 3 m ] |old|`, m the momentum.

    The mean of the batch is off by `n u mean|x|`. Then round `1 - m`, both products and the sum; the difference and its
    product in `old + m (new - old)`, each at `m (|old| + mean|x|)`. Where the form by decay is admitted,
    `min(m, u) (|old| + mean|x|)` is added (see `_by_decay`).
    """
    m, size = float(momentum), abs(np.asarray(old, dtype=float))
    allowed = m * (b.n + 5) * u * b.mean + u * (4 * (1 - m) + 3 * m) * size
    return allowed + _by_decay(b.mean, size, m, u) if forgiving else allowed


def next_variance(b: Sizes, old: Floats, momentum: float, u: float, forgiving: bool) -> Numbers:
    """(d,). As `next_mean`, for a variance `s^2` that is off by `2 s e + e^2 + (n + 5) u s^2`.

    A centred value is off by at most `e = 2 (n + 3) u max|x|` (see `deviation`). Where the textbook's
    `mean(x^2) - mean^2` is admitted, `4 (n + 1) u mean(x^2)` is added (see `_one_pass`).
    """
    m, size, square = float(momentum), abs(np.asarray(old, dtype=float)), b.s * b.s
    e = 2 * (b.n + 3) * u * b.largest
    lost = 2 * b.s * e + e * e + (b.n + 5) * u * square
    if forgiving:
        lost = lost + 4 * (b.n + 1) * u * b.square
    allowed = m * (lost + 3 * u * square) + u * (4 * (1 - m) + 3 * m) * size
    return allowed + _by_decay(square, size, m, u) if forgiving else allowed


def _by_decay(new: Numbers, old: Floats, m: float, u: float) -> Numbers:
    """(d,). What `d old + (1 - d) new` costs for the decay `d = 1 - m`: `min(m, u) (|new| + |old|)`.

    `d` rounds by at most `u / 2`, and by no more than `m`, as 1 is a float; `1 - d` is off by as much, which `m` is
    not. So this is a step by a momentum that is moved, which moves the answer by as much of `|new - old|`. The other
    half of `u` is for rounding `1 - d` where `d` is small.
    """
    cost: Numbers = min(m, u) * (new + old)
    return cost


def _centered(b: Sizes, u: float) -> Numbers:
    return (b.n + 3) * u * (b.x + b.mean)


def _one_pass(b: Sizes, u: float) -> Numbers:
    """(d,). What `mean(x^2) - mean^2` costs the relative accuracy of `s`: `2 (n + 1) u mean(x^2) / s^2`.

    The first mean is off by n + 1 roundings, the square of the second by 2 n + 1, the difference by one more. That is
    `3 (n + 1) u mean(x^2)` for the variance, half of it over `s^2` for the root; a third more is for the second order.
    """
    return 2 * (b.n + 1) * u * b.square / (b.s * b.s)
