"""`yilu simulate` as a planner meets it: compared with intervals and a bound, stopped half-way, refused."""

import csv
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from api import cli
from api.commands import simulate
from dispatch.comparison import Figures, figures_of
from dispatch.simulate import Simulation


@pytest.fixture
def ctrl_c_works() -> Iterator[None]:
    """As in a terminal, whatever started the tests."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.slow
def test_ctrl_c_keeps_the_runs_that_were_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], ctrl_c_works: None
) -> None:
    finished: list[Figures] = []

    def count_and_stop(played: Simulation) -> Figures:
        if len(finished) == 3:
            signal.raise_signal(signal.SIGINT)  # somebody presses Ctrl-C while the fourth is played
        finished.append(figures_of(played))
        return finished[-1]

    monkeypatch.setattr(simulate, "figures_of", count_and_stop)
    words = ["--days", "1", "--seeds", "3", "--policy", "nearest,least-late", "--out", str(tmp_path)]
    assert cli.main(["simulate", *words]) == 0
    said = capsys.readouterr().out
    assert "Stopped" in said
    assert "over the bound" in said
    with (tmp_path / "policies.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["policy"], row["run"]) for row in rows] == [
        ("nearest", "1"),
        ("nearest", "2"),
        ("least_late", "1"),
    ]
    assert [float(row["travel_h"]) for row in rows] == [finished[place].travel_h for place in (0, 2, 1)]
    assert (tmp_path / "policies.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--days", "0"], "--days is from 1 to 365"),
        (["--seeds", "0"], "--seeds at least 1"),
        (["--policy", "nearest,luckiest"], "choose from: nearest, least-late, batch"),
    ],
)
def test_what_cannot_be_played_is_said(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["simulate", *words]) == 1
    assert said in capsys.readouterr().err
