"""What every act has in common: the guard, the event, the timers of the clock."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from dispatch.cases import LIVE_TASKS, Act, Case, CaseEvent, Detail, Task, TaskState
from dispatch.changes import CLOCK_TIMERS, Change, Timer, TimerKey, TimerKind
from dispatch.clocks import Clock, ClockState
from dispatch.errors import NotYourTaskError, ReasonMissingError
from dispatch.ids import EventId
from dispatch.lifecycle import Action, guard, next_state
from dispatch.policy import Policy


def step(
    case: Case,
    action: Action,
    act: Act,
    *,
    details: Mapping[str, Detail] | None = None,
    task: Task | None = None,
    fields: Mapping[str, object] | None = None,
) -> Change:
    """The case moved by the action, with its event; raises where the table has no such step.

    `fields` are what the act sets of the case beside its state.
    """
    after = replace(
        case,
        state=next_state(case.state, action),
        events=case.events + 1,
        **(fields or {}),  # type: ignore[arg-type]  # names are checked by replace itself
    )
    event = CaseEvent(
        EventId(act.ids()),
        case.id,
        case.district,
        after.events,
        action,
        case.state,
        after.state,
        act.actor,
        act.at,
        act.phone_at,
        act.reason,
        task.id if task else None,
        details or {},
    )
    return Change(after, (event,), guard(action), case.events, tasks=(task,) if task else ())


def with_case(change: Change, **changed: object) -> Change:
    """The same change with some of the case's fields set."""
    return replace(change, case=replace(change.case, **changed))  # type: ignore[arg-type]  # names are checked by replace itself


def demand_reason(act: Act, action: Action) -> None:
    """Some acts have to be explained."""
    if not act.reason.strip():
        raise ReasonMissingError(action.value)


def demand_own(task: Task, act: Act) -> None:
    """Only the one who was asked may answer."""
    if act.actor.person != task.responder:
        raise NotYourTaskError


def end_task(change: Change, task: Task | None, state: TaskState, act: Act) -> Change:
    """Close the task that hangs on the case and give its holder's place back."""
    cleared = with_case(change, task=None, holder=None)
    if task is None or task.state not in LIVE_TASKS:
        return cleared
    ended = replace(task, state=state, ended_at=act.at, answered_at=task.answered_at or act.at)
    return replace(
        cleared,
        tasks=(ended,),
        release=(task.responder,),
        timers_cancelled=(*cleared.timers_cancelled, offer_timer(task)),
    )


def offer_timer(task: Task) -> TimerKey:
    """The key of the timer that lets an offer expire."""
    return TimerKey(task.case, TimerKind.OFFER_EXPIRES, str(task.id))


def case_timer(case: Case, kind: TimerKind) -> TimerKey:
    """The key of a timer of the case itself."""
    return TimerKey(case.id, kind)


def without_clock_timers(change: Change) -> Change:
    """Cancel everything that the deadline would set off."""
    keys = tuple(case_timer(change.case, kind) for kind in CLOCK_TIMERS)
    return replace(change, timers_cancelled=(*change.timers_cancelled, *keys))


def with_clock_timers(change: Change, policy: Policy) -> Change:
    """Set reminders, deadline and escalations from the clock as it runs now; those gone by are left out."""
    clock, now = change.case.clock, change.events[-1].at
    if clock.state is not ClockState.RUNNING or clock.due is None:
        return without_clock_timers(change)
    stages, whole = policy.stages, clock.due - now
    instants = {
        TimerKind.REMIND_HALF: now + whole * stages.remind_half,
        TimerKind.REMIND_MOST: now + whole * stages.remind_most,
        TimerKind.DUE: clock.due,
        TimerKind.ESCALATE_SUBDISTRICT: clock.due + stages.to_subdistrict,
        TimerKind.ESCALATE_DISTRICT: clock.due + stages.to_subdistrict + stages.to_district,
    }
    ahead, gone = [], []
    for kind, at in instants.items():
        key = case_timer(change.case, kind)
        if at > now:
            ahead.append(Timer(key, change.case.district, at))
        else:
            gone.append(key)
    return replace(
        change,
        timers_set=(*change.timers_set, *ahead),
        timers_cancelled=(*change.timers_cancelled, *gone),
    )


def set_timer(change: Change, kind: TimerKind, after: timedelta, subject: str = "") -> Change:
    """Set one timer of the case, counted from the act."""
    key = TimerKey(change.case.id, kind, subject)
    timer = Timer(key, change.case.district, change.events[-1].at + after)
    return replace(change, timers_set=(*change.timers_set, timer))


def cancel(change: Change, *kinds: TimerKind) -> Change:
    """Cancel timers of the case itself."""
    keys = tuple(case_timer(change.case, kind) for kind in kinds)
    return replace(change, timers_cancelled=change.timers_cancelled + keys)


def stop_clock(change: Change, policy: Policy) -> Change:
    """Let the clock stand still: the case is resolved, dismissed or merged."""
    still = change.case.clock.stand_still(change.events[-1].at, ClockState.STOPPED, policy.calendar)
    return without_clock_timers(with_case(change, clock=still))


def run_clock(change: Change, policy: Policy) -> Change:
    """Let the clock run on with what was left, or start it where it never ran."""
    clock = running_clock(change.case, change.events[-1].at, policy)
    return with_clock_timers(with_case(change, clock=clock), policy)


def running_clock(case: Case, now: datetime, policy: Policy) -> Clock:
    """The case's clock as it runs on from now, or starts where it never ran."""
    if case.clock.state is ClockState.UNSET:
        return case.clock.start(now, policy.allowance(case.category, case.place.area), policy.calendar)
    return case.clock.resume(now, policy.calendar)


def with_due(change: Change) -> Change:
    """Note the new deadline in the event, so that every figure can be recomputed from events alone."""
    *earlier, last = change.events
    details = {**last.details, **due_noted(change.case.clock)}
    return replace(change, events=(*earlier, replace(last, details=details)))


def due_noted(clock: Clock) -> dict[str, Detail]:
    """What an event notes of a deadline."""
    return {"due": clock.due.isoformat() if clock.due else None}
