"""What was seen where and when, as columns; and the selection that a hotspot is asked for."""

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from geo.coordinates import FloatArray

if TYPE_CHECKING:
    import geopandas

BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]
TimeArray = NDArray[np.datetime64]
TextArray = NDArray[np.str_]

LOCAL_ZONE = "Asia/Shanghai"


class UnusableFrameError(ValueError):
    """A frame of points that cannot be read as observations."""


class Season(StrEnum):
    """The seasons as meteorologists count them: whole months."""

    SPRING = "spring"
    SUMMER = "summer"
    AUTUMN = "autumn"
    WINTER = "winter"

    @property
    def months(self) -> frozenset[int]:
        """January is 1."""
        first = {"spring": 3, "summer": 6, "autumn": 9, "winter": 12}[self.value]
        return frozenset((first + later - 1) % 12 + 1 for later in range(3))


@dataclass(frozen=True, slots=True)
class Observations:
    """Findings as columns of one length. Places are WGS 84 degrees, times are the district's own clock.

    A place or a time that is not known is NaN or NaT: `geo.point_checks` sets the former apart. `id` is
    what the findings are called elsewhere, or empty.
    """

    lon: FloatArray
    lat: FloatArray
    at: TimeArray
    category: TextArray
    id: TextArray = field(default_factory=lambda: np.empty(0, "U1"))

    def __post_init__(self) -> None:
        lengths = {len(self.lon), len(self.lat), len(self.at), len(self.category)}
        if len(self.id):
            lengths.add(len(self.id))
        if len(lengths) > 1:
            raise UnusableFrameError(f"The columns differ in length: {sorted(lengths)}.")

    def __len__(self) -> int:
        return len(self.lon)

    @classmethod
    def of(cls, lon: FloatArray, lat: FloatArray, at: TimeArray | None = None) -> "Observations":
        """Places alone (and times, if there are any), all of one unnamed category."""
        times = np.full(len(lon), "NaT", "datetime64[s]") if at is None else at.astype("datetime64[s]")
        return cls(
            np.asarray(lon, np.float64), np.asarray(lat, np.float64), times, np.full(len(lon), "", "U1")
        )

    @classmethod
    def from_frame(
        cls,
        frame: "geopandas.GeoDataFrame",
        at: str = "at",
        category: str = "category",
        ident: str = "id",
        zone: str = LOCAL_ZONE,
    ) -> "Observations":
        """Read points from a geopandas frame in any CRS; times with a zone become the district's own.

        Missing columns are read as unknown. Raises `UnusableFrameError` for a frame that states no
        CRS, or whose shapes are no points.
        """
        import pandas as pd  # heavy, and only this way in needs it

        if frame.crs is None:
            raise UnusableFrameError("The frame states no CRS: set one, for example with set_crs(4326).")
        points = frame.geometry.to_crs(4326)
        kinds = set(points.geom_type.dropna()) - {"Point"}
        if kinds:
            raise UnusableFrameError(f"Points are needed, but the frame holds {', '.join(sorted(kinds))}.")
        times = pd.Series(pd.NaT, index=frame.index)
        if at in frame:
            times = pd.to_datetime(frame[at], errors="coerce")
            if times.dt.tz is not None:
                times = times.dt.tz_convert(zone).dt.tz_localize(None)

        def text(column: str) -> TextArray:
            if column not in frame or not len(frame):
                return np.full(len(frame), "", "U1")
            return np.asarray(frame[column].astype("string").fillna(""), dtype=np.str_)

        return cls(
            points.x.to_numpy(np.float64),
            points.y.to_numpy(np.float64),
            times.to_numpy().astype("datetime64[s]"),
            text(category),
            text(ident) if ident in frame else np.empty(0, "U1"),
        )

    def take(self, which: BoolArray | IntArray) -> "Observations":
        """The observations that a mask or an index names."""
        names = self.id[which] if len(self.id) else self.id
        return Observations(self.lon[which], self.lat[which], self.at[which], self.category[which], names)


@dataclass(frozen=True, slots=True)
class Selection:
    """Which observations count: nothing stated means all of them.

    Hours are 0–23, weekdays 0 (Monday) – 6, months 1–12; `since` is included, `until` is not. An
    observation without a time is left out as soon as the selection asks for any time.
    """

    categories: frozenset[str] | None = None
    hours: frozenset[int] | None = None
    weekdays: frozenset[int] | None = None
    months: frozenset[int] | None = None
    since: np.datetime64 | None = None
    until: np.datetime64 | None = None

    @classmethod
    def in_season(cls, season: Season) -> "Selection":
        """The months of a season."""
        return cls(months=season.months)

    @property
    def asks_for_time(self) -> bool:
        """Whether an observation needs a time to be judged."""
        stated = (self.hours, self.weekdays, self.months, self.since, self.until)
        return any(part is not None for part in stated)

    def mask(self, category: TextArray, clock: "Clock") -> BoolArray:
        """Which of the observations are selected."""
        chosen = self.mask_of_times(clock)
        if self.categories is not None:
            chosen &= np.isin(category, sorted(self.categories))
        return chosen

    def mask_of_times(self, clock: "Clock") -> BoolArray:
        """Which of the observations are selected by their time alone."""
        chosen = np.ones(len(clock.at), dtype=bool)
        if self.asks_for_time:
            chosen &= clock.known
        if self.since is not None:
            chosen &= clock.at >= self.since
        if self.until is not None:
            chosen &= clock.at < self.until
        for wanted, shown in (
            (self.hours, clock.hour),
            (self.weekdays, clock.weekday),
            (self.months, clock.month),
        ):
            if wanted is not None:
                chosen &= _table(wanted)[shown]
        return chosen


def _table(wanted: frozenset[int]) -> BoolArray:
    table = np.zeros(25, dtype=bool)
    table[[value for value in wanted if 0 <= value < len(table)]] = True
    return table


@dataclass(frozen=True)
class Clock:
    """Hour, weekday and month of many times, each worked out once if asked for; 24, 7 and 0 for no time."""

    at: TimeArray

    @cached_property
    def known(self) -> BoolArray:
        """Whether there is a time."""
        return ~np.isnat(self.at)

    @cached_property
    def hour(self) -> NDArray[np.int8]:
        """0 to 23."""
        return np.where(self.known, self._counted("h") % 24, 24).astype(np.int8)

    @cached_property
    def weekday(self) -> NDArray[np.int8]:
        """0 (Monday) to 6."""
        return np.where(self.known, (self._counted("D") + 3) % 7, 7).astype(np.int8)

    @cached_property
    def month(self) -> NDArray[np.int8]:
        """1 to 12."""
        return np.where(self.known, self._counted("M") % 12 + 1, 0).astype(np.int8)

    def _counted(self, unit: Literal["h", "D", "M"]) -> IntArray:
        """How many of the unit since 1970."""
        at = np.where(self.known, self.at, np.datetime64("1970-01-01")).astype("datetime64[s]")
        return at.astype(f"datetime64[{unit}]").astype(np.int64)
