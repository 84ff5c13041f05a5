"""Bad input: a call that must be refused, and what says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from spec.case import Case
from spec.failure import Excluded, Missing, raised_by
from spec.law import Inequality


@dataclass(frozen=True, eq=False, kw_only=True)
class Refusal(Case):
    """A call with invalid arguments; `fault` says in words what is wrong with them."""

    call: str
    arguments: tuple[Any, ...]
    fault: str


def is_refused(f: object, case: Refusal) -> Inequality:
    """Whether the call raises ValueError: 1 <= 1 where it does, 1 <= 0 where it answers or raises something else."""
    return Inequality(1.0, float(_raises_value_error(f, case)), 0.0)


def _raises_value_error(f: object, case: Refusal) -> bool:
    try:
        getattr(f, case.call)(*case.arguments)
    except (Missing, Excluded):
        raise
    except Exception as error:  # noqa: BLE001  (whatever the implementation raises is looked at by name)
        return raised_by(error) == ValueError.__name__
    return False
