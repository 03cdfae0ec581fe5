"""The live stream of one process: follows the feed, and tells each follower what concerns him.

Each tick reads what is new once, builds one frame for each scope, and hands the same bytes to all of that
scope. A follower who does not keep up loses his waiting frames and is told to fetch anew: memory is bounded,
and nobody waits for the slowest.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from api.live_cards import read_cards
from api.live_frames import (
    BEAT,
    LiveScope,
    News,
    closures_frame,
    hands_frame,
    hello,
    position_json,
    positions_frame,
    resync,
)
from api.store.database import driver_transaction
from api.store.feed import FeedPlace, events_after, newest_place
from api.store.hands import Hand, list_hands
from api.store.positions import positions_since
from api.store.roads import closures_in_effect

TICK_S = 0.25
_TICKS_PER_POSITIONS = 4
_TICKS_PER_LOOK = 8
"""Every two seconds each follower's right to follow is looked at, and he hears a beat."""
_WAITING_FRAMES = 32
_REPLAYED_EVENTS = 5000
"""Who missed more than this fetches anew."""
_LATE_COMMITS = timedelta(seconds=3)

StillHolds = Callable[[], Awaitable[bool]]


@dataclass(eq=False, slots=True)
class Follower:
    """One open stream."""

    scope: LiveScope
    still_holds: StillHolds
    frames: asyncio.Queue[bytes | None] = field(default_factory=lambda: asyncio.Queue(_WAITING_FRAMES))

    def tell(self, frame: bytes, place: FeedPlace) -> None:
        """Queue a frame; where the queue is full, drop all of it for one that says 'fetch anew'."""
        if self.frames.full():
            self._drop()
            frame = resync(place)
        self.frames.put_nowait(frame)

    def end(self) -> None:
        """Let the stream end after what waits already."""
        if self.frames.full():
            self._drop()
        self.frames.put_nowait(None)

    def _drop(self) -> None:
        while not self.frames.empty():
            self.frames.get_nowait()


class LiveHub:
    """One per process."""

    def __init__(self, engine: AsyncEngine, district: str) -> None:
        self._engine = engine
        self._district = district
        self._followers: set[Follower] = set()
        self._place: FeedPlace | None = None
        self._ticks = 0
        self._positions_from = datetime.now(UTC)
        self._told_positions: dict[object, datetime] = {}
        self._told_hands: tuple[Hand, ...] = ()
        self._told_closures: frozenset[UUID] | None = None

    @property
    def follower_count(self) -> int:
        """How many streams are open."""
        return len(self._followers)

    async def follow(
        self, scope: LiveScope, still_holds: StillHolds, last: FeedPlace | None = None
    ) -> AsyncIterator[bytes]:
        """Yield frames for one follower, beginning after `last` where that is still possible."""
        follower = Follower(scope, still_holds)
        place = await self._here()
        self._followers.add(follower)
        try:
            yield await self._greeting(scope, last, place)
            while (frame := await follower.frames.get()) is not None:
                yield frame
        finally:
            self._followers.discard(follower)

    async def step(self) -> None:
        """Tell everybody what is new; one tick."""
        self._ticks += 1
        await self._tell_news()
        if self._ticks % _TICKS_PER_POSITIONS == 0:
            await self._tell_positions()
            await self._tell_hands()
            await self._tell_closures()
        if self._ticks % _TICKS_PER_LOOK == 0:
            await self._look_after_followers()

    def stop(self) -> None:
        """End every stream: the process is going down."""
        for follower in self._followers:
            follower.end()

    async def _here(self) -> FeedPlace:
        """Return where this process is in the feed: it has told all up to there."""
        if self._place is None:
            async with driver_transaction(self._engine) as driver:
                newest = await newest_place(driver, self._district)
            self._place = self._place or newest
        return self._place

    async def _greeting(self, scope: LiveScope, last: FeedPlace | None, place: FeedPlace) -> bytes:
        if last is None:
            return hello(place)
        missed = max(0, place.seq - last.seq)  # whoever is ahead of this process is told some of it again
        async with driver_transaction(self._engine) as driver:
            newest = await newest_place(driver, self._district)
            if last.epoch != newest.epoch or last.seq > newest.seq or missed > _REPLAYED_EVENTS:
                return resync(place)
            events = await events_after(driver, self._district, last.seq, missed) if missed else ()
            cards = await read_cards(driver, self._district, {event.case_id for event in events})
        return hello(place, resumed=True) + (News(place, events, cards).frame(scope.cases) or b"")

    async def _tell_news(self) -> None:
        place = await self._here()
        async with driver_transaction(self._engine) as driver:
            newest = await newest_place(driver, self._district)
            if newest.epoch != place.epoch:
                self._place = newest
                return self._tell_all(resync(newest))
            if newest.seq == place.seq or not self._followers:
                self._place = newest
                return None
            events = await events_after(driver, self._district, place.seq)
            cards = await read_cards(driver, self._district, {event.case_id for event in events})
        self._place = FeedPlace(place.epoch, events[-1].seq)
        news = News(self._place, events, cards)
        frames = {scope: news.frame(scope.cases) for scope in self._scopes()}
        self._tell_by_scope(frames)
        return None

    async def _tell_positions(self) -> None:
        if not any(follower.scope.positions for follower in self._followers):
            self._positions_from = datetime.now(UTC)
            return
        async with driver_transaction(self._engine) as driver:
            found = await positions_since(driver, self._district, self._positions_from - _LATE_COMMITS)
        fresh = [one for one in found if self._told_positions.get(one.person) != one.at]
        self._told_positions = {one.person: one.at for one in found}
        if not fresh:
            return
        self._positions_from = max(one.received_at for one in found)
        shown = [(one, position_json(one)) for one in fresh]
        frames = {scope: positions_frame(shown, scope.positions) for scope in self._scopes()}
        self._tell_by_scope(frames)

    async def _tell_hands(self) -> None:
        if not self._followers:
            return
        async with driver_transaction(self._engine) as driver:
            hands = await list_hands(driver, self._district)
        if hands == self._told_hands:
            return
        self._told_hands = hands
        await self._here()
        self._tell_by_scope({scope: hands_frame(hands, scope.cases) for scope in self._scopes()})

    async def _tell_closures(self) -> None:
        """Say that roads were closed or opened, or that a closure's time is over."""
        if not self._followers:
            self._told_closures = None
            return
        async with driver_transaction(self._engine) as driver:
            standing = await closures_in_effect(driver, self._district)
        if self._told_closures is not None and standing != self._told_closures:
            await self._here()
            self._tell_all(closures_frame(standing))
        self._told_closures = standing

    async def _look_after_followers(self) -> None:
        for follower in tuple(self._followers):
            if await follower.still_holds():
                follower.tell(BEAT, await self._here())
            else:
                follower.end()

    def _scopes(self) -> set[LiveScope]:
        return {follower.scope for follower in self._followers}

    def _tell_by_scope(self, frames: dict[LiveScope, bytes | None]) -> None:
        assert self._place is not None
        for follower in self._followers:
            if (frame := frames.get(follower.scope)) is not None:
                follower.tell(frame, self._place)

    def _tell_all(self, frame: bytes) -> None:
        assert self._place is not None
        for follower in self._followers:
            follower.tell(frame, self._place)
