"""One pytest session that grades: collects an item for each law and regime, runs it, gathers what happened."""

from __future__ import annotations

import random
import warnings
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lydite import suite

suite.enter()

from lydite.counterexample import counterexample, told  # noqa: E402  (the suite's path has to be entered first)
from lydite.implementation import Implementation  # noqa: E402
from lydite.load import Unloadable, load  # noqa: E402
from lydite.outcome import ClaimResult, LawResult, Scope, claim_results  # noqa: E402
from lydite.report import report, write  # noqa: E402
from spec.claim import CLAIMS  # noqa: E402
from spec.evidence import Broken, Tally  # noqa: E402
from spec.failure import CallFailed, Misbehaved, Missing  # noqa: E402
from spec.regime import DEFAULT, Regime  # noqa: E402

PROPERTIES = suite.SUITE / "properties"
KEY = "lydite"
NOTHING_GRADED = 3


class Grading:
    """The hooks of a session that grades, its options read once."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.target = config.getoption("--impl") or "reference"
        self.scope = Scope.of(_listed(config, "only"), _regimes(config))
        self.plan = _plan(config)
        self.results: list[LawResult] = []
        self._loaded: object | None = None
        if config.args_source is not pytest.Config.ArgsSource.ARGS and config.rootpath != suite.SUITE:
            config.args[:] = [str(path) for path in sorted(PROPERTIES.glob("test_*.py"))]

    def pytest_report_header(self) -> str:
        """Names what is graded."""
        return f"lydite: grading {self.target}, {self.plan.precision}, seed {self.plan.seed}"

    @pytest.hookimpl(tryfirst=True)
    def pytest_pycollect_makeitem(self, collector: pytest.Module, name: str, obj: object) -> list[pytest.Item] | None:
        """An item for each regime of a property, whatever names the host project collects."""
        if type(obj).__name__ != "Property" or type(obj).__module__ != "properties.forall":
            return None
        return [
            PropertyItem.from_parent(collector, name=f"{name}[{regime}]", prop=obj, regime=regime, grading=self)
            for regime in obj.law.regimes  # type: ignore[attr-defined]  # known by name only: lydite imports no properties
            if any((c, regime) in self.scope for c in obj.law.claims_in(regime))  # type: ignore[attr-defined]
        ]

    def implementation(self, regime: Regime) -> Implementation:
        """The target, loaded once a process; watched in the regime of purity."""
        if self._loaded is None:
            with _quiet():
                self._loaded = load(self.target)
        return Implementation(self._loaded, watched=regime is Regime.PURITY)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Gathers what happened to each law, from this process or a worker of xdist."""
        for key, value in report.user_properties:
            if key == KEY and report.when == "call":
                self.results.append(LawResult(**value))  # type: ignore[arg-type]  # a dict, made by `as_dict`

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Writes the report; a gate that graded nothing is not green."""
        if hasattr(self.config, "workerinput"):
            return
        path = self.config.getoption("--lydite-json")
        if path:
            write(Path(path), self.report())
        if self.config.getoption("--impl") and not any(r.outcome in {"holds", "broken", "error"} for r in self.results):
            session.exitstatus = NOTHING_GRADED

    def report(self) -> dict[str, Any]:
        """The one report that everything else is rendered from."""
        claims: list[ClaimResult] = claim_results(self.results, self.scope)
        return report(self.target, claims, seed=self.plan.seed, precision=self.plan.precision, isolation="none")


class PropertyItem(pytest.Item):
    """One property in one regime, held against the implementation."""

    def __init__(self, *, prop: Any, regime: Regime, grading: Grading, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.prop = prop
        self.regime = regime
        self.grading = grading
        self.claims = [c for c in prop.law.claims_in(regime) if (c, regime) in grading.scope]
        for claim in self.claims:
            self.add_marker(pytest.mark.claim(claim))

    def runtest(self) -> None:
        """Checks the property and records what happened; raises where it does not hold."""
        tally, failure = Tally(), None
        try:
            impl = self.grading.implementation(self.regime)
            with _quiet():
                self.prop.check(impl, self.regime, self.grading.plan, tally)
        except (Broken, Misbehaved, CallFailed, Missing, Unloadable) as error:
            failure = error
        result = self._result(tally, failure)
        self.user_properties.append((KEY, result.as_dict()))  # type: ignore[arg-type]  # any plain data travels
        if failure is not None and result.outcome != "not_run":
            raise failure.with_traceback(None)
        if result.outcome == "not_run":
            pytest.skip(result.reason)

    def _result(self, tally: Tally, failure: Exception | None) -> LawResult:
        law = self.prop.law
        outcome, reason = _outcome(failure, tally, {c for claim in self.claims for c in CLAIMS[claim].calls})
        example = counterexample(law, self.regime, failure) if failure is not None else None
        result = LawResult(law.name, self.regime.value, self.claims, outcome, reason, counterexample=example)  # type: ignore[arg-type]
        result.cases, result.worst, result.ulps = tally.cases, tally.worst, tally.ulps
        return result

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What a person reads of a failure: the claim, the law, the input, got and due."""
        if isinstance(excinfo.value, (Broken, Misbehaved, CallFailed, Missing, Unloadable)):
            return told(self.prop.law, self.claims, self.regime, excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where the law is stated."""
        code = self.prop.law.states.__code__
        return Path(code.co_filename), code.co_firstlineno - 1, f"{self.prop.law.says} [{self.regime}]"


def _outcome(failure: Exception | None, tally: Tally, own_calls: set[str]) -> tuple[str, str]:
    match failure:
        case None if tally.cases:
            return "holds", ""
        case None:
            return "not_run", "every case drawn was too ill-conditioned to decide"
        case Missing() if failure.call in own_calls:
            return "missing", str(failure)
        case Missing():
            return "not_run", f"needs {failure.call}, which is not offered"
        case CallFailed() | Unloadable():
            return "error", str(failure)
    return "broken", str(failure)


class _quiet:
    """Warnings and floating-point signals of the code under test never decide."""

    def __enter__(self) -> None:
        self._warnings = warnings.catch_warnings()
        self._warnings.__enter__()
        warnings.simplefilter("ignore")
        self._signals = np.errstate(all="ignore")
        self._signals.__enter__()

    def __exit__(self, *raised: Any) -> None:
        self._signals.__exit__(*raised)
        self._warnings.__exit__(*raised)


def _listed(config: pytest.Config, option: str) -> list[str]:
    return [name for name in config.getoption(f"--lydite-{option}").split(",") if name]


def _regimes(config: pytest.Config) -> tuple[Regime, ...]:
    names = _listed(config, "regimes")
    try:
        return tuple(map(Regime, names)) or DEFAULT
    except ValueError as error:
        raise pytest.UsageError(f"--lydite-regimes: {error}") from error


def _plan(config: pytest.Config) -> Any:
    """The `Plan` of `properties.forall`."""
    seed, precision = config.getoption("--lydite-seed"), config.getoption("--lydite-precision")
    if precision not in {"float64", "float32"}:
        raise pytest.UsageError(f"--lydite-precision: {precision!r} is neither float64 nor float32")
    try:
        number = random.SystemRandom().getrandbits(32) if seed == "random" else int(seed)
        return import_module("properties.forall").Plan(number, precision, int(config.getoption("--lydite-examples")))
    except ValueError as error:
        raise pytest.UsageError(f"--lydite-seed, --lydite-examples: {error}") from error
