"""Runs the peers of the travel engine: each in a process of its own, in a private environment.

A peer that cannot be installed (no network, no wheel for this machine) or fails is skipped, and the report
says why.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench import Report
from bench.peer_tools import SkippedPeerError, python_with

OURS = ("scipy", "networkx")
OTHERS = ("igraph", "rustworkx", "networkit", "pandana", "routingkit-cch")
_OWN_ROADS = (
    "it answers over roads compiled from an extract by its own profiles, not over arcs with given times"
)
NOT_ASKED = {
    "OSRM": _OWN_ROADS,
    "Valhalla": _OWN_ROADS,
    "pgRouting": "it needs a database with that extension; the private PostGIS comes without",
}
_RUN_S = 600

Problem = Mapping[str, NDArray[np.generic]]
Answers = dict[str, NDArray[np.float64]]


def ask_peers(task: str, problem: Problem, report: Report) -> dict[str, tuple[dict[str, float], Answers]]:
    """The seconds and answers of every peer that could be asked."""
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "problem.npz"
        np.savez(file, **problem)
        for peer in OURS + OTHERS:
            try:
                results[peer] = _ask(peer, task, file, Path(folder) / f"{peer}.npz")
            except SkippedPeerError as why:
                report.skip(peer, str(why))
    for peer, why in NOT_ASKED.items():
        report.skip(peer, why)
    return results


def _ask(peer: str, task: str, problem: Path, answers: Path) -> tuple[dict[str, float], Answers]:
    python = sys.executable if peer in OURS else str(python_with(peer))
    script = Path(__file__).with_name("road_peer_engines.py")
    command = [python, str(script), peer, task, str(problem), str(answers)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_RUN_S, check=False)
    except subprocess.TimeoutExpired:
        raise SkippedPeerError(f"gave no answer within {_RUN_S} s") from None
    if done.returncode:
        raise SkippedPeerError(f"failed: {(done.stderr.strip().splitlines() or ['?'])[-1][:120]}")
    with np.load(answers) as file:
        found = {name: file[name].astype(np.float64) for name in file.files}
    return json.loads(done.stdout.strip().splitlines()[-1]), found
