"""Layers from files and back: GeoPackage, GeoJSON, Shapefile and KML in; the first three and CSV out.

What comes from outside is read by GDAL in a process of its own (`geo.layer_reader`); what is refused is
refused with one sentence.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from geo.archives import LARGEST_FILE_BYTES, FileRefusedError, unpack

__all__ = ["FileRefusedError", "read_layer", "write_layer"]

READABLE = {
    ".gpkg": b"SQLite format 3\x00",
    ".geojson": b"",
    ".json": b"",
    ".shp": b"\x00\x00\x27\x0a",
    ".kml": b"",
}
"""Suffixes that are read, with the bytes that such a file begins with."""
_DRIVERS = frozenset({"GPKG", "GeoJSON", "ESRI Shapefile", "KML", "LIBKML", "MEM"})
_WRITERS = {".gpkg": "GPKG", ".geojson": "GeoJSON", ".shp": "ESRI Shapefile"}
_TIMEOUT_S = 180
_FORBIDDEN_IN_XML = (b"<!doctype", b"<!entity")
_DBF_NAME_BYTES, _DBF_TEXT_BYTES = 10, 254


def read_layer(
    path: Path,
    layer: str | None = None,
    *,
    memory_bytes: int | None = None,
    timeout_s: float = _TIMEOUT_S,
) -> gpd.GeoDataFrame:
    """The rows of one layer with the coordinate system that the file states (None if it states none).

    Raises `FileRefusedError` for anything but a readable local file of a known format.
    """
    _check_path(path)
    with tempfile.TemporaryDirectory(prefix="yilu-layer-") as scratch:
        folder = Path(scratch)
        source = path
        if path.suffix.lower() == ".zip":
            inside = folder / "unpacked"
            inside.mkdir()
            source = _only_layer(unpack(path, inside))
        _check_content(source)
        answer = _ask_reader(source, layer, folder, memory_bytes, timeout_s)
        shapes = (folder / "result.wkb").read_bytes()
    return _frame(answer, shapes)


def _check_path(path: Path) -> None:
    text = str(path)
    if "://" in text or text.startswith("/vsi"):
        raise FileRefusedError("Only local files are read; download the file first.")
    if path.is_symlink():
        raise FileRefusedError(f"{path.name} is a link to another file; name the file itself.")
    if path.suffix.lower() not in {*READABLE, ".zip"}:
        raise FileRefusedError(
            f"{path.name} has no format that is read: .gpkg, .geojson, .shp, .kml and .zip of these are."
        )
    if not path.exists():
        raise FileRefusedError(f"There is no file {path}.")
    if not path.is_file():
        raise FileRefusedError(f"{path} is not a file.")
    if path.stat().st_size > LARGEST_FILE_BYTES:
        raise FileRefusedError(f"{path.name} is larger than {LARGEST_FILE_BYTES // 1_000_000} MB; split it.")


def _only_layer(unpacked: Sequence[Path]) -> Path:
    sources = [path for path in unpacked if path.suffix.lower() in READABLE]
    if len(sources) != 1:
        names = ", ".join(path.name for path in sources) or "none"
        raise FileRefusedError(f"The archive has to hold one layer, but holds {names}; zip each layer alone.")
    return sources[0]


def _check_content(path: Path) -> None:
    """The suffix alone decides nothing: the first bytes have to agree."""
    with path.open("rb") as opened:
        head = opened.read(1 << 16)
    suffix = path.suffix.lower()
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    agrees = {
        ".kml": text.startswith(b"<"),
        ".geojson": text.startswith(b"{"),
        ".json": text.startswith(b"{"),
    }.get(suffix, head.startswith(READABLE[suffix]))
    if not agrees:
        raise FileRefusedError(f"{path.name} does not hold what its name says; export it again.")
    if suffix == ".kml" and any(word in path.read_bytes().lower() for word in _FORBIDDEN_IN_XML):
        raise FileRefusedError(
            f"{path.name} declares entities of its own, which are not read; export it again."
        )
    if suffix == ".shp":
        missing = [ending for ending in (".shx", ".dbf") if not _beside(path, ending)]
        if missing:
            raise FileRefusedError(
                f"Beside {path.name} is no {' and no '.join(missing)} file; copy all of them."
            )


def _beside(path: Path, ending: str) -> bool:
    return any(path.with_suffix(variant).is_file() for variant in (ending, ending.upper()))


def _ask_reader(
    source: Path, layer: str | None, folder: Path, memory_bytes: int | None, timeout_s: float
) -> dict[str, object]:
    request = folder / "request.json"
    wanted = {"path": str(source.resolve()), "layer": layer}
    if memory_bytes is not None:
        wanted["memory_bytes"] = str(memory_bytes)
    request.write_text(json.dumps(wanted), encoding="utf-8")
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "geo.layer_reader", str(request), str(folder / "result")],
            env=_reader_environment(),
            capture_output=True,
            timeout=timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        raise FileRefusedError(
            f"{source.name} took longer than {timeout_s:.0f} s to read; split it."
        ) from late
    result = folder / "result.json"
    if ended.returncode != 0 or not result.is_file():
        raise FileRefusedError(
            f"{source.name} broke the reader (status {ended.returncode}); export it again."
        )
    answer: dict[str, object] = json.loads(result.read_text(encoding="utf-8"))
    if "refused" in answer:
        raise FileRefusedError(str(answer["refused"]))
    return answer


def _reader_environment() -> dict[str, str]:
    """No driver but those we name, no network, one thread, and our package on the path."""
    unwanted = ",".join(sorted(set(pyogrio.list_drivers()) - _DRIVERS))
    return {
        "PATH": os.environ.get("PATH", ""),
        "LANG": "C.UTF-8",
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).resolve().parent.parent), *filter(None, sys.path)]),
        "GDAL_SKIP": unwanted,
        "OGR_SKIP": unwanted,
        "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "{none}",
        "OPENBLAS_NUM_THREADS": "1",
    }


def _frame(answer: dict[str, object], blobs: bytes) -> gpd.GeoDataFrame:
    sizes, columns = answer["sizes"], answer["columns"]
    assert isinstance(sizes, list)
    assert isinstance(columns, list)
    ends = np.cumsum([0, *sizes]).tolist()
    wkb = [blobs[a:b] or None for a, b in pairwise(ends)]
    data = {column["name"]: pd.Series(column["values"], dtype=object) for column in columns}
    shapes = shapely.from_wkb(np.array(wkb, dtype=object), on_invalid="ignore")
    frame = pd.DataFrame(data, index=range(len(wkb)))
    return gpd.GeoDataFrame(frame.infer_objects(), geometry=shapely.force_2d(shapes), crs=answer["crs"])


def write_layer(frame: gpd.GeoDataFrame, path: Path, layer: str | None = None) -> list[str]:
    """Writes a layer as the suffix says (.gpkg, .geojson, .shp, .csv); returns what could not be held.

    GeoPackage and GeoJSON hold everything; a GeoPackage may gather several layers in one file.
    """
    suffix = path.suffix.lower()
    path.parent.mkdir(parents=True, exist_ok=True)
    if suffix == ".csv":
        return _write_csv(frame, path)
    if suffix not in _WRITERS:
        raise FileRefusedError(
            f"{path.name} has no format that is written: .gpkg, .geojson, .shp and .csv are."
        )
    lost: list[str] = []
    options: dict[str, object] = {}
    if suffix == ".shp":
        frame, lost = _for_shapefile(frame)
        options["ENCODING"] = "UTF-8"
    if suffix == ".geojson":
        options["COORDINATE_PRECISION"] = 15
        path.unlink(missing_ok=True)
    name = layer or path.stem
    pyogrio.write_dataframe(frame, path, layer=name, driver=_WRITERS[suffix], **options)
    return lost


def write_plain_layer(frame: pd.DataFrame, path: Path, layer: str) -> list[str]:
    """Writes a table without shapes as a layer of a GeoPackage, the one format that holds such."""
    if path.suffix.lower() != ".gpkg":
        raise FileRefusedError(f"{layer} have no shapes: write them as .csv, .xlsx or .gpkg.")
    path.parent.mkdir(parents=True, exist_ok=True)
    pyogrio.write_dataframe(frame, path, layer=layer, driver="GPKG")
    return []


def _write_csv(frame: gpd.GeoDataFrame, path: Path) -> list[str]:
    plain = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    shapes = frame.geometry
    lost = []
    if (shapes.geom_type == "Point").all():
        plain["lon"], plain["lat"] = shapes.x, shapes.y
    else:
        middle = shapely.point_on_surface(shapes.to_numpy())
        plain["lon"], plain["lat"] = np.round(shapely.get_x(middle), 7), np.round(shapely.get_y(middle), 7)
        lost.append("A CSV file holds no shapes: lon and lat are a point inside each.")
    lost.append("A CSV file holds no types: codes lose leading zeros in programs that read them as numbers.")
    plain.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\r\n")
    return lost


def _for_shapefile(frame: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, list[str]]:
    """The table with names and texts that a DBF file can hold, and a sentence for each that it cannot."""
    lost: list[str] = []
    renamed: dict[str, str] = {}
    geometry = frame.geometry.name
    for column in frame.columns.drop(geometry):
        short = str(column).encode()[:_DBF_NAME_BYTES].decode(errors="ignore")
        number = 1
        while short in renamed.values():
            short = f"{short[:8]}_{number}"
            number += 1
        renamed[column] = short
        if short != column:
            lost.append(f"The column {column} is called {short}: a Shapefile's names have 10 bytes.")
        texts = frame[column].dropna().map(lambda value: len(str(value).encode()))
        if len(texts) and texts.max() > _DBF_TEXT_BYTES:
            lost.append(f"Texts of the column {column} are cut at 254 bytes.")
        if frame[column].map(lambda value: isinstance(value, bool)).any():
            lost.append(f"The column {column} holds 1 and 0: a Shapefile knows no yes and no here.")
    plain = frame.rename(columns=renamed)
    for column in plain.columns.drop(geometry):
        if plain[column].map(lambda value: isinstance(value, bool)).any():
            plain[column] = plain[column].astype("Int32")
    if frame[frame.columns.drop(geometry)].isna().any().any():
        lost.append("Empty values may come back as empty text or 0.")
    return plain, lost
