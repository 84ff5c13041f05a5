"""A law: one equation or inequality on one input, the executable piece of a claim."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from numpy.typing import ArrayLike

from lydite.kit.balls import Truth
from lydite.kit.case import Case
from lydite.kit.claim import CLAIMS
from lydite.kit.regime import Regime
from lydite.kit.version import FIRST, VERSION

Side = ArrayLike | Truth
"""Numbers, or numbers that are known to any accuracy that is requested."""


@dataclass(frozen=True, slots=True)
class Equation:
    """`lhs = rhs` up to `atol`, entry by entry, evaluated at one input.

    `lhs` is what the implementation answered, `rhs` what is due. Several arrays of different shapes are compared
    part by part when each side is a tuple. `atol` is derived in `spec.bounds` or where the law is stated.
    `lhs_is` names a left side that is made of answers.
    """

    lhs: ArrayLike | tuple[ArrayLike, ...]
    rhs: Side | tuple[Side, ...]
    atol: ArrayLike | tuple[ArrayLike, ...]
    lhs_is: str = ""


@dataclass(frozen=True, slots=True)
class Inequality:
    """`small <= large` up to `atol`, entry by entry, evaluated at one input.

    `small_is` and `large_is` name the sides that are made of answers: `smallest eigenvalue`.
    """

    small: ArrayLike
    large: ArrayLike
    atol: ArrayLike
    small_is: str = ""
    large_is: str = ""


@dataclass(frozen=True, slots=True)
class Raises:
    """A call raises `due`, the name of an exception; it `raised` that, another one, or none, which is empty.

    `why` says what of its arguments calls for that.
    """

    due: str
    raised: str
    why: str = ""


Statement = Equation | Inequality | Raises | None
"""The statement of a law at one input; None where the input is too ill-conditioned to say anything."""


@dataclass(frozen=True, slots=True, eq=False)
class Law:
    """An executable piece of the claims that it names; called with an implementation and a case.

    It takes finite `differences` of the answers of those calls, if of any. `since` is the version that brought it, or
    that last sharpened it, its bound, or its inputs.
    """

    name: str
    says: str
    claims: tuple[str, ...]
    only: tuple[Regime, ...]
    states: Callable[[Any, Any], Statement]
    case_type: str
    batched: str = ""
    differences: tuple[str, ...] = ()
    since: str = FIRST

    def __call__(self, f: Any, case: Any) -> Statement:
        """Returns the statement that this law makes of implementation `f` at `case`."""
        return self.states(f, case)

    @property
    def case(self) -> type[Case]:
        """The type of its cases."""
        kind: type[Case] = self.states.__globals__[self.case_type]
        return kind

    @property
    def regimes(self) -> tuple[Regime, ...]:
        """Where this law is tested: in the regimes of its claims, within its own `only`."""
        asked = {regime for claim in self.claims for regime in CLAIMS[claim].regimes}
        return tuple(r for r in Regime if r in asked and r in self.only)

    def claims_in(self, regime: Regime) -> tuple[str, ...]:
        """Returns the claims that this law states a part of, of those that are graded in `regime`."""
        return tuple(c for c in self.claims if regime in CLAIMS[c].regimes)

    def judged_in(self, regime: Regime) -> tuple[str, ...]:
        """Returns the claims that do not hold in `regime` without this law: those, and those that it anchors."""
        own = self.claims_in(regime)
        anchored = (c.id for c in CLAIMS.values() if self.name in c.anchors and regime in c.regimes)
        return (*own, *(c for c in anchored if c not in own))


LAWS: dict[str, Law] = {}
"""Every law by its full name, `topic.subject_is_object`."""

NUMERIC = tuple(r for r in Regime if r is not Regime.INPUTS)
"""Where a law about numbers can be tested: everywhere but on invalid inputs."""


def law(
    *claims: str,
    only: Sequence[Regime] = NUMERIC,
    batched: str = "",
    differences: Sequence[str] = (),
    since: str = FIRST,
) -> Callable[[Callable[[Any, Any], Statement]], Law]:
    """Registers the function under it as a law of `claims`, tested in their regimes as far as `only` allows.

    A law with a call under `batched` is about many samples at once, and tested where that call does. `differences`
    names what finite differences are taken of: calls, or a function that one is given. `since` is the version from
    which a library can break it that did not before: whoever sharpens the law, its bound or its inputs raises it.

    Raises ValueError where a claim is unknown or not graded, the docstring is missing, the name is taken, or `since` is
    not a version.
    """

    def register(states: Callable[[Any, Any], Statement]) -> Law:
        name = f"{states.__module__.rpartition('.')[2]}.{states.__name__}"
        strangers = [c for c in claims if c not in CLAIMS or not CLAIMS[c].graded]
        if strangers or not claims:
            raise ValueError(f"law {name}: no graded claim is called {', '.join(strangers) or '(none named)'}")
        if not VERSION.fullmatch(since):
            raise ValueError(f"law {name}: since {since!r} is not a version such as {FIRST}")
        if not states.__doc__ or name in LAWS:
            raise ValueError(f"law {name}: {'stated twice' if name in LAWS else 'its docstring must say the law'}")
        says, case_type = states.__doc__.splitlines()[0], str(states.__annotations__["case"])
        LAWS[name] = Law(name, says, claims, tuple(only), states, case_type, batched, tuple(differences), since)
        return LAWS[name]

    return register
