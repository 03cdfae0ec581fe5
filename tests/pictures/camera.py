"""Pages in a browser without a head, and pictures of them: single or side by side, with few colours."""

import io
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, Locator, Page
from playwright.sync_api import TimeoutError as NotInTime

from api.guards import SESSION_COOKIE
from tests.pages.site import Site
from tests.pages.staff import Worker
from tests.pages.watched import DRAWN, WatchedPage

PHONE = (390, 844)
DESK = (1366, 768)
WALL = (1920, 1080)
COLOURS, EXACT = 256, 144
GAP = 12
BETWEEN = (200, 204, 208)
FLASH_MS = 4_000
STILL_MS = 1200
"""Until what glows once has stopped glowing, and labels have come."""


@dataclass(frozen=True, slots=True)
class Look:
    """A language and a theme; the first look of all has no name of its own in a file's."""

    language: str
    theme: str
    suffix: str


LOOKS = (Look("zh", "light", ""), Look("en", "dark", "-en"))
TURNED = (Look("zh", "dark", ""), Look("en", "light", "-en"))
"""The room's wall is dark in Chinese."""


@dataclass
class Camera:
    """Takes pictures into a folder, and remembers what the pages complained of."""

    browser: Browser
    site: Site
    folder: Path
    watched: list[WatchedPage] = field(default_factory=list)

    def open(
        self,
        address: str,
        look: Look,
        size: tuple[int, int],
        who: Worker | None = None,
        at: tuple[float, float] | None = None,
        *,
        drawn: bool = False,
    ) -> Page:
        """A page in a profile of its own, the one before closed; `at` is where its phone says it is."""
        if self.watched:
            self.watched[-1].page.context.close()
        place = {"longitude": at[0], "latitude": at[1], "accuracy": 8} if at else None
        more: dict[str, Any] = {"geolocation": place, "permissions": ["geolocation"]} if place else {}
        context = self.browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            reduced_motion="reduce",
            has_touch=size == PHONE,
            **more,
        )
        for key, value in {"yilu.language": look.language, "yilu.theme": look.theme}.items():
            context.add_init_script(f"localStorage.setItem('{key}', '{value}')")
        if who is not None:
            context.add_cookies([{"name": SESSION_COOKIE, "value": who.session, "url": self.site.url}])
        watched = WatchedPage(context.new_page(), self.site.url)
        self.watched.append(watched)
        return watched.open(address, map_drawn=drawn).page

    def keep(self, name: str, *shots: Image.Image) -> None:
        """Put them side by side into one file."""
        width = sum(shot.width for shot in shots) + GAP * (len(shots) - 1)
        sheet = Image.new("RGB", (width, max(shot.height for shot in shots)), BETWEEN)
        left = 0
        for shot in shots:
            sheet.paste(shot, (left, 0))
            left += shot.width + GAP
        with_few_colours(sheet).save(self.folder / f"{name}.png", optimize=True)

    def sheets(self, name: str, shots: Sequence[Image.Image], most: int = 4) -> None:
        """The same in as many files as it takes."""
        for number, first in enumerate(range(0, len(shots), most), start=1):
            self.keep(f"{name}-{number}", *shots[first : first + most])


def with_few_colours(picture: Image.Image) -> Image.Image:
    """Return the picture in a palette: what fills it keeps its very colour, what is rare one near its own.

    Pillow's own ways lose a red number among grey thousands, or tint the paper.
    """
    pixels = np.asarray(picture, dtype=np.int64)
    packed = (pixels[..., 0] << 16) | (pixels[..., 1] << 8) | pixels[..., 2]
    found, where, counts = np.unique(packed, return_inverse=True, return_counts=True)
    colours = np.stack((found >> 16, (found >> 8) & 255, found & 255), axis=1)
    most = colours[np.argsort(-counts)[:EXACT]]
    spread = picture.quantize(COLOURS - EXACT, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    rest = np.asarray(spread.getpalette(), dtype=np.int64).reshape(-1, 3)[: COLOURS - EXACT]
    palette = np.concatenate((most, rest))
    distances = ((colours[:, None, :] - palette[None, :, :]) ** 2).sum(axis=2)
    nearest = distances.argmin(axis=1).astype(np.uint8)
    indexed = Image.fromarray(nearest[where].reshape(packed.shape))
    indexed.putpalette(palette.astype(np.uint8).tobytes())
    return indexed


def shot_of(page: Page, still_ms: float = STILL_MS) -> Image.Image:
    """What the window shows, once it stands still."""
    if page.locator(DRAWN).count() == 0 and page.locator(".map__canvas").count() > 0:
        page.wait_for_selector(DRAWN, timeout=90_000)
    page.wait_for_timeout(still_ms)
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def shot_after(page: Page, act: Callable[[], object]) -> Image.Image:
    """Do something that is answered by words which flash up; show what came of it, without them."""
    act()
    hush(page)
    return shot_of(page)


def hush(page: Page) -> None:
    """Take the words that flash up away; they may be gone by themselves."""
    flashing = page.locator(".toast button")
    with suppress(NotInTime):
        flashing.first.wait_for(timeout=FLASH_MS)
        while flashing.count() > 0:
            flashing.first.click(timeout=FLASH_MS)


def bring_up(thing: Locator) -> None:
    """Scroll until it stands at the top of what scrolls."""
    thing.evaluate("one => one.scrollIntoView({block: 'start'})")


def to_the_top(page: Page) -> None:
    """Scroll back to where the page, and what scrolls in it, begins."""
    page.evaluate("() => { scrollTo(0, 0); document.querySelector('main')?.scrollTo(0, 0); }")
