"""Who of a ring could go, how long he would take, and why the others cannot."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import inf, isfinite

from dispatch.cases import Case
from dispatch.ids import PersonId
from dispatch.policy import Duty, Policy
from dispatch.responders import Certainty, PositionRules, Responder, Whereabouts, whereabouts
from dispatch.situation import Situation
from dispatch.words import Words
from geo.coordinates import LonLat

OFF_SHIFT = Words("不在岗", "off shift")
NO_DUTY = Words("此类问题不属其职责", "has no duty for this category")
NO_POWER = Words("没有此类问题的执法权", "has no power to enforce here")
NO_ROOM = Words("手上任务已满", "already holds as many tasks as the post allows")
HAD_HIS_CHANCE = Words("此前已拒接或未应答", "declined or did not answer before")
FARTHER = Words("路程更远", "farther away")
MORE_LATE = Words("会更晚处置", "would get to it later")


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who could go. `seconds` is infinite where nobody knows where he is or no way leads."""

    responder: Responder
    whereabouts: Whereabouts
    seconds: float

    @property
    def expected_s(self) -> float | None:
        """Seconds until he is there, if that can be said."""
        return self.seconds if isfinite(self.seconds) else None


@dataclass(frozen=True, slots=True)
class Excluded:
    """Somebody who cannot go now."""

    responder: Responder
    why: Words


def why_not(
    responder: Responder,
    case: Case,
    duty: Duty,
    policy: Policy,
    now: datetime,
    tried: frozenset[PersonId],
) -> Words | None:
    """What forbids sending him, beside jurisdiction; None where nothing does."""
    if responder.post not in duty.take:
        return NO_DUTY
    if duty.needs_power and not policy.may_enforce(responder.post, case.category, case.place.subdistrict):
        return NO_POWER
    if responder.person in tried:
        return HAD_HIS_CHANCE
    if not responder.on_shift(now):
        return OFF_SHIFT
    if not responder.has_room:
        return NO_ROOM
    return None


def sort_out(
    people: Iterable[Responder], case: Case, situation: Situation, now: datetime, tried: frozenset[PersonId]
) -> tuple[list[Responder], list[Excluded]]:
    """Those who can go, and those who cannot with the reason."""
    policy = situation.policy
    duty = policy.duty_of(case.category)
    free, excluded, seen = [], [], set()
    for responder in people:
        if responder.person in seen:
            continue
        seen.add(responder.person)
        reason = why_not(responder, case, duty, policy, now, tried)
        if reason is None:
            free.append(responder)
        else:
            excluded.append(Excluded(responder, reason))
    return free, excluded


def time_candidates(
    free: Sequence[Responder], at: LonLat, situation: Situation, now: datetime
) -> list[Candidate]:
    """How long each would take over the roads in his post's mode, uncertainty of his position included."""
    rules, posts = situation.policy.positions, situation.policy.posts
    known = [(responder, whereabouts(responder, now, rules)) for responder in free]
    by_mode: dict[str, list[int]] = {}
    for index, (responder, where) in enumerate(known):
        if where.at is not None:
            by_mode.setdefault(posts[responder.post].mode, []).append(index)
    seconds = [inf] * len(known)
    for mode, indices in by_mode.items():
        times = _times(mode, at, [_place_of(known[index][1]) for index in indices], situation)
        for index, time in zip(indices, times, strict=True):
            seconds[index] = time + _doubt_s(known[index][1], rules)
    return [
        Candidate(responder, where, time) for (responder, where), time in zip(known, seconds, strict=True)
    ]


def _place_of(where: Whereabouts) -> LonLat:
    assert where.at is not None
    return where.at


def _times(mode: str, at: LonLat, origins: list[LonLat], situation: Situation) -> list[float]:
    travel = situation.travel.get(mode) or next(iter(situation.travel.values()), None)
    if travel is None:
        return [inf] * len(origins)
    return [float(time) for time in travel.seconds_to(at, origins).tolist()]


def _doubt_s(where: Whereabouts, rules: PositionRules) -> float:
    """An uncertain position costs the time that its radius takes on foot."""
    if where.certainty is Certainty.FRESH:
        return 0.0
    return where.uncertainty_m / rules.walking_m_per_s
