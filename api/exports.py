"""What the store holds, written back as it came in: every layer, every table."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from api.store.read_back import (
    Listed,
    list_all_people,
    list_all_rosters,
    list_all_task_forces,
    list_centres,
    list_estates,
    read_base,
)
from api.store.roads import read_roads
from api.store.territory import list_areas, list_streets
from api.store.versions import newest_versions
from geo.area_codes import Level
from geo.boundaries import areas_frame
from geo.layer_files import write_layer
from geo.table_kinds import TableKind
from geo.tables import Record, write_table

BASE_KINDS = {"water": "water", "rail": "rail", "green": "green", "buildings": "building"}
"""Layers of the base map, and what the store calls them."""
LAYERS = (*(level.value for level in Level), "roads", *BASE_KINDS)
TABLES = tuple(kind.value for kind in TableKind)
_SHEET_ONLY = frozenset({TableKind.TASK_FORCES, TableKind.ROSTERS})


class NothingToExportError(Exception):
    """The store holds nothing of what was asked for."""


@dataclass(frozen=True, slots=True)
class Written:
    """One thing that was written: how many rows, where, and what the format could not hold."""

    what: str
    rows: int
    path: Path
    lost: list[str]


async def write_out(
    driver: asyncpg.Connection, district: str, what: str, path: Path, version: int | None = None
) -> Written:
    """Write one layer or table to a file whose suffix says the format; `version` is one of the boundaries."""
    if what in TABLES:
        return await _write_table(driver, district, TableKind(what), path)
    newest = await newest_versions(driver, district)
    if what in BASE_KINDS:
        frame = await read_base(driver, district, BASE_KINDS[what])
    elif what == "roads":
        frame = await read_roads(driver, district, newest.roads)
    else:
        areas = await list_areas(driver, district, newest.boundaries if version is None else version)
        frame = areas_frame(area for area in areas if area.level == what)
    if frame.empty:
        raise NothingToExportError(f"District {district} has no {what}.")
    return Written(what, len(frame), path, write_layer(frame, path, what))


async def _write_table(driver: asyncpg.Connection, district: str, kind: TableKind, path: Path) -> Written:
    reader = _READERS[kind]
    records, shapes = await reader(driver, district)
    if not records:
        raise NothingToExportError(f"District {district} has no {kind.value}.")
    return Written(kind.value, len(records), path, write_table(kind, records, shapes, path))


async def _streets(driver: asyncpg.Connection, district: str) -> Listed:
    newest = await newest_versions(driver, district)
    streets = await list_streets(driver, district, newest.streets)
    records: list[Record] = [
        {
            "id": street.id,
            "name": street.name,
            "name_en": street.name_en,
            "subdistrict": street.subdistrict,
            "width_m": street.width_m,
            "polygon": street.shape.wkt,
        }
        for street in streets
    ]
    return records, [street.centreline for street in streets]


_READERS: Mapping[TableKind, Callable[[asyncpg.Connection, str], Awaitable[Listed]]] = {
    TableKind.STREETS: _streets,
    TableKind.PEOPLE: list_all_people,
    TableKind.TASK_FORCES: list_all_task_forces,
    TableKind.ROSTERS: list_all_rosters,
    TableKind.CENTRES: list_centres,
    TableKind.ESTATES: list_estates,
}


def path_in(folder: Path, what: str, suffix: str) -> Path:
    """Where one thing goes when everything is written: what has no shapes goes into a sheet."""
    sheet = what in TABLES and TableKind(what) in _SHEET_ONLY
    return folder / f"{what}{'.csv' if sheet else suffix}"
