"""Renders the report for a terminal: faults first."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator, Sequence

from lydite import suite
from lydite.isolation.tier import Tier
from lydite.kit.claim import CLAIMS
from lydite.kit.regime import Regime
from lydite.notation.marks import marks
from lydite.notation.text import cut, inputs, plain
from lydite.report.count import WORDS, Count
from lydite.report.lines import HANG, UNBOUND, fitted
from lydite.report.model import (
    BROKEN,
    FAILED,
    MANY,
    NOTHING_GRADED,
    ClaimResult,
    Counterexample,
    Entry,
    Fault,
    Function,
    Outcome,
    Report,
    ids_of,
    regimes_of,
    size,
)
from lydite.report.terms import explained, glossary

ISOLATION = {
    Tier.NONE: "none: in this process, nothing contained or limited",
    Tier.PROCESS: "process: not contained, only for code that you trust",
}
EXEMPT = "known to break"
SHOWN_ORDER = ("broken", "in error", "missing", EXEMPT, "not run", "holding")
"""The words for claims as they are counted here: by the precedence of outcomes, the exempt after those that count."""
WIDTH = 12
FEW_WORST, MOST_INPUTS = 5, 200
"""Calls of which the worst input is shown, and bytes of it."""
MOST_REASONS = 5
"""Reasons to look at one implementation that are shown."""
MOST_LINES, MOST_REASON = 10, 60
"""Lines of a report in brief, and characters of an input, an answer or a reason in it."""
MOST_TROUBLE = 120
"""Characters of what is in the way of an implementation where it has one line."""
FEW = 8
"""More implementations than this are shown in a table only."""


def render(whole: Report, status: int | None = None, why: str = "", width: int = UNBOUND) -> str:
    """Returns the report as text of `width` columns, which ends with exit status `status`, else its own, and `why`."""
    return fitted(lines(whole, status, why), width)


def lines(whole: Report, status: int | None = None, why: str = "", *, explain: bool = False) -> Iterator[str]:
    """Yields the report line by line, and with `explain` the meaning of every term in it, else of the oddest."""
    return (glossary if explain else explained)(_lines(whole, status, why))


def _lines(whole: Report, status: int | None, why: str) -> Iterator[str]:
    implementations = whole.implementations
    status = whole.exit_status() if status is None else status
    if len(implementations) <= FEW:
        for implementation in implementations:
            yield from (*_section(whole, implementation), "")
    if len(implementations) > 1:
        yield from (*_table(implementations), "")
        yield from _for_a_person(implementations)
    yield _conclusion(whole, status, plain(why))


def brief(whole: Report, status: int | None = None) -> str:
    """Returns the report in `MOST_LINES` lines at most: for each implementation what is to fix, and the conclusion."""
    lines: list[str] = []
    for entry in whole.implementations:
        if not (entry.judged and entry.is_as_expected):
            lines += [f"{plain(entry.name)}: {plain(entry.trouble) or finding(entry)}"]
            lines += [_in_a_line(fault, entry.face(fault)) for fault in entry.faults or ()]
            lines += [
                f"  no longer broken: {exempt.name} ({cut(plain(exempt.why), MOST_REASON)})" for exempt in entry.stale
            ]
            for exceeded in entry.exceeded:
                shown = _in_words(exceeded.counterexample) if exceeded.counterexample else ""
                lines += [f"  less accurate than its budget: {'; '.join(filter(None, [plain(exceeded.says), shown]))}"]
    if len(lines) >= MOST_LINES:
        kept = MOST_LINES - 2
        lines[kept:] = [f"  and {len(lines) - kept} lines more in the report (--json)"]
    return fitted([*lines, _conclusion(whole, whole.exit_status() if status is None else status, "")], UNBOUND)


def _in_a_line(fault: Fault, face: ClaimResult) -> str:
    """Returns a fault in one line: the call, where it is, the claim that shows it, and what came out."""
    example = face.counterexample
    told = _in_words(example) if example else f"got {cut(plain(face.reason), MOST_REASON)}"
    return f"  {plain(fault.call)} {plain(fault.where)} {face.name}: {told}"


def _in_words(example: Counterexample) -> str:
    """Returns a counterexample in a line."""
    rows = dict(example.rows())
    names = [name for name in ("call", "input", "got", "due") if name in rows]
    return "; ".join(f"{name} {cut(rows[name], MOST_REASON)}" for name in names)


def _for_a_person(entries: Sequence[Entry]) -> Iterator[str]:
    """Yields what a person should look at, and why; it ends with an empty line."""
    reasons = [(plain(entry.name), why) for entry in entries if (why := entry.attention)]
    if not reasons:
        return
    yield f"for a person to look at: {len(reasons)} of {len(entries)}"
    width = max(len(name) for name, _ in reasons)
    for name, why in reasons:
        for place, reason in enumerate(why[:MOST_REASONS]):
            yield f"  {'' if place else name:<{width}}  {HANG}{plain(reason)}"
        if len(why) > MOST_REASONS:
            yield f"  {'':<{width}}  {HANG}and {len(why) - MOST_REASONS} more"
    yield ""


def finding(entry: Entry) -> str:
    """Returns what was found, in a few words: no fault only where claims held, and what else became of claims."""
    if entry.faults:
        claims = {i for f in entry.faults for i in (f.claim, *f.also, *f.follows)}
        return f"{_plural(len(entry.faults), 'fault')} ({_plural(len(claims), 'claim')})"
    if not entry.judged:
        return "nothing was judged"
    counts = _counts(entry)
    if not counts["holding"]:
        return "no claim was found to hold"
    held = counts.pop("holding")
    rest = ", ".join(f"{n} {word}" for word, n in counts.items())
    if entry.trouble:
        return f"not judged in full: {held} holding{f', {rest}' * bool(rest)}"
    return f"no fault found in {_plural(held, 'claim')}; {rest}" if rest else "no fault found"


def _counts(entry: Entry) -> Counter[str]:
    """Returns how many claims there are by the worst that became of each in any regime."""
    worst: dict[str, str] = {}
    for claim in entry.claims:
        word = EXEMPT if claim.failed and claim.key in entry.exempt else WORDS[claim.outcome]
        worst[claim.id] = min(word, worst.get(claim.id, word), key=SHOWN_ORDER.index)
    found = Counter(worst.values())
    return Counter({word: found[word] for word in SHOWN_ORDER if found[word]})


def evidence(example: Counterexample, heading: str = "") -> Iterator[str]:
    """Yields a counterexample line by line: the call, what came of it, what is due, and the law that breaks."""
    rows = dict(example.rows())
    if "off by" in rows:
        side = "due" if "due" in rows else "got"
        rows[side] += f"    off by {rows['off by']}"
    if "law" in rows:
        rows["law"] = f"{rows['law']}   {heading}".rstrip()
    for name in ("call", "input", "got", "due", "at", "also", "law", "there"):
        if name in rows:
            yield _line(name, rows[name])


def _section(whole: Report, entry: Entry) -> Iterator[str]:
    yield _header(whole, entry)
    yield from _declared(entry)
    yield from (_line("note", plain(note)) for note in entry.notes)
    if entry.trouble:
        yield plain(entry.trouble)
    if not entry.loaded:
        return
    yield f"{finding(entry)}   {marks(entry.points)} / {marks(entry.max_points)} points"
    yield from _functions(entry.functions)
    yield from _missing(entry)
    for place, fault in enumerate(entry.faults or (), start=1):
        yield ""
        yield from _fault(place, fault, entry.face(fault))
    yield ""
    yield from _unexamined(entry)
    yield from _expected(entry)
    yield from _newer(whole.laws, entry)
    counts = [(question, Count.of(entry.claims, question)) for question in entry.questions]
    yield "  ".join(f"{question} {count.points}" for question, count in counts if count.points)
    yield from _closest(entry)
    yield from _explored(entry)
    yield from _not_run(entry)


def _functions(functions: Sequence[Function]) -> Iterator[str]:
    """Yields a table of the functions that are offered and do not hold in full, and names the others."""
    rows = [function for function in functions if function.offered and function.held < function.of]
    whole = [plain(function.call) for function in functions if function.offered and function.held == function.of]
    if rows:
        width = max(len("function"), *(len(plain(function.call)) for function in rows))
        yield from ("", f"{'function':<{width}}  holds     where to look")
    for one in rows:
        look = ", ".join(filter(None, [f"FAULT {one.place}" if one.place else "", one.look]))
        yield f"{plain(one.call):<{width}}  {f'{one.held} of {one.of}':<8}  {HANG}{look}"
    if whole and len(whole) == len(functions):
        yield f"all holds   {HANG}{_plural(len(whole), 'function')}"
    elif whole:
        yield f"all holds   {HANG}{', '.join(whole)}"


def _header(whole: Report, entry: Entry) -> str:
    calls = {call for claim in entry.claims for call in claim.calls}
    offered = len(calls) - len(entry.absent) if entry.loaded else 0
    return " · ".join(
        [
            plain(entry.name),
            whole.precision,
            f"seed {whole.seed}",
            ISOLATION.get(whole.isolation, str(whole.isolation)),
            f"{offered}/{len(calls)} calls",
            f"{entry.cases:,} cases",
            f"{entry.seconds:.0f} s",
        ]
    )


def _declared(entry: Entry) -> Iterator[str]:
    """Yields what the adapter declares: module, arrays and environment, then each call that has a convention."""
    if entry.declared is None:
        return
    whole = [f"{key} {plain(value)}" for key, value in entry.declared.whole.items()]
    yield _line("declared", ", ".join(whole) or "functions of its own")
    if env := entry.declared.env:
        yield _line("", f"env {', '.join(f'{name}={plain(value)}' for name, value in env.items())}")
    for call, said in entry.declared.calls.items():
        source = plain(said.get("use") or said.get("python") or f"autodiff of {said.get('autodiff')}")
        conventions = [f"{k} {plain(v)}" for k, v in said.items() if k not in {"use", "python", "autodiff", "args"}]
        yield _line("", ", ".join([f"{plain(call)}: {source}", *conventions]))


def _expected(entry: Entry) -> Iterator[str]:
    """Yields the exceptions that are known, those that no longer count or occur, and the budgets that are exceeded."""
    occurred = [e.name for e in entry.expected or () if e.occurred and not e.expired]
    if occurred:
        yield f"known, and not counted: {', '.join(occurred)}"
    unexplained = [e.name for e in entry.expected or () if e.occurred and not e.expired and not e.reason]
    if unexplained:
        yield f"without a reason yet: {', '.join(unexplained)}"
    for exempt in entry.expired:
        yield f"expired, and counted: {exempt.name}, known until {plain(exempt.until)} ({plain(exempt.why)})"
    for exempt in entry.stale:
        yield f"no longer broken: {exempt.name} ({plain(exempt.why)})"
    for exceeded in entry.exceeded:
        yield f"less accurate than its budget: {plain(exceeded.says)}"
        if exceeded.counterexample:
            yield from (f"  {line}" for line in evidence(exceeded.counterexample))


def _newer(laws: str, entry: Entry) -> Iterator[str]:
    """Yields which laws would break if those after the version `laws` counted."""
    if entry.newer:
        named = [f"{plain(n.law.partition('.')[2])} {n.regime} ({plain(n.since)})" for n in entry.newer[:FEW]]
        more = " ..." * (len(entry.newer) > FEW)
        yield f"{_plural(len(entry.newer), 'law')} since {laws} would break: {', '.join(named)}{more}"


def _fault(place: int, fault: Fault, face: ClaimResult) -> Iterator[str]:
    """Yields one fault, by the claim `face` that shows it."""
    cost = f"-{marks(fault.points)} points" if fault.points else "no points"
    where = "  ".join(filter(None, [plain(fault.call), plain(fault.where)]))
    yield f"FAULT {place}  {HANG}{where}  {face.regime}, {cost}"
    if face.counterexample:
        yield from (f"  {line}" for line in evidence(face.counterexample, face.id))
    else:
        yield f"  {_line('got', plain(face.reason))}"
    if told := _checked(face.id):
        yield f"  {_line('claim', told)}"
    if not face.steady:
        yield f"  {_line('note', 'not each time that it is called')}"
    for name, text in fault.rows():
        yield f"  {_line(name, text)}"
    if face.counterexample:
        yield f"  {_line('again', plain(face.counterexample.reproduce))}"


def _checked(name: str) -> str:
    """Returns what was checked for the claim `name`, in a few words, and where the document says otherwise."""
    if name not in CLAIMS:
        return ""
    claim = CLAIMS[name]
    command = shlex.join(["lydite", "claims", name, *suite.shown()])
    return plain(claim.task) + (f"; the document says otherwise: {command}" if claim.otherwise else "")


def _unexamined(entry: Entry) -> Iterator[str]:
    """Yields the claims in error for which no call is to blame: what was cut off, or never loaded."""
    lost = ids_of(c for c in entry.unexpected if c.outcome.is_wrong and not c.fault)
    if lost and entry.outcome == "graded":
        yield f"in error: {', '.join(lost)}"
    elif lost:
        yield f"without credit: {_plural(len(lost), 'claim')} of {len(ids_of(entry.claims))}"


def _missing(entry: Entry) -> Iterator[str]:
    for question, calls in entry.missing.items():
        yield f"missing, {question}: {HANG}{', '.join(map(plain, calls))}"
        for call in calls:
            if text := entry.looked_up.get(call):
                yield _line("", f"{plain(call)}: {plain(text)}")


def _closest(entry: Entry) -> Iterator[str]:
    near = [c for c in entry.claims if c.holds and c.worst]
    if near:
        claim = max(near, key=lambda c: c.worst)
        share = f"{size(claim.worst)} of allowed" + (f" ({size(claim.ulps)} ulp)" if 0 < claim.ulps < MANY else "")
        yield f"closest to its bound: {', '.join(map(plain, claim.calls))}, {share}, {claim.id} {claim.regime}"


def _explored(entry: Entry) -> Iterator[str]:
    """Yields the worst inputs found, of the calls that come closest to what is allowed."""
    if entry.explored is None:
        return
    calls = sorted(entry.explored.calls.items(), key=lambda pair: -pair[1].worst)
    closest = "; closest to what is allowed:" if calls else ""
    yield f"explored: {_plural(entry.explored.constants, 'constant')} of the code tried{closest}"
    for call, found in calls[:FEW_WORST]:
        ulps = f", {size(found.ulps)} ulp" if 0 < found.ulps < MANY else ""
        how = f"{size(found.worst)} of allowed{ulps}, {found.regime}"
        yield f"  {plain(call):<23} {HANG}{how}   {cut(inputs(found.inputs, found.reads), MOST_INPUTS)}"
    if len(calls) > FEW_WORST:
        yield f"  and {len(calls) - FEW_WORST} more in the report (--json)"


def _not_run(entry: Entry) -> Iterator[str]:
    absent = [regime for regime in Regime if regime not in regimes_of(entry.claims)]
    reasons: dict[str, list[ClaimResult]] = {}
    for claim in entry.claims:
        if claim.outcome is Outcome.NOT_RUN:
            reasons.setdefault(claim.reason, []).append(claim)
    parts = [f"{', '.join(absent)} (not requested)"] if absent else []
    for reason, claims in reasons.items():
        ids = ids_of(claims)
        parts.append(f"{', '.join(ids[:FEW])}{' ...' * (len(ids) > FEW)} ({plain(reason)})")
    if parts:
        yield f"not run: {'; '.join(parts)}"


def _table(entries: Sequence[Entry]) -> Iterator[str]:
    width = max(len(plain(entry.name)) for entry in entries)
    for entry in entries:
        faults = [plain(fault.call) for fault in entry.faults or ()]
        told = f"fix {', '.join(faults[:3])}{' ...' * (len(faults) > 3)}" if faults else ""
        if entry.missing and not faults:
            told = f"{_plural(len(entry.absent), 'call')} missing"
        if entry.trouble:
            told = cut(plain(entry.trouble), MOST_TROUBLE)
        points = f"{marks(entry.points):>8} / {marks(entry.max_points)}"
        yield f"{plain(entry.name):<{width}}  {points:<18} {HANG}{told}".rstrip()


def _conclusion(whole: Report, status: int, why: str) -> str:
    told = {
        0: _success(whole.implementations),
        NOTHING_GRADED: _nothing(whole.implementations),
        FAILED: "Lydite itself failed",
    }
    full = "full points; " * (status == BROKEN and all(_full(entry) for entry in whole.implementations))
    return f"exit {status}: {HANG}{why or told.get(status) or full + _advice(whole.implementations)}"


def _full(entry: Entry) -> bool:
    """Returns whether it has all the points that there are."""
    return entry.loaded and 0 < entry.max_points <= entry.points


def _nothing(entries: Sequence[Entry]) -> str:
    names = [plain(entry.name) for entry in entries if not entry.judged]
    of = f" of {', '.join(names)}" if 0 < len(names) < len(entries) else ""
    return f"nothing{of} was graded: no call in scope is offered, or no law could be run"


def _success(entries: Sequence[Entry]) -> str:
    counts = [_counts(entry) for entry in entries]
    if any(count[EXEMPT] for count in counts):
        return "every claim in scope holds but those known to break"
    return f"every claim {'that was judged' if any(count['not run'] for count in counts) else 'in scope'} holds"


def _advice(entries: Sequence[Entry]) -> str:
    absent = [call for entry in entries for call in entry.absent]
    last = f"write {plain(absent[0])} next" if absent else "find out what is in error first"
    return next((told for entry in entries for told in _steps(entry, len(entries) > 1)), last)


def _steps(entry: Entry, several: bool) -> Iterator[str]:
    """Yields what to do about one implementation, of `several` perhaps, the first thing first."""
    name = plain(entry.name)
    if not entry.loaded:
        yield f"make {name} importable first"
    if entry.faults:
        yield f"fix {plain(entry.faults[0].call)}{f' of {name}' * several} first"
    if entry.late:
        yield f"give {name} more time (--timeout)"
    if entry.outcome == "killed":
        yield f"find out why {name} was killed first"
    if entry.stale:
        yield f"take what is no longer broken off the expectations of {name}"
    if entry.exceeded:
        yield f"make {plain(entry.exceeded[0].call)}{f' of {name}' * several} as accurate as it was"


def _line(name: str, text: str) -> str:
    return f"{name:<{WIDTH}}{HANG}{text}"


def _plural(n: int, what: str) -> str:
    return f"{n} {what}{'s' * (n != 1)}"
