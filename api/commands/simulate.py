"""`yilu simulate`: play days of the sample district, compare ways of dispatching, make its year."""

import argparse
import csv
from collections.abc import Callable, Sequence
from dataclasses import astuple, fields
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, TaskID
from rich.table import Table

from api.commands import CommandError
from api.settings import data_folder
from dispatch.comparison import Estimate, Figures, figures_of, with_dispatch
from dispatch.policy import DispatchPolicy, Policy
from dispatch.policy_files import load_policy
from dispatch.ports import TravelTimes
from dispatch.sample_year import DAYS, LAST_DAY, SEED, pack_sample_year, simulate_sample_year
from geo.areas import Territory
from geo.road_readers import import_roads
from geo.road_rules import Mode
from geo.sample import load
from geo.travel import Travel

Runs = dict[DispatchPolicy, list[Figures]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say how long, how often, and which ways to compare."""
    parser.add_argument("--days", type=int, default=7, help="how many days each run plays (default: 7)")
    parser.add_argument("--seeds", type=int, default=3, help="how many runs of each way (default: 3)")
    parser.add_argument(
        "--policy",
        default="nearest,least-late",
        help="ways to compare, by commas (default: nearest,least-late)",
    )
    parser.add_argument("--out", type=Path, help="a folder for the figures (CSV) and the plot (PNG)")
    parser.add_argument("--make-year", type=Path, metavar="FILE", help="make the sample year anew, and stop")


def run(args: argparse.Namespace) -> int:
    """Play, print, write."""
    if not 1 <= args.days <= DAYS or args.seeds < 1:
        raise CommandError(f"--days is from 1 to {DAYS} and --seeds at least 1.")
    ways = _ways(args.policy)
    sample = load(data_folder() / "boundaries")
    territory, policy = sample.territory(), load_policy(data_folder() / "policy")
    network, _ = import_roads(sample.roads)
    travel: dict[str, TravelTimes] = {mode.value: Travel(network, mode) for mode in Mode}
    if args.make_year:
        return _make_year(args.make_year, policy, territory, travel)
    runs: Runs = {way: [] for way in ways}
    try:
        _play(runs, args.days, args.seeds, policy, territory, travel)
    except KeyboardInterrupt:
        Console().print("Stopped: what follows holds the runs that were finished.")
    finished = {way: played for way, played in runs.items() if played}
    if not finished:
        return 130
    _print(finished, args.days)
    if args.out:
        _write(args.out, finished)
    return 0


def _ways(words: str) -> list[DispatchPolicy]:
    known = {way.value.replace("_", "-"): way for way in DispatchPolicy}
    ways = []
    for word in filter(None, (part.strip() for part in words.split(","))):
        if word not in known:
            raise CommandError(f"--policy knows no '{word}'; choose from: {', '.join(known)}.")
        ways.append(known[word])
    return ways or list(known.values())


def _play(
    runs: Runs,
    days: int,
    seeds: int,
    policy: Policy,
    territory: Territory,
    travel: dict[str, TravelTimes],
) -> None:
    """Every way plays the same findings: what differs is only whom it sends."""
    with Progress(transient=True) as bar:
        for way, played in runs.items():
            for seed in range(1, seeds + 1):
                task = bar.add_task(f"{way.value} {seed}/{seeds}", total=days)
                told = _teller(bar, task, days)
                simulation = simulate_sample_year(
                    with_dispatch(policy, way), territory, travel, days=days, seed=seed, progress=told
                )
                played.append(figures_of(simulation))
                bar.remove_task(task)


def _teller(bar: Progress, task: TaskID, days: int) -> Callable[[datetime], None]:
    """Move a bar by days of virtual time."""
    began: list[datetime] = []
    shown = 0

    def tell(now: datetime) -> None:
        nonlocal shown
        if not began:
            began.append(now)
        day = (now - began[0]).days
        if day != shown:
            shown = day
            bar.update(task, completed=min(day, days))

    return tell


NAMES = {
    "late_pct": "late, %",
    "response_mean_min": "response, mean min",
    "response_p90_min": "response, 90% min",
    "travel_h": "travel, h",
    "unfairness": "unfairness (Gini)",
}


def _estimates(played: Sequence[Figures]) -> list[Estimate]:
    return [Estimate.of(column) for column in zip(*map(astuple, played), strict=True)]


def _print(runs: Runs, days: int) -> None:
    table = Table(title=f"{days} days, mean ± 95 % interval over {max(map(len, runs.values()))} seeds")
    table.add_column("way")
    for field in fields(Figures):
        table.add_column(NAMES[field.name], justify="right")
    for way, played in runs.items():
        table.add_row(way.value, *(f"{one.mean:.2f} ± {one.half_width:.2f}" for one in _estimates(played)))
    Console().print(table)


def _write(folder: Path, runs: Runs) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    names = [field.name for field in fields(Figures)]
    with (folder / "policies.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["policy", "run", *names])
        for way, played in runs.items():
            writer.writerows([way.value, number, *astuple(one)] for number, one in enumerate(played, start=1))
    _plot(folder / "policies.png", runs, names)
    Console().print(f"written: {folder / 'policies.csv'}, {folder / 'policies.png'}")


def _plot(path: Path, runs: Runs, names: Sequence[str]) -> None:
    import matplotlib.pyplot as plt  # half a second that only a plot is worth

    figure, axes = plt.subplots(1, len(names), figsize=(3.2 * len(names), 3.2), layout="constrained")
    for place, (axis, name) in enumerate(zip(axes, names, strict=True)):
        found = [_estimates(played)[place] for played in runs.values()]
        axis.errorbar(
            range(len(found)),
            [one.mean for one in found],
            [one.half_width for one in found],
            fmt="o",
            capsize=6,
        )
        axis.set_xticks(range(len(found)), [way.value for way in runs])
        axis.set_title(NAMES[name])
        axis.margins(x=0.5)
    figure.savefig(path, dpi=120)
    plt.close(figure)


def _make_year(path: Path, policy: Policy, territory: Territory, travel: dict[str, TravelTimes]) -> int:
    with Progress(transient=True) as bar:
        told = _teller(bar, bar.add_task("the sample year", total=DAYS), DAYS)
        simulation = simulate_sample_year(policy, territory, travel, progress=told)
    pack_sample_year(simulation).write(path)
    Console().print(f"written: {path} ({len(simulation.store.cases):,} cases, seed {SEED}, to {LAST_DAY})")
    return 0
