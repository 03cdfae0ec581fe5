from pathlib import Path

import pytest

from dispatch.errors import ActionNotAllowedError
from dispatch.lifecycle import (
    CLOCK_STANDS_STILL,
    MOVING_ACTIONS,
    OPEN_STATES,
    STANDING,
    TRANSITIONS,
    Action,
    State,
    allowed_actions,
    guard,
    next_state,
)
from dispatch.lifecycle_page import lifecycle_page

DOCS = Path(__file__).resolve().parents[2] / "docs"

AS_DECIDED = """
reported -file-> filed
filed -offer-> offered
offered -accept-> accepted
accepted -arrive-> on_site
on_site -resolve-> resolved
resolved -verify-> closed
reported -settle-> resolved
reported -dismiss-> dismissed
reported -merge-> merged
filed -merge-> merged
offered -decline-> filed
offered -expire-> filed
offered -withdraw-> filed
accepted -withdraw-> filed
on_site -withdraw-> filed
resolved -send_back-> filed
closed -reopen-> filed
"""


def test_the_table_is_the_one_that_was_decided() -> None:
    drawn = {f"{state} -{action}-> {after}" for (state, action), after in TRANSITIONS.items()}
    assert drawn == set(AS_DECIDED.split("\n")[1:-1])


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Action)
def test_every_pair_moves_stays_or_is_refused(state: State, action: Action) -> None:
    if (state, action) in TRANSITIONS:
        assert next_state(state, action) is TRANSITIONS[state, action]
        assert state in guard(action)
    elif state in STANDING.get(action, ()):
        assert next_state(state, action) is state
        assert state in guard(action)
    else:
        assert state not in guard(action)
        with pytest.raises(ActionNotAllowedError) as refused:
            next_state(state, action)
        assert refused.value.allowed == guard(action)
    assert (action in allowed_actions(state)) == (state in guard(action))


def test_an_action_moves_or_stands_but_never_both() -> None:
    assert not MOVING_ACTIONS & set(STANDING)
    assert MOVING_ACTIONS | set(STANDING) | {Action.REPORT} == set(Action)


def test_every_state_is_reached_and_ends_are_ends() -> None:
    reached = {State.REPORTED, *TRANSITIONS.values()}
    assert reached == set(State)
    leaving = {state for state, _ in TRANSITIONS}
    assert set(State) - leaving == {State.DISMISSED, State.MERGED}
    assert not OPEN_STATES & CLOCK_STANDS_STILL


def test_the_page_in_the_docs_is_drawn_from_the_table() -> None:
    assert (DOCS / "lifecycle.md").read_text(encoding="utf-8") == lifecycle_page()
