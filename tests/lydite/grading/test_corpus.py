"""Inputs that broke a law are kept, and come first in the next run."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from lydite.grading.corpus import LARGEST, MOST, Corpus
from lydite.grading.request import Settings, can_write
from lydite.grading.texts import BadOption
from lydite.isolation import Tier
from lydite.kit.every import every, named
from lydite.kit.forall import Property
from lydite.kit.regime import Regime
from lydite.notation.counterexample import inputs
from lydite.options import CORPUS

PROPERTIES: list[tuple[Property[Any], Regime]] = [(p, p.law.regimes[0]) for p in every() if not p.law.batched]


def first_case(prop: Property[Any], regime: Regime, precision: str = "float64") -> Any:
    return prop.cases.batch(regime, precision, 2, 1, 0)[0]


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return Corpus(tmp_path / "corpus", "a.py", "float64")


def test_a_case_of_any_law_comes_back_as_it_was_kept(corpus: Corpus) -> None:
    for prop, regime in PROPERTIES:
        case = first_case(prop, regime)
        corpus.keep(prop.law, regime, case)
        if regime is Regime.INPUTS:  # of which every run holds all
            assert corpus.cases(prop.law, regime) == []
            continue
        [back] = corpus.cases(prop.law, regime)
        assert inputs(back) == inputs(case)
        assert (back.regime, back.u) == (case.regime, case.u)


def test_nothing_is_kept_for_another_target_law_or_regime(corpus: Corpus, tmp_path: Path) -> None:
    (prop, regime), (other, _) = PROPERTIES[0], PROPERTIES[1]
    corpus.keep(prop.law, regime, first_case(prop, regime))
    assert not corpus.cases(other.law, regime)
    assert not corpus.cases(prop.law, Regime.PURITY)
    assert not Corpus(tmp_path / "corpus", "b.py", "float64").cases(prop.law, regime)
    assert not Corpus(tmp_path / "corpus", "a.py", "float32").cases(prop.law, regime)


def test_a_case_of_another_precision_is_not_kept(corpus: Corpus) -> None:
    prop, regime = PROPERTIES[0]
    corpus.keep(prop.law, regime, first_case(prop, regime, "float32"))
    assert not corpus.cases(prop.law, regime)


def test_few_cases_are_kept_of_a_law(corpus: Corpus) -> None:
    prop, regime = PROPERTIES[0]
    for case in prop.cases.batch(regime, "float64", 5, 4, 1):
        corpus.keep(prop.law, regime, case)
    assert len(corpus.cases(prop.law, regime)) == MOST


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"3", b'{"z": 1}', b"[" * 100_000, b"\xff"])
def test_what_is_no_case_is_passed_over(text: bytes, corpus: Corpus) -> None:
    prop, regime = PROPERTIES[0]
    stored(corpus, prop, regime, text)
    assert corpus.cases(prop.law, regime) == []


def stored(corpus: Corpus, prop: Property[Any], regime: Regime, text: bytes, name: str = "a.json") -> Path:
    """Puts a file where an input of the law would be kept."""
    folder = corpus.folder(prop.law, regime)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(text)
    return folder / name


SOFTMAX = named()["test_softmax_cross_entropy.softmax_is_exact"]
BATCH_NORM = named()["test_batch_norm.output_is_exact"]
RIGHT = {"z": [1.0, 2.0], "y": [0.0, 1.0], "v": [1.0, -1.0]}


@pytest.mark.parametrize(
    "wrong",
    [
        {"z": [], "y": [], "v": []},
        {"z": [[1.0, 2.0], [3.0, 4.0]]},
        {"z": ["nan", 1.0]},
        {"z": [10**400, 1.0]},
        {"z": {"text": "a description"}},
        {"z": {"dtype": "S1000000000", "order": "C", "shape": [1], "values": ["a"]}},
    ],
)
def test_an_input_outside_of_the_contract_is_passed_over(wrong: dict[str, Any], corpus: Corpus) -> None:
    stored(corpus, SOFTMAX, Regime.CORE, json.dumps(RIGHT | wrong).encode())
    assert corpus.cases(SOFTMAX.law, Regime.CORE) == []
    stored(corpus, SOFTMAX, Regime.CORE, json.dumps(RIGHT).encode(), "right.json")
    assert len(corpus.cases(SOFTMAX.law, Regime.CORE)) == 1


def test_an_input_that_the_reference_refuses_is_passed_over(corpus: Corpus) -> None:
    given = inputs(first_case(BATCH_NORM, Regime.CORE))
    stored(corpus, BATCH_NORM, Regime.CORE, json.dumps(given).encode(), "right.json")
    constant = given | {"x": [[1.0] * len(given["gamma"])] * len(given["x"]), "eps": 0.0}
    stored(corpus, BATCH_NORM, Regime.CORE, json.dumps(constant).encode())
    assert [inputs(case) for case in corpus.cases(BATCH_NORM.law, Regime.CORE)] == [given]


def test_no_more_is_read_than_is_kept(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    for k in range(4 * MOST):
        stored(corpus, SOFTMAX, Regime.CORE, json.dumps(RIGHT | {"z": [float(k), 0.0]}).encode(), f"{k}.json")
    opened: list[object] = []
    open_file = os.open

    def opening(path: str, flags: int) -> int:
        opened.append(path)
        return open_file(path, flags)

    monkeypatch.setattr("os.open", opening)
    assert len(corpus.cases(SOFTMAX.law, Regime.CORE)) == len(opened) == MOST


def test_only_plain_files_that_are_small_are_read(corpus: Corpus, tmp_path: Path) -> None:
    text = json.dumps(RIGHT).encode()
    path = stored(corpus, SOFTMAX, Regime.CORE, text + b" " * LARGEST)
    (tmp_path / "elsewhere.json").write_bytes(text)
    path.with_name("link.json").symlink_to(tmp_path / "elsewhere.json")
    path.with_name("folder.json").mkdir()
    os.mkfifo(path.with_name("pipe.json"))
    assert corpus.cases(SOFTMAX.law, Regime.CORE) == []


def test_what_cannot_be_kept_is_not(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    corpus = Corpus(tmp_path / "file", "a.py", "float64")
    corpus.keep(SOFTMAX.law, Regime.CORE, first_case(SOFTMAX, Regime.CORE))
    assert corpus.cases(SOFTMAX.law, Regime.CORE) == []


# -- Where it may lie --


@pytest.mark.parametrize(
    ("target", "tier", "writes"),
    [
        ("reference", Tier.NONE, False),
        ("sub/a.py", Tier.NAMESPACES, False),
        ("sub/a.py", Tier.LANDLOCK, False),
        ("sub/a.py", Tier.PROCESS, True),
        ("sub/a.py", Tier.NONE, True),
        ("exec:node a.js", Tier.PROCESS, True),
        ("exec:node a.js", Tier.NAMESPACES, False),
        ("./", Tier.NAMESPACES, True),
        ("sub/", Tier.NAMESPACES, False),
        ("main.py", Tier.NAMESPACES, True),
        ("./main.py", Tier.LANDLOCK, True),
        ("exec:node main.js", Tier.NAMESPACES, True),
        ("exec:node sub/a.js", Tier.NAMESPACES, False),
    ],
)
def test_it_does_not_lie_where_the_code_under_test_could_write_or_has_come_from(
    target: str, tier: Tier, writes: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("sub").mkdir()
    for name in ("main.py", "main.js", "sub/a.py", "sub/a.js"):
        Path(name).touch()
    assert can_write(target, tier, tmp_path / ".hypothesis" / "lydite") is writes


def test_a_request_has_no_corpus_that_the_code_under_test_could_write_to(tmp_path: Path) -> None:
    usual, said = (Settings.read(corpus=str(path), isolation="none") for path in (CORPUS, tmp_path))
    assert usual.of("./a.py", "a.py").corpus is None
    assert said.of("reference", "reference").corpus == tmp_path
    with pytest.raises(BadOption, match="could write to it"):
        said.of("./a.py", "a.py")
