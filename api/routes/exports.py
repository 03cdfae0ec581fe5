"""Lists as files, with the filters of the page."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.responses import StreamingResponse

from api.dependencies import Engine
from api.guards import require
from api.identity import Permission, Principal, Reach, reach_of
from api.list_exports import MEDIA_TYPES, WRITERS, FileFormat, Row
from api.routes.cases import Filters, show_item
from api.store.audit import record_by_driver
from api.store.case_lists import CaseFilter, stream_case_items
from api.store.database import driver_transaction
from api.store.staff import PeopleFilter, list_people

router = APIRouter(prefix="/api/v1/exports", tags=["exports"])

Exporter = Annotated[Principal, require(Permission.EXPORT)]

CASE_COLUMNS = (
    "number", "id", "kind", "category", "severity", "state", "outcome", "area", "street", "lon", "lat",
    "source", "reported_at", "filed_at", "due_at", "resolved_at", "closed_at", "holder_name", "holder_post",
    "reworked", "reopened", "extensions", "satisfaction", "description",
)  # fmt: skip
PEOPLE_COLUMNS = ("id", "name", "name_en", "post", "area", "street", "department", "active", "on_shift")
_FILES: dict[int | str, dict[str, Any]] = {
    200: {"content": {kind.partition(";")[0]: {} for kind in MEDIA_TYPES.values()}}
}


@router.get("/cases.{file_format}", response_class=StreamingResponse, responses=_FILES)
async def export_cases(
    file_format: FileFormat, principal: Exporter, engine: Engine, query: Filters
) -> StreamingResponse:
    """Write the cases that the list would show to a file; it begins to arrive at once, however long it is."""
    wanted = query.filter(datetime.now(UTC))
    await _record(engine, principal, f"cases.{file_format}", query.model_dump_json(exclude_defaults=True))
    reach = reach_of(principal, Permission.EXPORT)
    return _file("cases", file_format, CASE_COLUMNS, _case_rows(engine, principal.district, wanted, reach))


@router.get("/people.{file_format}", response_class=StreamingResponse, responses=_FILES)
async def export_people(file_format: FileFormat, principal: Exporter, engine: Engine) -> StreamingResponse:
    """Write the staff whom one may see to a file, without their numbers."""
    await _record(engine, principal, f"people.{file_format}", "")
    reach = reach_of(principal, Permission.VIEW_PEOPLE)
    return _file("people", file_format, PEOPLE_COLUMNS, _people_rows(engine, principal.district, reach))


def _file(
    name: str, file_format: FileFormat, columns: tuple[str, ...], rows: AsyncIterator[Row]
) -> StreamingResponse:
    headers = {
        "Content-Disposition": f'attachment; filename="{name}.{file_format}"',
        "Cache-Control": "no-store",
    }
    body = WRITERS[file_format](columns, rows)
    return StreamingResponse(body, media_type=MEDIA_TYPES[file_format], headers=headers)


async def _record(engine: AsyncEngine, principal: Principal, what: str, filters: str) -> None:
    async with driver_transaction(engine) as driver:
        await record_by_driver(driver, principal, "export", what, details={"filters": filters})


async def _case_rows(
    engine: AsyncEngine, district: str, wanted: CaseFilter, reach: Reach
) -> AsyncIterator[Row]:
    async with driver_transaction(engine) as driver:
        async for listed in stream_case_items(driver, district, wanted, reach):
            row = show_item(listed).model_dump()
            row["lon"], row["lat"] = row["at"]
            yield row


async def _people_rows(engine: AsyncEngine, district: str, reach: Reach) -> AsyncIterator[Row]:
    after = ("", "")
    while True:
        async with driver_transaction(engine) as driver:
            page = await list_people(driver, district, reach, PeopleFilter(), after=after, limit=1000)
        for row in page:
            yield dict(row)
        if len(page) < 1000:
            return
        after = (page[-1]["area"], str(page[-1]["id"]))
