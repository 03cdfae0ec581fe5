"""The life of a case: one table, called by everyone and repeated as a guard in SQL."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from dispatch.errors import ActionNotAllowedError


class State(StrEnum):
    """Where a case stands."""

    REPORTED = "reported"
    FILED = "filed"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    ON_SITE = "on_site"
    RESOLVED = "resolved"
    CLOSED = "closed"
    DISMISSED = "dismissed"
    MERGED = "merged"


class Outcome(StrEnum):
    """How a case ended; nothing ends without one."""

    PERSUADED = "persuaded"
    ENFORCED = "enforced"
    RECTIFIED = "rectified"
    PASSED_ON = "passed_on"


class Action(StrEnum):
    """Everything that can be done to a case; each is recorded as one event."""

    # These move the case along.
    FILE = "file"
    OFFER = "offer"
    ACCEPT = "accept"
    DECLINE = "decline"
    EXPIRE = "expire"
    WITHDRAW = "withdraw"
    ARRIVE = "arrive"
    RESOLVE = "resolve"
    SETTLE = "settle"
    DISMISS = "dismiss"
    MERGE = "merge"
    VERIFY = "verify"
    SEND_BACK = "send_back"
    REOPEN = "reopen"
    # The first event of every case.
    REPORT = "report"
    # These are recorded and move nothing.
    CONFIRM = "confirm"
    RECLASSIFY = "reclassify"
    SUGGEST = "suggest"
    NOBODY_FOUND = "nobody_found"
    ON_MY_WAY = "on_my_way"
    ASK_FOR_HELP = "ask_for_help"
    ASK_FOR_TIME = "ask_for_time"
    NOTE = "note"
    PHOTOGRAPH = "photograph"
    ABSORB = "absorb"
    EVALUATE = "evaluate"
    EXTEND = "extend"
    PAUSE = "pause"
    SUSPEND = "suspend"
    RESUME = "resume"
    APPEAL = "appeal"
    ANSWER_APPEAL = "answer_appeal"
    REMIND = "remind"
    ESCALATE = "escalate"
    CALL_WHISTLE = "call_whistle"
    REPORT_IN = "report_in"
    WHISTLE_ARRIVE = "whistle_arrive"
    WHISTLE_DONE = "whistle_done"
    ASK_FOR_RELEASE = "ask_for_release"
    RELEASE = "release"
    RATE_DEPARTMENT = "rate_department"


_OPEN = (State.FILED, State.OFFERED, State.ACCEPTED, State.ON_SITE)
_HANDLING = (State.ACCEPTED, State.ON_SITE)
_ENDED = (State.RESOLVED, State.CLOSED, State.DISMISSED, State.MERGED)
_ALL = tuple(State)

TRANSITIONS: Mapping[tuple[State, Action], State] = MappingProxyType(
    {
        (State.REPORTED, Action.FILE): State.FILED,
        (State.REPORTED, Action.SETTLE): State.RESOLVED,
        (State.REPORTED, Action.DISMISS): State.DISMISSED,
        (State.REPORTED, Action.MERGE): State.MERGED,
        (State.FILED, Action.MERGE): State.MERGED,
        (State.FILED, Action.OFFER): State.OFFERED,
        (State.OFFERED, Action.ACCEPT): State.ACCEPTED,
        (State.OFFERED, Action.DECLINE): State.FILED,
        (State.OFFERED, Action.EXPIRE): State.FILED,
        (State.OFFERED, Action.WITHDRAW): State.FILED,
        (State.ACCEPTED, Action.WITHDRAW): State.FILED,
        (State.ACCEPTED, Action.ARRIVE): State.ON_SITE,
        (State.ON_SITE, Action.WITHDRAW): State.FILED,
        (State.ON_SITE, Action.RESOLVE): State.RESOLVED,
        (State.RESOLVED, Action.VERIFY): State.CLOSED,
        (State.RESOLVED, Action.SEND_BACK): State.FILED,
        (State.CLOSED, Action.REOPEN): State.FILED,
    }
)
"""(state, action) → state, for every action that moves a case."""

STANDING: Mapping[Action, tuple[State, ...]] = MappingProxyType(
    {
        Action.CONFIRM: (State.REPORTED,),
        Action.RECLASSIFY: (State.REPORTED, State.FILED),
        Action.SUGGEST: (State.FILED,),
        Action.NOBODY_FOUND: (State.FILED,),
        Action.ON_MY_WAY: (State.ACCEPTED,),
        Action.ASK_FOR_HELP: _HANDLING,
        Action.ASK_FOR_TIME: _HANDLING,
        Action.NOTE: _ALL,
        Action.PHOTOGRAPH: _ALL,
        Action.ABSORB: (State.REPORTED, *_OPEN, State.RESOLVED, State.CLOSED),
        Action.EVALUATE: (State.RESOLVED, State.CLOSED),
        Action.EXTEND: _OPEN,
        Action.PAUSE: _OPEN,
        Action.SUSPEND: _OPEN,
        Action.RESUME: _OPEN,
        Action.APPEAL: (*_OPEN, State.RESOLVED, State.CLOSED),
        Action.ANSWER_APPEAL: (*_OPEN, State.RESOLVED, State.CLOSED),
        Action.REMIND: (State.REPORTED, *_OPEN, State.RESOLVED),
        Action.ESCALATE: (State.REPORTED, *_OPEN, State.RESOLVED),
        Action.CALL_WHISTLE: _OPEN,
        Action.REPORT_IN: (*_OPEN, State.RESOLVED),
        Action.WHISTLE_ARRIVE: (*_OPEN, State.RESOLVED),
        Action.WHISTLE_DONE: (*_OPEN, State.RESOLVED),
        Action.ASK_FOR_RELEASE: (*_OPEN, State.RESOLVED),
        Action.RELEASE: (*_OPEN, State.RESOLVED),
        Action.RATE_DEPARTMENT: (*_OPEN, State.RESOLVED, State.CLOSED),
    }
)
"""The states in which an action that moves nothing may be recorded."""

MOVING_ACTIONS = frozenset(action for _, action in TRANSITIONS)
OPEN_STATES = frozenset(_OPEN)
"""Work is still to be done; the clock may run."""
CLOCK_STANDS_STILL = frozenset(_ENDED)
WHISTLE_STATES = frozenset(_OPEN)

_GUARDS: Mapping[Action, tuple[State, ...]] = MappingProxyType(
    {
        action: STANDING.get(action) or tuple(state for (state, verb) in TRANSITIONS if verb is action)
        for action in Action
    }
)


def guard(action: Action) -> tuple[State, ...]:
    """The states in which the action may happen: what the SQL update repeats in its WHERE.

    Empty for `report`, which is the birth of a case.
    """
    return _GUARDS[action]


def next_state(state: State, action: Action) -> State:
    """Where the case stands after the action; raises `ActionNotAllowedError` where there is no such step."""
    moved = TRANSITIONS.get((state, action))
    if moved is not None:
        return moved
    if state in STANDING.get(action, ()):
        return state
    raise ActionNotAllowedError(state=state.value, action=action.value, allowed=tuple(guard(action)))


def allowed_actions(state: State) -> tuple[Action, ...]:
    """What may be done in a state, in the order of the table."""
    return tuple(action for action in Action if state in _GUARDS[action])
