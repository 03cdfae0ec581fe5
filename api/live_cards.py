"""Cases as the live stream shows them: the item of a list, with what says who may see it."""

from collections.abc import Collection, Sequence
from uuid import UUID

import asyncpg

from api.case_items import CaseItem
from api.identity import Where
from api.live_frames import LiveCard
from api.store.case_rows import CASE_SELECT, case_of, holder_of
from api.store.rows import Row, fetch_rows

_CARDS = """
    SELECT <case>, p.name AS holder_name, p.name_en AS holder_name_en, p.post AS holder_post,
        ARRAY(SELECT d.department FROM whistle w
              JOIN whistle_call d ON d.district = w.district AND d.whistle = w.id
              WHERE w.district = c.district AND w.case_id = c.id) AS departments,
        ARRAY(SELECT t.responder FROM task t
              WHERE t.district = c.district AND t.case_id = c.id
                  AND t.state IN ('offered', 'accepted', 'done')) AS responders,
        ARRAY(SELECT t.responder FROM task t
              WHERE t.district = c.district AND t.case_id = c.id) AS ever_asked,
        ARRAY(SELECT DISTINCT ARRAY[e.area, coalesce(e.street, '')] FROM case_event e
              WHERE e.district = c.district AND e.case_id = c.id) AS ever_at
    FROM cases c LEFT JOIN person p ON p.district = c.district AND p.id = c.holder
    WHERE c.district = $1 AND c.id = ANY($2::uuid[])
""".replace("<case>", CASE_SELECT)


async def read_cards(
    driver: asyncpg.Connection, district: str, cases: Collection[UUID]
) -> Sequence[LiveCard]:
    """Return the cards of these cases as they now stand; in no order."""
    rows = await fetch_rows(driver, _CARDS, district, list(cases))
    return [_card(row) for row in rows]


def _card(row: Row) -> LiveCard:
    case = case_of(row)
    departments = frozenset(row["departments"])
    owners = {case.reporter, case.holder, *row["responders"]} - {None}
    area = case.place.area or case.place.nearest_area or case.district
    formerly = tuple(
        Where(at, street or None, departments, frozenset({*owners, *row["ever_asked"]}))
        for at, street in row["ever_at"]
    )
    item = CaseItem.of(case, row["number"], holder_of(row))
    return LiveCard(
        case.id,
        Where(area, case.place.street, departments, frozenset(owners)),
        formerly,
        lay_outside=any(not at for at, _ in row["ever_at"]),
        body=item.model_dump_json().encode(),
    )
