"""What somebody saw comes in: a phone may send the same finding any number of times."""

import hashlib
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel

from api.case_items import CaseItem
from api.direct_route import DirectRoute
from api.guards import require
from api.identity import Permission, Principal, may
from api.ids import new_id
from api.routes.case_shapes import FindingReport
from api.routes.cases import CaseworkOfRequest, show_item
from dispatch.findings import Finding, Source
from dispatch.ids import FindingId, PersonId
from geo.area_codes import AreaCode
from geo.coordinates import LonLat

router = APIRouter(prefix="/api/v1", tags=["findings"], route_class=DirectRoute)

Reporter = Annotated[Principal, require(Permission.REPORT)]


class Reported(BaseModel):
    """The case that a finding became; `new` is false where it had been sent before."""

    new: bool
    case: CaseItem


@router.post("/findings", status_code=201)
async def report_finding(
    report: FindingReport, response: Response, reporter: Reporter, work: CaseworkOfRequest
) -> Reported:
    """Report a finding. It is settled, filed and offered, or waits to be screened, as policy says."""
    submitter = reporter.person or reporter.account
    finding = Finding(
        FindingId(new_id()),
        AreaCode(reporter.district),
        PersonId(submitter) if submitter else None,
        report.client_id,
        _source(report, reporter),
        report.kind,
        report.category,
        LonLat(report.lon, report.lat),
        report.found_at,
        work.clock(),
        report.description,
        tuple(report.photographs),
        report.wish,
        report.outcome,
        str(report.patrol) if report.patrol else None,
        report.entered,
        drill=reporter.drill,
    )
    case, new = await work.report(finding, await work.reporters.actor_of(reporter), digest_of(report))
    if not new:
        response.status_code = 200
    return Reported(new=new, case=show_item(case))


def _source(report: FindingReport, reporter: Principal) -> Source:
    if report.source not in (None, Source.IMPORTED) and may(reporter, Permission.SCREEN):
        return report.source
    if reporter.person is not None:
        return Source.STAFF
    return Source.OPERATOR if may(reporter, Permission.SCREEN) else Source.RESIDENT


def digest_of(report: BaseModel) -> str:
    """Return what tells two reports under one id apart."""
    return hashlib.sha256(report.model_dump_json().encode()).hexdigest()
