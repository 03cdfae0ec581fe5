"""Who could be sent to a place: the people of its street's task force, its grid, its community and above."""

from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import orjson

from api.store.rows import Row, fetch_rows
from dispatch.cases import Place, Post
from dispatch.ids import DepartmentId, PersonId, TaskForceId
from dispatch.responders import Fix, Responder, Shift
from dispatch.task_forces import TaskForce
from geo.area_codes import AreaCode
from geo.coordinates import LonLat
from geo.streets import StreetId

_PEOPLE = """
    SELECT p.id, p.name, p.post, p.area, p.street, p.skills, p.capacity, p.load, p.department, p.phone,
        ST_X(p.station) AS station_lon, ST_Y(p.station) AS station_lat,
        w.lon, w.lat, w.at, w.accuracy_m,
        s.started_at, r.starts_at, r.ends_at, r.emergency,
        ST_X(r.station) AS roster_lon, ST_Y(r.station) AS roster_lat <besides>
    FROM person p
    LEFT JOIN position w ON w.district = p.district AND w.person = p.id
    LEFT JOIN shift s ON s.district = p.district AND s.person = p.id AND s.ended_at IS NULL
    LEFT JOIN LATERAL (
        SELECT starts_at, ends_at, emergency, station FROM roster
        WHERE roster.district = p.district AND roster.person = p.id AND starts_at <= $2 AND ends_at > $2
            AND NOT EXISTS (
                SELECT FROM shift over WHERE over.district = p.district AND over.person = p.id
                    AND over.started_at >= roster.starts_at - interval '1 hour' AND over.ended_at <= $2)
        ORDER BY emergency DESC, starts_at LIMIT 1
    ) r ON true
    WHERE p.district = $1 AND p.active AND (<which>)
"""
"""On shift is who switched his phone on, or whom the roster names and who has not gone off since."""

_NEAR = _PEOPLE.replace(
    "<which>",
    """p.id = ANY(ARRAY(
           SELECT id FROM person WHERE district = $1 AND area IN ($3, $5, $6, $7)
           UNION SELECT id FROM person WHERE district = $1 AND street = $4
           UNION SELECT m.person FROM task_force f
               JOIN task_force_member m ON m.district = f.district AND m.task_force = f.id
               WHERE f.district = $1 AND f.street = $4
           UNION SELECT f.chief FROM task_force f WHERE f.district = $1 AND f.street = $4
           UNION SELECT $8::uuid))""",
).replace(
    "<besides>",
    """, (SELECT jsonb_build_object(
            'id', f.id, 'street', f.street, 'name', f.name, 'chief', f.chief, 'subdistrict', s.subdistrict,
            'members', ARRAY(SELECT m.person FROM task_force_member m
                             WHERE m.district = f.district AND m.task_force = f.id))::text
         FROM task_force f JOIN street s ON s.district = f.district AND s.id = f.street
         WHERE f.district = $1 AND f.street = $4 AND f.chief IS NOT NULL
         ORDER BY s.version DESC LIMIT 1) AS force""",
)
"""Who they are comes first, each way by its own index; a condition with OR would read everybody."""
_ALL = _PEOPLE.replace("<which>", "p.area LIKE $3").replace("<besides>", "")

INNER_LEVELS = (15, 12)
"""Digits of the grid and its community: with the street's people all that the inner rings hold."""
ALL_LEVELS = (15, 12, 9, 6)

_SHIFT_WITHOUT_END = datetime.max.replace(tzinfo=UTC)


async def list_people_near(
    driver: asyncpg.Connection,
    place: Place,
    now: datetime,
    also: UUID | None = None,
    levels: tuple[int, ...] = ALL_LEVELS,
) -> tuple[list[Responder], TaskForce | None]:
    """The people of the place's street and of its areas on these levels, and those named in `also`.

    With them the street's task force, where it has a chief.
    """
    area = place.area or ""
    codes = [area[:digits] if digits in levels and len(area) >= digits else None for digits in ALL_LEVELS]
    rows = await fetch_rows(driver, _NEAR, place.district, now, codes[0], place.street, *codes[1:], also)
    return [_responder(row) for row in rows], _task_force(rows[0]["force"] if rows else None)


async def list_people_of(
    driver: asyncpg.Connection, district: str, area: str, now: datetime
) -> list[Responder]:
    """Everybody whose own area lies within a code prefix."""
    rows = await fetch_rows(driver, _ALL, district, now, area + "%")
    return [_responder(row) for row in rows]


def _task_force(told: str | None) -> TaskForce | None:
    if told is None:
        return None
    force = orjson.loads(told)
    return TaskForce(
        TaskForceId(UUID(force["id"])),
        StreetId(force["street"]),
        force["name"],
        AreaCode(force["subdistrict"]),
        PersonId(UUID(force["chief"])),
        tuple(PersonId(UUID(member)) for member in force["members"]),
    )


def _responder(row: Row) -> Responder:
    return Responder(
        PersonId(row["id"]),
        row["name"],
        Post(row["post"]),
        AreaCode(row["area"]),
        frozenset({StreetId(row["street"])} if row["street"] else ()),
        frozenset(row["skills"]),
        _shift(row),
        _fix(row),
        _point(row["station_lon"], row["station_lat"]),
        row["load"],
        row["capacity"],
        DepartmentId(row["department"]) if row["department"] else None,
        row["phone"],
    )


def _shift(row: Row) -> Shift | None:
    station = _point(row["roster_lon"], row["roster_lat"])
    if row["starts_at"] is not None:
        return Shift(row["starts_at"], row["ends_at"], station, row["emergency"])
    if row["started_at"] is not None:
        return Shift(row["started_at"], _SHIFT_WITHOUT_END, station)
    return None


def _fix(row: Row) -> Fix | None:
    if row["at"] is None:
        return None
    return Fix(LonLat(row["lon"], row["lat"]), row["at"], row["accuracy_m"] or 20.0)


def _point(lon: float | None, lat: float | None) -> LonLat | None:
    return None if lon is None or lat is None else LonLat(lon, lat)
