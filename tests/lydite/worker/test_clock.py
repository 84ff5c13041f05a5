"""A call's time is the CPU's: neither programs beside it nor a shape that is new count against it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from lydite.worker.clock import LEAST_SHARE, MOST_WARM_UPS, WARM_UP, Clock, form

SECONDS = 2.0
SOFTMAX = [("softmax", (np.zeros(3),))]


class Pretended:
    """A CPU and a wall whose time passes when it is said to."""

    def __init__(self) -> None:
        self.cpu = self.wall = 0.0

    def pass_by(self, cpu: float, wall: float) -> None:
        self.cpu += cpu
        self.wall += wall


@pytest.fixture
def pretended(monkeypatch: pytest.MonkeyPatch) -> Pretended:
    made = Pretended()
    monkeypatch.setattr("lydite.worker.clock.time.monotonic", lambda: made.wall)
    return made


Lasts = Callable[..., bool]


@pytest.fixture
def lasts(pretended: Pretended) -> Lasts:
    """Whether a call is stopped that takes so long, where the clock is read in time."""
    timer = Clock(SECONDS, lambda: pretended.cpu)

    def stopped(cpu: float, wall: float, asked: object = SOFTMAX, timer: Clock = timer) -> bool:
        timer.start(asked)  # type: ignore[arg-type]  # what is handed in
        timer.is_up()
        for _ in range(100):
            pretended.pass_by(cpu / 100, wall / 100)
            if timer.is_up():
                return True
        return False

    return stopped


def warmed(timer: Lasts) -> None:
    """Uses up the longer time that a call has when it is first slow."""
    assert not timer(SECONDS * 1.5, SECONDS * 1.5)


@pytest.mark.parametrize("beside", [0, 1, 4, 12])
def test_only_its_own_time_counts(lasts: Lasts, beside: int) -> None:
    """Whatever else the machine does beside it."""
    warmed(lasts)
    assert not lasts(SECONDS * 0.9, SECONDS * 0.9 * (1 + beside))
    assert lasts(SECONDS * 1.1, SECONDS * 1.1 * (1 + beside))


def test_what_waits_has_no_longer_than_what_computes(lasts: Lasts) -> None:
    warmed(lasts)
    assert not lasts(0.0, SECONDS * 0.9)
    assert lasts(0.0, SECONDS * 1.1)
    assert lasts(SECONDS * LEAST_SHARE, SECONDS * 1.1)


def test_the_wall_bounds_all(lasts: Lasts) -> None:
    """However little of the CPU a call may get."""
    warmed(lasts)
    assert lasts(SECONDS * 0.99, SECONDS / LEAST_SHARE * 1.01)


def test_a_machine_that_stands_still_costs_a_call_nothing(pretended: Pretended) -> None:
    """One that is suspended, for instance: nobody could have read the clock meanwhile."""
    timer = Clock(SECONDS, lambda: pretended.cpu)
    timer.start(SOFTMAX)
    for wall in (0.0, timer.tick, 300.0, timer.tick, 300.0, timer.tick):
        pretended.pass_by(timer.tick / 2, wall)
        assert not timer.is_up()


def test_a_call_has_longer_once_for_each_form_of_its_arguments(lasts: Lasts) -> None:
    slow = SECONDS * WARM_UP * 0.9
    for args in ((np.zeros(3),), (np.zeros(4),), (np.zeros(3, np.float32),), (np.zeros(3), 1), (np.zeros(3), 2)):
        assert not lasts(slow, slow, [("softmax", args)])
        assert lasts(slow, slow, [("softmax", args)])
        assert not lasts(slow, slow, [("cross_entropy", args)]), "each call for itself"


def test_it_is_no_longer_when_it_was_too_short_once(lasts: Lasts) -> None:
    """Else what hangs on each new shape would cost as much each time."""
    assert lasts(SECONDS * WARM_UP * 1.1, SECONDS * WARM_UP * 1.1)
    assert lasts(SECONDS * 1.1, SECONDS * 1.1, [("softmax", (np.zeros(4),))])


def test_nor_for_ever_more_shapes(lasts: Lasts) -> None:
    slow = [lasts(SECONDS * 2, SECONDS * 2, [("softmax", (np.zeros(n),))]) for n in range(MOST_WARM_UPS + 2)]
    assert slow == [False] * MOST_WARM_UPS + [True] * 2


def test_what_is_forgotten_begins_anew(pretended: Pretended, lasts: Lasts) -> None:
    timer = Clock(SECONDS, lambda: pretended.cpu)
    assert lasts(100.0, 100.0, timer=timer)
    assert timer.hopeless == {"softmax"}
    timer.forget()
    assert not lasts(SECONDS * 2, SECONDS * 2, timer=timer)


def test_of_several_calls_none_is_hopeless(pretended: Pretended, lasts: Lasts) -> None:
    """It is not known which of them it was."""
    timer = Clock(SECONDS, lambda: pretended.cpu)
    assert lasts(100.0, 100.0, [*SOFTMAX, ("cross_entropy", ())], timer)
    assert not timer.hopeless


def test_a_form_is_what_compilers_start_anew_for() -> None:
    a = np.arange(12.0).reshape(3, 4)
    same = [form((a, 0.5, 3, abs)), form((a + 1, 0.25, 3, max)), form([a.copy(), 1.5, 3, min])]
    assert len(set(same)) == 1
    others = [
        form((x, 0.5, 3, abs)) for x in (a.T, a[::-1], a[:, ::2], a[:2], a.astype(int), a.astype(np.float32), 1.0)
    ]
    assert len({same[0], *others, form((a, 0.5, 4, abs)), form((a, 0.5, 3))}) == 10
