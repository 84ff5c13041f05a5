"""The published schema of the report, and what reads it, agree."""

from __future__ import annotations

import copy
import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lydite.report.model import SCHEMA, NoReport, Report
from tests.support import made

PUBLISHED = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text("utf-8")))
CLAIMS = [
    made.claim("Q7.a.7", outcome="broken", steady=False),
    made.claim("Q3.0.4", outcome="missing"),
    made.claim("Q1.6"),
    made.claim("Q1.1", outcome="error", fatal=True),
]
EXPECTED = {"id": "Q7.a.7", "regime": "core", "reason": "why", "link": "https://example.org", "occurred": True}
DECLARED = {"module": "m", "arrays": "numpy", "dtype": "float64", "env": {"A": "b"}, "calls": {"softmax": {"use": "f"}}}
REST: dict[str, Any] = {
    "missing": {"Q1": ["logistic_loss"]},
    "adapter": "a.toml",
    "declared": DECLARED,
    "looked_up": {"softmax": "no f in m"},
    "output": {"stdout": "x"},
    "entry": "a.py:Net",
    "allow": ["torch"],
    "memory": 512,
    "call_timeout": 0.5,
    "expected": [EXPECTED],
    "notes": ["a", "b"],
    "harmless": ["a"],
    "faults": [made.fault()],
    "isolation": "process",
    "key": "0123",
}
GOOD = json.loads(json.dumps(made.report(made.implementation(claims=CLAIMS, **REST), examples=3)))
"""A report with everything in it."""
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


def test_a_report_is_written_as_it_was_read() -> None:
    PUBLISHED.validate(GOOD)
    assert Report.from_json(GOOD).to_json() == GOOD


def test_keys_of_a_later_version_are_ignored() -> None:
    later = changed(("implementations", 0, "mood"), "fine", gone=False)
    assert Report.from_json(later).to_json() == GOOD


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(places(GOOD)), VALUES, st.booleans())
def test_what_is_published_is_read_and_nothing_else_is_raised(place: tuple[Any, ...], how: Any, gone: bool) -> None:
    document = changed(place, how, gone=gone)
    try:
        whole = Report.from_json(document)
    except NoReport:
        assert not PUBLISHED.is_valid(document)
    else:
        assert Report.from_json(whole.to_json()) == whole


@pytest.mark.parametrize(
    ("place", "how", "told"),
    [
        (("seed",), "7", 'seed: expected an integer, got "7"'),
        (("implementations", 0, "points"), True, "points: expected a number, got true"),
        (
            ("implementations", 0, "points"),
            float("nan"),
            '[0 "a.py"].points: expected a number, got nan',
        ),
        (("implementations", 0, "points"), 10**400, "points: expected a number, got 1000"),
        (("implementations", 0, "memory"), -1, "memory: expected at least 0, got -1"),
        (
            ("implementations", 0, "missing"),
            {"Q 1": []},
            'missing."Q 1": expected a string like ',
        ),
        (
            ("implementations", 0, "claims", 2, "outcome"),
            "fine",
            '[2 "Q1.6"].outcome: expected one of: broken, ',
        ),
        (("implementations", 0, "claims", 2, "id"), "1", 'claims[2 "1"].id: expected a string like '),
        (("implementations", 0, "claims", 0, "counterexample"), 3, "counterexample: expected a table, got 3"),
        (("isolation",), "trust", 'isolation: expected one of: namespaces, landlock, process, none, got "trust"'),
    ],
)
def test_an_error_names_the_key(place: tuple[Any, ...], how: Any, told: str) -> None:
    with pytest.raises(NoReport) as raised:
        Report.from_json(changed(place, how, gone=False))
    assert told in str(raised.value)


def test_what_is_missing_is_named() -> None:
    with pytest.raises(NoReport, match=r'^implementations\[0 "a.py"\]\.claims\[1 "Q3.0.4"\]\.worst: missing$'):
        Report.from_json(changed(("implementations", 0, "claims", 1, "worst"), None, gone=True))
