"""A district at its fullest, for the benchmark of the command centre: cases and people by the thousand.

What the benchmark measures is the page; how findings and fixes come in is measured by others (`intake`,
`live`). So both are written where the server reads them.
"""

import asyncio

import asyncpg

from bench.load import Connection, Findings
from geo.areas import Territory

_SEEDS = 200

_CASES = """
    INSERT INTO cases SELECT (jsonb_populate_record(c, jsonb_build_object(
        'id', gen_random_uuid(),
        'number', nextval('case_number'),
        'geom', ST_Translate(c.geom, (random() - 0.5) * 0.002, (random() - 0.5) * 0.002)::text,
        'severity', 1 + (random() * 3)::integer,
        'state', (ARRAY['filed', 'offered', 'accepted', 'on_site'])[1 + (random() * 3.99)::integer % 4],
        'reported_at', now() - random() * interval '40 hours',
        'filed_at', now() - random() * interval '40 hours',
        'due_at', now() + (random() * 47 - 3) * interval '1 hour',
        'task', NULL, 'holder', NULL, 'ring', NULL
    ))).* FROM cases AS c, generate_series(1, $1 / (SELECT count(*)::integer FROM cases)) AS copy
"""
"""Copies of real cases nearby, in the states of a busy day; one in sixteen is late."""

_PEOPLE = """
    INSERT INTO person SELECT (jsonb_populate_record(p, jsonb_build_object(
        'id', gen_random_uuid(), 'phone', ''))).*
    FROM person AS p, generate_series(1, 9) AS copy WHERE p.station IS NOT NULL LIMIT $1
"""
_ON_SHIFT = """
    INSERT INTO roster (district, id, person, starts_at, ends_at)
    SELECT district, gen_random_uuid(), id, now() - interval '1 hour', now() + interval '8 hours'
    FROM person WHERE station IS NOT NULL ORDER BY id LIMIT $1
"""
_FIRST_FIXES = """
    INSERT INTO position (district, person, at, received_at, lon, lat, accuracy_m)
    SELECT p.district, p.id, now(), now(), ST_X(p.station), ST_Y(p.station), 8
    FROM person AS p WHERE EXISTS (
        SELECT FROM on_duty AS d WHERE d.district = p.district AND d.person = p.id) LIMIT $1
"""
_MOVES = """
    UPDATE position SET at = clock_timestamp(), received_at = clock_timestamp(),
        lon = lon + 0.000015 * sin(hashtext(person::text)),
        lat = lat + 0.000012 * cos(hashtext(person::text))
"""
"""Everybody walks on, each his own way, about a metre and a half."""


async def fill(
    driver: asyncpg.Connection, desk: Connection, land: Territory, cases: int, people: int
) -> None:
    """Fill the district with so many open cases and so many people on shift, each with a fresh fix."""
    findings = Findings(land)
    for _ in range(_SEEDS):
        await desk.post("/api/v1/findings", findings.one())
    await driver.execute(_CASES, cases)
    await driver.execute(_PEOPLE, people)
    await driver.execute("DELETE FROM roster")
    await driver.execute(_ON_SHIFT, people)
    await driver.execute(_FIRST_FIXES, people)
    await driver.execute("ANALYZE")


async def keep_moving(driver: asyncpg.Connection) -> None:
    """Move everybody once a second, until cancelled."""
    while True:
        async with asyncio.timeout(60):
            await driver.execute(_MOVES)
        await asyncio.sleep(1)
