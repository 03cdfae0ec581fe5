from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from dispatch.assignment import NOBODY, assign
from dispatch.batch import first_come_first_served, plan_batch
from dispatch.decision import decide
from geo.coordinates import LonLat
from tests.dispatch.world import (
    BUILDING,
    HERE,
    NOON,
    filed_case,
    person,
    place,
    responder,
    situation,
    task_force,
)


def best_total(cost: np.ndarray, alone: np.ndarray, slots: np.ndarray, slot_cost: np.ndarray) -> float:
    """The least total by scipy, with one column per slot and one for each case to go without."""
    columns = [
        cost[:, who] + slot_cost[who, number] for who in range(len(slots)) for number in range(slots[who])
    ]
    without = np.full((len(cost), len(cost)), 1e9)
    np.fill_diagonal(without, alone)
    table = np.column_stack([*columns, without]) if columns else without
    table[~np.isfinite(table)] = 1e9
    rows, chosen = linear_sum_assignment(table)
    return float(table[rows, chosen].sum())


def total_of(
    chosen: np.ndarray, cost: np.ndarray, alone: np.ndarray, slots: np.ndarray, slot_cost: np.ndarray
) -> float:
    """What an assignment costs; fails where somebody takes more than he has room for."""
    total, held = 0.0, np.zeros(len(slots), int)
    for case, who in enumerate(chosen):
        if who == NOBODY:
            total += alone[case]
        else:
            assert np.isfinite(cost[case, who])
            total += cost[case, who] + slot_cost[who, held[who]]
            held[who] += 1
    assert (held <= slots).all()
    return total


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 14), st.integers(1, 9), st.integers(0, 2**32), st.floats(0, 0.9), st.integers(0, 60))
def test_the_plan_is_the_best_there_is(
    cases: int, responders: int, seed: int, barred: float, spread: int
) -> None:
    chance = np.random.default_rng(seed)
    cost = chance.integers(0, spread + 1, (cases, responders)).astype(float)
    cost[chance.random((cases, responders)) < barred] = np.inf
    slots = chance.integers(0, 4, responders).astype(np.int32)
    slot_cost = np.cumsum(chance.integers(0, 5, (responders, 4)), axis=1).astype(float)
    alone = chance.integers(1, 80, cases).astype(float)
    chosen = assign(cost, alone, slots, slot_cost)
    best = best_total(cost, alone, slots, slot_cost)
    assert total_of(chosen, cost, alone, slots, slot_cost) == pytest.approx(best)


@pytest.mark.parametrize(("cases", "responders"), [(150, 150), (200, 120), (60, 200)])
def test_looking_at_the_nearest_only_costs_little_and_leaves_nobody_out(cases: int, responders: int) -> None:
    chance = np.random.default_rng(5)
    here, there = chance.random((cases, 2)) * 4000, chance.random((responders, 2)) * 4000
    cost = np.abs(here[:, None] - there[None]).sum(axis=2)
    alone, slots = np.full(cases, 50_000.0), np.ones(responders, np.int32)
    none = np.zeros((responders, 1))
    chosen = assign(cost, alone, slots, none)
    assert (chosen != NOBODY).sum() == min(cases, responders)
    best = best_total(cost, alone, slots, none)
    assert total_of(chosen, cost, alone, slots, none) <= best * 1.05
    served = first_come_first_served(cost, slots)
    assert total_of(served, cost, alone, slots, none) >= best


def test_a_plan_shares_what_deciding_one_by_one_would_not() -> None:
    people = situation(
        [responder(2, metres=10, capacity=3), responder(3, metres=60, capacity=3)], task_force(2, 3)
    )
    cases = [filed_case() for _ in range(4)]
    assert {decide(case, people, NOON).choice.responder.person for case in cases} == {person(2)}  # type: ignore[union-attr]  # somebody is found
    plan = plan_batch(cases, people, NOON)
    given_to = [choice.responder.person for _, choice in plan.offers]
    assert sorted(given_to) == [person(2), person(2), person(3), person(3)]
    assert plan.left == ()
    assert "批量派单" in plan.offers[0][1].reason.zh


def test_a_plan_says_what_it_saves() -> None:
    """In turn the first case takes the one man who is near the second as well, and everybody walks far."""
    people = situation(
        [responder(2, metres=600, capacity=1), responder(3, metres=-900, capacity=1)], task_force(2, 3)
    )
    first = replace(filed_case(at=NOON - timedelta(minutes=5)), place=place())
    east = replace(place(), at=LonLat(HERE.lon + 600 / 88_000, HERE.lat))
    plan = plan_batch([replace(filed_case(), place=east), first], people, NOON)
    assert (plan.toll.offers, plan.one_by_one.offers) == (2, 2)
    assert plan.toll.travel_s == pytest.approx(plan.travel_s)
    assert plan.toll.travel_s < plan.one_by_one.travel_s
    assert (plan.toll.late, plan.one_by_one.late) == (0, 0)


def test_what_comes_too_late_is_counted() -> None:
    people = situation([responder(2, metres=1200, capacity=3)], task_force(2))
    calm = filed_case()
    pressing = replace(filed_case(), clock=replace(calm.clock, due=NOON + timedelta(minutes=1)))
    plan = plan_batch([calm, pressing], people, NOON)
    assert (plan.toll.late, plan.one_by_one.late) == (1, 1)


def test_a_plan_keeps_duty_jurisdiction_and_room() -> None:
    squad = responder(2, "enforcement_squad", metres=3000, capacity=1)
    people = situation([squad, responder(3, metres=1)], task_force(2, 3))
    grave = replace(filed_case(BUILDING), severity=5)
    plan = plan_batch([filed_case(BUILDING), grave], people, NOON)
    assert [(case.id, choice.responder.person) for case, choice in plan.offers] == [(grave.id, person(2))]
    assert len(plan.left) == 1


def test_a_plan_leaves_out_whoever_was_tried_and_knows_when_nobody_is_there() -> None:
    case = filed_case()
    people = situation([responder(2)], task_force(2))
    tried = {case.id: frozenset({person(2)})}
    assert plan_batch([case], people, NOON, tried).left == (case,)
    assert plan_batch([], people, NOON).offers == ()


def test_the_case_that_would_be_late_gets_the_nearer_one() -> None:
    people = situation(
        [responder(2, metres=10, capacity=1), responder(3, metres=1200, capacity=1)], task_force(2, 3)
    )
    calm = filed_case()
    due = replace(calm.clock, due=NOON + timedelta(minutes=6))
    urgent = replace(filed_case(), clock=due)
    plan = plan_batch([calm, urgent], people, NOON)
    assert {case.id: choice.responder.person for case, choice in plan.offers} == {
        calm.id: person(3),
        urgent.id: person(2),
    }
