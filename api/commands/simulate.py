"""`yilu simulate`: play days of a district in virtual time, compare ways of dispatching, make its year."""

import argparse
import asyncio
import csv
from collections.abc import Callable, Sequence
from dataclasses import astuple, fields
from datetime import datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, TaskID
from rich.table import Table

from api.commands import CommandError
from api.commands.database import add_data_argument, open_database, read_settings
from api.rehearsals import CannotRehearseError, own_ground, sample_ground, travels_over
from api.settings import data_folder
from dispatch.comparison import Estimate, Figures, figures_of
from dispatch.fitting import LEAST_FINDINGS, TooLittleHistoryError
from dispatch.policy import Policy
from dispatch.policy_files import load_policy
from dispatch.rehearsal import Ground, Way, rehearse
from dispatch.sample_year import DAYS, LAST_DAY, SEED, midnight, pack_sample_year, simulate_sample_year
from geo.road_readers import import_roads
from geo.sample import load

Runs = dict[Way, list[Figures]]
_WIDTH = 120
"""Of a table that goes into a file or another program."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say how long, how often, where, and which ways to compare."""
    parser.add_argument("--days", type=int, default=7, help="how many days each run plays (default: 7)")
    parser.add_argument("--seeds", type=int, default=3, help="how many runs of each way (default: 3)")
    parser.add_argument(
        "--policy",
        default="nearest,least-late,batch",
        help="ways to compare, by commas (default: nearest,least-late,batch)",
    )
    parser.add_argument(
        "--own",
        action="store_true",
        help="play in the district of the database, its findings fitted to its history",
    )
    parser.add_argument("--out", type=Path, help="a folder for the figures (CSV) and the plot (PNG)")
    parser.add_argument("--make-year", type=Path, metavar="FILE", help="make the sample year anew, and stop")
    add_data_argument(parser)


def run(args: argparse.Namespace) -> int:
    """Play, print, write; what is finished when somebody stops it is kept."""
    if not 1 <= args.days <= DAYS or args.seeds < 1:
        raise CommandError(f"--days is from 1 to {DAYS} and --seeds at least 1.")
    ways = _ways(args.policy)
    policy = load_policy(data_folder() / "policy")
    if args.make_year:
        return _make_year(args.make_year, policy)
    ground = _own(args) if args.own else sample_ground(policy)
    runs: Runs = {way: [] for way in ways}
    try:
        _play(runs, args.days, args.seeds, policy, ground)
    except KeyboardInterrupt:
        Console().print("Stopped: what follows holds the runs that were finished.")
    finished = {way: played for way, played in runs.items() if played}
    if not finished:
        return 130
    _print(finished, args.days)
    if args.out:
        _write(args.out, finished)
    return 0


def _own(args: argparse.Namespace) -> Ground:
    settings = read_settings(args)
    try:
        with open_database(settings) as database_url:
            return asyncio.run(own_ground(database_url, settings.district_code))
    except CannotRehearseError as missing:
        raise CommandError(f"{missing}.") from missing
    except TooLittleHistoryError as few:
        raise CommandError(
            f"the history has fewer than {LEAST_FINDINGS} findings on streets, too few to fit anything to: "
            "import past cases, or come back when there are more."
        ) from few


def _ways(words: str) -> list[Way]:
    known = {way.value.replace("_", "-"): way for way in Way}
    ways = []
    for word in filter(None, (part.strip() for part in words.split(","))):
        if word not in known:
            raise CommandError(f"--policy knows no '{word}'; choose from: {', '.join(known)}.")
        ways.append(known[word])
    return list(dict.fromkeys(ways)) or list(known.values())


def _play(runs: Runs, days: int, seeds: int, policy: Policy, ground: Ground) -> None:
    """Every way plays the same findings: what differs is only whom it sends."""
    starts_at = midnight(LAST_DAY) - timedelta(days=days - 1)
    with Progress(transient=True) as bar:
        whole = bar.add_task("all runs", total=seeds * len(runs))
        for seed in range(1, seeds + 1):
            for way, played in runs.items():
                task = bar.add_task(f"{way.value} {seed}/{seeds}", total=days)
                told = _teller(bar, task, days)
                simulation = rehearse(
                    ground, policy, way, starts_at=starts_at, days=days, seed=seed, progress=told
                )
                played.append(figures_of(simulation))
                bar.remove_task(task)
                bar.advance(whole)


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
BOUNDS = {
    "late_pct": "bound_late_pct",
    "response_mean_min": "bound_response_min",
    "travel_h": "bound_travel_h",
}
"""What nobody can beat who sends people from where they stood; `dispatch.hindsight` says how it is made."""


def _estimates(played: Sequence[Figures], names: Sequence[str]) -> list[Estimate]:
    return [Estimate.of([getattr(one, name) for one in played]) for name in names]


def _print(runs: Runs, days: int) -> None:
    table = Table(title=f"{days} days, mean ± 95 % interval over {max(map(len, runs.values()))} seeds")
    table.add_column("way")
    for name in NAMES.values():
        table.add_column(name, justify="right")
    for way, played in runs.items():
        table.add_row(way.value, *map(_shown, _estimates(played, list(NAMES))))
        gaps = [_gap(played, name) for name in NAMES]
        table.add_row("  over the bound", *gaps, style="dim", end_section=True)
    console = Console(width=None if Console().is_terminal else _WIDTH)
    console.print(table)
    console.print(
        "The bound knows the future: the nearest who might be sent is always free, and sets out at once.",
        highlight=False,
    )


def _shown(one: Estimate) -> str:
    return f"{one.mean:.2f} ± {one.half_width:.2f}"


def _gap(played: Sequence[Figures], name: str) -> str:
    if name not in BOUNDS:
        return ""
    return "+" + _shown(Estimate.of([getattr(one, name) - getattr(one, BOUNDS[name]) for one in played]))


def _write(folder: Path, runs: Runs) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    names = [field.name for field in fields(Figures)]
    with (folder / "policies.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["policy", "run", *names])
        for way, played in runs.items():
            writer.writerows([way.value, number, *astuple(one)] for number, one in enumerate(played, start=1))
    _plot(folder / "policies.png", runs)
    Console().print(f"written: {folder / 'policies.csv'}, {folder / 'policies.png'}")


def _plot(path: Path, runs: Runs) -> None:
    import matplotlib.pyplot as plt  # half a second that only a plot is worth

    figure, axes = plt.subplots(1, len(NAMES), figsize=(3.2 * len(NAMES), 3.4), layout="constrained")
    for axis, (name, title) in zip(axes, NAMES.items(), strict=True):
        found = [_estimates(played, [name])[0] for played in runs.values()]
        places = range(len(found))
        spans = [0.0 if one.half_width != one.half_width else one.half_width for one in found]
        axis.errorbar(places, [one.mean for one in found], spans, fmt="o", capsize=6)
        if name in BOUNDS:
            bounds = [_estimates(played, [BOUNDS[name]])[0].mean for played in runs.values()]
            axis.plot(places, bounds, "_", markersize=22, color="grey", label="bound")
            axis.legend(frameon=False, fontsize="small")
        axis.set_xticks(places, [way.value.replace("_", " ") for way in runs], rotation=20)
        axis.set_title(title)
        axis.margins(x=0.3, y=0.2)
    figure.savefig(path, dpi=120)
    plt.close(figure)


def _make_year(path: Path, policy: Policy) -> int:
    sample = load(data_folder() / "boundaries")
    network, _ = import_roads(sample.roads)
    with Progress(transient=True) as bar:
        told = _teller(bar, bar.add_task("the sample year", total=DAYS), DAYS)
        simulation = simulate_sample_year(policy, sample.territory(), travels_over(network), progress=told)
    pack_sample_year(simulation).write(path)
    Console().print(f"written: {path} ({len(simulation.store.cases):,} cases, seed {SEED}, to {LAST_DAY})")
    return 0
