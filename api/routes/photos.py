"""Photographs: uploaded before the report that names them, fetched by whoever may see the case."""

import asyncio
import hashlib
import math
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import FileResponse
from pydantic import BaseModel

from api.case_access import where_is
from api.dependencies import DriverTransaction, Engine, SettingsOfRequest
from api.errors import NotFoundError
from api.guards import require
from api.identity import Permission, Principal, may
from api.instants import Instant
from api.photographs import MAX_BYTES, CleanPhotograph, PhotographFolder, PhotographStore, clean
from api.refusals import ConflictingChangeError, NotAllowedError, TooLargeError
from api.routes.query_place import Latitude, Longitude
from api.store import photos
from api.store.cases import find_case_file
from api.store.database import driver_transaction
from dispatch.clocks import CITY_ZONE
from geo.coordinates import LonLat, MetricPlane

router = APIRouter(prefix="/api/v1", tags=["photographs"])

Uploader = Annotated[Principal, require(Permission.ADD_PHOTOGRAPHS)]
Viewer = Annotated[Principal, require(Permission.VIEW_PHOTOGRAPHS)]

_IMAGE = {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            kind: {"schema": {"type": "string", "format": "binary"}}
            for kind in ("image/jpeg", "image/png", "image/webp")
        },
    }
}
_PRIVATE = {"Cache-Control": "private, max-age=86400, immutable", "Content-Disposition": "inline"}


class PhotographShown(BaseModel):
    """A photograph that was taken in. Its `name` goes into the report or act that it belongs to."""

    name: str
    width: int
    height: int
    differs_m: float | None
    """From the place of the report to where the camera says it was; null where it does not say."""
    differs_s: float | None
    """From the time of the report to the camera's, in seconds; negative: taken before."""


def photograph_store_of(settings: SettingsOfRequest) -> PhotographStore:
    """Return where photographs are kept."""
    return PhotographFolder(settings.data_path / "photographs")


Photographs = Annotated[PhotographStore, Depends(photograph_store_of)]
_CLEANING_AT_ONCE = asyncio.Semaphore(2)
"""A photograph of fifty million pixels takes 150 MB while it is read."""


@router.put("/photographs/{client_id}", openapi_extra=_BODY)
async def upload_photograph(
    client_id: UUID,
    request: Request,
    principal: Uploader,
    engine: Engine,
    kept: Photographs,
    lon: Longitude | None = None,
    lat: Latitude | None = None,
    at: Instant | None = None,
) -> PhotographShown:
    """Upload a JPEG, PNG or WebP as the body. The phone makes the id, so a retry is harmless.

    Place and time of the report (`lon`, `lat`, `at`) are compared with what the camera recorded; then the
    metadata is removed, before anybody else sees the photograph.
    """
    if principal.account is None:
        raise NotAllowedError
    return await take_in(
        request, engine, kept, Whose(principal.district, principal.account, client_id, lon, lat, at)
    )


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose photograph it is, and where and when the report says it was taken."""

    district: str
    uploader: UUID
    client_id: UUID
    lon: float | None
    lat: float | None
    at: datetime | None


async def take_in(request: Request, engine: Engine, kept: PhotographStore, whose: Whose) -> PhotographShown:
    """Read, clean and keep the photograph in the request's body; the same one again is the same one."""
    return await keep(await _read_body(request), engine, kept, whose)


async def keep(content: bytes, engine: Engine, kept: PhotographStore, whose: Whose) -> PhotographShown:
    """Clean and keep a photograph; the same one again is the same one."""
    digest = hashlib.sha256(content).digest()
    async with driver_transaction(engine) as driver:
        before = await photos.find_upload(driver, whose.district, whose.uploader, whose.client_id)
    if before is not None:
        return _same(before, digest)
    async with _CLEANING_AT_ONCE:
        cleaned = await asyncio.to_thread(clean, content)
    await asyncio.to_thread(kept.save, cleaned)
    here = LonLat(whose.lon, whose.lat) if whose.lon is not None and whose.lat is not None else None
    upload = photos.StoredPhotograph(
        uploader=whose.uploader,
        client_id=whose.client_id,
        name=cleaned.name,
        original_digest=digest,
        width=cleaned.width,
        height=cleaned.height,
        bytes=len(cleaned.image),
        differs_m=_metres_between(cleaned, here),
        differs_s=_seconds_between(cleaned, whose.at),
        uploaded_at=datetime.now(UTC),
    )
    async with driver_transaction(engine) as driver:
        if not await photos.add_upload(driver, whose.district, upload):
            first = await photos.find_upload(driver, whose.district, whose.uploader, whose.client_id)
            assert first is not None, "whoever was faster has committed"
            return _same(first, digest)
    return _shown(upload)


@router.get(
    "/photographs/{name}",
    response_class=FileResponse,
    responses={200: {"content": _IMAGE, "description": "The photograph as JPEG, without metadata."}},
)
async def read_photograph(
    name: str,
    principal: Viewer,
    driver: DriverTransaction,
    kept: Photographs,
    size: Literal["full", "thumbnail"] = "full",
) -> FileResponse:
    """Fetch a photograph of a case that one may see, or that one uploaded oneself."""
    path = kept.find(name, thumbnail=size == "thumbnail")
    if path is None or not await _may_see(driver, principal, name):
        raise NotFoundError("photograph", "照片")
    return FileResponse(path, media_type="image/jpeg", headers=_PRIVATE)


async def _may_see(driver: DriverTransaction, principal: Principal, name: str) -> bool:
    if await photos.was_uploaded_by(driver, principal.district, name, list(principal.selves)):
        return True
    for case in await photos.list_cases_showing(driver, principal.district, name):
        file = await find_case_file(driver, principal.district, case)
        if file is not None and may(principal, Permission.VIEW_PHOTOGRAPHS, where_is(file)):
            return True
    return False


async def _read_body(request: Request) -> bytes:
    """Read the body, and stop reading where it is too long."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > MAX_BYTES:
            raise TooLargeError(
                f"A photograph may have {MAX_BYTES // 1024 // 1024} MB; make it smaller",
                f"照片不得超过 {MAX_BYTES // 1024 // 1024} MB，请压缩后上传",
            )
        parts.append(part)
    return b"".join(parts)


def _same(before: photos.StoredPhotograph, digest: bytes) -> PhotographShown:
    if before.original_digest != digest:
        raise ConflictingChangeError(
            "Another photograph was uploaded under this id; give each its own", "该编号已用于另一张照片"
        )
    return _shown(before)


def _shown(upload: photos.StoredPhotograph) -> PhotographShown:
    return PhotographShown(
        name=upload.name,
        width=upload.width,
        height=upload.height,
        differs_m=upload.differs_m,
        differs_s=upload.differs_s,
    )


def _metres_between(photograph: CleanPhotograph, here: LonLat | None) -> float | None:
    if here is None or photograph.lon is None or photograph.lat is None:
        return None
    camera = MetricPlane.around(here).to_metres(photograph.lon, photograph.lat)
    report = MetricPlane.around(here).to_metres(*here)
    distance = math.dist(camera, report)
    return round(distance, 1) if math.isfinite(distance) else None


def _seconds_between(photograph: CleanPhotograph, at: datetime | None) -> float | None:
    if at is None or photograph.taken_at is None:
        return None
    return (photograph.taken_at.replace(tzinfo=CITY_ZONE) - at).total_seconds()
