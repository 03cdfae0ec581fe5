"""Plots say what they draw, also where there is nothing to draw."""

import geopandas
import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from shapely import box

from geo.hotspots import HotspotState, Observations
from geo.plots import plot_density, plot_hours, plot_kinds, plot_spots, plot_streets
from tests.geo.test_hotspots import clustered, ground, scattered  # noqa: F401 - `ground` is a fixture

mpl.use("Agg")


@pytest.fixture
def roads(ground):  # noqa: F811 - the fixture of that name
    return HotspotState(ground).units_layer().to_frame()


def texts(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


def test_legends_name_the_classes_and_count_the_places(ground, roads):  # noqa: F811 - as above
    state = HotspotState(ground)
    state.add(scattered(2000))
    state.add(clustered(600))
    assert all("per km²" in text for text in texts(plot_density(state.density_layer(), roads)))
    assert all("per km of street" in text for text in texts(plot_density(state.street_layer(), roads)))
    hot = int(state.units_layer().gi.hot.sum())
    assert f"hotspot ({hot})" in texts(plot_spots(state.units_layer(), roads))
    assert any("(" in text for text in texts(plot_kinds(state.emerging_layer(), roads)))


def test_nothing_to_draw_is_said(ground, roads):  # noqa: F811 - as above
    state = HotspotState(ground)
    state.add(Observations.of(np.empty(0), np.empty(0)))
    assert texts(plot_density(state.density_layer(), roads)) == []
    assert texts(plot_spots(state.units_layer(), roads)) == ["hotspot (0)", "coldspot (0)"]
    assert texts(plot_kinds(state.emerging_layer(), roads)) == ["no place can be told from chance"]


def test_streets_stand_in_classes_with_numbers_that_can_be_read(roads):
    shapes = [box(112.51 + place / 1000, 37.81, 112.5105 + place / 1000, 37.82) for place in range(5)]
    streets = geopandas.GeoDataFrame(
        {"rate": [3.0543, 12.345, 99.9, 490.51, 5096.2]}, geometry=shapes, crs=4326
    )
    assert texts(plot_streets(streets, "rate", roads, "per 100 m")) == [
        "3.1 to 3.1 per 100 m",
        "12 to 12 per 100 m",
        "100 to 100 per 100 m",
        "491 to 491 per 100 m",
        "5,096 to 5,096 per 100 m",
    ]


def test_hours_are_columns():

    axes = plot_hours(pd.DataFrame([[1, 2], [3, 4]], index=["stalls", "parking"], columns=[7, 8]), "When")
    assert [label.get_text() for label in axes.get_xticklabels()] == ["7", "8"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["stalls", "parking"]
