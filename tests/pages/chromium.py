"""Debian's Chromium, headless and quiet: it draws maps in software and can reach nothing but this machine.

Only the maps go through WebGL: without a graphics card, putting the rest of a page together there as well
costs a third more.
"""

import os
import shutil
from typing import Any

import pytest

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    "--disable-gpu-compositing",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-domain-reliability",
    "--metrics-recording-only",
    "--no-pings",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)


PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser")
"""The same engine; the first has no window to start around each page, which is a fifth of the work."""


def find_chromium() -> str | None:
    """Return the browser that CHROMIUM names, else the machine's own."""
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, PROGRAMS)), None)


LOOKS = (("zh", "light"), ("en", "dark"), ("zh", "dark"), ("en", "light"))


IN_TURN = (LOOKS[0], pytest.param(*LOOKS[1], marks=pytest.mark.slow))
"""Chinese and light in the gate, English and dark under `--all` as well."""


def in_looks(*things: object) -> list[Any]:
    """Each thing in one language and theme, by turns; in every other under `--all`."""
    return [
        pytest.param(thing, *look, marks=[] if LOOKS.index(look) == place % 2 else [pytest.mark.slow])
        for place, thing in enumerate(things)
        for look in LOOKS
    ]
