"""A street in pieces and who walked them: all of it is cut, and only what was walked counts."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, MultiLineString

from geo.coordinates import MetricPlane
from geo.street_pieces import PIECE_M, TrackFix, cut_into_pieces, times_walked

EIGHT = datetime(2026, 11, 21, 0, 0, tzinfo=UTC)
LANE = LineString([(112.55, 37.86), (112.55, 37.8654)])  # about 600 m to the north


def walk(
    begins: datetime, lat_from: float, lat_to: float, *, lon: float = 112.55, every_s: int = 20
) -> list[TrackFix]:
    """A walk along a meridian at about 1.2 m/s, a fix every 20 s."""
    steps = max(1, round(abs(lat_to - lat_from) * 110_950 / (1.2 * every_s)))
    return [
        TrackFix(
            "walker",
            begins + timedelta(seconds=every_s * step),
            lon,
            lat_from + (lat_to - lat_from) * step / steps,
        )
        for step in range(steps + 1)
    ]


@given(st.floats(5, 3000))
def test_pieces_are_the_whole_street_and_about_equal(length_m: float) -> None:
    street = LineString([(112.55, 37.86), (112.55, 37.86 + length_m / 110_950)])
    pieces = cut_into_pieces(street)
    whole = MetricPlane.over(street).shape_to_metres(street).length
    assert sum(piece.length_m for piece in pieces) == pytest.approx(whole, rel=1e-6)
    assert max(piece.length_m for piece in pieces) <= PIECE_M * 1.5


def test_a_street_of_two_parts_is_cut_in_each() -> None:
    parts = MultiLineString([[(112.55, 37.86), (112.55, 37.861)], [(112.551, 37.86), (112.551, 37.8602)]])
    assert [round(piece.length_m) for piece in cut_into_pieces(parts)] == [55, 55, 22]


def test_what_was_walked_counts_in_its_hour_and_the_rest_does_not() -> None:
    pieces = cut_into_pieces(LANE)
    times = times_walked(pieces, walk(EIGHT, 37.86, 37.8627))
    walked = [bool(found) for found in times]
    assert walked == [True] * 6 + [False] * 6
    assert all(found[0].hour == EIGHT.hour for found in times[:6])
    assert times[0][0] < times[5][0]


def test_twice_is_two_hours() -> None:
    pieces = cut_into_pieces(LANE)
    fixes = walk(EIGHT, 37.86, 37.861) + walk(EIGHT + timedelta(hours=3), 37.861, 37.86)
    assert [at.hour for at in times_walked(pieces, fixes)[0]] == [0, 3]


def test_whoever_only_crosses_did_not_walk_it() -> None:
    pieces = cut_into_pieces(LANE)
    across = [
        TrackFix("walker", EIGHT + timedelta(seconds=20 * step), 112.549 + 0.0002 * step, 37.86122)
        for step in range(11)
    ]
    assert not any(times_walked(pieces, across))


def test_a_parallel_street_and_a_jump_do_not_count() -> None:
    pieces = cut_into_pieces(LANE)
    assert not any(times_walked(pieces, walk(EIGHT, 37.86, 37.8654, lon=112.5507)))
    jump = [TrackFix("w", EIGHT, 112.55, 37.85), TrackFix("w", EIGHT + timedelta(minutes=30), 112.55, 37.87)]
    assert not any(times_walked(pieces, jump))
    assert times_walked(pieces, []) == [[] for _ in pieces]
