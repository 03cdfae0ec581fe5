"""Tables of geopandas on their way into the store, with what to write where a table knows nothing."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import geopandas as gpd
import pandas as pd

Defaults = Mapping[str, Any]
"""Column → what to write where the table lacks the column or the value."""

_TRUE = {"true", "t", "yes", "y", "1", "是"}


def rows_of(frame: gpd.GeoDataFrame, defaults: Defaults) -> Iterator[tuple[Any, ...]]:
    """Yield the columns that `defaults` names, in its order, then the geometry: plain Python values."""
    columns = [_values(frame, name, default) for name, default in defaults.items()]
    return zip(*columns, frame.geometry.array, strict=True)


def _values(frame: gpd.GeoDataFrame, name: str, default: Any) -> Sequence[Any]:
    if name not in frame.columns:
        return [default] * len(frame)
    column = frame[name]
    known = column.notna().tolist()
    return [
        _as(value, default) if is_known else default
        for value, is_known in zip(column.tolist(), known, strict=True)
    ]


def _as(value: Any, default: Any) -> Any:
    """Give the value the default's kind: a CSV knows numbers as texts, a Shapefile truth as 0 and 1."""
    if isinstance(value, pd.Timestamp):
        return value.to_pydatetime()
    if isinstance(default, bool) and isinstance(value, str):
        return value.strip().lower() in _TRUE
    return value if default is None else type(default)(value)
