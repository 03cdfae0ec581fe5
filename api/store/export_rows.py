"""Lists as they go into files: every one a statement whose rows are read as they are written."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from api.identity import Reach
from api.store.case_lists import CaseFilter, case_conditions
from api.store.features import LAYERS
from api.store.staff import LEADS_THERE, WITHIN_REACH, PeopleFilter, columns_of
from api.store.versions import newest_versions

Rows = AsyncIterator[dict[str, Any]]
_PREFETCH = 500


@dataclass(frozen=True, slots=True)
class ExportList:
    """One list: its columns in their order (SQL by name), where they come from, and how it is ordered."""

    title: str
    columns: Mapping[str, str]
    source: str
    order: str
    at: str = ""
    """The column that `since` and `until` narrow, where the list is narrowed by time of its own."""
    person: str = ""
    street: str = ""


def _named(alias: str, *names: str) -> dict[str, str]:
    return {name: f"{alias}.{name}" for name in names}


_OF_CASE = {"case_number": "c.number", "case_id": "c.id"}
_CASE_PLACE = {
    "area": "nullif(c.area, '')",
    "street": "c.street",
    "lon": "ST_X(c.geom)",
    "lat": "ST_Y(c.geom)",
}

CASE_LISTS: Mapping[str, ExportList] = {
    "cases": ExportList(
        "cases",
        {
            **_named("c", "number", "id", "kind", "category", "severity", "state", "outcome"),
            **_CASE_PLACE,
            **_named("c", "source", "reported_at", "filed_at", "due_at", "resolved_at", "closed_at"),
            "holder_name": "h.name",
            "holder_post": "h.post",
            **_named("c", "reworked", "reopened", "extensions", "satisfaction", "description"),
        },
        "cases c LEFT JOIN person h ON h.district = c.district AND h.id = c.holder",
        "c.reported_at DESC, c.id DESC",
    ),
    "findings": ExportList(
        "what was seen, as it was reported; the filters are those of its case",
        {
            "id": "f.id",
            **_OF_CASE,
            **_named("f", "kind", "source", "category"),
            "lon": "ST_X(f.geom)",
            "lat": "ST_Y(f.geom)",
            **_named("f", "found_at", "received_at", "wish", "outcome", "patrol", "entered", "description"),
        },
        "cases c JOIN finding f ON f.district = c.district AND f.case_id = c.id",
        "f.received_at DESC, f.id DESC",
    ),
    "tasks": ExportList(
        "offers to people; the filters are those of their case",
        {
            "id": "t.id",
            **_OF_CASE,
            "responder": "t.responder",
            "responder_name": "p.name",
            **_named("t", "post", "ring", "state", "offered_at", "expires_at", "answered_at", "on_my_way_at"),
            **_named("t", "arrived_at", "ended_at", "expected_s", "reason_zh", "reason_en"),
            **_CASE_PLACE,
        },
        """cases c JOIN task t ON t.district = c.district AND t.case_id = c.id
           LEFT JOIN person p ON p.district = t.district AND p.id = t.responder""",
        "t.offered_at DESC, t.id DESC",
    ),
    "whistles": ExportList(
        "calls to departments, one row each; the filters are those of their case",
        {
            "id": "w.id",
            **_OF_CASE,
            **_named("w", "matter", "subdistrict", "called_at"),
            **_named("d", "department", "obligatory", "standing", "report_in_by", "reported_in_at"),
            **_named("d", "arrived_at", "ended_at", "score"),
            **_CASE_PLACE,
        },
        """cases c JOIN whistle w ON w.district = c.district AND w.case_id = c.id
           JOIN whistle_call d ON d.district = w.district AND d.whistle = w.id""",
        "w.called_at DESC, w.id DESC, d.department",
    ),
    "events": ExportList(
        "what happened to cases; the filters are those of their case",
        {
            **_named("e", "seq", "id"),
            **_OF_CASE,
            "action": "e.kind",
            "before": "e.body->>'before'",
            "after": "e.body->>'after'",
            **_named("e", "at", "recorded_at", "actor_post"),
            "reason": "e.body->>'reason'",
            **_CASE_PLACE,
        },
        "cases c JOIN case_event e ON e.district = c.district AND e.case_id = c.id",
        "e.recorded_at DESC, e.id DESC",
    ),
}
"""Lists that hang on cases: whoever may see the case may see these, and the same filters narrow them."""

PEOPLE = ExportList(
    "staff, without their numbers",
    {
        **_named("p", "id", "name", "name_en", "post", "area", "street", "department", "active"),
        "on_shift": "EXISTS (SELECT FROM shift s WHERE s.district = p.district AND s.person = p.id"
        " AND s.ended_at IS NULL)",
    },
    "person p",
    "p.area, p.id",
)

_WHO = {"person": "p.id", "name": "p.name", "post": "p.post", "area": "p.area"}

STAFF_LISTS: Mapping[str, ExportList] = {
    "rosters": ExportList(
        "who is to work when",
        {"id": "r.id", **_WHO, **_named("r", "starts_at", "ends_at", "emergency")},
        "roster r JOIN person p ON p.district = r.district AND p.id = r.person",
        "r.starts_at DESC, r.id DESC",
        at="r.starts_at",
        person="r.person",
        street="p.street",
    ),
    "shifts": ExportList(
        "who went on and off shift",
        {"id": "s.id", **_WHO, **_named("s", "started_at", "ended_at")},
        "shift s JOIN person p ON p.district = s.district AND p.id = s.person",
        "s.started_at DESC, s.id DESC",
        at="s.started_at",
        person="s.person",
        street="p.street",
    ),
    "patrols": ExportList(
        "walks along streets, with what was found on them",
        {
            "id": "w.id",
            **_WHO,
            **_named("w", "street", "started_at", "ended_at"),
            "findings": "(SELECT count(*) FROM finding f WHERE f.district = w.district AND f.patrol = w.id)",
        },
        "patrol w JOIN person p ON p.district = w.district AND p.id = w.person",
        "w.started_at DESC, w.id DESC",
        at="w.started_at",
        person="w.person",
        street="w.street",
    ),
    "task-forces": ExportList(
        "the task force of each street",
        {
            **_named("t", "id", "street", "name", "name_en", "chief"),
            "chief_name": "c.name",
            "area": "coalesce(s.subdistrict, c.area, t.district)",
            "members": "ARRAY(SELECT m.person FROM task_force_member m WHERE m.district = t.district"
            " AND m.task_force = t.id ORDER BY m.person)",
        },
        """task_force t LEFT JOIN person c ON c.district = t.district AND c.id = t.chief
           LEFT JOIN street s ON s.district = t.district AND s.id = t.street AND s.version = (
               SELECT max(version) FROM dataset_version v
               WHERE v.district = t.district AND v.dataset = 'streets')""",
        "t.street",
        person="t.chief",
        street="t.street",
    ),
}
"""Lists about staff: narrowed by person, street and time, within the part of the staff that one may see."""

LAYER_LISTS = tuple(LAYERS)
"""Lists with shapes: polygons and lines as WKT in sheets, as geometries in GeoJSON."""

AUDIT = ExportList(
    "who did what",
    {
        **_named("a", "seq", "id", "at", "account", "name", "act", "about", "area"),
        "details": "a.details::text",
    },
    "audit_entry a",
    "a.at DESC, a.id DESC",
    at="a.at",
)


@dataclass(frozen=True, slots=True)
class StaffFilter:
    """What a list about staff is narrowed to; None and empty do not narrow it."""

    person: UUID | None = None
    street: str = ""
    since: datetime | None = None
    until: datetime | None = None


async def stream_case_list(
    driver: asyncpg.Connection, district: str, one: ExportList, wanted: CaseFilter, reach: Reach
) -> Rows:
    """Yield a list that hangs on cases."""
    conditions = case_conditions(district, wanted, reach)
    async for row in _stream(driver, one, str(conditions), *conditions.values):
        yield row


async def stream_people(
    driver: asyncpg.Connection, district: str, wanted: PeopleFilter, reach: Reach
) -> Rows:
    """Yield the staff."""
    condition = f"""p.district = $1 AND {WITHIN_REACH} AND starts_with(p.area, $6)
        AND ($7 = '' OR p.street = $7) AND ($8 = '' OR p.post = $8)
        AND ($9 = '' OR strpos(lower(p.name || ' ' || p.name_en), lower($9)) > 0)
        AND ($10::boolean IS NULL OR p.active = $10)"""
    narrowed = (wanted.area, wanted.street, wanted.post, wanted.words, wanted.active)
    async for row in _stream(driver, PEOPLE, condition, district, *columns_of(reach), *narrowed):
        yield row


async def stream_staff_list(
    driver: asyncpg.Connection, district: str, one: ExportList, wanted: StaffFilter, reach: Reach
) -> Rows:
    """Yield a list about staff."""
    about_force = one.source.startswith("task_force")
    conditions = [
        f"{'t' if about_force else 'p'}.district = $1",
        LEADS_THERE if about_force else WITHIN_REACH,
        f"($6::uuid IS NULL OR {one.person} = $6)",
        f"($7 = '' OR {one.street} = $7)",
    ]
    values: list[object] = [district, *columns_of(reach), wanted.person, wanted.street]
    if one.at:
        conditions.append(f"($8::timestamptz IS NULL OR {one.at} >= $8)")
        conditions.append(f"($9::timestamptz IS NULL OR {one.at} < $9)")
        values += [wanted.since, wanted.until]
    async for row in _stream(driver, one, " AND ".join(conditions), *values):
        yield row


async def stream_layer(driver: asyncpg.Connection, district: str, layer: str) -> Rows:
    """Yield areas, streets or centres in force, with their shapes."""
    known = LAYERS[layer]
    version = getattr(await newest_versions(driver, district), known.dataset)
    statement = (
        f"SELECT {known.columns}, ST_AsText(f.geom, 7) AS wkt, ST_AsGeoJSON(f.geom, 7) AS geometry"  # noqa: S608 - the layers of the table
        f" FROM {known.source} ORDER BY 1"
    )
    async for row in driver.cursor(statement, district, version, prefetch=_PREFETCH):
        yield dict(row)


def layer_columns(layer: str) -> tuple[str, ...]:
    """Return the columns of a layer's sheet, the shape last."""
    parts = [part.strip() for part in LAYERS[layer].columns.split(",")]
    return (*(part.split(" AS ")[-1].rpartition(".")[2] for part in parts), "wkt")


async def stream_audit(
    driver: asyncpg.Connection, district: str, wanted: StaffFilter, act: str, reach: Reach
) -> Rows:
    """Yield who did what about the areas of the reach."""
    condition = """a.district = $1 AND a.area LIKE ANY ($2::text[]) AND starts_with(a.act, $3)
        AND ($4::uuid IS NULL OR a.account = $4)
        AND ($5::timestamptz IS NULL OR a.at >= $5) AND ($6::timestamptz IS NULL OR a.at < $6)"""
    areas = [f"{grant.area}%" for grant in reach.grants]
    narrowed = (areas, act, wanted.person, wanted.since, wanted.until)
    async for row in _stream(driver, AUDIT, condition, district, *narrowed):
        yield row


async def _stream(driver: asyncpg.Connection, one: ExportList, condition: str, *values: object) -> Rows:
    columns = ", ".join(f'{sql} AS "{name}"' for name, sql in one.columns.items())
    statement = f"SELECT {columns} FROM {one.source} WHERE {condition} ORDER BY {one.order}"  # noqa: S608 - the lists above
    async for row in driver.cursor(statement, *values, prefetch=_PREFETCH):
        yield dict(row)
