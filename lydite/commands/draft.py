"""Drafts an adapter: matches a library's functions to calls by name and signature, and tries conventions on cases."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, permutations, product
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from lydite.adapters.adapted import adapted
from lydite.adapters.adapter import ARRAYS, OPTIONS, Adapter, Argument, Mapped, parameters
from lydite.adapters.naming import is_argument, kind, likeness, may_be
from lydite.commands.members import members
from lydite.kit import conventions
from lydite.kit.calls import CALLS, DERIVATIVES, OPTIONAL
from lydite.kit.claim import CLAIMS
from lydite.kit.every import every
from lydite.kit.evidence import Broken, Tally
from lydite.kit.failure import CallFailed, Excluded, Misbehaved, Missing
from lydite.kit.forall import Plan
from lydite.kit.reference import reference
from lydite.kit.regime import DEFAULT, Regime
from lydite.notation.escape import line
from lydite.target.implementation import Implementation
from lydite.target.load import library
from lydite.target.smoke import sample
from lydite.target.watch import Watch

SECONDS = 2.0
"""Seconds that one trial of a call may take."""
EXAMPLES = 10
"""Batches of cases on which all of a draft is held in the end, as many as `lydite grade` draws; of what a framework
differentiates, which takes a second for each new shape, one."""
NEAR = 1e-2
"""How far an answer may be from the value due before it is held to the laws."""
NAMED = 8
"""Modules that are named of those that were not looked into for one reason."""
LEFT = object()
"""A place that is left to its default."""

USUAL: dict[str, tuple[Any, ...]] = {
    r"^(axis|dim)$": (-1, 1),
    r"^from_logits$": (True,),
    r"^(is_)?train(ing)?$": (True,),
    r"^(running|moving)_(mean|var)$": (None,),
}
"""Arguments that places of other names commonly get, the likeliest first."""
REDUCING = r"^reduc"
"""How the place is called that says what becomes of the samples."""
FEW = 4
"""Arguments that are tried in any order where no name tells; of more, their own order."""
TRIALS = 500
"""Ways to call one function that are tried."""
LIKELY = 8
"""Functions that are tried for one call, those that are alike in name."""
FOREIGN = frozenset({"torch", "jax", "jaxlib"})
"""Whose arrays are answers of a framework, though it takes NumPy's."""


@dataclass(frozen=True, slots=True)
class Match:
    """A function that may be a call; `tried` says on how many cases it held as `mapped`, none if it is a guess.

    It is in `doubt` where it holds on one sample, and is given rows without an error, and answers other values.
    """

    mapped: Mapped
    arrays: str
    dtype: str
    tried: int
    doubt: bool = False
    why: str = ""


def draft(name: str) -> str:
    """Returns the text of an adapter for the module or file `name`. Raises Unloadable where it cannot be imported."""
    module: Any = library(name)
    found = members(module)
    matches = [match for call in CALLS if (match := _match(call, found.functions, module))]
    held = [m for m in matches if m.tried]
    kinds = [(m.arrays, m.dtype) for m in held]
    common = max(dict.fromkeys(kinds), key=kinds.count, default=("numpy", ""))
    kept = [m for m in held if (m.arrays, m.dtype) == common]
    if any(m.mapped["batch"] == "leading" for m in kept):
        kept = [m for m in kept if not m.doubt]
    kept += _derived(kept, common, module)
    kept, refuted = _confirmed(kept, common, module)
    calls = {m.mapped.call for m in (*kept, *refuted)}
    guesses = [*refuted, *(m for m in matches if m.mapped.call not in calls)]
    elsewhere = _elsewhere(kept, common, module)
    return "\n".join([*_text(module.__name__, common, kept, guesses, elsewhere), *_skipped(found.skipped)]) + "\n"


# -- Matching --


def _match(call: str, functions: dict[str, Callable[..., Any]], module: Any) -> Match | None:
    """Returns the first function and convention under which `call` holds, or else the likeliest function by name."""
    last = {name: name.rpartition(".")[2] for name in functions}
    likely = sorted(
        (n for n in functions if may_be(last[n], call)), key=lambda n: (-likeness(last[n], call), len(n), n)
    )
    near: list[Match] = []
    for name in likely[:LIKELY]:
        for arrays, dtype in _kinds():
            match = _first(_conventions(call, name, functions[name]), arrays, dtype, module)
            if match and match.tried:
                return match
            near += [match] if match else []
    if near:
        return near[0]
    alike = [n for n in likely if kind(last[n]) == kind(call) and _arguments(functions[n], CALLS[call].parameters, {})]
    return Match(Mapped(call, alike[0]), "numpy", "", 0) if alike else None


def _first(ways: Iterable[Mapped], arrays: str, dtype: str, module: Any) -> Match | None:
    """Returns the first of `ways` that holds, else that is about right at a plain input; None where there is none."""
    doubt, near = False, None
    for mapped in islice(ways, TRIALS):
        trial = _tried([mapped], arrays, dtype, module)
        if trial.cases:
            return Match(mapped, arrays, dtype, trial.cases, doubt and mapped["batch"] == "none")
        doubt = doubt or (trial.wrong and mapped["batch"] == "leading")
        if trial.why and near is None:
            near = Match(
                mapped, arrays, dtype, 0, why=f"guess: right at a plain input with arrays = {arrays!r}, but {trial.why}"
            )
    return near


def _derived(kept: Sequence[Match], common: tuple[str, str], module: Any) -> Iterator[Match]:
    """Returns derivatives of what is kept that hold, where no function does."""
    if common[0] == "numpy":
        return
    sources = {m.mapped.call: m.mapped for m in kept}
    for call, rule in DERIVATIVES.items():
        if rule.of not in sources or call in sources:
            continue
        for at_zero in conventions.AT_ZERO if call in conventions.KINKED else ("",):
            options = {"at_zero": at_zero} if at_zero not in {"", conventions.AT_ZERO[0]} else {}
            mapped = Mapped(call, autodiff=rule.of, options=options)
            if tried := _tried([mapped, sources[rule.of]], *common, module).cases:
                yield Match(mapped, *common, tried)
                break


def _kinds() -> Iterator[tuple[str, str]]:
    """Returns the arrays that the library may take: NumPy's, or those of a framework that is imported."""
    kinds = [kind for kind in ARRAYS if kind == "numpy" or kind in sys.modules]
    return ((kind, dtype) for dtype in ("", "float32") for kind in kinds)


def _conventions(call: str, name: str, function: Callable[..., Any]) -> Iterator[Mapped]:
    """Yields every way in which `function` may be meant: rows before one sample, else the contract's own first."""
    applicable = {option: values for option, (values, calls) in OPTIONS.items() if call in calls}
    if "batch" in applicable:  # a sum over all entries holds on one sample too
        applicable = {"batch": tuple(reversed(applicable.pop("batch"))), **applicable}
    for values in product(*applicable.values()):
        chosen = dict(zip(applicable, values, strict=True))
        options = {o: chosen[o] for o in OPTIONS if o in chosen and chosen[o] != OPTIONS[o][0][0]}
        if not _makes_sense(call, options):
            continue
        if options.get("batch") == "leading" and call in conventions.REDUCED:
            options.setdefault("reduction", "sum")
        for args, spelled in _arguments(function, parameters(call, options.get("params", "separate")), options):
            yield Mapped(call, name, args=args, options=options, spelled=spelled)


def _makes_sense(call: str, options: dict[str, str]) -> bool:
    if options.get("params") == "margin" and call not in conventions.MARGINAL:
        return False
    if CALLS[call].factor and options.get("reduction") == "none":
        return False
    if call in conventions.SUMS and options.get("labels") == "distribution":
        return False  # those of a neuron are one in any case
    return "reduction" not in options or call not in conventions.ROWS or options.get("batch") == "leading"


def _arguments(
    function: Callable[..., Any], tokens: Sequence[str], options: Mapping[str, str]
) -> list[tuple[tuple[Argument, ...], str]]:
    """Returns the ways to give our arguments to the places of `function`: by name if names tell, else in any order.

    Then the same with what other places are commonly given.
    """
    places = _places(function)
    if places is None:  # compiled ones do not always tell
        return [(tuple(Argument("", token) for token in tokens), "")]
    found: dict[str, tuple[Argument, ...]] = {}
    for given in _given(places, tokens):
        for constants in _constants([p for p in places if p.name not in given], options):
            if (args := _in_places(places, {**given, **constants})) is not None:
                found.setdefault(_spelled(args, tokens), args)
    return [(args, spelled) for spelled, args in found.items()]


def _places(function: Callable[..., Any]) -> list[inspect.Parameter] | None:
    """Returns the places of `function` that have a name of their own; None where it does not state them."""
    try:
        given = inspect.signature(function).parameters.values()
    except Exception:  # noqa: BLE001  (whatever its own __signature__ raises)
        return None
    return [p for p in given if p.kind not in {p.VAR_POSITIONAL, p.VAR_KEYWORD}]


def _given(places: Sequence[inspect.Parameter], tokens: Sequence[str]) -> Iterator[dict[str, Argument]]:
    """Yields each way to give `tokens` to `places`: to the first of them, or to those whose names tell."""
    first = [p for p in places if p.kind is not p.KEYWORD_ONLY][: len(tokens)]
    if len(first) == len(tokens):
        named = list(islice(_assigned(first, tokens), TRIALS))
        orders = permutations(tokens) if len(tokens) <= FEW else [tokens]
        yield from named or ({p.name: Argument("", t) for p, t in zip(first, o, strict=True)} for o in orders)
    yield from islice(_assigned(places, tokens), TRIALS)


def _assigned(places: Sequence[inspect.Parameter], tokens: Sequence[str]) -> Iterator[dict[str, Argument]]:
    """Yields each way to give every token to a place of its own that is called like it."""
    if not tokens:
        yield {}
        return
    for place in places:
        if is_argument(place.name, tokens[0]):
            for rest in _assigned([p for p in places if p is not place], tokens[1:]):
                yield {place.name: Argument("", tokens[0]), **rest}


def _constants(places: Sequence[inspect.Parameter], options: Mapping[str, str]) -> Iterator[dict[str, Argument]]:
    """Yields each way to give the other places what is usual: nothing first, where they have a default."""
    values: dict[str, list[Any]] = {}
    for place in places:
        usual = [value for pattern, given in USUAL.items() if re.search(pattern, place.name) for value in given]
        if re.search(REDUCING, place.name):
            usual = [options.get("reduction", "sum")]
        values[place.name] = [*([] if place.default is place.empty else [LEFT]), *usual]
    for chosen in product(*values.values()):
        yield {n: Argument("", constant=value) for n, value in zip(values, chosen, strict=True) if value is not LEFT}


def _in_places(places: Sequence[inspect.Parameter], given: Mapping[str, Argument]) -> tuple[Argument, ...] | None:
    """Returns the arguments in order, by keyword after a place that is left out; None where one cannot be given so."""
    way: list[Argument] = []
    by_keyword = False
    for place in places:
        by_keyword = by_keyword or place.kind is place.KEYWORD_ONLY or place.name not in given
        if place.name not in given:
            continue
        if by_keyword and place.kind is place.POSITIONAL_ONLY:
            return None
        argument = given[place.name]
        by_keyword = by_keyword or (not argument.name and place.kind is not place.POSITIONAL_ONLY)
        way.append(replace(argument, keyword=place.name if by_keyword else ""))
    return tuple(way)


def _spelled(args: Sequence[Argument], tokens: Sequence[str]) -> str:
    """Returns the arguments as in a call; empty where they are ours in their own order."""
    written = [f"{a.keyword}={a.name or repr(a.constant)}" if a.keyword else a.name or repr(a.constant) for a in args]
    return "" if written == list(tokens) else ", ".join(written)


# -- Trying --


@dataclass(frozen=True, slots=True)
class Trial:
    """On how many cases all held, none if one did not; `wrong` says that a value was, and nothing was raised.

    `why` says what broke where a plain input has shown about the right value.
    """

    cases: int = 0
    wrong: bool = False
    why: str = ""


class _Seen:
    """A function, and whose its answers are."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.whose: set[str] = set()

    def __call__(self, *args: Any, **keywords: Any) -> Any:
        answer = self.function(*args, **keywords)
        for part in answer if isinstance(answer, tuple | list) else (answer,):
            self.whose.add(type(part).__module__.partition(".")[0])
        return answer


def _tried(mapped: Sequence[Mapped], kind: str, dtype: str, module: Any) -> Trial:
    """Tries the laws of the first call alone; the others are its sources."""
    call, precision = mapped[0].call, dtype or "float64"
    offered = vars(_adapted(mapped, kind, dtype, module))
    seen = _Seen(offered[call].function)
    if kind == "numpy":
        offered[call].function = seen
    watch = Watch(SECONDS)
    impl, tally = Implementation(SimpleNamespace(**{call: offered[call]}), watch=watch), Tally()
    plan = Plan(precision=precision, examples=1, shrink=False)
    with watch.attending():
        if not _is_plausible(impl, call):
            return Trial()
        for prop in _deciding(mapped[0]):
            try:
                prop.check(impl, Regime.CORE, plan, tally)
            except Missing:
                continue  # the law compares with another call
            except (AssertionError, CallFailed, Misbehaved) as failure:
                foreign = seen.whose & FOREIGN
                return Trial(wrong=isinstance(failure, Broken), why="" if foreign else line(str(failure), 100))
    return Trial() if seen.whose & FOREIGN else Trial(tally.cases)


def _is_plausible(impl: Implementation, call: str) -> bool:
    """Returns whether `call` answers about the right value to a plain input: most wrong ways end here, at no cost.

    No seed gives two generators the same mask.
    """
    try:
        answer = getattr(impl, call)(*sample(call))
    except (CallFailed, Misbehaved, Excluded):
        return False
    due = getattr(reference, call)(*sample(call))
    parts = zip(answer, due, strict=True) if isinstance(due, tuple) else [(answer, due)]
    return CALLS[call].random or all(np.allclose(a, b, rtol=NEAR, atol=NEAR) for a, b in parts)


def _adapted(mapped: Iterable[Mapped], kind: str, dtype: str, module: Any) -> SimpleNamespace:
    adapter = Adapter(Path(), module.__name__, kind, dtype, {m.call: m for m in mapped})
    return adapted(adapter, dtype or "float64", module)


def _confirmed(kept: Sequence[Match], common: tuple[str, str], module: Any) -> tuple[list[Match], list[Match]]:
    """Returns what is kept once all is graded together in core, as `lydite grade` does, and what is refuted there."""
    standing, refuted = list(kept), []
    while fault := _fault(standing, common, module, Regime.CORE, _examples(common)):
        call, law = fault
        out = [m for m in standing if call in {m.mapped.call, m.mapped.autodiff}]
        standing = [m for m in standing if m not in out]
        refuted += [replace(m, why=f"held on {m.tried} cases alone, and breaks {law} in core") for m in out]
    return standing, refuted


def _examples(common: tuple[str, str]) -> int:
    """Returns on how many batches for each law all of a draft is held in core."""
    return EXAMPLES if common[0] == "numpy" else 1


def _elsewhere(kept: Sequence[Match], common: tuple[str, str], module: Any) -> dict[Regime, str]:
    """Returns a claim that breaks in each other regime in which all that is kept was tried, empty where none does.

    A framework is not tried there: it takes seconds for each new shape, and `scale` has a hundred.
    """
    if not kept or common[0] != "numpy":
        return {}
    faults = {regime: _fault(kept, common, module, regime, 1) for regime in DEFAULT[1:]}
    return {regime: fault[1] if fault else "" for regime, fault in faults.items()}


def _fault(
    kept: Sequence[Match], common: tuple[str, str], module: Any, regime: Regime, examples: int
) -> tuple[str, str] | None:
    """Returns the call that breaks a law in `regime`, and the claim; None where none does."""
    arrays, dtype = common
    calls = {m.mapped.call for m in kept}
    batched = {m.mapped.call for m in kept if m.mapped["batch"] == "leading"}
    watch = Watch(SECONDS)
    offered = _adapted([m.mapped for m in kept], arrays, dtype, module)
    impl = Implementation(offered, watched=regime is Regime.PURITY, watch=watch)
    plan = Plan(precision=dtype or "float64", examples=examples, shrink=False)
    for prop in every():
        law = prop.law
        claims = [c for c in law.claims_in(regime) if set(CLAIMS[c].calls) <= calls]
        if not claims or regime not in law.regimes or (law.batched and law.batched not in batched):
            continue
        with watch.attending():
            try:
                prop.check(impl, regime, plan, Tally())
            except Missing:
                continue
            except (AssertionError, CallFailed, Misbehaved) as failure:
                at_fault = getattr(failure, "call", "")
                return at_fault if at_fault in calls else CLAIMS[claims[0]].calls[-1], claims[0]
    return None


def _deciding(mapped: Mapped) -> list[Any]:
    """Returns the properties of claims on the one call, and those of its batches: others say nothing new of it."""
    properties = every()
    alone = [p for p in properties if all(set(CLAIMS[claim].calls) == {mapped.call} for claim in p.law.claims)]
    return [
        *(p for p in alone if Regime.CORE in p.law.regimes and not p.law.batched),
        *(p for p in properties if p.law.batched == mapped.call and mapped["batch"] == "leading"),
    ]


# -- Telling --


def _text(
    name: str,
    common: tuple[str, str],
    kept: Sequence[Match],
    guesses: Sequence[Match],
    elsewhere: Mapping[Regime, str],
) -> Iterator[str]:
    yield f"# Drafted for {name}: {_held(kept)} held on a few cases as they are mapped here."
    if kept:
        yield f"# {_together(elsewhere, _examples(common))}"
    yield "# Delete what is not meant; what was guessed by its name alone stands behind a # and has to be looked at."
    yield f'module = "{name}"'
    if common[0] != "numpy":
        yield f'arrays = "{common[0]}"'
    if common[1]:
        yield f'dtype = "{common[1]}"'
    yield ""
    yield "[calls]"
    for match in kept:
        rows = ", each one sample: rows get other values" if match.doubt else ""
        yield f"{match.mapped.call} = {_table(match.mapped)}  # held on {match.tried} cases{rows}"
    for match in guesses:
        yield f"# {match.mapped.call} = {_table(match.mapped)}  # {_why(match, common)}"
    known = {m.mapped.call for m in (*kept, *guesses)}
    for call in CALLS.values():
        if call.name not in known:
            yield f'# {call.name} = ""  # {call.signature[1:-1]}{", optional" * call.optional}'


def _held(kept: Sequence[Match]) -> str:
    """States how many calls are kept, of how many; the optional ones apart, where there is one."""
    optional = sum(m.mapped.call in OPTIONAL for m in kept)
    more = f", and {optional} of {len(OPTIONAL)} optional ones," if optional else ""
    return f"{len(kept) - optional} of {len(CALLS) - len(OPTIONAL)} calls{more}"


def _together(elsewhere: Mapping[Regime, str], examples: int) -> str:
    """States how all that is kept fared, tried together in one regime after the other."""
    holding = [Regime.CORE, *(regime for regime, claim in elsewhere.items() if not claim)]
    told = [f"hold in {', '.join(holding)}", *(f"break {c} in {regime}" for regime, c in elsewhere.items() if c)]
    rest = "1 elsewhere" if elsewhere else f"not tried in {', '.join(DEFAULT[1:])}"
    return f"Together they {'; '.join(told)} ({examples} batch{'es' * (examples > 1)} a law in core, {rest})."


def _why(match: Match, common: tuple[str, str]) -> str:
    """States why a match is not part of the draft."""
    if match.why:
        return match.why
    if not match.tried:
        return "guess: by its name"
    if (match.arrays, match.dtype) != common:
        return f"held with arrays = {match.arrays!r} {match.dtype}".rstrip()
    return f"guess: held on {match.tried} cases of one sample, but rows get other values: is its axis meant?"


def _skipped(skipped: Mapping[str, str]) -> Iterator[str]:
    """Yields which modules were not looked into, and why: a line for each reason."""
    reasons: dict[str, list[str]] = {}
    for module, why in skipped.items():
        reasons.setdefault(why, []).append(module)
    for why, modules in reasons.items():
        more = f" and {len(modules) - NAMED} more" if len(modules) > NAMED else ""
        yield f"# Not looked into: {', '.join(modules[:NAMED])}{more} ({why})"


def _table(mapped: Mapped) -> str:
    told = mapped.declared()
    if set(told) == {"use"}:
        return f'"{mapped.use}"'
    return "{ " + ", ".join(f'{key} = "{value}"' for key, value in told.items()) + " }"
