"""A bound that no way of dispatching can beat: somebody who knew all that was to come.

Whoever knew the future would have kept, for every case, the nearest of those whom rules allow, free and with
his phone in his hand. So each case is given, at the instant of its offer, the shortest way of anybody on
duty with jurisdiction, duty and power, whatever he has in hand and whatever he answered before; he answers
and sets out at once. That is never longer than what was really done from where people then stood, and
usually more than anybody could do, since one person may be the nearest to two cases: the gap to it is at most
what a better way of dispatching could still win.
"""

from dataclasses import replace
from datetime import datetime
from math import inf

from dispatch.candidates import sort_out, time_candidates
from dispatch.cases import Case, Ring
from dispatch.situation import Situation

_RINGS = (Ring.TASK_FORCE, Ring.GRID, Ring.SUBDISTRICT)


def least_travel_s(case: Case, situation: Situation, now: datetime) -> float | None:
    """The shortest way of anybody who might be sent, had he nothing else to do; None where nobody knows."""
    people = {who.person: who for ring in _RINGS for who in situation.in_ring(ring, case.place)}
    idle = [replace(who, load=0) for who in people.values()]
    able, _ = sort_out(idle, case, situation, now, frozenset())
    least = min((one.seconds for one in time_candidates(able, case.place.at, situation, now)), default=inf)
    return least if least < inf else None
