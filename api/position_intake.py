"""Positions from thousands of phones, saved together: one transaction for all that came in meanwhile."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from api.fixes import FixFlag, PhoneFix, flag_of, worth_keeping
from api.settings import Settings
from api.store.database import driver_transaction
from api.store.positions import JudgedFix, Standing, forget_tracks, read_standings, save_fixes
from api.together import Together
from dispatch.policy import Policy, PrivacyRules

FORGET_EVERY_S = 3600.0
_MOST_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of what a phone sent."""

    kept: int
    flagged: tuple[tuple[datetime, FixFlag], ...] = ()
    on_shift: bool = True


@dataclass(frozen=True, slots=True)
class _Sent:
    person: UUID
    fixes: Sequence[PhoneFix]


class PositionIntake:
    """One per process. Whoever sends while a batch is being saved waits for the next one."""

    def __init__(
        self,
        engine: AsyncEngine,
        district: str,
        rules: PrivacyRules,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._engine = engine
        self._district = district
        self._rules = rules
        self._clock = clock
        self._together = Together(self._save, _MOST_AT_ONCE)

    async def take(self, person: UUID, fixes: Sequence[PhoneFix]) -> Taken:
        """Save somebody's fixes; returns after the commit. Policy says whether off shift too."""
        return await self._together.ask(_Sent(person, fixes))

    async def _save(self, batch: Sequence[_Sent]) -> list[Taken]:
        now = self._clock()
        async with driver_transaction(self._engine) as driver:
            standings = await read_standings(driver, self._district, {sent.person for sent in batch})
            judged = [self._judge(sent, standings, now) for sent in batch]
            await save_fixes(driver, self._district, [one for fixes in judged for one in fixes], now)
        return [_answer(standings.get(sent.person), fixes) for sent, fixes in zip(batch, judged, strict=True)]

    def _judge(self, sent: _Sent, standings: dict[UUID, Standing], now: datetime) -> list[JudgedFix]:
        """Judge what somebody sent; what comes of him later in the batch is judged after it."""
        standing = standings.get(sent.person)
        if standing is None:
            return []
        judged, standings[sent.person] = judge(sent.person, sent.fixes, standing, self._rules, now)
        return judged


def judge(
    person: UUID, fixes: Sequence[PhoneFix], standing: Standing, rules: PrivacyRules, now: datetime
) -> tuple[list[JudgedFix], Standing]:
    """Judge what one phone sent, and say how he stands after it.

    What is kept in the track is counted from the fix that was kept last, so that a phone which sends every
    fix by itself leaves the same track as one that sends them ten at a time.
    """
    if rules.on_shift_only and not standing.on_shift:
        return [], standing
    every = timedelta(seconds=rules.track_every_s)
    judged: list[JudgedFix] = []
    good, kept = standing.latest, standing.kept
    for fix in sorted(fixes, key=lambda one: one.at):
        flag = flag_of(fix, good, now)
        keeps = flag is not None or worth_keeping(fix, kept, every)
        judged.append(JudgedFix(person, fix, flag, standing.patrol, keeps))
        if flag is None:
            good = fix if good is None or good.at < fix.at else good
            kept = fix if keeps and (kept is None or kept.at < fix.at) else kept
    return judged, replace(standing, latest=good, kept=kept)


def _answer(standing: Standing | None, judged: Sequence[JudgedFix]) -> Taken:
    flagged = tuple((one.fix.at, one.flag) for one in judged if one.flag is not None)
    on_shift = standing is not None and standing.on_shift
    return Taken(len(judged) - len(flagged), flagged, on_shift)


async def forget_old_tracks(
    engine: AsyncEngine, settings: Settings, policy: Policy, now: datetime | None = None
) -> int:
    """Delete where people went longer ago than policy allows; return how many fixes that were."""
    before = (now or datetime.now(UTC)) - timedelta(days=policy.privacy.track_days)
    async with driver_transaction(engine) as driver:
        return await forget_tracks(driver, settings.district_code, before)
