"""The guard: whatever an implementation does, a law sees plain arrays or one of three failures."""

from __future__ import annotations

import random
import signal
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis.errors import StopTest, UnsatisfiedAssumption

import reference
from lydite.kit.calls import CALLS
from lydite.kit.every import every
from lydite.kit.failure import CallFailed, Misbehaved, Missing
from lydite.kit.refusal import Refusal, is_refused
from lydite.kit.regime import Regime
from lydite.kit.source import TEXTURES
from lydite.target.implementation import Implementation
from lydite.target.watch import MOST_TIMEOUTS, Watch
from lydite.worker.clock import WARM_UP
from properties.strategies.network import activations

Z = np.array([0.0, 1.0])
Y = np.array([1.0, 0.0])


def guarded(watched: bool = False, watch: Watch | None = None, **calls: Callable[..., Any]) -> Implementation:
    return Implementation(SimpleNamespace(**calls), watched, watch)


def answering(answer: Any) -> Implementation:
    """Gives `answer` to softmax, for two logits."""
    return guarded(softmax=lambda z: answer)


class Lying(np.ndarray[Any, Any]):
    """Says that it is equal to everything, and has no shape."""

    shape = dtype = astype = __array__ = None  # type: ignore[assignment, override]

    def __array_ufunc__(self, *_: Any, **__: Any) -> Any:
        return np.bool_(True)


class Shifty:
    """Converts to other numbers each time."""

    def __init__(self) -> None:
        self.times = 0

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        self.times += 1
        return np.full(2, float(self.times))


class Hidden(tuple[Any, ...]):  # noqa: SLOT001  (it has a dictionary, as any class of a submission)
    """A tuple that shows others what is not in it."""

    def __iter__(self) -> Iterator[Any]:
        raise SystemExit

    def __len__(self) -> int:
        return 7


class Pretender:
    """Says that it is an array."""

    __class__ = np.ndarray  # type: ignore[assignment]  # a lie


class Mute(Exception):
    def __str__(self) -> str:
        raise SystemExit


def raising(error: BaseException) -> Callable[..., Any]:
    def softmax(z: Any) -> Any:
        raise error

    return softmax


# -- What is offered --


def test_an_absent_call_is_missing() -> None:
    impl = guarded()
    assert not impl.offers("softmax")
    with pytest.raises(Missing, match="softmax is not offered"):
        impl.softmax(Z)


def test_a_name_outside_the_contract_is_no_call() -> None:
    with pytest.raises(AttributeError, match="soft_max"):
        guarded(soft_max=lambda z: z).soft_max(Z)


def documented(z: Any) -> Any:
    """Nothing."""


def passing(z: Any) -> Any:
    pass


def zero(z: Any) -> Any:
    return 0


def the_same(z: Any) -> Any:
    return z


@pytest.mark.parametrize("body", [documented, passing, lambda z: None, 3.0, None])
def test_a_call_without_a_body_is_not_offered(body: Any) -> None:
    assert not guarded(softmax=body).offers("softmax")


@pytest.mark.parametrize("body", [zero, the_same, np.exp, type("Call", (), {"__call__": the_same})()])
def test_a_call_with_a_body_is_offered(body: Any) -> None:
    assert guarded(softmax=body).offers("softmax")


def test_a_module_that_raises_where_it_is_looked_into_fails_in_that_call() -> None:
    class Module:
        def __getattr__(self, name: str) -> Any:
            raise SystemExit

    with pytest.raises(CallFailed, match="softmax: SystemExit"):
        Implementation(Module()).offers("softmax")


def test_says_where_a_call_is_written() -> None:
    impl = guarded(softmax=zero, cross_entropy=np.exp)
    assert impl.where("softmax") == f"{zero.__module__.replace('.', '/')}.py:{zero.__code__.co_firstlineno}"
    assert impl.where("cross_entropy") == ""


# -- What comes back --


@pytest.mark.parametrize(
    "answer",
    [
        [1, 2],
        (1.0, 2.0),
        np.array([1, 2], dtype=np.int8),
        np.array([1, 2], dtype=np.float16),
        np.array([1, 2], dtype=np.longdouble),
        np.array([[1.0, 2.0], [0, 0]], order="F")[0],
        [np.float32(1), 2],
        memoryview(np.array([1.0, 2.0]).data),
    ],
)
def test_numbers_become_a_plain_array_of_float64(answer: Any) -> None:
    a = answering(answer).softmax(Z)
    assert type(a) is np.ndarray
    assert a.dtype == np.float64
    assert a.tolist() == [1.0, 2.0]


@pytest.mark.parametrize("answer", [np.ma.array([1.0, 2.0]), np.array([1.0, 2.0]).view(Lying)])
def test_an_array_of_a_subclass_is_its_numbers(answer: Any) -> None:
    a = answering(answer).softmax(Z)
    assert type(a) is np.ndarray
    assert a.tolist() == [1.0, 2.0]


def test_a_matrix_is_its_numbers() -> None:
    a = guarded(cross_entropy_hessian=lambda z: np.eye(len(z)).view(np.matrix)).cross_entropy_hessian(Z)
    assert type(a) is np.ndarray
    assert a.tolist() == np.eye(len(Z)).tolist()


def test_booleans_are_numbers() -> None:
    assert answering([True, False]).softmax(Z).tolist() == [1.0, 0.0]


@pytest.mark.parametrize("answer", [0.5, np.float64(0.5), np.array(0.5), np.float32(0.5)])
def test_a_scalar_becomes_a_python_float(answer: Any) -> None:
    loss = guarded(cross_entropy=lambda z, y: answer).cross_entropy(Z, Y)
    assert type(loss) is float
    assert loss == 0.5


def test_an_answer_is_a_copy() -> None:
    shared = np.zeros(2)
    answer = answering(shared).softmax(Z)
    shared[:] = 7
    assert answer.tolist() == [0.0, 0.0]


def test_an_object_is_converted_once() -> None:
    shifty = Shifty()
    assert answering(shifty).softmax(Z).tolist() == [1.0, 1.0]
    assert shifty.times == 1


@pytest.mark.parametrize(
    "answer",
    [
        None,
        "12",
        ["1", "2"],
        b"12",
        np.array([1j, 2]),
        np.array([1, 2], dtype=object),
        [1, 10**400],
        np.zeros(2, dtype=[("a", float)]),
        np.array(["2020-01-01", "2020-01-02"], dtype="M8[D]"),
        np.ma.masked_array([1.0, 2.0], mask=[True, False]),
        (x for x in (1.0, 2.0)),
        {1.0, 2.0},
        Pretender(),
        [[1.0], [1.0, 2.0]],
    ],
    ids=lambda answer: type(answer).__name__,
)
def test_what_is_no_array_of_real_numbers_is_an_error(answer: Any) -> None:
    with pytest.raises(CallFailed, match="softmax"):
        answering(answer).softmax(Z)


@pytest.mark.parametrize("answer", [0.5, [0.5], [[0.5, 0.5]], np.zeros((2, 1)), np.zeros(3), [], ()])
def test_any_other_shape_is_broken(answer: Any) -> None:
    with pytest.raises(Misbehaved, match=r"returns shape .*, due is \(2,\)"):
        answering(answer).softmax(Z)


X, MATRIX = np.zeros((3, 2)), np.ones((3, 2))


def backward(answer: Any) -> Any:
    impl = guarded(batch_norm_backward=lambda dy, x, gamma, eps: answer)
    return impl.batch_norm_backward(X, X, np.ones(2), 0.1)


class Three(NamedTuple):
    dx: Any
    dgamma: Any
    dbeta: Any


@pytest.mark.parametrize("kind", [tuple, list, lambda parts: Three(*parts), Hidden])
def test_several_values_come_in_a_tuple_or_list(kind: Any) -> None:
    dx, dgamma, dbeta = backward(kind([MATRIX, [1, 2], np.zeros(2)]))
    assert (dx.shape, dgamma.tolist(), dbeta.tolist()) == ((3, 2), [1.0, 2.0], [0.0, 0.0])


@pytest.mark.parametrize("answer", [MATRIX, None, iter([MATRIX, [1, 2], [1, 2]]), {"dx": MATRIX}])
def test_what_is_not_several_values_is_an_error_and_nothing_that_was_raised(answer: Any) -> None:
    with pytest.raises(CallFailed, match=r"batch_norm_backward returns (an? \w+|None), not a tuple") as failed:
        backward(answer)
    assert not failed.value.raised


@pytest.mark.parametrize("answer", [(MATRIX, [1, 2]), []])
def test_another_number_of_values_is_broken(answer: Any) -> None:
    with pytest.raises(Misbehaved, match="not 3 values"):
        backward(answer)


# -- What is raised --


@pytest.mark.parametrize(
    "error",
    [
        ValueError("bad"),
        SystemExit(0),
        KeyboardInterrupt(),
        GeneratorExit(),
        MemoryError(),
        RecursionError(),
        StopIteration(),
        AssertionError(),
        UnsatisfiedAssumption(),
        StopTest(0),
        Missing("softmax"),
        pytest.skip.Exception("skipped"),
        pytest.xfail.Exception("expected"),
        pytest.exit.Exception("leaving"),
        Mute(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_whatever_is_raised_is_an_error_of_that_call(error: BaseException) -> None:
    with pytest.raises(CallFailed, match=f"softmax: {type(error).__name__}"):
        guarded(softmax=raising(error)).softmax(Z)


def test_a_long_message_is_cut() -> None:
    with pytest.raises(CallFailed) as caught:
        guarded(softmax=raising(ValueError("x" * 100_000))).softmax(Z)
    assert len(str(caught.value)) < 5000


# -- Arguments --


MANY = 12
"""Cases of a batch, among which are arrays without axes."""


def flipped(z: Any, alpha: float) -> Any:
    """Leaky ReLU, written into an array: a scalar of NumPy is none."""
    a = z.copy()
    a[a < 0] *= alpha
    return a


@pytest.mark.parametrize("watched", [False, True])
def test_what_is_due_as_an_array_arrives_as_one_without_axes_too(watched: bool) -> None:
    z = -np.asarray(3.0)
    assert isinstance(z, np.float64)
    assert guarded(watched, leaky_relu=flipped).leaky_relu(z, 0.5) == -1.5


def test_no_law_gives_a_number_where_the_contract_says_array() -> None:
    given: set[tuple[str, str, type]] = set()
    assert any(not case.z.ndim for case in activations.batch(Regime.CORE, "float64", 5, len(TEXTURES) - 1, 0)[:MANY])

    def recording(call: str) -> Callable[..., Any]:
        shapes, parameters = CALLS[call].shapes, CALLS[call].parameters

        def recorded(*args: Any) -> Any:
            given.update((call, name, type(a)) for name, a in zip(parameters, args, strict=True) if shapes.get(name))
            return getattr(reference, call)(*args)

        return recorded

    impl = Implementation(SimpleNamespace(**{call: recording(call) for call in CALLS}))
    for each in every():
        if Regime.CORE in each.law.regimes and not each.law.batched:
            for case in each.cases.batch(Regime.CORE, "float64", 5, len(TEXTURES) - 1, 0)[:MANY]:
                each.law(impl, case)
    assert {kind for *_, kind in given} == {np.ndarray}
    assert {call for call, *_ in given} == {call.name for call in CALLS.values() if any(call.shapes.values())}


# -- Purity --


def test_a_changed_input_is_broken() -> None:
    def softmax(z: Any) -> Any:
        z -= z.max()
        return np.exp(z)

    with pytest.raises(Misbehaved, match="changes its input z"):
        guarded(watched=True, softmax=softmax).softmax(Z)


def test_a_second_answer_that_differs_is_broken() -> None:
    answers = iter([np.zeros(2), np.ones(2)])
    with pytest.raises(Misbehaved, match="same answer twice"):
        guarded(watched=True, softmax=lambda z: next(answers)).softmax(Z)


def test_global_randomness_is_broken() -> None:
    with pytest.raises(Misbehaved, match="global random state"):
        guarded(watched=True, softmax=lambda z: z + 0 * random.random()).softmax(Z)
    with pytest.raises(Misbehaved, match="global random state"):
        guarded(watched=True, softmax=lambda z: z + 0 * np.random.rand(2)).softmax(Z)  # noqa: NPY002  (the point)


def test_a_buffer_that_is_written_to_again_is_broken() -> None:
    buffer = np.zeros(2)

    def softmax(z: Any) -> Any:
        np.exp(z, out=buffer)
        return buffer

    impl = guarded(watched=True, softmax=softmax)
    with pytest.raises(Misbehaved, match="overwrites the answer"):
        [impl.softmax(z) for z in (Z, Z + 1)]


def test_an_argument_that_is_handed_back_is_broken() -> None:
    impl = guarded(watched=True, softmax=lambda z: z)
    with pytest.raises(Misbehaved, match="has returned an argument"):
        [impl.softmax(z) for z in (Z, Z + 1)]


def test_answers_that_are_kept_by_the_identity_of_arguments_are_seen() -> None:
    kept: dict[int, Any] = {}
    impl = guarded(watched=True, softmax=lambda z: kept.setdefault(id(z), z + 0).copy())
    assert not np.array_equal(impl.softmax(Z + 1), impl.softmax(Z) + 1)


def test_watching_leaves_the_global_random_state_as_it_was() -> None:
    def state() -> str:
        return f"{random.getstate()} {np.random.get_state()}"  # noqa: NPY002  (the one that is watched)

    before = state()
    with Watch().attending():
        guarded(watched=True, softmax=np.exp).softmax(Z)
    assert state() == before


# -- What is noted --


def test_warnings_of_the_calls_are_counted_and_decide_nothing() -> None:
    def softmax(z: Any) -> Any:
        warnings.warn("beware", stacklevel=1)
        return z / 0.0

    watch = Watch()
    with watch.attending():
        guarded(watch=watch, softmax=softmax).softmax(Z)
        warnings.warn("not theirs", stacklevel=1)
        assert np.isnan(np.zeros(1) / 0.0).all()
    assert watch.warnings == 3  # the warning, 0 / 0 and 1 / 0


def test_the_calls_asked_are_counted() -> None:
    watch = Watch()
    impl = guarded(watch=watch, softmax=np.exp, cross_entropy=lambda z, y: 1.0)
    impl.softmax(Z), impl.softmax(Z), impl.cross_entropy(Z, Y)
    assert watch.asked == {"softmax": 2, "cross_entropy": 1}


# -- Time --


def stubborn(seconds: float) -> Callable[..., Any]:
    """Takes `seconds`, and catches whatever is to stop it."""

    def softmax(z: Any) -> Any:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                time.sleep(0.001)
            except BaseException:  # noqa: BLE001
                continue
        return z

    return softmax


def hanging(z: Any) -> Any:
    while True:
        pass


def test_a_call_that_hangs_is_stopped_and_after_three_times_not_asked_again() -> None:
    asked = []

    def hangs(z: Any) -> Any:
        asked.append(z)
        hanging(z)

    watch = Watch(0.05)
    impl = guarded(watch=watch, softmax=hangs, cross_entropy=lambda z, y: 1.0)
    with watch.attending():
        for limit in (0.05 * WARM_UP, *[0.05] * (MOST_TIMEOUTS - 1)):
            with pytest.raises(CallFailed, match=rf"softmax: TimedOut: takes longer than {limit} s"):
                impl.softmax(Z)
        with pytest.raises(CallFailed, match="not called again"):
            impl.softmax(Z)
        assert len(asked) == MOST_TIMEOUTS
        assert impl.cross_entropy(Z, Y) == 1.0


def test_a_call_that_catches_its_end_is_late_all_the_same() -> None:
    watch = Watch(0.03)
    with watch.attending(), pytest.raises(CallFailed, match="TimedOut"):
        guarded(watch=watch, softmax=stubborn(0.4)).softmax(Z)


def test_a_call_has_longer_when_it_is_first_asked() -> None:
    """Some libraries load and compile then."""

    def slow(z: Any) -> Any:
        time.sleep(0.4)
        return z

    watch = Watch(0.2)
    impl = guarded(watch=watch, softmax=slow)
    with watch.attending():
        impl.softmax(Z)
        with pytest.raises(CallFailed, match="TimedOut"):
            impl.softmax(Z)


def test_a_conversion_that_hangs_is_stopped() -> None:
    class Slow:
        def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
            hanging(None)

    watch = Watch(0.03)
    with watch.attending(), pytest.raises(CallFailed, match="TimedOut"):
        guarded(watch=watch, softmax=lambda z: Slow()).softmax(Z)


def test_time_between_calls_does_not_count() -> None:
    watch = Watch(0.2)
    impl = guarded(watch=watch, softmax=lambda z: z)
    with watch.attending():
        for _ in range(2):
            time.sleep(0.3)
            impl.softmax(Z)


@pytest.mark.usefixtures("interruptible")
def test_handlers_and_timer_are_put_back() -> None:
    before = signal.getsignal(signal.SIGALRM), signal.getsignal(signal.SIGINT)
    with Watch(1.0).attending():
        assert signal.getsignal(signal.SIGALRM) != before[0]
    assert (signal.getsignal(signal.SIGALRM), signal.getsignal(signal.SIGINT)) == before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def interrupted(z: Any) -> Any:
    signal.raise_signal(signal.SIGINT)
    return z


def interrupted_and_silent(z: Any) -> Any:
    try:
        interrupted(z)
    except BaseException:  # noqa: BLE001
        return z


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Ctrl-C has an effect, even where the tests themselves run in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("softmax", [interrupted, interrupted_and_silent])
def test_a_real_interrupt_goes_on(softmax: Callable[..., Any]) -> None:
    watch = Watch()
    with pytest.raises(KeyboardInterrupt), watch.attending():
        guarded(watch=watch, softmax=softmax).softmax(Z)


# -- The timer of the process that we run in --


@pytest.fixture
def timer() -> Iterator[list[int]]:
    """A timer of the host that has a minute left, and what it has called."""
    fired: list[int] = []
    before = signal.signal(signal.SIGALRM, lambda number, _: fired.append(number))
    signal.setitimer(signal.ITIMER_REAL, 60.0, 90.0)
    yield fired
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGALRM})
    signal.setitimer(signal.ITIMER_REAL, 0.0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("fails", [False, True])
def test_a_timer_of_the_host_goes_on_less_the_time_that_was_taken(
    fails: bool, timer: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    times = iter([100.0, 120.0])
    monkeypatch.setattr("lydite.target.watch.monotonic", lambda: next(times))
    with suppress(ZeroDivisionError), Watch(1.0).attending():
        _ = 1 / (not fails)
    left, interval = signal.getitimer(signal.ITIMER_REAL)
    assert 0 < left <= 40
    assert interval == 90
    assert not timer


def test_a_timer_of_the_host_that_has_run_out_meanwhile_is_due_at_once(
    timer: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    times = iter([100.0, 200.0])
    monkeypatch.setattr("lydite.target.watch.monotonic", lambda: next(times))
    with Watch(1.0).attending():
        assert not timer
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})  # to wait for it
    assert signal.sigtimedwait({signal.SIGALRM}, 20.0)  # and not in a minute


def test_where_no_timer_runs_none_is_left() -> None:
    with Watch(1.0).attending():
        pass
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def test_who_attends_within_a_call_leaves_the_ticks_of_the_outer_one() -> None:
    outer = Watch(1.0)
    with outer.attending():
        with Watch(5.0).attending():
            pass
        assert signal.getitimer(signal.ITIMER_REAL)[1] == pytest.approx(outer.clock.tick, abs=1e-6)


class Named(type):
    @property
    def __name__(cls) -> str:  # type: ignore[override]
        raise KeyError("no")


@pytest.mark.parametrize("name", ["", "Odd"])
def test_an_exception_has_a_name_whatever_its_class_says(name: str) -> None:
    kind = Named(name, (BaseException,), {})
    impl = Implementation(SimpleNamespace(softmax=raising(kind("text"))))
    with pytest.raises(CallFailed) as failure:
        impl.softmax(np.ones(2))
    assert (failure.value.raised, failure.value.text) == (name or "(no name)", "text")


def test_a_refusal_is_by_name_and_an_odd_answer_is_none() -> None:
    case = Refusal(call="softmax", arguments=(np.array([np.nan]),), fault="z holds NaN")
    nameless = Implementation(SimpleNamespace(softmax=raising(type("", (ValueError,), {})("text"))))
    assert is_refused(nameless, case).raised == "(no name)"
    odd = Implementation(SimpleNamespace(softmax=lambda _: np.ones((2, 2))))
    assert not is_refused(odd, case).raised  # it has answered, though in another shape
