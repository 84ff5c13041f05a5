"""What is asked for: the target, and the settings of a run, checked where they are given."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from lydite.adapters.adapter import Adapter, AdapterError, read_adapter
from lydite.grading.expectation import Expectation, ExpectationError, read_expectations
from lydite.isolation import NotOffered, Tier, best, python_paths
from lydite.isolation.interpreter import check_installed
from lydite.kit.regime import DEFAULT, Regime
from lydite.report.model import EXAMPLES
from lydite.target.exists import NoTarget
from lydite.target.name import ADAPTED, is_submitted
from lydite.verdict.outcome import Scope
from lydite.worker.loading import NOTEBOOK

PRECISIONS = ("float64", "float32")
LARGEST_SEED = 2**64
AUTO = "auto"
"""The best tier that works here."""


class BadOption(ValueError):
    """An option has a value that it cannot have."""

    def __init__(self, option: str, why: str) -> None:
        super().__init__(why)
        self.option = option


@dataclass(frozen=True)
class Request:
    """How every target of a run is graded."""

    only: tuple[str, ...] = ()
    regimes: tuple[Regime, ...] = DEFAULT
    precision: str = "float64"
    seed: int = 0
    examples: int = EXAMPLES
    call_timeout: float = 2.0
    adapter: Adapter | None = None
    expectation: Expectation | None = None
    tier: Tier = Tier.NONE
    memory: int = 4096
    allow: tuple[str, ...] = ()
    entry: str = ""

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

    def options(self) -> list[str]:
        """The request as options of pytest."""
        values = {
            "adapter": str(self.adapter.path.absolute()) if self.adapter else "",
            "only": ",".join(self.only),
            "regimes": ",".join(self.regimes),
            "precision": self.precision,
            "seed": str(self.seed),
            "examples": str(self.examples),
            "call-timeout": str(self.call_timeout),
            "isolation": str(self.tier),
            "memory": str(self.memory),
            "allow": ",".join(self.allow),
            "entry": self.entry,
        }
        return [f"--lydite-{name}={value}" for name, value in values.items()]


@dataclass(frozen=True)
class Settings:
    """What is asked for on a command line, before it is known of which target; `precision` empty if not said."""

    only: tuple[str, ...]
    regimes: tuple[Regime, ...]
    precision: str
    seed: int
    examples: int
    call_timeout: float
    adapter: Adapter | None
    expectations: dict[str, Expectation] | None
    isolation: str
    memory: int
    allow: tuple[str, ...]
    entry: str

    @classmethod
    def read(
        cls,
        *,
        only: str,
        regimes: str,
        precision: str,
        seed: str,
        examples: str,
        call_timeout: str,
        adapter: str = "",
        expect: str = "",
        isolation: str = "none",
        memory: str = "4096",
        allow: str = "",
        entry: str = "",
    ) -> Settings:
        """The settings that these texts make. Raises BadOption, naming the option."""
        settings = cls(
            _listed(only),
            _regimes(_listed(regimes)),
            _precision(precision),
            _seed(seed),
            int(_number("examples", examples, int, "a whole number of at least 1", least=1)),
            _number("call-timeout", call_timeout, float, "a number of seconds, at least 0", least=0),
            _adapter(adapter) if adapter else None,
            _expectations(expect) if expect else None,
            isolation,
            int(_number("memory", memory, int, "a whole number of MiB, at least 0", least=0)),
            _allowed(_listed(allow)),
            _entry(entry),
        )
        _isolation(isolation)
        _scope(settings.only, settings.regimes)
        return settings

    def of(self, target: str, name: str) -> Request:
        """The request for `target`, called `name`. Raises BadOption where the settings do not fit it, NoTarget."""
        adapter = self.adapter
        if target.endswith(ADAPTED):
            if adapter is not None and adapter.path.absolute() != Path(target).absolute():
                raise BadOption("adapter", f"{target} is an adapter itself")
            try:
                adapter = read_adapter(Path(target))
            except AdapterError as error:
                raise NoTarget(str(error)) from error
        expected = self._expected(name)
        precision = self._precision_of(name, adapter, expected)
        regimes = self.regimes or (expected.regimes if expected else DEFAULT)
        only = self.only or (expected.only if expected else ())
        request = Request(
            only,
            regimes,
            precision,
            self.seed,
            self.examples,
            self.call_timeout,
            adapter,
            expected,
            self._tier(target, adapter),
            self.memory,
            self.allow,
            self.entry,
        )
        self._check_scope(request)
        return request

    def _check_scope(self, request: Request) -> None:
        """Raises BadOption where nothing is in scope, naming the option that was given; NoTarget where none was."""
        try:
            Scope.of(request.only, request.regimes, request.calls)
        except ValueError as error:
            given = {"only": self.only, "regimes": self.regimes, "expect": request.expectation, "adapter": self.adapter}
            option = next((name for name, value in given.items() if value), "")
            raise BadOption(option, str(error)) if option else NoTarget(str(error)) from error

    def _tier(self, target: str, adapter: Adapter | None) -> Tier:
        """How far `target` is kept apart.

        Raises NoTier where nothing works here that contains it, NotInstalled where a module is no installed one.
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
        if self.expectations is None:
            return None
        if name not in self.expectations:
            raise BadOption("expect", f"nothing is said of {name}, only of {', '.join(self.expectations)}")
        return self.expectations[name]

    def _precision_of(self, name: str, adapter: Adapter | None, expected: Expectation | None) -> str:
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


def check_target(target: str, adapter: Adapter | None = None) -> None:
    """Raises NotInstalled where a module that `target` names, or its adapter, is only found in the current folder."""
    beside = [adapter.path.absolute().parent] if adapter else []
    if adapter and target.endswith(ADAPTED):
        for module in adapter.modules:
            check_installed(module, *beside)
    elif not is_submitted(target) and target != "reference" and not target.startswith("mistakes."):
        check_installed(target)


def _adapter(path: str) -> Adapter:
    try:
        return read_adapter(Path(path))
    except AdapterError as error:
        raise BadOption("adapter", str(error)) from error


def _expectations(path: str) -> dict[str, Expectation]:
    try:
        return read_expectations(Path(path))
    except ExpectationError as error:
        raise BadOption("expect", str(error)) from error


def _scope(only: Sequence[str], regimes: Sequence[Regime]) -> None:
    try:
        Scope.of(only, regimes or DEFAULT)
    except ValueError as error:
        raise BadOption("only" if only else "regimes", str(error)) from error


def _isolation(name: str) -> None:
    """Raises BadOption where `name` is no tier."""
    if name not in {AUTO, *Tier}:
        raise BadOption("isolation", f"{name!r} is none of {', '.join((AUTO, *Tier))}")


def _entry(text: str) -> str:
    """Returns `text` where it is a file in a folder, a class of it after a colon, or one of them. Raises BadOption."""
    file, _, kind = text.partition(":")
    if Path(file).is_absolute() or ".." in Path(file).parts:
        raise BadOption("entry", f"{file} does not lie in what was submitted")
    if file and Path(file).suffix not in {".py", NOTEBOOK}:
        raise BadOption("entry", f"{file!r} is not a file .py or {NOTEBOOK}")
    if (":" in text or not file) and text and not kind.isidentifier():
        raise BadOption("entry", f"{kind!r} is not the name of a class")
    return text


def _allowed(names: tuple[str, ...]) -> tuple[str, ...]:
    try:
        python_paths(*names)
    except NotOffered as error:
        raise BadOption("allow", str(error)) from error
    return names


def _listed(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))


def _regimes(names: Sequence[str]) -> tuple[Regime, ...]:
    for name in names:
        if name not in list(Regime):
            raise BadOption("regimes", f"{name!r} is none of {', '.join(Regime)}")
    return tuple(r for r in Regime if r in names)


def _precision(name: str) -> str:
    if name not in {"", *PRECISIONS}:
        raise BadOption("precision", f"{name!r} is none of {', '.join(PRECISIONS)}")
    return name


def _seed(text: str) -> int:
    if text == "random":
        return random.SystemRandom().getrandbits(32)
    return int(_number("seed", text, int, "`random` or a whole number from 0 to 2^64 - 1", least=0, below=LARGEST_SEED))


def _number(option: str, text: str, kind: Any, what: str, *, least: float, below: float = float("inf")) -> float:
    try:
        number: float = kind(text)
    except ValueError:
        number = float("nan")
    if not least <= number < below:
        raise BadOption(option, f"{text!r} is not {what}")
    return number
