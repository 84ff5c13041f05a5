"""Counts claims by outcome, and says in short how they stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median_low

from lydite.notation.marks import marks, total
from lydite.report.model import MANY, ClaimResult, Outcome

SIGNS = {
    Outcome.BROKEN: "✗",
    Outcome.ERROR: "!",
    Outcome.MISSING: "○",
    Outcome.NOT_RUN: "?",
    Outcome.HOLDS: "✓",
}
WORDS = {
    Outcome.BROKEN: "broken",
    Outcome.ERROR: "in error",
    Outcome.MISSING: "missing",
    Outcome.NOT_RUN: "not run",
    Outcome.HOLDS: "holding",
}
NO_CLAIM = "·"


@dataclass(frozen=True)
class Count:
    """Some claims of one implementation, counted."""

    claims: Sequence[ClaimResult]

    @classmethod
    def of(cls, claims: Iterable[ClaimResult], question: str = "", regime: str = "") -> Count:
        """Returns those of `question` in `regime`, counted; of every one, where none is named."""
        return cls([c for c in claims if question in {"", c.question} and regime in {"", c.regime}])

    @cached_property
    def counts(self) -> Counter[Outcome]:
        """How many claims have each outcome, each in every regime in which it was graded."""
        return Counter(claim.outcome for claim in self.claims)

    @cached_property
    def by_claim(self) -> Counter[Outcome]:
        """The same where each claim counts once, by the worst outcome that it has in any regime."""
        worst: dict[str, Outcome] = {}
        for claim in self.claims:
            worst[claim.id] = min(claim.outcome, worst.get(claim.id, claim.outcome), key=Outcome.precedence)
        return Counter(worst.values())

    @property
    def failures(self) -> dict[Outcome, int]:
        """How many claims do not hold, by outcome, the worst first."""
        return {one: self.counts[one] for one in Outcome if one is not Outcome.HOLDS and self.counts[one]}

    @property
    def outcome(self) -> Outcome | None:
        """The worst of their outcomes; None where there are no claims."""
        return min(self.counts, key=Outcome.precedence, default=None)

    @property
    def sign(self) -> str:
        """One sign for all of them."""
        return SIGNS[self.outcome] if self.outcome else NO_CLAIM

    @property
    def brief(self) -> str:
        """`✓14` where all hold; else how many do not, of how many: `✗2○1/14`."""
        failures = "".join(f"{SIGNS[outcome]}{n}" for outcome, n in self.failures.items())
        return f"{failures}/{len(self.claims)}" if failures else f"{self.sign}{len(self.claims) or ''}"

    @property
    def words(self) -> str:
        """The same in words: `14 holding`, `2 broken, 1 missing of 14`, `no claim`."""
        failures = ", ".join(f"{n} {WORDS[outcome]}" for outcome, n in self.failures.items())
        whole = f"{len(self.claims)} {WORDS[Outcome.HOLDS]}" if self.claims else "no claim"
        return f"{failures} of {len(self.claims)}" if failures else whole

    @property
    def share(self) -> float | None:
        """The worst error in units of what is allowed: of what holds, and at the counterexamples to what does not."""
        return max((claim.share for claim in self.claims if claim.share is not None), default=None)

    @property
    def ulps(self) -> float | None:
        """Units in the last place: half of the claims that hold have a worst error of no more, where a value is due.

        The largest says nothing of accuracy: it is reached where the value due is all but 0.
        """
        sizes = [claim.ulps for claim in self.claims if claim.holds and claim.ulps > 0]
        middle = median_low(sizes) if sizes else MANY
        return middle if middle < MANY else None

    @property
    def got(self) -> float:
        """The points that they earned."""
        return total(claim.points for claim in self.claims)

    @property
    def due(self) -> float:
        """The points that there are for them."""
        return total(claim.max_points for claim in self.claims)

    @property
    def points(self) -> str:
        """Those that they earned of those that there are; empty where there are none."""
        return f"{marks(self.got)}/{marks(self.due)}" if self.due else ""

    @property
    def wrong(self) -> list[str]:
        """The ids of the claims that are broken or in error."""
        return [claim.id for claim in self.claims if claim.outcome.is_wrong]
