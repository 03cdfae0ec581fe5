"""Open311 GeoReport v2 as it is written: XML and JSON, and refusals in the asked format."""

import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from starlette.responses import Response

from api.errors import Problem
from api.xml_text import xml_text
from dispatch.cases import Case
from dispatch.lifecycle import State
from dispatch.policy import Category

PREFIX = "/open311/v2"
_CLOSED = frozenset({State.CLOSED, State.DISMISSED, State.MERGED})
OPEN_STATES = tuple(state.value for state in State if state not in _CLOSED)
CLOSED_STATES = tuple(state.value for state in State if state in _CLOSED)
_SINGULAR = {
    "services": "service",
    "service_requests": "request",
    "service_request_updates": "request_update",
    "errors": "error",
    "endpoints": "endpoint",
    "formats": "format",
    "attributes": "attribute",
}


class Open311Error(Exception):
    """A refusal as the standard words it: 400, 403 or 404, with a description."""

    def __init__(self, status: int, description: str) -> None:
        super().__init__(description)
        self.status = status
        self.description = description


def answer_of(root: str, value: Any, file_format: str, status: int = 200) -> Response:
    """Return a value as JSON, or as XML under that root."""
    if file_format == "json":
        body = orjson.dumps(value)
        return Response(body, status, media_type="application/json; charset=utf-8")
    element = ET.Element(root)
    _fill(element, value)
    body = ET.tostring(element, encoding="utf-8", xml_declaration=True)
    return Response(body, status, media_type="text/xml; charset=utf-8")


def format_in(path: str) -> str:
    """Return the format that an address asks for; the standard's first one where it asks for none."""
    return "json" if path.endswith(".json") else "xml"


def told(problem: Problem, path: str) -> Response:
    """Return one of our problems as the standard tells it, which knows 400, 403 and 404 only."""
    words = problem.kind.detail.format_map(problem.facts)
    match problem.kind.status:
        case 401 | 403:
            return refusal_of(
                403, f"api_key is missing, not valid, or of no use here. {words}", format_in(path)
            )
        case 400 | 404 as status:
            return refusal_of(status, words, format_in(path))
        case status if status >= 500:
            return problem.response()
    return refusal_of(400, words, format_in(path))


def refusal_of(status: int, description: str, file_format: str) -> Response:
    """Return a refusal in the asked format."""
    return answer_of("errors", [{"code": status, "description": description}], file_format, status)


def _fill(element: ET.Element, value: Any) -> None:
    if isinstance(value, Mapping):
        for name, part in value.items():
            _fill(ET.SubElement(element, name), part)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for part in value:
            _fill(ET.SubElement(element, _SINGULAR.get(element.tag, "item")), part)
    elif value is not None:
        element.text = xml_text(str(value).lower() if isinstance(value, bool) else str(value))


def service_of(category: Category) -> dict[str, Any]:
    """Return a category as a service that can be asked for."""
    return {
        "service_code": category.code,
        "service_name": category.words.zh,
        "description": category.words.en,
        "metadata": True,
        "type": "realtime",
        "keywords": ",".join(sorted(category.groups)),
        "group": category.duty,
    }


def status_of(state: str) -> str:
    """Return what the standard knows: open or closed."""
    return "closed" if state in CLOSED_STATES else "open"


def request_of(case: Case, category: Category | None) -> dict[str, Any]:
    """Return a case as a service request; it names nobody."""
    return {
        "service_request_id": str(case.id),
        "status": status_of(case.state),
        "status_notes": case.outcome.value if case.outcome else None,
        "service_name": category.words.zh if category else case.category,
        "service_code": case.category,
        "description": case.description,
        "agency_responsible": None,
        "service_notice": None,
        "requested_datetime": time_words(case.reported_at),
        "updated_datetime": time_words(_updated_at(case)),
        "expected_datetime": time_words(case.clock.due),
        "address": None,
        "address_id": case.place.street or case.place.area,
        "zipcode": None,
        "lat": case.place.at.lat,
        "long": case.place.at.lon,
        "media_url": None,
    }


def _updated_at(case: Case) -> datetime:
    times = (case.reported_at, case.filed_at, case.resolved_at, case.closed_at)
    return max(time for time in times if time is not None)


def time_words(at: datetime | None) -> str | None:
    """Return a time as the standard writes it; None for none."""
    return at.astimezone(UTC).isoformat(timespec="seconds") if at else None


def parse_time(text: str, name: str) -> datetime:
    """Return a time with its zone, or refuse it."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Open311Error(400, f"{name} is not a time in ISO 8601 with a zone") from None
    if at.tzinfo is None:
        raise Open311Error(400, f"{name} needs a zone, as in 2026-01-31T08:00:00+08:00")
    return at
