"""A case as whoever holds its number sees it: what happened and what was done, without anybody's name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from api.resident_secrets import Follow, Tracking
from api.routes.resident_shapes import FollowedCase, Step, WishedVisit
from api.store.cases import CaseFile
from dispatch.cases import CaseEvent
from dispatch.lifecycle import OPEN_STATES, Action, State
from dispatch.policy import Policy

_TOLD = frozenset(
    {
        Action.REPORT,
        Action.FILE,
        Action.ACCEPT,
        Action.ARRIVE,
        Action.RESOLVE,
        Action.SETTLE,
        Action.VERIFY,
        Action.SEND_BACK,
        Action.DISMISS,
        Action.MERGE,
        Action.REOPEN,
        Action.CALL_WHISTLE,
        Action.PAUSE,
        Action.RESUME,
        Action.EVALUATE,
    }
)
"""What a resident is told; offers that came to nothing are the district's own affair."""

_POST_IS_TOLD = frozenset({Action.ACCEPT, Action.ARRIVE, Action.RESOLVE, Action.SETTLE})
_REASON_IS_TOLD = frozenset({Action.DISMISS, Action.REOPEN, Action.PAUSE})
"""Why it was turned down, and his own words; whoever settles may write names into his note."""


@dataclass(frozen=True, slots=True)
class Followed:
    """A case, and what the code lets its holder do."""

    file: CaseFile
    tracking: Tracking
    may: Follow


def followed_case(
    followed: Followed,
    events: Sequence[CaseEvent],
    sent: Sequence[str],
    visit: WishedVisit | None,
    continues_as: int | None,
    tell: bool | None,
    policy: Policy,
    now: datetime,
) -> FollowedCase:
    """Show the case, with the photographs that the reporter `sent`.

    Whoever only watches sees how it stands, and nothing that the reporter wrote.
    """
    case, own = followed.file.case, followed.may is Follow.OWN
    settled = case.state in (State.RESOLVED, State.CLOSED)
    done = _done(case.photographs, sent, events) if own and settled else []
    return FollowedCase(
        number=followed.file.number,
        tracking=followed.tracking.text,
        may=followed.may.value,
        kind=case.kind,
        category=case.category,
        state=case.state.value,
        reported_at=case.reported_at,
        due_at=case.clock.due if case.state in OPEN_STATES else None,
        outcome=case.outcome.value if case.outcome else None,
        satisfaction=case.satisfaction if own else None,
        description=case.description if own else "",
        at=(case.place.at.lon, case.place.at.lat) if own else None,
        street=case.place.street,
        photographs=[name for name in sent if name in case.photographs] if own else [],
        done=done,
        steps=[_step(event, own=own) for event in events if event.action in _TOLD],
        visit=visit if own else None,
        continues_as=continues_as,
        tell=tell if own else None,
        can_rate=own
        and case.state in (State.RESOLVED, State.CLOSED)
        and case.satisfaction is None
        and policy.kinds[case.kind].evaluated,
        can_reopen=own
        and case.state is State.CLOSED
        and case.reopened == 0
        and case.closed_at is not None
        and now - case.closed_at <= timedelta(days=policy.stages.reopen_days),
    )


def _step(event: CaseEvent, *, own: bool) -> Step:
    return Step(
        at=event.at,
        what=event.action.value,
        post=str(event.actor.post) if event.action in _POST_IS_TOLD else None,
        reason=event.reason if own and event.action in _REASON_IS_TOLD else "",
    )


def _done(names: Sequence[str], sent: Sequence[str], events: Sequence[CaseEvent]) -> list[str]:
    """The photographs that came when it was settled: neither the reporter's nor those of the way there."""
    before = {
        name
        for event in events
        if event.action is Action.PHOTOGRAPH
        for name in str(event.details.get("photographs", "")).split()
    }
    return [name for name in names if name not in before and name not in sent]
