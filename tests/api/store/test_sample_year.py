"""The sample district's year in the store: the published totals, and a log that follows the table."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from api.identity import Role
from api.settings import data_folder
from api.store.cases import find_case_file, list_events, list_tasks
from api.store.database import driver_transaction, open_engine
from api.store.sample_year import ensure_sample_year
from dispatch.lifecycle import Action, State, next_state
from tests.api.people_here import sign_in_as
from tests.api.serving import serving

pytestmark = pytest.mark.postgis

DISTRICT = "990101"


@pytest.fixture
async def engine(sample_database: str) -> AsyncIterator[AsyncEngine]:
    opened = open_engine(sample_database, pool_size=2)
    yield opened
    await opened.dispose()


@pytest.mark.slow
async def test_the_year_holds_the_published_totals_and_reads_back_case_by_case(
    engine: AsyncEngine, sample_database: str, tmp_path: Path
) -> None:
    told: list[tuple[str, int, int]] = []
    assert await ensure_sample_year(engine, data_folder(), lambda *step: told.append(step))
    parts = list(dict.fromkeys(what.removesuffix(" of its year") for what, _, _ in told))
    assert parts == ["findings", "cases", "events", "offers", "patrols", "tracks"]
    done = [count for _, count, _ in told]
    assert done == sorted(done), "it only ever goes forward"
    _, last, of = told[-1]
    assert 0.97 * of < last <= of
    assert not await ensure_sample_year(engine, data_folder())
    async with driver_transaction(engine) as driver:
        count = driver.fetchval
        assert await count("SELECT count(*) FROM patrol") == 23_965
        assert await count("SELECT count(*) FROM finding") == 72_411
        ended = dict(await driver.fetch("SELECT outcome, count(*) FROM cases GROUP BY outcome"))
        assert (ended["persuaded"], ended["enforced"], ended["rectified"]) == (58_622, 1_883, 265)
        assert 40 <= ended[None] <= 80
        assert await count("SELECT count(*) FROM cases WHERE state <> 'closed'") == ended[None]
        assert await count("SELECT count(*) FROM case_event WHERE seq IS NULL") == 0
        assert await count("SELECT last_seq FROM feed") == await count("SELECT count(*) FROM case_event")
        assert await count("SELECT count(*) FROM position_track") > 20_000
        ids = [
            row["id"] for row in await driver.fetch("SELECT id FROM cases ORDER BY md5(id::text) LIMIT 300")
        ]
        for case_id in ids:
            file = await find_case_file(driver, DISTRICT, case_id)
            events = await list_events(driver, DISTRICT, case_id)
            tasks = await list_tasks(driver, DISTRICT, case_id)
            assert file is not None
            assert len(events) == file.case.events
            state: State | None = None
            for number, event in enumerate(events, start=1):
                assert event.number == number
                assert event.before is state
                if state is not None:
                    assert next_state(state, event.action) is event.after
                state = event.after
            assert state is file.case.state
            assert len(tasks) == sum(event.action is Action.OFFER for event in events)
        newest = await count("SELECT max(at) FROM case_event")
    assert (date.today() - newest.date()).days <= 2  # noqa: DTZ011 - a day more or less does not matter here
    await demand_served_totals(sample_database, tmp_path)


async def demand_served_totals(database: str, tmp_path: Path) -> None:
    """What the indicators say over HTTP: exactly the published totals."""
    async with serving(database, tmp_path) as (app, _):
        operator = await sign_in_as(app, Role.OPERATOR)
        since, until = datetime.now(UTC) - timedelta(days=400), datetime.now(UTC)
        period = {"since": since.isoformat(), "until": until.isoformat()}
        answer = await operator.get("/api/v1/statistics", params={**period, "by": "district"}, timeout=300)
        assert answer.status_code == 200, answer.text
        total = answer.json()["total"]
    assert total["counts"]["reported"] == 72_411
    assert total["patrols"] == 23_965
    ended = total["outcomes"]
    assert (ended["persuaded"], ended["enforced"], ended["rectified"]) == (58_622, 1_883, 265)
    open_still = 72_411 - sum(ended.values())
    assert 40 <= open_still <= 80
