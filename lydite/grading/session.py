"""One pytest session that grades: collects an item for each law and regime, runs it, gathers what happened."""

from __future__ import annotations

import shlex
import time
import traceback
from collections.abc import Callable, Collection, Generator, Iterable, Iterator
from contextlib import nullcontext
from dataclasses import fields, replace
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from lydite import suite
from lydite.grading.corpus import Corpus
from lydite.grading.judging import Judging, blank, in_scope
from lydite.grading.project import ProjectError, defaults
from lydite.grading.record import Event, Findings, packed, unpacked
from lydite.grading.request import Request, Settings
from lydite.grading.stages import scheduler, stage
from lydite.grading.texts import BadOption, budgets
from lydite.isolation import NoTier, Tier
from lydite.isolation.interpreter import NotInstalled, safe_path
from lydite.kit.case import Case
from lydite.kit.every import named
from lydite.kit.evidence import Broken, Tally
from lydite.kit.failure import CallFailed, Misbehaved, Missing
from lydite.kit.forall import Deeper, Property
from lydite.kit.regime import Regime
from lydite.kit.simplest import case_of
from lydite.notation.escape import line, log
from lydite.notation.text import plain
from lydite.options import CORPUS, OPTIONS, PREFIX
from lydite.report.lines import UNBOUND, fitted, width_of
from lydite.report.model import USAGE, Counterexample, Outcome, Report
from lydite.report.terminal import evidence, render
from lydite.target.exists import NoTarget, check_adapted, check_exists
from lydite.target.name import is_submitted, names
from lydite.target.opened import Opened
from lydite.target.watch import Watch
from lydite.verdict.outcome import LawResult
from lydite.worker.loading import Unloadable

PROPERTIES = suite.folder() / suite.PROPERTIES
JUDGES = PROPERTIES / "document"
"""The judges of the document alone, never collected for an implementation."""
REGISTERED = "lydite-grading"
"""The name of the plugin that grades."""
KEY = "lydite"
SEED = "lydite-seed"
OUT_OF_MEMORY = "MemoryError: the process that judges has used up the memory that it may take"
PLACES = count()
"""The order in which properties are collected, which is that of their files."""


class Grading:
    """The hooks of a session that grades; `emit` gets each event as it happens."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.graded = config.getoption("--impl") is not None
        self.target = config.getoption("--impl") or "reference"
        self.name, self.request = _request(config, self.target)
        self.findings = Findings()
        self.emit: Callable[[Event], None] = lambda _: None
        self.watch = Watch(self.request.call_timeout)
        self._began = time.monotonic()
        self._opened: Opened | None = None
        self._collected: set[Any] = set()
        self.heard = False
        self.corpus = self.request.corpus and Corpus(self.request.corpus, self.name, self.request.precision)
        self._report: Report | None = None
        self._status: int | None = None
        self._interrupted = False
        self._chosen = self.graded and self._choose(config)

    def _choose(self, config: pytest.Config) -> bool:
        """Returns whether nothing is collected but properties: all of them, or those that the arguments name."""
        if config.args_source is not pytest.Config.ArgsSource.ARGS:
            config.args[:] = [str(path) for path in sorted(PROPERTIES.glob("test_*.py"))]
            return True
        found = [suite.own(argument) for argument in config.args]
        config.args[:] = [ours or argument for ours, argument in zip(found, config.args, strict=True)]
        return all(found)

    def tell(self, event: Event) -> None:
        """Notes `event`, and passes it on."""
        self.findings.note(event)
        self.emit(event)

    def pytest_report_header(self) -> str:
        """Names what is graded."""
        r = self.request
        kept = "in this process (not contained)" if r.tier is Tier.NONE else f"isolation {r.tier}"
        return f"lydite: grading {self.target}, {r.precision}, seed {r.seed}, {kept}"

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Gives a worker of xdist the seed, which it would draw anew where it is random."""
        node.workerinput[SEED] = str(self.request.seed)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionstart(self) -> Iterator[None]:
        """Lets the workers that xdist starts now import nothing from the current folder, where a stray name may lie."""
        with safe_path() if self.graded else nullcontext():
            yield

    def pytest_ignore_collect(self, collection_path: Path) -> bool | None:
        """Leaves the judges of the document out where an implementation is graded."""
        return True if self.graded and collection_path.is_relative_to(JUDGES) else None

    @pytest.hookimpl(tryfirst=True)
    def pytest_pycollect_makeitem(self, collector: pytest.Module, name: str, obj: object) -> list[pytest.Item] | None:
        """Returns an item for each regime of a property, whatever names the host project collects."""
        if not isinstance(obj, Property):
            return None
        prefix = f"{PROPERTIES.name}/{collector.path.name}::{name}"  # the same from wherever pytest is run
        return [
            PropertyItem.from_parent(
                collector, name=f"{name}[{regime}]", nodeid=f"{prefix}[{regime}]", prop=obj, regime=regime, grading=self
            )
            for regime in obj.law.regimes
            if in_scope(obj.law, regime, self.request)
        ]

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Puts the properties in the order of their regimes, `core` first, whatever a plugin has made of it."""
        if self.graded:
            properties = [item for item in items if isinstance(item, PropertyItem)]
            properties.sort(key=lambda item: (list(Regime).index(item.regime), item.place))
            items[:] = [*properties, *(item for item in items if not isinstance(item, PropertyItem))]

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> Any:
        """Hands whole stages to the workers."""
        return scheduler(config, log) if self.graded else None

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Says what is to come."""
        self._tell_planned(item.blank() for item in session.items if isinstance(item, PropertyItem))

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: Any, ids: list[str]) -> None:
        """Says what is to come where only the workers of xdist collect."""
        self._collected.add(node)
        if not self.findings.planned:
            self._tell_planned(self._blank(nodeid) for nodeid in ids)

    def _tell_planned(self, blanks: Iterable[LawResult | None]) -> None:
        laws = [blank.as_dict() for blank in blanks if blank]
        if laws:
            self.tell({"event": "planned", "laws": laws})

    def _blank(self, nodeid: str) -> LawResult | None:
        """Returns the blank result of the item that a worker calls `nodeid`; None for a test of somebody else."""
        path, _, name = nodeid.partition("::")
        name, _, regime = name.partition("[")
        if Path(path).parent.name != PROPERTIES.name:
            return None
        prop = named().get(f"{Path(path).stem}.{name}")
        return blank(prop.law, Regime(regime.rstrip("]")), self.request) if prop else None

    @property
    def opened(self) -> Opened:
        """The target, opened once a process."""
        if self._opened is None:
            r = self.request
            snapshot = Path(taken) if (taken := self.config.getoption("--lydite-snapshot")) else None
            self._opened = Opened(
                self.target, r.adapter, r.precision, self.watch, r.tier, r.memory, r.allow, snapshot, r.entry
            )
        return self._opened

    @cached_property
    def deeper(self) -> Deeper | None:
        """How to search deeper. Raises Unloadable where the code under test has to be loaded to be read."""
        return Deeper(self.opened.literals()) if self.request.explore else None

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Says what is being judged."""
        blank = self._blank(nodeid)
        if blank:
            self.tell({"event": "started", "law": blank.law, "regime": blank.regime})

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Adds to the report of an item what happened in it."""
        report = yield
        if isinstance(item, PropertyItem) and call.when == "call":
            setattr(report, KEY, item.events)
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Gathers what happened to each law, from this process or a worker of xdist."""
        for text in getattr(report, KEY, ()):
            self.tell(unpacked(text))
        if report.when not in {"setup", "call", "teardown"}:  # written by xdist for a worker that is gone
            self.tell(
                {"event": "killed", "reason": f"the process ended by itself in {report.nodeid.rpartition('::')[2]}"}
            )

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Takes a file that cannot be collected for a fault of ours, where it is we who chose the files."""
        if report.failed and self._chosen:
            self.tell({"event": "failed", "reason": report.longreprtext})

    def pytest_internalerror(self, excrepr: object) -> None:
        """Takes an error of pytest or one of its plugins for a fault of ours."""
        self.tell({"event": "failed", "reason": str(excrepr)})

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Writes the report, and settles the exit status: a gate that graded nothing is not green."""
        output = self._closed()
        if hasattr(self.config, "workerinput"):
            self.config.workeroutput[KEY] = packed(output)  # type: ignore[attr-defined]  # there in a worker of xdist
            return
        self.tell(output)
        if self._interrupted or self._cut_off:
            self.tell({"event": "stopped", "reason": "interrupted" if self._interrupted else "stopped at a failure"})
        if not self._interrupted:
            self.tell({"event": "end"})
        self._report = self.report(self.config.getoption("--lydite-json"))
        if self.graded and not self.config.option.collectonly:
            session.exitstatus = self._status = self._settled(self._report, int(session.exitstatus))

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Tells a Ctrl-C from a session that pytest or xdist ends because of what has failed by then."""
        self._interrupted = excinfo.type in {KeyboardInterrupt, pytest.exit.Exception}

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Shows what `lydite grade` shows: the faults, and why the exit status is what it is."""
        if self._status is not None and self._report:
            terminalreporter.section(f"lydite grade {self.target}")
            why, width = self._why(self._report), width_of(Console())
            terminalreporter.write_line(render(self._report, self._status, why, width))

    def _why(self, whole: Report) -> str:
        """Returns why the exit status is what it is where the report does not know; else nothing."""
        judged = f"{len(self.findings.results)} of {len(self.findings.planned)} laws were judged"
        if self._interrupted:
            kept = self.config.getoption("--lydite-json")
            again = shlex.join(["pytest", *map(str, self.config.invocation_params.args)])
            told = f"{judged}, and {f'the report on them is in {kept}' if kept else 'nothing is kept'}"
            return f"interrupted: {told}; to begin again: {again}"
        if not (self.findings.planned or self._chosen):
            return f"no property of Lydite's is in {', '.join(self.config.args)}: without paths, all are collected"
        if self._status != whole.exit_status():
            return "the tests that are not Lydite's do not pass"
        if self.findings.stopped:
            return f"{self.findings.stopped} (--maxfail), when {judged}"
        return ""

    @property
    def _cut_off(self) -> bool:
        """Returns whether the command line says to stop after so many failures, and there were as many."""
        most = self.config.getoption("maxfail")
        return bool(most) and not self.findings.unloadable and len(self.findings.results) < len(self.findings.planned)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        """Takes in what the code under test has written in a worker of xdist, and that a worker could not start."""
        if error and node not in self._collected:
            self.tell({"event": "failed", "reason": f"a parallel worker ended before it could judge anything: {error}"})
        if output := getattr(node, "workeroutput", {}).get(KEY):
            self.tell(unpacked(output))

    def _closed(self) -> Event:
        """Ends what runs of the target; what it has written."""
        if self._opened is None:
            return {"event": "output"}
        self._opened.close()
        return {"event": "output", **self._opened.output()}

    def _settled(self, whole: Report, status: int) -> int:
        """Returns the exit status where pytest alone would say `status`."""
        if self._interrupted and not self.findings.failed:
            return status
        return whole.exit_status() or status

    def report(self, path: str) -> Report:
        """Returns the one report that everything else is rendered from, written to `path` if that is not empty."""
        seconds = time.monotonic() - self._began
        entry = self.findings.implementation(self.name, self.target, self.request, seconds)
        whole = Report.of(self.request, self.request.tier, [entry], path)
        if path:
            whole.write(Path(path))
        return whole


class PropertyItem(pytest.Item):
    """One property in one regime, held against the implementation."""

    def __init__(self, *, prop: Property[Any], regime: Regime, grading: Grading, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.prop = prop
        self.regime = regime
        self.grading = grading
        self.example: Counterexample | None = None
        self.events: list[str] = []
        self.judging = Judging(prop, regime, grading.request, grading.watch)
        self.place = next(PLACES)
        for claim in self.blank().claims:
            self.add_marker(pytest.mark.claim(claim))

    def blank(self) -> LawResult:
        """Returns what is known of the result beforehand."""
        return self.judging.blank()

    def runtest(self) -> None:
        """Checks the property and records what happened; raises where it does not hold."""
        tally = Tally()
        self.judging.begin(stage(self.nodeid))
        try:
            opened = self.grading.opened
            with self.grading.watch.attending():
                try:
                    impl = opened.implementation(watched=self.regime is Regime.PURITY)
                finally:
                    self._record_said(opened)
                before = self._before()
                failure, steady = self.judging.failure(impl, tally, before, self.grading.deeper)
                self._record_explored(self.grading.deeper)
                self._keep(failure)
            result = self.judging.result(impl, tally, failure, steady)
            self._name_corpus(result, failure, before)
            self.example = result.example()
        except Unloadable as error:
            self._record({"event": "unloadable", "reason": str(error)})
            self.session.shouldfail = f"{self.grading.target} cannot be loaded"
            raise
        except Exception as error:
            self._record({"event": "failed", "reason": f"{self.prop.law.name} [{self.regime}]: {_traced(error)}"})
            raise
        self._record({"event": "result", "result": result.as_dict()})
        if failure is not None:
            if reason := self.judging.known():
                pytest.xfail(reason)
            if isinstance(failure, Missing):
                pytest.skip(str(failure))
            raise failure.with_traceback(None)
        if result.outcome is Outcome.NOT_RUN:
            pytest.skip(result.reason)

    def _record_said(self, opened: Opened) -> None:
        """Records what the target says of itself, once a process."""
        if (said := opened.told()) and not self.grading.heard:
            self.grading.heard = True
            self._record({"event": "said", **said})

    def _before(self) -> tuple[Case, ...]:
        """Returns the inputs at which the property did not hold in earlier runs."""
        corpus = self.grading.corpus
        return tuple(corpus.cases(self.prop.law, self.regime)) if corpus else ()

    def _record_explored(self, deeper: Deeper | None) -> None:
        """Records the constants that were tried since it was last called."""
        if deeper and deeper.tried:
            self._record({"event": "said", "constants": sorted(deeper.tried)})
            deeper.tried.clear()

    def _name_corpus(self, result: LawResult, failure: Exception | None, before: Collection[Case]) -> None:
        """Adds to a counterexample that is one of those `before` where it was kept: no seed draws it."""
        folder, case = self.grading.request.corpus, failure and case_of(failure)
        if folder and result.counterexample and any(case is one for one in before):
            name = folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder
            result.counterexample = replace(result.counterexample, corpus=str(name))

    def _keep(self, failure: Exception | None) -> None:
        """Keeps the input at which the property does not hold for later runs."""
        case = failure and case_of(failure)
        if case and self.grading.corpus:
            self.grading.corpus.keep(self.prop.law, self.regime, case)

    def _record(self, event: Event) -> None:
        self.events.append(packed(event))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:  # noqa: ARG002  (pytest names it)
        """Renders a failure for people: the claim, the law, the input, got and due."""
        match excinfo.value:
            case Unloadable() as error:
                return log(plain(str(error)))
            case Broken() | Misbehaved() | CallFailed() as error:
                heading = f"{', '.join(self.blank().claims)}, {self.regime}"
                return fitted(evidence(self.example, heading), UNBOUND) if self.example else log(plain(str(error)))
        return excinfo.getrepr(style="short")

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Returns where the law is stated."""
        code = self.prop.law.states.__code__
        return Path(code.co_filename), code.co_firstlineno - 1, f"{self.prop.law.says} [{self.regime}]"


def _traced(error: BaseException) -> str:
    """Returns how `error` came about, and on the last line what it is: Hypothesis adds notes to an exception."""
    told = OUT_OF_MEMORY if isinstance(error, MemoryError) else f"{type(error).__name__}: {line(error)}"
    return "".join([*traceback.format_exception(error), told])


def _fill_in(config: pytest.Config, target: str) -> None:
    """Takes from the project's file what the command line does not give; ends the session where that cannot be read.

    What runs without a terminal has its options from whoever has started it.
    """
    if config.getoption("--impl") is None or not config.pluginmanager.has_plugin("terminal"):
        return
    try:
        for name, text in defaults([target]).items():
            dest = f"lydite_{name}"
            if OPTIONS[name].pytest and dest not in getattr(config.option, "lydite_given", ()):
                setattr(config.option, dest, text)
    except ProjectError as error:
        pytest.exit(str(error), USAGE)


def _request(config: pytest.Config, target: str) -> tuple[str, Request]:
    """Returns the name of the target, and the request; ends the session where the options do not allow one."""
    _fill_in(config, target)
    given = {of.name: config.getoption(f"{PREFIX}{OPTIONS[of.name].name}") for of in fields(Settings)}
    submitted = given["isolation"] != Tier.NONE and is_submitted(target)
    if given["explore"] and not (given["seed"] or given["corpus"]):
        given["corpus"] = CORPUS
    drawn = "random" if submitted or given["explore"] else "0"
    given["seed"] = getattr(config, "workerinput", {}).get(SEED) or given["seed"] or drawn
    try:
        settings = Settings.read(**given)
        (name,) = names([target])
        if config.pluginmanager.has_plugin("terminal"):  # what runs without has been checked by who has started it
            check_exists(target)
        request = settings.of(target, name)
        if text := config.getoption(f"{PREFIX}budget"):
            request = replace(request, budget=budgets(text))
        if request.adapter and config.pluginmanager.has_plugin("terminal"):
            check_adapted(target, request.adapter)
        return name, request
    except BadOption as error:
        told = f"{PREFIX}{error.option}: {error}"
    except (NoTarget, NotInstalled) as error:
        told = f"--impl: {error}"
    except NoTier as error:
        told = str(error)
    pytest.exit(told, USAGE)  # pytest's own status of usage errors says of a report that we have failed
