"""`yilu coverage`: the 15-minute service circle of any centres, homes and roads; no database is needed."""

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import geopandas as gpd
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from api.commands import CommandError
from geo.road_errors import RoadError
from geo.road_frames import read_frame
from geo.road_readers import import_roads
from geo.road_report import RoadReport
from geo.road_rules import Mode
from geo.roads import RoadNetwork
from geo.sample import SampleDistrict
from geo.sample import load as load_sample
from geo.service_circle import ServiceCircle, coverage

Tell = Callable[[str, float], None]
_LISTED = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which files, which limits and where to write."""
    files = parser.add_argument_group("files / 文件", "GeoPackage, GeoJSON, Shapefile; without: the sample")
    files.add_argument("--roads", type=Path, metavar="FILE", help="also .osm.pbf, .osm, .graphml / 道路")
    files.add_argument("--centres", type=Path, metavar="FILE", help="points or polygons / 服务站点")
    files.add_argument("--demand", type=Path, metavar="FILE", help="homes, with households / 住户")
    files.add_argument("--areas", type=Path, metavar="FILE", help="polygons with a code / 区划")
    parser.add_argument(
        "--columns", type=_column, nargs="+", default=[], metavar="TAG=COLUMN",
        help="which column of the roads holds what, e.g. highway=DLDJ name=DLMC / 道路字段对应",
    )  # fmt: skip
    parser.add_argument("--minutes", type=_minutes, default=(5.0, 10.0, 15.0), metavar="5,10,15")
    parser.add_argument("--mode", type=Mode, choices=list(Mode), default=Mode.WALK)
    parser.add_argument(
        "--at", type=datetime.fromisoformat, metavar="YYYY-MM-DDTHH:MM",
        help="only centres that are open then / 只算此刻开放的站点",
    )  # fmt: skip
    parser.add_argument("--farthest-m", type=float, default=500.0, metavar="M", help="from door to road")
    parser.add_argument("--keep-isolated", action="store_true", help="keep roads joined to nothing")
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="write the results here / 结果目录")


def run(args: argparse.Namespace) -> int:
    """Measure, print the table, write the files."""
    given = (args.roads, args.centres, args.demand)
    if any(given) and not all(given):
        raise CommandError("give --roads, --centres and --demand together, or none of them.", status=2)
    console = Console()
    try:
        with _bar() as tell:
            circle, report = _measure(args, tell)
    except (RoadError, ValueError) as refused:
        raise CommandError(str(refused)) from refused
    for sentence in report.sentences_zh() + report.sentences():
        console.print(sentence, highlight=False)
    _print_shares(console, circle)
    _print_left_out(console, circle)
    if args.out:
        _write(circle, args.out, console)
    return 0


def _measure(args: argparse.Namespace, tell: Tell) -> tuple[ServiceCircle, RoadReport]:
    tell("reading", 0.0)
    sample = load_sample() if args.roads is None else None
    network, report = _network(args, sample, lambda what, share: tell(what, 0.1 + 0.6 * share))
    centres = sample.centres.set_index("id") if sample else read_frame(args.centres)
    demand = _homes_of(sample) if sample else read_frame(args.demand)
    areas = read_frame(args.areas) if args.areas else None
    tell("searching", 0.75)
    circle = coverage(
        centres,
        demand,
        network,
        args.minutes,
        mode=args.mode,
        at=args.at,
        areas=areas,
        farthest_m=args.farthest_m,
    )
    tell("done", 1.0)
    return circle, report


def _network(
    args: argparse.Namespace, sample: SampleDistrict | None, tell: Tell
) -> tuple[RoadNetwork, RoadReport]:
    source = sample.roads if sample else args.roads
    return import_roads(source, columns=dict(args.columns), keep_isolated=args.keep_isolated, progress=tell)


def _homes_of(sample: SampleDistrict) -> gpd.GeoDataFrame:
    return sample.buildings[sample.buildings["households"] > 0]


def _print_shares(console: Console, circle: ServiceCircle) -> None:
    console.print(f"{circle.share_covered:.1%} · {circle.mode} · {circle.minutes[-1]:g} min")
    table = Table(title="Share of households within minutes / 各时圈覆盖户数占比")
    table.add_column("area / 区划")
    table.add_column("households / 户数", justify="right")
    for limit in circle.minutes:
        table.add_column(f"≤ {limit:g} min", justify="right")
    table.add_column("≥ 500 m²", justify="right")
    table.add_column("≥ 1000 m²", justify="right")
    shown = circle.shares[circle.shares["level"].isin(["all", "district", "subdistrict"])]
    for row in shown.to_dict("records"):
        shares = [f"{row[f'share_{limit:g}']:.1%}" for limit in circle.minutes]
        floors = [f"{row[f'share_floor_{square}']:.1%}" for square in (500, 1000)]
        table.add_row(row["code"] or "all / 合计", f"{row['households']:,.0f}", *shares, *floors)
    console.print(table)


def _print_left_out(console: Console, circle: ServiceCircle) -> None:
    outside = circle.left_out
    total = outside["households"].sum()
    console.print(f"Left out / 未覆盖：{total:,.0f} households / 户，{len(outside):,} rows / 处。")
    for label, row in outside.head(_LISTED).iterrows():
        point = row.geometry.representative_point()
        console.print(
            f"  {label}: {row['households']:,.0f} · {row['minutes']:.1f} min · {point.x:.5f}, {point.y:.5f}",
            highlight=False,
        )


def _write(circle: ServiceCircle, folder: Path, console: Console) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    circle.demand.to_file(folder / "demand.gpkg")
    circle.centres.to_file(folder / "centres.gpkg")
    circle.left_out.to_file(folder / "left_out.geojson")
    circle.rings().to_file(folder / "rings.geojson")
    circle.shares.to_csv(folder / "shares.csv", index=False, encoding="utf-8-sig")
    console.print(f"Written / 已写入：{folder}", highlight=False)


def _column(text: str) -> tuple[str, str]:
    tag, _, column = text.partition("=")
    if not (tag and column):
        raise argparse.ArgumentTypeError(f"{text!r} is not TAG=COLUMN, e.g. highway=DLDJ")
    return tag, column


def _minutes(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError as odd:
        raise argparse.ArgumentTypeError(f"{text!r} is not a list of minutes, e.g. 5,10,15") from odd


@contextmanager
def _bar() -> Iterator[Tell]:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        work = progress.add_task("…", total=1.0)
        yield lambda what, share: progress.update(work, description=what, completed=share)
