"""`yilu import`: boundaries, roads, tables and past cases, checked first, all or nothing."""

import argparse
import getpass
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import asyncpg
import geopandas as gpd
import numpy as np
import shapely

from api.commands import CommandError
from api.commands.database import add_data_argument, open_database, read_settings
from api.commands.import_cases import add_case_arguments, import_cases
from api.commands.import_steps import Target, bar, found_in, is_meant, note_refused
from api.imports import (
    ImportRefusedError,
    check_people,
    check_rosters,
    check_streets,
    district_of,
    save_boundaries,
    save_table,
)
from api.settings import data_folder
from api.store.database import migrate
from api.store.import_reports import FoundByImport, keep_report
from api.store.read_back import people_by_phone_or_id
from api.store.roads import list_closures_left_behind, save_roads
from api.store.territory import list_areas, load_territory
from api.store.versions import newest_versions
from dispatch.cases import DEPARTMENT_CONTACT, OPERATOR, STREET_CHIEF, SUPERVISOR
from dispatch.policy_files import load_policy
from geo.archives import FileRefusedError
from geo.area_codes import Level
from geo.areas import Area, Territory
from geo.boundaries import BoundaryReport, read_boundaries
from geo.columns import UnknownColumnError
from geo.coordinates import Datum
from geo.layer_files import READABLE, read_layer
from geo.road_errors import RoadError
from geo.road_frames import edges_frame
from geo.road_readers import import_roads, require_overlap
from geo.road_rules import Mode
from geo.table_kinds import TableKind
from geo.tables import RowDefect, TableReport, read_table

_ROAD_STEPS = ("reading", "joining lines", "checking", "compiling", "saving")


_TURNED = {"forward": "backward", "backward": "forward", "start": "end", "end": "start"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what comes from which file, and how it is to be read."""
    parser.add_argument("what", choices=["boundaries", "roads", "cases", *(kind.value for kind in TableKind)])
    parser.add_argument(
        "file", type=Path, help="GeoPackage, GeoJSON, Shapefile (or its zip), KML; tables also CSV, XLSX"
    )
    parser.add_argument("--level", choices=[level.value for level in Level], help="of boundaries")
    parser.add_argument("--layer", metavar="NAME", help="the layer or sheet, where a file holds several")
    parser.add_argument(
        "--column", metavar="FIELD=COLUMN", action="append", default=[], help="which column holds a field"
    )
    parser.add_argument("--crs", help="the coordinate system, where the file states none: EPSG:4490")
    parser.add_argument(
        "--datum", choices=[datum.value for datum in Datum], help="if a map service shifted it"
    )
    parser.add_argument(
        "--repair", action="store_true", help="mend what is safe to mend, and say what was done"
    )
    parser.add_argument(
        "--defects", type=Path, metavar="FILE.gpkg", help="where to write the defects' places"
    )
    parser.add_argument(
        "--keep-isolated", action="store_true", help="of roads: keep parts that nothing joins"
    )
    add_case_arguments(parser)
    parser.add_argument("--language", choices=["en", "zh"], default="en", help="of the report")
    parser.add_argument("--check", action="store_true", help="report only, import nothing")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    add_data_argument(parser)


def run(args: argparse.Namespace) -> int:
    """Read, check, show, ask, save."""
    settings = read_settings(args)
    columns = _columns(args.column)
    if args.what == "boundaries" and args.level is None:
        raise CommandError("say which level the boundaries are of: --level grid.", status=2)
    with open_database(settings) as url:
        migrate(url)
        target = Target(url, settings.district_code, f"{getpass.getuser()} (import)")
        try:
            if args.what == "boundaries":
                return _import_boundaries(args, columns, target)
            if args.what == "cases":
                return import_cases(args, columns, target)
            if args.what == "roads":
                return _import_roads(args, columns, target)
            return _import_table(args, columns, target)
        except (FileRefusedError, UnknownColumnError, ImportRefusedError, RoadError) as refused:
            raise CommandError(str(refused)) from refused


def _columns(pairs: list[str]) -> dict[str, str]:
    columns = {}
    for pair in pairs:
        name, equals, column = pair.partition("=")
        if not (equals and name and column):
            raise CommandError(
                f"--column {pair}: write it as FIELD=COLUMN, like --column code=网格编码.", status=2
            )
        columns[name.strip()] = column.strip()
    return columns


def _import_boundaries(args: argparse.Namespace, columns: dict[str, str], target: Target) -> int:
    level = Level(args.level)
    existing, seen = target.run(_all_areas)
    with bar(6) as tell:
        report = read_boundaries(
            args.file,
            level,
            existing=existing,
            columns=columns,
            layer=args.layer,
            crs=args.crs,
            datum=Datum(args.datum) if args.datum else None,
            repairing=args.repair,
            progress=tell,
        )
    print(report.text(args.language))
    if report.defects:
        path = args.defects or Path(f"{args.file.stem}-defects.gpkg")
        report.write_defects(path)
        print(f"defects: {path}")
    if not report.importable:
        note_refused(args, target, _found(args, target, report))
        return 1
    district = district_of(report.areas)
    if not is_meant(args, f"Import {len(report.areas)} areas into district {district}?"):
        return 0 if args.check else 1
    version = target.run(partial(_save_boundaries, args, target, district, report, seen.get(district, 0)))
    print(f"Boundary version {version} of district {district} is in force.")
    if district != target.district:
        print(f"Serve it with YILU_DISTRICT={district} yilu up.")
    return 0


async def _all_areas(driver: asyncpg.Connection) -> tuple[list[Area], dict[str, int]]:
    """Every district's areas in force, and the version of each."""
    areas: list[Area] = []
    seen: dict[str, int] = {}
    for row in await driver.fetch("SELECT code FROM district"):
        seen[row["code"]] = (await newest_versions(driver, row["code"])).boundaries
        areas += await list_areas(driver, row["code"], seen[row["code"]])
    return areas, seen


async def _save_boundaries(
    args: argparse.Namespace,
    target: Target,
    district: str,
    report: BoundaryReport,
    seen: int,
    driver: asyncpg.Connection,
) -> int:
    version = await save_boundaries(driver, district, report, seen=seen, by=target.by, source=args.file.name)
    await keep_report(driver, district, _found(args, target, report), taken=True)
    return version


def _found(args: argparse.Namespace, target: Target, report: BoundaryReport) -> FoundByImport:
    what = f"boundaries {args.level}"
    return found_in(args, target, what, report, len(report.areas), len(report.defects))


def _import_roads(args: argparse.Namespace, columns: dict[str, str], target: Target) -> int:
    territory = target.run(partial(_territory, target))
    with bar(len(_ROAD_STEPS)) as tell:
        said: list[str] = []

        def once(what: str, share: float) -> None:
            if what not in said:
                said.append(what)
                tell(what)

        network, report = import_roads(
            _road_source(args), columns=columns or None, keep_isolated=args.keep_isolated, progress=once
        )
    report = replace(report, source=args.file.name)
    print("\n".join(report.sentences_zh() if args.language == "zh" else report.sentences()))
    west, south, east, north = territory.area(target.district).shape.bounds
    require_overlap(network, (west, south, east, north))
    if not is_meant(args, f"Import {report.edges} edges into district {target.district}?"):
        return 0 if args.check else 1
    frame = as_stored(edges_frame(network))

    async def save(driver: asyncpg.Connection) -> tuple[int, Sequence[str]]:
        saved = await save_roads(driver, target.district, frame, by=target.by, source=args.file.name)
        words = "\n".join(report.sentences_zh()), "\n".join(report.sentences())
        found = FoundByImport("roads", args.file.name, target.by, report.edges, 0, *words)
        await keep_report(driver, target.district, found, taken=True)
        return saved, await list_closures_left_behind(driver, target.district, saved)

    version, left_behind = target.run(save)
    print(f"Road version {version} of district {target.district} is in force.")
    for why in left_behind:
        print(f"A closure no longer stands, for its street is not in these roads; close it anew: {why}")
    return 0


def _road_source(args: argparse.Namespace) -> Path | gpd.GeoDataFrame:
    """Vector layers are read with the same care as boundaries; OSM and GraphML have readers of their own."""
    if args.file.suffix.lower() not in (*READABLE, ".zip"):
        path: Path = args.file
        return path
    frame = read_layer(args.file, args.layer)
    return frame.set_crs(args.crs, allow_override=True) if args.crs else frame


def as_stored(edges: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Edges numbered from 1; one that cars only drive backwards is turned round: a map draws one arrow."""
    frame = edges.assign(id=edges["edge"] + 1, way=edges["id"], oneway=edges["oneway"] != "no")
    backward = (edges["oneway"] == "-1").to_numpy()
    frame["u"] = np.where(backward, edges["v"], edges["u"])
    frame["v"] = np.where(backward, edges["u"], edges["v"])
    for column in (*(mode.value for mode in Mode), "signals"):
        frame[column] = np.where(backward, edges[column].replace(_TURNED), edges[column])
    shapes = edges.geometry.to_numpy()
    return frame.set_geometry(np.where(backward, shapely.reverse(shapes), shapes), crs=edges.crs)


async def _territory(target: Target, driver: asyncpg.Connection) -> Territory:
    territory = await load_territory(driver, target.district)
    if territory.find_area(target.district) is None:
        raise ImportRefusedError(f"District {target.district} has no boundaries yet; import these first.")
    return territory


@dataclass(frozen=True, slots=True)
class _Known:
    territory: Territory
    people: frozenset[str]


async def _known(target: Target, driver: asyncpg.Connection) -> _Known:
    territory = await _territory(target, driver)
    return _Known(territory, frozenset(await people_by_phone_or_id(driver, target.district)))


def _import_table(args: argparse.Namespace, columns: dict[str, str], target: Target) -> int:
    kind = TableKind(args.what)
    known = target.run(partial(_known, target))
    with bar(2) as tell:
        tell("reading")
        report = read_table(
            args.file,
            kind,
            columns=columns,
            known={
                "area": {area.code for area in known.territory.areas},
                "street": {street.id for street in known.territory.streets},
                "person": known.people,
            },
            territory=known.territory,
            layer=args.layer,
            datum=Datum(args.datum) if args.datum else None,
        )
        tell("checking")
        report = _with(report, _further_defects(report))
    print(report.text(args.language))
    found = found_in(args, target, kind.value, report, len(report.records), len(report.defects))
    if not report.importable:
        note_refused(args, target, found)
        return 1
    if not is_meant(args, f"Import {len(report.records)} {kind.value} into district {target.district}?"):
        return 0 if args.check else 1

    async def save(driver: asyncpg.Connection) -> None:
        await save_table(
            driver, target.district, report, known.territory, by=target.by, source=args.file.name
        )
        await keep_report(driver, target.district, found, taken=True)

    target.run(save)
    print(f"{len(report.records)} {kind.value} of district {target.district} are in force.")
    return 0


def _further_defects(report: TableReport) -> list[RowDefect]:
    """What only the city's rules can tell."""
    if report.kind is TableKind.PEOPLE:
        policy = load_policy(data_folder() / "policy")
        posts = {*policy.posts, OPERATOR, STREET_CHIEF, SUPERVISOR, DEPARTMENT_CONTACT}
        return check_people(report, posts, policy.departments)
    if report.kind is TableKind.ROSTERS:
        return check_rosters(report)
    return check_streets(report) if report.kind is TableKind.STREETS else []


def _with(report: TableReport, defects: list[RowDefect]) -> TableReport:
    return TableReport(
        report.kind, report.records, report.shapes, [*report.defects, *defects], report.columns
    )
