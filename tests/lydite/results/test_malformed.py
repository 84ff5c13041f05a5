"""Reports that somebody has tampered with: each is read or refused in one line, whatever is made of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from functools import reduce
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lydite.kit.reading import DEEPEST
from lydite.report.model import NoReport, Report
from lydite.report.terminal import render
from lydite.results.command import FILLED, FORMATS
from tests.support.commandline import run
from tests.support.made import claim, counterexample, fault, implementation, report

FORMS = [form for form in FORMATS if form not in {*FILLED, "gradescope"}]
"""The formats that need nothing but a report."""


def nested(depth: int) -> Any:
    datum: Any = 1.0
    for _ in range(depth):
        datum = [datum]
    return datum


def broken(**rest: Any) -> dict[str, Any]:
    return claim("Q7.a.7", outcome="broken", counterexample=counterexample(**rest))


def real(*wrong: dict[str, Any]) -> dict[str, Any]:
    """A report as Lydite writes it, with inputs and answers of every kind."""
    example = broken(
        inputs={
            "z": [0.0, 0.5],
            "y": {"dtype": "int8", "order": "C", "shape": [2], "values": [1, 0]},
            "v": {"tuple": [[1.0], {"dtype": "float32", "values": 0.5}]},
            "w": {"dtype": "float64", "order": "C", "shape": [1], "base64": "AAAAAAAA8D8="},
            "layer": {"object": "spec.definitions.network:Layer", "fields": {"w": [[1.0]], "b": [0.0]}},
        }
    )
    return report(implementation("a.py", *(wrong or (example,)), faults=[fault()]))


BAD = {
    "a large integer": broken(got=[10**400]),
    "an input that is one": broken(inputs={"z": [[10**400]]}),
    "deep answers": broken(got=nested(700)),
    "points beyond a float": claim("Q7.a.7", max_points=1e308),
    "negative points": claim("Q7.a.7", points=-1.0),
}


@pytest.mark.parametrize("wrong", BAD.values(), ids=BAD)
def test_what_no_version_has_written_is_refused_in_one_line(wrong: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    path.write_text(json.dumps(real(wrong)), encoding="utf-8")
    with pytest.raises(NoReport) as caught:
        Report.load(path)
    assert "\n" not in str(caught.value)
    for form in FORMS:
        done = run("export", form, path, "--out", tmp_path / "out")
        assert done.exit_code == 2
        assert "Error: Invalid value for REPORT" in done.output


def test_what_is_as_deep_as_an_array_may_be_is_read() -> None:
    Report.from_json(real(broken(got=nested(DEEPEST))))
    with pytest.raises(NoReport, match="nested more than"):
        Report.from_json(real(broken(got=nested(DEEPEST + 1))))


@pytest.mark.parametrize(
    "given",
    [{"z": [0.0], "y": "a"}, {"lam": 0}, {"z": {"object": "spec.none:Nothing", "fields": {}}}, {"z": [[1, 2], 3]}],
)
def test_a_replay_of_inputs_of_which_no_case_is_made_ends_in_one_line(given: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    path.write_text(json.dumps(real(broken(inputs=given, law="softmax_cross_entropy.softmax_is_exact"))), "utf-8")
    done = run("replay", path, "Q7.a.7", "--target", "reference")
    assert done.exit_code == 2
    assert "Error: Invalid value for REPORT.json" in done.output


def test_a_replay_at_which_the_law_itself_fails_ends_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    given = {"w": [2.0], "b": 0.0, "X": [[0.0]], "y": [1.0], "v": [0.0], "c": 2.0, "learning_rate": 0}
    path.write_text(json.dumps(real(broken(inputs=given, law="logistic.step_lowers_its_own_loss"))), "utf-8")
    done = run("replay", path, "Q7.a.7", "--target", "reference")
    assert done.exit_code == 2
    assert "cannot be held at these inputs: ZeroDivisionError" in " ".join(done.output.split())


def test_the_report_that_is_tampered_with_is_right(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    path.write_text(json.dumps(BASE), "utf-8")
    assert "FAULT 1" in render(Report.load(path))
    assert all(run("export", form, path, "--out", tmp_path / form).exit_code == 0 for form in FORMS)


NASTY = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.sampled_from([10**400, -(10**400), 2**70, 1e308, -1e308, 5e-324, 1e999, -1e999]),
    st.sampled_from(
        ["", "nan", "inf", "x", "\x1b[2J\n", "\ud800", "spec.x:y", "float32", "int8", "S9", "V9", "C", "0" * 400]
    ),
    st.sampled_from([[], {}, [[]], [[1], 2], {"tuple": 1}, {"text": 1}, {"dtype": "int8", "values": 1e308}]),
    st.sampled_from([10, 31, 32, 33, 700]).map(nested),
)


def places(datum: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yields the path of everything in `datum`."""
    yield path
    pairs = datum.items() if isinstance(datum, dict) else enumerate(datum) if isinstance(datum, list) else ()
    for key, one in pairs:
        yield from places(one, (*path, key))


BASE = real()
BASE["implementations"][0]["claims"] = BASE["implementations"][0]["claims"][:4] + [
    one for one in BASE["implementations"][0]["claims"][4:] if one["outcome"] != "holds"
]
PLACES = list(places(BASE))
FREE = [place for place in PLACES if {"inputs", "got", "due"} & set(place)]


def _within(datum: Any, step: Any) -> Any:
    """Returns what is at `step`, if that is still there."""
    if isinstance(datum, dict):
        return datum.get(step)
    return datum[step] if isinstance(datum, list) and isinstance(step, int) and step < len(datum) else None


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    whole = deepcopy(BASE)
    for _ in range(draw(st.integers(1, 2))):
        *steps, last = draw(st.sampled_from(FREE) | st.sampled_from([place for place in PLACES if place]))
        here: Any = reduce(_within, steps, whole)
        if isinstance(here, dict) and draw(st.integers(0, 4)) == 0:
            here.pop(last, None)
        elif isinstance(here, dict) or (isinstance(here, list) and last in range(len(here))):
            here[last] = draw(NASTY)
    return whole


@settings(max_examples=60, deadline=None, database=None)
@given(whole=mutated())
def test_no_report_ends_in_a_traceback(whole: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("fuzz")
    path = folder / "r.json"
    path.write_text(json.dumps(whole), encoding="utf-8")
    try:
        loaded = Report.load(path)
    except NoReport as error:
        assert "\n" not in str(error)  # noqa: PT017  (either is right)
        loaded = None
    if loaded:
        assert render(loaded)
    for form in FORMS:
        done = run("export", form, path, "--out", folder / form)
        assert done.exception is None or isinstance(done.exception, SystemExit), (form, done.exception)
        assert done.exit_code in ((0, 2) if loaded else (2,))
    done = run("replay", path, "Q7.a.7", "--target", "reference")
    assert done.exception is None or isinstance(done.exception, SystemExit), ("replay", done.exception)
