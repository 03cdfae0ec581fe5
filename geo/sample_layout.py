"""Where the sample district's river, railway, ring road and arterials run, in metres around its centre.

A lattice of arterials is laid out in lattice coordinates (u east, v north) and bent by a smooth warp
that follows the river, so that nothing is parallel for long; the railway and two old roads cross the
lattice at an angle.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString, Polygon

from geo.coordinates import FloatArray
from geo.sample_lines import Line, LineKind
from geo.sample_names import Name, NameBook

RIVER_U = -3300.0
RIVER_HALF_WIDTH_M = 105.0
BANK_U = 175.0
CREEK_V = -1000.0
CREEK_HALF_WIDTH_M = 13.0
RAIL_CLEARANCE_M = 16.0
RING = (-4450.0, -2950.0, 3350.0, 2950.0)
FOOT_OF_THE_HILLS_U = 4650.0
_STEP_M = 85.0

_STEP_COLUMN = 650.0
"""The arterial where the district's edge steps outward; north and south of the step it is the edge."""
_ROWS_BEHIND_THE_STEP = {3550.0: LineKind.SECONDARY, -3500.0: LineKind.SECONDARY}
_COLUMNS = {
    -3960.0: LineKind.SECONDARY,
    -2400.0: LineKind.PRIMARY,
    -1650.0: LineKind.SECONDARY,
    -900.0: LineKind.PRIMARY,
    -150.0: LineKind.SECONDARY,
    _STEP_COLUMN: LineKind.PRIMARY,
    2050.0: LineKind.PRIMARY,
    2700.0: LineKind.SECONDARY,
    4050.0: LineKind.SECONDARY,
    FOOT_OF_THE_HILLS_U: LineKind.SECONDARY,
}
_ROWS = {
    2250.0: LineKind.PRIMARY,
    1500.0: LineKind.SECONDARY,
    800.0: LineKind.PRIMARY,
    100.0: LineKind.SECONDARY,
    -620.0: LineKind.PRIMARY,
    -1380.0: LineKind.SECONDARY,
    -2150.0: LineKind.PRIMARY,
}
_COLUMN_GAPS = {-1650.0: [(-2150, -1380)], -150.0: [(-2950, -2150)], 2700.0: [(800, 2250)]}
_ROW_GAPS = {1500.0: [(-3125, -1650)], 100.0: [(2050, 3350)]}
"""Where an arterial stops at a campus, a park or a works and goes on behind it."""
_RIVER_ROWS = {2250.0, 800.0, -620.0, -2150.0}
_RAIL_ROWS = {2250.0, 800.0, -620.0, -1380.0, -2150.0}


def warp(u: FloatArray, v: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Lattice coordinates to metres east and north."""
    sway = 270.0 * np.sin(2 * np.pi * v / 6400 + 0.6) + 70.0 * np.sin(2 * np.pi * v / 2700 + 2.1)
    x = u + sway * np.exp(-(((u - RIVER_U) / 1700.0) ** 2))
    x = x + 85.0 * np.sin(2 * np.pi * v / 5600 + 2.0) - 0.075 * v * _ease((u - 900.0) / 2800.0)
    y = v + 150.0 * np.sin(2 * np.pi * u / 7400 + 0.4) + 30.0 * np.sin(2 * np.pi * u / 2900 + 1.3)
    return x, y + 0.05 * u * _ease((RIVER_U - u) / 900.0)


def unwarp(x: float, y: float) -> tuple[float, float]:
    """Metres back to lattice coordinates (to about a metre)."""
    u, v = np.array([x]), np.array([y])
    for _ in range(25):
        east, north = warp(u, v)
        u, v = u + (x - east) * 0.8, v + (y - north) * 0.8
    return float(u[0]), float(v[0])


def _ease(t: FloatArray) -> FloatArray:
    t = np.clip(t, 0.0, 1.0)
    return t * t * (3.0 - 2.0 * t)


def warped(u: FloatArray, v: FloatArray) -> LineString:
    """The line through lattice points, in metres."""
    return LineString(np.column_stack(warp(u, v)))


@dataclass(frozen=True, slots=True)
class Layout:
    """The lines that divide the district into superblocks, and the barriers that only bridges cross."""

    outline: Polygon
    lines: list[Line]
    river: Polygon
    creek: Polygon
    rail: LineString
    rail_name: Name
    river_name: Name
    creek_name: Name

    @property
    def barriers(self) -> dict[str, Polygon]:
        """The ground that a road may only cross where it says so."""
        return {
            "river": self.river,
            "creek": self.creek,
            "rail": self.rail.buffer(RAIL_CLEARANCE_M, cap_style="flat"),
        }


def lay_out(rng: np.random.Generator, names: NameBook) -> Layout:
    """The seeded layout."""
    outline, edge_roads = _outline(rng, names)
    river_line = _vertical(RIVER_U, -5200, 5200, np.zeros(3))
    creek_line = _creek_line()
    rail = _rail_line()
    creek = creek_line.buffer(CREEK_HALF_WIDTH_M).difference(river_line.buffer(RIVER_HALF_WIDTH_M))
    lines = [
        Line(LineString(outline.exterior), LineKind.OUTLINE),
        Line(river_line, LineKind.RIVER),
        Line(rail, LineKind.RAIL),
        Line(
            _ring(),
            LineKind.TRUNK,
            names.stem().plus("环路", "Ring Road"),
            frozenset({"river", "creek", "rail"}),
        ),
        *edge_roads,
        *_columns(rng, names),
        *_rows(rng, names),
        *_banks(names),
        *_old_roads(names),
    ]
    return Layout(
        outline=outline,
        lines=lines,
        river=shapely.intersection(river_line.buffer(RIVER_HALF_WIDTH_M), outline),
        creek=shapely.intersection(creek, outline),
        rail=rail,
        rail_name=Name("示例铁路", "Sample Railway"),
        river_name=names.stem().plus("河", "River"),
        creek_name=names.stem().plus("沙河", "Creek"),
    )


def _vertical(u: float, south: float, north: float, wave: FloatArray) -> LineString:
    v = np.linspace(south, north, max(3, round((north - south) / _STEP_M)))
    return warped(u + wave[0] * np.sin(2 * np.pi * v / (1800 + 1400 * wave[1]) + 6 * wave[2]), v)


def _horizontal(v: float, west: float, east: float, wave: FloatArray) -> LineString:
    u = np.linspace(west, east, max(3, round((east - west) / _STEP_M)))
    return warped(u, v + wave[0] * np.sin(2 * np.pi * u / (1800 + 1400 * wave[1]) + 6 * wave[2]))


def _wave(rng: np.random.Generator) -> FloatArray:
    return np.array([rng.uniform(0, 26), rng.random(), rng.random()])


def _creek_line() -> LineString:
    u = np.arange(RIVER_U, 10600.0, _STEP_M)
    hills = _ease((u - 4200.0) / 1500.0)
    return warped(
        u, CREEK_V + 40 * np.sin(u / 900.0) + hills * (330 * np.sin(u / 830.0) + 120 * np.sin(u / 310.0))
    )


def _rail_line() -> LineString:
    v = np.linspace(-5200, 5200, 110)
    return warped(1330.0 - 0.085 * v + 60 * np.sin(v / 1500.0), v)


def _ring() -> LineString:
    west, south, east, north = RING
    box = shapely.box(west, south, east, north).buffer(-650).buffer(650, quad_segs=6)
    u, v = np.array(shapely.segmentize(box.exterior, 110.0).coords).T
    return warped(u, v)


def _pieces(start: float, end: float, gaps: list[tuple[int, int]]) -> list[tuple[float, float]]:
    pieces, begin = [], start
    for low, high in sorted(gaps):
        pieces.append((begin, float(low)))
        begin = float(high)
    return [*pieces, (begin, end)]


def _columns(rng: np.random.Generator, names: NameBook) -> list[Line]:
    lines = []
    for u, kind in _COLUMNS.items():
        on_step = u == _STEP_COLUMN
        wave = np.zeros(3) if u in (_STEP_COLUMN, FOOT_OF_THE_HILLS_U) else _wave(rng)
        name = names.stem().plus("路", "Road")
        ends = (-3500.0, 3550.0) if on_step else (-4600.0, 4700.0)
        for south, north in _pieces(*ends, _COLUMN_GAPS.get(u, [])):
            lines.append(Line(_vertical(u, south, north, wave), kind, name, frozenset({"creek"})))
    return lines


def _rows(rng: np.random.Generator, names: NameBook) -> list[Line]:
    lines = []
    for v, kind in (_ROWS | _ROWS_BEHIND_THE_STEP).items():
        behind = v in _ROWS_BEHIND_THE_STEP
        wave = np.zeros(3) if behind else _wave(rng)
        name = names.stem().plus(*(("大街", "Avenue") if kind is LineKind.PRIMARY else ("街", "Street")))
        crosses = frozenset(
            [barrier for barrier, rows in (("river", _RIVER_ROWS), ("rail", _RAIL_ROWS)) if v in rows]
        )
        west_end = _STEP_COLUMN if behind else -6200.0
        for west, east in _pieces(west_end, FOOT_OF_THE_HILLS_U + 4, _ROW_GAPS.get(v, [])):
            lines.append(Line(_horizontal(v, west, east, wave), kind, name, crosses))
    return lines


def _banks(names: NameBook) -> list[Line]:
    still, creek = np.zeros(3), frozenset({"creek"})
    river = names.stem()
    lines = [
        Line(
            _vertical(RIVER_U - BANK_U, -5000, 5000, still),
            LineKind.PRIMARY,
            river.plus("滨河西路", "Riverside West Road"),
            creek,
        ),
        Line(
            _vertical(RIVER_U + BANK_U, -5000, 5000, still),
            LineKind.PRIMARY,
            river.plus("滨河东路", "Riverside East Road"),
            creek,
        ),
    ]
    stem = names.stem()
    for offset, zh, en in ((30.0, "沙河北路", "Creek North Road"), (-30.0, "沙河南路", "Creek South Road")):
        u = np.arange(RIVER_U + BANK_U, FOOT_OF_THE_HILLS_U + 1, _STEP_M)
        v = CREEK_V + 40 * np.sin(u / 900.0) + offset
        lines.append(Line(warped(u, v), LineKind.TERTIARY, stem.plus(zh, en), frozenset({"rail"})))
    return lines


def _old_roads(names: NameBook) -> list[Line]:
    """Two roads that are older than the lattice and cross it at an angle."""
    t = np.linspace(0, 1, 26)
    north = warped(-900 - 1750 * t, 1500 + 1450 * t + 90 * np.sin(np.pi * t))
    south = warped(650 + 2700 * t, -620 - 1750 * t - 160 * np.sin(np.pi * t))
    crosses = frozenset({"rail", "creek"})
    return [
        Line(north, LineKind.SECONDARY, names.stem().plus("古道", "Old Road"), crosses),
        Line(south, LineKind.SECONDARY, names.stem().plus("古道", "Old Road"), crosses),
    ]


def _edges(rng: np.random.Generator) -> list[tuple[LineKind | None, list[tuple[float, float]]]]:
    """The district's edge piece by piece in lattice coordinates, with the road along it if any."""
    return [
        (LineKind.SECONDARY, [(-5300, -3500), (-5300, 1500)]),
        (None, _ridge(rng, (-5300, 1500), (-4750, 3550), 60)),
        (LineKind.SECONDARY, [(-4750, 3550), (650, 3550)]),
        (LineKind.PRIMARY, [(650, 3550), (650, 4250)]),
        (LineKind.SECONDARY, [(650, 4250), (4650, 4250)]),
        (None, _ridge(rng, (4650, 4250), (9500, 2900), 240)),
        (None, _ridge(rng, (9500, 2900), (9150, -3300), 300)),
        (None, _ridge(rng, (9150, -3300), (4650, -3900), 240)),
        (LineKind.SECONDARY, [(4650, -3900), (650, -3900)]),
        (LineKind.PRIMARY, [(650, -3900), (650, -3500)]),
        (LineKind.SECONDARY, [(650, -3500), (-5300, -3500)]),
    ]


def _outline(rng: np.random.Generator, names: NameBook) -> tuple[Polygon, list[Line]]:
    """The district and the roads that run along its edge."""
    points: list[tuple[float, float]] = []
    roads = []
    for kind, corners in _edges(rng):
        u, v = np.array(corners, dtype=np.float64).T
        if kind is not None:
            steps = max(1, round(float(np.hypot(u[1] - u[0], v[1] - v[0])) / _STEP_M))
            u, v = np.linspace(u[0], u[1], steps + 1), np.linspace(v[0], v[1], steps + 1)
            ending = ("路", "Road") if abs(u[0] - u[-1]) < 1 else ("街", "Street")
            crosses = frozenset({"river", "creek", "rail"})
            roads.append(Line(warped(u, v), kind, names.stem().plus(*ending), crosses))
        x, y = warp(u, v)
        points += list(zip(x[:-1].tolist(), y[:-1].tolist(), strict=True))
    return Polygon(points), roads


def _ridge(
    rng: np.random.Generator, start: tuple[float, float], end: tuple[float, float], rough_m: float
) -> list[tuple[float, float]]:
    return [(float(a), float(b)) for a, b in rough_line(rng, np.array(start), np.array(end), rough_m)]


def rough_line(rng: np.random.Generator, start: FloatArray, end: FloatArray, rough_m: float) -> FloatArray:
    """Points from start to end, displaced like a ridge or a hill road: by up to `rough_m` in the middle."""
    points = np.array([start, end], dtype=np.float64)
    rough = rough_m
    while np.hypot(*(points[1] - points[0])) > 160.0:
        across = np.diff(points, axis=0)[:, ::-1] * [-1.0, 1.0]
        across /= np.maximum(np.hypot(across[:, 0], across[:, 1]), 1e-9)[:, None]
        middle = (points[:-1] + points[1:]) / 2 + across * rng.uniform(-rough, rough, len(across))[:, None]
        merged = np.empty((len(points) + len(middle), 2))
        merged[0::2], merged[1::2] = points, middle
        points, rough = merged, rough * 0.5
    return points
