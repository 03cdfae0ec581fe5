"""OGC API Features under /ogc: QGIS, ogr2ogr and other maps read areas, streets, centres and cases."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from urllib.parse import quote, urlencode
from uuid import UUID

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from api.case_access import where_is
from api.dependencies import DriverTransaction, Watch
from api.errors import NotFoundError
from api.guards import require_by_key
from api.identity import Permission, Principal, may, reach_of
from api.ogc import (
    CONFORMS_TO,
    CRS84,
    GEOJSON,
    Asked,
    asked_of,
    check_names,
    document_of,
    feature,
    link,
    wants_page,
)
from api.ogc_definition import DEFINITION_TYPE, definition
from api.paging import page_of
from api.routes import hotspot_features
from api.routes.cases import key_in_cases, place_in_cases, show_item
from api.routes.hotspot_features import find_hotspot_feature, list_hotspot_features, sees_hotspots
from api.routes.hotspots import BoardOfRequest
from api.store import features
from api.store.case_lists import CaseFilter, count_cases, find_items, list_case_items
from api.store.cases import find_case_file

router = APIRouter(prefix="/ogc", tags=["ogc"])

Anyone = Annotated[Principal, require_by_key(Permission.VIEW_TERRITORY)]

_NOTHING: frozenset[str] = frozenset()
_CASES = "cases"
_COMPUTED = {
    _CASES: ("Cases that you may see", "可查看的案件"),
    hotspot_features.NAME: (hotspot_features.TITLE, hotspot_features.TITLE_ZH),
}
_BY_CURSOR = frozenset({_CASES})
"""Collections that grow while they are read: a page begins where the one before ended, whatever came in."""


@router.get("")
async def read_landing_page(_: Anyone, request: Request) -> Response:
    """Say what there is."""
    check_names(request.query_params, _NOTHING)
    base = _base(request)
    links = [
        link(base, "self", title="This document"),
        link(f"{base}/conformance", "conformance", title="Conformance"),
        link(f"{base}/collections", "data", title="Collections"),
        link(
            f"{base}/api",
            "service-desc",
            DEFINITION_TYPE,
            "API document",
        ),
        link(f"{base}/api?f=html", "service-doc", "text/html", "API document as a page"),
    ]
    page = {
        "title": "Yilu 一路",
        "description": "A district's areas, streets, centres, cases",
        "links": links,
    }
    return document_of(request, "Yilu 一路", page, "application/json")


@router.get("/conformance")
async def read_conformance(_: Anyone, request: Request) -> Response:
    """Say which parts of the standard are kept."""
    check_names(request.query_params, _NOTHING)
    value = {"conformsTo": CONFORMS_TO}
    return document_of(request, "Conformance", value, "application/json")


@router.get("/api")
async def read_definition(principal: Anyone, request: Request) -> Response:
    """Describe these addresses in OpenAPI 3.0."""
    check_names(request.query_params, _NOTHING)
    document = definition(_base(request), _readable(principal), _BY_CURSOR)
    if wants_page(request):
        return document_of(request, "OpenAPI", document, DEFINITION_TYPE)
    return Response(orjson.dumps(document), media_type=DEFINITION_TYPE, headers={"Vary": "Accept"})


@router.get("/collections")
async def list_collections(
    principal: Anyone, request: Request, driver: DriverTransaction, watch: Watch
) -> Response:
    """List the collections that one may read."""
    check_names(request.query_params, _NOTHING)
    base = _base(request)
    box = await features.district_box(driver, principal.district, (await watch.versions()).boundaries)
    value = {
        "links": [link(f"{base}/collections", "self")],
        "collections": [_collection(base, name, box) for name in _readable(principal)],
    }
    return document_of(request, "Collections", value, "application/json")


@router.get("/collections/{collection}")
async def read_collection(
    collection: str, principal: Anyone, request: Request, driver: DriverTransaction, watch: Watch
) -> Response:
    """Describe one collection."""
    check_names(request.query_params, _NOTHING)
    _check_readable(principal, collection)
    box = await features.district_box(driver, principal.district, (await watch.versions()).boundaries)
    value = _collection(_base(request), collection, box)
    return document_of(request, value["title"], value, "application/json")


@router.get("/collections/{collection}/items")
async def list_items(
    collection: str,
    principal: Anyone,
    request: Request,
    driver: DriverTransaction,
    watch: Watch,
    board: BoardOfRequest,
) -> Response:
    """Return features: `limit`, `bbox`, `datetime`; next links lead on by `offset`, of cases by `cursor`.

    Hotspots also take `over`, `per`, `area`, `category`, `hour`, `weekday`, `season` and `rate`.
    """
    _check_readable(principal, collection)
    if collection == hotspot_features.NAME:
        asked, found, count = await list_hotspot_features(board, principal, request.query_params)
        return _page_of(request, collection, asked, found, count, None)
    asked = asked_of(request.query_params, by_cursor=collection in _BY_CURSOR)
    cursor: str | None = None
    if collection == _CASES:
        found, count, cursor = await _cases(driver, principal, asked)
    else:
        layer = features.LAYERS[collection]
        version = getattr(await watch.versions(), layer.dataset)
        rows = await features.list_features(
            driver,
            principal.district,
            layer,
            version,
            box=asked.box,
            limit=asked.limit,
            offset=asked.offset,
        )
        found = [feature(row) for row in rows]
        count = await features.count_features(driver, principal.district, layer, version, asked.box)
    return _page_of(request, collection, asked, found, count, cursor)


@router.get("/collections/{collection}/items/{feature_id}")
async def read_item(
    collection: str,
    feature_id: str,
    principal: Anyone,
    request: Request,
    driver: DriverTransaction,
    watch: Watch,
    board: BoardOfRequest,
) -> Response:
    """Return one feature."""
    _check_readable(principal, collection)
    if collection != hotspot_features.NAME:
        check_names(request.query_params, _NOTHING)
    if collection == hotspot_features.NAME:
        found = await find_hotspot_feature(board, principal, feature_id, request.query_params)
    elif collection == _CASES:
        found = await _case(driver, principal, feature_id)
    else:
        layer = features.LAYERS[collection]
        version = getattr(await watch.versions(), layer.dataset)
        row = await features.find_feature(driver, principal.district, layer, version, feature_id)
        found = feature(row) if row else None
    if found is None:
        raise NotFoundError("feature", "要素")
    here = f"{_base(request)}/collections/{collection}"
    links = [
        link(f"{here}/items/{quote(feature_id, safe='')}", "self", GEOJSON),
        link(here, "collection"),
    ]
    return document_of(request, feature_id, {**found, "links": links}, GEOJSON)


def _page_of(
    request: Request,
    collection: str,
    asked: Asked,
    found: list[dict[str, Any]],
    count: int,
    cursor: str | None,
) -> Response:
    value = {
        "type": "FeatureCollection",
        "features": found,
        "links": _page_links(request, collection, asked, count, cursor),
        "timeStamp": datetime.now(UTC).isoformat(timespec="seconds"),
        "numberMatched": count,
        "numberReturned": len(found),
    }
    return document_of(request, collection, value, GEOJSON)


async def _cases(
    driver: DriverTransaction, principal: Principal, asked: Asked
) -> tuple[list[dict[str, Any]], int, str | None]:
    """One page of cases, how many there are in all, and where the next page begins."""
    until = asked.until + timedelta(microseconds=1) if asked.until else None
    wanted = CaseFilter(bbox=asked.box, since=asked.since, until=until)
    reach = reach_of(principal, Permission.VIEW_CASES)
    listed = await list_case_items(
        driver,
        principal.district,
        wanted,
        reach,
        limit=asked.limit + 1,
        before=place_in_cases(asked.cursor),
    )
    count = await count_cases(driver, principal.district, wanted, reach)
    page = page_of(listed, asked.limit, _case_feature, key_in_cases)
    return page.items, count, page.next


async def _case(driver: DriverTransaction, principal: Principal, text: str) -> dict[str, Any] | None:
    try:
        case = UUID(text)
    except ValueError:
        return None
    file = await find_case_file(driver, principal.district, case)
    if file is None or not may(principal, Permission.VIEW_CASES, where_is(file)):
        return None
    listed = await find_items(driver, principal.district, [case])
    return _case_feature(listed[0]) if listed else None


def _case_feature(listed: Any) -> dict[str, Any]:
    """Return a case as a feature; it names no person."""
    item = show_item(listed)
    hidden = {"id", "at", "holder", "holder_name", "holder_name_en", "task", "photographs", "clock"}
    return {
        "type": "Feature",
        "id": str(item.id),
        "geometry": {"type": "Point", "coordinates": list(item.at)},
        "properties": item.model_dump(mode="json", exclude=hidden),
    }


def _check_readable(principal: Principal, collection: str) -> None:
    if collection in features.LAYERS or (collection == hotspot_features.NAME and sees_hotspots(principal)):
        return
    if collection != _CASES or not may(principal, Permission.VIEW_CASES):
        raise NotFoundError("collection", "数据集")


def _readable(principal: Principal) -> list[str]:
    return [
        *features.LAYERS,
        *([_CASES] if may(principal, Permission.VIEW_CASES) else []),
        *([hotspot_features.NAME] if sees_hotspots(principal) else []),
    ]


def _collection(base: str, name: str, box: features.Box | None) -> dict[str, Any]:
    layer = features.LAYERS.get(name)
    title, title_zh = (layer.title, layer.title_zh) if layer else _COMPUTED[name]
    here = f"{base}/collections/{name}"
    return {
        "id": name,
        "title": title,
        "description": title_zh,
        "itemType": "feature",
        "crs": [CRS84],
        **({"extent": {"spatial": {"bbox": [box], "crs": CRS84}}} if box else {}),
        "links": [
            link(here, "self", title=name),
            link(f"{here}/items", "items", GEOJSON, f"{name}: features"),
        ],
    }


def _page_links(
    request: Request, collection: str, asked: Asked, count: int, cursor: str | None
) -> list[dict[str, str]]:
    here = f"{_base(request)}/collections/{collection}/items"
    query = {name: value for name, value in request.query_params.items() if name not in {"offset", "cursor"}}

    def page(rel: str, **place: str | int) -> dict[str, str]:
        return link(f"{here}?{urlencode({**query, **place})}", rel, GEOJSON)

    collection_link = link(here.removesuffix("/items"), "collection")
    if collection in _BY_CURSOR:
        self_link = page("self", **({"cursor": asked.cursor} if asked.cursor else {}))
        return [self_link, collection_link, *([page("next", cursor=cursor)] if cursor else [])]
    links = [page("self", offset=asked.offset), collection_link]
    if asked.offset + asked.limit < count:
        links.append(page("next", offset=asked.offset + asked.limit))
    if asked.offset:
        links.append(page("prev", offset=max(asked.offset - asked.limit, 0)))
    return links


def _base(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}/ogc"
