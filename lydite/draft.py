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
from types import ModuleType, SimpleNamespace
from typing import Any

from lydite.adapted import AdaptedCall
from lydite.adapter import OPTIONS, Argument, Mapped, parameters
from lydite.frameworks import arrays
from lydite.implementation import Implementation
from lydite.load import load
from lydite.watch import Watch
from spec import conventions
from spec.case import FLOAT32, FLOAT64
from spec.contracts import CALLS
from spec.evidence import Tally
from spec.failure import CallFailed, Misbehaved, Missing
from spec.regime import Regime

SECONDS = 2.0
"""What one trial of a call may take."""

ORDERS = {
    "hessian": r"hess",
    "jacobian": r"jac",
    "step": r"step|descen|update",
    "gradient": r"grad|back|deriv|prime|slope|diff|vjp",
}
"""What a function's name says of the derivative that it is; nothing, for a value."""

TOPICS = {
    "logistic": r"sigmoid|logist|expit|bce|binary|neuron|logit",
    "centered_batch_norm": r"cent(er|re)|mean_?only",
    "batch_norm": r"batch_?norm|^bn",
    "leaky_relu": r"leaky|lrelu",
    "dropout_mask": r"mask|dropout",
    "softmax": r"softmax|prob",
    "network": r"net|mlp|forward|two_?layer",
    "trivariate": r"poly|trivar",
    "gaussian_dropout": r"gauss|noise|noisy|drop",
    "newton": r"newton|root|minimi",
    "cross_entropy": r"xent|cross_?ent|^ce|nll|softmax_?loss|log_?loss",
}
"""What a function's name says of the calls that it may be; the first words of a call find its topic."""

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
    """The text of an adapter for the module `name`. Raises Unloadable where it cannot be imported."""
    module: Any = load(name)
    functions = _functions(module)
    found = [match for call in CALLS if (match := _match(call, functions, module))]
    held = [m for m in found if m.tried]
    kinds = [(m.arrays, m.dtype) for m in held]
    common = max(dict.fromkeys(kinds), key=kinds.count, default=("numpy", ""))
    kept = [m for m in held if (m.arrays, m.dtype) == common]
    guesses = [m for m in found if m not in kept]
    return "\n".join(_text(name, common, kept, guesses)) + "\n"


def _functions(module: Any) -> dict[str, Callable[..., Any]]:
    public = {n: f for n, f in vars(module).items() if not n.startswith("_") and callable(f)}
    return {n: f for n, f in public.items() if not inspect.isclass(f) and _places(f) is not None}


def _places(function: Callable[..., Any]) -> list[inspect.Parameter] | None:
    """The parameters of `function` that have to be given, or None where it does not say."""
    try:
        every = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    return [p for p in every if p.default is p.empty and p.kind in {p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD}]


# -- Matching --


def _match(call: str, functions: dict[str, Callable[..., Any]], module: Any) -> Match | None:
    """The first function and convention under which `call` holds, or else the likeliest function by name."""
    likely = sorted((n for n in functions if _may_be(n, call)), key=lambda n: (n != call, len(n)))
    for name in likely:
        for kind, dtype in _kinds(module):
            for mapped in _conventions(call, name, functions[name]):
                tried = _held(mapped, functions[name], kind, dtype)
                if tried:
                    return Match(mapped, kind, dtype, tried)
    return Match(Mapped(call, likely[0]), "numpy", "", 0) if likely else None


def _may_be(name: str, call: str) -> bool:
    if name == call:
        return True
    topic = next(t for t in TOPICS if call.startswith(t))
    return bool(re.search(TOPICS[topic], name.lower())) and _order(name) == _order(call)


def _order(name: str) -> str:
    return next((order for order, pattern in ORDERS.items() if re.search(pattern, name.lower())), "")


def _kinds(module: Any) -> Iterator[tuple[str, str]]:
    """The arrays that a module may take: NumPy's, and those of a framework that it knows of."""
    known = {n.partition(".")[0] for v in vars(module).values() if isinstance(v, ModuleType) for n in [v.__name__]}
    known |= {module.__name__.partition(".")[0]}
    kinds: list[str] = [kind for kind in ("torch", "jax") if kind in known and kind in sys.modules] or ["numpy"]
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


def _arguments(function: Callable[..., Any], tokens: Sequence[str]) -> Iterator[tuple[tuple[Argument, ...], str]]:
    """The ways to give our arguments to the places of `function`: by their names if these tell, else in any order."""
    places = [p.name for p in _places(function) or []]
    if len(places) != len(tokens):
        return
    orders = [o for o in permutations(tokens) if all(map(_is_called, o, places))]
    for order in orders or permutations(tokens):
        yield tuple(Argument("", token) for token in order), "" if list(order) == list(tokens) else ", ".join(order)


def _is_called(token: str, place: str) -> bool:
    return token == place or bool(re.search(NAMES.get(token, "(?!)"), place.lower()))


# -- Trying --


def _held(mapped: Mapped, function: Callable[..., Any], kind: str, dtype: str) -> int:
    """On how many cases the exact laws of the call held, none if one did not."""
    precision = dtype or "float64"
    their = arrays(kind, dtype, precision)
    offered = SimpleNamespace(**{mapped.call: AdaptedCall(mapped, function, their, FLOAT32 if dtype else FLOAT64)})
    watch = Watch(SECONDS)
    impl, tally = Implementation(offered, watch=watch), Tally()
    plan = import_module("properties.forall").Plan(precision=precision, examples=1, shrink=False)
    with watch.attending():
        for prop in _exact(mapped):
            try:
                prop.check(impl, Regime.CORE, plan, tally)
            except (AssertionError, CallFailed, Misbehaved, Missing):
                return 0
    return tally.cases


def _exact(mapped: Mapped) -> list[Any]:
    """The properties that say what one call gives, and those of its batches: the others say nothing new of it."""
    from spec.claim import CLAIMS  # noqa: PLC0415

    suite = Path(import_module("properties").__file__ or "").parent
    modules = [import_module(f"properties.{path.stem}") for path in sorted(suite.glob("test_*.py"))]
    forall = import_module("properties.forall").Property
    found = []
    for prop in (p for module in modules for p in vars(module).values() if isinstance(p, forall)):
        alone = all(set(CLAIMS[claim].calls) == {mapped.call} for claim in prop.law.claims)
        batched = prop.law.batched == mapped.call and mapped["batch"] == "leading"
        exact = alone and Regime.CORE in prop.law.regimes and not prop.law.batched
        if batched or exact:
            found.append(prop)
    return found


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
