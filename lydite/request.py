"""What is asked for: the target, and the settings of a run, checked where they are given."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lydite.outcome import Scope
from spec.regime import DEFAULT, Regime

PRECISIONS = ("float64", "float32")
LARGEST_SEED = 2**64


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
    examples: int = 10
    call_timeout: float = 2.0

    @classmethod
    def read(cls, *, only: str, regimes: str, precision: str, seed: str, examples: str, call_timeout: str) -> Request:
        """The request that these texts make. Raises BadOption, naming the option."""
        request = cls(
            _listed(only),
            _regimes(_listed(regimes)),
            _precision(precision),
            _seed(seed),
            int(_number("examples", examples, int, "a whole number of at least 1", least=1)),
            _number("call-timeout", call_timeout, float, "a number of seconds, at least 0", least=0),
        )
        try:
            Scope.of(request.only, request.regimes)
        except ValueError as error:
            raise BadOption("only", str(error)) from error
        return request

    @cached_property
    def scope(self) -> Scope:
        """The claims and regimes that are graded."""
        return Scope.of(self.only, self.regimes)

    def options(self) -> list[str]:
        """The request as options of pytest."""
        values = {
            "only": ",".join(self.only),
            "regimes": ",".join(self.regimes),
            "precision": self.precision,
            "seed": str(self.seed),
            "examples": str(self.examples),
            "call-timeout": str(self.call_timeout),
        }
        return [f"--lydite-{name}={value}" for name, value in values.items()]


def _listed(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))


def _regimes(names: Sequence[str]) -> tuple[Regime, ...]:
    for name in names:
        if name not in list(Regime):
            raise BadOption("regimes", f"{name!r} is none of {', '.join(Regime)}")
    return tuple(r for r in Regime if r in names) or DEFAULT


def _precision(name: str) -> str:
    if name not in PRECISIONS:
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
