"""Roads from every source, what is refused and why, and what changes while people travel."""

from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from shapely.geometry import LineString, Point, box

from geo.coordinates import LonLat
from geo.road_errors import ElsewhereError, RoadError, RoadFileError, UnknownEdgeError
from geo.road_frames import edges_frame
from geo.road_graphs import to_networkx, write_roads
from geo.road_readers import from_geodataframe, from_networkx, import_roads, require_overlap
from geo.road_rules import Mode, read_road_rules, standard_rules
from geo.roads import RoadNetwork
from geo.travel import Travel
from tests.geo.road_oracle import networks
from tests.geo.road_towns import LAT, LON, STEP, at, line, town

DOORS = [LonLat(LON + c * STEP + 0.0003, LAT + r * STEP) for c, r in ((0, 0), (2, 1), (5, 2), (1, 4), (6, 6))]


def times(network: RoadNetwork, mode: Mode = Mode.WALK) -> np.ndarray:
    return Travel(network, mode).matrix(DOORS, DOORS)


@pytest.fixture
def roads() -> RoadNetwork:
    return import_roads(town())[0]


def test_lines_join_where_they_share_a_vertex(roads):
    assert roads.node_count == 2 * 3 * 7
    assert roads.edge_count == 2 * (3 * 6 + 2 * 7) + 1
    assert np.isfinite(times(roads)).all()


def test_the_river_is_crossed_by_the_bridge_only(roads):
    travel = Travel(roads, Mode.WALK)
    south, north = LonLat(*at(0.5, 2).coords[0]), LonLat(*at(0.5, 4).coords[0])
    path = travel.path(south, north)
    assert "大桥" in [step.name for step in path.steps]
    bridge = roads.edges_named("大桥")
    roads.set_closed(bridge)
    assert travel.path(south, north) is None
    assert np.isinf(travel.seconds_to(north, [south])[0])
    roads.set_closed(bridge, False)
    assert travel.path(south, north).seconds == path.seconds


def test_one_way_streets_bind_cars_and_not_people_on_foot(roads):
    west, east = LonLat(*at(0.5, 0).coords[0]), LonLat(*at(1.5, 0).coords[0])
    for mode, equal in ((Mode.WALK, True), (Mode.DRIVE, False)):
        travel = Travel(roads, mode)
        there, back = travel.path(west, east).seconds, travel.path(east, west).seconds
        assert (there == back) is equal
        assert there <= back


def test_speeds_and_profiles_hold_from_the_next_query_on(roads):
    travel = Travel(roads, Mode.DRIVE)
    place, origins = DOORS[0], DOORS[1:]
    before = travel.seconds_to(place, origins)
    roads.conditions.set_profile(roads.rules.profile_at(1, 8.0))
    peak = travel.seconds_to(place, origins)
    assert (peak > before).all()
    roads.conditions.set_profile(None)
    assert np.array_equal(travel.seconds_to(place, origins), before)
    roads.conditions.set_class_speed("residential", Mode.DRIVE, 5.0)
    assert (travel.seconds_to(place, origins) > peak).any()
    bridge = roads.edges_named("大桥")
    roads.set_speed(bridge, Mode.DRIVE, 5.0)
    crawling = travel.path(DOORS[2], DOORS[3]).seconds
    roads.set_speed(bridge, Mode.DRIVE, None)
    assert travel.path(DOORS[2], DOORS[3]).seconds < crawling


def test_an_area_is_closed_by_its_polygon(roads):
    travel = Travel(roads, Mode.WALK)
    inside = LonLat(*at(0.5, 1).coords[0])
    found = roads.edges_within(box(*at(0.2, 0.8).coords[0], *at(0.8, 1.2).coords[0]))
    assert {roads.name(edge)[0] for edge in found} == {"横1路"}
    before = travel.snap_one(inside)
    roads.set_closed(found)
    assert travel.snap_one(inside).off_ds > before.off_ds


def test_whoever_stands_on_a_street_that_closes_is_still_found(roads):
    travel = Travel(roads, Mode.WALK)
    standing, far = LonLat(*at(0.5, 1).coords[0]), LonLat(*at(6, 2).coords[0])
    fleet = travel.fleet([standing, far])
    place = LonLat(*at(1.5, 0).coords[0])
    before = travel.nearest(place, fleet, 2)
    edge = travel.snap_one(standing).edge
    roads.set_closed([edge])
    closed = travel.nearest(place, fleet, 2)
    assert [arrival.candidate for arrival in closed] == [0, 1]
    assert closed[0].seconds > before[0].seconds
    assert closed == travel.nearest(place, [standing, far], 2)
    roads.set_closed([edge], False)
    assert travel.nearest(place, fleet, 2) == before


def test_an_edge_of_another_network_is_refused(roads):
    with pytest.raises(UnknownEdgeError, match="not in this network of 65 edges"):
        roads.set_closed([65])
    with pytest.raises(RoadError, match="km/h cannot be driven"):
        roads.set_speed([1], Mode.WALK, -3.0)


@pytest.mark.parametrize("ending", ["gpkg", "geojson", "shp"])
def test_vector_files_come_in_and_go_out(tmp_path, roads, ending):
    town().to_file(tmp_path / f"in.{ending}")
    network, report = import_roads(tmp_path / f"in.{ending}")
    assert np.array_equal(times(network), times(roads))
    assert report.edges == roads.edge_count
    write_roads(roads, tmp_path / f"out.{ending}")
    again, _ = import_roads(tmp_path / f"out.{ending}")
    for mode in Mode:
        assert times(again, mode) == pytest.approx(times(roads, mode), abs=0.35)


def test_columns_can_have_any_name():
    frame = town().rename(columns={"class": "DLDJ", "name": "DLMC", "oneway": "DX"})
    network = from_geodataframe(frame, {"highway": "DLDJ", "name": "DLMC", "oneway": "DX"})
    assert np.array_equal(times(network, Mode.DRIVE), times(from_geodataframe(town()), Mode.DRIVE))
    assert len(network.edges_named("大桥")) == 1
    with pytest.raises(RoadError, match="no column 'DLMC2'"):
        from_geodataframe(frame, {"name": "DLMC2"})


def test_networkx_goes_out_and_comes_back(roads, tmp_path):
    graph = to_networkx(roads, Mode.DRIVE)
    assert graph.graph["crs"] == "epsg:4326"
    *_, data = next(iter(graph.edges(data=True)))
    assert {"length", "travel_time", "highway", "oneway", "geometry"} <= set(data)
    assert times(from_networkx(graph), Mode.DRIVE) == pytest.approx(times(roads, Mode.DRIVE))
    for *_, data in graph.edges(data=True):
        data["geometry"] = data["geometry"].wkt
        data |= {key: str(value) for key, value in data.items()}
    nx.write_graphml(graph, tmp_path / "roads.graphml")
    again, _ = import_roads(tmp_path / "roads.graphml")
    assert times(again, Mode.DRIVE) == pytest.approx(times(roads, Mode.DRIVE))


OSM = """<osm version="0.6">
<node id="1" lon="120.1" lat="30.2"/><node id="2" lon="120.102" lat="30.2"/>
<node id="3" lon="120.104" lat="30.2"><tag k="barrier" v="bollard"/></node>
<node id="4" lon="120.106" lat="30.2"/>
<node id="5" lon="120.102" lat="30.202"><tag k="highway" v="traffic_signals"/></node>
<node id="6" lon="120.102" lat="30.204"/>
<way id="10"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="4"/>
 <tag k="highway" v="residential"/><tag k="name" v="平安路"/><tag k="name:en" v="Ping'an Road"/></way>
<way id="11"><nd ref="2"/><nd ref="5"/><nd ref="6"/>
 <tag k="highway" v="secondary"/><tag k="oneway" v="-1"/><tag k="maxspeed" v="60"/></way>
<way id="12"><nd ref="6"/><nd ref="1"/><tag k="highway" v="construction"/></way>
<way id="13"><nd ref="6"/><nd ref="4"/><tag k="highway" v="steps"/><tag k="bicycle" v="no"/></way>
</osm>"""


def test_openstreetmap_tags_mean_what_they_say(tmp_path):
    (tmp_path / "small.osm").write_text(OSM, encoding="utf-8")
    network, report = import_roads(tmp_path / "small.osm")
    node = {number: LonLat(lon, lat) for number, lon, lat in (
        (1, 120.1, 30.2), (2, 120.102, 30.2), (4, 120.106, 30.2), (6, 120.102, 30.204))}  # fmt: skip
    walk, ebike, drive = (Travel(network, mode, main_part_only=False) for mode in Mode)
    assert drive.path(node[1], node[4]) is None, "a bollard stops cars"
    assert ebike.path(node[1], node[4]) is not None, "and nobody else"
    assert drive.path(node[6], node[2]) is not None, "one-way against the line"
    assert drive.path(node[2], node[6]) is None
    assert walk.path(node[2], node[6]) is not None
    free = drive.path(node[6], node[2]).length_m / (60 * 0.75 / 3.6)
    assert drive.path(node[6], node[2]).seconds == pytest.approx(free + 12, abs=0.2), "and a signal waits"
    assert network.name(int(network.edges_named("平安路")[0])) == ("平安路", "Ping'an Road")
    assert report.lines_read == 3
    assert report.speeds_assumed == 1


def test_the_report_finds_what_was_broken_on_purpose():
    frame = town()
    frame.loc[len(frame)] = {"class": "residential", "geometry": line((20, 20), (21, 20))}
    frame.loc[len(frame)] = {"class": "??", "geometry": line((0.5, 0.5), (0.5, 1.5))}
    frame.loc[len(frame)] = {"class": "footway", "geometry": line((2, 2), (2, 2.5))}
    frame.loc[len(frame)] = {
        "class": "residential",
        "geometry": line((5.5, 0.01), (5.5, 0.5), (5, 0.5001), (5, 1)),
    }
    network, report = import_roads(frame)
    assert report.isolated.count == 2
    assert not report.isolated_kept
    assert report.unjoined_crossings.count == 0
    assert report.classes_assumed == 1
    assert report.near_ends.count >= 1
    assert any("dropped" in sentence for sentence in report.sentences())
    assert any("已舍弃" in sentence for sentence in report.sentences_zh())
    kept, with_all = import_roads(frame, keep_isolated=True)
    assert kept.edge_count == network.edge_count + 2
    assert with_all.unjoined_crossings.count == 1
    assert with_all.unjoined_crossings.places[0].lon == pytest.approx(LON + 0.5 * STEP)


@pytest.mark.parametrize(
    ("frame", "sentence"),
    [
        (
            gpd.GeoDataFrame({"class": ["residential"]}, geometry=[Point(1, 2)], crs="EPSG:4326"),
            "roads are lines",
        ),
        (gpd.GeoDataFrame({"class": []}, geometry=[], crs="EPSG:4326"), "no geometry"),
        (town().assign(maxspeed=-5.0), "Row 0 of the table: maxspeed is .*must be from 0"),
        (gpd.GeoDataFrame(geometry=[LineString([(5e5, 4e6), (6e5, 4e6)])]), "no coordinate system"),
        (town().assign(access="no"), "No line in this source"),
    ],
)
def test_tables_that_hold_no_roads_are_refused_with_the_remedy(frame, sentence):
    with pytest.raises(RoadError, match=sentence):
        import_roads(frame)


def test_files_that_hold_no_roads_are_refused_with_the_remedy(tmp_path):
    with pytest.raises(RoadFileError, match="There is no file"):
        import_roads(tmp_path / "nowhere.gpkg")
    (tmp_path / "roads.xyz").touch()
    with pytest.raises(RoadFileError, match="unknown kind of road file"):
        import_roads(tmp_path / "roads.xyz")
    (tmp_path / "roads.gpkg").write_bytes(b"not a database")
    with pytest.raises(RoadFileError, match="cannot be read"):
        import_roads(tmp_path / "roads.gpkg")
    (tmp_path / "roads.osm.pbf").write_bytes(b"not a map")
    with pytest.raises(RoadFileError, match="download it again"):
        import_roads(tmp_path / "roads.osm.pbf")
    graph = nx.MultiDiGraph()
    graph.add_edge(1, 2, length=4)
    with pytest.raises(RoadFileError, match="Node 1 of the graph has no x and y"):
        from_networkx(graph)


def test_roads_of_another_city_are_refused(roads):
    require_overlap(roads, (120.0, 30.0, 120.11, 30.21))
    with pytest.raises(ElsewhereError, match=r"The roads lie around 120\.10, 30\.20"):
        require_overlap(roads, (112.5, 37.8, 112.6, 37.9))


@given(networks())
@settings(deadline=None, max_examples=40)
def test_every_network_survives_its_file(tmp_path_factory, network):
    path = tmp_path_factory.mktemp("roads") / "any.roads"
    network.prepare().save(path)
    loaded = RoadNetwork.load(path)
    assert np.array_equal(loaded.table.start, network.table.start)
    assert np.array_equal(loaded.hierarchy.up_to, network.hierarchy.up_to)
    for mode in Mode:
        before, after = (each.conditions.crossing_times(mode) for each in (network, loaded))
        assert np.array_equal(before, after)


def test_a_file_of_something_else_is_refused(tmp_path):
    (tmp_path / "old.roads").write_bytes(b"something else entirely")
    with pytest.raises(RoadFileError, match="import the road file again"):
        RoadNetwork.load(tmp_path / "old.roads")


def test_names_and_lengths_travel_with_the_edges(roads):
    frame = edges_frame(roads)
    assert frame["length_m"].sum() == pytest.approx(frame.to_crs(32651).length.sum(), rel=0.002)
    assert set(frame.loc[frame["bridge"], "name"]) == {"大桥"}


def test_rules_are_read_as_data_and_refused_by_entry(tmp_path):
    rules = standard_rules()
    assert rules.class_index("Expressway") == rules.classes.index("trunk")
    night = rules.profile_at(3, 2.0)
    assert night is not None
    assert night.factor(Mode.DRIVE, "primary") == 1.15
    text = open_rules().replace("drive = 80.0", "drive = -80.0", 1)
    (tmp_path / "roads.toml").write_text(text, encoding="utf-8")
    with pytest.raises(RoadError, match=r"classes\.motorway\.drive is -80"):
        read_road_rules(tmp_path / "roads.toml")
    (tmp_path / "roads.toml").write_text(open_rules().replace("[off_road]", "[off]"), encoding="utf-8")
    with pytest.raises(RoadError, match="off_road"):
        read_road_rules(tmp_path / "roads.toml")


def open_rules() -> str:
    return (Path(__file__).parents[2] / "data" / "policy" / "roads.toml").read_text(encoding="utf-8")
