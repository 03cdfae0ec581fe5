"""What a decision says: whom to offer it to, by when, why, and why not the others."""

from dataclasses import dataclass
from datetime import datetime

from dispatch.cases import Post, Ring
from dispatch.ids import PersonId
from dispatch.policy import DispatchMode, DispatchPolicy, WhistleMatter
from dispatch.responders import Responder, Whereabouts
from dispatch.words import Words


@dataclass(frozen=True, slots=True)
class Choice:
    """One responder to be asked. `expected_s` is None where nobody knows where he is."""

    responder: Responder
    ring: Ring
    expires_at: datetime
    reason: Words
    expected_s: float | None
    whereabouts: Whereabouts


@dataclass(frozen=True, slots=True)
class RunnerUp:
    """Somebody who was not chosen, and why not."""

    person: PersonId
    name: str
    post: Post
    why: Words
    expected_s: float | None
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do with a filed case. With no choice the case stays filed: that is a decision too.

    `ring` is the one in which the search ended, `matter` what to whistle for when every ring is exhausted.
    """

    choice: Choice | None
    ring: Ring
    mode: DispatchMode
    policy: DispatchPolicy
    reason: Words
    runners_up: tuple[RunnerUp, ...] = ()
    matter: WhistleMatter | None = None
