"""Who may see a case and who may act on it: what one may not see does not exist."""

from collections.abc import Callable

from api.errors import NotFoundError
from api.identity import Permission, Principal, Where, may, reach_of
from api.refusals import NotAllowedError
from api.store.cases import CaseFile
from dispatch.errors import CaseNotFoundError


def where_is(file: CaseFile) -> Where:
    """What has to be known of a case to say who may see it."""
    case = file.case
    responder = file.task.responder if file.task else None
    own = (case.reporter, case.holder, case.resolver, responder)
    return Where(
        area=case.place.area or case.place.nearest_area or case.district,
        street=case.place.street,
        departments=file.departments,
        owners=frozenset(name for name in own if name is not None),
    )


def demand(principal: Principal, permission: Permission, file: CaseFile) -> None:
    """Raise where the principal may not: 'no such case' if he may not even see it."""
    where = where_is(file)
    if may(principal, permission, where):
        return
    if may(principal, Permission.VIEW_CASES, where):
        raise NotAllowedError
    raise CaseNotFoundError


def looking(principal: Principal, permission: Permission) -> Callable[[CaseFile], None]:
    """`demand`, ready to be called within the transaction of an act."""

    def look(file: CaseFile) -> None:
        demand(principal, permission, file)

    return look


def whole_area(principal: Principal, permission: Permission, wanted: str, district: str) -> str:
    """The area asked about (by default the widest of the principal's), for what is told of whole areas only.

    Raises `NotFoundError` beyond the reach: who holds the permission for one street or department holds it
    for no area.
    """
    grants = reach_of(principal, permission).grants
    areas = [grant.area for grant in grants if grant.street is None and grant.department is None]
    area = wanted or min(areas, key=len, default="")
    if not any(area.startswith(one) for one in areas) or not area.startswith(district):
        raise NotFoundError("area", "区域")
    return area
