"""Everybody whom an operator may send to a case himself, the nearest first."""

from dataclasses import dataclass
from datetime import datetime

from dispatch.candidates import Candidate, sort_out, time_candidates
from dispatch.cases import Case, Ring
from dispatch.ids import PersonId
from dispatch.situation import Situation

RINGS = (Ring.TASK_FORCE, Ring.GRID, Ring.SUBDISTRICT)


@dataclass(frozen=True, slots=True)
class AtHand:
    """Somebody who may be sent now, and the innermost ring to which he belongs."""

    candidate: Candidate
    ring: Ring


def list_at_hand(case: Case, situation: Situation, now: datetime) -> list[AtHand]:
    """Whoever has the duty, the jurisdiction, a shift and room; also those who declined before.

    `choose_by_hand` takes every one of them, and nobody else.
    """
    ring_of: dict[PersonId, Ring] = {}
    people = []
    for ring in RINGS:
        free, _ = sort_out(situation.in_ring(ring, case.place), case, situation, now, frozenset())
        people += [one for one in free if ring_of.setdefault(one.person, ring) is ring]
    timed = time_candidates(people, case.place.at, situation, now)
    timed.sort(key=lambda one: (one.seconds, one.responder.load, one.responder.person.int))
    return [AtHand(one, ring_of[one.responder.person]) for one in timed]
