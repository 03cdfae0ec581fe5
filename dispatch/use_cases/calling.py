"""Blowing the whistle: departments are called, report in, arrive, finish, and are judged."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from dispatch.cases import OPERATOR, STREET_CHIEF, SUPERVISOR, Act, Case, Detail
from dispatch.changes import Change, Notice, NoticeKind, Timer, TimerKey, TimerKind
from dispatch.errors import OutsideDistrictError, WhistleNotFoundError, WhistleStepNotAllowedError
from dispatch.ids import DepartmentId, WhistleId
from dispatch.lifecycle import Action
from dispatch.policy import Policy
from dispatch.use_cases.steps import demand_reason, step, with_case
from dispatch.whistle import DepartmentCall, Standing, Whistle
from dispatch.words import Words


def call_whistle(
    case: Case,
    act: Act,
    policy: Policy,
    departments: Sequence[DepartmentId] | None = None,
    *,
    matter: str | None = None,
) -> Change:
    """Call departments: those named, or those that the subdistrict's list has for this matter."""
    subdistrict = case.place.subdistrict
    if subdistrict is None:
        raise OutsideDistrictError
    listed = policy.matter_for(case.category, subdistrict)
    obligatory = frozenset(listed.obligatory) if listed else frozenset()
    called = tuple(departments or ((*listed.obligatory, *listed.called) if listed else ()))
    if not called or any(department not in policy.departments for department in called):
        raise WhistleNotFoundError
    by = act.at + policy.stages.report_in
    calls = tuple(
        DepartmentCall(department, department in obligatory, report_in_by=by)
        for department in dict.fromkeys(called)
    )
    name = matter or (listed.name if listed else case.category)
    whistle = Whistle(
        WhistleId(act.ids()), case.id, case.district, subdistrict, name, act.actor, act.at, calls
    )
    details: dict[str, Detail] = {
        "whistle": str(whistle.id),
        "matter": name,
        "departments": " ".join(call.department for call in calls),
        "obligatory": " ".join(call.department for call in calls if call.obligatory),
    }
    moved = step(case, Action.CALL_WHISTLE, act, details=details)
    words = Words(f"街道吹哨：{name}，请报到。", f"The subdistrict calls you: {name}. Please report in.")
    told = tuple(Notice(NoticeKind.WHISTLE, case.id, words, department=call.department) for call in calls)
    timers = tuple(Timer(_timer(whistle, call.department), case.district, by) for call in calls)
    return replace(moved, whistles=(whistle,), notices=told, timers_set=timers)


def _timer(whistle: Whistle, department: DepartmentId) -> TimerKey:
    return TimerKey(whistle.case, TimerKind.REPORT_IN_DUE, f"{whistle.id}/{department}")


def report_in(case: Case, whistle: Whistle, department: DepartmentId, act: Act) -> Change:
    """The department answers the call."""
    return _step(case, whistle, department, act, Action.REPORT_IN, Standing.REPORTED_IN)


def whistle_arrive(
    case: Case, whistle: Whistle, department: DepartmentId, act: Act, *, away_m: float | None = None
) -> Change:
    """The department's people are there, that many metres from the place by their phone."""
    noted: dict[str, Detail] = {} if away_m is None else {"away_m": round(away_m)}
    return _step(case, whistle, department, act, Action.WHISTLE_ARRIVE, Standing.ARRIVED, noted)


def whistle_done(
    case: Case, whistle: Whistle, department: DepartmentId, act: Act, photographs: Sequence[str] = ()
) -> Change:
    """The department has done its part, and these photographs show it."""
    new = tuple(name for name in dict.fromkeys(photographs) if name not in case.photographs)
    noted: dict[str, Detail] = {"photographs": " ".join(new), "count": len(new)} if new else {}
    done = _step(case, whistle, department, act, Action.WHISTLE_DONE, Standing.DONE, noted)
    return with_case(done, photographs=(*case.photographs, *new)) if new else done


def ask_for_release(case: Case, whistle: Whistle, department: DepartmentId, act: Act) -> Change:
    """The department says why it should not be needed; whoever blew the whistle decides."""
    demand_reason(act, Action.ASK_FOR_RELEASE)
    call = whistle.call_of(department)
    if call.standing in (Standing.DONE, Standing.RELEASED):
        raise WhistleStepNotAllowedError(call.standing.value, Action.ASK_FOR_RELEASE.value)
    details: dict[str, Detail] = {"whistle": str(whistle.id), "department": department}
    moved = step(case, Action.ASK_FOR_RELEASE, act, details=details)
    words = Words(f"部门申请解除吹哨：{act.reason}", f"A department asks to be released: {act.reason}")
    told = tuple(
        Notice(NoticeKind.RELEASE_WANTED, case.id, words, post=post, area=case.place.area)
        for post in (STREET_CHIEF, SUPERVISOR, OPERATOR)
    )
    return replace(moved, notices=told)


def release(case: Case, whistle: Whistle, department: DepartmentId, act: Act) -> Change:
    """The subdistrict needs the department no longer, and says why."""
    demand_reason(act, Action.RELEASE)
    return _step(case, whistle, department, act, Action.RELEASE, Standing.RELEASED)


def rate_department(case: Case, whistle: Whistle, department: DepartmentId, act: Act, score: int) -> Change:
    """The subdistrict assesses a department that was called, from 1 to 5."""
    stars = min(max(score, 1), 5)
    details: dict[str, Detail] = {
        "whistle": str(whistle.id), "department": department, "score": stars,
    }  # fmt: skip
    moved = step(case, Action.RATE_DEPARTMENT, act, details=details)
    rated = whistle.with_call(replace(whistle.call_of(department), score=stars))
    return replace(moved, whistles=(rated,))


def remind_department(case: Case, whistle: Whistle, department: DepartmentId, act: Act) -> Change | None:
    """The time for reporting in has passed: the department is told again, if it still has not."""
    if whistle.call_of(department).standing is not Standing.CALLED:
        return None
    details: dict[str, Detail] = {"timer": TimerKind.REPORT_IN_DUE.value, "department": department}
    moved = step(case, Action.REMIND, act, details=details)
    words = Words("吹哨后仍未报到，请尽快报到。", "You were called and have not reported in yet.")
    return replace(moved, notices=(Notice(NoticeKind.OVERDUE, case.id, words, department=department),))


def _step(
    case: Case,
    whistle: Whistle,
    department: DepartmentId,
    act: Act,
    action: Action,
    to: Standing,
    noted: Mapping[str, Detail] | None = None,
) -> Change:
    details: dict[str, Detail] = {"whistle": str(whistle.id), "department": department, **(noted or {})}
    moved = step(case, action, act, details=details)
    stepped = whistle.with_call(whistle.call_of(department).step(to, act.at))
    return replace(moved, whistles=(stepped,), timers_cancelled=(_timer(whistle, department),))
