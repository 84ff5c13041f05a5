"""Makes requests: how each target is graded, by the options that were given."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from lydite import suite
from lydite.adapters.adapter import Adapter, AdapterError, read_adapter
from lydite.grading import texts
from lydite.grading.expectation import Budget, Budgets, Expectation
from lydite.grading.texts import AUTO, BadOption, option
from lydite.isolation import Tier, best
from lydite.isolation.interpreter import check_installed
from lydite.kit.case import PRECISIONS
from lydite.kit.regime import DEFAULT, Regime
from lydite.options import CORPUS, OPTIONS, PREFIX, SUITE, Kind
from lydite.target.exists import NoTarget
from lydite.target.name import ADAPTED, is_submitted, paths
from lydite.verdict.outcome import Scope


@dataclass(frozen=True)
class Common:
    """The options that mean the same for every target, each with its type and the function that reads it."""

    only: tuple[str, ...] = option("only", texts.names)
    regimes: tuple[Regime, ...] = option("regimes", texts.regimes)
    precision: str = option("precision", texts.precision)
    seed: int = option("seed", texts.seed)
    examples: int = option("examples", texts.examples)
    call_timeout: float = option("call_timeout", texts.call_timeout)
    adapter: Adapter | None = option("adapter", texts.adapter)
    memory: int = option("memory", texts.memory)
    allow: tuple[str, ...] = option("allow", texts.allowed)
    entry: str = option("entry", texts.entry)
    explore: bool = option("explore", texts.flag)
    corpus: Path | None = option("corpus", texts.folder)
    laws: str = option("laws", texts.version)


@dataclass(frozen=True)
class Request(Common):
    """How one target is graded; what is written in an adapter or an expectation is settled.

    The process that judges has no expectation, but the `budget` in it: it shows the worst input where that is exceeded.
    """

    regimes: tuple[Regime, ...] = DEFAULT
    precision: str = PRECISIONS[0]
    expectation: Expectation | None = None
    budget: Budgets | None = None
    tier: Tier = Tier.NONE

    @cached_property
    def scope(self) -> Scope:
        """The claims and regimes that are graded."""
        return Scope.of(self.only, self.regimes, self.calls)

    @property
    def calls(self) -> frozenset[str]:
        """The calls that are in scope where an adapter or an expectation names them; else empty, which is all."""
        mapped = frozenset(self.adapter.calls) if self.adapter else frozenset()
        expected = frozenset(self.expectation.calls) if self.expectation else frozenset()
        return mapped & expected if mapped and expected else mapped | expected

    def budget_of(self, call: str, regime: Regime) -> Budget | None:
        """Returns the budget of `call` in `regime`, if it has one."""
        return (self.budget or {}).get(call, {}).get(regime)

    def options(self) -> list[str]:
        """Returns the request as options of pytest: what is expected has been settled, and is judged by the caller."""
        values = {of.name: getattr(self, of.name) for of in fields(Common)} | {
            "isolation": self.tier,
            "budget": self.budget,
        }
        flags = [name for name in values if OPTIONS[name].kind is Kind.FLAG]
        written = [f"{PREFIX}{OPTIONS[n].name}={texts.written(v)}" for n, v in values.items() if n not in flags]
        return [*suite.options(SUITE), *(f"{PREFIX}{OPTIONS[name].name}" for name in flags if values[name]), *written]


@dataclass(frozen=True)
class Settings(Common):
    """The options as they are given, whatever is graded: `precision`, `regimes` and `only` may be empty."""

    expect: dict[str, Expectation] | None = option("expect", texts.expectations)
    isolation: str = option("isolation", texts.isolation)

    @classmethod
    def read(cls, **given: str) -> Settings:
        """Reads the options that are `given` by the names of their fields. Raises BadOption, naming the option."""
        known = {of.name: of for of in fields(cls)}
        settings = cls(**{name: texts.read(known[name], text) for name, text in given.items()})
        try:
            Scope.of(settings.only, settings.regimes or DEFAULT)
        except ValueError as error:
            raise BadOption("only" if settings.only else "regimes", str(error)) from error
        return settings

    def of(self, target: str, name: str) -> Request:
        """Returns the request for `target`, called `name`. Raises NoTarget; BadOption where settings do not fit."""
        adapter = self.adapter
        if target.endswith(ADAPTED):
            if adapter is not None and adapter.path.absolute() != Path(target).absolute():
                raise BadOption("adapter", f"{target} is an adapter itself")
            try:
                adapter = read_adapter(Path(target))
            except AdapterError as error:
                raise NoTarget(str(error)) from error
        request = self.settled(name, adapter)
        tier = self._tier(target, adapter)
        return replace(request, tier=tier, corpus=self._corpus(target, tier))

    def settled(self, name: str, adapter: Adapter | None) -> Request:
        """Returns the request for whatever is called `name`, as `adapter` and expectations settle it.

        Raises BadOption where they do not go together, NoTarget where nothing is in scope.
        """
        expected = self._expected(name)
        settled: dict[str, Any] = {
            "only": self.only or (expected.only if expected else ()),
            "regimes": self.regimes or (expected.regimes if expected else DEFAULT),
            "precision": self._precision_of(name, adapter, expected),
            "adapter": adapter,
        }
        budget = expected.budget.get(settled["precision"]) if expected else None
        common = {of.name: getattr(self, of.name) for of in fields(Common)} | settled
        request = Request(**common, expectation=expected, budget=budget)
        self._check_scope(request)
        return request

    def _corpus(self, target: str, tier: Tier) -> Path | None:
        """Returns where inputs that break a law are kept: not in the usual folder where `target` could write to it."""
        if self.corpus is None or not can_write(target, tier, self.corpus):
            return self.corpus
        if self.corpus == Path(CORPUS).absolute():
            return None
        raise BadOption(
            "corpus", f"{target} could write to it, or bring it along: grade it in a jail, or keep it elsewhere"
        )

    def _check_scope(self, request: Request) -> None:
        """Raises BadOption where nothing is in scope, naming the option that was given; NoTarget where none was."""
        try:
            Scope.of(request.only, request.regimes, request.calls)
        except ValueError as error:
            given = {"only": self.only, "regimes": self.regimes, "expect": request.expectation, "adapter": self.adapter}
            name = next((name for name, value in given.items() if value), "")
            raise BadOption(name, str(error)) if name else NoTarget(str(error)) from error

    def _tier(self, target: str, adapter: Adapter | None) -> Tier:
        """Returns how far `target` is kept apart.

        Raises NoTier where nothing works here that contains it, NotInstalled where a module is not an installed one.
        """
        tier = Tier.NONE
        if self.isolation != Tier.NONE:
            check_target(target, adapter)
        if is_submitted(target):
            tier = best() if self.isolation == AUTO else Tier(self.isolation)
            if adapter is not None and tier is not Tier.NONE:
                raise BadOption("adapter", f"an adapter runs in one process with {target}: say --isolation none")
        return tier

    def _expected(self, name: str) -> Expectation | None:
        """Returns what is expected of the target called `name`. Raises BadOption where nothing is said of it."""
        if self.expect is None:
            return None
        if name not in self.expect:
            raise BadOption("expect", f"nothing is said of {name}, only of {', '.join(self.expect)}")
        return self.expect[name]

    def _precision_of(self, name: str, adapter: Adapter | None, expected: Expectation | None) -> str:
        """Returns the precision that was given or is declared. Raises BadOption where they do not go together."""
        dtype = adapter.dtype if adapter else ""
        if dtype and self.precision and dtype != self.precision:
            raise BadOption("precision", f"{adapter and adapter.path.name} declares {dtype}")
        precision = self.precision or dtype or PRECISIONS[0]
        if expected and precision not in expected.precisions:
            raise BadOption(
                "precision" if self.precision else "expect",
                f"{name} is expected to hold in {', '.join(expected.precisions)} only",
            )
        return precision


def can_write(target: str, tier: Tier, folder: Path) -> bool:
    """Returns whether what was submitted as `target` might have written what lies in `folder`.

    What lies beside a file may have been handed in with it. What is installed is trusted with it.
    """
    if not is_submitted(target):
        return False
    held = any(folder.resolve().is_relative_to(one) for one in _handed_in(target))
    return held or tier in {Tier.NONE, Tier.PROCESS}


def _handed_in(target: str) -> Iterator[Path]:
    """Yields the folders that may have been handed in with what was submitted as `target`."""
    for path in paths(target):
        yield path.resolve() if path.is_dir() else path.parent.resolve()


def check_target(target: str, adapter: Adapter | None = None) -> None:
    """Raises NotInstalled where a module that `target` names, or its adapter, is only found in the current folder."""
    beside = [adapter.path.absolute().parent] if adapter else []
    if adapter and target.endswith(ADAPTED):
        for module in adapter.modules:
            check_installed(module, *beside)
    elif not is_submitted(target) and target != "reference" and not target.startswith("mistakes."):
        check_installed(target)
