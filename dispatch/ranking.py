"""By what the one who is asked is chosen; a further policy is one more function in the table."""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType

from dispatch.candidates import FARTHER, MORE_LATE, Candidate
from dispatch.cases import Case
from dispatch.policy import DispatchPolicy
from dispatch.words import Words

Rank = tuple[float, ...]
Ranking = Callable[[Candidate, Case, datetime], Rank]
"""Smaller is better; ties are broken by the person's id, so that the same situation gives the same choice."""

SECONDS_PER_TASK = 1200.0
"""What a task already held is taken to cost before the next one is begun."""


def by_nearness(candidate: Candidate, case: Case, now: datetime) -> Rank:
    """The nearest over the roads; of two equally near, the one with less on his hands."""
    return (candidate.seconds, candidate.responder.load)


def by_lateness(candidate: Candidate, case: Case, now: datetime) -> Rank:
    """The one with whom the case is least late; where nobody is late, the one who begins first."""
    begins_s = candidate.seconds + candidate.responder.load * SECONDS_PER_TASK
    if case.clock.due is None:
        return (0.0, begins_s)
    left_s = (case.clock.due - now).total_seconds()
    return (max(begins_s + SECONDS_PER_TASK - left_s, 0.0), begins_s)


RANKINGS: Mapping[DispatchPolicy, Ranking] = MappingProxyType(
    {DispatchPolicy.NEAREST: by_nearness, DispatchPolicy.LEAST_LATE: by_lateness}
)
WHY_NOT_FIRST: Mapping[DispatchPolicy, Words] = MappingProxyType(
    {DispatchPolicy.NEAREST: FARTHER, DispatchPolicy.LEAST_LATE: MORE_LATE}
)
