"""Photographs: what is taken in, what is refused, and that nothing but pixels goes out."""

import io
import struct
import zlib
from datetime import datetime
from pathlib import Path

import pytest
from PIL import Image

from api.photographs import MAX_BYTES, MAX_SIDE, PhotographFolder, clean
from api.refusals import TooLargeError, UnusableValueError
from tests.api.pictures import picture


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_each_kind_becomes_a_clean_jpeg(kind: str) -> None:
    cleaned = clean(picture(kind))
    with Image.open(io.BytesIO(cleaned.image)) as image:
        assert image.format == "JPEG"
        assert image.size == (640, 480) == (cleaned.width, cleaned.height)
        assert not image.getexif()
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    with Image.open(io.BytesIO(cleaned.thumbnail)) as small:
        assert max(small.size) == 320
    assert b"who lives here" not in cleaned.image + cleaned.thumbnail


def test_metadata_is_read_before_it_is_removed() -> None:
    there = ((112.0, 0.0, 36.0), (37.0, 30.0, 0.0))
    cleaned = clean(picture(taken_at="2026:03:01 08:15:00", at=there))
    assert cleaned.taken_at == datetime(2026, 3, 1, 8, 15)  # noqa: DTZ001 - cameras state no zone
    assert (cleaned.lon, cleaned.lat) == pytest.approx((112.01, 37.5))
    assert b"2026:03:01" not in cleaned.image


@pytest.mark.parametrize("wrong", ["yesterday", "0000:00:00 00:00:00", ""])
def test_metadata_that_makes_no_sense_is_no_hindrance(wrong: str) -> None:
    cleaned = clean(picture(taken_at=wrong, at=((999.0, 0.0, 0.0), (37.0, 0.0, 0.0))))
    assert cleaned.taken_at is None
    assert cleaned.lon is None


def test_a_photograph_taken_sideways_is_put_upright() -> None:
    cleaned = clean(picture(orientation=6))
    assert (cleaned.width, cleaned.height) == (480, 640)


def test_a_huge_photograph_is_made_smaller() -> None:
    cleaned = clean(picture(size=(5000, 2500)))
    assert cleaned.width == MAX_SIDE


def png_that_claims(width: int, height: int) -> bytes:
    """A few bytes of PNG that unpack to as many pixels as they say."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("side", [8_000, 12_000, 60_000])
def test_a_decompression_bomb_is_refused_unopened(side: int) -> None:
    with pytest.raises((TooLargeError, UnusableValueError)):
        clean(png_that_claims(side, side))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no picture",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"GIF89a" + b"\0" * 100,
        picture()[:2000],
        picture("PNG")[:200],
        picture("WEBP")[:100],
        b"\xff\xd8\xff\xe0" + b"\0" * 500,
    ],
)
def test_what_is_no_whole_photograph_is_withheld(content: bytes) -> None:
    with pytest.raises(UnusableValueError):
        clean(content)


def test_too_many_bytes_are_refused() -> None:
    with pytest.raises(TooLargeError):
        clean(picture() + b"\0" * MAX_BYTES)


def test_the_folder_keeps_finds_and_forgets(tmp_path: Path) -> None:
    folder = PhotographFolder(tmp_path)
    cleaned = clean(picture())
    folder.save(cleaned)
    folder.save(cleaned)
    image = folder.find(cleaned.name, thumbnail=False)
    thumbnail = folder.find(cleaned.name, thumbnail=True)
    assert image is not None
    assert image.read_bytes() == cleaned.image
    assert thumbnail is not None
    assert thumbnail.read_bytes() == cleaned.thumbnail
    folder.remove(cleaned.name)
    assert folder.find(cleaned.name, thumbnail=False) is None


@pytest.mark.parametrize("name", ["../../etc/passwd", "..", "", "a" * 63, "G" * 64, "/" + "a" * 63])
def test_no_name_climbs_out_of_the_folder(tmp_path: Path, name: str) -> None:
    assert PhotographFolder(tmp_path / "photographs").find(name, thumbnail=False) is None
