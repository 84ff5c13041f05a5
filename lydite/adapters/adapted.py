"""Wraps a library so that it satisfies the contract: converts arguments on the way in and answers on the way out.

What a convention changes is undone exactly, or the one rounding that it costs is granted (`WIDENING`), so that a
definition and its bound are held against what was declared and not against something else.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib import import_module
from types import ModuleType, SimpleNamespace
from typing import Any, cast

import numpy as np

from lydite.adapters.adapter import Adapter, Mapped
from lydite.adapters.frameworks import Arrays, Differentiable, NumPy, arrays
from lydite.adapters.naming import meant
from lydite.kit.calls import CALLS, DERIVATIVES
from lydite.kit.case import FLOAT32, FLOAT64
from lydite.kit.contract import Call, Derivative, Shape, Shapes
from lydite.kit.conventions import DISCRETE, MARGINAL, ROW_BY_ROW, ROWS, SCALARS, SUMS
from lydite.kit.failure import Excluded

Named = Mapping[str, Any]

WIDENING = 1.5
"""Factor of a tolerance where an answer was scaled: dividing a sum by `n`, and multiplying it here again,
costs one rounding each, and no bound of such a call is below four roundings of its value."""


class AdaptedCall:
    """One call of the contract, made of a function of the library."""

    def __init__(self, mapped: Mapped, function: Callable[..., Any], their: Arrays, u: float) -> None:
        self.call: Call = CALLS[mapped.call]
        self.mapped = mapped
        self.function = function
        self.u = u
        self._their = their

    @property
    def scaled(self) -> bool:
        """Whether its answers are brought to the contract's scale."""
        contract = {"reduction": "sum", "dropout_scale": "none", "momentum": "batch", "running_variance": "biased"}
        return any(self.mapped[option] != own for option, own in contract.items())

    # -- One case --

    def given(self, args: Sequence[Any]) -> Callable[[], Any]:
        """Returns the function that calls the library. It raises Excluded where conventions leave the arguments out."""
        named = self.coded(dict(zip(self.call.parameters, args, strict=True)))
        if self.leading:
            named = {name: _row(v) if name in ROWS[self.call.name] else v for name, v in named.items()}
        return lambda: self._their.plain(self.evaluate(named))

    def shape_of(self, args: Sequence[Any]) -> Shapes:
        """Returns the shape of what the library has to answer."""
        return self._declared_shape(args, 1)

    def lifted(self, answer: Any, args: Sequence[Any]) -> Any:
        """Returns the contract's answer, from what the library answered as plain arrays."""
        reduced = self._reduced(answer, self._samples(args), fold=True)
        if self.leading and self.call.name in ROW_BY_ROW:
            reduced = reduced[0]
        return self._told(self._split(reduced), args)

    # -- A batch --

    def given_rows(self, rows: Sequence[Sequence[Any]], repeated: int) -> Callable[[], Any]:
        """Returns a function that calls the library on all `rows`, `repeated` times. It raises Excluded as above."""
        coded = [self.coded(dict(zip(self.call.parameters, args, strict=True))) for args in rows]
        stacked = {name: np.stack([row[name] for row in coded]) for name in ROWS[self.call.name]}
        many = {name: np.tile(a, (repeated, *[1] * (a.ndim - 1))) for name, a in stacked.items()}
        return lambda: self._their.plain(self.evaluate({**coded[0], **many}))

    def shape_of_rows(self, rows: Sequence[Sequence[Any]], repeated: int) -> Shapes:
        """Returns the shape of what the library has to answer to them."""
        return self._declared_shape(rows[0], len(rows) * repeated)

    def lifted_rows(self, answer: Any, rows: Sequence[Sequence[Any]], repeated: int) -> Any:
        """Returns a row for each, or the sum over them where the library reduces."""
        return self._reduced(answer, len(rows) * repeated, fold=False)

    # -- Arguments --

    @property
    def leading(self) -> bool:
        """Whether it takes many samples at once."""
        return self.mapped["batch"] == "leading"

    def coded(self, named: Named) -> dict[str, Any]:
        """Returns the arguments as declared. Raises Excluded where they cannot be, or at an undeclared kink."""
        if self.mapped["at_zero"] != "alpha" and "W1" in named:
            margins = np.asarray(named["W1"], float) @ np.asarray(named["x"], float) + named["b1"]
            if not margins.all():
                raise Excluded(self.call.name, f"at_zero = {self.mapped['at_zero']}")
        if self.mapped["samples"] == "two-or-more" and len(named["x" if "x" in named else "dy"]) == 1:
            raise Excluded(self.call.name, "samples = two-or-more")
        changed = dict(named)
        if "y" in named:
            changed["y"] = self._labels(np.asarray(named["y"]))
        if self.mapped["eps"] == "positive" and named["eps"] == 0:
            changed["eps"] = self._lost_eps(named)
        if self.mapped["momentum"] == "running":
            changed["momentum"] = self._kept(float(named["momentum"]))
        if self.mapped["running_variance"] == "unbiased" and len(named["x"]) == 1:
            raise Excluded(self.call.name, "running_variance = unbiased")
        if (factor := self.call.factor) and self.mapped["reduction"] == "mean":
            changed[factor] = float(named[factor]) * self._samples([named[name] for name in self.call.parameters])
        return changed

    def _labels(self, y: Any) -> Any:
        code = self.mapped["labels"]
        if code == "one-hot":
            return y
        zeros, ones = y == 0, y == 1
        classes = self.call.name not in SUMS
        match code:
            case "distribution":
                admitted = not classes or _sums_to_one(y)
            case "plus-minus-one":
                admitted = (zeros | ones).all()
            case _:
                admitted = (zeros | ones).all() and (not classes or ones.sum() == 1)
        if not admitted:
            raise Excluded(self.call.name, f"labels = {code}")
        if code in {"distribution", "one-hot-only"}:
            return y
        if code == "plus-minus-one":
            return 2.0 * y - 1
        return np.int64(ones.argmax()) if classes else y.astype(np.int64)

    def _kept(self, momentum: float) -> float:
        """Returns the weight of what was, `1 - momentum`. Raises Excluded where rounding it makes another momentum."""
        kept = float((np.float32 if self.u == FLOAT32 else np.float64)(1 - momentum))
        if 1 - kept != momentum:
            raise Excluded(self.call.name, "momentum = running")
        return kept

    def _lost_eps(self, named: Named) -> float:
        """Returns a positive eps for 0: `u^2` of the least variance, which moves a deviation by `u^2 / 2` of itself.

        That is of second order in every bound. Raises Excluded where it is not a normal number.
        """
        variance = named["variance"] if "variance" in named else np.var(named["x"], axis=0, dtype=float)
        eps = self.u**2 * float(np.min(variance))
        if not eps >= np.finfo(np.float32 if self.u == FLOAT32 else np.float64).tiny:
            raise Excluded(self.call.name, "eps = positive")
        return eps

    def _real(self, name: str, value: Any) -> Any:
        """Returns a plain number where one is due, and for a framework, which differentiates no integers, real ones."""
        if name in SCALARS:
            return _number(value)
        whole = isinstance(value, np.ndarray) and value.dtype.kind in "iu" and name not in DISCRETE
        return value.astype(np.float64) if whole and not isinstance(self._their, NumPy) else value

    def evaluate(self, named: Named) -> Any:
        """Returns what the library's function answers, in its own arrays. Arguments may be its own already."""
        theirs = {name: self._their.array(self._real(name, value)) for name, value in named.items()}
        match self.mapped["params"]:
            case "margin":
                theirs["margin"] = theirs["X"] @ theirs["w"] + theirs["b"]
            case "bias-last" | "bias-first" as order:
                theirs["theta"] = self._joined(theirs["w"], self._their.array(np.reshape(named["b"], 1)), order)
                column = self._their.array(np.ones((*np.shape(named["X"])[:-1], 1), dtype=named["X"].dtype))
                theirs["X"] = self._joined(theirs["X"], column, order)
        places = [(a.keyword, theirs[a.name] if a.name else a.constant) for a in self.mapped.args]
        return self.function(*(v for key, v in places if not key), **{key: v for key, v in places if key})

    def _joined(self, w: Any, b: Any, order: str) -> Any:
        return self._their.joined([w, b] if order == "bias-last" else [b, w])

    # -- Answers --

    @property
    def _joint(self) -> bool:
        return self.mapped["params"] in {"bias-last", "bias-first"}

    def _samples(self, args: Sequence[Any]) -> int:
        if self.call.name not in SUMS:
            return 1
        (name, *_) = self.call.with_axis(self.call.sums, 0)
        return len(args[self.call.parameters.index(name)])

    def _declared_shape(self, args: Sequence[Any], rows: int) -> Shapes:
        due = self.call.shape_of(*args)
        if self._joint and isinstance(due, list):
            due = (args[0].size + 1,)
        if self.leading and (self.call.name in ROW_BY_ROW or self.mapped["reduction"] == "none"):
            return _prefixed(rows, due)
        if self.call.name in SUMS and self.mapped["reduction"] == "none":
            return _prefixed(self._samples(args), due)
        return due

    def _reduced(self, answer: Any, samples: int, *, fold: bool) -> Any:
        """Returns the answer as the sum over `samples`, or, unless it is to be folded into it, with a row for each."""
        row_by_row = self.call.name in ROW_BY_ROW
        match self.mapped["reduction"]:
            case "mean" if not self.call.factor:
                return _each(answer, lambda a: a * samples)
            case "none" if fold and not row_by_row:
                return _each(answer, _summed)
        return answer

    def _split(self, answer: Any) -> Any:
        if not self._joint or self.call.name in MARGINAL:
            return answer
        if self.mapped["params"] == "bias-first":
            answer = np.roll(answer, -1, axis=tuple(range(np.ndim(answer))))
        return (answer[:-1], float(answer[-1])) if self.call.returns else answer

    def _told(self, answer: Any, args: Sequence[Any]) -> Any:
        """Returns the answer with the contract's mask, variance, and derivative at a kink."""
        if self.mapped["running_variance"] == "unbiased":
            return _biased(*answer, *args)
        if self.mapped["dropout_scale"] == "inverted":
            return _unscaled(answer, float(args[1]), self.u)
        if self.mapped["at_zero"] != "alpha" and "z" in self.call.parameters:
            z, alpha = np.asarray(args[0]), float(args[1])
            theirs = 1.0 if self.mapped["at_zero"] == "one" else (1 + alpha) / 2
            told = np.where(z == 0, np.where(answer == theirs, alpha, alpha + (np.asarray(answer) - theirs)), answer)
            return told if z.ndim else float(told)
        return answer


class DerivedCall(AdaptedCall):
    """One call of the contract, made of another one by automatic differentiation."""

    def __init__(self, mapped: Mapped, source: AdaptedCall, their: Differentiable) -> None:
        super().__init__(mapped, source.function, their, source.u)
        self._source = source
        self._rule: Derivative = DERIVATIVES[mapped.call]
        self._differentiable = their

    @property
    def scaled(self) -> bool:
        """Whether those of its source are."""
        return self._source.scaled

    def given(self, args: Sequence[Any]) -> Callable[[], Any]:
        """Returns the function that differentiates the source. It raises Excluded as above."""
        named = dict(zip(self.call.parameters, args, strict=True))
        self.coded(named)  # raises where a kink is left out
        whole = self._source.coded(self._filled(named))
        differentiated = partial(_KINDS[self._rule.kind], self._differentiable, self._function(whole), self._rule)
        return lambda: self._their.plain(differentiated(named))

    def shape_of(self, args: Sequence[Any]) -> Shapes:
        """Returns the contract's: conventions are those of the source."""
        return self.call.shape_of(*args)

    def lifted(self, answer: Any, args: Sequence[Any]) -> Any:
        """Returns the contract's answer."""
        if self._source.mapped["reduction"] == "mean":
            answer = _each(answer, lambda a: a * self._samples(args))
        return self._told(answer, args)

    def _filled(self, named: Named) -> dict[str, Any]:
        """Returns the arguments of the source: those that a derivative has not are without effect on it."""
        source = self._source.call
        filled = {name: named[name] for name in source.parameters if name in named}
        for name in source.parameters:
            if name not in filled:
                filled[name] = _filler(name, named)
        return filled

    def _function(self, whole: Named) -> Callable[..., Any]:
        """Returns the source by what it is differentiated by alone: a scalar is summed over what the library leaves."""
        source, scalar = self._source, self._rule.kind in {"gradient", "hessian"}

        def f(*by: Any) -> Any:
            named = {**whole, **dict(zip(self._rule.by, by, strict=True))}
            if source.leading:
                named = {name: _row(v) if name in ROWS[source.call.name] else v for name, v in named.items()}
            answer = source.evaluate(named)
            if scalar:
                return answer.sum()
            return answer[0] if source.leading else answer

        return f


def _gradient(their: Differentiable, f: Callable[..., Any], rule: Derivative, named: Named) -> Any:
    parts = their.gradient(f, [named[name] for name in rule.by])
    return parts[0] if len(parts) == 1 else parts


def _hessian(their: Differentiable, f: Callable[..., Any], rule: Derivative, named: Named) -> Any:
    if rule.by == ("w", "b"):
        theta = np.append(np.asarray(named["w"]), np.asarray(named["b"])).astype(np.asarray(named["w"]).dtype)
        return their.hessian(lambda t: f(t[:-1], t[-1]), theta)
    return their.hessian(f, named[rule.by[0]])


def _jacobian(their: Differentiable, f: Callable[..., Any], rule: Derivative, named: Named) -> Any:
    return their.jacobian(f, named[rule.by[0]])


def _elementwise(their: Differentiable, f: Callable[..., Any], rule: Derivative, named: Named) -> Any:
    return their.gradient(lambda z: f(z).sum(), [named[rule.by[0]]])[0]


def _pullback(their: Differentiable, f: Callable[..., Any], rule: Derivative, named: Named) -> Any:
    at = [named.get(name, np.zeros_like(named["gamma"] if name == "beta" else named["dy"])) for name in rule.by]
    parts = their.pullback(f, at, named["dy"])
    return parts[0] if len(parts) == 1 else parts


_KINDS: dict[str, Callable[..., Any]] = {
    "gradient": _gradient,
    "hessian": _hessian,
    "jacobian": _jacobian,
    "elementwise": _elementwise,
    "pullback": _pullback,
}


def _filler(name: str, named: Named) -> Any:
    """Returns an argument on which no second derivative by logits, and no derivative of an affine map, depends."""
    if name == "y" and "z" in named:
        return np.eye(len(named["z"]), dtype=np.asarray(named["z"]).dtype)[0]
    like = {"y": "X", "beta": "gamma", "x": "dy"}[name]
    return np.zeros(np.shape(named[like])[: 1 if name == "y" else None], dtype=np.asarray(named[like]).dtype)


def _sums_to_one(y: Any) -> bool:
    """Returns whether `y` may be shares of one: off it by at most `u + K 2^-53`, `u` of the type of `y`.

    They are made in double precision by `K - 1` additions and a division, and rounded to that type.
    """
    u = np.finfo(y.dtype).eps / 2 if y.dtype.kind == "f" else 0.0
    return bool(abs(math.fsum(y) - 1) <= u + y.size * FLOAT64)


def _number(value: Any) -> Any:
    """Returns a number of ours, however it is wrapped, as a plain one; what has rows as it is."""
    return value.item() if isinstance(value, np.ndarray | np.generic) and value.ndim == 0 else value


def _row(value: Any) -> Any:
    """Returns a batch of one: an array of ours or theirs with an axis before the others, a number as a vector."""
    return value[None] if getattr(value, "ndim", 0) else np.reshape(value, 1)


def _prefixed(count: int, due: Shapes) -> Shapes:
    return [(count, *shape) for shape in due] if isinstance(due, list) else cast("Shape", (count, *due))


def _each(answer: Any, change: Callable[[Any], Any]) -> Any:
    return tuple(map(change, answer)) if isinstance(answer, tuple) else change(answer)


def _summed(a: Any) -> Any:
    """Returns the sum over the first axis with a single rounding."""
    flat = np.reshape(a, (len(a), -1))
    sums = np.array([math.fsum(column) if np.isfinite(column).all() else column.sum() for column in flat.T])
    return sums.reshape(np.shape(a)[1:]) if np.ndim(a) > 1 else float(sums[0])


def _unscaled(mask: Any, p: float, u: float) -> Any:
    """Returns a mask of zeros and ones from one whose ones are `1 / (1 - p)`: that is rounded twice, as here."""
    if p == 1:
        return mask  # nothing is kept, and no scale is due
    plain = mask * (1 - p)
    return np.where(np.abs(plain - 1) <= 4 * u, 1.0, plain)


def _biased(mean: Any, variance: Any, x: Any, _: Any, before: Any, momentum: float) -> tuple[Any, Any]:
    """Returns running statistics after the batch `x`, from those with its variance over n - 1."""
    n = len(x)
    return mean, ((n - 1) * variance + (1 - float(momentum)) * np.asarray(before, dtype=float)) / n


class Library(SimpleNamespace):
    """The calls that a library offers behind an adapter; `looked_up` says of each other one what is not there."""

    looked_up: dict[str, str]


def adapted(adapter: Adapter, precision: str, module: object) -> Library:
    """Returns the calls that the library offers: those whose functions are there.

    `module` is the one that `use` looks into. Raises what importing a module of `python` raises.
    """
    their = arrays(adapter.arrays, adapter.dtype, precision)
    u = FLOAT32 if precision == "float32" else FLOAT64
    offered: dict[str, Any] = {}
    for name, mapped in adapter.calls.items():
        if mapped.python:
            place, _, function = mapped.python.partition(":")
            offered[name] = getattr(import_module(place), function, None)
        elif mapped.use and (found := _found(module, mapped.use)) is not None:
            offered[name] = AdaptedCall(mapped, found, their, u)
    for name, mapped in adapter.calls.items():
        if mapped.autodiff in offered:
            offered[name] = DerivedCall(mapped, offered[mapped.autodiff], cast("Differentiable", their))
    there = {name: found for name, found in offered.items() if found is not None}
    looked_up = {name: _absence(mapped, module) for name, mapped in adapter.calls.items() if name not in there}
    return Library(**there, looked_up=looked_up)


def _absence(mapped: Mapped, module: Any) -> str:
    """Returns what was looked up in vain, and what may be meant."""
    if mapped.autodiff:
        return f"{mapped.autodiff} is not there to be differentiated"
    place, _, name = mapped.python.partition(":")
    if mapped.python:
        return f"{place} has no {name}{meant(name, vars(import_module(place)))}"
    where = str(getattr(module, "__name__", type(module).__name__))
    for name in mapped.use.split("."):
        inside = _found(module, name)
        if inside is None:
            return f"{where} has no {name}{meant(name, dir(module))}"
        module, where = inside, f"{where}.{name}"
    return ""


def _found(module: Any, name: str) -> Any:
    """Finds `name`, dotted perhaps, in `module`: an attribute, or a submodule that is not imported yet."""
    for part in name.split("."):
        if not hasattr(module, part) and isinstance(module, ModuleType):
            try:
                import_module(f"{module.__name__}.{part}")
            except ModuleNotFoundError:
                return None
        module = getattr(module, part, None)
    return module
