"""The frame of every benchmark: measure, print a table, then the figures as one line of JSON.

A benchmark is a module here with `main() -> None`; `./yilu bench NAME` runs it. Its last line of output is
the JSON, so that figures can be gathered from runs over time.
"""

import json
import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table

UNITS_S = {"s": 1.0, "ms": 1e-3, "us": 1e-6}

GOALS: dict[str, float] = {
    "decide_us": 500,
    "batch_1000_ms": 20,
    "batch_saving_pct": 20,
    "intake_share_of_bare_pct": 60,
    "intake_p99_ms": 150,
    "live_p99_ms": 1000,
    "import_100k_s": 60,
    "first_picture_ms": 4000,
    "commit_to_dom_p99_ms": 1000,
    "key_p95_ms": 100,
    "longest_task_ms": 200,
    "js_gz_kb": 400,
    "first_list_4x_ms": 1500,
    "list_again_4x_ms": 1500,
    "phone_js_gz_kb": 150,
    "nearest5_of_500_us": 40,
    "nearest5_of_taskforce_us": 300,
    "move_us": 20,
    "closure_ms": 1,
    "coverage_100_ms": 4,
    "reach_100_walk_ms": 3,
    "matrix_500_ms": 1500,
    "density_1m_ms": 100,
    "gi_1m_ms": 600,
    "layers_72k_ms": 100,
    "streets_update_ms": 20,
    "year_s": 90,
    "year_load_s": 20,
    "drill_behind_s": 1,
}
"""What each figure is to reach: at most this, or at least where the name ends in `_pct`."""


def seconds_each(work: Callable[[], object], *, repeat: int = 5, warm_up: int = 1) -> list[float]:
    """Run `work` `repeat` times after `warm_up` unmeasured ones; return the seconds that each run took."""
    for _ in range(warm_up):
        work()
    took = []
    for _ in range(repeat):
        begun = time.perf_counter()
        work()
        took.append(time.perf_counter() - begun)
    return took


def median_s(work: Callable[[], object], *, repeat: int = 5, warm_up: int = 1) -> float:
    """Return the median of `seconds_each`."""
    return statistics.median(seconds_each(work, repeat=repeat, warm_up=warm_up))


@dataclass(slots=True)
class Report:
    """What one benchmark found: rows of a table, and figures with names that stay."""

    name: str
    title: str
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]] = field(default_factory=list)
    figures: dict[str, float] = field(default_factory=dict)
    peers: dict[str, dict[str, float]] = field(default_factory=dict)
    """What the peers took for the same work in the same run, by figure, in the figure's unit."""
    skipped: dict[str, str] = field(default_factory=dict)
    """Peers that were not measured, and why."""

    def add(self, *cells: object) -> None:
        """Add a row to the table."""
        assert len(cells) == len(self.columns), f"{len(self.columns)} cells belong in a row"
        self.rows.append(tuple(str(cell) for cell in cells))

    def figure(self, name: str, seconds: float) -> float:
        """Record a duration under `name`, whose end (_s, _ms, _us) is its unit; return it in that unit."""
        value = _in_unit_of(name, seconds)
        self.figures[name] = round(value, 4)
        return value

    def peer(self, figure: str, name: str, seconds: float) -> None:
        """Record how long a peer took for what the figure measures, in the same run."""
        self.peers.setdefault(figure, {})[name] = round(_in_unit_of(figure, seconds), 4)

    def count(self, name: str, value: float) -> None:
        """Record a figure that is no duration."""
        self.figures[name] = value

    def skip(self, peer: str, why: str) -> None:
        """Record that a peer was not measured."""
        self.skipped[peer] = why

    def print(self) -> None:
        """Print the table for people, then the line for machines."""
        table = Table(*self.columns, title=self.title)
        for row in self.rows:
            table.add_row(*row)
        console = Console(width=None if Console().is_terminal else 140)
        console.print(table)
        for peer, why in self.skipped.items():
            console.print(f"not measured: {peer} ({why})", highlight=False)
        print(self.json_line(), flush=True)

    def json_line(self) -> str:
        """Return the figures as one line of JSON, each with its goal where it has one and its peers."""
        machine = {"python": platform.python_version(), "machine": platform.machine()}
        figures = {
            name: {"value": value, "goal": GOALS.get(name), "peers": self.peers.get(name, {})}
            for name, value in self.figures.items()
        }
        return json.dumps({"bench": self.name, "figures": figures, "skipped": self.skipped, "on": machine})


def readable(seconds: float) -> str:
    """Return a duration with three digits and the unit that suits it."""
    for unit, size in UNITS_S.items():
        if seconds >= size or unit == "us":
            return f"{seconds / size:.3g} {unit}"
    raise AssertionError("unreachable")


def _in_unit_of(name: str, seconds: float) -> float:
    return seconds / UNITS_S[name.rsplit("_", 1)[1]]
