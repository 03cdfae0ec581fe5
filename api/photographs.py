"""Photographs: known by what they hold, cleaned before anybody sees them, kept under their content's hash.

A photograph that cannot be read, measured and written anew is refused: failure withholds, it never publishes.
"""

import hashlib
import io
import os
import tempfile
import warnings
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from api.refusals import TooLargeError, UnusableValueError

MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 50_000_000
MAX_SIDE = 2560
"""Longer photographs are made smaller: enough to read a sign, a tenth of the bytes."""

THUMBNAIL_SIDE = 320
FORMATS = ("JPEG", "PNG", "WEBP")
SUFFIX = ".jpg"
THUMBNAIL_SUFFIX = ".thumb.jpg"
_QUALITY = 85
_THUMBNAIL_QUALITY = 75


@dataclass(frozen=True, slots=True)
class CleanPhotograph:
    """A photograph as others may see it, and what its metadata said before that was removed."""

    name: str
    image: bytes
    thumbnail: bytes
    width: int
    height: int
    taken_at: datetime | None
    """As the camera's clock said, without a zone."""
    lon: float | None
    lat: float | None


class PhotographStore(Protocol):
    """Where photographs are kept: a folder now, an object store when a city needs one."""

    def save(self, photograph: CleanPhotograph) -> None:
        """Keep the image and its thumbnail; keeping the same one twice is harmless."""

    def find(self, name: str, *, thumbnail: bool) -> Path | None:
        """Return the file, if it is kept."""

    def remove(self, name: str) -> None:
        """Forget one."""

    def names_before(self, at: datetime) -> list[str]:
        """Return those that were last saved before that time."""


class PhotographFolder:
    """A folder that hosts may share: `ab/abcdef….jpg`, written aside and renamed: none is ever half there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def save(self, photograph: CleanPhotograph) -> None:
        """Keep the image and its thumbnail."""
        for suffix, content in ((THUMBNAIL_SUFFIX, photograph.thumbnail), (SUFFIX, photograph.image)):
            _write_whole(self._path(photograph.name, suffix), content)

    def find(self, name: str, *, thumbnail: bool) -> Path | None:
        """Return the file, if it is kept."""
        if not is_photograph_name(name):
            return None
        path = self._path(name, THUMBNAIL_SUFFIX if thumbnail else SUFFIX)
        return path if path.is_file() else None

    def remove(self, name: str) -> None:
        """Forget one."""
        for suffix in (SUFFIX, THUMBNAIL_SUFFIX):
            self._path(name, suffix).unlink(missing_ok=True)

    def names_before(self, at: datetime) -> list[str]:
        """Return those that were last saved before that time."""
        return sorted(
            path.name.removesuffix(SUFFIX)
            for path in self._folder.glob(f"??/*{SUFFIX}")
            if is_photograph_name(path.name.removesuffix(SUFFIX)) and path.stat().st_mtime < at.timestamp()
        )

    def _path(self, name: str, suffix: str) -> Path:
        return self._folder / name[:2] / (name + suffix)


def is_photograph_name(name: str) -> bool:
    """Whether this can be the name of a photograph: 64 hexadecimal digits, so that no path climbs out."""
    return len(name) == 64 and all(digit in "0123456789abcdef" for digit in name)


def clean(content: bytes) -> CleanPhotograph:
    """Read a photograph and write it anew without its metadata; takes a tenth of a second for a large one."""
    if len(content) > MAX_BYTES:
        raise TooLargeError(
            f"A photograph may have {MAX_BYTES // 1024 // 1024} MB; make it smaller",
            f"照片不得超过 {MAX_BYTES // 1024 // 1024} MB，请压缩后上传",
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _clean(content)
    except (UnusableValueError, TooLargeError):
        raise
    except (UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _unreadable() from None
    except Exception:  # noqa: BLE001 - decoders fail in many ways on hostile files; each of them withholds
        raise _unreadable() from None


def _clean(content: bytes) -> CleanPhotograph:
    with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
        if opened.width * opened.height > MAX_PIXELS:
            raise TooLargeError(
                f"A photograph may have {MAX_PIXELS // 1_000_000} million pixels; make it smaller",
                f"照片不得超过 {MAX_PIXELS // 10_000} 万像素，请缩小后上传",
            )
        opened.draft("RGB", (MAX_SIDE, MAX_SIDE))
        opened.load()
        exif = opened.getexif()
        taken_at, place = _taken_at(exif), _place(exif)
        upright = ImageOps.exif_transpose(opened)
        plain = _flattened(upright)
    plain.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    image = _encoded(plain, _QUALITY)
    small = plain.copy()
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
    return CleanPhotograph(
        name=hashlib.sha256(image).hexdigest(),
        image=image,
        thumbnail=_encoded(small, _THUMBNAIL_QUALITY),
        width=plain.width,
        height=plain.height,
        taken_at=taken_at,
        lon=place[0] if place else None,
        lat=place[1] if place else None,
    )


def _flattened(image: Image.Image) -> Image.Image:
    """Return nothing but pixels: a new image takes over no metadata, palette or transparency."""
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        layered = image.convert("RGBA")
        plain = Image.new("RGB", image.size, "white")
        plain.paste(layered, mask=layered.getchannel("A"))
        return plain
    plain = Image.new("RGB", image.size)
    plain.paste(image.convert("RGB"))
    return plain


def _encoded(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()


def _taken_at(exif: Image.Exif) -> datetime | None:
    text = exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal) or exif.get(
        ExifTags.Base.DateTime
    )
    try:
        return datetime.strptime(str(text), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 - cameras state no zone
    except ValueError:
        return None


def _place(exif: Image.Exif) -> tuple[float, float] | None:
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    try:
        lon = _degrees(gps[ExifTags.GPS.GPSLongitude], gps[ExifTags.GPS.GPSLongitudeRef] == "W")
        lat = _degrees(gps[ExifTags.GPS.GPSLatitude], gps[ExifTags.GPS.GPSLatitudeRef] == "S")
    except (KeyError, TypeError, ValueError, ZeroDivisionError, IndexError):
        return None
    return (lon, lat) if abs(lon) <= 180 and abs(lat) <= 90 and (lon, lat) != (0, 0) else None


def _degrees(parts: tuple[float, float, float], negative: bool) -> float:
    degrees = float(parts[0]) + float(parts[1]) / 60 + float(parts[2]) / 3600
    return -degrees if negative else degrees


def _unreadable() -> UnusableValueError:
    return UnusableValueError(
        "This is no JPEG, PNG or WebP photograph that can be read; take it again",
        "无法读取该照片（支持 JPEG、PNG、WebP），请重新拍摄",
    )


def _write_whole(path: Path, content: bytes) -> None:
    if path.is_file() and path.stat().st_size == len(content):
        path.touch()
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(aside).replace(path)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise
