"""The built pages: html that browsers ask for anew, assets that they keep for ever."""

import asyncio
import gzip
from collections.abc import Callable
from pathlib import Path

from fastapi import APIRouter
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from api.errors import NotFoundError

PAGES: dict[str, str] = {
    "/": "index",
    "/wall": "wall",
    "/desk": "desk",
    "/plan": "plan",
    "/street": "street",
    "/report": "report",
    "/department": "department",
    "/admin": "admin",
    "/sign-in": "sign-in",
}
"""Address → the name of its html file among the built pages."""

_FILES = (
    "favicon.svg",
    "favicon.ico",
    "manifest.webmanifest",
    "service-worker.js",
    "icons/192.png",
    "icons/512.png",
    "icons/maskable-512.png",
)

KEPT_FOR_EVER = "public, max-age=31536000, immutable"


class Assets(StaticFiles):
    """Files whose names carry a hash of their content: kept for ever by browsers, packed once by us."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory=directory)
        self._packed: dict[str, bytes] = {}

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer with the file, packed where the browser takes it so."""
        response = await super().get_response(path, scope)
        if response.status_code in {200, 304}:
            response.headers["Cache-Control"] = KEPT_FOR_EVER
        if isinstance(response, FileResponse) and path.endswith(_PACKABLE) and _takes_gzip(scope):
            return await self._pack(path, response)
        return response

    async def _pack(self, path: str, response: FileResponse) -> Response:
        if path not in self._packed:
            plain = await asyncio.to_thread(Path(response.path).read_bytes)
            self._packed[path] = await asyncio.to_thread(gzip.compress, plain, 6)
        headers = {"Cache-Control": KEPT_FOR_EVER, "Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        return Response(self._packed[path], headers=headers, media_type=response.media_type)


_PACKABLE = (".js", ".css", ".svg", ".json")
"""Fonts and pictures are packed already."""


def _takes_gzip(scope: Scope) -> bool:
    return any(name == b"accept-encoding" and b"gzip" in value for name, value in scope["headers"])


def pages_router(pages_path: Path) -> APIRouter:
    """Return the routes that serve the pages built into `pages_path`."""
    router = APIRouter(include_in_schema=False)
    for address, name in PAGES.items():
        router.add_api_route(address, _page(pages_path, name), methods=["GET", "HEAD"])
    for name in _FILES:
        router.add_api_route(f"/{name}", _file(pages_path / name), methods=["GET", "HEAD"])
    return router


def _page(pages_path: Path, name: str) -> Callable[[], FileResponse]:
    return lambda: _fresh_file(pages_path / f"{name}.html")


def _file(path: Path) -> Callable[[], FileResponse]:
    return lambda: _fresh_file(path)


def _fresh_file(path: Path) -> FileResponse:
    """Answer with a file that browsers check for a newer one each time."""
    if not path.is_file():
        raise NotFoundError("page", "页面")
    return FileResponse(path, headers={"Cache-Control": "no-cache"})
