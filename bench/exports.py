"""A hundred thousand cases as a file, by HTTP: seconds to its first byte and its last, and memory meanwhile.

The cases are another system's years as `bench past_cases` makes them, brought in by `yilu import cases`.
"""

import os
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from api.identity import Role
from api.list_exports import FileFormat
from bench import Report, readable
from bench.past_cases import ROWS, bring_in, write_table
from bench.serving import BenchServer, bench_server

LOOK_EVERY_S = 0.02
MB = 1 << 20


@dataclass(frozen=True, slots=True)
class Download:
    """One file: seconds to its first and its last byte, its bytes, and by how much the server grew."""

    first_s: float
    whole_s: float
    size: int
    grown: int


def main() -> None:
    """Measure and print."""
    columns = ("format", "first byte", "whole", "size", "memory")
    report = Report("exports", f"{ROWS:,} cases as a file", columns)
    with bench_server() as server:
        _bring_in(server)
        headers = {"Cookie": server.cookie(Role.OPERATOR)}
        address = f"http://{server.host}:{server.port}/api/v1/exports/cases"
        download(server, f"{address}.csv", headers)  # the first one pays for what all others find ready
        for file_format in FileFormat:
            found = download(server, f"{address}.{file_format}", headers)
            report.add(
                file_format.value,
                readable(found.first_s),
                readable(found.whole_s),
                f"{found.size / MB:.0f} MB",
                f"+{found.grown / MB:.0f} MB",
            )
            report.figure(f"{file_format}_first_ms", found.first_s)
            report.figure(f"{file_format}_100k_s", found.whole_s)
    report.print()


def _bring_in(server: BenchServer) -> None:
    with TemporaryDirectory(prefix="yilu-bench-") as folder:
        table = Path(folder) / "past.csv"
        write_table(table)
        bring_in(table, server.database_url)


def download(server: BenchServer, address: str, headers: dict[str, str]) -> Download:
    """Take the file and keep none of it."""
    before, most, done = resident_bytes(server.process), 0, threading.Event()

    def look() -> None:
        nonlocal most
        while not done.wait(LOOK_EVERY_S):
            most = max(most, resident_bytes(server.process))

    watcher = threading.Thread(target=look)
    watcher.start()
    begun, first_s, size = time.perf_counter(), 0.0, 0
    with httpx.stream("GET", address, headers=headers, timeout=300) as answer:
        answer.raise_for_status()
        for part in answer.iter_raw():
            first_s = first_s or time.perf_counter() - begun
            size += len(part)
    whole_s = time.perf_counter() - begun
    done.set()
    watcher.join()
    return Download(first_s, whole_s, size, max(0, most - before))


def resident_bytes(process: int) -> int:
    """Return how much memory a process holds now (Linux)."""
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    main()
