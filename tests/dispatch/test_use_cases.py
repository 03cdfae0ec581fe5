from dataclasses import replace
from datetime import timedelta

import pytest

from dispatch import use_cases as do
from dispatch.cases import Case, Post, Ring, Task, TaskState
from dispatch.changes import CLOCK_TIMERS, Change, NoticeKind, TimerKind
from dispatch.clocks import ClockState
from dispatch.decision import decide
from dispatch.errors import (
    ActionNotAllowedError,
    CannotMergeError,
    ClockNotInThatStateError,
    DepartmentsOutstandingError,
    DispatchError,
    EvidenceMissingError,
    NoPowerToEnforceError,
    NotConfirmedError,
    NotYourTaskError,
    OutcomeMissingError,
    OutcomeNotAllowedError,
    OutsideDistrictError,
    ReasonMissingError,
    ReopenTooLateError,
    TimeInTheFutureError,
    WhistleNotFoundError,
    WhistleStepNotAllowedError,
)
from dispatch.findings import Kind, Source, Wish
from dispatch.ids import DepartmentId
from dispatch.lifecycle import Action, Outcome, State
from dispatch.policy import DispatchMode
from dispatch.whistle import Standing
from tests.dispatch.world import (
    BUILDING,
    LITTER,
    NOON,
    act,
    by_operator,
    filed,
    filed_case,
    finding,
    person,
    place,
    policy,
    responder,
    situation,
    task_force,
)

LATER = NOON + timedelta(minutes=10)


def offered(case: Case | None = None) -> Change:
    """A case offered to sweeper number 2."""
    case = case or filed_case()
    people = situation([responder(2, "sanitation_company")], task_force(2))
    return do.apply_decision(case, decide(case, people, NOON), act(None), policy())


def on_site(case: Case | None = None) -> tuple[Case, Task]:
    """A case with the sweeper standing before it."""
    change = offered(case)
    change = do.accept(change.case, change.tasks[0], act(2, "sanitation_company", LATER))
    change = do.on_my_way(change.case, change.tasks[0], act(2, "sanitation_company", LATER))
    change = do.arrive(change.case, change.tasks[0], act(2, "sanitation_company", LATER))
    return change.case, change.tasks[0]


def resolved(outcome: Outcome = Outcome.RECTIFIED) -> Change:
    """A case that the sweeper put right."""
    case, task = on_site()
    return do.resolve(
        case, task, act(2, "sanitation_company", LATER), policy(), outcome, photographs=["after"]
    )


def actions(change: Change) -> list[Action]:
    return [event.action for event in change.events]


def test_staff_findings_are_filed_at_once_and_the_clock_runs() -> None:
    change = filed()
    assert actions(change) == [Action.REPORT, Action.FILE]
    assert change.is_new
    assert change.expected == ()
    assert [event.number for event in change.events] == [1, 2]
    assert change.case.clock.state is ClockState.RUNNING
    assert change.case.clock.due == NOON + timedelta(hours=6)  # four working hours around noon
    assert {timer.key.kind for timer in change.timers_set} == set(CLOCK_TIMERS)
    assert change.events[1].actor.post == "system"
    assert change.events[1].details["due"] == (NOON + timedelta(hours=6)).isoformat()


def test_residents_reports_wait_for_screening() -> None:
    seen = finding(source=Source.RESIDENT, kind=Kind.RESIDENT_REQUEST)
    change = do.report_finding(seen, place(), act(5, "resident"), policy())
    assert change.case.state is State.REPORTED
    assert [timer.key.kind for timer in change.timers_set] == [TimerKind.SCREEN_DUE]
    assert change.notices[0].kind is NoticeKind.TO_SCREEN
    filed_now = do.file(change.case, by_operator(), policy())
    assert TimerKind.SCREEN_DUE in {key.kind for key in filed_now.timers_cancelled}


def test_a_point_outside_waits_for_a_place_and_is_never_refused() -> None:
    nowhere = replace(place(street=None, area=None), nearest_area="990101002003004", nearest_m=120.0)
    change = do.report_finding(finding(), nowhere, act(), policy())
    assert change.case.unassigned
    assert change.case.state is State.REPORTED
    with pytest.raises(OutsideDistrictError):
        do.file(change.case, by_operator(), policy())
    placed = do.relocate(change.case, by_operator(), place())
    assert do.file(placed.case, by_operator(), policy()).case.state is State.FILED


def test_a_report_from_the_future_is_refused() -> None:
    with pytest.raises(TimeInTheFutureError):
        do.report(finding(found_at=NOON + timedelta(hours=1)), place(), act(), policy())
    assert do.report(finding(found_at=NOON + timedelta(minutes=3)), place(), act(), policy()).is_new


def test_policy_may_want_a_check_before_filing() -> None:
    kind = replace(policy().kinds[Kind.PATROL_FINDING], confirm_before_filing=True)
    strict = replace(policy(), kinds={**policy().kinds, Kind.PATROL_FINDING: kind})
    change = do.report_finding(finding(), place(), act(), strict)
    with pytest.raises(NotConfirmedError):
        do.file(change.case, by_operator(), strict)
    confirmed = do.confirm(change.case, act(3, "grid_worker"))
    assert do.file(confirmed.case, by_operator(), strict).case.state is State.FILED


def test_the_finder_settles_it_on_the_spot() -> None:
    seen = finding(wish=Wish.SETTLE, outcome=Outcome.PERSUADED)
    change = do.report_finding(seen, place(), act(), policy())
    assert actions(change) == [Action.REPORT, Action.SETTLE, Action.VERIFY]
    assert change.case.state is State.CLOSED
    assert change.case.outcome is Outcome.PERSUADED
    assert change.case.clock.state is ClockState.UNSET


def test_nothing_ends_without_outcome_power_and_evidence() -> None:
    for problem, outcome, post in [
        (OutcomeMissingError, None, "alley_steward"),
        (NoPowerToEnforceError, Outcome.ENFORCED, "alley_steward"),
        (EvidenceMissingError, Outcome.RECTIFIED, "alley_steward"),
        (EvidenceMissingError, Outcome.ENFORCED, "enforcement_squad"),
        (EvidenceMissingError, Outcome.PASSED_ON, "alley_steward"),
    ]:
        seen = finding(wish=Wish.SETTLE, outcome=outcome)
        with pytest.raises(problem):
            do.report_finding(seen, place(), act(post=post), policy())
    shown = finding(
        wish=Wish.SETTLE,
        outcome=Outcome.ENFORCED,
        photographs=("a",),
        description="Fined after two warnings.",
    )
    enforced = do.report_finding(shown, place(), act(post="enforcement_squad"), policy())
    assert enforced.case.outcome is Outcome.ENFORCED
    assert enforced.case.state is State.RESOLVED  # policy wants a check of what was enforced
    wish = finding(kind=Kind.WISH, wish=Wish.SETTLE, outcome=Outcome.PERSUADED)
    with pytest.raises(OutcomeNotAllowedError):
        do.report_finding(wish, place(), act(), policy())


def test_an_offer_reserves_tells_and_expires() -> None:
    change = offered()
    task = change.tasks[0]
    assert change.reserve == (person(2),)
    assert change.case.holder == person(2)
    assert change.timers_set[0].key.subject == str(task.id)
    assert change.timers_set[0].at == task.expires_at
    assert change.notices[0].person == person(2)
    gone = do.expire(change.case, task, act(None, at=task.expires_at))
    assert gone.case.state is State.FILED
    assert gone.release == (person(2),)
    assert gone.tasks[0].state is TaskState.EXPIRED
    assert {notice.kind for notice in gone.notices} == {NoticeKind.CALL_HIM}


def test_an_offer_and_its_refusal_in_one_change_reserve_nobody() -> None:
    change = offered()
    both = change.then(do.decline(change.case, change.tasks[0], act(2, "sanitation_company", reason="busy")))
    assert (both.reserve, both.release) == ((), ())
    assert both.timers_set == ()
    assert [task.state for task in both.tasks] == [TaskState.DECLINED]
    assert both.expected == (State.FILED,)


def test_only_the_one_who_was_asked_may_answer() -> None:
    change = offered()
    for answer in (do.accept, do.decline, do.on_my_way, do.arrive):
        with pytest.raises(NotYourTaskError):
            answer(change.case, change.tasks[0], act(3, reason="no"))
    with pytest.raises(ReasonMissingError):
        do.decline(change.case, change.tasks[0], act(2))


def test_an_answer_to_an_old_offer_comes_too_late() -> None:
    first = offered()
    back = do.withdraw(first.case, first.tasks[0], by_operator())
    second = offered(back.case)
    with pytest.raises(ActionNotAllowedError):
        do.accept(second.case, first.tasks[0], act(2, "sanitation_company"))


def test_resolving_stops_the_clock_frees_the_holder_and_waits_for_a_check() -> None:
    change = resolved()
    assert change.case.state is State.RESOLVED
    assert change.case.clock.state is ClockState.STOPPED
    assert change.case.holder is None
    assert change.release == (person(2),)
    assert change.tasks[0].state is TaskState.DONE
    assert {key.kind for key in change.timers_cancelled} >= set(CLOCK_TIMERS)
    assert change.events[0].details["late"] is False
    assert not change.case.is_overdue(NOON + timedelta(days=9))
    closed = do.verify(change.case, by_operator())
    assert closed.case.state is State.CLOSED
    assert closed.notices[0].kind is NoticeKind.CLOSED


def test_sent_back_runs_on_with_what_was_left() -> None:
    change = resolved()
    left = change.case.clock.left
    back = do.send_back(change.case, by_operator(NOON + timedelta(days=1)), policy())
    assert (back.case.state, back.case.reworked, back.case.outcome) == (State.FILED, 1, None)
    assert back.case.clock.state is ClockState.RUNNING
    assert 3 < left < 4
    assert back.case.clock.due is not None
    assert back.case.clock.due > NOON + timedelta(days=1)


def test_a_case_is_reopened_once_within_the_days_allowed() -> None:
    closed = do.verify(resolved().case, by_operator(LATER)).case
    again = do.reopen(closed, by_operator(LATER + timedelta(days=3)), policy())
    assert (again.case.state, again.case.reopened, again.case.closed_at) == (State.FILED, 1, None)
    with pytest.raises(ReopenTooLateError):
        do.reopen(closed, by_operator(LATER + timedelta(days=16)), policy())
    with pytest.raises(ReopenTooLateError):
        do.reopen(replace(closed, reopened=1), by_operator(LATER), policy())


def test_merging_ends_one_case_and_is_noted_in_the_other() -> None:
    first, second = filed_case(), filed_case()
    both = do.merge(second, first, by_operator(), policy())
    assert both.merged.case.state is State.MERGED
    assert both.merged.case.merged_into == first.id
    assert both.absorbing.case.state is State.FILED
    assert both.absorbing.events[0].details["case"] == str(second.id)
    assert do.likely_duplicates(second, [first, second]) == (first,)
    for target in (second, both.merged.case):
        with pytest.raises(CannotMergeError):
            do.merge(second, target, by_operator(), policy())


def test_the_clock_pauses_goes_on_the_books_and_runs_on() -> None:
    case = filed_case()
    paused = do.pause(case, by_operator(LATER, "storm"), policy()).case
    assert paused.clock.state is ClockState.PAUSED
    assert not paused.is_overdue(NOON + timedelta(days=30))
    with pytest.raises(ClockNotInThatStateError):
        do.pause(paused, by_operator(), policy())
    booked = do.suspend(paused, by_operator(LATER, "budget"), policy()).case
    back = do.resume(booked, by_operator(NOON + timedelta(days=1)), policy())
    assert back.case.clock.state is ClockState.RUNNING
    assert {timer.key.kind for timer in back.timers_set} == set(CLOCK_TIMERS)
    with pytest.raises(ReasonMissingError):
        do.extend(case, by_operator(reason=" "), policy(), 2)
    longer = do.extend(case, by_operator(), policy(), 2)
    assert longer.events[0].details["more"] == 2


def test_a_timeout_is_told_upwards_and_may_be_appealed() -> None:
    case = filed_case()
    assert case.clock.due is not None
    late = case.clock.due + timedelta(minutes=1)
    heights = []
    for kind in (TimerKind.DUE, TimerKind.ESCALATE_SUBDISTRICT, TimerKind.ESCALATE_DISTRICT):
        told = do.fire_clock_timer(case, kind, act(None, at=late))
        assert told is not None
        case = told.case
        heights.append((case.escalated, told.notices[0].post))
    assert heights == [(1, "street_chief"), (2, "supervisor"), (3, "operator")]
    with pytest.raises(ClockNotInThatStateError):
        do.appeal(case, act(2, at=NOON, reason="rain"))
    appealed = do.appeal(case, act(2, at=late, reason="rain")).case
    answered = do.answer_appeal(appealed, by_operator(late), upheld=True)
    assert answered.events[0].details["upheld"] is True
    assert not answered.case.appealing
    assert do.fire_clock_timer(case, TimerKind.OFFER_EXPIRES, act(None)) is None


def test_a_whistle_holds_up_the_resolving_until_its_departments_are_done() -> None:
    case, task = on_site()
    called = do.call_whistle(case, by_operator(LATER), policy())
    whistle = called.whistles[0]
    assert [call.obligatory for call in whistle.calls] == [True, False, False]
    assert {notice.department for notice in called.notices} == {call.department for call in whistle.calls}
    by_sweeper = act(2, "sanitation_company", LATER)
    with pytest.raises(DepartmentsOutstandingError):
        do.resolve(case, task, by_sweeper, policy(), Outcome.RECTIFIED, photographs=["a"], whistles=[whistle])
    first = whistle.calls[0].department
    contact = act(60, "department_contact", LATER)
    with pytest.raises(WhistleStepNotAllowedError):
        do.whistle_done(case, whistle, first, contact)
    case = called.case
    for number, answer in enumerate((do.report_in, do.whistle_arrive, do.whistle_done), start=1):
        step = answer(case, whistle, first, contact)
        case, whistle = step.case, step.whistles[0]
        assert case.events == called.case.events + number
    assert whistle.outstanding == ()
    done = do.resolve(
        case, task, by_sweeper, policy(), Outcome.RECTIFIED, photographs=["a"], whistles=[whistle]
    )
    rated = do.rate_department(done.case, whistle, first, by_operator(), 9)
    assert rated.whistles[0].call_of(first).score == 5
    with pytest.raises(WhistleNotFoundError):
        whistle.call_of(DepartmentId("tax_bureau"))


def test_a_department_can_be_released_with_a_reason() -> None:
    case = filed_case()
    called = do.call_whistle(case, by_operator(), policy(), [DepartmentId("gas_company")], matter="smell")
    whistle = called.whistles[0]
    assert whistle.outstanding == ()  # the list makes only its own departments obligatory
    with pytest.raises(ReasonMissingError):
        do.release(called.case, whistle, DepartmentId("gas_company"), by_operator(reason=""))
    freed = do.release(called.case, whistle, DepartmentId("gas_company"), by_operator())
    assert freed.whistles[0].calls[0].standing is Standing.RELEASED
    assert do.remind_department(freed.case, freed.whistles[0], DepartmentId("gas_company"), act(None)) is None
    assert do.remind_department(called.case, whistle, DepartmentId("gas_company"), act(None)) is not None
    with pytest.raises(WhistleNotFoundError):
        do.call_whistle(case, by_operator(), policy(), [DepartmentId("no_such_bureau")])


def test_suggestions_wait_for_an_operator() -> None:
    case = filed_case()
    people = situation([responder(2, "sanitation_company")], task_force(2))
    decision = replace(decide(case, people, NOON), mode=DispatchMode.SUGGEST)
    change = do.apply_decision(case, decision, act(None), policy())
    assert change.case.state is State.FILED
    assert change.reserve == ()
    assert change.events[0].details["responder"] == str(person(2))
    assert change.timers_set[0].key.kind is TimerKind.LOOK_AGAIN


def test_nobody_found_keeps_the_case_filed_and_tells_the_chief() -> None:
    case = filed_case(BUILDING)
    change = do.apply_decision(case, decide(case, situation([]), NOON), act(None), policy())
    assert change.case.state is State.FILED
    assert change.events[0].details["matter"] == "illegal_building"
    assert {notice.post for notice in change.notices} == {"street_chief", "operator"}


def test_the_last_ring_blows_the_whistle_once_and_after_the_wait_that_policy_says() -> None:
    case = filed_case(BUILDING)
    wait = timedelta(seconds=policy().dispatch["default"].whistle_after_s or 0)
    soon, late = act(None, at=NOON + wait - timedelta(seconds=1)), act(None, at=NOON + wait)
    nobody = decide(case, situation([]), NOON)
    assert not do.apply_decision(case, nobody, soon, policy(), whistled=False).whistles
    blown = do.apply_decision(case, nobody, late, policy(), whistled=False)
    (whistle,) = blown.whistles
    assert (whistle.matter, whistle.called_by.post) == ("illegal_building", "system")
    assert [event.action for event in blown.events] == [Action.NOBODY_FOUND, Action.CALL_WHISTLE]
    assert {call.department for call in whistle.calls} <= {notice.department for notice in blown.notices}
    assert {timer.key.kind for timer in blown.timers_set} == {TimerKind.LOOK_AGAIN, TimerKind.REPORT_IN_DUE}
    assert not do.apply_decision(case, nobody, late, policy(), whistled=True).whistles
    by_hand = {"default": replace(policy().dispatch["default"], whistle_after_s=None)}
    left_to_people = replace(policy(), dispatch=by_hand)
    assert not do.apply_decision(case, nobody, late, left_to_people, whistled=False).whistles


def test_small_acts_are_events_that_move_nothing() -> None:
    case, task = on_site()
    assert do.note(case, act(2, reason="The shop is closed today.")).case.state is State.ON_SITE
    pictured = do.photograph(case, act(2), ["x", "x", "y"])
    assert pictured.case.photographs == ("x", "y")
    helped = do.ask_for_help(case, task, act(2, reason="too heavy"))
    assert {notice.kind for notice in helped.notices} == {NoticeKind.HELP_WANTED}
    happy = do.evaluate(resolved().case, act(1, "resident"), 5)
    assert happy.case.satisfaction == 5
    with pytest.raises(ReasonMissingError):
        do.note(case, act(2))


def test_a_new_category_starts_the_clock_afresh() -> None:
    case = filed_case(LITTER)
    change = do.reclassify(case, by_operator(LATER), policy(), BUILDING)
    assert change.case.severity == 3
    assert change.case.clock.kind == "working_days"
    assert change.case.clock.started_at == NOON
    assert change.case.finding == case.finding


def test_dismissing_needs_saying_why() -> None:
    reported = do.report(finding(), place(), act(), policy()).case
    with pytest.raises(ReasonMissingError):
        do.dismiss(reported, by_operator(reason=""), policy())
    assert do.dismiss(reported, by_operator(), policy()).case.state is State.DISMISSED


def test_every_error_says_what_to_do_in_both_languages() -> None:
    for problem in (
        OutcomeMissingError(),
        NotYourTaskError(),
        OutsideDistrictError(),
        ReopenTooLateError(15),
    ):
        assert isinstance(problem, DispatchError)
        assert problem.words.zh.endswith("。")
        assert problem.words.en.endswith(".")


def test_the_ring_and_post_are_kept_with_the_task() -> None:
    task = offered().tasks[0]
    assert (task.ring, task.post) == (Ring.TASK_FORCE, Post("sanitation_company"))
    assert "Sanitation company" in task.reason.en
    assert "环卫公司" in task.reason.zh
