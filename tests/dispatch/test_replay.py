"""A replay told from events alone has to come, after every event, to the very case that was live."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from dispatch import use_cases as do
from dispatch.cases import CaseEvent
from dispatch.changes import Change
from dispatch.clocks import ClockState
from dispatch.lifecycle import Action, State
from dispatch.replay import Standing, standings
from tests.dispatch.random_histories import Life
from tests.dispatch.world import GRID, HERE, NOON, by_operator, filed, finding, place, policy


class Lives:
    """Changes of one case as they were made, and its events."""

    def __init__(self, first: Change) -> None:
        self.case, self.events = first.case, list(first.events)

    def put(self, change: Change) -> None:
        self.case = change.case
        self.events += change.events

    def agrees(self) -> None:
        last = self.events[-1]
        assert standings(self.events)[-1] == Standing.of(self.case, last.at, last.action)


@pytest.mark.parametrize("seed", range(150))
def test_a_random_life_is_retold_exactly(seed: int) -> None:
    life = Life(Random(seed), NOON)
    lived = []
    for _ in range(30):
        before = len(life.events)
        life.go_on()
        if len(life.events) > before:
            last = life.events[-1]
            lived.append((len(life.events), Standing.of(life.case, last.at, last.action)))
    told = standings(life.events)
    assert [(count, told[count - 1]) for count, _ in lived] == lived
    assert [standing.state for standing in told] == [event.after for event in life.events]


def test_pauses_books_and_more_time_are_retold() -> None:
    lives = Lives(filed())
    hours = iter(range(1, 20))

    def above() -> object:
        return by_operator(NOON + timedelta(hours=next(hours)))

    for act in (do.pause, do.resume, do.suspend, do.resume):
        lives.put(act(lives.case, above(), policy()))
        lives.agrees()
    lives.put(do.extend(lives.case, above(), policy(), 2))
    lives.agrees()
    lives.put(do.pause(lives.case, above(), policy()))
    lives.put(do.extend(lives.case, above(), policy(), 2))
    lives.agrees()
    assert lives.case.clock.state is ClockState.PAUSED
    lives.put(do.suspend(lives.case, above(), policy()))
    lives.agrees()


def test_another_category_starts_the_clock_afresh_and_is_retold() -> None:
    lives = Lives(filed())
    lives.put(do.reclassify(lives.case, by_operator(NOON + timedelta(minutes=5)), policy(), "E0401"))
    lives.agrees()
    assert lives.case.category == "E0401"


def test_a_true_place_and_a_merger_are_retold() -> None:
    outside = replace(place(), area=None, street=None, nearest_area=GRID)
    lives = Lives(do.report(finding(), outside, by_operator(), policy()))
    lives.put(do.relocate(lives.case, by_operator(NOON + timedelta(minutes=1)), place(at=HERE)))
    lives.agrees()
    into = filed(at=NOON).case
    both = do.merge(lives.case, into, by_operator(NOON + timedelta(minutes=2)), policy())
    lives.put(both.merged)
    lives.agrees()
    assert lives.case.state is State.MERGED


def test_nothing_is_told_of_no_events() -> None:
    none: list[CaseEvent] = []
    assert standings(none) == []
    assert standings(filed().events)[0].action is Action.REPORT
