"""From a finding to a case that is filed, settled, dismissed or merged."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dispatch.cases import OPERATOR, THE_SYSTEM, Act, Case, CaseEvent, Detail, Place
from dispatch.changes import Change, Notice, NoticeKind, TimerKind
from dispatch.errors import (
    CannotMergeError,
    NotConfirmedError,
    OutsideDistrictError,
    TimeInTheFutureError,
)
from dispatch.findings import Finding, Wish
from dispatch.ids import CaseId, EventId
from dispatch.lifecycle import CLOCK_STANDS_STILL, Action, Outcome, State, guard
from dispatch.policy import Policy
from dispatch.use_cases.ending import close_if_allowed, demand_outcome, evidence_details
from dispatch.use_cases.steps import (
    cancel,
    demand_reason,
    due_noted,
    run_clock,
    running_clock,
    set_timer,
    step,
    stop_clock,
    with_case,
    with_clock_timers,
    with_due,
)
from dispatch.words import Words


def report(finding: Finding, place: Place, act: Act, policy: Policy) -> Change:
    """A finding becomes a case that stands in `reported`; outside the district it waits for a place."""
    ahead = finding.found_at - act.at
    if ahead > policy.stages.future_slack:
        raise TimeInTheFutureError(ahead.total_seconds())
    category = policy.category(finding.category)
    case = Case(
        CaseId(act.ids()),
        finding.district,
        finding.id,
        finding.kind,
        finding.source,
        category.code,
        category.severity,
        place,
        State.REPORTED,
        act.at,
        policy.version,
        reporter=finding.submitter,
        description=finding.description,
        photographs=finding.photographs,
        events=1,
        drill=finding.drill,
    )
    event = CaseEvent(
        EventId(act.ids()),
        case.id,
        case.district,
        1,
        Action.REPORT,
        None,
        State.REPORTED,
        act.actor,
        act.at,
        finding.found_at,
        act.reason,
        None,
        _report_details(case),
    )
    return Change(case, (event,), finding=finding)


def _report_details(case: Case) -> dict[str, Detail]:
    place = case.place
    return {
        "kind": case.kind.value,
        "source": case.source.value,
        "category": case.category,
        "severity": case.severity,
        "area": place.area,
        "street": place.street,
        "lon": place.at.lon,
        "lat": place.at.lat,
        "boundary_version": place.boundary_version,
        "policy_version": case.policy_version,
        "nearest_area": place.nearest_area,
    }


def needs_screening(case: Case, policy: Policy) -> bool:
    """Whether an operator looks at the report before it is filed."""
    rules = policy.kinds[case.kind]
    return case.unassigned or rules.confirm_before_filing or case.source in rules.screened_sources


def wait_for_screening(change: Change, policy: Policy) -> Change:
    """Leave the report standing, tell an operator, and set the time by which it is to be looked at."""
    where = change.case.place.area or change.case.place.nearest_area
    words = Words("有新上报待受理。", "A new report waits to be screened.")
    notice = Notice(NoticeKind.TO_SCREEN, change.case.id, words, post=OPERATOR, area=where)
    waiting = set_timer(change, TimerKind.SCREEN_DUE, policy.stages.screen)
    return replace(waiting, notices=(*waiting.notices, notice))


def report_finding(finding: Finding, place: Place, act: Act, policy: Policy) -> Change:
    """Report, and then what the finder's wish and policy say: settle, file at once, or wait for screening."""
    reported = report(finding, place, act, policy)
    if finding.wish is Wish.SETTLE:
        return reported.then(settle(reported.case, act, policy, finding.outcome))
    if needs_screening(reported.case, policy):
        return wait_for_screening(reported, policy)
    by_itself = Act(THE_SYSTEM, act.at, act.ids, phone_at=act.phone_at)
    return reported.then(file(reported.case, by_itself, policy))


def confirm(case: Case, act: Act) -> Change:
    """Somebody looked at the report on the spot and found it true."""
    return with_case(step(case, Action.CONFIRM, act), confirmed=True)


def reclassify(case: Case, act: Act, policy: Policy, category: str) -> Change:
    """Correct the category; the finding keeps what was reported. A clock that runs starts afresh."""
    new = policy.category(category)
    details: dict[str, Detail] = {"from": case.category, "category": new.code, "severity": new.severity}
    moved = with_case(
        step(case, Action.RECLASSIFY, act, details=details), category=new.code, severity=new.severity
    )
    if case.clock.started_at is None:
        return moved
    allowance = policy.allowance(new.code, case.place.area)
    fresh = case.clock.start(case.clock.started_at, allowance, policy.calendar)
    return with_due(run_clock(with_case(moved, clock=fresh), policy))


def relocate(case: Case, act: Act, place: Place) -> Change:
    """Give a case that was reported outside every area its true place."""
    details: dict[str, Detail] = {
        "area": place.area,
        "street": place.street,
        "lon": place.at.lon,
        "lat": place.at.lat,
        "boundary_version": place.boundary_version,
    }
    return with_case(step(case, Action.RECLASSIFY, act, details=details), place=place)


def file(case: Case, act: Act, policy: Policy) -> Change:
    """Open the case: its clock starts, and somebody may be asked."""
    if case.unassigned:
        raise OutsideDistrictError
    if policy.kinds[case.kind].confirm_before_filing and not case.confirmed:
        raise NotConfirmedError
    clock = running_clock(case, act.at, policy)
    fields = {"filed_at": act.at, "clock": clock}
    moved = step(case, Action.FILE, act, details=due_noted(clock), fields=fields)
    return with_clock_timers(cancel(moved, TimerKind.SCREEN_DUE), policy)


def settle(case: Case, act: Act, policy: Policy, outcome: Outcome | None) -> Change:
    """The finder ends it on the spot, with an outcome and the evidence that policy asks for."""
    stated = demand_outcome(case, act, policy, outcome, ())
    moved = with_case(
        step(case, Action.SETTLE, act, details=evidence_details(stated, ())),
        outcome=stated,
        resolved_at=act.at,
        resolver=act.actor.person,
    )
    return close_if_allowed(cancel(moved, TimerKind.SCREEN_DUE), act, policy)


def dismiss(case: Case, act: Act, policy: Policy) -> Change:
    """The report is none of the district's business, or not true; it needs saying why."""
    demand_reason(act, Action.DISMISS)
    moved = with_case(step(case, Action.DISMISS, act), closed_at=act.at)
    return cancel(stop_clock(moved, policy), TimerKind.SCREEN_DUE)


@dataclass(frozen=True, slots=True)
class Merge:
    """The case that ends, and the one that takes it up: two changes of one transaction."""

    merged: Change
    absorbing: Change


def merge(case: Case, into: Case, act: Act, policy: Policy) -> Merge:
    """The case duplicates another one and goes on in it."""
    if into.id == case.id or into.district != case.district or into.state not in guard(Action.ABSORB):
        raise CannotMergeError
    moved = with_case(
        step(case, Action.MERGE, act, details={"into": str(into.id)}), merged_into=into.id, closed_at=act.at
    )
    stopped = cancel(stop_clock(moved, policy), TimerKind.SCREEN_DUE, TimerKind.LOOK_AGAIN)
    absorbing = step(into, Action.ABSORB, act, details={"case": str(case.id)})
    return Merge(stopped, absorbing)


def likely_duplicates(case: Case, others: Sequence[Case]) -> tuple[Case, ...]:
    """Live cases of the same category on the same street or grid: shown to whoever screens."""
    return tuple(
        other
        for other in others
        if other.id != case.id
        and other.category == case.category
        and other.state not in CLOCK_STANDS_STILL
        and (
            (case.place.street is not None and other.place.street == case.place.street)
            or (case.place.area is not None and other.place.area == case.place.area)
        )
    )
