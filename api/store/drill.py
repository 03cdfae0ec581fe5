"""The drill in the store: its switch, who plays it at the moment, and the clearing away of what it left."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import asyncpg
import orjson

from api.store.feed import raise_epoch
from api.store.rows import find_row

GENTLE_PACE, GENTLE_PHONES = 4.0, 40
"""A district that is alive without keeping the machine busy."""

ALIVE_S = 12.0
"""A process that plays and is silent for longer than this is taken for dead."""


@dataclass(frozen=True, slots=True)
class DrillState:
    """How the drill of a district stands."""

    real_districts: int
    """Imported districts in this store: while there is one, nothing is played."""
    wanted: bool = False
    wanted_by: str = ""
    began_at: datetime | None = None
    pace: float = GENTLE_PACE
    """How many times faster than the clock it is to be played."""
    phones: int = GENTLE_PHONES
    """How many phones are to be awake all the time; more wake where somebody is sent for."""
    attached: bool = False
    """A process that can play is there."""
    playing: bool = False
    """It plays."""
    awake: int = 0
    """How many phones are awake."""
    tally: Mapping[str, Any] = field(default_factory=dict)
    """What the clients met since the play began: requests, failures, waiting times."""
    cases: int = 0

    @property
    def possible(self) -> bool:
        """Whether it may be played at all."""
        return self.real_districts == 0


_STATE = """
    SELECT (SELECT count(*) FROM district WHERE NOT synthetic) AS real_districts,
           (SELECT count(*) FROM cases WHERE district = $1 AND drill) AS cases,
           d.wanted, d.wanted_by, d.began_at, d.pace, d.phones, d.awake, d.tally::text AS tally,
           coalesce(d.alive_until > now(), false) AS attached,
           coalesce(d.alive_until > now() AND d.playing, false) AS playing
    FROM (SELECT 1) AS one LEFT JOIN drill AS d ON d.district = $1
"""


async def read_drill(driver: asyncpg.Connection, district: str) -> DrillState:
    """Return how it stands; a district that never had one has it switched off."""
    row = await find_row(driver, _STATE, district)
    assert row is not None
    if row["wanted"] is None:
        return DrillState(row["real_districts"], cases=row["cases"])
    return DrillState(**(dict(row) | {"tally": orjson.loads(row["tally"])}))


async def switch_drill(
    driver: asyncpg.Connection,
    district: str,
    *,
    on: bool,
    by: str,
    pace: float = GENTLE_PACE,
    phones: int = GENTLE_PHONES,
) -> None:
    """Want it played, and how; or not."""
    await driver.execute(
        """INSERT INTO drill (district, wanted, wanted_by, pace, phones) VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (district) DO UPDATE SET wanted = $2, wanted_by = $3, pace = $4, phones = $5""",
        district,
        on,
        by,
        pace,
        phones,
    )


async def want_at_first(driver: asyncpg.Connection, district: str) -> None:
    """Want it played where nobody has decided yet; once switched off it stays so until switched on."""
    await driver.execute(
        """INSERT INTO drill (district, wanted, wanted_by, pace, phones) VALUES ($1, true, 'yilu up', $2, $3)
           ON CONFLICT (district) DO NOTHING""",
        district,
        GENTLE_PACE,
        GENTLE_PHONES,
    )


async def stay_alive(
    driver: asyncpg.Connection, district: str, *, playing: bool, awake: int, tally: Mapping[str, Any]
) -> None:
    """Say that a process is there, whether it plays, and what it met."""
    await driver.execute(
        """UPDATE drill SET alive_until = now() + make_interval(secs => $2), playing = $3, awake = $4,
               tally = $5::text::jsonb
           WHERE district = $1""",
        district,
        ALIVE_S,
        playing,
        awake,
        orjson.dumps(dict(tally)).decode(),
    )


async def leave(driver: asyncpg.Connection, district: str) -> None:
    """Say that the process is going, so that the label goes at once."""
    await driver.execute(
        "UPDATE drill SET alive_until = NULL, playing = false, awake = 0 WHERE district = $1", district
    )


@dataclass(frozen=True, slots=True)
class Cleared:
    """How much was cleared away."""

    cases: int
    findings: int
    events: int
    patrols: int


_PLACES_BACK = """
    UPDATE person SET load = greatest(load - held.tasks, 0)
    FROM (SELECT t.responder, count(*) AS tasks FROM task AS t
          JOIN cases AS c ON c.district = t.district AND c.id = t.case_id
          WHERE c.district = $1 AND c.drill AND t.state IN ('offered', 'accepted')
          GROUP BY t.responder) AS held
    WHERE person.district = $1 AND person.id = held.responder
"""

_OF_CASES = ("timer", "notice", "task", "case_event", "whistle")
"""What hangs on a case by its id; a whistle takes its calls along."""

_WAYS = """
    DELETE FROM position_track AS t USING account AS a, drill AS d
    WHERE t.district = $1 AND d.district = $1 AND t.at >= d.began_at
      AND a.district = $1 AND a.drill AND a.person = t.person
"""


async def clear_drill(driver: asyncpg.Connection, district: str) -> Cleared:
    """Take away every case that grew out of the drill, with all that hangs on it; call it in a transaction.

    Nothing of anybody else's goes. Followers of the feed begin anew, as after a restore: what they hold may
    be gone. The audit log keeps what was done; uploads that no case names any more are swept by themselves.
    """
    await driver.execute(
        "SELECT id FROM cases WHERE district = $1 AND drill ORDER BY id FOR UPDATE", district
    )
    await driver.execute(_PLACES_BACK, district)
    events = 0
    for table in _OF_CASES:
        gone = await driver.execute(
            f"DELETE FROM {table} AS t USING cases AS c "  # noqa: S608 - the names stand above
            "WHERE c.district = $1 AND c.drill AND t.district = $1 AND t.case_id = c.id",
            district,
        )
        events += _count(gone) if table == "case_event" else 0
    findings = _count(await driver.execute("DELETE FROM finding WHERE district = $1 AND drill", district))
    await driver.execute(
        "UPDATE cases SET merged_into = NULL WHERE district = $1 AND NOT drill AND merged_into IN "
        "(SELECT id FROM cases WHERE district = $1 AND drill)",
        district,
    )
    cases = _count(await driver.execute("DELETE FROM cases WHERE district = $1 AND drill", district))
    await driver.execute(_WAYS, district)
    patrols = _count(await driver.execute("DELETE FROM patrol WHERE district = $1 AND drill", district))
    await raise_epoch(driver, district)
    return Cleared(cases, findings, events, patrols)


def _count(status: str) -> int:
    """How many rows a statement touched, as the server says it: 'DELETE 12'."""
    return int(status.rpartition(" ")[2])
