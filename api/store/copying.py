"""Many rows at once: COPY in PostgreSQL's binary form, geometries as they are in memory."""

from collections.abc import Iterable, Sequence
from typing import Any

import asyncpg
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from api.store.database import SRID
from api.store.rows import Row


async def copy_rows(
    driver: asyncpg.Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Append `rows` to `table`; a shapely geometry (WGS 84 degrees) may stand wherever the column is one.

    So may its bytes: where there are many, `points_as_stored` makes them all at once.
    """
    schema: str = await driver.fetchval(
        "SELECT n.nspname FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace "
        "WHERE t.oid = 'geometry'::regtype"
    )
    await driver.set_type_codec(
        "geometry", schema=schema, encoder=_to_ewkb, decoder=shapely.from_wkb, format="binary"
    )
    try:
        async with driver.transaction():  # a savepoint: after a failure the codec can still be taken back
            await driver.copy_records_to_table(table, records=rows, columns=columns)
    finally:
        await driver.reset_type_codec("geometry", schema=schema)


def shapes_of(rows: Sequence[Row], column: str) -> NDArray[np.object_]:
    """Return the geometries of a column that was selected by `ST_AsBinary`."""
    shapes: NDArray[np.object_] = shapely.from_wkb(np.array([row[column] for row in rows], dtype=object))
    return shapes


def points_as_stored(lon: Sequence[float], lat: Sequence[float]) -> list[bytes]:
    """Points (WGS 84 degrees) as `copy_rows` takes them; a few times as fast as one after the other."""
    points = shapely.set_srid(shapely.points(lon, lat), SRID)
    encoded: list[bytes] = shapely.to_wkb(points, include_srid=True).tolist()
    return encoded


def _to_ewkb(shape: BaseGeometry | bytes) -> bytes:
    if isinstance(shape, bytes):
        return shape
    encoded: bytes = shapely.to_wkb(shapely.set_srid(shape, SRID), include_srid=True)
    return encoded
