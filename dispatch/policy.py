"""The rules of the city, as loaded from data: what the code asks, never what a city decides."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from dispatch.cases import Post, Ring
from dispatch.clocks import Allowance, WorkingCalendar
from dispatch.errors import UnknownCategoryError
from dispatch.findings import Kind, Source
from dispatch.ids import DepartmentId
from dispatch.lifecycle import Outcome
from dispatch.resident_rules import ResidentRules
from dispatch.responders import PositionRules
from dispatch.words import Words
from geo.area_codes import AreaCode


@dataclass(frozen=True, slots=True)
class Category:
    """One class of the classification. `severity` runs from 1 (light) to 5 (danger to life)."""

    code: str
    words: Words
    severity: int
    duty: str
    clock: str
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PostRules:
    """One post: how its people move, how much they hold, and whether it is the subdistrict's own."""

    post: Post
    words: Words
    mode: str
    capacity: int
    of_subdistrict: bool


@dataclass(frozen=True, slots=True)
class Duty:
    """A group of categories that the same posts deal with; `enforce` are those with power to enforce.

    `needs_power`: persuading is not enough, so that only those with power are asked.
    """

    name: str
    words: Words
    take: frozenset[Post]
    enforce: frozenset[Post]
    needs_power: bool = False


@dataclass(frozen=True, slots=True)
class KindRules:
    """What differs between the kinds of case."""

    kind: Kind
    words: Words
    outcomes: frozenset[Outcome]
    rings: tuple[Ring, ...]
    screened_sources: frozenset[Source]
    confirm_before_filing: bool
    close_without_check: frozenset[Outcome]
    evaluated: bool


@dataclass(frozen=True, slots=True)
class RingRules:
    """How long one offer waits for an answer, and the whole ring for somebody to take it."""

    ring: Ring
    words: Words
    answer_s: float
    whole_s: float
    posts: frozenset[Post]


class DispatchPolicy(StrEnum):
    """By what the one who is asked is chosen."""

    NEAREST = "nearest"
    LEAST_LATE = "least_late"


class DispatchMode(StrEnum):
    """Whether an offer goes out by itself or waits for an operator's key."""

    AUTOMATIC = "automatic"
    SUGGEST = "suggest"


@dataclass(frozen=True, slots=True)
class DispatchRules:
    """How an area dispatches.

    `whistle_after_s` is how long a filed case waits with nobody to be found in any ring before its whistle
    is blown by itself; None where that is left to people.
    """

    policy: DispatchPolicy
    mode: DispatchMode
    second_look_s: float
    runners_up: int
    whistle_after_s: float | None = None


@dataclass(frozen=True, slots=True)
class BatchWeights:
    """What counts beside travel when many cases are dealt out at once, in seconds of travel."""

    late_weight: float
    ring_s: float
    burden_s: float
    alone_s: float
    severity_s: float


@dataclass(frozen=True, slots=True)
class EvidenceRules:
    """What has to be shown when a case ends a certain way."""

    photographs: int = 0
    note: bool = False


@dataclass(frozen=True, slots=True)
class StageTimes:
    """Times of the stages around the handling, and when a silent case climbs."""

    screen: timedelta
    check: timedelta
    report_in: timedelta
    remind_half: float
    remind_most: float
    to_subdistrict: timedelta
    to_district: timedelta
    most_extensions: int
    reopen_days: int
    future_slack: timedelta


@dataclass(frozen=True, slots=True)
class WhistleMatter:
    """One matter of a whistle list: which departments answer, and which of them are obligatory."""

    name: str
    words: Words
    duties: frozenset[str]
    obligatory: tuple[DepartmentId, ...]
    called: tuple[DepartmentId, ...]


@dataclass(frozen=True, slots=True)
class SubdistrictLists:
    """The three lists of a subdistrict: what it does, what it enforces, what it whistles for."""

    duties: frozenset[str]
    enforcement: frozenset[str]
    whistle: tuple[WhistleMatter, ...]


@dataclass(frozen=True, slots=True)
class Department:
    """A department that can be called, with the duties whose matters it accepts."""

    id: DepartmentId
    words: Words
    duties: frozenset[str]


@dataclass(frozen=True, slots=True)
class PrivacyRules:
    """How long movements of staff are kept, and how thin."""

    track_days: int
    track_every_s: float
    on_shift_only: bool


@dataclass(frozen=True, slots=True)
class Group:
    """A named set of categories, such as the nine disorders."""

    name: str
    words: Words
    headings: Mapping[str, Words]


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything under `data/policy`, checked. `digest` tells two policies of one version apart."""

    version: int
    digest: str
    categories: Mapping[str, Category]
    groups: Mapping[str, Group]
    posts: Mapping[Post, PostRules]
    duties: Mapping[str, Duty]
    kinds: Mapping[Kind, KindRules]
    rings: Mapping[Ring, RingRules]
    clocks: Mapping[str, Allowance]
    area_clocks: Mapping[AreaCode, Mapping[str, Allowance]]
    stages: StageTimes
    calendar: WorkingCalendar
    dispatch: Mapping[str, DispatchRules]
    batch: BatchWeights
    positions: PositionRules
    evidence: Mapping[Outcome, EvidenceRules]
    group_evidence: Mapping[str, Mapping[Outcome, EvidenceRules]]
    lists: Mapping[str, SubdistrictLists]
    departments: Mapping[DepartmentId, Department]
    privacy: PrivacyRules
    residents: ResidentRules

    def category(self, code: str) -> Category:
        """The category; raises `UnknownCategoryError`."""
        try:
            return self.categories[code]
        except KeyError:
            raise UnknownCategoryError(code) from None

    def duty_of(self, category: str) -> Duty:
        """The duty that a category belongs to."""
        return self.duties[self.category(category).duty]

    def may_take(self, post: Post, category: str) -> bool:
        """Whether the post's duty covers the category."""
        return post in self.duty_of(category).take

    def may_enforce(self, post: Post, category: str, subdistrict: AreaCode | None) -> bool:
        """Whether the post may enforce here: by its duty and, for the subdistrict's own, by its list."""
        duty = self.duty_of(category)
        if post not in duty.enforce:
            return False
        rules = self.posts.get(post)
        if rules is None or not rules.of_subdistrict:
            return True
        return duty.name in self.lists_of(subdistrict).enforcement

    def allowance(self, category: str, area: AreaCode | None) -> Allowance:
        """How much time a case of that category gets there; the narrowest area that says so wins."""
        name = self.category(category).clock
        for code in _prefixes(area):
            own = self.area_clocks.get(code, {}).get(name)
            if own is not None:
                return own
        return self.clocks[name]

    def dispatch_in(self, area: AreaCode | None) -> DispatchRules:
        """How that area dispatches; the narrowest area that says so wins."""
        for code in _prefixes(area):
            if code in self.dispatch:
                return self.dispatch[code]
        return self.dispatch["default"]

    def evidence_for(self, category: str, outcome: Outcome) -> EvidenceRules:
        """What has to be shown; the strictest of the category's groups wins over the general rule."""
        found = [self.evidence.get(outcome, EvidenceRules())]
        for group in self.category(category).groups:
            own = self.group_evidence.get(group, {}).get(outcome)
            if own is not None:
                found.append(own)
        return EvidenceRules(max(rule.photographs for rule in found), any(rule.note for rule in found))

    def lists_of(self, subdistrict: AreaCode | None) -> SubdistrictLists:
        """A subdistrict's three lists, or the ones that hold where it has none of its own."""
        return self.lists.get(subdistrict or "", self.lists["default"])

    def matter_for(self, category: str, subdistrict: AreaCode | None) -> WhistleMatter | None:
        """The whistle matter that a category falls under in a subdistrict, if any."""
        duty = self.category(category).duty
        for matter in self.lists_of(subdistrict).whistle:
            if duty in matter.duties:
                return matter
        return None

    def is_hazard(self, category: str) -> bool:
        """Whether the category belongs to the hazards."""
        return "hazards" in self.category(category).groups


def _prefixes(area: AreaCode | None) -> tuple[AreaCode, ...]:
    """The area and everything above it, narrowest first."""
    if area is None:
        return ()
    return tuple(AreaCode(area[:digits]) for digits in (15, 12, 9, 6) if len(area) >= digits)
