"""Grades what this process holds already: a function, a class, a module. Offered as `lydite.check` and its kin.

The code runs with the laws, in one process, and is trusted as far as a test trusts what it tests. What is submitted is
named by its path, and is graded as `lydite grade` does it.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property, partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from lydite.adapters.adapted import adapted
from lydite.adapters.adapter import OPTIONS as CONVENTIONS
from lydite.adapters.adapter import Adapter, AdapterError, adapter_of
from lydite.adapters.naming import meant
from lydite.grading.grade import Limits, orders, sensible_jobs
from lydite.grading.grade import grade as grade_orders
from lydite.grading.judging import Judging, in_scope
from lydite.grading.record import Findings
from lydite.grading.request import Common, Request, Settings
from lydite.grading.stages import stage
from lydite.grading.texts import AUTO
from lydite.isolation import Tier
from lydite.kit.calls import CALLS
from lydite.kit.every import named
from lydite.kit.evidence import Tally
from lydite.kit.regime import Regime
from lydite.report.model import EXAMPLES, ClaimResult, Report
from lydite.report.terminal import render
from lydite.target.implementation import Implementation
from lydite.target.watch import Watch
from lydite.verdict.outcome import LawResult

WHOLE = ("arrays", "dtype")
"""Conventions of all calls: of which library the arrays are, and of which type."""
KEYWORDS = (*WHOLE, "args", *CONVENTIONS)

Names = str | Sequence[str]


class Refuted(AssertionError):
    """Raised where what was checked does not hold. `report` is the whole, `str()` the text of it."""

    __module__ = "lydite"  # where it is imported from

    def __init__(self, report: Report) -> None:
        super().__init__(f"\n{render(report, report.exit_status())}")
        self.report = report


def grade(
    target: object,
    call: str = "",
    *,
    name: str = "",
    only: Names = (),
    regimes: Names = (),
    precision: str = "",
    seed: int | str = 0,
    examples: int = 10,
    call_timeout: float = 2,
    expect: Path | str = "",
    **conventions: str,
) -> Report:
    """Returns the report on `target`: a function, as the one `call`; or a module, class, object or mapping of calls.

    `only` names claims (or beginnings of their ids), `regimes` those of the inputs, `expect` a file of expectations, in
    which `name` is looked up. `conventions` say how the functions differ from the contract, as an adapter does:
    `labels="integer"`, `batch="leading"`, `reduction="mean"`, `arrays="torch"`; each applies to every call that it can
    apply to. A text or a path is what `lydite grade` grades: a file that is submitted, a module, an adapter.

    Raises ValueError, naming the argument, where there is nothing to grade by these.
    """
    options = _options(only=only, regimes=regimes, precision=precision, seed=seed, examples=examples)
    options |= {"call_timeout": f"{call_timeout:g}", "expect": str(expect)}
    if isinstance(target, str | Path):
        if call or conventions:
            raise ValueError(f"call: {target} is graded whole; import it, or write an adapter, to say how it differs")
        return _elsewhere(str(target), options)
    return _Held.of(target, call, name, options, conventions).report()


def check(target: object, call: str = "", **options: Any) -> None:
    """Raises Refuted, with the counterexample, unless `target` holds all that `grade` would report on.

    It takes what `grade` takes. Raises ValueError where nothing is judged.
    """
    report = grade(target, call, **options)
    if report.exit_status() == 0:
        return
    if not any(entry.judged or entry.trouble for entry in report.implementations):
        raise ValueError("target: none of its calls was judged")
    raise Refuted(report)


def parametrize(target: object, call: str = "", *, argument: str = "law", **options: Any) -> pytest.MarkDecorator:
    """Makes one test for each law and regime of a test function, which gets a law as `argument` and calls it.

        @lydite.parametrize(softmax, "softmax")
        def test_softmax(law):
            law()

    It takes what `grade` takes of objects. A test fails with the counterexample, is skipped with the name of a call
    that is not offered, and is expected to fail where `expect` says so, and then fails where it passes.
    """
    conventions = {key: options.pop(key) for key in tuple(options) if key in KEYWORDS}
    name = options.pop("name", "")
    held = _Held.of(target, call, name, _options(**options), conventions)
    laws = [Check(held, judging) for judging in held.judgings]
    return pytest.mark.parametrize(argument, [pytest.param(law, id=law.id, marks=law.marks) for law in laws])


@dataclass(frozen=True, slots=True, eq=False)
class Check:
    """One law in one regime, to be called: raises Refuted where it does not hold."""

    held: _Held
    judging: Judging

    @property
    def id(self) -> str:
        """The name of the law, with its regime."""
        return f"{self.judging.prop.law.name.partition('.')[2]}-{self.judging.regime}"

    @property
    def marks(self) -> tuple[pytest.MarkDecorator, ...]:
        """The mark of an expected failure, where one is expected of all claims of the law."""
        request = self.judging.request
        known = request.expectation.reasons(self.judging.regime, request.precision) if request.expectation else {}
        reasons = [known.get(claim, "") for claim in self.judging.blank().claims]
        reason = "; ".join(dict.fromkeys(reasons)) if all(reasons) else ""
        return (pytest.mark.xfail(reason=reason, raises=Refuted, strict=True),) if reason else ()

    def __call__(self) -> None:
        """Holds the law against the target."""
        __tracebackhide__ = True
        result = self.held.judged(self.judging)
        if result.outcome in {"missing", "not_run"}:
            pytest.skip(result.reason)
        if result.outcome != "holds":
            raise Refuted(self.held.report_on([result]))

    def __repr__(self) -> str:
        return f"<{self.id}>"


class _Held:
    """Calls of this process, ready to be judged."""

    def __init__(self, name: str, offered: Any, request: Request, conventions: Mapping[str, str]) -> None:
        self.name = name
        self._conventions = conventions
        self.request = request
        self._offered = offered
        self._watch = Watch(request.call_timeout)
        self._guarded: dict[bool, Implementation] = {}
        self._began = time.monotonic()

    @classmethod
    def of(
        cls, target: object, call: str, name: str, options: Mapping[str, str], conventions: Mapping[str, str]
    ) -> _Held:
        """Returns what `target` offers by `conventions`, and how it is to be judged. Raises ValueError."""
        functions = _functions(target, call)
        known = name or call or str(getattr(target, "__name__", type(target).__name__))
        adapter = _adapter(known, functions, conventions)
        settings = Settings.read(**options)
        common = {of.name: getattr(settings, of.name) for of in fields(Common)}
        expected = settings.expected(known)
        settled = {
            "regimes": settings.regimes or (expected.regimes if expected else Request.regimes),
            "only": settings.only or (expected.only if expected else ()),
            "precision": settings.precision_of(known, adapter, expected),
            "adapter": adapter,
        }
        request = Request(**common | settled, expectation=expected)
        settings.check_scope(request)
        offered = adapted(adapter, request.precision, SimpleNamespace(__name__=known, **functions))
        return cls(known, offered, request, conventions)

    @cached_property
    def judgings(self) -> list[Judging]:
        """The laws and regimes in scope, in the order of the regimes, `core` first, then that of the properties."""
        request = self.request
        return [
            Judging(prop, regime, request, self._watch)
            for regime in request.regimes
            for prop in named().values()
            if regime in prop.law.regimes and in_scope(prop.law, regime, request)
        ]

    def judged(self, judging: Judging) -> LawResult:
        """Judges one law in one regime."""
        tally, watched = Tally(), judging.regime is Regime.PURITY
        judging.begin(stage(f"{judging.prop.law.name.partition('.')[0]}::[{judging.regime}"))
        if watched not in self._guarded:
            self._guarded[watched] = Implementation(self._offered, watched, self._watch)
        impl = self._guarded[watched]
        with self._watch.attending():
            failure, steady = judging.failure(impl, tally)
        return judging.result(impl, tally, failure, steady)

    def report(self) -> Report:
        """Judges all that is in scope."""
        return self.report_on([self.judged(judging) for judging in self.judgings])

    def report_on(self, results: Collection[LawResult]) -> Report:
        """Returns the report of what has been judged."""
        findings = Findings()
        for result in results:
            findings.results[result.law, result.regime] = result
        entry = findings.implementation(self.name, self.name, self.request, time.monotonic() - self._began)
        declared = entry.declared if self._conventions else None
        claims = tuple(self._reproducible(claim) for claim in entry.claims)
        entry = replace(entry, adapter="", declared=declared, claims=claims)  # there is no file of that name
        return Report.of(self.request, Tier.NONE, [entry], "")

    def _reproducible(self, claim: ClaimResult) -> ClaimResult:
        """Returns `claim` with the expression that checks it again on the same cases."""
        if claim.counterexample is None:
            return claim
        usual = {"seed": 0, "precision": "float64", "examples": EXAMPLES}
        asked = {key: getattr(self.request, key) for key in usual}
        unusual = {key: value for key, value in asked.items() if value != usual[key]}
        words = {**self._conventions, "only": claim.id, "regimes": str(claim.regime), **unusual}
        keywords = ", ".join(f"{key}={value!r}" for key, value in words.items())
        expression = f"lydite.check({self.name}, {claim.fault!r}, {keywords})"
        return replace(claim, counterexample=replace(claim.counterexample, reproduce=expression))


def _functions(target: object, call: str) -> dict[str, Any]:
    """The calls that `target` offers, by name. Raises ValueError where there is none, or `call` is not one."""
    if call and call not in CALLS:
        raise ValueError(f"call: the contract has no {call!r}{meant(call, CALLS)}")
    wanted = [call] if call else list(CALLS)
    of = target.get if isinstance(target, Mapping) else partial(getattr, target)
    found = {name: of(name, None) for name in wanted}
    if offered := {name: function for name, function in found.items() if callable(function)}:
        return offered
    if callable(target) and not isinstance(target, type):
        known = call or str(getattr(target, "__name__", target))
        if known not in CALLS:
            raise ValueError(f"call: say which of the contract's calls {known} is{meant(known, CALLS)}")
        return {known: target}
    names = map(str, target if isinstance(target, Mapping) else dir(target))
    absent = f"has no {call}{meant(call, names)}" if call else "offers no call of the contract"
    raise ValueError(f"target: {absent}")


def _adapter(name: str, functions: Mapping[str, Any], conventions: Mapping[str, str]) -> Adapter:
    """How `functions` differ from the contract. Raises ValueError, naming the convention, where none can do so."""
    for convention in conventions:
        if convention not in KEYWORDS:
            raise ValueError(f"{convention}: unknown; expected one of {', '.join(KEYWORDS)}")
        if not any(_applies(convention, call) for call in functions):
            raise ValueError(f"{convention}: does not apply to {', '.join(functions)}")
    by_call = {key: text for key, text in conventions.items() if key not in WHOLE}
    calls = {
        call: {"use": call, **{key: text for key, text in by_call.items() if _applies(key, call)}} for call in functions
    }
    whole = {key: conventions[key] for key in WHOLE if key in conventions}
    try:
        return adapter_of(Path(name), {"module": name, **whole, "calls": calls})
    except AdapterError as error:
        raise ValueError(str(error)) from None


def _applies(convention: str, call: str) -> bool:
    return convention not in CONVENTIONS or call in CONVENTIONS[convention][1]


def _options(**given: Any) -> dict[str, str]:
    """The options as texts, which are read and refused as those of the command line are."""
    return {key: ",".join(v) if isinstance(v, list | tuple) else str(v) for key, v in given.items()}


def _elsewhere(target: str, options: Mapping[str, str]) -> Report:
    """Grades what `target` names as `lydite grade` does, in processes of its own."""
    settings = Settings.read(**options, isolation=AUTO)
    ordered = orders([target], settings)
    grade_orders(ordered, AUTO, Limits(jobs=sensible_jobs(ordered)), lambda _name, _findings: None)
    (one,) = ordered
    return Report.of(one.request, one.request.tier, [one.entry()], "")
