"""Where people are: the latest place of each, a thinned track for a limited time, and what changed since.

Positions never go through the event log: they are many, and worth nothing once there is a newer one.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from api.fixes import FixFlag, PhoneFix
from api.identity import Where
from api.store.rows import Row, fetch_rows


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of somebody who sends a fix."""

    on_shift: bool
    patrol: UUID | None
    latest: PhoneFix | None
    """The last good fix."""
    kept: PhoneFix | None
    """The last good one in his track."""


@dataclass(frozen=True, slots=True)
class JudgedFix:
    """One fix, judged: `kept` in the track or only the newest place."""

    person: UUID
    fix: PhoneFix
    flag: FixFlag | None
    patrol: UUID | None
    kept: bool


@dataclass(frozen=True, slots=True)
class KnownPosition:
    """Somebody's latest good fix."""

    person: UUID
    name: str
    name_en: str
    post: str
    area: str
    streets: tuple[str, ...]
    lon: float
    lat: float
    at: datetime
    accuracy_m: float | None
    received_at: datetime

    @property
    def where(self) -> tuple[Where, ...]:
        """Whose business it is: his area's, and each of his streets'."""
        owners = frozenset({self.person})
        return tuple(Where(self.area, street, owners=owners) for street in self.streets or (None,))


async def read_standings(
    driver: asyncpg.Connection, district: str, people: Collection[UUID]
) -> dict[UUID, Standing]:
    """Return what is known of these people; whoever does not exist is missing."""
    rows = await fetch_rows(
        driver,
        """
        SELECT p.id, w.id AS patrol, l.at, l.lon, l.lat, l.accuracy_m,
               k.at AS kept_at, k.lon AS kept_lon, k.lat AS kept_lat, k.accuracy_m AS kept_accuracy_m,
               EXISTS (SELECT FROM on_duty AS d WHERE d.district = $1 AND d.person = p.id) AS on_shift
        FROM person AS p
        LEFT JOIN patrol AS w ON w.district = p.district AND w.person = p.id AND w.ended_at IS NULL
        LEFT JOIN position AS l ON l.district = p.district AND l.person = p.id
        LEFT JOIN LATERAL (
            SELECT at, lon, lat, accuracy_m FROM position_track AS t
            WHERE t.district = $1 AND t.person = p.id AND t.flag IS NULL ORDER BY t.at DESC LIMIT 1
        ) AS k ON true
        WHERE p.district = $1 AND p.id = ANY($2::uuid[])
        """,
        district,
        list(people),
    )
    return {
        row["id"]: Standing(
            row["on_shift"],
            row["patrol"],
            _fix(row["at"], row["lon"], row["lat"], row["accuracy_m"]),
            _fix(row["kept_at"], row["kept_lon"], row["kept_lat"], row["kept_accuracy_m"]),
        )
        for row in rows
    }


def _fix(at: datetime | None, lon: float, lat: float, accuracy_m: float | None) -> PhoneFix | None:
    return PhoneFix(at, lon, lat, accuracy_m) if at else None


async def save_fixes(
    driver: asyncpg.Connection, district: str, fixes: Iterable[JudgedFix], received_at: datetime
) -> None:
    """Save a batch: the newest good fix of each person, and the track. The same fix twice is harmless."""
    everyone = list(fixes)
    newest: dict[UUID, PhoneFix] = {}
    for one in everyone:
        if one.flag is None and (one.person not in newest or newest[one.person].at < one.fix.at):
            newest[one.person] = one.fix
    ordered = sorted(newest)  # two batches with the same people lock their rows in the same order
    await driver.execute(
        """
        INSERT INTO position (district, person, at, received_at, lon, lat, accuracy_m)
        SELECT $1, person, at, $2, lon, lat, accuracy_m
        FROM unnest($3::uuid[], $4::timestamptz[], $5::float8[], $6::float8[], $7::real[])
            AS sent (person, at, lon, lat, accuracy_m)
        ON CONFLICT (district, person) DO UPDATE
        SET at = excluded.at, received_at = excluded.received_at, lon = excluded.lon, lat = excluded.lat,
            accuracy_m = excluded.accuracy_m
        WHERE position.at < excluded.at
        """,
        district,
        received_at,
        ordered,
        *_columns([newest[person] for person in ordered]),
    )
    track = [one for one in everyone if one.kept]
    await driver.execute(
        """
        INSERT INTO position_track (district, person, patrol, flag, at, lon, lat, accuracy_m)
        SELECT $1, * FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::timestamptz[], $6::float8[],
                                 $7::float8[], $8::real[])
        ON CONFLICT DO NOTHING
        """,
        district,
        [one.person for one in track],
        [one.patrol for one in track],
        [one.flag for one in track],
        *_columns([one.fix for one in track]),
    )


async def positions_since(
    driver: asyncpg.Connection, district: str, received_after: datetime
) -> Sequence[KnownPosition]:
    """Return the latest positions that came in after that time, of people who are on shift."""
    rows = await fetch_rows(
        driver,
        """
        SELECT l.person, p.name, p.name_en, p.post, p.area,
               ARRAY(SELECT t.street FROM task_force_member AS m
                     JOIN task_force AS t ON t.district = m.district AND t.id = m.task_force
                     WHERE m.district = p.district AND m.person = p.id) AS streets,
               l.lon, l.lat, l.at, l.accuracy_m, l.received_at
        FROM position AS l
        JOIN person AS p ON p.district = l.district AND p.id = l.person
        JOIN on_duty AS d ON d.district = l.district AND d.person = l.person
        WHERE l.district = $1 AND l.received_at > $2 AND l.at >= d.since - interval '5 minutes'
        ORDER BY l.person
        """,
        district,
        received_after,
    )
    return [_known(row) for row in rows]


async def read_track(
    driver: asyncpg.Connection, district: str, person: UUID, since: datetime, until: datetime
) -> Sequence[PhoneFix]:
    """Return the good fixes of somebody's thinned track, in order."""
    rows = await fetch_rows(
        driver,
        "SELECT at, lon, lat, accuracy_m FROM position_track "
        "WHERE district = $1 AND person = $2 AND at BETWEEN $3 AND $4 AND flag IS NULL "
        "ORDER BY at LIMIT 20000",
        district,
        person,
        since,
        until,
    )
    return [PhoneFix(**dict(row)) for row in rows]


async def forget_tracks(driver: asyncpg.Connection, district: str, before: datetime) -> int:
    """Delete what is older than policy allows; return how many fixes that were."""
    done: str = await driver.execute(
        "DELETE FROM position_track WHERE district = $1 AND at < $2", district, before
    )
    return int(done.rpartition(" ")[2])


def _columns(
    fixes: Sequence[PhoneFix],
) -> tuple[list[datetime], list[float], list[float], list[float | None]]:
    return (
        [fix.at for fix in fixes],
        [fix.lon for fix in fixes],
        [fix.lat for fix in fixes],
        [fix.accuracy_m for fix in fixes],
    )


def _known(row: Row) -> KnownPosition:
    return KnownPosition(**(dict(row) | {"streets": tuple(row["streets"])}))
