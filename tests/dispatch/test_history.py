"""The year's file: what is shipped follows the table, and a file keeps its meaning when the code moves on."""

from collections import Counter
from datetime import date
from enum import StrEnum
from pathlib import Path

import numpy as np
import pytest

from dispatch import history
from dispatch.clocks import CITY_ZONE, ClockState
from dispatch.history import ACTIONS, CLOCKS, NEVER, OUTCOMES, STATES, ForeignHistoryError, History
from dispatch.lifecycle import Action, next_state
from dispatch.sample_year import DAYS, FINDINGS, LAST_DAY, PATROLS, TOTALS, pack_sample_year
from tests.dispatch.test_simulate import days

SHIPPED = Path(__file__).parents[2] / "data" / "sample_year" / "history.npz"


@pytest.fixture(scope="module")
def shipped() -> History:
    return History.read(SHIPPED)


@pytest.fixture(scope="module")
def two_days() -> History:
    return pack_sample_year(days(2))


def test_the_shipped_year_ends_as_the_published_figures_say(shipped: History) -> None:
    ended = Counter(shipped.case["outcome"].tolist())
    assert len(shipped.case["state"]) == FINDINGS
    assert len(shipped.patrol["street"]) == PATROLS
    assert {outcome: ended[OUTCOMES.index(outcome)] for outcome in TOTALS} == dict(TOTALS)
    assert 40 <= ended[NEVER] <= 80
    last = shipped.at(int(shipped.event["at_s"].max()))
    assert last is not None
    assert last.astimezone(CITY_ZONE).date() == LAST_DAY
    assert (LAST_DAY - shipped.starts_at.date()).days == DAYS - 1


def test_every_act_of_the_shipped_year_is_one_that_the_table_allows(shipped: History) -> None:
    event = {name: column.tolist() for name, column in shipped.event.items()}
    stands = [NEVER] * FINDINGS
    rows = zip(event["case"], event["action"], event["before"], event["after"], strict=True)
    for case, action, before, after in rows:
        assert stands[case] == before
        if before != NEVER:
            assert next_state(STATES[before], ACTIONS[action]) is STATES[after]
        stands[case] = after
    assert stands == shipped.case["state"].tolist()


def test_the_acts_of_the_shipped_year_leave_each_clock_as_the_case_says(shipped: History) -> None:
    """The books most of all: what is still open lies on them."""
    suspended: set[int] = set()
    for case, action in zip(shipped.event["case"].tolist(), shipped.event["action"].tolist(), strict=True):
        if ACTIONS[action] is Action.SUSPEND:
            suspended.add(case)
        elif ACTIONS[action] is Action.RESUME:
            suspended.remove(case)
    on_the_books = np.flatnonzero(shipped.case["clock"] == CLOCKS.index(ClockState.SUSPENDED))
    assert suspended == set(on_the_books.tolist())
    assert not (shipped.event["action"] == ACTIONS.index(Action.PAUSE)).any()


def test_a_file_says_again_what_was_packed(two_days: History, tmp_path: Path) -> None:
    two_days.write(tmp_path / "two.npz")
    again = History.read(tmp_path / "two.npz")
    assert (again.starts_at, again.seed, again.details) == (
        two_days.starts_at, two_days.seed, two_days.details,
    )  # fmt: skip
    for table in ("case", "event", "task", "patrol"):
        for name, column in getattr(two_days, table).items():
            assert np.array_equal(getattr(again, table)[name], column), (table, name)
    assert list(again.ids("case")) == list(two_days.ids("case"))
    later = again.shifted_to_end_on(date(2027, 3, 1))
    assert (later.starts_at - again.starts_at).days == (date(2027, 3, 1) - LAST_DAY).days


def test_a_file_keeps_its_words_when_the_code_numbers_them_otherwise(
    two_days: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_days.write(tmp_path / "two.npz")
    otherwise = StrEnum("Otherwise", [(one.name, one.value) for one in reversed(Action)])
    monkeypatch.setitem(history._CODED, "event.action", otherwise)  # type: ignore[index]  # a mapping to all others
    again = History.read(tmp_path / "two.npz")
    said = [list(otherwise)[number].value for number in again.event["action"].tolist()]
    assert said == [ACTIONS[number].value for number in two_days.event["action"].tolist()]


def test_a_file_with_a_word_that_the_code_no_longer_knows_is_refused(
    two_days: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_days.write(tmp_path / "two.npz")
    fewer = StrEnum("Fewer", [(one.name, one.value) for one in Action if one is not Action.SETTLE])
    monkeypatch.setitem(history._CODED, "event.action", fewer)  # type: ignore[index]  # a mapping to all others
    with pytest.raises(ForeignHistoryError, match="settle"):
        History.read(tmp_path / "two.npz")
