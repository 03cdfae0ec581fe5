"""The reports, each opened in a real browser with the network off."""

from datetime import UTC, datetime

import geopandas
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely import LineString, Point, box

from geo.map_page import LARGEST_BYTES, ReportTooLargeError
from geo.map_parts import HUES
from geo.maps import (
    Basemap,
    Setting,
    Words,
    dispatch_map,
    hotspot_map,
    service_circle_map,
    task_force_map,
)

DISTRICT = box(112.50, 37.80, 112.54, 37.83)
SETTING = Setting(
    base=Basemap(
        district=geopandas.GeoDataFrame(geometry=[DISTRICT], crs=4326),
        roads=geopandas.GeoDataFrame(
            {"class": ["primary", "residential"]},
            geometry=[
                LineString([(112.5, 37.81), (112.54, 37.81)]),
                LineString([(112.52, 37.8), (112.52, 37.83)]),
            ],
            crs=4326,
        ),
        water=geopandas.GeoDataFrame(geometry=[box(112.505, 37.80, 112.507, 37.83)], crs=4326),
    ),
    district=Words("甲区", "District A"),
    made_at=datetime(2026, 11, 21, 14, 5, tzinfo=UTC),
    synthetic=True,
)


def grids():
    lon, lat = np.meshgrid(np.arange(112.50, 112.54, 0.004), np.arange(37.80, 37.83, 0.003))
    shapes = [box(a, b, a + 0.004, b + 0.003) for a, b in zip(lon.ravel(), lat.ravel(), strict=True)]
    codes = [f"G{place}" for place in range(len(shapes))]
    return geopandas.GeoDataFrame({"code": codes, "name": codes, "name_en": codes}, geometry=shapes, crs=4326)


def findings(count=1500):
    rng = np.random.default_rng(1)
    lon, lat = rng.uniform(112.5, 112.54, count), rng.uniform(37.8, 37.83, count)
    near = count // 3
    lon[:near], lat[:near] = 112.53 + rng.normal(0, 0.001, near), 37.82 + rng.normal(0, 0.001, near)
    at = pd.Timestamp("2026-01-01") + pd.to_timedelta(rng.integers(0, 100 * 86400, count), unit="s")
    return geopandas.GeoDataFrame(
        {"at": at, "category": "stall"}, geometry=shapely.points(lon, lat), crs=4326
    )


def streets():
    lines = [LineString([(112.51, 37.805 + step / 500), (112.52, 37.805 + step / 500)]) for step in range(9)]
    return geopandas.GeoDataFrame(
        {
            "id": [f"S{place}" for place in range(9)],
            "name": [f"小巷{place}" for place in range(9)],
            "name_en": [f"Lane {place}" for place in range(9)],
            "chief": "王伟",
            "chief_en": "Wang Wei",
            "members": [["片警 李四", "环卫公司 <b>张三</b>"]] * 9,
            "members_en": [["Area police Li Si", "Sanitation <b>Zhang San</b>"]] * 9,
            "findings": range(9),
        },
        geometry=lines,
        crs=4326,
    )


def circle():
    centre = Point(112.52, 37.815)
    rings = geopandas.GeoDataFrame(
        {"minutes": [5, 10, 15]}, geometry=[centre.buffer(size) for size in (0.004, 0.008, 0.012)], crs=4326
    )
    demand = geopandas.GeoDataFrame(
        {
            "name": list("甲乙丙"),
            "name_en": list("ABC"),
            "households": [100, 200, 50],
            "minutes": [4, 14, np.inf],
        },
        geometry=[Point(112.521, 37.815), Point(112.53, 37.815), Point(112.505, 37.805)],
        crs=4326,
    )
    centres = geopandas.GeoDataFrame(
        {"id": ["C1"], "name": ["中心"], "name_en": ["Centre"]}, geometry=[centre], crs=4326
    )
    return centres, rings, demand


def dispatches(count=5):
    rng = np.random.default_rng(1)
    marks = ["settled", "under way", "late", "waiting", "settled"][:count]
    return geopandas.GeoDataFrame(
        {
            "id": [f"D{place}" for place in range(count)],
            "at": pd.date_range("2026-11-20 08:00", periods=count, freq="40min"),
            "what": "占道经营",
            "what_en": "Stall on the pavement",
            "where": "小巷1",
            "where_en": "Lane 1",
            "who": "李四",
            "who_en": "Li Si",
            "minutes": [4.0, np.nan, 30.0, np.nan, 6.0][:count],
            "state": "已办结",
            "state_en": "settled",
            "mark": marks,
        },
        geometry=shapely.points(rng.uniform(112.51, 112.53, count), rng.uniform(37.805, 37.825, count)),
        crs=4326,
    )


REPORTS = {
    "task forces": lambda: task_force_map(
        streets(), {"findings": Words("本月发现", "findings this month")}, SETTING
    ),
    "hotspots": lambda: hotspot_map(findings(), grids(), SETTING),
    "service circle": lambda: service_circle_map(*circle(), SETTING),
    "dispatches": lambda: dispatch_map(dispatches(), Words("11月20日", "20 Nov"), SETTING),
    "no task forces": lambda: task_force_map(streets().iloc[:0], None, SETTING),
    "no findings": lambda: hotspot_map(findings().iloc[:0], grids()),
    "no circle": lambda: service_circle_map(*(frame.iloc[:0] for frame in circle())),
    "no dispatches": lambda: dispatch_map(dispatches(0)),
}


def opened(chromium, report, tmp_path, locale="zh-CN"):
    """The page in a browser that is offline, with what it asked for and what it complained about."""
    context = chromium.new_context(offline=True, locale=locale, viewport={"width": 1366, "height": 768})
    page = context.new_page()
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on(
        "console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None
    )
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(report.save(tmp_path / "report.html").as_uri())
    page.wait_for_function("() => document.documentElement.dataset.ready === 'yes'")
    return page, asked, said


@pytest.mark.browser
@pytest.mark.parametrize("name", list(REPORTS))
def test_a_report_opens_with_the_network_off(chromium, tmp_path, name):
    report = REPORTS[name]()
    page, asked, said = opened(chromium, report, tmp_path)
    assert [address for address in asked if not address.startswith("file://")] == []
    assert len(asked) == 1
    assert said == []
    assert len(report.html.encode()) < LARGEST_BYTES
    assert page.locator("h1").inner_text().startswith(report.title.zh)
    assert "WGS 84" in page.locator("footer").inner_text()
    assert page.locator(".leaflet-control-scale").is_visible()
    page.locator("#language").click()
    assert page.locator("h1").inner_text().startswith(report.title.en)
    assert said == []
    page.context.close()


@pytest.mark.browser
def test_the_page_speaks_the_readers_language_from_the_start(chromium, tmp_path):
    page, _, _ = opened(chromium, REPORTS["task forces"](), tmp_path, locale="en-GB")
    assert page.locator("h1").inner_text().startswith("District A")
    assert page.locator("#print").inner_text() == "Print"
    page.context.close()


@pytest.mark.browser
def test_a_row_of_the_list_opens_the_street_with_its_members(chromium, tmp_path):
    page, _, said = opened(chromium, REPORTS["task forces"](), tmp_path)
    page.locator("tr[data-key=S8]").click()
    card = page.locator(".leaflet-popup-content")
    card.wait_for()
    assert "王伟" in card.inner_text()
    assert "环卫公司 <b>张三</b>" in card.inner_text()
    assert said == []
    page.context.close()


@pytest.mark.browser
def test_the_slider_redraws_the_areas_step_by_step(chromium, tmp_path):
    page, _, said = opened(chromium, REPORTS["hotspots"](), tmp_path)
    output = page.locator(".slider output")
    assert "整个时期" in output.inner_text()
    page.locator(".slider input").evaluate("one => { one.value = 0; one.dispatchEvent(new Event('input')); }")
    assert "2026年1月" in output.inner_text()
    assert said == []
    page.context.close()


@pytest.mark.browser
def test_what_is_printed_holds_map_and_list(chromium, tmp_path):
    page, _, _ = opened(chromium, REPORTS["task forces"](), tmp_path)
    page.emulate_media(media="print")
    assert not page.locator("#print").is_visible()
    assert page.locator(".folium-map").is_visible()
    assert page.locator("tr[data-key=S8]").is_visible()
    title, drawn, legend, listed = (
        page.locator(part).bounding_box()["y"] for part in (".top", ".folium-map", ".legend", ".panel")
    )
    assert title < drawn < legend < listed, "the map stands on the first page, the list behind it"
    assert len(page.pdf()) > 10_000
    page.context.close()


def test_the_hotspot_report_says_what_was_found_and_what_was_left_out():
    many = findings()
    default = many.iloc[[0] * 300].assign(at=pd.date_range("2026-02-01", periods=300, freq="h"))
    page = hotspot_map(pd.concat([many, default]), grids(), SETTING).html
    assert "a default, not a hotspot" in page
    assert "热点清单" in page


def test_the_circle_says_how_many_are_left_out():
    page = service_circle_map(*circle(), SETTING).html
    assert "Of 350 households, 50 are left out." in page
    assert "共 350 户，其中 50 户未覆盖。" in page
    assert "85.7%" in page


def test_a_report_that_nobody_can_send_is_refused():
    huge = streets().assign(name=["长" * 80_000] * 9)
    with pytest.raises(ReportTooLargeError, match="8 MB"):
        task_force_map(huge, None, SETTING)


def test_neighbouring_streets_differ_in_colour():
    crowd = streets()
    page = task_force_map(crowd.iloc[:8], None, SETTING).html
    assert sum(hue in page for hue in HUES) == 8
