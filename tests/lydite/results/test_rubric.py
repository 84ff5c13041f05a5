"""The rubric: points, void claims, what is shown when; and a clear error for whatever it cannot say."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lydite.kit.claim import CLAIMS
from lydite.kit.question import POINTS
from lydite.kit.regime import Regime
from lydite.report.model import Entry, Report
from lydite.results.points import rescored
from lydite.results.rubric import Attempt, Level, Rubric, RubricError, Show, read_rubric
from tests.support.made import claim, claims, fault, implementation, read, report

Q7 = [c.id for c in CLAIMS.values() if c.graded and c.question == "Q7"]


def rubric(tmp_path: Path, text: str) -> Rubric:
    path = tmp_path / "rubric.toml"
    path.write_text(text, encoding="utf-8")
    return read_rubric(path)


def total(points: Any, question: str, regime: str = "core") -> float:
    return math.fsum(p for (c, r), p in points.items() if CLAIMS[c].question == question and r == regime)


# -- points --


def test_without_points_those_of_the_report_stand(tmp_path: Path) -> None:
    assert rubric(tmp_path, "").points is None


def test_the_points_of_a_question_are_shared_equally(tmp_path: Path) -> None:
    points = rubric(tmp_path, "[points.core]\nQ7 = 60").points
    assert points is not None
    assert total(points, "Q7") == pytest.approx(60)
    shares = [points[c, "core"] for c in Q7]
    assert max(shares) - min(shares) <= 0.0101
    assert total(points, "Q1") == pytest.approx(POINTS["Q1"])


def test_a_claim_may_have_points_of_its_own(tmp_path: Path) -> None:
    points = rubric(tmp_path, '[points.core]\nQ7 = 60\n"Q7.a.7" = 21').points
    assert points is not None
    assert points["Q7.a.7", "core"] == 21
    assert total(points, "Q7") == pytest.approx(60)
    assert points["Q7.a.1", "core"] == pytest.approx(39 / (len(Q7) - 1), abs=0.01)


def test_other_regimes_have_points_only_where_that_is_said(tmp_path: Path) -> None:
    points = rubric(tmp_path, '[points.stability]\nQ1 = 10\n"Q7.a.7" = 2').points
    assert points is not None
    assert total(points, "Q1", "stability") == pytest.approx(10)
    assert total(points, "Q7", "stability") == 2
    assert total(points, "Q2", "stability") == 0
    assert total(points, "Q7") == pytest.approx(40)


# -- scores --


def scored(document: dict[str, Any], given: Rubric) -> Entry:
    (one,) = rescored(Report.from_json(document), given).implementations
    return one


def test_a_report_is_scored_by_a_rubric(tmp_path: Path) -> None:
    document = report(implementation("a.py", claim("Q7.a.7", outcome="broken")))
    before = str(document)
    one = scored(document, rubric(tmp_path, '[points.core]\nQ7 = 100\n"Q7.a.7" = 30'))
    assert (one.points, one.max_points) == (330, 360)
    assert str(document) == before


def test_points_are_those_of_the_report_to_the_hundredth() -> None:
    document = report(implementation("a.py", claim("Q7.a.7", outcome="broken")))
    one = scored(document, Rubric())
    assert one.max_points == 300
    assert one.points == pytest.approx(document["implementations"][0]["points"], abs=0.01)
    assert one.points == pytest.approx(math.fsum(c.points for c in one.claims))


@pytest.mark.parametrize("outcome", ["broken", "error", "missing", "not_run"])
def test_only_what_holds_earns_points(outcome: str) -> None:
    one = scored(report(implementation("a.py", claim("Q7.a.7", outcome=outcome))), Rubric())
    assert 297 < one.points < 297.2


def test_what_another_fault_explains_costs_nothing() -> None:
    broken = claim("Q7.a.7", outcome="broken", because=["Q3.0.4"])
    cause = claim("Q3.0.4", outcome="broken")
    document = report(implementation("a.py", cause, broken))
    assert scored(document, Rubric()).points == 300 - cause["max_points"].__round__(2)


def test_a_claim_is_excused_as_far_as_its_explanation_costs_points(tmp_path: Path) -> None:
    said = rubric(tmp_path, '[points.core]\n"Q7.a.7" = 3\n"Q7.a.6" = 3\n"Q3.0.4" = 5')
    explained = [claim(name, outcome="broken", because=["Q3.0.4"]) for name in ("Q7.a.6", "Q7.a.7")]
    cause = claim("Q3.0.4", outcome="broken")
    one = scored(report(implementation("a.py", cause, *explained)), said)
    assert {c.id: c.points for c in one.claims if not c.holds} == {"Q3.0.4": 0, "Q7.a.6": 3, "Q7.a.7": 0}
    alone = scored(report(implementation("a.py", *explained)), said)  # what is said to explain them holds
    assert {c.points for c in alone.claims if not c.holds} == {0}
    free = rubric(tmp_path, '[points.core]\n"Q7.a.7" = 3\n"Q3.0.4" = 5\n[void]\n"Q3.0.4" = "misprinted"')
    void = scored(report(implementation("a.py", cause, explained[1])), free)
    assert {c.id: c.points for c in void.claims if not c.holds} == {"Q3.0.4": 5, "Q7.a.7": 0}


def test_a_void_claim_counts_for_everybody(tmp_path: Path) -> None:
    said = rubric(tmp_path, '[void]\n"Q7.a.7" = "misprinted in the handout"')
    for outcome in ("holds", "broken", "missing"):
        assert scored(report(implementation("a.py", claim("Q7.a.7", outcome=outcome))), said).points == 300


def test_faults_cost_what_the_rubric_says(tmp_path: Path) -> None:
    face = claim("Q7.a.7", outcome="broken")
    said = rubric(tmp_path, '[points.core]\n"Q7.a.7" = 30')
    one = scored(report(implementation("a.py", face, faults=[fault(call=face["fault"])])), said)
    assert (one.faults or ())[0].points == 30


def test_scoring_twice_changes_nothing(tmp_path: Path) -> None:
    said = rubric(tmp_path, '[points.core]\nQ7 = 61\n[void]\n"Q7.a.1" = "why"')
    once = rescored(read(implementation("a.py", claim("Q7.a.7", outcome="broken"))), said)
    assert rescored(once, said) == once
    # And a rubric does not leave its points to the next.
    assert scored(once.to_json(), Rubric()).max_points == pytest.approx(321)


def test_a_report_on_part_of_the_claims_has_their_points(tmp_path: Path) -> None:
    part = [c for c in claims() if c["question"] == "Q7"]
    one = scored(report(implementation(claims=part)), rubric(tmp_path, "[points.core]\nQ7 = 60"))
    assert one.max_points == 60


# -- what is shown --


def test_everything_is_shown_unless_a_rubric_says_otherwise() -> None:
    assert Rubric().level(datetime.now(UTC)) is Level.DUE


def test_one_level_for_ever(tmp_path: Path) -> None:
    assert rubric(tmp_path, 'show = "input"').level(datetime.now(UTC)) is Level.INPUT


def test_more_is_shown_from_a_date_on(tmp_path: Path) -> None:
    said = rubric(tmp_path, '[show]\nbefore = "outcome"\nafter = "due"\ndate = 2027-01-31T23:59:00+01:00')
    assert said.level(datetime(2027, 1, 31, 22, 58, 59, tzinfo=UTC)) is Level.OUTCOME
    assert said.level(datetime(2027, 1, 31, 22, 59, tzinfo=UTC)) is Level.DUE


def test_which_report_counts(tmp_path: Path) -> None:
    assert rubric(tmp_path, "").count is Attempt.LAST
    assert rubric(tmp_path, 'count = "best"').count is Attempt.BEST


def test_options_of_grading(tmp_path: Path) -> None:
    said = rubric(tmp_path, '[grade]\nregimes = "core,tails"\nexamples = 3\ntimeout = 200.5\nentry = "hw 1.py:Model"')
    assert said.grade == {"regimes": "core,tails", "examples": 3, "timeout": 200.5, "entry": "hw 1.py:Model"}


def test_the_rubric_of_the_documentation(tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs" / "grading.md").read_text(encoding="utf-8")
    [example] = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    said = rubric(tmp_path, example)
    assert said.points is not None
    assert [total(said.points, q) for q in ("Q1", "Q6", "Q7")] == pytest.approx([40, 0, 60])
    assert said.points["Q7.a.7", "core"] == 10
    assert total(said.points, "Q7", "stability") == pytest.approx(20)
    assert said.void == {"Q2.d.3": "the lecture said it otherwise"}
    assert isinstance(said.show, Show)
    assert (said.count, said.show.before, said.show.after) == (Attempt.BEST, Level.OUTCOME, Level.DUE)
    assert said.grade == {"regimes": "core,stability", "examples": 5}
    assert all(f"| `{level}` |" in page for level in Level)


# -- mistakes in the file --


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a = ", "Invalid value"),
        ("pionts = 1", "pionts: unknown key; expected one of: count, show, hints, points, void, grade"),
        ('count = "first"', 'count: expected one of: last, best, got "first"'),
        ("count = 1", "count: expected one of: last, best, got 1"),
        ('show = "all"', 'show: expected one of: outcome, input, value, likeness, due, law, got "all"'),
        ("show = 1", "show: expected a string or a table, got 1"),
        ('[show]\nbefore = "due"', "show.after: missing"),
        ('[show]\nbefore = "due"\nafter = "due"', "show.date: missing"),
        (
            '[show]\nbefore = "x"\nafter = "due"\ndate = 2027-01-31T00:00:00Z',
            'show.before: expected one of: outcome, input, value, likeness, due, law, got "x"',
        ),
        ('[show]\nbefore = "due"\nafter = "due"\ndate = 2027-01-31', "show.date: expected a time, got a date"),
        (
            '[show]\nbefore = "due"\nafter = "due"\ndate = 2027-01-31T12:00:00',
            "show.date: expected an offset from UTC too",
        ),
        ('[show]\nbefore = "due"\nafter = "due"\ndate = "2027-01-31T12:00:00Z"', "show.date: expected a time, got "),
        ('[show]\nuntil = "due"', "show.until: unknown key; expected one of: before, after, date"),
        ("points = 3", "points: expected a table, got 3"),
        ("[points]\nQ7 = 3", "points.Q7: expected one of: core, stability"),
        ("[points.cores]\nQ7 = 3", "points.cores: expected one of: core, "),
        ("[points.core]\nQ8 = 3", "points.core: no claim and no question is called 'Q8'"),
        ('[points.core]\n"Q7.a.77" = 3', "points.core: no claim and no question is called 'Q7.a.77'"),
        ("[points.core]\nQ7.a.7 = 3", "points.core.Q7: is a table: write the id of a claim in quotes"),
        ('[points.core]\nQ7 = "3"', 'points.core.Q7: expected a number, got "3"'),
        ("[points.core]\nQ7 = true", "points.core.Q7: expected a number or a table, got true"),
        ("[points.core]\nQ7 = nan", "points.core.Q7: expected a number, got nan"),
        ("[points.core]\nQ7 = inf", "points.core.Q7: expected a number, got inf"),
        ("[points.core]\nQ7 = -1", "points.core.Q7: expected at least 0, got -1"),
        ('[points.core]\n"Q7.a.7" = 41', "points.core: claims of Q7 have 41 points, of 40; set Q7"),
        ('[points.tails]\n"Q4.1" = 1', "points.tails: Q4.1 is not graded in tails, only in core"),
        ("[points.tails]\nQ4 = 1", "points.tails: no claim of Q4 is graded in tails"),
        ("[points.core]\n" + "\n".join(f"{q} = 0" for q in POINTS), "points: no claim has any"),
        ("[points.core]\nQ7 = 99\n" + "\n".join(f'"{c}" = 1' for c in Q7), "every claim of Q7 has points of its own"),
        ("hints = 6", "hints: expected a number from 1 to 5, got 6"),
        ("hints = 0", "hints: expected at least 1, got 0"),
        ('hints = "2"', 'hints: expected an integer, got "2"'),
        ('hints = 2\nshow = "due"', "hints: says how much is shown, and so does show"),
        ("void = 1", "void: expected a table, got 1"),
        ('[void]\n"Q9.1" = "x"', "void: no claim and no question is called 'Q9.1'"),
        ('[void]\nQ7.a.7 = "x"', "void.Q7: is a table: write the id of a claim in quotes"),
        ('[void]\n"Q7.a.7" = true', 'void."Q7.a.7": expected a string or a table, got true'),
        ('[void]\n"Q7.a.7" = " "', 'void."Q7.a.7": does not say why'),
        ("[grade]\njobs = 3", "grade.jobs: unknown key; expected one of: only, "),
        ('[grade]\nregimes = "core,tail"', "grade.regimes: expected a string like (core|"),
        ('[grade]\nisolation = "docker"', "grade.isolation: expected one of: auto, namespaces, "),
        ('[grade]\nonly = "Q1; rm"', "grade.only: expected a string like "),
        ("[grade]\nexamples = 1.5", "grade.examples: expected an integer, got 1.5"),
        ("[grade]\nexamples = 0", "grade.examples: expected at least 1, got 0"),
        ('[grade]\ntimeout = "60"', 'grade.timeout: expected a number, got "60"'),
        ('[points.tails]\nQ7 = 3\n[grade]\nregimes = "core"', "grade.regimes: leaves out tails"),
    ],
)
def test_a_mistake_is_told(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(RubricError) as error:
        rubric(tmp_path, text)
    assert "rubric.toml: " in str(error.value)
    assert told in str(error.value)


def test_a_claim_of_mathematics_has_no_points(tmp_path: Path) -> None:
    name = next(c.id for c in CLAIMS.values() if not c.graded)
    with pytest.raises(RubricError, match="is mathematics, and graded on no implementation"):
        rubric(tmp_path, f'[points.core]\n"{name}" = 1')


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RubricError, match=r"none\.toml"):
        read_rubric(tmp_path / "none.toml")


# -- What a report cannot serve --


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("[points.stability]\nQ7 = 20", 'points.stability."Q7" counts Q7.0.1, which is not graded in stability'),
        ('[points.core]\n"Q1.6" = 2', 'points.core."Q1.6" counts Q1.6, which is not graded in core'),
        ('[void]\n"Q1.6" = "why"', 'void."Q1.6" counts Q1.6, which is not graded'),
    ],
)
def test_what_the_report_does_not_judge_has_no_points(tmp_path: Path, text: str, key: str) -> None:
    judged = [c for c in claims(regimes=(Regime.CORE,)) if c["question"] == "Q7"]
    with pytest.raises(RubricError, match=re.escape(f"{key} for a.py")):
        rescored(read(implementation(claims=judged)), rubric(tmp_path, text))


def test_points_that_are_not_written_down_need_no_claim(tmp_path: Path) -> None:
    judged = [c for c in claims(regimes=(Regime.CORE,)) if c["question"] == "Q7"]
    one = scored(report(implementation(claims=judged)), rubric(tmp_path, "[points.core]\nQ7 = 60\nQ1 = 0"))
    assert (one.points, one.max_points) == (60, 60)


def test_the_options_of_the_rubric_grade_what_it_counts(tmp_path: Path) -> None:
    with pytest.raises(RubricError, match=r'grade\.only: leaves out Q1\.\S+, which points\.core\."Q1" counts'):
        rubric(tmp_path, '[points.core]\nQ1 = 10\n[grade]\nonly = "Q7"')
    with pytest.raises(RubricError, match=r"grade\.only: no graded claim is called 'sofmax'.* is softmax meant"):
        rubric(tmp_path, '[grade]\nonly = "sofmax"')
    named = rubric(tmp_path, '[points.core]\nQ1 = 10\n[grade]\nonly = "Softmax,q1,q2,q3,q4,q5,q6,q7"')
    assert named.grade["only"].startswith("Softmax")


@pytest.mark.parametrize(
    ("outcome", "judged", "points"),
    [("graded", False, 2.86), ("unloadable", False, 0), ("killed", False, 0), ("killed", True, 5.72)],
)
def test_what_is_void_needs_something_that_was_judged(
    tmp_path: Path, outcome: str, judged: bool, points: float
) -> None:
    lost = [claim(c, outcome="error", fault="", counterexample=None) for c in Q7]
    if judged:
        lost[Q7.index("Q7.0.1")] = claim("Q7.0.1")
    if outcome == "graded":
        lost = [claim(c, outcome="missing") for c in Q7]
    graded = implementation(claims=lost, outcome=outcome, reason="not a plain file")
    void = rubric(tmp_path, '[void]\n"Q7.a.7" = "the lecture said it otherwise"')
    assert scored(report(graded), void).points == points
