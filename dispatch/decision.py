"""Whom to offer a case to, by when, and why: a pure function of the case and the situation."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from dispatch.candidates import Candidate, Excluded, sort_out, time_candidates, why_not
from dispatch.cases import Case, Ring, Task, TaskState
from dispatch.choices import Choice, Decision, RunnerUp
from dispatch.errors import NoRoomLeftError, NotAllowedToTakeError
from dispatch.ids import PersonId
from dispatch.policy import DispatchRules, Policy
from dispatch.ranking import RANKINGS, WHY_NOT_FIRST, Ranking
from dispatch.reasons import (
    NO_JURISDICTION,
    assigned_by_hand,
    nobody_in_any_ring,
    whistle_is_next,
    why_chosen,
    why_runner_up,
)
from dispatch.situation import Situation, has_jurisdiction


def decide(
    case: Case,
    situation: Situation,
    now: datetime,
    *,
    tried: frozenset[PersonId] = frozenset(),
    finder: PersonId | None = None,
    ranking: Ranking | None = None,
) -> Decision:
    """Go through the rings from where the case stands, and take the best of the first with anybody to ask.

    `tried` declined or did not answer; `finder` is set where whoever found it would keep it. Nobody to be
    found is a decision too. Jurisdiction, duty and power to enforce are never given up for speed.
    """
    policy = situation.policy
    rules = policy.dispatch_in(case.place.area)
    order = ranking or RANKINGS[rules.policy]
    excluded: list[Excluded] = []
    ring = Ring.FINDER
    for ring in _rings_ahead(case, policy, now, finder):
        if ring is Ring.WHISTLE:
            break
        free, barred = sort_out(situation.in_ring(ring, case.place, finder), case, situation, now, tried)
        excluded.extend(barred)
        if free:
            ranked = _rank(time_candidates(free, case.place.at, situation, now), case, now, order)
            return _offer_to(ranked, excluded, ring, case, policy, rules, now)
    return _nobody(ring, excluded, case, policy, rules)


def _rings_ahead(case: Case, policy: Policy, now: datetime, finder: PersonId | None) -> Sequence[Ring]:
    """The rings still to be tried: a ring whose time is up is left behind."""
    rings = policy.kinds[case.kind].rings
    if case.ring in rings:
        place = rings.index(case.ring)
        waited_s = (now - case.ring_since).total_seconds() if case.ring_since else 0.0
        if waited_s >= policy.rings[case.ring].whole_s and place + 1 < len(rings):
            place += 1
        return rings[place:]
    return rings if finder is None or case.ring is not None else (Ring.FINDER, *rings)


def _rank(candidates: list[Candidate], case: Case, now: datetime, ranking: Ranking) -> list[Candidate]:
    return sorted(candidates, key=lambda one: (*ranking(one, case, now), one.responder.person.int))


def _offer_to(
    ranked: list[Candidate],
    excluded: list[Excluded],
    ring: Ring,
    case: Case,
    policy: Policy,
    rules: DispatchRules,
    now: datetime,
) -> Decision:
    best, *others = ranked
    expires_at = now + timedelta(seconds=policy.rings[ring].answer_s)
    reason = why_chosen(best, ring, case, policy, alone=not others)
    choice = Choice(best.responder, ring, expires_at, reason, best.expected_s, best.whereabouts)
    runners_up = _runners_up(others, excluded, policy, rules)
    return Decision(choice, ring, rules.mode, rules.policy, reason, runners_up)


def _runners_up(
    others: Sequence[Candidate], excluded: Sequence[Excluded], policy: Policy, rules: DispatchRules
) -> tuple[RunnerUp, ...]:
    worse = WHY_NOT_FIRST[rules.policy]
    named = [
        RunnerUp(
            one.responder.person,
            one.responder.name,
            one.responder.post,
            why_runner_up(one, worse),
            one.expected_s,
            one.responder.name_en,
        )
        for one in others[: rules.runners_up]
    ]
    for barred in excluded[: rules.runners_up - len(named)]:
        who = barred.responder
        named.append(RunnerUp(who.person, who.name, who.post, barred.why, None, who.name_en))
    return tuple(named)


def _nobody(
    ring: Ring, excluded: Sequence[Excluded], case: Case, policy: Policy, rules: DispatchRules
) -> Decision:
    matter = policy.matter_for(case.category, case.place.subdistrict) if ring is Ring.WHISTLE else None
    reason = whistle_is_next(matter) if matter else nobody_in_any_ring(len(excluded))
    runners_up = _runners_up((), excluded, policy, rules)
    return Decision(None, ring, rules.mode, rules.policy, reason, runners_up, matter)


def already_asked(tasks: Iterable[Task]) -> frozenset[PersonId]:
    """Whom not to ask again: those who declined, did not answer, or had it withdrawn."""
    return frozenset(task.responder for task in tasks if task.state in HAD_THEIR_CHANCE)


HAD_THEIR_CHANCE = frozenset({TaskState.DECLINED, TaskState.EXPIRED, TaskState.WITHDRAWN})


def choose_by_hand(case: Case, person: PersonId, situation: Situation, now: datetime, by: str) -> Choice:
    """The choice an operator made himself; raises where duty, jurisdiction, shift or capacity forbid it."""
    responder = situation.find(person)
    policy = situation.policy
    if responder is None or not has_jurisdiction(responder, case.place, situation):
        raise NotAllowedToTakeError(responder.name if responder else str(person), NO_JURISDICTION)
    duty = policy.duty_of(case.category)
    reason = why_not(responder, case, duty, policy, now, frozenset())
    if reason is not None and not responder.has_room:
        raise NoRoomLeftError(responder.name, responder.capacity)
    if reason is not None:
        raise NotAllowedToTakeError(responder.name, reason)
    (timed,) = time_candidates([responder], case.place.at, situation, now)
    ring = _ring_of(responder.person, case, situation)
    expires_at = now + timedelta(seconds=policy.rings[ring].answer_s)
    words = assigned_by_hand(by)
    return Choice(responder, ring, expires_at, words, timed.expected_s, timed.whereabouts)


def _ring_of(person: PersonId, case: Case, situation: Situation) -> Ring:
    """The innermost ring to which somebody belongs."""
    for ring in (Ring.TASK_FORCE, Ring.GRID, Ring.SUBDISTRICT):
        if any(one.person == person for one in situation.in_ring(ring, case.place)):
            return ring
    return Ring.SUBDISTRICT
