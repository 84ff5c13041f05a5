"""The implementation under test behind a guard: answers become plain arrays once, and nothing it raises escapes."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spec.contract import Call, Shape
from spec.contracts import CALLS
from spec.failure import CallFailed, Misbehaved, Missing

TEXT_LIMIT = 4096


class Implementation:
    """What `offered` (a module or any object with attributes) answers to the calls of the contract.

    An absent call raises Missing, whatever a call raises becomes CallFailed, an answer of the wrong shape is
    Misbehaved. With `watched`, each call gets writable inputs, is asked twice, and must be pure.
    """

    def __init__(self, offered: object, watched: bool = False) -> None:
        self._offered = offered
        self._watched = watched

    def offers(self, call: str) -> bool:
        """Whether `call` is there to be asked."""
        return callable(getattr(self._offered, call, None))

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name not in CALLS:
            raise AttributeError(f"the contract has no call {name!r}")
        if not self.offers(name):
            raise Missing(name)
        function = getattr(self._offered, name)
        guarded = _Watched(CALLS[name], function) if self._watched else _Guarded(CALLS[name], function)
        setattr(self, name, guarded.__call__)
        return getattr(self, name)


class _Guarded:
    """One call: asked, and its answer made plain."""

    def __init__(self, call: Call, function: Callable[..., Any]) -> None:
        self.call = call
        self.function = function

    def __call__(self, *args: Any) -> Any:
        return self.plain(self.ask(args), self.call.shape_of(*args))

    def ask(self, args: tuple[Any, ...]) -> Any:
        """The raw answer; whatever is raised becomes CallFailed."""
        try:
            return self.function(*args)
        except BaseException as error:  # SystemExit, pytest.skip, hypothesis.assume and the like are errors here
            raise self._failed(error) from None

    def plain(self, answer: Any, due: Shape | list[Shape]) -> Any:
        """`answer` as float64 arrays (floats where a float is due), of exactly the shapes `due`."""
        if isinstance(due, tuple):
            return self._array(answer, due)
        if not isinstance(answer, tuple | list) or len(answer) != len(due):
            raise Misbehaved(self.call.name, f"returns {_kind(answer)}, not {len(due)} values")
        return tuple(self._array(part, shape) for part, shape in zip(answer, due, strict=True))

    def _array(self, answer: Any, due: Shape) -> NDArray[np.float64] | float:
        if isinstance(answer, np.ndarray) and type(answer) is not np.ndarray:
            raise CallFailed(self.call.name, "TypeError", f"returns a subclass of array, {_kind(answer)}")
        try:
            a = np.asarray(answer)
        except BaseException as error:  # code of the implementation runs here too
            raise self._failed(error) from None
        if a.dtype.kind not in "biuf":
            raise CallFailed(self.call.name, "TypeError", f"returns {_kind(answer)} of {a.dtype}, not real numbers")
        if a.shape != due:
            raise Misbehaved(self.call.name, f"returns shape {a.shape}, due is {due}")
        return a.astype(np.float64) if due else float(a)

    def _failed(self, error: BaseException) -> CallFailed:
        try:
            text = str(error)[:TEXT_LIMIT]
        except BaseException:  # an exception's own __str__ is code of the implementation as well
            text = "(no text)"
        return CallFailed(self.call.name, type(error).__name__, text)


class _Watched(_Guarded):
    """One call, asked twice with writable inputs under two states of the global generators."""

    def __init__(self, call: Call, function: Callable[..., Any]) -> None:
        super().__init__(call, function)
        self._earlier: tuple[Any, Any, Any] | None = None

    def __call__(self, *args: Any) -> Any:
        due = self.call.shape_of(*args)
        states = np.random.get_state(), random.getstate()
        try:
            answers = [self._ask_seeded(args, due, seed) for seed in (1, 2)]
        finally:
            np.random.set_state(states[0])
            random.setstate(states[1])
        if not _same(*answers):
            raise Misbehaved(self.call.name, "does not give the same answer twice")
        return answers[0]

    def _ask_seeded(self, args: tuple[Any, ...], due: Any, seed: int) -> Any:
        np.random.seed(seed)
        random.seed(seed)
        before = np.random.get_state()[1].copy(), random.getstate()  # type: ignore[index,union-attr]  # legacy tuple
        given = tuple(a.copy() if isinstance(a, np.ndarray) else a for a in args)
        raw = self.ask(given)
        answer = self.plain(raw, due)
        for name, mine, theirs in zip(self.call.parameters, args, given, strict=True):
            if isinstance(mine, np.ndarray) and not np.array_equal(mine, theirs):
                raise Misbehaved(self.call.name, f"changes its input {name}")
        after = np.random.get_state()[1], random.getstate()  # type: ignore[index]  # legacy tuple
        if not np.array_equal(before[0], after[0]) or before[1] != after[1]:
            raise Misbehaved(self.call.name, "draws from the global random state")
        self._check_earlier(raw, answer, due)
        return answer

    def _check_earlier(self, raw: Any, answer: Any, due: Any) -> None:
        """An answer given earlier must still be what it was: no shared buffer is written to again."""
        if self._earlier is not None:
            earlier_raw, earlier_answer, earlier_due = self._earlier
            if not _same(self.plain(earlier_raw, earlier_due), earlier_answer):
                raise Misbehaved(self.call.name, "overwrites the answer that it gave before")
        self._earlier = raw, answer, due


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, tuple):
        return all(map(_same, a, b))
    return np.array_equal(a, b, equal_nan=True)


def _kind(value: Any) -> str:
    return type(value).__name__
