"""Debian's Chromium, headless and quiet: it draws maps in software and can reach nothing but this machine.

Only the maps go through WebGL: without a graphics card, putting the rest of a page together there as well
costs a third more.
"""

import os
import shutil

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


def find_chromium() -> str | None:
    """Return the browser that CHROMIUM names, else the machine's own."""
    named = os.environ.get("CHROMIUM")
    return named or shutil.which("chromium") or shutil.which("chromium-browser")


LOOKS = (
    ("zh", "light"),
    ("en", "dark"),
    pytest.param("zh", "dark", marks=pytest.mark.slow),
    pytest.param("en", "light", marks=pytest.mark.slow),
)
"""Languages with themes: each once in the gate, each with each under `--all`."""
