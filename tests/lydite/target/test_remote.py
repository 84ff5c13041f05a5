"""Code in a process of its own is held to the same laws as code in this one, with the same verdicts."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from textwrap import dedent
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import reference
from lydite.isolation import Tier
from lydite.kit.every import every
from lydite.kit.evidence import Tally
from lydite.kit.failure import CallFailed, Misbehaved, Missing
from lydite.kit.forall import Plan
from lydite.kit.regime import DEFAULT, Regime
from lydite.target import program as programs
from lydite.target.implementation import Implementation
from lydite.target.name import is_submitted
from lydite.target.opened import Opened
from lydite.target.program import Answer, Program, Question
from lydite.target.remote import Remote
from lydite.target.watch import MOST_TIMEOUTS, Unasked, Watch
from lydite.worker.codec import laid_out

ROOT = Path(__file__).parents[3]
Write = Callable[..., Remote]


@pytest.fixture
def remote(tmp_path: Path) -> Iterator[Write]:
    """Serves these lines from a process of their own, ended afterwards."""
    running: list[Program] = []

    def write(text: str, watched: bool = False, seconds: float = 5.0, watch: Watch | None = None) -> Remote:
        path = tmp_path / f"submission{len(running)}.py"
        path.write_text("import numpy as np\n" + dedent(text), encoding="utf-8")
        running.append(Program(str(path), Tier.PROCESS, seconds, 0))
        return Remote(running[-1], watched, watch)

    yield write
    for one in running:
        one.stop()


@pytest.fixture(scope="module")
def served() -> Iterator[Program]:
    """The reference in a process of its own."""
    path = ROOT / "tests" / "support" / "reference_served.py"
    program = Program(str(path), Tier.PROCESS, 10.0, 0)
    yield program
    program.stop()


CHOSEN = [p for p in every() if not p.law.batched][::9]


@pytest.mark.parametrize("prop", CHOSEN, ids=lambda p: p.law.name)
def test_the_same_cases_hold_from_there(served: Program, prop: Any) -> None:
    for regime in (r for r in DEFAULT if r in prop.law.regimes):
        watched, here, there = regime is Regime.PURITY, Tally(), Tally()
        prop.check(Implementation(reference, watched), regime, Plan(examples=1), here)
        prop.check(Remote(served, watched), regime, Plan(examples=1), there)
        assert (there.cases, there.skipped, there.worst, there.ulps) == (
            here.cases,
            here.skipped,
            here.worst,
            here.ulps,
        )
        assert there.cases or there.skipped


def test_what_is_offered_and_where_it_is_written(remote: Write) -> None:
    impl = remote("""
        def softmax(z):
            return z
        def cross_entropy(z, y):
            '''To be written.'''
        leaky_relu = 5
    """)
    assert [impl.offers(c) for c in ("softmax", "cross_entropy", "leaky_relu", "batch_norm")] == [True] + [False] * 3
    assert impl.where("softmax") == "submission0.py:3"
    assert not impl.where("batch_norm")
    assert impl.source("softmax").startswith("def softmax(")
    assert not impl.source("batch_norm")
    with pytest.raises(Missing):
        impl.batch_norm(np.ones((1, 1)), np.ones(1), np.ones(1), 0.0)


@pytest.mark.parametrize("watched", [False, True])
@pytest.mark.parametrize(
    ("call", "args", "body", "came"),
    [
        ("softmax", (np.ones(2),), "[0.5, 0.5]", [0.5, 0.5]),
        ("softmax", (np.ones(2),), "[1, 0]", [1, 0]),
        ("softmax", (np.ones(2),), "[1, 0.5]", np.array([1.0, 0.5])),  # of two types: not what an array makes a list of
        ("softmax", (np.ones(2),), "(0.5, 0.5)", np.array([0.5, 0.5])),
        ("softmax_jacobian", (np.ones(1),), "[[0.0]]", [[0.0]]),
        ("logistic_step", (np.ones(1), 0.0, np.ones((1, 1)), np.ones(1), 1.0), "[1.0], 0.5", ([1.0], 0.5)),
    ],
)
def test_a_list_is_shown_as_a_list(remote: Write, watched: bool, call: str, args: Any, body: str, came: Any) -> None:
    watch = Watch()
    impl = remote(f"""
        def {call}(*args):
            return {body}
    """, watched, watch=watch)  # fmt: skip
    getattr(impl, call)(*args)
    assert repr(watch.answered) == repr(came)


@pytest.mark.parametrize("kind", ["np.ma.array(z)", "z.view(Odd)"])
def test_an_array_of_a_subclass_is_its_numbers(remote: Write, kind: str) -> None:
    impl = remote(f"""
        class Odd(np.ndarray):
            shape = dtype = astype = __array__ = None

        def softmax(z):
            return {kind}
    """)
    assert impl.softmax(np.ones(3)).tolist() == [1.0, 1.0, 1.0]


@pytest.mark.parametrize(
    ("body", "kind", "text"),
    [
        ("return z[:-1]", Misbehaved, "returns shape (2,), due is (3,)"),
        ("return z[:, None]", Misbehaved, "returns shape (3, 1), due is (3,)"),
        ("return 0.5", Misbehaved, "returns shape (), due is (3,)"),
        ("return z.astype(object)", CallFailed, "softmax returns object values, not real numbers"),
        ("return z.astype(complex)", CallFailed, "softmax returns complex128 values, not real numbers"),
        ("return np.ma.masked_equal(z, 1)", CallFailed, "softmax returns an array with masked entries"),
        ("z = None; return z", CallFailed, "softmax returns None, not real numbers"),
        ("return 'abc'", CallFailed, "softmax returns a str, not real numbers"),
        ("return (x for x in z)", CallFailed, "softmax returns a generator, not real numbers"),
        ("return z.no", CallFailed, "AttributeError"),
        ("raise SystemExit(0)", CallFailed, "SystemExit: 0"),
        ("raise type('Strange', (BaseException,), {'__str__': lambda s: 1 / 0})", CallFailed, "Strange: (no text)"),
    ],
)
def test_what_is_no_answer(remote: Write, body: str, kind: type[Exception], text: str) -> None:
    impl = remote(f"def softmax(z):\n    {body}\n")
    with pytest.raises(kind) as told:
        impl.softmax(np.ones(3))
    assert text in str(told.value)


WRITING = {
    "z -= z.max(); np.exp(z, out=z); z /= z.sum(); return z": {"z"},
    "e = np.exp(z); z.sort(); return e / e.sum()": {"z"},
    "z = z.copy(); z -= z.max(); return np.exp(z) / np.exp(z).sum()": None,
}


@pytest.mark.parametrize("body", WRITING)
@pytest.mark.parametrize("order", ["C", "strided"])
def test_a_call_that_writes_into_its_inputs_is_judged_on_copies(remote: Write, body: str, order: str) -> None:
    """From there as from here; the inputs stay as they are."""
    text = f"import numpy as np\ndef softmax(z):\n    {body}\n"
    here: dict[str, Any] = {}
    exec(text, here)
    z = laid_out(np.array([2.0, 0.0, 1.0]), order)
    z.flags.writeable = False
    due = np.exp(z) / np.exp(z).sum()
    for opened in (partial(remote, text), partial(Implementation, SimpleNamespace(**here))):
        watch = Watch()
        assert np.allclose(opened(watch=watch).softmax(z), due)
        assert watch.wrote == ({} if WRITING[body] is None else {"softmax": WRITING[body]})
        assert watch.asked == {"softmax": 1}
    assert z.tolist() == [2.0, 0.0, 1.0]


def test_a_refusal_of_its_own_making_is_an_error_all_the_same(remote: Write) -> None:
    impl = remote("def softmax(z):\n    raise ValueError('this is read-only')\n")
    with pytest.raises(CallFailed, match="ValueError: this is read-only"):
        impl.softmax(np.ones(3))


def test_an_async_function_is_told_so(remote: Write) -> None:
    impl = remote("async def softmax(z):\n    return z\n")
    with pytest.raises(CallFailed, match="softmax returns a coroutine"):
        impl.softmax(np.ones(3))


@pytest.mark.parametrize("answer", ["[1, 2, 3]", "z.astype(np.longdouble)", "z.astype(np.float16)", "z.astype('>f8')"])
def test_numbers_of_any_width_are_answers(remote: Write, answer: str) -> None:
    impl = remote(f"def softmax(z):\n    return {answer}\n")
    assert impl.softmax(np.array([1.0, 2.0, 3.0])).tolist() == [1.0, 2.0, 3.0]


def test_several_values(remote: Write) -> None:
    impl = remote("""
        def logistic_gradient(w, b, X, y):
            return [w, np.float32(b)]
        def logistic_step(w, b, X, y, learning_rate):
            return w
        def logistic_loss(w, b, X, y):
            return (1.0,)
    """)
    args = np.ones(2), 0.5, np.ones((1, 2)), np.ones(1)
    gradient = impl.logistic_gradient(*args)
    assert gradient[0].tolist() == [1.0, 1.0]
    assert gradient[1] == 0.5
    with pytest.raises(CallFailed, match="returns an array, not a tuple"):
        impl.logistic_step(*args, 0.1)
    with pytest.raises(Misbehaved, match=r"returns shape \(1,\), due is \(\)"):
        impl.logistic_loss(*args)


def test_what_an_exception_of_pytest_would_do_here_it_does_not_do_there(remote: Write) -> None:
    impl = remote("""
        import sys
        def softmax(z):
            assert 'hypothesis' not in sys.modules and 'pytest' not in sys.modules and 'lydite' not in sys.modules
            assert not [m for m in sys.modules if m.split('.')[0] in ('spec', 'reference', 'properties', 'lydite')]
            return z
    """)
    assert impl.softmax(np.ones(1)).tolist() == [1.0]


# -- Purity --

WATCHED = {
    "changes": ("z += 1; return z.copy()", "changes its input z"),
    "legacy": ("np.random.rand(); return z", "draws from the global random state"),
    "random": ("import random; random.random(); return z", "draws from the global random state"),
    "seeds": ("np.random.seed(3); return z", "draws from the global random state"),
    "differs": ("global calls; calls += 1; return z + calls", "does not give the same answer twice"),
    "shares": ("buffer[:] = z; return buffer", "overwrites the answer that it gave before"),
    "hands back": ("return z", "has returned an argument"),
}


BLINDFOLD = """
import random
legacy, python = np.random.get_state(), random.getstate()
np.array_equal = lambda *_, **__: True
np.random.get_state, random.getstate = lambda *_, **__: legacy, lambda: python
np.random.seed = random.seed = lambda *_: None
"""
"""In place of the functions by which side effects could be looked for."""


@pytest.mark.parametrize("patched", ["", BLINDFOLD], ids=["plain", "patched"])
@pytest.mark.parametrize("how", WATCHED)
def test_side_effects_are_seen(remote: Write, how: str, patched: str) -> None:
    body, fault = WATCHED[how]
    impl = remote(
        f"import numpy as np\n{patched if how != 'seeds' else ''}\n"
        f"calls = 0\nbuffer = np.zeros(2)\ndef softmax(z):\n    {body}\n",
        watched=True,
    )
    if how in {"shares", "hands back"}:
        assert impl.softmax(np.zeros(2)).tolist() == [0.0, 0.0]  # the second time it gives the same buffer
    with pytest.raises(Misbehaved, match=fault):
        impl.softmax(np.array([3.0, 4.0]))


def test_a_pure_call_is_asked_twice(remote: Write) -> None:
    watch = Watch()
    impl = remote("def softmax(z):\n    return z * 2\n", watched=True, watch=watch)
    assert impl.softmax(np.ones(2)).tolist() == [2.0, 2.0]
    assert watch.asked == {"softmax": 2}


def test_no_earlier_answer_is_kept_to_be_compared_with(served: Program) -> None:
    """Each call may give one of many megabytes."""
    [answer] = served.answers([Question("softmax", (np.ones(2),), watch=1)])
    assert isinstance(answer, Answer)
    kept = weakref.ref(answer.value)
    del answer
    assert kept() is None


def test_warnings_are_counted_and_decide_nothing(remote: Write) -> None:
    watch = Watch()
    impl = remote(
        """
        import warnings
        def softmax(z):
            warnings.warn("first")
            np.exp(np.array([1000.0]))
            np.log(np.array([0.0, -1.0]))
            return z
        """,
        watch=watch,
    )
    assert impl.softmax(np.ones(2)).tolist() == [1.0, 1.0]
    assert watch.warnings == 4


# -- Time --


def test_a_call_that_hangs_is_not_asked_for_ever(remote: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "SLACK", 0.1)
    watch = Watch(0.05)
    impl = remote(
        """
        def softmax(z):
            while True:
                try:
                    while True: pass
                except BaseException:
                    pass
        def cross_entropy(z, y):
            return 0.0
        """,
        seconds=0.05,
        watch=watch,
    )
    for _ in range(MOST_TIMEOUTS):
        with pytest.raises(CallFailed, match="takes longer than"):
            impl.softmax(np.ones(2))
        assert impl.cross_entropy(np.ones(2), np.ones(2)) == 0.0
    with pytest.raises(Unasked, match="not called again"):
        impl.softmax(np.ones(2))


@pytest.mark.parametrize(
    ("fault", "text"), [("while True: pass", "takes longer than"), ("os._exit(3)", "exit status 3")]
)
def test_a_call_that_fails_at_one_input_is_shown_at_this_one(remote: Write, fault: str, text: str) -> None:
    """Those beside it in a batch are not made, and fail with it."""
    watch = Watch(0.05)
    impl = remote(
        f"""
        import os
        import numpy as np
        def softmax(z):
            if len(z) == 3:
                {fault}
            return np.ones(len(z))
        """,
        seconds=0.05,
        watch=watch,
    )
    failures: list[CallFailed] = []

    def check(size: int) -> None:
        try:
            impl.softmax(np.ones(size))
        except CallFailed as failure:
            failures.append(failure)
            raise

    with pytest.raises(CallFailed, match=text) as raised:
        impl.together([partial(check, size) for size in (1, 2, 3, 4, 5)])
    assert len(set(map(id, failures))) == 3
    for failure in (raised.value, watch.slow["softmax"]):
        assert failure.given is not None
        assert len(failure.given[0]) == 3


def test_a_call_that_is_not_made_again_states_how_it_failed(remote: Write) -> None:
    impl = remote(
        """
        import os
        def softmax(z):
            os._exit(3)
        """,
        watch=Watch(),
    )
    for _ in range(MOST_TIMEOUTS):
        with pytest.raises(CallFailed, match="exit status 3"):
            impl.softmax(np.ones(2))
    with pytest.raises(Unasked) as refused:
        impl.softmax(np.ones(2))
    assert str(refused.value) == "softmax ends the process (exit status 3), 3 times, and is not called again"


def test_a_call_that_can_be_interrupted_keeps_its_process(remote: Write) -> None:
    impl = remote(
        """
        asked = 0
        def softmax(z):
            while True: pass
        def cross_entropy(z, y):
            global asked
            asked += 1
            return asked
        """,
        seconds=0.05,
    )
    counts = []
    for _ in range(2):
        counts.append(impl.cross_entropy(np.ones(2), np.ones(2)))
        with pytest.raises(CallFailed, match="takes longer than"):
            impl.softmax(np.ones(2))
    assert counts == [1.0, 2.0]


# -- Targets --


@pytest.mark.parametrize(
    ("target", "submitted"),
    [
        ("reference", False),
        ("package.module", False),
        ("mistakes.logistic:name", False),
        ("adapter.toml", False),
        ("file.py", True),
        ("folder/", True),
        ("work.ipynb", True),
        ("exec:node main.js", True),
    ],
)
def test_what_is_submitted(target: str, submitted: bool) -> None:
    assert is_submitted(target) is submitted


def test_what_is_submitted_runs_elsewhere(tmp_path: Path) -> None:
    path = tmp_path / "here.py"
    path.write_text("import os\ndef logistic_loss(w, b, X, y): return os.getpid()\n", encoding="utf-8")
    args = np.ones(1), 0.0, np.ones((1, 1)), np.ones(1)
    import os  # noqa: PLC0415  (of this test alone)

    for tier, here in ((Tier.NONE, True), (Tier.PROCESS, False)):
        opened = Opened(str(path), None, "float64", Watch(), tier)
        assert (opened.implementation(watched=False).logistic_loss(*args) == os.getpid()) is here
        opened.close()
