"""Names of things: time-ordered UUIDs that are handed in, never drawn inside the core."""

from collections.abc import Callable, Iterator
from datetime import datetime
from random import Random
from typing import NewType
from uuid import UUID

FindingId = NewType("FindingId", UUID)
CaseId = NewType("CaseId", UUID)
TaskId = NewType("TaskId", UUID)
EventId = NewType("EventId", UUID)
WhistleId = NewType("WhistleId", UUID)
PersonId = NewType("PersonId", UUID)
TaskForceId = NewType("TaskForceId", UUID)
DepartmentId = NewType("DepartmentId", str)

Ids = Callable[[], UUID]
"""Gives a fresh id at each call; the server draws from the system, the simulator from a seed."""


def time_ordered_uuid(milliseconds: int, chance: int) -> UUID:
    """A version 7 UUID: 48 bits of Unix milliseconds, then 74 bits of chance."""
    high = (milliseconds & (2**48 - 1)) << 80
    low_a = ((chance >> 62) & 0xFFF) << 64
    low_b = chance & (2**62 - 1)
    return UUID(int=high | (7 << 76) | low_a | (2 << 62) | low_b)


def seeded_ids(seed: int, now: Callable[[], datetime]) -> Ids:
    """Ids that depend on the seed and on a virtual clock only."""
    chance = Random(seed)

    def fresh() -> UUID:
        return time_ordered_uuid(int(now().timestamp() * 1000), chance.getrandbits(74))

    return fresh


def counted_ids(start: int = 1) -> Iterator[UUID]:
    """1, 2, 3 … as UUIDs: for tests and examples, where an id should be readable."""
    number = start
    while True:
        yield UUID(int=number)
        number += 1
