"""Loads the laws of the suite, a module a topic, and checks that claims, laws and calls fit together."""

from lydite import suite
from lydite.kit import consistency
from lydite.kit.calls import CALLS
from lydite.kit.claim import CLAIMS
from lydite.kit.law import LAWS

suite.load("spec.laws")

# By topic, whichever of them has imported another.
for _law in sorted(LAWS.values(), key=lambda law: law.name.partition(".")[0]):
    LAWS[_law.name] = LAWS.pop(_law.name)

with suite.loading():
    consistency.check(CLAIMS, LAWS, CALLS)

__all__ = ["LAWS"]
