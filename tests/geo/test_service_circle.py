"""Who is within 5, 10 and 15 minutes of a centre: against scipy, by hand, and in bad input."""

from datetime import datetime
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pytest
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra
from shapely.geometry import Point, box

from geo import sample
from geo.isochrones import isochrones
from geo.opening_hours import OpeningHoursError, read_opening_hours
from geo.road_errors import ElsewhereError, OffTheNetworkError, RoadError
from geo.road_readers import import_roads
from geo.road_rules import Mode
from geo.roads import RoadNetwork
from geo.search import ways_in, ways_out
from geo.service_circle import ServiceCircle, coverage, responders_reach
from geo.travel import Travel
from tests.geo.road_towns import LAT, LON, STEP, at, town

pytestmark = pytest.mark.xdist_group("circle")  # what they share is made once


@pytest.fixture(scope="module")
def roads() -> RoadNetwork:
    return import_roads(town())[0]


def centres(*spots: tuple[float, float], **columns: list[object]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=[at(*spot) for spot in spots], crs="EPSG:4326")


@pytest.fixture(scope="module")
def homes() -> gpd.GeoDataFrame:
    """A home every hundred metres along the streets; the north bank is another community."""
    rng = np.random.default_rng(3)
    spots = [(c, r) for c in np.arange(0, 6.1, 0.5) for r in (0, 1, 2, 4, 5, 6)]
    grid = ["990101001001001" if row <= 2 else "990101001002001" for _, row in spots]
    return gpd.GeoDataFrame(
        {"households": rng.integers(1, 30, len(spots)), "grid": grid},
        geometry=[at(*spot) for spot in spots],
        crs="EPSG:4326",
    )


@pytest.fixture(scope="module")
def district() -> tuple[sample.SampleDistrict, RoadNetwork]:
    invented = sample.load()
    return invented, import_roads(invented.roads)[0]


@pytest.fixture(scope="module")
def circle(district) -> ServiceCircle:
    invented, network = district
    lived_in = invented.buildings[invented.buildings["households"] > 0]
    return coverage(invented.centres.set_index("id"), lived_in, network)


def test_minutes_agree_with_scipy_on_the_same_snapped_network(district, circle):
    """Homes and centres become nodes of scipy's graph, joined to the ends of their edges."""
    invented, network = district
    table, travel = network.table, circle.travel
    with_line, against = network.conditions.crossing_times(Mode.WALK)
    ends = (table.start, table.end, with_line, against)
    lived_in = invented.buildings[invented.buildings["households"] > 0]
    points = shapely.point_on_surface(lived_in.geometry.to_numpy())
    snaps = travel.snap(shapely.get_x(points), shapely.get_y(points))
    nodes, homes, stations = network.node_count, len(snaps), len(circle.snaps)
    arcs = [(table.start, table.end, with_line), (table.end, table.start, against)]
    arcs += [_links(snaps, ways_out, ends, nodes, leaving=True)]
    arcs += [_links(circle.snaps, ways_in, ends, nodes + homes, leaving=False)]
    source, target, weight = (np.concatenate(column) for column in zip(*arcs, strict=True))
    kept = weight < 1 << 30
    size = nodes + homes + stations
    # Parallel arcs must not be summed: the shortest counts.
    order = np.lexsort((weight[kept], target[kept], source[kept]))
    source, target, weight = source[kept][order], target[kept][order], weight[kept][order]
    first = np.append(True, (np.diff(source) != 0) | (np.diff(target) != 0))
    graph = coo_array((weight[first] + 1e-9, (target[first], source[first])), shape=(size, size)).tocsr()
    truth = dijkstra(graph, indices=np.arange(nodes + homes, size), min_only=True)[nodes : nodes + homes]
    ours = circle.demand["minutes"].to_numpy() * 600
    same_edge = np.isin(snaps.edge, circle.snaps.edge[circle.snaps.edge >= 0])
    assert np.round(ours[~same_edge]) == pytest.approx(np.round(truth[~same_edge]), abs=0)
    assert (ours[same_edge] <= truth[same_edge] + 1e-6).all()


def _links(snaps, ways, ends, offset, *, leaving):
    rows = []
    for i in range(len(snaps)):
        n1, t1, n2, t2 = ways(*snaps[i], *ends)
        rows += [(offset + i, n1, t1), (offset + i, n2, t2)]
    place, node, time = (np.array(column) for column in zip(*rows, strict=True))
    return (place, node, time) if leaving else (node, place, time)


def test_shares_add_up_from_grids_to_the_district(circle):
    shares = circle.shares
    whole = shares[shares["level"] == "all"].iloc[0]
    for level in ("district", "subdistrict", "community", "grid"):
        rows = shares[shares["level"] == level]
        for column in ("households", "within_5", "within_10", "within_15", "left_out"):
            assert rows[column].sum() == whole[column]
    assert (shares["share_5"] <= shares["share_10"]).all()
    assert (shares["share_10"] <= shares["share_15"]).all()
    assert circle.share_covered == pytest.approx(whole["share_15"])
    assert circle.left_out["households"].sum() == whole["left_out"]
    assert (circle.left_out["minutes"] > 15).all()


def test_each_home_is_counted_once_at_its_nearest_centre(circle):
    nearest = circle.demand.dropna(subset="ring").groupby("centre")["households"].sum()
    told = circle.centres["households_nearest"]
    assert told[nearest.index].tolist() == nearest.tolist()
    assert (circle.centres["households_within_5"] <= circle.centres["households_within_15"]).all()


def test_a_home_across_the_river_walks_to_the_bridge(roads, homes):
    """A centre at the south bank by the bridge: a few minutes for the south, the bridge for the north."""
    found = coverage(centres((0, 2)), homes, roads, (5, 10, 15, 30))
    across = found.demand[found.demand.geometry.geom_equals(at(0, 4))].iloc[0]
    straight = 2 * 222 / 75
    assert across["minutes"] > 2 * straight
    assert found.shares.set_index(["level", "code"]).loc[("community", "990101001002"), "share_5"] == 0


def test_closed_roads_leave_homes_out(roads, homes):
    travel = Travel(roads, Mode.WALK)
    bridge = roads.edges_named("大桥")
    roads.set_closed(bridge)
    found = coverage(centres((3, 2)), homes, roads, (60,), travel=travel)
    roads.set_closed(bridge, False)
    assert set(found.left_out["grid"]) == {"990101001002001"}
    assert np.isinf(found.left_out["minutes"]).all()


def test_hours_and_dates_decide_which_centres_count(roads, homes):
    stations = centres(
        (0, 0), (6, 6), (3, 1),
        opening_hours=["Mo-Fr 08:00-12:00,14:00-18:00", "24/7", None],
        opens_on=[None, None, "2026-02-01"],
        closes_on=[None, None, "2026-03-31"],
        floor_area_m2=[1200, 600, 300],
    )  # fmt: skip
    monday_noon, monday_nine = (
        datetime.fromisoformat("2026-03-02T13:00"),
        datetime.fromisoformat("2026-03-02T09:00"),
    )
    april = datetime.fromisoformat("2026-04-06T09:00")
    for when, open_now in (
        (None, [True, True, True]),
        (monday_noon, [False, True, True]),
        (monday_nine, [True, True, True]),
        (april, [True, True, False]),
    ):
        found = coverage(stations, homes, roads, at=when)
        assert found.centres["in_service"].tolist() == open_now
        assert set(found.demand["centre"].dropna()) <= set(np.flatnonzero(open_now))
    whole = coverage(stations, homes, roads).shares.iloc[0]
    assert whole["share_floor_1000"] < whole["share_floor_500"] < whole["share_15"]


def test_no_centre_open_covers_nobody(roads, homes):
    shut = centres((0, 0), opening_hours=["Mo 08:00-09:00"])
    found = coverage(shut, homes, roads, at=datetime.fromisoformat("2026-03-03T12:00"))
    assert found.share_covered == 0
    assert len(found.left_out) == len(homes)
    assert len(found.rings()) == 0


def test_responders_make_circles_too(roads, homes):
    people = centres((0, 0), (6, 6))
    reached = responders_reach(people, homes, Travel(roads, Mode.EBIKE))
    assert set(reached["responder"]) == {0, 1}
    nearest = reached[reached.geometry.geom_equals(at(0.5, 0))].iloc[0]
    assert nearest["responder"] == 0
    assert nearest["ring"] == 5


@pytest.mark.parametrize("mode", list(Mode))
def test_polygons_are_valid_nested_and_agree_with_the_times(district, mode):
    invented, network = district
    travel = Travel(network, mode)
    places = [(point.x, point.y) for point in invented.centres.geometry[:6]]
    frame = isochrones(travel, places, barriers=list(invented.water.geometry))
    assert frame.is_valid.all()
    assert not frame.geometry.is_empty.any()
    for _, rings in frame.groupby("place"):
        shapes = list(rings.sort_values("minutes").geometry)
        for inner, outer in pairwise(shapes):
            assert shapely.difference(inner, outer).area <= 1e-9 * outer.area
    water = shapely.union_all(invented.water.geometry.to_numpy())
    wet = shapely.intersection(frame.geometry.to_numpy(), water)
    assert (shapely.area(wet) < 0.05 * shapely.area(frame.geometry.to_numpy())).all()
    lived_in = invented.buildings[invented.buildings["households"] > 0].iloc[::40]
    doors = shapely.point_on_surface(lived_in.geometry.to_numpy())
    seconds = travel.seconds_within(
        travel.snap(shapely.get_x(doors), shapely.get_y(doors)), travel.snaps_of(places), 3600
    )
    agreed = total = 0
    for row in frame.itertuples():
        inside = shapely.contains(row.geometry, doors)
        agreed += int((inside == (seconds[row.place] <= row.minutes * 60)).sum())
        total += len(doors)
    assert agreed / total > 0.97


def test_polygons_do_not_jump_the_river(roads):
    ring = isochrones(Travel(roads, Mode.WALK), [at(0, 2).coords[0]], (10,)).geometry.iloc[0]
    assert ring.contains(Point(LON + 0.0001, LAT + 2 * STEP))
    far_bank = box(LON - STEP, LAT + 3.6 * STEP, LON + 2 * STEP, LAT + 7 * STEP)
    assert not ring.intersects(far_bank)


@pytest.mark.parametrize(
    ("change", "error", "sentence"),
    [
        (lambda c, d: (centres((0, 0), (1, 3)), d), OffTheNetworkError, "Row 1 of the centres: no road"),
        (lambda c, d: (c, centres((0, 0), (30, 30))), OffTheNetworkError, "Row 1 of the demand"),
        (lambda c, d: (c.set_crs("EPSG:4547", allow_override=True), d), ElsewhereError, "roads of the same"),
        (lambda c, d: (c.set_geometry([Point(112, 37)], crs="EPSG:4326"), d), ElsewhereError, "centres"),
        (lambda c, d: (c, d.assign(households=-1)), RoadError, "Row 0 of the demand has -1 households"),
        (lambda c, d: (c.iloc[:0], d), RoadError, "centres hold no row"),
        (lambda c, d: (c.set_geometry([None], crs="EPSG:4326"), d), RoadError, "Row 0 .* has no geometry"),
        (lambda c, d: (c.set_crs(None, allow_override=True), d), RoadError, "no coordinate system"),
    ],
)  # fmt: skip
def test_bad_input_names_the_row_and_the_remedy(roads, homes, change, error, sentence):
    stations, demand = change(centres((0, 0)), homes)
    with pytest.raises(error, match=sentence):
        coverage(stations, demand, roads, farthest_m=100.0)


def test_a_centre_in_the_river_is_refused_by_row(roads, homes):
    river = box(*at(-1, 2.1).coords[0], *at(7, 3.9).coords[0])
    with pytest.raises(OffTheNetworkError, match="Row 1 of the centres lies in water"):
        coverage(centres((0, 0), (3, 2.3)), homes, roads, water=[river])


def test_bad_limits_and_hours_are_refused(roads, homes):
    for minutes in ((), (0, 5), (10, 5)):
        with pytest.raises(ValueError, match="not minutes"):
            coverage(centres((0, 0)), homes, roads, minutes)
    odd = centres((0, 0), opening_hours=["all day long"])
    with pytest.raises(RoadError, match="Row 0 of the centres: the opening hours 'all day long'"):
        coverage(odd, homes, roads, at=datetime.fromisoformat("2026-03-02T09:00"))


@pytest.mark.parametrize(
    ("text", "when", "expected"),
    [
        ("24/7", "2026-03-01T03:00", True),
        ("08:30-18:00", "2026-03-01T08:30", True),
        ("08:30-18:00", "2026-03-01T18:00", False),
        ("Mo-Fr 08:00-12:00,14:00-18:00; Sa-Su 09:00-17:00", "2026-03-06T13:00", False),
        ("Mo-Fr 08:00-12:00,14:00-18:00; Sa-Su 09:00-17:00", "2026-03-07T13:00", True),
        ("Mo-Su 08:00-20:00; We off", "2026-03-04T10:00", False),
        ("Fr-Mo 22:00-02:00", "2026-03-03T01:00", True),
        ("Fr-Mo 22:00-02:00", "2026-03-04T01:00", False),
        ("Mo,Th 09:00-10:00", "2026-03-05T09:30", True),
    ],
)  # fmt: skip
def test_opening_hours_are_read_as_written(text, when, expected):
    assert read_opening_hours(text).open_at(datetime.fromisoformat(when)) is expected


@pytest.mark.parametrize("text", ["always", "Mo-Xx 08:00-09:00", "Mo 8-9", "25:00-26:00"])
def test_other_opening_hours_are_refused(text):
    with pytest.raises(OpeningHoursError, match="not understood"):
        read_opening_hours(text)
