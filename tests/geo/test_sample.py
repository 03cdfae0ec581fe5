"""The sample district: what it holds, that it nests, that its files are what the generator makes."""

import json
from collections import Counter

import networkx as nx
import numpy as np
import pytest
import shapely

from geo.areas import Level, Territory, parent_of
from geo.coordinates import LonLat, MetricPlane
from geo.sample import FOLDER, SAMPLE_DISTRICT_CODE, TABLES, SampleDistrict, generate, load, write

PLANE = MetricPlane.around(LonLat(112.56, 37.86))


@pytest.fixture(scope="module")
def sample() -> SampleDistrict:
    return load()


def on(sample: SampleDistrict, level: Level):
    return [area for area in sample.areas if area.level is level]


def test_it_has_the_numbers_of_the_district_it_stands_for(sample):
    assert Counter(area.level for area in sample.areas) == {
        Level.DISTRICT: 1,
        Level.SUBDISTRICT: 7,
        Level.COMMUNITY: 90,
        Level.GRID: 763,
    }
    assert len(sample.streets) == 76
    assert Counter(sample.centres.kind)["community_centre"] == 90
    assert len(sample.estates) == 300
    assert len(set(sample.roads.u) | set(sample.roads.v)) >= 8_000


def test_it_says_in_its_name_and_in_every_file_that_it_is_invented(sample):
    district = on(sample, Level.DISTRICT)[0]
    assert (district.name, district.name_en) == ("一路示例区（虚构）", "Yilu Sample District (synthetic)")
    assert district.code == SAMPLE_DISTRICT_CODE
    for path in FOLDER.glob("*.geojson"):
        head = json.loads(path.read_text(encoding="utf-8"))
        assert head["synthetic"] is True
        assert "虚构" in head["note"]


def test_the_files_are_a_few_megabytes_of_text(sample):
    assert sum(path.stat().st_size for path in FOLDER.glob("*.geojson")) < 9_000_000


def test_areas_of_each_level_tile_the_one_above_exactly(sample):
    for level in (Level.SUBDISTRICT, Level.COMMUNITY, Level.GRID):
        shapes = np.array([area.shape for area in on(sample, level)], dtype=object)
        assert shapely.coverage_is_valid(shapes)
        for parent in on(sample, level.parent):
            below = [area.shape for area in on(sample, level) if parent_of(area.code) == parent.code]
            left_over = shapely.symmetric_difference(shapely.coverage_union_all(below), parent.shape)
            assert PLANE.shape_to_metres(left_over).area < 0.01


def test_every_grid_is_one_piece_of_ground(sample):
    grids = on(sample, Level.GRID)
    assert all(grid.shape.geom_type == "Polygon" and grid.shape.is_valid for grid in grids)
    assert min(PLANE.shape_to_metres(grid.shape).area for grid in grids) > 1_000


def test_grids_are_numbered_from_west_to_east_and_north_to_south(sample):
    for community in on(sample, Level.COMMUNITY):
        grids = [grid for grid in on(sample, Level.GRID) if parent_of(grid.code) == community.code]
        serials = [int(grid.code[-3:]) for grid in grids]
        assert serials == list(range(1, len(grids) + 1))
    first = [grid.shape.centroid for grid in on(sample, Level.GRID) if grid.code.endswith("001")]
    last = [
        max(
            (grid for grid in on(sample, Level.GRID) if parent_of(grid.code) == community.code),
            key=lambda g: g.code,
        )
        for community in on(sample, Level.COMMUNITY)
    ]
    north_west = [
        a.y - a.x > b.shape.centroid.y - b.shape.centroid.x for a, b in zip(first, last, strict=True)
    ]
    assert np.mean(north_west) > 0.9


def test_households_add_up_and_some_communities_break_the_size_rule(sample):
    for level in (Level.SUBDISTRICT, Level.COMMUNITY, Level.GRID):
        for parent in on(sample, level.parent):
            below = [area.households for area in on(sample, level) if parent_of(area.code) == parent.code]
            assert sum(below) == parent.households
    assert on(sample, Level.DISTRICT)[0].households == pytest.approx(200_000, rel=0.02)
    sizes = np.array([area.households for area in on(sample, Level.COMMUNITY)])
    assert 5 <= (sizes < 1000).sum() <= 25
    assert 5 <= (sizes > 3000).sum() <= 20
    grids = np.array([area.households for area in on(sample, Level.GRID)])
    assert np.mean((grids >= 150) & (grids <= 400)) > 0.7


def test_households_stand_on_the_buildings_of_their_grid(sample):
    by_grid = sample.buildings.groupby("grid").households.sum()
    grids = {grid.code: grid.households for grid in on(sample, Level.GRID)}
    assert all(grids[code] == homes for code, homes in by_grid.items())
    inside = sample.buildings.geometry.representative_point()
    found = sample.territory().locate_many(inside.x.to_numpy(), inside.y.to_numpy())
    assert (found.grid == sample.buildings.grid.to_numpy().astype(str)).all()


def test_no_name_is_given_twice_on_a_level(sample):
    for level in Level:
        areas = on(sample, level)
        assert len({area.name for area in areas}) == len({area.name_en for area in areas}) == len(areas)
    assert len({street.name for street in sample.streets}) == 76
    assert sample.estates.name.is_unique
    assert sample.centres.name.is_unique


def test_streets_can_be_walked_and_have_ground(sample):
    for street in sample.streets:
        assert 200 < street.length_m < 1200
        assert street.area_m2 == pytest.approx(street.length_m * street.width_m, rel=0.06)
        assert street.shape.is_valid
    per_subdistrict = Counter(street.subdistrict for street in sample.streets)
    assert sorted(per_subdistrict.values()) == [4, 12, 12, 12, 12, 12, 12]


def test_streets_lie_in_their_subdistrict(sample):
    territory: Territory = sample.territory()
    for street in sample.streets:
        middle = street.centreline.interpolate(0.5, normalized=True)
        found = territory.locate(middle.x, middle.y)
        assert found is not None
        assert found.street == street.id
        inside = territory.area(street.subdistrict).shape.buffer(1e-4)
        assert inside.covers(street.centreline)


def test_roads_meet_in_their_nodes_and_hang_together(sample):
    roads = sample.roads
    starts = shapely.get_point(roads.geometry.to_numpy(), 0)
    ends = shapely.get_point(roads.geometry.to_numpy(), -1)
    places: dict[int, tuple[float, float]] = {}
    graph = nx.DiGraph()
    for u, v, a, b, oneway, kind in zip(
        roads.u, roads.v, starts, ends, roads.oneway, roads["class"], strict=True
    ):
        assert places.setdefault(u, (a.x, a.y)) == (a.x, a.y)
        assert places.setdefault(v, (b.x, b.y)) == (b.x, b.y)
        if kind != "footway":
            graph.add_edge(u, v)
            if not oneway:
                graph.add_edge(v, u)
    assert len(set(places.values())) == len(places)
    assert nx.is_strongly_connected(graph)
    assert roads.oneway.sum() > 50


def test_roads_of_every_class_are_there_and_names_come_in_both_languages(sample):
    classes = {
        "trunk",
        "primary",
        "secondary",
        "tertiary",
        "residential",
        "living_street",
        "service",
        "footway",
    }
    assert classes <= set(sample.roads["class"])
    assert (sample.roads.name.isna() == sample.roads.name_en.isna()).all()


@pytest.mark.parametrize(("layer", "kind"), [("water", "river"), ("rail", "rail")])
def test_only_bridges_and_tunnels_cross_river_and_railway(sample, layer, kind):
    table = getattr(sample, layer)
    barrier = shapely.union_all(table.geometry[table.kind == kind].to_numpy())
    if barrier.area:
        barrier = barrier.buffer(-2e-5)
    crossing = sample.roads[sample.roads.geometry.crosses(barrier)]
    assert 4 <= len(crossing) <= 20
    assert (crossing.bridge | crossing.tunnel).all()


def test_without_its_bridges_the_city_falls_apart(sample):
    dry = sample.roads[~(sample.roads.bridge | sample.roads.tunnel)]
    graph = nx.Graph(list(zip(dry.u, dry.v, strict=True)))
    sizes = sorted((len(part) for part in nx.connected_components(graph)), reverse=True)
    assert sizes[1] > 1_000


def test_most_centres_are_large_and_temporary_ones_have_dates(sample):
    community = sample.centres[sample.centres.kind == "community_centre"]
    assert (community.floor_area_m2 >= 500).mean() > 0.8
    assert (community.floor_area_m2 >= 1000).mean() > 0.5
    assert Counter(community.tier) == {"1": 1, "6": 6, "N": 83}
    temporary = sample.centres[sample.centres.kind == "temporary_station"]
    assert len(temporary) >= 5
    assert (temporary.opens_on < temporary.closes_on).all()
    assert community.opens_on.isna().all()


def test_every_community_has_its_centre_inside(sample):
    community = sample.centres[sample.centres.kind == "community_centre"]
    found = sample.territory().locate_many(community.geometry.x.to_numpy(), community.geometry.y.to_numpy())
    assert found.on(Level.COMMUNITY).tolist() == community.community.tolist()
    assert community.community.nunique() == 90


def test_estates_lie_in_one_community(sample):
    territory = sample.territory()
    for community, shape in zip(sample.estates.community, sample.estates.geometry, strict=True):
        assert territory.area(community).shape.buffer(1e-5).covers(shape)


@pytest.mark.slow
def test_the_generator_still_makes_the_files_that_are_kept(sample, tmp_path):
    write(tmp_path, generate())
    made = load(tmp_path)
    assert [area.code for area in made.areas] == [area.code for area in sample.areas]
    assert [area.name for area in made.areas] == [area.name for area in sample.areas]
    for ours, kept in zip(made.areas, sample.areas, strict=True):
        assert ours.households == pytest.approx(kept.households, rel=0.02, abs=5)
        off = shapely.symmetric_difference(ours.shape, kept.shape)
        assert off.area <= 0.001 * kept.shape.area
    for table in TABLES:
        ours, kept = getattr(made, table), getattr(sample, table)
        assert list(ours.columns) == list(kept.columns)
        assert len(ours) == pytest.approx(len(kept), rel=0.01)


@pytest.mark.slow
def test_another_seed_makes_another_district_with_the_same_numbers():
    other = generate(8)
    assert Counter(area.level for area in other.areas)[Level.GRID] == 763
    assert len(other.streets) == 76


def test_loading_tells_what_it_loads():
    told: list[str] = []
    load(progress=told.append)
    assert told == [*Level, "streets", *TABLES]
