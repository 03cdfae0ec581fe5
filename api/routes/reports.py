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


@router.get("/{kind}")
async def download_report(
    kind: ReportKind,
    principal: Exporter,
    driver: DriverTransaction,
    settings: SettingsOfRequest,
    work: CaseworkOfRequest,
    day: date | None = None,
) -> Response:
    """Make a report of the whole district; only who may export all of it is given one.

    `task-forces`: every street with its chief, its task force and the figures of the day's month;
    `hotspots`: where the findings of the year that ends with the day gather, week by week;
    `service-circle`: who is reached on foot in 5, 10 and 15 minutes, and who is left out;
    `dispatches`: the dispatches of the day.
    """
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
