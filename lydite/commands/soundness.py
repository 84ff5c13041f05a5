"""Checks whether a suite is sound. Importing this module loads all of the suite."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from lydite.grading.catch import earned_by_stubs, is_caught, refuted
from lydite.kit.calls import CALLS
from lydite.kit.claim import CLAIMS, Claim, Verdict
from lydite.kit.every import every
from lydite.kit.forall import Plan
from lydite.kit.judge import Role
from lydite.kit.judges import bench, by_claim
from lydite.kit.laws import LAWS
from lydite.kit.mistakes import MISTAKES
from lydite.kit.reference import reference

Check = Callable[[], Iterator[str]]
"""Yields what is wrong, a line each."""


def _unjudged() -> Iterator[str]:
    judged = by_claim()
    for claim in CLAIMS.values():
        judges = judged[claim.id]
        roles = {role for judge in judges for role in judge.roles}
        if not judges and not claim.graded:
            yield f"claim {claim.id} has neither calls nor a judge"
        if claim.verdict in {Verdict.FALSE, Verdict.TYPO} and Role.REFUTES not in roles:
            yield f"claim {claim.id} is {claim.verdict}, and no judge refutes it as it is printed"
        for number in _unneeded(claim, {n for judge in judges for n in judge.without}):
            yield f"claim {claim.id}: no judge has a case without its hypothesis {number} that refutes it"
    yield from (f"a judge is of {claim}, which is not a claim" for claim in judged if claim not in CLAIMS)


def _unneeded(claim: Claim, shown: set[int]) -> Iterator[int]:
    yield from (n for n in range(1, len(claim.hypotheses) + 1) if n not in shown)


def _unquantified() -> Iterator[str]:
    quantified = Counter(prop.law.name for prop in every())
    for name in LAWS:
        if quantified[name] != 1:
            yield f"law {name} is quantified {quantified[name]} times"


def _absent() -> Iterator[str]:
    yield from (f"{call} is not in reference" for call in CALLS if not callable(getattr(reference, call, None)))
    if set(CALLS) - set(getattr(reference, "__all__", ())):
        yield "reference.__all__ does not list every call"


def _misjudged() -> Iterator[str]:
    for judge in bench():
        yield from (f"{judge.name}: {fault}" for fault in judge.faults())


def _refuted() -> Iterator[str]:
    for prop in every():
        for regime in () if prop.law.batched else prop.law.regimes:
            if failure := refuted(prop, reference, regime, Plan()):
                yield f"{prop.law.name} [{regime}]: {type(failure).__name__}: {failure}"


def _unbroken() -> Iterator[str]:
    broken = {mistake.breaks for mistake in MISTAKES}
    yield from (f"no mistake breaks {claim.id}" for claim in CLAIMS.values() if claim.graded and claim.id not in broken)


def _uncaught() -> Iterator[str]:
    for mistake in MISTAKES:
        if not is_caught(mistake):
            yield f"{mistake.module}:{mistake.name} is not caught by {mistake.breaks} in {mistake.regime}"


def _earned() -> Iterator[str]:
    for claim in CLAIMS.values():
        if claim.graded:
            yield from (
                f"claim {claim.id} is earned by {stub} in {regime}" for stub, regime in earned_by_stubs(claim.id)
            )


CHECKS: dict[str, Check] = {
    "every claim is graded, or judged as mathematics": _unjudged,
    "every law is quantified once": _unquantified,
    "the reference offers every call": _absent,
    "judges hold what is true, and refute what is not": _misjudged,
    "the reference holds": _refuted,
    "every graded claim is broken by a mistake": _unbroken,
    "every mistake is caught": _uncaught,
    "calls that compute nothing earn no claim": _earned,
}
"""Checks, each by what holds where it passes; in this order."""
