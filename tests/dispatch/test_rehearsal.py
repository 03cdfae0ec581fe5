"""Ways of dispatching compared: the same findings, breaks and gaps, and a bound that none of them beats."""

from datetime import UTC, datetime, timedelta
from functools import cache
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.cases import TaskState
from dispatch.comparison import figures_of
from dispatch.disorder import Rhythm
from dispatch.fitting import Process
from dispatch.ids import PersonId
from dispatch.interruptions import Interruptions
from dispatch.lifecycle import Action, State, next_state
from dispatch.rehearsal import Ground, Way, rehearse
from dispatch.responders import Shift
from dispatch.sample_year import category_rates, midnight, sample_world
from dispatch.simulate import Simulation
from tests.dispatch.test_simulate import LAST, policy, territory
from tests.dispatch.world import StraightRoads

PERSON = PersonId(UUID(int=7))


@cache
def played(way: Way, seed: int = 5) -> Simulation:
    """Two busy days: three times the year's findings, and residents who report."""
    flat = {mode: StraightRoads() for mode in ("walk", "ebike", "drive")}
    process = Process(tuple(category_rates(policy())), {}, None, Rhythm(), 160.0, 500.0, 60.0)
    ground = Ground(territory(), process, lambda rules, at: sample_world(rules, territory(), flat, at)[0])
    return rehearse(ground, policy(), way, starts_at=midnight(LAST) - timedelta(days=1), days=2, seed=seed)


def test_every_way_meets_the_same_findings_and_residents() -> None:
    plans = [played(way).plan for way in Way]
    assert plans[0] == plans[1] == plans[2]
    reporters = [
        sum(finding.source == "resident" for finding in played(way).store.record.findings) for way in Way
    ]
    assert min(reporters) > 80
    assert figures_of(played(Way.NEAREST)) != figures_of(played(Way.BATCH))


@pytest.mark.parametrize("way", Way)
def test_whatever_the_way_nothing_is_lost_and_nobody_does_too_much(way: Way) -> None:
    history = played(way)
    states: dict[object, State] = {}
    for event in history.store.record.events:
        if event.action is not Action.REPORT:
            assert next_state(states[event.case], event.action) is event.after
        states[event.case] = event.after
    assert states == {case.id: case.state for case in history.store.cases.values()}
    assert len(history.store.record.findings) == len(history.store.cases)
    assert all(0 <= who.load <= who.capacity for who in history.world.situation)
    waiting = [case for case in history.store.cases.values() if case.state is State.FILED]
    assert len(waiting) < len(history.store.cases) / 20, "filed cases find somebody in every way"


def test_a_batch_deals_cases_out_together() -> None:
    offered_at = [task.offered_at for task in played(Way.BATCH).store.tasks.values()]
    assert len(set(offered_at)) < len(offered_at) * 0.9
    alone = [task.offered_at for task in played(Way.NEAREST).store.tasks.values()]
    assert len(set(alone)) > len(alone) * 0.9


@pytest.mark.parametrize("way", Way)
def test_no_way_beats_the_bound_that_knows_the_future(way: Way) -> None:
    history = played(way)
    done = [task for task in history.store.tasks.values() if task.state is TaskState.DONE]
    assert len(done) > 50
    for task in done:
        assert task.expected_s is not None
        assert history.least_travel_s[task.id] <= task.expected_s + 1e-6
    figures = figures_of(history)
    assert 0 < figures.bound_response_min < figures.response_mean_min
    assert 0 < figures.bound_travel_h <= figures.travel_h
    assert figures.bound_late_pct <= figures.late_pct


def test_the_nearest_way_comes_closer_to_the_bound_on_travel_than_the_least_late_one() -> None:
    nearest, least_late = (figures_of(played(way)) for way in (Way.NEAREST, Way.LEAST_LATE))
    assert nearest.travel_h / nearest.bound_travel_h <= least_late.travel_h / least_late.bound_travel_h


@given(st.integers(0, 10_000), st.floats(0, 9 * 60))
def test_interruptions_are_the_same_for_whoever_asks_and_lie_within_the_shift(
    seed: int, minute: float
) -> None:
    begins = datetime(2026, 3, 2, 0, tzinfo=UTC)
    shift = Shift(begins, begins + timedelta(hours=9))
    at = begins + timedelta(minutes=minute)
    one, other = (Interruptions(seed, break_minutes=30, offline_share=0.1) for _ in range(2))
    back, on_line = one.back_from_break(PERSON, shift, at), one.back_on_line(PERSON, shift, at)
    assert (back, on_line) == (
        other.back_from_break(PERSON, shift, at),
        other.back_on_line(PERSON, shift, at),
    )
    assert at <= back <= at + timedelta(minutes=30)
    assert on_line >= at
    assert one.back_on_line(PERSON, None, at) == one.back_from_break(PERSON, None, at) == at


def test_a_phone_is_without_a_network_for_about_the_share_that_was_said() -> None:
    begins = datetime(2026, 3, 2, 0, tzinfo=UTC)
    gone = asked = 0
    for day in range(60):
        since = begins + timedelta(days=day)
        shift = Shift(since, since + timedelta(hours=9))
        drawn = Interruptions(3, offline_share=0.1)
        for minute in range(0, 540, 5):
            at = since + timedelta(minutes=minute)
            gone += drawn.back_on_line(PERSON, shift, at) > at
            asked += 1
    assert 0.06 < gone / asked < 0.14
