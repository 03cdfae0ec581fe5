"""Reads one layer with GDAL in a process of its own; run as `python -m geo.layer_reader REQUEST RESULT`.

The parent keeps nothing that this process could harm: it gets back plain JSON and WKB, and a limit on
memory, processor time and file size makes a file that was built to exhaust them fail here.
"""

import json
import resource
import sys
from collections.abc import Mapping
from pathlib import Path

MEMORY_BYTES = 4 << 30
CPU_SECONDS = 120
_RESULT_BYTES = 2 << 30
_FOR_FRAMES = ("geopandas", "pandas", "pyarrow", "shapely")
"""What pyogrio loads where it finds it: no use to bytes and arrays, and longer than reading most layers."""


def main(request: Path, result: Path) -> None:
    """Reads what the request names and writes `result`.json and `result`.wkb."""
    wanted = json.loads(request.read_text(encoding="utf-8"))
    _limit(wanted)
    try:
        answer = _read(Path(wanted["path"]), wanted.get("layer"), result)
    except MemoryError:
        answer = {"refused": "The layer needs more memory than one import may take; split it."}
    except Exception as failure:  # noqa: BLE001 - whatever GDAL says is handed to the person as it is
        said = str(failure).strip().splitlines() or [repr(failure)]
        answer = {"refused": f"The file cannot be read: {said[0]}"}
    result.with_suffix(".json").write_text(json.dumps(answer, ensure_ascii=False), encoding="utf-8")


def _limit(wanted: Mapping[str, int]) -> None:
    for what, most in (
        (resource.RLIMIT_AS, int(wanted.get("memory_bytes", MEMORY_BYTES))),
        (resource.RLIMIT_CPU, int(wanted.get("cpu_seconds", CPU_SECONDS))),
        (resource.RLIMIT_FSIZE, _RESULT_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def _read(path: Path, layer: str | None, result: Path) -> dict[str, object]:
    for name in _FOR_FRAMES:
        sys.modules[name] = None  # type: ignore[assignment]  # as if it were not installed
    import pyogrio.raw  # only now that the limits hold

    layers = [str(name) for name in pyogrio.list_layers(path)[:, 0]]
    if not layers:
        return {"refused": "The file holds no layer."}
    if layer is None and len(layers) > 1:
        return {
            "refused": f"The file holds several layers: name one of {', '.join(layers)}.",
            "layers": layers,
        }
    if layer is not None and layer not in layers:
        return {"refused": f"The file has no layer {layer!r}, but {', '.join(layers)}."}
    meta, _, geometry, fields = pyogrio.raw.read(path, layer=layer or layers[0])
    count = len(fields[0]) if fields else 0
    shapes = [None] * count if geometry is None else geometry  # a table may have no shapes at all
    blobs = [b"" if shape is None else bytes(shape) for shape in shapes]
    with result.with_suffix(".wkb").open("wb") as sink:
        sink.writelines(blobs)
    columns = [
        {"name": str(name), "type": str(kind), "values": [_plain(value) for value in values.tolist()]}
        for name, kind, values in zip(meta["fields"], meta["dtypes"], fields, strict=True)
    ]
    return {"crs": meta["crs"], "sizes": [len(blob) for blob in blobs], "columns": columns}


def _plain(value: object) -> object:
    if value is None or value != value:
        return None
    if isinstance(value, bool | int | float | str):
        return value
    return str(value)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
