"""Prints how fast the suite is: `python -m benchmarks`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import count

from rich.console import Console
from rich.table import Table

import reference
from benchmarks import plain, whole
from benchmarks.timing import ratio
from lydite.kit.evidence import Tally
from lydite.kit.forall import Plan, Property
from lydite.kit.holds import holds
from lydite.kit.regime import Regime
from lydite.target.implementation import Implementation
from properties import test_softmax_cross_entropy as properties
from spec.definitions.softmax_cross_entropy import Logits

IDENTITIES = ("softmax_sums_to_one", "softmax_is_not_negative", "softmax_is_shift_invariant", "gradient_sums_to_zero")
EXAMPLES = 100
ROUNDS = 3

Row = tuple[str, str, str]


def main() -> None:
    """Measures, and prints a table."""
    table = Table(title="Speed, medians of interleaved rounds", title_justify="left")
    for heading in ("what", "measured", "due"):
        table.add_column(heading, overflow="fold")
    for row in rows():
        table.add_row(*row)
    Console().print(table)


def rows() -> Iterable[Row]:
    """Yields each measurement: its name, the figure, and the figure to reach."""
    impl = Implementation(reference)
    laws = {name: p for name, p in vars(properties).items() if isinstance(p, Property) and _on_logits(p)}
    identities = [laws[name] for name in IDENTITIES]
    yield (
        "cases per CPU second, against plain Hypothesis: identities",
        f"{_gain(identities, impl):.1f} times",
        "20 times",
    )
    yield "the same over all laws on logits", f"{_gain(list(laws.values()), impl):.1f} times", "8 times"
    yield "a comparison beyond the law itself", f"{_comparison(laws['softmax_is_exact'], impl):.1f} µs a case", "20 µs"
    grade = whole.graded()
    yield "a whole grade of the reference, over the CPU inside its calls", f"{grade.over_calls:.1f} times", "5.5 times"
    yield "cases of a law in a regime: median", grade.cases_of_a_law, ""
    yield "a complete file, isolated against in process", f"{whole.isolated():.2f} times", "2 times"
    yield f"the properties, against commit {whole.BEFORE}", f"{whole.against_before():.2f} times", "1.2 times"


def _on_logits(prop: Property[Logits]) -> bool:
    return prop.law.case_type == "Logits" and Regime.CORE in prop.law.regimes


def _gain(props: Sequence[Property[Logits]], impl: Implementation) -> float:
    """How many times more cases a CPU second checks when they come in batches that the laws share.

    Each pass has a seed of its own: batches and truths are shared within a pass, as in a real run, never with another.
    """
    tally, seeds = Tally(), count(1)

    def batched() -> None:
        plan = Plan(seed=next(seeds))
        for prop in props:
            prop.check(impl, Regime.CORE, plan, tally)

    def singly() -> None:
        for prop in props:
            plain.check(prop.law, impl, EXAMPLES)()

    measured = ratio(singly, batched, rounds=ROUNDS)
    cases = tally.cases / (ROUNDS + 1)  # the pass before the clock starts counts as well
    return measured.value * cases / (EXAMPLES * len(props))


def _comparison(prop: Property[Logits], impl: Implementation) -> float:
    """Microseconds that `holds` adds to a law whose truth is known already."""
    cases = [c for seed in range(20) for c in prop.cases.batch(Regime.CORE, "float64", 5, 4, seed)]
    tally = Tally()

    def compared() -> None:
        for case in cases:
            holds(prop.law, impl, case, tally)

    def stated() -> None:
        for case in cases:
            prop.law(impl, case)

    measured = ratio(compared, stated)
    return (measured.first - measured.second) / len(cases) * 1e6


if __name__ == "__main__":
    main()
