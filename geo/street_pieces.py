"""A street in pieces, and which of them somebody walked when: what a patrol has still to look at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

import numpy as np
import shapely
from shapely import LineString, MultiLineString
from shapely.ops import substring

from geo.coordinates import MetricPlane

PIECE_M: Final = 50.0
"""About as long as a piece is: what somebody sees when he walks past."""
_PROBES: Final = np.linspace(0.1, 0.9, 5)
_WALKED: Final = 3
"""So many of a piece's five probes have to be passed along the street; whoever only crosses passes none."""
NEAR_M: Final = 20.0
"""A phone among houses is that far off; a back street's own half width is in it."""
_GAP: Final = timedelta(minutes=3)
_GAP_M: Final = 200.0
"""Two fixes farther apart than this are not taken for a walk between them."""


@dataclass(frozen=True, slots=True)
class TrackFix:
    """Where somebody was (WGS 84 degrees), and when."""

    walker: object
    at: datetime
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of a street's centreline, WGS 84 degrees."""

    line: LineString
    length_m: float


def cut_into_pieces(centreline: LineString | MultiLineString, piece_m: float = PIECE_M) -> list[Piece]:
    """The centreline in equal pieces of about that length; a part that is shorter stays whole."""
    plane = MetricPlane.over(centreline)
    metric = plane.shape_to_metres(centreline)
    pieces: list[Piece] = []
    for part in getattr(metric, "geoms", [metric]):
        count = max(1, round(part.length / piece_m))
        step = part.length / count
        for number in range(count):
            line = substring(part, number * step, (number + 1) * step)
            pieces.append(Piece(plane.shape_to_degrees(line), line.length))
    return pieces


def times_walked(pieces: Sequence[Piece], fixes: Sequence[TrackFix]) -> list[list[datetime]]:
    """When each piece was walked, in order: the time at which most of it had been passed, once an hour.

    Fixes that follow one another closely are joined to a track; one that stands alone is no walk.
    """
    if not pieces or not fixes:
        return [[] for _ in pieces]
    plane = MetricPlane.over(shapely.union_all([piece.line for piece in pieces]))
    stretches, times = _stretches(plane, fixes)
    tree = shapely.STRtree(stretches)
    return [_times_along(plane.shape_to_metres(piece.line), stretches, times, tree) for piece in pieces]


def _times_along(
    piece: LineString, stretches: Sequence[LineString], times: Sequence[datetime], tree: shapely.STRtree
) -> list[datetime]:
    passed: dict[datetime, dict[int, datetime]] = {}
    for number in tree.query(piece, predicate="dwithin", distance=NEAR_M):
        ends = shapely.line_locate_point(
            piece, shapely.get_point(stretches[number], [0, -1]), normalized=True
        )
        hour = times[number].replace(minute=0, second=0, microsecond=0)
        seen = passed.setdefault(hour, {})
        for probe in np.flatnonzero((ends.min() <= _PROBES) & (ends.max() >= _PROBES)).tolist():
            seen[probe] = min(times[number], seen.get(probe, times[number]))
    return [max(seen.values()) for _, seen in sorted(passed.items()) if len(seen) >= _WALKED]


def _stretches(plane: MetricPlane, fixes: Sequence[TrackFix]) -> tuple[list[LineString], list[datetime]]:
    """What lies between each two fixes of somebody that follow one another, and when he was at its end."""
    lines: list[LineString] = []
    times: list[datetime] = []
    walks: dict[object, list[TrackFix]] = {}
    for fix in sorted(fixes, key=lambda one: one.at):
        walks.setdefault(fix.walker, []).append(fix)
    for walk in walks.values():
        for one, other in pairwise(walk):
            ends = [plane.to_metres(one.lon, one.lat), plane.to_metres(other.lon, other.lat)]
            line = LineString(ends)
            if other.at - one.at <= _GAP and 0 < line.length <= _GAP_M:
                lines.append(line)
                times.append(other.at)
    return lines, times
