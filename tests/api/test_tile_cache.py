"""The tiles asked for last."""

from api.tile_cache import DrawnTile, TileCache


def test_what_nobody_asked_for_the_longest_goes_first() -> None:
    cache = TileCache(limit_bytes=250)
    for number in range(2):
        cache.keep(("grid", 1, 1, number, 0), DrawnTile.of(b"x" * 100))
    assert cache.find(("grid", 1, 1, 0, 0)) is not None
    cache.keep(("grid", 1, 1, 2, 0), DrawnTile.of(b"x" * 100))
    assert cache.find(("grid", 1, 1, 1, 0)) is None
    assert cache.find(("grid", 1, 1, 0, 0)) is not None


def test_keeping_a_tile_twice_counts_it_once() -> None:
    cache = TileCache(limit_bytes=250)
    for _ in range(5):
        cache.keep(("grid", 1, 1, 0, 0), DrawnTile.of(b"x" * 100))
    cache.keep(("grid", 1, 1, 1, 0), DrawnTile.of(b"x" * 100))
    assert cache.find(("grid", 1, 1, 0, 0)) is not None


def test_a_tile_is_packed_only_where_it_pays() -> None:
    assert DrawnTile.of(b"x" * 100).packed == b""
    assert len(DrawnTile.of(b"x" * 5000).packed) < 200
    assert DrawnTile.of(b"a").etag != DrawnTile.of(b"b").etag
