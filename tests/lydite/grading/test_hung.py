"""A call that runs out of time is shown where it did, and nowhere else."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from lydite.grading.judging import Judging
from lydite.grading.request import Settings
from lydite.kit.every import every
from lydite.kit.evidence import Tally
from lydite.kit.failure import CallFailed, Misbehaved
from lydite.kit.regime import Regime
from lydite.target.implementation import Implementation
from lydite.target.watch import MOST_TIMEOUTS, Watch
from lydite.verdict.outcome import LawResult

(PROP,) = [prop for prop in every() if prop.law.name == "softmax_cross_entropy.loss_is_exact"]
CALL = "cross_entropy"


def judged(impl: Implementation, watch: Watch, failure: Exception) -> LawResult:
    request = Settings.read(only="Q7.0.2", regimes="core", examples="1", seed="0").settled("it", None)
    return Judging(PROP, Regime.CORE, request, watch).result(impl, Tally(), failure, True)


def case() -> Any:
    return next(iter(PROP.cases.simple(Regime.CORE, "float64"))).case


def test_what_a_call_answers_is_shown_though_it_has_hung_at_other_inputs() -> None:
    watch = Watch()
    watch.timeouts[CALL] = MOST_TIMEOUTS
    failure = Misbehaved(CALL, "returns shape (1,), due is ()")
    failure.case = case()  # type: ignore[attr-defined]  # as `holds` has it
    result = judged(Implementation(SimpleNamespace(cross_entropy=lambda *_: [7.0]), watch=watch), watch, failure)
    (made,) = result.made
    assert (made.did, made.came) == ("", "[7.]")
    assert watch.timeouts[CALL] == MOST_TIMEOUTS


def test_a_call_that_hangs_is_shown_with_its_arguments_and_is_not_made_again() -> None:
    made: list[Any] = []

    def hangs(*args: Any) -> Any:
        made.append(args)
        while True:
            pass

    watch = Watch(0.05)
    impl = Implementation(SimpleNamespace(cross_entropy=hangs), watch=watch)
    one = case()
    with watch.attending():
        try:
            PROP.law(impl, one)
        except CallFailed as failed:
            failure = failed
    failure.case = one  # type: ignore[attr-defined]
    watch.timeouts[CALL] = MOST_TIMEOUTS  # so that no experiment makes it either
    example = judged(impl, watch, failure).example(CALL)
    assert example is not None
    rows = dict(example.rows())
    assert rows["call"].startswith("cross_entropy(np.array(")
    assert rows["got"].startswith("takes longer than ")
    assert "due" in rows
    assert "input" not in rows
    assert len(made) == 1


def test_a_call_is_not_reported_where_it_hung_in_another_law() -> None:
    def refuses(*_: Any) -> Any:
        raise RuntimeError("no")

    watch = Watch()
    watch.given_up(CallFailed(CALL, "TimedOut", "takes longer than 2 s"))
    request = Settings.read(only="Q7.0.2", regimes="core", examples="1", seed="0").settled("it", None)
    impl = Implementation(SimpleNamespace(cross_entropy=refuses), watch=watch)
    failure, _ = Judging(PROP, Regime.CORE, request, watch).failure(impl, Tally())
    assert isinstance(failure, CallFailed)
    assert (failure.raised, failure.text) == ("RuntimeError", "no")
