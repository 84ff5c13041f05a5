"""A counterexample as a Python file, which ends with status 1 while the fault is there.

All that it takes from a report or a name stands in it as literals: nothing of that runs.

It needs NumPy and the code that it refutes; where that is called through an adapter, Lydite too.
"""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from lydite import suite
from lydite.adapters.adapter import read_adapter
from lydite.commands.replay import Replayed, Stored
from lydite.kit.calls import CALLS
from lydite.notation.counterexample import value
from lydite.notation.literal import called, literal
from lydite.report.model import Counterexample, Made
from lydite.target.name import is_path
from lydite.target.opened import Opened
from lydite.target.unpack import ARCHIVE
from lydite.target.watch import Watch
from lydite.verdict.made import Noted, due_of
from lydite.worker.loading import entry

HEADER = '''\
"""Calls the code that a law refutes once more. Ends with status 1 while the fault is there.

This runs that code without a jail, as whoever starts it: read it first. The first argument is the code to run; the one
at fault if none is given.
"""

import sys
{imports}
import numpy as np

law = {law!r}
target = sys.argv[1] if len(sys.argv) > 1 else {target!r}
'''

FILE = """\
spec = util.spec_from_file_location("submission", target)
impl = util.module_from_spec(spec)
sys.modules["submission"] = impl
spec.loader.exec_module(impl)
"""
MODULE = """\
impl = import_module(target)
"""
ADAPTED = """\
impl = through({adapter!r}, target, {precision!r})
"""
CALL = """\
try:
    got = {call}
except Exception as error:
    raised = getattr(error, "raised", "") or type(error).__name__
    print("got ", f"raised {{raised}}: {{error}}")
    got = None
else:
    raised = ""
    print("got ", repr(got))
"""
RAISES = """\
print("due ", {raises!r})
{rest}sys.exit(raised != {raises!r})
"""
VALUE = """\
due = {due}
print("due ", repr(due))
{rest}

def is_right(got):
    if isinstance(due, tuple) and not (isinstance(got, (tuple, list)) and len(got) == len(due)):
        return False
    parts = zip(got, due) if isinstance(due, tuple) else [(got, due)]
    try:
        arrays = [(np.asarray(g), np.asarray(d, dtype=float)) for g, d in parts]
    except ValueError:  # rows of several lengths
        return False
    if any(g.dtype.kind not in "biuf" or g.shape != d.shape for g, d in arrays):
        return False
    there, due_there = (np.concatenate([np.ravel(a) for a in side])[{worst}] for side in zip(*arrays))
    return bool((np.abs(there - due_there) <= {allowed}).all())


sys.exit(bool(raised) or not is_right(got))
"""
PURE = """\
answers = []
for seed in (1, 2):
    given = {arguments}
    before = [np.copy(a) if isinstance(a, np.ndarray) else a for a in given]
    np.random.seed(seed)
    random.seed(seed)
    states = str(np.random.get_state(legacy=False)["state"]), random.getstate()
    got = {name}(*given)
    if not all(np.array_equal(a, b) for a, b in zip(given, before) if isinstance(a, np.ndarray)):
        sys.exit("got   changes an input")
    if states != (str(np.random.get_state(legacy=False)["state"]), random.getstate()):
        sys.exit("got   draws from the global random state")
    answers.append((got, repr(got)))
if answers[0][1] != answers[1][1]:
    sys.exit("got   does not give the same answer twice")
if repr(answers[0][0]) != answers[0][1]:
    sys.exit("got   overwrites the answer that it gave before")
"""


def through(adapter: str, target: str, precision: str) -> SimpleNamespace:
    """Returns the calls of `target` as the adapter at the path `adapter` makes them; what `script` writes calls it."""
    opened = Opened(target, read_adapter(Path(adapter)), precision, Watch())
    impl = opened.implementation(watched=False)
    return SimpleNamespace(**{name: getattr(impl, name) for name in CALLS if impl.offers(name)})


def _file(target: Path, found: Stored) -> Path:
    """Returns the file of `target` in which the call at fault is written. Raises ValueError, Unloadable."""
    if target.suffix == ARCHIVE:
        raise ValueError(f"{target.name} is an archive, which a file of its own cannot import: unpack it, or replay it")
    written = target / found.example.where.rpartition(":")[0]
    return written if target.is_dir() and written.is_file() else entry(target)


def script(found: Stored, done: Replayed, target: str) -> str:
    """Returns the text of the file. Raises ValueError where a file of its own cannot show the fault."""
    made, noted = _shown(done)
    if found.adapter and not suite.is_own():
        raise ValueError(f"{target} is called through {found.adapter}, by the suite of another document: replay it")
    path = str(_file(Path(target), found)) if is_path(target) and not found.adapter else target
    body = _body(found, done, made, noted)
    load = ADAPTED if found.adapter else FILE if is_path(target) else MODULE
    heading = HEADER.format(
        law=f"{found.claim}, {found.regime}: {(done.example or found.example).says}",
        target=path,
        imports=_imported(body, load),
    )
    return heading + load.format(adapter=found.adapter, precision=found.precision) + "\n" + body


def _shown(done: Replayed) -> tuple[Made, Noted]:
    """Returns the call to make, and its arguments. Raises ValueError where no single call shows the fault."""
    made, noted = done.made, next((one for one in done.noted if done.made and one.name == done.made.name), None)
    if made is None or noted is None or not done.alone:
        raise ValueError("it fails after other calls, which a file of its own does not make: replay it")
    if noted.rows:
        raise ValueError("the law is about many samples at once, which a file of its own does not judge: replay it")
    return made, noted


def _body(found: Stored, done: Replayed, made: Made, noted: Noted) -> str:
    arguments = [literal(a) for a in noted.args]
    name = f"impl.{noted.name}"
    if found.regime == "purity" and made.due is None:
        return PURE.format(arguments=f"[{', '.join(arguments)}]", name=name)
    due, raises = due_of(noted)
    example = done.example or found.example
    said = [(key, text) for key, text in example.rows() if key in {"law", "there"}]
    rest = "".join(f'print("{key:<4}", {text!r})\n' for key, text in said)
    shown = CALL.format(call=called(name, arguments, raised=made.raised))
    if raises:
        return shown + RAISES.format(raises=raises, rest=rest)
    if due is None:
        raise ValueError(f"what is due of {noted.name} is a matter of chance, which one call cannot show: replay it")
    worst, allowed = _margin(found.example, due, done.case.u)
    return shown + VALUE.format(due=literal(due), rest=rest, worst=worst, allowed=allowed)


def _margin(example: Counterexample, due: Any, u: float) -> tuple[str, str]:
    """Returns the entry that was wrong, and by how much it may be off: what the law allows, or half of what it was.

    Where there was no answer of this shape, every entry may be off by a millionth.
    """
    wanted = _flat(due)
    try:
        got = _flat(value(example.call.answer)) if example.call and not example.call.did else wanted[:0]
    except (TypeError, ValueError):  # too long to be kept, or no numbers
        got = wanted[:0]
    with np.errstate(all="ignore"):
        off = np.abs(got - wanted) if got.shape == wanted.shape else wanted[:0]
    if not off.size or not (off != 0).any():
        return ":", f"{max(1.0, float(np.abs(wanted).max(initial=0.0))) / 1e6!r}"
    whole = example.call is not None and example.call.whole and example.error is not None
    share = np.abs(off - (example.error or 0.0)) if whole else -off / (np.abs(wanted) + u)
    at = int(np.argmax(np.isnan(off))) if np.isnan(off).any() else int(np.argmin(share))
    if whole:
        allowed = (example.tolerance or 0.0) + 2 * u * abs(wanted[at])
    else:
        allowed = off[at] / 2 if np.isfinite(off[at]) else max(1.0, abs(wanted[at])) / 1e6
    return f"{at}:{at + 1}", repr(float(allowed))


def _flat(answer: Any) -> np.ndarray[Any, Any]:
    parts = answer if isinstance(answer, tuple) else (answer,)
    return np.concatenate([np.ravel(np.asarray(part, dtype=float)) for part in parts])


def _imported(body: str, load: str) -> str:
    """Returns the lines that import what the file uses."""
    used = set(re.findall(r"[a-z]+", " ".join(re.findall(r"lambda x: [^\n]*", body))))
    names = [name for name in ("atan", "cos", "exp", "sin") if name in used]
    lines = [f"from math import {', '.join(names)}"] if names else []
    lines += ["import random"] if "random.seed" in body else []
    if load is ADAPTED:
        return "\n".join([*lines, "from lydite.commands.script import through"])
    return "\n".join(["from importlib import util" if load is FILE else "from importlib import import_module", *lines])
