"""Vector tiles read back by GDAL."""

from pathlib import Path

import geopandas as gpd
import httpx
import pyogrio


def read_tile(answer: httpx.Response, folder: Path) -> gpd.GeoDataFrame:
    """Decode a tile; geometry is in tile units."""
    path = folder / "tile.mvt"
    path.write_bytes(answer.content)
    layer = str(pyogrio.list_layers(path)[0][0])
    frame = gpd.read_file(path, layer=layer)
    frame.attrs["layer"] = layer
    return frame
