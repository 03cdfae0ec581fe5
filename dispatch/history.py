"""A simulated history in a small file: numbers in columns, texts once, ids drawn again on reading.

What the file holds is what was simulated, act by act; nothing is decided anew when it is read.
"""

import io
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from random import Random
from typing import TypeAlias
from uuid import UUID

import numpy as np
import numpy.typing as npt
import orjson

from dispatch.cases import Ring, TaskState
from dispatch.clocks import CITY_ZONE, ClockState, TimeKind
from dispatch.ids import time_ordered_uuid
from dispatch.lifecycle import Action, Outcome, State

Column: TypeAlias = npt.NDArray[np.generic]
NEVER = -1
"""Stands in a column of seconds or numbers for 'none'."""
_PERSON = re.compile(rb'"#(\d+)"')
_INSTANT = re.compile(rb'"@(\d+)"')

STATES, ACTIONS, OUTCOMES = list(State), list(Action), list(Outcome)
RINGS, TASK_STATES = list(Ring), list(TaskState)
CLOCKS, TIME_KINDS = list(ClockState), list(TimeKind)
_CODED: Mapping[str, type[StrEnum]] = {
    "case.state": State, "case.outcome": Outcome, "case.clock": ClockState, "case.clock_kind": TimeKind,
    "case.ring": Ring, "event.action": Action, "event.before": State, "event.after": State,
    "task.ring": Ring, "task.state": TaskState,
}  # fmt: skip
"""Columns that hold words as numbers. A file says which words it numbered: the code's own may move on."""
SYSTEM, DESK = 0, 1
STAFF = 2
"""Actors are numbered: the system, the operator, then the people in their own order."""


@dataclass(frozen=True, slots=True)
class History:
    """Columns of cases, events, offers and patrols; times are whole seconds since `starts_at`."""

    starts_at: datetime
    seed: int
    categories: tuple[str, ...]
    case: dict[str, Column]
    event: dict[str, Column]
    task: dict[str, Column]
    patrol: dict[str, Column]
    streets: tuple[str, ...]
    grids: tuple[str, ...]
    details: tuple[bytes, ...]
    """One JSON object an event, people as `#number`, instants as `@second`; empty where the object is."""
    reasons: tuple[str, ...]
    """What people gave as a reason; the empty one first."""
    offers: tuple[tuple[str, str], ...]
    """The words of each offer, Chinese and English."""

    def write(self, path: Path) -> None:
        """Write the file aside, then put it in its place."""
        texts = orjson.dumps(
            {
                "starts_at": self.starts_at.isoformat(),
                "seed": self.seed,
                "categories": self.categories,
                "streets": self.streets,
                "grids": self.grids,
                "reasons": self.reasons,
                "offers": self.offers,
                "words": {name: list(kind) for name, kind in _CODED.items()},
            }
        )
        columns = {
            f"{table}.{name}": column
            for table in ("case", "event", "task", "patrol")
            for name, column in getattr(self, table).items()
        }
        columns["texts"] = np.frombuffer(zlib.compress(texts, 9), np.uint8)
        columns["details"] = np.frombuffer(zlib.compress(b"\n".join(self.details), 9), np.uint8)
        buffer = io.BytesIO()
        np.savez_compressed(buffer, **columns)
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(".part")
        beside.write_bytes(buffer.getvalue())
        beside.replace(path)

    @classmethod
    def read(cls, path: Path) -> "History":
        """Read what `write` wrote."""
        with np.load(path) as stored:
            columns = {name: stored[name] for name in stored.files}
        texts = orjson.loads(zlib.decompress(columns.pop("texts").tobytes()))
        details = zlib.decompress(columns.pop("details").tobytes()).split(b"\n")
        tables: dict[str, dict[str, Column]] = {"case": {}, "event": {}, "task": {}, "patrol": {}}
        for name, column in columns.items():
            table, _, field = name.partition(".")
            coded = name in _CODED
            tables[table][field] = _numbered_anew(name, column, texts["words"][name]) if coded else column
        return cls(
            datetime.fromisoformat(texts["starts_at"]),
            texts["seed"],
            tuple(texts["categories"]),
            streets=tuple(texts["streets"]),
            grids=tuple(texts["grids"]),
            details=tuple(details),
            reasons=tuple(texts["reasons"]),
            offers=tuple((zh, en) for zh, en in texts["offers"]),
            **tables,
        )

    def shifted_to_end_on(self, last_day: date) -> "History":
        """The same history, so many whole days later that its last day is that one."""
        seconds = int(self.event["at_s"].max()) if len(self.details) else 0
        ends = (self.starts_at + timedelta(seconds=seconds)).astimezone(CITY_ZONE).date()
        return replace(self, starts_at=self.starts_at + (last_day - ends))

    def texts_of(self, number: int, people: Sequence[bytes]) -> bytes:
        """The details of an event as JSON, with people's ids and instants put in."""
        text = self.details[number]
        if not text:
            return b"{}"
        text = _PERSON.sub(lambda found: b'"' + people[int(found[1])] + b'"', text)
        return _INSTANT.sub(
            lambda found: b'"' + str(self.at(int(found[1]))).replace(" ", "T").encode() + b'"', text
        )

    def ids(self, table: str) -> Iterator[UUID]:
        """The ids of a table's rows, the same at every reading."""
        chance = Random(f"{table} {self.seed}")
        column = {"case": "reported_s", "event": "at_s", "task": "offered_s", "patrol": "started_s"}[table]
        began = int(self.starts_at.timestamp() * 1000)
        for second in getattr(self, table)[column].tolist():
            yield time_ordered_uuid(began + 1000 * second, chance.getrandbits(74))

    def at(self, second: int) -> datetime | None:
        """The instant of a column's second; None for 'never'."""
        return None if second == NEVER else self.starts_at + timedelta(seconds=second)


def _numbered_anew(name: str, column: Column, words: Sequence[str]) -> Column:
    """A column of words as this code numbers them; raises `ForeignHistoryError` for one it does not know."""
    known = list(_CODED[name])
    if list(words) == known:
        return column
    used = {int(number) for number in np.unique(column)} - {NEVER}
    if missing := sorted({words[number] for number in used} - set(known)):
        raise ForeignHistoryError(name, missing)
    numbers = [known.index(_CODED[name](word)) if word in known else NEVER for word in words]
    return np.asarray(np.array([*numbers, NEVER])[column])  # the last stands for NEVER, which is -1


class ForeignHistoryError(ValueError):
    """A history speaks of what this code does not know."""

    def __init__(self, column: str, words: Sequence[str]) -> None:
        super().__init__(f"The history's column {column} holds words unknown here: {', '.join(words)}.")
