"""What residents may ask for without an account: `data/policy/residents.toml`, checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta

from dispatch.findings import Kind
from dispatch.lifecycle import Action
from dispatch.policy_entries import Entry
from dispatch.words import Words

OWN_FORM = (Kind.ORDER, Kind.VISIT)
"""Kinds whose category follows from the service or the visit, not from the resident's choice."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one address may send, and how many photographs a report may have."""

    reports_an_hour: int
    reports_a_day: int
    photographs: int


@dataclass(frozen=True, slots=True)
class PuzzleRules:
    """How hard the sum is that a visitor's machine does, in leading zero bits, and for how long it counts."""

    bits: int
    most_bits: int
    lasts: timedelta


@dataclass(frozen=True, slots=True)
class NearbyRules:
    """Which open matters are shown around a place."""

    within_m: float
    lasts: timedelta
    kinds: tuple[Kind, ...]
    hidden_duties: frozenset[str]


@dataclass(frozen=True, slots=True)
class AskedKind:
    """A kind that a resident may begin: the categories shown first, and whether he must be reachable."""

    kind: Kind
    common: tuple[str, ...]
    contact: bool


@dataclass(frozen=True, slots=True)
class Slot:
    """A stretch of a day in which somebody comes, in the city's time."""

    opens: time
    closes: time

    @property
    def name(self) -> str:
        """`09:00-10:30`."""
        return f"{self.opens:%H:%M}-{self.closes:%H:%M}"


@dataclass(frozen=True, slots=True)
class VisitRules:
    """When somebody comes to a home: `each_slot` visits in one community and slot."""

    category: str
    slots: tuple[Slot, ...]
    each_slot: int
    ahead: timedelta
    days_ahead: int


@dataclass(frozen=True, slots=True)
class Service:
    """Something that can be ordered, with what happens and what has to be ready."""

    id: str
    words: Words
    about: Words
    category: str
    steps: tuple[Words, ...]
    materials: tuple[Words, ...]
    fee: Words


@dataclass(frozen=True, slots=True)
class ResidentRules:
    """Everything of `residents.toml`."""

    limits: Limits
    puzzle: PuzzleRules
    nearby: NearbyRules
    contact_lasts: timedelta
    messages: Mapping[Action, Words]
    """What is said by text message when that happens, to whoever asked for it."""
    kinds: Mapping[Kind, AskedKind]
    visits: VisitRules
    services: Mapping[str, Service]

    def needs_contact(self, kind: Kind) -> bool:
        """Whether nobody could help without knowing whom to ring."""
        return kind in OWN_FORM or self.kinds[kind].contact


def read_residents(
    file: Entry, categories: Mapping[str, object], duties: Mapping[str, object]
) -> ResidentRules:
    """Check the file against the classification."""
    rules = ResidentRules(
        limits=_limits(file.table("limits")),
        puzzle=_puzzle(file.table("puzzle")),
        nearby=_nearby(file.table("nearby"), duties),
        contact_lasts=_contacts(file.table("contacts")),
        messages=_messages(file.optional_table("messages")),
        kinds=_kinds(file.table("kinds"), categories),
        visits=_visits(file.table("visits"), categories),
        services={name: _service(name, entry, categories) for name, entry in file.table("services").tables()},
    )
    file.no_more()
    return rules


def _limits(entry: Entry) -> Limits:
    limits = Limits(
        entry.whole("reports_an_hour", 1, 10_000),
        entry.whole("reports_a_day", 1, 100_000),
        entry.whole("photographs", 0, 12),
    )
    entry.no_more()
    return limits


def _puzzle(entry: Entry) -> PuzzleRules:
    bits = entry.whole("bits", 0, 24)
    minutes = entry.number("minutes", 5, 1440)
    rules = PuzzleRules(bits, entry.whole("most_bits", bits, 24), timedelta(minutes=minutes))
    entry.no_more()
    return rules


def _nearby(entry: Entry, duties: Mapping[str, object]) -> NearbyRules:
    rules = NearbyRules(
        entry.number("within_m", 10, 1000),
        timedelta(days=entry.whole("days", 1, 366)),
        entry.word_set("kinds", Kind),
        frozenset(entry.some_of("hidden_duties", duties, "duties.toml")),
    )
    entry.no_more()
    return rules


def _contacts(entry: Entry) -> timedelta:
    lasts = timedelta(days=entry.whole("keep_days", 1, 3650))
    entry.no_more()
    return lasts


def _messages(table: Entry) -> dict[Action, Words]:
    messages = {}
    for name, entry in table.tables():
        if name not in set(Action):
            raise entry.wrong(
                "", "nothing of this name happens to a case", "Name an act of a case, as verify"
            )
        messages[Action(name)] = entry.words()
        entry.no_more()
    return messages


def _kinds(table: Entry, categories: Mapping[str, object]) -> dict[Kind, AskedKind]:
    kinds = {}
    for name, entry in table.tables():
        if name not in set(Kind) - set(OWN_FORM):
            raise entry.wrong("", "residents cannot ask for this kind here", "Name a kind of kinds.toml")
        common = entry.some_of("common", categories, "categories.toml")
        kinds[Kind(name)] = AskedKind(Kind(name), common, entry.flag("contact"))
        entry.no_more()
    return kinds


def _visits(entry: Entry, categories: Mapping[str, object]) -> VisitRules:
    rules = VisitRules(
        entry.one_of("category", categories, "categories.toml"),
        tuple(_slot(entry, text) for text in entry.texts("slots")),
        entry.whole("each_slot", 1, 1000),
        timedelta(hours=entry.number("hours_ahead", 0, 720)),
        entry.whole("days_ahead", 1, 60),
    )
    entry.no_more()
    return rules


def _slot(entry: Entry, text: str) -> Slot:
    opens, _, closes = text.partition("/")
    try:
        slot = Slot(time.fromisoformat(opens), time.fromisoformat(closes))
    except ValueError:
        raise entry.wrong("slots", f"{text!r} is no stretch of a day", 'Write "09:00/10:30"') from None
    if slot.opens >= slot.closes:
        raise entry.wrong("slots", f"{text!r} runs backwards", 'Write "09:00/10:30"')
    return slot


def _service(name: str, entry: Entry, categories: Mapping[str, object]) -> Service:
    service = Service(
        name,
        entry.words(),
        Words(entry.text("about_zh"), entry.text("about_en")),
        entry.one_of("category", categories, "categories.toml"),
        _both(entry, "steps"),
        _both(entry, "materials"),
        Words(entry.text("fee_zh"), entry.text("fee_en")),
    )
    entry.no_more()
    return service


def _both(entry: Entry, key: str) -> tuple[Words, ...]:
    zh, en = entry.texts(f"{key}_zh"), entry.texts(f"{key}_en")
    if len(zh) != len(en):
        raise entry.wrong(f"{key}_en", f"it has {len(en)} lines and {key}_zh has {len(zh)}", "Write as many")
    return tuple(map(Words, zh, en))
