"""Zipped layers unpacked with care: what climbs out, points elsewhere or swells up is refused."""

import shutil
import stat
import zipfile
from pathlib import Path, PurePosixPath

LARGEST_FILE_BYTES = 600_000_000
_LARGEST_UNPACKED_BYTES = 1_000_000_000
_LARGEST_RATIO = 250
_MOST_ENTRIES = 500
_CHUNK_BYTES = 1 << 20
_WANTED = frozenset(
    {".shp", ".shx", ".dbf", ".prj", ".cpg", ".qix", ".sbn", ".sbx", ".gpkg", ".geojson", ".json", ".kml"}
)
_HARMLESS = frozenset({".txt", ".xml", ".md", ".pdf", ".qml", ".sld", ".qmd", ".html", ".png", ".jpg", ""})
"""Travel along with layers often; they are left out, not refused."""


class FileRefusedError(ValueError):
    """A file that is not read; the sentence says why and what to do."""


def unpack(archive: Path, folder: Path) -> list[Path]:
    """Unpacks the layers of a zip archive into an empty folder; raises `FileRefusedError`."""
    try:
        with zipfile.ZipFile(archive) as opened:
            entries = [entry for entry in opened.infolist() if not entry.is_dir()]
            check_entries(entries)
            budget = _LARGEST_UNPACKED_BYTES
            unpacked = []
            for entry in entries:
                if PurePosixPath(entry.filename).suffix.lower() not in _WANTED:
                    continue
                target = folder / PurePosixPath(entry.filename).name
                if target.exists():
                    raise FileRefusedError(
                        f"The archive holds two files named {target.name}; zip each layer alone."
                    )
                budget -= _unpack_entry(opened, entry, target, budget)
                unpacked.append(target)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError) as broken:
        raise FileRefusedError(f"{archive.name} cannot be unpacked ({broken}); zip it again.") from broken
    return unpacked


def check_entries(entries: list[zipfile.ZipInfo]) -> None:
    """Raises `FileRefusedError` for an archive that is not a plain, small set of files."""
    if len(entries) > _MOST_ENTRIES:
        raise FileRefusedError(f"The archive holds {len(entries)} files; at most {_MOST_ENTRIES} are read.")
    for entry in entries:
        name = entry.filename
        path = PurePosixPath(name.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in name or "\x00" in name:
            raise FileRefusedError(
                f"The archive's file {name!r} would land outside its folder; zip it again."
            )
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise FileRefusedError(
                f"The archive's file {name!r} is a link to another file; zip the file itself."
            )
        if entry.flag_bits & 0x1:
            raise FileRefusedError("The archive has a password; unpack it and zip it without.")
        if path.suffix.lower() not in _WANTED | _HARMLESS:
            raise FileRefusedError(
                f"The archive's file {name!r} cannot be read: GeoPackage, GeoJSON, Shapefile and KML can."
            )
        if entry.file_size > 1_000_000 and entry.file_size > _LARGEST_RATIO * max(entry.compress_size, 1):
            raise FileRefusedError(
                f"The archive's file {name!r} would swell beyond reason; unpack it yourself."
            )
    if sum(entry.file_size for entry in entries) > _LARGEST_UNPACKED_BYTES:
        raise FileRefusedError("The archive would unpack to more than 1 GB; split it by level.")


def _unpack_entry(opened: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, budget: int) -> int:
    """Unpacks one file, counting what really comes out: the size stated in the archive may be a lie."""
    written = 0
    with opened.open(entry) as source, target.open("xb") as sink:
        while chunk := source.read(_CHUNK_BYTES):
            written += len(chunk)
            if written > budget:
                sink.close()
                shutil.rmtree(target.parent, ignore_errors=True)
                raise FileRefusedError("The archive would unpack to more than 1 GB; split it by level.")
            sink.write(chunk)
    return written
