"""Files from outside: what is read, and what is refused with one clear sentence."""

import io
import os
import stat
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from shapely import Point

from geo.layer_files import FileRefusedError, read_layer, write_layer


def places(count: int = 3) -> gpd.GeoDataFrame:
    shapes = [Point(112.5 + number / 100, 37.8) for number in range(count)]
    return gpd.GeoDataFrame({"name": [f"网格{n}" for n in range(count)]}, geometry=shapes, crs="EPSG:4326")


def zipped(folder: Path, **files: bytes | Path) -> Path:
    path = folder / "layers.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(
                name.replace("__", "."), content if isinstance(content, bytes) else content.read_bytes()
            )
    return path


@pytest.fixture
def layer(tmp_path) -> Path:
    path = tmp_path / "places.gpkg"
    write_layer(places(), path)
    return path


# -- what is read


@pytest.mark.parametrize("suffix", [".gpkg", ".geojson", ".shp"])
def test_every_format_that_is_written_is_read(tmp_path, suffix):
    path = tmp_path / f"places{suffix}"
    write_layer(places(), path)
    found = read_layer(path)
    assert found.name.tolist() == ["网格0", "网格1", "网格2"]
    assert found.crs.to_epsg() == 4326
    assert found.geometry.iloc[1].equals(Point(112.51, 37.8))


def test_kml_is_read(tmp_path):
    path = tmp_path / "places.kml"
    path.write_text(
        '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
        "<Placemark><name>网格</name><Point><coordinates>112.5,37.8,0</coordinates></Point></Placemark>"
        "</Document></kml>",
        encoding="utf-8",
    )
    found = read_layer(path)
    assert found.geometry.iloc[0].equals(Point(112.5, 37.8))
    assert found.filter(regex="(?i)name").iloc[0, 0] == "网格"


def test_fields_of_a_kml_are_columns(tmp_path):
    path = tmp_path / "grids.kml"
    path.write_text(
        '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
        '<Schema name="g" id="g"><SimpleField name="编码" type="string"/></Schema><Folder><name>g</name>'
        '<Placemark><name>甲</name><ExtendedData><SchemaData schemaUrl="#g"><SimpleData name="编码">'
        "990101001001001</SimpleData></SchemaData></ExtendedData><Point><coordinates>112.5,37.8</coordinates>"
        "</Point></Placemark></Folder></Document></kml>",
        encoding="utf-8",
    )
    assert read_layer(path).编码.tolist() == ["990101001001001"]


def test_a_zipped_shapefile_is_read_wherever_it_lies_in_the_archive(tmp_path):
    folder = tmp_path / "shape"
    write_layer(places(), folder / "places.shp")
    archive = tmp_path / "places.zip"
    with zipfile.ZipFile(archive, "w") as opened:
        for path in folder.iterdir():
            opened.write(path, f"边界/{path.name}")
        opened.writestr("readme.txt", "hello")
    assert len(read_layer(archive)) == 3


def test_one_of_several_layers_has_to_be_named(tmp_path):
    path = tmp_path / "both.gpkg"
    write_layer(places(1), path, "first")
    write_layer(places(2), path, "second")
    assert len(read_layer(path, "second")) == 2
    with pytest.raises(FileRefusedError, match="several layers: name one of first, second"):
        read_layer(path)
    with pytest.raises(FileRefusedError, match="no layer 'third', but first, second"):
        read_layer(path, "third")


texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=30)
TENTH_OF_A_MICROMETRE = 1e-12
"""In degrees. GDAL writes GeoJSON with fifteen decimals and drops what is less than a few of the last."""

coordinates = st.tuples(st.floats(-180, 180), st.floats(-90, 90))


@settings(
    max_examples=5,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],  # every example starts a process: shrinking would take minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    rows=st.lists(
        st.tuples(texts, st.integers(-(2**53), 2**53), st.floats(-1e15, 1e15), st.booleans(), coordinates),
        min_size=1,
        max_size=6,
    )
)
@pytest.mark.parametrize("suffix", [".gpkg", ".geojson"])
def test_what_is_written_comes_back_the_same(tmp_path, suffix, rows):
    name, number, share, flag, place = zip(*rows, strict=True)
    data = {"name": list(name), "number": list(number), "share": list(share), "flag": list(flag)}
    frame = gpd.GeoDataFrame(data, geometry=[Point(*xy) for xy in place], crs="EPSG:4326")
    path = tmp_path / f"same{suffix}"
    path.unlink(missing_ok=True)
    assert write_layer(frame, path) == []
    back = read_layer(path)
    for column in data:
        assert back[column].tolist() == data[column]
    assert shapely.equals_exact(
        back.geometry.to_numpy(), frame.geometry.to_numpy(), TENTH_OF_A_MICROMETRE
    ).all()


# -- what is refused


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("https://example.org/grids.gpkg", "Only local files are read"),
        ("/vsicurl/grids.gpkg", "Only local files are read"),
        ("grids.vrt", "has no format that is read"),
        ("grids.xlsx", "has no format that is read"),
        ("nowhere.gpkg", "There is no file"),
    ],
)
def test_what_is_no_local_file_of_a_known_format_is_refused(name, sentence):
    with pytest.raises(FileRefusedError, match=sentence):
        read_layer(Path(name) if "://" not in name else name)


def test_a_folder_is_not_read(tmp_path):
    (tmp_path / "folder.gpkg").mkdir()
    with pytest.raises(FileRefusedError, match="is not a file"):
        read_layer(tmp_path / "folder.gpkg")


def test_a_link_is_refused(tmp_path, layer):
    link = tmp_path / "link.gpkg"
    link.symlink_to(layer)
    with pytest.raises(FileRefusedError, match="is a link to another file"):
        read_layer(link)


@pytest.mark.parametrize("suffix", [".gpkg", ".geojson", ".kml", ".json"])
def test_a_file_that_holds_something_else_is_refused(tmp_path, suffix):
    path = tmp_path / f"liar{suffix}"
    path.write_bytes(b"<OGRVRTDataSource>" if suffix != ".kml" else b"PK\x03\x04")
    with pytest.raises(FileRefusedError, match="does not hold what its name says"):
        read_layer(path)


def test_a_vrt_that_calls_itself_json_reads_nothing_else(tmp_path, layer):
    path = tmp_path / "liar.json"
    path.write_text('{"type": "gdal_streamed_alg", "command_line": "gdal vector read ' + str(layer) + '"}')
    with pytest.raises(FileRefusedError, match="cannot be read"):
        read_layer(path)


def test_kml_with_entities_of_its_own_is_refused(tmp_path):
    path = tmp_path / "bomb.kml"
    path.write_text('<?xml version="1.0"?><!DOCTYPE k [<!ENTITY a "aaaa">]><kml>&a;</kml>')
    with pytest.raises(FileRefusedError, match="declares entities"):
        read_layer(path)


def test_a_shapefile_without_its_companions_is_refused(tmp_path):
    write_layer(places(), tmp_path / "places.shp")
    (tmp_path / "places.dbf").unlink()
    (tmp_path / "places.shx").unlink()
    with pytest.raises(FileRefusedError, match=r"no \.shx and no \.dbf"):
        read_layer(tmp_path / "places.shp")


def test_a_broken_file_is_refused_with_what_the_reader_said(tmp_path):
    path = tmp_path / "broken.gpkg"
    path.write_bytes(b"SQLite format 3\x00" + b"\xff" * 5000)
    with pytest.raises(FileRefusedError, match="cannot be read"):
        read_layer(path)


def test_a_truncated_geojson_is_refused(tmp_path):
    path = tmp_path / "half.geojson"
    path.write_text('{"type": "FeatureCollection", "features": [{"type": "Feature", "geom')
    with pytest.raises(FileRefusedError, match="cannot be read"):
        read_layer(path)


def test_a_path_that_climbs_out_of_the_archive_is_refused(tmp_path, layer):
    archive = zipped(tmp_path, **{"../../evil.gpkg": layer})
    with pytest.raises(FileRefusedError, match="would land outside its folder"):
        read_layer(archive)
    assert not (tmp_path.parent / "evil.gpkg").exists()


def test_an_absolute_path_in_the_archive_is_refused(tmp_path, layer):
    with pytest.raises(FileRefusedError, match="would land outside its folder"):
        read_layer(zipped(tmp_path, **{"/tmp/evil.gpkg": layer}))


def test_a_link_in_the_archive_is_refused(tmp_path):
    path = tmp_path / "link.zip"
    entry = zipfile.ZipInfo("grids.gpkg")
    entry.create_system = 3
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(entry, "/etc/passwd")
    with pytest.raises(FileRefusedError, match="is a link to another file"):
        read_layer(path)


def test_a_vrt_in_the_archive_is_refused(tmp_path):
    with pytest.raises(FileRefusedError, match=r"'grids\.vrt' cannot be read"):
        read_layer(zipped(tmp_path, grids__vrt=b"<OGRVRTDataSource/>"))


def test_an_archive_in_the_archive_is_refused(tmp_path):
    with pytest.raises(FileRefusedError, match=r"'inner\.zip' cannot be read"):
        read_layer(zipped(tmp_path, inner__zip=b"PK"))


def test_a_bomb_is_refused_by_what_it_says_of_itself(tmp_path):
    with pytest.raises(FileRefusedError, match="swell beyond reason"):
        read_layer(zipped(tmp_path, bomb__geojson=b" " * 30_000_000))


def test_a_bomb_that_lies_about_its_size_is_stopped_while_it_unpacks(tmp_path, monkeypatch):
    monkeypatch.setattr("geo.archives._LARGEST_UNPACKED_BYTES", 2_000_000)
    path = zipped(tmp_path, bomb__geojson=os.urandom(3_000_000))
    content = bytearray(path.read_bytes())
    size = (3_000_000).to_bytes(4, "little")
    while (at := content.find(size)) >= 0:
        content[at : at + 4] = (1_000_000).to_bytes(4, "little")
    path.write_bytes(content)
    with pytest.raises(FileRefusedError):
        read_layer(path)


def test_too_many_files_in_the_archive_are_refused(tmp_path):
    files = {f"{number}__txt": b"x" for number in range(501)}
    with pytest.raises(FileRefusedError, match="holds 501 files"):
        read_layer(zipped(tmp_path, **files))


def test_two_layers_in_the_archive_are_refused(tmp_path, layer):
    with pytest.raises(FileRefusedError, match="has to hold one layer"):
        read_layer(zipped(tmp_path, a__gpkg=layer, b__gpkg=layer))


def test_what_is_no_archive_is_refused(tmp_path):
    path = tmp_path / "no.zip"
    path.write_bytes(b"no archive at all")
    with pytest.raises(FileRefusedError, match="cannot be unpacked"):
        read_layer(path)


def test_the_reader_runs_out_of_memory_before_the_machine_does(tmp_path):
    shapes = np.array([Point(112.5, 37.8)] * 1000, dtype=object)
    frame = gpd.GeoDataFrame({"text": ["x" * 100] * 1000}, geometry=shapes, crs="EPSG:4326")
    write_layer(frame, tmp_path / "many.gpkg")
    with pytest.raises(FileRefusedError, match=r"broke the reader|cannot be read|more memory"):
        read_layer(tmp_path / "many.gpkg", memory_bytes=60_000_000)


def test_the_reader_is_stopped_when_it_takes_too_long(layer):
    with pytest.raises(FileRefusedError, match="took longer"):
        read_layer(layer, timeout_s=0.01)


def test_a_format_that_is_not_written_is_refused(tmp_path):
    with pytest.raises(FileRefusedError, match="no format that is written"):
        write_layer(places(), tmp_path / "places.kml")


def test_names_that_a_shapefile_would_make_alike_stay_apart(tmp_path):
    frame = places(1).assign(households_total=1, households_empty=2)
    lost = write_layer(frame, tmp_path / "apart.shp")
    assert len([sentence for sentence in lost if "10 bytes" in sentence]) == 2
    back = read_layer(tmp_path / "apart.shp")
    assert back.iloc[0].drop("geometry").tolist() == ["网格0", 1, 2]


def test_a_csv_of_points_has_their_coordinates(tmp_path):
    write_layer(places(2), tmp_path / "places.csv")
    table = pd.read_csv(io.StringIO((tmp_path / "places.csv").read_text(encoding="utf-8-sig")))
    assert table.columns.tolist() == ["name", "lon", "lat"]
    assert table.lon.tolist() == [112.5, 112.51]
