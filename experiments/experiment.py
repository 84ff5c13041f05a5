"""An experiment: its measure stands beside its figures, and the verdict follows from these by one rule."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy.stats import t as student

CONFIDENCE = 0.95
"""Of all intervals of one experiment together."""

RULE = (
    "An effect agrees with the document where its whole interval is above 0, disagrees where it is below, and is "
    "undecided where it holds 0. Intervals are Student’s over the seeds, at 95 % for all of an experiment together "
    "(Bonferroni). The experiment agrees or disagrees where all its effects do; else it depends."
)


@dataclass(frozen=True, slots=True)
class Experiment:
    """A measurement, repeated; `run` gives the effect in each condition for one seed, above 0 as documented."""

    name: str
    title: str
    claims: tuple[str, ...]
    measure: str
    setting: str
    literature: str
    papers: tuple[str, ...]
    disputed: bool
    seeds: int
    run: Callable[[int], dict[str, float]]


@dataclass(frozen=True, slots=True)
class Estimate:
    """The mean effect in one condition, its interval, and the effect for each seed."""

    condition: str
    mean: float
    low: float
    high: float
    verdict: str
    values: tuple[float, ...]


def estimate(condition: str, values: Sequence[float], among: int) -> Estimate:
    """From the effects for two seeds or more; one of `among` intervals that hold together."""
    mean = float(np.mean(values))
    reach = float(student.ppf(1 - (1 - CONFIDENCE) / 2 / among, len(values) - 1))
    half = reach * float(np.std(values, ddof=1)) / len(values) ** 0.5
    low, high = mean - half, mean + half
    verdict = "agrees" if low > 0 else "disagrees" if high < 0 else "undecided"
    return Estimate(condition, short(mean), short(low), short(high), verdict, tuple(map(short, values)))


def result(experiment: Experiment, effects: Sequence[dict[str, float]]) -> dict[str, Any]:
    """Returns what is stored: the experiment as it was stated, and what the effects for its seeds amount to."""
    conditions = list(effects[0])
    estimates = [estimate(c, [e[c] for e in effects], len(conditions)) for c in conditions]
    verdicts = {e.verdict for e in estimates}
    told = {k: v for k, v in asdict(experiment).items() if k != "run"}
    whole = verdicts.pop() if len(verdicts) == 1 else "depends"
    return told | {"seeds": len(effects), "verdict": whole, "estimates": [asdict(e) for e in estimates]}


def short(x: float) -> float:
    """`x` to six digits: what is further back may differ from one machine to the next."""
    return float(f"{x:.6g}")
