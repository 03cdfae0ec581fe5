"""All open cases and all free responders at once: duty, jurisdiction, capacity, deadlines and fairness.

Deciding one case after another gives the first its nearest and leaves the last whoever is left; dealing
them out together saves travel and lateness, and shares the burden.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from dispatch.assignment import NOBODY, assign
from dispatch.candidates import Candidate, sort_out, time_candidates
from dispatch.cases import Case, Ring
from dispatch.choices import Choice
from dispatch.ids import CaseId, PersonId
from dispatch.policy import BatchWeights
from dispatch.reasons import why_dealt_out
from dispatch.responders import Responder
from dispatch.situation import Situation

_UNKNOWN_S = 1800.0
"""What a way takes when nobody knows where the responder is: far, but not out of the question."""


@dataclass(frozen=True, slots=True)
class Toll:
    """What offers cost in all: how many there are, the seconds on the way, and how many come too late."""

    offers: int
    travel_s: float
    late: int


@dataclass(frozen=True, slots=True)
class BatchPlan:
    """Whom to offer each case to, which cases nobody can take, and what the whole plan costs.

    `one_by_one` is what it would cost to deal the same cases out in turn, each to the nearest left.
    """

    offers: tuple[tuple[Case, Choice], ...]
    left: tuple[Case, ...]
    travel_s: float
    toll: Toll
    one_by_one: Toll


@dataclass(frozen=True, slots=True)
class BatchTask:
    """The question in numbers: cases × responders. `ring` is -1 where somebody may not take a case."""

    cases: tuple[Case, ...]
    responders: tuple[Responder, ...]
    seconds: NDArray[np.float64]
    ring: NDArray[np.int8]
    candidates: Mapping[tuple[int, int], Candidate]


def plan_batch(
    cases: Sequence[Case],
    situation: Situation,
    now: datetime,
    tried: Mapping[CaseId, frozenset[PersonId]] | None = None,
) -> BatchPlan:
    """Deal out all filed cases at once. Nobody gets more than he has room for."""
    task = gather(cases, situation, now, tried or {})
    if not task.responders:
        nothing = Toll(0, 0.0, 0)
        return BatchPlan((), task.cases, 0.0, nothing, nothing)
    chosen = solve(task, situation.policy.batch, now)
    offers, left, travel_s = [], [], 0.0
    for number, case in enumerate(task.cases):
        who = int(chosen[number])
        if who == NOBODY:
            left.append(case)
            continue
        candidate = task.candidates[number, who]
        ring = _RINGS[int(task.ring[number, who])]
        offers.append((case, _choice(candidate, ring, case, situation, now)))
        travel_s += candidate.expected_s or 0.0
    toll, one_by_one = toll_of(task, chosen, now), toll_of(task, deal_in_turn(task), now)
    return BatchPlan(tuple(offers), tuple(left), travel_s, toll, one_by_one)


_RINGS = (Ring.TASK_FORCE, Ring.GRID, Ring.SUBDISTRICT)


def _choice(candidate: Candidate, ring: Ring, case: Case, situation: Situation, now: datetime) -> Choice:
    policy = situation.policy
    expires_at = now + timedelta(seconds=policy.rings[ring].answer_s)
    reason = why_dealt_out(candidate, ring, case, policy)
    return Choice(candidate.responder, ring, expires_at, reason, candidate.expected_s, candidate.whereabouts)


def gather(
    cases: Sequence[Case],
    situation: Situation,
    now: datetime,
    tried: Mapping[CaseId, frozenset[PersonId]],
) -> BatchTask:
    """Who may take which case, in which ring, and how long the way is."""
    found: list[tuple[int, Ring, list[Candidate]]] = []
    people: dict[PersonId, int] = {}
    for number, case in enumerate(cases):
        asked = tried.get(case.id, frozenset())
        seen: set[PersonId] = set()
        for ring in situation.policy.kinds[case.kind].rings:
            if ring not in _RINGS:
                continue
            free, _ = sort_out(situation.in_ring(ring, case.place), case, situation, now, asked)
            new = [one for one in free if one.person not in seen]
            seen.update(one.person for one in new)
            for one in new:
                people.setdefault(one.person, len(people))
            found.append((number, ring, time_candidates(new, case.place.at, situation, now)))
    seconds = np.full((len(cases), len(people)), np.inf)
    rings = np.full((len(cases), len(people)), NOBODY, np.int8)
    candidates: dict[tuple[int, int], Candidate] = {}
    for number, ring, timed in found:
        for candidate in timed:
            who = people[candidate.responder.person]
            seconds[number, who] = _UNKNOWN_S if candidate.expected_s is None else candidate.expected_s
            rings[number, who] = _RINGS.index(ring)
            candidates[number, who] = candidate
    responders = tuple(known for person in people if (known := situation.find(person)) is not None)
    return BatchTask(tuple(cases), responders, seconds, rings, candidates)


def solve(task: BatchTask, weights: BatchWeights, now: datetime) -> NDArray[np.int32]:
    """The responder (by number) of each case, or `NOBODY`, at the least weighted cost."""
    left_s = np.array([_seconds_left(case, now) for case in task.cases])
    late_s = np.maximum(task.seconds - left_s[:, None], 0.0)
    cost = task.seconds + np.where(task.ring < 0, np.inf, weights.late_weight * late_s)
    cost += weights.ring_s * task.ring
    severity = np.array([case.severity for case in task.cases], float)
    slots = np.array([max(one.capacity - one.load, 0) for one in task.responders], np.int32)
    loads = np.array([one.load for one in task.responders], float)
    most = int(slots.max(initial=1))
    burden: NDArray[np.float64] = weights.burden_s * (loads[:, None] + np.arange(float(most)))
    return assign(cost, weights.alone_s + weights.severity_s * severity, slots, burden)


def _seconds_left(case: Case, now: datetime) -> float:
    return (case.clock.due - now).total_seconds() if case.clock.due else np.inf


def deal_in_turn(task: BatchTask) -> NDArray[np.int32]:
    """The responder of each case where they are dealt out one by one: the inner ring first, then the nearest.

    The cases come in the order in which they were reported.
    """
    order = sorted(range(len(task.cases)), key=lambda number: task.cases[number].reported_at)
    cost = np.where(task.ring < 0, np.inf, task.seconds + _FARTHER_THAN_ANY_S * task.ring)
    slots = np.array([max(one.capacity - one.load, 0) for one in task.responders], np.int32)
    chosen = np.full(len(order), NOBODY, np.int32)
    chosen[order] = first_come_first_served(cost[order], slots)
    return chosen


_FARTHER_THAN_ANY_S = 1e6


def toll_of(task: BatchTask, chosen: NDArray[np.int32], now: datetime) -> Toll:
    """What it costs to send each case's responder; a way that nobody knows costs nothing and is not late."""
    offers, travel_s, late = 0, 0.0, 0
    for number in np.flatnonzero(chosen != NOBODY).tolist():
        way_s = task.candidates[number, int(chosen[number])].expected_s or 0.0
        offers, travel_s = offers + 1, travel_s + way_s
        late += way_s > _seconds_left(task.cases[number], now)
    return Toll(offers, travel_s, late)


def first_come_first_served(cost: NDArray[np.float64], slots: NDArray[np.int32]) -> NDArray[np.int32]:
    """What happens without a plan: each case in turn takes the cheapest who still has room."""
    room = slots.copy()
    chosen = np.full(len(cost), NOBODY, np.int32)
    for case, row in enumerate(cost):
        open_row = np.where(room > 0, row, np.inf)
        who = int(np.argmin(open_row))
        if np.isfinite(open_row[who]):
            chosen[case] = who
            room[who] -= 1
    return chosen
