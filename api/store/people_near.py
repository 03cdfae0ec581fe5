"""Who could be sent to a place: the people of its street's task force, its grid, its community and above."""

from collections.abc import Sequence
from dataclasses import dataclass
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
    <before>
    SELECT p.id, p.name, p.name_en, p.post, p.area, p.street, p.skills, p.capacity, p.load, p.department,
        p.phone, ST_X(p.station) AS station_lon, ST_Y(p.station) AS station_lat,
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

_FORCES = """
    WITH force AS (
        SELECT f.id, f.street, f.name, f.chief, s.subdistrict,
            ARRAY(SELECT m.person FROM task_force_member m
                  WHERE m.district = f.district AND m.task_force = f.id) AS members
        FROM task_force f CROSS JOIN LATERAL (
            SELECT subdistrict FROM street WHERE street.district = f.district AND street.id = f.street
            ORDER BY version DESC LIMIT 1) s
        WHERE f.district = $1 AND f.street = ANY($4::text[]) AND f.chief IS NOT NULL
    )"""

_NEAR = (
    _PEOPLE.replace("<before>", _FORCES)
    .replace(
        "<which>",
        """p.id = ANY(ARRAY(
               SELECT id FROM person WHERE district = $1 AND area = ANY($3::text[])
               UNION SELECT id FROM person WHERE district = $1 AND street = ANY($4::text[])
               UNION SELECT unnest(members) FROM force
               UNION SELECT chief FROM force
               UNION SELECT unnest($5::uuid[])))""",
    )
    .replace(
        "<besides>",
        """, CASE WHEN row_number() OVER () = 1
                THEN ARRAY(SELECT to_jsonb(force)::text FROM force) END AS forces""",
    )
)
"""Who they are comes first, each way by its own index; a condition with OR would read everybody.

The task forces come with the first row: said once, however many people there are.
"""
_ALL = _PEOPLE.replace("<which>", "p.area LIKE $3").replace("<besides>", "").replace("<before>", "")

ALL_LEVELS = (15, 12, 9, 6)
"""Digits of the codes of the grid, its community, its subdistrict and the district."""

_SHIFT_WITHOUT_END = datetime.max.replace(tzinfo=UTC)
_MOST_REMEMBERED = 50_000


@dataclass(frozen=True, slots=True)
class Vicinity:
    """Whom to read: the people of a place's street, of its areas on these levels, and one more by name."""

    place: Place
    now: datetime
    also: UUID | None = None
    levels: tuple[int, ...] = ALL_LEVELS

    @property
    def areas(self) -> tuple[AreaCode, ...]:
        """The codes of the areas whose people are wanted."""
        grid = self.place.area or ""
        return tuple(AreaCode(grid[:digits]) for digits in self.levels if len(grid) >= digits)


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Who was found in all vicinities asked for, and their streets' task forces where they have a chief."""

    people: tuple[Responder, ...]
    task_forces: tuple[TaskForce, ...]


class PeopleMemory:
    """Who was read last, so that somebody of whom nothing has changed is not put together again."""

    def __init__(self) -> None:
        self._known: dict[UUID, tuple[Row, Responder]] = {}
        self._forces: dict[str, TaskForce] = {}

    def responder(self, row: Row) -> Responder:
        """Whom the row tells of."""
        known = self._known.get(row["id"])
        if known is not None and known[0] == row:
            return known[1]
        if len(self._known) >= _MOST_REMEMBERED:
            self._known.clear()
        responder = _responder(row)
        self._known[row["id"]] = row, responder
        return responder

    def task_force(self, told: str) -> TaskForce:
        """Which task force the text tells of."""
        if (known := self._forces.get(told)) is not None:
            return known
        if len(self._forces) >= _MOST_REMEMBERED:
            self._forces.clear()
        force = self._forces[told] = _task_force(told)
        return force


async def list_people_near(
    driver: asyncpg.Connection, district: str, asked: Sequence[Vicinity], memory: PeopleMemory | None = None
) -> Neighbours:
    """Who is to be had in any of these vicinities, read in one statement.

    Who of them could go to which place is for a `Situation` of them all to say: it looks by street and area.
    """
    memory = memory or PeopleMemory()
    rows = await fetch_rows(
        driver,
        _NEAR,
        district,
        max(one.now for one in asked),
        list({code for one in asked for code in one.areas}),
        list({one.place.street for one in asked if one.place.street is not None}),
        list({one.also for one in asked if one.also is not None}),
    )
    told = rows[0]["forces"] if rows else ()
    return Neighbours(tuple(map(memory.responder, rows)), tuple(map(memory.task_force, told)))


async def list_people_of(
    driver: asyncpg.Connection, district: str, area: str, now: datetime
) -> list[Responder]:
    """Everybody whose own area lies within a code prefix."""
    rows = await fetch_rows(driver, _ALL, district, now, area + "%")
    return [_responder(row) for row in rows]


def _task_force(told: str) -> TaskForce:
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
        row["name_en"],
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
