"""Grades what this process holds already: a function, a class, a module. Offered as `lydite.check` and its kin.

The code runs with the laws, in one process, and is trusted as far as a test trusts what it tests. What is submitted is
named by its path, and is graded as `lydite grade` does it.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property, partial
from html import escape
from inspect import getattr_static, signature
from pathlib import Path
from types import FunctionType, SimpleNamespace
from typing import Any

import pytest

from lydite import suite
from lydite.adapters.adapted import adapted
from lydite.adapters.adapter import OPTIONS as CONVENTIONS
from lydite.adapters.adapter import Adapter, AdapterError, adapter_of
from lydite.adapters.naming import meant
from lydite.grading.grade import Limits, orders, sensible_jobs
from lydite.grading.grade import grade as grade_orders
from lydite.grading.judging import Judging, in_scope
from lydite.grading.record import Findings
from lydite.grading.request import Request, Settings
from lydite.grading.stages import stage
from lydite.grading.texts import AUTO, BadOption
from lydite.isolation import Tier
from lydite.kit.calls import CALLS
from lydite.kit.every import named
from lydite.kit.evidence import Tally
from lydite.kit.forall import Deeper
from lydite.kit.regime import Regime
from lydite.options import YES
from lydite.report.model import ClaimResult, Outcome, Report
from lydite.report.terminal import render
from lydite.results.rubric import Level, Rubric
from lydite.results.submission import Submission
from lydite.target.implementation import Implementation
from lydite.target.literals import literals
from lydite.target.watch import Watch
from lydite.templates import NoEngine
from lydite.verdict.outcome import LawResult

WHOLE = ("arrays", "dtype")
"""Conventions of all calls: of which library the arrays are, and of which type."""
KEYWORDS = (*WHOLE, "args", *CONVENTIONS)

SETTINGS = ("only", "regimes", "precision", "seed", "examples", "call_timeout", "expect", "explore", "laws")
"""The options of `lydite grade` that are the same here."""


class Shown(Report):
    """A report that a notebook shows as the page of a submission."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        """Returns the page in a frame that runs nothing; the text of it where no engine is installed."""
        from lydite.results.pages import submission_page  # noqa: PLC0415  (its engine is an extra)

        rubric = Rubric()
        try:
            pages = [submission_page(Submission.of(self, entry, rubric, Level.DUE)) for entry in self.implementations]
        except NoEngine:
            return f"<pre>{escape(render(self))}</pre>"
        frame = '<iframe sandbox style="width: 100%; height: 40rem; border: 0" srcdoc="{}"></iframe>'
        return "\n".join(frame.format(escape(page, quote=True)) for page in pages)


class Refuted(AssertionError):
    """Raised where what was checked does not hold. `report` is the whole, `str()` the text of it."""

    __module__ = "lydite"  # where it is imported from

    def __init__(self, report: Report) -> None:
        super().__init__(f"\n{render(report, report.exit_status())}")
        self.report = report

    def __reduce__(self) -> tuple[type[Refuted], tuple[Report]]:
        return Refuted, (self.report,)  # what an exception is made of is the text by default


def grade(target: object, call: str = "", *, name: str = "", **options: Any) -> Report:
    """Returns the report on `target`: a function, as the one `call`; or a module, class, object or mapping of calls.

    Among the `options` are those of `lydite grade`: `only` (claims, beginnings of their ids, functions), `regimes`,
    `precision`, `seed`, `examples`, `call_timeout`, `explore`, `laws`, and `expect`, a file of expectations, in which
    `name` is looked up.
    The others are conventions, and say how the functions differ from the contract, as an adapter does:
    `labels="integer"`, `batch="leading"`, `reduction="mean"`, `arrays="torch"`; each applies to every call that it can
    apply to. A text or a path is what `lydite grade` grades: a file that is submitted, a module, an adapter.

    Raises ValueError, naming the argument, where there is nothing to grade by these.
    """
    with suite.visiting():
        if not isinstance(target, str | Path):
            return _Held.of(target, call, name, options).report()
        settings, conventions = _read(options)
        if call or name or conventions:
            given = next(filter(None, [call and "call", name and "name", *conventions]))
            raise ValueError(
                f"{given}: {target} is graded whole; import it, or write an adapter, to say how it differs"
            )
        return _elsewhere(str(target), settings)


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

    It takes what `grade` takes of objects. A test fails with the counterexample, or where its call is less accurate
    than its budget; it is skipped with the name of a call that is not offered, and is an expected failure where
    `expect` says so. One test more for each claim that is expected not to hold fails once that holds.
    """
    with suite.visiting():
        held = _Held.of(target, call, options.pop("name", ""), options)
        laws: list[Check | Known] = [
            *(Check(held, judging) for judging in held.judgings),
            *(Known(held, *pair) for pair in held.known),
        ]
        return pytest.mark.parametrize(argument, [pytest.param(law, id=law.id) for law in laws])


@dataclass(frozen=True, slots=True, eq=False)
class Check:
    """One law in one regime, to be called: raises Refuted where it does not hold."""

    held: _Held
    judging: Judging

    @property
    def id(self) -> str:
        """The name of the law, with its regime."""
        return f"{self.judging.prop.law.name.partition('.')[2]}-{self.judging.regime}"

    def __call__(self) -> None:
        """Holds the law against the target."""
        __tracebackhide__ = True
        with suite.visiting():
            result = self.held.judged(self.judging)
            if result.outcome in {Outcome.MISSING, Outcome.NOT_RUN}:
                pytest.skip(result.reason)
            if result.outcome is not Outcome.HOLDS and (known := self.judging.known()):
                pytest.xfail(known)
            report = self.held.report([result], [self.judging])
            if result.outcome is not Outcome.HOLDS or report.implementations[0].exceeded:
                raise Refuted(report)

    def __repr__(self) -> str:
        return f"<{self.id}>"


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """A claim that is expected not to hold in one regime, to be called: raises Refuted where it holds."""

    held: _Held
    claim: str
    regime: Regime

    @property
    def id(self) -> str:
        """The claim and the regime."""
        return f"known-{self.claim}-{self.regime}"

    def __call__(self) -> None:
        """Judges the laws of the claim."""
        __tracebackhide__ = True
        with suite.visiting():
            about = [j for j in self.held.judgings if j.regime is self.regime and self.claim in j.blank().claims]
            report = self.held.report([self.held.judged(judging) for judging in about], about)
            if any(known.key == (self.claim, self.regime) for known in report.implementations[0].stale):
                raise Refuted(report)

    def __repr__(self) -> str:
        return f"<{self.id}>"


class _Held:
    """Calls of this process, ready to be judged."""

    def __init__(self, name: str, offered: Any, request: Request, call: str, given: Mapping[str, str]) -> None:
        self.name = name
        self.request = request
        self._call = call
        self._given = given
        self._offered = offered
        self._watch = Watch(request.call_timeout)
        self._guarded: dict[bool, Implementation] = {}
        self._deeper: Deeper | None = None
        self._began = time.monotonic()

    @classmethod
    def of(cls, target: object, call: str, name: str, options: Mapping[str, Any]) -> _Held:
        """Returns what `target` offers, and how it is to be judged. Raises ValueError, naming the argument."""
        settings, conventions = _read(options)
        functions = _functions(target, call)
        known = name or call or str(getattr(target, "__name__", type(target).__name__))
        adapter = _adapter(known, functions, conventions)
        with _naming_the_argument():
            request = settings.settled(known, adapter)
        offered = adapted(adapter, request.precision, SimpleNamespace(__name__=known, **functions))
        alone = next(iter(functions)) if len(functions) == 1 else ""
        return cls(known, offered, request, alone, {"target": _expression(target), **conventions})

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
            if self.request.explore and self._deeper is None:
                self._deeper = Deeper(literals(impl.files()))
            failure, steady = judging.failure(impl, tally, deeper=self._deeper)
        return judging.result(impl, tally, failure, steady)

    @property
    def known(self) -> list[tuple[str, Regime]]:
        """The claims and regimes in scope that are expected not to hold."""
        request = self.request
        expected = request.expectation.exception if request.expectation else ()
        pairs = [pair for e in expected if request.precision in e.precisions for pair in e.pairs]
        return [pair for pair in dict.fromkeys(pairs) if pair in request.scope]

    def report(self, results: Collection[LawResult] | None = None, judgings: Sequence[Judging] = ()) -> Report:
        """Judges all that is in scope, or reports on the `results` of some `judgings` in one regime."""
        request = self.request
        if judgings:
            only = dict.fromkeys(claim for judging in judgings for claim in judging.blank().claims)
            request = replace(request, only=tuple(only), regimes=(judgings[0].regime,))
        findings = Findings()
        for result in map(self.judged, self.judgings) if results is None else results:
            findings.results[result.law, result.regime] = result
        findings.constants |= self._deeper.tried if self._deeper else set()
        entry = findings.implementation(self.name, self.name, request, time.monotonic() - self._began)
        declared = entry.declared if len(self._given) > 1 else None
        claims = tuple(self._reproducible(claim) for claim in entry.claims)
        entry = replace(entry, adapter="", declared=declared, claims=claims)  # there is no file of that name
        return Shown.of(request, Tier.NONE, [entry], "")

    def _reproducible(self, claim: ClaimResult) -> ClaimResult:
        """Returns `claim` with the expression that checks it again on the same cases."""
        if claim.counterexample is None:
            return claim
        usual = {key: getattr(Request, key) for key in ("seed", "precision", "examples", "call_timeout", "explore")}
        asked = {key: getattr(self.request, key) for key in usual}
        unusual = {key: value for key, value in asked.items() if value != usual[key]}
        target, conventions = self._given["target"], {k: v for k, v in self._given.items() if k != "target"}
        words = {**conventions, "only": claim.id, "regimes": str(claim.regime), **unusual}
        keywords = ", ".join(f"{k}={v:.15g}" if isinstance(v, float) else f"{k}={v!r}" for k, v in words.items())
        call = f"{self._call!r}, " if self._call else ""  # else a law may need others beside the one at fault
        expression = f"lydite.check({target}, {call}{keywords})"
        return replace(claim, counterexample=replace(claim.counterexample, reproduce=expression))


def _expression(target: object) -> str:
    """Returns the name of `target` where it is one that a reader can type, else an ellipsis."""
    name = str(getattr(target, "__name__", ""))
    return name if all(map(str.isidentifier, name.split("."))) else "..."


def _functions(target: object, call: str) -> dict[str, Any]:
    """Returns the calls that `target` offers, by name. Raises ValueError where there is none, or `call` is not one."""
    if call and str(call) not in CALLS:
        raise ValueError(f"call: the contract has no {call!r}{meant(str(call), CALLS)}")
    if isinstance(target, Mapping):
        for name in target:
            if name not in CALLS:
                raise ValueError(f"target: the contract has no {name!r}{meant(str(name), CALLS)}")
        if absent := [name for name, function in target.items() if not callable(function)]:
            raise ValueError(f"target: {', '.join(absent)} cannot be called")
    of = target.get if isinstance(target, Mapping) else partial(getattr, target)
    found = {name: of(name, None) for name in ([call] if call else CALLS)}
    if offered := {name: function for name, function in found.items() if callable(function)}:
        if isinstance(target, type):
            _check_no_methods(target, offered)
        return offered
    if callable(target) and not isinstance(target, type):
        known = call or str(getattr(target, "__name__", target))
        if known not in CALLS:
            raise ValueError(f"call: say which of the contract's calls {known} is{meant(known, CALLS)}")
        return {known: target}
    names = map(str, target if isinstance(target, Mapping) else dir(target))
    why = f"has no {call}{meant(call, names)}" if call else "offers no call of the contract"
    raise ValueError(f"target: {why}")


def _check_no_methods(kind: type, offered: Mapping[str, Any]) -> None:
    """Raises ValueError where a class offers what only its instances do."""
    for name in offered:
        if isinstance(function := getattr_static(kind, name), FunctionType):
            first = next(iter(signature(function).parameters), "")
            if first == "self":
                raise ValueError(f"target: {name} is a method of the instances of {kind.__name__}: pass one of them")


def _adapter(name: str, functions: Mapping[str, Any], conventions: Mapping[str, str]) -> Adapter:
    """Returns how `functions` differ from the contract. Raises ValueError, naming a convention that none can have."""
    for convention in conventions:
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


def _read(options: Mapping[str, Any]) -> tuple[Settings, dict[str, str]]:
    """Returns the settings among `options`, read and refused as those of the command line, and the conventions.

    None stands for the usual. Raises ValueError, naming the option.
    """
    for key in options:
        if key not in (*SETTINGS, *KEYWORDS):
            raise ValueError(f"{key}: unknown; expected one of {', '.join((*SETTINGS, *KEYWORDS))}")
    with _naming_the_argument():
        given = {key: options[key] for key in SETTINGS if options.get(key) is not None}
        usual = {"seed": "random" if given.get("explore") else 0}
        settings = Settings.read(**{key: _text(value) for key, value in (usual | given).items()})
    return settings, {key: str(value) for key, value in options.items() if key in KEYWORDS and value is not None}


def _text(value: Any) -> str:
    """Returns the value of an option as the command line has it."""
    if isinstance(value, type):
        return value.__name__  # np.float32
    if isinstance(value, bool):
        return YES if value else ""
    return ",".join(map(str, value)) if isinstance(value, list | tuple | set | frozenset) else str(value)


@contextmanager
def _naming_the_argument() -> Iterator[None]:
    try:
        yield
    except BadOption as error:
        raise ValueError(f"{error.option.replace('-', '_')}: {error}") from None


def _elsewhere(target: str, settings: Settings) -> Report:
    """Grades what `target` names as `lydite grade` does, in processes of its own."""
    with _naming_the_argument():
        ordered = orders([target], replace(settings, isolation=AUTO))
    grade_orders(ordered, AUTO, Limits(jobs=sensible_jobs(ordered)), lambda _name, _findings: None)
    (one,) = ordered
    return Shown.of(one.request, one.request.tier, [one.entry()], "")
