"""The indicators against a recomputation that knows nothing but lists of events."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache

import pytest

from dispatch.assessment import (
    COUNTS,
    RATES,
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


@pytest.mark.parametrize("grouping", Grouping)
def test_groups_agree_with_a_plain_recomputation_of_their_own_events(grouping: Grouping) -> None:
    tales = read_tales(history())
    events = by_case(history())
    groups = assess(tales.values(), PERIOD, lambda tale: key_of(tale, grouping))
    for key, found in list(groups.items())[:12]:
        own = [e for tale in tales.values() if key_of(tale, grouping) == key for e in events[tale.case]]
        assert {name: getattr(found, name) for name in COUNTS} == plain_counts(own, PERIOD)
    belonging = sum(key_of(tale, grouping) is not None for tale in tales.values())
    whole = assess(tales.values(), ALWAYS, lambda tale: key_of(tale, grouping))
    assert sum(found.reported for found in whole.values()) == belonging


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


def test_departments_agree_with_counting_their_events() -> None:
    found = assess_departments(read_tales(history()).values(), ALWAYS)
    called = [event for event in history() if event.action is Action.CALL_WHISTLE]
    assert called
    seen = defaultdict(set)
    for event in called:
        for name in str(event.details["departments"]).split():
            seen[name].add(event.case)
    assert {name: one.called for name, one in found.items()} == {name: len(of) for name, of in seen.items()}
    done = {
        (event.case, event.details["department"])
        for event in history()
        if event.action is Action.WHISTLE_DONE
    }
    assert sum(one.done for one in found.values()) == len(done)
    for one in found.values():
        assert one.done <= one.arrived <= one.reported_in <= one.called
        assert one.reported_in_on_time <= one.reported_in


def test_a_case_settled_on_the_spot_needs_no_filing() -> None:
    settled = [tale for tale in read_tales(history()).values() if tale.settled]
    only = assess(settled, ALWAYS, lambda tale: "all")["all"]
    assert only.filed == only.dispatched == only.due == 0
    assert only.filing_rate is None
    assert only.closed == only.handled == only.reported > 0
