"""Drafts an adapter: matches a library's functions to calls by name and signature, and tries conventions on cases."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import permutations, product
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from lydite.adapted import adapted
from lydite.adapter import ARRAYS, OPTIONS, Adapter, Argument, Mapped, parameters
from lydite.implementation import Implementation
from lydite.load import library
from lydite.naming import kind, likeness, may_be
from lydite.watch import Watch
from spec import conventions
from spec.claim import CLAIMS
from spec.contracts import CALLS
from spec.evidence import Tally
from spec.failure import CallFailed, Misbehaved, Missing
from spec.regime import Regime

SECONDS = 2.0
"""What one trial of a call may take."""

NAMES = {
    "z": r"^(z|x|scores?|logits?|inputs?|a)$",
    "y": r"^(y|t|labels?|targets?|truth|signs?|classes|y_?true)$",
    "X": r"^(x|inputs?|features|data|samples)$",
    "w": r"^(w|weights?|coef)",
    "b": r"^(b|bias|intercept)$",
    "theta": r"^(theta|params?|parameters|w|weights?|beta|coef)",
    "margin": r"^(margins?|z|t|x|logits?|scores?|inputs?)$",
    "alpha": r"alpha|slope",
    "p": r"^(p|rate|prob|drop)",
    "size": r"^(size|n|shape|units)$",
    "seed": r"seed|rng|key",
    "learning_rate": r"^(lr|eta|rate|learning_?rate|step_?size|alpha)$",
    "fprime": r"prime|df|grad|jac",
    "gprime": r"prime|dg|grad|jac",
    "gsecond": r"second|2|hess",
    "x0": r"0|start|init|guess",
    "steps": r"step|iter|^n$",
}
"""How the places of our arguments are commonly called; a name of ours is found as it is as well."""


@dataclass(frozen=True, slots=True)
class Match:
    """A function that may be a call; `tried` says on how many cases it held as `mapped`, none if it is a guess."""

    mapped: Mapped
    arrays: str
    dtype: str
    tried: int


def draft(name: str) -> str:
    """The text of an adapter for the module or file `name`. Raises Unloadable where it cannot be imported."""
    module: Any = library(name)
    functions = {n: f for n, f in vars(module).items() if not n.startswith("_") and callable(f)}
    functions = {n: f for n, f in functions.items() if not inspect.isclass(f)}
    found = [match for call in CALLS if (match := _match(call, functions, module))]
    held = [m for m in found if m.tried]
    kinds = [(m.arrays, m.dtype) for m in held]
    common = max(dict.fromkeys(kinds), key=kinds.count, default=("numpy", ""))
    kept = [m for m in held if (m.arrays, m.dtype) == common]
    kept += _derived(kept, common, module)
    calls = {m.mapped.call for m in kept}
    return "\n".join(_text(module.__name__, common, kept, [m for m in found if m.mapped.call not in calls])) + "\n"


# -- Matching --


def _match(call: str, functions: dict[str, Callable[..., Any]], module: Any) -> Match | None:
    """The first function and convention under which `call` holds, or else the likeliest function by name."""
    likely = sorted((n for n in functions if may_be(n, call)), key=lambda n: (-likeness(n, call), n))
    for name in likely:
        for arrays, dtype in _kinds():
            for mapped in _conventions(call, name, functions[name]):
                if tried := _held([mapped], arrays, dtype, module):
                    return Match(mapped, arrays, dtype, tried)
    alike = [n for n in likely if kind(n) == kind(call) and _arguments(functions[n], CALLS[call].parameters)]
    return Match(Mapped(call, alike[0]), "numpy", "", 0) if alike else None


def _derived(kept: Sequence[Match], common: tuple[str, str], module: Any) -> Iterator[Match]:
    """What holds by differentiating what is kept, where no function does."""
    if common[0] == "numpy":
        return
    sources = {m.mapped.call: m.mapped for m in kept}
    for call, rule in conventions.DERIVATIVES.items():
        if rule.of not in sources or call in sources:
            continue
        for at_zero in conventions.AT_ZERO if call in conventions.KINKED else ("",):
            options = {"at_zero": at_zero} if at_zero not in {"", conventions.AT_ZERO[0]} else {}
            mapped = Mapped(call, autodiff=rule.of, options=options)
            if tried := _held([mapped, sources[rule.of]], *common, module):
                yield Match(mapped, *common, tried)
                break


def _kinds() -> Iterator[tuple[str, str]]:
    """The arrays that the library may take: those of a framework that it has imported, or else NumPy's."""
    kinds = [*(kind for kind in ARRAYS if kind in sys.modules and kind != "numpy"), "numpy"]
    return ((kind, dtype) for dtype in ("", "float32") for kind in kinds)


def _conventions(call: str, name: str, function: Callable[..., Any]) -> Iterator[Mapped]:
    """Every way in which `function` may be meant, the contract's own first."""
    applicable = {option: values for option, (values, calls) in OPTIONS.items() if call in calls}
    for values in product(*applicable.values()):
        options = {o: v for o, v in zip(applicable, values, strict=True) if v != OPTIONS[o][0][0]}
        if not _makes_sense(call, options):
            continue
        if options.get("batch") == "leading" and call in conventions.REDUCED:
            options.setdefault("reduction", "sum")
        for args, spelled in _arguments(function, parameters(call, options.get("params", "separate"))):
            yield Mapped(call, name, args=args, options=options, spelled=spelled)


def _makes_sense(call: str, options: dict[str, str]) -> bool:
    if options.get("params") == "margin" and call not in conventions.MARGINAL:
        return False
    if call == "logistic_step" and options.get("reduction") == "none":
        return False
    return "reduction" not in options or call not in conventions.ROWS or options.get("batch") == "leading"


def _arguments(function: Callable[..., Any], tokens: Sequence[str]) -> list[tuple[tuple[Argument, ...], str]]:
    """The ways to give our arguments to the places of `function`: by their names if these tell, else in any order."""
    places = _places(function, len(tokens))
    if places is None:
        return []
    orders = [o for o in permutations(tokens) if all(map(_is_called, o, places))] if places else [tuple(tokens)]
    return [
        (tuple(Argument("", token) for token in order), "" if order == tuple(tokens) else ", ".join(order))
        for order in orders or permutations(tokens)
    ]


def _places(function: Callable[..., Any], count: int) -> list[str] | None:
    """The names of the first `count` places, none where they are not told; None where it cannot be given so many."""
    try:
        every = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return []  # compiled ones do not always tell
    places = [p for p in every if p.kind in {p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD}]
    needed = [p for p in every if p.default is p.empty and p.kind not in {p.VAR_POSITIONAL, p.VAR_KEYWORD}]
    if not set(needed) <= set(places[:count]) or len(places) < count:
        return None
    return [p.name for p in places[:count]]


def _is_called(token: str, place: str) -> bool:
    return token == place or bool(re.search(NAMES.get(token, "(?!)"), place.lower()))


# -- Trying --


def _held(mapped: Sequence[Mapped], kind: str, dtype: str, module: Any) -> int:
    """On how many cases the laws of the first call alone held, none if one did not; the others are its sources."""
    call, precision = mapped[0].call, dtype or "float64"
    adapter = Adapter(Path(), module.__name__, kind, dtype, {m.call: m for m in mapped})
    offered = vars(adapted(adapter, precision, module))
    watch = Watch(SECONDS)
    impl, tally = Implementation(SimpleNamespace(**{call: offered[call]}), watch=watch), Tally()
    plan = import_module("properties.forall").Plan(precision=precision, examples=1, shrink=False)
    with watch.attending():
        for prop in _deciding(mapped[0]):
            try:
                prop.check(impl, Regime.CORE, plan, tally)
            except Missing:
                continue  # the law compares with another call
            except (AssertionError, CallFailed, Misbehaved):
                return 0
    return tally.cases


def _deciding(mapped: Mapped) -> list[Any]:
    """The properties of claims on the one call, and those of its batches: others say nothing new of it."""
    every = import_module("properties.every").every()
    alone = [p for p in every if all(set(CLAIMS[claim].calls) == {mapped.call} for claim in p.law.claims)]
    return [
        *(p for p in alone if Regime.CORE in p.law.regimes and not p.law.batched),
        *(p for p in every if p.law.batched == mapped.call and mapped["batch"] == "leading"),
    ]


# -- Telling --


def _text(name: str, common: tuple[str, str], kept: Sequence[Match], guesses: Sequence[Match]) -> Iterator[str]:
    yield f"# Drafted for {name}: {len(kept)} of {len(CALLS)} calls held on a few cases as they are mapped here."
    yield "# Delete what is not meant; what was guessed by its name alone stands behind a # and has to be looked at."
    yield f'module = "{name}"'
    if common[0] != "numpy":
        yield f'arrays = "{common[0]}"'
    if common[1]:
        yield f'dtype = "{common[1]}"'
    yield ""
    yield "[calls]"
    for match in kept:
        yield f"{match.mapped.call} = {_table(match.mapped)}  # held on {match.tried} cases"
    for match in guesses:
        why = f"held with arrays = {match.arrays!r} {match.dtype}".rstrip() if match.tried else "guess: by its name"
        yield f"# {match.mapped.call} = {_table(match.mapped)}  # {why}"
    known = {m.mapped.call for m in (*kept, *guesses)}
    for call in CALLS.values():
        if call.name not in known:
            yield f'# {call.name} = ""  # {call.signature[1:-1]}'


def _table(mapped: Mapped) -> str:
    told = mapped.declared()
    if set(told) == {"use"}:
        return f'"{mapped.use}"'
    return "{ " + ", ".join(f'{key} = "{value}"' for key, value in told.items()) + " }"
