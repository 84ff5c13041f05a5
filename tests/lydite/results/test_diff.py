"""Two reports are compared: what became worse and what better, and what cannot be compared."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lydite.kit.regime import Regime
from lydite.report.model import NoReport
from lydite.results.diff import Difference, difference
from tests.support import made
from tests.support.commandline import run

Accuracy = dict[str, dict[str, dict[str, float]]]


def accuracy(ulps: float, share: float = 0.1, call: str = "softmax", regime: str = "core") -> Accuracy:
    return {call: {regime: {"ulps": ulps, "share": share}}}


def compared(old: dict[str, Any], new: dict[str, Any], **rest: Any) -> Difference:
    return difference(made.read(made.implementation(**old)), made.read(made.implementation(**new)), **rest)


def kinds(found: Difference) -> list[str]:
    return [change.kind for change in found.changes]


def of(*wrong: made.Document) -> dict[str, Any]:
    return {"claims": made.claims(*wrong)}


BROKEN = of(made.claim("Q7.a.7", outcome="broken"))
MISSING = of(made.claim("Q7.a.7", outcome="missing"))
NOT_RUN = of(made.claim("Q7.a.7", outcome="not_run"))
WHOLE: dict[str, Any] = of()


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        (WHOLE, WHOLE, []),
        (WHOLE, BROKEN, ["broke"]),
        (WHOLE, MISSING, ["broke"]),
        (NOT_RUN, BROKEN, ["broke"]),
        (BROKEN, WHOLE, ["fixed"]),
        (BROKEN, BROKEN, []),
        (BROKEN, NOT_RUN, []),
        (WHOLE, NOT_RUN, ["no longer judged"]),
        (NOT_RUN, WHOLE, []),
    ],
)
def test_an_outcome_that_changes_is_better_or_worse(old: Any, new: Any, kind: list[str]) -> None:
    found = compared(old, new)
    assert kinds(found) == kind
    assert found.is_worse == (kind not in ([], ["fixed"]))


@pytest.mark.parametrize(
    ("old", "new", "threshold", "kind"),
    [
        (accuracy(5), accuracy(9), 2, []),
        (accuracy(5), accuracy(11), 2, ["less accurate"]),
        (accuracy(5), accuracy(11), 3, []),
        (accuracy(11), accuracy(5), 2, ["more accurate"]),
        (accuracy(0.1), accuracy(7.9), 2, []),
        (accuracy(72), accuracy(1.2e6), 2, ["less accurate"]),
        (accuracy(1.2e6), accuracy(1.2e9), 2, []),
        (accuracy(0, 0.2), accuracy(0, 0.5), 2, ["less accurate"]),
        (accuracy(0, 0.001), accuracy(0, 0.09), 2, []),
        (accuracy(5), accuracy(50, call="cross_entropy"), 2, []),
        (accuracy(5), accuracy(50, regime="stability"), 2, []),
    ],
)
def test_accuracy_counts_from_a_threshold_on(old: Accuracy, new: Accuracy, threshold: float, kind: list[str]) -> None:
    assert kinds(compared({"accuracy": old}, {"accuracy": new}, threshold=threshold)) == kind


def test_claims_that_break_with_one_call_are_one_change() -> None:
    wrong = [made.claim(name, outcome="broken", fault="cross_entropy_gradient") for name in ("Q7.a.6", "Q7.a.7")]
    [change] = compared(WHOLE, of(*wrong)).changes
    assert change.call == "cross_entropy_gradient"
    assert change.claims == ("Q7.a.6", "Q7.a.7")
    assert "input z=[0., 0.5]" in change.says


def test_what_only_one_report_has_is_noted() -> None:
    few = [claim for claim in made.claims() if claim["id"] != "Q7.a.7"]
    fewer = compared(WHOLE, {"claims": few})
    assert not fewer.is_worse
    assert any("only in the old report" in note for note in fewer.notes)
    more = compared({"claims": few}, BROKEN)
    assert any("only in the new report, 1 of them" in note for note in more.notes)
    assert any("only one report says how accurate" in note for note in compared(WHOLE, {"accuracy": accuracy(1)}).notes)


def test_an_optional_call_that_is_gone_is_worse() -> None:
    whole = made.claims(regimes=(Regime.CORE,))
    [optional] = [claim["id"] for claim in whole if claim["calls"] == ["log_softmax"]]
    fewer = [claim for claim in whole if claim["id"] != optional]
    [change] = compared({"claims": whole}, {"claims": fewer}).changes
    assert (change.kind, change.call, change.claims) == ("no longer judged", "log_softmax", (optional,))
    assert compared({"claims": whole}, {"claims": fewer}).is_worse
    assert not compared({"claims": fewer}, {"claims": whole}).is_worse
    broken = [{**claim, "outcome": "broken"} if claim["id"] == optional else claim for claim in whole]
    assert not compared({"claims": broken}, {"claims": fewer}).is_worse
    narrower = [claim for claim in fewer if claim["id"] != "Q7.a.7"]  # graded on less
    assert not compared({"claims": whole}, {"claims": narrower}).is_worse


def test_an_implementation_that_is_gone_is_worse() -> None:
    old = made.read(made.implementation("a.py"), made.implementation("b.py"))
    assert kinds(difference(old, made.read(made.implementation("a.py")))) == ["no longer judged"]


def test_reports_on_one_implementation_are_compared_whatever_it_is_called() -> None:
    assert difference(made.read(made.implementation("a.py")), made.read(made.implementation("b.py"))).compared


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(NoReport, match="float64, the other in float32"):
        difference(made.read(), made.read(precision="float32"))
    several = [made.implementation(name) for name in ("a.py", "b.py")]
    others = [made.implementation(name) for name in ("c.py", "d.py")]
    with pytest.raises(NoReport, match="no implementation in common"):
        difference(made.read(*several), made.read(*others))


def test_how_both_were_graded_is_noted_where_it_differs() -> None:
    assert difference(made.read(), made.read(seed=8)).notes == ("seed differs: 7 before, 8 now",)


def test_the_command_ends_by_what_became_worse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    made.write(Path("old.json"), made.implementation())
    made.write(Path("new.json"), made.implementation("a.py", made.claim("Q7.a.7", outcome="broken")))
    Path("bad.json").write_text("{}", encoding="utf-8")
    worse = run("diff", "old.json", "new.json", "--json", "d.json", "--markdown", "d.md")
    assert worse.exit_code == 1
    assert "worse: 1 broke" in worse.output
    assert json.loads(Path("d.json").read_text("utf-8"))["changes"][0]["kind"] == "broke"
    assert "| broke | a.py |" in Path("d.md").read_text("utf-8")
    assert run("diff", "new.json", "old.json").exit_code == 0
    for words in (["old.json", "bad.json"], ["old.json", "none.json"], ["old.json", "new.json", "--threshold", "0.5"]):
        assert run("diff", *words).exit_code == 2


def test_hostile_text_stays_in_its_cell() -> None:
    old = {"claims": made.claims()}
    found = difference(made.read(made.implementation(made.HOSTILE, **old)), made.read(made.hostile()))
    rows = [row for row in found.markdown().splitlines() if row.startswith("| broke")]
    assert len(rows) == 1
    assert "<script>" not in found.markdown()
    assert "\x1b" not in found.text()
    assert "\n::error" not in found.text()
