"""A hundred thousand past cases of another system, from its CSV into the store: `import_100k_s`.

All that `yilu import cases` does: reading, understanding, judging, placing, reporting, and saving with all
indexes in place, in one transaction.
"""

import asyncio
import os
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from api.settings import data_folder
from bench import Report
from bench.serving import bench_database, fill
from dispatch.policy_files import load_policy
from geo.sample import SAMPLE_DISTRICT_CODE, load

ROWS = 100_000


def write_table(path: Path) -> None:
    """Three years of an old system: points along the streets, its own words, two in three with an end."""
    chance = np.random.default_rng(1)
    lines = [street.centreline for street in load().territory().streets]
    places = [
        lines[line].interpolate(share, normalized=True)
        for line, share in zip(chance.integers(len(lines), size=ROWS), chance.random(ROWS), strict=True)
    ]
    words = [category.words.zh for category in load_policy(data_folder() / "policy").categories.values()]
    reported = [datetime(2023, 1, 1) + timedelta(minutes=15 * n) for n in range(ROWS)]  # noqa: DTZ001 - as they wrote it
    pd.DataFrame(
        {
            "案件编号": [f"A{n:07}" for n in range(ROWS)],
            "上报时间": [f"{at:%Y-%m-%d %H:%M:%S}" for at in reported],
            "经度": [round(place.x, 6) for place in places],
            "纬度": [round(place.y, 6) for place in places],
            "案件类别": [words[n % len(words)] for n in range(ROWS)],
            "问题描述": [f"门口堆放杂物，第{n}件" for n in range(ROWS)],
            "案件状态": "已结案",
            "结案时间": [f"{at + timedelta(hours=5):%Y-%m-%d %H:%M}" for at in reported],
        }
    ).to_csv(path, index=False, encoding="gb18030")


def bring_in(table: Path, database_url: str) -> None:
    """Import the table as an administrator would, into the sample district."""
    subprocess.run(
        [sys.executable, "-m", "api.cli", "import", "cases", str(table), "--yes"],
        env={
            **os.environ,
            "DATABASE_URL": database_url,
            "YILU_DATA": str(table.parent),
            "YILU_DISTRICT": SAMPLE_DISTRICT_CODE,
            "PYTHONPATH": str(Path(__file__).parent.parent),
        },
        cwd=table.parent,
        check=True,
        stdout=subprocess.DEVNULL,
    )


def main() -> None:
    """Measure and print."""
    with bench_database() as url, TemporaryDirectory(prefix="yilu-bench-") as folder:
        asyncio.run(fill(url))
        table = Path(folder) / "past.csv"
        write_table(table)
        began = time.perf_counter()
        bring_in(table, url)
        took_s = time.perf_counter() - began
    report = Report("past_cases", "Another system's years", ("what", "value"))
    report.add(f"{ROWS:,} rows from CSV to the store", f"{took_s:.1f} s")
    report.figure("import_100k_s", took_s)
    report.print()


if __name__ == "__main__":
    main()
