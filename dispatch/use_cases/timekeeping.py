"""The clock of a case, apart from its state: longer, paused, on the books, appealed, overdue."""

from dataclasses import replace

from dispatch.cases import OPERATOR, STREET_CHIEF, SUPERVISOR, Act, Case, Detail
from dispatch.changes import Change, Notice, NoticeKind, TimerKind
from dispatch.clocks import ClockState
from dispatch.errors import ClockNotInThatStateError
from dispatch.lifecycle import Action
from dispatch.policy import Policy
from dispatch.use_cases.steps import (
    demand_reason,
    step,
    with_case,
    with_clock_timers,
    with_due,
    without_clock_timers,
)
from dispatch.words import Words


def extend(case: Case, act: Act, policy: Policy, more: float) -> Change:
    """Approve more time, in the clock's own unit: twice at most."""
    demand_reason(act, Action.EXTEND)
    moved = step(case, Action.EXTEND, act, details={"more": more, "unit": case.clock.kind.value})
    clock = case.clock.extend(act.at, more, policy.calendar, policy.stages.most_extensions)
    return with_due(with_clock_timers(with_case(moved, clock=clock), policy))


def pause(case: Case, act: Act, policy: Policy) -> Change:
    """Weather, court or budget: the clock waits."""
    return _stand_still(case, act, policy, Action.PAUSE, ClockState.PAUSED)


def suspend(case: Case, act: Act, policy: Policy) -> Change:
    """Put on the books: not to be done for now, and not forgotten."""
    return _stand_still(case, act, policy, Action.SUSPEND, ClockState.SUSPENDED)


def _stand_still(case: Case, act: Act, policy: Policy, action: Action, into: ClockState) -> Change:
    demand_reason(act, action)
    moved = step(case, action, act)
    allowed = (ClockState.RUNNING,) if into is ClockState.PAUSED else (ClockState.RUNNING, ClockState.PAUSED)
    if case.clock.state not in allowed:
        raise ClockNotInThatStateError(case.clock.state.value, action.value)
    still = case.clock.stand_still(act.at, into, policy.calendar)
    return without_clock_timers(with_case(moved, clock=still))


def resume(case: Case, act: Act, policy: Policy) -> Change:
    """The clock runs on with what was left."""
    moved = step(case, Action.RESUME, act)
    if case.clock.state not in (ClockState.PAUSED, ClockState.SUSPENDED):
        raise ClockNotInThatStateError(case.clock.state.value, Action.RESUME.value)
    running = case.clock.resume(act.at, policy.calendar)
    return with_due(with_clock_timers(with_case(moved, clock=running), policy))


def appeal(case: Case, act: Act) -> Change:
    """Whoever was late says why it should not count."""
    demand_reason(act, Action.APPEAL)
    moved = step(case, Action.APPEAL, act)
    if not case.clock.is_late(act.at) or case.appealing:
        raise ClockNotInThatStateError(case.clock.state.value, Action.APPEAL.value)
    words = Words(f"超时申诉待处理：{act.reason}", f"An appeal against a timeout waits: {act.reason}")
    notice = Notice(NoticeKind.REMINDER, case.id, words, post=OPERATOR, area=case.place.area)
    return replace(with_case(moved, appealing=True), notices=(notice,))


def answer_appeal(case: Case, act: Act, *, upheld: bool) -> Change:
    """The appeal is upheld (the timeout does not count) or rejected."""
    demand_reason(act, Action.ANSWER_APPEAL)
    moved = step(case, Action.ANSWER_APPEAL, act, details={"upheld": upheld})
    if not case.appealing:
        raise ClockNotInThatStateError(case.clock.state.value, Action.ANSWER_APPEAL.value)
    return with_case(moved, appealing=False)


_TOLD = {
    TimerKind.DUE: (STREET_CHIEF, 1),
    TimerKind.ESCALATE_SUBDISTRICT: (SUPERVISOR, 2),
    TimerKind.ESCALATE_DISTRICT: (OPERATOR, 3),
}


def remind(case: Case, act: Act, kind: TimerKind) -> Change:
    """Half, or most, of the time is gone; or a stage around the handling waits too long."""
    moved = step(case, Action.REMIND, act, details={"timer": kind.value})
    words = Words("案件即将到期，请抓紧处置。", "Time is running out on this case.")
    person = case.holder
    post = None if person else OPERATOR
    notice = Notice(NoticeKind.REMINDER, case.id, words, person=person, post=post, area=case.place.area)
    return replace(moved, notices=(notice,))


def escalate(case: Case, act: Act, kind: TimerKind) -> Change:
    """The deadline has passed: first the chief, then the subdistrict, then the district is told."""
    post, height = _TOLD[kind]
    details: dict[str, Detail] = {"timer": kind.value, "to": post, "level": height}
    moved = with_case(
        step(case, Action.ESCALATE, act, details=details), escalated=max(case.escalated, height)
    )
    words = Words("案件已超时。", "The case is overdue.")
    notice = Notice(NoticeKind.OVERDUE, case.id, words, post=post, area=case.place.area)
    return replace(moved, notices=(notice,))


ESCALATIONS = frozenset(_TOLD)
REMINDERS = frozenset(
    {TimerKind.REMIND_HALF, TimerKind.REMIND_MOST, TimerKind.SCREEN_DUE, TimerKind.VERIFY_DUE}
)


def fire_clock_timer(case: Case, kind: TimerKind, act: Act) -> Change | None:
    """What a timer of the clock or of a stage does; None for kinds that need more than the case."""
    if kind in ESCALATIONS:
        return escalate(case, act, kind)
    if kind in REMINDERS:
        return remind(case, act, kind)
    return None
