"""Core comes first, each stage is one process's, and no stage pays for what a call has cost in another."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from lydite.grading.child import grade
from lydite.grading.stages import scheduler, stage
from lydite.kit.regime import DEFAULT
from tests.conftest import Submit
from tests.support.commandline import run

RIGHT = """
def softmax(z):
    e = np.exp(z - z.max())
    return e / e.sum()
"""
REGIMES = ("core", "scale", "layout")


@pytest.mark.parametrize("jobs", [1, 2])
def test_core_comes_first_and_a_stage_is_judged_by_one_process(jobs: int, submit: Submit) -> None:
    path = submit(
        "import os\n\ndef calls(*_):\n    raise RuntimeError(f'in {os.getpid()}')\n\nsoftmax = logistic_loss = calls"
    )
    events: list[dict[str, Any]] = []
    options = ["--lydite-only=Q1.9,Q1.2,Q7.0.1", "--lydite-examples=1", "--lydite-isolation=none"]
    grade(str(path), options, jobs, events.append)
    started = [event["regime"] for event in events if event["event"] == "started"]
    assert len(set(started)) > 3
    if jobs == 1:
        assert started == sorted(started, key=list(DEFAULT).index)
    first = [event["regime"] for event in events if event["event"] == "started"][: 2 * jobs]
    assert "core" in first
    processes: dict[tuple[str, str], set[str]] = {}
    for result in (event["result"] for event in events if event["event"] == "result"):
        if "in " in result["reason"]:
            where = result["law"].partition(".")[0], result["regime"]
            processes.setdefault(where, set()).add(result["reason"].rpartition(" ")[2])
    assert {len(numbers) for numbers in processes.values()} == {1}
    assert len(set().union(*processes.values())) == jobs


@pytest.mark.parametrize("isolation", ["none", "process"])
def test_what_is_slow_at_scale_costs_no_other_regime(isolation: str, submit: Submit, tmp_path: Path) -> None:
    slow = RIGHT.replace("    e =", "    while z.size > 50:\n        pass\n    e =", 1)
    path, reports = submit(slow), []
    for jobs in ("1", "2"):
        kept = tmp_path / "report.json"
        scope = ("--only", "Q3.0.4,Q7.0.1", "--regimes", ",".join(REGIMES), "--examples", "1", "--jobs", jobs)
        run("grade", path, *scope, "--isolation", isolation, "--call-timeout", "0.1", "--seed", "7", "--json", kept)
        reports.append(json.loads(kept.read_text("utf-8")))
        reports[-1]["implementations"][0]["seconds"] = 0
    outcomes = {(c["regime"], c["outcome"]) for c in reports[0]["implementations"][0]["claims"]}
    assert outcomes == {("core", "holds"), ("scale", "error"), ("layout", "holds")}
    assert reports[0] == reports[1]


NODES = [f"properties/test_{topic}.py::{law}[{regime}]" for topic in "ab" for regime in REGIMES for law in "xyz"]


class Node:
    """A worker, as the scheduler sees it."""

    def __init__(self) -> None:
        self.shutting_down = False
        self.sent: list[int] = []
        self.gateway = SimpleNamespace(id="a worker")

    def send_runtest_some(self, indices: list[int]) -> None:
        self.sent += indices

    def shutdown(self) -> None:
        self.shutting_down = True


def test_what_ended_a_worker_is_not_run_by_the_next() -> None:
    config: Any = SimpleNamespace(
        option=SimpleNamespace(loadscopereorder=True), getvalue=lambda _: ["popen"] * 2, getoption=lambda *_: None
    )
    nodes = [Node(), Node()]
    made = scheduler(config, None)
    for node in nodes:
        made.add_node(node)
        made.add_node_collection(node, NODES)
    made.schedule()
    assert [nodes[0].sent, nodes[1].sent] == [[0, 1, 2], [3, 4, 5]]
    assert [stage(NODES[i]) for i in (0, 2, 3)] == ["properties/test_a.py[core]"] * 2 + ["properties/test_a.py[scale]"]
    made.mark_test_complete(nodes[0], 0)
    assert made.remove_node(nodes[0]) == NODES[1]
    for _ in NODES:
        for i in list(nodes[1].sent):
            made.mark_test_complete(nodes[1], i)
    assert sorted(nodes[1].sent) == [i for i in range(len(NODES)) if i > 1]
