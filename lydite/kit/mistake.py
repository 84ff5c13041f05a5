"""The register of mistakes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, TypeVar

from lydite.kit.claim import CLAIMS
from lydite.kit.regime import Regime

F = TypeVar("F", bound=Callable[..., Any])

MISTAKES: list[Mistake] = []


@dataclass(frozen=True, slots=True)
class Mistake:
    """A known wrong version of one call, the claim that it breaks and the regime in which that shows.

    `along` are wrong versions of other calls, by name, that agree with it, as a loss and its gradient may.
    """

    call: str
    breaks: str
    regime: Regime
    wrong: Callable[..., Any]
    along: Mapping[str, Callable[..., Any]]

    @property
    def name(self) -> str:
        """The name of the fault wherever it is reported."""
        return self.wrong.__name__

    @property
    def module(self) -> str:
        """Where it is written."""
        return self.wrong.__module__

    def implementation(self) -> SimpleNamespace:
        """Returns the reference, with this call replaced, and those `along` with it."""
        from lydite.kit.reference import reference  # noqa: PLC0415  (the suite, which may import this module)

        calls = {name: getattr(reference, name) for name in reference.__all__}
        return SimpleNamespace(**calls | dict(self.along) | {self.call: self.wrong})


def mistake(
    call: str, *, breaks: str, regime: Regime = Regime.CORE, along: Mapping[str, Callable[..., Any]] | None = None
) -> Callable[[F], F]:
    """Registers the function under it as a wrong version of `call` that breaks claim `breaks` in `regime`.

    `along` holds other calls that are wrong together with it, so that all agree. Raises ValueError where the claim is
    not graded in that regime, or the function does not say how it comes about.
    """
    if breaks not in CLAIMS or regime not in CLAIMS[breaks].regimes:
        raise ValueError(f"mistake: claim {breaks} is not graded in {regime}")

    def register(wrong: F) -> F:
        if not wrong.__doc__:
            raise ValueError(f"mistake {wrong.__name__}: its docstring must say how people come to write it")
        MISTAKES.append(Mistake(call, breaks, regime, wrong, along or {}))
        return wrong

    return register
