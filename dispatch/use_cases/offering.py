"""Asking people: offers, answers, and what happens when nobody answers."""

from dataclasses import replace
from datetime import timedelta

from dispatch.cases import OPERATOR, STREET_CHIEF, SUPERVISOR, Act, Case, Detail, Task, TaskState
from dispatch.changes import Change, Notice, NoticeKind, Timer, TimerKind
from dispatch.choices import Choice, Decision
from dispatch.errors import ActionNotAllowedError
from dispatch.ids import TaskForceId, TaskId
from dispatch.lifecycle import Action, State
from dispatch.policy import DispatchMode, Policy
from dispatch.use_cases.calling import call_whistle
from dispatch.use_cases.steps import (
    case_timer,
    demand_own,
    demand_reason,
    end_task,
    offer_timer,
    step,
    with_case,
)
from dispatch.words import Words


def apply_decision(
    case: Case, decision: Decision, act: Act, policy: Policy, *, whistled: bool = True
) -> Change:
    """Do what was decided: offer it, suggest it to an operator, or say that nobody was found.

    The last ring is the whistle: where nobody is to be found for as long as policy waits, the departments
    of the subdistrict's list are called, once (`whistled` is whether they were, or must not be).
    """
    if decision.choice is None:
        alone = nobody_found(case, decision, act, policy)
        if whistled or not _blows_by_itself(case, decision, act, policy):
            return alone
        return alone.then(call_whistle(alone.case, act, policy))
    if decision.mode is DispatchMode.SUGGEST:
        return suggest(case, decision, act, policy)
    return offer(case, decision.choice, act, decision=decision)


def _blows_by_itself(case: Case, decision: Decision, act: Act, policy: Policy) -> bool:
    """Whether the subdistrict has such a matter on its list, and the case has waited long enough."""
    wait_s = policy.dispatch_in(case.place.area).whistle_after_s
    matter = decision.matter
    if matter is None or not (matter.obligatory or matter.called) or wait_s is None:
        return False
    return case.filed_at is not None and (act.at - case.filed_at).total_seconds() >= wait_s


def offer(
    case: Case,
    choice: Choice,
    act: Act,
    *,
    decision: Decision | None = None,
    task_force: TaskForceId | None = None,
) -> Change:
    """Ask one responder; his place is reserved in the same transaction."""
    who = choice.responder
    task = Task(
        TaskId(act.ids()),
        case.id,
        case.district,
        who.person,
        who.post,
        choice.ring,
        TaskState.OFFERED,
        act.at,
        choice.expires_at,
        choice.reason,
        choice.expected_s,
        task_force=task_force,
    )
    details: dict[str, Detail] = {
        "responder": str(who.person),
        "name": who.name,
        "post": who.post,
        "ring": choice.ring.value,
        "expected_s": choice.expected_s,
        "certainty": choice.whereabouts.certainty.value,
        "expires": choice.expires_at.isoformat(),
        "reason_zh": choice.reason.zh,
        "reason_en": choice.reason.en,
        **_runners_up(decision),
    }
    fields = {
        "task": task.id,
        "holder": who.person,
        "ring": choice.ring,
        "ring_since": case.ring_since if case.ring is choice.ring else act.at,
    }
    moved = step(case, Action.OFFER, act, details=details, task=task, fields=fields)
    timer = Timer(offer_timer(task), case.district, choice.expires_at)
    notice = Notice(NoticeKind.OFFER, case.id, choice.reason, person=who.person)
    return replace(
        moved,
        timers_set=(timer,),
        timers_cancelled=(case_timer(case, TimerKind.LOOK_AGAIN),),
        reserve=(who.person,),
        notices=(notice,),
    )


def _runners_up(decision: Decision | None) -> dict[str, Detail]:
    if decision is None:
        return {}
    noted: dict[str, Detail] = {}
    for place, other in enumerate(decision.runners_up, start=1):
        noted[f"runner_up_{place}"] = str(other.person)
        noted[f"runner_up_{place}_name"] = other.name
        noted[f"runner_up_{place}_zh"] = other.why.zh
        noted[f"runner_up_{place}_en"] = other.why.en
    return noted


def suggest(case: Case, decision: Decision, act: Act, policy: Policy) -> Change:
    """Put the choice before an operator, who confirms it with one key."""
    choice = decision.choice
    assert choice is not None
    details: dict[str, Detail] = {
        "responder": str(choice.responder.person),
        "name": choice.responder.name,
        "ring": choice.ring.value,
        "expected_s": choice.expected_s,
        "reason_zh": choice.reason.zh,
        "reason_en": choice.reason.en,
        **_runners_up(decision),
    }
    moved = step(case, Action.SUGGEST, act, details=details)
    notice = Notice(
        NoticeKind.SUGGESTED, case.id, choice.reason, post=OPERATOR, area=case.place.area, details=details
    )
    return _look_again(replace(moved, notices=(notice,)), policy)


def nobody_found(case: Case, decision: Decision, act: Act, policy: Policy) -> Change:
    """The case stays filed, its chief and an operator are told, and every ring is tried again soon."""
    details: dict[str, Detail] = {
        "ring": decision.ring.value,
        "reason_zh": decision.reason.zh,
        "reason_en": decision.reason.en,
        "matter": decision.matter.name if decision.matter else None,
        **_runners_up(decision),
    }
    moved = with_case(step(case, Action.NOBODY_FOUND, act, details=details), ring=None, ring_since=None)
    told = tuple(
        Notice(NoticeKind.NOBODY_FOUND, case.id, decision.reason, post=post, area=case.place.area)
        for post in (STREET_CHIEF, OPERATOR)
    )
    return _look_again(replace(moved, notices=told), policy)


def _look_again(change: Change, policy: Policy) -> Change:
    case, now = change.case, change.events[-1].at
    wait = timedelta(seconds=policy.dispatch_in(case.place.area).second_look_s)
    timer = Timer(case_timer(case, TimerKind.LOOK_AGAIN), case.district, now + wait)
    return replace(change, timers_set=(*change.timers_set, timer))


def accept(case: Case, task: Task, act: Act) -> Change:
    """The one who was asked says yes."""
    demand_own(task, act)
    _demand_current(case, task, Action.ACCEPT)
    taken = replace(task, state=TaskState.ACCEPTED, answered_at=act.at)
    moved = step(case, Action.ACCEPT, act, task=taken)
    return replace(moved, timers_cancelled=(offer_timer(task),))


def _demand_current(case: Case, task: Task, action: Action) -> None:
    """An answer to an offer that is no longer the case's comes too late."""
    if case.task != task.id:
        raise ActionNotAllowedError(case.state.value, action.value, (State.OFFERED.value,))


def decline(case: Case, task: Task, act: Act) -> Change:
    """The one who was asked says no, and why; the case looks for somebody else."""
    demand_own(task, act)
    demand_reason(act, Action.DECLINE)
    _demand_current(case, task, Action.DECLINE)
    return end_task(step(case, Action.DECLINE, act, task=task), task, TaskState.DECLINED, act)


def expire(case: Case, task: Task, act: Act, chief_phone: str = "") -> Change:
    """Nobody answered in time: the case looks further, and an operator is told whom to call."""
    _demand_current(case, task, Action.EXPIRE)
    details: dict[str, Detail] = {"responder": str(task.responder), "post": task.post}
    moved = step(case, Action.EXPIRE, act, task=task, details=details)
    words = Words("派单无人应答，请电话联系。", "Nobody answered the offer: please call.")
    told = tuple(
        Notice(
            NoticeKind.CALL_HIM,
            case.id,
            words,
            post=post,
            area=case.place.area,
            details={"responder": str(task.responder), "phone": chief_phone},
        )
        for post in (STREET_CHIEF, OPERATOR)
    )
    return replace(end_task(moved, task, TaskState.EXPIRED, act), notices=told)


def withdraw(case: Case, task: Task | None, act: Act) -> Change:
    """An operator or chief takes it back, with a reason; whoever held it is told."""
    demand_reason(act, Action.WITHDRAW)
    moved = step(case, Action.WITHDRAW, act, task=task)
    ended = end_task(moved, task, TaskState.WITHDRAWN, act)
    if task is None:
        return ended
    words = Words(f"任务已撤回：{act.reason}", f"The task was withdrawn: {act.reason}")
    notice = Notice(NoticeKind.WITHDRAWN, case.id, words, person=task.responder)
    return replace(ended, notices=(notice,))


def ask_for_help(case: Case, task: Task | None, act: Act) -> Change:
    """Whoever handles it asks the chief and the subdistrict for more hands."""
    demand_reason(act, Action.ASK_FOR_HELP)
    moved = step(case, Action.ASK_FOR_HELP, act, task=task)
    words = Words(f"现场请求支援：{act.reason}", f"Help is wanted on the spot: {act.reason}")
    return replace(moved, notices=_to_those_above(case, NoticeKind.HELP_WANTED, words))


def ask_for_time(case: Case, task: Task | None, act: Act) -> Change:
    """Whoever handles it asks for a later deadline and says why; those above decide, and extend."""
    demand_reason(act, Action.ASK_FOR_TIME)
    moved = step(case, Action.ASK_FOR_TIME, act, task=task)
    words = Words(f"处置人申请延时：{act.reason}", f"More time is asked for: {act.reason}")
    return replace(moved, notices=_to_those_above(case, NoticeKind.TIME_WANTED, words))


def _to_those_above(case: Case, kind: NoticeKind, words: Words) -> tuple[Notice, ...]:
    return tuple(
        Notice(kind, case.id, words, post=post, area=case.place.area)
        for post in (STREET_CHIEF, SUPERVISOR, OPERATOR)
    )
