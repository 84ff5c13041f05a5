"""Inputs that broke a law are kept, and come first in the next run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lydite.grading.corpus import MOST, Corpus
from lydite.grading.request import Settings, can_write
from lydite.grading.texts import BadOption
from lydite.isolation import Tier
from lydite.kit.every import every
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
    corpus._database.save(corpus._key(prop.law, regime), text)
    assert corpus.cases(prop.law, regime) == []


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
    ],
)
def test_it_does_not_lie_where_the_code_under_test_could_write(
    target: str, tier: Tier, writes: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert can_write(target, tier, tmp_path / ".hypothesis" / "lydite") is writes


def test_a_request_has_no_corpus_that_the_code_under_test_could_write_to(tmp_path: Path) -> None:
    usual, said = (Settings.read(corpus=str(path), isolation="none") for path in (CORPUS, tmp_path))
    assert usual.of("./a.py", "a.py").corpus is None
    assert said.of("reference", "reference").corpus == tmp_path
    with pytest.raises(BadOption, match="could write to it"):
        said.of("./a.py", "a.py")
