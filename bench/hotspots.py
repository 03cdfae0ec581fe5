"""Hotspots: density, Gi*, every layer of the command centre, and density along streets, beside their peers.

`density_1m_ms`, `gi_1m_ms` (on ready neighbours), `layers_72k_ms` (all layers of 72,411 placed findings for
another selection), `streets_update_ms` (72,411 findings along the Porto network, already prepared).
"""

import importlib
import sys
import time
import warnings
from pathlib import Path
from types import ModuleType

import numpy as np
from scipy.stats import gaussian_kde

from bench import Report, median_s, readable, seconds_each
from bench.peer_tools import SkippedPeerError, folders_with
from geo.coordinates import FloatArray, LonLat, MetricPlane
from geo.density import Raster, density
from geo.gi_star import gi_star
from geo.hotspots import Ground, HotspotState, Observations, Selection, Units
from geo.neighbours import Neighbours
from geo.road_readers import from_geodataframe
from geo.sample import load
from geo.street_density import StreetKernel, StreetPieces, streets_from_arcs

FINDINGS = 72_411
MANY = 1_000_000
SIDE_M = 10_000.0
RASTER = Raster(0.0, 0.0, SIDE_M / 500, 500, 500)
PORTO = Path(__file__).resolve().parents[2] / "shared" / "data" / "roads" / "porto_drive.npz"


def main() -> None:
    """Measure everything and print it."""
    report = Report("hotspots", "Hotspots", ("work", "ours", "peer"))
    rng = np.random.default_rng(1)
    _density(report, *_clusters(rng, MANY))
    _gi(report, rng)
    _layers(report, rng)
    _streets(report, rng)
    report.print()


def _clusters(rng: np.random.Generator, count: int) -> tuple[FloatArray, FloatArray]:
    centres = rng.uniform(0, SIDE_M, (60, 2))[rng.integers(0, 60, count)]
    edge = RASTER.cell_m  # KDEpy wants every point between the centres of its cells
    places = np.clip(centres + rng.normal(0, 400, (count, 2)), edge, SIDE_M - edge)
    return np.ascontiguousarray(places[:, 0]), np.ascontiguousarray(places[:, 1])


def _density(report: Report, x: FloatArray, y: FloatArray) -> None:
    ours = median_s(lambda: density(RASTER, x, y, 100.0), repeat=9)
    report.figure("density_1m_ms", ours)
    peer = _peer("KDEpy", report)
    beside = "not measured"
    if peer is not None:
        east, north = RASTER.centres_m()
        grid = np.stack(np.meshgrid(east, north), -1).reshape(-1, 2)
        order = np.lexsort((grid[:, 1], grid[:, 0]))
        points = np.column_stack((x, y))
        took = median_s(lambda: peer.FFTKDE(bw=100.0).fit(points).evaluate(grid[order]), repeat=3)
        report.peer("density_1m_ms", "KDEpy", took)
        beside = f"KDEpy {readable(took)}"
    report.add(f"density, 500 × 500, {MANY:,} points", readable(ours), beside)
    few = np.random.default_rng(2).choice(MANY, 2_000, replace=False)
    east, north = np.meshgrid(*RASTER.centres_m())
    cells = np.vstack((east.ravel(), north.ravel()))
    exact = gaussian_kde(np.vstack((x[few], y[few])), bw_method=0.05)
    small = median_s(lambda: density(RASTER, x[few], y[few], 100.0))
    took = seconds_each(lambda: exact(cells), repeat=1, warm_up=0)[0]
    report.figure("density_2k_ms", small)
    report.peer("density_2k_ms", "scipy", took)
    report.add("density, 500 × 500, 2,000 points", readable(small), f"scipy gaussian_kde {readable(took)}")


def _gi(report: Report, rng: np.random.Generator) -> None:
    x, y = rng.uniform(0, SIDE_M, (2, MANY))
    begun = time.perf_counter()
    neighbours = Neighbours.nearest(x, y, 8)
    report.figure("gi_1m_neighbours_s", time.perf_counter() - begun)
    values = rng.gamma(1.0, 2.0, MANY)
    ours = median_s(lambda: gi_star(values, neighbours))
    report.figure("gi_1m_ms", ours)
    report.add(
        f"Gi*, 8 neighbours, {MANY:,} points, with p and q", readable(ours), "esda: minutes, see below"
    )
    report.skip("esda on 1,000,000 points", "it takes minutes; gi_72k_ms measures it on fewer")
    few = slice(0, FINDINGS)
    near = Neighbours.nearest(x[few], y[few], 8)
    small = median_s(lambda: gi_star(values[few], near))
    report.figure("gi_72k_ms", small)
    beside = _esda(report, np.column_stack((x[few], y[few])), values[few], gi_star(values[few], near).z)
    report.add(f"Gi*, 8 neighbours, {FINDINGS:,} points", readable(small), beside)


def _esda(report: Report, points: FloatArray, values: FloatArray, ours: FloatArray) -> str:
    try:
        import esda
        import libpysal
    except ImportError as missing:
        report.skip("esda", str(missing))
        return "not measured"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        weights = libpysal.weights.fill_diagonal(libpysal.weights.KNN(points, 8), 1)
        begun = time.perf_counter()
        peer = esda.G_Local(values, weights, transform="B", star=True, permutations=0)
        took = time.perf_counter() - begun
    report.peer("gi_72k_ms", "esda", took)
    report.count("gi_72k_largest_difference_from_esda", float(np.abs(peer.Zs - ours).max()))
    return f"esda {readable(took)}"


def _layers(report: Report, rng: np.random.Generator) -> None:
    district = load()
    grids = [area for area in district.areas if len(area.code) == 15]
    kernel = StreetKernel.prepare(StreetPieces.of_network(from_geodataframe(district.roads)))
    state = HotspotState(Ground.over(Units.of_areas(grids), kernel))
    lines = [street.centreline for street in district.streets]
    which = rng.choice(len(lines), FINDINGS, p=rng.dirichlet(np.full(len(lines), 0.7)))
    along = rng.random(FINDINGS)
    places = [lines[one].interpolate(share, normalized=True) for one, share in zip(which, along, strict=True)]
    lon = np.array([place.x for place in places]) + rng.normal(0, 8e-5, FINDINGS)
    lat = np.array([place.y for place in places]) + rng.normal(0, 8e-5, FINDINGS)
    seconds = rng.integers(0, 365 * 86_400, FINDINGS)
    at = np.datetime64("2025-11-21T00:00:00") + seconds.astype("timedelta64[s]")
    begun = time.perf_counter()
    state.add(Observations(lon, lat, at, rng.choice(["stall", "parking", "rubbish"], FINDINGS)))
    report.figure("place_72k_s", time.perf_counter() - begun)
    every = Selection(hours=frozenset(range(24)))
    took = median_s(lambda: _refresh(state, every), repeat=9)
    report.figure("layers_72k_ms", took)
    report.add(f"all layers refreshed, {FINDINGS:,} findings, 763 grids, 52 weeks", readable(took), "–")
    _new_finding(report, state, lon, lat, at)


def _refresh(state: HotspotState, selection: Selection) -> None:
    state.select(selection)
    _read(state)


def _read(state: HotspotState) -> None:
    state.density_layer()
    state.street_layer()
    state.units_layer()
    state.emerging_layer()


def _new_finding(
    report: Report, state: HotspotState, lon: FloatArray, lat: FloatArray, at: np.ndarray
) -> None:
    number = iter(range(FINDINGS))

    def one_more() -> None:
        one = next(number)
        place = np.array([lon[one] + 1e-5]), np.array([lat[one] + 1e-5])
        state.add(Observations(*place, at[one : one + 1] + np.timedelta64(1, "s"), np.array(["stall"])))
        _read(state)

    took = median_s(one_more, repeat=9)
    report.figure("one_more_finding_ms", took)
    report.add("one more finding, all layers", readable(took), "–")


def _streets(report: Report, rng: np.random.Generator) -> None:
    if not PORTO.exists():
        report.skip("streets_update_ms", f"the road file {PORTO.name} is not beside the project")
        return
    roads = np.load(PORTO)
    plane = MetricPlane.around(LonLat(float(roads["lon"].mean()), float(roads["lat"].mean())))
    x, y = plane.to_metres(roads["lon"], roads["lat"])
    pieces = StreetPieces.cut(*streets_from_arcs(roads["src"], roads["dst"], x, y), plane)
    begun = time.perf_counter()
    kernel = StreetKernel.prepare(pieces)
    report.figure("streets_prepare_s", time.perf_counter() - begun)
    near = rng.choice(len(x), 400)[rng.integers(0, 400, FINDINGS)]
    piece = pieces.piece_at(x[near] + rng.normal(0, 150, FINDINGS), y[near] + rng.normal(0, 150, FINDINGS))
    took = median_s(lambda: kernel.density(kernel.count(piece)), repeat=15)
    report.figure("streets_update_ms", took)
    report.count("streets_pieces", len(pieces))
    report.add(f"density along {len(pieces):,} pieces of street", readable(took), "–")


def _peer(name: str, report: Report) -> ModuleType | None:
    """A peer that is no dependency of ours, from the benchmarks' own environment; None where there is none.

    Only what this interpreter lacks is taken from there: both measure with the same numpy.
    """
    try:
        folders = folders_with(name)
    except SkippedPeerError as why:
        report.skip(name, str(why))
        return None
    sys.path.extend(folders)
    try:
        return importlib.import_module(name)
    except ImportError as missing:
        report.skip(name, str(missing))
        return None
    finally:
        for folder in folders:
            sys.path.remove(folder)


if __name__ == "__main__":
    main()
