"""Lists of cases: whatever a page, an export or the live feed asks for, within what the asker may see."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import asyncpg

from api.identity import Reach
from api.store.case_rows import CASE_SELECT, Holder, case_of, holder_of
from api.store.rows import Row, fetch_rows, find_row
from dispatch.cases import Case

OPEN = ("filed", "offered", "accepted", "on_site")
NOT_ENDED = ("reported", *OPEN, "resolved")


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What a list is narrowed to; everything that is empty or None does not narrow it."""

    area: str = ""
    street: str = ""
    states: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    holder: UUID | None = None
    reporter: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    overdue_at: datetime | None = None
    due_before: datetime | None = None
    bbox: tuple[float, float, float, float] | None = None
    words: str = ""
    unassigned: bool = False
    outcomes: tuple[str, ...] = ()
    alive_since: datetime | None = None
    """Only what had not ended by then."""
    within: bytes | None = None
    """Only what lies inside this shape (WKB, degrees)."""


@dataclass(frozen=True, slots=True)
class ListedCase:
    """A case with what a list shows beside it."""

    case: Case
    number: int
    holder: Holder


@dataclass(slots=True)
class _Conditions:
    """Conditions of a WHERE, their values as numbered parameters."""

    words: list[str] = field(default_factory=list)
    values: list[object] = field(default_factory=list)

    def value(self, value: object) -> str:
        self.values.append(value)
        return f"${len(self.values)}"

    def add(self, condition: str) -> None:
        self.words.append(condition)

    def __str__(self) -> str:
        return " AND ".join(self.words)


def _reached(conditions: _Conditions, reach: Reach) -> str:
    """What lies within the reach: its areas, streets and departments, and one's own."""
    ways = []
    for grant in reach.grants:
        prefix = conditions.value(grant.area.replace("%", "") + "%")
        way = (
            f"(c.area LIKE {prefix} OR (c.area = '' AND coalesce(c.nearest_area, c.district) LIKE {prefix}))"
        )
        if grant.street is not None:
            way += f" AND c.street = {conditions.value(grant.street)}"
        if grant.department is not None:
            way += (
                " AND EXISTS (SELECT FROM whistle w JOIN whistle_call d"
                " ON d.district = w.district AND d.whistle = w.id"
                " WHERE w.district = c.district AND w.case_id = c.id"
                f" AND d.department = {conditions.value(grant.department)})"
            )
        ways.append(f"({way})")
    if reach.own:
        own = conditions.value(list(reach.own))
        ways.append(f"c.reporter = ANY({own}::uuid[]) OR c.holder = ANY({own}::uuid[])")
        ways.append(
            "EXISTS (SELECT FROM task t WHERE t.district = c.district AND t.case_id = c.id"
            f" AND t.responder = ANY({own}::uuid[]) AND t.state IN ('offered', 'accepted', 'done'))"
        )
    return "(" + (" OR ".join(ways) or "false") + ")"


def case_conditions(district: str, wanted: CaseFilter, reach: Reach) -> _Conditions:
    found = _Conditions()
    found.add(f"c.district = {found.value(district)}")
    found.add(_reached(found, reach))
    if wanted.area:
        found.add(f"c.area LIKE {found.value(wanted.area + '%')}")
    if wanted.unassigned:
        found.add("c.area = ''")
    for column, chosen in (("state", wanted.states), ("category", wanted.categories), ("kind", wanted.kinds)):
        if chosen:
            found.add(f"c.{column} = ANY({found.value(list(chosen))}::text[])")
    if wanted.outcomes:
        found.add(f"c.outcome = ANY({found.value(list(wanted.outcomes))}::text[])")
    for column, name in (("street", wanted.street), ("holder", wanted.holder), ("reporter", wanted.reporter)):
        if name:
            found.add(f"c.{column} = {found.value(name)}")
    _narrow_by_time(found, wanted)
    if wanted.bbox:
        _narrow_to_box(found, wanted.bbox)
    if wanted.within:
        found.add(f"ST_Covers(ST_GeomFromWKB({found.value(wanted.within)}, 4326), c.geom)")
    if wanted.words:
        words = found.value(wanted.words)
        found.add(
            f"(strpos(lower(c.description), lower({words})) > 0 OR c.number::text = {words}"
            f" OR c.id::text = lower({words}))"
        )
    return found


def _narrow_to_box(found: _Conditions, box: tuple[float, float, float, float]) -> None:
    """Keep what lies in the box; one whose west lies east of its east goes across the 180th meridian."""
    west, south, east, north = box
    spans = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
    boxes = (", ".join(map(found.value, (begin, south, end, north))) for begin, end in spans)
    found.add("(" + " OR ".join(f"c.geom && ST_MakeEnvelope({corners}, 4326)" for corners in boxes) + ")")


def _narrow_by_time(found: _Conditions, wanted: CaseFilter) -> None:
    if wanted.since:
        found.add(f"c.reported_at >= {found.value(wanted.since)}")
    if wanted.until:
        found.add(f"c.reported_at < {found.value(wanted.until)}")
    if wanted.alive_since:
        ended = "coalesce(c.closed_at, c.resolved_at, c.reported_at)"
        states = f"c.state = ANY({found.value(list(NOT_ENDED))}::text[])"
        found.add(f"({states} OR {ended} >= {found.value(wanted.alive_since)})")
    if wanted.overdue_at:
        found.add(f"coalesce(c.clock_stood_still_at, {found.value(wanted.overdue_at)}) > c.due_at")
        found.add("c.state IN ('reported', 'filed', 'offered', 'accepted', 'on_site', 'resolved')")
    if wanted.due_before:
        found.add(f"c.due_at < {found.value(wanted.due_before)} AND c.clock = 'running'")


_ITEMS = f"""
    SELECT {CASE_SELECT}, h.name AS holder_name, h.name_en AS holder_name_en, h.post AS holder_post
    FROM cases c LEFT JOIN person h ON h.district = c.district AND h.id = c.holder
"""  # noqa: S608 - a constant list of columns


def _listed(row: Row) -> ListedCase:
    return ListedCase(case_of(row), row["number"], holder_of(row))


async def list_case_items(
    driver: asyncpg.Connection,
    district: str,
    wanted: CaseFilter,
    reach: Reach,
    *,
    limit: int,
    before: tuple[datetime, UUID] | None = None,
) -> list[ListedCase]:
    """The newest cases first; those reported before `before` where a page goes on."""
    found = case_conditions(district, wanted, reach)
    if before:
        found.add(
            f"(c.reported_at, c.id) < ({found.value(before[0])}::timestamptz, {found.value(before[1])}::uuid)"
        )
    rows = await fetch_rows(
        driver,
        f"{_ITEMS} WHERE {found} ORDER BY c.reported_at DESC, c.id DESC LIMIT {found.value(limit)}",
        *found.values,
    )
    return [_listed(row) for row in rows]


async def find_items(driver: asyncpg.Connection, district: str, ids: Sequence[UUID]) -> list[ListedCase]:
    """The cases of those ids, whoever asks: for the live feed, which filters by itself."""
    rows = await fetch_rows(
        driver, f"{_ITEMS} WHERE c.district = $1 AND c.id = ANY($2::uuid[])", district, list(ids)
    )
    return [_listed(row) for row in rows]


async def count_cases(driver: asyncpg.Connection, district: str, wanted: CaseFilter, reach: Reach) -> int:
    """How many cases the whole list holds."""
    found = case_conditions(district, wanted, reach)
    row = await find_row(driver, f"SELECT count(*) AS n FROM cases c WHERE {found}", *found.values)  # noqa: S608 - values are parameters
    return int(row["n"]) if row else 0


@dataclass(frozen=True, slots=True)
class Tally:
    """How many cases of a list stand alike."""

    state: str
    category: str
    late: bool
    count: int


async def tally_cases(
    driver: asyncpg.Connection, district: str, wanted: CaseFilter, reach: Reach, now: datetime
) -> list[Tally]:
    """Count the whole list by state, category and whether the deadline has passed."""
    found = case_conditions(district, wanted, reach)
    late = f"coalesce(coalesce(c.clock_stood_still_at, {found.value(now)}) > c.due_at, false)"
    rows = await fetch_rows(
        driver,
        f"""SELECT c.state, c.category, {late} AS late, count(*)::int AS count
            FROM cases c WHERE {found} GROUP BY 1, 2, 3""",  # noqa: S608 - values are parameters
        *found.values,
    )
    return [Tally(**row) for row in rows]
