"""The report: strict JSON of a published form, its exit status, and how it reads."""

from __future__ import annotations

import io
import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from rich.console import Console

from lydite.grading.record import Findings
from lydite.grading.request import Request
from lydite.isolation import Tier
from lydite.kit.case import FLOAT32
from lydite.kit.law import LAWS, Law
from lydite.kit.layout import LAYOUTS
from lydite.kit.regime import Regime
from lydite.notation import text as notation
from lydite.notation.counterexample import data, entries, inputs, value
from lydite.report import model as report
from lydite.report import terminal
from lydite.report.lines import show
from lydite.report.model import Counterexample, Exempt, Outcome, Report
from lydite.report.terminal import MOST_LINES, brief, render
from lydite.verdict.counterexample import case_of
from lydite.verdict.outcome import SHARES, LawResult
from mistakes.memory import misread
from spec.definitions.newton import Formula
from spec.definitions.softmax_cross_entropy import Logits
from spec.laws import softmax_cross_entropy

SCHEMA = json.loads(report.SCHEMA.read_text("utf-8"))
REQUEST = Request(only=("Q7.0.1", "Q7.a.7"), regimes=(Regime.CORE, Regime.STABILITY))


Document = dict[str, Any]


def validate(whole: Document) -> None:
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(json.dumps(whole, allow_nan=False)))


def broken(claim: str, call: str, regime: str = "core", **more: Any) -> LawResult:
    example = Counterexample(
        inputs={"z": [0.0, 1.0], "y": [1.0, 0.0], "v": [3.0, 4.0]},
        got=[0.5, 0.5],
        due=[0.25, 0.75],
        error=0.25,
        tolerance=1.5e-15,
        relation="equal to",
        law="topic.law",
        says=f"{call}(z) = p.",
        asked={call: 1},
        reads=("z", "y"),
    )
    result = LawResult(
        f"topic.{call}", regime, [claim], Outcome.BROKEN, "not so", "", [call], {call: "a.py:7"}, cases=3, guilty=[call]
    )
    result.counterexample = replace(example, **more)
    return result


def holding(claim: str, call: str, regime: str = "core") -> LawResult:
    return LawResult(
        f"topic.{call}", regime, [claim], Outcome.HOLDS, "", "", [call], cases=1000, worst=0.41, ulps=3.0, warnings=2
    )


def missing(claim: str, call: str, regime: str = "core") -> LawResult:
    return LawResult(f"topic.{call}", regime, [claim], Outcome.MISSING, f"{call} is not offered", call)


def whole(*results: LawResult, path: str = "r.json", names: tuple[str, ...] = ("a.py",), **events: str) -> Report:
    findings = Findings()
    for result in results:
        findings.note({"event": "result", "result": result.as_dict()})
    for event, reason in events.items():
        findings.note({"event": event, "reason": reason})
    found = [findings.implementation(name, f"sub/{name}", REQUEST, 4.2) for name in names]
    return Report.of(REQUEST, Tier.PROCESS, found, path)


GRADIENT = ("Q7.a.7", "cross_entropy_gradient")
SOFTMAX = ("Q7.0.1", "softmax")
ALL_HOLD = [holding(*c, r) for c in (SOFTMAX, GRADIENT) for r in ("core", "stability")]


# -- The document --


@pytest.mark.parametrize(
    "document",
    [
        whole(*ALL_HOLD),
        whole(broken(*SOFTMAX), holding(*GRADIENT)),
        whole(broken(*SOFTMAX, got=["nan", "inf"], error=math.nan), missing(*GRADIENT), names=("a.py", "b.py")),
        whole(unloadable="SyntaxError"),
        whole(holding(*SOFTMAX), killed="time is up"),
    ],
)
def test_a_report_is_of_the_published_form(document: Report) -> None:
    validate(document.to_json())


def test_the_schema_refuses_other_forms() -> None:
    changes: list[Document] = [
        {"version": 2},
        {"isolation": "trust"},
        {"more": 1},
        {"implementations": []},
        {"seed": "random"},
    ]
    for change in changes:
        with pytest.raises(jsonschema.ValidationError):
            validate({**whole(*ALL_HOLD).to_json(), **change})


def test_a_report_is_written_at_once_and_read_again(tmp_path: Path) -> None:
    path = tmp_path / "new" / "r.json"
    whole(*ALL_HOLD).write(path)
    assert Report.load(path) == whole(*ALL_HOLD)
    assert [p.name for p in path.parent.iterdir()] == ["r.json"]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "lydite-report", "version": 2}', "\x00", "null"])
def test_what_is_no_report_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "r.json").write_text(text)
    with pytest.raises(report.NoReport):
        Report.load(tmp_path / "r.json")


@pytest.mark.parametrize(
    ("document", "status"),
    [
        (whole(*ALL_HOLD), 0),
        (whole(*ALL_HOLD[:3], broken(*GRADIENT, "stability")), 1),
        (whole(*ALL_HOLD[:3], missing(*GRADIENT, "stability")), 1),
        (whole(*ALL_HOLD, killed="time is up"), 1),
        (whole(unloadable="SyntaxError"), 1),
        (whole(missing(*SOFTMAX), missing(*GRADIENT)), 3),
        (whole(), 3),
    ],
)
def test_exit_status(document: Report, status: int) -> None:
    assert document.exit_status() == status


def test_reproduce_names_what_is_needed_and_no_more() -> None:
    def told(document: Report) -> list[str]:
        claims = [claim for one in document.implementations for claim in one.claims]
        return [claim.counterexample.reproduce for claim in claims if claim.counterexample]

    assert told(whole(broken(*SOFTMAX))) == ["lydite replay r.json Q7.0.1"]
    assert told(whole(broken(*SOFTMAX, "stability"))) == ["lydite replay r.json Q7.0.1 --regime stability"]
    assert told(whole(broken(*SOFTMAX), names=("a b.py", "c.py"), path="my r.json")) == [
        "lydite replay 'my r.json' Q7.0.1 '--name=a b.py'",
        "lydite replay 'my r.json' Q7.0.1 --name=c.py",
    ]
    again = "lydite grade sub/a.py --only Q7.0.1 --regimes core --seed 0"
    assert told(whole(broken(*SOFTMAX), path="")) == [again]
    many = replace(whole(broken(*SOFTMAX), path=""), examples=50)
    [entry] = many.implementations
    [refuted] = [claim for claim in entry.claims if claim.counterexample]
    assert many.command(entry, refuted, "sub/a.py") == f"{again} --examples 50"
    limited = replace(entry, memory=512, call_timeout=0.25)
    assert whole().command(limited, refuted, "sub/a.py") == f"{again} --memory 512 --call-timeout 0.25"


# -- Values --

PLAIN = np.array([[1.0, -0.0], [np.inf, np.nan]])
READ_ONLY = np.arange(3.0)
READ_ONLY.flags.writeable = False


@pytest.mark.parametrize(
    "given",
    [
        PLAIN,
        np.asfortranarray(PLAIN),
        np.zeros((2, 6))[:, ::2],
        np.arange(4.0)[::-1],
        np.array(1.5),
        np.array([True, False]),
        np.arange(3, dtype=np.int8),
        np.array([0.1, 0.2], dtype=np.float32),
        np.zeros((0, 3)),
        np.random.default_rng(0).standard_normal((80, 80)),
        np.float32(0.1),
        np.int64(3),
        np.bool_(True),
        READ_ONLY,
    ],
    ids=lambda a: f"{a.dtype}{a.shape}",
)
def test_an_array_comes_back_as_it_was(given: Any) -> None:
    again = value(json.loads(json.dumps(data(given), allow_nan=False)))
    assert type(again) is type(given)
    assert (again.dtype, again.shape) == (given.dtype, given.shape)
    assert np.array_equal(again, given, equal_nan=given.dtype.kind == "f")
    assert (np.signbit(again) == np.signbit(given)).all() if given.dtype.kind == "f" else True
    if isinstance(given, np.ndarray):
        assert (again.flags.c_contiguous, again.flags.f_contiguous, again.flags.writeable) == (
            given.flags.c_contiguous,
            given.flags.f_contiguous,
            False,
        )


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("given", [PLAIN, PLAIN[0], np.array([[1], [0]], dtype=bool), np.array([2.0])], ids=str)
def test_what_lies_in_memory_comes_back_too(layout: Any, given: Any) -> None:
    laid = layout(given)
    again = value(json.loads(json.dumps(data(laid))))
    np.testing.assert_array_equal(misread(again), misread(laid), strict=True)


def test_an_order_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="is not an order of entries"):
        value({"dtype": "float64", "order": "spiral", "shape": [1], "values": [1.0]})


@pytest.mark.parametrize("given", [1, 1.0, True, None, "text", float("inf"), (1, [2.0, "a"]), [], Formula("x**2 - 2")])
def test_a_value_comes_back_as_it_was(given: Any) -> None:
    again = value(json.loads(json.dumps(data(given), allow_nan=False)))
    assert again == given
    assert type(again) is type(given)


def test_what_was_only_described_does_not_come_back() -> None:
    for given in (np.zeros(1 << 18), object()):
        with pytest.raises(ValueError, match="keeps no value"):
            value(data(given))


@pytest.mark.parametrize(
    "name", ["os:system", "spec.definitions.newton:find", "lydite.report.model:write", "spec.definitions:nothing"]
)
def test_a_report_builds_nothing_but_parts_of_cases(name: str) -> None:
    with pytest.raises((ValueError, AttributeError)):
        value({"object": name, "fields": {}})


def exact() -> Law:
    return LAWS[f"softmax_cross_entropy.{softmax_cross_entropy.softmax_is_exact.states.__name__}"]


def test_a_case_is_built_again() -> None:
    case = Logits(
        z=np.array([1, 2], dtype=np.float32), y=np.array([True, False]), v=np.zeros(2), regime=Regime.LAYOUT, u=FLOAT32
    )
    again = case_of(exact(), json.loads(json.dumps(inputs(case))), "layout", "float32")
    assert (again.regime, again.u) == (case.regime, case.u)
    assert again.z.dtype == np.float32
    assert again.y.dtype == np.bool_


def test_other_inputs_make_no_case() -> None:
    with pytest.raises(ValueError, match=r"not inputs of softmax_cross_entropy\.softmax_is_exact"):
        case_of(exact(), {"w": [1.0]}, "core", "float64")


# -- How it reads --


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (np.array([0.0, 1.5, 1e-300, np.nan]), "[0., 1.5, 1e-300, nan]"),
        (np.array([[1.0], [2.0]]), "[[1.], [2.]]"),
        (np.arange(9.0), "[0., 1., 2., 3., ..., 5., 6., 7., 8.] of shape (9,)"),
        (np.zeros((5, 1)), "[[0.], [0.], ..., [0.], [0.]] of shape (5, 1)"),
        (np.zeros((1, 0)), "[[]] of shape (1, 0)"),
        (np.array([0.5], dtype=np.float32), "[0.5] (float32)"),
        (np.asfortranarray(np.eye(2)), "[[1., 0.], [0., 1.]] (F)"),
        (np.array([True]), "[True] (bool)"),
        (np.float32(0.5), "float32(0.5)"),
        (0.1, "0.1"),
        (2, "2"),
        (float("-inf"), "-inf"),
        ((np.array([0.5]), 0.5), "([0.5], 0.5)"),
        (Formula("x**2 - 2"), "x**2 - 2"),
        ("\x1b[31mred\n", "\\x1b[31mred\\n"),
    ],
)
def test_values_read_as_numpy_prints_them(given: Any, told: str) -> None:
    assert notation.shown(data(given)) == told


def test_size_is_what_there_is_to_read() -> None:
    assert entries(data(np.zeros((2, 3)))) == 6
    assert entries(data((1.0, np.zeros(3)))) == 4


def test_faults_come_first_the_sharpest_in_front() -> None:
    smaller = broken(*GRADIENT, inputs={"z": [0.0]}, reads=())
    text = render(whole(broken(*SOFTMAX), smaller, broken(*SOFTMAX, "stability")))
    assert text.splitlines() == [
        "a.py · float64 · seed 0 · process: not contained, only for code that you trust · 2/2 calls · 9 cases · 4 s",
        f"2 faults (2 claims)   0 / {points(2)} points",
        "",
        "function                holds     where to look",
        "softmax                 0 of 1    FAULT 2, a.py:7",
        "cross_entropy_gradient  0 of 1    FAULT 1, a.py:7",
        "",
        f"FAULT 1  cross_entropy_gradient  a.py:7  core, -{points(1)} points",
        "  input       z=[0.]",
        "  got         [0.5, 0.5]",
        "  due         [0.25, 0.75]    off by 0.25, allowed 1.5e-15",
        "  law         cross_entropy_gradient(z) = p.   Q7.a.7",
        "  claim       gradient p - y for labels that sum to 1",
        "  again       lydite replay r.json Q7.a.7",
        "",
        f"FAULT 2  softmax  a.py:7  core, -{points(1)} points",
        "  input       z=[0., 1.]  y=[1., 0.]",
        "  got         [0.5, 0.5]",
        "  due         [0.25, 0.75]    off by 0.25, allowed 1.5e-15",
        "  law         softmax(z) = p.   Q7.0.1",
        "  claim       softmax",
        "  again       lydite replay r.json Q7.0.1",
        "",
        f"Q7 0/{points(2)}",
        "not run: scale, layout, purity, tails, inputs (not requested); Q7.a.7 (no law was run)",
        "",
        "exit 1: fix cross_entropy_gradient first",
    ]


def test_functions_are_in_the_order_of_the_claims_and_lead_to_what_is_to_fix() -> None:
    through = broken("Q7.a.7", "softmax")
    through.law, through.asked = "topic.joint", ["cross_entropy_gradient", "softmax"]
    [entry] = whole(broken(*SOFTMAX), holding(*GRADIENT), through).implementations
    softmax, gradient = entry.functions
    assert (softmax.call, softmax.held, softmax.of, softmax.place, softmax.look) == ("softmax", 0, 1, 1, "a.py:7")
    assert (gradient.call, gradient.held, gradient.of) == ("cross_entropy_gradient", 0, 1)
    assert (gradient.place, gradient.look) == (1, "follows from softmax")


@pytest.mark.parametrize(
    ("document", "look"),
    [
        (whole(*ALL_HOLD), ""),
        (whole(*ALL_HOLD[:2], missing(*GRADIENT)), "not offered"),
        (whole(*ALL_HOLD[:2], killed="time is up"), "time is up"),
        (whole(*ALL_HOLD[:2]), "no law was run"),
        (whole(unloadable="SyntaxError"), "not offered"),
    ],
)
def test_where_to_look_is_known_of_every_function(document: Report, look: str) -> None:
    assert document.implementations[0].functions[-1].look == look


def points(claims: int) -> str:
    """Returns what so many claims of Q7 are worth."""
    return f"{claims * SHARES['Q7.0.1']:.2f}"


def test_all_that_holds_is_told_in_a_few_lines() -> None:
    lines = render(whole(*ALL_HOLD)).splitlines()
    assert lines[1:3] == [f"no fault found   {points(2)} / {points(2)} points", "all holds   2 functions"]
    assert "closest to its bound: softmax, 0.41 of allowed (3 ulp), Q7.0.1 core" in lines
    assert lines[-1] == "exit 0: every claim in scope holds"


NOT_RUN = [
    LawResult(f"topic.{c}", "core", [i], Outcome.NOT_RUN, "every case was left out") for i, c in (SOFTMAX, GRADIENT)
]
KNOWN = tuple(
    Exempt(id="Q7.0.1", regime=regime, reason="so", link="https://example.org", occurred=True)
    for regime in (Regime.CORE, Regime.STABILITY)
)


@pytest.mark.parametrize(
    ("document", "status", "told"),
    [
        (whole(), None, "nothing was judged"),
        (whole(*NOT_RUN), None, "nothing was judged"),
        (whole(missing(*SOFTMAX), missing(*GRADIENT)), None, "nothing was judged"),
        (whole(killed="time is up"), None, "nothing was judged"),
        (whole(*ALL_HOLD[:2], killed="time is up"), None, "not judged in full: 1 holding, 1 in error"),
        (whole(*ALL_HOLD[:2], failed="a bug"), None, "not judged in full: 1 holding, 1 not run"),
        (whole(*ALL_HOLD[:2], missing(*GRADIENT)), None, "no fault found in 1 claim; 1 missing"),
        (whole(*ALL_HOLD[:3], NOT_RUN[1]), None, "no fault found in 1 claim; 1 not run"),
        (whole(*ALL_HOLD), None, "no fault found"),
    ],
)
def test_no_fault_is_found_only_where_something_was_judged_and_held(
    document: Report, status: int | None, told: str
) -> None:
    lines = render(document, status).splitlines()
    assert told in [line.partition("   ")[0] for line in lines]
    assert ("no fault found" in "\n".join(lines)) == told.startswith("no fault found")


def test_what_is_known_to_break_is_told() -> None:
    document = whole(broken(*SOFTMAX), broken(*SOFTMAX, "stability"), *ALL_HOLD[2:])
    [entry] = document.implementations
    known = replace(document, implementations=(replace(entry, expected=KNOWN, faults=()),))
    lines = render(known).splitlines()
    assert lines[1].startswith("no fault found in 1 claim; 1 known to break  ")
    assert "softmax   0 of 1    known to break" in lines
    assert lines[-1] == "exit 0: every claim in scope holds but those known to break"


def test_a_target_of_which_nothing_was_judged_is_not_green_beside_others() -> None:
    document = whole(*ALL_HOLD, names=("a.py", "b.py"))
    [idle] = whole(*NOT_RUN, names=("b.py",)).implementations
    document = replace(document, implementations=(document.implementations[0], idle))
    assert document.exit_status() == report.NOTHING_GRADED
    lines = render(document).splitlines()
    assert "nothing was judged: every case was left out" in lines
    assert lines[-1] == "exit 3: nothing of b.py was graded: no call in scope is offered, or no law could be run"


def test_a_report_in_brief_names_the_fault_and_its_line() -> None:
    lines = brief(whole(broken(*SOFTMAX), holding(*GRADIENT))).splitlines()
    assert lines == [
        "a.py: 1 fault (1 claim)",
        "  softmax a.py:7 Q7.0.1: input z=[0., 1.]  y=[1., 0.]; got [0.5, 0.5]; due [0.25, 0.75]",
        "exit 1: fix softmax first",
    ]
    assert brief(whole(*ALL_HOLD)) == "exit 0: every claim in scope holds"


def test_a_report_in_brief_has_ten_lines_at_most() -> None:
    lines = brief(whole(broken(*SOFTMAX), names=tuple(f"{i}.py" for i in range(9)))).splitlines()
    assert len(lines) == MOST_LINES
    assert lines[-2:] == ["  and 10 lines more in the report (--json)", "exit 1: fix softmax of 0.py first"]


def test_missing_calls_take_a_line_a_question() -> None:
    lines = render(whole(missing(*SOFTMAX), holding(*GRADIENT))).splitlines()
    assert "missing, Q3: softmax" in lines
    assert lines[-1] == "exit 1: write softmax next"
    assert lines[0].split(" · ")[4] == "1/2 calls"


def test_an_unloadable_target_says_why() -> None:
    lines = render(whole(unloadable="importing it raised SyntaxError: \x1b[2J")).splitlines()
    assert lines[1] == "unloadable: importing it raised SyntaxError: \\x1b[2J"
    assert lines[-1] == "exit 1: make a.py importable first"


def test_what_ran_out_of_time_is_to_be_given_more() -> None:
    findings = Findings()
    findings.note({"event": "overdue", "seconds": 6})
    found = Report.of(REQUEST, Tier.PROCESS, [findings.implementation("a.py", "sub/a.py", REQUEST, 6.0)], "r.json")
    assert render(found).splitlines()[-1] == "exit 1: give a.py more time (--timeout)"
    assert render(whole(killed="SIGSEGV")).splitlines()[-1] == "exit 1: find out why a.py was killed first"


def test_several_implementations_end_in_a_table() -> None:
    lines = render(whole(broken(*SOFTMAX), holding(*GRADIENT), names=("a.py", "bcd.py"))).splitlines()
    assert [line.split() for line in lines[-4:-2]] == [
        [name, points(1), "/", points(2), "fix", "softmax"] for name in ("a.py", "bcd.py")
    ]
    assert lines[-1] == "exit 1: fix softmax of a.py first"


def test_a_long_trouble_ends_with_dots_in_the_table() -> None:
    found = whole(unloadable="importing it raised SyntaxError: " + "spam " * 99, names=("a.py", "b.py"))
    (line,) = [line for line in render(found).splitlines() if line.startswith("b.py  ") and "spam" in line]
    assert line.endswith("…")


def test_what_breaks_through_another_call_is_told_with_it() -> None:
    joint = broken("Q7.a.7", "softmax")
    joint.law, joint.asked = "topic.joint", ["cross_entropy_gradient", "softmax"]
    text = render(whole(broken(*SOFTMAX), holding(*GRADIENT), joint))
    assert "FAULT 2" not in text
    assert "  follows     Q7.a.7 (no further points lost)" in text.splitlines()


def test_a_fault_of_ours_ends_the_report() -> None:
    assert render(whole(), report.FAILED).splitlines()[-1] == "exit 4: Lydite itself failed"


def test_a_report_in_a_log_has_no_command_of_github(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    found = whole(unloadable="##[error]forged", names=("::stop-commands::x.py",))
    file = io.StringIO()
    show(terminal.lines(found), Console(file=file))
    for shown in (brief(found), render(found), file.getvalue()):
        assert "#\\#[error]forged" in shown
        assert "::stop-commands::x.py" in shown
        assert not any(row.lstrip().startswith("::") for row in shown.splitlines())
