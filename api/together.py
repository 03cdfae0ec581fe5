"""What many ask in the same instant is done together: who comes while a batch is under way joins the next.

A round trip to the store costs one for all of them, and nobody waits for a timer: somebody who comes alone is
a batch of one.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Told = TypeVar("Told")

Work = Callable[[Sequence[Asked]], Awaitable[Sequence[Told | Exception]]]
"""Answers all of a batch in their order; an exception in the place of an answer goes to whoever asked."""


@dataclass(slots=True)
class _Waiting(Generic[Asked, Told]):
    asked: Asked
    answer: asyncio.Future[Told]

    def tell(self, told: Told | Exception) -> None:
        if self.answer.done():
            return  # whoever asked has gone away
        if isinstance(told, Exception):
            self.answer.set_exception(told)
        else:
            self.answer.set_result(told)


class Together(Generic[Asked, Told]):
    """One batch at a time, of at most so many."""

    def __init__(self, work: Work[Asked, Told], most: int) -> None:
        self._work = work
        self._most = most
        self._waiting: list[_Waiting[Asked, Told]] = []
        self._working: asyncio.Task[None] | None = None

    async def ask(self, asked: Asked) -> Told:
        """Return the answer of the batch to this one, or raise what it says about it."""
        mine: _Waiting[Asked, Told] = _Waiting(asked, asyncio.get_running_loop().create_future())
        self._waiting.append(mine)
        if self._working is None or self._working.done():
            self._working = asyncio.create_task(self._work_off())
        return await mine.answer

    async def _work_off(self) -> None:
        await asyncio.sleep(0)  # whoever is at the door in this instant comes along
        while self._waiting:
            batch, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
            answers: Sequence[Told | Exception]
            try:
                answers = await self._work([one.asked for one in batch])
            except Exception as failure:  # noqa: BLE001 - whoever waits is told
                answers = [failure] * len(batch)
            for one, told in zip(batch, answers, strict=True):
                one.tell(told)
