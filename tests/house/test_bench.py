"""The frame of benchmarks: figures keep their names and units."""

import json

import pytest

from bench import Report, median_s, readable


def report() -> Report:
    return Report("nearest", "The nearest of many", ("engine", "median"))


def test_the_last_line_of_output_is_the_figures_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    shown = report()
    shown.add("ours", readable(0.000035))
    shown.figure("nearest5_us", 0.000035)
    shown.figure("move_us", 0.000002)
    shown.peer("nearest5_us", "scipy", 0.00049)
    shown.skip("osrm", "needs Python 3.12")
    shown.print()
    lines = capsys.readouterr().out.strip().splitlines()
    figures = json.loads(lines[-1])
    assert figures["bench"] == "nearest"
    assert figures["figures"]["nearest5_us"] == {"value": 35.0, "goal": None, "peers": {"scipy": 490.0}}
    assert figures["figures"]["move_us"] == {"value": 2.0, "goal": 20, "peers": {}}
    assert figures["skipped"] == {"osrm": "needs Python 3.12"}
    assert any("ours" in line and "35 us" in line for line in lines)
    assert "not measured: osrm (needs Python 3.12)" in lines


def test_a_figure_is_in_the_unit_that_its_name_ends_with() -> None:
    shown = report()
    assert shown.figure("coverage_ms", 0.0042) == pytest.approx(4.2)
    assert shown.figure("matrix_s", 1.5) == 1.5
    with pytest.raises(KeyError):
        shown.figure("time_min", 1.0)


def test_a_row_has_as_many_cells_as_the_table_has_columns() -> None:
    with pytest.raises(AssertionError, match="2 cells"):
        report().add("ours")


def test_work_is_run_as_often_as_asked_and_warmed_up_before() -> None:
    runs: list[int] = []
    assert median_s(lambda: runs.append(1), repeat=3, warm_up=2) >= 0
    assert len(runs) == 5


@pytest.mark.parametrize(
    ("seconds", "shown"), [(2.5, "2.5 s"), (0.0123, "12.3 ms"), (4.2e-6, "4.2 us"), (1e-8, "0.01 us")]
)
def test_durations_read_well(seconds: float, shown: str) -> None:
    assert readable(seconds) == shown
