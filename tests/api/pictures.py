"""Photographs made for tests."""

import io
from typing import Any

from PIL import Image

PLACE_IFD, EXIF_IFD = 0x8825, 0x8769


def picture(
    kind: str = "JPEG", size: tuple[int, int] = (640, 480), colour: str = "teal", **exif: Any
) -> bytes:
    """A picture of one colour; `taken_at` and `at` (degrees, minutes, seconds twice) become its metadata."""
    image = Image.new("RGBA" if kind == "PNG" else "RGB", size, colour)
    tags = Image.Exif()
    tags[0x010E] = "who lives here"
    if "orientation" in exif:
        tags[0x0112] = exif["orientation"]
    if "taken_at" in exif:
        tags.get_ifd(EXIF_IFD)[0x9003] = exif["taken_at"]
    if "at" in exif:
        lon, lat = exif["at"]
        tags.get_ifd(PLACE_IFD).update({1: "N", 2: lat, 3: "E", 4: lon})
    out = io.BytesIO()
    image.save(out, kind, exif=tags)
    return out.getvalue()
