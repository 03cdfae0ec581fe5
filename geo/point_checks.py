"""Points that would make a false hotspot: no place, outside, copies, thousands on one default point."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from geo.coordinates import FloatArray, looks_swapped
from geo.observations import BoolArray, IntArray, Observations

_PLACE_DIGITS = 6
"""A tenth of a metre: two people standing together never send the same digits twice, a default does."""
_DEFAULT_AT_LEAST = 30
_DEFAULT_TIMES_OTHERS = 10.0


class Reason(StrEnum):
    """Why an observation is set apart."""

    NO_PLACE = "no place"
    OUTSIDE = "outside"
    COPY = "copy"
    DEFAULT_POINT = "default point"

    @property
    def zh(self) -> str:
        """The reason in Chinese."""
        return {
            Reason.NO_PLACE: "没有坐标",
            Reason.OUTSIDE: "在辖区之外",
            Reason.COPY: "重复上报",
            Reason.DEFAULT_POINT: "落在默认点上",
        }[self]


@dataclass(frozen=True, slots=True)
class SetApart:
    """Observations that are not drawn, and why; `index` points into the observations as given.

    `place` is the default point's longitude and latitude (WGS 84 degrees).
    """

    reason: Reason
    index: IntArray
    place: tuple[float, float] | None = None
    swapped: bool = False

    @property
    def en(self) -> str:
        """One sentence in English."""
        count = len(self.index)
        match self.reason:
            case Reason.NO_PLACE:
                return f"{count:,} without a place are not shown."
            case Reason.OUTSIDE:
                hint = " Longitude and latitude look swapped." if self.swapped else ""
                return f"{count:,} outside the district are not shown.{hint}"
            case Reason.COPY:
                return f"{count:,} copies (same place, time and category) are counted once."
            case Reason.DEFAULT_POINT:
                return f"{count:,} lie on one point ({self._place}): a default, not a hotspot; not shown."

    @property
    def zh(self) -> str:
        """One sentence in Chinese."""
        count = len(self.index)
        match self.reason:
            case Reason.NO_PLACE:
                return f"{count:,} 件没有坐标，未显示。"
            case Reason.OUTSIDE:
                hint = "经纬度可能颠倒。" if self.swapped else ""
                return f"{count:,} 件在辖区之外，未显示。{hint}"
            case Reason.COPY:
                return f"{count:,} 件为重复上报（同一地点、时间、类别），只计一次。"
            case Reason.DEFAULT_POINT:
                return f"{count:,} 件落在同一点（{self._place}）：是默认坐标，不是热点，未显示。"

    @property
    def _place(self) -> str:
        lon, lat = self.place if self.place else (float("nan"), float("nan"))
        return f"{lon:.5f}, {lat:.5f}"


@dataclass(frozen=True, slots=True)
class Checked:
    """What may be drawn, and what was set apart."""

    kept: Observations
    kept_index: IntArray
    set_apart: tuple[SetApart, ...]

    @property
    def apart_count(self) -> int:
        """How many are not drawn."""
        return sum(len(group.index) for group in self.set_apart)


def check_points(
    observations: Observations,
    district: Polygon | MultiPolygon | None = None,
    known: IntArray | None = None,
) -> Checked:
    """Set apart what would draw a hotspot where none is.

    Parameters
    ----------
    observations
        As reported.
    district
        What lies outside this shape (WGS 84 degrees) is set apart; without one, what is no
        longitude and latitude at all.
    known
        Places (as `place_keys` numbers them) that are known to be default points already.
    """
    left = np.arange(len(observations))
    apart: list[SetApart] = []

    def set_apart(reason: Reason, hit: BoolArray, **more: object) -> None:
        nonlocal left
        if hit.any():
            apart.append(SetApart(reason, left[hit], **more))  # type: ignore[arg-type]  # keywords by reason
            left = left[~hit]

    lon, lat = observations.lon, observations.lat
    set_apart(Reason.NO_PLACE, ~(np.isfinite(lon) & np.isfinite(lat)))
    outside = ~_inside(lon[left], lat[left], district)
    set_apart(Reason.OUTSIDE, outside, swapped=_mostly_swapped(lon[left][outside], lat[left][outside]))
    set_apart(Reason.COPY, _copies(observations.take(left)))
    for key in default_points(place_keys(lon[left], lat[left])) if known is None else known:
        hit = place_keys(lon[left], lat[left]) == key
        set_apart(Reason.DEFAULT_POINT, hit, place=_place_of(key))
    return Checked(observations.take(left), left, tuple(apart))


def place_keys(lon: FloatArray, lat: FloatArray) -> IntArray:
    """One number per place; places within a tenth of a metre share it."""
    scale = 10.0**_PLACE_DIGITS
    columns = np.rint((lon + 180.0) * scale).astype(np.int64)
    rows = np.rint((lat + 90.0) * scale).astype(np.int64)
    return columns * 1_000_000_000 + rows


def default_points(keys: IntArray) -> IntArray:
    """Places that hold far more observations than any place should, from `place_keys` of all of them.

    A place is taken for a default when at least 30 observations share its very digits and ten times
    as many as on 99 in 100 of the other places: where all reports are snapped to addresses, a busy
    address stays a busy address.
    """
    places, counts = np.unique(keys, return_counts=True)
    suspects = np.flatnonzero(counts >= _DEFAULT_AT_LEAST)
    if not len(suspects):
        return np.empty(0, np.int64)
    others = np.sort(counts)[: max(len(counts) - len(suspects), 0)]
    if len(suspects) > max(0.01 * len(counts), 1):
        others = np.sort(counts)[:-1]
    usual = float(np.quantile(others, 0.99)) if len(others) else 1.0
    return np.asarray(places[counts >= max(_DEFAULT_AT_LEAST, _DEFAULT_TIMES_OTHERS * usual)], np.int64)


def _place_of(key: int) -> tuple[float, float]:
    columns, rows = divmod(int(key), 1_000_000_000)
    scale = 10.0**_PLACE_DIGITS
    return columns / scale - 180.0, rows / scale - 90.0


def _inside(lon: FloatArray, lat: FloatArray, district: Polygon | MultiPolygon | None) -> BoolArray:
    on_earth = (np.abs(lon) <= 180.0) & (np.abs(lat) <= 90.0)
    if district is None or not len(lon):
        return np.asarray(on_earth, dtype=bool)
    shapely.prepare(district)
    return np.asarray(on_earth & shapely.intersects_xy(district, lon, lat), dtype=bool)


def _mostly_swapped(lon: FloatArray, lat: FloatArray) -> bool:
    if not len(lon):
        return False
    return 2 * sum(looks_swapped(float(a), float(b)) for a, b in zip(lon, lat, strict=True)) > len(lon)


def _copies(observations: Observations) -> BoolArray:
    """All but the first of those that share place, time and category; without a time none is a copy."""
    if not len(observations):
        return np.zeros(0, dtype=bool)
    _, category = np.unique(observations.category, return_inverse=True)
    place = place_keys(observations.lon, observations.lat)
    seconds = observations.at.astype("datetime64[s]").astype(np.int64)
    order = np.lexsort((np.arange(len(place)), category, seconds, place))
    same = np.ones(len(order) - 1, dtype=bool)
    for column in (place, seconds, category):
        same &= column[order][1:] == column[order][:-1]
    copies = np.zeros(len(order), dtype=bool)
    copies[order[1:]] = same
    return copies & ~np.isnat(observations.at)
