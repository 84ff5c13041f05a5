"""The time machine's data say what was measured: each fault red before and green after, and the page what they say."""

from __future__ import annotations

from typing import Any

import pytest

from lydite.kit.claim import CLAIMS
from lydite.kit.regime import Regime
from time_machine import page
from time_machine.faults import FAULTS, GLUE, MISSED, broken, results

FIELDS = {"id", "library", "title", "why", "link", "before", "after", "companions", "target", "only", "regimes"}
OPTIONAL = {"precision", "examples"}
RESULTS: dict[str, Any] = results()
IDS = [fault["id"] for fault in FAULTS]


@pytest.mark.parametrize("fault", FAULTS, ids=IDS)
def test_a_fault_says_what_to_install_and_what_to_grade(fault: dict[str, Any]) -> None:
    assert FIELDS <= set(fault) <= FIELDS | OPTIONAL
    assert fault["link"].startswith("https://")
    (before, old), (after, new) = (fault[side].split("==") for side in ("before", "after"))
    assert before == after
    assert old != new
    assert (GLUE / fault["target"]).is_file()
    for claim in fault["only"]:
        assert {Regime(name) for name in fault["regimes"]} & set(CLAIMS[claim].regimes)


@pytest.mark.parametrize("fault", FAULTS, ids=IDS)
def test_every_claim_is_red_before_and_green_after(fault: dict[str, Any]) -> None:
    row = RESULTS[fault["id"]]
    assert set(broken(row["before"])) == set(fault["only"])
    assert not broken(row["after"])


@pytest.mark.parametrize("fault", FAULTS, ids=IDS)
def test_both_sides_were_asked_the_same_of_the_release_that_is_named(fault: dict[str, Any]) -> None:
    asked = []
    for side in ("before", "after"):
        library, version = fault[side].split("==")
        measured = RESULTS[fault["id"]][side]
        assert measured["versions"][library] == version
        asked.append([(claim["id"], claim["regime"]) for claim in measured["claims"]])
        assert all(claim["cases"] for claim in measured["claims"] if claim["outcome"] == "holds")
        assert {claim["outcome"] for claim in measured["claims"]} <= {"holds", "broken", "error"}
    assert asked[0] == asked[1]
    assert {regime for _, regime in asked[0]} <= set(fault["regimes"])


def test_ids_are_one_each_and_nothing_else_was_measured() -> None:
    assert list(RESULTS) == IDS
    assert len(set(IDS)) == len(IDS)


def test_no_glue_is_left_over() -> None:
    used = {fault["target"].partition(".")[0] for fault in FAULTS}
    assert {path.stem for path in GLUE.iterdir() if path.suffix in {".py", ".toml"}} == used


@pytest.mark.parametrize("fault", MISSED, ids=[fault["title"] for fault in MISSED])
def test_a_missed_fault_has_a_reason_and_a_link(fault: dict[str, Any]) -> None:
    assert set(fault) == {"library", "title", "why", "link"}
    assert fault["link"].startswith("https://")


def test_the_page_is_up_to_date() -> None:
    assert page.PAGE.read_text(encoding="utf-8") == page.page(), "run: python -m time_machine --render"
