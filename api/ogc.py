"""OGC API Features as it is written: what a request may ask for, and documents with their links."""

import html
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, datetime
from typing import Any
from urllib.parse import urlencode

import orjson
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

CONFORMS_TO = [
    f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{part}"
    for part in ("core", "geojson", "html", "oas30")
]
GEOJSON = "application/geo+json"
MOST_FEATURES = 10_000
MOST_OFFSET = 1_000_000
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
Box = tuple[float, float, float, float]


class BadParameterError(Exception):
    """A parameter that is unknown or makes no sense: the standard wants 400."""

    def __init__(self, reason: str, reason_zh: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.reason_zh = reason_zh


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request for items asks for."""

    limit: int
    offset: int
    cursor: str
    box: Box | None
    since: datetime | None
    until: datetime | None
    """Included: the standard's intervals are closed."""


def check_names(query: QueryParams, known: frozenset[str]) -> None:
    """Refuse parameters that nobody knows."""
    if unknown := set(query) - known - {"f", "api_key"}:
        words = ", ".join(sorted(unknown))[:200].encode("utf-8", "replace").decode()
        raise BadParameterError(f"There is no parameter '{words}'", f"没有参数“{words}”")
    if query.get("f", "json") not in {"json", "html"}:
        raise BadParameterError("'f' is json or html", "参数 f 须为 json 或 html")


def asked_of(query: QueryParams, more: frozenset[str] = frozenset(), *, by_cursor: bool = False) -> Asked:
    """Read what is asked for, or say what makes no sense; `more` are a collection's own parameters.

    A list goes on by an offset, or by a cursor.
    """
    check_names(query, more | {"limit", "bbox", "datetime", "cursor" if by_cursor else "offset"})
    since, until = _times(query.get("datetime", ""))
    return Asked(
        limit=min(_whole(query, "limit", 10, 1), MOST_FEATURES),
        offset=_whole(query, "offset", 0, 0),
        cursor=query.get("cursor", ""),
        box=_box(query.get("bbox", "")),
        since=since,
        until=until,
    )


def document_of(request: Request, title: str, value: Mapping[str, Any], media_type: str) -> Response:
    """Return a document as JSON, or as a plain page of it for people (`f=html`, or what a browser takes)."""
    value = {**value, "links": [*value.get("links", ()), _as_page(request)]}
    vary = {"Vary": "Accept"}
    if wants_page(request):
        return HTMLResponse(_page(title, value), headers=vary)
    return Response(orjson.dumps(value, default=str), media_type=media_type, headers=vary)


def wants_page(request: Request) -> bool:
    """Whether a page for people is asked for, by name or by what the client takes."""
    return request.query_params.get("f", _taken(request)) == "html"


def _taken(request: Request) -> str:
    """What the client would rather have: a browser names HTML before anything else."""
    first = request.headers.get("accept", "").partition(",")[0].partition(";")[0].strip()
    return "html" if first == "text/html" else "json"


def _as_page(request: Request) -> dict[str, str]:
    query = urlencode({**request.query_params, "f": "html"})
    here = f"{request.url.scheme}://{request.url.netloc}{request.url.path}"
    return link(f"{here}?{query}", "alternate", "text/html", "This document as a page")


def link(href: str, rel: str, media_type: str = "application/json", title: str = "") -> dict[str, str]:
    """Return a link."""
    return {"href": href, "rel": rel, "type": media_type, **({"title": title} if title else {})}


def feature(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a stored feature as GeoJSON."""
    properties = {name: value for name, value in row.items() if name not in {"id", "geometry"}}
    geometry = orjson.loads(row["geometry"])
    return {"type": "Feature", "id": row["id"], "geometry": geometry, "properties": properties}


def _page(title: str, value: Mapping[str, Any]) -> str:
    links = "".join(
        f'<li><a href="{html.escape(one["href"])}">{html.escape(one.get("title") or one["rel"])}</a></li>'
        for one in _links_in(value)
    )
    plain = html.escape(orjson.dumps(value, default=str, option=orjson.OPT_INDENT_2).decode()[:200_000])
    heading = html.escape(title)
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{heading}</title>'
        f"<h1>{heading}</h1><ul>{links}</ul><pre>{plain}</pre></html>"
    )


def _links_in(value: Mapping[str, Any]) -> list[dict[str, str]]:
    found = list(value.get("links", ()))
    for collection in value.get("collections", ()):
        found += collection["links"]
    return found


def _whole(query: QueryParams, name: str, default: int, least: int) -> int:
    text = query.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= MOST_OFFSET):
        raise BadParameterError(
            f"'{name}' is a whole number from {least}", f"{name} 须为不小于 {least} 的整数"
        )
    return int(text)


def _box(text: str) -> Box | None:
    if not text:
        return None
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) == 6:
        numbers = [*numbers[:2], *numbers[3:5]]
    if len(numbers) != 4 or not all(map(math.isfinite, numbers)):
        raise BadParameterError(
            "'bbox' is west,south,east,north in degrees", "bbox 须为西、南、东、北四个度数"
        )
    west, south, east, north = numbers
    if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90):
        raise BadParameterError("'bbox' lies outside the world, or upside down", "bbox 超出范围或南北颠倒")
    return west, south, east, north


def _times(text: str) -> tuple[datetime | None, datetime | None]:
    """Return the ends of an interval `a/b`, `a/..`, `../b`, or of one moment."""
    if not text:
        return None, None
    parts = text.split("/")
    if len(parts) > 2:
        raise BadParameterError(
            "'datetime' is a time, or two with / between", "datetime 须为一个时间或时间段"
        )
    since, until = (_time(part) for part in (parts * 2)[:2])
    if since is not None and until is not None and since > until:
        raise BadParameterError("'datetime' ends before it begins", "datetime 的结束时间早于开始时间")
    return since, until


def _time(text: str) -> datetime | None:
    if text in {"", ".."}:
        return None
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is not None and MINYEAR < at.year < MAXYEAR:
            return at.astimezone(UTC)
    except ValueError:
        pass
    raise BadParameterError("A time is written as 2026-01-31T08:00:00+08:00", "时间须带时区") from None
