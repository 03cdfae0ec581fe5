"""The indicators against a recomputation that knows nothing but lists of events."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import cache

import pytest

from dispatch.assessment import (
    COUNTS,
    RATES,
    DepartmentIndicators,
    Grouping,
    Indicators,
    Period,
    assess,
    assess_departments,
    key_of,
)
from dispatch.cases import CaseEvent
from dispatch.ids import CaseId
from dispatch.lifecycle import Action, Outcome, State
from dispatch.tales import read_tales
from tests.dispatch.random_histories import random_history
from tests.dispatch.world import NOON

PERIOD = Period(NOON + timedelta(days=5), NOON + timedelta(days=14))
ALWAYS = Period(NOON - timedelta(days=1), NOON + timedelta(days=900))


@cache
def history() -> tuple[CaseEvent, ...]:
    return tuple(random_history(seed=4, cases=400))


def by_case(events: Iterable[CaseEvent]) -> dict[CaseId, list[CaseEvent]]:
    found: dict[CaseId, list[CaseEvent]] = defaultdict(list)
    for event in events:
        found[event.case].append(event)
    return found


def last(events: list[CaseEvent], *actions: Action) -> datetime | None:
    times = [event.at for event in events if event.action in actions]
    return times[-1] if times else None


def first(events: list[CaseEvent], *actions: Action) -> datetime | None:
    times = [event.at for event in events if event.action in actions]
    return times[0] if times else None


def is_in(at: datetime | None, period: Period) -> bool:
    return at is not None and period.begins <= at < period.ends


def plain_counts(events: Iterable[CaseEvent], period: Period) -> dict[str, int]:
    """Every count, said again as one sentence about the list of a case's events."""
    counts = dict.fromkeys(COUNTS, 0)
    for own in by_case(events).values():
        state = own[-1].after
        gone = state in (State.DISMISSED, State.MERGED)
        undone = last(own, Action.SEND_BACK, Action.REOPEN)
        since = [event for event in own if undone is None or event.at > undone or event is own[-1]]
        since = [event for event in since if event.action not in (Action.SEND_BACK, Action.REOPEN)]
        resolved = last(since, Action.RESOLVE, Action.SETTLE)
        closed = last(since, Action.VERIFY)
        settled = any(event.action is Action.SETTLE for event in since)
        dues = [event.details["due"] for event in own if event.details.get("due")]
        due = datetime.fromisoformat(str(dues[-1])) if dues else None
        excused = any(event.details.get("upheld") is True for event in own)
        late = not excused and due is not None and resolved is not None and resolved > due
        scores = [event.details["satisfaction"] for event in since if event.action is Action.EVALUATE]
        reported = own[0].at
        counts["reported"] += is_in(reported, period)
        counts["reported_valid"] += is_in(reported, period) and not gone
        counts["settled"] += is_in(reported, period) and settled
        counts["filed"] += is_in(last(own, Action.FILE) or first(own, Action.REOPEN), period)
        counts["dispatched"] += is_in(first(own, Action.OFFER), period)
        back = (Action.DECLINE, Action.EXPIRE, Action.WITHDRAW)
        counts["returned"] += sum(event.action in back and is_in(event.at, period) for event in own)
        counts["reworked"] += sum(
            event.action is Action.SEND_BACK and is_in(event.at, period) for event in own
        )
        counts["handled"] += is_in(resolved, period)
        counts["handled_on_time"] += is_in(resolved, period) and not late
        counts["closed"] += is_in(closed, period)
        if is_in(resolved, period) and scores:
            counts["evaluated"] += 1
            counts["satisfied"] += int(str(scores[-1])) >= 4
        if is_in(due, period) and not gone:
            assert due is not None
            counts["due"] += 1
            counts["due_closed"] += closed is not None
            counts["due_closed_on_time"] += closed is not None and not late
            counts["overdue"] += not excused and (resolved or period.ends) > due
        ended = closed if not gone else own[-1].at
        counts["open_at_end"] += reported < period.ends and (ended is None or ended >= period.ends)
    return counts


@pytest.mark.parametrize("period", [PERIOD, ALWAYS])
def test_counts_agree_with_a_plain_recomputation(period: Period) -> None:
    tales = read_tales(history())
    everything = assess(tales.values(), period, lambda tale: "all")["all"]
    plain = plain_counts(history(), period)
    assert {name: getattr(everything, name) for name in COUNTS} == plain
    busy = {name for name, value in plain.items() if value}
    assert busy == set(COUNTS), "the history is too dull to prove anything"


def plain_key(own: list[CaseEvent], grouping: Grouping) -> str | None:
    """To which group a case belongs, read off its list of events."""
    said = [event.details for event in own if event.action in (Action.REPORT, Action.RECLASSIFY)]
    places = [details for details in said if "area" in details]
    undone = last(own, Action.SEND_BACK, Action.REOPEN)
    ends = [
        event
        for event in own
        if event.action in (Action.RESOLVE, Action.SETTLE) and (undone is None or event.at > undone)
    ]
    digits = {"district": 6, "subdistrict": 9, "community": 12, "grid": 15}
    found: object
    match grouping.value:
        case "district" | "subdistrict" | "community" | "grid" as level:
            area = places[-1]["area"]
            found = None if area is None else str(area)[: digits[level]]
        case "street":
            found = places[-1]["street"]
        case "finder":
            found = own[0].actor.person
        case "finder_post":
            found = own[0].actor.post
        case "resolver":
            found = ends[-1].actor.person if ends else None
        case "resolver_post":
            found = ends[-1].actor.post if ends else None
        case "category":
            found = [details["category"] for details in said if "category" in details][-1]
        case other:
            found = own[0].details[other]
    return None if found is None else str(found)


@pytest.mark.parametrize("grouping", Grouping)
@pytest.mark.parametrize("period", [PERIOD, ALWAYS])
def test_every_group_agrees_with_a_plain_recomputation_of_its_own_events(
    grouping: Grouping, period: Period
) -> None:
    own: dict[str, list[CaseEvent]] = defaultdict(list)
    for events in by_case(history()).values():
        if (key := plain_key(events, grouping)) is not None:
            own[key] += events
    groups = assess(read_tales(history()).values(), period, lambda tale: key_of(tale, grouping))
    assert {key: {name: getattr(found, name) for name in COUNTS} for key, found in groups.items()} == {
        key: plain_counts(events, period) for key, events in own.items()
    }


def plain_rates(events: Iterable[CaseEvent], period: Period) -> dict[str, float | None]:
    """Every rate, from the counts and from what the lists of events say beside them."""
    events = list(events)
    counts = plain_counts(events, period)
    more: dict[str, int] = defaultdict(int)
    for own in by_case(events).values():
        gone = own[-1].after in (State.DISMISSED, State.MERGED)
        undone = last(own, Action.SEND_BACK, Action.REOPEN)
        since = [event for event in own if undone is None or event.at > undone]
        ends = [event for event in since if event.action in (Action.RESOLVE, Action.SETTLE)]
        settled = any(event.action is Action.SETTLE for event in since)
        filed = any(event.action in (Action.FILE, Action.REOPEN) for event in own)
        outside = own[0].details["source"] in ("resident", "hotline", "partner_system")
        offers = [event for event in own if event.action is Action.OFFER]
        back = [event for event in own if event.action in (Action.DECLINE, Action.EXPIRE, Action.WITHDRAW)]
        if is_in(own[0].at, period):
            more["outside"] += outside and not gone
            more["screened"] += filed and not settled
        if offers and is_in(offers[0].at, period):
            first_came_back = bool(back) and (len(offers) == 1 or back[0].number < offers[1].number)
            more["right"] += not first_came_back
            more["answered"] += any(event.action is Action.ACCEPT for event in own)
        if ends and is_in(ends[-1].at, period):
            more["ended"] += 1
            more["passed_on"] += ends[-1].details["outcome"] == "passed_on"
        dues = [event.details["due"] for event in own if event.details.get("due")]
        if dues and not gone and is_in(due := datetime.fromisoformat(str(dues[-1])), period):
            excused = any(event.details.get("upheld") is True for event in own)
            more["due_in_time"] += bool(ends) and (excused or ends[-1].at <= due)
    parts = {
        "valid_report_rate": (counts["reported_valid"], counts["reported"]),
        "missed_report_rate": (more["outside"], counts["reported_valid"]),
        "filing_rate": (more["screened"], counts["reported"] - counts["settled"]),
        "correct_dispatch_rate": (more["right"], counts["dispatched"]),
        "return_rate": (counts["returned"], counts["dispatched"]),
        "on_time_handling_rate": (more["due_in_time"], counts["due"]),
        "closing_rate": (counts["due_closed"], counts["due"]),
        "on_time_closing_rate": (counts["due_closed_on_time"], counts["due"]),
        "rework_rate": (counts["reworked"], counts["handled"]),
        "response_rate": (more["answered"], counts["dispatched"]),
        "completion_rate": (counts["closed"], counts["filed"] + counts["settled"]),
        "resolution_rate": (more["ended"] - more["passed_on"], more["ended"]),
        "satisfaction_rate": (counts["satisfied"], counts["evaluated"]),
    }
    return {name: part / whole if whole else None for name, (part, whole) in parts.items()}


@pytest.mark.parametrize("period", [PERIOD, ALWAYS])
def test_rates_agree_with_a_plain_recomputation(period: Period) -> None:
    everything = assess(read_tales(history()).values(), period, lambda tale: "all")["all"]
    plain = plain_rates(history(), period)
    assert set(plain) == set(RATES)
    assert {name: getattr(everything, name) for name in RATES} == plain


def test_rates_lie_between_nothing_and_all_and_are_none_without_a_base() -> None:
    found = assess(read_tales(history()).values(), ALWAYS, lambda tale: "all")["all"]
    for name in RATES:
        value = getattr(found, name)
        assert value is not None
        assert value >= 0 or name == "return_rate"
        if name not in ("return_rate", "rework_rate", "completion_rate"):
            assert value <= 1
        assert getattr(Indicators(), name) is None
    streets = {f"street-{number}" for number in range(1, 5)}
    assert found.coverage_rate(streets) == 1.0
    assert found.coverage_rate(streets | {f"other-{number}" for number in range(4)}) == 0.5
    assert found.coverage_rate(set()) is None
    assert sum(found.outcomes.values()) == found.handled
    assert found.outcomes[Outcome.PERSUADED] > 0


def plain_departments(events: Iterable[CaseEvent], period: Period) -> dict[str, dict[str, int]]:
    """How each department answered its last call in each case, said again over the list of events."""
    found: dict[str, dict[str, int]] = {}
    for own in by_case(events).values():
        calls = [event for event in own if event.action is Action.CALL_WHISTLE]
        for name in {one for event in calls for one in str(event.details["departments"]).split()}:
            call = [event for event in calls if name in str(event.details["departments"]).split()][-1]
            if not is_in(call.at, period):
                continue
            after = [
                event
                for event in own
                if event.number > call.number and event.details.get("department") == name
            ]
            came = first(after, Action.REPORT_IN)
            scores = [event.details["score"] for event in after if event.action is Action.RATE_DEPARTMENT]
            counts = found.setdefault(
                name,
                dict.fromkeys(
                    (
                        "called",
                        "reported_in",
                        "reported_in_on_time",
                        "arrived",
                        "done",
                        "released",
                        "scored",
                        "satisfied",
                    ),
                    0,
                ),
            )
            counts["called"] += 1
            counts["reported_in"] += came is not None
            reminded = any(event.action is Action.REMIND for event in after)
            counts["reported_in_on_time"] += came is not None and not reminded
            counts["arrived"] += first(after, Action.WHISTLE_ARRIVE) is not None
            counts["done"] += first(after, Action.WHISTLE_DONE) is not None
            counts["released"] += first(after, Action.RELEASE) is not None and came is None
            counts["scored"] += bool(scores)
            counts["satisfied"] += bool(scores) and int(float(str(scores[-1]))) >= 4
    return found


@pytest.mark.parametrize("period", [PERIOD, ALWAYS])
def test_departments_agree_with_a_plain_recomputation(period: Period) -> None:
    events = random_history(seed=6, cases=150, acts=40, by_departments=True)
    found = assess_departments(read_tales(events).values(), period)
    plain = plain_departments(events, period)
    assert {name: asdict(one) for name, one in found.items()} == plain
    busy = {name for counts in plain.values() for name, number in counts.items() if number}
    assert busy == set(asdict(DepartmentIndicators())), "the history is too dull to prove anything"
    for one in found.values():
        assert one.done <= one.arrived <= one.reported_in <= one.called


def test_a_case_settled_on_the_spot_needs_no_filing() -> None:
    settled = [tale for tale in read_tales(history()).values() if tale.settled]
    only = assess(settled, ALWAYS, lambda tale: "all")["all"]
    assert only.filed == only.dispatched == only.due == 0
    assert only.filing_rate is None
    assert only.closed == only.handled == only.reported > 0
