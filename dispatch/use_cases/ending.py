"""Resolving, checking, closing, sending back and reopening: nothing ends with no stated outcome."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from dispatch.cases import OPERATOR, THE_SYSTEM, Act, Case, Detail, Task, TaskState
from dispatch.changes import Change, Notice, NoticeKind, TimerKind
from dispatch.errors import (
    DepartmentsOutstandingError,
    EvidenceMissingError,
    NoPowerToEnforceError,
    OutcomeMissingError,
    OutcomeNotAllowedError,
    ReopenTooLateError,
)
from dispatch.lifecycle import Action, Outcome
from dispatch.policy import Policy
from dispatch.use_cases.steps import (
    cancel,
    demand_own,
    demand_reason,
    end_task,
    run_clock,
    set_timer,
    step,
    stop_clock,
    with_case,
    with_due,
)
from dispatch.whistle import Whistle
from dispatch.words import Words


def demand_outcome(
    case: Case, act: Act, policy: Policy, outcome: Outcome | None, photographs: Sequence[str]
) -> Outcome:
    """The stated outcome, when kind, power to enforce and evidence allow it."""
    if outcome is None:
        raise OutcomeMissingError
    allowed = policy.kinds[case.kind].outcomes
    if outcome not in allowed:
        raise OutcomeNotAllowedError(outcome.value, sorted(word.value for word in allowed))
    subdistrict = case.place.subdistrict
    if outcome is Outcome.ENFORCED and not policy.may_enforce(act.actor.post, case.category, subdistrict):
        raise NoPowerToEnforceError(act.actor.post, case.category)
    rules = policy.evidence_for(case.category, outcome)
    missing = []
    if len({*case.photographs, *photographs}) < rules.photographs:
        missing.append(f"photograph×{rules.photographs}")
    if rules.note and not (act.reason.strip() or case.description.strip()):
        missing.append("note")
    if missing:
        raise EvidenceMissingError(missing)
    return outcome


def evidence_details(outcome: Outcome, photographs: Sequence[str]) -> dict[str, Detail]:
    """What the event keeps of how a case ended."""
    return {"outcome": outcome.value, "photographs": len(photographs)}


def resolve(
    case: Case,
    task: Task | None,
    act: Act,
    policy: Policy,
    outcome: Outcome | None,
    *,
    photographs: Sequence[str] = (),
    whistles: Sequence[Whistle] = (),
) -> Change:
    """Whoever is on the spot ends it; obligatory departments have to be done or released first."""
    if task is not None:
        demand_own(task, act)
    outstanding = [department for whistle in whistles for department in whistle.outstanding]
    if outstanding:
        raise DepartmentsOutstandingError(outstanding)
    moved = step(case, Action.RESOLVE, act, task=task)
    stated = demand_outcome(case, act, policy, outcome, photographs)
    details = {**evidence_details(stated, photographs), "late": case.clock.is_late(act.at)}
    moved = with_case(
        replace(moved, events=(replace(moved.events[0], details=details),)),
        outcome=stated,
        resolved_at=act.at,
        resolver=act.actor.person,
        photographs=(*case.photographs, *(new for new in photographs if new not in case.photographs)),
    )
    ended = end_task(stop_clock(moved, policy), task, TaskState.DONE, act)
    return close_if_allowed(ended, act, policy)


def close_if_allowed(change: Change, act: Act, policy: Policy) -> Change:
    """Close at once where policy wants no check for that outcome; else an operator is told and timed."""
    case = change.case
    assert case.outcome is not None
    if case.outcome in policy.kinds[case.kind].close_without_check:
        return change.then(verify(case, replace(act, actor=THE_SYSTEM, reason="", phone_at=None)))
    words = Words("案件已处置，待核查。", "The case is resolved and waits for a check.")
    notice = Notice(NoticeKind.RESOLVED, case.id, words, post=OPERATOR, area=case.place.area)
    waiting = set_timer(change, TimerKind.VERIFY_DUE, policy.stages.check)
    return replace(waiting, notices=(*waiting.notices, notice))


def verify(case: Case, act: Act) -> Change:
    """Somebody checked that it is really done: the case is closed."""
    moved = with_case(step(case, Action.VERIFY, act), closed_at=act.at)
    closed = cancel(moved, TimerKind.VERIFY_DUE)
    if case.reporter is None:
        return closed
    words = Words("您反映的问题已办结。", "The matter you reported has been closed.")
    notice = Notice(NoticeKind.CLOSED, case.id, words, person=case.reporter)
    return replace(closed, notices=(*closed.notices, notice))


def send_back(case: Case, act: Act, policy: Policy) -> Change:
    """It is not done: the case is filed again, and its clock runs on with what was left."""
    demand_reason(act, Action.SEND_BACK)
    moved = with_case(
        step(case, Action.SEND_BACK, act), reworked=case.reworked + 1, **_UNRESOLVED, task=None, holder=None
    )
    words = Words(f"核查未通过，需返工：{act.reason}", f"The check failed; to be done again: {act.reason}")
    notice = Notice(NoticeKind.SENT_BACK, case.id, words, person=case.resolver)
    return with_due(
        run_clock(
            cancel(replace(moved, notices=(*moved.notices, notice)), TimerKind.VERIFY_DUE),
            policy,
        )
    )


def reopen(case: Case, act: Act, policy: Policy) -> Change:
    """A closed case comes back: once, within the days that policy allows, with a whole new clock."""
    demand_reason(act, Action.REOPEN)
    moved = step(case, Action.REOPEN, act)
    days = policy.stages.reopen_days
    late = case.closed_at is None or act.at - case.closed_at > timedelta(days=days)
    if case.reopened >= 1 or late:
        raise ReopenTooLateError(days)
    allowance = policy.allowance(case.category, case.place.area)
    clock = case.clock.start(act.at, allowance, policy.calendar)
    fresh = with_case(
        moved,
        reopened=case.reopened + 1,
        clock=clock,
        filed_at=case.filed_at or act.at,
        closed_at=None,
        satisfaction=None,
        **_UNRESOLVED,
    )
    return with_due(run_clock(fresh, policy))


_UNRESOLVED = {"outcome": None, "resolved_at": None, "resolver": None, "ring": None, "ring_since": None}


def evaluate(case: Case, act: Act, satisfaction: int) -> Change:
    """Whoever reported it says how content he is, from 1 to 5."""
    score = min(max(satisfaction, 1), 5)
    return with_case(step(case, Action.EVALUATE, act, details={"satisfaction": score}), satisfaction=score)
