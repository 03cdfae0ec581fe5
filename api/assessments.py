"""The tales of all cases, kept current from the event log: each process tells them once and then follows."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncEngine

from api.identity import Reach
from api.store.database import driver_transaction
from api.store.feed import FeedPlace, newest_place
from api.store.told_events import count_patrols, names_of_people, told_after
from dispatch.assessment import (
    DepartmentIndicators,
    Grouping,
    Indicators,
    Period,
    assess,
    assess_departments,
    key_of,
)
from dispatch.cases import CaseEvent
from dispatch.day_curve import DayCurve, day_curve
from dispatch.ids import CaseId, DepartmentId
from dispatch.lifecycle import Action
from dispatch.tales import Tale, begin, tell

Answer = TypeVar("Answer")

_FRESH_S = 5.0
_REMEMBERED = 64


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: a period, a grouping (None for departments), an area, and where the asker may look."""

    period: Period
    grouping: Grouping | None
    area: str
    reach: Reach


@dataclass(frozen=True, slots=True)
class Counted:
    """The indicators of each group, and of all of them together."""

    groups: Mapping[str, Indicators]
    total: Indicators


class Assessments:
    """One per process. Answers at most five seconds old are given again."""

    def __init__(self, engine: AsyncEngine, district: str) -> None:
        self._engine = engine
        self._district = district
        self._place = FeedPlace(0, 0)
        self._tales: dict[CaseId, Tale] = {}
        self._reading = asyncio.Lock()
        self._answers: OrderedDict[tuple[str, Question], tuple[float, object]] = OrderedDict()

    async def indicators(self, question: Question) -> Counted:
        """The indicators by group and in all."""
        return await self._answered("indicators", question, lambda tales: _count(tales, question))

    async def departments(self, question: Question) -> Mapping[DepartmentId, DepartmentIndicators]:
        """How each department answered when it was called."""
        return await self._answered(
            "departments", question, lambda tales: assess_departments(tales, question.period)
        )

    async def day(self, question: Question, now: datetime) -> DayCurve:
        """The day until now by the hour, beside a usual one; the question's period is that day."""
        return await self._answered("day", question, lambda tales: day_curve(tales, now))

    async def patrols(self, period: Period) -> Mapping[str, int]:
        """How many patrols began in the period, by street."""
        async with driver_transaction(self._engine) as driver:
            return await count_patrols(driver, self._district, period.begins, period.ends)

    async def people(self) -> Mapping[str, tuple[str, str]]:
        """Everybody's name, in Chinese and in English."""
        async with driver_transaction(self._engine) as driver:
            return await names_of_people(driver, self._district)

    async def _answered(
        self, what: str, question: Question, count: Callable[[Sequence[Tale]], Answer]
    ) -> Answer:
        known = self._answers.get((what, question))
        if known is not None and time.monotonic() - known[0] < _FRESH_S:
            return known[1]  # type: ignore[return-value]  # stored below under the same key
        async with self._reading:
            await self._follow()
            answer = await asyncio.to_thread(lambda: count(self._seen(question)))
        self._answers[what, question] = (time.monotonic(), answer)
        self._answers.move_to_end((what, question))
        while len(self._answers) > _REMEMBERED:
            self._answers.popitem(last=False)
        return answer

    def _seen(self, question: Question) -> Sequence[Tale]:
        return [tale for tale in self._tales.values() if _lies_in(tale, question)]

    async def _follow(self) -> None:
        """Read what happened since; from the start where a restore began a new epoch."""
        async with driver_transaction(self._engine) as driver:
            newest = await newest_place(driver, self._district)
            if newest.epoch != self._place.epoch or newest.seq < self._place.seq:
                self._place, self._tales = FeedPlace(newest.epoch, 0), {}
            while True:
                reached, events = await told_after(driver, self._district, self._place.seq)
                if reached is None:
                    return
                await asyncio.to_thread(self._tell, events)
                self._place = FeedPlace(newest.epoch, reached.seq)

    def _tell(self, events: Sequence[CaseEvent]) -> None:
        for event in events:
            if event.action is Action.REPORT:
                self._tales[event.case] = begin(event)
            elif (tale := self._tales.get(event.case)) is not None:
                tell(tale, event)


def _count(tales: Sequence[Tale], question: Question) -> Counted:
    grouping = question.grouping
    groups = assess(tales, question.period, lambda tale: key_of(tale, grouping)) if grouping else {}
    total = Indicators()
    for tale in tales:
        total.count(tale, question.period)
    return Counted(groups, total)


def _lies_in(tale: Tale, question: Question) -> bool:
    """Within the area asked for and what the asker may see; outside every area only a district may."""
    area = tale.area or ""
    if not area.startswith(question.area):
        return False
    return any(
        (area or grant.area).startswith(grant.area)
        and len(grant.area) <= max(len(area), _DISTRICT_DIGITS)
        and (grant.street is None or grant.street == tale.street)
        and (grant.department is None or grant.department in tale.calls)
        for grant in question.reach.grants
    )


_DISTRICT_DIGITS = 6
