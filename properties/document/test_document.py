"""Every judge holds what is true, rejects what is wrong, and refutes what is misprinted."""

from __future__ import annotations

from typing import Any

import pytest

from lydite.kit.judge import Judge
from lydite.kit.judges import bench

JUDGES = bench()

pytestmark = pytest.mark.document


def _each(what: str, parts: dict[str, list[tuple[Any, ...]]]) -> pytest.MarkDecorator:
    """A parameter set a judge and part, named after its claims."""
    judges = {f"{'+'.join(j.claims)}-{j.name}": j for j in JUDGES}
    rows = [
        pytest.param(judges[key], *row, id=f"{key}-{row[0]}" if row else key)
        for key, found in parts.items()
        for row in found
    ]
    return pytest.mark.parametrize(what, rows)


def _parts(of: Any) -> dict[str, list[tuple[Any, ...]]]:
    return {f"{'+'.join(j.claims)}-{j.name}": list(of(j)) for j in JUDGES}


@_each("judge", _parts(lambda _: [()]))
def test_holds(judge: Judge) -> None:
    judge.holds()


@_each("judge, name", _parts(lambda j: [(name,) for name in j.wrong]))
def test_rejects_a_wrong_version(judge: Judge, name: str) -> None:
    form = judge.wrong[name]
    assert judge.refutes(form, judge.rejection(form))


@_each("judge, number", _parts(lambda j: [(n,) for n in range(len(j.witnesses))]))
def test_stored_witness_refutes_the_printed_form(judge: Judge, number: int) -> None:
    assert judge.refutes(judge.printed, judge.witnesses[number])


@_each("judge", _parts(lambda j: [()] if j.printed is not None else []))
def test_search_refutes_the_printed_form(judge: Judge) -> None:
    case = judge.found()
    assert judge.refutes(judge.printed, case)
    judge.check(judge.form, case)


@_each("judge, hypothesis", _parts(lambda j: [(n,) for n in j.without]))
def test_fails_without_a_hypothesis(judge: Judge, hypothesis: int) -> None:
    assert judge.refutes(judge.form, judge.without[hypothesis])
