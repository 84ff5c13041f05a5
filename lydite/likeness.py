"""What wrong answers look like: a closed list of ways to go wrong, each tried on every answer that is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spec.contracts import CALLS

Numbers = NDArray[np.float64]
Answer = tuple[Numbers, ...]

CLOSE = 1e-6
"""A way to go wrong explains an answer if this share of the error, at most, is left over."""
ROUNDED = 2.0**8
WRONG = 2.0**12
"""Units in the last place of the largest entry: what rounding may leave over, and from when on an answer is wrong."""
LEAST = 4
"""Different answers that a way to go wrong has to explain, or a condition to tell apart."""
MOST = 8
"""Ways that are told of one law."""

OUTPUTS = {
    "logistic_gradient": ("dw", "db"),
    "logistic_step": ("w", "b"),
    "batch_norm_backward": ("dx", "dgamma", "dbeta"),
    "network_gradient": ("dW1", "db1", "dW2", "db2"),
}
"""What the parts of an answer are called, where there are several."""
RANDOM = frozenset({"dropout_mask"})
"""Calls whose answer nothing but their own generator decides: no other answer is due."""


@dataclass(frozen=True)
class Asked:
    """A call that was asked: the arguments by name, what it answered, and what the reference answers."""

    call: str
    given: Mapping[str, Any]
    got: Answer
    due: Answer
    parts: tuple[int, ...]
    """Which parts of the whole answer these are."""

    @classmethod
    def of(cls, call: str, args: Sequence[Any], answer: Any) -> Asked | None:
        """The arguments in double precision; None where the reference has no answer to them."""
        given = {name: _doubled(a) for name, a in zip(CALLS[call].parameters, args, strict=True)}
        due = answered(call, given)
        got = _parts(answer)
        if due is None or [a.shape for a in got] != [a.shape for a in due]:
            return None
        return cls(call, given, got, due, tuple(range(len(due))))

    def again(self, call: str = "", **changed: Any) -> Answer | None:
        """What the reference answers where some arguments are `changed`; None where it refuses."""
        answer = answered(call or self.call, {**self.given, **changed})
        return answer and tuple(answer[i] for i in self.parts)

    def only(self, parts: Sequence[int]) -> Asked:
        """The same, as far as these parts of the answer go."""
        return replace(
            self,
            got=tuple(self.got[i] for i in parts),
            due=tuple(self.due[i] for i in parts),
            parts=tuple(self.parts[i] for i in parts),
        )

    def wrong(self, u: float) -> list[bool]:
        """Which parts of the answer differ from what is due by more than rounding."""
        rounding = WRONG * u * _size(*self.due, *self.got)
        return [not _near(g, d, rounding) for g, d in zip(self.got, self.due, strict=True)]

    def explained(self, by: Answer | None, u: float) -> bool:
        """Whether the answer is `by`, but for rounding and a small share of the error."""
        if by is None or [np.shape(a) for a in by] != [g.shape for g in self.got]:
            return False
        rounding = ROUNDED * u * _size(*self.due, *self.got)
        return all(
            _near(g, b, max(CLOSE * _error(g, d), rounding)) for g, d, b in zip(self.got, self.due, by, strict=True)
        )

    @cached_property
    def sizes(self) -> dict[str, int]:
        """The sizes of the arguments by their letters in the contract."""
        a = self.given
        if "X" in a:
            return {"n": len(a["X"]), "d": np.shape(a["X"])[1]}
        if "W1" in a:
            return {"h": len(a["W1"]), "d": np.shape(a["W1"])[1], "K": len(a["W2"])}
        if self.call in {"softmax", "softmax_jacobian", "cross_entropy", "cross_entropy_gradient"}:
            return {"K": len(a["z"])}
        if self.call == "cross_entropy_hessian":
            return {"K": len(a["z"])}
        if "w" in a:
            return {"n": len(a["w"])}
        batch = a.get("x", a.get("dy"))
        return {"n": len(batch), "d": np.shape(batch)[1]} if batch is not None else {}


Way = tuple[str, Callable[[Asked], Any]]
"""What a wrong answer looks like, in words, and what the answer then is: None where that is nothing."""


def answered(call: str, given: Mapping[str, Any]) -> Answer | None:
    """What the reference answers, as a tuple of arrays; None where it refuses."""
    try:
        with np.errstate(all="ignore"):
            return _parts(getattr(import_module("reference"), call)(*given.values()))
    except (ArithmeticError, IndexError, TypeError, ValueError):
        return None


def _parts(answer: Any) -> Answer:
    parts = answer if isinstance(answer, tuple) else (answer,)
    return tuple(np.asarray(part, dtype=np.float64) for part in parts)


def _doubled(value: Any) -> Any:
    """`value` in double precision, whatever precision it came in."""
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return value.astype(np.float64)
    return float(value) if isinstance(value, np.floating) else value


def _near(a: Numbers, b: Numbers, by: float) -> bool:
    """Whether `a` and `b` differ by at most `by` in every entry; what is not finite has to be the same."""
    with np.errstate(all="ignore"):
        return bool(((np.abs(a - b) <= by) | (a == b) | (np.isnan(a) & np.isnan(b))).all())


def _size(*arrays: Numbers) -> float:
    """The largest finite entry in size."""
    return max((float(np.abs(a[np.isfinite(a)]).max(initial=0.0)) for a in arrays), default=0.0)


def _error(got: Numbers, due: Numbers) -> float:
    with np.errstate(all="ignore"):
        return _size(np.asarray(got - due))


# -- The search --


def looks_like(asked: Sequence[Asked], u: float) -> list[dict[str, Any]]:
    """The ways of the list that explain every wrong answer among `asked`, the simplest first.

    Where parts of the answer are right throughout, the others are explained. Each comes with how many answers it
    explains, and how many different ones.
    """
    parts, wrong = _wrong_parts(asked, u)
    if not wrong:
        return []
    here = [a.only(parts) for a in wrong]
    named = _named(asked[0], parts)
    told = [f"{named}: {says}" if named else says for says, way in _ways(here) if _explains(way, here, u)][:MOST]
    if named:
        told.append(f"{named} wrong, all else right")
    different = len({a.got[0].tobytes() + a.due[0].tobytes() for a in here})
    return [{"says": says, "matched": len(here), "of": len(here), "different": different} for says in told or [""]]


def _wrong_parts(asked: Sequence[Asked], u: float) -> tuple[list[int], list[Asked]]:
    """The parts of the answers that are wrong anywhere, and the answers that have one."""
    flags = [(a, a.wrong(u)) for a in asked]
    wrong = [a for a, parts in flags if any(parts)]
    return [i for i in range(len(asked[0].due)) if any(parts[i] for _, parts in flags)] if asked else [], wrong


def _named(one: Asked, parts: Sequence[int]) -> str:
    """The parts by name, where not all of the answer is wrong."""
    names = OUTPUTS.get(one.call, ())
    return " and ".join(names[i] for i in parts) if len(parts) < len(names) else ""


def _explains(way: Callable[[Asked], Any], wrong: Sequence[Asked], u: float) -> bool:
    return all(a.explained(_answer(way, a), u) for a in wrong)


def _answer(way: Callable[[Asked], Any], asked: Asked) -> Answer | None:
    try:
        with np.errstate(all="ignore"):
            answer = way(asked)
    except (ArithmeticError, IndexError, TypeError, ValueError, KeyError):
        return None  # it does not apply
    return None if answer is None else _parts(answer)


def _ways(wrong: Sequence[Asked]) -> Iterator[Way]:
    """Every way to go wrong, the simplest first; some with a constant that is read off the first answers."""
    one = wrong[0]
    yield from _multiples(one)
    yield from _rearrangements(one)
    yield from KNOWN.get(one.call, ())
    yield from _changed_arguments(one)
    yield from _terms(wrong)
    yield from _products(one)
    yield from _fitted(wrong)
    yield from _functions(wrong)
    yield from _rounded(one)
    yield from _places(wrong)


def _each(change: Callable[[Numbers], Any]) -> Callable[[Asked], Answer]:
    """`change`, made to every part of what is due."""
    return lambda a: tuple(np.asarray(change(due)) for due in a.due)


# -- Multiples --


def _multiples(one: Asked) -> Iterator[Way]:
    yield "the negative: got = -due", _each(np.negative)
    yield "twice what is due", _each(lambda due: 2 * due)
    yield "half of what is due", _each(lambda due: due / 2)
    yield "nothing: got = 0", _each(np.zeros_like)
    yield "bits for nats: due = ln 2 * got", _each(lambda due: due / np.log(2))
    for letter in one.sizes:
        yield from _sized(letter)


def _sized(letter: str) -> Iterator[Way]:
    def by(factor: Callable[[int], float]) -> Callable[[Asked], Answer]:
        return lambda a: tuple(due * factor(a.sizes[letter]) for due in a.due)

    yield f"the mean instead of the sum: due = {letter} * got", by(lambda n: 1 / n)
    yield f"the negative mean: due = -{letter} * got", by(lambda n: -1 / n)
    yield f"{letter} times what is due: got = {letter} * due", by(lambda n: n)
    yield f"divided by {letter} - 1 where {letter} is due", by(lambda n: n / (n - 1) if n > 1 else np.nan)
    yield f"{letter} - 1 in place of {letter}: {letter} * got = ({letter} - 1) * due", by(lambda n: (n - 1) / n)
    yield f"divided by {letter} squared where {letter} is due", by(lambda n: 1 / n**2)
    for name, kind in (("int8", np.int8), ("uint8", np.uint8), ("uint16", np.uint16), ("int16", np.int16)):
        yield f"{letter} counted in {name}", by(lambda n, kind=kind: int(np.array(n).astype(kind)) / n)  # type: ignore[misc]


# -- Order and place --


def _rearrangements(one: Asked) -> Iterator[Way]:
    if len(one.due) > 1:
        yield "parts of the answer exchanged", lambda a: a.due[::-1]
        yield "parts of the answer shifted by one", lambda a: (a.due[-1], *a.due[:-1])
        yield "the last two parts of the answer exchanged", lambda a: (*a.due[:-2], a.due[-1], a.due[-2])
    dimensions = max(due.ndim for due in one.due)
    if dimensions == 2:
        yield "transposed", _each(np.transpose)
        yield "transposed, in the shape that is due", _each(lambda due: due.T.reshape(due.shape))
        yield "the diagonal alone", _each(lambda due: np.diag(np.diag(due)))
        yield "the lower triangle alone", _each(np.tril)
        yield "the upper triangle alone", _each(np.triu)
        yield "the sign is wrong off the diagonal", _each(lambda due: 2 * np.diag(np.diag(due)) - due)
        yield "the sign is wrong on the diagonal", _each(lambda due: due - 2 * np.diag(np.diag(due)))
        yield "half of what is due off the diagonal", _each(lambda due: (due + np.diag(np.diag(due))) / 2)
        yield "twice what is due off the diagonal", _each(lambda due: 2 * due - np.diag(np.diag(due)))
        yield "half of what is due on the diagonal", _each(lambda due: due - np.diag(np.diag(due)) / 2)
        yield "twice what is due on the diagonal", _each(lambda due: due + np.diag(np.diag(due)))
        yield "the first entry is 0", _each(_without_first)
        yield "a diagonal of zeros", _each(lambda due: due - np.diag(np.diag(due)))
        yield (
            "the upper triangle, doubled, and nothing below",
            _each(lambda due: 2 * np.triu(due, 1) + np.diag(np.diag(due))),
        )
        yield "no mixed entries in the last row and column", _each(_unmixed)
        yield "rows and columns in reverse order", _each(lambda due: due[::-1, ::-1])
        yield "rows in reverse order", _each(lambda due: due[::-1])
        yield "columns in reverse order", _each(lambda due: due[:, ::-1])
        yield "the last row and column in front", _each(lambda due: np.roll(due, 1, axis=(0, 1)))
        yield "the second and third row and column exchanged", _each(_last_two_exchanged)
    if dimensions == 1:
        yield "in reverse order", _each(lambda due: due[::-1])
        yield "in rising order", _each(np.sort)
        yield "the first two entries exchanged", _each(lambda due: np.concatenate([due[1::-1], due[2:]]))
        yield "the last entry in front", _each(lambda due: np.roll(due, 1))
        yield "the first entry twice and the last one lost", _each(lambda due: np.concatenate([due[:1], due[:-1]]))
        yield "the first entry at the end", _each(lambda due: np.roll(due, -1))
    if dimensions:
        yield "the last entry or row is left at 0", _each(lambda due: np.concatenate([due[:-1], 0 * due[-1:]]))
        yield "the first entry or row is left at 0", _each(lambda due: np.concatenate([0 * due[:1], due[1:]]))
        for count in BLOCKS:
            yield f"0 from entry or row {count} on", _each(lambda due, k=count: _zero_from(due, k))  # type: ignore[misc]
        yield "0 in what is left over of blocks of 128", _each(lambda due: _zero_from(due, len(due) - len(due) % 128))
        yield "the mean of all entries or rows, in each", _each(lambda due: due.mean(axis=0) + 0 * due)
        yield "the sum of all entries or rows, in each", _each(lambda due: due.sum(axis=0) + 0 * due)


BLOCKS = (127, 128, 255, 256, 65535, 65536)


def _zero_from(due: Numbers, count: int) -> Numbers:
    return np.concatenate([due[:count], 0 * due[count:]])


def _without_first(due: Numbers) -> Numbers:
    h = due.copy()
    h.flat[0] = 0
    return h


def _unmixed(due: Numbers) -> Numbers:
    h = due.copy()
    h[-1, :-1] = h[:-1, -1] = 0
    return h


def _last_two_exchanged(due: Numbers) -> Numbers:
    return due[np.ix_([0, 2, 1], [0, 2, 1])] if due.shape == (3, 3) else due


# -- The answer to other arguments --


def _changed_arguments(one: Asked) -> Iterator[Way]:
    """The answer that is due where one argument is another, or several are exchanged or cut."""
    for name, value in one.given.items():
        if callable(value):
            yield from _changed_function(name)
        elif isinstance(value, np.ndarray):
            yield from _changed(name, {**NUMBERS, **ARRAYS})
        elif name not in {"seed", "size"}:
            yield from _changed(name, COUNTS if name == "steps" else {**NUMBERS, **SCALARS})
    yield from _exchanged(one)
    yield from _cut(one)


Change = Callable[[Any], Any]

NUMBERS: dict[str, Change] = {
    "0": lambda v: v * 0.0,
    "1": lambda v: v * 0.0 + 1,
    "-{}": lambda v: -1.0 * v,
    "2 {}": lambda v: 2.0 * v,
    "{} / 2": lambda v: v / 2.0,
    "1 + {}": lambda v: 1.0 + v,
    "1 - {}": lambda v: 1.0 - v,
    "{}^2": lambda v: v * v * 1.0,
    "sqrt {}": np.sqrt,
    "sqrt 2 {}": lambda v: np.sqrt(2) * v,
    "1 / {}": lambda v: 1 / v,
    "|{}|": np.abs,
}
"""What may stand in place of an argument that is a number or an array of them."""

SCALARS: dict[str, Change] = {
    "0.01": lambda _: 0.01,
    "1e-5": lambda _: 1e-5,
    "{} + 1e-5": lambda v: float(v) + 1e-5,
    "{}, but at least 1e-5": lambda v: max(float(v), 1e-5),
    "1e-3": lambda _: 1e-3,
    "{}, but at most 1": lambda v: min(float(v), 1.0),
    "{}, but at most 30": lambda v: min(float(v), 30.0),
}

COUNTS: dict[str, Change] = {}

ARRAYS: dict[str, Change] = {
    "{} transposed": lambda v: v.T if v.ndim == 2 else None,
    "{} transposed, in its own shape": lambda v: v.T.reshape(v.shape) if v.ndim == 2 else None,
    "{} in the order of memory": lambda v: v.ravel(order="K").reshape(v.shape),
    "{} from the first address on": lambda v: _contiguous(v),
    "{} in reverse order": lambda v: v[::-1],
    "{} shifted by one": lambda v: np.roll(v, 1, axis=0),
    "{} cut to whole numbers": np.trunc,
    "{} rounded to whole numbers": np.round,
    "the largest entry of {} alone, as 1": lambda v: np.eye(v.size)[int(v.argmax())] if v.ndim == 1 else None,
    "{} clipped to [-1, 1]": lambda v: np.clip(v, -1, 1),
    "the positive part of {}": lambda v: np.maximum(v, 0),
    "softmax of {}": lambda v: import_module("reference").softmax(v) if v.ndim == 1 else None,
    "{} less its mean": lambda v: v - v.mean(axis=0),
    "the mean of {}": lambda v: v.mean(axis=0) + 0 * v,
    "the first entry of {}": lambda v: v[0] + 0 * v,
    "{} divided by its mean": lambda v: v / v.mean(axis=0),
    "{} divided by its sum": lambda v: v / v.sum(axis=0),
    "5/4 {}": lambda v: 1.25 * v,
    "4/5 {}": lambda v: 0.8 * v,
    "1 where {} is not 0, else 0": lambda v: (v != 0) * 1.0,
}


def _contiguous(v: NDArray[Any]) -> Any:
    """As many entries as `v` has, one after the other in memory from its first on, whatever its strides."""
    if v.ndim != 1 or v.strides[0] <= 0 or v.base is None or v.flags.c_contiguous:
        return None
    return np.lib.stride_tricks.as_strided(v, v.shape, (v.itemsize,), writeable=False).copy()


def _changed(name: str, changes: Mapping[str, Change]) -> Iterator[Way]:
    for told, change in changes.items():
        stands = told.format(name)
        yield (
            f"the answer for {stands} in place of {name}",
            lambda a, change=change: _again(a, name, change(a.given[name])),  # type: ignore[misc]  # bound early
        )
    if name == "learning_rate":
        yield (
            "the answer for learning_rate / n",
            lambda a: a.again(learning_rate=a.given["learning_rate"] / a.sizes["n"]),
        )


def _again(asked: Asked, name: str, value: Any) -> Answer | None:
    return None if value is None else asked.again(**{name: value})


def _changed_function(name: str) -> Iterator[Way]:
    """Functions that are handed over, as Newton's method takes them."""
    wrappers: dict[str, Callable[[Callable[[float], float], float], Callable[[float], float]]] = {
        f"-{name}": lambda f, _: lambda x: -f(x),
        f"|{name}|": lambda f, _: lambda x: abs(f(x)),
        f"{name} at the start": lambda f, start: lambda _: f(start),
        f"2 {name}": lambda f, _: lambda x: 2 * f(x),
        f"{name} / 2": lambda f, _: lambda x: f(x) / 2,
        f"1 / {name}": lambda f, _: lambda x: 1 / f(x),
        "1": lambda _, __: lambda _: 1.0,
        f"{name} + 1e-8": lambda f, _: lambda x: f(x) + 1e-8,
        f"{name} + 1e-6": lambda f, _: lambda x: f(x) + 1e-6,
        f"{name} + 1e-3": lambda f, _: lambda x: f(x) + 1e-3,
        f"10 {name}": lambda f, _: lambda x: 10 * f(x),
        f"{name} / 0.99": lambda f, _: lambda x: f(x) / 0.99,
        f"{name} / 0.9": lambda f, _: lambda x: f(x) / 0.9,
    }
    for told, wrap in wrappers.items():
        yield (
            f"the answer for {told} in place of {name}",
            lambda a, wrap=wrap: a.again(**{name: wrap(a.given[name], float(a.given["x0"]))}),  # type: ignore[misc]
        )


def _exchanged(one: Asked) -> Iterator[Way]:
    """Two arguments of one shape in each other's place, or one in both."""
    names = list(one.given)
    for i, left in enumerate(names):
        for right in names[i + 1 :]:
            if _alike(one.given[left], one.given[right]):
                yield (
                    f"{left} and {right} exchanged",
                    lambda a, x=left, y=right: a.again(**{x: a.given[y], y: a.given[x]}),  # type: ignore[misc]
                )
                for lost, kept in ((left, right), (right, left)):
                    yield (
                        f"the answer for {kept} in place of {lost}",
                        lambda a, x=lost, y=kept: a.again(**{x: a.given[y]}),  # type: ignore[misc]
                    )
                    yield (
                        f"the answer for {lost} * {kept} in place of {lost}",
                        lambda a, x=lost, y=kept: a.again(**{x: a.given[x] * a.given[y]}),  # type: ignore[misc]
                    )


def _alike(a: Any, b: Any) -> bool:
    return callable(a) == callable(b) and np.shape(a) == np.shape(b)


SAMPLED = {"X": ("X", "y"), "x": ("x", "dy"), "dy": ("dy",)}
"""Arguments that hold a sample in each row."""


def _cut(one: Asked) -> Iterator[Way]:
    """The answer for some of the samples, inputs, or features."""
    rows = _rowed(one)
    if rows and all(due.ndim < 2 or due.shape[0] != len(one.given[rows[0]]) for due in one.due):

        def keep(which: Callable[[int], slice]) -> Callable[[Asked], Answer | None]:
            return lambda a: a.again(**{r: a.given[r][which(len(a.given[r]))] for r in rows})

        yield "the answer without the last sample", keep(lambda n: slice(n - 1))
        yield "the answer without the first sample", keep(lambda _: slice(1, None))
        yield "the answer for the first sample alone", keep(lambda _: slice(1))
        yield "the answer without repeated samples", lambda a: a.again(**_unique(a, rows))
        for count in (*BLOCKS, 64, 100):
            yield f"the answer for the first {count} samples", keep(lambda _, k=count: slice(k))  # type: ignore[misc]
        yield "the answer for whole blocks of 128 samples", keep(lambda n: slice(n - n % 128))
    yield from _cut_features(one)


def _rowed(one: Asked) -> list[str]:
    if "X" in one.given:
        return [r for r in ("X", "y") if r in one.given]
    if "W1" in one.given or "z" in one.given or "c" in one.given:
        return []
    return [r for r in ("w", "x", "delta", "dy") if np.ndim(one.given.get(r, 0.0))]


def _unique(a: Asked, rows: Sequence[str]) -> dict[str, Any]:
    table = np.column_stack([a.given[r] for r in rows])
    _, first = np.unique(table, axis=0, return_index=True)
    return {r: a.given[r][np.sort(first)] for r in rows}


def _cut_features(one: Asked) -> Iterator[Way]:
    """The first features only, where the answer has none of its own."""
    named = {"X": ("w", "X"), "W1": ("W1", "x")}
    for table, names in named.items():
        if table in one.given and one.call.endswith(("predict", "loss")):
            for count in BLOCKS:
                yield (
                    f"the answer for the first {count} features",
                    lambda a, k=count, names=names: a.again(**{x: a.given[x][..., :k] for x in names}),  # type: ignore[misc]
                )
            yield (
                "the answer for whole blocks of 128 features",
                lambda a, names=names: a.again(**{x: _blocks(a.given[x]) for x in names}),  # type: ignore[misc]
            )


def _blocks(v: NDArray[Any]) -> NDArray[Any]:
    return v[..., : v.shape[-1] - v.shape[-1] % 128]


# -- Terms --


def _terms(wrong: Sequence[Asked]) -> Iterator[Way]:
    """One term of a sum missing, of the wrong sign, or taken another number of times."""
    for name, term in TERMS.get(wrong[0].call, {}).items():
        if len(wrong[0].due) > 1:
            return
        yield f"without the term {name}", lambda a, t=term: a.due[0] - t(a)  # type: ignore[misc]
        yield f"the sign of the term {name} is wrong", lambda a, t=term: a.due[0] - 2 * t(a)  # type: ignore[misc]
        yield f"the term {name} twice", lambda a, t=term: a.due[0] + t(a)  # type: ignore[misc]
        yield f"half of the term {name}", lambda a, t=term: a.due[0] - t(a) / 2  # type: ignore[misc]
        yield f"the term {name} alone", lambda a, t=term: t(a)  # type: ignore[misc]
        for letter in wrong[0].sizes:
            yield (
                f"the term {name} times {letter}",
                lambda a, t=term, k=letter: a.due[0] + (a.sizes[k] - 1) * t(a),  # type: ignore[misc]
            )
            yield (
                f"the term {name} divided by {letter}",
                lambda a, t=term, k=letter: a.due[0] + (1 / a.sizes[k] - 1) * t(a),  # type: ignore[misc]
            )


def _reference() -> Any:
    return import_module("reference")


def _p(a: Asked) -> Numbers:
    """The probabilities of an argument `z`."""
    p: Numbers = _reference().softmax(a.given["z"])
    return p


def _label_terms(a: Asked) -> tuple[Numbers, Numbers]:
    """`-y ln p` and `-(1 - y) ln(1 - p)`, summed up."""
    w, b, X, y = (np.asarray(a.given[k], dtype=float) for k in ("w", "b", "X", "y"))
    t = X @ w + b
    return np.sum(y * np.logaddexp(0, -t)), np.sum((1 - y) * np.logaddexp(0, t))


def _residual(a: Asked) -> tuple[Numbers, Numbers, Numbers]:
    w, b, X, y = (np.asarray(a.given[k], dtype=float) for k in ("w", "b", "X", "y"))
    return X, _sigmoid(X @ w + b), y


def _sigmoid(t: Numbers) -> Numbers:
    p: Numbers = np.exp(-np.logaddexp(0, -t))
    return p


def _paths(a: Asked) -> dict[str, Numbers]:
    """The three summands of the gradient of batch normalisation by its input."""
    dy, x, gamma = (np.asarray(a.given[k], dtype=float) for k in ("dy", "x", "gamma"))
    centered = x - x.mean(axis=0)
    s = np.sqrt((centered**2).mean(axis=0) + float(a.given["eps"]))
    x_hat = centered / s
    return {
        "direct": gamma / s * dy,
        "mean": -gamma / s * dy.mean(axis=0) + 0 * dy,
        "variance": -gamma / s * x_hat * (dy * x_hat).mean(axis=0),
    }


def _unit(a: Asked, *names: str) -> list[Any]:
    return [np.asarray(a.given[name], dtype=float) for name in names]


TERMS: dict[str, dict[str, Callable[[Asked], Any]]] = {
    "logistic_loss": {
        "-y ln p": lambda a: _label_terms(a)[0],
        "-(1 - y) ln(1 - p)": lambda a: _label_terms(a)[1],
    },
    "batch_norm": {"beta": lambda a: a.given["beta"] + 0 * a.due[0]},
    "centered_batch_norm": {
        "beta": lambda a: a.given["beta"] + 0 * a.due[0],
        "gamma x": lambda a: a.given["gamma"] * a.given["x"],
        "-gamma mean(x)": lambda a: -a.given["gamma"] * a.given["x"].mean(axis=0) + 0 * a.due[0],
    },
    "batch_norm_backward": {
        "gamma / s dy": lambda a: _paths(a)["direct"],
        "-gamma / s mean(dy)": lambda a: _paths(a)["mean"],
        "-gamma / s x_hat mean(dy x_hat)": lambda a: _paths(a)["variance"],
    },
    "centered_batch_norm_backward": {
        "gamma dy": lambda a: a.given["gamma"] * a.given["dy"],
        "-gamma mean(dy)": lambda a: -a.given["gamma"] * a.given["dy"].mean(axis=0) + 0 * a.due[0],
    },
    "softmax_jacobian": {
        "diag(p)": lambda a: np.diag(_p(a)),
        "-p p'": lambda a: -np.outer(_p(a), _p(a)),
    },
    "cross_entropy": {
        "sum(y) ln sum exp(z)": lambda a: np.sum(a.given["y"]) * np.logaddexp.reduce(a.given["z"]),
        "-y.z": lambda a: -(np.asarray(a.given["y"], float) @ a.given["z"]),
    },
    "cross_entropy_gradient": {
        "sum(y) softmax(z)": lambda a: np.sum(a.given["y"]) * _p(a),
        "-y": lambda a: -1.0 * np.asarray(a.given["y"], float),
    },
    "cross_entropy_hessian": {
        "diag(p)": lambda a: np.diag(_p(a)),
        "-p p'": lambda a: -np.outer(_p(a), _p(a)),
    },
    "gaussian_dropout_gradient": {
        "delta_i^2 w_i x_i^2": lambda a: (a.given["delta"] * a.given["x"]) ** 2 * a.given["w"],
        "-target delta x": lambda a: -float(a.given["target"]) * a.given["delta"] * a.given["x"],
    },
    "gaussian_dropout_expected_loss": {
        "sigma^2/2 sum w^2 x^2": lambda a: _reference().gaussian_dropout_penalty(
            a.given["w"], a.given["x"], a.given["sigma"]
        ),
        "(target - w.x)^2 / 2": lambda a: _reference().gaussian_dropout_loss(
            a.given["w"], a.given["x"], a.given["target"], np.ones_like(a.given["x"])
        ),
    },
    "gaussian_dropout_expected_gradient": {
        "sigma^2 x^2 w": lambda a: (float(a.given["sigma"]) * a.given["x"]) ** 2 * a.given["w"],
        "-target x": lambda a: -float(a.given["target"]) * a.given["x"],
        "w_i x_i^2": lambda a: a.given["w"] * a.given["x"] ** 2,
    },
    "trivariate_value": {"c[0, 0, 0]": lambda a: np.asarray(a.given["c"], float)[0, 0, 0]},
}
"""What some answers are the sum of."""


# -- Formulas that are taken for the right one --


def _output(a: Asked, call: str, **changed: Any) -> Any:
    """What the reference answers to another call for the same arguments, as far as it takes them."""
    given = {**a.given, **changed}
    return getattr(_reference(), call)(*(given[p] for p in CALLS[call].parameters))


def _normalised(a: Asked, spread: Callable[[Numbers, float], Any]) -> Any:
    """Batch normalisation that divides by `spread` of the centred batch and eps."""
    x, gamma, beta = _unit(a, "x", "gamma", "beta")
    centered = x - x.mean(axis=0)
    return gamma * centered / spread(centered, float(a.given["eps"])) + beta


def _over_features(x: Numbers, gamma: Numbers, beta: Numbers, eps: float) -> Numbers:
    centered = x - x.mean(axis=1, keepdims=True)
    return gamma * centered / np.sqrt((centered**2).mean(axis=1, keepdims=True) + eps) + beta


def _squared(a: Asked) -> tuple[Numbers, Numbers]:
    """The gradient of half the squared error of a sigmoid."""
    X, p, y = _residual(a)
    r = (p - y) * p * (1 - p)
    return r @ X, r.sum()


def _gram(a: Asked, weights: Callable[[Numbers], Any]) -> Numbers:
    """`[X 1]' diag(weights(p)) [X 1]`."""
    X, w, b = _unit(a, "X", "w", "b")
    rows = np.column_stack([X, np.ones(len(X))])
    gram: Numbers = rows.T @ (weights(_sigmoid(X @ w + b))[:, None] * rows)
    return gram


def _logged(a: Asked, p: Numbers, eps: float) -> Any:
    return -(np.asarray(a.given["y"], float) @ np.log(p + eps))


def _guarded(call: str) -> list[Way]:
    """A small constant inside the logarithm of a loss."""

    def of(eps: float) -> Callable[[Asked], Any]:
        if call == "logistic_loss":

            def loss(a: Asked) -> Any:
                _, p, y = _residual(a)
                return -np.sum(y * np.log(p + eps) + (1 - y) * np.log(1 - p + eps))

            return loss
        other = "softmax" if call == "cross_entropy" else "network_predict"
        return lambda a: _logged(a, _output(a, other), eps)

    return [(f"{eps:g} added inside the logarithm", of(eps)) for eps in (1e-15, 1e-12, 1e-10, 1e-9, 1e-8, 1e-7, 1e-6)]


def _delta_rule(a: Asked, outer: str, inner: str) -> Any:
    """The gradient with noise in one of the two factors alone."""
    w, x, target, delta = _unit(a, "w", "x", "target", "delta")
    noise = {"delta": delta, "1": np.ones_like(delta), "next": np.roll(delta, 1)}
    return -(target - w @ (noise[inner] * x)) * noise[outer] * x


def _squares(a: Asked, squares: Callable[[Numbers, Numbers], Any]) -> Any:
    w, x, sigma = _unit(a, "w", "x", "sigma")
    return 0.5 * sigma**2 * squares(w, x)


def _noiseless(a: Asked, call: str) -> Any:
    return _output(a, call, delta=np.ones_like(np.asarray(a.given["x"], float)))


def _kept(a: Asked, slopes: Callable[[Numbers, float], Any]) -> Any:
    return slopes(np.asarray(a.given["z"], float), float(a.given["alpha"]))


def _forward(a: Asked, activation: Callable[[Numbers, float, Numbers], Any]) -> Numbers:
    W1, b1, W2, b2, x, mask, alpha = _unit(a, "W1", "b1", "W2", "b2", "x", "mask", "alpha")
    p: Numbers = _reference().softmax(W2 @ activation(W1 @ x + b1, float(alpha), mask) + b2)
    return p


def _leaky(z: Numbers, alpha: float) -> Numbers:
    return np.where(z > 0, z, alpha * z)


def _back(
    a: Asked,
    residual: Callable[[Numbers, Numbers], Any] = lambda p, y: p - y,
    slope: Callable[[Numbers, float], Any] = lambda z, alpha: np.where(z > 0, 1, alpha),
    masked: tuple[bool, bool, bool] = (True, True, True),
) -> Any:
    """The gradient of the network with another residual, other slopes, or the mask left out at some place.

    The three places are the outer product with the activation, the bias, and the way back.
    """
    W1, b1, W2, b2, x, y, mask, alpha = _unit(a, "W1", "b1", "W2", "b2", "x", "y", "mask", "alpha")
    outer, bias, back = (mask if m else np.ones_like(mask) for m in masked)
    z = W1 @ x + b1
    active = _leaky(z, float(alpha))
    r = residual(_reference().softmax(W2 @ (mask * active) + b2), y)
    hidden = (W2.T @ r) * slope(z, float(alpha))
    parts = np.outer(hidden * back, x), hidden * bias * (1 if masked[1] else 1), np.outer(r, outer * active), r
    return tuple(parts[i] for i in a.parts)


def _stepped(a: Asked, dw: Callable[[Numbers], Any], db: Callable[[float], Any]) -> Any:
    """A step along changed derivatives."""
    gradient = _output(a, "logistic_gradient")
    rate = float(a.given["learning_rate"])
    parts = a.given["w"] - rate * dw(gradient[0]), a.given["b"] - rate * db(gradient[1])
    return tuple(np.asarray(parts[i]) for i in a.parts)


def _one_after_the_other(a: Asked, first: str) -> Any:
    step = _output(a, "logistic_step")
    moved = {"w": step[0]} if first == "w" else {"b": float(step[1])}
    again = _output(a, "logistic_step", **moved)
    parts = (step[0], again[1]) if first == "w" else (again[0], step[1])
    return tuple(np.asarray(parts[i]) for i in a.parts)


def _pick(a: Asked, *parts: Any) -> Any:
    return tuple(np.asarray(parts[i]) for i in a.parts)


def _polynomial(a: Asked, powers: Callable[[int, float], Any]) -> Any:
    c, point = _unit(a, "c", "point")
    u, v, z = (powers(m, float(t)) for m, t in zip(c.shape, point, strict=True))
    return np.einsum("ijk,i,j,k", c, u, v, z)


def _derivatives(a: Asked, lowered: Callable[[NDArray[Any], float], Any]) -> Any:
    """The gradient of the polynomial with another rule for `d u^i / du`."""
    c, point = _unit(a, "c", "point")
    plain = [np.power(float(t), np.arange(m)) for m, t in zip(c.shape, point, strict=True)]
    return np.array(
        [
            np.einsum(
                "ijk,i,j,k",
                c,
                *[lowered(np.arange(len(p)), float(point[k])) if k == axis else p for k, p in enumerate(plain)],
            )
            for axis in range(3)
        ]
    )


def _steps(a: Asked, more: int) -> Any:
    return _output(a, a.call, steps=int(a.given["steps"]) + more)


KNOWN: dict[str, tuple[Way, ...]] = {
    "logistic_predict": (
        ("p = 1 / (1 + exp(t)), the probability of the other class", lambda a: 1 - a.due[0]),
        ("the decision, p > 1/2", lambda a: (a.due[0] > 0.5) * 1.0),
        (
            "(1 + tanh t) / 2: the half of the margin is forgotten",
            lambda a: a.again(w=2 * a.given["w"], b=2 * a.given["b"]),
        ),
        ("the hard sigmoid, clip(t / 6 + 1/2, 0, 1)", lambda a: np.clip(_margin(a) / 6 + 0.5, 0, 1)),
        ("the hard sigmoid, clip(t / 5 + 1/2, 0, 1)", lambda a: np.clip(_margin(a) / 5 + 0.5, 0, 1)),
        ("the hard sigmoid, clip(t / 4 + 1/2, 0, 1)", lambda a: np.clip(_margin(a) / 4 + 0.5, 0, 1)),
        ("a softmax over the samples", lambda a: _reference().softmax(_margin(a))),
    ),
    "logistic_loss": (
        ("the squared error, sum (p - y)^2", lambda a: np.sum((_residual(a)[1] - _residual(a)[2]) ** 2)),
        ("half the squared error, sum (p - y)^2 / 2", lambda a: np.sum((_residual(a)[1] - _residual(a)[2]) ** 2) / 2),
        ("the mean squared error, mean (p - y)^2", lambda a: np.mean((_residual(a)[1] - _residual(a)[2]) ** 2)),
        ("the number of errors", lambda a: np.sum((_residual(a)[1] > 0.5) != (_residual(a)[2] > 0.5))),
        (
            "ln(1 + exp(-s t)) with s = 2 y - 1",
            lambda a: np.sum(np.logaddexp(0, -(2 * _residual(a)[2] - 1) * _margin(a))),
        ),
        *_guarded("logistic_loss"),
    ),
    "logistic_gradient": (
        ("the gradient of the squared error, (p - y) p (1 - p) x", lambda a: _pick(a, *_squared(a))),
        (
            "twice the gradient of the squared error, 2 (p - y) p (1 - p) x",
            lambda a: _pick(a, *(2 * g for g in _squared(a))),
        ),
        ("the residuals of decisions, [p > 1/2] - y", lambda a: _pick(a, *_decided(a))),
        (
            "every residual times every sample, (n, n) residuals from a column and a row",
            lambda a: _pick(a, *_broadcast(a)),
        ),
        ("the sum of all of X' (p - y) in place of the bias' own", lambda a: _pick(a, a.due[0], _residual(a)[0].sum())),
        (
            "sum (p - y) sum of the features for the bias",
            lambda a: _pick(a, 0, (_residual(a)[0].T @ (_residual(a)[1] - _residual(a)[2])).sum()),
        ),
        ("X reshaped to (d, n), not transposed", lambda a: _pick(a, *_reshaped(a))),
    ),
    "logistic_hessian": (
        ("the weights p in place of p (1 - p)", lambda a: _gram(a, lambda p: p)),
        ("the weight of the first sample for all", lambda a: _gram(a, lambda p: p[0] * (1 - p[0]) + 0 * p)),
        ("the weight of the mean prediction for all", lambda a: _gram(a, lambda p: p.mean() * (1 - p.mean()) + 0 * p)),
        ("the weight 1/4 for all", lambda a: _gram(a, lambda p: 0.25 + 0 * p)),
        ("the weight 1 for all", lambda a: _gram(a, np.ones_like)),
        ("the squares (p (1 - p))^2 for weights", lambda a: _gram(a, lambda p: (p * (1 - p)) ** 2)),
        ("the samples centred first", lambda a: a.again(**_centred(a))),
        ("p (1 - p) x'x in every entry of the weights' block", lambda a: _inner(a)),
    ),
    "logistic_step": (
        ("the bias steps with the new weights", lambda a: _one_after_the_other(a, "w")),
        ("the weights step with the new bias", lambda a: _one_after_the_other(a, "b")),
        (
            "the step alone, without what it starts from",
            lambda a: _pick(
                a, *(d - np.asarray(a.given[k]) for d, k in zip(_output(a, "logistic_step"), "wb", strict=True))
            ),
        ),
        (
            "a rate of 1 for the bias",
            lambda a: _pick(a, _output(a, "logistic_step")[0], a.given["b"] - _output(a, "logistic_gradient")[1]),
        ),
        ("the bias is not moved", lambda a: _pick(a, _output(a, "logistic_step")[0], a.given["b"])),
        (
            "the derivatives clipped to [-1, 1]",
            lambda a: _stepped(a, lambda g: np.clip(g, -1, 1), lambda g: np.clip(g, -1, 1)),
        ),
        ("a step of the length of the rate", lambda a: _stepped(a, *[lambda g, s=_norm(a): g / s] * 2)),  # type: ignore[misc]
        ("a step for each sample in turn", lambda a: _pick(a, *_sample_by_sample(a))),
        ("Newton's step", lambda a: _pick(a, *_newton(a))),
    ),
    "batch_norm": (
        (
            "the variance divided by n - 1",
            lambda a: _normalised(a, lambda c, eps: np.sqrt((c**2).sum(axis=0) / (len(c) - 1) + eps)),
        ),
        (
            "eps outside the root, sqrt(var) + eps",
            lambda a: _normalised(a, lambda c, eps: np.sqrt((c**2).mean(axis=0)) + eps),
        ),
        ("eps left out", lambda a: _normalised(a, lambda c, _: np.sqrt((c**2).mean(axis=0)))),
        ("divided by var + eps, not by its root", lambda a: _normalised(a, lambda c, eps: (c**2).mean(axis=0) + eps)),
        ("one variance for all features", lambda a: _normalised(a, lambda c, eps: np.sqrt((c**2).mean() + eps))),
        (
            "the mean deviation in place of the standard deviation",
            lambda a: _normalised(a, lambda c, eps: np.sqrt(np.abs(c).mean(axis=0) ** 2 + eps)),
        ),
        ("not divided by the deviation", lambda a: _normalised(a, lambda _, __: 1.0)),
        (
            "mean and variance over the features (the wrong axis)",
            lambda a: _over_features(*_unit(a, "x", "gamma", "beta"), float(a.given["eps"])),
        ),
        ("one mean for all features", lambda a: _one_mean(a)),
        ("gamma x + beta: nothing is normalised", lambda a: a.given["gamma"] * a.given["x"] + a.given["beta"]),
    ),
    "batch_norm_backward": tuple(
        (says, lambda a, f=part: _pick(a, *f(a)))  # type: ignore[misc]
        for says, part in (
            ("without the path through the mean", lambda a: _dx(a, direct=1, mean=0, variance=1)),
            ("without the path through the variance", lambda a: _dx(a, direct=1, mean=1, variance=0)),
            ("mean and variance held constant: gamma / s dy", lambda a: _dx(a, direct=1, mean=0, variance=0)),
            ("the sign of the path through the variance is wrong", lambda a: _dx(a, direct=1, mean=1, variance=-1)),
            ("the sign of the path through the mean is wrong", lambda a: _dx(a, direct=1, mean=-1, variance=1)),
            ("x_hat sum(dy x_hat) where its mean is due", lambda a: _dx(a, direct=1, mean=1, variance=a.sizes["n"])),
            ("gamma / s sum(dy) where its mean is due", lambda a: _dx(a, direct=1, mean=a.sizes["n"], variance=1)),
            ("the variance divided by n - 1", lambda a: _unbiased_backward(a)),
            ("eps left out", lambda a: _backward_with(a, lambda c, _: np.sqrt((c**2).mean(axis=0)))),
            ("divided by var + eps once more", lambda a: (_dx(a, 1, 1, 1)[0] / _variance(a), 0, 0)),
            ("gamma left out", lambda a: _answer_parts(a.again(gamma=np.ones_like(a.given["gamma"])), a)),
            ("sum dy x, not dy x_hat", lambda a: (0, (a.given["dy"] * a.given["x"]).sum(axis=0), 0)),
            ("-1/2 where the power of the variance is -3/2", lambda a: _low_power(a)),
            ("the upstream gradient itself", lambda a: (a.given["dy"], 0, 0)),
        )
    ),
    "centered_batch_norm": (
        (
            "the mean over the features (the wrong axis)",
            lambda a: _centered_by(a, lambda x: x.mean(axis=1, keepdims=True)),
        ),
        (
            "the sum divided by n - 1 for the mean",
            lambda a: _centered_by(a, lambda x: x.sum(axis=0) / (len(x) - 1) if len(x) > 1 else 0 * x[0]),
        ),
        ("the median in place of the mean", lambda a: _centered_by(a, lambda x: np.median(x, axis=0))),
        ("one mean for all features", lambda a: _centered_by(a, np.mean)),
        ("the mean of the other samples", lambda a: _centered_by(a, _mean_of_others)),
        (
            "the mean of the samples so far",
            lambda a: _centered_by(a, lambda x: np.cumsum(x, axis=0) / np.arange(1, len(x) + 1)[:, None]),
        ),
        ("divided by the deviation as well", lambda a: _fully(a)),
    ),
    "centered_batch_norm_backward": (
        (
            "gamma dy (1 - 1/n): without the other samples",
            lambda a: a.given["gamma"] * a.given["dy"] * (1 - 1 / a.sizes["n"]),
        ),
        (
            "the mean over the features (the wrong axis)",
            lambda a: a.given["gamma"] * (a.given["dy"] - a.given["dy"].mean(axis=1, keepdims=True)),
        ),
        (
            "gamma dy - mean(dy): a bracket lost",
            lambda a: a.given["gamma"] * a.given["dy"] - a.given["dy"].mean(axis=0),
        ),
        (
            "the sum divided by n - 1 for the mean of dy",
            lambda a: a.given["gamma"] * (a.given["dy"] - a.given["dy"].sum(axis=0) / (a.sizes["n"] - 1)),
        ),
    ),
    "leaky_relu": (
        ("ReLU: nothing below zero", lambda a: _kept(a, lambda z, _: np.maximum(z, 0))),
        ("the slope on the positive side", lambda a: _kept(a, lambda z, alpha: np.where(z > 0, alpha * z, z))),
        ("min(z, alpha z)", lambda a: _kept(a, lambda z, alpha: np.minimum(z, alpha * z))),
        (
            "the ELU, alpha (exp z - 1) below zero",
            lambda a: _kept(a, lambda z, alpha: np.where(z > 0, z, alpha * np.expm1(z))),
        ),
        ("z itself", lambda a: _kept(a, lambda z, _: z)),
        (
            "one branch for all, by the first entry",
            lambda a: _kept(a, lambda z, alpha: z if z.flat[0] > 0 else alpha * z),
        ),
    ),
    "leaky_relu_derivative": (
        ("1 at the kink", lambda a: _kept(a, lambda z, alpha: np.where(z >= 0, 1.0, alpha))),
        (
            "(1 + alpha) / 2 at the kink",
            lambda a: _kept(a, lambda z, alpha: np.where(z == 0, (1 + alpha) / 2, a.due[0])),
        ),
        ("the derivative of ReLU: 0 below zero", lambda a: _kept(a, lambda z, _: np.where(z > 0, 1.0, 0.0))),
        ("-alpha below zero", lambda a: _kept(a, lambda z, alpha: np.where(z > 0, 1.0, -alpha))),
        ("0 at the kink", lambda a: _kept(a, lambda z, _: np.where(z == 0, 0, a.due[0]))),
        (
            "alpha sign(z) below zero and at the kink",
            lambda a: _kept(a, lambda z, alpha: np.where(z > 0, 1.0, alpha * np.sign(z))),
        ),
    ),
    "softmax": (
        (
            "1 + sum exp(z) in the denominator",
            lambda a: np.exp(a.given["z"] - np.logaddexp.reduce(np.append(a.given["z"], 0.0))),
        ),
        ("divided by the largest, not by the sum", lambda a: a.due[0] / a.due[0].max()),
    ),
    "softmax_jacobian": (
        ("-p_k p_i on the diagonal too", lambda a: -np.outer(_p(a), _p(a))),
        ("p_k on the diagonal, the square forgotten", lambda a: a.due[0] + np.diag(_p(a) - np.diag(a.due[0]))),
        ("p (1 - p) of the largest entry along the whole diagonal", lambda a: _diagonal_of_largest(a)),
    ),
    "network_predict": (
        ("without the activation", lambda a: _forward(a, lambda z, _, mask: mask * z)),
        (
            "survivors divided by the share kept",
            lambda a: _forward(a, lambda z, alpha, mask: mask * _leaky(z, alpha) / mask.mean()),
        ),
        ("survivors divided by 0.8", lambda a: _forward(a, lambda z, alpha, mask: mask * _leaky(z, alpha) / 0.8)),
        ("without the mask", lambda a: _forward(a, lambda z, alpha, _: _leaky(z, alpha))),
        (
            "the mask before the bias",
            lambda a: _forward(a, lambda z, alpha, mask: _leaky(mask * (z - a.given["b1"]) + a.given["b1"], alpha)),
        ),
    ),
    "network_loss": (
        ("the loss without the mask", lambda a: a.again(mask=np.ones_like(np.asarray(a.given["mask"], float)))),
        ("softmax taken twice", lambda a: _reference().cross_entropy(_output(a, "network_predict"), a.given["y"])),
        ("the binary cross-entropy of each class", lambda a: _binary(a, _output(a, "network_predict"))),
        *_guarded("network_loss"),
    ),
    "network_gradient": tuple(
        (says, way)
        for says, way in (
            ("the residual y_hat - 1 at every class", lambda a: _back(a, residual=lambda p, _: p - 1)),
            ("the residual y - y_hat", lambda a: _back(a, residual=lambda p, y: y - p)),
            (
                "the residual of a squared error, (p - y) p (1 - p)",
                lambda a: _back(a, residual=lambda p, y: (p - y) * p * (1 - p)),
            ),
            ("without the slope of the activation", lambda a: _back(a, slope=lambda z, _: np.ones_like(z))),
            (
                "the slope 0.01 below zero, whatever alpha",
                lambda a: _back(a, slope=lambda z, _: np.where(z > 0, 1, 0.01)),
            ),
            ("the slope 1 at the kink", lambda a: _back(a, slope=lambda z, alpha: np.where(z >= 0, 1, alpha))),
            ("without the mask on the way back", lambda a: _back(a, masked=(True, False, False))),
            ("without the mask", lambda a: _back(a, masked=(True, False, True))),
            ("the activation from before the mask", lambda a: _back(a, masked=(False, True, True))),
            ("divided by 0.8 on the way back", lambda a: _scaled_back(a, 1.25)),
        )
    ),
    "trivariate_value": (
        ("every degree one higher", lambda a: a.due[0] * np.prod(a.given["point"])),
        ("the coefficients in reverse order along every axis", lambda a: a.again(c=a.given["c"][::-1, ::-1, ::-1])),
        ("the axes of c in the order z, v, u", lambda a: a.again(point=a.given["point"][::-1])),
        ("without the highest degree of each variable", lambda a: a.again(c=_lower(a))),
        (
            "0 for every power of 0, the zeroth too",
            lambda a: _polynomial(a, lambda m, t: np.power(t, np.arange(m)) * (t != 0)),
        ),
        ("without the mixed terms", lambda a: a.again(c=_pure(a))),
        ("|u| for u: no negative powers", lambda a: a.again(point=np.abs(a.given["point"]))),
        (
            "NaN for what is not positive, from exp(i ln u)",
            lambda a: _polynomial(a, lambda m, t: np.exp(np.arange(m) * np.log(t))),
        ),
    ),
    "trivariate_gradient": (
        (
            "without the factor i: u^(i-1)",
            lambda a: _derivatives(a, lambda i, t: np.where(i > 0, 1, 0) * np.power(t, np.maximum(i - 1, 0))),
        ),
        ("the exponent not lowered: i u^i", lambda a: _derivatives(a, lambda i, t: i * np.power(t, i))),
        ("i u^i / u, which is NaN at 0", lambda a: _derivatives(a, lambda i, t: i * np.power(t, i) / np.float64(t))),
        (
            "the highest power not differentiated",
            lambda a: _derivatives(a, lambda i, t: np.where(i < len(i) - 1, i, 0) * np.power(t, np.maximum(i - 1, 0))),
        ),
        ("of length 1", lambda a: a.due[0] / np.linalg.norm(a.due[0])),
    ),
    "trivariate_hessian": (
        ("grad y (grad y)'", lambda a: np.outer(_output(a, "trivariate_gradient"), _output(a, "trivariate_gradient"))),
        ("the second derivatives at the origin", lambda a: a.again(point=np.zeros(3))),
        ("rows in the order z, v, u", lambda a: a.due[0][::-1]),
        ("1e-8 added to the diagonal", lambda a: a.due[0] + 1e-8 * np.eye(3)),
    ),
    "gaussian_dropout_loss": (
        ("without the noise", lambda a: _noiseless(a, "gaussian_dropout_loss")),
        (
            "the noise added to the weights, w + delta - 1",
            lambda a: a.again(w=a.given["w"] + a.given["delta"] - 1, delta=np.ones_like(a.given["delta"])),
        ),
        ("the noise on the target too", lambda a: a.again(target=float(a.given["target"] * a.given["delta"][0]))),
        ("the sum of the squares, not the square of the sum", lambda a: _per_input(a)),
        ("the mean over the inputs in place of the sum", lambda a: a.again(w=a.given["w"] / a.sizes["n"])),
        (
            "sum of weights times sum of inputs",
            lambda a: (
                0.5 * (float(a.given["target"]) - (a.given["delta"] * a.given["w"]).sum() * a.given["x"].sum()) ** 2
            ),
        ),
        ("the first input without noise", lambda a: a.again(delta=np.append(1.0, a.given["delta"][1:]))),
    ),
    "gaussian_dropout_gradient": (
        ("no noise in the outer factor: -(t - s) x", lambda a: _delta_rule(a, "1", "delta")),
        ("no noise in the residual", lambda a: _delta_rule(a, "delta", "1")),
        ("no noise at all", lambda a: _delta_rule(a, "1", "1")),
        ("the noise of the neighbour in the outer factor", lambda a: _delta_rule(a, "next", "delta")),
        ("0 where the weight is 0", lambda a: np.where(a.given["w"] == 0, 0.0, a.due[0])),
    ),
    "gaussian_dropout_expected_loss": (
        (
            "one noise for all inputs: sigma^2/2 (w.x)^2 for the penalty",
            lambda a: _noiseless(a, "gaussian_dropout_loss") + _squares(a, lambda w, x: (w @ x) ** 2),
        ),
        (
            "the penalty sigma^2/2 sum x^2, blind to the weights",
            lambda a: _noiseless(a, "gaussian_dropout_loss") + _squares(a, lambda _, x: x @ x),
        ),
        (
            "the penalty sigma^2/2 sum w^2, blind to the inputs",
            lambda a: _noiseless(a, "gaussian_dropout_loss") + _squares(a, lambda w, _: w @ w),
        ),
        ("w shrunk by 1 / (1 + sigma^2)", lambda a: a.again(w=a.given["w"] / (1 + float(a.given["sigma"]) ** 2))),
        ("p (1 - p) for the variance, p = sigma^2 / (1 + sigma^2)", lambda a: a.again(sigma=_bare(a))),
    ),
    "gaussian_dropout_expected_gradient": (
        (
            "the decay sigma^2 w x, without the square of x",
            lambda a: (
                _noiseless(a, "gaussian_dropout_gradient") + float(a.given["sigma"]) ** 2 * a.given["w"] * a.given["x"]
            ),
        ),
        (
            "the decay -sigma^2 w x",
            lambda a: (
                _noiseless(a, "gaussian_dropout_gradient") - float(a.given["sigma"]) ** 2 * a.given["w"] * a.given["x"]
            ),
        ),
        (
            "the decay sigma^2 w, blind to the inputs",
            lambda a: _noiseless(a, "gaussian_dropout_gradient") + float(a.given["sigma"]) ** 2 * a.given["w"],
        ),
        (
            "(1 + sigma)^2 for 1 + sigma^2",
            lambda a: a.due[0] + 2 * float(a.given["sigma"]) * a.given["x"] ** 2 * a.given["w"],
        ),
        (
            "1 + sigma^2 on the whole sum",
            lambda a: (
                -a.given["x"]
                * (float(a.given["target"]) - (1 + float(a.given["sigma"]) ** 2) * (a.given["w"] @ a.given["x"]))
            ),
        ),
        ("nothing where sigma = 0", lambda a: a.due[0] * (float(a.given["sigma"]) > 0)),
    ),
    "gaussian_dropout_penalty": (
        ("sigma in place of sigma^2", lambda a: a.again(sigma=np.sqrt(a.given["sigma"]))),
        ("sigma^2/2 sum x^2, blind to the weights", lambda a: _squares(a, lambda _, x: x @ x)),
        ("sigma^2/2 sum w^2, blind to the inputs", lambda a: _squares(a, lambda w, _: w @ w)),
        ("the square of the sum, not the sum of the squares", lambda a: _squares(a, lambda w, x: (w @ x) ** 2)),
        ("absolute values in place of squares", lambda a: _squares(a, lambda w, x: np.abs(w * x).sum())),
    ),
    "cross_entropy": (
        (
            "the label of the largest entry alone",
            lambda a: a.again(y=np.eye(len(a.given["y"]))[int(np.argmax(a.given["y"]))]),
        ),
        ("the squared error of the probabilities, sum (p - y)^2", lambda a: np.sum((_p(a) - a.given["y"]) ** 2)),
        ("half the squared error of the probabilities", lambda a: np.sum((_p(a) - a.given["y"]) ** 2) / 2),
        ("the binary cross-entropy of each class", lambda a: _binary(a, _p(a))),
        ("1 - p_k, without the logarithm", lambda a: np.asarray(a.given["y"], float) @ (1 - _p(a))),
        ("the logarithm of softmax taken twice", lambda a: a.again(z=_p(a))),
        (
            "the logit of the second class for that of the true one",
            lambda a: np.sum(a.given["y"]) * (np.logaddexp.reduce(a.given["z"]) - a.given["z"][1]),
        ),
        (
            "the logit of the first class for that of the true one",
            lambda a: np.sum(a.given["y"]) * (np.logaddexp.reduce(a.given["z"]) - a.given["z"][0]),
        ),
        *_guarded("cross_entropy"),
    ),
    "cross_entropy_gradient": (
        ("softmax(z) - 1 in every entry", lambda a: _p(a) - 1),
        ("0 off the true class", lambda a: a.due[0] * (np.asarray(a.given["y"]) != 0)),
        ("softmax(z) - y, for labels that do not sum to one", lambda a: _p(a) - a.given["y"]),
        ("softmax(z) - sum(y) in every entry", lambda a: _p(a) - np.sum(a.given["y"])),
        ("sum(y) (softmax(z) - 1)", lambda a: np.sum(a.given["y"]) * (_p(a) - 1)),
        ("z / sum exp(z) - y", lambda a: a.given["z"] / np.exp(a.given["z"]).sum() - a.given["y"]),
    ),
    "cross_entropy_hessian": (
        ("J'J of the softmax", lambda a: a.due[0] @ a.due[0]),
        ("-p_i p_j on the diagonal too", lambda a: -np.outer(_p(a), _p(a))),
    ),
    **{
        call: (
            ("the start not listed, and one step more", lambda a: _steps(a, 1)[1:]),
            ("the start twice, and one step too few", lambda a: np.append(a.due[0][:1], a.due[0][:-1])),
            ("the steps in place of the iterates", lambda a: np.append(a.due[0][:1], np.diff(a.due[0]))),
            ("the steps, and the last iterate", lambda a: np.append(-np.diff(a.due[0]), a.due[0][-1:])),
            ("two steps at a time", lambda a: _steps(a, int(a.given["steps"]))[::2]),
            ("it never leaves its start", lambda a: a.due[0][0] + 0 * a.due[0]),
        )
        for call in ("newton_root", "newton_minimize")
    },
}
"""By call: answers of other formulas, which are easily taken for the one that is due."""


def _margin(a: Asked) -> Numbers:
    X, w, b = _unit(a, "X", "w", "b")
    t: Numbers = X @ w + b
    return t


def _decided(a: Asked) -> tuple[Any, ...]:
    X, p, y = _residual(a)
    r = (p > 0.5) - y
    return r @ X, r.sum()


def _broadcast(a: Asked) -> tuple[Any, ...]:
    X, p, y = _residual(a)
    r = p[:, None] - y
    return (X.T @ r).sum(axis=1), r.sum()


def _reshaped(a: Asked) -> tuple[Any, ...]:
    X, p, y = _residual(a)
    return X.reshape(X.shape[::-1]) @ (p - y), (p - y).sum()


def _centred(a: Asked) -> dict[str, Any]:
    X, w, b = _unit(a, "X", "w", "b")
    return {"X": X - X.mean(axis=0), "b": float(b + X.mean(axis=0) @ w)}


def _inner(a: Asked) -> Numbers:
    X = _unit(a, "X")[0]
    p = _sigmoid(_margin(a))
    h = a.due[0].copy()
    h[:-1, :-1] = (p * (1 - p)) @ (X * X).sum(axis=1)
    return h


def _norm(a: Asked) -> float:
    dw, db = _output(a, "logistic_gradient")
    return float(np.hypot(np.linalg.norm(dw), db)) or 1.0


def _sample_by_sample(a: Asked) -> tuple[Any, ...]:
    w, b = a.given["w"], a.given["b"]
    for i in range(a.sizes["n"]):
        rows = {"X": a.given["X"][i : i + 1], "y": a.given["y"][i : i + 1]}
        w, b = _output(a, "logistic_step", w=w, b=b, **rows)
    return w, b


def _newton(a: Asked) -> tuple[Any, ...]:
    dw, db = _output(a, "logistic_gradient")
    move = np.linalg.solve(_output(a, "logistic_hessian"), np.append(dw, db))
    return a.given["w"] - move[:-1], a.given["b"] - move[-1]


def _one_mean(a: Asked) -> Any:
    x, gamma, beta = _unit(a, "x", "gamma", "beta")
    centered = x - x.mean()
    return gamma * centered / np.sqrt((centered**2).mean(axis=0) + float(a.given["eps"])) + beta


def _variance(a: Asked) -> Any:
    return np.asarray(a.given["x"], float).var(axis=0) + float(a.given["eps"])


def _dx(a: Asked, direct: float, mean: float, variance: float) -> tuple[Any, Any, Any]:
    p = _paths(a)
    return direct * p["direct"] + mean * p["mean"] + variance * p["variance"], 0, 0


def _backward_with(a: Asked, spread: Callable[[Numbers, float], Any]) -> tuple[Any, Any, Any]:
    dy, x, gamma = _unit(a, "dy", "x", "gamma")
    centered = x - x.mean(axis=0)
    s = spread(centered, float(a.given["eps"]))
    x_hat = centered / s
    dgamma = (dy * x_hat).sum(axis=0)
    return gamma / s * (dy - dy.mean(axis=0) - x_hat * dgamma / len(x)), dgamma, dy.sum(axis=0)


def _unbiased_backward(a: Asked) -> tuple[Any, Any, Any]:
    return _backward_with(a, lambda c, eps: np.sqrt((c**2).sum(axis=0) / max(1, len(c) - 1) + eps))


def _low_power(a: Asked) -> tuple[Any, Any, Any]:
    p = _paths(a)
    return p["direct"] + p["mean"] + p["variance"] * _variance(a), 0, 0


def _answer_parts(answer: Answer | None, a: Asked) -> tuple[Any, ...]:
    """`answer`, which holds the parts of `a` alone, in its places in the whole."""
    places: list[Any] = [0] * len(OUTPUTS[a.call])
    for i, part in zip(a.parts, answer or (), strict=True):
        places[i] = part
    return tuple(places)


def _centered_by(a: Asked, mean: Callable[[Numbers], Any]) -> Any:
    x, gamma, beta = _unit(a, "x", "gamma", "beta")
    return gamma * (x - mean(x)) + beta


def _mean_of_others(x: Numbers) -> Numbers:
    others: Numbers = (x.sum(axis=0) - x) / (len(x) - 1)
    return others


def _fully(a: Asked) -> Any:
    x, gamma, beta = _unit(a, "x", "gamma", "beta")
    return gamma * (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + 1e-5) + beta


def _diagonal_of_largest(a: Asked) -> Any:
    top = float(_p(a).max())
    return a.due[0] + np.diag(top * (1 - top) - np.diag(a.due[0]))


def _binary(a: Asked, p: Numbers) -> Any:
    y = np.asarray(a.given["y"], float)
    return -(y * np.log(p) + (1 - y) * np.log1p(-p)).sum()


def _scaled_back(a: Asked, factor: float) -> Any:
    parts = _output(a, "network_gradient")
    return _pick(a, factor * parts[0], factor * parts[1], parts[2], parts[3])


def _lower(a: Asked) -> Any:
    c = np.array(a.given["c"], dtype=float)
    if min(c.shape) < 2:
        return None
    return c[:-1, :-1, :-1]


def _pure(a: Asked) -> Any:
    c = np.array(a.given["c"], dtype=float)
    i, j, k = np.indices(c.shape)
    return c * (((i > 0) * 1 + (j > 0) * 1 + (k > 0) * 1) < 2)


def _per_input(a: Asked) -> Any:
    w, x, target, delta = _unit(a, "w", "x", "target", "delta")
    return 0.5 * ((target - delta * w * x) ** 2).sum()


def _bare(a: Asked) -> float:
    s = float(a.given["sigma"]) ** 2
    return float(np.sqrt(s / (1 + s) * (1 - s / (1 + s))))


# -- Products with an argument --


def _products(one: Asked) -> Iterator[Way]:
    """What is due, times or divided by an argument, or plus or minus it."""
    if len(one.due) > 1:
        return
    for name, value in one.given.items():
        if callable(value) or name in {"seed", "size", "steps"}:
            continue
        for told, power in ((name, 1), (f"{name}^2", 2)):
            yield f"times {told}", lambda a, k=name, q=power: a.due[0] * a.given[k] ** q  # type: ignore[misc]
            yield f"divided by {told}", lambda a, k=name, q=power: a.due[0] / a.given[k] ** q  # type: ignore[misc]
        yield f"plus {name}", lambda a, k=name: a.due[0] + a.given[k]  # type: ignore[misc]
        yield f"minus {name}", lambda a, k=name: a.due[0] - a.given[k]  # type: ignore[misc]
        yield f"{name} itself", lambda a, k=name: np.asarray(a.given[k], float)  # type: ignore[misc]


# -- Constants that are read off the answers --


def _fitted(wrong: Sequence[Asked]) -> Iterator[Way]:
    """One factor, one summand, one multiple of an argument for all, and bounds that are never crossed."""
    one = wrong[0]
    factor = _constant(one.got, one.due, np.divide)
    if factor is not None:
        yield f"one factor: got = {factor:.6g} * due", _each(lambda due: factor * due)
    shift = _constant(one.got, one.due, np.subtract)
    if shift is not None:
        yield f"a constant added: got = due + {shift:.3g}", _each(lambda due: due + shift)
    lone = one.got[0].flat[0] if one.got[0].size else np.nan
    if all((got == lone).all() for got in one.got):
        yield f"the same answer always: {lone:.6g}", _each(lambda due: 0 * due + lone)
    yield from _decayed(one)
    if all(due.ndim == 2 and due.shape[0] == due.shape[1] for due in one.due):
        ridge = float((one.got[0] - one.due[0])[0, 0])
        yield f"{ridge:.3g} added to the diagonal", lambda a: a.due[0] + ridge * np.eye(len(a.due[0]))
    yield from _bounded(wrong)


def _constant(got: Answer, due: Answer, how: Callable[[Any, Any], Any]) -> float | None:
    """What `got` is of `due` in its largest entry."""
    flat = np.concatenate([d.ravel() for d in due])
    if not flat.size:
        return None
    at = int(np.argmax(np.abs(flat)))
    with np.errstate(all="ignore"):
        constant = float(how(np.concatenate([g.ravel() for g in got])[at], flat[at]))
    return constant if np.isfinite(constant) and constant else None


def _decayed(one: Asked) -> Iterator[Way]:
    """A multiple of an argument, or of its squares, added."""
    if len(one.due) > 1:
        return
    error = one.got[0] - one.due[0]
    for name, value in one.given.items():
        if callable(value) or np.asarray(value).dtype.kind not in "fiub":
            continue
        v = np.asarray(value, dtype=float)
        for told, term in ((name, v), (f"|{name}|^2", np.asarray((v * v).sum()))):
            if term.shape != error.shape or not np.any(term):
                continue
            at = np.unravel_index(int(np.argmax(np.abs(term))), term.shape)
            c = float(error[at] / term[at])
            squared = told != name
            if np.isfinite(c) and c:
                yield (
                    f"{c:.3g} * {told} added",
                    lambda a, k=name, c=c, s=squared: a.due[0] + c * _term(a.given[k], s),  # type: ignore[misc]
                )


def _term(value: Any, squared: bool) -> Any:
    v = np.asarray(value, dtype=float)
    return (v * v).sum() if squared else v


def _bounded(wrong: Sequence[Asked]) -> Iterator[Way]:
    """Clipped at the least and the largest answers seen, where several answers are at a bound."""
    entries = np.concatenate([g.ravel() for a in wrong for g in a.got])
    if not np.isfinite(entries).all() or not entries.size:
        return
    low, high = float(entries.min()), float(entries.max())
    at_low, at_high = np.count_nonzero(entries == low), np.count_nonzero(entries == high)
    if at_high >= LEAST and low < high:
        yield f"never above {high:.6g}", _each(lambda due: np.minimum(due, high))
    if at_low >= LEAST and low < high:
        yield f"never below {low:.6g}", _each(lambda due: np.maximum(due, low))
    if at_low >= LEAST and at_high >= LEAST and low < high:
        yield f"clipped to [{low:.6g}, {high:.6g}]", _each(lambda due: np.clip(due, low, high))


# -- Functions of what is due --


def _functions(wrong: Sequence[Asked]) -> Iterator[Way]:
    yield "the absolute value", _each(np.abs)
    yield "the positive part: 0 where it is negative", _each(lambda due: np.maximum(due, 0))
    yield "the square of what is due", _each(np.square)
    yield "the root of what is due", _each(np.sqrt)
    yield "one minus what is due", _each(lambda due: 1 - due)
    yield "the logarithm of what is due", _each(np.log)
    yield "the exponential of what is due", _each(np.exp)
    yield "1 / what is due", _each(lambda due: 1 / due)
    yield "rounded to whole numbers", _each(np.round)
    yield "cut to whole numbers", _each(np.trunc)
    yield "only the sign of what is due", _each(np.sign)
    yield "scaled to length one", _each(lambda due: due / np.linalg.norm(due))
    yield "scaled to a sum of one", _each(lambda due: due / due.sum())
    for name in wrong[0].given:
        kind = np.asarray(wrong[0].given[name]).dtype.kind if not callable(wrong[0].given[name]) else ""
        if kind in "iub" and any(np.asarray(a.given[name]).dtype.kind in "iub" for a in wrong):
            yield (
                f"computed in the type of {name}",
                lambda a, k=name: tuple(_cast(due, a.given[k]) for due in a.due),  # type: ignore[misc]
            )


def _cast(due: Numbers, like: Any) -> Numbers:
    return due.astype(np.asarray(like).dtype).astype(np.float64)


# -- Rounding --


def _rounded(one: Asked) -> Iterator[Way]:
    del one
    yield "rounded to single precision (float32)", _single


def _single(a: Asked) -> Answer | None:
    """The answer itself, if every entry is a float32 and it is as near to what is due as such arithmetic comes."""
    if not all((g.astype(np.float32) == g).all() for g in a.got):
        return None
    far = any(_error(g, d) > 2.0**-12 * max(_size(d), 1.0) for g, d in zip(a.got, a.due, strict=True))
    return None if far else a.got


# -- Where it is wrong --


def _places(wrong: Sequence[Asked]) -> Iterator[Way]:
    """Only some entries are wrong, always the same ones."""
    if any(len(a.due) > 1 for a in wrong):
        return
    for told, chosen in PLACES.items():
        yield f"wrong {told} only", lambda a, c=chosen: np.where(c(a.due[0]), a.got[0], a.due[0])  # type: ignore[misc]


def _mask(rule: Callable[[NDArray[Any], NDArray[Any], tuple[int, ...]], Any]) -> Callable[[Numbers], Any]:
    """Entries by row and column of a matrix of at least two rows and columns."""

    def chosen(due: Numbers) -> Any:
        if due.ndim != 2 or min(due.shape) < 2:
            raise ValueError("no matrix")
        return rule(*np.indices(due.shape), due.shape)

    return chosen


def _end(first: bool) -> Callable[[Numbers], Any]:
    def chosen(due: Numbers) -> Any:
        if due.ndim != 1 or due.size < 2:
            raise ValueError("no vector")
        return np.arange(due.size) == (0 if first else due.size - 1)

    return chosen


PLACES: dict[str, Callable[[Numbers], Any]] = {
    "on the diagonal": _mask(lambda i, j, _: i == j),
    "off the diagonal": _mask(lambda i, j, _: i != j),
    "below the diagonal": _mask(lambda i, j, _: i > j),
    "above the diagonal": _mask(lambda i, j, _: i < j),
    "in the last row and column": _mask(lambda i, j, n: (i == n[0] - 1) | (j == n[1] - 1)),
    "in the last row": _mask(lambda i, _, n: i == n[0] - 1),
    "in the first row": _mask(lambda i, _, __: i == 0),
    "in the first entry": _end(first=True),
    "in the last entry": _end(first=False),
}


# -- Where it is right --


def agrees(asked: Sequence[Asked], u: float) -> str:
    """A condition on the arguments under which every answer is right and without which nearly all are wrong."""
    right = [not any(a.wrong(u)) for a in asked]
    best = ("", 0)
    for told, condition in _conditions(asked):
        met = [_met(condition, a) for a in asked]
        agreeing = sum(m and r for m, r in zip(met, right, strict=True))
        unmet = [r for m, r in zip(met, right, strict=True) if not m]
        if (
            agreeing == sum(met) >= LEAST
            and len(unmet) >= LEAST
            and sum(unmet) <= len(unmet) / 10
            and agreeing > best[1]
        ):
            best = told, agreeing
    return f"whenever {best[0]}" if best[0] else ""


def _conditions(asked: Iterable[Asked]) -> Iterator[tuple[str, Callable[[Asked], bool]]]:
    one = next(iter(asked), None)
    if one is None:
        return
    for letter in one.sizes:
        yield f"{letter} = 1", lambda a, k=letter: a.sizes[k] == 1  # type: ignore[misc]
    for name, value in one.given.items():
        if callable(value) or name in {"seed", "size", "steps"}:
            continue
        yield f"{name} = 0", lambda a, k=name: not np.any(a.given[k])  # type: ignore[misc]
        yield f"{name} = 1", lambda a, k=name: bool(np.all(np.asarray(a.given[k]) == 1))  # type: ignore[misc]
        if isinstance(value, np.ndarray):
            yield f"no entry of {name} is negative", lambda a, k=name: bool((np.asarray(a.given[k]) >= 0).all())  # type: ignore[misc]
    if "y" in one.given:
        yield "every label is 0 or 1", lambda a: bool(np.isin(a.given["y"], (0, 1)).all())
        yield "the labels sum to one", lambda a: abs(float(np.sum(a.given["y"])) - 1) < CLOSE
        yield (
            "the labels are one-hot",
            lambda a: bool(np.isin(a.given["y"], (0, 1)).all() and np.sum(a.given["y"]) == 1),
        )
    if len(one.due) == 1 and one.due[0].ndim == 2:
        yield (
            "the answer is symmetric",
            lambda a: a.due[0].shape[0] == a.due[0].shape[1] and bool(np.array_equal(*_sides(a))),
        )


def _sides(a: Asked) -> tuple[Numbers, Numbers]:
    return a.due[0], a.due[0].T


def _met(condition: Callable[[Asked], bool], asked: Asked) -> bool:
    return bool(condition(asked))
