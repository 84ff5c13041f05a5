"""A judge: what a claim states, as a body that runs on the claim's form, on the printed one, and on wrong ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from typing import Any

from flint import ctx
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from lydite.kit.relations import Refuted, Undecided

Form = Any
"""The subject of a judge: usually a function, the formula of the claim."""
Case = tuple[Any, ...]
"""The inputs of a judge's body, after the form."""

BITS = (128, 512, 2048, 8192)
"""Precisions in which a body is tried, in this order, until it is decided."""
DRAWS = 25
SEARCHED = 400


class Role(StrEnum):
    """The task of a judge: what it does about its claims."""

    PROOF = "proof"
    """Exact arithmetic: an identity of polynomials or rational functions, an enumeration, or rational inputs."""
    CERTIFIED = "certified"
    """Ball arithmetic on inputs that are drawn."""
    REFUTES = "refutes"
    """Finds inputs against the printed form, and has stored ones."""
    CORRECTED = "corrected"
    """The corrected form holds there, and wherever it is drawn."""
    HYPOTHESES = "hypotheses"
    """Holds under the hypotheses, and has an input that refutes the claim without each of them."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Judge:
    """`states(form, *case)` raises Refuted where the claim that `form` makes is false at `case`.

    `form` is true at all `cases`; what is `printed`, if that is another form, is refuted by `witnesses`, and each of
    the `wrong` forms by some case. `without[n]` is a case without the claim's n-th hypothesis, counted from 1, that
    refutes even `form`. Raises ValueError where a judge could not fail.
    """

    claims: tuple[str, ...]
    states: Callable[..., None]
    form: Form
    cases: st.SearchStrategy[Case]
    edges: Sequence[Case] = ()
    exact: bool = True
    wrong: Mapping[str, Form] = field(default_factory=dict)
    printed: Form | None = None
    witnesses: Sequence[Case] = ()
    without: Mapping[int, Case] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.wrong and self.printed is None:
            raise ValueError(f"{self.name} is never shown a wrong form")
        if (self.printed is None) == bool(self.witnesses):
            raise ValueError(f"{self.name}: a printed form and its witnesses go together")

    @property
    def name(self) -> str:
        """That of the body."""
        return self.states.__name__

    @property
    def says(self) -> str:
        """The claim and the idea of its proof, in words."""
        return self.states.__doc__ or ""

    @property
    def roles(self) -> frozenset[Role]:
        """The task of the judge."""
        roles = {Role.PROOF if self.exact else Role.CERTIFIED}
        if self.printed is not None:
            roles |= {Role.REFUTES, Role.CORRECTED}
        if self.without:
            roles.add(Role.HYPOTHESES)
        return frozenset(roles)

    def check(self, form: Form, case: Case) -> None:
        """Raises Refuted where the claim of `form` is false at `case`; ArithmeticError where no precision decides."""
        for bits in BITS:
            try:
                with ctx.workprec(bits):
                    return self.states(form, *case)
            except Undecided as error:
                undecided = error
        raise ArithmeticError(f"{self.name}: {BITS[-1]} bits leave {undecided} open at {case}")

    def refutes(self, form: Form, case: Case) -> bool:
        """Returns whether `case` certainly refutes the claim of `form`."""
        try:
            self.check(form, case)
        except Refuted:
            return True
        return False

    def holds(self) -> None:
        """Raises Refuted, at the simplest case found, where the claim is false at an edge, a witness or a draw."""
        for case in (*self.edges, *self.witnesses):
            self.check(self.form, case)
        quantified: Any = given(self.cases)(lambda case: self.check(self.form, case))
        settings(_settings(DRAWS), derandomize=True)(quantified)()

    def rejection(self, form: Form) -> Case:
        """Returns a case that refutes a wrong form: an edge, a witness, or one that is drawn. Raises NoSuchExample."""
        for case in (*self.edges, *self.witnesses):
            if self.refutes(form, case):
                return case
        return self._found(form)

    def found(self) -> Case:
        """Returns a case that a search finds against the printed form. Raises NoSuchExample."""
        return self._found(self.printed)

    def faults(self) -> Iterator[str]:
        """Yields what is wrong with the judge: what it does not hold, and what it does not refute."""
        try:
            self.holds()
        except Refuted as error:
            yield f"its form does not hold: {error}"
        for name, form in self.wrong.items():
            try:
                self.rejection(form)
            except NoSuchExample:
                yield f"nothing refutes the wrong form {name!r}"
        for case in self.witnesses:
            if not self.refutes(self.printed, case):
                yield f"the witness {case} does not refute the printed form"
        try:
            if self.printed is not None:
                self.found()
        except NoSuchExample:
            yield "a search does not refute the printed form"
        for number, case in self.without.items():
            if not self.refutes(self.form, case):
                yield f"the case without hypothesis {number} does not refute the form"

    def _found(self, form: Form) -> Case:
        search = settings(_settings(SEARCHED), phases=[Phase.generate])
        return find(self.cases, lambda case: self.refutes(form, case), settings=search, random=Random(0))


JUDGES: list[Judge] = []
"""All judges of the topics that have been imported."""


def judge(*claims: str, cases: st.SearchStrategy[Case] | Sequence[Case], **rest: Any) -> Callable[..., Judge]:
    """Makes a judge of the body below, for `claims`; a sequence of cases is tried in full."""

    def register(states: Callable[..., None]) -> Judge:
        drawn = cases if isinstance(cases, st.SearchStrategy) else st.sampled_from(cases)
        edges = rest.pop("edges", ()) if isinstance(cases, st.SearchStrategy) else cases
        made = Judge(claims=claims, states=states, cases=drawn, edges=edges, **rest)
        JUDGES.append(made)
        return made

    return register


def _settings(examples: int) -> settings:
    return settings(max_examples=examples, deadline=None, database=None, print_blob=False)


__all__ = ["JUDGES", "Judge", "NoSuchExample", "Role", "judge"]
