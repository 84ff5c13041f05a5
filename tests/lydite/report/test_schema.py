"""Our small validator agrees with the library on the schema of the report."""

from __future__ import annotations

import copy
import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lydite.report.model import SCHEMA
from lydite.report.schema import NESTED, PLAIN, SILENT, fault, schema_of
from tests.support import made

WHOLE = schema_of(SCHEMA)
LIBRARY = jsonschema.Draft202012Validator(WHOLE)
CLAIMS = [made.claim("Q7.a.7", outcome="broken"), made.claim("Q3.0.4", outcome="missing"), made.claim("Q1.6")]
GOOD = made.report(
    made.implementation(claims=CLAIMS, faults=[made.fault()], output={"stdout": "x"}, missing={"Q1": ["logistic_loss"]})
)
VALUES = st.sampled_from(["many", "", 0, -1, 1.5, True, None, [], {}, "Q7", "graded", [""], {"text": 1}, {"dtype": 1}])


def places(datum: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every part of `datum`."""
    inner = datum.items() if isinstance(datum, dict) else enumerate(datum) if isinstance(datum, list) else ()
    return [at, *(place for key, one in inner for place in places(one, (*at, key)))]


def changed(place: tuple[Any, ...], how: Any, *, gone: bool) -> Any:
    whole = copy.deepcopy(GOOD)
    if not place:
        return how
    inner = whole
    for key in place[:-1]:
        inner = inner[key]
    if gone:
        del inner[place[-1]]
    else:
        inner[place[-1]] = how
    return whole


def keywords(schema: Any, *, named: bool = False) -> set[str]:
    if isinstance(schema, list):
        return {word for one in schema for word in keywords(one)}
    if not isinstance(schema, dict):
        return set()
    own = set() if named else set(schema)
    return own | {
        w for key, one in schema.items() for w in keywords(one, named=not named and key in {"properties", "$defs"})
    }


def test_every_keyword_of_the_schema_is_known() -> None:
    assert keywords(WHOLE) <= {*PLAIN, *NESTED, *SILENT}


def test_a_report_keeps_its_schema() -> None:
    LIBRARY.validate(json.loads(json.dumps(GOOD)))
    assert fault(json.loads(json.dumps(GOOD)), WHOLE, WHOLE) == ""


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(places(GOOD)), VALUES, st.booleans())
def test_both_find_the_same_documents_wrong(place: tuple[Any, ...], how: Any, gone: bool) -> None:
    document = changed(place, how, gone=gone)
    assert (fault(document, WHOLE, WHOLE) == "") is LIBRARY.is_valid(document)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_what_json_has_no_number_for_is_none(number: float) -> None:
    place = ("implementations", 0, "points")
    assert fault(changed(place, number, gone=False), WHOLE, WHOLE) == "/implementations/0/points does not keep type"
