"""Runs the peers of the travel engine: each in a process of its own, in a private environment.

The environment is made below .tools/ by the first benchmark that needs it. A peer that cannot be installed
(no network, no wheel for this machine) or fails is skipped, and the report says why.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench import Report

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / ".tools" / "bench-peers"
OURS = ("scipy", "networkx")
OTHERS = ("igraph", "rustworkx", "networkit", "pandana", "routingkit-cch")
_INSTALL_S, _RUN_S = 300, 600

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
            except _Skipped as why:
                report.skip(peer, str(why))
    return results


class _Skipped(Exception):  # noqa: N818 - it says what happened to the peer, not that we failed
    pass


def _ask(peer: str, task: str, problem: Path, answers: Path) -> tuple[dict[str, float], Answers]:
    python = sys.executable if peer in OURS else str(_installed(peer))
    script = Path(__file__).with_name("road_peer_engines.py")
    command = [python, str(script), peer, task, str(problem), str(answers)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_RUN_S, check=False)
    except subprocess.TimeoutExpired:
        raise _Skipped(f"gave no answer within {_RUN_S} s") from None
    if done.returncode:
        raise _Skipped(f"failed: {(done.stderr.strip().splitlines() or ['?'])[-1][:120]}")
    with np.load(answers) as file:
        found = {name: file[name].astype(np.float64) for name in file.files}
    return json.loads(done.stdout.strip().splitlines()[-1]), found


def _installed(peer: str) -> Path:
    if os.environ.get("YILU_BENCH_PEERS") == "0":
        raise _Skipped("not wanted: YILU_BENCH_PEERS=0")
    python = HOME / "bin" / "python"
    uv = shutil.which("uv")
    if not uv:
        raise _Skipped("uv is not on the path to install it")
    if not python.is_file():
        _run([uv, "venv", "-q", "--python", sys.executable, str(HOME)])
    if not (HOME / f"{peer}.done").is_file():
        _run([uv, "pip", "install", "-q", "--python", str(python), "--only-binary", ":all:", peer, "numpy"])
        (HOME / f"{peer}.done").touch()
    return python


def _run(command: list[str]) -> None:
    try:
        subprocess.run(command, capture_output=True, timeout=_INSTALL_S, check=True)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as failure:
        raise _Skipped("could not be installed (no network, or no wheel for this machine)") from failure
