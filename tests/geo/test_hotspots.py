"""The state of all layers: planted clusters found, bad input harmless, growth the same as a recount."""

import json

import numpy as np
import pytest
import shapely
from shapely import box

from geo.hotspot_layers import round_breaks
from geo.hotspot_words import explain, p_in_words
from geo.hotspots import Ground, HotspotState, Measure, NoStreetsError, Observations, Selection, Units
from geo.street_density import StreetKernel, StreetPieces
from geo.units import UnknownUnitError

pytestmark = pytest.mark.xdist_group("hotspots")  # what they share is made once

DISTRICT = box(112.50, 37.80, 112.55, 37.84)
CENTRE = (112.53, 37.825)
START = np.datetime64("2026-01-01T00:00:00")


@pytest.fixture(scope="module")
def ground():
    units = Units.of_cells(DISTRICT, 250.0)
    x = np.linspace(-1500, 1500, 7)
    across = [[[a, -1500.0], [a, 1500.0]] for a in x]
    along = [[[-1500.0, a], [1500.0, a]] for a in x]
    lines = shapely.linestrings(across + along)
    ends = np.arange(2 * len(lines)).reshape(-1, 2)
    pieces = StreetPieces.cut(ends[:, 0], ends[:, 1], lines, units.plane)
    return Ground.over(units, StreetKernel.prepare(pieces))


def scattered(count, seed=0, days=140):
    rng = np.random.default_rng(seed)
    at = START + rng.integers(0, days * 86400, count).astype("timedelta64[s]")
    return Observations(
        rng.uniform(112.50, 112.55, count),
        rng.uniform(37.80, 37.84, count),
        at,
        rng.choice(["stall", "parking", "rubbish"], count),
        np.array([f"F{seed}-{number}" for number in range(count)]),
    )


def clustered(count, seed=1, days=(0, 140)):
    rng = np.random.default_rng(seed)
    at = START + rng.integers(days[0] * 86400, days[1] * 86400, count).astype("timedelta64[s]")
    return Observations(
        CENTRE[0] + rng.normal(0, 0.0025, count),
        CENTRE[1] + rng.normal(0, 0.002, count),
        at,
        np.full(count, "stall"),
        np.array([f"C{seed}-{number}" for number in range(count)]),
    )


def state_of(ground, *parts, **more):
    state = HotspotState(ground, **more)
    for part in parts:
        state.add(part)
    return state


def centre_row(state):
    return int(state.ground.units.unit_at(np.array([CENTRE[0]]), np.array([CENTRE[1]]))[0])


def test_a_planted_cluster_is_found_in_every_layer(ground):
    state = state_of(ground, scattered(3000), clustered(600))
    row = centre_row(state)
    units = state.units_layer()
    assert units.gi.hot[row]
    assert units.counts.sum() == pytest.approx(3600, abs=40)
    assert state.emerging_layer().emerging.kind[row] in {"persistent", "intensifying", "diminishing"}
    top = state.density_layer().to_frame().iloc[-1]
    assert top.geometry.contains(shapely.Point(CENTRE))
    assert state.street_layer().to_frame().per_km.max() > 0


def test_random_points_show_hotspots_no_more_often_than_stated(ground):
    seeds = 60
    fooled = sum(state_of(ground, scattered(2000, seed)).units_layer().gi.hot.any() for seed in range(seeds))
    assert fooled <= 9  # 99.9% of what a rate of 5% may give


def layers_of(state):
    emerging = state.emerging_layer()
    return (
        state.density_layer().values,
        state.street_layer().values,
        state.units_layer().counts,
        np.nan_to_num(state.units_layer().gi.q),
        emerging.cube,
        emerging.edges.astype(np.int64),
    )


@pytest.mark.parametrize(
    "selection",
    [
        Selection(),
        Selection(categories=frozenset({"stall"})),
        Selection(hours=frozenset(range(7, 12)), weekdays=frozenset({0, 1, 2, 3, 4})),
        Selection(since=START + np.timedelta64(30, "D"), until=START + np.timedelta64(100, "D")),
    ],
)
def test_growing_in_parts_equals_taking_all_at_once(ground, selection):
    first, second, late = scattered(1500), clustered(300), scattered(200, seed=5, days=190)
    grown = state_of(ground, first, selection=selection)
    layers_of(grown)  # drawn in between, so that there is something to keep current
    grown.add(second)
    layers_of(grown)
    grown.add(late)
    at_once = HotspotState(ground)
    for part in (late, first, second):
        at_once.add(part)
    at_once.select(selection)
    for got, want in zip(layers_of(grown), layers_of(at_once), strict=True):
        assert np.allclose(got, want, atol=1e-6)


def test_a_place_that_turns_out_to_be_a_default_takes_its_earlier_findings_along(ground):
    rng = np.random.default_rng(3)
    count = 400
    default = Observations(
        np.full(count, CENTRE[0]),
        np.full(count, CENTRE[1]),
        START + rng.integers(0, 86400 * 100, count).astype("timedelta64[s]"),
        np.full(count, "stall"),
        np.array([f"D{number}" for number in range(count)]),
    )
    first, rest = np.arange(20), np.arange(20, count)
    state = state_of(ground, scattered(2000), default.take(first), default.take(rest), default.take(first))
    clean = state_of(ground, scattered(2000))
    assert np.array_equal(state.units_layer().counts, clean.units_layer().counts)
    assert np.allclose(state.density_layer().values, clean.density_layer().values, atol=1e-6)
    assert not state.units_layer().gi.hot.any()
    said = " ".join(group.en for group in state.units_layer().about.set_apart)
    assert "a default, not a hotspot" in said
    assert len(state.store.ids) == len(state.store.placed)


EMPTY = Observations.of(np.empty(0), np.empty(0))
BAD = {
    "no points": EMPTY,
    "one point": Observations.of(np.array([112.52]), np.array([37.82])),
    "all on one place": Observations.of(np.full(5000, 112.52), np.full(5000, 37.82)),
    "few on one place": Observations.of(np.full(20, 112.52), np.full(20, 37.82)),
    "swapped": Observations.of(np.full(50, 37.82), np.linspace(112.5, 112.55, 50)),
    "metres": Observations.of(np.linspace(4e5, 5e5, 50), np.linspace(4e6, 5e6, 50)),
    "not numbers": Observations.of(np.full(50, np.nan), np.full(50, np.inf)),
}


@pytest.mark.parametrize("case", list(BAD))
@pytest.mark.parametrize("measure", list(Measure))
def test_bad_input_gives_empty_layers_and_a_sentence(ground, case, measure):
    state = state_of(ground, BAD[case], measure=measure)
    assert state.density_layer().to_frame().empty
    assert state.street_layer().to_frame().empty
    assert not state.units_layer().gi.hot.any()
    assert not len(state.points_layer().places)
    assert set(state.emerging_layer().emerging.kind) == {"none"}
    assert "empty" in state.units_layer().about.en or "too little" in state.units_layer().about.en
    assert "空" in state.units_layer().about.zh


def test_findings_without_a_time_are_drawn_but_have_no_trend(ground):
    there = scattered(800)
    state = state_of(ground, Observations.of(there.lon, there.lat))
    assert state.units_layer().counts.sum() == 800
    assert state.emerging_layer().cube.shape[1] == 0
    assert "too few steps" in explain(state, str(ground.units.codes[0])).en


def test_a_period_without_data_is_empty(ground):
    state = state_of(ground, scattered(500))
    state.select(Selection(since=np.datetime64("2031-01-01"), until=np.datetime64("2031-06-01")))
    assert state.density_layer().to_frame().empty
    assert not state.emerging_layer().cube.any()
    assert state.units_layer().about.counted == 0


@pytest.mark.parametrize(
    "layer", ["density_layer", "street_layer", "units_layer", "emerging_layer", "points_layer"]
)
@pytest.mark.parametrize("points", [EMPTY, scattered(2000)], ids=["none", "many"])
def test_every_layer_is_valid_geojson(ground, layer, points):
    drawn = getattr(state_of(ground, points, clustered(300) if len(points) else points), layer)()
    found = json.loads(json.dumps(drawn.to_geojson(), allow_nan=False))
    assert found["type"] == "FeatureCollection"
    assert found["about"]["counted"] == drawn.about.counted
    frame = drawn.to_frame()
    assert frame.crs == 4326
    assert frame.is_valid.all()
    assert len(found["features"]) == len(frame)


def test_a_place_is_explained_with_its_findings(ground):
    state = state_of(ground, scattered(3000), clustered(600))
    row = centre_row(state)
    told = explain(state, str(ground.units.codes[row]))
    assert told.count == sum(told.series)
    assert told.categories[0][0] == "stall"
    assert "hotspot" in told.en
    assert "热点" in told.zh
    assert "10,000" in told.en
    assert set(told.findings) <= set(state.store.ids)
    assert len(told.findings) == told.count
    with pytest.raises(UnknownUnitError):
        explain(state, "nowhere")


def test_a_quiet_place_is_not_talked_up(ground):
    state = state_of(ground, scattered(3000))
    told = explain(state, str(ground.units.codes[centre_row(state)]))
    assert "no clustering" in told.en
    assert "没有可信的聚集" in told.zh


def test_without_roads_nothing_is_drawn_along_them(ground):
    with pytest.raises(NoStreetsError):
        HotspotState(Ground.over(ground.units)).street_layer()


def test_no_unit_at_all_draws_nothing():
    state = state_of(Ground.over(Units.of_areas([])), scattered(50))
    assert len(state.units_layer().to_frame()) == 0
    assert state.density_layer().to_frame().empty
    assert len(state.emerging_layer().emerging.kind) == 0


def test_one_unit_alone_is_no_hotspot():
    whole = Units.of_cells(DISTRICT, 10_000.0)
    state = state_of(Ground.over(whole), scattered(500))
    assert len(whole) == 1
    assert not state.units_layer().gi.hot.any()
    assert set(state.emerging_layer().emerging.kind) == {"none"}


@pytest.mark.parametrize(
    ("p", "en"),
    [(np.nan, "nothing"), (1e-9, "10,000"), (0.004, "once in 250 times"), (0.9, "no different")],
)
def test_p_in_words(p, en):
    zh, said = p_in_words(p)
    assert en in said
    assert zh


@pytest.mark.parametrize("largest", [0.0, -1.0, np.nan, np.inf])
def test_no_breaks_where_there_is_nothing_to_draw(largest):
    assert round_breaks(largest) == []


@pytest.mark.parametrize("largest", [1e-4, 0.7, 1.0, 6.0, 59.9, 1234.0])
def test_breaks_are_round_double_and_stay_below_the_largest(largest):
    breaks = round_breaks(largest)
    assert 5 <= len(breaks) <= 6
    assert breaks[-1] < largest
    assert np.allclose(np.diff(np.log2(breaks)), 1.0)
