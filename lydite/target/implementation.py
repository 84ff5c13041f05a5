"""The implementation under test behind a guard: answers become plain arrays once, and nothing it raises escapes."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lydite.adapters.adapted import WIDENING, AdaptedCall, Library
from lydite.kit.calls import CALLS
from lydite.kit.contract import Call, Shape
from lydite.kit.failure import CallFailed, Misbehaved, Missing
from lydite.notation.text import MOST_NAME, cut
from lydite.target.excerpt import excerpt
from lydite.target.watch import TimedOut, Watch
from lydite.worker.host import Unanswered, as_array, copies, is_refusal, kind_of, name_of, refilled, states, written
from lydite.worker.offered import file_of, is_written, where


class Implementation:
    """Calls `offered` (a module or any object with attributes) by the contract.

    An absent call raises Missing, whatever a call raises becomes CallFailed, an answer of the wrong shape is
    Misbehaved. With `watched`, each call gets writable inputs, is made twice, and must be pure. `watch` notes the
    calls, and bounds their time.
    """

    def __init__(self, offered: object, watched: bool = False, watch: Watch | None = None) -> None:
        self._offered = offered
        self._watched = watched
        self._watch = watch or Watch()
        self._scaled: set[str] = set()

    @property
    def widening(self) -> float:
        """Factor of tolerances: more than 1 where a call was made whose answers are scaled."""
        return WIDENING if not self._scaled.isdisjoint(self._watch.asked) else 1.0

    def batched(self, call: str, rows: Sequence[Sequence[Any]], repeated: int = 1) -> Any:
        """Calls on all `rows` at once what takes many samples, the whole of them `repeated` times.

        An answer for each, one after the other; or their sum, where the library reduces. Shared arguments are those of
        the first row. Raises Missing where the call is absent, TypeError where no adapter says that it takes a batch.
        """
        if not self.offers(call):
            raise Missing(call)
        return self._guard(call).rows(rows, repeated)

    def together(self, functions: Sequence[Callable[[], None]]) -> None:
        """Runs `functions`, which make calls: one after the other, since each call is answered on the spot."""
        for function in functions:
            function()

    def offers(self, call: str) -> bool:
        """Returns whether `call` is there. A function without a body, as in a starter file, is not."""
        return is_written(_underlying(self._found(call)))

    def looked_up(self, call: str) -> str:
        """Returns what an adapter has looked up in vain for `call`; empty if it has not."""
        return self._offered.looked_up.get(call, "") if isinstance(self._offered, Library) else ""

    def where(self, call: str) -> str:
        """Returns the file and line at which `call` is written, as far as Python knows it."""
        return where(_underlying(self._found(call)), self._watch.home)

    def source(self, call: str) -> str:
        """Returns the first lines of `call` where it is written; empty where Python does not know them."""
        code, file = getattr(_underlying(self._found(call)), "__code__", None), file_of(_underlying(self._found(call)))
        return excerpt(file, code.co_firstlineno) if code and file else ""

    def files(self) -> list[Path]:
        """Returns the files in which the calls are written, as far as Python knows them."""
        found = (file_of(_underlying(self._found(call))) for call in CALLS if self.offers(call))
        return list(dict.fromkeys(path.resolve() for path in found if path))

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name not in CALLS:
            raise AttributeError(f"the contract has no call {name!r}")
        if not self.offers(name):
            raise Missing(name)
        call, guard = CALLS[name], self._guard(name)

        def guarded(*args: Any) -> Any:
            return guard(*call.with_arrays(args))

        asked = guarded if call.of_any_shape else guard.__call__
        setattr(self, name, asked)
        return asked

    def _guard(self, call: str) -> Guarded:
        found = self._found(call)
        if isinstance(found, AdaptedCall) and found.scaled:
            self._scaled.add(call)
        guard = _Watched if self._watched else Guarded
        return guard(CALLS[call], found, self._watch)

    def _found(self, call: str) -> Any:
        try:
            return getattr(self._offered, call, None)
        except BaseException as error:  # a module's own __getattr__ is code under test
            raise _failed(call, error, self._watch) from None


def _underlying(found: Any) -> Any:
    """Returns the function that is called in the end."""
    return found.function if isinstance(found, AdaptedCall) else found


class Guarded:
    """One call: made, and its answer turned into plain arrays."""

    def __init__(self, call: Call, function: Any, watch: Watch) -> None:
        self.call = call
        self.function = function
        self.adapted = function if isinstance(function, AdaptedCall) else None
        self.watch = watch

    def __call__(self, *args: Any) -> Any:
        """Returns the plain answer to `args`."""
        if self.adapted is not None:
            answer = self.watch.answered = self.read(self.asked(args), args)
            return answer
        return self.plain(self.asked(args), self.call.shape_of(*args))

    def asked(self, args: tuple[Any, ...]) -> Any:
        """Returns what comes back, as it comes. Raises Excluded where a declared convention leaves `args` out.

        A call that writes into its inputs is judged by what it makes of copies; that it writes is for `purity` to say.
        """
        try:
            answer = self.watch.answered = self._asked(args)
            return answer
        except CallFailed as failure:
            if not is_refusal(failure.raised, failure.text):
                failure.given = args
                raise
        self.watch.asked[self.call.name] -= 1  # it is one and the same question
        given = tuple(copies(args))
        answer = self.watch.answered = self._asked(given)
        self.note_written(written(args, given))
        return answer

    def _asked(self, args: tuple[Any, ...]) -> Any:
        return self.ask(self.function, args) if self.adapted is None else self.ask(self.adapted.given(args), (), args)

    def note_written(self, which: Sequence[int]) -> None:
        """Notes that the call writes into its inputs, and into which."""
        names = {name for i, name in enumerate(self.call.parameters) if i in which}
        self.watch.wrote.setdefault(self.call.name, set()).update(names)

    def read(self, raw: Any, args: tuple[Any, ...]) -> Any:
        """Returns what came back, as the contract's plain answer."""
        if self.adapted is None:
            return self.plain(raw, self.call.shape_of(*args))
        return self.adapted.lifted(self.plain(raw, self.adapted.shape_of(args)), args)

    def rows(self, rows: Sequence[Sequence[Any]], repeated: int) -> Any:
        """Returns the plain answers to a batch."""
        if self.adapted is None:
            raise TypeError(f"{self.call.name} takes no batch")
        raw = self.ask(self.adapted.given_rows(rows, repeated), (), rows)
        return self.adapted.lifted_rows(self.plain(raw, self.adapted.shape_of_rows(rows, repeated)), rows, repeated)

    def ask(self, function: Callable[..., Any], args: tuple[Any, ...], given: Any = None) -> Any:
        """Calls `function`; whatever it raises, and its running out of time, becomes CallFailed.

        `given` is what the call is about, where `args` do not show it.
        """
        name, watch = self.call.name, self.watch
        watch.asked[name] = watch.asked.get(name, 0) + 1
        if watch.timeouts:
            watch.check_asked(name)
        try:
            try:
                watch.start(name, given or args)
                answer = function(*args)
            finally:
                watch.stop()
            watch.check_punctual()
        except BaseException as error:  # SystemExit, pytest.skip, hypothesis.assume and the like are errors here
            raise _failed(name, error, watch) from None
        return answer

    def plain(self, answer: Any, due: Shape | list[Shape]) -> Any:
        """`answer` as float64 arrays (floats where a float is due), of exactly the shapes `due`."""
        if type(due) is tuple:
            return self._array(answer, due)
        parts = _parts(answer)
        if parts is None:
            raise CallFailed(self.call.name, "", f"returns {kind_of(answer)}, not a tuple")
        if len(parts) != len(due):
            raise Misbehaved(self.call.name, f"returns {len(parts)} values, not {len(due)} values")
        return tuple([self._array(part, shape) for part, shape in zip(parts, due, strict=True)])  # type: ignore[arg-type]

    def _array(self, answer: Any, due: Shape) -> NDArray[np.float64] | float:
        if type(answer) is not np.ndarray:
            answer = self._converted(answer)
        if answer.dtype.kind not in "biuf":
            raise CallFailed(self.call.name, "", f"returns {answer.dtype} values, not real numbers")
        if answer.shape != due:
            raise Misbehaved(self.call.name, f"returns shape {answer.shape}, due is {due}")
        return answer.astype(np.float64) if due else float(answer)

    def _converted(self, answer: Any) -> NDArray[Any]:
        """`answer` through `numpy.asarray`, once: code of the implementation may run here too."""
        kind = type(answer)
        if kind is float:
            return _ARRAY(answer)
        a: NDArray[Any] = self.ask(as_array, (answer,))
        if type(a) is not np.ndarray or a.dtype.kind not in "biuf":
            raise CallFailed(self.call.name, "", f"returns {kind_of(answer)}, not real numbers")
        return a


_ARRAY = np.asarray


def _parts(answer: Any) -> list[Any] | None:
    """Returns the values in a tuple or list, read past any method of a subclass; None for everything else."""
    for kind in (tuple, list):
        if issubclass(type(answer), kind):
            return list(kind.__iter__(answer))
    return None


def _failed(call: str, error: BaseException, watch: Watch) -> CallFailed:
    """`error` as an error of `call`; a real Ctrl-C goes on."""
    watch.stop()
    if watch.interrupted:
        raise KeyboardInterrupt
    if isinstance(error, TimedOut):
        return watch.timed_out(call)
    try:
        watch.start(call)
        text = cut(str(error))
    except BaseException:  # an exception's own __str__ is code of the implementation as well
        text = "(no text)"
    finally:
        watch.stop()
    return CallFailed(call, "" if type(error) is Unanswered else cut(name_of(error), MOST_NAME), text)


class _Watched(Guarded):
    """One call, made twice with writable inputs under two states of the global generators."""

    def __init__(self, call: Call, function: Any, watch: Watch) -> None:
        super().__init__(call, function, watch)
        self._earlier: tuple[Any, Any, Any] | None = None
        self._arrays: dict[tuple[Any, ...], NDArray[Any]] = {}

    def __call__(self, *args: Any) -> Any:
        try:
            answers = [self._ask_seeded(args, seed) for seed in (1, 2)]
        except CallFailed as failure:
            failure.given = args  # themselves: the call may have written into what it was given
            raise
        if not same(*answers):
            raise Misbehaved(self.call.name, "does not give the same answer twice", impure=True)
        return answers[0]

    def _ask_seeded(self, args: tuple[Any, ...], seed: int) -> Any:
        seeded = _seeded(seed)
        np.random.seed(seed)
        random.seed(seed)
        given = tuple(refilled(self._arrays, i, a) if isinstance(a, np.ndarray) else a for i, a in enumerate(args))
        raw = self.asked(given)
        answer = self.read(raw, args)
        for name, mine, theirs in zip(self.call.parameters, args, given, strict=True):
            if isinstance(mine, np.ndarray) and not np.array_equal(mine, theirs):
                raise Misbehaved(self.call.name, f"changes its input {name}", impure=True)
        if states() != seeded:
            raise Misbehaved(self.call.name, "draws from the global random state", impure=True)
        self._check_earlier(raw, answer, args)
        return answer

    def _check_earlier(self, raw: Any, answer: Any, args: tuple[Any, ...]) -> None:
        """Raises Misbehaved where an answer given earlier is no longer what it was: a shared buffer was written to."""
        earlier, self._earlier = self._earlier, (raw, answer, args)  # what is overwritten is reported once
        if earlier is not None:
            earlier_raw, earlier_answer, earlier_args = earlier
            if not same(self.read(earlier_raw, earlier_args), earlier_answer):
                raise Misbehaved(self.call.name, OVERWRITTEN, impure=True)


OVERWRITTEN = "overwrites the answer that it gave before, or has returned an argument"
"""Returns what a later call shows of an answer that shares its memory."""


@cache
def _seeded(seed: int) -> tuple[Any, ...]:
    """Returns the states of the global generators after `seed`, which is given to them."""
    np.random.seed(seed)
    random.seed(seed)
    return states()


def same(a: Any, b: Any) -> bool:
    """Returns whether two plain answers are the same numbers, NaN for NaN."""
    if isinstance(a, tuple):
        return all(map(same, a, b))
    return np.array_equal(a, b, equal_nan=True)
