"""Codes of areas, and the territory that finds a point's grid and street."""

from typing import NamedTuple

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.areas import (
    Area,
    AreaCode,
    Level,
    MalformedAreaCodeError,
    Territory,
    UnknownAreaError,
    UnknownStreetError,
    ancestor_of,
    level_of,
    lies_in,
    parent_of,
    parse_area_code,
)
from geo.coordinates import LonLat, MetricPlane
from geo.sample import SampleDistrict, load
from geo.streets import Street, StreetId, polygon_from_centreline

WEST, SOUTH, EAST, NORTH = 112.49, 37.82, 112.68, 37.90


class World(NamedTuple):
    sample: SampleDistrict
    territory: Territory


@pytest.fixture(scope="module")
def world() -> World:
    sample = load()
    return World(sample, sample.territory())


# -- codes


@pytest.mark.parametrize(
    ("text", "code", "level"),
    [
        ("990101", "990101", Level.DISTRICT),
        ("990101001", "990101001", Level.SUBDISTRICT),
        (" 990101001002 ", "990101001002", Level.COMMUNITY),
        ("990101001002003", "990101001002003", Level.GRID),
        ("99010100100203", "990101001002003", Level.GRID),
    ],
)
def test_a_code_states_its_level(text, code, level):
    assert parse_area_code(text) == code
    assert level_of(parse_area_code(text)) is level


@pytest.mark.parametrize("text", ["", "99010", "9901010", "99010100100200a", "٩٩٠١٠١", "990101.0", "-990101"])
def test_a_malformed_code_is_refused_with_the_text_it_had(text):
    with pytest.raises(MalformedAreaCodeError, match="is not an area code") as refused:
        parse_area_code(text)
    assert refused.value.text == text


@given(st.text("0123456789", min_size=15, max_size=15))
def test_every_prefix_names_an_area_above(digits):
    code, climbed = parse_area_code(digits), []
    above: AreaCode | None = code
    while above is not None:
        climbed.append(level_of(above))
        assert lies_in(code, above)
        assert ancestor_of(code, level_of(above)) == above
        above = parent_of(above)
    assert climbed == [Level.GRID, Level.COMMUNITY, Level.SUBDISTRICT, Level.DISTRICT]


def test_nothing_below_is_an_ancestor():
    with pytest.raises(ValueError, match="lies above"):
        ancestor_of(AreaCode("990101"), Level.GRID)


# -- where a point lies


@given(st.floats(WEST, EAST), st.floats(SOUTH, NORTH))
def test_every_point_of_the_district_lies_in_exactly_one_grid(world, lon, lat):
    found = world.territory.locate(lon, lat)
    place = shapely.Point(lon, lat)
    if not world.territory.area("990101").shape.intersects(place):
        assert found is None
        return
    assert found is not None
    grid = world.territory.area(found.grid)
    assert grid.shape.intersects(place)
    properly = [
        area.code for area in world.sample.areas if area.level is Level.GRID and area.shape.contains(place)
    ]
    assert properly in ([found.grid], [])
    assert found.community == parent_of(found.grid)
    assert found.subdistrict == parent_of(found.community)
    assert world.territory.area(found.community).shape.intersects(place)
    assert world.territory.area(found.subdistrict).shape.intersects(place)


def test_points_on_a_boundary_go_to_the_lowest_code_that_meets_there(world):
    grids = [area for area in world.sample.areas if area.level is Level.GRID]
    tree = shapely.STRtree([grid.shape for grid in grids])
    corners = shapely.get_coordinates([grid.shape for grid in grids[::25]])[::7]
    for lon, lat in corners.tolist():
        meeting = tree.query(shapely.Point(lon, lat), predicate="intersects")
        expected = min(grids[place].code for place in meeting.tolist())
        found = world.territory.locate(lon, lat)
        assert found is not None
        assert found.grid == expected


@given(seed=st.integers(0, 2**32 - 1))
def test_arrays_give_what_single_points_give(world, seed):
    rng = np.random.default_rng(seed)
    lons, lats = rng.uniform(WEST, EAST, 40), rng.uniform(SOUTH, NORTH, 40)
    near = shapely.get_coordinates([street.centreline for street in world.sample.streets])
    some = near[rng.integers(len(near), size=20)] + rng.normal(0, 2e-4, (20, 2))
    lons, lats = np.concatenate((lons, some[:, 0])), np.concatenate((lats, some[:, 1]))
    many = world.territory.locate_many(lons, lats)
    assert len(many) == 60
    for number, (lon, lat) in enumerate(zip(lons.tolist(), lats.tolist(), strict=True)):
        one, same = world.territory.locate(lon, lat), many[number]
        assert (one is None) == (same is None)
        if one is not None and same is not None:
            assert (one.grid, one.street) == (same.grid, same.street)
            assert one.street_distance_m == pytest.approx(same.street_distance_m, abs=1e-6)


def test_locations_state_every_level(world):
    centre = world.sample.centres.geometry.iloc[:5]
    found = world.territory.locate_many(centre.x.to_numpy(), centre.y.to_numpy())
    assert found.inside.all()
    assert found.on(Level.COMMUNITY).tolist() == world.sample.centres.community.iloc[:5].tolist()


@pytest.mark.parametrize("place", [(0.0, 0.0), (float("nan"), 37.86), (112.56, float("inf")), (-112.5, 95.0)])
def test_places_outside_have_no_location(world, place):
    assert world.territory.locate(*place) is None
    assert world.territory.locate_many(np.array([place[0]]), np.array([place[1]]))[0] is None


def test_no_points_give_no_locations(world):
    assert len(world.territory.locate_many([], [])) == 0


def test_the_nearest_grid_of_a_place_outside(world):
    west = world.territory.area("990101").shape.bounds[0]
    area, distance_m = world.territory.nearest_area(west - 0.01, 37.85)
    assert area.level is Level.GRID
    assert 500 < distance_m < 2500


def test_a_place_beyond_the_reach_of_the_projection_has_a_nearest_grid_as_well(world):
    area, distance_m = world.territory.nearest_area(14.458237571134646, -4.071790563618455e-33)
    assert area.level is Level.GRID
    assert 9_000_000 < distance_m < 12_000_000


def test_the_nearest_grid_of_a_place_inside_is_its_own(world):
    found = world.territory.locate(112.56, 37.86)
    assert found is not None
    assert world.territory.nearest_area(112.56, 37.86) == (world.territory.area(found.grid), 0.0)


# -- a small territory whose answers are known

PLANE = MetricPlane.around(LonLat(112.5, 37.8))


def square(code: str, x: float, y: float, side: float = 100.0) -> Area:
    shape = PLANE.shape_to_degrees(shapely.box(x, y, x + side, y + side))
    return Area(AreaCode(code), f"网格{code[-1]}", f"Grid {code[-1]}", shape)


def lane(number: int, y: float) -> Street:
    line = PLANE.shape_to_degrees(shapely.LineString([(10, y), (90, y)]))
    shape = polygon_from_centreline(line, 10.0)
    return Street(StreetId(f"S{number}"), "柳巷", "Liu Lane", line, shape, 10.0, AreaCode("990101001"))


def small(*streets: Street) -> Territory:
    areas = [square("990101001001002", 100, 0), square("990101001001001", 0, 0)]
    return Territory(7, areas, streets)


def at(territory: Territory, x: float, y: float):
    return territory.locate(*PLANE.to_degrees(x, y))


def test_a_shared_edge_belongs_to_the_lower_code():
    corner = small().area("990101001001001").shape.exterior.coords[0]
    found = small().locate(*corner[:2])
    assert found is not None
    assert found.grid == "990101001001001"


def test_a_point_on_a_street_polygon_is_on_that_street():
    found = at(small(lane(1, 50.0)), 50, 54)
    assert found is not None
    assert (found.street, found.street_distance_m) == ("S1", 0.0)


def test_a_point_beside_a_street_is_as_far_as_its_centreline():
    found = at(small(lane(1, 50.0)), 50, 70)
    assert found is not None
    assert found.street == "S1"
    assert found.street_distance_m == pytest.approx(20.0, abs=0.01)


def test_a_point_beyond_the_stated_distance_is_on_no_street():
    found = at(small(lane(1, 50.0)), 50, 81)
    assert found is not None
    assert (found.street, found.street_distance_m) == (None, None)


def test_a_street_under_the_point_beats_a_nearer_centreline_elsewhere():
    wide = lane(1, 50.0)
    plaza = PLANE.shape_to_degrees(shapely.box(10, 20, 90, 55))
    wide = Street(wide.id, wide.name, wide.name_en, wide.centreline, plaza, 35.0, wide.subdistrict)
    found = at(small(wide, lane(2, 15.0)), 50, 21)
    assert found is not None
    assert (found.street, found.street_distance_m) == ("S1", 0.0)


def test_where_streets_overlap_the_nearer_centreline_wins():
    territory = small(lane(1, 50.0), lane(2, 56.0))
    assert [at(territory, 50, y).street for y in (52, 54)] == ["S1", "S2"]


def test_streets_near_a_place_come_nearest_first():
    territory = small(lane(1, 50.0), lane(2, 20.0), lane(3, 90.0))
    lon, lat = PLANE.to_degrees(50.0, 40.0)
    near = territory.streets_near(lon, lat, 16.0)
    assert [(street.id, round(distance_m)) for street, distance_m in near] == [("S1", 5), ("S2", 15)]


def test_areas_and_streets_are_found_by_code():
    territory = small(lane(1, 50.0))
    assert territory.find_area("990101001001001") is territory.area("990101001001001")
    assert territory.find_area("1") is None
    assert territory.find_street("S2") is None
    assert territory.street("S1").name_en == "Liu Lane"
    assert [area.code for area in territory.children("990101001001")] == [
        "990101001001001",
        "990101001001002",
    ]
    assert [area.code for area in territory.areas] == ["990101001001001", "990101001001002"]
    with pytest.raises(UnknownAreaError, match="No area has the code 990102"):
        territory.area("990102")
    with pytest.raises(UnknownStreetError, match="No street has the id S9"):
        territory.street("S9")


def test_a_crack_between_grids_belongs_to_the_grid_beside_it():
    whole = Area(AreaCode("990101"), "区", "District", PLANE.shape_to_degrees(shapely.box(0, 0, 300, 100)))
    grids = [square("990101001001002", 100.3, 0, 99.7), square("990101001001001", 0, 0)]
    territory = Territory(1, [whole, *grids], [])
    places = [(100.15, 50), (250, 50), (-0.2, 50)]
    single = [at(territory, x, y) for x, y in places]
    assert [found.grid if found else "" for found in single] == ["990101001001001", "", ""]
    lons, lats = PLANE.to_degrees(*np.array(places, dtype=float).T)
    assert territory.locate_many(lons, lats).grid.tolist() == ["990101001001001", "", ""]


def test_an_empty_territory_knows_nothing():
    empty = Territory(1, [], [])
    assert empty.locate(112.5, 37.8) is None
    assert empty.streets_near(112.5, 37.8, 100.0) == []
    with pytest.raises(UnknownAreaError):
        empty.nearest_area(112.5, 37.8)


def test_overlapping_grids_still_give_one_answer_in_both_forms():
    areas = [square("990101001001002", 0, 0, 300), square("990101001001001", 100, 100, 100)]
    territory = Territory(1, areas, [])
    x, y = np.meshgrid(np.arange(5, 300, 10.0), np.arange(5, 300, 10.0))
    lons, lats = PLANE.to_degrees(x.ravel(), y.ravel())
    many = territory.locate_many(lons, lats)
    single = [territory.locate(lon, lat) for lon, lat in zip(lons.tolist(), lats.tolist(), strict=True)]
    assert [one.grid if one else "" for one in single] == many.grid.tolist()
    assert set(many.grid.tolist()) == {"990101001001001", "990101001001002"}
