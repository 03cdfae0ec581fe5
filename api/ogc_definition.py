"""The API of /ogc as an OpenAPI 3.0 document: what the standard's conformance class asks for."""

from collections.abc import Iterable
from typing import Any

from api.ogc import CONFORMS_TO, GEOJSON, MOST_FEATURES

DEFINITION_TYPE = "application/vnd.oai.openapi+json;version=3.0"
_OBJECT = {"type": "object"}
_FORMAT = {"name": "f", "in": "query", "schema": {"type": "string", "enum": ["json", "html"]}}
_LIMIT = {
    "name": "limit",
    "in": "query",
    "schema": {"type": "integer", "minimum": 1, "maximum": MOST_FEATURES, "default": 10},
}
_BOX = {
    "name": "bbox",
    "in": "query",
    "description": "west,south,east,north in WGS 84 degrees",
    "explode": False,
    "style": "form",
    "schema": {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6},
}
_TIME = {
    "name": "datetime",
    "in": "query",
    "description": "a time, or two with / between; .. is open",
    "schema": {"type": "string"},
}
_OFFSET = {"name": "offset", "in": "query", "schema": {"type": "integer", "minimum": 0}}
_CURSOR = {
    "name": "cursor",
    "in": "query",
    "description": "as a next link has it",
    "schema": {"type": "string"},
}
_FEATURE_ID = {"name": "featureId", "in": "path", "required": True, "schema": {"type": "string"}}


def definition(server: str, collections: Iterable[str], by_cursor: frozenset[str]) -> dict[str, Any]:
    """Return the document for these collections; those of `by_cursor` go on by a cursor, not an offset."""
    paths: dict[str, Any] = {
        "/": _get("landingPage", "Say what there is", ()),
        "/conformance": _get("conformance", "Say which parts of the standard are kept", ()),
        "/api": {"get": _operation("api", "This document", (), DEFINITION_TYPE)},
        "/collections": _get("collections", "List the collections that one may read", ()),
    }
    for name in collections:
        onward = _CURSOR if name in by_cursor else _OFFSET
        paths[f"/collections/{name}"] = _get(f"describe_{name}", f"Describe {name}", ())
        paths[f"/collections/{name}/items"] = {
            "get": _operation(f"items_{name}", f"Features of {name}", (_LIMIT, _BOX, _TIME, onward), GEOJSON)
        }
        paths[f"/collections/{name}/items/{{featureId}}"] = {
            "get": _operation(f"item_{name}", f"One feature of {name}", (_FEATURE_ID,), GEOJSON)
        }
    return {
        "openapi": "3.0.3",
        "info": {"title": "Yilu 一路: OGC API Features", "version": "1", "x-conforms-to": CONFORMS_TO},
        "servers": [{"url": server}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "password": {
                    "type": "http",
                    "scheme": "basic",
                    "description": "The token as the password, whatever the user is called.",
                },
                "key": {"type": "apiKey", "in": "query", "name": "api_key"},
            }
        },
        "security": [{}, {"token": []}, {"password": []}, {"key": []}],
    }


def _get(name: str, words: str, parameters: tuple[dict[str, Any], ...]) -> dict[str, Any]:
    return {"get": _operation(name, words, parameters, "application/json")}


def _operation(
    name: str, words: str, parameters: tuple[dict[str, Any], ...], media_type: str
) -> dict[str, Any]:
    problem = {"content": {"application/problem+json": {"schema": _OBJECT}}}
    content: dict[str, Any] = {media_type: {"schema": _OBJECT}}
    if media_type != DEFINITION_TYPE:
        content["text/html"] = {"schema": {"type": "string"}}
        parameters = (*parameters, _FORMAT)
    return {
        "operationId": name,
        "summary": words,
        "parameters": [*parameters],
        "responses": {
            "200": {"description": words, "content": content},
            "400": {"description": "A parameter is unknown or makes no sense", **problem},
            "404": {"description": "There is no such thing for the caller", **problem},
        },
    }
