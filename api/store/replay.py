"""What a replay is made of: the events of the cases that a span saw, and the tracks of who was out."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from uuid import UUID

import asyncpg

from api.store.case_rows import event_of
from api.store.rows import Row, fetch_rows
from dispatch.cases import CaseEvent

STILL_THERE = timedelta(minutes=30)
"""How far before the span a fix may lie that says where somebody was when it began."""
_MOST_FIXES = 400_000


async def list_events_of(
    driver: asyncpg.Connection, district: str, cases: Sequence[UUID], until: datetime
) -> dict[UUID, list[CaseEvent]]:
    """Return each case's events before `until`, in order."""
    rows = await fetch_rows(
        driver,
        """
        SELECT * FROM case_event WHERE district = $1 AND case_id = ANY($2::uuid[]) AND at < $3
        ORDER BY case_id, (body ->> 'number')::integer
        """,
        district,
        list(cases),
        until,
    )
    by_case = groupby(rows, lambda row: UUID(str(row["case_id"])))
    return {case: [event_of(row) for row in events] for case, events in by_case}


async def list_tracks(
    driver: asyncpg.Connection, district: str, since: datetime, until: datetime
) -> Sequence[Row]:
    """Return who was out in the span: person, where he belongs, and his good fixes as three columns.

    With each person stands the last fix of the half hour before, which says where he was when it began.
    """
    return await fetch_rows(
        driver,
        """
        SELECT p.id AS person, p.name, p.name_en, p.post, p.area,
               ARRAY(SELECT t.street FROM task_force_member AS m
                     JOIN task_force AS t ON t.district = m.district AND t.id = m.task_force
                     WHERE m.district = p.district AND m.person = p.id) AS streets,
               f.at, f.lon, f.lat
        FROM (
            SELECT person, array_agg(at ORDER BY at) AS at, array_agg(lon ORDER BY at) AS lon,
                   array_agg(lat ORDER BY at) AS lat
            FROM (SELECT person, at, lon, lat FROM position_track
                  WHERE district = $1 AND at >= $2 AND at < $3 AND flag IS NULL
                  ORDER BY at LIMIT $4) AS kept
            GROUP BY person
        ) AS f JOIN person AS p ON p.district = $1 AND p.id = f.person
        ORDER BY p.id
        """,
        district,
        since - STILL_THERE,
        until,
        _MOST_FIXES,
    )


async def list_duties(
    driver: asyncpg.Connection, district: str, since: datetime, until: datetime
) -> dict[UUID, list[tuple[datetime, datetime]]]:
    """Return when each person was on duty within the span: by his own shifts, else by the roster.

    Who went off while the roster named him was off from then on.
    """
    rows = await fetch_rows(
        driver,
        """
        SELECT person, greatest(started_at, $2) AS begins, least(coalesce(ended_at, $3), $3) AS ends
        FROM shift
        WHERE district = $1 AND started_at < $3 AND coalesce(ended_at, $3) > $2
        UNION ALL
        SELECT r.person, greatest(r.starts_at, $2), least(r.ends_at, $3, (
            SELECT min(own.ended_at) FROM shift AS own
            WHERE own.district = r.district AND own.person = r.person
              AND own.started_at >= r.starts_at - interval '1 hour' AND own.ended_at > r.starts_at
              AND own.ended_at <= $3))
        FROM roster AS r WHERE r.district = $1 AND r.starts_at < $3 AND r.ends_at > $2
        ORDER BY 1, 2
        """,
        district,
        since,
        until,
    )
    found: dict[UUID, list[tuple[datetime, datetime]]] = {}
    for row in rows:
        if row["ends"] > row["begins"]:
            found.setdefault(row["person"], []).append((row["begins"], row["ends"]))
    return found


async def list_names(
    driver: asyncpg.Connection, district: str, people: Sequence[UUID]
) -> dict[UUID, tuple[str, str, str]]:
    """Return the name in both languages and the post of each of these people."""
    rows = await fetch_rows(
        driver,
        "SELECT id, name, name_en, post FROM person WHERE district = $1 AND id = ANY($2::uuid[])",
        district,
        list(people),
    )
    return {row["id"]: (row["name"], row["name_en"], row["post"]) for row in rows}
