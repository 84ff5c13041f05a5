"""Ways to go wrong that any call may take: multiples, order, other arguments, terms, constants, rounding, places."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lydite.kit.asked import Answer, Asked, Numbers, Way, error, one_hot, size
from lydite.kit.calls import CALLS
from lydite.kit.question import topics
from lydite.likeness.masks import BLOCKS
from lydite.likeness.quotients import quotients

TOPICS = topics("mistakes.likeness")
KNOWN = {call: ways for topic in TOPICS for call, ways in topic.WAYS.items()}
TERMS = {call: terms for topic in TOPICS for call, terms in topic.TERMS.items()}
NEUTRAL = {name for topic in TOPICS for name in getattr(topic, "NEUTRAL", ())}
"""Arguments that change nothing where they are 1."""

BLOCK = 128
AT_A_BOUND = 4
"""Entries at one and the same bound that make it one."""

Change = Callable[[Any], Any]


SIMPLE = frozenset({"the negative: got = -due", "twice what is due", "half of what is due", "nothing: got = 0"}) | {
    says for known in KNOWN.values() for says, _ in known
}
"""The ways that describe wrong answers alone, where the right ones are another matter."""


def ways(wrong: Sequence[Asked]) -> Iterator[Way]:
    """Returns every way that the call may take, the simplest first; some with a constant of the first answer."""
    one = wrong[0]
    return chain(
        _multiples(one),
        KNOWN.get(one.call, ()),
        _rearrangements(one),
        _changed_arguments(one),
        _terms(one),
        _products(one),
        _fitted(wrong),
        _functions(wrong),
        quotients(one),
        _rounded(wrong),
        _places(one),
    )


def _each(change: Callable[[Numbers], Any]) -> Callable[[Asked], Answer]:
    """`change`, made to every part of what is due."""
    return lambda a: tuple(np.asarray(change(due)) for due in a.due)


def _made(changes: Mapping[str, Callable[[Numbers], Any]]) -> Iterator[Way]:
    return ((says, _each(change)) for says, change in changes.items())


# -- Multiples --


def _multiples(one: Asked) -> Iterator[Way]:
    yield from _made(
        {
            "not a number": lambda due: np.full(due.shape, np.nan),
            "the negative: got = -due": np.negative,
            "twice what is due": lambda due: 2 * due,
            "half of what is due": lambda due: due / 2,
            "nothing: got = 0": np.zeros_like,
            "bits for nats: due = ln 2 * got": lambda due: due / np.log(2),
        }
    )
    for n in one.sizes:
        factors: dict[str, Callable[[int], float]] = {
            f"the mean instead of the sum: due = {n} * got": lambda n: 1 / n,
            f"the negative mean: due = -{n} * got": lambda n: -1 / n,
            f"{n} times what is due: got = {n} * due": lambda n: n,
            f"divided by {n} - 1, not by {n}": lambda n: n / (n - 1),
            f"{n} - 1 in place of {n}: {n} * got = ({n} - 1) * due": lambda n: (n - 1) / n,
            f"divided by {n} once too often, and by {n} again": lambda n: 1 / n**2,
            f"{n} counted in int8": lambda n: _wrapped(n, np.int8) / n,
            f"{n} counted in uint8": lambda n: _wrapped(n, np.uint8) / n,
            f"{n} counted in int16": lambda n: _wrapped(n, np.int16) / n,
            f"{n} counted in uint16": lambda n: _wrapped(n, np.uint16) / n,
        }
        yield from ((says, _times(n, factor)) for says, factor in factors.items())


def _times(letter: str, factor: Callable[[int], float]) -> Callable[[Asked], Answer]:
    return lambda a: tuple(due * factor(a.sizes[letter]) for due in a.due)


def _wrapped(n: int, kind: type[np.integer[Any]]) -> int:
    return int(np.array(n).astype(kind))


# -- Order and place --


def _rearrangements(one: Asked) -> Iterator[Way]:
    if len(one.due) > 1:
        yield "parts of the answer in reverse order", lambda a: a.due[::-1]
        yield "parts of the answer shifted by one", lambda a: (a.due[-1], *a.due[:-1])
        yield "the last two parts of the answer exchanged", lambda a: (*a.due[:-2], a.due[-1], a.due[-2])
    dimensions = max(due.ndim for due in one.due)
    yield from _made(MATRICES if dimensions == 2 else VECTORS if dimensions == 1 else {})
    if dimensions:
        yield from _made(ROWS)
        for count in BLOCKS:
            yield f"0 from entry or row {count} on", _each(_zero_from(_always(count)))


def _always(count: int) -> Callable[[int], int]:
    return lambda _: count


def _diagonal(due: Numbers) -> Numbers:
    return np.diag(np.diag(due))


def _unmixed(due: Numbers) -> Numbers:
    h = due.copy()
    h[-1, :-1] = h[:-1, -1] = 0
    return h


def _without_first(due: Numbers) -> Numbers:
    h = due.copy()
    h.flat[0] = 0
    return h


def _in_order(*order: int) -> Callable[[Numbers], Numbers]:
    return lambda due: due[np.ix_(order, order)]


MATRICES: dict[str, Callable[[Numbers], Any]] = {
    "transposed": np.transpose,
    "transposed, in the shape that is due": lambda due: due.T.reshape(due.shape),
    "the diagonal alone": _diagonal,
    "the lower triangle alone": np.tril,
    "the upper triangle alone": np.triu,
    "the sign is wrong off the diagonal": lambda due: 2 * _diagonal(due) - due,
    "the sign is wrong on the diagonal": lambda due: due - 2 * _diagonal(due),
    "half of what is due off the diagonal": lambda due: (due + _diagonal(due)) / 2,
    "twice what is due off the diagonal": lambda due: 2 * due - _diagonal(due),
    "half of what is due on the diagonal": lambda due: due - _diagonal(due) / 2,
    "twice what is due on the diagonal": lambda due: due + _diagonal(due),
    "the upper triangle, doubled, and nothing below": lambda due: 2 * np.triu(due, 1) + _diagonal(due),
    "the first entry is 0": _without_first,
    "a diagonal of zeros": lambda due: due - _diagonal(due),
    "no mixed entries in the last row and column": _unmixed,
    "rows and columns in reverse order": lambda due: due[::-1, ::-1],
    "rows in reverse order": lambda due: due[::-1],
    "columns in reverse order": lambda due: due[:, ::-1],
    "the last row and column in front": lambda due: np.roll(due, 1, axis=(0, 1)),
    "the second and third row and column exchanged": _in_order(0, 2, 1),
    "the first and second row and column exchanged": _in_order(1, 0, 2),
}

VECTORS: dict[str, Callable[[Numbers], Any]] = {
    "in reverse order": lambda due: due[::-1],
    "in rising order": np.sort,
    "the first two entries exchanged": lambda due: np.concatenate([due[1::-1], due[2:]]),
    "the last entry in front": lambda due: np.roll(due, 1),
    "the first entry twice, and the last one lost": lambda due: np.concatenate([due[:1], due[:-1]]),
    "the first entry at the end": lambda due: np.roll(due, -1),
}


def _zero_from(count: Callable[[int], int]) -> Callable[[Numbers], Numbers]:
    def cut(due: Numbers) -> Numbers:
        k = count(len(due))
        return np.concatenate([due[:k], 0 * due[k:]])

    return cut


ROWS: dict[str, Callable[[Numbers], Any]] = {
    "the last entry or row is 0": _zero_from(lambda n: n - 1),
    "the first entry or row is 0": lambda due: np.concatenate([0 * due[:1], due[1:]]),
    "0 in what is left over of blocks of 128": _zero_from(lambda n: n - n % BLOCK),
    "the mean of all entries or rows, in each": lambda due: due.mean(axis=0) + 0 * due,
    "the sum of all entries or rows, in each": lambda due: due.sum(axis=0) + 0 * due,
}


# -- The answer to other arguments --


def _changed_arguments(one: Asked) -> Iterator[Way]:
    """Yields the answer that is due where one argument is another, two are exchanged, or some are cut."""
    for name, value in one.given.items():
        if isinstance(value, np.ndarray) and value.ndim:
            yield from _changed(name, {**NUMBERS, **ARRAYS})
        elif not callable(value) and name not in CALLS[one.call].whole:
            yield from _changed(name, {**NUMBERS, **SCALARS})
    yield from _exchanged(one)
    yield from _cut(one)


NUMBERS: dict[str, Change] = {
    "0": lambda v: v * 0.0,
    "1": lambda v: v * 0.0 + 1,
    "-{}": lambda v: -1.0 * v,
    "2 {}": lambda v: 2.0 * v,
    "{} / 2": lambda v: v / 2.0,
    "1 - {}": lambda v: 1.0 - v,
    "{}^2": lambda v: 1.0 * v * v,
    "sqrt({})": np.sqrt,
    "sqrt(2) {}": lambda v: np.sqrt(2) * v,
    "ln(2) {}": lambda v: np.log(2) * v,
    "1 / {}": lambda v: 1 / v,
    "|{}|": np.abs,
}
"""The values that may stand in place of an argument that is a number or an array of them."""

SCALARS: dict[str, Change] = {
    "0.01": lambda _: 0.01,
    "1e-5": lambda _: 1e-5,
    "1e-3": lambda _: 1e-3,
    "{} + 1e-5": lambda v: float(v) + 1e-5,
    "{}, but at least 1e-5": lambda v: max(float(v), 1e-5),
    "{}, but at most 1": lambda v: min(float(v), 1.0),
    "{}, but at most 30": lambda v: min(float(v), 30.0),
}


def _softmax(v: NDArray[Any]) -> Any:
    shares = np.exp(v - v.max())
    return shares / shares.sum()


def _by_address(v: NDArray[Any]) -> Any:
    """Returns as many entries as `v` has, one after the other in memory from its first on, whatever its strides.

    Where memory ends before, it is read again from there.
    """
    held: Any = v if v.base is None else v.base
    if v.flags.c_contiguous:
        return v
    if not isinstance(held, np.ndarray) or held.dtype != v.dtype:
        return None
    first = (v.ctypes.data - held.ctypes.data) // v.itemsize
    return np.resize(held.ravel(order="K")[first:], v.shape)


def _clipped(bound: int) -> Change:
    return lambda v: np.clip(v, -bound, bound)


def _cut_off(count: int) -> Change:
    return lambda v: np.concatenate([v[:count], 0 * v[count:]]) if count < len(v) else None


ARRAYS: dict[str, Change] = {
    "{} transposed": lambda v: v.T,
    "{} transposed where it is square": lambda v: v.T if v.ndim == 2 and v.shape[0] == v.shape[1] else v,
    "{} transposed, in its own shape": lambda v: v.T.reshape(v.shape),
    "{} in the order of memory": lambda v: v.ravel(order="K").reshape(v.shape),
    "{} in the order of C, whatever its own": lambda v: v.ravel(order="A").reshape(v.shape),
    "{} without its strides": _by_address,
    "{} in reverse order": lambda v: v[::-1],
    "{} shifted by one": lambda v: np.roll(v, 1, axis=0),
    "{} cut to whole numbers": np.trunc,
    "{} rounded to whole numbers": np.round,
    "the largest entry of {} alone, as 1": one_hot,
    "{} smoothed by a tenth": lambda v: 0.9 * v + 0.1 * v.sum(axis=0) / len(v),
    "{} smoothed by a tenth, whatever its sum": lambda v: 0.9 * v + 0.1 / len(v),
    "{} with 0 for its last entry or row": lambda v: np.concatenate([v[:-1], 0 * v[-1:]]),
    "{} with 0 for its first entry or row": lambda v: np.concatenate([0 * v[:1], v[1:]]),
    **{f"{{}} clipped to [-{bound}, {bound}]": _clipped(bound) for bound in (1, 5, 10, 20, 50, 100)},
    **{f"{{}} with zeros from entry or row {k} on": _cut_off(k) for k in BLOCKS},
    "{} with 0 for what is below 1e-8": lambda v: np.where(np.abs(v) < 1e-8, 0 * v, v),
    "the positive part of {}": lambda v: np.maximum(v, 0),
    "the softmax of {}": _softmax,
    "{} less its mean": lambda v: v - v.mean(axis=0),
    "the mean of {}": lambda v: v.mean(axis=0) + 0 * v,
    "the first entry of {}": lambda v: v[0] + 0 * v,
    "{} divided by its mean": lambda v: v / (v.mean(axis=0) or 1.0),
    "{} divided by its sum": lambda v: v / (v.sum(axis=0) or 1.0),
    "{} divided by its length": lambda v: v / (np.linalg.norm(v) or 1.0),
    "{} divided by 0.8": lambda v: v / 0.8,
    "1 where {} is not 0, else 0": lambda v: (v != 0) * 1.0,
}


def _changed(name: str, changes: Mapping[str, Change]) -> Iterator[Way]:
    return (
        (f"the answer for {told.format(name)} in place of {name}", _again(name, change))
        for told, change in changes.items()
    )


def _again(name: str, change: Change) -> Callable[[Asked], Answer | None]:
    def way(a: Asked) -> Answer | None:
        changed = change(a.given[name])
        return None if changed is None else a.again(**{name: changed})

    return way


def _exchanged(one: Asked) -> Iterator[Way]:
    """Yields two arguments of one shape in each other's place, or one in both, or their product."""
    alike = [pair for pair in combinations(one.given, 2) if _alike(*(one.given[name] for name in pair))]
    for left, right in alike:
        yield f"{left} and {right} exchanged", _with({left: right, right: left})
        for lost, kept in ((left, right), (right, left)):
            yield f"the answer for {kept} in place of {lost}", _with({lost: kept})
            yield f"the answer for {lost} {kept} in place of {lost}", _multiplied(lost, kept)


def _alike(a: Any, b: Any) -> bool:
    return callable(a) == callable(b) and np.shape(a) == np.shape(b)


def _with(places: Mapping[str, str]) -> Callable[[Asked], Answer | None]:
    return lambda a: a.again(**{name: a.given[other] for name, other in places.items()})


def _multiplied(name: str, by: str) -> Callable[[Asked], Answer | None]:
    return lambda a: a.again(**{name: a.given[name] * a.given[by]})


def _cut(one: Asked) -> Iterator[Way]:
    """Returns the answer for some of the samples, inputs, or features, where it has no row for each."""
    rows = CALLS[one.call].with_axis("n", 0)
    if rows and all(due.ndim < 2 or len(due) != len(one.given[rows[0]]) for due in one.due):
        for says, kept in PIECES.items():
            yield f"the answer {says}", _kept(rows, kept)
        yield "the answer without repeated samples", lambda a: a.again(**_unique(a, rows))
    if "d" not in CALLS[one.call].sizes and (features := CALLS[one.call].with_axis("d", -1)):
        for says, kept in FEATURES.items():
            yield f"the answer {says}", _kept_columns(features, kept)


def _first(count: int) -> Callable[[int], slice]:
    return lambda _: slice(count)


def _whole(block: int) -> Callable[[int], slice]:
    """Returns whole blocks alone; all where there is none."""
    return lambda n: slice(n // block * block or n)


PIECES: dict[str, Callable[[int], slice]] = {
    "without the last sample or input": lambda n: slice(n - 1),
    "without the first sample or input": lambda _: slice(1, None),
    "for the first sample or input alone": lambda _: slice(1),
    **{f"for the first {k} samples or inputs": _first(k) for k in BLOCKS},
    "for whole blocks of 128 samples or inputs": _whole(BLOCK),
    "for whole blocks of 64 samples or inputs": _whole(64),
}
FEATURES: dict[str, Callable[[int], slice]] = {
    **{f"for the first {k} features": _first(k) for k in BLOCKS},
    "for whole blocks of 128 features": _whole(BLOCK),
    "for whole blocks of 64 features": _whole(64),
}


def _kept(rows: Sequence[str], kept: Callable[[int], slice]) -> Callable[[Asked], Answer | None]:
    return lambda a: a.again(**{r: a.given[r][kept(len(a.given[r]))] for r in rows})


def _kept_columns(names: Sequence[str], kept: Callable[[int], slice]) -> Callable[[Asked], Answer | None]:
    return lambda a: a.again(**{x: a.given[x][..., kept(a.given[x].shape[-1])] for x in names})


def _unique(a: Asked, rows: Sequence[str]) -> dict[str, Any]:
    _, first = np.unique(np.column_stack([a.given[r] for r in rows]), axis=0, return_index=True)
    return {r: a.given[r][np.sort(first)] for r in rows}


# -- Terms and products --


def _terms(one: Asked) -> Iterator[Way]:
    """Yields one term of a sum missing, of the wrong sign, or taken another number of times."""
    if len(one.due) == 1:
        for name, term in TERMS.get(one.call, {}).items():
            yield f"without the term {name}", _plus(term, -1)
            yield f"the sign of the term {name} is wrong", _plus(term, -2)
            yield f"twice the term {name}", _plus(term, 1)
            yield f"half of the term {name}", _plus(term, -0.5)
            yield f"the term {name} alone", term
            for count in BLOCKS:
                yield f"without the term {name} from entry or row {count} on", _lost_from(term, count)
            for n in one.sizes:
                yield f"{n} times the term {name}", _scaled(term, n, 1)
                yield f"the term {name} divided by {n}", _scaled(term, n, -1)


def _plus(term: Callable[[Asked], Any], times: float) -> Callable[[Asked], Any]:
    return lambda a: a.due[0] + times * term(a)


def _lost_from(term: Callable[[Asked], Any], count: int) -> Callable[[Asked], Any]:
    def way(a: Asked) -> Any:
        kept: Numbers = a.due[0].copy()
        kept[count:] -= term(a)[count:]
        return kept

    return way


def _scaled(term: Callable[[Asked], Any], letter: str, power: int) -> Callable[[Asked], Any]:
    return lambda a: a.due[0] + (float(a.sizes[letter]) ** power - 1) * term(a)


def _products(one: Asked) -> Iterator[Way]:
    """Yields the value due, times or divided by an argument, or plus or minus it."""
    if len(one.due) == 1:
        for name, value in one.given.items():
            if not callable(value) and name not in CALLS[one.call].whole:
                yield from _with_argument(name)


def _with_argument(name: str) -> Iterator[Way]:
    yield f"what is due times {name}", lambda a: a.due[0] * a.given[name]
    yield f"what is due divided by {name}", lambda a: a.due[0] / a.given[name]
    yield f"what is due times {name}^2", lambda a: a.due[0] * a.given[name] ** 2
    yield f"what is due divided by {name}^2", lambda a: a.due[0] / a.given[name] ** 2
    yield f"what is due plus {name}", lambda a: a.due[0] + a.given[name]
    yield f"what is due minus {name}", lambda a: a.due[0] - a.given[name]
    yield f"{name} itself", lambda a: a.reals(name)[0]
    for count in BLOCKS:
        yield f"{name} itself from entry or row {count} on", _as_it_came(name, count)


def _as_it_came(name: str, count: int) -> Callable[[Asked], Any]:
    return lambda a: np.concatenate([a.due[0][:count], a.reals(name)[0][count:]])


# -- Constants that the answers give --


def _fitted(wrong: Sequence[Asked]) -> Iterator[Way]:
    """Returns one factor, one summand, one multiple of an argument for all, and bounds that are never crossed."""
    one = wrong[0]
    yield from _bounded(wrong)
    factor, shift = (_constant(one, how) for how in (np.divide, np.subtract))
    if factor is not None:
        yield f"always {factor:.10g} times what is due", _each(lambda due: factor * due)
    if shift is not None:
        yield f"a constant added: got = due + {shift:.3g}", _each(lambda due: due + shift)
    yield from _affine(wrong)
    if all(due.ndim == 2 for due in one.due):
        ridge = float((one.got[0] - one.due[0])[0, 0])
        yield f"{ridge:.3g} added to the diagonal", _each(lambda due: due + ridge * np.eye(*due.shape))
    yield from _decayed(one)
    lone = float(one.got[0].flat[0])
    yield f"the same answer always: {lone:.6g}", _each(lambda due: 0 * due + lone)


def _constant(one: Asked, how: Callable[[Any, Any], Any]) -> float | None:
    """Returns the share of the answer in the value due, in the largest entry."""
    got, due = (np.concatenate([part.ravel() for part in side]) for side in (one.got, one.due))
    at = int(np.argmax(np.abs(due)))
    with np.errstate(all="ignore"):
        constant = float(how(got[at], due[at]))
    return constant if np.isfinite(constant) and constant else None


def _got(a: Asked) -> Answer:
    return a.got


def _due(a: Asked) -> Answer:
    return a.due


def _affine(wrong: Sequence[Asked]) -> Iterator[Way]:
    """Returns a multiple and a summand at once, from the smallest and the largest of all that is due."""
    got, due = (np.concatenate([part.ravel() for a in wrong for part in side(a)]) for side in (_got, _due))
    low, high = int(np.argmin(due)), int(np.argmax(due))
    with np.errstate(all="ignore"):
        factor = float((got[high] - got[low]) / (due[high] - due[low]))
    shift = float(got[high] - factor * due[high])
    if np.isfinite(shift) and factor:
        yield f"got = {factor:.10g} * due + {shift:.10g}", _each(lambda due: factor * due + shift)


def _decayed(one: Asked) -> Iterator[Way]:
    """Returns a multiple of an argument, or of the sum of its squares, added."""
    if len(one.due) > 1:
        return
    for name, value in one.given.items():
        if not callable(value):
            yield from _multiple_of(one, name, name, lambda v: v)
            yield from _multiple_of(one, name, f"|{name}|^2", lambda v: np.asarray((v * v).sum()))


def _multiple_of(one: Asked, name: str, told: str, term: Callable[[Numbers], Numbers]) -> Iterator[Way]:
    value, off = term(one.reals(name)[0]), one.got[0] - one.due[0]
    if value.shape == off.shape and np.any(value):
        at = np.unravel_index(int(np.argmax(np.abs(value))), value.shape)
        c = float(off[at] / value[at])
        if np.isfinite(c) and c:
            yield f"{c:.3g} {told} added", lambda a: a.due[0] + c * term(a.reals(name)[0])


def _bounded(wrong: Sequence[Asked]) -> Iterator[Way]:
    """Yields the value due, clipped at the least or largest of all answers, or both, where several are at it."""
    entries = np.concatenate([g.ravel() for a in wrong for g in a.got])
    low, high = float(entries.min()), float(entries.max())
    if not low <= high:  # NaN
        return
    at_low, at_high = ((entries == bound).sum() >= AT_A_BOUND for bound in (low, high))
    if at_high:
        yield f"never above {high:.10g}", _each(lambda due: np.minimum(due, high))
    if at_low:
        yield f"never below {low:.10g}", _each(lambda due: np.maximum(due, low))
    if at_low and at_high:
        yield f"clipped to [{low:.10g}, {high:.10g}]", _each(lambda due: np.clip(due, low, high))


# -- Functions of what is due --

FUNCTIONS: dict[str, Callable[[Numbers], Any]] = {
    "the absolute value": np.abs,
    "the positive part: 0 where it is negative": lambda due: np.maximum(due, 0),
    "the square of what is due": np.square,
    "the root of what is due": np.sqrt,
    "one minus what is due": lambda due: 1 - due,
    "the logarithm of what is due": np.log,
    "the exponential of what is due": np.exp,
    "one over what is due": lambda due: 1 / due,
    "what is due, rounded to whole numbers": np.round,
    "what is due, cut to whole numbers": np.trunc,
    "only the sign of what is due": np.sign,
    "what is due, scaled to length one": lambda due: due / np.linalg.norm(due),
    "what is due, scaled to a sum of one": lambda due: due / due.sum(),
}


def _functions(wrong: Sequence[Asked]) -> Iterator[Way]:
    yield from _made(FUNCTIONS)
    for name, value in wrong[0].given.items():
        if not callable(value) and any(np.asarray(a.given[name]).dtype.kind in "iub" for a in wrong):
            yield f"what is due, cut to the type of {name}", _cast(name)


def _cast(name: str) -> Callable[[Asked], Answer]:
    return lambda a: tuple(due.astype(np.asarray(a.given[name]).dtype).astype(np.float64) for due in a.due)


FORMATS: dict[str, tuple[type[np.floating[Any]], float]] = {
    "single precision (float32)": (np.float32, 2.0**-12),
    "half precision (float16)": (np.float16, 2.0**-6),
}
"""Types that are less accurate, and as near as arithmetic in them comes to what is due."""
SPARE = 3
"""Bits: with so many fewer, one in `2^SPARE` of the numbers of a type is still exact."""


def _rounded(wrong: Sequence[Asked]) -> Iterator[Way]:
    """Yields the answer or the arguments in another precision."""
    one = wrong[0]
    for says, (kind, near) in FORMATS.items():
        if _needs(wrong, kind):
            yield f"rounded to {says}", _rounded_to(kind, near)
        yield f"the answer for arguments rounded to {says}", _from_rounded(kind)
        for name, value in one.given.items():
            if not callable(value) and name not in CALLS[one.call].whole:
                yield f"the answer for {name} rounded to {says}", _again(name, _narrowed(kind))


def _needs(wrong: Sequence[Asked], kind: type[np.floating[Any]]) -> bool:
    """Returns whether most wrong entries take the bits of `kind`: whole numbers are exact in it too."""
    entries = np.concatenate([g[g != d] for a in wrong for g, d in zip(a.got, a.due, strict=True)])
    mantissa, _ = np.frexp(entries[np.isfinite(entries)])
    fewer = np.ldexp(mantissa, np.finfo(kind).nmant + 1 - SPARE)
    return bool(np.mean(fewer != np.round(fewer)) > 1 / 2) if fewer.size else False


def _rounded_to(kind: type[np.floating[Any]], near: float) -> Callable[[Asked], Answer | None]:
    """Yields the answer itself, if every entry is of this kind, and as near to what is due as such arithmetic comes."""

    def way(a: Asked) -> Answer | None:
        exact = all((g.astype(kind) == g).all() for g in a.got)
        close = all(error(g, d) <= near * max(size(d), 1.0) for g, d in zip(a.got, a.due, strict=True))
        return a.got if exact and close else None

    return way


def _narrowed(kind: type[np.floating[Any]]) -> Change:
    return lambda v: v.astype(kind).astype(np.float64) if isinstance(v, np.ndarray) else float(kind(v))


def _from_rounded(kind: type[np.floating[Any]]) -> Callable[[Asked], Answer | None]:
    def way(a: Asked) -> Answer | None:
        numbers = {n: v for n, v in a.given.items() if not callable(v) and n not in CALLS[a.call].whole}
        return a.again(**{name: _narrowed(kind)(v) for name, v in numbers.items()})

    return way


# -- Where it is wrong --

Chosen = Callable[[NDArray[Any], NDArray[Any], int, int], Any]

PLACES: dict[str, Chosen] = {
    "on the diagonal": lambda i, j, *_: i == j,
    "off the diagonal": lambda i, j, *_: i != j,
    "below the diagonal": lambda i, j, *_: i > j,
    "above the diagonal": lambda i, j, *_: i < j,
    "in the last row": lambda i, _, rows, __: i == rows - 1,
    "in the first row": lambda i, *_: i == 0,
    "in the last row and column": lambda i, j, rows, columns: (i == rows - 1) | (j == columns - 1),
    "outside the last row and column": lambda i, j, rows, columns: (i < rows - 1) & (j < columns - 1),
}
ENDS: dict[str, Callable[[NDArray[Any], int], Any]] = {
    "in the first entry": lambda i, _: i == 0,
    "in the last entry": lambda i, n: i == n - 1,
    "in the second entry": lambda i, _: i == 1,
}


def _places(one: Asked) -> Iterator[Way]:
    """Yields the ways to be wrong in some entries, always the same ones, of several rows."""
    if len(one.due) == 1 and one.due[0].ndim == 2:
        yield from ((f"wrong {told} only", _wrong_in(chosen)) for told, chosen in PLACES.items())
    if len(one.due) == 1 and one.due[0].ndim == 1:
        yield from ((f"wrong {told} only", _wrong_at(chosen)) for told, chosen in ENDS.items())


def _wrong_in(chosen: Chosen) -> Callable[[Asked], Answer | None]:
    def way(a: Asked) -> Answer | None:
        due = a.due[0]
        return (np.where(chosen(*np.indices(due.shape), *due.shape), a.got[0], due),) if min(due.shape) > 1 else None

    return way


def _wrong_at(chosen: Callable[[NDArray[Any], int], Any]) -> Callable[[Asked], Answer | None]:
    def way(a: Asked) -> Answer | None:
        due = a.due[0]
        return (np.where(chosen(np.arange(due.size), due.size), a.got[0], due),) if due.size > 1 else None

    return way
