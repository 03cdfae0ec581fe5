"""Places on the earth, the metric plane around one, and how Chinese map services shift them.

Everything inside Yilu is WGS 84 longitude/latitude in degrees. Official Chinese boundaries are
CGCS2000, which equals WGS 84 within centimetres. Map services publish GCJ-02 (AMap, Tencent: 50 to
700 m off) or BD-09 (Baidu); neither is a projection, so neither has an EPSG code.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple, TypeVar, overload

import numpy as np
import pyproj
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely.geometry.base import BaseGeometry

FloatArray = NDArray[np.float64]
_Pair = tuple[FloatArray, FloatArray]
_Geometry = TypeVar("_Geometry", bound=BaseGeometry)

WGS84 = "EPSG:4326"
CGCS2000 = "EPSG:4490"

_EARTH_AXIS_M = 6378245.0
"""Semi-major axis of the Krasovsky ellipsoid, which GCJ-02 measures its offset on."""
_EARTH_ECCENTRICITY = 0.00669342162296594323
_WGS84_AXIS_M = 6378137.0
_WGS84_ECCENTRICITY = 0.00669437999014
_CHINA = (72.004, 0.8293, 137.8347, 55.8271)
"""West, south, east, north: outside this box map services do not shift."""
_INVERSE_ROUNDS = 8
"""Each round divides the error by about a thousand; two reach a centimetre, eight the last bit."""


class LonLat(NamedTuple):
    """A place in WGS 84 degrees, longitude first."""

    lon: float
    lat: float


class Datum(StrEnum):
    """What a longitude and latitude in China may be measured in."""

    WGS84 = "wgs84"
    CGCS2000 = "cgcs2000"
    GCJ02 = "gcj02"
    BD09 = "bd09"


@dataclass(frozen=True, slots=True)
class MetricPlane:
    """A flat plane in metres that touches the earth at one place: east is x, north is y.

    A transverse Mercator projection of WGS 84 with its origin at the place: within 50 km of it a
    length is right to 0.01%, which is what distances, widths and areas of a district need.
    """

    centre: LonLat
    _forward: pyproj.Transformer = field(init=False, repr=False, compare=False)
    _inverse: pyproj.Transformer = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        plane = pyproj.CRS.from_proj4(
            f"+proj=tmerc +lat_0={self.centre.lat!r} +lon_0={self.centre.lon!r} +k=1 +datum=WGS84 +units=m"
        )
        degrees = pyproj.CRS.from_user_input(WGS84)
        forward = pyproj.Transformer.from_crs(degrees, plane, always_xy=True)
        inverse = pyproj.Transformer.from_crs(plane, degrees, always_xy=True)
        object.__setattr__(self, "_forward", forward)
        object.__setattr__(self, "_inverse", inverse)

    @classmethod
    def around(cls, place: LonLat) -> "MetricPlane":
        """The plane whose origin is the place."""
        return cls(LonLat(float(place.lon), float(place.lat)))

    @classmethod
    def over(cls, shapes: BaseGeometry | NDArray[np.object_]) -> "MetricPlane":
        """The plane that touches the earth in the middle of the shapes' bounds (WGS 84 degrees)."""
        west, south, east, north = shapely.total_bounds(shapes)
        return cls.around(LonLat((west + east) / 2, (south + north) / 2))

    @overload
    def to_metres(self, lon: float, lat: float) -> tuple[float, float]: ...
    @overload
    def to_metres(self, lon: FloatArray, lat: FloatArray) -> _Pair: ...
    def to_metres(self, lon: float | FloatArray, lat: float | FloatArray) -> tuple[float, float] | _Pair:
        """Degrees to metres east and north of the origin; floats or arrays."""
        east, north = self._forward.transform(lon, lat)
        return east, north

    @overload
    def to_degrees(self, x: float, y: float) -> tuple[float, float]: ...
    @overload
    def to_degrees(self, x: FloatArray, y: FloatArray) -> _Pair: ...
    def to_degrees(self, x: float | FloatArray, y: float | FloatArray) -> tuple[float, float] | _Pair:
        """Metres east and north of the origin to degrees; floats or arrays."""
        lon, lat = self._inverse.transform(x, y)
        return lon, lat

    def shape_to_metres(self, shape: _Geometry) -> _Geometry:
        """The shape (WGS 84 degrees) on the plane, vertex by vertex."""
        return _each_vertex(shape, self._forward.transform)

    def shape_to_degrees(self, shape: _Geometry) -> _Geometry:
        """The shape (metres on the plane) in WGS 84 degrees, vertex by vertex."""
        return _each_vertex(shape, self._inverse.transform)


@dataclass(frozen=True, slots=True)
class AffinePlane:
    """Degrees stretched to metres at one latitude, and by nothing else: straight lines stay straight.

    A projection bends the long edge of one area away from the vertices that its neighbours have on it;
    comparing shapes needs a plane that does not. Within a tenth of a degree of latitude an area is right
    to 0.2%.
    """

    lat: float

    @classmethod
    def over(cls, shapes: BaseGeometry | NDArray[np.object_]) -> "AffinePlane":
        """The plane that is true at the middle latitude of the shapes (WGS 84 degrees)."""
        _, south, _, north = shapely.total_bounds(shapes)
        return cls(float(south + north) / 2)

    @property
    def _stretch(self) -> FloatArray:
        """Metres per degree of longitude and of latitude on the ellipsoid of WGS 84."""
        bulge = 1.0 - _WGS84_ECCENTRICITY * np.sin(np.radians(self.lat)) ** 2
        across = _WGS84_AXIS_M / np.sqrt(bulge) * np.cos(np.radians(self.lat))
        along = _WGS84_AXIS_M * (1.0 - _WGS84_ECCENTRICITY) / bulge**1.5
        return np.radians(np.array([across, along], dtype=np.float64))

    def shape_to_metres(self, shape: _Geometry) -> _Geometry:
        """The shape (WGS 84 degrees) on the plane."""
        stretch = self._stretch
        moved: _Geometry = shapely.transform(shape, lambda points: points * stretch)
        return moved

    def shape_to_degrees(self, shape: _Geometry) -> _Geometry:
        """The shape (metres on the plane) in WGS 84 degrees."""
        stretch = self._stretch
        moved: _Geometry = shapely.transform(shape, lambda points: points / stretch)
        return moved


def _each_vertex(shape: _Geometry, move: Callable[[FloatArray, FloatArray], _Pair]) -> _Geometry:
    moved: _Geometry = shapely.transform(shape, move, interleaved=False)
    return moved


def _offset_in_china(lon: FloatArray, lat: FloatArray) -> _Pair:
    """The degrees by which GCJ-02 lies east and north of WGS 84."""
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    shared = (20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + shared
    north += (20.0 * np.sin(y * np.pi) + 40.0 * np.sin(y / 3.0 * np.pi)) * 2.0 / 3.0
    north += (160.0 * np.sin(y / 12.0 * np.pi) + 320.0 * np.sin(y * np.pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + shared
    east += (20.0 * np.sin(x * np.pi) + 40.0 * np.sin(x / 3.0 * np.pi)) * 2.0 / 3.0
    east += (150.0 * np.sin(x / 12.0 * np.pi) + 300.0 * np.sin(x / 30.0 * np.pi)) * 2.0 / 3.0
    radians = np.radians(lat)
    bulge = 1.0 - _EARTH_ECCENTRICITY * np.sin(radians) ** 2
    metres_per_lat = _EARTH_AXIS_M * (1.0 - _EARTH_ECCENTRICITY) / (bulge * np.sqrt(bulge)) * np.pi / 180.0
    metres_per_lon = _EARTH_AXIS_M / np.sqrt(bulge) * np.cos(radians) * np.pi / 180.0
    west_edge, south_edge, east_edge, north_edge = _CHINA
    shifted = (lon >= west_edge) & (lon <= east_edge) & (lat >= south_edge) & (lat <= north_edge)
    return np.where(shifted, east / metres_per_lon, 0.0), np.where(shifted, north / metres_per_lat, 0.0)


def _wgs84_to_gcj02(lon: FloatArray, lat: FloatArray) -> _Pair:
    east, north = _offset_in_china(lon, lat)
    return lon + east, lat + north


def _gcj02_to_bd09(lon: FloatArray, lat: FloatArray) -> _Pair:
    ripple = np.pi * 3000.0 / 180.0
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * ripple)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * ripple)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def _wgs84_to_bd09(lon: FloatArray, lat: FloatArray) -> _Pair:
    return _gcj02_to_bd09(*_wgs84_to_gcj02(lon, lat))


def _unshifted(shift: Callable[[FloatArray, FloatArray], _Pair], lon: FloatArray, lat: FloatArray) -> _Pair:
    """The place that `shift` moves to (lon, lat), by fixed-point iteration."""
    true_lon, true_lat = lon, lat
    for _ in range(_INVERSE_ROUNDS):
        shifted_lon, shifted_lat = shift(true_lon, true_lat)
        true_lon, true_lat = true_lon + (lon - shifted_lon), true_lat + (lat - shifted_lat)
    return true_lon, true_lat


def _in_kind(result: _Pair, lon: float | ArrayLike) -> tuple[float, float] | _Pair:
    """Floats for floats, arrays for arrays."""
    return (float(result[0]), float(result[1])) if np.ndim(lon) == 0 else result


def _arrays(lon: float | ArrayLike, lat: float | ArrayLike) -> _Pair:
    return np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)


@overload
def wgs84_to_gcj02(lon: float, lat: float) -> tuple[float, float]: ...
@overload
def wgs84_to_gcj02(lon: FloatArray, lat: FloatArray) -> _Pair: ...
def wgs84_to_gcj02(lon: float | FloatArray, lat: float | FloatArray) -> tuple[float, float] | _Pair:
    """WGS 84 degrees as AMap and Tencent publish them; outside China unchanged."""
    return _in_kind(_wgs84_to_gcj02(*_arrays(lon, lat)), lon)


@overload
def gcj02_to_wgs84(lon: float, lat: float) -> tuple[float, float]: ...
@overload
def gcj02_to_wgs84(lon: FloatArray, lat: FloatArray) -> _Pair: ...
def gcj02_to_wgs84(lon: float | FloatArray, lat: float | FloatArray) -> tuple[float, float] | _Pair:
    """Degrees published by AMap or Tencent back to WGS 84, exact to a millimetre."""
    return _in_kind(_unshifted(_wgs84_to_gcj02, *_arrays(lon, lat)), lon)


@overload
def wgs84_to_bd09(lon: float, lat: float) -> tuple[float, float]: ...
@overload
def wgs84_to_bd09(lon: FloatArray, lat: FloatArray) -> _Pair: ...
def wgs84_to_bd09(lon: float | FloatArray, lat: float | FloatArray) -> tuple[float, float] | _Pair:
    """WGS 84 degrees as Baidu publishes them."""
    return _in_kind(_wgs84_to_bd09(*_arrays(lon, lat)), lon)


@overload
def bd09_to_wgs84(lon: float, lat: float) -> tuple[float, float]: ...
@overload
def bd09_to_wgs84(lon: FloatArray, lat: FloatArray) -> _Pair: ...
def bd09_to_wgs84(lon: float | FloatArray, lat: float | FloatArray) -> tuple[float, float] | _Pair:
    """Degrees published by Baidu back to WGS 84, exact to a millimetre."""
    return _in_kind(_unshifted(_wgs84_to_bd09, *_arrays(lon, lat)), lon)


def to_wgs84(lon: FloatArray, lat: FloatArray, datum: Datum) -> _Pair:
    """Degrees of any of the four datums in WGS 84; CGCS2000 differs by centimetres and stays as it is."""
    match datum:
        case Datum.GCJ02:
            return gcj02_to_wgs84(lon, lat)
        case Datum.BD09:
            return bd09_to_wgs84(lon, lat)
        case Datum.WGS84 | Datum.CGCS2000:
            return lon, lat


def from_wgs84(lon: FloatArray, lat: FloatArray, datum: Datum) -> _Pair:
    """WGS 84 degrees in any of the four datums."""
    match datum:
        case Datum.GCJ02:
            return wgs84_to_gcj02(lon, lat)
        case Datum.BD09:
            return wgs84_to_bd09(lon, lat)
        case Datum.WGS84 | Datum.CGCS2000:
            return lon, lat


def shape_to_wgs84(shape: _Geometry, datum: Datum) -> _Geometry:
    """The shape, given in a datum's degrees, in WGS 84 degrees."""
    return _each_vertex(shape, lambda lon, lat: to_wgs84(lon, lat, datum))


def shape_from_wgs84(shape: _Geometry, datum: Datum) -> _Geometry:
    """The shape, given in WGS 84 degrees, in a datum's degrees."""
    return _each_vertex(shape, lambda lon, lat: from_wgs84(lon, lat, datum))


def looks_swapped(lon: float, lat: float) -> bool:
    """Whether a pair can only be meant as (latitude, longitude): it lies in China when turned round."""
    west, south, east, north = _CHINA
    as_given = west <= lon <= east and south <= lat <= north
    turned = west <= lat <= east and south <= lon <= north
    return turned and not as_given
