"""The sample year: played (`year_s`, one core), packed, and loaded with its district into an empty store.

`year_load_s` is what a first start waits for: the district, then the shipped year as cases, events, offers,
patrols and tracks. The totals must be the published ones, or nothing is printed.
"""

import asyncio
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from api.rehearsals import travels_over
from api.settings import data_folder
from api.store.database import migrate_forward, open_engine
from api.store.sample import ensure_sample
from api.store.sample_year import ensure_sample_year
from bench import Report, readable
from bench.serving import bench_database
from dispatch.policy_files import load_policy
from dispatch.sample_year import FINDINGS, PATROLS, TOTALS, pack_sample_year, simulate_sample_year
from dispatch.simulate import Simulation
from geo.road_readers import import_roads
from geo.sample import load


def main() -> None:
    """Play, pack, load, print."""
    report = Report("year", f"The sample year: {FINDINGS:,} findings", ("what", "took"))
    played = _play(report)
    _check(played)
    with TemporaryDirectory(prefix="yilu-bench-") as folder:
        begun = time.perf_counter()
        pack_sample_year(played).write(Path(folder) / "history.npz")
        _note(report, "packed into a file", "year_pack_s", time.perf_counter() - begun)
        report.count("year_file_mb", round((Path(folder) / "history.npz").stat().st_size / 1e6, 2))
    with bench_database() as url:
        asyncio.run(_load(report, url))
    report.print()


def _play(report: Report) -> Simulation:
    sample, policy = load(data_folder() / "boundaries"), load_policy(data_folder() / "policy")
    network, _ = import_roads(sample.roads)
    territory, travel = sample.territory(), travels_over(network)
    simulate_sample_year(policy, territory, travel, days=1)  # a first compile is nobody's year
    begun, busy = time.perf_counter(), time.process_time()
    played = simulate_sample_year(policy, territory, travel)
    _note(report, "played", "year_s", time.perf_counter() - begun)
    report.figure("year_processor_s", time.process_time() - busy)
    return played


def _check(played: Simulation) -> None:
    ended = Counter(case.outcome for case in played.store.cases.values())
    found = (len(played.store.cases), len(played.walks), *(ended[outcome] for outcome in TOTALS))
    wanted = (FINDINGS, PATROLS, *TOTALS.values())
    if found != wanted:
        raise SystemExit(f"the year came out as {found}, not as {wanted}")


async def _load(report: Report, url: str) -> None:
    await migrate_forward(url)
    engine = open_engine(url, pool_size=2)
    begun = time.perf_counter()
    await ensure_sample(engine, data_folder())
    district_s = time.perf_counter() - begun
    await ensure_sample_year(engine, data_folder())
    _note(report, "district and year loaded", "year_load_s", time.perf_counter() - begun)
    report.figure("district_load_s", district_s)
    await engine.dispose()


def _note(report: Report, what: str, name: str, seconds: float) -> None:
    report.figure(name, seconds)
    report.add(what, readable(seconds))


if __name__ == "__main__":
    main()
