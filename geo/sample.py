"""The seeded sample district: made by a generator, kept as files, loaded in a second; all invented."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np

from geo import sample_layers as layers
from geo.area_codes import Level
from geo.areas import Area, Territory
from geo.sample_city import found_city
from geo.sample_division import DISTRICT, divide
from geo.sample_files import read_areas, read_layer, read_streets, write_areas, write_layer, write_streets
from geo.sample_names import NameBook
from geo.sample_places import centres, estates, patrolled_streets, stations
from geo.sample_scenery import green, rail, water
from geo.streets import Street

SAMPLE_DISTRICT_CODE = str(DISTRICT)
SEED = 7
FOLDER = Path(__file__).resolve().parent.parent / "data" / "boundaries"
"""Where a checkout keeps the files; an installed wheel hands its own folder to `load`."""
_DRAWN: dict[str, object] = {"id": 0, "kind": None, "name": None, "name_en": None}
TABLES: dict[str, dict[str, object]] = {
    "roads": {
        "id": 0,
        "u": 0,
        "v": 0,
        "class": None,
        "name": None,
        "name_en": None,
        "oneway": False,
        "bridge": False,
        "tunnel": False,
        "lanes": 1,
        "maxspeed": 0,
    },
    "centres": {
        "id": None,
        "name": None,
        "name_en": None,
        "kind": None,
        "tier": None,
        "community": None,
        "floor_area_m2": 0,
        "capacity": 0,
        "opening_hours": None,
        "by_appointment": False,
        "opens_on": None,
        "closes_on": None,
    },
    "estates": {
        "id": None,
        "name": None,
        "name_en": None,
        "community": None,
        "kind": None,
        "households": 0,
        "buildings": 0,
        "built": 0,
    },
    "water": _DRAWN,
    "rail": _DRAWN,
    "green": _DRAWN,
    "buildings": {"use": None, "floors": 0, "households": 0, "grid": None},
}
"""Columns of each table, with the value that a file leaves out."""
_DECIMALS = {"roads": layers.NETWORK_DECIMALS}


@dataclass(frozen=True, slots=True)
class SampleDistrict:
    """All of the sample district, in WGS 84 degrees.

    Columns of the tables:
    roads: id, u, v (end nodes), class (words of OpenStreetMap), name, name_en, oneway (from u to v),
    bridge, tunnel, lanes, maxspeed (km/h).
    centres: id, name, name_en, kind (community_centre, station, temporary_station), tier (1, 6, N,
    station), community, floor_area_m2, capacity (visits a day), opening_hours (OpenStreetMap's
    notation), by_appointment, opens_on, closes_on (dates of temporary ones).
    estates: id, name, name_en, community, kind, households, buildings, built (year).
    buildings: use, floors, households, grid. water, rail, green: id, kind, name, name_en.
    """

    areas: Sequence[Area]
    streets: Sequence[Street]
    roads: gpd.GeoDataFrame
    centres: gpd.GeoDataFrame
    estates: gpd.GeoDataFrame
    water: gpd.GeoDataFrame
    rail: gpd.GeoDataFrame
    green: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame

    def territory(self, version: int = 1) -> Territory:
        """The areas and streets, ready to locate points."""
        return Territory(version, self.areas, self.streets)


def generate(seed: int = SEED) -> SampleDistrict:
    """The district that a seed stands for (about ten seconds)."""
    rng = np.random.default_rng(seed)
    names = NameBook(rng)
    city = found_city(rng, names)
    division = divide(city, rng, names)
    return SampleDistrict(
        areas=layers.areas(city, division),
        streets=layers.streets(patrolled_streets(city, division, rng)),
        roads=layers.roads(city),
        centres=layers.centres([*centres(city, division, rng), *stations(city, division, rng)]),
        estates=layers.estates(estates(city, division, rng, names)),
        water=layers.scenery(water(city, names)),
        rail=layers.scenery(rail(city)),
        green=layers.scenery(green(city, names)),
        buildings=layers.buildings(city, division),
    )


def write(folder: Path = FOLDER, district: SampleDistrict | None = None) -> None:
    """Writes the district (the seeded one unless another is given) as GeoJSON files, one layer each."""
    district = district or generate()
    folder.mkdir(parents=True, exist_ok=True)
    for level in Level:
        chosen = [area for area in district.areas if area.level is level]
        write_areas(folder / f"{level}.geojson", chosen)
    write_streets(folder, district.streets)
    for table in TABLES:
        decimals = _DECIMALS.get(table, layers.DRAWN_DECIMALS)
        write_layer(folder / f"{table}.geojson", getattr(district, table), decimals)


def load(folder: Path | None = None, progress: Callable[[str], None] | None = None) -> SampleDistrict:
    """The district from its files; `progress` is told the name of each layer as it is read."""
    folder = folder or FOLDER
    told = progress or (lambda layer: None)
    areas: list[Area] = []
    for level in Level:
        told(level.value)
        areas += read_areas(folder / f"{level}.geojson")
    told("streets")
    streets = read_streets(folder)
    tables = {}
    for table, columns in TABLES.items():
        told(table)
        tables[table] = read_layer(folder / f"{table}.geojson", columns)
    return SampleDistrict(areas=areas, streets=streets, **tables)
