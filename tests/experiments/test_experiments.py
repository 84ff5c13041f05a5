"""Experiments: what is stored follows from its own figures, and each runs again."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from experiments.batch_norm import EXPERIMENTS
from experiments.experiment import RULE, Experiment, estimate, result
from experiments.network import folded, gradient, initial, loss
from lydite.commands.cli import cli
from lydite.document import experiments as measured
from lydite.kit.claim import CLAIMS

STORED: list[dict[str, Any]] = measured.stored()["experiments"]


def by_name(experiment: Experiment) -> str:
    return experiment.name


def test_what_is_stored_is_what_is_stated() -> None:
    assert measured.stored()["rule"] == RULE
    assert [s["name"] for s in STORED] == [e.name for e in EXPERIMENTS]
    for stored, stated in zip(STORED, EXPERIMENTS, strict=True):
        for field in ("title", "measure", "setting", "literature", "seeds"):
            assert stored[field] == getattr(stated, field)
        assert set(stated.claims) <= set(CLAIMS)
        assert [*stated.claims, *stated.papers] == [*stored["claims"], *stored["papers"]]
        assert stated.seeds >= 5


@pytest.mark.parametrize("stored", STORED, ids=lambda s: s["name"])
def test_verdicts_follow_from_the_effects(stored: dict[str, Any]) -> None:
    [experiment] = [e for e in EXPERIMENTS if e.name == stored["name"]]
    effects = [{e["condition"]: e["values"][seed] for e in stored["estimates"]} for seed in range(stored["seeds"])]
    again = json.loads(json.dumps(result(experiment, effects)))
    assert again["verdict"] == stored["verdict"]
    for one, other in zip(again["estimates"], stored["estimates"], strict=True):
        assert one["verdict"] == other["verdict"]
        assert [one[k] for k in ("mean", "low", "high")] == pytest.approx(
            [other[k] for k in ("mean", "low", "high")], 1e-4
        )
    assert stored["verdict"] in measured.FINDINGS


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=by_name)
def test_each_runs_again(experiment: Experiment, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("sklearn", reason="scikit-learn is not installed")
    monkeypatch.setattr("experiments.batch_norm.RATES", (0.004, 0.25))
    if experiment.name in {"learning_rate", "speed"}:
        effects = experiment.run(99)
        assert all(np.isfinite(v) for v in effects.values())
    else:
        effects = experiment.run(0)
        [stored] = [s for s in STORED if s["name"] == experiment.name]
        first = {e["condition"]: e["values"][0] for e in stored["estimates"]}
        assert effects == pytest.approx(first, rel=0.05, abs=0.02)
    assert list(effects) == [
        e["condition"] for e in next(s for s in STORED if s["name"] == experiment.name)["estimates"]
    ]


def test_an_interval_is_students() -> None:
    told = estimate("c", [1.0, 2.0, 3.0], among=1)
    assert (told.mean, told.verdict) == (2.0, "undecided")
    assert told.high - 2 == pytest.approx(4.302653 / 3**0.5, rel=1e-5)
    assert estimate("c", [1.0, 2.0, 3.0], among=2).high > told.high
    assert estimate("c", [1.0, 1.1, 1.2], among=1).verdict == "agrees"
    assert estimate("c", [-1.0, -1.1, -1.2], among=1).verdict == "disagrees"


@pytest.mark.parametrize("normalised", [False, True])
def test_the_gradient_is_that_of_the_loss(normalised: bool) -> None:
    random = np.random.default_rng(1)
    x, labels = random.standard_normal((12, 5)), random.integers(0, 3, 12)
    theta = initial((5, 6, 4, 3), random)
    way = [random.standard_normal(p.shape) for p in theta]
    h = 1e-6
    ends = [loss([p + s * h * d for p, d in zip(theta, way, strict=True)], x, labels, normalised) for s in (1, -1)]
    along = sum(float(np.vdot(g, d)) for g, d in zip(gradient(theta, x, labels, normalised), way, strict=True))
    assert along == pytest.approx((ends[0] - ends[1]) / (2 * h), rel=1e-5)


def test_a_folded_network_is_the_same_function() -> None:
    random = np.random.default_rng(3)
    x, labels = random.standard_normal((9, 5)) * 3 + 1, random.integers(0, 3, 9)
    theta = initial((5, 6, 4, 3), random)
    theta = [p + 0.3 * random.standard_normal(p.shape) for p in theta]
    assert loss(folded(theta, x), x, labels, False) == pytest.approx(loss(theta, x, labels, True), rel=1e-12)


def test_the_gradients_of_rows_average_to_that_of_all() -> None:
    random = np.random.default_rng(2)
    x, labels = random.standard_normal((8, 5)), random.integers(0, 3, 8)
    theta = initial((5, 6, 3), random)
    parts = [gradient(theta, x, labels, True, np.arange(k, k + 4)) for k in (0, 4)]
    for a, b, whole in zip(*parts, gradient(theta, x, labels, True), strict=True):
        np.testing.assert_allclose((a + b) / 2, whole, atol=1e-14)


def test_the_terminal_tells_of_them() -> None:
    told = CliRunner().invoke(cli, ["claims", "Q2.a.4"]).output
    assert f"experiment  {STORED[0]['title']}" in told
    [claim] = json.loads(CliRunner().invoke(cli, ["claims", "Q2.a.4", "--json"]).output)
    assert claim["experiments"] == [STORED[0]]
