"""Pages that need no network: what goes in, what is refused, what is escaped."""

from datetime import UTC, datetime

import folium
import folium.plugins
import pytest
from branca.element import Element

from geo.map_assets import OutsideAddressError, asset_for
from geo.map_page import Words, date_words, offline_html
from geo.map_parts import card_of, table_of, value_html


def test_scripts_and_styles_are_inside_and_pictures_with_them():
    page = offline_html(folium.Map(tiles=None))
    assert "L.Map" in page or "leaflet" in page.lower()
    assert "<script src=" not in page
    assert 'rel="stylesheet" href' not in page
    assert "data:image/png;base64," in page


def test_jquery_goes_in_only_where_it_is_used():
    plain, with_popup = folium.Map(tiles=None), folium.Map(tiles=None)
    folium.CircleMarker([0, 0], popup="hello").add_to(with_popup)
    assert "jQuery v3" not in offline_html(plain)
    assert "jQuery v3" in offline_html(with_popup)


@pytest.mark.parametrize(
    "part",
    [
        folium.TileLayer("OpenStreetMap"),
        folium.Marker([0, 0], icon=folium.Icon(icon="cloud")),
        folium.plugins.MarkerCluster(),
        Element('<img src="//elsewhere.test/a.png">'),
        Element("<style>@import 'https://elsewhere.test/a.css'</style>"),
        Element("<style>a{background:url(https://elsewhere.test/a.png)}</style>"),
    ],
    ids=["tiles", "icon font", "plugin", "picture", "import", "background"],
)
def test_what_would_have_to_be_fetched_is_refused(part):
    drawn = folium.Map(tiles=None)
    drawn.get_root().html.add_child(part) if type(part) is Element else part.add_to(drawn)
    with pytest.raises(OutsideAddressError, match="not on this machine"):
        offline_html(drawn)


def test_an_address_that_nobody_knows_is_named():
    with pytest.raises(OutsideAddressError, match=r"example\.test/x\.js"):
        asset_for("https://example.test/x.js", "")


def test_text_of_users_cannot_become_a_script():
    bad = '</script><script>alert(1)</script>"onclick="x'
    for made in (card_of(Words(bad, bad), [(Words(bad, bad), bad)]), value_html(bad)):
        assert "<script" not in made
    table = table_of([(Words("a", "b"), False)], [(bad, [bad])], Words("t", "t"))
    assert "<script" not in table
    assert '"onclick' not in table


@pytest.mark.parametrize(
    ("value", "shown"),
    [(1234567, "1,234,567"), (12.0, "12"), (3.14159, "3.1"), (float("nan"), "–"), (None, "–"), (True, "1")],
)
def test_values_are_written_for_people(value, shown):
    assert value_html(value) == shown


def test_dates_are_written_as_each_language_does():
    assert date_words(datetime(2026, 11, 21, 14, 5, tzinfo=UTC)) == (
        "2026年11月21日 14:05",
        "21 Nov 2026, 14:05",
    )
