"""Prints who judges which claim of the document, as a page in Markdown: `python -m properties.document`."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from lydite.kit.claim import CLAIMS, Claim, Verdict
from lydite.kit.judge import Judge, Role
from lydite.kit.judges import by_claim

HEAD = """# Who judges which claim

Generated from `properties/document/` by `python -m properties.document`. Each line is a judge, mathematics that
runs on the true form of a claim and rejects every wrong one that it is shown: `pytest -n auto -m document`.

- **proof**: exact, an identity of polynomials or rational functions, an enumeration, or rational inputs
- **certified**: ball arithmetic on inputs that are drawn
- **refutes**: a search finds inputs against the printed form, and so do stored ones; the corrected form holds there
- **refutes the operational form**: the same, of an exact form that a QUALITATIVE claim might be given
- **hypotheses**: a case without each of them refutes the claim
"""


def page() -> str:
    """The whole page."""
    return "".join(_lines())


def _lines() -> Iterator[str]:
    yield HEAD
    question = ""
    for claim, judges in by_claim().items():
        if CLAIMS[claim].question != question:
            question = CLAIMS[claim].question
            yield f"\n## {question}\n\n| claim | verdict | judged | by |\n|---|---|---|---|\n"
        for judge in judges:
            yield f"| {claim} | {CLAIMS[claim].verdict} | {_how(judge, CLAIMS[claim])} | {_says(judge)} |\n"


def _how(judge: Judge, claim: Claim) -> str:
    """The roles of a judge; what is refuted is corrected by the same one."""
    named: dict[Role, str] = {role: role for role in Role if role in judge.roles and role is not Role.CORRECTED}
    if Role.REFUTES in named and claim.verdict is Verdict.QUALITATIVE:
        named[Role.REFUTES] = "refutes the operational form"
    return ", ".join(named.values())


def _says(judge: Judge) -> str:
    """Its name, and the first paragraph of what it says."""
    words = " ".join(judge.says.partition("\n\n")[0].split()).replace("|", "\\|")
    return f"{judge.name.replace('_', ' ')}: {words}"


if __name__ == "__main__":
    sys.stdout.write(page())
