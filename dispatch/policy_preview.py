"""What a change of the policy would do to the cases that are open now, before it is made."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from dispatch.cases import Case, Post
from dispatch.clocks import ClockState
from dispatch.ids import CaseId, PersonId
from dispatch.policy import Policy


@dataclass(frozen=True, slots=True)
class MovedDeadline:
    """A case whose deadline would be another one."""

    case: CaseId
    category: str
    before: datetime
    after: datetime


@dataclass(slots=True)
class PolicyPreview:
    """Every case that a proposed policy would treat differently."""

    looked_at: int = 0
    same: bool = False
    version_not_raised: bool = False
    gone_categories: tuple[str, ...] = ()
    new_categories: tuple[str, ...] = ()
    without_category: list[CaseId] = field(default_factory=list)
    moved: list[MovedDeadline] = field(default_factory=list)
    late_at_once: list[CaseId] = field(default_factory=list)
    holder_may_not: list[CaseId] = field(default_factory=list)
    nobody_to_ask: list[CaseId] = field(default_factory=list)

    @property
    def touches_cases(self) -> bool:
        """Whether any open case would be treated differently."""
        return bool(self.without_category or self.moved or self.holder_may_not or self.nobody_to_ask)


def preview(
    current: Policy,
    proposed: Policy,
    cases: Iterable[Case],
    now: datetime,
    posts: Mapping[PersonId, Post] | None = None,
) -> PolicyPreview:
    """Compare two policies over the open cases; `posts` says which post each holder has."""
    old, new = set(current.categories), set(proposed.categories)
    same = current.digest == proposed.digest
    found = PolicyPreview(
        same=same,
        version_not_raised=not same and proposed.version <= current.version,
        gone_categories=tuple(sorted(old - new)),
        new_categories=tuple(sorted(new - old)),
    )
    for case in cases:
        if not case.is_open:
            continue
        found.looked_at += 1
        if case.category not in proposed.categories:
            found.without_category.append(case.id)
            continue
        _look_at_deadline(case, proposed, now, found)
        _look_at_people(case, current, proposed, posts or {}, found)
    return found


def _look_at_deadline(case: Case, proposed: Policy, now: datetime, found: PolicyPreview) -> None:
    """Only a clock that ran without a break can be reckoned anew from its start."""
    clock = case.clock
    if clock.state is not ClockState.RUNNING or clock.extensions or clock.due is None:
        return
    assert clock.started_at is not None
    allowance = proposed.allowance(case.category, case.place.area)
    again = replace(clock).start(clock.started_at, allowance, proposed.calendar)
    assert again.due is not None
    if again.due != clock.due:
        found.moved.append(MovedDeadline(case.id, case.category, clock.due, again.due))
        if again.due < now <= clock.due:
            found.late_at_once.append(case.id)


def _look_at_people(
    case: Case, current: Policy, proposed: Policy, posts: Mapping[PersonId, Post], found: PolicyPreview
) -> None:
    post = posts.get(case.holder) if case.holder is not None else None
    could = post is not None and current.may_take(post, case.category)
    if post is not None and could and not proposed.may_take(post, case.category):
        found.holder_may_not.append(case.id)
    if not askable_posts(case, proposed) and askable_posts(case, current):
        found.nobody_to_ask.append(case.id)


def askable_posts(case: Case, policy: Policy) -> Sequence[Post]:
    """The posts that could be asked to take the case, in any of its rings."""
    if case.category not in policy.categories:
        return ()
    duty = policy.duty_of(case.category)
    ringed = {post for ring in policy.kinds[case.kind].rings for post in policy.rings[ring].posts}
    subdistrict = case.place.subdistrict
    return sorted(
        post
        for post in ringed & duty.take
        if not duty.needs_power or policy.may_enforce(post, case.category, subdistrict)
    )
