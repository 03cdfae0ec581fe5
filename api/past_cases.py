"""Another system's cases, as its CSV or XLSX holds them: columns and words guessed, every row judged."""

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd

from api.past_words import FIELDS, OUTCOME_WORDS, STATE_WORDS, bare, guess_categories
from dispatch.lifecycle import Outcome, State
from dispatch.policy import Category
from geo.areas import Territory
from geo.cells import CellError, instant
from geo.columns import guess_columns, text_of
from geo.coordinates import Datum, bd09_to_wgs84, gcj02_to_wgs84
from geo.observations import Observations
from geo.point_checks import check_points
from geo.sheets import read_sheet

_LONGEST_TEXT = 4000
_SHOWN = 12
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class PastCase:
    """One case of another system, ready to be kept. Degrees are WGS 84; rows are counted below the header."""

    row: int
    key: str
    """Under which it is known again when the same file comes a second time."""
    number: str
    category: Category
    lon: float
    lat: float
    area: str
    street: str | None
    description: str
    state: State
    outcome: Outcome | None
    reported_at: datetime
    resolved_at: datetime | None
    closed_at: datetime | None
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Apart:
    """A row that is not brought in, and why; counted from 1 below the header."""

    row: int
    zh: str
    en: str
    fault: bool
    """Whether somebody has to mend it (or leave it out by choice): a copy is none, an unreadable time is."""


@dataclass(slots=True)
class PastReport:
    """What a file of past cases holds, and what becomes of it."""

    columns: Mapping[str, str | None]
    words: Mapping[str, tuple[Category | None, int]]
    """Their word for a category, ours, and how many rows say so."""
    cases: list[PastCase] = field(default_factory=list)
    apart: list[Apart] = field(default_factory=list)
    rows: int = 0
    frame: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def faults(self) -> int:
        """How many rows have to be mended or left out."""
        return sum(one.fault for one in self.apart)

    def text(self, language: str = "en") -> str:
        """The report in plain lines, in "zh" or "en"."""
        zh = language == "zh"
        shown = ", ".join(f"{column or '—'} → {name}" for name, column in self.columns.items())
        lines = [("列对应：" if zh else "Columns: ") + shown]
        for said, (category, count) in self.words.items():
            ours = f"{category.code} {category.words.zh if zh else category.words.en}" if category else "?"
            lines.append(f"  {said} → {ours}（{count:,}）" if zh else f"  {said} → {ours} ({count:,})")
        counts = Counter((one.zh if zh else one.en, one.fault) for one in self.apart)
        firsts = {(one.zh if zh else one.en): one.row for one in reversed(self.apart)}
        for (why, fault), count in counts.most_common(40):
            mark = "✗" if fault else "!"
            lines.append(
                f"{mark} {count:,} 行{why}（首见第 {firsts[why]} 行）"
                if zh
                else f"{mark} {count:,} rows: {why} (first: row {firsts[why]})"
            )
        lines += self._totals(zh)
        return "\n".join(lines)

    def _totals(self, zh: bool) -> list[str]:
        states = Counter(case.state.value for case in self.cases)
        told = ", ".join(f"{state} {count:,}" for state, count in states.most_common())
        lines = []
        if self.cases:
            first = min(case.reported_at for case in self.cases)
            last = max(case.reported_at for case in self.cases)
            lines.append(f"{first:%Y-%m-%d} – {last:%Y-%m-%d}: {told}")
        ready, apart = len(self.cases), len(self.apart)
        if zh:
            return [*lines, f"共 {self.rows:,} 行：可导入 {ready:,} 行，另置 {apart:,} 行。"]
        return [*lines, f"{self.rows:,} rows: {ready:,} can be imported, {apart:,} are set apart."]

    def write_apart(self, path: Path) -> None:
        """Write the rows that are set apart, each with its number and reason, as they came."""
        rows = sorted(self.apart, key=lambda one: one.row)
        table = self.frame.iloc[[one.row - 1 for one in rows]].reset_index(drop=True)
        table.insert(0, "why 原因", [f"{one.en} {one.zh}" for one in rows])
        table.insert(0, "row 行", [one.row for one in rows])
        path.parent.mkdir(parents=True, exist_ok=True)
        table.to_csv(path, index=False, encoding="utf-8-sig")


@dataclass(frozen=True, slots=True)
class PastReading:
    """How a file is to be read: what was said on the command line."""

    columns: Mapping[str, str] = field(default_factory=dict)
    categories: Mapping[str, str] = field(default_factory=dict)
    states: Mapping[str, str] = field(default_factory=dict)
    datum: Datum | None = None
    sheet: str | None = None
    system: str = ""
    """What the other system is called: its numbers are its own."""


class UnknownWordError(ValueError):
    """A mapping names a category or a state that there is not."""


def read_past_cases(
    path: Path,
    how: PastReading,
    categories: Mapping[str, Category],
    territory: Territory,
    now: datetime,
    tell: Tell = lambda _: None,
) -> PastReport:
    """Read a .csv or .xlsx and judge every row. Raises `FileRefusedError` and `UnknownColumnError`."""
    tell("reading")
    frame = read_sheet(path, how.sheet)
    columns = guess_columns([str(name) for name in frame.columns], FIELDS, how.columns)
    tell("understanding")
    said = _column(frame, columns["category"])
    words = guess_categories(Counter(filter(None, said)), categories, how.categories)
    report = PastReport(columns, words, rows=len(frame), frame=frame)
    missing = [name for name in ("reported_at", "lon", "lat", "category") if columns[name] is None]
    if missing:
        listed = ", ".join(missing)
        report.apart = [
            Apart(row, f"缺少列：{listed}", f"columns are missing: {listed}", True)
            for row in range(1, len(frame) + 1)
        ]
        return report
    _Judge(report, how, territory, now, tell).judge(frame, said)
    return report


class _Judge:
    """Goes through the rows of one file."""

    def __init__(
        self, report: PastReport, how: PastReading, territory: Territory, now: datetime, tell: Tell
    ) -> None:
        self.report = report
        self.how = how
        self.territory = territory
        self.now = now
        self.tell = tell
        self.states = {**STATE_WORDS, **{bare(k): _state(v) for k, v in how.states.items()}}

    def judge(self, frame: pd.DataFrame, said: Sequence[str]) -> None:
        read = [self._read(frame, name) for name in ("reported_at", "resolved_at", "closed_at", "due_at")]
        state, outcome = (_column(frame, self.report.columns[name]) for name in ("state", "outcome"))
        texts = _column(frame, self.report.columns["description"])
        numbers = _column(frame, self.report.columns["number"])
        lon, lat = self._places(frame)
        left = self._placed(lon, lat, read[0], said)
        self.tell("placing")
        where = self.territory.locate_many(lon, lat)
        seen: set[str] = set()
        for row in left:
            category = self.report.words.get(said[row], (None, 0))[0]
            reported, resolved, closed, due = (column[row] for column in read)
            found = self._state_of(state[row], resolved, closed)
            wrong = _wrong(said[row], category, state[row], found, self.now, *(c[row] for c in read))
            key = self._key(numbers[row], reported, lon[row], lat[row], said[row], texts[row])
            if wrong is None and key in seen:
                wrong = ("编号重复", "the number stands in the file twice", False)
            if wrong is not None:
                self.report.apart.append(Apart(row + 1, *wrong))
                continue
            seen.add(key)
            assert isinstance(reported, datetime)
            assert category is not None
            assert found is not None
            self.report.cases.append(
                PastCase(
                    row + 1,
                    key,
                    numbers[row][:64],
                    category,
                    float(lon[row]),
                    float(lat[row]),
                    str(where.grid[row]),
                    str(where.street[row]) or None,
                    _storable(texts[row])[:_LONGEST_TEXT],
                    found,
                    OUTCOME_WORDS.get(bare(outcome[row])),
                    reported,
                    _time(resolved or closed) if found in (State.RESOLVED, State.CLOSED) else None,
                    _time(closed or resolved) if found is State.CLOSED else None,
                    _time(due),
                )
            )

    def _read(self, frame: pd.DataFrame, name: str) -> list[datetime | str | None]:
        """Times of a column: None where there is none, the text itself where it is no time."""
        column = self.report.columns[name]
        if column is None:
            return [None] * len(frame)
        return [_instant(cell) for cell in frame[column].tolist()]

    def _places(self, frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        lon, lat = (
            pd.to_numeric(frame[self.report.columns[name]], errors="coerce").to_numpy(np.float64, copy=True)
            for name in ("lon", "lat")
        )
        nowhere = (lon == 0) & (lat == 0)
        lon[nowhere] = lat[nowhere] = np.nan
        match self.how.datum:
            case Datum.GCJ02:
                return gcj02_to_wgs84(lon, lat)
            case Datum.BD09:
                return bd09_to_wgs84(lon, lat)
        return lon, lat

    def _placed(
        self, lon: np.ndarray, lat: np.ndarray, times: Sequence[datetime | str | None], said: Sequence[str]
    ) -> list[int]:
        """Set apart what would draw a false hotspot; return the rows that are left."""
        at = np.array(
            [np.datetime64(int(t.timestamp()), "s") if isinstance(t, datetime) else "NaT" for t in times],
            dtype="datetime64[s]",
        )
        observed = Observations(lon, lat, at, np.array(said, dtype=np.str_))
        (district,) = self.territory.children(None)
        checked = check_points(observed, district.shape)
        for group in checked.set_apart:
            place = f" ({group.place[0]:.5f}, {group.place[1]:.5f})" if group.place else ""
            hint = ("（经纬度可能颠倒）", " (lon and lat look swapped)") if group.swapped else ("", "")
            self.report.apart += [
                Apart(row + 1, f"{group.reason.zh}{place}{hint[0]}", f"{group.reason}{place}{hint[1]}", False)
                for row in group.index.tolist()
            ]
        return [int(row) for row in checked.kept_index]

    def _state_of(self, said: str, resolved: object, closed: object) -> State | None:
        if said:
            return self.states.get(bare(said))
        if closed is not None:
            return State.CLOSED
        return State.RESOLVED if resolved is not None else State.FILED

    def _key(self, number: str, *rest: object) -> str:
        plain = number or "\x1f".join(map(str, rest))
        return (
            "past:" + hashlib.sha256(f"{self.how.system}\x1f{plain}".encode("utf-8", "replace")).hexdigest()
        )


def _wrong(
    said: str,
    category: Category | None,
    state_word: str,
    state: State | None,
    now: datetime,
    reported: datetime | str | None,
    resolved: datetime | str | None,
    closed: datetime | str | None,
    due: datetime | str | None,
) -> tuple[str, str, bool] | None:
    """What has to be mended in a row, in both languages; None where nothing is wrong."""
    for zh, en, value in (
        ("上报时间", "reported_at", reported),
        ("办结时间", "resolved_at", resolved),
        ("结案时间", "closed_at", closed),
        ("截止时间", "due_at", due),
    ):
        if isinstance(value, str):
            return f"{zh}不是时间", f"{en} is no time like 2026-11-21 08:00", True
    if reported is None:
        return "没有上报时间", "it has no reported_at", True
    assert isinstance(reported, datetime)
    if reported > now:
        return "上报时间在未来", "reported_at lies ahead", True
    ended = [time for time in (resolved, closed) if isinstance(time, datetime)]
    if any(time < reported or time > now for time in ended):
        return "办结或结案时间早于上报或在未来", "it ended before it was reported, or ahead", True
    if category is None:
        shown = said[:30] or "—"
        return f"类别“{shown}”无法对应", f"the category {shown!r} means none of ours", True
    if state is None:
        return f"状态“{state_word[:30]}”无法对应", f"the state {state_word[:30]!r} means none of ours", True
    if state in (State.CLOSED, State.RESOLVED) and not ended:
        return "已结案但没有时间", "it has ended, but not when", True
    return None


def _state(name: str) -> State:
    try:
        return State(name)
    except ValueError:
        known = ", ".join(
            state.value for state in (State.FILED, State.RESOLVED, State.CLOSED, State.DISMISSED)
        )
        raise UnknownWordError(f"There is no state {name!r}; a past case is {known}.") from None


def _column(frame: pd.DataFrame, name: str | None) -> list[str]:
    return [text_of(cell) for cell in frame[name].tolist()] if name else [""] * len(frame)


def _instant(cell: object) -> datetime | str | None:
    said = text_of(cell)
    if not said:
        return None
    try:
        return instant(cell.to_pydatetime() if isinstance(cell, pd.Timestamp) else cell)
    except (CellError, ValueError, OverflowError):
        return said


def _time(value: object) -> datetime | None:
    return value if isinstance(value, datetime) else None


def _storable(text: str) -> str:
    return text.replace("\0", "").encode("utf-8", "replace").decode()
