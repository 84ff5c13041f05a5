"""The report for a terminal, rendered from the document alone: faults first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from lydite.notation.marks import marks
from lydite.notation.text import inputs, plain, shown
from lydite.report.attention import attention
from lydite.report.model import (
    FAILED,
    NOTHING_GRADED,
    Document,
    exit_status,
    is_late,
    judged,
    stale,
    trouble,
    unexpected,
)

ISOLATION = {
    "none": "none: in this process, nothing contained or limited",
    "process": "process: not contained, only for code that you trust",
}
WRONG = ("broken", "error")
LOST = (*WRONG, "missing")
WORDS = {"error": "in error", "broken": "broken", "missing": "missing", "not_run": "not run", "holds": "holding"}
"""What is said of each outcome, the worst first."""
ORDER = ("in error", "broken", "missing", "known to break", "not run", "holding")
WIDTH = 12
MANY = 1e6
"""More units in the last place than this say that the value due is all but 0, and nothing of accuracy."""
MOST_REASONS = 5
"""Reasons to look at one implementation that are shown."""
FEW = 8
"""More implementations than this are told in a table only."""


def render(whole: Document, status: int | None = None, why: str = "") -> str:
    """Returns the report as text, which ends with exit status `status` (its own, if none is given), and `why`."""
    implementations = whole["implementations"]
    status = exit_status(whole) if status is None else status
    lines: list[str] = []
    if len(implementations) <= FEW:
        for implementation in implementations:
            lines += [*_section(whole, implementation), ""]
    if len(implementations) > 1:
        lines += [*_table(implementations), ""]
        lines += _for_a_person(implementations)
    lines.append(_conclusion(whole, status, plain(why)))
    return "\n".join(lines)


def _for_a_person(implementations: Sequence[Document]) -> Iterator[str]:
    """Yields what a person should look at, and why; it ends with an empty line."""
    reasons = [(plain(i["name"]), why) for i in implementations if (why := attention(i))]
    if not reasons:
        return
    yield f"for a person to look at: {len(reasons)} of {len(implementations)}"
    width = max(len(name) for name, _ in reasons)
    for name, why in reasons:
        for place, reason in enumerate(why[:MOST_REASONS]):
            yield f"  {'' if place else name:<{width}}  {plain(reason)}"
        if len(why) > MOST_REASONS:
            yield f"  {'':<{width}}  and {len(why) - MOST_REASONS} more"
    yield ""


def finding(implementation: Document) -> str:
    """Returns what was found, in a few words: no fault only where claims held, and what else became of claims."""
    faults = implementation["faults"]
    if faults:
        claims = {i for f in faults for i in (f["claim"], *f["also"], *f["follows"])}
        return f"{_count(len(faults), 'fault')} ({_count(len(claims), 'claim')})"
    counts = _counts(implementation)
    if not judged(implementation):
        return "nothing was judged"
    if not counts["holding"]:
        return "no claim was found to hold"
    held = counts.pop("holding")
    rest = ", ".join(f"{n} {word}" for word, n in counts.items())
    if trouble(implementation):
        return f"not judged in full: {held} holding{f', {rest}' * bool(rest)}"
    return f"no fault found in {_count(held, 'claim')}; {rest}" if rest else "no fault found"


def _counts(implementation: Document) -> Counter[str]:
    """How many claims there are by the worst that befell each."""
    excepted = {(e["id"], e["regime"]) for e in implementation.get("expected", ())}
    worst: dict[str, str] = {}
    for claim in implementation["claims"]:
        known = claim["outcome"] in LOST and (claim["id"], claim["regime"]) in excepted
        word = "known to break" if known else WORDS[claim["outcome"]]
        worst[claim["id"]] = min(word, worst.get(claim["id"], word), key=ORDER.index)
    found = Counter(worst.values())
    return Counter({word: found[word] for word in ORDER if found[word]})


def evidence(example: dict[str, Any], heading: str = "") -> Iterator[str]:
    """A counterexample, line by line: the law, the input, what came out and what is due."""
    yield _line("law", f"{plain(example['says'])}   {heading}".rstrip())
    yield _line("input", inputs(example["inputs"], example["reads"]))
    yield _line("got", shown(example["got"]))
    relation = "at most " if example["relation"] == "at most" else ""
    if example["error"] is None:
        return
    off = f"off by {_size(example['error'])}, allowed {_size(example['tolerance'])}"
    yield _line("due", f"{relation}{shown(example['due'])}    {off}")


def _section(whole: Document, implementation: Document) -> Iterator[str]:
    yield _header(whole, implementation)
    yield from _declared(implementation)
    yield from (_line("note", plain(note)) for note in implementation.get("notes", ()))
    if why := trouble(implementation):
        yield plain(why)
    if implementation["outcome"] == "unloadable":
        return
    yield _headline(implementation)
    for place, fault in enumerate(implementation["faults"], start=1):
        yield ""
        yield from _fault(place, fault, _face(implementation, fault))
    yield ""
    yield from _unexamined(implementation)
    yield from _missing(implementation)
    yield from _expected(implementation)
    yield _points(implementation)
    yield from _closest(implementation)
    yield from _not_run(implementation)


def _header(whole: Document, implementation: Document) -> str:
    calls = {call for claim in implementation["claims"] for call in claim["calls"]}
    offered = 0 if implementation["outcome"] == "unloadable" else len(calls) - len(_absent(implementation))
    return " · ".join(
        [
            plain(implementation["name"]),
            whole["precision"],
            f"seed {whole['seed']}",
            ISOLATION.get(whole["isolation"], str(whole["isolation"])),
            f"{offered}/{len(calls)} calls",
            f"{implementation['cases']:,} cases",
            f"{implementation['seconds']:.0f} s",
        ]
    )


def _declared(implementation: Document) -> Iterator[str]:
    """What the adapter says: module, arrays and environment, then each call for which a convention is declared."""
    declared = implementation.get("declared")
    if declared is None:
        return
    whole = [f"{key} {plain(declared[key])}" for key in ("module", "arrays", "dtype") if key in declared]
    yield _line("declared", ", ".join(whole) or "functions of its own")
    if env := declared.get("env"):
        yield _line("", f"env {', '.join(f'{name}={plain(value)}' for name, value in env.items())}")
    for call, told in declared["calls"].items():
        source = plain(told.get("use") or told.get("python") or f"autodiff of {told['autodiff']}")
        conventions = [f"{k} {plain(v)}" for k, v in told.items() if k not in {"use", "python", "autodiff", "args"}]
        yield _line("", ", ".join([f"{call}: {source}", *conventions]))


def _expected(implementation: Document) -> Iterator[str]:
    """The exceptions that are known, and those that no longer occur."""
    known = implementation.get("expected", ())
    occurred = [f"{e['id']} {e['regime']}" for e in known if e["occurred"]]
    if occurred:
        yield f"known, and not counted: {', '.join(occurred)}"
    for exception in stale(implementation):
        yield f"no longer broken: {exception['id']} {exception['regime']} ({plain(exception['reason'])})"


def _headline(implementation: Document) -> str:
    """What was found, and the points."""
    points = f"{marks(implementation['points'])} / {marks(implementation['max_points'])}"
    return f"{finding(implementation):<60}{points:>12}"


def _fault(place: int, fault: Document, face: Document) -> Iterator[str]:
    """One fault, by the claim `face` that shows it."""
    example = face["counterexample"]
    cost = f"-{marks(fault['points'])} points" if fault["points"] else "no points"
    where = f"{fault['call']:<23} {plain(fault['where'])}"
    yield f"FAULT {place}  {where:<49} {face['regime']}, {cost}"
    if example:
        yield from (f"  {line}" for line in evidence(example, face["id"]))
    else:
        yield f"  {_line('got', plain(face['reason']))}"
    if not face.get("steady", True):
        yield f"  {_line('note', 'not each time that it is asked')}"
    for name, text in _known(fault):
        yield f"  {_line(name, text)}"
    if example:
        yield f"  {_line('again', plain(example['reproduce']))}"


def _known(fault: Document) -> Iterator[tuple[str, str]]:
    """What experiments have shown of a fault."""
    for like in fault["looks_like"]:
        yield "looks like", f"{plain(like['says'])} in {like['matched']} of {like['of']} cases"
    if fault["agrees"]:
        yield "agrees", plain(fault["agrees"])
    if fault["confirmed"]:
        yield "confirmed", plain(fault["confirmed"])
    if fault["also"]:
        yield "also broken", ", ".join(fault["also"])
    if fault["follows"]:
        yield "follows", f"{', '.join(fault['follows'])} (no further points lost)"


def _face(implementation: Document, fault: Document) -> Document:
    """The claim that shows a fault."""
    key = (fault["claim"], fault["regime"])
    return next(c for c in implementation["claims"] if (c["id"], c["regime"]) == key)


def _unexamined(implementation: Document) -> Iterator[str]:
    """Claims in error for which no call is to blame: what was cut off, or never loaded."""
    lost = [c for c in unexpected(implementation) if c["outcome"] in WRONG and not c["fault"]]
    if lost and implementation["outcome"] == "graded":
        yield f"in error: {', '.join(_ids(lost))}"
    elif lost:
        ids = _ids(lost)
        yield f"without credit: {_count(len(ids), 'claim')} of {len(_ids(implementation['claims']))}"


def _missing(implementation: Document) -> Iterator[str]:
    for question, calls in implementation["missing"].items():
        yield f"missing, {question}: {', '.join(calls)}"
        for call in calls:
            if text := implementation.get("looked_up", {}).get(call):
                yield _line("", f"{call}: {plain(text)}")


def _points(implementation: Document) -> str:
    got: dict[str, float] = {}
    due: dict[str, float] = {}
    for claim in implementation["claims"]:
        got[claim["question"]] = got.get(claim["question"], 0.0) + claim["points"]
        due[claim["question"]] = due.get(claim["question"], 0.0) + claim["max_points"]
    return "  ".join(f"{q} {marks(got[q])}/{marks(due[q])}" for q in sorted(due) if due[q])


def _closest(implementation: Document) -> Iterator[str]:
    near = [c for c in implementation["claims"] if c["outcome"] == "holds" and c["worst"]]
    if near:
        claim = max(near, key=lambda c: c["worst"])
        share = f"{_size(claim['worst'])} of allowed" + (
            f" ({_size(claim['ulps'])} ulp)" if 0 < claim["ulps"] < MANY else ""
        )
        yield f"closest to its bound: {', '.join(claim['calls'])}, {share}, {claim['id']} {claim['regime']}"


def _not_run(implementation: Document) -> Iterator[str]:
    regimes = {claim["regime"] for claim in implementation["claims"]}
    unasked = [r for r in REGIMES if r not in regimes]
    reasons: dict[str, list[Document]] = {}
    for claim in implementation["claims"]:
        if claim["outcome"] == "not_run":
            reasons.setdefault(claim["reason"], []).append(claim)
    parts = [f"{', '.join(unasked)} (not asked for)"] if unasked else []
    parts += [
        f"{', '.join(_ids(claims)[:FEW])}{' ...' * (len(_ids(claims)) > FEW)} ({plain(reason)})"
        for reason, claims in reasons.items()
    ]
    if parts:
        yield f"not run: {'; '.join(parts)}"


REGIMES = ("core", "stability", "scale", "layout", "purity", "tails", "inputs")


def _table(implementations: Sequence[Document]) -> Iterator[str]:
    width = max(len(plain(i["name"])) for i in implementations)
    for implementation in implementations:
        faults = [fault["call"] for fault in implementation["faults"]]
        told = f"mend {', '.join(faults[:3])}{' ...' * (len(faults) > 3)}" if faults else ""
        if implementation["missing"] and not faults:
            told = f"{_count(len(_absent(implementation)), 'call')} missing"
        if why := trouble(implementation):
            told = plain(why)[:120]
        points = f"{marks(implementation['points']):>8} / {marks(implementation['max_points'])}"
        yield f"{plain(implementation['name']):<{width}}  {points:<18} {told}".rstrip()


def _conclusion(whole: Document, status: int, why: str) -> str:
    told = {
        0: _success(whole["implementations"]),
        NOTHING_GRADED: _nothing(whole["implementations"]),
        FAILED: "Lydite itself failed",
    }
    return f"exit {status}: {why or told.get(status) or _advice(whole['implementations'])}"


def _nothing(implementations: Sequence[Document]) -> str:
    names = [plain(one["name"]) for one in implementations if not judged(one)]
    of = f" of {', '.join(names)}" if 0 < len(names) < len(implementations) else ""
    return f"nothing{of} was graded: no call in scope is offered, or no law could be run"


def _success(implementations: Sequence[Document]) -> str:
    counts = [_counts(implementation) for implementation in implementations]
    if any(count["known to break"] for count in counts):
        return "every claim in scope holds but those known to break"
    return f"every claim {'that was judged' if any(count['not run'] for count in counts) else 'in scope'} holds"


def _advice(implementations: Sequence[Document]) -> str:
    for implementation in implementations:
        if implementation["outcome"] == "unloadable":
            return f"make {plain(implementation['name'])} importable first"
        faults = implementation["faults"]
        if faults:
            of = f" of {plain(implementation['name'])}" if len(implementations) > 1 else ""
            return f"mend {faults[0]['call']}{of} first"
        if is_late(implementation):
            return f"give {plain(implementation['name'])} more time (--timeout)"
        if implementation["outcome"] == "killed":
            return f"find out why {plain(implementation['name'])} was killed first"
        if stale(implementation):
            return f"take what is no longer broken off the expectations of {plain(implementation['name'])}"
    absent = [call for implementation in implementations for call in _absent(implementation)]
    return f"write {absent[0]} next" if absent else "find out what is in error first"


def _absent(implementation: Document) -> list[str]:
    return [call for calls in implementation["missing"].values() for call in calls]


def _line(name: str, text: str) -> str:
    return f"{name:<{WIDTH}}{text}"


def _ids(claims: Any) -> list[str]:
    return list(dict.fromkeys(c["id"] for c in claims))


def _count(n: int, what: str) -> str:
    return f"{n} {what}{'s' * (n != 1)}"


def _size(x: Any) -> str:
    """A number of which the size matters."""
    return f"{float(x):.2g}"
