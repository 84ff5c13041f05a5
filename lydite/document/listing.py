"""Lists the claims of the document: what each says, whether it is true, and what grades it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from lydite.document.experiments import FINDINGS, on
from lydite.document.formulas import readable
from lydite.kit.claim import CLAIMS, Claim, Verdict
from lydite.kit.law import Law
from lydite.kit.laws import LAWS
from lydite.report.lines import HANG
from lydite.verdict.chosen import named


def chosen(ids: Sequence[str], verdicts: Sequence[str] = ()) -> list[Claim]:
    """Returns the claims that `ids` name (`Q6.3`, `Q6`, functions; all, if empty), of any of `verdicts`.

    Raises ValueError where a name fits no claim.
    """
    wanted = {claim for name in ids for claim in named(name)}
    chosen = [c for c in CLAIMS.values() if not ids or c.id in wanted]
    return [c for c in chosen if not verdicts or c.verdict in verdicts]


def laws_of(claim: Claim) -> list[Law]:
    """Returns the laws that grade `claim`."""
    return [law for law in LAWS.values() if claim.id in law.claims or law.name in claim.anchors]


def as_data(claim: Claim) -> dict[str, Any]:
    """Returns everything about `claim`, for JSON."""
    return {
        "id": claim.id,
        "title": claim.title,
        "task": claim.task,
        "part": claim.part,
        "statement": claim.statement,
        "addition": claim.addition,
        "formula": claim.formula,
        "verdict": claim.verdict.value,
        "hypotheses": list(claim.hypotheses),
        "correction": claim.correction,
        "corrected": claim.corrected,
        "witness": claim.witness,
        "kind": claim.kind.value,
        "calls": list(claim.calls),
        "regimes": [r.value for r in claim.regimes],
        "laws": [{"name": law.name, "says": law.says, "regimes": _regimes(law, claim)} for law in laws_of(claim)],
        "experiments": on(claim.id),
    }


def _regimes(law: Law, claim: Claim) -> list[str]:
    return [r.value for r in law.regimes if r in claim.regimes]


def table(claims: Sequence[Claim]) -> Iterator[str]:
    """Yields a line for each claim, and the count of each verdict."""
    width = max((len(c.id) for c in claims), default=0)
    for claim in claims:
        graded = ", ".join(claim.calls) or "proved once, not graded"
        yield f"{claim.id:<{width}}  {claim.verdict:<11}  {HANG}{claim.title}  [{graded}]"
    counts = [f"{n} {v}" for v in Verdict if (n := sum(c.verdict is v for c in claims))]
    yield f"{len(claims)} claim{'s' * (len(claims) != 1)}: {', '.join(counts)}"


def details(claim: Claim) -> Iterator[str]:
    """Yields everything about `claim`, line by line."""
    yield f"{claim.id}  {claim.title}"
    rows = [
        ("document", claim.part),
        ("says", claim.statement),
        ("addition", claim.addition),
        ("formula", readable(claim.formula)),
        ("verdict", claim.verdict.value),
        *(("if", hypothesis) for hypothesis in claim.hypotheses),
        ("correction", claim.correction),
        ("corrected", readable(claim.corrected)),
        ("witness", claim.witness),
        ("task", claim.task),
        ("calls", ", ".join(claim.calls) or "none: it is mathematics, proved once, without an implementation"),
        ("regimes", ", ".join(claim.regimes)),
        *(("law", f"{law.says}  ({law.name}; {', '.join(_regimes(law, claim))})") for law in laws_of(claim)),
        *(("experiment", f"{found['title']} {FINDINGS[found['verdict']]}") for found in on(claim.id)),
    ]
    yield from (f"  {name:<12}{HANG}{text}" for name, text in rows if text)
