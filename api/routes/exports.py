"""Lists as files, with the filters of the page."""

from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Query
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.responses import StreamingResponse

from api.dependencies import Engine
from api.guards import require
from api.identity import Permission, Principal, reach_of
from api.instants import Instant
from api.list_exports import MEDIA_TYPES, WRITERS, FileFormat, Row
from api.routes.cases import Filters
from api.store import export_rows
from api.store.audit import record_by_driver
from api.store.database import driver_transaction
from api.store.export_rows import CASE_LISTS, LAYER_LISTS, STAFF_LISTS, ExportList, StaffFilter
from api.store.staff import PeopleFilter

router = APIRouter(prefix="/api/v1/exports", tags=["exports"])

Exporter = Annotated[Principal, require(Permission.EXPORT)]
Auditor = Annotated[Principal, require(Permission.VIEW_AUDIT)]
Read = Callable[[asyncpg.Connection], AsyncIterator[Row]]
Answering = Callable[..., Coroutine[Any, Any, StreamingResponse]]

_FILES: dict[int | str, dict[str, Any]] = {
    200: {"content": {kind.partition(";")[0]: {} for kind in MEDIA_TYPES.values()}}
}


class PeopleQuery(BaseModel):
    """What the staff are narrowed to."""

    area: Annotated[str, Query(max_length=15, pattern="^[0-9]*$")] = ""
    street: Annotated[str, Query(max_length=100)] = ""
    post: Annotated[str, Query(max_length=100)] = ""
    q: Annotated[str, Query(max_length=100)] = ""
    active: bool | None = None


class StaffQuery(BaseModel):
    """What a list about staff is narrowed to."""

    person: UUID | None = None
    street: Annotated[str, Query(max_length=100)] = ""
    since: Instant | None = None
    until: Instant | None = None

    def filter(self) -> StaffFilter:
        """The same for the store."""
        return StaffFilter(self.person, self.street, self.since, self.until)


class AuditQuery(BaseModel):
    """What the record of who did what is narrowed to."""

    account: UUID | None = None
    act: Annotated[str, Query(max_length=100, description="Begins with.")] = ""
    since: Instant | None = None
    until: Instant | None = None


def _of_cases(name: str, one: ExportList) -> Answering:
    async def export(
        file_format: FileFormat, principal: Exporter, engine: Engine, query: Filters
    ) -> StreamingResponse:
        wanted, reach = query.filter(datetime.now(UTC)), reach_of(principal, Permission.EXPORT)

        def read(driver: asyncpg.Connection) -> AsyncIterator[Row]:
            return export_rows.stream_case_list(driver, principal.district, one, wanted, reach)

        return await _file(engine, principal, name, file_format, tuple(one.columns), read, query)

    return export


def _of_staff(name: str, one: ExportList) -> Answering:
    sees = Permission.VIEW_POSITIONS if name == "patrols" else Permission.VIEW_PEOPLE

    async def export(
        file_format: FileFormat,
        principal: Exporter,
        engine: Engine,
        query: Annotated[StaffQuery, Query()],
    ) -> StreamingResponse:
        reach = reach_of(principal, sees)

        def read(driver: asyncpg.Connection) -> AsyncIterator[Row]:
            return export_rows.stream_staff_list(driver, principal.district, one, query.filter(), reach)

        return await _file(engine, principal, name, file_format, tuple(one.columns), read, query)

    return export


def _of_layer(name: str) -> Answering:
    async def export(file_format: FileFormat, principal: Exporter, engine: Engine) -> StreamingResponse:
        def read(driver: asyncpg.Connection) -> AsyncIterator[Row]:
            return export_rows.stream_layer(driver, principal.district, name)

        columns = export_rows.layer_columns(name)
        return await _file(engine, principal, name, file_format, columns, read, None)

    return export


async def export_people(
    file_format: FileFormat, principal: Exporter, engine: Engine, query: Annotated[PeopleQuery, Query()]
) -> StreamingResponse:
    """Write the staff whom one may see to a file, without their numbers."""
    wanted = PeopleFilter(query.area, query.street, query.post, query.q, query.active)
    reach = reach_of(principal, Permission.VIEW_PEOPLE)

    def read(driver: asyncpg.Connection) -> AsyncIterator[Row]:
        return export_rows.stream_people(driver, principal.district, wanted, reach)

    columns = tuple(export_rows.PEOPLE.columns)
    return await _file(engine, principal, "people", file_format, columns, read, query)


async def export_audit(
    file_format: FileFormat, principal: Auditor, engine: Engine, query: Annotated[AuditQuery, Query()]
) -> StreamingResponse:
    """Write who did what to a file."""
    wanted = StaffFilter(query.account, "", query.since, query.until)
    reach = reach_of(principal, Permission.VIEW_AUDIT)

    def read(driver: asyncpg.Connection) -> AsyncIterator[Row]:
        return export_rows.stream_audit(driver, principal.district, wanted, query.act, reach)

    columns = tuple(export_rows.AUDIT.columns)
    return await _file(engine, principal, "audit", file_format, columns, read, query)


def _add(name: str, title: str, answer: Answering) -> None:
    router.add_api_route(
        f"/{name}.{{file_format}}",
        answer,
        name=f"export_{name.replace('-', '_')}",
        description=f"Write {title} to a file; it begins to arrive at once, however long it is.",
        response_class=StreamingResponse,
        responses=_FILES,
    )


for _name, _one in CASE_LISTS.items():
    _add(_name, _one.title, _of_cases(_name, _one))
for _name, _one in STAFF_LISTS.items():
    _add(_name, _one.title, _of_staff(_name, _one))
for _name in LAYER_LISTS:
    _add(_name, f"the {_name} in force, with their shapes,", _of_layer(_name))
_add("people", export_rows.PEOPLE.title, export_people)
_add("audit", export_rows.AUDIT.title, export_audit)


async def _file(
    engine: AsyncEngine,
    principal: Principal,
    name: str,
    file_format: FileFormat,
    columns: tuple[str, ...],
    read: Read,
    query: BaseModel | None,
) -> StreamingResponse:
    """Put the export on record, and write its rows as they are read."""
    filters = query.model_dump_json(exclude_defaults=True) if query else ""
    async with driver_transaction(engine) as driver:
        await record_by_driver(
            driver, principal, "export", f"{name}.{file_format}", details={"filters": filters}
        )
    headers = {
        "Content-Disposition": f'attachment; filename="{name}.{file_format}"',
        "Cache-Control": "no-store",
    }
    body = WRITERS[file_format](columns, _rows(engine, read))
    return StreamingResponse(body, media_type=MEDIA_TYPES[file_format], headers=headers)


async def _rows(engine: AsyncEngine, read: Read) -> AsyncIterator[Row]:
    async with driver_transaction(engine) as driver:
        async for row in read(driver):
            yield row
