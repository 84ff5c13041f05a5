"""A run that is pinned to the laws of a version counts no newer one, and reports which would break."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import Result

import lydite
from lydite import suite
from lydite.kit.law import Law, law
from lydite.kit.laws import LAWS
from lydite.kit.version import FIRST, is_newer
from lydite.report.model import SCHEMA
from tests.support.commandline import run

pytest_plugins = ["pytester"]

LAW = "softmax_cross_entropy.softmax_keeps_its_tails"
TAILS: dict[str, Any] = {"only": "Q7.0.1", "regimes": "core,tails", "examples": 1}
LIBRARY = """import numpy as np

def softmax(z):
    e = np.exp(z - z.max())
    p = e / e.sum()
    return np.where(p < 1e-17, 0.0, p)
"""


def softmax(z: Any) -> Any:
    namespace: dict[str, Any] = {}
    exec(LIBRARY, namespace)
    return namespace["softmax"](np.asarray(z))


@pytest.fixture
def _sharpened() -> Iterator[Law]:
    """A law that a later version has sharpened: the library keeps all others."""
    object.__setattr__(LAWS[LAW], "since", "0.2")
    yield LAWS[LAW]
    object.__setattr__(LAWS[LAW], "since", FIRST)


def test_versions_are_compared_by_their_numbers() -> None:
    assert is_newer("0.10", "0.9")
    assert is_newer("1", "0.99.5")
    assert not is_newer("0.2.0", "0.2")
    assert not is_newer("0.2", "0.2.0")
    assert not is_newer("0.1", "0.2")


@pytest.mark.usefixtures("_sharpened")
def test_what_was_green_at_a_version_stays_green_when_pinned_to_it() -> None:
    assert lydite.grade(softmax, **TAILS).exit_status() == 1
    report = lydite.grade(softmax, laws="0.1", **TAILS)
    assert report.exit_status() == 0
    assert report.laws == "0.1"
    [newer] = report.implementations[0].newer
    assert (newer.law, newer.regime, newer.since, newer.claims) == (LAW, "tails", "0.2", ("Q7.0.1",))
    lydite.check(softmax, laws="0.1", **TAILS)
    assert lydite.grade(softmax, laws="0.2", **TAILS).exit_status() == 1


@pytest.mark.usefixtures("_sharpened")
def test_a_fault_that_older_laws_show_is_red_when_pinned() -> None:
    assert lydite.grade({"softmax": lambda z: softmax(z) * (1 + 1e-9)}, laws="0.1", **TAILS).exit_status() == 1


@pytest.mark.usefixtures("_sharpened")
def test_a_claim_with_newer_laws_alone_was_not_run() -> None:
    report = lydite.grade(softmax, laws="0.1", **{**TAILS, "regimes": "tails"})
    assert report.exit_status() == 3
    [claim] = report.claims
    assert claim.reason == "new in 0.2, and the laws are pinned to 0.1"


def graded(*words: str) -> Result:
    Path("losses.py").write_text(LIBRARY, encoding="utf-8")
    options = [f"--{key}={value}" for key, value in TAILS.items()]
    return run("grade", "losses.py", "--isolation=none", "--seed=0", "--json=r.json", *options, *words)


@pytest.mark.usefixtures("_sharpened")
def test_the_command_line_says_what_a_newer_version_adds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert graded().exit_code == 1
    pinned = graded("--laws=0.1")
    assert pinned.exit_code == 0
    assert "1 law since 0.1 would break: softmax_keeps_its_tails tails (0.2)" in pinned.output
    whole = json.loads(Path("r.json").read_text("utf-8"))
    validator = pytest.importorskip("jsonschema").Draft202012Validator
    validator(json.loads(SCHEMA.read_text("utf-8"))).validate(whole)


@pytest.mark.usefixtures("_sharpened")
def test_the_gate_and_a_test_of_ones_own_pin_too(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(losses=LIBRARY)
    options = [f"--lydite-{key}={value}" for key, value in TAILS.items()]
    plugins = ("-p", "no:randomly", "-p", "no:cacheprovider", "-p", "lydite.plugin")
    done = pytester.runpytest_inprocess(*plugins, "--impl=losses.py", "--lydite-laws=0.1", *options)
    assert done.ret == 0
    assert done.parseoutcomes()["xfailed"] == 1
    [mark] = [lydite.parametrize(softmax, laws="0.1", **TAILS)]
    laws = {item.id: item.values[0] for item in mark.args[1]}
    with pytest.raises(pytest.xfail.Exception, match=r"new in 0\.2"):
        laws["softmax_keeps_its_tails-tails"]()
    laws["softmax_is_exact-core"]()


def test_a_law_names_a_version() -> None:
    def states(f: object, case: object) -> None:
        """0 = 0."""

    with suite.visiting(), pytest.raises(ValueError, match="since 'soon' is not a version"):
        law("Q7.0.1", since="soon")(states)
