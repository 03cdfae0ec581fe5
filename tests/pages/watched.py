"""A page under watch: what it asks for, what it complains of, what the sentries of accessibility find."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page, Request

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
DRAWN = ".map__canvas[data-drawn=true]"
REMARK_OF_THE_DRIVER = "GL Driver Message (OpenGL, Performance"
"""Drawing in software, it finds that reading a picture back is slow; that is no fault of the page."""


class WatchedPage:
    """A browser page that remembers every complaint and every request that leaves the server."""

    def __init__(self, page: Page, site_url: str) -> None:
        self.page = page
        self.url = site_url
        self.complaints: list[str] = []
        self.outside: list[str] = []
        self._host = urlsplit(site_url).netloc
        page.on("console", lambda said: self._hear(said.type, said.text))
        page.on("pageerror", lambda error: self.complaints.append(f"uncaught: {error}"))
        page.on("request", self._follow)

    def _hear(self, kind: str, text: str) -> None:
        if REMARK_OF_THE_DRIVER in text:
            return
        if kind in {"error", "warning"}:
            self.complaints.append(f"{kind}: {text}")

    def _follow(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "blob"} and parts.netloc != self._host:
            self.outside.append(request.url)

    def open(self, address: str = "/", *, map_drawn: bool = True) -> "WatchedPage":
        """Open an address of the server and wait until its map is drawn."""
        self.page.goto(f"{self.url}{address}")
        if map_drawn:
            self.page.wait_for_selector(DRAWN, timeout=60_000)
        return self

    def violations(self) -> list[str]:
        """What axe-core holds against the page as it stands, by the rules of WCAG 2.2 A and AA."""
        # evaluate() runs past the Content-Security-Policy, which a script tag would not
        if not self.page.evaluate("() => 'axe' in window"):
            self.page.evaluate(AXE.read_text())
        rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
        found: dict[str, Any] = self.page.evaluate(
            "(rules) => axe.run(document, {runOnly: {type: 'tag', values: rules}})", rules
        )
        return [
            f"{violation['id']} ({violation['impact']}): "
            + "; ".join(f"{node['html'][:160]} {json.dumps(node['target'])}" for node in violation["nodes"])
            for violation in found["violations"]
        ]
