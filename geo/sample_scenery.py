"""Water, green, railway and the station of the sample district, in metres."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString, MultiPolygon, Polygon
from shapely.affinity import rotate
from shapely.ops import substring

from geo.sample_blocks import Quarter, lake_of
from geo.sample_buildings import Use
from geo.sample_city import City
from geo.sample_names import Name, NameBook

_FIELDS_M = 150.0


@dataclass(frozen=True, slots=True)
class Scenery:
    """One thing to draw: what it is, its name if it has one, its shape in metres."""

    kind: str
    name: Name | None
    shape: Polygon | MultiPolygon | LineString


def water(city: City, names: NameBook) -> list[Scenery]:
    """River, creek, the reservoir in the hills and the lakes in the parks."""
    layout = city.layout
    _, south, _, north = layout.outline.bounds
    dammed = layout.creek.intersection(shapely.box(6350, south, 6950, north))
    reservoir = dammed.buffer(75).simplify(4.0)
    found = [
        Scenery("river", layout.river_name, layout.river.simplify(0.5)),
        Scenery("creek", layout.creek_name, layout.creek.difference(reservoir).simplify(0.5)),
        Scenery("reservoir", names.stem().plus("水库", "Reservoir"), reservoir),
    ]
    return found + [Scenery("lake", names.stem().plus("湖", "Lake"), lake_of(park)) for park in parks(city)]


def parks(city: City) -> list[Polygon]:
    """The ground of each park."""
    chosen = [city.plane.faces[face] for face, quarter in enumerate(city.quarters) if quarter is Quarter.PARK]
    ground = shapely.union_all([face.buffer(0.01, join_style="mitre") for face in chosen])
    return [part for part in shapely.get_parts(ground) if part.area > 50_000]


def green(city: City, names: NameBook) -> list[Scenery]:
    """Parks, riverside, gardens, fields and the forest of the hills."""
    wet = shapely.union_all([city.layout.river, city.layout.creek])
    found = [
        Scenery("park", names.stem().plus("公园", "Park"), park.buffer(-14, join_style="mitre").simplify(1.0))
        for park in parks(city)
    ]
    shore = _ground(city, lambda quarter, use: quarter is Quarter.SHORE).difference(wet.buffer(3.0))
    found += [Scenery("riverside", None, part) for part in _large_parts(shore, 1500.0)]
    gardens = _ground(
        city, lambda quarter, use: use is Use.GREEN and quarter not in (Quarter.SHORE, Quarter.PARK)
    )
    found += [Scenery("garden", None, part) for part in _large_parts(gardens, 2500.0)]
    fields = _ground(city, lambda quarter, use: use is Use.FARMLAND)
    found += [Scenery("farmland", None, part) for part in _large_parts(fields, 5000.0)]
    return found + _hills(city, wet)


def _hills(city: City, wet: shapely.Geometry) -> list[Scenery]:
    villages = [village.ground for village in city.villages]
    fields = shapely.union_all(
        [ground.buffer(_FIELDS_M * (0.7 + 0.1 * (n % 5))) for n, ground in enumerate(villages)]
    )
    hills = _ground(city, lambda quarter, use: quarter is Quarter.HILLS).difference(wet.buffer(25.0))
    around = fields.difference(shapely.union_all(villages)).intersection(hills)
    forest = hills.difference(fields.buffer(-20.0))
    return [
        *(Scenery("farmland", None, part) for part in _large_parts(around, 5000.0)),
        *(Scenery("forest", None, part) for part in _large_parts(forest, 20000.0)),
    ]


def _ground(city: City, fits: Callable[[Quarter, Use], bool]) -> Polygon | MultiPolygon:
    chosen = [
        face
        for face, quarter, use in zip(city.plane.faces, city.quarters, city.uses, strict=True)
        if fits(quarter, use)
    ]
    return shapely.union_all(chosen).buffer(-7.0, join_style="mitre")


def _large_parts(shape: shapely.Geometry, least_m2: float) -> list[Polygon]:
    return [part.simplify(1.5) for part in shapely.get_parts(shape) if part.area > least_m2]


def rail(city: City) -> list[Scenery]:
    """The main line and the sidings at the station."""
    line = shapely.intersection(city.layout.rail, city.layout.outline)
    middle = line.project(shapely.Point(1400, -150))
    yard = substring(line, middle - 520, middle + 520)
    tracks = [yard.offset_curve(offset).simplify(0.3) for offset in (-10.0, -5.0, 5.0, 10.0)]
    return [
        Scenery("rail", city.layout.rail_name, line),
        *(Scenery("siding", None, track) for track in tracks),
    ]


def station_building(city: City) -> Polygon:
    """The hall of the railway station, west of the tracks."""
    line = city.layout.rail
    middle = line.project(shapely.Point(1400, -150))
    a, b = line.interpolate(middle - 20), line.interpolate(middle + 20)
    heading = float(np.degrees(np.arctan2(b.y - a.y, b.x - a.x)))
    hall = shapely.box(a.x - 95, a.y - 21, a.x + 95, a.y + 21)
    across = np.radians(heading + 90.0)
    shifted = shapely.transform(hall, lambda xy: xy + 52.0 * np.array([np.cos(across), np.sin(across)]))
    turned: Polygon = rotate(shifted, heading, origin=shifted.centroid)
    return turned
