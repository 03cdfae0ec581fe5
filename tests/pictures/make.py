"""Make the pictures in `docs/pictures` anew: all of them, or those of the parts that are named."""

import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

from api.commands import CommandError
from api.commands.steps import say, step
from tests.pages.chromium import FLAGS, find_chromium
from tests.pages.watched import ROOT
from tests.pictures import command_centre, department, phone, residents
from tests.pictures.camera import LOOKS, Camera, Look
from tests.pictures.day import BEGINS_H, LEAST_HOURS, hours_of_today
from tests.pictures.living import Living, living_district

PICTURES = ROOT / "docs" / "pictures"
LAST_HOUR = 20.0

Step = Callable[[Camera, Living, Look], None]
PLAYED: Mapping[str, Sequence[Step]] = {"command_centre": command_centre.STEPS}
"""While the drill plays."""
RESTED: Mapping[str, Sequence[Step]] = {
    "phone": phone.STEPS,
    "department": department.STEPS,
    "residents": residents.STEPS,
}
"""When its people have gone home."""


def make(folder: Path, parts: Sequence[str]) -> list[str]:
    """Take the pictures of those parts into the folder; return the steps that failed."""
    chromium = find_chromium()
    if chromium is None:
        raise CommandError("no Chromium on this machine: apt install chromium fonts-noto-cjk")
    if not LEAST_HOURS <= hours_of_today() <= LAST_HOUR - BEGINS_H:
        raise CommandError(
            f"take them between {BEGINS_H + LEAST_HOURS:g} and {LAST_HOUR:g} o'clock in the city: "
            "before, nothing of the day can be late; after, nobody patrols."
        )
    folder.mkdir(parents=True, exist_ok=True)
    with (
        TemporaryDirectory(prefix="yilu-pictures-") as data,
        living_district(Path(data)) as living,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        camera = Camera(browser, living.site, folder)
        failed = _take_each(PLAYED, parts, camera, living)
        living.rest()
        failed += _take_each(RESTED, parts, camera, living)
        complaints = {said for watched in camera.watched for said in watched.complaints}
        browser.close()
    for said in sorted(complaints):
        say(f"a page complained: {said}")
    return failed


def _take_each(
    parts: Mapping[str, Sequence[Step]], wanted: Sequence[str], camera: Camera, living: Living
) -> list[str]:
    """Take what is wanted, each step in both looks; what fails keeps nothing else from being taken."""
    failed = []
    for name, look in ((name, look) for name in parts if name in wanted for look in LOOKS):
        for take in parts[name]:
            what = f"{name}{take.__name__} in {look.language}"
            try:
                with step(what):
                    take(camera, living, look)
            except Exception:  # noqa: BLE001 - told at once, and at the end
                traceback.print_exc()
                failed.append(what)
    return failed
