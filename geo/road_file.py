"""One file for a compiled network: a header in JSON, then arrays that are mapped into memory, not read."""

import json
import mmap
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.road_errors import RoadFileError

Arrays = dict[str, NDArray[np.generic]]
Header = dict[str, object]

_MAGIC: Final = b"YILUROAD1\n"
_ALIGNMENT: Final = 64


def write_arrays(path: Path, header: Mapping[str, object], arrays: Mapping[str, NDArray[np.generic]]) -> None:
    """Write the file beside its final place first, so that nobody ever maps half a network."""
    places, offset = {}, 0
    for name, array in arrays.items():
        places[name] = [array.dtype.str, list(array.shape), offset]
        offset += -(-array.nbytes // _ALIGNMENT) * _ALIGNMENT
    text = json.dumps({"header": dict(header), "arrays": places}, ensure_ascii=False).encode()
    start = _start_of_data(len(text))
    unfinished = path.with_name(path.name + ".part")
    with unfinished.open("wb") as file:
        file.write(_MAGIC + len(text).to_bytes(8, "little") + text)
        for name, array in arrays.items():
            file.seek(start + int(str(places[name][2])))
            file.write(np.ascontiguousarray(array).tobytes())
        file.truncate(start + offset)
    unfinished.replace(path)


def map_arrays(path: Path) -> tuple[Header, Arrays]:
    """The header and read-only arrays over the file's own pages."""
    with path.open("rb") as file:
        beginning = file.read(len(_MAGIC) + 8)
        if not beginning.startswith(_MAGIC):
            raise RoadFileError(
                f"{path.name} is not a compiled road network of this version; import the road file again."
            )
        length = int.from_bytes(beginning[len(_MAGIC) :], "little")
        content = json.loads(file.read(length))
        pages = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    start = _start_of_data(length)
    arrays: Arrays = {}
    for name, (kind, shape, offset) in content["arrays"].items():
        count = int(np.prod(shape, dtype=np.int64))
        flat = np.frombuffer(pages, np.dtype(kind), count, start + offset)
        arrays[name] = flat.reshape(shape)
    return content["header"], arrays


def _start_of_data(length: int) -> int:
    return -(-(len(_MAGIC) + 8 + length) // _ALIGNMENT) * _ALIGNMENT
