"""The cases that a command centre shows, all in one answer: so many that the store itself writes the JSON."""

from datetime import datetime

import asyncpg

from api.identity import Reach
from api.store.case_lists import NOT_ENDED, CaseFilter, case_conditions

_COLUMNS = {
    "id": "c.id",
    "number": "c.number",
    "kind": "c.kind",
    "source": "c.source",
    "category": "c.category",
    "severity": "c.severity",
    "state": "c.state",
    "at": "ARRAY[ST_X(c.geom), ST_Y(c.geom)]",
    "area": "nullif(c.area, '')",
    "nearest_area": "c.nearest_area",
    "street": "c.street",
    "reported_at": "c.reported_at",
    "filed_at": "c.filed_at",
    "resolved_at": "c.resolved_at",
    "closed_at": "c.closed_at",
    "due_at": "c.due_at",
    "clock": "c.clock",
    "stood_still_at": "c.clock_stood_still_at",
    "task": "c.task",
    "holder": "c.holder",
    "holder_name": "h.name",
    "holder_name_en": "h.name_en",
    "holder_post": "h.post",
    "ring": "c.ring",
    "outcome": "c.outcome",
    "description": "c.description",
    "photographs": "c.photographs",
    "reworked": "c.reworked",
    "reopened": "c.reopened",
    "escalated": "c.escalated",
    "extensions": "c.extensions",
    "appealing": "c.appealing",
    "merged_into": "c.merged_into",
    "satisfaction": "c.satisfaction",
    "events": "c.events",
    "drill": "c.drill",
}
"""What a list says of a case, and where it stands; a test holds it to what a list does say."""

BOARD_COLUMNS = tuple(_COLUMNS)

_ROWS = f"""
    SELECT coalesce('[' || string_agg(
        json_build_array({", ".join(_COLUMNS.values())})::text, ',') || ']', '[]')
    FROM cases c LEFT JOIN person h ON h.district = c.district AND h.id = c.holder
"""  # noqa: S608 - constants


async def read_board(driver: asyncpg.Connection, district: str, since: datetime, reach: Reach) -> str:
    """Every case that has not ended, and what was reported or done since; rows as JSON, in no order."""
    found = case_conditions(district, CaseFilter(), reach)
    begun = found.value(since)
    found.add(
        f"(c.state = ANY({found.value(list(NOT_ENDED))}::text[]) OR c.reported_at >= {begun}"
        f" OR c.resolved_at >= {begun} OR c.closed_at >= {begun})"
    )
    rows: str = await driver.fetchval(f"{_ROWS} WHERE {found}", *found.values)
    return rows
