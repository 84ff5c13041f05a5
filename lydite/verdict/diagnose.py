"""Finds by experiment which calls a failing law accuses, while the implementation is at hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np

from lydite.kit.asked import LEAST, REFUSALS, Answer, Asked, as_answer
from lydite.kit.case import Case
from lydite.kit.evidence import Broken, Tally
from lydite.kit.failure import CallFailed, Excluded, Misbehaved, Missing
from lydite.kit.holds import holds
from lydite.kit.law import Law
from lydite.kit.question import topics
from lydite.kit.reference import reference
from lydite.likeness.search import Answers, agrees, blamed, looks_like
from lydite.target.implementation import Implementation

COMPOSED = {call: ways for topic in topics("mistakes.composed") for call, ways in topic.COMPOSED.items()}
"""How calls may be made of others."""

MOST = 128
"""Cases at which a failing law is held again."""
FAILING = 64
"""Of those at which it fails, how many are looked at."""
SUSPECTED = 8
"""And at how many of them calls are replaced."""
EXPLAINED = 16
"""And at how many of them the answers of a call are explained by those of others."""


@dataclass(slots=True)
class Diagnosis:
    """The results of experiments with one failing law; plain data.

    `guilty` are the calls with which it fails though every other call is the reference's, or that have to be replaced
    for it to hold, where one ends it; `looks_like` says what the wrong answers of the guilty call are, and in how many
    of them, `agrees` under which conditions none is wrong.
    """

    guilty: list[str] = field(default_factory=list)
    looks_like: list[dict[str, Any]] = field(default_factory=list)
    agrees: dict[str, int] = field(default_factory=dict)


class Mixed:
    """An implementation with some calls replaced by the reference's; notes calls and answers."""

    def __init__(self, impl: Any, kept: Callable[[str], bool] = lambda _: True) -> None:
        self._impl = impl
        self.keeps = kept
        self._reference = Implementation(reference)
        self.asked: list[tuple[str, tuple[Any, ...], Any]] = []

    @property
    def widening(self) -> float:
        """That of the implementation."""
        return float(self._impl.widening)

    def offers(self, call: str) -> bool:
        """Returns whether `call` can be made."""
        return bool(self._impl.offers(call)) if self.keeps(call) else True

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._impl if self.keeps(name) else self._reference, name)

        def noted(*args: Any) -> Any:
            answer = call(*args)
            self.asked.append((name, args, answer))
            return answer

        return noted


def diagnosis(law: Law, impl: Any, failure: Exception, cases: Iterable[Case]) -> Diagnosis:
    """Returns what `failure` of `law` comes from: experiments at the case of the failure and at `cases`."""
    if isinstance(failure, Missing):
        return Diagnosis([failure.call])
    if isinstance(failure, CallFailed | Misbehaved):
        case: Case | None = getattr(failure, "case", None)  # see `holds`
        return Diagnosis(_in_the_way(law, impl, failure.call, [case, *islice(cases, SUSPECTED)] if case else []))
    if not isinstance(failure, Broken) or law.batched:
        return Diagnosis()
    failing, holding = _sorted(law, impl, [failure.evidence.case, *islice(cases, MOST)])
    suspects = list(dict.fromkeys(call for mixed in failing for call, _, _ in mixed.impl.asked))
    guilty = _guilty(law, impl, [one.case for one in failing[:SUSPECTED]], suspects)
    causes = list(dict.fromkeys(cause for call in guilty for cause in _causes(call, impl, failing)))
    if len(guilty) != 1 or causes != guilty:
        return Diagnosis(causes)
    found = [blamed(_answers(guilty[0], one)) for one in failing]
    others = [*(a for _, spared in found for a in spared), *(a for one in holding for a in _answers(guilty[0], one))]
    answers = Answers([a for wrong, _ in found for a in wrong], others, failure.evidence.case.u)
    return Diagnosis(guilty, looks_like(answers), agrees(answers))


@dataclass(frozen=True, slots=True)
class _Tried:
    """A case, and the implementation with the calls that were made there."""

    case: Case
    impl: Mixed


def _in_the_way(law: Law, impl: Any, call: str, cases: Iterable[Case]) -> list[str]:
    """Returns `call`, which has failed, and the calls with which the law fails once it is replaced.

    A law that ends at the first call shows nothing of those after it: they may be as wrong.
    """
    guilty = [call]

    def kept(name: str) -> bool:
        return name not in guilty

    for case in cases:
        while found := _next_in_the_way(law, Mixed(impl, kept), case):
            guilty += found
    return guilty


def _next_in_the_way(law: Law, mixed: Mixed, case: Case) -> list[str]:
    """Returns which of the calls that are kept in `mixed` fail the law at `case`: none where it holds."""
    try:
        _hold(law, mixed, case)
    except (CallFailed, Misbehaved, Missing, Broken) as failure:
        if not isinstance(failure, Broken) and mixed.keeps(failure.call):
            return [failure.call]
        return list(dict.fromkeys(name for name, _, _ in mixed.asked if mixed.keeps(name)))
    except Excluded:
        pass
    return []


def _causes(call: str, impl: Any, failing: Sequence[_Tried]) -> list[str]:
    """Returns the calls through which `call` goes wrong: `call` itself, unless others explain all its wrong answers.

    They do where these are what a known composition makes of answers of theirs that are wrong as well: different ones,
    since a stub that returns zeros is what other stubs come to, and has called none of them.
    """
    tried = [(one.case.u, a) for one in failing[:EXPLAINED] for a in one.impl.asked if a[0] == call]
    wrong = [
        (u, asked) for u, (_, args, answer) in tried if (asked := Asked.of(call, args, answer)) and any(asked.wrong(u))
    ]
    for composition in COMPOSED.get(call, ()):
        found = [_explanation(composition, impl, asked, u) for u, asked in wrong]
        if all(found) and _is_various([asked.got for _, asked in wrong]):
            inner = [one for part in found for one in part]
            causes = dict.fromkeys(one.call for one in inner)
            if all(_is_various([one.got for one in inner if one.call == cause]) for cause in causes):
                return list(causes)
    return [call]


def _explanation(composition: Callable[..., Any], impl: Any, asked: Asked, u: float) -> list[Asked]:
    """Returns the wrong answers of which `composition` makes that of `asked`: none where it does not."""
    mixed = Mixed(impl, impl.offers)
    try:
        with np.errstate(all="ignore"):
            made = as_answer(composition(mixed, *asked.given.values()))
    except (CallFailed, Misbehaved, Missing, Excluded, *REFUSALS):
        return []
    if not asked.explained(made, u):
        return []
    inner = (Asked.of(*one) for one in mixed.asked)
    return [one for one in inner if one is not None and any(one.wrong(u))]


def _is_various(answers: Iterable[Answer]) -> bool:
    """Returns whether there are several finite ones, none of one number alone, but where an answer is one number."""
    found = set()
    for answer in answers:
        numbers = np.concatenate([np.ravel(part) for part in answer])
        if np.isfinite(numbers).all() and (numbers.size == 1 or np.ptp(numbers) > 0):
            found.add(numbers.tobytes())
    return len(found) >= LEAST


def _sorted(law: Law, impl: Any, cases: Iterable[Case]) -> tuple[list[_Tried], list[_Tried]]:
    """Returns the cases at which the law fails, and those at which it holds."""
    failing: list[_Tried] = []
    holding: list[_Tried] = []
    for case in cases:
        mixed = Mixed(impl)
        fails = _fails(law, mixed, case)
        (failing if fails else holding).append(_Tried(case, mixed))
        if len(failing) == FAILING:
            break
    return failing, holding


def _hold(law: Law, impl: Any, case: Case) -> None:
    """Raises what the law raises at `case`."""
    with np.errstate(all="ignore"):
        holds(law, impl, case, Tally())


def _fails(law: Law, impl: Any, case: Case) -> bool:
    try:
        _hold(law, impl, case)
    except (Broken, CallFailed, Misbehaved):
        return True
    except (Missing, Excluded):
        pass
    return False


def _guilty(law: Law, impl: Any, cases: Sequence[Case], suspects: Sequence[str]) -> list[str]:
    """Returns the calls with which the law fails alone; if it fails with none, those without which it holds."""
    if len(suspects) < 2:
        return list(suspects)
    alone = [c for c in suspects if any(_fails(law, Mixed(impl, lambda name, c=c: name == c), x) for x in cases)]  # type: ignore[misc]  # bound early
    return alone or [
        c
        for c in suspects
        if not any(_fails(law, Mixed(impl, lambda name, c=c: name != c), x) for x in cases)  # type: ignore[misc]
    ]


def _answers(call: str, tried: _Tried) -> list[Asked]:
    """Returns what a call answered at one case."""
    asked = (Asked.of(name, args, answer) for name, args, answer in tried.impl.asked if name == call)
    return [a for a in asked if a is not None]
