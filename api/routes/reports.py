"""The district's reports on maps, to be downloaded as one HTML file each."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Response

from api.dependencies import DriverTransaction, SettingsOfRequest
from api.errors import NotFoundError
from api.guards import require
from api.identity import Permission, Principal, Where, may
from api.reports import NoDistrictError, ReportKind, make_report
from api.routes.cases import CaseworkOfRequest

router = APIRouter(prefix="/api/v1/reports", tags=["reports"])

Exporter = Annotated[Principal, require(Permission.EXPORT)]


@router.get("/task-forces")
async def task_forces(
    principal: Exporter,
    driver: DriverTransaction,
    settings: SettingsOfRequest,
    work: CaseworkOfRequest,
    day: date | None = None,
) -> Response:
    """Every street with its chief, its task force, and the figures of the day's month."""
    return await _download(principal, driver, settings, work, ReportKind.TASK_FORCES, day)


@router.get("/hotspots")
async def hotspots(
    principal: Exporter,
    driver: DriverTransaction,
    settings: SettingsOfRequest,
    work: CaseworkOfRequest,
    day: date | None = None,
) -> Response:
    """Where the findings of the year that ends with the day gather, week by week."""
    return await _download(principal, driver, settings, work, ReportKind.HOTSPOTS, day)


@router.get("/service-circle")
async def service_circle(
    principal: Exporter,
    driver: DriverTransaction,
    settings: SettingsOfRequest,
    work: CaseworkOfRequest,
    day: date | None = None,
) -> Response:
    """Who is reached on foot in 5, 10 and 15 minutes, and who is left out."""
    return await _download(principal, driver, settings, work, ReportKind.SERVICE_CIRCLE, day)


@router.get("/dispatches")
async def dispatches(
    principal: Exporter,
    driver: DriverTransaction,
    settings: SettingsOfRequest,
    work: CaseworkOfRequest,
    day: date | None = None,
) -> Response:
    """The dispatches of a day."""
    return await _download(principal, driver, settings, work, ReportKind.DISPATCHES, day)


async def _download(
    principal: Principal,
    driver: DriverTransaction,
    settings: SettingsOfRequest,
    work: CaseworkOfRequest,
    kind: ReportKind,
    day: date | None,
) -> Response:
    """A report is of the whole district: only who may export all of it is given one."""
    if not may(principal, Permission.EXPORT, Where(settings.district_code)):
        raise NotFoundError("report of your area", "您所辖区域的报告")
    try:
        report = await make_report(driver, settings.district_code, work.policy, kind, day)
    except NoDistrictError:
        raise NotFoundError("district", "辖区") from None
    return Response(
        report.html,
        media_type="text/html",
        headers={"Content-Disposition": f'attachment; filename="{kind}.html"', "Cache-Control": "no-store"},
    )
