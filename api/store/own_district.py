"""The district that a database holds, as rehearsals play in it: its people, its roster, its history."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg

from api.store.people_near import list_people_of
from api.store.rows import fetch_rows
from dispatch.fitting import PastFinding
from dispatch.ids import PersonId, TaskForceId
from dispatch.responders import Responder, Shift
from dispatch.task_forces import TaskForce
from geo.area_codes import AreaCode
from geo.coordinates import LonLat
from geo.streets import StreetId

_HISTORY = timedelta(days=366)
_WEEK = timedelta(days=7)


async def list_everybody(driver: asyncpg.Connection, district: str) -> list[Responder]:
    """Everybody of the district who can be sent."""
    return await list_people_of(driver, district, district, datetime.now(UTC))


async def list_forces(driver: asyncpg.Connection, district: str) -> list[TaskForce]:
    """Every task force that has a chief."""
    rows = await fetch_rows(
        driver,
        """SELECT t.id, t.street, t.name, t.chief, p.area,
                  ARRAY(SELECT m.person FROM task_force_member AS m
                        WHERE m.district = t.district AND m.task_force = t.id ORDER BY m.person) AS members
           FROM task_force AS t JOIN person AS p ON p.district = t.district AND p.id = t.chief
           WHERE t.district = $1 ORDER BY t.street""",
        district,
    )
    return [
        TaskForce(
            TaskForceId(row["id"]),
            StreetId(row["street"]),
            row["name"],
            AreaCode(row["area"][:9]),
            PersonId(row["chief"]),
            tuple(map(PersonId, row["members"])),
        )
        for row in rows
    ]


class WeeklyRoster:
    """The newest rostered week, over and over."""

    def __init__(self, lines: Sequence[tuple[UUID, datetime, datetime]]) -> None:
        self._lines: dict[UUID, list[tuple[datetime, datetime]]] = {}
        for person, begins, ends in lines:
            self._lines.setdefault(person, []).append((begins, ends))

    def __bool__(self) -> bool:
        return bool(self._lines)

    def shift_at(self, person: PersonId, now: datetime) -> Shift | None:
        """The shift that is on at that instant, had the week been this one."""
        for begins, ends in self._lines.get(person, ()):
            weeks = (now - begins) // _WEEK
            since = begins + weeks * _WEEK
            if since <= now < since + (ends - begins):
                return Shift(since, since + (ends - begins))
        return None


async def read_weekly_roster(driver: asyncpg.Connection, district: str) -> WeeklyRoster:
    """The newest seven days that the roster knows."""
    rows = await fetch_rows(
        driver,
        """SELECT person, starts_at, ends_at FROM roster
           WHERE district = $1
             AND starts_at > (SELECT max(starts_at) FROM roster WHERE district = $1) - $2::interval
           ORDER BY person, starts_at""",
        district,
        _WEEK,
    )
    return WeeklyRoster([(row["person"], row["starts_at"], row["ends_at"]) for row in rows])


async def read_history(
    driver: asyncpg.Connection, district: str
) -> tuple[list[PastFinding], list[tuple[StreetId, datetime]]]:
    """What was found in the last year that holds any, and when patrols set out; nothing of the drill."""
    newest = await driver.fetchval(
        "SELECT max(found_at) FROM finding WHERE district = $1 AND NOT drill", district
    )
    if newest is None:
        return [], []
    found = await fetch_rows(
        driver,
        """SELECT f.found_at, ST_X(f.geom) AS lon, ST_Y(f.geom) AS lat, c.category, c.street, f.source
           FROM finding AS f JOIN cases AS c ON c.district = f.district AND c.id = f.case_id
           WHERE f.district = $1 AND NOT f.drill AND f.found_at > $2 AND c.state <> 'dismissed'
           ORDER BY f.found_at, f.id""",
        district,
        newest - _HISTORY,
    )
    walked = await fetch_rows(
        driver,
        "SELECT street, started_at FROM patrol WHERE district = $1 AND NOT drill AND started_at > $2"
        " ORDER BY started_at, id",
        district,
        newest - _HISTORY,
    )
    return (
        [
            PastFinding(
                row["found_at"],
                LonLat(row["lon"], row["lat"]),
                row["category"],
                StreetId(row["street"]) if row["street"] else None,
                row["source"] != "staff",
            )
            for row in found
        ],
        [(StreetId(row["street"]), row["started_at"]) for row in walked],
    )
