"""The simulator: nothing is lost, nobody is in two places, waits follow theory, a seed is a day."""

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from random import Random
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from dispatch.behaviour import Behaviour, ExactOutcomes, Nature, Outcomes
from dispatch.cases import OPERATOR, Post, TaskState
from dispatch.disorder import DisorderPlan
from dispatch.ids import PersonId
from dispatch.lifecycle import Action, Outcome, State, next_state
from dispatch.policy import Policy
from dispatch.policy_files import load_policy
from dispatch.responders import Responder, Shift
from dispatch.sample_year import simulate_sample_year
from dispatch.simulate import Simulation
from dispatch.situation import Situation
from dispatch.virtual_world import Request, World
from geo import sample
from geo.area_codes import AreaCode
from geo.areas import Area, Territory
from geo.coordinates import LonLat

LAST = date(2026, 11, 20)


@cache
def policy() -> Policy:
    return load_policy(Path(__file__).parents[2] / "data" / "policy")


@cache
def territory() -> Territory:
    return sample.load().territory()


def days(count: int, seed: int = 3) -> Simulation:
    return simulate_sample_year(policy(), territory(), {}, last_day=LAST, days=count, seed=seed)


@pytest.fixture(scope="module")
def week() -> Simulation:
    return days(7)


def test_the_same_seed_is_the_same_history_and_another_is_not() -> None:
    one, again, other = days(2), days(2), days(2, seed=4)
    assert one.store.record.events == again.store.record.events
    assert one.walks == again.walks
    assert one.store.record.events != other.store.record.events


def test_every_finding_becomes_one_case_whose_events_follow_the_table(week: Simulation) -> None:
    cases, record = week.store.cases, week.store.record
    assert len(record.findings) == len(cases) == len(week.plan.sightings)
    assert {finding.id for finding in record.findings} == {case.finding for case in cases.values()}
    states: dict[UUID, State] = {}
    for event in record.events:
        if event.action is Action.REPORT:
            assert event.case not in states
        else:
            assert states[event.case] is event.before
            assert next_state(states[event.case], event.action) is event.after
        states[event.case] = event.after
    assert states == {case.id: case.state for case in cases.values()}
    for case in cases.values():
        assert (case.outcome is not None) == (case.state in {State.RESOLVED, State.CLOSED})


def test_nobody_is_in_two_places_works_off_shift_or_holds_too_much(week: Simulation) -> None:
    spans: defaultdict[PersonId, list[tuple[datetime, datetime]]] = defaultdict(list)
    for walk in week.walks:
        spans[walk.person].append((walk.started_at, walk.ended_at))
    for task in week.store.tasks.values():
        if task.state is TaskState.DONE:
            assert task.on_my_way_at is not None
            assert task.arrived_at is not None
            assert task.ended_at is not None
            assert task.answered_at is not None
            assert task.answered_at <= task.on_my_way_at <= task.arrived_at <= task.ended_at
            spans[task.responder].append((task.on_my_way_at, task.ended_at))
    assert len(spans) > 100
    for person, taken in spans.items():
        taken.sort()
        for (_, ends), (begins, _) in pairwise(taken):
            assert ends <= begins + timedelta(seconds=1), person
        for begins, ends in taken:
            shift = week.world.shifts(person, begins)
            assert shift is not None
            assert shift.begins <= begins
            assert ends <= shift.ends
    assert all(0 <= who.load <= who.capacity for who in week.world.situation)


@pytest.mark.slow  # a month is played
def test_outcomes_come_out_exactly_as_they_were_to_be() -> None:
    played = days(30)
    ended = [case.outcome for case in played.store.cases.values()]
    share = 30 / 365
    assert ended.count(Outcome.PERSUADED) == round(58_622 * share)
    assert ended.count(Outcome.ENFORCED) == round(1_883 * share)
    assert ended.count(Outcome.RECTIFIED) == round(265 * share)
    assert len(ended) == round(72_411 * share)
    assert len(played.walks) == round(23_965 * share)
    assert 0 < ended.count(None) < 60


@given(
    seed=st.integers(0, 10_000),
    findings=st.integers(300, 2_000),
    enforced=st.integers(0, 10),
    rectified=st.integers(0, 10),
)
@settings(max_examples=30, deadline=None)
def test_dealt_outcomes_leave_nothing_over(seed: int, findings: int, enforced: int, rectified: int) -> None:
    nature = Nature(Behaviour(), seed)
    totals = {
        Outcome.PERSUADED: round(findings * 0.8),
        Outcome.ENFORCED: enforced,
        Outcome.RECTIFIED: rectified,
    }
    deal = ExactOutcomes(nature, totals, findings, spare=20)
    chance = Random(seed)
    ends = []
    for _ in range(findings):
        outcome = deal.on_the_spot()
        ends.append(outcome or deal.after_dispatch(may_enforce=chance.random() < 0.6))
    assert deal.undealt == 0
    for outcome, count in totals.items():
        assert ends.count(outcome) == count


def _counter(capacity: int, service: Behaviour) -> tuple[World, Nature]:
    """One desk at which everything waits for one person who is always there."""
    whole = box(112.0, 37.0, 112.1, 37.1)
    codes = ("990101", "990101001", "990101001001", "990101001001001")
    areas = [Area(AreaCode(code), "样例", "Sample", whole, 100) for code in codes]
    always = Shift(datetime(2020, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC))
    person = PersonId(UUID(int=9))
    worker = Responder(
        person,
        "一人",
        Post("grid_worker"),
        AreaCode("990101001001"),
        shift=always,
        station=LonLat(112.05, 37.05),
        capacity=capacity,
    )
    situation = Situation(policy(), (), (worker,))
    world = World(policy(), Territory(1, areas, []), situation, lambda _person, _now: always)
    return world, Nature(service, 11)


def _category_for(post: str) -> str:
    rules = policy()
    return next(
        code
        for code in rules.categories
        if rules.may_take(Post(post), code) and not rules.duty_of(code).needs_power
    )


@pytest.mark.slow
def test_one_person_and_poisson_calls_wait_as_long_as_the_formula_says() -> None:
    """M/G/1: the mean wait is λ·E[S²] / (2·(1−ρ)); eight long runs give the interval."""
    minutes, spread, calls = 10.0, 0.45, 800
    habits = Behaviour(
        accepts=1.0, declines=0.0, answer_s=0.0, sets_out_s=0.0, slower_than_the_roads=0.0, sent_back=0.0,
        put_on_the_books=0.0, dismissed=0.0, screen_minutes=0.0, on_site_spread=spread, enforced=0.0,
        on_site_minutes=dict.fromkeys(range(1, 6), minutes),
    )  # fmt: skip
    mean = minutes * np.exp(spread**2 / 2)
    second = minutes**2 * np.exp(2 * spread**2)
    rate = 0.6 / mean
    expected = rate * second / (2 * (1 - 0.6))
    category = _category_for("grid_worker")
    began = datetime(2026, 3, 2, tzinfo=UTC)
    means = []
    for run in range(8):
        world, nature = _counter(100_000, habits)
        chance = np.random.default_rng(run)
        at = np.cumsum(chance.exponential(1 / rate, calls))
        requests = [
            Request(began + timedelta(minutes=float(minute)), LonLat(112.05, 37.05), category)
            for minute in at
        ]
        played = Simulation(
            world, DisorderPlan((), ()), replace_seed(nature, run), Outcomes(nature),
            starts_at=began, seed=run, requests=requests,
        )  # fmt: skip
        played.play(requests[-1].at + timedelta(days=2))
        waits = [
            (task.arrived_at - task.offered_at).total_seconds() / 60
            for task in played.store.tasks.values()
            if task.arrived_at is not None
        ]
        assert len(waits) == calls
        means.append(np.mean(waits))
    middle, error = np.mean(means), np.std(means, ddof=1) / np.sqrt(len(means))
    assert abs(middle - expected) < 3.5 * error + 0.02 * expected, (middle, expected, error)


def replace_seed(nature: Nature, run: int) -> Nature:
    return Nature(nature.behaviour, 1000 + run)


def test_with_no_travel_and_enough_people_nothing_is_late() -> None:
    habits = replace(
        Behaviour(), accepts=1.0, declines=0.0, slower_than_the_roads=0.0, sent_back=0.0, put_on_the_books=0.0
    )
    world, nature = _counter(100_000, habits)
    began = datetime(2026, 3, 2, 1, tzinfo=UTC)
    for number in range(300):
        worker = next(iter(world.situation))
        world.situation.put(replace(worker, person=PersonId(UUID(int=1000 + number)), load=0))
    category = _category_for("grid_worker")
    requests = [
        Request(began + timedelta(minutes=number), LonLat(112.05, 37.05), category) for number in range(300)
    ]
    played = Simulation(
        world, DisorderPlan((), ()), nature, Outcomes(nature), starts_at=began, seed=1, requests=requests
    )
    played.play(began + timedelta(days=2))
    ended = [case for case in played.store.cases.values() if case.state is not State.DISMISSED]
    assert ended
    for case in ended:
        assert case.state is State.CLOSED
        assert case.resolved_at is not None
        assert not case.clock.is_late(case.resolved_at)
    assert all(
        event.actor.post != OPERATOR or event.action is not Action.OFFER
        for event in played.store.record.events
    )
